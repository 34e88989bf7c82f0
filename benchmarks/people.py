"""Invented participants, as many as wanted and the same for the same seed: as a database file and as a list.

People enter evenly over the project's period and stay ten months on average. Of the spells that end, every eighth ends
by transfer, every tenth person who leaves comes back, every hundredth spell is misregistered. On their way people move
about once in two months, three times in four upwards.

The database is made by `Store.create` and filled with plain SQL. The changes are not journalled: a report does not read
the journal, and an entry for every record would take longer than all else.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from arena_cli.journal import Occasion
from arena_cli.lookup import municipalities_of_sweden
from arena_cli.model import Project
from arena_cli.participant_code import new_code
from arena_cli.project import read_project
from arena_cli.store import Store

NOW = "2018-04-02T08:00:00Z"
OCCASION = Occasion(date(2018, 4, 2), NOW, "benchmark", "benchmark")

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

SpellRow = tuple[int, int, str, str, str | None, str | None, str | None, None, str]
MoveRow = tuple[int, str, str, str]


@dataclass
class People:
    """The rows of three tables, in the order of their columns (a move's id is left to SQLite)."""

    participants: list[tuple[int, str, str, str, int | None, str]] = field(default_factory=list)
    spells: list[SpellRow] = field(default_factory=list)
    moves: list[MoveRow] = field(default_factory=list)


def project_of(municipalities: int) -> Project:
    """Integrationsprojekt with its eight municipalities, or with the first so many of Sweden's."""
    project = read_project("integrationsprojekt")
    if municipalities == len(project.municipalities):
        return project
    return replace(project, municipalities=municipalities_of_sweden()[:municipalities])


def make_database(path: Path, participants: int) -> None:
    project = project_of(8)
    write_database(path, project, invent(project, participants, seed=1))


def make_list(path: Path, rows: int) -> None:
    write_list(path, invent(project_of(8), rows, seed=2), rows)


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


def write_database(path: Path, project: Project, people: People) -> None:
    Store.create(path, project, OCCASION)
    connection = sqlite3.connect(path)
    with connection:
        connection.executemany("INSERT INTO participant VALUES (?, ?, ?, ?, ?, ?)", people.participants)
        connection.executemany("INSERT INTO spell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", people.spells)
        connection.executemany(
            "INSERT INTO step_move (spell_id, moved_on, step, registered_at) VALUES (?, ?, ?, ?)", people.moves
        )
    connection.close()


def write_list(path: Path, people: People, rows: int) -> None:
    """The first so many spells as the list a municipality keeps, with the step on which each began."""
    persons = {row[0]: row for row in people.participants}
    entry_steps = {spell_id: step for spell_id, _, step, _ in reversed(people.moves)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(LIST_COLUMNS)
        for spell_id, person, municipality, entered_on, exited_on, exit_type, destination, _, _ in people.spells[:rows]:
            _, _, ref, sex, birth_year, _ = persons[person]
            ending = (exited_on, exit_type, destination)
            writer.writerow((ref, municipality, sex, birth_year, entered_on, entry_steps.get(spell_id), *ending))


def invent(project: Project, participants: int, seed: int) -> People:
    inventor = _Inventor(project, Random(seed))
    for number in range(1, participants + 1):
        inventor.add_person(number)
    return inventor.people


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
        self._codes: set[str] = set()

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
        while (code := new_code(self._random.randbytes)) in self._codes:
            pass
        self._codes.add(code)
        return code

    def _add_spell(self, person: int, entered: int, step: int, left: str) -> tuple[int | None, str]:
        """Add a spell with its moves. Returns the day of the person's next one, if any, and the town it leaves."""
        random = self._random
        exited = entered + 1 + int(random.expovariate(1 / 300))
        exit_type, destination, following = self._ending(exited)
        is_over = exited <= self._last_day
        spell_id = len(self.people.spells) + 1
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
