"""kill -9 at random moments, through a year at work: each command on what the kill before it has left."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from tests.faults.cases import Case, Contents, contents, fresh, is_hot_journal, judge, looks
from tests.faults.children import Child, Plant, Ran, in_parallel, nothing_planted, run_command

TRIES: Final = {"report": 2}
"""So often a command is killed at most before it may do its work, if not six times: a report takes long."""

LEAST_HOT: Final = 0.1
"""So many of the kills must land while the file is being written; otherwise the moments are badly chosen."""


@dataclass
class Kills:
    """What a series of kills has shown."""

    runs: int = 0
    landed: Counter[str] = field(default_factory=Counter)
    """By the command that was killed."""
    hot_journals: int = 0
    unfinished_files: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.landed.total()

    def __add__(self, other: Kills) -> Kills:
        return Kills(
            self.runs + other.runs,
            self.landed + other.landed,
            self.hot_journals + other.hot_journals,
            self.unfinished_files + other.unfinished_files,
            self.faults + other.faults,
        )


def kill_commands(
    cases: Sequence[Case],
    wanted: int,
    folder: Path,
    plant: Plant = nothing_planted,
    until: Callable[[], bool] = lambda: False,
) -> Kills:
    """Kill until so many kills have landed, or it is time to stop; on every processor at once."""
    workers = os.cpu_count() or 1
    states = [contents(cases[0].before), *(contents(case.after) for case in cases)]
    jobs = [
        partial(_walk, cases, states, -(-wanted // workers), folder / f"worker {number}", plant, until)
        for number in range(workers)
    ]
    return sum(in_parallel(jobs), Kills())


def _walk(
    cases: Sequence[Case],
    states: Sequence[Contents],
    wanted: int,
    folder: Path,
    plant: Plant,
    until: Callable[[], bool],
) -> Kills:
    """Go through the cases again and again, from a place of its own on, in a folder of its own."""
    folder.mkdir()
    random = Random()
    moments = Moments(random)
    seen = Kills()
    verbs = {case.verb for case in cases}
    at, tries = random.randrange(len(cases)), 0
    here = fresh(cases[at].before, folder / "arena")
    while (seen.count < wanted or len(seen.landed) < len(verbs)) and not until():
        case = cases[at]
        if tries < TRIES.get(case.verb, 6):
            ran = moments.kill(here, case, plant)
        else:
            ran = run_command(here, case.command, plant)
        seen.runs += 1
        if ran.killed:
            seen.landed[case.verb] += 1
        seen.hot_journals += ran.killed and is_hot(here)
        seen.unfinished_files += ran.killed and any(here.rglob(".*.tmp"))
        looked_at = fresh(here, folder / "looked at")  # so that the next command itself finds what was left
        verdict = judge(case, looked_at, ran, (states[at], states[at + 1]))
        seen.faults.update(f"{case.verb}: {fault}" for fault in verdict.faults)
        tries += 1
        if verdict.faults and plant is not nothing_planted:
            break
        if verdict.done or verdict.faults or not ran.killed:
            more_or_fewer = looks(looked_at) != looks(case.after)  # what comes later would quote another journal
            after, tries = (at + 1) % len(cases), 0
            at = after if seen.count < wanted else _next_unstruck(cases, after, seen)
            if verdict.faults or more_or_fewer or at != after or at == 0:
                here = fresh(cases[at].before, folder / "arena")
    return seen


def _next_unstruck(cases: Sequence[Case], at: int, seen: Kills) -> int:
    """The first case from one on whose command has not been killed yet; that one if there is none."""
    numbers = [*range(at, len(cases)), *range(at)]
    return next((number for number in numbers if cases[number].verb not in seen.landed), at)


class Moments:
    """When to kill: at the start, at the first new file or when the journal must be replayed, or some time after it.

    How long at most is learnt from how many kills come too late, so that a slow or busy machine does not matter.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._seconds = {"start": 0.05, "file": 0.01, "hot": 0.004}

    def kill(self, folder: Path, case: Case, plant: Plant) -> Ran:
        """Run a case and kill it, if it has not ended before."""
        (after,) = self._random.choices(("start", "file", "hot"), (2, 3, 5))
        names = _names(folder)
        child = Child(folder, case.command, plant)
        if after == "file":
            _wait(child, lambda: _names(folder) != names)
        elif after == "hot":
            _wait(child, lambda: is_hot(folder))
        time.sleep(self._random.uniform(0, self._seconds[after]))
        child.kill()
        ran = child.end()
        self._seconds[after] *= 1.02 if ran.killed else 0.94
        return ran


def _wait(child: Child, begun: Callable[[], bool]) -> None:
    while not begun() and not child.ended():
        time.sleep(0.0003)


def is_hot(folder: Path) -> bool:
    """Whether a database there would have to be rolled back."""
    try:
        return any(is_hot_journal(folder / name) for name in _listed(folder) if name.endswith("-journal"))
    except FileNotFoundError:
        return False


def _names(folder: Path) -> set[str]:
    """What lies in a folder and in those directly in it."""
    with os.scandir(folder) as entries:
        return {name for entry in entries for name in (entry.name, *(_listed(entry) if entry.is_dir() else ()))}


def _listed(folder: os.PathLike[str]) -> list[str]:
    return os.listdir(folder)  # noqa: PTH208 # it is looked at thousands of times
