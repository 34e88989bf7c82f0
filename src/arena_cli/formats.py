"""How Swedish and English write numbers, shares, dates and lists. For reports only: Babel is slow to import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import NumberFormatError, format_decimal, format_percent, parse_decimal

from arena_cli.model import Month

LOCALES: Mapping[str, str] = {"sv": "sv_SE", "en": "en_GB"}

FIRST_NUMBER_IN_TWO_GROUPS = 1000

_FIRST_MEAN_WITHOUT_DECIMALS = 1000
"""In tenths."""

MINUS = "\N{MINUS SIGN}"  # Babel writes a hyphen

WRITTEN_IN_DIGITS = re.compile(r"[+−]?[0-9][0-9.,\u00a0]{0,18}")


@dataclass(frozen=True, slots=True)
class Formats:
    """How a language, `sv` or `en`, writes things."""

    language: str

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    def number(self, number: int) -> str:
        """With thousands separators: 12 345 (with a space that does not break) or 12,345."""
        if 0 <= number < FIRST_NUMBER_IN_TWO_GROUPS:  # as most of a report's are, and Babel is slow
            return str(number)
        return format_decimal(number, locale=self.locale).replace("-", MINUS)

    def mean(self, total: int, number: int) -> str:
        """A mean of whole numbers with one decimal, or none from a hundred on; halves are rounded away from zero."""
        tenths = (20 * total + number) // (2 * number)
        if tenths >= _FIRST_MEAN_WITHOUT_DECIMALS:
            return self.number((2 * total + number) // (2 * number))
        return format_decimal(tenths / 10, format="0.0", locale=self.locale)

    def signed(self, number: int) -> str:
        """A change: +2 or −3, the latter with a real minus sign."""
        return f"+{self.number(number)}" if number > 0 else self.number(number)

    def read(self, text: str) -> int | float | None:
        """The number that stands for itself in a text, written as above; None where there is anything else."""
        if text.isdecimal() and text.isascii():  # as most are, and Babel is slow
            return int(text)
        if not WRITTEN_IN_DIGITS.fullmatch(text):
            return None
        try:
            number = parse_decimal(text.replace(MINUS, "-").removeprefix("+"), locale=self.locale, strict=True)
        except NumberFormatError:
            return None
        return int(number) if number.as_tuple().exponent == 0 else float(number)

    def percent(self, hundredths: int) -> str:
        """43 % or 43%."""
        return format_percent(hundredths / 100, locale=self.locale)

    def day(self, day: date) -> str:
        """1 oktober 2016 or 1 October 2016."""
        return format_date(day, "long", locale=self.locale)

    def month(self, month: Month) -> str:
        """As within a sentence: oktober 2016 or October 2016."""
        return format_skeleton("yMMMM", month.first, locale=self.locale)

    def short_month(self, month: Month) -> str:
        """For where there is little room: okt. 2016 or Oct 2016."""
        return format_skeleton("yMMM", month.first, locale=self.locale)

    def month_name(self, month: Month) -> str:
        """The name without the year."""
        return format_date(month.first, "LLLL", locale=self.locale)

    def series(self, items: Iterable[str]) -> str:
        """A, B och C or A, B and C."""
        return format_list(list(items), locale=self.locale)
