"""Counts that are kept, so that a month is not counted over the whole register each time somebody asks for it.

What each query counted is kept in the file, month by month, with the journal's last entry at the time. All queries of
the figures (`Store.counts`) are sums over the participants, and those of places over the places: what somebody adds
hangs on their own records, and what the journal says of them, alone. So a month asked for again is

    what was kept - what those changed since then added at that time + what they add now

and the latter two are counted by the very same queries, in two small databases in memory: one with the records of those
participants as they are, one with the journal's entries taken back. Nothing is said here of what is counted; a query
that is not word for word the same is counted anew.

How many rows that is grows with the number of participants, and how many of them a change concerns does not. So each
query is kept by itself, column by column, only unpacked when it is asked for, and not written anew for a change: what
has been added since is kept beside the rows. Of how many have been so many days in a municipality there are as many
rows as of all else together. They are kept municipality by municipality, with the quartiles that were made of them
(`Store.made_by_municipality`), and only those are unpacked where somebody has changed.

As long as nothing has changed, nothing is unpacked at all: the tables that were made of the counts (`Store.made`) are
kept beside them, as large for ten participants as for a million.

`report.build` is the full count, and `differing` compares the two. Whoever changes records without a journal entry, or
rewrites the journal, must empty the table `kept_counts`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, Final, cast

from arena_cli import __version__
from arena_cli.database import SCHEMA_VERSION
from arena_cli.figures import report
from arena_cli.figures.packed import Damaged, joined, packed, packed_tables, parted, unpacked, unpacked_tables
from arena_cli.figures.report import Report
from arena_cli.figures.table import Groups, Scope
from arena_cli.journal import Entry
from arena_cli.model import ALL, ExitType, Month, Project, Spell
from arena_cli.records import OF_NO_FIGURE, TABLES
from arena_cli.store import Made, Row, Store, by_municipality, take_back

WORTH_KEEPING: Final = 5_000
"""A register with fewer spells is counted sooner than its counts are written."""

MOST_ENTRIES: Final = 10_000
"""After more changes that touch a month, all of it is counted."""

_MANY_PASSED: Final = 1_000
"""After so many entries that touch nothing in a month, it is noted that they do not."""

_BEGINS: Final[Mapping[str, str]] = {
    "spell": "entered_on",
    "step_move": "moved_on",
    "assignment": "assigned_on",
    "pause": "paused_on",
    "place": "opens_on",
    "placement": "placed_on",
    "attendance": "month",
    "follow_up": "followed_up_on",
}
"""When a record begins: as of an earlier day it is not there."""

_ENDS: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "spell": {"exited_on": frozenset({"exited_on", "exit_type", "destination"})},
    "pause": {"resumed_on": frozenset({"resumed_on"})},
    "assignment": {"ended_on": frozenset({"ended_on", "outcome"})},
}
"""When a record ends, and the columns that say how: as of an earlier day it has not ended."""

_UNCOUNTED: Final = OF_NO_FIGURE | {"decision", "note", "target"}
"""The records that no count reads."""

_COLUMNS: Final = {
    table: tuple(field.name for field in fields(kind)) for kind, table in TABLES.items() if table not in _UNCOUNTED
}
_OF_PARTICIPANTS: Final = tuple(table for table, columns in _COLUMNS.items() if "participant_id" in columns)
_OF_SPELLS: Final = tuple(t for t, columns in _COLUMNS.items() if "spell_id" in columns and t not in _OF_PARTICIPANTS)
_REFERENCES: Final[Mapping[str, str]] = {"participant_id": "participant", "spell_id": "spell", "place_id": "place"}

_ROWS: Final = "rows"
_SINCE: Final = "since"
"""What is kept of a query: its rows, and what has been added to them since."""

MOST_CHANGED: Final = 8
"""When more than one row in so many has changed, all are written anew."""

_LOOKUPS: Final = ("step", "destination")
"""The tables that counts read beside the records."""

_IDS: Final = "(SELECT value FROM json_each(?))"
_SPELLS_OF: Final = f"(SELECT id FROM spell WHERE participant_id IN {_IDS})"


def build(store: Store, month: Month, today: date, worth_keeping: int = WORTH_KEEPING) -> Report:
    """The report of a month, as `report.build`, from kept counts where there are any; what is new is kept.

    Figures that contradict each other are not: then something else has written to the file, or has yet to.
    """
    counting = CountingFromKept(store, month)
    built = report.build(counting, month, today)
    keep(store, counting, built, worth_keeping)
    return built


def keep(store: Store, counting: CountingFromKept, built: Report, worth_keeping: int = WORTH_KEEPING) -> None:
    """Keep what is new of what a report has been counted from; outside a snapshot, since it is written."""
    if counting.has_news and built.reconciles and store.next_id(Spell) > worth_keeping:
        store.keep_counts(str(built.month), counting.seq, *counting.encoded())


def months(store: Store) -> list[Month]:
    """The months of which counts are kept, in their order."""
    return [Month.parse(text) for (text,) in store.rows("SELECT month FROM kept_counts ORDER BY month")]


def differing(store: Store, today: date) -> Iterator[Month]:
    """The months whose kept counts do not give what a full count gives. Counts everything anew."""
    for month in months(store):
        with store.snapshot():
            is_other = differs(store, report.build(store, month, today), today)
        if is_other:
            yield month


def differs(store: Store, anew: Report, today: date) -> bool:
    """Whether a month's kept counts, or what was made of them, do not give what a full count has given.

    In the same snapshot.
    """
    ways = ((True, True), (False, True), (False, False))
    return any(
        report.build(CountingFromKept(store, anew.month, takes_tables=tables, takes_parts=parts), anew.month, today)
        != anew
        for tables, parts in ways
    )


class CountingFromKept(Store):
    """A store whose counts of a month come from what is kept, and from what the journal says has changed since.

    Without `takes_tables` all tables are made anew of the counts, without `takes_parts` what was made of some of them.
    """

    def __init__(self, store: Store, month: Month, *, takes_tables: bool = True, takes_parts: bool = True) -> None:
        super().__init__(store.path, store._connection, store.make_codes)  # noqa: SLF001 # the same open file
        self._month = month
        self._takes_tables = takes_tables
        self._takes_parts = takes_parts
        self._kept: dict[str, bytes] | None = {}
        self._made: dict[str, bytes] = {}
        self._changed: _Changed | None = None
        self._counted: dict[str, bytes] = {}
        self.has_news = False
        self.seq = 0

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with super().snapshot():
            self._load()
            yield

    def _load(self) -> None:
        """Read what was made of the month and what has been changed since; nothing, where that is too much."""
        ((self.seq,),) = self.rows("SELECT max(seq) FROM journal")
        for seq, made in self.rows("SELECT seq, made FROM kept_counts WHERE month = ?", (str(self._month),)):
            entries = list(islice(_touching(self, seq, self._month), MOST_ENTRIES + 1))
            if len(entries) <= MOST_ENTRIES and all(entry.subject in _COLUMNS for entry in entries):
                self._changed = _Changed(self, seq, entries) if entries else None
                self._made = {} if entries else parted(made)
                self._kept = None
                self.has_news = self.seq - seq > _MANY_PASSED
                if self.has_news:
                    self._load_counts()

    def _load_counts(self) -> dict[str, bytes]:
        """What is kept of the month's counts: read only when something is to be counted, as after a change."""
        if self._kept is None:
            ((counts,),) = self.rows("SELECT counts FROM kept_counts WHERE month = ?", (str(self._month),))
            self._kept = parted(counts)
        return self._kept

    def counts(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        key, keys = key_of(sql, parameters), _keys_of(sql)
        parts = self._parts(key)
        try:
            known, since = (unpacked(parts.get(name, b"")) for name in (_ROWS, _SINCE))
        except Damaged:
            return self._new(key, super().counts(sql, parameters))
        if self._changed is None or key in self._counted:
            return _with(keys, known, _changes(keys, (), since))
        before, now = self._changed.counts(sql, parameters)
        changes = _changes(keys, before, chain(since, now))
        rows = _with(keys, known, changes)
        if len(changes) * MOST_CHANGED > len(known):
            return self._new(key, rows)
        self._keep(key, {_ROWS: parts[_ROWS], _SINCE: packed([(*row, *values) for row, values in changes.items()])})
        return rows

    def made_by_municipality(
        self, make: Callable[[Sequence[Row]], list[Row]], sql: str, parameters: Mapping[str, Any]
    ) -> dict[str, list[Row]]:
        """As the store's; made anew of the municipalities where something has changed, and of all together."""
        key, made_by = key_of(sql, parameters), _digest(_made_by(make))
        parts = self._parts(key)
        rows = parted(parts.get(_ROWS, b""))
        try:
            anew = self._changed_places(key, rows, sql, parameters)
            known = unpacked(parts[made_by]) if made_by in parts and self._takes_parts else []
            made = {place: [row[1:] for row in of_place] for place, of_place in groupby(known, itemgetter(0))}
            anew |= {place: unpacked(rows[place]) for place in rows.keys() - made.keys() - anew.keys()}
        except Damaged:
            rows, made, anew = {}, {}, by_municipality(super().counts(sql, parameters))
        made |= {place: make(of_place) for place, of_place in anew.items()}
        if anew or self._changed is not None:
            rows |= {place: packed(of_place) for place, of_place in anew.items()}
            whole = [(place, *row) for place, of_place in made.items() for row in of_place]
            self._keep(key, {_ROWS: joined(rows), made_by: packed(whole)})
        return made

    def _changed_places(
        self, key: str, rows: Mapping[str, bytes], sql: str, parameters: Mapping[str, Any]
    ) -> dict[str, list[Row]]:
        """The rows of each municipality, and of all, where they have changed. Raises Damaged if nothing is kept."""
        if ALL not in rows:
            raise Damaged
        if self._changed is None or key in self._counted:
            return {}
        before, now = map(by_municipality, self._changed.counts(sql, parameters))
        keys, places = _keys_of(sql) - 1, before.keys() | now.keys()
        changes = {place: _changes(keys, before.get(place, ()), now.get(place, ())) for place in places}
        return {
            place: _with(keys, unpacked(rows[place]) if place in rows else [], changed)
            for place, changed in changes.items()
            if changed
        }

    def made(self, make: Callable[[Store, Month, Project], Made], month: Month, project: Project) -> Made:
        """The tables that a function makes, as it made them before if nothing has changed since."""
        key = key_of_made(make, month, project)
        kept = self._made.get(key) if self._takes_tables else None
        known = unpacked_tables(kept, Scope.of(project, ())) if kept else None
        if known is not None:
            return cast(Made, known)
        made = super().made(make, month, project)
        self._made = {key: packed_tables(*cast(tuple[Scope, Groups], made))}
        self.has_news = True
        return made

    def _parts(self, key: str) -> dict[str, bytes]:
        """What has been counted already or, if nothing, what is kept; none if nothing is, or if it is damaged."""
        return parted(self._counted.get(key) or self._load_counts().get(key, b""))

    def _new(self, key: str, rows: list[Row]) -> list[Row]:
        self._keep(key, {_ROWS: packed(rows), _SINCE: packed([])})
        return rows

    def _keep(self, key: str, parts: Mapping[str, bytes]) -> None:
        self.has_news = True
        self._counted[key] = joined(parts)

    def encoded(self) -> tuple[bytes, bytes]:
        """As the file keeps it: what has been made, and what has been counted or, if nothing has changed, was kept."""
        counted = self._counted if self._changed else {**self._load_counts(), **self._counted}
        return joined(self._made), joined(counted)


def key_of(sql: str, parameters: Mapping[str, Any]) -> str:
    """By what is found what a query has counted: all that it hangs on.

    With it the order of bytes: on a machine with another nothing is found.
    """
    return _digest([SCHEMA_VERSION, sys.byteorder, sql, parameters])


def key_of_made(make: Callable[[Store, Month, Project], object], month: Month, project: Project) -> str:
    """By what is found what a function of this version of arena has made of a month's counts."""
    return _digest([SCHEMA_VERSION, sys.byteorder, *_made_by(make), str(month), repr(project)])


def _made_by(make: Callable[..., object]) -> tuple[str, str, str]:
    """A function of this version of arena."""
    return __version__, make.__module__, make.__qualname__


def _digest(values: Sequence[object]) -> str:
    return sha256(json.dumps(values).encode()).hexdigest()


class _Changed:
    """The participants and places that some entries touch, as they were before the first of them and as they are.

    Each with what the journal says of their records: all of it, or as far as the entry up to which counts are kept.
    """

    def __init__(self, store: Store, seq: int, entries: Sequence[Entry]) -> None:
        participants, places = _touched(store, entries)
        self._now = store.memory()
        for (statement,) in store.rows(_SCHEMA):
            self._now.execute(statement)
        copy = partial(_copy, store, self._now)
        for table in _LOOKUPS:
            copy(table, "TRUE")
        copy("participant", f"id IN {_IDS}", participants)
        copy("place", f"id IN {_IDS}", places)
        for table in _OF_PARTICIPANTS:
            copy(table, f"participant_id IN {_IDS}", participants)
        for table in _OF_SPELLS:
            copy(table, f"spell_id IN {_SPELLS_OF}", participants)
        self._before = store.memory()
        self._now.backup(self._before)
        for entry in reversed(entries):
            take_back(self._before, entry)
        for table in _COLUMNS:
            ids = {number for each in (self._before, self._now) for (number,) in each.execute(_IDS_OF.format(table))}
            links = store.rows(_LINKS_OF, {"subject": table, "ids": json.dumps(sorted(ids))})
            self._now.executemany(_ADD_LINK, links)
            self._before.executemany(_ADD_LINK, (link for link in links if link[0] <= seq))

    def counts(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[Row], list[Row]]:
        """What they added before, and what they add now."""
        before, now = (connection.execute(sql, parameters).fetchall() for connection in (self._before, self._now))
        return before, now


_SCHEMA: Final = """
SELECT sql FROM sqlite_schema
WHERE type IN ('table', 'index', 'view') AND name NOT LIKE 'sqlite|_%' ESCAPE '|' AND sql IS NOT NULL
ORDER BY rowid
"""


_IDS_OF: Final = "SELECT id FROM {}"

_LINKS_OF: Final = """
SELECT seq, change, at, actor, command, undoes, subject, record, records,
       CASE WHEN records = 1 THEN before END, CASE WHEN records = 1 THEN after END, previous_hash, hash
FROM journal
WHERE seq IN (SELECT seq FROM journal WHERE subject = :subject AND record IN (SELECT value FROM json_each(:ids))
              UNION
              SELECT (SELECT seq FROM journal WHERE subject = :subject AND records > 1 AND record <= value
                      ORDER BY record DESC, seq LIMIT 1)
              FROM json_each(:ids))
"""
"""What the journal says of records of a table: their own entries, and which batch begins last at or before each.

The text of a batch, with a thousand records, is left out: no count reads it."""

_ADD_LINK: Final = """
INSERT INTO journal (seq, change, at, actor, command, undoes, subject, record, records, before, after, previous_hash,
                     hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _copy(store: Store, connection: sqlite3.Connection, table: str, condition: str, *ids: str) -> None:
    rows = store.rows(f"SELECT * FROM {table} WHERE {condition}", ids)
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _touched(store: Store, entries: Iterable[Entry]) -> tuple[str, str]:
    """The ids, as JSON, of the participants and the places whose share of the counts the entries may have changed.

    A place counts those who are on it: with it come all who have ever been there, and with participants their places.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        ids[entry.subject].add(entry.record)
        for values in _values(entry):
            for column in _REFERENCES.keys() & values.keys():
                ids[_REFERENCES[column]].add(values[column])

    def look_up(table: str, column: str, condition: str, of: Iterable[int]) -> None:
        rows = store.rows(f"SELECT DISTINCT {column} FROM {table} WHERE {condition}", (json.dumps([*of]),))
        ids[_REFERENCES[column]].update(value for (value,) in rows)

    for table in (*_OF_SPELLS, *_OF_PARTICIPANTS):
        column = "participant_id" if table in _OF_PARTICIPANTS else "spell_id"
        look_up(table, column, f"id IN {_IDS}", tuple(ids[table]))
    participants, places = ids["participant"], ids["place"]
    look_up("placement", "place_id", f"spell_id IN {_SPELLS_OF}", participants)
    there = store.rows(f"SELECT spell_id FROM placement WHERE place_id IN {_IDS}", (json.dumps([*places]),))
    look_up("spell", "participant_id", f"id IN {_IDS}", (spell for (spell,) in there))
    look_up("placement", "place_id", f"spell_id IN {_SPELLS_OF}", tuple(participants))
    return json.dumps(sorted(participants)), json.dumps(sorted(places))


def _values(entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns before and after; none of a record that was not there."""
    before, after = (json.loads(text) if text else {} for text in (entry.before, entry.after))
    return before, after


# -- what a month does not see ----------------------------------------------------------------------------------------


def _touching(store: Store, seq: int, month: Month) -> Iterator[Entry]:
    """The entries after one that can change what a month's report says."""
    last = month.last.isoformat()
    return (entry for entry in store.each_entry("WHERE seq > ? ORDER BY seq", (seq,)) if _touches(entry, last))


def _touches(entry: Entry, last: str) -> bool:
    """Whether an entry can change anything as of the end of a day."""
    if entry.subject in _UNCOUNTED:
        return False
    versions = _values(entry)
    begins = _BEGINS.get(entry.subject)
    if any(begins in values for values in versions):
        return any(values[begins] <= last for values in versions if begins in values)
    for ends, columns in _ENDS.get(entry.subject, {}).items():
        changed = versions[0].keys() | versions[1].keys()
        if ends in changed <= columns and ExitType.MISREGISTERED not in {v.get("exit_type") for v in versions}:
            return any(values[ends] is not None and values[ends] <= last for values in versions)
    return True


# -- sums -------------------------------------------------------------------------------------------------------------


def _keys_of(sql: str) -> int:
    """By how many columns, its first, a query groups: the last number of `GROUP BY 1, 2, 3`."""
    return int(sql.rpartition("GROUP BY")[2].rpartition(",")[2])


def _changes(keys: int, before: Iterable[Row], now: Iterable[Row]) -> dict[Row, list[int]]:
    """By how much rows differ, less what was added before and with what is added now: those that do."""
    changes: dict[Row, list[int]] = {}
    for sign, rows in ((-1, before), (1, now)):
        for row in rows:
            key, values = row[:keys], row[keys:]
            known = changes.get(key, (0,) * len(values))
            changes[key] = [a + sign * (b or 0) for a, b in zip(known, values, strict=True)]
    return {key: values for key, values in changes.items() if any(values)}


def _with(keys: int, kept: Sequence[Row], changes: Mapping[Row, Sequence[int]]) -> list[Row]:
    """The rows with what has changed added; what adds up to nothing is gone."""
    if not changes:
        return [*kept]
    new = dict(changes)
    changed = [row for row in kept if row[:keys] in changes]
    summed = [
        (*row[:keys], *((a or 0) + b for a, b in zip(row[keys:], new.pop(row[:keys]), strict=True))) for row in changed
    ]
    rows = [row for row in kept if row[:keys] not in changes] if changed else [*kept]
    return rows + [row for row in summed if any(row[keys:])] + [(*key, *values) for key, values in new.items()]
