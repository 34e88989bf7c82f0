"""The guides do what they say, in both languages, and the command reference is what the commands say of themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arena_cli.cli.index import PANELS
from arena_cli.language import ENGLISH, SWEDISH, load_language
from docs.reference import FILES, reference
from tests.consoles import BLOCK, CRON, EXCHANGE, play

DOCS = Path(__file__).parents[1] / "docs"
GUIDES = {language: (DOCS / f"guide.{language}.md").read_text(encoding="utf-8") for language in (SWEDISH, ENGLISH)}

MOST_LINES_OF_A_PAGE = 70
"""What a sheet of A4 has room for in the type that these pages are printed in."""


@pytest.mark.parametrize("language", GUIDES)
def test_the_guide_goes_as_it_is_written(language: str, tmp_path: Path) -> None:
    assert len(play(GUIDES[language], tmp_path, language)) > 15


def commands(guide: str) -> list[str]:
    """What is typed: the command's name and the names of its options."""
    typed = [
        found["command"]
        for block in BLOCK.finditer(guide)
        for found in (EXCHANGE if block["kind"] == "console" else CRON).finditer(block["text"])
    ]
    return [" ".join(re.findall(r"^arena \S+|--[a-z-]+", command)) for command in typed]


def test_the_guides_say_the_same() -> None:
    assert commands(GUIDES[SWEDISH]) == commands(GUIDES[ENGLISH])
    headings = [re.findall("^#+", guide, re.MULTILINE) for guide in GUIDES.values()]
    assert headings[0] == headings[1]


@pytest.mark.parametrize("language", GUIDES)
def test_each_of_the_three_has_one_page(language: str) -> None:
    _, *pages = GUIDES[language].split("\n## ")
    assert len(pages) == 3
    assert [len(page.splitlines()) for page in pages if len(page.splitlines()) > MOST_LINES_OF_A_PAGE] == []


@pytest.mark.parametrize("language", GUIDES)
def test_every_command_and_file_that_a_guide_names_exists(language: str) -> None:
    known = {name for panel in PANELS for name in panel.commands}
    assert set(re.findall(r"`(?:\$ )?arena ([a-z][a-z-]+)", GUIDES[language])) <= known
    links = re.findall(r"\]\((?!https?:)([^)#]+)", GUIDES[language])
    assert [link for link in links if not (DOCS / link).exists()] == []


@pytest.mark.parametrize("language", FILES)
def test_the_reference_is_what_the_commands_say(language: str) -> None:
    told = reference(load_language(language))
    assert FILES[language].read_text(encoding="utf-8") == told, "`python3 dev.py docs` writes it anew"
    assert told.count("\n## ") == sum(len(panel.commands) for panel in PANELS)
