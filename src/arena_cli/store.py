"""The file: one SQLite database holds one project. The only place that writes SQL for records.

Durability (docs/decisions.md): rollback journal, synchronous EXTRA, one write transaction a change, opened with BEGIN
IMMEDIATE and holding its journal entries. When `Store.change` has returned, the change survives a power cut.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from arena_cli.database import (
    Copy,
    DamagedDatabase,
    Keys,
    create_database,
    held_by,
    may_lie_on_share,
    no_keys,
    open_database,
    sqlite_errors,
    transaction,
    unfinished_copy,
    writable,
)
from arena_cli.engine import in_memory, key_of
from arena_cli.errors import ArenaError, Refused, translatable
from arena_cli.journal import Entry, Link, Occasion, Values, What, as_batch, as_json, make_link, seal
from arena_cli.key import Key
from arena_cli.model import (
    ALL,
    Activity,
    Destination,
    Group,
    IdentityKeeping,
    Month,
    Municipality,
    Participant,
    Project,
    Referral,
    Sex,
    Spell,
    Step,
    StepMove,
)
from arena_cli.participant_code import make_codes
from arena_cli.records import SEALED, TABLES, R, Record, Shape, differences, shape_of, table_of, values_of

if TYPE_CHECKING:
    from arena_cli.model.retention import RetentionRule


class BeforeRetention(Refused):
    message = translatable(
        "What the file was before retention can no longer be counted: the values of the changes since are erased. What "
        "was told then stands in the reports as they were delivered: `arena list-reports`."
    )


Row = tuple[Any, ...]
Made = TypeVar("Made")
Parameters = Mapping[str, Any] | Sequence[Any]


class Store:
    """An open file. Use it as a context manager; reads never write."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        make_codes: Callable[[int], Iterable[str]] = make_codes,
        on_merged: Callable[[str, str], None] | None = None,
    ) -> None:
        self.path = path
        self.make_codes = make_codes
        self._on_merged = on_merged
        self._connection = connection

    # -- opening ----------------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        writing: bool = False,
        on_share: bool = False,
        keys: Keys = no_keys,
        make_codes: Callable[[int], Iterable[str]] = make_codes,
        on_merged: Callable[[str, str], None] | None = None,
        on_migrated: Callable[[Path], None] | None = None,
    ) -> Store:
        """Open an existing file; see `open_database` for what is refused.

        `make_codes` invents so many participants' codes; `on_merged` is told of a code that somebody had before a
        merge, and of the code that it has led to.
        """
        connection = open_database(path, writing=writing, on_share=on_share, keys=keys, on_migrated=on_migrated)
        return cls(path, connection, make_codes, on_merged)

    @classmethod
    def create(
        cls,
        path: Path,
        project: Project,
        occasion: Occasion,
        retention: Iterable[RetentionRule] = (),
        key: Key | None = None,
    ) -> None:
        """Make a new file for a project, whole or not at all; see `create_database` for what is refused."""
        create_database(path, lambda connection: cls(path, connection).write_project(project, occasion, retention), key)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- reading ----------------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """The rows of a query. Figures, lists and exports read through this."""
        with sqlite_errors(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def each_row(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> Iterator[Row]:
        """The same one by one, for many."""
        with sqlite_errors(self.path):
            yield from self._connection.execute(sql, parameters)

    def counts(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """The rows of a query that groups by its first columns and adds up in the others: what a figure counts.

        What a participant, or a place, adds may hang on their own records only, and their journal: see `figures.kept`.
        """
        return self.rows(sql, parameters)

    def made_by_municipality(
        self, make: Callable[[Sequence[Row]], list[Row]], sql: str, parameters: Mapping[str, Any]
    ) -> dict[str, list[Row]]:
        """What a function makes of the counts of each municipality, the query's first column, and of `all` together.

        The rows that it is given are without that column. It may hang on nothing else, and so be kept.
        """
        return {place: make(rows) for place, rows in by_municipality(self.counts(sql, parameters)).items()}

    def made(self, make: Callable[[Store, Month, Project], Made], month: Month, project: Project) -> Made:
        """What a function makes of a month's counts and the project: it may hang on nothing else, and so be kept."""
        return make(self, month, project)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see the file as it was at the first of them, or at that of a snapshot around this one."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def project(self) -> Project:
        """The project with its lookups, in their order."""
        (row,) = self.rows(
            "SELECT code, name, name_en, owner, starts_on, ends_on, funding, fund_rules, target_group,"
            " age_from, age_to, planned_participants, hide_below, identity, demo FROM project"
        )
        code, name, name_en, owner, starts_on, ends_on, funding, fund_rules, target_group, *others = row
        age_from, age_to, planned_participants, hide_below, identity, demo = others
        return Project(
            code=code,
            name=name,
            name_en=name_en,
            owner=owner,
            starts_on=date.fromisoformat(starts_on),
            ends_on=date.fromisoformat(ends_on),
            funding=funding,
            fund_rules=fund_rules,
            municipalities=tuple(
                Municipality(*r) for r in self.rows("SELECT code, name, short_name FROM municipality ORDER BY code")
            ),
            steps=tuple(
                Step(*r)
                for r in self.rows(
                    "SELECT code, position, name, name_en, description, description_en FROM step ORDER BY position"
                )
            ),
            destinations=tuple(
                Destination(code, Group(group), *names)
                for code, group, *names in self.rows(
                    "SELECT code, destination_group, name, name_en FROM destination ORDER BY position"
                )
            ),
            referrals=tuple(
                Referral(*r) for r in self.rows("SELECT code, name, name_en FROM referral ORDER BY position")
            ),
            activities=tuple(
                Activity(*r) for r in self.rows("SELECT code, name, name_en FROM activity ORDER BY position")
            ),
            target_group=target_group,
            age_from=age_from,
            age_to=age_to,
            planned_participants=planned_participants,
            hide_below=hide_below,
            identity=IdentityKeeping(identity),
            demo=bool(demo),
        )

    def participant(self, code: str) -> Participant | None:
        """The participant with a code, also one who has been merged into another: see `person`."""
        return next(iter(self.participants("WHERE code = ?", (code,))), None)

    def participant_by_ref(self, ref: str) -> Participant | None:
        """The person whom a list calls so, by the code they have now."""
        found = next(iter(self.participants("WHERE ref = ?", (ref,))), None)
        return self.merged_into(found) or found if found else None

    def person(self, code: str) -> Participant | None:
        """The participant with a code, or the one into whom that one has been merged, which is told."""
        found = self.participant(code)
        into = self.merged_into(found) if found else None
        if into is None:
            return found
        if self._on_merged is not None:
            self._on_merged(code, into.code)
        return into

    def merged_into(self, participant: Participant) -> Participant | None:
        """The participant who is the same person and has all the records; None for somebody who has not been merged."""
        condition = "WHERE id = (SELECT into_id FROM merge WHERE participant_id = ?)"
        return next(iter(self.participants(condition, (participant.id,))), None)

    def participants(self, condition: str = "", parameters: Sequence[Any] = ()) -> list[Participant]:
        """Participants meeting an SQL condition on the table `participant`."""
        return self.records(Participant, condition, parameters)

    def spells(self, condition: str = "", parameters: Sequence[Any] = ()) -> list[Spell]:
        """Spells meeting an SQL condition on the table `spell`, each participant's in their order."""
        return sorted(self.records(Spell, condition, parameters), key=lambda s: (s.participant_id, s.order))

    def moves(self, condition: str = "", parameters: Sequence[Any] = ()) -> list[StepMove]:
        """Step moves meeting an SQL condition on the table `step_move`, by day and order of registration."""
        return sorted(self.records(StepMove, condition, parameters), key=lambda m: (m.moved_on, m.id))

    def records(self, kind: type[R], condition: str = "", parameters: Sequence[Any] = ()) -> list[R]:
        """Records of a kind meeting an SQL condition on their table."""
        shape = shape_of(kind)
        try:
            return shape.records(self.rows(f"{shape.select} {condition}", parameters))
        except (TypeError, ValueError, LookupError):
            raise DamagedDatabase(path=self.path) from None

    def each_record(self, kind: type[R], condition: str = "") -> Iterator[R]:
        """The same, a batch of them at a time, for many."""
        shape = shape_of(kind)
        rows = self.each_row(f"{shape.select} {condition}")
        try:
            while batch := [*islice(rows, _RECORDS_AT_A_TIME)]:
                yield from shape.records(batch)
        except (TypeError, ValueError, LookupError):
            raise DamagedDatabase(path=self.path) from None

    def next_id(self, kind: type[Record]) -> int:
        """The id that the next new record of a kind gets; it stays so while a change is open."""
        rows = self.rows("SELECT seq + 1 FROM sqlite_sequence WHERE name = ?", (TABLES[kind],))
        return int(rows[0][0]) if rows else 1

    def new_codes(self) -> Iterator[str]:
        """Codes that no participant has, for adding many; none is given twice, and some that are free are passed by.

        Where nobody is registered when it begins, nobody is looked for.
        """
        from arena_cli.seen import Seen

        ((has_people,),) = self.rows("SELECT EXISTS (SELECT 1 FROM participant)")
        given = Seen()
        while True:
            made = self.make_codes(_CODES_AT_A_TIME)
            taken = self._taken(made) if has_people else ()
            yield from (code for code in made if code not in taken and given.is_new(code))

    def _taken(self, codes: Iterable[str]) -> Collection[str]:
        rows = self.rows(
            "SELECT code FROM json_each(?) CROSS JOIN participant ON code = value", (json.dumps([*codes]),)
        )
        return {code for (code,) in rows}

    def entries(self, condition: str = "ORDER BY seq", parameters: Sequence[Any] = ()) -> list[Entry]:
        """Journal entries, one a record, of the links that meet an SQL condition on the table `journal`.

        The condition sees a batch as one row, whose `record` is the first of its `records`. See also `entries_of`.
        """
        return list(self.each_entry(condition, parameters))

    def each_entry(self, condition: str = "ORDER BY seq", parameters: Sequence[Any] = ()) -> Iterator[Entry]:
        """The same one by one, for many."""
        try:
            for link in self.links(condition, parameters):
                yield from link.entries()
        except (TypeError, ValueError, LookupError):  # damage has made something else of it
            raise DamagedDatabase(path=self.path) from None

    def entries_of(self, subject: str, record: int) -> list[Entry]:
        """Every journal entry of one record."""
        links = self.links(f"WHERE {_HOLDS} ORDER BY seq", {"subject": subject, "record": record})
        return [entry for link in links for entry in link.entries() if entry.record == record]

    def links(self, condition: str = "ORDER BY seq", parameters: Parameters = ()) -> Iterator[Link]:
        """The journal as the file has it: a batch of records that were added at once is one link of the chain."""
        with sqlite_errors(self.path):
            for row in self._connection.execute(f"SELECT {_LINK_COLUMNS} FROM journal {condition}", parameters):
                yield Link(*row)

    @property
    def key(self) -> Key | None:
        """The key that the file is encrypted with; None for one that is not."""
        return key_of(self._connection)

    def held(self) -> bytes:
        """Every value in every table, one after the other."""
        with sqlite_errors(self.path):
            return held_by(self._connection)

    def memory(self) -> sqlite3.Connection:
        """A database in memory of the same kind as the file's, for what is taken out of it; never on a disk."""
        return in_memory(self._connection)

    def retained_until(self) -> int:
        """The last journal entry whose values retention may have erased; 0 where there was none."""
        ((seq,),) = self.rows("SELECT coalesce(max(journal_seq), 0) FROM retention")
        return int(seq)

    def may_lie_on_share(self) -> bool:
        """Whether the project allows that its file is written to on a network share."""
        return may_lie_on_share(self._connection)

    @contextmanager
    def copied_to(self, unfinished: Path) -> Iterator[tuple[Copy, Store]]:
        """A copy of the file as it is now, with a store to look into it; it is gone afterwards unless published."""
        with unfinished_copy(self._connection, unfinished) as copy:
            yield copy, Store(self.path, copy.connection)

    def as_of(self, seq: int) -> Store:
        """The file as it was when its journal ended with an entry: a copy in memory with the later changes taken back.

        The copy's journal has them still, and what was delivered is as it is now. Raises BeforeRetention for an entry
        from before the values of later ones were erased.
        """
        if seq < self.retained_until():
            raise BeforeRetention
        copy = in_memory(self._connection)
        with sqlite_errors(self.path):
            self._connection.backup(copy)
            for entry in self.each_entry("WHERE seq > ? ORDER BY seq DESC", (seq,)):
                if entry.subject in _REGISTERED:
                    take_back(copy, entry)
        return Store(self.path, copy)

    # -- writing ----------------------------------------------------------------------------------------------------

    @contextmanager
    def delivering(self) -> Iterator[Callable[[str, Mapping[str, Any]], int]]:
        """One transaction for what becomes of a delivered report, which is no record: the journal does not have it.

        Gives the way to add a row to a table; one whose key is there already is left as it is.
        """
        with transaction(self._connection, self.path):
            yield lambda table, row: _add_row(self._connection, table, row)

    @contextmanager
    def change(self, occasion: Occasion, undoes: int | None = None) -> Iterator[Change]:
        """One transaction with its journal entries: all of it is kept when the block ends, none of it if it raises."""
        with transaction(self._connection, self.path):
            yield Change(self, self._connection, occasion, undoes)

    @contextmanager
    def rewriting(self, occasion: Occasion) -> Iterator[tuple[sqlite3.Connection, Callable[[], Change]]]:
        """One transaction in which what is never changed may be: for retention only, and in a copy of the file.

        Gives the connection, and the way to begin journal entries when the journal is as it is to be. The triggers that
        guard the tables are lifted inside, and references are checked at its end.
        """
        with transaction(self._connection, self.path):
            self._connection.execute("PRAGMA defer_foreign_keys = ON")
            triggers = self.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
            for name, _ in triggers:
                self._connection.execute(f"DROP TRIGGER {name}")
            yield self._connection, lambda: Change(self, self._connection, occasion, None)
            for _, sql in triggers:
                self._connection.execute(sql)

    def version(self) -> int:
        """A number that is another one when another command has changed the file."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def replace_with(self, copy: sqlite3.Connection, version: int) -> bool:
        """Make the file what a copy of it has become, page by page: all of it or, if killed, nothing.

        False, and nothing is done, where another command has changed the file since it had this version.
        """
        with sqlite_errors(self.path):
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("BEGIN EXCLUSIVE")
            self._connection.execute("COMMIT")  # the lock stays, and pages can be put in
            if self.version() != version:
                return False
            copy.backup(self._connection)
        return True

    def keep_counts(self, month: str, seq: int, made: bytes, counts: bytes) -> None:
        """Keep what was counted of a month, and made of it, as of a journal entry; also in a file opened for reading.

        Only time is lost where that cannot be: while another command writes, on a full disk, in a file that may not be
        written to.
        """
        with suppress(ArenaError), writable(self._connection), transaction(self._connection, self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO kept_counts VALUES (?, ?, ?, ?)", (month, seq, made, counts)
            )

    def write_project(self, project: Project, occasion: Occasion, retention: Iterable[RetentionRule] = ()) -> None:
        """Fill an empty file's project and lookup tables, and how long what it will hold is kept."""
        record = {
            **{f.name: getattr(project, f.name) for f in fields(project) if f.name not in _PROJECT_LOOKUPS},
            "id": 1,
            "starts_on": project.starts_on.isoformat(),
            "ends_on": project.ends_on.isoformat(),
            "identity": project.identity.value,
            "demo": int(project.demo),
        }
        with self.change(occasion) as change:
            change.insert("project", record)
            for table, rows in _lookup_rows(project).items():
                for number, row in enumerate(rows, 1):
                    change.insert(table, row, number)
            change.set_retention_rules(retention, 1)


class Change:
    """The writes of one transaction; each becomes a journal entry."""

    def __init__(self, store: Store, connection: sqlite3.Connection, occasion: Occasion, undoes: int | None) -> None:
        self._store = store
        self._connection = connection
        self._occasion = occasion
        self._undoes = undoes
        self._last = next(store.links("ORDER BY seq DESC LIMIT 1"), None)
        self.number: Final = self._last.change + 1 if self._last else 1

    def add_participant(self, ref: str | None, sex: Sex, birth_year: int | None) -> Participant:
        """Add a person under a new code."""
        (code,) = self._store.make_codes(1)
        while self._store.participant(code):
            (code,) = self._store.make_codes(1)
        return self.add(Participant(0, code, ref, sex, birth_year))

    def add_spell(self, spell: Spell) -> Spell:
        """Add a spell; its id is given here."""
        return self.add(spell)

    def add_move(self, spell_id: int, moved_on: date, step: str) -> StepMove:
        """Add a move, registered after all that are there."""
        return self.add(StepMove(0, spell_id, moved_on, step))

    def add(self, record: R) -> R:
        """Add a record. Returns it with its id."""
        return replace(record, id=self.insert(table_of(type(record)), values_of(record)))

    def add_beside(self, table: str, row: Mapping[str, Any]) -> int:
        """Add a row of what is no record, which the journal does not have; one whose key is there is left as it is.

        Returns its id.
        """
        return _add_row(self._connection, table, row)

    def add_all(self, records: Iterable[Record]) -> None:
        """Add many records of one kind under the ids they have, which follow on `Store.next_id`."""
        remaining = iter(records)
        while batch := list(islice(remaining, _BATCH)):
            if batch[-1].id - batch[0].id != len(batch) - 1:
                raise ValueError("the ids do not follow each other")
            shape = shape_of(type(batch[0]))
            self._add_batch(shape, batch[0].id, [*zip(*map(shape.values, batch), strict=True)])

    def add_columns(self, kind: type[Record], first: int, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add records with consecutive ids that are given by the values of every column but the id."""
        shape = shape_of(kind)
        values = [columns[name] for name in shape.written]
        for place in range(0, len(values[0]), _BATCH):
            self._add_batch(shape, first + place, [some[place : place + _BATCH] for some in values])

    def _add_batch(self, shape: Shape[Any], first: int, columns: Iterable[Sequence[Any]]) -> None:
        """Add records with consecutive ids as one batch of the journal: the values of each column of `written`."""
        named = dict(zip(shape.written, shape.written_columns(columns), strict=True))
        count = len(next(iter(named.values())))
        same: dict[str, str | int | None] = {"registered_at": self._occasion.at}
        if count == 1:
            self._add_rows(shape.table, range(first, first + 1), same, named)
            self._write_entry(shape.table, first, None, {name: value for name, (value,) in named.items()} | same)
            return
        same |= {name: values[0] for name, values in [*named.items()][1:] if len({*values}) == 1}
        differing = {name: values for name, values in named.items() if name not in same}
        self._add_rows(shape.table, range(first, first + count), same, differing)
        self._write_link(What(shape.table, first, None, as_batch(differing, same), count))

    def _add_rows(
        self, table: str, ids: range, same: Values, columns: Mapping[str, Sequence[str | int | None]]
    ) -> None:
        """Add rows; the values that they have in common are given to a statement once."""
        rows = [*zip(ids, *columns.values(), strict=True)]
        insert = f"INSERT INTO {table} ({', '.join((*same, 'id', *columns))}) VALUES"
        marks = ", ".join([*(f"?{number}" for number in range(1, len(same) + 1)), *"?" * (len(columns) + 1)])
        for size in _ROWS_OF_STATEMENT:
            whole = len(rows) - len(rows) % size
            groups = (chain.from_iterable(rows[place : place + size]) for place in range(0, whole, size))
            values = ((*same.values(), *group) for group in groups)
            self._connection.executemany(f"{insert} {', '.join([f'({marks})'] * size)}", values)
            del rows[:whole]

    def update(self, before: R, after: R) -> None:
        """Replace a record's values; nothing is written where nothing differs."""
        old, new = differences(before, after)
        if new and type(before) in SEALED:
            old, new = values_of(before), values_of(after)
        if new:
            self._replace(table_of(type(before)), before.id, old, new)

    def remove(self, record: Record) -> None:
        """Take a record away; the journal keeps the whole of it, of who somebody is a seal."""
        table = table_of(type(record))
        cursor = self._connection.execute(f"SELECT * FROM {table} WHERE id = ?", (record.id,))
        columns = [column for column, *_ in cursor.description]
        before = dict(zip(columns, cursor.fetchone(), strict=True))
        self._connection.execute(f"DELETE FROM {table} WHERE id = ?", (record.id,))
        self._write_entry(table, record.id, before, None)

    def allow_network_share(self, *, allowed: bool) -> None:
        """Let the file be written to on a network share, or no longer."""
        self.set_project("network_share", int(not allowed), int(allowed))

    def set_project(self, column: str, before: str | int, after: str | int) -> None:
        """Give a column of the project another value; nothing is written where it does not differ."""
        if before != after:
            self._replace("project", 1, {column: before}, {column: after})

    def set_retention_rules(self, rules: Iterable[RetentionRule], edition: int) -> None:
        """Add a whole set of rules; the one of the highest edition holds."""
        for rule in rules:
            self.insert("retention_rule", {"edition": edition, **asdict(rule)})

    def insert(self, subject: str, values: Values, number: int | None = None) -> int:
        """Add a row to a table. Returns its id; a lookup's rows, which have none, are numbered by the caller."""
        row = dict(values)
        if subject in _REGISTERED or subject in _SEALED:
            row.setdefault("registered_at", self._occasion.at)
        columns = ", ".join(row)
        marks = ", ".join("?" * len(row))
        cursor = self._connection.execute(f"INSERT INTO {subject} ({columns}) VALUES ({marks})", tuple(row.values()))
        record = number or cursor.lastrowid or 0
        self._write_entry(subject, record, None, row)
        return record

    def revert(self, link: Link) -> None:
        """Put every record of a link back to what it was before the change that is undone."""
        if link.records > 1 and link.after is not None:
            last = link.record + link.records - 1
            self._connection.execute(f"DELETE FROM {link.subject} WHERE id BETWEEN ? AND ?", (link.record, last))
            self._write_link(What(link.subject, link.record, link.after, None, link.records))
        else:
            for entry in link.entries():
                self._revert(entry)

    def _revert(self, entry: Entry) -> None:
        before = json.loads(entry.before) if entry.before else None
        after = json.loads(entry.after) if entry.after else None
        if before is None:
            self._connection.execute(f"DELETE FROM {entry.subject} WHERE id = ?", (entry.record,))
            self._write_entry(entry.subject, entry.record, after, None)
        elif after is None:
            self.insert(entry.subject, {**before, "id": entry.record})
        else:
            self._replace(entry.subject, entry.record, after, before)

    def _replace(self, subject: str, record: int, old: Values, new: Values) -> None:
        setting = ", ".join(f"{column} = ?" for column in new)
        self._connection.execute(f"UPDATE {subject} SET {setting} WHERE id = ?", (*new.values(), record))
        self._write_entry(subject, record, old, new)

    def _write_entry(self, subject: str, record: int, before: Values | None, after: Values | None) -> None:
        if subject in _SEALED:
            before, after = (seal(values) if values else None for values in (before, after))
        old, new = (as_json(values) if values is not None else None for values in (before, after))
        self._write_link(What(subject, record, old, new))

    def _write_link(self, what: What) -> None:
        self._last = make_link(self._last, self._occasion, self.number, self._undoes, what)
        self._connection.execute(_INSERT_LINK, self._last)


def _add_row(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> int:
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    return connection.execute(sql, tuple(row.values())).lastrowid or 0


def by_municipality(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each municipality, their first column, without it; and of `all`, with their last column added up."""
    places: dict[str, list[Row]] = {}
    together: dict[Row, int] = {}
    for row in rows:
        key = row[1:-1]
        together[key] = together.get(key, 0) + row[-1]
        places.setdefault(row[0], []).append(row[1:])
    return {**places, ALL: [(*key, number) for key, number in together.items()]}


def take_back(connection: sqlite3.Connection, entry: Entry) -> None:
    """Put a record back to what it was before an entry."""
    before = json.loads(entry.before) if entry.before else None
    if before is None:
        connection.execute(f"DELETE FROM {entry.subject} WHERE id = ?", (entry.record,))
    elif entry.after is None:
        row = {**before, "id": entry.record}
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {entry.subject} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    else:
        setting = ", ".join(f"{column} = ?" for column in before)
        connection.execute(f"UPDATE {entry.subject} SET {setting} WHERE id = ?", (*before.values(), entry.record))


_BATCH: Final = 1000
"""So many records are written at a time, as one row of the journal."""

_CODES_AT_A_TIME: Final = 100
"""So many new codes are looked up together."""

_RECORDS_AT_A_TIME: Final = 1000
"""So many are made of rows together, where many are read."""

_ROWS_OF_STATEMENT: Final = (100, 10, 1)
"""SQLite adds a hundred rows in one statement in half the time of a statement for each; then those that are left."""

_REGISTERED: Final = frozenset(TABLES.values())
_SEALED: Final = frozenset(SEALED.values())
_PROJECT_LOOKUPS: Final = frozenset({"municipalities", "steps", "destinations", "referrals", "activities"})
_LINK_COLUMNS: Final = ", ".join(Link._fields)
_INSERT_LINK: Final = f"INSERT INTO journal ({_LINK_COLUMNS}) VALUES ({', '.join('?' * len(Link._fields))})"

_HOLDS: Final = """
seq IN (SELECT seq FROM journal WHERE subject = :subject AND record = :record
        UNION
        SELECT seq FROM journal
        WHERE subject = :subject AND records > 1 AND record <= :record AND record + records > :record)
"""
"""Whether a link has an entry of a record. Batches are few: they are gone through in their index."""


def _lookup_rows(project: Project) -> dict[str, list[dict[str, Any]]]:
    """The rows of each lookup table. What has no position of its own gets its place in the project's list."""

    def rows(lookups: Sequence[Municipality | Step | Destination | Referral | Activity]) -> list[dict[str, Any]]:
        return [{field.name: getattr(lookup, field.name) for field in fields(lookup)} for lookup in lookups]

    tables = {
        "municipality": rows(project.municipalities),
        "step": rows(project.steps),
        "destination": rows(project.destinations),
        "referral": rows(project.referrals),
        "activity": rows(project.activities),
    }
    for row in tables["destination"]:
        row["destination_group"] = row.pop("group")
    for table in ("destination", "referral", "activity"):
        for position, row in enumerate(tables[table], 1):
            row["position"] = position
    return tables
