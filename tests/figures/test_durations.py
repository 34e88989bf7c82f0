"""Time in the project and on the step: hand-counted, and with returns and targets held against an independent count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.casework.pausing import pause
from arena_cli.casework.targets import set_target
from arena_cli.figures.durations import FEWEST, quantiles
from arena_cli.figures.reconcile import reconcile
from arena_cli.figures.report import build
from arena_cli.figures.table import Table
from arena_cli.model import ExitType, Month, PauseReason, Sex, TargetMeasure, TargetPeriod
from arena_cli.store import Store
from tests.oracle_durations import DurationOracle, smallest_with
from tests.random_activity import put_activity
from tests.random_lists import Odds, random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

SECTIONS = ("time_in_project", "days_in_project", "days_on_step", "returns", "reached", "targets")
MONTHS = ("2015-09", "2015-12", "2016-10", "2017-02", "2018-03")
CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.3, same_day_spell=0.2)
MARCH = Month(2016, 3)
PLANNED = replace(PROJECT, planned_participants=310)


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, day: date, step: str | None = None, municipality: str = "2305", sex: Sex = Sex.WOMAN) -> str:
    return casework.enrol(store, occasion(), Intake(municipality, day, step), sex=sex).participant.code


def leave(store: Store, code: str, day: date) -> None:
    casework.leave(store, occasion(), code, day, ExitType.COMPLETED, None)


def table(store: Store, section: str, month: Month = MARCH) -> Table:
    report = build(store, month, TODAY)
    assert report.reconciles
    return report.tables[section]


def known(table: Table, municipality: str = "all", sex: str = "all") -> dict[str, int]:
    return {str(m): n for m in table.measures if (n := table.known(m, municipality, sex))}


# -- time in the project ----------------------------------------------------------------------------------------------


def test_the_median_is_the_smallest_number_that_half_of_them_do_not_exceed(store: Store) -> None:
    for days in (1, 2, 3, 10, 31):
        enrol(store, on(32 - days))
    assert known(table(store, "time_in_project")) == {"active": 5}
    expected = {"active_quartile_1": 2, "active_median": 3, "active_quartile_3": 10}
    assert known(table(store, "days_in_project")) == known(table(store, "days_in_project"), "2305") == expected


def test_of_four_nothing_is_told_and_that_is_not_zero(store: Store) -> None:
    for _ in range(4):
        enrol(store, on(1), "a", sex=Sex.MAN)
    for section in ("days_in_project", "days_on_step"):
        assert list(table(store, section).figures()) == []
    enrol(store, on(1), "a")
    report = build(store, MARCH, TODAY)
    told = {(f.measure, f.municipality, f.sex): f.value for f in report.figures() if f.section == "days_on_step"}
    assert told == {("a", "2305", "all"): 31, ("a", "all", "all"): 31}


def days_of_one(store: Store, measure: str) -> int | None:
    """The median of somebody's days, with the same registered for four others."""
    return table(store, "days_in_project").known(measure)


def test_days_are_those_of_all_spells_pauses_included_and_gaps_not(store: Store) -> None:
    for _ in range(5):
        code = enrol(store, on(1, 1))
        pause(store, occasion(), code, on(3, 1), PauseReason.LEAVE)
        leave(store, code, on(10, 1))
        casework.readmit(store, occasion(), code, Intake("2305", on(22)))
    assert days_of_one(store, "active_median") == 10 + 10


def test_the_day_of_a_transfer_counts_once_and_the_whole_time_in_the_latest_municipality(store: Store) -> None:
    for _ in range(5):
        code = enrol(store, on(1))
        casework.transfer(store, occasion(), code, "2380", on(1))
        casework.transfer(store, occasion(), code, "2321", on(11))
    assert known(table(store, "days_in_project"), "2321")["active_median"] == 31
    assert known(table(store, "time_in_project"), "2305") == {}


def test_leavers_are_those_whose_latest_spell_ended_in_the_month(store: Store) -> None:
    for last_day in (on(29, 2), on(1), on(31), on(1, 4)):
        leave(store, enrol(store, on(1, 2)), last_day)
    came_back = enrol(store, on(1, 2))
    leave(store, came_back, on(10))
    casework.readmit(store, occasion(), came_back, Intake("2305", on(20)))
    moved = enrol(store, on(1, 2))
    casework.transfer(store, occasion(), moved, "2380", on(31))
    casework.correct_spell(store, occasion(), moved, 2, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert known(table(store, "time_in_project")) == {"leavers": 2, "active": 2}


# -- time on the step -------------------------------------------------------------------------------------------------


def days_on_step(store: Store, step: str | None, *moves: tuple[str, date]) -> dict[str, int]:
    for _ in range(5):
        code = enrol(store, on(2), step)
        for to, day in moves:
            casework.move(store, occasion(), code, to, day)
    return known(table(store, "days_on_step"))


def test_without_a_step_the_days_count_from_the_entry(store: Store) -> None:
    assert days_on_step(store, None) == {"not_placed": 30}


def test_days_on_the_step_count_from_the_move_onto_it(store: Store) -> None:
    assert days_on_step(store, "b", ("c", on(10)), ("d", on(1, 4))) == {"c": 22}


def test_being_placed_on_the_same_step_again_interrupts_nothing(store: Store) -> None:
    assert days_on_step(store, "b", ("a", on(5)), ("b", on(10)), ("b", on(20))) == {"b": 22}


def test_of_two_moves_on_a_day_the_later_registered_holds(store: Store) -> None:
    assert days_on_step(store, "b", ("c", on(10)), ("b", on(10))) == {"b": 22}


def test_a_transfer_begins_the_days_on_the_step_anew(store: Store) -> None:
    for _ in range(5):
        casework.transfer(store, occasion(), enrol(store, on(1), "c"), "2380", on(30))
    assert known(table(store, "days_on_step"), "2380") == {"c": 2}


# -- all of them, and the controls ------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(1, 3))
def test_quantiles_are_those_of_the_definition(days: list[int], quarters: int) -> None:
    assert quantiles(Counter(days), (quarters,)) == [smallest_with(days, quarters)]


def put_targets(store: Store, seed: int) -> None:
    """Some targets of every kind, several of some, in force at different times."""
    for number, measure in enumerate(TargetMeasure):
        for period in TargetPeriod:
            for place in (None, "2305", "2380")[: 1 + (seed + number) % 3]:
                for days in (0, 200 + seed % 100, 500)[: 1 + number % 3]:
                    day = PROJECT.starts_on + timedelta(days=30 * (seed % 3) + days)
                    set_target(store, occasion(), place, measure, period, 10 * number + days, day)


def assert_equals_the_oracle(store: Store, months: tuple[str, ...]) -> None:
    oracle = DurationOracle.of_file(store.path)
    for month in months:
        report = build(store, Month.parse(month), TODAY)
        assert report.reconciles, month
        ours = {
            (f.section, str(f.measure), f.municipality, f.sex): f.value
            for f in report.figures()
            if f.section in SECTIONS
        }
        theirs = oracle.figures(month)
        differing = {key: (ours.get(key), theirs.get(key)) for key in ours.keys() | theirs.keys()}
        assert {key: pair for key, pair in differing.items() if pair[0] != pair[1]} == {}, month


@pytest.mark.parametrize(("persons", "seed"), [(0, 1), (300, 1), (300, 2), (300, 3)])
def test_every_figure_equals_the_independent_count(tmp_path: Path, persons: int, seed: int) -> None:
    with new_store(tmp_path / "arena.db", PLANNED if seed % 2 else PROJECT) as store:
        put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed))
        put_activity(store, places=40, seed=seed)
        put_targets(store, seed)
        assert_equals_the_oracle(store, MONTHS)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(0, 25), month=st.dates(PROJECT.starts_on, PROJECT.ends_on))
def test_small_crowded_lists(tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int, month: date) -> None:
    with new_store(tmp_path_factory.mktemp("lists") / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed, odds=CROWDED))
        put_activity(store, places=3, seed=seed)
        assert_equals_the_oracle(store, (str(Month.of(month)),))


@pytest.mark.parametrize(
    ("section", "measure", "identity"),
    [
        ("time_in_project", "active", "time_in_project"),
        ("time_in_project", "leavers", "municipalities"),
        ("returns", "exits", "returns"),
        ("returns", "returned_6", "returns"),
        ("returns", "not_due_12", "returns"),
    ],
)
@pytest.mark.parametrize("municipality", ["2380", "all"])
def test_one_wrong_figure_is_found(store: Store, section: str, measure: str, identity: str, municipality: str) -> None:
    put(store, random_lists(DESCRIPTION, 100, PROJECT.starts_on, PROJECT.ends_on, seed=7))
    report = build(store, Month(2017, 2), TODAY)
    values = dict(report.tables[section].values)
    values[measure, municipality, "all"] += 1
    tables = {**report.tables, section: replace(report.tables[section], values=values)}
    found = {control.identity for control in reconcile(tables, report.previous) if not control.holds}
    assert identity in found


def test_few_means_fewer_than_five() -> None:
    assert FEWEST == 5
