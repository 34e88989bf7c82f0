"""Every change, with before, after, who, when, which command and why: audit trail and undo.

An entry is one record changed. Entries of one change share its number. Each entry's hash covers its own content and
the hash before it, so that no entry can be altered, removed or put in before a head that somebody has noted. What the
chain cannot prove: that everything was entered, who really sat at the keyboard, and that the clock was right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from arena_cli.model.noun import Noun
from arena_cli.personal_number import refuse_personal_number

FIRST_HASH = "0" * 64

Values = Mapping[str, str | int | None]
"""A record as the file holds it: column -> value."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Occasion(Noun):
    """When, by whom and with which command something is done. `today` is the date in Sweden, `at` is UTC."""

    today: date
    at: str
    actor: str
    command: str
    why: str | None = None

    def __post_init__(self) -> None:
        """Refuse a reason that holds a personal identity number: the journal could never be rid of it."""
        refuse_personal_number(self.why)


class Entry(NamedTuple):
    """One changed record. `before` is None for a record that was added, `after` None for one taken away by undo."""

    seq: int
    change: int
    at: str
    actor: str
    command: str
    why: str | None
    undoes: int | None
    subject: str
    record: int
    before: str | None
    after: str | None
    previous_hash: str
    hash: str


_HASHED = Entry._fields.index("previous_hash")

# Made once: an import writes hundreds of thousands of entries.
_RECORD: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_CONTENT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_json(values: Values) -> str:
    """The canonical text of a record."""
    return _RECORD.encode(values)


def seal(values: Values) -> Values:
    """What the journal keeps of who somebody is: whose it is, what was told, and a seal that proves it unchanged.

    The seal is a hash over all values, a random salt among them: from it nothing can be guessed once they are gone.
    """
    told = {column: value for column, value in values.items() if column not in _NOT_TOLD}
    named = ",".join(column for column, value in told.items() if value is not None and column not in _KEYS)
    return {
        "participant_id": values["participant_id"],
        "told": named,
        "seal": hashlib.sha256(as_json(told).encode()).hexdigest(),
    }


_NOT_TOLD: Final = frozenset({"id", "registered_at"})
_KEYS: Final = frozenset({"participant_id", "salt"})


def make_entry(
    previous: Entry | None,
    occasion: Occasion,
    change: int,
    undoes: int | None,
    subject: str,
    record: int,
    before: Values | None,
    after: Values | None,
) -> Entry:
    """The entry that follows `previous`."""
    seq = previous.seq + 1 if previous else 1
    previous_hash = previous.hash if previous else FIRST_HASH
    texts = (as_json(before) if before is not None else None, as_json(after) if after is not None else None)
    content = (seq, change, occasion.at, occasion.actor, occasion.command, occasion.why, undoes, subject, record)
    return Entry(*content, *texts, previous_hash, _hash(previous_hash, (*content, *texts)))


def broken_at(entries: Iterable[Entry]) -> int | None:
    """The `seq` of the first entry that does not follow from the one before it, or None if the chain is whole."""
    previous_seq, previous_hash = 0, FIRST_HASH
    for entry in entries:
        follows = entry.seq == previous_seq + 1 and entry.previous_hash == previous_hash
        try:
            if not follows or entry.hash != _hash(previous_hash, entry[:_HASHED]):
                return entry.seq
        except TypeError:  # a text that damage has made into bytes
            return entry.seq
        previous_seq, previous_hash = entry.seq, entry.hash
    return None


def _hash(previous_hash: str, content: tuple[str | int | None, ...]) -> str:
    return hashlib.sha256(_CONTENT.encode((previous_hash, *content)).encode()).hexdigest()
