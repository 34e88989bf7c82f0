"""The sections of the report about waiting, pauses, how long people have been there, and who came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.durations import FEWEST, QUARTILES
from arena_cli.figures.returns import WITHIN
from arena_cli.figures.table import Table
from arena_cli.figures.waiting import NOT_PAUSED
from arena_cli.model import NOT_PLACED, PauseReason
from arena_cli.render.draft import Draft
from arena_cli.render.grids import (
    Count,
    by_municipality,
    cells_by_municipality,
    columns_of_sexes,
    count_of,
    counts_of,
    each_once,
    row_of_sexes,
)
from arena_cli.render.page import Block, Cell, Grid, Row, Section

_AT_MOST: Final = {
    "quartile_1": translatable("A quarter at most"),
    "median": translatable("Half at most"),
    "quartile_3": translatable("Three quarters at most"),
}

_WITHIN: Final = {
    6: translatable("Back within 6 months"),
    12: translatable("Back within 12 months"),
}


def paused(table: Table) -> Count:
    """The spells that are paused, for whatever reason."""
    return count_of(table, *(measure for measure in table.measures if measure != NOT_PAUSED))


def waiting(draft: Draft) -> Section | None:
    """Who waits to start, and who is paused; nothing where nobody does or is."""
    grids = (*_waiting(draft), *_paused(draft))
    if not grids:
        return None
    return Section(
        "waiting",
        draft.text(translatable("Waiting and pauses")),
        paragraphs=(
            draft.text(
                translatable(
                    "Those who wait have been assigned but have not started: they are in no other figure of this"
                    " report. Those who are paused are still in the project, and count as the others do."
                )
            ),
        ),
        grids=grids,
    )


def time(draft: Draft) -> Section | None:
    """How long those have been in the project who left or are there, and how long on their step."""
    groups = draft.table("time_in_project")
    if not groups.total(groups.measures):
        return None
    title, fewest = draft.text(translatable("Time in the project and on the step")), draft.words.number(FEWEST)
    if not (draft.table("days_in_project").values or draft.table("days_on_step").values):
        too_few = draft.text(translatable("Of fewer than {fewest} nothing is told."), fewest=fewest)
        return Section("time", title, paragraphs=(too_few,))
    return Section(
        "time",
        title,
        paragraphs=(
            draft.text(
                translatable(
                    "In days. Counted are all days within a spell, in any municipality, pauses too; days between two"
                    " spells are not. “Half at most” is the median: half of them have been there so many days or fewer."
                    " Two dots stand where there are fewer than {fewest}: then nothing is told."
                ),
                fewest=fewest,
            ),
        ),
        grids=(
            *_days(draft, "leavers", translatable("Days in the project of those who left in {month}")),
            *_days(draft, "active", translatable("Days in the project of those who are in it on {day}")),
            *_days_on_step(draft),
        ),
    )


def returns(draft: Draft) -> Section | None:
    """How many of those who left have come back."""
    table, words = draft.table("returns"), draft.words
    if not table.value("exits"):
        return None

    def back(numbers: tuple[int, ...]) -> Cell:
        returned, stayed, not_due = numbers
        return Cell(words.share_of_due(returned, returned + stayed, not_due))

    def outcomes(months: int) -> list[tuple[int, ...]]:
        counts = (table.counts(f"{outcome}_{months}") for outcome in ("returned", "stayed_away", "not_due"))
        return [*zip(*counts, strict=True)]

    return Section(
        "returns",
        draft.text(translatable("Who came back")),
        paragraphs=(
            draft.text(
                translatable(
                    "Counted in exits since the start, in the municipality that was left; who came back may have"
                    " entered another one. An exit is not yet due until so many months have passed, even if the person"
                    " is back."
                )
            ),
        ),
        grids=(
            cells_by_municipality(
                draft,
                translatable(
                    "Exits up to and including {day} that were followed by a return, per municipality and sex"
                ),
                {draft.text(_WITHIN[months]): each_once(back, outcomes(months)) for months in WITHIN},
                is_number=False,
            ),
        ),
    )


# -- their tables -----------------------------------------------------------------------------------------------------


def _waiting(draft: Draft) -> Iterator[Grid]:
    table = draft.table("waiting")
    columns = {
        "opening": translatable("At the start"),
        "assigned": translatable("Newly assigned"),
        "started": translatable("Started"),
        "withdrawn": translatable("Withdrawn"),
        "closing": translatable("At the end"),
    }
    if table.total(table.measures):
        yield by_municipality(
            draft,
            translatable("Waiting to start in {month}, per municipality and sex"),
            counts_of(draft, table, columns),
        )


def _paused(draft: Draft) -> Iterator[Grid]:
    table = draft.table("paused")
    if not paused(table).in_all:
        return
    yield by_municipality(
        draft,
        translatable("In the project on {day}, paused and not, per municipality and sex"),
        {
            draft.text(translatable("Paused")): paused(table),
            draft.text(translatable("Not paused")): count_of(table, NOT_PAUSED),
            draft.text(translatable("Total")): count_of(draft.table("stock_flow"), "closing"),
        },
    )
    for place in draft.places:
        rows = (row_of_sexes(draft, draft.words.value(r), count_of(table, r.value), place) for r in PauseReason)
        yield Grid(
            caption=draft.text(
                translatable("Paused on {day} by reason and sex ({place})"), place=draft.words.place(place)
            ),
            stub=draft.text(translatable("Reason")),
            columns=columns_of_sexes(draft),
            blocks=(
                Block(tuple(rows)),
                Block((row_of_sexes(draft, draft.text(translatable("Total")), paused(table), place),), is_total=True),
            ),
        )


def _days(draft: Draft, group: str, caption: str) -> Iterator[Grid]:
    """How many there are, and in so many days at most a quarter, half and three quarters of them."""
    persons, days, words = draft.table("time_in_project"), draft.table("days_in_project"), draft.words
    if not any(measure.startswith(group) for measure, *_ in days.values if isinstance(measure, str)):
        return

    yield cells_by_municipality(
        draft,
        caption,
        {
            draft.text(translatable("Persons")): each_once(words.cell, persons.counts(group)),
            **{
                draft.text(_AT_MOST[quartile]): each_once(words.known, days.all_known(f"{group}_{quartile}"))
                for quartile in QUARTILES
            },
        },
    )


def _days_on_step(draft: Draft) -> Iterator[Grid]:
    table, words = draft.table("days_on_step"), draft.words
    if not table.values:
        return
    steps = [(words.step(step), step.code) for step in table.scope.steps] + [(words.not_placed(), NOT_PLACED)]

    def row(label: str, code: str, place: str) -> Row:
        return Row(label, tuple(words.known(table.known(code, place, sex)) for sex in draft.report.scope.columns))

    for place in draft.places:
        yield Grid(
            caption=draft.text(
                translatable(
                    "On {day} half of those on the step had stood there so many days or fewer, by sex ({place})"
                ),
                place=words.place(place),
            ),
            stub=draft.text(translatable("Step")),
            columns=columns_of_sexes(draft),
            blocks=(Block(tuple(row(label, code, place) for label, code in steps)),),
        )
