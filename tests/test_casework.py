"""The verbs: what they register, and what they refuse, leaving nothing half-done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework, rules
from arena_cli.casework import Intake, Receipt
from arena_cli.errors import ArenaError
from arena_cli.figures.report import build
from arena_cli.model import ExitType, Month, Sex
from arena_cli.personal_number import PersonalNumberGiven
from arena_cli.store import Row, Store
from tests.sample import TODAY, new_store, occasion

DAY = date(2016, 3, 10)


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, day: date = DAY, step: str | None = "b", **person: object) -> Receipt:
    intake = Intake("2305", day, step, "af")
    return casework.enrol(store, occasion(), intake, sex=Sex.WOMAN, **person)  # type: ignore[arg-type]


def contents(store: Store) -> dict[str, list[Row]]:
    tables = ("participant", "spell", "step_move", "journal")
    return {table: store.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables}


def records(store: Store) -> dict[str, list[Row]]:
    return {table: rows for table, rows in contents(store).items() if table != "journal"}


def assert_refused(store: Store, refusal: type[ArenaError], deed: Callable[[], object]) -> ArenaError:
    before = contents(store)
    with pytest.raises(refusal) as caught:
        deed()
    assert contents(store) == before
    return caught.value


# -- registering ------------------------------------------------------------------------------------------------------


def test_enrol_registers_person_spell_and_entry_step(store: Store) -> None:
    receipt = enrol(store, birth_year=1980, ref="17")
    known = casework.journey(store, receipt.participant.code)
    assert (known.participant.sex, known.participant.birth_year, known.participant.ref) == (Sex.WOMAN, 1980, "17")
    (spell,) = known.spells
    assert (spell.municipality, spell.entered_on, spell.exited_on, spell.referral) == ("2305", DAY, None, "af")
    assert known.step_on(spell, DAY) == "b"
    assert receipt.remarks == ()


def test_a_spell_may_have_no_step_yet(store: Store) -> None:
    code = enrol(store, step=None).participant.code
    known = casework.journey(store, code)
    assert known.step_on(known.spells[0], TODAY) is None
    assert casework.move(store, occasion(), code, "a", on(12)).step_before is None


@pytest.mark.parametrize(
    ("birth_year", "warned"), [(1950, True), (1952, False), (2001, False), (2002, True), (None, False)]
)
def test_an_age_outside_the_target_group_is_warned_of(store: Store, birth_year: int | None, warned: bool) -> None:
    assert bool(enrol(store, birth_year=birth_year).remarks) is warned


@pytest.mark.parametrize("birth_year", [1895, 2017])
def test_an_impossible_birth_year_is_refused(store: Store, birth_year: int) -> None:
    assert_refused(store, rules.ImpossibleBirthYear, lambda: enrol(store, birth_year=birth_year))


def test_a_ref_belongs_to_one_person(store: Store) -> None:
    first = enrol(store, ref="17")
    refusal = assert_refused(store, casework.RefTaken, lambda: enrol(store, ref="17"))
    assert refusal.facts == {"code": first.participant.code}


@pytest.mark.parametrize("ref", ["Anna Andersson", "x" * 65])
def test_a_name_or_a_text_is_no_ref(store: Store, ref: str) -> None:
    assert_refused(store, rules.UnusableRef, lambda: enrol(store, ref=ref))


def test_no_reason_may_hold_a_personal_number(store: Store) -> None:
    assert_refused(store, PersonalNumberGiven, lambda: replace(occasion(), why="fel nummer, 830101-2392"))


def test_a_deceased_person_who_comes_back_is_asked_about(store: Store) -> None:
    code = enrol(store).participant.code
    casework.leave(store, occasion(), code, on(20), ExitType.DECEASED, None)
    assert casework.readmit(store, occasion(), code, Intake("2305", on(1, 5))).remarks


def test_a_move_stays_in_its_spell_when_its_day_is_corrected(store: Store) -> None:
    code = enrol(store).participant.code
    casework.leave(store, occasion(), code, on(20), ExitType.COMPLETED, "job")
    casework.readmit(store, occasion(), code, Intake("2303", on(1, 5), "a"))
    into_another = lambda: casework.correct_move(  # noqa: E731
        store, occasion(), code, 1, lambda m: replace(m, moved_on=on(2, 5))
    )
    assert_refused(store, rules.MoveLeftOutside, into_another)


def test_a_personal_number_is_no_ref(store: Store) -> None:
    assert_refused(store, PersonalNumberGiven, lambda: enrol(store, ref="19830101-2392"))


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2015, 8, 31), rules.BeforeProject),
        (date(2018, 4, 1), rules.AfterProject),
        (date(2018, 5, 1), rules.AfterProject),
    ],
)
def test_a_day_outside_the_project_is_refused(store: Store, day: date, refusal: type[ArenaError]) -> None:
    assert_refused(store, refusal, lambda: enrol(store, day))


def test_a_day_in_the_future_is_refused(store: Store) -> None:
    today = on(9)
    intake = Intake("2305", DAY)
    assert_refused(store, rules.InTheFuture, lambda: casework.enrol(store, occasion(today=today), intake, sex=Sex.MAN))


def test_moves_go_up_and_down_and_the_later_registered_of_a_day_holds(store: Store) -> None:
    code = enrol(store).participant.code
    up = casework.move(store, occasion(), code, "d", on(12))
    down = casework.move(store, occasion(), code, "a", on(12))
    assert [(r.step_before, r.step) for r in (up, down)] == [("b", "d"), ("d", "a")]
    known = casework.journey(store, code)
    assert known.step_on(known.spells[0], on(12)) == "a"
    assert known.step_on(known.spells[0], on(11)) == "b"


def test_a_move_twice_by_mistake_is_refused(store: Store) -> None:
    code = enrol(store).participant.code
    casework.move(store, occasion(), code, "d", on(12))
    assert_refused(store, casework.AlreadyOnStep, lambda: casework.move(store, occasion(), code, "d", on(12)))


def test_a_move_outside_the_spell_is_refused(store: Store) -> None:
    code = enrol(store).participant.code
    assert_refused(store, rules.MoveOutsideSpell, lambda: casework.move(store, occasion(), code, "c", on(9)))
    casework.leave(store, occasion(), code, on(20), ExitType.COMPLETED, "job")
    assert_refused(store, rules.MoveOutsideSpell, lambda: casework.move(store, occasion(), code, "c", on(21)))
    casework.move(store, occasion(), code, "c", on(20))


def test_leaving_ends_the_spell_with_its_destination(store: Store) -> None:
    code = enrol(store).participant.code
    casework.leave(store, occasion(), code, on(20), ExitType.COMPLETED, "job")
    (spell,) = casework.journey(store, code).spells
    assert (spell.exited_on, spell.exit_type, spell.destination) == (on(20), ExitType.COMPLETED, "job")
    again = lambda: casework.leave(store, occasion(), code, on(21), ExitType.COMPLETED, None)  # noqa: E731
    assert_refused(store, casework.NotEnrolled, again)


def test_leaving_before_entering_or_before_a_move_is_refused(store: Store) -> None:
    code = enrol(store).participant.code
    early = lambda: casework.leave(store, occasion(), code, on(9), ExitType.COMPLETED, None)  # noqa: E731
    assert_refused(store, rules.ExitBeforeEntry, early)
    casework.move(store, occasion(), code, "c", on(15))
    before_move = lambda: casework.leave(store, occasion(), code, on(14), ExitType.COMPLETED, None)  # noqa: E731
    assert_refused(store, rules.MoveLeftOutside, before_move)


def test_a_transfer_is_no_exit(store: Store) -> None:
    code = enrol(store).participant.code
    leaving = lambda: casework.leave(store, occasion(), code, on(20), ExitType.TRANSFERRED, None)  # noqa: E731
    assert_refused(store, casework.ExitIsTransfer, leaving)


def test_a_transfer_goes_on_in_the_other_municipality_on_the_same_step(store: Store) -> None:
    code = enrol(store).participant.code
    casework.move(store, occasion(), code, "c", on(15))
    receipt = casework.transfer(store, occasion(), code, "2380", on(20))
    first, second = casework.journey(store, code).spells
    assert (first.exited_on, first.exit_type) == (on(20), ExitType.TRANSFERRED)
    assert (second.municipality, second.entered_on, second.referral) == ("2380", on(20), "af")
    assert (receipt.step_before, receipt.step) == ("c", "c")
    same = lambda: casework.transfer(store, occasion(), code, "2380", on(21))  # noqa: E731
    assert_refused(store, casework.SameMunicipality, same)


def test_a_move_on_the_day_of_the_transfer_belongs_to_the_later_spell(store: Store) -> None:
    code = enrol(store).participant.code
    casework.move(store, occasion(), code, "d", on(20))
    casework.transfer(store, occasion(), code, "2380", on(20))
    known = casework.journey(store, code)
    first, second = known.spells
    assert [m.step for m in known.moves_of(first)] == ["b"]
    assert [m.step for m in known.moves_of(second)] == ["d", "d"]
    later = casework.move(store, occasion(), code, "a", on(20))
    assert later.spell == second


def test_coming_back_is_a_new_spell(store: Store) -> None:
    code = enrol(store).participant.code
    back = Intake("2303", on(1, 5), "a")
    assert_refused(store, casework.StillEnrolled, lambda: casework.readmit(store, occasion(), code, back))
    casework.leave(store, occasion(), code, on(20), ExitType.DISCONTINUED, None)
    seam = Intake("2303", on(20))
    assert_refused(store, rules.OverlappingSpells, lambda: casework.readmit(store, occasion(), code, seam))
    casework.readmit(store, occasion(), code, back)
    assert [s.municipality for s in casework.journey(store, code).spells] == ["2305", "2303"]
    figures = build(store, Month(2016, 5), TODAY).tables
    assert figures["stock_flow"].value("re_entered") == 1
    assert figures["persons"].value("participants") == 1


@pytest.mark.parametrize("typed", ["K7QX-4M", "hello", "", "000001"])
def test_a_code_nobody_has_is_refused(store: Store, typed: str) -> None:
    with pytest.raises((casework.NotACode, casework.UnknownParticipant)):
        casework.journey(store, typed)


# -- correcting -------------------------------------------------------------------------------------------------------


def test_correcting_the_day_of_entry_takes_the_entry_step_along(store: Store) -> None:
    code = enrol(store).participant.code
    casework.correct_spell(store, occasion(), code, None, lambda s: replace(s, entered_on=on(5)))
    known = casework.journey(store, code)
    assert known.moves[0].moved_on == known.spells[0].entered_on == on(5)


def test_a_correction_may_not_leave_a_move_outside(store: Store) -> None:
    code = enrol(store).participant.code
    casework.move(store, occasion(), code, "c", on(15))
    late = lambda: casework.correct_spell(  # noqa: E731
        store, occasion(), code, None, lambda s: replace(s, entered_on=on(16))
    )
    assert_refused(store, rules.MoveLeftOutside, late)


def test_a_misregistered_spell_is_outside_every_figure(store: Store) -> None:
    code = enrol(store).participant.code
    casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    tables = build(store, Month(2016, 3), TODAY).tables
    assert {
        m: tables["stock_flow"].value(m) for m in tables["stock_flow"].measures if tables["stock_flow"].value(m)
    } == {}
    assert tables["persons"].value("participants") == 0
    assert casework.journey(store, code).open_spell is None


def test_correcting_a_person(store: Store) -> None:
    code = enrol(store, ref="17").participant.code
    other = enrol(store, ref="18").participant.code
    casework.correct_participant(store, occasion(), code, lambda p: replace(p, sex=Sex.OTHER, birth_year=1990))
    assert casework.journey(store, code).participant.sex is Sex.OTHER
    taken = lambda: casework.correct_participant(  # noqa: E731
        store, occasion(), code, lambda p: replace(p, ref="18")
    )
    assert assert_refused(store, casework.RefTaken, taken).facts == {"code": other}


def test_correcting_the_entry_step_and_a_move(store: Store) -> None:
    code = enrol(store).participant.code
    casework.move(store, occasion(), code, "c", on(15))
    casework.correct_entry_step(store, occasion(), code, None, "a")
    casework.correct_move(store, occasion(), code, 2, lambda m: replace(m, moved_on=on(16), step="d"))
    assert [(m.moved_on, m.step) for m in casework.journey(store, code).moves] == [(DAY, "a"), (on(16), "d")]
    missing = lambda: casework.correct_move(store, occasion(), code, 3, lambda m: m)  # noqa: E731
    assert_refused(store, casework.NoSuchMove, missing)
    nowhere = lambda: casework.correct_move(  # noqa: E731
        store, occasion(), code, 2, lambda m: replace(m, moved_on=on(1))
    )
    assert_refused(store, rules.MoveLeftOutside, nowhere)


# -- undoing ----------------------------------------------------------------------------------------------------------


def test_undo_takes_back_one_change_after_another(store: Store) -> None:
    assert_refused(store, casework.NothingToUndo, lambda: casework.last_change(store))
    code = enrol(store, ref="1").participant.code
    deeds: tuple[Callable[[], Receipt], ...] = (
        lambda: casework.move(store, occasion(), code, "c", on(15)),
        lambda: casework.transfer(store, occasion(), code, "2380", on(20)),
        lambda: casework.leave(store, occasion(), code, on(21), ExitType.COMPLETED, "school"),
    )
    states: list[dict[str, list[Row]]] = [{"participant": [], "spell": [], "step_move": []}]
    for deed in deeds:
        states.append(records(store))
        deed()
    for state in reversed(states):
        casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
        assert records(store) == state
    assert_refused(store, casework.NothingToUndo, lambda: casework.last_change(store))


def test_undo_of_something_else_than_the_last_change_is_refused(store: Store) -> None:
    enrol(store)
    shown = casework.last_change(store)[0].change
    enrol(store)
    assert_refused(store, casework.ChangedMeanwhile, lambda: casework.undo(store, occasion("undo"), shown))
