"""All that is registered about a participant, and what becomes of it when two are joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from arena_cli.casework.attached import Attached, attached_to
from arena_cli.casework.joining.obstacles import Obstacle
from arena_cli.model import Assignment, Background, Income, Moment, Participant, Spell, StepMove
from arena_cli.records import Record
from arena_cli.store import Store


@dataclass(slots=True)
class Dossier:
    """All that is registered about a participant, each kind in the order in which `show-participant` numbers it."""

    participant: Participant
    spells: list[Spell]
    moves: list[StepMove]
    attached: Attached
    income: list[Income]
    background: Background | None
    waits: list[Assignment]

    @property
    def code(self) -> str:
        return self.participant.code

    @property
    def first_day(self) -> date:
        """Of the first spell that counts."""
        return min((spell.entered_on for spell in self.spells if spell.counts), default=date.max)

    def income_at(self, moment: Moment, spell_id: int | None) -> list[Income]:
        return [income for income in self.income if (income.moment, income.spell_id) == (moment, spell_id)]

    def number(self, spell: Spell) -> int:
        return self.spells.index(spell) + 1


def dossier_of(store: Store, participant: Participant) -> Dossier:
    """Read all about a participant."""
    of_person, by_spell = (
        "WHERE participant_id = ?",
        "WHERE spell_id IN (SELECT id FROM spell WHERE participant_id = ?)",
    )
    own = (participant.id,)
    spells = store.spells(of_person, own)
    return Dossier(
        participant,
        spells,
        store.moves(by_spell, own),
        attached_to(store, spells).get(participant.id, Attached()),
        store.records(Income, f"{of_person} ORDER BY id", own),
        next(iter(store.records(Background, of_person, own)), None),
        store.records(Assignment, f"{of_person} ORDER BY assigned_on, id", own),
    )


@dataclass(slots=True)
class Joined:
    """What a merge writes, in this order; or what stands in its way.

    `twice` are the spells that both have, the kept one first; `moved` the other's own.
    """

    kept: Dossier
    other: Dossier
    removals: list[Record] = field(default_factory=list)
    updates: list[tuple[Record, Record]] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    twice: list[tuple[Spell, Spell]] = field(default_factory=list)
    moved: list[Spell] = field(default_factory=list)
    were_distinguished: bool = False

    def update(self, before: Record, after: Record) -> None:
        if before != after:
            self.updates.append((before, after))

    def refuse(self, obstacle: type[Obstacle], *commands: str, **facts: object) -> None:
        self.obstacles.append(obstacle(*commands, kept=self.kept.code, other=self.other.code, **facts))
