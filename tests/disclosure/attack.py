"""Somebody who has all public reports and knows how the figures hang together, and can solve linear programs.

What there is to know are the controls of figures.reconcile, asked of unknowns instead of numbers, so that a relation
that is added there is known here as well; and beside them how figures since the start grow from month to month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from arena_cli.disclosure.accounts import GROWTH, SAME, SEXES, Key
from arena_cli.figures.reconcile import reconcile
from arena_cli.figures.report import Report
from arena_cli.figures.table import Scope, Table
from arena_cli.model import ALL

Unknown = tuple[int, Key]
"""A figure of the report with this number."""


@dataclass(frozen=True)
class Sum:
    """Unknowns, each so many times. Comparing it with another one notes that they are equal."""

    terms: Mapping[Unknown, int]
    noted: list[Mapping[Unknown, int]] = field(compare=False, repr=False)

    def __add__(self, other: Sum | int) -> Sum:
        return self._with(other, 1)

    __radd__ = __add__

    def __sub__(self, other: Sum | int) -> Sum:
        return self._with(other, -1)

    def __ne__(self, other: object) -> bool:
        difference = {term: times for term, times in self._with(other, -1).terms.items() if times}
        if difference:
            self.noted.append(difference)
        return False

    def __eq__(self, other: object) -> bool:
        return not self != other

    __hash__ = None  # type: ignore[assignment]

    def _with(self, other: Any, sign: int) -> Sum:
        terms = Counter(self.terms)
        for term, times in (other.terms if isinstance(other, Sum) else {}).items():
            terms[term] += sign * times
        return Sum(terms, self.noted)


def relations(reports: Sequence[Report], sections: Collection[str] = ()) -> list[Mapping[Unknown, int]]:
    """Every sum of figures of successive months that is zero, whatever the figures are; of some sections, or of all."""
    noted: list[Mapping[Unknown, int]] = []
    before: dict[str, Table] | None = None
    for number, report in enumerate(reports):
        tables = {name: _unknown(table, number, noted) for name, table in report.tables.items()}
        reconcile(tables, before)
        before = tables
        noted += _definitions(number, report.scope)
    wanted = {*(sections or reports[0].tables)}
    return [relation for relation in noted if wanted.issuperset(section for _, (section, *_) in relation)]


def _unknown(table: Table, number: int, noted: list[Mapping[Unknown, int]]) -> Table:
    of_people = len(table.scope.sexes) > 0
    scope = Scope(table.scope.municipalities, SEXES if of_people else (), table.scope.steps, table.scope.destinations)
    values: Any = {
        (measure, municipality, sex): Sum({(number, (table.section, measure, municipality, sex)): 1}, noted)
        for measure in table.measures
        for municipality in scope.rows
        for sex in scope.columns
    }
    return Table(table.section, table.measures, scope, values, table.is_count)


def _definitions(number: int, scope: Scope) -> Iterator[Mapping[Unknown, int]]:
    """What the controls do not ask: what is the same number, what grows by what, and what adds up."""

    def of(figure: tuple[str, str], municipality: str, sex: str, month: int = number) -> Unknown:
        section, measure = figure
        return month, (section, measure, municipality, sex)

    for figure in (*SAME, *GROWTH):
        for municipality, sex in product(scope.rows, (*SEXES, ALL)):
            if figure[0] == "persons" and municipality != ALL:
                continue
            for same in SAME.get(figure, ()):
                yield {of(figure, municipality, sex): 1, of(same, municipality, sex): -1}
            before = {of(figure, municipality, sex, number - 1): -1} if number else {}
            for grown in GROWTH.get(figure, ()):
                yield {of(figure, municipality, sex): 1, of(grown, municipality, sex): -1, **before}
    for measure, sex in product(("intake_total", "placements_total"), (*SEXES, ALL)):
        parts = {of(("reached", measure), place.code, sex): 1 for place in scope.municipalities}
        yield {**parts, of(("reached", measure), ALL, sex): -1}


class Attack:
    """What is known, and between which numbers it places the rest."""

    def __init__(self, known: Iterable[Mapping[Unknown, int]], shown: Mapping[Unknown, int]) -> None:
        equations = list(known)
        self._column = {u: n for n, u in enumerate(dict.fromkeys(u for equation in equations for u in equation))}
        places, amounts = [], []
        for row, equation in enumerate(equations):
            for unknown, times in equation.items():
                places.append((row, self._column[unknown]))
                amounts.append(times)
        rows, columns = zip(*places, strict=True)
        self._matrix = csr_matrix((amounts, (rows, columns)), shape=(len(equations), len(self._column)))
        self._bounds = [(shown[u], shown[u]) if u in shown else (0, None) for u in self._column]

    def __contains__(self, unknown: Unknown) -> bool:
        return unknown in self._column

    def bounds(self, unknown: Unknown) -> tuple[float, float]:
        """The least and the most that a figure can be; infinity where there is no end."""
        aim = np.zeros(len(self._column))
        aim[self._column[unknown]] = 1
        return self._least(aim), -self._least(-aim)

    def _least(self, aim: np.ndarray[Any, Any]) -> float:
        found = linprog(aim, A_eq=self._matrix, b_eq=np.zeros(self._matrix.shape[0]), bounds=self._bounds)
        if found.status == 3:
            return -np.inf
        assert found.status == 0, found.message
        return float(round(found.fun, 6))
