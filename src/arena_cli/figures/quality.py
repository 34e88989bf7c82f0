"""How good the month's data are: how soon they were registered, and what is missing. Neither has a sex.

`timeliness`, what happened in the month, in the municipality of the spell, by the days from when it happened to when
the journal first had it (HUD's annual performance report has the same classes):
- `days_0`, `days_1_3`, `days_4_6`, `days_7_10`, `days_11` (eleven or more); what was known beforehand, or has been
  corrected to a later day, counts as 0
- `imported`: taken in with a list. A list registers everything on one day: that says when the list came, not how soon
  somebody wrote it down

What happened are entries (of any kind), exits (not by transfer) and moves after the day of the entry. Days are those of
Sweden. Where the journal has nothing of a record, as no arena leaves a file, it is not counted.

`missing`, of the spells served in the month, in stock at its opening or entered in it:
- `served`: all of them
- `sex`, `birth_year`: of a participant whose sex, whose birth year is not known
- `referral`: without who sent the participant; not counted in a project that has no referrals
- `background`: of a participant of whom nothing is recorded that the fund asks; not counted where no fund asks
- `step`: in stock at the end of the month, never placed on a step
- `destination`: exits in the month, not by transfer or death, without a destination. One that is recorded as not known
  is not missing
- `quiet`: in stock at the end of the month and not paused, without an event for 60 days: no entry, move, pause or
  return from one, first or last day of a placement, or hours in a month that reaches into them
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from arena_cli.figures.spells import APART, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.indicators import fund_table
from arena_cli.model import ALL, Month, Project
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden

QUIET_DAYS: Final = 60

IMPORTED: Final = "imported"
LATENESS: Final = {"days_0": 0, "days_1_3": 3, "days_4_6": 6, "days_7_10": 10}
"""Classes by the most days they hold; what is later is in the last one."""
LATEST: Final = "days_11"
TIMELINESS: Final = (*LATENESS, LATEST, IMPORTED)
MISSING: Final = ("served", "sex", "birth_year", "referral", "background", "step", "destination", "quiet")

_IMPORT: Final = "import"

_BATCH_OF: Final = """
(SELECT CASE WHEN record + records > {record} THEN seq END FROM journal
 WHERE subject = '{subject}' AND records > 1 AND record <= {record}
 ORDER BY record DESC, seq LIMIT 1)"""
"""The journal's batch with which a record was added, if it was: its index alone knows (see the migration)."""

_FIRST_EXIT: Final = """
min(seq) FROM journal WHERE subject = 'spell' AND record = s.id AND json_extract(after, '$.exited_on') IS NOT NULL
"""

REGISTERED: Final = f"""
SELECT municipality, day, substr(j.at, 1, 13) AS hour, j.command = '{_IMPORT}', count(*)
FROM (SELECT s.municipality, s.entered_on AS day,
             coalesce({_BATCH_OF.format(subject="spell", record="s.id")},
                      (SELECT seq FROM journal WHERE subject = 'spell' AND record = s.id ORDER BY seq LIMIT 1)) AS seq
      FROM counted_spell s
      WHERE s.entered_on >= :first AND s.entered_on <= :last
      UNION ALL
      SELECT s.municipality, s.exited_on,
             coalesce((SELECT {_FIRST_EXIT}
                         AND seq > (SELECT max(CASE WHEN json_type(before, '$.exited_on') = 'null' THEN seq - 1
                                                    ELSE seq END)
                                    FROM journal
                                    WHERE subject = 'spell' AND record = s.id
                                      AND 'null' IN (json_type(before, '$.exited_on'),
                                                     json_type(after, '$.exited_on')))),
                      {_BATCH_OF.format(subject="spell", record="s.id")},
                      (SELECT {_FIRST_EXIT}))
      FROM counted_spell s
      WHERE s.exited_on >= :first AND s.exited_on <= :last AND s.exit_type <> 'transferred'
      UNION ALL
      SELECT s.municipality, m.moved_on,
             coalesce({_BATCH_OF.format(subject="step_move", record="m.id")},
                      (SELECT seq FROM journal WHERE subject = 'step_move' AND record = m.id ORDER BY seq LIMIT 1))
      FROM counted_spell s CROSS JOIN step_move m
      WHERE m.spell_id = s.id AND s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
        AND m.moved_on > s.entered_on AND m.moved_on >= :first AND m.moved_on <= :last) happened
JOIN journal j ON j.seq = happened.seq
GROUP BY 1, 2, 3, 4
"""
"""What happened, by municipality and day, with the hour (UTC) of its first journal entry and whether a list brought it.
Of an exit that was undone and registered anew, the entry of the exit that stands."""

# Like this what hangs on a spell is looked up before the spells are put into groups, and in their order.
SERVED: Final = f"""
SELECT municipality, count(*) AS served, count(*) FILTER (WHERE sex = 'unknown') AS sex,
       count(*) FILTER (WHERE birth_year IS NULL) AS birth_year, count(*) FILTER (WHERE referral IS NULL) AS referral,
       count(*) FILTER (WHERE NOT has_background) AS background, count(*) FILTER (WHERE never_placed) AS step,
       count(*) FILTER (WHERE exit_type NOT IN ('transferred', 'deceased') AND destination IS NULL) AS destination,
       count(*) FILTER (WHERE is_quiet) AS quiet
FROM (SELECT s.municipality, p.sex, p.birth_year, s.referral, s.destination,
             CASE WHEN s.exited_on <= :last THEN s.exit_type END AS exit_type,
             EXISTS (SELECT 1 FROM background b WHERE b.participant_id = p.id) AS has_background,
             (s.exited_on IS NULL OR s.exited_on > :last)
             AND NOT EXISTS (SELECT 1 FROM step_move m WHERE m.spell_id = s.id AND m.moved_on <= :last) AS never_placed,
             (s.exited_on IS NULL OR s.exited_on > :last) AND s.entered_on <= :quiet_from
             AND NOT EXISTS (SELECT 1 FROM step_move m
                             WHERE m.spell_id = s.id AND m.moved_on > :quiet_from AND m.moved_on <= :last)
             AND NOT EXISTS (SELECT 1 FROM pause
                             WHERE pause.spell_id = s.id AND pause.paused_on <= :last
                               AND (pause.resumed_on IS NULL OR pause.resumed_on > :quiet_from))
             AND NOT EXISTS (SELECT 1 FROM counted_placement c
                             WHERE c.spell_id = s.id
                               AND (c.placed_on > :quiet_from AND c.placed_on <= :last
                                    OR c.ended_on > :quiet_from AND c.ended_on <= :last))
             AND NOT EXISTS (SELECT 1 FROM attendance a
                             WHERE a.spell_id = s.id AND a.month >= substr(:quiet_from, 1, 7)
                               AND a.month <= substr(:last, 1, 7)) AS is_quiet
      FROM counted_spell s JOIN participant p ON p.id = s.participant_id
      WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
      {APART}) spells
GROUP BY 1
"""


def build(store: Store, month: Month, scope: Scope, project: Project) -> tuple[Table, Table]:
    """The sections `timeliness` and `missing`."""
    places = scope.without_sexes()
    return (
        tabulate("timeliness", TIMELINESS, places, _registered(store, month)),
        tabulate("missing", MISSING, places, _missing(store, month, project)),
    )


def _registered(store: Store, month: Month) -> Iterator[tuple[str, str, str, int]]:
    for municipality, day, hour, is_imported, count in store.counts(REGISTERED, period(month)):
        lateness = IMPORTED if is_imported else _lateness(day, hour)
        yield lateness, municipality, ALL, count


def _lateness(day: str, hour: str) -> str:
    days = (_day_in_sweden(hour) - date.fromisoformat(day)).days
    return next((lateness for lateness, most in LATENESS.items() if days <= most), LATEST)


@cache
def _day_in_sweden(hour: str) -> date:
    return in_sweden(datetime.fromisoformat(f"{hour}:00:00+00:00")).date()


def _missing(store: Store, month: Month, project: Project) -> Iterator[tuple[str, str, str, int]]:
    parameters = period(month) | {"quiet_from": (month.last - timedelta(days=QUIET_DAYS)).isoformat()}
    not_asked = {
        measure
        for measure, is_asked in (
            ("referral", bool(project.referrals)),
            ("background", fund_table(project.fund_rules) is not None),
        )
        if not is_asked
    }
    for municipality, *counts in store.counts(SERVED, parameters):
        for measure, count in zip(MISSING, counts, strict=True):
            yield measure, municipality, ALL, 0 if measure in not_asked else count
