"""The key figures month by month: each month as that month's own report has it, and what is not reported unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.casework.targets import set_target
from arena_cli.figures.report import build
from arena_cli.figures.series import Series
from arena_cli.model import ALL, ExitType, KeyMeasure, Month, Sex, TargetMeasure, TargetPeriod
from arena_cli.store import Store
from tests.oracle import Figures, Oracle
from tests.random_lists import Odds, random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

START, END = PROJECT.starts_on, PROJECT.ends_on
CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.1, same_day_spell=0.2)
COUNTED_BY = {
    KeyMeasure.IN_PROJECT: [("stock_flow", "closing")],
    KeyMeasure.INTAKE: [("stock_flow", "entered")],
    KeyMeasure.MOVED_UP: [("progression", "up")],
    KeyMeasure.MOVED_DOWN: [("progression", "down")],
    KeyMeasure.EXITS: [("stock_flow", "exited")],
    KeyMeasure.WORK: [("exits", "work")],
    KeyMeasure.STUDIES: [("exits", "studies")],
    KeyMeasure.WORK_OR_STUDIES: [("exits", "work"), ("exits", "studies")],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, day: date, municipality: str = "2305") -> str:
    return casework.enrol(store, occasion(), Intake(municipality, day, "b"), sex=Sex.WOMAN).participant.code


def series(store: Store, month: Month) -> Series:
    report = build(store, month, TODAY)
    assert report.reconciles
    return report.series


def numbers(counted: Series, measure: KeyMeasure, municipality: str = ALL) -> list[int | None]:
    return [number for _, number in counted.points(measure, municipality)]


def assert_equal(ours: Series, oracle: Oracle) -> None:
    for month in ours.months:
        theirs: Figures = oracle.figures(str(month))
        for measure, sections in COUNTED_BY.items():
            for place in (*DESCRIPTION.municipalities, ALL):
                expected = sum(theirs.get((*section, place, ALL), 0) for section in sections)
                assert (ours.value(measure, month, place) or 0) == expected, (month, measure, place)


@pytest.mark.parametrize("month", [Month(2015, 9), Month(2016, 5), Month(2018, 3)], ids=str)
def test_every_month_equals_the_independent_count(tmp_path: Path, month: Month) -> None:
    lists = random_lists(DESCRIPTION, 600, START, END, seed=1)
    with new_store(tmp_path / "arena.db") as store:
        put(store, lists)
        assert_equal(series(store, month), Oracle(DESCRIPTION, lists.spells, lists.moves))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(0, 10), day=st.dates(START, END))
def test_small_crowded_lists(tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int, day: date) -> None:
    lists = random_lists(DESCRIPTION, persons, START, END, seed=seed, odds=CROWDED)
    with new_store(tmp_path_factory.mktemp("lists") / "arena.db") as store:
        put(store, lists)
        assert_equal(series(store, Month.of(day)), Oracle(DESCRIPTION, lists.spells, lists.moves))


def test_the_months(store: Store) -> None:
    assert [str(m) for m in series(store, Month(2015, 11)).months] == ["2015-09", "2015-10", "2015-11"]
    year = series(store, Month(2017, 1)).months
    assert (len(year), str(year[0]), str(year[-1])) == (12, "2016-02", "2017-01")


def test_zero_is_known_only_where_something_is_registered(store: Store) -> None:
    code = enrol(store, date(2015, 10, 5))
    casework.leave(store, occasion(), code, date(2015, 12, 1), ExitType.COMPLETED, "job")
    counted = series(store, Month(2016, 1))
    assert numbers(counted, KeyMeasure.INTAKE, "2305") == [None, 1, None, 0, None]
    assert numbers(counted, KeyMeasure.IN_PROJECT, "2305") == [None, 1, 1, 0, None]
    assert numbers(counted, KeyMeasure.WORK, "2305") == [None, 0, None, 1, None]
    assert numbers(counted, KeyMeasure.WORK) == [None, 0, None, 1, None]
    assert numbers(counted, KeyMeasure.INTAKE, "2321") == [None] * 5
    assert counted.not_reported[Month(2015, 10)] == {"2303", "2321", "2380"}


def test_a_monthly_target_holds_from_its_month_on(store: Store) -> None:
    enrol(store, date(2015, 10, 5))
    for value, day in ((4, date(2015, 10, 20)), (6, date(2015, 12, 1))):
        set_target(store, occasion(), "2305", TargetMeasure.INTAKE, TargetPeriod.MONTH, value, day)
    set_target(store, occasion(), "2305", TargetMeasure.INTAKE, TargetPeriod.TOTAL, 99, START)
    counted = series(store, Month(2015, 12))
    assert [t for _, t in counted.target_points(KeyMeasure.INTAKE, "2305")] == [None, 4, 4, 6]
    assert [t for _, t in counted.target_points(KeyMeasure.INTAKE)] == [None] * 4
