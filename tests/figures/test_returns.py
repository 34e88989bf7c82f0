"""Returns within 6 and 12 months, counted by hand. The independent count of them is in test_durations.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.figures.report import build
from arena_cli.figures.table import Table
from arena_cli.model import ExitType, Month, Sex
from arena_cli.store import Store
from tests.sample import TODAY, new_store, occasion

ENTERED = date(2016, 1, 4)
EXITED = date(2016, 3, 31)
SIX_MONTHS_LATER = date(2016, 9, 30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, sex: Sex = Sex.WOMAN) -> str:
    return casework.enrol(store, occasion(), Intake("2305", ENTERED), sex=sex).participant.code


def leave(store: Store, code: str, day: date = EXITED, kind: ExitType = ExitType.COMPLETED) -> str:
    casework.leave(store, occasion(), code, day, kind, None)
    return code


def come_back(store: Store, code: str, day: date, municipality: str = "2305") -> None:
    casework.readmit(store, occasion(), code, Intake(municipality, day))


def table(store: Store, month: Month) -> Table:
    report = build(store, month, TODAY)
    assert report.reconciles
    return report.tables["returns"]


def counts(table: Table, municipality: str = "all", sex: str = "all") -> dict[str, int]:
    return {str(m): n for m in table.measures if (n := table.value(m, municipality, sex))}


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (date(2016, 4, 1), "returned"),
        (SIX_MONTHS_LATER, "returned"),
        (date(2016, 10, 1), "stayed_away"),
        (None, "stayed_away"),
    ],
)
def test_who_comes_back_by_the_same_day_six_months_later_has_returned(
    store: Store, day: date | None, outcome: str
) -> None:
    code = leave(store, enrol(store))
    if day is not None:
        come_back(store, code, day, "2380")
    expected = {"exits": 1, f"{outcome}_6": 1, "not_due_12": 1}
    assert counts(table(store, Month(2016, 10))) == counts(table(store, Month(2016, 10)), "2305", "women") == expected
    assert counts(table(store, Month(2016, 10)), "2380") == {}


def test_until_the_time_is_over_nothing_is_due_whoever_has_come_back(store: Store) -> None:
    come_back(store, leave(store, enrol(store)), date(2016, 4, 1))
    leave(store, enrol(store))
    assert counts(table(store, Month(2016, 8))) == {"exits": 2, "not_due_6": 2, "not_due_12": 2}
    due = {"exits": 2, "returned_6": 1, "stayed_away_6": 1, "not_due_12": 2}
    assert counts(table(store, Month(2016, 9))) == counts(table(store, Month(2017, 2))) == due
    assert counts(table(store, Month(2017, 3))) == {
        "exits": 2,
        "returned_6": 1,
        "stayed_away_6": 1,
        "returned_12": 1,
        "stayed_away_12": 1,
    }


def test_who_leaves_twice_is_two_exits(store: Store) -> None:
    code = leave(store, enrol(store))
    come_back(store, code, date(2016, 5, 1))
    leave(store, code, date(2016, 5, 31))
    come_back(store, code, date(2017, 5, 31))
    assert counts(table(store, Month(2017, 6))) == {
        "exits": 2,
        "returned_6": 1,
        "stayed_away_6": 1,
        "returned_12": 2,
    }


def test_a_transfer_is_no_exit_and_the_dead_do_not_come_back(store: Store) -> None:
    casework.transfer(store, occasion(), enrol(store), "2380", EXITED)
    leave(store, enrol(store), kind=ExitType.DECEASED)
    assert counts(table(store, Month(2017, 3))) == {}


def test_a_return_that_was_a_mistake_is_none(store: Store) -> None:
    code = leave(store, enrol(store, Sex.MAN))
    come_back(store, code, date(2016, 5, 1))
    casework.correct_spell(store, occasion(), code, 2, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert counts(table(store, Month(2016, 9)), sex="men") == {"exits": 1, "stayed_away_6": 1, "not_due_12": 1}
