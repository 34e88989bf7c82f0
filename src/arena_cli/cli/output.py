"""Where words go: the answer to stdout, talk to stderr. Nothing that came from outside can steer the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Literal
from unicodedata import category

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Controls, invisible and unassigned characters: they could move the cursor, hide text or turn it around."""

_WIDE = 120
"""Columns of a terminal on which every column of a list has room."""

_READABLE = 20
"""Columns below which a cell of several words is no longer read easily."""

_NONE = "–"
"""What stands in a cell where there is nothing."""

_STICKY = "\N{NO-BREAK SPACE}"


def answer(text: str) -> None:
    """Print what was asked for."""
    print(printable(text))


def answer_json(value: object) -> None:
    """Print what was asked for, for another program; in an old console's encoding no letter may be lost."""
    is_unicode = sys.stdout.encoding.lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=not is_unicode, indent=2))


def say(text: str) -> None:
    """Talk to the person at the keyboard, if somebody listens. On a terminal long lines are broken between words."""
    if sys.stderr is not None:
        said = printable(text)
        with suppress(OSError):
            print(_wrapped(said) if sys.stderr.isatty() else said, file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """The text with nothing in it but printable characters and line breaks."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if c != "\n" and category(c) in _UNPRINTABLE else c for c in text)


def _wrapped(text: str) -> str:
    """The text in lines that the terminal has room for; a command between backticks stays whole, to be copied."""
    import re
    from shutil import get_terminal_size
    from textwrap import wrap

    width = get_terminal_size().columns
    lines: list[str] = []
    for line in text.split("\n"):
        if len(line) <= width:
            lines.append(line)
            continue
        indent = line[: len(line) - len(line.lstrip())]
        whole = re.sub("`[^`]*`", lambda command: command[0].replace(" ", _STICKY), line)
        parts = wrap(whole, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        lines += (part.replace(_STICKY, " ") for part in parts)
    return "\n".join(lines)


def is_narrow() -> bool:
    """Whether a table is drawn on a terminal that has no room for all columns."""
    from shutil import get_terminal_size

    return sys.stdout.isatty() and get_terminal_size().columns < _WIDE


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings: drawn on a terminal, aligned plain text otherwise. Nothing is cut off.

    On a terminal only the widest column is broken into several lines; where that leaves it too little room, each row is
    told line by line.
    """
    cells = [[printable("" if cell is None else str(cell)).replace("\n", " ") for cell in row] for row in rows]
    columns = [[row[i] for row in cells] for i in range(len(headings))]
    numeric = [any(map(str.isdigit, column)) and all(c.isdigit() or c == _NONE for c in column) for column in columns]
    if not sys.stdout.isatty():
        _align(headings, cells, numeric)
        return
    widths = _fitting(headings, columns)
    if widths is None:
        _tell(headings, cells)
    else:
        _draw(headings, cells, numeric, widths)


def _fitting(headings: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int] | None:
    """How wide each column is drawn on this terminal; None where the widest would become hard to read.

    Headings are broken between words first, then the cells of the widest column.
    """
    from shutil import get_terminal_size

    room = get_terminal_size().columns - 2 * (len(headings) - 1)
    widths: list[int] = []
    for unbroken in ([[heading] for heading in headings], [heading.split() for heading in headings]):
        widths = [max(map(len, (*of, *column)), default=0) for of, column in zip(unbroken, columns, strict=True)]
        if sum(widths) <= room:
            return widths
    widest = widths.index(max(widths))
    widths[widest] -= sum(widths) - room
    return widths if widths[widest] >= _READABLE else None


def _draw(
    headings: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool], widths: Sequence[int]
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for heading, is_number, width in zip(headings, numeric, widths, strict=True):
        justify: Literal["left", "right"] = "right" if is_number else "left"
        drawn.add_column(Text(heading), justify=justify, overflow="fold", width=width)
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(markup=False, highlight=False).print(drawn)


def _tell(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Each row as lines of its own, under its first cell. A line that is too long is for the terminal to break."""
    for first, *others in cells:
        print(first)
        for heading, cell in zip(headings[1:], others, strict=True):
            if cell not in {"", _NONE}:
                print(f"  {heading}: {cell}")


def _align(headings: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    lines = [headings, *cells]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    for line in lines:
        padded = (
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, numeric, strict=True)
        )
        print("  ".join(padded).rstrip())
