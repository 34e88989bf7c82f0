"""What the sections of a report are written from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from arena_cli.figures.report import Report
from arena_cli.figures.table import Table
from arena_cli.model import ALL, KeyMeasure, Month
from arena_cli.render.page import Cell
from arena_cli.render.words import NOT_TOLD, Words

UNREPORTED: Final = Cell(NOT_TOLD, "unreported")


@dataclass(frozen=True)
class Draft:
    """The figures, the words, and what is shown.

    `rows` are the municipalities with a row of their own, in the alphabet's order, and `all`; `places` those with
    tables of their own: the ones that were asked for, and `all`. `month` is the month's name.
    """

    report: Report
    words: Words
    rows: tuple[str, ...]
    places: tuple[str, ...]
    month: str

    def table(self, section: str) -> Table:
        return self.report.tables[section]

    def estimate(self, section: str) -> Table:
        return self.report.estimates[section]

    def told(self, measure: KeyMeasure, place: str = ALL, month: Month | None = None) -> int | None:
        """A key figure of the report's month or another one; None where it is not known or not to be told.

        Whatever says something about a key figure takes it from here, so that no sentence tells what a table hides.
        """
        return self.report.series.value(measure, month or self.report.month, place)

    def told_by_month(self, measure: KeyMeasure, place: str = ALL) -> tuple[int | None, ...]:
        """The same of each month of the series, the oldest first."""
        return self.report.series.values[measure, place]

    def concerns(self, municipality: str | None) -> bool:
        """Whether what is told of a municipality, or of the project (None), has its place in the report."""
        return (municipality or ALL) in self.rows

    @property
    def not_reported(self) -> tuple[str, ...]:
        """The municipalities with a row of their own that have not reported the month, in the alphabet's order."""
        return tuple(place for place in self.rows if place != ALL and self.has_not_reported(place))

    def has_not_reported(self, place: str) -> bool:
        """Whether nothing is registered that happened in the month: in a municipality, or in any of the project's."""
        return place in self._silent

    @cached_property
    def _silent(self) -> frozenset[str]:
        silent = self.report.series.not_reported[self.report.month]
        return silent | {ALL} if silent.issuperset(self.words.municipalities) else silent

    def text(self, message: str, /, **facts: str) -> str:
        """A message in the report's language. `{month}` and `{day}`, its last, are always among its facts."""
        return self.words.text(message, **{"month": self.month, "day": self._last_day, **facts})

    @cached_property
    def _last_day(self) -> str:
        return self.words.formats.day(self.report.month.last)
