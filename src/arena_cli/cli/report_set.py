"""The files of a report in their folder: they appear together, after a manifest of them has been made durable.

All are written under other names first. Then the old manifest goes, each file gets its name, and the new manifest is
the last: while it is there, all that it names are as it says. What a killed command has left is put right by the next.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from arena_cli.database import ReadOnlyDatabase
from arena_cli.deliveries import KeptFile
from arena_cli.errors import Busy, CannotWrite, translatable
from arena_cli.whole_file import new_file, settle, sync_folder

PATIENCE: Final = 10
"""Seconds that a command waits for another one, as it does for the database file."""

_UNFINISHED: Final = ".rapport-*.tmp"


class AlreadyReporting(Busy):
    message = translatable("Another command is writing reports. Nothing was written: run this one again in a moment.")


class ReportNotWritten(CannotWrite):
    message = translatable(
        "{path} cannot be written: check the folder, its permissions and the room on the disk, "
        "and whether another program has the file open. An earlier report there is as it was."
    )


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Let no other command deliver reports of this database file meanwhile. A killed one lets go.

    Raises AlreadyReporting after PATIENCE, or ReadOnlyDatabase.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(database.with_name(f".{database.stem}.report-lock"), timeout=PATIENCE, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyReporting from None
    except OSError:
        raise ReadOnlyDatabase(path=database) from None
    try:
        yield
    finally:
        lock.release()


def is_in(folder: Path, files: Iterable[KeptFile]) -> bool:
    """Whether every file is in the folder, byte for byte."""
    return all(_content(folder / kept.file.name) == kept.content for kept in files)


def write_set(
    folder: Path,
    files: Sequence[KeptFile],
    umask: int,
    is_delivered: Callable[[str, bytes], bool],
    commit: Callable[[], object] = lambda: None,
) -> list[Path]:
    """Write the files of a report, of which the last is the manifest. `commit` is called when all are on the disk.

    A file in the way that was not delivered, as `is_delivered` says, somebody has written or changed: it is set aside
    under another name. Returns the paths of those. Raises ReportNotWritten, and then the folder is as it was; what
    `commit` raises leaves it so too.
    """
    unfinished: dict[Path, Path] = {}
    path, mode = folder, 0o666 & ~umask
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        try:
            for kept in files:
                path = folder / kept.file.name
                unfinished[path] = path.with_name(f".rapport-{os.urandom(8).hex()}.tmp")
                _write(unfinished[path], kept.content, mode)
            commit()
            return _publish(unfinished, is_delivered, mode)
        finally:
            for leftover in unfinished.values():
                with suppress(OSError):  # the next command takes it away
                    leftover.unlink(missing_ok=True)
    except OSError as error:
        named = Path(error.filename) if error.filename else path
        raise ReportNotWritten(path=path if named in unfinished.values() else named) from None


def _publish(unfinished: Mapping[Path, Path], is_delivered: Callable[[str, bytes], bool], mode: int) -> list[Path]:
    """Give all files their names, the manifest last; if that fails for one, put back what was there."""
    before = {path: _content(path) for path in unfinished}
    aside: dict[Path, Path] = {}
    *_, manifest = unfinished
    try:
        for path, content in before.items():
            if (
                content is not None
                and content != unfinished[path].read_bytes()
                and not is_delivered(path.name, content)
            ):
                aside[path] = _free_name(path)
                path.replace(aside[path])
        manifest.unlink(missing_ok=True)
        sync_folder(manifest)  # or after a power cut the old manifest might be back, beside new files
        for path, written in unfinished.items():
            if path == manifest:
                sync_folder(manifest)  # and the new one there before them
            written.replace(path)
    except OSError:
        with suppress(OSError):
            _put_back(before, aside, mode)
        raise
    sync_folder(manifest)
    return list(aside.values())


def _put_back(before: Mapping[Path, bytes | None], aside: Mapping[Path, Path], mode: int) -> None:
    """Make the folder what it was; not by renaming, which may be what has failed."""
    for path, content in before.items():
        if path in aside:
            aside[path].replace(path)
        elif content is None:
            path.unlink(missing_ok=True)
        elif _content(path) != content:
            path.unlink(missing_ok=True)
            _write(path, content, mode)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file and make sure that it is on the disk."""
    with os.fdopen(new_file(path), "wb") as file:
        file.write(content)
        settle(file, mode)


def _sweep(folder: Path) -> None:
    """Take away what a command left that was killed while it wrote."""
    for leftover in folder.glob(_UNFINISHED):
        leftover.unlink(missing_ok=True)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _free_name(path: Path) -> Path:
    """As in `rapport-2016-10.intern.sv.aside-1.md`."""
    numbers = range(1, 10**6)
    names = (path.with_name(f"{path.stem}.aside-{number}{path.suffix}") for number in numbers)
    return next(name for name in names if not name.exists())
