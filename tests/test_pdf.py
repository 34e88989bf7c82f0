"""The report as a PDF: tagged, in its language, with the page's words, and the same bytes every time.

Skipped where WeasyPrint or Pango is missing, but not in CI.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from arena_cli.language import Language, load_language
from arena_cli.render import as_file
from arena_cli.render.pdf import NoPango, NoPdfHere, as_pdf
from arena_cli.render.text import visible
from tests.conftest import Arena
from tests.hostile import hostile_projects, steering
from tests.reports import EDITION, failing_report, small_report

SWEDISH, ENGLISH = load_language("sv"), load_language("en")


@pytest.fixture
def can_draw() -> None:
    try:
        as_pdf("<p>x</p>")
    except (NoPdfHere, NoPango) as missing:
        if os.environ.get("CI"):
            pytest.fail("there is no WeasyPrint or no Pango in CI")
        pytest.skip(type(missing).__name__)


@cache
def small(language: Language) -> bytes:
    return as_file(small_report(), "pdf", language, EDITION)


def tags(element: object) -> Iterator[str]:
    """The kinds of all elements of a tagged PDF, in its order of reading."""
    if isinstance(element, IndirectObject):
        element = element.get_object()
    if isinstance(element, list):
        for part in element:
            yield from tags(part)
    elif isinstance(element, DictionaryObject):
        if "/S" in element:
            yield str(element["/S"])
        yield from tags(element.get("/K"))


@pytest.mark.parametrize("language", [SWEDISH, ENGLISH], ids=lambda language: language.code)
def test_it_is_tagged_and_in_its_language(can_draw: None, language: Language) -> None:
    reader = PdfReader(BytesIO(small(language)))
    root: Any = reader.root_object
    assert str(root["/Lang"]) == language.code
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    kinds = list(tags(root["/StructTreeRoot"]["/K"]))
    assert kinds.count("/H1") == 1
    html = as_file(small_report(), "html", language, EDITION)
    assert kinds.count("/Table") >= html.count(b"<table>") > 20  # one that goes over a page is tagged in parts
    assert {"/H2", "/P", "/TH", "/TD", "/Caption", "/LI"} <= set(kinds)
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith(language.text("Monthly report {month}", month=""))


def words(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_page_is_a4_and_says_what_it_is(can_draw: None) -> None:
    pages = PdfReader(BytesIO(as_file(failing_report(), "pdf", ENGLISH, EDITION))).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]
        text = page.extract_text()
        assert f"{number} ({len(pages)})" in text
        assert "DOES NOT RECONCILE" in text


def test_it_says_what_the_page_says(can_draw: None) -> None:
    text = words(small(SWEDISH))
    for said in ("INTERN – för mötet", "Månadsrapport oktober 2016", "1 207", "Hela projektet", "senast registrerat"):
        assert said.casefold() in text.casefold()


def test_the_same_data_give_the_same_bytes_in_another_process(can_draw: None) -> None:
    program = "import hashlib\nfrom tests.test_pdf import *\nprint(hashlib.sha256(small(ENGLISH)).hexdigest())"
    environ = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == hashlib.sha256(small(ENGLISH)).hexdigest()


def test_hostile_names_are_text(can_draw: None) -> None:
    project = next(hostile_projects())
    content = as_file(small_report(project), "pdf", ENGLISH, EDITION)
    reader = PdfReader(BytesIO(content))
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    for name in (project.name, project.owner, *(step.name for step in project.steps)):
        assert re.sub(r"\W", "", visible(name)) in re.sub(r"\W", "", text)
    assert not steering(text)
    assert not re.search(rb"/(JavaScript|JS|Launch|OpenAction|AA|EmbeddedFile)\b", content)
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", ())]
    assert all("/URI" not in link.get("/A", {}) for link in links)


def test_nothing_is_fetched(can_draw: None, tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("@page { size: 100mm 100mm }")
    page = f'<link rel="stylesheet" href="{secret.as_uri()}"><img src="{secret.as_uri()}"><p>x</p>'
    assert round(float(PdfReader(BytesIO(as_pdf(page))).pages[0].mediabox[2]) * 25.4 / 72) == 210


@pytest.mark.parametrize(("missing", "said"), [(ImportError, "arena-cli[pdf]"), (OSError, "libpango-1.0-0")])
def test_where_it_cannot_be_made_the_way_is_told_and_nothing_is_written(
    project: Arena, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: type[Exception], said: str
) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name.startswith("weasyprint"):
                raise missing

    for name in [name for name in sys.modules if name.startswith("weasyprint")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    refused = project("report", "--month", "2016-10", "--format", "html,pdf", "--out", "out")
    assert (refused.code, refused.out) == (7, "")
    assert said in refused.err
    assert not (tmp_path / "out").exists()


def test_a_report_in_own_templates_is_a_pdf_too(can_draw: None, tmp_path: Path) -> None:
    (tmp_path / "report.html.j2").write_text("<title>t</title><p>Mine: {{ page.title }}</p>", encoding="utf-8")
    edition = replace(EDITION, templates=tmp_path)
    assert words(as_file(small_report(), "pdf", ENGLISH, edition)) == "Mine: Monthly report October 2016"
