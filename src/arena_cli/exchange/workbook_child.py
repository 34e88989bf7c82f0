"""Reads a workbook in a process of its own, started by workbook.py, with a bound on memory and time.

A spreadsheet can ask for any amount of memory: a single cell in the last column of the last row makes python-calamine
lay out sixteen thousand million cells, and then it takes its process with it. Here that is the end of this process
only. So the file imports nothing of arena, and is run by its path.

The two processes talk in frames: a length of eight bytes and as many bytes. In comes the workbook, then, as all else in
JSON, requests (`TOP` or `ROWS` and a sheet's number). Out goes first the list of sheets, then the answers: for `TOP`
the first rows with something in them and what was noticed of the sheet; for `ROWS` batches of rows and an empty one. A
row is its number and its cells as text. A refusal is a text.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

Row = tuple[int, list[str]]

TOP, ROWS = "top", "rows"
LOCKED, NO_WORKBOOK = "locked", "no workbook"

MOST_ROWS_ABOVE: Final = 50
"""How far down a header may lie: so many rows with something in them are looked at."""

_MOST_TEXTS: Final = 10_000
_ROWS_IN_A_FRAME: Final = 500
_MOST_MEMORY: Final = 2 << 30
_MOST_SECONDS: Final = 300
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14
_LONGEST_TAG: Final = 1 << 20
_PIECE: Final = 1 << 20
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    LookupError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
)
"""What Python's readers raise of a file that they cannot read, though calamine can."""

_FIRST_INEXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number."""


def main() -> None:
    """Answer requests on standard output until standard input ends."""
    _bound()
    with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as answers:
        _serve(asked, answers)


def _bound() -> None:
    """Let the operating system end this process when it needs too much. Windows has no such bounds."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        for what, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_CPU, _MOST_SECONDS),
            (resource.RLIMIT_AS, _MOST_MEMORY),
        ):
            resource.setrlimit(what, (most, most))


def _serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    try:
        book = Book(read_frame(asked) or b"")
        write_frame(answers, as_frame(book.sheets))
        while request := read_frame(asked):
            what, sheet = json.loads(request)
            if what == TOP:
                write_frame(answers, as_frame((book.top(sheet), book.noticed(sheet))))
            else:
                for batch in book.batches(sheet):
                    write_frame(answers, as_frame(batch))
    except Refusal as refusal:
        write_frame(answers, as_frame(str(refusal)))


def read_frame(stream: IO[bytes]) -> bytes | None:
    """What the other process has written; None at its end."""
    length = stream.read(8)
    return stream.read(int.from_bytes(length, "big")) if length else None


def write_frame(stream: IO[bytes], frame: bytes) -> None:
    """Write something for the other process."""
    stream.write(len(frame).to_bytes(8, "big"))
    stream.write(frame)
    stream.flush()


def as_frame(value: object) -> bytes:
    """A request or an answer as bytes."""
    return json.dumps(value, ensure_ascii=False).encode()


class Refusal(Exception):
    """`LOCKED` or `NO_WORKBOOK`."""


class Book:
    """A workbook that has been opened. Raises Refusal."""

    def __init__(self, data: bytes) -> None:
        from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

        self._data = data
        self._errors: type[Exception] = CalamineError
        self._sheet: tuple[int, CalamineSheet] | None = None
        self._texts: defaultdict[type, _Texts] = defaultdict(_Texts)
        try:
            self._book: CalamineWorkbook = load_workbook(io.BytesIO(data))
        except PasswordError:
            raise Refusal(LOCKED) from None
        except CalamineError:
            raise Refusal(NO_WORKBOOK) from None
        self.sheets = [
            (sheet.name, sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet)
            for sheet in self._book.sheets_metadata
        ]

    def top(self, number: int) -> list[Row]:
        """The first rows with something in them."""
        return list(islice(self._rows(number), MOST_ROWS_ABOVE))

    def batches(self, number: int) -> Iterator[list[Row]]:
        """All rows with something in them, many at a time; at the end an empty batch."""
        rows = self._rows(number)
        while batch := list(islice(rows, _ROWS_IN_A_FRAME)):
            yield batch
        yield []

    def noticed(self, number: int) -> dict[str, list[int]]:
        """Rows or columns, counted from 1, that hold what a person may not see: hidden, merged, a formula's error.

        Nothing is noticed in an .xls file but merged cells.
        """
        sheet = self._opened(number)
        last_row, last_column = sheet.end or (-1, -1)
        found: dict[str, list[int]] = {}
        with suppress(*_DAMAGED), zipfile.ZipFile(io.BytesIO(self._data)) as archive:
            found = _noticed_in_archive(archive, self.sheets[number][0])
        found.setdefault("merged", []).extend(start[0] + 1 for start, _ in sheet.merged_cell_ranges or [])
        most = {"hidden columns": last_column + 1}
        return {
            what: sorted({place for place in places if place <= most.get(what, last_row + 1)})
            for what, places in found.items()
        }

    def _opened(self, number: int) -> CalamineSheet:
        """The sheet; the last one is kept."""
        if self._sheet is None or self._sheet[0] != number:
            self._sheet = None
            try:
                self._sheet = number, self._book.get_sheet_by_index(number)
            except self._errors:
                raise Refusal(NO_WORKBOOK) from None
        return self._sheet[1]

    def _rows(self, number: int) -> Iterator[Row]:
        sheet = self._opened(number)
        left = [""] * (sheet.start or (0, 0))[1]
        empty = [""] * sheet.width
        for row, values in enumerate(sheet.iter_rows(), 1):
            if values == empty:  # as a million rows may be that only look like something
                continue
            cells = [value if value.__class__ is str else self._texts[value.__class__][value] for value in values]
            if "".join(cells).strip():
                yield row, left + cells


class _Texts(dict[Any, str]):
    """What the values of one type are as text: a list repeats its days and numbers thousands of times."""

    def __missing__(self, value: object) -> str:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        self[value] = text = text_of(value)
        return text


def text_of(value: object) -> str:
    """A cell as a person would type it into a text file."""
    match value:
        case bool():
            text = "yes" if value else "no"
        case float() if value.is_integer() and abs(value) < _FIRST_INEXACT:
            text = str(int(value))
        case datetime() if value.time() == time():
            text = value.date().isoformat()
        case time() if not value.second:
            text = value.isoformat("minutes")
        case timedelta():
            minutes = round(value / timedelta(minutes=1))
            text = f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
        case _:
            text = str(value)  # a date and a time are written as ISO has them
    return text


# -- what is noticed in the XML itself --------------------------------------------------------------------------------

_SHEET_PARTS: Final = re.compile(
    rb'<(?:\w+:)?(?:row|col)\s[^>]*\bhidden="(?:1|true)"[^>]*>|<(?:\w+:)?c\s[^>]*\bt="e"[^>]*>'
)
_TABLE_PARTS: Final = re.compile(
    rb"<table:(?:table\s|/table>|table-row|table-column)[^>]*>"
    rb'|<table:table-cell[^>]*(?:-spanned="(?:[2-9]|1[0-9])|calcext:value-type="error")[^>]*>'
    rb"|</table:table>"
)
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _noticed_in_archive(archive: zipfile.ZipFile, sheet: str) -> dict[str, list[int]]:
    if "content.xml" in archive.namelist():
        with archive.open("content.xml") as content:
            return _noticed_in_table(content, sheet)
    with archive.open(_part_of(archive, sheet)) as part:
        return _noticed_in_sheet(part)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where in an .xlsx file a sheet lies. Raises KeyError."""
    places = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 # is bounded
    }
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 # this process is bounded
    named = {part.get("name"): part.get(_RELATION) for part in book.iter() if part.tag.endswith("}sheet")}
    target = places[named[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _noticed_in_sheet(part: IO[bytes]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"hidden rows": [], "hidden columns": [], "errors": []}
    for tag in _tags(part, _SHEET_PARTS, b"hidden=", b' t="e"'):
        if row := re.search(rb'\sr="[A-Z]*([0-9]{1,7})"', tag):
            found["errors" if b' t="e"' in tag else "hidden rows"].append(int(row[1]))
        elif columns := re.search(rb'min="([0-9]{1,5})" max="([0-9]{1,5})"', tag):
            found["hidden columns"] += range(int(columns[1]), min(int(columns[2]), _MOST_COLUMNS) + 1)
    return found


def _noticed_in_table(content: IO[bytes], sheet: str) -> dict[str, list[int]]:
    """The same of an .ods file, whose rows and columns have no numbers but may stand for several."""
    from html import unescape

    found: dict[str, list[int]] = {"hidden rows": [], "hidden columns": [], "merged": [], "errors": []}
    is_wanted = False
    last = {"row": 0, "column": 0}
    for tag in _tags(content, _TABLE_PARTS, b"<table:table"):
        if tag.startswith(b"<table:table "):
            name = re.search(rb'table:name="([^"]*)"', tag)
            is_wanted = name is not None and unescape(name[1].decode()) == sheet
        elif not is_wanted:
            continue
        elif tag == b"</table:table>":
            break
        elif tag.startswith(b"<table:table-cell"):
            found["merged" if b"-spanned=" in tag else "errors"].append(last["row"])
        else:
            what = "row" if tag.startswith(b"<table:table-row") else "column"
            times = re.search(rb'-repeated="([0-9]{1,7})"', tag)
            first, last[what] = last[what] + 1, last[what] + (int(times[1]) if times else 1)
            if b'table:visibility="collapse"' in tag or b'table:visibility="filter"' in tag:
                found[f"hidden {what}s"] += range(first, min(last[what], _MOST_ROWS) + 1)
    return found


def _tags(part: IO[bytes], wanted: re.Pattern[bytes], *marks: bytes) -> Iterator[bytes]:
    """The tags of an XML file that look as wanted, read piece by piece; a piece without any of the marks has none."""
    left = b""
    while piece := part.read(_PIECE):
        text = left + piece
        end = text.rfind(b"<")
        whole, left = (text, b"") if end < 0 else (text[:end], text[end:])
        if len(left) > _LONGEST_TAG:
            return
        if any(mark in whole for mark in marks):
            for found in wanted.finditer(whole):
                yield found[0]
    for found in wanted.finditer(left):
        yield found[0]


if __name__ == "__main__":
    main()
