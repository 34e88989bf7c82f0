"""From workbooks to rows: what cells mean, which sheet it is, what hides from the eye, and files that are no list."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli.errors import ArenaError, DataProblem, UsageProblem
from arena_cli.exchange import refusals, workbook_child
from arena_cli.exchange.columns import fitness, recognise
from arena_cli.exchange.content import held
from arena_cli.exchange.reading import Sheet, read_sheet
from arena_cli.exchange.workbook_child import text_of
from arena_cli.language import load_language
from tests.workbooks import LISTS, archive, municipal_list, sheets, with_part, with_sheet_xml

ENGLISH = load_language("en")
HEADER = ("löpnr", "kommun", "inskriven")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheet(data: bytes, wanted: str | None = None) -> Sheet:
    return read_sheet(held(data), fitness(), wanted)


def remarks(found: Sheet) -> list[str]:
    return [remark.sentence(ENGLISH) for remark in found.remarks]


# -- a list -----------------------------------------------------------------------------------------------------------

HIDDEN = [
    "Hidden rows are read like the others: 1 (row 5).",
    "Hidden columns are read like the others: 1 (G).",
]
MERGED = "Merged cells: only the first cell has the value, the others are taken as empty: 1 (row 4)."
ERRORS = "Cells in which a formula went wrong are taken as empty: 1 (row 7)."


@pytest.mark.parametrize(
    ("data", "source", "noticed"),
    [
        (municipal_list(), "Excel (.xlsx), sheet Lista 2016", [*HIDDEN, MERGED, ERRORS]),
        ((LISTS / "list.ods").read_bytes(), "OpenDocument (.ods), sheet Lista 2016", [*HIDDEN, MERGED, ERRORS]),
        ((LISTS / "list.xls").read_bytes(), "Excel (.xls), sheet Lista 2016", [MERGED]),
    ],
    ids=["xlsx", "ods", "xls"],
)
def test_a_municipal_list_is_read_alike_from_each_kind_of_workbook(
    data: bytes, source: str, noticed: Sequence[str]
) -> None:
    found = sheet(data)
    assert found.source.sentence(ENGLISH) == source
    assert found.header == (3, ["", "Löpnr ", "Kommun", "Inskriven", "Kön", "Slutdatum", "Anm", "Anm"])
    assert [tuple(row) for row in found.rows] == [
        (4, ["", "17", "Krokom", "2016-10-03", "K", "", "x", ""]),
        (5, ["", "18", "Åre  ", "3/10 2016", "m", "20161010", "", ""]),
        (7, ["", "19", "2309", "3 okt 2016", "k ", "2016-10-10 00:00:00", "", ""]),
    ]
    assert remarks(found) == noticed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text ", "text "),
        (17.0, "17"),
        (17, "17"),
        (198301012392.0, "198301012392"),
        (-3.0, "-3"),
        (7.5, "7.5"),
        (1e20, "1e+20"),
        (True, "yes"),
        (False, "no"),
        (date(2016, 4, 3), "2016-04-03"),
        (datetime(2016, 4, 3), "2016-04-03"),  # noqa: DTZ001 # a spreadsheet knows no zones
        (datetime(2016, 4, 3, 8, 30), "2016-04-03 08:30:00"),  # noqa: DTZ001 # the same
        (time(8, 30), "08:30"),
        (time(8, 30, 15), "08:30:15"),
        (timedelta(hours=30, minutes=15), "30:15"),
        (timedelta(minutes=-90), "-1:30"),
    ],
)
def test_a_cell_is_what_a_person_would_type(value: object, text: str) -> None:
    assert text_of(value) == text


CELLS = st.one_of(st.just(""), st.text("ab1åÖ;,\"' ", max_size=5), st.integers(-(10**9), 10**9), st.booleans())
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5)


@settings(max_examples=25)
@given(table=TABLES, above=st.integers(0, 3))
def test_what_was_written_is_read_back(table: list[list[Any]], above: int) -> None:
    blank: list[Sequence[object]] = [[]] * above
    found = sheet(sheets(Lista=[*blank, HEADER, *table]))
    expected = [(number, [text_of(value) for value in row]) for number, row in enumerate(table, above + 2)]
    assert found.header == (above + 1, list(HEADER))
    assert [tuple(row) for row in found.rows] == [row for row in expected if "".join(row[1]).strip()]


def test_many_rows_come_in_order_and_the_process_ends_with_the_last() -> None:
    found = sheet(sheets(Lista=[HEADER, *((n, "Åre", "2016-10-03") for n in range(3000))]))
    assert [row.cells[0] for row in found.rows] == [str(n) for n in range(3000)]


def test_a_sheet_that_is_not_read_to_the_end_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    found = sheet(sheets(Lista=[HEADER, *([n, "Åre", "2016-10-03"] for n in range(3000))]))
    next(found.rows)
    assert started[0].returncode is None
    del found
    assert started[0].returncode is not None


# -- the header -------------------------------------------------------------------------------------------------------


def test_the_header_is_found_below_titles() -> None:
    titles = [["Kommun: Åre", "", ""], ["Kommun", "Deltagare", "Start 2016"]]
    found = sheet(sheets(Lista=[*titles, HEADER, (1, "Åre", "2016-10-03")]))
    assert (found.header.number, len(list(found.rows))) == (3, 1)
    lines = "\n".join(";".join(row) for row in [*titles, HEADER, ("1", "Åre", "2016-10-03")])
    in_text = sheet(f"{lines}\n".encode())
    assert (in_text.header.number, [row.number for row in in_text.rows]) == (3, [4])


def test_a_header_that_lacks_a_column_is_still_the_one_with_most() -> None:
    found = sheet(sheets(Lista=[["Lista"], ["Kommun", "Namn"], ["löpnr", "kommun", "namn"], [1, "Åre", "x"]]))
    assert (found.header.number, len(list(found.rows))) == (3, 1)


def test_a_row_about_a_person_is_not_repeated_though_a_word_of_it_is_a_header() -> None:
    found = sheet(b"1;Karin;start\n2;Alva;x\n")
    with pytest.raises(refusals.MissingColumns) as caught:
        recognise(found.header)
    assert caught.value.facts["found"] == ("start",)


def test_a_header_far_down_is_not_looked_for() -> None:
    found = sheet(sheets(Lista=[*[["x"]] * workbook_child.MOST_ROWS_ABOVE, HEADER]))
    assert found.header.number == 1


def test_a_broken_quote_above_the_header_is_told_with_its_row() -> None:
    found = sheet('ett;två\n"a"b;c\nlöpnr;kommun;inskriven\n'.encode())
    with pytest.raises(refusals.BrokenQuotes) as caught:
        list(found.rows)
    assert caught.value.facts == {"row": 2}


# -- the sheet --------------------------------------------------------------------------------------------------------

MOVES = ("löpnr", "datum", "steg")


def test_the_only_sheet_that_fits_is_the_list() -> None:
    data = sheets(Hjälp=[["kommun"]], Lista=[HEADER, (1, "Åre", "2016-10-03")], Tom=[])
    assert sheet(data).source.facts["sheet"] == "Lista"


def test_of_several_that_fit_one_must_be_named() -> None:
    data = sheets(Perioder=[HEADER, (1, "Åre", "2016-10-03")], Flyttar=[MOVES, (1, "2016-10-03", 2)])
    with pytest.raises(refusals.SeveralSheetsFit) as caught:
        sheet(data)
    assert caught.value.facts == {"sheets": ("Perioder", "Flyttar")}
    assert sheet(data, "flyttar ").header.cells == list(MOVES)
    with pytest.raises(refusals.NoSuchSheet) as missed:
        sheet(data, "Flytt")
    assert missed.value.facts == {"sheets": ("Perioder", "Flyttar")}


def test_none_that_fits_is_refused_with_their_names_and_the_only_one_is_taken() -> None:
    with pytest.raises(refusals.NoSheetFits) as caught:
        sheet(sheets(Ett=[["a"]], Två=[["b"]]))
    assert caught.value.facts == {"sheets": ("Ett", "Två")}
    assert sheet(sheets(Ett=[["a", "b"]], Två=[])).header.cells == ["a", "b"]


def test_a_hidden_sheet_is_read_only_if_it_is_named() -> None:
    assert sheet(municipal_list(), "Gammal").header.number == 1


def test_a_text_has_no_sheets() -> None:
    with pytest.raises(refusals.SheetOfText) as caught:
        sheet(b"ref;kommun\n", "Lista")
    assert isinstance(caught.value, UsageProblem)


# -- files that are none ----------------------------------------------------------------------------------------------


def enormous() -> bytes:
    """A small file that says that it holds more than the limit."""
    data = sheets(Lista=[HEADER])
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        size = made.getinfo("xl/worksheets/sheet1.xml").file_size
    place = data.rfind(size.to_bytes(4, "little"))
    return data[:place] + (2**31).to_bytes(4, "little") + data[place + 4 :]


def locked_ods() -> bytes:
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    return with_part("META-INF/manifest.xml", manifest, (LISTS / "list.ods").read_bytes())


XLSX = municipal_list()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ((LISTS / "locked.xlsx").read_bytes(), refusals.LockedWorkbook),
        (locked_ods(), refusals.LockedWorkbook),
        (enormous(), refusals.EnormousWorkbook),
        (with_sheet_xml(" " * 30_000_000), refusals.EnormousWorkbook),
        (archive(*map(str, range(10_001))), refusals.NoWorkbook),
        (XLSX[: len(XLSX) // 2], refusals.NoWorkbook),
        (XLSX[:10], refusals.NoWorkbook),
        (archive("word/document.xml"), refusals.NoWorkbook),
        (archive("xl/workbook.bin"), refusals.NoWorkbook),
        (archive("xl/workbook.xml"), refusals.NoWorkbook),
        (archive("content.xml"), refusals.NoWorkbook),
        (archive(), refusals.NoWorkbook),
        (OLE, refusals.NoWorkbook),
        (OLE + bytes(600), refusals.NoWorkbook),
        (with_part("xl/worksheets/sheet1.xml", b"<worksheet", XLSX), refusals.NoWorkbook),
        (sheets(Lista=[]), refusals.EmptyList),
        (with_sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
         refusals.UnreadableWorkbook),
    ],
    ids=[
        *("password", "password ods", "zip bomb", "many times", "many parts", "cut off", "ten bytes", "docx", "xlsb"),
        *("no workbook", "no content", "empty zip", "eight bytes", "ole of zeros"),
        *("broken xml", "empty sheet", "stray cell"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused(data: bytes, refusal: type[ArenaError]) -> None:
    with pytest.raises(refusal) as caught:
        sheet(data)
    assert isinstance(caught.value, DataProblem)
    assert "\n" not in caught.value.sentence(ENGLISH)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process like this")
def test_a_workbook_that_needs_more_memory_than_it_gets_is_refused() -> None:
    """Five gigabytes, which this computer may well have."""
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="10000"><c r="XFD10000"><v>1</v></c></row>'
    with pytest.raises(refusals.UnreadableWorkbook):
        sheet(with_sheet_xml(corners))


def test_a_csv_whose_first_header_begins_like_a_zip_file_is_text() -> None:
    assert sheet(b"PK;kommun\n").header.cells == ["PK", "kommun"]


def test_a_million_rows_that_only_look_like_something_are_none() -> None:
    rows = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="0"/></row>' for n in range(1, 200_001))
    with pytest.raises(refusals.EmptyList):
        sheet(with_sheet_xml(rows))


def test_a_cell_far_below_the_list_is_a_row_and_no_more() -> None:
    header = "".join(f'<c r="{"ABC"[n]}1" t="inlineStr"><is><t>{text}</t></is></c>' for n, text in enumerate(HEADER))
    far = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    found = sheet(with_sheet_xml(f'<row r="1">{header}</row>{far}'))
    assert [tuple(row) for row in found.rows] == [(1048576, ["1", "", ""])]


def test_a_process_that_is_killed_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.kill(os.getpid(), 9)\n", encoding="utf-8")
    monkeypatch.setattr(workbook_child, "__file__", str(dying))
    with pytest.raises(refusals.UnreadableWorkbook):
        sheet(XLSX)


DAMAGE = st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=4)), min_size=1, max_size=8)


@settings(max_examples=25)
@given(
    original=st.sampled_from([XLSX, (LISTS / "list.ods").read_bytes(), (LISTS / "list.xls").read_bytes()]),
    damage=DAMAGE,
    cut=st.integers(0, 10**6),
)
def test_a_damaged_workbook_is_read_or_refused(original: bytes, damage: list[tuple[int, bytes]], cut: int) -> None:
    data = bytearray(original)
    for place, patch in damage:
        at = place % len(data)
        data[at : at + len(patch)] = patch
    whole = bytes(data if cut % 4 else data[: cut % len(data)])
    try:
        list(read_sheet(held(whole), fitness()).rows)
    except ArenaError as refusal:
        assert isinstance(refusal, DataProblem)  # noqa: PT017 # whatever else is raised fails the test


PARTS = ("xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels")
XML = st.lists(
    st.sampled_from(
        [
            *(
                '<row r="3" hidden="1">',
                "</row>",
                '<c r="B3" t="s"><v>9999</v></c>',
                '<c r="ZZZZ9" t="e">',
                "</c>",
                "<v>",
            ),
            *('<col min="1" max="99999" hidden="1"/>', '<mergeCell ref="A1:B"/>', "&#x41;", "\ufffd", '" <', "<sheet "),
        ]
    ),
    max_size=8,
).map(lambda pieces: "".join(pieces).encode())


@settings(max_examples=25)
@given(part=st.sampled_from(PARTS), piece=XML, at=st.floats(0, 1))
def test_damaged_xml_is_read_or_refused(part: str, piece: bytes, at: float) -> None:
    with zipfile.ZipFile(io.BytesIO(XLSX)) as whole:
        content = whole.read(part)
    place = int(at * len(content))
    data = with_part(part, content[:place] + piece + content[place:], XLSX)
    try:
        list(read_sheet(held(data), fitness()).rows)
    except ArenaError as refusal:
        assert isinstance(refusal, DataProblem)  # noqa: PT017 # the same
