"""The tables of a page as a spreadsheet wants them: one row of headings, values to count with, lines that stand alone.

A value says what the page says. Where that is a number, hours and minutes, a share in per cent or a day, it is a value
of that kind; everything else is text, also what a spreadsheet would take for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Final

from arena_cli.errors import translatable
from arena_cli.formats import Formats
from arena_cli.language import Language
from arena_cli.render.page import Fact, Grid, KeyFigures, Section
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


def contents(section: Section, language: Language) -> Iterator[Listing | str]:
    """All tables and texts of a section in its order, whatever parts it has, and the parts of those."""
    formats = Formats(language.code)
    for field in fields(section):
        value = getattr(section, field.name)
        for part in value if isinstance(value, tuple) else ():
            if not isinstance(part, Fact):
                yield from _contents(part, language, formats)
    if section.definitions:
        headings = (language.text(translatable("Word")), language.text(translatable("Meaning")))
        yield Listing("", headings, tuple(Line((d.term, d.text)) for d in section.definitions))


def _contents(part: object, language: Language, formats: Formats) -> Iterator[Listing | str]:
    match part:
        case str():
            yield part
        case KeyFigures():
            yield _of_key_figures(part, language, formats)
        case Grid():
            yield _of_grid(part, language, formats)
        case Fact():
            yield f"{part.term}: {part.text}"
        case _ if is_dataclass(part):
            yield from filter(None, [str(getattr(part, "title", ""))])
            values = (getattr(part, field.name) for field in fields(part))
            for inner in (inner for value in values if isinstance(value, tuple) for inner in value):
                yield from _contents(inner, language, formats)


def _of_key_figures(key_figures: KeyFigures, language: Language, formats: Formats) -> Listing:
    headings = (translatable("Key figure"), translatable("Count"), translatable("Comparison"))
    lines = []
    for figure in key_figures.figures:
        label, number, *comparisons = (getattr(figure, field.name) for field in fields(figure))
        lines.append(Line((label, read_value(number, formats), " · ".join(filter(None, comparisons)))))
    return Listing(key_figures.title, tuple(map(language.text, headings)), tuple(lines))


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
