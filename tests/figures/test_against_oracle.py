"""The figures of the staircase and its people equal an independent count in plain Python, on random lists.

The sections that hang on more than spells and moves have oracles and tests of their own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli.figures.report import build
from arena_cli.model import Month
from arena_cli.store import Store
from tests.oracle import Figures, Oracle
from tests.random_lists import Lists, Odds, random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, put

MONTHS = ("2015-09", "2015-12", "2016-10", "2017-07", "2018-03")
START, END = PROJECT.starts_on, PROJECT.ends_on
SECTIONS = {
    "stock_flow",
    "persons",
    "exits",
    "exits_by_destination",
    "left",
    "left_by_destination",
    "progression",
    "steps",
    "movement",
}
CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.1, same_day_spell=0.2)


def counted(store: Store, month: str) -> Figures:
    figures = build(store, Month.parse(month), TODAY).figures()
    ours = (f for f in figures if f.section in SECTIONS and f.measure != "first_elsewhere")
    return {(f.section, f.measure, f.municipality, f.sex): f.value for f in ours}


def assert_equal_in(store: Store, lists: Lists, months: tuple[str, ...]) -> None:
    oracle = Oracle(DESCRIPTION, lists.spells, lists.moves)
    for month in months:
        ours, theirs = counted(store, month), oracle.figures(month)
        assert {section for section, *_ in theirs} == SECTIONS
        differing = {key: (ours.get(key), theirs.get(key)) for key in ours.keys() | theirs.keys()}
        assert {key: pair for key, pair in differing.items() if pair[0] != pair[1]} == {}, month
        assert build(store, Month.parse(month), TODAY).reconciles, month


@pytest.mark.parametrize(("persons", "seed"), [(900, 1), (900, 2), (5_000, 3)])
def test_every_figure_equals_the_independent_count(tmp_path: Path, persons: int, seed: int) -> None:
    lists = random_lists(DESCRIPTION, persons, START, END, seed=seed)
    with new_store(tmp_path / "arena.db") as store:
        put(store, lists)
        assert_equal_in(store, lists, MONTHS)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(0, 12), month=st.dates(START, END))
def test_small_crowded_lists(tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int, month: date) -> None:
    lists = random_lists(DESCRIPTION, persons, START, END, seed=seed, odds=CROWDED)
    with new_store(tmp_path_factory.mktemp("lists") / "arena.db") as store:
        put(store, lists)
        assert_equal_in(store, lists, (str(Month.of(month)),))
