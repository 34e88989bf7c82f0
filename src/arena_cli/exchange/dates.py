"""What counts as a date in a list: what can be understood in one way only.

Year first (2026-04-03, 20260403, 2026/4/3), Swedish with the day first (3/4 2026, 3.4.2026) or the month in words
(3 apr 2026, den 3 april 2026), each also with a time of midnight behind it. 03/04/2026 is 3 April to a Swede and
4 March to a program that was set up for Americans, so it is refused, but 25/12/2026 is not. A workbook's dates come as
2026-04-03; a bare number such as 46115, which a workbook shows where cells have lost their form as dates, is no date:
the same number means another day in a workbook from an old Macintosh.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_MIDNIGHT: Final = r"(?:[T ]+00?:00(?::00(?:[.,]0+)?)?)?"  # what programs put behind a date without a time
_ISO: Final = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})" + _MIDNIGHT, re.ASCII)  # 2016-04-03 or 20160403
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _MIDNIGHT, re.ASCII)
_DAY_FIRST: Final = re.compile(
    r"([0-9]{1,2})(?:/([0-9]{1,2}) *[ -] *|\. ?([0-9]{1,2})(?:\. ?| ))([0-9]{4})" + _MIDNIGHT, re.ASCII
)
"""3/4 2016, 3/4-2016, 3.4.2016 or 3.4 2016."""

_EITHER_FIRST: Final = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})" + _MIDNIGHT, re.ASCII)
"""03/04/2016 or 03-04-2016."""

_IN_WORDS: Final = re.compile(
    r"(?:den +)?([0-9]{1,2})(?:\.|:[ae])? *[- ] *([a-z]{3,9})\.? *[- ] *([0-9]{4})" + _MIDNIGHT, re.ASCII
)
_MONTHS: Final = (
    "januari january",
    "februari february",
    "mars march",
    "april",
    "maj may",
    "juni june",
    "juli july",
    "augusti august",
    "september",
    "oktober october",
    "november",
    "december",
)
_MONTH_OF: Final = {
    form: number
    for number, names in enumerate(_MONTHS, 1)
    for name in names.split()
    for form in (name, name[:3], name[:4])
}
"""Months in Swedish and English, also shortened to three or four letters."""

_BARE: Final = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?", re.ASCII)  # from 1927 to 2173, as workbooks count days

_LOOKS_ALIKE: Final = str.maketrans({"‐": "-", "‑": "-", "–": "-", "−": "-", "\u200b": "", "\ufeff": ""})  # noqa: RUF001
"""What word processors make of a hyphen, and what nobody sees."""

_LAST_MONTH: Final = 12


class NotADate(ValueError):
    """The text is not written as a date."""


class BareNumber(NotADate):
    """The text is the number of a day in a workbook, of which nobody can tell where the counting began."""


class AmbiguousDate(ValueError):
    """The text may mean two days."""


class NoSuchDay(ValueError):
    """The text is written as a date, but the calendar has no such day."""


def read_day(text: str) -> date:
    """The day that a text says. Raises NotADate, of which BareNumber is one, AmbiguousDate or NoSuchDay."""
    text = " ".join(text.translate(_LOOKS_ALIKE).split())
    if match := _ISO.fullmatch(text):
        return _day(match[1], match[3], match[4])
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(match[1], match[3], match[4])
    if match := _DAY_FIRST.fullmatch(text):
        return _day(match[4], match[2] or match[3], match[1])
    if match := _EITHER_FIRST.fullmatch(text):
        return _either(match[4], match[1], match[3])
    if (match := _IN_WORDS.fullmatch(text.lower())) and (month := _MONTH_OF.get(match[2])):
        return _day(match[3], month, match[1])
    raise BareNumber if _BARE.fullmatch(text) else NotADate


def _either(year: str, first: str, second: str) -> date:
    """The day of which only one of two numbers can be the month, or both are the same."""
    if int(first) <= _LAST_MONTH and int(second) <= _LAST_MONTH and int(first) != int(second):
        raise AmbiguousDate
    day, month = (second, first) if int(second) > _LAST_MONTH else (first, second)
    return _day(year, month, day)


def _day(year: str, month: str | int, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NoSuchDay from None
