"""Why a figure is what it is: who is included, and who is not and for which reason.

A second count, record by record and in plain Python, of the figures that the sections count in SQL. Each measure is a
list of conditions; a unit that meets them all is included, another is excluded by the first it does not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from arena_cli.errors import NotFound, translatable
from arena_cli.figures.destinations import GROUPS, TRANSFERRED
from arena_cli.figures.staircase import COMPARISONS, matrix
from arena_cli.figures.table import SEX_CLASSES, Measure
from arena_cli.model import ALL, NOT_PLACED, ExitType, Month, Participant, Project, Spell, StepMove
from arena_cli.store import Store

_PARTS = 4
M = TypeVar("M", str, tuple[str, str])


class UnknownFigure(NotFound):
    message = translatable(
        "There is no such figure. Its address is section/measure/municipality/sex, as in stock_flow/exited/2380/women "
        "or movement/2>3/all/all; `arena report --format json` has every one."
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """What a figure counts: a person, one of a person's spells, or one of a spell's moves (both numbered from 1)."""

    code: str
    spell: int | None = None
    move: int | None = None


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
        parts = text.strip().split("/")
        if len(parts) != _PARTS:
            raise UnknownFigure
        section, measure, municipality, sex = parts
        row, arrow, column = measure.partition(">")
        return cls(section, (row, column) if arrow else measure, municipality, sex)


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure and its records; `excluded` has each unit's reason, a message for the catalogue."""

    address: Address
    included: tuple[Unit, ...]
    excluded: tuple[tuple[Unit, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One unit with what is asked about: its spell, the person's counted spells before it, and the spell's moves.

    Of a person, `spell` is the latest in the row's scope and `before` the person's spells before the first one there.
    `move` is the place among `moves` of the move that is the unit.
    """

    unit: Unit
    person: Participant
    spell: Spell
    before: tuple[Spell, ...]
    moves: tuple[StepMove, ...] = ()
    before_here: tuple[Spell, ...] = ()
    move: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What the conditions are asked about: the month, the figure, and the project."""

    month: Month
    address: Address
    project: Project

    def group_of(self, destination: str | None) -> str:
        """The group of a destination; none recorded is unknown."""
        return next((d.group.value for d in self.project.destinations if d.code == destination), "unknown")

    def position_of(self, step: str) -> int:
        return next(s.position for s in self.project.steps if s.code == step)


Condition = tuple[Callable[[Question, Case], bool], str]
"""What must be true of a spell, and what is said where it is not."""

MISREGISTERED = translatable("misregistered: outside every figure")
OTHER_MUNICIPALITY = translatable("in another municipality")
OTHER_SEX = translatable("of another sex")


def _entered_by_end(q: Question, c: Case) -> bool:
    return c.spell.entered_on <= q.month.last


def _entered_in_month(q: Question, c: Case) -> bool:
    return q.month.first <= c.spell.entered_on <= q.month.last


def _entered_before(q: Question, c: Case) -> bool:
    return c.spell.entered_on < q.month.first


def _not_over_before(q: Question, c: Case) -> bool:
    return c.spell.exited_on is None or c.spell.exited_on >= q.month.first


def _exited_in_month(q: Question, c: Case) -> bool:
    return c.spell.exited_on is not None and q.month.first <= c.spell.exited_on <= q.month.last


def _in_stock(q: Question, c: Case) -> bool:
    return c.spell.exited_on is None or c.spell.exited_on > q.month.last


def _by_transfer(_: Question, c: Case) -> bool:
    return c.spell.exit_type is ExitType.TRANSFERRED


def _not_by_transfer(_: Question, c: Case) -> bool:
    return c.spell.exit_type is not ExitType.TRANSFERRED


def _first(_: Question, c: Case) -> bool:
    return not c.before


def _not_first(_: Question, c: Case) -> bool:
    return bool(c.before)


def _not_first_here(_: Question, c: Case) -> bool:
    return bool(c.before_here)


def _continues_transfer(_: Question, c: Case) -> bool:
    return bool(c.before) and c.before[-1].exit_type is ExitType.TRANSFERRED


def _continues_no_transfer(q: Question, c: Case) -> bool:
    return not _continues_transfer(q, c)


ENTERED_BY_END: Condition = (_entered_by_end, translatable("entered after the month"))
ENTERED_IN_MONTH: Condition = (_entered_in_month, translatable("not entered in the month"))
ENTERED_BEFORE: Condition = (_entered_before, translatable("not entered before the month"))
NOT_OVER_BEFORE: Condition = (_not_over_before, translatable("ended before the month"))
EXITED_IN_MONTH: Condition = (_exited_in_month, translatable("did not end in the month"))
IN_STOCK: Condition = (_in_stock, translatable("ended by the end of the month"))
BY_TRANSFER: Condition = (_by_transfer, translatable("did not end by transfer"))
NOT_BY_TRANSFER: Condition = (_not_by_transfer, translatable("ended by transfer, which is no exit"))
FIRST: Condition = (_first, translatable("not the participant's first spell in the project"))
NOT_FIRST: Condition = (_not_first, translatable("the participant's first spell in the project"))
NOT_FIRST_HERE: Condition = (_not_first_here, translatable("the participant's first spell in the row"))
CONTINUES: Condition = (_continues_transfer, translatable("does not continue a transfer"))
CONTINUES_NOT: Condition = (_continues_no_transfer, translatable("continues a transfer"))
SERVED = (ENTERED_BY_END, NOT_OVER_BEFORE)
CLOSING = (ENTERED_BY_END, IN_STOCK)
EXITED = (EXITED_IN_MONTH, NOT_BY_TRANSFER)

STOCK_FLOW: Mapping[str, tuple[Condition, ...]] = {
    "opening": (ENTERED_BEFORE, NOT_OVER_BEFORE),
    "entered": (ENTERED_IN_MONTH, FIRST),
    "re_entered": (ENTERED_IN_MONTH, NOT_FIRST, CONTINUES_NOT),
    "transferred_in": (ENTERED_IN_MONTH, CONTINUES),
    "exited": EXITED,
    "transferred_out": (EXITED_IN_MONTH, BY_TRANSFER),
    "closing": CLOSING,
}


def _group_is(q: Question, c: Case) -> bool:
    return q.group_of(c.spell.destination) == q.address.measure


def _destination_is(q: Question, c: Case) -> bool:
    return (c.spell.destination or "unknown") == q.address.measure


GROUP_IS: Condition = (_group_is, translatable("another destination group"))
DESTINATION_IS: Condition = (_destination_is, translatable("another destination"))


def _step_before(q: Question, c: Case) -> str | None:
    """The step at the opening; of a spell entered in the month, the first recorded in it."""
    if c.spell.entered_on < q.month.first:
        return _step_at(c, lambda move: move.moved_on < q.month.first)
    return next((move.step for move in c.moves if move.moved_on <= q.month.last), None)


def _step_after(q: Question, c: Case) -> str | None:
    return _step_at(c, lambda move: move.moved_on <= q.month.last)


def _step_at(case: Case, by_then: Callable[[StepMove], bool]) -> str | None:
    steps = [move.step for move in case.moves if by_then(move)]
    return steps[-1] if steps else None


def _comparison(q: Question, c: Case) -> str:
    before, after = _step_before(q, c), _step_after(q, c)
    if before is None or after is None:
        return NOT_PLACED
    change = q.position_of(after) - q.position_of(before)
    return "up" if change > 0 else "down" if change < 0 else "same"


def _comparison_is(q: Question, c: Case) -> bool:
    return _comparison(q, c) == q.address.measure


def _stands_on(q: Question, c: Case) -> bool:
    return (_step_after(q, c) or NOT_PLACED) == q.address.measure


def _moved_between(q: Question, c: Case) -> bool:
    row = "in" if c.spell.entered_on >= q.month.first else _step_before(q, c) or NOT_PLACED
    column = (_step_after(q, c) or NOT_PLACED) if _in_stock(q, c) else "out"
    return (row, column) == q.address.measure


COMPARISON_IS: Condition = (_comparison_is, translatable("the steps before and after compare otherwise"))
STANDS_ON: Condition = (_stands_on, translatable("on another step at the end of the month"))
MOVED_BETWEEN: Condition = (_moved_between, translatable("another way through the matrix"))


def _moved_up(q: Question, c: Case) -> bool:
    return _change_of_move(q, c) > 0


def _moved_down(q: Question, c: Case) -> bool:
    return _change_of_move(q, c) < 0


def _change_of_move(q: Question, c: Case) -> int:
    if c.move == 0:
        return 0
    return q.position_of(c.moves[c.move].step) - q.position_of(c.moves[c.move - 1].step)


def _move_in_month(q: Question, c: Case) -> bool:
    return q.month.first <= c.moves[c.move].moved_on <= q.month.last


MOVE_IN_MONTH: Condition = (_move_in_month, translatable("not in the month"))
MOVES: Mapping[str, tuple[Condition, ...]] = {
    "moves_up": (MOVE_IN_MONTH, (_moved_up, translatable("not onto a higher step"))),
    "moves_down": (MOVE_IN_MONTH, (_moved_down, translatable("not onto a lower step"))),
}
SPELLS_SINCE_START: Mapping[str, tuple[Condition, ...]] = {
    "spells": (ENTERED_BY_END,),
    "re_entries": (ENTERED_BY_END, NOT_FIRST_HERE, CONTINUES_NOT),
    "transfer_continuations": (ENTERED_BY_END, NOT_FIRST_HERE, CONTINUES),
}
ACTIVE: Condition = (_in_stock, translatable("has left"))


def _has_left(q: Question, c: Case) -> bool:
    return not _in_stock(q, c)


def _came_from_elsewhere(_: Question, c: Case) -> bool:
    return bool(c.before) and c.before[0].municipality != c.spell.municipality


def _left_to(q: Question, c: Case) -> bool:
    return ("transferred" if _by_transfer(q, c) else q.group_of(c.spell.destination)) == q.address.measure


def _left_for(q: Question, c: Case) -> bool:
    return ("transferred" if _by_transfer(q, c) else c.spell.destination or "unknown") == q.address.measure


LEFT_TO_GROUP: Condition = (_left_to, GROUP_IS[1])
LEFT_TO_DESTINATION: Condition = (_left_for, DESTINATION_IS[1])
LEFT: Condition = (_has_left, translatable("still in the project, or in the municipality"))
PERSONS: Mapping[str, tuple[Condition, ...]] = {
    "participants": (ENTERED_BY_END,),
    "active": (ENTERED_BY_END, ACTIVE),
    "left": (ENTERED_BY_END, LEFT),
    "first_elsewhere": (ENTERED_BY_END, (_came_from_elsewhere, translatable("first entered the project here"))),
}


SPELL, MOVE, PERSON = "spell", "move", "person"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure counts, and what must be true of each."""

    unit: str
    conditions: tuple[Condition, ...]


def definition_of(project: Project, address: Address) -> Definition:
    """The definition behind an address. Raises UnknownFigure."""
    municipalities = {ALL, *(m.code for m in project.municipalities)}
    if address.municipality not in municipalities or address.sex not in {ALL, *SEX_CLASSES.values()}:
        raise UnknownFigure
    definition = _definitions(project).get((address.section, address.measure))
    if definition is None:
        raise UnknownFigure
    return definition


def trace(store: Store, month: Month, address: Address) -> Trace:
    """Every record that a figure could count, included or excluded with its reason. Raises UnknownFigure."""
    with store.snapshot():
        question = Question(month, address, store.project())
        definition = definition_of(question.project, address)
        included: list[Unit] = []
        excluded: list[tuple[Unit, str]] = []
        for case in _cases(store, question, definition.unit):
            reason = _reason(question, case, definition)
            if reason is None:
                included.append(case.unit)
            else:
                excluded.append((case.unit, reason))
    return Trace(address, tuple(included), tuple(excluded))


def _definitions(project: Project) -> dict[tuple[str, Measure], Definition]:
    codes = tuple(destination.code for destination in project.destinations)
    places = (*(step.code for step in project.steps), NOT_PLACED)
    left = PERSONS["left"]
    return {
        **_each("stock_flow", SPELL, STOCK_FLOW),
        **_each("persons", PERSON, PERSONS),
        **_each("persons", SPELL, SPELLS_SINCE_START),
        **_each("exits", SPELL, dict.fromkeys(GROUPS, (*EXITED, GROUP_IS))),
        **_each("exits_by_destination", SPELL, dict.fromkeys(codes, (*EXITED, DESTINATION_IS))),
        **_each("left", PERSON, dict.fromkeys((*GROUPS, TRANSFERRED), (*left, LEFT_TO_GROUP))),
        **_each("left_by_destination", PERSON, dict.fromkeys((*codes, TRANSFERRED), (*left, LEFT_TO_DESTINATION))),
        **_each("progression", SPELL, dict.fromkeys(COMPARISONS, (*SERVED, COMPARISON_IS))),
        **_each("progression", MOVE, MOVES),
        **_each("steps", SPELL, dict.fromkeys(places, (*CLOSING, STANDS_ON))),
        **_each("movement", SPELL, dict.fromkeys(matrix(places), (*SERVED, MOVED_BETWEEN))),
    }


def _each(
    section: str, unit: str, measures: Mapping[M, tuple[Condition, ...]]
) -> dict[tuple[str, Measure], Definition]:
    return {(section, measure): Definition(unit, conditions) for measure, conditions in measures.items()}


def _reason(question: Question, case: Case, definition: Definition) -> str | None:
    address = question.address
    if not case.spell.counts:
        return MISREGISTERED
    if address.sex not in {ALL, SEX_CLASSES[case.person.sex]}:
        return OTHER_SEX
    if address.municipality not in {ALL, case.spell.municipality}:
        return OTHER_MUNICIPALITY
    return next((said for holds, said in definition.conditions if not holds(question, case)), None)


def _cases(store: Store, question: Question, unit: str) -> Iterator[Case]:
    people = {person.id: person for person in store.participants()}
    moves = {
        spell: tuple(theirs)
        for spell, theirs in groupby(
            sorted(store.moves(), key=lambda m: (m.spell_id, m.moved_on, m.id)), key=lambda m: m.spell_id
        )
    }
    for person, theirs in groupby(store.spells(), key=lambda spell: spell.participant_id):
        numbered = [
            (Unit(people[person].code, number), spell, moves.get(spell.id, ()))
            for number, spell in enumerate(theirs, 1)
        ]
        if unit == PERSON:
            yield from _persons(question, people[person], [spell for _, spell, _ in numbered])
            continue
        for case in _spells(question, people[person], numbered):
            yield from [case] if unit == SPELL else _moves(case)


def _spells(
    question: Question, person: Participant, numbered: list[tuple[Unit, Spell, tuple[StepMove, ...]]]
) -> Iterator[Case]:
    before: tuple[Spell, ...] = ()
    here = question.address.municipality
    for unit, spell, moves in numbered:
        before_here = tuple(s for s in before if here in {ALL, s.municipality})
        yield Case(unit, person, spell, before, moves, before_here)
        if spell.counts:
            before = (*before, spell)


def _moves(case: Case) -> Iterator[Case]:
    for move in range(len(case.moves)):
        unit = replace(case.unit, move=move + 1)
        yield replace(case, unit=unit, move=move)


def _persons(question: Question, person: Participant, spells: list[Spell]) -> Iterator[Case]:
    """One case a person; in the project's row of `first_elsewhere`, one for each municipality with a spell."""
    entered = [spell for spell in spells if spell.counts and spell.entered_on <= question.month.last]
    if question.address.measure == "first_elsewhere" and question.address.municipality == ALL:
        rows = sorted({spell.municipality for spell in entered})
    else:
        rows = [question.address.municipality]
    for row in rows:
        here = [spell for spell in entered if row in {ALL, spell.municipality}]
        latest = (here or entered or spells)[-1]
        yield Case(Unit(person.code), person, latest, tuple(entered[:1]))
