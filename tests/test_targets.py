"""Setting targets: never written over, corrected with a reason, refused when they cannot be, undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework.targets import NoSuchTarget, TargetSetAlready, list_targets, set_target
from arena_cli.errors import Refused
from arena_cli.model import Target, TargetMeasure, TargetPeriod
from arena_cli.rules import AfterProject, BeforeProject
from arena_cli.store import Store
from tests.sample import PROJECT, new_store, occasion

DAY = date(2016, 10, 1)
INTAKE, TOTAL, MONTH = TargetMeasure.INTAKE, TargetPeriod.TOTAL, TargetPeriod.MONTH
BECAUSE = replace(occasion(), why="skrivfel")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def test_a_new_target_leaves_the_earlier_as_it_was(store: Store) -> None:
    first = set_target(store, occasion(), None, INTAKE, TOTAL, 310, DAY).after
    later = set_target(store, occasion(), None, INTAKE, TOTAL, 330, date(2017, 1, 1))
    assert (later.before, later.earlier) == (None, first)
    assert list_targets(store) == [first, later.after]


def test_a_target_may_lie_ahead(store: Store) -> None:
    set_target(store, occasion(today=DAY), "2380", INTAKE, MONTH, 5, date(2017, 12, 1))
    assert len(list_targets(store)) == 1


def test_the_same_day_is_corrected_only_with_a_reason(store: Store) -> None:
    wrong = set_target(store, occasion(), "2380", INTAKE, TOTAL, 13, DAY).after
    with pytest.raises(TargetSetAlready) as refused:
        set_target(store, occasion(), "2380", INTAKE, TOTAL, 31, DAY)
    assert refused.value.facts == {"valid_from": DAY, "value": 13}
    corrected = set_target(store, BECAUSE, "2380", INTAKE, TOTAL, 31, DAY)
    assert corrected == replace(corrected, before=wrong, after=replace(wrong, value=31), earlier=None)
    assert list_targets(store) == [replace(wrong, value=31)]
    assert store.entries()[-1].why == "skrivfel"


def test_setting_the_same_again_changes_nothing(store: Store) -> None:
    set_target(store, occasion(), None, INTAKE, TOTAL, 310, DAY)
    entries = store.entries()
    receipt = set_target(store, occasion(), None, INTAKE, TOTAL, 310, DAY)
    assert receipt.before == receipt.after
    assert store.entries() == entries


def test_targets_of_another_kind_are_others(store: Store) -> None:
    for place in (None, "2380", "2305"):
        for measure in reversed(TargetMeasure):
            for period in reversed(TargetPeriod):
                set_target(store, occasion(), place, measure, period, 7, DAY)
    expected = [(p, m, t) for p in ("2305", "2380", None) for m in TargetMeasure for t in TargetPeriod]
    assert [(t.municipality, t.measure, t.period) for t in list_targets(store)] == expected


@pytest.mark.parametrize(
    ("value", "day", "refusal"),
    [
        (-1, DAY, NoSuchTarget),
        (1_000_001, DAY, NoSuchTarget),
        (10, date(2015, 8, 31), BeforeProject),
        (10, date(2018, 4, 1), AfterProject),
    ],
)
def test_what_cannot_be_a_target_is_refused(store: Store, value: int, day: date, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        set_target(store, occasion(), None, INTAKE, TOTAL, value, day)
    assert list_targets(store) == []


@pytest.mark.parametrize("day", [PROJECT.starts_on, PROJECT.ends_on])
@pytest.mark.parametrize("value", [0, 1_000_000])
def test_the_limits_are_allowed(store: Store, value: int, day: date) -> None:
    set_target(store, occasion(), None, INTAKE, TOTAL, value, day)
    assert list_targets(store) == [Target(1, None, INTAKE, TOTAL, value, day)]


def test_setting_and_correcting_are_undone(store: Store) -> None:
    first = set_target(store, occasion(), None, INTAKE, TOTAL, 310, DAY).after
    set_target(store, BECAUSE, None, INTAKE, TOTAL, 330, DAY)
    casework.undo(store, occasion(), casework.last_change(store)[0].change)
    assert list_targets(store) == [first]
    casework.undo(store, occasion(), casework.last_change(store)[0].change)
    assert list_targets(store) == []
