"""The sections of the report that compare: months with months, municipalities with chance, and time with time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.staircase import IN, OUT
from arena_cli.figures.survival import FEWEST, FEWEST_FOLLOWED
from arena_cli.figures.table import Table
from arena_cli.model import ALL, NOT_PLACED, KeyMeasure
from arena_cli.render import pictures
from arena_cli.render.charts.bars import Bar
from arena_cli.render.draft import Draft
from arena_cli.render.page import Block, Cell, Column, Grid, Row, Section
from arena_cli.render.words import NOT_TOLD, NOTHING

MONTHS_BETWEEN_ROWS: Final = 3


# -- months -----------------------------------------------------------------------------------------------------------


def entered_by_month(draft: Draft) -> Grid:
    """New participants of the latest twelve months."""
    return _by_month(
        draft,
        KeyMeasure.INTAKE,
        translatable("New participants per month"),
        translatable("New participants per month, per municipality"),
    )


def closing_by_month(draft: Draft) -> Grid:
    """Those in the project at the end of each of the latest twelve months."""
    return _by_month(
        draft,
        KeyMeasure.IN_PROJECT,
        translatable("In the project at the end of the month"),
        translatable("In the project at the end of each month, per municipality"),
    )


def _by_month(draft: Draft, measure: KeyMeasure, title: str, caption: str) -> Grid:
    words, months = draft.words, draft.report.series

    def cell(number: int | None) -> Cell:
        return Cell(NOT_TOLD, "unreported") if number is None else words.cell(number)

    def rows(place: str) -> Iterator[Row]:
        yield Row(words.municipality(place), tuple(map(cell, draft.told_by_month(measure, place))))
        aims = months.targets.get((measure, place), ())
        if any(aim is not None for aim in aims):
            cells = (Cell("" if aim is None else words.number(aim)) for aim in aims)
            yield Row(draft.text(translatable("Target")), tuple(cells), is_part=True)

    return Grid(
        caption=draft.text(caption),
        stub=draft.text(translatable("Municipality")),
        columns=tuple(Column(words.formats.short_month(month)) for month in months.months),
        blocks=tuple(Block(tuple(rows(place)), is_total=place == ALL) for place in draft.rows),
        chart=pictures.over_months(draft, measure, title),
    )


# -- steps ------------------------------------------------------------------------------------------------------------


def on_steps(draft: Draft) -> Grid:
    """Who stood where when the month began, came, went, and stands there now; the highest step first."""
    table, words = draft.table("movement"), draft.words
    places = [(step.code, words.step(step)) for step in reversed(table.scope.steps)] + [
        (NOT_PLACED, words.not_placed())
    ]
    codes = [code for code, _ in places]

    def counted(code: str, sex: str = ALL) -> tuple[int, int, int, int]:
        """At the start, in, out, at the end."""
        stayed = table.value((code, code), ALL, sex)
        start = table.total([(code, to) for to in (*codes, OUT)], ALL, sex)
        end = table.total([(place, code) for place in (IN, *codes)], ALL, sex)
        return start, end - stayed, start - stayed, end

    def row(label: str, code: str, sex: str) -> Row:
        return Row(label, tuple(words.cell(number) for number in counted(code, sex)), is_part=sex != ALL)

    def bar(code: str, label: str) -> Bar:
        start, _, _, end = numbers = counted(code)
        return Bar(label, end, start, tuple(words.cell(n).text for n in numbers), is_hollow=code == NOT_PLACED)

    def total(sex: str) -> Row:
        sums = map(sum, zip(*(counted(code, sex) for code in codes), strict=True))
        label = draft.text(translatable("Total")) if sex == ALL else words.sex(sex)
        return Row(label, tuple(map(words.cell, sums)), is_part=sex != ALL)

    return Grid(
        caption=draft.text(translatable("On each step at the start of {month}, in, out, and at its end, by sex")),
        stub=draft.text(translatable("Step")),
        columns=tuple(
            Column(draft.text(heading))
            for heading in (
                translatable("At the start"),
                translatable("In"),
                translatable("Out"),
                translatable("At the end"),
            )
        ),
        blocks=(
            *(
                Block((row(label, code, ALL), *(row(words.sex(sex), code, sex) for sex in draft.report.scope.sexes)))
                for code, label in places
            ),
            Block(tuple(map(total, (ALL, *draft.report.scope.sexes))), is_total=True),
        ),
        chart=pictures.on_steps(draft, [bar(code, label) for code, label in places]),
    )


# -- municipalities ---------------------------------------------------------------------------------------------------


def compared(draft: Draft) -> Section | None:
    """Where the municipalities differ by more than chance explains; nothing where there is nothing to compare."""
    table, words = draft.estimate("compared"), draft.words
    part, whole = table.value("part"), table.value("whole")
    places = [place for place in draft.rows[:-1] if table.value("whole", place)]
    if not 0 < part < whole or len(words.municipalities) == 1 or not places:
        return None
    outside = [place for place in places if _side(table, place)]
    numbers = {"part": words.number(part), "whole": words.number(whole)}
    verdict = (
        words.language.plural(
            "{municipalities} lies outside what chance explains. Ask what is different there, among people and"
            " employers too, before anybody is praised or blamed.",
            "{municipalities} lie outside what chance explains. Ask what is different there, among people and"
            " employers too, before anybody is praised or blamed.",
            count=len(outside),
            municipalities=words.formats.series(words.municipality(place) for place in outside),
        )
        if outside
        else draft.text(translatable("No municipality lies outside what chance alone explains."))
    )
    return Section(
        "compared",
        draft.text(translatable("The municipalities and chance")),
        paragraphs=(
            verdict,
            draft.text(
                translatable(
                    "In the whole project {part} of the {whole} who have left went to work or studies. If it were the"
                    " same in every municipality, the numbers would still differ: the fewer they are, the more."
                    " What chance explains is exact, from the binomial distribution."
                ),
                **numbers,
            ),
        ),
        grids=(
            Grid(
                caption=draft.text(
                    translatable("To work or studies of all who have left, and what chance explains, per municipality")
                ),
                stub=draft.text(translatable("Municipality")),
                columns=tuple(
                    Column(draft.text(heading), is_number=False)
                    for heading in (
                        translatable("To work or studies"),
                        translatable("By chance 19 times in 20"),
                        translatable("By chance 998 times in 1,000"),
                        translatable("Lies"),
                    )
                ),
                blocks=tuple(
                    Block((_compared_row(draft, table, place),), is_total=place == ALL) for place in draft.rows
                ),
                chart=pictures.compared(draft),
            ),
        ),
    )


def _side(table: Table, place: str) -> int:
    """Below (-1), above (1) or within (0) what chance explains."""
    number = table.value("part", place)
    return (number > table.value("high_998", place)) - (number < table.value("low_998", place))


def _compared_row(draft: Draft, table: Table, place: str) -> Row:
    words = draft.words
    part, whole = table.value("part", place), table.value("whole", place)
    unknown = draft.table("left").value("unknown", place)
    cells = [words.share(part, whole, unknown)]
    if place == ALL or not whole:
        cells += [NOTHING] * 3
    else:
        cells += (
            f"{words.number(table.value(f'low_{name}', place))}–{words.number(table.value(f'high_{name}', place))}"
            for name in ("95", "998")
        )
        sides = (translatable("within"), translatable("above"), translatable("below"))
        cells.append(draft.text(sides[_side(table, place)]))
    return Row(words.municipality(place), tuple(map(Cell, cells)))


# -- time -------------------------------------------------------------------------------------------------------------


def time_to_work(draft: Draft) -> Section | None:
    """How long it takes until people go to work; nothing where nobody has."""
    table, words = draft.estimate("time_to_work"), draft.words
    told = [m for m in range(1, len(table.measures) + 1) if table.known(f"share_{m}") is not None]
    if not draft.table("left").value("work"):
        return None
    title = draft.text(translatable("How long until work"))
    if not told:
        too_few = draft.text(
            translatable("Of fewer than {fewest} participants nothing is told."), fewest=words.number(FEWEST)
        )
        return Section("time_to_work", title, paragraphs=(too_few,))
    months = [m for m in told if m % MONTHS_BETWEEN_ROWS == 0] or told[-1:]
    return Section(
        "time_to_work",
        title,
        paragraphs=(
            draft.text(
                translatable(
                    "Persons, from the first entry in the project to the first exit to work (the Kaplan-Meier"
                    " estimate). Those still in the project count for the time they have had; those who left for"
                    " something else, or nobody knows for what, have not gone to work. Nothing is told of fewer than"
                    " {fewest}, nor of the time when fewer than {followed} are followed."
                ),
                fewest=words.number(FEWEST),
                followed=words.number(FEWEST_FOLLOWED),
            ),
        ),
        grids=(
            Grid(
                caption=draft.text(translatable("Gone to work within so many months of the first entry, by sex")),
                stub=draft.text(translatable("Within")),
                columns=(
                    Column(draft.text(translatable("Gone to work"))),
                    Column(draft.text(translatable("Followed for longer"))),
                    Column(draft.text(translatable("Share")), is_number=False),
                    Column(draft.text(translatable("Between, 95 times in 100")), is_number=False),
                ),
                blocks=tuple(Block(tuple(_within(draft, table, month))) for month in months),
                chart=pictures.to_work(draft, months),
            ),
        ),
    )


def _within(draft: Draft, table: Table, months: int) -> tuple[Row, ...]:
    words = draft.words
    label = words.plural("{number} month", "{number} months", number=months)

    def percent(tenths: int) -> str:
        return words.formats.percent(round(tenths / 10))

    def row(sex: str) -> Row:
        def known(what: str) -> int:
            return table.value(f"{what}_{months}", ALL, sex)

        return Row(
            label if sex == ALL else words.sex(sex),
            (
                words.cell(known("gone")),
                words.cell(known("at_risk")),
                Cell(percent(known("share"))),
                Cell(f"{percent(known('low'))} – {percent(known('high'))}"),
            ),
            is_part=sex != ALL,
        )

    sexes = (sex for sex in draft.report.scope.sexes if table.known(f"share_{months}", ALL, sex) is not None)
    return (row(ALL), *(row(sex) for sex in sexes))
