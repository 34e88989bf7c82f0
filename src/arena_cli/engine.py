"""What runs a file: SQLite as it comes with Python, or SQLCipher for one that is encrypted.

The two speak alike but for their errors, which are not each other's; `except database_errors()` catches both. Nothing
of SQLCipher is loaded before a file is met that is encrypted.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from arena_cli.errors import CannotWrite, translatable

if TYPE_CHECKING:
    from arena_cli.key import Key


class NoCipher(CannotWrite):
    message = translatable(
        "What opens encrypted files is not installed. Nothing was changed: `pip install 'arena-cli[encryption]'` "
        "installs it."
    )


def connected(
    path: Path, key: Key | None, *, mode: str = "rw", timeout: float = 5.0, by_cipher: bool = False
) -> sqlite3.Connection:
    """Connect to a file that is there. Transactions are begun and ended by hand.

    `by_cipher`: by SQLCipher also without a key, so that a plain file can be copied into an encrypted one. Raises
    NoCipher or a database error.
    """
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    if key is None and not by_cipher:
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=timeout)
    is_new = key is not None and not path.stat().st_size
    return _ciphered(uri, key, timeout, is_new=is_new)


def in_memory(like: sqlite3.Connection) -> sqlite3.Connection:
    """A database in memory into which `like` can be copied; nothing of it comes on a disk."""
    key = key_of(like)
    if key is None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
    else:
        connection = _ciphered(":memory:", key, 5.0, is_new=False)
    connection.execute("PRAGMA temp_store = 2")
    return connection


def key_of(connection: sqlite3.Connection) -> Key | None:
    """The key with which a connection encrypts; None for a plain one."""
    key: Key | None = getattr(connection, "key", None)
    return key


def database_errors() -> tuple[type[sqlite3.Error], ...]:
    """The errors of both engines, as far as they are loaded."""
    return _errors("Error")


def operational_errors() -> tuple[type[sqlite3.Error], ...]:
    """The same of what SQLite could not carry out."""
    return _errors("OperationalError")


def is_ciphers(error: BaseException) -> bool:
    """Whether an error is SQLCipher's."""
    return not isinstance(error, sqlite3.Error)


def _errors(name: str) -> tuple[type[sqlite3.Error], ...]:
    modules = (sqlite3, sys.modules.get("sqlcipher3.dbapi2"))
    return tuple(getattr(module, name) for module in modules if module is not None)


def _ciphered(uri: str, key: Key | None, timeout: float, *, is_new: bool) -> sqlite3.Connection:
    try:
        from arena_cli.cipher import connect
    except ImportError:
        raise NoCipher from None
    return connect(uri, key, timeout, is_new=is_new)
