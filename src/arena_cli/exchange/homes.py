"""Where registered moves belong when a list changes the spells around them.

"A move belongs to the participant's spell that covers its day (on a transfer's seam, to the later spell); the entry
step is a move on `entered_on`" (docs/figures.md): the first move on the day of entry stays with its spell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from arena_cli.exchange.registered import Registered
from arena_cli.model import Spell, StepMove
from arena_cli.rules import spell_on


@dataclass(slots=True)
class Homes:
    """Registered moves as they will be, by id, and those that no spell would cover any more."""

    after: dict[int, StepMove] = field(default_factory=dict)
    homeless: list[StepMove] = field(default_factory=list)

    def changes(self, known: Registered) -> list[tuple[StepMove, StepMove]]:
        """The moves that will differ, before and after."""
        before = (move for moves in known.moves.values() for move in moves)
        return [(move, self.after[move.id]) for move in before if self.after.get(move.id, move) != move]

    def arrived(self, spell: Spell) -> list[StepMove]:
        """The moves that came to a spell on its day of entry, by order of registration."""
        arrived = (
            move for move in self.after.values() if (move.spell_id, move.moved_on) == (spell.id, spell.entered_on)
        )
        return sorted(arrived, key=lambda move: move.id)

    def begin_with(self, entry: StepMove, spell: Spell) -> StepMove:
        """Let an entry step, which is registered last, come before the moves that came to its spell on that day.

        Of two moves on one day the later registered holds: the steps change places. Returns the last registered.
        """
        records = [*self.arrived(spell), entry]
        steps = [entry.step, *(move.step for move in records[:-1])]
        *earlier, last = (replace(record, step=step) for record, step in zip(records, steps, strict=True))
        self.after.update((move.id, move) for move in earlier)
        return last


def find_homes(known: Registered, spells: Mapping[int, Spell]) -> Homes:
    """Where a participant's moves belong when the spells are these. What was registered by mistake keeps its moves."""
    homes = Homes()
    in_order: Sequence[Spell] = tuple(spells.values())
    for spell_id, moves in known.moves.items():
        spell = spells[spell_id]
        entry = known.entry_move(spell)
        for move in moves:
            if move is entry or not spell.counts:
                continue
            home = spell_on(in_order, move.moved_on)
            if home is None:
                homes.homeless.append(move)
            elif home is not spell:
                homes.after[move.id] = replace(move, spell_id=home.id)
    return homes
