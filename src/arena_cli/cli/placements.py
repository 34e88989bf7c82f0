"""Placements: who is on which place, and since when.

Each command prints the code of the participant, and says on stderr what was registered, when it is safely in the file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

import typer

from arena_cli import casework
from arena_cli.casework import placements
from arena_cli.cli.asking import Question, need, wanted
from arena_cli.cli.capacity import AllowBeyondCapacity, asking_beyond_capacity
from arena_cli.cli.corrections import WHY, numbered, or_none, read_corrections, say_correction
from arena_cli.cli.index import Command
from arena_cli.cli.options import Code, Day, Why, date_of
from arena_cli.cli.output import answer, say
from arena_cli.cli.questions import day_or_today
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.store import Store

OnPlace = Annotated[
    str | None,
    typer.Option("--place", metavar=translatable("PLACE"), help=translatable("The place's code, as in P-012.")),
]
PlacementNumber = Annotated[
    str,
    typer.Argument(
        metavar=translatable("NUMBER"),
        help=translatable("Which placement, as `arena show-participant` numbers them."),
    ),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar=translatable("DATE"), help=translatable("The day that it is planned to end.")),
]
EndedOn = Annotated[
    str | None,
    typer.Option("--ended", metavar=translatable("DATE"), help=translatable("The last day; `-` if it has not ended.")),
]


def place_participant(
    context: typer.Context,
    code: Code,
    *,
    place: OnPlace = None,
    day: Day = None,
    until: Until = None,
    beyond_capacity: AllowBeyondCapacity = False,
) -> None:
    """Register that a participant begins on a place."""
    session: Session = context.obj
    need(session, {"--place": place})
    planned = date_of("--until", session.today)(until) if until is not None else None
    with session.writing() as store:
        casework.find_participant(store, code)
        on = wanted(session, place, _place(store))
        placed_on = day_or_today(session, store.project(), day)
        receipt = asking_beyond_capacity(
            session,
            beyond_capacity,
            lambda allowed: placements.place_participant(
                store,
                session.occasion(),
                code,
                on,
                placed_on,
                planned_end_on=planned,
                allow_beyond_capacity=allowed,
            ),
        )
    placement = receipt.placement
    message = translatable("{code}: on {place} from {day}.")
    if placement.ended_on is not None:
        message = translatable("{code}: on {place} from {day} to {ended_on}, when the spell or the place ended.")
    elif planned is not None:
        message = translatable("{code}: on {place} from {day}, planned until {planned}.")
    say(
        session.language.text(
            message,
            code=receipt.participant.code,
            place=receipt.place.code,
            day=placed_on,
            ended_on=placement.ended_on,
            planned=planned,
        )
    )
    answer(receipt.participant.code)


def end_placement(context: typer.Context, code: Code, *, place: OnPlace = None, day: Day = None) -> None:
    """Register a placement's last day."""
    session: Session = context.obj
    with session.writing() as store:
        casework.find_participant(store, code)
        ended_on = day_or_today(session, store.project(), day)
        receipt = placements.end_placement(store, session.occasion(), code, ended_on, place)
    say(
        session.language.text(
            translatable("{code}: on {place} from {placed_on} to {ended_on}."),
            code=receipt.participant.code,
            place=receipt.place.code,
            placed_on=receipt.placement.placed_on,
            ended_on=ended_on,
        )
    )
    answer(receipt.participant.code)


def edit_placement(
    context: typer.Context,
    code: Code,
    number: PlacementNumber,
    *,
    place: OnPlace = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar=translatable("DATE"), help=translatable("The first day."))
    ] = None,
    until: Until = None,
    ended_on: EndedOn = None,
    why: Why = None,
    beyond_capacity: AllowBeyondCapacity = False,
) -> None:
    """Correct a placement."""
    session: Session = context.obj
    which = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        participant = casework.find_participant(store, code)
        corrected = read_corrections(
            session,
            place_id=(place, lambda typed: placements.find_place(store, typed).id),
            placed_on=(day, date_of("--date", session.today)),
            planned_end_on=(until, or_none(date_of("--until", session.today))),
            ended_on=(ended_on, or_none(date_of("--ended", session.today))),
        )
        occasion = session.occasion(wanted(session, why, WHY))
        before, after = asking_beyond_capacity(
            session,
            beyond_capacity,
            lambda allowed: placements.correct_placement(
                store, occasion, code, which, lambda p: replace(p, **corrected), allow_beyond_capacity=allowed
            ),
        )
        project = store.project()
    say_correction(session, project, participant.code, before, after)


def remove_placement(context: typer.Context, code: Code, number: PlacementNumber, *, why: Why = None) -> None:
    """Take a placement away that never was."""
    session: Session = context.obj
    which = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        casework.find_participant(store, code)
        occasion = session.occasion(wanted(session, why, WHY))
        receipt = placements.remove_placement(store, occasion, code, which)
    say(
        session.language.text(
            translatable("{code}: the placement on {place} from {placed_on} is taken away."),
            code=receipt.participant.code,
            place=receipt.place.code,
            placed_on=receipt.placement.placed_on,
        )
    )
    answer(receipt.participant.code)


def _place(store: Store) -> Question[str]:
    return Question("--place", translatable("Place"), lambda typed: placements.find_place(store, typed).code)


COMMANDS: Final = {
    "place-participant": Command(
        place_participant,
        "arena place-participant K7QX-4M --place P-012 --date 2016-10-14 --until 2016-12-16",
        translatable(
            "Several placements may run at once. Where there is no room left it asks first; --beyond-capacity answers."
        ),
    ),
    "end-placement": Command(
        end_placement,
        "arena end-placement K7QX-4M --date 2016-10-31",
        translatable("--place says which, where several run. An exit ends what still runs by itself."),
    ),
    "edit-placement": Command(
        edit_placement,
        'arena edit-placement K7QX-4M 1 --ended 2016-10-28 --why "skrivfel"',
        translatable("`arena show-participant` numbers the placements."),
    ),
    "remove-placement": Command(
        remove_placement,
        'arena remove-placement K7QX-4M 1 --why "fel person"',
        translatable("`arena show-participant` numbers the placements."),
    ),
}
