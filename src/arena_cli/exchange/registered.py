"""What the file holds about the people of a list, read at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from arena_cli.casework.attached import Attached, attached_to
from arena_cli.model import Assignment, Participant, Spell, StepMove
from arena_cli.store import Store


@dataclass(slots=True)
class Registered:
    """A participant's spells in the order of registration, and each one's moves by day and order of registration.

    Filled in by `add_attached`: what else hangs on the spells, and the wait to start; None where there is nothing.
    """

    participant: Participant
    spells: list[Spell] = field(default_factory=list)
    moves: dict[int, list[StepMove]] = field(default_factory=dict)
    attached: Attached | None = None
    waiting: Assignment | None = None

    def entry_move(self, spell: Spell) -> StepMove | None:
        """The first move on the day of a spell's entry: its entry step."""
        return next((move for move in self.moves.get(spell.id, ()) if move.moved_on == spell.entered_on), None)


def registered_by_ref(store: Store, refs: Iterable[str]) -> dict[str, Registered]:
    """What is registered about the participants with these refs; a ref that is not registered is left out."""
    participants = store.records(Participant, "WHERE ref IN (SELECT value FROM json_each(?))", [json.dumps([*refs])])
    into: dict[int, int] = dict(store.rows("SELECT participant_id, into_id FROM merge"))
    merged = {person.id: person for person in store.participants("WHERE id IN (SELECT into_id FROM merge)")}
    persons = {participant.id: merged.get(into.get(participant.id, 0), participant) for participant in participants}
    by_id = {person.id: Registered(person) for person in persons.values()}
    by_spell: dict[int, Registered] = {}
    ids = "IN (SELECT value FROM json_each(?))"
    for spell in store.records(Spell, f"WHERE participant_id {ids} ORDER BY id", [json.dumps([*by_id])]):
        known = by_spell[spell.id] = by_id[spell.participant_id]
        known.spells.append(spell)
    for move in store.records(StepMove, f"WHERE spell_id {ids} ORDER BY moved_on, id", [json.dumps([*by_spell])]):
        by_spell[move.spell_id].moves.setdefault(move.spell_id, []).append(move)
    return {p.ref: by_id[persons[p.id].id] for p in participants if p.ref is not None}


def add_attached(store: Store, registered: Mapping[str, Registered]) -> None:
    """Fill in what hangs on the spells of these participants, and who of them waits to start."""
    by_id = {known.participant.id: known for known in registered.values()}
    for participant_id, attached in attached_to(store, (s for known in by_id.values() for s in known.spells)).items():
        by_id[participant_id].attached = attached
    theirs = "participant_id IN (SELECT value FROM json_each(?))"
    for waiting in store.records(Assignment, f"WHERE ended_on IS NULL AND {theirs}", [json.dumps([*by_id])]):
        by_id[waiting.participant_id].waiting = waiting
