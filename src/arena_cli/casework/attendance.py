"""Hours: how long participants took part in an activity in a month, and that somebody has certified it.

Hours belong to a spell, and are kept in minutes. Registering those of a person, month and activity again replaces
them and takes their certification away; no hours take them away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from arena_cli.casework.enrolment import Journey, find_participant, journey, numbered_spell
from arena_cli.errors import ArenaError, NotFound, Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Attendance, Month, Participant, Project, Spell
from arena_cli.rules import MoreHoursThanTime, check_hours, days_within
from arena_cli.store import Change, Store


class MonthNotBegun(Refused):
    message = translatable("{month} has not begun yet. Register hours when they have been spent.")


class MonthAfterProject(Refused):
    message = translatable("{month} lies after the project's end, {ends_on}. Give the month of the hours with --month.")


class NegativeHours(Refused):
    message = translatable("Hours cannot be fewer than none.")


class NoSpellIn(Refused):
    message = translatable(
        "{code} has no spell in {month}, up to today. Check the dates with `arena show-participant {code}`."
    )


class NotThatSpell(Refused):
    message = translatable("{code}: spell {number} has no day in {month}, up to today.")


class SeveralSpellsIn(Refused):
    message = translatable(
        "{code} has several spells in {month}. Register the hours of each by itself: "
        "--spell, with a number as `arena show-participant {code}` shows them."
    )


class MoreThanTime(Refused):
    message = translatable("{code}: {reason}")


class GroupRefused(Refused):
    message = translatable("Nothing was registered for anybody. This stands in the way:\n{reasons}")


class NothingToCertify(NotFound):
    message = translatable("There are no hours in {month} that wait for certification.")


@dataclass(frozen=True, slots=True)
class HoursRegistered:
    """One participant's hours of a month and activity: what there was before and what there is, None for nothing."""

    participant: Participant
    before: Attendance | None
    after: Attendance | None


@dataclass(frozen=True, slots=True)
class Certified:
    """The hours of a month that were certified in one go."""

    month: Month
    hours: tuple[Attendance, ...]
    participants: int

    @property
    def minutes(self) -> int:
        """All of them together."""
        return sum(h.minutes for h in self.hours)


@dataclass(frozen=True, slots=True)
class HoursLine:
    """Hours with the participant and the municipality of the spell that they belong to."""

    participant: Participant
    municipality: str
    hours: Attendance


# -- reading ----------------------------------------------------------------------------------------------------------


def hours_of(store: Store, participant: Participant) -> list[Attendance]:
    """A participant's hours by month and activity; those of misregistered spells are left out."""
    return store.records(Attendance, _OF_PARTICIPANT, (participant.id,))


def hours_in(store: Store, month: Month, municipalities: Iterable[str] = ()) -> list[HoursLine]:
    """The hours of a month by municipality, participant and activity; of all municipalities if none is given."""
    wanted = set(municipalities)
    spells = {spell.id: spell for spell in store.spells(_WITH_HOURS, (str(month),))}
    people = {person.id: person for person in store.participants(_WHO_HAVE_HOURS, (str(month),))}
    lines = [
        HoursLine(people[spells[h.spell_id].participant_id], spells[h.spell_id].municipality, h)
        for h in store.records(Attendance, _OF_MONTH, (str(month),))
        if spells[h.spell_id].counts
    ]
    return sorted(
        (line for line in lines if not wanted or line.municipality in wanted),
        key=lambda line: (line.municipality, line.participant.code, line.hours.activity, line.hours.id),
    )


# -- registering ------------------------------------------------------------------------------------------------------


def add_hours(
    store: Store,
    occasion: Occasion,
    codes: Iterable[str],
    month: Month,
    activity: str,
    minutes: int,
    *,
    certified: bool = False,
    spell_number: int | None = None,
) -> tuple[HoursRegistered, ...]:
    """Register the hours of one participant, or the same for each of a group: for all of them or for none.

    They go to the participant's spell in the month; where there are several, `spell_number` says to which.
    Raises GroupRefused with everybody's reason where there are several participants.
    """
    if minutes < 0:
        raise NegativeHours
    project = store.project()
    check_month(project, month, occasion.today)
    last_day = last_day_for_hours(project, occasion.today)
    group = tuple(codes)
    spent = Attendance(0, 0, str(month), activity, minutes, certified)
    registered: dict[str, HoursRegistered] = {}
    refusals: list[ArenaError] = []
    with store.change(occasion) as change:
        for code in group:
            try:
                known = journey(store, code)
                if known.participant.code not in registered:
                    spell = _spell_in(known, month, last_day, spell_number)
                    line = _register(store, change, known, replace(spent, spell_id=spell.id), last_day)
                    registered[known.participant.code] = line
            except (NotFound, Refused) as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0] if len(group) == 1 else GroupRefused(reasons=tuple(refusals))
    return tuple(registered.values())


def certify_hours(
    store: Store, occasion: Occasion, month: Month, *, municipality: str | None = None, codes: Iterable[str] = ()
) -> Certified:
    """Certify the hours of a month that are not yet: of a municipality, of some participants, or of all.

    Raises NothingToCertify.
    """
    with store.change(occasion) as change:
        chosen = {find_participant(store, code).id for code in codes}
        spells = {spell.id: spell for spell in store.spells(_WITH_HOURS, (str(month),))}
        waiting = [
            h
            for h in store.records(Attendance, f"{_OF_MONTH} AND NOT certified ORDER BY id", (str(month),))
            if _concerns(spells[h.spell_id], municipality, chosen)
        ]
        if not waiting:
            raise NothingToCertify(month=month)
        certified = tuple(replace(h, certified=True) for h in waiting)
        for before, after in zip(waiting, certified, strict=True):
            change.update(before, after)
    return Certified(month, certified, len({spells[h.spell_id].participant_id for h in certified}))


def check_month(project: Project, month: Month, today: date) -> None:
    """Refuse hours of a month that has not begun, or that lies after the project.

    Raises MonthNotBegun or MonthAfterProject.
    """
    if month.first > today:
        raise MonthNotBegun(month=month)
    if month.first > project.ends_on:
        raise MonthAfterProject(month=month, ends_on=project.ends_on)


def last_day_for_hours(project: Project, today: date) -> date:
    """The last day on which hours can have been spent."""
    return min(today, project.ends_on)


def minutes_of(text: str) -> int | None:
    """Minutes, from hours written as 12 or 12:30 or 12,5 (to the nearest minute); None for anything else."""
    match = re.fullmatch(r"([0-9]{1,6})(?::([0-5][0-9])|[.,]([0-9]{1,2}))?", text.strip(), re.ASCII)
    if match is None:
        return None
    whole, minutes, decimals = match.groups()
    if decimals is not None:
        hundredths = int(decimals.ljust(_LONGEST_DECIMALS, "0"))
        return int(whole) * 60 + (hundredths * 60 + 50) // 100
    return int(whole) * 60 + int(minutes or 0)


def spells_in(spells: Iterable[Spell], month: Month, last_day: date) -> list[Spell]:
    """The spells with a day in a month, no later than `last_day`: those that can have hours there."""
    return [spell for spell in spells if spell.counts and days_within((spell,), month, last_day)]


# -- shared -----------------------------------------------------------------------------------------------------------

_LONGEST_DECIMALS: Final = 2
_OF_MONTH: Final = "WHERE month = ?"
_WITH_HOURS: Final = "WHERE id IN (SELECT spell_id FROM attendance WHERE month = ?)"
_WHO_HAVE_HOURS: Final = f"WHERE id IN (SELECT participant_id FROM spell {_WITH_HOURS})"
_OF_PARTICIPANT: Final = """
WHERE spell_id IN (SELECT id FROM counted_spell WHERE participant_id = ?)
ORDER BY month, activity, id
"""


def _spell_in(known: Journey, month: Month, last_day: date, number: int | None) -> Spell:
    """The participant's spell with a day in the month, no later than `last_day`."""
    code = known.participant.code
    if number is not None:
        spell = numbered_spell(known, number)
        if not spells_in((spell,), month, last_day):
            raise NotThatSpell(code=code, number=number, month=month)
        return spell
    spells = spells_in(known.spells, month, last_day)
    if not spells:
        raise NoSpellIn(code=code, month=month)
    if len(spells) > 1:
        raise SeveralSpellsIn(code=code, month=month)
    return spells[0]


def _register(store: Store, change: Change, known: Journey, spent: Attendance, last_day: date) -> HoursRegistered:
    """Add hours, or put them in the place of those that there were."""
    key = (spent.spell_id, spent.month, spent.activity)
    before = next(iter(store.records(Attendance, "WHERE spell_id = ? AND month = ? AND activity = ?", key)), None)
    others = [h for h in hours_of(store, known.participant) if before is None or h.id != before.id]
    try:
        check_hours(known.spells, [*others, spent], last_day)
    except MoreHoursThanTime as reason:
        raise MoreThanTime(code=known.participant.code, reason=reason) from None
    after: Attendance | None = None
    if before is None and spent.minutes:
        after = change.add(spent)
    elif before is not None and spent.minutes:
        after = replace(spent, id=before.id)
        change.update(before, after)
    elif before is not None:
        change.remove(before)
    return HoursRegistered(known.participant, before, after)


def _concerns(spell: Spell, municipality: str | None, participants: set[int]) -> bool:
    return (
        spell.counts
        and municipality in {None, spell.municipality}
        and (not participants or spell.participant_id in participants)
    )
