"""Measure arena beside what its users would take instead, and write the table to docs/performance.md.

python3 dev.py bench                            # all of it, with a million participants: over half an hour
python3 dev.py bench --only report --participants 10000 --rounds 3

What a part has measured is kept in `--folder`, with the data that were made for it;
a run of another part adds its lines.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from arena_cli.figures.spells import period
from arena_cli.figures.table import SEX_CLASSES
from arena_cli.model import Month
from benchmarks.measure import Peer, Runs, measure
from benchmarks.people import make_database, make_list, make_workbook, write_workbook
from benchmarks.table import COUNTING, SOME, Results, write

MONTH = Month(2018, 8)
ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"
PACKAGES = (
    ("typer",),
    ("pandas", "python-calamine", "openpyxl"),
    ("polars", "pyarrow", "connectorx"),
    ("duckdb==1.5.5", "duckdb-extension-sqlite-scanner==1.5.5"),  # newer ones fetch the extension from elsewhere
    ("sqlite-utils",),
)
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
from arena_cli.exchange.content import read_list
from arena_cli.exchange.reading import read_sheet
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


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--only", default=",".join(PARTS), help=f"parts, with commas between: {', '.join(PARTS)}")
    arguments.add_argument(
        "--participants", default="10000,100000,1000000", help="how many in report, others and import"
    )
    arguments.add_argument("--rounds", type=int, default=5, help="how often each is run; once if it takes long")
    arguments.add_argument("--folder", type=Path, default=ROOT / ".bench", help="for data and results, kept")
    options = arguments.parse_args()
    folder: Path = options.folder.resolve()
    folder.mkdir(exist_ok=True)
    os.environ |= {"HOME": str(folder), "ARENA_LANG": "sv"}
    for name in ("ARENA_DB", "PYTHONDONTWRITEBYTECODE"):  # a user's Python compiles arena once, not at every start
        os.environ.pop(name, None)
    others = _Others.make(folder)
    bench = _Bench(folder, others, options.rounds)
    for part in options.only.split(","):
        sizes = map(int, options.participants.split(",")) if part in SIZED else (0,)
        for size in sizes:
            measured = PARTS[part](bench, size)
            results = Results.read(folder / "results.json")
            results.versions = others.versions
            results.parts[f"{part} {size}" if size else part] = measured
            results.keep(folder / "results.json")
            write(results)


@dataclass(frozen=True)
class _Others:
    """An environment of their own for what arena is measured beside, with what pip could fetch."""

    python: str
    versions: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> _Others:
        environment = folder / "others"
        python = str(environment / "bin" / "python")
        if not environment.exists():
            venv.create(environment, with_pip=True)
            for package in PACKAGES:
                subprocess.run([python, "-m", "pip", "install", "--quiet", *package], check=False, capture_output=True)
        asked = "import importlib.metadata as m; print({d.name.lower(): d.version for d in m.distributions()})"
        told = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout
        versions = ast.literal_eval(told)
        return cls(python if "typer" in versions else sys.executable, {"typer": version("typer"), **versions})

    def has(self, package: str) -> bool:
        return package in self.versions


@dataclass(frozen=True)
class _Bench:
    """Where the data lie, what arena is measured beside, and how often each is run."""

    folder: Path
    others: _Others
    rounds: int

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """A file that is made once for every version of what makes it."""
        maker = sha256((Path(__file__).parent / "people.py").read_bytes()).hexdigest()[:8]
        path = self.folder / f"{maker} {name}"
        if not path.exists():
            with TemporaryDirectory(dir=self.folder) as unfinished:
                make(Path(unfinished, name))
                Path(unfinished, name).rename(path)
        return path

    def hello(self) -> Path:
        return self.made("hello.py", lambda path: path.write_text(HELLO))

    def database(self, participants: int) -> Path:
        return self.made(f"{participants}.db", lambda path: make_database(path, participants))

    def database_of_eight(self, participants: int) -> Path:
        """As many participants in eight municipalities."""
        return self.made(f"{participants} of 8.db", lambda path: make_database(path, participants, 8))

    def plain(self, database: Path, told: Path) -> Peer:
        """The sqlite3 shell, or where there is none SQLite's module in its stead."""
        script = self.folder / "plain.sql"
        script.write_text(_plain_sql())
        shell = shutil.which("sqlite3")
        command = (shell, str(database)) if shell else (sys.executable, "-c", STAND_IN, str(database))
        return Peer(command, source=script, told=told)


def _start_up(bench: _Bench, _: int) -> dict[str, Runs]:
    python, hello, database = bench.others.python, str(bench.hello()), bench.folder / "intake.db"
    _init(database)
    add = (*ARENA, "add-participant", "--no-input", "--municipality", "Krokom", "--date", "2016-10-03", "--step", "1")
    return measure(
        {
            "pass": Peer((sys.executable, "-c", "pass")),
            "hello": Peer((python, hello)),
            "hello --help": Peer((python, hello, "--help")),
            "version": Peer((*ARENA, "--version")),
            "help": Peer((*ARENA, "--help")),
            "add": Peer((*add, "--db", str(database))),
        },
        bench.rounds * 3,
    )


def _init(database: Path) -> None:
    database.unlink(missing_ok=True)
    command = (*ARENA, "init", "--project", "integrationsprojekt", "--db", str(database))
    subprocess.run(command, check=True, capture_output=True)


def _report(bench: _Bench, participants: int) -> dict[str, Runs]:
    """For the first time and again, beside plain SQL, which must count the same, or RuntimeError."""
    database = bench.database(participants)

    def forget() -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("DELETE FROM kept_counts")

    told, counted = bench.folder / "report.json", bench.folder / "plain.txt"
    few = {}
    if participants <= SOME:
        few["of eight"] = Peer(_asked(bench.database_of_eight(participants), "html"))
    results = measure(
        {
            **few,
            "html": Peer(_asked(database, "html"), forget),
            "again": Peer(_asked(database, "html")),
            "json": Peer(_asked(database, "json"), told=told),
            "pass": Peer((sys.executable, "-c", "pass")),
            "hello": Peer((bench.others.python, str(bench.hello()))),
            "plain": bench.plain(database, counted),
        },
        bench.rounds,
    )
    _check_equal(told.read_text(), counted.read_text())
    return results


def _asked(database: Path, form: str) -> tuple[str, ...]:
    return (*ARENA, "report", "--month", str(MONTH), "--db", str(database), "--quiet", "--format", form)


def _others(bench: _Bench, participants: int) -> dict[str, Runs]:
    """What counts a part of the same, each in its own way."""
    database, days = bench.database(participants), (str(MONTH.first), str(MONTH.last))
    peers = {}
    for name, package in COUNTING.items():
        if bench.others.has(package):
            command = (bench.others.python, str(PEERS / f"with_{name.casefold()}.py"), str(database), *days)
            peers[name] = Peer(command, told=bench.folder / f"{name}.txt")
    if participants <= SOME and bench.others.has("python-calamine"):  # a sheet has 1,048,576 rows
        book = bench.made(f"{participants}.xlsx", lambda path: write_workbook(database, path))
        command = (bench.others.python, str(PEERS / "with_excel.py"), str(book), *days)
        peers["Excel"] = Peer(command, told=bench.folder / "Excel.txt")
    results = measure(peers, bench.rounds)
    counted = bench.made(f"{participants}.txt", lambda path: measure({"plain": bench.plain(database, path)}, 0))
    for name, peer in peers.items():
        _check_the_same(name, peer.told.read_text(), counted.read_text())
    return results


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


def _import(bench: _Bench, rows: int) -> dict[str, Runs]:
    """A first list, each row of another person, beside what only stores its text."""
    listed = bench.made(f"{rows}.csv", lambda path: make_list(path, rows, unique=True))
    ours, theirs, script = bench.folder / "import.db", bench.folder / "plain.db", bench.folder / "import.sql"
    insert = (bench.others.python, "-m", "sqlite_utils", "insert", str(theirs), "list", str(listed), "--csv")
    script.write_text(f".import --csv '{listed}' list\n")

    def empty() -> None:
        theirs.unlink(missing_ok=True)

    peers = {"arena": Peer((*ARENA, "import", str(listed), "--db", str(ours)), lambda: _init(ours))}
    if shell := shutil.which("sqlite3"):
        peers["shell"] = Peer((shell, str(theirs)), empty, source=script)
    if bench.others.has("sqlite-utils"):
        peers["sqlite-utils"] = Peer(insert, empty)
    results = measure(peers, bench.rounds)
    with closing(sqlite3.connect(ours)) as connection:
        ((found,),) = connection.execute("SELECT count(*) FROM spell")
    if found != rows:
        raise RuntimeError(f"{found} of {rows} rows have been imported")
    return results


def _workbook(bench: _Bench, _: int) -> dict[str, Runs]:
    """Only the reading: what is done with the rows is the same as of a text file."""
    listed = bench.made("workbook.csv", lambda path: make_list(path, SOME))
    book = bench.made("workbook.xlsx", lambda path: make_workbook(listed, path))
    return measure(
        {
            "arena": Peer((sys.executable, "-c", READ_SHEET, str(book))),
            "bare": Peer((sys.executable, "-c", BARE_CALAMINE, str(book))),
        },
        bench.rounds,
    )


def _writers(_: _Bench, __: int) -> dict[str, Runs]:
    """Fails where a writer had an error or a record is lost."""
    writers = (sys.executable, "-m", "benchmarks.writers")
    return measure({"eight": Peer((*writers, "8", "500")), "one": Peer((*writers, "1", "4000"))}, 1)


PARTS: Mapping[str, Callable[[_Bench, int], dict[str, Runs]]] = {
    "start-up": _start_up,
    "report": _report,
    "others": _others,
    "import": _import,
    "workbook": _workbook,
    "writers": _writers,
}
SIZED = ("report", "others", "import")

if __name__ == "__main__":
    main()
