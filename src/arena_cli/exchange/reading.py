"""From a file to a sheet: a header and rows of cells, each with the line on which it begins.

Here CSV with comma, semicolon or tab, in the encodings of encoding.py, with any line endings and quoted cells;
workbook.py makes the same Sheet of a workbook. Which of them a file is, is seen by what is in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, NamedTuple, TypeVar

from arena_cli.errors import ArenaError, Remark, translatable
from arena_cli.exchange.content import Content, pieces
from arena_cli.exchange.encoding import Encoding, find_encoding
from arena_cli.exchange.refusals import (
    BrokenQuotes,
    CellTooLong,
    EmptyList,
    ListChanged,
    SheetOfText,
)

DELIMITERS: Final = {
    ";": translatable("semicolon"),
    ",": translatable("comma"),
    "\t": translatable("tab"),
}
"""What may stand between two cells, and what it is called."""

MOST_ROWS_ABOVE: Final = 50
"""How far down a header may lie: so many rows with something in them are looked at."""

AT_A_TIME: Final = 1000

Fitness = Callable[[Sequence[str]], tuple[bool, int]]
"""Whether a row is the whole header of a list, and how many of its cells are headers at all."""


class SheetRow(NamedTuple):
    """A row, and the line of the file on which it begins; of a workbook its number."""

    number: int
    cells: list[str]


_Item = TypeVar("_Item")


def in_blocks(rows: Iterable[_Item]) -> Iterator[list[_Item]]:
    """The rows, some at a time."""
    remaining = iter(rows)
    while block := [*islice(remaining, AT_A_TIME)]:
        yield block


class Place(Remark):
    """What a list was read from, in words; `facts` has the encoding and the delimiter, or the form and the sheet."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it stands in a file. `rows` are those below the header, empty ones left out, and can be read once.

    `again` gives the cells of every row of the file anew, also of the header and what is above it, up to where the file
    cannot be read; where that costs no more than reading it once.
    """

    source: Place
    header: SheetRow
    rows: Iterator[SheetRow]
    remarks: tuple[Remark, ...] = ()
    again: Callable[[], Iterator[list[str]]] | None = None


def read_sheet(content: Content, fit: Fitness, wanted: str | None = None) -> Sheet:
    """The list that a file holds; of a workbook the sheet that is wanted, or the only one that fits.

    Raises what `read_workbook` does, or SheetOfText, EmptyList, BrokenQuotes, CellTooLong or one of `find_encoding`'s
    refusals; BrokenQuotes and CellTooLong also while the rows are read, and what `read_list` says.
    """
    from arena_cli.exchange.workbook import is_workbook, read_workbook

    if is_workbook(next(pieces(content), b"")):
        return read_workbook(b"".join(pieces(content)), fit, wanted)
    if wanted is not None:
        raise SheetOfText
    return _read_text(content, fit)


def _read_text(content: Content, fit: Fitness) -> Sheet:
    """The list that a text holds. The delimiter is the one that makes most headers."""
    encoding = find_encoding(content)
    sheets: list[Sheet] = []
    refusals: list[ArenaError] = []
    for delimiter in DELIMITERS:
        try:
            sheets.append(_sheet(content, encoding, delimiter, fit))
        except (BrokenQuotes, CellTooLong) as refusal:
            refusals.append(refusal)
    if not sheets:
        raise refusals[0]
    return max(sheets, key=lambda sheet: (fit(sheet.header.cells), len(sheet.header.cells)))


def _sheet(content: Content, encoding: Encoding, delimiter: str, fit: Fitness) -> Sheet:
    def text() -> io.TextIOWrapper:
        return io.TextIOWrapper(content(), encoding.codec, newline="")

    header, rows = header_among(_rows(text(), delimiter), fit)
    message = translatable("{encoding}, {delimiter} between the cells")
    named = Remark(DELIMITERS[delimiter])
    place = Place(message, encoding=encoding.name, delimiter=named, character=delimiter)
    return Sheet(place, header, rows, again=lambda: _cells(text(), delimiter))


def header_among(rows: Iterator[SheetRow], fit: Fitness) -> tuple[SheetRow, Iterator[SheetRow]]:
    """The row that is the header, and the rows below it: titles and other lines may stand above.

    The first with all that a list needs; if there is none, the one with the most headers, and of several, or where no
    row has two (one may be a word in a cell), the one with the most cells filled. Raises EmptyList, and what reading
    the first row raises.
    """
    above: list[SheetRow] = []
    rest = rows
    try:
        for row in islice(rows, MOST_ROWS_ABOVE):
            above.append(row)
            if fit(row.cells)[0]:
                break
    except (BrokenQuotes, CellTooLong) as refusal:
        if not above:
            raise
        rest = _refusing(refusal)
    if not above:
        raise EmptyList

    def likeness(row: SheetRow) -> tuple[bool, int, int]:
        is_whole, known = fit(row.cells)
        return is_whole, known if known > 1 else 0, sum(map(bool, map(str.strip, row.cells)))

    header = max(above, key=likeness)
    return header, chain(above[above.index(header) + 1 :], rest)


def _refusing(refusal: ArenaError) -> Iterator[SheetRow]:
    """Rows of which the first cannot be read."""

    def refuse() -> SheetRow:
        raise refusal

    return iter(refuse, None)


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[SheetRow]:
    return chain.from_iterable(_blocks(text, delimiter))


def _cells(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    with text, suppress(csv.Error):  # which is told when the rows are read
        try:
            yield from csv.reader(text, delimiter=delimiter, strict=True)
        except UnicodeDecodeError:
            raise ListChanged from None


def _blocks(text: io.TextIOWrapper, delimiter: str) -> Iterator[Sequence[SheetRow]]:
    last, begins = 0, 1
    block: list[SheetRow] = []
    with text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            while begins > last:
                last, block = begins, []
                for cells in islice(reader, AT_A_TIME):
                    if "".join(cells).strip():
                        block.append(tuple.__new__(SheetRow, (begins, cells)))  # as SheetRow, in a third of the time
                    begins = reader.line_num + 1
                yield block
        except csv.Error as error:
            yield block
            if "field limit" in str(error):
                raise CellTooLong(row=begins, characters=csv.field_size_limit()) from None
            raise BrokenQuotes(row=begins) from None
        except UnicodeDecodeError:  # which it was not when its encoding was found
            raise ListChanged from None
