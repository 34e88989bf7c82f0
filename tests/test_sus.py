"""What a month brings to register in SUS: a row for each coming in and going out, and nothing of who is protected."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.conftest import Arena, Ran, make_world

PURPOSE = ("--purpose", "registrering i SUS")
WHY = ("--why", "skrivfel")
DECEMBER = make_world(datetime(2016, 12, 1, 10, tzinfo=UTC))


def done(ran: Ran) -> str:
    assert ran.code == 0, ran.err
    return ran.out.strip()


@pytest.fixture
def arena_in_december(project: Arena) -> Arena:
    def run(*arguments: str) -> Ran:
        return project(*arguments, world=DECEMBER)

    return run


def enter(arena: Arena, day: str, *more: str, municipality: str = "Krokom") -> str:
    entered = (
        "add-participant",
        "--municipality",
        municipality,
        "--date",
        day,
        "--sex",
        "woman",
        "--step",
        "1",
        "--new",
    )
    return done(arena(*entered, *more))


def sus(arena: Arena, month: str, *more: str) -> list[dict[str, Any]]:
    done(arena("export", "sus", "sus.json", "--month", month, "--replace", *PURPOSE, *more))
    rows: list[dict[str, Any]] = json.loads(Path("sus.json").read_text())["rows"]
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def test_a_stay_is_registered_in_in_its_first_month_and_out_in_its_last(arena_in_december: Arena) -> None:
    arena = arena_in_december
    code = enter(arena, "2016-09-05", "--birth-year", "1985")
    answers = ("--employment", "unemployed", "--education", "isced_3")
    income = ("--income", "social_assistance,sickness_benefit", "--main", "sickness_benefit")
    done(arena("add-background", code, *answers, *income))
    done(arena("exit-participant", code, "--date", "2016-10-20", "--destination", "work", "--type", "completed"))
    followed = ("--working", "yes", "--extent", "50", "--subsidised", "yes", "--studying", "no")
    after = ("--income", "wage_subsidised", "--kind", "immediate")
    done(arena("add-follow-up", code, "--date", "2016-10-25", *followed, *after))
    who = {"code": code, "municipality": "2309", "sex": "woman", "birth_year": 1985}
    assert sus(arena, "2016-09") == [
        {
            "registration": "in",
            **who,
            "day": "2016-09-05",
            "education": "isced_3",
            "income": ["sickness_benefit", "social_assistance"],
            "working": "no",
        }
    ]
    assert sus(arena, "2016-10") == [
        {
            "registration": "out",
            **who,
            "day": "2016-10-20",
            "income": ["wage_subsidised"],
            "working": "yes",
            "work_extent": 50,
            "subsidised": "yes",
            "studying": "no",
            "exit_type": "completed",
        }
    ]
    assert sus(arena, "2016-11") == []
    done(arena("readmit-participant", code, "--municipality", "Krokom", "--date", "2016-11-07", "--step", "1"))
    assert sus(arena, "2016-11") == [{"registration": "in", **who, "day": "2016-11-07", "education": "isced_3"}]


def test_of_who_is_protected_it_is_told_that_there_is_one(arena_in_december: Arena) -> None:
    arena = arena_in_december
    protected = enter(arena, "2016-10-03", "--birth-year", "1971", municipality="Åre")
    done(arena("add-background", protected, "--income", "social_assistance"))
    done(arena("set-protection", protected, "marked", *WHY))
    other = enter(arena, "2016-10-28", municipality="Åre")
    assert [row["code"] for row in sus(arena, "2016-10")] == [other, "anonymous"]
    assert sus(arena, "2016-10")[-1] == {"registration": "in", "code": "anonymous"}
    assert [row["code"] for row in sus(arena, "2016-10", "--municipality", "Åre")] == [other]
    done(arena("exit-participant", protected, "--date", "2016-11-02", "--destination", "unknown"))
    assert sus(arena, "2016-11") == [{"registration": "out", "code": "anonymous"}]
    done(arena("--lang", "sv", "export", "sus", "sus.xlsx", "--month", "2016-10", *PURPOSE))
    (sheet,) = load_workbook("sus.xlsx").worksheets
    assert [cell.value for cell in sheet[3]][:4] == ["inregistrering", "anonym deltagare", None, None]


def test_a_mistake_is_registered_out_as_one_and_a_move_out_and_in(arena_in_december: Arena) -> None:
    arena = arena_in_december
    mistaken, moved = enter(arena, "2016-09-05"), enter(arena, "2016-09-06")
    done(arena("exit-participant", mistaken, "--date", "2016-10-01", "--type", "misregistered"))
    done(arena("transfer-participant", moved, "--to", "Åre", "--date", "2016-10-10"))
    told = [
        (row["registration"], row["code"], row["municipality"], row.get("exit_type")) for row in sus(arena, "2016-10")
    ]
    assert told == [
        ("in", moved, "2321", None),
        ("out", mistaken, "2309", "misregistered"),
        ("out", moved, "2309", "transferred"),
    ]
    assert [row["code"] for row in sus(arena, "2016-09")] == [moved]


def test_it_is_a_list_of_persons(arena_in_december: Arena) -> None:
    arena = arena_in_december
    enter(arena, "2016-10-03")
    assert arena("export", "sus", "sus.csv", "--month", "2016-10").code == 2
    assert not Path("sus.csv").exists()
    assert arena("export", "sus", "sus.csv", "--month", "2016-10", "--to", "2016-11", *PURPOSE).code == 2
    assert arena("export", "sus", "sus.csv", "--month", "2015-01", *PURPOSE).code == 4
    done(arena("export", "sus", "sus.csv", "--month", "2016-10", *PURPOSE))
    assert Path("sus.csv").stat().st_mode & 0o777 == 0o600
    (look,) = json.loads(arena("list-accesses", "--json").out)
    assert (look["action"], look["what"], look["persons"]) == ("export", "list of sus 2016-10", 1)
    assert look["purpose"] == "registrering i SUS"
