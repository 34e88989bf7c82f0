"""Why a figure is what it is: who is included, and who is not and for which reason.

A second count, record by record and in plain Python, of the figures that the sections count in SQL. Each measure is a
list of rules; a unit that meets them all is included, another is excluded by the first it does not meet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from arena_cli.figures.durations import FEWEST, quantiles
from arena_cli.figures.table import Measure
from arena_cli.figures.why import (
    attendance,
    durations,
    follow_up,
    indicators,
    monthly,
    placements,
    quality,
    targets,
    waiting,
)
from arena_cli.figures.why.asking import (
    Address,
    Definition,
    NearFigures,
    Question,
    TargetCountsNobody,
    Unit,
    UnknownFigure,
)
from arena_cli.figures.why.records import Records
from arena_cli.model import ALL, Month, Project
from arena_cli.store import Store

__all__ = ["Address", "TargetCountsNobody", "Trace", "Unit", "UnknownFigure", "definitions", "trace", "traces"]

_SECTIONS: Final = (
    monthly.of_project,
    placements.of_project,
    attendance.of_project,
    durations.of_project,
    waiting.of_project,
    follow_up.of_project,
    targets.of_project,
    indicators.of_project,
    quality.of_project,
)


_MOST_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure and its records.

    `value` is the figure, None where it is not told of so few. `amounts` has what each included unit adds to it, of a
    median what it is the median of; None where the units are counted. `excluded` has each unit's reason, a message for
    the catalogue.
    """

    address: Address
    definition: Definition[Any]
    value: int | None
    included: tuple[Unit, ...]
    amounts: tuple[int, ...] | None
    excluded: tuple[tuple[Unit, str], ...]


def trace(store: Store, month: Month, address: Address) -> Trace:
    """Every record that a figure could count, included or excluded with its reason.

    Raises NearFigures or TargetCountsNobody.
    """
    (found,) = traces(store, month, [address])
    return found


def traces(store: Store, month: Month, addresses: Iterable[Address]) -> Iterator[Trace]:
    """The records behind several figures of a month, which are read once. Raises as `trace` does."""
    with store.snapshot():
        records = Records(store)
        known = definitions(records.project)
        for address in addresses:
            yield _trace(Question(month, address, records), _definition(known, records.project, address))


def _definition(known: monthly.Definitions, project: Project, address: Address) -> Definition[Any]:
    if address.section == "targets":
        raise TargetCountsNobody
    definition = known.get((address.section, address.measure))
    if definition is None or not definition.has(address, project):
        raise NearFigures(nearest=tuple(map(str, _nearest(known, project, address))))
    return definition


def _nearest(known: monthly.Definitions, project: Project, address: Address) -> Iterator[Address]:
    """The addresses most like one that there is not, in its row where they have one; else in the total."""
    written = {f"{section}/{_written(measure)}": (section, measure) for section, measure in known}
    in_section = [name for name, (section, _) in written.items() if section == address.section]
    asked = f"{address.section}/{_written(address.measure)}"
    found = (
        get_close_matches(asked, in_section or written, n=_MOST_NEAREST, cutoff=0) if asked not in written else [asked]
    )
    for section, measure in (written[name] for name in found):
        near = Address(section, measure, address.municipality, address.sex)
        of_all = Address(section, measure, address.municipality, ALL)
        definition = known[section, measure]
        yield next(
            (each for each in (near, of_all) if definition.has(each, project)), Address(section, measure, ALL, ALL)
        )


def _written(measure: Measure) -> str:
    return measure if isinstance(measure, str) else ">".join(measure)


def definitions(project: Project) -> monthly.Definitions:
    """What every figure but a target means, by section and measure."""
    return {key: definition for of_project in _SECTIONS for key, definition in of_project(project).items()}


def _trace(question: Question, definition: Definition[Any]) -> Trace:
    included: list[Unit] = []
    amounts: list[int] = []
    excluded: list[tuple[Unit, str]] = []
    for case in definition.cases(question):
        reason = definition.reason(question, case)
        if reason is not None:
            excluded.append((case.unit, reason))
            continue
        included.append(case.unit)
        amounts.append(definition.amount(question, case) if definition.amount else 1)
    return Trace(
        question.address,
        definition,
        _value(amounts, definition.quarters),
        tuple(included),
        tuple(amounts) if definition.amount else None,
        tuple(excluded),
    )


def _value(amounts: list[int], quarters: int | None) -> int | None:
    if quarters is None:
        return sum(amounts)
    return quantiles(Counter(amounts), (quarters,))[0] if len(amounts) >= FEWEST else None
