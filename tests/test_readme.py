"""The README does what it says: its first day is run line by line, in an empty folder, against the real program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import dev
from arena_cli.cli.index import PANELS
from tests.conftest import run_process

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

BLOCK = re.compile(r"^```(?P<kind>console|csv)(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
EXCHANGE = re.compile(r"^\$ (?P<command>.+)\n(?P<answer>(?:(?!\$ ).*\n)*)", re.MULTILINE)
CODE = re.compile(r"\b(?=[0-9-]*[A-Z])[0-9A-Z]{4}-[0-9A-Z]{2}\b")


def answer_to(command: str, folder: Path) -> str:
    """What the program prints where nobody is at the keyboard; it must end well."""
    program, *arguments = shlex.split(command)
    assert program == "arena"
    ran = run_process(*arguments, cwd=folder, HOME=str(folder), ARENA_DB="")
    assert ran.code == 0, ran.err
    return ran.err + ran.out


def as_pattern(expected: str) -> str:
    """The README's answer as a regular expression, in which three dots stand for anything."""
    return re.escape(expected).replace(r"\.\.\.", "(?s:.*)")


def test_the_first_day_goes_as_it_is_written(tmp_path: Path) -> None:
    codes: dict[str, str] = {}  # in the README -> given this time
    commands = 0
    for block in BLOCK.finditer(README):
        if block["kind"] == "csv":
            (tmp_path / block["name"]).write_text(block["text"], encoding="utf-8")
            continue
        for exchange in EXCHANGE.finditer(block["text"]):
            command = CODE.sub(lambda written: codes[written[0]], exchange["command"])
            actual = answer_to(command, tmp_path)
            for written, given in zip(CODE.findall(exchange["answer"]), CODE.findall(actual), strict=False):
                codes.setdefault(written, given)
            expected = CODE.sub(lambda written: codes[written[0]], exchange["answer"])
            assert re.fullmatch(as_pattern(expected), actual), f"$ {command}\n{actual}"
            commands += 1
    assert commands > 8


def test_every_command_it_names_exists() -> None:
    commands = {name for panel in PANELS for name in panel.commands}
    assert set(re.findall(r"`(?:\$ )?arena ([a-z][a-z-]+)", README)) <= commands
    assert set(re.findall(r"python3 dev\.py ([a-z]+)", README)) <= set(dev.TASKS)


def test_every_file_it_refers_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
