"""The indicators: one hand-made person at each boundary, every figure against an independent count, and the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli.figures import indicator_controls, indicators, registered
from arena_cli.figures.report import Report, build
from arena_cli.figures.table import Table, tabulate
from arena_cli.indicators import fund_table, missing_for_fund
from arena_cli.model import ALL, Background, Month, Project
from arena_cli.store import Store
from tests import oracle_indicators as oracle
from tests.people import (
    ENTRY,
    EXIT,
    MUNICIPALITIES,
    NO,
    YES,
    immediate,
    people,
    person,
    put_people,
    six_months,
)
from tests.sample import PROJECT, new_store

FUNDS = ("esf-2014", "esf-plus")
SECTIONS = ("indicators", "indicators_complete", "indicators_unknown", "kolada")
MONTH = Month(2017, 12)
TODAY = date(2020, 1, 15)
AMENDED = date(2018, 8, 2)
BEFORE_IT = AMENDED - timedelta(1)

COMPLETE = {"employment": "unemployed", "education": "isced_3"}
HOUSEHOLD = {"jobless_household": NO, "dependent_children": NO, "single_adult": NO}


def project(fund: str, starts_on: date = date(2015, 9, 1)) -> Project:
    return replace(PROJECT, fund_rules=fund, starts_on=starts_on, ends_on=date(2019, 12, 31))


def tables(path: Path, fund: str, *them: oracle.Person, month: Month = MONTH) -> dict[str, Table]:
    """The sections of the indicators, of a store with these people."""
    with new_store(path / f"{fund}.db", project(fund)) as store:
        put_people(store, them)
        report = build(store, month, TODAY)
        assert report.reconciles
        return {name: report.tables[name] for name in SECTIONS}


def counted(table: Table) -> set[str]:
    """The fund's indicators that count the one person there is."""
    return {str(m) for m in table.measures if str(m).isupper() and table.value(m)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db", project("esf-2014")) as opened:
        yield opened


# -- boundaries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fund", "age", "expected"),
    [
        ("esf-2014", 15, {"CO06"}),
        ("esf-2014", 24, {"CO06"}),
        ("esf-2014", 25, set()),
        ("esf-2014", 54, set()),
        ("esf-2014", 55, {"CO07"}),
        ("esf-plus", 17, {"EECO06"}),
        ("esf-plus", 18, {"EECO07"}),
        ("esf-plus", 29, {"EECO07"}),
        ("esf-plus", 30, set()),
        ("esf-plus", 54, set()),
        ("esf-plus", 55, {"EECO08"}),
    ],
)
def test_the_age_is_the_one_reached_in_the_year_of_the_first_entry(
    tmp_path: Path, fund: str, age: int, expected: set[str]
) -> None:
    of_the_age = tables(tmp_path, fund, person(birth_year=ENTRY.year - age))
    assert counted(of_the_age["indicators"]) - {"EECO01"} == expected


@pytest.mark.parametrize(
    ("fund", "age", "months", "long_term"),
    [
        ("esf-2014", 24, 6, False),
        ("esf-2014", 24, 7, True),
        ("esf-2014", 25, 7, False),
        ("esf-2014", 25, 12, False),
        ("esf-2014", 25, 13, True),
        ("esf-plus", 24, 11, False),
        ("esf-plus", 24, 12, True),
        ("esf-plus", 25, 11, False),
        ("esf-plus", 25, 12, True),
    ],
)
def test_the_long_term_unemployed(tmp_path: Path, fund: str, age: int, months: int, long_term: bool) -> None:
    somebody = person({"employment": "unemployed", "months_without_work": months}, birth_year=ENTRY.year - age)
    employed = replace(somebody, background={"employment": "employed", "months_without_work": months})
    found = tables(tmp_path, fund, somebody, employed)["indicators"]
    assert found.value({"esf-2014": "CO02", "esf-plus": "EECO03"}[fund]) == long_term
    assert found.value("employed_with_months") == 1


@pytest.mark.parametrize(
    ("employment", "esf_2014", "esf_plus"),
    [
        ("unemployed", {"CO01"}, {"EECO02"}),
        ("inactive", {"CO03", "CO04"}, {"EECO04"}),
        ("inactive_in_education", {"CO03"}, {"EECO04"}),
        ("employed", {"CO05"}, {"EECO05"}),
        ("declined", set(), set()),
        ("not_asked", set(), set()),
    ],
)
def test_the_situation_on_the_labour_market(
    tmp_path: Path, employment: str, esf_2014: set[str], esf_plus: set[str]
) -> None:
    somebody = person({"employment": employment})
    assert counted(tables(tmp_path, "esf-2014", somebody)["indicators"]) == esf_2014
    assert counted(tables(tmp_path, "esf-plus", somebody)["indicators"]) == esf_plus | {"EECO01"}


@pytest.mark.parametrize(
    ("level", "esf_2014", "esf_plus"),
    [
        (0, {"CO17"}, {"EECO09"}),
        (1, {"CO09"}, {"EECO09"}),
        (2, {"CO09"}, {"EECO09"}),
        (3, {"CO10"}, {"EECO10"}),
        (4, {"CO10"}, {"EECO10"}),
        (5, {"CO11"}, {"EECO11"}),
        (8, {"CO11"}, {"EECO11"}),
    ],
)
def test_the_education(tmp_path: Path, level: int, esf_2014: set[str], esf_plus: set[str]) -> None:
    somebody = person({"education": f"isced_{level}"})
    found = tables(tmp_path, "esf-2014", somebody)["indicators"]
    assert counted(found) == esf_2014
    assert found.value("isced_0") == (level == 0)
    assert counted(tables(tmp_path, "esf-plus", somebody)["indicators"]) == esf_plus | {"EECO01"}


@pytest.mark.parametrize(
    ("question", "esf_2014", "esf_plus"),
    [
        ("foreign_background", {"CO15"}, {"EECO14"}),
        ("third_country_national", set(), {"EECO13"}),
        ("minority", {"CO15"}, {"EECO15"}),
        ("disability", {"CO16"}, {"EECO12"}),
        ("other_disadvantage", {"CO17"}, set()),
        ("homeless", {"CO18"}, {"EECO16"}),
        ("rural", {"CO19"}, {"EECO17"}),
    ],
)
def test_yes_counts_and_no_other_answer(tmp_path: Path, question: str, esf_2014: set[str], esf_plus: set[str]) -> None:
    for fund, expected in (("esf-2014", esf_2014), ("esf-plus", esf_plus)):
        for answer in (YES, NO, "declined", "not_asked"):
            folder = tmp_path / fund / answer
            folder.mkdir(parents=True)
            found = tables(folder, fund, person({question: answer}))
            assert counted(found["indicators"]) - {"EECO01"} == (expected if answer == YES else set())
            if answer != NO:
                assert expected.isdisjoint(counted(found["indicators_unknown"])) == (answer == YES or not expected)


def test_one_question_of_two_that_was_not_asked_leaves_it_unknown(tmp_path: Path) -> None:
    found = tables(tmp_path, "esf-2014", person({"foreign_background": NO}))
    assert "CO15" in counted(found["indicators_unknown"])


def test_above_54_and_out_of_work(tmp_path: Path) -> None:
    for employment, counts in (("unemployed", 1), ("inactive", 1), ("inactive_in_education", 0), ("employed", 0)):
        folder = tmp_path / employment
        folder.mkdir()
        found = tables(folder, "esf-2014", person({"employment": employment}, birth_year=1950))
        assert found["indicators"].value("CO08") == counts


# -- households and the amendment -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"jobless_household": YES, "dependent_children": NO, "single_adult": YES}, {"CO12"}),
        ({"jobless_household": YES, "dependent_children": YES, "single_adult": NO}, {"CO12", "CO13"}),
        ({"jobless_household": NO, "dependent_children": YES, "single_adult": YES}, {"CO14"}),
        ({"jobless_household": NO, "dependent_children": NO, "single_adult": YES}, set()),
    ],
)
@pytest.mark.parametrize("entered_on", [BEFORE_IT, AMENDED])
def test_households_count_of_those_who_entered_before_the_amendment(
    tmp_path: Path, answers: dict[str, str], expected: set[str], entered_on: date
) -> None:
    after_it = Month(2019, 6)
    found = tables(tmp_path, "esf-2014", person(answers, entered_on=entered_on), month=after_it)
    assert counted(found["indicators"]) == (expected if entered_on < AMENDED else set())
    households = {"CO12", "CO13", "CO14"}
    assert not households & counted(found["indicators_unknown"])


def test_a_project_that_starts_after_the_amendment_has_no_household_rows(tmp_path: Path) -> None:
    with new_store(tmp_path / "arena.db", project("esf-2014", starts_on=AMENDED)) as store:
        report = build(store, Month(2019, 1), TODAY)
    assert not {"CO12", "CO13", "CO14"} & set(report.tables["indicators"].measures)
    assert "CO15" in report.tables["indicators"].measures


# -- complete records -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("somebody", "missing"),
    [
        (person(COMPLETE, entered_on=AMENDED), ()),
        (person(COMPLETE, entered_on=AMENDED, sex="unknown"), ("sex",)),
        (person(COMPLETE, entered_on=AMENDED, sex="other"), ()),
        (person(COMPLETE, entered_on=AMENDED, birth_year=None), ("birth_year",)),
        (person({**COMPLETE, "employment": "declined"}, entered_on=AMENDED), ("employment",)),
        (person({**COMPLETE, "education": "not_asked"}, entered_on=AMENDED), ("education",)),
        (person(COMPLETE, entered_on=BEFORE_IT), ("jobless_household", "dependent_children", "single_adult")),
        (person({**COMPLETE, **HOUSEHOLD}, entered_on=BEFORE_IT), ()),
        (person({**COMPLETE, **HOUSEHOLD, "single_adult": "declined"}, entered_on=BEFORE_IT), ("single_adult",)),
    ],
)
def test_what_a_complete_record_holds(store: Store, somebody: oracle.Person, missing: tuple[str, ...]) -> None:
    put_people(store, [somebody])
    participant, background = store.participants()[0], store.records(Background)[0]
    first_entry = somebody.spells[0].entered_on
    assert missing_for_fund(store.project(), participant, background, first_entry) == missing
    table = build(store, Month(2019, 6), TODAY).tables["indicators_complete"]
    assert table.value("participants") == (not missing)
    assert table.value("CO10") == (not missing)


def test_an_incomplete_record_counts_in_the_grand_total_only(tmp_path: Path) -> None:
    found = tables(tmp_path, "esf-plus", person({"employment": "unemployed", "disability": YES}))
    assert {"EECO01", "EECO02", "EECO12"} == counted(found["indicators"])
    assert found["indicators_complete"].value("participants") == 0
    assert counted(found["indicators_complete"]) == set()


def test_without_a_background_nothing_was_asked(store: Store) -> None:
    put_people(store, [replace(person(), background=None)])
    found = build(store, MONTH, TODAY).tables
    assert counted(found["indicators"]) == set()
    assert {"CO01", "CO09", "CO12", "CO15", "CO19"} <= counted(found["indicators_unknown"])
    participant = store.participants()[0]
    assert missing_for_fund(store.project(), participant, None, ENTRY) == (
        "employment",
        "education",
        *HOUSEHOLD,
    )


def test_a_project_without_a_funds_rules_has_no_indicators(tmp_path: Path) -> None:
    with new_store(tmp_path / "arena.db", project("none")) as store:
        put_people(store, [person()])
        report = build(store, MONTH, TODAY)
        assert not set(SECTIONS) & set(report.tables)
        assert not {"V1", "V6", "V9"} & {control.identity for control in report.controls}
        assert list(indicators.judge(store, MONTH, store.project(), "indicators", "CO01")) == []
        assert missing_for_fund(store.project(), store.participants()[0], None, ENTRY) == ()


# -- results ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made_on", "counts"),
    [
        (EXIT, True),
        (EXIT + timedelta(28), True),
        (EXIT + timedelta(29), False),
        (EXIT - timedelta(1), False),
    ],
)
def test_an_immediate_result_is_of_the_four_weeks_after_the_exit(tmp_path: Path, made_on: date, counts: bool) -> None:
    left = person({"employment": "unemployed"}, exited_on=EXIT, follow_ups=[immediate({"working": YES}, made_on)])
    found = tables(tmp_path, "esf-2014", left)
    assert ("CR04" in counted(found["indicators"])) == counts
    assert ("CR04" in counted(found["indicators_unknown"])) == (not counts)
    assert found["indicators"].value("followed_up_immediate") == counts


@pytest.mark.parametrize(
    ("exited_on", "made_on", "counts"),
    [
        (date(2016, 8, 31), date(2017, 2, 28), True),
        (date(2016, 8, 31), date(2017, 2, 27), False),
        (date(2016, 8, 15), date(2017, 2, 15), True),
        (date(2016, 8, 15), date(2017, 2, 14), False),
        (date(2016, 8, 15), date(2017, 11, 1), True),
    ],
)
def test_a_later_result_is_of_six_calendar_months_after_the_exit(
    tmp_path: Path, exited_on: date, made_on: date, counts: bool
) -> None:
    left = person({"employment": "inactive"}, exited_on=exited_on, follow_ups=[six_months({"working": YES}, made_on)])
    assert ("CR06" in counted(tables(tmp_path, "esf-2014", left)["indicators"])) == counts


def test_a_result_is_not_known_from_the_day_it_is_due(store: Store) -> None:
    put_people(store, [person({"employment": "unemployed"}, exited_on=date(2016, 9, 2))])
    unknown = {
        month: counted(build(store, Month(*month), TODAY).tables["indicators_unknown"]) & {"CR04", "CR06"}
        for month in [(2016, 8), (2016, 9), (2017, 2), (2017, 3)]
    }
    assert unknown == {(2016, 8): set(), (2016, 9): {"CR04"}, (2017, 2): {"CR04"}, (2017, 3): {"CR04", "CR06"}}


def test_a_result_counts_from_the_day_it_is_found_out(store: Store) -> None:
    made = [immediate({"working": YES}, date(2016, 10, 1))]
    put_people(store, [person({"employment": "unemployed"}, exited_on=date(2016, 9, 20), follow_ups=made)])
    found = [build(store, Month(2016, month), TODAY).tables["indicators"].value("CR04") for month in (9, 10)]
    assert found == [0, 1]


def test_not_reached_is_not_known(tmp_path: Path) -> None:
    left = person({"employment": "unemployed"}, exited_on=EXIT, follow_ups=[immediate({"working": YES}, reached=False)])
    found = tables(tmp_path, "esf-2014", left)
    assert "CR04" not in counted(found["indicators"])
    assert "CR04" in counted(found["indicators_unknown"])


@pytest.mark.parametrize(
    ("background", "answers", "expected"),
    [
        ({"employment": "inactive"}, {"job_searching": YES}, {"CR01"}),
        ({"employment": "inactive_in_education"}, {"job_searching": YES, "studying": YES}, {"CR01"}),
        ({"employment": "unemployed"}, {"job_searching": YES}, set()),
        ({"employment": "unemployed"}, {"studying": YES}, {"CR02"}),
        ({"employment": "employed"}, {"studying": YES, "working": YES}, {"CR02"}),
        ({"employment": "employed"}, {"qualification": YES}, {"CR03"}),
        ({"employment": "unemployed"}, {"working": YES, "qualification": YES}, {"CR03", "CR04"}),
        ({"employment": "inactive", "disability": YES}, {"working": YES}, {"CR04", "CR05"}),
        ({"employment": "employed", "disability": YES}, {"working": YES}, set()),
        ({"employment": "unemployed", "homeless": YES}, {"studying": YES}, {"CR02", "CR05"}),
        ({"employment": "unemployed", "rural": YES}, {"studying": YES}, {"CR02"}),
        ({"employment": "unemployed", "jobless_household": YES}, {"working": YES}, {"CR04", "CR05"}),
        ({"employment": "unemployed", "education": "isced_0"}, {"working": YES}, {"CR04", "CR05"}),
    ],
)
def test_who_can_count_in_an_immediate_result(
    tmp_path: Path, background: dict[str, str], answers: dict[str, str], expected: set[str]
) -> None:
    left = person(background, exited_on=EXIT, follow_ups=[immediate(answers)])
    found = counted(tables(tmp_path, "esf-2014", left)["indicators"])
    assert {code for code in found if code.startswith("CR")} == expected


@pytest.mark.parametrize(
    ("age", "background", "answers", "expected"),
    [
        (40, {"employment": "unemployed"}, {"working": YES}, {"CR06"}),
        (40, {"employment": "employed"}, {"working": YES}, set()),
        (40, {"employment": "employed"}, {"improved": YES}, {"CR07"}),
        (40, {"employment": "unemployed"}, {"improved": YES}, set()),
        (54, {"employment": "inactive"}, {"working": YES}, {"CR06"}),
        (55, {"employment": "inactive"}, {"working": YES}, {"CR06", "CR08"}),
        (55, {"employment": "employed"}, {"working": YES}, set()),
        (40, {"employment": "inactive", "foreign_background": YES}, {"working": YES}, {"CR06", "CR09"}),
    ],
)
def test_who_can_count_in_a_later_result(
    tmp_path: Path, age: int, background: dict[str, str], answers: dict[str, str], expected: set[str]
) -> None:
    left = person(background, birth_year=ENTRY.year - age, exited_on=EXIT, follow_ups=[six_months(answers)])
    found = counted(tables(tmp_path, "esf-2014", left)["indicators"])
    assert {code for code in found if code.startswith("CR")} == expected


@pytest.mark.parametrize(
    ("background", "answers", "later", "expected"),
    [
        ({"employment": "employed"}, {"job_searching": YES}, {}, {"EECR01"}),
        ({"employment": "unemployed"}, {"job_searching": YES}, {}, set()),
        ({"employment": "inactive_in_education"}, {"studying": YES}, {}, set()),
        ({"employment": "inactive"}, {"studying": YES, "qualification": YES}, {}, {"EECR02", "EECR03"}),
        ({"employment": "inactive"}, {"working": YES}, {"working": YES}, {"EECR04", "EECR05"}),
        ({"employment": "employed"}, {"working": YES}, {"working": YES, "improved": YES}, {"EECR06"}),
    ],
)
def test_the_results_of_esf_plus(
    tmp_path: Path, background: dict[str, str], answers: dict[str, str], later: dict[str, str], expected: set[str]
) -> None:
    left = person(background, exited_on=EXIT, follow_ups=[immediate(answers), six_months(later)])
    found = counted(tables(tmp_path, "esf-plus", left)["indicators"])
    assert {code for code in found if code.startswith("EECR")} == expected


# -- once per project -------------------------------------------------------------------------------------------------


def test_whoever_comes_back_is_counted_at_the_first_entry_and_the_last_exit(store: Store) -> None:
    first = oracle.Spell("2303", date(2016, 1, 11), EXIT, "completed", (immediate({"working": YES}),))
    second = oracle.Spell(
        "2380",
        date(2017, 3, 1),
        date(2017, 5, 31),
        "discontinued",
        (immediate({"studying": YES, "working": NO}, date(2017, 6, 1)),),
    )
    put_people(store, [oracle.Person("man", 1991, (first, second), {"employment": "unemployed"})])
    results = {}
    for month in (Month(2016, 10), Month(2017, 4), Month(2017, 6)):
        table = build(store, month, TODAY).tables["indicators"]
        assert [table.value("participants", row) for row in ("2303", "2380", ALL)] == [1, 0, 1]
        assert table.value("CO06", "2303") == 0  # 25 in the year of the first entry
        results[str(month)] = {m for m in ("left", "CR02", "CR04") if table.value(m, "2303", "men")}
    assert results == {"2016-10": {"left", "CR04"}, "2017-04": set(), "2017-06": {"left", "CR02"}}


def test_a_transfer_is_no_exit(store: Store) -> None:
    stay = oracle.Spell("2303", ENTRY, EXIT, "transferred", (immediate({"working": YES}),))
    put_people(store, [oracle.Person("woman", 1980, (stay,), {"employment": "unemployed"})])
    table = build(store, MONTH, TODAY).tables["indicators"]
    assert (table.value("participants"), table.value("left"), table.value("CR04")) == (1, 0, 0)


def test_a_misregistered_spell_is_neither_entry_nor_exit(store: Store) -> None:
    never = oracle.Spell("2303", date(2015, 9, 1), date(2015, 9, 2), "misregistered")
    put_people(store, [oracle.Person("woman", 1991, (never, oracle.Spell("2380", ENTRY)), {})])
    table = build(store, MONTH, TODAY).tables["indicators"]
    assert [table.value("participants", row) for row in ("2303", "2380")] == [0, 1]
    assert table.value("CO06") == 0


# -- Kolada -----------------------------------------------------------------------------------------------------------

WORK = {"working": YES, "lasts_a_month": YES, "municipal_job": NO}
STUDIES = {"studying": YES, "study_aid_eligible": YES}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({**WORK, "studying": NO, "subsidised": NO}, {"work", "work_or_studies", "work_unsubsidised"}),
        ({**WORK, "subsidised": YES}, {"work", "work_or_studies", "work_subsidised"}),
        ({**WORK, **STUDIES}, {"work", "studies", "work_or_studies"}),
        ({**STUDIES, "working": NO}, {"studies", "work_or_studies"}),
        ({**WORK, "lasts_a_month": NO, "studying": NO}, {"neither"}),
        ({**WORK, "municipal_job": YES, "studying": NO}, {"neither"}),
        ({**STUDIES, "study_aid_eligible": NO, "working": NO}, {"neither"}),
        ({"working": NO, "studying": NO}, {"neither"}),
        ({**WORK, "lasts_a_month": "not_asked", "studying": NO}, {"unknown"}),
        ({"working": NO}, {"unknown"}),
        ({}, {"unknown"}),
    ],
)
def test_work_and_studies_after_koladas_definition(tmp_path: Path, answers: dict[str, str], expected: set[str]) -> None:
    found = tables(tmp_path, "esf-2014", person(exited_on=EXIT, follow_ups=[immediate(answers)]))["kolada"]
    assert {str(m) for m in found.measures if found.value(m)} == expected | {"left"}


def test_kolada_waits_four_weeks_for_an_answer(store: Store) -> None:
    put_people(store, [person(exited_on=date(2016, 9, 5)), person(), person(exited_on=date(2016, 8, 5))])
    found = build(store, Month(2016, 9), TODAY).tables["kolada"]
    assert {m: found.value(m) for m in ("left", "not_due", "unknown")} == {"left": 2, "not_due": 1, "unknown": 1}


def test_nobody_follows_the_deceased_up(tmp_path: Path) -> None:
    died = oracle.Person("man", 1950, (oracle.Spell("2380", ENTRY, EXIT, "deceased"),), {"employment": "unemployed"})
    found = tables(tmp_path, "esf-2014", died)
    assert {str(m) for m in found["kolada"].measures if found["kolada"].value(m)} == {"left", "deceased"}
    assert not {code for code in counted(found["indicators_unknown"]) if code.startswith("CR")}


# -- against the independent count ------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    them=st.lists(people(), max_size=6),
    fund=st.sampled_from(FUNDS),
    month=st.sampled_from(
        [Month(2016, 12), Month(2017, 1), Month(2017, 6), Month(2018, 8), Month(2018, 9), Month(2019, 3)]
    ),
)
def test_every_figure_equals_the_independent_count(
    tmp_path_factory: pytest.TempPathFactory, them: list[oracle.Person], fund: str, month: Month
) -> None:
    with new_store(tmp_path_factory.mktemp("people") / "arena.db", project(fund)) as store:
        codes = put_people(store, them)
        report = build(store, month, TODAY)
        expected = oracle.figures(fund, them, MUNICIPALITIES, report.scope.sexes, project(fund).starts_on, month.last)
        figures = [figure for section in SECTIONS for figure in report.tables[section].figures()]
        ours = {(f.section, str(f.measure), f.municipality, f.sex): f.value for f in figures}
        assert {key: value for key, value in ours.items() if value != expected.get(key, 0)} == {}
        assert expected.keys() <= ours.keys()
        assert report.reconciles, [c for c in report.controls if not c.holds]
        assert_traced(store, report)
        assert_missing(store, codes, them, fund, month)


def assert_traced(store: Store, report: Report) -> None:
    """Each figure counts the participants who are judged to count."""
    for section in SECTIONS:
        table = report.tables[section]
        for measure in table.measures:
            judged = list(indicators.judge(store, report.month, report.project, section, str(measure)))
            included = [j for j in judged if j.reason is None]
            assert len(included) == table.value(measure), (section, measure)
            for row in table.scope.rows[:-1]:
                for sex in table.scope.sexes:
                    here = [j for j in included if (j.municipality, j.sex) == (row, sex)]
                    assert len(here) == table.value(measure, row, sex), (section, measure)


def assert_missing(store: Store, codes: list[str], them: list[oracle.Person], fund: str, month: Month) -> None:
    """What a record lacks is what the independent count says, and is empty for those counted as complete."""
    backgrounds = {b.participant_id: b for b in store.records(Background)}
    participants = {p.code: p for p in store.participants()}
    complete = {
        j.participant
        for j in indicators.judge(store, month, store.project(), "indicators_complete", "participants")
        if j.reason is None
    }
    for code, somebody in zip(codes, them, strict=True):
        participation = oracle.Participation(somebody, month.last)
        if not participation.spells:
            continue
        participant = participants[code]
        background = backgrounds.get(participant.id)
        missing = missing_for_fund(store.project(), participant, background, participation.first_entry)
        assert list(missing) == participation.lacks(fund)
        assert (code in complete) == (not missing)


def test_a_participant_who_does_not_count_is_told_why(store: Store) -> None:
    them = {
        "counts": person({"employment": "unemployed"}, exited_on=EXIT, follow_ups=[immediate({"working": YES})]),
        "working before": person({"employment": "employed"}, exited_on=EXIT, follow_ups=[immediate({"working": YES})]),
        "still here": person({"employment": "unemployed"}),
        "just left": person({"employment": "unemployed"}, exited_on=date(2016, 9, 20)),
        "never asked": person({"employment": "unemployed"}, exited_on=EXIT),
        "not working": person({"employment": "unemployed"}, exited_on=EXIT, follow_ups=[immediate({"working": NO})]),
    }
    names = dict(zip(put_people(store, them.values()), them, strict=True))
    month = Month(2016, 9)
    judged = {
        names[j.participant]: j.reason for j in indicators.judge(store, month, store.project(), "indicators", "CR04")
    }
    assert judged == {
        "counts": None,
        "working before": indicators.NOT_ASKED_OF,
        "still here": indicators.NOT_LEFT,
        "just left": indicators.NOT_DUE,
        "never asked": indicators.NO_ANSWER,
        "not working": indicators.NOT_SO,
    }
    complete = indicators.judge(store, month, store.project(), "indicators_complete", "CR04")
    assert {j.reason for j in complete if names[j.participant] == "counts"} == {indicators.INCOMPLETE}
    with pytest.raises(KeyError):
        list(indicators.judge(store, month, store.project(), "indicators", "CO99"))


# -- the rules --------------------------------------------------------------------------------------------------------


def crowd() -> list[oracle.Person]:
    """Somebody of each employment, age, education and result, so that every measure has a number to be wrong."""
    answers = dict.fromkeys(("foreign_background", "minority", "disability", "homeless", "rural"), YES)
    found = []
    for employment, level, age in product(
        ("unemployed", "inactive", "inactive_in_education", "employed"), range(0, 9, 2), (17, 24, 40, 60)
    ):
        months: dict[str, str | int] = {"months_without_work": 14} if employment == "unemployed" else {}
        found.append(
            person(
                {"employment": employment, "education": f"isced_{level}", **HOUSEHOLD, **answers, **months},
                sex="woman" if level % 4 else "man",
                birth_year=ENTRY.year - age,
                exited_on=EXIT,
                follow_ups=[
                    immediate({"working": YES, "job_searching": YES}),
                    six_months({"working": YES, "improved": YES}),
                ],
            )
        )
    return found


@pytest.mark.parametrize("fund", FUNDS)
def test_every_rule_of_the_tables_is_checked(tmp_path: Path, fund: str) -> None:
    with new_store(tmp_path / "arena.db", project(fund)) as store:
        put_people(store, crowd())
        report = build(store, MONTH, TODAY)
    expected = {
        "esf-2014": {"V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V13"},
        "esf-plus": {"V6", "V7", "V8", "V9", "V10", "V11", "V13"},
    }[fund]
    identities = [control.identity for control in report.controls]
    assert expected | {"K1", "K2"} <= set(identities)
    assert all(control.holds for control in report.controls)


@pytest.mark.parametrize(
    ("fund", "section", "measure", "change", "rule"),
    [
        ("esf-2014", "indicators_complete", "CO01", 1, "V1"),
        ("esf-2014", "indicators_complete", "CO05", -1, "V1"),
        ("esf-2014", "indicators", "CO02", 1, "V2"),
        ("esf-2014", "indicators", "CO04", 1000, "V2"),
        ("esf-2014", "indicators_complete", "CO13", 1000, "V2"),
        ("esf-2014", "indicators_complete", "CO06", 1000, "V3"),
        ("esf-2014", "indicators", "CO07", 1000, "V3"),
        ("esf-2014", "indicators", "CO08", 1000, "V4"),
        ("esf-2014", "indicators_complete", "CO09", 1, "V5"),
        ("esf-2014", "indicators_complete", "isced_0", -1, "V5"),
        ("esf-2014", "indicators", "CO11", 1000, "V5"),
        ("esf-2014", "indicators", "CO17", -1, "V5"),
        ("esf-2014", "indicators", "CO15", 1000, "V6"),
        ("esf-2014", "indicators_complete", "CO19", 1000, "V6"),
        ("esf-2014", "indicators_complete", "participants", 1000, "V6"),
        ("esf-2014", "indicators_unknown", "CO18", 1000, "V6"),
        ("esf-2014", "indicators", "CR01", 1000, "V8"),
        ("esf-2014", "indicators", "CR04", 1000, "V8"),
        ("esf-2014", "indicators", "CR06", 1000, "V8"),
        ("esf-2014", "indicators", "CR07", 1000, "V8"),
        ("esf-2014", "indicators", "CR08", 1000, "V8"),
        ("esf-2014", "indicators_complete", "CR09", 1000, "V8"),
        ("esf-2014", "indicators", "CR03", 1000, "V9"),
        ("esf-2014", "indicators", "followed_up_immediate", 1000, "V9"),
        ("esf-2014", "indicators", "CR07", 1000, "V10"),
        ("esf-2014", "indicators", "followed_up_six_months", -1000, "V10"),
        ("esf-2014", "indicators", "CO02", 1, "V13"),
        ("esf-2014", "indicators", "employed_with_months", 1, "V13"),
        ("esf-2014", "indicators", "participants", 1, "indicators_participants"),
        ("esf-2014", "indicators", "left", 1, "indicators_left"),
        ("esf-2014", "kolada", "left", 1, "indicators_left"),
        ("esf-2014", "kolada", "neither", 1, "K1"),
        ("esf-2014", "kolada", "work", 1000, "K2"),
        ("esf-plus", "indicators_complete", "EECO02", 1, "V11"),
        ("esf-plus", "indicators", "EECO03", 1000, "V11"),
        ("esf-plus", "indicators", "EECO01", 1, "V11"),
        ("esf-plus", "indicators", "EECO07", 1000, "V11"),
        ("esf-plus", "indicators_complete", "EECO10", -1, "V11"),
        ("esf-plus", "indicators", "EECR05", 1000, "V8"),
        ("esf-plus", "indicators", "EECO03", 1000, "V13"),
    ],
)
@pytest.mark.parametrize("municipality", ["2380", ALL])
@pytest.mark.parametrize("sex", ["women", ALL])
def test_one_wrong_number_is_found(
    crowded: dict[str, Report],
    fund: str,
    section: str,
    measure: str,
    change: int,
    rule: str,
    municipality: str,
    sex: str,
) -> None:
    report = crowded[fund]
    table = report.tables[section]
    values = dict(table.values)
    values[measure, municipality, sex] += change
    tampered = {**report.tables, section: replace(table, values=values)}
    nothing = tabulate("registered", registered.MEASURES, report.scope, ())
    failing = {c.identity for c in indicator_controls.controls(tampered, report.project, nothing) if not c.holds}
    assert {rule, "V7"} <= failing


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    reports = {}
    for fund in FUNDS:
        with new_store(tmp_path_factory.mktemp("crowd") / "arena.db", project(fund)) as store:
            put_people(store, crowd())
            reports[fund] = build(store, MONTH, TODAY)
    return reports


def test_a_rule_that_does_not_hold_says_which(crowded: dict[str, Report]) -> None:
    report = crowded["esf-2014"]
    table = report.tables["indicators"]
    values = {**table.values, ("CO08", "2380", ALL): 1000}
    tampered = {**report.tables, "indicators": replace(table, values=values)}
    nothing = tabulate("registered", registered.MEASURES, report.scope, ())
    controls = indicator_controls.controls(tampered, report.project, nothing)
    found = {c.message: c for c in controls if c.identity == "V4"}
    assert {message.split(" {")[0] for message in found} == {"V4: CO08"}
    assert all(len(control.failures) == 1 for control in found.values())
    assert {failure.left for control in found.values() for failure in control.failures} == {1000}


def test_employed_with_months_without_work_is_a_warning(tmp_path: Path) -> None:
    with new_store(tmp_path / "arena.db", project("esf-2014")) as store:
        put_people(store, [person({"employment": "employed", "months_without_work": 3})])
        report = build(store, MONTH, TODAY)
    warnings = [control for control in report.controls if not control.holds]
    assert [control.identity for control in warnings] == ["V13"]
    assert all(control.warning for control in warnings)
    assert report.reconciles


def test_no_code_knows_an_indicator_by_its_code() -> None:
    sources = Path(indicators.__file__).parent.parent
    codes = {m.code for fund in FUNDS if (table := fund_table(fund)) for m in table.measures if m.code.isupper()}
    for source in sources.rglob("*.py"):
        text = source.read_text("utf-8")
        assert not [code for code in codes if f'"{code}"' in text or f"'{code}'" in text], source
