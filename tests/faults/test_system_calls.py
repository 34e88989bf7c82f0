"""Every system call that touches the file, one after the other, fails or is the last one that the process makes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.cli.run import run
from arena_cli.model import Participant, Sex
from arena_cli.store import Store
from tests.conftest import make_world
from tests.faults.harness import enrol, faults_of, leftovers, opened_by_a_reader, run_child, unsound
from tests.random_lists import random_lists, write_lists
from tests.sample import DESCRIPTION, PROJECT, new_store, occasion, put

STRACE = shutil.which("strace")
pytestmark = pytest.mark.skipif(
    not STRACE and not os.environ.get("CI"), reason="needs strace (apt install strace); CI must have it"
)

CALLS = ("openat", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "link")
IN_PARALLEL = 2 * (os.cpu_count() or 1)

ADD = ("add-participant", "--municipality", "2305", "--date", "2016-03-10", "--sex", "woman", "--step", "b")
IMPORT = ("import", "list.csv")
REPORT = ("report", "--month", "2016-10", "--format", "md,json", "--out", "out", "--quiet", "--if-changed")
WORLD = make_world(datetime(2020, 1, 1, tzinfo=UTC), SOURCE_DATE_EPOCH="1523800000")


@dataclass(frozen=True, slots=True)
class Point:
    """The how-manieth call of a kind in a command that works on the files of a folder."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call} {self.number}"


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str
    calls: Counter[str]

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


def trace(folder: Path, command: tuple[str, ...], inject: str | None = None) -> Ran:
    """Run a command in a folder, watching the calls on its arena.db; of a report, which also writes files, all."""
    log = folder.with_suffix(".strace")
    watched = [] if command == REPORT else [folder, folder / "arena.db", folder / "arena.db-journal"]
    ran = subprocess.run(
        [
            str(STRACE),
            *("-f", "-qq", "-o", str(log)),
            "--trace=" + ",".join(f"?{call}" for call in CALLS),  # with ?: not every processor has all of them
            *([f"--inject={inject}"] if inject else []),
            *(part for path in watched for part in ("-P", str(path))),
            *(sys.executable, "-P", "-m", "arena_cli", *command),  # -P: looks for no modules in the folder
        ],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONDONTWRITEBYTECODE": "1",
            **WORLD.environ,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    calls = Counter(re.findall(r"^[0-9]+ +([a-z0-9_]+)\(", log.read_text(errors="replace"), re.MULTILINE))
    log.unlink()
    return Ran(ran.returncode, ran.stdout, ran.stderr, calls)


def points(original: Path, command: tuple[str, ...], calls: tuple[str, ...] = CALLS) -> list[Point]:
    """Every call that the command makes. Found by a run of it on a copy."""
    copy = Path(shutil.copytree(original, original.with_name("counting")))
    ran = trace(copy, command)
    assert ran.code == 0, ran.err
    assert ran.calls["pwrite64"] + ran.calls["write"] > 0, "strace has seen nothing"
    return [Point(call, number + 1) for call in calls for number in range(ran.calls[call])]


def run_all(
    original: Path,
    command: tuple[str, ...],
    where: list[Point],
    what: str,
    check: Callable[[Path, Ran], Iterator[str]],
) -> dict[str, list[str]]:
    """Run the command once for each point, on a copy, and have something happen there. Returns the faults found."""

    def at(point: Point) -> tuple[Point, Path, Ran]:
        copy = Path(shutil.copytree(original, original.with_name(f"{point}, {what}")))
        return point, copy, trace(copy, command, inject=f"{point.call}:{what.format(point.number)}")

    with ThreadPoolExecutor(IN_PARALLEL) as pool:
        ended = list(pool.map(at, where))
    faults = {str(point): list(check(copy, ran)) for point, copy, ran in ended}  # forks: no other thread may be left
    if what == KILL:
        faults |= {f"{point} does not kill": [str(ran)] for point, _, ran in ended if not ran.killed}
    return {point: found for point, found in faults.items() if found}


KILL = "signal=KILL:when={}"
NO_ROOM = "error=ENOSPC:when={}+"
NO_ROOM_ONCE = "error=ENOSPC:when={}"
FAULTY_ONCE = "error=EIO:when={}"
FAULTY_FROM_THEN_ON = "error=EIO:when={}+"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in which one participant is enrolled, and a list."""
    folder = tmp_path / "original"
    folder.mkdir()
    new_store(folder / "arena.db").close()
    run_child(folder / "arena.db", enrol)
    lists = random_lists(DESCRIPTION, 15, PROJECT.starts_on, PROJECT.ends_on, seed=5)
    spells, _ = write_lists(folder, lists)
    spells.rename(folder / "list.csv")
    return folder


def after_an_add(folder: Path, ran: Ran) -> Iterator[str]:
    """The receipt says whether it was done, the exit code whether all went well, and the next add is possible."""
    yield from faults_of(folder / "arena.db", ran.out.split())
    yield from ended_well(ran, bool(ran.out.strip()))
    child = run_child(folder / "arena.db", enrol)
    if not child.told:
        yield f"the next change fails with {child.code}"
    yield from faults_of(folder / "arena.db", child.told)


def after_an_import(folder: Path, ran: Ran) -> Iterator[str]:
    with opened_by_a_reader(folder / "arena.db") as store:
        there = len(store.records(Participant)) - 1
        if there not in {0, 15} or (ran.out and not there):
            yield f"{there} of 15 participants are there"
        yield from unsound(store)
    yield from leftovers(folder / "arena.db")
    yield from ended_well(ran, bool(ran.out))


def ended_well(ran: Ran, done: bool) -> Iterator[str]:
    """Killed, or done with exit code 0, or refused with 7 and one sentence that gives nothing of SQLite away."""
    if ran.killed:
        return
    if (ran.code == 0 and not done) or ran.code not in {0, 7}:
        yield f"exit code {ran.code}: {ran.err}"
    if ran.code == 7 and (len(ran.err.splitlines()) != 1 or "Error" in ran.err or "SQL" in ran.err):
        yield f"said: {ran.err}"


# -- killed -----------------------------------------------------------------------------------------------------------


def test_an_add_is_killed_before_each_call(folder: Path) -> None:
    where = points(folder, ADD)
    assert run_all(folder, ADD, where, KILL, after_an_add) == {}
    assert {point.call for point in where} >= {"openat", "pwrite64", "fdatasync", "unlink"}


def test_an_import_is_killed_before_each_call(folder: Path) -> None:
    where = [point for point in points(folder, IMPORT) if point.call != "pwrite64" or point.number % 5 == 0]
    assert run_all(folder, IMPORT, where, KILL, after_an_import) == {}


def test_a_file_without_rollback_journal_is_found_to_be_damaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness bites: half of what an add writes, and nothing to roll back with."""
    site = folder.parent / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "from arena_cli import database\n"
        "database._PRAGMAS |= {'journal_mode': 'OFF'}\n"
        "database._require = lambda *_: None\n"
        "scalar = database._scalar\n"
        "database._scalar = lambda c, sql: 'delete' if sql == 'PRAGMA journal_mode' else scalar(c, sql)\n"
    )
    monkeypatch.syspath_prepend(site)
    where = points(folder, ADD, calls=("pwrite64",))
    assert run_all(folder, ADD, where, KILL, after_an_add)


# -- failing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [NO_ROOM, FAULTY_ONCE])
def test_an_add_on_a_disk_that_does_not_take_what_is_written(folder: Path, what: str) -> None:
    def check(copy: Path, ran: Ran) -> Iterator[str]:
        if ran.code == 0:
            yield "not noticed"
        yield from after_an_add(copy, ran)

    where = [point for point in points(folder, ADD, ("pwrite64",)) if point.number % 3 == 1]
    assert run_all(folder, ADD, where, what, check) == {}


@pytest.mark.parametrize("what", [NO_ROOM, FAULTY_ONCE, FAULTY_FROM_THEN_ON])
def test_an_add_on_a_disk_that_fails_otherwise(folder: Path, what: str) -> None:
    where = points(folder, ADD, ("openat", "fsync", "fdatasync", "ftruncate", "unlink"))
    assert run_all(folder, ADD, where, what, after_an_add) == {}


# -- reports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [KILL, NO_ROOM_ONCE])
def test_a_report_is_the_old_one_or_the_new_one_and_is_made_up_for(folder: Path, what: str) -> None:
    """Each file is whole, the manifest vouches for all of them, and the next run finishes what this one began."""
    with Store.open(folder / "arena.db", writing=True) as store:
        put(store, random_lists(DESCRIPTION, 30, PROJECT.starts_on, PROJECT.ends_on, seed=6))
    assert trace(folder, REPORT).code == 0
    old = files_of(folder)
    with Store.open(folder / "arena.db", writing=True) as store:
        casework.enrol(store, occasion(), Intake("2305", date(2016, 10, 4), "a"), sex=Sex.WOMAN)
    done = Path(shutil.copytree(folder, folder.with_name("done")))
    assert trace(done, REPORT).code == 0
    new = files_of(done)
    assert len(new) == 3
    assert all(old[name] != new[name] for name in new)

    def check(copy: Path, ran: Ran) -> Iterator[str]:
        there = files_of(copy)
        for name, content in there.items():
            if name.startswith(".") and not ran.killed:
                yield f"left: {name}"
            elif not name.startswith(".") and content not in ({new[name]} if ran.code == 0 else {old[name], new[name]}):
                yield f"half: {name}"
        vouched_for = old if there.get(MANIFEST) == old[MANIFEST] else new
        if MANIFEST in there and any(there[name] != content for name, content in vouched_for.items()):
            yield "the manifest vouches for what is not there"
        if ran.code == 7 and there != old:
            yield "refused, but not as it was"
        yield from ended_well(ran, done=True)
        if ran.killed:
            again = run([*REPORT, "--db", str(copy / "arena.db"), "--out", str(copy / "out")], WORLD)
            if again or files_of(copy) != new:
                yield f"not made up for: {again}"

    where = points(folder, REPORT, ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink"))
    assert {point.call for point in where} == {"write", "pwrite64", "fsync", "fdatasync", "rename", "unlink"}
    where = [point for point in where if point.call != "pwrite64" or point.number % 25 == 1]
    assert run_all(folder, REPORT, where, what, check) == {}


MANIFEST = "rapport-2016-10.intern.en.manifest.json"


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (folder / "out").iterdir()}
