"""`arena import`: what it says of a list that it takes, and of one that it does not take."""

from __future__ import annotations

import json
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest

from arena_cli.cli.progress import FIRST_SHOWN, rows_read
from arena_cli.language import load_language
from tests.conftest import Arena
from tests.fuzz.__main__ import BROKE
from tests.workbooks import LISTS, municipal_list

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
        "Nothing under anteckning is taken. Say with --map FILE.toml what it is, or that it is not used, as "
        "docs/import.md shows.\n"
    )
    before = Path("arena.db").read_bytes()
    again = project("import", "lista.csv")
    assert again.out == "Rows: 2; new: 0, changed: 0, unchanged: 2. New participants: 0.\n"
    assert Path("arena.db").read_bytes() == before


def test_a_dry_run_says_the_same_and_changes_nothing(project: Arena, spells: Path) -> None:
    before = Path("arena.db").read_bytes()
    tried = project("import", "lista.csv", "--dry-run")
    assert tried.out.splitlines() == [
        "Row  Verdict   What",
        '  –  left out  all that stands under "anteckning"',
        "  2  new       –",
        "  3  new       –",
        "Rows: 2; new: 2, changed: 0, unchanged: 0. New participants: 2.",
    ]
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


def test_a_name_in_the_place_of_the_ref_is_refused_by_its_rule(project: Arena, spells: Path) -> None:
    spells.write_text("löpnr;kommun;inskriven\nKarin Larsson;Krokom;2016-10-03\n", encoding="utf-8")
    refused = project("import", "lista.csv")
    assert refused.code == 3
    assert (
        "Row 2: löpnr must be the person's number in the list: at most 64 characters, and not a name.\n" in refused.err
    )
    assert "Karin" not in refused.err


def test_a_day_that_a_spreadsheet_wrote_with_its_midnight_is_taken(project: Arena, spells: Path) -> None:
    rows = "17;Krokom;2016-10-03 0:00:00\n18;Krokom;3/10 2016 0:00\n"
    spells.write_text(f"löpnr;kommun;inskriven\n{rows}", encoding="utf-8")
    assert "new: 2" in project("import", "lista.csv").out


def test_many_rows_with_one_fault_share_a_line(project: Arena, spells: Path) -> None:
    header = "löpnr;kommun;kön;inskriven\n"
    wrong = "".join(f"{n};Atlantis;k;2016-10-03\n" for n in range(200))
    spells.write_text(f"{header}{wrong}x;Krokom;?;2016-10-03\ny;Atlantis;k;2016-10-03\n", encoding="utf-8")
    said = project("import", "lista.csv").err.splitlines()[2:]
    assert said[0].startswith("Nothing was imported. Rows read: 202; rows with a problem: 202; the others: 0 new, ")
    assert said[1:] == [
        "Rows 2–201, 203 (201 rows): kommun is none of the project's municipalities (`arena list-municipalities`).",
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


# -- verdicts ---------------------------------------------------------------------------------------------------------

GROWN = """\
löpnr;kommun;kön;inskriven;steg;avslutad;avslutsorsak
17;Krokom;man;2016-10-03;2;2016-10-18;arbete
18;Åre;m;2016-10-04;;;
19;Åre;m;2016-10-04;;;
20;Atlantis;m;2016-10-04;;;
"""


@pytest.fixture
def grown(project: Arena, spells: Path) -> str:
    """A list that has grown since it was imported, with a fault. Returns the code of the first person."""
    assert project("import", "lista.csv").code == 0
    spells.write_text(GROWN, encoding="utf-8")
    people = json.loads(project("list-participants", "--json").out)
    return str(next(person["code"] for person in people if person["municipality"] == "2309"))


def test_a_dry_run_tells_how_each_row_fares(project: Arena, grown: str) -> None:
    tried = project("import", "lista.csv", "--dry-run")
    assert tried.code == 3
    changes = "avslutad: – → 2016-10-18; exit_type: – → completed; avslutsorsak: – → work"
    step = "steg: 1 Basic needs and motivation → 2 Social training and structure"
    assert tried.out.splitlines() == [
        "Row  Verdict  What",
        f"  2  changed  {grown}: {changes}; {step}; kön: woman → man",
        "  4  new      –",
        "  5  refused  kommun is none of the project's municipalities (`arena list-municipalities`).",
    ]
    assert "Rows read: 4; rows with a problem: 1; the others: 1 new, 1 changed, 1 unchanged." in tried.err


def test_a_column_that_the_list_lacks_is_named_in_the_users_language(project: Arena, grown: str, spells: Path) -> None:
    spells.write_text("\n".join(GROWN.splitlines()[:2]), encoding="utf-8")
    assert "avslutstyp skilde sig från det registrerade" in project("--lang", "sv", "import", "lista.csv").err


def test_every_verdict_is_there_for_other_programs(project: Arena, grown: str) -> None:
    refused = project("import", "lista.csv", "--json")
    told = json.loads(refused.out)
    assert refused.code == 3
    assert (told["taken"], told["kind"], told["rows"]) == (False, "spells", 4)
    assert [told[verdict] for verdict in ("new", "changed", "unchanged", "refused")] == [1, 1, 1, 1]
    first, *others = told["verdicts"]
    assert (first["row"], first["verdict"], first["participant"]) == (2, "changed", grown)
    assert {"column": "exited_on", "before": None, "after": "2016-10-18"} in first["changes"]
    assert {"column": "sex", "before": "woman", "after": "man"} in first["changes"]
    assert [(each["row"], each["verdict"]) for each in others] == [(3, "unchanged"), (4, "new"), (5, "refused")]
    assert others[2]["problems"] == [
        {"rows": [5], "problem": "kommun is none of the project's municipalities (`arena list-municipalities`)."}
    ]
    assert json.loads(project("import", "lista.csv", "--json", "--dry-run").out) == told


def test_a_list_that_is_taken_says_so_to_other_programs(project: Arena, spells: Path) -> None:
    rehearsed = json.loads(project("import", "lista.csv", "--json", "--dry-run").out)
    told = json.loads(project("import", "lista.csv", "--json").out)
    assert (rehearsed.pop("taken"), told.pop("taken")) == (False, True)
    assert rehearsed == told
    assert (told["new_participants"], told["unused"], told["columns"]["sex"]) == (2, ["anteckning"], "kön")


def test_of_many_rows_the_first_of_each_verdict_are_shown(project: Arena, spells: Path) -> None:
    rows = "".join(f"{n};Åre;k;2016-10-03;;\n" for n in range(60))
    spells.write_text(f"löpnr;kommun;kön;inskriven;steg;\n{rows}61;Atlantis;k;2016-10-03;;\n", encoding="utf-8")
    tried = project("import", "lista.csv", "--dry-run")
    assert [line.split()[:2] for line in tried.out.splitlines()[1:]] == [
        *([str(row), "new"] for row in range(2, 22)),
        ["62", "refused"],
    ]
    assert "And 40 rows more. --json tells all of them.\n" in tried.err


# -- possible duplicates ----------------------------------------------------------------------------------------------

PERSON = "löpnr;kommun;kön;födelseår;inskriven\n{ref};Krokom;k;1985;2016-10-03\n"


def test_somebody_new_who_is_alike_to_somebody_registered_is_told_with_the_fields(project: Arena, spells: Path) -> None:
    spells.write_text(PERSON.format(ref="a1"), encoding="utf-8")
    assert "may be the same person" not in project("import", "lista.csv").err
    code = json.loads(project("list-participants", "--json").out)[0]["code"]
    spells.write_text(PERSON.format(ref="b7") + "b8;Åre;m;1960;2016-09-01\n", encoding="utf-8")
    tried = project("import", "lista.csv", "--dry-run")
    fields = "Birth year, Day of entry, Municipality, There at the same time, Sex"
    assert tried.out.splitlines()[1:] == [
        f"  2  possible duplicate  perhaps {code}, alike in: {fields}",
        "  3  new                 –",
        "Rows: 2; new: 2, changed: 0, unchanged: 0. New participants: 2.",
    ]
    told = json.loads(project("import", "lista.csv", "--json", "--dry-run").out)["verdicts"]
    (alike,) = told[0]["possible_duplicates"]
    assert (alike["participant"], alike["confidence"], alike["differ"]) == (code, "medium", ["ref"])
    assert "birth_year" in alike["agree"]
    assert told[1] == {"row": 3, "verdict": "new"}
    tried = project("import", "lista.csv", "--dry-run")
    assert "somebody registered may be the same person: 1 (row 2).\n" in tried.err
    given = spells.read_text(encoding="utf-8")
    spells.write_text(given + "9;Atlantis;k;;2016-10-03\n", encoding="utf-8")
    assert "same person: 1 (row 2). --dry-run shows who.\n" in project("import", "lista.csv").err
    spells.write_text(given, encoding="utf-8")
    taken = project("import", "lista.csv")
    assert taken.code == 0
    assert "same person: 1 (row 2). `arena find-duplicates` lists them.\n" in taken.err
    assert "may be the same person" not in project("import", "lista.csv").err  # nobody is new


# -- placements and hours, reasons ------------------------------------------------------------------------------------


def test_other_kinds_of_list_are_taken_and_told(project: Arena, code: str, spells: Path) -> None:
    spells.write_text(f"löpnr;månad;aktivitet;timmar\n{code};2016-10;språkträning;12,5\n", encoding="utf-8")
    assert project("import", "lista.csv").out.startswith("Rows: 1; new: 1,")
    spells.write_text(f"löpnr;månad;aktivitet;timmar\n{code};2016-10;språkträning;13\n", encoding="utf-8")
    tried = project("import", "lista.csv", "--dry-run")
    assert tried.out.splitlines()[1] == f"  2  changed  {code}: timmar: 12:30 → 13:00"
    assert "Read as UTF-8, semicolon between the cells: hours." in tried.err


def test_what_was_answered_is_corrected_with_a_reason_which_the_journal_keeps(
    project: Arena, code: str, spells: Path
) -> None:
    spells.write_text(f"löpnr;employment\n{code};arbetslös\n", encoding="utf-8")
    assert project("import", "lista.csv").code == 0
    spells.write_text(f"löpnr;employment\n{code};sysselsatt\n", encoding="utf-8")
    refused = project("import", "lista.csv")
    assert refused.code == 3
    assert "say in a few words why, with --why" in refused.err
    assert project("import", "lista.csv", "--why", "misread").code == 0
    assert "misread" in [change["why"] for change in json.loads(project("list-changes", "--json").out)]


# -- how far it has come ----------------------------------------------------------------------------------------------


def test_an_interrupted_import_is_not_done(project: Arena, spells: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_count: int) -> None:
        raise KeyboardInterrupt

    rows = "".join(f"{n};Åre;2016-10-03\n" for n in range(1500))
    spells.write_text(f"löpnr;kommun;inskriven\n{rows}", encoding="utf-8")
    before = Path("arena.db").read_bytes()
    monkeypatch.setattr("arena_cli.cli.importing.rows_read", lambda _language: nullcontext(interrupted))
    ran = project("import", "lista.csv")
    assert (ran.code, ran.out, ran.err) == (130, "", "\nInterrupted.\n")
    assert Path("arena.db").read_bytes() == before


def test_a_long_list_shows_on_a_terminal_how_far_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with rows_read(load_language("en")) as tell:
        tell(FIRST_SHOWN - 1)
        assert terminal.getvalue() == ""
        tell(FIRST_SHOWN)
    assert f"{FIRST_SHOWN} rows read" in terminal.getvalue()


def test_nothing_is_shown_where_nobody_looks(project: Arena, spells: Path) -> None:
    rows = "".join(f"{n};Åre;2016-10-03\n" for n in range(FIRST_SHOWN + 1))
    spells.write_text(f"löpnr;kommun;inskriven\n{rows}", encoding="utf-8")
    assert "rows read" not in project("import", "lista.csv", "--dry-run").err


class Terminal(StringIO):
    """Somebody looks at what is written here."""

    def isatty(self) -> bool:
        return True


def test_a_workbook_is_taken_as_it_is_and_what_hides_in_it_is_told(project: Arena, tmp_path: Path) -> None:
    (tmp_path / "Lista 2016.dat").write_bytes(municipal_list())
    taken = project("import", "Lista 2016.dat")
    assert (taken.code, taken.out) == (0, "Rows: 3; new: 3, changed: 0, unchanged: 0. New participants: 3.\n")
    assert taken.err.splitlines() == [
        (
            "Read as Excel (.xlsx), sheet Lista 2016: spells. "
            "Columns: Löpnr, Kommun, Inskriven, Kön, Slutdatum. Not used: Anm, Anm."
        ),
        (
            "Nothing under Anm is taken. "
            "Say with --map FILE.toml what it is, or that it is not used, as docs/import.md shows."
        ),
        "Hidden rows are read like the others: 1 (row 5).",
        "Hidden columns are read like the others: 1 (G).",
        "Merged cells: only the first cell has the value, the others are taken as empty: 1 (row 4).",
        "Cells in which a formula went wrong are taken as empty: 1 (row 7).",
    ]
    assert "unchanged: 3" in project("import", "Lista 2016.dat", "--sheet", "lista 2016").out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((LISTS / "locked.xlsx").read_bytes(), "The workbook is locked with a password."),
        (municipal_list()[:2000], "The file is no workbook that arena reads, or it is damaged."),
        (
            (BROKE / "workbook-stray-cell").read_bytes(),
            "The workbook cannot be read: it is damaged, or something stands far below",
        ),
        (b"\x89PNG\r\n\x1a\n", "The file is no list: it holds neither text nor a workbook."),
        ("ref;kommun;start\n".encode("utf-16"), "The file is text in UTF-16"),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence(project: Arena, tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "lista.xlsx").write_bytes(data)
    before = Path("arena.db").read_bytes()
    refused = project("import", "lista.xlsx")
    assert (refused.code, refused.out, refused.err.count("\n")) == (3, "", 1)
    assert refused.err.startswith(said)
    assert Path("arena.db").read_bytes() == before
