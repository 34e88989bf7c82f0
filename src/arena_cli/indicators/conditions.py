"""Conditions on participants, written in a table and evaluated by SQLite.

A condition is a table whose entries must all hold, or the code of another condition:

- `employment = "unemployed"`, `education = ["isced_1", "isced_2"]`: the fact has this value, one of these values
- `age = { from = 18, to = 29 }`, `months_without_work = { over = 6 }`: the number lies within these bounds
- `all = [...]`, `any = [...]`: all of these conditions hold, at least one of them does
- `not = ...`, `unknown = ...`: the condition does not hold; it is not known whether it does
- `{}`: holds for everybody

What is not known is neither so nor not so: a condition on a fact that nobody asked about, or that was declined, is
unknown, and so is what is made of it, unless the rest settles it (three-valued logic, SQLite's own).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, Final, get_args, get_type_hints

from arena_cli.model import Background, ExitType, FollowUp, FollowUpKind
from arena_cli.model.noun import Noun, dataclass

NOT_KNOWN: Final = ("unknown", "declined", "not_asked")
"""The values that say that a fact is not known."""

YES_NO: Final = ("yes", "no")

_BOUNDS: Final[Mapping[str, str]] = {"from": ">=", "to": "<=", "over": ">", "below": "<"}


class FaultyTable(ValueError):
    """A table of indicators cannot mean anything: says where and why. A fault of arena's own, not of the user's."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fact(Noun):
    """Something that is known about a participant, or not: one of `values`, or a number where there are none."""

    values: tuple[str, ...] = ()


def _facts_of(kind: type) -> dict[str, Fact]:
    """The answers and numbers of a record class; its ids, dates and flags are no facts to ask about."""
    facts = {}
    hints = get_type_hints(kind)
    for field in fields(kind):
        types = get_args(hints[field.name]) or (hints[field.name],)
        enumeration = next((t for t in types if isinstance(t, type) and issubclass(t, StrEnum)), None)
        if enumeration is not None and enumeration is not FollowUpKind:
            facts[field.name] = Fact(tuple(value for value in enumeration if value not in NOT_KNOWN))
        elif types == (int, type(None)):
            facts[field.name] = Fact()
    return facts


AT_ENTRY: Final[Mapping[str, Fact]] = _facts_of(Background)
"""What the fund asks at the first entry."""

AFTER_EXIT: Final[Mapping[str, Fact]] = _facts_of(FollowUp)
"""What a follow-up asks."""

OF_PARTICIPATION: Final[Mapping[str, Fact]] = {
    "age": Fact(),
    "has_left": Fact(YES_NO),
    "exit_type": Fact((ExitType.COMPLETED, ExitType.DISCONTINUED, ExitType.DECEASED)),
    **{f"{kind}_due": Fact(YES_NO) for kind in FollowUpKind},
}
"""What the spells say: the age at the first entry, whether and how somebody has left, which follow-ups are due."""


def sql_of(condition: object, sql_of_code: Callable[[str], str], follow_up: FollowUpKind | None) -> str:
    """The condition as an SQL expression over the columns of a participant: 1, 0, or NULL where it is not known.

    `sql_of_code` gives the expression of another condition; `follow_up` is the one whose facts are meant. Raises
    FaultyTable.
    """

    def read(part: object) -> str:
        return sql_of(part, sql_of_code, follow_up)

    match condition:
        case str():
            return sql_of_code(condition)
        case dict():
            return joined("AND", *(_entry(key, value, read, follow_up) for key, value in condition.items()))
        case _:
            raise FaultyTable(f"{condition!r} is no condition")


def _entry(key: str, value: Any, read: Callable[[object], str], follow_up: FollowUpKind | None) -> str:
    match key, value:
        case "all", [_, *_]:
            return joined("AND", *map(read, value))
        case "any", [_, *_]:
            return joined("OR", *map(read, value))
        case "not", _:
            return f"(NOT {read(value)})"
        case "unknown", _:
            return f"({read(value)} IS NULL)"
        case _:
            return _comparison(key, value, follow_up)


def _comparison(name: str, wanted: Any, follow_up: FollowUpKind | None) -> str:
    known: Mapping[str, Fact] = {**OF_PARTICIPATION, **AT_ENTRY}
    column = name
    if name in AFTER_EXIT and follow_up is not None:
        known = AFTER_EXIT
        column = f"{follow_up}_{name}"
    if name not in known:
        raise FaultyTable(f"{name} is no fact about a participant here")
    values = known[name].values
    chosen = [wanted] if isinstance(wanted, str) else wanted
    if values and isinstance(chosen, list) and chosen and set(chosen) <= set(values):
        return f"({column} IN ({', '.join(map(repr, chosen))}))"
    if not values and isinstance(wanted, dict) and wanted:
        return joined("AND", *(_bound(column, bound, number) for bound, number in wanted.items()))
    raise FaultyTable(f"{name} cannot be {wanted!r}")


def _bound(column: str, bound: str, number: object) -> str:
    if bound not in _BOUNDS or not isinstance(number, int) or isinstance(number, bool):
        raise FaultyTable(f"{column} cannot be {bound} {number!r}")
    return f"({column} {_BOUNDS[bound]} {number})"


def joined(operator: str, *parts: str) -> str:
    """The parts as one expression; of parts that must all hold, those that always do are left out."""
    kept = [part for part in parts if operator != "AND" or part != "1"]
    return kept[0] if len(kept) == 1 else f"({f' {operator} '.join(kept)})" if kept else "1"
