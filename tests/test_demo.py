"""The demos: the given totals whatever the seed, people who keep every rule, something in every section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena_cli.demo import FIRST_DEMO, NoDemoFolder, NoSuchDemo, NotADemo, Totals, make_demo, read_parameters
from arena_cli.demo.calendar import months_between
from arena_cli.figures.report import Report, build
from arena_cli.journal import broken_at
from arena_cli.language import load_language
from arena_cli.model import Assignment, Attendance, Background, FollowUp, Month, Pause, Place, Placement, Sex
from arena_cli.personal_number import holds_personal_number
from arena_cli.project import builtin_projects
from arena_cli.render import Edition, render
from arena_cli.store import Row, Store
from tests.conftest import Arena, make_world, run_process
from tests.oracle import Oracle, ProjectDescription
from tests.sample import PROJECT, lists_of, new_store

SECOND_DEMO = "oppen-arena"
DEMOS = (FIRST_DEMO, SECOND_DEMO)
TODAY = date(2019, 1, 15)
MONTH = Month(2016, 10)
MONTHS = {
    FIRST_DEMO: months_between(Month(2015, 9), MONTH),
    SECOND_DEMO: months_between(Month(2017, 4), Month(2018, 11)),
}
MUNICIPALITIES = ("2303", "2305", "2309", "2313", "2321", "2326", "2361", "2380")
OSTERSUND = "2380"
LATER = datetime(2026, 11, 22, 8, tzinfo=UTC)
A_WEEK_INTO_NOVEMBER = Edition(as_of=date(2016, 11, 7), made_at="2016-11-07 10:00")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file of each demo."""
    folder = tmp_path_factory.mktemp("demos")
    paths = {name: folder / f"{name}.db" for name in DEMOS}
    for name, path in paths.items():
        make_demo(path, read_parameters(name))
    return paths


@pytest.fixture
def path(files: dict[str, Path]) -> Path:
    return files[FIRST_DEMO]


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as store:
        yield store


@pytest.fixture
def october(store: Store) -> Report:
    return build(store, MONTH, TODAY)


@pytest.fixture(params=DEMOS)
def name(request: pytest.FixtureRequest) -> str:
    """The name of one demo after the other."""
    return str(request.param)


@pytest.fixture
def either(files: dict[str, Path], name: str) -> Iterator[Store]:
    """One demo after the other."""
    with Store.open(files[name]) as store:
        yield store


def persons(report: Report, *measures: str, sex: str = "all") -> list[int]:
    return [report.tables["persons"].value(measure, sex=sex) for measure in measures]


def left(report: Report) -> list[int]:
    return [report.tables["left"].value(group) for group in ("work", "studies", "other", "unknown", "transferred")]


def without_anything(report: Report) -> set[str]:
    """The sections in which there is nothing but zeros."""
    return {section for section, table in report.tables.items() if not any(table.values.values())}


def everything(path: Path) -> dict[str, list[Row]]:
    """Every row of every table but sqlite-utils' own, which says when the schema was made."""
    with Store.open(path) as store:
        names = [name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {name: store.rows(f"SELECT * FROM {name}") for name in names if name != "_sqlite_migrations"}


def records(path: Path) -> dict[str, list[Row]]:
    """The same without the reports that the command has delivered, and that it has."""
    told = {
        name: rows for name, rows in everything(path).items() if not name.startswith(("access", "deliver", "sqlite_"))
    }
    return {**told, "journal": [row for row in told["journal"] if "access" not in row]}


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
    entered = {m: build(store, m, TODAY).tables["stock_flow"].value("entered") for m in MONTHS[FIRST_DEMO]}
    assert min(entered, key=lambda month: entered[month]) == Month(2016, 7)


@pytest.mark.parametrize(("name", "month"), [(name, month) for name in DEMOS for month in MONTHS[name]], ids=str)
def test_every_month_reconciles_and_equals_the_independent_count(either: Store, month: Month) -> None:
    report = build(either, month, TODAY)
    assert [control.identity for control in report.controls if not control.holds] == []
    project, lists = report.project, lists_of(either)
    description = ProjectDescription(
        municipalities=tuple(m.code for m in project.municipalities),
        steps=tuple(s.code for s in project.steps),
        destinations={d.code: d.group.value for d in project.destinations},
    )
    theirs = Oracle(description, lists.spells, lists.moves).figures(str(month))
    ours = {(f.section, f.measure, f.municipality, f.sex): f.value for f in report.figures()}
    assert {key: ours[key] for key in theirs} == theirs


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_another_seed_invents_other_people_with_the_same_totals_and_something_everywhere(
    files: dict[str, Path], tmp_path: Path, name: str, seed: int | None
) -> None:
    parameters = read_parameters(name)
    demo = files[name]
    if seed is not None:
        demo = tmp_path / "demo.db"
        make_demo(demo, replace(parameters, seed=seed))
        assert everything(demo)["spell"] != everything(files[name])["spell"]
    with Store.open(demo) as store:
        report = build(store, parameters.month, TODAY)
    totals = parameters.totals
    has_left = totals.work + totals.studies + totals.other + totals.unknown
    entered = totals.women + totals.men
    assert report.reconciles
    assert without_anything(report) == set()
    assert persons(report, "participants", "left", "active") == [entered, has_left, entered - has_left]
    assert persons(report, "spells") == [entered + totals.re_entries + totals.transfers]
    assert persons(report, "participants", sex="women") == [totals.women]
    assert left(report) == [totals.work, totals.studies, totals.other, totals.unknown, 0]
    assert report.tables["waiting"].value("closing") == totals.waiting


def test_the_totals_are_given_to_the_model(tmp_path: Path) -> None:
    totals = Totals(
        women=40, men=30, work=6, studies=2, other=4, unknown=3, re_entries=2, transfers=5, waiting=3, withdrawn=1
    )
    make_demo(tmp_path / "demo.db", replace(read_parameters(), totals=totals))
    with Store.open(tmp_path / "demo.db") as store:
        report = build(store, MONTH, TODAY)
    assert persons(report, "participants", "left", "spells") == [70, 15, 77]
    assert persons(report, "participants", sex="women") == [40]
    assert left(report) == [6, 2, 4, 3, 0]
    assert report.tables["waiting"].value("closing") == 3


# -- the second demo --------------------------------------------------------------------------------------------------


@pytest.fixture
def november(files: dict[str, Path]) -> Report:
    with Store.open(files[SECOND_DEMO]) as store:
        return build(store, Month(2018, 11), TODAY)


def test_five_municipalities_plan_for_310_and_have_taken_in_about_200(november: Report) -> None:
    codes = [municipality.code for municipality in november.scope.municipalities]
    assert codes == [*MUNICIPALITIES[:4], OSTERSUND]
    assert november.project.planned_participants == 310
    assert november.tables["targets"].value("intake_total") == 310
    assert 190 < november.tables["persons"].value("participants") < 220
    assert all(november.tables["persons"].value("active", m.code) for m in november.scope.municipalities)


def test_they_come_from_further_down_move_more_and_leave_to_work_more_seldom(files: dict[str, Path]) -> None:
    first, second = (_way_of(files[name]) for name in DEMOS)
    assert second["step_at_entry"] < first["step_at_entry"] - 0.5
    assert second["moves"] > 1.3 * first["moves"]
    assert second["moves_down"] > 2 * first["moves_down"]
    assert second["to_work"] < 0.7 * first["to_work"]


def _way_of(path: Path) -> dict[str, float]:
    """What the people of a demo do on average: where they enter, moves for each of them, the share gone to work."""
    with Store.open(path) as store:
        (row,) = store.rows("""
            WITH numbered AS (
                SELECT position, lag(position) OVER spell AS before
                FROM step_move JOIN step ON step.code = step_move.step
                WINDOW spell AS (PARTITION BY spell_id ORDER BY moved_on, step_move.id)
            ), exited AS (
                SELECT group_concat(destination_group) AS groups
                FROM counted_spell LEFT JOIN destination ON destination.code = destination
                WHERE exit_type <> 'transferred' GROUP BY counted_spell.id
            )
            SELECT (SELECT avg(position) FROM numbered WHERE before IS NULL),
                   (SELECT 1.0 * count(*) FROM numbered WHERE before IS NOT NULL) / (SELECT count(*) FROM spell),
                   (SELECT 1.0 * count(*) FROM numbered WHERE position < before) / (SELECT count(*) FROM spell),
                   (SELECT avg(coalesce(groups, '') = 'work') FROM exited)
        """)
    return dict(zip(("step_at_entry", "moves", "moves_down", "to_work"), row, strict=True))


def test_people_are_on_sick_leave_for_long_and_come_back(files: dict[str, Path]) -> None:
    with Store.open(files[SECOND_DEMO]) as store:
        pauses = store.records(Pause, "WHERE reason = 'sick_leave' AND resumed_on IS NOT NULL")
        days = [(pause.resumed_on - pause.paused_on).days for pause in pauses if pause.resumed_on]
        back = store.rows("""
            SELECT count(DISTINCT pause.spell_id) FROM pause
            JOIN step_move ON step_move.spell_id = pause.spell_id AND moved_on >= resumed_on
        """)
    assert len(days) > 15
    assert min(days) >= 30
    assert max(days) > 120
    assert back[0][0] > 10


def test_places_last(november: Report) -> None:
    ages = november.tables["place_ages"]
    assert ages.value("places") > 25
    assert ages.value("still_12") > 5 * ages.value("closed_12")


# -- what the file holds ----------------------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_file_and_the_same_report(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "demo.db"
    make_demo(again, read_parameters())
    assert everything(again) == everything(path)
    texts = []
    for file in (path, again):
        with Store.open(file) as store:
            report = build(store, MONTH, TODAY)
        texts.append(
            [render(report, form, load_language("sv"), A_WEEK_INTO_NOVEMBER) for form in ("md", "html", "json", "csv")]
        )
    assert texts[0] == texts[1]


def test_whatever_order_python_gives_to_sets(files: dict[str, Path], tmp_path: Path) -> None:
    made = run_process("demo", "--project", SECOND_DEMO, "--out", "demo", cwd=tmp_path, PYTHONHASHSEED="7")
    assert made.code == 0
    assert records(tmp_path / "demo" / "demo.db") == records(files[SECOND_DEMO])


def test_no_personal_number_and_no_ref(files: dict[str, Path], name: str, either: Store) -> None:
    texts = [
        str(value)
        for table, rows in everything(files[name]).items()
        for row in rows
        for value in (row[:-3] if table == "journal" else row)  # two hashes and a number come last
    ]
    assert len(texts) > 10_000
    assert not any(holds_personal_number(text) for text in texts)
    assert not any(participant.ref for participant in either.participants())


def test_it_is_marked_as_invented(either: Store) -> None:
    project = either.project()
    assert project.demo
    assert "DEMO" in project.name
    assert "DEMO" in project.name_en


def test_people_are_of_working_age(store: Store) -> None:
    entered = {spell.participant_id: spell.entered_on.year for spell in reversed(store.spells())}
    ages = [entered[p.id] - p.birth_year for p in store.participants() if p.birth_year and p.id in entered]
    assert len(ages) == 259
    assert 18 <= min(ages) < 25
    assert 55 < max(ages) <= 64


def test_everybody_is_in_the_target_group(either: Store) -> None:
    project = either.project()
    spells = either.spells()
    born = {person.id: person.birth_year or 0 for person in either.participants()}
    ages = [spell.entered_on.year - born[spell.participant_id] for spell in spells]
    assert min(ages) > (project.age_from or 0)
    assert max(ages) <= (project.age_to or 65)


def test_those_who_wait_have_not_started(either: Store) -> None:
    waits = either.records(Assignment)
    entered = {spell.participant_id for spell in either.spells()}
    assert {wait.outcome for wait in waits} == {None, "started", "withdrawn"}
    assert all((wait.outcome == "started") == (wait.participant_id in entered) for wait in waits)
    assert {person.sex for person in either.participants()} == {Sex.WOMAN, Sex.MAN}


def test_some_were_not_asked_and_some_would_not_say(either: Store) -> None:
    entered = {spell.participant_id for spell in either.spells()}
    answers = either.records(Background)
    assert 0.85 < len(answers) / len(entered) < 1
    for answer in ("declined", "not_asked", "yes", "no"):
        assert any(background.disability == answer for background in answers)
    assert any(background.employment == "declined" for background in answers) or any(
        background.education == "declined" for background in answers
    )


def test_some_leavers_were_not_reached_and_some_have_not_been_called(either: Store, name: str) -> None:
    report = build(either, MONTHS[name][-1], TODAY)
    table = report.tables["follow_up"]
    for kind in ("immediate", "six_months"):
        outcomes = ("followed_up", "working", "neither", "not_reached", "missing", "not_yet_due")
        assert all(table.value(f"{kind}_{outcome}") for outcome in outcomes)
        assert table.value(f"{kind}_followed_up") < table.value("leavers")
    assert table.value("immediate_followed_up") > 0.7 * table.value("immediate_due")
    assert {f.kind for f in either.records(FollowUp)} == {"immediate", "six_months"}


def test_the_destination_and_the_follow_up_agree_about_subsidies(files: dict[str, Path]) -> None:
    with Store.open(files[SECOND_DEMO]) as store:
        pairs = store.rows("""
            SELECT DISTINCT destination, subsidised FROM follow_up JOIN spell ON spell.id = spell_id
            WHERE follow_up.working = 'yes' AND destination IN ('work_subsidised', 'work_unsubsidised')
        """)
    assert set(pairs) == {("work_subsidised", "yes"), ("work_unsubsidised", "no")}


def test_certification_lags(either: Store, name: str) -> None:
    hours = either.records(Attendance)
    first, *_, last = (str(month) for month in MONTHS[name])
    assert all(h.certified for h in hours if h.month == first)
    assert {h.certified for h in hours if h.month == last} == {True, False}
    assert all(h.minutes % 60 == 0 and 0 < h.minutes <= 160 * 60 for h in hours)


def test_hosts_are_invented_and_no_place_is_overfull(either: Store, name: str) -> None:
    places = either.records(Place)
    assert {place.host for place in places} == {f"Praktikplats {number}" for number in range(1, len(places) + 1)}
    assert {place.sector for place in places} == {"public", "private", "association"}
    assert all(
        build(either, month, TODAY).tables["places"].value("beyond_capacity") == 0 for month in MONTHS[name][::4]
    )
    assert any(
        placement.planned_end_on and placement.ended_on and placement.ended_on > placement.planned_end_on
        for placement in either.records(Placement)
    )


def test_each_change_is_registered_on_a_working_day_after_it_happened(either: Store, name: str) -> None:
    entries = either.entries()
    times = [datetime.fromisoformat(entry.at) for entry in entries]
    assert broken_at(either.links()) is None
    assert times == sorted(times)
    assert all(time.weekday() < 5 for time in times)
    assert times[0].date() == {FIRST_DEMO: date(2015, 9, 1), SECOND_DEMO: date(2017, 4, 3)}[name]
    assert (times[-1].date() - MONTHS[name][-1].last).days < 30
    happened = {
        "spell": "entered_on",
        "step_move": "moved_on",
        "pause": "paused_on",
        "placement": "placed_on",
        "place": "opens_on",
        "follow_up": "followed_up_on",
        "assignment": "assigned_on",
    }
    for table, day in happened.items():
        assert either.rows(f"SELECT count(*) FROM {table} WHERE substr(registered_at, 1, 10) < {day}") == [(0,)]
    assert either.rows("SELECT max(substr(registered_at, 1, 10) > moved_on) FROM step_move") == [(1,)]


def test_the_journal_has_every_command_of_daily_work(either: Store) -> None:
    commands = {command for (command,) in either.rows("SELECT DISTINCT command FROM journal")}
    people = {
        *("add", "assign", "edit", "exit", "move", "pause", "place", "readmit"),
        *("resume", "start", "transfer", "withdraw"),
    }
    others = {
        *("init", "add-background", "add-follow-up", "add-hours", "add-place"),
        *("certify-hours", "close-place", "end-placement", "set-target"),
        *("add-note", "settle-note", "add-decision"),
    }
    assert commands - {"close-decision"} == {*(f"{verb}-participant" for verb in people), *others}
    actors = {actor for (actor,) in either.rows("SELECT DISTINCT actor FROM journal")}
    assert actors == {"demo", *(f"demo-{municipality.code}" for municipality in either.project().municipalities)}


def test_every_project_that_comes_with_arena_has_a_demo() -> None:
    for project in builtin_projects():
        parameters = read_parameters(project)
        codes = {municipality.code for municipality in parameters.project.municipalities}
        destinations = {destination.code for destination in parameters.project.destinations}
        activities = {activity.code for activity in parameters.project.activities}
        assert parameters.inhabitants.keys() == codes
        assert {*parameters.destinations, *parameters.situations.subsidised} <= destinations
        assert {*parameters.hours.activities, parameters.hours.placement} <= activities


# -- where it is put --------------------------------------------------------------------------------------------------


def test_an_earlier_demo_is_made_anew(path: Path, tmp_path: Path) -> None:
    demo = tmp_path / "demo.db"
    new_store(demo, replace(PROJECT, demo=True)).close()
    make_demo(demo, read_parameters())
    assert everything(demo) == everything(path)
    assert [file.name for file in tmp_path.iterdir()] == ["demo.db"]


def test_a_real_project_is_not_replaced(tmp_path: Path) -> None:
    real = tmp_path / "demo.db"
    new_store(real).close()
    before = real.read_bytes()
    with pytest.raises(NotADemo):
        make_demo(real, read_parameters())
    assert real.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"something else"])
def test_a_foreign_file_is_not_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "demo.db").write_bytes(content)
    with pytest.raises(NotADemo):
        make_demo(tmp_path / "demo.db", read_parameters())
    assert (tmp_path / "demo.db").read_bytes() == content


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(NoDemoFolder):
        make_demo(tmp_path / "taken" / "demo.db", read_parameters())


def test_there_are_no_demos_of_other_projects() -> None:
    with pytest.raises(NoSuchDemo):
        read_parameters("provet")


# -- the command ------------------------------------------------------------------------------------------------------

LARGEST_REPORT = 300_000
"""In bytes, of a month and eight municipalities: it is sent by mail and read on telephones."""


def test_the_command_prints_the_paths_of_what_it_made(arena: Arena, tmp_path: Path) -> None:
    out = Path("demo å")
    ran = arena("demo", "--out", str(out), world=make_world(LATER))
    assert ran.code == 0
    reports = {
        out / f"rapport-2016-10.intern.{language}.{form}" for language in ("sv", "en") for form in ("md", "html")
    }
    assert {Path(line) for line in ran.out.splitlines()} == {out / "demo.db", *reports}
    others = {out / f"rapport-2016-10.intern.{language}.manifest.json" for language in ("sv", "en")}
    assert set(out.iterdir()) - {out / ".demo.report-lock"} == {out / "demo.db", *reports, *others}
    assert all("DEMO" in report.read_text(encoding="utf-8") for report in reports)
    assert all(report.stat().st_size < LARGEST_REPORT for report in reports)
    story, look = ran.err.splitlines()
    assert story.startswith("259 persons, 90 women and 169 men; of the 123 who have left")
    assert "rapport-2016-10.intern.en.html" in look


def test_the_command_refuses_a_folder_with_a_real_file(arena: Arena, tmp_path: Path) -> None:
    new_store(tmp_path / "demo.db").close()
    ran = arena("demo", "--out", ".", world=make_world(LATER))
    assert (ran.code, ran.out) == (5, "")
    assert "is not a demo; nothing was changed" in ran.err
    assert [file.name for file in tmp_path.iterdir()] == ["demo.db"]


def test_the_command_makes_the_demo_of_the_project_that_is_named(arena: Arena, tmp_path: Path) -> None:
    ran = arena("demo", "--project", SECOND_DEMO, "--out", "demo", world=make_world(LATER))
    assert ran.code == 0
    made = {file.name for file in (tmp_path / "demo").iterdir()}
    assert made == {
        "demo.db",
        *(f"rapport-2018-11.intern.{lang}.{form}" for lang in ("sv", "en") for form in ("md", "html", "manifest.json")),
    }
    text = (tmp_path / "demo" / "rapport-2018-11.intern.sv.md").read_text(encoding="utf-8")
    assert "Öppen arena (DEMO)" in text


def test_the_command_names_the_demos_there_are(arena: Arena, tmp_path: Path) -> None:
    ran = arena("demo", "--project", "oppenarena", "--out", "demo")
    assert (ran.code, ran.out) == (4, "")
    assert "integrationsprojekt, oppen-arena" in ran.err
    assert list(tmp_path.iterdir()) == []
