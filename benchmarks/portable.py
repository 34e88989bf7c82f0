"""Run the figures' SQL on PostgreSQL, on the same data, and say which of it runs there and gives the same.

python -m benchmarks.portable                       # of the demo, on the server that psql finds (PGHOST, PGUSER, ...)
python -m benchmarks.portable --db FILE --month 2018-02

Every statement that a report and `arena explain` of an indicator run is taken from them as they run on SQLite. The
tables are made in a schema of its own, `arena_portable`, with the same names and columns. Each statement runs there
letter by letter (`:last` is psql's notation as well), first without and, if that is refused, with what
`benchmarks/postgresql.sql` defines. Ends with 1 if a statement does not run or gives something else.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena_cli.demo import make_demo
from arena_cli.demo.parameters import read_parameters
from arena_cli.figures import indicators, report
from arena_cli.model import Month
from arena_cli.store import Parameters, Row, Store

DEFINITIONS = Path(__file__).parent / "postgresql.sql"
SCHEMA = "arena_portable"
TYPES = {"TEXT": 'text COLLATE "C"', "INTEGER": "bigint", "BLOB": "bytea"}
VIEWS = ("counted_spell", "counted_placement")
NULL = "\\N"
LEFT_OUT = ("sqlite_%", "%migrations%", "kept_counts", "deliver%", "data_dictionary")
"""Tables that no figure reads."""


@dataclass(frozen=True)
class Statement:
    """A query of the figures with its parameters, and what SQLite gave."""

    asked_by: str
    is_count: bool
    sql: str
    parameters: Mapping[str, object]
    rows: Sequence[Row]


class Traced(Store):
    """Notes every query that is read through it."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.path, store._connection)  # noqa: SLF001 # the same open file
        self.noted: dict[str, Statement] = {}
        self.asked_by = "report"
        self._counts = False

    def counts(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        self._counts = True
        try:
            return super().counts(sql, parameters)
        finally:
            self._counts = False

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        rows = super().rows(sql, parameters)
        named = parameters if isinstance(parameters, Mapping) else {f"p{n}": p for n, p in enumerate(parameters)}
        for name in () if isinstance(parameters, Mapping) else named:
            sql = sql.replace("?", f":{name}", 1)
        self.noted.setdefault(sql, Statement(self.asked_by, self._counts, sql, named, rows))
        return rows


class Refused(Exception):
    """PostgreSQL has refused a statement, and says why."""


def main() -> int:
    arguments = argparse.ArgumentParser(
        prog="python -m benchmarks.portable", description=(__doc__ or "").splitlines()[0]
    )
    arguments.add_argument("--db", type=Path, help="a project's file; otherwise the demo is made")
    arguments.add_argument("--month", help="otherwise the demo's")
    options = arguments.parse_args()
    if shutil.which("psql") is None:
        sys.exit("There is no psql here: install PostgreSQL's client, and start a server that it finds (PGHOST).")
    os.environ["PGOPTIONS"] = f"--search_path={SCHEMA} --client_min_messages=warning"
    with tempfile.TemporaryDirectory() as folder:
        demo = read_parameters()
        path = options.db or Path(folder, "demo.db")
        if options.db is None:
            make_demo(path, demo)
        month = Month.parse(options.month) if options.month else demo.month
        statements = traced(path, month)
        _copy(path)
    return _tell(statements)


def traced(path: Path, month: Month) -> list[Statement]:
    """Every query of a month's report, and of the question why each indicator's figure is what it is."""
    with Store.open(path) as opened:
        store = Traced(opened)
        counted = report.build(store, month, month.last)
        store.asked_by = "explain"
        section = counted.tables.get(indicators.ALL_RECORDS)
        for measure in section.measures if section else ():
            list(indicators.judge(store, month, counted.project, indicators.ALL_RECORDS, str(measure)))
        return [*store.noted.values()]


def _copy(path: Path) -> None:
    """Make the tables, views and indexes there, and fill them."""
    _psql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    left_out = " AND ".join(f"name NOT LIKE '{name}'" for name in LEFT_OUT)
    with closing(sqlite3.connect(path)) as connection:
        for (table,) in connection.execute(f"SELECT name FROM sqlite_schema WHERE type = 'table' AND {left_out}"):
            described = connection.execute(f"PRAGMA table_info({table})").fetchall()
            columns = [f"{name} {TYPES[kind]}" for _, name, kind, *_ in described]
            keys = [f"{kind} ({', '.join(names)})" for kind, names in _keys(connection, table)]
            _psql(f"CREATE TABLE {table} ({', '.join((*columns, *keys))})")
            file = io.StringIO()
            rows = connection.execute(f"SELECT * FROM {table}")
            csv.writer(file, lineterminator="\n").writerows([NULL if v is None else v for v in row] for row in rows)
            _psql(f"COPY {table} FROM STDIN (FORMAT csv, NULL '{NULL}');\n{file.getvalue()}\\.\n")
        wanted = f"type = 'index' AND {left_out} AND sql IS NOT NULL OR name IN {VIEWS}"
        for (sql,) in connection.execute(f"SELECT sql FROM sqlite_schema WHERE {wanted} ORDER BY type, rowid"):
            _psql(sql)
    _psql("ANALYZE")


def _keys(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, list[str]]]:
    """The primary key and what else is unique."""
    described = connection.execute(f"PRAGMA table_info({table})").fetchall()
    yield "PRIMARY KEY", [name for _, name, *_, key in described if key]
    for _, index, _, origin, _ in connection.execute(f"PRAGMA index_list({table})").fetchall():
        if origin == "u":
            yield "UNIQUE", [name for _, _, name in connection.execute(f"PRAGMA index_info({index})")]


def _tell(statements: Sequence[Statement]) -> int:
    """Run all that there is and say what became of it. Returns the exit code."""
    seconds: defaultdict[str, float] = defaultdict(float)
    outcomes: Counter[tuple[str, str]] = Counter()
    refusals: Counter[str] = Counter()
    remaining = statements
    for outcome, definitions in (("as it is", ""), ("with postgresql.sql", DEFINITIONS.read_text(encoding="utf-8"))):
        _psql(definitions)
        refused = []
        for statement in remaining:
            try:
                seconds[statement.asked_by] += _run(statement)
                outcomes[statement.asked_by, outcome] += 1
            except Refused as refusal:
                refusals[str(refusal)] += 1
                refused.append(statement)
        remaining = refused
    for why, count in refusals.most_common():
        print(f"{count:4}  {why}")
    for (asked_by, outcome), count in outcomes.items():
        print(f"{asked_by}: {count} statements run {outcome}")
    for asked_by, taken in seconds.items():
        print(f"{asked_by}: {taken:.2f} s")
    for statement in remaining:
        print(f"{statement.asked_by}: this does not run, or gives something else:\n{statement.sql}")
    return int(bool(remaining))


def _run(statement: Statement) -> float:
    """Run a statement there and hold its rows against SQLite's. Returns the seconds; raises Refused."""
    literals = {name: _literal(value) for name, value in statement.parameters.items()}
    variables = [f"--set={name}={literal}" for name, literal in literals.items()]
    told = _psql(f"\\timing on\n{statement.sql};\n", *variables)
    *lines, timing = told.splitlines()
    there = Counter(tuple(row) for row in csv.reader(lines))
    here = Counter(tuple(map(_as_told, row)) for row in statement.rows)
    if _plain(there) != _plain(here):
        raise Refused(
            f"other rows: {[*(_plain(there) - _plain(here))][:2]}, not {[*(_plain(here) - _plain(there))][:2]}"
        )
    return float(timing.split()[1]) / 1000


def _plain(rows: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    truth = {"t": "1", "f": "0"}
    plain: Counter[tuple[str, ...]] = Counter()
    for row, count in rows.items():
        plain[tuple(truth.get(cell, cell) for cell in row)] += count
    return plain


def _as_told(value: Any) -> str:
    return "" if value is None else str(value)


def _literal(value: object) -> str:
    return "NULL" if value is None else str(value) if isinstance(value, int) else f"'{value}'"


def _psql(script: str, *options: str) -> str:
    command = ("psql", "--quiet", "--no-psqlrc", "--csv", "--tuples-only", "--set=ON_ERROR_STOP=1", *options)
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(next(iter(line for line in done.stderr.splitlines() if "ERROR" in line), done.stderr))
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
