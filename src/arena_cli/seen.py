"""Which texts have come before, of however many: a table of one bit each."""

from __future__ import annotations

from typing import Final
from zlib import crc32

SLOTS: Final = 1 << 25
"""So many bits are 4 MB. Of a million texts that all differ, one in seventy meets another in its slot."""


class Seen:
    """Remembers texts without keeping them. One that is new may be taken for seen, never the other way about."""

    def __init__(self) -> None:
        self._slots = SLOTS
        self._bits = bytearray(self._slots // 8)

    def is_new(self, text: str) -> bool:
        """Whether the text has not come before; from now on it has."""
        slot = crc32(text.encode()) % self._slots
        bit = 1 << (slot & 7)
        if self._bits[slot >> 3] & bit:
            return False
        self._bits[slot >> 3] |= bit
        return True
