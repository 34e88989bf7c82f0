"""What hangs on a spell that both have: moves, pauses, placements and hours. What was answered is in `answers`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from arena_cli.casework.joining.dossier import Joined
from arena_cli.casework.joining.fields import agree, filled
from arena_cli.casework.joining.obstacles import DifferentHours, DifferentSteps, PausesOverlap, PlacementsOverlap
from arena_cli.model import Attendance, Pause, Placement, Spell, StepMove


def join_moves(joined: Joined, mine: Spell, theirs: Spell) -> None:
    """A move that only the other has is taken over. On one day both may have moved, but to the same step."""
    kept, other = joined.kept, joined.other
    steps: dict[date, list[str]] = {}
    for move in kept.moves:
        if move.spell_id == mine.id:
            steps.setdefault(move.moved_on, []).append(move.step)
    for number, move in enumerate(other.moves, 1):
        if move.spell_id != theirs.id:
            continue
        there = steps.get(move.moved_on)
        if there is None:
            joined.update(move, replace(move, spell_id=mine.id))
        elif move.step not in there:
            mine_number = next(
                n for n, m in _last_first(kept.moves) if (m.spell_id, m.moved_on) == (mine.id, move.moved_on)
            )
            joined.refuse(
                DifferentSteps,
                f"arena edit-move {other.code} {number} --to {there[-1]} --why WHY",
                f"arena edit-move {kept.code} {mine_number} --to {move.step} --why WHY",
                day=move.moved_on,
            )


def _last_first(moves: Sequence[StepMove]) -> Iterator[tuple[int, StepMove]]:
    return reversed([*enumerate(moves, 1)])


def join_pauses(joined: Joined, mine: Spell, theirs: Spell) -> None:
    """A pause that only the other has is taken over, where it shares no day with another."""
    kept, other = joined.kept, joined.other
    there = [pause for pause in kept.attached.pauses if pause.spell_id == mine.id]
    for number, pause in enumerate(other.attached.pauses, 1):
        if pause.spell_id != theirs.id or any(
            agree(pause, mine_one, "paused_on", "resumed_on", "reason") for mine_one in there
        ):
            continue
        crossing = next((known for known in there if _cross(known, pause)), None)
        if crossing is None:
            joined.update(pause, replace(pause, spell_id=mine.id))
            continue
        joined.refuse(
            PausesOverlap,
            f"arena remove-pause {other.code} {number} --why WHY",
            f"arena remove-pause {kept.code} {kept.attached.pauses.index(crossing) + 1} --why WHY",
            paused_on=crossing.paused_on,
            other_paused_on=pause.paused_on,
        )


def _cross(one: Pause, other: Pause) -> bool:
    """Whether two pauses of one spell share a day, or both have no end."""
    first, second = sorted((one, other), key=lambda pause: pause.paused_on)
    return first.resumed_on is None or second.paused_on < first.resumed_on


def join_placements(joined: Joined, mine: Spell, theirs: Spell) -> None:
    """A placement that only the other has is taken over, where the person is not on that place already."""
    kept, other = joined.kept, joined.other
    there = [placement for placement in kept.attached.placements if placement.spell_id == mine.id]
    for number, placement in enumerate(other.attached.placements, 1):
        if placement.spell_id != theirs.id:
            continue
        twin = next((known for known in there if agree(known, placement, "place_id", "placed_on", "ended_on")), None)
        if twin is not None:
            joined.update(twin, filled(twin, placement, "planned_end_on"))
            continue
        crossing = next(
            (known for known in there if known.place_id == placement.place_id and _meet(known, placement)), None
        )
        if crossing is None:
            joined.update(placement, replace(placement, spell_id=mine.id))
            continue
        joined.refuse(
            PlacementsOverlap,
            f"arena remove-placement {other.code} {number} --why WHY",
            f"arena remove-placement {kept.code} {kept.attached.placements.index(crossing) + 1} --why WHY",
            place=other.attached.places[placement.place_id].code,
            placed_on=crossing.placed_on,
            other_placed_on=placement.placed_on,
        )


def _meet(one: Placement, other: Placement) -> bool:
    first, second = sorted((one, other), key=lambda placement: placement.placed_on)
    return first.ended_on is None or second.placed_on <= first.ended_on


def join_hours(joined: Joined, mine: Spell, theirs: Spell) -> None:
    """Hours that only the other has are taken over; the same hours are certified if either's are."""
    kept, other = joined.kept, joined.other
    there = {(h.month, h.activity): h for h in kept.attached.hours if h.spell_id == mine.id}
    for hours in other.attached.hours:
        if hours.spell_id != theirs.id:
            continue
        known = there.get((hours.month, hours.activity))
        if known is None:
            joined.update(hours, replace(hours, spell_id=mine.id))
        elif known.minutes == hours.minutes:
            joined.update(known, replace(known, certified=known.certified or hours.certified))
        else:
            joined.refuse(
                DifferentHours,
                _add_hours(other.code, other.number(theirs), known),
                _add_hours(kept.code, kept.number(mine), hours),
                activity=hours.activity,
                month=hours.month,
            )


def _add_hours(code: str, number: int, wanted: Attendance) -> str:
    hours = f"{wanted.minutes // 60}:{wanted.minutes % 60:02}"
    certified = " --certified" if wanted.certified else ""
    return (
        f"arena add-hours {code} --month {wanted.month} --activity {wanted.activity} --hours {hours}"
        f" --spell {number}{certified}"
    )
