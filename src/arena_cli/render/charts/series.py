"""A small line over the months, one of several on the same scale; with a dashed target, and the latest point marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.charts.scale import Scale, marks, path, width_of

WIDTH, HEIGHT = 260, 126
LEFT, RIGHT, TOP, BOTTOM = 38, 216, 18, 100
BESIDE = 8
"""Between the latest point and its number. One that is too long for the margin stands above the point."""

SIZE = 13


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Series(Noun):
    """A panel: the number of each month, and its target; None where it is not known or there is none."""

    label: str
    numbers: tuple[int | None, ...]
    targets: tuple[int | None, ...]
    latest_text: str
    is_preliminary: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Mark(Noun):
    """A mark on an axis: where it is, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DrawnSeries(Noun):
    """Coordinates in a picture of `width` by `height`.

    There is a line for each run of months that are known, and no `latest` point if the last month is not.
    """

    width: int
    height: int
    lines: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    latest: tuple[float, float] | None
    latest_text: str
    latest_text_at: tuple[float, float]
    anchor: str
    is_hollow: bool
    targets: tuple[str, ...]
    levels: tuple[Mark, ...]
    months: tuple[Mark, ...]
    left: int
    right: int
    bottom: int


def highest(panels: Sequence[Series]) -> int:
    """The top of the scale that all of them have in common."""
    numbers = (n for panel in panels for n in (*panel.numbers, *panel.targets) if n is not None)
    return marks(max(numbers, default=0), intervals=2)[-1]


def series(panel: Series, top: int, month_names: tuple[str, str], number_texts: Sequence[str]) -> DrawnSeries:
    """A panel on a scale from 0 to `top`. `month_names` are the first month's and the last one's.

    `number_texts` are the texts of the scale's marks, `marks(top, 2)`.
    """
    last = len(panel.numbers) - 1
    across = Scale(0, last, LEFT, RIGHT) if last else Scale(0, 0, RIGHT, RIGHT)
    up = Scale(0, top, BOTTOM, TOP)
    points = [None if number is None else (across.at(n), up.at(number)) for n, number in enumerate(panel.numbers)]
    latest = points[-1]
    x, y = latest or (RIGHT, BOTTOM)
    fits = RIGHT + BESIDE + width_of(panel.latest_text, SIZE) <= WIDTH
    levels = zip(marks(top, intervals=2), number_texts, strict=True)
    months = ((0, month_names[0]), (last, month_names[1])) if last else ((0, month_names[1]),)
    return DrawnSeries(
        width=WIDTH,
        height=HEIGHT,
        lines=tuple(path(_known(run)) for is_known, run in groupby(points, bool) if is_known),
        points=_known(points[:-1]),
        latest=latest,
        latest_text=panel.latest_text,
        latest_text_at=(x + BESIDE, min(y + 4, BOTTOM - 1)) if fits else (WIDTH, y - BESIDE),
        anchor="start" if fits else "end",
        is_hollow=panel.is_preliminary,
        targets=tuple(_targets(panel.targets, across, up)),
        levels=tuple(Mark(up.at(level), text) for level, text in levels),
        months=tuple(Mark(across.at(n), name) for n, name in months),
        left=LEFT,
        right=RIGHT,
        bottom=BOTTOM,
    )


def _known(points: Iterable[tuple[float, float] | None]) -> tuple[tuple[float, float], ...]:
    return tuple(point for point in points if point is not None)


def _targets(targets: Sequence[int | None], across: Scale, up: Scale) -> Iterator[str]:
    """A level line for each run of months with the same target, half a month longer at both ends."""
    start = 0
    for n in range(1, len(targets) + 1):
        if n == len(targets) or targets[n] != targets[start]:
            target = targets[start]
            if target is not None:
                ends = across.at(start - 0.5), across.at(n - 0.5)
                yield path((max(LEFT, min(RIGHT + 4, x)), up.at(target)) for x in ends)
            start = n
