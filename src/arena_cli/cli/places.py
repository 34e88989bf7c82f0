"""Places: what there is room for, where, and since when.

Each command that changes something prints the code of the place, and says on stderr what was registered, when it is
safely in the file.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Final

import typer

from arena_cli.casework import placements
from arena_cli.casework.placements import Occupancy
from arena_cli.cli.asking import Question, given, need, wanted
from arena_cli.cli.capacity import AllowBeyondCapacity, asking_beyond_capacity
from arena_cli.cli.corrections import WHY, or_none, read_corrections, say_correction
from arena_cli.cli.index import Command
from arena_cli.cli.options import (
    AsJson,
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
from arena_cli.cli.questions import day_or_today, municipality_question
from arena_cli.cli.words import NOTHING, Wording, named
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.lookup import find_municipalities, find_municipality, find_sector
from arena_cli.model import Place, Sector

PlaceCode = Annotated[
    str, typer.Argument(metavar=translatable("PLACE"), help=translatable("The place's code, as in P-012."))
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
Free = Annotated[bool, typer.Option("--free", help=translatable("Only places with room for somebody more."))]


class NoHostGiven(UsageProblem):
    message = translatable("Give the name of the workplace.")


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
            municipality=wanted(session, municipality, municipality_question(project, "--municipality")),
            capacity=given(session, capacity, _CAPACITY) or 1,
            opens_on=given(session, opens_on, _opening(session)) or session.today,
            closes_on=last,
        ).place
    message = translatable("{place}: room for {capacity} in {municipality}, open from {opens_on}.")
    if last is not None:
        message = translatable("{place}: room for {capacity} in {municipality}, open from {opens_on} to {closes_on}.")
    say(
        session.language.text(
            message,
            place=place.code,
            capacity=place.capacity,
            municipality=named(project.municipalities, place.municipality),
            opens_on=place.opens_on,
            closes_on=place.closes_on,
        )
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
        before, after = asking_beyond_capacity(
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
    say(
        session.language.text(
            translatable("{place}: last day {closes_on}."), place=receipt.place.code, closes_on=closes_on
        )
    )
    if receipt.ended:
        codes = tuple(person.code for person in receipt.ended)
        say(session.language.text(translatable("Participants whose placements end with it: {codes}."), codes=codes))
    answer(receipt.place.code)


def remove_place(context: typer.Context, place: PlaceCode, *, why: Why = None) -> None:
    """Take a place away that never should have been, and that nobody was on."""
    session: Session = context.obj
    need(session, {"--why": why})
    with session.writing() as store:
        placements.find_place(store, place)
        removed = placements.remove_place(store, session.occasion(wanted(session, why, WHY)), place)
    say(session.language.text(translatable("{place}: taken away."), place=removed.code))
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


def _opening(session: Session) -> Question[date]:
    return Question(
        "--from",
        translatable("Open from"),
        partial(read_date, today=session.today),
        blank=translatable("today"),
    )


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
}
