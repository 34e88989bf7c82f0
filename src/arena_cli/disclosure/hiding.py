"""Shows as much of an account as leaves nothing small within a reader's reach.

A count is *small* from 1 up to one less than k. The rules, of which the first two are for what is shown and the others
for what is not:

- A number is shown if it is not small, and if it has not changed by less than k since it was last shown: the difference
  between two reports is a count too. (A number that has gone down is not shown until it is where it was, or k above.)
- A class is shown only beside its total, and where that has not grown, only if it was shown beside it before.
- Nothing that is hidden can be placed within k, neither a class of any report nor by how much it has grown: what it can
  be at most is at least k more than what it must be (`bounds`). So nothing can be known to be small. If a reader could
  come closer, the class that has grown least is hidden as well, and so on. What can be known exactly is not small.
- Whoever knows these rules as well can tell that what is hidden beside something shown is not zero. Nor must anything
  be known to be small by that: of two hidden ones that are k in all, both would be.
- Where the classes say something about a person, it must not be known of all who came in a period that they are in one
  of them: "all seven went on to work" tells of each of the seven. Then zeros are hidden as well.

Whether a number is hidden because it is small, or has hardly changed, or would give another one away, is not said.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Generic, TypeVar

from arena_cli.disclosure.bounds import Block, Unknown, unknowns

MOST_CLASSES: Final = 40
"""Of a division with more nothing is shown: to find out what would follow from it would take too long."""

Class = TypeVar("Class", bound=Hashable)
"""Whatever names a class."""


@dataclass(frozen=True, slots=True)
class Row(Generic[Class]):
    """What one report has shown of an account: its total, if it did, and of its classes those that it did."""

    total: int
    classes: Mapping[Class, int]


def may_follow(number: int, last: int, k: int) -> bool:
    """Whether a number may be shown after what was last shown of it: 0 where nothing was."""
    return is_large(number, k) and is_large(number - last, k)


def is_large(number: int, k: int) -> bool:
    """Whether a count is no count of a few: nobody, or k and more."""
    return number == 0 or number >= k


def classes_to_show(
    earlier: Sequence[Row[Class]], total: int, counts: Mapping[Class, int], k: int, *, tells: bool
) -> frozenset[Class]:
    """The classes that may be shown beside a total that is shown. `tells`: a class says something about a person.

    `earlier` are the rows that have shown the total, the oldest first. The classes add up to it.
    """
    if len(counts) > MOST_CLASSES:
        return frozenset()
    if earlier and earlier[-1].total == total:  # nobody has come: the same is shown, so that nothing can be told by it
        return frozenset(one for one, number in earlier[-1].classes.items() if counts[one] == number)
    grown = {one: number - _last(earlier, one) for one, number in counts.items()}
    shown = [one for one, number in counts.items() if may_follow(number, number - grown[one], k)]
    order = sorted(shown, key=lambda one: (grown[one] == 0, grown[one]))

    def safe(chosen: Sequence[Class]) -> bool:
        rows = [*earlier, Row(total, {one: counts[one] for one in chosen})]
        return is_safe(rows, list(counts), k, tells=tells)

    return next((frozenset(order[hidden:]) for hidden in range(len(order)) if safe(order[hidden:])), frozenset())


def is_safe(rows: Sequence[Row[Class]], classes: Sequence[Class], k: int, *, tells: bool) -> bool:
    """Whether nothing that is hidden of an account follows from what these reports, the last one too, show of it."""
    start, rows = _since_all_was_shown(rows, classes)
    totals = [start.total, *(row.total for row in rows)]
    periods = [after - before for before, after in pairwise(totals)]
    blocks = [_blocks(start, rows, one) for one in classes]
    of_numbers = unknowns(periods, blocks, enough=k)
    if of_numbers is None or not all(_is_out_of_reach(unknown, k, tells=tells) for unknown in of_numbers):
        return False
    with_rules = unknowns(periods, [_with_rules(rows, of_class) for of_class in blocks], enough=k)
    return with_rules is None or all(unknown.high >= k or unknown.low == unknown.high == 0 for unknown in with_rules)


def _since_all_was_shown(
    rows: Sequence[Row[Class]], classes: Sequence[Class]
) -> tuple[Row[Class], Sequence[Row[Class]]]:
    """The latest row before the last one that has every class, and those after it: what was before is all known."""
    whole = [number for number, row in enumerate(rows[:-1]) if len(row.classes) == len(classes)]
    if not whole:
        return Row(0, dict.fromkeys(classes, 0)), rows
    return rows[whole[-1]], rows[whole[-1] + 1 :]


def _blocks(start: Row[Class], rows: Sequence[Row[Class]], one: Class) -> list[Block]:
    """How a class has grown between the reports that have shown it."""
    blocks, first, last = [], 0, start.classes[one]
    for number, row in enumerate(rows):
        if one in row.classes:
            blocks.append(Block(first, number, row.classes[one] - last))
            first, last = number + 1, row.classes[one]
    return blocks if first == len(rows) else [*blocks, Block(first, len(rows) - 1, None)]


def _with_rules(rows: Sequence[Row[Class]], blocks: Sequence[Block]) -> list[Block]:
    """The blocks for one who knows the rules: what is hidden beside something shown has grown, or it were shown too."""

    def has_grown(block: Block) -> bool:
        is_hidden = block.total is None or block.first < block.last
        return is_hidden and bool(rows[block.first].classes) and block.total != 0

    return [block._replace(least=int(has_grown(block))) for block in blocks]


def _is_out_of_reach(unknown: Unknown, k: int, *, tells: bool) -> bool:
    low, high, whole = unknown
    if low == high:
        return is_large(low, k) and not (tells and whole and low == whole)
    return high - low >= k


def _last(rows: Sequence[Row[Class]], one: Class) -> int:
    return next((row.classes[one] for row in reversed(rows) if one in row.classes), 0)
