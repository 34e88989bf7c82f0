"""Whose a row is: the schema is walked when it is asked, so that no table can be forgotten.

A row is a person's if a foreign key leads from it, over any number of tables, to the row in `participant`. What names
a participant without a foreign key (a look at somebody, a free text) names the code or the ref.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from arena_cli.journal import Entry
from arena_cli.model import Participant
from arena_cli.store import Store

PARTICIPANT: Final = "participant"

JOURNAL: Final = "journal"

MERGE: Final = "merge"
"""Who has turned out to be one person with whom: `participant_id` is `into_id`."""

StoredRow = Mapping[str, Any]
"""A row by its columns."""


class Reference(NamedTuple):
    """A foreign key: a column, and the table and column that it refers to."""

    table: str
    column: str
    parent: str
    parent_column: str


class Column(NamedTuple):
    """A column of a table."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of a file: their columns, and the references between them."""

    columns: Mapping[str, tuple[str, ...]]
    references: tuple[Reference, ...]

    @classmethod
    def of(cls, store: Store) -> Schema:
        """The schema as the file has it."""
        tables = [
            name
            for (name,) in store.rows(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
            )
        ]
        columns = {table: tuple(row[1] for row in store.rows(f"PRAGMA table_info({table})")) for table in tables}
        keys = {
            table: next((row[1] for row in store.rows(f"PRAGMA table_info({table})") if row[5] == 1), "rowid")
            for table in tables
        }
        references = (
            Reference(table, column, parent, parent_column or keys[parent])
            for table in tables
            for _, _, parent, column, parent_column, *_ in store.rows(f"PRAGMA foreign_key_list({table})")
        )
        return cls(columns, tuple(references))

    def related(self) -> dict[str, tuple[Reference, ...]]:
        """The tables from which foreign keys lead to `participant`, nearest first, each with those that do."""
        found = [PARTICIPANT]
        while nearer := [
            table
            for table in self.columns
            if table not in found and any(r.table == table and r.parent in found for r in self.references)
        ]:
            found += nearer
        return {table: tuple(r for r in self.references if r.table == table and r.parent in found) for table in found}

    def lookups_of(self, table: str) -> dict[str, Reference]:
        """The columns of a table that refer to what is nobody's: a municipality, a step, a place."""
        related = self.related()
        return {r.column: r for r in self.references if r.table == table and r.parent not in related}


def rows_of(store: Store, schema: Schema, participant: Participant) -> dict[str, list[StoredRow]]:
    """All rows that are a person's, by table; a table may lead to the person in several ways."""
    found: dict[str, list[StoredRow]] = {}
    persons = json.dumps(_same_person(store, schema, participant))
    number = -1
    while number != sum(map(len, found.values())):
        number = sum(map(len, found.values()))
        for table, references in schema.related().items():
            conditions = [f"{r.column} IN (SELECT value FROM json_each(?))" for r in references]
            values = [json.dumps([row[r.parent_column] for row in found.get(r.parent, ())]) for r in references]
            if table == PARTICIPANT:
                conditions = [*conditions, "id IN (SELECT value FROM json_each(?))"]
                values = [*values, persons]
            found[table] = _selected(store, schema, table, " OR ".join(conditions), values)
    return found


def _same_person(store: Store, schema: Schema, participant: Participant) -> list[int]:
    """The participants that are one person with this one, itself among them."""
    if MERGE not in schema.columns:
        return [participant.id]
    rows = store.rows(
        f"WITH RECURSIVE same (id) AS (SELECT ? UNION"
        f" SELECT participant_id FROM {MERGE} JOIN same ON into_id = same.id UNION"
        f" SELECT into_id FROM {MERGE} JOIN same ON participant_id = same.id) SELECT id FROM same ORDER BY id",
        (participant.id,),
    )
    return [number for (number,) in rows]


def _selected(
    store: Store, schema: Schema, table: str, condition: str, values: Sequence[Any] | Mapping[str, Any]
) -> list[StoredRow]:
    columns = schema.columns[table]
    order = "id" if "id" in columns else columns[0]
    rows = store.rows(f"SELECT {', '.join(columns)} FROM {table} WHERE {condition} ORDER BY {order}", values)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def entries_on(store: Store, schema: Schema, rows: Mapping[str, Sequence[StoredRow]]) -> list[Entry]:
    """The journal's entries on a person's records, also on those that were taken away since; in order."""
    records = {(table, row["id"]) for table, of_table in rows.items() for row in of_table if "id" in row}
    records |= set(_taken_away(store, schema, records))
    found = {
        (entry.seq, entry.subject, entry.record): entry
        for subject, record in records
        for entry in store.entries_of(subject, record)
    }
    return [found[key] for key in sorted(found)]


def _taken_away(store: Store, schema: Schema, theirs: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The records that are there no more, and referred to one of theirs when they were."""
    related = schema.related()
    known = set(theirs)
    removed = [
        (entry.subject, entry.record, {(r.parent, json.loads(entry.before or "{}").get(r.column)) for r in references})
        for entry in store.entries("WHERE after IS NULL ORDER BY seq")
        if (references := related.get(entry.subject))
    ]
    grows = True
    while grows:
        more = {(subject, record) for subject, record, of in removed if of & known} - known
        grows = bool(more)
        known |= more
        yield from more


def mentions(store: Store, schema: Schema, words: Iterable[str]) -> dict[Column, list[StoredRow]]:
    """The rows of all tables in whose texts one of the words stands by itself, by the column where it does."""
    found: dict[Column, list[StoredRow]] = {}
    for word in filter(None, words):
        for table, columns in schema.columns.items():
            searched = [c for c in columns if table != JOURNAL or c in {"why", "before", "after"}]  # no hashes
            condition = " OR ".join(f"(typeof({c}) = 'text' AND instr({c}, :word))" for c in searched)
            for row in _selected(store, schema, table, condition, {"word": word}):
                for column, value in row.items():
                    if isinstance(value, str) and stands_in(word, value):
                        found.setdefault(Column(table, column), []).append(row)
    return dict(sorted(found.items()))


def stands_in(word: str, text: str) -> bool:
    """Whether a word stands in a text, and not as a part of a longer one."""
    place = text.find(word)
    while place >= 0:
        around = text[max(place - 1, 0) : place] + text[place + len(word) : place + len(word) + 1]
        if not any(map(str.isalnum, around)):
            return True
        place = text.find(word, place + 1)
    return False
