"""`backup` and `restore` are killed before each call that writes, or the disk is full: nothing is lost or half done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena_cli.errors import ArenaError
from arena_cli.keeping.backups import back_up, digest_of, read_manifest
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.keeping.restoring import rehearse
from arena_cli.model import Participant
from arena_cli.store import Store
from tests.faults.calls import KILL, NO_ROOM_ONCE, Point, needs_strace
from tests.faults.harness import enrol, run_child
from tests.faults.whole_commands import Ran, ended_well, points, run_all
from tests.sample import TODAY, new_store

pytestmark = needs_strace

LONG_AGO = datetime(2018, 4, 15, 8, tzinfo=UTC)
OLDER = "arena-2018-04-15T080000Z.db"
BACKUP = ("backup", "--to", "copies", "--keep", "2")
RESTORE = ("restore", f"copies/{OLDER}", "--yes")
WRITING = ("pwrite64", "write", "fsync", "fdatasync", "unlink", "rename", "link")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in which two are enrolled, and two backups of it from when there was one."""
    folder = tmp_path / "original"
    (folder / "copies").mkdir(parents=True)
    new_store(folder / "arena.db").close()
    run_child(folder / "arena.db", enrol)
    with Store.open(folder / "arena.db") as store:
        for hour in (8, 9):
            back_up(store, folder / "copies", LONG_AGO.replace(hour=hour), keep=None)
    run_child(folder / "arena.db", enrol)
    return folder


def enrolled(path: Path) -> int:
    """How many there are in a file, every byte of which is sound; -1 where it is not."""
    try:
        with Store.open(path) as store:
            is_whole = is_sound(examine(store, TODAY, whole=True, counting=False))
            return len(store.records(Participant)) if is_whole else -1
    except ArenaError:
        return -1


def writing_points(folder: Path, command: tuple[str, ...], what: str) -> list[Point]:
    """The calls that write, or fail for lack of room. Of the many that copy pages, one in 160: they are alike."""
    every = [p for p in points(folder, command, WRITING) if p.call != "pwrite64" or p.number % 160 == 1]
    shutil.rmtree(folder.with_name("counting"))
    return [point for point in every if what == KILL or point.call != "unlink"]


def backups(folder: Path) -> Iterator[str]:
    """What is wrong with the backups in a folder: each is whole, and as its manifest says."""
    for path in (folder / "copies").glob("*.db"):
        manifest = read_manifest(path)
        if manifest is None:
            yield f"{path.name} has no manifest"
        elif digest_of(path) != (manifest.size, manifest.sha256):
            yield f"{path.name} is not as its manifest says"


def unfinished(folder: Path) -> list[str]:
    """Copies of people's data that lie about under no name of their own."""
    return [str(path) for path in folder.rglob(".*") if ".db" in path.name and not path.name.endswith(".json")]


@pytest.mark.parametrize("what", [KILL, NO_ROOM_ONCE])
def test_a_backup_is_there_whole_or_not_at_all(folder: Path, what: str) -> None:
    content = (folder / "arena.db").read_bytes()

    def check(copy: Path, ran: Ran) -> Iterator[str]:
        yield from backups(copy)
        made = len(list((copy / "copies").glob("*.db"))) > 2 or not (copy / "copies" / OLDER).exists()
        if ran.out and not made:
            yield "a backup is acknowledged that is not there"
        yield from ended_well(ran, done=made)
        if not ran.killed and unfinished(copy):
            yield f"left: {unfinished(copy)}"
        if (copy / "arena.db").read_bytes() != content:
            yield "the file is changed"
        with Store.open(copy / "arena.db") as store:
            back_up(store, copy / "copies", LONG_AGO.replace(hour=10), keep=2)
        yield from backups(copy)
        if unfinished(copy):
            yield f"the next backup leaves {unfinished(copy)}"

    where = writing_points(folder, BACKUP, what)
    assert {point.call for point in where} >= {"pwrite64", "fsync", "rename", "link"}
    assert run_all(folder, BACKUP, where, what, check) == {}


@pytest.mark.parametrize("what", [KILL, NO_ROOM_ONCE])
def test_a_file_that_is_restored_is_the_old_one_or_the_new_one(folder: Path, what: str) -> None:
    def check(copy: Path, ran: Ran) -> Iterator[str]:
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
        refusal = "".join(ran.err.splitlines(keepends=True)[-1:])  # after what it said of the backup
        yield from ended_well(replace(ran, err=refusal), done=there == 1)
        if left := [name for name in unfinished(copy) if name.endswith("/.arena.db.unfinished")]:
            yield f"left: {left}"
        yield from backups(copy)
        with rehearse(copy / "copies" / OLDER, copy / "arena.db", TODAY) as rehearsal:
            rehearsal.take_place("again")
        if enrolled(copy / "arena.db") != 1:
            yield "the next restore is not done"

    where = writing_points(folder, RESTORE, what)
    assert {point.call for point in where} >= {"pwrite64", "rename", "link"}
    assert run_all(folder, RESTORE, where, what, check) == {}


def test_the_checks_bite(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore that copies into the file itself, and a backup that writes under its own name, are found out."""
    site = folder.parent / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import os\n"
        "from pathlib import Path\n"
        "from arena_cli import database\n"
        "def publish(self, path, *, replacing=False):\n"
        "    content = self.unfinished.read_bytes()\n"
        "    with open(path, 'wb', buffering=0) as file:\n"
        "        for at in range(0, len(content), 4096):\n"
        "            file.write(content[at:at + 4096])\n"
        "database.Copy.publish = publish\n"
    )
    monkeypatch.syspath_prepend(site)
    where = [point for point in points(folder, RESTORE, ("write",)) if point.number % 20 == 0]

    def check(copy: Path, ran: Ran) -> Iterator[str]:
        if enrolled(copy / "arena.db") not in {1, 2}:
            yield "half"

    assert "half" in {fault for found in run_all(folder, RESTORE, where, KILL, check).values() for fault in found}
