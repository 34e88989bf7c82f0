"""The public reports of whole projects, attacked with all that is known of how figures hang together."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Final

import pytest

from arena_cli.disclosure.accounts import accounts
from arena_cli.disclosure.edition import PublicReport, Published, publish
from arena_cli.disclosure.hiding import is_large
from arena_cli.figures.report import Report, build
from arena_cli.model import Month
from tests.disclosure.attack import Attack, Unknown, relations
from tests.random_activity import put_activity
from tests.random_lists import random_lists
from tests.random_outcomes import put_outcomes
from tests.sample import DESCRIPTION, new_store, put

APART: Final = {"movement", "indicators", "indicators_complete", "indicators_unknown", "kolada", "income_before",
                "income_after", "returns", "exits_by_destination", "left_by_destination"}  # fmt: skip
"""Sections of which nothing is shown, and which are tied to what is by the totals of others alone: they cost time."""

TODAY = date(2030, 1, 1)


def reports_of(path: Path, *, persons: int, months: int, seed: int) -> list[Report]:
    """The reports of a random project's first months."""
    first, last = Month(2016, 1), Month(2016, months)
    with new_store(path / f"{seed}.db") as store:
        put(store, random_lists(DESCRIPTION, persons, first.first, last.last, seed=seed))
        if seed % 2:  # each of them registers pauses, which must not overlap
            put_activity(store, places=8, seed=seed)
        else:
            put_outcomes(store, waiting=5, seed=seed)
        found, month = [], first
        while month <= last:
            found.append(build(store, month, TODAY))
            month = month.next()
    return found


def published(reports: list[Report]) -> list[PublicReport]:
    made: list[PublicReport] = []
    for report in reports:
        made.append(publish(report, [Published(one.month, one.shown) for one in made]))
    return made


def counted(reports: list[Report]) -> dict[Unknown, int]:
    return {
        (number, (table.section, *cell)): value
        for number, report in enumerate(reports)
        for table in report.tables.values()
        if table.is_count
        for cell, value in table.values.items()
    }


def found_out(attack: Attack, true: dict[Unknown, int], shown: dict[Unknown, int], k: int, most: int) -> list[object]:
    """The hidden small counts, of so many, that the attack places within k."""
    small = [u for u, value in true.items() if 0 < value < k and u not in shown and u in attack]
    tried = Random(1).sample(small, min(most, len(small)))
    assert tried
    placed = [(unknown, *attack.bounds(unknown)) for unknown in tried]
    assert all(low <= true[unknown] <= high for unknown, low, high in placed)
    return [found for found in placed if found[2] - found[1] < k]


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_small_is_found_out_from_all_that_is_public(tmp_path: Path, seed: int) -> None:
    reports = reports_of(tmp_path, persons=70, months=4, seed=seed)
    true, k = counted(reports), reports[0].project.hide_below
    known = relations(reports, {*reports[0].tables} - APART)
    assert not [r for r in known if sum(times * true.get(unknown, 0) for unknown, times in r.items())]
    shown = {
        (number, key): value
        for number, report in enumerate(published(reports))
        for key, value in report.shown.items()
        if key[0] != "targets"
    }
    assert sum(value >= k for value in shown.values()) > 50
    assert found_out(Attack(known, shown), true, shown, k, most=8) == []
    if seed != 1:
        return
    naive = {unknown: value for unknown, value in true.items() if is_large(value, k)}
    assert found_out(Attack(known, naive), true, naive, k, most=5)


def test_what_is_shown_is_so_and_is_not_small(tmp_path: Path) -> None:
    reports = reports_of(tmp_path, persons=150, months=12, seed=3)
    before: dict[object, int] = {}
    since_start = {account.total: account for account in accounts(()) if not account.of_month}
    for report, public in zip(reports, published(reports), strict=True):
        true, k = counted([report]), report.project.hide_below
        for key, value in public.shown.items():
            assert is_large(value, k), key
            if key[0] != "targets":
                assert value == true.get((0, key), 0)
        for key in since_start:
            if key in public.shown:
                assert is_large(public.shown[key] - before.get(key, 0), k)
                before[key] = public.shown[key]
