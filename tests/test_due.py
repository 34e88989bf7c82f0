"""The work list: what is on it, from which day, and the command that takes it off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake, attendance, background, follow_up, pausing, placements
from arena_cli.casework.enrolment import numbered_spell
from arena_cli.due import Item, Matter, due
from arena_cli.indicators import missing_for_fund
from arena_cli.model import (
    Answer,
    Background,
    Education,
    Employment,
    ExitType,
    FollowUp,
    FollowUpKind,
    Month,
    Pause,
    PauseReason,
    Sector,
    Sex,
    Spell,
    StepMove,
)
from arena_cli.rules import months_after
from arena_cli.store import Store
from tests.random_lists import Odds, random_lists
from tests.random_outcomes import put_outcomes
from tests.sample import DESCRIPTION, PROJECT, new_store, occasion, put

CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.3, same_day_spell=0.2)
DAY = timedelta(days=1)


def on(day: int, month: int = 3, year: int = 2016) -> date:
    return date(year, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(store: Store, day: date = date(2016, 3, 1), step: str | None = "b", *, complete: bool = True) -> str:
    intake = Intake("2305", day, step)
    code = casework.enrol(store, occasion(), intake, sex=Sex.WOMAN, birth_year=1980).participant.code
    if complete:
        answers = {"employment": Employment.INACTIVE, "education": Education.ISCED_2}
        household = dict.fromkeys(("jobless_household", "dependent_children", "single_adult"), Answer.NO)
        background.record_background(
            store,
            occasion(),
            code,
            lambda b: replace(b, **answers, **household),  # type: ignore[arg-type]
        )
    return code


def leave(store: Store, code: str, day: date, destination: str | None = "job", **kind: Any) -> None:
    casework.leave(store, occasion(), code, day, kind.get("exit_type", ExitType.COMPLETED), destination)


def kinds(store: Store, today: date, code: str | None = None) -> list[str]:
    return [item.kind.value for item in due(store, today, code=code)]


def only(store: Store, today: date) -> Item:
    (item,) = due(store, today)
    return item


def test_nothing_is_due(store: Store) -> None:
    assert due(store, on(1)) == []
    enrol(store)
    assert due(store, on(29, 4)) == []


def test_a_leaver_is_followed_up_within_four_weeks_and_after_six_months(store: Store) -> None:
    code = enrol(store)
    leave(store, code, on(31))
    assert due(store, on(30)) == []
    item = only(store, on(31))
    assert item == Item(
        Matter.FOLLOW_UP_IMMEDIATE, code, "2305", on(31), on(28, 4), 0, f"arena add-follow-up {code} --kind immediate"
    )
    assert only(store, on(28, 4)).days_overdue == 0
    late = only(store, on(30, 4))
    assert (late.days_overdue, late.command) == (2, f"{item.command} --date 2016-04-28")
    follow_up.record_follow_up(
        store, occasion(), code, FollowUpKind.IMMEDIATE, on(28, 4), lambda f: replace(f, reached=False)
    )
    assert due(store, on(29, 9)) == []
    six = only(store, on(30, 9))
    assert (six.kind, six.since, six.due_on) == (Matter.FOLLOW_UP_SIX_MONTHS, on(30, 9), on(28, 10))
    assert only(store, on(29, 10)).days_overdue == 1


def test_who_has_come_back_or_died_or_moved_is_not_followed_up(store: Store) -> None:
    back, dead, moved = (enrol(store) for _ in range(3))
    leave(store, back, on(10))
    casework.readmit(store, occasion(), back, Intake("2305", on(11)))
    leave(store, dead, on(10), None, exit_type=ExitType.DECEASED)
    casework.transfer(store, occasion(), moved, "2380", on(10))
    assert due(store, on(20)) == []


def test_an_exit_without_a_destination(store: Store) -> None:
    code = enrol(store)
    leave(store, code, on(10), None)
    casework.readmit(store, occasion(), code, Intake("2380", on(11)))
    item = only(store, on(12))
    assert (item.kind, item.municipality, item.due_on, item.days_overdue) == (Matter.DESTINATION, "2305", on(10), 2)
    assert item.command == f"arena edit-spell {code} --number 1 --destination DESTINATION --why WHY"
    casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, destination="unknown"))
    assert due(store, on(12)) == []


def test_the_number_of_a_spell_counts_the_misregistered_ones_too(store: Store) -> None:
    code = enrol(store)
    casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    casework.readmit(store, occasion(), code, Intake("2305", on(5)))
    leave(store, code, on(10), None)
    found = [item for item in due(store, on(12)) if item.kind is Matter.DESTINATION]
    assert "--number 2 " in found[0].command
    numbered = numbered_spell(casework.journey(store, code), 2)
    assert numbered.exited_on == on(10)


def test_a_record_that_lacks_what_the_fund_requires(store: Store) -> None:
    code = enrol(store, complete=False)
    item = only(store, on(2))
    assert (item.kind, item.due_on, item.days_overdue) == (Matter.INCOMPLETE, on(1), 1)
    household = ("jobless_household", "dependent_children", "single_adult")
    assert item.about == ("employment", "education", *household)
    assert item.command == f"arena add-background {code}"
    background.record_background(
        store, occasion(), code, lambda b: replace(b, employment=Employment.DECLINED, education=Education.ISCED_0)
    )
    assert only(store, on(2)).about == household
    casework.correct_participant(store, occasion(), code, lambda p: replace(p, sex=Sex.UNKNOWN, birth_year=None))
    item = only(store, on(2))
    assert item.about == ("sex", "birth_year", *household)
    assert item.command == f"arena edit-participant {code} --sex SEX --birth-year YEAR --why WHY"


def test_sixty_days_without_an_event(store: Store) -> None:
    code = enrol(store)
    assert due(store, on(29, 4)) == []
    item = only(store, on(30, 4))
    assert (item.kind, item.since, item.due_on, item.days_overdue) == (Matter.QUIET, on(1), on(30, 4), 0)
    assert item.command == f"arena move-participant {code} --to b"
    casework.move(store, occasion(), code, "b", on(30, 4))
    assert due(store, on(28, 6)) == []
    assert kinds(store, on(29, 6)) == ["quiet"]


@pytest.mark.parametrize("event", ["hours", "placement", "end", "pause"])
def test_any_event_ends_the_quiet(store: Store, event: str) -> None:
    code = enrol(store)
    assert kinds(store, on(30, 5)) == ["quiet"]
    if event == "hours":
        attendance.add_hours(store, occasion(), [code], Month(2016, 4), "talks", 30, certified=True)
    if event in {"placement", "end"}:
        placement = {"sector": Sector.PUBLIC, "municipality": "2305", "capacity": 1, "opens_on": on(1)}
        place = placements.add_place(store, occasion(), host="Värden", **placement).place  # type: ignore[arg-type]
        begun = on(1) if event == "end" else on(10, 4)
        placements.place_participant(store, occasion(), code, place.code, begun)
    if event == "end":
        assert kinds(store, on(30, 5)) == ["quiet"]
        placements.end_placement(store, occasion(), code, on(10, 4))
    if event == "pause":
        pausing.pause(store, occasion(), code, on(5, 4), PauseReason.LEAVE, on(10, 4))
    assert due(store, on(30, 5)) == []
    assert kinds(store, on(30, 7)) == ["quiet"]


def test_who_is_not_placed_has_no_step_to_confirm(store: Store) -> None:
    code = enrol(store, step=None)
    assert only(store, on(30, 4)).command == f"arena move-participant {code} --to STEP"


def test_who_is_paused_is_not_quiet_until_the_pause_is_long(store: Store) -> None:
    code = enrol(store)
    pausing.pause(store, occasion(), code, on(1, 4), PauseReason.SICK_LEAVE)
    assert due(store, on(30, 6)) == []
    item = only(store, on(1, 7))
    assert (item.kind, item.since, item.due_on, item.days_overdue) == (Matter.PAUSE, on(1, 4), on(30, 6), 1)
    assert item.command == f"arena resume-participant {code}"
    leave(store, code, on(30, 6))
    assert kinds(store, on(1, 7)) == ["follow_up_immediate"]


def test_a_placement_past_its_planned_end(store: Store) -> None:
    code = enrol(store)
    placement = {"sector": Sector.PUBLIC, "municipality": "2305", "capacity": 1, "opens_on": on(1)}
    place = placements.add_place(store, occasion(), host="Värden", **placement).place  # type: ignore[arg-type]
    placements.place_participant(store, occasion(), code, place.code, on(10), planned_end_on=on(20))
    assert due(store, on(20)) == []
    item = only(store, on(22))
    assert (item.kind, item.due_on, item.days_overdue, item.about) == (Matter.PLACEMENT_END, on(20), 2, (place.code,))
    assert item.command == f"arena end-placement {code} --place {place.code}"
    placements.end_placement(store, occasion(), code, on(22))
    assert due(store, on(22)) == []


def test_hours_of_past_months_that_are_not_certified(store: Store) -> None:
    code = enrol(store)
    for activity in ("talks", "language"):
        attendance.add_hours(store, occasion(), [code], Month(2016, 3), activity, 30)
    assert due(store, on(31)) == []
    item = only(store, on(1, 4))
    assert (item.kind, item.since, item.due_on) == (Matter.CERTIFICATION, on(31), on(28, 4))
    assert item.command == f"arena certify-hours {code} --month 2016-03"
    attendance.certify_hours(store, occasion(), Month(2016, 3), codes=[code])
    assert due(store, on(1, 4)) == []


def test_a_long_wait(store: Store) -> None:
    code = pausing.assign(store, occasion(), "2380", on(1), sex=Sex.MAN).participant.code
    assert due(store, on(31)) == []
    item = only(store, on(1, 4))
    assert (item.kind, item.municipality, item.due_on, item.days_overdue) == (Matter.WAITING, "2380", on(31), 1)
    assert item.command == f"arena start-participant {code}"


def test_after_the_project_a_spell_and_a_wait_can_only_be_ended(store: Store) -> None:
    quiet, paused = enrol(store), enrol(store)
    pausing.pause(store, occasion(), paused, on(10), PauseReason.LEAVE)
    waiting = pausing.assign(store, occasion(), "2380", on(1), sex=Sex.MAN).participant.code
    place = {"sector": Sector.PUBLIC, "municipality": "2305", "capacity": 1, "opens_on": on(1)}
    code = placements.add_place(store, occasion(), host="Värden", **place).place.code  # type: ignore[arg-type]
    placements.place_participant(store, occasion(), quiet, code, on(10), planned_end_on=on(20))
    items = due(store, date(2018, 4, 1))
    (placed,) = (item.command for item in items if item.kind is Matter.PLACEMENT_END)
    assert placed == f"arena end-placement {quiet} --place {code} --date 2018-03-31"
    commands = {item.participant: item.command for item in items if item.kind is not Matter.PLACEMENT_END}
    ending = "--date 2018-03-31"
    assert commands == {
        quiet: f"arena exit-participant {quiet} {ending} --destination DESTINATION",
        paused: f"arena exit-participant {paused} {ending} --destination DESTINATION",
        waiting: f"arena withdraw-participant {waiting} {ending}",
    }


def test_what_is_overdue_comes_first_then_the_day_then_the_code(store: Store) -> None:
    early, late = enrol(store), enrol(store, on(5))
    leave(store, late, on(20), None)
    pausing.assign(store, occasion(), "2380", on(1), sex=Sex.MAN)
    items = due(store, on(30, 4))
    order = [(item.days_overdue == 0, item.due_on, item.participant) for item in items]
    assert order == sorted(order)
    assert {item.kind for item in items} == {
        Matter.DESTINATION,
        Matter.WAITING,
        Matter.FOLLOW_UP_IMMEDIATE,
        Matter.QUIET,
    }
    assert due(store, on(30, 4), code=early) == [item for item in items if item.participant == early]
    assert due(store, on(30, 4), "2380") == [item for item in items if item.municipality == "2380"]


def test_misregistered_spells_are_never_listed(store: Store) -> None:
    code = enrol(store, complete=False)
    attendance.add_hours(store, occasion(), [code], Month(2016, 3), "talks", 30)
    leave(store, code, on(20), None)
    assert len(due(store, on(1, 6))) == 4
    casework.correct_spell(store, occasion(), code, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert due(store, on(1, 6)) == []


# -- an independent count ---------------------------------------------------------------------------------------------


Found = set[tuple[str, str, date, date]]


def expected(store: Store, today: date) -> Found:
    """Kind, code, since and due of what hangs on spells, backgrounds and follow-ups, person by person."""
    found: Found = set()
    backgrounds = {b.participant_id: b for b in store.records(Background)}
    made = {(f.spell_id, f.kind) for f in store.records(FollowUp)}
    moves = store.records(StepMove)
    for person in store.participants():
        spells = [s for s in store.spells("WHERE participant_id = ?", (person.id,)) if s.counts]
        if spells:
            first = spells[0].entered_on
            known = backgrounds.get(person.id)
            missing = missing_for_fund(PROJECT, person, known, first)
            if first <= today and any(getattr(known, fact, None) != "declined" for fact in missing):
                found.add(("incomplete", person.code, first, first))
            found |= {(kind, person.code, since, limit) for kind, since, limit in follow_ups(spells[-1], made, today)}
        for spell in spells:
            found |= {(kind, person.code, since, limit) for kind, since, limit in of_spell(spell, moves, today)}
    return found


def left_for_good(spell: Spell) -> bool:
    return spell.exit_type not in {None, ExitType.TRANSFERRED, ExitType.DECEASED}


def follow_ups(latest: Spell, made: set[tuple[int, FollowUpKind]], today: date) -> Iterator[tuple[str, date, date]]:
    if not left_for_good(latest) or latest.exited_on is None:
        return
    starts = {FollowUpKind.IMMEDIATE: latest.exited_on, FollowUpKind.SIX_MONTHS: months_after(latest.exited_on, 6)}
    for kind, since in starts.items():
        if since <= today and (latest.id, kind) not in made:
            yield f"follow_up_{kind}", since, since + 28 * DAY


def of_spell(spell: Spell, moves: list[StepMove], today: date) -> Iterator[tuple[str, date, date]]:
    if left_for_good(spell) and spell.destination is None and spell.exited_on and spell.exited_on <= today:
        yield "destination", spell.exited_on, spell.exited_on
    if spell.exited_on is None and spell.entered_on <= today:
        events = [spell.entered_on, *(m.moved_on for m in moves if m.spell_id == spell.id and m.moved_on <= today)]
        if today - max(events) >= 60 * DAY:
            yield "quiet", max(events), max(events) + 60 * DAY


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), today=st.dates(PROJECT.starts_on, PROJECT.ends_on + 400 * DAY))
def test_the_list_equals_an_independent_one(tmp_path_factory: pytest.TempPathFactory, seed: int, today: date) -> None:
    with new_store(tmp_path_factory.mktemp("lists") / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, 10, PROJECT.starts_on, PROJECT.ends_on, seed=seed, odds=CROWDED))
        put_outcomes(store, waiting=0, seed=seed)
        with store.change(occasion()) as change:
            for pause in store.records(Pause):
                change.remove(pause)
        found = {(i.kind.value, i.participant, i.since, i.due_on) for i in due(store, today)}
        assert found == expected(store, today)
