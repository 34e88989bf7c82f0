"""Taking in the lists that municipalities keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.exchange.columns import KIND_NAMES
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.outcome import ImportRejected, Outcome, Reading
from arena_cli.exchange.reading import DELIMITERS
from arena_cli.exchange.refusals import first_rows

ListFile = Annotated[
    str,
    typer.Argument(
        metavar=translatable("FILE"), help=translatable("The list, as CSV. docs/import.md has its columns.")
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=translatable("Say what the list would change, and change nothing."))
]


def import_file(context: typer.Context, file: ListFile, *, dry_run: DryRun = False) -> None:
    """Take in a list, whole or not at all."""
    session: Session = context.obj
    with session.writing() as store:
        try:
            outcome = import_list(store, session.occasion(), Path(file), dry_run=dry_run)
        except ImportRejected as rejected:
            _say_reading(session, rejected.reading)
            raise
    _say_reading(session, outcome.reading)
    _say_changes(session, outcome)
    message = translatable(
        "Rows: {rows}; new: {new}, changed: {changed}, unchanged: {unchanged}. New participants: {persons}."
    )
    facts = {"rows": outcome.rows, "new": outcome.new, "changed": outcome.changed, "unchanged": outcome.unchanged}
    answer(session.language.text(message, **facts, persons=outcome.persons_new))
    if dry_run:
        say(session.language.text(translatable("This was a dry run: nothing was changed.")))


def _say_reading(session: Session, reading: Reading) -> None:
    language = session.language
    message = translatable("Read as {encoding}, {delimiter} between the cells: {kind}. Columns: {columns}.")
    if reading.unknown:
        message = translatable(
            "Read as {encoding}, {delimiter} between the cells: {kind}. Columns: {columns}. Not used: {others}."
        )
    facts = {"columns": tuple(reading.headers.values()), "others": reading.unknown}
    delimiter = language.text(DELIMITERS[reading.delimiter])
    kind = language.text(KIND_NAMES[reading.kind])
    say(language.text(message, encoding=reading.encoding, delimiter=delimiter, kind=kind, **facts))


def _say_changes(session: Session, outcome: Outcome) -> None:
    language = session.language
    for column, rows in outcome.changes.items():
        message = translatable("{column} differed from what was registered: {count} ({rows}).")
        header = outcome.reading.headers.get(column, column)
        say(language.text(message, column=header, count=len(rows), rows=first_rows(rows)))
    for remark in outcome.remarks:
        say(remark.sentence(language))


COMMANDS: Final = {
    "import": Command(
        import_file,
        "arena import krokom.csv --dry-run",
        translatable(
            "One row a spell, or one row a move; the columns are known by their headers, in Swedish or English. "
            "Every bad row is told at once, and then nothing is taken. The same list again changes nothing."
        ),
    ),
}
