"""The tables of a page as a spreadsheet wants them: one row of headings, values to count with, lines that stand alone.

A value says what the page says. Where that is a number, hours and minutes, a share in per cent or a day, it is a value
of that kind; everything else is text, also what a spreadsheet would take for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from arena_cli.errors import translatable
from arena_cli.formats import Formats
from arena_cli.language import Language
from arena_cli.render.page import Grid, KeyFigures, Section
from arena_cli.render.words import NOTHING

Value = str | int | float | timedelta | date

HOURS_AND_MINUTES: Final = re.compile(r"(.+):([0-5][0-9])")
PER_CENT: Final = re.compile(r"([0-9]+)\N{NO-BREAK SPACE}?%")
ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Share(float):
    """A part of a whole, to be shown in per cent."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table. One that is strong adds up others."""

    values: tuple[Value, ...]
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A table. `is_short`: it needs no means to choose among its lines."""

    caption: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    is_short: bool = True


def listings(section: Section, language: Language) -> Iterator[Listing]:
    """All tables of a section, its key figures and definitions among them."""
    formats = Formats(language.code)
    yield from (_of_key_figures(figures, language, formats) for figures in section.key_figures)
    yield from (_of_grid(grid, language, formats) for grid in section.grids)
    if section.definitions:
        headings = (language.text(translatable("Word")), language.text(translatable("Meaning")))
        yield Listing("", headings, tuple(Line((d.term, d.text)) for d in section.definitions))


def _of_key_figures(figures: KeyFigures, language: Language, formats: Formats) -> Listing:
    headings = (translatable("Key figure"), translatable("Count"), translatable("Comparison"))
    lines = (Line((f.label, read_value(f.number, formats), f.change)) for f in figures.figures)
    return Listing(figures.title, tuple(map(language.text, headings)), tuple(lines))


def _of_grid(grid: Grid, language: Language, formats: Formats) -> Listing:
    """The part of a whole has the whole's name beside its own, so that lines can be sorted and chosen among."""
    lines = []
    for block in grid.blocks:
        whole = ""
        for row in block.rows:
            whole = whole if row.is_part else row.label
            labels = (whole, row.label if row.is_part else "") if grid.has_parts else (row.label,)
            values = (
                read_value(cell.text, formats) if column.is_number else read_day(cell.text)
                for cell, column in zip(row.cells, grid.columns, strict=True)
            )
            lines.append(Line((*labels, *values), block.is_total or (grid.has_parts and not row.is_part)))
    part = (language.text(translatable("Of which")),) if grid.has_parts else ()
    headings = (grid.stub, *part, *(column.label for column in grid.columns))
    return Listing(grid.caption, headings, tuple(lines), grid.is_short)


def read_value(text: str, formats: Formats) -> Value:
    """What a cell of a column of numbers says; a dash is zero."""
    number = 0 if text == NOTHING else formats.read(text)
    if number is not None:
        return number
    if time := HOURS_AND_MINUTES.fullmatch(text):
        hours = formats.read(time[1])
        if hours is not None:
            return timedelta(hours=hours, minutes=int(time[2]))
    if share := PER_CENT.fullmatch(text):
        return Share(int(share[1]) / 100)
    return read_day(text)


def read_day(text: str) -> str | date:
    """A day where the text is one, as in 2016-10-03; otherwise the text."""
    if ISO_DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    return text
