"""The README does what it says: its first day is run line by line, in an empty folder, against the real program."""

from __future__ import annotations

import re
from pathlib import Path

import dev
from arena_cli.cli.index import PANELS
from tests.consoles import play

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_day_goes_as_it_is_written(tmp_path: Path) -> None:
    assert len(play(README, tmp_path)) > 8


def test_every_command_it_names_exists() -> None:
    commands = {name.split()[0] for panel in PANELS for name in panel.commands}
    assert set(re.findall(r"`(?:\$ )?arena ([a-z][a-z-]+)", README)) <= commands
    assert set(re.findall(r"python3 dev\.py ([a-z]+)", README)) <= set(dev.TASKS)


def test_every_file_it_refers_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
