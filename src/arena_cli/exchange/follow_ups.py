"""A list of follow-ups against what is registered: a row is how it went after one exit, at one of the two times.

The same rules as for `arena add-follow-up`: what was answered before is corrected only with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any, Final, NamedTuple

from arena_cli.casework.background import Livelihood, require_reason
from arena_cli.casework.enrolment import NoSuchSpell
from arena_cli.casework.follow_up import NotLeft, TransferIsNoExit, spell_to_follow_up
from arena_cli.errors import ArenaError, NotFound, Refused, translatable
from arena_cli.exchange.cells import BrokenRule, RowReader, day_reader, optional, read_ref, required
from arena_cli.exchange.dates import read_day
from arena_cli.exchange.income import INCOME_RULES, income_change
from arena_cli.exchange.people import BREAKS_A_RULE, TWICE, Theirs, by_owner, meant, people_of, spells_of
from arena_cli.exchange.plan import Difference
from arena_cli.exchange.values import answer_readers, answers_of, income_readers, livelihood, read_yes_or_no
from arena_cli.exchange.work import ListKind, Work
from arena_cli.lookup import Lookup, folded
from arena_cli.model import ExitType, FollowUp, FollowUpKind, Income, Moment, Spell, questions
from arena_cli.rules import (
    FollowUpOfDeceased,
    FollowUpTooEarly,
    FollowUpTooLate,
    FollowUpWithoutExit,
    ImpossibleExtent,
    NothingAnswered,
    NotReachedButAnswered,
    StudyDetailsWithoutStudies,
    WorkDetailsWithoutWork,
    check_follow_up,
)

_NO_KIND: Final = translatable("{column} is no kind of follow-up: one of immediate, six_months.")
_NOT_COME: Final = translatable("{column} has not come yet.")
_NO_SUCH_SPELL: Final = translatable(
    "{code} has no spell in {municipality} from {entered_on}. Compare with `arena show-participant {code}`."
)
_NO_EXIT: Final = TransferIsNoExit.message
_RULES: Final[Mapping[type[ArenaError], str]] = {
    **INCOME_RULES,
    NotLeft: NotLeft.message,
    TransferIsNoExit: _NO_EXIT,
    FollowUpWithoutExit: _NO_EXIT,
    NoSuchSpell: _NO_SUCH_SPELL,
    FollowUpOfDeceased: translatable("{code} has died: there is nothing to follow up."),
    FollowUpTooEarly: translatable(
        "{followed_up_on} is too early: the situation on leaving is from the exit of {code} on, the other from six "
        "months after."
    ),
    FollowUpTooLate: translatable(
        "{followed_up_on} is too late: the situation on leaving is that within four weeks of the exit of {code}."
    ),
    NotReachedButAnswered: translatable(
        "Somebody who was not reached has not answered: correct {reached}, or leave the answers and the income empty."
    ),
    NothingAnswered: translatable(
        "Nothing was answered: give at least {working} or {studying}, or say in {reached} that nobody was."
    ),
    ImpossibleExtent: translatable("{work_extent} and {study_extent} are per cent of full time, from 1 to 100."),
    WorkDetailsWithoutWork: translatable(
        "What is said about the work is of those who work, which {working} does not say."
    ),
    StudyDetailsWithoutStudies: translatable(
        "What is said about the studies is of those who study, which {studying} does not say."
    ),
}

_KINDS: Final[Mapping[str, FollowUpKind]] = {
    folded(name): kind
    for kind, names in {
        FollowUpKind.IMMEDIATE: ("immediate", "vid avslut", "direkt", "inom fyra veckor", "within four weeks"),
        FollowUpKind.SIX_MONTHS: (
            "six_months",
            "six-months",
            "six months",
            "sex månader",
            "efter sex månader",
            "sex månader efter",
            "6 månader",
            "6 mån",
            "six months after",
        ),
    }.items()
    for name in names
}


class FollowUpRow(NamedTuple):
    """A row of a list of follow-ups; None is a cell that says nothing."""

    number: int
    ref: str
    kind: FollowUpKind
    followed_up_on: date
    reached: bool | None
    answers: Mapping[str, Any]
    income: Livelihood | None
    municipality: str | None
    entered_on: date | None


class _Key(NamedTuple):
    """Of what there is one follow-up."""

    spell_id: int
    kind: FollowUpKind


@dataclass(frozen=True, slots=True)
class _Planner:
    work: Work
    ids: Iterator[int]
    income_ids: Iterator[int]

    def take(
        self, person: Theirs[FollowUpRow], registered: Sequence[FollowUp], incomes: Mapping[_Key, Sequence[Income]]
    ) -> None:
        """Plan the rows of one person."""
        known = {_Key(each.spell_id, each.kind): each for each in registered}
        seen: dict[_Key, int] = {}
        for row in person.rows:
            try:
                key = _Key(_spell(person, row, registered).id, row.kind)
                if seen.setdefault(key, row.number) != row.number:
                    self.work.refuse(row.number, TWICE, other=seen[key])
                else:
                    self._plan(person, row, key, known.get(key), incomes.get(key, ()))
            except (Refused, NotFound) as refusal:
                rule = _RULES.get(type(refusal), BREAKS_A_RULE)
                self.work.refuse(row.number, rule, code=person.participant.code)

    def _plan(
        self,
        person: Theirs[FollowUpRow],
        row: FollowUpRow,
        key: _Key,
        before: FollowUp | None,
        incomes: Sequence[Income],
    ) -> None:
        work, participant = self.work, person.participant
        after = _after(row, key, before)
        if after != before:
            check_follow_up(next(spell for spell in person.known.spells if spell.id == key.spell_id), after)
            require_reason(work.occasion, before, after)
        income = income_change(work, participant, Moment(row.kind), key.spell_id, row.income, incomes)
        if income.after and not after.reached:
            raise NotReachedButAnswered
        if before is None:
            work.plan.add(replace(after, id=next(self.ids)))
        elif after != before:
            work.plan.changed_others.append((before, after))
        income.plan(work, self.income_ids)
        differences = [*_differences(before, after), *income.differences] if before else ()
        work.tally.count_row(row.number, participant.code, differences, is_new=before is None)


def _spell(person: Theirs[FollowUpRow], row: FollowUpRow, registered: Iterable[FollowUp]) -> Spell:
    """The spell that a row follows up: that of the same follow-up if it is registered, else the latest exit before.

    Where there is none, what `arena add-follow-up` would take or refuse. Raises NoSuchSpell, NotLeft, TransferIsNoExit.
    """
    known = person.known
    spells = meant(known.spells, row.municipality, row.entered_on)
    if not spells:
        raise NoSuchSpell(code=person.participant.code, number=0)
    same = {each.spell_id for each in registered if (each.kind, each.followed_up_on) == (row.kind, row.followed_up_on)}
    found = [spell for spell in spells if spell.id in same] or [spell for spell in spells if _left_by(spell, row)]
    return found[-1] if found else spell_to_follow_up(replace(known, spells=tuple(spells)))


def _left_by(spell: Spell, row: FollowUpRow) -> bool:
    """Whether a spell had ended by exit on the day of a follow-up."""
    is_exit = spell.counts and spell.exit_type is not ExitType.TRANSFERRED
    return is_exit and spell.exited_on is not None and spell.exited_on <= row.followed_up_on


def _after(row: FollowUpRow, key: _Key, before: FollowUp | None) -> FollowUp:
    """The follow-up as the row has it. Who has answered was reached."""
    if before is None:
        before = FollowUp(0, *key, row.followed_up_on)
    reached = row.reached
    if reached is None:
        reached = True if row.answers else before.reached
    return replace(before, followed_up_on=row.followed_up_on, reached=reached, **row.answers)


def _differences(before: FollowUp, after: FollowUp) -> Iterator[Difference]:
    for field in ("followed_up_on", "reached", *questions(FollowUp)):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield Difference(field, old, new)


def _reader(work: Work) -> RowReader[FollowUpRow]:
    project, today = work.project, work.occasion.today
    readers: dict[str, Callable[[str], object]] = {
        "ref": read_ref,
        "kind": required(_kind),
        "followed_up_on": required(lambda text: _day(text, today)),
        "reached": optional(read_yes_or_no),
        **answer_readers(work.store, FollowUp),
        **income_readers(work.store),
        "municipality": optional(Lookup(project).municipality),
        "entered_on": optional(day_reader(project, today)),
    }
    return RowReader(_row, work.columns, readers)


def _row(number: int, ref: str, kind: FollowUpKind, day: date, *values: Any) -> FollowUpRow:
    reached, *answers, sources, main, municipality, entered_on = values
    given, income = answers_of(FollowUp, answers), livelihood(sources, main)
    return FollowUpRow(number, ref, kind, day, reached, given, income, municipality, entered_on)


def _kind(text: str) -> FollowUpKind:
    kind = _KINDS.get(folded(text))
    if kind is None:
        raise BrokenRule(_NO_KIND)
    return kind


def _day(text: str, today: date) -> date:
    """A day that has come; it may lie after the project."""
    day = read_day(text)
    if day > today:
        raise BrokenRule(_NOT_COME)
    return day


def _take(work: Work, rows: Iterable[FollowUpRow]) -> None:
    people = people_of(work, rows)
    store, of_spells = work.store, "WHERE spell_id IN (SELECT value FROM json_each(?))"
    ids = [spells_of(people)]
    by_spell = by_owner(lambda each: each.spell_id, store.records(FollowUp, of_spells, ids))
    incomes = by_owner(_key_of_income, store.records(Income, of_spells, ids))
    planner = _Planner(work, count(store.next_id(FollowUp)), count(store.next_id(Income)))
    for person in people:
        theirs = [each for spell in person.known.spells for each in by_spell.get(spell.id, ())]
        planner.take(person, theirs, incomes)


def _key_of_income(income: Income) -> _Key:
    return _Key(income.spell_id or 0, FollowUpKind(income.moment))


KIND: Final = ListKind(_reader, _take, marked="followed_up_on")
