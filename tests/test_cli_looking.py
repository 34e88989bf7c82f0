"""The commands that show and list: tables for people, JSON for programs, and nothing that steers a terminal."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from arena_cli.cli import output
from tests.conftest import Arena, Ran, make_world

LISTS = (
    "list-participants",
    "list-municipalities",
    "list-steps",
    "list-destinations",
    "list-referrals",
    "list-changes",
)


def change(arena: Arena, *arguments: str) -> Ran:
    done = arena(*arguments)
    assert done.code == 0, done.err
    return done


@pytest.fixture
def people(project: Arena, code: str) -> dict[str, str]:
    """Three: `kim` active in Krokom on step 1, `bo` active in Berg on step 2, `eva` gone from Östersund."""
    bo = change(
        project, "add-participant", "--municipality", "Berg", "--date", "2016-10-01", "--sex", "man", "--step", "2"
    )
    eva = change(project, "add-participant", "--municipality", "2380", "--date", "2016-09-01", "--sex", "woman")
    change(project, "exit-participant", eva.out.strip(), "--destination", "studies", "--date", "2016-10-05")
    return {"kim": code, "bo": bo.out.strip(), "eva": eva.out.strip()}


def test_a_timeline_numbers_what_can_be_corrected(project: Arena, code: str) -> None:
    change(project, "move-participant", code, "--to", "3", "--date", "2016-10-10")
    change(project, "exit-participant", code, "--destination", "work", "--date", "2016-10-14")
    lines = [line.split() for line in project("show-participant", code).out.splitlines()]
    assert lines[0] == [code, "Sex:", "woman,", "Birth", "year:", "–,", "Ref:", "–"]
    assert [(line[0], line[1:3]) for line in lines[3:]] == [
        ("2016-10-03", ["spell", "1"]),
        ("2016-10-03", ["move", "1"]),
        ("2016-10-10", ["move", "2"]),
        ("2016-10-14", ["spell", "1"]),
    ]


def test_a_timeline_has_all_that_hangs_on_the_spells(project: Arena, code: str) -> None:
    change(project, "add-background", code, "--rural", "no", "--income", "sickness_benefit")
    change(project, "add-place", "--host", "Sågen", "--sector", "private", "--municipality", "Krokom",
           "--from", "2016-10-03")  # fmt: skip
    change(project, "place-participant", code, "--place", "P-001", "--date", "2016-10-05")
    change(project, "pause-participant", code, "--reason", "leave", "--date", "2016-10-07", "--until", "2016-10-10")
    change(project, "add-hours", code, "--month", "2016-10", "--activity", "placement", "--hours", "12:30")
    change(project, "exit-participant", code, "--destination", "work", "--date", "2016-10-14")
    change(project, "add-follow-up", code, "--kind", "immediate", "--working", "yes", "--income", "other")
    rows = [re.split(r"  +", line) for line in project("show-participant", code).out.splitlines()[3:]]
    assert rows == [
        ["2016-10-03", "background: Rural area: no"],
        ["2016-10-03", "lives on: sickness benefit"],
        ["2016-10-03", "spell 1", "entered in Krokom, sent by: –"],
        ["2016-10-03", "move 1", "step – → 1 Basic needs and motivation"],
        ["2016-10-05", "placement 1", "placed on P-001, Sågen"],
        ["2016-10-07", "pause 1", "paused: leave"],
        ["2016-10-10", "pause 1", "back after the pause"],
        ["2016-10-14", "placement 1", "last day on P-001"],
        ["2016-10-14", "spell 1", "completed; went on to: work"],
        ["2016-10-20", "spell 1", "followed up, within four weeks: Is working: yes; lives on: other"],
        ["2016-10", "hours: placement 12:30"],
    ]
    told = json.loads(project("show-participant", code, "--json").out)
    (spell,) = told["spells"]
    assert (told["background"]["rural"], told["income"]) == ("no", [{"source": "sickness_benefit", "is_main": True}])
    assert spell["placements"][0]["place"] == "P-001"
    assert (len(spell["pauses"]), spell["hours"][0]["minutes"], spell["follow_ups"][0]["working"]) == (1, 750, "yes")


def test_a_timeline_of_somebody_who_never_started(project: Arena) -> None:
    code = change(project, "assign-participant", "--municipality", "Krokom", "--date", "2016-10-03").out.strip()
    change(project, "withdraw-participant", code, "--date", "2016-10-10")
    rows = [re.split(r"  +", line) for line in project("show-participant", code).out.splitlines()[3:]]
    assert rows == [
        ["2016-10-03", "assigned to Krokom, sent by: –"],
        ["2016-10-10", "the wait ended without a start"],
    ]


@pytest.mark.parametrize(
    ("filters", "who"),
    [
        ([], ["bo", "kim", "eva"]),
        (["--active"], ["bo", "kim"]),
        (["--exited"], ["eva"]),
        (["--active", "--exited"], ["bo", "kim", "eva"]),
        (["--municipality", "Krokom", "--municipality", "2380"], ["kim", "eva"]),
        (["--step", "2"], ["bo"]),
        (["--step", "2", "--exited"], []),
    ],
)
def test_participants_are_listed_by_municipality_and_filtered(
    project: Arena, people: dict[str, str], filters: list[str], who: list[str]
) -> None:
    listed = project("list-participants", *filters)
    found = json.loads(project("list-participants", *filters, "--json").out)
    assert [row["code"] for row in found] == [people[name] for name in who]
    assert [line.split()[0] for line in listed.out.splitlines()[1:]] == [people[name] for name in who]
    assert listed.err == f"{len(who)} participant{'' if len(who) == 1 else 's'}\n"


def test_the_lists_count_who_is_active(project: Arena, people: dict[str, str]) -> None:
    municipalities = {m["short_name"]: m["active"] for m in json.loads(project("list-municipalities", "--json").out)}
    steps = {s["code"]: s["active"] for s in json.loads(project("list-steps", "--json").out)}
    assert (municipalities["Krokom"], municipalities["Berg"], municipalities["Östersund"]) == (1, 1, 0)
    assert (steps["1"], steps["2"], steps["3"]) == (1, 1, 0)


def test_municipalities_stand_in_the_order_of_the_language(project: Arena) -> None:
    def last(language: str) -> list[str]:
        listed = project("list-municipalities", "--json", "--lang", language).out
        return [m["short_name"] for m in json.loads(listed)][-2:]

    assert last("sv") == ["Åre", "Östersund"]
    assert last("en") == ["Ragunda", "Strömsund"]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_table_and_json_in_both_languages(project: Arena, code: str, name: str) -> None:
    english, swedish = project(name, "--lang", "en"), project(name, "--lang", "sv")
    assert english.code == swedish.code == 0
    assert english.out.splitlines()[0] != swedish.out.splitlines()[0]
    assert isinstance(json.loads(project(name, "--json").out), list)


def test_changes_are_filtered_by_participant_and_day(project: Arena, people: dict[str, str]) -> None:
    def commands(*filters: str) -> list[str]:
        return [entry["command"] for entry in json.loads(project("list-changes", *filters, "--json").out)]

    assert set(commands("--participant", people["eva"])) == {"add-participant", "exit-participant"}
    assert commands("--since", "2016-10-21") == []
    assert len(commands("--since", "today")) == len(commands()) > 40
    assert project("list-changes", "--participant", "nobody").code == 4
    assert "0 participants" not in project("list-changes").out


def test_a_piped_table_cuts_nothing_off_and_ends_no_line_with_blanks(project: Arena) -> None:
    listed = project("list-steps").out
    assert "…" not in listed
    assert all(line == line.rstrip() for line in listed.splitlines())


def test_a_terminal_gets_a_drawn_table_that_cuts_nothing_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    output.table(["Code", "What"], [("K7QX-4M", "[red]an unbelievably long sentence[/] " * 3 + "the end.")])
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "───" in drawn
    assert "[red]" in drawn
    assert "the end." in " ".join(drawn.split())
    assert max(map(len, drawn.splitlines())) <= 40


@pytest.mark.parametrize("columns", [80, 100])
@pytest.mark.parametrize("command", ["list-participants", "list-changes"])
def test_no_date_code_or_command_is_broken_on_a_narrow_terminal(
    project: Arena, people: dict[str, str], monkeypatch: pytest.MonkeyPatch, columns: int, command: str
) -> None:
    change(project, "transfer-participant", people["bo"], "--to", "Åre", "--date", "2016-10-07")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", project(command).out)
    assert max(map(len, drawn.splitlines())) <= columns
    wanted = {"list-participants": "2016-10-07", "list-changes": "transfer-participant"}
    for whole in (*people.values(), "2016-10-", wanted[command]):
        assert whole in drawn
    assert "Birth year" not in drawn


def test_a_long_sentence_is_broken_between_words_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "  Words and words and `arena one command that stays whole` and other words."
    output.say(sentence)
    assert capsys.readouterr().err == f"{sentence}\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    output.say(sentence)
    assert capsys.readouterr().err.splitlines() == [
        "  Words and words and",
        "  `arena one command that stays whole`",
        "  and other words.",
    ]


def test_what_came_from_outside_cannot_steer_the_terminal(project: Arena, code: str, tmp_path: Path) -> None:
    """A file can be written by other programs than this one."""
    with sqlite3.connect(tmp_path / "arena.db") as connection:
        connection.execute("UPDATE participant SET ref = ?", ("\x1b]52;c;cm0=\x07\u202etxt\x9b2J\nnext",))
    connection.close()
    for command in (["show-participant", code], ["list-participants"]):
        shown = project(*command).out
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(shown)


def test_reading_needs_no_terminal_and_speaks_the_language_of_the_world(project: Arena, code: str) -> None:
    assert "kvinna" in project("show-participant", code, world=make_world(ARENA_LANG="sv")).out
    assert "kvinna" in project("show-participant", code, world=make_world(ARENA_LANG="", LANG="de_DE.UTF-8")).out
    assert "woman" in project("show-participant", code, world=make_world(ARENA_LANG="", LANG="en_GB.UTF-8")).out


def test_where_a_table_has_no_room_each_row_is_told_line_by_line(
    project: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ("--sector", "association", "--municipality", "Krokom", "--from", "2016-10-03")
    change(project, "add-place", "--host", "Åsarna och Bollnäs hembygdsförening", *place)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    assert project("list-places").out.splitlines() == [
        "P-001",
        "  Host: Åsarna och Bollnäs hembygdsförening",
        "  Sector: association",
        "  Municipality: Krokom",
        "  First day: 2016-10-03",
        "  Room for: 1",
        "  Occupied: 0",
        "  Free: 1",
    ]
    changes = project("list-changes").out
    assert "Host: Åsarna och Bollnäs hembygdsförening" in changes
    monkeypatch.setenv("COLUMNS", "200")
    assert "hembygdsförening  association  Krokom" in re.sub(r"\x1b\[[0-9;]*m", "", project("list-places").out)


def test_only_the_widest_column_is_broken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    output.table(["Day", "What", "Which"], [("2016-10-03", "words and words " * 5, "P-001 and P-002")])
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, drawn.splitlines())) <= 60
    assert "2016-10-03  words" in drawn
    assert "P-001 and P-002" in drawn


def test_where_there_is_room_no_heading_is_broken_and_where_there_is_not_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for columns, lines in ((30, ["Holds here today  Day"]), (24, ["Holds here", "today", "Day"])):
        monkeypatch.setenv("COLUMNS", str(columns))
        output.table(["Holds here today", "Day"], [("in Östersund", "2016-10-03")])
        drawn = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
        assert max(map(len, drawn.splitlines())) <= columns
        for words in (*lines, "in Östersund", "2016-10-03"):
            assert words in drawn
