from __future__ import annotations

import pickle
from copy import deepcopy
from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.journal import Occasion
from arena_cli.model import ExitType, Month, Spell
from arena_cli.model.noun import Noun, dataclass
from arena_cli.personal_number import PersonalNumberGiven


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Thing(Noun):
    """A noun that nobody has made before."""

    name: str
    size: int = 1


def test_a_noun_is_made_as_any_dataclass() -> None:
    assert Thing("a") == Thing("a", 1) == Thing(size=1, name="a") != Thing("a", 2)
    assert repr(Thing("a")) == "Thing(name='a', size=1)"
    assert hash(Thing("a")) == hash(Thing("a"))
    assert replace(Thing("a"), size=2) == Thing("a", 2)
    for values, named in ((), {}), (("a", 1, 2), {}), (("a",), {"colour": 3}):
        with pytest.raises(TypeError):
            Thing(*values, **named)  # type: ignore[arg-type]


def test_a_noun_cannot_be_changed() -> None:
    thing = Thing("a")
    with pytest.raises(FrozenInstanceError):
        thing.size = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del thing.size
    with pytest.raises((FrozenInstanceError, AttributeError)):
        thing.colour = 2  # type: ignore[attr-defined]
    assert thing == Thing("a") == deepcopy(thing) == pickle.loads(pickle.dumps(thing))  # noqa: S301 # our own


def test_what_a_noun_checks_it_checks_from_the_first_on() -> None:
    for _ in range(2):
        with pytest.raises(PersonalNumberGiven):
            Occasion(date(2016, 5, 1), "2016-05-01T10:00:00Z", "a", "move-participant", "19830101-2392")
