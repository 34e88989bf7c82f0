"""The model: day by day people enter, on any step or on none yet, move up and down, leave, and sometimes come back.

The totals that a demo is told are parameters of the model: that many people are invented, and each outcome is dealt to
one of those who have left. All else comes by chance, with chances that depend on where on the staircase people stand:
pauses, placements on places that open and close, hours, and what they answer when they come and when they have left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from itertools import islice
from random import Random
from typing import Final

from arena_cli import casework
from arena_cli.casework import Intake, attendance, background, follow_up, pausing, placements, targets
from arena_cli.casework.background import Livelihood
from arena_cli.demo.answers import Asking, draw
from arena_cli.demo.calendar import PACE, in_month, months_between, working_day, working_days
from arena_cli.demo.parameters import Goal, Parameters, Plan, apportion
from arena_cli.journal import Occasion
from arena_cli.model import ExitType, FollowUpKind, Group, Month, PauseReason, Sector, Sex
from arena_cli.rules import IMMEDIATE_DAYS, SIX_MONTHS, months_after
from arena_cli.store import Store

_LIKELIHOOD: Final[Mapping[Group, Callable[[float], float]]] = {
    Group.WORK: lambda height: 0.03 + height * height,
    Group.STUDIES: lambda height: 0.1 + height,
    Group.OTHER: lambda height: 1.5 - height,
    Group.UNKNOWN: lambda height: 1.2 - height,
}
"""Who it is that leaves, by how high up they have come, from 0 to 1."""

_COMPLETED_ANYWAY: Final = 0.3
"""The share of those gone elsewhere than to work or studies whose exit is none the less completed."""

_MISREAD: Final = 0.02
"""The share of birth years that are registered one year wrong and corrected a week later."""

_ASSIGNED_FIRST: Final = 0.3
_DAYS_OF_WAITING: Final = (5, 45)
_WAITING_SINCE: Final = 50
"""The share of the participants who were assigned before they started, and for how many days they and others wait."""

_DAYS_UNTIL_ASKED: Final = (0, 0, 0, 0, 2, 5, 9)
_PLACES_OPENED_IN: Final = 0.7
"""The share of the project's time in which new places are found, most of them early."""

_DAYS_PAST_PLAN: Final = (-40, -15, -5, 0, 0, 0, 0, 0, 15, 60)
_DAYS_OF_A_MONTH: Final = 30

_HOURS_MISSING: Final = 0.06
_HOURS_IN_STEPS_OF: Final = 10
_MINUTES: Final = 60
_HOURS_KNOWN_AFTER: Final = (2, 10)
_CERTIFIED_AFTER: Final = (12, 13, 14, 35, 40, 70)
_LAST_REGISTERED_AFTER: Final = 16
"""Days after a month when its hours are registered and certified, and after which the file of the demo ends."""

_FOLLOWED_UP: Final[Mapping[FollowUpKind, float]] = {FollowUpKind.IMMEDIATE: 0.87, FollowUpKind.SIX_MONTHS: 0.8}
_SOONEST_FOLLOWED_UP: Final = 3
_LATEST_FOLLOWED_UP: Final = 35
"""Days after the exit, and after the day six months later."""


@dataclass(slots=True, eq=False)
class _Place:
    """A place, as it is when the model has come to a month. `ends` are the last days of the placements there."""

    municipality: str
    opens_on: date
    host: str = ""
    capacity: int = 1
    sector: Sector = Sector.PUBLIC
    closes_on: date | None = None
    there: int = 0
    ends: list[date] = field(default_factory=list)
    code: str = ""

    def has_room(self, day: date) -> bool:
        """Whether somebody may come on a day, in whatever order the model comes to the days of a month."""
        staying = self.there + sum(end >= day for end in self.ends)
        return self.opens_on <= day and self.closes_on is None and staying < self.capacity


@dataclass(slots=True, eq=False)
class _Person:
    """Somebody invented, as they are when the model has come to a day. `position` 0: not placed on a step."""

    sex: Sex
    municipality: str
    position: int = 0
    is_enrolled: bool = False
    hours_a_day: int = 0
    paused_until: date | None = None
    place: _Place | None = None
    placed_until: date = date.max
    days: int = 0
    days_placed: int = 0
    """Working days of the month, elsewhere and on places."""

    income: Livelihood | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, and how it is registered: about whom and what, by whom, with which command and verb."""

    day: date
    about: tuple[Hashable, ...]
    actor: str
    command: str
    verb: Callable[[Store, Occasion], object]
    why: str | None = None


class People:
    """Everybody who has to do with the project, and what happens to them."""

    def __init__(self, parameters: Parameters, random: Random) -> None:
        self._parameters = parameters
        self._project = parameters.project
        self._random = random
        self._asking = Asking(parameters.situations, random)
        self._months = months_between(Month.of(self._project.starts_on), parameters.month)
        self._codes = [municipality.code for municipality in self._project.municipalities]
        self._sizes = [parameters.inhabitants[code] for code in self._codes]
        settling = parameters.staircase.settling
        self._plan = Plan.draw(self._months, random, parameters.totals, settling)
        self._everybody = self._invented(parameters.totals.sexes())
        self._away: dict[Month, list[_Person]] = defaultdict(list)
        self._places: list[_Place] = []

    def events(self) -> Iterator[Event]:
        """What happens from the project's start to the end of the demo's month, in order for each that it is about."""
        for goal in self._parameters.goals:
            yield from self._sets_out(goal)
        newcomers = iter(self._everybody)
        to_open = self._invented_places()
        for month in self._months:
            staying = [person for person in self._everybody if person.is_enrolled]
            for place in self._places:
                yield from self._closes(place, staying, month)
            for place in to_open[month]:
                yield self._opens(place)
            yield from self._passes(month, staying, newcomers)
        yield from self._others()

    def _passes(self, month: Month, staying: list[_Person], newcomers: Iterator[_Person]) -> Iterator[Event]:
        """A month with those who stayed on from the one before, some of whom leave, and those who come."""
        days = working_days(month.first, month.last)
        for group in self._plan.outcomes[month]:
            yield from self._leaves(self._taken(staying, group), group, days)
        for back in self._plan.absences.get(month, ()):
            group = self._random.choice((Group.WORK, Group.OTHER, Group.UNKNOWN))
            person = self._taken(staying, group)
            yield from self._leaves(person, group, days, is_final=False)
            self._away[back].append(person)
        transferred = [self._taken(staying) for _ in range(self._plan.transfers.get(month, 0))]
        for person in transferred:
            yield from self._goes_elsewhere(person, days)
        for person in staying:
            yield from self._walks(person, days)
        for person in self._away[month]:
            yield from self._returns(person, days)
        for person in islice(newcomers, self._plan.arrivals[month]):
            yield from self._enters(person, days)
        yield from self._attended(month, [person for person in self._everybody if person not in transferred])
        for person in self._everybody:
            person.days = person.days_placed = 0

    # -- inventing ----------------------------------------------------------------------------------------------------

    def _invented(self, sexes: list[Sex]) -> list[_Person]:
        numbers = apportion(len(sexes), self._sizes)
        homes = [code for code, number in zip(self._codes, numbers, strict=True) for _ in range(number)]
        self._random.shuffle(homes)
        self._random.shuffle(sexes)
        return [_Person(sex, home) for sex, home in zip(sexes, homes, strict=True)]

    def _invented_places(self) -> Mapping[Month, Sequence[_Place]]:
        """Places by the month in which they open: at least one in every municipality."""
        told = self._parameters.places
        numbers = [1 + more for more in apportion(told.number - len(self._codes), self._sizes)]
        last = round(len(self._months) * _PLACES_OPENED_IN)
        places = []
        for code, number in zip(self._codes, numbers, strict=True):
            for _ in range(number):
                month = self._months[int(last * self._random.random() ** 2)]
                places.append(_Place(code, self._random.choice(working_days(month.first, month.last))))
        by_month = defaultdict(list)
        for number, place in enumerate(sorted(places, key=lambda place: place.opens_on), 1):
            place.host = f"Praktikplats {number}"
            place.capacity = self._random.randint(1, told.capacity)
            place.sector = Sector(draw(self._random, told.sectors))
            by_month[Month.of(place.opens_on)].append(place)
        return by_month

    def _taken(self, people: list[_Person], group: Group | None = None) -> _Person:
        """One of the people, out of the list: the higher up, the likelier to have gone to a job or to studies."""
        weights = [_LIKELIHOOD[group](self._height(person)) if group else 1 for person in people]
        return people.pop(self._random.choices(range(len(people)), weights)[0])

    def _height(self, person: _Person) -> float:
        """How far up the staircase, from 0 to 1."""
        return person.position / len(self._project.steps)

    def _step(self, person: _Person) -> str | None:
        return self._project.steps[person.position - 1].code if person.position else None

    # -- coming -------------------------------------------------------------------------------------------------------

    def _enters(self, person: _Person, days: Sequence[date]) -> Iterator[Event]:
        day, later = self._day_of(days)
        staircase, steps = self._parameters.staircase, len(self._project.steps)
        if not self._chance(staircase.not_placed):
            weights = [(steps - below) ** staircase.entry_slope for below in range(steps)]
            (person.position,) = self._random.choices(range(1, steps + 1), weights)
        person.hours_a_day = self._random.randint(*self._parameters.hours.a_day)
        born = self._birth_year(day)
        is_misread = self._chance(_MISREAD)
        if self._chance(_ASSIGNED_FIRST):
            assigned = max(self._project.starts_on, day - timedelta(days=self._random.randint(*_DAYS_OF_WAITING)))
            yield self._assigned(person, working_day(assigned), born + is_misread)
            start = partial(pausing.start, started_on=day, step=self._step(person))
            yield self._event(day, person, "start-participant", start)
        else:
            yield self._enrolled(person, day, born + is_misread)
        person.is_enrolled = True
        if is_misread:
            correct = partial(casework.correct_participant, correction=partial(replace, birth_year=born))
            corrected = self._event(day + timedelta(days=7), person, "edit-participant", correct)
            yield replace(corrected, why="läste fel på blanketten")
        yield from self._tells(person, day, day.year - born)
        yield from self._walks(person, later)

    def _assigned(self, person: _Person, day: date, birth_year: int) -> Event:
        home, referral = person.municipality, self._referral()

        def assign(store: Store, occasion: Occasion) -> None:
            receipt = pausing.assign(
                store, occasion, home, day, sex=person.sex, birth_year=birth_year, referral=referral
            )
            person.code = receipt.participant.code

        return Event(day, (person,), _actor(home), "assign-participant", assign)

    def _enrolled(self, person: _Person, day: date, birth_year: int) -> Event:
        intake = self._intake(person, day)

        def enrol(store: Store, occasion: Occasion) -> None:
            receipt = casework.enrol(store, occasion, intake, sex=person.sex, birth_year=birth_year)
            person.code = receipt.participant.code

        return Event(day, (person,), _actor(person.municipality), "add-participant", enrol)

    def _tells(self, person: _Person, day: date, age: int) -> Iterator[Event]:
        """Answer what is asked at the first entry, that day or soon."""
        asked_on = day + timedelta(days=self._random.choice(_DAYS_UNTIL_ASKED))
        told = self._asking.at_entry(age)
        if told is not None and asked_on <= self._parameters.month.last:
            person.income = told.income
            answers = partial(replace, **told.answers)
            record = partial(background.record_background, answers=answers, income=told.income)
            yield self._event(asked_on, person, "add-background", record)

    def _returns(self, person: _Person, days: Sequence[date]) -> Iterator[Event]:
        day, later = self._day_of(days)
        readmit = partial(casework.readmit, intake=self._intake(person, day))
        yield self._event(day, person, "readmit-participant", readmit)
        person.is_enrolled = True
        yield from self._walks(person, later)

    def _others(self) -> Iterator[Event]:
        """Those who were assigned and never started: they wait still, or have been withdrawn."""
        totals, last = self._parameters.totals, self._parameters.month.last
        number = totals.waiting + totals.withdrawn
        for nth, person in enumerate(self._invented([Sex.WOMAN, Sex.MAN] * number)[:number]):
            is_waiting = nth < totals.waiting
            month = self._random.choice(self._months[1:-2])
            since = last - timedelta(days=self._random.randrange(_WAITING_SINCE)) if is_waiting else month.first
            day = min(working_day(since), working_days(month.first, last)[-1])
            yield self._assigned(person, day, self._birth_year(day))
            if not is_waiting:
                until = working_day(day + timedelta(days=self._random.randint(*_DAYS_OF_WAITING)))
                withdraw = partial(pausing.withdraw, withdrawn_on=until)
                yield self._event(until, person, "withdraw-participant", withdraw)

    # -- being there --------------------------------------------------------------------------------------------------

    def _walks(self, person: _Person, days: Iterable[date]) -> Iterator[Event]:
        """Go through the days: up and down, away and back, on places and off them."""
        for day in days:
            if person.paused_until is not None:
                if day >= person.paused_until:
                    yield from self._resumes(person, day)
            elif self._chance(self._parameters.pauses.chance):
                yield from self._pauses(person, day)
            else:
                yield from self._steps(person, day)
                yield from self._practises(person, day)
            if person.paused_until is None:
                person.days += person.place is None
                person.days_placed += person.place is not None

    def _steps(self, person: _Person, day: date) -> Iterator[Event]:
        """Go up or down, or be placed at last: the higher up, the rarer a step up and the commoner one down."""
        staircase = self._parameters.staircase
        chance = self._random.random() * max(PACE) / in_month(PACE, day)
        up = staircase.up - staircase.up_less_at_top * self._height(person) if person.position else staircase.placed
        down = staircase.down + staircase.down_more_at_top * self._height(person)
        if chance < up and person.position < len(self._project.steps):
            yield self._moves(person, 1, day)
        elif up <= chance < up + down and person.position > 1:
            yield self._moves(person, -1, day)

    def _moves(self, person: _Person, by: int, day: date) -> Event:
        person.position += by
        step = self._project.steps[person.position - 1].code
        move = partial(casework.move, step=step, moved_on=day)
        return self._event(day, person, "move-participant", move)

    def _pauses(self, person: _Person, day: date) -> Iterator[Event]:
        told = self._parameters.pauses
        if person.place is not None:
            yield from self._ends_placement(person, person.place, day)
        person.paused_until = day + timedelta(days=self._random.randint(*told.days))
        pause = partial(pausing.pause, paused_on=day, reason=PauseReason(draw(self._random, told.reasons)))
        yield self._event(day, person, "pause-participant", pause)

    def _resumes(self, person: _Person, day: date) -> Iterator[Event]:
        person.paused_until = None
        yield self._event(day, person, "resume-participant", partial(pausing.resume, resumed_on=day))
        if person.position > 1 and self._chance(self._parameters.pauses.falls_back):
            yield self._moves(person, -1, day)

    def _practises(self, person: _Person, day: date) -> Iterator[Event]:
        """Begin a placement, the likelier the higher up; end it, about when that was planned."""
        place, told = person.place, self._parameters.places
        if place is None:
            height = self._height(person)
            if height >= told.from_height and self._chance(told.placing * height):
                rooms = [p for p in self._places if p.municipality == person.municipality and p.has_room(day)]
                if rooms:
                    yield self._begins_placement(person, self._random.choice(rooms), day)
        elif day >= person.placed_until or (place.closes_on is not None and day > place.closes_on):
            yield from self._ends_placement(person, place, day)

    def _begins_placement(self, person: _Person, place: _Place, day: date) -> Event:
        months = self._random.randint(*self._parameters.places.months)
        planned = min(day + timedelta(days=months * _DAYS_OF_A_MONTH), self._project.ends_on)
        person.place = place
        person.placed_until = planned + timedelta(days=self._random.choice(_DAYS_PAST_PLAN))
        place.there += 1

        def begin(store: Store, occasion: Occasion) -> object:
            return placements.place_participant(store, occasion, person.code, place.code, day, planned_end_on=planned)

        return Event(day, (person, place), _actor(person.municipality), "place-participant", begin)

    def _ends_placement(self, person: _Person, place: _Place, day: date) -> Iterator[Event]:
        """End a placement, unless its place has closed before."""
        self._has_left(person, day)
        if place.closes_on is None or day <= place.closes_on:
            end = partial(placements.end_placement, ended_on=day)
            yield self._event(day, person, "end-placement", end, place)

    def _has_left(self, person: _Person, day: date) -> _Place | None:
        """Take somebody off the place where they are, if anywhere, which is returned."""
        place, person.place = person.place, None
        if place is not None:
            place.there -= 1
            place.ends.append(day)
        return place

    # -- going --------------------------------------------------------------------------------------------------------

    def _goes_elsewhere(self, person: _Person, days: Sequence[date]) -> Iterator[Event]:
        day, later = self._day_of(days)
        others = [code for code in self._codes if code != person.municipality]
        (to,) = self._random.choices(others, [self._parameters.inhabitants[code] for code in others])
        transfer = partial(casework.transfer, municipality=to, on=day)
        yield self._event(day, person, "transfer-participant", transfer, self._has_left(person, day))
        person.municipality = to
        yield from self._walks(person, later)

    def _leaves(self, person: _Person, group: Group, days: Sequence[date], *, is_final: bool = True) -> Iterator[Event]:
        day = self._random.choice(days)
        yield from self._walks(person, (earlier for earlier in days if earlier < day))
        weights = self._parameters.destinations
        possible = {d.code: weights.get(d.code, 1) for d in self._project.destinations if d.group is group}
        destination: str | None = draw(self._random, possible)
        if group is Group.UNKNOWN and self._random.choice((True, False)):
            destination = None
        as_planned = group in {Group.WORK, Group.STUDIES} or self._chance(_COMPLETED_ANYWAY)
        exit_type = ExitType.COMPLETED if as_planned else ExitType.DISCONTINUED
        leave = partial(casework.leave, exited_on=day, exit_type=exit_type, destination=destination)
        yield self._event(day, person, "exit-participant", leave, self._has_left(person, day))
        person.is_enrolled = False
        person.paused_until = None
        windows = {FollowUpKind.IMMEDIATE: (day + timedelta(days=_SOONEST_FOLLOWED_UP), IMMEDIATE_DAYS - 3)}
        if is_final:
            windows[FollowUpKind.SIX_MONTHS] = (months_after(day, SIX_MONTHS), _LATEST_FOLLOWED_UP)
        for kind, (first, length) in windows.items():
            asked_on = self._random.choice(working_days(first, first + timedelta(days=length)))
            if asked_on <= self._parameters.month.last and self._chance(_FOLLOWED_UP[kind]):
                told = self._asking.follow_up(kind, group, destination, person.income)
                record = partial(
                    follow_up.record_follow_up,
                    kind=kind,
                    followed_up_on=asked_on,
                    answers=partial(replace, **told.answers),
                    income=told.income,
                )
                yield self._event(asked_on, person, "add-follow-up", record)

    # -- what the project does ----------------------------------------------------------------------------------------

    def _sets_out(self, goal: Goal) -> Iterator[Event]:
        shares = apportion(goal.value, self._sizes)
        day = working_day(self._project.starts_on)
        for municipality, value in [*zip(self._codes, shares, strict=True), (None, goal.value)]:
            verb = partial(
                targets.set_target,
                municipality=municipality,
                measure=goal.measure,
                period=goal.period,
                value=value,
                valid_from=self._project.starts_on,
            )
            yield Event(day, (), "demo", "set-target", verb)

    def _opens(self, place: _Place) -> Event:
        self._places.append(place)

        def add(store: Store, occasion: Occasion) -> None:
            receipt = placements.add_place(
                store,
                occasion,
                host=place.host,
                sector=place.sector,
                municipality=place.municipality,
                capacity=place.capacity,
                opens_on=place.opens_on,
            )
            place.code = receipt.place.code

        return Event(place.opens_on, (place,), _actor(place.municipality), "add-place", add)

    def _closes(self, place: _Place, staying: Iterable[_Person], month: Month) -> Iterator[Event]:
        """Close a place, sometimes: the placements on it end with it, and no other begins there that month."""
        if place.closes_on is not None or not self._chance(self._parameters.places.closing):
            return
        closes_on = place.closes_on = self._random.choice(working_days(month.first, month.last))
        there = (person for person in staying if person.place is place)

        def close(store: Store, occasion: Occasion) -> object:
            return placements.close_place(store, occasion, place.code, closes_on)

        yield Event(closes_on, (place, *there), _actor(place.municipality), "close-place", close)

    def _attended(self, month: Month, people: Iterable[_Person]) -> Iterator[Event]:
        """The hours of a month, for all at once who have as many of the same, and that somebody has certified them."""
        groups = defaultdict(list)
        for person in people:
            spent = {self._parameters.hours.placement: person.days_placed}
            spent[draw(self._random, self._parameters.hours.activities)] = person.days
            for activity, days in spent.items():
                hours = round(days * person.hours_a_day / _HOURS_IN_STEPS_OF) * _HOURS_IN_STEPS_OF
                if hours and not self._chance(_HOURS_MISSING):
                    groups[person.municipality, activity, hours].append(person)
        last = self._parameters.month.last + timedelta(days=_LAST_REGISTERED_AFTER)
        for (municipality, activity, hours), group in groups.items():
            day = month.last + timedelta(days=self._random.randint(*_HOURS_KNOWN_AFTER))
            yield self._spent(month, municipality, activity, hours, group, working_day(day))
        for municipality in {municipality: None for municipality, *_ in groups}:
            day = working_day(month.last + timedelta(days=self._random.choice(_CERTIFIED_AFTER)))
            if day <= last:
                certify = partial(attendance.certify_hours, month=month, municipality=municipality)
                about = ((month, municipality),)
                yield Event(day, about, _actor(municipality), "certify-hours", certify)

    def _spent(
        self, month: Month, municipality: str, activity: str, hours: int, group: Sequence[_Person], day: date
    ) -> Event:
        def add(store: Store, occasion: Occasion) -> object:
            codes = [person.code for person in group]
            return attendance.add_hours(store, occasion, codes, month, activity, hours * _MINUTES)

        return Event(day, ((month, municipality), *group), _actor(municipality), "add-hours", add)

    # -- shared -------------------------------------------------------------------------------------------------------

    def _event(
        self, day: date, person: _Person, command: str, verb: Callable[..., object], place: _Place | None = None
    ) -> Event:
        """Something about a person, and a place if one is given. The verb gets the person's code, when there is one."""

        def register(store: Store, occasion: Occasion) -> object:
            return verb(store, occasion, person.code)

        about = (person,) if place is None else (person, place)
        return Event(day, about, _actor(person.municipality), command, register)

    def _intake(self, person: _Person, day: date) -> Intake:
        return Intake(person.municipality, day, self._step(person), self._referral())

    def _referral(self) -> str:
        referrals = self._project.referrals
        (referral,) = self._random.choices(referrals, [1 / number for number in range(1, len(referrals) + 1)])
        return referral.code

    def _birth_year(self, day: date) -> int:
        return day.year - round(self._random.triangular(*self._parameters.ages))

    def _day_of(self, days: Sequence[date]) -> tuple[date, Sequence[date]]:
        """A day when something happens, and the days after it."""
        number = self._random.randrange(len(days))
        return days[number], days[number + 1 :]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def _actor(municipality: str) -> str:
    return f"demo-{municipality}"
