from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.model import ExitType, Month, Spell


@pytest.mark.parametrize(
    "text", ["2016-13", "2016-00", "2016-1", "201610", "oktober", "", "0000-01", "2016-10-01", "²016-10"]
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


def test_a_leap_month() -> None:
    february = Month.parse("2016-02")
    assert (february.first, february.last, february.before) == (date(2016, 2, 1), date(2016, 2, 29), date(2016, 1, 31))
    assert (str(february.previous()), str(february.next())) == ("2016-01", "2016-03")


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_every_day_lies_in_its_month(day: date) -> None:
    month = Month.of(day)
    assert month.first <= day <= month.last
    assert month.last + timedelta(days=1) == month.next().first
    assert month.next().previous() == month == Month.parse(str(month))


def test_spells_of_one_day_are_ordered_by_their_transfer() -> None:
    day = date(2016, 5, 1)
    continued = Spell(1, 1, "2305", day, day, ExitType.COMPLETED)
    transferred = Spell(2, 1, "2303", day, day, ExitType.TRANSFERRED)
    open_spell = Spell(3, 1, "2303", day)
    assert sorted([open_spell, continued, transferred], key=lambda s: s.order) == [transferred, continued, open_spell]
