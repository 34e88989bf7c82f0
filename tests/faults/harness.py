"""What the fault tests share: children that are killed, and what must be true of the file afterwards."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.errors import ArenaError
from arena_cli.journal import broken_at
from arena_cli.model import Participant, Sex
from arena_cli.store import Store
from tests.sample import occasion

DAY = date(2016, 3, 10)
REGISTERED = {"participant", "spell", "step_move"}

Tell = Callable[[str], object]
"""Say READY when all is opened, and then acknowledge what has been done."""

READY = "ready"

Deed = Callable[[Path, Tell], None]


def enrol(path: Path, tell: Tell) -> None:
    """What `arena add-participant` does, up to its receipt."""
    with Store.open(path, writing=True) as store:
        tell(READY)
        receipt = casework.enrol(store, occasion("add"), Intake("2305", DAY, "b"), sex=Sex.WOMAN)
        tell(receipt.participant.code)


@dataclass(frozen=True, slots=True)
class Child:
    """A process that has ended: what it acknowledged, how it ended, and whether it left something to roll back."""

    told: frozenset[str]
    code: int
    hot_journal: bool

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


def run_child(path: Path, deed: Deed, kill_after: float | None = None) -> Child:
    """Do a deed in a process of its own, and kill that so many seconds after it was ready, if it has not ended."""
    return start_child(path, deed, kill_after)()


def start_child(path: Path, deed: Deed, kill_after: float | None = None) -> Callable[[], Child]:
    """Begin a deed in a process of its own. Calling the result waits for its end."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        _be_child(path, deed, writer)
    os.close(writer)

    def end() -> Child:
        with os.fdopen(reader) as pipe:
            ready = pipe.readline()
            if kill_after is not None:
                time.sleep(kill_after)
                os.kill(pid, signal.SIGKILL)
            told = frozenset((ready + pipe.read()).split()) - {READY}
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


@dataclass
class Kills:
    """What a series of kills has shown."""

    landed: int = 0
    hot_journals: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def kill_at_random(
    wanted: int, prepare: Callable[[], Path], deed: Deed, check: Callable[[Path, frozenset[str]], Iterator[str]]
) -> Kills:
    """Kill deeds at random moments until so many kills have landed or a fault is found; check the file after each.

    One in twenty shall land while the file is being written; on a disk too fast for that, it goes on for a while.
    `prepare` says which file the next deed works on. The moments are spread over the time that a deed takes, a little
    beyond the time within which four of five have ended.
    """
    random = Random()
    seen = Kills()
    longest = 1.15 * _usual_duration(prepare, deed)
    while not seen.faults and (seen.landed < wanted or (seen.hot_journals < wanted / 20 and seen.landed < 2 * wanted)):
        path = prepare()
        child = run_child(path, deed, kill_after=random.uniform(0, longest))
        seen.landed += child.killed
        seen.hot_journals += child.hot_journal
        seen.faults.update(check(path, child.told))
        if not child.killed and child.code:
            seen.faults[f"exit code {child.code}"] += 1
    return seen


def _usual_duration(prepare: Callable[[], Path], deed: Deed) -> float:
    """How long four of five deeds take at most, once they are ready."""
    times: list[float] = []

    def note_times(path: Path, tell: Tell) -> None:
        deed(path, lambda _: tell(str(time.monotonic())))

    for _ in range(10):
        begun, *_, ended = sorted(map(float, run_child(prepare(), note_times).told))
        times.append(ended - begun)
    return sorted(times)[7]


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
    if broken_at(store.entries()) is not None:
        yield "the journal's chain is broken"
    for table in REGISTERED:
        unjournalled = f"SELECT count(*) FROM {table} WHERE id NOT IN (SELECT record FROM journal WHERE subject = ?)"
        if store.rows(unjournalled, (table,)) != [(0,)]:
            yield f"a {table} is not in the journal"
        missing = f"SELECT count(*) FROM journal WHERE subject = ? AND record NOT IN (SELECT id FROM {table})"
        if store.rows(missing, (table,)) != [(0,)]:
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
