"""What people do in the project: placements on places that should last, and hours."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from arena_cli.model.noun import Noun, dataclass


class Sector(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    ASSOCIATION = "association"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Place(Noun):
    """A placement place (praktikplats): room for `capacity` participants at a host, as long as it is open.

    `closes_on` is the last day it is open, None while it has no end; it may be known beforehand. The host is never
    shown to the public.
    """

    id: int
    code: str
    host: str
    sector: Sector
    municipality: str
    capacity: int
    opens_on: date
    closes_on: date | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Placement(Noun):
    """A participant on a place, both days inclusive, within a spell; several may run at once.

    `ended_on` is None while it runs, which is until the place closes at the latest.
    """

    id: int
    spell_id: int
    place_id: int
    placed_on: date
    planned_end_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attendance(Noun):
    """Time a participant took part in an activity in a month (`2016-10`), in minutes; certified or not."""

    id: int
    spell_id: int
    month: str
    activity: str
    minutes: int
    certified: bool = False
