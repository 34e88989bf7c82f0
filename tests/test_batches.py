"""Many records that are added at once are one row of the journal, and everything else is as if they were many rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli import casework
from arena_cli import store as stores
from arena_cli.errors import ArenaError
from arena_cli.exchange.importing import import_list
from arena_cli.figures.later import Event, events_after
from arena_cli.figures.report import build
from arena_cli.figures.why import quality
from arena_cli.figures.why.asking import Address, Question
from arena_cli.figures.why.records import Records
from arena_cli.journal import Entry, Occasion, broken_at
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.model import ExitType, Month, Spell
from arena_cli.records import TABLES
from arena_cli.store import Row, Store
from tests.random_lists import Odds, random_lists, write_lists
from tests.sample import DESCRIPTION, TODAY, new_store

START, LAST = date(2016, 1, 1), date(2016, 3, 31)
MARCH = Month(2016, 3)
_UNDOES = Entry._fields.index("undoes") - 1


def records(store: Store) -> dict[str, list[Row]]:
    return {table: store.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES.values()}


def entries(store: Store) -> list[tuple[object, ...]]:
    """The entries without their numbers, which batches share; an undoing takes records away from the last one on."""
    found = [entry[1 : Entry._fields.index("hash")] for entry in store.entries()]
    return sorted(found, key=lambda entry: (entry[0], repr(entry) if entry[_UNDOES] else ""))


def occasions() -> Iterator[Occasion]:
    """A few days apart."""
    for number in count():
        yield Occasion(TODAY, f"{date(2016, 3, 1) + timedelta(days=4 * number)}T08:00:00Z", "tester", "some-command")


def live(store: Store, folder: Path, seed: int) -> None:
    """Take lists, and then undo, correct, end and reopen spells that came with them."""
    random, when = Random(seed), occasions()
    lists = random_lists(DESCRIPTION, 6, START, LAST, seed=seed, odds=Odds(misregistered=0.3))
    for path in write_lists(folder, lists):
        if path.read_text().count("\n") > 1:
            import_list(store, next(when), path)
    for _ in range(8):
        spell = random.choice(store.spells())
        code = next(p.code for p in store.participants() if p.id == spell.participant_id)
        number = [s.id for s in store.spells("WHERE participant_id = ?", (spell.participant_id,))].index(spell.id) + 1
        after = random.choice([None, spell.entered_on, spell.entered_on + timedelta(days=9)])
        deed = random.randrange(4)
        try:
            if deed == 0:
                casework.undo(store, next(when), casework.last_change(store)[0].change)
                import_list(store, next(when), folder / "spells.csv")
            else:
                casework.correct_spell(store, next(when), code, number, lambda s: ending(s, after))  # noqa: B023
        except ArenaError:
            pass


def ending(spell: Spell, day: date | None) -> Spell:
    return replace(spell, exited_on=day, exit_type=ExitType.COMPLETED if day else None, destination=None)


def why(store: Store) -> list[str]:
    """When the entries, exits and moves of the month were first in the journal, as `why` says it."""
    question = Question(MARCH, Address("timeliness", "days_0", "all", "all"), Records(store))
    return sorted(f"{case.day} {case.lateness} {case.unit}" for case in quality.each_happening(question))


def events(store: Store) -> list[Event]:
    """What has been registered in the project, as an earlier report is held against it."""
    ((init,),) = store.rows("SELECT max(seq) FROM journal WHERE change = 1")
    return sorted((replace(event, seq=0) for event in events_after(store, init)), key=repr)


def assert_each_is_found(store: Store, random: Random) -> None:
    """The entries of one record are found by its number."""
    everything = store.entries()
    for entry in random.sample(everything, 8):
        theirs = [e for e in everything if (e.subject, e.record) == (entry.subject, entry.record)]
        assert store.entries_of(entry.subject, entry.record) == theirs


@given(seed=st.integers(0, 10**6))
@settings(max_examples=4, deadline=None)
def test_nothing_but_the_journals_rows_tells_how_many_were_written_at_a_time(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with ExitStack() as opened, pytest.MonkeyPatch.context() as patch:
        made: list[Store] = []
        for batch in (1, 3, 1000):
            patch.setattr(stores, "_BATCH", batch)
            folder = tmp_path_factory.mktemp("batches")
            new_store(folder / "arena.db").close()
            store = Store.open(
                folder / "arena.db", writing=True, make_codes=partial(islice, map("{:05d}-X".format, count()))
            )
            made.append(opened.enter_context(store))
            live(store, folder, seed)
        singly, *batched = made
        assert {link.records for link in singly.links()} == {1}
        for store in batched:
            assert {link.records for link in store.links()} != {1}
            assert broken_at(store.links()) is None
            assert records(store) == records(singly)
            assert entries(store) == entries(singly)
            assert build(store, MARCH, TODAY) == build(singly, MARCH, TODAY)
            assert why(store) == why(singly)
            assert events(store) == events(singly)
            assert_each_is_found(store, Random(seed))
            assert is_sound(examine(store, TODAY, whole=True, counting=False))
