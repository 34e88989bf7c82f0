"""What makes a computer write the report by itself: for cron, systemd and Windows, with this installation's paths."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.options import Unreadable, of_option
from arena_cli.cli.output import answer, say
from arena_cli.cli.reporting import AudienceName, Formats, read_audience, read_forms
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.render import Audience

MORNINGS: Final[Mapping[str, tuple[int, int]]] = {Audience.MEETING: (1, 10), Audience.PUBLIC: (15, 20)}
"""From which day of a month to which, by audience: a night that was missed is made up for.

Meanwhile late registrations come in, for which the public waits: what it has seen cannot be taken back.
"""

LONGEST_TASK: Final = 261
"""Characters that Windows takes as the command of a task."""

Folder = Annotated[
    str,
    typer.Option("--out", metavar=translatable("FOLDER"), help=translatable("Where the reports are to be written.")),
]
Time = Annotated[
    str,
    typer.Option("--at", metavar=translatable("TIME"), help=translatable("At what time of the day, as in 06:15.")),
]
For = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="cron|systemd|service|timer|windows",
        help=translatable(
            "Only one of them, without its heading, to be put into a file; `systemd` is its service and its timer, "
            "with their headings."
        ),
    ),
]


class When(NamedTuple):
    """On which mornings of a month, and when."""

    days: tuple[int, int]
    hour: int
    minute: int


Writer = Callable[[Sequence[str], When], str]
"""Writes what one scheduler needs, from the words of the command."""


class NotATime(Unreadable):
    message = translatable("That is no time of the day. Write it as 06:15.")


class PathOfTwoLines(UsageProblem):
    message = translatable("A path with a line break in it fits no line of cron. Give the folder another name.")


class UnknownScheduler(UsageProblem):
    message = translatable("There is no such scheduler. Choose one of: {known}.")


def schedule(
    context: typer.Context,
    *,
    out: Folder = "reports",
    formats: Formats = None,
    audience: AudienceName = Audience.MEETING.value,
    at: Time = "06:15",
    wanted: For = None,
) -> None:
    """Print what makes the report come by itself."""
    session: Session = context.obj
    readers = read_audience(audience)
    when = When(MORNINGS[readers], *of_option("--at", _read_time)(at))
    with session.reading() as store:
        store.project()
    command = (
        *(sys.executable, "-P", "-m", "arena_cli", "report", "--month", "last"),
        *("--format", ",".join(read_forms(formats or "md,html")), "--out", str(Path(out).absolute())),
        *(("--audience", readers.value) if readers is not Audience.MEETING else ()),
        *("--db", str(session.database.absolute()), "--lang", session.language.code, "--if-changed", "--quiet"),
    )
    if any(len(word.splitlines()) > 1 for word in command):
        raise PathOfTwoLines
    if wanted is not None and wanted not in (*SCHEDULERS, *_SEVERAL):
        raise UnknownScheduler(known=(*SCHEDULERS, *_SEVERAL))
    if wanted is not None and wanted in SCHEDULERS:
        answer(SCHEDULERS[wanted][1](command, when).rstrip())
    else:
        text, unit = session.language.text, _UNITS[readers]
        parts = (SCHEDULERS[name] for name in _SEVERAL.get(wanted or "", SCHEDULERS))
        answer(
            "\n\n".join(f"# {text(heading, unit=unit)}\n{write(command, when)}".rstrip() for heading, write in parts)
        )
    if wanted == "windows" and len(windows_command(command)) > LONGEST_TASK:
        message = translatable("Windows takes {longest} characters at most: put the command in a .cmd file, name that.")
        say(session.language.text(message, longest=LONGEST_TASK))


def cron_line(command: Sequence[str], when: When) -> str:
    """A line for `crontab -e`. In it, cron takes a per cent sign for the end of the line."""
    words = shlex.join(command).replace("%", r"\%")
    first, last = when.days
    return f"{when.minute} {when.hour} {first}-{last} * * {words}"


def systemd_service(command: Sequence[str], _when: When) -> str:
    """A unit that writes the report once."""
    words = " ".join(map(_systemd_word, command))
    return f"[Unit]\nDescription=arena: the report of the last month\n\n[Service]\nType=oneshot\nExecStart={words}\n"


def systemd_timer(_command: Sequence[str], when: When) -> str:
    """The unit that starts it; `Persistent`: as soon as the computer is on again, if it was off."""
    first, last = when.days
    return (
        "[Unit]\nDescription=arena: the report of the last month\n\n"
        f"[Timer]\nOnCalendar=*-*-{first:02}..{last:02} {when.hour:02}:{when.minute:02}:00\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def windows_task(command: Sequence[str], when: When) -> str:
    """A command that makes a task.

    Windows knows no first ten days: it runs every day, and finds nothing to do; where it must not run before, once.
    """
    first, _ = when.days
    name, days = ("arena report", "DAILY") if first == 1 else ("arena public report", f"MONTHLY /D {first}")
    escaped = windows_command(command).replace('"', r"\"")
    return f'schtasks /Create /TN "{name}" /SC {days} /ST {when.hour:02}:{when.minute:02} /TR "{escaped}"'


def windows_command(command: Sequence[str]) -> str:
    """The command with every word quoted that needs it."""
    from subprocess import list2cmdline

    return list2cmdline(command)


SCHEDULERS: Final[Mapping[str, tuple[str, Writer]]] = {
    "cron": (translatable("cron: a line for `crontab -e`"), cron_line),
    "service": (translatable("systemd: ~/.config/systemd/user/{unit}.service"), systemd_service),
    "timer": (translatable("systemd: ~/.config/systemd/user/{unit}.timer"), systemd_timer),
    "windows": (translatable("Windows: a command for the command prompt"), windows_task),
}

_UNITS: Final[Mapping[Audience, str]] = {Audience.MEETING: "arena-report", Audience.PUBLIC: "arena-public-report"}
"""What systemd calls the report: that for the public beside the meeting's."""

_SEVERAL: Final[Mapping[str, Sequence[str]]] = {"systemd": ("service", "timer")}
"""What is asked for as one, and is several."""


def _systemd_word(word: str) -> str:
    """Quoted as systemd reads it, with nothing in it that it would fill in."""
    escaped = word.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if re.search(r"[\s'\"\\;]", word) else escaped


def _read_time(typed: str) -> tuple[int, int]:
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", typed.strip())
    if not match:
        raise NotATime
    return int(match[1]), int(match[2])


COMMANDS: Final = {
    "schedule": Command(
        schedule,
        "arena schedule --out /srv/arena/reports --format md,html",
        translatable(
            "Nothing is changed: copy what suits the computer. The report is made on the first ten mornings of a "
            "month, that for the public from the fifteenth on, and only if its figures have changed. docs/cron.md says "
            "more."
        ),
    ),
}
