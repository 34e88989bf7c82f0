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

from arena_cli.figures.spells import months_after, order_of, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import Month
from arena_cli.store import Store

WITHIN: Final = (6, 12)
"""Months within which a return is looked for."""

OUTCOMES: Final = ("returned", "stayed_away", "not_due")
MEASURES = ("exits", *(f"{outcome}_{months}" for months in WITHIN for outcome in OUTCOMES))


def _columns(months: int) -> str:
    day = months_after("exited_on", months)
    came_back = f"coalesce(came_back_on <= {day}, FALSE)"
    return f"sum({day} <= :last AND {came_back}), sum({day} <= :last AND NOT {came_back}), sum({day} > :last)"


COUNT = f"""
SELECT s.municipality, p.sex, count(*), {", ".join(map(_columns, WITHIN))}
FROM (SELECT s.participant_id, s.municipality, s.exited_on, s.exit_type,
             lead(s.entered_on) OVER (PARTITION BY s.participant_id ORDER BY {order_of("s")}) AS came_back_on
      FROM counted_spell s) s
JOIN participant p ON p.id = s.participant_id
WHERE s.exited_on <= :last AND s.exit_type NOT IN ('transferred', 'deceased')
GROUP BY 1, 2
"""


def build(store: Store, month: Month, scope: Scope) -> Table:
    """The section `returns`."""
    counted = (
        (measure, municipality, sex, count)
        for municipality, sex, *counts in store.rows(COUNT, period(month))
        for measure, count in zip(MEASURES, counts, strict=True)
    )
    return tabulate("returns", MEASURES, scope, counted)
