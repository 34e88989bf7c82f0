"""Writes the command reference, docs/commands.md and docs/commands.sv.md, from the help of the commands.

`python3 dev.py docs` runs it.
"""

from __future__ import annotations

import os
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from itertools import chain, repeat
from pathlib import Path
from typing import Final
from unittest.mock import patch

from arena_cli.cli.index import PANELS, headings
from arena_cli.cli.run import run
from arena_cli.cli.world import World
from arena_cli.language import ENGLISH, SWEDISH, Language, load_language

FOLDER: Final = Path(__file__).resolve().parent
FILES: Final = {ENGLISH: FOLDER / "commands.md", SWEDISH: FOLDER / "commands.sv.md"}

TITLES: Final = {ENGLISH: "The commands", SWEDISH: "Kommandona"}
INTRODUCTIONS: Final = {
    ENGLISH: (
        "What `arena COMMAND --help` says, of every command. Made by `python3 dev.py docs`; do not edit it.\n"
        "[På svenska](commands.sv.md). What a command ends with: [exit-codes.md](exit-codes.md)."
    ),
    SWEDISH: (
        "Vad `arena KOMMANDO --help` säger, om varje kommando. Gjord av `python3 dev.py docs`; ändra den inte.\n"
        "[In English](commands.md). Vad ett kommando slutar med: [exit-codes.md](exit-codes.md)."
    ),
}


HEADINGS: Final = {ENGLISH: "| | Command | What it does |", SWEDISH: "| | Kommando | Vad det gör |"}


def reference(language: Language) -> str:
    """The whole reference in a language."""
    parts = [
        f"# {TITLES[language.code]}\n\n{INTRODUCTIONS[language.code]}\n\n{HEADINGS[language.code]}\n|---|---|---|\n"
    ]
    for heading, panels in headings():
        titles = chain([f"**{language.text(heading)}**"], repeat(""))
        parts += (
            f"| {title} | [`{name}`](#{name.replace(' ', '-')}) | {language.text(said)} |\n"
            for title, (name, said) in zip(
                titles, (c for panel in panels for c in panel.commands.items()), strict=False
            )
        )
    commands = (name for panel in PANELS for name in panel.commands)
    parts += (f"\n## {name}\n\n```text\n{help_of(name, language)}```\n" for name in commands)
    return "".join(parts)


def help_of(command: str, language: Language) -> str:
    """What the command says of itself on a terminal of 80 columns."""
    world = World(environ={"ARENA_LANG": language.code}, now=datetime(2016, 10, 20, tzinfo=UTC), actor="", umask=0o022)
    with patch.dict(os.environ, COLUMNS="80"), redirect_stdout(StringIO()) as said:
        code = run([command, "--help"], world)
    if code:
        raise RuntimeError(command)
    return said.getvalue()


if __name__ == "__main__":
    for code, file in FILES.items():
        file.write_text(reference(load_language(code)), encoding="utf-8", newline="\n")
        print(file)
