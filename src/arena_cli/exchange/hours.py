"""A list of hours against what is registered: what a person, month and activity has is what the row says.

The same rules as for `arena add-hours`. Other hours than those that were certified have to be certified again; no hours
take away those there were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Final, NamedTuple

from arena_cli.casework.attendance import (
    MonthAfterProject,
    MonthNotBegun,
    check_month,
    last_day_for_hours,
    minutes_of,
    spells_in,
)
from arena_cli.errors import translatable
from arena_cli.exchange.cells import BrokenRule, RowReader, day_reader, optional, read_ref, required
from arena_cli.exchange.people import TWICE, Theirs, by_owner, meant, people_of, spells_of
from arena_cli.exchange.plan import Difference
from arena_cli.exchange.reading import in_blocks
from arena_cli.exchange.values import read_month, read_yes_or_no
from arena_cli.exchange.work import ListKind, Work
from arena_cli.lookup import Lookup, find_activity
from arena_cli.model import Attendance, Month, Project, Spell
from arena_cli.rules import MoreHoursThanTime, check_hours

_NOT_HOURS: Final = translatable("{column} are no hours: write them as 12, or 12:30, or 12,5.")
_NOT_BEGUN: Final = translatable("{column} has not begun yet.")
_AFTER_PROJECT: Final = translatable("{column} lies after the project's end, {ends_on}.")
_NO_SPELL: Final = translatable(
    "{code} has no spell with a day in that month, up to today. Compare with `arena show-participant {code}`."
)
_SEVERAL_SPELLS: Final = translatable(
    "{code} has several spells in that month: say which in {municipality} or {entered_on}."
)
_TOO_MANY: Final = translatable("The {hours} of {code} in that month are more than the spell's days hold.")


class HoursRow(NamedTuple):
    """A row of a list of hours; None is a cell that says nothing."""

    number: int
    ref: str
    month: Month
    activity: str
    minutes: int
    certified: bool | None
    municipality: str | None
    entered_on: date | None


class _Key(NamedTuple):
    """Of what there are hours once."""

    spell_id: int
    month: str
    activity: str


class _Told(NamedTuple):
    """A row with the hours before and after; without minutes where there are none."""

    row: HoursRow
    before: Attendance | None
    after: Attendance


@dataclass(frozen=True, slots=True)
class _Planner:
    work: Work
    last_day: date
    ids: Iterator[int]

    def take(self, person: Theirs[HoursRow], registered: Sequence[Attendance]) -> None:
        """Plan the rows of one person."""
        by_key = {_key(hours): hours for hours in registered}
        told: dict[_Key, _Told] = {}
        for row in person.rows:
            spell = self._spell(person, row)
            if spell is None:
                continue
            key = _Key(spell.id, str(row.month), row.activity)
            if key in told:
                self.work.refuse(row.number, TWICE, other=told[key].row.number)
            else:
                before = by_key.get(key)
                told[key] = _Told(row, before, _after(key, row, before))
        refused = set(self._refuse_too_many(person, told, by_key))
        for each in told.values():
            if each.row.number not in refused:
                self._plan(person, each)

    def _spell(self, person: Theirs[HoursRow], row: HoursRow) -> Spell | None:
        code = person.participant.code
        spells = spells_in(meant(person.known.spells, row.municipality, row.entered_on), row.month, self.last_day)
        if not spells:
            self.work.refuse(row.number, _NO_SPELL, code=code)
        elif len(spells) > 1:
            self.work.refuse(row.number, _SEVERAL_SPELLS, code=code)
        return spells[0] if len(spells) == 1 else None

    def _refuse_too_many(
        self, person: Theirs[HoursRow], told: Mapping[_Key, _Told], registered: Mapping[_Key, Attendance]
    ) -> Iterator[int]:
        """Refuse the rows, in the order of the list, with which there would be more hours than the days hold."""
        untouched = [hours for key, hours in registered.items() if key not in told]
        kept = by_owner(lambda hours: hours.month, untouched)
        for month, rows in by_owner(lambda each: each.after.month, told.values()).items():
            there = list(kept.get(month, ()))
            is_known = all(each.before == each.after for each in rows)
            if is_known or self._fits(person, [*there, *(each.after for each in rows)]):
                continue
            for each in rows:
                if self._fits(person, [*there, each.after]):
                    there.append(each.after)
                else:
                    self.work.refuse(each.row.number, _TOO_MANY, code=person.participant.code)
                    yield each.row.number

    def _fits(self, person: Theirs[HoursRow], hours: Iterable[Attendance]) -> bool:
        try:
            check_hours(person.known.spells, hours, self.last_day)
        except MoreHoursThanTime:
            return False
        return True

    def _plan(self, person: Theirs[HoursRow], told: _Told) -> None:
        row, before, after = told
        plan, tally, code = self.work.plan, self.work.tally, person.participant.code
        if before is None:
            if after.minutes:
                plan.add(replace(after, id=next(self.ids)))
            tally.count_row(row.number, code, (), is_new=bool(after.minutes))
            return
        if after.minutes:
            plan.changed_others.append((before, after))
        else:
            plan.removed.append(before)
        tally.count_row(row.number, code, _differences(before, after), is_new=False)


def _key(hours: Attendance) -> _Key:
    return _Key(hours.spell_id, hours.month, hours.activity)


def _after(key: _Key, row: HoursRow, before: Attendance | None) -> Attendance:
    """The hours as the row has them. What was certified stays so where the row does not say otherwise."""
    certified = row.certified
    if certified is None:
        certified = before is not None and before.certified and before.minutes == row.minutes
    return Attendance(before.id if before else 0, *key, row.minutes, certified and bool(row.minutes))


def _differences(before: Attendance, after: Attendance) -> Iterator[Difference]:
    if before.minutes != after.minutes:
        yield Difference("hours", before.minutes, after.minutes)
    if before.certified != after.certified:
        yield Difference("certified", before.certified, after.certified)


def _reader(work: Work) -> RowReader[HoursRow]:
    project, today = work.project, work.occasion.today
    readers = {
        "ref": read_ref,
        "month": required(lambda text: _month(text, project, today)),
        "activity": required(lambda text: find_activity(project, text)),
        "hours": required(_minutes),
        "certified": optional(read_yes_or_no),
        "municipality": optional(Lookup(project).municipality),
        "entered_on": optional(day_reader(project, today)),
    }
    return RowReader(HoursRow, work.columns, readers)


def _month(text: str, project: Project, today: date) -> Month:
    month = read_month(text)
    try:
        check_month(project, month, today)
    except MonthNotBegun:
        raise BrokenRule(_NOT_BEGUN) from None
    except MonthAfterProject:
        raise BrokenRule(_AFTER_PROJECT, ends_on=project.ends_on) from None
    return month


def _minutes(text: str) -> int:
    minutes = minutes_of(text)
    if minutes is None:
        raise BrokenRule(_NOT_HOURS)
    return minutes


def _take(work: Work, rows: Iterable[HoursRow]) -> None:
    last_day = last_day_for_hours(work.project, work.occasion.today)
    planner = _Planner(work, last_day, count(work.store.next_id(Attendance)))
    for people in in_blocks(people_of(work, rows)):
        registered = work.store.records(
            Attendance, "WHERE spell_id IN (SELECT value FROM json_each(?))", [spells_of(people)]
        )
        by_spell = by_owner(lambda hours: hours.spell_id, registered)
        for person in people:
            theirs = [hours for spell in person.known.spells for hours in by_spell.get(spell.id, ())]
            planner.take(person, theirs)


KIND: Final = ListKind(_reader, _take, marked="hours")
