"""How a field of a record is asked about, in both languages: kept with the field, so that nothing else need know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import get_type_hints


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in Swedish and in English; it annotates a field.

    `option` is the command line's name for it where that is not the field's. With `only_if`, a field and a value, it is
    asked only of those of whom that is so. `short` and `short_en` name it in lists, where the question is too long.
    """

    name: str
    name_en: str
    option: str = ""
    only_if: tuple[str, StrEnum] | None = None
    short: str = ""
    short_en: str = ""

    @property
    def label(self) -> str:
        """What it is called in a list, in Swedish."""
        return self.short or self.name

    @property
    def label_en(self) -> str:
        """What it is called in a list, in English."""
        return self.short_en or self.name_en


def questions(kind: type) -> Mapping[str, Question]:
    """The questions of a record class by field, in the order in which they are asked."""
    return {
        name: found
        for name, hint in get_type_hints(kind, include_extras=True).items()
        for found in getattr(hint, "__metadata__", ())
        if isinstance(found, Question)
    }
