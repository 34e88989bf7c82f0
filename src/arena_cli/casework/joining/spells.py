"""The spells of two participants who become one: which both have, and which lie in each other's way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from arena_cli.casework.joining.answers import join_follow_ups
from arena_cli.casework.joining.dossier import Joined
from arena_cli.casework.joining.fields import contradictions, filled, shown
from arena_cli.casework.joining.obstacles import SpellsOverlap
from arena_cli.casework.joining.within_spell import join_hours, join_moves, join_pauses, join_placements
from arena_cli.model import ExitType, Spell
from arena_cli.rules import overlapping


def join_spells(joined: Joined) -> None:
    """A spell that both have is kept once; the other's own become the kept one's, with what was told after them."""
    counted = [spell for spell in joined.kept.spells if spell.counts]
    for theirs in joined.other.spells:
        twin = next((mine for mine in counted if theirs.counts and _is_same_stay(mine, theirs)), None)
        if twin is None:
            _take_over(joined, theirs, counted)
        else:
            _keep_once(joined, twin, theirs)
    twins = {theirs.id for _, theirs in joined.twice}
    for income in joined.other.income:
        if income.spell_id is not None and income.spell_id not in twins:
            joined.update(income, replace(income, participant_id=joined.kept.participant.id))


def _take_over(joined: Joined, theirs: Spell, counted: Iterable[Spell]) -> None:
    joined.moved.append(theirs)
    for mine in counted if theirs.counts else ():
        if overlapping((mine, theirs)):
            _refuse_overlap(joined, mine, theirs)
    joined.update(theirs, replace(theirs, participant_id=joined.kept.participant.id))


def _keep_once(joined: Joined, mine: Spell, theirs: Spell) -> None:
    kept_id = joined.kept.participant.id
    joined.twice.append((mine, theirs))
    joined.update(mine, filled(mine, theirs, "destination", "referral"))
    joined.update(theirs, replace(theirs, participant_id=kept_id, exit_type=ExitType.MISREGISTERED))
    for join_part in (join_moves, join_pauses, join_placements, join_hours, join_follow_ups):
        join_part(joined, mine, theirs)


def _is_same_stay(mine: Spell, theirs: Spell) -> bool:
    """Whether two spells are one enrolment registered twice: the same place and days, and nothing that contradicts."""
    alike = ("municipality", "entered_on", "exited_on", "exit_type")
    return all(getattr(mine, name) == getattr(theirs, name) for name in alike) and not contradictions(
        mine, theirs, ("destination", "referral")
    )


def _refuse_overlap(joined: Joined, mine: Spell, theirs: Spell) -> None:
    kept, other = joined.kept, joined.other
    number, other_number = kept.number(mine), other.number(theirs)
    commands = []
    if mine.municipality == theirs.municipality:
        exit_of = ("destination", "referral")
        commands.append(_edit_spell(other.code, other_number, theirs, filled(mine, theirs, *exit_of)))
        commands.append(_edit_spell(kept.code, number, mine, filled(theirs, mine, *exit_of)))
    elif mine.entered_on != theirs.entered_on:
        (code, place, earlier), later = (
            ((kept.code, number, mine), theirs)
            if mine.entered_on < theirs.entered_on
            else ((other.code, other_number, theirs), mine)
        )
        moved_on = replace(
            earlier,
            exited_on=later.entered_on,
            exit_type=ExitType.TRANSFERRED,
            destination=None,
            referral=earlier.referral,
        )
        commands.append(_edit_spell(code, place, earlier, moved_on))
    never = f"--type {ExitType.MISREGISTERED.value} --why WHY"
    commands.append(f"arena edit-spell {other.code} --number {other_number} {never}")
    commands.append(f"arena edit-spell {kept.code} --number {number} {never}")
    joined.refuse(
        SpellsOverlap,
        *commands,
        number=number,
        entered_on=mine.entered_on,
        other_number=other_number,
        other_entered_on=theirs.entered_on,
    )


_SPELL_OPTIONS: Final = {
    "entered_on": "--entered",
    "exited_on": "--exited",
    "exit_type": "--type",
    "destination": "--destination",
    "referral": "--referral",
}


def _edit_spell(code: str, number: int, before: Spell, after: Spell) -> str:
    """The command that makes a spell into another; without a day of exit nothing has to be said of the exit."""
    differing = [name for name in _SPELL_OPTIONS if getattr(before, name) != getattr(after, name)]
    if after.exited_on is None:
        differing = [name for name in differing if name not in {"exit_type", "destination"}]
    options = " ".join(f"{_SPELL_OPTIONS[name]} {shown(getattr(after, name))}" for name in differing)
    return f"arena edit-spell {code} --number {number} {options} --why WHY"
