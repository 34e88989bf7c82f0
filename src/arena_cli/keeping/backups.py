"""Backups: copies of the file in another folder, each checked, each with a manifest that says what it must hold.

The manifest is written before the copy gets its name: a copy that is there has one, and one that was cut off does not
look like a backup. Which backup was made last is remembered beside the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from arena_cli import __version__
from arena_cli.database import (
    SCHEMA_VERSION,
    UNFINISHED,
    CopyNotMade,
    DamagedDatabase,
    DatabaseExists,
)
from arena_cli.errors import CannotWrite, DataProblem, NotFound, translatable
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.store import Store
from arena_cli.whole_file import write_over

MANIFEST: Final = ".manifest.json"
"""What a backup's name has added for its manifest."""


class NoSuchFolder(NotFound):
    message = translatable("There is no folder {path}. Make it, or connect the disk or share that it is on.")


class CopyNotSound(DataProblem):
    message = translatable(
        "The copy of {path} is damaged, and was not kept; earlier backups are as they were. "
        "`arena check --all` says whether the file itself is."
    )


class UnreadableBackup(CannotWrite):
    message = translatable("{path} cannot be read: check the disk or the share that it is on, and your permissions.")


class NotRemoved(CannotWrite):
    message = translatable("The backup was made, but the older one {path} cannot be removed: check your permissions.")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `origin` and `head` are the hashes of the journal's first and last entry."""

    file: str
    of: str
    project: str
    made_at: str
    arena: str
    schema: int
    sqlite: str
    size: int
    sha256: str
    origin: str
    head: str
    entries: int
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds by its own account, to be compared with a manifest."""

    project: str
    origin: str
    head: str
    entries: int
    rows: Mapping[str, int]

    @classmethod
    def of(cls, store: Store) -> Contents:
        """What an open file holds. Raises DamagedDatabase where it does not say."""
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
        found = store.rows(
            "SELECT project.code, (SELECT hash FROM journal ORDER BY seq LIMIT 1), hash, seq"
            " FROM journal JOIN project ORDER BY seq DESC LIMIT 1"
        )
        if not found:
            raise DamagedDatabase(path=store.path)
        ((code, first, head, entries),) = found
        rows = {name: store.rows(f"SELECT count(*) FROM {name}")[0][0] for (name,) in store.rows(tables)}
        return cls(code, first, head, entries, rows)


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last backup that was made, as it is remembered beside the file."""

    path: Path
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that has been made, how many of this file there are in its folder now, and how many were removed."""

    path: Path
    manifest: Manifest
    kept: int
    removed: int


def back_up(store: Store, folder: Path, now: datetime, keep: int | None) -> Made:
    """Put a checked copy of the file, with its manifest, into a folder; of older ones, keep so many in all.

    Raises NoSuchFolder, CopyNotSound, DatabaseExists if there is one of this second, Busy if another process is making
    one, or a CannotWrite. The folder is then as it was.
    """
    if not folder.is_dir():
        raise NoSuchFolder(path=folder)
    source = store.path.resolve()
    path = folder / f"{source.stem}-{now:%Y-%m-%dT%H%M%SZ}{source.suffix}"
    if os.path.lexists(path):
        raise DatabaseExists(path=path)
    with ExitStack() as stack:
        with store.snapshot():
            contents = Contents.of(store)
            unfinished = folder / f".{source.stem}-{contents.origin[:12]}{source.suffix}{UNFINISHED}"
            copy, copied = stack.enter_context(store.copied_to(unfinished))
        if Contents.of(copied) != contents or not is_sound(examine(copied, now.date(), whole=True, counting=False)):
            raise CopyNotSound(path=store.path)
        ((sqlite,),) = copied.rows("SELECT sqlite_version()")
        manifest = _manifest((path.name, source.name), now, sqlite, contents, *copy.digest())
        _write(_manifest_of(path), asdict(manifest))
        copy.publish(path)
        _remember(source, path, now)
        removed = _tidy(folder, contents.origin, keep)
        return Made(path, manifest, len(_of_origin(folder, contents.origin)), removed)


def read_manifest(path: Path) -> Manifest | None:
    """The manifest of a backup; None where it has none that can be read."""
    try:
        values = json.loads(_manifest_of(path).read_bytes())
        return Manifest(**values)
    except (OSError, ValueError, TypeError):
        return None


def last_backup(path: Path) -> Remembered | None:
    """The last backup of a file that is remembered; it may be gone by now."""
    try:
        values = json.loads(_memory_of(path.resolve()).read_bytes())
        return Remembered(Path(values["path"]), datetime.fromisoformat(values["made_at"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def backups_of(store: Store, folder: Path) -> list[tuple[Path, str]]:
    """The backups of a file in a folder with the time of each, the oldest first."""
    ((origin,),) = store.rows("SELECT hash FROM journal ORDER BY seq LIMIT 1")
    found = ((path, read_manifest(path)) for path in _of_origin(folder, origin))
    return [(path, manifest.made_at) for path, manifest in found if manifest is not None]


def digest_of(path: Path) -> tuple[int, str]:
    """A file's size in bytes and its SHA-256. Raises UnreadableBackup."""
    import hashlib

    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise UnreadableBackup(path=path) from None


def _manifest(
    names: tuple[str, str], now: datetime, sqlite: str, contents: Contents, size: int, digest: str
) -> Manifest:
    return Manifest(
        file=names[0],
        of=names[1],
        project=contents.project,
        made_at=_iso(now),
        arena=__version__,
        schema=SCHEMA_VERSION,
        sqlite=sqlite,
        size=size,
        sha256=digest,
        origin=contents.origin,
        head=contents.head,
        entries=contents.entries,
        rows=contents.rows,
    )


def _manifest_of(path: Path) -> Path:
    return path.with_name(path.name + MANIFEST)


def _described_by(manifest: Path) -> Path:
    return manifest.with_name(manifest.name.removesuffix(MANIFEST))


def _memory_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.last-backup.json")


def _remember(source: Path, path: Path, now: datetime) -> None:
    """Remember a backup beside the file, where that folder may be written to."""
    with suppress(CannotWrite):
        _write(_memory_of(source), {"path": str(path.absolute()), "made_at": _iso(now)})


def _tidy(folder: Path, origin: str, keep: int | None) -> int:
    """Remove the oldest backups of a file beyond so many, and what backups that were cut off have left."""
    older = _of_origin(folder, origin)[:-keep] if keep else []
    for path in older:
        try:
            path.unlink()
        except OSError:
            raise NotRemoved(path=path) from None
    for manifest in folder.glob(f"*{MANIFEST}"):
        known = read_manifest(_described_by(manifest))
        if known is not None and known.origin == origin and not _described_by(manifest).exists():
            _forget(manifest)
    for unfinished in folder.glob(f".*{MANIFEST}{UNFINISHED}"):
        _forget(unfinished)
    return len(older)


def _forget(path: Path) -> None:
    """Remove what holds nothing of value; the next backup tries again."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _of_origin(folder: Path, origin: str) -> list[Path]:
    """The backups of one file in a folder, the oldest first."""
    found = []
    for manifest in folder.glob(f"*{MANIFEST}"):
        path = _described_by(manifest)
        known = read_manifest(path)
        if known is not None and known.origin == origin and path.is_file():
            found.append((known.made_at, path))
    return [path for _, path in sorted(found)]


def _write(path: Path, values: Mapping[str, object]) -> None:
    """Write a small file whole or not at all. Raises CopyNotMade."""
    content = (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode()
    try:
        write_over(path, content)
    except OSError:
        raise CopyNotMade(path=path) from None


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
