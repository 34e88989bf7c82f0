"""What the columns of a list are: known by their headers, in Swedish or English, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final

from arena_cli.errors import translatable
from arena_cli.exchange.reading import SheetRow
from arena_cli.exchange.refusals import MissingColumns, NoHeader, RepeatedColumn
from arena_cli.lookup import folded, is_harmless
from arena_cli.model import Background, FollowUp, questions


class Kind(StrEnum):
    """What the rows of a list are."""

    SPELLS = "spells"
    MOVES = "moves"
    PLACEMENTS = "placements"
    HOURS = "hours"
    FOLLOW_UPS = "follow_ups"
    BACKGROUNDS = "backgrounds"


KIND_NAMES: Final[Mapping[Kind, str]] = {
    Kind.SPELLS: translatable("spells"),
    Kind.MOVES: translatable("moves"),
    Kind.PLACEMENTS: translatable("placements"),
    Kind.HOURS: translatable("hours"),
    Kind.FOLLOW_UPS: translatable("follow-ups"),
    Kind.BACKGROUNDS: translatable("backgrounds"),
}


def _of_questions(record: type) -> dict[str, tuple[str, ...]]:
    """A column for each question of a record, known by what the question is called in either language."""
    return {
        field: tuple(dict.fromkeys((q.label, q.name, q.label_en, q.name_en, *filter(None, [q.option]))))
        for field, q in questions(record).items()
    }


_REF: Final = ("löpnr", "löpnummer", "id", "deltagarnr")
_WHICH_SPELL: Final = {"municipality": ("kommun",), "entered_on": ("inskriven", "startdatum", "start")}
_INCOME: Final = {
    "income": ("försörjning", "inkomst", "lever på"),
    "main_income": ("huvudsaklig försörjning", "huvudsaklig inkomst", "main"),
}

HEADERS: Final[Mapping[Kind, Mapping[str, tuple[str, ...]]]] = {
    Kind.SPELLS: {
        "ref": _REF,
        "municipality": ("kommun",),
        "sex": ("kön",),
        "birth_year": ("födelseår", "född"),
        "entered_on": ("inskriven", "startdatum", "start"),
        "entry_step": ("steg", "steg vid start", "trappsteg"),
        "referral": ("anvisad av", "remittent"),
        "exited_on": ("avslutad", "slutdatum", "avslut"),
        "exit_type": ("avslutstyp",),
        "destination": ("avslutsorsak", "orsak till avslut", "gick till", "gick vidare till"),
    },
    Kind.MOVES: {"ref": _REF, "moved_on": ("datum",), "step": ("steg",)},
    Kind.PLACEMENTS: {
        "ref": _REF,
        "place": ("praktikplats", "plats"),
        "placed_on": ("praktikstart", "från", "startdatum", "start", "datum"),
        "planned_end_on": ("planerat slut", "planerad till"),
        "ended_on": ("praktikslut", "till", "slutdatum", "slut"),
    },
    Kind.HOURS: {
        "ref": _REF,
        "month": ("månad",),
        "activity": ("aktivitet", "insats"),
        "hours": ("timmar", "tid", "antal timmar"),
        "certified": ("attesterad", "attesterat", "intygad", "intygat"),
        **_WHICH_SPELL,
    },
    Kind.FOLLOW_UPS: {
        "ref": _REF,
        "kind": ("uppföljning", "slag av uppföljning"),
        "followed_up_on": ("uppföljd", "uppföljningsdatum", "datum"),
        "reached": ("nådd", "har nåtts"),
        **_of_questions(FollowUp),
        **_INCOME,
        **_WHICH_SPELL,
    },
    Kind.BACKGROUNDS: {"ref": _REF, **_of_questions(Background), **_INCOME},
}
"""The columns of each kind of list, with the headers that are understood beside the column's own name."""

REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SPELLS: ("ref", "municipality", "entered_on"),
    Kind.MOVES: ("ref", "moved_on", "step"),
    Kind.PLACEMENTS: ("ref", "place", "placed_on"),
    Kind.HOURS: ("ref", "month", "activity", "hours"),
    Kind.FOLLOW_UPS: ("ref", "kind", "followed_up_on"),
    Kind.BACKGROUNDS: ("ref",),
}

_ONE_OF: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.BACKGROUNDS: tuple(column for column in HEADERS[Kind.BACKGROUNDS] if column != "ref")
}
"""Of these columns a list of the kind has at least one."""

NOTHING_NAMED: Final[Mapping[str, str]] = {}
"""What is known of headers where nobody has said anything."""

_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one list: where each known one stands, its header as written, and the headers nobody knows.

    `unexplained` are those of the last of which nobody has said that they are not used.
    """

    kind: Kind
    width: int
    places: Mapping[str, int]
    headers: Mapping[str, str]
    unknown: tuple[str, ...]
    unexplained: tuple[str, ...]

    def header(self, column: str) -> object:
        """What the list calls a column; if it lacks it, what the column would be called in either language."""
        return self.headers.get(column) or absent(self.kind, column)


@dataclass(frozen=True, slots=True)
class Absent:
    """A column that a list lacks, under the header that it would have in each language."""

    name: str
    name_en: str


def absent(kind: Kind, column: str) -> Absent:
    """What a column that a list lacks would be called."""
    return Absent(HEADERS[kind][column][0], column)


def fitness(named: Mapping[str, str] = NOTHING_NAMED) -> Callable[[Sequence[str]], tuple[bool, int]]:
    """Says of a row whether it has every column that some kind of list needs, and how many headers are known."""

    def fit(header: Sequence[str]) -> tuple[bool, int]:
        known = sum(any(_column(kind, cell, named) for kind in Kind) for cell in header)
        return any(not missing(kind, header, named) for kind in Kind), known

    return fit


def recognise(header: SheetRow, named: Mapping[str, str] = NOTHING_NAMED) -> Columns:
    """The columns of a list. `named` has headers that somebody has explained, folded, with their columns or "".

    Such a column may be named by any header that would have been understood.

    Raises NoHeader, RepeatedColumn or MissingColumns.
    """
    if not fitness(named)(header.cells)[1]:
        needed = {kind.value: _in_both_languages(kind, columns) for kind, columns in REQUIRED.items()}
        raise NoHeader(row=header.number, **needed)
    kind = kind_of(header.cells, named)
    columns = [_column(kind, cell, named) for cell in header.cells]
    _check_once(columns, header.cells)
    if lacking := missing(kind, header.cells, named):
        is_header = sum(map(bool, columns)) > 1  # one may be a word in a row about a person
        pairs = zip(header.cells, columns, strict=True)
        found = tuple(cell.strip() for cell, column in pairs if is_harmless(cell) and (column or is_header))
        raise MissingColumns(missing=_in_both_languages(kind, lacking), found=found)
    places = {column: place for place, column in enumerate(columns) if column}
    return Columns(
        kind=kind,
        width=len(columns),
        places=places,
        headers={column: " ".join(header.cells[place].split()) for column, place in places.items()},
        unknown=tuple(_shown(cell) for cell, column in zip(header.cells, columns, strict=True) if not column and cell),
        unexplained=tuple(dict.fromkeys(map(_shown, unknown_headers(kind, header.cells, named)))),
    )


def kind_of(header: Sequence[str], named: Mapping[str, str] = NOTHING_NAMED) -> Kind:
    """The kind that lacks the fewest columns, and of several the one that knows the most."""
    return min(Kind, key=lambda kind: (len(missing(kind, header, named)), -len(_found(kind, header, named))))


def missing(kind: Kind, header: Sequence[str], named: Mapping[str, str] = NOTHING_NAMED) -> tuple[str, ...]:
    """The columns that a list of this kind needs and has not."""
    found = _found(kind, header, named)
    one_of = _ONE_OF.get(kind, ())
    lacking = one_of[:1] if found.isdisjoint(one_of) else ()
    return (*(column for column in REQUIRED[kind] if column not in found), *lacking)


def optional(kind: Kind, header: Sequence[str], named: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that a list of this kind may have and has not."""
    found = _found(kind, header, named)
    return tuple(column for column in HEADERS[kind] if column not in found)


def _found(kind: Kind, header: Sequence[str], named: Mapping[str, str]) -> set[str]:
    return {column for cell in header if (column := _column(kind, cell, named))}


def unknown_headers(kind: Kind, header: Sequence[str], named: Mapping[str, str]) -> tuple[str, ...]:
    """The headers of which nobody has said what they mean, nor that they mean nothing."""
    return tuple(
        cell.strip()
        for cell in header
        if cell.strip() and header_name(cell) not in named and not _column(kind, cell, named)
    )


def _column(kind: Kind, cell: str, named: Mapping[str, str]) -> str | None:
    """The column with this header; None for a header that is not known."""
    name = header_name(cell)
    meaning = named.get(name, name)
    return meaning if meaning in HEADERS[kind] else _NAMES[kind].get(header_name(meaning))


def _in_both_languages(kind: Kind, columns: Sequence[str]) -> tuple[str, ...]:
    """Columns with the first of their Swedish headers, as in `entered_on (inskriven)`."""
    return tuple(f"{column} ({HEADERS[kind][column][0]})" for column in columns)


def _check_once(columns: Sequence[str | None], header: Sequence[str]) -> None:
    for column, times in Counter(filter(None, columns)).items():
        if times > 1:
            alike = tuple(cell.strip() for cell, found in zip(header, columns, strict=True) if found == column)
            raise RepeatedColumn(headers=alike)


def _shown(header: str) -> str:
    header = " ".join(header.split())
    return header if len(header) <= _LONGEST_SHOWN else f"{header[:_LONGEST_SHOWN]}…"


def header_name(header: str) -> str:
    """The form in which headers are compared."""
    return folded(header.replace("_", " "))


_NAMES: Final[Mapping[Kind, Mapping[str, str]]] = {
    kind: {header_name(form): column for column, forms in columns.items() for form in (column, *forms)}
    for kind, columns in HEADERS.items()
}
"""Each kind's headers, folded, with their columns."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(dict.fromkeys(names[name] for names in _NAMES.values() if name in names))
    for name in dict.fromkeys(chain.from_iterable(_NAMES.values()))
}
"""The columns that a header, folded, may mean: another one in another kind of list."""
