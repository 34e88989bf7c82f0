"""Delivered reports on their way to those who read them: by mail, or as a draft that somebody sends."""

from __future__ import annotations

from collections.abc import Container, Sequence
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.options import MonthName, Quiet, month_of, read_number
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session
from arena_cli.deliveries import KeptFile, deliveries, delivery_of, kept_files
from arena_cli.errors import ArenaError, CannotWrite, DataProblem, NotFound, Refused, Remark, UsageProblem, translatable
from arena_cli.mailing.letters import attachments, dispatched, letter
from arena_cli.mailing.register import Outcome, Standing, note, standing
from arena_cli.mailing.server import Failure, connected, hand_over
from arena_cli.mailing.settings import AUDIENCES, MailSettings, password_of, read_settings, usual_place
from arena_cli.model.delivery import Delivery, Readers
from arena_cli.store import Store
from arena_cli.whole_file import write_new

Number = Annotated[
    str | None,
    typer.Argument(
        metavar=translatable("[NUMBER]"),
        help=translatable("The report's number in `arena list-reports`. Otherwise the latest of the month."),
    ),
]
AudienceName = Annotated[
    str | None,
    typer.Option(
        "--audience",
        metavar="meeting|public",
        help=translatable("Which of the month's reports, and which recipients. Otherwise that for the meeting."),
    ),
]
SettingsFile = Annotated[
    str | None,
    typer.Option(
        "--settings",
        metavar=translatable("FILE"),
        help=translatable("How it is mailed and to whom. Otherwise arena.mail.toml beside arena.db."),
    ),
]
DraftTo = Annotated[
    str | None,
    typer.Option(
        "--draft",
        metavar=translatable("FILE"),
        help=translatable("Send nothing: write the letter as an .eml file, or into this folder, for you to send."),
    ),
]
Again = Annotated[
    list[str] | None,
    typer.Option(
        "--again",
        metavar=translatable("ADDRESS"),
        help=translatable("Also to this recipient, who has had it. May be given several times."),
    ),
]


class NumberOrMonth(UsageProblem):
    message = translatable("Give the report's number, or --month and --audience, not both.")


class UnknownMailAudience(UsageProblem):
    message = translatable("There is no such audience. Choose one of: {known}.")


class NothingDelivered(NotFound):
    message = translatable(
        "No report of {month} has been delivered to these readers: `arena report --month {month} --out FOLDER` does "
        "so, and `arena list-reports` lists those that were."
    )


class NotRecipient(NotFound):
    message = translatable("{address} is none of the recipients in {path}.")


class NoRecipients(DataProblem):
    message = translatable("{path} names nobody for this audience. Nothing was sent: write {audience} = [...].")


class NoServer(DataProblem):
    message = translatable("{path} names no mail server. Nothing was sent: write host, or use --draft.")


class DoesNotReconcile(Refused):
    message = translatable("The figures of report {number} do not reconcile. It is not sent.")


class DraftExists(Refused):
    message = translatable("{path} is there already and is another file. Nothing was written: give another name.")


class DraftNotWritten(CannotWrite):
    message = translatable("{path} cannot be written: check the folder, its permissions and the room on the disk.")


class NotSentToAll(CannotWrite):
    message = translatable(
        "Sent to {sent} of {count}. Run the command again when this is mended; whoever has got the report does not get "
        "it twice:\n{failed}"
    )


class NobodyKnows(Refused):
    message = translatable(
        "Whether the report has reached {unsure} is not known: the connection broke off before the server answered. "
        "Ask there; if it has not, `--again` with the address sends it once more."
    )


class _Post(NamedTuple):
    """A delivery that is to go to its recipients."""

    session: Session
    store: Store
    delivery: Delivery
    attached: Sequence[KeptFile]
    settings: MailSettings
    recipients: Sequence[str]
    repeated: Container[str]
    known: Standing

    def letter(self, *recipients: str) -> EmailMessage:
        return letter(self.store.project(), self.delivery, self.attached, self.settings.sender, recipients)

    def note(self, outcome: Outcome, *recipients: str) -> None:
        at, actor = self.session.occasion().at, self.session.world.actor
        note(self.store, self.delivery, recipients, outcome, at=at, actor=actor)

    def to_mail(self) -> list[str]:
        """Those to whom it has not gone yet."""
        return [r for r in self.recipients if r.casefold() in self.repeated or not self.known.is_settled(r)]

    def to_draft(self) -> list[str]:
        """Of these, those for whom there is no draft."""
        return [r for r in self.to_mail() if r.casefold() in self.repeated or not self.known.has_draft(r)]

    def unsure(self) -> list[str]:
        """Those who may have got it, and may not."""
        return [r for r in self.recipients if r.casefold() not in self.repeated and self.known.is_unsure(r)]


def send_report(
    context: typer.Context,
    number: Number = None,
    *,
    month: MonthName = None,
    audience: AudienceName = None,
    settings_file: SettingsFile = None,
    draft: DraftTo = None,
    again: Again = None,
    quiet: Quiet = False,
) -> None:
    """Mail a delivered report."""
    from arena_cli.cli.report_set import alone

    session: Session = context.obj
    if number is not None and (month is not None or audience is not None):
        raise NumberOrMonth
    path = Path(settings_file) if settings_file is not None else usual_place(session.database)
    settings = read_settings(path)
    if draft is None and not settings.host:
        raise NoServer(path=path)
    with session.writing() as store, alone(session.database):
        delivery = _chosen(session, store, number, month, audience)
        post = _post(session, store, delivery, settings, path, again or ())
        if draft is None:
            _mail(post, quiet=quiet)
        else:
            _draft(post, Path(draft), quiet=quiet)


def _chosen(session: Session, store: Store, number: str | None, month: str | None, audience: str | None) -> Delivery:
    """The delivery that is meant: by number, or the month's latest in the language of the session, for all of it.

    Raises UnknownDelivery, NothingDelivered or UnknownMailAudience.
    """
    if number is not None:
        return delivery_of(store, read_number(translatable("NUMBER"), number))
    readers = Readers((audience or AUDIENCES[0]).strip().casefold(), session.language.code)
    if readers.audience not in AUDIENCES:
        raise UnknownMailAudience(known=AUDIENCES)
    wanted = month_of(month, session.today)
    found = deliveries(store, wanted, readers)
    if not found:
        raise NothingDelivered(month=wanted)
    return found[-1]


def _post(
    session: Session, store: Store, delivery: Delivery, settings: MailSettings, path: Path, again: Sequence[str]
) -> _Post:
    """What is to be sent. Raises DoesNotReconcile, NoRecipients, NotRecipient or NothingToAttach."""
    if not delivery.reconciles:
        raise DoesNotReconcile(number=delivery.id)
    recipients = settings.recipients[delivery.audience]
    if not recipients:
        raise NoRecipients(path=path, audience=delivery.audience)
    repeated = frozenset(map(str.casefold, again))
    strangers = repeated.difference(map(str.casefold, recipients))
    if strangers:
        raise NotRecipient(address=tuple(sorted(strangers)), path=path)
    attached = attachments(delivery, kept_files(store, delivery.id))
    return _Post(session, store, delivery, attached, settings, recipients, repeated, standing(store, delivery))


def _mail(post: _Post, *, quiet: bool) -> None:
    """Hand the letters to the server. Raises what `connected` raises, NotSentToAll or NobodyKnows."""
    waiting = post.to_mail()
    failures = _hand_over(post, waiting) if waiting else []
    if failures:
        sent = len(waiting) - len(failures)
        raise NotSentToAll(sent=sent, count=len(waiting), failed=tuple(map(_in_words, failures)))
    unsure = post.unsure()
    if unsure:
        raise NobodyKnows(unsure=tuple(unsure))
    if quiet:
        return
    if waiting:
        answer("\n".join(waiting))
        _say(post, translatable("Sent: report {number}, {month}, revision {revision}."))
    else:
        _say(
            post,
            translatable("Every recipient has had revision {revision} of the report of {month}: nothing was sent."),
        )


def _in_words(failure: Failure) -> Remark:
    if failure.code is not None:
        message = translatable("  {recipient}: the server refuses it with {code}.")
        return Remark(message, recipient=failure.recipient, code=failure.code)
    if failure.outcome is Outcome.BEGUN:
        message = translatable("  {recipient}: not known, the connection broke off before the server answered.")
    else:
        message = translatable("  {recipient}: the connection broke off.")
    return Remark(message, recipient=failure.recipient)


def _hand_over(post: _Post, waiting: Sequence[str]) -> list[Failure]:
    settings, now = post.settings, post.session.world.now
    letters = ((r, dispatched(post.letter(r), post.delivery, r, now).as_bytes()) for r in waiting)
    with ExitStack() as stack:
        try:
            client = stack.enter_context(connected(settings, password_of(settings) if settings.user else None))
        except ArenaError:
            post.note(Outcome.FAILED, *waiting)
            raise
        return hand_over(client, settings.sender, letters, lambda recipient, outcome: post.note(outcome, recipient))


def _draft(post: _Post, place: Path, *, quiet: bool) -> None:
    """Write the letter as a file. Raises DraftExists or DraftNotWritten."""
    waiting = post.to_draft()
    if waiting:
        name = f"{Path(post.attached[0].file.name).stem}.revision-{post.delivery.revision}.eml"
        path = place if place.suffix == ".eml" else place / name
        _write(path, post.letter(*waiting).as_bytes(), 0o666 & ~post.session.world.umask)
        post.note(Outcome.DRAFTED, *waiting)
        if not quiet:
            answer(str(path))
    elif not quiet:
        message = translatable(
            "There is a draft of revision {revision} of the report of {month} already: nothing was written."
        )
        _say(post, message)


def _write(path: Path, content: bytes, mode: int) -> None:
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        write_new(path, content, mode)
    except OSError as error:
        if not (isinstance(error, FileExistsError) and path.is_file()):
            raise DraftNotWritten(path=path) from None
        if path.read_bytes() != content:  # else a run wrote it that was cut off
            raise DraftExists(path=path) from None


def _say(post: _Post, message: str) -> None:
    delivery = post.delivery
    facts = {"number": delivery.id, "month": delivery.month, "revision": delivery.revision}
    say(post.session.language.text(message, **facts))


COMMANDS: Final = {
    "send-report": Command(
        send_report,
        "arena send-report --month last --quiet",
        translatable(
            "What is sent are the files as they were delivered, PDF and HTML, with the password from a file or the "
            "keyring. Nobody gets a revision twice. docs/sending.md says how it is set up."
        ),
    ),
}
