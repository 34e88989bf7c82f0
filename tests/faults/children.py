"""Commands in processes of their own, forked from one that has imported everything: a start costs milliseconds.

A child runs the real command line in a world of its own: a clock, a folder, and codes that are invented alike each
time, so that the same command on the same folder ends with the same contents.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from arena_cli.casework.identities import new_salt
from arena_cli.cli.main import OBJECTS_BETWEEN_COLLECTIONS
from arena_cli.cli.run import run
from arena_cli.cli.world import World
from arena_cli.key import new_key
from arena_cli.participant_code import make_codes

T = TypeVar("T")

Plant = Callable[[], object]
"""Done in a child before its command: how a test makes arena faulty, to see the fault found."""


def nothing_planted() -> None:
    """Leave arena as it is."""


class Command(NamedTuple):
    """A command line, by whose clock it runs, and what its random numbers begin from."""

    arguments: tuple[str, ...]
    now: datetime
    seed: int = 0

    def __str__(self) -> str:
        return " ".join(self.arguments)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended: by itself or killed."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Child:
    """A command at work in a folder, whose streams are files beside that folder."""

    def __init__(self, folder: Path, command: Command, plant: Plant = nothing_planted, *, held: bool = False) -> None:
        """Begin; one that is held is ready and waits for `go`: who traces it sees nothing of how it was made ready."""
        self.out, self.err = streams(folder)
        self._status: int | None = None
        for stream in (self.out, self.err):
            stream.write_bytes(b"")
        gate, self._starter = os.pipe()
        ready, at_gate = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._starter)
            os.close(ready)
            _be(folder, (self.out, self.err), command, plant, gate, at_gate)
        os.close(gate)
        os.close(at_gate)
        if held:
            os.read(ready, 1)
        else:
            self.go()
        os.close(ready)

    def go(self) -> None:
        os.close(self._starter)

    def ended(self) -> bool:
        """Whether it has ended by now."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def kill(self) -> None:
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> Ran:
        """Wait for its end."""
        if self._status is None:
            self._status = os.waitpid(self.pid, 0)[1]
        code = os.waitstatus_to_exitcode(self._status)
        return Ran(code, self.out.read_text(errors="replace"), self.err.read_text(errors="replace"))


def streams(folder: Path) -> tuple[Path, Path]:
    """The files that take what a command in the folder prints: not in the folder, since they are not its work."""
    return folder.with_name(f"{folder.name}.out"), folder.with_name(f"{folder.name}.err")


def run_command(folder: Path, command: Command, plant: Plant = nothing_planted) -> Ran:
    """Run a command undisturbed."""
    return Child(folder, command, plant).end()


def _be(folder: Path, printed: Sequence[Path], command: Command, plant: Plant, gate: int, at_gate: int) -> None:
    """Never returns: what pytest would do at the end is the parent's."""
    code = 99
    try:
        gc.freeze()  # what is there by now is not the command's to look through; looking would copy it
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, path in enumerate(printed, 1):
            os.dup2(os.open(path, os.O_WRONLY), number)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 # a child's streams stay open
            for number, mode in enumerate("rww")
        )
        os.chdir(folder)
        os.umask(0o077)
        make_codes.__defaults__ = (Random(command.seed).randbytes,)
        new_salt.__defaults__ = (Random(command.seed).randbytes,)
        new_key.__defaults__ = (Random(command.seed).randbytes,)
        plant()
        may_be_traced()
        os.close(at_gate)
        os.read(gate, 1)
        environ = {
            "ARENA_LANG": "en",
            "SOURCE_DATE_EPOCH": "1523800000",
            "XDG_CONFIG_HOME": str(folder.resolve() / "config"),
        }
        code = run(command.arguments, World(environ, command.now, actor="anna", umask=0o022))
        sys.stderr.flush()
    finally:
        os._exit(code)


def may_be_traced() -> None:
    """Let a tracer attach that is no ancestor, where the system forbids that by default."""
    if sys.platform == "linux":
        import ctypes

        pr_set_ptracer, anybody = 0x59616D61, -1
        ctypes.CDLL(None).prctl(pr_set_ptracer, anybody, 0, 0, 0)


def run_and_list_modules(folder: Path, command: Command) -> tuple[Ran, list[str]]:
    """Run a command undisturbed, and say which modules it had loaded when it ended."""
    note = folder.with_name(f"{folder.name}.modules")

    def write_at_end() -> None:
        end = os._exit

        def note_and_end(code: int) -> None:
            note.write_text("\n".join(sys.modules))
            end(code)

        os._exit = note_and_end  # type: ignore[assignment]

    ran = run_command(folder, command, write_at_end)
    return ran, note.read_text().split()


def warm_up(modules: Iterable[str]) -> None:
    """Import what the children would have to import, each of them anew."""
    for name in modules:
        if name not in sys.modules and name != "__main__":
            with suppress(ImportError):
                import_module(name)


def in_parallel(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Do jobs at the same time, each in a process of its own without threads, and return what they return."""
    return [end() for end in [_start(job) for job in jobs]]


def _start(job: Callable[[], T]) -> Callable[[], T]:
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        try:
            gc.freeze()
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(job(), pipe)
            os._exit(0)
        finally:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    os.close(writer)

    def end() -> T:
        with os.fdopen(reader, "rb") as pipe:
            answer = pipe.read()
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, "a worker has failed"
        result: T = pickle.loads(answer)  # noqa: S301 # our own
        return result

    return end
