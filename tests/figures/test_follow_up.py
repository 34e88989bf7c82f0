"""Follow-up: hand-counted cases on the edges of the four weeks and the six months. The oracle is in test_waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, follow_up
from arena_cli.model import Answer, ExitType, FollowUp, FollowUpKind, Sex
from arena_cli.store import Store
from tests.outcomes import counts, table
from tests.sample import new_store, occasion

IMMEDIATE, SIX_MONTHS = FollowUpKind.IMMEDIATE, FollowUpKind.SIX_MONTHS
YES, NO, NOT_ASKED = Answer.YES, Answer.NO, Answer.NOT_ASKED


def on(day: int, month: int = 3, year: int = 2016) -> date:
    return date(year, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def leaver(store: Store, day: date, exit_type: ExitType = ExitType.COMPLETED, sex: Sex = Sex.WOMAN) -> str:
    intake = Intake("2305", on(1, 1))
    code = casework.enrol(store, occasion(), intake, sex=sex).participant.code
    casework.leave(store, occasion(), code, day, exit_type, None)
    return code


def follow(
    store: Store, code: str, kind: FollowUpKind, day: date, working: Answer = YES, studying: Answer = NO
) -> None:
    def answers(record: FollowUp) -> FollowUp:
        return replace(record, working=working, studying=studying, job_searching=NO)

    follow_up.record_follow_up(store, occasion(), code, kind, day, answers)


def miss(store: Store, code: str, kind: FollowUpKind, day: date) -> None:
    follow_up.record_follow_up(store, occasion(), code, kind, day, lambda f: replace(f, reached=False))


def part(store: Store, month: str, kind: FollowUpKind, municipality: str = "all") -> dict[str, int]:
    found = counts(table(store, "follow_up", month), municipality)
    return {m.removeprefix(f"{kind}_"): n for m, n in found.items() if m.startswith(kind)}


@pytest.mark.parametrize(("left_on", "is_due"), [(on(3), True), (on(4), False)])
def test_four_weeks_have_passed_by_the_last_day_of_the_month(store: Store, left_on: date, is_due: bool) -> None:
    leaver(store, left_on)
    assert part(store, "2016-03", IMMEDIATE) == ({"due": 1, "missing": 1} if is_due else {"not_yet_due": 1})


@pytest.mark.parametrize(
    ("left_on", "month", "is_due"),
    [(on(31), "2016-09", True), (on(30), "2016-09", True), (on(1, 4), "2016-09", False), (on(1, 4), "2016-10", True)],
)
def test_six_months_after_the_31st_is_the_30th(store: Store, left_on: date, month: str, is_due: bool) -> None:
    leaver(store, left_on)
    assert part(store, month, SIX_MONTHS) == ({"due": 1, "missing": 1} if is_due else {"not_yet_due": 1})


def test_a_follow_up_that_has_been_made_is_due_at_once(store: Store) -> None:
    code = leaver(store, on(30))
    follow(store, code, IMMEDIATE, on(30))
    assert part(store, "2016-03", IMMEDIATE) == {"due": 1, "followed_up": 1, "working": 1}


def test_one_made_after_the_month_does_not_count_in_it(store: Store) -> None:
    code = leaver(store, on(30))
    follow(store, code, IMMEDIATE, on(1, 4))
    assert part(store, "2016-03", IMMEDIATE) == {"not_yet_due": 1}


def test_work_and_studies_may_hold_at_once_and_unknown_is_not_no(store: Store) -> None:
    answers = [(YES, NO), (YES, YES), (NO, YES), (NO, NO), (YES, NOT_ASKED), (NO, NOT_ASKED), (NOT_ASKED, NOT_ASKED)]
    for working, studying in answers:
        follow(store, leaver(store, on(1)), IMMEDIATE, on(20), working, studying)
    miss(store, leaver(store, on(1)), IMMEDIATE, on(20))
    leaver(store, on(1))
    assert part(store, "2016-03", IMMEDIATE) == {
        "due": 9,
        "followed_up": 8,
        "working": 3,
        "studying": 2,
        "both": 1,
        "neither": 1,
        "no_answer": 2,
        "not_reached": 1,
        "missing": 1,
    }
    assert table(store, "follow_up", "2016-03").value("leavers") == 9


def test_nobody_follows_up_the_dead(store: Store) -> None:
    leaver(store, on(1), ExitType.DECEASED)
    assert counts(table(store, "follow_up", "2016-12")) == {"leavers": 1, "deceased": 1}


def test_who_comes_back_has_not_left_the_project_but_has_left_the_municipality(store: Store) -> None:
    code = leaver(store, on(1))
    follow(store, code, IMMEDIATE, on(20))
    casework.readmit(store, occasion(), code, Intake("2380", on(1, 5)))
    assert part(store, "2016-05", IMMEDIATE) == {}
    assert part(store, "2016-05", IMMEDIATE, "2305") == {"due": 1, "followed_up": 1, "working": 1}
    assert part(store, "2016-04", IMMEDIATE) == {"due": 1, "followed_up": 1, "working": 1}
    casework.leave(store, occasion(), code, on(31, 5), ExitType.COMPLETED, None)
    assert part(store, "2016-05", IMMEDIATE) == {"not_yet_due": 1}
    assert table(store, "follow_up", "2016-05").value("leavers") == 1


def test_a_transfer_is_nothing_to_follow_up(store: Store) -> None:
    code = casework.enrol(store, occasion(), Intake("2305", on(1)), sex=Sex.MAN).participant.code
    casework.transfer(store, occasion(), code, "2380", on(10))
    casework.leave(store, occasion(), code, on(12), ExitType.COMPLETED, None)
    found = table(store, "follow_up", "2016-03")
    assert [found.value("leavers", m) for m in ("2305", "2380", "all")] == [0, 1, 1]


def test_a_misregistered_spell_keeps_its_follow_up_outside_every_figure(store: Store) -> None:
    code = leaver(store, on(1))
    follow(store, code, IMMEDIATE, on(20))
    casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert counts(table(store, "follow_up", "2016-12")) == {}


def test_answers_are_those_of_the_model(store: Store) -> None:
    code = leaver(store, on(1))
    follow(store, code, SIX_MONTHS, on(1, 9))
    (found,) = store.records(FollowUp)
    assert (found.kind, found.working, found.studying, found.improved) == (SIX_MONTHS, YES, NO, NOT_ASKED)
