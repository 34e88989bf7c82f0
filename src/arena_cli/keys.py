"""Where keys are kept, and how the one that a file needs is found.

In this order: a file descriptor (`ARENA_KEY_FD`), a credential of systemd, a key file in the user's configuration
folder, the keyring of the operating system where somebody is at the keyboard. A key file is named by its key's id, so
that the old and the new one lie side by side while a key is changed. docs/encryption.md says what each is good for.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from arena_cli.database import NoKey
from arena_cli.errors import CannotWrite, DataProblem, NotFound, Refused, translatable
from arena_cli.key import Key, NotAKey, read_keys
from arena_cli.whole_file import sync_folder, write_new

DESCRIPTOR: Final = "ARENA_KEY_FD"
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
CREDENTIAL: Final = "arena-key"
"""What the names of a service's credentials with a key in them begin with."""

KEYRING: Final = "arena"
"""The name of the service under which the keyring has the keys, each under its id."""

KEYRING_PLACE: Final = "keyring"
"""How the place of such a key is called."""

SUFFIX: Final = ".key"
_LONGEST: Final = 16_384
"""So many bytes of a text with keys are read at most."""


class KeyForOthers(Refused):
    message = translatable(
        "Others can get at the key file {path} (mode {mode}). Nothing was done: `chmod 600` makes it yours alone, and "
        "`arena key rotate` makes a new key if somebody may have read it."
    )


class KeyOfAnother(Refused):
    message = translatable("The key file {path} belongs to another user. Nothing was done: put your own in its place.")


class LinkedKey(Refused):
    message = translatable("The key {path} is a link, or no file. Nothing was done: put the key file itself there.")


class KeyBesideFile(Refused):
    message = translatable(
        "The key file {path} lies in the same folder as what it opens: who takes the one takes both. Nothing was done: "
        "keep the database file in another folder."
    )


class UnreadableKey(DataProblem):
    message = translatable("There is no key to be read in {place}. Nothing was done: see docs/encryption.md.")


class MistypedKey(DataProblem):
    message = translatable("Row {row} of the key in {place} is not as it was written. Nothing was done.")


class KeyNotKept(CannotWrite):
    message = translatable("The key cannot be kept in {place}. Nothing was done: check the folder and its permissions.")


class NoKeyring(CannotWrite):
    message = translatable(
        "The keyring cannot be asked. Nothing was done: install arena-cli[keyring], unlock the keyring, or keep the "
        "key in a file."
    )


class NoSuchKey(NotFound):
    message = translatable("There is no such key in {path}. `arena key list` shows which there are.")


def key_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the user's key files: where the operating system has programs keep their settings."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if sys.platform == "win32":
        settings = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        settings = home / "Library" / "Application Support"
    else:
        configured = Path(environ.get("XDG_CONFIG_HOME") or "")
        settings = configured if configured.is_absolute() else home / ".config"
    return settings / "arena" / "keys"


class KeyRing:
    """The keys that one command can get at. What can be read but once, as a pipe, is remembered."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.folder = key_folder(environ)
        self._environ = environ
        self._handed: list[Key] | None = None

    def find(self, path: Path, wanted: str, *, asking: bool) -> Key:
        """The key with an id, for a file. `asking`: somebody is there to unlock the keyring.

        Raises NoKey, or what is wrong with where a key lies.
        """
        if self._handed is None:
            self._handed = [*self._from_descriptor(), *self._from_credentials()]
        for key in self._handed:
            if key.id == wanted:
                return key
        file = self.file_of(wanted)
        if os.path.lexists(file):
            return self._from_file(file, path, wanted)
        found = _from_keyring(wanted) if asking else None
        if found is not None:
            return found
        raise NoKey(path=path, key=wanted, places=tuple(self._looked_in(asking=asking)))

    def file_of(self, key: str) -> Path:
        """The file in which the key with an id is kept, or would be."""
        return self.folder / f"{key}{SUFFIX}"

    def ids(self) -> list[str]:
        """The ids of the keys that are kept in files."""
        return sorted(file.stem for file in self.folder.glob(f"*{SUFFIX}"))

    def keep(self, key: Key, path: Path, *, in_keyring: bool) -> Key:
        """Keep a key for a file, durably. Returns it with its place. Raises KeyBesideFile, KeyNotKept or NoKeyring."""
        if in_keyring:
            return _put_in_keyring(key)
        file = self.file_of(key.id)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_not_beside(file, path)
            with suppress(FileExistsError):  # one file has one key, by its name
                write_new(file, "".join(f"{row}\n" for row in key.rows()).encode())
            sync_folder(self.folder)
        except OSError:
            raise KeyNotKept(place=self.folder) from None
        return Key(key.secret, file)

    def require(self, key: str) -> Path:
        """The file of a key by its id. Raises NoSuchKey."""
        if key not in self.ids():  # what was typed is no path
            raise NoSuchKey(path=self.folder)
        return self.file_of(key)

    def forget(self, key: str) -> None:
        """Remove a key file. Raises NoSuchKey or KeyNotKept."""
        file = self.require(key)
        try:
            file.unlink()
            sync_folder(file)
        except OSError:
            raise KeyNotKept(place=file) from None

    def drop(self, key: Key) -> None:
        """Take away a key that nothing has been encrypted with, if that can be done: it opens nothing."""
        with suppress(OSError):
            self.file_of(key.id).unlink(missing_ok=True)
        if key.place == KEYRING_PLACE:
            _take_from_keyring(key)

    def _from_descriptor(self) -> Iterator[Key]:
        number = self._environ.get(DESCRIPTOR)
        if not number:
            return
        try:
            with os.fdopen(int(number), "rb") as file:
                content = file.read(_LONGEST)
        except (OSError, ValueError, OverflowError):
            raise UnreadableKey(place=DESCRIPTOR) from None
        yield from _read(content, DESCRIPTOR)

    def _from_credentials(self) -> Iterator[Key]:
        """They are the service's alone; the access list that says so looks like the group's permission."""
        folder = self._environ.get(CREDENTIALS)
        for file in sorted(Path(folder).glob(f"{CREDENTIAL}*")) if folder else ():
            yield from _read(_content(file, shared=stat.S_IRWXO), file)

    def _from_file(self, file: Path, path: Path, wanted: str) -> Key:
        keys = _read(_content(file, shared=stat.S_IRWXG | stat.S_IRWXO), file)
        _check_not_beside(file, path)
        for key in keys:
            if key.id == wanted:
                return key
        raise UnreadableKey(place=file)

    def _looked_in(self, *, asking: bool) -> Iterator[str]:
        for key in self._handed or ():
            yield f"{key.place} ({key.id})"
        yield str(self.folder)
        if asking:
            yield KEYRING_PLACE


def _read(content: bytes, place: object) -> list[Key]:
    """The keys in a text. Raises UnreadableKey or MistypedKey, neither of which says what it was."""
    try:
        return read_keys(content.decode("utf-8-sig"), place)
    except NotAKey as problem:
        if problem.row is None:
            raise UnreadableKey(place=place) from None
        raise MistypedKey(row=problem.row, place=place) from None
    except UnicodeDecodeError:
        raise UnreadableKey(place=place) from None


def _content(file: Path, *, shared: int) -> bytes:
    """What is in a key file. Raises LinkedKey, KeyForOthers, KeyOfAnother or UnreadableKey."""
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            raise LinkedKey(path=file)
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        raise UnreadableKey(place=file) from None
    with os.fdopen(handle, "rb") as stream:
        told = os.fstat(handle)
        if os.name == "posix":
            if told.st_mode & shared:
                raise KeyForOthers(path=file, mode=f"{stat.S_IMODE(told.st_mode):04o}")
            if told.st_uid not in {0, os.geteuid()}:
                raise KeyOfAnother(path=file)
        return stream.read(_LONGEST)


def _check_not_beside(file: Path, path: Path) -> None:
    """Raise KeyBesideFile for a key file in the folder of the database file, or in the one below it."""
    if path.resolve().parent in file.resolve().parents[:2]:
        raise KeyBesideFile(path=file)


def _from_keyring(wanted: str) -> Key | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        text = keyring.get_password(KEYRING, wanted)
    except KeyringError:
        return None
    keys = _read(text.encode(), KEYRING_PLACE) if text else []
    return next((key for key in keys if key.id == wanted), None)


def _put_in_keyring(key: Key) -> Key:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise NoKeyring from None
    try:
        keyring.set_password(KEYRING, key.id, "\n".join(key.rows()))
    except KeyringError:
        raise NoKeyring from None
    return Key(key.secret, KEYRING_PLACE)


def _take_from_keyring(key: Key) -> None:
    import keyring
    from keyring.errors import KeyringError

    with suppress(KeyringError):
        keyring.delete_password(KEYRING, key.id)
