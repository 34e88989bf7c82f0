"""The rows of each person of a list put together, without keeping the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from unicodedata import normalize

from arena_cli.exchange.cells import SpellRow
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.reading import SheetRow
from arena_cli.inert import as_meant

_AT_A_TIME: Final = 1000

_SLOTS: Final = 1 << 25
"""Of a table with one bit each (4 MB). Of a million refs that all differ, one in seventy meets another in its slot."""


def times_of_repeated(rows: Iterable[SheetRow], columns: Columns) -> Mapping[str, int]:
    """How many rows each ref has at most, of those that stand in more than one; any other ref stands in one.

    A ref that is here by mistake, since another has the same slot, is only handled with more care than it needs.
    """
    place, seen = columns.places["ref"], bytearray(_SLOTS // 8)
    times: dict[str, int] = {}
    for _, cells in rows:
        ref = as_meant(cells[place].strip()) if place < len(cells) else ""
        if not ref.isascii():
            ref = normalize("NFC", ref)
        slot = hash(ref) % _SLOTS
        bit = 1 << (slot & 7)
        if seen[slot >> 3] & bit:
            times[ref] = times.get(ref, 1) + 1
        else:
            seen[slot >> 3] |= bit
    return times


def whole_persons(rows: Iterable[SpellRow], times: Mapping[str, int]) -> Iterator[list[SpellRow]]:
    """The rows, some at a time: all that a person has stand in one list, in their order.

    A person of whom rows are missing, since they could not be read, comes last.
    """
    ready: list[SpellRow] = []
    waiting: dict[str, list[SpellRow]] = {}
    for row in rows:
        expected = times.get(row.ref, 1)
        if expected == 1:
            ready.append(row)
        else:
            theirs = waiting.setdefault(row.ref, [])
            theirs.append(row)
            if len(theirs) == expected:
                ready.extend(waiting.pop(row.ref))
        if len(ready) >= _AT_A_TIME:
            yield ready
            ready = []
    for theirs in waiting.values():
        ready.extend(theirs)
        if len(ready) >= _AT_A_TIME:
            yield ready
            ready = []
    if ready:
        yield ready
