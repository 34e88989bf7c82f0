"""Taking in the lists that municipalities keep."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.mapping import how_to_read
from arena_cli.cli.options import AsJson, Why, read_text
from arena_cli.cli.output import answer, answer_json, say
from arena_cli.cli.progress import rows_read
from arena_cli.cli.verdicts import Told, header_of, show_verdicts, told_as_json
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.exchange.cells import OF_UNKNOWN_WORDS
from arena_cli.exchange.columns import KIND_NAMES
from arena_cli.exchange.importing import import_list
from arena_cli.exchange.marked import MarkedExists, NotAWorkbookName, give_back
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

AllowBeyondCapacity = Annotated[
    bool,
    typer.Option("--beyond-capacity", help=translatable("Take placements also where there is no room for that many.")),
]
Errors = Annotated[
    str | None,
    typer.Option(
        "--errors",
        metavar=translatable("FILE.xlsx"),
        help=translatable(
            "Where to write the list if it is not taken: as a workbook in which what has to be mended is marked."
        ),
    ),
]

_OWN_WORDS: Final = translatable(
    "Words that are the list's own need no mending: on a terminal arena asks what they mean; --map says it "
    "(docs/import.md)."
)

_ALIKE: Final = translatable("Of those who are new somebody registered may be the same person: {count} ({rows}).")
_ALIKE_NOT_TAKEN: Final = translatable(
    "Of those who are new somebody registered may be the same person: {count} ({rows}). --dry-run shows who."
)
_ALIKE_TAKEN: Final = translatable(
    "Of those who are new somebody registered may be the same person: {count} ({rows}). "
    "`arena find-duplicates` lists them."
)


def import_file(
    context: typer.Context,
    file: ListFile,
    *,
    sheet: SheetName = None,
    map_file: MapFile = None,
    dry_run: DryRun = False,
    errors: Errors = None,
    why: Why = None,
    beyond_capacity: AllowBeyondCapacity = False,
    as_json: AsJson = False,
) -> None:
    """Take in a list, whole or not at all."""
    session: Session = context.obj
    marked = _place_for_errors(errors) if errors is not None else None
    occasion = session.occasion(read_text("--why", why) if why is not None else None)
    with session.writing() as store:
        how = how_to_read(session, store, Path(file), sheet, map_file)
        wording = Wording(store.project(), session.language)
        try:
            with rows_read(session.language) as progress:
                outcome = import_list(
                    store,
                    occasion,
                    Path(file),
                    how=how,
                    dry_run=dry_run,
                    beyond_capacity=beyond_capacity,
                    progress=progress,
                )
        except ImportRejected as rejected:
            rejected.with_traceback(None)  # which holds on to all that was read
            _tell(wording, Told(rejected.reading, rejected.verdicts, rejected.rows), dry_run=dry_run, as_json=as_json)
            if _has_own_words(rejected) and not session.may_ask and not as_json:
                say(session.language.text(_OWN_WORDS))
            if marked is not None:
                give_back(Path(file), how, rejected, marked, session.language)
                say(session.language.text(translatable("The cells to mend are marked in {path}."), path=marked))
            raise
    _tell(wording, Told(outcome.reading, outcome.verdicts, outcome.rows, outcome), dry_run=dry_run, as_json=as_json)
    if dry_run:
        say(session.language.text(translatable("This was a dry run: nothing was changed.")))


def _has_own_words(rejected: ImportRejected) -> bool:
    return any(problem.fault.rule in OF_UNKNOWN_WORDS for problem in rejected.verdicts.problems)


def _place_for_errors(given: str) -> Path:
    """Where the marked list is to be written. Raises NotAWorkbookName, or MarkedExists before anything is done."""
    path = Path(given)
    if path.suffix.lower() != ".xlsx":
        raise NotAWorkbookName
    if os.path.lexists(path):
        raise MarkedExists(path=path)
    return path


def _tell(wording: Wording, told: Told, *, dry_run: bool, as_json: bool) -> None:
    """Say how a list fared; as JSON nothing but that."""
    outcome = told.outcome
    if as_json:
        answer_json(told_as_json(wording, told, taken=outcome is not None and not dry_run))
        return
    _say_reading(wording, told.reading)
    if dry_run:
        show_verdicts(wording, told)
    if rows := [*told.verdicts.alike]:
        message = _ALIKE_TAKEN if outcome is not None and not dry_run else _ALIKE if dry_run else _ALIKE_NOT_TAKEN
        say(wording.language.text(message, count=len(rows), rows=first_rows(rows)))
    if outcome is None:
        return
    _say_changes(wording, outcome)
    message = translatable(
        "Rows: {rows}; new: {new}, changed: {changed}, unchanged: {unchanged}. New participants: {persons}."
    )
    counts = told.verdicts.counts
    answer(wording.language.text(message, rows=outcome.rows, **counts, persons=outcome.persons_new))


def _say_reading(wording: Wording, reading: Reading) -> None:
    language = wording.language
    message = translatable("Read as {source}: {kind}. Columns: {columns}.")
    if reading.unknown:
        message = translatable("Read as {source}: {kind}. Columns: {columns}. Not used: {others}.")
    facts = {"columns": tuple(reading.headers.values()), "others": reading.unknown}
    kind = language.text(KIND_NAMES[reading.kind])
    say(language.text(message, source=reading.source, kind=kind, **facts))
    if reading.unexplained:
        message = translatable(
            "Nothing under {headers} is taken. Say with --map FILE.toml what it is, or that it is not used, as "
            "docs/import.md shows."
        )
        say(language.text(message, headers=reading.unexplained))
    for remark in reading.remarks:
        say(remark.sentence(language))


def _say_changes(wording: Wording, outcome: Outcome) -> None:
    language = wording.language
    for column, rows in outcome.changes.items():
        message = translatable("{column} differed from what was registered: {count} ({rows}).")
        header = header_of(wording, outcome.reading, column)
        say(language.text(message, column=header, count=len(rows), rows=first_rows(rows)))
    for remark in outcome.remarks:
        say(remark.sentence(language))


COMMANDS: Final = {
    "import": Command(
        import_file,
        "arena import krokom.csv --dry-run",
        translatable(
            "One row a spell, move, placement, month of hours, follow-up or background; the columns are known by their "
            "headers, in Swedish or English; other headers and words are asked for once, or explained with --map. "
            "Every bad row is told at once, and then nothing is taken. The same list again changes nothing."
        ),
    ),
}
