"""Horizontal bars from one baseline, each with a mark where it ended before, and with its numbers in columns beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.charts.scale import Scale, fitted

ROOM: Final = 288.0
"""Pixels on a small phone: what text must fit in."""

SIZE: Final = 13
LONGEST: Final = 46.0
"""Per cent of the width; beside it is room for the numbers."""

COLUMNS: Final = (60.0, 73.0, 86.0, 99.0)
"""Where the numbers beside end."""

TOP, ROW = 24, 48


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bar(Noun):
    """`before` is where the bar ended before; `beside` are texts in columns. `is_hollow`: no class like the others."""

    label: str
    number: int
    before: int
    beside: tuple[str, ...]
    is_hollow: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DrawnBar(Noun):
    """Its top in pixels; its width, the mark and where the texts end in per cent of the chart's width."""

    label: str
    y: int
    width: float
    mark: float
    beside: tuple[tuple[float, str], ...]
    is_hollow: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bars(Noun):
    """The chart, as high as its bars need; each heading with where it ends."""

    height: int
    headings: tuple[tuple[float, str], ...]
    bars: tuple[DrawnBar, ...]


def bars(rows: Sequence[Bar], headings: Sequence[str]) -> Bars:
    """The bars from the top; `headings` are those of the four columns beside."""
    scale = Scale(0, max((max(row.number, row.before) for row in rows), default=0) or 1, 0, LONGEST)
    return Bars(
        height=TOP + ROW * len(rows),
        headings=tuple(zip(COLUMNS, headings, strict=True)),
        bars=tuple(
            DrawnBar(
                label=fitted(row.label, SIZE, ROOM),
                y=TOP + ROW * number,
                width=scale.at(row.number),
                mark=scale.at(row.before),
                beside=tuple(zip(COLUMNS, row.beside, strict=True)),
                is_hollow=row.is_hollow,
            )
            for number, row in enumerate(rows)
        ),
    )
