"""Opening the file: one SQLite database, checked, migrated and set up for durability.

Rollback journal and synchronous EXTRA: an acknowledged change survives a power cut (docs/decisions.md has the
measurements). Every setting is read back, since SQLite ignores a misspelt one silently.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from arena_cli.errors import ArenaError, Busy, CannotWrite, DataProblem, NotFound, Refused, translatable

APPLICATION_ID: Final = 0x4172656E
"""The letters `Aren` in the file's header."""

SCHEMA_VERSION: Final = 3
"""The number of migrations this version knows; kept in the file's `user_version`."""

_PRAGMAS: Final[Mapping[str, int]] = {
    "busy_timeout": 10_000,
    "synchronous": 3,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "recursive_triggers": 1,
    "temp_store": 2,
}


class NoDatabase(NotFound):
    message = translatable(
        "There is no database file {path}. Create one with `arena init`, or name the right one with --db or ARENA_DB."
    )


class DatabaseExists(Refused):
    message = translatable("{path} exists already; nothing was changed.")


class NotArena(Refused):
    message = translatable(
        "{path} is not an arena database file. Nothing was changed: name the right file with --db or ARENA_DB."
    )


class NewerDatabase(Refused):
    message = translatable(
        "{path} was written by a newer version of arena (schema {found}; this one knows {known}). "
        "Nothing was changed: install the newer version."
    )


class DamagedDatabase(DataProblem):
    message = translatable(
        "{path} is damaged. Nothing was changed: copy the folder as it is, then take the newest backup into use."
    )


class UnreadableDatabase(CannotWrite):
    message = translatable("{path} cannot be opened: check that it is a file and that you may read and write it.")


class ReadOnlyDatabase(CannotWrite):
    message = translatable(
        "{path} cannot be written to: check the permissions of the file and its folder. Nothing was changed."
    )


class DiskFull(CannotWrite):
    message = translatable("The disk with {path} is full. Nothing was changed: make room and try again.")


class DiskFault(CannotWrite):
    message = translatable(
        "The disk with {path} did not answer as it should. Check with `arena list-changes` whether the change was made."
    )


_BY_SQLITE_CODE: Final[Mapping[int, type[ArenaError]]] = {
    sqlite3.SQLITE_BUSY: Busy,
    sqlite3.SQLITE_LOCKED: Busy,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_IOERR: DiskFault,
    sqlite3.SQLITE_READONLY: ReadOnlyDatabase,
    sqlite3.SQLITE_PERM: ReadOnlyDatabase,
    sqlite3.SQLITE_CANTOPEN: UnreadableDatabase,
    sqlite3.SQLITE_CORRUPT: DamagedDatabase,
    sqlite3.SQLITE_NOTADB: NotArena,
}


def open_database(path: Path, *, writing: bool) -> sqlite3.Connection:
    """Open an existing file, an older one after migrating it (with a backup beside it).

    Raises NoDatabase, NotArena, NewerDatabase, DamagedDatabase, Busy or a CannotWrite; the file is then as it was.
    """
    _check_is_file(path)
    with sqlite_errors(path):
        connection = _connect(path)
        try:
            version = _checked_version(connection, path)
            if _scalar(connection, "PRAGMA journal_mode") != "delete":
                connection.execute("PRAGMA journal_mode = DELETE")
            if version < SCHEMA_VERSION:
                _migrate(connection, path)
            connection.execute(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        except BaseException:
            connection.close()
            raise
    return connection


def create_database(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make a new file, readable by its owner only, whole or not at all; an existing one is left alone.

    Raises DatabaseExists or a CannotWrite.
    """
    if os.path.lexists(path):
        raise DatabaseExists(path=path)
    unfinished = _make_unfinished(path)
    try:
        with sqlite_errors(path):
            connection = _connect(unfinished)
            try:
                _migrate(connection, path)
                fill(connection)
            finally:
                connection.close()
        _publish(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One write transaction: kept when the block ends, undone if it raises. Never open across a prompt."""
    with sqlite_errors(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with suppress(sqlite3.Error):  # after a full disk, only the next reader puts the file back as it was
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            raise


@contextmanager
def writable(connection: sqlite3.Connection) -> Iterator[None]:
    """Let a connection write that was opened for reading, without waiting for another command that writes."""
    settings = {name: _scalar(connection, f"PRAGMA {name}") for name in ("query_only", "busy_timeout")}
    connection.execute("PRAGMA query_only = OFF")
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        for name, value in settings.items():
            connection.execute(f"PRAGMA {name} = {value}")


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into refusals: its own texts may hold what people typed."""
    try:
        yield
    except UnicodeDecodeError:
        raise DamagedDatabase(path=path) from None
    except sqlite3.Error as error:
        # Of operational errors, only Python's own complaint of a text that is not UTF-8 has no code.
        otherwise = sqlite3.SQLITE_CORRUPT if isinstance(error, sqlite3.OperationalError) else sqlite3.SQLITE_ERROR
        refusal = _BY_SQLITE_CODE.get(getattr(error, "sqlite_errorcode", otherwise) & 0xFF)
        if refusal is None:
            raise
        raise refusal(path=path) from None


def _check_is_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise NoDatabase(path=path) from None
    except OSError:
        raise UnreadableDatabase(path=path) from None
    if not stat.S_ISREG(mode):
        raise NotArena(path=path)


def _connect(path: Path) -> sqlite3.Connection:
    """Connect without ever creating a file. Reads need write access too: only so can a crashed write be rolled back."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        for pragma, value in _PRAGMAS.items():
            connection.execute(f"PRAGMA {pragma} = {value}")
            _require(connection, pragma, value)
    except BaseException:
        connection.close()
        raise
    return connection


def _require(connection: sqlite3.Connection, pragma: str, value: int) -> None:
    if _scalar(connection, f"PRAGMA {pragma}") != value:
        raise sqlite3.NotSupportedError(f"PRAGMA {pragma} cannot be set")


def _checked_version(connection: sqlite3.Connection, path: Path) -> int:
    if _scalar(connection, "PRAGMA application_id") != APPLICATION_ID:
        raise NotArena(path=path)
    version = _version(connection)
    if version > SCHEMA_VERSION:
        raise NewerDatabase(path=path, found=version, known=SCHEMA_VERSION)
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    from sqlite_utils import Database

    from arena_cli.migrations import migrations

    connection.execute("PRAGMA foreign_keys = OFF")
    with transaction(connection, path):
        version = _version(connection)
        if version < SCHEMA_VERSION:  # unless another command was first
            if version:
                _back_up(path)
            migrations.apply(Database(connection, execute_plugins=False))
            if connection.execute("PRAGMA foreign_key_check").fetchall():
                raise DamagedDatabase(path=path)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("PRAGMA foreign_keys = ON")


def _back_up(path: Path) -> None:
    """Copy a file that is about to be migrated, whole or not at all, to a name beside it."""
    copy = path.with_name(f"{path.stem}.before-schema-{SCHEMA_VERSION}{path.suffix}")
    unfinished = _make_unfinished(copy)
    try:
        with closing(_connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.replace(copy)
        _sync_folder(copy)
    except OSError:
        raise UnreadableDatabase(path=copy) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _version(connection: sqlite3.Connection) -> int:
    return int(_scalar(connection, "PRAGMA user_version"))


def _scalar(connection: sqlite3.Connection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


def _make_unfinished(path: Path) -> Path:
    """Make an empty file beside `path`, readable by its owner only, to be filled before it gets that name."""
    unfinished = path.with_name(f".{path.name}-{os.urandom(4).hex()}.tmp")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError:
        raise UnreadableDatabase(path=path) from None
    return unfinished


def _publish(unfinished: Path, path: Path) -> None:
    """Give a finished file its name, durably, unless the name has been taken meanwhile."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise DatabaseExists(path=path) from None
    except OSError:
        if path.exists():
            raise DatabaseExists(path=path) from None
        unfinished.rename(path)
    _sync_folder(path)


def _sync_folder(path: Path) -> None:
    """Make a file's new name durable, where the system can."""
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
