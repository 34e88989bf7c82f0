"""The long form of the fault tests: `python3 dev.py soak`. Prints a table for docs/reliability.md as it goes.

    --kills N      so many kills at random must land (10000)
    --minutes N    end after so many minutes, whatever has been tried by then
    --only PART    kills, calls, power or writers
    --engine NAME  sqlite, or sqlcipher: on encrypted files

Ends with 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import gc
import sqlite3
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import trustme

from arena_cli import __version__
from tests.engines import CIPHER, encrypt_all
from tests.faults.calls import CALLS, FAULTS, KILL, strike
from tests.faults.cases import (
    AN_ENCRYPTED_START,
    SCHEMAS,
    Case,
    prepare_end,
    prepare_start,
    prepare_upgrade,
    prepare_year,
)
from tests.faults.harness import enrol, run_child, write_at_once
from tests.faults.keeping import CHECKS, WRITING, prepare_keeping
from tests.faults.killing import kill_commands
from tests.faults.power import cut_power
from tests.faults.sending import kill_sending, postbox, prepare_sending
from tests.sample import new_store

ALL_FAULTS = ("add-participant", "import", "report", "list-participants", "init")
"""Commands at whose every call everything is tried; of the others each call is the last one."""

WRITERS, RECORDS = 8, 500

PARTS = ("kills", "calls", "power", "writers")


class Row(NamedTuple):
    """One line of the table: what was done to which commands, how often, and what was wrong."""

    what: str
    how_often: str
    wrong: list[str]


def main(arguments: Sequence[str]) -> int:
    """Try everything, and say how it went."""
    parser = argparse.ArgumentParser(prog="dev.py soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=10_000, help="so many kills at random must land")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end after so many minutes")
    parser.add_argument("--only", choices=PARTS, help="only a part of it")
    parser.add_argument("--engine", choices=("sqlite", CIPHER), default="sqlite", help="plain files or encrypted ones")
    options = parser.parse_args(arguments)
    if options.engine == CIPHER:
        encrypt_all()
    ends = time.monotonic() + 60 * options.minutes
    python = sys.version.split()[0]
    print(f"arena {__version__}, Python {python}, {versions(options.engine)}, {sys.platform}\n")
    print("| What happens | How often | Wrong | Seconds |\n|---|---:|---:|---:|")
    wrong: list[str] = []
    with TemporaryDirectory(prefix="arena-soak-") as name:
        begun = time.monotonic()
        parts = [options.only] if options.only else PARTS
        for row in rows(Path(name), parts, options.kills, lambda: time.monotonic() > ends):
            seconds = time.monotonic() - begun
            print(f"| {row.what} | {row.how_often} | {len(row.wrong)} | {seconds:.0f} |", flush=True)
            wrong += row.wrong
            begun = time.monotonic()
    print("\n".join(["", *wrong]) if wrong else "\nNothing was wrong.")
    return 1 if wrong else 0


def versions(engine: str) -> str:
    """The engine and its version."""
    if engine != CIPHER:
        return f"SQLite {sqlite3.sqlite_version}"
    from sqlcipher3 import dbapi2

    with closing(dbapi2.connect(":memory:")) as connection:
        ((cipher,),) = connection.execute("PRAGMA cipher_version").fetchall()
    return f"SQLCipher {cipher} (SQLite {dbapi2.sqlite_version})"


def rows(folder: Path, parts: Collection[str], kills: int, until: Callable[[], bool]) -> Iterator[Row]:
    """Every line of the table, one after the other."""
    year = prepare_year(folder / "year")
    start = prepare_start(folder / "start")
    end = prepare_end(folder / "end")
    secret = prepare_start(folder / "secret", AN_ENCRYPTED_START)
    upgrades = [prepare_upgrade(folder / schema.stem, schema) for schema in sorted(SCHEMAS.glob("*.sql"))]
    last = {case.verb: case for case in chain(year, end, secret, start, *upgrades)}
    gc.freeze()  # what is there by now is no child's to tidy up
    if "kills" in parts:
        yield killed("kill -9 at random, every command", year, kills, folder / "kill", until)
        for number, cases in enumerate([end, start, secret, *upgrades]):
            what = f"kill -9 at random, {cases[-1].verb}{' --encrypted' * (cases is secret)}"
            yield killed(what, cases, kills // 20, folder / f"kill {number}", until)
    if "calls" in parts:
        yield struck("kill -9 before each system call", list(last.values()), KILL, folder, until)
        for case in prepare_keeping(folder / "keeping"):
            yield struck(f"kill -9 before each call that writes, {case.verb}", [case], KILL, folder, until)
        yield mailed(last["send-report"], folder / "sending")
        for what in FAULTS[1:]:
            yield struck(what.format("N"), [last[verb] for verb in ALL_FAULTS], what, folder, until)
    if "power" in parts:
        for verb in ALL_FAULTS:
            cuts = cut_power(last[verb], folder / f"cut {verb}", 400, 8, until=until)
            wrong = [f"{how}: {faults}" for how, faults in cuts.faults.items()]
            yield Row(f"power cut, {verb}", f"{cuts.states} states", wrong)
    if "writers" in parts and not until():
        yield Row(f"{WRITERS} writers x {RECORDS}", f"{WRITERS * RECORDS} records", at_once(folder / "writers"))


def killed(what: str, cases: Sequence[Case], wanted: int, folder: Path, until: Callable[[], bool]) -> Row:
    """A series of kills at random."""
    folder.mkdir()
    seen = kill_commands(cases, wanted, folder, until=until)
    left = f"{seen.hot_journals} hot journals, {seen.unfinished_files} unfinished files"
    often = f"{seen.count} kills in {seen.runs} runs, {left}"
    return Row(what, often, [f"{fault} ({number} times)" for fault, number in seen.faults.items()])


def struck(what: str, cases: Sequence[Case], fault: str, folder: Path, until: Callable[[], bool]) -> Row:
    """The same fault at every call of some commands."""
    points, wrong, commands = 0, [], 0
    for case in cases:
        if until():
            break
        check = CHECKS.get(case.verb)
        series = strike(case, fault, folder / f"{case.verb} {fault}", calls=WRITING if check else CALLS, check=check)
        commands += 1
        points += series.struck
        wrong += [f"{place}: {found}" for place, found in series.faults.items()]
    return Row(what, f"{points} calls of {commands} commands", wrong)


def mailed(drafted: Case, folder: Path) -> Row:
    """A kill before each call of a report on its way to a mail server."""
    folder.mkdir()
    authority = trustme.CA()
    with postbox(folder, authority) as server:
        case = prepare_sending(folder, drafted, server, authority)
        calls, faults = kill_sending(case, server, folder / "kill", lambda _: True)
    wrong = [f"{place}: {found}" for place, found in faults.items()]
    return Row("kill -9 before each call, send-report to a mail server", f"{calls} calls", wrong)


def at_once(folder: Path) -> list[str]:
    """Many writers on one file."""
    folder.mkdir()
    path = folder / "arena.db"
    new_store(path).close()
    run_child(path, enrol)
    return write_at_once(path, WRITERS, RECORDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
