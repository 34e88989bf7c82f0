"""The section about what has changed in months that were reported before, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.earlier import Cause, Changed, Earlier, Share, in_words
from arena_cli.formats import MINUS
from arena_cli.model import ALL
from arena_cli.render.draft import Draft
from arena_cli.render.page import Block, Cell, Column, Grid, Row, Section
from arena_cli.render.words import NOTHING
from arena_cli.rules import months_after

MOST_MONTHS: Final = 12
"""So many of the unchanged earlier months are listed."""

MOST_DAYS: Final = 3

MINUTES: Final = ("attendance", "minutes")

LABELS: Final[Mapping[tuple[str, str], str]] = {
    ("stock_flow", "entered"): translatable("New"),
    ("stock_flow", "re_entered"): translatable("Re-entered"),
    ("stock_flow", "transferred_in"): translatable("From another municipality"),
    ("stock_flow", "exited"): translatable("Exited"),
    ("stock_flow", "transferred_out"): translatable("To another municipality"),
    ("stock_flow", "closing"): translatable("In the project at the end"),
    ("exits", "work"): translatable("Exited to work"),
    ("exits", "studies"): translatable("Exited to studies"),
    ("exits", "other"): translatable("Exited to something else"),
    ("exits", "unknown"): translatable("Exited, nobody knows where to"),
    ("progression", "up"): translatable("Up the staircase"),
    ("progression", "down"): translatable("Down the staircase"),
    ("placements", "begun"): translatable("Placements begun"),
    MINUTES: translatable("Hours"),
}


def restated(draft: Draft) -> Section | None:
    """The months that were reported before; nothing where none was."""
    months = sorted(draft.report.earlier, key=lambda earlier: earlier.month, reverse=True)
    if not months:
        return None
    changed = [earlier for earlier in months if earlier.figures]
    before = [earlier for earlier in months if earlier.month < draft.report.month]
    return Section(
        "restated",
        draft.text(translatable("Changed since earlier reports")),
        paragraphs=(
            *(_sentence(draft, earlier) for earlier in changed),
            *([] if changed else [_nothing(draft, months)]),
        ),
        grids=(
            *(grid for earlier in changed for grid in _changes(draft, earlier)),
            *([_months(draft, before)] if before else []),
        ),
    )


def changed_in_brief(draft: Draft) -> Iterator[str]:
    """A sentence for each earlier month that reads differently now, the latest first, with the project's figures."""
    months = (earlier for earlier in draft.report.earlier if earlier.figures and earlier.month < draft.report.month)
    for earlier in sorted(months, key=lambda earlier: earlier.month, reverse=True):
        facts = {
            "changed": draft.words.formats.month(earlier.month),
            "told_on": draft.words.formats.day(earlier.told_on),
            "figures": "; ".join(_brief(draft, earlier)),
        }
        message = translatable("What was told of {changed} on {told_on} has changed: {figures}")
        yield draft.text(message, **facts)


def _brief(draft: Draft, earlier: Earlier) -> Iterator[str]:
    """The headline figures of the whole project as in "New 12 → 14", and how many others have changed."""
    whole = [change for change in earlier.changes if change.address.municipality == change.address.sex == ALL]
    for change in whole:
        yield draft.text(
            translatable("{figure} {told} → {now}"),
            figure=draft.text(LABELS[change.address.section, str(change.address.measure)]),
            told=_number(draft, change, change.told),
            now=_number(draft, change, change.now),
        )
    number = len(earlier.figures) - len(whole)
    if whole and number:
        yield draft.words.plural("and {number} other figure", "and {number} other figures", number=number)
    elif number:
        yield draft.words.plural("{number} figure", "{number} figures", number=number)


def _nothing(draft: Draft, months: list[Earlier]) -> str:
    if all(earlier.month == draft.report.month for earlier in months):
        return draft.text(translatable("This report replaces an earlier one of {month}, with the same figures."))
    return draft.text(translatable("No figure of the months that were reported before has changed since."))


def _sentence(draft: Draft, earlier: Earlier) -> str:
    words = draft.words
    name = words.formats.month(earlier.month)
    facts = {
        "number": words.number(len(earlier.figures)),
        "told_on": words.formats.day(earlier.told_on),
        "causes": words.formats.series(in_words(words.language, *cause) for cause in earlier.causes) or NOTHING,
    }
    if earlier.month == draft.report.month:
        return words.language.plural(
            "Revision {revision} replaces the report of {told_on}: {number} figure has changed. Because: {causes}.",
            "Revision {revision} replaces the report of {told_on}: {number} figures have changed. Because: {causes}.",
            count=len(earlier.figures),
            revision=words.number(earlier.revision + 1),
            **facts,
        )
    return words.language.plural(
        "{changed}, reported on {told_on}: {number} figure has changed since. Because: {causes}.",
        "{changed}, reported on {told_on}: {number} figures have changed since. Because: {causes}.",
        count=len(earlier.figures),
        changed=f"{name[:1].upper()}{name[1:]}",
        **facts,
    )


# -- what has changed -------------------------------------------------------------------------------------------------


def _changes(draft: Draft, earlier: Earlier) -> Iterator[Grid]:
    """The headline figures that have changed, each followed by the municipalities' parts."""
    shown = [change for change in earlier.changes if change.address.municipality in draft.rows]
    blocks = [
        Block(tuple(_rows(draft, list(changes))))
        for _, changes in groupby(shown, key=lambda change: (change.address.section, change.address.measure))
    ]
    if blocks:
        headings = (translatable("Told"), translatable("Now"), translatable("Change"))
        yield Grid(
            caption=draft.text(
                translatable("What has changed in {changed}: told, now, and why"),
                changed=draft.words.formats.month(earlier.month),
            ),
            stub=draft.text(translatable("Figure")),
            columns=(
                *(Column(draft.text(heading)) for heading in headings),
                Column(draft.text(translatable("Because")), is_number=False),
            ),
            blocks=tuple(blocks),
        )


def _rows(draft: Draft, changes: list[Changed]) -> Iterator[Row]:
    """The project first, then the municipalities in the alphabet's order; within each the sexes."""
    places = [ALL, *(place for place in draft.rows if place != ALL)]
    for change in sorted(changes, key=lambda change: places.index(change.address.municipality)):
        is_all = change.address.municipality == ALL
        label = draft.text(LABELS[change.address.section, str(change.address.measure)])
        name = label if is_all else draft.words.municipality(change.address.municipality)
        if change.address.sex != ALL:
            name = f"{name}: {draft.words.sex(change.address.sex)}"
        yield Row(name, tuple(_cells(draft, change)), is_part=not is_all)


def _cells(draft: Draft, change: Changed) -> Iterator[Cell]:
    yield Cell(_number(draft, change, change.told))
    yield Cell(_number(draft, change, change.now))
    yield Cell(_signed(draft, change, change.now - change.told))
    yield Cell("; ".join(_because(draft, change, share) for share in change.shares))


_CAUSES: Final[Mapping[Cause, str]] = {
    Cause.LATE_ENTRY: translatable("late entry"),
    Cause.CORRECTION: translatable("correction"),
    Cause.MERGE: translatable("merge"),
    Cause.DEFINITION: translatable("another way of counting"),
}


def _because(draft: Draft, change: Changed, share: Share) -> str:
    """As in "+2 by late entry in Krokom, registered 7 November 2016"; its own row does not name the municipality."""
    text = draft.text
    facts = {"amount": _signed(draft, change, share.amount), "cause": text(_CAUSES[share.cause])}
    if share.days:
        facts["days"] = _days(draft, share.days)
    if share.municipality not in {ALL, change.address.municipality}:
        facts["municipality"] = draft.words.municipality(share.municipality)
        return text(translatable("{amount} by {cause} in {municipality}, registered {days}"), **facts)
    if share.days:
        return text(translatable("{amount} by {cause}, registered {days}"), **facts)
    return text(translatable("{amount} by {cause}"), **facts)


def _days(draft: Draft, days: tuple[date, ...]) -> str:
    """Up to three by name, more from the first to the last."""
    first, *_, last = (*days, days[-1])
    if len(days) > MOST_DAYS:
        named = (draft.words.formats.day(day) for day in (first, last))
        return " – ".join(named)
    return draft.words.formats.series(map(draft.words.formats.day, days))


def _number(draft: Draft, change: Changed, value: int) -> str:
    if (change.address.section, change.address.measure) == MINUTES:
        return f"{draft.words.number(value // 60)}:{value % 60:02}"
    return draft.words.number(value)


def _signed(draft: Draft, change: Changed, value: int) -> str:
    return f"{'+' if value > 0 else MINUS}{_number(draft, change, abs(value))}"


# -- the months -------------------------------------------------------------------------------------------------------


def _months(draft: Draft, before: list[Earlier]) -> Grid:
    """The months that were reported before, and for which of them it is too early to ask how it went."""
    listed = [earlier for number, earlier in enumerate(before) if earlier.figures or number < MOST_MONTHS]
    headings = (
        translatable("Reported"),
        translatable("Figures changed since"),
        translatable("Situation within four weeks"),
        translatable("Situation six months after"),
    )
    return Grid(
        caption=draft.text(translatable("The months that were reported before, and what is due on {day}")),
        stub=draft.text(translatable("Month")),
        columns=tuple(Column(draft.text(heading), is_number=n == 1) for n, heading in enumerate(headings)),
        blocks=(Block(tuple(_month(draft, earlier) for earlier in listed)),),
    )


def _month(draft: Draft, earlier: Earlier) -> Row:
    """Due is what all who left in the month can be asked about."""
    last, words = earlier.month.last, draft.words
    cells = (
        Cell(words.formats.day(earlier.told_on)),
        words.cell(len(earlier.figures)),
        *(_due(draft, day) for day in (last + timedelta(weeks=4), months_after(last, 6))),
    )
    name = words.formats.month(earlier.month)
    return Row(f"{name[:1].upper()}{name[1:]}", cells)


def _due(draft: Draft, day: date) -> Cell:
    is_due = day <= draft.report.month.last
    return Cell(draft.text(translatable("due") if is_due else translatable("not yet due")))
