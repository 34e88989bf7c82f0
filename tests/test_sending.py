"""`send-report`: delivered reports mailed to a real server on this computer, or drafted; nobody gets one twice."""

from __future__ import annotations

import json
import os
import smtplib
import socket
import sqlite3
import ssl
import sys
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Any

import keyring
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from keyring.backend import KeyringBackend

from arena_cli.cli.world import World
from tests.conftest import Arena, Ran, make_world

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
"""aiosmtpd says so of a server that is encrypted from the first byte, too."""

PASSWORD = 'two words % " 1'  # noqa: S105 # of a server that only this test has
BOARD, LEAD = "styrgrupp@example.se", "samordnare@example.se"
STEM = "rapport-2016-10.intern.en"


def at(day: int, month: int = 11, **environ: str) -> World:
    return make_world(datetime(2016, month, day, 5, 15, tzinfo=UTC), **environ)


@dataclass
class Postbox:
    """Takes letters as a mail server does, and refuses or breaks off where a test says so."""

    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    refused_letters: dict[str, str] = field(default_factory=dict)
    broken_off: dict[str, bool] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        assert isinstance(envelope.content, bytes)
        if recipient in self.refused_letters:
            return self.refused_letters[recipient]
        if recipient not in self.broken_off or self.broken_off[recipient]:
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.letters.append((recipient, message))
        if recipient in self.broken_off:
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return "250 taken"

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.letters]


Server = Callable[..., int]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(authority: trustme.CA, postbox: Postbox) -> Iterator[Server]:
    """Starts a mail server on this computer that asks for user and password, or not, and gives its port."""
    running: list[Controller] = []

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (b"rapporter", PASSWORD.encode()), handled=False)

    def start(security: str = "starttls", name: str = "localhost", *, asks: bool = True) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        options: dict[str, Any] = {"authenticator": authenticate, "auth_required": asks}
        if security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        elif security == "tls":
            options |= {"ssl_context": context, "auth_require_tls": False}
        else:
            options |= {"auth_require_tls": False}
        controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


def write_settings(folder: Path, **keys: object) -> None:
    recipients = keys.pop("recipients", {"meeting": [BOARD, LEAD]})
    assert isinstance(recipients, dict)
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    lines += ["[recipients]", *(f"{audience} = {json.dumps(those)}" for audience, those in recipients.items())]
    (folder / "arena.mail.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def delivered(project: Arena, code: str, tmp_path: Path) -> Arena:
    """A project whose report of October 2016 was delivered in the night to 1 November."""
    assert deliver(project).code == 0
    write_settings(tmp_path, sender="rapporter@example.se")
    return project


def deliver(arena: Arena, day: int = 1, *more: str) -> Ran:
    words = ("report", "--month", "2016-10", "--format", "md,html", "--out", "out", "--if-changed", "--quiet")
    return arena(*words, *more, world=at(day))


@pytest.fixture
def mailed(delivered: Arena, server: Server, authority: trustme.CA, tmp_path: Path) -> Arena:
    """The same with a mail server, an account there and its password in a file."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    write_password(tmp_path)
    write_settings(tmp_path, **account(server()))
    return delivered


def write_password(folder: Path, password: str = PASSWORD) -> None:
    (folder / "password").write_text(password + "\n", encoding="utf-8")
    (folder / "password").chmod(0o600)


def account(port: int, **keys: object) -> dict[str, object]:
    known = {"host": "localhost", "port": port, "sender": "rapporter@example.se", "user": "rapporter"}
    return {**known, "password_file": "password", "ca_file": "ca.pem", **keys}


def send(arena: Arena, *arguments: str, day: int = 1) -> Ran:
    return arena("send-report", *arguments, world=at(day))


def enrol(arena: Arena, municipality: str) -> None:
    words = ("--municipality", municipality, "--date", "2016-10-04", "--sex", "woman", "--step", "1")
    assert arena("add-participant", *words, world=at(2)).code == 0


# -- by mail ----------------------------------------------------------------------------------------------------------


def test_everybody_gets_a_letter_with_the_bytes_that_were_delivered(
    mailed: Arena, postbox: Postbox, tmp_path: Path
) -> None:
    (tmp_path / "out" / f"{STEM}.html").write_text("somebody has written in it")
    said = send(mailed, "--month", "last")
    assert (said.code, said.out) == (0, f"{BOARD}\n{LEAD}\n")
    assert said.err == "Sent: report 1, 2016-10, revision 1.\n"
    assert postbox.recipients == [BOARD, LEAD]
    for recipient, letter in postbox.letters:
        assert letter["To"] == recipient
        assert letter["From"] == "rapporter@example.se"
        assert letter["Subject"] == "Integration project: report of 2016-10"
        assert letter["X-Unsent"] is None
        text = letter.get_body(("plain",))
        assert text is not None
        assert "do not pass it on" in text.get_content()
        (attached,) = letter.iter_attachments()
        assert attached.get_filename() == f"{STEM}.html"
        with closing(sqlite3.connect(tmp_path / "arena.db")) as connection:
            query = "SELECT sha256 FROM delivered_file WHERE form = 'html'"
            ((digest,),) = connection.execute(query).fetchall()
        content = attached.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert sha256(content).hexdigest() == digest
    assert len({letter["Message-ID"] for _, letter in postbox.letters}) == 2


def test_the_same_through_tls_from_the_first_byte(
    mailed: Arena, server: Server, postbox: Postbox, tmp_path: Path
) -> None:
    write_settings(tmp_path, **account(server("tls"), security="tls"))
    assert send(mailed).code == 0
    assert postbox.recipients == [BOARD, LEAD]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_asks_for_no_user(
    mailed: Arena, server: Server, postbox: Postbox, tmp_path: Path, security: str
) -> None:
    keys = account(server(security, asks=False), security=security)
    write_settings(tmp_path, **{key: keys[key] for key in keys.keys() - {"user", "password_file"}})
    assert send(mailed).code == 0
    assert postbox.recipients == [BOARD, LEAD]


def test_nobody_gets_a_revision_twice(mailed: Arena, postbox: Postbox, tmp_path: Path) -> None:
    assert send(mailed, "--quiet") == Ran(0, "", "")
    again = send(mailed, "1")
    assert (again.code, again.out) == (0, "")
    assert again.err == "Every recipient has had revision 1 of the report of 2016-10: nothing was sent.\n"
    assert send(mailed, "--quiet", day=2) == Ran(0, "", "")
    assert deliver(mailed, 2, "--format", "html,csv").code == 0  # the same figures in other formats
    assert send(mailed, "2", "--quiet", day=2) == Ran(0, "", "")
    assert postbox.recipients == [BOARD, LEAD]


def test_a_revision_is_sent_and_so_is_the_one_that_takes_it_back(mailed: Arena, postbox: Postbox) -> None:
    assert send(mailed).code == 0
    enrol(mailed, "Åre")
    assert deliver(mailed, 2).code == 0
    assert send(mailed, day=2).code == 0
    assert postbox.recipients == [BOARD, LEAD] * 2
    _, letter = postbox.letters[-1]
    assert letter["Subject"] == "Integration project: report of 2016-10, revision 2"
    text = letter.get_body(("plain",))
    assert text is not None
    assert "It replaces the one before. Because: 1 late entry." in text.get_content()
    assert mailed("undo", "--yes", world=at(3)).code == 0
    assert deliver(mailed, 3).code == 0
    assert send(mailed, day=3).code == 0
    assert postbox.recipients == [BOARD, LEAD] * 3


def test_who_is_new_on_the_list_gets_it_and_again_sends_it_once_more(
    mailed: Arena, postbox: Postbox, server: Server, tmp_path: Path
) -> None:
    assert send(mailed).code == 0
    write_settings(tmp_path, **account(server(), recipients={"meeting": [BOARD.upper(), LEAD, "ny@example.se"]}))
    assert send(mailed).out == "ny@example.se\n"
    assert send(mailed, "--again", LEAD).out == f"{LEAD}\n"
    first, second = (letter["Message-ID"] for recipient, letter in postbox.letters if recipient == LEAD)
    assert first == second
    refused = send(mailed, "--again", "okand@example.se")
    assert (refused.code, refused.out) == (4, "")
    assert postbox.recipients == [BOARD, LEAD, "ny@example.se", LEAD]


def test_the_report_in_another_language_is_another(mailed: Arena, postbox: Postbox) -> None:
    assert send(mailed).code == 0
    words = ("report", "--lang", "sv", "--month", "2016-10", "--format", "html", "--out", "ut")
    assert mailed(*words, world=at(1)).code == 0
    said = send(mailed, "--lang", "sv")
    assert (said.code, said.err) == (0, "Skickad: rapport 2, 2016-10, revision 1.\n")
    assert postbox.letters[-1][1]["Subject"] == "Integrationsprojekt: rapport för 2016-10"
    assert postbox.recipients == [BOARD, LEAD] * 2


# -- when it goes wrong -----------------------------------------------------------------------------------------------


def test_whom_the_server_refuses_is_told_and_the_others_get_it(mailed: Arena, postbox: Postbox) -> None:
    postbox.refused[BOARD] = "550 no such box: secret words"
    failed = send(mailed)
    assert (failed.code, failed.out) == (7, "")
    assert failed.err == (
        "Sent to 1 of 2. Run the command again when this is mended; whoever has got the report does not get it twice:\n"
        f"  {BOARD}: the server refuses it with 550.\n"
    )
    assert postbox.recipients == [LEAD]
    del postbox.refused[BOARD]
    assert send(mailed).out == f"{BOARD}\n"
    assert postbox.recipients == [LEAD, BOARD]


def test_a_letter_that_the_server_refuses_can_be_sent_again(mailed: Arena, postbox: Postbox) -> None:
    postbox.refused_letters[LEAD] = "452 disk full"
    failed = send(mailed)
    assert failed.code == 7
    assert f"{LEAD}: the server refuses it with 452." in failed.err
    postbox.refused_letters.clear()
    assert send(mailed).out == f"{LEAD}\n"
    assert postbox.recipients == [BOARD, LEAD]


@pytest.mark.parametrize("taken", [True, False])
def test_when_the_connection_breaks_off_before_the_answer_nobody_knows_and_none_is_sent_twice(
    mailed: Arena, postbox: Postbox, taken: bool
) -> None:
    postbox.broken_off[BOARD] = taken
    failed = send(mailed)
    assert failed.code == 7
    assert failed.err.splitlines()[1:] == [
        f"  {BOARD}: not known, the connection broke off before the server answered.",
        f"  {LEAD}: the connection broke off.",
    ]
    postbox.broken_off.clear()
    asked = send(mailed)
    assert asked.code == 5
    assert asked.err.startswith(f"Whether the report has reached {BOARD} is not known")
    assert postbox.recipients == [BOARD, LEAD][0 if taken else 1 :]
    assert send(mailed).code == 5
    assert send(mailed, "--again", BOARD).code == 0
    assert send(mailed, "--quiet") == Ran(0, "", "")
    assert postbox.recipients[-1] == BOARD


def test_a_run_that_ends_while_the_server_has_the_letter_leaves_it_unsure(
    mailed: Arena, postbox: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = smtplib.SMTP.data

    def interrupted(client: smtplib.SMTP, letter: bytes) -> tuple[int, bytes]:
        data(client, letter)
        raise KeyboardInterrupt

    monkeypatch.setattr(smtplib.SMTP, "data", interrupted)
    assert send(mailed).code == 130
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    asked = send(mailed)
    assert (asked.code, f"reached {BOARD} is not known" in asked.err) == (5, True)
    assert postbox.recipients == [BOARD, LEAD]


@pytest.mark.parametrize(
    ("keys", "listening", "said"),
    [
        ({}, None, "does not answer as it should"),
        ({}, "none", "offers no encryption"),
        ({"security": "tls"}, "none", "offers no encryption"),
        ({"ca_file": "other.pem"}, "starttls", "cannot be trusted"),
        ({"host": "127.0.0.1"}, "starttls", "cannot be trusted"),
        ({"ca_file": "password"}, "starttls", "cannot be read as certificates"),
        ({"ca_file": "nowhere.pem"}, "starttls", "cannot be read as certificates"),
        ({"user": "another"}, "starttls", "refuses the user or the password"),
        ({"password_file": "nowhere"}, "starttls", "cannot be read"),
    ],
)
def test_nothing_is_sent_to_a_server_that_is_not_the_right_one(
    mailed: Arena,
    server: Server,
    postbox: Postbox,
    tmp_path: Path,
    keys: dict[str, object],
    listening: str | None,
    said: str,
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    port = server(listening) if listening else 1
    write_settings(tmp_path, **account(port, **keys))
    refused = send(mailed, "--quiet")
    assert (refused.code, refused.out) == (7, "")
    assert said in refused.err
    assert refused.err.count("\n") == 1
    assert PASSWORD not in refused.err
    assert postbox.letters == []
    write_settings(tmp_path, **account(server()))
    assert send(mailed, "--quiet") == Ran(0, "", "")
    assert postbox.recipients == [BOARD, LEAD]


# -- the password -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_a_password_that_others_can_read_is_not_used(mailed: Arena, postbox: Postbox, tmp_path: Path) -> None:
    (tmp_path / "password").chmod(0o640)
    refused = send(mailed)
    assert (refused.code, postbox.letters) == (5, [])
    assert "(mode 0640)" in refused.err


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_a_password_from_the_keyring(
    mailed: Arena, server: Server, postbox: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = account(server(), keyring="arena")
    del keys["password_file"]
    write_settings(tmp_path, **keys)
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        missing = send(mailed)
        assert (missing.code, "no password for rapporter under arena" in missing.err) == (4, True)
        keyring.set_password("arena", "rapporter", PASSWORD)
        assert send(mailed).code == 0
    finally:
        keyring.set_keyring(before)
    assert postbox.recipients == [BOARD, LEAD]
    monkeypatch.setitem(sys.modules, "keyring", None)
    absent = send(mailed, "--again", LEAD)
    assert absent.code == 7
    assert "install arena-cli[keyring]" in absent.err


# -- as a draft -------------------------------------------------------------------------------------------------------


def test_a_draft_has_the_files_and_all_recipients_and_is_made_once(delivered: Arena, tmp_path: Path) -> None:
    said = send(delivered, "--draft", "drafts")
    path = tmp_path / "drafts" / f"{STEM}.revision-1.eml"
    assert (said.code, said.out, said.err) == (0, f"drafts/{path.name}\n", "")
    content = path.read_bytes()
    letter = message_from_bytes(content, policy=default)
    assert (letter["To"], letter["X-Unsent"], letter["Date"]) == (f"{BOARD}, {LEAD}", "1", None)
    assert [part.get_filename() for part in letter.iter_attachments()] == [f"{STEM}.html"]
    assert path.stat().st_mode & 0o777 == 0o644
    path.unlink()
    again = send(delivered, "--draft", "drafts", day=2)
    assert (again.code, again.out) == (0, "")
    assert again.err == "There is a draft of revision 1 of the report of 2016-10 already: nothing was written.\n"
    assert not path.exists()
    assert send(delivered, "--draft", "mine.eml", "--again", BOARD, "--again", LEAD).out == "mine.eml\n"
    assert (tmp_path / "mine.eml").read_bytes() == content


def test_a_draft_does_not_keep_from_sending_but_sending_from_drafting(mailed: Arena, postbox: Postbox) -> None:
    assert send(mailed, "--draft", "a.eml").code == 0
    assert send(mailed).code == 0
    assert postbox.recipients == [BOARD, LEAD]
    assert send(mailed, "--draft", "b.eml").out == ""


def test_a_draft_overwrites_nothing_and_a_cut_off_one_is_finished(delivered: Arena, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text("mine")
    refused = send(delivered, "--draft", "a.eml")
    assert (refused.code, (tmp_path / "a.eml").read_text()) == (5, "mine")
    (tmp_path / "drafts").write_text("a file")
    assert send(delivered, "--draft", "drafts").code == 7
    assert send(delivered, "--draft", "b.eml").code == 0
    with closing(sqlite3.connect(tmp_path / "arena.db")) as connection:
        connection.execute("DELETE FROM sent")
        connection.commit()
    assert send(delivered, "--draft", "b.eml").out == "b.eml\n"


# -- settings and what can be sent ------------------------------------------------------------------------------------


def test_the_settings_in_the_documentation_can_be_copied(delivered: Arena, tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "sending.md").read_text(encoding="utf-8")
    settings = page.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "arena.mail.toml").write_text(settings, encoding="utf-8")
    assert send(delivered, "--draft", "a.eml").code == 0
    assert message_from_bytes((tmp_path / "a.eml").read_bytes(), policy=default)["To"] == f"{BOARD}, {LEAD}"


@pytest.mark.parametrize(
    ("lines", "exit_code", "said"),
    [
        (None, 4, "docs/sending.md has one to copy"),
        ("sender = ", 3, "line 1 cannot be read as TOML"),
        ("host = 'localhost'", 3, "  sender: is missing"),
        ("sender = 'Anna <a@example.se>'", 3, "  sender: is no mail address"),
        ("sender = 'a@example.se'\n[recipients]\nmeeting = ['a@example.se', 'b']", 3, "  recipients.meeting[2]: is no"),
        ("sender = 'a@example.se'\n[recipients]\nmeetings = []", 3, "  recipients.meetings: is not a key"),
        ("sender = 'a@example.se'\nrecipients = 'b'", 3, "  recipients: must be a table"),
        ("sender = 'a@example.se'\nsecurity = 'none'", 3, "  security: must be one of: starttls, tls"),
        ("sender = 'a@example.se'\nport = '25'", 3, "  port: must be a whole number"),
        ("sender = 'a@example.se'\nhost = 'a b'", 3, "  host: is no name"),
        ("sender = 'a@example.se'\nuser = 'a'", 3, "  user: has no password"),
        ("sender = 'a@example.se'\npassword = 'a'", 3, "  password: is not a key"),
        ("sender = 'a@example.se'\nkeyring = 'a'\npassword_file = 'b'", 3, "  keyring: says with password_file twice"),
        ("sender = 'a@example.se'", 3, "names no mail server"),
        ("sender = 'a@example.se'\nhost = 'localhost'", 3, "names nobody for this audience"),
    ],
)
def test_faulty_settings_are_told(
    delivered: Arena, tmp_path: Path, lines: str | None, exit_code: int, said: str
) -> None:
    (tmp_path / "arena.mail.toml").unlink()
    if lines is not None:
        (tmp_path / "arena.mail.toml").write_text(lines, encoding="utf-8")
    refused = send(delivered)
    assert (refused.code, refused.out) == (exit_code, "")
    assert said in refused.err


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["7"], 4, "No report has been delivered under the number 7."),
        (["x"], 2, "must be a whole number"),
        (["1", "--month", "last"], 2, "not both"),
        (["--month", "2016-09"], 4, "No report of 2016-09 has been delivered"),
        (["--audience", "public"], 4, "No report of 2016-10 has been delivered to these readers"),
        (["--audience", "all"], 2, "There is no such audience"),
        (["--settings", "other.toml"], 4, "There is no file other.toml"),
    ],
)
def test_what_cannot_be_sent(delivered: Arena, arguments: list[str], exit_code: int, said: str) -> None:
    refused = send(delivered, "--draft", "a.eml", *arguments)
    assert (refused.code, refused.out) == (exit_code, "")
    assert said in refused.err


def test_a_report_that_does_not_reconcile_is_not_sent(
    project: Arena, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_settings(tmp_path, sender="a@example.se")
    monkeypatch.setattr("arena_cli.figures.report.Report.reconciles", False)
    words = ("report", "--month", "2016-10", "--format", "html", "--out", "out", "--force")
    assert project(*words, world=at(1)).code == 0
    refused = send(project, "--draft", "a.eml")
    assert (refused.code, refused.err) == (5, "The figures of report 1 do not reconcile. It is not sent.\n")


def test_a_report_without_pdf_or_html_is_not_sent(project: Arena, code: str, tmp_path: Path) -> None:
    write_settings(tmp_path, sender="a@example.se")
    assert project("report", "--month", "2016-10", "--format", "csv", "--out", "out", world=at(1)).code == 0
    refused = send(project, "--draft", "a.eml")
    assert (refused.code, "neither as PDF nor as HTML" in refused.err) == (4, True)


def test_what_was_sent_is_never_changed(delivered: Arena, tmp_path: Path) -> None:
    assert send(delivered, "--draft", "a.eml").code == 0
    with closing(sqlite3.connect(tmp_path / "arena.db")) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE sent SET outcome = 'failed'")


# -- the dead-man's switch --------------------------------------------------------------------------------------------


def doctors(arena: Arena, name: str, world: World) -> tuple[bool, str] | None:
    told = json.loads(arena("doctor", "--json", world=world).out)["examinations"]
    return next(((each["ok"], each["finding"]) for each in told if each["name"] == name), None)


def test_doctor_says_when_no_report_has_come_for_forty_days(delivered: Arena) -> None:
    assert doctors(delivered, "report", at(1)) == (True, "2016-11-01 06:15: report 1, 2016-10")
    assert doctors(delivered, "report", at(11, 12)) == (True, "2016-11-01 06:15: report 1, 2016-10")
    late = doctors(delivered, "report", at(12, 12))
    assert late is not None
    assert (late[0], late[1].startswith("none for 41 days: is `arena report --out` still run?")) == (False, True)
    after = make_world(datetime(2018, 5, 20, tzinfo=UTC))  # the project ended on 31 March
    assert doctors(delivered, "report", after) == (True, "2016-11-01 06:15: report 1, 2016-10")


def test_doctor_counts_from_the_beginning_where_no_report_ever_came(project: Arena) -> None:
    assert doctors(project, "report", at(20)) == (True, "none has been delivered yet")
    late = doctors(project, "report", at(1, 12))
    assert late is not None
    assert (late[0], "none for 41 days" in late[1]) == (False, True)


def test_doctor_says_when_the_last_report_was_not_sent(mailed: Arena, postbox: Postbox, tmp_path: Path) -> None:
    assert doctors(mailed, "sending", at(1)) == (True, "nothing has been sent yet")
    assert doctors(mailed, "sending", at(3)) == (False, "report 1 of 2016-10 has not been sent: `arena send-report 1`")
    postbox.refused[LEAD] = "550 no"
    assert send(mailed).code == 7
    half = (False, "report 1 of 2016-10 has not come to 1 of its recipients: `arena send-report 1`")
    assert doctors(mailed, "sending", at(1)) == half
    postbox.refused.clear()
    assert send(mailed).code == 0
    assert doctors(mailed, "sending", at(3)) == (True, "2016-11-01 06:15: report 1")
    enrol(mailed, "Åre")
    assert deliver(mailed, 2).code == 0
    assert doctors(mailed, "sending", at(2)) == (True, "2016-11-01 06:15: report 1")
    assert doctors(mailed, "sending", at(4)) == (False, "report 2 of 2016-10 has not been sent: `arena send-report 2`")
    (tmp_path / "password").unlink()
    assert send(mailed, day=4).code == 7
    failed = doctors(mailed, "sending", at(4))
    assert failed is not None
    assert "has not come to 2 of its recipients" in failed[1]
    assert send(mailed, "--draft", "a.eml", day=4).code == 0


def test_doctor_says_nothing_of_sending_where_nothing_is_sent(delivered: Arena, tmp_path: Path) -> None:
    (tmp_path / "arena.mail.toml").unlink()
    assert doctors(delivered, "sending", at(20)) is None
