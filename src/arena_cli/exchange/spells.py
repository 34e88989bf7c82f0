"""A list of spells against what is registered: a verdict on every row, and what taking the list would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress, islice
from operator import attrgetter, not_
from typing import Any, Final

from arena_cli.casework.attached import started
from arena_cli.exchange.alike import newcomers_of
from arena_cli.exchange.cells import RowReader, SpellRow, spell_reader
from arena_cli.exchange.checks import problems_of, problems_of_newcomer
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.matching import exit_type_of, spell_of
from arena_cli.exchange.person import Person, Placed, person_of
from arena_cli.exchange.persons import times_of_repeated, whole_persons
from arena_cli.exchange.plan import Difference, Ids, InColumns, Plan, Tally
from arena_cli.exchange.registered import Registered, add_attached, registered_by_ref
from arena_cli.exchange.remarks import on_spell, remarks_on
from arena_cli.exchange.work import ListKind, Work
from arena_cli.model import Participant, Project, Protection, Sex, Spell, StepMove

_OF_SPELL: Final = ("exited_on", "exit_type", "destination", "referral")
_OF_PERSON: Final = ("sex", "birth_year")


@dataclass(frozen=True, slots=True)
class SpellPlanner:
    """Goes through a list of spells person by person.

    `unremarkable` is what has been found of newcomers' rows of which nothing is to be told: see `_likenesses`.
    """

    project: Project
    today: date
    columns: Columns
    ids: Ids
    plan: Plan
    tally: Tally
    unremarkable: set[tuple[object, ...]] = field(default_factory=set)

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

        The rules and remarks are those of everybody, but there is nothing to lay the rows beside. Column by column no
        object is made for a record, and no line of Python is run for most rows.
        """
        if not rows:
            return
        listed: dict[str, Sequence[Any]] = dict(zip(SpellRow._fields, zip(*rows, strict=True), strict=True))
        listed["exit_type"] = [*map(exit_type_of, listed["exit_type"], listed["exited_on"])]
        self._add_newcomers(listed, len(rows))
        self.tally.persons_new += len(rows)
        self.tally.new.extend(listed["number"])
        for row, likeness in zip(rows, _likenesses(listed), strict=True):
            if likeness not in self.unremarkable and not self._look_at(row):
                self.unremarkable.add(likeness)

    def _add_newcomers(self, listed: Mapping[str, Sequence[Any]], count: int) -> None:
        """Plan the records of rows that are given column by column."""
        participants, spells = ([*islice(ids, count)] for ids in (self.ids.participant, self.ids.spell))
        person = {
            "code": [*islice(self.ids.code, count)],
            "ref": listed["ref"],
            "sex": [sex or Sex.UNKNOWN for sex in listed["sex"]],
            "birth_year": listed["birth_year"],
            "protection": [Protection.NONE] * count,
        }
        spell = {name: listed[name] for name in ("municipality", "entered_on", *_OF_SPELL)}
        self.plan.in_columns.append(InColumns(Participant, participants[0], person))
        self.plan.in_columns.append(InColumns(Spell, spells[0], {**spell, "participant_id": participants}))
        begun = [step is not None for step in listed["entry_step"]]
        if moves := [*islice(self.ids.move, sum(begun))]:
            move = {"spell_id": spells, "moved_on": listed["entered_on"], "step": listed["entry_step"]}
            columns = {name: [*compress(values, begun)] for name, values in move.items()}
            self.plan.in_columns.append(InColumns(StepMove, moves[0], columns))

    def _look_at(self, row: SpellRow) -> bool:
        """Tell what is wrong with a newcomer's row, or worth a remark. Returns whether there is anything to tell."""
        spell = spell_of(row, 0, 0)
        problems = problems_of_newcomer(row, spell, self.project, self.today, self.columns)
        remarks = on_spell(spell, row.birth_year, self.project) if spell.counts and not problems else ()
        self.tally.problems.extend(problems)
        for message in remarks:
            self.tally.remark(message, row.number)
        return bool(problems or remarks)

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


def _likenesses(listed: Mapping[str, Sequence[Any]]) -> Iterator[tuple[object, ...]]:
    """Of each row what the rules and remarks for a lone newcomer hang on: rows that are alike in it fare alike.

    Both days have been found to lie within the project when they were read.
    """
    entered, exited = listed["entered_on"], listed["exited_on"]
    years = map(attrgetter("year"), entered)
    in_order = [end and end >= begin for begin, end in zip(entered, exited, strict=True)]
    return zip(listed["birth_year"], years, in_order, listed["exit_type"], listed["destination"], strict=True)


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
        times: Mapping[str, int] = {ref: count for ref, count in Counter(row.ref for row in rows).items() if count > 1}
    else:
        times = times_of_repeated(work.again(), work.columns)
    unremarkable: set[tuple[object, ...]] = set()
    for some in whole_persons(rows, times):
        registered: dict[str, Registered] = {}
        if work.has_people:
            registered = registered_by_ref(work.store, {row.ref for row in some})
            add_attached(work.store, registered)
            work.tally.newcomers.extend(newcomers_of(some, registered))
        planner = SpellPlanner(work.project, work.occasion.today, work.columns, ids, Plan(), work.tally, unremarkable)
        is_alone = [row.ref not in times and row.ref not in registered for row in some]
        planner.take_newcomers([*compress(some, is_alone)])
        planner.take(compress(some, map(not_, is_alone)), registered)
        if work.change and not work.tally.problems:
            planner.plan.write(work.change)


KIND: Final = ListKind(_reader, _take, marked="entered_on")
