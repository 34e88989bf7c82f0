"""Time to work: against a published example, against a second implementation, and counted by hand from a store.

It was also held against `scipy.stats.ecdf` once (30 random samples, the estimate and its log-log limits), which is too
large a package to install for this alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.figures.report import build
from arena_cli.figures.survival import Curve, kaplan_meier
from arena_cli.figures.table import Table
from arena_cli.model import ExitType, Month, Sex
from arena_cli.store import Store
from tests.sample import TODAY, new_store, occasion

ENTERED = date(2016, 1, 1)
Person = tuple[int, bool]
"""Days, and whether the event happened on the last of them."""

# Remission in weeks under 6-mercaptopurine; a plus was still in remission. Freireich et al., Blood 21 (1963), as in
# Cox and Oakes, Analysis of Survival Data (1984), table 1.1 and its estimates.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
ESTIMATES = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
FOLLOWED = {6: 17, 7: 16, 10: 13, 13: 11, 16: 10, 22: 6, 23: 5}


def curve_of(people: list[Person]) -> Curve:
    times: dict[int, tuple[int, int]] = {}
    for days, has_happened in people:
        events, censored = times.get(days, (0, 0))
        times[days] = (events + has_happened, censored + (not has_happened))
    return kaplan_meier(times)


def test_the_published_example() -> None:
    people = [(int(weeks.rstrip("+")), not weeks.endswith("+")) for weeks in REMISSION.split()]
    curve = curve_of(people)
    assert {week: round(curve.on(week).survival, 3) for week in ESTIMATES} == ESTIMATES
    assert {week: curve.on(week).followed for week in FOLLOWED} == FOLLOWED
    assert curve.on(5).survival == curve.on(0).survival == 1
    assert curve.on(100).survival == curve.on(23).survival
    # Greenwood's standard error at 10 weeks is published as 0.0963; the log-minus-log limits follow from it by hand:
    # log S = -0.2838, 1.96 x 0.0963 / (0.753 x 0.2838) = 0.883, S ** exp(-+0.883)
    assert curve.on(10).low == pytest.approx(0.753**2.418, abs=0.002)
    assert curve.on(10).high == pytest.approx(0.753**0.4135, abs=0.002)


def survival_by_redistribution(people: list[Person], day: int) -> Fraction:
    """Efron's way to the same estimate: who is last seen hands the own weight on to those who are followed longer."""
    ordered = sorted(people, key=lambda person: (person[0], not person[1]))  # of one day, events come first
    weights = [Fraction(1, len(people))] * len(people)
    for number, (_, has_happened) in enumerate(ordered[:-1]):
        if not has_happened:
            handed_on = weights[number] / (len(people) - number - 1)
            weights = [
                Fraction(0) if other == number else weight + (handed_on if other > number else 0)
                for other, weight in enumerate(weights)
            ]
    return 1 - sum(
        (w for w, (days, has_happened) in zip(weights, ordered, strict=True) if has_happened and days <= day),
        start=Fraction(0),
    )


@settings(max_examples=60, deadline=None)
@given(
    people=st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25),
    day=st.integers(0, 14),
)
def test_it_is_what_handing_weights_on_gives(people: list[Person], day: int) -> None:
    point = curve_of(people).on(day)
    assert point.survival == pytest.approx(float(survival_by_redistribution(people, day)))
    assert 0 <= point.low <= point.survival + 1e-12
    assert point.survival - 1e-12 <= point.high <= 1
    assert point.events == sum(has_happened and days <= day for days, has_happened in people)
    assert point.followed == sum(days > day for days, _ in people)


# -- from a store -----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, entered_on: date = ENTERED, sex: Sex = Sex.WOMAN) -> str:
    return casework.enrol(store, occasion(), Intake("2305", entered_on), sex=sex).participant.code


def leave(store: Store, code: str, days: int, destination: str | None = "job") -> None:
    day = ENTERED + timedelta(days=days)
    casework.leave(store, occasion(), code, day, ExitType.COMPLETED, destination)


def table(store: Store, month: Month) -> Table:
    report = build(store, month, TODAY)
    assert report.reconciles
    return report.estimates["time_to_work"]


def told(table: Table, months: int, sex: str = "all") -> dict[str, int]:
    return {
        what: value
        for what in ("at_risk", "gone", "share", "low", "high")
        if (value := table.known(f"{what}_{months}", "all", sex)) is not None
    }


def test_those_who_are_there_or_went_elsewhere_are_followed_and_those_who_entered_late_not_so_long(
    store: Store,
) -> None:
    for _ in range(16):
        enrol(store)
    for destination in ("job", "own_firm", "school", None):
        leave(store, enrol(store), 80, destination)
    for _ in range(10):
        enrol(store, date(2016, 4, 1), Sex.MAN)
    assert told(table(store, Month(2016, 3)), 3) == {}  # 90 days: nobody has been followed for three months yet
    of_june = table(store, Month(2016, 6))
    assert told(of_june, 3) == {"at_risk": 18, "gone": 2, "share": 67, "low": 17, "high": 241}
    assert told(of_june, 3, "women") == {"at_risk": 18, "gone": 2, "share": 100, "low": 26, "high": 344}
    assert told(of_june, 3, "men") == {}  # ten are too few
    assert {figure.municipality for figure in of_june.figures()} == {"all"}


def test_a_return_goes_on_from_the_first_entry_and_a_second_job_is_no_second_event(store: Store) -> None:
    for _ in range(18):
        enrol(store)
    for first in ("school", "job"):
        code = enrol(store)
        leave(store, code, 50, first)
        casework.readmit(store, occasion(), code, Intake("2380", ENTERED + timedelta(days=60)))
        leave(store, code, 150, "job")
    found = table(store, Month(2016, 7))
    assert (told(found, 3)["gone"], told(found, 6)["gone"]) == (1, 2)
    assert (told(found, 3)["share"], told(found, 6)["share"]) == (50, 100)


def test_the_end_of_the_curve_is_not_told_when_few_are_left(store: Store) -> None:
    for _ in range(9):
        enrol(store)
    for _ in range(15):
        enrol(store, date(2016, 5, 1))
    found = table(store, Month(2016, 8))
    assert told(found, 3)["at_risk"] == 24
    assert told(found, 6) == {}
