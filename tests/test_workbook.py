"""The report as an Excel workbook: the numbers of the page as numbers, its words as text, the same bytes every time."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from arena_cli.figures.report import Report
from arena_cli.formats import Formats
from arena_cli.language import Language, load_language
from arena_cli.render import as_file, render
from arena_cli.render.listings import read_value
from arena_cli.render.workbook import LONGEST_SHEET_NAME, sheet_names
from tests.conftest import Arena
from tests.reports import EDITION, empty_report, failing_report, small_report

LANGUAGES = [load_language("sv"), load_language("en")]
SWEDISH, ENGLISH = LANGUAGES


def workbook(report: Report | None = None, language: Language = ENGLISH) -> Workbook:
    return load_workbook(BytesIO(as_file(report or small_report(), "xlsx", language, EDITION)))


def tables(sheet: Worksheet) -> Iterator[list[list[object]]]:
    """The tables of a sheet from left to right, each with its headings and lines."""
    for table in sorted(sheet.tables.values(), key=lambda table: sheet[table.ref.partition(":")[0]].column):
        yield [[cell.value for cell in row] for row in sheet[table.ref]]


class Page(HTMLParser):
    """The sections of an HTML report, each with its title and its tables of text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.tables: list[list[list[list[str]]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._open.append(tag)
        if tag == "section":
            self.tables.append([])
            self.titles.append("")
        elif tag == "table":
            self.tables[-1].append([])
        elif tag == "tr":
            self.tables[-1][-1].append([])
        elif tag in {"th", "td"}:
            self.tables[-1][-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "section" in self._open and "h2" in self._open:
            self.titles[-1] += data
        elif {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1][-1] += data


def number_in(text: str, language: Language) -> float | None:
    """What a table cell of the page counts, by the rules of no program: signs, groups of digits and decimals."""
    if text == "–":
        return 0
    digits = re.sub(r"\s", "", text).replace("−", "-")
    digits = digits.replace(",", "." if language.code == "sv" else "")
    return float(digits) if re.fullmatch(r"[+-]?\d+(\.\d+)?", digits) else None


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
@pytest.mark.parametrize("report", [small_report, empty_report, failing_report])
def test_every_number_of_the_pages_tables_stands_in_the_workbook(
    report: Callable[[], Report], language: Language
) -> None:
    page = Page(render(report(), "html", language, EDITION))
    book = workbook(report(), language)
    _, *sheets = book.worksheets
    assert [sheet["A1"].value for sheet in sheets] == page.titles
    for sheet, shown in zip(sheets, page.tables, strict=True):
        in_book = [table for table in tables(sheet) if len(table[0]) > 0]
        in_page = Counter(
            number for table in shown for _, *row in table for text in row if (number := number_in(text, language))
        )
        counted = Counter(
            value for table in in_book for row in table for value in row if isinstance(value, int | float)
        )
        assert not in_page - counted, sheet.title
        if shown:
            assert [len(table) for table in in_book][-len(shown) :] == [len(table) for table in shown]


def test_every_figure_of_the_json_that_the_page_shows_is_a_number_in_the_workbook() -> None:
    figures = {row["value"] for row in json.loads(render(small_report(), "json", ENGLISH, EDITION))["figures"]}
    shown = {number_in(text, ENGLISH) for section in Page(render(small_report(), "html", ENGLISH, EDITION)).tables
             for table in section for row in table for text in row}  # fmt: skip
    in_book = {cell.value for sheet in workbook().worksheets for row in sheet.rows for cell in row}
    assert len(figures & shown) > 20
    assert figures & shown <= in_book


def test_the_cells_of_a_section_are_the_figures_of_the_json() -> None:
    figures = {
        (figure["measure"], figure["municipality"], figure["sex"]): figure["value"]
        for figure in json.loads(render(small_report(), "json", ENGLISH, EDITION))["figures"]
        if figure["section"] == "stock_flow"
    }
    measures = ("opening", "entered", "re_entered", "transferred_in", "exited", "transferred_out", "closing")
    places = {"Åre": "2321", "Krokom": "2309", "The whole project": "all"}
    sexes = {None: "all", "Women": "women", "Men": "men", "Sex unknown": "unknown"}
    *_, (_, *lines) = tables(workbook()["Entries and exits"])
    in_book = {
        (measure, places[str(place)], sexes[sex if isinstance(sex, str) else None]): value
        for place, sex, *values in lines
        for measure, value in zip(measures, values, strict=True)
    }
    assert in_book == figures


def test_a_line_is_complete_in_itself() -> None:
    sheet = workbook()["Entries and exits"]
    *_, table = tables(sheet)
    assert table[0][:4] == ["Municipality", "Of which", "At the start", "New"]
    assert table[1][:3] == ["Åre", None, 2]
    assert ["Krokom", "Women", 1213] in [line[:3] for line in table]
    assert table[-4][:3] == ["The whole project", None, 1215]


def test_headings_stay_in_view_and_are_printed_on_every_page() -> None:
    book = workbook()
    for sheet in book.worksheets[1:]:
        assert bool(sheet.tables) == (sheet.freeze_panes == "A5")
        assert sheet.page_setup.paperSize == 9
        for table in sheet.tables.values():
            assert table.ref.partition(":")[0][-1] == "4"
    assert book["Entries and exits"].print_title_rows == "$1:$4"


def test_a_line_has_room_for_its_longest_text() -> None:
    sheet = workbook()["Controls"]
    lines = [row for row in sheet.iter_rows(min_row=5, max_col=1) if len(str(row[0].value or "")) > 60]
    heights = [sheet.row_dimensions[int(cell.row or 0)].height for (cell,) in lines]
    assert lines
    assert min(height or 0 for height in heights) > 30  # two lines at least


def test_days_hours_and_shares_are_values_to_count_with() -> None:
    book = workbook()
    front = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(max_col=2)}
    assert front["Last registered"] == datetime(2016, 11, 3)  # noqa: DTZ001  # Excel knows no time zones
    cells = [cell for sheet in book.worksheets for row in sheet.rows for cell in row]
    assert {cell.number_format for cell in cells if isinstance(cell.value, timedelta)} == {'[h]:mm;"−"[h]:mm;"–"'}
    decimals = {"0%", "#,##0.0"}  # the shares, and the means of the months
    assert {cell.number_format for cell in cells if isinstance(cell.value, float)} == decimals


@pytest.mark.parametrize(
    ("text", "swedish", "english"),
    [
        ("–", 0, 0),
        ("12", 12, 12),
        ("1\N{NO-BREAK SPACE}207", 1207, "1\N{NO-BREAK SPACE}207"),
        ("1,207", 1.207, 1207),
        ("−8", -8, -8),
        ("+2", 2, 2),
        ("3,5", 3.5, "3,5"),
        ("3.0", 3.0, 3.0),
        ("12:30", timedelta(hours=12, minutes=30), timedelta(hours=12, minutes=30)),
        ("12:75", "12:75", "12:75"),
        ("43\N{NO-BREAK SPACE}%", 0.43, 0.43),
        ("over 99%", "over 99%", "over 99%"),
        ("2016-10-03", date(2016, 10, 3), date(2016, 10, 3)),
        ("2016-13-03", "2016-13-03", "2016-13-03"),
        ("..", "..", ".."),
        ("=1+1", "=1+1", "=1+1"),
        ("1e5", "1e5", "1e5"),
        ("٣", "٣", "٣"),
        ("", "", ""),
    ],
)
def test_a_value_is_read_as_its_language_writes_it(text: str, swedish: object, english: object) -> None:
    for language, expected in ((SWEDISH, swedish), (ENGLISH, english)):
        assert read_value(text, Formats(language.code)) == expected


@given(st.integers(-(10**12), 10**12), st.sampled_from(["sv", "en"]))
def test_a_number_is_read_as_it_was_written(number: int, language: str) -> None:
    formats = Formats(language)
    assert formats.read(formats.number(number)) == number
    assert formats.read(formats.signed(number)) == number


@pytest.mark.parametrize("report", [small_report, empty_report])
def test_the_same_data_give_the_same_bytes(report: Callable[[], Report]) -> None:
    first, second = (as_file(report(), "xlsx", SWEDISH, EDITION) for _ in range(2))
    assert first == second
    assert load_workbook(BytesIO(first)).properties.created == datetime(2016, 11, 3)  # noqa: DTZ001
    later = as_file(report(), "xlsx", SWEDISH, replace(EDITION, made_at="later"))
    texts, later_texts = (
        [cell.value for sheet in load_workbook(BytesIO(content)).worksheets for row in sheet.rows for cell in row]
        for content in (first, later)
    )
    assert sum(old != new for old, new in zip(texts, later_texts, strict=True)) == 1


def test_a_report_that_does_not_reconcile_is_stamped_on_every_sheet() -> None:
    for sheet in workbook(failing_report()).worksheets:
        assert any("DOES NOT RECONCILE" in str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row)


@given(st.lists(st.text(), max_size=5))
def test_sheet_names_are_such_as_excel_takes(titles: list[str]) -> None:
    names = list(sheet_names([*titles, "Exits", "exits", "x" * 40, "x" * 41, "'"]))
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= LONGEST_SHEET_NAME
        assert not re.search(r"[][:*?/\\']", name)


def test_it_is_written_beside_the_others_and_never_onto_a_terminal(
    project: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = project("report", "--month", "2016-10", "--format", "xlsx,md", "--out", "out")
    assert written.out.splitlines()[0].endswith("rapport-2016-10.intern.en.xlsx")
    book = load_workbook(written.out.splitlines()[0])
    assert book.worksheets[0]["A1"].value == "Monthly report October 2016"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    refused = project("report", "--month", "2016-10", "--format", "xlsx")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "This format is not for the screen: add --out FOLDER.\n"
