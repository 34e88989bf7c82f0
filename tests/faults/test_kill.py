"""kill -9 at any moment of any command that writes: what was acknowledged is there, and nothing is half done."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from arena_cli.cli.index import PANELS
from tests.faults import plants
from tests.faults.cases import Case
from tests.faults.children import Plant
from tests.faults.killing import LEAST_HOT, kill_commands

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")

WANTED = 1000
BITES = 300
"""A planted fault must show within so many kills."""

ONLY_LOOK = {"due", "why"}
"""Commands of panels that change the file, which do not themselves."""

NOT_IN_A_YEAR = {"init", "backup", "restore", "demo"}
"""`init` is tried by itself, the next two in test_backup_calls; the people of the demo are invented."""


def test_every_command_that_changes_the_file_is_tried(year: list[Case], end: list[Case]) -> None:
    changing = {name for panel in PANELS if panel.changes_file for name in panel.commands}
    lists = {name for name in changing if name.startswith("list-")}
    assert changing - lists - ONLY_LOOK - NOT_IN_A_YEAR <= {case.verb for case in (*year, *end)}


def test_commands_killed_at_random(year: list[Case], tmp_path: Path) -> None:
    kills = kill_commands(year, WANTED, tmp_path)
    assert kills.faults == Counter()
    assert kills.count >= WANTED
    assert set(kills.landed) == {case.verb for case in year}
    assert kills.hot_journals >= LEAST_HOT * kills.count


@pytest.mark.parametrize("which", ["upgrade", "start"])
def test_a_first_command_killed_at_random(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    cases: list[Case] = request.getfixturevalue(which)
    kills = kill_commands(cases, 40, tmp_path)
    assert kills.faults == Counter()
    assert kills.count >= 40


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (plants.acknowledge_early, "acknowledged, but not there"),
        (plants.no_transaction, "arena.db is neither the old one nor the new one"),
    ],
)
def test_a_planted_fault_is_found(year: list[Case], tmp_path: Path, plant: Plant, fault: str) -> None:
    kills = kill_commands(year[3:6], BITES, tmp_path, plant)
    assert any(found.endswith(fault) for found in kills.faults), kills
