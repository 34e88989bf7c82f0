"""What hangs on a spell beside its moves, and what becomes of it when the spell changes.

Both the verbs and the import of a list go through this, so that neither leaves behind what the other would refuse.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeVar

from arena_cli.errors import Refused
from arena_cli.model import Assignment, AssignmentOutcome, Attendance, FollowUp, Pause, Place, Placement, Spell
from arena_cli.rules import (
    StartBeforeAssignment,
    check_follow_ups,
    check_hours,
    check_pauses,
    check_placements,
)
from arena_cli.store import Store


@dataclass(slots=True)
class Attached:
    """What hangs on the spells of one participant, and the places of the placements by id."""

    pauses: list[Pause] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    hours: list[Attendance] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)


def attached_to(store: Store, spells: Iterable[Spell]) -> dict[int, Attached]:
    """What hangs on some spells, by participant; one query a kind. Who has nothing is left out."""
    owners = {spell.id: spell.participant_id for spell in spells}
    ids = [json.dumps([*owners])]
    found: dict[int, Attached] = {}

    def of(spell_id: int) -> Attached:
        return found.setdefault(owners[spell_id], Attached())

    for pause in store.records(Pause, f"{_OF_SPELLS} ORDER BY paused_on, id", ids):
        of(pause.spell_id).pauses.append(pause)
    for follow_up in store.records(FollowUp, _OF_SPELLS, ids):
        of(follow_up.spell_id).follow_ups.append(follow_up)
    for hours in store.records(Attendance, _OF_SPELLS, ids):
        of(hours.spell_id).hours.append(hours)
    placements = store.records(Placement, f"{_OF_SPELLS} ORDER BY placed_on, id", ids)
    places = {place.id: place for place in store.records(Place)} if placements else {}
    for placement in placements:
        attached = of(placement.spell_id)
        attached.placements.append(placement)
        attached.places[placement.place_id] = places[placement.place_id]
    return found


_OF_SPELLS: Final = "WHERE spell_id IN (SELECT value FROM json_each(?))"

_OnSpell = TypeVar("_OnSpell", Pause, FollowUp, Placement, Attendance)


def _of(spell: Spell, records: Iterable[_OnSpell]) -> list[_OnSpell]:
    return [record for record in records if record.spell_id == spell.id]


# -- what must hold ---------------------------------------------------------------------------------------------------


def broken_by(spell: Spell, spells: Collection[Spell], attached: Attached, today: date) -> Iterator[Refused]:
    """Every rule that what hangs on a spell breaks, one of the participant's spells, when the spells are these."""
    months = {hours.month for hours in _of(spell, attached.hours)}
    checks: tuple[Callable[[], None], ...] = (
        lambda: check_pauses(spell, _of(spell, attached.pauses)),
        lambda: check_follow_ups(spell, _of(spell, attached.follow_ups)),
        lambda: check_placements(spell, _of(spell, attached.placements)),
        lambda: check_hours(spells, [hours for hours in attached.hours if hours.month in months], today),
    )
    for check in checks:
        try:
            check()
        except Refused as refusal:
            yield refusal


# -- what follows of itself -------------------------------------------------------------------------------------------


def ending_placements(before: Spell, after: Spell, attached: Attached) -> list[tuple[Placement, Placement]]:
    """The placements that an exit ends on its day, and those that ended with an exit that is now earlier.

    Each before and after. A placement on a place that closed before ends on the place's last day.
    """
    if after.exited_on is None:
        return []
    ended = []
    for placement in _of(before, attached.placements):
        went_with_exit = placement.ended_on is not None and placement.ended_on == before.exited_on
        if placement.placed_on <= after.exited_on and (placement.ended_on is None or went_with_exit):
            closes_on = attached.places[placement.place_id].closes_on
            last = min(day for day in (placement.ended_on, closes_on, after.exited_on) if day is not None)
            if last != placement.ended_on:
                ended.append((placement, replace(placement, ended_on=last)))
    return ended


def carried_pauses(spell: Spell, later: Spell, attached: Attached) -> list[tuple[Pause | None, Pause]]:
    """The pause that goes on when a spell is transferred, before (None for a new one) and after.

    One that began on the day of the transfer belongs to the later spell.
    """
    on = later.entered_on
    return [
        (pause, replace(pause, spell_id=later.id))
        if spell.entered_on < pause.paused_on == on
        else (None, Pause(0, later.id, on, pause.reason))
        for pause in _of(spell, attached.pauses)
        if pause.resumed_on is None
    ]


def carried_placements(spell: Spell, later: Spell, attached: Attached) -> list[tuple[Placement, Placement]]:
    """The placements begun on the day of a transfer, which belong to the later spell: before and after."""
    return [
        (placement, replace(placement, spell_id=later.id))
        for placement in _of(spell, attached.placements)
        if spell.entered_on < placement.placed_on == later.entered_on
    ]


def started(waiting: Assignment, started_on: date) -> Assignment:
    """A wait that has ended with a spell. Raises StartBeforeAssignment."""
    if started_on < waiting.assigned_on:
        raise StartBeforeAssignment(day=started_on, assigned_on=waiting.assigned_on)
    return replace(waiting, ended_on=started_on, outcome=AssignmentOutcome.STARTED)
