"""Hours of a month, and who took part without any.

`attendance`, in the municipality of the spell and by sex:
- `participants`: persons with a spell on some day of the month
- `with_hours`: those of them with hours registered for the month
- `paused`: those without, who were paused on every day of the month that their spells there have
- `without_hours`: those without, who were not: hours may be missing
- `minutes`: all hours of the month, in minutes; `certified_minutes`: those of them that are certified

`minutes_by_activity`, `certified_by_activity`: the same minutes by activity.

`with_hours + paused + without_hours = participants`; the activities add up to the minutes. A municipality's row counts
the persons with a spell there and the hours of those spells; somebody who was in two municipalities in the month is one
person in the project. Hours of misregistered spells are outside every figure.
"""

from __future__ import annotations

from arena_cli.figures.spells import period
from arena_cli.figures.table import Counted, Scope, Table, tabulate
from arena_cli.model import ALL, Month
from arena_cli.store import Row, Store

MEASURES = ("participants", "with_hours", "paused", "without_hours", "minutes", "certified_minutes")

COUNT_PERSONS = """
WITH served AS (
    SELECT id, participant_id, {municipality} AS municipality,
           CASE WHEN entered_on > :first THEN entered_on ELSE :first END AS first_day,
           CASE WHEN exited_on < :last THEN exited_on ELSE :last END AS last_day
    FROM counted_spell
    WHERE entered_on <= :last AND (exited_on IS NULL OR exited_on >= :first)
), spell AS (
    SELECT participant_id, municipality,
           julianday(last_day) - julianday(first_day) + 1 AS days,
           (SELECT sum(CASE WHEN resumed_on <= last_day THEN julianday(resumed_on) ELSE julianday(last_day) + 1 END
                       - julianday(CASE WHEN paused_on > first_day THEN paused_on ELSE first_day END))
            FROM pause
            WHERE spell_id = served.id AND paused_on <= last_day
              AND (resumed_on IS NULL OR resumed_on > first_day)) AS days_paused,
           (SELECT sum(minutes) FROM attendance WHERE spell_id = served.id AND month = :month) AS minutes,
           (SELECT sum(minutes * certified) FROM attendance
            WHERE spell_id = served.id AND month = :month) AS certified
    FROM served
), person AS (
    SELECT participant_id, municipality, min(CASE WHEN days = days_paused THEN 1 ELSE 0 END) AS is_paused,
           sum(coalesce(minutes, 0)) AS minutes, sum(coalesce(certified, 0)) AS certified
    FROM spell GROUP BY 1, 2
)
SELECT person.municipality, p.sex, count(*), count(*) FILTER (WHERE minutes > 0),
       count(*) FILTER (WHERE minutes = 0 AND is_paused = 1), count(*) FILTER (WHERE minutes = 0 AND is_paused = 0),
       sum(minutes), sum(certified)
FROM person JOIN participant p ON p.id = person.participant_id
GROUP BY 1, 2
"""

COUNT_MINUTES = """
SELECT a.activity, s.municipality, p.sex, sum(a.minutes), sum(a.minutes * a.certified)
FROM attendance a
JOIN counted_spell s ON s.id = a.spell_id
JOIN participant p ON p.id = s.participant_id
WHERE a.month = :month
GROUP BY 1, 2, 3
"""


def build(store: Store, month: Month, scope: Scope) -> tuple[Table, ...]:
    """The sections `attendance`, `minutes_by_activity` and `certified_by_activity`."""
    parameters = {**period(month), "month": str(month)}
    here = store.counts(COUNT_PERSONS.format(municipality="municipality"), parameters)
    in_project = store.counts(COUNT_PERSONS.format(municipality=f"'{ALL}'"), parameters)
    by_activity = store.counts(COUNT_MINUTES, parameters)
    codes = tuple(activity.code for activity in scope.activities)
    return (
        tabulate("attendance", MEASURES, scope, _measures(here), _measures(in_project)),
        tabulate("minutes_by_activity", codes, scope, [(code, m, sex, n) for code, m, sex, n, _ in by_activity]),
        tabulate("certified_by_activity", codes, scope, [(code, m, sex, n) for code, m, sex, _, n in by_activity]),
    )


def _measures(rows: list[Row]) -> Counted:
    return [
        (measure, municipality, sex, count)
        for municipality, sex, *counts in rows
        for measure, count in zip(MEASURES, counts, strict=True)
    ]
