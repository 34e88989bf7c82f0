"""Rectification: what stands about a person can be put right by a command, with its reason; and a mistaken person."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from arena_cli.privacy.erasing import STRUCTURE
from arena_cli.privacy.persons import Schema
from arena_cli.records import SEALED
from arena_cli.store import Store
from tests.conftest import Arena, Ran

WHY = ("--why", "skrivfel")


def done(ran: Ran) -> str:
    assert ran.code == 0, ran.err
    return ran.out.strip()


@pytest.fixture
def life(project: Arena) -> str:
    """The code of somebody of whom there is a row of every kind."""
    woman = ("--sex", "woman", "--birth-year", "1985", "--ref", "lista-1")
    code = done(project("assign-participant", "--municipality", "Krokom", "--date", "2016-02-01", *woman))
    done(project("start-participant", code, "--date", "2016-02-15", "--step", "1"))
    background = ("--employment", "unemployed", "--months-without-work", "14", "--income", "social_assistance")
    done(project("add-background", code, *background))
    done(project("move-participant", code, "--to", "2", "--date", "2016-03-01"))
    done(project("pause-participant", code, "--reason", "sick_leave", "--date", "2016-04-04"))
    done(project("resume-participant", code, "--date", "2016-04-11"))
    done(project("add-hours", code, "--month", "2016-03", "--activity", "placement", "--hours", "12:30"))
    for host in ("Sågen", "Bageriet"):
        private = ("--host", host, "--sector", "private", "--municipality", "Krokom", "--from", "2016-01-01")
        done(project("add-place", *private))
    done(project("place-participant", code, "--place", "P-001", "--date", "2016-05-16"))
    done(project("exit-participant", code, "--destination", "work", "--date", "2016-08-31"))
    done(project("add-follow-up", code, "--kind", "immediate", "--working", "yes", "--date", "2016-09-12"))
    return code


FOLLOWED = ("--kind", "immediate", "--date", "2016-09-13")
WORKS = {
    "working": ("--working", "declined"),
    "work_extent": ("--working", "yes", "--extent", "75"),
    "subsidised": ("--working", "yes", "--subsidised", "yes"),
    "employer_sector": ("--working", "yes", "--sector", "public"),
    "studying": ("--studying", "yes"),
    "study_extent": ("--studying", "yes", "--study-extent", "50"),
    "study_aid_eligible": ("--studying", "yes", "--study-aid-eligible", "yes"),
    "job_searching": ("--job-searching", "no"),
    "qualification": ("--qualification", "yes"),
    "lasts_a_month": ("--working", "yes", "--lasts-a-month", "yes"),
    "municipal_job": ("--working", "yes", "--municipal-job", "no"),
}
ANSWERS = (
    "jobless_household", "dependent_children", "single_adult", "foreign_background", "third_country_national",
    "minority", "disability", "other_disadvantage", "homeless", "rural",
)  # fmt: skip

COMMANDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("participant", "sex"): ("edit-participant", "{}", "--sex", "man"),
    ("participant", "birth_year"): ("edit-participant", "{}", "--birth-year", "1986"),
    ("participant", "ref"): ("edit-participant", "{}", "--ref", "lista-2"),
    ("participant", "protection"): ("set-protection", "{}", "marked"),
    ("spell", "municipality"): ("edit-spell", "{}", "--municipality", "Åre"),
    ("spell", "entered_on"): ("edit-spell", "{}", "--entered", "2016-02-14"),
    ("spell", "exited_on"): ("edit-spell", "{}", "--exited", "2016-08-30"),
    ("spell", "exit_type"): ("edit-spell", "{}", "--type", "discontinued"),
    ("spell", "destination"): ("edit-spell", "{}", "--destination", "studies"),
    ("spell", "referral"): ("edit-spell", "{}", "--referral", "annan"),
    ("step_move", "moved_on"): ("edit-move", "{}", "2", "--date", "2016-03-02"),
    ("step_move", "step"): ("edit-move", "{}", "2", "--to", "3"),
    ("assignment", "municipality"): ("edit-assignment", "{}", "--municipality", "Åre"),
    ("assignment", "assigned_on"): ("edit-assignment", "{}", "--date", "2016-02-02"),
    ("assignment", "referral"): ("edit-assignment", "{}", "--referral", "annan"),
    ("pause", "paused_on"): ("edit-pause", "{}", "1", "--from", "2016-04-05"),
    ("pause", "resumed_on"): ("edit-pause", "{}", "1", "--until", "2016-04-12"),
    ("pause", "reason"): ("edit-pause", "{}", "1", "--reason", "leave"),
    ("background", "employment"): ("add-background", "{}", "--employment", "inactive", "--months-without-work", "-"),
    ("background", "months_without_work"): ("add-background", "{}", "--months-without-work", "15"),
    ("background", "education"): ("add-background", "{}", "--education", "isced_3"),
    **{("background", a): ("add-background", "{}", f"--{a.replace('_', '-')}", "yes") for a in ANSWERS},
    ("income", "source"): ("add-background", "{}", "--income", "activity_support"),
    ("income", "is_main"): ("add-background", "{}", "--income", "social_assistance,study_support", "--main",
                            "study_support"),
    ("income", "moment"): ("add-follow-up", "{}", *FOLLOWED, "--income", "study_support"),
    ("placement", "place_id"): ("edit-placement", "{}", "1", "--place", "P-002"),
    ("placement", "placed_on"): ("edit-placement", "{}", "1", "--date", "2016-05-17"),
    ("placement", "planned_end_on"): ("edit-placement", "{}", "1", "--until", "2016-07-01"),
    ("placement", "ended_on"): ("edit-placement", "{}", "1", "--ended", "2016-08-01"),
    ("attendance", "minutes"): ("add-hours", "{}", "--month", "2016-03", "--activity", "placement", "--hours", "13"),
    ("attendance", "certified"): ("add-hours", "{}", "--month", "2016-03", "--activity", "placement", "--hours",
                                  "12:30", "--certified"),
    ("attendance", "month"): ("add-hours", "{}", "--month", "2016-03", "--activity", "placement", "--hours", "0"),
    ("attendance", "activity"): ("add-hours", "{}", "--month", "2016-03", "--activity", "placement", "--hours", "0"),
    ("follow_up", "followed_up_on"): ("add-follow-up", "{}", *FOLLOWED),
    ("follow_up", "reached"): ("add-follow-up", "{}", *FOLLOWED, "--working", "-", "--not-reached"),
    **{("follow_up", c): ("add-follow-up", "{}", *FOLLOWED, *options) for c, options in WORKS.items()},
}  # fmt: skip
"""What puts a column right. Hours of the wrong month or activity are taken away, and registered anew."""

NOT_BY_ITSELF = {
    ("assignment", "ended_on"): "the day of the start; of one without, see below",
    ("assignment", "outcome"): "follows from it",
    ("follow_up", "kind"): "the two kinds are asked at different times: each is corrected by itself",
    ("follow_up", "improved"): "asked six months later",
}


def test_every_column_on_a_person_has_its_command(project: Arena) -> None:
    """A new column: name the command that puts it right. Who somebody is has `set-identity` and `remove-identity`."""
    with Store.open(Path("arena.db")) as store:
        schema = Schema.of(store)
        columns = {
            (table, column)
            for table, references in schema.related().items()
            for column in set(schema.columns[table]) - STRUCTURE - {reference.column for reference in references}
            if table not in SEALED.values()
        }
    assert columns == COMMANDS.keys() | NOT_BY_ITSELF.keys()


def stored(table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect("arena.db")) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")]


def test_each_is_put_right_with_the_reason_in_the_journal(project: Arena, life: str) -> None:
    whole = Path("arena.db").read_bytes()
    wrong = []
    for (table, column), (name, *words) in COMMANDS.items():
        Path("arena.db").write_bytes(whole)
        before = stored(table)
        ran = project(name, *(life if word == "{}" else word for word in words), *WHY)
        changed = [row[column] for row in stored(table)] != [row[column] for row in before]
        reasons = {e["why"] for e in stored("journal") if e["command"] == name and e["subject"] == table}
        if ran.code or not changed or "skrivfel" not in reasons:
            wrong.append((table, column, ran.err, changed, reasons))
    assert wrong == []


def test_a_wait_without_a_start_is_put_right_too(project: Arena) -> None:
    code = done(project("assign-participant", "--municipality", "Krokom", "--date", "2016-02-01"))
    done(project("withdraw-participant", code, "--date", "2016-03-01"))
    assert project("edit-assignment", code, "--ended", "2016-01-31", *WHY).code == 5
    done(project("edit-assignment", code, "--ended", "2016-03-02", *WHY))
    assert [(w["ended_on"], w["outcome"]) for w in stored("assignment")] == [("2016-03-02", "withdrawn")]
    done(project("edit-assignment", code, "--ended", "-", *WHY))
    assert [(w["ended_on"], w["outcome"]) for w in stored("assignment")] == [(None, None)]
    assert code in done(project("list-waiting"))
    done(project("remove-assignment", code, *WHY))
    assert stored("assignment") == []
    assert project("remove-assignment", code, *WHY).code == 4
    assert project("edit-assignment", code, "--date", "2016-02-02", *WHY).code == 4


def test_the_end_of_a_wait_that_became_a_start_is_that_start(project: Arena, life: str) -> None:
    ran = project("edit-assignment", life, "--ended", "2016-02-16", *WHY)
    assert ran.code == 5
    assert f"`arena edit-spell {life}`" in ran.err


def test_a_move_that_never_was_is_taken_away(project: Arena, life: str) -> None:
    assert project("remove-move", life, "3", *WHY).code == 4
    assert project("remove-move", life, "2", "--no-input").code == 2
    done(project("remove-move", life, "2", *WHY))
    assert [move["step"] for move in stored("step_move")] == ["1"]
    (*_, last) = json.loads(done(project("list-changes", "--json")))
    assert (last["command"], last["why"], last["after"]) == ("remove-move", "skrivfel", None)


def figures(arena: Arena) -> dict[tuple[str, ...], int | None]:
    told = json.loads(done(arena("report", "--month", "2016-09", "--format", "json")))
    return {
        (f["section"], f.get("measure", ""), f.get("from", ""), f.get("to", ""), f["municipality"], f["sex"]): f[
            "value"
        ]
        for f in told["figures"]
        if f["section"] not in {"places", "place_ages"}
    }


def test_somebody_registered_by_mistake_is_in_no_count(project: Arena) -> None:
    woman = ("--municipality", "Krokom", "--date", "2016-02-01", "--sex", "woman", "--step", "1")
    done(project("add-participant", *woman))
    before = figures(project)
    mistaken = done(project("add-participant", *woman, "--birth-year", "1985"))
    done(project("exit-participant", mistaken, "--destination", "work", "--date", "2016-08-31"))
    done(project("readmit-participant", mistaken, "--municipality", "Åre", "--date", "2016-09-05"))
    waiting = done(project("assign-participant", "--municipality", "Krokom", "--date", "2016-09-05", "--sex", "woman"))
    assert figures(project) != before
    assert project("misregister-participant", mistaken, *WHY, "--no-input").code == 2
    assert project("misregister-participant", mistaken, "--yes", "--no-input").code == 2
    ran = project("misregister-participant", mistaken, *WHY, "--yes")
    assert ran.out == f"{mistaken}\n"
    assert "Spells marked as misregistered: 2; waits taken away: 0" in ran.err
    assert "waits taken away: 1" in project("misregister-participant", waiting, *WHY, "--yes").err
    assert figures(project) == before
    assert project("misregister-participant", mistaken, *WHY, "--yes").code == 5
    assert mistaken not in done(project("list-participants"))
    reasons = [e["why"] for e in stored("journal") if e["command"] == "misregister-participant"]
    assert reasons == ["skrivfel"] * 3
    assert json.loads(done(project("check", "--all", "--json")))["sound"]
    done(project("undo", "--yes"))
    assert waiting in done(project("list-waiting"))
