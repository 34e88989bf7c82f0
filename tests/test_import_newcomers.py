"""Newcomers' rows are judged by likeness: the same comes of them together as of each alone."""

from __future__ import annotations

from datetime import date
from itertools import count, repeat
from types import SimpleNamespace
from typing import cast

from hypothesis import example, given
from hypothesis import strategies as st

from arena_cli.errors import Remark
from arena_cli.exchange.cells import SpellRow
from arena_cli.exchange.columns import recognise
from arena_cli.exchange.plan import Ids, Plan, Tally
from arena_cli.exchange.reading import SheetRow
from arena_cli.exchange.spells import SpellPlanner
from arena_cli.model import ExitType
from tests.sample import PROJECT

COLUMNS = recognise(SheetRow(1, ["ref", "kommun", "inskriven", "avslutad"]))
TODAY = date(2020, 1, 1)

days = st.sampled_from([date(2016, 1, 1), date(2016, 12, 31), date(2017, 1, 1), date(2017, 6, 5)])
rows = st.builds(
    SpellRow,
    st.just(0),
    st.just("R1"),
    st.just("2305"),
    st.none(),
    st.sampled_from([None, 1951, 1952, 1990, 2001, 2002]),
    days,
    st.none() | st.just("1"),
    st.none(),
    st.none() | days,
    st.sampled_from([None, None, None, *ExitType]),
    st.sampled_from([None, None, "work"]),
)


def born(year: int, entered_on: date) -> SpellRow:
    return SpellRow(0, "R1", "2305", None, year, entered_on, None, None, None, None, None)


def told(together: list[list[SpellRow]]) -> tuple[object, ...]:
    """What is said of rows that are taken some at a time, each time by somebody who has seen none before."""
    tally = Tally()
    for some in together:
        ids = cast("Ids", SimpleNamespace(participant=count(1), spell=count(1), move=count(1), code=repeat("")))
        SpellPlanner(PROJECT, TODAY, COLUMNS, ids, Plan(), tally).take_newcomers(some)
    remarks = [
        (remark.message, remark.facts["count"], cast("Remark", remark.facts["rows"]).facts)
        for remark in tally.remarks()
    ]
    return [(each.row, each.fault.rule, each.other) for each in tally.problems], remarks, tally.new


@example([born(2002, date(2017, 1, 1)), born(2002, date(2016, 12, 31))])
@given(st.lists(rows, min_size=1, max_size=40))
def test_rows_of_newcomers_fare_together_as_each_alone(listed: list[SpellRow]) -> None:
    numbered = [row._replace(number=number) for number, row in enumerate(listed, 2)]
    assert told([numbered]) == told([[row] for row in numbered])
