"""What a report says, in words and numbers. Templates and the terminal lay it out; they never count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

MOST_ROWS_OF_A_SHORT_GRID: Final = 18


@dataclass(frozen=True, slots=True)
class Mark:
    """A stamp at the top. `code` says what for: `unreconciled`, `internal`, `preliminary` or `demo`."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the head, or a definition. `day` is what the text says, where it is a day."""

    term: str
    text: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number of the month, with its change since the month before in words."""

    label: str
    number: str
    change: str


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The key figures of a municipality or the project."""

    title: str
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; `is_number` where its cells are lined up as numbers."""

    label: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says. `kind`: `zero`, `same` (the step has not changed), `sum`, `alarm`, or nothing special."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a grid. `is_part`: it is a part of the row that its block begins with, as women are of all."""

    label: str
    cells: tuple[Cell, ...]
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together. `is_total`: it adds up the blocks before it."""

    rows: tuple[Row, ...]
    is_total: bool = False

    @property
    def has_parts(self) -> bool:
        return any(row.is_part for row in self.rows)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `stub` is the heading of the column of row labels."""

    caption: str
    stub: str
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]

    @property
    def has_parts(self) -> bool:
        return any(block.has_parts for block in self.blocks)

    @property
    def is_short(self) -> bool:
        """Whether it is kept on one page in print."""
        return sum(len(block.rows) for block in self.blocks) <= MOST_ROWS_OF_A_SHORT_GRID


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report. Its `code` names its template, `sections/CODE.md.j2`, if it has one of its own."""

    code: str
    title: str
    paragraphs: tuple[str, ...] = ()
    key_figures: tuple[KeyFigures, ...] = ()
    grids: tuple[Grid, ...] = ()
    definitions: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report. `language` is its code; `footer` is the one line that tells two runs on the same data apart."""

    language: str
    title: str
    subject: str
    marks: tuple[Mark, ...]
    facts: tuple[Fact, ...]
    contents: str
    skip: str
    sections: tuple[Section, ...]
    footer: str
