"""Whole processes, run in turn: wall time and peak memory as the operating system counts them."""

from __future__ import annotations

import os
import subprocess
import time
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


def _run(peer: Peer) -> tuple[float, int]:
    stdin = peer.stdin.open("rb") if peer.stdin else subprocess.DEVNULL
    started = time.perf_counter()
    process = subprocess.Popen(peer.command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if peer.stdin:
        stdin.close()  # type: ignore[union-attr]
    if process.returncode:
        raise RuntimeError(f"{peer.command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss
