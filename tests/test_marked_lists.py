"""`--errors`: the list that was not taken comes back as it was, with the bad cells marked, to be mended and taken."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from arena_cli.exchange.columns import fitness
from arena_cli.exchange.content import held
from arena_cli.exchange.marked import Marks, TooLargeForWorkbook, write_marked
from arena_cli.exchange.reading import Place, Sheet, SheetRow, read_sheet
from tests.conftest import Arena

SOFFICE = shutil.which("soffice")

LIST = """\
löpnr;kommun;anteckning;kön;inskriven;avslutad
17;Krokom;"=1+1; 007";k;2016-10-03;
18;Atlantis;"två
rader";m;2016-10-04;2016-10-03
19;Åre;;x;2016-02-30;

20;Åre;;k;2016-10-03;
20;Åre;;m;2016-10-10;;;för mycket
21;Ragunda;;m;2016-10-10;2016-10-09
"""
MENDED = {
    "B3": "Åre",
    "F3": "2016-10-05",
    "D5": "k",
    "E5": "2016-09-30",
    "F7": "2016-10-09",
    "H8": None,
    "D8": "k",
    "F9": "",
}


@pytest.fixture
def refused(project: Arena) -> Path:
    """A list with faults, and the marked list that has come of it."""
    Path("lista.csv").write_bytes(LIST.encode("cp1252"))
    ran = project("import", "lista.csv", "--errors", "fel.xlsx")
    assert ran.code == 3
    assert "The cells to mend are marked in fel.xlsx.\n" in ran.err
    return Path("fel.xlsx")


def opened(path: Path) -> Worksheet:
    sheet = load_workbook(path).active
    assert isinstance(sheet, Worksheet)
    return sheet


def comments(sheet: Worksheet) -> Mapping[str, str]:
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def test_the_list_comes_back_as_it_was_with_a_comment_in_each_bad_cell(refused: Path) -> None:
    sheet = opened(refused)
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    rows = [tuple(cell.value or "" for cell in row) for row in sheet.iter_rows()]
    assert rows[0] == ("löpnr", "kommun", "anteckning", "kön", "inskriven", "avslutad", "", "")
    assert rows[1] == ("17", "Krokom", "=1+1; 007", "k", "2016-10-03", "", "", "")
    assert sheet["C2"].data_type == "s"  # no formula
    assert rows[2][:3] == ("18", "Atlantis", "två\nrader")
    assert rows[3] == ("",) * 8  # the row has two lines of the file
    assert rows[7][6:] == ("", "för mycket")
    assert comments(sheet) == {
        "B3": "kommun is none of the project's municipalities (`arena list-municipalities`).",
        "D5": "kön cannot be recorded as sex. Choose one of: woman, man, other, unknown.",
        "E5": "inskriven is a day that the calendar does not have.",
        "G8": "There are more cells than columns: is there a delimiter too many?",
        "E9": "avslutad lies before inskriven.",
        "F9": "avslutad lies before inskriven.",
    }
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type == "solid"}
    assert marked == {*comments(sheet)}
    assert sheet.freeze_panes == "A2"


def test_mended_it_is_imported_in_the_same_way(project: Arena, refused: Path) -> None:
    book = load_workbook(refused)
    for place, value in MENDED.items():
        book.worksheets[0][place] = value
    book.save("rättad.xlsx")
    ran = project("import", "rättad.xlsx")
    assert (ran.code, ran.out) == (0, "Rows: 6; new: 6, changed: 0, unchanged: 0. New participants: 5.\n"), ran.err


def test_rows_that_contradict_each_other_are_both_marked_and_say_with_which(project: Arena) -> None:
    Path("lista.csv").write_text("ref;kommun;kön;inskriven\n1;Åre;k;2016-10-03\n1;Åre;m;2016-10-10\n", "utf-8")
    assert project("--lang", "sv", "import", "lista.csv", "--errors", "fel.xlsx").code == 3
    told = comments(opened(Path("fel.xlsx")))
    assert told["C2"] == told["C3"] == "Rad 2 och 3: Samma person enligt ref, men kön skiljer sig."
    assert told["D2"] == told["D3"]
    assert told["D2"].startswith("Rad 2 och 3: Perioderna för en och samma person överlappar")


def test_nothing_is_written_over_and_nothing_where_the_list_is_taken(project: Arena, refused: Path) -> None:
    before = refused.read_bytes(), Path("arena.db").read_bytes()
    again = project("import", "lista.csv", "--errors", "fel.xlsx")
    assert (again.code, again.err) == (
        5,
        "fel.xlsx exists already; nothing was imported or written. Give another name with --errors.\n",
    )
    assert (refused.read_bytes(), Path("arena.db").read_bytes()) == before
    Path("länk.xlsx").symlink_to("nowhere.xlsx")
    assert project("import", "lista.csv", "--errors", "länk.xlsx").code == 5
    Path("bra.csv").write_text("ref;kommun;inskriven\n1;Åre;2016-10-03\n", "utf-8")
    assert project("import", "bra.csv", "--errors", "annan.xlsx").code == 0
    assert not Path("annan.xlsx").exists()


def test_what_cannot_be_written_is_refused(project: Arena) -> None:
    Path("lista.csv").write_text(LIST, "utf-8")
    assert project("import", "lista.csv", "--errors", "fel.csv").code == 2
    nowhere = project("import", "lista.csv", "--errors", "nowhere/fel.xlsx")
    assert (nowhere.code, nowhere.err.splitlines()[-1]) == (
        7,
        "nowhere/fel.xlsx cannot be written: check the folder and that there is room. Nothing was imported.",
    )
    Path("lång.csv").write_text(f"ref;kommun;inskriven\n1;{'x' * 40_000};2016-10-03\n", "utf-8")
    assert project("import", "lång.csv", "--errors", "fel.xlsx").code == 3
    assert [path.name for path in Path().iterdir() if "fel" in path.name] == []


def test_a_workbook_comes_back_with_its_sheet_and_its_rows_where_they_were(project: Arena, refused: Path) -> None:
    book = load_workbook(refused)
    book.worksheets[0].title = "Lista 2016"
    book.worksheets[0].insert_rows(1, 3)
    book.worksheets[0]["A1"] = "Deltagare"
    book.create_sheet("Annat")["A1"] = "x"
    book.save("lista.xlsx")
    again = project("import", "lista.xlsx", "--errors", "igen.xlsx", "--sheet", "Lista 2016")
    assert again.code == 3
    sheet = opened(Path("igen.xlsx"))
    assert sheet.title == "Lista 2016"
    assert (sheet["A4"].value, sheet["B6"].value) == ("löpnr", "Atlantis")
    assert "B6" in comments(sheet)
    assert sheet.freeze_panes == "A5"


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_libreoffice_opens_it_and_what_it_saves_is_read_back(project: Arena, refused: Path, form: str) -> None:
    if not SOFFICE:
        if os.environ.get("CI"):
            pytest.fail("CI must have LibreOffice (apt install libreoffice-calc-nogui)")
        pytest.skip("there is no LibreOffice here")
    profile = f"-env:UserInstallation={(Path.cwd() / 'profile').as_uri()}"
    convert = [SOFFICE, "--headless", profile, "--convert-to", form, "--outdir", "out", str(refused)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    saved = Path("out") / f"fel.{form}"
    ours, theirs = (read_sheet(held(path.read_bytes()), fitness()) for path in (refused, saved))
    assert (theirs.header, [*theirs.rows]) == (ours.header, [*ours.rows])
    if form == "xlsx":
        assert comments(opened(saved)) == comments(opened(refused))


# -- the file ---------------------------------------------------------------------------------------------------------

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12)


def made(header: list[str], rows: list[list[str]], marks: Marks) -> bytes:
    file = BytesIO()
    numbered = (SheetRow(number, cells) for number, cells in enumerate(rows, 2))
    write_marked(file, Sheet(Place("x"), SheetRow(1, header), numbered), marks, "lista: [1]/2")
    return file.getvalue()


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5), data=st.data())
def test_whatever_the_cells_say_they_are_read_back(rows: list[list[str]], data: st.DataObject) -> None:
    marks = Marks()
    for _ in range(data.draw(st.integers(0, 3))):
        row, place = data.draw(st.integers(2, len(rows) + 1)), data.draw(st.integers(0, 4))
        marks.add(row, place, data.draw(st.sampled_from(["fel", 'a "<&> b', "rad\nrad"])))
    read = read_sheet(held(made(["ref", "kommun", "inskriven"], rows, marks)), fitness())
    assert read.header.cells[:3] == ["ref", "kommun", "inskriven"]
    found = {row.number: [cell.strip() for cell in row.cells[:3]] for row in read.rows}
    for number, cells in enumerate(rows, 2):
        assert found.get(number, ["", "", ""]) == [cell.strip() for cell in cells]


def test_very_many_bad_cells_are_all_marked_and_the_first_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena_cli.exchange.marked.MOST_COMMENTS", 3)
    rows = [["17", "Atlantis", "2016-10-03"]] * 8
    marks = Marks()
    for row in range(2, len(rows) + 2):
        marks.add(row, 1, "fel")
    book = load_workbook(BytesIO(made(["ref", "kommun", "inskriven"], rows, marks)))
    cells = [row[1] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert sum(cell.fill.fill_type == "solid" for cell in cells) == len(rows)
    assert sum(cell.comment is not None for cell in cells) == 3


def test_more_rows_than_a_workbook_holds_are_refused() -> None:
    sheet = Sheet(Place("x"), SheetRow(1, ["ref"]), iter([SheetRow(1_048_577, ["1"])]))
    with pytest.raises(TooLargeForWorkbook):
        write_marked(BytesIO(), sheet, Marks(), "x")
