"""An invented project file to look around in: people on a staircase, made by a seeded model. Nobody in it exists.

`parameters` says what the model is told about each project, `people` is the model: what happens on which day, and
`answers` what people say about themselves. Here it is all registered with the verbs of casework, so that their rules
hold, some days after it happened, as in real life.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from heapq import merge
from operator import itemgetter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from arena_cli.database import NotArena
from arena_cli.demo.calendar import in_the_office, working_day
from arena_cli.demo.learning import told
from arena_cli.demo.parameters import FIRST_DEMO, NoSuchDemo, Parameters, Totals, read_parameters
from arena_cli.demo.people import Event, People
from arena_cli.errors import CannotWrite, Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Project
from arena_cli.participant_code import make_codes
from arena_cli.project import read_retention
from arena_cli.store import Store

__all__ = [
    "FIRST_DEMO",
    "NoDemoFolder",
    "NoSuchDemo",
    "NotADemo",
    "Parameters",
    "Totals",
    "make_demo",
    "read_parameters",
]

_DAYS_UNTIL_REGISTERED: Final = (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 7)

_UNPROTECTED: Final = ("synchronous = OFF", "journal_mode = MEMORY", "locking_mode = EXCLUSIVE")
"""For the writing of a file that nobody has yet: its thousands of changes need not survive a power cut one by one."""


class NotADemo(Refused):
    message = translatable(
        "{path} exists already and is not a demo; nothing was changed. Name another folder with --out."
    )


class NoDemoFolder(CannotWrite):
    message = translatable("The folder {path} cannot be made or written to. Name another one with --out.")


def make_demo(path: Path, parameters: Parameters) -> None:
    """Make a demo's file, in the place of an earlier demo if there is one. The same parameters make the same people.

    Raises NotADemo if there is anything else at the path, NoDemoFolder or another CannotWrite.
    """
    _check_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".demo-") as workshop:
            unfinished = Path(workshop, path.name)
            _fill(unfinished, parameters)
            unfinished.replace(path)
    except OSError:
        raise NoDemoFolder(path=path.parent) from None


def _check_replaceable(path: Path) -> None:
    if not path.exists():
        return
    try:
        with Store.open(path) as store:
            is_demo = store.project().demo
    except NotArena:
        is_demo = False
    if not is_demo:
        raise NotADemo(path=path)


def _fill(path: Path, parameters: Parameters) -> None:
    random = Random(parameters.seed)
    begun = datetime.combine(working_day(parameters.project.starts_on), time(6), UTC)
    retention = read_retention(parameters.project.code)
    Store.create(path, parameters.project, _occasion(begun, "demo", "init"), retention)
    with _UnchangingProject.open(
        path, writing=True, make_codes=partial(make_codes, random_bytes=random.randbytes)
    ) as store:
        for setting in _UNPROTECTED:
            store.rows(f"PRAGMA {setting}")
        registrations = _registrations(People(parameters, random).events(), random)
        for at, event in merge(registrations, _told(parameters), key=itemgetter(0)):
            event.verb(store, _occasion(at, event.actor, event.command, event.why))
    with path.open("rb+") as file:
        os.fsync(file)


def _told(parameters: Parameters) -> list[tuple[datetime, Event]]:
    """When each note and decision is registered, in that order: on its day, whatever the people do."""
    random = Random(parameters.seed)
    events = sorted(told(parameters.notes, parameters.decisions), key=lambda event: event.day)
    times = sorted(in_the_office(event.day, random) for event in events)
    return [*zip(times, events, strict=True)]


class _UnchangingProject(Store):
    """A store that reads its project once: the verbs ask for it at every change, and none of them changes it."""

    _known: Project | None = None

    def project(self) -> Project:
        self._known = self._known or super().project()
        return self._known


def _registrations(events: Iterable[Event], random: Random) -> list[tuple[datetime, Event]]:
    """When each event is registered, in that order: the same day or later, and those about the same in their order."""
    latest: dict[Hashable, datetime] = {}
    registrations = []
    for event in sorted(events, key=lambda event: event.day):
        day = working_day(event.day + timedelta(days=random.choice(_DAYS_UNTIL_REGISTERED)))
        at = max([in_the_office(day, random), *(latest[about] for about in event.about if about in latest)])
        latest.update(dict.fromkeys(event.about, at))
        registrations.append((at, event))
    return sorted(registrations, key=lambda registration: registration[0])


def _occasion(at: datetime, actor: str, command: str, why: str | None = None) -> Occasion:
    return Occasion(at.date(), at.strftime("%Y-%m-%dT%H:%M:%SZ"), actor, command, why)
