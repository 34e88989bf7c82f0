"""Places and placements: open and close places at hosts, place participants on them, end and correct placements.

A place has room for a number of participants. More than that at once may be right, so it is asked about first: the verb
raises BeyondCapacity unless it is told to allow it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from arena_cli.casework.enrolment import Journey, journey
from arena_cli.errors import NotFound, Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Participant, Place, Placement, Project, Sector, Spell
from arena_cli.personal_number import holds_personal_number
from arena_cli.rules import PlacementOutsideSpell, check_day, check_placements, spell_on
from arena_cli.store import Store


class NotAPlace(NotFound):
    message = translatable("That is not a place's code: one looks like P-012. `arena list-places` shows the codes.")


class UnknownPlace(NotFound):
    message = translatable("There is no place {place}. `arena list-places` shows the codes.")


class NoHost(Refused):
    message = translatable("A place needs a host: the name of the workplace.")


class PersonalNumberAsHost(Refused):
    message = translatable(
        "What was given as the host looks like a personal identity number. Give the name of the workplace."
    )


class NoRoom(Refused):
    message = translatable("A place has room for at least 1 participant.")


class ClosedBeforeOpened(Refused):
    message = translatable("The last day, {closes_on}, lies before the first, {opens_on}. One of the dates is wrong.")


class PlaceClosedAlready(Refused):
    message = translatable("{place} has a last day already, {closes_on}. `arena edit-place {place}` corrects it.")


class PlacementOutsidePlace(Refused):
    message = translatable(
        "The placement of {code} from {placed_on} would lie outside the days on which {place} is open. "
        "`arena edit-placement {code}` corrects it, with its number from `arena show-participant {code}`."
    )


class PlaceInUse(Refused):
    message = translatable("{place} has placements and cannot be taken away. `arena close-place {place}` closes it.")


class PlaceNotOpen(Refused):
    message = translatable("{place} is not open on {day}. `arena list-places` shows when it is.")


class BeyondCapacity(Refused):
    """Something seems wrong but may be right: ask, and do it again with `allow_beyond_capacity`."""

    message = translatable(
        "{place} has room for {capacity}, and on {day} there would be {there}. If that is right: --beyond-capacity."
    )


class NoSpellOn(Refused):
    message = translatable("{code} has no spell on {day}. Check the dates with `arena show-participant {code}`.")


class PlacedThereAlready(Refused):
    message = translatable("{code} is on {place} at that time already, since {placed_on}.")


class NotInPlacement(Refused):
    message = translatable(
        "{code} has no running placement to end. `arena show-participant {code}` shows those there have been."
    )


class SeveralPlacements(Refused):
    message = translatable("{code} is in several placements, on {places}. Say which: --place.")


class EndBeforePlacement(Refused):
    message = translatable("The end, {ended_on}, lies before the placement's first day, {placed_on}.")


class ImpossiblePlannedEnd(Refused):
    message = translatable(
        "The planned end, {planned_end_on}, must lie between the placement's first day, {placed_on}, "
        "and the project's end, {ends_on}."
    )


class NoSuchPlacement(NotFound):
    message = translatable("{code} has no placement number {number}. `arena show-participant {code}` numbers them.")


@dataclass(frozen=True, slots=True)
class PlaceReceipt:
    """A place that was opened or closed, and the participants whose placements end with it."""

    place: Place
    ended: tuple[Participant, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacementReceipt:
    """A placement that was begun or ended, and where."""

    participant: Participant
    placement: Placement
    place: Place


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A place and how many are in placement there at the end of a day."""

    place: Place
    occupied: int

    @property
    def free(self) -> int:
        """For how many more there is room."""
        return max(0, self.place.capacity - self.occupied)


@dataclass(frozen=True, slots=True)
class _Stay:
    """From when to when, both inclusive, a participant is on a place."""

    participant_id: int
    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


# -- reading ----------------------------------------------------------------------------------------------------------


def place_code(number: int) -> str:
    """The code of the place with a number."""
    return f"P-{number:03}"


def find_place(store: Store, typed: str) -> Place:
    """The place whose code was typed: `P-012`, `p12` and `12` are the same. Raises NotAPlace or UnknownPlace."""
    match = re.fullmatch(r"(?:P-?)?0*([1-9][0-9]{0,8})", typed.strip(), re.ASCII | re.IGNORECASE)
    if match is None:
        raise NotAPlace
    code = place_code(int(match[1]))
    found = store.records(Place, "WHERE code = ?", (code,))
    if not found:
        raise UnknownPlace(place=code)
    return found[0]


def occupancy(store: Store, day: date) -> list[Occupancy]:
    """Every place in the order of the codes, with how many are there at the end of a day."""
    occupied: dict[int, int] = dict(store.rows(_OCCUPIED, {"day": day.isoformat()}))
    return [Occupancy(p, occupied.get(p.id, 0)) for p in store.records(Place, "ORDER BY id")]


def placements_of(store: Store, participant: Participant) -> list[Placement]:
    """A participant's placements in the order in which they are numbered: by day."""
    return store.records(
        Placement,
        "WHERE spell_id IN (SELECT id FROM spell WHERE participant_id = ?) ORDER BY placed_on, id",
        (participant.id,),
    )


def last_day(placement: Placement, place: Place) -> date | None:
    """A placement's own last day or that of its place; None while neither is known."""
    return placement.ended_on or place.closes_on


# -- places -----------------------------------------------------------------------------------------------------------


def add_place(
    store: Store,
    occasion: Occasion,
    *,
    host: str,
    sector: Sector,
    municipality: str,
    capacity: int,
    opens_on: date,
    closes_on: date | None = None,
) -> PlaceReceipt:
    """Register a place at a host, open from a day on, under a code made of its number.

    `closes_on`, its last day, may be known beforehand.
    """
    with store.change(occasion) as change:
        ((number,),) = store.rows("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'place'")
        place = Place(0, place_code(number), host.strip(), sector, municipality, capacity, opens_on, closes_on)
        _check_place(store, place, occasion.today)
        place = change.add(place)
    return PlaceReceipt(place)


def correct_place(
    store: Store,
    occasion: Occasion,
    typed: str,
    correction: Callable[[Place], Place],
    *,
    allow_beyond_capacity: bool = False,
) -> tuple[Place, Place]:
    """Change what is registered about a place, for the whole of its life. Returns the place before and after."""
    with store.change(occasion) as change:
        before = find_place(store, typed)
        after = correction(before)
        _check_place(store, after, occasion.today)
        for placement in _placements_on(store, before):
            _check_open(store, after, placement)
        change.update(before, after)
        if after.capacity < before.capacity and not allow_beyond_capacity:
            _check_capacity(after, _stays(store, after))
    return before, after


def close_place(store: Store, occasion: Occasion, typed: str, closes_on: date) -> PlaceReceipt:
    """Give a place its last day, which may lie ahead. What still runs there then ends with it.

    Raises PlaceClosedAlready.
    """
    with store.change(occasion) as change:
        place = find_place(store, typed)
        if place.closes_on is not None:
            raise PlaceClosedAlready(place=place.code, closes_on=place.closes_on)
        closed = replace(place, closes_on=closes_on)
        _check_place(store, closed, occasion.today)
        for placement in _placements_on(store, place):
            _check_open(store, closed, placement)
        running = store.participants(_RUNNING_ON, (place.id,))
        change.update(place, closed)
    return PlaceReceipt(closed, tuple(running))


def remove_place(store: Store, occasion: Occasion, typed: str) -> Place:
    """Take away a place that never should have been, which nobody was placed on; the journal keeps it.

    Raises PlaceInUse.
    """
    with store.change(occasion) as change:
        place = find_place(store, typed)
        if _placements_on(store, place):
            raise PlaceInUse(place=place.code)
        change.remove(place)
    return place


# -- placements -------------------------------------------------------------------------------------------------------


def place_participant(
    store: Store,
    occasion: Occasion,
    typed: str,
    typed_place: str,
    placed_on: date,
    *,
    planned_end_on: date | None = None,
    allow_beyond_capacity: bool = False,
) -> PlacementReceipt:
    """Register that a participant is on a place from a day on; several placements may run at once.

    In a spell that has ended, the placement ends with it.
    """
    with store.change(occasion) as change:
        known = journey(store, typed)
        place = find_place(store, typed_place)
        check_day(store.project(), placed_on, occasion.today)
        spell = _require_spell_on(known, placed_on)
        ended_on = end_with_spell(spell, place)
        placement = Placement(0, spell.id, place.id, placed_on, planned_end_on, ended_on)
        _check_placement(store, known, spell, placement, place)
        placement = change.add(placement)
        if not allow_beyond_capacity:
            _check_capacity(place, _stays(store, place), _stay(known.participant.id, placement, place))
    return PlacementReceipt(known.participant, placement, place)


def end_placement(
    store: Store, occasion: Occasion, typed: str, ended_on: date, typed_place: str | None = None
) -> PlacementReceipt:
    """Register a running placement's last day; the place has to be given where several run."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        check_day(store.project(), ended_on, occasion.today)
        place = find_place(store, typed_place) if typed_place is not None else None
        placement, place = _running(store, known, place, ended_on)
        ended = replace(placement, ended_on=ended_on)
        spell = next(s for s in known.spells if s.id == placement.spell_id)
        _check_placement(store, known, spell, ended, place)
        change.update(placement, ended)
    return PlacementReceipt(known.participant, ended, place)


def correct_placement(
    store: Store,
    occasion: Occasion,
    typed: str,
    number: int,
    correction: Callable[[Placement], Placement],
    *,
    allow_beyond_capacity: bool = False,
) -> tuple[Placement, Placement]:
    """Change a placement, numbered as `show-participant` does. It belongs to the spell of its first day.

    Returns it before and after.
    """
    with store.change(occasion) as change:
        known = journey(store, typed)
        before = _numbered(store, known, number)
        after = correction(before)
        for day in filter(None, (after.placed_on, after.ended_on)):
            check_day(store.project(), day, occasion.today)
        spell, place = _spell_of(known, before, after), _place(store, after)
        after = replace(after, spell_id=spell.id)
        _check_placement(store, known, spell, after, place)
        change.update(before, after)
        if takes_more_room(before, after) and not allow_beyond_capacity:
            _check_capacity(place, _stays(store, place), _stay(known.participant.id, after, place))
    return before, after


def remove_placement(store: Store, occasion: Occasion, typed: str, number: int) -> PlacementReceipt:
    """Take away a placement that never was, numbered as `show-participant` does; the journal keeps it."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        placement = _numbered(store, known, number)
        place = _place(store, placement)
        change.remove(placement)
    return PlacementReceipt(known.participant, placement, place)


# -- shared -----------------------------------------------------------------------------------------------------------

_OCCUPIED: Final = """
SELECT place_id, count(*) FROM counted_placement
WHERE placed_on <= :day AND (ended_on IS NULL OR ended_on > :day)
GROUP BY place_id
"""

_STAYS: Final = "SELECT participant_id, placed_on, ended_on FROM counted_placement WHERE place_id = ?"

_RUNNING_ON: Final = """
WHERE id IN (SELECT participant_id FROM counted_placement WHERE place_id = ? AND ended_on IS NULL)
ORDER BY code
"""


def _place(store: Store, placement: Placement) -> Place:
    (place,) = store.records(Place, "WHERE id = ?", (placement.place_id,))
    return place


def _placements_on(store: Store, place: Place) -> list[Placement]:
    return store.records(Placement, "WHERE place_id = ?", (place.id,))


def _numbered(store: Store, known: Journey, number: int) -> Placement:
    placements = placements_of(store, known.participant)
    if not 1 <= number <= len(placements):
        raise NoSuchPlacement(code=known.participant.code, number=number)
    return placements[number - 1]


def _check_place(store: Store, place: Place, today: date) -> None:
    if not place.host:
        raise NoHost
    if holds_personal_number(place.host):
        raise PersonalNumberAsHost
    if place.capacity < 1:
        raise NoRoom
    check_day(store.project(), place.opens_on, today)
    if place.closes_on is not None and place.closes_on < place.opens_on:
        raise ClosedBeforeOpened(opens_on=place.opens_on, closes_on=place.closes_on)


def _running(store: Store, known: Journey, place: Place | None, day: date) -> tuple[Placement, Place]:
    """The one placement without an end: on a place if one is given, otherwise rather on one that is open that day."""
    counted = {spell.id for spell in known.spells if spell.counts}
    running = [
        (placement, _place(store, placement))
        for placement in placements_of(store, known.participant)
        if placement.ended_on is None and placement.spell_id in counted
        if place is None or placement.place_id == place.id
    ]
    if not running:
        raise NotInPlacement(code=known.participant.code)
    possible = [(placement, there) for placement, there in running if _is_open(there, day)] or running
    if len(possible) > 1:
        places = tuple(there.code for _, there in possible)
        raise SeveralPlacements(code=known.participant.code, places=places)
    return possible[0]


_OF_SPELL: Final = "WHERE id = (SELECT participant_id FROM spell WHERE id = ?)"


def _is_open(place: Place, day: date) -> bool:
    return place.opens_on <= day and (place.closes_on is None or day <= place.closes_on)


def _check_open(store: Store, place: Place, placement: Placement) -> None:
    """Refuse a place that would leave one of its placements outside its open days."""
    if not (_is_open(place, placement.placed_on) and _is_open(place, placement.ended_on or placement.placed_on)):
        (person,) = store.participants(_OF_SPELL, (placement.spell_id,))
        raise PlacementOutsidePlace(code=person.code, placed_on=placement.placed_on, place=place.code)


def _require_spell_on(known: Journey, day: date) -> Spell:
    spell = spell_on(known.spells, day)
    if spell is None:
        raise NoSpellOn(code=known.participant.code, day=day)
    return spell


def _spell_of(known: Journey, before: Placement, after: Placement) -> Spell:
    """The spell of the first day: on the day of a transfer the later one, unless it was the earlier one's before."""
    if after.placed_on == before.placed_on:
        spell = next(s for s in known.spells if s.id == before.spell_id)
        if spell.counts:
            return spell
    return _require_spell_on(known, after.placed_on)


def _check_placement(store: Store, known: Journey, spell: Spell, placement: Placement, place: Place) -> None:
    """Refuse a placement outside its spell or its place's open days, or twice on a place at once."""
    check_placement(store.project(), spell, placement, place)
    check_once(known, placement, place, placements_of(store, known.participant))


# -- what must hold of a placement, also of one in a list -------------------------------------------------------------


def end_with_spell(spell: Spell, place: Place) -> date | None:
    """The last day of a placement that is not known to have ended before its spell or its place; None if it goes on."""
    return None if spell.exited_on is None else min(spell.exited_on, place.closes_on or date.max)


def check_placement(project: Project, spell: Spell, placement: Placement, place: Place) -> None:
    """Refuse a placement outside its spell or its place's open days.

    Raises EndBeforePlacement, PlacementOutsideSpell, ImpossiblePlannedEnd or PlaceNotOpen.
    """
    if placement.ended_on is not None and placement.ended_on < placement.placed_on:
        raise EndBeforePlacement(placed_on=placement.placed_on, ended_on=placement.ended_on)
    check_placements(spell, (placement,))
    if spell.exited_on is not None and placement.ended_on is None:
        raise PlacementOutsideSpell(placed_on=placement.placed_on)
    for day in filter(None, (placement.placed_on, placement.ended_on)):
        if not _is_open(place, day):
            raise PlaceNotOpen(place=place.code, day=day)
    planned, ends_on = placement.planned_end_on, project.ends_on
    if planned is not None and not placement.placed_on <= planned <= ends_on:
        raise ImpossiblePlannedEnd(planned_end_on=planned, placed_on=placement.placed_on, ends_on=ends_on)


def check_once(known: Journey, placement: Placement, place: Place, others: Iterable[Placement]) -> None:
    """Refuse to place somebody where they are already; a transfer's day may end one placement and begin another.

    Raises PlacedThereAlready.
    """
    counted = {spell.id for spell in known.spells if spell.counts}
    stay = _stay(known.participant.id, placement, place)
    for other in others:
        if other.id == placement.id or other.place_id != place.id:
            continue
        theirs = _stay(known.participant.id, other, place)
        seam = other.spell_id != placement.spell_id and (stay.first == theirs.last or theirs.first == stay.last)
        if other.spell_id in counted and not seam and stay.first <= theirs.last and theirs.first <= stay.last:
            code = known.participant.code
            raise PlacedThereAlready(code=code, place=place.code, placed_on=other.placed_on)


def _stay(participant_id: int, placement: Placement, place: Place) -> _Stay:
    return _Stay(participant_id, placement.placed_on, last_day(placement, place) or date.max)


def _stays(store: Store, place: Place) -> list[_Stay]:
    rows = store.rows(_STAYS, (place.id,))
    return [
        _Stay(participant_id, date.fromisoformat(first), date.fromisoformat(last) if last else date.max)
        for participant_id, first, last in rows
    ]


def takes_more_room(before: Placement, after: Placement) -> bool:
    """Whether a correction puts the participant on a place on a day on which they were not there."""
    return (
        after.place_id != before.place_id
        or after.placed_on < before.placed_on
        or (after.ended_on or date.max) > (before.ended_on or date.max)
    )


def _check_capacity(place: Place, stays: Sequence[_Stay], during: _Stay | None = None) -> None:
    """Refuse more participants at once than there is room for, on any day or during a stay that is one of them."""
    for day in sorted({stay.first for stay in stays if during is None or during.covers(stay.first)}):
        there = len({stay.participant_id for stay in stays if stay.covers(day)})
        if there > place.capacity:
            raise BeyondCapacity(place=place.code, capacity=place.capacity, day=day, there=there)
