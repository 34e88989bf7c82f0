"""What cannot have happened: the rules that every registration and every imported row must meet.

Source of the rules: the definitions of a spell and a move in docs/figures.md, and V12, V14 and V16 of the fund's
validation rules (dates within the project and not in the future, age in the target group as a warning, no overlap).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

from arena_cli.errors import Refused, Remark, translatable
from arena_cli.model import (
    Answer,
    Attendance,
    Background,
    Employment,
    ExitType,
    FollowUp,
    FollowUpKind,
    Month,
    Participant,
    Pause,
    Placement,
    Project,
    Spell,
    StepMove,
)
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


class PauseOutsideSpell(Refused):
    message = translatable("The pause from {paused_on} lies outside the spell. Check the dates.")


class OverlappingPauses(Refused):
    message = translatable("The pause from {later} begins before the pause from {earlier} has ended.")


class ResumedBeforePaused(Refused):
    message = translatable("The first day back, {resumed_on}, must come after the first day of the pause, {paused_on}.")


class StartBeforeAssignment(Refused):
    message = translatable("{day} lies before the day of the assignment, {assigned_on}.")


class FollowUpTooEarly(Refused):
    message = translatable(
        "A follow-up of this kind cannot be from {day}: the first day is {first}, counted from the exit on {exited_on}."
    )


class FollowUpTooLate(Refused):
    message = translatable(
        "The result on leaving is the situation within four weeks of the exit on {exited_on}: by {last}, not {day}. "
        "Give the day it was true."
    )


class FollowUpWithoutExit(Refused):
    message = translatable("The spell has been followed up after its exit, so it must have one.")


class FollowUpOfDeceased(Refused):
    message = translatable("The participant has died: there is nothing to follow up.")


class NotReachedButAnswered(Refused):
    message = translatable(
        "Somebody who was not reached has not answered. Leave the answers and the income out, or --not-reached."
    )


class NothingAnswered(Refused):
    message = translatable(
        "Nothing was answered. Give at least whether the participant works and studies, or --not-reached."
    )


class ImpossibleExtent(Refused):
    message = translatable("Extent is per cent of full time, from 1 to 100.")


class MonthsWithoutUnemployment(Refused):
    message = translatable(
        "Months without work are of those who are unemployed. "
        "Correct the situation on the labour market, or take the months away: --months-without-work -."
    )


class ImpossibleMonthsWithoutWork(Refused):
    message = translatable("Nobody born in {birth_year} has been without work for {months} months.")


class TooManyMonthsWithoutWork(Refused):
    message = translatable("Months without work are a number from 0 to {most}.")


class WorkDetailsWithoutWork(Refused):
    message = translatable("Extent, subsidy, sector and kind of work are of those who work.")


class StudyDetailsWithoutStudies(Refused):
    message = translatable("Extent and kind of studies are of those who study.")


class PlacementOutsideSpell(Refused):
    message = translatable(
        "The placement from {placed_on} lies outside the spell. `arena edit-placement` corrects its days."
    )


class HoursOutsideSpell(Refused):
    message = translatable(
        "There are hours in {month}, in which the spell has no day. Check the dates with `arena show-participant`."
    )


class MoreHoursThanTime(Refused):
    message = translatable("{hours} hours are more than the {most} that the spell's days in {month} hold.")


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


MINUTES_OF_A_DAY = 24 * 60

OLDEST = 120
"""Years; nobody who enters a project is older."""

YOUNGEST_LIKELY = 13
"""Years; in a project that leads to work or studies hardly anybody is younger."""

OLDEST_LIKELY = 100
"""Years; whoever is older is likelier to be a year of birth with a wrong figure in it."""


def check_day(project: Project, day: date, today: date) -> None:
    """Refuse a day outside the project or in the future. Raises BeforeProject, AfterProject or InTheFuture."""
    if day < project.starts_on:
        raise BeforeProject(day=day, starts_on=project.starts_on)
    if day > project.ends_on:
        raise AfterProject(day=day, ends_on=project.ends_on)
    if day > today:
        raise InTheFuture(day=day)


def check_spell(project: Project, spell: Spell, today: date) -> None:
    """Refuse a spell whose own values contradict each other, the project or the calendar.

    Raises ExitBeforeEntry, DateWithoutExit or ExitWithoutDate, and as `check_day`.
    """
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
    """Refuse spells of one participant that overlap. Raises OverlappingSpells."""
    if found := overlapping(spells):
        raise OverlappingSpells(earlier=found[0].entered_on, later=found[1].entered_on)


def spell_on(spells: Sequence[Spell], day: date) -> Spell | None:
    """The spell that covers a day; on a transfer's seam the later one."""
    covering = [s for s in spells if s.counts and s.entered_on <= day and (s.exited_on is None or day <= s.exited_on)]
    return max(covering, key=lambda s: s.order, default=None)


def check_moves(spell: Spell, moves: Iterable[StepMove]) -> None:
    """Refuse a spell that would leave some of its moves outside it. Raises MoveLeftOutside."""
    for move in moves:
        if move.moved_on < spell.entered_on or (spell.exited_on is not None and move.moved_on > spell.exited_on):
            raise MoveLeftOutside(moved_on=move.moved_on)


LONGEST_REF = 64
_NAME = re.compile(r"[^\W\d_]{2,}[ ,.]+[^\W\d_]{2,}")
"""Two words of letters, and nothing that is a number."""


def check_pauses(spell: Spell, pauses: Iterable[Pause]) -> None:
    """Refuse pauses of a spell that overlap, end before they begin, or lie outside it.

    Raises ResumedBeforePaused, PauseOutsideSpell or OverlappingPauses.
    """
    ordered = sorted(pauses, key=lambda p: p.paused_on)
    for pause in ordered:
        if pause.resumed_on is not None and pause.resumed_on <= pause.paused_on:
            raise ResumedBeforePaused(paused_on=pause.paused_on, resumed_on=pause.resumed_on)
        last = max(pause.paused_on, pause.resumed_on or pause.paused_on)
        if pause.paused_on < spell.entered_on or (spell.exited_on is not None and last > spell.exited_on):
            raise PauseOutsideSpell(paused_on=pause.paused_on)
    for earlier, later in pairwise(ordered):
        if earlier.resumed_on is None or later.paused_on < earlier.resumed_on:
            raise OverlappingPauses(earlier=earlier.paused_on, later=later.paused_on)


IMMEDIATE_DAYS = 28
"""How long after the exit a result counts as upon leaving (1304/2013 Annex I: four weeks)."""

SIX_MONTHS = 6

_EXTENTS = range(1, 101)
_MONTHS_OF_A_YEAR = 12
_MONTHS_WITHOUT_WORK = range(1201)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of the month where it is shorter."""
    count = day.year * 12 + day.month - 1 + months
    month = Month(count // 12, count % 12 + 1)
    return min(month.last, month.first + timedelta(days=day.day - 1))


def check_follow_up(spell: Spell, follow_up: FollowUp) -> None:
    """Refuse a follow-up at the wrong time after the exit, or whose answers contradict each other (V9, V10).

    Raises FollowUpWithoutExit, FollowUpOfDeceased, FollowUpTooEarly or FollowUpTooLate; of the answers
    NotReachedButAnswered, NothingAnswered, ImpossibleExtent, WorkDetailsWithoutWork or StudyDetailsWithoutStudies.
    """
    exited_on, day = spell.exited_on, follow_up.followed_up_on
    if exited_on is None or not spell.counts or spell.exit_type is ExitType.TRANSFERRED:
        raise FollowUpWithoutExit
    if spell.exit_type is ExitType.DECEASED:
        raise FollowUpOfDeceased
    six_months = follow_up.kind is FollowUpKind.SIX_MONTHS
    first = months_after(exited_on, SIX_MONTHS) if six_months else exited_on
    if day < first:
        raise FollowUpTooEarly(day=day, first=first, exited_on=exited_on)
    last = exited_on + timedelta(days=IMMEDIATE_DAYS)
    if not six_months and day > last:
        raise FollowUpTooLate(day=day, last=last, exited_on=exited_on)
    _check_answers(follow_up)


def check_follow_ups(spell: Spell, follow_ups: Iterable[FollowUp]) -> None:
    """Refuse a spell that would leave some of its follow-ups at a wrong time; a misregistered one may keep them."""
    for follow_up in follow_ups if spell.counts else ():
        check_follow_up(spell, follow_up)


def _check_answers(given: FollowUp) -> None:
    situation = (given.working, given.studying, given.job_searching, given.qualification, given.improved)
    answered = any(answer is not Answer.NOT_ASKED for answer in situation)
    if answered and not given.reached:
        raise NotReachedButAnswered
    extents = (given.work_extent, given.study_extent)
    if any(extent is not None and extent not in _EXTENTS for extent in extents):
        raise ImpossibleExtent
    of_work = (given.work_extent, given.subsidised, given.employer_sector, given.lasts_a_month, given.municipal_job)
    if given.working is not Answer.YES and not {None, Answer.NOT_ASKED}.issuperset(of_work):
        raise WorkDetailsWithoutWork
    of_studies = (given.study_extent, given.study_aid_eligible)
    if given.studying is not Answer.YES and not {None, Answer.NOT_ASKED}.issuperset(of_studies):
        raise StudyDetailsWithoutStudies
    if given.reached and not answered:
        raise NothingAnswered


def check_background(participant: Participant, background: Background, today: date) -> None:
    """Refuse months without work of somebody who is not unemployed, or of more than a lifetime (V13).

    Raises MonthsWithoutUnemployment, TooManyMonthsWithoutWork or ImpossibleMonthsWithoutWork.
    """
    months = background.months_without_work
    if months is None:
        return
    if background.employment is not Employment.UNEMPLOYED:
        raise MonthsWithoutUnemployment
    if months not in _MONTHS_WITHOUT_WORK:
        raise TooManyMonthsWithoutWork(most=_MONTHS_WITHOUT_WORK[-1])
    born = participant.birth_year
    if born is not None and months > (today.year - born + 1) * _MONTHS_OF_A_YEAR:
        raise ImpossibleMonthsWithoutWork(birth_year=born, months=months)


def check_placements(spell: Spell, placements: Iterable[Placement]) -> None:
    """Refuse a spell that would leave some of its placements outside it. Raises PlacementOutsideSpell."""
    for placement in placements:
        last = placement.ended_on or placement.placed_on
        if placement.placed_on < spell.entered_on or (spell.exited_on is not None and last > spell.exited_on):
            raise PlacementOutsideSpell(placed_on=placement.placed_on)


def days_within(spells: Iterable[Spell], month: Month, today: date) -> int:
    """The days of a month, up to today, that some spells cover: the seam of a transfer is one day."""
    first, last = month.first, min(month.last, today)
    stays = [
        range(max(spell.entered_on, first).toordinal(), min(spell.exited_on or today, last).toordinal() + 1)
        for spell in spells
    ]
    return len(stays[0]) if len(stays) == 1 else len(set().union(*stays))


def check_hours(spells: Iterable[Spell], hours: Iterable[Attendance], today: date) -> None:
    """Refuse hours of a participant's spells in months without a day of the spell, or more than its days there hold.

    Raises HoursOutsideSpell or MoreHoursThanTime.
    """
    by_id = {spell.id: spell for spell in spells}
    ordered = sorted((h for h in hours if by_id[h.spell_id].counts), key=lambda h: (h.month, h.spell_id))
    for name, in_month in groupby(ordered, key=lambda h: h.month):
        month = Month.parse(name)
        minutes = {number: sum(h.minutes for h in of) for number, of in groupby(in_month, key=lambda h: h.spell_id)}
        for number, spent in minutes.items():
            days = days_within((by_id[number],), month, today)
            if not days:
                raise HoursOutsideSpell(month=month)
            _check_time(spent, days, month)
        if len(minutes) > 1:
            _check_time(sum(minutes.values()), days_within((by_id[number] for number in minutes), month, today), month)


def _check_time(minutes: int, days: int, month: Month) -> None:
    if minutes > days * MINUTES_OF_A_DAY:
        raise MoreHoursThanTime(hours=-(-minutes // 60), most=24 * days, month=month)


def check_ref(ref: str | None) -> None:
    """Refuse a personal identity number, a name or a whole text as a list's own number. Raises UnusableRef."""
    refuse_personal_number(ref)
    if ref is not None and (len(ref) > LONGEST_REF or (_NAME.search(ref) and not any(c.isdigit() for c in ref))):
        raise UnusableRef(longest=LONGEST_REF)


def check_birth_year(birth_year: int | None, entered_on: date) -> None:
    """Refuse a birth year that nobody who enters that day can have. Raises ImpossibleBirthYear."""
    if birth_year is not None and not entered_on.year - OLDEST <= birth_year <= entered_on.year:
        raise ImpossibleBirthYear(entered_on=entered_on)


def age_remark(project: Project, birth_year: int | None, entered_on: date) -> Remark | None:
    """A warning when the age at entry, whatever the birthday, is outside the target group, or hardly anybody has it.

    The age is known within a year: `entered_on.year - birth_year` is the one reached that year.
    """
    if is_outside_target_group(project, birth_year, entered_on):
        return Remark(
            translatable("Born {birth_year}: outside the project's target group, {ages} at entry."),
            birth_year=birth_year,
            ages=_ages(project),
        )
    if is_unlikely_age(birth_year, entered_on):
        return Remark(
            translatable(
                "Born {birth_year}: younger than {youngest} or older than {oldest} at entry. If the year is wrong, "
                "`arena edit-participant` corrects it."
            ),
            birth_year=birth_year,
            youngest=YOUNGEST_LIKELY,
            oldest=OLDEST_LIKELY,
        )
    return None


def _ages(project: Project) -> Remark:
    """The limits that a project has: one or both."""
    message = translatable("{age_from}–{age_to} years")
    if project.age_from is None:
        message = translatable("at most {age_to} years")
    elif project.age_to is None:
        message = translatable("at least {age_from} years")
    return Remark(message, age_from=project.age_from, age_to=project.age_to)


def is_outside_target_group(project: Project, birth_year: int | None, entered_on: date) -> bool:
    """Whether the age at entry is outside the limits that the project has, whatever the birthday."""
    return _is_outside(project.age_from, project.age_to, birth_year, entered_on)


def is_unlikely_age(birth_year: int | None, entered_on: date) -> bool:
    """Whether the age at entry is one that hardly anybody has in any project: mostly a slip of the finger."""
    return _is_outside(YOUNGEST_LIKELY, OLDEST_LIKELY, birth_year, entered_on)


def _is_outside(age_from: int | None, age_to: int | None, birth_year: int | None, entered_on: date) -> bool:
    if birth_year is None:
        return False
    oldest = entered_on.year - birth_year
    too_young = age_from is not None and oldest < age_from
    too_old = age_to is not None and oldest - 1 > age_to
    return too_young or too_old
