"""`arena import`: what it says of a list that it takes, and of one that it does not take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Arena

LIST = "löpnr;kommun;kön;inskriven;steg;anteckning\n17;Krokom;k;2016-10-03;1;ring\n18;Åre;m;2016-10-04;;\n"


@pytest.fixture
def spells(tmp_path: Path) -> Path:
    """A list of two spells in the current folder, as Swedish Excel saves it."""
    path = tmp_path / "lista.csv"
    path.write_bytes(LIST.encode("cp1252"))
    return path


def test_a_list_is_taken_and_the_second_time_changes_nothing(project: Arena, spells: Path) -> None:
    first = project("import", "lista.csv")
    assert (first.code, first.out) == (0, "Rows: 2; new: 2, changed: 0, unchanged: 0. New participants: 2.\n")
    assert first.err == (
        "Read as Windows-1252, semicolon between the cells: spells. "
        "Columns: löpnr, kommun, kön, inskriven, steg. Not used: anteckning.\n"
    )
    before = Path("arena.db").read_bytes()
    again = project("import", "lista.csv")
    assert again.out == "Rows: 2; new: 0, changed: 0, unchanged: 2. New participants: 0.\n"
    assert Path("arena.db").read_bytes() == before


def test_a_dry_run_says_the_same_and_changes_nothing(project: Arena, spells: Path) -> None:
    before = Path("arena.db").read_bytes()
    tried = project("import", "lista.csv", "--dry-run")
    assert tried.out == "Rows: 2; new: 2, changed: 0, unchanged: 0. New participants: 2.\n"
    assert tried.err.endswith("This was a dry run: nothing was changed.\n")
    assert Path("arena.db").read_bytes() == before


def test_what_differs_is_told_by_column_and_row(project: Arena, spells: Path) -> None:
    project("import", "lista.csv")
    spells.write_text(LIST.replace("Åre;m", "Åre;k"), encoding="utf-8")
    again = project("import", "lista.csv")
    assert again.out == "Rows: 2; new: 0, changed: 1, unchanged: 1. New participants: 0.\n"
    assert "kön differed from what was registered: 1 (row 3).\n" in again.err


def test_every_bad_row_is_told_and_nothing_is_taken(project: Arena, spells: Path) -> None:
    spells.write_text(LIST + "19;Atlantis;k;2016-10-03;1;\n20;Krokom;k;2016-02-30;9;\n", encoding="utf-8")
    before = Path("arena.db").read_bytes()
    refused = project("import", "lista.csv")
    assert (refused.code, refused.out) == (3, "")
    assert "Rows read: 4; rows with a problem: 2; the others: 2 new, 0 changed, 0 unchanged." in refused.err
    for row in ("Row 4: ", "Row 5: "):
        assert row in refused.err
    assert "Atlantis" not in refused.err
    assert Path("arena.db").read_bytes() == before
    assert project("import", "lista.csv", "--dry-run").code == 3


def test_many_rows_with_one_fault_share_a_line(project: Arena, spells: Path) -> None:
    header = "löpnr;kommun;kön;inskriven\n"
    wrong = "".join(f"{n};Atlantis;k;2016-10-03\n" for n in range(200))
    spells.write_text(f"{header}{wrong}x;Krokom;?;2016-10-03\ny;Atlantis;k;2016-10-03\n", encoding="utf-8")
    said = project("import", "lista.csv").err.splitlines()[1:]
    assert said[0].startswith("Nothing was imported. Rows read: 202; rows with a problem: 202; the others: 0 new, ")
    assert said[1:] == [
        "Rows 2–201, 203 (201 rows): kommun is none of the project's municipalities.",
        "Row 202: kön cannot be recorded as sex. Choose one of: woman, man, other, unknown.",
    ]
    assert "Rad 2–201, 203 (201 rader): kommun" in project("--lang", "sv", "import", "lista.csv").err


def test_a_list_whose_columns_are_all_used_says_nothing_of_others(project: Arena, spells: Path) -> None:
    spells.write_text("löpnr;kommun;inskriven\n1;Krokom;2016-10-03\n", encoding="utf-8")
    assert "Not used" not in project("import", "lista.csv").err


def test_a_list_that_is_none_is_refused(project: Arena, spells: Path) -> None:
    assert project("import", "nowhere.csv").code == 4
    spells.write_bytes(b"")
    assert project("import", "lista.csv").code == 3
    spells.write_bytes(b"a;b\n1;\x00\n")
    assert project("import", "lista.csv").code == 3
    assert project("import", ".").code == 3


def test_an_import_is_one_change_that_can_be_undone(project: Arena, spells: Path) -> None:
    project("import", "lista.csv")
    undone = project("undo", "--yes")
    assert undone.code == 0, undone.err
    assert "The last change: import by anna, 2016-10-20 12:00. 2 participants: 5 records." in undone.err
    assert json.loads(project("list-participants", "--json").out) == []
