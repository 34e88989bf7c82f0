"""The report's sections about placements, places and hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, attendance, placements
from arena_cli.figures.report import build
from arena_cli.language import load_language
from arena_cli.model import ALL, Month, Sector, Sex
from arena_cli.render import activity
from arena_cli.render.draft import Draft
from arena_cli.render.page import Grid
from arena_cli.render.words import Words
from arena_cli.store import Store
from tests.sample import TODAY, new_store, occasion

OCTOBER = Month(2016, 10)
OPENED = date(2016, 4, 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def draft(store: Store, language: str = "en") -> Draft:
    report = build(store, OCTOBER, TODAY)
    words = Words.of(load_language(language), report.project, report.scope)
    return Draft(report, words, rows=("2305", "2380", ALL), places=(ALL,), month="October 2016")


def place(store: Store, municipality: str, opens_on: date = OPENED) -> str:
    receipt = placements.add_place(
        store,
        occasion(),
        host="Sågen",
        sector=Sector.PRIVATE,
        municipality=municipality,
        capacity=2,
        opens_on=opens_on,
    )
    return receipt.place.code


def enrol(store: Store, sex: Sex) -> str:
    return casework.enrol(store, occasion(), Intake("2305", date(2016, 9, 1)), sex=sex).participant.code


def lines(grid: Grid) -> list[tuple[str, ...]]:
    headings = ("", *(column.label for column in grid.columns))
    rows = [(row.label, *(cell.text for cell in row.cells)) for block in grid.blocks for row in block.rows]
    return [headings, *rows]


def test_before_there_are_any_a_sentence_says_so(store: Store) -> None:
    enrol(store, Sex.MAN)
    assert activity.placements(draft(store)).grids == ()
    assert activity.placements(draft(store)).paragraphs == ("No places are registered.",)
    assert activity.hours(draft(store)).paragraphs == ("No hours are registered for October 2016.",)


def test_placements_and_places(store: Store) -> None:
    here, there = place(store, "2305"), place(store, "2380")
    young = place(store, "2305", date(2016, 10, 20))
    woman, man = enrol(store, Sex.WOMAN), enrol(store, Sex.MAN)
    placements.place_participant(store, occasion(), woman, here, date(2016, 9, 5))
    placements.place_participant(store, occasion(), man, there, date(2016, 10, 5))
    placements.close_place(store, occasion(), here, date(2016, 10, 14))
    section = activity.placements(draft(store))
    running, places, ages = map(lines, section.grids)
    assert running == [
        ("", "At the start", "Begun", "Ended", "At the end", "Persons at the end"),
        ("Bräcke", "1", "1", "1", "1", "1"),
        ("Women", "1", "–", "1", "–", "–"),
        ("Men", "–", "1", "–", "1", "1"),
        ("Östersund", "..", "..", "..", "..", ".."),
        ("Women", "..", "..", "..", "..", ".."),
        ("Men", "..", "..", "..", "..", ".."),
        ("The whole project", "1", "1", "1", "1", "1"),
        ("Women", "1", "–", "1", "–", "–"),
        ("Men", "–", "1", "–", "1", "1"),
    ]
    assert places == [
        ("", "At the start", "Opened", "Closed", "At the end", "Room for", "Occupied", "Free"),
        ("Bräcke", "1", "1", "1", "1", "2", "–", "2"),
        ("Östersund", "1", "–", "–", "1", "2", "1", "1"),
        ("The whole project", "2", "1", "1", "2", "4", "1", "3"),
    ]
    assert ages == [
        ("", "After 6 months", "After 12 months", "After 24 months"),
        ("Bräcke", "1 of 1; 1 not yet due", "2 not yet due", "2 not yet due"),
        ("Östersund", "1 of 1", "1 not yet due", "1 not yet due"),
        ("The whole project", "2 of 2; 1 not yet due", "3 not yet due", "3 not yet due"),
    ]
    assert young
    assert "Sågen" not in str(section)


def test_a_place_with_more_than_it_has_room_for_gets_a_column(store: Store) -> None:
    here = place(store, "2305")
    for _ in range(3):
        code = enrol(store, Sex.WOMAN)
        placements.place_participant(store, occasion(), code, here, date(2016, 10, 5), allow_beyond_capacity=True)
    headings, *_ = lines(activity.placements(draft(store)).grids[1])
    assert headings[-1] == "Beyond capacity"


def test_hours(store: Store) -> None:
    woman, man = enrol(store, Sex.WOMAN), enrol(store, Sex.MAN)
    attendance.add_hours(store, occasion(), [woman, man], OCTOBER, "talks", 90)
    attendance.add_hours(store, occasion(), [man], OCTOBER, "placement", 6005, certified=True)
    enrol(store, Sex.MAN)
    persons, spent, by_activity = map(lines, activity.hours(draft(store)).grids)
    assert persons[:4] == [
        ("", "Took part", "With hours", "Paused, without hours", "Hours missing"),
        ("Bräcke", "3", "2", "–", "1"),
        ("Women", "1", "1", "–", "–"),
        ("Men", "2", "1", "–", "1"),
    ]
    assert spent[:4] == [
        ("", "Hours", "Of which certified"),
        ("Bräcke", "103:05", "100:05"),
        ("Women", "1:30", "–"),
        ("Men", "101:35", "100:05"),
    ]
    assert by_activity == [
        ("", "Women", "Men", "All"),
        ("placement", "–", "100:05", "100:05"),
        ("Of which certified", "–", "100:05", "100:05"),
        ("language training", "–", "–", "–"),
        ("Of which certified", "–", "–", "–"),
        ("talks", "1:30", "1:30", "3:00"),
        ("Of which certified", "–", "–", "–"),
        ("Total", "1:30", "101:35", "103:05"),
    ]
    assert "språkträning" in str(activity.hours(draft(store, "sv")))
