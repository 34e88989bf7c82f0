"""What tests/reports.py shows of the journey: pauses, placements, hours, follow-ups, times, returns and targets.

Its people are those of that file. Here the numbers are of no interest by themselves, but they agree with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from arena_cli.figures.attendance import MEASURES as ATTENDANCE
from arena_cli.figures.durations import ACTIVE, LEAVERS, QUARTILES
from arena_cli.figures.follow_up import MEASURES as FOLLOW_UP
from arena_cli.figures.income import SOURCES
from arena_cli.figures.placements import PLACE_AGES, PLACEMENTS, PLACES
from arena_cli.figures.returns import MEASURES as RETURNS
from arena_cli.figures.table import Cell, Counted, Measure, Scope, Table, tabulate
from arena_cli.figures.targets import MEASURES as TARGETS
from arena_cli.figures.waiting import PAUSED, WAITING
from arena_cli.model import ALL

Counts = Mapping[tuple[str, str], Mapping[str, int]]
"""Of each municipality and sex, by measure."""

PLACEMENT_COUNTS: Final[Counts] = {
    ("2309", "woman"): {"participants": 24, "opening": 30, "ended": 5, "running": 25},
    ("2309", "man"): {"participants": 2, "begun": 2, "running": 2},
    ("2321", "woman"): {"participants": 1, "begun": 1, "running": 1},
}

PLACE_COUNTS: Final[Counts] = {
    ("2309", ALL): {
        "opening": 10,
        "opened": 1,
        "closed": 2,
        "open": 9,
        "capacity": 30,
        "occupied": 26,
        "free": 5,
        "beyond_capacity": 1,
    },
    ("2321", ALL): {"opening": 2, "open": 2, "capacity": 3, "occupied": 2, "free": 1},
}

PLACE_AGE_COUNTS: Final[Counts] = {
    ("2309", ALL): {
        "places": 11,
        "still_6": 8,
        "closed_6": 1,
        "not_due_6": 2,
        "still_12": 4,
        "closed_12": 2,
        "not_due_12": 5,
        "not_due_24": 11,
    },
    ("2321", ALL): {"places": 2, "still_6": 2, "still_12": 1, "not_due_12": 1, "not_due_24": 2},
}

ATTENDANCE_COUNTS: Final[Counts] = {
    ("2309", "woman"): {
        "participants": 1213,
        "with_hours": 1100,
        "paused": 8,
        "without_hours": 105,
        "minutes": 5_400_030,
        "certified_minutes": 4_000_000,
    },
    ("2309", "man"): {"participants": 3, "with_hours": 2, "without_hours": 1, "minutes": 720},
    ("2321", "woman"): {"participants": 1, "with_hours": 1, "minutes": 90, "certified_minutes": 90},
    ("2321", "man"): {"participants": 3, "with_hours": 2, "without_hours": 1, "minutes": 600},
}
ATTENDANCE_OF_PROJECT: Final[Counts] = {
    (ALL, "woman"): {
        "participants": 1213,
        "with_hours": 1101,
        "paused": 8,
        "without_hours": 104,
        "minutes": 5_400_120,
        "certified_minutes": 4_000_090,
    },
    (ALL, "man"): {"participants": 6, "with_hours": 4, "without_hours": 2, "minutes": 1320},
}

MINUTES: Final[Counts] = {
    ("2309", "woman"): {"placement": 5_400_000, "talks": 30},
    ("2309", "man"): {"talks": 720},
    ("2321", "woman"): {"placement": 90},
    ("2321", "man"): {"placement": 600},
}
CERTIFIED: Final[Counts] = {("2309", "woman"): {"placement": 4_000_000}, ("2321", "woman"): {"placement": 90}}

TIMES: Final[Counts] = {
    ("2309", "woman"): {LEAVERS: 12, ACTIVE: 1200},
    ("2309", "man"): {ACTIVE: 3},
    ("2321", "woman"): {ACTIVE: 1},
    ("2321", "man"): {ACTIVE: 3},
}
DAYS: Final[Mapping[tuple[str, str], Mapping[str, tuple[int, int, int]]]] = {
    ("2309", "women"): {LEAVERS: (120, 240, 395), ACTIVE: (200, 310, 1021)},
    ("2309", ALL): {LEAVERS: (120, 240, 395), ACTIVE: (200, 310, 1021)},
    (ALL, "women"): {LEAVERS: (120, 240, 395), ACTIVE: (200, 310, 1021)},
    (ALL, "men"): {ACTIVE: (12, 29, 150)},
    (ALL, ALL): {LEAVERS: (120, 240, 395), ACTIVE: (199, 309, 1021)},
}
DAYS_ON_STEP: Final[Mapping[Cell, int]] = {
    ("2", "2309", "women"): 17,
    ("2", "2309", ALL): 17,
    ("2", ALL, "women"): 17,
    ("2", ALL, ALL): 17,
    ("1", ALL, "men"): 24,
    ("1", ALL, ALL): 23,
}

RETURN_COUNTS: Final[Counts] = {
    ("2309", "woman"): {"exits": 12, "not_due_6": 12, "not_due_12": 12},
    ("2309", "unknown"): {"exits": 9, "stayed_away_6": 9, "not_due_12": 9},
    ("2321", "man"): {
        "exits": 6,
        "returned_6": 1,
        "stayed_away_6": 4,
        "not_due_6": 1,
        "returned_12": 1,
        "not_due_12": 5,
    },
}

WAITING_COUNTS: Final[Counts] = {
    ("2309", "woman"): {"opening": 4, "assigned": 3, "withdrawn": 1, "closing": 6},
    ("2309", "man"): {"opening": 3, "started": 3},
    ("2321", "man"): {"assigned": 2, "closing": 2},
}
WAITING_BEFORE: Final[Counts] = {
    ("2309", "woman"): {"assigned": 4, "closing": 4},
    ("2309", "man"): {"assigned": 3, "closing": 3},
}

PAUSED_COUNTS: Final[Counts] = {
    ("2309", "woman"): {"sick_leave": 10, "parental_leave": 4, "not_paused": 1186},
    ("2309", "man"): {"not_paused": 3},
    ("2321", "woman"): {"not_paused": 1},
    ("2321", "man"): {"leave": 1, "not_paused": 2},
}

FOLLOW_UP_COUNTS: Final[Counts] = {
    ("2309", "woman"): {
        "leavers": 12,
        "immediate_due": 2,
        "immediate_followed_up": 2,
        "immediate_working": 2,
        "immediate_not_yet_due": 10,
        "six_months_not_yet_due": 12,
    },
    ("2309", "unknown"): {
        "leavers": 9,
        "immediate_due": 9,
        "immediate_followed_up": 8,
        "immediate_working": 3,
        "immediate_studying": 6,
        "immediate_both": 2,
        "immediate_not_reached": 1,
        "immediate_missing": 1,
        "six_months_due": 9,
        "six_months_followed_up": 6,
        "six_months_working": 4,
        "six_months_studying": 2,
        "six_months_both": 1,
        "six_months_not_reached": 1,
        "six_months_missing": 3,
    },
    ("2321", "man"): {
        "leavers": 4,
        "deceased": 1,
        "immediate_due": 3,
        "immediate_followed_up": 2,
        "immediate_neither": 1,
        "immediate_no_answer": 1,
        "immediate_missing": 1,
        "six_months_due": 3,
        "six_months_followed_up": 1,
        "six_months_neither": 1,
        "six_months_missing": 2,
    },
}

INCOME_AT_ENTRY: Final[Counts] = {
    ("2309", "woman"): {"social_assistance": 900, "unknown": 313},
    ("2309", "man"): {"establishment_allowance": 3},
    ("2309", "unknown"): {"sickness_benefit": 9},
    ("2321", "woman"): {"social_assistance": 1},
    ("2321", "man"): {"unknown": 7},
}
INCOME_OF_PROJECT: Final[Counts] = {
    (ALL, "woman"): {"social_assistance": 900, "unknown": 313},
    (ALL, "man"): {"establishment_allowance": 3, "unknown": 7},
    (ALL, "unknown"): {"sickness_benefit": 9},
}
INCOME_BEFORE: Final[Counts] = {("2309", "unknown"): {"sickness_benefit": 5}, ("2321", "man"): {"unknown": 1}}
INCOME_AFTER: Final[Counts] = {
    ("2309", "unknown"): {"wage_unsubsidised": 3, "study_support": 1, "sickness_benefit": 1},
    ("2321", "man"): {"social_assistance": 1},
}

REACHED: Final[Counts] = {
    ("2309", "woman"): {
        "intake_total": 1213,
        "moved_up_month": 1200,
        "moved_up_total": 1200,
        "work_or_studies_month": 12,
        "work_or_studies_total": 12,
    },
    ("2309", "man"): {"intake_month": 3, "intake_total": 3, "placements_month": 2, "placements_total": 2},
    ("2309", "unknown"): {"intake_total": 9, "work_or_studies_total": 9},
    ("2321", "woman"): {"placements_month": 1, "placements_total": 1},
    ("2321", "man"): {"intake_total": 7},
}
SET: Final[Mapping[Cell, int]] = {
    ("intake_month", "2309", ALL): 5,
    ("intake_month", "2321", ALL): 2,
    ("intake_total", ALL, ALL): 1500,
    ("work_or_studies_total", ALL, ALL): 40,
    ("placements_total", "2321", ALL): 0,
}


def journey_tables(scope: Scope) -> Iterator[Table]:
    """The tables of the month, in the order of the report."""
    places = scope.without_sexes()
    activities = tuple(activity.code for activity in scope.activities)

    def table(section: str, measures: tuple[Measure, ...], counts: Counts, project: Counts | None = None) -> Table:
        return tabulate(section, measures, scope, counted(counts), None if project is None else counted(project))

    yield table("placements", PLACEMENTS, PLACEMENT_COUNTS)
    yield tabulate("places", PLACES, places, counted(PLACE_COUNTS))
    yield tabulate("place_ages", PLACE_AGES, places, counted(PLACE_AGE_COUNTS))
    yield table("attendance", ATTENDANCE, ATTENDANCE_COUNTS, ATTENDANCE_OF_PROJECT)
    yield table("minutes_by_activity", activities, MINUTES)
    yield table("certified_by_activity", activities, CERTIFIED)
    yield table("time_in_project", (LEAVERS, ACTIVE), TIMES)
    yield Table(
        "days_in_project", tuple(f"{k}_{q}" for k in (LEAVERS, ACTIVE) for q in QUARTILES), scope, days(), False
    )
    yield Table("days_on_step", ("1", "2", "not_placed"), scope, DAYS_ON_STEP, is_count=False)
    yield table("returns", RETURNS, RETURN_COUNTS)
    yield table("waiting", WAITING, WAITING_COUNTS)
    yield table("paused", PAUSED, PAUSED_COUNTS)
    yield table("follow_up", FOLLOW_UP, FOLLOW_UP_COUNTS)
    yield table("income_at_entry", SOURCES, INCOME_AT_ENTRY, INCOME_OF_PROJECT)
    yield table("income_before", SOURCES, INCOME_BEFORE)
    yield table("income_after", SOURCES, INCOME_AFTER)
    yield table("reached", TARGETS, REACHED)
    yield Table("targets", TARGETS, places, SET, is_count=False)


def journey_tables_before(scope: Scope) -> Iterator[Table]:
    """The tables of the month before that this one is compared with."""
    running = {("2309", "woman"): {"opening": 30, "running": 30}}
    yield tabulate("placements", PLACEMENTS, scope, counted(running))
    yield tabulate("waiting", WAITING, scope, counted(WAITING_BEFORE))


def counted(counts: Counts) -> Counted:
    return [(m, municipality, sex, n) for (municipality, sex), row in counts.items() for m, n in row.items()]


def days() -> dict[Cell, int]:
    return {
        (f"{group}_{quartile}", municipality, sex): value
        for (municipality, sex), groups in DAYS.items()
        for group, values in groups.items()
        for quartile, value in zip(QUARTILES, values, strict=True)
    }
