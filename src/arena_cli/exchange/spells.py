"""A list of spells against what is registered: a verdict on every row, and what taking the list would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress
from operator import not_
from typing import Final

from arena_cli.casework.attached import started
from arena_cli.exchange.alike import newcomers_of
from arena_cli.exchange.cells import RowReader, SpellRow, spell_reader
from arena_cli.exchange.checks import problems_of, problems_of_newcomer
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.matching import spell_of
from arena_cli.exchange.person import Person, Placed, newcomer, person_of
from arena_cli.exchange.persons import times_of_repeated, whole_persons
from arena_cli.exchange.plan import Difference, Ids, Plan, Tally
from arena_cli.exchange.registered import Registered, add_attached, registered_by_ref
from arena_cli.exchange.remarks import on_spell, remarks_on
from arena_cli.exchange.work import ListKind, Work
from arena_cli.model import Participant, Project, Spell, StepMove

_OF_SPELL: Final = ("exited_on", "exit_type", "destination", "referral")
_OF_PERSON: Final = ("sex", "birth_year")


@dataclass(frozen=True, slots=True)
class SpellPlanner:
    """Goes through a list of spells person by person."""

    project: Project
    today: date
    columns: Columns
    ids: Ids
    plan: Plan
    tally: Tally

    def take(self, rows: Iterable[SpellRow], registered: Mapping[str, Registered]) -> None:
        """Plan all rows. A list with a problem is not taken: then only how the other rows fare is of use."""
        for ref, theirs in _by_ref(rows).items():
            person = person_of(theirs, registered.get(ref), self.ids)
            problems = list(problems_of(person, self.project, self.today, self.columns))
            self._count_rows(person, {row for problem in problems for row in problem.rows} if problems else ())
            if problems:
                self.tally.problems.extend(problems)
            else:
                self._take_person(person)

    def take_newcomers(self, rows: Sequence[SpellRow]) -> None:
        """Plan rows each of which is the only one of somebody who is not registered: nearly all of a first list.

        The rules and remarks are those of everybody, but there is nothing to lay the rows beside.
        """
        participants = [newcomer((row,), self.ids) for row in rows]
        spells = [*map(spell_of, rows, self.ids.spell, [participant.id for participant in participants])]
        begun = [(spell, row.entry_step) for spell, row in zip(spells, rows, strict=True) if row.entry_step is not None]
        self.plan.participants += participants
        self.plan.spells += spells
        self.plan.moves += [StepMove(next(self.ids.move), spell.id, spell.entered_on, step) for spell, step in begun]
        self.tally.persons_new += len(rows)
        for row, participant, spell in zip(rows, participants, spells, strict=True):
            if problems := problems_of_newcomer(row, spell, self.project, self.today, self.columns):
                self.tally.problems.extend(problems)
                continue
            self.tally.new.append(row.number)
            if spell.counts:
                for message in on_spell(spell, participant.birth_year, self.project):
                    self.tally.remark(message, row.number)

    def _count_rows(self, person: Person, refused: Collection[int]) -> None:
        """Plan the rows, and count those that are not refused."""
        untold = {difference.column: difference for difference in self._plan_participant(person)}
        for place in person.placed:
            told = [untold.pop(name) for name in sorted(untold) if getattr(place.row, name) is not None]
            differences = (*self._plan_spell(place), *self._plan_entry_step(place, person), *told)
            if place.row.number not in refused:
                self.tally.count_row(place.row.number, person.after.code, differences, is_new=place.before is None)

    def _take_person(self, person: Person) -> None:
        """Plan what follows of itself from the rows of a person."""
        if person.known:
            self.plan.changed_moves.extend(person.homes.changes(person.known))
        if person.consequences:
            self.plan.pauses.extend(person.consequences.new_pauses)
            self.plan.changed_others.extend(person.consequences.changes())
        if person.start and person.known and (waiting := person.known.waiting):
            self.plan.changed_others.append((waiting, started(waiting, person.start.after.entered_on)))
        for message, row in remarks_on(person, self.project):
            self.tally.remark(message, row)

    def _plan_participant(self, person: Person) -> Sequence[Difference]:
        """Plan the participant. Returns what differs from what is registered."""
        if person.known is None:
            self.plan.participants.append(person.after)
            self.tally.persons_new += 1
            return ()
        before = person.known.participant
        if before is person.after:
            return ()
        self.plan.changed_participants.append((before, person.after))
        return _differing(_OF_PERSON, before, person.after)

    def _plan_spell(self, place: Placed) -> Sequence[Difference]:
        """Plan a row's spell. Returns what differs from what is registered."""
        if place.before is None:
            self.plan.spells.append(place.after)
            return ()
        if place.before is place.after:
            return ()
        self.plan.changed_spells.append((place.before, place.after))
        return _differing(_OF_SPELL, place.before, place.after)

    def _plan_entry_step(self, place: Placed, person: Person) -> Sequence[Difference]:
        """Plan the first move on the day of entry. Returns how it differs from what is registered."""
        step = place.row.entry_step
        if step is None:
            return ()
        entry = person.known.entry_move(place.before) if person.known and place.before else None
        if entry is None:
            new = StepMove(next(self.ids.move), place.after.id, place.after.entered_on, step)
            self.plan.moves.append(person.homes.begin_with(new, place.after) if person.known else new)
            return () if place.before is None else (Difference("entry_step", None, step),)
        if entry.step == step:
            return ()
        self.plan.changed_moves.append((entry, replace(entry, step=step)))
        return (Difference("entry_step", entry.step, step),)


def _by_ref(rows: Iterable[SpellRow]) -> Mapping[str, list[SpellRow]]:
    persons: dict[str, list[SpellRow]] = {}
    for row in rows:
        persons.setdefault(row.ref, []).append(row)
    return persons


def _differing(names: Iterable[str], before: Participant | Spell, after: Participant | Spell) -> list[Difference]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return [Difference(name, old, new) for name, old, new in pairs if old != new]


def _reader(work: Work) -> RowReader[SpellRow]:
    return spell_reader(work.columns, work.project, work.occasion.today)


def _take(work: Work, rows: Iterable[SpellRow]) -> None:
    """Person by person, some at a time: what is kept in memory does not grow with the list.

    What has been written is taken back with the whole change if a row breaks a rule, be it the last.
    """
    ids = Ids(work.store)
    if work.again is None:
        rows = list(rows)
        times: Mapping[str, int] = Counter(row.ref for row in rows)
    else:
        times = times_of_repeated(work.again(), work.columns)
    for some in whole_persons(rows, times):
        ids.draw_codes()
        registered: dict[str, Registered] = {}
        if work.has_people:
            registered = registered_by_ref(work.store, {row.ref for row in some})
            add_attached(work.store, registered)
            work.tally.newcomers.extend(newcomers_of(some, registered))
        planner = SpellPlanner(work.project, work.occasion.today, work.columns, ids, Plan(), work.tally)
        is_alone = [times.get(row.ref, 1) == 1 and row.ref not in registered for row in some]
        planner.take_newcomers([*compress(some, is_alone)])
        planner.take(compress(some, map(not_, is_alone)), registered)
        if work.change and not work.tally.problems:
            planner.plan.write(work.change)


KIND: Final = ListKind(_reader, _take, marked="entered_on")
