"""What cannot have happened: the rules that every registration and every imported row must meet.

Source of the rules: the definitions of a spell and a move in docs/figures.md, and V12, V14 and V16 of the fund's
validation rules (dates within the project and not in the future, age in the target group as a warning, no overlap).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from arena_cli.errors import Refused, Remark, translatable
from arena_cli.model import ExitType, Project, Spell, StepMove
from arena_cli.personal_number import refuse_personal_number


class BeforeProject(Refused):
    message = translatable("{day} lies before the project's start, {starts_on}. Give the day it happened.")


class AfterProject(Refused):
    message = translatable("{day} lies after the project's end, {ends_on}. Give the day it happened with --date.")


class InTheFuture(Refused):
    message = translatable("{day} has not come yet. Register it when it has happened.")


class ExitBeforeEntry(Refused):
    message = translatable("The exit, {exited_on}, lies before the entry, {entered_on}. One of the dates is wrong.")


class ExitWithoutDate(Refused):
    message = translatable(
        "There is an exit type or a destination but no exit date. Give the date, or leave all three empty."
    )


class DateWithoutExit(Refused):
    message = translatable("There is an exit date but no exit type.")


class OverlappingSpells(Refused):
    message = translatable(
        "The spell from {later} begins before the spell from {earlier} has ended. "
        "A participant has one spell at a time: check the dates with `arena show-participant`."
    )


class MoveOutsideSpell(Refused):
    message = translatable("The participant has no spell on {moved_on}. Check the dates with `arena show-participant`.")


class MoveLeftOutside(Refused):
    message = translatable(
        "A move is registered on {moved_on}, which would then lie outside the spell. "
        "Correct that first, with `arena edit-move`, or give another day."
    )


class UnusableRef(Refused):
    message = translatable(
        "A ref is the person's number in the municipality's own list: at most {longest} characters, and not a name."
    )


class ImpossibleBirthYear(Refused):
    message = translatable("Nobody who enters on {entered_on} can have that birth year.")


OLDEST = 120
"""Years; nobody who enters a project is older."""


def check_day(project: Project, day: date, today: date) -> None:
    """Refuse a day outside the project or in the future."""
    if day < project.starts_on:
        raise BeforeProject(day=day, starts_on=project.starts_on)
    if day > project.ends_on:
        raise AfterProject(day=day, ends_on=project.ends_on)
    if day > today:
        raise InTheFuture(day=day)


def check_spell(project: Project, spell: Spell, today: date) -> None:
    """Refuse a spell whose own values contradict each other, the project or the calendar."""
    check_day(project, spell.entered_on, today)
    if spell.exited_on is None:
        if spell.destination is not None or (spell.exit_type is not None and spell.counts):
            raise ExitWithoutDate
        return
    if spell.exited_on < spell.entered_on:
        raise ExitBeforeEntry(exited_on=spell.exited_on, entered_on=spell.entered_on)
    check_day(project, spell.exited_on, today)
    if spell.exit_type is None:
        raise DateWithoutExit


def overlapping(spells: Iterable[Spell]) -> tuple[Spell, Spell] | None:
    """Two of one participant's spells that cannot both be true, the earlier first; None if there are none.

    The end day of one may be the start day of the next only at a transfer.
    """
    for earlier, later in pairwise(sorted((s for s in spells if s.counts), key=lambda s: s.order)):
        at_transfer = earlier.exit_type is ExitType.TRANSFERRED and earlier.exited_on == later.entered_on
        if not at_transfer and (earlier.exited_on is None or later.entered_on <= earlier.exited_on):
            return earlier, later
    return None


def check_overlap(spells: Iterable[Spell]) -> None:
    """Refuse spells of one participant that overlap."""
    if found := overlapping(spells):
        raise OverlappingSpells(earlier=found[0].entered_on, later=found[1].entered_on)


def spell_on(spells: Sequence[Spell], day: date) -> Spell | None:
    """The spell that covers a day; on a transfer's seam the later one."""
    covering = [s for s in spells if s.counts and s.entered_on <= day and (s.exited_on is None or day <= s.exited_on)]
    return max(covering, key=lambda s: s.order, default=None)


def check_moves(spell: Spell, moves: Iterable[StepMove]) -> None:
    """Refuse a spell that would leave some of its moves outside it."""
    for move in moves:
        if move.moved_on < spell.entered_on or (spell.exited_on is not None and move.moved_on > spell.exited_on):
            raise MoveLeftOutside(moved_on=move.moved_on)


LONGEST_REF = 64
_NAME = re.compile(r"[^\W\d_]{2,}[ ,.]+[^\W\d_]{2,}")
"""Two words of letters, and nothing that is a number."""


def check_ref(ref: str | None) -> None:
    """Refuse a personal identity number, a name or a whole text as a list's own number."""
    refuse_personal_number(ref)
    if ref is not None and (len(ref) > LONGEST_REF or (_NAME.search(ref) and not any(c.isdigit() for c in ref))):
        raise UnusableRef(longest=LONGEST_REF)


def check_birth_year(birth_year: int | None, entered_on: date) -> None:
    """Refuse a birth year that nobody who enters that day can have."""
    if birth_year is not None and not entered_on.year - OLDEST <= birth_year <= entered_on.year:
        raise ImpossibleBirthYear(entered_on=entered_on)


def age_remark(project: Project, birth_year: int | None, entered_on: date) -> Remark | None:
    """A warning when the age at entry is outside the target group, whatever the birthday.

    The age is known within a year: `entered_on.year - birth_year` is the one reached that year.
    """
    if birth_year is None:
        return None
    oldest = entered_on.year - birth_year
    too_young = project.age_from is not None and oldest < project.age_from
    too_old = project.age_to is not None and oldest - 1 > project.age_to
    if not (too_young or too_old):
        return None
    return Remark(
        translatable("Born {birth_year}: outside the project's target group, {age_from}-{age_to} years at entry."),
        birth_year=birth_year,
        age_from="" if project.age_from is None else project.age_from,
        age_to="" if project.age_to is None else project.age_to,
    )
