"""Files that get their name when they are whole, and not before: half a file is never taken for one.

Until then they lie beside their place under a name that says so. A command that is killed leaves such a file behind;
the next that writes into the folder takes it away, since it may hold what people may not see.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

_UNFINISHED: Final = re.compile(r"(?P<file>\..+\.arena-[0-9a-f]{8}\.tmp)(-journal)?", re.DOTALL)
"""The names of unfinished files, and of what SQLite keeps beside one that is a database."""


def write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file where there is none, and return when it is on the disk. Raises FileExistsError, OSError."""
    fill_new(path, lambda stream: stream.write(content), mode)


def fill_new(path: Path, fill: Callable[[IO[bytes]], object], mode: int = 0o600) -> None:
    """The same for content that a function writes bit by bit. Raises also what that raises."""
    with unfinished(path) as file:
        _fill(file, fill, mode)
        publish_new(file, path)


def write_over(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file in the place of one that may be there; a link is replaced, not followed. Raises OSError."""
    with unfinished(path) as file:
        _fill(file, lambda stream: stream.write(content), mode)
        file.replace(path)
        sync_folder(path)


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, readable by its owner only, to be filled and given that name; else it goes away."""
    sweep(path.parent)
    file = path.with_name(f".{path.name}.arena-{os.urandom(4).hex()}.tmp")
    handle = new_file(file)
    try:
        if sys.platform == "win32":  # where a file that is open can be neither renamed nor taken away
            os.close(handle)
        else:
            _lock(handle)
        yield file
    finally:
        for left in (file, file.with_name(f"{file.name}-journal")):  # what SQLite has not been able to take away
            with suppress(OSError):
                left.unlink(missing_ok=True)
        if sys.platform != "win32":
            os.close(handle)


def new_file(path: Path) -> int:
    """Make a file that only its owner can read, where nothing is, not even a link. The one way in which arena does.

    Returns it open. Raises FileExistsError, OSError.
    """
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)


def publish_new(file: Path, path: Path) -> None:
    """Give a finished file its name, durably, unless that is taken. Raises FileExistsError, OSError."""
    try:
        os.link(file, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        file.rename(path)
    sync_folder(path)


def publish_over(file: Path, path: Path) -> None:
    """Give a finished file its name, durably, in place of what has it; a link is replaced, not followed.

    Raises OSError.
    """
    file.replace(path)
    sync_folder(path)


def sweep(folder: Path) -> None:
    """Take away the unfinished files of commands that have ended without doing so."""
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208 # names are all that is needed
            found = _UNFINISHED.fullmatch(name)
            if found and not _is_at_work_on(folder / found["file"]):
                with suppress(OSError):
                    (folder / name).unlink()


def settle(stream: IO[bytes], mode: int = 0o600) -> None:
    """Return when what was written to a file is on the disk, for those who `mode` says. Raises OSError."""
    if os.name == "posix":
        os.fchmod(stream.fileno(), mode)
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(path: Path) -> None:
    """Make a file's new name durable, where the system can."""
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _fill(file: Path, fill: Callable[[IO[bytes]], object], mode: int) -> None:
    with file.open("wb") as stream:
        fill(stream)
        settle(stream, mode)


def _is_at_work_on(file: Path) -> bool:
    """Whether a command that has not ended fills the file. Windows itself does not let go of one that is open."""
    try:
        handle = os.open(file, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _lock(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Say of a file that somebody is at work on it, unless another has said so; holds until the handle is closed."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: nobody can tell, and a file too many is no harm
        return False
    return True
