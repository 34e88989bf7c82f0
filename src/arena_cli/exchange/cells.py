"""From the cells of a row to values: codes, dates and years, or the rule that a cell breaks.

Every column remembers what its texts meant: a list repeats its municipalities, steps and days thousands of times.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, compress, starmap
from typing import Any, Final, Generic, NamedTuple, TypeVar
from unicodedata import normalize

from arena_cli.casework.answers import UnknownAnswer
from arena_cli.errors import ArenaError, translatable
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.dates import AmbiguousDate, BareNumber, NoSuchDay, NotADate, read_day
from arena_cli.exchange.reading import SheetRow, in_blocks
from arena_cli.exchange.refusals import Fault, RowProblem
from arena_cli.inert import as_meant
from arena_cli.lookup import (
    Lookup,
    UnknownActivity,
    UnknownDestination,
    UnknownExitType,
    UnknownMunicipality,
    UnknownName,
    UnknownReferral,
    UnknownSex,
    UnknownStep,
)
from arena_cli.model import ExitType, Group, Project, Sex
from arena_cli.personal_number import PersonalNumberGiven, refuse_personal_number
from arena_cli.rules import AfterProject, BeforeProject, InTheFuture, UnusableRef, check_day, check_ref

LONGEST_REF: Final = 64
_SHORT: Final = 9

TOO_MANY_CELLS: Final = Fault(translatable("There are more cells than columns: is there a delimiter too many?"))
_NO_REF: Final = translatable("{column} is empty. Without it the list could not be imported twice.")
_BAD_REF: Final = translatable("{column} is no ref: one has at most {most} characters, all printable.")
_EMPTY: Final = translatable("{column} is empty.")
_NO_BIRTH_YEAR: Final = translatable("{column} is neither a year of four digits nor a date such as 1985-04-03.")

_RULES: Final[Mapping[type[Exception], str]] = {
    NotADate: translatable("{column} is no date: write it as in 2016-04-03."),
    BareNumber: translatable(
        "{column} is a number, as when a cell has lost its form: give the column the form of dates, or write it as in "
        "2016-04-03."
    ),
    AmbiguousDate: translatable(
        "{column} may mean two days: is the day or the month first? Write it as in 2016-04-03."
    ),
    NoSuchDay: translatable("{column} is a day that the calendar does not have."),
    BeforeProject: translatable("{column} lies before the project's start, {starts_on}."),
    AfterProject: translatable("{column} lies after the project's end, {ends_on}."),
    InTheFuture: translatable("{column} has not come yet."),
    PersonalNumberGiven: translatable(
        "{column} looks like a personal identity number. Use the list's own number instead."
    ),
    UnusableRef: translatable(
        "{column} must be the person's number in the list: at most {longest} characters, and not a name."
    ),
    UnknownMunicipality: translatable(
        "{column} is none of the project's municipalities (`arena list-municipalities`)."
    ),
    UnknownStep: translatable("{column} is none of the project's steps (`arena list-steps`)."),
    UnknownDestination: translatable("{column} is none of the project's destinations (`arena list-destinations`)."),
    UnknownReferral: translatable("{column} is none of the project's sources of referrals (`arena list-referrals`)."),
    UnknownSex: translatable("{column} cannot be recorded as sex. Choose one of: {choices}."),
    UnknownExitType: translatable("{column} is no exit type. Choose one of: {choices}."),
    UnknownActivity: translatable("{column} is none of the project's activities (`arena list-activities`)."),
    UnknownAnswer: translatable("{column} is not one of the answers. Choose one of: {choices}."),
}
_REFUSED: Final = tuple(_RULES)

OF_UNKNOWN_WORDS: Final = frozenset(rule for error, rule in _RULES.items() if issubclass(error, UnknownName))
"""The rules that a word of the list's own breaks, which somebody can explain instead of mending it."""

_MOST_REMEMBERED: Final = 10_000
"""Of so many texts a column remembers what they mean."""

_YEAR: Final = re.compile(r"[0-9]{4}", re.ASCII)


class SpellRow(NamedTuple):
    """A row of a list of spells. None is a cell that says nothing: empty, missing or unknown."""

    number: int
    ref: str
    municipality: str
    sex: Sex | None
    birth_year: int | None
    entered_on: date
    entry_step: str | None
    referral: str | None
    exited_on: date | None
    exit_type: ExitType | None
    destination: str | None


class MoveRow(NamedTuple):
    """A row of a list of moves."""

    number: int
    ref: str
    moved_on: date
    step: str


_Row = TypeVar("_Row")


class RowReader(Generic[_Row]):
    """Reads the rows of one list.

    What breaks a rule is collected in `problems`, rows that end early in `short`; `count` is the number of rows read.
    """

    def __init__(
        self, make: Callable[..., _Row], columns: Columns, readers: Mapping[str, Callable[[str], object]]
    ) -> None:
        """`make` takes the row's number and then what each reader reads, in their order."""
        self.problems: list[RowProblem] = []
        self.short = array("I")
        self.count = 0
        self._make = make
        self._width = columns.width
        empty = columns.width  # one cell more, always empty, stands for every column that the list lacks
        self._faults: list[Fault] = []
        self._places = [columns.places.get(name, empty) for name in readers]
        self._columns = [_Column(columns.header(name), read, self._faults) for name, read in readers.items()]

    def read(self, rows: Iterable[SheetRow]) -> Iterator[_Row]:
        """The values of the rows that have no problem. A row that is too short ends in empty cells."""
        return chain.from_iterable(map(self._read_fitted, in_blocks(rows)))

    def _read_fitted(self, rows: Sequence[SheetRow]) -> Iterable[_Row]:
        self.count += len(rows)
        fit = {len(cells) for _, cells in rows} == {self._width}
        fitted = rows if fit else [*filter(None, map(self._fitted, rows))]
        return self._read(fitted) if fitted else ()

    def _read(self, rows: Iterable[SheetRow]) -> Iterator[_Row]:
        """The values of some rows, looked up column by column: no line of Python is run for a text that is known."""
        numbers, cells = zip(*rows, strict=True)
        texts = [*zip(*cells, strict=True), ("",) * len(cells)]
        columns = [column.values_of(texts[place]) for column, place in zip(self._columns, self._places, strict=True)]
        values = zip(numbers, *columns, strict=True)
        if not self._faults:
            return starmap(self._make, values)
        faulty = {place for column in columns for place in _places_of_faults(column)}
        for place in sorted(faulty):
            found = [column[place] for column in columns if column[place].__class__ is Fault]
            self.problems.extend(RowProblem(numbers[place], fault) for fault in found)
        return starmap(self._make, compress(values, [place not in faulty for place in range(len(cells))]))

    def _fitted(self, row: SheetRow) -> SheetRow | None:
        """The row with a cell for each column; None, and told, if there is something beyond the last column."""
        number, cells = row
        if len(cells) == self._width:
            return row
        if "".join(cells[self._width :]).strip():
            self.problems.append(RowProblem(number, TOO_MANY_CELLS))
            return None
        if len(cells) < self._width:
            self.short.append(number)
        return SheetRow(number, (cells + [""] * (self._width - len(cells)))[: self._width])


def _places_of_faults(values: Sequence[object]) -> Sequence[int]:
    if Fault not in set(map(type, values)):
        return ()
    return [place for place, value in enumerate(values) if value.__class__ is Fault]


class _Column(dict[str, Any]):
    """What each text of a column means, found out when it is first met: a value or a Fault, then noted in `faults`."""

    def __init__(self, header: object, read: Callable[[str], object], faults: list[Fault]) -> None:
        super().__init__()
        self._header = header
        self._read = read
        self._faults = faults

    def values_of(self, texts: Sequence[str]) -> Sequence[Any]:
        """What the texts of some rows mean."""
        if self._read is read_ref and _are_plain_refs(texts):
            return texts
        return [*map(self.__getitem__, texts)]

    def __missing__(self, text: str) -> object:
        try:
            value = self._read(as_meant(text.strip()))
        except BrokenRule as broken:
            value = Fault(broken.rule, {"column": self._header, **broken.facts})
        except _REFUSED as error:
            facts = error.facts if isinstance(error, ArenaError) else {}
            kept = {name: fact for name, fact in facts.items() if name in _HARMLESS_FACTS}
            value = Fault(_RULES[type(error)], {"column": self._header, **kept})
        if value.__class__ is Fault:
            self._faults.append(value)
        if len(self) == _MOST_REMEMBERED:  # refs, as good as surely
            self.clear()
        self[text] = value
        return value


_HARMLESS_FACTS: Final = frozenset({"choices", "suggestion", "starts_on", "ends_on", "longest"})
"""Of the facts of a refusal those that are the project's or a rule's: the others could be what the cell says."""


class BrokenRule(Exception):
    """A cell breaks a rule that is the list's own. No fact may be what the cell says."""

    def __init__(self, rule: str, **facts: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts = facts


def spell_reader(columns: Columns, project: Project, today: date) -> RowReader[SpellRow]:
    """A reader for a list of spells."""
    lookup = Lookup(project)
    day = day_reader(project, today)
    readers = {
        "ref": read_ref,
        "municipality": required(lookup.municipality),
        "sex": optional(lambda text: _known_sex(lookup.sex(text))),
        "birth_year": optional(_birth_year),
        "entered_on": required(day),
        "entry_step": optional(lookup.step),
        "referral": optional(lookup.referral),
        "exited_on": optional(day),
        "exit_type": optional(lookup.exit_type),
        "destination": optional(lambda text: _known_destination(lookup.destination(text))),
    }
    return RowReader(SpellRow, columns, readers)


def move_reader(columns: Columns, project: Project, today: date) -> RowReader[MoveRow]:
    """A reader for a list of moves."""
    readers = {
        "ref": read_ref,
        "moved_on": required(day_reader(project, today)),
        "step": required(Lookup(project).step),
    }
    return RowReader(MoveRow, columns, readers)


def required(read: Callable[[str], object]) -> Callable[[str], object]:
    """A reader of cells that must not be empty."""

    def reader(text: str) -> object:
        if not text:
            raise BrokenRule(_EMPTY)
        return read(text)

    return reader


def optional(read: Callable[[str], object]) -> Callable[[str], object]:
    """A reader of cells of which an empty one says nothing."""
    return lambda text: read(text) if text else None


def day_reader(project: Project, today: date) -> Callable[[str], date]:
    """A reader of days on which something has happened in the project."""

    def reader(text: str) -> date:
        day = read_day(text)
        check_day(project, day, today)
        return day

    return reader


def _are_plain_refs(texts: Sequence[str]) -> bool:
    """Whether all are refs as most are: a word, so no name, and too short for a personal number."""
    together = "".join(texts)
    return together.isalnum() and together.isascii() and 0 < min(map(len, texts)) <= max(map(len, texts)) <= _SHORT


def read_ref(text: str) -> str:
    """The list's own number of a person, which every row must have."""
    if not text:
        raise BrokenRule(_NO_REF)
    if _are_plain_refs((text,)):
        return text
    ref = normalize("NFC", text)
    if len(ref) > LONGEST_REF or not ref.isprintable():
        raise BrokenRule(_BAD_REF, most=LONGEST_REF)
    check_ref(ref)
    return ref


def _birth_year(text: str) -> int:
    refuse_personal_number(text)
    if _YEAR.fullmatch(text):
        return int(text)
    try:
        return read_day(text).year
    except NotADate:
        raise BrokenRule(_NO_BIRTH_YEAR) from None


def _known_sex(sex: Sex) -> Sex | None:
    return None if sex is Sex.UNKNOWN else sex


def _known_destination(code: str) -> str | None:
    """A destination that is not known is none: the figures count both as unknown."""
    return None if code == Group.UNKNOWN.value else code
