"""Invented participants, as many as wanted and the same for the same seed: as a database file and as a list.

People enter evenly over the project's 36 months, in 290 municipalities, and stay ten months on average. Of the spells
that end, every eighth ends by transfer, every tenth person who leaves comes back, every hundredth spell is
misregistered. On their way people move about once in two months, three times in four upwards, and have hours in each of
their first twelve months.

The database is made by `Store.create` and filled with plain SQL. The changes are not journalled: a report does not read
the journal, and an entry for every record would take longer than all else.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from arena_cli.journal import Occasion
from arena_cli.lookup import municipalities_of_sweden
from arena_cli.model import Project
from arena_cli.participant_code import make_codes
from arena_cli.project import read_project
from arena_cli.store import Store

NOW = "2018-09-02T08:00:00Z"
OCCASION = Occasion(date(2018, 9, 2), NOW, "benchmark", "benchmark")

LIST_COLUMNS = (
    "ref",
    "municipality",
    "sex",
    "birth_year",
    "entered_on",
    "entry_step",
    "exited_on",
    "exit_type",
    "destination",
)

MONTHS_WITH_HOURS = 12
AT_ONCE = 10_000

PersonRow = tuple[int, str, str, str, int | None, str]
SpellRow = tuple[int, int, str, str, str | None, str | None, str | None, None, str]
MoveRow = tuple[int, str, str, str]
HoursRow = tuple[int, str, str, int, int, str]


@dataclass
class People:
    """The rows of four tables, in the order of their columns (a move's and the hours' ids are left to SQLite)."""

    participants: list[PersonRow] = field(default_factory=list)
    spells: list[SpellRow] = field(default_factory=list)
    moves: list[MoveRow] = field(default_factory=list)
    hours: list[HoursRow] = field(default_factory=list)


def project_of(municipalities: int) -> Project:
    """Integrationsprojekt with its eight municipalities, or over 36 months with the first so many of Sweden's."""
    project = read_project("integrationsprojekt")
    if municipalities == len(project.municipalities):
        return project
    return replace(project, municipalities=municipalities_of_sweden()[:municipalities], ends_on=date(2018, 8, 31))


def make_database(path: Path, participants: int, municipalities: int = 290) -> None:
    """A file with so many participants in all of Sweden's municipalities, or in fewer."""
    project = project_of(municipalities)
    Store.create(path, project, OCCASION)
    connection = sqlite3.connect(path)
    with connection:
        for people in invent(project, participants, seed=1):
            _insert(connection, "participant (id, code, ref, sex, birth_year, registered_at)", people.participants)
            _insert(
                connection,
                "spell (id, participant_id, municipality, entered_on, exited_on, exit_type, destination, referral,"
                " registered_at)",
                people.spells,
            )
            _insert(connection, "step_move (spell_id, moved_on, step, registered_at)", people.moves)
            _insert(
                connection, "attendance (spell_id, month, activity, minutes, certified, registered_at)", people.hours
            )
    connection.close()


def write_workbook(database: Path, path: Path) -> None:
    """The spells of a file as a workbook with a row for each, all text."""
    from xlsxwriter import Workbook

    columns = ("municipality", "sex", "entered_on", "exited_on", "exit_type")
    sql = f"SELECT {', '.join(columns)} FROM spell JOIN participant p ON p.id = participant_id"
    connection = sqlite3.connect(database)
    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(connection.execute(sql), 1):
            sheet.write_row(number, 0, row)
    connection.close()


def make_workbook(listed: Path, path: Path) -> None:
    """The same list as a workbook, with dates as dates and numbers as numbers."""
    from xlsxwriter import Workbook

    with Workbook(path, {"constant_memory": True}) as book, listed.open(encoding="utf-8", newline="") as file:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for row, cells in enumerate(csv.reader(file)):
            for column, text in enumerate(cells):
                if text.isdecimal():
                    sheet.write_number(row, column, int(text))
                elif text[4:5] == "-" and text[7:8] == "-":
                    sheet.write_datetime(row, column, date.fromisoformat(text), day)
                else:
                    sheet.write_string(row, column, text)


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * (table.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def make_list(path: Path, rows: int, *, unique: bool = False) -> None:
    """So many spells as the list that a municipality keeps; `unique` where each is to be of another person."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(LIST_COLUMNS)
        everyone = invent(project_of(8), rows, seed=2)
        writer.writerows(islice((row for people in everyone for row in _listed(people, unique=unique)), rows))


def _listed(people: People, *, unique: bool) -> Iterator[tuple[object, ...]]:
    """A row for each spell, with the step on which it began."""
    persons = {row[0]: row for row in people.participants}
    entry_steps = {spell_id: step for spell_id, _, step, _ in reversed(people.moves)}
    for spell_id, person, municipality, entered_on, exited_on, exit_type, destination, _, _ in people.spells:
        _, _, ref, sex, birth_year, _ = persons[person]
        ref = f"R{spell_id}" if unique else ref
        ending = (exited_on, exit_type, destination)
        yield ref, municipality, sex, birth_year, entered_on, entry_steps.get(spell_id), *ending


def invent(project: Project, participants: int, seed: int, at_once: int = AT_ONCE) -> Iterator[People]:
    """So many people, some at a time, so that a million need no more memory than ten thousand."""
    inventor = _Inventor(project, Random(seed))
    for number in range(1, participants + 1):
        inventor.add_person(number)
        if number % at_once == 0 or number == participants:
            yield inventor.people
            inventor.people = People()


class _Inventor:
    """Counts days from the project's start; the texts of all days are made once."""

    def __init__(self, project: Project, random: Random) -> None:
        self.people = People()
        self._random = random
        self._last_day = (project.ends_on - project.starts_on).days
        self._days = [(project.starts_on + timedelta(days=n)).isoformat() for n in range(self._last_day + 1)]
        self._municipalities = [municipality.code for municipality in project.municipalities]
        self._steps = [step.code for step in project.steps]
        self._destinations = [*(destination.code for destination in project.destinations), None]
        self._activities = [activity.code for activity in project.activities]
        self._codes: set[str] = set()
        self._last_spell = 0

    def add_person(self, number: int) -> None:
        random = self._random
        (sex,) = random.choices(("woman", "man", "other", "unknown"), weights=(44, 53, 1, 2))
        birth_year = None if random.random() < 0.05 else random.randint(1955, 1999)
        self.people.participants.append((number, self._new_code(), f"R{number}", sex, birth_year, NOW))
        day: int | None = random.randint(0, self._last_day)
        step, left = random.randrange(len(self._steps)), ""
        while day is not None:
            day, left = self._add_spell(number, day, step, left)

    def _new_code(self) -> str:
        while (code := make_codes(1, self._random.randbytes)[0]) in self._codes:
            pass
        self._codes.add(code)
        return code

    def _add_spell(self, person: int, entered: int, step: int, left: str) -> tuple[int | None, str]:
        """Add a spell with its moves. Returns the day of the person's next one, if any, and the town it leaves."""
        random = self._random
        exited = entered + 1 + int(random.expovariate(1 / 300))
        exit_type, destination, following = self._ending(exited)
        is_over = exited <= self._last_day
        self._last_spell = spell_id = self._last_spell + 1
        municipality = random.choice([code for code in self._municipalities if code != left])
        self.people.spells.append(
            (
                spell_id,
                person,
                municipality,
                self._days[entered],
                self._days[exited] if is_over else None,
                exit_type if is_over else None,
                destination if is_over else None,
                None,
                NOW,
            )
        )
        self.people.moves.extend(self._moves(spell_id, entered, min(exited - 1, self._last_day), step))
        self.people.hours.extend(self._hours(spell_id, entered, min(exited - 1, self._last_day)))
        if not is_over or following > self._last_day:
            return None, ""
        return following, municipality if exit_type == "transferred" else ""

    def _ending(self, exited: int) -> tuple[str, str | None, int]:
        """Exit type, destination, and the day on which the person's next spell would begin."""
        random = self._random
        never = self._last_day + 1
        chance = random.random()
        if chance < 0.12:
            return "transferred", None, exited + random.randint(0, 1)
        if chance < 0.13:
            return "misregistered", None, never
        exit_type = random.choice(("completed", "completed", "discontinued"))
        comes_back = exited + random.randint(1, 200) if random.random() < 0.1 else never
        return exit_type, random.choice(self._destinations), comes_back

    def _moves(self, spell_id: int, entered: int, last: int, step: int) -> Iterator[MoveRow]:
        random = self._random
        day = entered if random.random() < 0.9 else entered + random.randint(1, 30)
        while day <= last:
            yield spell_id, self._days[day], self._steps[step], NOW
            day += 1 + int(random.expovariate(1 / 60))
            step = min(max(step + (1 if random.random() < 0.75 else -1), 0), len(self._steps) - 1)

    def _hours(self, spell_id: int, entered: int, last: int) -> Iterator[HoursRow]:
        months = dict.fromkeys(day[:7] for day in self._days[entered : last + 1 : 28])
        activity = self._random.choice(self._activities)
        for month in islice(months, MONTHS_WITH_HOURS):
            yield spell_id, month, activity, 60 * self._random.randint(4, 80), self._random.randint(0, 1), NOW
