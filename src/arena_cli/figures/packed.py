"""What a file keeps of a month, as bytes: the rows that a query has counted, and the tables that a report is made of.

Nothing here can run code when it is read, as pickle and marshal can; what is damaged is told, and counted anew.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import product
from typing import Any, Final

from arena_cli.figures.table import Groups, Measure, Scope, Table, Values
from arena_cli.store import Row

_HEAD: Final = "head"

_NONE: Final = -1
"""Where a value of what is no count is not known: there none is below zero, as what counts may be (`series`)."""


def packed(rows: Sequence[Row]) -> bytes:
    """Rows column by column: which values there are in each and then, for every row, the place of its own."""
    columns, places = [], array("I")
    for number in range(len(rows[0]) if rows else 0):
        column = [row[number] for row in rows]
        values = {value: place for place, value in enumerate(dict.fromkeys(column))}
        places.extend(map(values.__getitem__, column))
        columns.append([*values])
    return zlib.compress(json.dumps(columns).encode() + b"\n" + places.tobytes(), level=1)


class Damaged(Exception):
    """Rows that are kept cannot be read."""


def unpacked(kept: bytes) -> list[Row]:
    """The rows. Raises Damaged."""
    try:
        head, _, tail = zlib.decompress(kept).partition(b"\n")
        columns = json.loads(head)
        places = array("I", tail)
    except (zlib.error, ValueError):
        raise Damaged from None
    number = len(places) // max(len(columns), 1)
    each = (map(values.__getitem__, places[number * nth : number * (nth + 1)]) for nth, values in enumerate(columns))
    return [*zip(*each, strict=True)]


def joined(parts: Mapping[str, bytes]) -> bytes:
    """All that is kept of a month: how long each part is, and then the parts."""
    lengths = {key: len(part) for key, part in parts.items()}
    return b"".join((json.dumps(lengths).encode(), b"\n", *parts.values()))


def parted(kept: bytes) -> dict[str, bytes]:
    """The parts; none, where they are damaged or an older version wrote them: then all is counted."""
    file = BytesIO(kept)
    try:
        return {key: file.read(length) for key, length in json.loads(file.readline()).items()}
    except ValueError:
        return {}


def packed_tables(scope: Scope, groups: Groups) -> bytes:
    """The tables that a report is made of, over the scope or over a part of it, and the sexes that it has."""
    head: dict[str, list[Any]] = {group: [] for group in groups}
    parts = {}
    for group, tables in groups.items():
        for table in tables.values():
            of = (bool(table.scope.municipalities), bool(table.scope.sexes))
            head[group].append((table.section, table.measures, table.is_count, *of))
            lists = (table.all_known(measure) for measure in table.measures)
            numbers = array("q", [_NONE if value is None else value for of_measure in lists for value in of_measure])
            parts[f"{group} {table.section}"] = zlib.compress(numbers, level=1)
    return joined({_HEAD: zlib.compress(json.dumps([scope.sexes, head]).encode(), level=1), **parts})


def unpacked_tables(kept: bytes, everybody: Scope) -> tuple[Scope, Groups] | None:
    """The same, from a scope with whatever sexes; None, where they are damaged."""
    parts = parted(kept)
    try:
        sexes, head = json.loads(zlib.decompress(parts[_HEAD]))
        scope = replace(everybody, sexes=tuple(sexes))
        scopes = {
            (of_places, of_sexes): _part(scope, of_places=of_places, of_sexes=of_sexes)
            for of_places, of_sexes in product((True, False), repeat=2)
        }
        groups = {
            group: {
                section: _table(
                    section, measures, scopes[of_places, of_sexes], parts[f"{group} {section}"], is_count=is_count
                )
                for section, measures, is_count, of_places, of_sexes in tables
            }
            for group, tables in head.items()
        }
    except (zlib.error, ValueError, LookupError):
        return None
    return scope, groups


def _part(scope: Scope, *, of_places: bool, of_sexes: bool) -> Scope:
    if of_places and of_sexes:
        return scope
    return replace(
        scope, municipalities=scope.municipalities if of_places else (), sexes=scope.sexes if of_sexes else ()
    )


def _table(section: str, names: Sequence[Any], scope: Scope, kept: bytes, *, is_count: bool) -> Table:
    """Raises ValueError where the values are not as many as they should be."""
    measures: tuple[Measure, ...] = tuple((name[0], name[1]) if isinstance(name, list) else name for name in names)
    numbers: Sequence[int | None] = array("q", zlib.decompress(kept))
    if not is_count:
        numbers = [None if number == _NONE else number for number in numbers]
    width = len(scope.cells)
    if len(numbers) != width * len(measures):
        raise ValueError("damaged")
    lists = {measure: numbers[width * nth : width * (nth + 1)] for nth, measure in enumerate(measures)}
    return Table(section, measures, scope, Values(scope, lists), is_count=is_count)
