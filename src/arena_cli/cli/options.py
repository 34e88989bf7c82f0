"""The options that several commands share, and how their values are read.

Typer gets nothing but text: only so can a bad value be refused in the user's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Final, TypeVar

import typer

from arena_cli.errors import UsageProblem, translatable
from arena_cli.model import Month

Code = Annotated[
    str, typer.Argument(metavar=translatable("CODE"), help=translatable("The participant's code, as in K7QX-4M."))
]
MunicipalityName = Annotated[
    str | None,
    typer.Option(
        "--municipality", metavar=translatable("NAME"), help=translatable("The municipality, by name or code.")
    ),
]
Municipalities = Annotated[
    list[str] | None,
    typer.Option(
        "--municipality",
        metavar=translatable("NAME"),
        help=translatable("Only this municipality, by name or code. May be given several times."),
    ),
]
Day = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar=translatable("DATE"),
        help=translatable("When it happened: 2016-10-14, today or yesterday. Otherwise today."),
    ),
]
MonthName = Annotated[
    str | None,
    typer.Option(
        "--month",
        metavar=translatable("MONTH"),
        help=translatable("2016-10, `last` or `this`. Otherwise the last complete month."),
    ),
]
StepName = Annotated[
    str | None,
    typer.Option("--step", metavar=translatable("STEP"), help=translatable("The step, by code, name or position.")),
]
ReferralName = Annotated[
    str | None,
    typer.Option(
        "--referral", metavar=translatable("CODE"), help=translatable("Who sent the participant, by code or name.")
    ),
]
SexName = Annotated[
    str | None,
    typer.Option("--sex", metavar="woman|man|other|unknown", help=translatable("The participant's sex.")),
]
BirthYear = Annotated[
    str | None,
    typer.Option("--birth-year", metavar=translatable("YEAR"), help=translatable("The participant's birth year.")),
]
Ref = Annotated[
    str | None,
    typer.Option(
        "--ref",
        metavar=translatable("NUMBER"),
        help=translatable("The participant's number in the municipality's own list. Never a personal identity number."),
    ),
]
ExitTypeName = Annotated[
    str | None,
    typer.Option(
        "--type",
        metavar=translatable("TYPE"),
        help=translatable("completed, discontinued, deceased or misregistered."),
    ),
]
DestinationName = Annotated[
    str | None,
    typer.Option(
        "--destination",
        metavar=translatable("CODE"),
        help=translatable("Where the participant went, by code or name; `unknown` if nobody knows."),
    ),
]
SpellNumber = Annotated[
    str | None,
    typer.Option(
        "--number",
        metavar=translatable("NUMBER"),
        help=translatable("Which spell, as `arena show-participant` numbers them. Otherwise the latest."),
    ),
]
Why = Annotated[
    str | None,
    typer.Option("--why", metavar=translatable("TEXT"), help=translatable("Why it is corrected; kept in the journal.")),
]
AsJson = Annotated[bool, typer.Option("--json", help=translatable("As JSON, for another program."))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=translatable("Print nothing when all is well; for cron."))]
Yes = Annotated[bool, typer.Option("--yes", help=translatable("Do not ask before doing it."))]

NONE: Final = "-"
"""How an option says that there is nothing."""

_TODAY: Final = frozenset({"today", "idag", "i dag"})
_YESTERDAY: Final = frozenset({"yesterday", "igår", "i går"})
_LAST: Final = frozenset({"last", "förra", "senaste"})
_THIS: Final = frozenset({"this", "denna"})

_LONGEST_TEXT: Final = 500


T = TypeVar("T")


class Unreadable(UsageProblem):
    """What was typed cannot be read. Said of an option, it begins with the option's name."""


class UnreadableOption(UsageProblem):
    message = translatable("{option}: {problem}")


class NotADate(Unreadable):
    message = translatable("That is no date. Write it as 2016-10-14, or today, or yesterday.")


class NoSuchDay(Unreadable):
    message = translatable("There is no such day in the calendar: {month} has {days} days.")


class NotAMonth(Unreadable):
    message = translatable("That is no month. Write it as 2016-10, or last, or this.")


class NotAYear(Unreadable):
    message = translatable("That is no year. Write it with four digits, as 1985.")


class NotANumber(UsageProblem):
    message = translatable("{option} must be a whole number from 1.")


class NotAText(UsageProblem):
    message = translatable("{option} cannot be kept: it must be at most {longest} characters that can be printed.")


def of_option(option: str, read: Callable[[str], T]) -> Callable[[str], T]:
    """The same reading for the value of an option. Raises UnreadableOption, which names it, for Unreadable."""

    def reader(typed: str) -> T:
        try:
            return read(typed)
        except Unreadable as problem:
            raise UnreadableOption(option=option, problem=problem) from None

    return reader


def date_of(option: str, today: date) -> Callable[[str], date]:
    """A reader of an option's day."""
    return of_option(option, partial(read_date, today=today))


def read_date(typed: str, today: date) -> date:
    """A day: ISO, `today` or `yesterday` in either language. Raises NotADate or NoSuchDay."""
    word = typed.strip().casefold()
    if word in _TODAY:
        return today
    if word in _YESTERDAY:
        return today - timedelta(days=1)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        raise NotADate
    try:
        return date.fromisoformat(word)
    except ValueError:
        pass
    try:
        month = Month.parse(word[:7])
    except ValueError:
        raise NotADate from None
    raise NoSuchDay(month=month, days=month.last.day)


def month_of(typed: str | None, today: date) -> Month:
    """The month that --month gives; the last complete one where it is not given."""
    return of_option("--month", partial(read_month, today=today))("last" if typed is None else typed)


def read_month(typed: str, today: date) -> Month:
    """A month: ISO, `last` (the last complete one) or `this`. Raises NotAMonth."""
    word = typed.strip().casefold()
    if word in _LAST:
        return Month.of(today).previous()
    if word in _THIS:
        return Month.of(today)
    try:
        return Month.parse(word)
    except ValueError:
        raise NotAMonth from None


def read_year(typed: str) -> int | None:
    """A year, or None for `-`. Raises NotAYear."""
    if typed.strip() == NONE:
        return None
    if not re.fullmatch(r"[0-9]{4}", typed.strip()):
        raise NotAYear
    return int(typed)


def read_number(option: str, typed: str) -> int:
    """A number from 1. Raises NotANumber."""
    if not re.fullmatch(r"[1-9][0-9]{0,5}", typed.strip()):
        raise NotANumber(option=option)
    return int(typed)


def read_text(option: str, typed: str) -> str | None:
    """A short text to be kept, or None for `-` and for nothing. Raises NotAText."""
    text = typed.strip()
    if not text.isprintable() or len(text) > _LONGEST_TEXT:
        raise NotAText(option=option, longest=_LONGEST_TEXT)
    return text if text and text != NONE else None
