"""The months' files for SCB: written, listed, and those that must be sent again."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from arena_cli.cli.asking import wanted
from arena_cli.cli.due import SOMETHING_DUE
from arena_cli.cli.exporting import FileThere, Replace, Target
from arena_cli.cli.extracting import NoSuchFolder
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, MonthName, month_of
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.purpose import PURPOSE, Purpose
from arena_cli.cli.reporting import check_month
from arena_cli.cli.world import Session
from arena_cli.errors import Refused, UsageProblem, translatable
from arena_cli.model import Month

if TYPE_CHECKING:
    from arena_cli.exchange.outgoing.official import Content, Written
    from arena_cli.store import Store

ToFolder = Annotated[
    str,
    typer.Option(
        "--out", metavar=translatable("FOLDER"), help=translatable("The folder for the file. Only you may read it.")
    ),
]
Form = Annotated[str, typer.Option("--format", metavar="xlsx|csv|json", help=translatable("Otherwise xlsx."))]
Again = Annotated[
    bool, typer.Option("--again", help=translatable("Every file that must be sent again, in the order of the months."))
]


class MonthOrAgain(UsageProblem):
    message = translatable("Say which file: `--month MONTH`, or `--again` for all that must be sent again.")


class MonthsFileThere(Refused):
    message = translatable(
        "{path} is there already, and was left as it is. Add --replace, or name another folder with --out."
    )


def write_scb_file(
    context: typer.Context,
    *,
    month: MonthName = None,
    again: Again = False,
    out: ToFolder = ".",
    form: Form = "xlsx",
    purpose: Purpose = None,
    replace: Replace = False,
) -> None:
    """Write a month's file for SCB: who has taken part, from when to when, and for how many hours."""
    from arena_cli.exchange.outgoing.official import STALE, written_files

    session: Session = context.obj
    if (month is None) is not again:
        raise MonthOrAgain
    if not Path(out).is_dir():
        raise NoSuchFolder(path=Path(out))
    what_for = wanted(session, purpose, PURPOSE)
    with session.writing() as store:
        if not again:
            _write(session, store, month_of(month, session.today), Path(out), form, what_for, replaces=replace)
            return
        stale = [one.month for one in written_files(store) if one.state in STALE]
        for each in stale:
            _write(session, store, each, Path(out), form, what_for, replaces=replace)
    if not stale:
        say(session.language.text(_NOTHING_TO_SEND))


def _write(
    session: Session, store: Store, month: Month, folder: Path, form: str, purpose: str, *, replaces: bool
) -> None:
    """Write the file of a month beside its place; when the journal has it, it gets its name, and then it counts."""
    from arena_cli.exchange.outgoing.official import (
        content,
        file_name,
        keep,
        next_revision,
        official_table,
        tell_journal,
    )

    with ExitStack() as until_told:
        with store.snapshot():
            project = store.project()
            check_month(month, project, session.today)
            revision = next_revision(store, month, session.today)
            said = content(store, month)
        path = folder / file_name(project.code, said, revision, form, session.language)
        try:
            target = Target.of(path, replaces=replaces)
        except FileThere:
            raise MonthsFileThere(path=path) from None
        table = official_table(project.code, said, session.language)
        until_told.enter_context(target.written(table, session.language))
        tell_journal(store, session.occasion(), said, purpose)
    keep(store, session.occasion(), said, revision)
    answer(str(path))
    _say_what(session, said)


def _say_what(session: Session, content: Content) -> None:
    language = session.language
    say(
        language.plural("{month}: {count} row.", "{month}: {count} rows.", count=len(content.rows), month=content.month)
    )
    if content.is_draft:
        say(language.text(_DRAFT))
    if uncertified := sum(row.certified_minutes < row.minutes for row in content.rows):
        say(
            language.plural(
                "{count} row has hours that are not certified: `arena certify-hours`.",
                "{count} rows have hours that are not certified: `arena certify-hours`.",
                count=uncertified,
            )
        )
    if content.protected:
        say(language.text(_PROTECTED))


def list_scb_files(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the files for SCB that were written, and which must be sent again."""
    from arena_cli.exchange.outgoing.official import STALE, written_files

    session: Session = context.obj
    language = session.language
    with session.reading() as store, store.snapshot():
        files = written_files(store)
    stale = [one for one in files if one.state in STALE]
    if as_json:
        answer_json([_as_json(one) for one in files])
    else:
        headings = (
            translatable("Month"),
            translatable("Revision"),
            translatable("Written"),
            translatable("Who"),
            translatable("Rows"),
            translatable("Draft"),
            translatable("Now"),
        )
        table([language.text(heading) for heading in headings], [_row(one, session) for one in files])
    if stale:
        say(
            language.plural(
                "{count} file must be sent again: `arena write-scb-file --again`.",
                "{count} files must be sent again: `arena write-scb-file --again`.",
                count=len(stale),
            )
        )
        raise typer.Exit(SOMETHING_DUE)
    say(language.text(_NOTHING_TO_SEND))


def _row(one: Written, session: Session) -> tuple[object, ...]:
    from datetime import datetime

    from arena_cli.swedish_time import in_sweden

    language, file = session.language, one.file
    when = in_sweden(datetime.fromisoformat(one.at)).strftime("%Y-%m-%d %H:%M")
    is_draft = language.text(translatable("yes") if file.is_draft else translatable("no"))
    now = language.text(_STATES[one.state.value], month=one.because)
    return (file.month, file.revision, when, one.actor, file.persons, is_draft, now)


def _as_json(one: Written) -> dict[str, object]:
    return {
        "month": one.file.month,
        "revision": one.file.revision,
        "written": one.at,
        "by": one.actor,
        "rows": one.file.persons,
        "draft": one.file.is_draft,
        "state": one.state.value,
        "because": str(one.because) if one.because else None,
    }


_STATES: Final = {
    "holds": translatable("holds"),
    "changed": translatable("send again: something in the month has changed"),
    "follows": translatable("send again: it follows {month}, which has changed"),
    "erased": translatable("cannot be told: retention has come after it"),
}
_NOTHING_TO_SEND: Final = translatable("No file must be sent again.")
_DRAFT: Final = translatable(
    "It is a draft and not for SCB: where the personal identity number is not kept here, the code stands in."
)
_PROTECTED: Final = translatable(
    "It has persons whose data are protected, in the form that SCB has given for them. Have SCB confirm it: "
    "docs/scb.md."
)

COMMANDS: Final = {
    "write-scb-file": Command(
        write_scb_file,
        'arena write-scb-file --month 2016-09 --out scb --purpose "månadsrapportering till SCB"',
        translatable(
            "Only you can read the file, and the journal keeps what it is for. Later changes never reach a file that "
            "was written: `arena list-scb-files` says which must be sent again, and --again writes those."
        ),
    ),
    "list-scb-files": Command(
        list_scb_files,
        "arena list-scb-files",
        translatable("Ends with code 8 if any file must be sent again, 0 if none must, for cron."),
    ),
}
