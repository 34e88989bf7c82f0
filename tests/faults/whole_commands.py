"""Whole commands under strace: before each call that writes they are killed, or find no room on the disk."""

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
from pathlib import Path

from tests.faults.calls import CALLS, KILL, STRACE, Point

IN_PARALLEL = 2 * (os.cpu_count() or 1)


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
    """Run a command in a folder, with all its calls."""
    log = folder.with_suffix(".strace")
    ran = subprocess.run(
        [
            str(STRACE),
            *("-f", "-qq", "-o", str(log)),
            "--trace=" + ",".join(f"?{call}" for call in CALLS),  # with ?: not every processor has all of them
            *([f"--inject={inject}"] if inject else []),
            *(sys.executable, "-P", "-m", "arena_cli", *command),  # -P: looks for no modules in the folder
        ],
        cwd=folder,
        env={
            **os.environ,
            "ARENA_LANG": "en",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SOURCE_DATE_EPOCH": "1523800000",
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


def ended_well(ran: Ran, done: bool) -> Iterator[str]:
    """Killed, or done with exit code 0, or refused with 7 and one sentence that gives nothing of SQLite away."""
    if ran.killed:
        return
    if (ran.code == 0 and not done) or ran.code not in {0, 7}:
        yield f"exit code {ran.code}: {ran.err}"
    if ran.code == 7 and (len(ran.err.splitlines()) != 1 or "Error" in ran.err or "SQL" in ran.err):
        yield f"said: {ran.err}"
