"""Reports for the public from the command line: of both demos, in every form, in both languages, month after month."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

import pytest
from openpyxl import load_workbook

from arena_cli.demo import make_demo, read_parameters
from arena_cli.render.public import HIDDEN
from tests.conftest import Arena, make_world

DEMOS: Final = {"integrationsprojekt": ("2016-08", "2016-09", "2016-10"), "oppen-arena": ("2018-09", "2018-11")}
LATER: Final = make_world(datetime(2019, 6, 15, 10, 0, tzinfo=UTC))
K: Final = 5

Figures = dict[tuple[str, str, str, str], int | None]


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("demos")
    for name in DEMOS:
        make_demo(folder / f"{name}.db", read_parameters(name))
    return {name: folder / f"{name}.db" for name in DEMOS}


@dataclass(frozen=True)
class Public:
    """A demo whose months are published one after the other."""

    arena: Arena
    months: tuple[str, ...]

    def __call__(self, month: str, *arguments: str, language: str = "sv", forms: str = "json") -> str:
        told = self.arena(
            *("report", "--month", month, "--audience", "public", "--lang", language),
            *("--format", forms, "--out", "ut", "--quiet", *arguments),
            world=LATER,
        )
        assert (told.code, told.out) == (0, "")
        return told.err

    def refused(self, month: str) -> str:
        told = self.arena("report", "--month", month, "--audience", "public", "--out", "ut", world=LATER)
        assert told.code == 5
        return told.err


@pytest.fixture(params=DEMOS)
def public(request: pytest.FixtureRequest, demos: dict[str, Path], arena: Arena, tmp_path: Path) -> Public:
    copyfile(demos[request.param], tmp_path / "arena.db")
    return Public(arena, DEMOS[request.param])


@pytest.fixture
def first(demos: dict[str, Path], arena: Arena, tmp_path: Path) -> Public:
    copyfile(demos["integrationsprojekt"], tmp_path / "arena.db")
    return Public(arena, DEMOS["integrationsprojekt"])


def figures(text: str) -> Figures:
    found = {}
    for row in json.loads(text)["figures"]:
        measure = row["measure"] if "measure" in row else f"{row['from']}>{row['to']}"
        assert ("hidden" in row) is (row["value"] is None)
        found[row["section"], measure, row["municipality"], row["sex"]] = row["value"]
    return found


def exact(public: Public, month: str) -> Figures:
    return figures(public.arena("report", "--month", month, "--format", "json", "--force", world=LATER).out)


class Cells(HTMLParser):
    """What a page's table cells say, and whether there is anything in it that a number could be read from."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.active: set[str] = set()
        self._is_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_cell = tag == "td"
        if self._is_cell:
            self.cells.append("")
        if tag in {"svg", "script", "title" if self.cells else "", "desc"}:
            self.active.add(tag)
        self.active |= {name for name, _ in attrs if name.startswith(("data-", "on")) or name in {"title", "style"}}

    def handle_endtag(self, tag: str) -> None:
        self._is_cell = self._is_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.cells[-1] += data


def test_no_form_has_a_number_that_is_hidden(public: Public) -> None:
    *earlier, month = public.months
    for one in earlier:
        public(one)
    path = Path("ut", f"rapport-{month}")
    for language in ("sv", "en"):
        public(month, language=language, forms="md,html,json,csv,xlsx")
        told = figures(path.with_name(f"{path.name}.json").read_text())
        shown = {value for value in told.values() if value is not None}
        assert not shown.intersection(range(1, K))
        _check_figures(told, exact(public, month))
        assert _of_csv(path.with_name(f"{path.name}.csv")) == [*told.values()]
        page = Cells(path.with_name(f"{path.name}.{language}.html").read_text())
        assert not page.active
        _check_numbers(page.cells, shown)
        _check_numbers(_of_markdown(path.with_name(f"{path.name}.{language}.md")), shown)
        _check_numbers(_of_workbook(path.with_name(f"{path.name}.{language}.xlsx")), shown)
        assert HIDDEN in page.cells


def _check_figures(told: Figures, true: Figures) -> None:
    """Every figure of the internal report is known here, and is as there or hidden; what is not known is hidden."""
    assert set(true) <= set(told)
    wrong = {key for key, value in told.items() if value is not None and value != true.get(key, 0)}
    assert not wrong


def _check_numbers(cells: list[str], shown: set[int]) -> None:
    """The cells of the tables have nothing but what is shown, and shares of it."""
    for cell in cells:
        text = cell.replace("\xa0", "").replace(",", "")
        if text.isdecimal():
            assert int(text) in shown
        else:
            assert text in {"", "–", HIDDEN} or re.fullmatch(r"(under |över |over )?[0-9]+ ?%", text), cell


def _of_csv(path: Path) -> list[int | None]:
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";")
    return [None if row["hidden"] == "true" else int(row["value"]) for row in rows]


def _of_markdown(path: Path) -> list[str]:
    lines = [line for line in path.read_text().splitlines() if line.startswith("|") and "---" not in line]
    found = [cell.strip(" *") for line in lines for cell in line.strip("|").split("|")[1:]]
    return [cell for cell in found if not cell[:1].isalpha()]


def _of_workbook(path: Path) -> list[str]:
    book = load_workbook(path)
    values: Iterator[Any] = (cell.value for sheet in book for row in sheet.iter_rows(min_col=2) for cell in row)
    return [str(value) for value in values if isinstance(value, int)]


def test_numbers_of_two_months_differ_by_nothing_or_by_enough(public: Public) -> None:
    last: dict[object, int] = {}
    for month in public.months:
        public(month)
        told = figures(Path("ut", f"rapport-{month}.json").read_text())
        since_start = {key: value for key, value in told.items() if key[1] in {"participants", "left", "intake_total"}}
        for key, value in since_start.items():
            if value is not None and value - last.get(key, 0):
                assert value - last.get(key, 0) >= K, key
                last[key] = value


def test_the_same_is_public_in_each_language_and_selection(first: Public) -> None:
    month = first.months[0]
    first(month)
    told = figures(Path("ut", f"rapport-{month}.json").read_text())
    first(month, language="en")
    assert figures(Path("ut", f"rapport-{month}.json").read_text()) == told
    first(month, "--municipality", "Krokom")
    chosen = figures(Path("ut", f"rapport-{month}.2309.json").read_text())
    assert chosen == {key: value for key, value in told.items() if key[2] in {"2309", "all"}}
    assert first(month, "--if-changed") == ""


def test_of_one_municipality_the_sentences_say_that_they_are_about_the_project(first: Public) -> None:
    words = ("report", "--month", first.months[0], "--audience", "public")
    assert "These sentences are about" not in first.arena(*words, world=LATER).out
    one = first.arena(*words, "--municipality", "Krokom", world=LATER).out
    assert "\nThese sentences are about the whole project.\n" in one


def test_how_much_is_hidden_is_told(first: Public) -> None:
    told = first.arena("report", "--month", "2016-10", "--audience", "public", "--out", "ut", world=LATER)
    assert re.search(
        r"Hidden: \d+ of the 76 figures that public reports are about \(\d+ %\), each counted once: ", told.err
    )
    assert told.out == "ut/rapport-2016-10.en.md\n"


def test_figures_for_the_public_are_those_that_a_public_report_has_shown(first: Public) -> None:
    exporting = ("export", "figures", "f.json", "--audience", "public", "--replace", "--month")
    *_, before, month = first.months
    refused = first.arena(*exporting, month, world=LATER)
    assert (refused.code, refused.out, Path("f.json").exists()) == (4, "", False)
    assert f"`arena report --month {month} --audience public" in refused.err
    for each in (before, month):
        first(each)
    assert first.arena(*exporting, before, "--to", month, world=LATER).code == 0
    exported = json.loads(Path("f.json").read_text())["rows"]
    found = {(row["month"], row["address"]): row["value"] for row in exported}
    expected = {}
    for each in (before, month):
        (path,) = (path for path in Path("ut").glob(f"*{each}*.json") if "manifest" not in path.name)
        for figure in json.loads(path.read_text())["figures"]:
            measure = figure.get("measure") or f"{figure['from']}>{figure['to']}"
            expected[each, f"{figure['section']}/{measure}/{figure['municipality']}/{figure['sex']}"] = figure["value"]
    assert found == expected
    assert {row["remark"] for row in exported if row["value"] is None} == {"hidden"}
    assert 0 < sum(value is None for value in found.values()) < len(found)
    assert first.arena(*exporting, month, "--municipality", "Krokom", world=LATER).code == 0
    places = {row["municipality"] for row in json.loads(Path("f.json").read_text())["rows"]}
    assert places == {"2309", "all"}
    records = ("export", "targets", "targets.json", "--audience", "public")
    assert (first.arena(*records, world=LATER).code, Path("targets.json").exists()) == (2, False)


def test_what_is_not_delivered_is_a_preview(first: Public) -> None:
    told = first.arena("report", "--month", "2016-10", "--audience", "public", world=LATER)
    assert told.out.startswith("# Monthly report October 2016\n\n**PREVIEW – not to be passed on")
    head = first.arena("report", "--month", "2016-10", "--audience", "public", "--format", "json", world=LATER).out
    assert json.loads(head)["preview"] is True
    assert first.arena("list-reports", "--json", world=LATER).out == "[]\n"


def test_a_month_before_one_that_is_public_is_refused(first: Public) -> None:
    first("2016-09")
    assert first.refused("2016-08").startswith("There is a public report of 2016-09 already, and none of 2016-08")
    first("2016-10")
    before = Path("ut", "rapport-2016-09.json").read_bytes()
    first("2016-09")
    assert Path("ut", "rapport-2016-09.json").read_bytes() == before


def test_what_has_changed_by_a_few_is_hidden_and_no_reason_for_a_new_report(first: Public) -> None:
    first("2016-09", "--if-changed")
    before = figures(Path("ut", "rapport-2016-09.json").read_text())
    participants = ("persons", "participants", "all", "all")
    added = first.arena("add-participant", "--municipality", "Krokom", "--date", "2016-09-12", "--sex", "woman",
                        world=LATER)  # fmt: skip
    assert added.code == 0
    assert exact(first, "2016-09")[participants] == (before[participants] or 0) + 1
    first("2016-09", "--if-changed")
    assert figures(Path("ut", "rapport-2016-09.json").read_text()) == before
    first("2016-09")
    after = figures(Path("ut", "rapport-2016-09.json").read_text())
    assert after[participants] is None
    assert {key for key in after if after[key] is not None} < {key for key in before if before[key] is not None}
    assert not [key for key, value in after.items() if value is not None and before[key] not in {None, value}]


def test_the_manifest_counts_nothing_that_was_registered(first: Public) -> None:
    first("2016-10")
    manifest = json.loads(Path("ut", "rapport-2016-10.sv.manifest.json").read_text())
    assert manifest["audience"] == "public"
    assert set(manifest["journal"]) == {"hash"}


def test_a_public_report_is_sent_and_printed_again_as_delivered(first: Public) -> None:
    first("2016-10", forms="html")
    (delivered,) = json.loads(first.arena("list-reports", "--json", world=LATER).out)
    again = first.arena("report", "--as-delivered", str(delivered["id"]), world=LATER).out
    assert again == Path("ut", "rapport-2016-10.sv.html").read_text()


def test_a_list_that_was_just_taken_in_is_no_hindrance(project: Arena) -> None:
    """The journal then ends with many records in one link."""
    rows = "".join(f"a{number};Krokom;2016-09-05\n" for number in range(3))
    Path("list.csv").write_text(f"ref;kommun;inskriven\n{rows}", encoding="utf-8")
    assert project("import", "list.csv").code == 0
    assert project("report", "--month", "2016-09", "--audience", "public").code == 0
