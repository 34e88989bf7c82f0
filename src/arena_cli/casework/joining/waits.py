"""The waits of two participants who become one."""

from __future__ import annotations

from dataclasses import replace

from arena_cli.casework.joining.dossier import Dossier, Joined
from arena_cli.casework.joining.fields import agree
from arena_cli.casework.joining.obstacles import TwoWaits, WaitsAndTakesPart
from arena_cli.model import Assignment, AssignmentOutcome


def join_waits(joined: Joined) -> None:
    """A wait that both have is kept once: the same wait, or two that ended with the same spell."""
    kept, other = joined.kept, joined.other
    begun_twice = {mine.entered_on for mine, _ in joined.twice}
    started = {wait.ended_on for wait in kept.waits if wait.outcome is AssignmentOutcome.STARTED}
    waiting = next((wait for wait in kept.waits if wait.ended_on is None), None)
    for wait in other.waits:
        same = any(agree(wait, known, "municipality", "assigned_on", "ended_on", "outcome") for known in kept.waits)
        has_started = wait.outcome is AssignmentOutcome.STARTED and wait.ended_on in begun_twice & started
        if same or has_started:
            joined.removals.append(wait)
            continue
        joined.update(wait, replace(wait, participant_id=kept.participant.id))
        if wait.ended_on is None and waiting is not None:
            commands = [_withdraw(code, one) for code, one in ((other.code, wait), (kept.code, waiting))]
            joined.refuse(TwoWaits, *commands, f"arena remove-assignment {other.code} --why WHY")
    _refuse_wait_beside_spell(joined, kept, other)
    _refuse_wait_beside_spell(joined, other, kept)


def _refuse_wait_beside_spell(joined: Joined, one: Dossier, another: Dossier) -> None:
    for wait in one.waits:
        for spell in another.spells:
            if wait.ended_on is None and spell.counts and spell.exited_on is None:
                commands = [_withdraw(one.code, wait)]
                if wait.municipality == spell.municipality and wait.assigned_on <= spell.entered_on:
                    commands.insert(0, f"arena start-participant {one.code} --date {spell.entered_on}")
                joined.refuse(
                    WaitsAndTakesPart, *commands, waiting=one.code, enrolled=another.code, entered_on=spell.entered_on
                )


def _withdraw(code: str, wait: Assignment) -> str:
    return f"arena withdraw-participant {code} --date {wait.assigned_on}"
