"""Taking a backup back: first rehearsed on a copy beside the file, which then takes its place; the file is kept.

The rehearsal is the whole of it but the last step: the backup is compared with its manifest, copied, brought to this
version's schema, checked byte for byte, and its figures counted. So a drill that goes well is a restore that would.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from arena_cli.database import (
    Copy,
    CopyNotMade,
    DamagedDatabase,
    DatabaseExists,
    Keys,
    NewOnNetworkShare,
    NotArena,
    check_is_file,
    checked_version,
    connect,
    key_for,
    may_lie_on_share,
    migrate,
    no_keys,
    recrypted_copy,
    sqlite_errors,
    unfinished_copy,
    unfinished_name,
)
from arena_cli.engine import connected, key_of
from arena_cli.errors import Busy, DataProblem, Refused, UsageProblem, translatable
from arena_cli.journal import Link
from arena_cli.keeping.backups import Contents, Manifest, digest_of, read_manifest
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.key import Key
from arena_cli.store import Row, Store
from arena_cli.volume import network_share
from arena_cli.whole_file import sync_folder

_COMPANIONS: Final = ("-journal", "-wal", "-shm")
"""What SQLite puts beside a file, named after it: left behind, it would be played into the next file of that name."""


class NotAsInManifest(DataProblem):
    message = translatable(
        "{path} is not as its manifest says: it was damaged or changed after it was made. Nothing was changed: take "
        "another backup."
    )


class BackupNotSound(DataProblem):
    message = translatable("{path} is not sound. Nothing was changed: take another backup.\n{findings}")


class OfAnotherProject(Refused):
    message = translatable(
        "{path} is of the project {theirs}, and the present file of {ours}. Nothing was changed: --db names another "
        "file to put it in the place of."
    )


class BringsErasedBack(Refused):
    message = translatable(
        "{path} is from before the retention of {erased_on}, decision {decision}: it would bring back what was erased "
        "by decision. Nothing was changed. If the present file cannot be used, move it away, take the backup, and "
        "carry the retention out again."
    )


class SameFile(UsageProblem):
    message = translatable("{path} is the present file itself. Name a backup of it.")


class ChangedMeanwhile(Busy):
    message = translatable(
        "Something was registered meanwhile. Nothing was changed: begin anew, and see what it says now."
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """What the present file has beyond a backup. `apart`: the backup too has changes that the present file has not.

    `reports` are those that have been delivered, of which the journal knows nothing.
    """

    changes: int
    participants: int
    reports: int
    first_at: str | None
    last_at: str | None
    apart: bool


@dataclass(frozen=True, slots=True)
class Present:
    """The file that would give way. Of one that cannot be read, nothing is known but that it is there, and its key.

    `erased` is a retention, by day and decision, that the backup has not had.
    """

    exists: bool
    key: Key | None = None
    project: str | None = None
    head: str | None = None
    loss: Loss | None = None
    erased: tuple[str, str] | None = None


class Rehearsal:
    """A backup that has been copied, brought up to date and found sound."""

    def __init__(self, copy: Copy, store: Store, path: Path, manifest: Manifest | None, present: Present) -> None:
        self.manifest = manifest
        self.present = present
        self.contents = Contents.of(store)
        ((self.changes, self.last_at),) = store.rows("SELECT change, at FROM journal ORDER BY seq DESC LIMIT 1")
        self._copy = copy
        self._path = path
        self.key = key_of(copy.connection)

    def take_place(self, stamp: str) -> Path | None:
        """Put the copy in the file's place. Returns the name under which that is kept; None if there was none.

        At any moment the file is the old one or the new one; only one that cannot be read is first moved away.
        Raises ChangedMeanwhile, DatabaseExists if the name to keep it under is taken, Busy or a CannotWrite.
        """
        path, kept = self._path, self._path.with_name(f"{self._path.stem}.before-restore-{stamp}{self._path.suffix}")
        if os.path.lexists(kept):
            raise DatabaseExists(path=kept)
        if self.present.head is not None:
            self._replace(kept)
            return kept
        if self.present.exists:
            _move(path, kept)
        _move_companions(path, kept)
        self._copy.publish(path)
        return kept if self.present.exists else None

    def _replace(self, kept: Path) -> None:
        path = self._path
        with sqlite_errors(path), closing(connect(path, self.present.key)) as present:
            present.execute("PRAGMA locking_mode = EXCLUSIVE")
            present.execute("BEGIN EXCLUSIVE")
            present.execute("COMMIT")  # the lock stays, and a copy can be made
            if _head(present) != self.present.head:
                raise ChangedMeanwhile
            with unfinished_copy(present, unfinished_name(kept)) as old:
                old.publish(kept)
            if os.name == "nt":  # where a file that is open cannot be replaced
                present.close()
            _move_companions(path, kept)
            self._copy.publish(path, replacing=True)


@contextmanager
def rehearse(backup: Path, path: Path, today: date, keys: Keys = no_keys) -> Iterator[Rehearsal]:
    """Copy a backup to beside the file at `path`, and check the copy; it is gone afterwards unless it took its place.

    Where the file is encrypted, the copy is with the same key; else it is as the backup is.

    Raises what opening a file does, SameFile, NotAsInManifest, BackupNotSound, OfAnotherProject, NewOnNetworkShare,
    Busy if another process is at it, or a CannotWrite. The backup and the file are then as they were.
    """
    path = path.resolve()
    check_is_file(backup)
    if path.exists() and backup.samefile(path):
        raise SameFile(path=backup)
    manifest = read_manifest(backup)
    if manifest is not None and digest_of(backup) != (manifest.size, manifest.sha256):
        raise NotAsInManifest(path=backup)
    key = _present_key(path, keys)
    with _opened(backup, key_for(backup, keys), key) as source, _copied(source, path, key) as copy:
        with sqlite_errors(backup):
            migrate(copy.connection, backup, keeping=False)
        store = Store(backup, copy.connection)
        verdicts = examine(store, today, whole=True)
        if not is_sound(verdicts):
            findings = tuple(finding for verdict in verdicts for finding in verdict.findings or ())
            raise BackupNotSound(path=backup, findings=findings)
        rehearsal = Rehearsal(copy, store, path, manifest, _present(path, key, store))
        if rehearsal.present.project not in {None, rehearsal.contents.project}:
            raise OfAnotherProject(path=backup, theirs=rehearsal.contents.project, ours=rehearsal.present.project)
        if rehearsal.present.erased is not None:
            erased_on, decision = rehearsal.present.erased
            raise BringsErasedBack(path=backup, erased_on=erased_on, decision=decision)
        kind = network_share(path)
        if kind is not None and not may_lie_on_share(copy.connection):
            raise NewOnNetworkShare(path=path, kind=kind)
        yield rehearsal


@contextmanager
def _opened(backup: Path, key: Key | None, present: Key | None) -> Iterator[sqlite3.Connection]:
    """A backup, open for reading only: it is not to be touched, also where it could be.

    Raises NotArena for a file that is neither encrypted nor SQLite's, which SQLCipher cannot tell from a damaged one.
    """
    if key is None and not _is_plain(backup):
        raise NotArena(path=backup)
    with sqlite_errors(backup):
        source = connected(backup.resolve(), key, mode="ro", by_cipher=present is not None)
    with closing(source):
        with sqlite_errors(backup):
            checked_version(source, backup)
        yield source


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_BEGINNING)) in {_BEGINNING, b""}


_BEGINNING: Final = b"SQLite format 3\0"


def _copied(source: sqlite3.Connection, path: Path, key: Key | None) -> AbstractContextManager[Copy]:
    """A copy to take a file's place, which is not to become plain by it or go back to a key that was given up."""
    if key is None or key == key_of(source):
        return unfinished_copy(source, unfinished_name(path))
    return recrypted_copy(source, unfinished_name(path), key)


def _present_key(path: Path, keys: Keys) -> Key | None:
    return key_for(path, keys) if path.is_file() else None


def _present(path: Path, key: Key | None, backup: Store) -> Present:
    """What is at the file's place. Raises what no backup mends: NewerDatabase, Busy, UnreadableDatabase."""
    if not os.path.lexists(path):
        return Present(exists=False)
    if not path.is_file():
        raise NotArena(path=path)
    try:
        with sqlite_errors(path), closing(connect(path, key)) as connection:
            checked_version(connection, path)
            (project,) = connection.execute("SELECT code FROM project").fetchone() or (None,)
            head, loss, erased = _head(connection), _loss(connection, backup), _erased(connection, backup)
            return Present(exists=True, key=key, project=project, head=head, loss=loss, erased=erased)
    except (DamagedDatabase, NotArena):
        return Present(exists=True, key=key)


def _loss(present: sqlite3.Connection, backup: Store) -> Loss:
    ours = present.execute("SELECT hash FROM journal ORDER BY seq").fetchall()
    theirs = backup.rows("SELECT hash FROM journal ORDER BY seq")
    pairs = enumerate(zip(ours, theirs, strict=False))
    common = next((number for number, (one, other) in pairs if one != other), min(len(ours), len(theirs)))
    changes, first_at, last_at = present.execute(
        f"SELECT count(DISTINCT change), min(at), max(at) FROM journal WHERE seq > ? AND NOT {_OF_REPORT}", (common,)
    ).fetchone()
    added = present.execute(
        "SELECT * FROM journal WHERE seq > ? AND subject = 'participant' AND before IS NULL", (common,)
    )
    participants = sum(Link(*row).records for row in added)  # a file of any schema
    reports = set(_delivered(present)) - set(backup.rows(_DELIVERED))
    return Loss(changes, participants, len(reports), first_at, last_at, apart=len(theirs) > common)


_OF_REPORT: Final = "(subject = 'access' AND coalesce(after, '') LIKE '%\"what\":\"report %')"
"""That a report was delivered; delivered reports are told by themselves."""


def _erased(present: sqlite3.Connection, backup: Store) -> tuple[str, str] | None:
    """The last retention that the present file has had and the backup has not."""
    if not present.execute("SELECT 1 FROM sqlite_schema WHERE name = 'retention'").fetchone():
        return None
    there = {plan for (plan,) in backup.rows("SELECT plan FROM retention")}
    for plan, erased_on, decision in present.execute(
        "SELECT plan, erased_on, decision FROM retention ORDER BY id DESC"
    ):
        if plan not in there:
            return erased_on, decision
    return None


_DELIVERED: Final = "SELECT id, delivered_at, fingerprint FROM delivery ORDER BY id"


def _delivered(connection: sqlite3.Connection) -> list[Row]:
    """The reports as delivered; none in a file of a version that did not keep them."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'delivery'").fetchone():
        return []
    return connection.execute(_DELIVERED).fetchall()


def _head(connection: sqlite3.Connection) -> str:
    """The end of the journal and the last report that was delivered: nothing comes after them."""
    row = connection.execute("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return f"{row and row[0]} {_delivered(connection)[-1:]}"


def _move_companions(path: Path, kept: Path) -> None:
    """Let what SQLite has put beside the file go with it."""
    for companion in _COMPANIONS:
        if os.path.lexists(f"{path}{companion}"):
            _move(Path(f"{path}{companion}"), Path(f"{kept}{companion}"))


def _move(path: Path, to: Path) -> None:
    try:
        path.rename(to)
    except OSError:
        raise CopyNotMade(path=to) from None
    sync_folder(to)
