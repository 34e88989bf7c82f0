"""Counts from what is kept, of which every query is counted anew beside it: row by row they are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from arena_cli.figures.kept import CountingFromKept
from arena_cli.store import Row, Store, by_municipality


class Compared(CountingFromKept):
    """Stands for `CountingFromKept` in a test."""

    def counts(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        rows = super().counts(sql, parameters)
        assert _some(rows) == _some(Store.counts(self, sql, parameters)), sql
        return rows

    def made_by_municipality(
        self, make: Callable[[Sequence[Row]], list[Row]], sql: str, parameters: Mapping[str, Any]
    ) -> dict[str, list[Row]]:
        found = super().made_by_municipality(make, sql, parameters)
        anew = {place: make(rows) for place, rows in by_municipality(Store.counts(self, sql, parameters)).items()}
        assert {place: Counter(rows) for place, rows in found.items() if rows} == {
            place: Counter(rows) for place, rows in anew.items() if rows
        }
        return found


def _some(rows: Iterable[Row]) -> Counter[Row]:
    """Rows in any order; of nothing a query may say NULL as well as 0."""
    return Counter(tuple(value or 0 for value in row) for row in rows)
