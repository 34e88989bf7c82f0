"""The rows of each person of a list put together, without keeping the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import normalize

from arena_cli.exchange.cells import SpellRow
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.reading import AT_A_TIME, in_blocks
from arena_cli.inert import as_meant
from arena_cli.seen import Seen


def times_of_repeated(rows: Iterable[Sequence[str]], columns: Columns) -> Mapping[str, int]:
    """From the rows' cells: how many each ref has at most, of those that stand in more than one; any other has one.

    A ref that is here by mistake, since it was taken for another, is only handled with more care than it needs.
    """
    place, seen = columns.places["ref"], Seen()
    times: dict[str, int] = {}
    for cells in rows:
        ref = cells[place].strip() if place < len(cells) else ""
        if ref[:1] == "'" or not ref.isascii():
            ref = normalize("NFC", as_meant(ref))
        if not seen.is_new(ref):
            times[ref] = times.get(ref, 1) + 1
    return times


def whole_persons(rows: Iterable[SpellRow], times: Mapping[str, int]) -> Iterator[list[SpellRow]]:
    """The rows, some at a time: all that a person has stand in one list, in their order.

    A person of whom rows are missing, since they could not be read, comes last.
    """
    waiting: dict[str, list[SpellRow]] = {}
    for block in in_blocks(rows):
        ready = [row for row in block if row.ref not in times]
        for row in block if len(ready) < len(block) else ():
            if row.ref in times:
                theirs = waiting.setdefault(row.ref, [])
                theirs.append(row)
                if len(theirs) == times[row.ref]:
                    ready += waiting.pop(row.ref)
        if ready:
            yield ready
    ready = []
    for theirs in waiting.values():
        ready.extend(theirs)
        if len(ready) >= AT_A_TIME:
            yield ready
            ready = []
    if ready:
        yield ready
