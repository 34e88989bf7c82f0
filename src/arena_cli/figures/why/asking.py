"""What is asked about a figure, and of what: its address, the units it counts, and the rules each must meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from arena_cli.errors import NotFound, Refused, translatable
from arena_cli.figures.table import SEX_CLASSES, Measure
from arena_cli.model import ALL, Month, Project

if TYPE_CHECKING:
    from arena_cli.figures.why.records import Records

_PARTS: Final = 4


class UnknownFigure(NotFound):
    message = translatable(
        "There is no such figure. Its address is section/measure/municipality/sex, as in stock_flow/exited/2380/women "
        "or movement/2>3/all/all; `arena report --format json` has every one."
    )


class NearFigures(UnknownFigure):
    message = translatable(
        "There is no such figure. Near it are: {nearest}. `arena report --format json` has every one; `all` is "
        "the total."
    )


class TargetCountsNobody(Refused):
    message = translatable("A target counts nobody: it was set. `arena list-targets` shows them.")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a figure counts, written as it is asked for.

    `K7QX-4M` is a person, `K7QX-4M/2` the second spell, and `K7QX-4M/2/3` the participant's third move or placement, in
    that spell; numbered as `arena show-participant` does. `P-012` is a place.
    """

    code: str
    spell: int | None = None
    number: int | None = None

    def __str__(self) -> str:
        return "/".join(str(part) for part in (self.code, self.spell, self.number) if part is not None)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a figure stands in the report."""

    section: str
    measure: Measure
    municipality: str
    sex: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `stock_flow/exited/2380/women` or `movement/2>3/all/all`. Raises UnknownFigure."""
        parts = [part.strip() for part in text.split("/")]
        if len(parts) != _PARTS:
            raise UnknownFigure
        section, measure, municipality, sex = parts
        row, arrow, column = measure.partition(">")
        return cls(section, (row, column) if arrow else measure, municipality, sex)

    def __str__(self) -> str:
        measure = self.measure if isinstance(self.measure, str) else ">".join(self.measure)
        return f"{self.section}/{measure}/{self.municipality}/{self.sex}"


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules are asked about: the month, the figure, and everything that is registered."""

    month: Month
    address: Address
    records: Records

    @property
    def project(self) -> Project:
        return self.records.project

    def covers(self, municipality: str) -> bool:
        """Whether a municipality belongs to the figure's row."""
        return self.address.municipality in {ALL, municipality}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One unit: where and as whose it counts; `obstacle` says why it does not, where that is known beforehand."""

    unit: Unit
    municipality: str
    sex: str = ALL
    counts: bool = True
    obstacle: str | None = None


C = TypeVar("C", bound=Case)

Rule = tuple[Callable[[Question, C], bool], str]
"""What must be true of a unit, and what is said where it is not."""

MISREGISTERED: Final = translatable("misregistered: outside every figure")
OTHER_MUNICIPALITY: Final = translatable("in another municipality")
OTHER_SEX: Final = translatable("of another sex")


@dataclass(frozen=True, slots=True)
class Definition(Generic[C]):
    """A figure: what it means in words, the units that could count, and the rules each must meet.

    A figure is the number of its units, or, where each has an `amount`, their sum; or, with `quarters`, the smallest
    amount that so many quarters of them do not exceed.
    """

    meaning: str
    cases: Callable[[Question], Iterable[C]]
    rules: tuple[Rule[C], ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    amount: Callable[[Question, C], int] | None = None
    quarters: int | None = None
    by_sex: bool = True

    def reason(self, question: Question, case: C) -> str | None:
        """Why a unit is not included: the first rule that it does not meet; None if it is."""
        if not case.counts:
            return MISREGISTERED
        if question.address.sex not in {ALL, case.sex}:
            return OTHER_SEX
        if not question.covers(case.municipality):
            return OTHER_MUNICIPALITY
        if case.obstacle is not None:
            return case.obstacle
        return next((said for holds, said in self.rules if not holds(question, case)), None)

    def has(self, address: Address, project: Project) -> bool:
        """Whether there is such a row and column."""
        municipalities = {ALL, *(municipality.code for municipality in project.municipalities)}
        sexes = {ALL, *(SEX_CLASSES.values() if self.by_sex else ())}
        return address.municipality in municipalities and address.sex in sexes
