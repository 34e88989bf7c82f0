"""A list of spells against what is registered: a verdict on every row, and what taking the list would write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from arena_cli.casework.attached import started
from arena_cli.exchange.cells import SpellRow
from arena_cli.exchange.checks import problems_of
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.person import Person, Placed, person_of
from arena_cli.exchange.plan import Ids, Plan, Tally
from arena_cli.exchange.registered import Registered
from arena_cli.exchange.remarks import remarks_on
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
        """Plan all rows. Those of a person who has a row with a problem are not counted."""
        for ref, theirs in _by_ref(rows).items():
            person = person_of(theirs, registered.get(ref), self.ids)
            problems = list(problems_of(person, self.project, self.today, self.columns))
            if problems:
                self.tally.problems.extend(problems)
            else:
                self._take_person(person)

    def _take_person(self, person: Person) -> None:
        untold = set(self._plan_participant(person))
        for place in person.placed:
            of_person = {name for name in untold if getattr(place.row, name) is not None}
            untold -= of_person
            changes = [*self._plan_spell(place), *self._plan_entry_step(place, person), *sorted(of_person)]
            self.tally.count_row(place.row.number, changes, is_new=place.before is None)
        if person.known:
            self.plan.changed_moves.extend(person.homes.changes(person.known))
        if person.consequences:
            self.plan.pauses.extend(person.consequences.new_pauses)
            self.plan.changed_others.extend(person.consequences.changes())
        if person.start and person.known and (waiting := person.known.waiting):
            self.plan.changed_others.append((waiting, started(waiting, person.start.after.entered_on)))
        for message, row in remarks_on(person, self.project):
            self.tally.remark(message, row)

    def _plan_participant(self, person: Person) -> Sequence[str]:
        """Plan the participant. Returns what differs from what is registered."""
        if person.known is None:
            self.plan.participants.append(person.after)
            return ()
        before = person.known.participant
        if before is person.after:
            return ()
        self.plan.changed_participants.append((before, person.after))
        return _differing(_OF_PERSON, before, person.after)

    def _plan_spell(self, place: Placed) -> Sequence[str]:
        """Plan a row's spell. Returns what differs from what is registered."""
        if place.before is None:
            self.plan.spells.append(place.after)
            return ()
        if place.before is place.after:
            return ()
        self.plan.changed_spells.append((place.before, place.after))
        return _differing(_OF_SPELL, place.before, place.after)

    def _plan_entry_step(self, place: Placed, person: Person) -> Sequence[str]:
        """Plan the first move on the day of entry. Returns `entry_step` if it differs from what is registered."""
        step = place.row.entry_step
        if step is None:
            return ()
        entry = person.known.entry_move(place.before) if person.known and place.before else None
        if entry is None:
            new = StepMove(next(self.ids.move), place.after.id, place.after.entered_on, step)
            self.plan.moves.append(person.homes.begin_with(new, place.after) if person.known else new)
            return () if place.before is None else ("entry_step",)
        if entry.step == step:
            return ()
        self.plan.changed_moves.append((entry, replace(entry, step=step)))
        return ("entry_step",)


def _by_ref(rows: Iterable[SpellRow]) -> Mapping[str, list[SpellRow]]:
    persons: dict[str, list[SpellRow]] = {}
    for row in rows:
        persons.setdefault(row.ref, []).append(row)
    return persons


def _differing(names: Iterable[str], before: Participant | Spell, after: Participant | Spell) -> list[str]:
    return [name for name in names if getattr(before, name) != getattr(after, name)]
