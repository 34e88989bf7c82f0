"""A month's report: every section's figures and the controls they have passed, or have not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from hashlib import sha256
from itertools import chain

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
from arena_cli.figures.table import Figure, Scope, Table
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
        stamps = (str(self.month), self.preliminary, self.reconciles)
        digest = sha256(f"({stamps!r}, [".encode())
        described = chain.from_iterable(_described(table, municipalities) for table in self.tables.values())
        for number, figures in enumerate(described):
            digest.update(f"{', ' if number else ''}{figures}".encode())
        digest.update(f"], {self.learning!r})".encode())
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


def _described(table: Table, municipalities: Collection[str]) -> Iterator[str]:
    """The figures as Python writes their tuples, those of a measure at a time: never are all of them in memory."""
    shown = {ALL, *municipalities} if municipalities else {*table.scope.rows}
    places = [
        (place, f"{municipality!r}, {sex!r}")
        for place, (municipality, sex) in enumerate(table.scope.cells)
        if municipality in shown
    ]
    for measure in table.measures:
        head, values = f"{table.section!r}, {measure!r}", table.all_known(measure)
        known = [f"({head}, {cell}, {values[place]})" for place, cell in places if values[place] is not None]
        if known:
            yield ", ".join(known)


def build(store: Store, month: Month, today: date) -> Report:
    """Count a month. A function of the file, the month and whether it has ended by `today`."""
    with store.snapshot():
        project = store.project()
        scope = Scope.of(project, (sex for sex, _ in store.counts(SEXES, period(month))))
        tables = _by_section(
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
        tables |= _by_section(
            *targets.build(store, month, scope, project, tables),
            *indicators.build(store, month, scope, project),
            *quality.build(store, month, scope, project),
        )
        months = series.build(store, month, scope, project, tables["stock_flow"])
        told = learning.build(store, month)
        estimates = _by_section(limits.build(tables["left"], scope), survival.build(store, month, scope))
        records = registered.broken(store, month, scope, project)
        previous = _previous(store, month, scope) if month.first > project.starts_on else None
    return Report(
        project=project,
        month=month,
        scope=scope,
        tables=tables,
        previous=previous,
        series=months,
        learning=told,
        controls=(*reconcile(tables, previous), *indicator_controls.controls(tables, project, records)),
        preliminary=month.last >= today,
        estimates=estimates,
    )


def _previous(store: Store, month: Month, scope: Scope) -> Mapping[str, Table]:
    before = month.previous()
    return _by_section(
        stock_flow.build(store, before, scope),
        placements.placements(store, before, scope),
        waiting.waiting(store, before, scope),
    )


def _by_section(*tables: Table) -> dict[str, Table]:
    return {table.section: table for table in tables}
