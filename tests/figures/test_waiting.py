"""Waiting and paused: hand-counted, held against an independent count, and checked by the controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake, pausing
from arena_cli.figures.reconcile import reconcile
from arena_cli.figures.report import build
from arena_cli.model import ExitType, Month, PauseReason, Sex
from arena_cli.store import Store
from tests.outcomes import assert_equals_the_oracle, counts, table
from tests.random_lists import Odds, random_lists
from tests.random_outcomes import put_outcomes
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.3, same_day_spell=0.2)
MONTHS = ("2015-09", "2015-12", "2016-10", "2017-02", "2018-03")


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def assign(store: Store, day: date, municipality: str = "2305", sex: Sex = Sex.WOMAN) -> str:
    return pausing.assign(store, occasion(), municipality, day, sex=sex).participant.code


def enrol(store: Store, day: date, municipality: str = "2305", sex: Sex = Sex.WOMAN) -> str:
    return casework.enrol(store, occasion(), Intake(municipality, day), sex=sex).participant.code


def test_those_who_wait_add_up_and_are_no_participants(store: Store) -> None:
    assign(store, on(10, 2))
    started, withdrawn = assign(store, on(29, 2)), assign(store, on(1), "2380", Sex.OTHER)
    pausing.start(store, occasion(), started, on(31), None)
    pausing.withdraw(store, occasion(), withdrawn, on(1))
    assert counts(table(store, "waiting", "2016-02")) == {"assigned": 2, "closing": 2}
    march = table(store, "waiting", "2016-03")
    assert counts(march) == {"opening": 2, "assigned": 1, "started": 1, "withdrawn": 1, "closing": 1}
    assert counts(march, "2380", "other") == {"assigned": 1, "withdrawn": 1}
    assert counts(table(store, "persons", "2016-02")) == {}
    assert table(store, "persons", "2016-03").value("participants") == 1
    assert table(store, "stock_flow", "2016-03").value("entered") == 1


def test_who_starts_on_the_last_day_waits_no_more_at_its_end(store: Store) -> None:
    pausing.start(store, occasion(), assign(store, on(31)), on(31), None)
    assert counts(table(store, "waiting", "2016-03")) == {"assigned": 1, "started": 1}


def test_the_stock_is_paused_by_reason_or_not(store: Store) -> None:
    first, second, third = (enrol(store, on(1, 2)) for _ in range(3))
    pausing.pause(store, occasion(), first, on(31), PauseReason.SICK_LEAVE)
    pausing.pause(store, occasion(), second, on(1), PauseReason.LEAVE, on(31))
    pausing.pause(store, occasion(), third, on(20), PauseReason.PARENTAL_LEAVE)
    casework.leave(store, occasion(), third, on(25), ExitType.COMPLETED, None)
    assert counts(table(store, "paused", "2016-03")) == {"sick_leave": 1, "not_paused": 1}
    assert counts(table(store, "paused", "2016-02")) == {"not_paused": 3}
    assert table(store, "stock_flow", "2016-03").value("closing") == 2
    assert table(store, "stock_flow", "2016-03").value("exited") == 1


def test_a_pause_goes_along_to_another_municipality(store: Store) -> None:
    code = enrol(store, on(1, 2))
    pausing.pause(store, occasion(), code, on(1), PauseReason.SICK_LEAVE)
    casework.transfer(store, occasion(), code, "2380", on(15))
    march = table(store, "paused", "2016-03")
    assert (counts(march, "2305"), counts(march, "2380")) == ({}, {"sick_leave": 1})
    pausing.resume(store, occasion(), code, on(20))
    assert counts(table(store, "paused", "2016-03")) == {"not_paused": 1}


@pytest.mark.parametrize(("persons", "seed"), [(0, 1), (150, 1), (150, 2)])
def test_every_figure_equals_the_independent_count(store: Store, persons: int, seed: int) -> None:
    put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed))
    put_outcomes(store, waiting=40, seed=seed)
    assert_equals_the_oracle(store, MONTHS)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(0, 12), month=st.dates(PROJECT.starts_on, PROJECT.ends_on))
def test_small_crowded_lists(tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int, month: date) -> None:
    with new_store(tmp_path_factory.mktemp("lists") / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed, odds=CROWDED))
        put_outcomes(store, waiting=4, seed=seed)
        assert_equals_the_oracle(store, (str(Month.of(month)),))


@pytest.mark.parametrize(
    ("section", "measure", "identity"),
    [
        ("waiting", "opening", "waiting_carried_over"),
        ("waiting", "assigned", "waiting"),
        ("waiting", "started", "waiting"),
        ("waiting", "withdrawn", "waiting"),
        ("waiting", "closing", "waiting"),
        ("paused", "sick_leave", "paused"),
        ("paused", "not_paused", "paused"),
        ("follow_up", "leavers", "leavers"),
        ("follow_up", "deceased", "follow_ups_due"),
        ("follow_up", "immediate_due", "followed_up"),
        ("follow_up", "immediate_not_yet_due", "follow_ups_due"),
        ("follow_up", "six_months_followed_up", "followed_up"),
        ("follow_up", "six_months_working", "followed_up"),
        ("follow_up", "six_months_both", "followed_up"),
        ("follow_up", "six_months_no_answer", "followed_up"),
        ("follow_up", "six_months_not_reached", "income"),
        ("follow_up", "six_months_missing", "followed_up"),
        ("income_at_entry", "unknown", "income"),
        ("income_before", "wage_subsidised", "income"),
        ("income_after", "unknown", "income"),
    ],
)
@pytest.mark.parametrize("municipality", ["2380", "all"])
@pytest.mark.parametrize("sex", ["women", "all"])
def test_one_wrong_figure_is_found(
    store: Store, section: str, measure: str, identity: str, municipality: str, sex: str
) -> None:
    put(store, random_lists(DESCRIPTION, 60, PROJECT.starts_on, PROJECT.ends_on, seed=7))
    put_outcomes(store, waiting=20, seed=7)
    report = build(store, Month(2017, 2), TODAY)
    values = dict(report.tables[section].values)
    values[measure, municipality, sex] += 1
    tables = {**report.tables, section: replace(report.tables[section], values=values)}
    found = {control.identity for control in reconcile(tables, report.previous) if not control.holds}
    assert {identity, "sexes"} <= found
