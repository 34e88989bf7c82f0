"""What chance explains, as a field for each row, and what was counted, as a dot in it or outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.charts.scale import Scale, fitted, marks

SIZE: Final = 13
ROOM: Final = 104.0
"""Pixels for a label on a small phone: 36 per cent of the width."""

PLOT: Final = (38.0, 78.0)
"""Per cent of the width; right of it stands the text."""

TOP, ROW = 6, 26
BELOW: Final = 24


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range(Noun):
    """A row: what was counted, the narrower and the wider limits, and the text at the edge."""

    label: str
    number: int
    likely: tuple[int, int]
    possible: tuple[int, int]
    text: str

    @property
    def is_outside(self) -> bool:
        return not self.possible[0] <= self.number <= self.possible[1]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DrawnRange(Noun):
    """The middle in pixels; the ends of the limits and the dot in per cent of the width."""

    label: str
    y: int
    likely: tuple[float, float]
    likely_width: float
    possible: tuple[float, float]
    at: float
    text: str
    is_outside: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ranges(Noun):
    """The chart, with its lowest edge; each level has its place and its number."""

    height: int
    bottom: int
    levels: tuple[tuple[float, int], ...]
    rows: tuple[DrawnRange, ...]


def ranges(rows: Sequence[Range]) -> Ranges:
    """The rows from the top, on one scale from 0."""
    levels = marks(max((max(row.number, row.possible[1]) for row in rows), default=0))
    scale = Scale(0, levels[-1], *PLOT)
    bottom = TOP + ROW * len(rows)
    return Ranges(
        height=bottom + BELOW,
        bottom=bottom,
        levels=tuple((scale.at(level), level) for level in levels),
        rows=tuple(_drawn(row, TOP + ROW * number + ROW // 2, scale) for number, row in enumerate(rows)),
    )


def _drawn(row: Range, y: int, scale: Scale) -> DrawnRange:
    likely = scale.at(row.likely[0]), scale.at(row.likely[1])
    return DrawnRange(
        label=fitted(row.label, SIZE, ROOM),
        y=y,
        likely=likely,
        likely_width=round(likely[1] - likely[0], 1),
        possible=(scale.at(row.possible[0]), scale.at(row.possible[1])),
        at=scale.at(row.number),
        text=row.text,
        is_outside=row.is_outside,
    )
