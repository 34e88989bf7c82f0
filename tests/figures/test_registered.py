"""The rules about single records: what the verbs refuse, but another program can write, is found by the report."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, attendance, placements
from arena_cli.casework.pausing import pause
from arena_cli.figures.report import Report, build
from arena_cli.model import ExitType, Month, PauseReason, Sector, Sex
from arena_cli.store import Store
from tests.sample import TODAY, new_store, occasion

RULES = ("V12", "V14", "V16")
JUNE = Month(2016, 6)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A woman who was in the project twice, with all that can hang on a spell, and a man who moved within it."""
    file = tmp_path / "arena.db"
    with new_store(file) as store:
        when = occasion()
        woman = casework.enrol(store, when, Intake("2305", date(2016, 2, 1), "a"), sex=Sex.WOMAN, birth_year=1980)
        code = woman.participant.code
        place = placements.add_place(
            store, when, host="Sågen", sector=Sector.PRIVATE, municipality="2305", capacity=1, opens_on=date(2016, 2, 1)
        ).place
        placements.place_participant(store, when, code, place.code, date(2016, 2, 2))
        pause(store, when, code, date(2016, 2, 10), PauseReason.LEAVE, date(2016, 2, 12))
        attendance.add_hours(store, when, [code], Month(2016, 2), "talks", 60)
        casework.leave(store, when, code, date(2016, 3, 15), ExitType.COMPLETED, None)
        casework.readmit(store, when, code, Intake("2380", date(2016, 5, 1)))
        man = casework.enrol(store, when, Intake("2305", date(2016, 2, 1)), sex=Sex.MAN, birth_year=2000)
        casework.transfer(store, when, man.participant.code, "2380", date(2016, 3, 1), None)
    return file


@pytest.fixture
def change(file: Path) -> Callable[[str], Report]:
    """Write to the file as another program would, and count June."""

    def write(sql: str) -> Report:
        with sqlite3.connect(file) as connection:
            assert connection.execute(sql).rowcount == 1
        connection.close()
        with Store.open(file) as store:
            return build(store, JUNE, TODAY)

    return write


def failing(report: Report) -> set[str]:
    return {c.identity for c in report.controls if not c.holds and c.identity in RULES}


def test_what_the_verbs_have_written_breaks_no_rule(file: Path) -> None:
    with Store.open(file) as store:
        report = build(store, JUNE, TODAY)
    checked = {c.identity: c.checked for c in report.controls if c.identity in RULES}
    assert checked.keys() == set(RULES)
    assert min(checked.values()) == len(report.scope.rows) * len(report.scope.columns)
    assert failing(report) == set()


@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        ("V12", "UPDATE spell SET entered_on = '2015-08-31' WHERE id = 1"),
        ("V12", "UPDATE spell SET exited_on = '2030-01-01', exit_type = 'completed' WHERE id = 2"),
        ("V12", "UPDATE step_move SET moved_on = '2016-01-31' WHERE id = 1"),
        ("V12", "UPDATE step_move SET moved_on = '2016-03-16' WHERE id = 1"),
        ("V12", "UPDATE pause SET resumed_on = '2016-03-20'"),
        ("V12", "UPDATE placement SET placed_on = '2016-01-31'"),
        ("V12", "UPDATE placement SET ended_on = '2016-03-16'"),
        ("V12", "UPDATE attendance SET month = '2016-04'"),
        ("V12", "UPDATE attendance SET month = '2016-01'"),
        ("V14", "UPDATE participant SET birth_year = 2002 WHERE sex = 'man'"),
        ("V14", "UPDATE participant SET birth_year = 1950 WHERE sex = 'man'"),
        ("V16", "UPDATE spell SET entered_on = '2016-03-15' WHERE id = 2"),
        ("V16", "UPDATE spell SET exit_type = 'completed' WHERE exit_type = 'transferred'"),
    ],
)
def test_what_another_program_has_written_is_found(change: Callable[[str], Report], rule: str, sql: str) -> None:
    report = change(sql)
    assert failing(report) == {rule}
    (control,) = (c for c in report.controls if c.identity == rule)
    assert sum(control.facts.values()) == 1  # type: ignore[arg-type]
    assert report.reconciles == (rule == "V14")


def test_the_age_is_known_within_a_year(change: Callable[[str], Report]) -> None:
    """Born in 1951 and entered in February 2016: 64 until the birthday."""
    assert failing(change("UPDATE participant SET birth_year = 1951 WHERE sex = 'man'")) == set()


def test_a_misregistered_spell_may_do_all_this(change: Callable[[str], Report]) -> None:
    sql = (
        "UPDATE spell SET entered_on = '2015-08-01', exited_on = '2015-08-02', exit_type = 'misregistered' WHERE id = 2"
    )
    assert failing(change(sql)) == set()
