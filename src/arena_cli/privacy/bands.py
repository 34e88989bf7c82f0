"""Ages and months as coarse as the figures allow: of those that every figure counts alike, one stands for all.

What the figures tell apart is read from the fund's own conditions and the project's target group.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from arena_cli.indicators import fund_table, kolada
from arena_cli.model import Project

_BOUND: Final = re.compile(r"\b(age|months_without_work) (<=|<|>=|>|=) ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Bands:
    """Where ages at the first entry, and months without work, begin to count otherwise."""

    ages: tuple[int, ...]
    months: tuple[int, ...]

    @classmethod
    def of(cls, project: Project) -> Bands:
        """Those of a project's fund and target group."""
        conditions = " ".join(
            f"{measure.sql} {measure.population}"
            for table in (fund_table(project.fund_rules), kolada())
            if table is not None
            for measure in table.measures
        )
        ages = {*_bounds("age", conditions), *_of_target_group(project)}
        return cls(tuple(sorted(ages)), tuple(sorted(set(_bounds("months_without_work", conditions)))))

    def birth_year(self, birth_year: int | None, entered_in: int | None) -> int | None:
        """The birth year that stands for all who count as this one does; None for somebody who never entered."""
        if birth_year is None or entered_in is None:
            return None
        return entered_in - _first_alike(entered_in - birth_year, self.ages)

    def months_without_work(self, months: int | None) -> int | None:
        """The number of months that stands for all that count as this one does."""
        return None if months is None else _first_alike(months, self.months)


def _bounds(fact: str, conditions: str) -> Iterator[int]:
    for name, operator, number in _BOUND.findall(conditions):
        if name == fact:
            if operator in {"<", ">=", "="}:
                yield int(number)
            if operator in {"<=", ">", "="}:
                yield int(number) + 1


def _of_target_group(project: Project) -> Iterator[int]:
    """A control warns of who is outside it whatever the birthday: the year's difference less one is the age before."""
    if project.age_from is not None:
        yield project.age_from
    if project.age_to is not None:
        yield project.age_to + 2


def _first_alike(number: int, bounds: tuple[int, ...]) -> int:
    """The first number of those between two bounds; below the first bound, the last before it."""
    place = bisect_right(bounds, number)
    if not bounds:
        return number
    return bounds[place - 1] if place else bounds[0] - 1
