"""Decisions of the meeting: registering, closing, correcting and listing them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final

import typer

from arena_cli.casework import learning
from arena_cli.cli.asking import Question, need, wanted
from arena_cli.cli.corrections import WHY, numbered, or_none, read_corrections
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, Day, Municipalities, Unreadable, Why, date_of, of_option, read_date, read_text
from arena_cli.cli.output import answer, say
from arena_cli.cli.told import (
    CorrectedWhose,
    MeasureName,
    NoNames,
    Result,
    SettledOn,
    Whose,
    list_told,
    look_for_names,
    readers_of,
    say_corrected,
    texts_of,
    whose_of,
)
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.lookup import find_key_measure, find_municipalities, find_municipality
from arena_cli.model import Decision, DecisionOutcome

DecisionNumber = Annotated[
    str,
    typer.Argument(
        metavar=translatable("NUMBER"), help=translatable("Which decision, as `arena list-decisions` numbers them.")
    ),
]
What = Annotated[
    str | None, typer.Option("--what", metavar=translatable("TEXT"), help=translatable("What was decided."))
]
Responsible = Annotated[
    str | None,
    typer.Option(
        "--responsible",
        metavar=translatable("FUNCTION"),
        help=translatable("Who does it: a function, never a person's name."),
    ),
]
DueOn = Annotated[
    str | None,
    typer.Option("--due", metavar=translatable("DATE"), help=translatable("By when; the day may lie ahead.")),
]
DecidedOn = Annotated[
    str | None,
    typer.Option("--date", metavar=translatable("DATE"), help=translatable("The day it was decided. Otherwise today.")),
]
Dropped = Annotated[
    bool, typer.Option("--dropped", help=translatable("It will not be carried out. Otherwise it has been."))
]
Everything = Annotated[bool, typer.Option("--all", help=translatable("Also those that have been settled."))]


class NoText(Unreadable):
    message = translatable("Write in a few words what is meant.")


def _read_needed(typed: str) -> str:
    text = read_text("", typed)
    if text is None:
        raise NoText
    return text


_WHAT: Final = Question("--what", translatable("What was decided"), _read_needed)
_RESPONSIBLE: Final = Question("--responsible", translatable("Who does it (function, not name)"), _read_needed)


def _due(today: date) -> Question[date]:
    return Question("--due", translatable("By when"), lambda typed: read_date(typed, today))


def add_decision(
    context: typer.Context,
    *,
    what: What = None,
    responsible: Responsible = None,
    due_on: DueOn = None,
    decided_on: DecidedOn = None,
    municipality: Whose = None,
    measure: MeasureName = None,
    yes: NoNames = False,
) -> None:
    """Register what was decided, who does it and by when."""
    session: Session = context.obj
    need(session, {"--what": what, "--responsible": responsible, "--due": due_on})
    with session.writing() as store:
        project = store.project()
        texts: dict[str, Any] = {
            "what": wanted(session, what, _WHAT),
            "responsible": wanted(session, responsible, _RESPONSIBLE),
        }
        due = wanted(session, due_on, _due(session.today))
        look_for_names(session, project, texts, yes=yes)
        decision = Decision(
            0,
            find_municipality(project, municipality) if municipality is not None else None,
            date_of("--date", session.today)(decided_on) if decided_on is not None else session.today,
            due_on=due,
            shows_in=find_key_measure(measure) if measure is not None else None,
            **texts,
        )
        decision = learning.add_decision(store, session.occasion(), decision)
        message = translatable("Decision {number}: {whose}, by {due_on}.")
        whose = whose_of(decision, Wording(project, session.language))
        say(session.language.text(message, number=decision.id, whose=whose, due_on=decision.due_on))
    answer(str(decision.id))


def close_decision(
    context: typer.Context,
    number: DecisionNumber,
    *,
    dropped: Dropped = False,
    result: Result = None,
    day: Day = None,
    yes: NoNames = False,
) -> None:
    """Say that a decision has been carried out, or dropped."""
    session: Session = context.obj
    closed_on = date_of("--date", session.today)(day) if day is not None else session.today
    outcome = DecisionOutcome.DROPPED if dropped else DecisionOutcome.DONE
    with session.writing() as store:
        texts = texts_of({"result": result})
        look_for_names(session, store.project(), texts, yes=yes)
        decision = learning.close_decision(
            store, session.occasion(), numbered(session, number), closed_on, outcome, texts["result"]
        )
    message = translatable("Decision {number}: {outcome}, {day}.")
    say(session.language.text(message, number=decision.id, outcome=outcome, day=closed_on))
    answer(str(decision.id))


def edit_decision(
    context: typer.Context,
    number: DecisionNumber,
    *,
    what: What = None,
    responsible: Responsible = None,
    due_on: DueOn = None,
    decided_on: DecidedOn = None,
    municipality: CorrectedWhose = None,
    measure: MeasureName = None,
    closed_on: SettledOn = None,
    result: Result = None,
    why: Why = None,
    yes: NoNames = False,
) -> None:
    """Correct a decision."""
    session: Session = context.obj
    decision_number = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        project = store.project()
        corrected = read_corrections(
            session,
            **readers_of(project, {"result": result}, municipality, measure),
            what=(what, of_option("--what", _read_needed)),
            responsible=(responsible, of_option("--responsible", _read_needed)),
            due_on=(due_on, date_of("--due", session.today)),
            decided_on=(decided_on, date_of("--date", session.today)),
            closed_on=(closed_on, or_none(date_of("--settled", session.today))),
        )
        look_for_names(session, project, corrected, yes=yes)
        if corrected.get("closed_on", ...) is None:
            corrected |= {"closed_as": None, "result": None}

        def correct(decision: Decision) -> Decision:
            after = replace(decision, **corrected)
            closed_now = after.closed_on is not None and after.closed_as is None
            return replace(after, closed_as=DecisionOutcome.DONE) if closed_now else after

        occasion = session.occasion(wanted(session, why, WHY))
        before, after = learning.correct_decision(store, occasion, decision_number, correct)
        say_corrected(session, project, before, after)


def remove_decision(context: typer.Context, number: DecisionNumber, *, why: Why = None) -> None:
    """Take a decision away that should not be there."""
    session: Session = context.obj
    decision_number = numbered(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        decision = learning.remove_decision(store, session.occasion(wanted(session, why, WHY)), decision_number)
    say(session.language.text(translatable("Decision {number} is taken away."), number=decision.id))
    answer(str(decision.id))


def list_decisions(
    context: typer.Context,
    *,
    everything: Everything = False,
    municipalities: Municipalities = None,
    as_json: AsJson = False,
) -> None:
    """List the decisions."""
    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        project = store.project()
        places = find_municipalities(project, municipalities)
        decisions = [
            decision
            for decision in learning.list_decisions(store)
            if (everything or decision.closed_on is None) and (not places or decision.municipality in places)
        ]
    columns = ("decided_on", "municipality", "what", "responsible", "due_on", "closed_on", "closed_as")
    list_told(session, project, decisions, columns if everything else columns[:5], as_json)


COMMANDS: Final = {
    "add-decision": Command(
        add_decision,
        'arena add-decision --what "gemensam gruppstart" --responsible "projektledaren" --due 2016-12-01',
        translatable("Every report carries it until it is closed."),
    ),
    "close-decision": Command(close_decision, 'arena close-decision 2 --result "startade i tre kommuner"'),
    "edit-decision": Command(
        edit_decision,
        'arena edit-decision 2 --due 2017-01-15 --why "flyttat till nästa möte"',
        translatable("`-` takes the measure or the day it was closed away."),
    ),
    "remove-decision": Command(remove_decision, 'arena remove-decision 2 --why "dubblett"'),
    "list-decisions": Command(list_decisions, "arena list-decisions --all"),
}
