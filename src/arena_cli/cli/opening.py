"""Showing a file that was written, in the browser of the one who asked for it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from arena_cli.errors import NotFound, Refused, UsageProblem, translatable

DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
"""Variables of which one is there where a browser can be shown, or where the user has said what to show files with."""

SHOWN_FIRST: Final = (".html", ".pdf")


class OpensAFile(UsageProblem):
    message = translatable("--open shows a file: add --out FOLDER.")


class NoDisplay(Refused):
    message = translatable(
        "There is no screen here on which a browser could show the report, so nothing was done. Leave out --open, "
        "and open the file on your own computer."
    )


class NoBrowser(NotFound):
    message = translatable("The report is written, but no browser could be started. Open {path} yourself.")


def check_can_open(out: str | None, environ: Mapping[str, str]) -> None:
    """Raise OpensAFile where no file is written, and NoDisplay where a browser could not be seen."""
    if out is None:
        raise OpensAFile
    if sys.platform not in {"win32", "darwin"} and not any(environ.get(name) for name in DISPLAYS):
        raise NoDisplay


def show(paths: Sequence[Path]) -> None:
    """Show the file that is best read in a browser. Raises NoBrowser."""
    import webbrowser

    path = min(
        paths, key=lambda path: SHOWN_FIRST.index(path.suffix) if path.suffix in SHOWN_FIRST else len(SHOWN_FIRST)
    )
    if not webbrowser.open(path.resolve().as_uri()):
        raise NoBrowser(path=path)
