"""An invented project file to look around in: people on a staircase, made by a seeded model. Nobody in it exists.

Day by day people enter, on any step or on none yet, move a bit up or down with chances that depend on where they stand,
go to another municipality, leave, and sometimes come back. The published figures that the demo is about are parameters
of the model (`Totals`): that many people are invented, and each outcome is dealt to one of those who have left.
Everything is registered with the verbs of casework, so its rules hold, some days after it happened, as in real life.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.database import NotArena
from arena_cli.errors import CannotWrite, Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import ExitType, Group, Month, Project, Sex
from arena_cli.participant_code import new_code
from arena_cli.project import read_project
from arena_cli.store import Store

MONTH: Final = Month(2016, 10)
"""The last month in which anything happens, and the one to report."""

_PROJECT: Final = "integrationsprojekt"
_SEED: Final = 2016

_ARRIVALS: Final = (9, 10, 10, 9, 8, 5, 1, 8, 12, 10, 9, 4)
_DEPARTURES: Final = (8, 7, 8, 8, 9, 16, 3, 6, 8, 9, 8, 11)
_PACE: Final = (9, 10, 10, 10, 10, 7, 2, 7, 10, 10, 10, 7)
"""How much happens in January, February and so on, beside the other months: July is quiet."""

_FIRST_MONTHS: Final = (0.3, 0.7)
"""How far the project has come with taking people in, before it has come all the way."""

_HOLIDAYS: Final = frozenset({(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)})
_SATURDAY: Final = 5
_YOUNGEST, _COMMON_AGE, _OLDEST = 18, 32, 64
_NOT_PLACED_AT_ENTRY: Final = 0.15

_PLACED: Final = 0.03
_UP, _UP_LESS_AT_TOP = 0.014, 0.006
_DOWN, _DOWN_MORE_AT_TOP = 0.003, 0.002
"""Chances of a working day: that somebody is placed who was not at entry, goes a step up or a step down."""

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

_DAYS_UNTIL_REGISTERED: Final = (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 7)
_OFFICE_HOURS: Final = range(7, 14)
"""In UTC: from eight in winter and from nine in summer, as clocks go in Sweden."""


_UNPROTECTED: Final = ("synchronous = OFF", "journal_mode = MEMORY")
"""For the writing of a file that nobody has yet: its hundreds of changes need not survive a power cut one by one."""


class NotADemo(Refused):
    message = translatable(
        "{path} exists already and is not a demo; nothing was changed. Name another folder with --out."
    )


class NoDemoFolder(CannotWrite):
    message = translatable("The folder {path} cannot be made or written to. Name another one with --out.")


@dataclass(frozen=True, slots=True)
class Totals:
    """What the figures since the start add up to at the end of `MONTH`.

    In participants: `women` and `men` who have entered, and where those went who have left: to `work`, `studies`,
    `other`, `unknown`. In spells: `re_entries` and `transfers`.
    """

    women: int = 90
    men: int = 169
    work: int = 53
    studies: int = 7
    other: int = 21
    unknown: int = 42
    re_entries: int = 13
    transfers: int = 14

    def sexes(self) -> list[Sex]:
        """One for each participant."""
        return [Sex.WOMAN] * self.women + [Sex.MAN] * self.men

    def outcomes(self) -> list[Group]:
        """One for each participant who has left."""
        return [group for group in Group for _ in range(getattr(self, group))]


def make_demo(path: Path, seed: int = _SEED, totals: Totals | None = None) -> None:
    """Make the demo's file, in the place of an earlier demo if there is one. The same seed makes the same people.

    Raises NotADemo if there is anything else at the path, NoDemoFolder or another CannotWrite.
    """
    _check_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".demo-") as workshop:
            unfinished = Path(workshop, path.name)
            _fill(unfinished, _demo_project(), Random(seed), totals or Totals())
            unfinished.replace(path)
    except OSError:
        raise NoDemoFolder(path=path.parent) from None


def _check_replaceable(path: Path) -> None:
    if not path.exists():
        return
    try:
        with Store.open(path) as store:
            is_demo = store.project().demo
    except NotArena:
        is_demo = False
    if not is_demo:
        raise NotADemo(path=path)


def _demo_project() -> Project:
    project = read_project(_PROJECT)
    return replace(project, name=f"{project.name} (DEMO)", name_en=f"{project.name_en} (DEMO)", demo=True)


def _fill(path: Path, project: Project, random: Random, totals: Totals) -> None:
    Store.create(path, project, _occasion(datetime.combine(project.starts_on, time(6), UTC), "demo", "init"))
    with Store.open(path, writing=True, make_code=partial(new_code, random.randbytes)) as store:
        for setting in _UNPROTECTED:
            store.rows(f"PRAGMA {setting}")
        for at, event in _registrations(_People(project, random, totals).events(), random):
            event.verb(store, _occasion(at, event.actor, event.command, event.why), event.person.code)
    with path.open("rb+") as file:
        os.fsync(file)


# -- the people -------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Person:
    """Somebody invented, as they are when the model has come to a day. `position` 0: not placed on a step."""

    sex: Sex
    municipality: str
    position: int = 0
    is_enrolled: bool = False
    code: str = ""


_Verb = Callable[[Store, Occasion, str], object]
"""One of casework's, for a file, an occasion and a participant's code; what happened is in it."""


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happens to a person, and how it is registered: by whom, with which command and verb."""

    day: date
    person: _Person
    actor: str
    command: str
    verb: _Verb
    why: str | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How much of each kind happens in each month. `absences` are by the month they begin: the months they end."""

    arrivals: Mapping[Month, int]
    outcomes: Mapping[Month, Sequence[Group]]
    absences: Mapping[Month, Sequence[Month]]
    transfers: Mapping[Month, int]

    @classmethod
    def draw(cls, months: Sequence[Month], random: Random, totals: Totals) -> _Plan:
        """Spread the totals over the months: by the season, and by how many there are who can leave."""
        beginning = [*_FIRST_MONTHS, *[1.0] * (len(months) - len(_FIRST_MONTHS))]
        coming = [begun * _in_month(_ARRIVALS, m.first) for begun, m in zip(beginning, months, strict=True)]
        arrivals = _apportion(len(totals.sexes()), [share * random.uniform(0.8, 1.2) for share in coming])
        settled = [0, 0, *accumulate(arrivals)]
        going = [number * _in_month(_DEPARTURES, m.first) for number, m in zip(settled, months, strict=False)]
        outcomes = totals.outcomes()
        random.shuffle(outcomes)
        departures = _apportion(len(outcomes), going)
        absences = defaultdict(list)
        for back in (len(months) - 1, *random.choices(range(6, len(months)), k=totals.re_entries - 1)):
            absences[months[back - random.randint(2, 4)]].append(months[back])
        return cls(
            arrivals=dict(zip(months, arrivals, strict=True)),
            outcomes={m: [outcomes.pop() for _ in range(n)] for m, n in zip(months, departures, strict=True)},
            absences=absences,
            transfers=Counter([months[-1], *random.choices(months[3:], k=totals.transfers - 1)]),
        )


class _People:
    """Everybody who enters the project, and what happens to them."""

    def __init__(self, project: Project, random: Random, totals: Totals) -> None:
        self._project = project
        self._random = random
        self._totals = totals
        self._inhabitants = _inhabitants()

    def events(self) -> Iterator[_Event]:
        """What happens from the project's start to the end of `MONTH`, each person's events in order."""
        months = _months(Month.of(self._project.starts_on), MONTH)
        plan = _Plan.draw(months, self._random, self._totals)
        everybody = self._invented()
        newcomers = iter(everybody)
        returning: dict[Month, list[_Person]] = defaultdict(list)
        for month in months:
            days = _working_days(month)
            staying = [person for person in everybody if person.is_enrolled]
            for group in plan.outcomes[month]:
                yield from self._leaves(self._taken(staying, group), group, days)
            for back in plan.absences.get(month, ()):
                group = self._random.choice((Group.WORK, Group.OTHER, Group.UNKNOWN))
                person = self._taken(staying, group)
                yield from self._leaves(person, group, days)
                returning[back].append(person)
            for _ in range(plan.transfers.get(month, 0)):
                yield from self._goes_elsewhere(self._taken(staying), days)
            for person in staying:
                yield from self._walks(person, days)
            for person in returning[month]:
                yield from self._returns(person, days)
            for _ in range(plan.arrivals[month]):
                yield from self._enters(next(newcomers), days)

    def _invented(self) -> list[_Person]:
        sexes = self._totals.sexes()
        codes = [municipality.code for municipality in self._project.municipalities]
        sizes = _apportion(len(sexes), [self._inhabitants[code] for code in codes])
        homes = [code for code, size in zip(codes, sizes, strict=True) for _ in range(size)]
        self._random.shuffle(homes)
        self._random.shuffle(sexes)
        return [_Person(sex, home) for sex, home in zip(sexes, homes, strict=True)]

    def _taken(self, people: list[_Person], group: Group | None = None) -> _Person:
        """One of the people, out of the list: the higher up, the likelier to have gone to a job or to studies."""
        weights = [_LIKELIHOOD[group](self._height(person)) if group else 1 for person in people]
        return people.pop(self._random.choices(range(len(people)), weights)[0])

    def _height(self, person: _Person) -> float:
        """How far up the staircase, from 0 to 1."""
        return person.position / len(self._project.steps)

    # -- what can happen to a person ----------------------------------------------------------------------------------

    def _enters(self, person: _Person, days: Sequence[date]) -> Iterator[_Event]:
        day, later = self._day_of(days)
        steps = len(self._project.steps)
        if self._random.random() > _NOT_PLACED_AT_ENTRY:
            (person.position,) = self._random.choices(range(1, steps + 1), range(steps, 0, -1))
        birth_year = day.year - round(self._random.triangular(_YOUNGEST, _OLDEST, _COMMON_AGE))
        is_misread = self._random.random() < _MISREAD
        enrol = partial(_enrol, person=person, intake=self._intake(person, day), birth_year=birth_year + is_misread)
        yield self._event(day, person, "add-participant", enrol)
        person.is_enrolled = True
        if is_misread:
            correct = partial(casework.correct_participant, correction=partial(replace, birth_year=birth_year))
            yield self._event(
                day + timedelta(days=7), person, "edit-participant", correct, why="läste fel på blanketten"
            )
        yield from self._walks(person, later)

    def _returns(self, person: _Person, days: Sequence[date]) -> Iterator[_Event]:
        day, later = self._day_of(days)
        readmit = partial(casework.readmit, intake=self._intake(person, day))
        yield self._event(day, person, "readmit-participant", readmit)
        person.is_enrolled = True
        yield from self._walks(person, later)

    def _walks(self, person: _Person, days: Iterable[date]) -> Iterator[_Event]:
        """Go up and down, or be placed at last: the higher up, the rarer a step up and the commoner one down."""
        for day in days:
            chance = self._random.random() * max(_PACE) / _in_month(_PACE, day)
            up = _UP - _UP_LESS_AT_TOP * self._height(person) if person.position else _PLACED
            down = _DOWN + _DOWN_MORE_AT_TOP * self._height(person)
            if chance < up and person.position < len(self._project.steps):
                person.position += 1
            elif up <= chance < up + down and person.position > 1:
                person.position -= 1
            else:
                continue
            move = partial(casework.move, step=self._project.steps[person.position - 1].code, moved_on=day)
            yield self._event(day, person, "move-participant", move)

    def _goes_elsewhere(self, person: _Person, days: Sequence[date]) -> Iterator[_Event]:
        day, later = self._day_of(days)
        others = [m.code for m in self._project.municipalities if m.code != person.municipality]
        (to,) = self._random.choices(others, [self._inhabitants[code] for code in others])
        transfer = partial(casework.transfer, municipality=to, on=day)
        yield self._event(day, person, "transfer-participant", transfer)
        person.municipality = to
        yield from self._walks(person, later)

    def _leaves(self, person: _Person, group: Group, days: Sequence[date]) -> Iterator[_Event]:
        day = self._random.choice(days)
        yield from self._walks(person, (earlier for earlier in days if earlier < day))
        destinations: list[str | None] = [d.code for d in self._project.destinations if d.group is group]
        if group is Group.UNKNOWN:
            destinations.append(None)
        as_planned = group in {Group.WORK, Group.STUDIES} or self._random.random() < _COMPLETED_ANYWAY
        exit_type = ExitType.COMPLETED if as_planned else ExitType.DISCONTINUED
        destination = self._random.choice(destinations)
        leave = partial(casework.leave, exited_on=day, exit_type=exit_type, destination=destination)
        yield self._event(day, person, "exit-participant", leave)
        person.is_enrolled = False

    def _day_of(self, days: Sequence[date]) -> tuple[date, Sequence[date]]:
        """A day when something happens, and the days after it."""
        number = self._random.randrange(len(days))
        return days[number], days[number + 1 :]

    def _intake(self, person: _Person, day: date) -> Intake:
        step = self._project.steps[person.position - 1].code if person.position else None
        referrals = self._project.referrals
        (referral,) = self._random.choices(referrals, [1 / number for number in range(1, len(referrals) + 1)])
        return Intake(person.municipality, day, step, referral.code)

    def _event(self, day: date, person: _Person, command: str, verb: _Verb, why: str | None = None) -> _Event:
        return _Event(day, person, f"demo-{person.municipality}", command, verb, why)


def _inhabitants() -> Mapping[str, int]:
    """Of each municipality of the demo's project, in thousands."""
    table = (files("arena_cli") / "demo.toml").read_text("utf-8")
    inhabitants: Mapping[str, int] = tomllib.loads(table)["inhabitants"]
    return inhabitants


def _enrol(store: Store, occasion: Occasion, _: str, *, person: _Person, intake: Intake, birth_year: int) -> None:
    person.code = casework.enrol(store, occasion, intake, sex=person.sex, birth_year=birth_year).participant.code


# -- the calendar -----------------------------------------------------------------------------------------------------


def _registrations(events: Iterable[_Event], random: Random) -> list[tuple[datetime, _Event]]:
    """When each event is registered, in that order: the same day or later, and a person's events in theirs."""
    latest: dict[_Person, datetime] = {}
    registrations = []
    for event in sorted(events, key=lambda event: event.day):
        at = _registered_at(event.day, random)
        at = latest[event.person] = max(at, latest.get(event.person, at))
        registrations.append((at, event))
    return sorted(registrations, key=lambda registration: registration[0])


def _registered_at(day: date, random: Random) -> datetime:
    day += timedelta(days=random.choice(_DAYS_UNTIL_REGISTERED))
    while not _is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(random.choice(_OFFICE_HOURS), random.randrange(60), random.randrange(60)), UTC)


def _occasion(at: datetime, actor: str, command: str, why: str | None = None) -> Occasion:
    return Occasion(at.date(), at.strftime("%Y-%m-%dT%H:%M:%SZ"), actor, command, why)


def _months(first: Month, last: Month) -> list[Month]:
    months = [first]
    while months[-1] < last:
        months.append(months[-1].next())
    return months


def _working_days(month: Month) -> list[date]:
    days = (date(month.year, month.number, number) for number in range(1, month.last.day + 1))
    return [day for day in days if _is_working_day(day)]


def _is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS


def _in_month(of_the_year: Sequence[int], day: date) -> int:
    return of_the_year[day.month - 1]


def _apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the shares that add up to the total: by largest remainder."""
    exact = [total * share / sum(shares) for share in shares]
    whole = [int(number) for number in exact]
    by_remainder = sorted(range(len(shares)), key=lambda place: whole[place] - exact[place])
    for place in by_remainder[: total - sum(whole)]:
        whole[place] += 1
    return whole
