"""Places and placements: what there is room for, who is where, and since when.

Each command that changes something prints the code of the place or the participant, and says on stderr what was
registered, when it is safely in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Final, TypeVar

import typer

from arena_cli import casework
from arena_cli.casework import placements
from arena_cli.casework.placements import BeyondCapacity, Occupancy
from arena_cli.cli.asking import Question, confirm, given, need, wanted
from arena_cli.cli.corrections import WHY, numbered, or_none, read_corrections, say_correction
from arena_cli.cli.index import Command
from arena_cli.cli.options import (
    AsJson,
    Code,
    Day,
    Municipalities,
    MunicipalityName,
    Why,
    date_of,
    read_date,
    read_number,
    read_text,
)
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.registering import day_or_today
from arena_cli.cli.words import NOTHING, Wording, named
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.lookup import find_municipalities, find_municipality, find_sector
from arena_cli.model import Place, Project, Sector
from arena_cli.store import Store

PlaceCode = Annotated[
    str, typer.Argument(metavar=translatable("PLACE"), help=translatable("The place's code, as in P-012."))
]
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
Host = Annotated[
    str | None,
    typer.Option(
        "--host",
        metavar=translatable("NAME"),
        help=translatable("The workplace. It is in no report."),
    ),
]
SectorName = Annotated[
    str | None,
    typer.Option("--sector", metavar="public|private|association", help=translatable("What kind of workplace it is.")),
]
Capacity = Annotated[
    str | None,
    typer.Option(
        "--capacity", metavar=translatable("NUMBER"), help=translatable("How many there is room for at once.")
    ),
]
OpensOn = Annotated[
    str | None,
    typer.Option("--from", metavar=translatable("DATE"), help=translatable("The first day that it is open.")),
]
ClosesOn = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar=translatable("DATE"),
        help=translatable("The last day that it is open, if there is one; it may lie ahead."),
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
AllowBeyondCapacity = Annotated[
    bool,
    typer.Option("--beyond-capacity", help=translatable("Do not ask where there are more than there is room for.")),
]
Free = Annotated[bool, typer.Option("--free", help=translatable("Only places with room for somebody more."))]

_BEYOND_CAPACITY: Final = translatable(
    "{place} has room for {capacity}, and on {day} there would be {there}. Is that right?"
)

T = TypeVar("T")


class NoHostGiven(UsageProblem):
    message = translatable("Give the name of the workplace.")


# -- places -----------------------------------------------------------------------------------------------------------


def add_place(
    context: typer.Context,
    *,
    host: Host = None,
    sector: SectorName = None,
    municipality: MunicipalityName = None,
    capacity: Capacity = None,
    opens_on: OpensOn = None,
    closes_on: ClosesOn = None,
) -> None:
    """Register a place at a workplace."""
    session: Session = context.obj
    need(session, {"--host": host, "--sector": sector, "--municipality": municipality})
    last = date_of("--to", session.today)(closes_on) if closes_on is not None else None
    with session.writing() as store:
        project = store.project()
        place = placements.add_place(
            store,
            session.occasion(),
            host=wanted(session, host, _HOST),
            sector=wanted(session, sector, _SECTOR),
            municipality=wanted(session, municipality, _municipality(project)),
            capacity=given(session, capacity, _CAPACITY) or 1,
            opens_on=given(session, opens_on, _opening(session)) or session.today,
            closes_on=last,
        ).place
    message = translatable("{place}: room for {capacity} in {municipality}, open from {opens_on}.")
    if last is not None:
        message = translatable("{place}: room for {capacity} in {municipality}, open from {opens_on} to {closes_on}.")
    _say(
        session,
        message,
        place=place.code,
        capacity=place.capacity,
        municipality=named(project.municipalities, place.municipality),
        opens_on=place.opens_on,
        closes_on=place.closes_on,
    )
    answer(place.code)


def edit_place(
    context: typer.Context,
    place: PlaceCode,
    *,
    host: Host = None,
    sector: SectorName = None,
    municipality: MunicipalityName = None,
    capacity: Capacity = None,
    opens_on: OpensOn = None,
    closes_on: ClosesOn = None,
    why: Why = None,
    beyond_capacity: AllowBeyondCapacity = False,
) -> None:
    """Correct a place."""
    session: Session = context.obj
    need(session, {"--why": why})
    with session.writing() as store:
        project = store.project()
        corrected = read_corrections(
            session,
            host=(host, _read_host),
            sector=(sector, find_sector),
            municipality=(municipality, lambda typed: find_municipality(project, typed)),
            capacity=(capacity, _read_capacity),
            opens_on=(opens_on, date_of("--from", session.today)),
            closes_on=(closes_on, or_none(date_of("--to", session.today))),
        )
        placements.find_place(store, place)
        occasion = session.occasion(wanted(session, why, WHY))
        before, after = _asking(
            session,
            beyond_capacity,
            lambda allowed: placements.correct_place(
                store, occasion, place, lambda p: replace(p, **corrected), allow_beyond_capacity=allowed
            ),
        )
    say_correction(session, project, after.code, before, after)


def close_place(context: typer.Context, place: PlaceCode, *, day: Day = None) -> None:
    """Register a place's last day, which may lie ahead. Placements that run there end with it."""
    session: Session = context.obj
    with session.writing() as store:
        closes_on = day_or_today(session, store.project(), day)
        receipt = placements.close_place(store, session.occasion(), place, closes_on)
    _say(session, translatable("{place}: last day {closes_on}."), place=receipt.place.code, closes_on=closes_on)
    if receipt.ended:
        codes = tuple(person.code for person in receipt.ended)
        _say(session, translatable("Participants whose placements end with it: {codes}."), codes=codes)
    answer(receipt.place.code)


def remove_place(context: typer.Context, place: PlaceCode, *, why: Why = None) -> None:
    """Take a place away that never should have been, and that nobody was on."""
    session: Session = context.obj
    need(session, {"--why": why})
    with session.writing() as store:
        placements.find_place(store, place)
        removed = placements.remove_place(store, session.occasion(wanted(session, why, WHY)), place)
    _say(session, translatable("{place}: taken away."), place=removed.code)
    answer(removed.code)


def list_places(
    context: typer.Context,
    *,
    municipalities: Municipalities = None,
    day: Day = None,
    free: Free = False,
    as_json: AsJson = False,
) -> None:
    """List the places by municipality, with how many are there and for how many more there is room."""
    session: Session = context.obj
    on = date_of("--date", session.today)(day) if day is not None else session.today
    with session.reading() as store, store.snapshot():
        project = store.project()
        wanted_here = find_municipalities(project, municipalities)
        places = placements.occupancy(store, on)
    wording = Wording(project, session.language)
    shown = [
        there
        for there in places
        if (not wanted_here or there.place.municipality in wanted_here)
        and (not free or (_is_open(there.place, on) and there.free))
    ]
    shown.sort(key=lambda there: session.language.sort_key(wording.value("municipality", there.place.municipality)))
    if as_json:
        answer_json([_place_as_json(there, on) for there in shown])
        return
    columns = ("host", "sector", "municipality", "opens_on", "closes_on", "capacity")
    headings = [
        session.language.text(translatable("Code")),
        *map(wording.column, columns),
        session.language.text(translatable("Occupied")),
        session.language.text(translatable("Free")),
    ]
    rows = [
        (
            there.place.code,
            *(wording.value(column, getattr(there.place, column)) for column in columns),
            there.occupied,
            there.free if _is_open(there.place, on) else NOTHING,
        )
        for there in shown
    ]
    table(headings, rows)
    say(session.language.plural("{count} place", "{count} places", count=len(shown)))


# -- placements -------------------------------------------------------------------------------------------------------


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
        receipt = _asking(
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
    _say(
        session,
        message,
        code=receipt.participant.code,
        place=receipt.place.code,
        day=placed_on,
        ended_on=placement.ended_on,
        planned=planned,
    )
    answer(receipt.participant.code)


def end_placement(context: typer.Context, code: Code, *, place: OnPlace = None, day: Day = None) -> None:
    """Register a placement's last day."""
    session: Session = context.obj
    with session.writing() as store:
        casework.find_participant(store, code)
        ended_on = day_or_today(session, store.project(), day)
        receipt = placements.end_placement(store, session.occasion(), code, ended_on, place)
    _say(
        session,
        translatable("{code}: on {place} from {placed_on} to {ended_on}."),
        code=receipt.participant.code,
        place=receipt.place.code,
        placed_on=receipt.placement.placed_on,
        ended_on=ended_on,
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
        before, after = _asking(
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
    _say(
        session,
        translatable("{code}: the placement on {place} from {placed_on} is taken away."),
        code=receipt.participant.code,
        place=receipt.place.code,
        placed_on=receipt.placement.placed_on,
    )
    answer(receipt.participant.code)


# -- what show-participant tells --------------------------------------------------------------------------------------


# -- shared -----------------------------------------------------------------------------------------------------------


def _asking(session: Session, allowed: bool, deed: Callable[[bool], T]) -> T:
    """Do it; where there would be more than there is room for, ask first, if there is somebody to ask."""
    try:
        return deed(allowed)
    except BeyondCapacity as refusal:
        if not session.may_ask:
            raise
        confirm(session, "--beyond-capacity", session.language.text(_BEYOND_CAPACITY, **refusal.facts))
    return deed(True)


def _say(session: Session, message: str, **facts: object) -> None:
    say(session.language.text(message, **facts))


def _is_open(place: Place, day: date) -> bool:
    """Whether somebody can be there at the end of the day."""
    return place.opens_on <= day and (place.closes_on is None or day < place.closes_on)


def _place_as_json(there: Occupancy, day: date) -> dict[str, object]:
    place = there.place
    return {
        "code": place.code,
        "host": place.host,
        "sector": place.sector.value,
        "municipality": place.municipality,
        "capacity": place.capacity,
        "opens_on": place.opens_on.isoformat(),
        "closes_on": _iso(place.closes_on),
        "open": _is_open(place, day),
        "occupied": there.occupied,
        "free": there.free if _is_open(place, day) else 0,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_host(typed: str) -> str:
    host = read_text("--host", typed)
    if host is None:
        raise NoHostGiven
    return host


def _read_capacity(typed: str) -> int:
    return read_number("--capacity", typed)


# -- questions --------------------------------------------------------------------------------------------------------

_HOST: Final = Question("--host", translatable("Workplace"), _read_host)
_SECTOR: Final = Question("--sector", translatable("Sector"), find_sector, tuple(Sector))
_CAPACITY: Final = Question("--capacity", translatable("Room for how many"), _read_capacity, blank="1")


def _municipality(project: Project) -> Question[str]:
    return Question(
        "--municipality",
        translatable("Municipality"),
        lambda typed: find_municipality(project, typed),
        project.municipalities,
    )


def _opening(session: Session) -> Question[date]:
    return Question(
        "--from",
        translatable("Open from"),
        partial(read_date, today=session.today),
        blank=translatable("today"),
    )


def _place(store: Store) -> Question[str]:
    return Question("--place", translatable("Place"), lambda typed: placements.find_place(store, typed).code)


COMMANDS: Final = {
    "add-place": Command(
        add_place,
        'arena add-place --host "Sågen" --sector private --municipality Krokom --capacity 2 --from 2016-10-03',
        translatable(
            "Prints the place's code. On a terminal it asks for what is not given. "
            "Without --capacity there is room for one."
        ),
    ),
    "edit-place": Command(
        edit_place,
        'arena edit-place P-012 --capacity 3 --why "skrivfel"',
        translatable("What is corrected holds for the whole of the place's life. `--to -` opens it again."),
    ),
    "close-place": Command(
        close_place,
        "arena close-place P-012 --date 2016-10-31",
        translatable("The participants who are there then are listed."),
    ),
    "remove-place": Command(
        remove_place,
        'arena remove-place P-012 --why "dubblett"',
        translatable("A place that has had placements is closed instead: `arena close-place`."),
    ),
    "list-places": Command(list_places, "arena list-places --municipality Krokom --free"),
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
