"""Reports as delivered: kept when they are written to files, listed, and printed again byte for byte."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli import __version__
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson
from arena_cli.cli.output import answer_json, say, table
from arena_cli.cli.purpose import STANDING_PURPOSE
from arena_cli.cli.report_set import is_in, write_set
from arena_cli.cli.words import AUDIENCES, NOTHING
from arena_cli.cli.world import Session
from arena_cli.database import SCHEMA_VERSION
from arena_cli.deliveries import (
    MANIFEST,
    KeptFile,
    counted_until,
    delivered_on,
    deliveries,
    delivery_of,
    facts_of,
    files,
    is_delivered,
    keep,
    kept_files,
    listed,
    origin_of,
    published,
    restated,
    told,
    told_by,
    told_of,
)
from arena_cli.disclosure.edition import PublicReport, publish
from arena_cli.errors import NotFound, Refused, translatable
from arena_cli.figures.earlier import Cause, Earlier, in_words
from arena_cli.figures.report import Report
from arena_cli.figures.restated import restate
from arena_cli.language import Language, load_language
from arena_cli.model.delivery import Delivery, Readers
from arena_cli.render import Edition, as_file, file_name
from arena_cli.render.edition import SHORT
from arena_cli.store import Store

OfMonth = Annotated[
    str | None,
    typer.Option(
        "--month", metavar=translatable("MONTH"), help=translatable("Only reports of this month: 2016-10, last, this.")
    ),
]


class MonthNotOver(Refused):
    message = translatable(
        "{month} has not ended, and what is public cannot be taken back: late registrations would hide in the final "
        "report what a preliminary one had shown. Wait until the month is over and registered; `arena report` without "
        "--out shows what it would be."
    )


class FormNotDelivered(NotFound):
    message = translatable("Report {number} was not delivered in that format. It has: {known}.")


class LaterRevisionThere(Refused):
    message = translatable(
        "{folder} has revision {revision} of that report, which this earlier one would replace. Name another folder "
        "with --out."
    )


# -- delivering -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """A report that is about to be delivered.

    `last` is what was last delivered of its month to the same readers. `journal_seq` and `journal_hash` are the
    journal's end when it was counted. `shows_less`: of what the public was shown of the month, some would be hidden.
    """

    report: Report | PublicReport
    readers: Readers
    fingerprint: str
    last: Delivery | None
    journal_seq: int
    journal_hash: str
    shows_less: bool = False

    @property
    def is_new(self) -> bool:
        """Whether its figures are not those that were last delivered."""
        return self.last is None or self.last.fingerprint != self.fingerprint

    @property
    def revision(self) -> int:
        return (self.last.revision if self.last else 0) + self.is_new

    @property
    def own(self) -> Earlier | None:
        """What has changed in the month itself since the revision before, unless that was preliminary."""
        return next((e for e in self.report.earlier if e.month == self.report.month), None)


def draft_of(store: Store, report: Report, language: Language, edition: Edition, today: date) -> Draft:
    """The report with what has changed in the earlier months, and in its own if it was delivered before."""
    month, readers = report.month, Readers(edition.audience.value, language.code, edition.municipalities)
    seal = report.fingerprint(edition.municipalities)
    last = next(reversed(deliveries(store, month, readers)), None)
    before = told(store, month, readers)
    if last and last.fingerprint != seal and not last.preliminary:
        before.append(replace(told_of(store, last), version=""))
    earlier = restate(store, before, __version__, today, edition.municipalities)
    if last and last.fingerprint == seal:
        earlier += tuple(e for e in restated(store, last.id) if e.month == month)
    end = counted_until(store)
    return Draft(replace(report, earlier=earlier), readers, seal, last, end.seq, end.hash)


def public_draft_of(store: Store, report: Report, language: Language, edition: Edition, *, is_kept: bool) -> Draft:
    """The report for the public: what is safe beside all that was shown to it before. A preview is not kept.

    Raises NotForThePublic, LaterIsPublic or MonthNotOver.
    """
    if is_kept and report.preliminary:
        raise MonthNotOver(month=report.month)
    before = published(store)
    shown = replace(publish(report, before), is_preview=not is_kept)
    of_month = [one.shown for one in before if one.month == report.month]
    shows_less = bool(of_month) and any(key in of_month[-1] and key not in shown.shown for key in shown.subjects)
    readers = Readers(edition.audience.value, language.code, edition.municipalities)
    last = next(reversed(deliveries(store, report.month, readers)), None)
    end = counted_until(store)
    return Draft(shown, readers, shown.fingerprint(), last, end.seq, end.hash, shows_less)


def deliver(
    session: Session,
    store: Store,
    draft: Draft,
    edition: Edition,
    forms: Sequence[str],
    folder: Path,
    purpose: str = STANDING_PURPOSE,
    *,
    if_changed: bool = False,
    replaces_any: bool = False,
) -> list[Path]:
    """Write a report to files and keep it as delivered. What was delivered already is written again as it was.

    `if_changed`: nothing is written where the figures are those that were last delivered and the files are there.
    Nor is a public report written that would show less than the one there: what has changed by a few is no news.
    `replaces_any`: files in the way are not set aside, whoever wrote them.
    `purpose` is kept in the journal. Returns the paths. Raises ReportNotWritten, DeliveredMeanwhile, and what
    `as_file` raises.
    """
    is_ours = (lambda *_: True) if replaces_any else partial(is_delivered, store)
    write = partial(write_set, folder, umask=session.world.umask, is_delivered=is_ours)
    edition, language = replace(edition, revision=draft.revision), load_language(draft.readers.language)
    if if_changed and draft.last and draft.shows_less:
        kept = kept_files(store, draft.last.id)
        return [] if is_in(folder, kept) else _paths_after(write(kept), session, folder, kept)
    same = _same(store, draft, forms)
    as_then = replace(edition, made_at=same.made_at) if same else edition
    if same and (if_changed or _is_same(store, same, _rendered(draft, language, as_then, forms))):
        kept = kept_files(store, same.id)
        if is_in(folder, kept):
            return [] if if_changed else _paths(folder, kept)
        aside, replaces = write(kept), draft.revision > 1
    else:
        delivery = _delivery(session, draft, edition)
        kept = _rendered(draft, language, edition, forms)
        kept.append(_manifest(draft, edition, delivery, kept))
        commit = partial(keep, store, delivery, draft.report, kept, draft.last, session.occasion(), purpose)
        aside = write(kept, commit=commit)
        replaces = draft.is_new and draft.last is not None
    if replaces:
        _say_revision(session.language, draft)
    return _paths_after(aside, session, folder, kept)


def _paths_after(aside: Sequence[Path], session: Session, folder: Path, kept: Sequence[KeptFile]) -> list[Path]:
    """The paths of a report's files, when it has been said what was set aside for them."""
    for path in aside:
        message = translatable("{path} was not as it had been delivered: it has been set aside under this name.")
        say(session.language.text(message, path=path))
    return _paths(folder, kept)


def _paths(folder: Path, kept: Sequence[KeptFile]) -> list[Path]:
    return [folder / one.file.name for one in kept if one.file.form != MANIFEST]


def _same(store: Store, draft: Draft, forms: Sequence[str]) -> Delivery | None:
    """The latest delivery of the same revision in the same formats."""
    if draft.is_new:
        return None
    wanted = {*forms, MANIFEST}
    of_revision = (
        d for d in reversed(deliveries(store, draft.report.month, draft.readers)) if d.revision == draft.revision
    )
    return next((d for d in of_revision if {file.form for file in files(store, d.id)} == wanted), None)


def _is_same(store: Store, delivery: Delivery, rendered: Sequence[KeptFile]) -> bool:
    """Whether a delivery's files, but for its manifest, are those that would be written now."""
    return {kept.file for kept in rendered} == {file for file in files(store, delivery.id) if file.form != MANIFEST}


def _rendered(draft: Draft, language: Language, edition: Edition, forms: Sequence[str]) -> list[KeptFile]:
    report = draft.report
    return [
        KeptFile.of(
            file_name(report.month, form, language.code, edition, reconciles=report.reconciles),
            form,
            as_file(report, form, language, edition),
        )
        for form in forms
    ]


def _delivery(session: Session, draft: Draft, edition: Edition) -> Delivery:
    return Delivery(
        id=0,
        month=draft.report.month,
        audience=draft.readers.audience,
        language=draft.readers.language,
        municipalities=draft.readers.municipalities,
        revision=draft.revision,
        reason=draft.own.causes if draft.own else (),
        preliminary=draft.report.preliminary,
        reconciles=draft.report.reconciles,
        fingerprint=draft.fingerprint,
        journal_seq=draft.journal_seq,
        journal_hash=draft.journal_hash,
        as_of=edition.as_of,
        made_at=edition.made_at,
        version=__version__,
        delivered_at=session.occasion().at,
        actor=session.world.actor,
    )


def _manifest(draft: Draft, edition: Edition, delivery: Delivery, kept: Sequence[KeptFile]) -> KeptFile:
    """The file that names the others, with their hashes, and what they were made from and with."""
    import json
    from platform import python_version
    from sqlite3 import sqlite_version

    origin = origin_of(delivery)
    if isinstance(draft.report, PublicReport):  # how many entries there are counts what was registered
        origin["journal"] = {"hash": delivery.journal_hash}
    facts = {
        "project": draft.report.project.code,
        **facts_of(delivery),
        **origin,
        "kept": told_by(draft.report, delivery),
        "versions": {
            "arena": delivery.version,
            "schema": SCHEMA_VERSION,
            "python": python_version(),
            "sqlite": sqlite_version,
        },
        "files": [listed(one.file) for one in kept],
    }
    report = draft.report
    prose = file_name(report.month, "md", delivery.language, edition, reconciles=report.reconciles)
    name = f"{prose.removesuffix('.md')}.manifest.json"
    return KeptFile.of(name, MANIFEST, (json.dumps(facts, indent=2) + "\n").encode())


def _say_revision(language: Language, draft: Draft) -> None:
    """That a report which somebody may have read is replaced is said also when all is well."""
    facts = {"month": draft.report.month, "revision": draft.revision}
    if isinstance(draft.report, PublicReport):
        say(language.text(translatable("{month}: revision {revision} of the public report."), **facts))
        return
    if draft.own is None:
        say(
            language.text(
                translatable("{month}: revision {revision} of the report replaces a preliminary one."), **facts
            )
        )
        return
    if not draft.own.figures:
        say(
            language.text(
                translatable("{month}: revision {revision} of the report; its notes or decisions have changed."),
                **facts,
            )
        )
        return
    message = language.plural(
        "{month}: revision {revision} of the report; {count} figure has changed. Because: {causes}.",
        "{month}: revision {revision} of the report; {count} figures have changed. Because: {causes}.",
        count=len(draft.own.figures),
        causes=_because(language, draft.own.causes),
        **facts,
    )
    say(message)


def _because(language: Language, causes: Sequence[tuple[str, int]]) -> str:
    """As in "2 late entries, 1 correction"."""
    said = (in_words(language, Cause(cause), number) for cause, number in causes)
    return ", ".join(said) or NOTHING


# -- looking back -----------------------------------------------------------------------------------------------------


def list_reports(context: typer.Context, *, month: OfMonth = None, as_json: AsJson = False) -> None:
    """List the reports that were delivered, the latest last."""
    from arena_cli.cli.options import month_of

    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        project = store.project()
        found = deliveries(store, month_of(month, session.today) if month is not None else None)
        delivered = {delivery.id: files(store, delivery.id) for delivery in found}
    if as_json:
        answer_json(
            [
                {
                    "id": d.id,
                    **facts_of(d),
                    "delivered": delivered_on(d).isoformat(timespec="minutes"),
                    "by": d.actor,
                    "files": [file.name for file in delivered[d.id]],
                }
                for d in found
            ]
        )
        return
    names = {municipality.code: municipality.short_name for municipality in project.municipalities}
    forms = {number: ",".join(f.form for f in of_it if f.form != MANIFEST) for number, of_it in delivered.items()}
    language = session.language
    headings = (
        translatable("Number"),
        translatable("Month"),
        translatable("Revision"),
        translatable("Delivered"),
        translatable("Audience"),
        translatable("Language"),
        translatable("Formats"),
        translatable("Fingerprint"),
        translatable("Because"),
    )
    rows = [
        (
            d.id,
            d.month,
            d.revision,
            delivered_on(d).strftime("%Y-%m-%d %H:%M"),
            ", ".join((language.text(AUDIENCES[d.audience]), *(names.get(code, code) for code in d.municipalities))),
            d.language,
            forms[d.id],
            d.fingerprint[:SHORT],
            _because(language, d.reason) if d.revision > 1 else "",
        )
        for d in found
    ]
    table([language.text(heading) for heading in headings], rows)


def print_as_delivered(session: Session, number: int, form: str | None, folder: Path | None) -> list[Path]:
    """An earlier report again, byte for byte: to stdout, or with all its files into a folder.

    Raises UnknownDelivery, FormNotDelivered, LaterRevisionThere or ReportNotWritten.
    """
    with session.reading() as store:
        delivery = delivery_of(store, number)
        kept = kept_files(store, delivery.id)
        if folder is not None:
            readers = Readers(delivery.audience, delivery.language, delivery.municipalities)
            for other in deliveries(store, delivery.month, readers):
                if other.revision > delivery.revision and is_in(folder, kept_files(store, other.id)):
                    raise LaterRevisionThere(folder=folder, revision=other.revision)
            aside = write_set(folder, kept, session.world.umask, partial(is_delivered, store))
            return _paths_after(aside, session, folder, kept)
    by_form = {one.file.form: one for one in kept if one.file.form != MANIFEST}
    wanted = form or next(iter(by_form))
    if wanted not in by_form:
        raise FormNotDelivered(number=number, known=tuple(by_form))
    sys.stdout.buffer.write(by_form[wanted].content)
    return []


COMMANDS: Final = {
    "list-reports": Command(
        list_reports,
        "arena list-reports --month 2016-10",
        translatable(
            "Every report that was written to files is kept as it was. `arena report --as-delivered` with the number "
            "in the first column prints one again."
        ),
    ),
}
