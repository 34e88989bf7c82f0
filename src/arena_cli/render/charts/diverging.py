"""Bars to the left and to the right of one axis, with their numbers at the ends and a number at the right edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.charts.scale import Scale, fitted

SIZE: Final = 13
ROOM: Final = 104.0
"""Pixels for a label on a small phone: 36 per cent of the width."""

PLOT: Final = (45.0, 80.0)
"""Between which per cent the bars lie; beside them is room for their numbers."""

TOP, ROW = 26, 26


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pair(Noun):
    """A row: how many to the left and to the right, with their texts, and the text at the edge."""

    label: str
    left: int
    right: int
    left_text: str
    right_text: str
    edge_text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DrawnPair(Noun):
    """The top in pixels; where the left bar begins and the right one ends, in per cent of the width."""

    label: str
    y: int
    left: float
    left_width: float
    right: float
    right_width: float
    left_text: str
    right_text: str
    edge_text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Diverging(Noun):
    """The chart, as high as its pairs need; `axis` is where they meet, in per cent of its width."""

    height: int
    axis: float
    headings: tuple[str, str, str]
    pairs: tuple[DrawnPair, ...]


def diverging(rows: Sequence[Pair], headings: tuple[str, str, str], most: tuple[int, int] | None = None) -> Diverging:
    """The rows from the top, one person as wide to the left as to the right.

    `most` are the longest bars on each side, for charts that are to have the same scale; otherwise those of the rows.
    """
    left, right = most or extent(rows)
    scale = Scale(-left, right, *PLOT) if left + right else Scale(-1, 1, *PLOT)
    axis = scale.at(0)
    return Diverging(
        height=TOP + ROW * len(rows),
        axis=axis,
        headings=headings,
        pairs=tuple(
            DrawnPair(
                label=fitted(row.label, SIZE, ROOM),
                y=TOP + ROW * number,
                left=scale.at(-row.left),
                left_width=round(axis - scale.at(-row.left), 1),
                right=scale.at(row.right),
                right_width=round(scale.at(row.right) - axis, 1),
                left_text=row.left_text,
                right_text=row.right_text,
                edge_text=row.edge_text,
            )
            for number, row in enumerate(rows)
        ),
    )


def extent(rows: Sequence[Pair]) -> tuple[int, int]:
    """The longest bars to the left and to the right."""
    return max((row.left for row in rows), default=0), max((row.right for row in rows), default=0)
