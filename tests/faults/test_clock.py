"""The clock is wrong, or goes an hour twice, or shows a day that only some years have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena_cli.cli.world import World
from arena_cli.journal import broken_at
from arena_cli.store import Store
from tests.conftest import Arena, make_world


def at(text: str) -> World:
    """The world at a time in UTC."""
    return make_world(datetime.fromisoformat(text).replace(tzinfo=UTC), SOURCE_DATE_EPOCH="1523800000")


def add(arena: Arena, world: World, *options: str) -> str:
    added = arena("add-participant", "--municipality", "Krokom", "--sex", "woman", *options, world=world)
    assert added.code == 0, added.err
    return added.out.strip()


def entered(arena: Arena) -> dict[str, str]:
    listed = json.loads(arena("list-participants", "--json").out)
    return {person["code"]: person["entered_on"] for person in listed}


def is_whole(folder: Path) -> bool:
    with Store.open(folder / "arena.db") as store:
        return broken_at(store.links()) is None


def test_a_clock_that_is_set_back_changes_no_order(project: Arena, tmp_path: Path) -> None:
    first = add(project, at("2016-10-20 12:00"), "--date", "2016-10-03")
    second = add(project, at("2016-10-19 09:00"), "--date", "2016-10-04")
    assert is_whole(tmp_path)
    assert project("undo", "--yes", world=at("2016-10-18 09:00")).code == 0
    assert set(entered(project)) == {first}
    third = add(project, at("2016-10-20 11:00"), "--date", "2016-10-05")
    assert set(entered(project)) == {first, third}
    assert second not in project("report", "--month", "2016-09", "--format", "json").out
    assert is_whole(tmp_path)


@pytest.mark.parametrize("time", ["1970-01-01 00:00", "2015-08-31 12:00"])
def test_a_clock_before_the_project_registers_and_reports_nothing(project: Arena, tmp_path: Path, time: str) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    options = ("--municipality", "Krokom", "--sex", "woman", "--date", "2016-10-03")
    refused = project("add-participant", *options, world=at(time))
    assert (refused.code, refused.out) == (5, "")
    assert project("report", world=at(time)).code == 4
    assert (tmp_path / "arena.db").read_bytes() == before


def test_a_clock_far_ahead_still_registers_what_has_been(project: Arena, tmp_path: Path) -> None:
    code = add(project, at("2041-01-01 00:00"), "--date", "2016-10-03")
    assert entered(project) == {code: "2016-10-03"}
    assert is_whole(tmp_path)


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2016-03-27 00:30", "2016-03-27"),  # before the hour that is left out
        ("2016-03-27 01:30", "2016-03-27"),
        ("2016-10-30 00:30", "2016-10-30"),  # half past two, in summer time
        ("2016-10-30 01:30", "2016-10-30"),  # half past two once more
        ("2016-09-30 22:30", "2016-10-01"),  # past midnight in summer time
        ("2016-11-30 22:30", "2016-11-30"),
        ("2016-12-31 23:30", "2017-01-01"),
        ("2016-02-28 23:30", "2016-02-29"),
    ],
)
def test_today_is_the_day_in_sweden(project: Arena, time: str, day: str) -> None:
    code = add(project, at(time))
    assert entered(project) == {code: day}


@pytest.mark.parametrize(
    ("time", "month"),
    [("2016-09-30 22:30", "2016-09"), ("2016-12-31 23:30", "2016-12"), ("2016-03-01 00:30", "2016-02")],
)
def test_the_last_month_is_over_at_midnight_in_sweden(project: Arena, time: str, month: str) -> None:
    report = project("report", "--format", "json", world=at(time))
    assert (report.code, json.loads(report.out)["month"]) == (0, month)


def test_the_hour_that_comes_twice_makes_the_same_report(project: Arena) -> None:
    add(project, at("2016-09-20 12:00"))
    reports = {project("report", "--format", "md", world=at(f"2016-10-30 0{hour}:30")).out for hour in (0, 1)}
    assert len(reports) == 1


def test_a_leap_day(project: Arena, tmp_path: Path) -> None:
    now = at("2016-10-20 12:00")
    code = add(project, now, "--date", "2016-02-29")
    assert project("exit-participant", code, "--destination", "work", "--date", "2016-02-29", world=now).code == 0
    figures = json.loads(project("report", "--month", "2016-02", "--format", "json", world=now).out)
    assert (figures["month"], code in json.dumps(figures)) == ("2016-02", False)
    missing = project("add-participant", "--municipality", "Krokom", "--date", "2017-02-29", world=now)
    assert (missing.code, missing.out) == (2, "")
    assert project("due", world=at("2017-02-28 12:00")).code in {0, 8}
    assert is_whole(tmp_path)
