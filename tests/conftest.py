"""What tests of the command line share: a world with a date of its own, and commands run in it or as processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from arena_cli.cli.run import run
from arena_cli.cli.world import World
from tests import engines

if engines.ENCRYPTED:
    engines.encrypt_all()

settings.register_profile("arena", parent=settings(), deadline=None)  # a busy machine is no fault
settings.load_profile("arena")

NOON = datetime(2016, 10, 20, 10, 0, tzinfo=UTC)
"""When commands are run unless a test says otherwise."""


FAULTS = Path(__file__).with_name("faults")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m faults` nothing else is read: every process that a fault strikes is forked from what has been read."""
    is_elsewhere = collection_path.is_file() and not collection_path.is_relative_to(FAULTS)
    return (is_elsewhere and config.option.markexpr == "faults") or None


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str


Arena = Callable[..., Ran]


def make_world(now: datetime = NOON, **environ: str) -> World:
    return World(environ={"ARENA_LANG": "en", **environ}, now=now, actor="anna", umask=0o022)


@pytest.fixture
def arena(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Arena:
    """Run a command in this process, in an empty folder, in English unless a world of another kind is given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path.with_name(f"{tmp_path.name}-home")))  # keys go there, not into yours

    def run_here(*arguments: str, world: World | None = None) -> Ran:
        capfd.readouterr()
        code = run(arguments, world or make_world())
        sys.stdout.flush()
        return Ran(code, *capfd.readouterr())

    return run_here


@pytest.fixture
def project(arena: Arena) -> Arena:
    """The command runner, with a new file of the built-in Integrationsprojekt as the current folder's arena.db."""
    assert arena("init", "--project", "integrationsprojekt").code == 0
    return arena


@pytest.fixture
def code(project: Arena) -> str:
    """The code of a woman in Krokom since 3 October 2016, on step 1, in the current folder's arena.db."""
    added = project(
        "add-participant", "--municipality", "Krokom", "--date", "2016-10-03", "--sex", "woman", "--step", "1"
    )
    assert added.code == 0
    return added.out.strip()


class Keyboard:
    """A terminal with somebody at it, who types lines and then leaves."""

    def __init__(self) -> None:
        self._lines: Iterator[str] = iter(())

    def types(self, *lines: str) -> None:
        self._lines = iter(lines)

    def readline(self) -> str:
        return next((f"{line}\n" for line in self._lines), "")

    def isatty(self) -> bool:
        return True


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    """Standard input as a terminal."""
    typing = Keyboard()
    monkeypatch.setattr(sys, "stdin", typing)
    return typing


def run_process(*arguments: str, cwd: Path, **environ: str) -> Ran:
    """Run a command as users do, in a process of its own without a terminal; in English."""
    ended = subprocess.run(
        [sys.executable, "-m", "arena_cli", *arguments],
        cwd=cwd,
        env={**os.environ, "ARENA_LANG": "en", "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)
