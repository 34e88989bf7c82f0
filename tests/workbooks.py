"""Workbooks for tests: a municipality's list as people keep them, and parts of .xlsx files that no program writes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

LISTS = Path(__file__).with_name("lists")
"""Files that other programs have written: list.ods and list.xls are `municipal_list()` as LibreOffice 7.4 saves it,
locked.xlsx has a password."""


def workbook(fill: Callable[[Any], None]) -> bytes:
    """What a function writes into a new workbook."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        fill(book)
    return file.getvalue()


def sheets(**tables: Iterable[Sequence[object]]) -> bytes:
    """A workbook with these sheets, each a list of rows."""

    def fill(book: Any) -> None:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)

    return workbook(fill)


def municipal_list() -> bytes:
    """A title, a blank row, the list one column in, dates of all sorts, and what hides from the eye."""

    def fill(book: Any) -> None:
        day = book.add_format({"num_format": "d mmm yyyy"})
        book.add_worksheet("Läs mig").write_string("A1", "Kontakta kommunen")
        sheet = book.add_worksheet("Lista 2016")
        sheet.write_string("A1", "Deltagare i Krokom")
        sheet.write_row("B3", ["Löpnr ", "Kommun", "Inskriven", "Kön", "Slutdatum", "Anm", "Anm"])
        sheet.write_row("B4", [17, "Krokom", "", "K", "", "x", ""])
        sheet.write_datetime("D4", datetime(2016, 10, 3), day)  # noqa: DTZ001 # a spreadsheet knows no zones
        sheet.write_row("B5", ["18", "Åre  ", "3/10 2016", "m", "20161010", "", ""])
        sheet.write_row("B7", [19, "0114", "3 okt 2016", "k ", "2016-10-10 00:00:00", "", ""])
        sheet.write_number("C7", 2309)
        sheet.write_formula("G7", "=1/0", value="#DIV/0!")
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.set_column("G:G", None, None, {"hidden": True})
        sheet.merge_range("G4:H4", "x")
        book.add_worksheet("Gammal").write_row("A1", ["löpnr", "kommun", "inskriven"])
        book.get_worksheet_by_name("Gammal").hide()

    return workbook(fill)


def with_part(name: str, content: bytes, data: bytes) -> bytes:
    """An archive with one of its parts exchanged or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return file.getvalue()


def with_sheet_xml(rows: str) -> bytes:
    """A workbook whose only sheet has rows as they stand in the XML."""
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>'
    return with_part("xl/worksheets/sheet1.xml", f"{xml}</worksheet>".encode(), sheets(Lista=[]))


def archive(*names: str) -> bytes:
    """A zip file with empty parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, b"")
    return file.getvalue()
