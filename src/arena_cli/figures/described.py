"""What each figure of the report is, in words: its section, what it counts, and its unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from arena_cli.errors import translatable
from arena_cli.figures.table import Measure
from arena_cli.figures.targets import MEASURES
from arena_cli.figures.why import definitions
from arena_cli.figures.why.asking import Definition
from arena_cli.figures.why.quality import each_happening
from arena_cli.figures.why.records import (
    each_assignment,
    each_move,
    each_place,
    each_placement,
    each_placement_where_place,
    each_spell,
)
from arena_cli.model import Project

PERSONS: Final = translatable("persons")
SPELLS: Final = translatable("spells")
MINUTES: Final = translatable("minutes")
DAYS: Final = translatable("days")

_UNITS: Final[Mapping[Callable[..., Any], str]] = {
    each_spell: SPELLS,
    each_move: translatable("moves"),
    each_placement: translatable("placements"),
    each_placement_where_place: translatable("placements"),
    each_place: translatable("places"),
    each_assignment: translatable("waits"),
    each_happening: translatable("entries, exits and moves"),
}
"""What is counted; everything else counts persons."""

SECTIONS: Final[Mapping[str, str]] = {
    "stock_flow": translatable("Entries and exits"),
    "persons": translatable("Persons since the start"),
    "exits": translatable("Exits in the month"),
    "exits_by_destination": translatable("Exits in the month by destination"),
    "left": translatable("All who have left since the start"),
    "left_by_destination": translatable("All who have left since the start, by destination"),
    "progression": translatable("Up and down the staircase"),
    "steps": translatable("Where they stand on the staircase"),
    "movement": translatable("From step to step"),
    "placements": translatable("Placements"),
    "places": translatable("Places"),
    "place_ages": translatable("How long places last"),
    "attendance": translatable("Hours"),
    "minutes_by_activity": translatable("Hours by activity"),
    "certified_by_activity": translatable("Certified hours by activity"),
    "time_in_project": translatable("Whose time in the project is told"),
    "days_in_project": translatable("Days in the project"),
    "days_on_step": translatable("Days on the step"),
    "returns": translatable("Returns"),
    "waiting": translatable("Waiting to start"),
    "paused": translatable("Paused"),
    "follow_up": translatable("Follow-up"),
    "income_at_entry": translatable("Main source of income at the entry"),
    "income_before": translatable("Main source of income before, of those followed up"),
    "income_after": translatable("Main source of income six months after"),
    "reached": translatable("What has been reached"),
    "targets": translatable("Targets"),
    "indicators": translatable("The fund's indicators, all records"),
    "indicators_complete": translatable("The fund's indicators, complete records"),
    "indicators_unknown": translatable("The fund's indicators, not known"),
    "kolada": translatable("Kolada's yardstick"),
    "timeliness": translatable("How soon it was registered"),
    "missing": translatable("What is missing"),
}
"""By the names in the machine-readable report."""

_TARGET: Final = translatable("The target for: {meaning}")


@dataclass(frozen=True, slots=True)
class Described:
    """What a figure counts, as a message with its facts, and in what unit. `is_target`: what should be reached."""

    meaning: str
    unit: str
    facts: Mapping[str, object] = field(default_factory=dict)
    is_target: bool = False

    def label(self, text: Callable[..., str]) -> str:
        """The sentence in the language whose messages `text` writes."""
        meaning = text(self.meaning, **self.facts)
        return text(_TARGET, meaning=meaning) if self.is_target else meaning


def described(project: Project) -> dict[tuple[str, Measure], Described]:
    """Every figure of the project's report, by section and measure."""
    return dict(_described(project))


def _described(project: Project) -> Iterator[tuple[tuple[str, Measure], Described]]:
    known = definitions(project)
    for key, definition in known.items():
        yield key, Described(definition.meaning, _unit(definition), definition.facts)
    for measure in MEASURES:
        reached = known["reached", measure]
        yield ("targets", measure), Described(reached.meaning, _unit(reached), reached.facts, is_target=True)


def _unit(definition: Definition[Any]) -> str:
    """A median is of days, an amount of minutes; a place's amount is the persons it has room for."""
    if definition.quarters is not None:
        return DAYS
    if definition.amount is not None:
        return PERSONS if definition.cases is each_place else MINUTES
    return _UNITS.get(definition.cases, PERSONS)
