"""The report for machines: one figure a row, the same rows as JSON and as CSV.

The CSV is what Excel opens with a double click in Sweden: UTF-8 with a byte order mark, semicolons, a header row.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final

from arena_cli.disclosure.edition import PublicFigure, PublicReport
from arena_cli.figures.table import Figure
from arena_cli.inert import inert
from arena_cli.render.edition import Edition

if TYPE_CHECKING:
    from arena_cli.figures.report import Report
    from arena_cli.render import AnyReport

Value = int | str | bool | None

SCHEMA: Final = 1
BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
HIDDEN: Final = "hidden"
CSV_COLUMNS: Final = ("section", "measure", "from", "to", "municipality", "sex", "value")


def as_json(report: AnyReport, edition: Edition) -> str:
    """One figure a line. The keys `reconciles` (false), `preliminary` and `demo` (true) are there only where so.

    `not_reported` are the municipalities whose zeros are not known, if there are any. For the public it is not said,
    `hide_below` is k, and of what is hidden the value is null.
    """
    head: dict[str, Value | list[str]] = {
        "schema": SCHEMA,
        "project": report.project.code,
        "month": str(report.month),
        "from": report.month.first.isoformat(),
        "to": report.month.last.isoformat(),
        "audience": edition.audience.value,
    }
    if not report.reconciles:
        head["reconciles"] = False
    head |= {key: True for key, is_so in (("preliminary", report.preliminary), ("demo", report.project.demo)) if is_so}
    if silent := [] if isinstance(report, PublicReport) else _not_reported(report, edition):
        head["not_reported"] = silent
    if isinstance(report, PublicReport):
        head |= {"hide_below": report.smallest, **({"preview": True} if report.is_preview else {})}
    rows = ",\n".join(json.dumps(_row(figure)) for figure in report.figures(edition.municipalities))
    return f'{json.dumps(head)[:-1]}, "figures": [\n{rows}\n]}}\n'


def as_csv(report: AnyReport, edition: Edition) -> str:
    """The rows of the JSON. A row has a measure, or, in the movement matrix, from and to.

    For the public there is a column more, which says `true` where the value is hidden.
    """
    columns = (*CSV_COLUMNS, HIDDEN) if isinstance(report, PublicReport) else CSV_COLUMNS
    file = io.StringIO()
    file.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(file, columns, restval="", delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {column: _written(value) for column, value in _row(figure).items()}
        for figure in report.figures(edition.municipalities)
    )
    return file.getvalue()


def _not_reported(report: Report, edition: Edition) -> list[str]:
    shown = edition.municipalities or [place.code for place in report.scope.municipalities]
    return sorted(report.series.not_reported[report.month].intersection(shown))


def _row(figure: Figure | PublicFigure) -> dict[str, Value]:
    row: dict[str, Value] = {"section": figure.section}
    if isinstance(figure.measure, tuple):
        row["from"], row["to"] = figure.measure
    else:
        row["measure"] = figure.measure
    row |= {"municipality": figure.municipality, "sex": figure.sex, "value": figure.value}
    return row | {HIDDEN: True} if figure.value is None else row


def _written(value: Value) -> Value:
    return "true" if value is True else inert(value) if isinstance(value, str) else value
