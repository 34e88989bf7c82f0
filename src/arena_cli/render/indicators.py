"""The appendix with the fund's indicators. Whatever stands in no source that could be read carries the sign of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.indicators import ALL_RECORDS, COMPLETE_RECORDS, FOLLOWED_UP, KOLADA, UNKNOWN
from arena_cli.figures.table import Table
from arena_cli.indicators import LEFT, PARTICIPANTS, FundTable, Measure, fund_table, kolada
from arena_cli.model import FollowUpKind
from arena_cli.render.draft import Draft
from arena_cli.render.grids import columns_of_sexes, count_of, row_of_sexes
from arena_cli.render.page import Block, Cell, Column, Grid, Row, Section

UNCONFIRMED: Final = "†"
SPECIAL_CATEGORY: Final = "**"

PARTS: Final = ("work", "work_unsubsidised", "work_subsidised", "studies")
"""Of those who began working or studying."""

_FOLLOWED_UP: Final = {
    FollowUpKind.IMMEDIATE: translatable("of whom followed up within four weeks"),
    FollowUpKind.SIX_MONTHS: translatable("of whom followed up after six months"),
}


def appendices(draft: Draft) -> Iterator[Section]:
    """The fund's indicators and the results at exit, where the project follows the rules of a fund."""
    fund = fund_table(draft.report.project.fund_rules)
    if fund is not None and ALL_RECORDS in draft.report.tables:
        yield _indicators(draft, fund)
        yield _results_at_exit(draft)


def _indicators(draft: Draft, fund: FundTable) -> Section:
    everybody, complete = draft.table(ALL_RECORDS), draft.table(COMPLETE_RECORDS)
    number = draft.words.number
    return Section(
        "indicators",
        draft.text(translatable("The fund's indicators")),
        paragraphs=(
            draft.text(
                translatable(
                    "{source}. Participants since the start, up to and including {day}, each counted once: in the"
                    " municipality and with the situation of the first entry, and with the results after the last exit."
                    " These are the project's own figures; the fund makes its own from registers."
                ),
                source=draft.words.in_language(fund.name, fund.name_en),
            ),
            draft.text(
                translatable(
                    "Complete records: {complete} of {participants}. The others count among all participants only."
                ),
                complete=number(complete.value(PARTICIPANTS)),
                participants=number(everybody.value(PARTICIPANTS)),
            ),
            draft.text(
                translatable("{sign} Stands in no source that has been read: verify it before you rely on it."),
                sign=UNCONFIRMED,
            ),
            *(
                f"{draft.words.in_language(remark.name, remark.name_en)}{UNCONFIRMED if remark.verify else ''}"
                for remark in fund.remarks
            ),
        ),
        grids=tuple(grid for place in draft.places for grid in _grids(draft, fund, place)),
    )


def _grids(draft: Draft, fund: FundTable, place: str) -> Iterator[Grid]:
    everybody, complete, unknown = (draft.table(name) for name in (ALL_RECORDS, COMPLETE_RECORDS, UNKNOWN))
    stub, records = draft.text(translatable("Indicator")), draft.text(translatable("Complete records"))
    yield Grid(
        caption=draft.text(
            translatable("Complete records by indicator and sex ({place})"), place=draft.words.place(place)
        ),
        stub=stub,
        columns=columns_of_sexes(draft),
        blocks=(
            Block((row_of_sexes(draft, records, count_of(complete, PARTICIPANTS), place),)),
            *(
                Block(tuple(row_of_sexes(draft, _label(draft, m), count_of(complete, m.code), place) for m in measures))
                for measures in _groups(fund, complete)
            ),
        ),
    )
    yield Grid(
        caption=draft.text(
            translatable("All participants by indicator and sex, and those of whom it is not known ({place})"),
            place=draft.words.place(place),
        ),
        stub=stub,
        columns=(*columns_of_sexes(draft), Column(draft.text(translatable("Not known")))),
        blocks=(
            Block((_beside(draft, translatable("Participants"), PARTICIPANTS, place),)),
            *(
                Block(tuple(_with_unknown(draft, m, everybody, unknown, place) for m in measures))
                for measures in _groups(fund, everybody)
            ),
            Block(
                (
                    _beside(draft, translatable("Have left"), LEFT, place),
                    *(_beside(draft, _FOLLOWED_UP[kind], FOLLOWED_UP[kind], place) for kind in fund.windows),
                )
            ),
        ),
    )


def _groups(fund: FundTable, table: Table) -> Iterator[tuple[Measure, ...]]:
    """The indicators of the situation at entry, then those of each follow-up."""
    shown = [m for m in fund.measures if m.key.annex and m.code in table.measures]
    for follow_up in (None, *fund.windows):
        yield tuple(measure for measure in shown if measure.follow_up is follow_up)


def _beside(draft: Draft, message: str, measure: str, place: str) -> Row:
    """A row of what is known of everybody."""
    row = row_of_sexes(draft, draft.text(message), count_of(draft.table(ALL_RECORDS), measure), place)
    return Row(row.label, (*row.cells, draft.words.cell(0)))


def _with_unknown(draft: Draft, measure: Measure, everybody: Table, unknown: Table, place: str) -> Row:
    row = row_of_sexes(draft, _label(draft, measure), count_of(everybody, measure.code), place)
    return Row(row.label, (*row.cells, draft.words.cell(unknown.value(measure.code, place))))


def _results_at_exit(draft: Draft) -> Section:
    yardstick = kolada()
    return Section(
        "kolada",
        draft.text(translatable("Results at exit, after Kolada")),
        paragraphs=(
            draft.text(
                translatable(
                    "{source}: of all who have left the project, those who began a job on the regular labour market"
                    " that lasts at least a month, subsidised or not, and those who began studies that entitle to study"
                    " aid. The municipality's own labour-market jobs do not count. By the follow-up within four weeks."
                ),
                source=draft.words.in_language(yardstick.name, yardstick.name_en),
            ),
        ),
        grids=tuple(grid for place in draft.places for grid in _grids_at_exit(draft, yardstick.measures, place)),
    )


def _grids_at_exit(draft: Draft, measures: Iterable[Measure], place: str) -> Iterator[Grid]:
    table, words = draft.table(KOLADA), draft.words
    shares = (
        (translatable("To work or studies"), "work_or_studies"),
        (translatable("To work"), "work"),
        (translatable("To studies"), "studies"),
    )

    def share(measure: str, sex: str) -> Cell:
        not_known = table.total(("unknown", "not_due"), place, sex)
        return Cell(words.share(table.value(measure, place, sex), table.value(LEFT, place, sex), not_known))

    yield Grid(
        caption=draft.text(translatable("Shares of all who have left, by sex ({place})"), place=words.place(place)),
        stub=draft.text(translatable("Went on")),
        columns=columns_of_sexes(draft, is_number=False),
        blocks=(
            Block(
                tuple(
                    Row(draft.text(label), tuple(share(measure, sex) for sex in draft.report.scope.columns))
                    for label, measure in shares
                )
            ),
        ),
    )
    rows = (
        row_of_sexes(draft, _label(draft, m), count_of(table, m.code), place, is_part=m.code in PARTS) for m in measures
    )
    yield Grid(
        caption=draft.text(translatable("All who have left, by result and sex ({place})"), place=words.place(place)),
        stub=draft.text(translatable("Result")),
        columns=columns_of_sexes(draft),
        blocks=(
            Block(tuple(rows)),
            Block(
                (row_of_sexes(draft, draft.text(translatable("Have left")), count_of(table, LEFT), place),),
                is_total=True,
            ),
        ),
    )


def _label(draft: Draft, measure: Measure) -> str:
    """As in "CO17 other disadvantaged**†"; without a code where the measure is arena's own."""
    name = draft.words.in_language(measure.name, measure.name_en)
    code = f"{measure.code} " if measure.key.annex else ""
    special = SPECIAL_CATEGORY if measure.mark == SPECIAL_CATEGORY else ""
    return f"{code}{name}{special}{UNCONFIRMED if measure.verify else ''}"
