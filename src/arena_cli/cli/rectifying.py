"""Rectifying what no other command corrects; each with its reason, which is kept in the journal."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

import typer

from arena_cli.casework import rectifying
from arena_cli.cli.asking import confirm, need, wanted
from arena_cli.cli.corrections import WHY, MoveNumber, numbered, or_none, read_corrections, say_correction
from arena_cli.cli.index import Command
from arena_cli.cli.options import Code, MunicipalityName, ReferralName, Why, Yes, date_of
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.lookup import find_municipality, find_referral
from arena_cli.model import Participant

AssignedOn = Annotated[
    str | None,
    typer.Option("--date", metavar=translatable("DATE"), help=translatable("The day of the assignment.")),
]
EndedOn = Annotated[
    str | None,
    typer.Option(
        "--ended",
        metavar=translatable("DATE"),
        help=translatable("The day on which the wait ended without a start; `-` if it goes on."),
    ),
]


def edit_assignment(
    context: typer.Context,
    code: Code,
    *,
    municipality: MunicipalityName = None,
    assigned_on: AssignedOn = None,
    referral: ReferralName = None,
    ended_on: EndedOn = None,
    why: Why = None,
) -> None:
    """Correct the wait of somebody who was assigned."""
    session: Session = context.obj
    need(session, {"--why": why})
    with session.writing() as store:
        project = store.project()
        corrected = read_corrections(
            session,
            municipality=(municipality, lambda typed: find_municipality(project, typed)),
            assigned_on=(assigned_on, date_of("--date", session.today)),
            referral=(referral, or_none(lambda typed: find_referral(project, typed))),
            ended_on=(ended_on, or_none(date_of("--ended", session.today))),
        )
        occasion = session.occasion(wanted(session, why, WHY))
        participant, before, after = rectifying.correct_assignment(
            store, occasion, code, lambda wait: replace(wait, **corrected)
        )
    say_correction(session, project, participant.code, before, after)


def remove_assignment(context: typer.Context, code: Code, *, why: Why = None) -> None:
    """Take away a wait that never was."""
    session: Session = context.obj
    need(session, {"--why": why})
    with session.writing() as store:
        occasion = session.occasion(wanted(session, why, WHY))
        participant, wait = rectifying.remove_assignment(store, occasion, code)
    message = translatable("{code}: the wait since {day} is taken away.")
    _acknowledge(session, participant, message, day=wait.assigned_on)


def remove_move(context: typer.Context, code: Code, number: MoveNumber, *, why: Why = None) -> None:
    """Take away a move that never was."""
    session: Session = context.obj
    move_number = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        occasion = session.occasion(wanted(session, why, WHY))
        participant, move = rectifying.remove_move(store, occasion, code, move_number)
    message = translatable("{code}: the move of {day} is taken away.")
    _acknowledge(session, participant, message, day=move.moved_on)


def misregister_participant(context: typer.Context, code: Code, *, why: Why = None, yes: Yes = False) -> None:
    """Take somebody who was registered by mistake out of every count."""
    session: Session = context.obj
    need(session, {"--why": why, "--yes": yes or None})
    with session.writing() as store:
        reason = wanted(session, why, WHY)
        if not yes:
            confirm(session, "--yes", session.language.text(translatable("Take the person out of every count?")))
        done = rectifying.misregister(store, session.occasion(reason), code)
    message = translatable(
        "{code}: in no count any more. Spells marked as misregistered: {spells}; waits taken away: {waits}."
    )
    _acknowledge(session, done.participant, message, spells=done.spells, waits=done.waits)


def _acknowledge(session: Session, participant: Participant, message: str, **facts: object) -> None:
    say(session.language.text(message, code=participant.code, **facts))
    answer(participant.code)


COMMANDS: Final = {
    "edit-assignment": Command(
        edit_assignment,
        'arena edit-assignment K7QX-4M --date 2016-10-02 --why "skrivfel"',
        translatable("`-` takes a referral away, or the end of a wait."),
    ),
    "remove-assignment": Command(remove_assignment, 'arena remove-assignment K7QX-4M --why "fel person"'),
    "remove-move": Command(
        remove_move,
        'arena remove-move K7QX-4M 2 --why "fel person"',
        translatable("`arena show-participant` numbers the moves."),
    ),
    "misregister-participant": Command(
        misregister_participant,
        'arena misregister-participant K7QX-4M --why "fel projekt"',
        translatable(
            "Nothing is deleted: the journal keeps what was registered, and why it should not have been. What is kept "
            "of who the person is goes by `arena remove-identity`. Somebody registered twice is merged instead."
        ),
    ),
}
