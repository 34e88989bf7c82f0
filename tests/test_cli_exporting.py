"""`arena export`: what it asks, what it writes and for whom, and what it leaves alone."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from pathlib import Path

import pytest
from openpyxl import load_workbook

from arena_cli.cli.run import run
from tests.conftest import Arena, Keyboard, make_world

PURPOSE = ("--purpose", "kontroll mot kommunens lista")


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def there() -> list[str]:
    """What is in the current folder."""
    return sorted(path.name for path in Path().iterdir())


def looks(arena: Arena) -> list[dict[str, object]]:
    found = json.loads(arena("list-accesses", "--json").out)
    assert isinstance(found, list)
    return found


# -- persons ----------------------------------------------------------------------------------------------------------


def test_a_list_of_persons_is_for_its_writer_only_and_stands_in_the_journal(project: Arena, code: str) -> None:
    ran = project("export", "spells", "spells.csv", *PURPOSE)
    assert (ran.code, ran.out) == (0, "spells.csv\n")
    assert ran.err.startswith("Rows: 1; participants: 1. The file tells of single persons")
    assert mode("spells.csv") == 0o600
    assert code in Path("spells.csv").read_text(encoding="utf-8-sig")
    (look,) = looks(project)
    assert (look["action"], look["what"], look["persons"]) == ("export", "list of spells", 1)
    assert (look["actor"], look["command"], look["purpose"]) == ("anna", "export", PURPOSE[1])


def test_a_script_has_to_say_what_it_is_for_and_a_person_is_asked(
    project: Arena, code: str, keyboard: Keyboard
) -> None:
    refused = project("--no-input", "export", "participants", "list.xlsx")
    assert refused.code == 2
    assert "--purpose" in refused.err
    assert not Path("list.xlsx").exists()
    assert looks(project) == []
    keyboard.types("", "kallelse till möte")
    asked = project("export", "participants", "list.xlsx")
    assert asked.code == 0
    assert "What is it for: " in asked.err
    assert [look["purpose"] for look in looks(project)] == ["kallelse till möte"]


def test_a_purpose_with_a_personal_identity_number_is_refused_and_nothing_written(project: Arena, code: str) -> None:
    ran = project("export", "spells", "spells.csv", "--purpose", "om 19830101-2392")
    assert ran.code == 5
    assert there() == ["arena.db"]
    assert looks(project) == []


@pytest.mark.parametrize("name", ["places", "targets", "notes", "decisions"])
def test_what_tells_of_no_person_needs_no_purpose(project: Arena, name: str) -> None:
    assert project("--no-input", "export", name, "list.json").code == 0
    assert json.loads(Path("list.json").read_text())["list"] == name
    assert mode("list.json") == 0o600
    assert looks(project) == []


def test_a_list_of_one_municipality_tells_of_its_people_only(project: Arena, code: str) -> None:
    assert project("export", "participants", "åre.json", "--municipality", "Åre", *PURPOSE).code == 0
    assert json.loads(Path("åre.json").read_text())["rows"] == []
    assert looks(project)[0]["persons"] == 0
    assert project("export", "participants", "krokom.json", "--municipality", "krokom", *PURPOSE).code == 0
    assert [row["code"] for row in json.loads(Path("krokom.json").read_text())["rows"]] == [code]
    assert project("export", "accesses", "a.json", "--municipality", "krokom").code == 2
    assert project("export", "spells", "b.json", "--municipality", "Atlantis", *PURPOSE).code == 4


def test_nobody_learns_from_a_list_where_somebody_is_whose_data_are_protected(project: Arena, code: str) -> None:
    project("edit-participant", code, "--ref", "krokom-17", "--why", "new number")
    place = project("add-place", "--host", "Sågen", "--sector", "private", "--municipality", "Krokom",
                    "--from", "2016-10-03").out.strip()  # fmt: skip
    assert project("place-participant", code, "--place", place, "--date", "2016-10-10").code == 0
    assert project("set-protection", code, "marked", "--why", "told by the tax agency").code == 0
    for name in ("participants", "spells", "placements"):
        for form in ("csv", "json"):
            assert project("export", name, f"{name}.{form}", *PURPOSE).code == 0
            text = Path(f"{name}.{form}").read_text(encoding="utf-8-sig")
            assert code in text
            assert "protected" in text
            for known in ("Krokom", "2309", "krokom-17", place, "Sågen"):
                assert known not in text, name
        assert project("export", name, "krokom.json", "--municipality", "Krokom", "--replace", *PURPOSE).code == 0
        assert json.loads(Path("krokom.json").read_text())["rows"] == []


# -- the file ---------------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_left_as_it_is(project: Arena, code: str) -> None:
    Path("spells.csv").write_text("mine")
    refused = project("export", "spells", "spells.csv", *PURPOSE)
    assert refused.code == 5
    assert "--replace" in refused.err
    assert Path("spells.csv").read_text() == "mine"
    assert looks(project) == []
    assert project("export", "spells", "spells.csv", "--replace", *PURPOSE).code == 0
    assert code in Path("spells.csv").read_text(encoding="utf-8-sig")
    assert mode("spells.csv") == 0o600


def test_a_link_is_never_followed(project: Arena, code: str) -> None:
    Path("elsewhere").mkdir()
    Path("elsewhere/theirs.csv").write_text("theirs")
    Path("spells.csv").symlink_to("elsewhere/theirs.csv")
    assert project("export", "spells", "spells.csv", *PURPOSE).code == 5
    assert project("export", "spells", "spells.csv", "--replace", *PURPOSE).code == 0
    assert Path("elsewhere/theirs.csv").read_text() == "theirs"
    assert not Path("spells.csv").is_symlink()


def test_what_cannot_be_written_leaves_nothing(project: Arena, code: str) -> None:
    assert project("export", "spells", "nowhere/spells.csv", *PURPOSE).code == 7
    assert there() == ["arena.db"]
    Path("list.csv").mkdir()
    assert project("export", "spells", "list.csv", "--replace", *PURPOSE).code == 7
    assert there() == ["arena.db", "list.csv"]


def test_what_cannot_be_meant_is_refused(project: Arena) -> None:
    for code, *words in (
        (2, "spells", "spells.txt"),
        (2, "spells", "spells"),
        (4, "people", "people.csv"),
        (2, "spells", "spells.csv", "--month", "2016-10"),
        (2, "figures", "figures.csv", "--month", "2016-10", "--to", "2016-09"),
        (2, "figures", "figures.csv", "--month", "2016-10", "--to", "next"),
        (5, "figures", "figures.csv", "--month", "2016-10", "--to", "2017-01"),
        (4, "figures", "figures.csv", "--month", "2015-01"),
    ):
        purpose = () if words[0] == "figures" else PURPOSE
        assert project("export", *map(str, words), *purpose).code == code, words
    assert there() == ["arena.db"]


# -- figures ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert run(["demo", "--out", str(folder / "demo")], make_world()) == 0
    return folder / "demo" / "demo.db"


@pytest.fixture
def demo(arena: Arena, demo_file: Path) -> Arena:
    """The command runner, with the demo's file as the current folder's arena.db."""
    shutil.copy(demo_file, "arena.db")
    return arena


def test_the_figures_are_those_of_the_report(demo: Arena) -> None:
    months = ("2016-08", "2016-09", "2016-10")
    told = demo("export", "figures", "f.json", "--month", months[0], "--to", months[-1])
    rows = json.loads(Path("f.json").read_text())["rows"]
    assert (told.code, told.err) == (0, f"{len(rows)} figures.\n")
    found = {(row["month"], row["address"]): row["value"] for row in rows}
    expected = {}
    for month in months:
        for figure in json.loads(demo("report", "--month", month, "--format", "json").out)["figures"]:
            measure = figure.get("measure") or f"{figure['from']}>{figure['to']}"
            address = f"{figure['section']}/{measure}/{figure['municipality']}/{figure['sex']}"
            expected[month, address] = figure["value"]
    assert found == expected
    assert len(found) == len(rows)


def test_a_figure_says_in_both_languages_what_it_is(demo: Arena) -> None:
    for language, delimiter in (("sv", ";"), ("en", ",")):
        assert demo("--lang", language, "export", "figures", f"{language}.csv", "--month", "2016-10").code == 0
        with Path(f"{language}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=delimiter))
        assert not [row for row in rows if not all(row[:7]) or not row[8]]
        words = [(row[1], row[4], row[5]) for row in rows[1:]]
        if language == "sv":
            swedish = words
            assert rows[0][:7] == ["Månad", "Avsnitt", "Kommun", "Kön", "Vad den räknar", "Enhet", "Värde"]
        else:
            assert rows[1] == [
                *("2016-10", "Entries and exits", "Ragunda", "Women"),
                *("Spells in stock at the end of the day before the month.", "spells", rows[1][6], "preliminary"),
                "stock_flow/opening/2303/women",
            ]
            same = {pair for pair in zip(swedish, words, strict=True) if pair[0] == pair[1]}
            assert same == set()


def test_units_are_what_is_counted(demo: Arena) -> None:
    demo("export", "figures", "f.json", "--month", "2016-10")
    units: dict[str, set[str]] = {}
    for row in json.loads(Path("f.json").read_text())["rows"]:
        units.setdefault(row["address"].rsplit("/", 2)[0], set()).add(row["unit"])
    for address, unit in {
        "stock_flow/exited": "spells",
        "persons/participants": "persons",
        "left/work": "persons",
        "progression/moves_up": "moves",
        "placements/begun": "placements",
        "places/open": "places",
        "places/capacity": "persons",
        "attendance/minutes": "minutes",
        "attendance/with_hours": "persons",
        "minutes_by_activity/talks": "minutes",
        "days_in_project/active_median": "days",
        "waiting/closing": "waits",
        "targets/intake_total": "persons",
        "indicators/CO01": "persons",
        "timeliness/days_0": "entries, exits and moves",
    }.items():
        assert units[address] == {unit}, address


def test_figures_are_as_readable_as_a_report_and_a_silent_municipality_is_said(project: Arena, code: str) -> None:
    world = make_world()
    ran = project("export", "figures", "f.xlsx", "--month", "this", "--municipality", "Åre", world=world)
    assert ran.code == 0
    assert mode("f.xlsx") == 0o666 & ~world.umask
    (sheet,) = load_workbook("f.xlsx").worksheets
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {row[2] for row in rows} == {"Åre", "The whole project"}
    assert {(row[2], row[7]) for row in rows} == {
        ("Åre", "preliminary, not reported"),
        ("The whole project", "preliminary"),
    }
    assert [table.ref for table in sheet.tables.values()] == [f"A1:I{len(rows) + 1}"]


@pytest.mark.parametrize("wanted", [("figures", "--month", "2016-10"), ("places",)])
def test_a_list_of_no_persons_is_not_asked_what_it_is_for(project: Arena, wanted: tuple[str, ...]) -> None:
    name, *options = wanted
    refused = project("export", name, "ut.csv", *options, "--purpose", "prov")
    assert (refused.code, Path("ut.csv").exists()) == (2, False)
    assert "leave out --purpose" in refused.err
    assert project("export", name, "ut.csv", *options).code == 0
