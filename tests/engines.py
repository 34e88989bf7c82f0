"""The tests on either engine: with ARENA_TEST_ENGINE=sqlcipher every file that a test makes is encrypted.

`python3 dev.py test --encrypted` sets it. Nothing in a test knows of it: what makes and opens files has other defaults
then, and `sqlite3.connect`, with which tests look into files from outside, finds the key.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from inspect import unwrap
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast
from urllib.parse import unquote

from arena_cli import database
from arena_cli.cipher import Connection, key_text
from arena_cli.database import key_needed
from arena_cli.engine import connected
from arena_cli.journal import Occasion
from arena_cli.key import Key, read_keys
from arena_cli.keys import KeyRing
from arena_cli.model import Project
from arena_cli.model.retention import RetentionRule
from arena_cli.store import Store

VARIABLE = "ARENA_TEST_ENGINE"
CIPHER = "sqlcipher"

ENCRYPTED = os.environ.get(VARIABLE) == CIPHER
TEST_KEY = Key(bytes(range(32)), "the tests")

_FOUND = KeyRing.find
_CONNECT = sqlite3.connect
_ROW = sqlite3.Row


def encrypt_all() -> None:
    """From here on make every file encrypted, and open what is."""
    from sqlcipher3 import dbapi2

    from arena_cli.keeping import doctor, restoring

    def find(ring: KeyRing, path: Path, wanted: str, *, asking: bool) -> Key:
        return TEST_KEY if wanted == TEST_KEY.id else _FOUND(ring, path, wanted, asking=asking)

    KeyRing.find = find  # type: ignore[method-assign, assignment]
    for opens in (Store.open.__func__, database.open_database):  # type: ignore[attr-defined]
        opens.__kwdefaults__["keys"] = find_here  # type: ignore[index]
    for opens in (doctor.examinations, restoring.rehearse):
        unwrap(opens).__defaults__ = (find_here,)
    creates = Store.create.__func__  # type: ignore[attr-defined]

    def create(
        kind: type[Store],
        path: Path,
        project: Project,
        occasion: Occasion,
        retention: Iterable[RetentionRule] = (),
        key: Key | None = None,
    ) -> None:
        creates(kind, path, project, occasion, retention, key or TEST_KEY)

    Store.create = classmethod(create)  # type: ignore[method-assign, assignment]
    database.create_database.__defaults__ = (TEST_KEY,)
    sqlite3.connect = connect  # type: ignore[assignment]
    sqlite3.Row = row  # type: ignore[misc, assignment]
    sqlite3.IntegrityError = (sqlite3.IntegrityError, dbapi2.IntegrityError)  # type: ignore[misc, assignment]
    os.environ[VARIABLE] = CIPHER
    os.environ["XDG_CONFIG_HOME"] = mkdtemp(prefix="arena-tests-")  # for commands in processes of their own
    atexit.register(shutil.rmtree, os.environ["XDG_CONFIG_HOME"], ignore_errors=True)
    KeyRing(os.environ).keep(TEST_KEY, Path("/elsewhere/arena.db"), in_keyring=False)


def find_here(path: Path, wanted: str) -> Key:
    """The key of the tests, or one that a command of a test has made: in `config` beside the file."""
    if wanted == TEST_KEY.id:
        return TEST_KEY
    for folder in path.resolve().parents:
        file = folder / "config" / "arena" / "keys" / f"{wanted}.key"
        if file.exists():
            return read_keys(file.read_text())[0]
    return database.no_keys(path, wanted)


def connect(where: str | Path, **options: Any) -> sqlite3.Connection:
    """What `sqlite3.connect` does, also of an encrypted file."""
    from sqlcipher3 import dbapi2

    path = Path(unquote(str(where).removeprefix("file:").removeprefix("//").partition("?")[0]))
    needed = key_needed(path) if path.is_file() else None
    if needed is None:
        return cast("sqlite3.Connection", _CONNECT(where, **options))
    connection = dbapi2.connect(str(where), factory=Connection, **options)
    connection.key = find_here(path, needed)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f'PRAGMA key = "{key_text(connection.key, is_new=False)}"')
    return cast("sqlite3.Connection", connection)


def row(cursor: Any, values: tuple[Any, ...]) -> Any:
    """What `sqlite3.Row` is, also of an encrypted file's cursor."""
    from sqlcipher3 import dbapi2

    return (dbapi2.Row if isinstance(cursor, dbapi2.Cursor) else _ROW)(cursor, values)


@contextmanager
def held_by_another(path: Path, *statements: str, key: Key | None = None) -> Iterator[None]:
    """Another process has the file open, and has carried out some statements on it."""
    reader, writer = os.pipe()
    release, released = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        os.close(released)
        _hold(path, statements, key, writer, release)
    os.close(writer)
    os.close(release)
    try:
        assert os.read(reader, 1), "the other process could not hold the file"
        yield
    finally:
        os.close(released)
        os.close(reader)
        os.waitpid(pid, 0)


def _hold(path: Path, statements: tuple[str, ...], key: Key | None, writer: int, release: int) -> None:
    """Never returns."""
    try:
        with closing(connected(path, key) if key else connect(path, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)
            os.write(writer, b".")
            os.read(release, 1)
    finally:
        os._exit(0)


def new_file(path: Path) -> sqlite3.Connection:
    """An empty file of the engine that is tested, readable by its owner only."""
    path.touch(mode=0o600)
    return connected(path, TEST_KEY if os.environ.get(VARIABLE) == CIPHER else None)


def dump(connection: sqlite3.Connection) -> list[str]:
    """All that a file holds, as SQL. SQLCipher's connections have no such method of their own."""
    from sqlite3.dump import _iterdump  # type: ignore[attr-defined]

    return list(_iterdump(connection))


def only_plain(why: str) -> Callable[[Any], Any]:
    """Mark a test of what only a plain file is or does."""
    import pytest

    return pytest.mark.skipif(ENCRYPTED, reason=why)
