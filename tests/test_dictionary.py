"""The file explains itself: every table and column has its meaning in both languages, and the views say what is so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from arena_cli.dictionary import COLUMNS, OWN, TABLES
from arena_cli.model import Protection
from arena_cli.store import Store
from tests.faults.cases import SCHEMAS
from tests.random_activity import put_activity
from tests.random_lists import random_lists
from tests.sample import DESCRIPTION, PROJECT, new_store, occasion, put

NOT_OURS = ("sqlite_", "_sqlite_")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def names(store: Store) -> set[tuple[str, str]]:
    """Every table and view, and every column of each."""
    tables = [
        name
        for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
        if not name.startswith(NOT_OURS)
    ]
    columns = {(table, c) for table in tables for (c,) in store.rows("SELECT name FROM pragma_table_info(?)", (table,))}
    return columns | {(table, "") for table in tables}


def test_every_table_and_column_is_explained_in_both_languages(store: Store) -> None:
    told = {(table, column): meanings for table, column, *meanings in store.rows("SELECT * FROM data_dictionary")}
    assert names(store) - told.keys() == set()
    assert told.keys() - names(store) == set()
    for meanings in told.values():
        assert all(meanings)
        assert meanings[0] != meanings[1]


def test_nothing_is_explained_that_is_not_there(store: Store) -> None:
    there = names(store)
    assert set(TABLES) == {table for table, column in there if not column}
    assert set(OWN) <= there
    assert set(COLUMNS) <= {column for _, column in there}


def test_an_older_file_is_explained_when_it_is_migrated(tmp_path: Path, store: Store) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript((SCHEMAS / "schema-1.sql").read_text(encoding="utf-8"))
    with Store.open(old) as migrated:
        assert names(migrated) == names(store)
        assert migrated.rows("SELECT * FROM data_dictionary") == store.rows("SELECT * FROM data_dictionary")


# -- the views --------------------------------------------------------------------------------------------------------


def put_everything(store: Store) -> None:
    put(store, random_lists(DESCRIPTION, 40, PROJECT.starts_on, PROJECT.ends_on, seed=11))
    put_activity(store, places=4, seed=11)


def test_the_views_have_every_counted_record_once(store: Store) -> None:
    put_everything(store)
    counted = "spell_id IN (SELECT id FROM counted_spell)"
    for view, count in {
        "spells": "SELECT count(*) FROM counted_spell",
        "participants": "SELECT count(DISTINCT participant_id) FROM counted_spell",
        "moves": f"SELECT count(*) FROM step_move WHERE {counted}",
        "placements": "SELECT count(*) FROM counted_placement",
        "hours": f"SELECT count(*) FROM attendance WHERE {counted}",
    }.items():
        assert store.rows(f"SELECT count(*) FROM {view}") == store.rows(count), view
        assert store.rows(count)[0][0] > 20


def test_a_participant_stands_where_the_latest_spell_is(store: Store) -> None:
    put_everything(store)
    latest = {}
    for spell in store.spells():
        if spell.counts:
            latest[spell.participant_id] = spell
    for person in store.participants():
        if person.id in latest:
            spell = latest[person.id]
            moves = store.moves("WHERE spell_id = ?", (spell.id,))
            ((municipality, exited_on, step),) = store.rows(
                "SELECT municipality, exited_on, step FROM participants WHERE code = ?", (person.code,)
            )
            assert municipality == spell.municipality
            assert exited_on == (spell.exited_on.isoformat() if spell.exited_on else None)
            assert step == (moves[-1].step if moves else None)


def test_the_views_do_not_say_where_somebody_is_whose_data_are_protected(store: Store) -> None:
    put_everything(store)
    person = store.participants("WHERE id IN (SELECT participant_id FROM counted_spell)")[0]
    with store.change(occasion()) as change:
        change.update(person, replace(person, protection=Protection.MARKED))
    known = {m.code for m in PROJECT.municipalities} | {m.short_name for m in PROJECT.municipalities}
    for view in ("spells", "participants", "moves", "placements", "hours"):
        column = "code" if view == "participants" else "participant"
        rows = store.rows(f"SELECT * FROM {view} WHERE {column} = ?", (person.code,))
        assert not known.intersection(str(cell) for row in rows for cell in row), view
        if view == "spells":
            assert rows
