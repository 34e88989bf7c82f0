"""One person or two, on the command line: found, asked about, joined, refused with commands to paste, split."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import Arena, Keyboard

ADD = ("add-participant", "--municipality", "Krokom", "--date", "2016-10-03", "--sex", "woman", "--birth-year", "1985")
WHY = ("--why", "she rang")


def add(arena: Arena, *arguments: str) -> str:
    ran = arena(*ADD, "--new", "--no-input", *arguments)
    assert (ran.code, "alike" in ran.err) == (0, False)
    return ran.out.strip()


@pytest.fixture
def twins(project: Arena) -> tuple[str, str]:
    """Two who are alike in all, on steps of which the second is the higher."""
    return add(project, "--step", "1"), add(project, "--step", "2")


def settled(arena: Arena, first: str, second: str) -> None:
    """Follow the plan: paste its first command."""
    refused = arena("merge-participants", first, second, "--yes", *WHY)
    assert (refused.code, refused.out) == (5, "")
    pasted = re.findall("`(.*?)`", refused.err)
    assert f"On 2016-10-03 {first} and {second} moved to different steps" in refused.err
    assert [command.rpartition("edit-move ")[2] for command in pasted] == [
        f"{second} 1 --to 1 --why WHY",
        f"{first} 1 --to 2 --why WHY",
    ]
    assert arena(*shlex.split(pasted[0].partition("edit-move")[1] + pasted[0].partition("edit-move")[2])).code == 0


# -- found ------------------------------------------------------------------------------------------------------------


def test_who_may_be_one_person_is_listed(project: Arena, twins: tuple[str, str]) -> None:
    add(project, "--sex", "man")
    ran = project("find-duplicates")
    assert re.split(" {2,}", ran.out.splitlines()[1])[:4] == ["high", "13", *twins]
    assert ran.err.startswith("1 pair\n")
    (pair,) = json.loads(project("find-duplicates", "--json").out)
    assert pair == {
        "confidence": "high",
        "points": 13,
        "codes": list(twins),
        "agree": ["birth_year", "entered_on", "municipality", "at_the_same_time", "sex"],
        "differ": [],
        "distinguished_on": None,
    }
    assert "1985" not in ran.out + ran.err
    assert project("find-duplicates", "--confidence", "sure").code == 2
    for word, code in (("hög", 0), ("Medel", 0), ("low", 0), ("säker", 2)):
        assert project("find-duplicates", "--confidence", word).code == code


def test_a_script_is_told_and_the_person_registered(project: Arena, twins: tuple[str, str]) -> None:
    ran = project(*ADD)
    assert ran.code == 0
    said = [line for line in ran.err.splitlines() if "is alike in:" in line]
    assert [line.split()[0] for line in said] == sorted(twins)
    assert "Birth year, Day of entry, Municipality, There at the same time, Sex. Confidence: high." in said[0]
    assigned = project("assign-participant", *ADD[1:])
    assert (assigned.code, assigned.err.count("is alike in:")) == (0, 3)
    assert "alike" not in project(*ADD[:-2]).err  # neither birth year nor ref


@pytest.mark.parametrize(("answer", "code"), [("yes", 5), ("no", 0)])
def test_at_the_keyboard_it_is_asked(project: Arena, keyboard: Keyboard, answer: str, code: int) -> None:
    known = add(project)
    before = len(json.loads(project("list-changes", "--json").out))
    keyboard.types("", "", answer)  # neither step nor who sent her
    ran = project(*ADD, "--no-background")
    assert ran.code == code, ran.err
    assert "Is it the same person? [yes/no] " in ran.err
    if code:
        assert f"`arena readmit-participant {known}`" in ran.err
        assert len(json.loads(project("list-changes", "--json").out)) == before
    else:
        assert ran.out.strip() != known


# -- joined -----------------------------------------------------------------------------------------------------------


def test_two_are_joined_after_the_plan_has_been_followed(project: Arena, twins: tuple[str, str]) -> None:
    first, second = twins
    settled(project, first, second)
    ran = project("merge-participants", first.lower(), second, "--yes", *WHY)
    assert (ran.code, ran.out) == (0, f"{first}\n")
    assert ran.err.splitlines()[0].startswith("The spell from 2016-10-03 is registered with both:")
    assert ran.err.splitlines()[-1] == f"{second} is {first} now."
    assert [one["code"] for one in json.loads(project("list-participants", "--json").out)] == [first]
    (*_, last) = json.loads(project("list-changes", "--json").out)
    assert (last["command"], last["why"]) == ("merge-participants", "she rang")
    assert project("check").code == 0
    again = project("merge-participants", first, second, "--yes", *WHY)
    assert (again.code, f"Both codes are of {first}" in again.err) == (5, True)


def test_the_other_code_says_what_it_is_now_and_the_journal_has_both(project: Arena, twins: tuple[str, str]) -> None:
    first, second = twins
    settled(project, first, second)
    project("merge-participants", first, second, "--yes", *WHY)
    moved = project("move-participant", second, "--to", "3", "--date", "2016-10-10")
    assert moved.out == f"{first}\n"
    assert moved.err.splitlines()[0] == f"{second} is {first} now: the two are one person."
    shown = project("show-participant", second)
    assert f"{second} until 2016-10-20, when the two were found to be one person" in shown.out
    assert f"(registered as {second})" in shown.out
    told = json.loads(project("show-participant", first, "--json").out)
    assert told["merged"] == [{"code": second, "ref": None, "merged_on": "2016-10-20"}]
    assert [spell["registered_as"] for spell in told["spells"]] == [None, second]
    changes = json.loads(project("list-changes", "--participant", first, "--json").out)
    assert {change["participant"] for change in changes} == {first, second}
    assert changes[-1]["participant"] == first
    entered = [change["participant"] for change in changes if change["command"] == "add-participant"]
    assert set(entered) == {first, second}


def test_it_is_asked_before_and_needs_a_reason(project: Arena, keyboard: Keyboard, twins: tuple[str, str]) -> None:
    first, second = twins
    project("edit-move", second, "1", "--to", "1", *WHY)
    keyboard.types("no")
    ran = project("merge-participants", first, second, *WHY)
    assert (ran.code, f"Make {second} and {first} one participant, {first}? [yes/no]" in ran.err) == (5, True)
    assert len(json.loads(project("find-duplicates", "--json").out)) == 1
    keyboard.types("she rang", "yes")
    assert project("merge-participants", first, second).code == 0
    assert json.loads(project("find-duplicates", "--json").out) == []


def test_where_nobody_can_be_asked_both_are_needed(project: Arena, twins: tuple[str, str]) -> None:
    ran = project("merge-participants", *twins)
    assert (ran.code, "--why, --yes" in ran.err) == (2, True)
    assert project("merge-participants", twins[0], "0000-00", "--yes", *WHY).code == 4


def test_a_merge_is_undone_at_once_or_split_later(project: Arena, twins: tuple[str, str]) -> None:
    first, second = twins
    project("edit-move", second, "1", "--to", "1", *WHY)
    before = {code: project("show-participant", code, "--json").out for code in twins}
    project("merge-participants", first, second, "--yes", *WHY)
    assert project("undo", "--yes").code == 0
    assert {code: project("show-participant", code, "--json").out for code in twins} == before
    project("merge-participants", first, second, "--yes", *WHY)
    project("move-participant", first, "--to", "2", "--date", "2016-10-10")
    ran = project("split-participants", first, second, "--why", "two after all")
    assert (ran.code, ran.out) == (0, f"{second}\n")
    assert project("show-participant", second, "--json").out == before[second]
    assert project("split-participants", first, second, "--why", "again").code == 4
    assert project("check").code == 0


def test_two_persons_are_not_proposed_again(project: Arena, twins: tuple[str, str]) -> None:
    ran = project("distinguish-participants", *twins)
    assert (ran.code, ran.out) == (0, "")
    assert project("find-duplicates").out.splitlines()[1:] == []
    assert "2016-10-20" in project("find-duplicates", "--all").out
    assert project("distinguish-participants", *twins).code == 5
    assert project("distinguish-participants", *twins, "--withdraw").code == 0
    assert len(json.loads(project("find-duplicates", "--json").out)) == 1


def test_a_list_that_is_read_again_finds_the_person_by_either_number(project: Arena, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "ref;kommun;kön;födelseår;inskriven\n17;Krokom;kvinna;1985;2016-10-03\n18;Krokom;kvinna;1985;2016-10-03\n",
        encoding="utf-8",
    )
    assert project("import", "list.csv").code == 0
    ((first, second),) = (pair["codes"] for pair in json.loads(project("find-duplicates", "--json").out))
    assert project("merge-participants", first, second, "--yes", *WHY).code == 0
    again = project("import", "list.csv")
    assert (again.code, "unchanged: 2" in again.out) == (0, True), again.out
    assert len(json.loads(project("list-participants", "--json").out)) == 1
