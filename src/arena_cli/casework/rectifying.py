"""Rectifying what the other verbs leave: a wait, a move that never was, and somebody registered by mistake.

Nothing vanishes: the journal keeps what it was, who put it right, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from arena_cli.casework.enrolment import Journey, NoSuchMove, journey
from arena_cli.errors import NotFound, Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Assignment, AssignmentOutcome, ExitType, Participant, StepMove
from arena_cli.rules import StartBeforeAssignment, check_day
from arena_cli.store import Store


class NeverAssigned(NotFound):
    message = translatable("{code} was never assigned: there is no wait to correct.")


class EndOfAnother(Refused):
    message = translatable(
        "The wait of {code} ended with a start: its last day is the day of entry, which `arena edit-spell {code}` "
        "corrects."
    )


class AlreadyMisregistered(Refused):
    message = translatable("{code} is in no count already; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Misregistered:
    """Somebody who is in no count any more, with how many spells and waits that took."""

    participant: Participant
    spells: int
    waits: int


def correct_assignment(
    store: Store, occasion: Occasion, typed: str, correction: Callable[[Assignment], Assignment]
) -> tuple[Participant, Assignment, Assignment]:
    """Change the latest wait of a participant. Returns it before and after.

    The last day of a wait that ended without a start is its own: without one it goes on. Raises NeverAssigned,
    EndOfAnother or StartBeforeAssignment.
    """
    with store.change(occasion) as change:
        known, before = _assigned(store, typed)
        after = correction(before)
        if after.ended_on != before.ended_on:
            if before.outcome is AssignmentOutcome.STARTED:
                raise EndOfAnother(code=known.participant.code)
            after = replace(after, outcome=AssignmentOutcome.WITHDRAWN if after.ended_on else None)
        for day in filter(None, (after.assigned_on, after.ended_on)):
            check_day(store.project(), day, occasion.today)
        if after.ended_on is not None and after.ended_on < after.assigned_on:
            raise StartBeforeAssignment(day=after.ended_on, assigned_on=after.assigned_on)
        change.update(before, after)
    return known.participant, before, after


def remove_assignment(store: Store, occasion: Occasion, typed: str) -> tuple[Participant, Assignment]:
    """Take away the latest wait of a participant, which never was. Raises NeverAssigned."""
    with store.change(occasion) as change:
        known, wait = _assigned(store, typed)
        change.remove(wait)
    return known.participant, wait


def remove_move(store: Store, occasion: Occasion, typed: str, number: int) -> tuple[Participant, StepMove]:
    """Take away a move that never was, numbered as `show-participant` does. Raises NoSuchMove."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        if not 1 <= number <= len(known.moves):
            raise NoSuchMove(code=known.participant.code, number=number)
        move = known.moves[number - 1]
        change.remove(move)
    return known.participant, move


def misregister(store: Store, occasion: Occasion, typed: str) -> Misregistered:
    """Take somebody who never should have been registered out of every count: all spells, and all waits.

    What else is registered stays with the spells, and is counted by nothing. Raises AlreadyMisregistered.
    """
    with store.change(occasion) as change:
        known = journey(store, typed)
        spells = [spell for spell in known.spells if spell.counts]
        waits = _waits(store, known)
        if not spells and not waits:
            raise AlreadyMisregistered(code=known.participant.code)
        for spell in spells:
            change.update(spell, replace(spell, exit_type=ExitType.MISREGISTERED))
        for wait in waits:
            change.remove(wait)
    return Misregistered(known.participant, len(spells), len(waits))


def _waits(store: Store, known: Journey) -> list[Assignment]:
    return store.records(Assignment, "WHERE participant_id = ? ORDER BY id", (known.participant.id,))


def _assigned(store: Store, typed: str) -> tuple[Journey, Assignment]:
    known = journey(store, typed)
    waits = _waits(store, known)
    if not waits:
        raise NeverAssigned(code=known.participant.code)
    return known, waits[-1]
