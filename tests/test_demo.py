"""The demo: its totals are the published ones whatever the seed, its people keep every rule, its report is marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena_cli.demo import MONTH, NoDemoFolder, NotADemo, Totals, make_demo
from arena_cli.figures.report import Report, build
from arena_cli.journal import broken_at
from arena_cli.language import load_language
from arena_cli.model import Month
from arena_cli.personal_number import holds_personal_number
from arena_cli.render import Edition, render
from arena_cli.store import Row, Store
from tests.conftest import Arena, make_world
from tests.oracle import Oracle, ProjectDescription
from tests.sample import PROJECT, TODAY, lists_of, new_store

MONTHS = [Month(2015, number) for number in range(9, 13)] + [Month(2016, number) for number in range(1, 11)]
MUNICIPALITIES = ("2303", "2305", "2309", "2313", "2321", "2326", "2361", "2380")
OSTERSUND = "2380"
LATER = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(path)
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as store:
        yield store


@pytest.fixture
def october(store: Store) -> Report:
    return build(store, MONTH, TODAY)


def persons(report: Report, *measures: str, sex: str = "all") -> list[int]:
    return [report.tables["persons"].value(measure, sex=sex) for measure in measures]


def left(report: Report) -> list[int]:
    return [report.tables["left"].value(group) for group in ("work", "studies", "other", "unknown", "transferred")]


def everything(path: Path) -> dict[str, list[Row]]:
    """Every row of every table but sqlite-utils' own, which says when the schema was made."""
    with Store.open(path) as store:
        names = [name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {name: store.rows(f"SELECT * FROM {name}") for name in names if name != "_sqlite_migrations"}


# -- what the figures say ---------------------------------------------------------------------------------------------


def test_october_has_the_published_totals_and_the_men_there_were(october: Report) -> None:
    assert persons(october, "participants", "left", "active") == [259, 123, 136]
    assert persons(october, "participants", sex="women") == [90]
    assert persons(october, "participants", sex="men") == [169]
    assert october.scope.sexes == ("women", "men")
    assert left(october) == [53, 7, 21, 42, 0]


def test_persons_are_fewer_than_spells(october: Report) -> None:
    measures = ("spells", "re_entries", "transfer_continuations", "participants")
    assert persons(october, *measures) == [286, 13, 14, 259]


def test_all_eight_municipalities_take_part(october: Report) -> None:
    table = october.tables["persons"]
    sizes = {code: table.value("participants", code) for code in MUNICIPALITIES}
    assert tuple(municipality.code for municipality in october.scope.municipalities) == MUNICIPALITIES
    assert min(sizes.values()) > 8
    assert max(sizes, key=lambda code: sizes[code]) == OSTERSUND
    assert all(table.value("active", code) for code in MUNICIPALITIES)
    assert all(table.value("left", code) for code in MUNICIPALITIES)


def test_october_has_something_of_everything(october: Report) -> None:
    stock_flow = ("entered", "re_entered", "transferred_in", "exited", "transferred_out")
    progression = ("up", "down", "same", "not_placed", "moves_up", "moves_down")
    assert all(october.tables["stock_flow"].value(measure) for measure in stock_flow)
    assert all(october.tables["progression"].value(measure) for measure in progression)
    assert all(october.tables["steps"].value(measure) for measure in october.tables["steps"].measures)
    assert all(october.tables["left"].value(g, sex=sex) for g in ("work", "unknown") for sex in ("women", "men"))


def test_july_is_quiet(store: Store) -> None:
    entered = {m: build(store, m, TODAY).tables["stock_flow"].value("entered") for m in MONTHS}
    assert min(entered, key=lambda month: entered[month]) == Month(2016, 7)


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_every_month_reconciles_and_equals_the_independent_count(store: Store, month: Month) -> None:
    report = build(store, month, TODAY)
    assert report.reconciles
    project, lists = report.project, lists_of(store)
    description = ProjectDescription(
        municipalities=tuple(m.code for m in project.municipalities),
        steps=tuple(s.code for s in project.steps),
        destinations={d.code: d.group.value for d in project.destinations},
    )
    theirs = Oracle(description, lists.spells, lists.moves).figures(str(month))
    ours = {(f.section, f.measure, f.municipality, f.sex): f.value for f in report.figures()}
    assert {key: ours[key] for key in theirs} == theirs


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_seed_invents_other_people_with_the_same_totals(path: Path, tmp_path: Path, seed: int) -> None:
    other = tmp_path / "demo.db"
    make_demo(other, seed)
    with Store.open(other) as store:
        report = build(store, MONTH, TODAY)
    assert report.reconciles
    assert persons(report, "participants", "left", "active", "spells") == [259, 123, 136, 286]
    assert persons(report, "participants", sex="women") == [90]
    assert left(report) == [53, 7, 21, 42, 0]
    assert everything(other)["spell"] != everything(path)["spell"]


def test_the_totals_are_given_to_the_model(tmp_path: Path) -> None:
    totals = Totals(women=40, men=30, work=6, studies=2, other=4, unknown=3, re_entries=2, transfers=5)
    make_demo(tmp_path / "demo.db", totals=totals)
    with Store.open(tmp_path / "demo.db") as store:
        report = build(store, MONTH, TODAY)
    assert persons(report, "participants", "left", "spells") == [70, 15, 77]
    assert persons(report, "participants", sex="women") == [40]
    assert left(report) == [6, 2, 4, 3, 0]


# -- what the file holds ----------------------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_file_and_the_same_report(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "demo.db"
    make_demo(again)
    assert everything(again) == everything(path)
    edition = Edition(as_of=date(2016, 11, 7), made_at="2016-11-07 10:00")
    texts = []
    for file in (path, again):
        with Store.open(file) as store:
            report = build(store, MONTH, TODAY)
        texts.append([render(report, form, load_language("sv"), edition) for form in ("md", "html", "json", "csv")])
    assert texts[0] == texts[1]


def test_no_personal_number_and_no_ref(path: Path, store: Store) -> None:
    texts = [
        str(value)
        for name, rows in everything(path).items()
        for row in rows
        for value in (row[:-2] if name == "journal" else row)  # a journal entry ends with its two hashes
    ]
    assert len(texts) > 10_000
    assert not any(holds_personal_number(text) for text in texts)
    assert not any(participant.ref for participant in store.participants())


def test_it_is_marked_as_invented(store: Store) -> None:
    project = store.project()
    assert project.demo
    assert "DEMO" in project.name
    assert "DEMO" in project.name_en


def test_people_are_of_working_age(store: Store) -> None:
    entered = {spell.participant_id: spell.entered_on.year for spell in reversed(store.spells())}
    ages = [entered[p.id] - p.birth_year for p in store.participants() if p.birth_year]
    assert len(ages) == 259
    assert 18 <= min(ages) < 25
    assert 55 < max(ages) <= 64


def test_each_change_is_registered_on_a_working_day_after_it_happened(store: Store) -> None:
    entries = store.entries()
    times = [datetime.fromisoformat(entry.at) for entry in entries]
    assert broken_at(entries) is None
    assert times == sorted(times)
    assert all(time.weekday() < 5 for time in times)
    assert times[0].date() == date(2015, 9, 1)
    assert store.rows("SELECT count(*) FROM spell WHERE substr(registered_at, 1, 10) < entered_on") == [(0,)]
    assert store.rows("SELECT count(*) FROM step_move WHERE substr(registered_at, 1, 10) < moved_on") == [(0,)]
    assert store.rows("SELECT max(substr(registered_at, 1, 10) > moved_on) FROM step_move") == [(1,)]


def test_the_journal_has_every_command_of_daily_work(store: Store) -> None:
    commands = {command for (command,) in store.rows("SELECT DISTINCT command FROM journal")}
    daily = {"add", "move", "exit", "transfer", "readmit", "edit"}
    assert commands == {"init", *(f"{verb}-participant" for verb in daily)}
    actors = {actor for (actor,) in store.rows("SELECT DISTINCT actor FROM journal")}
    assert actors == {"demo", *(f"demo-{code}" for code in MUNICIPALITIES)}


# -- where it is put --------------------------------------------------------------------------------------------------


def test_an_earlier_demo_is_made_anew(path: Path, tmp_path: Path) -> None:
    demo = tmp_path / "demo.db"
    new_store(demo, replace(PROJECT, demo=True)).close()
    make_demo(demo)
    assert everything(demo) == everything(path)
    assert [file.name for file in tmp_path.iterdir()] == ["demo.db"]


def test_a_real_project_is_not_replaced(tmp_path: Path) -> None:
    real = tmp_path / "demo.db"
    new_store(real).close()
    before = real.read_bytes()
    with pytest.raises(NotADemo):
        make_demo(real)
    assert real.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"something else"])
def test_a_foreign_file_is_not_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "demo.db").write_bytes(content)
    with pytest.raises(NotADemo):
        make_demo(tmp_path / "demo.db")
    assert (tmp_path / "demo.db").read_bytes() == content


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(NoDemoFolder):
        make_demo(tmp_path / "taken" / "demo.db")


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_the_paths_of_what_it_made(arena: Arena, tmp_path: Path) -> None:
    out = Path("demo å")
    ran = arena("demo", "--out", str(out), world=make_world(LATER))
    assert ran.code == 0
    reports = {
        out / f"rapport-2016-10.intern.{language}.{form}" for language in ("sv", "en") for form in ("md", "html")
    }
    assert {Path(line) for line in ran.out.splitlines()} == {out / "demo.db", *reports}
    assert set(out.iterdir()) == {out / "demo.db", *reports}
    assert all("DEMO" in report.read_text(encoding="utf-8") for report in reports)
    story, look = ran.err.splitlines()
    assert story.startswith("259 persons, 90 women and 169 men; of the 123 who have left")
    assert "rapport-2016-10.intern.en.html" in look


def test_the_command_refuses_a_folder_with_a_real_file(arena: Arena, tmp_path: Path) -> None:
    new_store(tmp_path / "demo.db").close()
    ran = arena("demo", "--out", ".", world=make_world(LATER))
    assert (ran.code, ran.out) == (5, "")
    assert "is not a demo; nothing was changed" in ran.err
    assert [file.name for file in tmp_path.iterdir()] == ["demo.db"]
