"""Lists out: every kind of record, in every form; numbers and days as such, no text as a formula, and back again."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from arena_cli.exchange.importing import import_list
from arena_cli.exchange.outgoing.files import MOST_ROWS_OF_A_SHEET, WRITERS, TooLongForASheet, write_xlsx
from arena_cli.exchange.outgoing.records import LISTS, has_municipality, is_personal, persons_in, query, record_table
from arena_cli.exchange.outgoing.tables import Column, Kind, Table
from arena_cli.figures.report import build
from arena_cli.figures.table import Figure
from arena_cli.inert import as_meant, inert
from arena_cli.language import Language, load_language
from arena_cli.model import Attendance, Merge, Month, Note, Place, Sector, Sex, Spell, StepMove
from arena_cli.records import TABLES, shape_of
from arena_cli.store import Store
from tests.hostile import HOSTILE, steering, write_file
from tests.random_activity import put_activity
from tests.random_lists import random_lists
from tests.random_outcomes import put_outcomes
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

SWEDISH, ENGLISH = load_language("sv"), load_language("en")
FORMULA_SIGNS = "=+-@\t\r＝＋－＠"  # noqa: RUF001  # the wide signs


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Something of every kind that people register; only to be read."""
    with new_store(tmp_path_factory.mktemp("full") / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, 12, PROJECT.starts_on, PROJECT.ends_on, seed=3))
        put_activity(store, places=4, seed=3)
        put_outcomes(store, waiting=4, seed=3)
        yield store


def written(store: Store, name: str, form: str, language: Language = SWEDISH, *municipalities: str) -> bytes:
    file = io.BytesIO()
    with store.snapshot():
        WRITERS[form](file, record_table(store, name, municipalities, language), language)
    return file.getvalue()


def rows_of_csv(content: bytes, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def book(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


# -- every kind of record ---------------------------------------------------------------------------------------------


def test_every_kind_of_record_has_its_list() -> None:
    assert {kind for kind, _ in LISTS.values()} == set(TABLES)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", [SWEDISH, ENGLISH], ids=["sv", "en"])
def test_a_list_has_every_record_in_every_form(full: Store, name: str, language: Language) -> None:
    kind, title = LISTS[name]
    counted = "spell_id IS NULL OR spell_id IN (SELECT id FROM counted_spell)"
    hangs = "spell_id" in shape_of(kind).columns and name != "incomes"
    ((count,),) = full.rows(f"SELECT count(*) FROM {TABLES[kind]} {f'WHERE {counted}' if hangs else ''}")
    if name == "moves":
        count = len(moves_after_entry(full))
    in_csv = rows_of_csv(written(full, name, "csv", language), "," if language is ENGLISH else ";")
    in_json = json.loads(written(full, name, "json", language))
    (sheet,) = book(written(full, name, "xlsx", language)).worksheets
    assert len(in_csv) - 1 == len(in_json["rows"]) == count
    assert sheet.max_row - 1 == max(count, 1)  # a table has a line, if only an empty one
    assert sheet.title == language.text(title)
    headings = [cell.value for cell in sheet[1]]
    assert headings == in_csv[0]
    assert len(set(headings)) == len(headings)
    assert all(headings)


def moves_after_entry(store: Store) -> list[StepMove]:
    """The moves of counted spells but for each one's first on the day of entry."""
    found: list[StepMove] = []
    for spell in store.spells():
        moves = sorted(store.moves("WHERE spell_id = ?", (spell.id,)), key=lambda move: (move.moved_on, move.id))
        has_entry = bool(moves) and moves[0].moved_on == spell.entered_on
        found += moves[has_entry:] if spell.counts else []
    return found


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_in_the_order_of_an_index_so_that_nothing_is_sorted(full: Store, name: str) -> None:
    kind, _ = LISTS[name]
    plan = [detail for *_, detail in full.rows(f"EXPLAIN QUERY PLAN {query(kind)}")]
    assert [step for step in plan if "TEMP B-TREE" in step] == []


def test_a_list_says_of_how_many_persons_it_tells(full: Store) -> None:
    people = {person.id for person in full.participants()}
    assert persons_in(full, "participants", ()) == len(people)
    whose = {spell.id: spell.participant_id for spell in full.spells()}
    assert persons_in(full, "moves", ()) == len({whose[move.spell_id] for move in moves_after_entry(full)})
    assert {name for name, (kind, _) in LISTS.items() if not is_personal(kind)} == {
        *("places", "targets", "notes", "decisions", "accesses", "scb-files")
    }


OF_PLACES = [name for name, (kind, _) in LISTS.items() if is_personal(kind) and has_municipality(kind)]


@pytest.mark.parametrize("name", OF_PLACES)
def test_a_list_of_a_municipality_has_its_people_only(full: Store, name: str) -> None:
    told = {
        tuple(row.items())
        for municipality in ("2303", "2305", "2321", "2380")
        for row in json.loads(written(full, name, "json", SWEDISH, municipality))["rows"]
    }
    of_one = json.loads(written(full, name, "json", SWEDISH, "2321"))["rows"]
    in_all = {tuple(row.items()) for row in json.loads(written(full, name, "json"))["rows"]}
    has_spell = {
        code for (code,) in full.rows("SELECT code FROM participant WHERE id IN (SELECT participant_id FROM spell)")
    }
    if name == "assignments":
        assert told == in_all
    else:
        assert told == {row for row in in_all if dict(row)["code"] in has_spell}
    assert len(of_one) < len(in_all)
    assert persons_in(full, name, ("2321",)) == len({row["code"] for row in of_one})


def test_of_two_that_were_found_to_be_one_person_one_is_listed(store: Store) -> None:
    with store.change(occasion()) as change:
        first, second = (change.add_participant(ref, Sex.WOMAN, 1980) for ref in ("17", "18"))
        change.add(Merge(0, second.id, first.id))
    listed = json.loads(written(store, "participants", "json"))["rows"]
    assert [row["code"] for row in listed] == [first.code]
    assert persons_in(store, "participants", ()) == 1
    (merge,) = json.loads(written(store, "merges", "json"))["rows"]
    assert (merge["code"], merge["same_as"]) == (second.code, first.code)


# -- back again -------------------------------------------------------------------------------------------------------


def imported(store: Store, folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    outcome = import_list(store, occasion(), path)
    return f"{outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged"


@pytest.mark.parametrize("language", [SWEDISH, ENGLISH], ids=["sv", "en"])
def test_spells_and_moves_come_back_as_they_went_out(store: Store, tmp_path: Path, language: Language) -> None:
    put(store, random_lists(DESCRIPTION, 30, PROJECT.starts_on, PROJECT.ends_on, seed=8))
    with store.change(occasion()) as change:
        for ref in ("=17", "'-18", "+19"):
            person = change.add_participant(ref, Sex.OTHER, None)
            change.add_spell(Spell(0, person.id, "2321", PROJECT.starts_on))
    lists = {name: written(store, name, "csv", language) for name in ("spells", "moves")}
    with new_store(tmp_path / "other.db") as other:
        for name, content in lists.items():
            imported(other, tmp_path, f"{name}.csv", content)
        spells = [json.loads(written(each, "spells", "json"))["rows"] for each in (store, other)]
        assert sorted(map(without_code, spells[0])) == sorted(map(without_code, spells[1]))
        for month in (Month(2016, 1), Month(2016, 10), Month(2017, 8)):
            assert figures(other, month) == figures(store, month)
    for name, content in lists.items():
        assert re.fullmatch("0 new, 0 changed, [0-9]+ unchanged", imported(store, tmp_path, f"{name}.csv", content))


@pytest.mark.parametrize("name", ["placements", "hours", "follow-ups", "backgrounds"])
@pytest.mark.parametrize("language", [SWEDISH, ENGLISH], ids=["sv", "en"])
def test_what_else_import_reads_is_known_again(store: Store, tmp_path: Path, name: str, language: Language) -> None:
    put(store, random_lists(DESCRIPTION, 12, PROJECT.starts_on, PROJECT.ends_on, seed=3))
    put_activity(store, places=4, seed=3)
    put_outcomes(store, waiting=0, seed=3)
    before = store.rows("SELECT count(*) FROM journal")
    told = imported(store, tmp_path, f"{name}.csv", written(store, name, "csv", language))
    assert re.fullmatch("0 new, 0 changed, [1-9][0-9]* unchanged", told)
    assert store.rows("SELECT count(*) FROM journal") == before


def figures(store: Store, month: Month) -> list[Figure]:
    """The month's figures but for how soon each thing was registered."""
    return [figure for figure in build(store, month, TODAY).figures() if figure.section != "timeliness"]


def without_code(row: dict[str, object]) -> str:
    """A row as it must come back: a code is made anew, and a destination that is not known is none."""
    return json.dumps({key: value for key, value in row.items() if key != "code" and value != "unknown"})


@given(st.text(st.sampled_from("'=+-@＝＋－＠ \t\rax\0"), max_size=6))  # noqa: RUF001  # the wide signs
def test_what_is_made_inert_is_meant_as_it_was(text: str) -> None:
    assert as_meant(inert(text)) == text
    assert not inert(text).startswith(tuple(FORMULA_SIGNS))


# -- numbers, days, and text that is nothing else ---------------------------------------------------------------------


def put_hours(store: Store) -> None:
    with store.change(occasion()) as change:
        person = change.add_participant("17", Sex.WOMAN, 1980)
        spell = change.add_spell(Spell(0, person.id, "2321", PROJECT.starts_on))
        change.add(Attendance(0, spell.id, "2015-10", "talks", 750, certified=True))
        change.add(Attendance(0, spell.id, "2015-11", "talks", 740))


def test_a_csv_is_what_excel_opens_where_the_language_is_spoken(store: Store) -> None:
    put_hours(store)
    code = store.participants()[0].code
    swedish, english = (written(store, "hours", "csv", language) for language in (SWEDISH, ENGLISH))
    assert swedish.startswith("\N{ZERO WIDTH NO-BREAK SPACE}Kod;Löpnummer;".encode())
    assert swedish.decode().splitlines()[1:] == [
        f"{code};17;1;2015-10;samtal;12,5;ja;Åre;2015-09-01",
        f"{code};17;1;2015-11;samtal;12,33;nej;Åre;2015-09-01",
    ]
    assert english.decode("utf-8-sig").splitlines()[1] == f"{code},17,1,2015-10,talks,12.5,yes,Åre,2015-09-01"


def test_a_workbook_has_a_table_with_days_and_numbers_to_count_with(store: Store) -> None:
    put_hours(store)
    (hours,) = book(written(store, "hours", "xlsx")).worksheets
    month, entered_on = datetime(2015, 10, 1), datetime(2015, 9, 1)  # noqa: DTZ001  # Excel knows no time zones
    assert [cell.value for cell in hours[2]][1:] == ["17", 1, month, "samtal", 12.5, "ja", "Åre", entered_on]
    assert [cell.number_format for cell in hours[2]][2:6] == ["0", "yyyy-mm", "@", "0.00"]
    assert hours.freeze_panes == "A2"
    assert hours.print_title_rows == "$1:$1"
    assert [table.ref for table in hours.tables.values()] == ["A1:I3"]
    assert hours.dimensions == "A1:I3"
    (spells,) = book(written(store, "spells", "xlsx")).worksheets
    entered = next(cell for cell in spells[1] if cell.value == "Inskriven").column
    assert spells.cell(2, entered).value == datetime(2015, 9, 1)  # noqa: DTZ001
    assert spells.cell(2, entered).number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_data_give_the_same_bytes(full: Store, form: str) -> None:
    assert written(full, "spells", form) == written(full, "spells", form)


def put_formulas(store: Store) -> list[str]:
    texts = [f"{sign}1+1" for sign in FORMULA_SIGNS] + ['=HYPERLINK("https://example.org";"x")', " =1+1", "'=1+1"]
    with store.change(occasion()) as change:
        for number, text in enumerate(texts):
            change.add(Place(0, f"P-{number:03}", text, Sector.PRIVATE, "2321", 1, PROJECT.starts_on))
            change.add(Note(0, None, "2016-10", tried=text))
    return texts


def test_no_text_begins_like_a_formula_in_a_csv_or_is_one_in_a_workbook(store: Store) -> None:
    texts = put_formulas(store)
    for name in ("places", "notes"):
        for row in rows_of_csv(written(store, name, "csv")):
            assert not [cell for cell in row if cell.lstrip().startswith(tuple(FORMULA_SIGNS))]
        cells = [cell for row in book(written(store, name, "xlsx")).worksheets[0].rows for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}
        assert set(map(str.strip, texts)) <= {str(cell.value) for cell in cells}
        assert not [cell for cell in cells if cell.hyperlink]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("hostile") / "hostile.db"
    write_file(path)
    with Store.open(path) as store:
        yield store


@pytest.mark.parametrize("name", ["participants", "spells", "places", "notes", "decisions", "hours"])
def test_hostile_names_come_out_as_text(hostile: Store, name: str) -> None:
    text = written(hostile, name, "csv").decode("utf-8-sig")
    cells = [str(cell.value) for row in book(written(hostile, name, "xlsx")).worksheets[0].rows for cell in row]
    rows = json.loads(written(hostile, name, "json"))["rows"]
    assert not steering(text)
    assert not steering("".join(cells))
    assert name == "hours" or "_x0041_ _x000a_" in (cell.replace("_x005F_", "_") for cell in cells)
    assert len(rows) == len(rows_of_csv(("﻿" + text).encode())) - 1 >= len(HOSTILE)


# -- other programs ---------------------------------------------------------------------------------------------------


SOFFICE = shutil.which("soffice")


def opened_by_libreoffice(folder: Path, name: str, *options: str) -> str:
    """What LibreOffice has read of a file, as XML."""
    if SOFFICE is None:
        if os.environ.get("CI"):
            pytest.fail("there is no LibreOffice in CI")
        pytest.skip("there is no LibreOffice here")
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    into = folder / f"from {name}"
    command = [SOFFICE, home, "--headless", *options, "--convert-to", "fods", "--outdir", str(into), str(folder / name)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(into.iterdir()).read_text(encoding="utf-8")


def test_libreoffice_opens_both_and_finds_the_texts_the_days_and_no_formula(store: Store, tmp_path: Path) -> None:
    texts = put_formulas(store)
    (tmp_path / "places.xlsx").write_bytes(written(store, "places", "xlsx"))
    (tmp_path / "places.csv").write_bytes(written(store, "places", "csv"))
    in_book = opened_by_libreoffice(tmp_path, "places.xlsx")
    in_csv = opened_by_libreoffice(tmp_path, "places.csv", "--infilter=CSV:59,34,76,1")
    for read in (in_book, in_csv):
        assert "table:formula" not in read
        assert 'office:value-type="error"' not in read
        assert read.count("2015-09-01") >= len(texts)
        assert "förstadag" in re.sub(r"\W", "", read).casefold()
    assert f'office:value-type="date" office:date-value="{PROJECT.starts_on}"' in in_book
    assert "1+1" in in_book


# -- long lists -------------------------------------------------------------------------------------------------------


def long_table(count: int) -> Table:
    columns = (Column("ref", "Ref"), Column("day", "Day", Kind.DAY), Column("hours", "Hours", Kind.DECIMAL))
    rows = ((f"ref {number}", "2016-10-03", 12.5) for number in range(count))
    return Table("spells", "Spells", "provet", columns, count, rows)  # type: ignore[arg-type]  # decimals as they are


class Counting(io.RawIOBase):
    """A file that remembers only where it is."""

    def __init__(self) -> None:
        self.at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        self.at += len(data)  # type: ignore[arg-type]
        return len(data)  # type: ignore[arg-type]


def most_memory(form: str, count: int) -> int:
    tracemalloc.start()
    try:
        WRITERS[form](Counting(), long_table(count), SWEDISH)  # type: ignore[arg-type]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", WRITERS)
def test_a_longer_list_needs_no_more_memory(form: str) -> None:
    most_memory(form, 10)  # what is imported and compiled once
    assert most_memory(form, 6_000) < most_memory(form, 1_000) + 100_000


def test_a_list_that_no_sheet_has_room_for_is_refused() -> None:
    with pytest.raises(TooLongForASheet):
        write_xlsx(io.BytesIO(), long_table(MOST_ROWS_OF_A_SHEET + 1), SWEDISH)
