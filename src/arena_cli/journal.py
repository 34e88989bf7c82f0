"""Every change, with before, after, who, when, which command and why: audit trail and undo.

An entry is one record changed. Entries of one change share its number. In the file an entry is a link of a chain, and
so is a batch of entries: many records of one table that were added, or taken away, at once. Each link's hash covers its
own content and the hash before it, so that no link can be altered, removed or put in before a head that somebody has
noted. What the chain cannot prove: that everything was entered, who really sat at the keyboard, and that the clock was
right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from arena_cli.model.noun import Noun, dataclass
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
    """One changed record. `before` is None for a record that was added, `after` None for one taken away by undo.

    `hash` is that of its link, which entries of a batch share, as they share `seq`.
    """

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
    hash: str


class Link(NamedTuple):
    """A row of the journal as the file has it: one entry, or a batch of `records` entries.

    A batch is of records with consecutive ids, from `record` on, that were all added or all taken away. Its one text is
    `{"columns": [...], "rows": [[...], ...], "same": {...}}`: a row of values for each record, in the order of the ids,
    and the values that they have in common.

    Where both texts are None, retention has erased them: of a record that is no more, nothing is left but that it was.
    """

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
    records: int = 1

    def entries(self) -> Iterator[Entry]:
        """The entries that it holds, one a record."""
        whole = Entry._make((*self[:_HASHED], self.hash))
        if self.before is None and self.after is None:
            yield from (whole._replace(record=number) for number in range(self.record, self.record + self.records))
            return
        if self.records == 1:
            yield whole
            return
        for number, values in enumerate(batch_values(self.after or self.before or ""), self.record):
            text = as_json(values)
            before, after = (text, None) if self.after is None else (None, text)
            yield whole._replace(record=number, before=before, after=after)


_HASHED: Final = Link._fields.index("previous_hash")


class What(NamedTuple):
    """What a link says was changed, in the words of `Link`."""

    subject: str
    record: int
    before: str | None
    after: str | None
    records: int = 1


# Made once: an import writes hundreds of thousands of entries.
_RECORD: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_CONTENT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LINES: Final = json.JSONEncoder(ensure_ascii=False, separators=("\n", ":"))


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


def as_batch(columns: Mapping[str, Sequence[str | int | None]], same: Values) -> str:
    """The text of a batch of records: their values column by column, and those that they have in common.

    There must be a column. The text has a row for each record, and is made without a line of Python for a value.
    """
    rows = "],[".join(map(",".join, zip(*map(_texts, columns.values()), strict=True)))
    return f'{{"columns":{_CONTENT.encode([*columns])},"rows":[[{rows}]],"same":{_CONTENT.encode(same)}}}'


def _texts(values: Sequence[str | int | None]) -> Iterable[str]:
    """The text of each of many values; each is made once, and ends at the end of its line."""
    distinct = dict.fromkeys(values)
    texts = _LINES.encode([*distinct])[1:-1].split("\n")
    return texts if len(texts) == len(values) else map(dict(zip(distinct, texts, strict=True)).__getitem__, values)


def batch_values(text: str) -> Iterator[dict[str, Any]]:
    """The values of each record of a batch."""
    batch = json.loads(text)
    columns, same = batch["columns"], batch["same"]
    for row in batch["rows"]:
        yield {**dict(zip(columns, row, strict=True)), **same}


def make_link(
    previous: Link | None,
    occasion: Occasion,
    change: int,
    undoes: int | None,
    what: What,
) -> Link:
    """The link that follows `previous`."""
    seq = previous.seq + 1 if previous else 1
    previous_hash = previous.hash if previous else FIRST_HASH
    done = (occasion.at, occasion.actor, occasion.command, occasion.why, undoes)
    link = Link(seq, change, *done, *what[:-1], previous_hash, "", what.records)
    return link._replace(hash=_hash(previous_hash, link))


def chained(links: Iterable[Link]) -> Iterator[Link]:
    """The same links with a chain of their own: retention has changed what they say."""
    previous_hash = FIRST_HASH
    for link in links:
        anew = link._replace(previous_hash=previous_hash)
        anew = anew._replace(hash=_hash(previous_hash, anew))
        previous_hash = anew.hash
        yield anew


def broken_at(links: Iterable[Link]) -> int | None:
    """The `seq` of the first link that does not follow from the one before it, or None if the chain is whole."""
    previous_seq, previous_hash = 0, FIRST_HASH
    for link in links:
        follows = link.seq == previous_seq + 1 and link.previous_hash == previous_hash
        try:
            if not follows or link.hash != _hash(previous_hash, link):
                return link.seq
        except TypeError:  # a text that damage has made into bytes
            return link.seq
        previous_seq, previous_hash = link.seq, link.hash
    return None


def _hash(previous_hash: str, link: Link) -> str:
    """Over the hash before and the content; the number of records only where it is a batch, which came later."""
    batch = () if link.records == 1 else (link.records,)
    return hashlib.sha256(_CONTENT.encode((previous_hash, *link[:_HASHED], *batch)).encode()).hexdigest()
