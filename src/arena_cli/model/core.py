"""A project and its lookups, participants, spells, moves and months."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from arena_cli.model.identity import IdentityKeeping, Protection
from arena_cli.model.noun import Noun, dataclass

NOT_PLACED = "not_placed"
"""Where a spell without a step stands."""

HIDE_BELOW = 5
"""What `hide_below` of a project is that says nothing else."""

ALL = "all"
"""The municipality and the sex of a total."""


class Sex(StrEnum):
    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"
    UNKNOWN = "unknown"


class ExitType(StrEnum):
    """Why a spell ended: domain's SUS-like list, and the two that are no exit at all."""

    COMPLETED = "completed"
    DISCONTINUED = "discontinued"
    DECEASED = "deceased"
    TRANSFERRED = "transferred"
    MISREGISTERED = "misregistered"


class Group(StrEnum):
    """What a destination rolls up to. Unknown is a class of its own, never folded into other."""

    WORK = "work"
    STUDIES = "studies"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Municipality(Noun):
    """`code` is SCB's, four digits as text; `name` the official form ("Krokoms kommun")."""

    code: str
    name: str
    short_name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step(Noun):
    """A level of the staircase; `position` counts from 1, the lowest."""

    code: str
    position: int
    name: str
    name_en: str
    description: str = ""
    description_en: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Destination(Noun):
    """Where a leaver went."""

    code: str
    group: Group
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Referral(Noun):
    """Who sent the participant."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Activity(Noun):
    """What hours are spent on."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Project(Noun):
    """A funded undertaking; one database file holds one. Dates are inclusive, ages are at entry.

    A report for the public shows no count from 1 up to one less than `hide_below`.
    """

    code: str
    name: str
    name_en: str
    owner: str
    starts_on: date
    ends_on: date
    funding: str
    fund_rules: str
    municipalities: tuple[Municipality, ...]
    steps: tuple[Step, ...]
    destinations: tuple[Destination, ...]
    referrals: tuple[Referral, ...] = ()
    activities: tuple[Activity, ...] = ()
    target_group: str = ""
    age_from: int | None = None
    age_to: int | None = None
    planned_participants: int | None = None
    hide_below: int = HIDE_BELOW
    identity: IdentityKeeping = IdentityKeeping.NONE
    demo: bool = False

    def position(self, step: str | None) -> int | None:
        """The position of a step code; None for no step."""
        return next((s.position for s in self.steps if s.code == step), None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Participant(Noun):
    """A person, counted once per project however often they come back."""

    id: int
    code: str
    ref: str | None
    sex: Sex
    birth_year: int | None
    protection: Protection = Protection.NONE

    @property
    def is_protected(self) -> bool:
        """Whether no name, workplace or municipality of theirs may be shown; also where nobody knows."""
        return self.protection is not Protection.NONE


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spell(Noun):
    """One unbroken stay in one municipality, both dates inclusive; `exited_on` None while it lasts."""

    id: int
    participant_id: int
    municipality: str
    entered_on: date
    exited_on: date | None = None
    exit_type: ExitType | None = None
    destination: str | None = None
    referral: str | None = None

    @property
    def counts(self) -> bool:
        """False for a spell that never should have been: it is outside every figure."""
        return self.exit_type is not ExitType.MISREGISTERED

    @property
    def order(self) -> tuple[date, date, bool, int]:
        """The order of a participant's spells: by entry, on the same day the one that ended (by transfer) first."""
        return (
            self.entered_on,
            self.exited_on or date.max,
            self.exit_type is not ExitType.TRANSFERRED,
            self.id,
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepMove(Noun):
    """A dated placing on a step; of two on one day the later registered (higher id) holds."""

    id: int
    spell_id: int
    moved_on: date
    step: str


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Europe/Stockholm: from its first day up to, not including, the first of the next."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2016-10`. Raises ValueError for anything else."""
        match = re.fullmatch(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])", text)
        if not match:
            raise ValueError("not a month")
        return cls(int(match[1]), int(match[2]))

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return _last_day(self.year, self.number)

    @property
    def before(self) -> date:
        """The last day before the month."""
        return self.first - timedelta(days=1)

    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def previous(self) -> Month:
        return Month.of(self.before)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@lru_cache(maxsize=1000)  # a list of hours asks for the same few months some hundred thousand times
def _last_day(year: int, number: int) -> date:
    return Month(year, number).next().first - timedelta(days=1)
