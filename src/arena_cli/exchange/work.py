"""What taking one list needs, whatever its kind; and what a kind of list has to say of itself.

A kind is one module with a `KIND`: how its rows are read, and how the rows without a fault are laid beside what is
registered. Its columns stand in columns.py. What taking the list would write goes into the plan, a verdict on every
row into the tally, and nothing is written before all rows have been seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from arena_cli.exchange.cells import RowReader
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.plan import Plan, Tally
from arena_cli.exchange.refusals import Fault, RowProblem
from arena_cli.journal import Occasion
from arena_cli.model import Project
from arena_cli.store import Change, Store

_NAMED: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Work:
    """One list at work. With `beyond_capacity`, more may be on a place than there is room for.

    `has_people` is whether anybody was registered before it.
    `again` gives the cells of the whole file once more, where that can be done. `change` is where what has been
    checked can be written at once; None in a dry run.
    """

    store: Store
    project: Project
    occasion: Occasion
    columns: Columns
    plan: Plan
    tally: Tally
    beyond_capacity: bool = False
    has_people: bool = True
    again: Callable[[], Iterator[list[str]]] | None = None
    change: Change | None = None

    def refuse(self, row: int, rule: str, *, other: int | None = None, **facts: object) -> None:
        """Refuse a row for a rule. What the rule names that is no fact is a column; `other` is the row contradicted."""
        named = {name: facts[name] if name in facts else self.columns.header(name) for name in _NAMED.findall(rule)}
        self.tally.problems.append(RowProblem(row, Fault(rule, named), other))


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list: its rows read, and taken. `marked` is the column of a fault that names none."""

    reader: Callable[[Work], RowReader[Any]]
    take: Callable[[Work, Iterable[Any]], None]
    marked: str
