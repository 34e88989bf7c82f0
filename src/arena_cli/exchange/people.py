"""The people of a list whose rows are about what is registered already: found by ref, or by the participant's code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Generic, Protocol, TypeVar

from arena_cli.casework import Journey
from arena_cli.errors import translatable
from arena_cli.exchange.work import Work
from arena_cli.model import Participant, Spell
from arena_cli.participant_code import read_code
from arena_cli.store import Store

NOT_REGISTERED: Final = translatable("No participant has that {ref}. Import the list of spells first.")
BREAKS_A_RULE: Final = translatable(
    "The row does not go together with what is registered of {code}. Compare with `arena show-participant {code}`."
)
TWICE: Final = translatable("The list has the same twice: keep one of the rows.")

_LISTED: Final = "IN (SELECT value FROM json_each(?))"


class OfPerson(Protocol):
    """A row about somebody."""

    @property
    def number(self) -> int: ...

    @property
    def ref(self) -> str: ...


_Row = TypeVar("_Row", bound=OfPerson)
_Record = TypeVar("_Record")
_Owner = TypeVar("_Owner")


@dataclass(frozen=True, slots=True)
class Theirs(Generic[_Row]):
    """A participant with the spells in their order, and the rows of the list that are about them."""

    known: Journey
    rows: list[_Row] = field(default_factory=list)

    @property
    def participant(self) -> Participant:
        return self.known.participant


def people_of(work: Work, rows: Iterable[_Row]) -> list[Theirs[_Row]]:
    """The people that the rows are about, in the order of the list. Rows about nobody are refused."""
    listed: dict[str, list[_Row]] = {}
    for row in rows:
        listed.setdefault(row.ref, []).append(row)
    people = _journeys(work.store, listed)
    found: dict[int, Theirs[_Row]] = {}
    for ref, theirs in listed.items():
        known = people.get(ref)
        if known is None:
            for row in theirs:
                work.refuse(row.number, NOT_REGISTERED)
        else:
            found.setdefault(known.participant.id, Theirs(known)).rows.extend(theirs)
    for person in found.values():
        person.rows.sort(key=lambda row: row.number)
    return list(found.values())


def by_owner(owner: Callable[[_Record], _Owner], records: Iterable[_Record]) -> Mapping[_Owner, list[_Record]]:
    """Records by whom or what they belong to."""
    owned: dict[_Owner, list[_Record]] = {}
    for record in records:
        owned.setdefault(owner(record), []).append(record)
    return owned


def spells_of(people: Iterable[Theirs[_Row]]) -> str:
    """The ids of the spells of some people, as a parameter for SQL's json_each."""
    return json.dumps([spell.id for person in people for spell in person.known.spells])


def _journeys(store: Store, refs: Iterable[str]) -> Mapping[str, Journey]:
    """The people with these refs, or failing that with these codes; of two who are one person the one that is kept.

    Their moves are not looked up.
    """
    wanted = [*refs]
    people = {
        person.ref: person
        for person in store.participants(f"WHERE ref {_LISTED}", [json.dumps(wanted)])
        if person.ref is not None
    }
    codes = {ref: code for ref in wanted if ref not in people and "-" in ref and (code := read_code(ref))}
    coded = {
        person.code: person for person in store.participants(f"WHERE code {_LISTED}", [json.dumps([*codes.values()])])
    }
    people |= {ref: coded[code] for ref, code in codes.items() if code in coded}
    into: dict[int, int] = dict(store.rows("SELECT participant_id, into_id FROM merge"))
    kept = {person.id: person for person in store.participants("WHERE id IN (SELECT into_id FROM merge)")}
    people = {ref: kept.get(into.get(person.id, 0), person) for ref, person in people.items()}
    ids = json.dumps([person.id for person in people.values()])
    spells = by_owner(lambda spell: spell.participant_id, store.spells(f"WHERE participant_id {_LISTED}", [ids]))
    return {ref: Journey(person, tuple(spells.get(person.id, ())), ()) for ref, person in people.items()}


def meant(spells: Iterable[Spell], municipality: str | None, entered_on: date | None) -> list[Spell]:
    """The spells that a row may mean: those in the municipality and with the day of entry that it gives, if any."""
    return [
        spell
        for spell in spells
        if municipality in {None, spell.municipality} and entered_on in {None, spell.entered_on}
    ]
