"""The answers that a question can have, as the lookup tables name them in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar, get_args, get_type_hints

from arena_cli.errors import translatable
from arena_cli.lookup import Names, UnknownName
from arena_cli.model import IncomeSource
from arena_cli.store import Store

_ALSO_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    IncomeSource.SOCIAL_ASSISTANCE: ("försörjningsstöd", "socialbidrag"),
    IncomeSource.UNEMPLOYMENT_INSURANCE: ("arbetslöshetsersättning",),
}
"""What people say besides the name in the lookup table."""

Value = TypeVar("Value", bound=StrEnum)


class UnknownAnswer(UnknownName):
    message = translatable('"{typed}" is not one of the answers. Choose one of: {choices}.')
    unechoed = translatable("That is not one of the answers. Choose one of: {choices}.")


@dataclass(frozen=True, slots=True)
class Word:
    """A value of an enumeration, as its lookup table names it."""

    code: str
    name: str
    name_en: str


def words_of(store: Store, kind: type[StrEnum]) -> list[Word]:
    """The values of an enumeration in its order, from the lookup table that bears its name."""
    table = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    known = {word[0]: Word(*word) for word in store.rows(f"SELECT code, name, name_en FROM {table}")}
    return [known[value.value] for value in kind]


def word_for(store: Store, value: StrEnum) -> Word:
    """What a value is called."""
    return next(word for word in words_of(store, type(value)) if word.code == value)


def read_value(store: Store, kind: type[Value], typed: str) -> Value:
    """A value by code or by name in either language. Raises UnknownAnswer."""
    return value_reader(store, kind)(typed)


def value_reader(store: Store, kind: type[Value]) -> Callable[[str], Value]:
    """A reader of values by code or by name in either language, for many. It raises UnknownAnswer."""
    names: Names[Word] = Names()
    for word in words_of(store, kind):
        names.add(word, word.code, word.name, word.name_en)
        names.add_forms(word, word.code.replace("_", "-"), word.code.replace("_", " "))
        names.add_forms(word, *_ALSO_CALLED.get(word.code, ()))
    return lambda typed: kind(names.find_or_refuse(typed, UnknownAnswer).code)


def enumeration_of(record: type, field: str) -> type[StrEnum] | None:
    """The enumeration that a field's values are of; None for a number."""
    hint = get_type_hints(record)[field]
    for part in get_args(hint) or (hint,):
        if isinstance(part, type) and issubclass(part, StrEnum):
            return part
    return None
