"""Everything that is registered, read once, and the units that figures could count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from arena_cli.figures import indicators
from arena_cli.figures.indicators import Judgement
from arena_cli.figures.table import SEX_CLASSES
from arena_cli.figures.why.asking import Case, Question, Unit
from arena_cli.journal import Entry
from arena_cli.model import (
    ALL,
    Assignment,
    Attendance,
    Background,
    FollowUp,
    Income,
    Month,
    Participant,
    Pause,
    Place,
    Placement,
    Project,
    Spell,
    StepMove,
)
from arena_cli.store import Store


class Records:
    """What is registered, each kind read when it is first asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._judgements: dict[tuple[str, str], Sequence[Judgement]] = {}

    @cached_property
    def project(self) -> Project:
        return self._store.project()

    @cached_property
    def journeys(self) -> Sequence[Journey]:
        """The participants who have spells, each with them in their order."""
        people = {person.id: person for person in self._store.participants()}
        return [
            Journey(people[person], tuple(spells), self._moves, self._placements)
            for person, spells in groupby(self._store.spells(), key=lambda spell: spell.participant_id)
        ]

    @cached_property
    def spells(self) -> Sequence[SpellCase]:
        return tuple(_spells(self.journeys))

    @cached_property
    def placements(self) -> Sequence[PlacementCase]:
        return tuple(_placements(self.journeys, self.places))

    @cached_property
    def _moves(self) -> Mapping[int, Sequence[StepMove]]:
        return _by_spell(self._store.moves())

    @cached_property
    def _placements(self) -> Mapping[int, Sequence[Placement]]:
        found = self._store.records(Placement)
        return _by_spell(sorted(found, key=lambda placement: (placement.placed_on, placement.id)))

    @cached_property
    def pauses(self) -> Mapping[int, Sequence[Pause]]:
        """By spell."""
        return _by_spell(self._store.records(Pause))

    @cached_property
    def hours(self) -> Mapping[int, Sequence[Attendance]]:
        """By spell."""
        return _by_spell(self._store.records(Attendance))

    @cached_property
    def follow_ups(self) -> Mapping[int, Sequence[FollowUp]]:
        """By spell."""
        return _by_spell(self._store.records(FollowUp))

    @cached_property
    def main_incomes(self) -> Mapping[int, Sequence[Income]]:
        """By participant."""
        found: dict[int, list[Income]] = {}
        for income in self._store.records(Income, "WHERE is_main"):
            found.setdefault(income.participant_id, []).append(income)
        return found

    @cached_property
    def places(self) -> Mapping[int, Place]:
        """By id, in the order of the codes."""
        return {place.id: place for place in self._store.records(Place, "ORDER BY id")}

    @cached_property
    def birth_years(self) -> Mapping[int, int | None]:
        """By participant."""
        return {person.id: person.birth_year for person in self._store.participants()}

    @cached_property
    def with_background(self) -> Collection[int]:
        """The participants of whom something is recorded that the fund asks."""
        return {background.participant_id for background in self._store.records(Background)}

    @cached_property
    def journal(self) -> Mapping[tuple[str, int], Sequence[Entry]]:
        """The entries of spells and moves, by table and record."""
        found: dict[tuple[str, int], list[Entry]] = {}
        for entry in self._store.entries("WHERE subject IN ('spell', 'step_move') ORDER BY seq"):
            found.setdefault((entry.subject, entry.record), []).append(entry)
        return found

    @cached_property
    def assignments(self) -> Sequence[tuple[Participant, Assignment]]:
        people = {person.id: person for person in self._store.participants()}
        return [(people[a.participant_id], a) for a in self._store.records(Assignment, "ORDER BY assigned_on, id")]

    def judgements(self, month: Month, section: str, measure: str) -> Sequence[Judgement]:
        """Every participant so far, and whether one of the funds' or Kolada's measures counts them in a month."""
        key = (f"{section} {month}", measure)
        if key not in self._judgements:
            self._judgements[key] = list(indicators.judge(self._store, month, self.project, section, measure))
        return self._judgements[key]


@dataclass(frozen=True, slots=True)
class Journey:
    """A participant with the spells in order."""

    person: Participant
    spells: tuple[Spell, ...]
    _moves: Mapping[int, Sequence[StepMove]]
    _placements: Mapping[int, Sequence[Placement]]

    def moves_of(self, spell: Spell) -> Sequence[StepMove]:
        """By day, of two on one day in the order of registration."""
        return self._moves.get(spell.id, ())

    def placements_of(self, spell: Spell) -> Sequence[Placement]:
        """By day."""
        return self._placements.get(spell.id, ())

    @property
    def move_numbers(self) -> Mapping[int, int]:
        """The number of each of the moves, by its id."""
        return _numbers((move.moved_on, move.id) for spell in self.spells for move in self.moves_of(spell))

    @property
    def placement_numbers(self) -> Mapping[int, int]:
        """The number of each of the placements, by its id."""
        return _numbers((p.placed_on, p.id) for spell in self.spells for p in self.placements_of(spell))

    @property
    def sex(self) -> str:
        return SEX_CLASSES[self.person.sex]

    def entered_by(self, day: date) -> list[Spell]:
        """The spells that count and were entered by a day."""
        return [spell for spell in self.spells if spell.counts and spell.entered_on <= day]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellCase(Case):
    """A spell, or one of its moves, with what is asked about: the participant's counted spells before and after it."""

    spell: Spell
    moves: Sequence[StepMove]
    before: Sequence[Spell] = ()
    after: Spell | None = None
    move: int = 0
    """The place among `moves` of the move that is the unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCase(Case):
    """A participant with the latest spell in the row's scope by the end of the month.

    Of somebody who has none there, `latest` is one of another place or time, so that it can be said why.
    """

    journey: Journey
    latest: Spell
    entered: Sequence[Spell]
    """The counted spells entered by the end of the month, in every municipality."""

    @property
    def first(self) -> Spell:
        return (self.entered or self.journey.spells)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementCase(Case):
    """A placement with its last day, which may be that of its place."""

    placement: Placement
    place: Place
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCase(Case):
    """A place and how many are in placement there at the end of the month."""

    place: Place
    occupied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentCase(Case):
    """A wait for the start."""

    assignment: Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class AttenderCase(Case):
    """A participant with the spells that had a day of the month, in the row's scope if there are any."""

    served: Sequence[Spell]


# -- spells and moves -------------------------------------------------------------------------------------------------


def each_spell(question: Question) -> Sequence[SpellCase]:
    """Every spell there is."""
    return question.records.spells


def _spells(journeys: Iterable[Journey]) -> Iterator[SpellCase]:
    for journey in journeys:
        counted = [spell for spell in journey.spells if spell.counts]
        before: tuple[Spell, ...] = ()
        for number, spell in enumerate(journey.spells, 1):
            yield SpellCase(
                unit=Unit(journey.person.code, number),
                municipality=spell.municipality,
                sex=journey.sex,
                counts=spell.counts,
                spell=spell,
                moves=journey.moves_of(spell),
                before=before,
                after=next((later for later in counted if later.order > spell.order), None),
            )
            if spell.counts:
                before = (*before, spell)


def each_move(question: Question) -> Iterator[SpellCase]:
    """Every move there is."""
    numbers = {n: number for journey in question.records.journeys for n, number in journey.move_numbers.items()}
    for case in each_spell(question):
        for place, move in enumerate(case.moves):
            yield replace(case, unit=replace(case.unit, number=numbers[move.id]), move=place)


# -- persons ----------------------------------------------------------------------------------------------------------


def each_person(question: Question) -> Iterator[PersonCase]:
    """Every participant, by the latest spell in the row's scope."""
    for journey in question.records.journeys:
        yield _person(question, journey, question.address.municipality)


def each_person_in_each_municipality(question: Question) -> Iterator[PersonCase]:
    """The same; in the project's row, one for each municipality with a spell of the participant's."""
    for journey in question.records.journeys:
        entered = journey.entered_by(question.month.last)
        in_all = question.address.municipality == ALL
        rows = sorted({spell.municipality for spell in entered}) if in_all else [question.address.municipality]
        for row in rows:
            yield _person(question, journey, row)


def each_person_where_first(question: Question) -> Iterator[PersonCase]:
    """Every participant, in the municipality of the first spell."""
    for case in each_person(question):
        yield replace(case, municipality=case.first.municipality)


def each_person_where_latest(question: Question) -> Iterator[PersonCase]:
    """Every participant, by the latest spell in the project and in its municipality."""
    for journey in question.records.journeys:
        yield _person(question, journey, ALL)


def _person(question: Question, journey: Journey, row: str) -> PersonCase:
    entered = journey.entered_by(question.month.last)
    here = [spell for spell in entered if row in {ALL, spell.municipality}]
    counted = [spell for spell in journey.spells if spell.counts]
    latest = (here or entered or counted or journey.spells)[-1]
    return PersonCase(
        unit=Unit(journey.person.code),
        municipality=latest.municipality,
        sex=journey.sex,
        counts=latest.counts,
        journey=journey,
        latest=latest,
        entered=entered,
    )


def each_attender(question: Question) -> Iterator[AttenderCase]:
    """Every participant, with the spells that had a day of the month."""
    month = question.month
    for journey in question.records.journeys:
        counted = [spell for spell in journey.spells if spell.counts]
        served = [s for s in counted if s.entered_on <= month.last and not _over_before(s, month)]
        here = [spell for spell in served if question.covers(spell.municipality)]
        latest = (here or served or counted or journey.spells)[-1]
        yield AttenderCase(
            unit=Unit(journey.person.code),
            municipality=latest.municipality,
            sex=journey.sex,
            counts=latest.counts,
            served=here or served,
        )


def _over_before(spell: Spell, month: Month) -> bool:
    return spell.exited_on is not None and spell.exited_on < month.first


def each_assignment(question: Question) -> Iterator[AssignmentCase]:
    """Every wait for the start there has been."""
    for person, assignment in question.records.assignments:
        yield AssignmentCase(
            unit=Unit(person.code),
            municipality=assignment.municipality,
            sex=SEX_CLASSES[person.sex],
            assignment=assignment,
        )


def each_judged(question: Question) -> Iterator[Case]:
    """Every participant so far, and what the fund's table or Kolada's says of them."""
    section, measure = question.address.section, question.address.measure
    for judgement in question.records.judgements(question.month, section, str(measure)):
        yield Case(
            unit=Unit(judgement.participant),
            municipality=judgement.municipality,
            sex=judgement.sex,
            obstacle=judgement.reason,
        )


# -- placements and places --------------------------------------------------------------------------------------------


def each_placement(question: Question) -> Sequence[PlacementCase]:
    """Every placement there is, in the municipality of the participant's spell."""
    return question.records.placements


def _placements(journeys: Iterable[Journey], places: Mapping[int, Place]) -> Iterator[PlacementCase]:
    for journey in journeys:
        numbers = journey.placement_numbers
        for number, spell in enumerate(journey.spells, 1):
            for placement in journey.placements_of(spell):
                place = places[placement.place_id]
                yield PlacementCase(
                    unit=Unit(journey.person.code, number, numbers[placement.id]),
                    municipality=spell.municipality,
                    sex=journey.sex,
                    counts=spell.counts,
                    placement=placement,
                    place=place,
                    ended_on=placement.ended_on or place.closes_on,
                )


def each_placement_where_place(question: Question) -> Iterator[PlacementCase]:
    """Every placement there is, in the municipality of the place."""
    for case in each_placement(question):
        yield replace(case, municipality=case.place.municipality)


def each_person_placed(question: Question) -> Iterator[PlacementCase]:
    """Every participant who has been in placement, by the one that runs at the end of the month, or the latest."""
    for _, cases in groupby(each_placement(question), key=lambda case: case.unit.code):
        theirs = list(cases)
        counted = [case for case in theirs if case.counts]
        running = [case for case in counted if runs_at_end_of(case, question.month.last)]
        chosen = (running or counted or theirs)[-1]
        yield replace(chosen, unit=Unit(chosen.unit.code))


def each_place(question: Question) -> Iterator[PlaceCase]:
    """Every place there is."""
    occupied: dict[int, int] = {}
    for case in each_placement(question):
        if case.counts and runs_at_end_of(case, question.month.last):
            occupied[case.place.id] = occupied.get(case.place.id, 0) + 1
    for place in question.records.places.values():
        yield PlaceCase(
            unit=Unit(place.code), municipality=place.municipality, place=place, occupied=occupied.get(place.id, 0)
        )


def runs_at_end_of(case: PlacementCase, day: date) -> bool:
    """Whether a placement has begun by a day and not ended by it."""
    return case.placement.placed_on <= day and (case.ended_on is None or case.ended_on > day)


def _numbers(dated: Iterable[tuple[date, int]]) -> Mapping[int, int]:
    return {record: number for number, (_, record) in enumerate(sorted(dated), 1)}


def _by_spell(records: Iterable[Any]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = {}
    for record in records:
        found.setdefault(record.spell_id, []).append(record)
    return found
