"""Draws a page on a terminal with rich. Text is never read as rich's markup."""

from __future__ import annotations

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arena_cli.render.page import Card, Cell, Chart, Grid, Group, KeyFigures, Page, Section, Strip

STAMP = "bold reverse"
HEADING = "bold"
GROUP = "bold underline"
LEGACY_SIGNS = str.maketrans({"−": "-", "–": "-"})
LENGTH_OF_A_STRIP = 28
HEIGHTS = " ▁▂▃▄▅▆▇█"
LEGACY_HEIGHTS = "_.:-=+*#@"


def draw(page: Page, console: Console) -> None:
    """The whole page, section by section."""
    pen = _Pen(console)
    pen.line(page.title, HEADING)
    pen.line(page.subject)
    for mark in page.marks:
        pen.line(f" {mark.text} ", STAMP)
    for fact in page.facts:
        pen.line(f"{fact.term}: {fact.text}")
    has_appendix = False
    for section in page.sections:
        if section.is_appendix and not has_appendix:
            has_appendix = True
            console.print()
            pen.line(f" {page.appendix} ", STAMP)
        pen.section(section)
    console.print()
    for fact in page.provenance:
        pen.line(f"{fact.term}: {fact.text}")
    pen.line(page.footer)


class _Pen:
    """Puts text on a console, in the characters that its encoding has."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._has_all_signs = console.encoding.lower().startswith("utf")

    def section(self, section: Section) -> None:
        self._console.print()
        self._console.rule(self._text(section.title, HEADING), align="left")
        for paragraph in section.paragraphs:
            self.line(paragraph)
        for point in section.points:
            self._point(point)
        for figures in section.key_figures:
            self._key_figures(figures, titled=len(section.key_figures) > 1)
        for group in section.groups:
            self._group(group)
        for grid in section.grids:
            self._grid(grid)
        for definition in section.definitions:
            self.line(definition.term, HEADING)
            self._console.print(Padding(self._text(definition.text), (0, 0, 0, 2)))

    def line(self, text: str, style: str = "") -> None:
        self._console.print(self._text(text, style))

    def _point(self, text: str) -> None:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_row(self._text("\N{EN DASH}"), self._text(text))
        self._console.print(table)

    def _group(self, group: Group) -> None:
        self._console.print()
        self.line(group.title, GROUP)
        for paragraph in group.paragraphs:
            self.line(paragraph)
        for grid in group.grids:
            self._grid(grid)
        for card in group.cards:
            self._card(card)

    def _card(self, card: Card) -> None:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        for fact in card.facts:
            table.add_row(self._text(fact.term), self._text(fact.text))
        self._console.print()
        self.line(card.title, HEADING)
        self._console.print(Padding(table, (0, 0, 0, 2)))

    def _key_figures(self, figures: KeyFigures, *, titled: bool) -> None:
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        table.add_column()
        for figure in figures.figures:
            beside = "; ".join(filter(None, (figure.change, figure.mean, figure.target)))
            table.add_row(self._text(figure.label), self._text(figure.number, HEADING), self._text(beside))
        if titled:
            self.line(figures.title, HEADING)
        self._console.print(table)

    def _chart(self, chart: Chart) -> None:
        """A row for each strip, with its texts beside it."""
        if not chart.strips:
            return
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="")
        table.add_column("", overflow="fold")
        table.add_column("", no_wrap=True)
        for heading in chart.headings:
            table.add_column(self._text(heading), justify="right")
        for strip in chart.strips:
            drawn = strip_of(strip, has_blocks=self._has_all_signs)
            table.add_row(self._text(strip.label), Text(drawn), *map(self._text, strip.texts))
        self._console.print()
        self.line(chart.title, HEADING)
        if chart.strips_note:
            self.line(chart.strips_note)
        self._console.print(table)

    def _grid(self, grid: Grid) -> None:
        if grid.chart:
            self._chart(grid.chart)
        only_numbers = all(column.is_number for column in grid.columns)  # they can stand closer: 80 columns are few
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 0, 0, 0 if only_numbers else 1), pad_edge=False, show_edge=False)
        table.add_column(self._text(grid.stub), overflow="fold")
        for number, column in enumerate(grid.columns):
            heading = self._text(column.label)
            if column.is_number:
                table.add_column(heading, justify="right", width=_narrowest(grid, number))
            else:
                table.add_column(heading, overflow="fold")
        for block in grid.blocks:
            for row in block.rows:
                is_whole = block.is_total or (grid.has_parts and not row.is_part)
                label = self._text(f"  {row.label}" if row.is_part else row.label)
                cells = (self._cell(cell) for cell in row.cells)
                table.add_row(label, *cells, style=HEADING if is_whole else "")
        self._console.print()
        self.line(grid.caption, HEADING)
        self._console.print(table)

    def _cell(self, cell: Cell) -> Text:
        return self._text(cell.text, STAMP if cell.kind == "alarm" else "")

    def _text(self, text: str, style: str = "") -> Text:
        return Text(text if self._has_all_signs else text.translate(LEGACY_SIGNS), style)


def strip_of(strip: Strip, *, has_blocks: bool) -> str:
    """A strip in characters: blocks where the terminal has them, otherwise plain ones."""
    block, lighter, field, dot = "█░·●" if has_blocks else "#-.o"
    heights = HEIGHTS if has_blocks else LEGACY_HEIGHTS
    if strip.kind == "bar":
        return block * _cells(strip.lengths[0])
    if strip.kind == "both":
        left, right, axis = map(_cells, strip.lengths)
        return f"{' ' * (axis - left)}{lighter * left}|{block * right}"
    if strip.kind == "columns":
        return "".join(heights[_level(height, len(heights) - 1)] for height in strip.lengths)
    low, high, at = map(_cells, strip.lengths)
    signs = [" "] * (LENGTH_OF_A_STRIP + 2)
    signs[low : high + 1] = field * (high - low + 1)
    signs[low], signs[high] = "[", "]"
    signs[at] = dot
    return "".join(signs).rstrip()


def _cells(length: float) -> int:
    """What is there at all has a character."""
    return max(1, round(length * LENGTH_OF_A_STRIP)) if length else 0


def _level(height: float, most: int) -> int:
    return max(1, round(height * most)) if height else 0


def _narrowest(grid: Grid, column: int) -> int:
    """The width at which no word of the column's heading and no cell is broken."""
    cells = (row.cells[column].text for block in grid.blocks for row in block.rows)
    return max(map(cell_len, (*grid.columns[column].label.split(), *cells)))
