"""An independent calculator of waiting, pauses, follow-up and income, written from docs/figures.md alone.

It shares nothing with the product but the file, which it reads table by table. It goes through persons one by one; it
is written to be obviously right, not fast.

    expected = OutcomesOracle.of_file(path).figures("2016-10")
    expected["follow_up", "six_months_working", "2380", "women"]
"""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

ALL = "all"
SEXES = {"woman": "women", "man": "men", "other": "other", "unknown": "unknown"}
REASONS = ("sick_leave", "parental_leave", "care_of_relative", "other_intervention", "leave", "other")
SOURCES = (
    *("wage_unsubsidised", "wage_subsidised", "self_employed", "unemployment_insurance", "activity_support"),
    *("development_allowance", "establishment_allowance", "social_assistance", "sickness_benefit"),
    *("rehabilitation_benefit", "activity_compensation", "sickness_compensation", "parental_benefit"),
    *("study_support", "none_or_family", "other", "unknown"),
)
KINDS = ("immediate", "six_months")
OUTCOMES = (
    *("due", "followed_up", "working", "studying", "both", "neither", "no_answer", "not_reached"),
    *("missing", "not_yet_due"),
)
INCOME = ("income_at_entry", "income_before", "income_after")

Key = tuple[str, str, str, str]
Figures = dict[Key, int]


@dataclass(frozen=True)
class FollowUp:
    made_on: date
    reached: bool
    working: str
    studying: str


@dataclass
class Spell:
    """A counted spell with what hangs on it; `income_after` is the main source six months after."""

    number: int
    municipality: str
    entered_on: date
    exited_on: date | None
    exit_type: str | None
    pauses: list[tuple[date, date | None, str]] = field(default_factory=list)
    follow_ups: dict[str, FollowUp] = field(default_factory=dict)
    income_after: str = "unknown"

    @property
    def order(self) -> tuple[date, date, bool, int]:
        """By entry; of two entered on one day the one that ended first, and by transfer before other ends."""
        return self.entered_on, self.exited_on or date.max, self.exit_type != "transferred", self.number

    def in_stock(self, day: date) -> bool:
        return self.entered_on <= day and (self.exited_on is None or self.exited_on > day)


@dataclass
class Person:
    sex: str
    income_at_entry: str = "unknown"
    spells: list[Spell] = field(default_factory=list)


@dataclass(frozen=True)
class Assignment:
    sex: str
    municipality: str
    assigned_on: date
    ended_on: date | None
    outcome: str | None

    def waits(self, day: date) -> bool:
        return self.assigned_on <= day and (self.ended_on is None or self.ended_on > day)


class OutcomesOracle:
    """The figures of any month, from the records of a file."""

    def __init__(self, municipalities: list[str], people: list[Person], assignments: list[Assignment]) -> None:
        self._municipalities = municipalities
        self._people = people
        self._assignments = assignments

    @classmethod
    def of_file(cls, path: Path) -> OutcomesOracle:
        """Read the records that count."""
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        rows = connection.execute
        people = {number: Person(SEXES[sex]) for number, sex in rows("SELECT id, sex FROM participant")}
        spells = {}
        for number, person, municipality, entered_on, exited_on, exit_type in rows(
            "SELECT id, participant_id, municipality, entered_on, exited_on, exit_type FROM spell"
        ):
            if exit_type != "misregistered":
                spell = Spell(number, municipality, _day(entered_on), _day_or_none(exited_on), exit_type)
                spells[number] = spell
                people[person].spells.append(spell)
        for spell_id, paused_on, resumed_on, reason in rows(
            "SELECT spell_id, paused_on, resumed_on, reason FROM pause"
        ):
            if spell_id in spells:
                spells[spell_id].pauses.append((_day(paused_on), _day_or_none(resumed_on), reason))
        for spell_id, kind, made_on, reached, working, studying in rows(
            "SELECT spell_id, kind, followed_up_on, reached, working, studying FROM follow_up"
        ):
            if spell_id in spells:
                spells[spell_id].follow_ups[kind] = FollowUp(_day(made_on), bool(reached), working, studying)
        for person, moment, source, is_main, spell_id in rows(
            "SELECT participant_id, moment, source, is_main, spell_id FROM income"
        ):
            if is_main and moment == "before":
                people[person].income_at_entry = source
            if is_main and moment == "six_months" and spell_id in spells:
                spells[spell_id].income_after = source
        assignments = [
            Assignment(people[person].sex, municipality, _day(assigned_on), _day_or_none(ended_on), outcome)
            for person, municipality, assigned_on, ended_on, outcome in rows(
                "SELECT participant_id, municipality, assigned_on, ended_on, outcome FROM assignment"
            )
        ]
        municipalities = [code for (code,) in rows("SELECT code FROM municipality")]
        connection.close()
        return cls(municipalities, list(people.values()), assignments)

    def figures(self, month: str) -> Figures:
        """Count every row of every section for the month, zeros included."""
        year, number = map(int, month.split("-"))
        first, last = date(year, number, 1), date(year, number, monthrange(year, number)[1])
        counts: Figures = defaultdict(int)
        for assignment in self._assignments:
            for measure in _of_assignment(assignment, first, last):
                for row in (assignment.municipality, ALL):
                    for sex in (assignment.sex, ALL):
                        counts["waiting", measure, row, sex] += 1
        for person in self._people:
            for row in (*self._municipalities, ALL):
                spells = [s for s in person.spells if row in (s.municipality, ALL) and s.entered_on <= last]
                for section, measure in self._of_person(person, spells, last):
                    for sex in (person.sex, ALL):
                        counts[section, measure, row, sex] += 1
        return {key: counts.get(key, 0) for key in self._keys(last)}

    def _of_person(self, person: Person, spells: list[Spell], last: date) -> list[tuple[str, str]]:
        if not spells:
            return []
        found = [("income_at_entry", person.income_at_entry)]
        for spell in spells:
            if spell.in_stock(last):
                reasons = [r for began, back, r in spell.pauses if began <= last and (back is None or back > last)]
                found += [("paused", reason) for reason in reasons or ["not_paused"]]
        latest = max(spells, key=lambda s: s.order)
        if any(spell.in_stock(last) for spell in spells) or latest.exit_type == "transferred":
            return found
        assert latest.exited_on is not None
        found.append(("follow_up", "leavers"))
        if latest.exit_type == "deceased":
            return [*found, ("follow_up", "deceased")]
        limits = {
            "immediate": latest.exited_on + timedelta(days=28),
            "six_months": _months_later(latest.exited_on, 6),
        }
        for kind, limit in limits.items():
            made = latest.follow_ups.get(kind)
            if made is not None and made.made_on > last:
                made = None
            found += [("follow_up", f"{kind}_{outcome}") for outcome in _outcomes(made, passed=limit <= last)]
            if kind == "six_months" and made is not None and made.reached:
                found += [("income_before", person.income_at_entry), ("income_after", latest.income_after)]
        return found

    def _keys(self, last: date) -> list[Key]:
        occurring = {p.sex for p in self._people if any(s.entered_on <= last for s in p.spells)}
        occurring |= {a.sex for a in self._assignments if a.assigned_on <= last}
        columns = [*(sex for sex in SEXES.values() if sex in occurring), ALL]
        sections = {
            "waiting": ["opening", "assigned", "started", "withdrawn", "closing"],
            "paused": [*REASONS, "not_paused"],
            "follow_up": ["leavers", "deceased", *(f"{kind}_{outcome}" for kind in KINDS for outcome in OUTCOMES)],
            **{section: list(SOURCES) for section in INCOME},
        }
        return [
            (section, measure, row, sex)
            for section, measures in sections.items()
            for measure in measures
            for row in (*self._municipalities, ALL)
            for sex in columns
        ]


def _of_assignment(assignment: Assignment, first: date, last: date) -> list[str]:
    in_month = {
        "assigned": first <= assignment.assigned_on <= last,
        "started": assignment.outcome == "started" and first <= (assignment.ended_on or date.max) <= last,
        "withdrawn": assignment.outcome == "withdrawn" and first <= (assignment.ended_on or date.max) <= last,
        "opening": assignment.waits(first - timedelta(days=1)),
        "closing": assignment.waits(last),
    }
    return [measure for measure, happened in in_month.items() if happened]


def _outcomes(made: FollowUp | None, *, passed: bool) -> list[str]:
    if made is None:
        return ["due", "missing"] if passed else ["not_yet_due"]
    if not made.reached:
        return ["due", "followed_up", "not_reached"]
    answers = (made.working, made.studying)
    found = ["due", "followed_up"]
    if made.working == "yes":
        found.append("working")
    if made.studying == "yes":
        found.append("studying")
    if answers == ("yes", "yes"):
        found.append("both")
    elif answers == ("no", "no"):
        found.append("neither")
    elif "yes" not in answers:
        found.append("no_answer")
    return found


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
