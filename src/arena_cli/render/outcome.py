"""The sections of the report about those who have left, what people live on, and the targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.table import Table, less
from arena_cli.model import ALL, FollowUpKind, IncomeSource, TargetMeasure, TargetPeriod
from arena_cli.render.draft import Draft
from arena_cli.render.grids import Count, block_of_sexes, columns_of_sexes, count_of, row_of_sexes, sum_of
from arena_cli.render.page import Block, Cell, Column, Grid, Row, Section
from arena_cli.render.words import NOTHING

_FOLLOW_UPS: Final[Mapping[FollowUpKind, str]] = {
    FollowUpKind.IMMEDIATE: translatable("Situation within four weeks of leaving, by sex ({place})"),
    FollowUpKind.SIX_MONTHS: translatable("Situation six months after leaving, by sex ({place})"),
}

_SHARES: Final[Mapping[FollowUpKind, str]] = {
    FollowUpKind.IMMEDIATE: translatable("In work and studies within four weeks, of those known ({place})"),
    FollowUpKind.SIX_MONTHS: translatable("In work and studies six months after, of those known ({place})"),
}

_TARGETS: Final[Mapping[TargetMeasure, str]] = {
    TargetMeasure.INTAKE: translatable("New participants"),
    TargetMeasure.MOVED_UP: translatable("Up the staircase"),
    TargetMeasure.WORK_OR_STUDIES: translatable("To work or studies"),
    TargetMeasure.PLACEMENTS: translatable("Placements begun"),
}


def follow_up(draft: Draft) -> Section | None:
    """What became of those who have left, as far as it is known."""
    if not draft.table("follow_up").value("leavers"):
        return None
    return Section(
        "follow_up",
        draft.text(translatable("Follow-up of those who have left")),
        paragraphs=(
            draft.text(
                translatable(
                    "Counted in persons, by the follow-ups made up to and including {day} of the latest exit. Known are"
                    " those who work, study, or do neither; not having been reached is not the same as not working."
                    " Unknown are those who were not reached or did not answer, and those whose follow-up is missing."
                )
            ),
        ),
        grids=tuple(
            grid
            for kind in FollowUpKind
            for place in draft.places
            for grid in (_in_work_and_studies(draft, kind, place), _situation(draft, kind, place))
        ),
    )


def income(draft: Draft) -> Section | None:
    """What participants lived on before the first entry, and before and after of those who were followed up."""
    at_entry, before, after = (draft.table(f"income_{moment}") for moment in ("at_entry", "before", "after"))
    title = draft.text(translatable("What they live on"))
    if not sum_of(at_entry).in_all:
        return None
    if not any(_known_sources(table) for table in (at_entry, after)):
        nothing = draft.text(translatable("Nothing is registered about what the participants live on."))
        return Section("income", title, paragraphs=(nothing,))
    return Section(
        "income",
        title,
        paragraphs=(
            draft.text(
                translatable(
                    "Counted in persons by their main source of income, up to and including {day}. Before and after are"
                    " the same persons: those who were reached six months after leaving. Sources that nobody has are"
                    " left out."
                )
            ),
        ),
        grids=tuple(
            grid
            for place in draft.places
            for grid in (*_at_entry(draft, at_entry, place), *_before_and_after(draft, before, after, place))
        ),
    )


def targets(draft: Draft) -> Section | None:
    """What was to be reached, and what has been."""
    grids = tuple(_targets(draft))
    if not grids:
        return None
    return Section(
        "targets",
        draft.text(translatable("Targets")),
        paragraphs=(
            draft.text(
                translatable(
                    "The targets that hold on {day}. The project's are its own, not the sum of the municipalities'."
                    " What has no target is left out."
                )
            ),
        ),
        grids=grids,
    )


# -- their tables -----------------------------------------------------------------------------------------------------


def _in_work_and_studies(draft: Draft, kind: FollowUpKind, place: str) -> Grid:
    """The rates of those whose situation is known, with the unknown and those not yet due."""
    at_work, studying, either = (
        _measured(draft, kind, *measures)
        for measures in (("working",), ("studying",), ("working", "studying", "-both"))
    )
    known = _measured(draft, kind, "working", "studying", "-both", "neither")
    unknown = _measured(draft, kind, "no_answer", "not_reached", "missing")
    not_due = _measured(draft, kind, "not_yet_due")

    def shares_of(count: Count) -> Iterator[Cell]:
        numbers = zip(*(number.of(place) for number in (count, known, unknown, not_due)), strict=True)
        return (Cell(draft.words.share(*of_sex)) for of_sex in numbers)

    rows = {
        translatable("In work"): at_work,
        translatable("In studies"): studying,
        translatable("In work or studies"): either,
    }
    return Grid(
        caption=draft.text(_SHARES[kind], place=draft.words.place(place)),
        stub=draft.text(translatable("Situation")),
        columns=columns_of_sexes(draft, is_number=False),
        blocks=(Block(tuple(Row(draft.text(label), tuple(shares_of(count))) for label, count in rows.items())),),
    )


def _situation(draft: Draft, kind: FollowUpKind, place: str) -> Grid:
    """Everybody who has left, once each."""
    rows = {
        translatable("Work, do not study"): ("working", "-both"),
        translatable("Study, do not work"): ("studying", "-both"),
        translatable("Work and study"): ("both",),
        translatable("Neither work nor study"): ("neither",),
        translatable("Have not answered"): ("no_answer",),
        translatable("Not reached"): ("not_reached",),
        translatable("Follow-up missing"): ("missing",),
        translatable("Not yet due"): ("not_yet_due",),
    }
    table = draft.table("follow_up")
    deceased, leavers = (count_of(table, measure) for measure in ("deceased", "leavers"))
    return Grid(
        caption=draft.text(_FOLLOW_UPS[kind], place=draft.words.place(place)),
        stub=draft.text(translatable("Situation")),
        columns=columns_of_sexes(draft),
        blocks=(
            Block(
                (
                    *(
                        row_of_sexes(draft, draft.text(label), _measured(draft, kind, *measures), place)
                        for label, measures in rows.items()
                    ),
                    row_of_sexes(draft, draft.text(translatable("Deceased")), deceased, place),
                )
            ),
            Block((row_of_sexes(draft, draft.text(translatable("Have left")), leavers, place),), is_total=True),
        ),
    )


def _measured(draft: Draft, kind: FollowUpKind, *measures: str) -> Count:
    """The sum of measures of a follow-up, less those with a minus."""
    table = draft.table("follow_up")
    added = [f"{kind}_{measure}" for measure in measures if not measure.startswith("-")]
    taken = [f"{kind}_{measure[1:]}" for measure in measures if measure.startswith("-")]
    return Count(table.scope, less(table.counts(*added), table.counts(*taken)))


def _known_sources(*tables: Table) -> list[IncomeSource]:
    """The sources that somebody has."""
    return [
        source
        for source in IncomeSource
        if source is not IncomeSource.UNKNOWN and any(table.value(source.value) for table in tables)
    ]


def _at_entry(draft: Draft, table: Table, place: str) -> Iterator[Grid]:
    rows = (
        row_of_sexes(draft, draft.words.value(source), count_of(table, source.value), place)
        for source in (*_known_sources(table), IncomeSource.UNKNOWN)
    )
    yield Grid(
        caption=draft.text(
            translatable("All participants by main source of income before the first entry and sex ({place})"),
            place=draft.words.place(place),
        ),
        stub=draft.text(translatable("Main source of income")),
        columns=columns_of_sexes(draft),
        blocks=(Block(tuple(rows)), Block((_total(draft, table, place),), is_total=True)),
    )


def _before_and_after(draft: Draft, before: Table, after: Table, place: str) -> Iterator[Grid]:
    """Two columns, with a block for each source: everybody, and then each sex."""
    if not sum_of(after).in_all:
        return
    words, sexes = draft.words, draft.report.scope.sexes

    def block(label: str, counts: tuple[Count, Count], *, is_total: bool = False) -> Block:
        *parts, whole = zip(*(map(words.cell, count.of(place)) for count in counts), strict=True)
        return block_of_sexes(label, whole, map(words.sex, sexes), parts, is_total=is_total)

    yield Grid(
        caption=draft.text(
            translatable("Reached six months after leaving, by main source of income before and after ({place})"),
            place=words.place(place),
        ),
        stub=draft.text(translatable("Main source of income")),
        columns=(
            Column(draft.text(translatable("Before the first entry"))),
            Column(draft.text(translatable("Six months after"))),
        ),
        blocks=(
            *(
                block(draft.words.value(source), (count_of(before, source.value), count_of(after, source.value)))
                for source in (*_known_sources(before, after), IncomeSource.UNKNOWN)
            ),
            block(draft.text(translatable("Total")), (sum_of(before), sum_of(after)), is_total=True),
        ),
    )


def _total(draft: Draft, table: Table, place: str) -> Row:
    return row_of_sexes(draft, draft.text(translatable("Total")), sum_of(table), place)


def _targets(draft: Draft) -> Iterator[Grid]:
    captions = {
        TargetPeriod.MONTH: translatable("Targets of {month}, reached and set, per municipality"),
        TargetPeriod.TOTAL: translatable("Targets in all, reached up to and including {day} and set, per municipality"),
    }
    for period, caption in captions.items():
        blocks = [
            Block(rows, is_total=place == ALL)
            for place in draft.rows
            if (rows := tuple(_reached(draft, period, place)))
        ]
        if blocks:
            yield Grid(
                caption=draft.text(caption),
                stub=draft.text(translatable("Municipality")),
                columns=(
                    Column(draft.text(translatable("Target for")), is_number=False),
                    Column(draft.text(translatable("Achieved"))),
                    Column(draft.text(translatable("Target"))),
                    Column(draft.text(translatable("Share"))),
                ),
                blocks=tuple(blocks),
            )


def _reached(draft: Draft, period: TargetPeriod, place: str) -> Iterator[Row]:
    """A row for each target that a municipality or the project has."""
    words = draft.words
    for measure, label in _TARGETS.items():
        target = draft.table("targets").known(f"{measure}_{period}", place)
        if target is None:
            continue
        reached = draft.table("reached").value(f"{measure}_{period}", place)
        yield Row(
            words.municipality(place),
            (
                Cell(draft.text(label)),
                words.cell(reached),
                Cell(words.number(target)),
                Cell(words.percent(reached, target) if target else NOTHING),
            ),
        )
