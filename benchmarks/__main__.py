"""Measure arena beside what its users would take instead, and write the table to docs/performance.md.

python3 dev.py bench                       # 10,000 and 100,000 participants, five rounds
python3 dev.py bench --participants 10000 --rounds 3
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from arena_cli.figures.spells import period
from arena_cli.figures.table import SEX_CLASSES
from arena_cli.model import Month
from benchmarks.measure import Peer, Runs, measure, output_of
from benchmarks.people import make_database, make_list, make_workbook

MONTH = Month(2018, 2)
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
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
    arguments.add_argument("--participants", default="10000,100000", help="sizes, with commas between")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="arena-bench-") as folder:
        os.environ |= {"HOME": folder, "ARENA_LANG": "sv"}
        os.environ.pop("ARENA_DB", None)
        lines = list(_start_up(Path(folder), options.rounds))
        for size in map(int, options.participants.split(",")):
            lines += _reports(Path(folder), size, options.rounds)
        for rows in (20_000, 100_000):
            lines += _import(Path(folder), rows, max(2, options.rounds // 2))
        lines += _workbook(Path(folder), 100_000, options.rounds)
    _write(lines)


def _start_up(folder: Path, rounds: int) -> Iterator[Line]:
    python, typer_version = _newest_typer(folder)
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


def _newest_typer(folder: Path) -> tuple[str, str]:
    """A Python that has the newest Typer: made here if pip can fetch it, otherwise our own."""
    environment = folder / "typer"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    quiet = {"capture_output": True, "text": True}
    made = subprocess.run([python, "-m", "pip", "install", "--quiet", "typer"], check=False, **quiet)  # type: ignore[call-overload]
    chosen = python if made.returncode == 0 else sys.executable
    asked = "from importlib.metadata import version; print(version('typer'))"
    return chosen, subprocess.run([chosen, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


def _reports(folder: Path, participants: int, rounds: int) -> Iterator[Line]:
    database = folder / f"{participants}.db"
    make_database(database, participants)
    report = (*ARENA, "report", "--month", str(MONTH), "--db", str(database), "--quiet", "--format")

    def forget() -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("DELETE FROM kept_counts")

    peers = {form: Peer((*report, form), forget) for form in ("md", "html", "json")}
    peers |= {"again": Peer((*report, "html")), "pass": Peer((sys.executable, "-c", "pass"))}
    script = folder / "plain.sql"
    script.write_text(_plain_sql())
    shell = shutil.which("sqlite3")
    plain = (shell, str(database)) if shell else (sys.executable, "-c", STAND_IN, str(database))
    peers["plain"] = Peer(plain, stdin=script)
    _check_equal(output_of(peers["json"]), output_of(peers["plain"]))
    results = measure(peers, rounds)
    beside = f"{'the sqlite3 shell' if shell else 'Python alone'}, plain SQL for the same counts"
    for form in ("md", "html", "json"):
        goal = "2 s and 100 MB" if participants <= 10_000 else "1.5"
        yield Line(
            f"`arena report --format {form}`, {participants:,} participants, for the first time",
            results[form],
            beside,
            results["plain"],
            goal,
        )
    again = f"`arena report --format html`, {participants:,} participants, again"
    yield Line(again, results["again"], "`python -c pass`", results["pass"], "30 (14)")


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
    shell = shutil.which("sqlite3")
    if not shell:
        return
    listed = folder / "list.csv"
    make_list(listed, rows)
    ours, theirs, script = folder / "import.db", folder / "plain.db", folder / "import.sql"
    script.write_text(f".import --csv '{listed}' list\n")

    def empty() -> None:
        ours.unlink(missing_ok=True)
        theirs.unlink(missing_ok=True)
        _init(ours)

    results = measure(
        {
            "arena": Peer((*ARENA, "import", str(listed), "--db", str(ours)), empty),
            "shell": Peer((shell, str(theirs)), stdin=script),
        },
        rounds,
    )
    what = f"`arena import`, {rows:,} rows, checked and journalled"
    yield Line(what, results["arena"], "`.import` of the sqlite3 shell, no checks", results["shell"], "–")


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
