"""The report on waiting, times, returns, follow-up, income and targets: what is said of few and of none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arena_cli.figures.report import Report
from arena_cli.figures.table import Table
from arena_cli.language import load_language
from arena_cli.model import ALL
from arena_cli.render import outcome, stay
from arena_cli.render.draft import Draft
from arena_cli.render.page import Grid, Section
from arena_cli.render.words import Words
from tests.reports import empty_report, small_report

ENGLISH = load_language("en")


def draft(report: Report) -> Draft:
    words = Words.of(ENGLISH, report.project, report.scope)
    return Draft(report, words, rows=("2309", "2321", ALL), places=(ALL,), month="October 2016")


def with_tables(**tables: Table) -> Draft:
    report = small_report()
    return draft(replace(report, tables={**report.tables, **tables}))


def lines(grid: Grid) -> list[tuple[str, ...]]:
    headings = ("", *(column.label for column in grid.columns))
    rows = [(row.label, *(cell.text for cell in row.cells)) for block in grid.blocks for row in block.rows]
    return [headings, *rows]


def required(section: Section | None) -> Section:
    assert section is not None
    return section


@pytest.mark.parametrize(
    "section", [stay.waiting, stay.time, stay.returns, outcome.follow_up, outcome.income, outcome.targets]
)
def test_a_section_without_anything_to_show_says_nothing(section: object) -> None:
    assert callable(section)
    assert section(draft(empty_report())) is None


def test_nothing_is_told_of_the_days_of_few() -> None:
    report = small_report()
    nothing = {
        name: replace(report.tables[name], values=dict[tuple[str | tuple[str, str], str, str], int]())
        for name in ("days_in_project", "days_on_step")
    }
    section = required(stay.time(with_tables(**nothing)))
    assert section.grids == ()
    assert section.paragraphs == ("Of fewer than 5 nothing is told.",)


def test_two_dots_stand_for_what_is_not_told() -> None:
    of_leavers, of_active, on_step = map(lines, required(stay.time(draft(small_report()))).grids)
    assert of_leavers[1] == ("Krokom", "12", "120", "240", "395")
    assert ("Åre", "4", "..", "..", "..") in of_active
    assert on_step[1:] == [
        ("1 Foundation", "..", "24", "..", "23"),
        ("2 Placement", "17", "..", "..", "17"),
        ("No step", "..", "..", "..", ".."),
    ]


def test_who_came_back_of_those_of_whom_it_can_be_said() -> None:
    (grid,) = required(stay.returns(draft(small_report()))).grids
    assert lines(grid)[0] == ("", "Back within 6 months", "Back within 12 months")
    assert ("Åre", "1 of 5; 1 not yet due", "1 of 1; 5 not yet due") in lines(grid)
    assert ("Krokom", "0 of 9; 12 not yet due", "21 not yet due") in lines(grid)


def test_waits_without_pauses_and_pauses_without_waits() -> None:
    report = small_report()
    nobody_waits = replace(report.tables["waiting"], values=dict.fromkeys(report.tables["waiting"].values, 0))
    nobody_pauses = replace(report.tables["paused"], values=dict.fromkeys(report.tables["paused"].values, 0))
    assert len(required(stay.waiting(with_tables())).grids) == 3
    assert len(required(stay.waiting(with_tables(waiting=nobody_waits))).grids) == 2
    assert len(required(stay.waiting(with_tables(paused=nobody_pauses))).grids) == 1


def test_shares_of_those_known_with_the_unknown_and_those_not_yet_due() -> None:
    soon, _, later, situation = map(lines, required(outcome.follow_up(draft(small_report()))).grids)
    assert soon[1:] == [
        ("In work", "2 of 2; 0 unknown; 10 not yet due", "0 of 1; 2 unknown", "3 of 7; 2 unknown",
         "5 of 10; 4 unknown; 10 not yet due"),
        ("In studies", "0 of 2; 0 unknown; 10 not yet due", "0 of 1; 2 unknown", "6 of 7; 2 unknown",
         "6 of 10; 4 unknown; 10 not yet due"),
        ("In work or studies", "2 of 2; 0 unknown; 10 not yet due", "0 of 1; 2 unknown", "7 of 7; 2 unknown",
         "9 of 10; 4 unknown; 10 not yet due"),
    ]  # fmt: skip
    assert later[1][1:3] == ("12 not yet due", "0 of 1; 2 unknown")
    *parts, total = ([0 if cell == "–" else int(cell) for cell in row[1:]] for row in situation[1:])
    assert [sum(column) for column in zip(*parts, strict=True)] == total == [12, 4, 9, 25]


def test_before_an_income_is_known_a_sentence_says_so() -> None:
    report = small_report()
    unknown = {
        name: replace(
            report.tables[name],
            values={key: n if key[0] == "unknown" else 0 for key, n in report.tables[name].values.items()},
        )
        for name in ("income_at_entry", "income_after")
    }
    section = required(outcome.income(with_tables(**unknown)))
    assert section.grids == ()
    assert section.paragraphs == ("Nothing is registered about what the participants live on.",)


def test_only_what_has_a_target_is_shown_and_a_target_of_none_has_no_share() -> None:
    of_month, in_all = map(lines, required(outcome.targets(draft(small_report()))).grids)
    assert of_month == [
        ("", "Target for", "Achieved", "Target", "Share"),
        ("Krokom", "New participants", "3", "5", "60%"),
        ("Åre", "New participants", "–", "2", "0%"),
    ]
    assert in_all[1:] == [
        ("Åre", "Placements begun", "1", "0", "–"),
        ("The whole project", "New participants", "1,232", "1,500", "82%"),
        ("The whole project", "To work or studies", "21", "40", "53%"),
    ]


def test_the_stock_says_how_many_are_paused() -> None:
    from arena_cli.render import sections

    said = sections.stock_flow(draft(small_report())).paragraphs
    assert said[1] == "Of those in the project at the end, 15 are paused: neither gone nor taking part."
    assert len(sections.stock_flow(draft(empty_report())).paragraphs) == 1
