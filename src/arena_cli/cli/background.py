"""Background: what the fund asks at the first entry, and what the person lived on before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import typer

from arena_cli import casework
from arena_cli.casework.background import (
    BackgroundReceipt,
    Livelihood,
    background_of,
    income_of,
    record_background,
)
from arena_cli.cli.index import Command
from arena_cli.cli.options import Code, Why, read_text
from arena_cli.cli.output import answer, say
from arena_cli.cli.questionnaire import (
    IncomeSources,
    MainSource,
    answers_in_words,
    ask_answers,
    ask_income,
    asks,
    income_in_words,
    read_answers,
    read_income,
)
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.model import Background, Participant, Sex
from arena_cli.rules import check_background
from arena_cli.store import Store


class NothingToRecord(UsageProblem):
    message = translatable("No answer was given: `arena add-background --help` shows the questions.")


@dataclass(frozen=True, slots=True)
class Told:
    """Answers and income that somebody has told, not recorded yet."""

    answers: Background
    income: Livelihood | None


def ask_background(
    session: Session,
    store: Store,
    participant: Participant | None = None,
    birth_year: int | None = None,
    option: str | None = None,
) -> Told:
    """Ask at the keyboard all that is not answered yet: everything of somebody new, who was born that year.

    `option` is the one to name at the end of the input, where the command has none for each question.
    """
    known = background_of(store, participant) if participant else None
    person = participant or Participant(0, "", None, Sex.UNKNOWN, birth_year)
    answers = ask_answers(
        session,
        store,
        known or Background(0, person.id),
        lambda told: check_background(person, told, session.today),
        option,
    )
    has_income = participant is not None and income_of(store, participant)
    return Told(answers, None if has_income else ask_income(session, store, option))


def record_told(session: Session, store: Store, code: str, told: Told) -> None:
    """Record what was told, and say so; nothing if nothing was."""
    if told.answers == Background(told.answers.id, told.answers.participant_id) and told.income is None:
        return

    def answered(before: Background) -> Background:
        return replace(told.answers, id=before.id, participant_id=before.participant_id)

    _say(session, store, record_background(store, session.occasion(), code, answered, told.income))


@asks(Background)
def add_background(
    context: typer.Context,
    code: Code,
    *,
    income: IncomeSources = None,
    main: MainSource = None,
    why: Why = None,
    **answers: str | None,
) -> None:
    """Record what the fund asks at the first entry."""
    session: Session = context.obj
    with session.writing() as store:
        participant = casework.find_participant(store, code)
        given = read_answers(store, Background, answers)
        livelihood = read_income(store, income, main)
        if not given and livelihood is None:
            if not session.may_ask:
                raise NothingToRecord
            record_told(session, store, code, ask_background(session, store, participant))
        else:
            occasion = session.occasion(read_text("--why", why) if why is not None else None)
            receipt = record_background(store, occasion, code, lambda b: replace(b, **given), livelihood)
            _say(session, store, receipt)
    answer(participant.code)


def _say(session: Session, store: Store, receipt: BackgroundReceipt) -> None:
    said = [answers_in_words(session, store, receipt.before, receipt.after)]
    if receipt.income != receipt.income_before:
        words = income_in_words(session, store, receipt.income)
        said.append(session.language.text(translatable("lives on: {sources}"), sources=words or "–"))
    message = translatable("{code}: {answers}.") if any(said) else translatable("{code}: nothing differs.")
    say(session.language.text(message, code=receipt.participant.code, answers="; ".join(filter(None, said))))


COMMANDS: Final = {
    "add-background": Command(
        add_background,
        "arena add-background K7QX-4M --employment unemployed --months-without-work 14 --education isced_2",
        translatable(
            "What is not given stays not asked, and can be answered later; without any answer it asks on a terminal. "
            "What has been answered before is corrected with --why; `-` takes an answer away."
        ),
    ),
}
