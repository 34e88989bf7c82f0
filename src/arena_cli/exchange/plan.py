"""What taking a list would write, and how its rows fared: made before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from arena_cli.errors import Remark
from arena_cli.exchange.refusals import RowProblem, first_rows
from arena_cli.model import Participant, Pause, Spell, StepMove
from arena_cli.records import Record
from arena_cli.store import Change, Store


class Ids:
    """The ids and codes that new records get, in the order in which they are planned."""

    def __init__(self, store: Store) -> None:
        self.participant: Iterator[int] = count(store.next_id(Participant))
        self.spell: Iterator[int] = count(store.next_id(Spell))
        self.move: Iterator[int] = count(store.next_id(StepMove))
        self.pause: Iterator[int] = count(store.next_id(Pause))
        self.code: Iterator[str] = store.new_codes()


@dataclass(slots=True)
class Plan:
    """New records with their ids, and changed ones before and after."""

    participants: list[Participant] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    moves: list[StepMove] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    changed_participants: list[tuple[Participant, Participant]] = field(default_factory=list)
    changed_spells: list[tuple[Spell, Spell]] = field(default_factory=list)
    changed_moves: list[tuple[StepMove, StepMove]] = field(default_factory=list)
    changed_others: list[tuple[Record, Record]] = field(default_factory=list)

    def write(self, change: Change) -> None:
        """Write all of it."""
        change.add_all(self.participants)
        change.add_all(self.spells)
        change.add_all(self.moves)
        change.add_all(self.pauses)
        for participant in self.changed_participants:
            change.update(*participant)
        for spell in self.changed_spells:
            change.update(*spell)
        for move in self.changed_moves:
            change.update(*move)
        for other in self.changed_others:
            change.update(*other)


@dataclass(slots=True)
class Tally:
    """How the rows fared: each is new, changed, unchanged or has problems; some deserve a remark."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    changes: dict[str, list[int]] = field(default_factory=dict)
    _remarks: dict[str, list[int]] = field(default_factory=dict)

    def count_row(self, row: int, changes: Iterable[str], *, is_new: bool) -> None:
        """Count a row that brings something new, or changes these fields of what is registered, or nothing."""
        changes = tuple(changes)
        if is_new:
            self.new += 1
        elif changes:
            self.changed += 1
        else:
            self.unchanged += 1
        for name in changes:
            self.changes.setdefault(name, []).append(row)

    def remark(self, message: str, row: int) -> None:
        """Note that a row deserves a remark."""
        self._remarks.setdefault(message, []).append(row)

    def remarks(self) -> tuple[Remark, ...]:
        """The remarks, each with the number of its rows and the first of them."""
        return tuple(Remark(message, count=len(rows), rows=first_rows(rows)) for message, rows in self._remarks.items())
