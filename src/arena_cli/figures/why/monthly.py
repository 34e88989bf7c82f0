"""What the stock and flow, the persons, the destinations and the progression count, one rule after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from arena_cli.errors import translatable
from arena_cli.figures.destinations import GROUPS, TRANSFERRED
from arena_cli.figures.staircase import IN, OUT, matrix
from arena_cli.figures.table import Measure
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.records import (
    PersonCase,
    SpellCase,
    each_move,
    each_person,
    each_person_in_each_municipality,
    each_spell,
)
from arena_cli.model import NOT_PLACED, ExitType, Group, Month, Project, Spell, StepMove

Definitions = dict[tuple[str, Measure], Definition[Any]]

UNKNOWN: Final = "unknown"


def of_project(project: Project) -> Definitions:
    """The definitions of the sections from `stock_flow` to `movement`."""
    return {
        **_stock_flow(),
        **_persons(),
        **_destinations(project),
        **_progression(project),
    }


# -- spells -----------------------------------------------------------------------------------------------------------


def in_month(question: Question, spell: Spell) -> bool:
    """Whether a spell ended in the month."""
    return spell.exited_on is not None and question.month.first <= spell.exited_on <= question.month.last


def within(month: Month, day: date | None) -> bool:
    """Whether a day lies in the month."""
    return day is not None and month.first <= day <= month.last


def in_stock(question: Question, spell: Spell) -> bool:
    """Whether a spell that has been entered lasts at the end of the month."""
    return spell.exited_on is None or spell.exited_on > question.month.last


ENTERED_BY_END: Final[Rule[SpellCase]] = (
    lambda q, c: c.spell.entered_on <= q.month.last,
    translatable("entered after the month"),
)
ENTERED_IN_MONTH: Final[Rule[SpellCase]] = (
    lambda q, c: q.month.first <= c.spell.entered_on <= q.month.last,
    translatable("not entered in the month"),
)
ENTERED_BEFORE: Final[Rule[SpellCase]] = (
    lambda q, c: c.spell.entered_on < q.month.first,
    translatable("not entered before the month"),
)
NOT_OVER_BEFORE: Final[Rule[SpellCase]] = (
    lambda q, c: c.spell.exited_on is None or c.spell.exited_on >= q.month.first,
    translatable("ended before the month"),
)
EXITED_IN_MONTH: Final[Rule[SpellCase]] = (
    lambda q, c: in_month(q, c.spell),
    translatable("did not end in the month"),
)
IN_STOCK: Final[Rule[SpellCase]] = (
    lambda q, c: in_stock(q, c.spell),
    translatable("ended by the end of the month"),
)
BY_TRANSFER: Final[Rule[SpellCase]] = (
    lambda _, c: c.spell.exit_type is ExitType.TRANSFERRED,
    translatable("did not end by transfer"),
)
NOT_BY_TRANSFER: Final[Rule[SpellCase]] = (
    lambda _, c: c.spell.exit_type is not ExitType.TRANSFERRED,
    translatable("ended by transfer, which is no exit"),
)
FIRST: Final[Rule[SpellCase]] = (
    lambda _, c: not c.before,
    translatable("not the participant's first spell in the project"),
)
NOT_FIRST: Final[Rule[SpellCase]] = (
    lambda _, c: bool(c.before),
    translatable("the participant's first spell in the project"),
)
NOT_FIRST_HERE: Final[Rule[SpellCase]] = (
    lambda q, c: any(q.covers(spell.municipality) for spell in c.before),
    translatable("the participant's first spell in the row"),
)
CONTINUES: Final[Rule[SpellCase]] = (
    lambda _, c: bool(c.before) and c.before[-1].exit_type is ExitType.TRANSFERRED,
    translatable("does not continue a transfer"),
)
CONTINUES_NOT: Final[Rule[SpellCase]] = (
    lambda q, c: not CONTINUES[0](q, c),
    translatable("continues a transfer"),
)

SERVED: Final = (ENTERED_BY_END, NOT_OVER_BEFORE)
CLOSING: Final = (ENTERED_BY_END, IN_STOCK)
EXITED: Final = (EXITED_IN_MONTH, NOT_BY_TRANSFER)
ENTERED: Final = (ENTERED_IN_MONTH, FIRST)


def _stock_flow() -> Definitions:
    counted: Mapping[str, tuple[str, tuple[Rule[SpellCase], ...]]] = {
        "opening": (
            translatable("Spells in stock at the end of the day before the month."),
            (ENTERED_BEFORE, NOT_OVER_BEFORE),
        ),
        "entered": (translatable("Spells entered in the month, the participant's first in the project."), ENTERED),
        "re_entered": (
            translatable(
                "Spells entered in the month that are not the participant's first and do not continue a transfer."
            ),
            (ENTERED_IN_MONTH, NOT_FIRST, CONTINUES_NOT),
        ),
        "transferred_in": (
            translatable("Spells entered in the month that continue a transfer."),
            (ENTERED_IN_MONTH, CONTINUES),
        ),
        "exited": (translatable("Spells that ended in the month, not by transfer."), EXITED),
        "transferred_out": (
            translatable("Spells that ended in the month by transfer."),
            (EXITED_IN_MONTH, BY_TRANSFER),
        ),
        "closing": (translatable("Spells in stock at the end of the month."), CLOSING),
    }
    return {
        ("stock_flow", measure): Definition(meaning, each_spell, rules) for measure, (meaning, rules) in counted.items()
    }


# -- persons ----------------------------------------------------------------------------------------------------------

HAS_ENTERED: Final[Rule[PersonCase]] = (lambda _, c: bool(c.entered), ENTERED_BY_END[1])
ACTIVE: Final[Rule[PersonCase]] = (lambda q, c: in_stock(q, c.latest), translatable("has left"))
HAS_LEFT: Final[Rule[PersonCase]] = (
    lambda q, c: not in_stock(q, c.latest),
    translatable("still in the project, or in the municipality"),
)
LEFT: Final = (HAS_ENTERED, HAS_LEFT)
NO_TRANSFER: Final[Rule[PersonCase]] = (
    lambda _, c: c.latest.exit_type is not ExitType.TRANSFERRED,
    NOT_BY_TRANSFER[1],
)
LEAVERS_FOR_GOOD: Final = (*LEFT, NO_TRANSFER)


def _persons() -> Definitions:
    first_elsewhere: Rule[PersonCase] = (
        lambda _, c: c.first.municipality != c.municipality,
        translatable("first entered the project here"),
    )
    spells: Mapping[str, tuple[str, tuple[Rule[SpellCase], ...]]] = {
        "spells": (translatable("Spells entered by the end of the month."), (ENTERED_BY_END,)),
        "re_entries": (
            translatable(
                "Spells entered by the end of the month that are not the participant's first in the row and do not "
                "continue a transfer."
            ),
            (ENTERED_BY_END, NOT_FIRST_HERE, CONTINUES_NOT),
        ),
        "transfer_continuations": (
            translatable(
                "Spells entered by the end of the month that are not the participant's first in the row and continue "
                "a transfer."
            ),
            (ENTERED_BY_END, NOT_FIRST_HERE, CONTINUES),
        ),
    }
    return {
        ("persons", "participants"): Definition(
            translatable("Participants with at least one spell entered by the end of the month."),
            each_person,
            (HAS_ENTERED,),
        ),
        **{("persons", measure): Definition(said, each_spell, rules) for measure, (said, rules) in spells.items()},
        ("persons", "first_elsewhere"): Definition(
            translatable(
                "Participants of a municipality whose first spell in the project was in another one; in the project, "
                "once for each such municipality."
            ),
            each_person_in_each_municipality,
            (HAS_ENTERED, first_elsewhere),
        ),
        ("persons", "active"): Definition(
            translatable("Participants with a spell in stock at the end of the month."),
            each_person,
            (HAS_ENTERED, ACTIVE),
        ),
        ("persons", "left"): Definition(
            translatable("Participants who have left by the end of the month."), each_person, LEFT
        ),
    }


# -- destinations -----------------------------------------------------------------------------------------------------

GROUP_IS: Final = translatable("another destination group")
DESTINATION_IS: Final = translatable("another destination")


def group_of(question: Question, spell: Spell) -> str:
    """The group of a spell's destination; none recorded is unknown."""
    destinations = question.project.destinations
    return next((d.group.value for d in destinations if d.code == spell.destination), UNKNOWN)


def _destinations(project: Project) -> Definitions:
    """The two counts of exits by group, and the two by destination."""
    found: Definitions = {}
    for group in GROUPS:
        found["exits", group] = Definition(
            translatable("Spells that ended in the month, not by transfer, with a destination in the group: {group}."),
            each_spell,
            (*EXITED, (_spell_goes_to(group, group_of), GROUP_IS)),
            {"group": Group(group)},
        )
        found["left", group] = Definition(
            translatable(
                "Participants who have left, and whose latest spell in the row has a destination in the group: {group}."
            ),
            each_person,
            (*LEFT, (_person_went_to(group, group_of), GROUP_IS)),
            {"group": Group(group)},
        )
    for destination in project.destinations:
        found["exits_by_destination", destination.code] = Definition(
            translatable("Spells that ended in the month, not by transfer, with the destination: {destination}."),
            each_spell,
            (*EXITED, (_spell_goes_to(destination.code, _destination_of), DESTINATION_IS)),
            {"destination": destination},
        )
        found["left_by_destination", destination.code] = Definition(
            translatable(
                "Participants who have left, and whose latest spell in the row has the destination: {destination}."
            ),
            each_person,
            (*LEFT, (_person_went_to(destination.code, _destination_of), DESTINATION_IS)),
            {"destination": destination},
        )
    for section in ("left", "left_by_destination"):
        found[section, TRANSFERRED] = Definition(
            translatable("Participants who have left, and whose latest spell in the row ended by transfer."),
            each_person,
            (*LEFT, (lambda _, c: c.latest.exit_type is ExitType.TRANSFERRED, BY_TRANSFER[1])),
        )
    return found


def _destination_of(_: Question, spell: Spell) -> str:
    return spell.destination or UNKNOWN


Classified = Callable[[Question, Spell], str]


def _spell_goes_to(goal: str, classified: Classified) -> Callable[[Question, SpellCase], bool]:
    return lambda q, c: classified(q, c.spell) == goal


def _person_went_to(goal: str, classified: Classified) -> Callable[[Question, PersonCase], bool]:
    return lambda q, c: c.latest.exit_type is not ExitType.TRANSFERRED and classified(q, c.latest) == goal


# -- progression ------------------------------------------------------------------------------------------------------


def step_before(question: Question, case: SpellCase) -> str | None:
    """The step at the opening; of a spell entered in the month, the first recorded in it."""
    if case.spell.entered_on < question.month.first:
        return _last_step(case, lambda move: move.moved_on < question.month.first)
    return next((move.step for move in case.moves if move.moved_on <= question.month.last), None)


def step_after(question: Question, case: SpellCase) -> str | None:
    """The step at the end of the month, or at the exit."""
    return _last_step(case, lambda move: move.moved_on <= question.month.last)


def _last_step(case: SpellCase, by_then: Callable[[StepMove], bool]) -> str | None:
    steps = [move.step for move in case.moves if by_then(move)]
    return steps[-1] if steps else None


def comparison_is(wanted: str) -> Rule[SpellCase]:
    """The step after is `up`, `down` or the `same`, or there is none to compare."""
    return (
        lambda q, c: _comparison(q, step_before(q, c), step_after(q, c)) == wanted,
        translatable("the steps before and after compare otherwise"),
    )


def stands_on(step: str) -> Rule[SpellCase]:
    """At the end of the month on a step, or on none."""
    return (
        lambda q, c: (step_after(q, c) or NOT_PLACED) == step,
        translatable("on another step at the end of the month"),
    )


def _comparison(question: Question, before: str | None, after: str | None) -> str:
    if before is None or after is None:
        return NOT_PLACED
    positions = {step.code: step.position for step in question.project.steps}
    change = positions[after] - positions[before]
    return "up" if change > 0 else "down" if change < 0 else "same"


def _moved(question: Question, case: SpellCase) -> str:
    """How the move that is the unit compares with the one before it; the first is no move."""
    before = case.moves[case.move - 1].step if case.move else None
    return _comparison(question, before, case.moves[case.move].step)


def _goes_through(cell: tuple[str, str]) -> Rule[SpellCase]:
    def holds(question: Question, case: SpellCase) -> bool:
        is_new = case.spell.entered_on >= question.month.first
        row = IN if is_new else step_before(question, case) or NOT_PLACED
        column = (step_after(question, case) or NOT_PLACED) if in_stock(question, case.spell) else OUT
        return (row, column) == cell

    return holds, translatable("another way through the matrix")


def _progression(project: Project) -> Definitions:
    move_in_month: Rule[SpellCase] = (
        lambda q, c: q.month.first <= c.moves[c.move].moved_on <= q.month.last,
        translatable("not in the month"),
    )
    said = {
        "up": translatable("Spells served in the month whose step after is above the step before."),
        "down": translatable("Spells served in the month whose step after is below the step before."),
        "same": translatable("Spells served in the month whose step after is the step before."),
        NOT_PLACED: translatable("Spells served in the month with no step before or after to compare."),
    }
    places: dict[str, object] = {**{step.code: step for step in project.steps}, NOT_PLACED: "–"}
    ways = {IN: "→", OUT: "→", **places}
    found: Definitions = {
        ("progression", measure): Definition(meaning, each_spell, (*SERVED, comparison_is(measure)))
        for measure, meaning in said.items()
    }
    found["progression", "moves_up"] = Definition(
        translatable("Moves in the month onto a higher step than the one before."),
        each_move,
        (move_in_month, (lambda q, c: _moved(q, c) == "up", translatable("not onto a higher step"))),
    )
    found["progression", "moves_down"] = Definition(
        translatable("Moves in the month onto a lower step than the one before."),
        each_move,
        (move_in_month, (lambda q, c: _moved(q, c) == "down", translatable("not onto a lower step"))),
    )
    for place, step in places.items():
        found["steps", place] = Definition(
            translatable("Spells in stock at the end of the month, on the step: {step}."),
            each_spell,
            (*CLOSING, stands_on(place)),
            {"step": step},
        )
    for row, column in matrix(tuple(places)):
        found["movement", (row, column)] = Definition(
            translatable(
                "Spells served in the month, by the step where the month began and where it ended: {before} | {after}."
            ),
            each_spell,
            (*SERVED, _goes_through((row, column))),
            {"before": ways[row], "after": ways[column]},
        )
    return found
