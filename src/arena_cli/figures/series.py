"""The key figures month by month: up to twelve months, of which the last is the month of the report.

Each has the definition of its own section, for every sex together:

- `in_project`: `closing` of `stock_flow`
- `intake`: `entered` of `stock_flow`, participants new in the project
- `moved_up`, `moved_down`: `up`, `down` of `progression`
- `exits`: `exited` of `stock_flow`; of these `work`, `studies` and, both together, `work_or_studies` of `exits`
- `placements`: `begun` of `placements`

No month lies before the project's first. A municipality has *reported* a month if anything is registered that happened
in it: an entry, a transfer or an exit, a move, a wait, a pause, a placement, a place that opened or closed, hours, a
follow-up, or a note of the month. Where it has not, a count of zero is not known (None): nobody may have told of
anything. The project has reported when one of its municipalities has.

What happened is counted in one pass over all the months; how many were in the project follows backwards from the end of
the last one: `closing` of the month before = `closing` - everything entering + everything leaving.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from arena_cli.figures.spells import APART, order_of
from arena_cli.figures.table import Scope, Table, less, tabulate
from arena_cli.figures.targets import in_force
from arena_cli.model import ALL, Group, KeyMeasure, Month, Project, Target, TargetPeriod
from arena_cli.store import Store

MOST_MONTHS: Final = 12

Point = tuple[Month, int | None]
"""A month and its number; None where it is not known."""

ENTRIES: Final = f"""
SELECT municipality, month, count(*), count(*) FILTER (WHERE is_first)
FROM (SELECT municipality, substr(entered_on, 1, 7) AS month,
             NOT EXISTS (SELECT 1 FROM counted_spell b
                         WHERE b.participant_id = s.participant_id AND b.id <> s.id AND b.entered_on <= s.entered_on
                           AND ({order_of("b")}) < ({order_of("s")})) AS is_first
      FROM counted_spell s
      WHERE entered_on >= :first AND entered_on <= :last
      {APART}) entries
GROUP BY 1, 2
"""

EXITS: Final = """
SELECT municipality, substr(exited_on, 1, 7) AS month,
       CASE WHEN exit_type = 'transferred' THEN 'transferred' ELSE coalesce(destination, 'unknown') END, count(*)
FROM counted_spell
WHERE exited_on >= :first AND exited_on <= :last
GROUP BY 1, 2, 3
"""

MOVES: Final = f"""
SELECT municipality, month,
       CASE WHEN onto.position > off.position THEN '{KeyMeasure.MOVED_UP.value}'
            WHEN onto.position < off.position THEN '{KeyMeasure.MOVED_DOWN.value}' END,
       count(*)
FROM (SELECT s.municipality, substr(m.moved_on, 1, 7) AS month, m.step AS step_to,
             CASE WHEN s.entered_on < substr(m.moved_on, 1, 7)
                  THEN (SELECT b.step FROM step_move b
                        WHERE b.spell_id = m.spell_id AND b.moved_on < substr(m.moved_on, 1, 7)
                        ORDER BY b.moved_on DESC, b.id DESC LIMIT 1)
                  ELSE (SELECT b.step FROM step_move b WHERE b.spell_id = m.spell_id ORDER BY b.moved_on, b.id LIMIT 1)
             END AS step_from
      FROM counted_spell s CROSS JOIN step_move m
      WHERE m.spell_id = s.id AND s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
        AND m.moved_on >= :first AND m.moved_on <= :last
        AND (m.moved_on > s.entered_on OR EXISTS (SELECT 1 FROM step_move b
                                                  WHERE b.spell_id = m.spell_id AND b.moved_on = m.moved_on
                                                    AND b.id <> m.id))
        AND NOT EXISTS (SELECT 1 FROM step_move l
                        WHERE l.spell_id = m.spell_id AND l.moved_on < substr(m.moved_on, 1, 7) || '-99'
                          AND (l.moved_on, l.id) > (m.moved_on, m.id))
      {APART}) last_moves
LEFT JOIN step onto ON onto.code = step_to LEFT JOIN step off ON off.code = step_from
GROUP BY 1, 2, 3
"""
"""Which way the last move of each spell in each month went; NULL if neither up nor down. The step of entry, if it is
all there is, is compared with nothing. CROSS JOIN has SQLite look the moves up by spell; kept apart, it looks for the
steps once a move instead of once a column."""

PLACEMENTS: Final = """
SELECT municipality, substr(placed_on, 1, 7) AS month, count(*)
FROM counted_placement
WHERE placed_on >= :first AND placed_on <= :last
GROUP BY 1, 2
"""

OTHER_REPORTS: Final = """
SELECT municipality, substr(day, 1, 7) AS month, count(*)
FROM (SELECT municipality, assigned_on AS day FROM assignment
      UNION ALL SELECT municipality, ended_on FROM assignment
      UNION ALL SELECT municipality, paused_on FROM pause JOIN counted_spell s ON s.id = spell_id
      UNION ALL SELECT municipality, resumed_on FROM pause JOIN counted_spell s ON s.id = spell_id
      UNION ALL SELECT municipality, ended_on FROM counted_placement
      UNION ALL SELECT municipality, opens_on FROM place
      UNION ALL SELECT municipality, closes_on FROM place
      UNION ALL SELECT municipality, month || '-01' FROM attendance JOIN counted_spell s ON s.id = spell_id
      UNION ALL SELECT municipality, followed_up_on FROM follow_up JOIN counted_spell s ON s.id = spell_id) reports
WHERE day >= :first AND day <= :last
GROUP BY 1, 2
"""
"""What shows that a municipality has reported, beside what the other queries count."""

NOTES: Final = """
SELECT DISTINCT municipality, month FROM note
WHERE municipality IS NOT NULL AND month >= :first AND month <= :last
"""
"""So does a note, which belongs to no participant."""

SECTION: Final = "series"
NET, REPORTS = "net", "reports"
_HAPPENED: Final[tuple[KeyMeasure, ...]] = tuple(
    measure for measure in KeyMeasure if measure is not KeyMeasure.IN_PROJECT
)

_Happened = tuple[tuple[str, str], str, str, int]
"""A measure and a month, a municipality, `all` sexes, and how many."""


@dataclass(frozen=True)
class Series:
    """The numbers of each measure and municipality (or `all`), one a month; and the monthly targets."""

    months: tuple[Month, ...]
    values: Mapping[tuple[KeyMeasure, str], tuple[int | None, ...]]
    targets: Mapping[tuple[KeyMeasure, str], tuple[int | None, ...]]
    not_reported: Mapping[Month, frozenset[str]]
    """The municipalities of which nothing is registered that happened in a month."""

    def points(self, measure: KeyMeasure, municipality: str = ALL) -> tuple[Point, ...]:
        """Month by month, the oldest first."""
        return tuple(zip(self.months, self.values[measure, municipality], strict=True))

    def target_points(self, measure: KeyMeasure, municipality: str = ALL) -> tuple[Point, ...]:
        """The monthly target that held on the last day of each month; None where there was none."""
        nothing = (None,) * len(self.months)
        return tuple(zip(self.months, self.targets.get((measure, municipality), nothing), strict=True))

    def value(self, measure: KeyMeasure, month: Month, municipality: str = ALL) -> int | None:
        """The number of a month; None where it is not known, as for a month outside the series."""
        place = self._places.get(month)
        return None if place is None else self.values[measure, municipality][place]

    @cached_property
    def _places(self) -> Mapping[Month, int]:
        return {month: place for place, month in enumerate(self.months)}

    def known(self, measure: KeyMeasure, municipality: str = ALL, *, but_last: bool = False) -> tuple[int, ...]:
        """The numbers that are known, the oldest first; `but_last` without the last month, which may not have ended."""
        values = self.values[measure, municipality]
        return tuple(value for value in (values[:-1] if but_last else values) if value is not None)


def count(store: Store, month: Month, scope: Scope, project: Project) -> Table:
    """What happened, by municipality: a measure for each key figure in each month up to and including a month.

    Beside them `net`, how many more came than left, and `reports`, how much has been registered.
    """
    months = tuple(_months(project, month))
    measures = [(what, str(each)) for what in (*_HAPPENED, NET, REPORTS) for each in months]
    return tabulate(SECTION, measures, scope.without_sexes(), _counted(store, months, scope))


def _counted(store: Store, months: Sequence[Month], scope: Scope) -> Iterator[_Happened]:
    parameters = {"first": months[0].first.isoformat(), "last": months[-1].last.isoformat()}
    reported = set()
    for happened in _happened(store, parameters, scope):
        (what, month), municipality, _, _ = happened
        if what == REPORTS:
            reported.add((municipality, month))
        yield happened
    if len(reported) < len(months) * len(scope.municipalities):
        for municipality, month, number in store.counts(OTHER_REPORTS, parameters):
            yield (REPORTS, month), municipality, ALL, number


def _happened(store: Store, parameters: Mapping[str, str], scope: Scope) -> Iterator[_Happened]:
    groups = {destination.code: destination.group for destination in scope.destinations}
    for municipality, month, entered, first in store.counts(ENTRIES, parameters):
        yield (KeyMeasure.INTAKE.value, month), municipality, ALL, first
        yield (NET, month), municipality, ALL, entered
        yield (REPORTS, month), municipality, ALL, entered
    for municipality, month, destination, number in store.counts(EXITS, parameters):
        for measure in _measures_of_exit(destination, groups):
            yield (measure.value, month), municipality, ALL, number
        yield (NET, month), municipality, ALL, -number
        yield (REPORTS, month), municipality, ALL, number
    for municipality, month, direction, number in store.counts(MOVES, parameters):
        if direction is not None:
            yield (direction, month), municipality, ALL, number
        yield (REPORTS, month), municipality, ALL, number
    for municipality, month, number in store.counts(PLACEMENTS, parameters):
        yield (KeyMeasure.PLACEMENTS.value, month), municipality, ALL, number
        yield (REPORTS, month), municipality, ALL, number


def _months(project: Project, month: Month) -> Iterator[Month]:
    earliest = max(Month.of(project.starts_on), Month(month.year - 1, month.number).next())
    current = min(earliest, month)
    while current <= month:
        yield current
        current = current.next()


def _measures_of_exit(destination: str, groups: Mapping[str, Group]) -> Iterator[KeyMeasure]:
    if destination == "transferred":
        return
    yield KeyMeasure.EXITS
    group = groups.get(destination)
    if group is Group.WORK:
        yield from (KeyMeasure.WORK, KeyMeasure.WORK_OR_STUDIES)
    elif group is Group.STUDIES:
        yield from (KeyMeasure.STUDIES, KeyMeasure.WORK_OR_STUDIES)


def build(store: Store, month: Month, scope: Scope, project: Project, counted: Table, stock_flow: Table) -> Series:
    """Lay out the months up to and including a month, of which `counted` says what happened; of it is `stock_flow`."""
    months = tuple(_months(project, month))
    names = [*map(str, months)]
    told = [[number > 0 for number in counted.counts((REPORTS, name))] for name in names]
    for municipality, name in store.rows(NOTES, {"first": names[0], "last": names[-1]}):
        for row in (municipality, ALL):
            told[names.index(name)][scope.rows.index(row)] = True
    numbers: dict[KeyMeasure, Sequence[Sequence[int]]] = {
        measure: [counted.counts((measure.value, name)) for name in names] for measure in _HAPPENED
    }
    numbers[KeyMeasure.IN_PROJECT] = _in_project(stock_flow, [counted.counts((NET, name)) for name in names])
    return Series(
        months,
        {
            (measure, row): known
            for measure in KeyMeasure
            for row, known in zip(scope.rows, zip(*map(_known, numbers[measure], told), strict=True), strict=True)
        },
        _targets(store, months),
        {
            m: frozenset(
                place for place, is_told in zip(scope.rows, of_month, strict=True) if not is_told and place != ALL
            )
            for m, of_month in zip(months, told, strict=True)
        },
    )


def _known(numbers: Iterable[int], told: Iterable[bool]) -> list[int | None]:
    """The numbers of a month, row by row: a zero only where something has been told."""
    return [number if number or is_told else None for number, is_told in zip(numbers, told, strict=True)]


def _in_project(stock_flow: Table, net: Sequence[Sequence[int]]) -> list[list[int]]:
    """How many were in the project at the end of each month, row by row: backwards from the last one."""
    numbers = [[stock_flow.value("closing", row) for row in stock_flow.scope.rows]]
    for of_month in reversed(net[1:]):
        numbers.append(less(numbers[-1], of_month))
    return numbers[::-1]


def _targets(store: Store, months: tuple[Month, ...]) -> Mapping[tuple[KeyMeasure, str], tuple[int | None, ...]]:
    of_month = [target for target in store.records(Target) if target.period is TargetPeriod.MONTH]
    holding = [
        {(KeyMeasure(t.measure), t.municipality or ALL): t.value for t in in_force(of_month, month.last)}
        for month in months
    ]
    return {key: tuple(month.get(key) for month in holding) for key in {key for month in holding for key in month}}
