"""The register extract as a page for the person it is about: everything in it is escaped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Final, NamedTuple

from arena_cli.casework.access import what_in_words
from arena_cli.errors import translatable
from arena_cli.language import Language
from arena_cli.privacy.extract import TABLE_NAMES, Extract, about, clock, column_name, name_of

WARNING: Final = translatable(
    "Make sure who it is that asks, and read it through for what concerns others, before it is handed out. Hand it "
    "over in person, or send it to the address in the population register; where that is "
    "protected, through the Tax Agency."
)
NOTHING: Final = "–"


class Section(NamedTuple):
    """A table of the page."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


Words = Callable[[str, object], str]
"""What a value of a column is called."""


def as_html(found: Extract, language: Language, label: Callable[[str], str | None], words: Words) -> str:
    """The page, in a language; `label` names columns and `words` their values."""
    from jinja2 import Environment, StrictUndefined

    source = (files("arena_cli") / "privacy" / "extract.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = language.text
    title = text(translatable("Register extract: {code}"), code=found.participant.code)
    return environment.from_string(source).render(
        language=language.code,
        title=title,
        warning=text(WARNING),
        nothing=text(translatable("Nothing is stored.")),
        facts=list(_facts(found, language)),
        sections=[*_records(found, language, label, words), *_others(found, language, label, words)],
    )


def _facts(found: Extract, language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    told = about(found, language)
    titles = {
        "purposes": translatable("What it is kept for"),
        "sources": translatable("Where it comes from"),
        "recipients": translatable("Who has received it"),
        "retention": translatable("How long it is kept"),
        "rights": translatable("Rights"),
    }
    made = translatable("{when} by {who}, for: {purpose}")
    facts = {"when": clock(found.made_at), "who": found.actor, "purpose": found.purpose}
    yield language.text(translatable("Made")), [language.text(made, **facts)]
    for key, title in titles.items():
        lines = told[key]
        yield language.text(title), lines if isinstance(lines, list) else [str(lines)]


def _records(found: Extract, language: Language, label: Callable[[str], str | None], words: Words) -> Iterator[Section]:
    for table, rows in found.rows.items():
        columns = list(rows[0]) if rows else []
        yield Section(
            language.text(TABLE_NAMES[table]) if table in TABLE_NAMES else table,
            [column_name(column, language, label) for column in columns],
            [[_cell(v, words(c, v), name_of(found, language, table, c, v)) for c, v in row.items()] for row in rows],
        )


def _cell(value: object, word: str, name: str | None) -> str:
    """What a value is called, or what it refers to, with the code that it has in the file."""
    if value is None:
        return NOTHING
    first = word if name is None or name in word else name
    others = [other for other in dict.fromkeys((word, str(value))) if other != first]
    return f"{first} ({', '.join(others)})" if others else first


def _others(found: Extract, language: Language, label: Callable[[str], str | None], words: Words) -> Iterator[Section]:
    text = language.text
    when, who, command = (text(m) for m in (translatable("When"), translatable("Who"), translatable("Command")))

    def values(written: str | None) -> str:
        told = json.loads(written) if written else {}
        return "; ".join(f"{column_name(c, language, label)}: {words(c, v)}" for c, v in told.items()) or NOTHING

    yield Section(
        text(translatable("Changes")),
        [
            *(when, who, command, text(translatable("Why")), text(translatable("Record"))),
            *(text(translatable("Before")), text(translatable("After"))),
        ],
        [
            [
                clock(e.at),
                e.actor,
                e.command,
                e.why or NOTHING,
                f"{e.subject} {e.record}",
                values(e.before),
                values(e.after),
            ]
            for e in found.journal
        ],
    )
    yield Section(
        text(translatable("Reports in which the person may be counted")),
        [text(m) for m in (translatable("Month"), translatable("Revision"), translatable("Delivered"))]
        + [who, text(translatable("Sent to")), text(translatable("Files in which the code stands"))],
        [
            [
                str(told.delivery.month),
                str(told.delivery.revision),
                clock(told.delivery.delivered_at),
                told.delivery.actor,
                ", ".join(told.recipients) or NOTHING,
                ", ".join(told.naming) or NOTHING,
            ]
            for told in found.reports
        ],
    )
    yield Section(
        text(translatable("Looks")),
        [when, who, command, text(translatable("What")), text(translatable("What for"))],
        [
            [clock(look.at), look.actor, look.command, what_in_words(look.what, language), look.purpose]
            for look in found.looks
        ],
    )
    yield Section(
        text(translatable("Texts that mention the person")),
        [text(translatable("Where")), text(translatable("Text"))],
        [[f"{m.table}.{m.column} {m.record}", m.text] for m in found.mentions],
    )
