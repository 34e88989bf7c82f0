"""A file of every schema there has been is taken over whole: its records, its journal and its figures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from arena_cli.cli.main import SCHEMA_VERSION
from arena_cli.figures.report import build
from arena_cli.model import Month, Sex
from arena_cli.store import Store
from tests.faults.cases import SCHEMAS
from tests.sample import TODAY, new_store, occasion

FILES = sorted(SCHEMAS.glob("schema-*.sql"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file as an older version has left it."""
    path = tmp_path / "arena.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(request.param.read_text(encoding="utf-8"))
    return path


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table with its rows."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables}


def schema(path: Path) -> set[tuple[str, str, str]]:
    """What the file is made of, with the blanks of its SQL evened out."""
    with closing(sqlite3.connect(path)) as connection:
        made = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        return {(kind, name, " ".join(sql.replace('"', "").split())) for kind, name, sql in made}


def test_there_is_a_file_of_the_first_schema() -> None:
    assert "schema-1" in {path.stem for path in FILES}


def test_all_records_are_taken_over(old: Path) -> None:
    before = rows(old)
    Store.open(old).close()
    after = rows(old)
    unchanged = before.keys() - {"_sqlite_migrations", "sqlite_sequence"}
    for table in unchanged:  # what was there before; a new column comes after the old ones
        assert [row[: len(was)] for row, was in zip(after[table], before[table], strict=True)] == before[table]
    assert after["sqlite_sequence"] >= before["sqlite_sequence"]


def test_it_is_made_like_a_new_file(old: Path, tmp_path: Path) -> None:
    new_store(tmp_path / "new.db").close()
    Store.open(old).close()
    assert schema(old) == schema(tmp_path / "new.db")


def test_it_is_worked_with(old: Path) -> None:
    with Store.open(old, writing=True) as store:
        assert store.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]
        report = build(store, Month(2016, 10), TODAY)
        report.require_reconciled()
        assert report.tables["persons"].value("participants") == 3
        with store.change(occasion()) as change:
            assert change.add_participant(None, Sex.MAN, None).id > 4
