"""What participants lived on before the first entry and six months after leaving, by main source of income.

- `income_at_entry`: the participants (section `persons`), by the main source before the first entry
- `income_before`, `income_after`: those who have been reached six months after (section `follow_up`, by the follow-up
  of their latest spell in the row's scope), by the main source before the first entry, and by the one six months after

`unknown` is a source of its own: also those of whom nothing is recorded. `income_at_entry` adds up to the
participants, `income_before` and `income_after` each to `six_months_followed_up - six_months_not_reached`: the same
persons before and after.
"""

from __future__ import annotations

from typing import Final

from arena_cli.figures.follow_up import LEAVERS
from arena_cli.figures.spells import APART, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import ALL, IncomeSource, Month
from arena_cli.store import Row, Store

SOURCES: Final = tuple(source.value for source in IncomeSource)

_ANOTHER = """SELECT 1 FROM counted_spell b
               WHERE b.participant_id = s.participant_id AND b.id < s.id AND b.entered_on <= :last"""

# Like this the other spells are looked up before the persons are put into groups, and in their order.
COUNT_AT_ENTRY = f"""
SELECT source, municipality, sex, count(*), count(*) FILTER (WHERE in_project)
FROM (SELECT coalesce(i.source, 'unknown') AS source, s.municipality, p.sex, NOT EXISTS ({_ANOTHER}) AS in_project
      FROM counted_spell s
      JOIN participant p ON p.id = s.participant_id
      LEFT JOIN income i ON i.participant_id = p.id AND i.moment = 'before' AND i.is_main = 1
      WHERE s.entered_on <= :last AND NOT EXISTS ({_ANOTHER} AND b.municipality = s.municipality)
      {APART}) persons
GROUP BY 1, 2, 3
"""
"""One spell of each person in a municipality, and of those one in the project: the registered first."""

COUNT_FOLLOWED_UP = f"""
WITH leaver AS ({LEAVERS})
SELECT coalesce(i.source, 'unknown'), leaver.municipality, p.sex, count(*), count(*) FILTER (WHERE in_project)
FROM leaver
JOIN participant p ON p.id = leaver.participant_id
JOIN follow_up f ON f.spell_id = leaver.id AND f.kind = 'six_months' AND f.reached = 1 AND f.followed_up_on <= :last
LEFT JOIN income i ON i.participant_id = p.id AND i.is_main = 1 AND i.moment = :moment AND i.spell_id {{spell}}
WHERE leaver.exit_type <> 'deceased'
GROUP BY 1, 2, 3
"""


def build(store: Store, month: Month, scope: Scope) -> tuple[Table, ...]:
    """The sections `income_at_entry`, `income_before` and `income_after`."""
    return (
        _by_source("income_at_entry", scope, store.counts(COUNT_AT_ENTRY, period(month))),
        _followed_up(store, month, scope, "income_before", "before", "IS NULL"),
        _followed_up(store, month, scope, "income_after", "six_months", "= leaver.id"),
    )


def _followed_up(store: Store, month: Month, scope: Scope, section: str, moment: str, spell: str) -> Table:
    rows = store.counts(COUNT_FOLLOWED_UP.format(spell=spell), {**period(month), "moment": moment})
    return _by_source(section, scope, rows)


def _by_source(section: str, scope: Scope, rows: list[Row]) -> Table:
    """Lay out rows of source, municipality, sex, the persons there, and those of them that count in the project."""
    here = ((source, municipality, sex, count) for source, municipality, sex, count, _ in rows)
    in_project = ((source, ALL, sex, count) for source, _, sex, _, count in rows)
    return tabulate(section, SOURCES, scope, here, in_project)
