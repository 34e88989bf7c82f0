"""Who may be one person: points by hand, low confidence where little is known, and the same answer one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, background, identities, merging, pausing, protection
from arena_cli.casework.duplicates import (
    _ALIKE_TO_ONE,
    BACKGROUND,
    EVIDENCE,
    LEAST,
    NAME,
    Confidence,
    Described,
    Likeness,
    duplicates,
    names,
    possible_duplicates,
)
from arena_cli.model import Answer, Employment, ExitType, IdentityKeeping, Protection, Sex
from arena_cli.store import Store
from tests.sample import new_store, occasion

POINTS = {evidence.field: evidence.points for evidence in EVIDENCE}


START = date(2016, 3, 1)


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(
    store: Store,
    entered_on: date = START,
    municipality: str = "2305",
    sex: Sex = Sex.WOMAN,
    birth_year: int | None = 1985,
    ref: str | None = None,
    referral: str | None = None,
) -> str:
    intake = Intake(municipality, entered_on, None, referral)
    return casework.enrol(store, occasion(), intake, sex=sex, birth_year=birth_year, ref=ref).participant.code


def leave(store: Store, code: str, day: date) -> None:
    casework.leave(store, occasion(), code, day, ExitType.COMPLETED, None)


def only(store: Store, least: Confidence = Confidence.LOW) -> Likeness:
    (found,) = duplicates(store, least)
    return found


# -- points by hand ---------------------------------------------------------------------------------------------------


def test_the_same_enrolment_twice_is_sure(store: Store) -> None:
    first, second = enrol(store), enrol(store)
    found = only(store)
    assert (found.code, found.other, found.confidence) == (first, second, Confidence.HIGH)
    assert found.agree == ("birth_year", "entered_on", "municipality", "at_the_same_time", "sex")
    assert found.differ == ()
    assert found.points == 4 + 5 + 2 + 1 + 1


@pytest.mark.parametrize(
    ("days", "points", "confidence"),
    [(0, 13, Confidence.HIGH), (1, 11, Confidence.MEDIUM), (7, 11, Confidence.MEDIUM), (8, None, None)],
)
def test_days_of_entry_a_week_apart(store: Store, days: int, points: int | None, confidence: Confidence | None) -> None:
    for start in (1, 1 + days):
        enrol(store, on(start))
    found = duplicates(store, Confidence.LOW)
    assert [(one.points, one.confidence) for one in found] == ([(points, confidence)] if points else [])


@pytest.mark.parametrize(("days", "is_found"), [(-1, False), (0, True), (7, True), (8, False)])
def test_one_began_as_the_other_ended(store: Store, days: int, is_found: bool) -> None:
    leave(store, enrol(store, on(1)), on(20))
    enrol(store, on(20) + timedelta(days=days))
    found = [one for one in duplicates(store) if "began_as_the_other_ended" in one.agree]
    assert bool(found) is is_found
    if found:
        together = days <= 0
        assert found[0].points == 4 + 3 + 2 + 1 + together


def test_without_birth_year_and_ref_it_is_never_more_than_low(store: Store) -> None:
    for _ in range(2):
        enrol(store, birth_year=None, referral="af")
    found = only(store)
    assert (found.points, found.confidence) == (5 + 2 + 1 + 1 + 1, Confidence.LOW)
    assert duplicates(store) == []


def test_what_is_not_known_gives_no_points(store: Store) -> None:
    enrol(store)
    enrol(store, sex=Sex.UNKNOWN)
    found = only(store)
    assert "sex" not in found.agree + found.differ
    assert found.points == 4 + 5 + 2 + 1


def test_a_ref_with_zeros_before_it_or_capitals_is_alike(store: Store) -> None:
    enrol(store, ref="017a", birth_year=None)
    enrol(store, on(9, 5), ref="17A", birth_year=1990)
    found = only(store)
    assert set(found.agree) == {"ref", "municipality", "at_the_same_time", "sex"}
    assert (found.points, found.confidence) == (5 + 2 + 1 + 1, Confidence.LOW)


def test_refs_that_are_alike_are_looked_up_in_their_index(store: Store) -> None:
    asked = f"EXPLAIN QUERY PLAN SELECT p.id FROM participant p WHERE 1 {_ALIKE_TO_ONE}"
    plan = [detail for *_, detail in store.rows(asked, {"birth_year": 1980, "ref": "7"})]
    assert [step for step in plan if "INDEX participant_ref_alike (<expr>=?)" in step]


def test_what_differs_takes_points(store: Store) -> None:
    enrol(store, ref="1")
    enrol(store, municipality="2303", ref="1x", sex=Sex.MAN)
    assert duplicates(store, Confidence.LOW) == []  # another sex: not even looked at
    enrol(store, ref="2")
    found = only(store)
    assert "ref" in found.differ
    assert found.points == 13 - 3


def test_the_same_day_in_two_municipalities_is_less_sure(store: Store) -> None:
    enrol(store, referral="af")
    enrol(store, municipality="2303", referral="af")
    found = only(store)
    assert found.differ == ("at_the_same_time",)
    assert (found.points, found.confidence) == (4 + 5 + 1 + 1 - 2, Confidence.LOW)


def test_answers_of_both_count_up_to_three(store: Store) -> None:
    codes = [enrol(store, on(day)) for day in (1, 5)]
    assert only(store).points == 11

    def answer(code: str, **answers: Answer | Employment) -> None:
        about = replace(occasion(), why="because")
        background.record_background(store, about, code, lambda b: replace(b, **answers))  # type: ignore[arg-type]

    for code in codes:
        answer(code, employment=Employment.INACTIVE, rural=Answer.DECLINED)
    assert (only(store).points, only(store).agree[-1]) == (12, "background")
    answer(codes[0], minority=Answer.YES)
    assert (only(store).points, only(store).differ) == (12, ())
    answer(codes[1], minority=Answer.NO)
    assert (only(store).points, only(store).differ) == (11, ("background",))
    for code in codes:
        answer(code, minority=Answer.NO, homeless=Answer.NO, disability=Answer.NO)
    assert only(store).points == 14


def test_somebody_who_waits_and_is_added_as_somebody_new(store: Store) -> None:
    pausing.assign(store, occasion(), "2305", on(1, 1), sex=Sex.WOMAN, birth_year=1985)
    enrol(store)
    assert only(store).points == 4 + 3 + 2 + 1 + 1
    described = Described(1, Sex.WOMAN, 1985, None, "2305", on(2))
    assert len(possible_duplicates(store, [described])) == 2


def test_a_misregistered_spell_and_somebody_merged_are_no_duplicates(store: Store) -> None:
    first, second, third = (enrol(store) for _ in range(3))
    casework.correct_spell(store, occasion(), third, 1, lambda s: replace(s, exit_type=ExitType.MISREGISTERED))
    assert len(duplicates(store)) == 1
    merging.merge(store, occasion(), first, second)
    assert duplicates(store, Confidence.LOW) == []


def test_who_was_said_to_be_another_is_told_with_the_day(store: Store) -> None:
    first, second = enrol(store), enrol(store)
    assert only(store).distinguished_on is None
    merging.distinguish(store, occasion(), second, first)
    assert only(store).distinguished_on == date(2018, 4, 15)


def test_of_somebody_protected_it_is_not_told_what_agrees(store: Store) -> None:
    first, _ = enrol(store), enrol(store)
    protection.set_protection(store, occasion(), first, Protection.MARKED)
    assert (only(store).agree, only(store).differ, only(store).points) == ((), (), 13)


def test_the_best_pair_of_stays_holds_and_a_pair_is_told_once(store: Store) -> None:
    first, second = enrol(store, on(1)), enrol(store, on(5))
    for code, back in ((first, on(1, 5)), (second, on(1, 5))):
        leave(store, code, on(20))
        casework.readmit(store, occasion(), code, Intake("2305", back))
    assert only(store).points == 13


def test_the_documented_points_are_those_that_are_given() -> None:
    told = (Path(__file__).parents[1] / "docs" / "duplicates.md").read_text(encoding="utf-8")
    for evidence in (*EVIDENCE, BACKGROUND, NAME):
        against = f"−{evidence.against}" if evidence.against else ""
        assert any(
            line.startswith(f"| `{evidence.field}` |") and line.endswith(f"| {evidence.points} | {against} |")
            for line in told.splitlines()
        ), evidence.field
    for confidence, least in LEAST.items():
        assert f"| {confidence.value} | {least} points or more |" in told


# -- names ------------------------------------------------------------------------------------------------------------


def name(store: Store, code: str, given: str | None, family: str | None) -> None:
    identities.keep_identities(store, occasion(), IdentityKeeping.NAMES)
    identities.set_identity(store, occasion(), code, {"given_name": given, "family_name": family})


def by_name(store: Store, least: Confidence = Confidence.MEDIUM) -> list[Likeness]:
    return duplicates(store, least, names(store))


def test_the_same_name_and_birth_year_find_somebody_who_comes_back_after_a_long_time(store: Store) -> None:
    first, second = enrol(store, on(1)), enrol(store, on(1, 9), "2303")
    leave(store, first, on(20))
    name(store, first, "Åsa", "Test Provsson")
    name(store, second, "provsson", "Åsa  TEST")
    assert duplicates(store, Confidence.LOW) == []
    (found,) = by_name(store)
    assert (found.code, found.other, found.agree) == (first, second, ("birth_year", "sex", "name"))
    assert (found.points, found.confidence) == (4 + 1 + 7, Confidence.HIGH)


def test_the_same_name_makes_surer_and_another_name_less_sure(store: Store) -> None:
    first, second = enrol(store, on(1)), enrol(store, on(3))
    assert [(one.points, one.confidence) for one in by_name(store)] == [(11, Confidence.MEDIUM)]
    name(store, first, "Åsa", "Test")
    name(store, second, "Åsa", None)  # half a name is none
    assert [one.points for one in by_name(store)] == [11]
    identities.set_identity(store, replace(occasion(), why="skrivfel"), second, {"family_name": "Test"})
    assert [(one.points, one.confidence) for one in by_name(store)] == [(18, Confidence.HIGH)]
    identities.set_identity(store, replace(occasion(), why="skrivfel"), second, {"family_name": "Prov"})
    assert by_name(store) == []
    assert [(one.points, one.differ) for one in by_name(store, Confidence.LOW)] == [(8, ("name",))]


def test_a_name_without_a_birth_year_is_never_more_than_low(store: Store) -> None:
    for birth_year, started in ((None, on(1)), (1985, on(1, 9))):
        name(store, enrol(store, started, birth_year=birth_year), "Åsa", "Test")
    assert by_name(store) == []
    (found,) = by_name(store, Confidence.LOW)
    assert (found.confidence, set(found.agree)) == (Confidence.LOW, {"name", "sex", "municipality", "at_the_same_time"})


def test_names_of_those_who_are_protected_are_not_compared(store: Store) -> None:
    _, code = codes = enrol(store, on(1)), enrol(store, on(1, 9))
    for each in codes:
        name(store, each, "Åsa", "Test")
    protection.set_protection(store, replace(occasion(), why="x"), code, Protection.MARKED)
    assert by_name(store, Confidence.LOW) == []
    assert len(names(store)) == 1


def test_who_was_merged_bears_the_name_of_either_code(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(1))
    name(store, other, "Åsa", "Test")
    merging.merge(store, replace(occasion(), why="samma"), kept, other)
    third = enrol(store, on(1, 9), "2303")
    name(store, third, "Åsa", "Test")
    (found,) = by_name(store)
    assert (found.code, found.other) == (kept, third)


# -- many -------------------------------------------------------------------------------------------------------------


def somebody(random: Random, key: int) -> Described:
    entered_on = date(2016, 1, 1) + timedelta(days=random.randrange(30))
    exited_on = entered_on + timedelta(days=random.randrange(20)) if random.random() < 0.5 else None
    return Described(
        key,
        random.choice(list(Sex)),
        random.choice([1985, 1986, None]),
        random.choice([None, f"{'0' * random.randrange(2)}{random.randrange(20)}x{key}", f"0{key}"]),
        random.choice(["2305", "2303"]),
        entered_on,
        exited_on,
        random.choice([None, "af"]),
    )


def test_many_at_once_find_what_each_finds_alone_and_what_they_find_when_they_are_registered(store: Store) -> None:
    random = Random(7)
    codes = {}
    for key in range(60):
        person = somebody(random, key)
        code = enrol(
            store, person.entered_on, person.municipality, person.sex, person.birth_year, person.ref, person.referral
        )
        if person.exited_on:
            leave(store, code, person.exited_on)
        codes[person.ref] = code
    asked = [replace_key(somebody(random, key % 60), 100 + key) for key in range(60)]
    together = possible_duplicates(store, asked)
    assert len(together) > 50
    one_by_one = [found for person in asked for found in possible_duplicates(store, [person])]
    assert sorted(together) == sorted(one_by_one)
    assert {found.confidence for found in together} == {Confidence.HIGH, Confidence.MEDIUM}
    for person in asked[:10]:
        found = {one.other: one.points for one in possible_duplicates(store, [person])}
        taken = person.ref in codes
        code = enrol(
            store,
            person.entered_on,
            person.municipality,
            person.sex,
            person.birth_year,
            None if taken else person.ref,
            person.referral,
        )
        if person.exited_on:
            leave(store, code, person.exited_on)
        if not taken:
            assert {one.code: one.points for one in duplicates(store) if one.other == code} == found
        casework.undo(store, occasion(), casework.last_change(store)[0].change)
        if person.exited_on:
            casework.undo(store, occasion(), casework.last_change(store)[0].change)


def replace_key(person: Described, key: int) -> Described:
    return person._replace(key=key)
