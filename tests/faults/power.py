"""The power goes: of what a command has written, what it had not made sure of may be there, or not, or in part.

The system calls of one run are written down, and then the disk is made anew as it can be found after a cut at any
moment. Two disks are tried. On a strict one nothing holds that was not synced, a name no more than a content; on an
ordered one, such as ext4, names change in the order of the calls, and any sync takes with it all names before it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Final, NamedTuple

from tests.faults.calls import CALLS, trace
from tests.faults.cases import Case, again, contents, fresh, judge
from tests.faults.children import Plant, Ran, in_parallel, nothing_planted, streams

SECTOR: Final = 512
"""Bytes that a disk writes whole."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes into a file, or its end moved to where they begin if there are none."""

    file: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Naming:
    """Names that come, and names that go, in one step. `folders` are those whose sync makes it hold."""

    comes: tuple[str, int] | None
    goes: str | None
    folders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sync:
    """A file, or a folder, that is on the disk from here on as it is now."""

    file: int | None
    folder: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Something was printed."""


Operation = Write | Naming | Sync | Answer


@dataclass
class Disk:
    """Files by number, and their names."""

    files: dict[int, bytearray] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)

    def apply(self, operation: Operation) -> None:
        if isinstance(operation, Write):
            content = self.files.setdefault(operation.file, bytearray())
            if not operation.data:
                del content[operation.at :]
            content.extend(bytes(max(0, operation.at - len(content))))
            content[operation.at : operation.at + len(operation.data)] = operation.data
        elif isinstance(operation, Naming):
            if operation.goes:
                self.names.pop(operation.goes, None)
            if operation.comes:
                self.names[operation.comes[0]] = operation.comes[1]


class Recording(NamedTuple):
    """The disk before a command, and what the command did with it."""

    before: Disk
    operations: list[Operation]


class Cuts(NamedTuple):
    """How many states were found after a cut, and what was wrong with which."""

    states: int
    faults: dict[str, list[str]]


def record(case: Case, folder: Path, plant: Plant = nothing_planted) -> Recording:
    """Run a case once and write down what it does with its files."""
    copy = fresh(case.before, folder)
    names = [str(file.relative_to(copy)) for file in copy.rglob("*") if file.is_file()]
    before = Disk(
        {number: bytearray((copy / name).read_bytes()) for number, name in enumerate(names)},
        {name: number for number, name in enumerate(names)},
    )
    ran, log = trace(copy, case, ("-y", "-xx", "-s", "100000000"), plant, CALLS)
    assert ran.code == 0, ran.err
    return Recording(before, list(_Reader(copy, before).operations(log)))


class _Reader:
    """Turns strace's lines into operations on the files of a folder."""

    def __init__(self, folder: Path, before: Disk) -> None:
        self._folder = folder
        self._names = dict(before.names)
        self._numbers = count(len(before.names))
        self._ends: dict[int, int] = {}
        """Where the next `write` to a descriptor goes to."""

    def operations(self, log: str) -> Iterator[Operation]:
        for line in log.splitlines():
            called = re.fullmatch(r"(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+).*", line)
            if called and int(called["result"]) >= 0:
                yield from self._operation(called["call"], called["arguments"], int(called["result"]))

    def _operation(self, call: str, arguments: str, result: int) -> Iterator[Operation]:
        texts = [_unescaped(text) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
        handle = re.match(r"(\d+)<([^>]*)>", arguments)
        place = self._inside(_unescaped(handle[2]).decode()) if handle else None
        if call == "openat":
            yield from self._open(self._inside(texts[0].decode()), arguments, result)
        elif (
            call in {"write", "pwrite64"} and handle and _unescaped(handle[2]).decode() == str(streams(self._folder)[0])
        ):
            yield Answer()
        elif call in {"write", "pwrite64"} and handle and place in self._names:
            yield self._write(place, int(handle[1]), texts[0], arguments if call == "pwrite64" else None)
        elif call == "ftruncate" and place in self._names:
            yield Write(self._names[place], int(arguments.rpartition(",")[2]), b"")
        elif call in {"fsync", "fdatasync"} and place is not None:
            yield Sync(self._names.get(place), None if place in self._names else place)
        elif call.startswith(("unlink", "rename", "link")):
            yield from self._rename(call, [self._inside(text.decode()) for text in texts])

    def _open(self, name: str | None, arguments: str, handle: int) -> Iterator[Operation]:
        if name is None:
            return
        self._ends[handle] = 0
        if "O_CREAT" in arguments and name not in self._names:
            self._names[name] = next(self._numbers)
            yield Write(self._names[name], 0, b"")
            yield Naming((name, self._names[name]), None, _folders(name))
        elif "O_TRUNC" in arguments:
            yield Write(self._names[name], 0, b"")

    def _write(self, name: str, handle: int, data: bytes, positioned: str | None) -> Operation:
        at = int(positioned.rpartition(",")[2]) if positioned else self._ends[handle]
        if not positioned:
            self._ends[handle] = at + len(data)
        return Write(self._names[name], at, data)

    def _rename(self, call: str, names: Sequence[str | None]) -> Iterator[Operation]:
        first = names[0]
        if first is None or first not in self._names:
            return
        file = self._names[first] if call.startswith("link") else self._names.pop(first)
        if call.startswith("unlink"):
            yield Naming(None, first, _folders(first))
        elif second := names[1]:
            self._names[second] = file
            goes = None if call.startswith("link") else first
            yield Naming((second, file), goes, _folders(first, second))

    def _inside(self, path: str) -> str | None:
        """The path from the folder on; None if it lies elsewhere."""
        relative = os.path.relpath(os.path.join(self._folder, path), self._folder)  # noqa: PTH118 # no links, no disk
        return None if relative.startswith("..") else relative


def _folders(*names: str) -> frozenset[str]:
    return frozenset(os.path.dirname(name) or "." for name in names)  # noqa: PTH120 # of names, not of paths


def _unescaped(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


# -- what is found after a cut ----------------------------------------------------------------------------------------


def states(recording: Recording, moments: int, variants: int, random: Random) -> Iterator[tuple[str, Disk, bool]]:
    """The disk as it may be found after a cut: how it came about, the disk, whether it was answered.

    A cut comes before and after every operation but a write, and at so many other moments at most.
    """
    operations = recording.operations
    between = {n for n, operation in enumerate(operations) if not isinstance(operation, Write)}
    between |= {n + 1 for n in between}
    others = [n for n in range(len(operations) + 1) if n not in between]
    for end in sorted({*between, *random.sample(others, min(moments, len(others)))}):
        done = recording.operations[:end]
        answered = any(isinstance(operation, Answer) for operation in done)
        for ordered in (False, True):
            held, loose = _split(done, ordered=ordered)
            for name, chosen in _choices(loose, variants, random, ordered=ordered):
                disk = Disk({n: bytearray(f) for n, f in recording.before.files.items()}, dict(recording.before.names))
                for number in range(end):
                    if number in held:
                        disk.apply(done[number])
                    for operation in chosen.get(number, ()):
                        disk.apply(operation)
                yield f"after {end}, {'ordered' if ordered else 'strict'}, {name}", disk, answered


def _split(done: Sequence[Operation], *, ordered: bool) -> tuple[set[int], dict[int, Operation]]:
    """Which operations hold, and which may not."""
    held: set[int] = set()
    loose: dict[int, Operation] = {}
    for number, operation in enumerate(done):
        if isinstance(operation, Write | Naming):
            loose[number] = operation
        elif isinstance(operation, Sync):
            for other, waiting in list(loose.items()):
                if _holds(waiting, operation, ordered=ordered):
                    held.add(other)
                    del loose[other]
    return held, loose


def _holds(waiting: Operation, sync: Sync, *, ordered: bool) -> bool:
    if isinstance(waiting, Write):
        return waiting.file == sync.file
    return isinstance(waiting, Naming) and (ordered or sync.folder in waiting.folders)


def _choices(
    loose: Mapping[int, Operation], variants: int, random: Random, *, ordered: bool
) -> Iterator[tuple[str, dict[int, list[Operation]]]]:
    """Which of the loose operations have come about all the same."""
    yield "nothing else", {}
    if not loose:
        return
    yield "everything", {number: [operation] for number, operation in loose.items()}
    for variant in range(variants):
        share = random.random()
        names_until = random.choice([*loose, max(loose) + 1])
        chosen: dict[int, list[Operation]] = {}
        for number, operation in loose.items():
            if isinstance(operation, Naming) and ordered:
                if number < names_until:
                    chosen[number] = [operation]
            elif isinstance(operation, Write) and variant % 2:
                chosen[number] = list(_torn(operation, random, share))
            elif random.random() < share:
                chosen[number] = [operation]
        yield f"variant {variant}", chosen


def _torn(write: Write, random: Random, share: float) -> Iterator[Write]:
    """Some of the sectors of a write."""
    if not write.data and random.random() < share:
        yield write
    at = write.at
    while at < write.at + len(write.data):
        end = min((at // SECTOR + 1) * SECTOR, write.at + len(write.data))
        if random.random() < share:
            yield Write(write.file, at, write.data[at - write.at : end - write.at])
        at = end


def cut_power(
    case: Case,
    folder: Path,
    moments: int = 12,
    variants: int = 2,
    plant: Plant = nothing_planted,
    until: Callable[[], bool] = lambda: False,
) -> Cuts:
    """Judge the states in which a cut can leave the disk while a case is at work.

    If something is planted, only until one is wrong.
    """
    folder.mkdir()
    recording = record(case, folder / "recorded", plant)
    workers = os.cpu_count() or 1
    seed = Random().getrandbits(32)
    jobs = [
        partial(
            _judge_all,
            case,
            lambda: states(recording, moments, variants, Random(seed)),
            folder / f"worker {number}",
            (number, workers),
            until if plant is nothing_planted else None,
        )
        for number in range(workers)
    ]
    done = in_parallel(jobs)
    return Cuts(sum(states for states, _ in done), {how: wrong for _, found in done for how, wrong in found.items()})


def _judge_all(
    case: Case,
    found_states: Callable[[], Iterator[tuple[str, Disk, bool]]],
    folder: Path,
    share: tuple[int, int],
    until: Callable[[], bool] | None,
) -> tuple[int, dict[str, list[str]]]:
    """Judge a share of the states, one that is found again only once; every tenth is also worked on."""
    folder.mkdir()
    known = contents(case.before), contents(case.after)
    number, workers = share
    seen: set[bytes] = set()
    judged = 0
    faults: dict[str, list[str]] = {}
    for how, disk, answered in found_states():
        mark = _mark(disk, answered=answered)
        if mark[0] % workers != number:
            continue
        judged += 1
        if mark in seen:
            continue
        if until() if until else faults:
            break
        seen.add(mark)
        found = _write_down(disk, fresh(folder, folder.with_name(f"{folder.name} state")))
        verdict = judge(case, found, Ran(-SIGKILL, "said" if answered else "", ""), known)
        wrong = verdict.faults
        if not wrong and not verdict.done and len(seen) % 10 == 0:
            wrong = [*again(case, found)]
        if wrong:
            faults[f"{case.verb}: {how}"] = wrong
    return judged, faults


def _mark(disk: Disk, *, answered: bool) -> bytes:
    mark = sha256(bytes([answered]))
    for name, file in sorted(disk.names.items()):
        content = disk.files.get(file, b"")
        mark.update(f"\n{name} {len(content)} ".encode() + content)
    return mark.digest()


def _write_down(disk: Disk, folder: Path) -> Path:
    for name, file in disk.names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(disk.files.get(file, b""))
    return folder
