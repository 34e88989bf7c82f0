"""Who a participant has been before a merge, and which spells came along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from arena_cli.model import Participant
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden

MERGE: Final = "merge-participants"
"""The command whose journal entries say where a participant's records come from."""


@dataclass(frozen=True, slots=True)
class Former:
    """A code that a person has had beside the present one, the day of the merge, and which spells came with it."""

    participant: Participant
    merged_on: date
    spells: tuple[int, ...]


def formers_of(store: Store, participant: Participant) -> list[Former]:
    """Who has been merged into a participant, by code, each with the ids of the spells that came along."""
    merged = store.rows(_INTO, (participant.id,))
    if not merged:
        return []
    origins = _origins(store, participant)
    people = {person.id: person for person in store.participants("WHERE id IN (SELECT participant_id FROM merge)")}
    formers = [
        Former(
            people[number],
            in_sweden(datetime.fromisoformat(at)).date(),
            tuple(s for s, owner in origins.items() if owner == number),
        )
        for number, at in merged
    ]
    return sorted(formers, key=lambda former: former.participant.code)


_INTO: Final = "SELECT participant_id, registered_at FROM merge WHERE into_id = ?"


def _origins(store: Store, participant: Participant) -> Mapping[int, int]:
    """Of each spell that came from somebody else: the id of the participant with whom it was registered."""
    condition = """
    WHERE subject = 'spell' AND command = ? AND before IS NOT NULL
      AND record IN (SELECT id FROM spell WHERE participant_id = ?)
    ORDER BY seq DESC
    """
    entries = store.entries(condition, (MERGE, participant.id))
    owners = ((entry.record, json.loads(entry.before or "{}").get("participant_id")) for entry in entries)
    return {spell: owner for spell, owner in owners if owner is not None}
