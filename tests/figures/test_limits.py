"""What chance explains: against printed binomial tables, and against exact fractions for any share and number."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli.figures.limits import RISKS, Binomial, build, interpolated, limits
from arena_cli.figures.table import Scope, Table, tabulate
from tests.reports import PROJECT

SCOPE = Scope.of(PROJECT, ("woman", "man"))
OUTCOMES = ("work", "studies", "other", "unknown", "transferred")


def probability_of_at_most(number: int, whole: int, share: Fraction) -> Fraction:
    return sum(
        (comb(whole, n) * share**n * (1 - share) ** (whole - n) for n in range(number + 1)),
        start=Fraction(0),
    )


@pytest.mark.parametrize(
    ("whole", "share", "risk", "expected"),
    [
        (10, 0.5, 0.05, (2, 8)),  # P(R <= 1) = 0.0107, P(R <= 2) = 0.0547
        (20, 0.5, 0.05, (6, 14)),  # P(R <= 5) = 0.0207, P(R <= 6) = 0.0577
        (20, 0.3, 0.05, (2, 10)),  # P(R <= 1) = 0.0076, P(R <= 2) = 0.0355; P(R >= 11) = 0.0171, P(R >= 10) = 0.0480
        (20, 0.5, 0.002, (3, 17)),  # P(R <= 2) = 0.0002, P(R <= 3) = 0.0013
        (1, 0.5, 0.05, (0, 1)),
        (7, 0.0, 0.05, (0, 0)),
        (7, 1.0, 0.05, (7, 7)),
        (0, 0.5, 0.05, (0, 0)),
    ],
)
def test_limits_are_those_of_the_printed_tables(
    whole: int, share: float, risk: float, expected: tuple[int, int]
) -> None:
    assert limits(whole, share, risk) == [expected]


@settings(max_examples=60, deadline=None)
@given(
    whole=st.integers(1, 60),
    share=st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50),
    risk=st.sampled_from([Fraction(1, 20), Fraction(1, 500)]),
)
def test_each_side_is_passed_with_at_most_half_the_risk_and_one_nearer_would_be_passed_with_more(
    whole: int, share: Fraction, risk: Fraction
) -> None:
    ((low, high),) = limits(whole, float(share), float(risk))
    assert probability_of_at_most(low - 1, whole, share) <= risk / 2 < probability_of_at_most(low, whole, share)
    above = 1 - probability_of_at_most(high, whole, share)
    assert above <= risk / 2 < 1 - probability_of_at_most(high - 1, whole, share)


@settings(max_examples=60, deadline=None)
@given(whole=st.integers(1, 3000), share=st.floats(0.01, 0.99), risk=st.sampled_from([0.05, 0.002]))
def test_the_line_of_the_funnel_lies_between_the_numbers_within_and_those_outside(
    whole: int, share: float, risk: float
) -> None:
    ((low, high),), (lower, upper) = limits(whole, share, risk), interpolated(whole, share, risk)
    assert max(0, low - 1) - 1e-9 <= lower * whole <= low + 1e-9
    assert high - 1e-9 <= upper * whole <= min(whole, high + 1) + 1e-9
    assert lower <= share + 1 / whole
    assert upper >= share - 1 / whole


def test_the_lower_line_is_the_cited_formula() -> None:
    # r = 2, alpha = (P(R <= 2) - 0.025) / P(R = 2), the line (r - alpha) / n; P(R <= 2) = 56/1024, P(R = 2) = 45/1024
    alpha = (56 / 1024 - 0.025) / (45 / 1024)
    lower, upper = interpolated(10, 0.5, 0.05)
    assert lower == pytest.approx((2 - alpha) / 10)
    assert upper == pytest.approx(1 - lower)


def test_a_large_whole_costs_no_precision() -> None:
    assert limits(100_000, 0.4, 0.05) == [(39_696, 40_304)]  # 40,000 -+ 1.96 x 154.92


def test_a_share_so_small_that_most_numbers_have_no_probability_costs_no_precision() -> None:
    share = 1e-11
    ((number, beyond),) = Binomial(84, 1 - share).quantiles(0.025)
    assert (number, round(beyond, 3)) == (84, 0.975)
    assert limits(84, share, 0.05) == [(0, 0)]


def left(**people: int) -> Table:
    """The section `left` of Krokom and Åre; of the project, the sum."""
    counted = [(name.split("_")[1], {"k": "2309", "a": "2321"}[name[0]], "woman", n) for name, n in people.items()]
    return tabulate("left", OUTCOMES, SCOPE, counted)


def test_a_municipality_is_compared_with_the_project() -> None:
    table = build(left(k_work=6, k_studies=4, k_other=5, k_unknown=5, k_transferred=9, a_work=2, a_other=38), SCOPE)
    assert [table.value(measure, "2309") for measure in ("part", "whole")] == [10, 20]
    assert [table.value(measure) for measure in ("part", "whole")] == [12, 60]
    krokom = [(table.value(f"low_{risk}", "2309"), table.value(f"high_{risk}", "2309")) for risk in RISKS]
    women = [(table.value(f"low_{r}", "2321", "women"), table.value(f"high_{r}", "2321", "women")) for r in RISKS]
    assert krokom == [*limits(20, 0.2, 0.05), *limits(20, 0.2, 0.002)]
    assert women == limits(40, 0.2, 0.002, 0.05)[::-1] == [*limits(40, 0.2, 0.05), *limits(40, 0.2, 0.002)]
    assert table.known("low_95") is None  # the project is what is compared with
    assert table.known("low_95", "2321", "men") is None  # none has left
    assert table.value("whole", "2321", "men") == 0
