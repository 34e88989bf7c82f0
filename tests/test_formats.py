"""Numbers, shares, dates and lists as Babel has them, which reads the Unicode CLDR."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.formats import LOCALES, MINUS, Formats
from arena_cli.model import Month

languages = pytest.mark.parametrize("language", list(LOCALES))


@languages
@given(number=st.integers(-(10**10), 10**10))
def test_numbers(language: str, number: int) -> None:
    as_babel_has_it = format_decimal(number, locale=LOCALES[language]).replace("-", MINUS)
    assert Formats(language).number(number) == as_babel_has_it
    assert Formats(language).signed(number) == f"+{as_babel_has_it}".replace(f"+{MINUS}", MINUS).replace("+0", "0")


@languages
def test_shares_of_any_whole_up_to_a_thousand_per_cent_and_more(language: str) -> None:
    for hundredths in (*range(120), 999, 1000, 12_345):
        assert Formats(language).percent(hundredths) == format_percent(hundredths / 100, locale=LOCALES[language])


@languages
def test_means(language: str) -> None:
    for tenths in range(1000):
        as_babel_has_it = format_decimal(tenths / 10, format="0.0", locale=LOCALES[language])
        assert Formats(language).mean(tenths, 10) == as_babel_has_it
    assert Formats(language).mean(12_345, 10) == format_decimal(1235, locale=LOCALES[language])


@languages
def test_days_and_months(language: str) -> None:
    formats, locale = Formats(language), LOCALES[language]
    for number in range(1, 13):
        month, day = Month(2016, number), date(2016, number, 2 * number)
        assert formats.day(day) == format_date(day, "long", locale=locale)
        assert formats.month(month) == format_skeleton("yMMMM", day, locale=locale)
        assert formats.short_month(month) == format_skeleton("yMMM", day, locale=locale)
        assert formats.month_name(month) == format_date(day, "LLLL", locale=locale)


@languages
@pytest.mark.parametrize("items", ["", "A", "AB", "ABC", "ABCDE"])
def test_lists(language: str, items: str) -> None:
    assert Formats(language).series(items) == format_list(list(items), locale=LOCALES[language])
