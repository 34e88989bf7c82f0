"""kill -9 at any moment: what was acknowledged is there, and nothing is half done."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from arena_cli.exchange.importing import import_list
from arena_cli.model import Participant, Sex, Spell
from arena_cli.store import Store
from tests.faults.harness import (
    DAY,
    READY,
    Deed,
    Kills,
    Tell,
    enrol,
    faults_of,
    kill_at_random,
    leftovers,
    opened_by_a_reader,
    run_child,
    unsound,
)
from tests.random_lists import random_lists, write_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")

ADDS = 300
ADDS_A_FILE = 50
IMPORTS = 50
BITES = 300
"""A planted fault must show within so many kills."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    new_store(tmp_path / "arena.db").close()
    return tmp_path / "arena.db"


def kill_adds(path: Path, deed: Deed, wanted: int) -> Kills:
    """A file that grows for some time, and then a new one: whatever was acknowledged must stay."""
    told: set[str] = set()
    numbers = count()

    def prepare() -> Path:
        growing = path.parent / "growing" / path.name
        if next(numbers) % ADDS_A_FILE == 0:
            told.clear()
            shutil.rmtree(growing.parent, ignore_errors=True)
            growing.parent.mkdir()
            shutil.copy(path, growing)
        return growing

    def check(growing: Path, now: frozenset[str]) -> Iterator[str]:
        told.update(now)
        return faults_of(growing, told)

    return kill_at_random(wanted, prepare, deed, check)


def test_adding(path: Path) -> None:
    assert kill_adds(path, enrol, ADDS).faults == Counter()


# -- the harness bites ------------------------------------------------------------------------------------------------


def tell_before_commit(path: Path, tell: Tell) -> None:
    with Store.open(path, writing=True) as store, store.change(occasion()) as change:
        tell(READY)
        person = change.add_participant(None, Sex.WOMAN, None)
        spell = change.add_spell(Spell(0, person.id, "2305", DAY))
        change.add_move(spell.id, DAY, "b")
        tell(person.code)


def enrol_in_two_changes(path: Path, tell: Tell) -> None:
    with Store.open(path, writing=True) as store:
        tell(READY)
        with store.change(occasion()) as change:
            person = change.add_participant(None, Sex.WOMAN, None)
        with store.change(occasion()) as change:
            spell = change.add_spell(Spell(0, person.id, "2305", DAY))
            change.add_move(spell.id, DAY, "b")
        tell(person.code)


@pytest.mark.parametrize(
    ("deed", "fault"),
    [
        (tell_before_commit, "an acknowledged participant is missing"),
        (enrol_in_two_changes, "a change is half done"),
    ],
)
def test_a_planted_fault_is_found(path: Path, deed: Deed, fault: str) -> None:
    assert kill_adds(path, deed, BITES).faults[fault]


# -- import -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def importing(tmp_path: Path, path: Path) -> tuple[Callable[[], Path], Deed, int]:
    """A fresh file with one participant for each attempt, the import of a list, and the participants in the list."""
    lists = random_lists(DESCRIPTION, 150, PROJECT.starts_on, PROJECT.ends_on, seed=5)
    csv, _ = write_lists(tmp_path, lists)
    run_child(path, enrol)
    numbers = count()

    def prepare() -> Path:
        attempt = tmp_path / f"{next(numbers)}"
        attempt.mkdir()
        return Path(shutil.copy(path, attempt))

    def take(file: Path, tell: Tell) -> None:
        with Store.open(file, writing=True) as store:
            tell(READY)
            tell(str(import_list(store, occasion("import", TODAY), csv).persons_new))

    return prepare, take, len({row.ref for row in lists.spells})


def test_importing(importing: tuple[Callable[[], Path], Deed, int]) -> None:
    prepare, take, persons = importing

    def check(file: Path, told: frozenset[str]) -> Iterator[str]:
        with opened_by_a_reader(file) as store:
            there = len(store.records(Participant)) - 1
            if there not in {0, persons}:
                yield "the list is taken in part"
            if told and there != persons:
                yield "an acknowledged list is not there"
            yield from unsound(store)
        yield from leftovers(file)

    assert kill_at_random(IMPORTS, prepare, take, check).faults == Counter()
