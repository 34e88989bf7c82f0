"""Workbooks: .xlsx, .xls and .ods, known by what is in them, read in a process of their own (workbook_child.py)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, cast
from weakref import finalize

from arena_cli.errors import Remark, translatable
from arena_cli.exchange import workbook_child
from arena_cli.exchange.reading import Fitness, Place, Sheet, SheetRow, header_among
from arena_cli.exchange.refusals import (
    EmptyList,
    EnormousWorkbook,
    LockedWorkbook,
    NoSheetFits,
    NoSuchSheet,
    NoWorkbook,
    SeveralSheetsFit,
    UnreadableWorkbook,
    columns_in_letters,
    first_rows,
)
from arena_cli.lookup import folded

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the files begin: .xlsx and .ods are zip archives, .xls is a file of files, and so is an .xlsx with a password."""

MOST_UNPACKED: Final = 500_000_000
MOST_TIMES: Final = 200
"""How many times its packed size a workbook may have unpacked: lists have ten times, a million empty rows eleven."""

_NEVER_TOO_LARGE: Final = 20_000_000
_MOST_PARTS: Final = 10_000
_MOST_SHEETS: Final = 50
_MANIFEST, _MOST_MANIFEST = "META-INF/manifest.xml", 1_000_000
_EXCEL, _OLD_EXCEL, _OPEN_DOCUMENT = "Excel (.xlsx)", "Excel (.xls)", "OpenDocument (.ods)"

_HIDDEN_ROWS: Final = translatable("Hidden rows are read like the others: {count} ({places}).")
_HIDDEN_COLUMNS: Final = translatable("Hidden columns are read like the others: {count} ({places}).")
_MERGED: Final = translatable(
    "Merged cells: only the first cell has the value, the others are taken as empty: {count} ({places})."
)
_ERRORS: Final = translatable("Cells in which a formula went wrong are taken as empty: {count} ({places}).")
_NOTICED: Final[Mapping[str, str]] = {
    "hidden rows": _HIDDEN_ROWS,
    "hidden columns": _HIDDEN_COLUMNS,
    "merged": _MERGED,
    "errors": _ERRORS,
}


def is_workbook(data: bytes) -> bool:
    """Whether a file is a workbook, or something else that is packed like one."""
    return data.startswith((*ZIP, OLE))


def read_workbook(data: bytes, fit: Fitness, wanted: str | None = None) -> Sheet:
    """The sheet that is wanted, or the only one among those not hidden that has the columns of a list.

    Where none has all of them it is the only one with anything in it. Raises LockedWorkbook, NoWorkbook,
    EnormousWorkbook, UnreadableWorkbook, NoSuchSheet, NoSheetFits, SeveralSheetsFit or EmptyList; UnreadableWorkbook
    also while the rows are read.
    """
    form = _form(data)
    book = _Child(data)
    tops = list(_tops(book, book.candidates(wanted), fit))
    if not tops:
        raise EmptyList
    return _sheet(book, form, tops[0] if len(tops) == 1 else _only(tops))


def _form(data: bytes) -> str:
    """Which of the three it is, by what is packed in it. Raises what tells that it is none or too much of one."""
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise LockedWorkbook
        return _OLD_EXCEL
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _form_of(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise NoWorkbook from None  # cut off, or damaged


def _form_of(archive: zipfile.ZipFile) -> str:
    parts = archive.infolist()
    size, packed = (sum(sizes) for sizes in zip((0, 1), *((p.file_size, p.compress_size) for p in parts), strict=True))
    if len(parts) > _MOST_PARTS:
        raise NoWorkbook
    if size > min(MOST_UNPACKED, max(packed * MOST_TIMES, _NEVER_TOO_LARGE)):
        raise EnormousWorkbook(megabytes=MOST_UNPACKED // 1_000_000, times=MOST_TIMES)
    names = {part.filename for part in parts}
    if "content.xml" in names:
        if _MANIFEST in names:
            with archive.open(_MANIFEST) as manifest:
                if b"encryption-data" in manifest.read(_MOST_MANIFEST):
                    raise LockedWorkbook
        return _OPEN_DOCUMENT
    if "xl/workbook.xml" in names:
        return _EXCEL
    raise NoWorkbook


class _Top(NamedTuple):
    """A sheet's header and rows, as far as they have been looked at, and how well they fit."""

    number: int
    name: str
    rows: Sequence[SheetRow]
    header: SheetRow
    fit: tuple[bool, int]
    noticed: Mapping[str, Sequence[int]]


def _tops(book: _Child, candidates: Mapping[int, str], fit: Fitness) -> Iterator[_Top]:
    """What stands at the top of each sheet that is not empty."""
    for number, name in candidates.items():
        rows, noticed = book.ask(workbook_child.TOP, number)
        if rows:
            top = [SheetRow(*row) for row in rows]
            header, _ = header_among(iter(top), fit)
            yield _Top(number, name, top, header, fit(header.cells), noticed)


def _only(tops: Sequence[_Top]) -> _Top:
    """The only sheet with all columns of a list, or the only one with any. Raises SeveralSheetsFit or NoSheetFits."""
    for fitting in ([top for top in tops if top.fit[0]], [top for top in tops if top.fit[1]]):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise SeveralSheetsFit(sheets=tuple(top.name for top in fitting))
    raise NoSheetFits(sheets=tuple(top.name for top in tops))


def _sheet(book: _Child, form: str, top: _Top) -> Sheet:
    rows = chain.from_iterable(book.batches(top.number))
    return Sheet(
        source=Place(translatable("{form}, sheet {sheet}"), form=form, sheet=top.name),
        header=top.header,
        rows=(SheetRow(*row) for row in rows if row[0] > top.header.number),
        remarks=tuple(_remarks(top)),
    )


def _remarks(top: _Top) -> Iterator[Remark]:
    """What a person may not see in the list. Above the header it does not matter."""
    for what, message in _NOTICED.items():
        places = top.noticed.get(what, ())
        if what == "hidden columns":
            shown: object = columns_in_letters(places)
        else:
            places = [row for row in places if row >= top.header.number]
            shown = first_rows(places)
        if places:
            yield Remark(message, count=len(places), places=shown)


class _Child:
    """The process that reads one workbook. It ends when nobody asks it any more."""

    def __init__(self, data: bytes) -> None:
        program = [sys.executable, "-P", str(Path(workbook_child.__file__))]
        process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, close_fds=True
        )
        finalize(self, _end, process)
        self._requests = cast("IO[bytes]", process.stdin)
        self._answers = cast("IO[bytes]", process.stdout)
        self._write(data)
        self._sheets: list[tuple[str, bool]] = self._read()

    def candidates(self, wanted: str | None) -> dict[int, str]:
        """The sheet with the name that is wanted, or those that are not hidden, by number. Raises NoSuchSheet."""
        if wanted is None:
            shown = [(number, name) for number, (name, is_shown) in enumerate(self._sheets) if is_shown]
            return dict(shown[:_MOST_SHEETS])
        for number, (name, _) in enumerate(self._sheets):
            if folded(name) == folded(wanted):
                return {number: name}
        raise NoSuchSheet(sheets=tuple(name for name, _ in self._sheets))

    def ask(self, what: str, sheet: int) -> Any:
        self._write(workbook_child.as_frame((what, sheet)))
        return self._read()

    def batches(self, sheet: int) -> Iterator[Sequence[tuple[int, list[str]]]]:
        batch = self.ask(workbook_child.ROWS, sheet)
        while batch:
            yield batch
            batch = self._read()

    def _write(self, frame: bytes) -> None:
        try:
            workbook_child.write_frame(self._requests, frame)
        except OSError:
            raise UnreadableWorkbook from None

    def _read(self) -> Any:
        try:
            answer = json.loads(workbook_child.read_frame(self._answers) or b"")
        except (OSError, ValueError):
            raise UnreadableWorkbook from None
        if isinstance(answer, str):
            raise LockedWorkbook if answer == workbook_child.LOCKED else NoWorkbook
        return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):  # what was still to be written to it
                stream.close()
    process.wait()
