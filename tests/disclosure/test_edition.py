"""What the public report holds: nothing that it does not show, and nothing of what it does not know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arena_cli.disclosure.edition import LaterIsPublic, NotForThePublic, Published, publish
from arena_cli.figures.reconcile import Control, Failure
from arena_cli.figures.report import Report
from arena_cli.figures.table import Cell, Table
from arena_cli.language import load_language
from arena_cli.model import ALL
from arena_cli.render import FORMS, Audience, Edition, as_file
from tests.disclosure.test_reports import reports_of
from tests.reports import EDITION

PUBLIC = replace(EDITION, audience=Audience.PUBLIC)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    return reports_of(tmp_path_factory.mktemp("public"), persons=60, months=3, seed=5)


def changed(report: Report, section: str, *cells: tuple[str, str, str], by: int) -> Report:
    """The report with other numbers in some cells."""
    table = report.tables[section]
    values = dict(table.values)
    for cell in cells:
        values[cell] += by
    return replace(report, tables={**report.tables, section: replace(table, values=values)})


def test_a_section_that_is_not_known_is_hidden(reports: list[Report]) -> None:
    report = reports[0]
    cells: dict[Cell, int] = {("41", row, column): 7 for row in report.scope.rows for column in report.scope.columns}
    new = Table("shoe_sizes", ("41",), report.scope, cells)
    public = publish(replace(report, tables={**report.tables, "shoe_sizes": new}), [])
    told = [figure.value for figure in public.figures() if figure.section == "shoe_sizes"]
    absent = [s for s in ("women", "men", "other", "unknown") if public.value("persons", "participants", ALL, s) == 0]
    assert len(told) == len(report.scope.rows) * 5
    assert set(told) <= ({None, 0} if absent else {None})


def test_what_is_hidden_changes_not_a_byte(reports: list[Report]) -> None:
    report = reports[-1]
    public = publish(report, [])
    hidden = ("up", "2303", "women")
    assert public.value("progression", *hidden) is None
    other = publish(changed(report, "progression", hidden, by=1), [])
    assert other.fingerprint() == public.fingerprint()
    for form in FORMS.keys() - {"pdf", "xlsx"}:  # they are made of the others' words, and hold times of their own
        assert _file(other, form, PUBLIC) == _file(public, form, PUBLIC)


def _file(report: object, form: str, edition: Edition) -> bytes:
    return as_file(report, form, load_language("sv"), edition)  # type: ignore[arg-type]


def test_the_fingerprint_changes_with_what_is_shown(reports: list[Report]) -> None:
    first, second, _ = (publish(report, []) for report in reports)
    assert len({first.fingerprint(), second.fingerprint(), replace(first, preliminary=True).fingerprint()}) == 3


def test_a_month_between_two_that_are_public_is_refused(reports: list[Report]) -> None:
    published = [Published(report.month, publish(report, []).shown) for report in (reports[0], reports[2])]
    with pytest.raises(LaterIsPublic):
        publish(reports[1], published)
    again = publish(reports[0], published)
    assert again.shown == published[0].shown
    corrected = publish(changed(reports[0], "persons", ("participants", ALL, ALL), by=1), published)
    assert corrected.value("persons", "participants") is None


def test_figures_that_contradict_each_other_are_not_for_the_public(reports: list[Report]) -> None:
    failing = Control("sexes", "", {}, 1, (Failure(ALL, ALL, 1, 2),))
    with pytest.raises(NotForThePublic):
        publish(replace(reports[0], controls=(failing,)), [])
