"""Targets, and what has been reached of them: in the month and since the start of the project.

`reached`, by municipality and sex, and `targets`, by municipality, have the same measures:

- `intake_month`, `intake_total`: participants entered for the first time, in the municipality of that entry
- `moved_up_month`: spells whose step at the end of the month, or at the exit, is above the one before (`up` of
  `progression`)
- `moved_up_total`: participants whose last step so far is above the first one they had in the project, in the
  municipality of their latest spell
- `work_or_studies_month`: spells that ended in the month, not by transfer, with work or studies (`exits`)
- `work_or_studies_total`: participants who have left, to work or studies (`left`)
- `placements_month`, `placements_total`: placements begun

A target holds from its day until the next of the same kind; the target of a month is the one that holds on its last
day. The project's targets are its own, not the sum of the municipalities'. Where no total intake has been set for the
project, it is the number of planned participants. Where there is no target there is no figure: not known is not zero.
Targets have no sex: `all` is the only one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from arena_cli.figures.persons import entered_here
from arena_cli.figures.spells import order_of, period
from arena_cli.figures.table import Cell, Counted, Scope, Table, Values, tabulate
from arena_cli.model import ALL, Month, Project, Target, TargetMeasure, TargetPeriod
from arena_cli.store import Store

MEASURES = tuple(f"{measure}_{period}" for measure in TargetMeasure for period in TargetPeriod)


_MOVES = "FROM step_move m JOIN step ON step.code = m.step WHERE m.spell_id = {spell}.id AND m.moved_on <= :last"


def _position_in(spell: str, direction: str) -> str:
    """The first step of a spell ("ASC") or its last one ("DESC")."""
    moves = _MOVES.format(spell=spell)
    return f"(SELECT step.position {moves} ORDER BY m.moved_on {direction}, m.id {direction} LIMIT 1)"


def _position(direction: str) -> str:
    """A participant's first step or last one: that of the first or last spell that has any."""
    return f"""(
        SELECT {_position_in("b", direction)}
        FROM counted_spell b
        WHERE b.participant_id = s.participant_id AND b.entered_on <= :last
          AND EXISTS (SELECT 1 {_MOVES.format(spell="b")})
        ORDER BY {order_of("b", direction)} LIMIT 1)"""


# Most have one spell, and of the latest the last step is at hand: only for the others are spells put in order.
MOVED_UP_SINCE_START = f"""
SELECT s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last
  AND NOT EXISTS (SELECT 1 FROM counted_spell later
                  WHERE later.participant_id = s.participant_id AND later.id <> s.id AND later.entered_on <= :last
                    AND ({order_of("later")}) > ({order_of("s")}))
  AND coalesce({_position_in("s", "DESC")}, {_position("DESC")})
      > CASE WHEN EXISTS (SELECT 1 FROM counted_spell b WHERE b.participant_id = s.participant_id AND b.id <> s.id)
             THEN {_position("ASC")} ELSE {_position_in("s", "ASC")} END
GROUP BY 1, 2
"""

PLACEMENTS_SINCE_START = """
SELECT c.municipality, p.sex, count(*)
FROM counted_placement c JOIN participant p ON p.id = c.participant_id
WHERE c.placed_on <= :last
GROUP BY 1, 2
"""


def reached(store: Store, month: Month, scope: Scope, counted: Mapping[str, Table]) -> Table:
    """The section `reached`, mostly from sections that have been counted."""
    since_start = {
        "moved_up_total": store.counts(MOVED_UP_SINCE_START, period(month)),
        "placements_total": store.counts(PLACEMENTS_SINCE_START, period(month)),
    }
    own = tabulate("reached", since_start, scope, _measured(since_start))
    counts = {**{measure: own.counts(measure) for measure in since_start}, **_elsewhere(counted)}
    return Table("reached", MEASURES, scope, Values(scope, {measure: counts[measure] for measure in MEASURES}))


def _measured(rows: Mapping[str, Iterable[tuple[str, str, int]]]) -> Counted:
    for measure, counts in rows.items():
        for municipality, sex, count in counts:
            yield measure, municipality, sex, count


def _elsewhere(counted: Mapping[str, Table]) -> dict[str, list[int]]:
    """What other sections have counted."""
    return {
        "intake_month": counted["stock_flow"].counts("entered"),
        "intake_total": entered_here(counted["persons"]),
        "moved_up_month": counted["progression"].counts("up"),
        "work_or_studies_month": counted["exits"].counts("work", "studies"),
        "work_or_studies_total": counted["left"].counts("work", "studies"),
        "placements_month": counted["placements"].counts("begun"),
    }


def targets(store: Store, month: Month, scope: Scope, project: Project) -> Table:
    """The section `targets`: what was set, and counts nobody."""
    values: dict[Cell, int] = {
        (f"{target.measure}_{target.period}", target.municipality or ALL, ALL): target.value
        for target in in_force((*planned(project), *store.records(Target)), month.last)
    }
    return Table("targets", MEASURES, scope.without_sexes(), values, is_count=False)


def planned(project: Project) -> Iterator[Target]:
    """The planned participants, as the target that holds until a total intake is set for the project."""
    if project.planned_participants is not None:
        number = project.planned_participants
        yield Target(0, None, TargetMeasure.INTAKE, TargetPeriod.TOTAL, number, project.starts_on)


def in_force(targets: Iterable[Target], day: date) -> list[Target]:
    """The targets that hold on a day: of each kind the latest; of one day's, the one that was set over a planned."""
    holding: dict[tuple[str | None, str, str], Target] = {}
    for target in sorted(targets, key=lambda t: (t.valid_from, t.id)):
        if target.valid_from <= day:
            holding[target.municipality, target.measure, target.period] = target
    return list(holding.values())
