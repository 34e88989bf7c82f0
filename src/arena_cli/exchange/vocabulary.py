"""The columns that hold one of a fixed set of values: what may stand in them, and how it is called.

A column is known by the name that it has in the model and in the database: a new kind of list needs nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, get_args, get_type_hints

from arena_cli.language import LANGUAGES, Language, load_language
from arena_cli.lookup import Lookup, Names, UnknownName, find_activity, find_sector
from arena_cli.model import Answer, Background, ExitType, FollowUp, Income, IncomeSource, Sector, Sex
from arena_cli.store import Store

_CALLED_OTHERWISE: Final[Mapping[str, type[StrEnum]]] = {
    "sex": Sex,
    "exit_type": ExitType,
    "sector": Sector,
    "income": IncomeSource,
    "main_income": IncomeSource,
}
"""Columns whose values are of an enumeration, and which are no fields of the records that have most of them."""

SEVERAL: Final = frozenset({"income"})
"""Columns that may hold several values, with commas between."""

_FLAGS: Final = frozenset({"certified", "reached"})


class UnknownValue(UnknownName):
    """What was typed is none of a column's values."""


@dataclass(frozen=True, slots=True)
class Word:
    """A value with its names in both languages."""

    code: str
    name: str
    name_en: str


class Vocabulary:
    """What may stand in the columns of the lists of one project."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._project = project = store.project()
        self._kept: dict[str, tuple[object, ...]] = {}
        self._names: dict[str, Names[object]] = {}
        self._languages: list[Language] = []
        lookup = Lookup(project)
        self._find: Mapping[str, Callable[[str], str]] = {
            "municipality": lookup.municipality,
            "step": lookup.step,
            "entry_step": lookup.step,
            "destination": lookup.destination,
            "referral": lookup.referral,
            "sex": lookup.sex,
            "exit_type": lookup.exit_type,
            "sector": find_sector,
            "activity": lambda typed: find_activity(project, typed),
        }

    def choices(self, column: str) -> tuple[object, ...]:
        """The values of a column in their order; none if anything may stand in it."""
        if column not in self._kept:
            self._kept[column] = tuple(self._choices(column))
        return self._kept[column]

    def find(self, column: str, typed: str) -> str:
        """The code of the value that is called so. Raises an UnknownName."""
        if column in self._find:
            return str(self._find[column](typed))
        if column not in self._names:
            self._names[column] = self._named(self.choices(column))
        return code_of(self._names[column].find_or_refuse(typed, UnknownValue))

    def understands(self, column: str, text: str) -> bool:
        """Whether one of a column's values is called so, or each of several where there may be several."""
        ways = ("[;+/]", "[;+/,]") if column in SEVERAL else ("$",)  # a name in English may have a comma in it
        return any(all(self._knows(column, part) for part in re.split(way, text) if part.strip()) for way in ways)

    def _knows(self, column: str, text: str) -> bool:
        try:
            self.find(column, text)
        except UnknownName:
            return False
        return True

    def _choices(self, column: str) -> Sequence[object]:
        of_project: Mapping[str, Sequence[object]] = {
            "municipality": self._project.municipalities,
            "step": self._project.steps,
            "entry_step": self._project.steps,
            "destination": self._project.destinations,
            "referral": self._project.referrals,
            "activity": self._project.activities,
        }
        if column in of_project:
            return of_project[column]
        if column in _FLAGS:
            return (Answer.YES, Answer.NO)
        values = _enumerations().get(column)
        return self._words(values) if values else ()

    def _words(self, values: type[StrEnum]) -> Sequence[object]:
        """The values with their names in the lookup table of the enumeration, if it has one."""
        table = re.sub(r"(?<!^)(?=[A-Z])", "_", values.__name__).lower()
        if not self._store.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)):
            return tuple(values)
        known = {row[0]: Word(*row) for row in self._store.rows(f"SELECT code, name, name_en FROM {table}")}
        return [known[value.value] for value in values if value.value in known]

    def _named(self, choices: Sequence[object]) -> Names[object]:
        """The values by code, and by what they are called in each language."""
        if not self._languages:
            self._languages = [load_language(code) for code in LANGUAGES]
        names: Names[object] = Names()
        for choice in choices:
            code = code_of(choice)
            said = [language.text("{choice}", choice=choice) for language in self._languages]
            names.add(choice, code, code.replace("_", "-"), code.replace("_", " "), *said)
        return names


def code_of(choice: object) -> str:
    """How a value is stored."""
    return str(getattr(choice, "code", choice))  # a StrEnum is its value


@cache
def _enumerations() -> Mapping[str, type[StrEnum]]:
    """The columns whose values are of an enumeration."""
    of_records = {
        column: part
        for kind in (Background, FollowUp, Income)
        for column, hint in get_type_hints(kind).items()
        for part in get_args(hint) or (hint,)
        if isinstance(part, type) and issubclass(part, StrEnum)
    }
    return {**of_records, **_CALLED_OTHERWISE}
