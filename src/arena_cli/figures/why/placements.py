"""What the sections about placements, places, and how long places stay open count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.placements import AGES
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.monthly import Definitions, within
from arena_cli.figures.why.records import (
    PlaceCase,
    PlacementCase,
    each_person_placed,
    each_place,
    each_placement,
    each_placement_where_place,
    runs_at_end_of,
)
from arena_cli.model import Project
from arena_cli.rules import months_after

BEGUN_BY_END: Final[Rule[PlacementCase]] = (
    lambda q, c: c.placement.placed_on <= q.month.last,
    translatable("begun after the month"),
)
BEGUN_IN_MONTH: Final[Rule[PlacementCase]] = (
    lambda q, c: within(q.month, c.placement.placed_on),
    translatable("not begun in the month"),
)
RUNNING: Final[Rule[PlacementCase]] = (
    lambda q, c: runs_at_end_of(c, q.month.last),
    translatable("does not run at the end of the month"),
)


def of_project(_: Project) -> Definitions:
    """The definitions of the sections `placements`, `places` and `place_ages`."""
    return {**_placements(), **_places(), **_place_ages()}


def _placements() -> Definitions:
    ran_before: Rule[PlacementCase] = (
        lambda q, c: c.placement.placed_on < q.month.first and (c.ended_on is None or c.ended_on >= q.month.first),
        translatable("did not run at the end of the day before the month"),
    )
    ended: Rule[PlacementCase] = (
        lambda q, c: within(q.month, c.ended_on) and c.placement.placed_on <= q.month.last,
        translatable("did not end in the month"),
    )
    return {
        ("placements", "participants"): Definition(
            translatable("Participants in placement at the end of the month."), each_person_placed, (RUNNING,)
        ),
        ("placements", "opening"): Definition(
            translatable("Placements that ran at the end of the day before the month."), each_placement, (ran_before,)
        ),
        ("placements", "begun"): Definition(
            translatable("Placements begun in the month."), each_placement, (BEGUN_IN_MONTH,)
        ),
        ("placements", "ended"): Definition(
            translatable("Placements that ended in the month."), each_placement, (ended,)
        ),
        ("placements", "running"): Definition(
            translatable("Placements that run at the end of the month."), each_placement, (RUNNING,)
        ),
    }


def _is_open(day: date, closes_on: date | None) -> bool:
    """Whether a place that has been opened is open at the end of a day."""
    return closes_on is None or closes_on > day


def _places() -> Definitions:
    is_open: Rule[PlaceCase] = (
        lambda q, c: c.place.opens_on <= q.month.last and _is_open(q.month.last, c.place.closes_on),
        translatable("not open at the end of the month"),
    )
    flows: Mapping[str, tuple[str, Rule[PlaceCase]]] = {
        "opening": (
            translatable("Places open at the end of the day before the month."),
            (
                lambda q, c: c.place.opens_on < q.month.first and _is_open(q.month.before, c.place.closes_on),
                translatable("not open at the end of the day before the month"),
            ),
        ),
        "opened": (
            translatable("Places whose first day lies in the month."),
            (lambda q, c: within(q.month, c.place.opens_on), translatable("not opened in the month")),
        ),
        "closed": (
            translatable("Places whose last day lies in the month."),
            (
                lambda q, c: within(q.month, c.place.closes_on) and c.place.opens_on <= q.month.last,
                translatable("not closed in the month"),
            ),
        ),
        "open": (translatable("Places open at the end of the month."), is_open),
    }
    rooms: Mapping[str, tuple[str, Callable[[Question, PlaceCase], int]]] = {
        "capacity": (
            translatable("For how many there is room on each place that is open at the end of the month."),
            lambda _, c: c.place.capacity,
        ),
        "free": (
            translatable("For how many more there is room on each place that is open at the end of the month."),
            lambda _, c: max(0, c.place.capacity - c.occupied),
        ),
        "beyond_capacity": (
            translatable("How many too many are on each place that is open at the end of the month."),
            lambda _, c: max(0, c.occupied - c.place.capacity),
        ),
    }
    found: Definitions = {
        ("places", measure): Definition(said, each_place, (rule,), by_sex=False)
        for measure, (said, rule) in flows.items()
    }
    for measure, (said, amount) in rooms.items():
        found["places", measure] = Definition(said, each_place, (is_open,), amount=amount, by_sex=False)
    found["places", "occupied"] = Definition(
        translatable("Placements that run at the end of the month, where their places are."),
        each_placement_where_place,
        (RUNNING,),
        by_sex=False,
    )
    return found


def _place_ages() -> Definitions:
    opened: Rule[PlaceCase] = (lambda q, c: c.place.opens_on <= q.month.last, translatable("opened after the month"))
    found: Definitions = {
        ("place_ages", "places"): Definition(
            translatable("Places opened by the end of the month."), each_place, (opened,), by_sex=False
        )
    }
    said = {
        "still": translatable("Places that were open {months} months after their first day."),
        "closed": translatable("Places that were no longer open {months} months after their first day."),
        "not_due": translatable("Places opened less than {months} months before the end of the month."),
    }
    for age in AGES:
        for outcome, meaning in said.items():
            found["place_ages", f"{outcome}_{age}"] = Definition(
                meaning, each_place, (opened, _age_is(outcome, age)), {"months": age}, by_sex=False
            )
    return found


def _age_is(outcome: str, age: int) -> Rule[PlaceCase]:
    def holds(question: Question, case: PlaceCase) -> bool:
        day = months_after(case.place.opens_on, age)
        is_due = day <= question.month.last
        still = case.place.closes_on is None or case.place.closes_on >= day
        return outcome == ("not_due" if not is_due else "still" if still else "closed")

    said = {
        "still": translatable("no longer open then, or not yet so old"),
        "closed": translatable("still open then, or not yet so old"),
        "not_due": translatable("so old by the end of the month"),
    }
    return holds, said[outcome]
