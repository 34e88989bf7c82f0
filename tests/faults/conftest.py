"""Faults from outside: processes killed, disks full, the power gone. `pytest -m faults` runs these alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.cases import SCHEMAS, Case, prepare_end, prepare_start, prepare_upgrade, prepare_year

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker("faults")


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Every command that writes, each on what the ones before it have left."""
    if os.name != "posix":
        pytest.skip("needs fork and SIGKILL")
    return prepare_year(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="session")
def end(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """The register extract and retention, at the end of a project."""
    if os.name != "posix":
        pytest.skip("needs fork and SIGKILL")
    return prepare_end(tmp_path_factory.mktemp("end"))


@pytest.fixture(scope="session")
def upgrade(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """The first command on a file of the oldest schema."""
    if os.name != "posix":
        pytest.skip("needs fork and SIGKILL")
    return prepare_upgrade(tmp_path_factory.mktemp("upgrade"), SCHEMAS / "schema-1.sql")


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """The command that makes a project file and its database."""
    if os.name != "posix":
        pytest.skip("needs fork and SIGKILL")
    return prepare_start(tmp_path_factory.mktemp("start"))
