"""Every figure of the report is made of the records that are said to be behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake, placements
from arena_cli.figures.report import Report, build
from arena_cli.figures.why import Address, TargetCountsNobody, Trace, UnknownFigure, trace, traces
from arena_cli.model import ALL, ExitType, Month, Sector, Sex
from arena_cli.store import Store
from tests.random_activity import put_activity
from tests.random_lists import Odds, random_lists
from tests.random_outcomes import put_outcomes
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.3, same_day_spell=0.2)
MARCH = Month(2016, 3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def traced(store: Store, report: Report) -> Iterator[tuple[int | None, Trace]]:
    """Every cell of the report, also where there is no figure, with what is behind it."""
    cells = {
        Address(table.section, measure, municipality, sex): table.known(measure, municipality, sex)
        for table in report.tables.values()
        if table.section != "targets"
        for measure in table.measures
        for municipality in table.scope.rows
        for sex in table.scope.columns
    }
    found = list(traces(store, report.month, cells))
    assert [trace.address for trace in found] == list(cells)
    return zip(cells.values(), found, strict=True)


def assert_traced(store: Store, month: Month) -> None:
    report = build(store, month, TODAY)
    assert report.reconciles
    for figure, found in traced(store, report):
        assert found.value == figure, found.address
        if found.amounts is None:
            assert found.value == len(found.included), found.address
        else:
            assert len(found.amounts) == len(found.included)
        units = [*map(str, found.included), *(str(unit) for unit, _ in found.excluded)]
        several = found.address.section in {"waiting", "timeliness"}  # an entry and an exit are written as their spell
        once = not several and found.address.measure != "first_elsewhere"
        assert not once or len(units) == len(set(units)), found.address


def put_random(store: Store, persons: int, seed: int, more: str) -> None:
    put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed, odds=CROWDED))
    if more == "activity":
        put_activity(store, places=8, seed=seed)
    else:
        put_outcomes(store, waiting=8, seed=seed)


@pytest.mark.parametrize("more", ["activity", "outcomes"])
@pytest.mark.parametrize("month", ["2015-10", "2016-10", "2017-06"])
def test_the_parts_add_up_to_every_figure(store: Store, month: str, more: str) -> None:
    put_random(store, 30, seed=len(month + more), more=more)
    assert_traced(store, Month.parse(month))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    month=st.dates(PROJECT.starts_on, PROJECT.ends_on),
    more=st.sampled_from(["activity", "outcomes"]),
)
def test_the_parts_add_up_on_small_crowded_lists(
    tmp_path_factory: pytest.TempPathFactory, seed: int, month: date, more: str
) -> None:
    with new_store(tmp_path_factory.mktemp("lists") / "arena.db") as store:
        put_random(store, 10, seed, more)
        assert_traced(store, Month.of(month))


def test_every_section_of_the_report_is_reached(store: Store) -> None:
    put_random(store, 30, seed=3, more="activity")
    report = build(store, MARCH, TODAY)
    assert {found.address.section for _, found in traced(store, report)} == set(report.tables) - {"targets"}


# -- how it is told ---------------------------------------------------------------------------------------------------


def enrol(store: Store, day: date, municipality: str = "2305", sex: Sex = Sex.WOMAN) -> str:
    return casework.enrol(store, occasion(), Intake(municipality, day, "b"), sex=sex).participant.code


def told(store: Store, address: str, month: Month = MARCH) -> tuple[list[str], dict[str, str]]:
    found = trace(store, month, Address.parse(address))
    return [str(unit) for unit in found.included], {str(unit): reason for unit, reason in found.excluded}


def test_each_spell_that_does_not_count_has_its_reason(store: Store) -> None:
    counts = enrol(store, date(2016, 1, 4))
    casework.leave(store, occasion(), counts, date(2016, 3, 31), ExitType.COMPLETED, None)
    back = enrol(store, date(2016, 1, 4))
    casework.leave(store, occasion(), back, date(2016, 2, 1), ExitType.COMPLETED, None)
    casework.readmit(store, occasion(), back, Intake("2305", date(2016, 3, 1)))
    casework.leave(store, occasion(), back, date(2016, 3, 2), ExitType.DISCONTINUED, None)
    man = enrol(store, date(2016, 1, 4), sex=Sex.MAN)
    elsewhere = enrol(store, date(2016, 1, 4), "2380")
    moved = enrol(store, date(2016, 1, 4))
    casework.transfer(store, occasion(), moved, "2380", date(2016, 3, 5))
    mistaken = enrol(store, date(2016, 1, 4), sex=Sex.MAN)
    casework.correct_spell(store, occasion(), mistaken, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    included, excluded = told(store, "stock_flow/exited/2305/women")
    assert included == [f"{counts}/1", f"{back}/2"]
    assert excluded == {
        f"{back}/1": "did not end in the month",
        f"{man}/1": "of another sex",
        f"{elsewhere}/1": "in another municipality",
        f"{moved}/1": "ended by transfer, which is no exit",
        f"{moved}/2": "in another municipality",
        f"{mistaken}/1": "misregistered: outside every figure",
    }


def test_persons_moves_placements_and_places_are_written_as_they_are_asked_for(store: Store) -> None:
    code = enrol(store, date(2016, 1, 4))
    casework.transfer(store, occasion(), code, "2380", date(2016, 2, 1))
    casework.move(store, occasion(), code, "c", date(2016, 3, 1))
    sawmill = placements.add_place(
        store,
        occasion(),
        host="Sågen",
        sector=Sector.PRIVATE,
        municipality="2303",
        capacity=3,
        opens_on=date(2016, 1, 1),
    ).place.code
    for first in (date(2016, 1, 5), date(2016, 3, 1)):
        placements.place_participant(store, occasion(), code, sawmill, first)
    assert told(store, "persons/participants/all/all")[0] == [code]
    assert told(store, "progression/moves_up/2380/all")[0] == [f"{code}/2/3"]
    assert told(store, "placements/begun/all/all")[0] == [f"{code}/2/2"]
    assert told(store, "places/open/2303/all")[0] == [sawmill]
    free = trace(store, MARCH, Address.parse("places/free/2303/all"))
    assert (free.amounts, free.value) == ((2,), 2)


def test_a_median_tells_whose_days_it_is_the_median_of_and_nothing_of_few(store: Store) -> None:
    codes = [enrol(store, date(2016, 3, day)) for day in (1, 11, 21, 31)]
    address = Address.parse("days_in_project/active_median/all/all")
    few = trace(store, MARCH, address)
    assert (few.value, few.amounts) == (None, (31, 21, 11, 1))
    assert [str(unit) for unit in few.included] == codes
    enrol(store, date(2016, 3, 31))
    assert trace(store, MARCH, address).value == 11


@pytest.mark.parametrize(
    "text",
    ["", "stock_flow", "stock_flow/exited/2380", "stock_flow/gone/all/all", "moon/exited/all/all",
     "stock_flow/exited/9999/all", "stock_flow/exited/all/womens", "movement/a-b/all/all", "steps/z/all/all",
     "places/open/all/women", "place_ages/still_6/2380/men", "stock_flow/exited/all/all/all"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(store: Store, text: str) -> None:
    with pytest.raises(UnknownFigure):
        trace(store, Month(2016, 10), Address.parse(text))


def test_behind_a_target_there_is_nobody(store: Store) -> None:
    with pytest.raises(TargetCountsNobody):
        trace(store, MARCH, Address.parse("targets/intake_total/all/all"))


@pytest.mark.parametrize("text", ["stock_flow/exited/2380/women", "movement/2>3/all/all", "steps/not_placed/all/men"])
def test_an_address_reads_as_it_is_written(text: str) -> None:
    assert str(Address.parse(f" {text}\n")) == text
    assert Address.parse("a/b/all/all").municipality == ALL
