"""Returns: of those who left, how many have come back within 6 and 12 months.

`returns`, counted in spells, in the municipality of the spell and by sex:
- `exits`: spells that ended by the end of the month, neither by transfer nor because the participant died
- for 6 and 12 months each: `returned_6`: the participant's next spell, in any municipality, began by the same day of
  the month so many months after the exit (or the last day of a shorter month); `stayed_away_6`: it did not;
  `not_due_6`: that day comes after the end of the month, whatever has happened until then

`returned + stayed_away + not_due = exits`. In "x of n", x is `returned` and n is `returned + stayed_away`. Somebody who
leaves and comes back twice is two exits and two returns.
"""

from __future__ import annotations

from typing import Final

from arena_cli.figures.spells import APART, months_after, months_before, order_of, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import Month
from arena_cli.store import Store

WITHIN: Final = (6, 12)
"""Months within which a return is looked for."""

OUTCOMES: Final = ("returned", "stayed_away", "not_due")
MEASURES = ("exits", *(f"{outcome}_{months}" for months in WITHIN for outcome in OUTCOMES))


def _columns(months: int) -> str:
    day = months_after("exited_on", months)
    is_due = f"exited_on <= :months_before_{months}"
    came_back = f"CASE WHEN came_back_on IS NULL THEN FALSE ELSE came_back_on <= {day} END"
    outcomes = (f"{is_due} AND {came_back}", f"{is_due} AND NOT {came_back}", f"NOT {is_due}")
    return ", ".join(f"count(*) FILTER (WHERE {outcome})" for outcome in outcomes)


# Like this the return is looked up once an exit, not at every mention.
COUNT = f"""
WITH exit AS (
    SELECT s.municipality, p.sex, s.exited_on,
           (SELECT min(next.entered_on) FROM counted_spell next
            WHERE next.participant_id = s.participant_id AND next.id <> s.id
              AND ({order_of("next")}) > ({order_of("s")})) AS came_back_on
    FROM counted_spell s JOIN participant p ON p.id = s.participant_id
    WHERE s.exited_on <= :last AND s.exit_type NOT IN ('transferred', 'deceased')
    {APART}
)
SELECT municipality, sex, count(*), {", ".join(map(_columns, WITHIN))} FROM exit GROUP BY 1, 2
"""


def build(store: Store, month: Month, scope: Scope) -> Table:
    """The section `returns`."""
    parameters = {**period(month), **{f"months_before_{n}": months_before(month, n) for n in WITHIN}}
    counted = (
        (measure, municipality, sex, count)
        for municipality, sex, *counts in store.counts(COUNT, parameters)
        for measure, count in zip(MEASURES, counts, strict=True)
    )
    return tabulate("returns", MEASURES, scope, counted)
