"""Who of those that a list brings may be registered already, under another ref or none: see casework.duplicates."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping

from arena_cli.casework.duplicates import Described, Likeness, possible_duplicates
from arena_cli.exchange.cells import SpellRow
from arena_cli.model import Sex
from arena_cli.store import Store


def newcomers_of(rows: Iterable[SpellRow], registered: Collection[str]) -> Iterator[Described]:
    """Of each ref that is not registered the person as the first row has it, under the row's number."""
    seen: set[str] = set()
    for row in rows:
        if row.ref not in registered and row.ref not in seen:
            seen.add(row.ref)
            yield Described(
                row.number,
                row.sex or Sex.UNKNOWN,
                row.birth_year,
                row.ref,
                row.municipality,
                row.entered_on,
                row.exited_on,
                row.referral,
            )


def likenesses(store: Store, newcomers: Collection[Described]) -> Mapping[int, list[Likeness]]:
    """By row, who of those registered before may be the person. Some of the list may have been written already."""
    found = possible_duplicates(store, [*newcomers])
    codes = json.dumps([likeness.other for likeness in found])
    own = {described.ref for described in newcomers}
    written = {
        person.code
        for person in store.participants("WHERE code IN (SELECT value FROM json_each(?))", [codes])
        if person.ref in own
    }
    by_row: dict[int, list[Likeness]] = {}
    for likeness in found:
        if likeness.other not in written:
            by_row.setdefault(likeness.key, []).append(likeness)
    return by_row
