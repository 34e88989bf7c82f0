"""How reports are mailed and to whom: a TOML file beside the database. docs/sending.md says every key.

The password is not among them: it is in a file of its own, or in the keyring of the operating system.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from arena_cli.errors import CannotWrite, DataProblem, NotFound, Refused, translatable
from arena_cli.toml_file import Fault, Table, parsed_toml

AUDIENCES: Final = ("meeting", "public")
"""Each has recipients of its own: what is for the meeting does not reach the public by mistake."""

SECURITY: Final[Mapping[str, int]] = {"starttls": 587, "tls": 465}
"""How the connection is encrypted, with the port where servers usually expect that. There is no way without."""

_ADDRESS: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}")
_PORTS: Final = range(1, 65536)

_NOT_ADDRESS: Final = translatable("is no mail address. Write it without a name, as in: {example}")
_NOT_HOST: Final = translatable("is no name of a computer. Write it as in: {example}")
_TWO_PASSWORDS: Final = translatable("says with password_file twice where the password is. Remove one of them.")
_NO_PASSWORD: Final = translatable("has no password. Say where it is: password_file or keyring.")


class NoMailSettings(NotFound):
    message = translatable(
        "There is no file {path}, which says how reports are mailed and to whom. docs/sending.md has one to copy."
    )


class UnreadableMailSettings(CannotWrite):
    message = translatable("{path} cannot be read: check that it is a file and that you may read it.")


class FaultyMailSettings(DataProblem):
    message = translatable("{path} cannot be used for mailing. Nothing was sent. Correct this:\n{faults}")


class PasswordForAll(Refused):
    message = translatable(
        "Others can read the password in {path} (mode {mode}). Nothing was sent: `chmod 600` makes it yours alone."
    )


class NoPassword(NotFound):
    message = translatable("The keyring has no password for {user} under {service}. Nothing was sent: put it there.")


class NoKeyring(CannotWrite):
    message = translatable(
        "The keyring cannot be asked for the password. Nothing was sent: install arena-cli[keyring], unlock the "
        "keyring, or use password_file."
    )


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What the file says. `host` is empty where reports are only drafted; `recipients` are by audience."""

    sender: str
    recipients: Mapping[str, tuple[str, ...]]
    host: str
    port: int
    security: str
    user: str
    password_file: Path | None
    keyring: str
    ca_file: Path | None


def usual_place(database: Path) -> Path:
    """Where the settings are unless somebody says otherwise: beside `arena.db` it is `arena.mail.toml`."""
    return database.with_name(f"{database.stem}.mail.toml")


def read_settings(path: Path) -> MailSettings:
    """Read the file. Paths in it start from its own folder.

    Raises NoMailSettings, UnreadableMailSettings, or FaultyMailSettings with every fault.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NoMailSettings(path=path) from None
    except OSError:
        raise UnreadableMailSettings(path=path) from None
    faults: list[Fault] = []
    settings = _settings(Table(parsed_toml(content, path, FaultyMailSettings), "", faults), path.parent)
    if faults:
        raise FaultyMailSettings(path=path, faults=tuple(faults))
    return settings


def password_of(settings: MailSettings) -> str:
    """The password. Raises PasswordForAll, UnreadableMailSettings, NoKeyring or NoPassword."""
    if settings.password_file is None:
        return _from_keyring(settings.keyring, settings.user)
    try:
        mode = stat.S_IMODE(settings.password_file.stat().st_mode)
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise PasswordForAll(path=settings.password_file, mode=f"{mode:04o}")
        return settings.password_file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise UnreadableMailSettings(path=settings.password_file) from None


def _from_keyring(service: str, user: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise NoKeyring from None
    try:
        password = keyring.get_password(service, user)
    except KeyringError:
        raise NoKeyring from None
    if password is None:
        raise NoPassword(user=user, service=service)
    return password


def _settings(table: Table, folder: Path) -> MailSettings:
    """Read the keys; where faults were noted the settings are not to be used."""
    security = table.choice("security", tuple(SECURITY))
    settings = MailSettings(
        sender=_address(table, "sender", table.text("sender", required=True, such_as="rapporter@example.se")),
        recipients=_recipients(table),
        host=table.text("host"),
        port=table.number("port", _PORTS) or SECURITY[security],
        security=security,
        user=table.text("user"),
        password_file=_file(table, "password_file", folder),
        keyring=table.text("keyring"),
        ca_file=_file(table, "ca_file", folder),
    )
    if settings.host and not _HOST.fullmatch(settings.host):
        table.fault("host", _NOT_HOST, example='host = "smtp.example.se"')
    if settings.password_file and settings.keyring:
        table.fault("keyring", _TWO_PASSWORDS)
    if settings.user and not (settings.password_file or settings.keyring):
        table.fault("user", _NO_PASSWORD)
    table.finish()
    return settings


def _recipients(table: Table) -> dict[str, tuple[str, ...]]:
    """The addresses for each audience, each once."""
    inner = table.table("recipients")
    found = {}
    for audience in AUDIENCES:
        entries = inner.entries(audience, f'{audience} = ["moten@example.se"]', required=False)
        texts = ((place, inner.checked_text(place, entry, '"moten@example.se"')) for place, entry in entries)
        addresses = [_address(inner, place, text) for place, text in texts]
        found[audience] = tuple({address.casefold(): address for address in reversed(addresses)}.values())[::-1]
    inner.finish()
    return found


def _address(table: Table, key: str, text: str) -> str:
    if text and not _ADDRESS.fullmatch(text):
        table.fault(key, _NOT_ADDRESS, example='"moten@example.se"')
    return text


def _file(table: Table, key: str, folder: Path) -> Path | None:
    text = table.text(key)
    return folder / text if text else None
