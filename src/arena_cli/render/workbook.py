"""The report as an Excel workbook: a sheet for each section, and on it the section's tables side by side.

So the headings of all of them stay in view. No text is ever written as a formula or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import count, repeat
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from arena_cli.language import Language
from arena_cli.render.listings import Listing, Share, Value, contents
from arena_cli.render.page import Page, Section

TITLE, MARKS, CAPTIONS, HEADINGS, FIRST_LINE = range(5)
"""The rows of a sheet. Those above the first line stay in view, and are printed on every page."""

LONGEST_SHEET_NAME: Final = 31
LONGEST_HEADING: Final = 200
NOT_IN_SHEET_NAMES: Final = re.compile(r"[][:*?/\\']+")
NOT_IN_HEADINGS: Final = re.compile("_(?=x[0-9a-f]{4}_)", re.IGNORECASE)
"""Excel reads `_x0041_` as a letter, and not in the same way everywhere."""

NARROWEST, WIDEST, WIDTH_OF_TEXT = 10, 45, 90
"""Of columns, in digits."""

HEIGHT_OF_A_LINE, ROOM_FOR_BREAKS = 15.5, 1.25
A4: Final = 9

BLUE: Final = "#12436D"
STYLES: Final[Mapping[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16, "font_color": BLUE},
    "mark": {"bold": True, "font_color": BLUE},
    "heading": {"bold": True, "text_wrap": True, "valign": "bottom"},
    "note": {"valign": "top"},
    "text": {"valign": "top", "text_wrap": True},
    "number": {"valign": "top", "num_format": '#,##0;"−"#,##0;"–"'},
    "decimal": {"valign": "top", "num_format": "#,##0.0"},
    "share": {"valign": "top", "num_format": "0%"},
    "hours": {"valign": "top", "num_format": '[h]:mm;"−"[h]:mm;"–"'},
    "day": {"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"},
}
KINDS: Final = {str: "text", date: "day", timedelta: "hours", Share: "share", int: "number", float: "decimal"}
"""The style of each kind of value; a share is a float too."""


def as_workbook(page: Page, language: Language, as_of: date) -> bytes:
    """The page as the bytes of an .xlsx file, which says of itself that it was made on the day of the figures."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": page.title, "subject": page.subject, "created": datetime.combine(as_of, time())})
        styles = {name: book.add_format(style) for name, style in STYLES.items()}
        styles |= {f"strong {name}": book.add_format({**style, "bold": True}) for name, style in STYLES.items()}
        names = tuple(sheet_names((page.title, *(section.title for section in page.sections))))
        pens = [_Pen(book.add_worksheet(name), styles) for name in names]
        _front(pens[0], page, names[1:])
        for pen, section in zip(pens[1:], page.sections, strict=True):
            _section(pen, page, section, language)
    return file.getvalue()


def sheet_names(titles: Iterable[str]) -> Iterator[str]:
    """Names that Excel allows, each another one whatever its case."""
    allowed = (NOT_IN_SHEET_NAMES.sub(" ", title).strip() or "–" for title in titles)
    return unlike_each_other(allowed, LONGEST_SHEET_NAME)


def unlike_each_other(names: Iterable[str], longest: int) -> Iterator[str]:
    """The names, shortened, with a number behind one that has been there before."""
    taken: set[str] = set()
    for name in names:
        unique, number = _shortened(name, longest), 1
        while unique.casefold() in taken:
            number += 1
            ending = f" ({number})"
            unique = _shortened(name, longest - len(ending)) + ending
        taken.add(unique.casefold())
        yield unique


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


class _Pen:
    """Writes on a sheet."""

    def __init__(self, sheet: Worksheet, styles: Mapping[str, Format]) -> None:
        self.sheet = sheet
        self._styles = styles
        self._heights: dict[int, float] = {}
        sheet.hide_gridlines(2)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&P (&N)")

    def text(self, row: int, column: int, text: str, style: str = "text") -> None:
        self.sheet.write_string(row, column, text, self._styles[style])

    def value(self, row: int, column: int, value: Value, *, is_strong: bool = False) -> None:
        kind = next(kind for type_, kind in KINDS.items() if isinstance(value, type_))
        style = self._styles[f"strong {kind}" if is_strong else kind]
        match value:
            case "":
                self.sheet.write_blank(row, column, None, style)
            case str():
                self.sheet.write_string(row, column, value, style)
            case date():
                self.sheet.write_datetime(row, column, datetime.combine(value, time()), style)
            case timedelta():
                self.sheet.write_number(row, column, value / timedelta(days=1), style)
            case _:
                self.sheet.write_number(row, column, value, style)

    def listing(self, left: int, name: str, listing: Listing) -> int:
        """Write a table whose first column is `left`. Returns the column behind its last."""
        widths = _widths(listing)
        for column, width in enumerate(widths, left):
            self.sheet.set_column(column, column, width)
        right = left + len(widths) - 1
        if listing.caption:
            self.sheet.merge_range(CAPTIONS, left, CAPTIONS, right, "", self._styles["heading"])
            self.text(CAPTIONS, left, listing.caption, "heading")
            self.heighten(CAPTIONS, listing.caption, sum(widths))
        legible = (NOT_IN_HEADINGS.sub("-", heading) for heading in listing.headings)
        headings = list(unlike_each_other(legible, LONGEST_HEADING))
        for heading, width in zip(headings, widths, strict=True):
            self.heighten(HEADINGS, heading, width)
        last = HEADINGS + max(len(listing.lines), 1)  # Excel has no table without a line
        options = {
            "name": name,
            "columns": [{"header": heading, "header_format": self._styles["heading"]} for heading in headings],
            "autofilter": not listing.is_short,
            "style": "Table Style Light 1",
            "banded_rows": False,
        }
        self.sheet.add_table(HEADINGS, left, last, right, options)
        for row, line in enumerate(listing.lines, FIRST_LINE):
            for column, value in enumerate(line.values, left):
                self.value(row, column, value, is_strong=line.is_strong)
                if isinstance(value, str) and len(value) > (width := widths[column - left]):
                    self.heighten(row, value, width)
        return right + 1

    def heighten(self, row: int, text: str, width: int) -> None:
        """Make room for a text that is broken between its words: not every program does by itself."""
        lines = 1 + int(len(text) * ROOM_FOR_BREAKS / width)
        self._heights[row] = max(self._heights.get(row, 0), lines * HEIGHT_OF_A_LINE)
        self.sheet.set_row(row, self._heights[row])


def _widths(listing: Listing) -> list[int]:
    """Room for each column's longest text and the longest word of its heading."""
    columns = zip(*(line.values for line in listing.lines), strict=True) if listing.lines else repeat(())
    return [
        min(WIDEST, max(NARROWEST, *(len(str(text)) + 2 for text in (*heading.split(), *values))))
        for heading, values in zip(listing.headings, columns, strict=False)
    ]


def _front(pen: _Pen, page: Page, names: Sequence[str]) -> None:
    """What the report is, and where its sections are."""
    pen.sheet.set_column(0, 0, WIDEST)
    pen.sheet.set_column(1, 1, WIDTH_OF_TEXT)
    pen.text(TITLE, 0, page.title, "title")
    pen.text(MARKS, 0, page.subject, "mark")
    rows = count(MARKS + 1)
    for mark in page.marks:
        pen.text(next(rows), 0, mark.text, "mark")
    next(rows)
    for fact, row in zip(page.facts, rows, strict=False):
        pen.text(row, 0, fact.term)
        pen.value(row, 1, fact.day or fact.text)
    pen.text(next(rows), 0, page.contents, "mark")
    for name, section, row in zip(names, page.sections, rows, strict=False):
        pen.sheet.write_url(row, 0, f"internal:'{name}'!A1", string=section.title)
    pen.text(next(rows), 0, page.footer, "note")


def _section(pen: _Pen, page: Page, section: Section, language: Language) -> None:
    """The tables side by side, and below them what is said about them."""
    parts = tuple(contents(section, language))
    shown = [part for part in parts if isinstance(part, Listing)]
    pen.text(TITLE, 0, section.title, "title")
    pen.text(MARKS, 0, " · ".join((page.title, *(mark.text for mark in page.marks))), "mark")
    left, below = 0, CAPTIONS + 1
    for number, listing in enumerate(shown, 1):
        left = 1 + pen.listing(left, f"{section.code}_{number}", listing)
        below = max(below, FIRST_LINE + len(listing.lines) + 1)
    if shown:
        pen.sheet.freeze_panes(FIRST_LINE, 0)
        pen.sheet.repeat_rows(TITLE, HEADINGS)
    else:
        pen.sheet.set_column(0, 0, WIDTH_OF_TEXT)
    for row, text in enumerate((part for part in parts if isinstance(part, str)), below):
        pen.text(row, 0, text, "note" if shown else "text")
        if not shown and len(text) > WIDTH_OF_TEXT:
            pen.heighten(row, text, WIDTH_OF_TEXT)
