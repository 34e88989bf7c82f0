"""The user's own list again, as a workbook: what has to be mended is marked, with a comment that says why.

Its rows stand where they stood, with the same columns and all that they said, so that it can be mended and imported
again in the same way. xlsxwriter makes the workbook with its comments; the rows, which may be very many, are put into
its sheet one by one as they are read, and no cell is anything but text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile

from arena_cli.errors import CannotWrite, DataProblem, Refused, UsageProblem, translatable
from arena_cli.exchange.cells import TOO_MANY_CELLS
from arena_cli.exchange.columns import KIND_NAMES, Columns, fitness, recognise
from arena_cli.exchange.content import read_list
from arena_cli.exchange.kinds import KINDS
from arena_cli.exchange.opening import HowToRead
from arena_cli.exchange.outcome import ImportRejected, Verdicts
from arena_cli.exchange.reading import Sheet, SheetRow, read_sheet
from arena_cli.exchange.refusals import Fault, letters
from arena_cli.language import Language
from arena_cli.whole_file import fill_new

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
LONGEST_CELL: Final = 32_767

MOST_COMMENTS: Final = 10_000
"""More cells are marked without a comment: nobody reads them, and no program opens them."""

_BATCH: Final = 1000
_SHEET: Final = "xl/worksheets/sheet1.xml"
_ROWS: Final = re.compile(rb"<sheetData>.*</sheetData>|<sheetData/>", re.DOTALL)
_SIZE: Final = re.compile(rb'<dimension ref="[^"]*"/>')
_STYLE: Final = re.compile(rb'<c r="[A-Z]+1" s="([0-9]+)"')
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_SHEET_NAMES: Final = re.compile(r"[\[\]:*?/\\']+")
_LONGEST_SHEET_NAME: Final = 31
_LONGEST_COMMENT: Final = 2000
_WIDTHS: Final = (10, 40)


class TooLargeForWorkbook(DataProblem):
    message = translatable(
        "The list is larger than a workbook can be, so that its cells cannot be marked. "
        "Divide the list, or mend it by the row numbers above."
    )


class MarkedExists(Refused):
    message = translatable("{path} exists already; nothing was imported or written. Give another name with --errors.")


class MarkedNotWritten(CannotWrite):
    message = translatable("{path} cannot be written: check the folder and that there is room. Nothing was imported.")


class NotAWorkbookName(UsageProblem):
    message = translatable("--errors needs the name of a workbook to be written, as in bad-rows.xlsx.")


@dataclass(slots=True)
class Marks:
    """The cells to mend, by row and by place in the row, each with its reasons."""

    reasons: dict[int, dict[int, list[str]]] = field(default_factory=dict)

    def add(self, row: int, place: int, reason: str) -> None:
        """Mark a cell."""
        reasons = self.reasons.setdefault(row, {}).setdefault(place, [])
        if reason not in reasons:
            reasons.append(reason)

    @property
    def cells(self) -> Iterator[tuple[int, int, str]]:
        """Row, place and all reasons of each cell, in order."""
        for row, places in sorted(self.reasons.items()):
            for place, reasons in sorted(places.items()):
                yield row, place, "\n".join(reasons)


def marks_of(verdicts: Verdicts, columns: Columns, marked: str, language: Language) -> Marks:
    """What to mark: the cells that a problem names by their header, or that of a column if it names none."""
    places = {columns.headers[column]: place for column, place in columns.places.items()}
    marks = Marks()
    for problem in verdicts.problems:
        facts = {fact for fact in problem.fault.facts.values() if isinstance(fact, str)}
        named = sorted(places[fact] for fact in facts & places.keys())
        reason = problem.sentence(language)
        for row in problem.rows:
            for place in named or _unnamed(problem.fault, columns, marked):
                marks.add(row, place, reason)
    return marks


def _unnamed(fault: Fault, columns: Columns, marked: str) -> Sequence[int]:
    """Where a problem is marked that names no column: beyond the last column if there are too many cells."""
    return [columns.width if fault is TOO_MANY_CELLS else columns.places[marked]]


def give_back(path: Path, how: HowToRead, rejected: ImportRejected, into: Path, language: Language) -> None:
    """Write the list that was not taken into a new file, with what has to be mended marked.

    Raises MarkedExists, MarkedNotWritten or TooLargeForWorkbook, and what opening the list raises.
    """
    named = how.explained.columns
    sheet = read_sheet(read_list(path), fitness(named), how.sheet)
    columns = recognise(sheet.header, named)
    marks = marks_of(rejected.verdicts, columns, KINDS[columns.kind].marked, language)
    name = str(sheet.source.facts.get("sheet") or language.text(KIND_NAMES[columns.kind]))
    try:
        fill_new(into, lambda file: write_marked(file, sheet, marks, name))
    except FileExistsError:
        raise MarkedExists(path=into) from None
    except OSError:
        raise MarkedNotWritten(path=into) from None


def write_marked(file: IO[bytes], sheet: Sheet, marks: Marks, name: str) -> None:
    """Write the workbook. Raises TooLargeForWorkbook, and what reading the rows raises."""
    form, styles = _form(sheet.header, marks, name)
    with ZipFile(BytesIO(form)) as parts, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as workbook:
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename != _SHEET:
                workbook.writestr(part, content)
                continue
            before, after = _ROWS.split(_SIZE.sub(b"", content), maxsplit=1)
            with workbook.open(part, "w") as stream:
                stream.write(before + b"<sheetData>")
                for batch in _in_batches(_xml(sheet, marks, styles)):
                    stream.write("".join(batch).encode())
                stream.write(b"</sheetData>" + after)


@dataclass(frozen=True, slots=True)
class _Styles:
    """The numbers of the styles of a header, a cell and a marked cell."""

    header: int
    text: int
    marked: int


def _form(header: SheetRow, marks: Marks, name: str) -> tuple[bytes, _Styles]:
    """A workbook with all but the rows, and the styles for them: those of its first three cells."""
    from xlsxwriter import Workbook

    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(name))
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        red = book.add_format({"num_format": "@", "bg_color": "#FFC7CE", "font_color": "#9C0006", "border": 1})
        for place, style in enumerate((bold, text, red)):
            sheet.write_blank(0, place, None, style)
        for place, cell in enumerate(header.cells[:MOST_COLUMNS]):
            sheet.set_column(place, place, min(max(len(cell) + 4, _WIDTHS[0]), _WIDTHS[1]), text)
        sheet.freeze_panes(header.number, 0)
        sheet.autofilter(header.number - 1, 0, MOST_ROWS - 1, max(0, len(header.cells) - 1))
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
        for number, (row, place, reason) in enumerate(marks.cells):
            if number == 0:
                sheet.set_selection(row - 1, place, row - 1, place)
                sheet.set_top_left_cell(max(header.number, row - 4), 0)
            if number < MOST_COMMENTS:
                size = {"x_scale": 2, "y_scale": 1 + len(reason) / 200}
                sheet.write_comment(row - 1, place, reason[:_LONGEST_COMMENT], size)
    with ZipFile(made) as parts:
        numbers = _STYLE.findall(parts.read(_SHEET))
    return made.getvalue(), _Styles(*map(int, numbers[:3]))


def _sheet_name(name: str) -> str:
    return _NOT_IN_SHEET_NAMES.sub(" ", name).strip()[:_LONGEST_SHEET_NAME] or "–"


def _xml(sheet: Sheet, marks: Marks, styles: _Styles) -> Iterator[str]:
    """The rows as they stand in the file of a sheet."""
    none: Mapping[int, object] = {}
    names = [letters(column + 1) for column in range(len(sheet.header.cells))]
    yield _row(sheet.header, names, none, styles.header, styles.marked)
    for row in sheet.rows:
        yield _row(row, names, marks.reasons.get(row.number, none), styles.text, styles.marked)


def _row(row: SheetRow, names: list[str], marked: Mapping[int, object], style: int, red: int) -> str:
    number, cells = row.number, row.cells
    if marked:
        cells = [*cells, *[""] * (max(marked) + 1 - len(cells))]
    if number > MOST_ROWS or len(cells) > MOST_COLUMNS or max(map(len, cells), default=0) > LONGEST_CELL:
        raise TooLargeForWorkbook
    names += (letters(column + 1) for column in range(len(names), len(cells)))
    written = "".join(
        f'<c r="{names[place]}{number}" s="{red if place in marked else style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{_escaped(cell)}</t></is></c>'
        for place, cell in enumerate(cells)
        if cell or place in marked
    )
    return f'<row r="{number}">{written}</row>'


def _escaped(text: str) -> str:
    """A text as XML and Excel have it: what XML does not know is written as `_x001F_`."""
    if text.isalnum():
        return text
    return escape(_NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text), quote=False)


def _in_batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
