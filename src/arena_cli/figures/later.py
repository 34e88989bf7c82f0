"""What was registered after a certain journal entry: about whom, of which day, and whether it was there before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from arena_cli.figures.earlier import Cause
from arena_cli.journal import Entry
from arena_cli.model import ExitType
from arena_cli.model.noun import Noun, dataclass
from arena_cli.records import OF_NO_FIGURE
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden

ALWAYS: Final = ""
"""Before every day."""

MISREGISTERED: Final = ExitType.MISREGISTERED.value

_BY_PERSON: Final = frozenset({"spell", "assignment", "background", "income"})
_BY_SPELL: Final = frozenset({"step_move", "pause", "placement", "attendance", "follow_up"})
_COUNTED_BY_NONE: Final = frozenset({"ref", "host", "protection", "registered_at"})


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Event(Noun):
    """A journal entry as far as it concerns figures.

    `persons` are the participants' ids: one, or two where something turned out to be another's, or none. `since` is the
    first day, as text, whose figures it can touch. `columns` are those that are another value now; `misregistered` is
    among them when the spell came to count, or ceased to.
    """

    seq: int
    change: int
    subject: str
    record: int
    cause: Cause
    registered_on: date
    persons: frozenset[int]
    since: str
    columns: frozenset[str]


def events_after(store: Store, seq: int) -> list[Event]:
    """What was registered after an entry, in order. What has been undone since is left out, and its undoing too."""
    entries = [e for e in store.entries("WHERE seq > ? ORDER BY seq", (seq,)) if e.subject not in OF_NO_FIGURE]
    changes = {entry.change for entry in entries}
    undone = {entry.undoes for entry in entries if entry.undoes in changes}
    lasting = [entry for entry in entries if not {entry.change, entry.undoes} & undone]
    return list(_Reader(store, lasting).events())


class _Reader:
    """Knows whose records are whose, as far as it has been asked."""

    def __init__(self, store: Store, entries: Iterable[Entry]) -> None:
        self._store = store
        self._entries = [(entry, _values(entry.before), _values(entry.after)) for entry in entries]
        self._owners: dict[tuple[str, int], int | None] = {
            (entry.subject, entry.record): owner
            for entry, *versions in self._entries
            for values in versions
            if (owner := values.get("participant_id" if entry.subject in _BY_PERSON else "spell_id"))
        }
        self._first_days: dict[int, str] = {}

    def events(self) -> Iterator[Event]:
        for entry, before, after in self._entries:
            columns = {c for c in {**before, **after} if before.get(c) != after.get(c)} - _COUNTED_BY_NONE
            if _is_about_counting(before, after):
                columns.add(MISREGISTERED)
            if columns:
                found = {self._person(entry.subject, entry.record, values) for values in (before, after) if values}
                persons = frozenset(person for person in found if person is not None)
                yield Event(
                    entry.seq,
                    entry.change,
                    entry.subject,
                    entry.record,
                    _cause(entry, before, after),
                    in_sweden(datetime.fromisoformat(entry.at)).date(),
                    persons,
                    self._since(entry, before, after, persons),
                    frozenset(columns),
                )

    def _person(self, subject: str, record: int, values: Mapping[str, Any]) -> int | None:
        if subject == "participant":
            return record
        if subject not in _BY_PERSON | _BY_SPELL:
            return None
        column = "participant_id" if subject in _BY_PERSON else "spell_id"
        owner = values.get(column) or self._owner(subject, record, column)
        return self._person("spell", owner, {}) if owner and subject in _BY_SPELL else owner

    def _owner(self, subject: str, record: int, column: str) -> int | None:
        """What the entries say of a record's owner, or the file."""
        if (subject, record) not in self._owners:
            rows = self._store.rows(f"SELECT {column} FROM {subject} WHERE id = ?", (record,))
            self._owners[subject, record] = rows[0][0] if rows else None
        return self._owners[subject, record]

    def _since(self, entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any], persons: Iterable[int]) -> str:
        """What has days touches no figure before the first of them, unless something without a day was corrected."""
        days = [_day(column, v) for values in (before, after) for column, v in values.items() if v and _is_day(column)]
        is_whole = entry.before is None or entry.after is None
        only_filled = all(value is None for column, value in before.items() if not _is_day(column))
        if days and (is_whole or (only_filled and not _is_about_counting(before, after))):
            return min(days)
        return min(filter(None, map(self._first_day, persons)), default=ALWAYS)

    def _first_day(self, person: int) -> str:
        """Of a participant's first spell or wait; of somebody merged, of the one they are now; of none, `ALWAYS`."""
        if person not in self._first_days:
            ((first,),) = self._store.rows(
                _FIRST_DAY,
                {"person": person},
            )
            self._first_days[person] = first or ALWAYS
        return self._first_days[person]


_FIRST_DAY: Final = """
WITH one AS (SELECT coalesce((SELECT into_id FROM merge WHERE participant_id = :person), :person) AS id)
SELECT min(day)
FROM (SELECT entered_on AS day FROM spell WHERE participant_id = (SELECT id FROM one)
      UNION ALL SELECT assigned_on FROM assignment WHERE participant_id = (SELECT id FROM one))
"""


def _values(version: str | None) -> Mapping[str, Any]:
    return json.loads(version) if version else {}


def _is_day(column: str) -> bool:
    return column.endswith("_on") or column in {"month", "valid_from"}


def _day(column: str, value: str) -> str:
    return f"{value}-01" if column == "month" else value


def _is_about_counting(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a spell becomes one that never should have been, or is that no more."""
    return MISREGISTERED in (before.get("exit_type"), after.get("exit_type"))


def _cause(entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any]) -> Cause:
    if entry.command.startswith("merge"):
        return Cause.MERGE
    is_new = bool(after) and all(value is None for value in before.values())
    is_correction = entry.undoes is not None or _is_about_counting(before, after)
    return Cause.LATE_ENTRY if is_new and not is_correction else Cause.CORRECTION
