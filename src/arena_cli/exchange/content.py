"""What a list's file holds, read from the disk as often as it is needed: memory does not grow with the list."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from arena_cli.exchange.refusals import EmptyList, EnormousList, ListChanged, NoSuchList, UnreadableList

MOST_BYTES: Final = 200_000_000
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
_PIECE: Final = 1 << 18

Content = Callable[[], IO[bytes]]
"""Gives the bytes from the first one on, also while somebody else is reading them."""


def held(data: bytes) -> Content:
    """Bytes that are in memory."""
    return lambda: io.BytesIO(data)


def pieces(content: Content) -> Iterator[bytes]:
    """The bytes, some at a time."""
    with content() as file:
        while piece := file.read(_PIECE):
            yield piece


def read_list(path: Path) -> Content:
    """What a list holds. Raises NoSuchList, UnreadableList, EnormousList or EmptyList.

    UnreadableList also while it is read, and ListChanged if it is not any more what it was.
    """
    with _Reading(path) as file:
        if stat.S_ISREG(file.state.st_mode):
            size, state = file.state.st_size, file.state
            content: Content = lambda: io.BufferedReader(_Reading(path, state), _PIECE)  # noqa: E731
        else:  # what comes through a pipe comes once
            data = io.BufferedReader(file).read(MOST_BYTES + 1)
            size, content = len(data), held(data)
    if size > MOST_BYTES:
        raise EnormousList(path=path, megabytes=MOST_BYTES // 1_000_000)
    if not any(piece.strip(_BLANK) for piece in pieces(content)):
        raise EmptyList
    return content


class _Reading(io.RawIOBase):
    """A file being read, which must be what it was when it was first looked at, if that is known."""

    def __init__(self, path: Path, known: os.stat_result | None = None) -> None:
        self._path = path
        try:
            self._file = path.open("rb", buffering=0)
        except FileNotFoundError:
            raise NoSuchList(path=path) from None
        except (OSError, ValueError):
            raise UnreadableList(path=path) from None
        self.state = os.fstat(self._file.fileno())
        self._known = known

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        try:
            count: int | None = self._file.readinto(buffer)
        except OSError:
            raise UnreadableList(path=self._path) from None
        if not count and self._known and _identity(os.fstat(self._file.fileno())) != _identity(self._known):
            raise ListChanged
        return count

    def close(self) -> None:
        super().close()
        if hasattr(self, "_file"):  # where it could be opened
            self._file.close()


def _identity(state: os.stat_result) -> tuple[int, ...]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns
