"""Notes of a month and decisions of the meeting: telling, settling, correcting and listing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Annotated, Any, Final

import typer

from arena_cli.casework import learning
from arena_cli.cli.asking import Question, ask, confirm, need, wanted
from arena_cli.cli.corrections import WHY, numbered, or_none, read_corrections
from arena_cli.cli.index import Command
from arena_cli.cli.options import (
    AsJson,
    Day,
    Municipalities,
    Unreadable,
    Why,
    date_of,
    month_of,
    of_option,
    read_date,
    read_month,
    read_text,
)
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.lookup import find_key_measure, find_municipalities, find_municipality
from arena_cli.model import ALL, Decision, DecisionOutcome, Note, Project
from arena_cli.personal_names import name_places

NoteNumber = Annotated[
    str,
    typer.Argument(
        metavar=translatable("NUMBER"), help=translatable("Which note, as `arena list-notes` numbers them.")
    ),
]
DecisionNumber = Annotated[
    str,
    typer.Argument(
        metavar=translatable("NUMBER"), help=translatable("Which decision, as `arena list-decisions` numbers them.")
    ),
]
NoteMonth = Annotated[
    str | None,
    typer.Option(
        "--month",
        metavar=translatable("MONTH"),
        help=translatable("The month it is about: 2016-10, `last` or `this`. Otherwise the last complete month."),
    ),
]
Whose = Annotated[
    str | None,
    typer.Option(
        "--municipality",
        metavar=translatable("NAME"),
        help=translatable("The municipality, by name or code. Otherwise the whole project."),
    ),
]
CorrectedWhose = Annotated[
    str | None,
    typer.Option(
        "--municipality",
        metavar=translatable("NAME"),
        help=translatable("The municipality, by name or code; `-` for the whole project."),
    ),
]
Tried = Annotated[
    str | None,
    typer.Option("--tried", metavar=translatable("TEXT"), help=translatable("What we have tried.")),
]
Happened = Annotated[
    str | None,
    typer.Option("--happened", metavar=translatable("TEXT"), help=translatable("What happened.")),
]
NextStep = Annotated[
    str | None,
    typer.Option("--next", metavar=translatable("TEXT"), help=translatable("The next step; it is followed up.")),
]
Asked = Annotated[
    str | None,
    typer.Option("--question", metavar=translatable("TEXT"), help=translatable("A question to the others.")),
]
Contact = Annotated[
    str | None,
    typer.Option(
        "--contact",
        metavar=translatable("FUNCTION"),
        help=translatable("Whom to ask: a function, never a person's name."),
    ),
]
MeasureName = Annotated[
    str | None,
    typer.Option(
        "--measure",
        metavar="intake|moved_up|exits|...",
        help=translatable("The key figure in which it should show; the report then says how it has changed."),
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
Result = Annotated[
    str | None, typer.Option("--result", metavar=translatable("TEXT"), help=translatable("What came of it."))
]
SettledOn = Annotated[
    str | None,
    typer.Option(
        "--settled", metavar=translatable("DATE"), help=translatable("The day it was settled; `-` opens it again.")
    ),
]
NoNames = Annotated[
    bool,
    typer.Option("--yes", help=translatable("Do not ask about words that look like a person's name.")),
]
Everything = Annotated[bool, typer.Option("--all", help=translatable("Also those that have been settled."))]

_LOOKS_LIKE_A_NAME: Final = translatable(
    '{option}: word {numbers} looks like a person\'s name. Write the function instead, as in "the study counsellor".'
)
_WITHOUT_NAMES: Final = translatable("--yes keeps it as it is, where no word is a person's name.")
_KEEP_IT: Final = translatable("Keep it as it is? It is no person's name.")


class NoteWithoutText(UsageProblem):
    message = translatable("Give at least one of --tried, --happened, --next and --question: there is nobody to ask.")


class NoText(Unreadable):
    message = translatable("Write in a few words what is meant.")


# -- notes ------------------------------------------------------------------------------------------------------------


def add_note(
    context: typer.Context,
    *,
    tried: Tried = None,
    happened: Happened = None,
    next_step: NextStep = None,
    question: Asked = None,
    contact: Contact = None,
    municipality: Whose = None,
    month: NoteMonth = None,
    measure: MeasureName = None,
    yes: NoNames = False,
) -> None:
    """Tell what was tried, what happened, the next step, and what to ask the others."""
    session: Session = context.obj
    typed = {"tried": tried, "happened": happened, "next_step": next_step, "question": question, "contact": contact}
    of_month = month_of(month, session.today)
    if {tried, happened, next_step, question} == {None}:
        if not session.may_ask:
            raise NoteWithoutText
        typed |= {
            field: ask(session, Question(_OPTIONS[field], text, str, blank=_BLANK))
            for field, text in _ASKED.items()
            if typed[field] is None
        }
    with session.writing() as store:
        project = store.project()
        texts = _texts(typed)
        _look_for_names(session, project, texts, yes=yes)
        note = Note(
            0,
            find_municipality(project, municipality) if municipality is not None else None,
            str(of_month),
            shows_in=find_key_measure(measure) if measure is not None else None,
            **texts,
        )
        note = learning.add_note(store, session.occasion(), note)
        message = translatable("Note {number}: {whose}, {month}.")
        whose = _whose(note, Wording(project, session.language))
        say(session.language.text(message, number=note.id, whose=whose, month=note.month))
    answer(str(note.id))


def settle_note(
    context: typer.Context, number: NoteNumber, *, result: Result = None, day: Day = None, yes: NoNames = False
) -> None:
    """Say that a note's next step has been taken, or will not be."""
    session: Session = context.obj
    settled_on = date_of("--date", session.today)(day) if day is not None else session.today
    with session.writing() as store:
        texts = _texts({"result": result})
        _look_for_names(session, store.project(), texts, yes=yes)
        note = learning.settle_note(store, session.occasion(), _number(session, number), settled_on, texts["result"])
    message = translatable("Note {number}: the next step is settled, {day}.")
    say(session.language.text(message, number=note.id, day=settled_on))
    answer(str(note.id))


def edit_note(
    context: typer.Context,
    number: NoteNumber,
    *,
    tried: Tried = None,
    happened: Happened = None,
    next_step: NextStep = None,
    question: Asked = None,
    contact: Contact = None,
    municipality: CorrectedWhose = None,
    month: NoteMonth = None,
    measure: MeasureName = None,
    settled_on: SettledOn = None,
    result: Result = None,
    why: Why = None,
    yes: NoNames = False,
) -> None:
    """Correct a note."""
    session: Session = context.obj
    note_number = _number(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        project = store.project()
        texts = {
            "tried": tried,
            "happened": happened,
            "next_step": next_step,
            "question": question,
            "contact": contact,
            "result": result,
        }
        corrected = read_corrections(
            session,
            **_readers(project, texts, municipality, measure),
            month=(month, of_option("--month", lambda typed: str(read_month(typed, session.today)))),
            settled_on=(settled_on, or_none(date_of("--settled", session.today))),
        )
        _look_for_names(session, project, corrected, yes=yes)
        if corrected.get("settled_on", ...) is None:
            corrected["result"] = None
        occasion = session.occasion(wanted(session, why, WHY))
        before, after = learning.correct_note(store, occasion, note_number, lambda n: replace(n, **corrected))
        _say_correction(session, project, before, after)


def remove_note(context: typer.Context, number: NoteNumber, *, why: Why = None) -> None:
    """Take a note away that should not be there."""
    session: Session = context.obj
    note_number = _number(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        note = learning.remove_note(store, session.occasion(wanted(session, why, WHY)), note_number)
    say(session.language.text(translatable("Note {number} is taken away."), number=note.id))
    answer(str(note.id))


def list_notes(
    context: typer.Context,
    *,
    month: Annotated[
        str | None,
        typer.Option("--month", metavar=translatable("MONTH"), help=translatable("Only the notes of this month.")),
    ] = None,
    municipalities: Municipalities = None,
    as_json: AsJson = False,
) -> None:
    """List the notes."""
    session: Session = context.obj
    only = str(month_of(month, session.today)) if month is not None else None
    with session.reading() as store, store.snapshot():
        project = store.project()
        places = find_municipalities(project, municipalities)
        notes = [
            note
            for note in learning.list_notes(store)
            if only in {None, note.month} and (not places or note.municipality in places)
        ]
    _list(session, project, notes, ("month", "municipality", "tried", "happened", "next_step", "settled_on"), as_json)


# -- decisions --------------------------------------------------------------------------------------------------------


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
        _look_for_names(session, project, texts, yes=yes)
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
        whose = _whose(decision, Wording(project, session.language))
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
        texts = _texts({"result": result})
        _look_for_names(session, store.project(), texts, yes=yes)
        decision = learning.close_decision(
            store, session.occasion(), _number(session, number), closed_on, outcome, texts["result"]
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
    decision_number = _number(session, number)
    need(session, {"--why": why})
    with session.writing() as store:
        project = store.project()
        corrected = read_corrections(
            session,
            **_readers(project, {"result": result}, municipality, measure),
            what=(what, of_option("--what", _read_needed)),
            responsible=(responsible, of_option("--responsible", _read_needed)),
            due_on=(due_on, date_of("--due", session.today)),
            decided_on=(decided_on, date_of("--date", session.today)),
            closed_on=(closed_on, or_none(date_of("--settled", session.today))),
        )
        _look_for_names(session, project, corrected, yes=yes)
        if corrected.get("closed_on", ...) is None:
            corrected |= {"closed_as": None, "result": None}

        def correct(decision: Decision) -> Decision:
            after = replace(decision, **corrected)
            closed_now = after.closed_on is not None and after.closed_as is None
            return replace(after, closed_as=DecisionOutcome.DONE) if closed_now else after

        occasion = session.occasion(wanted(session, why, WHY))
        before, after = learning.correct_decision(store, occasion, decision_number, correct)
        _say_correction(session, project, before, after)


def remove_decision(context: typer.Context, number: DecisionNumber, *, why: Why = None) -> None:
    """Take a decision away that should not be there."""
    session: Session = context.obj
    decision_number = _number(session, number)
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
    _list(session, project, decisions, columns if everything else columns[:5], as_json)


# -- shared -----------------------------------------------------------------------------------------------------------


_OPTIONS: Final[Mapping[str, str]] = {
    "tried": "--tried",
    "happened": "--happened",
    "next_step": "--next",
    "question": "--question",
    "contact": "--contact",
    "result": "--result",
    "what": "--what",
    "responsible": "--responsible",
}
"""The texts by the option that gives them."""

_ASKED: Final[Mapping[str, str]] = {
    "tried": translatable("What have you tried"),
    "happened": translatable("What happened"),
    "next_step": translatable("Next step"),
    "question": translatable("Question to the others"),
    "contact": translatable("Whom to ask (function, not name)"),
}
_BLANK: Final = translatable("nothing")


def _read_needed(typed: str) -> str:
    text = read_text("", typed)
    if text is None:
        raise NoText
    return text


_WHAT: Final = Question("--what", translatable("What was decided"), _read_needed)
_RESPONSIBLE: Final = Question("--responsible", translatable("Who does it (function, not name)"), _read_needed)


def _due(today: date) -> Question[date]:
    return Question("--due", translatable("By when"), lambda typed: read_date(typed, today))


def _number(session: Session, typed: str) -> int:
    return numbered(session, typed)


def _texts(typed: Mapping[str, str | None]) -> dict[str, Any]:
    return {field: read_text(_OPTIONS[field], text) if text is not None else None for field, text in typed.items()}


def _readers(
    project: Project, texts: Mapping[str, str | None], municipality: str | None, measure: str | None
) -> dict[str, tuple[str | None, Callable[[str], object]]]:
    """How corrections are read that notes and decisions share."""

    def reader(option: str) -> Callable[[str], object]:
        return lambda typed: read_text(option, typed)

    return {
        **{field: (typed, reader(_OPTIONS[field])) for field, typed in texts.items()},
        "municipality": (municipality, or_none(lambda typed: find_municipality(project, typed))),
        "shows_in": (measure, or_none(find_key_measure)),
    }


def _look_for_names(session: Session, project: Project, texts: Mapping[str, Any], *, yes: bool) -> None:
    """Ask about words that look like a person's name. The words are counted, not repeated."""
    if yes:
        return
    known = [project.name, project.name_en, project.owner, *_names(project)]
    found = {
        option: places
        for field, option in _OPTIONS.items()
        if (text := texts.get(field)) and (places := name_places(text, known))
    }
    if not found:
        return
    for option, places in found.items():
        numbers = ", ".join(map(str, places))
        say(session.language.text(_LOOKS_LIKE_A_NAME, option=option, numbers=numbers))
    if not session.may_ask:
        say(session.language.text(_WITHOUT_NAMES))
    need(session, {"--yes": None})
    confirm(session, "--yes", session.language.text(_KEEP_IT))


def _names(project: Project) -> list[str]:
    """What the project calls its things."""
    lookups = (project.municipalities, project.steps, project.destinations, project.referrals, project.activities)
    return [
        value
        for lookup in lookups
        for thing in lookup
        for field in fields(thing)
        if field.name in {"name", "name_en", "short_name"} and (value := getattr(thing, field.name))
    ]


def _whose(told: Note | Decision, wording: Wording) -> str:
    if told.municipality is None:
        return wording.language.text(translatable("The whole project"))
    return wording.value("municipality", told.municipality)


def _say_correction(session: Session, project: Project, before: Note | Decision, after: Note | Decision) -> None:
    difference = Wording(project, session.language).correction(before, after)
    message = translatable("{number}: {difference}.") if difference else translatable("{number}: nothing differs.")
    say(session.language.text(message, number=after.id, difference=difference))
    answer(str(after.id))


def _list(
    session: Session, project: Project, told: list[Note] | list[Decision], columns: tuple[str, ...], as_json: bool
) -> None:
    if as_json:
        answer_json([_as_json(one) for one in told])
        return
    wording = Wording(project, session.language)

    def cell(one: Note | Decision, column: str) -> str:
        return _whose(one, wording) if column == "municipality" else wording.value(column, getattr(one, column))

    headings = [session.language.text(translatable("Number")), *map(wording.column, columns)]
    table(headings, [(one.id, *(cell(one, column) for column in columns)) for one in told])


def _as_json(told: Note | Decision) -> dict[str, object]:
    values = {field.name: getattr(told, field.name) for field in fields(told)}
    whose = {"number": values.pop("id"), "municipality": values.pop("municipality") or ALL}
    return whose | {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


COMMANDS: Final = {
    "add-note": Command(
        add_note,
        'arena add-note --municipality Krokom --tried "gruppstart" --next "två grupper till" --measure intake',
        translatable(
            "It stands in the month's report; the next report asks what came of the next step. "
            "Write about what was done, never about a person."
        ),
    ),
    "settle-note": Command(settle_note, 'arena settle-note 3 --result "två grupper har börjat"'),
    "edit-note": Command(
        edit_note,
        'arena edit-note 3 --next "en grupp till" --why "skrivfel"',
        translatable("`-` takes a text, the measure or the day it was settled away."),
    ),
    "remove-note": Command(remove_note, 'arena remove-note 3 --why "fel kommun"'),
    "list-notes": Command(list_notes, "arena list-notes --month 2016-10"),
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
