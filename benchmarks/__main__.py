"""Measure arena beside what its users would take instead, and write the table to docs/performance.md.

python3 dev.py bench                       # 10,000, 100,000 and 1,000,000 participants, five rounds: over an hour
python3 dev.py bench --participants 10000 --rounds 3
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from arena_cli.figures.spells import period
from arena_cli.figures.table import SEX_CLASSES
from arena_cli.model import Month
from benchmarks.measure import Peer, Runs, measure, output_of
from benchmarks.people import make_database, make_list, make_workbook, write_workbook

MONTH = Month(2018, 8)
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PEERS = Path(__file__).parent / "peers"
PACKAGES = (
    ("typer",),
    ("pandas", "python-calamine", "openpyxl"),
    ("polars", "pyarrow", "connectorx"),
    ("duckdb==1.5.5", "duckdb-extension-sqlite-scanner==1.5.5"),  # newer ones fetch the extension from elsewhere
    ("sqlite-utils",),
)
COUNTING = {"pandas": "pandas", "polars": "polars", "DuckDB": "duckdb"}
"""What counts in the same file, with the package it needs."""

FEW, MANY = 10_000, 1_000_000
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
ARENA = (sys.executable, "-m", "arena_cli")
STAND_IN = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
for statement in "".join(line for line in sys.stdin if line[0] != ".").split(";"):
    for row in connection.execute(statement):
        print(*row, sep=",")
"""
READ_SHEET = """
import sys
from pathlib import Path
from arena_cli.exchange.columns import fitness
from arena_cli.exchange.reading import read_list, read_sheet
for row in read_sheet(read_list(Path(sys.argv[1])), fitness()).rows:
    pass
"""
BARE_CALAMINE = """
import sys
from python_calamine import load_workbook
for row in load_workbook(sys.argv[1]).get_sheet_by_index(0).iter_rows():
    pass
"""
HELLO = """
import typer
app = typer.Typer()
@app.command()
def hello(name: str = "Sweden") -> None:
    print("Hello", name)
app()
"""


@dataclass(frozen=True)
class Line:
    """A row of the table: what was measured, beside what, and what the goal is."""

    what: str
    runs: Runs
    beside: str
    peer: Runs
    goal: str

    def __str__(self) -> str:
        ratio = self.runs.wall / self.peer.wall
        return (
            f"| {self.what} | {self.runs.wall:.3f} s | {self.runs.megabytes:.0f} MB | {self.beside} |"
            f" {self.peer.wall:.3f} s | {ratio:.2f} | {self.goal} |"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--participants", default="10000,100000,1000000", help="sizes, with commas between")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="arena-bench-") as folder:
        os.environ |= {"HOME": folder, "ARENA_LANG": "sv"}
        os.environ.pop("ARENA_DB", None)
        others = _Others.make(Path(folder))
        lines = list(_start_up(Path(folder), others, options.rounds))
        sizes: dict[int, Sizes] = {}
        for size in map(int, options.participants.split(",")):
            sizes[size] = _reports(Path(folder), others, size, options.rounds if size < MANY else 1)
            lines += sizes[size].lines
        lines += _growth(sizes)
        for rows in (20_000, 100_000):
            lines += _import(Path(folder), rows, max(2, options.rounds // 2))
        lines += _workbook(Path(folder), 100_000, options.rounds)
    _write(lines)


@dataclass(frozen=True)
class _Others:
    """An environment of their own for what arena is measured beside, with what pip could fetch."""

    python: str
    versions: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> _Others:
        environment = folder / "others"
        venv.create(environment, with_pip=True)
        python = str(environment / "bin" / "python")
        for package in PACKAGES:
            subprocess.run([python, "-m", "pip", "install", "--quiet", *package], check=False, capture_output=True)
        asked = "import importlib.metadata as m; print({d.name.lower(): d.version for d in m.distributions()})"
        told = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout
        return cls(python, ast.literal_eval(told))

    def has(self, package: str) -> bool:
        return package in self.versions


def _start_up(folder: Path, others: _Others, rounds: int) -> Iterator[Line]:
    python = others.python if others.has("typer") else sys.executable
    typer_version = others.versions.get("typer") or version("typer")
    hello = folder / "hello.py"
    hello.write_text(HELLO)
    database = folder / "intake.db"
    _init(database)
    add = (*ARENA, "add-participant", "--no-input", "--municipality", "Krokom", "--date", "2016-10-03", "--step", "1")
    results = measure(
        {
            "pass": Peer((sys.executable, "-c", "pass")),
            "hello": Peer((python, str(hello))),
            "hello --help": Peer((python, str(hello), "--help")),
            "version": Peer((*ARENA, "--version")),
            "help": Peer((*ARENA, "--help")),
            "add": Peer((*add, "--db", str(database))),
        },
        rounds * 3,
    )
    stock = f"hello world of Typer {typer_version}"
    yield Line("`arena --version`", results["version"], "`python -c pass`", results["pass"], "3 (1.5)")
    yield Line("`arena --help`", results["help"], f"`--help` of {stock}", results["hello --help"], "1.3 (0.7)")
    yield Line("`arena add-participant`, durable", results["add"], stock, results["hello"], "1.2 (0.65)")


def _init(database: Path) -> None:
    command = (*ARENA, "init", "--project", "integrationsprojekt", "--db", str(database))
    subprocess.run(command, check=True, capture_output=True)


@dataclass(frozen=True)
class Sizes:
    """The lines of the reports on a number of participants, and what one asked for again has cost."""

    lines: list[Line]
    again: Runs


def _reports(folder: Path, others: _Others, participants: int, rounds: int) -> Sizes:
    database = folder / f"{participants}.db"
    make_database(database, participants)
    report = (*ARENA, "report", "--month", str(MONTH), "--db", str(database), "--quiet", "--format")

    def forget() -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("DELETE FROM kept_counts")

    peers = {form: Peer((*report, form), forget) for form in ("md", "html", "json")}
    peers |= {"again": Peer((*report, "html")), "pass": Peer((sys.executable, "-c", "pass"))}
    peers |= _counting(folder, others, database)
    counted = output_of(peers["plain"])
    _check_equal(output_of(peers["json"]), counted)
    for name in COUNTING:
        if name in peers:
            _check_the_same(name, output_of(peers[name]), counted)
    if participants < MANY and others.has("python-calamine"):
        book = folder / f"{participants}.xlsx"
        write_workbook(database, book)
        program = str(PEERS / "with_excel.py")
        peers["Excel"] = Peer((others.python, program, str(book), str(MONTH.first), str(MONTH.last)))
        _check_the_same("Excel", output_of(peers["Excel"]), counted)
    results = measure(peers, rounds)
    lines = [
        Line(
            f"`arena report --format {form}`, {participants:,} participants, for the first time",
            results[form],
            "the sqlite3 shell, plain SQL for the same counts",
            results["plain"],
            "2 s and 100 MB" if participants <= FEW else "1.5",
        )
        for form in ("md", "html", "json")
    ]
    again = f"`arena report --format html`, {participants:,} participants, again"
    lines.append(Line(again, results["again"], "`python -c pass`", results["pass"], "30 (14)"))
    for name, package in COUNTING.items():
        if name in results:
            beside = f"{name} {others.versions[package]}, a part of the counts"
            lines.append(Line(again, results["again"], beside, results[name], "0.1" if participants >= MANY else "–"))
    if "Excel" in results:
        beside = "a workbook read by calamine and pivoted by pandas, stock and exits only"
        lines.append(Line(again, results["again"], beside, results["Excel"], "–"))
    return Sizes(lines, results["again"])


def _growth(sizes: Mapping[int, Sizes]) -> Iterator[Line]:
    """What a report on the most participants costs beside one on the fewest."""
    fewest, most = min(sizes), max(sizes)
    if fewest < most:
        what = f"`arena report --format html`, {most:,} participants, again"
        beside = f"the same on {fewest:,}"
        yield Line(what, sizes[most].again, beside, sizes[fewest].again, "1.5 (1.15)")


def _counting(folder: Path, others: _Others, database: Path) -> dict[str, Peer]:
    """Those that count in the same file: the shell, and what could be fetched of the others."""
    script = folder / "plain.sql"
    script.write_text(_plain_sql())
    shell = shutil.which("sqlite3")
    plain = (shell, str(database)) if shell else (sys.executable, "-c", STAND_IN, str(database))
    days = (str(MONTH.first), str(MONTH.last))
    peers = {"plain": Peer(plain, stdin=script)}
    for name, package in COUNTING.items():
        if others.has(package):
            program = PEERS / f"with_{name.casefold()}.py"
            peers[name] = Peer((others.python, str(program), str(database), *days))
    return peers


def _check_the_same(name: str, told: str, counted: str) -> None:
    """What somebody else has counted is among the counts of plain SQL."""
    extra = {line for line in told.splitlines() if not line.endswith(",0")} - set(counted.splitlines())
    if extra:
        raise RuntimeError(f"{name} and plain SQL count differently: {sorted(extra)[:3]}")


def _plain_sql() -> str:
    sql = (Path(__file__).parent / "plain.sql").read_text()
    for name, day in period(MONTH).items():
        sql = sql.replace(f":{name}", f"'{day}'")
    return sql


def _check_equal(report: str, counted: str) -> None:
    """Every count that is not a mere sum is the same in the report and in what plain SQL has counted."""
    ours = {
        (f["section"], f.get("measure") or f"{f['from']} to {f['to']}", f["municipality"], f["sex"]): f["value"]
        for f in json.loads(report)["figures"]
    }
    theirs = {}
    for line in counted.splitlines():
        section, measure, municipality, sex, count = line.split(",")
        theirs[section, measure, municipality, SEX_CLASSES[sex]] = int(count)
    counted_singly = {(section, municipality) for section, _, municipality, _ in theirs}
    differing = [
        (key, ours.get(key), theirs.get(key))
        for key in ours.keys() | theirs.keys()
        if (key[0], key[2]) in counted_singly and key[3] != "all" and key[1] != "first_elsewhere"
        if ours.get(key, 0) != theirs.get(key, 0)
    ]
    if differing:
        raise RuntimeError(f"arena and plain SQL count differently: {differing[:3]}")


def _import(folder: Path, rows: int, rounds: int) -> Iterator[Line]:
    """A first list, each row of another person, beside what only stores its text."""
    shell = shutil.which("sqlite3")
    if not shell:
        return
    listed = folder / "list.csv"
    make_list(listed, rows, unique=True)
    ours, theirs, script = folder / "import.db", folder / "plain.db", folder / "import.sql"
    insert = (sys.executable, "-m", "sqlite_utils", "insert", str(theirs), "list", str(listed), "--csv")
    script.write_text(f".import --csv '{listed}' list\n")

    def empty() -> None:
        ours.unlink(missing_ok=True)
        theirs.unlink(missing_ok=True)
        _init(ours)

    results = measure(
        {
            "arena": Peer((*ARENA, "import", str(listed), "--db", str(ours)), empty),
            "shell": Peer((shell, str(theirs)), lambda: theirs.unlink(missing_ok=True), stdin=script),
            "sqlite-utils": Peer(insert, lambda: theirs.unlink(missing_ok=True)),
        },
        rounds,
    )
    what = f"`arena import`, {rows:,} rows, checked and journalled"
    goal = "4" if rows <= 100_000 else "8 (5)"
    yield Line(what, results["arena"], "`.import` of the sqlite3 shell, no checks", results["shell"], goal)
    yield Line(what, results["arena"], "`sqlite-utils insert --csv`, no checks", results["sqlite-utils"], "0.25")


def _workbook(folder: Path, rows: int, rounds: int) -> Iterator[Line]:
    """Only the reading: what is done with the rows is the same as of a text file."""
    listed, book = folder / "workbook.csv", folder / "workbook.xlsx"
    make_list(listed, rows)
    make_workbook(listed, book)
    results = measure(
        {
            "arena": Peer((sys.executable, "-c", READ_SHEET, str(book))),
            "bare": Peer((sys.executable, "-c", BARE_CALAMINE, str(book))),
        },
        rounds,
    )
    what = f"an .xlsx of {rows:,} rows read into a sheet, its cells as text (without the memory of the second process)"
    yield Line(what, results["arena"], "python-calamine's own rows", results["bare"], "3")


def _write(lines: list[Line]) -> None:
    cores = os.cpu_count()
    machine = (
        f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}. Whole processes in turn, medians; peak memory."
    )
    table = [
        "| what | wall | peak | beside | wall | ratio | goal (aim) |",
        "|---|--:|--:|---|--:|--:|---|",
        *map(str, lines),
    ]
    measured = "\n".join([BEGIN, machine, "", *table, END])
    print(measured)
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(before + measured + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
