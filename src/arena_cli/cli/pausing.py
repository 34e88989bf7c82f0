"""Times when somebody is not taking part: pauses, and the wait before the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Final

import typer

from arena_cli import casework
from arena_cli.casework import pausing
from arena_cli.casework.answers import read_value, word_for, words_of
from arena_cli.casework.protection import SHIELDED
from arena_cli.cli.asking import Question, given, need, wanted
from arena_cli.cli.corrections import WHY, numbered, or_none, read_corrections
from arena_cli.cli.index import Command
from arena_cli.cli.options import (
    AsJson,
    BirthYear,
    Code,
    Day,
    Municipalities,
    MunicipalityName,
    Ref,
    ReferralName,
    SexName,
    StepName,
    Why,
    date_of,
    read_text,
)
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.questions import (
    SEX,
    birth_year_question,
    day_or_today,
    municipality_question,
    referral_question,
    step_question,
)
from arena_cli.cli.registering import New, acknowledge, pointed_out
from arena_cli.cli.words import Wording, named
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.lookup import find_municipalities
from arena_cli.model import Assignment, Pause, PauseReason, Sex
from arena_cli.rules import age_remark
from arena_cli.store import Store

ReasonName = Annotated[
    str | None,
    typer.Option(
        "--reason",
        metavar=translatable("REASON"),
        help=translatable(
            "Why: sick_leave, parental_leave, care_of_relative, other_intervention, leave or other; or by name."
        ),
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar=translatable("DATE"),
        help=translatable("The first day back, if the pause has ended already."),
    ),
]
ResumedOn = Annotated[
    str | None,
    typer.Option("--until", metavar=translatable("DATE"), help=translatable("The first day back; `-` for none yet.")),
]
PausedOn = Annotated[
    str | None,
    typer.Option("--from", metavar=translatable("DATE"), help=translatable("The first day of the pause.")),
]
PauseNumber = Annotated[
    str,
    typer.Argument(
        metavar=translatable("NUMBER"), help=translatable("Which pause, as `arena show-participant` numbers them.")
    ),
]


# -- pauses -----------------------------------------------------------------------------------------------------------


def pause_participant(
    context: typer.Context, code: Code, *, reason: ReasonName = None, day: Day = None, until: Until = None
) -> None:
    """Register that somebody takes a break."""
    session: Session = context.obj
    need(session, {"--reason": reason})
    with session.writing() as store:
        casework.find_participant(store, code)
        why = wanted(session, reason, _reason(store))
        paused_on = day_or_today(session, store.project(), day)
        back = date_of("--until", session.today)(until) if until is not None else None
        receipt = pausing.pause(store, session.occasion(), code, paused_on, why, back)
        _say_pause(session, store, receipt.participant.code, receipt.pause)


def resume_participant(context: typer.Context, code: Code, *, day: Day = None) -> None:
    """Register the first day back after a break."""
    session: Session = context.obj
    with session.writing() as store:
        receipt = pausing.resume(store, session.occasion(), code, day_or_today(session, store.project(), day))
        _say_pause(session, store, receipt.participant.code, receipt.pause)


def edit_pause(
    context: typer.Context,
    code: Code,
    number: PauseNumber,
    *,
    paused_on: PausedOn = None,
    resumed_on: ResumedOn = None,
    reason: ReasonName = None,
    why: Why = None,
) -> None:
    """Correct a pause."""
    session: Session = context.obj
    pause_number = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        corrected = read_corrections(
            session,
            paused_on=(paused_on, date_of("--from", session.today)),
            resumed_on=(resumed_on, or_none(date_of("--until", session.today))),
            reason=(reason, lambda typed: read_value(store, PauseReason, typed)),
        )
        casework.find_participant(store, code)
        occasion = session.occasion(wanted(session, why, WHY))
        receipt = pausing.correct_pause(store, occasion, code, pause_number, lambda p: replace(p, **corrected))
        _say_pause(session, store, receipt.participant.code, receipt.pause)


def remove_pause(context: typer.Context, code: Code, number: PauseNumber, *, why: Why = None) -> None:
    """Take away a pause that never was."""
    session: Session = context.obj
    pause_number = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        casework.find_participant(store, code)
        occasion = session.occasion(wanted(session, why, WHY))
        receipt = pausing.remove_pause(store, occasion, code, pause_number)
    message = translatable("{code}: the pause from {day} is taken away.")
    say(session.language.text(message, code=receipt.participant.code, day=receipt.pause.paused_on))
    answer(receipt.participant.code)


def _say_pause(session: Session, store: Store, code: str, pause: Pause) -> None:
    message = translatable("{code}: paused from {paused_on}, {reason}; back on {resumed_on}.")
    if pause.resumed_on is None:
        message = translatable("{code}: paused from {paused_on}, {reason}.")
    facts = {"code": code, "paused_on": pause.paused_on, "resumed_on": pause.resumed_on}
    say(session.language.text(message, **facts, reason=word_for(store, pause.reason)))
    answer(code)


def _reason(store: Store) -> Question[PauseReason]:
    return Question(
        "--reason",
        translatable("Why"),
        lambda typed: read_value(store, PauseReason, typed),
        tuple(words_of(store, PauseReason)),
    )


# -- waiting ----------------------------------------------------------------------------------------------------------


def assign_participant(
    context: typer.Context,
    *,
    municipality: MunicipalityName = None,
    day: Day = None,
    sex: SexName = None,
    birth_year: BirthYear = None,
    referral: ReferralName = None,
    ref: Ref = None,
    new: New = False,
) -> None:
    """Register somebody who is assigned and has not started."""
    session: Session = context.obj
    need(session, {"--municipality": municipality})
    with session.writing() as store:
        project = store.project()
        place = wanted(session, municipality, municipality_question(project, "--municipality"))
        assigned_on = day_or_today(session, project, day)
        recorded_sex = given(session, sex, SEX)
        born = given(session, birth_year, birth_year_question(assigned_on))
        sent_by = given(session, referral, referral_question(project))
        called = read_text("--ref", ref or "")
        intake = casework.Intake(place, assigned_on, None, sent_by)
        alike = () if new else pointed_out(session, store, intake, recorded_sex, born, called)
        receipt = pausing.assign(
            store,
            session.occasion(),
            place,
            assigned_on,
            sex=recorded_sex or Sex.UNKNOWN,
            birth_year=born,
            referral=sent_by,
            ref=called,
        )
    message = translatable("{code}: assigned to {municipality} on {day}, and waits to start.")
    facts = {"municipality": named(project.municipalities, place), "day": assigned_on}
    for remark in alike:
        say(remark)
    if (unlikely := age_remark(project, born, assigned_on)) is not None:
        say(unlikely.sentence(session.language))
    _say_wait(session, receipt.participant.code, message, **facts)


def start_participant(context: typer.Context, code: Code, *, day: Day = None, step: StepName = None) -> None:
    """Register that somebody who was assigned enters the project."""
    session: Session = context.obj
    with session.writing() as store:
        project = store.project()
        casework.find_participant(store, code)
        started_on = day_or_today(session, project, day)
        placed_on = given(session, step, step_question(project, "--step", blank=translatable("not yet placed")))
        receipt = pausing.start(store, session.occasion(), code, started_on, placed_on)
    acknowledge(session, project, receipt, translatable("{code}: entered in {municipality} on {day}"))


def withdraw_participant(context: typer.Context, code: Code, *, day: Day = None) -> None:
    """Register that somebody who was assigned will not start."""
    session: Session = context.obj
    with session.writing() as store:
        receipt = pausing.withdraw(store, session.occasion(), code, day_or_today(session, store.project(), day))
    message = translatable("{code}: waits no more since {day}, without a start.")
    _say_wait(session, receipt.participant.code, message, day=receipt.assignment.ended_on)


def list_waiting(context: typer.Context, *, municipalities: Municipalities = None, as_json: AsJson = False) -> None:
    """List who is assigned and waits to start, the longest wait first."""
    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        project = store.project()
        places = find_municipalities(project, municipalities)
        codes = {person.id: person.code for person in store.participants()}
        protected = {person.id for person in store.participants("WHERE protection <> 'none'")}
        waits = store.records(Assignment, "WHERE ended_on IS NULL ORDER BY assigned_on, id")
    waits = [
        replace(wait, municipality=SHIELDED, referral=None) if wait.participant_id in protected else wait
        for wait in waits
    ]
    shown = [wait for wait in waits if not places or wait.municipality in places]
    if as_json:
        answer_json([{"code": codes[w.participant_id], **_wait_as_json(w)} for w in shown])
        return
    wording = Wording(project, session.language)
    headings = (translatable("Code"), translatable("Municipality"), translatable("Assigned"), translatable("Sent by"))
    table(
        [session.language.text(heading) for heading in headings],
        [
            (
                codes[w.participant_id],
                wording.value("municipality", w.municipality),
                w.assigned_on,
                wording.value("referral", w.referral),
            )
            for w in shown
        ],
    )
    say(session.language.plural("{count} waits to start", "{count} wait to start", count=len(shown)))


def _wait_as_json(wait: Assignment) -> dict[str, str | None]:
    return {"municipality": wait.municipality, "assigned_on": wait.assigned_on.isoformat(), "referral": wait.referral}


def _say_wait(session: Session, code: str, message: str, **facts: date | object) -> None:
    say(session.language.text(message, code=code, **facts))
    answer(code)


COMMANDS: Final = {
    "pause-participant": Command(
        pause_participant,
        "arena pause-participant K7QX-4M --reason sick_leave --date 2016-10-14",
        translatable("A pause is neither an exit nor active: the spell goes on, and the report counts it as paused."),
    ),
    "resume-participant": Command(resume_participant, "arena resume-participant K7QX-4M --date 2016-11-21"),
    "edit-pause": Command(
        edit_pause,
        'arena edit-pause K7QX-4M 1 --until 2016-11-20 --why "skrivfel"',
        translatable("`arena show-participant` numbers the pauses."),
    ),
    "remove-pause": Command(remove_pause, 'arena remove-pause K7QX-4M 1 --why "fel person"'),
    "assign-participant": Command(
        assign_participant,
        "arena assign-participant --municipality Krokom --date 2016-10-03 --sex woman",
        translatable("Prints the code of somebody new, who is in no figure of participants until the start."),
    ),
    "start-participant": Command(
        start_participant,
        "arena start-participant K7QX-4M --date 2016-10-17 --step 1",
        translatable("The spell begins in the municipality of the assignment."),
    ),
    "withdraw-participant": Command(withdraw_participant, "arena withdraw-participant K7QX-4M --date 2016-10-17"),
    "list-waiting": Command(list_waiting, "arena list-waiting --municipality Krokom"),
}
