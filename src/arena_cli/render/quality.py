"""The sections about how good the data are, and about each municipality by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.quality import TIMELINESS
from arena_cli.model import ALL
from arena_cli.render.draft import Draft
from arena_cli.render.grids import by_municipality, counts_of
from arena_cli.render.learning import told_of
from arena_cli.render.page import Block, Cell, Column, Grid, Group, Row, Section
from arena_cli.render.situation import KEY_FIGURES, bare_change_of, bare_mean_of, bare_target_of, number_of
from arena_cli.render.words import MOST_MUNICIPALITIES_NAMED

_TIMELINESS: Final[Mapping[str, str]] = {
    "days_0": translatable("Same day"),
    "days_1_3": translatable("1–3 days"),
    "days_4_6": translatable("4–6 days"),
    "days_7_10": translatable("7–10 days"),
    "days_11": translatable("11 days or more"),
    "imported": translatable("By import"),
}

_MISSING: Final[Mapping[str, str]] = {
    "sex": translatable("Sex"),
    "birth_year": translatable("Birth year"),
    "referral": translatable("Sent by"),
    "background": translatable("What the fund asks"),
    "step": translatable("Step"),
    "destination": translatable("Went on to"),
    "quiet": translatable("Quiet for 60 days"),
}


def municipalities(draft: Draft) -> Section:
    """One block a municipality, in the alphabet's order; of more than a page could hold, a table."""
    places = draft.rows[:-1]
    title = draft.text(translatable("Municipality by municipality"))
    explained = draft.text(translatable("In the order of the alphabet. Two dots: not reported or not known."))
    if len(places) > MOST_MUNICIPALITIES_NAMED:
        return Section("municipalities", title, paragraphs=(explained,), grids=(_all_in_one(draft, places),))
    return Section(
        "municipalities",
        title,
        paragraphs=(explained,),
        groups=tuple(
            Group(
                draft.words.municipality(place),
                paragraphs=(*_silence(draft, place), *told_of(draft, place)),
                grids=(_own(draft, place),),
            )
            for place in places
        ),
    )


def quality(draft: Draft) -> Section:
    """How soon the month was registered, what is missing, and who has not reported."""
    words, silent = draft.words, draft.not_reported
    return Section(
        "quality",
        draft.text(translatable("Data quality")),
        paragraphs=(
            draft.text(
                translatable(
                    "Not reported for {month}: {municipalities}. In their rows .. stands where others have zero."
                ),
                municipalities=words.some_municipalities(silent),
            )
            if silent
            else draft.text(translatable("Every municipality has reported something for {month}.")),
            draft.text(
                translatable(
                    "How soon: entries, exits and moves of {month}, by the days from when they happened to when they"
                    " were registered. What came with an imported list is counted by itself: the list was registered on"
                    " one day, whenever each thing was written down."
                )
            ),
        ),
        grids=(
            by_municipality(
                draft,
                translatable("Registered how long after it happened, per municipality"),
                counts_of(draft, draft.table("timeliness"), {measure: _TIMELINESS[measure] for measure in TIMELINESS}),
            ),
            by_municipality(
                draft,
                translatable("Missing among the spells of {month}, per municipality"),
                counts_of(draft, draft.table("missing"), {"served": translatable("Spells in all"), **_MISSING}),
            ),
        ),
    )


def _silence(draft: Draft, place: str) -> Iterator[str]:
    if draft.has_not_reported(place):
        yield draft.text(translatable("Not reported for {month}."))


def _own(draft: Draft, place: str) -> Grid:
    """The key figures of one municipality."""
    words = draft.words
    has_target = any(bare_target_of(draft, measure, place) for measure in KEY_FIGURES)
    columns: dict[str, Callable[..., str]] = {
        translatable("The month"): number_of,
        translatable("Change"): bare_change_of,
        translatable("Mean"): bare_mean_of,
    }
    if has_target:
        columns[translatable("Target")] = bare_target_of
    return Grid(
        caption=draft.text(translatable("Key figures of {month} ({place})"), place=words.place(place)),
        stub=draft.text(translatable("Key figure")),
        columns=tuple(
            Column(draft.text(label), is_number=cell is not bare_target_of) for label, cell in columns.items()
        ),
        blocks=(
            Block(
                tuple(
                    Row(draft.text(label), tuple(Cell(cell(draft, measure, place)) for cell in columns.values()))
                    for measure, label in KEY_FIGURES.items()
                )
            ),
        ),
    )


def _all_in_one(draft: Draft, places: tuple[str, ...]) -> Grid:
    """A row a municipality."""
    return Grid(
        caption=draft.text(translatable("Key figures of {month}, per municipality")),
        stub=draft.text(translatable("Municipality")),
        columns=tuple(Column(draft.text(label)) for label in KEY_FIGURES.values()),
        blocks=tuple(
            Block(
                tuple(
                    Row(
                        draft.words.municipality(place),
                        tuple(Cell(number_of(draft, measure, place)) for measure in KEY_FIGURES),
                    )
                    for place in group
                ),
                is_total=group == (ALL,),
            )
            for group in (places, (ALL,))
        ),
    )
