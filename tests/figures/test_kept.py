"""Kept counts give what a full count gives, whatever has changed since; what a change does not touch stays kept.

Any sequence of verbs: tests/test_journey_model.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import compress

import pytest

from arena_cli import casework
from arena_cli.casework import Intake, attendance, background, formers, merging, pausing, placements
from arena_cli.database import ReadOnlyDatabase
from arena_cli.figures import durations, kept, packed, stock_flow
from arena_cli.figures.report import ESTIMATES, build, count
from arena_cli.figures.spells import period
from arena_cli.journal import Occasion
from arena_cli.model import (
    Employment,
    ExitType,
    Month,
    Participant,
    PauseReason,
    Sector,
    Sex,
    Spell,
    StepMove,
    Target,
    TargetMeasure,
    TargetPeriod,
)
from arena_cli.store import Parameters, Row, Store
from tests.compared import Compared
from tests.random_lists import Lists, random_lists
from tests.sample import DESCRIPTION, TODAY, new_store, occasion, put

JANUARY, FEBRUARY, MARCH = MONTHS = (Month(2016, 1), Month(2016, 2), Month(2016, 3))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as store:
        put(store, random_lists(DESCRIPTION, 60, date(2015, 11, 1), date(2016, 3, 31), seed=5))
        for month in MONTHS:
            keep(store, month)
        yield store


def keep(store: Store, month: Month) -> None:
    kept.build(store, month, TODAY, worth_keeping=0)


def seq(store: Store, month: Month) -> int:
    """The journal's last entry when the month was last counted."""
    ((number,),) = store.rows("SELECT seq FROM kept_counts WHERE month = ?", (str(month),))
    return int(number)


def counted_again(store: Store) -> set[Month]:
    """The months of which something is counted when they are asked for; they equal the full count, each of them."""
    before = {month: seq(store, month) for month in MONTHS}
    for month in MONTHS:
        full = build(Compared(store, month, takes_tables=False), month, TODAY)
        assert kept.build(store, month, TODAY, worth_keeping=0) == full == build(store, month, TODAY)
    return {month for month in MONTHS if seq(store, month) != before[month]}


def somebody(store: Store, day: date = date(2016, 1, 4)) -> str:
    code = casework.enrol(store, occasion(), Intake("2305", day, "a"), sex=Sex.WOMAN).participant.code
    assert counted_again(store) == {month for month in MONTHS if month.last >= day}
    return code


def test_what_nothing_has_touched_is_not_counted_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    full = build(store, MARCH, TODAY)
    monkeypatch.setattr(Store, "counts", None)
    assert kept.build(store, MARCH, TODAY) == full


def test_asked_again_nothing_is_counted_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Store.rows
    asked: list[str] = []

    def listening(store: Store, sql: str, parameters: Parameters = ()) -> list[Row]:
        asked.append(sql)
        return rows(store, sql, parameters)

    monkeypatch.setattr(Store, "rows", listening)
    kept.build(store, MARCH, TODAY)
    assert [sql for sql in asked if "counted_spell" in sql] == []


def at(day: date, command: str = "test") -> Occasion:
    return replace(occasion(command), at=f"{day}T08:00:00+00:00")


def test_after_a_change_nothing_is_counted_over_the_whole_register_not_even_how_soon_it_was_registered(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    casework.move(store, at(date(2016, 3, 18)), somebody(store), "b", date(2016, 3, 15))
    full = build(store, MARCH, TODAY)
    assert full.tables["timeliness"].value("days_1_3", "2305") == 1
    monkeypatch.setattr(Store, "counts", None)
    assert kept.build(store, MARCH, TODAY) == full


def test_how_soon_an_exit_was_registered_that_was_undone_and_registered_anew(store: Store) -> None:
    def late() -> int:
        return build(store, MARCH, TODAY).tables["timeliness"].value("days_11", "2305")

    day, code, before = date(2016, 3, 5), somebody(store), late()
    for registered_on in (date(2016, 3, 5), date(2016, 3, 17)):
        casework.leave(store, at(registered_on), code, day, ExitType.COMPLETED, "job")
        assert counted_again(store) == {MARCH}
        if registered_on == day:
            casework.undo(store, at(date(2016, 3, 6)), casework.last_change(store)[0].change)
    assert late() == before + 1


def test_what_a_list_brought_is_found_in_its_batch_also_when_some_of_it_changes(store: Store) -> None:
    """Somebody in the middle of a batch, somebody after it, and moves: entries of a batch and entries of their own."""
    first, codes = store.next_id(Participant), [*islice(store.new_codes(), 9)]
    with store.change(at(date(2016, 3, 31), "import")) as change:
        change.add_all([Participant(first + n, code, None, Sex.WOMAN, 1980) for n, code in enumerate(codes)])
        spell, day = store.next_id(Spell), date(2016, 3, 1)
        change.add_all([Spell(spell + n, first + n, "2305", day, None, None, None, None) for n in range(9)])
        change.add_all([StepMove(store.next_id(StepMove) + n, spell + n, day, "a") for n in range(9)])
    assert counted_again(store) == set(MONTHS)
    before = build(store, MARCH, TODAY).tables["timeliness"].value("imported", "2305")
    for code in codes[::4]:
        casework.move(store, at(date(2016, 3, 15)), code, "b", date(2016, 3, 15))
        casework.correct_spell(store, at(day), code, 1, lambda spell: replace(spell, entered_on=date(2016, 2, 29)))
        assert counted_again(store) == {FEBRUARY, MARCH}
    assert build(store, MARCH, TODAY).tables["timeliness"].value("imported", "2305") == before - 3
    casework.leave(store, at(date(2016, 3, 20)), codes[4], date(2016, 3, 20), ExitType.COMPLETED, "job")
    assert counted_again(store) == {MARCH}


def test_a_late_entry_has_the_months_counted_again_that_it_touches_and_no_other(store: Store) -> None:
    code = somebody(store)
    assert counted_again(store) == set()
    casework.move(store, occasion(), code, "b", date(2016, 2, 15))
    assert counted_again(store) == {FEBRUARY, MARCH}
    casework.leave(store, occasion(), code, date(2016, 3, 1), ExitType.COMPLETED, "job")
    assert counted_again(store) == {MARCH}
    casework.readmit(store, occasion(), code, Intake("2303", date(2016, 4, 1)))
    assert counted_again(store) == set()


@pytest.mark.parametrize("most", [0, 10**9])
def test_whether_what_has_changed_is_kept_beside_the_rows_or_among_them(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(kept, "MOST_CHANGED", most)
    code = somebody(store)
    casework.move(store, occasion(), code, "b", date(2016, 2, 15))
    assert counted_again(store) == {FEBRUARY, MARCH}
    casework.undo(store, occasion(), casework.last_change(store)[0].change)
    assert counted_again(store) == {FEBRUARY, MARCH}
    casework.leave(store, occasion(), code, date(2016, 3, 1), ExitType.COMPLETED, "job")
    assert counted_again(store) == {MARCH}
    assert list(kept.differing(store, TODAY)) == []


def test_every_kind_of_record(store: Store) -> None:
    code = somebody(store)
    added = placements.add_place(
        store, occasion(), host="A", sector=Sector.PRIVATE, municipality="2305", capacity=2, opens_on=date(2016, 2, 1)
    )
    assert counted_again(store) == {FEBRUARY, MARCH}
    placements.place_participant(store, occasion(), code, added.place.code, date(2016, 2, 2))
    assert counted_again(store) == {FEBRUARY, MARCH}
    pausing.pause(store, occasion(), code, date(2016, 2, 3), PauseReason.LEAVE)
    assert counted_again(store) == {FEBRUARY, MARCH}
    pausing.resume(store, occasion(), code, date(2016, 3, 3))
    assert counted_again(store) == {MARCH}
    attendance.add_hours(store, occasion(), [code], MARCH, "talks", 90)
    assert counted_again(store) == {MARCH}
    background.record_background(store, occasion(), code, lambda b: replace(b, employment=Employment.INACTIVE))
    assert counted_again(store) == set(MONTHS)


def test_a_place_is_counted_with_all_who_are_on_it(store: Store) -> None:
    added = placements.add_place(
        store, occasion(), host="A", sector=Sector.PRIVATE, municipality="2305", capacity=1, opens_on=date(2016, 1, 1)
    )
    codes = [somebody(store) for _ in range(3)]
    for code in codes:
        day = date(2016, 1, 5)
        placements.place_participant(store, occasion(), code, added.place.code, day, allow_beyond_capacity=True)
    assert build(store, MARCH, TODAY).tables["places"].value("beyond_capacity", "2305") == 2
    assert counted_again(store) == set(MONTHS)
    placements.end_placement(store, occasion(), codes[0], date(2016, 3, 1))
    assert counted_again(store) == set(MONTHS)
    casework.correct_spell(
        store, occasion(), codes[1], 1, lambda spell: replace(spell, exit_type=ExitType.MISREGISTERED)
    )
    assert build(store, MARCH, TODAY).tables["places"].value("occupied", "2305") == 1
    assert counted_again(store) == set(MONTHS)


def test_two_who_are_one_have_all_their_months_counted_again(store: Store) -> None:
    kept_one, twice = somebody(store), somebody(store)
    later = casework.enrol(store, occasion(), Intake("2305", date(2016, 2, 20)), sex=Sex.WOMAN).participant.code
    for code in (kept_one, twice):
        casework.leave(store, occasion(), code, date(2016, 2, 10), ExitType.COMPLETED, "job")
    counted_again(store)
    for other in (twice, later):
        merging.merge(store, occasion(formers.MERGE), kept_one, other)
        assert counted_again(store) == set(MONTHS)
    merging.split(store, occasion("split-participants"), kept_one, twice)
    assert counted_again(store) == set(MONTHS)
    merging.distinguish(store, occasion(), kept_one, twice)
    assert counted_again(store) == set()


def test_a_correction_that_takes_a_spell_away_touches_all_its_months(store: Store) -> None:
    code = somebody(store)

    def never(spell: Spell) -> Spell:
        return replace(spell, exited_on=date(2016, 3, 1), exit_type=ExitType.MISREGISTERED)

    casework.correct_spell(store, occasion(), code, 1, never)
    assert counted_again(store) == set(MONTHS)


def test_a_whole_day_of_changes_at_once(store: Store) -> None:
    lists = random_lists(DESCRIPTION, 40, date(2015, 11, 1), date(2016, 3, 31), seed=6)
    spells = [replace(row, ref=f"later-{row.ref}") for row in lists.spells]
    put(store, Lists(spells, [replace(row, ref=f"later-{row.ref}") for row in lists.moves]))
    assert counted_again(store) == set(MONTHS)


@pytest.mark.parametrize("most", [0, 1, 10_000])
def test_after_many_changes_all_is_counted(store: Store, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(kept, "MOST_ENTRIES", most)
    somebody(store)


def test_a_target_is_no_count(store: Store) -> None:
    with store.change(occasion()) as change:
        change.add(Target(0, None, TargetMeasure.INTAKE, TargetPeriod.TOTAL, 5, date(2016, 1, 1)))
    assert counted_again(store) == set()


def test_a_change_of_what_is_not_known_here_has_all_counted(store: Store) -> None:
    with store.change(occasion()) as change:
        change.insert("referral", {"code": "x", "position": 9, "name": "x", "name_en": "x"}, 1)
    assert counted_again(store) == set(MONTHS)


def test_another_version_counts_anew_what_it_asks_in_other_words(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build(store, MARCH, TODAY)
    another = stock_flow.ENTRIES.replace("s.entered_on <= :last", "s.entered_on <= :first")
    monkeypatch.setattr(stock_flow, "ENTRIES", another)
    monkeypatch.setattr(kept, "__version__", "another")
    after = kept.build(store, MARCH, TODAY)
    assert after == build(store, MARCH, TODAY) != before


@pytest.mark.parametrize("damaged", [b"", b"no counts", compress(b"[")])
def test_damaged_counts_are_counted_anew(store: Store, damaged: bytes) -> None:
    with closing(sqlite3.connect(store.path)) as stranger, stranger:
        stranger.execute("UPDATE kept_counts SET counts = ?, made = ?", (damaged, damaged))
    assert kept.build(store, MARCH, TODAY) == build(store, MARCH, TODAY)


def spoil(store: Store, key: str, spoilt: Callable[[dict[str, bytes]], Mapping[str, bytes]]) -> None:
    """Another program writes over what is kept of one query of March."""
    ((counts,),) = store.rows("SELECT counts FROM kept_counts WHERE month = ?", (str(MARCH),))
    parts = packed.parted(counts)
    written = packed.joined(parts | {key: packed.joined(spoilt(packed.parted(parts[key])))})
    with closing(sqlite3.connect(store.path)) as stranger, stranger:
        stranger.execute("UPDATE kept_counts SET counts = ?, made = x'' WHERE month = ?", (written, str(MARCH)))


@pytest.mark.parametrize("damaged", [b"", b"no counts", compress(b"["), compress(b"[]\nabc")])
@pytest.mark.parametrize("name", ["rows", "since"])
def test_of_what_is_damaged_only_that_is_counted_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch, damaged: bytes, name: str
) -> None:
    full, counts = build(store, MARCH, TODAY), Store.counts
    spoil(store, kept.key_of(stock_flow.ENTRIES, period(MARCH)), lambda parts: parts | {name: damaged})
    anew: list[str] = []

    def listening(store: Store, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        anew.append(sql)
        return counts(store, sql, parameters)

    monkeypatch.setattr(Store, "counts", listening)
    for _ in range(2):
        assert kept.build(store, MARCH, TODAY, worth_keeping=0) == full
    assert anew == [stock_flow.ENTRIES]


@pytest.mark.parametrize("damaged", [b"", b"no counts", packed.joined({"2305": b"no counts", "all": b""})])
@pytest.mark.parametrize("is_made", [True, False])
def test_of_what_is_kept_by_municipality_too(store: Store, damaged: bytes, *, is_made: bool) -> None:
    full = build(store, MARCH, TODAY)

    def spoilt(parts: dict[str, bytes]) -> Mapping[str, bytes]:
        return parts | {name: damaged for name in parts if (name != "rows") is is_made}

    spoil(store, kept.key_of(durations.DAYS_IN_PROJECT, period(MARCH)), spoilt)
    assert kept.build(store, MARCH, TODAY, worth_keeping=0) == full
    somebody(store)


@pytest.mark.parametrize("damaged", [b"", b"{}\n", b'{"head": 1}\nx', compress(b"[")])
def test_damaged_tables_are_made_anew_of_the_counts(
    store: Store, monkeypatch: pytest.MonkeyPatch, damaged: bytes
) -> None:
    full, key = build(store, MARCH, TODAY), kept.key_of_made(count, MARCH, store.project())
    with closing(sqlite3.connect(store.path)) as stranger, stranger:
        stranger.execute("UPDATE kept_counts SET made = ?", (packed.joined({key: damaged}),))
    monkeypatch.setattr(Store, "counts", None)
    assert kept.build(store, MARCH, TODAY) == full


def nobody_in(made: bytes) -> bytes:
    """What was made by municipality, as if nobody had been counted there."""
    return packed.packed([(*row[:3], 0, *row[4:]) for row in packed.unpacked(made)])


def test_other_tables_other_quartiles_and_other_counts_behind_them_are_all_found_by_counting_all(store: Store) -> None:
    in_project = kept.key_of(durations.DAYS_IN_PROJECT, period(MARCH))
    nobody = packed.packed([])
    for spoilt in (
        lambda parts: parts | {"rows": packed.joined(dict.fromkeys(packed.parted(parts["rows"]), nobody))},
        lambda parts: {name: part if name == "rows" else nobody_in(part) for name, part in parts.items()},
    ):
        spoil(store, in_project, spoilt)
        assert list(kept.differing(store, TODAY)) == [MARCH]
        with closing(sqlite3.connect(store.path)) as stranger, stranger:
            stranger.execute("DELETE FROM kept_counts WHERE month = ?", (str(MARCH),))
        keep(store, MARCH)
    with store.snapshot():
        key, (scope, groups) = kept.key_of_made(count, MARCH, store.project()), count(store, MARCH, store.project())
    fewer = {**groups, ESTIMATES: {}}
    with closing(sqlite3.connect(store.path)) as stranger, stranger:
        written = packed.joined({key: packed.packed_tables(scope, fewer)})
        stranger.execute("UPDATE kept_counts SET made = ? WHERE month = ?", (written, str(MARCH)))
    assert list(kept.differing(store, TODAY)) == [MARCH]


ROWS: tuple[list[Row], ...] = (
    [],
    [("a", None, 3), ("b", "a", 3), ("a", None, 0)],
    [(number % 7, number) for number in range(1000)],
)


@pytest.mark.parametrize("rows", ROWS)
def test_what_is_packed_is_unpacked_as_it_was(rows: list[Row]) -> None:
    assert packed.unpacked(packed.packed(rows)) == rows


def test_packed_tables_are_what_they_were_to_the_letter(store: Store) -> None:
    full = build(store, MARCH, TODAY)
    again = kept.build(store, MARCH, TODAY)
    assert again == full
    assert again.fingerprint() == full.fingerprint()
    assert [repr(figure) for figure in again.figures()] == [repr(figure) for figure in full.figures()]
    assert [*again.tables] == [*full.tables]


def test_a_small_register_keeps_nothing(tmp_path: Path) -> None:
    with new_store(tmp_path / "small.db") as store:
        casework.enrol(store, occasion(), Intake("2305", date(2016, 1, 4)), sex=Sex.MAN)
        kept.build(store, JANUARY, TODAY)
        assert store.rows("SELECT * FROM kept_counts") == []


def test_while_another_command_writes_the_report_is_made_all_the_same(store: Store) -> None:
    casework.enrol(store, occasion(), Intake("2305", date(2016, 1, 4)), sex=Sex.MAN)
    before = seq(store, MARCH)
    with Store.open(store.path) as reader, closing(sqlite3.connect(store.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert kept.build(reader, MARCH, TODAY, worth_keeping=0) == build(reader, MARCH, TODAY)
        writer.execute("ROLLBACK")
        assert seq(store, MARCH) == before
        keep(reader, MARCH)
        assert seq(store, MARCH) > before
        with pytest.raises(ReadOnlyDatabase):
            reader.rows("DELETE FROM kept_counts")


def test_figures_that_contradict_each_other_are_not_kept(store: Store) -> None:
    casework.enrol(store, occasion(), Intake("2305", date(2016, 1, 4)), sex=Sex.MAN)
    with closing(sqlite3.connect(store.path)) as stranger, stranger:
        stranger.execute("UPDATE spell SET entered_on = '2015-08-01' WHERE id = (SELECT max(id) FROM spell)")
    before = seq(store, MARCH)
    assert not kept.build(store, MARCH, TODAY, worth_keeping=0).reconciles
    assert seq(store, MARCH) == before


def test_what_another_program_has_written_is_found_by_counting_all(store: Store) -> None:
    assert list(kept.differing(store, TODAY)) == []
    with closing(sqlite3.connect(store.path)) as stranger, stranger:
        stranger.execute("UPDATE participant SET sex = 'other' WHERE id = (SELECT min(participant_id) FROM spell)")
    assert MARCH in list(kept.differing(store, TODAY))
