"""Random lists of a project, the same for the same seed, and the CSV files a municipality would keep of them.

Every list is valid by figures.md, and mean: events crowd on the first and last days of months, people come
back, are transferred over seams and gaps, move twice a day, are misregistered on top of their other spells.
`Odds` says how often; set one to 0 to leave that case out.

    lists = random_lists(project, 500, date(2016, 1, 1), date(2017, 12, 31), seed=1)
    expected = Oracle(project, lists.spells, lists.moves).figures("2016-10")
    spells_csv, moves_csv = write_lists(tmp_path, lists, delimiter=";", encoding="cp1252", headers="sv")
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Literal

from tests.oracle import MISREGISTERED, TRANSFERRED, MoveRow, ProjectDescription, SpellRow

DAY = timedelta(days=1)
MOST_SPELLS = 8


@dataclass(frozen=True)
class Lists:
    """The rows in the order they stand in the files, which is the order they are registered in."""

    spells: list[SpellRow]
    moves: list[MoveRow]


@dataclass(frozen=True)
class Odds:
    """How often each thing happens, from 0 (never) to 1 (whenever it can)."""

    month_edge: float = 0.35  # a day is the first or the last of a month
    open_spell: float = 0.3  # a spell has no end
    same_day_spell: float = 0.07  # a spell ends on the day it starts
    same_month_spell: float = 0.13  # a spell ends in the month it starts
    transferred: float = 0.35  # a spell that ends does so by transfer
    transfer_at_month_end: float = 0.25  # ... on the last day of a month
    seam: float = 0.4  # the next spell starts on the day of the transfer
    next_day: float = 0.25  # ... or the day after (always asked when the transfer is on the last of a month)
    gap: float = 0.2  # ... or some days later; otherwise nothing continues the transfer
    deceased: float = 0.05  # an exit is a death
    blank_exit_type: float = 0.08  # an exit is completed and the column left empty
    no_destination: float = 0.35  # an exit has no destination
    re_entry: float = 0.4  # someone who left comes back
    quick_re_entry: float = 0.35  # ... in the month they left, or on the first of the next
    no_entry_step: float = 0.2  # a spell starts without a step
    moves: float = 0.6  # a spell has moves
    moves_in_one_month: float = 0.4  # ... several, all in one month
    move_on_entry: float = 0.15  # a move on the day the spell starts (on a seam: the day of the transfer)
    move_on_exit: float = 0.1  # a move on the day the spell ends
    second_move_of_day: float = 0.25  # two moves on one day
    repeated_step: float = 0.05  # a move onto the step one already stands on
    misregistered: float = 0.06  # a person has a misregistered spell beside the others, anywhere
    misregistered_twin: float = 0.2  # ... that starts in the same municipality on the same day as a real one
    misregistered_only: float = 0.02  # a person has nothing but a misregistered spell
    misregistered_move: float = 0.3  # a move on a day that only a misregistered spell covers
    no_birth_year: float = 0.1


def random_lists(
    project: ProjectDescription,
    persons: int,
    first_day: date,
    last_day: date,
    *,
    seed: int,
    referrals: Sequence[str] = (),
    odds: Odds = Odds(),
) -> Lists:
    """Make the lists of so many persons over the period, both days included, shuffled as lists in use are."""
    chance = _Chance(Random(seed), odds, first_day, last_day)
    spells: list[SpellRow] = []
    moves: list[MoveRow] = []
    for number in range(1, persons + 1):
        person = _PersonMaker(chance, project, referrals).person(f"{number:05d}")
        spells += person.spells
        moves += person.moves
    return Lists(_shuffled_spells(chance.random, spells), _shuffled_moves(chance.random, moves))


def _shuffled_spells(random: Random, rows: Iterable[SpellRow]) -> list[SpellRow]:
    """In any order, but one person's spells that start on one day keep theirs: it says which came first."""
    place: dict[tuple[str, date], float] = {}
    return sorted(rows, key=lambda row: place.setdefault((row.ref, row.entered_on), random.random()))


def _shuffled_moves(random: Random, rows: Iterable[MoveRow]) -> list[MoveRow]:
    """In any order, but one person's moves of one day keep theirs: it says which came first."""
    place: dict[tuple[str, date], float] = {}
    return sorted(rows, key=lambda row: place.setdefault((row.ref, row.moved_on), random.random()))


# --- chance -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chance:
    """The dice, and the calendar they are thrown on."""

    random: Random
    odds: Odds
    first_day: date
    last_day: date

    def happens(self, odds: float) -> bool:
        return self.random.random() < odds

    def day(self, earliest: date, latest: date) -> date:
        """Pick a day from `earliest` to `latest`, often the first or last of a month."""
        day = earliest + self.random.randint(0, (latest - earliest).days) * DAY
        if self.happens(self.odds.month_edge):
            edge = self.random.choice([first_of_month(day), last_of_month(day)])
            return min(max(edge, earliest), latest)
        return day


def first_of_month(day: date) -> date:
    """Give the first day of the day's month."""
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    """Give the last day of the day's month."""
    return (day.replace(day=1) + 31 * DAY).replace(day=1) - DAY


# --- one person ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _PersonMaker:
    """Makes up the rows of one person at a time."""

    chance: _Chance
    project: ProjectDescription
    referrals: Sequence[str]

    def person(self, ref: str) -> Lists:
        """One person's spells and moves, in order."""
        start = self._start(ref)
        if self.chance.happens(self.chance.odds.misregistered_only):
            counted, misregistered = [], [self._misregistered(start, [])]
        else:
            counted = self._life(start)
            misregistered = self._mistakes(counted)
        moves = [move for spell, until in self._with_last_move_day(counted) for move in self._moves(spell, until)]
        moves += self._moves_of_mistakes(misregistered, counted)
        return Lists(counted + misregistered, moves)

    def _start(self, ref: str) -> SpellRow:
        """Begin the first spell, which says who the person is."""
        chance = self.chance
        return SpellRow(
            ref=ref,
            municipality=chance.random.choice(self.project.municipalities),
            sex=chance.random.choices(["women", "men", "other", "unknown"], weights=[45, 43, 5, 7])[0],
            birth_year=None if chance.happens(chance.odds.no_birth_year) else chance.random.randint(1950, 2000),
            entered_on=chance.day(chance.first_day, chance.last_day),
            entry_step=self._entry_step(),
            referral=self._referral(),
        )

    def _entry_step(self) -> str | None:
        if self.chance.happens(self.chance.odds.no_entry_step):
            return None
        return self.chance.random.choice(self.project.steps)

    def _referral(self) -> str | None:
        return self.chance.random.choice([*self.referrals, None])

    def _life(self, start: SpellRow) -> list[SpellRow]:
        """Make the counted spells, none overlapping another."""
        spells = [self._ended(start)]
        while len(spells) < MOST_SPELLS:
            following = self._following(spells[-1])
            if following is None:
                break
            spells.append(self._ended(following))
        return spells

    # How a spell ends.

    def _ended(self, start: SpellRow) -> SpellRow:
        """End the spell, or leave it open."""
        chance, odds = self.chance, self.chance.odds
        if chance.happens(odds.open_spell):
            return start
        if len(self.project.municipalities) > 1 and chance.happens(odds.transferred):
            return replace(start, exited_on=self._transfer_day(start.entered_on), exit_type=TRANSFERRED)
        return self._exit(replace(start, exited_on=self._exit_day(start.entered_on)))

    def _exit_day(self, entered_on: date) -> date:
        chance, odds = self.chance, self.chance.odds
        if chance.happens(odds.same_day_spell):
            return entered_on
        if chance.happens(odds.same_month_spell):
            return chance.day(entered_on, min(last_of_month(entered_on), chance.last_day))
        return chance.day(entered_on, min(entered_on + 250 * DAY, chance.last_day))

    def _transfer_day(self, entered_on: date) -> date:
        day = self._exit_day(entered_on)
        if self.chance.happens(self.chance.odds.transfer_at_month_end):
            return min(last_of_month(day), self.chance.last_day)
        return day

    def _exit(self, spell: SpellRow) -> SpellRow:
        """Give the ended spell its exit type and, mostly, a destination."""
        chance, odds = self.chance, self.chance.odds
        if chance.happens(odds.deceased):
            return replace(spell, exit_type="deceased")
        if chance.happens(odds.blank_exit_type):
            exit_type = None
        else:
            exit_type = chance.random.choice(["completed", "completed", "discontinued"])
        if chance.happens(odds.no_destination):
            return replace(spell, exit_type=exit_type)
        destination = chance.random.choice(list(self.project.destinations))
        return replace(spell, exit_type=exit_type, destination=destination)

    # What follows a spell.

    def _following(self, spell: SpellRow) -> SpellRow | None:
        """Begin the next spell, if there is one within the period."""
        if spell.exited_on is None or spell.exit_type == "deceased":
            return None
        if spell.exit_type == TRANSFERRED:
            entered_on = self._continuation_day(spell.exited_on)
            municipalities = [code for code in self.project.municipalities if code != spell.municipality]
        else:
            entered_on = self._re_entry_day(spell.exited_on)
            municipalities = list(self.project.municipalities)
        if entered_on is None or entered_on > self.chance.last_day:
            return None
        return SpellRow(
            ref=spell.ref,
            municipality=self.chance.random.choice(municipalities),
            sex=spell.sex,
            birth_year=spell.birth_year,
            entered_on=entered_on,
            entry_step=self._entry_step(),
            referral=self._referral(),
        )

    def _continuation_day(self, transferred_on: date) -> date | None:
        """On the day of the transfer, the day after, later, or never."""
        chance, odds = self.chance, self.chance.odds
        if transferred_on == last_of_month(transferred_on) and chance.happens(odds.next_day):
            return transferred_on + DAY
        ways = [odds.seam, odds.next_day, odds.gap, max(0.0, 1 - odds.seam - odds.next_day - odds.gap)]
        return chance.random.choices(
            [
                transferred_on,
                transferred_on + DAY,
                chance.day(transferred_on + 2 * DAY, transferred_on + 60 * DAY),
                None,
            ],
            weights=ways,
        )[0]

    def _re_entry_day(self, exited_on: date) -> date | None:
        """At the earliest the day after: "the end day of one may be the start ... only at a transfer"."""
        chance, odds = self.chance, self.chance.odds
        if not chance.happens(odds.re_entry):
            return None
        next_day = exited_on + DAY
        if chance.happens(odds.quick_re_entry):
            return chance.day(next_day, last_of_month(next_day) if next_day.day > 1 else next_day)
        return chance.day(next_day, next_day + 200 * DAY)

    # Moves.

    def _with_last_move_day(self, spells: Sequence[SpellRow]) -> Iterable[tuple[SpellRow, date]]:
        """Each spell with the last day a move can belong to it: not the seam, which is the later spell's."""
        for spell, following in zip_longest(spells, spells[1:]):
            until = spell.exited_on or self.chance.last_day
            is_seam = following is not None and following.entered_on == until
            yield spell, until - DAY if is_seam else until

    def _moves(self, spell: SpellRow, until: date) -> Iterable[MoveRow]:
        """Make the moves of one spell, in order, up and down."""
        step = spell.entry_step
        for day in self._move_days(spell.entered_on, until):
            for _ in range(2 if self.chance.happens(self.chance.odds.second_move_of_day) else 1):
                others = [other for other in self.project.steps if other != step]
                if step is None or (others and not self.chance.happens(self.chance.odds.repeated_step)):
                    step = self.chance.random.choice(others)
                yield MoveRow(spell.ref, day, step)

    def _move_days(self, earliest: date, latest: date) -> list[date]:
        """Pick some days of the spell, perhaps with its first and its last."""
        chance, odds = self.chance, self.chance.odds
        if latest < earliest:
            return []
        days = {earliest} if chance.happens(odds.move_on_entry) else set()
        if chance.happens(odds.move_on_exit):
            days.add(latest)
        if chance.happens(odds.moves):
            days |= self._scattered_days(earliest, latest)
        return sorted(days)

    def _scattered_days(self, earliest: date, latest: date) -> set[date]:
        """One to four days, all in one month or anywhere."""
        chance = self.chance
        anchor = chance.day(earliest, latest)
        if chance.happens(chance.odds.moves_in_one_month):
            earliest, latest = max(earliest, first_of_month(anchor)), min(latest, last_of_month(anchor))
        return {anchor, *(chance.day(earliest, latest) for _ in range(chance.random.randint(0, 3)))}

    # Mistakes.

    def _mistakes(self, counted: Sequence[SpellRow]) -> list[SpellRow]:
        if not self.chance.happens(self.chance.odds.misregistered):
            return []
        return [self._misregistered(counted[0], counted) for _ in range(self.chance.random.randint(1, 2))]

    def _misregistered(self, person: SpellRow, counted: Sequence[SpellRow]) -> SpellRow:
        """Make a spell that never should have been: anywhere, or the twin of a counted one."""
        chance = self.chance
        municipality = chance.random.choice(self.project.municipalities)
        entered_on = chance.day(chance.first_day, chance.last_day)
        if counted and chance.happens(chance.odds.misregistered_twin):
            twin = chance.random.choice(counted)
            municipality, entered_on = twin.municipality, twin.entered_on
        return replace(
            person,
            municipality=municipality,
            entered_on=entered_on,
            entry_step=self._entry_step(),
            referral=self._referral(),
            exited_on=self._exit_day(entered_on),
            exit_type=MISREGISTERED,
            destination=None,
        )

    def _moves_of_mistakes(self, misregistered: Sequence[SpellRow], counted: Sequence[SpellRow]) -> Iterable[MoveRow]:
        for mistake in misregistered:
            day = self.chance.day(mistake.entered_on, mistake.exited_on or self.chance.last_day)
            is_counted = any(s.entered_on <= day <= (s.exited_on or self.chance.last_day) for s in counted)
            if not is_counted and self.chance.happens(self.chance.odds.misregistered_move):
                yield MoveRow(mistake.ref, day, self.chance.random.choice(self.project.steps))


# --- files --------------------------------------------------------------------------------------------------

Language = Literal["en", "sv"]

SPELL_COLUMNS = (
    "ref",
    "municipality",
    "sex",
    "birth_year",
    "entered_on",
    "entry_step",
    "referral",
    "exited_on",
    "exit_type",
    "destination",
)
MOVE_COLUMNS = ("ref", "moved_on", "step")

SWEDISH_HEADERS: Mapping[str, tuple[str, ...]] = {
    "ref": ("löpnr", "id", "deltagarnr"),
    "municipality": ("kommun",),
    "sex": ("kön",),
    "birth_year": ("födelseår", "född"),
    "entered_on": ("inskriven", "startdatum", "start"),
    "entry_step": ("steg", "steg vid start"),
    "referral": ("anvisad av", "remittent"),
    "exited_on": ("avslutad", "slutdatum", "avslut"),
    "exit_type": ("avslutstyp",),
    "destination": ("avslutsorsak", "gick till"),
    "moved_on": ("datum",),
    "step": ("steg",),
}
SEX_WORDS: Mapping[tuple[Language, bool], Mapping[str, str]] = {
    ("en", False): {"women": "woman", "men": "man", "other": "other", "unknown": ""},
    ("en", True): {"women": "f", "men": "m", "other": "other", "unknown": ""},
    ("sv", False): {"women": "kvinna", "men": "man", "other": "annat", "unknown": ""},
    ("sv", True): {"women": "k", "men": "m", "other": "annat", "unknown": ""},
}


@dataclass(frozen=True)
class Names:
    """Code -> the name to write in its place; a code without a name is written as it is."""

    municipalities: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    referrals: Mapping[str, str] = field(default_factory=dict)
    exit_types: Mapping[str, str] = field(default_factory=dict)
    destinations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dialect:
    """How a municipality keeps its lists. `variant` chooses among the Swedish headers that mean the same."""

    delimiter: str = ";"
    encoding: str = "utf-8"
    headers: Language = "en"
    variant: int = 0
    short_sex: bool = False
    names: Names = field(default_factory=Names)

    def header(self, column: str) -> str:
        """Say what the column is called in this list."""
        if self.headers == "en":
            return column
        alternatives = SWEDISH_HEADERS[column]
        return alternatives[self.variant % len(alternatives)]


def write_lists(
    directory: Path,
    lists: Lists,
    *,
    delimiter: str = ";",
    encoding: str = "utf-8",
    headers: Language = "en",
    variant: int = 0,
    short_sex: bool = False,
    names: Names | None = None,
) -> tuple[Path, Path]:
    """Write spells.csv and moves.csv into the directory, and say where they are."""
    dialect = Dialect(delimiter, encoding, headers, variant, short_sex, names or Names())
    spells_file, moves_file = directory / "spells.csv", directory / "moves.csv"
    _write(spells_file, SPELL_COLUMNS, (_spell_cells(row, dialect) for row in lists.spells), dialect)
    _write(moves_file, MOVE_COLUMNS, (_move_cells(row, dialect) for row in lists.moves), dialect)
    return spells_file, moves_file


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], dialect: Dialect) -> None:
    with path.open("w", encoding=dialect.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=dialect.delimiter)
        writer.writerow([dialect.header(column) for column in columns])
        writer.writerows(rows)


def _spell_cells(row: SpellRow, dialect: Dialect) -> list[str]:
    """Write the row's cells in the order of SPELL_COLUMNS."""
    names = dialect.names
    return [
        row.ref,
        _named(row.municipality, names.municipalities),
        SEX_WORDS[dialect.headers, dialect.short_sex][row.sex],
        "" if row.birth_year is None else str(row.birth_year),
        row.entered_on.isoformat(),
        _named(row.entry_step, names.steps),
        _named(row.referral, names.referrals),
        "" if row.exited_on is None else row.exited_on.isoformat(),
        _named(row.exit_type, names.exit_types),
        _named(row.destination, names.destinations),
    ]


def _move_cells(row: MoveRow, dialect: Dialect) -> list[str]:
    """Write the row's cells in the order of MOVE_COLUMNS."""
    return [row.ref, row.moved_on.isoformat(), _named(row.step, dialect.names.steps)]


def _named(code: str | None, names: Mapping[str, str]) -> str:
    return "" if code is None else names.get(code, code)
