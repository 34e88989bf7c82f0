"""Project files: a fault is named by its key, the built-in ones say what was published, a written one reads back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli.errors import ArenaError, CannotWrite, NotFound
from arena_cli.language import load_language
from arena_cli.lookup import municipalities_of_sweden
from arena_cli.model import Activity, Destination, Group, Municipality, Project, Step
from arena_cli.project import (
    DEFAULT_ACTIVITIES,
    FaultyProfile,
    NoProject,
    ProfileExists,
    ProfileNotWritten,
    UnreadableProfile,
    UnusableAnswers,
    builtin_projects,
    code_from_name,
    compose_project,
    profile_text,
    read_project,
    read_retention,
    write_profile,
)
from arena_cli.store import Store
from arena_cli.toml_file import toml_string
from tests.sample import occasion

DOCS = Path(__file__).resolve().parents[1] / "docs"

HEAD = """
name = "Provet"
owner = "Ägaren"
starts_on = 2016-01-01
ends_on = 2016-12-31
municipalities = ["2380", "Bräcke"]
"""
STEPS = """
[[steps]]
code = "1"
name = "Kontakt"
[[steps]]
code = "2"
name = "Praktik"
"""
DESTINATIONS = """
[[destinations]]
code = "work"
group = "work"
name = "arbete"
[[destinations]]
code = "moved"
group = "other"
name = "flyttat"
"""
PROFILE = HEAD + STEPS + DESTINATIONS


def said(refusal: ArenaError) -> str:
    return refusal.sentence(load_language("en"))


def read(folder: Path, text: str | bytes) -> Project:
    path = folder / "provet.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_project(path)


def faults(folder: Path, text: str | bytes) -> list[str]:
    """The faults of a file, each a line `key: reason`."""
    with pytest.raises(FaultyProfile) as caught:
        read(folder, text)
    assert caught.value.exit_code == 3
    first, *others = said(caught.value).splitlines()
    assert "provet.toml" in first
    return [line.strip() for line in others]


# -- Reading -----------------------------------------------------------------------------------------------------------


def test_a_short_file_is_a_project(tmp_path: Path) -> None:
    assert read(tmp_path, PROFILE) == Project(
        code="provet",
        name="Provet",
        name_en="Provet",
        owner="Ägaren",
        starts_on=date(2016, 1, 1),
        ends_on=date(2016, 12, 31),
        funding="",
        fund_rules="none",
        municipalities=(
            Municipality("2305", "Bräcke kommun", "Bräcke"),
            Municipality("2380", "Östersunds kommun", "Östersund"),
        ),
        steps=(Step("1", 1, "Kontakt", "Kontakt"), Step("2", 2, "Praktik", "Praktik")),
        destinations=(
            Destination("work", Group.WORK, "arbete", "arbete"),
            Destination("moved", Group.OTHER, "flyttat", "flyttat"),
            Destination("unknown", Group.UNKNOWN, "okänt", "unknown"),
        ),
        activities=DEFAULT_ACTIVITIES,
    )


def test_activities_of_its_own_take_the_place_of_the_usual_ones(tmp_path: Path) -> None:
    own = '[[activities]]\ncode = "garden"\nname = "trädgård"\nname_en = "garden"\n'
    assert read(tmp_path, PROFILE + own).activities == (Activity("garden", "trädgård", "garden"),)


def test_a_file_keeps_its_own_unknown_in_its_place(tmp_path: Path) -> None:
    unknown = '[[destinations]]\ncode = "unknown"\ngroup = "unknown"\nname = "Vet ej"\n'
    project = read(tmp_path, HEAD + STEPS + unknown + DESTINATIONS)
    assert project.destinations[0] == Destination("unknown", Group.UNKNOWN, "Vet ej", "Vet ej")
    assert [d.code for d in project.destinations] == ["unknown", "work", "moved"]


@pytest.mark.parametrize("written", ["2380", "Östersund", "ÖSTERSUND", "Östersunds kommun", "O\u0308stersund"])
def test_a_municipality_may_be_named_in_any_way(tmp_path: Path, written: str) -> None:
    project = read(tmp_path, PROFILE.replace('"2380"', f'"{written}"'))
    assert project.municipalities[1] == Municipality("2380", "Östersunds kommun", "Östersund")


def test_an_area_of_its_own_may_be_a_municipality(tmp_path: Path) -> None:
    own = '{ code = "9901", name = "Norra byarna", short_name = "Byarna" }, { code = "2321", name = "Åre" }'
    project = read(tmp_path, PROFILE.replace('"Bräcke"', own))
    assert project.municipalities == (
        Municipality("2321", "Åre kommun", "Åre"),
        Municipality("2380", "Östersunds kommun", "Östersund"),
        Municipality("9901", "Norra byarna", "Byarna"),
    )


def test_texts_are_one_line_with_composed_letters(tmp_path: Path) -> None:
    project = read(tmp_path, PROFILE.replace('"Ägaren"', '"""\n  A\u0308garen\n  AB """'))
    assert project.owner == "Ägaren AB"


@pytest.mark.parametrize("start", ["\ufeff", "\r\n"])
def test_marks_that_windows_leaves_do_no_harm(tmp_path: Path, start: str) -> None:
    assert read(tmp_path, start + PROFILE).name == "Provet"


# -- Faults ------------------------------------------------------------------------------------------------------------

FAULTS = {
    "no name": ('name = "Provet"\n', "", "name: is missing or empty"),
    "empty name": ('"Provet"', '"  "', "name: is missing or empty"),
    "no owner": ('owner = "Ägaren"\n', "", "owner: is missing or empty"),
    "no start": (
        "starts_on = 2016-01-01\n",
        "",
        "starts_on: is missing or empty. Write it, as in: starts_on = 2017-04-01",
    ),
    "no steps": (STEPS, "", "steps: is missing or empty. Write it, as in: [[steps]]"),
    "empty steps": (STEPS, "", "steps: must be a list with at least one entry", "steps = []\n"),
    "no destinations": (DESTINATIONS, "", "destinations: is missing or empty"),
    "no municipalities": ('["2380", "Bräcke"]', "[]", "municipalities: must be a list with at least one entry"),
    "no step name": ('name = "Praktik"\n', "", "steps[2].name: is missing or empty"),
    "no step code": ('code = "2"\n', "", "steps[2].code: is missing or empty"),
    "no group": (
        'group = "other"\n',
        "",
        'destinations[2].group: is missing or empty. Write it, as in: group = "work"',
    ),
    "unknown key": (
        "owner =",
        "onwer =",
        "onwer: is not a key that arena knows. Remove it or correct it. Did you mean owner?",
    ),
    "unlike any key": ("", "", "zzz: is not a key that arena knows. Remove it or correct it.", "zzz = 1\n"),
    "unknown step key": ('code = "2"', 'code = "2"\nposition = 2', "steps[2].position: is not a key"),
    "number as text": ('"Provet"', "5", "name: must be a text in quotes"),
    "text as date": ("2016-01-01", '"2016-01-01"', "starts_on: must be a date without quotes"),
    "time as date": ("2016-01-01", "2016-01-01T10:00:00", "starts_on: must be a date without quotes"),
    "year": ("2016-01-01", "0016-01-01", "starts_on: must lie between 1990-01-01 and 2100-12-31"),
    "text as number": ("", "", "age_from: must be a whole number without quotes", 'age_from = "15"\n'),
    "truth as number": ("", "", "planned_participants: must be a whole number", "planned_participants = true\n"),
    "age": ("", "", "age_to: must lie between 0 and 120", "age_to = 200\n"),
    "text as list": ('["2380", "Bräcke"]', '"2380"', "municipalities: must be a list"),
    "text as table": (STEPS, "", "steps[1]: must be a table of its own", 'steps = ["Kontakt"]\n'),
    "same step code": (
        'code = "2"',
        'code = "1"',
        "steps[2].code: is already the code, the name or the position of steps[1]",
    ),
    "same step name": (
        '"Praktik"',
        '"KONTAKT"',
        "steps[2].name: is already the code, the name or the position of steps[1]",
    ),
    "other's position": (
        'code = "1"',
        'code = "2"',
        "steps[1].code: is already the code, the name or the position of steps[2]",
    ),
    "same destination": ('code = "moved"', 'code = "work"', "destinations[2].code: is already"),
    "same referral": (
        "",
        "",
        "referrals[2].name: is already",
        'referrals = [{code="a", name="A b"}, {code="b", name="a B"}]\n',
    ),
    "same activity": (
        "",
        "",
        "activities[2].code: is already",
        'activities = [{code="a", name="A b"}, {code="a", name="c"}]\n',
    ),
    "same municipality": ('"Bräcke"', '"Östersund"', "municipalities[2]: is already the code"),
    "name of unknown": ('"flyttat"', '"Okänt"', 'destinations[2].name: belongs to the destination "unknown"'),
    "unknown group": (
        '"other"',
        '"othr"',
        "destinations[2].group: must be one of: work, studies, other, unknown. Did you mean other?",
    ),
    "unknown rules": ("", "", "fund_rules: must be one of: none, esf-2014, esf-plus", 'fund_rules = "esf"\n'),
    "end before start": ("2016-12-31", "2015-12-31", "ends_on: lies before starts_on"),
    "ages reversed": ("", "", "age_to: is lower than age_from", "age_from = 60\nage_to = 20\n"),
    "three digits": ('"2380"', '"581"', 'municipalities[1]: must have four digits where it is a code, as in: "0581"'),
    "number as municipality": ('"2380"', "2380", "municipalities[1]: must be a text in quotes"),
    "unknown code": ('"2380"', '"2381"', "municipalities[1]: is not one of Sweden's municipalities"),
    "unknown municipality": ('"Bräcke"', '"Bracke"', "municipalities[2]: is not one of Sweden's municipalities"),
    "own code": (
        '"2380"',
        '{code = "99", name = "A", short_name = "B"}',
        "municipalities[1].code: must have four digits",
    ),
    "own name": ('"2380"', '{code = "9901", short_name = "B"}', "municipalities[1].name: is missing"),
    "other's name": ('"2380"', '{code = "2380", name = "Krokom"}', "municipalities[1].name: does not belong to"),
    "name of Sweden": (
        '"2380"',
        '{code = "9901", name = "A", short_name = "Krokom"}',
        "municipalities[1].short_name: does not",
    ),
    "own key": ('"2380"', '{code = "2380", nam = "A"}', "municipalities[1].nam: is not a key"),
    "letters of a code": (
        'code = "moved"',
        'code = "Flyttat å"',
        "destinations[2].code: may hold only the letters a-z",
    ),
    "long code": ('code = "moved"', f'code = "{"a" * 41}"', "destinations[2].code: may hold only the letters a-z"),
    "project code": ("", "", "code: may hold only the letters a-z", 'code = "Provet"\n'),
    "invisible": ('"Provet"', '"Pro\\u0000vet"', "name: holds an invisible character"),
    "long text": ('"Provet"', f'"{"a" * 501}"', "name: is longer than 500 characters"),
    "TOML": ('"Provet"', "Provet", "line 2 cannot be read as TOML"),
    "TOML at the end": ('"flyttat"', '"flyttat', "line 22 cannot be read as TOML"),
    "key twice": ('owner = "Ägaren"', 'name = "Ägaren"', "line 3 gives a key or a heading that the file has already"),
    "30 February": ("2016-12-31", "2016-02-30", "line 5 has a date that is not in the calendar"),
    "huge number": ("", "", "holds a number with thousands of digits", f"age_to = {'1' * 10_000}\n"),
    "deep": ("", "", "holds a number with thousands of digits", f"age_to = {'[' * 100_000}\n"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_by_its_key_with_the_reason(tmp_path: Path, fault: str) -> None:
    old, new, sentence, *head = FAULTS[fault]
    found = faults(tmp_path, "".join(head) + PROFILE.replace(old, new, 1))
    assert any(line.startswith(sentence) for line in found), found


@pytest.mark.parametrize("code", ["all", "not_placed", "in", "out", "transferred"])
def test_the_words_of_the_figures_are_no_codes(tmp_path: Path, code: str) -> None:
    assert (
        "steps[2].code: cannot be any of: all, not_placed" in faults(tmp_path, PROFILE.replace('"2"', f'"{code}"'))[0]
    )
    assert "destinations[2].code: cannot be" in faults(tmp_path, PROFILE.replace('"moved"', f'"{code}"'))[0]


@pytest.mark.parametrize("code", ["unknown", "studies"])
def test_a_code_that_is_the_name_of_a_group_belongs_to_it(tmp_path: Path, code: str) -> None:
    (line,) = faults(tmp_path, PROFILE.replace('"moved"', f'"{code}"'))
    assert line.startswith(f'destinations[2].code: is the name of a group. Give the destination group = "{code}"')


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    assert faults(tmp_path, PROFILE.encode("cp1252")) == ["line 3 is not UTF-8. Save the file as UTF-8."]


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = PROFILE.replace('"Provet"', "1").replace('"Bräcke"', '"Brä"').replace('code = "2"', 'code = "?"')
    assert [line.split(":")[0] for line in faults(tmp_path, text)] == ["name", "municipalities[2]", "steps[2].code"]


def test_an_empty_file_lacks_all_that_must_be_there(tmp_path: Path) -> None:
    missing = [line.split(":")[0] for line in faults(tmp_path, "")]
    assert missing == ["name", "owner", "starts_on", "ends_on", "municipalities", "steps", "destinations"]


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NoProject) as caught:
        read_project(tmp_path / "provet.toml")
    assert isinstance(caught.value, NotFound)
    assert "provet.toml" in said(caught.value)
    assert said(caught.value).endswith("The built-in projects are: integrationsprojekt, oppen-arena.")


def test_a_near_miss_of_a_built_in_project_is_suggested() -> None:
    with pytest.raises(NoProject) as caught:
        read_project("Öppenarena")
    assert said(caught.value).endswith("Did you mean oppen-arena?")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableProfile) as caught:
        read_project(tmp_path)
    assert isinstance(caught.value, CannotWrite)


# -- The built-in projects ---------------------------------------------------------------------------------------------


def codes(project: Project, group: Group) -> list[str]:
    return [d.code for d in project.destinations if d.group is group]


def test_integrationsprojekt_is_as_published() -> None:
    project = read_project("integrationsprojekt")
    assert (project.code, project.name, project.owner) == (
        "integrationsprojekt",
        "Integrationsprojekt",
        "Region Jämtland Härjedalen",
    )
    assert (project.starts_on, project.ends_on) == (date(2015, 9, 1), date(2018, 3, 31))
    assert (project.ends_on - project.starts_on).days + 1 == 943
    assert project.fund_rules == "esf-2014"
    assert "35 477 034 kr" in project.funding
    assert project.target_group == "Nyanlända"
    assert (project.age_from, project.age_to, project.planned_participants) == (None, None, None)
    assert " ".join(m.code for m in project.municipalities) == "2303 2305 2309 2313 2321 2326 2361 2380"
    assert [codes(project, group) for group in Group] == [
        ["work"],
        ["studies"],
        ["af_program", "moved", "other"],
        ["unknown"],
    ]


def test_oppen_arena_is_as_published() -> None:
    project = read_project("oppen-arena")
    assert (project.code, project.name, project.owner) == ("oppen-arena", "Öppen arena", "Region Jämtland Härjedalen")
    assert (project.starts_on, project.ends_on) == (date(2017, 4, 1), date(2019, 12, 31))
    assert (project.ends_on - project.starts_on).days + 1 == 1005
    assert project.fund_rules == "esf-2014"
    for fact in ("2016/00492", "15 320 473", "11 399 101", "2.3"):
        assert fact in project.funding
    assert (project.age_from, project.age_to, project.planned_participants) == (15, 64, 310)
    assert [m.short_name for m in project.municipalities] == ["Ragunda", "Bräcke", "Krokom", "Strömsund", "Östersund"]
    assert codes(project, Group.WORK) == ["work_unsubsidised", "work_subsidised", "self_employment"]
    assert codes(project, Group.STUDIES) == ["studies"]
    assert codes(project, Group.OTHER)[0] == "af_program"
    assert len(codes(project, Group.OTHER)) == 10
    assert codes(project, Group.UNKNOWN) == ["unknown"]


@pytest.mark.parametrize("code", builtin_projects())
def test_a_built_in_project_is_complete_in_both_languages(code: str) -> None:
    project = read_project(code)
    assert project.code == code
    assert set(project.municipalities) <= set(municipalities_of_sweden())
    assert [(step.code, step.position) for step in project.steps] == [(str(n), n) for n in range(1, 7)]
    assert len(project.referrals) == 14
    for step in project.steps:
        assert step.name_en != step.name
        for sentence in (step.description, step.description_en):
            assert re.fullmatch(r"[^.]+\.", sentence)


@pytest.mark.parametrize("code", builtin_projects())
def test_a_built_in_project_is_written_as_arena_writes_one_and_says_that_its_steps_are_a_proposal(code: str) -> None:
    text = (Path(__file__).parents[1] / "src" / "arena_cli" / "projects" / f"{code}.toml").read_text("utf-8")
    assert text.endswith(profile_text(read_project(code), read_retention(code)))
    assert "a proposal, which the project edits" in text.split("\n\n")[0]


@pytest.mark.parametrize("code", builtin_projects())
def test_a_built_in_project_is_the_same_in_a_database_file(tmp_path: Path, code: str) -> None:
    project = read_project(code)
    Store.create(tmp_path / "arena.db", project, occasion("init"))
    with Store.open(tmp_path / "arena.db") as store:
        assert store.project() == project


# -- Composing and writing ---------------------------------------------------------------------------------------------


OPPEN_ARENA = read_project("oppen-arena")


def compose(**answers: Any) -> Project:
    given_answers = {
        "name": "Vägen vidare",
        "owner": "Ragunda kommun",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2027, 12, 31),
        "municipalities": ["Åre", "2303"],
        **answers,
    }
    return compose_project(OPPEN_ARENA, **given_answers)


def reread(folder: Path, project: Project) -> Project:
    return read(folder, profile_text(project))


def test_a_project_of_ones_own_begins_with_anothers_lists_and_nothing_else() -> None:
    project = compose()
    assert (project.code, project.name, project.name_en) == ("vagen-vidare", "Vägen vidare", "Vägen vidare")
    assert [m.code for m in project.municipalities] == ["2303", "2321"]
    for lists in ("steps", "destinations", "referrals", "activities"):
        assert getattr(project, lists) == getattr(OPPEN_ARENA, lists)
    assert (project.funding, project.fund_rules, project.target_group) == ("", "none", "")
    assert (project.age_from, project.age_to, project.planned_participants) == (None, None, None)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"name": 'Projektet "Öppna \\ dörrar"', "name_en": "The ''project''", "code": "x_1"},
        {"name": "Två\nrader\toch $name {owner}", "owner": "# ingen kommentar"},
        {"funding": "ESF", "fund_rules": "esf-plus", "target_group": "Alla", "age_from": 0, "age_to": 120},
        {"planned_participants": 60, "age_from": 16},
    ],
)
def test_a_written_project_reads_back_as_the_same(tmp_path: Path, answers: dict[str, Any]) -> None:
    project = compose(**answers)
    assert reread(tmp_path, project) == project
    assert "\n" not in project.name


_NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60).filter(str.strip)


@settings(deadline=None)
@given(name=_NAMES, owner=_NAMES, area=_NAMES)
def test_any_name_reads_back_as_the_same(
    tmp_path_factory: pytest.TempPathFactory, name: str, owner: str, area: str
) -> None:
    project = compose(name=name, owner=owner, name_en=area)
    own_area = Municipality("9901", f"a {project.name_en}", f"b {project.name_en}")
    project = replace(project, municipalities=(own_area,))
    assert reread(tmp_path_factory.getbasetemp(), project) == project


@settings(deadline=None)
@given(st.text())
def test_a_toml_string_is_one_line_that_reads_back(text: str) -> None:
    import tomllib

    written = toml_string(text)
    assert "\n" not in written
    assert tomllib.loads(f"text = {written}") == {"text": text}


def test_every_key_of_a_written_project_is_explained() -> None:
    before_the_tables = profile_text(compose()).split("\n[[")[0]
    paragraphs = [p for p in before_the_tables.split("\n\n") if re.search(r"^\w+ = ", p, re.MULTILINE)]
    assert len(paragraphs) == 10
    assert all(paragraph.startswith("# ") for paragraph in paragraphs)


def test_answers_that_make_no_project_are_refused_by_key() -> None:
    with pytest.raises(UnusableAnswers) as caught:
        compose(name=" ", ends_on=date(2025, 1, 1), municipalities=["Atlantis"])
    assert caught.value.exit_code == 2
    keys = [line.strip().split(":")[0] for line in said(caught.value).splitlines()[1:]]
    assert keys == ["name", "municipalities[1]", "ends_on"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Öppen arena", "oppen-arena"),
        ("  ÅÄÖ åäö é ß æ Ø! ", "aao-aao-e-ss-ae-o"),
        ("O\u0308ppen", "oppen"),
        ("2026/27", "2026-27"),
        ("日本", "project"),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_a_code_is_made_from_the_name(name: str, code: str) -> None:
    assert code_from_name(name) == code


def test_a_written_file_never_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "ny.toml"
    write_profile(compose(), path)
    assert read_project(path) == compose()
    before = path.read_bytes()
    with pytest.raises(ProfileExists) as caught:
        write_profile(compose(name="Annat"), path)
    assert caught.value.exit_code == 5
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ProfileNotWritten) as caught:
        write_profile(compose(), tmp_path / "saknas" / "ny.toml")
    assert caught.value.exit_code == 7
    assert not (tmp_path / "saknas").exists()


def test_the_example_in_the_documentation_is_a_project(tmp_path: Path) -> None:
    documentation = (DOCS / "profile.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", documentation, re.DOTALL)
    project = read(tmp_path, example)
    assert project.code == "vagen-vidare"
    assert [m.short_name for m in project.municipalities] == ["Ragunda", "Bräcke", "Fjällbyarna"]
    for key in re.findall(r"^# (\w+) =|^(\w+) =", profile_text(project), re.MULTILINE):
        assert f"`{''.join(key)}`" in documentation
