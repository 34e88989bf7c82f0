"""The report for machines: one figure a row, the same rows as JSON and as CSV.

The CSV is what Excel opens with a double click in Sweden: UTF-8 with a byte order mark, semicolons, a header row.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Final

from arena_cli.figures.report import Report
from arena_cli.figures.table import Figure
from arena_cli.inert import inert
from arena_cli.render.edition import Edition

SCHEMA: Final = 1
BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
CSV_COLUMNS: Final = ("section", "measure", "from", "to", "municipality", "sex", "value")


def as_json(report: Report, edition: Edition) -> str:
    """One figure a line. The keys `reconciles` (false), `preliminary` and `demo` (true) are there only where so.

    `not_reported` are the municipalities whose zeros are not known, if there are any.
    """
    head: dict[str, int | str | bool | list[str]] = {
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
    shown = edition.municipalities or [place.code for place in report.scope.municipalities]
    if silent := sorted(report.series.not_reported[report.month].intersection(shown)):
        head["not_reported"] = silent
    rows = ",\n".join(json.dumps(_row(figure)) for figure in report.figures(edition.municipalities))
    return f'{json.dumps(head)[:-1]}, "figures": [\n{rows}\n]}}\n'


def as_csv(report: Report, edition: Edition) -> str:
    """The rows of the JSON. A row has a measure, or, in the movement matrix, from and to."""
    file = io.StringIO()
    file.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(file, CSV_COLUMNS, restval="", delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {column: inert(value) if isinstance(value, str) else value for column, value in _row(figure).items()}
        for figure in report.figures(edition.municipalities)
    )
    return file.getvalue()


def _row(figure: Figure) -> dict[str, int | str]:
    row: dict[str, int | str] = {"section": figure.section}
    if isinstance(figure.measure, tuple):
        row["from"], row["to"] = figure.measure
    else:
        row["measure"] = figure.measure
    return row | {"municipality": figure.municipality, "sex": figure.sex, "value": figure.value}
