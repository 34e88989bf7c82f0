"""How long it takes until people go to work: the Kaplan-Meier estimate, where those still on their way count rightly.

Observed is each participant from the first entry in the project up to the end of the month. The event is the first
exit to a destination of the group `work`, in any spell. Who has had none is observed without it, to the end of the
month: those still in the project, and those who left for anything else or nobody knows what, since they may come back
and go to work yet. So everybody is followed for as long as there has been time for, and those who entered late weigh in
only for the time they have had: a plain share would be too low for a project that is still taking people in.

`time_to_work` has, for each month M since the first entry (one is 365.25 / 12 days):
- `at_risk_M`: the participants who are followed for longer than M months and had not gone to work by then
- `gone_M`: the participants who went to work within M months
- `share_M`: the estimated share of all who go to work within M months, in tenths of a per cent; `low_M` and `high_M`
  its 95 per cent confidence limits. Nothing where fewer than 20 have entered, or fewer than 10 are followed for longer

For the project and each sex: in a municipality there are too few. Kaplan and Meier, J. Amer. Statist. Assoc. 53 (1958);
the limits are those of the log-minus-log of the share, with Greenwood's variance (Kalbfleisch and Prentice, The
Statistical Analysis of Failure Time Data, 2nd ed. 2002, 1.4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import exp, inf, log, sqrt
from typing import Final

from arena_cli.figures.spells import period
from arena_cli.figures.table import SEX_CLASSES, Cell, Scope, Table
from arena_cli.model import ALL, Month
from arena_cli.model.noun import Noun, dataclass
from arena_cli.store import Row, Store

SECTION: Final = "time_to_work"
DAYS_OF_A_MONTH: Final = 365.25 / 12
FEWEST: Final = 20
"""Of how many participants a share is estimated at all."""

FEWEST_FOLLOWED: Final = 10
"""How many must be followed for longer, for a share to be told: the end of a curve hangs on very few."""

TWO_SIDED_95: Final = 1.959963984540054
"""The normal quantile of 97.5 per cent."""

TIMES = """
WITH person AS (
    SELECT s.participant_id, min(s.entered_on) AS entered_on,
           min(CASE WHEN s.exited_on <= :last AND s.exit_type <> 'transferred' AND d.destination_group = 'work'
                    THEN s.exited_on END) AS worked_on
    FROM counted_spell s LEFT JOIN destination d ON d.code = s.destination
    WHERE s.entered_on <= :last
    GROUP BY s.participant_id
)
SELECT p.sex, CAST(julianday(coalesce(worked_on, :last)) - julianday(entered_on) AS INTEGER) AS days,
       worked_on IS NOT NULL AS is_event, count(*)
FROM person JOIN participant p ON p.id = person.participant_id
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Point(Noun):
    """What is known of a day: how many are followed beyond it, how many had the event by then, and the estimate.

    `survival` is the estimated share without the event by the end of the day; `low` and `high` are its limits, equal to
    it where nobody or everybody has had the event.
    """

    followed: int
    events: int
    survival: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Curve(Noun):
    """The Kaplan-Meier estimate as steps: `points` are those of the `days` on which something was observed."""

    number: int
    days: tuple[int, ...]
    points: tuple[Point, ...]

    def on(self, day: float) -> Point:
        """The estimate at the end of a day: that of the latest day by then on which something was observed."""
        point = Point(self.number, 0, 1.0, 1.0, 1.0)
        for observed, known in zip(self.days, self.points, strict=True):
            if observed > day:
                break
            point = known
        return point


def kaplan_meier(times: Mapping[int, tuple[int, int]]) -> Curve:
    """The estimate from how many had the event, and how many were last seen without it, after each number of days.

    Somebody last seen on the day of an event was still there when it happened, as is the convention.
    """
    followed = number = sum(events + censored for events, censored in times.values())
    survival, variance, seen = 1.0, 0.0, 0
    points = []
    days = tuple(sorted(times))
    for day in days:
        events, censored = times[day]
        if events:
            survival *= 1 - events / followed
            variance += events / (followed * (followed - events)) if events < followed else inf
        seen += events
        followed -= events + censored
        points.append(Point(followed, seen, survival, *_limits(survival, variance)))
    return Curve(number, days, tuple(points))


def _limits(survival: float, variance: float) -> tuple[float, float]:
    if survival in {0.0, 1.0}:
        return survival, survival
    spread = TWO_SIDED_95 * sqrt(variance) / abs(log(survival))
    return survival ** exp(spread), survival ** exp(-spread)


def build(store: Store, month: Month, scope: Scope) -> Table:
    """The section `time_to_work`."""
    whole = replace(scope, municipalities=())
    curves = {sex: kaplan_meier(times) for sex, times in _times(store.counts(TIMES, period(month))).items()}
    longest = max((curve.days[-1] for curve in curves.values()), default=0)
    months = range(1, int(longest / DAYS_OF_A_MONTH) + 1)
    measures = tuple(f"{what}_{n}" for n in months for what in ("at_risk", "gone", "share", "low", "high"))
    values: dict[Cell, int] = {
        (f"{what}_{n}", ALL, sex): value
        for sex in whole.columns
        if (curve := curves.get(sex)) and curve.number >= FEWEST
        for n in months
        for what, value in _told(curve.on(n * DAYS_OF_A_MONTH))
    }
    return Table(SECTION, measures, whole, values, is_count=False)


def _told(point: Point) -> Iterator[tuple[str, int]]:
    if point.followed < FEWEST_FOLLOWED:
        return
    yield "at_risk", point.followed
    yield "gone", point.events
    yield "share", round(1000 * (1 - point.survival))
    yield "low", round(1000 * (1 - point.high))
    yield "high", round(1000 * (1 - point.low))


def _times(rows: Iterable[Row]) -> Mapping[str, Mapping[int, tuple[int, int]]]:
    """How many had the event and how many not, after each number of days, of each sex and `all`."""
    found: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for sex, days, is_event, count in rows:
        for column in (SEX_CLASSES[sex], ALL):
            events, censored = found[column].get(days, (0, 0))
            found[column][days] = (events + count, censored) if is_event else (events, censored + count)
    return found
