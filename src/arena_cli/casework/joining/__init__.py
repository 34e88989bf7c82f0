"""How the records of two participants become those of one, and what stands in the way.

One of the two is kept and gets the other's records. A spell that both have (the same enrolment, registered twice) is
kept once: the other's becomes misregistered, and what hangs on it goes over to the one that is kept, unless that has it
already. What only one of the two knows is taken over. What contradicts is an obstacle: each says which commands settle
it, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from arena_cli.casework.attached import broken_by
from arena_cli.casework.joining.answers import join_backgrounds, join_income_before
from arena_cli.casework.joining.dossier import Joined, dossier_of
from arena_cli.casework.joining.person import compare_identities, join_distinctions, join_persons
from arena_cli.casework.joining.spells import join_spells
from arena_cli.casework.joining.waits import join_waits
from arena_cli.model import (
    Assignment,
    Attendance,
    Background,
    Distinction,
    FollowUp,
    Identity,
    IdentityNumber,
    Income,
    Merge,
    Participant,
    Pause,
    Placement,
    Spell,
    StepMove,
)
from arena_cli.records import Record
from arena_cli.rules import check_overlap
from arena_cli.store import Store

BELONGING: Final[Mapping[type[Record], str]] = {
    Spell: "participant_id",
    Assignment: "participant_id",
    Background: "participant_id",
    Income: "participant_id",
    Merge: "into_id",
    Distinction: "participant_id",
    StepMove: "spell_id",
    Pause: "spell_id",
    Placement: "spell_id",
    Attendance: "spell_id",
    FollowUp: "spell_id",
}
"""Every kind of record that is a participant's, with the column that says whose: a merge must know all of them.

What is a spell's goes along with the spell. A kind more has its place here and in `join`.
"""

STAYING: Final[frozenset[type[Record]]] = frozenset({Identity, IdentityNumber})
"""What stays with the code under which it was told, since the journal could not give it back: it is found by either."""


def join(store: Store, kept: Participant, other: Participant, today: date) -> Joined:
    """What becomes of the records of two participants who are one person. Nothing is written."""
    joined = Joined(dossier_of(store, kept), dossier_of(store, other))
    compare_identities(store, joined, today)
    join_spells(joined)
    join_waits(joined)
    join_persons(joined)
    join_backgrounds(joined, today)
    join_income_before(joined)
    join_distinctions(store, joined)
    for earlier in store.records(Merge, "WHERE into_id = ?", (other.id,)):
        joined.update(earlier, replace(earlier, into_id=kept.id))
    return joined


def check_joined(store: Store, participant: Participant, today: date) -> None:
    """Refuse a participant whose records together break a rule, as a net below the obstacles."""
    found = dossier_of(store, participant)
    check_overlap(found.spells)
    for spell in found.spells:
        for refusal in broken_by(spell, found.spells, found.attached, today):
            raise refusal
