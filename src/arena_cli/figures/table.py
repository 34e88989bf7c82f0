"""Counts cross-tabulated over measure, municipality and sex: zero-filled, with totals, in a fixed order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from itertools import product
from operator import add, sub
from typing import NamedTuple, cast

from arena_cli.errors import DataProblem, translatable
from arena_cli.model import ALL, Activity, Destination, Municipality, Project, Sex, Step
from arena_cli.model.noun import Noun, dataclass

SEX_CLASSES: Mapping[str, str] = {
    Sex.WOMAN: "women",
    Sex.MAN: "men",
    Sex.OTHER: "other",
    Sex.UNKNOWN: "unknown",
}
"""How the figures name the participants of each sex, in the order they are shown."""

SEX_NAMES: Mapping[str, str] = {
    "women": translatable("Women"),
    "men": translatable("Men"),
    "other": translatable("Other sex"),
    "unknown": translatable("Sex unknown"),
    ALL: translatable("All"),
}
"""What readers see for each of them, and for all."""

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


@dataclasses.dataclass(frozen=True)
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
        return dataclasses.replace(self, sexes=())

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """Municipality codes, then `all`."""
        return (*(m.code for m in self.municipalities), ALL)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Sex classes, then `all`."""
        return (*self.sexes, ALL)

    @cached_property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """Row by row, each with its columns: the order of a measure's values. The last is the whole project's."""
        return tuple(product(self.rows, self.columns))

    @cached_property
    def whole_rows(self) -> tuple[tuple[str, str], ...]:
        """The cells of all sexes together."""
        return tuple((row, ALL) for row in self.rows)

    @cached_property
    def places(self) -> Mapping[tuple[str, str], int]:
        """Where among the values of a measure each cell has its own."""
        return {cell: place for place, cell in enumerate(self.cells)}


class Values(Mapping[Cell, int]):
    """The values of a table: a list for each measure, in the order of the scope's cells, None where there is no value.

    A municipality more costs eight bytes a value, and what is asked of all cells at once is asked of lists. Counts that
    were kept are arrays in their stead: they need not be made objects of, and are hashed as they are.
    """

    __slots__ = ("_lists", "_scope")

    def __init__(self, scope: Scope, lists: Mapping[Measure, Sequence[int | None]]) -> None:
        self._scope = scope
        self._lists = lists

    @classmethod
    def of(cls, scope: Scope, measures: Iterable[Measure], values: Mapping[Cell, int]) -> Values:
        """The same values, cell by cell. Raises KeyError for a cell outside the scope."""
        lists: dict[Measure, list[int | None]] = {measure: [None] * len(scope.cells) for measure in measures}
        for (measure, municipality, sex), value in values.items():
            lists[measure][scope.places[municipality, sex]] = value
        return cls(scope, lists)

    def as_lists(self) -> Mapping[Measure, list[int | None]]:
        """All values, by measure, in whatever they are kept: an array equals no list."""
        return {measure: [*values] for measure, values in self._lists.items()}

    def of_measure(self, measure: Measure) -> Sequence[int | None]:
        return self._lists[measure]

    def __getitem__(self, cell: Cell) -> int:
        measure, municipality, sex = cell
        value = self._lists[measure][self._scope.places[municipality, sex]]
        if value is None:
            raise KeyError(cell)
        return value

    def __iter__(self) -> Iterator[Cell]:
        for measure, values in self._lists.items():
            for cell, value in zip(self._scope.cells, values, strict=True):
                if value is not None:
                    yield measure, *cell

    def __len__(self) -> int:
        return sum(len(values) - values.count(None) for values in self._lists.values())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Values):
            return self._scope.cells == other._scope.cells and self.as_lists() == other.as_lists()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # as of any mapping


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table(Noun):
    """The figures of one section: a value for every measure, municipality (and `all`) and sex (and `all`).

    Counts have every value, zeros included, and the sexes add up. What is no count (`is_count` False), such as a median
    or a target, adds up to nothing, and has no value where it is not known or not to be told.
    """

    section: str
    measures: tuple[Measure, ...]
    scope: Scope
    values: Mapping[Cell, int]
    is_count: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.values, Values):
            object.__setattr__(self, "values", Values.of(self.scope, self.measures, self.values))

    def value(self, measure: Measure, municipality: str = ALL, sex: str = ALL) -> int:
        return self.values[measure, municipality, sex]

    def known(self, measure: Measure, municipality: str = ALL, sex: str = ALL) -> int | None:
        """The value of what is no count; None where there is none."""
        return self.values.get((measure, municipality, sex))

    def total(self, measures: Iterable[Measure], municipality: str = ALL, sex: str = ALL) -> int:
        return sum(self.values[measure, municipality, sex] for measure in measures)

    def all_known(self, measure: Measure) -> Sequence[int | None]:
        """A measure's values in the order of the scope's cells; None where there is none."""
        return cast(Values, self.values).of_measure(measure)

    def counts(self, *measures: Measure) -> list[int]:
        """What a measure counts, or several together, in the order of the scope's cells."""
        if not measures:
            return [0] * len(self.scope.cells)
        return added(*(cast(Sequence[int], self.all_known(measure)) for measure in measures))

    def of_municipalities(self, measure: Measure) -> list[int]:
        """What the municipalities count of each sex and all, added up."""
        width, counts = len(self.scope.columns), self.counts(measure)
        return [sum(counts[column:-width:width]) for column in range(width)]

    def figures(self) -> Iterator[Figure]:
        """Tidy rows: measures in order, within each the municipalities by code and `all`, within each the sexes."""
        for measure in self.measures:
            for (municipality, sex), value in zip(self.scope.cells, self.all_known(measure), strict=True):
                if value is not None:
                    yield Figure(self.section, measure, municipality, sex, value)


Groups = Mapping[str, Mapping[str, Table]]
"""Tables by what they are for, and by their section."""


def tabulate(
    section: str, measures: Iterable[Measure], scope: Scope, counted: Counted, project: Counted | None = None
) -> Table:
    """Lay counts out over the scope, zeros included.

    `counted` has the counts per municipality. The row `all` is their sum, unless `project` counts it by itself: persons
    who were in two municipalities are one person in the project. Raises OutsideProject.
    """
    measures = tuple(measures)
    counts = {measure: [0] * len(scope.cells) for measure in measures}
    places: dict[tuple[str, str], list[int]] = {}
    try:
        for measure, municipality, sex, count in counted:
            if (municipality, sex) not in places:
                rows = (municipality, ALL) if project is None else (municipality,)
                places[municipality, sex] = [scope.places[row, column] for row in rows for column in _columns(sex)]
            of_measure = counts[measure]
            for place in places[municipality, sex]:
                of_measure[place] += count
        for measure, _, sex, count in project or ():
            for column in _columns(sex):
                counts[measure][scope.places[ALL, column]] += count
    except KeyError:
        raise OutsideProject from None
    return Table(section, measures, scope, Values(scope, counts))


def added(*counts: Iterable[int]) -> list[int]:
    """The sums, cell by cell."""
    first, *others = counts
    return reduce(lambda sums, more: [*map(add, sums, more)], others, [*first])


def less(counts: Iterable[int], others: Iterable[int]) -> list[int]:
    """The differences, cell by cell."""
    return [*map(sub, counts, others)]


def _columns(sex: str) -> tuple[str, ...]:
    return (ALL,) if sex == ALL else (SEX_CLASSES[sex], ALL)
