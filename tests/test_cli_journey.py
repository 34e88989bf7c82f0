"""The commands of the journey: waiting, pauses, background, follow-up and the work list."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import arena_cli
from arena_cli.model import Answer, Background, questions
from arena_cli.store import Store
from tests.conftest import Arena, Keyboard, Ran, make_world, run_process

LATER = make_world(datetime(2017, 6, 15, 10, 0, tzinfo=UTC))


def change(arena: Arena, *arguments: str, world: object = None) -> Ran:
    done = arena(*arguments, world=world)
    assert done.code == 0, done.err
    return done


def background_of(folder: Path) -> Background:
    with Store.open(folder / "arena.db") as store:
        (background,) = store.records(Background)
    return background


# -- waiting and pauses -----------------------------------------------------------------------------------------------


def test_a_wait_and_a_start(project: Arena) -> None:
    assigned = change(
        project,
        "assign-participant",
        "--municipality",
        "Krokom",
        "--date",
        "2016-10-03",
        "--sex",
        "woman",
        "--no-input",
    )
    code = assigned.out.strip()
    assert assigned.err == f"{code}: assigned to Krokom on 2016-10-03, and waits to start.\n"
    waiting = json.loads(change(project, "list-waiting", "--json").out)
    assert waiting == [{"code": code, "municipality": "2309", "assigned_on": "2016-10-03", "referral": None}]
    assert change(project, "list-waiting", "--municipality", "Åre").err == "0 wait to start\n"
    back = project("readmit-participant", code, "--municipality", "Krokom")
    assert (back.code, "waits to start" in back.err) == (5, True)
    started = change(project, "start-participant", code, "--date", "2016-10-10", "--step", "1")
    assert started.err == f"{code}: entered in Krokom on 2016-10-10; step 1 Basic needs and motivation.\n"
    assert json.loads(change(project, "list-waiting", "--json").out) == []


def test_a_wait_without_a_start(project: Arena) -> None:
    code = change(project, "assign-participant", "--municipality", "Krokom", "--date", "2016-10-03").out.strip()
    gone = change(project, "withdraw-participant", code, "--date", "2016-10-10")
    assert gone.err == f"{code}: waits no more since 2016-10-10, without a start.\n"
    again = project("start-participant", code)
    assert (again.code, again.out) == (5, "")


def test_a_pause_and_its_correction(project: Arena, code: str) -> None:
    paused = change(project, "pause-participant", code, "--reason", "sjukskrivning", "--date", "2016-10-04")
    assert (paused.out, paused.err) == (f"{code}\n", f"{code}: paused from 2016-10-04, sick leave.\n")
    back = change(project, "resume-participant", code, "--date", "2016-10-10")
    assert back.err == f"{code}: paused from 2016-10-04, sick leave; back on 2016-10-10.\n"
    edit = ("edit-pause", code, "1", "--until", "2016-10-11", "--reason", "leave")
    assert project(*edit).code == 2
    assert "leave; back on 2016-10-11" in change(project, *edit, "--why", "misread").err
    assert project("edit-pause", code, "2", "--until", "-", "--why", "x").code == 4
    assert project("edit-pause", code, "1", "--why", "x").code == 2
    taken = change(project, "remove-pause", code, "1", "--why", "wrong person")
    assert taken.err == f"{code}: the pause from 2016-10-04 is taken away.\n"
    assert "not paused" in project("resume-participant", code).err


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["--reason", "boredom"], 4, '"boredom" is not one of the answers. Choose one of: sick leave, '),
        ([], 2, "Missing: --reason."),
        (["--reason", "leave", "--date", "2016-10-02"], 5, "The pause from 2016-10-02 lies outside the spell."),
        (["--reason", "leave", "--date", "2016-10-04", "--until", "2016-10-04"], 5, "The first day back"),
        (["--reason", "leave", "--until", "2016-10-21", "--date", "2016-10-20"], 5, "2016-10-21 has not come yet."),
    ],
)
def test_a_pause_that_cannot_be(project: Arena, code: str, arguments: list[str], exit_code: int, said: str) -> None:
    refused = project("pause-participant", code, *arguments)
    assert (refused.code, refused.out, refused.err.count("\n")) == (exit_code, "", 1)
    assert said in refused.err


# -- background -------------------------------------------------------------------------------------------------------


def test_answers_by_code_or_word_in_either_language(project: Arena, code: str, tmp_path: Path) -> None:
    said = change(
        project, "add-background", code, "--employment", "arbetslös", "--months-without-work", "14",
        "--education", "isced-2", "--disability", "declined", "--rural", "ja",
        "--income", "sjukpenning, social_assistance", "--main", "sickness benefit",
    )  # fmt: skip
    assert said.out == f"{code}\n"
    assert "unemployed; Months without work: 14" in said.err
    assert "lives on: sickness benefit, social assistance." in said.err
    known = background_of(tmp_path)
    assert (known.employment, known.months_without_work, known.education) == ("unemployed", 14, "isced_2")
    assert (known.disability, known.rural, known.minority) == (Answer.DECLINED, Answer.YES, Answer.NOT_ASKED)


def test_what_was_answered_is_corrected_with_a_reason(project: Arena, code: str, tmp_path: Path) -> None:
    change(project, "add-background", code, "--rural", "yes")
    change(project, "add-background", code, "--minority", "no")
    refused = project("add-background", code, "--rural", "-")
    assert (refused.code, "--why" in refused.err) == (5, True)
    corrected = change(project, "add-background", code, "--rural", "-", "--why", "misheard")
    assert "Rural area: yes → not asked." in corrected.err
    assert background_of(tmp_path).rural is Answer.NOT_ASKED
    assert "nothing differs" in change(project, "add-background", code, "--minority", "no").err


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        ([], 2, "No answer was given"),
        (["--rural", "perhaps"], 4, '"perhaps" is not one of the answers. Choose one of: yes, no, '),
        (["--months-without-work", "many"], 2, "--months-without-work must be a whole number"),
        (["--months-without-work", "3"], 5, "Months without work are of those who are unemployed."),
        (["--employment", "unemployed", "--months-without-work", "9999"], 5, "a number from 0 to 1200"),
        (["--income", "work,sick"], 4, '"work" is not one of the answers'),
        (["--income", "other,wage_subsidised"], 5, "say which with --main"),
        (["--main", "other"], 2, "--main says which of the sources in --income"),
    ],
)
def test_answers_that_cannot_be(
    project: Arena, code: str, tmp_path: Path, arguments: list[str], exit_code: int, said: str
) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    refused = project("add-background", code, *arguments)
    assert (refused.code, refused.out, refused.err.count("\n")) == (exit_code, "", 1)
    assert said in refused.err
    assert (tmp_path / "arena.db").read_bytes() == before


def test_on_a_terminal_it_asks_what_is_not_answered(
    project: Arena, code: str, keyboard: Keyboard, tmp_path: Path
) -> None:
    keyboard.types("inactive", "gymnasium", *[""] * 9, "yes", "other,wage_subsidised", "annat")
    asked = change(project, "add-background", code)
    assert "Months in a row" not in asked.err.split("Highest")[0]
    assert "[Enter: not asked]" in asked.err
    assert (background_of(tmp_path).education, background_of(tmp_path).rural) == ("isced_3", Answer.YES)
    keyboard.types("no", *[""] * 8)
    again = change(project, "add-background", code)
    assert "Lives in a rural area" not in again.err
    assert "Jobless household: no." in again.err


def test_leaving_in_the_middle_of_the_questions_changes_nothing(
    project: Arena, code: str, keyboard: Keyboard, tmp_path: Path
) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    keyboard.types("inactive")
    assert project("add-background", code).code == 2
    assert (tmp_path / "arena.db").read_bytes() == before


def test_help_shows_the_questions_in_both_languages(arena: Arena) -> None:
    in_swedish = change(arena, "add-background", "--help", "--lang", "sv").out
    in_english = change(arena, "add-background", "--help").out
    for question in questions(Background).values():
        for words, shown in ((question.name, in_swedish), (question.name_en, in_english)):
            assert words.replace(" ", "") in re.sub(r"\s", "", shown)


# -- a field more touches two files -----------------------------------------------------------------------------------

FIELD = """    rural: Annotated[
        Answer, Question("Bor på landsbygden", "Lives in a rural area", short="Landsbygd", short_en="Rural area")
    ] = Answer.NOT_ASKED
"""
NEW_FIELD = """    newly_arrived: Annotated[Answer, Question("Är nyanländ", "Is newly arrived")] = Answer.NOT_ASKED
"""
COLUMN = "    rural TEXT NOT NULL REFERENCES answer (code),\n"


def test_a_field_more_touches_the_model_and_the_migration(tmp_path: Path) -> None:
    """The command, its help in both languages, the questions, the journal's words and the file follow by themselves."""
    package = tmp_path / "src" / "arena_cli"
    shutil.copytree(Path(arena_cli.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, old, new in (
        ("model/background.py", FIELD, FIELD + NEW_FIELD),
        ("migrations.py", COLUMN, COLUMN + COLUMN.replace("rural", "newly_arrived")),
    ):
        text = (package / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (package / name).write_text(text.replace(old, new), encoding="utf-8")

    def arena(*arguments: str, lang: str = "en") -> Ran:
        return run_process(*arguments, cwd=tmp_path, PYTHONPATH=str(tmp_path / "src"), ARENA_LANG=lang)

    assert "--newly-arrived yes|no|declined" in arena("add-background", "--help").out
    assert "Är nyanländ" in arena("add-background", "--help", lang="sv").out
    assert arena("init", "--project", "integrationsprojekt").code == 0
    code = arena("add-participant", "--municipality", "Krokom", "--date", "2016-10-03").out.strip()
    assert arena("add-background", code, "--rural", "no").code == 0
    assert arena("add-background", code, "--newly-arrived", "ja").err == f"{code}: Is newly arrived: yes.\n"
    assert "Är nyanländ" in arena("list-changes", lang="sv").out
    assert arena("undo", "--yes").code == 0
    assert arena("report", "--month", "2016-10", "--format", "json").code == 0


# -- follow-up --------------------------------------------------------------------------------------------------------


@pytest.fixture
def leaver(project: Arena, code: str) -> str:
    change(project, "exit-participant", code, "--destination", "work", "--date", "2016-10-14")
    return code


def test_a_follow_up_with_work_and_studies(project: Arena, leaver: str) -> None:
    six = ("add-follow-up", leaver, "--kind", "six-months")
    said = change(
        project, *six, "--date", "2017-04-20", "--working", "yes", "--extent", "50", "--subsidised", "yes",
        "--sector", "privat", "--studying", "yes", "--study-extent", "50", "--income", "wage_subsidised", world=LATER,
    )  # fmt: skip
    assert said.out == f"{leaver}\n"
    assert said.err == (
        f"{leaver}: followed up on 2017-04-20, six months after: Is working: yes; Extent of the work, per cent: 50; "
        "The work is subsidised: yes; The employer's sector: private; Is studying: yes; "
        "Extent of the studies, per cent: 50; lives on: wage, subsidised.\n"
    )
    assert project(*six, "--extent", "75", world=LATER).code == 5
    corrected = change(project, *six, "--extent", "75", "--why", "asked again", world=LATER)
    assert "Extent of the work, per cent: 50 → 75." in corrected.err
    assert "followed up on 2017-04-20" in corrected.err


def test_not_reached(project: Arena, leaver: str) -> None:
    said = change(project, "add-follow-up", leaver, "--kind", "immediate", "--not-reached")
    assert said.err == f"{leaver}: followed up on 2016-10-20, within four weeks: not reached.\n"
    later = project("add-follow-up", leaver, "--kind", "immediate", "--working", "no")
    assert (later.code, "--why" in later.err) == (5, True)
    change(project, "add-follow-up", leaver, "--kind", "immediate", "--working", "no", "--why", "reached now")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["--working", "no"], 2, "Missing: --kind."),
        (["--kind", "someday"], 2, "A follow-up is one of: immediate, six-months."),
        (["--kind", "immediate"], 5, "Nothing was answered."),
        (["--kind", "immediate", "--not-reached", "--working", "no"], 5, "Somebody who was not reached"),
        (["--kind", "immediate", "--working", "no", "--date", "2016-10-13"], 5, "the first day is 2016-10-14"),
        (["--kind", "six-months", "--working", "no"], 5, "the first day is 2017-04-14"),
        (["--kind", "immediate", "--working", "no", "--extent", "50"], 5, "are of those who work"),
        (["--kind", "immediate", "--working", "yes", "--extent", "101"], 5, "from 1 to 100"),
        (["--kind", "immediate", "--working", "yes", "--sector", "moon"], 4, "is not one of the answers"),
        (["--kind", "immediate", "--working", "no", "--number", "2"], 4, "has no spell number 2"),
    ],
)
def test_a_follow_up_that_cannot_be(
    project: Arena, leaver: str, tmp_path: Path, arguments: list[str], exit_code: int, said: str
) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    refused = project("add-follow-up", leaver, *arguments)
    assert (refused.code, refused.out, refused.err.count("\n")) == (exit_code, "", 1), refused.err
    assert said in refused.err
    assert (tmp_path / "arena.db").read_bytes() == before


def test_on_a_terminal_it_asks_what_concerns_the_person(project: Arena, leaver: str, keyboard: Keyboard) -> None:
    keyboard.types(
        "immediate",
        "2016-10-13",
        "",
        "",
        "yes",
        "80",
        "no",
        "public",
        "no",
        "yes",
        "",
        "yes",
        "no",
        "wage_unsubsidised",
    )
    said = change(project, "add-follow-up", leaver)
    assert "Kind of follow-up:\n  1 within four weeks\n  2 six months after\n" in said.err
    assert "the first day is 2016-10-14" in said.err
    assert "better than before the project" not in said.err
    assert "Extent of the studies" not in said.err
    assert "Is working: yes; Extent of the work, per cent: 80; " in said.err
    assert "lives on: wage, unsubsidised." in said.err


def test_on_a_terminal_who_was_not_reached_is_asked_nothing_more(
    project: Arena, leaver: str, keyboard: Keyboard
) -> None:
    keyboard.types("2016-10-19", "no")
    assert (
        "followed up on 2016-10-19, within four weeks: not reached"
        in change(project, "add-follow-up", leaver, "--kind", "immediate").err
    )


# -- the work list ----------------------------------------------------------------------------------------------------


def test_nothing_to_do(project: Arena) -> None:
    assert change(project, "due") == Ran(0, "", "Nothing is due.\n")
    assert change(project, "due", "--quiet") == Ran(0, "", "")
    assert json.loads(change(project, "due", "--json").out) == []


def test_each_line_ends_with_the_command_that_settles_it(project: Arena, leaver: str) -> None:
    listed = project("due", leaver)
    assert listed.code == 8
    assert listed.err == "2 things to do, 1 overdue\n"
    lines = listed.out.splitlines()
    assert lines[0].split() == ["Code", "Municipality", "What", "Due", "Days", "late", "Command"]
    assert lines[1].endswith(f"arena edit-participant {leaver} --birth-year YEAR --why WHY")
    assert "the fund requires: Birth year, Situation on the labour market, Education" in lines[1]
    assert lines[2].endswith(f"arena add-follow-up {leaver} --kind immediate")
    project(*lines[1].split(" arena ")[1].replace("YEAR", "1980").replace("WHY", "asked").split())
    required = ["--employment", "inactive", "--education", "isced_3"]
    household = ["--jobless-household", "no", "--dependent-children", "no", "--single-adult", "no"]
    change(project, "add-background", leaver, *required, *household)
    change(project, *lines[2].split(" arena ")[1].split(), "--working", "no", "--studying", "no")
    assert change(project, "due", leaver).code == 0


def test_the_list_of_a_municipality_for_a_program(project: Arena, leaver: str) -> None:
    listed = project("due", "--municipality", "Krokom", "--json")
    items = json.loads(listed.out)
    assert listed.code == 8
    assert [item["kind"] for item in items] == ["incomplete", "follow_up_immediate"]
    assert items[1] == {
        "kind": "follow_up_immediate",
        "code": leaver,
        "municipality": "2309",
        "since": "2016-10-14",
        "due_on": "2016-11-11",
        "days_overdue": 0,
        "about": [],
        "command": f"arena add-follow-up {leaver} --kind immediate",
    }
    quiet = project("due", "--municipality", "Krokom", "--quiet")
    assert (quiet.code, quiet.err) == (8, "")
    assert project("due", "--municipality", "Åre").code == 0
    assert project("due", "--municipality", "Falun").code == 4
    assert project("due", "00000-0").code == 4


def test_the_command_is_proposed_for_the_file_that_was_asked_about(project: Arena, leaver: str, tmp_path: Path) -> None:
    (tmp_path / "arena.db").rename(tmp_path / "år 1.db")
    (listed,) = (line for line in project("due", "--db", "år 1.db").out.splitlines() if "add-follow-up" in line)
    assert listed.endswith(f"arena add-follow-up {leaver} --kind immediate --db 'år 1.db'")
    told = json.loads(project("due", "--db", "år 1.db", "--json").out)
    assert {item["command"].split(" --db ")[1] for item in told} == {"'år 1.db'"}


def test_the_work_list_speaks_the_language_of_the_user(project: Arena, leaver: str) -> None:
    told = project("due", "--lang", "sv").out
    assert "fonden kräver: Födelseår, Läge på arbetsmarknaden, Utbildning, Hushåll där ingen arbetar" in told


def test_of_several_sources_the_numbers_may_be_typed(project: Arena, code: str, keyboard: Keyboard) -> None:
    keyboard.types(*[""] * 12, "4, 8", "8", "försörjningsstöd")
    told = change(project, "add-background", code)
    assert told.err.endswith(f"{code}: lives on: social assistance, unemployment insurance.\n")


def test_choices_with_commas_in_them_are_told_apart(project: Arena, code: str) -> None:
    refused = project("add-background", code, "--education", "okänd", "--lang", "sv")
    assert "ingen avslutad grundskola, årskurs 1-6; grundskola, årskurs 1-6; grundskola" in refused.err


def test_the_kind_of_follow_up_may_be_a_word(project: Arena, leaver: str) -> None:
    told = change(project, "add-follow-up", leaver, "--kind", "inom fyra veckor", "--working", "ja", "--lang", "sv")
    assert told.err == f"{leaver}: uppföljd 2016-10-20, inom fyra veckor: Arbetar: ja.\n"
