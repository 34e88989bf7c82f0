"""Whole lists taken into a file: stored is what they say, however they are kept, and the second time nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli import rules
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.outcome import ImportRejected, Outcome
from arena_cli.figures.report import build
from arena_cli.journal import broken_at
from arena_cli.model import Month, Spell
from arena_cli.store import Row, Store
from tests.oracle import MISREGISTERED, TRANSFERRED, Oracle, SpellRow
from tests.random_lists import Lists, Names, Odds, random_lists, write_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

START, END = PROJECT.starts_on, PROJECT.ends_on
CROWDED = Odds(
    month_edge=0.7,
    re_entry=0.8,
    transferred=0.7,
    seam=0.7,
    open_spell=0.1,
    same_day_spell=0.25,
    moves=0.9,
    move_on_entry=0.5,
    move_on_exit=0.5,
    second_move_of_day=0.6,
    repeated_step=0.2,
    misregistered=0.4,
    misregistered_twin=0.6,
)
SWEDISH_NAMES = Names(
    municipalities={m.code: m.short_name for m in PROJECT.municipalities},
    steps={s.code: s.name for s in PROJECT.steps},
    referrals={r.code: r.name.upper() for r in PROJECT.referrals},
    exit_types={"completed": "Avslutad", "discontinued": "avbrott", "deceased": "Avliden"}
    | {"transferred": "överflyttad", "misregistered": "felregistrerad"},
    destinations={d.code: d.name for d in PROJECT.destinations},
)


def take(store: Store, path: Path) -> Outcome:
    return import_list(store, occasion("import"), path)


def take_both(store: Store, folder: Path, lists: Lists) -> None:
    """Write the lists and import them. Small lists may have no moves, and a list without rows is refused."""
    spells, moves = write_lists(folder, lists)
    take(store, spells)
    if lists.moves:
        take(store, moves)


def contents(store: Store) -> list[list[Row]]:
    return [store.rows(f"SELECT * FROM {t} ORDER BY 1") for t in ("participant", "spell", "step_move", "journal")]


def stored(store: Store) -> Sequence[object]:
    """What a store holds in terms of the lists: each spell with its steps in order."""
    people = {p.id: p for p in store.participants()}
    steps: dict[int, list[tuple[date, str]]] = {}
    for move in store.moves():
        steps.setdefault(move.spell_id, []).append((move.moved_on, move.step))
    return sorted(
        (str(person.ref), person.sex, str(person.birth_year), _values(spell), _collapsed(steps.get(spell.id, [])))
        for spell in store.spells()
        for person in [people[spell.participant_id]]
    )


def _values(spell: Spell) -> tuple[str, ...]:
    fields = (spell.municipality, spell.entered_on, spell.exited_on, spell.exit_type, spell.destination, spell.referral)
    return tuple(str(value) for value in fields)


def _collapsed(steps: Sequence[tuple[date, str]]) -> str:
    """An entry step and a move onto it on the same day count as one: no figure can tell them apart."""
    return str([step for step, _ in groupby(steps)])


def assert_whole(store: Store) -> None:
    """Nothing is stored that the rules forbid, and every change stands in the journal."""
    by_id = {spell.id: spell for spell in store.spells()}
    for spell in by_id.values():
        rules.check_spell(PROJECT, spell, TODAY)
        rules.check_overlap(s for s in by_id.values() if s.participant_id == spell.participant_id)
    for move in store.moves():
        rules.check_moves(by_id[move.spell_id], [move])
    assert broken_at(store.links()) is None


@pytest.mark.parametrize(
    ("seed", "dialect"),
    [
        (1, {}),
        (2, {"delimiter": ",", "encoding": "utf-8-sig", "headers": "sv", "names": SWEDISH_NAMES}),
        (3, {"encoding": "cp1252", "headers": "sv", "variant": 1, "short_sex": True, "names": SWEDISH_NAMES}),
        (4, {"delimiter": "\t", "headers": "sv", "variant": 2, "names": SWEDISH_NAMES}),
    ],
)
def test_a_list_is_stored_as_it_stands_and_changes_nothing_the_second_time(
    tmp_path: Path, seed: int, dialect: dict[str, object]
) -> None:
    lists = random_lists(DESCRIPTION, 300, START, END, seed=seed, referrals=["af"])
    spells, moves = write_lists(tmp_path, lists, **dialect)  # type: ignore[arg-type]
    with new_store(tmp_path / "a.db") as store, new_store(tmp_path / "b.db") as reference:
        put(reference, lists)
        outcome = take(store, spells)
        assert (outcome.rows, outcome.new, outcome.changed) == (len(lists.spells), len(lists.spells), 0)
        assert outcome.persons_new == 300
        assert take(store, moves).rows == len(lists.moves)
        assert stored(store) == stored(reference)
        assert_whole(store)
        before = contents(store)
        for path, rows in ((spells, lists.spells), (moves, lists.moves)):
            again = take(store, path)
            assert (again.rows, again.unchanged, again.persons_new) == (len(rows), len(rows), 0)
            assert again.changes == {}
        assert contents(store) == before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(1, 12))
def test_small_crowded_lists(tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int) -> None:
    folder = tmp_path_factory.mktemp("lists")
    lists = random_lists(DESCRIPTION, persons, START, END, seed=seed, odds=CROWDED)
    with new_store(folder / "a.db") as store, new_store(folder / "b.db") as reference:
        put(reference, lists)
        take_both(store, folder, lists)
        assert stored(store) == stored(reference)
        before = contents(store)
        take_both(store, folder, lists)
        assert contents(store) == before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), persons=st.integers(1, 12))
def test_a_list_that_has_grown_gives_the_figures_of_the_last_version(
    tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int
) -> None:
    """Of the first version some ends are missing, and all that came after them."""
    folder = tmp_path_factory.mktemp("lists")
    lists = random_lists(DESCRIPTION, persons, START, END, seed=seed, odds=replace(CROWDED, no_entry_step=0))
    with new_store(folder / "a.db") as store:
        take_both(store, folder, _earlier(lists, Random(seed)))
        take_both(store, folder, lists)
        assert_whole(store)
        oracle = Oracle(DESCRIPTION, lists.spells, lists.moves)
        for month in ("2016-02", "2016-10", "2018-03"):
            theirs = oracle.figures(month)
            figures = build(store, Month.parse(month), TODAY).figures()
            ours = {(f.section, f.measure, f.municipality, f.sex): f.value for f in figures}
            assert {key: ours[key] for key in theirs} == theirs
        before = contents(store)
        take_both(store, folder, lists)
        assert contents(store) == before


def _earlier(lists: Lists, random: Random) -> Lists:
    """The lists as they stood when, for some of the persons, an end had not been heard of yet.

    Not of a spell that ended on its first day: which of that day's moves was the entry step can then not be known.
    """
    spells = list(lists.spells)
    moves = list(lists.moves)
    for ref in sorted({row.ref for row in spells}):
        theirs = sorted((r for r in spells if r.ref == ref and r.exit_type != MISREGISTERED), key=_place)
        endings = [row for row in theirs if row.exited_on != row.entered_on]
        if not endings or random.random() < 0.3:
            continue
        last = random.choice(endings)
        later = theirs[theirs.index(last) + 1 :]
        moves = [m for m in moves if m.ref != ref or m.moved_on <= (last.exited_on or END)]
        opened = replace(last, exited_on=None, exit_type=None, destination=None)
        spells = [opened if row is last else row for row in spells if not any(row is other for other in later)]
    return Lists(spells, moves)


def _place(row: SpellRow) -> tuple[date, date, bool]:
    return row.entered_on, row.exited_on or date.max, row.exit_type != TRANSFERRED


def test_five_thousand_persons(tmp_path: Path) -> None:
    lists = random_lists(DESCRIPTION, 5_000, START, END, seed=7, referrals=["af"])
    spells, moves = write_lists(tmp_path, lists)
    with new_store(tmp_path / "a.db") as store:
        assert take(store, spells).new == len(lists.spells)
        take(store, moves)
        figures = build(store, Month.parse("2016-10"), TODAY).figures()
        ours = {(f.section, f.measure, f.municipality, f.sex): f.value for f in figures}
        theirs = Oracle(DESCRIPTION, lists.spells, lists.moves).figures("2016-10")
        assert {key: ours[key] for key in theirs} == theirs


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(["spells", "moves"]))
def test_every_row_of_a_faulty_list_has_one_verdict(
    tmp_path_factory: pytest.TempPathFactory, seed: int, kind: str
) -> None:
    folder, random = tmp_path_factory.mktemp("lists"), Random(seed)
    lists = random_lists(DESCRIPTION, 5, START, END, seed=seed, odds=CROWDED)
    with new_store(folder / "a.db") as store:
        put(store, lists)
        paths = dict(zip(("spells", "moves"), write_lists(folder, lists), strict=True))
        header, *rows = [line.split(";") for line in paths[kind].read_text().splitlines()]
        for row in random.sample(rows, min(len(rows), 3)):
            row[random.randrange(len(row))] = random.choice(["", "?", "2016-02-30", "2016-06-01", "00001"])
        random.shuffle(rows)
        if not rows:
            return
        paths[kind].write_text("\n".join(";".join(row) for row in [header, *rows]))
        try:
            verdicts = import_list(store, occasion("import"), paths[kind], dry_run=True).verdicts
        except ImportRejected as rejected:
            verdicts = rejected.verdicts
        told = [row for rows_of in verdicts.by_verdict.values() for row in rows_of]
        assert sorted(told) == [*range(2, len(rows) + 2)]
