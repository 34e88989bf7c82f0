"""What was registered after a certain journal entry: about whom, of which day, and whether it was there before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from arena_cli.figures.earlier import Cause
from arena_cli.journal import Entry
from arena_cli.model import ExitType
from arena_cli.store import Store

ALWAYS: Final = ""
"""Before every day."""

MISREGISTERED: Final = ExitType.MISREGISTERED.value

_BY_PERSON: Final = frozenset({"spell", "assignment", "background", "income"})
_BY_SPELL: Final = frozenset({"step_move", "pause", "placement", "attendance", "follow_up"})
_COUNTED_BY_NONE: Final = frozenset({"ref", "host", "registered_at"})


@dataclass(frozen=True, slots=True)
class Event:
    """A journal entry as far as it concerns figures.

    `person` is the participant's id. `since` is the first day, as text, whose figures it can touch. `columns` are those
    that are another value now; `misregistered` is among them when the spell came to count, or ceased to.
    """

    seq: int
    change: int
    subject: str
    record: int
    cause: Cause
    registered_on: date
    person: int | None
    since: str
    columns: frozenset[str]


def events_after(store: Store, seq: int) -> list[Event]:
    """What was registered after an entry, in order. What has been undone since is left out, and its undoing too."""
    entries = store.entries("WHERE seq > ? ORDER BY seq", (seq,))
    changes = {entry.change for entry in entries}
    undone = {entry.undoes for entry in entries if entry.undoes in changes}
    return list(_Reader(store).events(e for e in entries if not {e.change, e.undoes} & undone))


class _Reader:
    """Knows whose records are whose, as far as it has been asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owners: dict[tuple[str, int], int | None] = {}
        self._first_days: dict[int, str] = {}

    def events(self, entries: Iterator[Entry]) -> Iterator[Event]:
        for entry in entries:
            before: Mapping[str, Any] = json.loads(entry.before) if entry.before else {}
            after: Mapping[str, Any] = json.loads(entry.after) if entry.after else {}
            columns = {c for c in {**before, **after} if before.get(c) != after.get(c)} - _COUNTED_BY_NONE
            if MISREGISTERED in (before.get("exit_type"), after.get("exit_type")):
                columns.add(MISREGISTERED)
            if columns:
                person = self._person(entry.subject, entry.record, {**before, **after})
                yield Event(
                    entry.seq,
                    entry.change,
                    entry.subject,
                    entry.record,
                    _cause(entry, before),
                    datetime.fromisoformat(entry.at).astimezone(ZoneInfo("Europe/Stockholm")).date(),
                    person,
                    self._since(entry, before, after, person),
                    frozenset(columns),
                )

    def _person(self, subject: str, record: int, values: Mapping[str, Any]) -> int | None:
        if subject == "participant":
            return record
        if subject not in _BY_PERSON | _BY_SPELL:
            return None
        key = (subject, record)
        if key not in self._owners:
            column = "participant_id" if subject in _BY_PERSON else "spell_id"
            owner = values.get(column)
            if owner is None:
                rows = self._store.rows(f"SELECT {column} FROM {subject} WHERE id = ?", (record,))
                owner = rows[0][0] if rows else None
            if owner is not None and subject in _BY_SPELL:
                owner = self._person("spell", owner, {})
            self._owners[key] = owner
        return self._owners[key]

    def _since(self, entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any], person: int | None) -> str:
        """What has days touches no figure before the first of them, unless something without a day was corrected."""
        days = [_day(column, v) for values in (before, after) for column, v in values.items() if v and _is_day(column)]
        is_whole = entry.before is None or entry.after is None
        only_filled = all(value is None for column, value in before.items() if not _is_day(column))
        if days and (is_whole or only_filled):
            return min(days)
        if person is None:
            return ALWAYS
        if person not in self._first_days:
            ((first,),) = self._store.rows(
                "SELECT min(day) FROM (SELECT entered_on AS day FROM spell WHERE participant_id = :person"
                " UNION ALL SELECT assigned_on FROM assignment WHERE participant_id = :person)",
                {"person": person},
            )
            self._first_days[person] = first or ALWAYS
        return self._first_days[person]


def _is_day(column: str) -> bool:
    return column.endswith("_on") or column in {"month", "valid_from"}


def _day(column: str, value: str) -> str:
    return f"{value}-01" if column == "month" else value


def _cause(entry: Entry, before: Mapping[str, Any]) -> Cause:
    if entry.command.startswith("merge"):
        return Cause.MERGE
    fills_only = all(value is None for value in before.values())
    return Cause.LATE_ENTRY if entry.undoes is None and fills_only and entry.after else Cause.CORRECTION
