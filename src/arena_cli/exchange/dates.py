"""What counts as a date in a list: ISO, also without hyphens or with a time of midnight behind it.

The one place for more ways of writing a date.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DAY: Final = re.compile(
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})"  # 2016-04-03 or 20160403
    r"(?:[T ]+00:00(?::00(?:[.,]0+)?)?)?",  # what programs put behind a date without a time
    re.ASCII,
)


class NotADate(ValueError):
    """The text is not written as a date."""


class NoSuchDay(ValueError):
    """The text is written as a date, but the calendar has no such day."""


def read_day(text: str) -> date:
    """The day that a text says. Raises NotADate or NoSuchDay."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise NotADate
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        raise NoSuchDay from None
