"""The tables of the report: counts laid out over municipalities, sexes, destinations and steps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from arena_cli.errors import translatable
from arena_cli.figures.table import Measure, Scope, Table
from arena_cli.model import ALL, NOT_PLACED
from arena_cli.render.draft import UNREPORTED, Draft
from arena_cli.render.page import Block, Cell, Chart, Column, Grid, Row

Given = TypeVar("Given", bound=Hashable)
Made = TypeVar("Made")


class Count(NamedTuple):
    """What is counted of one thing: a number for each cell of a scope, in its order."""

    scope: Scope
    numbers: Sequence[int]

    def of(self, place: str) -> Sequence[int]:
        """A municipality's numbers or the project's: of each sex, and of all as the last."""
        width = len(self.scope.columns)
        start = width * self.scope.rows.index(place)
        return self.numbers[start : start + width]

    @property
    def in_all(self) -> int:
        """The project's, of all sexes."""
        return self.numbers[-1]


def count_of(table: Table, *measures: Measure) -> Count:
    """What a section counts of one thing, or of several together."""
    return Count(table.scope, table.counts(*measures))


def sum_of(table: Table) -> Count:
    """All that a section counts."""
    return count_of(table, *table.measures)


def each_once(make: Callable[[Given], Made], things: Sequence[Given]) -> list[Made]:
    """What is made of each thing. The same ones come again and again: it is made once."""
    made = {thing: make(thing) for thing in set(things)}
    return [made[thing] for thing in things]


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
    return Row(label, tuple(map(draft.words.cell, count.of(place))), is_part)


def block_of_sexes(
    label: str,
    whole: tuple[Cell, ...],
    sexes: Iterable[str],
    parts: Iterable[tuple[Cell, ...]],
    *,
    is_total: bool = False,
) -> Block:
    """A row of everybody, and one of each sex."""
    of_sexes = (Row(sex, cells, is_part=True) for sex, cells in zip(sexes, parts, strict=True))
    return Block((Row(label, whole), *of_sexes), is_total)


def by_municipality(draft: Draft, caption: str, columns: Mapping[str, Count], chart: Chart | None = None) -> Grid:
    """A row of counts for each municipality and the project; `columns` are what is counted, by heading."""
    cells = {heading: counted(draft, count) for heading, count in columns.items()}
    return cells_by_municipality(draft, caption, cells, chart=chart)


def counted(draft: Draft, count: Count) -> list[Cell]:
    """The cells of a count: zero is a dash, or two dots where the municipality has not reported."""
    cells, width = each_once(draft.words.cell, count.numbers), len(count.scope.columns)
    for row, place in enumerate(count.scope.rows):
        if draft.has_not_reported(place):
            for cell in range(row * width, (row + 1) * width):
                cells[cell] = cells[cell] if count.numbers[cell] else UNREPORTED
    return cells


def cells_by_municipality(
    draft: Draft,
    caption: str,
    columns: Mapping[str, Sequence[Cell]],
    *,
    is_number: bool = True,
    chart: Chart | None = None,
) -> Grid:
    """A row for each municipality and the project, each followed by its parts: the women's, the men's and so on.

    `columns` are the cells by heading, in the order of the scope's; or of its rows, where nobody has a sex.
    """
    scope, words = draft.report.scope, draft.words
    rows = [*zip(*columns.values(), strict=True)]
    width = len(rows) // len(scope.rows)
    sexes = [words.sex(sex) for sex in scope.sexes] if width > 1 else []
    of_place = {place: rows[row * width : (row + 1) * width] for row, place in enumerate(scope.rows)}

    def block(place: str) -> Block:
        *parts, whole = of_place[place]
        return block_of_sexes(words.municipality(place), whole, sexes, parts, is_total=place == ALL)

    return Grid(
        caption=draft.text(caption),
        stub=draft.text(translatable("Municipality")),
        columns=tuple(Column(heading, is_number) for heading in columns),
        blocks=tuple(map(block, draft.rows)),
        chart=chart,
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
