"""The file's contents: what a project, a change, its journal and its undoing leave in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework, database
from arena_cli.casework import Intake, NothingToUndo
from arena_cli.database import ReadOnlyDatabase
from arena_cli.errors import Busy, Refused
from arena_cli.journal import Link, broken_at
from arena_cli.model import ExitType, Participant, Sex, Spell
from arena_cli.records import LOOKS, NOT_TO_UNDO, OF_NO_FIGURE, TABLES
from arena_cli.store import Row, Store
from tests.random_lists import random_lists
from tests.sample import DESCRIPTION, DESTINATIONS, PROJECT, new_store, occasion, put

DAY = date(2016, 3, 10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "arena.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with new_store(path) as opened:
        yield opened


def enrol(store: Store, day: date = DAY, ref: str | None = None) -> str:
    receipt = casework.enrol(store, occasion("add"), Intake("2305", day, "b"), sex=Sex.WOMAN, ref=ref)
    return receipt.participant.code


def records(store: Store) -> dict[str, list[Row]]:
    return {table: store.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES.values()}


# -- the project ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "project",
    [
        PROJECT,
        replace(PROJECT, age_from=None, age_to=None, planned_participants=None, referrals=(), demo=True),
        replace(PROJECT, planned_participants=150, target_group="Långt från arbetsmarknaden: '\"; --\n☃"),
    ],
)
def test_a_project_reads_back_as_it_was(path: Path, project: object) -> None:
    assert isinstance(project, type(PROJECT))
    with new_store(path, project) as store:
        assert store.project() == project


def test_the_first_change_of_the_journal_is_the_project(store: Store) -> None:
    entries = store.entries()
    assert {entry.change for entry in entries} == {1}
    lookups = {"municipality", "step", "destination", "referral", "activity"}
    assert {entry.subject for entry in entries} == {"project", *lookups}
    assert broken_at(store.links()) is None
    with pytest.raises(NothingToUndo):
        casework.last_change(store)


# -- the records ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "table"), TABLES.items())
def test_a_table_has_its_records_fields_and_when_they_were_registered(store: Store, kind: type, table: str) -> None:
    columns = [column for (column,) in store.rows("SELECT name FROM pragma_table_info(?)", (table,))]
    assert sorted(columns) == sorted([*(field.name for field in fields(kind)), "registered_at"])


def test_the_subjects_set_apart_are_tables_each_wider_than_the_one_before(store: Store) -> None:
    tables = {name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert LOOKS < NOT_TO_UNDO < OF_NO_FIGURE < tables


@pytest.mark.parametrize("table", ["participant", "spell", "step_move"])
def test_the_id_of_a_record_taken_away_is_never_given_again(store: Store, table: str) -> None:
    enrol(store)
    (last,) = store.rows(f"SELECT max(id) FROM {table}")[0]
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    enrol(store)
    assert store.rows(f"SELECT max(id) FROM {table}")[0][0] > last


def test_no_table_gives_an_id_again(store: Store) -> None:
    made: dict[str, str] = dict(store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    assert [table for table in TABLES.values() if "AUTOINCREMENT" not in made[table]] == []


def test_a_code_that_is_taken_is_not_given_again(path: Path) -> None:
    new_store(path).close()
    codes = iter(["00000-0", "00000-0", "00000-0", "00001-1"])
    with Store.open(path, writing=True, make_codes=lambda count: [*islice(codes, count)]) as store:
        assert [enrol(store), enrol(store)] == ["00000-0", "00001-1"]


@pytest.mark.parametrize("registered", [0, 1])
def test_many_new_codes_are_nobodys_and_none_is_given_twice(path: Path, registered: int) -> None:
    new_store(path).close()
    drawn = iter(["00000-0"] * (registered + 150) + ["00001-1"] * 150 + ["00002-2"])
    with Store.open(path, writing=True, make_codes=lambda count: [*islice(drawn, count)]) as store:
        taken = [enrol(store) for _ in range(registered)]
        codes = store.new_codes()
        assert [*taken, *islice(codes, 3 - registered)] == ["00000-0", "00001-1", "00002-2"]


def test_many_records_are_added_as_if_one_by_one(store: Store, tmp_path: Path) -> None:
    with store.change(occasion("import")) as change:
        first, spell = store.next_id(Participant), store.next_id(Spell)
        codes = store.new_codes()
        change.add_all(Participant(first + n, next(codes), f"R{n}", Sex.MAN, 1980) for n in range(3))
        change.add_all(Spell(spell + n, first + n, "2305", DAY) for n in range(3))
    with new_store(tmp_path / "singly.db") as singly:
        with singly.change(occasion("import")) as change:
            people = [change.add_participant(f"R{n}", Sex.MAN, 1980) for n in range(3)]
            for person in people:
                change.add_spell(Spell(0, person.id, "2305", DAY))
        assert store.records(Spell) == singly.records(Spell)
        without_codes = [[replace(p, code="") for p in each.records(Participant)] for each in (store, singly)]
        assert without_codes[0] == without_codes[1]
    assert broken_at(store.links()) is None
    assert enrol(store) not in {p.code for p in store.records(Participant)[:3]}


# -- changes ----------------------------------------------------------------------------------------------------------


def test_a_change_that_raises_leaves_nothing(store: Store) -> None:
    before = records(store), store.entries()

    def fail() -> None:
        with store.change(occasion()) as change:
            person = change.add_participant(None, Sex.MAN, None)
            change.add_spell(Spell(0, person.id, "2305", DAY))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (records(store), store.entries()) == before
    enrol(store)
    assert broken_at(store.links()) is None


def test_a_file_opened_for_reading_is_not_written(store: Store, path: Path) -> None:
    with Store.open(path) as reading:
        with pytest.raises(ReadOnlyDatabase):
            enrol(reading)
        assert reading.records(Participant) == []
    enrol(store)


def test_a_snapshot_stays_as_it_was_at_its_first_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database._PRAGMAS, "busy_timeout", 50)
    with new_store(path) as writer, Store.open(path) as reader:
        with reader.snapshot():
            assert reader.records(Participant) == []
            with pytest.raises(Busy):
                enrol(writer)
            assert reader.records(Participant) == []
        code = enrol(writer)
        assert [person.code for person in reader.records(Participant)] == [code]


# -- the journal in the file ------------------------------------------------------------------------------------------

TAMPERING = (
    "UPDATE journal SET actor = 'x' WHERE seq = 3",
    "UPDATE journal SET seq = 1000 WHERE seq = 3",
    "DELETE FROM journal WHERE seq = 3",
    "DELETE FROM journal",
    "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 3",
    "REPLACE INTO journal SELECT * FROM journal ORDER BY seq DESC LIMIT 1",
    "INSERT INTO journal SELECT seq + 1000, {rest} FROM journal WHERE seq = 3",
    "INSERT INTO journal SELECT -1, {rest} FROM journal WHERE seq = 3",
    "INSERT INTO journal SELECT NULL, {rest} FROM journal WHERE seq = 3",
)


@pytest.mark.parametrize("statement", TAMPERING)
@pytest.mark.parametrize("pragma", ["recursive_triggers = ON", "recursive_triggers = OFF"])
def test_no_client_changes_shortens_or_skips_in_the_journal(
    store: Store, path: Path, statement: str, pragma: str
) -> None:
    enrol(store)
    before = store.entries()
    other = sqlite3.connect(path)
    other.execute(f"PRAGMA {pragma}")
    with pytest.raises(sqlite3.IntegrityError, match="the journal"):
        other.execute(statement.format(rest=", ".join(Link._fields[1:])))
    other.rollback()
    other.close()
    assert store.entries() == before


@pytest.mark.parametrize("field", Link._fields)
def test_an_entry_changed_behind_the_triggers_is_found(store: Store, path: Path, field: str) -> None:
    enrol(store)
    other = sqlite3.connect(path)
    other.execute("DROP TRIGGER journal_is_never_changed")
    is_number = field in {"seq", "change", "undoes", "record", "records"}
    changed = f"coalesce({field}, 0) + 100" if is_number else f"{field} || 'x'"
    other.execute(f"UPDATE journal SET {field} = coalesce({changed}, 'x') WHERE seq = 3")
    other.commit()
    other.close()
    assert broken_at(store.links()) in ({4, 103} if field == "seq" else {3})


# -- undo -------------------------------------------------------------------------------------------------------------

days = st.dates(date(2016, 1, 1), date(2016, 2, 28))
Deed = tuple[str, date, str, str]


def verbs(store: Store, code: str) -> dict[str, Callable[[date, str, str], object]]:
    """Everything that can be done with a participant, given a day, a municipality and a step."""
    return {
        "enrol": lambda day, town, step: casework.enrol(
            store, occasion(), Intake(town, day, step), sex=Sex.MAN, birth_year=1970
        ),
        "readmit": lambda day, town, step: casework.readmit(store, occasion(), code, Intake(town, day, step)),
        "move": lambda day, _, step: casework.move(store, occasion(), code, step, day),
        "leave": lambda day, _, step: casework.leave(
            store, occasion(), code, day, ExitType.COMPLETED, list(DESTINATIONS)["abcd".index(step)]
        ),
        "transfer": lambda day, town, step: casework.transfer(store, occasion(), code, town, day, step),
        "correct person": lambda day, _, __: casework.correct_participant(
            store, occasion(), code, lambda p: replace(p, birth_year=day.year - 20 - day.day, ref=f"R{day.day}")
        ),
        "correct spell": lambda day, town, _: casework.correct_spell(
            store, occasion(), code, None, lambda s: replace(s, entered_on=day, municipality=town)
        ),
        "correct entry step": lambda _, __, step: casework.correct_entry_step(store, occasion(), code, None, step),
        "correct move": lambda day, _, step: casework.correct_move(
            store, occasion(), code, 1, lambda m: replace(m, moved_on=day, step=step)
        ),
    }


steps_taken = st.lists(
    st.tuples(
        st.sampled_from(["enrol", "readmit", "move", "leave", "transfer", "correct person", "correct spell"])
        | st.sampled_from(["correct entry step", "correct move"]),
        days,
        st.sampled_from([m.code for m in PROJECT.municipalities]),
        st.sampled_from("abcd"),
    ),
    max_size=15,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=steps_taken)
def test_undo_puts_back_every_row_as_it_was(tmp_path_factory: pytest.TempPathFactory, deeds: list[Deed]) -> None:
    with new_store(tmp_path_factory.mktemp("undo") / "arena.db") as store:
        states = [records(store)]
        code = enrol(store, date(2016, 1, 15))
        for verb, day, town, step in deeds:
            before = records(store)
            try:
                verbs(store, code)[verb](day, town, step)
            except (Refused, casework.NoSuchMove):
                assert records(store) == before
            if records(store) != before:
                states.append(before)
        while states:
            casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
            assert records(store) == states.pop()
        with pytest.raises(NothingToUndo):
            casework.last_change(store)
        assert broken_at(store.links()) is None


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8)
def test_as_of_an_entry_is_the_file_as_it_was_then(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever was added, changed, removed and undone since; and the file itself stays as it is."""
    random = Random(seed)
    with new_store(tmp_path_factory.mktemp("as_of") / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, 5, PROJECT.starts_on, PROJECT.ends_on, seed=seed))
        seen: dict[int, dict[str, list[Row]]] = {}
        for _ in range(6):
            seen[store.entries()[-1].seq] = records(store)
            change_anything(store, random)
        now = records(store)
        for seq, then in seen.items():
            with store.as_of(seq) as copy:
                assert records(copy) == then
        assert records(store) == now


def change_anything(store: Store, random: Random) -> None:
    if not store.moves():
        return
    spell, move = random.choice(store.spells()), random.choice(store.moves())
    match random.randrange(4):
        case 0:
            casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
        case 1:
            with store.change(occasion()) as change:
                change.remove(move)
                change.update(spell, replace(spell, municipality=random.choice(["2303", "2380"])))
        case 2:
            with store.change(occasion()) as change:
                change.add_move(spell.id, spell.entered_on, random.choice("abcd"))
        case _:
            with store.change(occasion()) as change:
                person = change.add_participant(None, Sex.MAN, None)
                change.add_spell(Spell(0, person.id, "2303", spell.entered_on))
