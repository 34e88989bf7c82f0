"""The guides do what they say, in both languages, and the command reference is what the commands say of themselves."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from arena_cli.cli.index import PANELS
from arena_cli.language import ENGLISH, SWEDISH, load_language
from docs import pictures
from docs.reference import FILES, reference
from tests.consoles import BLOCK, CRON, EXCHANGE, play
from tests.test_html_browser import CHROMIUM

DOCS = Path(__file__).parents[1] / "docs"
GUIDES = {language: (DOCS / f"guide.{language}.md").read_text(encoding="utf-8") for language in (SWEDISH, ENGLISH)}

MOST_LINES_OF_A_PAGE = 70
"""What a sheet of A4 has room for in the type that these pages are printed in."""


@pytest.mark.parametrize("language", GUIDES)
def test_the_guide_goes_as_it_is_written(language: str, tmp_path: Path) -> None:
    (tmp_path / "kopior").mkdir()  # the other disk
    assert len(play(GUIDES[language], tmp_path, language)) > 15


def commands(guide: str) -> list[str]:
    """What is typed: the command's name and the names of its options."""
    typed = [
        found["command"]
        for block in BLOCK.finditer(guide)
        for found in (EXCHANGE if block["kind"] == "console" else CRON).finditer(block["text"])
    ]
    return [" ".join(re.findall(r"^arena \S+|--[a-z-]+", command)) for command in typed]


def test_every_page_leads_to_pages_that_are_there() -> None:
    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))]
    local = [(page, link) for page, link in links if not link.startswith(("http", "mailto"))]
    assert len(local) > 50
    assert [(page.name, link) for page, link in local if not (page.parent / link).exists()] == []


def test_every_test_that_a_page_names_is_there_and_every_row_of_asvs_names_one() -> None:
    for page in (*DOCS.glob("*.md"), DOCS.parent / "README.md"):
        for named in re.findall(r"`(tests/[a-z_0-9./]+)`", page.read_text(encoding="utf-8")):
            assert (DOCS.parent / named).exists(), (page.name, named)
    rows = re.findall(
        r"^\| [0-9.]+(?:, [0-9.]+)* \|.*$", (DOCS / "security.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) > 15
    assert [row for row in rows if "`tests/" not in row] == []


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


# -- pictures ---------------------------------------------------------------------------------------------------------

LARGEST_PICTURE = 200_000
"""In bytes: a README is read on telephones too."""


def are_pictures(folder: Path) -> bool:
    """Whether the four pictures are there, whole, small, and in need of nothing from elsewhere."""
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["report.en.png", "report.sv.png", "terminal.en.svg", "terminal.sv.svg"]
    assert max(path.stat().st_size for path in folder.iterdir()) < LARGEST_PICTURE
    for name in names[:2]:
        with Image.open(folder / name) as image:
            assert image.size == (1280, 1400)
            assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 8  # not an empty page
    for name in names[2:]:
        text = (folder / name).read_text(encoding="utf-8")
        words = "".join(ET.fromstring(text).itertext())  # noqa: S314  # our own file
        assert words.count("K7QX-4M") > 8
        assert not re.search(r"<script|@font-face|https?://(?!www\.w3\.org|www\.textualize\.io)", text)
    return True


def test_the_pictures_of_the_readme_are_there() -> None:
    assert are_pictures(DOCS / "pictures")


def test_the_pictures_can_be_made_anew(tmp_path: Path) -> None:
    if CHROMIUM is None or os.name != "posix":
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium in CI")
        pytest.skip("there is no Chromium here, or no terminal")
    pictures.main(tmp_path / "pictures")
    assert are_pictures(tmp_path / "pictures")
