"""What retention makes of the rows and of the journal: what is counted stays, and leads to nobody any more.

At the end of the follow-up goes who somebody is: the identities, and the number in the municipality's own list. At the
end of all terms go the codes, free texts, times of registration, the looks' purposes and the workplaces' names; the
rows get other numbers, and birth years become those of an age that counts alike. The journal says of each entry still
when (to the hour), by whom and with which command; of its values, what the row has now, where there was one.
"""

from __future__ import annotations

import json
import re
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from arena_cli.journal import Link, as_batch, as_json, batch_values, chained
from arena_cli.model.retention import RetentionStage
from arena_cli.participant_code import read_code
from arena_cli.privacy.bands import Bands
from arena_cli.privacy.persons import PARTICIPANT, Schema, StoredRow
from arena_cli.records import SEALED
from arena_cli.store import Store

IDENTIFYING: Final = frozenset(SEALED.values())
"""The tables that say who somebody is: they are emptied first."""

KEPT: Final[Mapping[str, frozenset[str]]] = {
    table: frozenset(columns.split())
    for table, columns in {
        "participant": "sex birth_year",
        "spell": "municipality entered_on exited_on exit_type destination referral",
        "assignment": "municipality assigned_on referral ended_on outcome",
        "background": "employment months_without_work education jobless_household dependent_children single_adult"
        " foreign_background third_country_national minority disability other_disadvantage homeless rural",
        "income": "moment source is_main",
        "step_move": "moved_on step",
        "pause": "paused_on reason resumed_on",
        "placement": "placed_on planned_end_on ended_on place_id",
        "attendance": "month activity minutes certified",
        "follow_up": "kind followed_up_on reached working work_extent subsidised employer_sector studying study_extent"
        " job_searching qualification improved lasts_a_month municipal_job study_aid_eligible",
    }.items()
}
"""The columns of persons' tables that figures count: they stay. All others go, and a table without any is emptied."""

STRUCTURE: Final = frozenset({"id", "code", "registered_at", "participant_id", "spell_id"})
"""The columns that stay with another value in them."""

CLASSES: Final = frozenset({"protection"})
"""Columns that go, and hold one of a few words that stand elsewhere too: they are not searched for."""

SHORT: Final = 8
"""Letters of a text below which the same bytes can mean something else."""

GONE: Final = "[gallrad]"
"""What stands where there must be a text."""

TEXTS: Final[Mapping[str, Mapping[str, str | None]]] = {
    "access": {"purpose": GONE, "code": None},
    "official_file": {"digest": GONE},
    "place": {"host": GONE},
    "note": dict.fromkeys(("tried", "happened", "next_step", "question", "contact", "result"), GONE),
    "decision": dict.fromkeys(("what", "responsible", "result"), GONE),
}
"""The free texts of other tables, which may be about anybody, and what stands there instead of one."""

RULES: Final = frozenset({"retention", "retention_rule", "retention_date"})
"""What the journal says of these is why things are erased: it stays."""


@dataclass(slots=True)
class Erased:
    """What has been erased: how many rows lost something, by table; the codes and the texts; the entries."""

    rows: dict[str, int] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    entries: int = 0
    files: int = 0


class Eraser:
    """One retention, in a file that is its own until it is done."""

    def __init__(self, store: Store, stage: RetentionStage, at: str) -> None:
        self._store = store
        self._at = at
        self._all = stage is RetentionStage.RECORDS
        self._schema = Schema.of(store)
        self._references = self._schema.related()
        self._related = [table for table in self._references if self._all or table in {PARTICIPANT, *IDENTIFYING}]
        self._texts = [table for table in TEXTS if self._all and table in self._schema.columns]
        self._before: dict[str, list[StoredRow]] = {}
        self._after: dict[str, dict[int, dict[str, Any]]] = {}
        self._ids: dict[str, dict[int, int]] = {}
        self.erased = Erased()

    def erase(self, write: Callable[[str, Iterable[Sequence[Any]]], object]) -> Erased:
        """Erase in the open transaction, whose way to write many rows this is."""
        for table in (*self._related, *self._texts):
            self._before[table] = self._rows(table)
        self._make_rows()
        self._note_values()
        for table in self._before:
            self._write_rows(table, write)
        columns = ", ".join(f"{column} = ?" for column in Link._fields[1:])
        links = list(chained(map(self._link, self._store.links())))
        write(f"UPDATE journal SET {columns} WHERE seq = ?", ((*link[1:], link.seq) for link in links))
        write("DELETE FROM kept_counts WHERE ?", [(1,)])
        if self._all:
            emptied = list(self._files_with_codes())
            self.erased.files = len(emptied)
            write("UPDATE delivered_file SET content = ? WHERE rowid = ?", emptied)
        return self.erased

    # -- rows -----------------------------------------------------------------------------------------------------

    def _rows(self, table: str) -> list[StoredRow]:
        columns = self._schema.columns[table]
        rows = self._store.rows(f"SELECT {', '.join(columns)} FROM {table}")
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _make_rows(self) -> None:
        """Every row as it is to be, by its old number."""
        if not self._all:
            for table in self._related:
                kept = [] if table in IDENTIFYING else self._before[table]
                self._after[table] = {row["id"]: {**row, "ref": None} for row in kept}
            return
        codes = self._store.new_codes()
        new_codes = {row["id"]: next(codes) for row in self._before[PARTICIPANT]}
        place_in_order = {number: n for n, number in enumerate(sorted(new_codes, key=new_codes.__getitem__))}
        bands, entered = Bands.of(self._store.project()), self._first_entries()
        owners: dict[str, dict[int, int]] = {PARTICIPANT: {number: number for number in new_codes}}
        for table in self._related:
            if table in KEPT:
                owners[table] = owners.get(table) or self._owners(table, owners)
                self._ids[table] = self._numbers(table, owners[table], place_in_order)
        for table in self._related:
            defaults = self._defaults(table)
            made = self._after.setdefault(table, {})
            for row in self._before[table] if table in KEPT else ():
                new = {c: row[c] if c in KEPT[table] else defaults[c] for c in self._schema.columns[table]}
                new |= {r.column: self._ids[r.parent].get(row[r.column]) for r in self._references[table]}
                new |= {"id": self._ids[table][row["id"]], "registered_at": self._at}
                if table == PARTICIPANT:
                    new |= {
                        "code": new_codes[row["id"]],
                        "birth_year": bands.birth_year(row["birth_year"], entered.get(row["id"])),
                    }
                elif table == "background":
                    new["months_without_work"] = bands.months_without_work(row["months_without_work"])
                made[row["id"]] = new
        for table in self._texts:
            gone = TEXTS[table]
            self._after[table] = {
                row["id"]: {c: gone[c] if c in gone and v is not None else v for c, v in row.items()}
                for row in self._before[table]
            }

    def _first_entries(self) -> dict[int, int]:
        rows = self._store.rows("SELECT participant_id, min(entered_on) FROM counted_spell GROUP BY 1")
        return {number: int(day[:4]) for number, day in rows}

    def _owners(self, table: str, known: Mapping[str, Mapping[int, int]]) -> dict[int, int]:
        """The participant of each row, by its number."""
        ways = [r for r in self._references[table] if r.parent in known]
        return {
            row["id"]: next(known[r.parent][row[r.column]] for r in ways if row[r.column] is not None)
            for row in self._before[table]
        }

    def _numbers(self, table: str, owners: Mapping[int, int], order: Mapping[int, int]) -> dict[int, int]:
        """Other numbers for the records of a table, those that are no more included, by the order of the new codes.

        They change places within each batch of the journal, and between two batches: so a batch stays one, and of two
        records of one person the later registered still has the higher number.
        """
        batches = self._store.rows("SELECT record, records FROM journal WHERE subject = ? AND records > 1", (table,))
        bounds = sorted({bound for first, many in batches for bound in (first, first + many)})
        known = {record for (record,) in self._store.rows("SELECT record FROM journal WHERE subject = ?", (table,))}
        known |= {record for first, many in batches for record in range(first, first + many)} | owners.keys()
        numbers: dict[int, int] = {}
        for _, group in groupby(sorted(known), key=lambda number: bisect_right(bounds, number)):
            free = list(group)
            moved = sorted(free, key=lambda number: (order.get(owners.get(number, 0), len(order)), number))
            numbers |= dict(zip(moved, free, strict=True))
        return numbers

    def _defaults(self, table: str) -> dict[str, Any]:
        return {
            name: self._store.rows(f"SELECT {default}")[0][0] if default else None
            for _, name, _, _, default, _ in self._store.rows(f"PRAGMA table_info({table})")
        }

    def _write_rows(self, table: str, write: Callable[[str, Iterable[Sequence[Any]]], object]) -> None:
        made = self._after[table]
        changed = [row for row in self._before[table] if made.get(row.get("id", 0)) != row]
        self.erased.rows[table] = len(changed)
        columns = self._schema.columns[table]
        write(f"DELETE FROM {table} WHERE ?", [(1,)])
        marks = ", ".join("?" * len(columns))
        rows = sorted(made.values(), key=lambda row: row["id"])
        write(f"INSERT INTO {table} VALUES ({marks})", [tuple(row[c] for c in columns) for row in rows])

    # -- the journal ----------------------------------------------------------------------------------------------

    def _link(self, link: Link) -> Link:
        """An entry, or a batch, as it is to be."""
        if link.subject not in self._after:
            if not self._all or link.why is None or link.subject in RULES:
                return link
            self._note(link.why)
            self.erased.entries += 1
            return link._replace(why=None)
        if self._all:
            self._note(link.why)
            link = link._replace(why=None, at=f"{link.at[:13]}:00:00{link.at[19:]}")
        elif link.subject in IDENTIFYING:
            self._note(link.why)
            link = link._replace(why=None)
        self.erased.entries += 1
        if link.records > 1:
            return self._batch(link)
        return link._replace(
            record=self._number(link.subject, link.record),
            before=self._text(link.subject, link.record, link.before),
            after=self._text(link.subject, link.record, link.after),
        )

    def _number(self, table: str, record: int) -> int:
        return self._ids[table][record] if table in self._ids else record

    def _text(self, table: str, record: int, text: str | None) -> str | None:
        """What an entry says of a record; nothing of one that is no more."""
        return as_json(self._values(table, record, json.loads(text))) if text and record in self._after[table] else None

    def _values(self, table: str, record: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the row has now in the columns that had something; of identities, only what goes is taken away."""
        now = self._after[table].get(record, {})
        if not self._all:
            return {c: None if self._goes(table, c) else value for c, value in values.items()}
        return {c: None if value is None else now.get(c) for c, value in values.items()}

    def _batch(self, link: Link) -> Link:
        text = link.after or link.before
        if text is None:
            return link
        now = {
            self._number(link.subject, record): self._values(link.subject, record, values)
            for record, values in enumerate(batch_values(text), link.record)
        }
        if not any(record in self._after[link.subject] for record in range(link.record, link.record + link.records)):
            return link._replace(before=None, after=None)
        rows = [now[number] for number in sorted(now)]
        batch = as_batch({column: [row[column] for row in rows] for column in rows[0]}, {})
        return link._replace(before=batch) if link.after is None else link._replace(after=batch)

    # -- what is searched for afterwards --------------------------------------------------------------------------

    def _note_values(self) -> None:
        """Keep at hand every code, and every text of a column that goes, as the rows and the journal have had them."""
        for table, rows in self._before.items():
            for row in rows:
                self._note_row(table, row)
        for link in self._store.links():
            if link.subject in self._before:
                for text in (link.before, link.after):
                    for values in (
                        () if text is None else batch_values(text) if link.records > 1 else [json.loads(text)]
                    ):
                        self._note_row(link.subject, values)

    def _note_row(self, table: str, values: Mapping[str, Any]) -> None:
        for column, value in values.items():
            if isinstance(value, str) and self._goes(table, column):
                self._note(value)

    def _goes(self, table: str, column: str) -> bool:
        if table in TEXTS:
            return column in TEXTS[table]
        if not self._all:
            return table in IDENTIFYING or column == "ref"
        return column == "code" or column not in KEPT.get(table, frozenset()) | STRUCTURE | CLASSES

    def _note(self, text: str | None) -> None:
        if text is None or text == GONE:
            return
        code = read_code(text)
        if code == text:
            self.erased.codes.add(code)
        else:
            self.erased.texts.add(text)

    def _files_with_codes(self) -> Iterator[tuple[bytes, int]]:
        """The files of reports in which a code stands: their bytes go, and their hashes stay."""
        for number, packed in self._store.rows("SELECT rowid, content FROM delivered_file"):
            if any(code in self.erased.codes for code in codes_in(zlib.decompress(packed))):
                yield zlib.compress(b""), number


def codes_in(content: bytes) -> Iterator[str]:
    """All that could be a participant's code."""
    for match in re.finditer(rb"(?<![0-9A-Z])[0-9A-Z]{4}-[0-9A-Z]{2}(?![0-9A-Z])", content):
        yield match[0].decode()


def still_in(content: bytes, erased: Erased) -> tuple[int, list[str]]:
    """How many of the erased codes stand in the bytes of a file, and which of the erased texts.

    A short text may come about by itself where two values lie side by side: it is searched for as the journal has it,
    in quotes.
    """
    codes = sum(code in erased.codes for code in codes_in(content))
    return codes, [text for text in sorted(erased.texts) if any(form.encode() in content for form in _written(text))]


def _written(text: str) -> tuple[str, ...]:
    in_json = json.dumps(text, ensure_ascii=False)
    return (in_json,) if len(text) < SHORT else (text, in_json[1:-1])
