"""A list as CSV, Excel or JSON: row by row, so that a long one needs no more memory than a short one.

The CSV is what Excel opens with a double click where the language is spoken: UTF-8 with a byte order mark; in Swedish
semicolons and decimal commas, in English commas and decimal points. No text is ever a formula or a link.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import IO, Final
from xml.sax.saxutils import escape

from arena_cli.errors import Refused, translatable
from arena_cli.exchange.outgoing.tables import Kind, Shown, Table
from arena_cli.inert import inert
from arena_cli.language import ENGLISH, Language
from arena_cli.render.text import visible

SCHEMA: Final = 1
MOST_ROWS_OF_A_SHEET: Final = 1_048_575
"""Of Excel's, below the headings."""


class TooLongForASheet(Refused):
    message = translatable(
        "The list has {rows} rows, and a sheet has room for {most}. Nothing was written: let the name end with .csv."
    )


def write_csv(file: IO[bytes], table: Table, language: Language) -> None:
    """The list as CSV."""
    point, delimiter = (".", ",") if language.code == ENGLISH else (",", ";")
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow([inert(column.heading) for column in table.columns])
    writer.writerows(_as_text(row, point) for row in _shown(table))
    text.flush()
    text.detach()


def write_json(file: IO[bytes], table: Table, _language: Language) -> None:
    """The list as JSON, in the words of the file and not of a language: one row a line."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    head = {"schema": SCHEMA, "project": table.project, "list": table.name}
    file.write(f'{encode(head)[:-1]}, "rows": ['.encode())
    before = "\n"
    for row in table.rows:
        cells = {
            column.name: None if value is None else column.told(value)
            for column, value in zip(table.columns, row, strict=True)
        }
        file.write(f"{before}{encode(cells)}".encode())
        before = ",\n"
    file.write(b"\n]}\n")


def write_xlsx(file: IO[bytes], table: Table, _language: Language) -> None:
    """The list as an Excel workbook: one table, its headings always in view. Raises TooLongForASheet.

    xlsxwriter makes the workbook with a single empty line, and the rows are put in its place as they come: its own
    tables remember every cell.
    """
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    if table.count > MOST_ROWS_OF_A_SHEET:
        raise TooLongForASheet(rows=table.count, most=MOST_ROWS_OF_A_SHEET)
    small, large = (f"A1:{_letters(table)[-1]}{1 + rows}".encode() for rows in (1, max(table.count, 1)))
    with ZipFile(io.BytesIO(_with_an_empty_line(table))) as made, ZipFile(file, "w", ZIP_DEFLATED) as book:
        for part in made.infolist():
            content = made.read(part).replace(b'ref="' + small, b'ref="' + large)
            info = ZipInfo(part.filename)
            info.compress_type = ZIP_DEFLATED
            with book.open(info, "w", force_zip64=True) as written:
                if part.filename == _SHEET and table.count:
                    before, line, after = _around_the_line(content)
                    written.write(before)
                    for row in _rows_of_a_sheet(table, line):
                        written.write(row)
                    written.write(after)
                else:
                    written.write(content)


WRITERS: Final[Mapping[str, Callable[[IO[bytes], Table, Language], None]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "json": write_json,
}
"""By the ending of the file's name."""


def _shown(table: Table) -> Iterator[list[Shown]]:
    readers = [column.shown for column in table.columns]
    for row in table.rows:
        cells = ("" if value is None else read(value) for read, value in zip(readers, row, strict=True))
        yield [_legible(cell) if isinstance(cell, str) else cell for cell in cells]


def _legible(text: str) -> str:
    """The text with nothing in it that hides or steers."""
    return text if text.isprintable() else visible(text)


def _as_text(row: Sequence[Shown], point: str) -> list[str | int]:
    return [
        inert(cell) if isinstance(cell, str) else str(cell).replace(".", point) if isinstance(cell, float) else cell
        for cell in row
    ]


# -- Excel ------------------------------------------------------------------------------------------------------------

_SHEET: Final = "xl/worksheets/sheet1.xml"
_FORMATS: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "@",
    Kind.NUMBER: "0",
    Kind.DECIMAL: "0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MONTH: "yyyy-mm",
}
_WIDTHS: Final[Mapping[Kind, int]] = {Kind.TEXT: 18, Kind.NUMBER: 10, Kind.DECIMAL: 10, Kind.DAY: 12, Kind.MONTH: 10}
_LONGEST_NAME: Final = 31
_WOULD_BE_A_CHARACTER: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MADE: Final = datetime(1980, 1, 1)  # noqa: DTZ001  # when the workbook says that it was made: always the same


def _with_an_empty_line(table: Table) -> bytes:
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": table.title, "created": _MADE})
        formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(table.title[:_LONGEST_NAME])
        columns = [{"header": column.heading, "header_format": heading} for column in table.columns]
        sheet.add_table(0, 0, 1, len(columns) - 1, {"name": table.name.replace("-", "_"), "columns": columns})
        for place, column in enumerate(table.columns):
            width = max(_WIDTHS[column.kind], *(len(word) + 4 for word in column.heading.split()))
            sheet.set_column(place, place, width, formats[column.kind])
            sheet.write_blank(1, place, None, formats[column.kind])
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
    return file.getvalue()


def _around_the_line(sheet: bytes) -> tuple[bytes, bytes, bytes]:
    """The sheet before its only line, that line, and what is behind it."""
    before, begins, rest = sheet.partition(b'<row r="2"')
    line, ends, after = rest.partition(b"</row>")
    return before, begins + line + ends, after


def _rows_of_a_sheet(table: Table, line: bytes) -> Iterator[bytes]:
    """The rows as the workbook has them. Each column's format is the one of its cell in the empty line."""
    styles = re.findall(r'<c r="[A-Z]+2" s="([0-9]+)"', line.decode())
    begins = [f'<c r="{letter}{{}}" s="{style}"' for letter, style in zip(_letters(table), styles, strict=True)]
    ends = [_CELLS[column.kind] for column in table.columns]
    for number, row in enumerate(_shown(table), 2):
        cells = (
            f"{begin.format(number)}{end(value)}"
            for begin, end, value in zip(begins, ends, row, strict=True)
            if value != ""
        )
        yield f'<row r="{number}">{"".join(cells)}</row>'.encode()


def _letters(table: Table) -> list[str]:
    from xlsxwriter.utility import xl_col_to_name

    return [xl_col_to_name(place) for place in range(len(table.columns))]


def _text_cell(value: Shown) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{_escaped(str(value))}</t></is></c>'


def _number_cell(value: Shown) -> str:
    return f"><v>{value}</v></c>"


def _day_cell(value: Shown) -> str:
    return f"><v>{_serial(str(value))}</v></c>"


def _month_cell(value: Shown) -> str:
    return f"><v>{_serial(f'{value}-01')}</v></c>"


_CELLS: Final[Mapping[Kind, Callable[[Shown], str]]] = {
    Kind.TEXT: _text_cell,
    Kind.NUMBER: _number_cell,
    Kind.DECIMAL: _number_cell,
    Kind.DAY: _day_cell,
    Kind.MONTH: _month_cell,
}


@cache
def _serial(day: str) -> int:
    """A day as Excel counts it."""
    return (date.fromisoformat(day) - date(1899, 12, 30)).days


def _escaped(text: str) -> str:
    """The text as the content of an XML element, also where Excel would read a letter's number."""
    return escape(_WOULD_BE_A_CHARACTER.sub("_x005F_", text))
