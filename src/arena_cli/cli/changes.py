"""The journal as people read it: which participant a change concerned, and what it did."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from arena_cli.casework.protection import shielded
from arena_cli.cli.words import Wording
from arena_cli.errors import translatable
from arena_cli.journal import Entry
from arena_cli.swedish_time import in_sweden


@dataclass(frozen=True, slots=True)
class Line:
    """One journal entry with the participant that it concerned, if it did."""

    entry: Entry
    participant: str | None
    is_shielded: bool = False

    @property
    def when(self) -> datetime:
        """The time in Sweden."""
        return in_sweden(datetime.fromisoformat(self.entry.at))

    @property
    def before(self) -> Mapping[str, object]:
        """The record's values before; none if it was added."""
        return self._shown(self.entry.before)

    @property
    def after(self) -> Mapping[str, object]:
        """The record's values after; none if it was taken away."""
        return self._shown(self.entry.after)

    def _shown(self, text: str | None) -> Mapping[str, object]:
        """The values, without what tells where somebody is whose data are protected."""
        return shielded(_values(text)) if self.is_shielded else _values(text)


class ChangeRow(NamedTuple):
    """One change as a list shows it."""

    number: int
    when: str
    who: str
    command: str
    participant: str
    what: str
    why: str | None


def with_participants(entries: Iterable[Entry], protected: Container[str]) -> Iterator[Line]:
    """Every entry of a whole journal with its participant at that time, also of records that were undone.

    `protected` has the codes of those of whom it is not told where they are.
    """
    owners: dict[tuple[str, int], tuple[str, int]] = {}
    codes: dict[tuple[str, int], str] = {}
    for entry in entries:
        key = (entry.subject, entry.record)
        values = _values(entry.after) or _values(entry.before)
        if entry.subject == "participant":
            if key not in codes and values:
                codes[key] = str(values["code"])
        elif owner := _owner(values):
            owners[key] = owner
        while key in owners:
            key = owners[key]
        code = codes.get(key)
        yield Line(entry, code, code is not None and code in protected)


def rows(lines: Iterable[Line], wording: Wording) -> Iterator[ChangeRow]:
    """One row a change."""
    for number, change in groupby(lines, key=lambda line: line.entry.change):
        of_change = list(change)
        first = of_change[0]
        participants = {line.participant: None for line in of_change if line.participant}
        yield ChangeRow(
            number,
            first.when.strftime("%Y-%m-%d %H:%M"),
            first.entry.actor,
            first.entry.command,
            *_what(of_change, tuple(participants), wording),
            first.entry.why,
        )


def _what(lines: list[Line], participants: tuple[str, ...], wording: Wording) -> tuple[str, str]:
    language = wording.language
    if len(participants) > 1 or (not participants and len(lines) > 1):
        records = language.plural("{count} record", "{count} records", count=len(lines))
        people = language.plural("{count} participant", "{count} participants", count=len(participants))
        return people if participants else "", records
    what = "; ".join(filter(None, (wording.difference(line.before, line.after) for line in lines)))
    if lines[0].entry.undoes is not None:
        what = language.text(translatable("undid {change}: {what}"), change=lines[0].entry.undoes, what=what)
    return "".join(participants), what


def _owner(values: Mapping[str, object]) -> tuple[str, int] | None:
    """The participant or the spell to which a record belongs since, if its entry says so."""
    for owner in ("participant", "spell"):
        number = values.get(f"{owner}_id")
        if number is not None:
            return owner, int(str(number))
    return None


def _values(text: str | None) -> Mapping[str, object]:
    values: Mapping[str, object] = json.loads(text) if text else {}
    return values
