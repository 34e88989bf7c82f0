"""An independent calculator of times, returns and what has been reached, written from docs/figures.md alone.

It shares nothing with the product but the file, which it reads table by table. Days are counted one by one, medians by
looking at everybody in order; it is written to be obviously right, not fast.

    expected = DurationOracle.of_file(path).figures("2016-10")
    expected["returns", "returned_6", "2380", "women"]
"""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

ALL = "all"
SEXES = {"woman": "women", "man": "men", "other": "other", "unknown": "unknown"}
FEWEST = 5
DAY = timedelta(days=1)

Key = tuple[str, str, str, str]
Figures = dict[Key, int]
Located = tuple[str, str]
"""Municipality and sex class of one thing that is counted."""


@dataclass
class Move:
    moved_on: date
    position: int


@dataclass
class Spell:
    municipality: str
    entered_on: date
    exited_on: date | None
    exit_type: str | None
    group: str
    moves: list[Move] = field(default_factory=list)
    placements: list[date] = field(default_factory=list)
    """The first days of its placements."""

    def days_until(self, last: date) -> set[date]:
        end = last if self.exited_on is None else min(self.exited_on, last)
        return {self.entered_on + n * DAY for n in range((end - self.entered_on).days + 1)}

    def in_stock(self, day: date) -> bool:
        return self.entered_on <= day and (self.exited_on is None or self.exited_on > day)

    def ended_by(self, day: date) -> bool:
        return self.exited_on is not None and self.exited_on <= day

    def positions_by(self, day: date) -> list[Move]:
        return [move for move in self.moves if move.moved_on <= day]


@dataclass
class Person:
    sex: str
    spells: list[Spell]
    """In order; misregistered ones are left out."""

    def until(self, last: date) -> list[Spell]:
        return [spell for spell in self.spells if spell.entered_on <= last]


@dataclass
class Targeted:
    municipality: str
    measure: str
    value: int
    valid_from: date


class DurationOracle:
    """Counts one file."""

    def __init__(self, people: list[Person], municipalities: list[str], steps: list[str]) -> None:
        self.people = people
        self.municipalities = municipalities
        self.steps = steps
        self.sexes: set[str] = set()
        self.targets: list[Targeted] = []
        self.planned: int | None = None
        self.starts_on = date.min

    @classmethod
    def of_file(cls, path: Path) -> DurationOracle:
        """Read the tables of a file."""
        with sqlite3.connect(path) as db:
            steps = [code for (code,) in db.execute("SELECT code FROM step ORDER BY position")]
            groups = dict(db.execute("SELECT code, destination_group FROM destination"))
            spells: dict[int, tuple[int, int, Spell]] = {}
            for number, person, place, entered, exited, kind, destination in db.execute(
                "SELECT id, participant_id, municipality, entered_on, exited_on, exit_type, destination FROM spell"
            ):
                if kind != "misregistered":
                    spell = Spell(place, _day(entered), _day_or_none(exited), kind, groups.get(destination, "unknown"))
                    spells[number] = (number, person, spell)
            for spell_id, moved_on, step in db.execute("SELECT spell_id, moved_on, step FROM step_move ORDER BY id"):
                if spell_id in spells:
                    spells[spell_id][2].moves.append(Move(_day(moved_on), steps.index(step)))
            for spell_id, placed_on in db.execute("SELECT spell_id, placed_on FROM placement"):
                if spell_id in spells:
                    spells[spell_id][2].placements.append(_day(placed_on))
            sexes = {number: SEXES[sex] for number, sex in db.execute("SELECT id, sex FROM participant")}
            codes = [code for (code,) in db.execute("SELECT code FROM municipality ORDER BY code")]
            targets = [
                Targeted(municipality or ALL, f"{measure}_{period}", value, _day(valid_from))
                for municipality, measure, period, value, valid_from in db.execute(
                    "SELECT municipality, measure, period, value, valid_from FROM target"
                )
            ]
            ((planned, starts_on),) = db.execute("SELECT planned_participants, starts_on FROM project")
        people = {number: Person(sex, []) for number, sex in sexes.items()}
        for _, person, spell in sorted(spells.values(), key=_order):
            spell.moves.sort(key=lambda move: move.moved_on)
            people[person].spells.append(spell)
        oracle = cls(list(people.values()), codes, steps)
        oracle.targets, oracle.planned, oracle.starts_on = targets, planned, _day(starts_on)
        return oracle

    def figures(self, month: str) -> Figures:
        """Every figure of the sections, of a month written as 2016-10."""
        first = date.fromisoformat(f"{month}-01")
        last = first.replace(day=monthrange(first.year, first.month)[1])
        self.sexes = {person.sex for person in self.people if person.until(last)}
        return {
            **self._times(first, last),
            **self._on_step(last),
            **self._returns(last),
            **self._reached(first, last),
            **self._targets(last),
        }

    # -- times --------------------------------------------------------------------------------------------------------

    def _times(self, first: date, last: date) -> Figures:
        days: dict[str, list[tuple[Located, int]]] = {"leavers": [], "active": []}
        for person in self.people:
            spells = person.until(last)
            if not spells:
                continue
            latest = spells[-1]
            covered = len(set().union(*(spell.days_until(last) for spell in spells)))
            if any(spell.in_stock(last) for spell in spells):
                days["active"].append(((latest.municipality, person.sex), covered))
            elif latest.exited_on is not None and latest.exited_on >= first and latest.exit_type != "transferred":
                days["leavers"].append(((latest.municipality, person.sex), covered))
        counted = self._counted(
            "time_in_project", {kind: [where for where, _ in found] for kind, found in days.items()}
        )
        distributions = {
            f"{kind}_{name}": (found, quarters)
            for kind, found in days.items()
            for name, quarters in (("quartile_1", 1), ("median", 2), ("quartile_3", 3))
        }
        return {**counted, **self._quantiles("days_in_project", distributions)}

    def _on_step(self, last: date) -> Figures:
        days: dict[str, list[tuple[Located, int]]] = {step: [] for step in (*self.steps, "not_placed")}
        for person in self.people:
            for spell in person.until(last):
                if not spell.in_stock(last):
                    continue
                moves = spell.positions_by(last)
                since = spell.entered_on
                for before, move in zip([None, *moves], moves, strict=False):
                    if before is None or before.position != move.position:
                        since = move.moved_on
                step = self.steps[moves[-1].position] if moves else "not_placed"
                days[step].append(((spell.municipality, person.sex), (last - since).days + 1))
        return self._quantiles("days_on_step", {step: (found, 2) for step, found in days.items()})

    # -- returns ------------------------------------------------------------------------------------------------------

    def _returns(self, last: date) -> Figures:
        found: dict[str, list[Located]] = {"exits": []}
        for months in (6, 12):
            found |= {f"{outcome}_{months}": [] for outcome in ("returned", "stayed_away", "not_due")}
        for person in self.people:
            for number, spell in enumerate(person.spells):
                if spell.exited_on is None or spell.exited_on > last or spell.exit_type in {"transferred", "deceased"}:
                    continue
                where = (spell.municipality, person.sex)
                found["exits"].append(where)
                later = person.spells[number + 1 :]
                for months in (6, 12):
                    due = _months_after(spell.exited_on, months)
                    if due > last:
                        found[f"not_due_{months}"].append(where)
                    elif any(again.entered_on <= due for again in later):
                        found[f"returned_{months}"].append(where)
                    else:
                        found[f"stayed_away_{months}"].append(where)
        return self._counted("returns", found)

    # -- targets ------------------------------------------------------------------------------------------------------

    def _reached(self, first: date, last: date) -> Figures:
        measures = ("intake", "moved_up", "work_or_studies", "placements")
        found: dict[str, list[Located]] = {f"{m}_{period}": [] for m in measures for period in ("month", "total")}
        for person in self.people:
            spells = person.until(last)
            if not spells:
                continue
            found["intake_total"].append((spells[0].municipality, person.sex))
            if spells[0].entered_on >= first:
                found["intake_month"].append((spells[0].municipality, person.sex))
            moves = [move for spell in spells for move in spell.positions_by(last)]
            if moves and moves[-1].position > moves[0].position:
                found["moved_up_total"].append((spells[-1].municipality, person.sex))
            for spell in spells:
                where = (spell.municipality, person.sex)
                if spell.exited_on is None or spell.exited_on >= first:
                    found["moved_up_month"] += [where] * self._is_up(spell, first, last)
                if (
                    spell.ended_by(last)
                    and spell.exited_on is not None
                    and spell.exited_on >= first
                    and spell.exit_type != "transferred"
                    and spell.group in {"work", "studies"}
                ):
                    found["work_or_studies_month"].append(where)
                found["placements_total"] += [where for placed_on in spell.placements if placed_on <= last]
                found["placements_month"] += [where for placed_on in spell.placements if first <= placed_on <= last]
        counted = self._counted("reached", found)
        for municipality in (*self.municipalities, ALL):
            for sex in self._columns():
                counted["reached", "work_or_studies_total", municipality, sex] = sum(
                    self._left_to_work_or_studies(person, municipality, last)
                    for person in self.people
                    if sex in {ALL, person.sex}
                )
        return counted

    @staticmethod
    def _is_up(spell: Spell, first: date, last: date) -> bool:
        moves = spell.positions_by(last)
        before = [move for move in moves if move.moved_on < first] if spell.entered_on < first else moves[:1]
        return bool(before and moves) and moves[-1].position > before[-1].position

    @staticmethod
    def _left_to_work_or_studies(person: Person, municipality: str, last: date) -> bool:
        here = [spell for spell in person.until(last) if municipality in {ALL, spell.municipality}]
        return (
            bool(here)
            and here[-1].ended_by(last)
            and here[-1].exit_type != "transferred"
            and here[-1].group in {"work", "studies"}
        )

    def _targets(self, last: date) -> Figures:
        holding: dict[tuple[str, str], Targeted] = {}
        for target in self.targets:
            key = (target.municipality, target.measure)
            if target.valid_from <= last and (key not in holding or holding[key].valid_from < target.valid_from):
                holding[key] = target
        if self.planned is not None and self.starts_on <= last:
            holding.setdefault((ALL, "intake_total"), Targeted(ALL, "intake_total", self.planned, self.starts_on))
        return {("targets", measure, place, ALL): target.value for (place, measure), target in holding.items()}

    # -- laying out ---------------------------------------------------------------------------------------------------

    def _columns(self) -> list[str]:
        return [*(sex for sex in SEXES.values() if sex in self.sexes), ALL]

    def _cells(self) -> list[tuple[str, str, Callable[[Located], bool]]]:
        def is_in(municipality: str, sex: str) -> Callable[[Located], bool]:
            return lambda where: municipality in {ALL, where[0]} and sex in {ALL, where[1]}

        return [(m, sex, is_in(m, sex)) for m in (*self.municipalities, ALL) for sex in self._columns()]

    def _counted(self, section: str, found: dict[str, list[Located]]) -> Figures:
        return {
            (section, measure, m, sex): sum(map(belongs, places))
            for measure, places in found.items()
            for m, sex, belongs in self._cells()
        }

    def _quantiles(self, section: str, found: dict[str, tuple[list[tuple[Located, int]], int]]) -> Figures:
        figures = {}
        for measure, (measured, quarters) in found.items():
            for m, sex, belongs in self._cells():
                days = sorted(days for where, days in measured if belongs(where))
                if len(days) >= FEWEST:
                    figures[section, measure, m, sex] = smallest_with(days, quarters)
        return figures


def smallest_with(days: list[int], quarters: int) -> int:
    """The smallest number such that at least so many quarters of them are as small or smaller."""
    return min(day for day in days if sum(other <= day for other in days) / len(days) >= quarters / 4)


def _months_after(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return None if text is None else _day(text)


def _order(numbered: tuple[int, int, Spell]) -> tuple[date, date, bool, int]:
    """By entry; of one day the one that ended first, then the one that ended by transfer, then as registered."""
    number, _, spell = numbered
    return spell.entered_on, spell.exited_on or date.max, spell.exit_type != "transferred", number
