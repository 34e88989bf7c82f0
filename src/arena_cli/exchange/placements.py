"""A list of placements against what is registered: a row is the placement of that person on that place from that day.

The same rules as for `arena place-participant` and `arena edit-placement`: in a spell that has ended a placement ends
with it, and more on a place than there is room for is refused unless that is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count, groupby
from typing import Final, NamedTuple

from arena_cli.casework.placements import (
    EndBeforePlacement,
    ImpossiblePlannedEnd,
    NotAPlace,
    PlacedThereAlready,
    PlaceNotOpen,
    UnknownPlace,
    check_once,
    check_placement,
    end_with_spell,
    find_place,
    last_day,
    takes_more_room,
)
from arena_cli.errors import Refused, translatable
from arena_cli.exchange.cells import BrokenRule, RowReader, day_reader, optional, read_ref, required
from arena_cli.exchange.dates import read_day
from arena_cli.exchange.people import BREAKS_A_RULE, TWICE, Theirs, by_owner, people_of, spells_of
from arena_cli.exchange.plan import Difference
from arena_cli.exchange.work import ListKind, Work
from arena_cli.lookup import folded
from arena_cli.model import Place, Placement, Spell
from arena_cli.rules import PlacementOutsideSpell, spell_on
from arena_cli.store import Store

_NO_SUCH_PLACE: Final = translatable("{column} is none of the places. `arena list-places` shows their codes.")
_SEVERAL_PLACES: Final = translatable("{column} is the host of several places: give the code, as in P-012.")
_NO_SPELL: Final = translatable("{code} has no spell on that day. Compare with `arena show-participant {code}`.")
_NO_ROOM: Final = translatable(
    "{place} has room for {capacity}, and there would be more at once. If that is right: --beyond-capacity."
)
_RULES: Final[Mapping[type[Refused], str]] = {
    EndBeforePlacement: translatable("{ended_on} lies before {placed_on}."),
    PlacementOutsideSpell: translatable(
        "The placement would lie outside the spell of {code}. Compare with `arena show-participant {code}`."
    ),
    PlaceNotOpen: translatable("{place} is not open then. `arena list-places` shows when it is."),
    ImpossiblePlannedEnd: translatable(
        "{planned_end_on} must lie between {placed_on} and the project's end, {ends_on}."
    ),
    PlacedThereAlready: translatable(
        "{code} is on {place} at that time already. Compare with `arena show-participant {code}`."
    ),
}
_DAYS: Final = ("placed_on", "planned_end_on", "ended_on")


class PlacementRow(NamedTuple):
    """A row of a list of placements; None is a cell that says nothing."""

    number: int
    ref: str
    place: Place
    placed_on: date
    planned_end_on: date | None
    ended_on: date | None


class _Placed(NamedTuple):
    """A row with its placement before (None if it is new) and after, and whose it is."""

    row: PlacementRow
    person: Theirs[PlacementRow]
    before: Placement | None
    after: Placement

    @property
    def takes_room(self) -> bool:
        return self.before is None or takes_more_room(self.before, self.after)


@dataclass(frozen=True, slots=True)
class _Planner:
    work: Work
    ids: Iterator[int]

    def match(self, person: Theirs[PlacementRow], registered: Sequence[Placement]) -> Iterator[_Placed]:
        """What the rows of one person are about, and differ in. Refuses what breaks a rule."""
        known = {(placement.place_id, placement.placed_on): placement for placement in registered}
        seen: dict[tuple[int, date], int] = {}
        placed = []
        for row in person.rows:
            key = (row.place.id, row.placed_on)
            if seen.setdefault(key, row.number) != row.number:
                self.work.refuse(row.number, TWICE, other=seen[key])
            elif found := self._placed(person, row, known.get(key)):
                placed.append(found)
        twice = {each.row.number for each in self._twice_at_once(person, placed, registered)}
        return (each for each in placed if each.row.number not in twice)

    def _placed(self, person: Theirs[PlacementRow], row: PlacementRow, before: Placement | None) -> _Placed | None:
        """The row's placement; None if it breaks a rule, or differs in nothing from what is registered."""
        code = person.participant.code
        if before is not None and _merged(row, before) == before:
            self.work.tally.count_row(row.number, code, (), is_new=False)
            return None
        spell = _spell(person, row, before)
        if spell is None:
            self.work.refuse(row.number, _NO_SPELL, code=code)
            return None
        after = replace(_merged(row, before), spell_id=spell.id) if before else self._new(row, spell)
        placed = _Placed(row, person, before, after)
        is_broken = self._breaks(placed, lambda: check_placement(self.work.project, spell, after, row.place))
        return None if is_broken else placed

    def _new(self, row: PlacementRow, spell: Spell) -> Placement:
        ended_on = row.ended_on or end_with_spell(spell, row.place)
        return Placement(next(self.ids), spell.id, row.place.id, row.placed_on, row.planned_end_on, ended_on)

    def _breaks(self, placed: _Placed, check: Callable[[], None]) -> bool:
        """Whether a check refuses the row, which is then told."""
        try:
            check()
        except Refused as refusal:
            row, code = placed.row, placed.person.participant.code
            rule, ends_on = _RULES.get(type(refusal), BREAKS_A_RULE), self.work.project.ends_on
            self.work.refuse(row.number, rule, code=code, place=row.place.code, ends_on=ends_on)
            return True
        return False

    def _twice_at_once(
        self, person: Theirs[PlacementRow], placed: Iterable[_Placed], registered: Iterable[Placement]
    ) -> Iterator[_Placed]:
        """Refuse the rows that would have the person on one place twice at once.

        Placements are gone through by their first day, each beside those that still run then.
        """
        rows = {each.after.id: each for each in placed}
        places = {each.row.place.id: each.row.place for each in placed}
        others = (each for each in registered if each.id not in rows and each.place_id in places)
        by_day = sorted([*(each.after for each in placed), *others], key=lambda each: each.placed_on)
        there: list[Placement] = []
        for each in by_day:
            there = [other for other in there if _last(other, places[other.place_id]) >= each.placed_on]
            row = rows.get(each.id)
            against = [(row, there)] if row else [(rows[other.id], [each]) for other in there if other.id in rows]
            for checked, beside in against:
                place = checked.row.place
                if self._breaks(checked, partial(check_once, person.known, checked.after, place, beside)):
                    yield checked
            there.append(each)

    def plan(self, placed: _Placed) -> None:
        """Plan a row that breaks no rule."""
        row, before, after = placed.row, placed.before, placed.after
        differences: list[Difference] = []
        if before is None:
            self.work.plan.add(after)
        else:
            self.work.plan.changed_others.append((before, after))
            pairs = ((name, getattr(before, name), getattr(after, name)) for name in _DAYS)
            differences = [Difference(name, old, new) for name, old, new in pairs if old != new]
        code = placed.person.participant.code
        self.work.tally.count_row(row.number, code, differences, is_new=before is None)


def _merged(row: PlacementRow, before: Placement) -> Placement:
    """The placement as the row has it. An empty cell leaves what is registered."""
    return replace(
        before,
        planned_end_on=row.planned_end_on or before.planned_end_on,
        ended_on=row.ended_on or before.ended_on,
    )


def _spell(person: Theirs[PlacementRow], row: PlacementRow, before: Placement | None) -> Spell | None:
    """The spell of the first day: on the day of a transfer the later one, unless it is registered with the earlier."""
    spells = person.known.spells
    kept = next((spell for spell in spells if before and spell.id == before.spell_id and spell.counts), None)
    return kept or spell_on(spells, row.placed_on)


# -- room -------------------------------------------------------------------------------------------------------------


class _Stay(NamedTuple):
    """From when to when a participant is on a place, and the row that brings it about; 0 for none."""

    first: date
    last: date
    row: int
    participant_id: int


_REGISTERED: Final = "SELECT id, participant_id, placed_on, ended_on FROM counted_placement WHERE place_id = ?"


def _without_room(place: Place, stays: Iterable[_Stay]) -> Iterator[int]:
    """The rows that there is no room for: on the first day with too many, those that come last in the list."""
    there: list[_Stay] = []
    for first, coming in groupby(sorted(stays), key=lambda stay: stay.first):
        there = [stay for stay in there if stay.last >= first]
        there += coming
        too_many = len({stay.participant_id for stay in there}) - place.capacity
        if too_many > 0:
            refused = set(sorted((stay.row for stay in there if stay.row), reverse=True)[:too_many])
            there = [stay for stay in there if stay.row not in refused]
            yield from refused


def _refuse_without_room(work: Work, placed: Iterable[_Placed]) -> set[int]:
    """Refuse the rows with which there would be more on a place than it has room for."""
    refused: set[int] = set()
    for listed in by_owner(lambda each: each.row.place.id, placed).values():
        place = listed[0].row.place
        stays = [
            _stay(each.after, place, each.person.participant.id, each.row.number if each.takes_room else 0)
            for each in listed
        ]
        listed_ids = {each.after.id for each in listed}
        stays += (
            _Stay(date.fromisoformat(first), date.fromisoformat(last) if last else date.max, 0, participant_id)
            for number, participant_id, first, last in work.store.rows(_REGISTERED, (place.id,))
            if number not in listed_ids
        )
        for row in _without_room(place, stays):
            work.refuse(row, _NO_ROOM, place=place.code, capacity=place.capacity)
            refused.add(row)
    return refused


def _stay(placement: Placement, place: Place, participant_id: int, row: int) -> _Stay:
    return _Stay(placement.placed_on, _last(placement, place), row, participant_id)


def _last(placement: Placement, place: Place) -> date:
    return last_day(placement, place) or date.max


def _reader(work: Work) -> RowReader[PlacementRow]:
    day = day_reader(work.project, work.occasion.today)
    readers = {
        "ref": read_ref,
        "place": required(_place_reader(work.store)),
        "placed_on": required(day),
        "planned_end_on": optional(read_day),
        "ended_on": optional(day),
    }
    return RowReader(PlacementRow, work.columns, readers)


def _place_reader(store: Store) -> Callable[[str], Place]:
    """A reader of places, by code or by a host that has only one."""
    by_host = by_owner(lambda place: folded(place.host), store.records(Place, "ORDER BY id"))

    def reader(text: str) -> Place:
        hosted = by_host.get(folded(text), ())
        if len(hosted) > 1:
            raise BrokenRule(_SEVERAL_PLACES)
        if hosted:
            return hosted[0]
        try:
            return find_place(store, text)
        except (NotAPlace, UnknownPlace):
            raise BrokenRule(_NO_SUCH_PLACE) from None

    return reader


def _take(work: Work, rows: Iterable[PlacementRow]) -> None:
    people = people_of(work, rows)
    registered = by_owner(
        lambda placement: placement.spell_id,
        work.store.records(Placement, "WHERE spell_id IN (SELECT value FROM json_each(?))", [spells_of(people)]),
    )
    planner = _Planner(work, count(work.store.next_id(Placement)))
    placed = [
        each
        for person in people
        for each in planner.match(person, [p for spell in person.known.spells for p in registered.get(spell.id, ())])
    ]
    refused = set() if work.beyond_capacity else _refuse_without_room(work, placed)
    for each in placed:
        if each.row.number not in refused:
            planner.plan(each)


KIND: Final = ListKind(_reader, _take, marked="placed_on")
