"""The figures' SQL asks of a database only what docs/scale.md says, and adds up over parts of the participants."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from arena_cli.demo import make_demo
from arena_cli.demo.parameters import read_parameters
from arena_cli.figures.kept import _changes, _keys_of, _with
from arena_cli.model import Month
from arena_cli.store import Row, Store
from benchmarks.portable import DEFINITIONS, Statement, traced
from tests.sample import new_store

STANDARD = {
    "cast/1",
    "coalesce/2",
    "coalesce/3",
    "count/1",
    "lag/1",
    "max/1",
    "min/1",
    "row_number/0",
    "substr/3",
    "sum/1",
}
"""What both databases have, by the number of arguments."""

KEYWORDS = {"AND", "AS", "BY", "CASE", "ELSE", "EXISTS", "FILTER", "FROM", "IN", "JOIN", "NOT", "ON", "OR", "OVER"}
KEYWORDS |= {"SELECT", "THEN", "WHEN", "WHERE", "UNION", "ALL"}

SQLITE_ONLY = {
    "a limit of -1": r"LIMIT -",
    "IS between values": r"\bIS (?!NULL\b|NOT NULL\b)",
    "GLOB": r"\bGLOB\b",
    "CROSS JOIN with ON": r"CROSS JOIN \w+ \w+ ON",
    "double quotes": r'"',
    "a sum of truth values": r"\bsum\((?:NOT |EXISTS|(?!CASE )[^()]*[<>=])",
    "an inner query without a name": r"^(?:FROM|JOIN) \((?:[^()]|\([^()]*\))*\)\s*(?:WHERE|GROUP|ORDER|JOIN|$)",
}


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> list[Statement]:
    path = tmp_path_factory.mktemp("empty") / "arena.db"
    new_store(path).close()
    return traced(path, Month(2016, 10))


def calls(sql: str) -> Iterator[str]:
    """Every function that is called, with the number of its arguments."""
    for found in re.finditer(r"\b(\w+)\(", re.sub(r"'[^']*'", "''", sql)):
        if found[1].upper() in KEYWORDS or found[1].isdecimal():
            continue
        depth, commas, rest = 1, 0, re.sub(r"'[^']*'", "''", sql)[found.end() :]
        for number, sign in enumerate(rest):
            depth += {"(": 1, ")": -1}.get(sign, 0)
            commas += sign == "," and depth == 1
            if not depth:
                arguments = 0 if not rest[:number].strip() else commas + 1
                yield f"{found[1].lower()}/{arguments}"
                break


def defined() -> set[str]:
    sql = DEFINITIONS.read_text(encoding="utf-8")
    found = re.findall(r"CREATE FUNCTION (\w+)\(([^)]*)\)", sql)
    return {f"{name}/{parameters.count(',') + 1}" for name, parameters in found}


def test_no_other_function_is_called_than_is_listed(statements: list[Statement]) -> None:
    called = {call for statement in statements for call in calls(statement.sql)}
    assert len(statements) > 50
    assert called - STANDARD == defined()


def test_what_is_listed_is_in_the_documentation() -> None:
    page = (DEFINITIONS.parents[1] / "docs" / "scale.md").read_text(encoding="utf-8")
    assert [name for name in defined() if f"`{name.partition('/')[0]}(" not in page] == []


@pytest.mark.parametrize("construct", SQLITE_ONLY)
def test_nothing_is_said_as_only_sqlite_understands_it(statements: list[Statement], construct: str) -> None:
    found = re.compile(SQLITE_ONLY[construct], re.MULTILINE)
    assert [s.sql for s in statements if found.search(re.sub(r"'[^']*'", "''", s.sql))] == []


# -- parts ------------------------------------------------------------------------------------------------------------

PARTS = 3

_TAKE_OUT = """
DELETE FROM step_move WHERE spell_id IN (SELECT id FROM spell WHERE participant_id % :parts <> :part);
DELETE FROM pause WHERE spell_id IN (SELECT id FROM spell WHERE participant_id % :parts <> :part);
DELETE FROM placement WHERE spell_id IN (SELECT id FROM spell WHERE participant_id % :parts <> :part);
DELETE FROM attendance WHERE spell_id IN (SELECT id FROM spell WHERE participant_id % :parts <> :part);
DELETE FROM follow_up WHERE spell_id IN (SELECT id FROM spell WHERE participant_id % :parts <> :part);
DELETE FROM income WHERE participant_id % :parts <> :part;
DELETE FROM background WHERE participant_id % :parts <> :part;
DELETE FROM assignment WHERE participant_id % :parts <> :part;
DELETE FROM spell WHERE participant_id % :parts <> :part;
DELETE FROM participant WHERE id % :parts <> :part
"""


def test_what_parts_of_the_participants_count_adds_up_to_the_whole(tmp_path: Path) -> None:
    """As on several machines, each with some of the participants and all that hangs on them."""
    demo = read_parameters()
    whole = tmp_path / "whole.db"
    make_demo(whole, demo)
    counted = [s for s in traced(whole, demo.month) if s.asked_by == "report" and s.is_count]
    parts = [_part(whole, tmp_path / f"{number}.db", number) for number in range(PARTS)]
    differing = []
    for statement in counted:
        keys = _keys_of(statement.sql)
        total: list[Row] = []
        for part in parts:
            with Store.open(part) as store:
                total = added(keys, total, store.rows(statement.sql, statement.parameters))
        if Counter(total) != Counter(added(keys, (), statement.rows)):
            differing.append(statement.sql)
    assert len(counted) > 30
    assert all(re.search(r"FROM place\b", sql) for sql in differing)
    assert len(differing) == 3


def added(keys: int, total: Sequence[Row], rows: Iterable[Row]) -> list[Row]:
    return _with(keys, total, _changes(keys, (), rows))


def _part(whole: Path, path: Path, number: int) -> Path:
    shutil.copy(whole, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for sql in _TAKE_OUT.split(";"):
            connection.execute(sql, {"parts": PARTS, "part": number})
    return path
