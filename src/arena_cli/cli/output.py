"""Where words go: the answer to stdout, talk to stderr. Nothing that came from outside can steer the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from unicodedata import category

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Controls, invisible and unassigned characters: they could move the cursor, hide text or turn it around."""


def answer(text: str) -> None:
    """Print what was asked for."""
    print(printable(text))


def answer_json(value: object) -> None:
    """Print what was asked for, for another program; in an old console's encoding no letter may be lost."""
    is_unicode = sys.stdout.encoding.lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=not is_unicode, indent=2))


def say(text: str) -> None:
    """Talk to the person at the keyboard, if somebody listens."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(printable(text), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """The text with nothing in it but printable characters and line breaks."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if c != "\n" and category(c) in _UNPRINTABLE else c for c in text)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings: drawn on a terminal, aligned plain text otherwise. Nothing is cut off."""
    cells = [[printable("" if cell is None else str(cell)).replace("\n", " ") for cell in row] for row in rows]
    numeric = [bool(cells) and all(row[i].isdigit() for row in cells) for i in range(len(headings))]
    if sys.stdout.isatty():
        _draw(headings, cells, numeric)
    else:
        _align(headings, cells, numeric)


def _draw(headings: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading, is_number in zip(headings, numeric, strict=True):
        drawn.add_column(Text(heading), justify="right" if is_number else "left", overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(markup=False, highlight=False).print(drawn)


def _align(headings: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    lines = [headings, *cells]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    for line in lines:
        padded = (
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, numeric, strict=True)
        )
        print("  ".join(padded).rstrip())
