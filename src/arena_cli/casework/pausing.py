"""Pause and resume a spell; assign somebody who has not started yet.

A pause that nobody has ended lasts as long as its spell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from arena_cli.casework.attached import started
from arena_cli.casework.enrolment import (
    Intake,
    Journey,
    Receipt,
    RefTaken,
    enter,
    journey,
    require_open_spell,
)
from arena_cli.errors import NotFound, Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Assignment, AssignmentOutcome, Participant, Pause, PauseReason, Sex, Spell
from arena_cli.rules import (
    PauseOutsideSpell,
    StartBeforeAssignment,
    age_remark,
    check_birth_year,
    check_day,
    check_pauses,
    check_ref,
    spell_on,
)
from arena_cli.store import Store


class PausedAlready(Refused):
    message = translatable("{code} is paused already, since {paused_on}. To go on: `arena resume-participant {code}`.")


class NotPaused(Refused):
    message = translatable("{code} is not paused.")


class NoSuchPause(NotFound):
    message = translatable("{code} has no pause number {number}. `arena show-participant {code}` numbers them.")


class NotWaiting(Refused):
    message = translatable(
        "{code} is not waiting to start. Somebody new: `arena add-participant`; "
        "somebody who comes back: `arena readmit-participant {code}`."
    )


@dataclass(frozen=True, slots=True)
class PauseReceipt:
    """A pause that was begun, ended, corrected or taken away; `before` is what it was before a correction."""

    participant: Participant
    pause: Pause
    before: Pause | None = None


@dataclass(frozen=True, slots=True)
class AssignmentReceipt:
    """An assignment that was registered or withdrawn."""

    participant: Participant
    assignment: Assignment


def pauses_of(store: Store, participant: Participant) -> list[Pause]:
    """A participant's pauses by day, as `show-participant` numbers them from 1."""
    return store.records(Pause, f"{_OF_PARTICIPANT} ORDER BY paused_on, id", (participant.id,))


def pause(
    store: Store,
    occasion: Occasion,
    typed: str,
    paused_on: date,
    reason: PauseReason,
    resumed_on: date | None = None,
) -> PauseReceipt:
    """Pause a participant's spell of that day: neither an exit nor active.

    Without `resumed_on`, the first day back, the pause goes on, which only that of an open spell can. Raises
    PausedAlready.
    """
    with store.change(occasion) as change:
        known = journey(store, typed)
        check_day(store.project(), paused_on, occasion.today)
        if resumed_on is None:
            _, spell = require_open_spell(store, typed)
            if unfinished := _open_pause(store, known):
                raise PausedAlready(code=known.participant.code, paused_on=unfinished.paused_on)
        else:
            spell = _spell_of(known, paused_on)
        begun = Pause(0, spell.id, paused_on, reason, resumed_on)
        _check(store, occasion, spell, begun)
        begun = change.add(begun)
    return PauseReceipt(known.participant, begun)


def resume(store: Store, occasion: Occasion, typed: str, resumed_on: date) -> PauseReceipt:
    """End the pause of a participant's open spell: `resumed_on` is the first day back. Raises NotPaused."""
    with store.change(occasion) as change:
        known, spell = require_open_spell(store, typed)
        unfinished = _open_pause(store, known)
        if unfinished is None:
            raise NotPaused(code=known.participant.code)
        ended = replace(unfinished, resumed_on=resumed_on)
        _check(store, occasion, spell, ended)
        change.update(unfinished, ended)
    return PauseReceipt(known.participant, ended, unfinished)


def correct_pause(
    store: Store, occasion: Occasion, typed: str, number: int, correction: Callable[[Pause], Pause]
) -> PauseReceipt:
    """Change the days or the reason of a pause, numbered as `pauses_of` orders them."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        before = _numbered(store, known, number)
        after = correction(before)
        check_day(store.project(), after.paused_on, occasion.today)
        own = [s for s in known.spells if s.id == before.spell_id]
        spell = spell_on(own, after.paused_on) or _spell_of(known, after.paused_on)
        after = replace(after, spell_id=spell.id)
        _check(store, occasion, spell, after)
        change.update(before, after)
    return PauseReceipt(known.participant, after, before)


def remove_pause(store: Store, occasion: Occasion, typed: str, number: int) -> PauseReceipt:
    """Take away a pause that never was, numbered as `pauses_of` orders them; the journal keeps it."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        pause = _numbered(store, known, number)
        change.remove(pause)
    return PauseReceipt(known.participant, pause)


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
    """Register somebody who has been assigned and waits to start; in no participant figure until then.

    Raises RefTaken.
    """
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
        change.update(waiting, started(waiting, started_on))
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


_OF_PARTICIPANT: Final = "WHERE spell_id IN (SELECT id FROM spell WHERE participant_id = ?)"


def _check(store: Store, occasion: Occasion, spell: Spell, pause: Pause) -> None:
    """Refuse a pause, new or corrected, that cannot stand beside the spell's others."""
    if pause.resumed_on is not None:
        check_day(store.project(), pause.resumed_on, occasion.today)
    others = store.records(Pause, "WHERE spell_id = ? AND id <> ?", (spell.id, pause.id))
    check_pauses(spell, [*others, pause])


def _numbered(store: Store, known: Journey, number: int) -> Pause:
    pauses = pauses_of(store, known.participant)
    if not 1 <= number <= len(pauses):
        raise NoSuchPause(code=known.participant.code, number=number)
    return pauses[number - 1]


def _spell_of(known: Journey, day: date) -> Spell:
    spell = spell_on(known.spells, day)
    if spell is None:
        raise PauseOutsideSpell(paused_on=day)
    return spell


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
