"""Participant codes such as `K7QX-4M`: short, random, safe to say aloud, with a check character.

The alphabet is Crockford's base 32 (no I, L, O or U). The sixth character checks the five before it: a sum over the
field of 32 elements, each place weighted by its own power of x (x^5 = x^2 + 1), so that every single wrong character
and every swap of two characters is caught.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PLACES: Final = {character: place for place, character in enumerate(ALPHABET)}
_DRAWN: Final = bytes(byte % len(ALPHABET) for byte in range(256))
_WRITTEN: Final = ALPHABET.encode().ljust(256)
_HEARD_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_LENGTH = 5
_START = 22
"""The check's first value; with zero, 0000-00 would be a code."""
_TIMES_X: Final = bytes(
    twice ^ 0b100101 if twice & 0b100000 else twice for twice in range(0, 2 * len(ALPHABET), 2)
).ljust(256)
"""What each element of the field becomes when it is multiplied by x."""


def make_codes(count: int, random_bytes: Callable[[int], bytes] = os.urandom) -> list[str]:
    """So many codes nobody can derive anything from; the caller sees to it that none is taken, or comes twice.

    What is done, is done with one place of all codes at once.
    """
    drawn = random_bytes(_LENGTH * count).translate(_DRAWN)
    places = [drawn[place::_LENGTH] for place in range(_LENGTH)]
    written = bytearray(b"....-.. " * count)
    for place, elements in zip((0, 1, 2, 3, 5, 6), (*places, _checks(places)), strict=True):
        written[place::8] = elements.translate(_WRITTEN)
    return written.decode().split()


def read_code(text: str) -> str | None:
    """The code as it is written, from what a person typed; None if no participant can have it."""
    characters = text.strip().upper().translate(_HEARD_AS)
    if len(characters) != _LENGTH + 1 or any(c not in ALPHABET for c in characters):
        return None
    *places, check = (bytes([_PLACES[character]]) for character in characters)
    return f"{characters[:4]}-{characters[4:]}" if _checks(places) == check else None


def _checks(places: Sequence[bytes]) -> bytes:
    """The last element of each of some codes; every place has one element of each."""
    totals = bytes([_START]) * len(places[0])
    for elements in places:
        sums = int.from_bytes(totals, "big") ^ int.from_bytes(elements, "big")
        totals = sums.to_bytes(len(totals), "big").translate(_TIMES_X)
    return totals
