"""`arena init` and `arena demo`."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena_cli.cli.starting import BETWEEN
from arena_cli.lookup import municipalities_of_sweden
from arena_cli.project import read_project
from tests.conftest import Arena, Keyboard, make_world

OWN = [
    *("--name", "Vägen vidare", "--owner", "Region Exempel", "--starts", "2016-01-01", "--ends", "2018-12-31"),
    *("--municipality", "Åre", "--municipality", "2309"),
]


def test_a_built_in_project_becomes_a_file_that_only_its_owner_can_read(arena: Arena, tmp_path: Path) -> None:
    made = arena("init", "--project", "oppen-arena", "--db", "ny.db")
    assert (made.code, made.out) == (0, "ny.db\n")
    assert made.err == ("Started: Open arena, 2017-04-01 to 2019-12-31. Next: `arena add-participant`.\n")
    assert stat.S_IMODE((tmp_path / "ny.db").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["ny.db"]


def test_a_project_that_is_over_is_said_to_be(arena: Arena) -> None:
    from datetime import UTC, datetime

    late = make_world(datetime(2026, 11, 1, tzinfo=UTC))
    assert "Its period is over" in arena("init", "--project", "oppen-arena", world=late).err


def test_a_file_that_exists_is_never_changed(project: Arena, tmp_path: Path) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    for arguments in (["--project", "oppen-arena"], OWN, []):
        again = project("init", *arguments)
        assert (again.code, again.out) == (5, "")
        assert again.err == "arena.db exists already; nothing was changed.\n"
    assert (tmp_path / "arena.db").read_bytes() == before


def test_ones_own_project_leaves_a_project_file_beside_the_database(arena: Arena, tmp_path: Path) -> None:
    made = arena("init", *OWN)
    assert (made.code, made.out) == (0, "arena.db\narena.toml\n"), made.err
    written = read_project(tmp_path / "arena.toml")
    assert (written.code, [m.short_name for m in written.municipalities]) == ("vagen-vidare", ["Krokom", "Åre"])
    assert written.steps
    copy = arena("init", "--project", "arena.toml", "--db", "copy.db")
    assert (copy.code, copy.out) == (0, "copy.db\n")


def test_a_project_file_in_the_way_is_left_alone_and_no_database_is_made(arena: Arena, tmp_path: Path) -> None:
    (tmp_path / "arena.toml").write_text("mine")
    assert arena("init", *OWN).code == 5
    assert (tmp_path / "arena.toml").read_text() == "mine"
    assert not (tmp_path / "arena.db").exists()


def test_what_is_missing_is_named_all_at_once(arena: Arena, tmp_path: Path) -> None:
    said = arena("init", "--name", "x", "--no-input")
    assert said.code == 2
    assert said.err.startswith("Missing: --owner, --starts, --ends, --municipality.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "typed", ["Åre och Krokom", "Åre; Krokom", "Åre,Krokom", "Krokom AND 2321", "Åre samt Krokom,"]
)
def test_municipalities_may_be_written_as_in_a_sentence(arena: Arena, tmp_path: Path, typed: str) -> None:
    assert arena("init", *OWN[:8], "--municipality", typed).code == 0
    written = read_project(tmp_path / "arena.toml")
    assert [m.short_name for m in written.municipalities] == ["Krokom", "Åre"]


def test_all_of_sweden_is_read_as_it_is_written() -> None:
    """No name has in it what stands between two."""
    names = [name for place in municipalities_of_sweden() for name in (place.name, place.short_name)]
    assert len(names) == 2 * 290
    assert not [name for name in names if BETWEEN.search(name)]


def test_init_asks_until_the_answers_will_do(arena: Arena, tmp_path: Path, keyboard: Keyboard) -> None:
    keyboard.types(
        *("", "Vägen", "Region", "2016-02-30", "2016-02-01", "2015-12-31", "2017-12-31"),
        *("Atlantis", "Åre, 2309, åre", "Åre, 2309", ""),
    )
    made = arena("init")
    assert made.code == 0, made.err
    assert "There is no such day in the calendar: 2016-02 has 29 days." in made.err
    assert 'Sweden has no municipality "Atlantis".' in made.err
    assert "The last day, 2015-12-31, lies before the first day, 2016-02-01." in made.err
    assert "Åre is given twice." in made.err
    questions = ["The project's name", "Who runs it", "First day", "Last day", "Its municipalities", "The staircase"]
    places = [made.err.index(question) for question in questions]
    assert places == sorted(places)
    assert "  1 integrationsprojekt\n  2 oppen-arena\nNumber or name [Enter: integrationsprojekt]: " in made.err
    written = read_project(tmp_path / "arena.toml")
    assert [m.code for m in written.municipalities] == ["2309", "2321"]
    assert written.steps == read_project("integrationsprojekt").steps


def test_a_period_that_ends_before_it_starts_is_refused_and_leaves_nothing(arena: Arena, tmp_path: Path) -> None:
    backwards = ["2014-01-01" if word == "2018-12-31" else word for word in OWN]
    said = arena("init", *backwards)
    assert said.code == 2
    assert said.err == "--ends: The last day, 2014-01-01, lies before the first day, 2016-01-01.\n"
    early = arena("init", *["1066-01-01" if word == "2016-01-01" else word for word in OWN])
    assert early.code == 2
    assert "  --starts: must lie between" in early.err
    assert "starts_on" not in early.err
    assert list(tmp_path.iterdir()) == []


def test_a_project_is_either_named_or_described(arena: Arena) -> None:
    assert arena("init", "--project", "oppen-arena", "--name", "x").code == 2
    assert arena("init", "--project", "oppen-arena", "--steps-from", "oppen-arena").code == 2


def test_a_project_that_does_not_exist_or_is_faulty_is_told(arena: Arena, tmp_path: Path) -> None:
    missing = arena("init", "--project", "opppen-arena")
    assert missing.code == 4
    assert "oppen-arena" in missing.err
    (tmp_path / "mine.toml").write_text('name = "x"\n')
    faulty = arena("init", "--project", "mine.toml")
    assert faulty.code == 3
    assert "starts_on" in faulty.err
    assert not (tmp_path / "arena.db").exists()


def test_the_demo_prints_the_paths_of_its_file_and_its_reports(arena: Arena, tmp_path: Path) -> None:
    made = arena("demo", "--out", "prov")
    assert made.code == 0, made.err
    paths = [Path(line) for line in made.out.splitlines()]
    assert [path.name for path in paths] == [
        "demo.db",
        "rapport-2016-10.intern.sv.md",
        "rapport-2016-10.intern.sv.html",
        "rapport-2016-10.intern.en.md",
        "rapport-2016-10.intern.en.html",
    ]
    manifests = [f"rapport-2016-10.intern.{language}.manifest.json" for language in ("sv", "en")]
    made_files = {path.name for path in (tmp_path / "prov").iterdir()}
    assert made_files == {*(path.name for path in paths), *manifests}
    assert "DEMO" in paths[1].read_text(encoding="utf-8")
    assert "259 persons, 90 women and 169 men; of the 123 who have left, nobody knows about 42." in made.err
    assert f"`arena list-participants --db {Path('prov', 'demo.db')}`" in made.err
    from_source = arena("demo", "--out", "a b", world=make_world(ARENA_STARTED_BY="python3 dev.py arena"))
    assert f"`python3 dev.py arena list-participants --db '{Path('a b', 'demo.db')}'`" in from_source.err
    again = arena("demo", "--out", "prov", world=make_world(datetime(2016, 12, 1, tzinfo=UTC)))
    assert (again.code, again.out) == (0, made.out)
    assert {path.name for path in (tmp_path / "prov").iterdir()} == made_files
