"""Correcting what was registered. What it was before, and why it was corrected, stays in the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final

import typer

from arena_cli import casework
from arena_cli.casework.protection import protected_codes
from arena_cli.cli.asking import confirm, need, wanted
from arena_cli.cli.changes import rows, with_participants
from arena_cli.cli.corrections import WHY, MoveNumber, numbered, or_none, read_corrections, say_correction
from arena_cli.cli.index import Command
from arena_cli.cli.options import (
    NONE,
    BirthYear,
    Code,
    DestinationName,
    ExitTypeName,
    MunicipalityName,
    Ref,
    ReferralName,
    SexName,
    SpellNumber,
    StepName,
    Why,
    Yes,
    date_of,
    of_option,
    read_number,
    read_text,
    read_year,
)
from arena_cli.cli.output import answer, say
from arena_cli.cli.words import Wording, named
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.lookup import (
    find_destination,
    find_exit_type,
    find_municipality,
    find_referral,
    find_sex,
    find_step,
)
from arena_cli.model import Assignment, ExitType, Participant, Spell
from arena_cli.rules import age_remark
from arena_cli.store import Store

EnteredOn = Annotated[
    str | None,
    typer.Option("--entered", metavar=translatable("DATE"), help=translatable("The day of entry.")),
]
ExitedOn = Annotated[
    str | None,
    typer.Option(
        "--exited",
        metavar=translatable("DATE"),
        help=translatable("The day of exit; `-` if the participant has not left."),
    ),
]
MovedOn = Annotated[
    str | None,
    typer.Option("--date", metavar=translatable("DATE"), help=translatable("The day of the move.")),
]
MovedTo = Annotated[
    str | None,
    typer.Option("--to", metavar=translatable("STEP"), help=translatable("The step, by code, name or position.")),
]


class StepByItself(UsageProblem):
    message = translatable("The step of entry is corrected by itself: leave the other options out.")


def edit_participant(
    context: typer.Context,
    code: Code,
    *,
    sex: SexName = None,
    birth_year: BirthYear = None,
    ref: Ref = None,
    why: Why = None,
) -> None:
    """Correct what is registered about a person."""
    session: Session = context.obj
    corrected = read_corrections(
        session,
        sex=(sex, find_sex),
        birth_year=(birth_year, of_option("--birth-year", read_year)),
        ref=(ref, lambda typed: read_text("--ref", typed)),
    )
    need(session, {"--why": why})
    with session.writing() as store:
        casework.find_participant(store, code)
        occasion = session.occasion(wanted(session, why, WHY))
        before, after = casework.correct_participant(store, occasion, code, lambda p: replace(p, **corrected))
        project, came_on = store.project(), _came_on(store, after)
        say_correction(session, project, after.code, before, after)
        if came_on is not None and after.birth_year != before.birth_year:
            remark = age_remark(project, after.birth_year, came_on)
            if remark is not None:
                say(remark.sentence(session.language))


def _came_on(store: Store, participant: Participant) -> date | None:
    """The day of the first entry, or of the assignment of somebody who waits to start."""
    of_person = ("WHERE participant_id = ?", (participant.id,))
    days = [spell.entered_on for spell in store.spells(*of_person)]
    return min(days or [wait.assigned_on for wait in store.records(Assignment, *of_person)], default=None)


def edit_spell(
    context: typer.Context,
    code: Code,
    *,
    number: SpellNumber = None,
    municipality: MunicipalityName = None,
    entered_on: EnteredOn = None,
    exited_on: ExitedOn = None,
    kind: ExitTypeName = None,
    destination: DestinationName = None,
    referral: ReferralName = None,
    step: StepName = None,
    why: Why = None,
) -> None:
    """Correct a spell."""
    session: Session = context.obj
    spell_number = read_number("--number", number) if number is not None else None
    need(session, {"--why": why})
    with session.writing() as store:
        project = store.project()
        corrected = read_corrections(
            session,
            municipality=(municipality, lambda typed: find_municipality(project, typed)),
            entered_on=(entered_on, date_of("--entered", session.today)),
            exited_on=(exited_on, or_none(date_of("--exited", session.today))),
            exit_type=(kind, or_none(find_exit_type)),
            destination=(destination, or_none(lambda typed: find_destination(project, typed))),
            referral=(referral, or_none(lambda typed: find_referral(project, typed))),
            step=(step, lambda typed: find_step(project, typed)),
        )
        participant = casework.find_participant(store, code)
        if spell_number is None and (spells := len(casework.journey(store, code).spells)) > 1:
            message = translatable("{code} has {spells} spells: this is about the latest. --number chooses another.")
            say(session.language.text(message, code=participant.code, spells=spells))
        occasion = session.occasion(wanted(session, why, WHY))
        if "step" not in corrected:
            before, after = casework.correct_spell(store, occasion, code, spell_number, _correction(corrected))
            say_correction(session, store.project(), participant.code, before, after)
            return
        if len(corrected) > 1:
            raise StepByItself
        receipt = casework.correct_entry_step(store, occasion, code, spell_number, corrected["step"])
    message = translatable("{code}: step of entry {before} → {after}.")
    steps = {
        key: named(project.steps, s) or NONE for key, s in (("before", receipt.step_before), ("after", receipt.step))
    }
    say(session.language.text(message, code=participant.code, **steps))
    answer(participant.code)


def edit_move(
    context: typer.Context,
    code: Code,
    number: MoveNumber,
    *,
    moved_on: MovedOn = None,
    to: MovedTo = None,
    why: Why = None,
) -> None:
    """Correct a move."""
    session: Session = context.obj
    move_number = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        project = store.project()
        corrected = read_corrections(
            session,
            moved_on=(moved_on, date_of("--date", session.today)),
            step=(to, lambda typed: find_step(project, typed)),
        )
        participant = casework.find_participant(store, code)
        occasion = session.occasion(wanted(session, why, WHY))
        before, after = casework.correct_move(store, occasion, code, move_number, lambda m: replace(m, **corrected))
        say_correction(session, store.project(), participant.code, before, after)


def undo(context: typer.Context, *, yes: Yes = False) -> None:
    """Undo the last change that has not been undone."""
    session: Session = context.obj
    need(session, {"--yes": yes or None})
    with session.writing() as store:
        last = casework.last_change(store)
        number = last[0].change
        wording = Wording(store.project(), session.language)
        journal = with_participants(store.entries(), protected_codes(store))
        lines = [line for line in journal if line.entry.change == number]
        _, when, actor, command, participant, what, _ = next(rows(lines, wording))
        message = (
            translatable("The last change: {command} by {actor}, {when}. {participant}: {what}.")
            if participant
            else translatable("The last change: {command} by {actor}, {when}. {what}.")
        )
        facts = {"command": command, "actor": actor, "when": when, "participant": participant, "what": what}
        say(session.language.text(message, **facts))
        if not yes:
            confirm(session, "--yes", session.language.text(translatable("Undo it?")))
        casework.undo(store, session.occasion(), number)
    say(session.language.text(translatable("Undone.")))


def _correction(corrected: Mapping[str, Any]) -> Callable[[Spell], Spell]:
    """A spell that has not ended has no exit; one that has, is completed unless something else is known."""

    def correct(spell: Spell) -> Spell:
        after = replace(spell, **corrected)
        if after.exited_on is None and after.counts and "exited_on" in corrected:
            return replace(after, exit_type=None, destination=None)
        if after.exited_on is not None and after.exit_type is None:
            return replace(after, exit_type=ExitType.COMPLETED)
        return after

    return correct


COMMANDS: Final = {
    "edit-participant": Command(
        edit_participant,
        'arena edit-participant K7QX-4M --birth-year 1985 --why "skrivfel"',
        translatable("`-` takes a birth year or a ref away. The spells are corrected by `arena edit-spell`."),
    ),
    "edit-spell": Command(
        edit_spell,
        'arena edit-spell K7QX-4M --entered 2016-10-03 --why "skrivfel"',
        translatable(
            "`-` takes an exit, a destination or a referral away. A spell that never should have been: "
            "--type misregistered. --step is the step of entry, and is corrected by itself."
        ),
    ),
    "edit-move": Command(
        edit_move,
        'arena edit-move K7QX-4M 2 --date 2016-10-14 --why "skrivfel"',
        translatable("`arena show-participant` numbers the moves."),
    ),
    "undo": Command(
        undo,
        "arena undo",
        translatable("Shows the change and asks before it undoes it. The journal keeps both."),
    ),
}
