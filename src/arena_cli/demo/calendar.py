"""Months, working days and how much of the year's work falls in each month, as in Sweden."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from arena_cli.model import Month

ARRIVALS: Final = (9, 10, 10, 9, 8, 5, 1, 8, 12, 10, 9, 4)
DEPARTURES: Final = (8, 7, 8, 8, 9, 16, 3, 6, 8, 9, 8, 11)
PACE: Final = (9, 10, 10, 10, 10, 7, 2, 7, 10, 10, 10, 7)
"""How much happens in January, February and so on, beside the other months: July is quiet."""

_HOLIDAYS: Final = frozenset({(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)})
_SATURDAY: Final = 5
_OFFICE_HOURS: Final = range(7, 14)
"""In UTC: from eight in winter and from nine in summer, as clocks go in Sweden."""


def in_month(of_the_year: Sequence[int], day: date) -> int:
    """What one of the lists above says of a day's month."""
    return of_the_year[day.month - 1]


def months_between(first: Month, last: Month) -> list[Month]:
    """Both included."""
    months = [first]
    while months[-1] < last:
        months.append(months[-1].next())
    return months


def working_days(first: date, last: date) -> list[date]:
    """Both included, where they are working days."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if _is_working_day(day)]


def working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not _is_working_day(day):
        day += timedelta(days=1)
    return day


def in_the_office(day: date, random: Random) -> datetime:
    """Some time of a day when people are at work."""
    return datetime.combine(day, time(random.choice(_OFFICE_HOURS), random.randrange(60), random.randrange(60)), UTC)


def _is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS
