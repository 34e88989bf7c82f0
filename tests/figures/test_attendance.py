"""Hours of a month: hand-counted, held against an independent count, and checked by the controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake, attendance, pausing
from arena_cli.figures.reconcile import reconcile
from arena_cli.figures.report import build
from arena_cli.figures.table import Table
from arena_cli.model import ExitType, Month, PauseReason, Sex
from arena_cli.store import Store
from tests.oracle_activity import ActivityOracle
from tests.random_activity import put_activity
from tests.random_lists import Odds, random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

SECTIONS = ("attendance", "minutes_by_activity", "certified_by_activity")
MONTHS = ("2015-09", "2015-12", "2016-10", "2017-02", "2018-03")
CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.3, same_day_spell=0.2)
MARCH = Month(2016, 3)


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, day: date, municipality: str = "2305", sex: Sex = Sex.WOMAN) -> str:
    return casework.enrol(store, occasion(), Intake(municipality, day), sex=sex).participant.code


def spend(
    store: Store, code: str, minutes: int, activity: str = "talks", *, certified: bool = False, spell: int | None = None
) -> None:
    attendance.add_hours(store, occasion(), [code], MARCH, activity, minutes, certified=certified, spell_number=spell)


def table(store: Store, section: str = "attendance") -> Table:
    report = build(store, MARCH, TODAY)
    assert report.reconciles
    return report.tables[section]


def counts(table: Table, municipality: str = "all", sex: str = "all") -> dict[str, int]:
    return {str(m): n for m in table.measures if (n := table.value(m, municipality, sex))}


def test_minutes_add_up_by_activity_and_municipality(store: Store) -> None:
    woman, man = enrol(store, on(1, 2)), enrol(store, on(10), "2380", Sex.MAN)
    spend(store, woman, 90)
    spend(store, woman, 600, "placement", certified=True)
    spend(store, man, 45, certified=True)
    assert counts(table(store)) == {"participants": 2, "with_hours": 2, "minutes": 735, "certified_minutes": 645}
    assert counts(table(store, "minutes_by_activity")) == {"placement": 600, "talks": 135}
    assert counts(table(store, "certified_by_activity"), "2305", "women") == {"placement": 600}
    assert counts(table(store, "minutes_by_activity"), "2305", "men") == {}


def test_who_took_part_without_hours(store: Store) -> None:
    enrol(store, on(31))
    left = enrol(store, on(1, 1))
    casework.leave(store, occasion(), left, on(1), ExitType.COMPLETED, None)
    gone = enrol(store, on(1, 1))
    casework.leave(store, occasion(), gone, on(29, 2), ExitType.COMPLETED, None)
    enrol(store, on(1, 4))
    mistaken = enrol(store, on(2))
    spend(store, mistaken, 60)
    casework.correct_spell(store, occasion(), mistaken, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert counts(table(store)) == {"participants": 2, "without_hours": 2}


@pytest.mark.parametrize(
    ("breaks", "is_paused"),
    [
        ([(on(1), None)], True),
        ([(on(20, 2), on(1, 4))], True),
        ([(on(2), None)], False),
        ([(on(1), on(31))], False),
        ([(on(1), on(20)), (on(20), on(1, 4))], True),
        ([(on(1), on(20)), (on(21), None)], False),
    ],
)
def test_who_was_paused_the_whole_month_is_told_apart(
    store: Store, breaks: list[tuple[date, date | None]], is_paused: bool
) -> None:
    code = enrol(store, on(1, 2))
    for paused_on, resumed_on in breaks:
        pausing.pause(store, occasion(), code, paused_on, PauseReason.SICK_LEAVE)
        if resumed_on is not None:
            pausing.resume(store, occasion(), code, resumed_on)
    assert counts(table(store)) == {"participants": 1, ("paused" if is_paused else "without_hours"): 1}
    spend(store, code, 60)
    assert counts(table(store)) == {"participants": 1, "with_hours": 1, "minutes": 60}


def test_who_was_in_two_municipalities_is_one_person_in_the_project(store: Store) -> None:
    code = enrol(store, on(1, 2))
    casework.transfer(store, occasion(), code, "2380", on(15))
    spend(store, code, 60, spell=2)
    assert counts(table(store), "2305") == {"participants": 1, "without_hours": 1}
    assert counts(table(store), "2380") == {"participants": 1, "with_hours": 1, "minutes": 60}
    assert counts(table(store)) == {"participants": 1, "with_hours": 1, "minutes": 60}


def assert_equals_the_oracle(store: Store, months: tuple[str, ...]) -> None:
    oracle = ActivityOracle.of_file(store.path)
    for month in months:
        report = build(store, Month.parse(month), TODAY)
        assert report.reconciles, month
        theirs = {key: n for key, n in oracle.figures(month).items() if key[0] in SECTIONS}
        ours = {
            (f.section, f.measure, f.municipality, f.sex): f.value for f in report.figures() if f.section in SECTIONS
        }
        assert ours == theirs, month


@pytest.mark.parametrize(("persons", "seed"), [(0, 1), (150, 1), (150, 2)])
def test_every_figure_equals_the_independent_count(store: Store, persons: int, seed: int) -> None:
    put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed))
    put_activity(store, places=40, seed=seed)
    assert_equals_the_oracle(store, MONTHS)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(0, 12), month=st.dates(PROJECT.starts_on, PROJECT.ends_on))
def test_small_crowded_lists(tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int, month: date) -> None:
    with new_store(tmp_path_factory.mktemp("lists") / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed, odds=CROWDED))
        put_activity(store, places=3, seed=seed)
        assert_equals_the_oracle(store, (str(Month.of(month)),))


@pytest.mark.parametrize(
    ("section", "measure", "identity"),
    [
        ("attendance", "participants", "attendance"),
        ("attendance", "with_hours", "attendance"),
        ("attendance", "paused", "attendance"),
        ("attendance", "minutes", "minutes"),
        ("attendance", "certified_minutes", "minutes"),
        ("minutes_by_activity", "talks", "minutes"),
        ("certified_by_activity", "placement", "minutes"),
    ],
)
@pytest.mark.parametrize("municipality", ["2380", "all"])
@pytest.mark.parametrize("sex", ["women", "all"])
def test_one_wrong_figure_is_found(
    store: Store, section: str, measure: str, identity: str, municipality: str, sex: str
) -> None:
    put(store, random_lists(DESCRIPTION, 100, PROJECT.starts_on, PROJECT.ends_on, seed=7))
    put_activity(store, places=30, seed=7)
    report = build(store, Month(2017, 2), TODAY)
    values = dict(report.tables[section].values)
    values[measure, municipality, sex] += 1
    tables = {**report.tables, section: replace(report.tables[section], values=values)}
    found = {control.identity for control in reconcile(tables, report.previous) if not control.holds}
    assert {identity, "sexes"} <= found
