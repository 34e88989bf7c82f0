"""Lists of placements, hours, follow-ups and backgrounds: what the verbs take is taken, what they refuse is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli.casework import Intake, enrol, journey, leave
from arena_cli.casework.attendance import add_hours, minutes_of, spells_in
from arena_cli.casework.background import CorrectionWithoutReason, Livelihood, record_background
from arena_cli.casework.enrolment import numbered_spell
from arena_cli.casework.follow_up import record_follow_up
from arena_cli.casework.merging import merge
from arena_cli.casework.placements import add_place, correct_placement, place_participant, placements_of
from arena_cli.errors import ArenaError
from arena_cli.exchange import hours, reading
from arena_cli.exchange.columns import Kind
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.income import INCOME_RULES
from arena_cli.exchange.outcome import ImportRejected, Outcome
from arena_cli.exchange.people import BREAKS_A_RULE
from arena_cli.journal import broken_at
from arena_cli.language import load_language
from arena_cli.model import (
    Answer,
    Attendance,
    Background,
    ExitType,
    FollowUp,
    FollowUpKind,
    Income,
    IncomeSource,
    Moment,
    Month,
    Place,
    Placement,
    Sector,
    Sex,
    questions,
)
from arena_cli.store import Row, Store
from tests.random_activity import put_activity
from tests.random_lists import Odds, random_lists, write_lists
from tests.random_outcomes import put_outcomes
from tests.record_lists import random_rows, recorded, rows_of, stays_with_its_spell, write_rows
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

ENGLISH = load_language("en")
KINDS = (Kind.PLACEMENTS, Kind.HOURS, Kind.FOLLOW_UPS, Kind.BACKGROUNDS)
Take = Callable[..., Outcome]
Refuse = Callable[..., list[str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """17 is in Åre since 3 April 2016, 18 left Ragunda on 31 May; two places."""
    with new_store(tmp_path / "arena.db") as opened:
        enrol(opened, occasion(), Intake("2321", date(2016, 4, 3)), sex=Sex.WOMAN, birth_year=1985, ref="17")
        left = enrol(opened, occasion(), Intake("2303", date(2016, 4, 3)), sex=Sex.MAN, ref="18").participant.code
        leave(opened, occasion(), left, date(2016, 5, 31), ExitType.COMPLETED, None)
        for host, closes_on in (("Sågen", None), ("Kvarnen", date(2016, 12, 31))):
            add_place(
                opened,
                occasion(),
                host=host,
                sector=Sector.PRIVATE,
                municipality="2321",
                capacity=1,
                opens_on=date(2016, 4, 1),
                closes_on=closes_on,
            )
        yield opened


@pytest.fixture
def take(store: Store, tmp_path: Path) -> Take:
    def import_lines(*lines: str, why: str | None = None, beyond_capacity: bool = False) -> Outcome:
        path = tmp_path / "list.csv"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return import_list(store, replace(occasion("import"), why=why), path, beyond_capacity=beyond_capacity)

    return import_lines


@pytest.fixture
def refuse(store: Store, take: Take) -> Refuse:
    """Import a list that must be refused, leaving everything as it was. Returns what is said of its rows."""

    def import_lines(*lines: str) -> list[str]:
        before = contents(store)
        with pytest.raises(ImportRejected) as caught:
            take(*lines)
        assert contents(store) == before
        return caught.value.sentence(ENGLISH).splitlines()[1:]

    return import_lines


def contents(store: Store) -> list[list[Row]]:
    tables = ("participant", "spell", "placement", "attendance", "follow_up", "background", "income", "journal")
    return [store.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


def code_of(store: Store, ref: str) -> str:
    person = store.participant_by_ref(ref)
    assert person is not None
    return person.code


def otherwise(store: Store, ref: str) -> str:
    return INCOME_RULES[CorrectionWithoutReason].format(code=code_of(store, ref))


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.new, outcome.changed, outcome.unchanged


# -- placements -------------------------------------------------------------------------------------------------------

PLACEMENTS = "löpnr;plats;från;planerat slut;till"


def test_placements_are_taken_and_the_second_time_change_nothing(store: Store, take: Take) -> None:
    rows = (PLACEMENTS, "17;P-001;2016-04-10;2016-06-30;2016-05-31", "17;kvarnen;2016-06-01;;", "18;P2;2016-04-20;;")
    assert counts(take(*rows)) == (3, 0, 0)
    assert [(p.place_id, p.placed_on, p.planned_end_on, p.ended_on) for p in store.records(Placement)] == [
        (1, date(2016, 4, 10), date(2016, 6, 30), date(2016, 5, 31)),
        (2, date(2016, 6, 1), None, None),
        (2, date(2016, 4, 20), None, date(2016, 5, 31)),  # the end of the spell
    ]
    before = contents(store)
    assert counts(take(*rows)) == (0, 0, 3)
    assert contents(store) == before


def test_a_placement_is_known_by_its_place_and_first_day_and_an_empty_cell_leaves_it(store: Store, take: Take) -> None:
    take(PLACEMENTS, "17;P-001;2016-04-10;2016-06-30;")
    outcome = take(PLACEMENTS, "17;P-001;2016-04-10;;2016-05-31")
    assert counts(outcome) == (0, 1, 0)
    assert outcome.changes == {"ended_on": (2,)}
    (placement,) = store.records(Placement)
    assert (placement.planned_end_on, placement.ended_on) == (date(2016, 6, 30), date(2016, 5, 31))


def test_what_is_refused_of_placements(store: Store, refuse: Refuse) -> None:
    code, left = code_of(store, "17"), code_of(store, "18")
    assert refuse(
        PLACEMENTS,
        "17;P-009;2016-04-10;;",
        "99;P-001;2016-04-10;;",
        "17;P-001;2016-04-02;;",
        "17;P-001;2016-05-10;;2016-05-09",
        "17;P-002;2016-12-31;;2017-01-01",
        "17;P-001;2016-06-10;2016-06-09;2016-06-12",
        "17;P-001;2016-07-01;;2016-07-31",
        "17;P-001;2016-07-31;;2016-08-31",
        "17;P-001;2016-07-01;;2016-07-02",
        "18;P-001;2016-05-20;;2016-06-01",
    ) == [
        "Row 2: plats is none of the places. `arena list-places` shows their codes.",
        "Row 3: No participant has that löpnr. Import the list of spells first.",
        f"Row 4: {code} has no spell on that day. Compare with `arena show-participant {code}`.",
        "Row 5: till lies before från.",
        "Row 6: P-002 is not open then. `arena list-places` shows when it is.",
        "Row 7: planerat slut must lie between från and the project's end, 2018-03-31.",
        "Rows 8 and 10: The list has the same twice: keep one of the rows.",
        f"Row 9: {code} is on P-001 at that time already. Compare with `arena show-participant {code}`.",
        f"Row 11: The placement would lie outside the spell of {left}. Compare with `arena show-participant {left}`.",
    ]


def test_more_than_there_is_room_for_is_refused_unless_it_is_right(store: Store, take: Take, refuse: Refuse) -> None:
    take(PLACEMENTS, "17;P-001;2016-04-10;;2016-04-20")
    full = (PLACEMENTS, "17;P-001;2016-04-10;;2016-04-20", "18;P-001;2016-04-20;;", "18;P-002;2016-04-20;;")
    assert refuse(*full) == [
        "Row 3: P-001 has room for 1, and there would be more at once. If that is right: --beyond-capacity."
    ]
    assert counts(take(*full, beyond_capacity=True)) == (2, 0, 1)
    assert counts(take(*full)) == (0, 0, 3)


def test_a_host_of_several_places_needs_a_code(store: Store, refuse: Refuse) -> None:
    add_place(
        store,
        occasion(),
        host="sågen",
        sector=Sector.PUBLIC,
        municipality="2321",
        capacity=1,
        opens_on=date(2016, 4, 1),
    )
    said = refuse(PLACEMENTS, "17;Sågen;2016-04-10;;")
    assert said == ["Row 2: plats is the host of several places: give the code, as in P-012."]


# -- hours ------------------------------------------------------------------------------------------------------------

HOURS = "löpnr;månad;aktivitet;timmar;attesterad"


@pytest.mark.parametrize("at_a_time", [1, 1000])
def test_hours_are_taken_and_the_second_time_change_nothing(
    store: Store, take: Take, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(reading, "AT_A_TIME", at_a_time)
    rows = (HOURS, "17;2016-04;språkträning;12,5;ja", "17;201605;talks;3:20;", "18;2016-05-01;talks;0;")
    assert counts(take(*rows)) == (2, 0, 1)
    assert [(h.month, h.activity, h.minutes, h.certified) for h in store.records(Attendance)] == [
        ("2016-04", "language", 750, True),
        ("2016-05", "talks", 200, False),
    ]
    before = contents(store)
    assert counts(take(*rows)) == (0, 0, 3)
    assert contents(store) == before


def test_other_hours_are_no_longer_certified_and_no_hours_take_them_away(store: Store, take: Take) -> None:
    take(HOURS, "17;2016-04;talks;12;ja", "17;2016-05;talks;5;ja")
    outcome = take(HOURS, "17;2016-04;talks;13;", "17;2016-05;talks;0;")
    assert counts(outcome) == (0, 2, 0)
    assert outcome.changes == {"hours": (2, 3), "certified": (2, 3)}
    assert [(h.minutes, h.certified) for h in store.records(Attendance)] == [(780, False)]
    assert counts(take(HOURS, "17;2016-04;talks;13;", "17;2016-05;talks;0;")) == (0, 0, 2)


@pytest.mark.parametrize(
    "typed", ["2016-05", "201605", "maj 2016", "Maj. 2016", "May 2016", "den 31 maj 2016", "31/5 2016"]
)
def test_ways_to_write_a_month(store: Store, take: Take, typed: str) -> None:
    take(HOURS, f"17;{typed};talks;3;")
    assert [each.month for each in store.records(Attendance)] == ["2016-05"]


def test_two_who_were_found_to_be_one_person_are_found_by_either_number(store: Store, take: Take) -> None:
    take("ref;kommun;inskriven", "30;2303;2016-06-02")
    kept, other = code_of(store, "18"), code_of(store, "30")
    merge(store, occasion(), kept, other)
    rows = (HOURS, "30;2016-06;talks;3;", f"{other};2016-06;language;2;", "18;2016-05;talks;4;")
    assert counts(take(*rows)) == (3, 0, 0)
    spells = {spell.id: spell.participant_id for spell in store.spells()}
    owner = store.participant(kept)
    assert {spells[hours.spell_id] for hours in store.records(Attendance)} == {owner and owner.id}
    assert counts(take(*rows)) == (0, 0, 3)


def test_what_is_refused_of_hours(store: Store, refuse: Refuse) -> None:
    code, left = code_of(store, "17"), code_of(store, "18")
    nothing = hours._NO_SPELL
    assert refuse(
        HOURS,
        "17;2016-04;talks;many;",
        "17;2018-05;talks;1;",
        "17;2018-04;talks;1;",
        "17;2016-03;talks;1;",
        "18;2016-06;talks;1;",
        "17;april;talks;1;",
        "17;2016-04;fishing;1;",
        "17;2016-05;talks;1;kanske",
        "17;2016-06;talks;700;",
        "17;2016-06;language;21;",
        "17;2016-07;talks;1;",
        "17;2016-07;talks;1;",
    ) == [
        "Row 2: timmar are no hours: write them as 12, or 12:30, or 12,5.",
        "Row 3: månad has not begun yet.",
        "Row 4: månad lies after the project's end, 2018-03-31.",
        f"Row 5: {nothing.format(code=code)}",
        f"Row 6: {nothing.format(code=left)}",
        "Row 7: månad is no month: write it as in 2016-04.",
        "Row 8: aktivitet is none of the project's activities (`arena list-activities`).",
        "Row 9: attesterad must be yes or no.",
        f"Row 11: The timmar of {code} in that month are more than the spell's days hold.",
        "Rows 12 and 13: The list has the same twice: keep one of the rows.",
    ]


def test_of_several_spells_in_a_month_the_row_says_which(store: Store, take: Take, refuse: Refuse) -> None:
    take("ref;kommun;inskriven;avslutad", "20;2303;2016-05-01;2016-05-10", "20;2305;2016-05-20;")
    code = code_of(store, "20")
    assert refuse(HOURS, "20;2016-05;talks;3;") == [
        f"Row 2: {code} has several spells in that month: say which in municipality or entered_on."
    ]
    take(f"{HOURS};kommun", "20;2016-05;talks;3;;Ragunda", "20;2016-05;talks;4;;Bräcke")
    take(f"{HOURS};inskriven", "20;2016-05;talks;5;;2016-05-20")
    spells = {spell.id: spell.municipality for spell in store.spells()}
    assert sorted((spells[h.spell_id], h.minutes) for h in store.records(Attendance)) == [("2303", 180), ("2305", 300)]


# -- follow-ups -------------------------------------------------------------------------------------------------------

FOLLOW_UPS = "löpnr;uppföljning;datum;nådd;arbetar;extent;studerar;försörjning;huvudsaklig försörjning"


def test_follow_ups_are_taken_and_the_second_time_change_nothing(store: Store, take: Take) -> None:
    rows = (
        FOLLOW_UPS,
        "18;inom fyra veckor;2016-06-10;;ja;75 %;nej;lön utan stöd;",
        "18;6 månader;2016-12-01;nej;;;;;",
    )
    assert counts(take(*rows)) == (2, 0, 0)
    first, second = store.records(FollowUp)
    assert (first.kind, first.working, first.work_extent, first.reached) == (
        FollowUpKind.IMMEDIATE,
        Answer.YES,
        75,
        True,
    )
    assert (second.kind, second.reached, second.working) == (FollowUpKind.SIX_MONTHS, False, Answer.NOT_ASKED)
    assert [(i.source, i.moment, i.is_main) for i in store.records(Income)] == [
        (IncomeSource.WAGE_UNSUBSIDISED, Moment.IMMEDIATE, True)
    ]
    before = contents(store)
    assert counts(take(*rows)) == (0, 0, 2)
    assert contents(store) == before


def test_an_answer_is_corrected_with_a_reason_only(store: Store, take: Take, refuse: Refuse) -> None:
    take(FOLLOW_UPS, "18;immediate;2016-06-10;;ja;75;;a-kassa;")
    again = (FOLLOW_UPS, "18;immediate;2016-06-10;;nej;;;lön med stöd + a-kassa;a-kassa")
    assert refuse(FOLLOW_UPS, "18;immediate;2016-06-10;;ja;50;;;") == [f"Row 2: {otherwise(store, '18')}"]
    assert counts(take(FOLLOW_UPS, "18;immediate;2016-06-10;;ja;75;nej;;")) == (0, 1, 0)  # was not asked before
    outcome = take(FOLLOW_UPS, "18;immediate;2016-06-11;;ja;50;;lön med stöd + a-kassa;a-kassa", why="misread")
    assert outcome.changes == {"followed_up_on": (2,), "work_extent": (2,), "income": (2,)}
    assert {(i.source, i.is_main) for i in store.records(Income)} == {
        (IncomeSource.WAGE_SUBSIDISED, False),
        (IncomeSource.UNEMPLOYMENT_INSURANCE, True),
    }
    take(FOLLOW_UPS, "18;immediate;2016-06-11;;;;;lön med stöd + a-kassa;lön med stöd", why="misread")
    assert {(i.source, i.is_main) for i in store.records(Income)} == {
        (IncomeSource.WAGE_SUBSIDISED, True),
        (IncomeSource.UNEMPLOYMENT_INSURANCE, False),
    }
    assert refuse(*again)  # the work has details
    take(FOLLOW_UPS, "18;immediate;2016-06-11;;;;;lön med stöd;", why="misread")
    assert [(i.source, i.is_main) for i in store.records(Income)] == [(IncomeSource.WAGE_SUBSIDISED, True)]


def test_what_is_refused_of_follow_ups(store: Store, take: Take, refuse: Refuse) -> None:
    take("ref;kommun;inskriven;avslutad;avslutstyp", "21;2303;2016-04-01;2016-05-31;avliden")
    code, left, died = (code_of(store, ref) for ref in ("17", "18", "21"))
    soon = "datum is too early: the situation on leaving is from the exit of {} on, the other from six months after."
    late = "datum is too late: the situation on leaving is that within four weeks of the exit of {}."
    silent = "Somebody who was not reached has not answered: correct nådd, or leave the answers and the income empty."
    assert refuse(
        FOLLOW_UPS,
        "17;immediate;2016-06-10;;ja;;;;",
        "18;immediate;2016-05-30;;ja;;;;",
        "18;six_months;2018-12-01;;ja;;;;",
        "18;soon;2016-06-10;;ja;;;;",
        "21;immediate;2016-06-10;;ja;;;;",
    ) == [
        f"Row 2: {code} has not left: there is nothing to follow up yet.",
        f"Row 3: {soon.format(left)}",
        "Row 4: datum has not come yet.",
        "Row 5: uppföljning is no kind of follow-up: one of immediate, six_months.",
        f"Row 6: {died} has died: there is nothing to follow up.",
    ]
    assert refuse(FOLLOW_UPS, "18;six_months;2016-11-29;;ja;;;;", "18;immediate;2016-06-29;;ja;;;;") == [
        f"Row 2: {soon.format(left)}",
        f"Row 3: {late.format(left)}",
    ]
    assert refuse(FOLLOW_UPS, "18;six_months;2016-12-29;nej;ja;;;;", "18;immediate;2016-06-10;nej;;;;a-kassa;") == [
        f"Rows 2–3 (2 rows): {silent}"
    ]
    assert refuse(FOLLOW_UPS, "18;immediate;2016-06-10;;;;;;", "18;immediate;2016-06-10;;ja;;;;") == [
        "Row 2: Nothing was answered: give at least arbetar or studerar, or say in nådd that nobody was.",
        "Rows 2 and 3: The list has the same twice: keep one of the rows.",
    ]
    assert refuse(FOLLOW_UPS, "18;immediate;2016-06-10;;nej;50;;;", "18;six_months;2017-01-10;;ja;101;;;") == [
        "Row 2: What is said about the work is of those who work, which arbetar does not say.",
        "Row 3: extent and study_extent are per cent of full time, from 1 to 100.",
    ]


def test_a_follow_up_is_of_the_latest_exit_before_it_or_of_the_spell_that_the_row_names(
    store: Store, take: Take
) -> None:
    take("ref;kommun;inskriven;avslutad", "18;2305;2016-07-01;2016-09-30", "18;2321;2017-01-10;")
    rows = (
        f"{FOLLOW_UPS};kommun",
        "18;immediate;2016-06-10;;ja;;;;;",
        "18;immediate;2016-10-10;;ja;;;;;",
        "18;six_months;2017-04-01;;ja;;;;;Ragunda",
    )
    assert counts(take(*rows)) == (3, 0, 0)
    spells = {spell.id: spell.municipality for spell in store.spells()}
    assert [spells[f.spell_id] for f in store.records(FollowUp)] == ["2303", "2305", "2303"]
    assert counts(take(*rows)) == (0, 0, 3)
    take(f"{FOLLOW_UPS};kommun", "18;six_months;2017-05-01;;ja;;;;;Bräcke")
    assert counts(take(FOLLOW_UPS, "18;six_months;2017-04-01;;ja;;;;")) == (0, 0, 1)  # that of Ragunda


# -- backgrounds ------------------------------------------------------------------------------------------------------

BACKGROUNDS = "löpnr;läge på arbetsmarknaden;månader utan arbete;utbildning;minoritet;försörjning;main"


def test_backgrounds_are_taken_and_the_second_time_change_nothing(store: Store, take: Take) -> None:
    rows = (
        BACKGROUNDS,
        "17;arbetslös;14;gymnasium;vill inte svara;försörjningsstöd, a-kassa;a-kassa",
        "18;;;inte tillfrågad;;;",
    )
    assert counts(take(*rows)) == (1, 0, 1)
    (background,) = store.records(Background)
    assert (background.employment, background.months_without_work) == ("unemployed", 14)
    assert (background.education, background.minority) == ("isced_3", Answer.DECLINED)
    assert [(i.source, i.is_main) for i in store.records(Income)] == [
        (IncomeSource.UNEMPLOYMENT_INSURANCE, True),
        (IncomeSource.SOCIAL_ASSISTANCE, False),
    ]
    before = contents(store)
    assert counts(take(*rows)) == (0, 0, 2)
    assert contents(store) == before


def test_what_is_refused_of_backgrounds(store: Store, take: Take, refuse: Refuse) -> None:
    take(BACKGROUNDS, "17;arbetslös;;;;;")
    assert refuse(
        BACKGROUNDS,
        "17;sysselsatt;;;;;",
        "18;sysselsatt;3;;;;",
        "18;;;;;a-kassa;",
        "99;;;;;a-kassa;",
        "98;arbetslös;1,5;;;a-kassa;",
    ) == [
        f"Row 2: {otherwise(store, '17')}",
        "Row 3: månader utan arbete is of those who are unemployed, which läge på arbetsmarknaden does not say.",
        "Rows 3 and 4: The list has the same twice: keep one of the rows.",
        "Row 5: No participant has that löpnr. Import the list of spells first.",
        "Row 6: månader utan arbete must be a whole number from 0 to 9999.",
    ]
    (unknown,) = refuse(BACKGROUNDS, "17;arbetslös;;;;gåvor;")
    assert unknown.startswith("Row 2: försörjning is not one of the answers. Choose one of: wage, unsubsidised;")
    assert "gåvor" not in unknown
    assert refuse(BACKGROUNDS, "18;;;;;a-kassa, annat;") == [
        "Row 2: Of several sources of income one is the main one: say which in main."
    ]


# -- whole lists ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's file with nobody in it, to be copied: making one takes longer than all that a test does with it."""
    path = tmp_path_factory.mktemp("empty") / "arena.db"
    new_store(path).close()
    return path


def copied(path: Path, copy: Path) -> Store:
    return Store.open(Path(shutil.copy(path, copy)), writing=True)


def begun(empty: Path, path: Path, seed: int, persons: int, places: int = 3) -> Store:
    """A store with random people and places."""
    store = copied(empty, path)
    put(store, random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed))
    random = Random(seed)
    with store.change(occasion("put")) as change:
        for number in range(1, places + 1):
            opens_on = date(2015, 9 + random.randint(0, 3), 1)
            closes_on = random.choice([None, date(2017, 6, 30)])
            capacity = random.randint(1, 3)
            change.add(Place(0, f"P-{number:03}", f"V{number}", Sector.PUBLIC, "2321", capacity, opens_on, closes_on))
    return store


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), count=st.integers(1, 12))
def test_the_rows_that_are_not_refused_are_taken_and_the_second_time_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, empty: Path, kind: Kind, seed: int, count: int
) -> None:
    folder = tmp_path_factory.mktemp("kinds")
    with begun(empty, folder / "a.db", seed, 4) as store:
        rows = random_rows(Random(seed), store, kind, count)
        before = contents(store)
        rejected = refusal_of(store, write_rows(folder / "list.csv", kind, rows))
        if rejected:
            assert contents(store) == before
            assert rejected.rows == count
            assert all(problem.fault.rule != BREAKS_A_RULE for problem in rejected.problems)
            refused = {row for problem in rejected.problems for row in problem.rows}
            rows = [row for number, row in enumerate(rows, 2) if number not in refused]
            assert len(rows) == count - len(refused)
        if not rows:
            return
        outcome = import_list(store, occasion("import"), write_rows(folder / "list.csv", kind, rows))
        assert outcome.rows == len(rows) == sum(counts(outcome))
        before = contents(store)
        again = import_list(store, occasion("import"), folder / "list.csv")
        assert again.unchanged == len(rows)
        assert contents(store) == before
        assert broken_at(store.links()) is None


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), count=st.integers(1, 8))
def test_a_list_is_taken_when_the_verbs_take_its_rows(
    tmp_path_factory: pytest.TempPathFactory, empty: Path, kind: Kind, seed: int, count: int
) -> None:
    folder = tmp_path_factory.mktemp("kinds")
    with begun(empty, folder / "a.db", seed, 4) as store, begun(empty, folder / "b.db", seed, 4) as reference:
        rows = random_rows(Random(seed), store, kind, count)
        codes = {p.code: r.code for p in store.participants() for r in reference.participants() if p.ref == r.ref}
        theirs = [{**row, "ref": codes.get(row["ref"], row["ref"])} for row in rows]
        refused = by_verbs(reference, kind, theirs)
        path = write_rows(folder / "list.csv", kind, rows)
        rejected = refusal_of(store, path)
        assert refused == (rejected is not None), rejected and rejected.sentence(ENGLISH)
        if not refused:
            import_list(store, occasion("import"), path)
            assert recorded(store) == recorded(reference)


def refusal_of(store: Store, path: Path) -> ImportRejected | None:
    try:
        import_list(store, occasion("import"), path, dry_run=True)
    except ImportRejected as rejected:
        return rejected
    return None


def by_verbs(store: Store, kind: Kind, rows: list[dict[str, str]]) -> bool:
    """Register rows one by one, as by hand. Returns whether one of them is refused, or there is one twice."""
    verb = {
        Kind.PLACEMENTS: place_by_hand,
        Kind.HOURS: add_hours_by_hand,
        Kind.FOLLOW_UPS: follow_up_by_hand,
        Kind.BACKGROUNDS: answer_by_hand,
    }[kind]
    seen = set()
    for row in sorted(rows, key=lambda row: row.get("placed_on", "")):
        code = row["ref"] if "-" in row["ref"] else code_of(store, row["ref"])
        try:
            key = verb(store, code, row)
        except ArenaError:
            return True
        if key in seen:
            return True
        seen.add(key)
    return kind is Kind.PLACEMENTS and any(is_overfull(store, place) for place in store.records(Place))


def place_by_hand(store: Store, code: str, row: Mapping[str, str]) -> object:
    placed_on = date.fromisoformat(row["placed_on"])
    planned = date.fromisoformat(row["planned_end_on"]) if row["planned_end_on"] else None
    receipt = place_participant(
        store, occasion(), code, row["place"], placed_on, planned_end_on=planned, allow_beyond_capacity=True
    )
    if row["ended_on"]:
        ended_on = date.fromisoformat(row["ended_on"])
        numbers = [placement.id for placement in placements_of(store, receipt.participant)]
        correct_placement(
            store,
            occasion(),
            code,
            numbers.index(receipt.placement.id) + 1,
            lambda placement: replace(placement, ended_on=ended_on),
            allow_beyond_capacity=True,
        )
    return (code, row["place"], row["placed_on"])


def is_overfull(store: Store, place: Place) -> bool:
    stays = store.rows(
        "SELECT participant_id, placed_on, ended_on FROM counted_placement WHERE place_id = ?", (place.id,)
    )
    return any(
        len({who for who, first, last in stays if first <= day and (last is None or day <= last)}) > place.capacity
        for _, day, _ in stays
    )


def named_spell(store: Store, code: str, row: Mapping[str, str]) -> int | None:
    """The number of the spell that a row names."""
    for number, spell in enumerate(journey(store, code).spells, 1):
        if (spell.municipality, str(spell.entered_on)) == (
            row.get("municipality"),
            row.get("entered_on"),
        ) and spell.counts:
            return number
    return None


def add_hours_by_hand(store: Store, code: str, row: Mapping[str, str]) -> object:
    minutes, month = minutes_of(row["hours"]), Month.parse(row["month"])
    assert minutes is not None
    number = named_spell(store, code, row)
    if row.get("municipality") and number is None:
        raise ArenaError
    add_hours(
        store,
        occasion(),
        [code],
        month,
        row["activity"],
        minutes,
        certified=row["certified"] == "ja",
        spell_number=number,
    )
    known = journey(store, code)
    spell = numbered_spell(known, number) if number else spells_in(known.spells, month, PROJECT.ends_on)[0]
    return (spell.id, month, row["activity"])


def given_answers(kind: type, row: Mapping[str, str]) -> dict[str, Any]:
    """The answers of a row, as options would give them."""
    template = FollowUp(0, 0, FollowUpKind.IMMEDIATE, TODAY) if kind is FollowUp else Background(0, 0)
    found: dict[str, Any] = {}
    for field in questions(kind):
        text = row.get(field, "")
        if text and text != Answer.NOT_ASKED:
            default = getattr(template, field)
            found[field] = (
                int(text) if text.isdigit() else Sector(text) if field == "employer_sector" else type(default)(text)
            )
    return found


def given_income(row: Mapping[str, str]) -> Livelihood | None:
    if not (row["income"] or row["main_income"]):
        return None
    sources = tuple(IncomeSource(text) for text in row["income"].split("; ") if text)
    return Livelihood(sources, IncomeSource(row["main_income"]) if row["main_income"] else None)


def follow_up_by_hand(store: Store, code: str, row: Mapping[str, str]) -> object:
    kind, day = FollowUpKind(row["kind"]), date.fromisoformat(row["followed_up_on"])
    answers = given_answers(FollowUp, row)
    reached = {"ja": True, "nej": False}.get(row["reached"])
    if reached is not None:
        answers["reached"] = reached
    number = named_spell(store, code, row)
    if number is None:
        raise ArenaError
    record_follow_up(store, occasion(), code, kind, day, lambda f: replace(f, **answers), number, given_income(row))
    return (code, number, kind)


def answer_by_hand(store: Store, code: str, row: Mapping[str, str]) -> object:
    answers, income = given_answers(Background, row), given_income(row)
    if answers or income:
        record_background(store, occasion(), code, lambda b: replace(b, **answers), income)
    return code


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(1, 8))
def test_the_lists_of_a_stores_records_give_the_same_records_in_an_empty_project(
    tmp_path_factory: pytest.TempPathFactory, empty: Path, seed: int, persons: int
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    odds = Odds(misregistered=0, misregistered_only=0)
    lists = random_lists(DESCRIPTION, persons, PROJECT.starts_on, PROJECT.ends_on, seed=seed, odds=odds)
    with copied(empty, folder / "a.db") as store, copied(empty, folder / "b.db") as copy:
        put(store, replace(lists, moves=[]))
        put_activity(store, places=3, seed=seed)
        put_outcomes(store, waiting=0, seed=seed)
        leave_out_what_no_verb_makes(store)
        for spells_or_moves in write_lists(folder, lists):
            if spells_or_moves.read_text().count("\n") > 1:
                import_list(copy, occasion("import"), spells_or_moves)
        with copy.change(occasion("put")) as change:
            for place in store.records(Place):
                change.add(place)
        for kind, rows in rows_of(store).items():
            if rows:
                outcome = import_list(
                    copy, occasion("import"), write_rows(folder / "list.csv", kind, rows), beyond_capacity=True
                )
                assert counts(outcome) == (len(rows), 0, 0), kind
        ours, theirs = recorded(copy), recorded(store)
        assert {kind: ours[kind] for kind in ours if ours[kind] != theirs[kind]} == {}


def leave_out_what_no_verb_makes(store: Store) -> None:
    """Take away the random records that could not have been registered, or only in another order."""
    with store.change(occasion("put")) as change:
        for placement in store.records(Placement):
            if not stays_with_its_spell(store, placement):
                change.remove(placement)
        for follow_up in store.records(FollowUp):
            situation = (follow_up.working, follow_up.studying, follow_up.job_searching)
            if follow_up.reached and set(situation) == {Answer.NOT_ASKED}:
                change.remove(follow_up)
        kept = {(follow_up.spell_id, follow_up.kind.value) for follow_up in store.records(FollowUp)}
        incomes = store.records(Income)
        vague = {(i.participant_id, i.moment, i.spell_id) for i in incomes if i.source is IncomeSource.UNKNOWN}
        backgrounds = {background.participant_id for background in store.records(Background)}
        for income in incomes:
            told = (income.spell_id, income.moment) in kept or income.participant_id in backgrounds
            if (
                (income.participant_id, income.moment, income.spell_id) in vague
                or not told
                or (income.spell_id is not None and (income.spell_id, income.moment) not in kept)
            ):
                change.remove(income)
