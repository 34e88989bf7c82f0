"""How the cost of the commands grows with the number of participants: the table of docs/scale.md.

python -m benchmarks.growth                                   # 10,000, 100,000 and 1,000,000 participants
python -m benchmarks.growth --participants 10000,10000000 --folder /somewhere/large

The file is made by `arena import` of an invented list, journal and all: each row another person, with a spell and the
step on which it began. What is larger than a million is the file of a million with its rows put in again under other
ids, which the journal does not have.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Peer, run
from benchmarks.people import make_list

MOST_IMPORTED = 1_000_000
MONTH = "2018-02"
ARENA = (sys.executable, "-m", "arena_cli")

_AGAIN = """
INSERT INTO participant (id, code, ref, sex, birth_year, registered_at)
SELECT id + :ids, code || :mark, ref || :mark, sex, birth_year, registered_at FROM participant WHERE id <= :most;
INSERT INTO spell (id, participant_id, municipality, entered_on, exited_on, exit_type, destination, registered_at)
SELECT id + :ids, participant_id + :ids, municipality, entered_on, exited_on, exit_type, destination, registered_at
FROM spell WHERE id <= :most;
INSERT INTO step_move (id, spell_id, moved_on, step, registered_at)
SELECT id + :ids, spell_id + :ids, moved_on, step, registered_at FROM step_move WHERE id <= :most
"""


class Cost(NamedTuple):
    """What a command needed: seconds of processor time, and megabytes at the peak."""

    seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.seconds:.3g} s, {self.megabytes:.0f} MB"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--participants", default="10000,100000,1000000", help="sizes, with commas between")
    arguments.add_argument("--folder", type=Path, help="where the files are made; otherwise the system's own")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="arena-growth-", dir=options.folder) as folder:
        os.environ |= {"HOME": folder, "ARENA_LANG": "en"}
        os.environ.pop("ARENA_DB", None)
        for number, size in enumerate(map(int, options.participants.split(","))):
            row = dict(_costs(Path(folder), size))
            if not number:
                print(f"| participants | {' | '.join(row)} |\n|{'--:|' * (len(row) + 1)}")
            print(f"| {size:,} | {' | '.join(str(cost or '–') for cost in row.values())} |", flush=True)


def _costs(folder: Path, size: int) -> Iterator[tuple[str, object]]:
    database = folder / f"{size}.db"
    yield "`import`", _fill(folder, database, size)
    yield "file", f"{database.stat().st_size / 1e6:,.0f} MB"
    at = ("--db", str(database))
    report = (*ARENA, "report", "--month", MONTH, "--format", "html", "--quiet", *at)
    add = (*ARENA, "add-participant", "--municipality", "Krokom", "--date", "2017-10-03", "--step", "1", *at)
    yield "`add-participant`", _cost(add)
    yield "`report`, first", _cost(report)
    yield "again", _cost(report)
    _cost(add)
    yield "after an entry", _cost(report)
    yield "`check`", _cost((*ARENA, "check", *at))
    with tempfile.TemporaryDirectory(dir=folder) as copies:
        yield "`backup`", _cost((*ARENA, "backup", "--to", copies, *at))
    database.unlink()


def _fill(folder: Path, database: Path, size: int) -> Cost | None:
    """Make the file; what the import cost, where it was imported."""
    million = folder / "million.db"
    if size > MOST_IMPORTED:
        if not million.exists():
            _import(folder, million, MOST_IMPORTED)
        shutil.copy(million, database)
        _grow(database, size // MOST_IMPORTED)
        return None
    cost = _import(folder, database, size)
    if size == MOST_IMPORTED:
        shutil.copy(database, million)
    return cost


def _import(folder: Path, database: Path, size: int) -> Cost:
    listed = folder / "list.csv"
    make_list(listed, size, unique=True)
    init = (*ARENA, "init", "--project", "integrationsprojekt", "--db", str(database))
    subprocess.run(init, check=True, capture_output=True)
    cost = _cost((*ARENA, "import", str(listed), "--db", str(database)))
    listed.unlink()
    return cost


def _grow(database: Path, times: int) -> None:
    """Put the rows of a file in again until there are so many times as many."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA cache_size = -2000000")
        ((most,),) = connection.execute("SELECT max(seq) FROM sqlite_sequence")
        for copy in range(1, times):
            for sql in _AGAIN.split(";"):
                connection.execute(sql, {"ids": copy * most, "mark": f"-{copy}", "most": most})


def _cost(command: Sequence[str]) -> Cost:
    processor, _, kilobytes = run(Peer(command))
    return Cost(processor, kilobytes / 1024)


if __name__ == "__main__":
    main()
