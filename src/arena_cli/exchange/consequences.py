"""What follows of itself from the rows of one person for what hangs on the spells.

The same as when they are registered by hand: an exit ends the placements that run, and a transfer takes along the pause
that goes on and what began on its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TypeVar

from arena_cli.casework.attached import Attached, carried_pauses, carried_placements, ending_placements
from arena_cli.exchange.plan import Ids
from arena_cli.model import ExitType, Pause, Placement, Spell


@dataclass(slots=True)
class Consequences:
    """What hangs on a person's spells; `ending` spells (ids) end placements, `pausing` ones take a pause along."""

    before: Attached
    after: Attached
    new_pauses: list[Pause] = field(default_factory=list)
    ending: set[int] = field(default_factory=set)
    pausing: set[int] = field(default_factory=set)

    def changes(self) -> Iterator[tuple[Pause, Pause] | tuple[Placement, Placement]]:
        """The records that will differ, before and after."""
        yield from _changes(self.before.pauses, self.after.pauses)
        yield from _changes(self.before.placements, self.after.placements)

    def transfer(self, spell: Spell, later: Spell, ids: Ids) -> None:
        """Take along what goes on in the later spell."""
        for before, after in carried_pauses(spell, later, self.after):
            if before is None:
                new = replace(after, id=next(ids.pause))
                self.new_pauses.append(new)
                self.after.pauses = [*self.after.pauses, new]
            else:
                self.after.pauses = _with(self.after.pauses, after)
            self.pausing.add(later.id)
        for _, placement in carried_placements(spell, later, self.after):
            self.after.placements = _with(self.after.placements, placement)

    def end(self, before: Spell, after: Spell) -> None:
        """End what ends with a spell."""
        for _, placement in ending_placements(before, after, self.after):
            self.after.placements = _with(self.after.placements, placement)
            self.ending.add(after.id)


def consequences_of(
    attached: Attached, registered: Iterable[Spell], spells: Mapping[int, Spell], ids: Ids
) -> Consequences:
    """What follows when the spells that were registered become these."""
    found = Consequences(attached, replace(attached))
    was = {spell.id: spell for spell in registered}
    counted = sorted((spell for spell in spells.values() if spell.counts), key=lambda spell: spell.order)
    for spell, later in zip_longest(counted, counted[1:]):
        if spell is was.get(spell.id):
            continue
        before = was.get(spell.id, replace(spell, exited_on=None))
        goes_on = later is not None and later.entered_on == spell.exited_on
        if before.exited_on is None and spell.exit_type is ExitType.TRANSFERRED and goes_on:
            found.transfer(spell, later, ids)
        found.end(before, spell)
    for spell in spells.values():
        if not spell.counts and spell is not was.get(spell.id):
            found.end(was.get(spell.id, spell), spell)
    return found


_Moved = TypeVar("_Moved", Pause, Placement)


def _with(records: Iterable[_Moved], changed: _Moved) -> list[_Moved]:
    return [changed if record.id == changed.id else record for record in records]


def _changes(before: Iterable[_Moved], after: Iterable[_Moved]) -> Iterator[tuple[_Moved, _Moved]]:
    later = {record.id: record for record in after}
    return ((record, later[record.id]) for record in before if later[record.id] is not record)
