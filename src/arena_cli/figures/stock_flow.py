"""Stock and flow of a month, per municipality and sex, counted in spells.

- `opening`: in stock at the end of the last day before the month
- `entered`: entered in the month, the participant's first spell in the project
- `re_entered`: entered in the month, not the first spell, not the continuation of a transfer
- `transferred_in`: entered in the month, the continuation of a transfer
- `exited`: exited in the month, exit type not `transferred`
- `transferred_out`: exited in the month by transfer
- `closing`: in stock at the end of the month's last day

A spell is in stock at the end of a day if it was entered by that day and has not been exited by that day. It continues
a transfer if the participant's spell before it ended by transfer. Misregistered spells are outside every figure.
`opening + entered + re_entered + transferred_in - exited - transferred_out = closing`.
"""

from __future__ import annotations

from arena_cli.figures.spells import APART, entry_of, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import Month
from arena_cli.store import Store

MEASURES = ("opening", "entered", "re_entered", "transferred_in", "exited", "transferred_out", "closing")

STOCK_AND_EXITS = """
SELECT s.municipality, p.sex,
       count(*) FILTER (WHERE s.entered_on < :first) AS opening,
       count(*) FILTER (WHERE s.exited_on <= :last AND s.exit_type <> 'transferred') AS exited,
       count(*) FILTER (WHERE s.exited_on <= :last AND s.exit_type = 'transferred') AS transferred_out,
       count(*) FILTER (WHERE s.exited_on IS NULL OR s.exited_on > :last) AS closing
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
GROUP BY 1, 2
"""

ENTRIES = f"""
SELECT municipality, sex, entry, count(*)
FROM (SELECT s.municipality, p.sex, {entry_of("s")} AS entry
      FROM counted_spell s JOIN participant p ON p.id = s.participant_id
      WHERE s.entered_on >= :first AND s.entered_on <= :last
      {APART}) entries
GROUP BY 1, 2, 3
"""


def build(store: Store, month: Month, scope: Scope) -> Table:
    """The section `stock_flow`."""
    counted: list[tuple[str, str, str, int]] = []
    for municipality, sex, opening, exited, transferred_out, closing in store.counts(STOCK_AND_EXITS, period(month)):
        counted += [
            ("opening", municipality, sex, opening),
            ("exited", municipality, sex, exited),
            ("transferred_out", municipality, sex, transferred_out),
            ("closing", municipality, sex, closing),
        ]
    counted += [
        (entry, municipality, sex, count) for municipality, sex, entry, count in store.counts(ENTRIES, period(month))
    ]
    return tabulate("stock_flow", MEASURES, scope, counted)
