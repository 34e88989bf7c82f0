"""The key of an encrypted file: 32 random bytes, its text to be kept or typed, and its mark on what it has encrypted.

The text is four rows of sixteen characters (Crockford's base 32). Each row ends with a check of its own, so that who
types a recovery sheet is told which row is wrong. The same text is in a key file, in a credential and on paper.

The first sixteen bytes of an encrypted file are SQLCipher's salt. Ours say what they are and which key they need, so
that a wrong key is told from a damaged file. A key that is random makes no demands on its salt.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

from arena_cli.participant_code import ALPHABET

ROWS: Final = 4
_ROW: Final = 8
"""So many bytes of the key are in a row."""

_CHECK: Final = 2
_LENGTH: Final = ROWS * _ROW
_CHARACTERS: Final = (_ROW + _CHECK) * 8 // 5
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None})
_NUMBERED: Final = re.compile(r"\s*[1-4][.):]\s+")
"""A row's number, which somebody may copy with it."""

_MARK: Final = b"arena\0"
_ID: Final = 4
MARK_LENGTH: Final = 16


class NotAKey(ValueError):
    """A text that holds no key. `row`: the first row that is wrong; None where there are not four."""

    def __init__(self, row: int | None) -> None:
        super().__init__()
        self.row = row


class Key:
    """A key, and where it was found. Shows itself nowhere: not in a traceback, not in a log."""

    __slots__ = ("place", "secret")

    def __init__(self, secret: bytes, place: object = "") -> None:
        if len(secret) != _LENGTH:
            raise NotAKey(None)
        self.secret = secret
        self.place = place

    @property
    def id(self) -> str:
        """What the key is called, from which nobody can guess it."""
        return sha256(b"arena key\0" + self.secret).digest()[:_ID].hex()

    def rows(self) -> Iterator[str]:
        """The key as text, row by row."""
        for number in range(ROWS):
            part = self.secret[number * _ROW : (number + 1) * _ROW]
            value = int.from_bytes(part + _check(number, part))
            characters = [ALPHABET[value >> 5 * place & 31] for place in reversed(range(_CHARACTERS))]
            yield "-".join("".join(characters[at : at + 4]) for at in range(0, _CHARACTERS, 4))

    def mark(self, random_bytes: Callable[[int], bytes] = os.urandom) -> bytes:
        """The first bytes of a new file that is encrypted with this key."""
        known = _MARK + bytes.fromhex(self.id)
        return known + random_bytes(MARK_LENGTH - len(known))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.secret == other.secret

    def __hash__(self) -> int:
        return hash(self.secret)

    def __repr__(self) -> str:
        return f"Key {self.id}"


def new_key(random_bytes: Callable[[int], bytes] = os.urandom) -> Key:
    """A key that nobody has had."""
    return Key(random_bytes(_LENGTH))


def read_keys(text: str, place: object = "") -> list[Key]:
    """The keys in a text, one after the other; lines that begin with # say something about them. Raises NotAKey."""
    rows = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not rows or len(rows) % ROWS:
        raise NotAKey(None)
    parts = [read_row(row, number % ROWS) for number, row in enumerate(rows)]
    return [Key(b"".join(parts[at : at + ROWS]), place) for at in range(0, len(parts), ROWS)]


def read_row(typed: str, number: int) -> bytes:
    """The part of the key in a row, counted from 0, as somebody typed it. Raises NotAKey."""
    characters = _NUMBERED.sub("", typed, count=1).strip().upper().translate(_READ_AS)
    if len(characters) != _CHARACTERS or any(character not in ALPHABET for character in characters):
        raise NotAKey(number + 1)
    value = 0
    for character in characters:
        value = value << 5 | ALPHABET.index(character)
    content = value.to_bytes(_ROW + _CHECK)
    if content[_ROW:] != _check(number, content[:_ROW]):
        raise NotAKey(number + 1)
    return content[:_ROW]


def id_in(mark: bytes) -> str | None:
    """The id of the key that a file needs, from its first bytes; None for one that arena has not encrypted."""
    if len(mark) < MARK_LENGTH or not mark.startswith(_MARK):
        return None
    return mark[len(_MARK) : len(_MARK) + _ID].hex()


def _check(number: int, part: bytes) -> bytes:
    return sha256(b"arena row\0" + bytes([number]) + part).digest()[:_CHECK]
