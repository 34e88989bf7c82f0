"""Notes of a month: telling what was tried, settling the next step, correcting and listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

import typer

from arena_cli.casework import learning
from arena_cli.cli.asking import Question, ask, need, wanted
from arena_cli.cli.corrections import WHY, numbered, or_none, read_corrections
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, Day, Municipalities, Why, date_of, month_of, of_option, read_month
from arena_cli.cli.output import answer, say
from arena_cli.cli.told import (
    OPTIONS,
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
from arena_cli.errors import UsageProblem, translatable
from arena_cli.lookup import find_key_measure, find_municipalities, find_municipality
from arena_cli.model import Note

NoteNumber = Annotated[
    str,
    typer.Argument(
        metavar=translatable("NUMBER"), help=translatable("Which note, as `arena list-notes` numbers them.")
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

_ASKED: Final[Mapping[str, str]] = {
    "tried": translatable("What have you tried"),
    "happened": translatable("What happened"),
    "next_step": translatable("Next step"),
    "question": translatable("Question to the others"),
    "contact": translatable("Whom to ask (function, not name)"),
}
_BLANK: Final = translatable("nothing")


class NoteWithoutText(UsageProblem):
    message = translatable("Give at least one of --tried, --happened, --next and --question: there is nobody to ask.")


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
            field: ask(session, Question(OPTIONS[field], text, str, blank=_BLANK))
            for field, text in _ASKED.items()
            if typed[field] is None
        }
    with session.writing() as store:
        project = store.project()
        texts = texts_of(typed)
        look_for_names(session, project, texts, yes=yes)
        note = Note(
            0,
            find_municipality(project, municipality) if municipality is not None else None,
            str(of_month),
            shows_in=find_key_measure(measure) if measure is not None else None,
            **texts,
        )
        note = learning.add_note(store, session.occasion(), note)
        message = translatable("Note {number}: {whose}, {month}.")
        whose = whose_of(note, Wording(project, session.language))
        say(session.language.text(message, number=note.id, whose=whose, month=note.month))
    answer(str(note.id))


def settle_note(
    context: typer.Context, number: NoteNumber, *, result: Result = None, day: Day = None, yes: NoNames = False
) -> None:
    """Say that a note's next step has been taken, or will not be."""
    session: Session = context.obj
    settled_on = date_of("--date", session.today)(day) if day is not None else session.today
    with session.writing() as store:
        texts = texts_of({"result": result})
        look_for_names(session, store.project(), texts, yes=yes)
        note = learning.settle_note(store, session.occasion(), numbered(session, number), settled_on, texts["result"])
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
    note_number = numbered(session, number)
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
            **readers_of(project, texts, municipality, measure),
            month=(month, of_option("--month", lambda typed: str(read_month(typed, session.today)))),
            settled_on=(settled_on, or_none(date_of("--settled", session.today))),
        )
        look_for_names(session, project, corrected, yes=yes)
        if corrected.get("settled_on", ...) is None:
            corrected["result"] = None
        occasion = session.occasion(wanted(session, why, WHY))
        before, after = learning.correct_note(store, occasion, note_number, lambda n: replace(n, **corrected))
        say_corrected(session, project, before, after)


def remove_note(context: typer.Context, number: NoteNumber, *, why: Why = None) -> None:
    """Take a note away that should not be there."""
    session: Session = context.obj
    note_number = numbered(session, number)
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
    list_told(
        session, project, notes, ("month", "municipality", "tried", "happened", "next_step", "settled_on"), as_json
    )


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
}
