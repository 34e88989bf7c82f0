"""Months that were reported before: what their readers were told, and what is another number now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from arena_cli.errors import translatable
from arena_cli.figures.table import Measure
from arena_cli.language import Language
from arena_cli.model import Month
from arena_cli.model.noun import Noun, dataclass

if TYPE_CHECKING:
    from arena_cli.figures.why import Address  # which is slow to import, and few reports need it

Values = Mapping["Address", int | None]
"""Figures; None where there is none any more."""


class Cause(StrEnum):
    """Why a figure of an earlier month is another one now (figures.restated)."""

    LATE_ENTRY = "late_entry"
    CORRECTION = "correction"
    MERGE = "merge"
    DEFINITION = "definition"


def in_words(language: Language, cause: Cause, count: int) -> str:
    """As in "2 late entries"."""
    match cause:
        case Cause.LATE_ENTRY:
            return language.plural("{count} late entry", "{count} late entries", count=count)
        case Cause.CORRECTION:
            return language.plural("{count} correction", "{count} corrections", count=count)
        case Cause.MERGE:
            return language.plural("{count} merge", "{count} merges", count=count)
        case Cause.DEFINITION:
            return language.text(translatable("another way of counting"))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Told(Noun):
    """What readers were last told of a month.

    `told_on` and `revision` are those of its report; `journal_seq` and `version` say of the file and of arena as they
    were when it was last counted for them, maybe in a later report.
    """

    month: Month
    told_on: date
    revision: int
    journal_seq: int
    version: str
    values: Callable[[], Values]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Share(Noun):
    """A part of a change: its cause, whose figure it is, by how much, and the days on which it was registered."""

    cause: Cause
    municipality: str
    amount: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Changed(Noun):
    """A headline figure that is not what was told. The shares add up to the change."""

    address: Address
    told: int
    now: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Earlier(Noun):
    """A month that was reported before. `figures` has every figure that is another one now, with its value.

    `causes` are what was registered since, by kind and number; of `definition`, whether it is one.
    """

    month: Month
    told_on: date
    revision: int
    figures: Values
    causes: tuple[tuple[Cause, int], ...] = ()
    changes: tuple[Changed, ...] = ()


def address_of(section: str, measure: Measure | Sequence[str], municipality: str, sex: str) -> Address:
    """The address of a figure as JSON holds it, where the two steps of a move are a list."""
    from arena_cli.figures.why import Address

    if isinstance(measure, str):
        return Address(section, measure, municipality, sex)
    before, after = measure
    return Address(section, (before, after), municipality, sex)
