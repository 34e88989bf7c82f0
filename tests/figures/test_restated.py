"""What has changed in months that were told before: found, counted and put down to its cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli.casework import Intake, formers, merging
from arena_cli.figures.earlier import Cause, Changed, Earlier, Share, Told
from arena_cli.figures.report import build
from arena_cli.figures.restated import HEADLINES, differences, restate, values_of
from arena_cli.figures.why import Address
from arena_cli.journal import Occasion
from arena_cli.model import ALL, ExitType, Month, Sex, Spell
from arena_cli.store import Store
from tests.random_lists import random_lists
from tests.sample import DESCRIPTION, PROJECT, new_store, put

SEPTEMBER, OCTOBER = Month(2016, 9), Month(2016, 10)
TOLD_ON = date(2016, 10, 3)
TODAY = date(2016, 11, 20)
VERSION = "1.0"

ENTERED = Address("stock_flow", "entered", ALL, ALL)


def on(day: int, command: str = "test", why: str | None = None) -> Occasion:
    """A morning of November 2016."""
    return Occasion(date(2016, 11, day), f"2016-11-{day:02}T07:00:00Z", "anna", command, why)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A woman in Åre since 5 September, a man in Bräcke since 12 September, both on step a."""
    with new_store(tmp_path / "arena.db") as opened:
        for municipality, day, sex in (("2321", 5, Sex.WOMAN), ("2305", 12, Sex.MAN)):
            casework.enrol(opened, on(1), Intake(municipality, date(2016, 9, day), "a"), sex=sex)
        yield opened


def enrol(store: Store, occasion: Occasion, municipality: str, entered_on: date) -> str:
    return casework.enrol(store, occasion, Intake(municipality, entered_on, "a"), sex=Sex.WOMAN).participant.code


def tell(store: Store, month: Month = SEPTEMBER) -> Told:
    """What a report that is delivered now tells of a month."""
    values = values_of(build(store, month, TODAY))
    (last,) = store.links("ORDER BY seq DESC LIMIT 1")
    return Told(month, TOLD_ON, 1, last.seq, VERSION, lambda: values)


def compared(store: Store, told: Told, version: str = VERSION) -> Earlier:
    (earlier,) = restate(store, [told], version, TODAY)
    return earlier


def change_of(earlier: Earlier, address: Address) -> Changed:
    (found,) = (change for change in earlier.changes if change.address == address)
    return found


def spell_of(store: Store, municipality: str) -> Spell:
    (spell,) = store.spells("WHERE municipality = ?", (municipality,))
    return spell


# -- nothing, and what does not touch the month ------------------------------------------------------------------------


def test_nothing_registered_nothing_changed(store: Store) -> None:
    assert compared(store, tell(store)) == Earlier(SEPTEMBER, TOLD_ON, 1, {})


def test_what_happens_after_the_month_does_not_change_it_and_is_not_counted_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tell(store)
    enrol(store, on(7), "2321", date(2016, 10, 3))
    code = store.participants()[0].code
    casework.move(store, on(8), code, "b", date(2016, 10, 4))
    casework.leave(store, on(9), code, date(2016, 10, 20), ExitType.COMPLETED, "job")

    def never(*_: object) -> None:
        pytest.fail("counted again")

    monkeypatch.setattr("arena_cli.figures.restated.build", never)
    assert compared(store, told) == Earlier(SEPTEMBER, TOLD_ON, 1, {})


# -- the causes -------------------------------------------------------------------------------------------------------


def test_late_entries_by_municipality_and_day(store: Store) -> None:
    told = tell(store)
    enrol(store, on(7), "2321", date(2016, 9, 20))
    enrol(store, on(7), "2321", date(2016, 9, 21))
    enrol(store, on(8), "2305", date(2016, 9, 22))
    found = compared(store, told)
    assert found.causes == ((Cause.LATE_ENTRY, 3),)
    assert change_of(found, ENTERED) == Changed(
        ENTERED,
        told=2,
        now=5,
        shares=(
            Share(Cause.LATE_ENTRY, "2321", 2, (date(2016, 11, 7),)),
            Share(Cause.LATE_ENTRY, "2305", 1, (date(2016, 11, 8),)),
        ),
    )
    in_are = replace(ENTERED, municipality="2321")
    assert change_of(found, in_are).shares == (Share(Cause.LATE_ENTRY, "2321", 2, (date(2016, 11, 7),)),)
    assert found.figures[ENTERED] == 5


def test_an_exit_registered_late_is_a_late_entry_and_its_day_corrected_a_correction(store: Store) -> None:
    told = tell(store)
    code = store.participants()[0].code
    casework.leave(store, on(7), code, date(2016, 9, 28), ExitType.COMPLETED, "job")
    to_work = Address("exits", "work", ALL, ALL)
    assert change_of(compared(store, told), to_work).shares == (
        Share(Cause.LATE_ENTRY, "2321", 1, (date(2016, 11, 7),)),
    )
    told = tell(store)
    casework.correct_spell(store, on(9, why="wrong"), code, None, lambda s: replace(s, exited_on=date(2016, 10, 2)))
    found = compared(store, told)
    assert found.causes == ((Cause.CORRECTION, 1),)
    assert change_of(found, to_work) == Changed(
        to_work, 1, 0, (Share(Cause.CORRECTION, "2321", -1, (date(2016, 11, 9),)),)
    )


def test_a_step_moved_late_and_a_sex_corrected(store: Store) -> None:
    told = tell(store)
    first, second = store.participants()
    casework.move(store, on(7), first.code, "b", date(2016, 9, 30))
    casework.correct_participant(store, on(8, why="wrong"), second.code, lambda p: replace(p, sex=Sex.WOMAN))
    found = compared(store, told)
    assert found.causes == ((Cause.LATE_ENTRY, 1), (Cause.CORRECTION, 1))
    up = Address("progression", "up", ALL, ALL)
    assert change_of(found, up).shares == (Share(Cause.LATE_ENTRY, "2321", 1, (date(2016, 11, 7),)),)
    women, men = (replace(ENTERED, sex=sex) for sex in ("women", "men"))
    assert (change_of(found, women).now, change_of(found, men).now) == (2, 0)
    assert change_of(found, men).shares == (Share(Cause.CORRECTION, "2305", -1, (date(2016, 11, 8),)),)
    assert ENTERED not in found.figures


def test_a_spell_that_never_was(store: Store) -> None:
    told = tell(store)
    code = store.participants()[1].code
    casework.correct_spell(
        store, on(9, why="wrong list"), code, None, lambda s: replace(s, exit_type=ExitType.MISREGISTERED)
    )
    assert change_of(compared(store, told), ENTERED) == Changed(
        ENTERED, 2, 1, (Share(Cause.CORRECTION, "2305", -1, (date(2016, 11, 9),)),)
    )


def test_what_is_undone_is_as_if_it_had_not_been(store: Store) -> None:
    told = tell(store)
    enrol(store, on(7), "2321", date(2016, 9, 20))
    casework.undo(store, on(8, "undo"), casework.last_change(store)[0].change)
    assert compared(store, told) == Earlier(SEPTEMBER, TOLD_ON, 1, {})
    enrol(store, on(7), "2321", date(2016, 9, 20))
    assert compared(store, told).causes == ((Cause.LATE_ENTRY, 1),)
    told = tell(store)
    casework.undo(store, on(9, "undo"), casework.last_change(store)[0].change)
    found = compared(store, told)
    assert found.causes == ((Cause.CORRECTION, 1),)
    assert change_of(found, ENTERED).shares == (Share(Cause.CORRECTION, "2321", -1, (date(2016, 11, 9),)),)


def test_two_who_are_one_are_a_merge(store: Store) -> None:
    """The same woman in Åre twice, once in Bräcke after she had left, and a late entry that is none of them."""
    kept = store.participants()[0].code
    twice = enrol(store, on(1), "2321", date(2016, 9, 5))
    back = enrol(store, on(1), "2305", date(2016, 9, 20))
    for code in (kept, twice):
        casework.leave(store, on(1), code, date(2016, 9, 15), ExitType.COMPLETED, "job")
    told = tell(store)
    for other in (twice, back):
        merging.merge(store, on(9, formers.MERGE), kept, other)
    casework.move(store, on(10), kept, "b", date(2016, 9, 21))
    found = compared(store, told)
    assert found.causes == ((Cause.LATE_ENTRY, 1), (Cause.MERGE, 2))
    assert change_of(found, ENTERED) == Changed(
        ENTERED,
        told=4,
        now=2,
        shares=(
            Share(Cause.MERGE, "2305", -1, (date(2016, 11, 9),)),
            Share(Cause.MERGE, "2321", -1, (date(2016, 11, 9),)),
        ),
    )
    returned = change_of(found, replace(ENTERED, measure="re_entered"))
    assert (returned.told, returned.now, {share.cause for share in returned.shares}) == (0, 1, {Cause.MERGE})


def test_a_merge_does_not_touch_the_months_before_either_came(store: Store) -> None:
    told = tell(store, Month(2016, 9))
    codes = [enrol(store, on(1), "2321", date(2016, 10, day)) for day in (3, 3)]
    enrol(store, on(2), "2321", date(2016, 9, 6))
    merging.merge(store, on(9, formers.MERGE), *codes)
    assert compared(store, told).causes == ((Cause.LATE_ENTRY, 1),)


def test_what_is_registered_after_a_merge_is_not_its_cause(store: Store) -> None:
    kept = store.participants()[0].code
    casework.leave(store, on(1), kept, date(2016, 9, 15), ExitType.COMPLETED, "job")
    back = enrol(store, on(1), "2305", date(2016, 9, 20))
    told = tell(store)
    merging.merge(store, on(9, formers.MERGE), kept, back)
    casework.move(store, on(10), kept, "b", date(2016, 9, 21))
    returned = change_of(compared(store, told), replace(ENTERED, measure="re_entered"))
    assert returned.shares == (Share(Cause.MERGE, "2305", 1, (date(2016, 11, 9),)),)


def test_a_merge_that_was_split_again_is_as_if_it_had_not_been(store: Store) -> None:
    other = enrol(store, on(1), "2321", date(2016, 9, 5))
    told = tell(store)
    kept = store.participants()[0].code
    merging.merge(store, on(9, formers.MERGE), kept, other)
    merging.split(store, on(10, "split-participants"), kept, other)
    assert compared(store, told) == Earlier(SEPTEMBER, TOLD_ON, 1, {})


def test_another_version_that_counts_otherwise_is_a_definition_beside_what_was_registered(store: Store) -> None:
    told = tell(store)
    counted_otherwise = {**told.values(), ENTERED: 4}
    told = replace(told, values=lambda: counted_otherwise)
    # the version that told it counts again only then
    assert compared(store, told) == Earlier(SEPTEMBER, TOLD_ON, 1, {})
    found = compared(store, told, version="2.0")
    assert found.causes == ((Cause.DEFINITION, 1),)
    assert change_of(found, ENTERED) == Changed(ENTERED, 4, 2, (Share(Cause.DEFINITION, ALL, -2, ()),))
    enrol(store, on(7), "2321", date(2016, 9, 20))
    found = compared(store, told, version="2.0")
    assert found.causes == ((Cause.LATE_ENTRY, 1), (Cause.DEFINITION, 1))
    assert change_of(found, ENTERED).shares == (
        Share(Cause.LATE_ENTRY, "2321", 1, (date(2016, 11, 7),)),
        Share(Cause.DEFINITION, ALL, -2, ()),
    )


def test_the_day_is_that_of_sweden(store: Store) -> None:
    told = tell(store)
    late = Occasion(date(2016, 11, 8), "2016-11-07T23:30:00Z", "anna", "test")
    enrol(store, late, "2321", date(2016, 9, 20))
    assert change_of(compared(store, told), ENTERED).shares[0].days == (date(2016, 11, 8),)


def test_only_the_municipalities_that_were_shown_are_compared(store: Store) -> None:
    told = tell(store)
    shown = values_of(build(store, SEPTEMBER, TODAY), ("2305",))
    told = replace(told, values=lambda: shown)
    enrol(store, on(7), "2321", date(2016, 9, 20))
    (found,) = restate(store, [told], VERSION, TODAY, ("2305",))
    assert {address.municipality for address in found.figures} == {ALL}
    assert change_of(found, ENTERED).shares == (Share(Cause.LATE_ENTRY, "2321", 1, (date(2016, 11, 7),)),)


# -- whatever happens -------------------------------------------------------------------------------------------------


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6))
def test_the_shares_add_up_and_no_change_is_missed(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Random lists are told for several months, and then much is changed at random."""
    random = Random(seed)
    with new_store(tmp_path_factory.mktemp("random") / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, 15, PROJECT.starts_on, PROJECT.ends_on, seed=seed))
        months = [Month(2016, number) for number in (2, 7, 12)]
        told = [tell(store, month) for month in months]
        for _ in range(6):
            change_something(store, random)
        for before, after in zip(told, restate(store, told, VERSION, TODAY), strict=True):
            now = values_of(build(store, before.month, TODAY))
            assert after.figures == differences(before.values(), now)
            assert bool(after.causes) == bool(after.figures)
            for change in after.changes:
                assert (change.told, change.now) == (before.values().get(change.address, 0), now.get(change.address, 0))
                assert sum(share.amount for share in change.shares) == change.now - change.told
                assert all(share.days for share in change.shares), "nothing is put down to nothing"
            told_one_by_one = {change.address for change in after.changes}
            assert told_one_by_one.issuperset(changed_headlines(after))


def changed_headlines(earlier: Earlier) -> Sequence[Address]:
    return [a for a in earlier.figures if (a.section, a.measure) in HEADLINES and a.sex == ALL]


def change_something(store: Store, random: Random) -> None:
    spells = [spell for spell in store.spells() if spell.counts]
    spell = random.choice(spells)
    with store.change(on(random.randrange(2, 19))) as change:
        match random.randrange(5):
            case 0:
                person = change.add_participant(None, random.choice(list(Sex)), 1980)
                added = change.add_spell(Spell(0, person.id, spell.municipality, spell.entered_on))
                change.add_move(added.id, added.entered_on, random.choice("abcd"))
            case 1:
                change.update(spell, replace(spell, municipality=random.choice(["2303", "2380"])))
            case 2:
                change.update(spell, replace(spell, exit_type=ExitType.MISREGISTERED))
            case 3:
                change.add_move(spell.id, spell.exited_on or spell.entered_on, random.choice("abcd"))
            case _:
                (person,) = store.participants("WHERE id = ?", (spell.participant_id,))
                change.update(person, replace(person, sex=random.choice(list(Sex))))
