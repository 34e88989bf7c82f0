"""The rules that the rows of one person must meet, together with what is registered of that person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from arena_cli.casework.attached import Attached, broken_by
from arena_cli.errors import Refused, translatable
from arena_cli.exchange.cells import SpellRow
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.person import Person, Placed
from arena_cli.exchange.refusals import Fault, RowProblem
from arena_cli.model import Assignment, Project, Spell
from arena_cli.rules import (
    ExitBeforeEntry,
    ExitWithoutDate,
    FollowUpOfDeceased,
    FollowUpTooEarly,
    FollowUpTooLate,
    FollowUpWithoutExit,
    HoursOutsideSpell,
    ImpossibleBirthYear,
    MoreHoursThanTime,
    PauseOutsideSpell,
    PlacementOutsideSpell,
    check_birth_year,
    check_spell,
    overlapping,
)

_EXIT_BEFORE_ENTRY: Final = translatable("{exited_on} lies before {entered_on}.")
_EXIT_WITHOUT_DATE: Final = translatable("There is an exit type or a destination, but no date in {exited_on}.")
_BREAKS_A_RULE: Final = translatable(
    "The row does not go together with what is registered of {code}. Compare with `arena show-participant {code}`."
)
_IMPOSSIBLE_BIRTH_YEAR: Final = translatable("{birth_year} cannot be that of somebody who enters on that day.")
_DIFFERS: Final = translatable("The same person, by {ref}, but {column} differs.")
_OVERLAP: Final = translatable("The spells of one person overlap: one has not ended when the other begins.")
_OVERLAP_REGISTERED: Final = translatable(
    "The spell overlaps one that is registered of {code}. Compare with `arena show-participant {code}`."
)
_MOVE_LEFT_OUTSIDE: Final = translatable(
    "A move that is registered of {code} would lie outside every spell. Compare with `arena show-participant {code}`."
)
_WAITS_ELSEWHERE: Final = translatable(
    "{code} waits to start in another municipality. If that comes to nothing: `arena withdraw-participant {code}`."
)
_BEFORE_ASSIGNMENT: Final = translatable(
    "{code} waits to start, and the spell begins before the assignment. Compare with `arena show-participant {code}`."
)
_FOLLOW_UP_TIME: Final = translatable(
    "A follow-up that is registered of {code} would be from a wrong time after the exit. "
    "Compare with `arena show-participant {code}`."
)
_FOLLOWED_UP: Final = translatable(
    "{code} has been followed up after the exit, which can be neither a transfer nor a death. "
    "Compare with `arena show-participant {code}`."
)
_ATTACHED: Final[Mapping[type[Refused], str]] = {
    PauseOutsideSpell: translatable(
        "A pause that is registered of {code} would lie outside the spell. "
        "Compare with `arena show-participant {code}`."
    ),
    PlacementOutsideSpell: translatable(
        "A placement that is registered of {code} would lie outside the spell. "
        "Compare with `arena show-participant {code}`."
    ),
    HoursOutsideSpell: translatable(
        "Hours are registered of {code} in a month in which the spell would have no day. "
        "Compare with `arena show-participant {code}`."
    ),
    MoreHoursThanTime: translatable(
        "More hours are registered of {code} than the days of the spell would hold. "
        "Compare with `arena show-participant {code}`."
    ),
    FollowUpTooEarly: _FOLLOW_UP_TIME,
    FollowUpTooLate: _FOLLOW_UP_TIME,
    FollowUpWithoutExit: _FOLLOWED_UP,
    FollowUpOfDeceased: _FOLLOWED_UP,
}


def problems_of(person: Person, project: Project, today: date, columns: Columns) -> Iterator[RowProblem]:
    """Every rule that the person's rows break."""
    for row, before, after in person.placed:
        yield from _broken_rules(row.number, after, project, today, columns, person.after.code if before else None)
    yield from _impossible_birth_years(person, columns)
    if len(person.spells) > 1:
        yield from _contradictions(person, columns)
        yield from _overlaps(person)
    if person.homes.homeless:
        yield from _homeless_moves(person)
    if person.consequences:
        yield from _misfits(person, person.consequences.after, today)
    if person.start and person.known and person.known.waiting:
        yield from _not_waited_for(person.start, person.known.waiting, person.after.code)


def problems_of_newcomer(
    row: SpellRow, spell: Spell, project: Project, today: date, columns: Columns
) -> Sequence[RowProblem]:
    """The same of a person who is new and has only this row: there is nothing that it could contradict."""
    problems = _broken_rules(row.number, spell, project, today, columns)
    if not _is_possible(row.birth_year, spell):
        problems = [*problems, RowProblem(row.number, _impossible_birth_year(columns))]
    return problems


def _contradictions(person: Person, columns: Columns) -> Iterator[RowProblem]:
    """Rows that say of one person what an earlier row says otherwise."""
    for name in ("sex", "birth_year"):
        telling = [place.row for place in person.placed if getattr(place.row, name) is not None]
        for row in telling[1:]:
            if getattr(row, name) != getattr(telling[0], name):
                fault = Fault(_DIFFERS, {"ref": columns.header("ref"), "column": columns.header(name)})
                yield RowProblem(row.number, fault, telling[0].number)


def _broken_rules(
    row: int, spell: Spell, project: Project, today: date, columns: Columns, registered: str | None = None
) -> Sequence[RowProblem]:
    try:
        check_spell(project, spell, today)
    except Refused as refusal:
        return (RowProblem(row, _fault(refusal, columns, registered)),)
    return ()


def _fault(refusal: Refused, columns: Columns, registered: str | None) -> Fault:
    dates = {name: columns.header(name) for name in ("entered_on", "exited_on")}
    if isinstance(refusal, ExitBeforeEntry):
        return Fault(_EXIT_BEFORE_ENTRY, dates)
    if isinstance(refusal, ExitWithoutDate):
        return Fault(_EXIT_WITHOUT_DATE, dates)
    return Fault(_BREAKS_A_RULE, {"code": registered})


def _impossible_birth_years(person: Person, columns: Columns) -> Iterator[RowProblem]:
    """Of a spell that the list does not mention the row is blamed that says the birth year."""
    impossible = [spell for spell in person.spells.values() if not _is_possible(person.after.birth_year, spell)]
    if impossible:
        rows = {place.after.id: place.row.number for place in person.placed}
        telling = next((p.row for p in person.placed if p.row.birth_year is not None), person.placed[0].row)
        fault = _impossible_birth_year(columns)
        yield from (RowProblem(rows.get(spell.id, telling.number), fault) for spell in impossible)


def _impossible_birth_year(columns: Columns) -> Fault:
    return Fault(_IMPOSSIBLE_BIRTH_YEAR, {"birth_year": columns.header("birth_year")})


def _is_possible(birth_year: int | None, spell: Spell) -> bool:
    try:
        check_birth_year(birth_year, spell.entered_on)
    except ImpossibleBirthYear:
        return False
    return True


def _overlaps(person: Person) -> Iterator[RowProblem]:
    """Each spell that begins before another has ended, with that other; seen without those already found."""
    rows = {place.after.id: place.row.number for place in person.placed}
    earlier: Spell | None = None
    for spell in sorted((spell for spell in person.spells.values() if spell.counts), key=lambda spell: spell.order):
        if earlier is None or overlapping((earlier, spell)) is None:
            earlier = spell
        elif earlier.id in rows and spell.id in rows:
            yield RowProblem(rows[spell.id], Fault(_OVERLAP), rows[earlier.id])
        elif row := rows.get(spell.id) or rows.get(earlier.id):
            yield RowProblem(row, Fault(_OVERLAP_REGISTERED, {"code": person.after.code}))


def _homeless_moves(person: Person) -> Iterator[RowProblem]:
    """Registered moves that no spell covers any more, told of the row that changes the spell they belong to."""
    changed = {move.spell_id for move in person.homes.homeless}
    for place in person.placed:
        if place.after.id in changed:
            yield RowProblem(place.row.number, Fault(_MOVE_LEFT_OUTSIDE, {"code": person.after.code}))


def _misfits(person: Person, attached: Attached, today: date) -> Iterator[RowProblem]:
    """What hangs on a spell that a row changes, and would not go together with it any more."""
    for place in person.placed:
        if place.changes_spell:
            rules = (
                _ATTACHED.get(type(broken), _BREAKS_A_RULE)
                for broken in broken_by(place.after, person.spells.values(), attached, today)
            )
            for rule in dict.fromkeys(rules):
                yield RowProblem(place.row.number, Fault(rule, {"code": person.after.code}))


def _not_waited_for(start: Placed, waiting: Assignment, code: str) -> Iterator[RowProblem]:
    """A spell of somebody who waits that is not the one waited for."""
    if start.after.municipality != waiting.municipality:
        yield RowProblem(start.row.number, Fault(_WAITS_ELSEWHERE, {"code": code}))
    elif start.after.entered_on < waiting.assigned_on:
        yield RowProblem(start.row.number, Fault(_BEFORE_ASSIGNMENT, {"code": code}))
