"""Every system call of a command, one after the other, fails or is the last one that the process makes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.faults.cases import Case, Contents, again, contents, fingerprint, fresh, judge
from tests.faults.children import Child, Plant, Ran, in_parallel, nothing_planted, streams

STRACE: Final = shutil.which("strace")
needs_strace = pytest.mark.skipif(
    not STRACE and not os.environ.get("CI"), reason="needs strace (apt install strace); CI must have it"
)

NAMING: Final = (
    "openat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
)
CALLS: Final = ("pwrite64", "write", "fsync", "fdatasync", "ftruncate", *NAMING)

KILL: Final = "signal=KILL:when={}"
NO_ROOM_ONCE: Final = "error=ENOSPC:when={}"
NO_ROOM: Final = "error=ENOSPC:when={}+"
FAULTY_ONCE: Final = "error=EIO:when={}"
FAULTY: Final = "error=EIO:when={}+"
FAULTS: Final = (KILL, NO_ROOM_ONCE, NO_ROOM, FAULTY_ONCE, FAULTY)


Check = Callable[[Path, Ran], Iterable[str]]
"""What is wrong with a folder after a command in it that something has happened to."""


class Point(NamedTuple):
    """The how-manieth call of a kind."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call} {self.number}"


class Traced(NamedTuple):
    """A command that has ended, and its calls as strace wrote them down."""

    ran: Ran
    log: str

    @property
    def calls(self) -> Counter[str]:
        return Counter(re.findall(r"^(?:[0-9]+ +)?([a-z0-9_]+)\(", self.log, re.MULTILINE))


class Series(NamedTuple):
    """What a series of faults has shown: how many there were, how many of them struck, and what was wrong after."""

    points: int
    struck: int
    faults: dict[str, list[str]]


def every(nth: int, of_the_others: int = 1) -> Callable[[Point], bool]:
    """All calls that name files, of the many that write pages, or only open what is read, each nth, and some others."""

    def chosen(point: Point) -> bool:
        if point.call in {"pwrite64", "openat"}:
            return point.number % nth == 0
        return point.call in NAMING or point.number % of_the_others == 0

    return chosen


def trace(
    folder: Path,
    case: Case,
    options: Iterable[str] = (),
    plant: Plant = nothing_planted,
    calls: Iterable[str] = CALLS,
) -> Traced:
    """Run a case in a folder under strace. What is random in file names is alike each time, for strace to know them."""

    def prepare() -> None:
        numbers = count()
        os.urandom = lambda size: next(numbers).to_bytes(size, "big")
        plant()

    child = Child(folder, case.command, prepare, held=True)
    log = folder.with_name(f"{folder.name}.strace")
    log.write_bytes(b"")
    what = "--trace=" + ",".join(f"?{call}" for call in calls)  # with ?: not every processor has all of them
    with subprocess.Popen(
        [str(STRACE), "-o", str(log), what, *options, "-p", str(child.pid)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as tracer:
        assert tracer.stderr
        is_attached = any("attached" in line for line in tracer.stderr)  # reads no further
        child.go()
        ran = child.end()
        tracer.communicate(timeout=60)
    assert is_attached, "strace may not attach"
    return Traced(ran, log.read_text(errors="replace"))


def watched(folder: Path, names: Iterable[str]) -> list[str]:
    """The options with which strace looks only at calls that concern the folder, files in it and what is printed."""
    paths = [folder, *streams(folder), *names, *(folder / name for name in names)]
    return list(chain.from_iterable(("-P", str(path)) for path in paths))


def names_touched(folder: Path, case: Case) -> list[str]:
    """Every file in the folder that a case touches. Found by a run of it."""
    log = trace(folder, case, ("-y",), calls=NAMING).log
    touched = {name.removeprefix(f"{folder}/") for name in re.findall(r'"([^"\n]+)"', log)}
    there = {name for name in touched if not name.startswith("/")}
    databases = {f"{name}-journal" for name in there if name.endswith((".db", ".tmp", ".unfinished"))}
    return sorted(there | databases)


def points(
    case: Case, folder: Path, calls: Sequence[str] = CALLS, plant: Plant = nothing_planted
) -> tuple[list[Point], list[str]]:
    """Every call that the case makes on its files and answers, and the names of those files."""
    names = names_touched(fresh(case.before, folder / "names"), case)
    copy = fresh(case.before, folder / "counting")
    traced = trace(copy, case, watched(copy, names), plant, calls)
    assert traced.ran.code == 0, traced.ran.err
    assert traced.calls["pwrite64"] + traced.calls["write"] > 0, "strace has seen nothing"
    return [Point(call, number + 1) for call in calls for number in range(traced.calls[call])], names


def strike(
    case: Case,
    what: str,
    folder: Path,
    chosen: Callable[[Point], bool] = lambda _: True,
    plant: Plant = nothing_planted,
    calls: Sequence[str] = CALLS,
    check: Check | None = None,
) -> Series:
    """Let something happen at each of a case's calls, once each, on a copy, and check that.

    Unless told otherwise, judge what is there, start the command again, and judge that. If something is planted, only
    until that is wrong.
    """
    folder.mkdir()
    found, names = points(case, folder, calls, plant)
    where = [point for point in found if chosen(point)]
    checked = check or partial(_wrong, case, (contents(case.before), contents(case.after)), plant, {})
    workers = os.cpu_count() or 1
    share = max(1, -(-len(where) // workers))  # neighbours together: they leave the same
    jobs = [
        partial(_strike_all, case, what, where[at : at + share], folder / f"worker {at}", names, plant, checked)
        for at in range(0, len(where), share)
    ]
    done = in_parallel(jobs)
    faults = {place: wrong for _, found in done for place, wrong in found.items()}
    return Series(len(where), sum(struck for struck, _ in done), faults)


def _strike_all(
    case: Case, what: str, where: Sequence[Point], folder: Path, names: Sequence[str], plant: Plant, check: Check
) -> tuple[int, dict[str, list[str]]]:
    struck = 0
    faults: dict[str, list[str]] = {}
    for point in where:
        copy = fresh(case.before, folder / "arena")
        options = [*watched(copy, names), f"--inject={point.call}:{what.format(point.number)}"]
        ran, log = trace(copy, case, options, plant, [point.call])
        hit = ran.killed if what == KILL else "(INJECTED)" in log
        struck += hit
        wrong = [] if hit else [f"nothing happened: {ran}"]
        wrong += check(copy, ran)
        if point.call.startswith("unlink"):  # what cannot be taken away stays, until the next start
            wrong = [fault for fault in wrong if not fault.startswith("left: ")]
        if wrong:
            faults[f"{case.verb}: {point}, {what}"] = wrong
        if wrong and plant is not nothing_planted:
            break
    return struck, faults


def _wrong(
    case: Case, known: tuple[Contents, Contents], plant: Plant, tried: dict[bytes, list[str]], copy: Path, ran: Ran
) -> Iterator[str]:
    """What is wrong now, and after the next start: that is the same wherever the same bytes are left."""
    verdict = judge(case, copy, ran, known)
    yield from verdict.faults
    if not verdict.done:
        left = fingerprint(copy)
        if left not in tried:
            tried[left] = [*again(case, copy, plant)]
        yield from tried[left]
