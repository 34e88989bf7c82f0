"""What the columns of a list are: known by their headers, in Swedish or English, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from arena_cli.errors import translatable
from arena_cli.exchange.reading import SheetRow
from arena_cli.exchange.refusals import MissingColumns, NoHeader, RepeatedColumn
from arena_cli.lookup import folded, is_harmless


class Kind(StrEnum):
    """What the rows of a list are."""

    SPELLS = "spells"
    MOVES = "moves"


KIND_NAMES: Final[Mapping[Kind, str]] = {Kind.SPELLS: translatable("spells"), Kind.MOVES: translatable("moves")}

HEADERS: Final[Mapping[Kind, Mapping[str, tuple[str, ...]]]] = {
    Kind.SPELLS: {
        "ref": ("löpnr", "löpnummer", "id", "deltagarnr"),
        "municipality": ("kommun",),
        "sex": ("kön",),
        "birth_year": ("födelseår", "född"),
        "entered_on": ("inskriven", "startdatum", "start"),
        "entry_step": ("steg", "steg vid start"),
        "referral": ("anvisad av", "remittent"),
        "exited_on": ("avslutad", "slutdatum", "avslut"),
        "exit_type": ("avslutstyp",),
        "destination": ("avslutsorsak", "gick till", "gick vidare till"),
    },
    Kind.MOVES: {"ref": ("löpnr", "löpnummer", "id", "deltagarnr"), "moved_on": ("datum",), "step": ("steg",)},
}
"""The columns of each kind of list, with the headers that are understood beside the column's own name."""

REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SPELLS: ("ref", "municipality", "entered_on"),
    Kind.MOVES: ("ref", "moved_on", "step"),
}

_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one list: where each known one stands, its header as written, and the headers nobody knows."""

    kind: Kind
    width: int
    places: Mapping[str, int]
    headers: Mapping[str, str]
    unknown: tuple[str, ...]

    def header(self, column: str) -> str:
        """What the list calls a column; the column's own name if the list lacks it."""
        return self.headers.get(column, column)


def count_known(header: Sequence[str]) -> int:
    """How many of the headers are known."""
    return sum(_name(cell) in known for cell in header for known in _NAMES.values())


def recognise(header: SheetRow) -> Columns:
    """The columns of a list. Raises NoHeader, RepeatedColumn or MissingColumns."""
    if not count_known(header.cells):
        needed = {kind.value: _in_both_languages(kind, columns) for kind, columns in REQUIRED.items()}
        raise NoHeader(row=header.number, **needed)
    kind = _kind(header.cells)
    columns = [_NAMES[kind].get(_name(cell)) for cell in header.cells]
    _check_once(columns, header.cells)
    if missing := _missing(kind, header.cells):
        found = tuple(cell.strip() for cell in header.cells if is_harmless(cell))
        raise MissingColumns(missing=_in_both_languages(kind, missing), found=found)
    places = {column: place for place, column in enumerate(columns) if column}
    return Columns(
        kind=kind,
        width=len(columns),
        places=places,
        headers={column: header.cells[place].strip() for column, place in places.items()},
        unknown=tuple(_shown(cell) for cell, column in zip(header.cells, columns, strict=True) if not column and cell),
    )


def _kind(header: Sequence[str]) -> Kind:
    """The kind that lacks the fewest columns; spells if both have all, since theirs are the more telling."""
    return min(Kind, key=lambda kind: len(_missing(kind, header)))


def _missing(kind: Kind, header: Sequence[str]) -> tuple[str, ...]:
    found = {_NAMES[kind].get(_name(cell)) for cell in header}
    return tuple(column for column in REQUIRED[kind] if column not in found)


def _in_both_languages(kind: Kind, columns: Sequence[str]) -> tuple[str, ...]:
    """Columns with the first of their Swedish headers, as in `entered_on (inskriven)`."""
    return tuple(f"{column} ({HEADERS[kind][column][0]})" for column in columns)


def _check_once(columns: Sequence[str | None], header: Sequence[str]) -> None:
    for column, times in Counter(filter(None, columns)).items():
        if times > 1:
            alike = tuple(cell.strip() for cell, found in zip(header, columns, strict=True) if found == column)
            raise RepeatedColumn(headers=alike)


def _shown(header: str) -> str:
    header = header.strip()
    return header if len(header) <= _LONGEST_SHOWN else f"{header[:_LONGEST_SHOWN]}…"


def _name(header: str) -> str:
    return folded(header.replace("_", " "))


_NAMES: Final[Mapping[Kind, Mapping[str, str]]] = {
    kind: {_name(form): column for column, forms in columns.items() for form in (column, *forms)}
    for kind, columns in HEADERS.items()
}
"""Each kind's headers, folded, with their columns."""
