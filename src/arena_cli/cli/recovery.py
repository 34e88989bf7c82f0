"""The recovery sheet: the key on paper. Shown on a terminal or written to a file, and typed back unseen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.asking import ask_hidden, standard_input
from arena_cli.cli.output import say
from arena_cli.cli.world import Session
from arena_cli.errors import CannotWrite, DataProblem, Refused, UsageProblem, translatable
from arena_cli.key import ROWS, Key, NotAKey, new_key, read_keys, read_row
from arena_cli.whole_file import write_new

SheetFile = Annotated[
    str | None,
    typer.Option(
        "--recovery-sheet",
        metavar=translatable("FILE"),
        help=translatable("Write the recovery sheet to this file instead of the screen, to be printed and removed."),
    ),
]
InKeyring = Annotated[
    bool,
    typer.Option(
        "--keyring", help=translatable("Keep the key in the operating system's keyring, not in a file. Not for cron.")
    ),
]


class NoTerminal(UsageProblem):
    message = translatable(
        "The recovery sheet has to be shown to somebody, and nobody is there. Nothing was done: --recovery-sheet FILE "
        "writes it to a file."
    )


class SheetExists(Refused):
    message = translatable("{path} exists already. Nothing was done: name another file for the recovery sheet.")


class SheetNotWritten(CannotWrite):
    message = translatable("The recovery sheet {path} cannot be written. Nothing was done: check the folder.")


class SheetMistyped(DataProblem):
    message = translatable("Row {row} is not as it stands on the recovery sheet. Nothing was done: type it again.")


class NoSheet(DataProblem):
    message = translatable("These are not the four rows of a recovery sheet. Nothing was done.")


def check_can_show(sheet: str | None) -> None:
    """Raise NoTerminal where a recovery sheet could be shown to nobody, SheetExists where its file is there."""
    if sheet is None and not (sys.stderr is not None and sys.stderr.isatty()):
        raise NoTerminal
    if sheet is not None and os.path.lexists(sheet):
        raise SheetExists(path=sheet)


@contextmanager
def kept_new_key(session: Session, sheet: str | None, *, in_keyring: bool) -> Iterator[Key]:
    """A new key for this session's file, kept and on its recovery sheet before anything is encrypted with it.

    If that fails and the file does not need it, the key is forgotten. Raises NoTerminal, SheetExists, SheetNotWritten,
    and what keeping a key raises.
    """
    from arena_cli.keeping.recrypting import files_needing

    begun = _cut_off(session, sheet)
    if begun is None:
        check_can_show(sheet)
    key = session.key_ring.keep(begun or new_key(), session.database, in_keyring=in_keyring)
    try:
        if sheet is not None:
            with suppress(SheetExists) if begun else nullcontext():
                _write(session, key, Path(sheet))
        yield key
    except BaseException:
        if not files_needing(session.database, key.id):
            session.key_ring.drop(key)
            if sheet is not None:
                with suppress(OSError):
                    Path(sheet).unlink()
        raise
    where = translatable("Its key {key} is kept in {place}. Put that in another backup than the file's.")
    say(session.language.text(where, key=key.id, place=key.place))
    if sheet is None:
        say("\n" + sheet_of(session, key))
    else:
        message = translatable("Print {path}, put it in a sealed envelope, and remove the file.")
        say(session.language.text(message, path=sheet))


def _cut_off(session: Session, sheet: str | None) -> Key | None:
    """The key of a run that was killed after it had written this sheet: kept, and needed by nothing yet."""
    from arena_cli.keeping.recrypting import files_needing

    try:
        (key,) = read_keys(_rows_in(Path(sheet or "").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    file = session.key_ring.file_of(key.id)
    if not file.exists() or files_needing(session.database, key.id):
        return None
    return Key(key.secret, file)


def sheet_of(session: Session, key: Key) -> str:
    """The recovery sheet as text."""
    language = session.language
    lines = [
        language.text(translatable("RECOVERY SHEET: the key {key}"), key=key.id),
        language.text(translatable("File: {path}"), path=session.database),
        language.text(translatable("Made: {day}"), day=session.today),
        "",
        *(f"  {number}.  {row}" for number, row in enumerate(key.rows(), 1)),
        "",
        language.text(translatable("Whoever has these four rows and a copy of the file can read all of it.")),
        language.text(translatable("Without them and without the key, nobody can: not even who made arena.")),
        language.text(translatable("Keep the sheet in a sealed envelope, away from the computer and its backups.")),
        language.text(translatable("`arena key test --sheet` tries it; `arena key restore` takes the key back.")),
    ]
    return "\n".join(lines)


def read_sheet(session: Session) -> Key:
    """The key of a recovery sheet: asked for row by row without being shown, or all of it from standard input.

    Raises SheetMistyped or NoSheet, which do not repeat what was typed.
    """
    if session.may_ask:
        return Key(b"".join(_asked(session, number) for number in range(ROWS)))
    text = standard_input(_LONGEST)
    if text is None:
        raise NoSheet
    try:
        keys = read_keys(_rows_in(text))
    except NotAKey as problem:
        raise _refusal(problem) from None
    if len(keys) != 1:
        raise NoSheet
    return keys[0]


_LONGEST: Final = 16_384
"""So many characters of standard input are read at most."""


def _rows_in(text: str) -> str:
    """The numbered rows of a sheet with all its words, or the text itself where there are none."""
    rows = [line for line in text.splitlines() if line.strip()[:2] in {"1.", "2.", "3.", "4."}]
    return "\n".join(rows) if rows else text


def _asked(session: Session, number: int) -> bytes:
    question = session.language.text(translatable("Row {row} of the recovery sheet (not shown)"), row=number + 1)

    def read(typed: str) -> str:
        try:
            read_row(typed, number)
        except NotAKey as problem:
            raise _refusal(problem) from None
        return typed

    typed = ask_hidden(session, "--sheet", question, read)
    if not typed:
        raise NoSheet
    return read_row(typed, number)


def _refusal(problem: NotAKey) -> DataProblem:
    return NoSheet() if problem.row is None else SheetMistyped(row=problem.row)


def _write(session: Session, key: Key, path: Path) -> None:
    try:
        write_new(path, f"{sheet_of(session, key)}\n".encode())
    except FileExistsError:
        raise SheetExists(path=path) from None
    except OSError:
        raise SheetNotWritten(path=path) from None
