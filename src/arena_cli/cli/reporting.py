"""The monthly report: to stdout, or as files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.options import Municipalities, month_of
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session, in_sweden
from arena_cli.errors import CannotWrite, NotFound, Refused, UsageProblem, translatable
from arena_cli.figures.kept import build
from arena_cli.figures.report import Report
from arena_cli.language import Language
from arena_cli.lookup import find_municipality
from arena_cli.model import Month, Project
from arena_cli.render import FORMS, Audience, Edition, draw, file_name, render
from arena_cli.store import Store

MonthName = Annotated[
    str | None,
    typer.Option(
        "--month",
        metavar=translatable("MONTH"),
        help=translatable("2016-10, `last` or `this`. Otherwise the last complete month."),
    ),
]
Formats = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="md,html,json,csv",
        help=translatable("One format, or with --out several. Otherwise Markdown."),
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar=translatable("FOLDER"),
        help=translatable("Write files into this folder and print their paths. Otherwise to the screen."),
    ),
]
AudienceName = Annotated[
    str,
    typer.Option(
        "--audience",
        metavar="meeting|public",
        help=translatable("Who reads it. For the meeting, which is the default, it is exact and marked as internal."),
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help=translatable("Also when the figures do not reconcile; the report says so."))
]
Templates = Annotated[
    str | None,
    typer.Option(
        "--templates",
        metavar=translatable("FOLDER"),
        help=translatable("A folder with templates of your own, which go before the built-in ones."),
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help=translatable("Print no paths and say nothing when all is well; for cron, together with --out."),
    ),
]


_NOT_RECONCILING: Final = translatable("The figures do not reconcile; the report is marked so.")
_NOT_RECONCILING_UNMARKED: Final = translatable(
    "The figures do not reconcile, and a CSV has nowhere to say so: with --out the file's name does."
)


class UnknownFormat(UsageProblem):
    message = translatable("There is no such format. Choose among: {known}.")


class UnknownAudience(UsageProblem):
    message = translatable("There is no such audience. Choose one of: {known}.")


class OneFormatOnScreen(UsageProblem):
    message = translatable("Several formats need a folder: add --out FOLDER.")


class MonthBeforeProject(NotFound):
    message = translatable("There is nothing to report for {month}: the project starts on {starts_on}.")


class MonthAhead(Refused):
    message = translatable("{month} has not begun. `--month this` is the latest that can be reported.")


class ReportNotWritten(CannotWrite):
    message = translatable(
        "{path} cannot be written: check the folder, its permissions and the room on the disk, "
        "and whether another program has the file open. An earlier report there is as it was."
    )


def report(
    context: typer.Context,
    *,
    month: MonthName = None,
    municipalities: Municipalities = None,
    formats: Formats = None,
    out: Out = None,
    audience: AudienceName = Audience.MEETING.value,
    force: Force = False,
    templates: Templates = None,
    quiet: Quiet = False,
) -> None:
    """Write the report of a month."""
    session: Session = context.obj
    forms = _read_forms(formats if formats is not None else "md")
    if out is None and len(forms) > 1:
        raise OneFormatOnScreen
    reported = month_of(month, session.today)
    with session.reading() as store:
        project = store.project()
        check_month(reported, project, session.today)
        edition = Edition(
            as_of=figures_as_of(store),
            made_at=made_at(session),
            audience=_read_audience(audience),
            municipalities=tuple(find_municipality(project, typed) for typed in municipalities or ()),
            templates=Path(templates) if templates is not None else None,
        )
        built = build(store, reported, session.today)
    if not force:
        built.require_reconciled()
    if out is not None:
        paths = write_reports(Path(out), built, forms, [session.language], edition, session.world.umask)
        if not quiet:
            answer("\n".join(str(path) for path in paths))
    elif formats is None and templates is None and sys.stdout.isatty():
        from rich.console import Console

        draw(built, session.language, edition, Console())
    else:
        sys.stdout.buffer.write(render(built, forms[0], session.language, edition).encode())
    if not quiet:
        _say_month(session, built, chosen=month is not None)
    if not built.reconciles:
        is_marked = out is not None or forms[0] != "csv"
        say(session.language.text(_NOT_RECONCILING if is_marked else _NOT_RECONCILING_UNMARKED))


def write_reports(
    folder: Path,
    built: Report,
    forms: Iterable[str],
    languages: Iterable[Language],
    edition: Edition,
    umask: int,
) -> list[Path]:
    """Write one report in several forms and languages. Nothing is written before all of them are ready.

    Returns the paths. Raises ReportNotWritten, and what `render` raises.
    """
    texts = {
        folder / file_name(built.month, form, language.code, edition, reconciles=built.reconciles): render(
            built, form, language, edition
        )
        for language in languages
        for form in forms
    }
    for path, text in texts.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write_whole(path, text.encode(), 0o666 & ~umask)
        except OSError:
            raise ReportNotWritten(path=path) from None
    return list(texts)


def figures_as_of(store: Store) -> date:
    """The day, in Sweden, of the latest change in the file."""
    (latest,) = store.entries("ORDER BY seq DESC LIMIT 1")
    return in_sweden(datetime.fromisoformat(latest.at)).date()


def made_at(session: Session) -> str:
    """When the report was made, in Swedish time."""
    return in_sweden(session.made_at).strftime("%Y-%m-%d %H:%M")


def _write_whole(path: Path, content: bytes, mode: int) -> None:
    """Write a file under another name, make sure that it is on the disk, and give it its name."""
    unfinished = path.with_name(f".{path.name}-{secrets.token_hex(4)}.tmp")
    try:
        with unfinished.open("xb") as file:
            if os.name == "posix":
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _say_month(session: Session, built: Report, *, chosen: bool) -> None:
    language, project = session.language, built.project
    if not chosen:
        say(
            language.text(translatable("{month}, the last complete month; --month chooses another."), month=built.month)
        )
    if built.month.first > project.ends_on:
        message = translatable("The project ended on {ends_on}: its last month is --month {month}.")
        say(language.text(message, ends_on=project.ends_on, month=Month.of(project.ends_on)))
    if built.preliminary:
        say(language.text(translatable("{month} has not ended: the figures are preliminary."), month=built.month))


def check_month(month: Month, project: Project, today: date) -> None:
    """Refuse a month that has no report. Raises MonthBeforeProject or MonthAhead."""
    if month.last < project.starts_on:
        raise MonthBeforeProject(month=month, starts_on=project.starts_on)
    if month.first > today:
        raise MonthAhead(month=month)


def _read_forms(typed: str) -> tuple[str, ...]:
    forms = tuple(dict.fromkeys(form.strip().casefold() for form in typed.split(",")))
    if not all(form in FORMS for form in forms):
        raise UnknownFormat(known=tuple(FORMS))
    return forms


def _read_audience(typed: str) -> Audience:
    try:
        return Audience(typed.strip().casefold())
    except ValueError:
        raise UnknownAudience(known=tuple(a.value for a in Audience)) from None


COMMANDS: Final = {
    "report": Command(
        report,
        "arena report --month 2016-10 --format md,html --out rapporter",
        translatable(
            "Without --out it is printed: drawn on a terminal, Markdown otherwise. A report whose figures do not "
            "reconcile is not written."
        ),
    ),
}
