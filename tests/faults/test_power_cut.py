"""The power goes at any moment, and what was not synced is there or not, in any order and in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import plants
from tests.faults.calls import needs_strace
from tests.faults.cases import Case, case_of
from tests.faults.children import Plant
from tests.faults.power import cut_power

pytestmark = needs_strace


@pytest.mark.parametrize(
    ("which", "verb"),
    [("year", "add-participant"), ("year", "report"), ("upgrade", "list-participants"), ("start", "init")],
)
def test_after_a_power_cut(which: str, verb: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    cuts = cut_power(case_of(verb, request.getfixturevalue(which)), tmp_path / "cut")
    assert cuts.faults == {}
    assert cuts.states > 60


@pytest.mark.parametrize(
    ("verb", "plant", "moments", "variants", "fault"),
    [
        ("add-participant", plants.sync_never, 30, 4, "the file is damaged"),
        ("add-participant", plants.sync_files_only, 0, 4, "acknowledged, but not there"),
        ("report", plants.rename_unsynced, 0, 2, "neither the old one nor the new one"),
    ],
)
def test_a_planted_fault_is_found(
    year: list[Case], tmp_path: Path, verb: str, plant: Plant, moments: int, variants: int, fault: str
) -> None:
    assert fault in str(cut_power(case_of(verb, year), tmp_path / "cut", moments, variants, plant).faults)
