"""Every system call on a command's files and answers fails, once or from then on, or is the last one it makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import plants
from tests.faults.calls import FAULTY, FAULTY_ONCE, KILL, NAMING, NO_ROOM, NO_ROOM_ONCE, Point, needs_strace, strike
from tests.faults.cases import Case
from tests.faults.children import Plant

pytestmark = needs_strace


def case_of(verb: str, cases: list[Case]) -> Case:
    """The last case of a command: a report that is there already is the one that is written anew."""
    return next(case for case in reversed(cases) if case.verb == verb)


def every(nth: int, of_the_others: int = 1) -> Callable[[Point], bool]:
    """All calls that name files, of the many that write pages, or only open what is read, each nth, and some others."""

    def chosen(point: Point) -> bool:
        if point.call in {"pwrite64", "openat"}:
            return point.number % nth == 0
        return point.call in NAMING or point.number % of_the_others == 0

    return chosen


@pytest.mark.parametrize(
    ("which", "verb", "nth", "of_the_others"),
    [
        ("year", "add-participant", 1, 1),
        ("year", "import", 4, 1),
        ("year", "report", 48, 1),
        ("year", "export", 48, 2),
        ("end", "retain", 400, 1),
        ("end", "export-participant", 24, 1),
        ("end", "send-report", 4, 1),
        ("upgrade", "list-participants", 8, 1),
        ("start", "init", 32, 1),
        ("year", "key rotate", 400, 3),
    ],
)
def test_killed_before_each_call(
    which: str, verb: str, nth: int, of_the_others: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    case = case_of(verb, request.getfixturevalue(which))
    series = strike(case, KILL, tmp_path / "strike", every(nth, of_the_others))
    assert series.faults == {}
    assert series.struck == series.points > 15


@pytest.mark.parametrize("what", [NO_ROOM_ONCE, NO_ROOM, FAULTY_ONCE, FAULTY])
def test_an_add_on_a_disk_that_fails(year: list[Case], tmp_path: Path, what: str) -> None:
    series = strike(case_of("add-participant", year), what, tmp_path / "strike", every(4))
    assert series.faults == {}
    assert series.struck == series.points > 5


@pytest.mark.parametrize(
    ("which", "verb", "what", "nth", "of_the_others"),
    [
        ("year", "report", NO_ROOM_ONCE, 40, 2),
        ("year", "import", NO_ROOM, 8, 1),
        ("end", "retain", NO_ROOM, 120, 1),
        ("upgrade", "list-participants", NO_ROOM, 40, 1),
        ("start", "init", NO_ROOM, 40, 1),
    ],
)
def test_another_command_on_a_disk_that_fails(
    which: str, verb: str, what: str, nth: int, of_the_others: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    case = case_of(verb, request.getfixturevalue(which))
    series = strike(case, what, tmp_path / "strike", every(nth, of_the_others))
    assert series.faults == {}
    assert series.struck == series.points > 5


# -- the harness bites ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "what", "plant", "fault"),
    [
        ("add-participant", KILL, plants.no_rollback_journal, "neither the old one nor the new one"),
        ("report", KILL, plants.write_over, "neither the old one nor the new one"),
        ("report", KILL, plants.never_sweep, "left after the next start"),
        ("report", NO_ROOM_ONCE, plants.silent_on_full_disks, "acknowledged, but not there"),
    ],
)
def test_a_planted_fault_is_found(
    year: list[Case], tmp_path: Path, verb: str, what: str, plant: Plant, fault: str
) -> None:
    def chosen(point: Point) -> bool:
        if verb == "report":  # its files are written at once
            return point.call in {"write", "rename"}
        return point.call == "pwrite64" and point.number % 3 == 0

    series = strike(case_of(verb, year), what, tmp_path / "strike", chosen, plant)
    assert fault in str(series.faults)
