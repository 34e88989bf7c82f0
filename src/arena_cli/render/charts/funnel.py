"""A funnel: shares of wholes large and small, between lines that say what chance explains of a whole of that size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.charts.scale import Scale, fitted, marks, path
from arena_cli.render.charts.series import Mark

WIDTH, HEIGHT = 360, 270
LEFT, RIGHT, TOP, BOTTOM = 44, 346, 12, 226
SIZE: Final = 12
MOST_SAMPLES: Final = 48
ALL_OF_THEM: Final = 100

Limit = Callable[[int], tuple[float, float]]
"""The lower and the upper limit of a whole of that size, as shares."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dot(Noun):
    """A share: so many of a whole. One that is outside the limits is named."""

    label: str
    part: int
    whole: int
    is_outside: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DrawnDot(Noun):
    """Its place, its label and where that begins or ends; `is_outside` the limits of chance."""

    x: float
    y: float
    label: str
    label_x: float
    anchor: str
    is_outside: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Funnel(Noun):
    """Coordinates in a picture of `width` by `height`."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    average: float
    likely: tuple[str, str]
    possible: tuple[str, str]
    levels: tuple[Mark, ...]
    wholes: tuple[Mark, ...]
    across: str
    dots: tuple[DrawnDot, ...]


def funnel(
    dots: Sequence[Dot], average: float, likely: Limit, possible: Limit, across: str, texts: Callable[[int], str]
) -> Funnel:
    """Dots over the size of their wholes. `across` says what that is; `texts` writes a per cent of the scale."""
    largest = max((dot.whole for dot in dots), default=1)
    smallest = min((dot.whole for dot in dots), default=1)
    wholes = [whole for whole in marks(largest) if whole + marks(largest)[1] > smallest]
    highest = max((average, *(dot.part / dot.whole for dot in dots), possible(smallest)[1]))
    levels = [level for level in marks(100 * highest) if level <= ALL_OF_THEM]
    x, y = Scale(wholes[0], wholes[-1], LEFT, RIGHT), Scale(0, levels[-1], BOTTOM, TOP)
    sizes = sorted({smallest + (wholes[-1] - smallest) * n // MOST_SAMPLES for n in range(MOST_SAMPLES + 1)})

    def lines(limit: Limit) -> tuple[str, str]:
        shares = [(x.at(size), limit(size)) for size in sizes]
        low, high = (path((at, y.at(min(levels[-1], 100 * share[side]))) for at, share in shares) for side in (0, 1))
        return low, high

    return Funnel(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=RIGHT,
        bottom=BOTTOM,
        average=y.at(100 * average),
        likely=lines(likely),
        possible=lines(possible),
        levels=tuple(Mark(y.at(level), texts(level)) for level in levels),
        wholes=tuple(Mark(x.at(whole), str(whole)) for whole in wholes),
        across=across,
        dots=tuple(_drawn(dot, x, y) for dot in dots),
    )


def _drawn(dot: Dot, x: Scale, y: Scale) -> DrawnDot:
    """The label stands where there is more room."""
    at = x.at(dot.whole)
    is_right = at > (LEFT + RIGHT) / 2
    room = (at - LEFT if is_right else RIGHT - at) - 8
    return DrawnDot(
        x=at,
        y=y.at(100 * dot.part / dot.whole),
        label=fitted(dot.label, SIZE, room) if dot.is_outside else "",
        label_x=at - 8 if is_right else at + 8,
        anchor="end" if is_right else "start",
        is_outside=dot.is_outside,
    )
