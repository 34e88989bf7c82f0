"""A list opened for taking: the sheet found, its columns known, its cells in words that arena knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from arena_cli.exchange.columns import Columns, fitness, recognise
from arena_cli.exchange.content import read_list
from arena_cli.exchange.mapping import ListMap
from arena_cli.exchange.reading import Sheet, SheetRow, in_blocks, read_sheet

EXAMPLE: Final = ("exempel", "example")
"""What the row that a template shows has for a ref: it is about nobody."""


class HowToRead(NamedTuple):
    """What somebody has said of a list: the sheet that it stands on, and what its own words mean."""

    sheet: str | None = None
    explained: ListMap = ListMap()


AS_IT_STANDS: Final = HowToRead()
"""Nobody has said anything of the list."""


def open_list(path: Path, how: HowToRead = AS_IT_STANDS) -> tuple[Sheet, Columns]:
    """The list in a file. Raises what `read_list`, `read_sheet` and `recognise` raise."""
    named = how.explained.columns
    sheet = read_sheet(read_list(path), fitness(named), how.sheet)
    columns = recognise(sheet.header, named)

    def read(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
        return how.explained.translated(_without_example(rows, columns.places["ref"]), columns)

    return replace(sheet, rows=read(sheet.rows)), columns


def _without_example(rows: Iterator[SheetRow], place: int) -> Iterator[SheetRow]:
    return chain.from_iterable(_others(block, place) for block in in_blocks(rows))


def _others(block: list[SheetRow], place: int) -> list[SheetRow]:
    refs = [cells[place] if place < len(cells) else "" for _, cells in block]
    if frozenset(EXAMPLE).isdisjoint(map(str.lower, map(str.strip, refs))):
        return block
    return [row for row, ref in zip(block, refs, strict=True) if ref.strip().lower() not in EXAMPLE]
