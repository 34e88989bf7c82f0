"""Plays what stands in a document: every command in it, in a folder, against the real program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.conftest import Ran, run_process

BLOCK = re.compile(r"^```(?P<kind>console|csv|cron)(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
EXCHANGE = re.compile(r"^\$ (?P<command>.+)\n(?P<answer>(?:(?!\$ ).*\n)*)", re.MULTILINE)
CODE = re.compile(r"\b(?=[0-9-]*[A-Z])[0-9A-Z]{4}-[0-9A-Z]{2}\b")
CRON = re.compile(r"^(?P<when>\S+ \S+ \S+ \S+ \S+) +cd (?P<folder>\S+) && (?P<command>.+)$", re.MULTILINE)

SOMETHING_TO_DO = 8
SAYING_SO = frozenset({"due", "doctor"})
"""The commands that end with it when there is; all is well with them too."""


def answer_to(command: str, folder: Path, language: str) -> Ran:
    """What the program says where nobody is at the keyboard; it must end well."""
    program, *arguments = shlex.split(command)
    assert program == "arena"
    ran = run_process(*arguments, cwd=folder, HOME=str(folder), ARENA_DB="", ARENA_LANG=language)
    is_told = arguments[0] in SAYING_SO and ran.code == SOMETHING_TO_DO
    assert ran.code == 0 or is_told, f"$ {command}\n{ran.err}"
    return ran


def as_pattern(expected: str) -> str:
    """A written answer as a regular expression, in which three dots stand for anything."""
    return re.escape(expected).replace(r"\.\.\.", "(?s:.*)")


def play(document: str, folder: Path, language: str = "en") -> list[str]:
    """Run the commands of a document in their order and hold their answers against what is written.

    A list in it is written to its file beforehand; a code in an answer stands for the one that is given this time.
    What cron would run must print nothing but what is due. Returns the commands.
    """
    codes: dict[str, str] = {}  # in the document -> given this time
    played = []
    blocks = list(BLOCK.finditer(document))
    for block in blocks:
        if block["kind"] == "csv":
            (folder / block["name"]).write_text(block["text"], encoding="utf-8")
    for block in blocks:
        for job in CRON.finditer(block["text"]) if block["kind"] == "cron" else ():
            ran = answer_to(job["command"], folder, language)
            assert "due" in job["command"] or (ran.out, ran.err) == ("", ""), job["command"]
            played.append(job["command"])
        for exchange in EXCHANGE.finditer(block["text"]) if block["kind"] == "console" else ():
            command = CODE.sub(lambda written: codes[written[0]], exchange["command"])
            ran = answer_to(command, folder, language)
            actual = ran.err + ran.out
            for written, given in zip(CODE.findall(exchange["answer"]), CODE.findall(actual), strict=False):
                codes.setdefault(written, given)
            expected = CODE.sub(lambda written: codes[written[0]], exchange["answer"])
            assert re.fullmatch(as_pattern(expected), actual), f"$ {command}\n{actual}"
            played.append(command)
    return played
