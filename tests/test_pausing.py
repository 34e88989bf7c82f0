"""Pausing and resuming, and waiting to start: what is registered, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from arena_cli import casework, rules
from arena_cli.casework import Intake, pausing
from arena_cli.errors import ArenaError
from arena_cli.model import Assignment, AssignmentOutcome, ExitType, Pause, PauseReason, Sex
from arena_cli.personal_number import PersonalNumberGiven
from arena_cli.store import Store
from tests.sample import new_store, occasion
from tests.test_casework import assert_refused

SICK = PauseReason.SICK_LEAVE
DAY_ASSIGNED = date(2016, 3, 10)


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


@pytest.fixture
def code(store: Store) -> str:
    return casework.enrol(store, occasion(), Intake("2305", on(10)), sex=Sex.WOMAN).participant.code


def pause(store: Store, code: str, day: date, until: date | None = None) -> pausing.PauseReceipt:
    return pausing.pause(store, occasion(), code, day, SICK, until)


def resume(store: Store, code: str, day: date) -> pausing.PauseReceipt:
    return pausing.resume(store, occasion(), code, day)


def days(store: Store) -> list[tuple[date, date | None]]:
    return [(p.paused_on, p.resumed_on) for p in store.records(Pause, "ORDER BY id")]


def test_pause_and_resume(store: Store, code: str) -> None:
    assert pause(store, code, on(12)).pause.reason is SICK
    receipt = resume(store, code, on(20))
    assert receipt.before is not None
    assert days(store) == [(on(12), on(20))]
    pause(store, code, on(20))
    assert days(store) == [(on(12), on(20)), (on(20), None)]


@pytest.mark.parametrize(
    ("day", "until", "refusal"),
    [
        (on(9), None, rules.PauseOutsideSpell),
        (on(9), on(12), rules.PauseOutsideSpell),
        (on(12), on(12), rules.ResumedBeforePaused),
        (on(12), on(11), rules.ResumedBeforePaused),
        (on(14), on(16), rules.OverlappingPauses),
        (on(12), on(16), rules.OverlappingPauses),
        (on(19), None, rules.OverlappingPauses),
        (date(2018, 4, 1), None, rules.AfterProject),
        (on(20), date(2018, 4, 1), rules.AfterProject),
        (date(2015, 1, 1), None, rules.BeforeProject),
    ],
)
def test_a_pause_that_cannot_be_is_refused(
    store: Store, code: str, day: date, until: date | None, refusal: type[ArenaError]
) -> None:
    pause(store, code, on(15), on(20))
    assert_refused(store, refusal, lambda: pause(store, code, day, until))


def test_two_open_pauses_and_a_return_from_none_are_refused(store: Store, code: str) -> None:
    assert_refused(store, pausing.NotPaused, lambda: resume(store, code, on(12)))
    pause(store, code, on(12))
    refusal = assert_refused(store, pausing.PausedAlready, lambda: pause(store, code, on(13)))
    assert refusal.facts == {"code": code, "paused_on": on(12)}
    assert_refused(store, rules.ResumedBeforePaused, lambda: resume(store, code, on(12)))
    today = replace(occasion(), today=on(14))
    assert_refused(store, rules.InTheFuture, lambda: pausing.resume(store, today, code, on(15)))


def test_a_pause_of_an_ended_spell_may_be_added_with_both_days_only(store: Store, code: str) -> None:
    casework.leave(store, occasion(), code, on(31), ExitType.COMPLETED, None)
    assert_refused(store, casework.NotEnrolled, lambda: pause(store, code, on(12)))
    assert_refused(store, rules.PauseOutsideSpell, lambda: pause(store, code, on(12), on(1, 4)))
    pause(store, code, on(12), on(31))


def test_leaving_ends_a_pause_and_cannot_lie_before_it(store: Store, code: str) -> None:
    pause(store, code, on(12))

    def leaving(day: date) -> object:
        return casework.leave(store, occasion(), code, day, ExitType.COMPLETED, None)

    assert_refused(store, rules.PauseOutsideSpell, lambda: leaving(on(11)))
    leaving(on(12))
    assert days(store) == [(on(12), None)]
    casework.readmit(store, occasion(), code, Intake("2305", on(1, 4)))
    assert_refused(store, pausing.NotPaused, lambda: resume(store, code, on(2, 4)))


def test_a_corrected_spell_keeps_its_pauses_inside(store: Store, code: str) -> None:
    pause(store, code, on(12), on(20))
    late = lambda: casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, entered_on=on(13)))  # noqa: E731
    assert_refused(store, rules.PauseOutsideSpell, late)


@pytest.mark.parametrize(("paused_on", "expected"), [(12, [(on(12), None), (on(15), None)]), (15, [(on(15), None)])])
def test_a_pause_goes_on_after_a_transfer(
    store: Store, code: str, paused_on: int, expected: list[tuple[date, date | None]]
) -> None:
    pause(store, code, on(paused_on))
    casework.transfer(store, occasion(), code, "2380", on(15))
    assert days(store) == expected
    later = casework.journey(store, code).spells[-1]
    assert store.records(Pause, "ORDER BY id DESC LIMIT 1")[0].spell_id == later.id
    resume(store, code, on(16))


def test_a_pause_is_corrected_and_taken_away(store: Store, code: str) -> None:
    pause(store, code, on(12), on(20))
    pause(store, code, on(25))
    correct: Any = lambda number, **values: pausing.correct_pause(  # noqa: E731
        store, occasion(), code, number, lambda p: replace(p, **values)
    )
    correct(1, reason=PauseReason.LEAVE, resumed_on=on(25))
    assert store.records(Pause)[0].reason is PauseReason.LEAVE
    assert_refused(store, rules.OverlappingPauses, lambda: correct(1, resumed_on=on(26)))
    assert_refused(store, rules.OverlappingPauses, lambda: correct(1, resumed_on=None))
    assert_refused(store, rules.PauseOutsideSpell, lambda: correct(1, paused_on=on(9)))
    assert_refused(store, pausing.NoSuchPause, lambda: correct(3))
    pausing.remove_pause(store, occasion(), code, 1)
    assert days(store) == [(on(25), None)]
    assert_refused(store, pausing.NoSuchPause, lambda: pausing.remove_pause(store, occasion(), code, 2))


# -- waiting ----------------------------------------------------------------------------------------------------------


def assign(store: Store, day: date = DAY_ASSIGNED, **person: Any) -> str:
    receipt = pausing.assign(store, occasion(), "2305", day, sex=Sex.MAN, referral="af", **person)
    return receipt.participant.code


def test_a_wait_ends_with_a_start_in_the_municipality_of_the_assignment(store: Store) -> None:
    code = assign(store, birth_year=1940)
    assert casework.journey(store, code).spells == ()
    receipt = pausing.start(store, occasion(), code, on(20), "b")
    assert (receipt.spell.municipality, receipt.spell.referral, receipt.step) == ("2305", "af", "b")
    assert receipt.remarks
    (ended,) = store.records(Assignment)
    assert (ended.ended_on, ended.outcome) == (on(20), AssignmentOutcome.STARTED)
    assert_refused(store, pausing.NotWaiting, lambda: pausing.start(store, occasion(), code, on(21), None))


def test_a_wait_ends_without_a_start(store: Store) -> None:
    code = assign(store)
    pausing.withdraw(store, occasion(), code, on(20))
    assert store.records(Assignment)[0].outcome is AssignmentOutcome.WITHDRAWN
    assert_refused(store, pausing.NotWaiting, lambda: pausing.withdraw(store, occasion(), code, on(21)))


def test_what_cannot_be_is_refused(store: Store, code: str) -> None:
    waiting = assign(store, ref="17")
    for day, refusal in ((on(9), rules.StartBeforeAssignment), (date(2018, 4, 1), rules.AfterProject)):
        starting = partial(pausing.start, store, occasion(), waiting, day, None)
        assert_refused(store, refusal, starting)
        assert_refused(store, refusal, partial(pausing.withdraw, store, occasion(), waiting, day))
    assert_refused(store, casework.RefTaken, lambda: assign(store, ref="17"))
    assert_refused(store, PersonalNumberGiven, lambda: assign(store, ref="19830101-2392"))
    assert_refused(store, rules.ImpossibleBirthYear, lambda: assign(store, birth_year=2017))
    assert_refused(store, rules.BeforeProject, lambda: assign(store, date(2015, 8, 31)))
    assert_refused(store, pausing.NotWaiting, lambda: pausing.start(store, occasion(), code, on(20), None))


def test_who_waits_starts_and_does_not_come_back(store: Store) -> None:
    code = assign(store)
    again = Intake("2380", on(20))
    refusal = assert_refused(store, casework.StillWaiting, lambda: casework.readmit(store, occasion(), code, again))
    assert refusal.facts == {"code": code, "assigned_on": on(10)}
    assert_refused(store, casework.NotEnrolled, lambda: pause(store, code, on(20)))


def test_a_corrected_entry_takes_the_end_of_the_wait_along(store: Store) -> None:
    code = assign(store)
    pausing.start(store, occasion(), code, on(20), "a")

    def correct(day: date) -> object:
        return casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, entered_on=day))

    correct(on(18))
    assert store.records(Assignment)[0].ended_on == on(18)
    assert_refused(store, rules.StartBeforeAssignment, lambda: correct(on(9)))
