"""Which row of a list is which registered spell of the participant: by municipality and day of entry.

Where several have the same key (a mistaken spell and the right one, say), those that agree most belong together, and
among equals the order decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from arena_cli.exchange.cells import SpellRow
from arena_cli.model import ExitType, Spell


def matched(rows: Sequence[SpellRow], spells: Sequence[Spell]) -> list[Spell | None]:
    """For each row the spell that it is about; None for a new one."""
    found: list[Spell | None] = [None] * len(rows)
    if not spells:
        return found
    free = list(spells)
    for agree in _AGREEMENTS:
        for place, row in enumerate(rows):
            if found[place] is None and (spell := _first(free, row, agree)):
                found[place] = spell
                free.remove(spell)
    return found


def merged(row: SpellRow, spell: Spell) -> Spell:
    """The spell as the row has it, the same object if nothing differs. An empty cell leaves what is registered."""
    exited_on = row.exited_on or spell.exited_on
    as_listed = replace(
        spell,
        exited_on=exited_on,
        exit_type=exit_type_of(row.exit_type or spell.exit_type, exited_on),
        destination=row.destination or spell.destination,
        referral=row.referral or spell.referral,
    )
    return spell if as_listed == spell else as_listed


def spell_of(row: SpellRow, spell_id: int, participant_id: int) -> Spell:
    """The new spell that a row tells of."""
    exit_type = exit_type_of(row.exit_type, row.exited_on)
    return Spell(
        spell_id,
        participant_id,
        row.municipality,
        row.entered_on,
        row.exited_on,
        exit_type,
        row.destination,
        row.referral,
    )


def _first(spells: Sequence[Spell], row: SpellRow, agree: Callable[[SpellRow, Spell], bool]) -> Spell | None:
    return next((spell for spell in _same_key(spells, row) if agree(row, spell)), None)


def _same_key(spells: Sequence[Spell], row: SpellRow) -> Iterator[Spell]:
    return (s for s in spells if s.entered_on == row.entered_on and s.municipality == row.municipality)


def _in_everything(row: SpellRow, spell: Spell) -> bool:
    return _in_exit_type(row, spell) and merged(row, spell) is spell


def _in_exit_type(row: SpellRow, spell: Spell) -> bool:
    return exit_type_of(row.exit_type, row.exited_on) is spell.exit_type


def _in_counting(row: SpellRow, spell: Spell) -> bool:
    return (row.exit_type is not ExitType.MISREGISTERED) is spell.counts


def _in_key(_row: SpellRow, _spell: Spell) -> bool:
    return True


def exit_type_of(given: ExitType | None, exited_on: date | None) -> ExitType | None:
    """An end without a type is a completion."""
    return given or (ExitType.COMPLETED if exited_on else None)


_AGREEMENTS: Final = (_in_everything, _in_exit_type, _in_counting, _in_key)
"""From the closest to the least."""
