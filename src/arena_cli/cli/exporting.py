"""Lists out: the report's figures and every kind of record, as CSV, Excel or JSON."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from arena_cli.cli.asking import wanted
from arena_cli.cli.index import Command
from arena_cli.cli.options import MonthName, Municipalities, month_of, of_option, read_month
from arena_cli.cli.output import answer, say
from arena_cli.cli.purpose import PURPOSE, Purpose
from arena_cli.cli.reporting import AudienceName, check_month, read_audience
from arena_cli.cli.world import Session
from arena_cli.errors import CannotWrite, NotFound, Refused, UsageProblem, translatable
from arena_cli.language import Language
from arena_cli.lookup import find_municipalities
from arena_cli.model import AccessAction, Month
from arena_cli.whole_file import publish_new, publish_over, settle, unfinished

if TYPE_CHECKING:
    from arena_cli.exchange.outgoing.tables import Table
    from arena_cli.figures.report import Report
    from arena_cli.store import Store

FIGURES: Final = "figures"
SUS: Final = "sus"
_MEETING: Final = "meeting"

What = Annotated[
    str,
    typer.Argument(
        metavar=translatable("LIST"),
        help=translatable(
            "`figures`, `sus`, or the records: participants, spells, moves, hours ... docs/export.md has all."
        ),
    ),
]
NewFile = Annotated[
    str,
    typer.Argument(
        metavar=translatable("FILE"),
        help=translatable("The file to write. Its name ends with .csv, .xlsx or .json, and says so which it is."),
    ),
]
ToMonth = Annotated[
    str | None,
    typer.Option(
        "--to", metavar=translatable("MONTH"), help=translatable("Of figures: every month from --month up to this one.")
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help=translatable("Also if there is a file of that name; it is then gone."))
]


class UnknownList(NotFound):
    message = translatable("There is no such list. Choose one of: {known}.")


class UnknownEnding(UsageProblem):
    message = translatable("The file's name must end with one of: {known}.")


class MonthsOfFigures(UsageProblem):
    message = translatable(
        "Only `figures` and `sus` have a --month, and only `figures` have a --to: a list of records has all that is "
        "registered."
    )


class AudienceOfFigures(UsageProblem):
    message = translatable("Only `figures` have an --audience: a list of records is for nobody else.")


class NoMunicipality(UsageProblem):
    message = translatable("This list cannot be told apart by municipality: leave out --municipality.")


class NoPurpose(UsageProblem):
    message = translatable(
        "This list tells of no single person, so what it is for is not written down: leave out --purpose."
    )


class MonthsBackwards(UsageProblem):
    message = translatable("--to must not be before --month.")


class FileThere(Refused):
    message = translatable("{path} is there already, and was left as it is. Choose another name, or add --replace.")


class ListNotWritten(CannotWrite):
    message = translatable(
        "{path} cannot be written: check the folder, its permissions and the room on the disk, "
        "and whether another program has the file open. What was there is as it was."
    )


def export(
    context: typer.Context,
    what: What,
    file: NewFile,
    *,
    month: MonthName = None,
    to: ToMonth = None,
    municipalities: Municipalities = None,
    audience: AudienceName = _MEETING,
    purpose: Purpose = None,
    replace: Replace = False,
) -> None:
    """Write a list."""
    session: Session = context.obj
    target = Target.of(Path(file), replaces=replace)
    if what == FIGURES:
        if purpose is not None:
            raise NoPurpose
        _export_figures(session, target, month, to, municipalities or (), audience)
    elif to or (month and what != SUS):
        raise MonthsOfFigures
    elif audience != _MEETING:
        raise AudienceOfFigures
    elif what == SUS:
        _export_sus(session, target, month, municipalities or (), purpose)
    else:
        _export_records(session, target, what, municipalities or (), purpose)
    answer(str(target.path))


class Target(NamedTuple):
    """The file that is to be written."""

    path: Path
    form: str
    replaces: bool

    @classmethod
    def of(cls, path: Path, *, replaces: bool) -> Target:
        """Raises UnknownEnding or FileThere."""
        from arena_cli.exchange.outgoing.files import WRITERS

        form = path.suffix.removeprefix(".").casefold()
        if form not in WRITERS:
            raise UnknownEnding(known=tuple(f".{known}" for known in WRITERS))
        if os.path.lexists(path) and not replaces:
            raise FileThere(path=path)
        return cls(path, form, replaces)

    @contextmanager
    def written(self, table: Table, language: Language, mode: int = 0o600) -> Iterator[None]:
        """Write the list beside its place; it gets its name when the block has ended without an error.

        Raises FileThere, ListNotWritten and what a writer raises; what was there is then as it was.
        """
        from arena_cli.exchange.outgoing.files import WRITERS

        try:
            with unfinished(self.path) as draft:
                with draft.open("wb") as stream:
                    WRITERS[self.form](stream, table, language)
                    settle(stream, mode)
                yield
                (publish_over if self.replaces else publish_new)(draft, self.path)
        except FileExistsError:
            raise FileThere(path=self.path) from None
        except OSError:
            raise ListNotWritten(path=self.path) from None


def _export_figures(
    session: Session,
    target: Target,
    month: str | None,
    to: str | None,
    municipalities: Sequence[str],
    audience: str,
) -> None:
    from arena_cli.deliveries import shown_to_public
    from arena_cli.exchange.outgoing.figures import OfMonth, figures_table

    is_public = read_audience(audience) != _MEETING
    first = month_of(month, session.today)
    last = of_option("--to", partial(read_month, today=session.today))(to) if to else first
    if last < first:
        raise MonthsBackwards
    with session.reading() as store:
        project = store.project()
        chosen = find_municipalities(project, municipalities)
        months = [
            OfMonth.for_public(each, shown_to_public(store, each), chosen)
            if is_public
            else OfMonth.of(_report(store, each, session.today), chosen)
            for each in _months(first, last)
        ]
    table = figures_table(project, months, session.language)
    with target.written(table, session.language, 0o666 & ~session.world.umask):
        pass
    say(session.language.plural("{count} figure.", "{count} figures.", count=table.count))


def _months(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.next()


def _report(store: Store, month: Month, today: date) -> Report:
    """The month's figures, which must not contradict each other."""
    from arena_cli.figures import kept

    check_month(month, store.project(), today)
    report = kept.build(store, month, today)
    report.require_reconciled()
    return report


def _export_records(
    session: Session, target: Target, what: str, municipalities: Sequence[str], purpose: str | None
) -> None:
    from arena_cli.exchange.outgoing.records import LISTS, has_municipality, is_personal, persons_in, record_table

    if what not in LISTS:
        raise UnknownList(known=(FIGURES, SUS, *LISTS))
    kind, _ = LISTS[what]
    if municipalities and not has_municipality(kind):
        raise NoMunicipality
    if not is_personal(kind):
        if purpose is not None:
            raise NoPurpose
        with session.reading() as store, store.snapshot():
            table = record_table(store, what, find_municipalities(store.project(), municipalities), session.language)
            with target.written(table, session.language):
                pass
        say(session.language.plural("{count} row.", "{count} rows.", count=table.count))
        return

    def made(store: Store) -> tuple[Table, int]:
        chosen = find_municipalities(store.project(), municipalities)
        return record_table(store, what, chosen, session.language), persons_in(store, what, chosen)

    _write_personal(session, target, f"list of {what}", made, purpose)


def _export_sus(
    session: Session, target: Target, month: str | None, municipalities: Sequence[str], purpose: str | None
) -> None:
    from arena_cli.exchange.outgoing.sus import sus_table

    of_month = month_of(month, session.today)

    def made(store: Store) -> tuple[Table, int]:
        check_month(of_month, store.project(), session.today)
        return sus_table(store, of_month, find_municipalities(store.project(), municipalities), session.language)

    _write_personal(session, target, f"list of {SUS} {of_month}", made, purpose)


def _write_personal(
    session: Session, target: Target, what: str, made: Callable[[Store], tuple[Table, int]], purpose: str | None
) -> None:
    """Write a list that tells of single persons; what it is for is written down before the file gets its name."""
    from arena_cli.casework.access import record_access

    what_for = wanted(session, purpose, PURPOSE)
    with session.writing() as store, ExitStack() as until_told:
        with store.snapshot():
            table, persons = made(store)
            until_told.enter_context(target.written(table, session.language))
        record_access(store, session.occasion(), AccessAction.EXPORT, what_for, what, persons)
    message = translatable(
        "Rows: {rows}; participants: {persons}. The file tells of single persons: only you can read it, and the "
        "journal says what it is for. Take it away when it is no longer needed."
    )
    say(session.language.text(message, rows=table.count, persons=persons))


COMMANDS: Final = {
    "export": Command(
        export,
        "arena export figures siffror.xlsx --month 2016-01 --to 2016-10",
        translatable(
            "The figures are the report's, and exact; for others than the meeting, `--audience public` gives those "
            "that a public report has shown. A list of records tells of single persons: it asks what it is for, which "
            "the journal keeps, and only you can read the file."
        ),
    ),
}
