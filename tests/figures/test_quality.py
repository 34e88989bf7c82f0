"""How soon the month was registered and what is missing, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.figures.report import build
from arena_cli.figures.table import Table
from arena_cli.journal import Occasion
from arena_cli.model import ExitType, Month, Sex, Spell
from arena_cli.store import Store
from tests.conftest import Arena, make_world
from tests.sample import PROJECT, TODAY, new_store, occasion

MARCH = Month(2016, 3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def at(day: date, clock: str = "08:00:00", command: str = "add-participant") -> Occasion:
    return Occasion(TODAY, f"{day}T{clock}Z", "tester", command)


def enrol(store: Store, day: date, when: Occasion, step: str | None = "b", municipality: str = "2305") -> str:
    return casework.enrol(store, when, Intake(municipality, day, step), sex=Sex.WOMAN, birth_year=1980).participant.code


def table(store: Store, section: str, month: Month = MARCH) -> Table:
    report = build(store, month, TODAY)
    assert report.reconciles
    return report.tables[section]


def counts(found: Table, municipality: str = "all") -> dict[str, int]:
    return {str(m): found.value(m, municipality) for m in found.measures if found.value(m, municipality)}


@pytest.mark.parametrize(
    ("days", "lateness"),
    [
        (0, "days_0"),
        (1, "days_1_3"),
        (3, "days_1_3"),
        (4, "days_4_6"),
        (6, "days_4_6"),
        (7, "days_7_10"),
        (10, "days_7_10"),
        (11, "days_11"),
        (400, "days_11"),
        (-2, "days_0"),
    ],
)
def test_the_classes(store: Store, days: int, lateness: str) -> None:
    day = date(2016, 3, 10)
    enrol(store, day, at(day + timedelta(days=days)))
    assert counts(table(store, "timeliness")) == {lateness: 1}
    assert counts(table(store, "timeliness"), "2380") == {}


@pytest.mark.parametrize(("clock", "lateness"), [("21:59:59", "days_0"), ("22:00:00", "days_1_3")])
def test_the_day_is_that_of_sweden(store: Store, clock: str, lateness: str) -> None:
    enrol(store, date(2016, 3, 29), at(date(2016, 3, 29), clock))  # summer time: two hours ahead
    assert counts(table(store, "timeliness")) == {lateness: 1}


def test_entries_moves_and_exits_count_once_each_and_the_step_of_the_entry_does_not(store: Store) -> None:
    code = enrol(store, date(2016, 3, 1), at(date(2016, 3, 1)))
    casework.move(store, at(date(2016, 3, 12)), code, "c", date(2016, 3, 10))
    casework.leave(store, at(date(2016, 4, 30)), code, date(2016, 3, 20), ExitType.COMPLETED, "job")
    assert counts(table(store, "timeliness")) == {"days_0": 1, "days_1_3": 1, "days_11": 1}


def test_a_transfer_is_one_entry_and_no_exit(store: Store) -> None:
    code = enrol(store, date(2016, 2, 1), at(date(2016, 2, 1)))
    casework.transfer(store, at(date(2016, 3, 15)), code, "2380", date(2016, 3, 10))
    found = table(store, "timeliness")
    assert (counts(found, "2305"), counts(found, "2380")) == ({}, {"days_4_6": 1})


def test_an_exit_that_was_undone_counts_from_when_it_was_registered_anew(store: Store) -> None:
    code = enrol(store, date(2016, 2, 1), at(date(2016, 2, 1)))
    casework.leave(store, at(date(2016, 3, 5)), code, date(2016, 3, 5), ExitType.COMPLETED, "job")
    last = casework.last_change(store)[0].change
    casework.undo(store, at(date(2016, 3, 6)), last)
    casework.leave(store, at(date(2016, 3, 17)), code, date(2016, 3, 5), ExitType.COMPLETED, "job")
    assert counts(table(store, "timeliness")) == {"days_11": 1}


def test_a_corrected_day_keeps_the_day_of_its_registration(store: Store) -> None:
    code = enrol(store, date(2016, 3, 20), at(date(2016, 3, 20)))

    def earlier(spell: Spell) -> Spell:
        return replace(spell, entered_on=date(2016, 3, 15))

    casework.correct_spell(store, replace(at(date(2016, 6, 1)), why="skrivfel"), code, None, earlier)
    assert counts(table(store, "timeliness")) == {"days_4_6": 1}


def test_an_import_is_blamed_for_nothing(project: Arena, tmp_path: Path) -> None:
    rows = ["a;Krokom;kvinna;2015-10-01;1;2016-10-05;studier", "b;Krokom;man;2016-10-02;1;;"]
    (tmp_path / "l.csv").write_text(
        "\n".join(["löpnr;kommun;kön;inskriven;steg;avslutad;avslutsorsak", *rows]), "utf-8"
    )
    assert project("import", "l.csv").code == 0
    assert project("add-participant", "--municipality", "Krokom", "--date", "2016-10-18", "--sex", "man").code == 0
    ran = project("report", "--month", "2016-10", "--format", "csv", world=make_world())
    cells = [row.split(";") for row in ran.out.splitlines() if row.startswith("timeliness;") and ";2309;" in row]
    found = {row[1]: row[-1] for row in cells}
    assert found == {"days_0": "0", "days_1_3": "1", "days_4_6": "0", "days_7_10": "0", "days_11": "0", "imported": "2"}


def test_what_is_missing(store: Store) -> None:
    enrol(store, date(2016, 3, 1), occasion(), step=None)
    casework.enrol(store, occasion(), Intake("2305", date(2016, 3, 2), "a", "af"), sex=Sex.UNKNOWN)
    for destination in (None, "unknown", "job"):
        code = enrol(store, date(2016, 3, 3), occasion())
        casework.leave(store, occasion(), code, date(2016, 3, 9), ExitType.COMPLETED, destination)
    died = enrol(store, date(2016, 3, 3), occasion())
    casework.leave(store, occasion(), died, date(2016, 3, 9), ExitType.DECEASED, None)
    enrol(store, date(2016, 4, 1), occasion())  # not yet
    assert counts(table(store, "missing")) == {
        "served": 6,
        "sex": 1,
        "birth_year": 1,
        "referral": 5,
        "background": 6,
        "step": 1,
        "destination": 1,
    }


def test_what_nobody_asks_is_not_missing(tmp_path: Path) -> None:
    with new_store(tmp_path / "arena.db", replace(PROJECT, fund_rules="none", referrals=())) as store:
        enrol(store, date(2016, 3, 1), occasion())
        assert counts(table(store, "missing")) == {"served": 1}


@pytest.mark.parametrize(("entered_on", "quiet"), [(date(2016, 1, 31), 1), (date(2016, 2, 1), 0)])
def test_quiet_are_those_without_an_event_for_sixty_days(store: Store, entered_on: date, quiet: int) -> None:
    """31 January is the sixtieth day before 31 March."""
    code = enrol(store, entered_on, occasion())
    assert table(store, "missing").value("quiet") == quiet
    casework.move(store, occasion(), code, "c", date(2016, 3, 30))
    assert table(store, "missing").value("quiet") == 0
    assert table(store, "missing", Month(2016, 4)).value("quiet") == 0
