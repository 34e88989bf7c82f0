"""What was measured, kept from run to run, and the table that it makes in docs/performance.md."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import SLOW, Runs

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
COUNTING = {"pandas": "pandas", "polars": "polars", "DuckDB": "duckdb"}
"""What counts in the same file, with the package it needs."""

FEWEST, SOME, MOST = 10_000, 100_000, 1_000_000
SHELL = "the sqlite3 shell, plain SQL for the same counts"
HEAD = f"""\
Whole processes in turn, medians (one run of what takes more than {SLOW} s); peak memory. Other work shared the machine,
so ratios are of processor time, in brackets of wall time; a line that speaks of memory has the ratio of the peaks.

| what | processor (wall) | peak | beside | processor (wall) | peak | ratio | goal (aim) | reached |
|---|--:|--:|---|--:|--:|--:|--:|---|"""

Part = Mapping[str, Runs]


@dataclass
class Results:
    """The runs of each part of the benchmark, and the versions of what arena was measured beside."""

    parts: dict[str, dict[str, Runs]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Results:
        """What earlier runs have measured, if any has."""
        if not path.exists():
            return cls()
        kept = json.loads(path.read_text(encoding="utf-8"))
        parts = {name: {who: Runs(**runs) for who, runs in part.items()} for name, part in kept["parts"].items()}
        return cls(parts, kept["versions"])

    def keep(self, path: Path) -> None:
        """Keep them for the next run, which may measure another part."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


class Goal(NamedTuple):
    """What a ratio is not to exceed, and what was hoped for."""

    limit: float
    aim: float | None = None

    def __str__(self) -> str:
        return f"{self.limit:g}" + (f" ({self.aim:g})" if self.aim else "")

    def verdict(self, ratio: float) -> str:
        """How far it is reached."""
        if self.aim and ratio <= self.aim:
            return "aim"
        return "yes" if ratio <= self.limit else "**no**"


@dataclass(frozen=True)
class Line:
    """A row of the table: what was measured, beside what, and what the goal is."""

    what: str
    ours: Runs
    beside: str
    theirs: Runs
    goal: Goal | None = None
    of_memory: bool = False

    def __str__(self) -> str:
        ratio, told = self._ratio()
        goal, verdict = (self.goal, self.goal.verdict(ratio)) if self.goal else ("–", "")
        cells = (self.what, *_cells(self.ours), self.beside, *_cells(self.theirs), told, goal, verdict)
        return f"| {' | '.join(map(str, cells))} |"

    def _ratio(self) -> tuple[float, str]:
        if self.of_memory:
            ratio = self.ours.megabytes / self.theirs.megabytes
            return ratio, f"{ratio:.2f}"
        ratio = self.ours.processor_seconds / self.theirs.processor_seconds
        return ratio, f"{ratio:.2f} ({self.ours.wall_seconds / self.theirs.wall_seconds:.2f})"


def _cells(runs: Runs) -> tuple[str, str]:
    return f"{runs.processor_seconds:.3f} s ({runs.wall_seconds:.3f})", f"{runs.megabytes:.0f} MB"


def write(results: Results) -> None:
    """Put the table of all that has been measured in its place on the page."""
    machine = (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}."
    )
    measured = "\n".join([BEGIN, machine, HEAD, *map(str, _lines(results)), END])
    print(measured)
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(before + measured + rest.partition(END)[2], encoding="utf-8")


def _lines(results: Results) -> Iterator[Line]:
    parts = results.parts
    if start := parts.get("start-up"):
        yield from _start_up(start, results.versions)
    reports = {size: parts[f"report {size}"] for size in _sizes(parts, "report")}
    for size, part in reports.items():
        yield from _report(size, part, results.versions)
        yield from _others(size, part["again"], parts.get(f"others {size}", {}), results.versions)
    if {FEWEST, MOST} <= reports.keys():
        most, fewest = reports[MOST]["again"], reports[FEWEST]["again"]
        what, beside = f"`arena report --format html`, {MOST:,} participants, again", f"the same on {FEWEST:,}"
        yield Line(what, most, beside, fewest, Goal(1.5, 1.15))
        yield Line(f"memory of {what}", most, beside, fewest, of_memory=True)
    imports = {size: parts[f"import {size}"] for size in _sizes(parts, "import")}
    for size, part in imports.items():
        yield from _import(size, part)
    if {FEWEST, MOST} <= imports.keys():
        most, fewest = imports[MOST]["arena"], imports[FEWEST]["arena"]
        what = f"memory of `arena import`, {MOST:,} rows"
        yield Line(what, most, f"the same of {FEWEST:,}", fewest, Goal(1.5, 1.2), of_memory=True)
    if book := parts.get("workbook"):
        what = f"an .xlsx of {SOME:,} rows read into a sheet, its cells as text (without the second process's memory)"
        yield Line(what, book["arena"], "python-calamine's own rows", book["bare"], Goal(3))
    if writers := parts.get("writers"):
        what = "8 writers x 500 participants at once, durable: no error, none lost, the file sound"
        yield Line(what, writers["eight"], "one writer x 4,000", writers["one"])


def _sizes(parts: Mapping[str, Part], kind: str) -> Sequence[int]:
    return sorted(int(name.split()[1]) for name in parts if name.startswith(f"{kind} "))


def _start_up(part: Part, versions: Mapping[str, str]) -> Iterator[Line]:
    hello = f"hello world of Typer {versions['typer']}"
    yield Line("`arena --version`", part["version"], "`python -c pass`", part["pass"], Goal(3, 1.5))
    yield Line("`arena --help`", part["help"], f"`--help` of {hello}", part["hello --help"], Goal(1.3, 0.7))
    yield Line("`arena add-participant`, durable", part["add"], hello, part["hello"], Goal(1.2, 0.65))


def _report(size: int, part: Part, versions: Mapping[str, str]) -> Iterator[Line]:
    what = f"`arena report --format html`, {size:,} participants"
    again = f"{what}, again"
    yield Line(f"{what}, for the first time", part["html"], SHELL, part["plain"], Goal(1.5) if size == SOME else None)
    goal = Goal(30, 14) if size == SOME else None
    yield Line(again, part["again"], "`python -c pass`", part["pass"], goal)
    if "of eight" in part:
        of_eight = f"{what} of eight municipalities, again"
        yield Line(of_eight, part["of eight"], "`python -c pass`", part["pass"], goal)
    hello = f"hello world of Typer {versions['typer']}"
    yield Line(f"memory of {again}", part["again"], hello, part["hello"], Goal(2, 1), of_memory=True)
    yield Line(again, part["again"], SHELL, part["plain"])


def _others(size: int, ours: Runs, part: Part, versions: Mapping[str, str]) -> Iterator[Line]:
    again = f"`arena report --format html`, {size:,} participants, again"
    for name, package in COUNTING.items():
        if name in part:
            goal = Goal(0.1) if size == MOST and name != "pandas" else None
            yield Line(again, ours, f"{name} {versions[package]}, a part of the counts", part[name], goal)
    if "Excel" in part:
        beside = "a workbook read by calamine and pivoted by pandas, stock and exits only"
        yield Line(again, ours, beside, part["Excel"])


def _import(size: int, part: Part) -> Iterator[Line]:
    what = f"`arena import`, {size:,} rows, checked and journalled"
    if "shell" in part:
        goal = {SOME: Goal(4), MOST: Goal(8, 5)}.get(size)
        yield Line(what, part["arena"], "`.import` of the sqlite3 shell, no checks", part["shell"], goal)
    if "sqlite-utils" in part:
        yield Line(what, part["arena"], "`sqlite-utils insert --csv`, no checks", part["sqlite-utils"], Goal(0.25))
