"""Shares that grow over time, as stairs: one line with the limits of what is known around it, and others beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.charts.scale import Scale, marks, path, rounded, stairs
from arena_cli.render.charts.series import Mark

WIDTH, HEIGHT = 360, 250
LAST_STEP = 4
"""How long the last step is drawn, so that its height is seen: nothing is known of what comes after."""

ALL_OF_THEM = 100
LEFT, RIGHT, TOP, BOTTOM = 44, 322, 14, 206


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Estimate(Noun):
    """A share and its limits, in tenths of a per cent, after so many months."""

    months: int
    share: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Line(Noun):
    """An estimate over time. `text` is written at its end."""

    label: str
    text: str
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DrawnLine(Noun):
    """What it is called, what stands at its end, its path, and where it ends."""

    label: str
    text: str
    line: str
    end: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Curves(Noun):
    """Coordinates in a picture of `width` by `height`. `field` lies around the first of the lines."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    field: str
    lines: tuple[DrawnLine, ...]
    levels: tuple[Mark, ...]
    months: tuple[Mark, ...]
    across: str


def curves(lines: Sequence[Line], across: str, texts: Callable[[int], str]) -> Curves:
    """The lines, from nobody at the start. `across` says what time is counted in; `texts` writes a per cent."""
    first = lines[0]
    most = max(
        *(estimate.share for line in lines for estimate in line.estimates),
        *(estimate.high for estimate in first.estimates),
    )
    levels = [level for level in marks(most / 10) if level <= ALL_OF_THEM]
    longest = max(estimate.months for line in lines for estimate in line.estimates)
    x, y = Scale(0, longest, LEFT, RIGHT), Scale(0, 10 * levels[-1], BOTTOM, TOP)

    def corners(line: Line, pick: Callable[[Estimate], int]) -> list[tuple[float, float]]:
        points = ((x.at(estimate.months), y.at(pick(estimate))) for estimate in line.estimates)
        found = stairs([(x.at(0), y.at(0)), *points])
        return [*found, (rounded(found[-1][0] + LAST_STEP), found[-1][1])]

    drawn = []
    for line in lines:
        found = corners(line, lambda estimate: estimate.share)
        drawn.append(DrawnLine(line.label, line.text, path(found), found[-1]))
    upper, lower = corners(first, lambda e: e.high), corners(first, lambda e: e.low)
    step = marks(longest, intervals=6)[1]
    return Curves(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=RIGHT,
        bottom=BOTTOM,
        field=path((*upper, *reversed(lower))) + "Z",
        lines=tuple(drawn),
        levels=tuple(Mark(y.at(10 * level), texts(level)) for level in levels),
        months=tuple(Mark(x.at(month), str(month)) for month in range(0, longest + 1, step)),
        across=across,
    )
