"""What taking a list would write, and how its rows fared: made before anything is written."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from arena_cli.casework.duplicates import Described
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


class InColumns(NamedTuple):
    """Many new records of one kind: the first one's id, on which the others follow, and the values of each column."""

    kind: type[Record]
    first: int
    columns: Mapping[str, Sequence[object]]


@dataclass(slots=True)
class Plan:
    """New records with their ids, and changed ones before and after. Those in columns come first."""

    in_columns: list[InColumns] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    moves: list[StepMove] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    changed_participants: list[tuple[Participant, Participant]] = field(default_factory=list)
    changed_spells: list[tuple[Spell, Spell]] = field(default_factory=list)
    changed_moves: list[tuple[StepMove, StepMove]] = field(default_factory=list)
    changed_others: list[tuple[Record, Record]] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    new_others: dict[type, list[Record]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Plan a new record of another kind, under the id it has."""
        self.new_others.setdefault(type(record), []).append(record)

    def write(self, change: Change) -> None:
        """Write all of it."""
        for many in self.in_columns:
            change.add_columns(*many)
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
        for record in self.removed:
            change.remove(record)
        for other in self.changed_others:
            change.update(*other)
        for records in self.new_others.values():
            change.add_all(records)


class Difference(NamedTuple):
    """A column in which a row differs from what is registered, and both values."""

    column: str
    before: object
    after: object


class Differing(NamedTuple):
    """A row that differs from what is registered of a participant, and in which columns."""

    row: int
    code: str
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Tally:
    """How the rows fared, by number: each is new, changed, unchanged or has problems; some deserve a remark.

    `newcomers` are those whom somebody registered may be, where there is anybody.
    """

    new: array[int] = field(default_factory=lambda: array("I"))
    changed: array[int] = field(default_factory=lambda: array("I"))
    unchanged: array[int] = field(default_factory=lambda: array("I"))
    persons_new: int = 0
    differing: list[Differing] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    newcomers: list[Described] = field(default_factory=list)
    _remarks: dict[str, array[int]] = field(default_factory=dict)

    def count_row(self, row: int, code: str, differences: Iterable[Difference], *, is_new: bool) -> None:
        """Count a row that brings something new, or differs from what is registered of a participant, or does not."""
        if differences := tuple(differences):
            self.differing.append(Differing(row, code, differences))
        (self.new if is_new else self.changed if differences else self.unchanged).append(row)

    def remark(self, message: str, row: int) -> None:
        """Note that a row deserves a remark."""
        self._remarks.setdefault(message, array("I")).append(row)

    def remarks(self) -> tuple[Remark, ...]:
        """The remarks, each with the number of its rows and the first of them."""
        in_order = sorted(self._remarks.items(), key=lambda remark: min(remark[1]))
        return tuple(Remark(message, count=len(rows), rows=first_rows(rows)) for message, rows in in_order)
