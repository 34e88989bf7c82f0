"""Notes and decisions: what the municipalities tell each other, and what the meeting decides.

No text may hold a personal identity number. Numbers of notes and decisions are never used again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Final, TypeVar

from arena_cli.errors import NotFound, Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Decision, DecisionOutcome, Month, Note, Project
from arena_cli.personal_number import refuse_personal_number
from arena_cli.rules import BeforeProject, InTheFuture, check_day
from arena_cli.store import Store

_Told = TypeVar("_Told", Note, Decision)


class NoSuchNote(NotFound):
    message = translatable("There is no note {number}. `arena list-notes` shows them with their numbers.")


class NoSuchDecision(NotFound):
    message = translatable("There is no decision {number}. `arena list-decisions` shows them with their numbers.")


class NotedAfterProject(Refused):
    message = translatable("{month} lies after the project's end, {ends_on}. Give the month it is about with --month.")


class NothingNoted(Refused):
    message = translatable(
        "A note says at least one of: what was tried, what happened, the next step, a question to the others."
    )


class NoNextStep(Refused):
    message = translatable("Note {number} has no next step to settle. `arena edit-note` gives it one.")


class AlreadySettled(Refused):
    message = translatable("It was settled on {day} already. `arena edit-note` and `arena edit-decision` correct that.")


class SettledTooEarly(Refused):
    message = translatable("{day} lies before {first}, the first day on which it can have been settled.")


class DueBeforeDecided(Refused):
    message = translatable("It cannot be due on {due_on}, before it was decided on {decided_on}.")


class ResultWithoutEnd(Refused):
    message = translatable("What came of it is told when it is settled: give the day as well.")


class OutcomeWithoutEnd(Refused):
    message = translatable("An outcome and the day it was closed go together: give both, or neither.")


def add_note(store: Store, occasion: Occasion, note: Note) -> Note:
    """Add a note of a month that has begun. Raises NothingNoted."""
    return _add(store, occasion, note)


def correct_note(
    store: Store, occasion: Occasion, number: int, correction: Callable[[Note], Note]
) -> tuple[Note, Note]:
    """Change a note. Returns it before and after. Raises NoSuchNote."""
    return _correct(store, occasion, Note, number, correction)


def settle_note(store: Store, occasion: Occasion, number: int, day: date, result: str | None) -> Note:
    """Say that a note's next step has been taken, or will not be. Raises NoSuchNote, NoNextStep or AlreadySettled."""

    def settled(note: Note) -> Note:
        if note.next_step is None:
            raise NoNextStep(number=number)
        if note.settled_on is not None:
            raise AlreadySettled(day=note.settled_on)
        return replace(note, settled_on=day, result=result)

    return _correct(store, occasion, Note, number, settled)[1]


def remove_note(store: Store, occasion: Occasion, number: int) -> Note:
    """Take a note away; the journal keeps it. Raises NoSuchNote."""
    return _remove(store, occasion, Note, number)


def add_decision(store: Store, occasion: Occasion, decision: Decision) -> Decision:
    """Add a decision. Raises DueBeforeDecided."""
    return _add(store, occasion, decision)


def correct_decision(
    store: Store, occasion: Occasion, number: int, correction: Callable[[Decision], Decision]
) -> tuple[Decision, Decision]:
    """Change a decision. Returns it before and after. Raises NoSuchDecision."""
    return _correct(store, occasion, Decision, number, correction)


def close_decision(
    store: Store, occasion: Occasion, number: int, day: date, outcome: DecisionOutcome, result: str | None
) -> Decision:
    """Say that a decision has been carried out, or dropped. Raises NoSuchDecision or AlreadySettled."""

    def closed(decision: Decision) -> Decision:
        if decision.closed_on is not None:
            raise AlreadySettled(day=decision.closed_on)
        return replace(decision, closed_on=day, closed_as=outcome, result=result)

    return _correct(store, occasion, Decision, number, closed)[1]


def remove_decision(store: Store, occasion: Occasion, number: int) -> Decision:
    """Take a decision away; the journal keeps it. Raises NoSuchDecision."""
    return _remove(store, occasion, Decision, number)


def list_notes(store: Store) -> Sequence[Note]:
    """Every note, by month and number."""
    return sorted(store.records(Note), key=lambda note: (note.month, note.id))


def list_decisions(store: Store) -> Sequence[Decision]:
    """Every decision, by day and number."""
    return sorted(store.records(Decision), key=lambda decision: (decision.decided_on, decision.id))


# -- shared -----------------------------------------------------------------------------------------------------------


def _add(store: Store, occasion: Occasion, told: _Told) -> _Told:
    with store.change(occasion) as change:
        _check(store.project(), told, occasion.today)
        return change.add(told)


def _correct(
    store: Store, occasion: Occasion, kind: type[_Told], number: int, correction: Callable[[_Told], _Told]
) -> tuple[_Told, _Told]:
    with store.change(occasion) as change:
        before = _numbered(store, kind, number)
        after = correction(before)
        _check(store.project(), after, occasion.today)
        change.update(before, after)
    return before, after


def _remove(store: Store, occasion: Occasion, kind: type[_Told], number: int) -> _Told:
    with store.change(occasion) as change:
        told = _numbered(store, kind, number)
        change.remove(told)
    return told


_UNKNOWN: Final[Mapping[type, type[NotFound]]] = {Note: NoSuchNote, Decision: NoSuchDecision}


def _numbered(store: Store, kind: type[_Told], number: int) -> _Told:
    found = store.records(kind, "WHERE id = ?", (number,))
    if not found:
        raise _UNKNOWN[kind](number=number)
    return found[0]


def _check(project: Project, told: Note | Decision, today: date) -> None:
    """Refuse what contradicts itself or the calendar, and personal identity numbers in any of its texts."""
    for field in fields(told):
        value = getattr(told, field.name)
        refuse_personal_number(value if isinstance(value, str) else None)
    if isinstance(told, Note):
        _check_note(project, told, today)
    else:
        _check_decision(project, told, today)


def _check_note(project: Project, note: Note, today: date) -> None:
    if not (note.tried or note.happened or note.next_step or note.question):
        raise NothingNoted
    month = Month.parse(note.month)
    if month.last < project.starts_on:
        raise BeforeProject(day=month, starts_on=project.starts_on)
    if month.first > project.ends_on:
        raise NotedAfterProject(month=month, ends_on=project.ends_on)
    if month.first > today:
        raise InTheFuture(day=month)
    if note.settled_on is not None and note.next_step is None:
        raise NoNextStep(number=note.id)
    if note.result is not None and note.settled_on is None:
        raise ResultWithoutEnd
    _check_settled(note.settled_on, month.first, today)


def _check_decision(project: Project, decision: Decision, today: date) -> None:
    check_day(project, decision.decided_on, today)
    if decision.due_on < decision.decided_on:
        raise DueBeforeDecided(due_on=decision.due_on, decided_on=decision.decided_on)
    if (decision.closed_on is None) != (decision.closed_as is None):
        raise OutcomeWithoutEnd
    if decision.result is not None and decision.closed_on is None:
        raise ResultWithoutEnd
    _check_settled(decision.closed_on, decision.decided_on, today)


def _check_settled(day: date | None, first: date, today: date) -> None:
    if day is None:
        return
    if day < first:
        raise SettledTooEarly(day=day, first=first)
    if day > today:
        raise InTheFuture(day=day)
