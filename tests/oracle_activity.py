"""An independent calculator of the figures of placements, places and hours, written from docs/figures.md alone.

It shares nothing with the product but the file, which it reads table by table. It goes through a month day by day where
the definition speaks of days; it is written to be obviously right, not fast.

    expected = ActivityOracle.of_file(path).figures("2016-10")
    expected["placements", "begun", "2380", "women"]
"""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ALL = "all"
SEXES = {"woman": "women", "man": "men", "other": "other", "unknown": "unknown"}
AGES = (6, 12, 24)

Key = tuple[str, str, str, str]
Figures = dict[Key, int]


@dataclass(frozen=True)
class Spell:
    """A counted spell with its person."""

    number: int
    person: int
    sex: str
    municipality: str
    entered_on: date
    exited_on: date | None

    def covers(self, day: date) -> bool:
        return self.entered_on <= day and (self.exited_on is None or day <= self.exited_on)


@dataclass(frozen=True)
class Place:
    municipality: str
    capacity: int
    opens_on: date
    closes_on: date | None

    def open_on(self, day: date) -> bool:
        return self.opens_on <= day and (self.closes_on is None or day <= self.closes_on)

    def open_at_end_of(self, day: date) -> bool:
        """On its last day it is open, but no longer at the end of it."""
        return self.open_on(day) and self.closes_on != day


@dataclass(frozen=True)
class Placement:
    spell: Spell
    place: int
    placed_on: date
    last_day: date | None
    """Its own, or that of its place."""

    def runs_at_end_of(self, day: date) -> bool:
        return self.placed_on <= day and (self.last_day is None or day < self.last_day)


@dataclass(frozen=True)
class Hours:
    spell: Spell
    month: str
    activity: str
    minutes: int
    certified: bool


@dataclass(frozen=True)
class Pause:
    spell: Spell
    paused_on: date
    resumed_on: date | None

    def covers(self, day: date) -> bool:
        return self.paused_on <= day and (self.resumed_on is None or day < self.resumed_on)


class ActivityOracle:
    """The figures of any month, from the records of a file."""

    def __init__(
        self,
        municipalities: list[str],
        activities: list[str],
        spells: list[Spell],
        places: dict[int, Place],
        placements: list[Placement],
        hours: list[Hours],
        pauses: list[Pause],
    ) -> None:
        self._municipalities = municipalities
        self._activities = activities
        self._spells = spells
        self._places = places
        self._placements = placements
        self._hours = hours
        self._pauses = pauses

    @classmethod
    def of_file(cls, path: Path) -> ActivityOracle:
        """Read a file. Spells that were misregistered, and all that hangs on them, are left out."""
        connection = sqlite3.connect(path)
        rows = connection.execute
        people = {number: SEXES[sex] for number, sex in rows("SELECT id, sex FROM participant")}
        spells = {
            number: Spell(number, person, people[person], municipality, _day(entered_on), _day_or_none(exited_on))
            for number, person, municipality, entered_on, exited_on, exit_type in rows(
                "SELECT id, participant_id, municipality, entered_on, exited_on, exit_type FROM spell"
            )
            if exit_type != "misregistered"
        }
        places = {
            number: Place(municipality, capacity, _day(opens_on), _day_or_none(closes_on))
            for number, municipality, capacity, opens_on, closes_on in rows(
                "SELECT id, municipality, capacity, opens_on, closes_on FROM place"
            )
        }
        placements = [
            Placement(spells[spell], place, _day(placed_on), _day_or_none(ended_on) or places[place].closes_on)
            for spell, place, placed_on, ended_on in rows(
                "SELECT spell_id, place_id, placed_on, ended_on FROM placement"
            )
            if spell in spells
        ]
        hours = [
            Hours(spells[spell], month, activity, minutes, bool(certified))
            for spell, month, activity, minutes, certified in rows(
                "SELECT spell_id, month, activity, minutes, certified FROM attendance"
            )
            if spell in spells
        ]
        pauses = [
            Pause(spells[spell], _day(paused_on), _day_or_none(resumed_on))
            for spell, paused_on, resumed_on in rows("SELECT spell_id, paused_on, resumed_on FROM pause")
            if spell in spells
        ]
        municipalities = [code for (code,) in rows("SELECT code FROM municipality")]
        activities = [code for (code,) in rows("SELECT code FROM activity")]
        connection.close()
        return cls(municipalities, activities, list(spells.values()), places, placements, hours, pauses)

    def figures(self, month: str) -> Figures:
        """Count every row of every section for the month, zeros included."""
        year, number = map(int, month.split("-"))
        days = [date(year, number, day) for day in range(1, monthrange(year, number)[1] + 1)]
        figures = self._zeros(days[-1])
        self._count_placements(figures, days)
        self._count_places(figures, days)
        self._count_place_ages(figures, days[-1])
        self._count_attendance(figures, days, month)
        return figures

    def _zeros(self, last: date) -> Figures:
        occurring = {spell.sex for spell in self._spells if spell.entered_on <= last}
        sexes = [sex for sex in SEXES.values() if sex in occurring]
        ages = [f"{outcome}_{age}" for age in AGES for outcome in ("still", "closed", "not_due")]
        of_persons = {
            "placements": ["participants", "opening", "begun", "ended", "running"],
            "attendance": [
                *("participants", "with_hours", "paused", "without_hours"),
                *("minutes", "certified_minutes"),
            ],
            "minutes_by_activity": self._activities,
            "certified_by_activity": self._activities,
        }
        of_places = {
            "places": [
                *("opening", "opened", "closed", "open"),
                *("capacity", "occupied", "free", "beyond_capacity"),
            ],
            "place_ages": ["places", *ages],
        }
        return {
            (section, measure, municipality, sex): 0
            for sections, columns in ((of_persons, [*sexes, ALL]), (of_places, [ALL]))
            for section, measures in sections.items()
            for measure in measures
            for municipality in (*self._municipalities, ALL)
            for sex in columns
        }

    def _count_placements(self, figures: Figures, days: list[date]) -> None:
        before, last = days[0] - timedelta(days=1), days[-1]
        there = set()
        for placement in self._placements:
            happened = {
                "opening": placement.runs_at_end_of(before),
                "begun": placement.placed_on in days,
                "ended": placement.last_day in days,
                "running": placement.runs_at_end_of(last),
            }
            for measure, did in happened.items():
                if did:
                    _add(figures, "placements", measure, placement.spell)
            if happened["running"]:
                there.add(placement.spell)
        for spell in there:
            _add(figures, "placements", "participants", spell)

    def _count_places(self, figures: Figures, days: list[date]) -> None:
        before, last = days[0] - timedelta(days=1), days[-1]
        for number, place in self._places.items():
            occupied = sum(p.place == number and p.runs_at_end_of(last) for p in self._placements)
            counts = {
                "opening": int(place.open_at_end_of(before)),
                "opened": int(place.opens_on in days),
                "closed": int(place.closes_on in days),
            }
            if place.open_at_end_of(last):
                counts |= {"open": 1, "capacity": place.capacity, "occupied": occupied}
                counts["beyond_capacity" if occupied > place.capacity else "free"] = abs(place.capacity - occupied)
            for measure, count in counts.items():
                for municipality in (place.municipality, ALL):
                    figures["places", measure, municipality, ALL] += count

    def _count_place_ages(self, figures: Figures, last: date) -> None:
        for place in self._places.values():
            if place.opens_on > last:
                continue
            outcomes = ["places"]
            for age in AGES:
                day = _months_later(place.opens_on, age)
                outcome = "not_due" if day > last else "still" if place.open_on(day) else "closed"
                outcomes.append(f"{outcome}_{age}")
            for outcome in outcomes:
                for municipality in (place.municipality, ALL):
                    figures["place_ages", outcome, municipality, ALL] += 1

    def _count_attendance(self, figures: Figures, days: list[date], month: str) -> None:
        served = [spell for spell in self._spells if any(map(spell.covers, days))]
        for row in (*self._municipalities, ALL):
            here = [spell for spell in served if row in (spell.municipality, ALL)]
            for person in {spell.person for spell in here}:
                theirs = [spell for spell in here if spell.person == person]
                cells = [("attendance", sex) for sex in (theirs[0].sex, ALL)]
                hours = [h for h in self._hours if h.spell in theirs and h.month == month]
                paused = all(
                    any(p.covers(day) for p in self._pauses if p.spell == spell)
                    for spell in theirs
                    for day in days
                    if spell.covers(day)
                )
                outcome = "with_hours" if hours else "paused" if paused else "without_hours"
                for section, sex in cells:
                    figures[section, "participants", row, sex] += 1
                    figures[section, outcome, row, sex] += 1
                for h in hours:
                    for sex in (theirs[0].sex, ALL):
                        figures["attendance", "minutes", row, sex] += h.minutes
                        figures["minutes_by_activity", h.activity, row, sex] += h.minutes
                        if h.certified:
                            figures["attendance", "certified_minutes", row, sex] += h.minutes
                            figures["certified_by_activity", h.activity, row, sex] += h.minutes


def _add(figures: Figures, section: str, measure: str, spell: Spell) -> None:
    for municipality in (spell.municipality, ALL):
        for sex in (spell.sex, ALL):
            figures[section, measure, municipality, sex] += 1


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
