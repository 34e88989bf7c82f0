"""Every system call on a command's files and answers is the last one it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import plants
from tests.faults.calls import KILL, Point, every, needs_strace, strike
from tests.faults.cases import Case, case_of
from tests.faults.children import Plant

pytestmark = needs_strace


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


# -- the harness bites ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "plant", "fault"),
    [
        ("add-participant", plants.no_rollback_journal, "neither the old one nor the new one"),
        ("report", plants.write_over, "neither the old one nor the new one"),
        ("report", plants.never_sweep, "left after the next start"),
    ],
)
def test_a_planted_fault_is_found(year: list[Case], tmp_path: Path, verb: str, plant: Plant, fault: str) -> None:
    def chosen(point: Point) -> bool:
        if verb == "report":  # its files are written at once
            return point.call in {"write", "rename"}
        return point.call == "pwrite64" and point.number % 3 == 0

    series = strike(case_of(verb, year), KILL, tmp_path / "strike", chosen, plant)
    assert fault in str(series.faults)
