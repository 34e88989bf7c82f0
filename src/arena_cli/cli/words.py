"""What the file holds in words: codes as the things they stand for, columns as what people call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, Protocol, TypeVar

from arena_cli.errors import translatable
from arena_cli.language import Language
from arena_cli.model import ExitType, Participant, Project, Sex, Spell, StepMove

NOTHING: Final = "–"

_COLUMNS: Final[Mapping[str, str]] = {
    "ref": translatable("Ref"),
    "sex": translatable("Sex"),
    "birth_year": translatable("Birth year"),
    "municipality": translatable("Municipality"),
    "entered_on": translatable("Day of entry"),
    "exited_on": translatable("Day of exit"),
    "exit_type": translatable("Exit type"),
    "destination": translatable("Went on to"),
    "referral": translatable("Sent by"),
    "moved_on": translatable("Day of move"),
    "step": translatable("Step"),
}
"""The columns that mean something to a person, in the order in which they are told."""


class Coded(Protocol):
    """Anything that a project gives a code."""

    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=Coded)


def named(entries: Iterable[C], code: object) -> C | None:
    """The entry with a code; None for no code."""
    return next((entry for entry in entries if entry.code == code), None)


@dataclass(frozen=True, slots=True)
class Wording:
    """One project in one language."""

    project: Project
    language: Language

    def column(self, column: str) -> str:
        """What a column is called."""
        return self.language.text(_COLUMNS[column])

    def value(self, column: str, value: object) -> str:
        """What a value of a column is called; a dash for none."""
        return NOTHING if value is None else self.language.text("{value}", value=self._thing(column, value) or value)

    def difference(self, before: Mapping[str, object], after: Mapping[str, object]) -> str:
        """What a record was and has become, column by column; of a new or undone one, what it is or was."""
        changes = []
        for column in _COLUMNS:
            old, new = before.get(column), after.get(column)
            if old != new:
                change = f"{self.value(column, old)} → {self.value(column, new)}"
                if not before or not after:
                    change = self.value(column, new if after else old)
                changes.append(f"{self.column(column)}: {change}")
        return ", ".join(changes)

    def correction(self, before: Participant | Spell | StepMove, after: Participant | Spell | StepMove) -> str:
        """What a correction has changed."""
        return self.difference(
            *({f.name: getattr(record, f.name) for f in fields(record)} for record in (before, after))
        )

    def _thing(self, column: str, value: object) -> object:
        if column == "sex":
            return Sex(str(value))
        if column == "exit_type":
            return ExitType(str(value))
        lookups: dict[str, Iterable[Coded]] = {
            "municipality": self.project.municipalities,
            "step": self.project.steps,
            "destination": self.project.destinations,
            "referral": self.project.referrals,
        }
        return named(lookups[column], value) if column in lookups else value
