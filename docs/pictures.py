"""Makes the pictures of the README, docs/pictures/, from the demo: the report in Chromium, and a terminal session.

`python3 dev.py pictures` runs it. It needs Chromium, and a system with terminals (not Windows).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from rich.console import Console
from rich.text import Text

FOLDER: Final = Path(__file__).resolve().parent / "pictures"
LANGUAGES: Final = ("en", "sv")

WIDTH, HEIGHT = 1280, 1400
"""Of the picture of the report, in pixels."""

COLUMNS, MOST_LINES = 96, 30
"""Of the terminal. A longer answer is cut off, which three dots say."""

SESSION: Final = (
    "arena init --project integrationsprojekt",
    "arena add-participant --municipality Krokom --date 2016-10-03 --sex woman --birth-year 1985 --step 1",
    "arena move-participant CODE --to 2 --date 2016-10-20",
    "arena exit-participant CODE --destination work --date 2016-10-28",
    "arena show-participant CODE",
    "arena report --month 2016-10 --db demo/demo.db",
)
CODE: Final = "K7QX-4M"
"""The code that stands in the picture for the one that is given."""

GIVEN: Final = re.compile(r"\b(?=[0-9-]*[A-Z])[0-9A-Z]{4}-[0-9A-Z]{2}\b")

MADE_AT: Final = "1478160000"  # 3 November 2016, a morning


def main(pictures: Path) -> None:
    """Make all of them in a folder."""
    pictures.mkdir(exist_ok=True)
    for language in LANGUAGES:
        with TemporaryDirectory() as name:
            folder = Path(name)
            arena = [sys.executable, "-m", "arena_cli", "demo", "--out", "demo"]
            subprocess.run(arena, cwd=folder, env=environment(language), check=True, capture_output=True)
            (page,) = (folder / "demo").glob(f"*.{language}.html")
            take_report(page, folder, pictures / f"report.{language}.png")
            terminal = session(folder, language).export_svg(title="arena", unique_id=f"arena-{language}")
            drawing = pictures / f"terminal.{language}.svg"
            drawing.write_text(without_fonts(terminal), encoding="utf-8", newline="\n")
    for picture in sorted(pictures.iterdir()):
        print(picture, picture.stat().st_size)


def environment(language: str) -> dict[str, str]:
    """What the commands are run with, so that they say the same wherever the pictures are made."""
    return {**os.environ, "ARENA_LANG": language, "SOURCE_DATE_EPOCH": MADE_AT, "ARENA_STARTED_BY": "arena",
            "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}  # fmt: skip


def take_report(page: Path, folder: Path, picture: Path) -> None:
    """The first screen of a report, in few colours so that the file is small."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("pictures.py: there is no Chromium here.")
    shot = folder / "shot.png"
    options = ["--headless", "--disable-gpu", "--no-sandbox", "--hide-scrollbars", "--no-first-run"]
    options += [f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}"]
    subprocess.run([chromium, *options, page.as_uri()], check=True, capture_output=True)
    with Image.open(shot) as image:
        few_colours = image.convert("RGB").quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few_colours.save(picture, optimize=True)


def session(folder: Path, language: str) -> Console:
    """A session as it looks on a terminal, to be drawn with text: it can be read aloud and copied."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True, highlight=False)
    code = ""
    for command in SESSION:
        said = on_terminal(command.replace("CODE", code), folder, language)
        code = code or next(iter(GIVEN.findall(said)), "")
        console.print(Text.assemble(("$ ", "bold green"), (command.replace("CODE", CODE), "bold")))
        lines = said.replace(code or CODE, CODE).splitlines()
        for line in lines[:MOST_LINES]:
            console.print(Text.from_ansi(line))
        console.print("..." if len(lines) > MOST_LINES else "")
    return console


def on_terminal(command: str, folder: Path, language: str) -> str:
    """What a command prints on a terminal."""
    import pty  # not there on Windows

    _, *arguments = command.split()
    mine, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "arena_cli", *arguments, "--no-input"],
        cwd=folder, env=environment(language), stdin=its, stdout=its, stderr=its, close_fds=True,
    )  # fmt: skip
    os.close(its)
    printed = b""
    while True:
        try:
            part = os.read(mine, 4096)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not part:
            break
        printed += part
    if process.wait():
        raise RuntimeError(command)
    return printed.decode().replace("\r\n", "\n")


def without_fonts(svg: str) -> str:
    """The drawing without fonts from elsewhere: whoever looks at it has one of their own."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    main(FOLDER)
