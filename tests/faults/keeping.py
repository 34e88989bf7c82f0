"""`backup` and `restore`, of which more is asked than that each file is the old one or the new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from arena_cli.errors import ArenaError
from arena_cli.keeping.backups import back_up, digest_of, read_manifest
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.keeping.restoring import rehearse
from arena_cli.model import Participant
from arena_cli.store import Store
from tests.faults.calls import Check
from tests.faults.cases import Case, play
from tests.faults.children import Ran
from tests.faults.harness import enrol, run_child
from tests.sample import PROJECT, TODAY, new_store

LONG_AGO: Final = datetime(2016, 4, 15, 8, tzinfo=UTC)
WRITING: Final = ("pwrite64", "write", "fsync", "fdatasync", "unlink", "rename", "link")

OLDER: Final = "arena-2016-04-15T080000Z.db"


def prepare_keeping(folder: Path) -> tuple[Case, Case]:
    """A backup and a restore, of a file in which two are enrolled and which has two backups from when there was one.

    The project is short: a restore counts every month anew.
    """
    begun = folder / "begun"
    (begun / "copies").mkdir(parents=True)
    new_store(begun / "arena.db", replace(PROJECT, starts_on=date(2016, 3, 1), ends_on=date(2016, 4, 30))).close()
    run_child(begun / "arena.db", enrol)
    with Store.open(begun / "arena.db") as store:
        for hour in (8, 9):
            back_up(store, begun / "copies", LONG_AGO.replace(hour=hour), keep=None)
    run_child(begun / "arena.db", enrol)
    (backup,) = play(folder / "backup", begun, "backup --to copies --keep 2")
    (restore,) = play(folder / "restore", begun, f"restore copies/{OLDER} --yes")
    return backup, restore


def after_a_backup(copy: Path, ran: Ran) -> Iterator[str]:
    """A backup is there whole or not at all, the file is as it was, and the next backup is made."""
    yield from _wrong_backups(copy)
    made = len(list((copy / "copies").glob("*.db"))) > 2 or not (copy / "copies" / OLDER).exists()
    if ran.out and not made:
        yield "a backup is acknowledged that is not there"
    yield from _ended_badly(ran, done=made)
    if not ran.killed and unfinished(copy):
        yield f"left: {unfinished(copy)}"
    if enrolled(copy / "arena.db") != 2:
        yield "the file is changed"
    with Store.open(copy / "arena.db") as store:
        back_up(store, copy / "copies", LONG_AGO.replace(hour=10), keep=2)
    yield from _wrong_backups(copy)
    if unfinished(copy):
        yield f"the next backup leaves {unfinished(copy)}"


def after_a_restore(copy: Path, ran: Ran) -> Iterator[str]:
    """The file is the old one, or the new one beside the old one; the next restore is done."""
    there = enrolled(copy / "arena.db")  # opening it clears away what a killed one left
    kept = [enrolled(path) for path in copy.glob("arena.before-restore-*.db")]
    if there not in {1, 2}:
        yield f"{there} are enrolled"
    if there == 1 and kept != [2]:
        yield f"what was there is not kept: {kept}"
    if ran.out and there != 1:
        yield "a restore is acknowledged that was not done"
    if any(count != 2 for count in kept):
        yield f"what is kept is half: {kept}"
    yield from _ended_badly(ran, done=there == 1)
    if left := [name for name in unfinished(copy) if name.endswith("/.arena.db.unfinished")]:
        yield f"left: {left}"
    yield from _wrong_backups(copy)
    with rehearse(copy / "copies" / OLDER, copy / "arena.db", TODAY) as rehearsal:
        rehearsal.take_place("again")
    if enrolled(copy / "arena.db") != 1:
        yield "the next restore is not done"


CHECKS: Final[dict[str, Check]] = {"backup": after_a_backup, "restore": after_a_restore}
"""By the command."""


def enrolled(path: Path) -> int:
    """How many there are in a file, every byte of which is sound; -1 where it is not."""
    try:
        with Store.open(path) as store:
            is_whole = is_sound(examine(store, TODAY, whole=True, counting=False))
            return len(store.records(Participant)) if is_whole else -1
    except ArenaError:
        return -1


def unfinished(folder: Path) -> list[str]:
    """Copies of people's data that lie about under no name of their own."""
    return [str(path) for path in folder.rglob(".*") if ".db" in path.name and not path.name.endswith(".json")]


def _wrong_backups(folder: Path) -> Iterator[str]:
    """What is wrong with the backups in a folder: each is whole, and as its manifest says."""
    for path in (folder / "copies").glob("*.db"):
        manifest = read_manifest(path)
        if manifest is None:
            yield f"{path.name} has no manifest"
        elif digest_of(path) != (manifest.size, manifest.sha256):
            yield f"{path.name} is not as its manifest says"


def _ended_badly(ran: Ran, *, done: bool) -> Iterator[str]:
    """Killed, or done with exit code 0, or refused with 7 and one sentence that gives nothing of SQLite away."""
    if ran.killed:
        return
    if (ran.code == 0 and not done) or ran.code not in {0, 7}:
        yield f"exit code {ran.code}: {ran.err}"
    refusal = "".join(ran.err.splitlines(keepends=True)[-1:])  # after what a restore says of the backup
    if ran.code == 7 and (not refusal or "Error" in ran.err or "SQL" in ran.err):
        yield f"said: {ran.err}"
