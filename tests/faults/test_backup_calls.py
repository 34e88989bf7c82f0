"""`backup` and `restore` are killed before each call that writes, or the disk is full: nothing is lost or half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import plants
from tests.faults.calls import KILL, NO_ROOM_ONCE, Point, needs_strace, strike
from tests.faults.cases import Case
from tests.faults.children import Ran
from tests.faults.keeping import CHECKS, WRITING, enrolled, prepare_keeping

pytestmark = needs_strace


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """A backup and a restore."""
    return {case.verb: case for case in prepare_keeping(tmp_path_factory.mktemp("keeping"))}


@pytest.mark.parametrize("what", [KILL, NO_ROOM_ONCE])
@pytest.mark.parametrize("verb", CHECKS)
def test_it_is_done_whole_or_not_at_all(cases: dict[str, Case], tmp_path: Path, verb: str, what: str) -> None:
    def chosen(point: Point) -> bool:
        """Of the many calls that copy pages, one in 40: they are alike. What removes a file needs no room."""
        return point.number % 40 == 1 if point.call == "pwrite64" else what == KILL or point.call != "unlink"

    series = strike(cases[verb], what, tmp_path / "strike", chosen, calls=WRITING, check=CHECKS[verb])
    assert series.faults == {}
    assert series.struck == series.points > 15


def test_a_planted_fault_is_found(cases: dict[str, Case], tmp_path: Path) -> None:
    """A restore that copies into the file itself."""

    def check(copy: Path, ran: Ran) -> list[str]:
        return [] if enrolled(copy / "arena.db") in {1, 2} else ["half"]

    series = strike(
        cases["restore"],
        KILL,
        tmp_path / "strike",
        lambda point: point.number % 20 == 0,
        plants.copy_into_place,
        ("write",),
        check,
    )
    assert ["half"] in series.faults.values()
