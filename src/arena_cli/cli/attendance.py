"""Hours: registered for one participant or a whole group in one go, certified, listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

import typer

from arena_cli.casework import attendance
from arena_cli.casework.attendance import HoursLine, HoursRegistered
from arena_cli.casework.protection import SHIELDED
from arena_cli.cli.asking import Question, need, wanted
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, Municipalities, MunicipalityName, Why, month_of, read_number, read_text
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.words import NOTHING, Wording, hours_and_minutes, hours_in_all, named
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.lookup import find_activity, find_municipalities, find_municipality
from arena_cli.model import Attendance, Month, Project

Codes = Annotated[
    list[str],
    typer.Argument(
        metavar=translatable("CODE ..."), help=translatable("The participants' codes, as in K7QX-4M P3T0-99.")
    ),
]
SomeCodes = Annotated[
    list[str] | None,
    typer.Argument(metavar=translatable("[CODE ...]"), help=translatable("Only the hours of these participants.")),
]
OfMonth = Annotated[
    str | None,
    typer.Option(
        "--month", metavar=translatable("MONTH"), help=translatable("The month: 2016-10, last or this. Otherwise last.")
    ),
]
ActivityName = Annotated[
    str | None,
    typer.Option(
        "--activity", metavar=translatable("CODE"), help=translatable("What the hours were spent on, by code or name.")
    ),
]
HoursSpent = Annotated[
    str | None,
    typer.Option(
        "--hours", metavar=translatable("HOURS"), help=translatable("As 12 or 12:30 or 12,5; 0 takes them away.")
    ),
]
AreCertified = Annotated[
    bool, typer.Option("--certified", help=translatable("They are certified already, for instance on a signed list."))
]
SpellNumber = Annotated[
    str | None,
    typer.Option(
        "--spell",
        metavar=translatable("NUMBER"),
        help=translatable("Which spell, as `arena show-participant` numbers them, where there are several that month."),
    ),
]
Everybody = Annotated[bool, typer.Option("--all", help=translatable("The hours of the whole project."))]


class NotHours(UsageProblem):
    message = translatable("Those are no hours. Write them as 12, or 12:30, or 12,5.")


class WhoseHours(UsageProblem):
    message = translatable("Say whose hours: codes, --municipality, or --all.")


def add_hours(
    context: typer.Context,
    codes: Codes,
    *,
    month: OfMonth = None,
    activity: ActivityName = None,
    hours: HoursSpent = None,
    certified: AreCertified = False,
    spell: SpellNumber = None,
    why: Why = None,
) -> None:
    """Register the hours of a month, the same for each participant: for all of them or for none."""
    session: Session = context.obj
    need(session, {"--activity": activity, "--hours": hours})
    of_month = month_of(month, session.today)
    number = read_number("--spell", spell) if spell is not None else None
    with session.writing() as store:
        project = store.project()
        registered = attendance.add_hours(
            store,
            session.occasion(read_text("--why", why) if why is not None else None),
            codes,
            of_month,
            wanted(session, activity, _activity(project)),
            wanted(session, hours, _HOURS),
            certified=certified,
            spell_number=number,
        )
    for line in registered:
        say(_receipt(session, project, of_month, line))
    for line in registered:
        answer(line.participant.code)


def certify_hours(
    context: typer.Context,
    codes: SomeCodes = None,
    *,
    month: OfMonth = None,
    municipality: MunicipalityName = None,
    everybody: Everybody = False,
) -> None:
    """Certify the hours of a month that are not certified yet."""
    session: Session = context.obj
    if (bool(codes), municipality is not None, everybody).count(True) != 1:
        raise WhoseHours
    of_month = month_of(month, session.today)
    with session.writing() as store:
        project = store.project()
        place = find_municipality(project, municipality) if municipality is not None else None
        certified = attendance.certify_hours(store, session.occasion(), of_month, municipality=place, codes=codes or ())
    whose = session.language.plural("{count} participant", "{count} participants", count=certified.participants)
    message = translatable("{month}: {hours} hours of {whose} certified.")
    facts = {"month": of_month, "hours": hours_in_all(session.language, certified.minutes), "whose": whose}
    say(session.language.text(message, **facts))


def list_hours(
    context: typer.Context,
    *,
    month: OfMonth = None,
    municipalities: Municipalities = None,
    as_json: AsJson = False,
) -> None:
    """List the hours of a month by municipality and participant."""
    session: Session = context.obj
    of_month = month_of(month, session.today)
    with session.reading() as store, store.snapshot():
        project = store.project()
        places = find_municipalities(project, municipalities)
        lines = [
            replace(line, municipality=SHIELDED) if line.participant.is_protected else line
            for line in attendance.hours_in(store, of_month, places)
            if not (places and line.participant.is_protected)
        ]
    wording = Wording(project, session.language)
    if as_json:
        answer_json([_line_as_json(line) for line in lines])
        return
    lines.sort(key=lambda line: session.language.sort_key(wording.value("municipality", line.municipality)))
    headings = [
        wording.column("municipality"),
        session.language.text(translatable("Code")),
        *(wording.column(column) for column in ("activity", "minutes", "certified")),
    ]
    rows = [
        (
            wording.value("municipality", line.municipality),
            line.participant.code,
            *(wording.value(column, getattr(line.hours, column)) for column in ("activity", "minutes", "certified")),
        )
        for line in lines
    ]
    table(headings, rows)
    total = hours_in_all(session.language, sum(line.hours.minutes for line in lines))
    certified = hours_in_all(session.language, sum(line.hours.minutes for line in lines if line.hours.certified))
    message = translatable("{month}: {total} hours, of which {certified} certified.")
    say(session.language.text(message, month=of_month, total=total, certified=certified))


def list_activities(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List what hours can be spent on."""
    session: Session = context.obj
    with session.reading() as store:
        activities = store.project().activities
    if as_json:
        answer_json([{"code": a.code, "name": a.name, "name_en": a.name_en} for a in activities])
        return
    headings = (translatable("Code"), translatable("Activity"))
    table(
        [session.language.text(h) for h in headings],
        [(a.code, session.language.text("{name}", name=a)) for a in activities],
    )


# -- what show-participant tells --------------------------------------------------------------------------------------


def hours_as_json(hours: Attendance) -> dict[str, object]:
    """The hours of a month and activity."""
    return {
        "month": hours.month,
        "activity": hours.activity,
        "minutes": hours.minutes,
        "certified": hours.certified,
    }


# -- shared -----------------------------------------------------------------------------------------------------------


def read_hours(typed: str) -> int:
    """Minutes, from hours written as 12 or 12:30 or 12,5 (to the nearest minute). Raises NotHours."""
    minutes = attendance.minutes_of(typed)
    if minutes is None:
        raise NotHours
    return minutes


def _receipt(session: Session, project: Project, month: Month, line: HoursRegistered) -> str:
    before, after = line.before, line.after
    message = translatable("{code}: {after} hours in {month}: {activity}.")
    if before is not None and after is not None:
        message = translatable("{code}: {before} → {after} hours in {month}: {activity}.")
        if before.certified and not after.certified:
            message = translatable(
                "{code}: {before} → {after} hours in {month}: {activity}. They are no longer certified."
            )
    elif before is not None:
        message = translatable("{code}: the {before} hours in {month} are taken away: {activity}.")
    elif after is None:
        message = translatable("{code}: no hours in {month}, as before.")
    spent = after or before
    return session.language.text(
        message,
        code=line.participant.code,
        before=hours_and_minutes(before.minutes) if before else NOTHING,
        after=hours_and_minutes(after.minutes) if after else NOTHING,
        month=month,
        activity=named(project.activities, spent.activity) if spent else NOTHING,
    )


def _line_as_json(line: HoursLine) -> dict[str, object]:
    return {
        "participant": line.participant.code,
        "municipality": line.municipality,
        **hours_as_json(line.hours),
    }


_HOURS: Final = Question("--hours", translatable("Hours each"), read_hours)


def _activity(project: Project) -> Question[str]:
    return Question(
        "--activity",
        translatable("Activity"),
        lambda typed: find_activity(project, typed),
        project.activities,
    )


COMMANDS: Final = {
    "add-hours": Command(
        add_hours,
        "arena add-hours K7QX-4M P3T0-99 --month 2016-10 --activity language --hours 12:30",
        translatable(
            "Registering them again replaces them, and they have to be certified again. "
            "`arena list-activities` shows what --activity can be."
        ),
    ),
    "certify-hours": Command(
        certify_hours,
        "arena certify-hours --month 2016-10 --municipality Krokom",
        translatable("Of a municipality, of some participants, or of all."),
    ),
    "list-hours": Command(list_hours, "arena list-hours --month 2016-10 --municipality Krokom"),
    "list-activities": Command(list_activities, "arena list-activities --json"),
}
