"""Placements, places and their ages: hand-counted, held against an independent count, and checked by the controls."""

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
from arena_cli.figures.reconcile import reconcile
from arena_cli.figures.report import build
from arena_cli.figures.table import Table
from arena_cli.model import ExitType, Month, Sector, Sex
from arena_cli.store import Store
from tests.oracle_activity import ActivityOracle
from tests.random_activity import put_activity
from tests.random_lists import Odds, random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

SECTIONS = ("placements", "places", "place_ages")
MONTHS = ("2015-09", "2015-12", "2016-10", "2017-02", "2018-03")
CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.3, same_day_spell=0.2)
MARCH = Month(2016, 3)
OPENED = date(2016, 1, 1)


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, municipality: str = "2305", sex: Sex = Sex.WOMAN) -> str:
    receipt = casework.enrol(store, occasion(), Intake(municipality, date(2016, 1, 4)), sex=sex)
    return receipt.participant.code


def place(store: Store, municipality: str = "2305", capacity: int = 2, opens_on: date = OPENED) -> str:
    receipt = placements.add_place(
        store,
        occasion(),
        host="Sågen",
        sector=Sector.PRIVATE,
        municipality=municipality,
        capacity=capacity,
        opens_on=opens_on,
    )
    return receipt.place.code


def begin(store: Store, code: str, where: str, day: date) -> None:
    placements.place_participant(store, occasion(), code, where, day, allow_beyond_capacity=True)


def end(store: Store, code: str, day: date) -> None:
    placements.end_placement(store, occasion(), code, day)


def table(store: Store, section: str, month: Month = MARCH) -> Table:
    report = build(store, month, TODAY)
    assert report.reconciles
    return report.tables[section]


def counts(table: Table, municipality: str = "all", sex: str = "all") -> dict[str, int]:
    return {str(m): n for m in table.measures if (n := table.value(m, municipality, sex))}


def test_a_placement_runs_from_its_first_day_to_the_end_of_the_day_before_its_last(store: Store) -> None:
    sawmill = place(store)
    stays = {
        "before": (on(1, 2), on(29, 2)),
        "until the first": (on(1, 2), on(1)),
        "through": (on(1, 2), on(1, 4)),
        "to the last": (on(2), on(31)),
        "one day": (on(31), on(31)),
        "after": (on(1, 4), on(2, 4)),
    }
    for first, last in stays.values():
        code = enrol(store)
        begin(store, code, sawmill, first)
        end(store, code, last)
    march = table(store, "placements")
    assert counts(march) == {"participants": 1, "opening": 2, "begun": 2, "ended": 3, "running": 1}
    assert counts(march, "2305", "women") == counts(march)
    assert counts(march, "2303") == {}


def test_a_person_on_two_places_is_one_participant_in_two_placements(store: Store) -> None:
    code = enrol(store, sex=Sex.MAN)
    for municipality in ("2305", "2380"):
        begin(store, code, place(store, municipality), on(10))
    assert counts(table(store, "placements"), "2305", "men") == {"participants": 1, "begun": 2, "running": 2}
    assert counts(table(store, "placements"), "2380") == {}
    places = table(store, "places")
    assert [places.value("occupied", municipality) for municipality in ("2305", "2380", "all")] == [1, 1, 2]


def test_free_rooms_are_counted_place_by_place(store: Store) -> None:
    roomy, narrow = place(store, capacity=3), place(store, capacity=1)
    for where in (roomy, narrow, narrow, narrow):
        begin(store, enrol(store), where, on(10))
    assert counts(table(store, "places"), "2305") == {
        "opening": 2,
        "open": 2,
        "capacity": 4,
        "occupied": 4,
        "free": 2,
        "beyond_capacity": 2,
    }


def test_a_place_is_open_until_the_end_of_the_day_before_its_last(store: Store) -> None:
    days = ((on(1, 2), on(29, 2)), (on(1, 2), on(1)), (on(5), on(31)), (on(31), on(1, 4)), (on(1, 4), None))
    for opens_on, closes_on in days:
        code = place(store, opens_on=opens_on)
        if closes_on is not None:
            placements.close_place(store, occasion(), code, closes_on)
    places = counts(table(store, "places"))
    assert places == {"opening": 1, "opened": 2, "closed": 2, "open": 1, "capacity": 2, "free": 2}


def test_a_placement_ends_with_its_place_and_with_the_spell(store: Store) -> None:
    closing, staying = place(store), place(store)
    first, second = enrol(store), enrol(store)
    begin(store, first, closing, on(1, 2))
    begin(store, second, staying, on(1, 2))
    placements.close_place(store, occasion(), closing, on(10))
    casework.leave(store, occasion(), second, on(11), ExitType.COMPLETED, None)
    assert counts(table(store, "placements")) == {"opening": 2, "ended": 2}
    assert counts(table(store, "places")) == {"opening": 2, "closed": 1, "open": 1, "capacity": 2, "free": 2}


def test_a_placement_of_a_misregistered_spell_is_outside_every_figure(store: Store) -> None:
    code = enrol(store)
    begin(store, code, place(store), on(10))
    casework.correct_spell(store, occasion(), code, None, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert counts(table(store, "placements")) == {}
    assert table(store, "places").value("free") == 2


@pytest.mark.parametrize(
    ("closes_on", "month", "outcome"),
    [
        (None, Month(2016, 2), "not_due"),
        (None, Month(2016, 3), "still"),
        (date(2016, 2, 28), Month(2016, 2), "not_due"),
        (date(2016, 3, 29), Month(2016, 3), "closed"),
        (date(2016, 3, 30), Month(2016, 3), "still"),
        (date(2016, 3, 30), Month(2016, 8), "still"),
    ],
)
def test_a_place_is_looked_for_six_months_later(
    store: Store, closes_on: date | None, month: Month, outcome: str
) -> None:
    code = place(store, opens_on=date(2015, 9, 30))
    if closes_on is not None:
        placements.close_place(store, occasion(), code, closes_on)
    expected = {"places": 1, f"{outcome}_6": 1, "not_due_12": 1, "not_due_24": 1}
    assert counts(table(store, "place_ages", month)) == counts(table(store, "place_ages", month), "2305") == expected


def test_half_a_year_after_the_last_of_august_is_the_last_of_february(store: Store) -> None:
    code = place(store, opens_on=date(2016, 8, 31))
    assert table(store, "place_ages", Month(2017, 1)).value("not_due_6") == 1
    assert table(store, "place_ages", Month(2017, 2)).value("still_6") == 1
    placements.close_place(store, occasion(), code, date(2017, 2, 27))
    assert table(store, "place_ages", Month(2017, 2)).value("closed_6") == 1


def test_no_figure_names_a_host(store: Store) -> None:
    place(store)
    assert not any("Sågen" in str(figure) for figure in build(store, MARCH, TODAY).figures())


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
    ("section", "measure", "identities"),
    [
        ("placements", "begun", {"placements", "sexes", "municipalities"}),
        ("placements", "opening", {"placements", "placements_carried_over"}),
        ("placements", "running", {"placements"}),
        ("places", "opened", {"places", "municipalities"}),
        ("places", "open", {"places"}),
        ("places", "occupied", {"capacity"}),
        ("places", "free", {"capacity"}),
        ("places", "beyond_capacity", {"capacity"}),
        ("place_ages", "places", {"place_ages"}),
        ("place_ages", "closed_12", {"place_ages"}),
        ("place_ages", "not_due_24", {"place_ages"}),
    ],
)
@pytest.mark.parametrize("municipality", ["2380", "all"])
def test_one_wrong_figure_is_found(
    store: Store, section: str, measure: str, identities: set[str], municipality: str
) -> None:
    put(store, random_lists(DESCRIPTION, 100, PROJECT.starts_on, PROJECT.ends_on, seed=7))
    put_activity(store, places=30, seed=7)
    report = build(store, Month(2017, 2), TODAY)
    values = dict(report.tables[section].values)
    values[measure, municipality, "all"] += 1
    tables = {**report.tables, section: replace(report.tables[section], values=values)}
    found = {control.identity for control in reconcile(tables, report.previous) if not control.holds}
    assert identities <= found


def test_a_placement_that_is_counted_nowhere_is_found(store: Store) -> None:
    put(store, random_lists(DESCRIPTION, 100, PROJECT.starts_on, PROJECT.ends_on, seed=7))
    put_activity(store, places=30, seed=7)
    report = build(store, Month(2017, 2), TODAY)
    values = {key: n + (key[0] in {"running", "begun"}) for key, n in report.tables["placements"].values.items()}
    tables = {**report.tables, "placements": replace(report.tables["placements"], values=values)}
    found = {control.identity for control in reconcile(tables, report.previous) if not control.holds}
    assert "occupied" in found
