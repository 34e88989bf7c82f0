"""Deeds done by children of a test, without a command line, and what must be true of the file afterwards."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.errors import ArenaError, Busy
from arena_cli.journal import broken_at
from arena_cli.model import Participant, Sex
from arena_cli.store import Store
from tests.sample import occasion

DAY = date(2016, 3, 10)
REGISTERED = {"participant", "spell", "step_move"}

Tell = Callable[[str], object]
"""Acknowledge what has been done."""

Deed = Callable[[Path, Tell], None]


def enrol(path: Path, tell: Tell) -> None:
    """What `arena add-participant` does, up to its receipt."""
    with Store.open(path, writing=True) as store:
        receipt = casework.enrol(store, occasion("add"), Intake("2305", DAY, "b"), sex=Sex.WOMAN)
        tell(receipt.participant.code)


@dataclass(frozen=True, slots=True)
class Child:
    """A process that has ended: what it acknowledged, how it ended, and whether it left something to roll back."""

    told: frozenset[str]
    code: int
    hot_journal: bool


def run_child(path: Path, deed: Deed) -> Child:
    """Do a deed in a process of its own."""
    return start_child(path, deed)()


def start_child(path: Path, deed: Deed) -> Callable[[], Child]:
    """Begin a deed in a process of its own. Calling the result waits for its end."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        _be_child(path, deed, writer)
    os.close(writer)

    def end() -> Child:
        with os.fdopen(reader) as pipe:
            told = frozenset(pipe.read().split())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return Child(told, code, has_hot_journal(path))

    return end


def has_hot_journal(path: Path) -> bool:
    """Whether the file must be rolled back. SQLite completes a journal's header when the file is to be written next."""
    journal = Path(f"{path}-journal")
    return journal.exists() and any(journal.read_bytes()[:8])


def _be_child(path: Path, deed: Deed, writer: int) -> None:
    """Never returns: what pytest would do at the end is the parent's."""
    code = 99
    try:
        deed(path, lambda text: os.write(writer, f"{text}\n".encode()))
        code = 0
    except ArenaError as refusal:
        code = refusal.exit_code
    finally:
        os._exit(code)


def write_at_once(path: Path, writers: int, records: int, plant: Callable[[], object] = lambda: None) -> list[str]:
    """Have many enrol so many people each, at the same time. Returns what is wrong afterwards."""

    def write(path: Path, tell: Tell) -> None:
        plant()
        for _ in range(records):
            while True:
                try:
                    enrol(path, tell)
                except Busy:  # the others have held it for all of the ten seconds: as told, try again
                    continue
                break

    with opened_by_a_reader(path) as store:
        before = {person.code for person in store.records(Participant)}
    ended = [end() for end in [start_child(path, write) for _ in range(writers)]]
    told = before.union(*(child.told for child in ended))
    wrong = [f"a writer has ended with {child.code}" for child in ended if child.code]
    if len(told) != len(before) + writers * records:
        wrong.append("not all was acknowledged")
    return wrong + list(faults_of(path, told))


def faults_of(path: Path, told: Collection[str]) -> Iterator[str]:
    """What is wrong with a file in which every change is one enrolment with a step, given the codes acknowledged."""
    with opened_by_a_reader(path) as store:
        codes = {person.code for person in store.records(Participant)}
        if not codes.issuperset(told):
            yield "an acknowledged participant is missing"
        changes: dict[int, set[str]] = {}
        for entry in store.entries("WHERE change > 1 ORDER BY seq"):
            changes.setdefault(entry.change, set()).add(entry.subject)
        if any(subjects != REGISTERED for subjects in changes.values()) or len(changes) != len(codes):
            yield "a change is half done"
        yield from unsound(store)
    yield from leftovers(path)


def unsound(store: Store) -> Iterator[str]:
    """What is wrong with any file."""
    if broken_at(store.links()) is not None:
        yield "the journal's chain is broken"
    entries = store.entries()
    for table in REGISTERED:
        there = {number for (number,) in store.rows(f"SELECT id FROM {table}")}
        told = {entry.record for entry in entries if entry.subject == table}
        if there - told:
            yield f"a {table} is not in the journal"
        if told - there:
            yield f"a {table} of the journal is missing"
    if store.rows("SELECT 1 FROM participant WHERE id NOT IN (SELECT participant_id FROM spell)"):
        yield "a participant has no spell"
    if store.rows("PRAGMA integrity_check") != [("ok",)]:
        yield "the file is damaged"
    if store.rows("PRAGMA foreign_key_check"):
        yield "a reference is broken"


def leftovers(path: Path) -> Iterator[str]:
    """What should not lie beside the file. A journal that was not needed is used up by the next change."""
    if has_hot_journal(path):
        yield "the file was not rolled back"
    if others := sorted({entry.name for entry in path.parent.glob("*arena.db*")} - {path.name, f"{path.name}-journal"}):
        yield f"left: {others}"


@contextmanager
def opened_by_a_reader(path: Path) -> Iterator[Store]:
    """The file as the next reading command sees it; opening it rolls back what a killed one left."""
    with Store.open(path) as store:
        store.rows("SELECT 1 FROM project")
        yield store
