"""Participant codes such as `K7QX-4M`: short, random, safe to say aloud, with a check character.

The alphabet is Crockford's base 32 (no I, L, O or U). The sixth character checks the five before it: a sum over the
field of 32 elements, each place weighted by its own power of x (x^5 = x^2 + 1), so that every single wrong character
and every swap of two characters is caught.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PLACES: Final = {character: place for place, character in enumerate(ALPHABET)}
_DRAWN = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
_HEARD_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_LENGTH = 5
_START = 22
"""The check's first value; with zero, 0000-00 would be a code."""
_TIMES_X: Final = [twice ^ 0b100101 if twice & 0b100000 else twice for twice in range(0, 2 * len(ALPHABET), 2)]
"""What each element of the field becomes when it is multiplied by x."""


def new_code(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """A code nobody can derive anything from; the caller sees to it that it is not taken."""
    payload = random_bytes(_LENGTH).translate(_DRAWN).decode()
    return _written(payload + _check_character(payload))


def read_code(text: str) -> str | None:
    """The code as it is written, from what a person typed; None if no participant can have it."""
    characters = text.strip().upper().translate(_HEARD_AS)
    if len(characters) != _LENGTH + 1 or any(c not in ALPHABET for c in characters):
        return None
    payload, check = characters[:_LENGTH], characters[_LENGTH]
    return _written(characters) if _check_character(payload) == check else None


def _written(characters: str) -> str:
    return f"{characters[:4]}-{characters[4:]}"


def _check_character(payload: str) -> str:
    total = _START
    for character in payload:
        total = _TIMES_X[total ^ _PLACES[character]]
    return ALPHABET[total]
