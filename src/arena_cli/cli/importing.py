"""Taking in the lists that municipalities keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.mapping import how_to_read
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.exchange.columns import KIND_NAMES
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.outcome import ImportRejected, Outcome, Reading
from arena_cli.exchange.refusals import first_rows

ListFile = Annotated[
    str,
    typer.Argument(
        metavar=translatable("FILE"),
        help=translatable("The list: .xlsx, .xls, .ods or CSV. docs/import.md has its columns."),
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=translatable("Say what the list would change, and change nothing."))
]
SheetName = Annotated[
    str | None,
    typer.Option(
        "--sheet",
        metavar=translatable("NAME"),
        help=translatable("The sheet of a workbook that is the list. Otherwise the only one that fits."),
    ),
]
MapFile = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar=translatable("FILE.toml"),
        help=translatable("What the list's own headers and words mean, as docs/import.md shows it."),
    ),
]


def import_file(
    context: typer.Context,
    file: ListFile,
    *,
    sheet: SheetName = None,
    map_file: MapFile = None,
    dry_run: DryRun = False,
) -> None:
    """Take in a list, whole or not at all."""
    session: Session = context.obj
    with session.writing() as store:
        how = how_to_read(session, store, Path(file), sheet, map_file)
        try:
            outcome = import_list(store, session.occasion(), Path(file), how=how, dry_run=dry_run)
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
    message = translatable("Read as {source}: {kind}. Columns: {columns}.")
    if reading.unknown:
        message = translatable("Read as {source}: {kind}. Columns: {columns}. Not used: {others}.")
    facts = {"columns": tuple(reading.headers.values()), "others": reading.unknown}
    kind = language.text(KIND_NAMES[reading.kind])
    say(language.text(message, source=reading.source, kind=kind, **facts))
    for remark in reading.remarks:
        say(remark.sentence(language))


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
            "One row a spell, or one row a move; the columns are known by their headers, in Swedish or English; "
            "other headers and words are asked for once, or explained with --map. "
            "Every bad row is told at once, and then nothing is taken. The same list again changes nothing."
        ),
    ),
}
