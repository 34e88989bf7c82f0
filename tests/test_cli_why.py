"""The commands `why`, `set-target` and `list-targets`."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Arena, Keyboard, Ran, make_world

ON = ("--month", "2016-10")


def change(arena: Arena, *arguments: str) -> Ran:
    done = arena(*arguments)
    assert done.code == 0, done.err
    return done


@pytest.fixture
def people(project: Arena, code: str) -> dict[str, str]:
    """Two women in Krokom, one of whom has left in October, and a man in Berg."""
    eva = change(project, "add-participant", "--municipality", "Krokom", "--date", "2016-09-01", "--sex", "woman")
    bo = change(project, "add-participant", "--municipality", "Berg", "--date", "2016-09-01", "--sex", "man")
    names = {"kim": code, "eva": eva.out.strip(), "bo": bo.out.strip()}
    change(project, "exit-participant", names["eva"], "--destination", "studies", "--date", "2016-10-05")
    return names


# -- why --------------------------------------------------------------------------------------------------------------


def test_a_figure_is_told_with_its_definition_and_everybody_behind_it(project: Arena, people: dict[str, str]) -> None:
    told = project("why", "stock_flow/exited/2309/women", "--month", "this")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "stock_flow/exited/2309/women, 2016-10: 1",
        "Entries and exits · Krokom · Women",
        "Spells that ended in the month, not by transfer.",
        "",
        "Included",
        f"{people['eva']}/1",
        "",
        "Not included  Because",
        "           1  did not end in the month",
        "           1  of another sex",
    ]


def test_with_all_each_who_is_not_included_has_a_line(project: Arena, people: dict[str, str]) -> None:
    lines = project("why", "persons/active/all/all", "--month", "this", "--all").out.splitlines()
    assert lines[0] == "persons/active/all/all, 2016-10: 2"
    assert set(lines[5:7]) == {people["kim"], people["bo"]}
    assert lines[-1].split(maxsplit=1) == [people["eva"], "has left"]


def test_as_json_it_is_the_codes_and_the_reasons(project: Arena, people: dict[str, str]) -> None:
    told = json.loads(project("why", "stock_flow/closing/all/women", "--month", "this", "--json").out)
    assert told == {
        "included": [f"{people['kim']}/1"],
        "excluded": [
            {"code": f"{people['eva']}/1", "reason": "ended by the end of the month"},
            {"code": f"{people['bo']}/1", "reason": "of another sex"},
        ],
    }


def test_where_the_figure_stands_is_told_in_the_users_language(project: Arena, people: dict[str, str]) -> None:
    told = project("why", "placements/participants/all/other", "--month", "this", "--lang", "sv").out.splitlines()
    assert told[:2] == ["placements/participants/all/other, 2016-10: 0", "Praktik · Hela projektet · Annat kön"]


@pytest.mark.parametrize("place", ["2309", "Krokom", "krokoms kommun"])
@pytest.mark.parametrize("sex", ["women", "kvinnor"])
def test_municipality_and_sex_may_be_words(project: Arena, people: dict[str, str], place: str, sex: str) -> None:
    told = project("why", f"exits/studies/{place}/{sex}", "--month", "this").out.splitlines()
    assert told[:3] == [
        "exits/studies/2309/women, 2016-10: 1",
        "Exits in the month · Krokom · Women",
        "Spells that ended in the month, not by transfer, with a destination in the group: studies.",
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("stock_flow/nya/Krokom/Kvinnor", "stock_flow/entered/2309/women"),
        ("stock_flow/New/totalt/annat kön", "stock_flow/entered/all/other"),
        ("exits/studier/Krokom/alla", "exits/studies/2309/all"),
        ("Avslut i månaden/arbete/Krokom/alla", "exits/work/2309/all"),
        ("entries and exits/nya/totalt/Män", "stock_flow/entered/all/men"),
        ("left/Work/total/Okänt kön", "left/work/all/unknown"),
    ],
)
def test_measure_and_sex_may_be_as_the_report_prints_them(
    project: Arena, people: dict[str, str], typed: str, found: str
) -> None:
    told = project("why", typed, "--month", "this")
    assert (told.code, told.out.splitlines()[0].split(",")[0]) == (0, found), told.err


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("stock_flow/exit/Krokom/women", "stock_flow/exited/2309/women, "),
        ("stockflow/exited/Krokom/women", "stock_flow/exited/2309/women, "),
        ("movement/2-3/all/all", "movement/2>3/all/all, "),
        ("places/free/Krokom/women", "places/free/2309/all. "),
    ],
)
def test_a_refusal_names_the_nearest_figures(project: Arena, people: dict[str, str], typed: str, near: str) -> None:
    refused = project("why", typed, "--month", "this")
    assert refused.code == 4
    assert f"There is no such figure. Near it are: {near}" in refused.err


def test_the_figures_of_the_report_can_be_asked_about(project: Arena, people: dict[str, str]) -> None:
    report = json.loads(project("report", "--month", "this", "--format", "json").out)
    asked = [f for f in report["figures"] if f["value"] and f["section"] != "targets"]
    for figure in asked[::7]:
        measure = figure.get("measure") or f"{figure['from']}>{figure['to']}"
        address = f"{figure['section']}/{measure}/{figure['municipality']}/{figure['sex']}"
        told = project("why", address, "--month", "this", "--lang", "sv")
        assert told.code == 0, address
        assert told.out.splitlines()[0] == f"{address}, 2016-10: {figure['value']}"


def test_of_few_no_median_is_told(project: Arena, people: dict[str, str]) -> None:
    told = project("why", "days_in_project/active_median/all/all", "--month", "this")
    assert told.out.splitlines()[0] == "days_in_project/active_median/all/all, 2016-10: –"
    assert told.err == "Of fewer than 5 nothing is told.\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["exited"], 4),
        (["stock_flow/gone/all/all"], 4),
        (["stock_flow/exited/Lund/all"], 4),
        (["stock_flow/exited/all/bird"], 4),
        (["targets/intake_total/all/all"], 5),
        (["stock_flow/exited/all/all", "--month", "2015-08"], 4),
        (["stock_flow/exited/all/all", "--month", "2016-11"], 5),
        (["stock_flow/exited/all/all", "--month", "soon"], 2),
        ([], 2),
    ],
)
def test_what_is_no_figure_is_refused(project: Arena, arguments: list[str], code: int) -> None:
    refused = project("why", *arguments)
    assert (refused.code, refused.out) == (code, "")
    assert refused.err.count("\n") == 1


# -- targets ----------------------------------------------------------------------------------------------------------

INTAKE = ("--measure", "intake", "--per", "month")


def targets(arena: Arena) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(arena("list-targets", "--json").out)
    return found


def test_a_target_is_set_followed_and_corrected(project: Arena) -> None:
    first = change(project, "set-target", *INTAKE, "--value", "5", "--municipality", "Krokom", "--from", "2016-01-01")
    assert (first.out, first.err) == ("", "Krokom, intake, a month: 5 from 2016-01-01.\n")
    later = change(project, "set-target", *INTAKE, "--value", "7", "--municipality", "Krokom")
    assert later.err == "Krokom, intake, a month: 7 from 2016-10-20; until then 5.\n"
    refused = project("set-target", *INTAKE, "--value", "8", "--municipality", "Krokom")
    assert refused.code == 5
    assert refused.err.count("\n") == 1
    corrected = change(project, "set-target", *INTAKE, "--value", "8", "--municipality", "2309", "--why", "skrivfel")
    assert corrected.err == "Krokom, intake, a month: 7 → 8, from 2016-10-20.\n"
    row = {"municipality": "2309", "measure": "intake", "period": "month", "planned_participants": False}
    assert [t for t in targets(project) if t["municipality"] != "all"] == [
        {**row, "value": 5, "valid_from": "2016-01-01", "in_force": False},
        {**row, "value": 8, "valid_from": "2016-10-20", "in_force": True},
    ]


def test_without_a_municipality_it_is_the_projects_and_words_are_understood(project: Arena) -> None:
    words = ("--measure", "till arbete eller studier", "--per", "totalt", "--value", "60", "--from", "2018-03-31")
    done = change(project, "set-target", *words)
    assert done.err == "The whole project, to work or studies, in all: 60 from 2018-03-31.\n"
    (target,) = [t for t in targets(project) if t["measure"] == "work_or_studies"]
    assert (target["municipality"], target["in_force"]) == ("all", False)
    assert "work or studies" in project("list-targets").out
    assert "The whole project" in project("list-targets").out


def test_planned_participants_are_listed_until_a_target_is_set(arena: Arena) -> None:
    assert arena("init", "--project", "oppen-arena").code == 0
    world = make_world()
    (planned,) = json.loads(arena("list-targets", "--json", world=world).out)
    assert (planned["measure"], planned["period"], planned["value"]) == ("intake", "total", 310)
    assert planned["planned_participants"] is True


def test_what_is_missing_is_asked_for(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("uppflyttade", "nonsense", "month", "many", "12")
    asked = change(project, "set-target")
    assert asked.err.splitlines()[-1].endswith("The whole project, moved up, a month: 12 from 2016-10-20.")
    assert '"nonsense" is none of these.' in asked.err
    assert "A target is a whole number" in asked.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        ([*INTAKE, "--value", "many"], 2),
        ([*INTAKE, "--value", "-1"], 2),
        ([*INTAKE, "--value", "1000001"], 5),
        ([*INTAKE, "--value", "1", "--from", "2015-08-31"], 5),
        ([*INTAKE, "--value", "1", "--municipality", "Lund"], 4),
        (["--measure", "birds", "--per", "month", "--value", "1"], 4),
        (["--measure", "intake", "--per", "week", "--value", "1"], 4),
    ],
)
def test_what_is_no_target_is_refused_and_nothing_is_set(project: Arena, arguments: list[str], code: int) -> None:
    before = targets(project)
    refused = project("set-target", *arguments)
    assert (refused.code, refused.out) == (code, "")
    assert targets(project) == before


def test_a_target_is_seen_among_the_changes_and_undone(project: Arena) -> None:
    before = targets(project)
    change(project, "set-target", *INTAKE, "--value", "5", "--municipality", "Krokom")
    assert "Krokom" in project("list-changes").out.splitlines()[-1]
    change(project, "undo", "--yes")
    assert targets(project) == before
