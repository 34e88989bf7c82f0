"""The rules that the rows of one person must meet, together with what is registered of that person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from arena_cli.errors import Refused, translatable
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.person import Person
from arena_cli.exchange.refusals import Fault, RowProblem
from arena_cli.model import Project, Spell
from arena_cli.rules import (
    ExitBeforeEntry,
    ExitWithoutDate,
    ImpossibleBirthYear,
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


def problems_of(person: Person, project: Project, today: date, columns: Columns) -> Iterator[RowProblem]:
    """Every rule that the person's rows break."""
    yield from _broken_rules(person, project, today, columns)
    yield from _impossible_birth_years(person, columns)
    if len(person.spells) > 1:
        yield from _contradictions(person, columns)
        yield from _overlaps(person)
    if person.homes.homeless:
        yield from _homeless_moves(person)


def _contradictions(person: Person, columns: Columns) -> Iterator[RowProblem]:
    """Rows that say of one person what an earlier row says otherwise."""
    for name in ("sex", "birth_year"):
        telling = [place.row for place in person.placed if getattr(place.row, name) is not None]
        for row in telling[1:]:
            if getattr(row, name) != getattr(telling[0], name):
                fault = Fault(_DIFFERS, {"ref": columns.header("ref"), "column": columns.header(name)})
                yield RowProblem(row.number, fault, telling[0].number)


def _broken_rules(person: Person, project: Project, today: date, columns: Columns) -> Iterator[RowProblem]:
    for row, before, after in person.placed:
        try:
            check_spell(project, after, today)
        except Refused as refusal:
            yield RowProblem(row.number, _fault(refusal, columns, person.after.code if before else None))


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
        fault = Fault(_IMPOSSIBLE_BIRTH_YEAR, {"birth_year": columns.header("birth_year")})
        yield from (RowProblem(rows.get(spell.id, telling.number), fault) for spell in impossible)


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
