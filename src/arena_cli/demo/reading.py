"""Reads the notes and decisions of a demo from `demo.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from operator import itemgetter
from typing import Any, TypeVar

from arena_cli.model import Decision, DecisionOutcome, KeyMeasure, Note

_Told = TypeVar("_Told", Note, Decision)


def read_notes(table: Mapping[str, Any]) -> tuple[tuple[date, Note], ...]:
    """The notes of a demo with the day on which each was told, in that order."""
    rows = sorted(table["notes"], key=itemgetter("told_on"))
    return tuple((row["told_on"], _read(Note, {**row, "id": 0})) for row in rows)


def read_decisions(table: Mapping[str, Any]) -> tuple[Decision, ...]:
    """The decisions of a demo, in the order of their days."""
    rows = sorted(table["decisions"], key=itemgetter("decided_on"))
    return tuple(_read(Decision, {**row, "id": 0}) for row in rows)


def _read(kind: type[_Told], row: Mapping[str, Any]) -> _Told:
    kinds = {"shows_in": KeyMeasure, "closed_as": DecisionOutcome}
    names = {field.name for field in fields(kind)}
    values: dict[str, Any] = {
        name: kinds[name](value) if name in kinds else value for name, value in row.items() if name in names
    }
    return kind(**{"municipality": None} | values)
