"""Whole processes, run in turn: wall time and peak memory as the operating system counts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass
class Runs:
    """What one command needed in each of its runs: seconds, and kilobytes at the peak."""

    seconds: list[float] = field(default_factory=list)
    kilobytes: list[int] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return median(self.seconds)

    @property
    def megabytes(self) -> float:
        return max(self.kilobytes) / 1024


@dataclass(frozen=True)
class Peer:
    """A command to measure. `prepare` is called before each run and not counted; `stdin` is a file to read from."""

    command: Sequence[str]
    prepare: Callable[[], object] = lambda: None
    stdin: Path | None = None


def measure(peers: Mapping[str, Peer], rounds: int) -> dict[str, Runs]:
    """Run every command once to warm up, then all in turn, so often. Raises RuntimeError where one fails."""
    results = {name: Runs() for name in peers}
    for round_number in range(rounds + 1):
        for name, peer in peers.items():
            peer.prepare()
            seconds, kilobytes = _run(peer)
            if round_number:
                results[name].seconds.append(seconds)
                results[name].kilobytes.append(kilobytes)
    return results


def output_of(peer: Peer) -> str:
    """What a command prints."""
    stdin = peer.stdin.read_text() if peer.stdin else None
    return subprocess.run(peer.command, input=stdin, capture_output=True, text=True, check=True).stdout


_RUNNER = """
import os, sys, time
source, *command = sys.argv[1:]
files = [(os.POSIX_SPAWN_OPEN, 0, source, os.O_RDONLY, 0)]
files += [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
started = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - started, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""
"""Starts and times a command in a bare Python: a process counts its starter's memory as its own."""


def _run(peer: Peer) -> tuple[float, int]:
    runner = (sys.executable, "-I", "-S", "-c", _RUNNER, str(peer.stdin or os.devnull))
    ended = subprocess.run([*runner, *peer.command], capture_output=True, text=True, check=True)
    seconds, kilobytes, code = ended.stdout.split()
    if code != "0":
        raise RuntimeError(f"{peer.command} ended with {code}")
    return float(seconds), int(kilobytes)
