"""The tables of the report: counts laid out over municipalities, sexes, destinations and steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from arena_cli.errors import translatable
from arena_cli.figures.table import Measure, Table
from arena_cli.model import ALL, NOT_PLACED
from arena_cli.render.draft import Draft
from arena_cli.render.page import Block, Cell, Chart, Column, Grid, Row

Count = Callable[[str, str], int]
"""The number for a municipality (or `all`) and a sex (or `all`)."""


def count_of(table: Table, measure: Measure) -> Count:
    """What a section counts of one thing."""
    return _looked_up(table, measure)


def sum_of(table: Table) -> Count:
    """All that a section counts."""
    return _looked_up(table, *table.measures)


def _looked_up(table: Table, *measures: Measure) -> Count:
    """All cells are added up at once, since most of them are asked for."""
    counts, places = table.counts(*measures), table.scope.places
    return lambda municipality, sex: counts[places[municipality, sex]]


def counts_of(draft: Draft, table: Table, headings: Mapping[str, str]) -> dict[str, Count]:
    """What a section counts of several things, by heading; `headings` has a message for each measure."""
    return {draft.text(heading): count_of(table, measure) for measure, heading in headings.items()}


def outcomes_of(draft: Draft, table: Table) -> dict[str, Count]:
    """What a section counts of each way to leave, by heading."""
    return {draft.words.outcome(str(group)): count_of(table, group) for group in table.measures}


def columns_of_sexes(draft: Draft, *, is_number: bool = True) -> tuple[Column, ...]:
    """A column for each sex that occurs, and one for all."""
    return tuple(Column(draft.words.sex(sex), is_number) for sex in draft.report.scope.columns)


def row_of_sexes(draft: Draft, label: str, count: Count, place: str, *, is_part: bool = False) -> Row:
    """The numbers for those columns."""
    cells = (draft.words.cell(count(place, sex)) for sex in draft.report.scope.columns)
    return Row(label, tuple(cells), is_part)


def by_municipality(draft: Draft, caption: str, columns: Mapping[str, Count], chart: Chart | None = None) -> Grid:
    """A row of counts for each municipality and the project; `columns` are what is counted, by heading."""

    def counted(count: Count) -> Callable[[str, str], Cell]:
        return lambda municipality, sex: draft.cell(count(municipality, sex), municipality)

    grid = cells_by_municipality(draft, caption, {heading: counted(count) for heading, count in columns.items()})
    return replace(grid, chart=chart)


def cells_by_municipality(
    draft: Draft,
    caption: str,
    columns: Mapping[str, Callable[[str, str], Cell]],
    *,
    is_number: bool = True,
) -> Grid:
    """A row for each municipality and the project, each followed by its parts: the women's, the men's and so on.

    `columns` are the cells of a municipality and a sex, by heading.
    """
    sexes = [(sex, draft.words.sex(sex)) for sex in draft.report.scope.sexes]

    def row(label: str, municipality: str, sex: str) -> Row:
        return Row(label, tuple(cell(municipality, sex) for cell in columns.values()), is_part=sex != ALL)

    return Grid(
        caption=draft.text(caption),
        stub=draft.text(translatable("Municipality")),
        columns=tuple(Column(heading, is_number) for heading in columns),
        blocks=tuple(
            Block(
                rows=(
                    row(draft.words.municipality(municipality), municipality, ALL),
                    *(row(label, municipality, sex) for sex, label in sexes),
                ),
                is_total=municipality == ALL,
            )
            for municipality in draft.rows
        ),
    )


def shares(draft: Draft, table: Table, caption: str) -> Iterator[Grid]:
    """The rates of those who went on to work and studies, by sex, with denominators and unknowns."""
    rates: tuple[tuple[str, tuple[str, ...]], ...] = (
        (translatable("To work"), ("work",)),
        (translatable("To studies"), ("studies",)),
        (translatable("To work or studies"), ("work", "studies")),
    )

    def share(groups: tuple[str, ...], place: str, sex: str) -> Cell:
        whole = table.total(table.measures, place, sex)
        return Cell(draft.words.share(table.total(groups, place, sex), whole, table.value("unknown", place, sex)))

    for place in draft.places:
        yield Grid(
            caption=draft.text(caption, place=draft.words.place(place)),
            stub=draft.text(translatable("Went on")),
            columns=columns_of_sexes(draft, is_number=False),
            blocks=(
                Block(
                    tuple(
                        Row(
                            draft.text(label),
                            tuple(share(groups, place, sex) for sex in draft.report.scope.columns),
                        )
                        for label, groups in rates
                    )
                ),
            ),
        )


def by_destination(draft: Draft, groups: Table, caption: str) -> Iterator[Grid]:
    """The destination groups, each followed by its destinations unless it has but one."""
    codes = draft.table(f"{groups.section}_by_destination")
    destinations = draft.words.destinations
    for place in draft.places:
        blocks = []
        for group in groups.measures:
            parts = [code for code in destinations if destinations[code].group == group]
            rows = [row_of_sexes(draft, draft.words.outcome(str(group)), count_of(groups, group), place)]
            if len(parts) > 1:
                rows += (
                    row_of_sexes(draft, draft.words.destination(code), count_of(codes, code), place, is_part=True)
                    for code in parts
                )
            blocks.append(Block(tuple(rows)))
        total = row_of_sexes(draft, draft.text(translatable("Total")), sum_of(groups), place)
        yield Grid(
            caption=draft.text(caption, place=draft.words.place(place)),
            stub=draft.text(translatable("Went on to")),
            columns=columns_of_sexes(draft),
            blocks=(*blocks, Block((total,), is_total=True)),
        )


def matrix(draft: Draft, place: str) -> Grid:
    """From which step to which, with the sums of the rows and the columns."""
    table, words = draft.table("movement"), draft.words
    staircase = table.scope.steps
    froms = (
        ("in", draft.text(translatable("Entered in the month"))),
        *((step.code, words.step(step)) for step in staircase),
        (NOT_PLACED, words.not_placed()),
    )
    tos = (
        *((step.code, words.step_number(step)) for step in staircase),
        (NOT_PLACED, words.not_placed()),
        ("out", draft.text(translatable("Out"))),
    )

    positions = {step.code: step.position for step in staircase}

    def direction(from_codes: tuple[str, ...], to: str) -> str:
        """Of one row: whether its people are on the same step, or have moved up or down."""
        if from_codes == (to,):
            return "same"
        start, end = positions.get(from_codes[0]) if len(from_codes) == 1 else None, positions.get(to)
        return "" if start is None or end is None else "up" if end > start else "down"

    def row(label: str, codes: Iterable[str]) -> Row:
        from_codes = tuple(codes)
        cells = []
        for to, _ in tos:
            cell = words.cell(table.total([(code, to) for code in from_codes], place))
            cells.append(Cell(cell.text, direction(from_codes, to)) if not cell.kind or from_codes == (to,) else cell)
        total = words.cell(table.total([(code, to) for code in from_codes for to, _ in tos], place))
        return Row(label, (*cells, total))

    total = draft.text(translatable("Total"))
    return Grid(
        caption=draft.text(
            translatable(
                "From the step at the start (rows) to the step at the end of {month} (columns), spells ({place})"
            ),
            place=words.place(place),
        ),
        stub=draft.text(translatable("From")),
        columns=(*(Column(label) for _, label in tos), Column(total)),
        blocks=(
            Block(tuple(row(label, (code,)) for code, label in froms)),
            Block((row(total, (code for code, _ in froms)),), is_total=True),
        ),
    )
