"""Following up: how it went for those who have left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final

import typer

from arena_cli import casework
from arena_cli.casework.follow_up import (
    FollowUpReceipt,
    FutureFollowUp,
    follow_up_of,
    record_follow_up,
    spell_to_follow_up,
)
from arena_cli.cli.asking import Question, ask, need, wanted, yes_unless_no
from arena_cli.cli.index import Command
from arena_cli.cli.options import Code, Day, SpellNumber, Why, date_of, read_date, read_number, read_text
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
from arena_cli.model import FollowUp, FollowUpKind, Spell
from arena_cli.rules import check_follow_up
from arena_cli.store import Store

KindName = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="immediate|six-months",
        help=translatable("Within four weeks of leaving, or the situation six months after."),
    ),
]
NotReached = Annotated[
    bool, typer.Option("--not-reached", help=translatable("The person could not be reached, and has answered nothing."))
]


class UnknownKind(UsageProblem):
    message = translatable("A follow-up is one of: {kinds}.")


_KINDS: Final = {kind.replace("_", "-"): kind for kind in FollowUpKind}

_DAY: Final = translatable("Day of the follow-up")
_TODAY: Final = translatable("today")


@asks(FollowUp)
def add_follow_up(
    context: typer.Context,
    code: Code,
    *,
    kind: KindName = None,
    day: Day = None,
    number: SpellNumber = None,
    not_reached: NotReached = False,
    income: IncomeSources = None,
    main: MainSource = None,
    why: Why = None,
    **answers: str | None,
) -> None:
    """Record how it went for somebody who has left."""
    session: Session = context.obj
    need(session, {"--kind": kind})
    spell_number = read_number("--number", number) if number is not None else None
    with session.writing() as store:
        spell = spell_to_follow_up(casework.journey(store, code), spell_number)
        of_kind = wanted(session, kind, _kind_question(session))
        corrected: dict[str, Any] = read_answers(store, FollowUp, answers)
        if not_reached:
            corrected["reached"] = False
        elif corrected:
            corrected["reached"] = True
        livelihood = read_income(store, income, main)
        followed_up_on = date_of("--date", session.today)(day) if day is not None else session.today
        if day is not None:
            corrected["followed_up_on"] = followed_up_on
        if not (corrected.keys() - {"followed_up_on"} or livelihood or follow_up_of(store, spell, of_kind)):
            asked = FollowUp(0, spell.id, of_kind, followed_up_on)
            if session.may_ask:
                followed_up_on = followed_up_on if day is not None else _ask_day(session, spell, asked)
                asked = _ask(session, store, spell, replace(asked, followed_up_on=followed_up_on))
                livelihood = ask_income(session, store) if asked.reached else None
            corrected = {"reached": asked.reached, **_answers_of(asked)}
        occasion = session.occasion(read_text("--why", why) if why is not None else None)
        receipt = record_follow_up(
            store,
            occasion,
            code,
            of_kind,
            followed_up_on,
            lambda f: replace(f, **corrected),
            spell_number,
            livelihood,
        )
        _say(session, store, receipt)
    answer(receipt.participant.code)


def _ask_day(session: Session, spell: Spell, follow_up: FollowUp) -> date:
    """Ask for a day on which there can be a follow-up of the spell, before anything else is asked in vain."""

    def checked(day: date) -> date:
        if day > session.today:
            raise FutureFollowUp(day=day)
        check_follow_up(spell, replace(follow_up, followed_up_on=day, reached=False))
        return day

    question = Question("--date", _DAY, lambda typed: checked(read_date(typed, session.today)), blank=_TODAY)
    return ask(session, question) or checked(session.today)


def _ask(session: Session, store: Store, spell: Spell, follow_up: FollowUp) -> FollowUp:
    if not yes_unless_no(session, "--not-reached", translatable("Was the person reached? (yes, no)")):
        return replace(follow_up, reached=False)
    return ask_answers(session, store, follow_up, lambda told: check_follow_up(spell, told))


def _answers_of(follow_up: FollowUp) -> dict[str, Any]:
    from arena_cli.model import questions

    return {field: getattr(follow_up, field) for field in questions(FollowUp)}


def _say(session: Session, store: Store, receipt: FollowUpReceipt) -> None:
    language, follow_up = session.language, receipt.after
    said = [answers_in_words(session, store, receipt.before, follow_up)]
    if not follow_up.reached:
        said = [language.text(translatable("not reached"))]
    if receipt.income != receipt.income_before:
        words = income_in_words(session, store, receipt.income)
        said.append(language.text(translatable("lives on: {sources}"), sources=words or "–"))
    message = translatable("{code}: followed up on {day}, {kind}: {answers}.")
    kinds = {
        FollowUpKind.IMMEDIATE: translatable("within four weeks"),
        FollowUpKind.SIX_MONTHS: translatable("six months after"),
    }
    say(
        language.text(
            message,
            code=receipt.participant.code,
            day=follow_up.followed_up_on,
            kind=language.text(kinds[follow_up.kind]),
            answers="; ".join(filter(None, said)) or language.text(translatable("nothing differs")),
        )
    )


def _kind_question(session: Session) -> Question[FollowUpKind]:
    """Which of the two follow-ups, by code or by name in the language that is spoken."""
    named = {session.language.text("{kind}", kind=kind): kind for kind in FollowUpKind}

    def read(typed: str) -> FollowUpKind:
        word = " ".join(typed.casefold().split())
        kind = named.get(word) or _KINDS.get(word.replace("_", "-").replace(" ", "-"))
        if kind is None:
            raise UnknownKind(kinds=tuple(_KINDS))
        return kind

    return Question("--kind", translatable("Kind of follow-up"), read, tuple(FollowUpKind))


COMMANDS: Final = {
    "add-follow-up": Command(
        add_follow_up,
        "arena add-follow-up K7QX-4M --kind six-months --working yes --extent 50 --subsidised yes --studying no",
        translatable(
            "Work and studies can hold at once. Not reached is not the same as not working. What has been answered "
            "before is corrected with --why; `arena due` lists who is to be followed up."
        ),
    ),
}
