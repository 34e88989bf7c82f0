"""Recording how it went for those who left: when, what, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arena_cli import casework, rules
from arena_cli.casework import Intake, background, follow_up
from arena_cli.casework.background import Livelihood
from arena_cli.errors import ArenaError
from arena_cli.model import Answer, ExitType, FollowUp, FollowUpKind, Income, IncomeSource, Moment, Sector, Sex
from arena_cli.store import Store
from tests.sample import new_store, occasion
from tests.test_casework import assert_refused

IMMEDIATE, SIX_MONTHS = FollowUpKind.IMMEDIATE, FollowUpKind.SIX_MONTHS
YES, NO = Answer.YES, Answer.NO
LEFT = date(2016, 8, 31)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


@pytest.fixture
def code(store: Store) -> str:
    enrolled = casework.enrol(store, occasion(), Intake("2305", date(2016, 3, 10)), sex=Sex.WOMAN)
    casework.leave(store, occasion(), enrolled.participant.code, LEFT, ExitType.COMPLETED, "job")
    return enrolled.participant.code


def record(
    store: Store,
    code: str,
    kind: FollowUpKind = IMMEDIATE,
    day: date = LEFT,
    why: str | None = None,
    number: int | None = None,
    income: Livelihood | None = None,
    **answers: Any,
) -> follow_up.FollowUpReceipt:
    occasion_ = replace(occasion(), why=why)
    given = answers or {"working": NO, "studying": NO}
    return follow_up.record_follow_up(store, occasion_, code, kind, day, lambda f: replace(f, **given), number, income)


@pytest.mark.parametrize(
    ("kind", "day", "refusal"),
    [
        (IMMEDIATE, date(2016, 8, 30), rules.FollowUpTooEarly),
        (IMMEDIATE, date(2016, 8, 31), None),
        (IMMEDIATE, date(2016, 9, 28), None),
        (IMMEDIATE, date(2016, 9, 29), rules.FollowUpTooLate),
        (SIX_MONTHS, date(2017, 2, 27), rules.FollowUpTooEarly),
        (SIX_MONTHS, date(2017, 2, 28), None),
        (SIX_MONTHS, date(2018, 4, 15), None),
        (SIX_MONTHS, date(2018, 4, 16), follow_up.FutureFollowUp),
    ],
)
def test_when_a_follow_up_can_be(
    store: Store, code: str, kind: FollowUpKind, day: date, refusal: type[ArenaError] | None
) -> None:
    if refusal is not None:
        assert_refused(store, refusal, lambda: record(store, code, kind, day))
        return
    record(store, code, kind, day)
    (made,) = store.records(FollowUp)
    assert (made.kind, made.followed_up_on, made.reached, made.working) == (kind, day, True, NO)


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"reached": False, "working": NO}, rules.NotReachedButAnswered),
        ({"reached": False, "improved": Answer.DECLINED}, rules.NotReachedButAnswered),
        ({"reached": False, "work_extent": 50}, rules.WorkDetailsWithoutWork),
        ({"working": NO, "work_extent": 50}, rules.WorkDetailsWithoutWork),
        ({"working": NO, "subsidised": NO}, rules.WorkDetailsWithoutWork),
        ({"working": Answer.DECLINED, "employer_sector": Sector.PUBLIC}, rules.WorkDetailsWithoutWork),
        ({"studying": YES, "lasts_a_month": YES}, rules.WorkDetailsWithoutWork),
        ({"working": YES, "study_extent": 50}, rules.StudyDetailsWithoutStudies),
        ({"working": YES, "study_aid_eligible": NO}, rules.StudyDetailsWithoutStudies),
        ({"working": YES, "work_extent": 0}, rules.ImpossibleExtent),
        ({"working": YES, "work_extent": 101}, rules.ImpossibleExtent),
        ({"studying": YES, "study_extent": -5}, rules.ImpossibleExtent),
        ({"reached": True}, rules.NothingAnswered),
    ],
)
def test_answers_that_contradict_each_other_are_refused(
    store: Store, code: str, answers: dict[str, Any], refusal: type[ArenaError]
) -> None:
    assert_refused(store, refusal, lambda: record(store, code, **answers))


def test_work_and_studies_hold_at_once(store: Store, code: str) -> None:
    of_work: dict[str, Any] = {"working": YES, "work_extent": 50, "subsidised": YES, "employer_sector": Sector.PRIVATE}
    record(store, code, **of_work, studying=YES, study_extent=50, study_aid_eligible=YES, municipal_job=NO)
    (made,) = store.records(FollowUp)
    assert (made.work_extent, made.study_extent, made.employer_sector) == (50, 50, Sector.PRIVATE)


def test_not_reached_is_told_and_needs_no_answers(store: Store, code: str) -> None:
    record(store, code, reached=False)
    (made,) = store.records(FollowUp)
    assert (made.reached, made.working) == (False, Answer.NOT_ASKED)


def test_who_has_not_left_or_moved_or_died_is_not_followed_up(store: Store) -> None:
    code = casework.enrol(store, occasion(), Intake("2305", date(2016, 3, 10)), sex=Sex.MAN).participant.code
    assert_refused(store, follow_up.NotLeft, lambda: record(store, code))
    casework.transfer(store, occasion(), code, "2380", date(2016, 8, 1))
    assert_refused(store, follow_up.TransferIsNoExit, lambda: record(store, code, number=1))
    casework.leave(store, occasion(), code, LEFT, ExitType.DECEASED, None)
    assert_refused(store, rules.FollowUpOfDeceased, lambda: record(store, code))


def test_without_a_number_it_is_the_latest_spell_that_counts(store: Store, code: str) -> None:
    casework.readmit(store, occasion(), code, Intake("2305", date(2016, 10, 1)))
    casework.correct_spell(store, occasion(), code, 2, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert record(store, code).spell.exited_on == LEFT
    assert_refused(store, follow_up.TransferIsNoExit, lambda: record(store, code, number=2))


def test_each_exit_has_follow_ups_of_its_own(store: Store, code: str) -> None:
    record(store, code)
    casework.readmit(store, occasion(), code, Intake("2305", date(2016, 10, 1)))
    assert_refused(store, follow_up.NotLeft, lambda: record(store, code, SIX_MONTHS, date(2017, 3, 1)))
    casework.leave(store, occasion(), code, date(2016, 10, 31), ExitType.COMPLETED, None)
    record(store, code, day=date(2016, 11, 1))
    assert len(store.records(FollowUp)) == 2


def test_an_answer_is_corrected_with_a_reason_and_completed_without(store: Store, code: str) -> None:
    record(store, code, working=YES)
    record(store, code, work_extent=50)
    assert_refused(store, background.CorrectionWithoutReason, lambda: record(store, code, work_extent=75))
    later = date(2016, 9, 1)
    receipt = record(store, code, why="asked again", work_extent=75, followed_up_on=later)
    assert receipt.before is not None
    assert (receipt.before.work_extent, receipt.after.work_extent) == (50, 75)
    assert (receipt.after.followed_up_on, receipt.after.working) == (later, YES)
    too_late = lambda: record(store, code, why="x", followed_up_on=date(2018, 5, 1))  # noqa: E731
    assert_refused(store, follow_up.FutureFollowUp, too_late)


def test_income_is_recorded_with_it_of_that_exit(store: Store, code: str) -> None:
    wage = Livelihood([IncomeSource.WAGE_SUBSIDISED])
    receipt = record(store, code, SIX_MONTHS, date(2017, 3, 1), working=YES, income=wage)
    (income,) = store.records(Income)
    assert receipt.income == (income,)
    assert (income.moment, income.is_main, income.spell_id) == (Moment.SIX_MONTHS, True, receipt.spell.id)
    other = Livelihood([IncomeSource.STUDY_SUPPORT])

    def again(why: str | None) -> follow_up.FollowUpReceipt:
        return record(store, code, SIX_MONTHS, date(2017, 3, 1), why, working=YES, income=other)

    assert_refused(store, background.CorrectionWithoutReason, lambda: again(None))
    assert [i.source for i in again("wrong").income] == [IncomeSource.STUDY_SUPPORT]


def test_who_was_not_reached_has_told_no_income(store: Store, code: str) -> None:
    wage = Livelihood([IncomeSource.WAGE_SUBSIDISED])
    assert_refused(store, rules.NotReachedButAnswered, lambda: record(store, code, reached=False, income=wage))
    record(store, code, working=NO, income=wage)
    unreached: dict[str, Any] = {"reached": False, "working": Answer.NOT_ASKED}
    assert_refused(store, rules.NotReachedButAnswered, lambda: record(store, code, why="x", **unreached))
    assert record(store, code, why="x", **unreached, income=Livelihood([])).income == ()


@pytest.mark.parametrize(
    "correction",
    [
        {"exited_on": date(2016, 9, 21)},
        {"exited_on": date(2016, 8, 22)},
        {"exited_on": None, "exit_type": None, "destination": None},
        {"exit_type": ExitType.DECEASED},
    ],
)
def test_a_corrected_spell_keeps_its_follow_up_in_time(store: Store, code: str, correction: dict[str, Any]) -> None:
    record(store, code, day=date(2016, 9, 20))
    with pytest.raises(
        (rules.FollowUpTooEarly, rules.FollowUpTooLate, rules.FollowUpWithoutExit, rules.FollowUpOfDeceased)
    ):
        casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, **correction))
    casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, exited_on=date(2016, 8, 23)))


def test_undo_takes_a_follow_up_and_its_income_back(store: Store, code: str) -> None:
    record(store, code, working=NO, income=Livelihood([IncomeSource.OTHER]))
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert (store.records(FollowUp), store.records(Income)) == ([], [])
