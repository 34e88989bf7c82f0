"""Opening the file: one SQLite database, checked, migrated and set up for durability.

Rollback journal and synchronous EXTRA: an acknowledged change survives a power cut (docs/decisions.md has the
measurements). Every setting is read back, since SQLite ignores a misspelt one silently.

A file is plain, or encrypted whole; its first bytes say which, and which key it needs. `connect` alone knows the
difference, and copies are as their source.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from arena_cli.engine import connected, database_errors, is_ciphers, key_of, operational_errors
from arena_cli.errors import ArenaError, Busy, CannotWrite, DataProblem, NotFound, Refused, translatable
from arena_cli.journal import Link, broken_at
from arena_cli.key import MARK_LENGTH, Key, id_in
from arena_cli.volume import network_share
from arena_cli.whole_file import new_file, publish_new, sync_folder, unfinished

if sys.platform != "win32":
    import fcntl

APPLICATION_ID: Final = 0x4172656E
"""The letters `Aren` in the file's header."""

SCHEMA_VERSION: Final = 17
"""The number of migrations this version knows; kept in the file's `user_version`."""

UNFINISHED: Final = ".unfinished"
"""What the name of a file ends with until it is whole."""

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


class NoKey(NotFound):
    message = translatable(
        "{path} is encrypted with the key {key}, which was not found. Looked for in: {places}. Nothing was changed: "
        "`arena key restore` takes the key from the recovery sheet."
    )


class OnNetworkShare(Refused):
    message = translatable(
        "{path} lies on a network share ({kind}), where two computers can write into it at once and ruin it. "
        "Nothing was changed: keep the file on this computer's own disk, and the reports and backups on the share. "
        "`arena allow-network-share` writes there all the same."
    )


class NewOnNetworkShare(Refused):
    message = translatable(
        "{path} would lie on a network share ({kind}), where two computers can write into it at once and ruin it. "
        "Nothing was made: make the file on this computer's own disk, and put the reports and backups on the share."
    )


class DiskFull(CannotWrite):
    message = translatable("The disk with {path} is full. Nothing was changed: make room and try again.")


class DiskFault(CannotWrite):
    message = translatable(
        "The disk with {path} did not answer as it should. Check with `arena list-changes` whether the change was made."
    )


class CopyNotMade(CannotWrite):
    message = translatable(
        "{path} cannot be written: check the folder, its permissions and the room on the disk. Nothing was changed."
    )


Keys = Callable[[Path, str], Key]
"""Finds the key with an id, which a file needs. Raises NoKey, or what is wrong with where it lies."""


def no_keys(path: Path, key: str) -> Key:
    """Have no key at all."""
    raise NoKey(path=path, key=key, places=())


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


def open_database(
    path: Path,
    *,
    writing: bool,
    on_share: bool = False,
    keys: Keys = no_keys,
    on_migrated: Callable[[Path], None] | None = None,
) -> sqlite3.Connection:
    """Open an existing file, an older one after migrating it, with a copy beside it, of which `on_migrated` is told.

    On a network share it is not written to unless the file says so, or `on_share`. Raises NoDatabase, NotArena, NoKey,
    NewerDatabase, DamagedDatabase, OnNetworkShare, Busy or a CannotWrite; the file is then as it was.
    """
    check_is_file(path)
    sweep(unfinished_name(path.resolve()))
    key = key_for(path, keys)
    with sqlite_errors(path):
        connection = connect(path, key)
        try:
            version = checked_version(connection, path)
            if (writing or version < SCHEMA_VERSION) and not on_share:
                _refuse_network_share(connection, path)
            if _scalar(connection, "PRAGMA journal_mode") != "delete":
                connection.execute("PRAGMA journal_mode = DELETE")
            if version < SCHEMA_VERSION and (kept := migrate(connection, path)) and on_migrated:
                on_migrated(kept)
            connection.execute(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        except BaseException:
            connection.close()
            raise
    return connection


def create_database(path: Path, fill: Callable[[sqlite3.Connection], None], key: Key | None = None) -> None:
    """Make a new file, readable by its owner only, whole or not at all; an existing one is left alone.

    With a key it is encrypted. Raises DatabaseExists, NewOnNetworkShare or a CannotWrite.
    """
    if os.path.lexists(path):
        raise DatabaseExists(path=path)
    kind = network_share(path)
    if kind is not None:
        raise NewOnNetworkShare(path=path, kind=kind)
    try:
        with unfinished(path) as file:
            with sqlite_errors(path):
                connection = connect(file, key)
                try:
                    migrate(connection, path)
                    fill(connection)
                finally:
                    connection.close()
            publish_new(file, path)
    except FileExistsError:
        raise DatabaseExists(path=path) from None
    except OSError:
        raise UnreadableDatabase(path=path) from None


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
            with suppress(*database_errors()):  # after a full disk, only the next reader puts the file back as it was
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
    except database_errors() as error:
        refusal = _refusal_for(error)
        if refusal is None:
            raise
        raise refusal(path=path) from None


def _refusal_for(error: sqlite3.Error) -> type[ArenaError] | None:
    # Of operational errors, only Python's own complaint of a text that is not UTF-8 has no code.
    otherwise = sqlite3.SQLITE_CORRUPT if isinstance(error, operational_errors()) else sqlite3.SQLITE_ERROR
    code = getattr(error, "sqlite_errorcode", otherwise)
    if is_ciphers(error) and code & 0xFF == sqlite3.SQLITE_NOTADB:  # a page whose HMAC is not the right key's
        return DamagedDatabase
    return _BY_SQLITE_CODE.get(code & 0xFF)


def check_is_file(path: Path) -> None:
    """Refuse what is no file. Raises NoDatabase, UnreadableDatabase or NotArena."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise NoDatabase(path=path) from None
    except OSError:
        raise UnreadableDatabase(path=path) from None
    if not stat.S_ISREG(mode):
        raise NotArena(path=path)


def key_needed(path: Path) -> str | None:
    """The id of the key that a file is encrypted with; None for one that is not. Raises UnreadableDatabase.

    Not while this process has the file open: POSIX would take away the locks that SQLite holds.
    """
    try:
        with path.open("rb") as file:
            return id_in(file.read(MARK_LENGTH))
    except OSError:
        raise UnreadableDatabase(path=path) from None


def key_for(path: Path, keys: Keys) -> Key | None:
    """The key to open a file with; None for one that is not encrypted. Raises what `keys` does, UnreadableDatabase."""
    needed = key_needed(path)
    return keys(path, needed) if needed is not None else None


def connect(path: Path, key: Key | None, *, by_cipher: bool = False) -> sqlite3.Connection:
    """Connect without ever creating a file. Reads need write access too: only so can a crashed write be rolled back.

    Raises DamagedDatabase, Busy if the file is another than that for which the key was found, or a database error.
    """
    connection = connected(path.resolve(), key, by_cipher=by_cipher)
    try:
        for pragma, value in _PRAGMAS.items():
            connection.execute(f"PRAGMA {pragma} = {value}")
            _require(connection, pragma, value)
        if key is not None:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException as error:
        connection.close()
        code = getattr(error, "sqlite_errorcode", None)
        if key is not None and code == sqlite3.SQLITE_NOTADB and key_needed(path) != key.id:
            raise Busy from None
        if code == sqlite3.SQLITE_ERROR:  # a header that SQLite cannot make out
            raise DamagedDatabase(path=path) from None
        raise
    return connection


def _require(connection: sqlite3.Connection, pragma: str, value: int) -> None:
    if _scalar(connection, f"PRAGMA {pragma}") != value:
        raise sqlite3.NotSupportedError(f"PRAGMA {pragma} cannot be set")


def checked_version(connection: sqlite3.Connection, path: Path) -> int:
    """The number of migrations that the file has had. Raises NotArena, or NewerDatabase for more than are known."""
    if _scalar(connection, "PRAGMA application_id") != APPLICATION_ID:
        raise NotArena(path=path)
    version = _version(connection)
    if version > SCHEMA_VERSION:
        raise NewerDatabase(path=path, found=version, known=SCHEMA_VERSION)
    return version


def migrate(connection: sqlite3.Connection, path: Path, *, keeping: bool = True) -> Path | None:
    """Bring a file to this version's schema; returns the copy of what it was beside it, which `keeping` makes.

    A file that is damaged is not migrated: a mend that builds on it could not be taken back. Raises DamagedDatabase.
    """
    from sqlite_utils import Database

    from arena_cli.migrations import migrations

    connection.execute("PRAGMA foreign_keys = OFF")
    kept = None
    with transaction(connection, path):
        version = _version(connection)
        if version < SCHEMA_VERSION:  # unless another command was first
            if version:
                _require_sound(connection, path)
            if version and keeping:
                kept = _keep_older(path, key_of(connection))
            migrations.apply(Database(connection, execute_plugins=False))
            write_dictionary(connection)
            if connection.execute("PRAGMA foreign_key_check").fetchall():
                raise DamagedDatabase(path=path)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("PRAGMA foreign_keys = ON")
    return kept


def write_dictionary(connection: sqlite3.Connection) -> None:
    """Say in the file what its tables and columns are, for those who open it with another program."""
    from arena_cli.dictionary import meaning_of

    names = connection.execute(_NAMES).fetchall()
    connection.execute("DELETE FROM data_dictionary")
    connection.executemany(
        "INSERT INTO data_dictionary VALUES (?, ?, ?, ?)",
        [(*name, *meaning) for name in names if (meaning := meaning_of(*name))],
    )


_NAMES: Final = """
WITH told AS (SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB '*sqlite_*')
SELECT name, '' FROM told
UNION ALL SELECT told.name, c.name FROM told, pragma_table_info(told.name) c
"""
"""Every table and view, and every column of each."""


def _require_sound(connection: sqlite3.Connection, path: Path) -> None:
    """Read the whole file: its pages, references and the journal's chain. Raises DamagedDatabase."""
    links = (Link(*row) for row in connection.execute("SELECT * FROM journal ORDER BY seq"))  # of any schema
    if (
        connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
        or connection.execute("PRAGMA foreign_key_check").fetchall()
        or broken_at(links) is not None
    ):
        raise DamagedDatabase(path=path)


def _keep_older(path: Path, key: Key | None) -> Path:
    """Copy a file that is about to be migrated, whole or not at all, to a name beside it, which is returned."""
    kept = path.with_name(f"{path.stem}.before-schema-{SCHEMA_VERSION}{path.suffix}")
    with closing(connect(path, key)) as source, unfinished_copy(source, unfinished_name(kept)) as copy:
        copy.publish(kept, replacing=True)
    return kept


# -- copies ------------------------------------------------------------------------------------------------------------


class Copy:
    """A copy in a file that is this process's alone until it is published."""

    def __init__(self, connection: sqlite3.Connection, unfinished: Path) -> None:
        self.connection = connection
        self.unfinished = unfinished
        self._is_there = True
        self._read: list[BinaryIO] = []

    def digest(self) -> tuple[int, str]:
        """The file's size in bytes and its SHA-256."""
        import hashlib

        file = self.unfinished.open("rb")
        self._read.append(file)  # kept open: closing it would take away the lock that SQLite holds
        return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()

    def rekey(self, key: Key) -> None:
        """Encrypt it with another key, and open it with that."""
        from arena_cli.cipher import key_text

        self.connection.execute(f'PRAGMA rekey = "{key_text(key, is_new=True)}"')
        self.connection.close()
        self.connection = connect(self.unfinished, key)
        self.hold()

    def hold(self) -> None:
        """See to it that nobody else sweeps it away, from the first time on that it is read or written."""
        self.connection.execute("PRAGMA journal_mode = MEMORY")
        self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def content(self) -> bytes:
        """The file's bytes as they lie there; of an encrypted one, where nobody can read them, all that it holds.

        Raises CopyNotMade.
        """
        if key_of(self.connection) is not None:
            return held_by(self.connection)
        try:
            file = self.unfinished.open("rb")
            self._read.append(file)  # as for `digest`
            return file.read()
        except OSError:
            raise CopyNotMade(path=self.unfinished.parent) from None

    def publish(self, path: Path, *, replacing: bool = False) -> None:
        """Give the copy its name in the same folder, durably. Raises DatabaseExists if it is taken, or CopyNotMade."""
        if os.name == "nt":  # where a file that is open cannot get another name
            self._let_go()
        try:
            if replacing:
                self.unfinished.replace(path)
                self._is_there = False
                sync_folder(path)
            else:
                publish_new(self.unfinished, path)
        except FileExistsError:
            raise DatabaseExists(path=path) from None
        except OSError:
            raise CopyNotMade(path=path) from None

    def close(self) -> None:
        """Let go of the file, and remove its unfinished name."""
        if os.name == "nt":
            self._let_go()
        if self._is_there:
            with suppress(OSError):
                self.unfinished.unlink(missing_ok=True)
        self._let_go()

    def _let_go(self) -> None:
        self.connection.close()
        for file in self._read:
            file.close()


def held_by(connection: sqlite3.Connection) -> bytes:
    """Every value in every table: where to look for what has been erased, in a file whose bytes are encrypted."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    rows = (row for (table,) in tables for row in connection.execute(f"SELECT * FROM {table}"))
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


@contextmanager
def unfinished_copy(source: sqlite3.Connection, unfinished: Path) -> Iterator[Copy]:
    """Copy what a connection sees, page by page: so the copy has also the damage that is to be found in it.

    It is encrypted as the source is. What is not published is removed, also what a process left that was killed.
    Raises Busy if another process is making a copy under this name, DiskFull or CopyNotMade.
    """
    _make_empty(unfinished)
    try:
        with sqlite_errors(unfinished.parent):
            copy = Copy(connect(unfinished, key_of(source)), unfinished)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    try:
        with sqlite_errors(unfinished.parent):
            copy.hold()
            with _reading(source):
                source.backup(copy.connection)
        yield copy
    finally:
        copy.close()


@contextmanager
def recrypted_copy(source: sqlite3.Connection, unfinished: Path, key: Key | None) -> Iterator[Copy]:
    """The same under another key, encrypted where the source is plain (but by SQLCipher), or plain without a key."""
    if key is not None and key_of(source) is not None:
        with unfinished_copy(source, unfinished) as copy:
            with sqlite_errors(unfinished.parent):
                copy.rekey(key)
            yield copy
        return
    _make_empty(unfinished)
    try:
        with sqlite_errors(unfinished.parent):
            _export(source, unfinished, key)
            copy = Copy(connect(unfinished, key), unfinished)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    try:
        with sqlite_errors(unfinished.parent):
            copy.hold()
        yield copy
    finally:
        copy.close()


def _make_empty(unfinished: Path) -> None:
    """Make the file of a copy, after taking away what a killed process left. Raises Busy or CopyNotMade."""
    try:
        sweep(unfinished)
        os.close(new_file(unfinished))
    except FileExistsError:
        raise Busy from None
    except OSError:
        raise CopyNotMade(path=unfinished.parent) from None


def _export(source: sqlite3.Connection, unfinished: Path, key: Key | None) -> None:
    """Write all that a file holds into an empty one that is encrypted as the file is not."""
    from arena_cli.cipher import key_text

    text = key_text(key, is_new=True) if key is not None else ""
    source.execute("ATTACH ? AS copy KEY ?", (f"{unfinished.as_uri()}?mode=rw", text))
    try:
        source.execute("PRAGMA foreign_keys = OFF")
        source.execute("PRAGMA copy.synchronous = EXTRA")
        source.execute("PRAGMA copy.journal_mode = MEMORY")
        source.execute("PRAGMA copy.locking_mode = EXCLUSIVE")
        source.execute("SELECT sqlcipher_export('copy')")
        for pragma in ("application_id", "user_version"):
            source.execute(f"PRAGMA copy.{pragma} = {_scalar(source, f'PRAGMA main.{pragma}')}")
    finally:
        source.execute("DETACH copy")
        source.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the lock of a reader: `backup` would wait for ever for what another process has locked."""
    began = not connection.in_transaction
    if began:
        connection.execute("BEGIN")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        yield
    finally:
        if began and connection.in_transaction:
            connection.execute("ROLLBACK")


def unfinished_name(path: Path) -> Path:
    """The name of a file until it is whole: the same every time, so that one that was left is found at once."""
    return path.with_name(f".{path.name}{UNFINISHED}")


def sweep(unfinished: Path) -> None:
    """Remove a copy that a killed process left; one that is being made is locked, and left alone."""
    if not os.path.lexists(unfinished):
        return
    with suppress(OSError):
        if sys.platform == "win32":  # where a file that is open cannot be removed
            unfinished.unlink(missing_ok=True)
            return
        handle = os.open(unfinished, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, *_LOCKED_BYTES)
            unfinished.unlink(missing_ok=True)  # while no other process can take the name
        finally:
            os.close(handle)


_LOCKED_BYTES: Final = (512, 0x40000000)
"""How many bytes of a file SQLite locks, and from where on (PENDING_BYTE in its sqlite3.c): of any file, of any key."""


def _refuse_network_share(connection: sqlite3.Connection, path: Path) -> None:
    kind = network_share(path)
    if kind is not None and not may_lie_on_share(connection):
        raise OnNetworkShare(path=path, kind=kind)


def may_lie_on_share(connection: sqlite3.Connection) -> bool:
    """Whether the project allows that its file is written to on a share; one from before the choice does not."""
    columns = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info('project')")}
    return "network_share" in columns and bool(_scalar(connection, "SELECT network_share FROM project"))


def _version(connection: sqlite3.Connection) -> int:
    return int(_scalar(connection, "PRAGMA user_version"))


def _scalar(connection: sqlite3.Connection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None
