"""Twelve months at once are the same as twelve reports, on random lists; targets by the month are counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli.casework.targets import set_target
from arena_cli.figures.by_month import months_until
from arena_cli.figures.reconcile import MONTHLY
from arena_cli.figures.report import Report, build
from arena_cli.figures.table import Table
from arena_cli.model import Month, TargetMeasure, TargetPeriod
from arena_cli.store import Store
from tests.random_lists import Lists, random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

START, END = PROJECT.starts_on, PROJECT.ends_on


def assert_each_month_is_its_own_reports(store: Store, month: Month) -> None:
    report = build(store, month, TODAY)
    assert report.reconciles
    for earlier in months_until(month, PROJECT):
        own = build(store, earlier, TODAY)
        for section, (counted_in, measure) in MONTHLY.items():
            at_once, by_itself = report.tables[f"{section}_by_month"], own.tables[counted_in]
            for municipality in at_once.scope.rows:
                for sex in by_itself.scope.columns:  # an earlier month may have had fewer sexes
                    assert at_once.value(str(earlier), municipality, sex) == by_itself.value(
                        measure, municipality, sex
                    ), (section, earlier, municipality, sex)


def stored(path: Path, lists: Lists) -> Store:
    store = new_store(path)
    put(store, lists)
    return store


@pytest.mark.parametrize("month", ["2015-09", "2016-10", "2018-03"])
def test_each_of_the_months_is_what_its_own_report_has(tmp_path: Path, month: str) -> None:
    with stored(tmp_path / "arena.db", random_lists(DESCRIPTION, 700, START, END, seed=11)) as store:
        assert_each_month_is_its_own_reports(store, Month.parse(month))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(0, 12), month=st.dates(START, END))
def test_so_it_is_for_a_few_people(
    tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int, month: date
) -> None:
    lists = random_lists(DESCRIPTION, persons, START, END, seed=seed)
    with stored(tmp_path_factory.mktemp("lists") / "arena.db", lists) as store:
        assert_each_month_is_its_own_reports(store, Month.of(month))


def test_the_months_are_twelve_but_none_before_the_projects_first() -> None:
    assert [str(month) for month in months_until(Month(2015, 11), PROJECT)] == ["2015-09", "2015-10", "2015-11"]
    twelve = months_until(Month(2017, 2), PROJECT)
    assert (len(twelve), str(twelve[0]), str(twelve[-1])) == (12, "2016-03", "2017-02")


def test_a_month_has_the_target_that_held_on_its_last_day(tmp_path: Path) -> None:
    intake, placements = TargetMeasure.INTAKE, TargetMeasure.PLACEMENTS
    monthly, total = TargetPeriod.MONTH, TargetPeriod.TOTAL
    with new_store(tmp_path / "arena.db") as store:
        for municipality, measure, period, value, day in (
            ("2305", intake, monthly, 4, date(2015, 10, 31)),
            ("2305", intake, monthly, 6, date(2015, 12, 1)),
            (None, intake, monthly, 9, date(2015, 11, 2)),
            ("2305", placements, monthly, 7, START),
            ("2305", intake, total, 80, START),
        ):
            set_target(store, occasion(), municipality, measure, period, value, day)
        targets = targets_of(build(store, Month(2015, 12), TODAY))
    assert targets.measures == ("2015-09", "2015-10", "2015-11", "2015-12")
    assert targets.values == {
        ("2015-10", "2305", "all"): 4,
        ("2015-11", "2305", "all"): 4,
        ("2015-12", "2305", "all"): 6,
        ("2015-11", "all", "all"): 9,
        ("2015-12", "all", "all"): 9,
    }


def targets_of(report: Report) -> Table:
    return report.tables["intake_target_by_month"]
