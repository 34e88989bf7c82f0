"""How long people have been in the project, and on the step where they stand: days, and half of them at most so many.

`time_in_project`, participants in the municipality of their latest spell and by sex:
- `leavers`: whose latest spell by the end of the month ended in the month, not by transfer
- `active`: with a spell in stock at the end of the month's last day

`days_in_project`, of each of the two: `leavers_quartile_1`, `leavers_median`, `leavers_quartile_3`; `active` likewise.
Somebody's days in the project are all days, up to the end of the month, that lie within one of their spells in any
municipality: first and last day included, the day of a transfer once, pauses included, the time between two spells not.

`days_on_step`: by step and for `not_placed`, the median of the days that the spells in stock at the end of the month
have stood there (`steps` is how many): since the move onto the step, or the entry where there was no step yet, first
and last day included. Being placed on the same step again interrupts nothing. A transfer is a new spell, and with it
the days on the step begin anew.

The median is the smallest number of days such that at least half of them have that many days or fewer; of the quartiles
the same with a quarter and three quarters. Of fewer than 5 there is no figure: one of them would stand for somebody.
Medians do not add up: `all` is that of all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate, chain
from typing import Final

from arena_cli.figures.spells import APART, order_of, period
from arena_cli.figures.table import SEX_CLASSES, Cell, Counted, Scope, Table, tabulate
from arena_cli.model import ALL, NOT_PLACED, Month
from arena_cli.store import Row, Store

FEWEST: Final = 5
"""Of how many persons or spells a median may be told."""

LEAVERS, ACTIVE = "leavers", "active"
QUARTILES: Final[Mapping[str, int]] = {"quartile_1": 1, "median": 2, "quartile_3": 3}
"""The figures of a distribution, by how many quarters lie at or below them."""

# Only who has several spells has an earlier one: asking for it is cheaper than ordering everybody's.
DAYS_IN_PROJECT = f"""
WITH latest AS (
    SELECT s.id, s.participant_id, s.municipality, s.entered_on,
           CASE WHEN s.exited_on IS NULL OR s.exited_on > :last THEN '{ACTIVE}' ELSE '{LEAVERS}' END AS kind,
           CASE WHEN s.exited_on <= :last THEN s.exited_on ELSE :last END AS until
    FROM counted_spell s
    WHERE s.entered_on <= :last
      AND (s.exited_on IS NULL OR s.exited_on > :last OR s.exited_on >= :first AND s.exit_type <> 'transferred')
      AND NOT EXISTS (SELECT 1 FROM counted_spell later
                      WHERE later.participant_id = s.participant_id AND later.id <> s.id AND later.entered_on <= :last
                        AND ({order_of("later")}) > ({order_of("s")}))
)
SELECT municipality, kind, sex, days, count(*)
FROM (SELECT kind, latest.municipality, p.sex,
             CAST(julianday(until) - julianday(latest.entered_on) + 1 + coalesce((
                 SELECT sum(julianday(s.exited_on) - julianday(s.entered_on)
                            + CASE WHEN EXISTS (SELECT 1 FROM counted_spell later
                                                WHERE later.participant_id = s.participant_id AND later.id <> s.id
                                                  AND later.entered_on = s.exited_on
                                                  AND ({order_of("later")}) > ({order_of("s")})) THEN 0 ELSE 1 END)
                 FROM counted_spell s
                 WHERE s.participant_id = latest.participant_id AND s.id <> latest.id AND s.entered_on <= :last
             ), 0) AS INTEGER) AS days
      FROM latest JOIN participant p ON p.id = latest.participant_id
      {APART}) stayed
GROUP BY 1, 2, 3, 4
"""

# Like this the step is looked up once a spell, not at every mention.
DAYS_ON_STEP = f"""
WITH placed AS (
    SELECT s.id, s.municipality, s.participant_id, s.entered_on,
           (SELECT m.step FROM step_move m WHERE m.spell_id = s.id AND m.moved_on <= :last
            ORDER BY m.moved_on DESC, m.id DESC LIMIT 1) AS step
    FROM counted_spell s
    WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on > :last)
    {APART}
)
SELECT municipality, step, sex, days, count(*)
FROM (SELECT coalesce(placed.step, '{NOT_PLACED}') AS step, placed.municipality, p.sex,
             CAST(julianday(:last) - julianday(coalesce((
                 SELECT m.moved_on FROM step_move m
                 WHERE m.spell_id = placed.id AND m.moved_on <= :last AND m.step = placed.step
                   AND NOT EXISTS (SELECT 1 FROM step_move b
                                   WHERE b.spell_id = placed.id AND b.moved_on <= :last AND b.step <> placed.step
                                     AND (b.moved_on, b.id) > (m.moved_on, m.id))
                 ORDER BY m.moved_on, m.id LIMIT 1
             ), placed.entered_on)) + 1 AS INTEGER) AS days
      FROM placed JOIN participant p ON p.id = placed.participant_id
      {APART}) stood
GROUP BY 1, 2, 3, 4
"""


def build(store: Store, month: Month, scope: Scope) -> tuple[Table, ...]:
    """The sections `time_in_project`, `days_in_project` and `days_on_step`."""
    in_project = store.made_by_municipality(distributed, DAYS_IN_PROJECT, period(month))
    on_step = store.made_by_municipality(distributed, DAYS_ON_STEP, period(month))
    kinds = {kind: {f"{kind}_{name}": quarters for name, quarters in QUARTILES.items()} for kind in (LEAVERS, ACTIVE)}
    places = (*(step.code for step in scope.steps), NOT_PLACED)
    return (
        tabulate("time_in_project", (LEAVERS, ACTIVE), scope, _persons(in_project)),
        _quartiles("days_in_project", kinds, scope, in_project),
        _quartiles("days_on_step", {place: {place: QUARTILES["median"]} for place in places}, scope, on_step),
    )


def _persons(found: Mapping[str, Iterable[Row]]) -> Counted:
    for municipality, rows in found.items():
        for kind, sex, count, *_ in rows:
            if ALL not in {municipality, sex}:
                yield kind, municipality, sex, count


def _quartiles(
    section: str, kinds: Mapping[str, Mapping[str, int]], scope: Scope, found: Mapping[str, Iterable[Row]]
) -> Table:
    """The measures of each kind, each so many quarters of its distribution, in every row and column with enough."""
    values: dict[Cell, int] = {
        (measure, municipality, SEX_CLASSES.get(sex, ALL)): quartiles[quarters - 1]
        for municipality, rows in found.items()
        for kind, sex, count, *quartiles in rows
        if count >= FEWEST
        for measure, quarters in kinds[kind].items()
    }
    return Table(section, tuple(chain.from_iterable(kinds.values())), scope, values, is_count=False)


def distributed(rows: Iterable[Row]) -> list[Row]:
    """How many there are of each kind, of each sex and `all`, and their quartiles."""
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for kind, sex, days, count in rows:
        found[kind, sex][days] = count
    for kind, sex in tuple(found):
        _add(found[kind, ALL], found[kind, sex])
    return [(*cell, sum(days.values()), *quantiles(days, QUARTILES.values())) for cell, days in found.items()]


def _add(total: dict[int, int], counts: Mapping[int, int]) -> None:
    for days, count in counts.items():
        total[days] = total.get(days, 0) + count


def quantiles(counts: Mapping[int, int], quarters: Iterable[int]) -> list[int]:
    """For each, the smallest value at or below which so many quarters of them lie. Raises IndexError for none."""
    ordered = sorted(counts)
    below = list(accumulate(counts[value] for value in ordered))
    return [ordered[bisect_left(below, -(-many * below[-1] // 4))] for many in quarters]
