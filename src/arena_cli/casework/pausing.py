"""Pause and resume a spell; assign somebody who has not started yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from arena_cli.casework.enrolment import (
    Intake,
    Journey,
    Receipt,
    RefTaken,
    enter,
    journey,
    require_open_spell,
)
from arena_cli.errors import Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Assignment, AssignmentOutcome, Participant, Pause, PauseReason, Sex
from arena_cli.rules import age_remark, check_birth_year, check_day, check_pauses, check_ref
from arena_cli.store import Store


class PausedAlready(Refused):
    message = translatable("{code} is paused already, since {paused_on}. To go on: `arena resume-participant {code}`.")


class NotPaused(Refused):
    message = translatable("{code} is not paused.")


class NotWaiting(Refused):
    message = translatable(
        "{code} is not waiting to start. Somebody new: `arena add-participant`; "
        "somebody who comes back: `arena readmit-participant {code}`."
    )


class StartBeforeAssignment(Refused):
    message = translatable("{day} lies before the day of the assignment, {assigned_on}.")


@dataclass(frozen=True, slots=True)
class PauseReceipt:
    """A pause that was begun or ended."""

    participant: Participant
    pause: Pause


@dataclass(frozen=True, slots=True)
class AssignmentReceipt:
    """An assignment that was registered or withdrawn."""

    participant: Participant
    assignment: Assignment


def pause(store: Store, occasion: Occasion, typed: str, paused_on: date, reason: PauseReason) -> PauseReceipt:
    """Pause a participant's open spell: neither an exit nor active."""
    with store.change(occasion) as change:
        known, spell = require_open_spell(store, typed)
        check_day(store.project(), paused_on, occasion.today)
        if unfinished := _open_pause(store, known):
            raise PausedAlready(code=known.participant.code, paused_on=unfinished.paused_on)
        begun = change.add(Pause(0, spell.id, paused_on, reason))
        check_pauses(spell, store.records(Pause, "WHERE spell_id = ?", (spell.id,)))
    return PauseReceipt(known.participant, begun)


def resume(store: Store, occasion: Occasion, typed: str, resumed_on: date) -> PauseReceipt:
    """End the pause of a participant's open spell: `resumed_on` is the first day back."""
    with store.change(occasion) as change:
        known, spell = require_open_spell(store, typed)
        check_day(store.project(), resumed_on, occasion.today)
        unfinished = _open_pause(store, known)
        if unfinished is None:
            raise NotPaused(code=known.participant.code)
        ended = replace(unfinished, resumed_on=resumed_on)
        change.update(unfinished, ended)
        check_pauses(spell, store.records(Pause, "WHERE spell_id = ?", (spell.id,)))
    return PauseReceipt(known.participant, ended)


def assign(
    store: Store,
    occasion: Occasion,
    municipality: str,
    assigned_on: date,
    *,
    sex: Sex,
    birth_year: int | None = None,
    ref: str | None = None,
    referral: str | None = None,
) -> AssignmentReceipt:
    """Register somebody who has been assigned and waits to start; in no participant figure until then."""
    check_ref(ref)
    check_birth_year(birth_year, assigned_on)
    with store.change(occasion) as change:
        check_day(store.project(), assigned_on, occasion.today)
        if ref is not None and (known := store.participant_by_ref(ref)):
            raise RefTaken(code=known.code)
        participant = change.add_participant(ref, sex, birth_year)
        assignment = change.add(Assignment(0, participant.id, municipality, assigned_on, referral))
    return AssignmentReceipt(participant, assignment)


def start(store: Store, occasion: Occasion, typed: str, started_on: date, step: str | None) -> Receipt:
    """End the wait with a first spell in the municipality of the assignment."""
    with store.change(occasion) as change:
        known, waiting = _waiting(store, typed, started_on)
        change.update(waiting, replace(waiting, ended_on=started_on, outcome=AssignmentOutcome.STARTED))
        intake = Intake(waiting.municipality, started_on, step, waiting.referral)
        spell = enter(store, change, occasion, known.participant, known.spells, intake)
    remark = age_remark(store.project(), known.participant.birth_year, started_on)
    return Receipt(known.participant, spell, None, step, (remark,) if remark else ())


def withdraw(store: Store, occasion: Occasion, typed: str, withdrawn_on: date) -> AssignmentReceipt:
    """End the wait without a start."""
    with store.change(occasion) as change:
        known, waiting = _waiting(store, typed, withdrawn_on)
        check_day(store.project(), withdrawn_on, occasion.today)
        ended = replace(waiting, ended_on=withdrawn_on, outcome=AssignmentOutcome.WITHDRAWN)
        change.update(waiting, ended)
    return AssignmentReceipt(known.participant, ended)


def _open_pause(store: Store, known: Journey) -> Pause | None:
    spell = known.open_spell
    found = store.records(Pause, "WHERE spell_id = ? AND resumed_on IS NULL", (spell.id if spell else 0,))
    return found[0] if found else None


def _waiting(store: Store, typed: str, day: date) -> tuple[Journey, Assignment]:
    known = journey(store, typed)
    found = store.records(Assignment, "WHERE participant_id = ? AND ended_on IS NULL", (known.participant.id,))
    if not found:
        raise NotWaiting(code=known.participant.code)
    if day < found[0].assigned_on:
        raise StartBeforeAssignment(day=day, assigned_on=found[0].assigned_on)
    return known, found[0]
