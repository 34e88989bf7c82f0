"""What a report says, in words and numbers. Templates and the terminal lay it out; they never count."""

from __future__ import annotations

from datetime import date
from typing import Final

from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.charts.bars import Bars
from arena_cli.render.charts.curve import Curves
from arena_cli.render.charts.diverging import Diverging
from arena_cli.render.charts.funnel import Funnel
from arena_cli.render.charts.ranges import Ranges
from arena_cli.render.charts.series import DrawnSeries

Drawing = Bars | Diverging | DrawnSeries | Ranges | Funnel | Curves

MOST_ROWS_OF_A_SHORT_GRID: Final = 18


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Mark(Noun):
    """A stamp at the top. `code` says what for: `unreconciled`, `internal`, `revision`, `preliminary`, `demo`."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fact(Noun):
    """A line of the head, or a definition. `day` is what the text says, where it is a day."""

    term: str
    text: str
    day: date | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeyFigure(Noun):
    """A number of the month; in words its change since the month before, the mean of the months and the target.

    `mean` and `target` are empty where there is none.
    """

    label: str
    number: str
    change: str
    mean: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeyFigures(Noun):
    """The key figures of a municipality or the project."""

    title: str
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Column(Noun):
    """A column's heading; `is_number` where its cells are lined up as numbers."""

    label: str
    is_number: bool = True


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cell(Noun):
    """What a cell says. `kind`: `zero`, `unreported`, `hidden`, `same`, `up` or `down` (a step), `alarm` or nothing."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Row(Noun):
    """A row of a grid. `is_part`: it is a part of the row that its block begins with, as women are of all."""

    label: str
    cells: tuple[Cell, ...]
    is_part: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block(Noun):
    """Rows that belong together. `is_total`: it adds up the blocks before it."""

    rows: tuple[Row, ...]
    is_total: bool = False

    @property
    def has_parts(self) -> bool:
        return any(row.is_part for row in self.rows)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Picture(Noun):
    """A drawing: what it is, all of its figures in words, and its coordinates, which are what its template needs."""

    title: str
    description: str
    drawing: Drawing


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Strip(Noun):
    """A row of a chart on a terminal. `kind` says what its numbers, each from 0 to 1, are.

    `bar`: a length. `both`: the lengths to the left and to the right, in parts of both together. `columns`: heights.
    `range`: the ends of a field, and a dot.
    """

    label: str
    kind: str
    lengths: tuple[float, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chart(Noun):
    """What a table shows, drawn. `code` names its template, `charts/CODE.svg.j2`; `note` says what its signs mean.

    A terminal draws the `strips`, with `headings` above their texts, and says the note in `strips_note`.
    """

    code: str
    title: str
    note: str
    pictures: tuple[Picture, ...]
    headings: tuple[str, ...]
    strips: tuple[Strip, ...]
    strips_note: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grid(Noun):
    """A table, and before it the chart that draws it, if there is one. `stub` is the heading of the row labels."""

    caption: str
    stub: str
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    chart: Chart | None = None

    @property
    def has_parts(self) -> bool:
        return any(block.has_parts for block in self.blocks)

    @property
    def is_short(self) -> bool:
        """Whether it is kept on one page in print."""
        return sum(len(block.rows) for block in self.blocks) <= MOST_ROWS_OF_A_SHORT_GRID


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Card(Noun):
    """What was told or decided. `kind`: `note`, `step`, `decision`, with ` settled` after it where that is over."""

    kind: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Group(Noun):
    """A part of a section under a heading of its own."""

    title: str
    paragraphs: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Section(Noun):
    """A section of the report. Its `code` names its template, `sections/CODE.md.j2`, if it has one of its own.

    `points` are the items of a list. `is_appendix`: it stands after what the meeting reads.
    """

    code: str
    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    key_figures: tuple[KeyFigures, ...] = ()
    groups: tuple[Group, ...] = ()
    grids: tuple[Grid, ...] = ()
    definitions: tuple[Fact, ...] = ()
    is_appendix: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Page(Noun):
    """A whole report. `language` is its code; `footer` is the one line that tells two runs on the same data apart.

    `appendix` is the heading of the sections that are one; `provenance` says what the figures were counted from.
    """

    language: str
    title: str
    subject: str
    marks: tuple[Mark, ...]
    facts: tuple[Fact, ...]
    contents: str
    skip: str
    appendix: str
    sections: tuple[Section, ...]
    provenance: tuple[Fact, ...]
    footer: str
