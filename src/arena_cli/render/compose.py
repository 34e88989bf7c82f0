"""Puts a report into words: from the figures to the page that templates and the terminal draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from arena_cli import __version__
from arena_cli.errors import translatable
from arena_cli.figures.report import Report
from arena_cli.language import Language
from arena_cli.model import ALL
from arena_cli.render import activity, comparing, learning, outcome, quality, restated, sections, situation, stay
from arena_cli.render.draft import Draft
from arena_cli.render.edition import SHORT, Audience, Edition
from arena_cli.render.indicators import appendices
from arena_cli.render.page import Fact, Mark, Page, Section
from arena_cli.render.words import MOST_MUNICIPALITIES_NAMED, Words, subject

SECTIONS: Final[tuple[Callable[[Draft], Section | None], ...]] = (
    situation.situation,
    situation.summary,
    sections.stock_flow,
    stay.waiting,
    sections.steps,
    sections.progression,
    sections.exits,
    sections.left,
    comparing.time_to_work,
    activity.placements,
    activity.hours,
    outcome.follow_up,
    outcome.targets,
    quality.municipalities,
    comparing.compared,
    learning.learning,
    learning.agenda,
    quality.quality,
)
"""What the meeting reads, in the order of the report; a section that has nothing to show says nothing."""

APPENDIX: Final[tuple[Callable[[Draft], Section | None], ...]] = (
    sections.movement,
    sections.persons,
    stay.time,
    stay.returns,
    outcome.income,
    restated.restated,
)
"""What is looked up; the fund's indicators, the controls and the definitions come after it."""


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
        subject=subject(words, selected),
        marks=tuple(_marks(report, words, edition)),
        facts=tuple(_facts(draft, edition)),
        contents=words.text(translatable("Contents")),
        skip=words.text(translatable("To the figures")),
        appendix=words.text(translatable("Appendix")),
        sections=tuple(_sections(draft)),
        provenance=tuple(_provenance(draft, edition)),
        footer=words.text(translatable("Made {made_at}"), made_at=edition.made_at),
    )


def _sections(draft: Draft) -> Iterator[Section]:
    yield from (written for section in SECTIONS if (written := section(draft)))
    looked_up = (written for section in APPENDIX if (written := section(draft)))
    for section in (*looked_up, *appendices(draft), sections.controls(draft), sections.definitions(draft)):
        yield replace(section, is_appendix=True)


def _provenance(draft: Draft, edition: Edition) -> Iterator[Fact]:
    """What the figures were counted from and with: with the same, they come out the same."""
    words, report = draft.words, draft.report
    yield Fact(words.text(translatable("Last registered")), words.formats.day(edition.as_of))
    fingerprint = edition.fingerprint or report.fingerprint(edition.municipalities)
    yield Fact(words.text(translatable("Fingerprint of the figures")), fingerprint[:SHORT])
    if edition.journal_head:
        yield Fact(words.text(translatable("Journal")), edition.journal_head)
    yield Fact(words.text(translatable("Version")), f"arena {__version__}")
    chosen = "".join(f" --municipality {code}" for code in edition.municipalities)
    yield Fact(
        words.text(translatable("Command")),
        f"arena report --month {report.month} --lang {words.language.code}{chosen}",
    )


def _marks(report: Report, words: Words, edition: Edition) -> Iterator[Mark]:
    if not report.reconciles:
        message = translatable("DOES NOT RECONCILE: the figures contradict each other, see Controls")
        yield Mark("unreconciled", words.text(message))
    if edition.audience is Audience.MEETING:
        yield Mark("internal", words.text(translatable("INTERNAL – for the meeting")))
    if edition.revision > 1:
        yield Mark("revision", words.text(translatable("REVISION {revision}"), revision=words.number(edition.revision)))
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
