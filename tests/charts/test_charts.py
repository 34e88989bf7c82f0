"""Each chart's coordinates say what its numbers say: lengths in proportion, order kept, nothing outside the picture."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.figures.limits import interpolated, limits
from arena_cli.render.charts import bars, curve, diverging, funnel, ranges, series
from arena_cli.render.charts.scale import marks

COUNTS = st.integers(0, 3000)


def coordinates(line: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+),([-\d.]+)", line)]


# -- bars -------------------------------------------------------------------------------------------------------------


@given(numbers=st.lists(st.tuples(COUNTS, COUNTS), max_size=9))
def test_a_bar_is_as_long_as_its_number(numbers: list[tuple[int, int]]) -> None:
    rows = [bars.Bar(f"step {n}", now, before, ("1", "2", "3", "4")) for n, (now, before) in enumerate(numbers)]
    drawn = bars.bars(rows, ("a", "b", "c", "d"))
    most = max((max(pair) for pair in numbers), default=0)
    for bar, (now, before) in zip(drawn.bars, numbers, strict=True):
        assert bar.width == pytest.approx(bars.LONGEST * now / most if most else 0, abs=0.06)
        assert bar.mark == pytest.approx(bars.LONGEST * before / most if most else 0, abs=0.06)
        assert [at for at, _ in bar.beside] == [at for at, _ in drawn.headings] == list(bars.COLUMNS)
        assert bar.y + bars.ROW <= drawn.height
    assert bars.COLUMNS[0] > bars.LONGEST


# -- up and down ------------------------------------------------------------------------------------------------------


@given(numbers=st.lists(st.tuples(COUNTS, COUNTS), max_size=40))
def test_one_person_is_as_wide_to_the_left_as_to_the_right(numbers: list[tuple[int, int]]) -> None:
    rows = [diverging.Pair("Krokom", down, up, str(down), str(up), "7") for down, up in numbers]
    drawn = diverging.diverging(rows, ("down", "up", "same"))
    most = diverging.extent(rows)
    width = (diverging.PLOT[1] - diverging.PLOT[0]) / (sum(most) or 2)
    for pair, (down, up) in zip(drawn.pairs, numbers, strict=True):
        assert pair.left_width == pytest.approx(down * width, abs=0.16)
        assert pair.right_width == pytest.approx(up * width, abs=0.16)
        assert diverging.PLOT[0] <= pair.left <= drawn.axis <= pair.right <= diverging.PLOT[1]
    assert drawn.height == diverging.TOP + diverging.ROW * len(rows)


def test_several_charts_have_one_scale() -> None:
    few, many = ([diverging.Pair("Åre", n, n, "", "", "")] for n in (1, 10))
    most = diverging.extent([*few, *many])
    small, large = (diverging.diverging(rows, ("", "", ""), most) for rows in (few, many))
    assert small.axis == large.axis
    assert 10 * small.pairs[0].left_width == pytest.approx(large.pairs[0].left_width, abs=1)


# -- months -----------------------------------------------------------------------------------------------------------


def panel(*numbers: int | None, targets: tuple[int | None, ...] = (), is_preliminary: bool = False) -> series.Series:
    return series.Series("Åre", numbers, targets or (None,) * len(numbers), str(numbers[-1]), is_preliminary)


@given(numbers=st.lists(COUNTS, min_size=1, max_size=12))
def test_a_line_has_a_point_for_each_month_the_higher_the_more(numbers: list[int]) -> None:
    top = series.highest([panel(*numbers)])
    drawn = series.series(panel(*numbers), top, ("jan", "dec"), ["0"] * len(marks(top, intervals=2)))
    assert drawn.latest is not None
    points = [*drawn.points, drawn.latest]
    assert [coordinates(line) for line in drawn.lines] == [points]
    assert len(points) == len(numbers)
    for (x, y), number in zip(points, numbers, strict=True):
        assert series.LEFT <= x <= series.RIGHT
        assert y == pytest.approx(series.BOTTOM - (series.BOTTOM - series.TOP) * number / top, abs=0.06)
    assert all(a[0] < b[0] for a, b in pairwise(points))
    assert drawn.latest[0] == series.RIGHT


def test_a_month_that_is_not_known_is_a_gap_and_no_zero() -> None:
    drawn = series.series(panel(1, 2, None, 0, 4, None), 4, ("a", "f"), ["0", "2", "4"])
    assert [len(coordinates(line)) for line in drawn.lines] == [2, 2]
    assert len(drawn.points) == 4
    assert drawn.latest is None


def test_the_panels_have_one_scale_that_their_targets_fit_in() -> None:
    assert series.highest([panel(3, 4), panel(5, 1, targets=(None, 70))]) == 100
    assert series.highest([panel(0)]) == 1


def test_a_target_is_a_level_line_for_as_long_as_it_holds() -> None:
    drawn = series.series(panel(1, 2, 3, 4, targets=(None, 5, 5, 10)), 10, ("a", "d"), ["0", "5", "10"])
    first, second = (coordinates(line) for line in drawn.targets)
    assert first[0][1] == first[1][1] == (series.TOP + series.BOTTOM) / 2
    assert second[0][1] == second[1][1] == series.TOP
    assert first[1][0] == second[0][0]
    assert series.LEFT < first[0][0] < drawn.points[1][0]


def test_only_the_latest_point_is_hollow_and_only_when_preliminary() -> None:
    for is_preliminary in (True, False):
        drawn = series.series(panel(1, 2, is_preliminary=is_preliminary), 2, ("a", "b"), ["0", "1", "2"])
        assert drawn.is_hollow is is_preliminary


# -- chance -----------------------------------------------------------------------------------------------------------


@given(wholes=st.lists(st.tuples(st.integers(1, 400), st.floats(0, 1)), min_size=1, max_size=30))
def test_a_dot_is_in_its_field_exactly_when_the_number_is_within_the_limits(wholes: list[tuple[int, float]]) -> None:
    rows = []
    for whole, share in wholes:
        possible, likely = limits(whole, 0.4, 0.002, 0.05)
        rows.append(ranges.Range("Åre", round(whole * share), likely, possible, ""))
    drawn = ranges.ranges(rows)
    for row, shape in zip(rows, drawn.rows, strict=True):
        inside = row.possible[0] <= row.number <= row.possible[1]
        assert shape.is_outside != inside
        assert not inside or shape.possible[0] <= shape.at <= shape.possible[1]
        assert ranges.PLOT[0] <= shape.possible[0] <= shape.likely[0] <= shape.likely[1] <= shape.possible[1]
        assert max(shape.possible[1], shape.at) <= ranges.PLOT[1]
        assert shape.likely_width == pytest.approx(shape.likely[1] - shape.likely[0], abs=0.06)


def chance(risk: float) -> funnel.Limit:
    return lambda whole: interpolated(whole, 0.4, risk)


def test_a_funnel_names_only_those_outside_and_narrows() -> None:
    dots = [funnel.Dot("Åre", 8, 20, False), funnel.Dot("Östersund", 100, 120, True), funnel.Dot("Berg", 30, 60, False)]
    drawn = funnel.funnel(dots, 0.4, chance(0.05), chance(0.002), "left", str)
    assert [dot.label for dot in drawn.dots] == ["", "Östersund", ""]
    assert drawn.dots[1].anchor == "end"  # it stands to the right, where there is no room for a name
    lower, upper = (coordinates(line) for line in drawn.possible)
    heights = [low[1] - high[1] for low, high in zip(lower, upper, strict=True)]
    assert heights[0] > heights[-1] > 0
    for low, high in zip(lower, upper, strict=True):
        assert low[1] >= drawn.average >= high[1]
        assert high[1] >= funnel.TOP - 0.1
        assert low[1] <= funnel.BOTTOM
    outside = drawn.dots[1]
    assert outside.y < upper[-1][1]
    assert all(funnel.LEFT <= dot.x <= funnel.RIGHT and funnel.TOP <= dot.y <= funnel.BOTTOM for dot in drawn.dots)


# -- time to work -----------------------------------------------------------------------------------------------------


def test_a_curve_begins_with_nobody_and_its_field_holds_it() -> None:
    line = curve.Line("all", "33 %", tuple(curve.Estimate(n, 10 * n, 5 * n, 20 * n) for n in range(1, 13)))
    other = curve.Line("women", "", (curve.Estimate(1, 15, 5, 30),))
    drawn = curve.curves([line, other], "months", str)
    points = coordinates(drawn.lines[0].line)
    assert list(points[0]) == [curve.LEFT, curve.BOTTOM]
    assert points[-1] == drawn.lines[0].end
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))  # stairs
    assert all(a[1] >= b[1] for a, b in pairwise(points))
    field = coordinates(drawn.field)
    upper, lower = field[: len(points)], list(reversed(field[len(points) :]))
    assert all(high[1] <= y <= low[1] for (_, y), high, low in zip(points, upper, lower, strict=True))
    assert [mark.text for mark in drawn.months] == ["0", "2", "4", "6", "8", "10", "12"]
    assert drawn.levels[-1].at == curve.TOP
