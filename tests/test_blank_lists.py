"""`arena write-template`: an empty list that imports nothing, and filled in, also by LibreOffice, is read as it is."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from arena_cli.exchange.blank import blank_list
from arena_cli.exchange.columns import HEADERS, REQUIRED, Kind
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.kinds import KINDS
from arena_cli.exchange.opening import open_list
from arena_cli.exchange.plan import Plan, Tally
from arena_cli.exchange.refusals import Fault, NoRows
from arena_cli.exchange.vocabulary import Vocabulary, code_of
from arena_cli.exchange.work import Work
from arena_cli.language import LANGUAGES, load_language
from arena_cli.store import Store
from tests.conftest import Arena
from tests.sample import PROJECT, new_store, occasion

SOFFICE = shutil.which("soffice")
FILLED: Sequence[Sequence[object]] = (
    ("007", "Åre", "kvinna", 1985, date(2016, 4, 3), "2 Steg b", None, date(2016, 9, 1), "avbrott", "Job"),
    ("8/2", "Östersund", None, None, date(2016, 4, 4), None, "Arbetsförmedlingen", None, None, None),
)
HOURS: Sequence[Sequence[object]] = (("007", "2016-05", "praktik", time(12, 30), "ja", "Åre", date(2016, 4, 3)),)
"""A time is what a spreadsheet program makes of 12:30."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "arena.db")


@pytest.fixture(scope="module")
def libreoffice_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where LibreOffice keeps its settings, which it takes its time to make."""
    return tmp_path_factory.mktemp("libreoffice")


def template(store: Store, path: Path, kind: Kind, language: str = "sv") -> Path:
    path.write_bytes(blank_list(kind, PROJECT, Vocabulary(store), load_language(language)))
    return path


def filled(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """The template with rows below the example, as somebody types them."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    for number, row in enumerate(rows, 3):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place).value = value  # type: ignore[assignment]
    book.save(path)
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_a_template_is_a_list_of_its_kind_with_nobody_in_it(
    store: Store, tmp_path: Path, kind: Kind, language: str
) -> None:
    path = template(store, tmp_path / "lista.xlsx", kind, language)
    sheet, columns = open_list(path)
    assert (columns.kind, columns.unknown) == (kind, ())
    assert list(columns.places) == list(HEADERS[kind])
    assert list(sheet.rows) == []
    before = store.rows("SELECT * FROM journal")
    with pytest.raises(NoRows):
        import_list(store, occasion("import"), path)
    assert store.rows("SELECT * FROM journal") == before
    assert template(store, tmp_path / "igen.xlsx", kind, language).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_what_can_be_chosen_in_a_template_is_known(store: Store, tmp_path: Path, kind: Kind, language: str) -> None:
    vocabulary = Vocabulary(store)
    path = template(store, tmp_path / "lista.xlsx", kind, language)
    work = Work(store, PROJECT, occasion("import"), open_list(path)[1], Plan(), Tally())
    reader = KINDS[kind].reader(work)
    readers = dict(zip(reader._places, reader._columns, strict=True))
    book = load_workbook(path)
    sheet, choices = book.worksheets
    assert isinstance(sheet, Worksheet)
    assert choices.sheet_state == "hidden"
    rules = {str(rule.sqref).split(":")[0][:-1]: rule for rule in sheet.data_validations.dataValidation}
    for place, (column, cell) in enumerate(zip(HEADERS[kind], sheet[1], strict=True)):
        letter = cell.coordinate.rstrip("1")
        texts = [found.value for found in choices[letter] if found.value is not None]
        codes = [code_of(choice) for choice in vocabulary.choices(column)]
        assert [vocabulary.find(column, str(text)) for text in texts] == codes
        for text in (*texts, *codes):
            assert not isinstance(readers[place][str(text)], Fault), (column, text)
        if codes:
            last = f":${letter}${len(codes)}" if len(codes) > 1 else ""
            assert rules[letter].formula1.endswith(f"!${letter}$1{last}")
        elif column.endswith("_on"):
            assert rules[letter].type == "date"
        assert cell.comment is not None, column
        must = load_language(language).text("Must be filled in.")
        assert (must in cell.comment.text) is (column in REQUIRED[kind])


def test_a_template_that_was_filled_in_is_read_as_it_is(store: Store, tmp_path: Path) -> None:
    path = filled(template(store, tmp_path / "lista.xlsx", Kind.SPELLS), FILLED)
    outcome = import_list(store, occasion("import"), path)
    assert (outcome.new, outcome.reading.remarks, outcome.reading.unknown) == (2, (), ())
    assert_taken(store)


def assert_taken(store: Store) -> None:
    """What FILLED says is registered."""
    people = store.rows("SELECT ref, sex, birth_year FROM participant ORDER BY ref")
    assert people == [("007", "woman", 1985), ("8/2", "unknown", None)]
    columns = "municipality, entered_on, exited_on, exit_type, destination, referral"
    assert store.rows(f"SELECT {columns} FROM spell ORDER BY entered_on") == [
        ("2321", "2016-04-03", "2016-09-01", "discontinued", "job", None),
        ("2380", "2016-04-04", None, None, None, "af"),
    ]
    assert store.rows("SELECT moved_on, step FROM step_move") == [("2016-04-03", "b")]


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_libreoffice_opens_a_template_and_what_it_saves_is_read_without_loss(
    store: Store, tmp_path: Path, libreoffice_profile: Path, form: str
) -> None:
    if not SOFFICE:
        if os.environ.get("CI"):
            pytest.fail("CI must have LibreOffice (apt install libreoffice-calc-nogui)")
        pytest.skip("there is no LibreOffice here")
    path = filled(template(store, tmp_path / "lista.xlsx", Kind.SPELLS), FILLED)
    hours = filled(template(store, tmp_path / "timmar.xlsx", Kind.HOURS), HOURS)
    profile = f"-env:UserInstallation={libreoffice_profile.as_uri()}"
    convert = [
        SOFFICE,
        "--headless",
        profile,
        "--convert-to",
        form,
        "--outdir",
        str(tmp_path / "out"),
        str(path),
        str(hours),
    ]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    outcome = import_list(store, occasion("import"), tmp_path / "out" / f"lista.{form}")
    assert (outcome.new, outcome.reading.remarks, outcome.reading.unknown) == (2, (), ())
    assert_taken(store)
    assert import_list(store, occasion("import"), path).unchanged == 2
    assert import_list(store, occasion("import"), tmp_path / "out" / f"timmar.{form}").reading.remarks == ()
    assert store.rows("SELECT month, activity, minutes, certified FROM attendance") == [
        ("2016-05", "placement", 750, 1)
    ]


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_writes_a_file_and_no_other_over_it(project: Arena) -> None:
    written = project("write-template", "lista.xlsx", "--kind", "förflyttningar")
    assert (written.code, written.out) == (0, "lista.xlsx\n")
    assert stat.S_IMODE(Path("lista.xlsx").stat().st_mode) == 0o644
    before = Path("lista.xlsx").read_bytes()
    again = project("write-template", "lista.xlsx")
    assert (again.code, again.err) == (
        5,
        "There is a file lista.xlsx already. Nothing was written: give another name or remove it.\n",
    )
    assert Path("lista.xlsx").read_bytes() == before
    assert project("import", "lista.xlsx").code == 3


def test_the_command_speaks_the_language(project: Arena) -> None:
    for language, header in (("sv", "Löpnr"), ("en", "Ref")):
        assert project("--lang", language, "write-template", f"{language}.xlsx").code == 0
        assert load_workbook(f"{language}.xlsx").worksheets[0]["A1"].value == header


@pytest.mark.parametrize(
    ("kind", "later"), [("spells", "Exited on"), ("follow-ups", "Followed up on"), ("placements", "Ended on")]
)
def test_the_example_begins_before_it_ends(project: Arena, kind: str, later: str) -> None:
    assert project("write-template", "lista.xlsx", "--kind", kind).code == 0
    header, example, *_ = load_workbook("lista.xlsx").worksheets[0].iter_rows(values_only=True)
    told = dict(zip(header, example, strict=True))
    assert str(told.get("Entered on") or told["Placed on"]) < str(told[later])


def test_what_cannot_be_written_is_refused(project: Arena) -> None:
    assert project("write-template", "lista.csv").code == 2
    assert project("write-template", "nowhere/lista.xlsx").code == 7
    refused = project("write-template", "lista.xlsx", "--kind", "hästar")
    kinds = ", ".join(Kind)
    assert (refused.code, refused.err) == (2, f"--kind: There is no such kind of list. Choose one of: {kinds}.\n")
    assert not Path("lista.xlsx").exists()
