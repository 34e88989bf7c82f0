"""Handing letters to a mail server, encrypted and only to the server that its certificate names."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from arena_cli.errors import CannotWrite, translatable
from arena_cli.mailing.register import Outcome
from arena_cli.mailing.settings import MailSettings

PATIENCE: Final = 60
"""Seconds that the server may take for an answer."""

_REFUSED: Final = 400
"""The first of the codes with which a server refuses."""


class NotReached(CannotWrite):
    message = translatable(
        "The mail server {host}, port {port}, does not answer as it should. Nothing was sent: check the settings and "
        "the connection, and run the command again."
    )


class NotEncrypted(CannotWrite):
    message = translatable(
        "The mail server {host} offers no encryption on port {port}. Nothing was sent: ask its keeper for port and "
        "security."
    )


class NotTrusted(CannotWrite):
    message = translatable(
        "The certificate of the mail server {host} cannot be trusted. Nothing was sent: check the host, and give the "
        "certificate of your organisation's own authority as ca_file."
    )


class LoginRefused(CannotWrite):
    message = translatable("The mail server {host} refuses the user or the password. Nothing was sent: correct them.")


class UnusableAuthority(CannotWrite):
    message = translatable("{path} cannot be read as certificates. Nothing was sent: correct ca_file.")


class _Refusal(Exception):
    """The server does not take a letter."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Failure(NamedTuple):
    """Somebody to whom a letter did not go, or with BEGUN perhaps did. `code` is the server's answer, if any."""

    recipient: str
    outcome: Outcome
    code: int | None = None


@contextmanager
def connected(settings: MailSettings, password: str | None) -> Iterator[smtplib.SMTP]:
    """A connection to the server, encrypted and logged in.

    Raises NotReached, NotEncrypted, NotTrusted, LoginRefused or UnusableAuthority.
    """
    client = _connected(settings, password)
    try:
        yield client
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


def hand_over(
    client: smtplib.SMTP, sender: str, letters: Iterable[tuple[str, bytes]], note: Callable[[str, Outcome], None]
) -> list[Failure]:
    """Hand over one letter after the other, and note what becomes of each. Returns those that did not go.

    What the server refuses does not keep the rest; when the connection breaks off, the rest waits for another time.
    """
    failures: list[Failure] = []
    waiting = iter(letters)
    for recipient, letter in waiting:
        outcome = Outcome.FAILED
        try:
            _expect(client.mail(sender))
            _expect(client.rcpt(recipient))
            note(recipient, Outcome.BEGUN)
            outcome = Outcome.BEGUN
            _expect(client.data(letter))
        except (_Refusal, smtplib.SMTPDataError) as refusal:
            code = refusal.code if isinstance(refusal, _Refusal) else refusal.smtp_code
            failures.append(Failure(recipient, Outcome.FAILED, code))
            note(recipient, Outcome.FAILED)
            with suppress(OSError, smtplib.SMTPException):  # if the connection is gone, the next letter says so
                client.rset()
        except (OSError, smtplib.SMTPException):
            lost = [Failure(recipient, outcome), *(Failure(other, Outcome.FAILED) for other, _ in waiting)]
            for failure in lost:
                if failure.outcome is Outcome.FAILED:
                    note(failure.recipient, Outcome.FAILED)
            failures += lost
        else:
            note(recipient, Outcome.ACCEPTED)
    return failures


def _connected(settings: MailSettings, password: str | None) -> smtplib.SMTP:
    host, port = settings.host, settings.port
    context = _trusted(settings)
    own_name = settings.sender.partition("@")[
        2
    ]  # to ask the system for this computer's takes seconds where it has none
    client: smtplib.SMTP | None = None
    try:
        if settings.security == "tls":
            client = smtplib.SMTP_SSL(host, port, own_name, timeout=PATIENCE, context=context)
        else:
            client = smtplib.SMTP(host, port, own_name, timeout=PATIENCE)
            client.starttls(context=context)
        if password is not None:
            client.login(settings.user, password)
        client.ehlo_or_helo_if_needed()  # where there is no login, nothing has introduced us yet
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        if client is not None:
            client.close()
        raise _reason(error)(host=host, port=port) from None
    return client


def _reason(error: Exception) -> type[CannotWrite]:
    match error:
        case ssl.SSLCertVerificationError():
            return NotTrusted
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return NotEncrypted
        case smtplib.SMTPAuthenticationError() | UnicodeError():
            return LoginRefused
        case _:
            return NotReached


def _trusted(settings: MailSettings) -> ssl.SSLContext:
    """What is asked of the server: TLS 1.2 or newer, and a certificate for its name by an authority that is trusted."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError:
        raise UnusableAuthority(path=settings.ca_file) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _expect(answer: tuple[int, bytes]) -> None:
    """What the server says in words is left out: it could hold anything."""
    code, _ = answer
    if code >= _REFUSED:
        raise _Refusal(code)
