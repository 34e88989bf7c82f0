"""`arena report --open`: the file is written and shown, or nothing is done."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.conftest import Arena, make_world, run_process

OCTOBER = ("report", "--month", "2016-10", "--open")

with_shell = pytest.mark.skipif(os.name != "posix", reason="the browser of this test is a shell script")


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A program that notes what it is to show."""
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >> "{tmp_path}/shown"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@with_shell
@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ((), "rapport-2016-10.intern.en.html"),
        (("--format", "md,xlsx,html"), "rapport-2016-10.intern.en.html"),
        (("--format", "json,md"), "rapport-2016-10.intern.json"),
    ],
)
def test_the_file_that_a_browser_reads_best_is_shown(
    project: Arena, browser: Path, tmp_path: Path, arguments: tuple[str, ...], shown: str
) -> None:
    said = run_process(*OCTOBER, "--out", "två ord", *arguments, cwd=tmp_path, BROWSER=f"{browser} %s", DISPLAY="")
    assert said.code == 0, said.err
    file = tmp_path / "två ord" / shown
    assert file.is_file()
    assert (tmp_path / "shown").read_text(encoding="utf-8").split() == [file.as_uri()]


def test_a_browser_that_does_not_start_is_told_and_the_file_is_there(
    project: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    told = project(*OCTOBER, "--out", "out", world=make_world(DISPLAY=":0"))
    path = Path("out", "rapport-2016-10.intern.en.html")
    assert (told.code, told.out) == (4, f"{path}\n")
    assert told.err == f"The report is written, but no browser could be started. Open {path} yourself.\n"
    assert (tmp_path / path).is_file()


def test_without_a_screen_nothing_is_done(project: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    refused = project(*OCTOBER, "--out", "out")
    assert (refused.code, refused.out) == (5, "")
    assert refused.err.startswith("There is no screen here on which a browser could show the report")
    assert not (tmp_path / "out").exists()


def test_there_must_be_a_file(project: Arena) -> None:
    refused = project(*OCTOBER)
    assert (refused.code, refused.out, refused.err) == (2, "", "--open shows a file: add --out FOLDER.\n")
