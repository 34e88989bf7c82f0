"""`send-report` to a real mail server, killed before each of its calls, and what must hold of its letters then."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import trustme
from aiosmtpd.smtp import SMTP, Envelope, Session

from arena_cli.deliveries import deliveries
from arena_cli.mailing.register import Outcome, standing
from arena_cli.store import Store
from tests.faults.calls import KILL, Point, trace
from tests.faults.cases import Case, examined, fresh, leftovers, play
from tests.faults.children import Command, Plant, Ran, nothing_planted, run_command

BOARD, LEAD = RECIPIENTS = ("styrgrupp@example.se", "samordnare@example.se")

CALLS: Final = ("connect", "sendto", "write", "pwrite64", "fsync", "fdatasync", "unlink")
"""Calls to the server, on the file, and to whoever started the command."""

LOOKS: Final = 30_000
"""So often at most: a server that does not end a connection within a minute never will."""

SETTINGS: Final = """
host = "localhost"
port = {port}
security = "tls"
sender = "rapporter@example.se"
ca_file = "authority.pem"
[recipients]
meeting = ["{0}", "{1}"]
"""


class Postbox(NamedTuple):
    """A mail server in a process of its own, and where it writes down what becomes of its connections."""

    port: int
    log: Path

    def taken(self, since: int) -> Counter[str]:
        """The letters that it has taken from everybody who has called since, once the last of them is gone."""
        for _ in range(LOOKS):
            lines = self.log.read_text()[since:].split()
            if lines.count("came") == lines.count("went"):
                return Counter(line for line in lines if "@" in line)
            time.sleep(0.002)
        raise AssertionError("the mail server does not notice that a caller is gone")

    def mark(self) -> int:
        return self.log.stat().st_size


@contextmanager
def postbox(folder: Path, authority: trustme.CA) -> Iterator[Postbox]:
    """A server that takes every letter."""
    log = folder / "postbox.log"
    log.touch()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        pid = os.fork()
        if not pid:
            _serve(listening, log, authority)
        try:
            yield Postbox(listening.getsockname()[1], log)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _serve(listening: socket.socket, log: Path, authority: trustme.CA) -> None:
    """Never returns."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        told = os.open(log, os.O_WRONLY | os.O_APPEND)

        def tell(line: str) -> None:
            os.write(told, f"{line}\n".encode())

        class Heard(SMTP):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                tell("came")
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                super().connection_lost(error)
                tell("went")

        class Taking:
            async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
                for recipient in envelope.rcpt_tos:
                    tell(recipient)
                return "250 taken"

        async def serve() -> None:
            loop = asyncio.get_running_loop()
            server = await loop.create_server(
                lambda: Heard(Taking(), hostname="localhost", loop=loop), sock=listening, ssl=context
            )
            await server.serve_forever()

        asyncio.run(serve())
    finally:
        os._exit(1)


def prepare_sending(folder: Path, drafted: Case, server: Postbox, authority: trustme.CA) -> Case:
    """The case of a report that goes to two by mail, where another case makes a draft."""
    begun = Path(shutil.copytree(drafted.before, folder / "begun"))
    (begun / "arena.mail.toml").write_text(SETTINGS.format(*RECIPIENTS, port=server.port), encoding="utf-8")
    authority.cert_pem.write_to_path(begun / "authority.pem")
    (case,) = play(folder, begun, "send-report --month 2016-09")
    return case


def kill_sending(
    case: Case, server: Postbox, folder: Path, chosen: Callable[[Point], bool], plant: Plant = nothing_planted
) -> tuple[int, dict[str, list[str]]]:
    """Kill before each chosen call. Returns at how many, and what was wrong; if something is planted, the first."""
    folder.mkdir()
    calls = trace(fresh(case.before, folder / "counting"), case, plant=plant, calls=CALLS).calls
    points = [Point(call, number + 1) for call in CALLS for number in range(calls[call])]
    faults: dict[str, list[str]] = {}
    struck = 0
    for point in filter(chosen, points):
        copy = fresh(case.before, folder / "arena")
        since = server.mark()
        option = f"--inject={point.call}:{KILL.format(point.number)}"
        ran = trace(copy, case, [option], plant, [point.call]).ran
        struck += ran.killed
        if wrong := [*_wrong(case, copy, ran, server, since, plant)]:
            faults[str(point)] = wrong
            if plant is not nothing_planted:
                break
    return struck, faults


def _wrong(case: Case, copy: Path, ran: Ran, server: Postbox, since: int, plant: Plant) -> Iterator[str]:
    """What is wrong after a kill; after the next run; and after one more, for those of whom nobody knows."""
    taken, noted = server.taken(since), outcomes(copy)
    unsure = [recipient for recipient in RECIPIENTS if noted.get(recipient) is Outcome.BEGUN]
    for recipient in RECIPIENTS:
        if taken[recipient] and noted.get(recipient) not in {Outcome.BEGUN, Outcome.ACCEPTED}:
            yield f"{recipient} has got it, which is not noted"
        if not taken[recipient] and noted.get(recipient) is Outcome.ACCEPTED:
            yield f"{recipient} is noted and has not got it"
    if ran.out and set(noted.values()) != {Outcome.ACCEPTED}:
        yield "acknowledged, but not noted"
    yield from _unsound(copy)
    ran = run_command(copy, case.command, plant)
    if ran.code != (5 if unsure else 0) or any(recipient not in ran.err for recipient in unsure):
        yield f"the next run ends with {ran.code}: {ran.err}"
    yield from _not_once(server.taken(since), noted, taken)
    if unsure:
        taken = server.taken(since)
        options = [word for recipient in unsure for word in ("--again", recipient)]
        ran = run_command(copy, Command((*case.command.arguments, *options), case.command.now), plant)
        if ran.code or server.taken(since) != taken + Counter(unsure):
            yield f"the run that sends it again ends with {ran.code}: {ran.err}"
    if set(outcomes(copy).values()) != {Outcome.ACCEPTED}:
        yield "it has not gone to all"
    yield from _unsound(copy)


def _not_once(taken: Counter[str], noted: dict[str, Outcome], before: Counter[str]) -> Iterator[str]:
    """Whoever may have got it has not got it from the next run; everybody else has."""
    for recipient in RECIPIENTS:
        is_settled = noted.get(recipient) in {Outcome.BEGUN, Outcome.ACCEPTED}
        if taken[recipient] != (before[recipient] if is_settled else 1):
            yield f"{recipient} has got it {taken[recipient]} times"


def outcomes(folder: Path) -> dict[str, Outcome]:
    """What is noted last of each recipient."""
    with Store.open(folder / "arena.db") as store:
        return standing(store, deliveries(store)[-1]).mailed


def _unsound(folder: Path) -> Iterator[str]:
    yield from examined(folder / "arena.db").faults
    yield from (f"left: {name}" for name in leftovers(folder))
