"""Income before and after: hand-counted. The oracle is in test_waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, background, follow_up
from arena_cli.casework.background import Livelihood
from arena_cli.model import Answer, ExitType, FollowUp, FollowUpKind, IncomeSource, Sex
from arena_cli.store import Store
from tests.outcomes import counts, table
from tests.sample import new_store, occasion

ASSISTANCE, WAGE, SICK = IncomeSource.SOCIAL_ASSISTANCE, IncomeSource.WAGE_SUBSIDISED, IncomeSource.SICKNESS_BENEFIT


def on(day: int, month: int = 3, year: int = 2016) -> date:
    return date(year, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store) -> str:
    return casework.enrol(store, occasion(), Intake("2305", on(1, 1)), sex=Sex.WOMAN).participant.code


def live_on(store: Store, code: str, *sources: IncomeSource) -> None:
    background.record_background(store, occasion(), code, lambda b: b, Livelihood(sources, sources[0]))


def follow(store: Store, code: str, day: date, *sources: IncomeSource, reached: bool = True) -> None:
    def answers(record: FollowUp) -> FollowUp:
        return replace(record, working=Answer.YES) if reached else replace(record, reached=False)

    income = Livelihood(sources, sources[0]) if sources else None
    kind = FollowUpKind.SIX_MONTHS
    follow_up.record_follow_up(store, occasion(), code, kind, day, answers, income=income)


def test_before_and_after_are_of_the_same_persons(store: Store) -> None:
    assisted, sick, silent, still_here = (enrol(store) for _ in range(4))
    live_on(store, assisted, ASSISTANCE, SICK)
    live_on(store, sick, SICK)
    live_on(store, still_here, ASSISTANCE)
    for code in (assisted, sick, silent):
        casework.leave(store, occasion(), code, on(1), ExitType.COMPLETED, None)
    follow(store, assisted, on(1, 9), WAGE, ASSISTANCE)
    follow(store, sick, on(1, 9))
    follow(store, silent, on(1, 9), reached=False)
    at_entry = {"social_assistance": 2, "sickness_benefit": 1, "unknown": 1}
    assert counts(table(store, "income_at_entry", "2016-01")) == at_entry
    for section in ("income_before", "income_after"):
        assert counts(table(store, section, "2016-08")) == {}
    assert counts(table(store, "income_before", "2016-09")) == {"social_assistance": 1, "sickness_benefit": 1}
    assert counts(table(store, "income_after", "2016-09"), "2305", "women") == {"wage_subsidised": 1, "unknown": 1}


def test_a_later_exit_leaves_earlier_reports_as_they_were(store: Store) -> None:
    code = enrol(store)
    casework.leave(store, occasion(), code, on(1, 2), ExitType.COMPLETED, None)
    follow(store, code, on(1, 8), WAGE)
    casework.readmit(store, occasion(), code, Intake("2305", on(1, 9)))
    casework.leave(store, occasion(), code, on(30, 9), ExitType.COMPLETED, None)
    follow(store, code, on(30, 3, 2017), SICK)
    assert counts(table(store, "income_after", "2016-08")) == {"wage_subsidised": 1}
    assert counts(table(store, "income_after", "2016-12")) == {}
    assert counts(table(store, "income_after", "2017-03")) == {"sickness_benefit": 1}
