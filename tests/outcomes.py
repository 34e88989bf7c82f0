"""What the tests of waiting, pauses, follow-up and income share: figures of a store, held against the oracle."""

from __future__ import annotations

from arena_cli.figures.report import build
from arena_cli.figures.table import Table
from arena_cli.model import Month
from arena_cli.store import Store
from tests.oracle_outcomes import OutcomesOracle
from tests.sample import TODAY

SECTIONS = ("waiting", "paused", "follow_up", "income_at_entry", "income_before", "income_after")


def table(store: Store, section: str, month: str) -> Table:
    report = build(store, Month.parse(month), TODAY)
    assert report.reconciles, [control.identity for control in report.controls if not control.holds]
    return report.tables[section]


def counts(table: Table, municipality: str = "all", sex: str = "all") -> dict[str, int]:
    """The measures that are not zero."""
    return {str(m): n for m in table.measures if (n := table.value(m, municipality, sex))}


def assert_equals_the_oracle(store: Store, months: tuple[str, ...]) -> None:
    oracle = OutcomesOracle.of_file(store.path)
    for month in months:
        report = build(store, Month.parse(month), TODAY)
        assert report.reconciles, [control.identity for control in report.controls if not control.holds]
        figures = (f for f in report.figures() if f.section in SECTIONS)
        ours = {(f.section, str(f.measure), f.municipality, f.sex): f.value for f in figures}
        theirs = oracle.figures(month)
        differing = {key: (ours.get(key), theirs.get(key)) for key in ours.keys() | theirs.keys()}
        assert {key: pair for key, pair in differing.items() if pair[0] != pair[1]} == {}, month
