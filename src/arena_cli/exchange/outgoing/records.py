"""The records as lists, a row a record: what they refer to by number is said in a way that people and `import` know.

A record kind and its fields are found in the model: a new kind needs its name here, a new field its heading, and
nothing else. Spells and moves have the headings that `import` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, Final, NamedTuple, get_args, get_type_hints

from arena_cli.casework.access import what_in_words
from arena_cli.casework.protection import SHIELDED, SHIELDED_COLUMNS
from arena_cli.errors import translatable
from arena_cli.exchange.columns import HEADERS
from arena_cli.exchange.columns import Kind as ListKind
from arena_cli.exchange.outgoing.tables import Column, Kind, Table
from arena_cli.language import ENGLISH, Language
from arena_cli.model import (
    Access,
    Assignment,
    Attendance,
    Background,
    Decision,
    Distinction,
    FollowUp,
    Income,
    Merge,
    Note,
    OfficialFile,
    Participant,
    Pause,
    Place,
    Placement,
    Protection,
    Spell,
    StepMove,
    Target,
    questions,
)
from arena_cli.records import TABLES, Record, shape_of
from arena_cli.store import Store

LISTS: Final[Mapping[str, tuple[type[Record], str]]] = {
    "participants": (Participant, translatable("Participants")),
    "spells": (Spell, translatable("Spells")),
    "moves": (StepMove, translatable("Moves")),
    "assignments": (Assignment, translatable("Waiting to start")),
    "pauses": (Pause, translatable("Pauses")),
    "backgrounds": (Background, translatable("Background")),
    "incomes": (Income, translatable("Sources of income")),
    "places": (Place, translatable("Places")),
    "placements": (Placement, translatable("Placements")),
    "hours": (Attendance, translatable("Hours")),
    "follow-ups": (FollowUp, translatable("Follow-ups")),
    "targets": (Target, translatable("Targets")),
    "notes": (Note, translatable("Notes")),
    "decisions": (Decision, translatable("Decisions")),
    "merges": (Merge, translatable("One person")),
    "distinctions": (Distinction, translatable("Two persons")),
    "accesses": (Access, translatable("Who saw what")),
    "scb-files": (OfficialFile, translatable("Files for SCB")),
}
"""What can be listed: the kind of record, and what the list is called."""

_READ_BACK: Final[Mapping[type[Record], ListKind]] = {
    Spell: ListKind.SPELLS,
    StepMove: ListKind.MOVES,
    Placement: ListKind.PLACEMENTS,
    Attendance: ListKind.HOURS,
    FollowUp: ListKind.FOLLOW_UPS,
    Background: ListKind.BACKGROUNDS,
}
"""What `import` reads."""

_HEADINGS: Final[Mapping[str, str]] = {
    "protection": translatable("Protection"),
    "code": translatable("Code"),
    "ref": translatable("Ref"),
    "same_as": translatable("Is one person with"),
    "other": translatable("Is not the same as"),
    "spell": translatable("Spell"),
    "place": translatable("Place"),
    "sex": translatable("Sex"),
    "birth_year": translatable("Birth year"),
    "municipality": translatable("Municipality"),
    "referral": translatable("Referral"),
    "step": translatable("Step"),
    "assigned_on": translatable("Assigned"),
    "ended_on": translatable("Ended"),
    "outcome": translatable("Wait"),
    "paused_on": translatable("Paused from"),
    "reason": translatable("Reason"),
    "resumed_on": translatable("Back on"),
    "moment": translatable("Moment"),
    "source": translatable("Source"),
    "is_main": translatable("Main source"),
    "host": translatable("Host"),
    "sector": translatable("Sector"),
    "capacity": translatable("Room for"),
    "opens_on": translatable("First day"),
    "closes_on": translatable("Last day"),
    "month": translatable("Month"),
    "measure": translatable("Target for"),
    "period": translatable("Per"),
    "value": translatable("Target"),
    "valid_from": translatable("From"),
    "tried": translatable("Tried"),
    "happened": translatable("Happened"),
    "next_step": translatable("Next step"),
    "question": translatable("Question"),
    "contact": translatable("Contact"),
    "shows_in": translatable("Should show in"),
    "settled_on": translatable("Settled"),
    "result": translatable("Result"),
    "decided_on": translatable("Decided"),
    "what": translatable("What"),
    "responsible": translatable("Responsible"),
    "due_on": translatable("Due"),
    "closed_on": translatable("Closed"),
    "closed_as": translatable("As"),
    "action": translatable("Done"),
    "purpose": translatable("Purpose"),
    "persons": translatable("Persons"),
    "revision": translatable("Revision"),
    "is_draft": translatable("Draft"),
    "digest": translatable("Fingerprint"),
}

_OF_PERSON: Final = {"code": "p.code", "ref": "p.ref"}
_NUMBER_OF_SPELL: Final = """(
    SELECT nullif(count(*), 0) FROM spell o
    WHERE o.participant_id = s.participant_id
      AND (o.entered_on, coalesce(o.exited_on, '9999-12-31'), o.exit_type IS NOT 'transferred', o.id)
       <= (s.entered_on, coalesce(s.exited_on, '9999-12-31'), s.exit_type IS NOT 'transferred', s.id)
)"""
"""As `arena show-participant` numbers them."""

_ENTRY_STEP: Final = """(
    SELECT m.step FROM step_move m WHERE m.spell_id = r.id AND m.moved_on = r.entered_on ORDER BY m.id LIMIT 1
)"""

_NOT_MERGED: Final = "r.id NOT IN (SELECT participant_id FROM merge)"
"""Of two that were found to be one person, the one that has the records is listed."""

_OF_NO_MISTAKE: Final = "s.exit_type IS NOT 'misregistered'"
"""What hangs on a spell that never should have been is in no list: read back, it could land in the right one."""

_AFTER_ENTRY: Final = """r.id IS NOT (
    SELECT m.id FROM step_move m WHERE m.spell_id = r.spell_id AND m.moved_on = s.entered_on ORDER BY m.id LIMIT 1
)"""
"""The step of the entry stands in the list of spells."""

_REFERENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "participant_id": _OF_PERSON,
    "spell_id": {**_OF_PERSON, "spell": _NUMBER_OF_SPELL},
    "into_id": {"same_as": "(SELECT code FROM participant o WHERE o.id = r.into_id)"},
    "other_id": {"other": "(SELECT code FROM participant o WHERE o.id = r.other_id)"},
    "place_id": {"place": "(SELECT code FROM place WHERE place.id = r.place_id)"},
}
"""What is said in place of a reference to another record."""

_WHICH_SPELL: Final = {"municipality": "s.municipality", "entered_on": "s.entered_on"}

_BESIDE: Final[Mapping[type[Record], Mapping[str, str]]] = {
    Spell: {"sex": "p.sex", "birth_year": "p.birth_year", "entry_step": _ENTRY_STEP},
    Attendance: _WHICH_SPELL,
    FollowUp: _WHICH_SPELL,
}
"""What a list says beside the fields of its records."""

_SHIELDED: Final = {*SHIELDED_COLUMNS, "place", "referral"}
"""What is not said of somebody whose data are protected."""

_ORDERS: Final[Mapping[type[Record], str]] = {
    Assignment: "r.participant_id, r.id",
    Attendance: "r.spell_id, r.month, r.activity",
    FollowUp: "r.spell_id, r.kind",
    Pause: "r.spell_id, r.paused_on, r.resumed_on",
    Placement: "r.spell_id, r.id",
    Spell: "r.participant_id, r.id",
    StepMove: "r.spell_id, r.moved_on, r.id",
}
"""Orders that an index has, so that nothing is sorted; the others are in the order of registration."""


class _Field(NamedTuple):
    name: str
    sql: str


def is_personal(kind: type[Record]) -> bool:
    """Whether a list of these records tells of single persons."""
    return kind is Participant or not {"participant_id", "spell_id"}.isdisjoint(shape_of(kind).columns)


def has_municipality(kind: type[Record]) -> bool:
    """Whether a list of these records can be of some municipalities only."""
    columns = shape_of(kind).columns
    return kind is Participant or not {"municipality", "spell_id"}.isdisjoint(columns) or kind is Background


def record_table(store: Store, name: str, municipalities: Sequence[str], language: Language) -> Table:
    """The list of a name, of some municipalities or of all.

    Its rows are read while they are gone through: keep a snapshot open around it.
    """
    kind, title = LISTS[name]
    ((count,),) = store.rows(f"SELECT count(*) {_source(kind, municipalities)}", _parameters(municipalities))
    return Table(
        name=name,
        title=language.text(title),
        project=store.project().code,
        columns=[_column(store, kind, field.name, language) for field in _fields(kind)],
        count=count,
        rows=store.each_row(query(kind, municipalities), _parameters(municipalities)),
    )


def persons_in(store: Store, name: str, municipalities: Sequence[str]) -> int:
    """How many persons a list tells of."""
    kind, _ = LISTS[name]
    counted = f"SELECT count(DISTINCT p.id) {_source(kind, municipalities)}"
    ((persons,),) = store.rows(counted, _parameters(municipalities))
    return int(persons)


def query(kind: type[Record], municipalities: Sequence[str] = ()) -> str:
    """The query for a list's rows, in an order that needs no sorting."""
    selected = ", ".join(f"{field.sql} AS {field.name}" for field in _fields(kind))
    return f"SELECT {selected} {_source(kind, municipalities)} ORDER BY {_ORDERS.get(kind, 'r.id')}"


def _source(kind: type[Record], municipalities: Sequence[str]) -> str:
    """The records `r`, each with its spell `s` and its participant `p` as far as it has them."""
    columns = shape_of(kind).columns
    joined = ""
    spell = "r.id" if kind is Spell else "r.spell_id" if "spell_id" in columns else None
    person = "r.id" if kind is Participant else "r.participant_id" if "participant_id" in columns else None
    if spell:
        joined += f" {'LEFT' if person and kind is not Spell else 'CROSS'} JOIN spell s ON s.id = {spell}"
    if spell or person:
        joined += f" CROSS JOIN participant p ON p.id = {person or 's.participant_id'}"
    conditions = [_in_municipality(kind)] if municipalities else []
    if municipalities and is_personal(kind):
        conditions.append(f"p.protection = '{Protection.NONE.value}'")
    if kind is Participant:
        conditions.append(_NOT_MERGED)
    if spell == "r.spell_id" and not person:
        conditions.append(_OF_NO_MISTAKE)
    if kind is StepMove:
        conditions.append(_AFTER_ENTRY)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"FROM {TABLES[kind]} r{joined}{where}"


def _in_municipality(kind: type[Record]) -> str:
    """Of a person in several municipalities, all is told that is not of one of them.

    Whoever's data are protected is in no list of a municipality: it would tell where the person is.
    """
    columns = shape_of(kind).columns
    among = "IN (SELECT value FROM json_each(?))"
    if "municipality" in columns:
        return f"r.municipality {among}"
    if "spell_id" in columns and "participant_id" not in columns:
        return f"s.municipality {among}"
    return f"EXISTS (SELECT 1 FROM spell h WHERE h.participant_id = p.id AND h.municipality {among})"


def _parameters(municipalities: Sequence[str]) -> Sequence[str]:
    return [json.dumps([*municipalities])] if municipalities else []


def _fields(kind: type[Record]) -> Sequence[_Field]:
    """What a row says, each once."""
    said: dict[str, str] = {**_OF_PERSON, "spell": _NUMBER_OF_SPELL} if kind is Spell else {}
    for column in shape_of(kind).columns:
        if column != "id":
            said |= _REFERENCES.get(column) or {column: f"r.{column}"}
    said |= _BESIDE.get(kind, {})
    if not is_personal(kind):
        return [_Field(name, sql) for name, sql in said.items()]
    is_open = f"p.protection = '{Protection.NONE.value}'"
    return [
        _Field(name, f"CASE WHEN {is_open} OR {sql} IS NULL THEN {sql} ELSE '{SHIELDED}' END")
        if name in _SHIELDED
        else _Field(name, sql)
        for name, sql in said.items()
    ]


def _column(store: Store, kind: type[Record], name: str, language: Language) -> Column:
    heading = _heading(kind, name, language)
    hint = _hint(kind, name)
    if hint is bool:
        flags = (language.text(translatable("no")), language.text(translatable("yes")))
        return Column(name, heading, shown=flags.__getitem__, told=bool)
    if kind is Access and name == "what":
        return Column(name, heading, shown=partial(what_in_words, language=language))
    if words := _words(store, kind, name, language):
        return Column(name, heading, shown=partial(_of, words))
    if name == "minutes":
        return Column(name, heading, Kind.DECIMAL, shown=_hours)
    return Column(name, heading, Kind.MONTH if name == "month" else _KINDS.get(hint, Kind.TEXT))


_KINDS: Final[Mapping[type, Kind]] = {date: Kind.DAY, int: Kind.NUMBER}


def _heading(kind: type[Record], name: str, language: Language) -> str:
    """What `import` knows the column by, where it reads such a list; otherwise what people call it."""
    asked = questions(kind).get(name)
    if asked:
        return language.text(asked.label_en)
    forms = HEADERS[_READ_BACK[kind]] if kind in _READ_BACK else {}
    column = "hours" if name == "minutes" else name
    if column in forms and name != "ref":
        word = column.replace("_", " ") if language.code == ENGLISH else forms[column][0]
        return f"{word[:1].upper()}{word[1:]}"
    return language.text(_HEADINGS["place" if kind is Place and name == "code" else name])


def _hint(kind: type[Record], name: str) -> type:
    """The type of a column, without the None."""
    hints = [get_type_hints(owner).get(name) for owner in (kind, Spell, Participant)]
    hint: Any = int if name == "spell" else next(filter(None, hints), str)
    found: type = next((part for part in get_args(hint) if part is not type(None)), hint)
    return found


def _words(store: Store, kind: type[Record], name: str, language: Language) -> Mapping[str, str]:
    """What the codes of a column are called, by the table that it refers to; nothing for a column that has none."""
    hint, words = _hint(kind, name), {SHIELDED: language.text(translatable("protected"))} if name in _SHIELDED else {}
    referred = 'SELECT "table" FROM pragma_foreign_key_list(?) WHERE "from" = ?'
    tables = [table for (table,) in store.rows(referred, (TABLES[kind], name))]
    if lookup := next(iter(tables), _LOOKUPS_BESIDE.get(name)):
        named = "short_name" if lookup == "municipality" else "name"
        if language.code == ENGLISH and lookup != "municipality":
            named = "coalesce(nullif(name_en, ''), name)"
        return dict(store.rows(f"SELECT code, {named} FROM {lookup}")) | words
    if issubclass(hint, StrEnum):
        return {value.value: language.text("{value}", value=value) for value in hint}
    return words


_LOOKUPS_BESIDE: Final[Mapping[str, str]] = {"sex": "sex", "municipality": "municipality", "entry_step": "step"}
"""The tables that have the names of what a list says beside the fields of its records."""


def _of(words: Mapping[str, str], code: str) -> str:
    return words.get(code, code)


def _hours(minutes: int) -> float:
    """Minutes as hours, so exactly that they are read back as the same minutes."""
    return round(minutes / 60, 2)
