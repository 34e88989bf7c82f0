"""The commands that register what happened: codes on stdout, receipts on stderr, refusals that change nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena_cli.language import load_language
from arena_cli.rules import age_remark
from tests.conftest import Arena, Ran, make_world
from tests.sample import PROJECT

ADD = ("add-participant", "--municipality", "Krokom", "--sex", "woman")


def change(arena: Arena, *arguments: str) -> Ran:
    done = arena(*arguments)
    assert done.code == 0, done.err
    return done


def test_add_prints_the_code_alone_and_says_the_rest(project: Arena) -> None:
    added = change(project, *ADD, "--date", "2016-10-03", "--step", "1", "--birth-year", "1985", "--ref", "17")
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{2}\n", added.out)
    assert added.err == f"{added.out.strip()}: entered in Krokom on 2016-10-03; step 1 Basic needs and motivation.\n"


def test_today_and_yesterday_are_days_in_sweden(project: Arena) -> None:
    late = make_world(datetime(2016, 10, 31, 23, 30, tzinfo=UTC))  # past midnight in Sweden
    for day, meant in (("today", "2016-11-01"), ("igår", "2016-10-31"), (None, "2016-11-01")):
        added = project(*ADD, *(["--date", day] if day else []), world=late)
        assert f"on {meant}" in added.err


def test_a_life_in_the_project(project: Arena, code: str) -> None:
    moved = change(project, "move-participant", code, "--to", "3", "--date", "2016-10-10")
    assert moved.out == f"{code}\n"
    assert moved.err.startswith(f"{code}: step 1 Basic needs and motivation → 3 ")
    went = change(project, "transfer-participant", code.lower(), "--to", "Åre", "--date", "2016-10-12")
    assert went.err.startswith(f"{code}: transferred to Åre on 2016-10-12, which is no exit; step 3 ")
    left = change(project, "exit-participant", code, "--destination", "work", "--date", "2016-10-14")
    assert left.err == f"{code}: left Åre on 2016-10-14, completed; went on to: work.\n"
    back = change(project, "readmit-participant", code, "--municipality", "2361", "--date", "2016-10-20", "--no-input")
    assert back.err == f"{code}: back, in Härjedalen, on 2016-10-20; not yet placed on a step.\n"
    placed = change(project, "move-participant", code, "--to", "2", "--date", "2016-10-20")
    assert placed.err.startswith(f"{code}: placed on step 2 ")
    assert [spell["municipality"] for spell in spells(project, code)] == ["2309", "2321", "2361"]


def spells(arena: Arena, code: str) -> list[dict[str, object]]:
    shown: dict[str, list[dict[str, object]]] = json.loads(arena("show-participant", code, "--json").out)
    return shown["spells"]


def test_a_death_needs_no_destination(project: Arena, code: str) -> None:
    left = change(project, "exit-participant", code, "--type", "avliden", "--date", "2016-10-14")
    assert left.err == f"{code}: left Krokom on 2016-10-14, deceased.\n"


def test_a_mistake_needs_no_destination(project: Arena, code: str) -> None:
    left = change(project, "exit-participant", code, "--type", "misregistered", "--date", "2016-10-14", "--no-input")
    assert left.err == f"{code}: left Krokom on 2016-10-14, misregistered.\n"


def test_an_age_outside_the_target_group_is_a_warning(arena: Arena) -> None:
    own = ["--name", "x", "--owner", "y", "--starts", "2016-01-01", "--ends", "2016-12-31", "--municipality", "Åre"]
    change(arena, "init", *own)
    profile = Path("arena.toml").read_text(encoding="utf-8")
    assert "# age_to =" in profile
    Path("aged.toml").write_text(profile.replace("# age_to =", "age_to = 65 #"), encoding="utf-8")
    change(arena, "init", "--project", "aged.toml", "--db", "aged.db")
    old = change(
        arena, "--db", "aged.db", "add-participant", "--municipality", "Åre", "--sex", "man", "--birth-year", "1930"
    )
    assert "Born 1930: outside the project's target group" in old.err
    outside = "Born 1931: outside the project's target group, at most 65 years at entry.\n"
    words = ("--municipality", "Åre", "--sex", "man", "--birth-year", "1931", "--new")
    waiting = change(arena, "--db", "aged.db", "assign-participant", *words)
    assert outside in waiting.err
    for code in (old.out.strip(), waiting.out.strip()):
        for born, is_told in (("1931", code == old.out.strip()), ("1980", False), ("1931", True)):
            corrected = change(
                arena, "--db", "aged.db", "edit-participant", code, "--birth-year", born, "--why", "fel år"
            )
            assert (outside in corrected.err) is is_told
    assert (
        outside not in change(arena, "--db", "aged.db", "edit-participant", code, "--sex", "woman", "--why", "fel").err
    )


@pytest.mark.parametrize(
    ("ages", "told"), [((16, 64), "16–64 years"), ((16, None), "at least 16 years"), ((None, 64), "at most 64 years")]
)
def test_the_limits_of_the_target_group_are_told_as_the_project_has_them(
    ages: tuple[int | None, int | None], told: str
) -> None:
    project = replace(PROJECT, age_from=ages[0], age_to=ages[1])
    remarks = [age_remark(project, born, date(2016, 10, 3)) for born in (1940, 2005)]
    said = {remark.sentence(load_language("en")).partition(": ")[2] for remark in remarks if remark}
    assert f"outside the project's target group, {told} at entry." in said


@pytest.mark.parametrize(
    ("born", "is_doubted"), [(2016, True), (2004, True), (2003, False), (1915, False), (1914, True), (1896, True)]
)
def test_an_age_that_hardly_anybody_has_is_a_warning_without_limits_too(
    project: Arena, born: int, is_doubted: bool
) -> None:
    entered = "--municipality", "Krokom", "--sex", "man", "--date", "2016-10-14"
    taken = change(project, "add-participant", *entered, "--birth-year", str(born))
    said = f"Born {born}: younger than 13 or older than 100 at entry. If the year is wrong, `arena edit-participant`"
    assert (said in taken.err) is is_doubted


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--date", "2016-02-30"], 2, "--date: There is no such day in the calendar: 2016-02 has 29 days."),
        (["--date", "2016-13-01"], 2, "That is no date."),
        (["--date", "20161003"], 2, "That is no date."),
        (["--date", "tomorrow"], 2, "--date: That is no date."),
        (["--date", "2016-10-21"], 5, "2016-10-21 has not come yet."),
        (["--date", "2015-08-31"], 5, "2015-08-31 lies before the project's start, 2015-09-01."),
        (["--municipality", "Falun"], 4, 'The project has no municipality "Falun". Its municipalities are: '),
        (["--municipality", "Ostersunds"], 4, "Did you mean Östersund?"),
        (["--step", "7"], 4, 'The project has no step "7". Its steps are: 1 '),
        (["--sex", "maybe"], 4, '"maybe" cannot be recorded as sex.'),
        (["--referral", "Santa"], 4, 'The project has no source of referrals "Santa".'),
        (["--birth-year", "85"], 2, "--birth-year: That is no year."),
        (["--birth-year", "2017"], 5, "Nobody who enters on 2016-10-20 can have that birth year."),
        (["--ref", "nr 19830101-2392"], 5, "What was given looks like a personal identity number,"),
        (["--ref", "a\x1b[2J"], 2, "--ref cannot be kept"),
        (["--ref", "\udcff"], 2, "--ref cannot be kept"),
        (["--ref", "x" * 501], 2, "--ref cannot be kept"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    project: Arena, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    refused = project(*ADD, *arguments)
    assert (refused.code, refused.out) == (code, ""), refused.err
    assert said in refused.err
    assert refused.err.count("\n") == 1
    assert (tmp_path / "arena.db").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["move-participant", "K7QX-4M", "--to", "2"], 4, "There is no participant K7QX-4M."),
        (["move-participant", "19830101-2392", "--to", "2"], 2, "the command has a personal identity number in it"),
        (["move-participant", "CODE", "--to", "top"], 4, 'The project has no step "top".'),
        (
            ["move-participant", "CODE", "--to", "2", "--date", "2016-10-02"],
            5,
            "The participant has no spell on 2016-10-02.",
        ),
        (["move-participant", "CODE", "--to", "1", "--date", "2016-10-03"], 5, "CODE was placed on that step"),
        (["exit-participant", "CODE", "--destination", "moon"], 4, 'The project has no destination "moon".'),
        (["exit-participant", "CODE", "--destination", "work", "--type", "bored"], 4, 'There is no exit type "bored".'),
        (
            ["exit-participant", "CODE", "--destination", "work", "--date", "2016-10-01"],
            5,
            "The exit, 2016-10-01, lies before",
        ),
        (
            ["exit-participant", "CODE", "--destination", "work", "--type", "transferred"],
            5,
            "To move to another municipality",
        ),
        (
            ["readmit-participant", "CODE", "--municipality", "Åre"],
            5,
            "CODE is in the project already, since 2016-10-03.",
        ),
        (["transfer-participant", "CODE", "--to", "Krokom"], 5, "CODE is in that municipality already."),
    ],
)
def test_refusals_name_the_participant_by_code_only(
    project: Arena, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    participant = project(*ADD, "--date", "2016-10-03", "--step", "1").out.strip()
    before = (tmp_path / "arena.db").read_bytes()
    refused = project(*(word.replace("CODE", participant) for word in arguments))
    assert (refused.code, refused.out) == (code, ""), refused.err
    assert said.replace("CODE", participant) in refused.err
    assert "850709" not in refused.err
    assert refused.err.count("\n") == 1
    assert (tmp_path / "arena.db").read_bytes() == before


def test_who_has_left_is_no_longer_moved(project: Arena, code: str) -> None:
    change(project, "exit-participant", code, "--destination", "unknown", "--date", "2016-10-04")
    for arguments in (
        ["exit-participant", code, "--destination", "work"],
        ["transfer-participant", code, "--to", "Åre"],
    ):
        assert f"{code} has no open spell." in project(*arguments).err
    assert project("move-participant", code, "--to", "2", "--date", "2016-10-05").code == 5


def test_a_ref_belongs_to_one_participant(project: Arena) -> None:
    first = change(project, *ADD, "--ref", "17").out.strip()
    again = project(*ADD, "--ref", "17")
    assert again.code == 5
    assert f"participant {first} already" in again.err


def test_the_journal_tells_who_did_it_with_which_command(project: Arena, code: str) -> None:
    (*_, last) = json.loads(project("list-changes", "--json").out)
    assert (last["actor"], last["command"], last["participant"]) == ("anna", "add-participant", code)
    assert last["at"] == "2016-10-20T10:00:00Z"
