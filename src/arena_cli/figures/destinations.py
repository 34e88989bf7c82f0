"""Where those who left went: the month's exits, and everyone who has left since the start.

- `exits`: the month's exited spells (not by transfer) by destination group: `work`, `studies`, `other`, `unknown`
- `left`: the participants who have left by the end of the month, by the group of their latest ended spell in the row's
  scope (the municipality, or the project); `transferred` where that spell ended by transfer
- `exits_by_destination`, `left_by_destination`: the same by destination code

No destination recorded is `unknown`, a class of its own that is never folded into other. Each adds up to its total.
"""

from __future__ import annotations

from arena_cli.figures.spells import order_of, period
from arena_cli.figures.table import Counted, Scope, Table, tabulate
from arena_cli.model import ALL, Group, Month
from arena_cli.store import Store

TRANSFERRED = "transferred"
GROUPS = tuple(group.value for group in Group)

EXITS = """
SELECT coalesce(s.destination, 'unknown'), s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.exited_on >= :first AND s.exited_on <= :last AND s.exit_type <> 'transferred'
GROUP BY 1, 2, 3
"""

LEFT = """
SELECT CASE WHEN s.exit_type = 'transferred' THEN 'transferred' ELSE coalesce(s.destination, 'unknown') END,
       {municipality}, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.exited_on <= :last
  AND NOT EXISTS (SELECT 1 FROM counted_spell later
                  WHERE later.participant_id = s.participant_id AND later.id <> s.id AND {same_scope}
                    AND later.entered_on <= :last AND ({later_order}) > ({order}))
GROUP BY 1, 2, 3
"""

LEFT_MUNICIPALITY = LEFT.format(
    municipality="s.municipality",
    same_scope="later.municipality = s.municipality",
    later_order=order_of("later"),
    order=order_of("s"),
)
LEFT_PROJECT = LEFT.format(
    municipality=f"'{ALL}'", same_scope="TRUE", later_order=order_of("later"), order=order_of("s")
)


def build(store: Store, month: Month, scope: Scope) -> tuple[Table, ...]:
    """The sections `exits`, `exits_by_destination`, `left` and `left_by_destination`."""
    codes = tuple(destination.code for destination in scope.destinations)
    exited = store.counts(EXITS, period(month))
    left = store.counts(LEFT_MUNICIPALITY, period(month))
    left_project = store.counts(LEFT_PROJECT, period(month))
    return (
        tabulate("exits", GROUPS, scope, _grouped(exited, scope)),
        tabulate("exits_by_destination", codes, scope, exited),
        tabulate("left", (*GROUPS, TRANSFERRED), scope, _grouped(left, scope), _grouped(left_project, scope)),
        tabulate("left_by_destination", (*codes, TRANSFERRED), scope, left, left_project),
    )


def exits(store: Store, month: Month, scope: Scope) -> Table:
    """The section `exits` alone."""
    return tabulate("exits", GROUPS, scope, _grouped(store.counts(EXITS, period(month)), scope))


def _grouped(by_destination: Counted, scope: Scope) -> Counted:
    groups = {destination.code: destination.group.value for destination in scope.destinations}
    for destination, municipality, sex, count in by_destination:
        yield groups.get(str(destination), str(destination)), municipality, sex, count
