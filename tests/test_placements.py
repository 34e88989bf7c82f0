"""Places and placements: what the verbs register, and what they refuse, leaving nothing half-done."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from arena_cli import casework, rules
from arena_cli.casework import Intake, attendance, pausing, placements
from arena_cli.casework.placements import PlacementReceipt, PlaceReceipt
from arena_cli.errors import ArenaError, NotFound, Refused
from arena_cli.figures.report import build
from arena_cli.journal import broken_at
from arena_cli.language import load_language
from arena_cli.model import Attendance, ExitType, Month, Pause, PauseReason, Place, Placement, Sector, Sex
from arena_cli.store import Row, Store
from tests.oracle_activity import ActivityOracle
from tests.sample import PROJECT, TODAY, new_store, occasion

ENTERED = date(2016, 3, 1)
OPENED = date(2016, 2, 1)
TABLES = ("participant", "spell", "step_move", "place", "placement", "attendance", "pause")


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


@pytest.fixture
def code(store: Store) -> str:
    return enrol(store)


def enrol(store: Store, day: date = ENTERED) -> str:
    return casework.enrol(store, occasion(), Intake("2305", day), sex=Sex.WOMAN).participant.code


def add_place(
    store: Store,
    *,
    host: str = "Sågen",
    capacity: int = 1,
    opens_on: date = OPENED,
    closes_on: date | None = None,
    today: date = TODAY,
) -> PlaceReceipt:
    return placements.add_place(
        store,
        occasion(today=today),
        host=host,
        sector=Sector.PRIVATE,
        municipality="2305",
        capacity=capacity,
        opens_on=opens_on,
        closes_on=closes_on,
    )


def begin(store: Store, code: str, place: str, day: date, *, allow: bool = False) -> PlacementReceipt:
    return placements.place_participant(store, occasion(), code, place, day, allow_beyond_capacity=allow)


def end(store: Store, code: str, day: date, place: str | None = None) -> PlacementReceipt:
    return placements.end_placement(store, occasion(), code, day, place)


def leave(store: Store, code: str, day: date) -> casework.Receipt:
    return casework.leave(store, occasion(), code, day, ExitType.COMPLETED, None)


def days(store: Store, code: str) -> list[tuple[date, date | None]]:
    person = casework.find_participant(store, code)
    return [(p.placed_on, p.ended_on) for p in placements.placements_of(store, person)]


def records(store: Store) -> dict[str, list[Row]]:
    return {table: store.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


def assert_refused(store: Store, refusal: type[ArenaError], deed: Callable[[], object]) -> ArenaError:
    before = records(store), store.entries()
    with pytest.raises(refusal) as caught:
        deed()
    assert (records(store), store.entries()) == before
    assert "{" not in caught.value.sentence(load_language("en"))
    return caught.value


# -- places -----------------------------------------------------------------------------------------------------------


def test_a_place_gets_a_code_of_its_number_that_is_never_used_again(store: Store) -> None:
    place = add_place(store, capacity=3).place
    assert place == Place(1, "P-001", "Sågen", Sector.PRIVATE, "2305", 3, OPENED)
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert add_place(store).place.code == "P-002"


@pytest.mark.parametrize("typed", ["P-001", "p-001", "P001", "p1", "1", " 001 "])
def test_a_place_is_known_by_its_number(store: Store, typed: str) -> None:
    place = add_place(store).place
    assert placements.find_place(store, typed) == place


@pytest.mark.parametrize("typed", ["", "P-", "P-0", "Sågen", "K7QX-4M", "-1", "P-1x", "²"])
def test_what_is_no_place(store: Store, typed: str) -> None:
    with pytest.raises(placements.NotAPlace):
        placements.find_place(store, typed)


def test_a_place_that_there_is_not(store: Store) -> None:
    with pytest.raises(placements.UnknownPlace) as caught:
        placements.find_place(store, "7")
    assert caught.value.facts == {"place": "P-007"}


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"host": " "}, placements.NoHost),
        ({"host": "19830101-2392"}, placements.PersonalNumberAsHost),
        ({"capacity": 0}, placements.NoRoom),
        ({"opens_on": date(2015, 8, 31)}, rules.BeforeProject),
        ({"opens_on": date(2018, 4, 1)}, rules.AfterProject),
        ({"opens_on": on(2), "today": on(1)}, rules.InTheFuture),
        ({"closes_on": date(2016, 1, 31)}, placements.ClosedBeforeOpened),
    ],
)
def test_a_place_that_cannot_be_is_refused(store: Store, wrong: dict[str, object], refusal: type[ArenaError]) -> None:
    assert_refused(store, refusal, lambda: add_place(store, **wrong))  # type: ignore[arg-type]


def test_the_last_day_of_a_place_may_lie_ahead(store: Store, code: str) -> None:
    place = add_place(store, closes_on=date(2019, 12, 31)).place.code
    assert begin(store, code, place, on(10)).placement.ended_on is None
    another = add_place(store).place.code
    assert placements.close_place(store, occasion(), another, date(2018, 5, 31)).ended == ()


def test_what_runs_on_a_place_ends_with_it(store: Store, code: str) -> None:
    place = add_place(store).place.code
    begin(store, code, place, on(10))
    receipt = placements.close_place(store, occasion(), place, on(20))
    assert [person.code for person in receipt.ended] == [code]
    assert_refused(store, placements.PlaceNotOpen, lambda: end(store, code, on(21)))
    leave(store, code, on(25))
    assert days(store, code) == [(on(10), on(20))]


def test_a_place_closes_once_and_not_under_its_placements(store: Store, code: str) -> None:
    place = add_place(store).place.code
    begin(store, code, place, on(10))
    end(store, code, on(20))

    def close(day: date) -> PlaceReceipt:
        return placements.close_place(store, occasion(), place, day)

    assert_refused(store, placements.PlacementOutsidePlace, lambda: close(on(9)))
    assert_refused(store, placements.PlacementOutsidePlace, lambda: close(on(19)))
    close(on(20))
    assert_refused(store, placements.PlaceClosedAlready, lambda: close(on(25)))


def test_correcting_a_place_keeps_its_placements_within_its_days(store: Store, code: str) -> None:
    place = add_place(store).place.code
    begin(store, code, place, on(10))
    late = lambda: placements.correct_place(  # noqa: E731
        store, occasion(), place, lambda p: replace(p, opens_on=on(11))
    )
    assert_refused(store, placements.PlacementOutsidePlace, late)
    before, after = placements.correct_place(
        store, occasion(), place, lambda p: replace(p, host="Hyveln", municipality="2380", opens_on=on(10))
    )
    assert (before.host, after.host, after.municipality) == ("Sågen", "Hyveln", "2380")
    assert placements.find_place(store, place) == after


def test_less_room_than_there_have_been_participants_is_asked_about(store: Store) -> None:
    place = add_place(store, capacity=3).place.code
    for _ in range(2):
        begin(store, enrol(store), place, on(10))

    def shrink(capacity: int, *, allow: bool = False) -> object:
        correction = lambda p: replace(p, capacity=capacity)  # noqa: E731
        return placements.correct_place(store, occasion(), place, correction, allow_beyond_capacity=allow)

    shrink(2)
    refusal = assert_refused(store, placements.BeyondCapacity, lambda: shrink(1))
    assert refusal.facts == {"place": place, "capacity": 1, "day": on(10), "there": 2}
    shrink(1, allow=True)


def test_only_a_place_that_nobody_was_on_can_be_taken_away(store: Store, code: str) -> None:
    place, used = add_place(store).place.code, add_place(store).place.code
    begin(store, code, used, on(10))
    assert_refused(store, placements.PlaceInUse, lambda: placements.remove_place(store, occasion(), used))
    placements.remove_place(store, occasion(), place)
    assert [there.place.code for there in placements.occupancy(store, TODAY)] == [used]
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert [there.place.code for there in placements.occupancy(store, TODAY)] == [place, used]


def test_occupancy_is_of_the_end_of_the_day(store: Store) -> None:
    place = add_place(store, capacity=2).place.code
    for first in (on(10), on(11), on(12)):
        begin(store, enrol(store), place, first, allow=True)

    def at(day: date) -> tuple[int, int]:
        (there,) = placements.occupancy(store, day)
        return there.occupied, there.free

    assert [at(on(day)) for day in (9, 10, 11, 12)] == [(0, 2), (1, 1), (2, 0), (3, 0)]


# -- placing and ending -----------------------------------------------------------------------------------------------


def test_a_placement_runs_until_it_is_ended(store: Store, code: str) -> None:
    place = add_place(store).place.code
    receipt = placements.place_participant(store, occasion(), code, place, on(10), planned_end_on=on(1, 9))
    assert (receipt.participant.code, receipt.place.code) == (code, place)
    assert receipt.placement.planned_end_on == on(1, 9)
    ended = end(store, code, on(20))
    assert days(store, code) == [(on(10), on(20))]
    assert ended.placement.ended_on == on(20)
    assert_refused(store, placements.NotInPlacement, lambda: end(store, code, on(21)))


def test_several_placements_may_run_at_once_but_not_on_one_place(store: Store, code: str) -> None:
    sawmill, library = add_place(store, capacity=2).place.code, add_place(store).place.code
    begin(store, code, sawmill, on(10))
    begin(store, code, library, on(10))
    refusal = assert_refused(store, placements.PlacedThereAlready, lambda: begin(store, code, sawmill, on(15)))
    assert refusal.facts["placed_on"] == on(10)
    several = assert_refused(store, placements.SeveralPlacements, lambda: end(store, code, on(20)))
    assert several.facts["places"] == (sawmill, library)
    end(store, code, on(20), sawmill)
    assert_refused(store, placements.PlacedThereAlready, lambda: begin(store, code, sawmill, on(20)))
    begin(store, code, sawmill, on(21))
    assert_refused(store, placements.PlacedThereAlready, lambda: begin(store, code, sawmill, on(5)))


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (on(29, 2), placements.NoSpellOn),
        (date(2015, 8, 1), rules.BeforeProject),
        (date(2018, 5, 1), rules.AfterProject),
        (on(4), placements.PlaceNotOpen),
        (on(31), placements.PlaceNotOpen),
    ],
)
def test_a_day_on_which_nobody_can_be_there_is_refused(
    store: Store, code: str, day: date, refusal: type[ArenaError]
) -> None:
    place = add_place(store, opens_on=on(5), closes_on=on(30)).place.code
    assert_refused(store, refusal, lambda: begin(store, code, place, day))


def test_a_day_in_the_future_is_refused(store: Store, code: str) -> None:
    place = add_place(store).place.code
    early = occasion(today=on(9))
    deed = lambda: placements.place_participant(store, early, code, place, on(10))  # noqa: E731
    assert_refused(store, rules.InTheFuture, deed)
    begin(store, code, place, on(8))
    assert_refused(store, rules.InTheFuture, lambda: placements.end_placement(store, early, code, on(10)))


@pytest.mark.parametrize("planned", [on(9), date(2018, 4, 1)])
def test_a_planned_end_that_cannot_be_is_refused(store: Store, code: str, planned: date) -> None:
    place = add_place(store).place.code
    deed = lambda: placements.place_participant(  # noqa: E731
        store, occasion(), code, place, on(10), planned_end_on=planned
    )
    assert_refused(store, placements.ImpossiblePlannedEnd, deed)


def test_an_end_before_the_beginning_is_refused(store: Store, code: str) -> None:
    begin(store, code, add_place(store).place.code, on(10))
    assert_refused(store, placements.EndBeforePlacement, lambda: end(store, code, on(9)))


def test_more_than_there_is_room_for_is_asked_about(store: Store, code: str) -> None:
    place = add_place(store, capacity=2).place.code
    first, second = enrol(store), enrol(store)
    begin(store, first, place, on(10))
    end(store, first, on(14))
    begin(store, second, place, on(12))
    refusal = assert_refused(store, placements.BeyondCapacity, lambda: begin(store, code, place, on(14)))
    assert refusal.facts == {"place": place, "capacity": 2, "day": on(14), "there": 3}
    before_them = assert_refused(store, placements.BeyondCapacity, lambda: begin(store, code, place, on(5)))
    assert before_them.facts["day"] == on(12)
    begin(store, code, place, on(15))
    begin(store, enrol(store), place, on(16), allow=True)


def test_a_placement_in_a_spell_that_has_ended_ends_with_it(store: Store, code: str) -> None:
    leave(store, code, on(20))
    begin(store, code, add_place(store).place.code, on(10))
    begin(store, code, add_place(store, closes_on=on(15)).place.code, on(11))
    assert days(store, code) == [(on(10), on(20)), (on(11), on(15))]


# -- leaving and transferring -----------------------------------------------------------------------------------------


def test_the_exit_ends_what_still_runs_and_says_so(store: Store, code: str) -> None:
    running, ended = add_place(store).place.code, add_place(store).place.code
    begin(store, code, running, on(10))
    begin(store, code, ended, on(5))
    end(store, code, on(8), ended)
    (remark,) = leave(store, code, on(20)).remarks
    assert remark.facts == {"places": (running,)}
    assert days(store, code) == [(on(5), on(8)), (on(10), on(20))]
    assert_refused(store, placements.NotInPlacement, lambda: end(store, code, on(20)))
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert days(store, code) == [(on(5), on(8)), (on(10), None)]


def test_an_exit_before_a_placement_is_refused(store: Store, code: str) -> None:
    begin(store, code, add_place(store).place.code, on(10))
    assert_refused(store, rules.PlacementOutsideSpell, lambda: leave(store, code, on(9)))
    end(store, code, on(20))
    assert_refused(store, rules.PlacementOutsideSpell, lambda: leave(store, code, on(19)))


def test_a_transfer_ends_what_runs_but_for_what_begins_that_day(store: Store, code: str) -> None:
    old, new = add_place(store).place.code, add_place(store).place.code
    begin(store, code, old, on(10))
    begin(store, code, new, on(20))
    (remark,) = casework.transfer(store, occasion(), code, "2380", on(20)).remarks
    assert remark.facts == {"places": (old,)}
    known = casework.journey(store, code)
    first, second = placements.placements_of(store, known.participant)
    assert (first.spell_id, first.ended_on) == (known.spells[0].id, on(20))
    assert (second.spell_id, second.ended_on) == (known.spells[1].id, None)


def test_on_the_day_of_a_transfer_one_may_go_on_at_the_same_place(store: Store, code: str) -> None:
    place = add_place(store).place.code
    begin(store, code, place, on(10))
    casework.transfer(store, occasion(), code, "2380", on(20))
    begin(store, code, place, on(20))
    assert days(store, code) == [(on(10), on(20)), (on(20), None)]


def test_a_corrected_exit_takes_along_what_ended_with_it(store: Store, code: str) -> None:
    place = add_place(store).place.code
    begin(store, code, place, on(10))

    def exited(day: date | None) -> None:
        exit_type = None if day is None else ExitType.COMPLETED
        casework.correct_spell(store, occasion(), code, None, lambda s: replace(s, exited_on=day, exit_type=exit_type))

    exited(on(20))
    assert days(store, code) == [(on(10), on(20))]
    exited(on(15))
    assert days(store, code) == [(on(10), on(15))]
    exited(on(25))
    exited(None)
    assert days(store, code) == [(on(10), on(15))]
    assert_refused(store, rules.PlacementOutsideSpell, lambda: exited(on(9)))


def test_a_corrected_entry_may_not_leave_a_placement_outside(store: Store, code: str) -> None:
    begin(store, code, add_place(store).place.code, on(10))
    late = lambda: casework.correct_spell(  # noqa: E731
        store, occasion(), code, None, lambda s: replace(s, entered_on=on(11))
    )
    assert_refused(store, rules.PlacementOutsideSpell, late)


# -- correcting -------------------------------------------------------------------------------------------------------


def correct(
    store: Store, code: str, number: int, *, allow: bool = False, **values: object
) -> tuple[Placement, Placement]:
    return placements.correct_placement(
        store,
        occasion(),
        code,
        number,
        lambda p: replace(p, **values),  # type: ignore[arg-type]
        allow_beyond_capacity=allow,
    )


def test_correcting_a_placement(store: Store, code: str) -> None:
    place, other = add_place(store).place, add_place(store).place
    begin(store, code, place.code, on(10))
    before, after = correct(store, code, 1, placed_on=on(8), ended_on=on(20), place_id=other.id)
    assert (before.place_id, after.place_id) == (place.id, other.id)
    assert days(store, code) == [(on(8), on(20))]
    assert_refused(store, placements.NoSuchPlacement, lambda: correct(store, code, 2))
    assert_refused(store, placements.EndBeforePlacement, lambda: correct(store, code, 1, ended_on=on(7)))
    assert_refused(store, placements.NoSpellOn, lambda: correct(store, code, 1, placed_on=on(29, 2)))
    assert_refused(store, rules.InTheFuture, lambda: correct_before(store, code, today=on(15), ended_on=on(16)))
    correct(store, code, 1, ended_on=None)
    assert days(store, code) == [(on(8), None)]


def correct_before(store: Store, code: str, today: date, ended_on: date) -> object:
    early = occasion(today=today)
    return placements.correct_placement(store, early, code, 1, lambda p: replace(p, ended_on=ended_on))


def test_a_placement_of_a_spell_that_has_ended_has_an_end(store: Store, code: str) -> None:
    begin(store, code, add_place(store).place.code, on(10))
    leave(store, code, on(20))
    assert_refused(store, rules.PlacementOutsideSpell, lambda: correct(store, code, 1, ended_on=None))
    assert_refused(store, rules.PlacementOutsideSpell, lambda: correct(store, code, 1, ended_on=on(21)))


def test_a_correction_that_takes_more_room_is_asked_about(store: Store, code: str) -> None:
    place = add_place(store).place.code
    begin(store, code, place, on(10))
    end(store, code, on(14))
    begin(store, enrol(store), place, on(15))
    longer = assert_refused(store, placements.BeyondCapacity, lambda: correct(store, code, 1, ended_on=on(15)))
    assert longer.facts["day"] == on(15)
    correct(store, code, 1, ended_on=on(15), allow=True)
    correct(store, code, 1, planned_end_on=on(20))
    correct(store, code, 1, placed_on=on(11))


def test_a_corrected_first_day_may_lie_in_another_spell(store: Store, code: str) -> None:
    place = add_place(store).place.code
    casework.transfer(store, occasion(), code, "2380", on(20))
    begin(store, code, place, on(21))
    end(store, code, on(25))
    first, second = casework.journey(store, code).spells
    assert_refused(store, rules.PlacementOutsideSpell, lambda: correct(store, code, 1, placed_on=on(19)))
    _, moved = correct(store, code, 1, placed_on=on(19), ended_on=on(20))
    assert moved.spell_id == first.id
    _, moved = correct(store, code, 1, placed_on=on(20), ended_on=on(25))
    assert moved.spell_id == second.id


def test_a_placement_that_never_was_is_taken_away(store: Store, code: str) -> None:
    begin(store, code, add_place(store).place.code, on(10))
    receipt = placements.remove_placement(store, occasion(), code, 1)
    assert receipt.placement.placed_on == on(10)
    assert days(store, code) == []
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert days(store, code) == [(on(10), None)]


def test_a_misregistered_spell_takes_up_no_room(store: Store, code: str) -> None:
    place = add_place(store).place.code
    begin(store, code, place, on(10))
    casework.correct_spell(store, occasion(), code, None, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    begin(store, enrol(store), place, on(10))
    assert_refused(store, placements.NotInPlacement, lambda: end(store, code, on(20)))


# -- all verbs in any order -------------------------------------------------------------------------------------------

MONTHS = ("2016-01", "2016-02", "2016-03")
SECTIONS = {"placements", "places", "place_ages", "attendance", "minutes_by_activity", "certified_by_activity"}
some_day = st.dates(date(2016, 1, 1), date(2016, 3, 31)) | st.sampled_from([on(1, 2), on(29, 2), on(31, 1)])
municipalities = st.sampled_from(["2303", "2305", "2380"])
end_or_none = st.none() | some_day


class Activity(RuleBasedStateMachine):
    @initialize()
    def open_store(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = new_store(self.folder / "arena.db")
        self.codes: list[str] = []
        self.places: list[str] = []
        for _ in range(3):
            self.enrol("2305", date(2016, 1, 4))
            self.add_place("2305", date(2016, 1, 1), None, 1)

    def attempt(self, deed: Callable[[], object]) -> None:
        before = records(self.store), len(self.store.entries())
        try:
            deed()
        except (Refused, NotFound):
            assert (records(self.store), len(self.store.entries())) == before

    @rule(municipality=municipalities, day=some_day)
    def enrol(self, municipality: str, day: date) -> None:
        receipt = casework.enrol(self.store, occasion(), Intake(municipality, day), sex=Sex.MAN)
        self.codes.append(receipt.participant.code)

    @rule(municipality=municipalities, opens_on=some_day, closes_on=end_or_none, capacity=st.integers(1, 2))
    def add_place(self, municipality: str, opens_on: date, closes_on: date | None, capacity: int) -> None:
        if closes_on is None or closes_on >= opens_on:
            receipt = placements.add_place(
                self.store,
                occasion(),
                host="Värden",
                sector=Sector.PUBLIC,
                municipality=municipality,
                capacity=capacity,
                opens_on=opens_on,
                closes_on=closes_on,
            )
            self.places.append(receipt.place.code)

    @precondition(lambda self: self.codes and self.places)
    @rule(data=st.data(), day=some_day, allow=st.booleans())
    def place(self, data: st.DataObject, day: date, allow: bool) -> None:
        code, place = data.draw(st.sampled_from(self.codes)), data.draw(st.sampled_from(self.places))
        self.attempt(lambda: begin(self.store, code, place, day, allow=allow))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=some_day, by_place=st.booleans())
    def end(self, data: st.DataObject, day: date, by_place: bool) -> None:
        code = data.draw(st.sampled_from(self.codes))
        place = data.draw(st.sampled_from(self.places)) if by_place and self.places else None
        self.attempt(lambda: end(self.store, code, day, place))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=st.integers(1, 3), placed_on=some_day, ended_on=end_or_none, allow=st.booleans())
    def correct_placement(
        self, data: st.DataObject, number: int, placed_on: date, ended_on: date | None, allow: bool
    ) -> None:
        code = data.draw(st.sampled_from(self.codes))
        values = {"placed_on": placed_on, "ended_on": ended_on}
        self.attempt(lambda: correct(self.store, code, number, allow=allow, **values))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=st.integers(1, 3))
    def remove_placement(self, data: st.DataObject, number: int) -> None:
        code = data.draw(st.sampled_from(self.codes))
        self.attempt(lambda: placements.remove_placement(self.store, occasion(), code, number))

    @precondition(lambda self: self.places)
    @rule(data=st.data(), day=some_day)
    def close_place(self, data: st.DataObject, day: date) -> None:
        place = data.draw(st.sampled_from(self.places))
        self.attempt(lambda: placements.close_place(self.store, occasion(), place, day))

    @precondition(lambda self: self.places)
    @rule(data=st.data(), opens_on=some_day, closes_on=end_or_none, capacity=st.integers(1, 2), allow=st.booleans())
    def correct_place(
        self, data: st.DataObject, opens_on: date, closes_on: date | None, capacity: int, allow: bool
    ) -> None:
        place = data.draw(st.sampled_from(self.places))
        values = {"opens_on": opens_on, "closes_on": closes_on, "capacity": capacity}
        self.attempt(
            lambda: placements.correct_place(
                self.store,
                occasion(),
                place,
                lambda p: replace(p, **values),  # type: ignore[arg-type]
                allow_beyond_capacity=allow,
            )
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=some_day)
    def leave(self, data: st.DataObject, day: date) -> None:
        code = data.draw(st.sampled_from(self.codes))
        self.attempt(lambda: leave(self.store, code, day))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=some_day, municipality=municipalities)
    def transfer_or_readmit(self, data: st.DataObject, day: date, municipality: str) -> None:
        code = data.draw(st.sampled_from(self.codes))
        if casework.journey(self.store, code).open_spell:
            self.attempt(lambda: casework.transfer(self.store, occasion(), code, municipality, day))
        else:
            self.attempt(lambda: casework.readmit(self.store, occasion(), code, Intake(municipality, day)))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=st.integers(1, 2), entered_on=some_day, exited_on=end_or_none)
    def correct_spell(self, data: st.DataObject, number: int, entered_on: date, exited_on: date | None) -> None:
        code = data.draw(st.sampled_from(self.codes))
        exit_type = None if exited_on is None else ExitType.COMPLETED
        self.attempt(
            lambda: casework.correct_spell(
                self.store,
                occasion(),
                code,
                number,
                lambda s: replace(s, entered_on=entered_on, exited_on=exited_on, exit_type=exit_type),
            )
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def misregister(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(self.codes))
        mistaken = lambda s: replace(s, exit_type=ExitType.MISREGISTERED)  # noqa: E731
        self.attempt(lambda: casework.correct_spell(self.store, occasion(), code, None, mistaken))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=some_day)
    def pause_or_resume(self, data: st.DataObject, day: date) -> None:
        code = data.draw(st.sampled_from(self.codes))
        spell = casework.journey(self.store, code).open_spell
        paused = self.store.records(Pause, "WHERE resumed_on IS NULL AND spell_id = ?", (spell.id if spell else 0,))
        if paused and day > paused[0].paused_on:
            self.attempt(lambda: pausing.resume(self.store, occasion(), code, day))
        else:
            self.attempt(lambda: pausing.pause(self.store, occasion(), code, day, PauseReason.LEAVE))

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        month=st.sampled_from(MONTHS),
        activity=st.sampled_from([a.code for a in PROJECT.activities]),
        minutes=st.integers(0, 600) | st.integers(1, 31 * 24).map(lambda hours: hours * 60),
        certified=st.booleans(),
        number=st.none() | st.integers(1, 2),
    )
    def add_hours(
        self, data: st.DataObject, month: str, activity: str, minutes: int, certified: bool, number: int | None
    ) -> None:
        group = data.draw(st.lists(st.sampled_from(self.codes), min_size=1, max_size=3))
        self.attempt(
            lambda: attendance.add_hours(
                self.store,
                occasion(),
                group,
                Month.parse(month),
                activity,
                minutes,
                certified=certified,
                spell_number=number,
            )
        )

    @rule(month=st.sampled_from(MONTHS), municipality=st.none() | municipalities)
    def certify(self, month: str, municipality: str | None) -> None:
        self.attempt(
            lambda: attendance.certify_hours(self.store, occasion(), Month.parse(month), municipality=municipality)
        )

    @precondition(lambda self: self.codes)
    @rule()
    def undo(self) -> None:
        casework.undo(self.store, occasion("undo"), casework.last_change(self.store)[0].change)
        self.codes = [p.code for p in self.store.participants()]
        self.places = [there.place.code for there in placements.occupancy(self.store, TODAY)]

    @invariant()
    def nothing_lies_outside(self) -> None:
        spells = {spell.id: spell for spell in self.store.spells()}
        places = {place.id: place for place in self.store.records(Place)}
        for placement in self.store.records(Placement):
            spell, place = spells[placement.spell_id], places[placement.place_id]
            last = placement.ended_on or place.closes_on
            if spell.counts:
                assert spell.entered_on <= placement.placed_on
                assert spell.exited_on is None or (
                    placement.ended_on is not None and placement.ended_on <= spell.exited_on
                )
            assert place.opens_on <= placement.placed_on
            assert last is None or placement.placed_on <= last <= (place.closes_on or last)
        for hours in self.store.records(Attendance):
            spell, month = spells[hours.spell_id], Month.parse(hours.month)
            if spell.counts:
                assert spell.entered_on <= month.last
                assert spell.exited_on is None or spell.exited_on >= month.first

    @invariant()
    def every_control_holds(self) -> None:
        oracle = ActivityOracle.of_file(self.store.path)
        for month in MONTHS:
            report = build(self.store, Month.parse(month), TODAY)
            assert report.reconciles, [c.identity for c in report.controls if not c.holds]
            ours = {
                (f.section, f.measure, f.municipality, f.sex): f.value
                for f in report.figures()
                if f.section in SECTIONS
            }
            assert ours == oracle.figures(month)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        assert broken_at(self.store.links()) is None
        assert self.store.rows("PRAGMA foreign_key_check") == []
        self.store.close()
        shutil.rmtree(self.folder)


TestActivity = Activity.TestCase
TestActivity.settings = settings(max_examples=8, stateful_step_count=30, deadline=None)
