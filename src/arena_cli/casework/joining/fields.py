"""Two records held beside each other field by field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, TypeVar

from arena_cli.model import Answer, Background, FollowUp, Participant, Placement, Sex, Spell
from arena_cli.records import Record

_R = TypeVar("_R", Participant, Spell, Placement, Background, FollowUp)

_BLANK: Final = frozenset({None, Answer.NOT_ASKED.value, Sex.UNKNOWN.value})
"""What says nothing, and gives way to what the other one says; also a destination that nobody knows."""


def is_blank(value: object) -> bool:
    """Whether a value says nothing."""
    return value in _BLANK


def contradictions(mine: _R, theirs: _R, names: Iterable[str]) -> list[str]:
    """The fields in which both say something, and not the same."""
    pairs = ((name, getattr(mine, name), getattr(theirs, name)) for name in names)
    return [name for name, a, b in pairs if a != b and not is_blank(a) and not is_blank(b)]


def filled(mine: _R, theirs: _R, *names: str) -> _R:
    """The first with what, of these fields, only the second says."""
    said: dict[str, Any] = {name: getattr(theirs, name) for name in names if is_blank(getattr(mine, name))}
    return replace(mine, **said)


def agree(one: Record, other: Record, *names: str) -> bool:
    """Whether two records have the same in each of these fields."""
    return all(getattr(one, name) == getattr(other, name) for name in names)


def shown(value: object) -> str:
    """A value as an option takes it; `-` for none."""
    return "-" if value is None or value == Answer.NOT_ASKED else str(getattr(value, "value", value))
