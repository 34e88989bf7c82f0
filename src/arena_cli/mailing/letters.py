"""The letter that brings a report: a few lines in the report's language, and its files as they were delivered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from arena_cli.deliveries import KeptFile
from arena_cli.errors import NotFound, translatable
from arena_cli.figures.earlier import Cause, in_words
from arena_cli.language import load_language
from arena_cli.model import Project
from arena_cli.model.delivery import Delivery

ATTACHED: Final = ("pdf", "html")
"""The formats that are read without another program than everybody has."""

_TYPES: Final = {"pdf": ("application", "pdf"), "html": ("text", "html")}
_POLICY: Final = SMTP.clone(cte_type="7bit")  # no server along the way has to be able to do more


class NothingToAttach(NotFound):
    message = translatable(
        "Report {number} was delivered neither as PDF nor as HTML. Nothing was sent: "
        "`arena report --format html --out FOLDER` delivers it so."
    )


def attachments(delivery: Delivery, kept: Sequence[KeptFile]) -> list[KeptFile]:
    """The files that go with the letter. Raises NothingToAttach."""
    chosen = [one for one in kept if one.file.form in ATTACHED]
    if not chosen:
        raise NothingToAttach(number=delivery.id)
    return chosen


def letter(
    project: Project, delivery: Delivery, attached: Sequence[KeptFile], sender: str, recipients: Sequence[str]
) -> EmailMessage:
    """A draft of the letter: the same delivery and recipients give the same bytes. Outlook opens it to be sent."""
    message = EmailMessage(_POLICY)
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message["Subject"] = _subject(project, delivery)
    message["X-Unsent"] = "1"
    message.set_content("\n".join(_lines(project, delivery)) + "\n", cte="quoted-printable")
    for one in attached:
        main, sub = _TYPES[one.file.form]
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=one.file.name, cte="base64")
    message.set_boundary(f"arena-{_seal(delivery, recipients)}")
    return message


def dispatched(message: EmailMessage, delivery: Delivery, recipient: str, now: datetime) -> EmailMessage:
    """The draft made into what is sent. Sent twice it has the same number, by which mail programs know it."""
    del message["X-Unsent"]
    domain = message["From"].addresses[0].domain
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<arena-{_seal(delivery, [recipient])}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _subject(project: Project, delivery: Delivery) -> str:
    language = load_language(delivery.language)
    facts = {"project": project, "month": delivery.month}
    if delivery.revision == 1:
        return language.text(translatable("{project}: report of {month}"), **facts)
    message = translatable("{project}: report of {month}, revision {revision}")
    return language.text(message, **facts, revision=delivery.revision)


def _lines(project: Project, delivery: Delivery) -> Iterator[str]:
    language = load_language(delivery.language)
    message = translatable("The report of {project} for {month} is attached.")
    yield language.text(message, project=project, month=delivery.month)
    if delivery.preliminary:
        yield language.text(translatable("The month has not ended: the figures are preliminary."))
    if delivery.revision > 1 and delivery.reason:
        causes = ", ".join(in_words(language, Cause(cause), number) for cause, number in delivery.reason)
        yield language.text(translatable("It replaces the one before. Because: {causes}."), causes=causes)
    elif delivery.revision > 1 and delivery.audience == "public":
        yield language.text(translatable("It replaces the one before."))
    elif delivery.revision > 1:
        yield language.text(translatable("It replaces a preliminary one."))
    if delivery.audience == "meeting":
        yield language.text(translatable("It is internal, for the meeting: do not pass it on."))


def _seal(delivery: Delivery, recipients: Sequence[str]) -> str:
    """Letters and digits that no other letter has."""
    told = (delivery.month, delivery.readers, delivery.revision, delivery.fingerprint, *map(str.casefold, recipients))
    return sha256("\n".join(map(str, told)).encode()).hexdigest()[:32]
