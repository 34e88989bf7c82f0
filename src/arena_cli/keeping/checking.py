"""Whether a file is sound. Nothing is ever mended here: a backup is the mend.

SQLite's own check knows pages, not contents: a flipped bit in a name or a date passes it. So the whole check also plays
the journal, whose entries hold each other by hash, and compares every record with what the journal made of it.

What is stored and can be counted anew registers its count in CHECKS.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from functools import cache
from heapq import heappop, heappush, merge
from itertools import groupby
from math import inf
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from arena_cli.database import DamagedDatabase, write_dictionary
from arena_cli.engine import operational_errors
from arena_cli.errors import Remark, translatable
from arena_cli.figures import kept
from arena_cli.figures.report import build
from arena_cli.journal import Entry, Link, broken_at, seal
from arena_cli.keeping import delivered
from arena_cli.model import Month, Project
from arena_cli.records import SEALED, TABLES, Record, values_of
from arena_cli.store import Store

MOST_TOLD: Final = 10
"""So many findings of a check are told; of the rest, how many they are."""

_MIGRATIONS: Final = "_sqlite_migrations"
"""sqlite-utils' own table, whose columns change with its versions."""


class Examined(NamedTuple):
    """A file that is being checked: the whole of it, or what is quick."""

    store: Store
    today: date
    whole: bool


class Check(NamedTuple):
    """One thing that is checked. `builds_on`: what must have found nothing first. `only_whole`: it is not quick."""

    name: str
    title: str
    find: Callable[[Examined], Iterator[Remark]]
    builds_on: tuple[str, ...] = ()
    only_whole: bool = False
    counts: bool = False


class Verdict(NamedTuple):
    """What a check has found; None where it was not made, since what it builds on is not sound."""

    check: Check
    findings: tuple[Remark, ...] | None

    @property
    def sound(self) -> bool:
        return self.findings == ()


def examine(store: Store, today: date, *, whole: bool, counting: bool = True) -> list[Verdict]:
    """Check a file: what is quick, or every byte; without counting figures if so wished."""
    examined = Examined(store, today, whole)
    verdicts: dict[str, Verdict] = {}

    def make(check: Check) -> None:
        may_be_made = all(verdicts[name].sound for name in check.builds_on if name in verdicts)
        verdicts[check.name] = Verdict(check, _findings(check, examined) if may_be_made else None)

    checks = [check for check in CHECKS if whole or not check.only_whole]
    with store.snapshot():  # what is compared must be of one moment
        for check in checks:
            if not check.counts:
                make(check)
    for check in checks:
        if check.counts and counting:
            make(check)
    return list(verdicts.values())


def is_sound(verdicts: Iterable[Verdict]) -> bool:
    """Whether every check was made and found nothing."""
    return all(verdict.sound for verdict in verdicts)


_UNREADABLE: Final = translatable("a part of the file cannot be read.")


def _findings(check: Check, examined: Examined) -> tuple[Remark, ...]:
    found: list[Remark] = []
    more = 0
    try:
        for finding in check.find(examined):
            if len(found) < MOST_TOLD:
                found.append(finding)
            else:
                more += 1
    except DamagedDatabase:
        found.append(Remark(_UNREADABLE))
    except operational_errors():  # of a schema that damage has made into another
        found.append(Remark(_UNREADABLE))
    if more:
        found.append(Remark(translatable("and {count} more."), count=more))
    return tuple(found)


# -- the file ---------------------------------------------------------------------------------------------------------


def _structure(examined: Examined) -> Iterator[Remark]:
    told = examined.store.rows(f"PRAGMA {'integrity_check' if examined.whole else 'quick_check'}")
    if told != [("ok",)]:
        message = translatable("SQLite finds {count} faults in the pages of the file; the first: {first}")
        yield Remark(message, count=len(told), first=" ".join(str(told[0][0]).split()))
    if examined.whole and examined.store.key is not None:
        pages = examined.store.rows("PRAGMA cipher_integrity_check")
        if pages:
            message = translatable("{count} pages of the encrypted file are not as they were written.")
            yield Remark(message, count=len(pages))


def _schema(examined: Examined) -> Iterator[Remark]:
    """What arena makes is there as it made it. What somebody has put beside it, an index say, is their business."""
    there = _schema_of(examined.store.rows(_SCHEMA))
    wanted = _as_made().schema
    for kind, name in sorted(wanted.keys() - there.keys()):
        yield Remark(translatable("{name} ({kind}) is missing."), kind=kind, name=name)
    for key in sorted(wanted.keys() & there.keys()):
        if wanted[key] != there[key]:
            yield Remark(translatable("{name} ({kind}) is not as arena made it."), kind=key[0], name=key[1])


_SCHEMA: Final = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat*'"


def _schema_of(rows: Iterable[tuple[str, str, str | None]]) -> dict[tuple[str, str], str | None]:
    return {(kind, name): sql for kind, name, sql in rows if _MIGRATIONS not in name}


def _references(examined: Examined) -> Iterator[Remark]:
    for table, number, parent, _ in examined.store.rows("PRAGMA foreign_key_check"):
        yield Remark(
            translatable("{table} {record} refers to a {parent} that is not there."),
            table=table,
            record=number,
            parent=parent,
        )


def _lists(examined: Examined) -> Iterator[Remark]:
    """The lists that come with arena, as it made them; the project's own, which must be readable."""
    store = examined.store
    tables = {name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table, wanted in _as_made().lists.items():
        there = store.rows(f"SELECT {_columns_of(table)} FROM {table}") if table in tables else []
        if Counter(there) != Counter(wanted):
            yield Remark(translatable("the list {table} is not as arena made it."), table=table)
    try:
        project = store.project()
    except (ValueError, TypeError):
        project = None
    if project is None or not (project.municipalities and project.steps and project.destinations):
        yield Remark(translatable("the project or one of its lists cannot be read."))


class _Made(NamedTuple):
    """A file as this version makes it: what it is made of, and the rows of its tables that come with any."""

    schema: Mapping[tuple[str, str], str | None]
    lists: Mapping[str, list[tuple[Any, ...]]]


@cache
def _as_made() -> _Made:
    from sqlite_utils import Database

    from arena_cli.migrations import migrations

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrations.apply(Database(connection, execute_plugins=False))
        write_dictionary(connection)
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = {table: connection.execute(f"SELECT {_columns_of(table)} FROM {table}").fetchall() for table in tables}
        lists = {table: found for table, found in rows.items() if found}
        return _Made(_schema_of(connection.execute(_SCHEMA).fetchall()), lists)


def _columns_of(table: str) -> str:
    """What is compared of a list: of the migrations not when each was made."""
    return "migration_set, name" if table == _MIGRATIONS else "*"


# -- the journal and the records --------------------------------------------------------------------------------------


def _journal(examined: Examined) -> Iterator[Remark]:
    store = examined.store
    ((links, first, last),) = store.rows("SELECT count(*), min(seq), max(seq) FROM journal")
    if not links:
        yield Remark(translatable("the journal is empty."))
    elif (first, last) != (1, links):
        yield Remark(
            translatable("the journal lacks entries: it has {count}, up to number {last}."), count=links, last=last
        )
    if examined.whole:
        broken = broken_at(store.links())
        if broken is not None:
            yield Remark(translatable("the chain of the journal is broken at entry {entry}."), entry=broken)
    for seq, head in store.rows("SELECT journal_seq, new_hash FROM retention ORDER BY id DESC LIMIT 1"):
        if store.rows("SELECT hash FROM journal WHERE seq = ?", (seq,)) != [(head,)]:
            yield Remark(translatable("the journal up to entry {entry} is not as retention left it."), entry=seq)


def _records(examined: Examined) -> Iterator[Remark]:
    """Every record is what the journal made of it, and can be read."""
    store = examined.store
    subjects = {subject for (subject,) in store.rows("SELECT DISTINCT subject FROM journal")}
    tables = {name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    try:
        for kind, table in SEALED.items():
            yield from _sealed(store, kind, table)
        for table in sorted({*TABLES.values(), *map(str, subjects)} - {*SEALED.values()}):
            if table not in tables:
                yield Remark(translatable("the table {table} of the journal is missing."), table=table)
            else:
                yield from _compared(store, table)
    except _Unreadable:
        yield Remark(translatable("the journal cannot be read."))
        return
    for kind, table in TABLES.items():
        try:
            deque(store.each_record(kind), maxlen=0)
        except DamagedDatabase:
            yield Remark(translatable("a {table} cannot be read."), table=table)


class _Unreadable(Exception):
    """Damage has made something else of the journal."""


_Numbered = Iterable[tuple[int, Mapping[str, Any]]]
"""Records by their numbers, in that order: a million of them never stand side by side."""


def _told(store: Store, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Play what the journal says of a table: its records with the values that the entries leave them with."""
    links = store.links("WHERE subject = ? ORDER BY record, seq", (table,))
    try:
        for number, entries in groupby(_by_record(links), attrgetter("record")):
            values: dict[str, Any] | None = None
            for entry in entries:
                if entry.after is not None:
                    after = json.loads(entry.after)
                    values = {**(values or {}), **after} if entry.before else after
                elif entry.before is not None:
                    values = None
            if values is not None:
                yield number, values
    except (ValueError, TypeError, AttributeError, LookupError):
        raise _Unreadable from None


def _by_record(links: Iterable[Link]) -> Iterator[Entry]:
    """The entries of links that come in the order of their first records: those of one record together, by number."""
    begun: list[tuple[int, int, Entry, Iterator[Entry]]] = []

    def up_to(place: tuple[float, float]) -> Iterator[Entry]:
        while begun and begun[0][:2] < place:
            *_, entry, rest = heappop(begun)
            yield entry
            begin(rest)

    def begin(entries: Iterator[Entry]) -> None:
        for entry in entries:
            heappush(begun, (entry.record, entry.seq, entry, entries))
            break

    for link in links:
        yield from up_to((link.record, link.seq))
        begin(link.entries())
    yield from up_to((inf, inf))


def _side_by_side(told: _Numbered, there: _Numbered) -> Iterator[tuple[int, Any, Any]]:
    """Each record as the journal has it and as the file has it; None where that has nothing."""
    both = merge(((number, 0, values) for number, values in told), ((number, 1, row) for number, row in there))
    for number, sides in groupby(both, itemgetter(0)):
        values = {side: values for _, side, values in sides}
        yield number, values.get(0), values.get(1)


def _sealed(store: Store, kind: type[Record], table: str) -> Iterator[Remark]:
    """Who somebody is, against the seals that the journal has of it."""
    there = ((record.id, seal(values_of(record))) for record in store.each_record(kind, "ORDER BY id"))
    if any(wanted != found for _, wanted, found in _side_by_side(_told(store, table), there)):
        yield Remark(translatable("what is kept of identities is not what the journal has sealed."))


def _compared(store: Store, table: str) -> Iterator[Remark]:
    columns = {name: default for _, name, _, _, default, _ in store.rows(f"PRAGMA table_info({table})")}
    defaults = {name: store.rows(f"SELECT {default}")[0][0] for name, default in columns.items() if default}
    unsaid = {**dict.fromkeys(columns), **defaults}
    told = ((number, {**unsaid, **values}) for number, values in _told(store, table))
    selected = f"SELECT {', '.join(columns)} FROM {table}"
    if "id" not in columns:
        there = Counter(_row(dict(zip(columns, row, strict=True))) for row in store.rows(selected))
        if Counter(_row(values) for _, values in told) != there:
            yield Remark(translatable("the list {table} is not as the journal has it."), table=table)
        return
    rows = (dict(zip(columns, row, strict=True)) for row in store.each_row(f"{selected} ORDER BY id"))
    for number, wanted, found in _side_by_side(told, ((row["id"], row) for row in rows)):
        if found is None:
            yield Remark(translatable("{table} {record} of the journal is missing."), table=table, record=number)
        elif wanted is None:
            yield Remark(translatable("{table} {record} is not in the journal."), table=table, record=number)
        elif found != {**wanted, "id": number}:
            differing = tuple(column for column in columns if column != "id" and found[column] != wanted[column])
            message = translatable("{table} {record} is not as the journal has it: {columns}.")
            yield Remark(message, table=table, record=number, columns=differing)
    yield from _numbering(store, table)


def _numbering(store: Store, table: str) -> Iterator[Remark]:
    """No number is given twice: the next one follows on the highest that the journal has."""
    if "AUTOINCREMENT" not in store.rows("SELECT sql FROM sqlite_schema WHERE name = ?", (table,))[0][0]:
        return
    ((highest,),) = store.rows("SELECT max(record + records - 1) FROM journal WHERE subject = ?", (table,))
    if store.rows("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)) != ([(highest,)] if highest else []):
        yield Remark(translatable("the numbering of {table} does not follow on its records."), table=table)


def _row(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items()))


# -- reports as delivered ---------------------------------------------------------------------------------------------


def _deliveries(examined: Examined) -> Iterator[Remark]:
    return delivered.faults(examined.store)


# -- figures ----------------------------------------------------------------------------------------------------------


KEPT_DIFFERS: Final = translatable("the kept counts of {month} are not those of a full count.")


def _figures(examined: Examined) -> Iterator[Remark]:
    """The controls of the report, in every month that the project has had; what is kept of a month, counted anew."""
    store, today = examined.store, examined.today
    counted = set(kept.months(store))
    for month in sorted({*_months(store.project(), today), *counted}, key=str):
        with store.snapshot():
            report = build(store, month, today)
            differs = month in counted and kept.differs(store, report, today)
        if differs:
            yield Remark(KEPT_DIFFERS, month=month)
        for control in report.controls:
            if not (control.holds or control.warning):
                message = translatable("the figures of {month} do not reconcile: {identity}.")
                yield Remark(message, month=month, identity=control.identity)


def _months(project: Project, today: date) -> Iterator[Month]:
    month, last = Month.of(project.starts_on), Month.of(min(project.ends_on, today))
    while month.first <= last.first:
        yield month
        month = month.next()


_SOUND_TABLES: Final = ("schema",)
_SOUND_RECORDS: Final = ("structure", "schema", "references", "lists", "journal", "records")

CHECKS: Final = (
    Check("structure", translatable("Pages"), _structure),
    Check("schema", translatable("Tables"), _schema),
    Check("references", translatable("References"), _references, _SOUND_TABLES),
    Check("lists", translatable("Lists"), _lists, _SOUND_TABLES),
    Check("journal", translatable("Journal"), _journal, _SOUND_TABLES),
    Check("records", translatable("Records, against the journal"), _records, _SOUND_TABLES, only_whole=True),
    Check("deliveries", translatable("Reports as delivered"), _deliveries, _SOUND_TABLES, only_whole=True),
    Check("figures", translatable("Figures of every month"), _figures, _SOUND_RECORDS, only_whole=True, counts=True),
)
"""What is checked, in this order."""
