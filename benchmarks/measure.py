"""Whole processes, run in turn: processor time, wall time and peak memory as the operating system counts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

SLOW = 20
"""Seconds of processor time from which one run is enough: there is nothing to warm up for, and little chance in it."""


@dataclass
class Runs:
    """What one command needed in each of its runs: seconds, and kilobytes at the peak."""

    processor: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    kilobytes: list[int] = field(default_factory=list)

    @property
    def processor_seconds(self) -> float:
        return median(self.processor)

    @property
    def wall_seconds(self) -> float:
        return median(self.wall)

    @property
    def megabytes(self) -> float:
        return max(self.kilobytes) / 1024

    @property
    def is_slow(self) -> bool:
        return bool(self.processor) and self.processor[0] > SLOW


@dataclass(frozen=True)
class Peer:
    """A command to measure. `prepare` is called before each run and not counted; `source` and `told` are files.

    `source` is what it reads from, `told` where what it prints is put.
    """

    command: Sequence[str]
    prepare: Callable[[], object] = lambda: None
    source: Path = Path(os.devnull)
    told: Path = Path(os.devnull)


def measure(peers: Mapping[str, Peer], rounds: int) -> dict[str, Runs]:
    """Run every command once to warm up, then all in turn, so often. Raises RuntimeError where one fails.

    What turns out to be slow to warm up is not run again.
    """
    results = {name: Runs() for name in peers}
    for number in range(rounds + 1):
        for name, peer in peers.items():
            runs = results[name]
            if runs.is_slow:
                continue
            peer.prepare()
            processor, wall, kilobytes = run(peer)
            if number or processor > SLOW:
                runs.processor.append(processor)
                runs.wall.append(wall)
                runs.kilobytes.append(kilobytes)
    return results


_RUNNER = """
import os, sys, time
source, told, *command = sys.argv[1:]
files = [(os.POSIX_SPAWN_OPEN, 0, source, os.O_RDONLY, 0)]
files += [(os.POSIX_SPAWN_OPEN, 1, told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
files += [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
started = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - started
print(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""
"""Starts and times a command in a bare Python: a process counts its starter's memory as its own."""


def run(peer: Peer) -> tuple[float, float, int]:
    """Run a command once: processor time and wall time in seconds, and kilobytes. Raises RuntimeError if it fails."""
    runner = (sys.executable, "-I", "-S", "-c", _RUNNER, str(peer.source), str(peer.told))
    ended = subprocess.run([*runner, *peer.command], capture_output=True, text=True, check=True)
    processor, wall, kilobytes, code = ended.stdout.split()
    if code != "0":
        raise RuntimeError(f"{peer.command} ended with {code}")
    return float(processor), float(wall), int(kilobytes)
