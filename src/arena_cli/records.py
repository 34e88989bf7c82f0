"""How the records of the model stand in the file: one table a dataclass, one column a field.

Dates are ISO text, enumerations their value. A field added to a dataclass needs its column in a migration and nothing
here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

    @property
    def select(self) -> str:
        """The query for whole records, to which a condition may be added."""
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"

    def record(self, row: Sequence[Any]) -> R:
        """The record that a row holds."""
        values = (read(v) if read and v is not None else v for read, v in zip(self.readers, row, strict=True))
        return self.kind(*values)


def shape_of(kind: type[R]) -> Shape[R]:
    """The shape of a record class, looked into when it is first asked for: a command needs few of them."""
    return cast("Shape[R]", _shape(_ALL[kind]))


@cache
def _shape(table: str) -> Shape[Any]:
    kind = next(kind for kind, name in _ALL.items() if name == table)
    hints = get_type_hints(kind)
    columns = tuple(field.name for field in fields(kind))
    written = tuple(column for column in columns if column != "id")
    return Shape(
        kind, table, columns, tuple(_reader(hints[column]) for column in columns), written, attrgetter(*written)
    )


def values_of(record: Record) -> dict[str, str | int | None]:
    """A record as the file holds it, its id left out."""
    shape = shape_of(type(record))
    return dict(zip(shape.written, row_of(shape, record), strict=True))


def row_of(shape: Shape[R], record: R) -> tuple[str | int | None, ...]:
    """The same without the columns, for many."""
    return tuple([value if value.__class__ in _PLAIN else _written(value) for value in shape.values(record)])


_PLAIN: Final = (str, int, type(None))


def differences(before: Record, after: Record) -> tuple[Values, Values]:
    """The columns in which two versions of a record differ, with the values before and after."""
    old, new = values_of(before), values_of(after)
    changed = [column for column in new if old[column] != new[column]]
    return {column: old[column] for column in changed}, {column: new[column] for column in changed}


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    for kind in get_args(hint) or (hint,):
        if kind is date:
            return date.fromisoformat
        if isinstance(kind, type) and (issubclass(kind, StrEnum) or kind is bool):
            return kind
    return None


@lru_cache(maxsize=4096)  # of a list's days and words
def _written(value: Any) -> str | int | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return int(value) if isinstance(value, bool) else value
