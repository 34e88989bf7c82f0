"""Hours: what the verbs register, and what they refuse, leaving nothing half-done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework, rules
from arena_cli.casework import Intake, attendance
from arena_cli.casework.attendance import HoursRegistered
from arena_cli.errors import ArenaError
from arena_cli.language import load_language
from arena_cli.model import ExitType, Month, Sex
from arena_cli.store import Row, Store
from tests.sample import TODAY, new_store, occasion

MARCH = Month(2016, 3)
ENTERED = date(2016, 2, 15)
HOUR = 60
DAY = 24 * HOUR


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


@pytest.fixture
def code(store: Store) -> str:
    return enrol(store)


def enrol(store: Store, day: date = ENTERED, municipality: str = "2305") -> str:
    return casework.enrol(store, occasion(), Intake(municipality, day), sex=Sex.WOMAN).participant.code


def leave(store: Store, code: str, day: date) -> None:
    casework.leave(store, occasion(), code, day, ExitType.COMPLETED, None)


def spend(
    store: Store,
    *codes: str,
    minutes: int = HOUR,
    month: Month = MARCH,
    activity: str = "talks",
    certified: bool = False,
    spell: int | None = None,
    today: date = TODAY,
) -> tuple[HoursRegistered, ...]:
    return attendance.add_hours(
        store, occasion(today=today), codes, month, activity, minutes, certified=certified, spell_number=spell
    )


def hours(store: Store, code: str) -> list[tuple[str, str, int, bool]]:
    person = casework.find_participant(store, code)
    return [(h.month, h.activity, h.minutes, h.certified) for h in attendance.hours_of(store, person)]


def contents(store: Store) -> list[list[Row]]:
    return [store.rows(f"SELECT * FROM {table}") for table in ("spell", "attendance", "journal")]


def assert_refused(store: Store, refusal: type[ArenaError], deed: Callable[[], object]) -> ArenaError:
    before = contents(store)
    with pytest.raises(refusal) as caught:
        deed()
    assert contents(store) == before
    assert "{" not in caught.value.sentence(load_language("en"))
    return caught.value


def test_hours_are_kept_per_month_and_activity(store: Store, code: str) -> None:
    spend(store, code, minutes=90)
    spend(store, code, minutes=600, activity="placement", certified=True)
    spend(store, code, minutes=45, month=Month(2016, 2))
    assert hours(store, code) == [
        ("2016-02", "talks", 45, False),
        ("2016-03", "placement", 600, True),
        ("2016-03", "talks", 90, False),
    ]


def test_registering_again_replaces_and_drops_the_certification(store: Store, code: str) -> None:
    spend(store, code, minutes=90, certified=True)
    (line,) = spend(store, code, minutes=120)
    assert line.before is not None
    assert line.after is not None
    assert (line.before.minutes, line.before.certified) == (90, True)
    assert (line.after.minutes, line.after.certified) == (120, False)
    assert hours(store, code) == [("2016-03", "talks", 120, False)]
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert hours(store, code) == [("2016-03", "talks", 90, True)]


def test_no_hours_take_away_those_that_there_were(store: Store, code: str) -> None:
    spend(store, code)
    (line,) = spend(store, code, minutes=0)
    assert line.after is None
    assert hours(store, code) == []
    (line,) = spend(store, code, minutes=0)
    assert (line.before, line.after) == (None, None)


def test_a_group_gets_its_hours_in_one_change(store: Store, code: str) -> None:
    group = [code, enrol(store), enrol(store, municipality="2380")]
    lines = spend(store, *group, code, minutes=180)
    assert [line.participant.code for line in lines] == group
    assert all(hours(store, member) == [("2016-03", "talks", 180, False)] for member in group)
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert hours(store, code) == []


def test_a_group_gets_its_hours_all_or_none_and_hears_of_everybody(store: Store, code: str) -> None:
    late, twice = enrol(store, on(1, 4)), enrol(store)
    casework.transfer(store, occasion(), twice, "2380", on(10))
    refusal = assert_refused(
        store, attendance.GroupRefused, lambda: spend(store, code, late, twice, "K7QX-4M", minutes=HOUR)
    )
    kinds = [type(reason) for reason in refusal.facts["reasons"]]  # type: ignore[attr-defined]
    assert kinds == [attendance.NoSpellIn, attendance.SeveralSpellsIn, casework.UnknownParticipant]
    sentence = refusal.sentence(load_language("en"))
    assert all(member in sentence for member in (late, twice))
    assert code not in sentence


@pytest.mark.parametrize(
    ("entered_on", "exited_on", "today", "days"),
    [
        (on(1), None, TODAY, 31),
        (ENTERED, on(2, 4), TODAY, 31),
        (on(31), None, TODAY, 1),
        (ENTERED, on(1), TODAY, 1),
        (on(10), on(12), TODAY, 3),
        (on(10), None, on(14), 5),
    ],
)
def test_no_more_than_the_days_of_the_spell_hold(
    store: Store, entered_on: date, exited_on: date | None, today: date, days: int
) -> None:
    code = enrol(store, entered_on)
    if exited_on is not None:
        leave(store, code, exited_on)
    spend(store, code, minutes=HOUR, activity="placement", today=today)
    too_many = lambda: spend(store, code, minutes=days * DAY - HOUR + 1, today=today)  # noqa: E731
    assert_refused(store, attendance.MoreThanTime, too_many)
    spend(store, code, minutes=days * DAY - HOUR, today=today)
    assert_refused(
        store, attendance.MoreThanTime, lambda: spend(store, code, minutes=1, activity="language", today=today)
    )


def test_an_absurd_number_of_hours_is_refused_like_any_other(store: Store, code: str) -> None:
    assert_refused(store, attendance.MoreThanTime, lambda: spend(store, code, minutes=10**12))
    assert_refused(store, attendance.NegativeHours, lambda: spend(store, code, minutes=-1))


def test_nothing_outside_a_spell(store: Store, code: str) -> None:
    assert_refused(store, attendance.NoSpellIn, lambda: spend(store, code, month=Month(2016, 1)))
    leave(store, code, on(31))
    assert_refused(store, attendance.NoSpellIn, lambda: spend(store, code, month=Month(2016, 4)))
    spend(store, code)


def test_nothing_in_a_month_that_has_not_begun(store: Store, code: str) -> None:
    assert_refused(store, attendance.MonthNotBegun, lambda: spend(store, code, today=on(29, 2)))
    spend(store, code, today=on(1))


def test_where_there_are_several_spells_one_has_to_be_named(store: Store, code: str) -> None:
    casework.transfer(store, occasion(), code, "2380", on(10))
    assert_refused(store, attendance.SeveralSpellsIn, lambda: spend(store, code))
    assert_refused(store, casework.NoSuchSpell, lambda: spend(store, code, spell=3))
    assert_refused(store, attendance.NotThatSpell, lambda: spend(store, code, spell=1, month=Month(2016, 4)))
    spend(store, code, spell=1)
    spend(store, code, spell=2)
    assert hours(store, code) == [("2016-03", "talks", HOUR, False)] * 2


def test_the_day_of_a_transfer_is_not_two_days(store: Store, code: str) -> None:
    casework.transfer(store, occasion(), code, "2380", on(10))
    spend(store, code, spell=1, minutes=10 * DAY)
    assert_refused(store, attendance.MoreThanTime, lambda: spend(store, code, spell=2, minutes=21 * DAY + 1))
    spend(store, code, spell=2, minutes=21 * DAY)


def test_a_misregistered_spell_has_no_hours(store: Store, code: str) -> None:
    spend(store, code)
    casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert hours(store, code) == []
    assert attendance.hours_in(store, MARCH) == []
    assert_refused(store, attendance.NoSpellIn, lambda: spend(store, code))
    assert_refused(store, attendance.NotThatSpell, lambda: spend(store, code, spell=1))


def test_a_corrected_spell_keeps_its_hours_within_it(store: Store, code: str) -> None:
    spend(store, code, minutes=5 * DAY)
    assert_refused(store, rules.HoursOutsideSpell, lambda: leave(store, code, on(29, 2)))
    assert_refused(store, rules.MoreHoursThanTime, lambda: leave(store, code, on(4)))
    late = lambda: casework.correct_spell(  # noqa: E731
        store, occasion(), code, None, lambda s: replace(s, entered_on=on(28))
    )
    assert_refused(store, rules.MoreHoursThanTime, late)
    leave(store, code, on(5))


# -- certifying -------------------------------------------------------------------------------------------------------


def test_a_municipality_certifies_its_month(store: Store, code: str) -> None:
    here, there = enrol(store), enrol(store, municipality="2380")
    spend(store, code, here, there, minutes=90)
    spend(store, code, activity="placement", certified=True)
    spend(store, code, month=Month(2016, 2))
    receipt = attendance.certify_hours(store, occasion(), MARCH, municipality="2305")
    assert (len(receipt.hours), receipt.participants, receipt.minutes) == (2, 2, 180)
    assert [line.hours.certified for line in attendance.hours_in(store, MARCH, ["2305"])] == [True] * 3
    assert [line.hours.certified for line in attendance.hours_in(store, MARCH, ["2380"])] == [False]
    assert hours(store, code)[0] == ("2016-02", "talks", HOUR, False)
    again = lambda: attendance.certify_hours(store, occasion(), MARCH, municipality="2305")  # noqa: E731
    assert_refused(store, attendance.NothingToCertify, again)


def test_certifying_the_hours_of_some(store: Store, code: str) -> None:
    other = enrol(store)
    spend(store, code, other)
    receipt = attendance.certify_hours(store, occasion(), MARCH, codes=[code])
    assert receipt.participants == 1
    assert hours(store, other) == [("2016-03", "talks", HOUR, False)]
    assert_refused(
        store,
        casework.UnknownParticipant,
        lambda: attendance.certify_hours(store, occasion(), MARCH, codes=[other, "K7QX-4M"]),
    )
    attendance.certify_hours(store, occasion(), MARCH)
    assert hours(store, other) == [("2016-03", "talks", HOUR, True)]


def test_hours_of_a_month_stand_by_municipality_and_participant(store: Store, code: str) -> None:
    there = enrol(store, municipality="2303")
    spend(store, code, there)
    spend(store, code, activity="placement")
    lines = [
        (line.municipality, line.participant.code, line.hours.activity) for line in attendance.hours_in(store, MARCH)
    ]
    assert lines == [("2303", there, "talks"), ("2305", code, "placement"), ("2305", code, "talks")]


def test_no_hours_after_the_end_of_the_project(store: Store, code: str) -> None:
    """Somebody whose exit nobody has registered has an open spell, but the project is over."""
    ends_on = store.project().ends_on
    after = date(ends_on.year + 1, 12, 31)
    with pytest.raises(attendance.MonthAfterProject):
        spend(store, code, month=Month.of(ends_on).next(), today=after)
    spend(store, code, month=Month.of(ends_on), minutes=ends_on.day * DAY, today=after)
    with pytest.raises(attendance.MoreThanTime):
        spend(store, code, month=Month.of(ends_on), minutes=ends_on.day * DAY + 1, today=after)
