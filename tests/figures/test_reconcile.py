"""The controls hold on what arena registers, and bite on what it would never have registered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli.figures.reconcile import NotReconciling, reconcile
from arena_cli.figures.report import Report, build
from arena_cli.model import Month
from arena_cli.store import Store
from tests.random_lists import random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, put

OCTOBER = Month(2016, 10)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    lists = random_lists(DESCRIPTION, 300, PROJECT.starts_on, PROJECT.ends_on, seed=7)
    with new_store(tmp_path / "arena.db") as opened:
        put(opened, lists)
        yield opened


def failing(report: Report) -> set[str]:
    return {control.identity for control in report.controls if not (control.holds or control.warning)}


def tamper(store: Store, sql: str) -> Report:
    """Write to the file behind arena's back."""
    with sqlite3.connect(store.path) as connection:
        assert connection.execute(sql).rowcount >= 1
    connection.close()
    return build(store, OCTOBER, TODAY)


def test_the_controls_hold_in_every_month(store: Store) -> None:
    month = Month.of(PROJECT.starts_on)
    while month.first <= date(2018, 5, 1):
        assert failing(build(store, month, TODAY)) == set()
        month = month.next()


def test_the_first_month_has_nothing_carried_over(store: Store) -> None:
    identities = [c.identity for c in build(store, Month.of(PROJECT.starts_on), TODAY).controls]
    assert "carried_over" not in identities


def test_an_overlap_written_behind_our_back_is_found(store: Store) -> None:
    report = tamper(
        store,
        "INSERT INTO spell (participant_id, municipality, entered_on, registered_at)"
        " SELECT participant_id, municipality, entered_on, registered_at FROM spell"
        " WHERE exited_on IS NULL AND entered_on < '2016-10-01' LIMIT 1",
    )
    assert "one_spell_each" in failing(report)
    with pytest.raises(NotReconciling) as refusal:
        report.require_reconciled()
    assert "one_spell_each" in refusal.value.facts["identities"]  # type: ignore[operator]
    assert refusal.value.exit_code == 3


@pytest.mark.parametrize(
    ("section", "measure", "identity"),
    [
        ("stock_flow", "exited", "stock_flow"),
        ("stock_flow", "opening", "carried_over"),
        ("stock_flow", "closing", "steps"),
        ("persons", "spells", "bridge"),
        ("persons", "active", "one_spell_each"),
        ("persons", "participants", "persons_of_municipalities"),
        ("exits", "work", "exits"),
        ("exits_by_destination", "school", "exits"),
        ("left", "unknown", "left"),
        ("left_by_destination", "moved", "left"),
        ("progression", "up", "progression"),
        ("steps", "b", "steps"),
        ("movement", ("b", "c"), "movement"),
        ("movement", ("in", "a"), "movement"),
        ("movement", ("a", "out"), "movement"),
    ],
)
@pytest.mark.parametrize("municipality", ["2380", "all"])
@pytest.mark.parametrize("sex", ["women", "all"])
def test_one_wrong_figure_anywhere_is_found(
    store: Store, section: str, measure: str, identity: str, municipality: str, sex: str
) -> None:
    report = build(store, OCTOBER, TODAY)
    table = report.tables[section]
    values = dict(table.values)
    values[measure, municipality, sex] += 1
    tables = {**report.tables, section: replace(table, values=values)}
    controls = {control.identity: control for control in reconcile(tables, report.previous)}
    found = {name for name, control in controls.items() if not control.holds}
    assert {identity, "sexes"} <= found
