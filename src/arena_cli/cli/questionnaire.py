"""Options and questions made from a record's own fields: what the fund asks at the entry, and what a follow-up asks.

A field of `Background` or `FollowUp` carries its question in both languages; its answers are the rows of the lookup
table of its enumeration, named in both languages too. So a new field needs nothing here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar

import typer

from arena_cli.casework.answers import Word, enumeration_of, read_value, word_for, words_of
from arena_cli.casework.background import Livelihood, MainSourceElsewhere, UnknownAmongSources
from arena_cli.cli.asking import Question, ask, chosen
from arena_cli.cli.options import NONE
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.model import Answer, Background, FollowUp, Income, IncomeSource, questions
from arena_cli.store import Store

NOT_ASKED: Final = Answer.NOT_ASKED.value
"""The value of every enumeration of answers that says that nobody asked."""

_LONGEST_METAVAR: Final = 62
"""What there is room for on a line of the help."""

IncomeSources = Annotated[
    str | None,
    typer.Option(
        "--income",
        metavar=translatable("SOURCE,SOURCE"),
        help=translatable("What the person lives on, by code or name, with commas between; `-` takes it away."),
    ),
]
MainSource = Annotated[
    str | None,
    typer.Option("--main", metavar=translatable("SOURCE"), help=translatable("The main source of several.")),
]

Asked = TypeVar("Asked", Background, FollowUp)


class NotACount(UsageProblem):
    message = translatable("{option} must be a whole number from 0 to 9999.")


class MainWithoutSources(UsageProblem):
    message = translatable("--main says which of the sources in --income is the main one. Give them too.")


# -- options ----------------------------------------------------------------------------------------------------------


def asks(kind: type[Asked]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command, in the place of its `**answers`, an option for every question of a record."""
    return lambda command: _with_options(command, _options(kind))


def _with_options(command: Callable[..., None], options: list[inspect.Parameter]) -> Callable[..., None]:
    signature = inspect.signature(command, eval_str=True)
    own = signature.parameters.values()
    arguments = [p for p in own if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    others = [p for p in own if p.kind is inspect.Parameter.KEYWORD_ONLY]
    command.__signature__ = signature.replace(parameters=[*arguments, *options, *others])  # type: ignore[attr-defined]
    return command


def _options(kind: type[Asked]) -> list[inspect.Parameter]:
    parameters = []
    for field, question in questions(kind).items():
        option = typer.Option(_option_of(kind, field), metavar=_metavar(kind, field), help=question.name_en)
        annotation = Annotated[str | None, option]
        parameters.append(inspect.Parameter(field, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation))
    return parameters


def _option_of(kind: type[Asked], field: str) -> str:
    return f"--{(questions(kind)[field].option or field).replace('_', '-')}"


def _metavar(kind: type[Asked], field: str) -> str:
    values = enumeration_of(kind, field)
    if values is None:
        return translatable("NUMBER")
    shown = [value.value for value in values if value != NOT_ASKED]
    if len("|".join(shown)) > _LONGEST_METAVAR:
        shown[1:-2] = ["..."]
    return "|".join(shown)


# -- answers ----------------------------------------------------------------------------------------------------------


def read_answers(store: Store, kind: type[Asked], typed: Mapping[str, str | None]) -> dict[str, Any]:
    """The answers that were given as options, by field; `-` is none. Raises UnknownAnswer or NotACount."""
    nothing = {field.name: field.default for field in fields(kind)}
    return {
        field: nothing[field] if given.strip() == NONE else _reader(store, kind, field)(given)
        for field, given in typed.items()
        if given is not None
    }


def ask_answers(
    session: Session, store: Store, record: Asked, check: Callable[[Asked], None], option: str | None = None
) -> Asked:
    """Ask what a record does not answer yet, in the order of its fields. Enter means that it was not asked.

    `check` refuses a record with an impossible answer, which is then asked for again: before it is too late for it.
    `option` is the one to name at the end of the input, where the command has none for each question.
    """
    for field, question in questions(type(record)).items():
        if getattr(record, field) not in {None, NOT_ASKED}:
            continue
        if question.only_if is not None and getattr(record, question.only_if[0]) != question.only_if[1]:
            continue
        values = enumeration_of(type(record), field)
        choices = tuple(word for word in words_of(store, values) if word.code != NOT_ASKED) if values else ()
        answer = ask(
            session,
            Question(
                option or _option_of(type(record), field),
                question.name_en,
                _checked(_reader(store, type(record), field), record, field, check),
                choices,
                translatable("not asked"),
            ),
        )
        if answer is not None:
            record = replace(record, **{field: answer})
    return record


def _checked(
    read: Callable[[str], Any], record: Asked, field: str, check: Callable[[Asked], None]
) -> Callable[[str], Any]:
    def answer(typed: str) -> Any:
        value = read(typed)
        check(replace(record, **{field: value}))
        return value

    return answer


def _reader(store: Store, kind: type[Asked], field: str) -> Callable[[str], Any]:
    values = enumeration_of(kind, field)
    if values is not None:
        return lambda typed: read_value(store, values, typed)
    return lambda typed: _read_count(_option_of(kind, field), typed)


def _read_count(option: str, typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", typed.strip()):
        raise NotACount(option=option)
    return int(typed)


# -- income -----------------------------------------------------------------------------------------------------------


def read_income(store: Store, sources: str | None, main: str | None) -> Livelihood | None:
    """The sources of income that were given as options; None if none were. Raises UnknownAnswer."""
    if sources is None:
        if main is not None:
            raise MainWithoutSources
        return None
    of_several = read_value(store, IncomeSource, main) if main is not None else None
    return Livelihood(() if sources.strip() == NONE else _read_sources(store, sources), of_several)


def ask_income(session: Session, store: Store, option: str | None = None) -> Livelihood | None:
    """Ask what somebody lives on, and of several sources which is the main one."""
    words = tuple(words_of(store, IncomeSource))
    sources = ask(
        session,
        Question(
            option or "--income",
            translatable("Lives on; of several, with commas between"),
            lambda typed: _read_sources(store, typed, words),
            words,
            translatable("not asked"),
        ),
    )
    if not sources:
        return None
    if len(sources) == 1:
        return Livelihood(sources)
    named = tuple(word for word in words if word.code in sources)
    main = ask(
        session,
        Question(
            option or "--main",
            translatable("Mostly on"),
            lambda typed: _read_main(store, typed, sources),
            named,
        ),
    )
    return Livelihood(sources, main)


def _read_sources(store: Store, typed: str, shown: tuple[Word, ...] = ()) -> tuple[IncomeSource, ...]:
    """The sources between the commas; of choices that are shown, by their numbers too."""
    parts = (part.strip() for part in typed.split(","))
    sources = tuple(read_value(store, IncomeSource, chosen(part, shown)) for part in parts if part)
    if len(set(sources)) > 1 and IncomeSource.UNKNOWN in sources:
        raise UnknownAmongSources
    return sources


def _read_main(store: Store, typed: str, sources: Collection[IncomeSource]) -> IncomeSource:
    main = read_value(store, IncomeSource, typed)
    if main not in sources:
        raise MainSourceElsewhere
    return main


# -- in words ---------------------------------------------------------------------------------------------------------


def answers_in_words(session: Session, store: Store, before: Asked | None, after: Asked) -> str:
    """What a record has come to answer, or has come to answer otherwise."""
    language = session.language
    said = []
    for field, question in questions(type(after)).items():
        old, new = (getattr(record, field) if record else None for record in (before, after))
        if new == old or (old is None and new in {None, NOT_ASKED}):
            continue
        what = language.text(question.label_en)
        values = [_in_words(session, store, value) for value in (old, new)]
        said.append(f"{what}: {values[1]}" if old in {None, NOT_ASKED} else f"{what}: {values[0]} → {values[1]}")
    return "; ".join(said)


def income_in_words(session: Session, store: Store, income: Collection[Income]) -> str:
    """The sources of income, the main one first."""
    ordered = sorted(income, key=lambda i: not i.is_main)
    return ", ".join(_in_words(session, store, i.source) for i in ordered)


def _in_words(session: Session, store: Store, value: object) -> str:
    if value is None:
        return "–"
    shown = word_for(store, value) if isinstance(value, StrEnum) else value
    return session.language.text("{value}", value=shown)
