"""The monthly report: to stdout, or as files that appear whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.drafting import Draft, draft_of, public_draft_of
from arena_cli.cli.index import Command
from arena_cli.cli.opening import check_can_open, show
from arena_cli.cli.options import MonthName, Municipalities, month_of, read_number
from arena_cli.cli.output import answer, say
from arena_cli.cli.purpose import STANDING_PURPOSE, Purpose, read_purpose
from arena_cli.cli.world import Session
from arena_cli.deliveries import counted_until
from arena_cli.errors import NotFound, Refused, UsageProblem, translatable
from arena_cli.figures import kept
from arena_cli.figures.report import Report, build
from arena_cli.lookup import find_municipalities
from arena_cli.model import Month, Project
from arena_cli.records import LOOKS
from arena_cli.render import FORMS, Audience, Edition, draw, in_parts
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden

Formats = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="md,html,pdf,xlsx,json,csv",
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
        help=translatable("Who reads it. The meeting's, the default, is exact; the public's hides small counts."),
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
IfChanged = Annotated[
    bool,
    typer.Option(
        "--if-changed",
        help=translatable("Only if its figures are not those that were last delivered, or a file is missing."),
    ),
]
AsDelivered = Annotated[
    str | None,
    typer.Option(
        "--as-delivered",
        metavar=translatable("NUMBER"),
        help=translatable("An earlier report again, byte for byte; `arena list-reports` has the numbers."),
    ),
]
Open = Annotated[
    bool,
    typer.Option("--open", help=translatable("Show the file in the browser, HTML unless --format says otherwise.")),
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


class NotForScreen(UsageProblem):
    message = translatable("This format is not for the screen: add --out FOLDER.")


class MonthBeforeProject(NotFound):
    message = translatable("There is nothing to report for {month}: the project starts on {starts_on}.")


class MonthAhead(Refused):
    message = translatable("{month} has not begun. `--month this` is the latest that can be reported.")


class NothingToCompare(UsageProblem):
    message = translatable("--if-changed says when to write files: add --out FOLDER.")


class NothingKept(UsageProblem):
    message = translatable("--purpose is kept with a report that is written to files: add --out FOLDER.")


class DecidedAlready(UsageProblem):
    message = translatable("A report as delivered can only be given --format and --out: the rest was decided then.")


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
    if_changed: IfChanged = False,
    as_delivered: AsDelivered = None,
    purpose: Purpose = None,
    open_it: Open = False,
    quiet: Quiet = False,
) -> None:
    """Write the report of a month."""
    session: Session = context.obj
    if open_it:
        check_can_open(out, session.world.environ)
    folder = Path(out) if out is not None else None
    forms = read_forms(formats if formats is not None else "html" if open_it else "md")
    _check_screen(forms, folder, if_changed=if_changed)
    if as_delivered is not None:
        if month or municipalities or templates or force or if_changed or purpose or audience != Audience.MEETING.value:
            raise DecidedAlready
        from arena_cli.cli.delivering import print_as_delivered

        number = read_number("--as-delivered", as_delivered)
        paths = print_as_delivered(session, number, forms[0] if formats is not None else None, folder)
        _tell_paths(session, paths, quiet=quiet or folder is None, opening=open_it)
        return
    reported, reads_as = month_of(month, session.today), read_audience(audience)
    what_for = _read_purpose(purpose, is_kept=folder is not None)
    with _opened(session, delivers=folder is not None) as store:
        with store.snapshot():
            project = store.project()
            check_month(reported, project, session.today)
            if if_changed and reported.first > _last_news(project):
                _say_over(session, project, quiet=quiet)
                return
            edition = Edition(
                as_of=figures_as_of(store),
                made_at=made_at(session),
                journal_head=journal_head(store),
                audience=reads_as,
                municipalities=find_municipalities(project, municipalities),
                templates=Path(templates) if templates is not None else None,
            )
            counting = kept.CountingFromKept(store, reported)
            built = build(counting, reported, session.today)
            if not force:
                built.require_reconciled()
            draft = _draft(session, store, built, edition, is_kept=folder is not None)
            edition = replace(edition, fingerprint=draft.fingerprint)
        kept.keep(store, counting, built)
        del counting  # what was counted is as large as the report, which has yet to be written
        if folder is not None:
            from arena_cli.cli.delivering import deliver

            paths = deliver(session, store, draft, edition, forms, folder, what_for, if_changed=if_changed)
            _tell_paths(session, paths, quiet=quiet, opening=open_it)
    if folder is None:
        as_drawn = formats is None and templates is None and sys.stdout.isatty()
        _print(session, draft, edition, None if as_drawn else forms[0])
    if not quiet:
        _say_month(session, built, chosen=month is not None)
        _say_hidden(session, draft)
    if not built.reconciles:
        is_marked = folder is not None or forms[0] != "csv"
        say(session.language.text(_NOT_RECONCILING if is_marked else _NOT_RECONCILING_UNMARKED))


def _draft(session: Session, store: Store, built: Report, edition: Edition, *, is_kept: bool) -> Draft:
    """What the readers get. Raises what `public_draft_of` raises."""
    if edition.audience is Audience.PUBLIC:
        return public_draft_of(store, built, session.language, edition, is_kept=is_kept)
    return draft_of(store, built, session.language, edition, session.today)


@contextmanager
def _opened(session: Session, *, delivers: bool) -> Iterator[Store]:
    """The file; to deliver a report it is written to, and no other command delivers meanwhile."""
    if delivers:
        from arena_cli.cli.report_set import alone

        with session.writing() as store, alone(session.database):
            yield store
    else:
        with session.reading() as store:
            yield store


def _print(session: Session, draft: Draft, edition: Edition, form: str | None) -> None:
    """The report on stdout: drawn, or in a form. Nothing is kept."""
    edition = replace(edition, revision=draft.revision)
    if form is None:
        from rich.console import Console

        draw(draft.report, session.language, edition, Console())
    else:
        sys.stdout.buffer.writelines(in_parts(draft.report, form, session.language, edition))


def _tell_paths(session: Session, paths: Sequence[Path], *, quiet: bool, opening: bool) -> None:
    if paths and not quiet:
        answer("\n".join(map(str, paths)))
    elif not quiet:
        say(session.language.text(translatable("Nothing has changed since the report was delivered: it is there.")))
    if opening and paths:
        show(paths)


def _check_screen(forms: Sequence[str], folder: Path | None, *, if_changed: bool) -> None:
    if folder is not None:
        return
    if len(forms) > 1:
        raise OneFormatOnScreen
    if if_changed:
        raise NothingToCompare
    if sys.stdout.isatty() and not FORMS[forms[0]].is_text:
        raise NotForScreen


def figures_as_of(store: Store) -> date:
    """The day, in Sweden, of the latest change in the file; that somebody looked, or took a list out, is none."""
    condition = f"WHERE subject NOT IN ({', '.join('?' * len(LOOKS))}) ORDER BY seq DESC LIMIT 1"
    (latest,) = store.links(condition, tuple(LOOKS))
    return in_sweden(datetime.fromisoformat(latest.at)).date()


def journal_head(store: Store) -> str:
    """The last entry's number and the beginning of its hash: what comes before it cannot be changed unnoticed."""
    latest = counted_until(store)
    return f"{latest.seq} {latest.hash[:8]}"


def made_at(session: Session) -> str:
    """When the report was made, in Swedish time."""
    return in_sweden(session.made_at).strftime("%Y-%m-%d %H:%M")


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


def _last_news(project: Project) -> date:
    """The last day on which something of a project comes in: the follow-up of whoever left at its end is due."""
    from arena_cli.rules import SIX_MONTHS, months_after

    return months_after(project.ends_on, SIX_MONTHS) + timedelta(weeks=4)


def _say_over(session: Session, project: Project, *, quiet: bool) -> None:
    if not quiet:
        message = translatable(
            "The project ended on {ends_on}, and its last follow-up was due on {last}: nothing was written."
        )
        say(session.language.text(message, ends_on=project.ends_on, last=_last_news(project)))


def _say_hidden(session: Session, draft: Draft) -> None:
    """How much of a public report is hidden."""
    if not isinstance(draft.report, Report):
        hidden, whole = draft.report.hidden_subjects, len(draft.report.subjects)
        message = translatable(
            "Hidden: {hidden} of the {whole} figures that public reports are about ({percent} %), each counted once: "
            "in the tables the same figure may be hidden several times, and so may what follows from it."
        )
        say(session.language.text(message, hidden=hidden, whole=whole, percent=round(100 * hidden / whole)))


def check_month(month: Month, project: Project, today: date) -> None:
    """Refuse a month that has no report. Raises MonthBeforeProject or MonthAhead."""
    if month.last < project.starts_on:
        raise MonthBeforeProject(month=month, starts_on=project.starts_on)
    if month.first > today:
        raise MonthAhead(month=month)


def read_forms(typed: str) -> tuple[str, ...]:
    """The formats that --format gives, each once. Raises UnknownFormat."""
    forms = tuple(dict.fromkeys(form.strip().casefold() for form in typed.split(",")))
    if not all(form in FORMS for form in forms):
        raise UnknownFormat(known=tuple(FORMS))
    return forms


def _read_purpose(typed: str | None, *, is_kept: bool) -> str:
    """What a report is for, which is kept with it. Raises NothingKept, or what `read_purpose` raises."""
    if typed is None:
        return STANDING_PURPOSE
    if not is_kept:
        raise NothingKept
    return read_purpose(typed)


def read_audience(typed: str) -> Audience:
    """Who reads. Raises UnknownAudience."""
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
