"""Every system call on a command's files and answers fails, once or from then on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import plants
from tests.faults.calls import FAULTY, FAULTY_ONCE, NO_ROOM, NO_ROOM_ONCE, every, needs_strace, strike
from tests.faults.cases import Case, case_of

pytestmark = needs_strace


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


def test_a_planted_fault_is_found(year: list[Case], tmp_path: Path) -> None:
    """A full disk that nobody mentions."""
    series = strike(
        case_of("report", year),
        NO_ROOM_ONCE,
        tmp_path / "strike",
        lambda point: point.call in {"write", "rename"},  # its files are written at once
        plants.silent_on_full_disks,
    )
    assert "acknowledged, but not there" in str(series.faults)
