"""What the file holds in words: codes as the things they stand for, columns as what people call them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple, Protocol, TypeVar, get_args, get_type_hints

from arena_cli.casework.protection import SHIELDED
from arena_cli.errors import translatable
from arena_cli.language import Language
from arena_cli.model import (
    Answer,
    Assignment,
    Background,
    Decision,
    ExitType,
    FollowUp,
    Income,
    Participant,
    Pause,
    Project,
    Question,
    Sector,
    Sex,
    TargetMeasure,
    TargetPeriod,
    questions,
)
from arena_cli.records import Record

NOTHING: Final = "–"

_SHIELDED: Final = translatable("protected")
_YES: Final = translatable("yes")
_NO: Final = translatable("no")

AUDIENCES: Final[Mapping[str, str]] = {"meeting": translatable("the meeting"), "public": translatable("the public")}
"""Who a report is for, by the code."""

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
    "host": translatable("Host"),
    "sector": translatable("Sector"),
    "capacity": translatable("Room for"),
    "opens_on": translatable("First day"),
    "closes_on": translatable("Last day"),
    "place_id": translatable("Place"),
    "placed_on": translatable("Placed"),
    "planned_end_on": translatable("Planned end"),
    "ended_on": translatable("Ended"),
    "month": translatable("Month"),
    "activity": translatable("Activity"),
    "minutes": translatable("Hours"),
    "certified": translatable("Certified"),
    "measure": translatable("Target for"),
    "period": translatable("Per"),
    "value": translatable("Target"),
    "valid_from": translatable("From"),
    "assigned_on": translatable("Assigned"),
    "outcome": translatable("Wait"),
    "paused_on": translatable("Paused from"),
    "reason": translatable("Reason"),
    "resumed_on": translatable("Back on"),
    "kind": translatable("Followed up"),
    "followed_up_on": translatable("Day of follow-up"),
    "reached": translatable("Reached"),
    "moment": translatable("Income"),
    "source": translatable("Source"),
    "is_main": translatable("Main source"),
    "network_share": translatable("On a network share"),
    "identity": translatable("Kept of who it is"),
    "protection": translatable("Protection"),
    "told": translatable("Who it is"),
    "tried": translatable("Tried"),
    "happened": translatable("Happened"),
    "next_step": translatable("Next step"),
    "question": translatable("Question"),
    "contact": translatable("Contact"),
    "decided_on": translatable("Decided"),
    "what": translatable("What"),
    "responsible": translatable("Responsible"),
    "due_on": translatable("Due"),
    "shows_in": translatable("Should show in"),
    "settled_on": translatable("Settled"),
    "closed_on": translatable("Closed"),
    "closed_as": translatable("As"),
    "result": translatable("Result"),
}
"""The columns that mean something to a person, in the order in which they are told; the model's questions follow."""

_FLAGS: Final = ("certified", "reached", "is_main", "network_share")
_SAYS_NOTHING: Final = frozenset({None, Answer.NOT_ASKED.value})


@cache
def _questions() -> Mapping[str, Question]:
    return {**questions(Background), **questions(FollowUp)}


@cache
def _enumerations() -> Mapping[str, type[StrEnum]]:
    """The columns whose values are of an enumeration, of the records that have most of them."""
    return {
        column: part
        for kind in (Background, FollowUp, Pause, Assignment, Income, Decision, Participant)
        for column, hint in get_type_hints(kind).items()
        for part in get_args(hint) or (hint,)
        if isinstance(part, type) and issubclass(part, StrEnum)
    }


class Coded(Protocol):
    """Anything that a project gives a code."""

    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=Coded)


def named(entries: Iterable[C], code: object) -> C | None:
    """The entry with a code; None for no code."""
    return next((entry for entry in entries if entry.code == code), None)


def hours_and_minutes(minutes: int) -> str:
    """As in 12:30."""
    return f"{minutes // 60}:{minutes % 60:02}"


def hours_in_all(language: Language, minutes: int) -> str:
    """A sum of many persons' hours, grouped as the report has it: 10 930:00."""
    from arena_cli.formats import Formats

    return f"{Formats(language.code).number(minutes // 60)}:{minutes % 60:02}"


class Wording(NamedTuple):
    """One project in one language."""

    project: Project
    language: Language

    def column(self, column: str) -> str:
        """What a column is called."""
        return self.language.text(_COLUMNS.get(column) or _questions()[column].label_en)

    def value(self, column: str, value: object) -> str:
        """What a value of a column is called; a dash for none."""
        if value == SHIELDED:
            return self.language.text(_SHIELDED)
        return NOTHING if value is None else self.language.text("{value}", value=self._thing(column, value) or value)

    def difference(self, before: Mapping[str, object], after: Mapping[str, object]) -> str:
        """What a record was and has become, column by column; of a new or undone one, what it is or was."""
        changes = []
        for column in (*_COLUMNS, *_questions()):
            old, new = before.get(column), after.get(column)
            if old != new and not _SAYS_NOTHING.issuperset((old, new)):
                change = f"{self.value(column, old)} → {self.value(column, new)}"
                if not before or not after:
                    change = self.value(column, new if after else old)
                changes.append(f"{self.column(column)}: {change}")
        return ", ".join(changes)

    def correction(self, before: Record, after: Record) -> str:
        """What a correction has changed."""
        return self.difference(
            *({f.name: getattr(record, f.name) for f in fields(record)} for record in (before, after))
        )

    def _thing(self, column: str, value: object) -> object:
        from arena_cli.casework.placements import place_code

        readers: dict[str, Callable[[str], object]] = {
            "sex": Sex,
            "exit_type": ExitType,
            "sector": Sector,
            "measure": TargetMeasure,
            "period": TargetPeriod,
            "place_id": lambda number: place_code(int(number)),
            "minutes": lambda minutes: hours_and_minutes(int(minutes)),
            **dict.fromkeys(_FLAGS, lambda flag: self.language.text(_NO if flag in {"0", "False"} else _YES)),
            **_enumerations(),
        }
        lookups: dict[str, Iterable[Coded]] = {
            "municipality": self.project.municipalities,
            "step": self.project.steps,
            "destination": self.project.destinations,
            "referral": self.project.referrals,
            "activity": self.project.activities,
        }
        if column in readers:
            return readers[column](str(value))
        return named(lookups[column], value) if column in lookups else value
