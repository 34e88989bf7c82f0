"""The register extract (registerutdrag): all that is stored on one person, as GDPR article 15 asks.

Which tables that is, nobody has written down: they are found by their foreign keys when the extract is made, and a
table that is neither found so nor named in NOT_ABOUT_A_PERSON or TOLD_APART fails a test. Staff who acted in service
are named, as the law has it; other participants never stand in it: where a text about somebody else mentions the
person, that text is given and nothing of the other's record.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from arena_cli.casework.access import record_access
from arena_cli.casework.enrolment import find_participant
from arena_cli.deliveries import deliveries, files
from arena_cli.errors import translatable
from arena_cli.journal import Entry, Occasion
from arena_cli.language import SWEDISH, Language
from arena_cli.model import AccessAction, Participant, Project
from arena_cli.model.access import OF_REPORT
from arena_cli.model.delivery import Delivery
from arena_cli.model.retention import RetentionStage
from arena_cli.privacy.persons import PARTICIPANT, Schema, StoredRow, entries_on, mentions, rows_of, stands_in
from arena_cli.privacy.rules import Term, term
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden

NOT_ABOUT_A_PERSON: Final[Mapping[str, str]] = {
    "project": "the project",
    "municipality": "a list of the project",
    "step": "a list of the project",
    "destination": "a list of the project",
    "referral": "a list of the project",
    "activity": "a list of the project",
    "sex": "a list that comes with arena",
    "exit_type": "a list that comes with arena",
    "answer": "a list that comes with arena",
    "employment": "a list that comes with arena",
    "education": "a list that comes with arena",
    "income_source": "a list that comes with arena",
    "pause_reason": "a list that comes with arena",
    "sector": "a list that comes with arena",
    "target": "what the project should reach",
    "kept_counts": "how many there are, of nobody by name or code",
    "delivered_figures": "how many there are, of nobody by name or code",
    "retention_rule": "rules",
    "retention_date": "days of the project",
    "retention": "what was erased, without a name",
    "data_dictionary": "what tables and columns mean",
    "_sqlite_migrations": "the versions of the file",
}
"""The tables that hold nothing on anybody, each with the reason. Their texts are searched for the code all the same."""

TOLD_APART: Final[Mapping[str, str]] = {
    "journal": "its entries on the person's records, also on those taken away",
    "access": "the looks at the person, and at lists of many",
    "delivery": "the reports in which the person may be counted",
    "delivered_file": "those of them in which the code stands",
    "sent": "who received them",
    "official_file": "that files were written for SCB stands among the looks",
    "place": "the name of a placement's place, with the placement",
    "note": "those in which the code stands",
    "decision": "those in which the code stands",
}
"""The tables that are told of in a way of their own, and how."""

_SHORTEST_REF: Final = 4
"""A shorter ref stands in too many texts that mean something else."""

_NAMES: Final = (("name", "name_en"), ("host", "host"))
"""What a row is called that is referred to, in Swedish and in English: the first of these that its table has."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report in which the person may be counted: who has received it, and the files in which the code stands."""

    delivery: Delivery
    recipients: tuple[str, ...]
    naming: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody's look at the person, or at a list of many."""

    at: str
    actor: str
    command: str
    action: str
    what: str
    purpose: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A text elsewhere in which the person is mentioned."""

    table: str
    column: str
    record: object
    text: str


@dataclass(frozen=True, slots=True)
class Extract:
    """All that is stored on a person. `names` are what the codes in the rows stand for, by table, column and value."""

    participant: Participant
    project: Project
    made_at: str
    actor: str
    purpose: str
    rows: Mapping[str, Sequence[StoredRow]]
    names: Mapping[tuple[str, str, object], tuple[str, str]]
    journal: Sequence[Entry]
    reports: Sequence[Told]
    looks: Sequence[Look]
    mentions: Sequence[Mention]
    terms: Sequence[Term]


def extract(store: Store, occasion: Occasion, typed: str, purpose: str) -> Extract:
    """Everything on one person, by code; the look is written down first, with its purpose.

    Doing the same again at the same moment, after it was cut off, writes nothing down twice. Raises NotACode,
    UnknownParticipant or PersonalNumberGiven.
    """
    participant = find_participant(store, typed)
    if not _is_written_down(store, occasion, participant, purpose):
        record_access(store, occasion, AccessAction.EXTRACT, purpose, REGISTER_EXTRACT, 1, participant.code)
    with store.snapshot():
        schema = Schema.of(store)
        rows = rows_of(store, schema, participant)
        entries = entries_on(store, schema, rows)
        first = entries[0].seq if entries else 0
        codes = [person["code"] for person in rows[PARTICIPANT]]
        return Extract(
            participant=participant,
            project=store.project(),
            made_at=occasion.at,
            actor=occasion.actor,
            purpose=purpose,
            rows=rows,
            names=dict(_names(store, schema, rows)),
            journal=entries,
            reports=list(_reports(store, codes, rows, first)),
            looks=list(_looks(store, codes, first)),
            mentions=list(_mentions(store, schema, rows[PARTICIPANT], {(e.seq, e.record) for e in entries})),
            terms=[term(store, stage) for stage in RetentionStage],
        )


REGISTER_EXTRACT: Final = "register extract"


def _is_written_down(store: Store, occasion: Occasion, participant: Participant, purpose: str) -> bool:
    found = store.rows(
        "SELECT purpose FROM access JOIN journal ON subject = 'access' AND record = access.id"
        " WHERE code = ? AND action = ? AND at = ? AND actor = ?",
        (participant.code, AccessAction.EXTRACT.value, occasion.at, occasion.actor),
    )
    return (purpose,) in found


def _names(
    store: Store, schema: Schema, rows: Mapping[str, Sequence[StoredRow]]
) -> Iterator[tuple[tuple[str, str, object], tuple[str, str]]]:
    """What the codes stand for that refer to something that is nobody's."""
    for table, of_table in rows.items():
        for column, reference in schema.lookups_of(table).items():
            known = schema.columns[reference.parent]
            names = next((", ".join(pair) for pair in _NAMES if {*pair} <= {*known}), None)
            for value in {row[column] for row in of_table} - {None}:
                sql = f"SELECT {names} FROM {reference.parent} WHERE {reference.parent_column} = ?"
                for swedish, english in store.rows(sql, (value,)) if names else ():
                    yield (table, column, value), (swedish, english)


def _reports(store: Store, codes: Sequence[str], rows: Mapping[str, Sequence[StoredRow]], first: int) -> Iterator[Told]:
    """The reports that were counted when the person was there, of months by which the person was."""
    days = [row["entered_on"] for row in rows["spell"]] + [row["assigned_on"] for row in rows["assignment"]]
    if not days:
        return
    for delivery in deliveries(store):
        if delivery.journal_seq >= first and delivery.month.last.isoformat() >= min(days):
            recipients = store.rows(
                "SELECT DISTINCT recipient FROM sent WHERE delivery_id = ? ORDER BY recipient", (delivery.id,)
            )
            names = [file.name for file in files(store, delivery.id)]
            naming = [name for name in names if _stand_in(store, delivery, name, codes)]
            yield Told(delivery, tuple(recipient for (recipient,) in recipients), tuple(naming))


def _stand_in(store: Store, delivery: Delivery, name: str, codes: Sequence[str]) -> bool:
    sql = "SELECT content FROM delivered_file WHERE delivery_id = ? AND name = ?"
    ((packed,),) = store.rows(sql, (delivery.id, name))
    with suppress(zlib.error):
        content = zlib.decompress(packed)
        return any(code.encode() in content for code in codes)
    return False


def _looks(store: Store, codes: Sequence[str], first: int) -> Iterator[Look]:
    sql = (
        "SELECT at, actor, command, action, what, purpose, code IS NOT NULL"
        " FROM access JOIN journal ON subject = 'access' AND record = access.id"
        " WHERE code IN (SELECT value FROM json_each(?)) OR (code IS NULL AND seq > ? AND what NOT GLOB ?)"
        " ORDER BY access.id"
    )
    for at, actor, command, action, what, purpose, alone in store.rows(
        sql, (json.dumps(codes), first, f"{OF_REPORT}*")
    ):
        yield Look(at, actor, command, action, what, purpose, bool(alone))


def _mentions(
    store: Store, schema: Schema, persons: Sequence[StoredRow], theirs: set[tuple[int, int]]
) -> Iterator[Mention]:
    words = [person["code"] for person in persons]
    words += [person["ref"] for person in persons if person["ref"] and len(person["ref"]) >= _SHORTEST_REF]
    for (table, column), rows in mentions(store, schema, words).items():
        for row in rows:
            if table == "journal":
                yield from _in_journal(store, row["seq"], column, words, theirs)
            elif (table, column) not in {(PARTICIPANT, "code"), (PARTICIPANT, "ref"), ("access", "code")}:
                yield Mention(table, column, row.get("id"), row[column])


def _in_journal(
    store: Store, seq: int, column: str, words: Sequence[str], theirs: set[tuple[int, int]]
) -> Iterator[Mention]:
    """The texts of entries on something else; of others' values only the one that has the word in it."""
    for entry in store.entries("WHERE seq = ?", (seq,)):
        if (entry.seq, entry.record) in theirs or entry.subject == "access":
            continue
        text = getattr(entry, column)
        values = json.loads(text) if text and column in {"before", "after"} else {column: text}
        for name, value in values.items():
            if isinstance(value, str) and any(stands_in(word, value) for word in words):
                yield Mention(f"journal.{entry.subject}", name, entry.seq, value)


# -- as it is written -------------------------------------------------------------------------------------------------

TABLE_NAMES: Final[Mapping[str, str]] = {
    "participant": translatable("The person"),
    "spell": translatable("Spells in the project"),
    "assignment": translatable("Waits to start"),
    "background": translatable("What the fund asks at the entry"),
    "income": translatable("Sources of income"),
    "step_move": translatable("Placings on steps"),
    "pause": translatable("Pauses"),
    "placement": translatable("Placements"),
    "attendance": translatable("Hours"),
    "follow_up": translatable("Follow-ups"),
    "identity": translatable("Who the person is"),
    "identity_number": translatable("Personal identity numbers"),
    "merge": translatable("Registrations that are one person"),
    "distinction": translatable("Others who are alike, and are somebody else"),
}
"""What the tables are called; one that is not here goes by its own name."""

COLUMN_NAMES: Final[Mapping[str, str]] = {
    "id": translatable("Number in the file"),
    "code": translatable("Code"),
    "registered_at": translatable("Registered (UTC)"),
    "participant_id": translatable("The person's number"),
    "spell_id": translatable("The spell's number"),
}
"""What columns are called that no other list shows."""

PURPOSES: Final = translatable(
    "To follow participants through the project {project}, to account for it to those who pay for it, and to learn "
    "what helps. Controller: {owner}. Funding: {funding}"
)
SOURCES: Final = translatable(
    "What the person or the referring authority has told the project's staff, and lists that the municipality keeps. "
    "Who registered what, when and with which command stands under Changes."
)
RECIPIENTS: Final = translatable(
    "Reports hold numbers of persons and no names. Which were delivered to whom stands under Reports; who has looked "
    "at the data, under Looks. Staff who acted in service are named."
)
RIGHTS: Final = translatable(
    "The person may ask for rectification, for restriction of the processing and for erasure, may object, and may "
    "complain to the Swedish Authority for Privacy Protection (IMY). No decision is made automatically."
)


def about(found: Extract, language: Language) -> dict[str, object]:
    """Purposes, sources, recipients, retention and rights, in words."""
    text = language.text
    project = found.project
    name = project.name if language.code == SWEDISH else project.name_en
    return {
        "purposes": text(PURPOSES, project=name, owner=project.owner, funding=project.funding or "–"),
        "sources": text(SOURCES),
        "recipients": text(RECIPIENTS),
        "retention": [sentence.sentence(language) for term in found.terms for sentence in term.sentences()],
        "rights": text(RIGHTS),
    }


def as_json(found: Extract, language: Language, label: Callable[[str], str | None]) -> dict[str, object]:
    """The extract for another program: keys and values as the file has them, and what they are called."""
    columns = {column for rows in found.rows.values() for row in rows for column in row}
    return {
        "extract": 1,
        "participant": found.participant.code,
        "project": found.project.code,
        "made_at": found.made_at,
        "made_by": found.actor,
        "purpose": found.purpose,
        "language": language.code,
        "about": about(found, language),
        "called": {column: column_name(column, language, label) for column in sorted(columns)},
        "records": {table: [_named(found, language, table, row) for row in rows] for table, rows in found.rows.items()},
        "changes": [_change(entry) for entry in found.journal],
        "reports": [_report(told) for told in found.reports],
        "looks": [
            {
                "at": look.at,
                "actor": look.actor,
                "command": look.command,
                "action": look.action,
                "what": look.what,
                "purpose": look.purpose,
                "alone": look.alone,
            }
            for look in found.looks
        ],
        "mentions": [
            {"table": m.table, "column": m.column, "record": m.record, "text": m.text} for m in found.mentions
        ],
    }


def column_name(column: str, language: Language, label: Callable[[str], str | None]) -> str:
    """What a column is called; by its own name where nobody has called it anything."""
    message = COLUMN_NAMES.get(column)
    return language.text(message) if message else label(column) or column


def name_of(found: Extract, language: Language, table: str, column: str, value: object) -> str | None:
    """What a code in a row stands for; None where it stands for nothing else in the file."""
    swedish, english = found.names.get((table, column, value), (None, None))
    return swedish if language.code == SWEDISH else english


def _named(found: Extract, language: Language, table: str, row: StoredRow) -> dict[str, object]:
    """A row with what its codes stand for beside them."""
    named: dict[str, object] = {}
    for column, value in row.items():
        named[column] = value
        if (table, column, value) in found.names:
            named[f"{column}_name"] = name_of(found, language, table, column, value)
    return named


def _change(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.change,
        "entry": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "command": entry.command,
        "why": entry.why,
        "undoes": entry.undoes,
        "record": f"{entry.subject} {entry.record}",
        "before": json.loads(entry.before) if entry.before else None,
        "after": json.loads(entry.after) if entry.after else None,
    }


def _report(told: Told) -> dict[str, object]:
    delivery = told.delivery
    return {
        "number": delivery.id,
        "month": str(delivery.month),
        "audience": delivery.audience,
        "language": delivery.language,
        "municipalities": list(delivery.municipalities),
        "revision": delivery.revision,
        "delivered_at": delivery.delivered_at,
        "delivered_by": delivery.actor,
        "recipients": list(told.recipients),
        "files_with_the_code": list(told.naming),
    }


def clock(at: str) -> str:
    """A time of the journal, by the clocks of Sweden."""
    return in_sweden(datetime.fromisoformat(at)).strftime("%Y-%m-%d %H:%M")
