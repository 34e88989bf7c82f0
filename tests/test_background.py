"""What is asked at the first entry: answered, completed, corrected, refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arena_cli import casework, rules
from arena_cli.casework import Intake, background
from arena_cli.casework.background import Livelihood
from arena_cli.errors import ArenaError
from arena_cli.journal import Occasion
from arena_cli.model import (
    Answer,
    Background,
    Education,
    Employment,
    Income,
    IncomeSource,
    Moment,
    Sex,
    questions,
)
from arena_cli.records import values_of
from arena_cli.store import Store
from tests.sample import new_store, occasion
from tests.test_casework import assert_refused

ASSISTANCE, WAGE, SICK = IncomeSource.SOCIAL_ASSISTANCE, IncomeSource.WAGE_SUBSIDISED, IncomeSource.SICKNESS_BENEFIT
BECAUSE = replace(occasion(), why="wrong row")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


@pytest.fixture
def code(store: Store) -> str:
    intake = Intake("2305", date(2016, 3, 10))
    return casework.enrol(store, occasion(), intake, sex=Sex.WOMAN, birth_year=1990).participant.code


def record(store: Store, code: str, why: str | None = None, **answers: Any) -> background.BackgroundReceipt:
    return background.record_background(store, replace(occasion(), why=why), code, lambda b: replace(b, **answers))


def test_what_was_not_asked_says_so(store: Store, code: str) -> None:
    receipt = record(store, code, disability=Answer.DECLINED)
    assert receipt.before is None
    asked = set(questions(Background))
    stored = {name: value for name, value in values_of(receipt.after).items() if name in asked}
    assert stored.pop("disability") == "declined"
    assert stored.pop("months_without_work") is None
    assert set(stored.values()) == {"not_asked"}


def test_every_answer_but_a_number_has_a_value(store: Store, code: str) -> None:
    record(store, code)
    nullable = {name for _, name, _, notnull, *_ in store.rows("PRAGMA table_info(background)") if not notnull}
    assert nullable - {"id"} == {"months_without_work"}


def test_more_is_answered_later_without_a_reason(store: Store, code: str) -> None:
    record(store, code, employment=Employment.UNEMPLOYED)
    receipt = record(store, code, months_without_work=14, education=Education.ISCED_2)
    assert receipt.before is not None
    kept = (receipt.after.employment, receipt.after.months_without_work, receipt.after.education)
    assert kept == (Employment.UNEMPLOYED, 14, Education.ISCED_2)
    assert len(store.records(Background)) == 1


@pytest.mark.parametrize(
    "answers", [{"employment": Employment.EMPLOYED}, {"rural": Answer.YES}, {"rural": Answer.NOT_ASKED}]
)
def test_an_answer_is_corrected_with_a_reason_only(store: Store, code: str, answers: dict[str, Any]) -> None:
    record(store, code, employment=Employment.INACTIVE, rural=Answer.NO)
    assert_refused(store, background.CorrectionWithoutReason, lambda: record(store, code, **answers))
    corrected = record(store, code, why="misread", **answers).after
    assert {name: getattr(corrected, name) for name in answers} == answers
    assert store.entries()[-1].why == "misread"


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"months_without_work": 3}, rules.MonthsWithoutUnemployment),
        ({"employment": Employment.EMPLOYED, "months_without_work": 0}, rules.MonthsWithoutUnemployment),
        ({"employment": Employment.UNEMPLOYED, "months_without_work": -1}, rules.TooManyMonthsWithoutWork),
        ({"employment": Employment.UNEMPLOYED, "months_without_work": 1201}, rules.TooManyMonthsWithoutWork),
        ({"employment": Employment.UNEMPLOYED, "months_without_work": 349}, rules.ImpossibleMonthsWithoutWork),
    ],
)
def test_what_cannot_be_is_refused(store: Store, code: str, answers: dict[str, Any], refusal: type[ArenaError]) -> None:
    assert_refused(store, refusal, lambda: record(store, code, **answers))


def test_a_lifetime_without_work_may_be(store: Store, code: str) -> None:
    assert record(store, code, employment=Employment.UNEMPLOYED, months_without_work=348).after.months_without_work


def record_income(
    store: Store, at: Occasion, code: str, sources: list[IncomeSource], main: IncomeSource | None = None
) -> tuple[Income, ...]:
    return background.record_background(store, at, code, lambda b: b, Livelihood(sources, main)).income


def income(store: Store) -> dict[IncomeSource, bool]:
    return {i.source: i.is_main for i in store.records(Income)}


def test_one_source_is_the_main_one_and_of_several_one_is_named(store: Store, code: str) -> None:
    record_income(store, occasion(), code, [SICK])
    assert income(store) == {SICK: True}
    both = [SICK, ASSISTANCE]
    assert_refused(store, background.MainSourceMissing, lambda: record_income(store, BECAUSE, code, both))
    assert_refused(store, background.MainSourceElsewhere, lambda: record_income(store, BECAUSE, code, both, WAGE))
    given = record_income(store, BECAUSE, code, both, ASSISTANCE)
    assert [i.source for i in given] == [ASSISTANCE, SICK]
    assert income(store) == {SICK: False, ASSISTANCE: True}


def test_other_sources_than_before_need_a_reason_and_the_same_again_does_not(store: Store, code: str) -> None:
    record_income(store, occasion(), code, [SICK])
    entries = len(store.entries())
    record_income(store, occasion(), code, [SICK])
    assert len(store.entries()) == entries
    assert_refused(
        store,
        background.CorrectionWithoutReason,
        lambda: record_income(store, occasion(), code, [WAGE]),
    )
    record_income(store, BECAUSE, code, [])
    assert income(store) == {}


def test_unknown_is_unknown_alone(store: Store, code: str) -> None:
    mixed = [IncomeSource.UNKNOWN, SICK]
    assert_refused(store, background.UnknownAmongSources, lambda: record_income(store, occasion(), code, mixed, SICK))


def test_answers_and_income_are_one_change_that_undo_takes_back(store: Store, code: str) -> None:
    asked = background.record_background(
        store, occasion(), code, lambda b: replace(b, rural=Answer.NO), Livelihood([SICK, WAGE], WAGE)
    )
    assert asked.income == background.income_of(store, asked.participant, Moment.BEFORE)
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert store.records(Background) == []
    assert store.records(Income) == []


def test_a_refused_income_leaves_no_answers_behind(store: Store, code: str) -> None:
    assert_refused(
        store,
        background.MainSourceMissing,
        lambda: background.record_background(store, occasion(), code, lambda b: b, Livelihood([SICK, WAGE])),
    )
    assert store.records(Background) == []
