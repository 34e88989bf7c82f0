"""What the sections of a report are written from."""

from __future__ import annotations

from dataclasses import dataclass

from arena_cli.figures.report import Report
from arena_cli.figures.table import Table
from arena_cli.render.words import Words


@dataclass(frozen=True, slots=True)
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

    def text(self, message: str, /, **facts: str) -> str:
        """A message in the report's language. `{month}` and `{day}`, its last, are always among its facts."""
        day = self.words.formats.day(self.report.month.last)
        return self.words.text(message, **{"month": self.month, "day": day, **facts})
