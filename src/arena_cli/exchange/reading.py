"""From a file to a sheet: a header and rows of cells, each with the line on which it begins.

CSV with comma, semicolon or tab, in the encodings of encoding.py, with any line endings and quoted cells. A reader of
workbooks makes the same Sheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from arena_cli.errors import ArenaError, translatable
from arena_cli.exchange.encoding import Encoding, find_encoding
from arena_cli.exchange.refusals import (
    BrokenQuotes,
    CellTooLong,
    EmptyList,
    EnormousList,
    NoSuchList,
    UnreadableList,
)

DELIMITERS: Final = {
    ";": translatable("semicolon"),
    ",": translatable("comma"),
    "\t": translatable("tab"),
}
"""What may stand between two cells, and what it is called."""

MOST_BYTES: Final = 200_000_000


class SheetRow(NamedTuple):
    """A row, and the line of the file on which it begins."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it stands in a file. `rows` are those below the header, empty ones left out, and can be read once.

    `again` gives them anew, where that costs no more than reading them once.
    """

    encoding: str
    delimiter: str
    header: SheetRow
    rows: Iterator[SheetRow]
    again: Callable[[], Iterator[SheetRow]] | None = None


def read_list(path: Path) -> bytes:
    """The bytes of a list. Raises NoSuchList, UnreadableList, EnormousList or EmptyList."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise NoSuchList(path=path) from None
    except (OSError, ValueError):
        raise UnreadableList(path=path) from None
    if len(data) > MOST_BYTES:
        raise EnormousList(path=path, megabytes=MOST_BYTES // 1_000_000)
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise EmptyList
    return data


def read_sheet(data: bytes, headers_known: Callable[[Sequence[str]], int]) -> Sheet:
    """The list that the bytes hold. The delimiter is the one that makes most known headers of the first row.

    Raises EmptyList, BrokenQuotes, CellTooLong or one of `find_encoding`'s refusals; the middle two also while the
    rows are read.
    """
    encoding = find_encoding(data)
    sheets: list[Sheet] = []
    refusals: list[ArenaError] = []
    for delimiter in DELIMITERS:
        try:
            sheets.append(_sheet(data, encoding, delimiter))
        except (BrokenQuotes, CellTooLong) as refusal:
            refusals.append(refusal)
    if not sheets:
        raise refusals[0]
    return max(sheets, key=lambda sheet: (headers_known(sheet.header.cells), len(sheet.header.cells)))


def _sheet(data: bytes, encoding: Encoding, delimiter: str) -> Sheet:
    rows = _rows(io.TextIOWrapper(io.BytesIO(data), encoding.codec, newline=""), delimiter)
    header = next(rows, None)
    if header is None:
        raise EmptyList
    return Sheet(encoding.name, delimiter, header, rows, lambda: _sheet(data, encoding, delimiter).rows)


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[SheetRow]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise CellTooLong(row=begins, characters=csv.field_size_limit()) from None
            raise BrokenQuotes(row=begins) from None
        if "".join(cells).strip():
            yield SheetRow(begins, cells)
