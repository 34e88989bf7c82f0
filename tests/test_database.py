"""Opening and making the file: what is refused, with nothing changed, and how an older file is migrated."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from arena_cli import casework, database
from arena_cli.casework import Intake
from arena_cli.database import (
    DamagedDatabase,
    DatabaseExists,
    NewerDatabase,
    NoDatabase,
    NotArena,
    ReadOnlyDatabase,
    UnreadableDatabase,
)
from arena_cli.engine import operational_errors
from arena_cli.errors import ArenaError, Busy, CannotWrite
from arena_cli.journal import broken_at
from arena_cli.model import Participant, Sex
from arena_cli.records import TABLES
from arena_cli.store import Store
from tests.engines import ENCRYPTED, TEST_KEY, dump
from tests.sample import PROJECT, TODAY, new_store, occasion

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes and permissions")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "arena.db"


def create(path: Path) -> None:
    Store.create(path, PROJECT, occasion("init"))


def enrol(store: Store) -> str:
    return casework.enrol(store, occasion(), Intake("2305", TODAY.replace(2016)), sex=Sex.MAN).participant.code


def codes(path: Path) -> set[str]:
    with Store.open(path) as store:
        return {person.code for person in store.records(Participant)}


def contents(folder: Path) -> dict[str, bytes | str | None]:
    """Every name in a folder with what it holds: a file's bytes, a link's target."""
    return {
        str(entry.relative_to(folder)): str(entry.readlink())
        if entry.is_symlink()
        else entry.read_bytes()
        if entry.is_file()
        else None
        for entry in folder.rglob("*")
    }


def in_child(deed: Callable[[], object]) -> Callable[[], int]:
    """Start a deed in a process of its own. Calling the result waits for its exit code; killed by signal n is -n."""
    sys.stdout.flush()
    if child := os.fork():
        return lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 99
    try:
        deed()
        code = 0
    except ArenaError as refusal:
        code = refusal.exit_code
    finally:
        os._exit(code)


# -- making -----------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_file_is_its_owners_alone(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["arena.db"]


def test_a_new_file_says_what_it_is(path: Path) -> None:
    create(path)
    if ENCRYPTED:
        assert path.read_bytes().startswith(b"arena\0" + bytes.fromhex(TEST_KEY.id))
        return
    header = path.read_bytes()[:100]
    assert (header[68:72], int.from_bytes(header[60:64], "big")) == (b"Aren", database.SCHEMA_VERSION)


@pytest.mark.parametrize("there", ["file", "database", "folder", "link", "dangling link"])
def test_nothing_that_exists_is_overwritten(tmp_path: Path, path: Path, there: str) -> None:
    if there == "database":
        create(path)
    elif there == "folder":
        path.mkdir()
    elif there == "file":
        path.write_bytes(b"")
    else:
        (tmp_path / "elsewhere").write_text("x")
        path.symlink_to(tmp_path / ("elsewhere" if there == "link" else "nowhere"))
    before = contents(tmp_path)
    with pytest.raises(DatabaseExists):
        create(path)
    assert contents(tmp_path) == before


def test_an_attempt_that_fails_leaves_no_file(tmp_path: Path, path: Path) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.create_database(path, fail)
    assert contents(tmp_path) == {}


def test_a_name_taken_meanwhile_is_left_to_who_took_it(tmp_path: Path, path: Path) -> None:
    def take(_: sqlite3.Connection) -> None:
        path.write_text("theirs")

    with pytest.raises(DatabaseExists):
        database.create_database(path, take)
    assert contents(tmp_path) == {"arena.db": b"theirs"}


@pytest.mark.parametrize("taken", [False, True])
def test_a_file_system_without_hard_links(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    def take(_: sqlite3.Connection) -> None:
        path.write_text("theirs")

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    if taken:
        with pytest.raises(DatabaseExists):
            database.create_database(path, take)
        assert contents(tmp_path) == {"arena.db": b"theirs"}
    else:
        create(path)
        assert codes(path) == set()
        assert list(contents(tmp_path)) == ["arena.db"]


@posix
def test_of_many_who_make_the_same_file_one_does(path: Path) -> None:
    waiting = [in_child(lambda: create(path)) for _ in range(6)]
    assert sorted(wait() for wait in waiting) == [0, *[DatabaseExists.exit_code] * 5]
    assert codes(path) == set()
    assert [entry.name for entry in path.parent.iterdir()] == ["arena.db"]


@pytest.mark.parametrize("name", ["missing/arena.db", "file/arena.db", f"{'x' * 300}.db"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite):
        create(tmp_path / name)
    assert contents(tmp_path) == {"file": b"x"}


# -- opening ----------------------------------------------------------------------------------------------------------

PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(3000)


def foreign(path: Path, *statements: str) -> None:
    """A database of another program."""
    connection = sqlite3.connect(path)
    for statement in ("CREATE TABLE t (x)", "INSERT INTO t VALUES (1)", "PRAGMA user_version = 1", *statements):
        connection.execute(statement)
    connection.commit()
    connection.close()


def newer(path: Path) -> None:
    create(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {database.SCHEMA_VERSION + 1}")
    connection.close()


def overwritten(path: Path, at: int, content: bytes) -> None:
    create(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + content + whole[at + len(content) :])


def cut(path: Path, size: int) -> None:
    create(path)
    path.write_bytes(path.read_bytes()[:size])


REFUSED: dict[str, tuple[type[ArenaError], Callable[[Path], object]]] = {
    "missing": (NoDatabase, lambda path: None),
    "dangling link": (NoDatabase, lambda path: path.symlink_to("nowhere.db")),
    "link to itself": (UnreadableDatabase, lambda path: path.symlink_to(path)),
    "folder": (NotArena, Path.mkdir),
    "empty": (NotArena, lambda path: path.write_bytes(b"")),
    "one byte": (NotArena, lambda path: path.write_bytes(b"S")),
    "short text": (NotArena, lambda path: path.write_text("ref;kommun\n")),
    "long text": (NotArena, lambda path: path.write_text("ref;kommun\n" * 5000)),
    "picture": (NotArena, lambda path: path.write_bytes(PICTURE)),
    "another program's": (NotArena, foreign),
    "another program's, with write-ahead log": (NotArena, lambda path: foreign(path, "PRAGMA journal_mode = WAL")),
    "newer": (NewerDatabase, newer),
    "cut to its first page": (DamagedDatabase, lambda path: cut(path, 4096)),
    "cut in the middle": (DamagedDatabase, lambda path: cut(path, 33333)),
    "cut in the header": (DamagedDatabase, lambda path: cut(path, 50)),
    "header overwritten": (NotArena, lambda path: overwritten(path, 0, b"\xff" * 16)),
    "first page overwritten": (DamagedDatabase, lambda path: overwritten(path, 100, b"\xb2" * 3000)),
}
if os.name == "posix":
    REFUSED["pipe"] = (NotArena, os.mkfifo)


@pytest.mark.parametrize(("refusal", "make"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_what_is_no_file_of_ours_is_refused_and_left_as_it_was(
    tmp_path: Path, path: Path, refusal: type[ArenaError], make: Callable[[Path], object], writing: bool
) -> None:
    make(path)
    before = contents(tmp_path)
    with pytest.raises(refusal) as caught:
        Store.open(path, writing=writing)
    assert caught.value.facts["path"] == path
    assert contents(tmp_path) == before


def test_damage_met_later_is_refused_too(path: Path) -> None:
    with new_store(path) as store:
        code = enrol(store)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("UPDATE spell SET entered_on = '2016-10)03'")
    connection.execute("UPDATE participant SET registered_at = CAST(x'b2' AS TEXT)")
    connection.commit()
    connection.close()
    with Store.open(path, writing=True) as store:
        with pytest.raises(DamagedDatabase):
            casework.journey(store, code)
        with pytest.raises(DamagedDatabase):
            store.rows("SELECT registered_at FROM participant")


def test_our_own_mistakes_are_not_taken_for_damage(path: Path) -> None:
    with new_store(path) as store:
        with pytest.raises(operational_errors()):
            store.rows("SELECT nothing FROM nowhere")
        with pytest.raises(sqlite3.IntegrityError), store.change(occasion()) as change:
            change.insert("spell", {"participant_id": 7, "municipality": "9999", "entered_on": "2016-02-30"})
        assert enrol(store)


def test_every_setting_is_read_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_store(path) as store:
        settings = {name: store.rows(f"PRAGMA {name}")[0][0] for name in (*database._PRAGMAS, "journal_mode")}
    assert settings == {**database._PRAGMAS, "journal_mode": "delete"}
    monkeypatch.setitem(database._PRAGMAS, "synchronos", 3)
    with pytest.raises(sqlite3.NotSupportedError, match="synchronos"):
        Store.open(path)


def test_a_file_left_with_a_write_ahead_log_gets_its_rollback_journal_back(path: Path) -> None:
    create(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    with Store.open(path) as store:
        assert store.rows("PRAGMA journal_mode") == [("delete",)]


def test_a_file_in_use_is_waited_for_and_then_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database._PRAGMAS, "busy_timeout", 100)
    with new_store(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            enrol(store)
        with pytest.raises(Busy):
            Store.open(path)
        other.execute("ROLLBACK")
        other.close()
        code = enrol(store)
        assert codes(path) == {code}


# -- names ------------------------------------------------------------------------------------------------------------

NAMES = [
    "Östersund å ä ö.db",
    "o\N{COMBINING DIAERESIS}ppen.db",
    "what?mode=memory.db",
    "#1.db",
    "100%.db",
    "a%20b%3F.db",
    "file:x.db",
    ":memory:",
    "-db",
    "quo'te\".db",
    "new\nline.db",
    "no suffix",
    ".db",
    "&vfs=none;.db",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_a_file_can_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = tmp_path / "mapp å #1?%20"
    folder.mkdir()
    monkeypatch.chdir(folder)
    create(Path(name))
    with Store.open(folder / name, writing=True) as store:
        code = enrol(store)
    assert codes(Path(name)) == {code}
    assert [entry.name for entry in folder.iterdir()] == [name]


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.db")
    create(path)
    assert codes(path) == set()
    with pytest.raises(NoDatabase):
        Store.open(tmp_path / os.fsdecode(b"caf\xe8.db"))


@posix
def test_two_ways_to_one_file_hold_the_same_lock(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database._PRAGMAS, "busy_timeout", 50)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.db").symlink_to("../arena.db")
    (tmp_path / "to folder").symlink_to("folder")
    spellings = [tmp_path / "folder" / ".." / "arena.db", tmp_path / "to folder" / "link.db"]
    with new_store(path) as store:
        for spelling in spellings:
            with Store.open(spelling, writing=True) as other:
                with store.change(occasion()), pytest.raises(Busy):
                    enrol(other)
                with other.change(occasion()) as change:
                    change.add_participant(None, Sex.MAN, None)
                    assert (tmp_path / "arena.db-journal").exists()
                assert codes(path) == codes(spelling)
    assert not (tmp_path / "folder" / "link.db-journal").exists()


@posix
@pytest.mark.parametrize("vanishing", ["file", "folder", "replaced"])
def test_a_file_that_vanishes_while_it_is_open_takes_no_change(tmp_path: Path, vanishing: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with new_store(folder / "arena.db") as store:
        if vanishing == "folder":
            folder.rename(tmp_path / "moved")
        else:
            (folder / "arena.db").rename(tmp_path / "moved.db")
        if vanishing == "replaced":
            create(folder / "arena.db")
        with pytest.raises((ReadOnlyDatabase, UnreadableDatabase)):
            enrol(store)
    with pytest.raises(NoDatabase):
        Store.open(tmp_path / "nowhere.db")


# -- migrations -------------------------------------------------------------------------------------------------------

OLD, NEW = database.SCHEMA_VERSION, database.SCHEMA_VERSION + 1


@pytest.fixture
def old_file(path: Path) -> str:
    """A file of the version before, with a participant, whose code is returned."""
    with new_store(path) as store:
        return enrol(store)


@pytest.fixture
def next_version(old_file: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], object]]]:
    """A version with one more migration; what is put into the list is done in its middle."""
    from arena_cli import migrations

    in_its_middle: list[Callable[[], object]] = []
    newer_migrations = Migrations("arena")
    newer_migrations(name="0001_core")(migrations.core)

    @newer_migrations(name="next")
    def add_column(db: Database) -> None:
        db.execute("ALTER TABLE participant ADD COLUMN note TEXT")
        for deed in in_its_middle:
            deed()
        db.execute("UPDATE participant SET note = 'migrated'")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", newer_migrations)
        patch.setattr(database, "SCHEMA_VERSION", NEW)
        yield in_its_middle


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def backup_of(path: Path) -> Path:
    return path.with_name(f"arena.before-schema-{NEW}.db")


def test_an_older_file_is_migrated_with_a_backup_beside_it(
    path: Path, old_file: str, next_version: list[Callable[[], object]]
) -> None:
    before = shutil.copy(path, path.parent.with_name(f"{path.parent.name}-before.db"))
    with Store.open(path) as store:
        assert store.rows("SELECT code, note FROM participant") == [(old_file, "migrated")]
        assert store.rows("PRAGMA foreign_keys") == [(1,)]
        assert broken_at(store.links()) is None
    assert version_of(path) == NEW
    assert sorted(entry.name for entry in path.parent.iterdir()) == sorted([path.name, backup_of(path).name])
    if os.name == "posix":
        assert stat.S_IMODE(backup_of(path).stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup_of(path))) as backup, closing(sqlite3.connect(before)) as original:
        assert dump(backup) == dump(original)
    assert version_of(backup_of(path)) == OLD


@posix
def test_of_many_who_migrate_at_once_one_does_and_none_fails(
    path: Path, old_file: str, next_version: list[Callable[[], object]]
) -> None:
    waiting = [in_child(lambda: Store.open(path).close()) for _ in range(6)]
    assert [wait() for wait in waiting] == [0] * 6
    assert (version_of(path), version_of(backup_of(path))) == (NEW, OLD)
    assert codes(path) == {old_file}
    assert len(list(path.parent.iterdir())) == 2


@posix
def test_a_migration_that_is_killed_leaves_the_old_version_usable(
    path: Path, old_file: str, next_version: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version.append(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert in_child(lambda: Store.open(path))() == -signal.SIGKILL
    next_version.clear()
    with monkeypatch.context() as before:
        before.setattr(database, "SCHEMA_VERSION", OLD)
        with Store.open(path, writing=True) as store:
            another = enrol(store)
            assert "note" not in {name for (name,) in store.rows("SELECT name FROM pragma_table_info('participant')")}
    assert codes(path) == {old_file, another}
    assert version_of(path) == NEW


@pytest.mark.parametrize("obstacle", ["an error", "a broken reference", "no way to a backup"])
def test_a_migration_that_fails_changes_nothing(
    path: Path,
    next_version: list[Callable[[], object]],
    obstacle: str,
) -> None:
    expected: type[Exception]
    if obstacle == "an error":
        expected = KeyboardInterrupt  # type: ignore[assignment]

        def fail() -> None:
            raise KeyboardInterrupt

        next_version.append(fail)
    elif obstacle == "a broken reference":
        expected = DamagedDatabase
        connection = sqlite3.connect(path)
        connection.execute("UPDATE spell SET municipality = '9999'")
        connection.commit()
        connection.close()
    else:
        expected = CannotWrite
        backup_of(path).mkdir()
    before = path.read_bytes()
    with pytest.raises(expected):
        Store.open(path)
    assert path.read_bytes() == before
    left = {entry.name for entry in path.parent.iterdir()}
    assert left <= {path.name, backup_of(path).name}


@pytest.mark.parametrize("table", TABLES.values())
def test_dates_that_are_not_in_the_calendar_are_not_stored(path: Path, table: str) -> None:
    columns = {"spell": ("entered_on", "exited_on"), "step_move": ("moved_on",)}.get(table, ())
    with new_store(path) as store:
        enrol(store)
        for column in columns:
            for day in ("2016-02-30", "2016-2-3", "20160203", "", "x"):
                with pytest.raises(sqlite3.IntegrityError), store.change(occasion()) as change:
                    change.insert(table, {**blank(table), column: day})


def blank(table: str) -> dict[str, str | int | None]:
    if table == "spell":
        return {"participant_id": 1, "municipality": "2305", "entered_on": "2016-01-01", "exit_type": "misregistered"}
    return {"spell_id": 1, "moved_on": "2016-01-01", "step": "a"}
