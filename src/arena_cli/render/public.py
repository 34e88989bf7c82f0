"""Puts a public report into words. It is given no number that is hidden, so none can stand in it, nor be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from arena_cli import __version__
from arena_cli.disclosure.accounts import SEXES
from arena_cli.disclosure.edition import PublicReport
from arena_cli.errors import translatable
from arena_cli.figures.destinations import GROUPS, TRANSFERRED
from arena_cli.figures.table import Measure
from arena_cli.formats import Formats
from arena_cli.language import Language
from arena_cli.model import ALL, IncomeSource
from arena_cli.render.edition import SHORT, Edition
from arena_cli.render.page import Block, Cell, Column, Fact, Grid, Mark, Page, Row, Section
from arena_cli.render.words import SMALLEST_WHOLE_FOR_PERCENT, Words, subject

HIDDEN: Final = "\N{MULTIPLICATION SIGN}"
"""A number that is not shown. Zero is a dash, and two dots are not known: they say something else."""

Counts = Mapping[str, tuple[str, Measure]]
"""What a table counts: section and measure, by the message of its heading."""

_SINCE_START: Final[Counts] = {
    translatable("Have taken part"): ("reached", "intake_total"),
    translatable("Placements begun"): ("reached", "placements_total"),
}
_OF_MONTH: Final[Counts] = {
    translatable("New"): ("stock_flow", "entered"),
    translatable("Up the staircase"): ("progression", "up"),
    translatable("Down the staircase"): ("progression", "down"),
    translatable("Placements begun"): ("placements", "begun"),
}


@dataclass(frozen=True, slots=True)
class PublicDraft:
    """What the sections of a public report are written from; `rows` are the municipalities with a row, and `all`."""

    report: PublicReport
    words: Words
    rows: tuple[str, ...]

    def text(self, message: str, /, **facts: str) -> str:
        """A message in the report's language; `{month}` and `{day}`, its last, are always among its facts."""
        formats, month = self.words.formats, self.report.month
        return self.words.text(message, **{"month": formats.month(month), "day": formats.day(month.last), **facts})

    def number(self, section: str, measure: Measure, municipality: str = ALL, sex: str = ALL) -> int | None:
        return self.report.value(section, measure, municipality, sex)

    def cell(self, section: str, measure: Measure, municipality: str = ALL, sex: str = ALL) -> Cell:
        number = self.number(section, measure, municipality, sex)
        return Cell(HIDDEN, "hidden") if number is None else self.words.cell(number)


def compose_public(report: PublicReport, language: Language, edition: Edition) -> Page:
    """The whole public report."""
    project = report.project
    words = Words(
        language=language,
        formats=Formats(language.code),
        project=project,
        municipalities={m.code: m for m in sorted(project.municipalities, key=lambda m: m.code)},
        destinations={},
    )
    selected = words.in_alphabet(edition.municipalities)
    draft = PublicDraft(report, words, (*(selected or words.in_alphabet(words.municipalities)), ALL))
    return Page(
        language=language.code,
        title=draft.text(translatable("Monthly report {month}")),
        subject=subject(words, selected),
        marks=tuple(_marks(draft, edition)),
        facts=tuple(_facts(draft, edition)),
        contents=words.text(translatable("Contents")),
        skip=words.text(translatable("To the figures")),
        appendix=words.text(translatable("Appendix")),
        sections=(
            _situation(draft),
            _municipalities(draft),
            _sexes(draft),
            _left(draft),
            _income(draft),
            _hidden(draft),
            _definitions(draft),
        ),
        provenance=tuple(_provenance(draft, edition)),
        footer=words.text(translatable("Made {made_at}"), made_at=edition.made_at),
    )


# -- what stands around the sections ----------------------------------------------------------------------------------


def _marks(draft: PublicDraft, edition: Edition) -> Iterator[Mark]:
    text = draft.words.text
    if draft.report.is_preview:
        message = translatable("PREVIEW – not to be passed on: only what is delivered is compared with later reports")
        yield Mark("internal", text(message))
    yield Mark("public", text(translatable("PUBLIC – counts of a few persons are hidden")))
    if edition.revision > 1:
        number = draft.words.number(edition.revision)
        yield Mark("revision", text(translatable("REVISION {revision}"), revision=number))
    if draft.report.preliminary:
        yield Mark("preliminary", text(translatable("PRELIMINARY – the month has not ended")))
    if draft.report.project.demo:
        yield Mark("demo", text(translatable("DEMO – invented data")))


def _facts(draft: PublicDraft, edition: Edition) -> Iterator[Fact]:
    words, project = draft.words, draft.report.project
    if project.owner:
        yield Fact(words.text(translatable("Project owner")), words.name(project.owner))
    period = words.text(
        translatable("{start} – {end}"),
        start=words.formats.day(project.starts_on),
        end=words.formats.day(project.ends_on),
    )
    yield Fact(words.text(translatable("Project period")), period)
    yield Fact(words.text(translatable("Municipalities")), words.some_municipalities(draft.rows[:-1]))
    yield Fact(words.text(translatable("Last registered")), words.formats.day(edition.as_of), edition.as_of)


def _provenance(draft: PublicDraft, edition: Edition) -> Iterator[Fact]:
    text, report = draft.words.text, draft.report
    yield Fact(text(translatable("Fingerprint of what is shown")), report.fingerprint()[:SHORT])
    if edition.journal_head:
        _, _, beginning = edition.journal_head.partition(" ")  # how many entries there are counts what was registered
        yield Fact(text(translatable("Journal")), beginning)
    yield Fact(text(translatable("Version")), f"arena {__version__}")
    chosen = "".join(f" --municipality {code}" for code in edition.municipalities)
    command = f"arena report --month {report.month} --audience public --lang {draft.words.language.code}{chosen}"
    yield Fact(text(translatable("Command")), command)


# -- the sections -----------------------------------------------------------------------------------------------------


def _situation(draft: PublicDraft) -> Section:
    about = draft.text(translatable("These sentences are about {place}."), place=draft.words.place(ALL))
    is_of_some = len(draft.rows) <= len(draft.words.municipalities)
    return Section(
        "situation",
        draft.text(translatable("The situation in brief")),
        paragraphs=(about,) if is_of_some else (),
        points=tuple(_points(draft)),
    )


def _points(draft: PublicDraft) -> Iterator[str]:
    """Sentences of what is shown. One about a number that is hidden is left out."""
    words = draft.words
    participants, planned = draft.number("persons", "participants"), draft.number("targets", "intake_total")
    if participants is not None:
        said = words.plural(
            "{number} person has taken part since the start",
            "{number} persons have taken part since the start",
            number=participants,
        )
        if planned:
            yield draft.text(translatable("{said}; {planned} is the target."), said=said, planned=words.number(planned))
        else:
            yield f"{said}."
    active, left = draft.number("persons", "active"), draft.number("persons", "left")
    if active is not None and left is not None:
        yield draft.text(
            translatable("In the project on {day}: {active}. Have left: {left}."),
            active=words.number(active),
            left=words.number(left),
        )
    entered = draft.number("stock_flow", "entered")
    if entered is not None:
        yield draft.text(translatable("New in {month}: {entered}."), entered=words.number(entered))
    work, unknown = draft.number("left", "work"), draft.number("left", "unknown")
    if work is not None and left and unknown is not None:
        yield draft.text(translatable("To work: {share}."), share=words.share(work, left, unknown))
    yield _share_hidden(draft)


def _municipalities(draft: PublicDraft) -> Section:
    explained = translatable(
        "Everybody is counted in the municipality where they first entered the project; moves on the staircase and"
        " placements where they took place."
    )
    return Section(
        "municipalities",
        draft.text(translatable("Per municipality")),
        paragraphs=(draft.text(explained), _legend(draft)),
        grids=(
            _by_municipality(draft, translatable("Since the start, up to and including {day}"), _SINCE_START),
            _by_municipality(draft, translatable("In {month}"), _OF_MONTH),
        ),
    )


def _by_municipality(draft: PublicDraft, caption: str, counts: Counts) -> Grid:
    return _grid(
        draft,
        caption,
        translatable("Municipality"),
        counts,
        [
            (draft.words.municipality(place), [draft.cell(*count, place) for count in counts.values()])
            for place in draft.rows
        ],
    )


def _sexes(draft: PublicDraft) -> Section:
    return Section(
        "sexes",
        draft.text(translatable("Women and men")),
        grids=(
            _by_sex(draft, translatable("Since the start, up to and including {day}"), _SINCE_START),
            _by_sex(draft, translatable("In {month}"), _OF_MONTH),
        ),
    )


def _by_sex(draft: PublicDraft, caption: str, counts: Counts) -> Grid:
    rows = [
        (draft.words.sex(sex), [draft.cell(*count, ALL, sex) for count in counts.values()]) for sex in (*SEXES, ALL)
    ]
    return _grid(draft, caption, translatable("Sex"), counts, rows)


def _left(draft: PublicDraft) -> Section:
    whole = draft.number("persons", "left")

    def share(group: str) -> Cell:
        part = draft.number("left", group)
        if part is None:
            return Cell(HIDDEN, "hidden")
        if not whole or whole < SMALLEST_WHOLE_FOR_PERCENT:
            return Cell("", "zero")
        return Cell(draft.words.percent(part, whole)) if part else draft.words.cell(0)

    rows = [(draft.words.outcome(group), [draft.cell("left", group), share(group)]) for group in (*GROUPS, TRANSFERRED)]
    rows.append((draft.text(translatable("Total")), [draft.cell("persons", "left"), Cell("", "zero")]))
    return Section(
        "left",
        draft.text(translatable("Those who have left")),
        grids=(
            _grid(
                draft,
                translatable("Have left the project by {day}, by where they went"),
                translatable("Went on to"),
                [translatable("Persons"), translatable("Share")],
                rows,
            ),
        ),
    )


def _income(draft: PublicDraft) -> Section:
    rows = [(draft.words.value(one), [draft.cell("income_at_entry", one.value)]) for one in IncomeSource]
    rows.append((draft.text(translatable("Total")), [draft.cell("persons", "participants")]))
    return Section(
        "income",
        draft.text(translatable("What they live on")),
        grids=(
            _grid(
                draft,
                translatable("All who have taken part, by main source of income before the first entry"),
                translatable("Main source of income"),
                [translatable("Persons")],
                rows,
            ),
        ),
        is_appendix=True,
    )


def _hidden(draft: PublicDraft) -> Section:
    k = draft.words.number(draft.report.smallest)
    rules = (
        translatable(
            "A public report shows no count of fewer than {k} persons other than nobody, and no number that has changed"
            " by fewer than {k} since it was last shown. Where one of these could be worked out from what is shown,"
            " here or in an earlier public report, more is hidden, until nothing hidden can be placed within {k}."
        ),
        translatable(
            "Why a number is hidden is not said: from that too it could be guessed. All that is hidden looks the same,"
            " and nothing shown is rounded or changed."
        ),
        translatable(
            "What would give too much away beside these figures is in no public report: exits and moves between"
            " municipalities month by month, the steps, hours, follow-ups, the fund's indicators, notes and decisions."
        ),
    )
    return Section(
        "hidden",
        draft.text(translatable("What is hidden")),
        paragraphs=(_legend(draft), *(draft.text(rule, k=k) for rule in rules), _share_hidden(draft)),
        is_appendix=True,
    )


def _definitions(draft: PublicDraft) -> Section:
    terms = (
        (
            translatable("Person"),
            translatable("A participant, counted once in the project however often they come back."),
        ),
        (
            translatable("In the project"),
            translatable("In a spell at the end of the last day. Someone who exits that day is not."),
        ),
        (
            translatable("Unknown"),
            translatable("No record of where the person went. A class of its own, never part of Other."),
        ),
        (
            translatable("Up, down"),
            translatable("The last step of the month, or at the exit, compared with the one when the month began, or"
                         " with the first one for those who entered in the month."),
        ),
        (
            translatable("The month"),
            translatable("The day something happened decides, not the day it was registered. Earlier months may"
                         " therefore change."),
        ),
    )  # fmt: skip
    return Section(
        "definitions",
        draft.text(translatable("What the words mean")),
        definitions=tuple(Fact(draft.text(term), draft.text(meaning)) for term, meaning in terms),
        is_appendix=True,
    )


# -- what they have in common -----------------------------------------------------------------------------------------


def _legend(draft: PublicDraft) -> str:
    return draft.text(translatable("{mark}: hidden, so that nothing is told of a few persons."), mark=HIDDEN)


def _share_hidden(draft: PublicDraft) -> str:
    """How much is hidden of what public reports are about: it says nothing of any single figure."""
    words, hidden, whole = draft.words, draft.report.hidden_subjects, len(draft.report.subjects)
    message = translatable(
        "Hidden: {hidden} of the {whole} figures that public reports are about ({percent}), each counted once: in the "
        "tables the same figure may be hidden several times, and so may what follows from it."
    )
    percent = words.percent(hidden, whole)
    return draft.text(message, hidden=words.number(hidden), whole=words.number(whole), percent=percent)


def _grid(
    draft: PublicDraft,
    caption: str,
    stub: str,
    headings: Sequence[str] | Counts,
    rows: Sequence[tuple[str, list[Cell]]],
) -> Grid:
    """A table whose last row is the total."""
    *parts, total = (Row(label, tuple(cells)) for label, cells in rows)
    return Grid(
        caption=draft.text(caption),
        stub=draft.text(stub),
        columns=tuple(Column(draft.text(heading)) for heading in headings),
        blocks=(Block(tuple(parts)), Block((total,), is_total=True)),
    )
