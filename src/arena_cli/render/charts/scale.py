"""Where numbers stand in a chart, where its axis has marks, and how much of a label there is room for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from arena_cli.model.noun import Noun, dataclass

NARROW: Final = frozenset("iljtfrI.,:;!'|()[] -–")
BROAD: Final = frozenset("mwMWÅÄÖ@%&—")
CUT: Final = "…"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scale(Noun):
    """From numbers between `low` and `high` to positions between `start` and `end`, which may run backwards."""

    low: float
    high: float
    start: float
    end: float

    def at(self, number: float) -> float:
        """A number's position. Where there is but one number, that is the start."""
        if self.high == self.low:
            return rounded(self.start)
        return rounded(self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start))


def rounded(position: float) -> float:
    """To tenths, and whole where it is whole: finer than an eye sees, and the same text for the same data."""
    tenths = round(position, 1)
    return int(tenths) if tenths == int(tenths) else tenths


def marks(most: float, intervals: int = 4) -> tuple[int, ...]:
    """Round numbers for an axis, from 0 to the first at or above `most`, with at most so many intervals between."""
    magnitude = 1
    while True:
        for leading in (1, 2, 5):
            step = leading * magnitude
            if step * intervals >= most:
                top = step * max(1, -(-most // step))
                return tuple(range(0, int(top) + 1, step))
        magnitude *= 10


def width_of(text: str, size: float) -> float:
    """About how wide a text is in a common sans-serif of that size. A little too wide rather than too narrow."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if character in NARROW:
        return 0.36
    if character in BROAD:
        return 0.9
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    return 0.7 if character.isupper() else 0.59


def fitted(text: str, size: float, room: float) -> str:
    """As much of the text as there is room for, with an ellipsis where some is left out; the table has all of it."""
    if width_of(text, size) <= room:
        return text
    kept = text
    while kept and width_of(kept + CUT, size) > room:
        kept = kept[:-1]
    return kept.rstrip() + CUT


def path(points: Iterable[tuple[float, float]]) -> str:
    """A line through points, as SVG writes it."""
    return "M" + "L".join(f"{x},{y}" for x, y in points)


def stairs(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a line that keeps its height until the next point."""
    corners: list[tuple[float, float]] = []
    for x, y in points:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return corners
