"""Puts a report into words: from the figures to the page that templates and the terminal draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from arena_cli import __version__
from arena_cli.errors import translatable
from arena_cli.figures.report import Report
from arena_cli.language import Language
from arena_cli.model import ALL
from arena_cli.render import activity, outcome, sections, stay
from arena_cli.render.draft import Draft
from arena_cli.render.edition import Audience, Edition
from arena_cli.render.indicators import appendices
from arena_cli.render.page import Fact, Mark, Page, Section
from arena_cli.render.words import Words

MOST_MUNICIPALITIES_NAMED: Final = 25
"""In the head. A longer list is a number there; the tables have the names."""

SECTIONS: Final[tuple[Callable[[Draft], Section | None], ...]] = (
    sections.summary,
    sections.stock_flow,
    sections.exits,
    sections.left,
    sections.progression,
    sections.steps,
    sections.movement,
    sections.persons,
    activity.placements,
    activity.hours,
    outcome.follow_up,
    outcome.income,
    stay.waiting,
    stay.time,
    stay.returns,
    outcome.targets,
    sections.controls,
    sections.definitions,
)
"""In the order of the report; one that has nothing to show says nothing."""


def compose(report: Report, language: Language, edition: Edition) -> Page:
    """The whole report. A report that does not reconcile is stamped, whoever asked for it."""
    words = Words.of(language, report.project, report.scope)
    selected = words.in_alphabet(edition.municipalities)
    draft = Draft(
        report=report,
        words=words,
        rows=(*(selected or words.in_alphabet(words.municipalities)), ALL),
        places=(*selected, ALL),
        month=words.formats.month(report.month),
    )
    return Page(
        language=language.code,
        title=words.text(translatable("Monthly report {month}"), month=draft.month),
        subject=_subject(words, selected),
        marks=tuple(_marks(report, words, edition)),
        facts=tuple(_facts(draft, edition)),
        contents=words.text(translatable("Contents")),
        skip=words.text(translatable("To the figures")),
        sections=(*(written for section in SECTIONS if (written := section(draft))), *appendices(draft)),
        footer=words.text(
            translatable("arena {version} · last registered {as_of} · made {made_at}"),
            version=__version__,
            as_of=words.formats.day(edition.as_of),
            made_at=edition.made_at,
        ),
    )


def _subject(words: Words, selected: tuple[str, ...]) -> str:
    if not selected or len(selected) > MOST_MUNICIPALITIES_NAMED:
        return words.project_name()
    names = words.formats.series(words.official_name(code) for code in selected)
    return words.text(translatable("{project}: {municipalities}"), project=words.project_name(), municipalities=names)


def _marks(report: Report, words: Words, edition: Edition) -> Iterator[Mark]:
    if not report.reconciles:
        message = translatable("DOES NOT RECONCILE: the figures contradict each other, see Controls")
        yield Mark("unreconciled", words.text(message))
    if edition.audience is Audience.MEETING:
        yield Mark("internal", words.text(translatable("INTERNAL – for the meeting")))
    if report.preliminary:
        yield Mark("preliminary", words.text(translatable("PRELIMINARY – the month has not ended")))
    if report.project.demo:
        yield Mark("demo", words.text(translatable("DEMO – invented data")))


def _facts(draft: Draft, edition: Edition) -> Iterator[Fact]:
    words, project = draft.words, draft.report.project
    period = words.text(
        translatable("{start} – {end}"),
        start=words.formats.day(project.starts_on),
        end=words.formats.day(project.ends_on),
    )
    if project.owner:
        yield Fact(words.text(translatable("Project owner")), words.name(project.owner))
    yield Fact(words.text(translatable("Project period")), period)
    yield Fact(words.text(translatable("Municipalities")), _municipalities(draft))
    yield Fact(words.text(translatable("Last registered")), words.formats.day(edition.as_of), edition.as_of)


def _municipalities(draft: Draft) -> str:
    words = draft.words
    *shown, _ = draft.rows
    names = words.formats.series(words.municipality(code) for code in shown)
    number, all_of_them = words.number(len(shown)), words.number(len(words.municipalities))
    if len(shown) > MOST_MUNICIPALITIES_NAMED:
        names = number
    if number == all_of_them:
        return names
    return words.text(translatable("{municipalities} (of {number})"), municipalities=names, number=all_of_them)
