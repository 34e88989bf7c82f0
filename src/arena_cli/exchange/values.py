"""What more than texts, codes and days the cells of a list may say: months, yes or no, answers, sources of income."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from arena_cli.casework.answers import UnknownAnswer, enumeration_of, value_reader
from arena_cli.casework.background import Livelihood
from arena_cli.errors import translatable
from arena_cli.exchange.cells import BrokenRule, optional
from arena_cli.exchange.dates import NotADate, read_day
from arena_cli.lookup import folded
from arena_cli.model import Answer, IncomeSource, Month, questions
from arena_cli.store import Store

_NO_MONTH: Final = translatable("{column} is no month: write it as in 2016-04.")
_NEITHER: Final = translatable("{column} must be yes or no.")
_NO_COUNT: Final = translatable("{column} must be a whole number from 0 to 9999.")

_MONTH: Final = re.compile(r"([0-9]{4})-?([0-9]{2})", re.ASCII)
_NAMED_MONTH: Final = re.compile(r"[a-z]+\.?\s+[0-9]{4}", re.IGNORECASE)
_COUNT: Final = re.compile(r"([0-9]{1,4})(?:[.,]0+)?\s*%?", re.ASCII)
_BETWEEN_SOURCES: Final = re.compile(r"\s*[;+/\n]\s*")
_ALSO_COMMA: Final = re.compile(r"\s*[,;+/\n]\s*")
_WORDS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("ja", "j", "x", "yes", "y", "true", "sant", "1"), True),
    **dict.fromkeys(("nej", "n", "no", "false", "falskt", "0"), False),
}


def read_month(text: str) -> Month:
    """A month as 2016-10, 201610 or okt 2016, or that of a day, which is what spreadsheets make of it."""
    match = _MONTH.fullmatch(text)
    try:
        if match:
            return Month.parse(f"{match[1]}-{match[2]}")
        return Month.of(read_day(f"1 {text}" if _NAMED_MONTH.fullmatch(text) else text))
    except (NotADate, ValueError):
        raise BrokenRule(_NO_MONTH) from None


def read_yes_or_no(text: str) -> bool:
    """Yes or no, in either language, as people tick it."""
    word = _WORDS.get(folded(text))
    if word is None:
        raise BrokenRule(_NEITHER)
    return word


def answer_readers(store: Store, record: type) -> dict[str, Callable[[str], object]]:
    """A reader for each question of a record. That something was not asked says nothing."""
    return {field: optional(_answer_reader(store, record, field)) for field in questions(record)}


def _answer_reader(store: Store, record: type, field: str) -> Callable[[str], object]:
    values = enumeration_of(record, field)
    if values is None:
        return _count
    read = value_reader(store, values)

    def reader(text: str) -> object:
        value = read(text)
        return None if value == Answer.NOT_ASKED.value else value

    return reader


def _count(text: str) -> int:
    match = _COUNT.fullmatch(text)
    if match is None:
        raise BrokenRule(_NO_COUNT)
    return int(match[1])


def income_readers(store: Store) -> dict[str, Callable[[str], object]]:
    """Readers of the sources of income, of which there may be several in a cell, and of the main one."""
    source = value_reader(store, IncomeSource)

    def sources(text: str) -> tuple[IncomeSource, ...]:
        with suppress(UnknownAnswer):  # in English a source may have a comma in its name
            return tuple(map(source, filter(None, re.split(_BETWEEN_SOURCES, text))))
        return tuple(map(source, filter(None, re.split(_ALSO_COMMA, text))))

    return {"income": optional(sources), "main_income": optional(source)}


def livelihood(sources: Iterable[IncomeSource] | None, main: IncomeSource | None) -> Livelihood | None:
    """What a row says that somebody lives on; None if it says nothing."""
    return None if sources is None and main is None else Livelihood(tuple(sources or ()), main)


def answers_of(record: type, values: Iterable[Any]) -> dict[str, Any]:
    """The answers that a row gives, by field, from the values of all questions in their order."""
    return {field: value for field, value in zip(questions(record), values, strict=True) if value is not None}
