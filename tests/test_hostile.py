"""Names that try to be more than text, in every field that is shown, come out as text: in every form and every list."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from rich.console import Console

from arena_cli.cli.index import PANELS
from arena_cli.cli.output import printable
from arena_cli.language import load_language
from arena_cli.model import Project
from arena_cli.render import as_file, draw, render
from arena_cli.render.text import visible
from arena_cli.store import Store
from tests.conftest import Arena
from tests.hostile import HOSTILE, hostile_projects, project_called, steering, write_file
from tests.reports import EDITION, small_report
from tests.test_render import Skeleton, markdown_skeleton, markdown_words

ENGLISH = load_language("en")
PROJECTS = tuple(hostile_projects())


def test_there_are_sixty_and_the_projects_have_them_all() -> None:
    assert len(set(HOSTILE)) >= 60
    assert {name for project in PROJECTS for name in names_of(project)} == set(HOSTILE)


def names_of(project: Project) -> list[str]:
    """What a report in English calls things."""
    return [
        project.name_en,
        project.owner,
        *(municipality.short_name for municipality in project.municipalities),
        *(step.name_en for step in project.steps),
        *(destination.name_en for destination in project.destinations),
        *(activity.name_en for activity in project.activities),
    ]


@cache
def harmless() -> Project:
    return project_called(*(f"Name{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def missing(project: Project, words: str, harmless_words: str) -> list[str]:
    """The names that are not shown though another name in their place is."""
    pairs = zip(names_of(project), names_of(harmless()), strict=True)
    return [name for name, other in pairs if other in harmless_words and visible(name) not in words]


# -- the report -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("project", PROJECTS, ids=range(len(PROJECTS)))
def test_in_markdown(project: Project) -> None:
    text, plain = (render(small_report(p), "md", ENGLISH, EDITION) for p in (project, harmless()))
    assert sorted(markdown_skeleton(text)) == sorted(markdown_skeleton(plain))
    assert missing(project, markdown_words(text), markdown_words(plain)) == []
    assert not steering(text)


@pytest.mark.parametrize("project", PROJECTS, ids=range(len(PROJECTS)))
def test_in_html(project: Project) -> None:
    text, plain = (render(small_report(p), "html", ENGLISH, EDITION) for p in (project, harmless()))
    page, plain_page = Skeleton(text), Skeleton(plain)
    assert shape(page) == shape(plain_page)
    assert missing(project, "\n".join(page.words), "\n".join(plain_page.words)) == []
    assert not steering(text)


def shape(page: Skeleton) -> Counter[str]:
    """The elements with their attributes' names, and the values of those that lead somewhere or do something."""
    telling = {"href", "src", "style", "class"}
    return Counter(
        f"{tag} {[(name, value if name in telling else '') for name, value in attributes]}"
        for tag, attributes in page.tags
        if isinstance(attributes, list)
    ) + Counter(f"{tag} {rest}" for tag, rest in page.tags if not isinstance(rest, list))


@pytest.mark.parametrize("project", PROJECTS, ids=range(len(PROJECTS)))
def test_in_a_workbook(project: Project) -> None:
    book, plain = (
        load_workbook(io.BytesIO(as_file(small_report(p), "xlsx", ENGLISH, EDITION)), rich_text=True)
        for p in (project, harmless())
    )
    assert len(book.worksheets) == len(plain.worksheets)
    texts: list[str] = []
    same_texts: list[str] = []
    for sheet, same_sheet in zip(book.worksheets, plain.worksheets, strict=True):
        cells, same_cells = ([cell for row in s.rows for cell in row] for s in (sheet, same_sheet))
        assert Counter(kind_of(cell) for cell in cells) == Counter(kind_of(cell) for cell in same_cells)
        assert "f" not in {cell.data_type for cell in cells}
        texts += (cell.value for cell in cells if isinstance(cell.value, str))
        same_texts += (cell.value for cell in same_cells if isinstance(cell.value, str))
        targets = [cell.hyperlink for cell in cells if isinstance(cell, Cell) and cell.hyperlink]
        assert all(target.target is None and target.location for target in targets)
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.right.text == "&P (&N)"
    said = "\n".join(texts).replace("_x005F_", "_")  # how a workbook writes an underscore that could be read wrongly
    assert missing(project, said, "\n".join(same_texts)) == []
    assert not steering("".join(texts))


def kind_of(cell: object) -> tuple[object, object]:
    return getattr(cell, "data_type", ""), getattr(cell, "number_format", "")


@pytest.mark.parametrize("project", PROJECTS, ids=range(len(PROJECTS)))
def test_drawn_on_a_terminal(project: Project) -> None:
    text, plain = map(drawn, (project, harmless()))
    assert missing(project, text, plain) == []
    assert not steering(text)


def drawn(project: Project) -> str:
    terminal = io.StringIO()
    draw(small_report(project), ENGLISH, EDITION, Console(file=terminal, width=1000, color_system=None))
    return terminal.getvalue()


# -- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which everything that can have a name has one of these."""
    file = tmp_path_factory.mktemp("hostile") / "hostile.db"
    write_file(file)
    return file


OCTOBER = ("--month", "2016-10")
ARGUMENTS: dict[str, tuple[str, ...]] = {"list-hours": OCTOBER}
LISTS = [name for panel in PANELS for name in panel.commands if name.startswith("list-")] + ["due"]
WITH_ALL_NAMES = {
    "list-participants",
    "list-municipalities",
    "list-steps",
    "list-destinations",
    "list-referrals",
    "list-activities",
    "list-places",
    "list-hours",
    "list-waiting",
    "list-changes",
    "list-notes",
    "list-decisions",
}


BOLD = re.compile("\x1b\\[(1|0)m")
"""All that a list does to a terminal: its headings are bold."""


def sit_at(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> None:
    """Be before a wide terminal, or behind a pipe."""
    monkeypatch.setenv("COLUMNS", "2000")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)


@pytest.mark.parametrize("command", LISTS)
@pytest.mark.parametrize("on_terminal", [False, True], ids=["piped", "terminal"])
def test_in_a_list(
    command: str, hostile_file: Path, arena: Arena, monkeypatch: pytest.MonkeyPatch, on_terminal: bool
) -> None:
    sit_at(monkeypatch, terminal=on_terminal)
    said = arena(command, "--db", str(hostile_file), *ARGUMENTS.get(command, ()))
    assert said.code in {0, 8}, said.err
    assert not steering(BOLD.sub("", said.out) + said.err)
    lines = " ".join(said.out.split())
    absent = [name for name in HOSTILE if " ".join(printable(name).split()) not in lines]
    assert absent == [] or command not in WITH_ALL_NAMES


@pytest.mark.parametrize("command", LISTS)
def test_in_a_list_for_a_program(command: str, hostile_file: Path, arena: Arena) -> None:
    said = arena(command, "--db", str(hostile_file), *ARGUMENTS.get(command, ()), "--json")
    assert said.code in {0, 8}, said.err
    assert not steering(said.out)
    data = json.loads(said.out)
    kept = set(strings(data))
    assert kept.issuperset(HOSTILE) or not any(name in kept for name in HOSTILE)


def strings(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for part in parts for text in strings(part)]


@pytest.mark.parametrize("on_terminal", [False, True], ids=["piped", "terminal"])
def test_in_what_is_shown_of_a_person(
    hostile_file: Path, arena: Arena, monkeypatch: pytest.MonkeyPatch, on_terminal: bool
) -> None:
    sit_at(monkeypatch, terminal=on_terminal)
    with Store.open(hostile_file) as store:
        codes = [(person.code, person.ref) for person in store.participants() if person.ref]
    for code, ref in codes:
        shown = arena("show-participant", code, "--db", str(hostile_file))
        assert shown.code == 0, shown.err
        assert not steering(BOLD.sub("", shown.out))
        assert " ".join(printable(ref).split()) in " ".join(shown.out.split())


def test_in_what_is_said_about_a_name_that_is_not_known(hostile_file: Path, arena: Arena) -> None:
    for name in HOSTILE:
        for words in (("list-participants", "--municipality", f"x{name}"), ("list-participants", "--step", f"x{name}"),
                      ("why", f"x{name}"), ("show-participant", f"x{name}"), (f"x{name}",)):  # fmt: skip
            if "\0" in name:
                continue  # no argument can have it
            said = arena(*words, "--db", str(hostile_file))
            assert said.code in {2, 4}, said.err
            assert not steering(said.out + said.err)


@pytest.mark.parametrize("names", [HOSTILE[start::8] for start in range(8)], ids=range(8))
def test_in_every_report_from_a_file(names: tuple[str, ...], arena: Arena, tmp_path: Path) -> None:
    write_file(tmp_path / "arena.db", names)
    said = arena("report", *OCTOBER, "--format", "md,html,xlsx,json,csv", "--out", "out")
    assert said.code == 0, said.err
    md, html, xlsx, data, table = map(Path, said.out.splitlines())
    texts = [path.read_text(encoding="utf-8-sig") for path in (md, html, data, table)]
    assert not steering("".join(texts))
    assert not {"a", "img", "html_inline", "html_block", "code_inline", "fence", "link_open", "image"} & {
        kind for kind, _ in markdown_skeleton(texts[0])
    }
    assert {tag for tag, _ in Skeleton(texts[1]).tags} == {tag for tag, _ in Skeleton(harmless_page()).tags}
    cells = [cell for sheet in load_workbook(xlsx).worksheets for row in sheet.rows for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert json.loads(texts[2])["month"] == "2016-10"
    assert {len(row) for row in csv.reader(io.StringIO(texts[3]), delimiter=";")} == {7}


def harmless_page() -> str:
    return render(small_report(harmless()), "html", ENGLISH, EDITION)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_project_file_with_such_names_is_taken_as_text_or_refused(name: str, arena: Arena, tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "src" / "arena_cli" / "projects" / "integrationsprojekt.toml").read_text(
        "utf-8"
    )
    quoted = json.dumps(name).replace("\x7f", "\\u007f")
    hostile = re.sub(r'^(name|name_en|owner|description|description_en) = ".*"$', lambda m: f"{m[1]} = {quoted}", text,
                     count=3, flags=re.MULTILINE)  # fmt: skip
    assert hostile != text
    (tmp_path / "own.toml").write_text(hostile, encoding="utf-8")
    started = arena("init", "--project", "own.toml")
    assert started.code in {0, 3}, started.err
    assert not steering(started.out + started.err)
