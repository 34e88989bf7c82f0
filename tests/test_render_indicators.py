"""The appendix of the indicators: what is not confirmed carries its sign, and a project without a fund has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli.figures.report import Report, build
from arena_cli.indicators import fund_table
from arena_cli.language import load_language
from arena_cli.model import Month, Project
from arena_cli.render import Edition
from arena_cli.render.compose import compose
from arena_cli.render.page import Grid, Section
from tests.people import EXIT, NO, YES, immediate, person, put_people
from tests.sample import PROJECT, new_store

EDITION = Edition(as_of=date(2018, 1, 1), made_at="2018-01-02 08:00")
APPENDICES = ("indicators", "kolada")


def report_of(path: Path, project: Project = PROJECT) -> Report:
    worked = {"working": YES, "lasts_a_month": YES, "municipal_job": NO}
    with new_store(path / "arena.db", project) as store:
        put_people(
            store,
            [
                person({"employment": "unemployed"}, exited_on=EXIT, follow_ups=[immediate(worked)]),
                person({"employment": "employed", "months_without_work": 2}, sex="man"),
            ],
        )
        return build(store, Month(2017, 12), date(2018, 2, 1))


def appendices(report: Report, language: str = "en", edition: Edition = EDITION) -> dict[str, Section]:
    page = compose(report, load_language(language), edition)
    return {section.code: section for section in page.sections if section.code in APPENDICES}


def rows(grid: Grid) -> dict[str, list[str]]:
    return {row.label: [cell.text for cell in row.cells] for block in grid.blocks for row in block.rows}


@pytest.mark.parametrize("fund", ["esf-2014", "esf-plus"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_indicator_has_a_row_and_the_sign_of_what_is_not_confirmed(
    tmp_path: Path, fund: str, language: str
) -> None:
    table = fund_table(fund)
    assert table is not None
    section = appendices(report_of(tmp_path, replace(PROJECT, fund_rules=fund)), language)["indicators"]
    complete, everybody = (rows(grid) for grid in section.grids)
    for measure in table.measures:
        name = measure.name if language == "sv" else measure.name_en
        found = [label for label in complete if label.startswith(f"{measure.code} {name}")]
        assert len(found) == bool(measure.key.annex)
        assert all(("†" in label) == measure.verify and label in everybody for label in found)
    assert any("†" in paragraph for paragraph in section.paragraphs)
    assert [p for p in section.paragraphs if p.startswith((table.name, table.name_en))]


def test_the_numbers_stand_by_sex_with_those_of_whom_it_is_not_known(tmp_path: Path) -> None:
    section = appendices(report_of(tmp_path))["indicators"]
    complete, everybody = (rows(grid) for grid in section.grids)
    assert everybody["CO01 unemployed, including long-term unemployed"] == ["1", "–", "1", "–"]
    assert everybody["CO16 participants with disabilities**"] == ["–", "–", "–", "2"]
    assert everybody["Participants"] == ["1", "1", "2", "–"]
    assert everybody["Have left"] == ["1", "–", "1", "–"]
    assert complete["Complete records"] == ["–", "–", "–"]


def test_a_share_stands_with_its_whole_and_its_unknowns(tmp_path: Path) -> None:
    shares, parts = (rows(grid) for grid in appendices(report_of(tmp_path))["kolada"].grids)
    assert shares["To work or studies"] == ["1 of 1; 0 unknown", "–", "1 of 1; 0 unknown"]
    assert parts["Have left"] == ["1", "–", "1"]


def test_a_municipality_that_was_asked_for_has_tables_of_its_own(tmp_path: Path) -> None:
    edition = replace(EDITION, municipalities=("2380",))
    found = appendices(report_of(tmp_path), edition=edition)
    assert [len(found[code].grids) for code in APPENDICES] == [4, 4]


def test_a_project_without_a_funds_rules_has_no_appendix(tmp_path: Path) -> None:
    assert appendices(report_of(tmp_path, replace(PROJECT, fund_rules="none"))) == {}


def test_a_warning_does_not_stop_the_report(tmp_path: Path) -> None:
    report = report_of(tmp_path)
    page = compose(report, load_language("en"), EDITION)
    controls = next(section for section in page.sections if section.code == "controls")
    outcomes = rows(controls.grids[0])
    warning = "V13: employed, yet with months without work 1 = 0"
    assert outcomes[warning][-1] == "CHECK"
    assert controls.paragraphs[0].startswith("All ")
    assert controls.paragraphs[1] == f"CHECK, it may be right all the same: {warning}."
    assert "unreconciled" not in [mark.code for mark in page.marks]
