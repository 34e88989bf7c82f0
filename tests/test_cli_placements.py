"""Places, placements and hours on the command line: codes on stdout, receipts on stderr, questions beforehand."""

from __future__ import annotations

import json
import re

import pytest

from arena_cli.cli.attendance import NotHours, read_hours
from arena_cli.cli.words import hours_in_all
from arena_cli.language import load_language
from tests.conftest import Arena, Keyboard, Ran

PLACE = ("add-place", "--host", "Sågen", "--sector", "privat", "--municipality", "Krokom", "--from", "2016-10-01")
OCTOBER = ("--month", "2016-10", "--activity", "praktik")


def change(arena: Arena, *arguments: str) -> Ran:
    done = arena(*arguments)
    assert done.code == 0, done.err
    return done


@pytest.fixture
def place(project: Arena) -> str:
    return change(project, *PLACE).out.strip()


def enrol(arena: Arena, municipality: str = "Krokom") -> str:
    added = change(
        arena, "add-participant", "--municipality", municipality, "--date", "2016-10-03", "--sex", "man", "--no-input"
    )
    return added.out.strip()


# -- places and placements --------------------------------------------------------------------------------------------


def test_a_place_is_added_filled_and_listed(project: Arena, code: str) -> None:
    added = change(project, *PLACE, "--capacity", "2", "--to", "2017-06-30")
    assert added.out == "P-001\n"
    assert added.err == "P-001: room for 2 in Krokom, open from 2016-10-01 to 2017-06-30.\n"
    placed = change(project, "place-participant", code, "--place", "1", "--date", "2016-10-10", "--until", "2016-12-16")
    assert placed.out == f"{code}\n"
    assert placed.err == f"{code}: on P-001 from 2016-10-10, planned until 2016-12-16.\n"
    listed = change(project, "list-places")
    assert listed.out.splitlines()[1].split() == [
        "P-001", "Sågen", "private", "Krokom", "2016-10-01", "2017-06-30", "2", "1", "1",
    ]  # fmt: skip
    assert listed.err == "1 place\n"
    ended = change(project, "end-placement", code, "--date", "2016-10-14")
    assert ended.err == f"{code}: on P-001 from 2016-10-10 to 2016-10-14.\n"


def test_places_for_programs(project: Arena, code: str, place: str) -> None:
    change(project, *PLACE[:6], "Åre", *PLACE[7:])
    change(project, "place-participant", code, "--place", place, "--date", "2016-10-10")
    (there,) = json.loads(project("list-places", "--municipality", "Krokom", "--json").out)
    assert there == {
        "code": "P-001",
        "host": "Sågen",
        "sector": "private",
        "municipality": "2309",
        "capacity": 1,
        "opens_on": "2016-10-01",
        "closes_on": None,
        "open": True,
        "occupied": 1,
        "free": 0,
    }
    free = json.loads(project("list-places", "--free", "--json").out)
    assert [there["municipality"] for there in free] == ["2321"]
    before = json.loads(project("list-places", "--date", "2016-10-09", "--free", "--json").out)
    assert len(before) == 2
    assert json.loads(project("list-places", "--date", "2016-09-30", "--free", "--json").out) == []


def test_a_full_place_is_asked_about(project: Arena, code: str, place: str, keyboard: Keyboard) -> None:
    other = enrol(project)
    change(project, "place-participant", code, "--place", place, "--date", "2016-10-10")
    again = ("place-participant", other, "--place", place, "--date", "2016-10-12")
    silent = project(*again, "--no-input")
    assert silent.code == 5
    assert silent.err == (
        "P-001 has room for 1, and on 2016-10-12 there would be 2. If that is right: --beyond-capacity.\n"
    )
    keyboard.types("no")
    assert project(*again).code == 5
    assert json.loads(project("list-places", "--json").out)[0]["occupied"] == 1
    keyboard.types("yes")
    answered = project(*again)
    assert answered.code == 0
    assert "there would be 2. Is that right? [yes/no]" in answered.err
    assert json.loads(project("list-places", "--json").out)[0]["occupied"] == 2


def test_the_option_answers_beforehand(project: Arena, code: str, place: str) -> None:
    change(project, "place-participant", code, "--place", place, "--date", "2016-10-10")
    other = enrol(project)
    change(project, "place-participant", other, "--place", place, "--date", "2016-10-10", "--beyond-capacity")


def test_what_is_not_given_is_asked_for(project: Arena, code: str, keyboard: Keyboard) -> None:
    keyboard.types("Sågen", "skog", "förening", "Krokom", "", "")
    added = project("add-place")
    assert (added.code, added.out) == (0, "P-001\n")
    assert '"skog" is none of these.' in added.err
    assert "room for 1 in Krokom, open from 2016-10-20" in added.err
    keyboard.types("P-001", "")
    assert project("place-participant", code).code == 0
    missing = project("add-place", "--host", "Sågen", "--no-input")
    assert missing.code == 2
    assert "--sector, --municipality" in missing.err


def test_the_exit_says_which_placements_it_ended(project: Arena, code: str, place: str) -> None:
    change(project, "place-participant", code, "--place", place, "--date", "2016-10-10")
    left = change(project, "exit-participant", code, "--destination", "work", "--date", "2016-10-14")
    assert left.err.endswith("Placements that ended with it: P-001.\n")


def test_a_place_closes_and_says_who_is_there(project: Arena, code: str, place: str) -> None:
    change(project, "place-participant", code, "--place", place, "--date", "2016-10-10")
    closed = change(project, "close-place", place, "--date", "2016-10-18")
    assert closed.out == "P-001\n"
    assert closed.err == f"P-001: last day 2016-10-18.\nParticipants whose placements end with it: {code}.\n"
    assert change(project, "list-places").out.splitlines()[1].split()[-2:] == ["0", "–"]
    late = project("end-placement", code, "--date", "2016-10-19")
    assert (late.code, late.err) == (
        5,
        "P-001 is not open on 2016-10-19. `arena list-places` shows when it is.\n",
    )


def test_corrections_say_what_differs(project: Arena, code: str, place: str) -> None:
    change(project, "place-participant", code, "--place", place, "--date", "2016-10-10")
    edited = change(
        project, "edit-place", place, "--host", "Hyveln", "--sector", "public", "--to", "2017-01-31", "--why", "x"
    )
    assert edited.err == "P-001: Host: Sågen → Hyveln, Sector: private → public, Last day: – → 2017-01-31.\n"
    reopened = change(project, "edit-place", place, "--to", "-", "--why", "x")
    assert reopened.err == "P-001: Last day: 2017-01-31 → –.\n"
    moved = change(project, "edit-placement", code, "1", "--date", "2016-10-11", "--ended", "2016-10-12", "--why", "x")
    assert moved.err == f"{code}: Placed: 2016-10-10 → 2016-10-11, Ended: – → 2016-10-12.\n"
    nothing = project("edit-placement", code, "1", "--why", "x")
    assert nothing.code == 2
    assert project("edit-placement", code, "2", "--ended", "-", "--why", "x").code == 4
    assert project("remove-place", place, "--why", "x").code == 5
    removed = change(project, "remove-placement", code, "1", "--why", "x")
    assert removed.err == f"{code}: the placement on P-001 from 2016-10-11 is taken away.\n"
    assert change(project, "remove-place", place, "--why", "x").err == "P-001: taken away.\n"
    last = change(project, "list-changes").out.splitlines()[-1]
    assert "Host: Hyveln" in last


def test_the_sector_is_said_in_the_users_language(project: Arena, place: str) -> None:
    assert "privat" in change(project, "--lang", "sv", "list-places").out


# -- hours ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("12", 720), ("12:30", 750), ("0:05", 5), ("12,5", 750), ("12.25", 735), ("0,33", 20), (" 7 ", 420), ("0", 0)],
)
def test_hours_as_people_write_them(typed: str, minutes: int) -> None:
    assert read_hours(typed) == minutes


@pytest.mark.parametrize("typed", ["", "-3", "12:60", "12:5", "1,234", "12h", "tolv", "1 000", "²", "1e3", "12:30:00"])
def test_what_are_no_hours(typed: str) -> None:
    with pytest.raises(NotHours):
        read_hours(typed)


def test_hours_of_a_group_are_registered_certified_and_listed(project: Arena, code: str) -> None:
    other = enrol(project, "Åre")
    added = change(project, "add-hours", code, other, *OCTOBER, "--hours", "12:30")
    assert added.out == f"{code}\n{other}\n"
    assert added.err == "".join(f"{c}: 12:30 hours in 2016-10: placement.\n" for c in (code, other))
    certified = change(project, "certify-hours", "--month", "2016-10", "--municipality", "Krokom")
    assert certified.err == "2016-10: 12:30 hours of 1 participant certified.\n"
    listed = change(project, "list-hours", "--month", "2016-10")
    assert [line.split()[-3:] for line in listed.out.splitlines()[1:]] == [
        ["placement", "12:30", "no"],
        ["placement", "12:30", "yes"],
    ]
    assert listed.err == "2016-10: 25:00 hours, of which 12:30 certified.\n"
    assert hours_in_all(load_language("sv"), 999 * 60 + 59) == "999:59"
    assert hours_in_all(load_language("sv"), 10_930 * 60 + 5) == "10\N{NO-BREAK SPACE}930:05"
    assert json.loads(project("list-hours", "--month", "2016-10", "--municipality", "Åre", "--json").out) == [
        {
            "participant": other,
            "municipality": "2321",
            "month": "2016-10",
            "activity": "placement",
            "minutes": 750,
            "certified": False,
        }
    ]
    replaced = change(project, "add-hours", code, *OCTOBER, "--hours", "8")
    assert replaced.err == f"{code}: 12:30 → 8:00 hours in 2016-10: placement. They are no longer certified.\n"
    gone = change(project, "add-hours", code, *OCTOBER, "--hours", "0")
    assert gone.err == f"{code}: the 8:00 hours in 2016-10 are taken away: placement.\n"
    still = change(project, "add-hours", code, *OCTOBER, "--hours", "0")
    assert still.err == f"{code}: no hours in 2016-10, as before.\n"


def test_a_group_hears_of_everybody_at_once(project: Arena, code: str) -> None:
    other = enrol(project)
    change(project, "exit-participant", other, "--destination", "work", "--date", "2016-10-03")
    refused = project("add-hours", code, other, "K7QX-4M", *OCTOBER, "--hours", "30")
    assert refused.code == 5
    first, *reasons = refused.err.splitlines()
    assert first == "Nothing was registered for anybody. This stands in the way:"
    assert [reason.split()[0] for reason in reasons] == [f"{other}:", "There"]
    assert json.loads(project("list-hours", "--month", "2016-10", "--json").out) == []


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("--month", "2016-09"), 5, "has no spell in 2016-09, up to today"),
        (("--month", "2016-11"), 5, "2016-11 has not begun yet"),
        (("--hours", "-1"), 2, "Those are no hours."),
        (("--hours", "433"), 5, "433 hours are more than the 432 that the spell's days in 2016-10 hold."),
        (("--activity", "fiske"), 4, 'The project has no activity "fiske".'),
        (("--spell", "2"), 4, "has no spell number 2"),
        (("--spell", "0"), 2, "--spell must be a whole number from 1."),
    ],
)
def test_what_cannot_have_happened_is_refused_in_one_sentence(
    project: Arena, code: str, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    options = {"--month": "2016-10", "--activity": "placement", "--hours": "12"} | {arguments[0]: arguments[1]}
    refused = project("add-hours", code, *(word for option in options.items() for word in option))
    assert (refused.code, said in refused.err) == (exit_code, True), refused.err
    assert len(refused.err.splitlines()) == 1
    assert json.loads(project("list-hours", "--month", "2016-10", "--json").out) == []


def test_certifying_needs_to_know_whose(project: Arena, code: str) -> None:
    assert project("certify-hours", "--month", "2016-10").code == 2
    assert project("certify-hours", code, "--all", "--month", "2016-10").code == 2
    nothing = project("certify-hours", "--all", "--month", "2016-10")
    assert (nothing.code, nothing.err) == (4, "There are no hours in 2016-10 that wait for certification.\n")
    change(project, "add-hours", code, *OCTOBER, "--hours", "3")
    assert change(project, "certify-hours", code, "--month", "2016-10").code == 0


def test_activities_are_listed(project: Arena) -> None:
    assert [activity["code"] for activity in json.loads(project("list-activities", "--json").out)][:3] == [
        "talks", "group", "work_training",
    ]  # fmt: skip
    assert "språkträning" in change(project, "--lang", "sv", "list-activities").out


# -- what show-participant tells --------------------------------------------------------------------------------------


def test_placements_and_hours_of_a_participant(project: Arena, code: str, place: str) -> None:
    """A placement ends with its place."""
    change(project, "place-participant", code, "--place", place, "--date", "2016-10-10", "--until", "2016-12-01")
    change(project, "close-place", place, "--date", "2016-10-18")
    change(project, "add-hours", code, *OCTOBER, "--hours", "12:30", "--certified")
    told = [re.split(" {2,}", line) for line in project("show-participant", code).out.splitlines()[3:]]
    assert told[-3:] == [
        ["2016-10-10", "placement 1", "placed on P-001, Sågen, planned until 2016-12-01"],
        ["2016-10-18", "placement 1", "last day on P-001"],
        ["2016-10", "hours: placement 12:30 (certified)"],
    ]
    (spell,) = json.loads(project("show-participant", code, "--json").out)["spells"]
    assert spell["placements"] == [
        {
            "number": 1,
            "place": "P-001",
            "placed_on": "2016-10-10",
            "planned_end_on": "2016-12-01",
            "ended_on": "2016-10-18",
        }
    ]
    assert spell["hours"] == [{"month": "2016-10", "activity": "placement", "minutes": 750, "certified": True}]


def test_who_stands_in_the_way_of_a_places_days_is_named(project: Arena, code: str) -> None:
    change(project, "add-place", "--host", "Sågen", "--sector", "private", "--municipality", "Krokom",
           "--from", "2016-10-03")  # fmt: skip
    change(project, "place-participant", code, "--place", "P-001", "--date", "2016-10-10")
    refused = project("close-place", "P-001", "--date", "2016-10-05")
    assert (refused.code, refused.out, refused.err.count("\n")) == (5, "", 1)
    assert f"`arena edit-placement {code}`" in refused.err
