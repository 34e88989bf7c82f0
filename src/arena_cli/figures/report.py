"""A month's report: every section's figures and the controls they have passed, or have not."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import chain, compress
from typing import cast

from arena_cli.figures import (
    attendance,
    destinations,
    durations,
    follow_up,
    income,
    indicator_controls,
    indicators,
    learning,
    limits,
    persons,
    placements,
    quality,
    registered,
    returns,
    series,
    staircase,
    stock_flow,
    survival,
    targets,
    waiting,
)
from arena_cli.figures.earlier import Earlier
from arena_cli.figures.learning import Learning
from arena_cli.figures.reconcile import Control, NotReconciling, reconcile
from arena_cli.figures.series import Series
from arena_cli.figures.spells import period
from arena_cli.figures.table import Figure, Groups, Scope, Table
from arena_cli.model import ALL, Month, Project
from arena_cli.model.noun import Noun, dataclass
from arena_cli.store import Store

SEXES = """
SELECT p.sex, count(*)
FROM participant p
WHERE EXISTS (SELECT 1 FROM counted_spell s WHERE s.participant_id = p.id AND s.entered_on <= :last)
   OR EXISTS (SELECT 1 FROM assignment a WHERE a.participant_id = p.id AND a.assigned_on <= :last)
GROUP BY 1
"""

OUTCOMES, INDICATORS, PREVIOUS, ESTIMATES, BESIDE = "outcomes", "indicators", "previous", "estimates", "beside"
"""The tables that are counted: what comes before the targets in a report and what comes after them, what is compared
with the month before, what counts nobody, and what series and controls are made of."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Report(Noun):
    """The figures of a month, in the order of the report.

    `previous` has what is compared with the month before: `stock_flow`, `placements` and `waiting`; None when the
    project had not begun. `series` are the months up to this one, `learning` what was told and decided. `preliminary`:
    the month has not ended yet. `estimates` count nobody, and are no figures: `compared` and `time_to_work`. `earlier`
    are the months that its readers were told of before, and this one if it was (figures.restated).
    """

    project: Project
    month: Month
    scope: Scope
    tables: Mapping[str, Table]
    previous: Mapping[str, Table] | None
    series: Series
    learning: Learning
    controls: tuple[Control, ...]
    preliminary: bool
    estimates: Mapping[str, Table]
    earlier: tuple[Earlier, ...] = ()

    @property
    def reconciles(self) -> bool:
        return all(control.holds or control.warning for control in self.controls)

    def fingerprint(self, municipalities: Collection[str] = ()) -> str:
        """The SHA-256 of what readers of some municipalities are told: figures, stamps, notes and decisions."""
        digest = sha256(repr((str(self.month), self.preliminary, self.reconciles, self.learning)).encode())
        for table in self.tables.values():
            for told in _described(table, municipalities):
                digest.update(told)
        return digest.hexdigest()

    def figures(self, municipalities: Collection[str] = ()) -> Iterator[Figure]:
        """Tidy rows in the fixed order; of some municipalities and the project, or of all."""
        everything = chain.from_iterable(table.figures() for table in self.tables.values())
        if not municipalities:
            return everything
        return (figure for figure in everything if figure.municipality in {ALL, *municipalities})

    def require_reconciled(self) -> None:
        """Raise NotReconciling, naming the identities that fail."""
        if not self.reconciles:
            failing = tuple(c.identity for c in self.controls if not c.holds and not c.warning)
            raise NotReconciling(month=str(self.month), identities=failing)


def _described(table: Table, municipalities: Collection[str]) -> Iterator[bytes]:
    """All that a table says: whose figures they are, and then measure by measure their values."""
    scope = table.scope
    shown = {ALL, *municipalities} if municipalities else {*scope.rows}
    rows = [row for row in scope.rows if row in shown]
    yield repr((table.section, table.measures, table.is_count, rows, scope.columns)).encode()
    is_shown = [row in shown for row, _ in scope.cells] if municipalities else None
    for measure in table.measures:
        values = table.all_known(measure)
        values = [*compress(values, is_shown)] if is_shown else values
        if not table.is_count:
            yield bytes(value is not None for value in values)
            values = [value or 0 for value in values]
        yield _in_bytes(cast(Sequence[int], values))


def _in_bytes(numbers: Iterable[int]) -> bytes:
    """Numbers in 64 bits each, in the same order of bytes on every machine: a tenth of the time of their text."""
    written = array("q", numbers)
    if sys.byteorder == "big":
        written.byteswap()
    return written.tobytes()


def build(store: Store, month: Month, today: date) -> Report:
    """Count a month. A function of the file, the month and whether it has ended by `today`."""
    with store.snapshot():
        project = store.project()
        scope, counted = store.made(count, month, project)
        of_targets = targets.targets(store, month, scope, project)
        tables = {**counted[OUTCOMES], of_targets.section: of_targets, **counted[INDICATORS]}
        months = series.build(store, month, scope, project, counted[BESIDE]["series"], tables["stock_flow"])
        told = learning.build(store, month)
    previous = counted[PREVIOUS] or None
    controls = indicator_controls.controls(tables, project, counted[BESIDE]["registered"])
    return Report(
        project=project,
        month=month,
        scope=scope,
        tables=tables,
        previous=previous,
        series=months,
        learning=told,
        controls=(*reconcile(tables, previous), *controls),
        preliminary=month.last >= today,
        estimates=counted[ESTIMATES],
    )


def count(store: Store, month: Month, project: Project) -> tuple[Scope, Groups]:
    """All that a report makes of counts: a function of them, the month and the project, and so may be kept."""
    scope = Scope.of(project, (sex for sex, _ in store.counts(SEXES, period(month))))
    outcomes = _by_section(
        stock_flow.build(store, month, scope),
        persons.build(store, month, scope),
        *destinations.build(store, month, scope),
        *staircase.build(store, month, scope),
        *placements.build(store, month, scope),
        *attendance.build(store, month, scope),
        *durations.build(store, month, scope),
        returns.build(store, month, scope),
        *waiting.build(store, month, scope),
        follow_up.build(store, month, scope),
        *income.build(store, month, scope),
    )
    outcomes |= _by_section(targets.reached(store, month, scope, outcomes))
    further = _by_section(
        *indicators.build(store, month, scope, project),
        *quality.build(store, month, scope, project),
    )
    return scope, {
        OUTCOMES: outcomes,
        INDICATORS: further,
        PREVIOUS: _previous(store, month, scope) if month.first > project.starts_on else {},
        ESTIMATES: _by_section(limits.build(outcomes["left"], scope), survival.build(store, month, scope)),
        BESIDE: _by_section(
            series.count(store, month, scope, project), registered.broken(store, month, scope, project)
        ),
    }


def _previous(store: Store, month: Month, scope: Scope) -> dict[str, Table]:
    before = month.previous()
    return _by_section(
        stock_flow.build(store, before, scope),
        placements.placements(store, before, scope),
        waiting.waiting(store, before, scope),
    )


def _by_section(*tables: Table) -> dict[str, Table]:
    return {table.section: table for table in tables}
