"""Counts cross-tabulated over measure, municipality and sex: zero-filled, with totals, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from arena_cli.errors import DataProblem, translatable
from arena_cli.model import ALL, Activity, Destination, Municipality, Project, Sex, Step

SEX_CLASSES: Mapping[str, str] = {
    Sex.WOMAN: "women",
    Sex.MAN: "men",
    Sex.OTHER: "other",
    Sex.UNKNOWN: "unknown",
}
"""How the figures name the participants of each sex, in the order they are shown."""

Measure = str | tuple[str, str]
"""A row's name within its section: a word, or (from, to) in the movement matrix."""

Cell = tuple[Measure, str, str]
"""Measure, municipality code or `all`, sex class or `all`."""

Counted = Iterable[tuple[Measure, str, str, int]]
"""What a query returns: measure, municipality code, sex as recorded (`all` where no persons are counted), count."""


class OutsideProject(DataProblem):
    """A reference of the file leads nowhere: SQLite prevents that where arena writes."""

    message = translatable(
        "The file holds a municipality, a sex, a step or a destination that its project does not have: it is damaged, "
        "or another program has written to it. Copy it as it is, then take the newest backup into use."
    )


class Figure(NamedTuple):
    """One figure of the report, as in the machine-readable form."""

    section: str
    measure: Measure
    municipality: str
    sex: str
    value: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What every table of a report is laid out over. `sexes` are the classes that occur among the participants."""

    municipalities: tuple[Municipality, ...]
    sexes: tuple[str, ...]
    steps: tuple[Step, ...]
    destinations: tuple[Destination, ...]
    activities: tuple[Activity, ...] = ()

    @classmethod
    def of(cls, project: Project, recorded_sexes: Iterable[str]) -> Scope:
        recorded = set(recorded_sexes)
        return cls(
            municipalities=tuple(sorted(project.municipalities, key=lambda m: m.code)),
            sexes=tuple(name for sex, name in SEX_CLASSES.items() if sex in recorded),
            steps=tuple(sorted(project.steps, key=lambda s: s.position)),
            destinations=project.destinations,
            activities=project.activities,
        )

    def without_sexes(self) -> Scope:
        """The same for what has no sex, such as places: the only column is `all`."""
        return replace(self, sexes=())

    @property
    def rows(self) -> tuple[str, ...]:
        """Municipality codes, then `all`."""
        return (*(m.code for m in self.municipalities), ALL)

    @property
    def columns(self) -> tuple[str, ...]:
        """Sex classes, then `all`."""
        return (*self.sexes, ALL)


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one section: a value for every measure, municipality (and `all`) and sex (and `all`).

    Counts have every value, zeros included, and the sexes add up. What is no count (`is_count` False), such as a median
    or a target, adds up to nothing, and has no value where it is not known or not to be told.
    """

    section: str
    measures: tuple[Measure, ...]
    scope: Scope
    values: Mapping[Cell, int]
    is_count: bool = True

    def value(self, measure: Measure, municipality: str = ALL, sex: str = ALL) -> int:
        return self.values[measure, municipality, sex]

    def known(self, measure: Measure, municipality: str = ALL, sex: str = ALL) -> int | None:
        """The value of what is no count; None where there is none."""
        return self.values.get((measure, municipality, sex))

    def total(self, measures: Iterable[Measure], municipality: str = ALL, sex: str = ALL) -> int:
        return sum(self.values[measure, municipality, sex] for measure in measures)

    def total_of_sexes(self, measure: Measure, municipality: str) -> int:
        return sum(self.values[measure, municipality, sex] for sex in self.scope.sexes)

    def total_of_municipalities(self, measure: Measure, sex: str) -> int:
        return sum(self.values[measure, m.code, sex] for m in self.scope.municipalities)

    def figures(self) -> Iterator[Figure]:
        """Tidy rows: measures in order, within each the municipalities by code and `all`, within each the sexes."""
        rows, columns = self.scope.rows, self.scope.columns
        for measure in self.measures:
            for municipality in rows:
                for sex in columns:
                    value = self.values.get((measure, municipality, sex))
                    if value is not None:
                        yield Figure(self.section, measure, municipality, sex, value)


def tabulate(
    section: str, measures: Iterable[Measure], scope: Scope, counted: Counted, project: Counted | None = None
) -> Table:
    """Lay counts out over the scope, zeros included.

    `counted` has the counts per municipality. The row `all` is their sum, unless `project` counts it by itself: persons
    who were in two municipalities are one person in the project. Raises OutsideProject.
    """
    measures = tuple(measures)
    values: dict[Cell, int] = {(m, row, column): 0 for m in measures for row in scope.rows for column in scope.columns}
    try:
        for measure, municipality, sex, count in counted:
            for column in _columns(sex):
                values[measure, municipality, column] += count
                if project is None:
                    values[measure, ALL, column] += count
        for measure, _, sex, count in project or ():
            for column in _columns(sex):
                values[measure, ALL, column] += count
    except KeyError:
        raise OutsideProject from None
    return Table(section, measures, scope, values)


def _columns(sex: str) -> tuple[str, ...]:
    return (ALL,) if sex == ALL else (SEX_CLASSES[sex], ALL)
