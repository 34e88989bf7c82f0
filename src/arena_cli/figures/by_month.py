"""The latest twelve months beside each other, per municipality and sex: what a chart over time is drawn from.

Each section has one measure a month, as in `2016-09`: the report's month and the eleven before it, but none before the
project's first. A month's number is what that month's own report has, as the file knows it now.

- `entered_by_month`, `closing_by_month`, `exited_by_month`: as in `stock_flow`
- `work_by_month`, `studies_by_month`: as in `exits`
- `up_by_month`, `down_by_month`: as in `progression`
- `intake_target_by_month`, without sexes: the monthly target for new participants that held on the month's last day,
  where there was one

All months are counted in one pass over the spells that were there in them, not in a report for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from arena_cli.figures.spells import order_of
from arena_cli.figures.table import Cell, Counted, Scope, Table, tabulate
from arena_cli.figures.targets import in_force
from arena_cli.model import ALL, Group, Month, Project, Target, TargetMeasure, TargetPeriod
from arena_cli.store import Row, Store

MOST_MONTHS: Final = 12

SECTIONS: Final = ("entered", "closing", "exited", "work", "studies", "up", "down")
"""What is counted of each month; the sections are called so, with `_by_month` after."""

# Of a spell that began before the first month, or ends after the last one, the month is of no interest: fewer groups.
STOCK = """
SELECT s.municipality, p.sex,
       CASE WHEN s.entered_on >= :first THEN substr(s.entered_on, 1, 7) ELSE '' END,
       CASE WHEN s.exited_on <= :last THEN substr(s.exited_on, 1, 7) END,
       count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
GROUP BY 1, 2, 3, 4
"""

ENTERED = f"""
SELECT substr(s.entered_on, 1, 7), s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on >= :first AND s.entered_on <= :last
  AND NOT EXISTS (SELECT 1 FROM counted_spell b
                  WHERE b.participant_id = s.participant_id AND ({order_of("b")}) < ({order_of("s")}))
GROUP BY 1, 2, 3
"""

EXITED = """
SELECT substr(s.exited_on, 1, 7), s.municipality, p.sex, coalesce(s.destination, 'unknown'), count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.exited_on >= :first AND s.exited_on <= :last AND s.exit_type <> 'transferred'
GROUP BY 1, 2, 3, 4
"""

# Only a spell with a move in the month can stand elsewhere at its end: of each, the month's last move is asked.
MOVED = """
SELECT month, municipality, sex, step_from, step_to, count(*)
FROM (SELECT substr(m.moved_on, 1, 7) AS month, s.municipality, p.sex, m.step AS step_to,
             CASE WHEN s.entered_on < substr(m.moved_on, 1, 7)
                  THEN (SELECT b.step FROM step_move b
                        WHERE b.spell_id = m.spell_id AND b.moved_on < substr(m.moved_on, 1, 7)
                        ORDER BY b.moved_on DESC, b.id DESC LIMIT 1)
                  ELSE (SELECT b.step FROM step_move b WHERE b.spell_id = m.spell_id
                        ORDER BY b.moved_on, b.id LIMIT 1)
             END AS step_from
      FROM counted_spell s
      JOIN participant p ON p.id = s.participant_id
      JOIN step_move m ON m.spell_id = s.id AND m.moved_on >= :first AND m.moved_on <= :last
      WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
        AND NOT EXISTS (SELECT 1 FROM step_move later
                        WHERE later.spell_id = m.spell_id AND (later.moved_on, later.id) > (m.moved_on, m.id)
                          AND later.moved_on <= substr(m.moved_on, 1, 7) || '-31'))
WHERE step_from <> step_to
GROUP BY 1, 2, 3, 4, 5
"""


def months_until(month: Month, project: Project) -> tuple[Month, ...]:
    """The months that are shown: the latest last, and none before the project's first (but always the month itself)."""
    months = [month]
    while len(months) < MOST_MONTHS and months[0].first > project.starts_on:
        months.insert(0, months[0].previous())
    return tuple(months)


def build(store: Store, month: Month, scope: Scope, project: Project) -> tuple[Table, ...]:
    """The sections of the latest twelve months."""
    months = months_until(month, project)
    names = tuple(map(str, months))
    whole = {"first": months[0].first.isoformat(), "last": month.last.isoformat()}
    exited = store.rows(EXITED, whole)
    moved = store.rows(MOVED, whole)
    counted: dict[str, Counted] = {
        "entered": store.rows(ENTERED, whole),
        "closing": _closing(store.rows(STOCK, whole), names),
        "exited": _with_destination(exited, {destination.code for destination in scope.destinations}),
        "work": _with_destination(exited, _codes(scope, Group.WORK)),
        "studies": _with_destination(exited, _codes(scope, Group.STUDIES)),
        "up": _moved(moved, scope, upwards=True),
        "down": _moved(moved, scope, upwards=False),
    }
    return (
        *(tabulate(f"{section}_by_month", names, scope, counted[section]) for section in SECTIONS),
        _targets(store, months, scope),
    )


def _closing(rows: Iterable[Row], months: tuple[str, ...]) -> Counted:
    """In stock at the end of a month is who has entered by then, and has not exited by then."""
    for municipality, sex, entered, exited, count in rows:
        for month in months:
            if entered <= month and (exited is None or exited > month):
                yield month, municipality, sex, count


def _codes(scope: Scope, group: Group) -> set[str]:
    return {destination.code for destination in scope.destinations if destination.group is group}


def _with_destination(exited: Iterable[Row], codes: set[str]) -> Counted:
    for month, municipality, sex, destination, count in exited:
        if destination in codes:
            yield month, municipality, sex, count


def _moved(moved: Iterable[Row], scope: Scope, *, upwards: bool) -> Counted:
    positions = {step.code: step.position for step in scope.steps}
    for month, municipality, sex, step_from, step_to, count in moved:
        if (positions[step_to] > positions[step_from]) is upwards:
            yield month, municipality, sex, count


def _targets(store: Store, months: tuple[Month, ...], scope: Scope) -> Table:
    monthly = [
        target
        for target in store.records(Target)
        if target.measure is TargetMeasure.INTAKE and target.period is TargetPeriod.MONTH
    ]
    values = dict(chain.from_iterable(_in_month(monthly, month) for month in months))
    return Table("intake_target_by_month", tuple(map(str, months)), scope.without_sexes(), values, is_count=False)


def _in_month(targets: Iterable[Target], month: Month) -> Iterator[tuple[Cell, int]]:
    for target in in_force(targets, month.last):
        yield (str(month), target.municipality or ALL, ALL), target.value
