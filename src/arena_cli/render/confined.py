"""Fills in templates that a user wrote: in a process of its own, with bounds on time, memory and what it writes.

It gets the page as plain data and reaches nothing else. Where the system knows no such bounds (Windows has neither of
the first two) there is still an end: it is stopped when it has taken too long by the clock.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple

from arena_cli.errors import DataProblem, Remark, translatable
from arena_cli.render.page import Page
from arena_cli.render.templates import TemplateFault, TooLong, fill_in_own

MEGABYTE: Final = 1 << 20
SECONDS_TO_TELL: Final = 2
"""How long templates whose time is up have to stop at a line that can be told, before they are stopped from outside."""

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


class Bounds(NamedTuple):
    """What templates may take: seconds at work and by the clock, megabytes of memory, and megabytes written."""

    seconds: int = 10
    by_the_clock: int = 60
    memory: int = 1024
    written: int = 50


BOUNDS: Final = Bounds()


class TemplatesTooHeavy(DataProblem):
    """The user's own templates had to be stopped from outside, where nobody could see at which line they were."""

    message = translatable(
        "The templates in {folder} take more time or memory than a report may. "
        "Shorten them, or take away what you changed last."
    )


def fill_in_confined(form: str, page: Page, folder: Path, bounds: Bounds = BOUNDS) -> str:
    """The page as the user's own templates have it. Raises TemplateFault and TemplatesTooHeavy."""
    program = f"import sys; sys.path[:] = {sys.path!r}; from arena_cli.render import confined; confined.answer()"
    question = json.dumps({"form": form, "page": plain(page), "folder": str(folder), "bounds": bounds}).encode()
    command = [sys.executable, "-I", "-c", program]
    try:
        ended = subprocess.run(command, input=question, capture_output=True, timeout=bounds.by_the_clock, check=False)
    except subprocess.TimeoutExpired:
        raise TemplatesTooHeavy(folder=folder) from None
    if ended.returncode:
        raise TemplatesTooHeavy(folder=folder)
    said = json.loads(ended.stdout)
    if "fault" in said:
        fault = said["fault"]
        raise TemplateFault(**fault | {"reason": _reasons(bounds).get(fault["reason"], fault["reason"])})
    return str(said["text"])


def _reasons(bounds: Bounds) -> Mapping[str, Remark]:
    return {
        "TooLong": Remark(translatable("it takes more than {seconds} seconds"), seconds=bounds.seconds),
        "MemoryError": Remark(translatable("it takes more than {megabytes} MB of memory"), megabytes=bounds.memory),
        "TooMuch": Remark(translatable("it writes more than {megabytes} MB"), megabytes=bounds.written),
    }


def plain(thing: object) -> Plain:
    """The same as nothing but text, numbers, lists, and dictionaries of an object's fields and properties."""
    match thing:
        case None | bool() | int() | float():
            return thing
        case str():
            return str(thing)
        case date():
            return thing.isoformat()
        case Mapping():
            return {str(key): plain(value) for key, value in thing.items()}
        case tuple() | list():
            return [plain(part) for part in thing]
    if not is_dataclass(thing):
        raise TypeError(type(thing).__name__)
    properties = (name for name, value in vars(type(thing)).items() if isinstance(value, property))
    return {name: plain(getattr(thing, name)) for name in (*(field.name for field in fields(thing)), *properties)}


# -- in the other process ---------------------------------------------------------------------------------------------


def answer() -> None:
    """Fill in what stands on standard input, and write the text, or what is wrong, to standard output."""
    with open(0, "rb") as asked:
        question = json.load(asked)
    bounds = Bounds(*question["bounds"])
    _set_bounds(bounds)
    try:
        text = fill_in_own(question["form"], question["page"], Path(question["folder"]), bounds.written * MEGABYTE)
        said: dict[str, object] = {"text": text}
    except TemplateFault as fault:
        said = {"fault": fault.facts}
    with open(1, "wb") as told:
        told.write(json.dumps(said).encode())


def _set_bounds(bounds: Bounds) -> None:
    """Bound what this process may take. Time ends with an exception first, so that the line can be told."""
    try:
        import resource
        import signal
    except ImportError:
        return
    signal.signal(signal.SIGXCPU, _stop)
    with suppress(ValueError, OSError):  # macOS cannot bound memory
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory * MEGABYTE, bounds.memory * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.seconds, bounds.seconds + SECONDS_TO_TELL))


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong
