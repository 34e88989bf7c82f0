"""The commands that correct, and `undo`: what it was and why is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Arena, Ran

WHY = ("--why", "typed wrongly")


def change(arena: Arena, *arguments: str) -> Ran:
    done = arena(*arguments)
    assert done.code == 0, done.err
    return done


def shown(arena: Arena, code: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(arena("show-participant", code, "--json").out)
    return found


def spell(arena: Arena, code: str) -> dict[str, object]:
    found: list[dict[str, object]] = json.loads(arena("show-participant", code, "--json").out)["spells"]
    return found[-1]


def test_a_person_is_corrected_with_the_reason_in_the_journal(project: Arena, code: str) -> None:
    done = change(project, "edit-participant", code, "--sex", "man", "--birth-year", "1985", "--ref", "17", *WHY)
    assert done.out == f"{code}\n"
    assert done.err == f"{code}: Ref: – → 17, Sex: woman → man, Birth year: – → 1985.\n"
    assert shown(project, code)["sex"] == "man"
    (*_, last) = json.loads(project("list-changes", "--json").out)
    assert (last["command"], last["why"]) == ("edit-participant", "typed wrongly")
    assert (last["before"], last["after"]["birth_year"]) == ({"birth_year": None, "ref": None, "sex": "woman"}, 1985)


def test_a_dash_takes_a_value_away(project: Arena, code: str) -> None:
    change(project, "edit-participant", code, "--birth-year", "1985", "--ref", "17", *WHY)
    change(project, "edit-participant", code, "--birth-year", "-", "--ref", "-", *WHY)
    assert (shown(project, code)["birth_year"], shown(project, code)["ref"]) == (None, None)


def test_what_is_the_same_is_said_to_be(project: Arena, code: str) -> None:
    assert change(project, "edit-participant", code, "--sex", "woman", *WHY).err == f"{code}: nothing differs.\n"


def test_a_spell_is_corrected_and_its_step_of_entry_follows(project: Arena, code: str) -> None:
    done = change(project, "edit-spell", code, "--entered", "2016-10-01", "--municipality", "Åre", *WHY)
    assert done.err == f"{code}: Municipality: Krokom → Åre, Day of entry: 2016-10-03 → 2016-10-01.\n"
    assert spell(project, code)["moves"] == [{"number": 1, "moved_on": "2016-10-01", "step": "1"}]


def test_an_exit_is_added_corrected_and_taken_away(project: Arena, code: str) -> None:
    change(project, "edit-spell", code, "--exited", "2016-10-10", *WHY)
    assert spell(project, code)["exit_type"] == "completed"
    change(project, "edit-spell", code, "--type", "avbrott", "--destination", "studies", *WHY)
    assert (spell(project, code)["exit_type"], spell(project, code)["destination"]) == ("discontinued", "studies")
    change(project, "edit-spell", code, "--destination", "-", *WHY)
    assert spell(project, code)["destination"] is None
    change(project, "edit-spell", code, "--exited", "-", *WHY)
    assert (spell(project, code)["exited_on"], spell(project, code)["exit_type"]) == (None, None)


def test_a_spell_that_never_should_have_been_is_marked_and_out_of_the_lists(project: Arena, code: str) -> None:
    change(project, "edit-spell", code, "--type", "misregistered", *WHY)
    assert spell(project, code)["exit_type"] == "misregistered"
    assert json.loads(project("list-participants", "--json").out) == []


def test_the_step_of_entry_is_corrected_by_itself(project: Arena, code: str) -> None:
    done = change(project, "edit-spell", code, "--step", "2", *WHY)
    assert done.err.startswith(f"{code}: step of entry 1 Basic")
    assert spell(project, code)["moves"] == [{"number": 1, "moved_on": "2016-10-03", "step": "2"}]
    assert project("edit-spell", code, "--step", "1", "--entered", "2016-10-04", *WHY).code == 2


def test_an_earlier_spell_is_named_by_its_number(project: Arena, code: str) -> None:
    change(project, "exit-participant", code, "--destination", "work", "--date", "2016-10-05")
    change(project, "readmit-participant", code, "--municipality", "Åre", "--date", "2016-10-10")
    change(project, "edit-spell", code, "--number", "1", "--exited", "2016-10-06", *WHY)
    overlapping = project("edit-spell", code, "--number", "1", "--exited", "2016-10-10", *WHY)
    assert overlapping.code == 5
    assert "The spell from 2016-10-10 begins before the spell from 2016-10-03 has ended." in overlapping.err
    assert project("edit-spell", code, "--number", "3", "--exited", "2016-10-06", *WHY).code == 4


def test_of_several_spells_it_is_said_which_is_corrected_and_how_another_is_chosen(project: Arena, code: str) -> None:
    said = f"{code} has 2 spells: this is about the latest. --number chooses another.\n"
    change(project, "exit-participant", code, "--destination", "studies", "--date", "2016-10-05")
    assert said not in change(project, "edit-spell", code, "--exited", "2016-10-06", *WHY).err
    change(project, "readmit-participant", code, "--municipality", "Åre", "--date", "2016-10-10")
    assert said in change(project, "edit-spell", code, "--entered", "2016-10-11", *WHY).err
    refused = project("edit-spell", code, "--entered", "2016-10-04", *WHY)
    assert (refused.code, said in refused.err) == (5, True)
    assert said not in project("edit-spell", code, "--number", "2", "--entered", "2016-10-04", *WHY).err


def test_a_move_is_corrected_by_its_number(project: Arena, code: str) -> None:
    change(project, "move-participant", code, "--to", "3", "--date", "2016-10-10")
    done = change(project, "edit-move", code, "2", "--date", "2016-10-09", "--to", "2", *WHY)
    assert done.err.startswith(f"{code}: Day of move: 2016-10-10 → 2016-10-09, Step: 3 ")
    assert project("edit-move", code, "3", "--to", "1", *WHY).code == 4
    assert project("edit-move", code, "2", "--date", "2016-09-01", *WHY).code == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["edit-participant", "CODE", *WHY], "Nothing to correct was given: `arena edit-participant --help`"),
        (["edit-spell", "CODE", *WHY], "Nothing to correct was given"),
        (["edit-move", "CODE", "1", *WHY], "Nothing to correct was given"),
        (["edit-participant", "CODE", "--sex", "man", "--why", "  "], "Say in a few words why"),
        (
            ["edit-spell", "CODE", "--number", "first", "--entered", "2016-10-01", *WHY],
            "--number must be a whole number",
        ),
        (["edit-move", "CODE", "0", "--to", "2", *WHY], "NUMBER must be a whole number from 1."),
        (["edit-spell", "CODE", "--entered", "-", *WHY], "--entered: That is no date."),
        (["edit-spell", "CODE", "--entered", "2016-02-30", *WHY], "--entered: There is no such day"),
    ],
)
def test_a_correction_that_corrects_nothing_is_wrong_usage(
    project: Arena, code: str, tmp_path: Path, arguments: list[str], said: str
) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    refused = project(*(word.replace("CODE", code) for word in arguments))
    assert refused.code == 2
    assert refused.err.startswith(said)
    assert (tmp_path / "arena.db").read_bytes() == before


def test_the_last_change_is_undone_and_then_the_one_before(project: Arena, code: str) -> None:
    change(project, "move-participant", code, "--to", "3", "--date", "2016-10-10")
    first = change(project, "undo", "--yes")
    assert f"The last change: move-participant by anna, 2016-10-20 12:00. {code}: Day of move: 2016-10-10" in first.err
    assert first.err.endswith("Undone.\n")
    assert "move 2" not in project("show-participant", code).out
    change(project, "undo", "--yes")
    assert project("show-participant", code).code == 4
    nothing_left = project("undo", "--yes")
    assert (nothing_left.code, nothing_left.err) == (4, "There is no change to undo.\n")
    changes = project("list-changes").out
    assert "undid 3: " in changes
    assert "undid 2: " in changes
