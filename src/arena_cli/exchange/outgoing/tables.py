"""A list that is to be written: its columns, how many rows it has, and the rows, which come one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

Raw = str | int | None
"""A cell as the file holds it."""

Shown = str | int | float
"""A cell as a person reads it; an empty one is an empty text."""


class Kind(Enum):
    """What a column's cells are to a spreadsheet. A day is `2016-10-14`, a month `2016-10`."""

    TEXT = auto()
    NUMBER = auto()
    DECIMAL = auto()
    DAY = auto()
    MONTH = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in JSON, its heading, and what its cells are.

    `shown` says how a cell that is not empty reads to a person, `told` how to a program.
    """

    name: str
    heading: str
    kind: Kind = Kind.TEXT
    shown: Callable[[Any], Shown] = lambda value: value
    told: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True, slots=True)
class Table:
    """A list. `name` is what programs call it, `title` what people do; `rows` can be gone through once."""

    name: str
    title: str
    project: str
    columns: Sequence[Column]
    count: int
    rows: Iterable[Sequence[Raw]]
