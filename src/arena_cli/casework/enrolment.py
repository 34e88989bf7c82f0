"""The verbs: enrol, move, leave, re-enter, transfer, correct, undo. One transaction each, with its journal entries.

Each verb reads what it needs inside its transaction, checks the rules, writes, and returns what was done. A refusal is
an ArenaError and leaves the file as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from arena_cli.casework.attached import (
    Attached,
    attached_to,
    broken_by,
    carried_pauses,
    carried_placements,
    ending_placements,
    started,
)
from arena_cli.errors import NotFound, Refused, Remark, translatable
from arena_cli.journal import Link, Occasion
from arena_cli.model import (
    Assignment,
    AssignmentOutcome,
    ExitType,
    Participant,
    Sex,
    Spell,
    StepMove,
)
from arena_cli.model.noun import Noun, dataclass
from arena_cli.participant_code import read_code
from arena_cli.records import NOT_TO_UNDO
from arena_cli.rules import (
    MoveOutsideSpell,
    age_remark,
    check_birth_year,
    check_day,
    check_moves,
    check_overlap,
    check_ref,
    check_spell,
    spell_on,
)
from arena_cli.store import Change, Store


class NotACode(NotFound):
    message = translatable(
        "That is not a participant's code: one looks like K7QX-4M, and its last character checks the others. "
        "`arena list-participants` shows the codes."
    )


class UnknownParticipant(NotFound):
    message = translatable("There is no participant {code}. `arena list-participants` shows the codes.")


class RefTaken(Refused):
    message = translatable(
        "That ref belongs to participant {code} already. If it is the same person who comes back: "
        "`arena readmit-participant {code}`."
    )


class NotEnrolled(Refused):
    message = translatable("{code} has no open spell. If the person has come back: `arena readmit-participant {code}`.")


class StillEnrolled(Refused):
    message = translatable(
        "{code} is in the project already, since {entered_on}. To move to another municipality: "
        "`arena transfer-participant {code}`."
    )


class StillWaiting(Refused):
    message = translatable(
        "{code} was assigned on {assigned_on} and waits to start. When that has happened: "
        "`arena start-participant {code}`."
    )


class ExitIsTransfer(Refused):
    message = translatable("To move to another municipality of the project: `arena transfer-participant {code}`.")


class SameMunicipality(Refused):
    message = translatable("{code} is in that municipality already.")


class AlreadyOnStep(Refused):
    message = translatable("{code} was placed on that step on {moved_on} already; nothing was changed.")


class NoSuchSpell(NotFound):
    message = translatable("{code} has no spell number {number}. `arena show-participant {code}` numbers them.")


class NoSuchMove(NotFound):
    message = translatable("{code} has no move number {number}. `arena show-participant {code}` numbers them.")


class NothingToUndo(NotFound):
    message = translatable("There is no change to undo.")


class IdentityIsKept(Refused):
    message = translatable(
        "Who {code} is has been registered: to undo the enrolment, take that away first, with "
        "`arena remove-identity {code}`."
    )


class ChangedMeanwhile(Refused):
    message = translatable(
        "Something else has been changed meanwhile; nothing was undone. `arena list-changes` shows what."
    )


_ENDED_WITH_SPELL: Final = translatable("Placements that ended with it: {places}.")
_OF_PARTICIPANT: Final = "WHERE spell_id IN (SELECT id FROM spell WHERE participant_id = ?)"
_WAITING: Final = "WHERE participant_id = ? AND ended_on IS NULL"
_DECEASED_BEFORE = Remark(
    translatable("An earlier spell ended by death. Is it the same person? `arena undo` takes this back.")
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Journey(Noun):
    """A participant's spells in order, each with its moves by day."""

    participant: Participant
    spells: tuple[Spell, ...]
    moves: tuple[StepMove, ...]

    def moves_of(self, spell: Spell) -> tuple[StepMove, ...]:
        """The moves of one spell."""
        return tuple(move for move in self.moves if move.spell_id == spell.id)

    def step_on(self, spell: Spell, day: date) -> str | None:
        """The step a spell stands on at the end of a day; None is not placed."""
        steps = [move.step for move in self.moves_of(spell) if move.moved_on <= day]
        return steps[-1] if steps else None

    @property
    def open_spell(self) -> Spell | None:
        """The spell that has not ended."""
        return next((s for s in self.spells if s.counts and s.exited_on is None), None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Receipt(Noun):
    """What a verb has done: the participant, the spell it concerned, the step before and after, and any warning."""

    participant: Participant
    spell: Spell
    step_before: str | None = None
    step: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Intake(Noun):
    """What is registered when somebody enters."""

    municipality: str
    entered_on: date
    step: str | None = None
    referral: str | None = None


# -- reading ----------------------------------------------------------------------------------------------------------


def find_participant(store: Store, typed: str) -> Participant:
    """The participant whose code was typed, or that person's other one. Raises NotACode or UnknownParticipant."""
    code = read_code(typed)
    if code is None:
        raise NotACode
    participant = store.person(code)
    if participant is None:
        raise UnknownParticipant(code=code)
    return participant


def journey(store: Store, typed: str) -> Journey:
    """All that is registered about a participant's way through the project."""
    participant = find_participant(store, typed)
    spells = store.spells("WHERE participant_id = ?", (participant.id,))
    moves = store.moves(_OF_PARTICIPANT, (participant.id,))
    return Journey(participant, tuple(spells), tuple(moves))


# -- registering ------------------------------------------------------------------------------------------------------


def enrol(
    store: Store, occasion: Occasion, intake: Intake, *, sex: Sex, birth_year: int | None = None, ref: str | None = None
) -> Receipt:
    """Register a person who enters the project for the first time, under a new code. Raises RefTaken."""
    check_ref(ref)
    check_birth_year(birth_year, intake.entered_on)
    with store.change(occasion) as change:
        if ref is not None and (known := store.participant_by_ref(ref)):
            raise RefTaken(code=known.code)
        participant = change.add_participant(ref, sex, birth_year)
        spell = enter(store, change, occasion, participant, (), intake)
    remark = age_remark(store.project(), birth_year, intake.entered_on)
    return Receipt(participant, spell, None, intake.step, (remark,) if remark else ())


def readmit(store: Store, occasion: Occasion, typed: str, intake: Intake) -> Receipt:
    """Register a new spell of a person who has left and comes back. Raises StillEnrolled or StillWaiting."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        if still := known.open_spell:
            raise StillEnrolled(code=known.participant.code, entered_on=still.entered_on)
        for waiting in store.records(Assignment, _WAITING, (known.participant.id,)):
            raise StillWaiting(code=known.participant.code, assigned_on=waiting.assigned_on)
        spell = enter(store, change, occasion, known.participant, known.spells, intake)
    died = any(s.exit_type is ExitType.DECEASED for s in known.spells)
    return Receipt(known.participant, spell, None, intake.step, (_DECEASED_BEFORE,) if died else ())


def move(store: Store, occasion: Occasion, typed: str, step: str, moved_on: date) -> Receipt:
    """Register that a participant stands on a step from a day on. Raises MoveOutsideSpell or AlreadyOnStep."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        check_day(store.project(), moved_on, occasion.today)
        spell = spell_on(known.spells, moved_on)
        if spell is None:
            raise MoveOutsideSpell(moved_on=moved_on)
        that_day = [m.step for m in known.moves_of(spell) if m.moved_on == moved_on]
        if that_day and that_day[-1] == step:
            raise AlreadyOnStep(code=known.participant.code, moved_on=moved_on)
        change.add_move(spell.id, moved_on, step)
    return Receipt(known.participant, spell, known.step_on(spell, moved_on), step)


def leave(
    store: Store, occasion: Occasion, typed: str, exited_on: date, exit_type: ExitType, destination: str | None
) -> Receipt:
    """Register that a participant's open spell has ended, and with it its placements.

    A destination that is not known is None. Raises ExitIsTransfer.
    """
    with store.change(occasion) as change:
        known, spell = require_open_spell(store, typed)
        if exit_type is ExitType.TRANSFERRED:
            raise ExitIsTransfer(code=known.participant.code)
        ended = replace(spell, exited_on=exited_on, exit_type=exit_type, destination=destination)
        remarks = _end_placements(store, change, known, spell, ended)
        _replace_spell(store, change, occasion, known, spell, ended)
    step = known.step_on(spell, exited_on)
    return Receipt(known.participant, ended, step, step, remarks)


def transfer(
    store: Store, occasion: Occasion, typed: str, municipality: str, on: date, step: str | None = None
) -> Receipt:
    """Move a participant to another municipality of the project: no exit. The step goes along unless one is given.

    A move made or a placement begun on the day of the transfer belongs to the later spell; other placements end. A
    pause goes on in the later spell. Raises SameMunicipality.
    """
    with store.change(occasion) as change:
        known, spell = require_open_spell(store, typed)
        if spell.municipality == municipality:
            raise SameMunicipality(code=known.participant.code)
        ended = replace(spell, exited_on=on, exit_type=ExitType.TRANSFERRED)
        _replace_spell(store, change, occasion, known, spell, ended)
        step_before = known.step_on(spell, on)
        intake = Intake(municipality, on, step or step_before, spell.referral)
        others = tuple(ended if s.id == spell.id else s for s in known.spells)
        continued = enter(store, change, occasion, known.participant, others, intake)
        for moved in known.moves_of(spell):
            if spell.entered_on < moved.moved_on == on:
                change.update(moved, replace(moved, spell_id=continued.id))
        attached = _attached_to(store, known)
        for before, after in carried_pauses(spell, continued, attached):
            if before is None:
                change.add(after)
            else:
                change.update(before, after)
        for placement in carried_placements(spell, continued, attached):
            change.update(*placement)
        remarks = _end_placements(store, change, known, spell, ended)
    return Receipt(known.participant, continued, step_before, intake.step, remarks)


# -- correcting -------------------------------------------------------------------------------------------------------


def correct_participant(
    store: Store, occasion: Occasion, typed: str, correction: Callable[[Participant], Participant]
) -> tuple[Participant, Participant]:
    """Change what is registered about a person. Returns the participant before and after. Raises RefTaken."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        before, after = known.participant, correction(known.participant)
        check_ref(after.ref)
        for spell in known.spells[:1]:
            check_birth_year(after.birth_year, spell.entered_on)
        if after.ref is not None and after.ref != before.ref and (other := store.participant_by_ref(after.ref)):
            raise RefTaken(code=other.code)
        change.update(before, after)
    return before, after


def correct_spell(
    store: Store, occasion: Occasion, typed: str, number: int | None, correction: Callable[[Spell], Spell]
) -> tuple[Spell, Spell]:
    """Change a spell (the latest if no number is given). Its entry step follows when the day of entry changes.

    An exit ends the placements that still run; those that ended with it follow it to an earlier day. Returns the spell
    before and after.
    """
    with store.change(occasion) as change:
        known = journey(store, typed)
        before = numbered_spell(known, number)
        after = correction(before)
        _end_placements(store, change, known, before, after)
        _replace_spell(store, change, occasion, known, before, after)
    return before, after


def correct_entry_step(store: Store, occasion: Occasion, typed: str, number: int | None, step: str) -> Receipt:
    """Change the step on which a spell (the latest if no number is given) was entered."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        spell = numbered_spell(known, number)
        entry = next((m for m in known.moves_of(spell) if m.moved_on == spell.entered_on), None)
        if entry is None:
            change.add_move(spell.id, spell.entered_on, step)
        else:
            change.update(entry, replace(entry, step=step))
    return Receipt(known.participant, spell, entry.step if entry else None, step)


def correct_move(
    store: Store, occasion: Occasion, typed: str, number: int, correction: Callable[[StepMove], StepMove]
) -> tuple[StepMove, StepMove]:
    """Change the day or the step of a move, numbered as `show-participant` does. Returns it before and after.

    Raises NoSuchMove.
    """
    with store.change(occasion) as change:
        known = journey(store, typed)
        if not 1 <= number <= len(known.moves):
            raise NoSuchMove(code=known.participant.code, number=number)
        before = known.moves[number - 1]
        after = correction(before)
        check_day(store.project(), after.moved_on, occasion.today)
        check_moves(next(s for s in known.spells if s.id == before.spell_id), (after,))
        spell = spell_on(known.spells, after.moved_on)
        after = replace(after, spell_id=spell.id if spell else before.spell_id)
        change.update(before, after)
    return before, after


# -- undoing ----------------------------------------------------------------------------------------------------------

_LAST_CHANGE = """
WHERE change = (SELECT max(change) FROM journal
                WHERE change > 1 AND undoes IS NULL
                  AND subject NOT IN (SELECT value FROM json_each(?))
                  AND seq > coalesce((SELECT max(journal_seq) FROM retention), 0)
                  AND change NOT IN (SELECT undoes FROM journal WHERE undoes IS NOT NULL))
ORDER BY seq
"""
_IDENTIFIED: Final = """
SELECT code FROM participant
WHERE id IN (SELECT value FROM json_each(?))
  AND id IN (SELECT participant_id FROM identity UNION SELECT participant_id FROM identity_number)
"""


def last_change(store: Store) -> list[Link]:
    """The journal's links of the last change that has not been undone. Raises NothingToUndo."""
    links = list(store.links(_LAST_CHANGE, [json.dumps(sorted(NOT_TO_UNDO))]))
    if not links:
        raise NothingToUndo
    return links


def undo(store: Store, occasion: Occasion, change_number: int) -> None:
    """Put every record back to what it was before a change, which must be the last that has not been undone.

    The journal keeps both. Raises ChangedMeanwhile or IdentityIsKept.
    """
    with store.change(occasion, undoes=change_number) as change:
        links = last_change(store)
        if links[0].change != change_number:
            raise ChangedMeanwhile
        added = [
            entry.record
            for link in links
            for entry in link.entries()
            if entry.subject == "participant" and entry.before is None
        ]
        for (code,) in store.rows(_IDENTIFIED, (json.dumps(added),)):
            raise IdentityIsKept(code=code)
        for link in reversed(links):
            change.revert(link)


# -- shared -----------------------------------------------------------------------------------------------------------


def require_open_spell(store: Store, typed: str) -> tuple[Journey, Spell]:
    """A participant with the spell that has not ended. Raises NotEnrolled."""
    known = journey(store, typed)
    if known.open_spell is None:
        raise NotEnrolled(code=known.participant.code)
    return known, known.open_spell


def numbered_spell(known: Journey, number: int | None) -> Spell:
    """The spell with a number, counted from 1, or the latest. Raises NoSuchSpell."""
    index = len(known.spells) if number is None else number
    if not 1 <= index <= len(known.spells):
        raise NoSuchSpell(code=known.participant.code, number=index)
    return known.spells[index - 1]


def enter(
    store: Store,
    change: Change,
    occasion: Occasion,
    participant: Participant,
    others: tuple[Spell, ...],
    intake: Intake,
) -> Spell:
    """Add a spell to a participant's others, with its entry step."""
    spell = Spell(0, participant.id, intake.municipality, intake.entered_on, referral=intake.referral)
    check_spell(store.project(), spell, occasion.today)
    spell = change.add_spell(spell)
    check_overlap((*others, spell))
    if intake.step is not None:
        change.add_move(spell.id, intake.entered_on, intake.step)
    return spell


def _replace_spell(
    store: Store, change: Change, occasion: Occasion, known: Journey, before: Spell, after: Spell
) -> None:
    check_spell(store.project(), after, occasion.today)
    spells = [after if spell.id == before.id else spell for spell in known.spells]
    check_overlap(spells)
    moves = list(known.moves_of(before))
    if moves and moves[0].moved_on == before.entered_on != after.entered_on:
        entry = replace(moves[0], moved_on=after.entered_on)
        change.update(moves[0], entry)
        moves[0] = entry
    check_moves(after, moves)
    for refusal in broken_by(after, spells, _attached_to(store, known), occasion.today):
        raise refusal
    _take_wait_along(store, change, before, after)
    change.update(before, after)


def _take_wait_along(store: Store, change: Change, before: Spell, after: Spell) -> None:
    """The wait that ended with a spell ends on its day of entry, also when that is corrected."""
    if before.entered_on == after.entered_on:
        return
    ended = (before.participant_id, AssignmentOutcome.STARTED, before.entered_on.isoformat())
    for waiting in store.records(Assignment, "WHERE participant_id = ? AND outcome = ? AND ended_on = ?", ended):
        change.update(waiting, started(waiting, after.entered_on))


def _end_placements(store: Store, change: Change, known: Journey, before: Spell, after: Spell) -> tuple[Remark, ...]:
    """End the placements that end with the spell. Returns a remark with the places of those that ended on its day."""
    attached = _attached_to(store, known)
    placements = ending_placements(before, after, attached)
    for placement in placements:
        change.update(*placement)
    places = tuple(attached.places[p.place_id].code for _, p in placements if p.ended_on == after.exited_on)
    return (Remark(_ENDED_WITH_SPELL, places=places),) if places else ()


def _attached_to(store: Store, known: Journey) -> Attached:
    return attached_to(store, known.spells).get(known.participant.id, Attached())
