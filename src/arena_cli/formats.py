"""How Swedish and English write numbers, shares, dates and lists, as the Unicode CLDR has it.

A report writes thousands of numbers, and Babel, which has CLDR's data, takes a tenth of a second for them. So these
two languages' ways are written out here, and the tests hold them against Babel's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from arena_cli.model import Month
from arena_cli.model.noun import Noun, dataclass

LOCALES: Final[Mapping[str, str]] = {"sv": "sv_SE", "en": "en_GB"}
"""What is meant, as Babel names it."""

MINUS: Final = "\N{MINUS SIGN}"

FIRST_NUMBER_IN_TWO_GROUPS: Final = 1000

WRITTEN_IN_DIGITS: Final = re.compile(r"[+−]?[0-9][0-9.,\u00a0]{0,18}")

_FIRST_MEAN_WITHOUT_DECIMALS: Final = 1000
"""In tenths."""


class Ways(NamedTuple):
    """What stands between thousands, before decimals, after a share, and before the last of a list; the months."""

    group: str
    decimal: str
    percent: str
    last: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]


WAYS: Final[Mapping[str, Ways]] = {
    "sv": Ways(
        group="\u00a0",  # does not break
        decimal=",",
        percent="\u00a0%",
        last=" och ",
        months=(
            "januari",
            "februari",
            "mars",
            "april",
            "maj",
            "juni",
            "juli",
            "augusti",
            "september",
            "oktober",
            "november",
            "december",
        ),
        short_months=("jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."),
    ),
    "en": Ways(
        group=",",
        decimal=".",
        percent="%",
        last=" and ",
        months=(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        short_months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
    ),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Formats(Noun):
    """How a language, `sv` or `en`, writes things."""

    language: str

    @property
    def ways(self) -> Ways:
        return WAYS[self.language]

    def number(self, number: int) -> str:
        """With thousands separators: 12 345 (with a space that does not break) or 12,345."""
        if 0 <= number < FIRST_NUMBER_IN_TWO_GROUPS:  # as most of a report's are
            return str(number)
        written = f"{abs(number):,}".replace(",", self.ways.group)
        return written if number >= 0 else f"{MINUS}{written}"

    def mean(self, total: int, number: int) -> str:
        """A mean of whole numbers with one decimal, or none from a hundred on; halves are rounded away from zero."""
        tenths = (20 * total + number) // (2 * number)
        if tenths >= _FIRST_MEAN_WITHOUT_DECIMALS:
            return self.number((2 * total + number) // (2 * number))
        return f"{tenths // 10}{self.ways.decimal}{tenths % 10}"

    def signed(self, number: int) -> str:
        """A change: +2 or −3, the latter with a real minus sign."""
        return f"+{self.number(number)}" if number > 0 else self.number(number)

    def read(self, text: str) -> int | float | None:
        """The number that stands for itself in a text, written as above; None where there is anything else."""
        if text.isdecimal() and text.isascii():  # as most are, and Babel is slow
            return int(text)
        if not WRITTEN_IN_DIGITS.fullmatch(text):
            return None
        from babel.numbers import NumberFormatError, parse_decimal

        written = text.replace(MINUS, "-").removeprefix("+")
        try:
            number = parse_decimal(written, locale=LOCALES[self.language], strict=True)
        except NumberFormatError:
            return None
        return int(number) if number.as_tuple().exponent == 0 else float(number)

    def percent(self, hundredths: int) -> str:
        """43 % or 43%."""
        return f"{self.number(hundredths)}{self.ways.percent}"

    def day(self, day: date) -> str:
        """1 oktober 2016 or 1 October 2016."""
        return f"{day.day} {self.ways.months[day.month - 1]} {day.year}"

    def month(self, month: Month) -> str:
        """As within a sentence: oktober 2016 or October 2016."""
        return f"{self.month_name(month)} {month.first.year}"

    def short_month(self, month: Month) -> str:
        """For where there is little room: okt. 2016 or Oct 2016."""
        return f"{self.ways.short_months[month.first.month - 1]} {month.first.year}"

    def month_name(self, month: Month) -> str:
        """The name without the year."""
        return self.ways.months[month.first.month - 1]

    def series(self, items: Iterable[str]) -> str:
        """A, B och C or A, B and C."""
        *others, last = [*items] or [""]
        return f"{', '.join(others)}{self.ways.last}{last}" if others else last
