"""How the records of the model stand in the file: one table a dataclass, one column a field.

Dates are ISO text, enumerations their value. A field added to a dataclass needs its column in a migration and nothing
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast, get_args, get_type_hints

from arena_cli.journal import Values
from arena_cli.model import (
    Access,
    Assignment,
    Attendance,
    Background,
    Decision,
    Distinction,
    FollowUp,
    Identity,
    IdentityNumber,
    Income,
    Merge,
    Note,
    OfficialFile,
    Participant,
    Pause,
    Place,
    Placement,
    Spell,
    StepMove,
    Target,
)

Record = (
    Participant
    | Spell
    | StepMove
    | Assignment
    | Pause
    | Background
    | Income
    | Place
    | Placement
    | Attendance
    | FollowUp
    | Target
    | Note
    | Decision
    | Access
    | OfficialFile
    | Merge
    | Distinction
    | Identity
    | IdentityNumber
)
R = TypeVar("R", bound=Record)

TABLES: Final[Mapping[type, str]] = {
    Participant: "participant",
    Spell: "spell",
    StepMove: "step_move",
    Assignment: "assignment",
    Pause: "pause",
    Background: "background",
    Income: "income",
    Place: "place",
    Placement: "placement",
    Attendance: "attendance",
    FollowUp: "follow_up",
    Target: "target",
    Note: "note",
    Decision: "decision",
    Access: "access",
    OfficialFile: "official_file",
    Merge: "merge",
    Distinction: "distinction",
}

SEALED: Final[Mapping[type, str]] = {Identity: "identity", IdentityNumber: "identity_number"}
"""The records of who somebody is. No figure, list, report or export reads them; the journal has but a seal of each."""

LOOKS: Final = frozenset({"access", "official_file"})
"""The subjects of the journal that say who has seen what: no record has changed."""

NOT_TO_UNDO: Final = LOOKS | {*SEALED.values(), "retention"}
"""Those that undoing passes by: what has been seen, what only has a seal, and what is erased."""

OF_NO_FIGURE: Final = NOT_TO_UNDO | {"distinction", "merge", "retention_date", "retention_rule"}
"""Those that no figure can change by. A merge changes the records that it moves, which have entries of their own."""

_ALL: Final = {**TABLES, **SEALED}


def table_of(kind: type) -> str:
    """The table that holds a class of records."""
    return _ALL[kind]


class Shape(NamedTuple, Generic[R]):
    """A record's table, its columns in the order of the fields, and how each column's value is read."""

    kind: type[R]
    table: str
    columns: tuple[str, ...]
    readers: tuple[Callable[[Any], Any] | None, ...]
    written: tuple[str, ...]
    """The columns without the id, in an order of their own."""
    values: Callable[[R], tuple[Any, ...]]
    """What a record has in them."""
    plain: tuple[bool, ...]
    """Of which of them the file holds the values as they are."""

    def written_columns(self, columns: Iterable[Sequence[Any]]) -> list[Sequence[str | int | None]]:
        """Values of the columns without the id as the file holds them; no line of Python is run for a known one."""
        made = zip(columns, self.plain, strict=True)
        return [values if plain else [*map(_WRITTEN.__getitem__, values)] for values, plain in made]

    @property
    def select(self) -> str:
        """The query for whole records, to which a condition may be added."""
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"

    def records(self, rows: Sequence[Sequence[Any]]) -> list[R]:
        """The records that rows hold. Raises TypeError, ValueError or LookupError for a value that is none."""
        columns = zip(*rows, strict=True) if rows else ((),) * len(self.columns)
        values = (map(read, column) if read else column for read, column in zip(self.readers, columns, strict=True))
        return [*map(self.kind, *values)]


def shape_of(kind: type[R]) -> Shape[R]:
    """The shape of a record class, looked into when it is first asked for: a command needs few of them."""
    return cast("Shape[R]", _shape(_ALL[kind]))


@cache
def _shape(table: str) -> Shape[Any]:
    kind = next(kind for kind, name in _ALL.items() if name == table)
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    written = tuple(column for column in readers if column != "id")
    plain = tuple(readers[column] is None for column in written)
    return Shape(kind, table, tuple(readers), tuple(readers.values()), written, attrgetter(*written), plain)


def values_of(record: Record) -> dict[str, str | int | None]:
    """A record as the file holds it, its id left out."""
    shape = shape_of(type(record))
    columns = shape.written_columns([(value,) for value in shape.values(record)])
    return {column: value for column, (value,) in zip(shape.written, columns, strict=True)}


def differences(before: Record, after: Record) -> tuple[Values, Values]:
    """The columns in which two versions of a record differ, with the values before and after."""
    old, new = values_of(before), values_of(after)
    changed = [column for column in new if old[column] != new[column]]
    return {column: old[column] for column in changed}, {column: new[column] for column in changed}


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    for kind in get_args(hint) or (hint,):
        if kind is date:
            return _day
        if kind is bool:
            return {0: False, 1: True, None: None}.__getitem__
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            members: dict[str | None, StrEnum | None] = {member.value: member for member in kind}
            return {**members, None: None}.__getitem__
    return None


@lru_cache(maxsize=4096)
def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written is not None else None


class _Written(dict[Any, Any]):
    """How the file holds a list's days and words, found out when they are first met."""

    def __missing__(self, value: Any) -> str | int | None:
        if len(self) == _MOST_REMEMBERED:
            self.clear()
        self[value] = written = _written(value)
        return written


def _written(value: Any) -> str | int | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return int(value) if isinstance(value, bool) else value


_MOST_REMEMBERED: Final = 4096
_WRITTEN: Final = _Written()
