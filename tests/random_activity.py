"""Random places, placements, hours and pauses for the spells of a file, the same for the same seed.

Every record is one that the verbs could have made, and mean: days crowd on the first and last of months, places close
beforehand, are overfull, and placements begin and end on the seams of transfers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from arena_cli.model import Attendance, Month, Pause, PauseReason, Place, Placement, Sector, Spell
from arena_cli.store import Change, Store
from tests.sample import PROJECT, TODAY, occasion

DAY = timedelta(days=1)
CODES = tuple(municipality.code for municipality in PROJECT.municipalities)


def put_activity(store: Store, *, places: int, seed: int) -> None:
    """Add so many places, and placements, hours and pauses to every spell there is."""
    random = Random(seed)
    with store.change(occasion("put")) as change:
        offered = [_place(change, random, number) for number in range(1, places + 1)]
        busy: dict[tuple[int, int], list[Placement]] = {}
        for spell in store.spells():
            _placements(change, random, spell, offered, busy)
            _hours(change, random, spell)
            _pauses(change, random, spell)


def some_day(random: Random, first: date, last: date) -> date:
    """A day of the period, often the first or the last one of a month."""
    day = first + random.randint(0, (last - first).days) * DAY
    edge = random.choice([day, day, Month.of(day).first, Month.of(day).last])
    return min(max(edge, first), last)


def _place(change: Change, random: Random, number: int) -> Place:
    opens_on = some_day(random, PROJECT.starts_on, PROJECT.ends_on)
    closes_on = some_day(random, opens_on, opens_on + 800 * DAY) if random.random() < 0.5 else None
    sector, municipality = random.choice(list(Sector)), random.choice(CODES)
    place = Place(0, f"P-{number:03}", "Värden", sector, municipality, random.randint(1, 3), opens_on, closes_on)
    return change.add(place)


def _placements(
    change: Change, random: Random, spell: Spell, offered: list[Place], busy: dict[tuple[int, int], list[Placement]]
) -> None:
    for place in random.sample(offered, min(len(offered), random.choice([0, 1, 1, 2, 4]))):
        first = max(spell.entered_on, place.opens_on)
        last = min(spell.exited_on or TODAY, place.closes_on or TODAY, PROJECT.ends_on)
        theirs = busy.setdefault((spell.participant_id, place.id), [])
        if first > last or any(p.ended_on is None or p.ended_on >= first for p in theirs):
            continue
        placed_on = some_day(random, first, last)
        ended_on = some_day(random, placed_on, last)
        placement = Placement(0, spell.id, place.id, placed_on, None, ended_on)
        if spell.exited_on is None and random.random() < 0.5:
            placement = replace(placement, ended_on=None)
        theirs.append(change.add(placement))


def _hours(change: Change, random: Random, spell: Spell) -> None:
    month, last = Month.of(spell.entered_on), Month.of(spell.exited_on or PROJECT.ends_on)
    while month <= last:
        for activity in random.sample(PROJECT.activities, random.choice([0, 0, 1, 2])):
            minutes = random.randint(1, 400)
            change.add(Attendance(0, spell.id, str(month), activity.code, minutes, random.random() < 0.5))
        month = month.next()


def _pauses(change: Change, random: Random, spell: Spell) -> None:
    last = spell.exited_on or PROJECT.ends_on
    day = spell.entered_on
    while random.random() < 0.4 and day < last:
        paused_on = some_day(random, day, last)
        resumed_on = some_day(random, paused_on, last)
        if resumed_on == paused_on:
            change.add(Pause(0, spell.id, paused_on, PauseReason.LEAVE, None))
            return
        change.add(Pause(0, spell.id, paused_on, PauseReason.LEAVE, resumed_on))
        day = resumed_on
