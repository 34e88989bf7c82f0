"""The sections of the report about placements, places and hours. No host is named: hosts may be secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.placements import AGES
from arena_cli.figures.table import Table
from arena_cli.model import Activity
from arena_cli.render.draft import Draft
from arena_cli.render.grids import (
    Count,
    by_municipality,
    cells_by_municipality,
    columns_of_sexes,
    count_of,
    counts_of,
    each_once,
    sum_of,
)
from arena_cli.render.page import Block, Cell, Grid, Row, Section
from arena_cli.render.words import Words

_AFTER: Final[Mapping[int, str]] = {
    6: translatable("After 6 months"),
    12: translatable("After 12 months"),
    24: translatable("After 24 months"),
}


def placements(draft: Draft) -> Section:
    """Who is in placement, which places there are, and how long they have lasted."""
    title = draft.text(translatable("Placements and places"))
    if not draft.table("place_ages").value("places"):
        return Section("placements", title, paragraphs=(draft.text(translatable("No places are registered.")),))
    return Section(
        "placements",
        title,
        paragraphs=(
            draft.text(
                translatable(
                    "A person may be in several placements at once. Placements stand in the municipality of the"
                    " participant, places in their own: a participant may be on a place in another municipality."
                )
            ),
        ),
        grids=(_placements(draft), _places(draft), _ages(draft)),
    )


def hours(draft: Draft) -> Section:
    """The month's hours, and who took part without any."""
    attendance = draft.table("attendance")
    title = draft.text(translatable("Hours in {month}"))
    if not attendance.value("minutes"):
        return Section("hours", title, paragraphs=(draft.text(translatable("No hours are registered for {month}.")),))
    persons = {
        "participants": translatable("Took part"),
        "with_hours": translatable("With hours"),
        "paused": translatable("Paused, without hours"),
        "without_hours": translatable("Hours missing"),
    }
    minutes = {"minutes": translatable("Hours"), "certified_minutes": translatable("Of which certified")}
    return Section(
        "hours",
        title,
        paragraphs=(
            draft.text(
                translatable(
                    "Hours and minutes. Those took part who had a spell in the month; somebody who was paused all of it"
                    " need not have hours."
                )
            ),
        ),
        grids=(
            by_municipality(
                draft,
                translatable("Persons with and without hours in {month}, per municipality and sex"),
                counts_of(draft, attendance, persons),
            ),
            cells_by_municipality(
                draft,
                translatable("Hours in {month}, per municipality and sex"),
                {
                    label: each_once(draft.words.hours, count.numbers)
                    for label, count in counts_of(draft, attendance, minutes).items()
                },
            ),
            *_by_activity(draft),
        ),
    )


def _placements(draft: Draft) -> Grid:
    columns = {
        "opening": translatable("At the start"),
        "begun": translatable("Begun"),
        "ended": translatable("Ended"),
        "running": translatable("At the end"),
        "participants": translatable("Persons at the end"),
    }
    caption = translatable("Placements at the start of {month}, begun, ended, and at its end, per municipality and sex")
    return by_municipality(draft, caption, counts_of(draft, draft.table("placements"), columns))


def _places(draft: Draft) -> Grid:
    table = draft.table("places")
    columns = {
        "opening": translatable("At the start"),
        "opened": translatable("Opened"),
        "closed": translatable("Closed"),
        "open": translatable("At the end"),
        "capacity": translatable("Room for"),
        "occupied": translatable("Occupied"),
        "free": translatable("Free"),
    }
    if table.value("beyond_capacity"):
        columns["beyond_capacity"] = translatable("Beyond capacity")
    caption = translatable("Places in {month}, and on {day} how many there is room for, per municipality")
    cells = {
        label: each_once(draft.words.cell, count.numbers) for label, count in counts_of(draft, table, columns).items()
    }
    return cells_by_municipality(draft, caption, cells)


def _ages(draft: Draft) -> Grid:
    table = draft.table("place_ages")

    def lasting(age: int) -> list[Cell]:
        return [Cell(_lasting(draft.words, table, age, municipality)) for municipality in table.scope.rows]

    caption = translatable("Places still there 6, 12 and 24 months after they opened, per municipality")
    columns = {draft.text(_AFTER[age]): lasting(age) for age in AGES}
    return cells_by_municipality(draft, caption, columns, is_number=False)


def _lasting(words: Words, ages: Table, age: int, municipality: str) -> str:
    """As in "3 of 5; 2 not yet due": a place too young to be asked about is in neither number."""
    still, closed, not_due = (
        ages.value(f"{outcome}_{age}", municipality) for outcome in ("still", "closed", "not_due")
    )
    return words.share_of_due(still, still + closed, not_due)


def _by_activity(draft: Draft) -> Iterator[Grid]:
    """The hours of each activity, with those that are certified, by sex."""
    spent, certified = draft.table("minutes_by_activity"), draft.table("certified_by_activity")
    for place in draft.places:
        blocks = [
            Block(
                (
                    _row_in_hours(draft, _activity(draft.words, activity), count_of(spent, activity.code), place),
                    _row_in_hours(
                        draft,
                        draft.text(translatable("Of which certified")),
                        count_of(certified, activity.code),
                        place,
                        is_part=True,
                    ),
                )
            )
            for activity in spent.scope.activities
        ]
        total = _row_in_hours(draft, draft.text(translatable("Total")), sum_of(spent), place)
        yield Grid(
            caption=draft.text(
                translatable("Hours in {month} by activity and sex ({place})"), place=draft.words.place(place)
            ),
            stub=draft.text(translatable("Activity")),
            columns=columns_of_sexes(draft),
            blocks=(*blocks, Block((total,), is_total=True)),
        )


# -- tables of other things than counts of persons --------------------------------------------------------------------


def _row_in_hours(draft: Draft, label: str, minutes: Count, place: str, *, is_part: bool = False) -> Row:
    return Row(label, tuple(map(draft.words.hours, minutes.of(place))), is_part)


def _activity(words: Words, activity: Activity) -> str:
    return words.in_language(activity.name, activity.name_en)
