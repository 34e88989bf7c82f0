"""Scales, marks of axes and labels that fit, for any numbers and texts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.render.charts.scale import CUT, Scale, fitted, marks, path, rounded, stairs, width_of

NUMBERS = st.integers(0, 10**7)


@given(low=NUMBERS, span=st.integers(1, 10**6), number=st.floats(0, 1))
def test_a_scale_keeps_its_ends_and_its_order(low: int, span: int, number: float) -> None:
    for start, end in ((0, 46), (100, 18)):
        scale = Scale(low, low + span, start, end)
        assert (scale.at(low), scale.at(low + span)) == (start, end)
        inside = scale.at(low + number * span)
        assert min(start, end) <= inside <= max(start, end)
        assert inside == pytest.approx(start + number * (end - start), abs=0.06)


def test_where_there_is_but_one_number_it_stands_at_the_start() -> None:
    assert Scale(3, 3, 10, 20).at(3) == 10


@given(most=st.floats(0, 10**7), intervals=st.integers(1, 8))
def test_marks_are_round_begin_at_zero_and_reach_the_largest_number(most: float, intervals: int) -> None:
    found = marks(most, intervals)
    steps = {b - a for a, b in pairwise(found)}
    assert found[0] == 0
    assert found[-1] >= most
    assert len(found) < 2 or found[-2] < most or found == (0, 1)
    assert len(steps) == 1
    assert 2 <= len(found) <= intervals + 1
    (step,) = steps
    assert str(step).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize(
    ("most", "intervals", "expected"),
    [(0, 4, (0, 1)), (3, 4, (0, 1, 2, 3)), (21, 2, (0, 20, 40)), (62, 2, (0, 50, 100)), (100, 4, (0, 50, 100))],
)
def test_marks_that_one_would_choose(most: float, intervals: int, expected: tuple[int, ...]) -> None:
    assert marks(most, intervals) == expected


@given(text=st.text(max_size=60), room=st.floats(20, 400))
def test_a_label_fits_and_is_cut_only_where_it_does_not(text: str, room: float) -> None:
    label = fitted(text, 13, room)
    assert width_of(label, 13) <= room
    assert label == text if width_of(text, 13) <= room else label.endswith(CUT)
    assert text.startswith(label.removesuffix(CUT).rstrip())


def test_every_municipality_of_an_eight_fits_beside_its_bar() -> None:
    for name in ("Berg", "Bräcke", "Härjedalen", "Krokom", "Ragunda", "Strömsund", "Åre", "Östersund", "Malung-Sälen"):
        assert fitted(name, 13, 104) == name
    assert fitted("Förvaltningsövergripande", 13, 104).endswith(CUT)


def test_lines_and_stairs() -> None:
    assert path([(1, 2.5), (3, 4)]) == "M1,2.5L3,4"
    assert stairs([(0, 9), (5, 7), (8, 2)]) == [(0, 9), (5, 9), (5, 7), (8, 7), (8, 2)]
    assert [repr(rounded(x)) for x in (2.0, 2.04, 2.06, 1 / 3)] == ["2", "2", "2.1", "0.3"]
