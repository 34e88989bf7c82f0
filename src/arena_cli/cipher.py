"""SQLCipher: connections that encrypt every page of their file with AES-256 and vouch for it with an HMAC."""

from __future__ import annotations

import sqlite3
from typing import cast

from sqlcipher3 import dbapi2

from arena_cli.key import Key


class Connection(dbapi2.Connection):  # type: ignore[misc] # the package has no annotations
    """A connection that knows its key, so that copies of its file can be encrypted alike."""

    key: Key | None = None


def connect(uri: str, key: Key | None, timeout: float, *, is_new: bool) -> sqlite3.Connection:
    """Connect to a file by its URI, or to memory. A new file gets the key's mark with its first page."""
    connection = dbapi2.connect(uri, uri=True, isolation_level=None, timeout=timeout, factory=Connection)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # else it writes to stderr what went wrong
        if key is not None:
            connection.key = key
            connection.execute(f'PRAGMA key = "{key_text(key, is_new=is_new)}"')
    except BaseException:
        connection.close()
        raise
    return cast("sqlite3.Connection", connection)


def key_text(key: Key, *, is_new: bool) -> str:
    """The key as SQLCipher takes it: raw, so that nothing has to be derived; for a new file with the mark as salt."""
    return f"x'{key.secret.hex()}{key.mark().hex() if is_new else ''}'"
