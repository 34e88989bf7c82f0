"""The funds' indicators: their tables, and what a record needs to count in them. `figures.indicators` counts."""

from arena_cli.indicators.completeness import missing_for_fund
from arena_cli.indicators.conditions import NOT_KNOWN, FaultyTable
from arena_cli.indicators.tables import (
    LEFT,
    PARTICIPANTS,
    FundTable,
    Key,
    Measure,
    Requirement,
    Rule,
    Window,
    fund_table,
    kolada,
    read_table,
)

__all__ = [
    "LEFT",
    "NOT_KNOWN",
    "PARTICIPANTS",
    "FaultyTable",
    "FundTable",
    "Key",
    "Measure",
    "Requirement",
    "Rule",
    "Window",
    "fund_table",
    "kolada",
    "missing_for_fund",
    "read_table",
]
