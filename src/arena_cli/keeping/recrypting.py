"""Putting a file under another key, encrypting one that is plain, or taking the encryption away.

A whole new copy is made beside the file, read back with the new key from its first byte to its last, and then takes
the file's place in one step, while nobody can write. Whenever it is cut off, the file is the old one or the new one,
and the key of either is kept: a new key is on the disk before anything needs it, an old one stays until told to go.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Final

from arena_cli.database import (
    Keys,
    check_is_file,
    checked_version,
    connect,
    key_for,
    key_needed,
    recrypted_copy,
    sqlite_errors,
    sweep,
    unfinished_copy,
    unfinished_name,
)
from arena_cli.errors import ArenaError, DataProblem, Refused, translatable
from arena_cli.keeping.backups import Contents, last_backup
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.key import Key
from arena_cli.store import Store

_COMPANIONS: Final = ("-journal", "-wal", "-shm")


class NotSound(DataProblem):
    message = translatable(
        "{path} or its copy is damaged. Nothing was changed: `arena check --all` says whether the file itself is."
    )


class NotEncrypted(Refused):
    message = translatable("{path} is not encrypted. Nothing was changed: `arena encrypt-file` encrypts it.")


class EncryptedAlready(Refused):
    message = translatable("{path} is encrypted already. Nothing was changed: `arena key rotate` gives it another key.")


class WrongKey(Refused):
    message = translatable("{path} needs the key {needed}, and this is the key {typed}. Nothing was changed.")


def recrypt(
    path: Path,
    key: Key | None,
    today: date,
    keys: Keys,
    kept: Path | None = None,
    amend: Callable[[Store], object] = lambda _: None,
) -> None:
    """Put a file under another key, or under none. `kept`: where to keep a copy as it was; `amend` writes in the new.

    The file must have been opened by this version before. Raises what opening it does, NotSound, DatabaseExists if
    the name to keep it under is taken, Busy or a CannotWrite. The file is then as it was.
    """
    path = path.resolve()
    check_is_file(path)
    if kept is not None:
        sweep(unfinished_name(kept))
    old = key_for(path, keys)
    with sqlite_errors(path), closing(connect(path, old, by_cipher=True)) as present:
        checked_version(present, path)
        present.execute("PRAGMA locking_mode = EXCLUSIVE")
        present.execute("BEGIN EXCLUSIVE")
        present.execute("COMMIT")  # the lock stays, and a copy can be made
        contents = Contents.of(Store(path, present))
        if kept is not None and not _holds(kept, old, contents):
            with unfinished_copy(present, unfinished_name(kept)) as copy:
                _require_whole(Store(path, copy.connection), contents, today)
                copy.publish(kept)
        with recrypted_copy(present, unfinished_name(path), key) as copy:
            _require_whole(Store(path, copy.connection), contents, today)
            amend(Store(path, copy.connection))
            if os.name == "nt":  # where a file that is open cannot be replaced
                present.close()
            for companion in _COMPANIONS:  # used up: the lock was had
                with suppress(OSError):
                    Path(f"{path}{companion}").unlink(missing_ok=True)
            copy.publish(path, replacing=True)


def try_key(path: Path, key: Key) -> Contents:
    """Read a file, or a backup, from its first byte to its last with a key. Returns what it holds.

    Raises NotEncrypted, WrongKey, NotSound, or what opening a file does.
    """
    check_is_file(path)
    needed = key_needed(path)
    if needed is None:
        raise NotEncrypted(path=path)
    if needed != key.id:
        raise WrongKey(path=path, needed=needed, typed=key.id)
    with sqlite_errors(path), closing(connect(path, key)) as connection:
        checked_version(connection, path)
        connection.execute("PRAGMA query_only = ON")
        if connection.execute("PRAGMA cipher_integrity_check").fetchall():
            raise NotSound(path=path)
        return Contents.of(Store(path, connection))


def files_needing(path: Path, key: str) -> list[Path]:
    """The files that need the key with an id: beside a database file, and where its last backup was put.

    What has not got its name yet does not count.
    """
    last = last_backup(path)
    folders = {path.resolve().parent, *([last.path.resolve().parent] if last is not None else [])}
    found: set[Path] = set()
    for folder in folders:
        with suppress(OSError):
            found.update(file for file in folder.iterdir() if _needs(file, key))
    return sorted(found)


def plain_files(path: Path) -> list[Path]:
    """The backups of a database file that are not encrypted, and the copies beside it, where they are known."""
    last = last_backup(path)
    folders = {path.resolve().parent, *([last.path.resolve().parent] if last is not None else [])}
    stem, suffix = path.resolve().stem, path.suffix
    found: set[Path] = set()
    for folder in folders:
        with suppress(OSError):
            found.update(
                file for file in folder.glob(f"{stem}[-.]*{suffix}") if file.is_file() and key_needed(file) is None
            )
    return sorted(found)


def _holds(kept: Path, key: Key | None, contents: Contents) -> bool:
    """Whether a run that was cut off has kept the file already."""
    try:
        if key_needed(kept) != (key and key.id):
            return False
        with sqlite_errors(kept), closing(connect(kept, key)) as connection:
            return Contents.of(Store(kept, connection)) == contents
    except ArenaError:
        return False


def _needs(file: Path, key: str) -> bool:
    try:
        return not file.name.startswith(".") and file.is_file() and not file.is_symlink() and key_needed(file) == key
    except ArenaError:
        return False


def _require_whole(copy: Store, contents: Contents, today: date) -> None:
    """Raise NotSound for a copy that is not sound, or holds anything else than the file."""
    if Contents.of(copy) != contents or not is_sound(examine(copy, today, whole=True, counting=False)):
        raise NotSound(path=copy.path)
