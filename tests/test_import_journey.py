"""Lists that change what pauses, placements, follow-ups, hours and waits hang on: as strict as the verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, attendance, follow_up, pausing, placements
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.outcome import ImportRejected, Outcome
from arena_cli.journal import broken_at
from arena_cli.language import load_language
from arena_cli.model import (
    Answer,
    Assignment,
    AssignmentOutcome,
    ExitType,
    FollowUpKind,
    Month,
    Pause,
    PauseReason,
    Placement,
    Sector,
    Sex,
    Spell,
)
from arena_cli.records import TABLES
from arena_cli.store import Store
from tests.sample import new_store, occasion

ENGLISH = load_language("en")
HEADER = "ref;municipality;entered_on;exited_on;exit_type;destination"
ENTERED = date(2016, 3, 1)
ROW = "17;2305;2016-03-01"
COMPARE = "Compare with `arena show-participant {code}`."


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


@pytest.fixture
def code(store: Store) -> str:
    return casework.enrol(store, occasion(), Intake("2305", ENTERED), sex=Sex.WOMAN, ref="17").participant.code


Take = Callable[..., Outcome]


@pytest.fixture
def take(store: Store, tmp_path: Path) -> Take:
    """Import a list that is given as lines below the header."""

    def import_lines(*lines: str, dry_run: bool = False) -> Outcome:
        path = tmp_path / "list.csv"
        path.write_text("".join(f"{line}\n" for line in (HEADER, *lines)), encoding="utf-8")
        return import_list(store, occasion("import"), path, dry_run=dry_run)

    return import_lines


Refuse = Callable[..., list[str]]


@pytest.fixture
def refuse(store: Store, take: Take) -> Refuse:
    """Import a list that must be refused, leaving everything as it was. Returns what is said of its rows."""

    def import_lines(*lines: str) -> list[str]:
        before = contents(store)
        with pytest.raises(ImportRejected) as caught:
            take(*lines)
        with pytest.raises(ImportRejected):
            take(*lines, dry_run=True)
        assert contents(store) == before
        return caught.value.sentence(ENGLISH).splitlines()[1:]

    return import_lines


def contents(store: Store) -> list[object]:
    return [store.rows(f"SELECT * FROM {table} ORDER BY 1") for table in (*TABLES.values(), "journal")]


def remarks(outcome: Outcome) -> list[str]:
    return [remark.sentence(ENGLISH) for remark in outcome.remarks]


def place(store: Store, code: str, day: date, closes_on: date | None = None) -> None:
    opened = placements.add_place(
        store,
        occasion(),
        host="Sågen",
        sector=Sector.PRIVATE,
        municipality="2305",
        capacity=3,
        opens_on=on(1, 2),
        closes_on=closes_on,
    )
    placements.place_participant(store, occasion(), code, opened.place.code, day)


def pause(store: Store, code: str, paused_on: date, resumed_on: date | None = None) -> None:
    pausing.pause(store, occasion(), code, paused_on, PauseReason.SICK_LEAVE, resumed_on)


def leave(store: Store, code: str, day: date) -> None:
    casework.leave(store, occasion(), code, day, ExitType.COMPLETED, None)


def record(store: Store, code: str, day: date) -> None:
    follow_up.record_follow_up(
        store, occasion(), code, FollowUpKind.IMMEDIATE, day, lambda f: replace(f, working=Answer.YES)
    )


def spend(store: Store, code: str, minutes: int, month: Month) -> None:
    attendance.add_hours(store, occasion(), [code], month, "talks", minutes)


def assign(store: Store, municipality: str = "2305", day: date = ENTERED, referral: str | None = None) -> str:
    return pausing.assign(
        store, occasion(), municipality, day, sex=Sex.WOMAN, ref="17", referral=referral
    ).participant.code


# -- what hangs on a spell --------------------------------------------------------------------------------------------


def test_an_exit_before_a_pause_is_refused(store: Store, code: str, refuse: Refuse) -> None:
    pause(store, code, on(10), on(20))
    said = refuse("1;2305;2016-03-01;;;", f"{ROW};2016-03-19;;")
    assert said == [
        f"Row 3: A pause that is registered of {code} would lie outside the spell. " + COMPARE.format(code=code)
    ]


def test_an_exit_before_a_placement_is_refused(store: Store, code: str, refuse: Refuse) -> None:
    place(store, code, on(10))
    (said,) = refuse(f"{ROW};2016-03-09;;")
    assert said.startswith(f"Row 2: A placement that is registered of {code} would lie outside the spell.")


@pytest.mark.parametrize(
    ("minutes", "exited_on", "rule"),
    [
        (60, "2016-03-31", "Hours are registered of {code} in a month in which the spell would have no day."),
        (24 * 60 + 1, "2016-04-01", "More hours are registered of {code} than the days of the spell would hold."),
    ],
)
def test_an_exit_before_hours_is_refused(
    store: Store, code: str, refuse: Refuse, minutes: int, exited_on: str, rule: str
) -> None:
    spend(store, code, minutes, Month(2016, 4))
    (said,) = refuse(f"{ROW};{exited_on};;")
    assert said == f"Row 2: {rule} {COMPARE}".format(code=code)


@pytest.mark.parametrize(
    ("exit_cells", "rule"),
    [
        ("2016-05-01;;", "A follow-up that is registered of {code} would be from a wrong time after the exit."),
        ("2016-03-01;;", "A follow-up that is registered of {code} would be from a wrong time after the exit."),
        ("2016-04-01;deceased;", "{code} has been followed up after the exit"),
        ("2016-04-01;transferred;", "{code} has been followed up after the exit"),
    ],
)
def test_an_exit_that_contradicts_its_follow_up_is_refused(
    store: Store, code: str, refuse: Refuse, exit_cells: str, rule: str
) -> None:
    leave(store, code, on(1, 4))
    record(store, code, on(15, 4))
    (said,) = refuse(f"{ROW};{exit_cells}")
    assert said.startswith(f"Row 2: {rule}".format(code=code))


def test_every_broken_rule_is_told(store: Store, code: str, refuse: Refuse) -> None:
    pause(store, code, on(10), on(20))
    place(store, code, on(10))
    spend(store, code, 60, Month(2016, 4))
    assert len(refuse(f"{ROW};2016-03-09;;")) == 3


def test_what_goes_together_is_taken(store: Store, code: str, take: Take) -> None:
    pause(store, code, on(10), on(20))
    place(store, code, on(10))
    spend(store, code, 60, Month(2016, 3))
    assert take(f"{ROW};2016-03-20;;").changed == 1


def test_rows_that_change_nothing_and_people_with_nothing_are_not_looked_at(
    store: Store, code: str, take: Take
) -> None:
    pause(store, code, on(10))
    assert (take(f"{ROW};;;").unchanged, take("18;2305;2016-03-01;2016-03-02;;").new) == (1, 1)


# -- what follows of itself -------------------------------------------------------------------------------------------


def test_an_exit_ends_the_placements_as_the_verb_does(store: Store, code: str, take: Take) -> None:
    place(store, code, on(10))
    place(store, code, on(10), closes_on=on(15))
    assert remarks(take(f"{ROW};2016-03-20;;", dry_run=True)) == ["Placements ended with the spell: 1 (row 2)."]
    assert [p.ended_on for p in store.records(Placement)] == [None, None]
    outcome = take("18;2305;2016-03-01;;;", f"{ROW};2016-03-20;;")
    assert remarks(outcome) == ["Placements ended with the spell: 1 (row 3)."]
    assert [p.ended_on for p in store.records(Placement, "ORDER BY id")] == [on(20), on(15)]
    assert {e.change for e in store.entries() if e.command == "import"} == {store.entries()[-1].change}
    assert broken_at(store.links()) is None
    again = take("18;2305;2016-03-01;;;", f"{ROW};2016-03-20;;")
    assert (again.unchanged, again.remarks) == (2, ())
    assert [p.ended_on for p in store.records(Placement, "ORDER BY id")] == [on(20), on(15)]
    casework.undo(store, occasion("undo"), store.entries()[-1].change)
    assert [p.ended_on for p in store.records(Placement)] == [None, None]


def test_an_earlier_exit_takes_along_what_ended_with_it(store: Store, code: str, take: Take) -> None:
    place(store, code, on(10))
    leave(store, code, on(20))
    take(f"{ROW};2016-03-15;;")
    assert [p.ended_on for p in store.records(Placement)] == [on(15)]


def test_a_transfer_takes_along_what_the_verb_does(store: Store, code: str, take: Take) -> None:
    pause(store, code, on(5))
    place(store, code, on(10))
    place(store, code, on(20))
    outcome = take(f"{ROW};2016-03-20;transferred;", "17;2321;2016-03-20;;;")
    assert remarks(outcome) == [
        "Placements ended with the spell: 1 (row 2).",
        "A pause goes on after the transfer: 1 (row 3).",
    ]
    earlier, later = store.spells()
    assert [(p.spell_id, p.paused_on, p.resumed_on) for p in store.records(Pause, "ORDER BY id")] == [
        (earlier.id, on(5), None),
        (later.id, on(20), None),
    ]
    assert [(p.spell_id, p.ended_on) for p in store.records(Placement, "ORDER BY id")] == [
        (earlier.id, on(20)),
        (later.id, None),
    ]
    casework.undo(store, occasion("undo"), store.entries()[-1].change)
    assert (len(store.records(Pause)), len(store.spells())) == (1, 1)


def test_a_pause_goes_on_through_several_transfers(store: Store, code: str, take: Take) -> None:
    pause(store, code, on(20))
    take(
        f"{ROW};2016-03-20;transferred;",
        "17;2321;2016-03-20;2016-03-25;transferred;",
        "17;2380;2016-03-25;2016-04-01;;",
    )
    days = [(s.municipality, p.paused_on) for s in store.spells() for p in store.records(Pause) if p.spell_id == s.id]
    assert days == [("2321", on(20)), ("2380", on(25))]


# -- who waits --------------------------------------------------------------------------------------------------------


def test_a_spell_ends_the_wait_as_started(store: Store, take: Take) -> None:
    assign(store, referral="af")
    outcome = take("17;2305;2016-03-10;;;", "17;2305;2016-03-10;;misregistered;")
    assert "The wait to start ended with the spell: 1 (row 2)." in remarks(outcome)
    (waiting,) = store.records(Assignment)
    assert (waiting.ended_on, waiting.outcome) == (on(10), AssignmentOutcome.STARTED)
    (spell,) = [spell for spell in store.records(Spell) if spell.counts]
    assert spell.referral == "af"
    again = take("17;2305;2016-03-10;;;", "17;2305;2016-03-10;;misregistered;")
    assert (again.unchanged, store.records(Assignment)) == (2, [waiting])
    casework.undo(store, occasion("undo"), store.entries()[-1].change)
    assert store.records(Assignment, "WHERE ended_on IS NULL") != []


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("17;2321;2016-03-10;;;", "{code} waits to start in another municipality."),
        ("17;2305;2016-02-29;;;", "{code} waits to start, and the spell begins before the assignment."),
        ("17;2305;2016-02-28;2016-03-01;;", "{code} waits to start, and the spell begins before the assignment."),
    ],
)
def test_a_spell_that_was_not_waited_for_is_refused(store: Store, refuse: Refuse, row: str, rule: str) -> None:
    code = assign(store)
    (said,) = refuse(row)
    assert said.startswith(f"Row 2: {rule}".format(code=code))


def test_the_first_spell_ends_the_wait_and_the_next_may_be_elsewhere(store: Store, take: Take) -> None:
    assign(store)
    take("17;2321;2016-04-01;;;", "17;2305;2016-03-01;2016-04-01;transferred;")
    assert [w.ended_on for w in store.records(Assignment)] == [ENTERED]


@pytest.mark.parametrize("row", ["17;2321;2016-02-01;2016-02-29;;", "17;2321;2016-03-10;;misregistered;"])
def test_a_spell_that_is_over_or_a_mistake_leaves_the_wait(store: Store, take: Take, row: str) -> None:
    assign(store)
    assert take(row).new == 1
    assert [w.ended_on for w in store.records(Assignment)] == [None]


def test_who_has_withdrawn_may_come_anyhow(store: Store, take: Take) -> None:
    code = assign(store)
    pausing.withdraw(store, occasion(), code, on(5))
    assert take("17;2321;2016-02-10;;;").new == 1
    assert [w.outcome for w in store.records(Assignment)] == [AssignmentOutcome.WITHDRAWN]
