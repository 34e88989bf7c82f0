"""Faults planted in arena, in the process of one command, to see that the harness finds them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arena_cli import database, store
from arena_cli.cli import delivering, report_set, sending
from arena_cli.cli.report_set import ReportNotWritten
from arena_cli.deliveries import KeptFile
from arena_cli.key import Key
from arena_cli.mailing import register
from arena_cli.mailing.register import Outcome
from arena_cli.model.delivery import Delivery
from arena_cli.store import Store


def acknowledge_early() -> None:
    """Say that it is done when it is not yet on the disk."""
    usual = database.transaction

    @contextmanager
    def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
        with usual(connection, path):
            yield
            os.write(1, b"done\n")

    store.transaction = transaction  # type: ignore[attr-defined]


def no_transaction() -> None:
    """Let each statement stand alone."""

    @contextmanager
    def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
        yield

    store.transaction = transaction  # type: ignore[attr-defined]


def sync_never() -> None:
    """Leave it to the system when the disk gets what is written."""
    _set_synchronous(0)


def sync_files_only() -> None:
    """Make sure of the files, but not of the journal's disappearance: what SQLite does unless told otherwise."""
    _set_synchronous(2)


def no_rollback_journal() -> None:
    """Write straight into the file."""
    usual = database.connect

    def connect(path: Path, key: Key | None, *, by_cipher: bool = False) -> sqlite3.Connection:
        connection = usual(path, key, by_cipher=by_cipher)
        connection.execute("PRAGMA journal_mode = OFF")
        return connection

    database.connect = connect
    database._scalar = _say_delete(database._scalar)  # type: ignore[assignment]


def copy_into_place() -> None:
    """Write a copy under its own name, page by page, instead of giving it that name when it is whole."""

    def publish(copy: database.Copy, path: Path, *, replacing: bool = False) -> None:
        with path.open("wb", buffering=0) as file:
            for at in range(0, len(copy.content()), 4096):
                file.write(copy.content()[at : at + 4096])

    database.Copy.publish = publish  # type: ignore[assignment, method-assign]


def write_over() -> None:
    """Write a report straight into its place."""

    def write(folder: Path, files: Sequence[KeptFile], umask: int, is_delivered: Any, commit: Any) -> list[Path]:
        for kept in files:
            (folder / kept.file.name).write_bytes(kept.content)
        commit()
        return []

    delivering.write_set = write  # type: ignore[attr-defined, assignment]


def rename_unsynced() -> None:
    """Give a report its name before it is on the disk."""

    def write(path: Path, content: bytes, mode: int) -> None:
        path.write_bytes(content)

    report_set._write = write


def never_sweep() -> None:
    """Leave lying what a killed command has left."""
    report_set._sweep = lambda folder: None


def silent_on_full_disks() -> None:
    """Take a report that could not be written for one that was."""
    usual = delivering.write_set  # type: ignore[attr-defined]

    def write(*arguments: Any, **options: Any) -> list[Path]:
        try:
            return list(usual(*arguments, **options))
        except ReportNotWritten:
            return []

    delivering.write_set = write  # type: ignore[attr-defined]


def note_afterwards() -> None:
    """Note what has become of a letter only when the server has answered."""
    usual = register.note

    def note(store: Store, delivery: Delivery, recipients: Iterable[str], outcome: Outcome, **facts: str) -> None:
        if outcome is not Outcome.BEGUN:
            usual(store, delivery, recipients, outcome, **facts)

    sending.note = note  # type: ignore[attr-defined]


def note_beforehand() -> None:
    """Take a letter for accepted that the server is about to get."""
    usual = register.note

    def note(store: Store, delivery: Delivery, recipients: Iterable[str], outcome: Outcome, **facts: str) -> None:
        usual(store, delivery, recipients, Outcome.ACCEPTED if outcome is Outcome.BEGUN else outcome, **facts)

    sending.note = note  # type: ignore[attr-defined]


def _set_synchronous(value: int) -> None:
    database._PRAGMAS = {**database._PRAGMAS, "synchronous": value}  # type: ignore[misc]


def _say_delete(usual: object) -> object:
    def scalar(connection: sqlite3.Connection, sql: str) -> object:
        assert callable(usual)
        return "delete" if sql == "PRAGMA journal_mode" else usual(connection, sql)

    return scalar
