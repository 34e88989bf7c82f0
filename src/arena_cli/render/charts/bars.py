"""Horizontal bars from one baseline, each with its number, a mark where it stood before, and two numbers beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from arena_cli.render.charts.scale import Scale, fitted

ROOM: Final = 288.0
"""Pixels on a small phone: what text must fit in."""

SIZE: Final = 13
LONGEST: Final = 52.0
"""Per cent of the width; beside it is room for the numbers."""

TOP, ROW = 24, 48


@dataclass(frozen=True, slots=True)
class Bar:
    """`before` is where the bar ended before; `beside` are texts in columns. `is_hollow`: what is no class of its own."""

    label: str
    number: int
    before: int
    text: str
    beside: tuple[str, str]
    is_hollow: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """Its top in pixels, its width and the mark in per cent of the chart's width."""

    label: str
    y: int
    width: float
    mark: float
    text: str
    beside: tuple[str, str]
    is_hollow: bool


@dataclass(frozen=True, slots=True)
class Bars:
    height: int
    headings: tuple[str, str]
    bars: tuple[DrawnBar, ...]


def bars(rows: Sequence[Bar], headings: tuple[str, str]) -> Bars:
    """The bars from the top; `headings` are those of the columns beside."""
    scale = Scale(0, max((max(row.number, row.before) for row in rows), default=0) or 1, 0, LONGEST)
    return Bars(
        height=TOP + ROW * len(rows),
        headings=headings,
        bars=tuple(
            DrawnBar(
                label=fitted(row.label, SIZE, ROOM),
                y=TOP + ROW * number,
                width=scale.at(row.number),
                mark=scale.at(row.before),
                text=row.text,
                beside=row.beside,
                is_hollow=row.is_hollow,
            )
            for number, row in enumerate(rows)
        ),
    )
