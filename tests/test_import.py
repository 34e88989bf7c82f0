"""Taking lists: the verdict on every row, what is refused with which rows, and that a refused list changes nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.errors import ArenaError, Busy, DataProblem
from arena_cli.exchange import refusals, spells
from arena_cli.exchange.columns import HEADERS, REQUIRED, Kind, recognise
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.kinds import KINDS
from arena_cli.exchange.outcome import ImportRejected, Outcome
from arena_cli.exchange.plan import Plan, Tally
from arena_cli.exchange.reading import SheetRow
from arena_cli.exchange.registered import registered_by_ref
from arena_cli.exchange.remarks import on_spell
from arena_cli.exchange.work import Work
from arena_cli.journal import broken_at
from arena_cli.language import load_language
from arena_cli.model import ExitType, Sex, Spell
from arena_cli.store import Change, Row, Store
from tests.sample import TODAY, new_store, occasion

ENGLISH = load_language("en")
PERSONAL_NUMBER = "198301012392"  # of Skatteverket's published test list
SPELLS = "ref;municipality;sex;birth_year;entered_on;entry_step;referral;exited_on;exit_type;destination"
MOVES = "ref;moved_on;step"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


Take = Callable[..., Outcome]


@pytest.fixture
def take(store: Store, tmp_path: Path) -> Take:
    """Import a list that is given as lines."""

    def import_lines(*lines: str, today: date = TODAY, dry_run: bool = False) -> Outcome:
        path = tmp_path / "list.csv"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return import_list(store, occasion("import", today), path, dry_run=dry_run)

    return import_lines


Refuse = Callable[..., list[str]]


@pytest.fixture
def refuse(store: Store, take: Take) -> Refuse:
    """Import a list that must be refused, leaving everything as it was. Returns what is said of its rows."""

    def import_lines(*lines: str, **options: date) -> list[str]:
        before = contents(store)
        with pytest.raises(ImportRejected) as caught:
            take(*lines, **options)
        with pytest.raises(ImportRejected) as rehearsed:
            take(*lines, **options, dry_run=True)
        assert contents(store) == before
        assert rehearsed.value.sentence(ENGLISH) == caught.value.sentence(ENGLISH)
        assert caught.value.exit_code == 3
        return caught.value.sentence(ENGLISH).splitlines()[1:]

    return import_lines


def contents(store: Store) -> list[list[Row]]:
    return [store.rows(f"SELECT * FROM {t} ORDER BY 1") for t in ("participant", "spell", "step_move", "journal")]


def spells_of(store: Store, ref: str) -> list[Spell]:
    participant = store.participant_by_ref(ref)
    assert participant is not None
    return store.spells("WHERE participant_id = ?", (participant.id,))


def steps_of(store: Store, ref: str) -> list[tuple[str, str]]:
    journey = casework.journey(store, code_of(store, ref))
    return [(str(move.moved_on), move.step) for move in journey.moves]


def code_of(store: Store, ref: str) -> str:
    participant = store.participant_by_ref(ref)
    assert participant is not None
    return participant.code


def remarks(outcome: Outcome) -> list[str]:
    return [remark.sentence(ENGLISH) for remark in outcome.remarks]


# -- new rows ---------------------------------------------------------------------------------------------------------


def test_a_row_registers_person_spell_and_entry_step(store: Store, take: Take) -> None:
    outcome = take(SPELLS, "17;Åre;k;1980;2016-04-03;Steg b;af;2016-09-01;avbrott;job")
    assert (outcome.rows, outcome.new, outcome.persons_new, outcome.dry_run) == (1, 1, 1, False)
    participant = store.participant_by_ref("17")
    assert participant is not None
    assert (participant.sex, participant.birth_year) == (Sex.WOMAN, 1980)
    (spell,) = spells_of(store, "17")
    assert (spell.municipality, spell.entered_on, spell.exited_on) == ("2321", date(2016, 4, 3), date(2016, 9, 1))
    assert (spell.exit_type, spell.destination, spell.referral) == (ExitType.DISCONTINUED, "job", "af")
    assert steps_of(store, "17") == [("2016-04-03", "b")]


def test_every_record_has_its_journal_entry_in_one_change(store: Store, take: Take) -> None:
    take(SPELLS, "17;Åre;k;1980;2016-04-03;b;;;;", "18;Åre;;;2016-04-03;;;;;")
    entries = [entry for entry in store.entries() if entry.command == "import"]
    assert [e.subject for e in entries] == ["participant", "participant", "spell", "spell", "step_move"]
    assert {entry.change for entry in entries} == {2}
    assert broken_at(store.links()) is None
    before = store.rows("SELECT count(*) FROM participant")
    casework.undo(store, occasion("undo"), 2)
    assert store.rows("SELECT count(*) FROM participant") == [(0,)] != before
    assert take(SPELLS, "17;Åre;k;1980;2016-04-03;b;;;;").new == 1
    assert store.rows("SELECT min(id) FROM participant") == [(3,)]


def test_several_rows_of_a_ref_that_a_spreadsheet_would_take_for_a_formula(store: Store, take: Take) -> None:
    outcome = take("ref,kommun,inskriven,avslutad", "'-5,2305,2016-03-01,2016-04-01", "'-5,2305,2016-06-01,")
    assert (outcome.persons_new, outcome.new) == (1, 2)
    assert len(spells_of(store, "-5")) == 2


def test_the_least_that_a_list_can_say(store: Store, take: Take) -> None:
    assert take("ref;municipality;entered_on", "17;2321;2016-04-03").new == 1
    (spell,) = spells_of(store, "17")
    assert (spell.exited_on, spell.exit_type, spell.destination, spell.referral) == (None, None, None, None)
    participant = store.participant_by_ref("17")
    assert participant is not None
    assert (participant.sex, participant.birth_year) == (Sex.UNKNOWN, None)
    assert steps_of(store, "17") == []


def test_an_end_without_a_type_is_a_completion_without_destination(store: Store, take: Take) -> None:
    take("ref;municipality;entered_on;exited_on;destination", "17;2321;2016-04-03;2016-05-01;unknown")
    (spell,) = spells_of(store, "17")
    assert (spell.exit_type, spell.destination) == (ExitType.COMPLETED, None)


@pytest.mark.parametrize(
    ("column", "typed", "field", "stored"),
    [
        ("sex", "Kvinna", "sex", Sex.WOMAN),
        ("sex", "m", "sex", Sex.MAN),
        ("sex", "annat", "sex", Sex.OTHER),
        ("sex", "okänt", "sex", Sex.UNKNOWN),
        ("birth_year", "1985", "birth_year", 1985),
        ("birth_year", "1985-04-03", "birth_year", 1985),
        ("birth_year", "19850403", "birth_year", 1985),
        ("birth_year", " 1985 ", "birth_year", 1985),
    ],
)
def test_values_of_a_person(store: Store, take: Take, column: str, typed: str, field: str, stored: object) -> None:
    take(f"ref;municipality;entered_on;{column}", f"17;2321;2016-04-03;{typed}")
    assert getattr(store.participant_by_ref("17"), field) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "2016-04-03",
            "20160403",
            " 2016-04-03 ",
            "2016-04-03 00:00:00",
            "2016-04-03T00:00",
            "2016-04-03 00:00:00.000",
        ),
        *("2016-4-3", "2016/04/03", "2016.4.3", "3/4 2016", "3/4-2016", "03/04 2016", "3.4.2016", "3. 4. 2016"),
        *("3 apr 2016", "3 april 2016", "den 3 april 2016", "3 Apr. 2016", "3. April 2016", "03-apr-2016"),
        *("3 APRIL 2016", "3 april 2016 00:00:00", "den 3:e april 2016", "3.4 2016", "3/4 2016 0:00"),
        *("3\u00a0april\u202f2016", "\u200b2016-04-03\u00a0", "2016\u201304\u201303"),
    ],
)
def test_ways_to_write_a_date(store: Store, take: Take, typed: str) -> None:
    take("ref;municipality;entered_on", f"17;2321;{typed}")
    assert spells_of(store, "17")[0].entered_on == date(2016, 4, 3)


LOST_FORM = (
    "inskriven is a number, as when a cell has lost its form: give the column the form of dates, or write it as in "
    "2016-04-03."
)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "inskriven is empty."),
        ("  ", "inskriven is empty."),
        ("3/4 16", "inskriven is no date: write it as in 2016-04-03."),
        ("160403", "inskriven is no date: write it as in 2016-04-03."),
        ("3 avril 2016", "inskriven is no date: write it as in 2016-04-03."),
        ("3/4 2016 08:00", "inskriven is no date: write it as in 2016-04-03."),
        ("03/04/2016", "inskriven may mean two days: is the day or the month first? Write it as in 2016-04-03."),
        ("3-4-2016", "inskriven may mean two days: is the day or the month first? Write it as in 2016-04-03."),
        ("31/4 2016", "inskriven is a day that the calendar does not have."),
        ("0 april 2016", "inskriven is a day that the calendar does not have."),
        ("13/13/2016", "inskriven is a day that the calendar does not have."),
        ("2016-0403", "inskriven is no date: write it as in 2016-04-03."),
        ("2016-04-03 08:00:00", "inskriven is no date: write it as in 2016-04-03."),
        ("٢٠١٦-٠٤-٠٣", "inskriven is no date: write it as in 2016-04-03."),
        ("42463", LOST_FORM),
        ("2016-02-30", "inskriven is a day that the calendar does not have."),
        ("20160230", "inskriven is a day that the calendar does not have."),
        ("2016-13-01", "inskriven is a day that the calendar does not have."),
        ("0000-01-01", "inskriven is a day that the calendar does not have."),
        ("2015-08-31", "inskriven lies before the project's start, 2015-09-01."),
        ("2018-04-01", "inskriven lies after the project's end, 2018-03-31."),
    ],
)
def test_what_is_no_date(refuse: Refuse, typed: str, problem: str) -> None:
    assert refuse("löpnr;kommun;inskriven", f"17;2321;{typed}") == [f"Row 2: {problem}"]


def test_a_date_that_has_not_come_is_refused(refuse: Refuse, take: Take) -> None:
    row = "17;2321;2016-04-03;2016-05-01"
    header = "ref;municipality;entered_on;exited_on"
    assert refuse(header, row, today=date(2016, 4, 2)) == [
        "Row 2: entered_on has not come yet.",
        "Row 2: exited_on has not come yet.",
    ]
    assert take(header, row, today=date(2016, 5, 1)).new == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (";2321;k;1980;2016-04-03;b;af;;;", "ref is empty. Without it the list could not be imported twice."),
        (f"{'1' * 65};2321;;;2016-04-03;;;;;", "ref is no ref: one has at most 64 characters, all printable."),
        ("1\u200e7;2321;;;2016-04-03;;;;;", "ref is no ref: one has at most 64 characters, all printable."),
        ("17;;;;2016-04-03;;;;;", "municipality is empty."),
        (
            "17;2584;;;2016-04-03;;;;;",
            "municipality is none of the project's municipalities (`arena list-municipalities`).",
        ),
        (
            "17;Ostersund;;;2016-04-03;;;;;",
            (
                "municipality is none of the project's municipalities (`arena list-municipalities`). "
                "Did you mean Östersund?"
            ),
        ),
        ("17;2321;yes;;2016-04-03;;;;;", "sex cannot be recorded as sex. Choose one of: woman, man, other, unknown."),
        ("17;2321;;85;2016-04-03;;;;;", "birth_year is neither a year of four digits nor a date such as 1985-04-03."),
        ("17;2321;;1985-02-30;2016-04-03;;;;;", "birth_year is a day that the calendar does not have."),
        ("17;2321;;2017;2016-04-03;;;;;", "birth_year cannot be that of somebody who enters on that day."),
        ("17;2321;;1895;2016-04-03;;;;;", "birth_year cannot be that of somebody who enters on that day."),
        ("17;2321;;;2016-04-03;e;;;;", "entry_step is none of the project's steps (`arena list-steps`)."),
        (
            "17;2321;;;2016-04-03;;nobody;;;",
            "referral is none of the project's sources of referrals (`arena list-referrals`).",
        ),
        (
            "17;2321;;;2016-04-03;;;2016-05-01;gone;",
            "exit_type is no exit type. Choose one of: completed, discontinued, deceased, transferred, misregistered.",
        ),
        (
            "17;2321;;;2016-04-03;;;2016-05-01;;moon",
            "destination is none of the project's destinations (`arena list-destinations`).",
        ),
        ("17;2321;;;2016-04-03;;;2016-04-02;;", "exited_on lies before entered_on."),
        ("17;2321;;;2016-04-03;;;;completed;", "There is an exit type or a destination, but no date in exited_on."),
        ("17;2321;;;2016-04-03;;;;;job", "There is an exit type or a destination, but no date in exited_on."),
        ("17;2321;;;2016-04-03;;;;;;x", "There are more cells than columns: is there a delimiter too many?"),
    ],
)
def test_a_row_that_breaks_a_rule(refuse: Refuse, row: str, problem: str) -> None:
    assert refuse(SPELLS, "1;2321;;;2016-04-03;;;;;", row) == [f"Row 3: {problem}"]


def test_a_personal_identity_number_is_refused_and_not_repeated(refuse: Refuse) -> None:
    said = refuse(
        "löpnr;kommun;inskriven;född", f"{PERSONAL_NUMBER};2321;2016-04-03;", f"7;2321;2016-04-03;{PERSONAL_NUMBER}"
    )
    assert said == [
        "Row 2: löpnr looks like a personal identity number. Use the list's own number instead.",
        "Row 3: född looks like a personal identity number. Use the list's own number instead.",
    ]


def test_all_bad_rows_are_told_at_once_and_nothing_of_what_they_say(store: Store, take: Take, refuse: Refuse) -> None:
    lines = [f"{n};Hemliga {n};2016-04-03;Hemliga{n}" for n in range(60)]
    with pytest.raises(ImportRejected) as caught:
        take("ref;municipality;entered_on;sex", *lines, "60;2321;2016-04-03;k")
    refusal = caught.value
    assert (refusal.rows, len(refusal.verdicts.refused), len(refusal.problems)) == (61, 60, 120)
    assert refusal.facts == {"rows": 61, "refused": 60, "new": 1, "changed": 0, "unchanged": 0}
    said = refusal.sentence(ENGLISH).splitlines()
    assert said[0].startswith("Nothing was imported. Rows read: 61; rows with a problem: 60; ")
    assert said[1:] == [
        "Rows 2–61 (60 rows): municipality is none of the project's municipalities (`arena list-municipalities`).",
        "Rows 2–61 (60 rows): sex cannot be recorded as sex. Choose one of: woman, man, other, unknown.",
    ]
    assert "Hemlig" not in refusal.sentence(ENGLISH)
    assert refuse("ref;municipality;entered_on;sex", *lines)


def test_empty_rows_and_empty_cells_behind_the_last_are_nothing(take: Take) -> None:
    outcome = take("ref;municipality;entered_on", "", "17;2321;2016-04-03;;;", ";;", " ; ; ")
    assert (outcome.rows, outcome.new) == (1, 1)


def test_a_short_row_ends_in_empty_cells_and_is_remarked_on(store: Store, take: Take) -> None:
    outcome = take(SPELLS, "17;2321;;;2016-04-03", "18;2321;;;2016-04-03;;;;;")
    assert outcome.new == 2
    assert remarks(outcome) == [
        "The row has fewer cells than the header; the missing ones are taken as empty: 1 (row 2)."
    ]


# -- one person -------------------------------------------------------------------------------------------------------


def test_rows_with_one_ref_are_one_person(store: Store, take: Take) -> None:
    outcome = take(
        SPELLS,
        "17;2321;k;;2016-04-03;;;2016-05-01;;",
        "18;2321;m;;2016-04-03;;;;;",
        "17;2321;;1980;2016-06-01;;;;;",
    )
    assert (outcome.new, outcome.persons_new) == (3, 2)
    participant = store.participant_by_ref("17")
    assert participant is not None
    assert (participant.sex, participant.birth_year) == (Sex.WOMAN, 1980)


def test_rows_that_contradict_each_other_about_a_person_are_both_named(refuse: Refuse) -> None:
    said = refuse(
        "löpnr;kommun;inskriven;avslutad;kön;född",
        "17;2321;2016-04-03;2016-05-01;;",
        "17;2321;2016-06-03;2016-07-01;k;1980",
        "17;2321;2016-08-03;2016-09-01;m;1980",
        "17;2321;2016-10-03;;k;1981",
    )
    assert said == [
        "Rows 3 and 4: The same person, by löpnr, but kön differs.",
        "Rows 3 and 5: The same person, by löpnr, but född differs.",
    ]


def test_overlapping_rows_are_both_named(refuse: Refuse) -> None:
    header = "ref;municipality;entered_on;exited_on;exit_type"
    problem = "The spells of one person overlap: one has not ended when the other begins."
    assert refuse(header, "1;2321;2016-06-01;;", "2;2321;2016-04-03;;", "1;2380;2016-04-03;2016-06-01;") == [
        f"Rows 2 and 4: {problem}"
    ]
    assert refuse(header, "1;2321;2016-04-03;;", "1;2321;2016-04-03;;") == [f"Rows 2 and 3: {problem}"]
    assert refuse(
        header, "1;2321;2016-01-01;2016-12-31;", "1;2321;2016-02-01;2016-02-02;", "1;2321;2016-03-01;2016-03-02;"
    ) == [f"Rows 2 and 3: {problem}", f"Rows 2 and 4: {problem}"]


def test_twenty_thousand_rows_with_one_ref_are_refused_at_once(take: Take) -> None:
    with pytest.raises(ImportRejected) as caught:
        take("ref;municipality;entered_on;birth_year", *["1;2321;2016-06-01;2017"] * 20_000)
    assert (len(caught.value.verdicts.refused), len(caught.value.problems)) == (20_000, 39_999)


def test_what_may_meet_on_a_day_or_lie_on_top_of_each_other(take: Take) -> None:
    header = "ref;municipality;entered_on;exited_on;exit_type"
    assert take(header, "1;2321;2016-04-03;2016-06-01;transferred", "1;2380;2016-06-01;;").new == 2
    assert take(header, "2;2321;2016-04-03;;", "2;2321;2016-04-03;;misregistered").new == 2


def test_a_row_that_overlaps_a_registered_spell_names_the_participant(store: Store, take: Take, refuse: Refuse) -> None:
    take("ref;municipality;entered_on", "17;2321;2016-04-03")
    code = code_of(store, "17")
    assert refuse("ref;municipality;entered_on", "17;2321;2016-04-10") == [
        f"Row 2: The spell overlaps one that is registered of {code}. Compare with `arena show-participant {code}`."
    ]


# -- known rows -------------------------------------------------------------------------------------------------------

FULL = "17;2321;k;1980;2016-04-03;b;af;2016-09-01;discontinued;job"


def test_the_same_list_again_changes_nothing_and_uses_no_change_number(store: Store, take: Take) -> None:
    take(SPELLS, FULL)
    before = contents(store)
    outcome = take(SPELLS, FULL)
    assert (outcome.rows, outcome.new, outcome.changed, outcome.unchanged) == (1, 0, 0, 1)
    assert (outcome.changes, outcome.remarks) == ({}, ())
    assert contents(store) == before
    assert casework.last_change(store)[0].change == 2


def test_a_dry_run_says_the_same_and_writes_nothing(store: Store, take: Take) -> None:
    before = contents(store)
    rehearsal = take(SPELLS, FULL, dry_run=True)
    assert contents(store) == before
    assert rehearsal.dry_run
    outcome = take(SPELLS, FULL)
    assert (rehearsal.rows, rehearsal.new, rehearsal.persons_new) == (outcome.rows, outcome.new, outcome.persons_new)


def test_a_dry_run_needs_no_right_to_write(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{SPELLS}\n{FULL}\n")
    with Store.open(store.path) as reading:
        assert import_list(reading, occasion(), path, dry_run=True).new == 1


def test_an_empty_cell_erases_nothing(store: Store, take: Take) -> None:
    take(SPELLS, FULL)
    before = contents(store)
    assert take(SPELLS, "17;2321;;;2016-04-03;;;;;").unchanged == 1
    assert take(SPELLS, "17;2321;okänt;;2016-04-03;;;2016-09-01;;unknown").unchanged == 1
    assert contents(store) == before


def test_what_differs_is_changed_and_named(store: Store, take: Take) -> None:
    take(SPELLS, "17;2321;k;;2016-04-03;b;;;;", "18;2321;;;2016-04-03;;;;;", "19;2321;;;2016-04-03;;;;;")
    outcome = take(
        SPELLS,
        "17;2321;m;1980;2016-04-03;c;af;2016-09-01;;job",
        "18;2321;;;2016-04-03;a;;;;",
        "19;2321;;;2016-04-03;;;;;",
    )
    assert (outcome.new, outcome.changed, outcome.unchanged, outcome.persons_new) == (0, 2, 1, 0)
    assert outcome.changes == {
        "exited_on": (2,),
        "exit_type": (2,),
        "destination": (2,),
        "referral": (2,),
        "entry_step": (2, 3),
        "birth_year": (2,),
        "sex": (2,),
    }
    assert steps_of(store, "17") == [("2016-04-03", "c")]
    assert steps_of(store, "18") == [("2016-04-03", "a")]
    assert spells_of(store, "17")[0].destination == "job"
    assert broken_at(store.links()) is None
    casework.undo(store, occasion("undo"), 3)
    assert steps_of(store, "17") == [("2016-04-03", "b")]
    assert spells_of(store, "17")[0].exited_on is None


def test_a_correction_of_the_person_counts_once(store: Store, take: Take) -> None:
    header = "ref;municipality;entered_on;exited_on;sex"
    take(header, "17;2321;2016-04-03;2016-05-01;k", "17;2321;2016-06-01;;k")
    outcome = take(header, "17;2321;2016-04-03;2016-05-01;m", "17;2321;2016-06-01;;m")
    assert (outcome.changed, outcome.unchanged, outcome.changes) == (1, 1, {"sex": (2,)})


def test_a_registered_misregistered_twin_is_told_from_the_real_spell(store: Store, take: Take) -> None:
    header = "ref;municipality;entered_on;exited_on;exit_type"
    mistake, real = "17;2321;2016-04-03;2016-05-01;misregistered", "17;2321;2016-04-03;;"
    other = "17;2321;2016-04-03;2016-04-20;misregistered"
    take(header, mistake, real, other)
    before = contents(store)
    assert take(header, other, real, mistake).unchanged == 3
    assert take(header, real).unchanged == 1
    assert contents(store) == before
    assert take(header, "17;2321;2016-04-03;2016-09-01;", mistake).changes == {"exited_on": (2,), "exit_type": (2,)}
    assert [s.exit_type for s in spells_of(store, "17") if s.exited_on == date(2016, 9, 1)] == ["completed"]


def test_a_spell_that_was_marked_as_a_mistake_stays_one_and_is_remarked_on(store: Store, take: Take) -> None:
    row = "17;2321;k;1980;2016-04-03;b;;;;"
    take(SPELLS, row)
    spell = spells_of(store, "17")[0]
    with store.change(occasion("edit-spell")) as change:
        change.update(
            spell, Spell(**{f: getattr(spell, f) for f in spell.__slots__} | {"exit_type": ExitType.MISREGISTERED})
        )
    outcome = take(SPELLS, row)
    assert outcome.unchanged == 1
    assert remarks(outcome) == ["The spell is registered as a mistake and stays one: 1 (row 2)."]
    assert take(SPELLS, "17;2321;k;1980;2016-04-03;b;;2016-05-01;completed;").changed == 1


def test_a_person_registered_by_hand_is_recognised_by_ref(store: Store, take: Take) -> None:
    intake = Intake("2321", date(2016, 4, 3), "b", None)
    receipt = casework.enrol(store, occasion(), intake, sex=Sex.WOMAN, ref="17")
    assert take(SPELLS, "17;2321;k;;2016-04-03;b;;;;").unchanged == 1
    assert take(SPELLS, "17;2321;k;;2016-04-03;b;;2016-05-01;;").changed == 1
    assert code_of(store, "17") == receipt.participant.code


def test_a_move_that_would_fall_outside_its_spell_is_refused(store: Store, take: Take, refuse: Refuse) -> None:
    take("ref;municipality;entered_on", "17;2321;2016-04-03")
    take(MOVES, "17;2016-08-01;c")
    code = code_of(store, "17")
    (said,) = refuse("ref;municipality;entered_on;exited_on", "17;2321;2016-04-03;2016-07-01")
    assert said.startswith(f"Row 2: A move that is registered of {code} would lie outside every spell.")


def test_a_corrected_birth_year_must_be_possible_for_every_spell(take: Take, refuse: Refuse) -> None:
    header = "ref;municipality;entered_on;exited_on;birth_year"
    take(header, "17;2321;2016-04-03;2016-05-01;1980", "17;2321;2017-04-03;;")
    assert refuse(header, "17;2321;2017-04-03;;2017") == [
        "Row 2: birth_year cannot be that of somebody who enters on that day."
    ]


# -- remarks ----------------------------------------------------------------------------------------------------------


def test_what_is_odd_is_remarked_on_and_taken(store: Store, take: Take) -> None:
    outcome = take(
        SPELLS,
        "1;2321;k;2003;2016-04-03;;;;;",
        "2;2321;;;2016-04-03;;;2016-05-01;transferred;job",
        "2;2321;;;2016-06-01;;;2016-07-01;deceased;",
        "2;2380;;;2016-08-01;;;;;",
        "3;2321;;;2016-04-03;;;2016-05-01;transferred;",
        "3;2380;;;2016-05-01;;;;;",
    )
    assert outcome.new == 6
    assert remarks(outcome) == [
        "Age at entry outside the project's target group: 1 (row 2).",
        "A transfer with a destination, which counts only for those who leave the project: 1 (row 3).",
        "A transfer that goes on in the same municipality: 1 (row 4).",
        "A spell after one that ended with the person's death: 1 (row 5).",
        "The ref is known from another municipality, and no transfer lies between. Is it the same person? 1 (row 5).",
    ]


def test_an_age_that_hardly_anybody_has_is_remarked_on_in_a_project_without_limits(
    store: Store,
) -> None:
    without = replace(store.project(), age_from=None, age_to=None)
    spell = Spell(1, 1, "2321", date(2016, 4, 3))
    assert [bool(on_spell(spell, born, without)) for born in (None, 2016, 2004, 2003, 1915, 1914)] == [
        *(False, True, True),
        *(False, False, True),
    ]


def test_a_remark_names_the_first_rows(take: Take) -> None:
    outcome = take("ref;municipality;entered_on;birth_year", *(f"{n};2321;2016-04-03;1900" for n in range(7)))
    assert remarks(outcome) == ["Age at entry outside the project's target group: 7 (rows 2–8)."]


# -- moves ------------------------------------------------------------------------------------------------------------


def test_moves_follow_on_the_entry_step_in_the_order_of_the_list(store: Store, take: Take) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;b;;;;")
    moves = ["17;2016-06-01;c", "17;2016-04-03;a", "17;2016-04-03;b", "17;2016-06-01;d", "17;2016-06-01;c"]
    expected = [("2016-04-03", step) for step in "bab"] + [("2016-06-01", step) for step in "cdc"]
    assert take(MOVES, *moves).new == 5
    assert steps_of(store, "17") == expected
    for _ in range(2):
        assert take(MOVES, *moves).unchanged == 5
        assert take(SPELLS, "17;2321;;;2016-04-03;b;;;;").unchanged == 1
    assert steps_of(store, "17") == expected


def test_the_entry_step_may_be_the_first_move_of_the_list(store: Store, take: Take) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;b;;;;")
    assert take(MOVES, "17;2016-04-03;b", "17;2016-04-03;c").new == 1
    assert take(MOVES, "17;2016-04-03;b", "17;2016-04-03;c").new == 0
    assert steps_of(store, "17") == [("2016-04-03", "b"), ("2016-04-03", "c")]


def test_a_list_sorted_anew_brings_nothing_new(take: Take) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;b;;;;")
    take(MOVES, "17;2016-06-01;c", "17;2016-06-01;d")
    assert take(MOVES, "17;2016-06-01;d", "17;2016-06-01;c").unchanged == 2


def test_a_move_put_in_on_a_day_keeps_the_last_step_of_the_day(store: Store, take: Take) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;b;;;;")
    take(MOVES, "17;2016-06-01;a", "17;2016-06-01;c")
    take(MOVES, "17;2016-06-01;a", "17;2016-06-01;d", "17;2016-06-01;c")
    assert steps_of(store, "17")[-1] == ("2016-06-01", "c")


def test_on_a_seam_a_move_belongs_to_the_later_spell(store: Store, take: Take) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;b;;2016-06-01;transferred;", "17;2380;;;2016-06-01;c;;;;")
    take(MOVES, "17;2016-06-01;d")
    later = spells_of(store, "17")[1]
    assert [m.step for m in store.moves("WHERE spell_id = ?", (later.id,))] == ["c", "d"]


def test_a_move_goes_along_when_its_day_becomes_a_seam(store: Store, take: Take) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;b;;;;")
    moves = ["17;2016-06-01;d", "17;2016-06-01;a"]
    take(MOVES, *moves)
    spells = ["17;2321;;;2016-04-03;b;;2016-06-01;transferred;", "17;2380;;;2016-06-01;c;;;;"]
    take(SPELLS, *spells)
    later = spells_of(store, "17")[1]
    assert [m.step for m in store.moves("WHERE spell_id = ?", (later.id,))] == ["c", "d", "a"]
    before = contents(store)
    assert take(SPELLS, *spells).unchanged == 2
    assert take(MOVES, *moves).unchanged == 2
    assert contents(store) == before
    casework.undo(store, occasion("undo"), 4)
    assert [step for _, step in steps_of(store, "17")] == ["b", "d", "a"]


def test_a_move_that_only_a_mistaken_spell_covers_goes_there(store: Store, take: Take) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;;;2016-05-01;;", "17;2380;;;2016-06-01;;;2016-07-01;misregistered;")
    take(MOVES, "17;2016-06-15;d")
    mistaken = next(spell for spell in spells_of(store, "17") if not spell.counts)
    assert [m.spell_id for m in store.moves()] == [mistaken.id]
    assert take(MOVES, "17;2016-06-15;d").unchanged == 1


def test_moves_of_nobody_and_outside_every_spell_are_refused(store: Store, take: Take, refuse: Refuse) -> None:
    take(SPELLS, "17;2321;;;2016-04-03;;;2016-05-01;;")
    code = code_of(store, "17")
    assert refuse("id;datum;steg", "17;2016-05-02;a", "18;2016-04-10;a", "17;2016-04-10;z", "17;2016-05-02;b") == [
        f"Rows 2, 5 (2 rows): {code} has no spell on that day. Compare with `arena show-participant {code}`.",
        "Row 3: No participant has that id. Import the list of spells first.",
        "Row 4: steg is none of the project's steps (`arena list-steps`).",
    ]


# -- columns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "column", "header"),
    [(kind, column, header) for kind in Kind for column, headers in HEADERS[kind].items() for header in headers],
)
def test_every_header_is_understood_however_it_is_written(kind: Kind, column: str, header: str) -> None:
    decomposed = unicodedata.normalize("NFD", header)
    for written in (header, header.upper(), f"  {header.title()} ", decomposed, header.replace(" ", "_")):
        columns = recognise(SheetRow(1, [written if name == column else name for name in [*HEADERS[kind]][::-1]]))
        assert columns.kind is kind
        assert columns.headers[column] == written.strip()
        assert columns.unknown == ()


@pytest.mark.parametrize("kind", Kind)
def test_every_column_of_a_kind_is_read(store: Store, kind: Kind) -> None:
    columns = recognise(SheetRow(1, [*HEADERS[kind]]))
    work = Work(store, store.project(), occasion(), columns, Plan(), Tally())
    reader = KINDS[kind].reader(work)
    assert {*reader._places} == {*range(len(HEADERS[kind]))}
    assert KINDS[kind].marked in REQUIRED[kind]


def test_unknown_columns_are_named_and_left_alone(take: Take) -> None:
    outcome = take(f"Handläggare;ref;;municipality;entered_on;{'lång' * 30}", "x;17;y;2321;2016-04-03;z")
    assert outcome.new == 1
    assert outcome.reading.unknown == ("Handläggare", f"{'lång' * 15}…")


def test_what_was_concluded_is_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("löpnr,kommun,start\n1,Åre,2016-04-03\n".encode("cp1252"))
    reading = import_list(store, occasion(), path).reading
    assert (reading.source.sentence(ENGLISH), reading.kind) == (
        "Windows-1252, comma between the cells",
        Kind.SPELLS,
    )
    assert reading.headers == {"ref": "löpnr", "municipality": "kommun", "entered_on": "start"}


@pytest.mark.parametrize(
    ("lines", "refusal", "facts"),
    [
        (
            ["ref;municipality"],
            refusals.MissingColumns,
            {"missing": ("entered_on (inskriven)",), "found": ("ref", "municipality")},
        ),
        (["ref;steg"], refusals.MissingColumns, {"missing": ("moved_on (datum)",), "found": ("ref", "steg")}),
        (
            ["Kommun;x"],
            refusals.MissingColumns,
            {"missing": ("ref (löpnr)", "entered_on (inskriven)"), "found": ("Kommun",)},
        ),
        (["id;löpnr;kommun;start"], refusals.RepeatedColumn, {"headers": ("id", "löpnr")}),
        (["ref;REF ;kommun;start"], refusals.RepeatedColumn, {"headers": ("ref", "REF")}),
        (["1;Åre;k"], refusals.NoHeader, None),
        (["ref;municipality;entered_on"], refusals.NoRows, {}),
        (["ref;municipality;entered_on", ";;", ""], refusals.NoRows, {}),
    ],
)
def test_a_header_that_does_not_do(
    store: Store, take: Take, lines: list[str], refusal: type[ArenaError], facts: dict[str, object] | None
) -> None:
    before = contents(store)
    for dry_run in (True, False):
        with pytest.raises(refusal) as caught:
            take(*lines, dry_run=dry_run)
        assert facts is None or caught.value.facts == facts
        assert caught.value.exit_code == 3
        assert "\n" not in caught.value.sentence(ENGLISH)
    assert contents(store) == before


def test_the_manual_names_every_header() -> None:
    manual = (Path(__file__).parents[1] / "docs" / "import.md").read_text(encoding="utf-8")
    for columns in HEADERS.values():
        for column, headers in columns.items():
            assert f"| `{column}` | {', '.join(headers)} |" in manual


def test_nothing_can_change_between_verdict_and_writing(
    store: Store, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_busy(*arguments: object) -> object:
        with Store.open(store.path, writing=True) as other:
            other._connection.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(Busy):
                casework.enrol(other, occasion(), Intake("2321", date(2016, 4, 3)), sex=Sex.MAN)
        return registered_by_ref(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(spells, "registered_by_ref", is_busy)
    assert take(SPELLS, FULL).new == 1


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_import_leaves_nothing_behind(
    store: Store, take: Take, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise interruption

    take(SPELLS, "17;2321;k;;2016-04-03;b;;;;")
    before = contents(store)
    monkeypatch.setattr(Change, "update", interrupted)  # the last that is done
    with pytest.raises(interruption):
        take(SPELLS, "17;2321;m;;2016-04-03;b;;;;", "18;2321;m;;2016-04-03;b;;;;")
    assert contents(store) == before


def test_a_broken_row_far_down_leaves_nothing_behind(store: Store, take: Take) -> None:
    before = contents(store)
    with pytest.raises(refusals.BrokenQuotes) as caught:
        take("ref;municipality;entered_on", *(f"{n};2321;2016-04-03" for n in range(500)), '"500;2321;2016-04-03')
    assert caught.value.facts == {"row": 502}
    assert contents(store) == before


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.lists(
                st.sampled_from(
                    ["1", "2", "", " ", "2321", "Åre", "k", "1980", "2016-04-03", "2016-05-01", "b", "job", '"']
                ),
                max_size=11,
            ).map(";".join),
            max_size=6,
        ).map(lambda rows: "\n".join([SPELLS, *rows]).encode()),
        st.lists(st.sampled_from(["1;2016-04-03;b", "1;2016-04-03;a", "2;2016-04-04;c", ";;"]), max_size=6).map(
            lambda rows: "\n".join([MOVES, *rows]).encode()
        ),
    )
)
def test_whatever_a_file_holds_it_is_taken_or_refused(store: Store, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    try:
        import_list(store, occasion("import"), path)
    except DataProblem as refusal:
        assert refusal.sentence(ENGLISH)  # noqa: PT017 # whatever else is raised fails the test
    else:
        assert import_list(store, occasion("import"), path).unchanged
