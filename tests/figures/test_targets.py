"""Targets and what has been reached, counted by hand. The independent count of both is in test_durations.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, placements
from arena_cli.casework.targets import set_target
from arena_cli.figures.report import build
from arena_cli.figures.table import Figure
from arena_cli.model import ExitType, Month, Sector, Sex, TargetMeasure, TargetPeriod
from arena_cli.store import Store
from tests.sample import PROJECT, TODAY, new_store, occasion

MARCH = Month(2016, 3)
INTAKE, TOTAL, MONTH = TargetMeasure.INTAKE, TargetPeriod.TOTAL, TargetPeriod.MONTH


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, day: date, step: str | None = None, municipality: str = "2305", sex: Sex = Sex.WOMAN) -> str:
    return casework.enrol(store, occasion(), Intake(municipality, day, step), sex=sex).participant.code


def leave(store: Store, code: str, day: date, destination: str | None = None) -> None:
    casework.leave(store, occasion(), code, day, ExitType.COMPLETED, destination)


def figures(store: Store, section: str, month: Month = MARCH) -> list[Figure]:
    report = build(store, month, TODAY)
    assert report.reconciles
    return [figure for figure in report.figures() if figure.section == section]


def reached(store: Store, municipality: str = "all", sex: str = "all", month: Month = MARCH) -> dict[str, int]:
    return {
        str(f.measure): f.value
        for f in figures(store, "reached", month)
        if f.value and (f.municipality, f.sex) == (municipality, sex)
    }


def targets(store: Store, month: Month = MARCH) -> dict[tuple[str, str], int]:
    assert {figure.sex for figure in figures(store, "targets", month)} <= {"all"}
    return {(str(f.measure), f.municipality): f.value for f in figures(store, "targets", month)}


# -- what has been reached --------------------------------------------------------------------------------------------


def test_intake_counts_first_entries_where_they_were(store: Store) -> None:
    back = enrol(store, on(1, 1), sex=Sex.MAN)
    leave(store, back, on(1, 2))
    casework.readmit(store, occasion(), back, Intake("2380", on(10)))
    moved = enrol(store, on(31))
    casework.transfer(store, occasion(), moved, "2380", on(31))
    enrol(store, on(1, 4))
    assert reached(store) == reached(store, "2305") == {"intake_month": 1, "intake_total": 2}
    assert reached(store, "2305", "men") == {"intake_total": 1}
    assert reached(store, "2380") == {}


def test_moved_up_compares_the_last_step_with_the_first_one_in_the_project(store: Store) -> None:
    up = enrol(store, on(1, 1), "b")
    casework.move(store, occasion(), up, "a", on(1, 2))
    casework.move(store, occasion(), up, "c", on(2))
    casework.transfer(store, occasion(), up, "2380", on(20))
    down_again = enrol(store, on(1, 1), "b")
    casework.move(store, occasion(), down_again, "d", on(1, 2))
    casework.move(store, occasion(), down_again, "b", on(1))
    in_april = enrol(store, on(1, 1), "a")
    casework.move(store, occasion(), in_april, "b", on(1, 4))
    counted = reached(store)
    assert (counted["moved_up_month"], counted["moved_up_total"]) == (1, 1)
    assert reached(store, "2305")["moved_up_month"] == reached(store, "2380")["moved_up_total"] == 1
    assert "moved_up_total" not in reached(store, "2305")
    assert reached(store, month=Month(2016, 4))["moved_up_total"] == 2


def test_somebody_who_comes_back_without_a_step_has_moved_as_far_as_before(store: Store) -> None:
    code = enrol(store, on(1, 1), "a")
    casework.move(store, occasion(), code, "b", on(20, 1))
    leave(store, code, on(1, 2))
    casework.readmit(store, occasion(), code, Intake("2380", on(10)))
    assert reached(store, "2380") == {"moved_up_total": 1}


def test_work_or_studies_are_those_of_exits_and_of_those_who_have_left(store: Store) -> None:
    leave(store, enrol(store, on(1, 1)), on(1, 2), "job")
    leave(store, enrol(store, on(1, 1)), on(10), "school")
    leave(store, enrol(store, on(1, 1)), on(10), "sick")
    leave(store, enrol(store, on(1, 1)), on(10))
    back = enrol(store, on(1, 1))
    leave(store, back, on(5), "job")
    casework.readmit(store, occasion(), back, Intake("2305", on(20)))
    counted = reached(store)
    assert (counted["work_or_studies_month"], counted["work_or_studies_total"]) == (2, 2)


def test_placements_are_counted_when_they_begin(store: Store) -> None:
    code = enrol(store, on(1, 1))
    place = placements.add_place(
        store,
        occasion(),
        host="Sågen",
        sector=Sector.PRIVATE,
        municipality="2380",
        capacity=1,
        opens_on=on(1, 1),
    ).place.code
    for first, last in ((on(1, 2), on(29, 2)), (on(1), on(31)), (on(1, 4), on(2, 4))):
        placements.place_participant(store, occasion(), code, place, first)
        placements.end_placement(store, occasion(), code, last)
    counted = reached(store, "2305")
    assert (counted["placements_month"], counted["placements_total"]) == (1, 2)
    assert reached(store, "2380") == {}


# -- targets ----------------------------------------------------------------------------------------------------------


def test_without_targets_there_are_no_figures_and_no_zeros(store: Store) -> None:
    assert figures(store, "targets") == []


def test_a_target_holds_from_its_day_until_the_next_one(store: Store) -> None:
    for value, day in ((10, on(31, 1)), (12, on(31)), (14, on(1, 4)), (0, on(1, 6))):
        set_target(store, occasion(), "2305", INTAKE, MONTH, value, day)
    held = {month: targets(store, Month(2016, month)) for month in (1, 2, 3, 4, 5, 6)}
    assert targets(store, Month(2015, 12)) == {}
    assert [held[month]["intake_month", "2305"] for month in held] == [10, 10, 12, 14, 14, 0]


def test_the_targets_of_the_project_are_its_own(store: Store) -> None:
    set_target(store, occasion(), "2305", INTAKE, TOTAL, 40, on(1, 1))
    set_target(store, occasion(), None, TargetMeasure.PLACEMENTS, TOTAL, 100, on(1, 1))
    assert targets(store) == {("intake_total", "2305"): 40, ("placements_total", "all"): 100}


def test_planned_participants_are_the_total_intake_until_one_is_set(tmp_path: Path) -> None:
    with new_store(tmp_path / "planned.db", replace(PROJECT, planned_participants=310)) as store:
        assert targets(store, Month(2015, 9)) == {("intake_total", "all"): 310}
        set_target(store, occasion(), None, INTAKE, TOTAL, 330, on(15))
        assert targets(store, Month(2016, 2)) == {("intake_total", "all"): 310}
        assert targets(store) == {("intake_total", "all"): 330}
        set_target(store, occasion(), None, INTAKE, TOTAL, 300, PROJECT.starts_on)
        assert targets(store, Month(2016, 2)) == {("intake_total", "all"): 300}
