"""`arena report`: which month, which form, where to, and when not."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena_cli.figures import stock_flow
from arena_cli.figures.table import Scope, Table
from arena_cli.model import Month
from arena_cli.store import Store
from tests.conftest import Arena, make_world, run_process


def month_of(arena: Arena, *arguments: str, now: datetime | None = None) -> str:
    world = make_world(now) if now else None
    said = arena("report", "--format", "json", *arguments, world=world)
    assert said.code == 0, said.err
    return str(json.loads(said.out)["month"])


@pytest.mark.parametrize(
    ("arguments", "month"),
    [
        ([], "2016-09"),
        (["--month"], "2016-09"),
        (["--month", "last"], "2016-09"),
        (["--month", "this"], "2016-10"),
        (["--month", "2016-10"], "2016-10"),
        (["--month=2015-09"], "2015-09"),
        (["--month", "--lang", "sv"], "2016-09"),
    ],
)
def test_a_month_that_is_not_given_is_the_last_complete_one(
    project: Arena, code: str, arguments: list[str], month: str
) -> None:
    assert month_of(project, *arguments) == month


def test_the_month_changes_at_midnight_in_sweden(project: Arena) -> None:
    assert month_of(project, now=datetime(2016, 10, 31, 22, 59, tzinfo=UTC)) == "2016-09"
    assert month_of(project, now=datetime(2016, 10, 31, 23, 1, tzinfo=UTC)) == "2016-10"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--month", "2016-13"], 2, "--month: That is no month."),
        (["--month", "october"], 2, "--month: That is no month."),
        (["--month", "2016-10-01"], 2, "--month: That is no month."),
        (["--month", "2016-11"], 5, "2016-11 has not begun."),
        (["--month", "2015-08"], 4, "There is nothing to report for 2015-08: the project starts on 2015-09-01."),
        (["--month", ""], 2, "--month: That is no month."),
        (["--format", ""], 2, "There is no such format."),
        (["--format", "docx"], 2, "There is no such format. Choose among: md, html, pdf, xlsx, json, csv."),
        (["--format", "md,html"], 2, "Several formats need a folder: add --out FOLDER."),
        (["--audience", "everybody"], 2, "There is no such audience. Choose one of: meeting, public."),
        (["--audience", "public", "--month", "this", "--out", "x"], 5, "2016-10 has not ended, and what is public"),
        (["--municipality", "Falun"], 4, 'The project has no municipality "Falun".'),
        (["--templates", "nowhere"], 4, "There is no folder nowhere"),
    ],
)
def test_a_report_that_cannot_be_is_refused(
    project: Arena, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    refused = project("report", "--quiet", *arguments)
    assert (refused.code, refused.out) == (code, "")
    assert refused.err.startswith(said)
    assert {path.name for path in tmp_path.iterdir()} - {".arena.report-lock"} == {"arena.db"}


def test_markdown_goes_to_stdout_and_the_month_is_said_on_stderr(project: Arena, code: str) -> None:
    said = project("report")
    assert said.out.startswith("#")
    assert said.err == "2016-09, the last complete month; --month chooses another.\n"
    assert project("report", "--month", "last").err == ""
    current = project("report", "--month", "this")
    assert current.err == "2016-10 has not ended: the figures are preliminary.\n"
    assert "PRELIMINARY" in current.out


def test_the_same_data_give_the_same_bytes_but_for_the_line_that_says_when(project: Arena, code: str) -> None:
    first = project("report", "--month", "2016-10").out.splitlines()
    later = project("report", "--month", "2016-10", world=make_world(datetime(2016, 12, 1, tzinfo=UTC)))
    differing = [line for line in first if line not in later.out.splitlines()]
    assert "Made 2016-10-20 12:00" in differing
    stamps = ["PRELIMINARY", "The month has not ended", "Fingerprint", "Made"]  # that month has not ended then
    assert all(stamp in line for stamp, line in zip(stamps, differing, strict=True))
    stamped = {"world": make_world(SOURCE_DATE_EPOCH="1475000000")}
    assert "Made 2016-09-27 20:13" in project("report", "--month", "2016-10", **stamped).out
    assert project("report", world=make_world(SOURCE_DATE_EPOCH="yesterday")).code == 2
    assert project("report", world=make_world(SOURCE_DATE_EPOCH="9" * 30)).code == 2


def test_a_project_that_has_ended_is_said_to_have(project: Arena) -> None:
    said = project("report", world=make_world(datetime(2018, 7, 1, tzinfo=UTC)))
    assert said.code == 0
    assert "The project ended on 2018-03-31: its last month is --month 2018-03." in said.err


def test_files_are_written_and_their_paths_printed(project: Arena, code: str, tmp_path: Path) -> None:
    said = project("report", "--month", "2016-10", "--format", "md, HTML,json,csv,md", "--out", "out/reports")
    assert said.code == 0, said.err
    paths = [tmp_path / line for line in said.out.splitlines()]
    assert [path.name for path in paths] == [
        "rapport-2016-10.intern.en.md",
        "rapport-2016-10.intern.en.html",
        "rapport-2016-10.intern.json",
        "rapport-2016-10.intern.csv",
    ]
    manifest = tmp_path / "out" / "reports" / "rapport-2016-10.intern.en.manifest.json"
    assert sorted([*paths, manifest]) == sorted((tmp_path / "out" / "reports").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o644}  # the user's umask, not the process's
    one = project("report", "--month", "2016-10", "--municipality", "Åre", "--municipality", "2309", "--out", "out")
    assert one.out == str(Path("out", "rapport-2016-10.2309-2321.intern.en.md")) + "\n"


def test_quiet_says_nothing_when_all_is_well(project: Arena, tmp_path: Path) -> None:
    said = project("report", "--quiet", "--out", "out")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert len(list((tmp_path / "out").glob("*.md"))) == 1
    printed = project("report", "--quiet")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out.startswith("# Monthly report September 2016")


def test_a_folder_that_cannot_be_written_leaves_the_earlier_report(project: Arena, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = project("report", "--out", "file")
    assert (refused.code, refused.out) == (7, "")
    assert "cannot be written" in refused.err
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_full_disk_leaves_the_earlier_report(project: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (written,) = project("report", "--out", "out").out.splitlines()
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert tmp_path / written in before
    words = ("--municipality", "Åre", "--date", "2016-09-10", "--sex", "man")
    assert project("add-participant", *words).code == 0

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    refused = project("report", "--out", "out", world=make_world(datetime(2016, 10, 25, tzinfo=UTC)))
    assert refused.code == 7
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.fixture
def contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    """A count that is wrong by one."""
    counted = stock_flow.build

    def miscounted(store: Store, month: Month, scope: Scope) -> Table:
        table = counted(store, month, scope)
        values = dict(table.values)
        values["closing", "2309", "women"] += 1
        return replace(table, values=values)

    monkeypatch.setattr(stock_flow, "build", miscounted)


def test_a_report_that_does_not_reconcile_is_not_written(
    project: Arena, code: str, contradiction: None, tmp_path: Path
) -> None:
    refused = project("report", "--month", "2016-10", "--out", "out")
    assert (refused.code, refused.out) == (3, "")
    assert "do not reconcile: " in refused.err
    assert "stock_flow" in refused.err
    assert not (tmp_path / "out").exists()


def test_force_prints_it_stamped(project: Arena, code: str, contradiction: None) -> None:
    forced = project("report", "--month", "2016-10", "--force")
    assert forced.code == 0
    assert "DOES NOT RECONCILE" in forced.out
    assert "The figures do not reconcile; the report is marked so." in forced.err


def test_a_csv_that_does_not_reconcile_says_so_in_its_name(
    project: Arena, code: str, contradiction: None, tmp_path: Path
) -> None:
    forced = project("report", "--month", "2016-10", "--force", "--quiet", "--format", "csv", "--out", "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "rapport-2016-10.not-reconciling.intern.csv",
        "rapport-2016-10.not-reconciling.intern.en.manifest.json",
    }
    assert forced.err == "The figures do not reconcile; the report is marked so.\n"
    printed = project("report", "--month", "2016-10", "--force", "--format", "csv")
    assert "a CSV has nowhere to say so" in printed.err


def test_templates_of_ones_own_go_before_the_built_in_ones(
    project: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.md.j2").write_text("Mine: {{ page.title }}\n")
    said = project("report", "--month", "2016-09", "--templates", "mine")
    assert said.code == 0, said.err
    assert said.out == "Mine: Monthly report September 2016\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert project("report", "--month", "2016-09", "--templates", "mine").out == said.out
    (tmp_path / "mine" / "raport.md.j2").write_text("")
    refused = project("report", "--month", "2016-09", "--templates", "mine")
    assert (refused.code, refused.out) == (4, "")
    assert "raport.md.j2 is not the name of any template. The names are: " in refused.err


def test_a_terminal_gets_the_report_drawn(project: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    drawn = project("report", "--month", "2016-09")
    assert drawn.code == 0, drawn.err
    assert not drawn.out.startswith("#")
    assert "Monthly report September 2016" in drawn.out
    assert project("report", "--month", "2016-09", "--format", "md").out.startswith("#")


def test_a_report_for_a_machine_is_utf_8_whatever_the_console_is(project: Arena, tmp_path: Path) -> None:
    said = run_process("report", "--month", "2016-10", "--lang", "sv", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert "Månadsrapport" in said.out


def test_who_takes_a_list_out_registers_nothing(project: Arena, code: str) -> None:
    later = make_world(datetime(2016, 11, 5, 10, 0, tzinfo=UTC))
    before = project("report", "--month", "2016-10", world=later).out
    taken = project("export", "spells", "spells.csv", "--purpose", "a control", world=later)
    assert (taken.code, code in Path("spells.csv").read_text(encoding="utf-8-sig")) == (0, True)
    after = project("report", "--month", "2016-10", world=later).out
    assert "- Last registered: 20 October 2016\n" in before
    assert "- Last registered: 20 October 2016\n" in after
