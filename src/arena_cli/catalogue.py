"""A compiled catalogue of messages, in which those that are asked for are looked up.

The library's reader unpacks all of it at every start, a twentieth of a short command.
"""

from __future__ import annotations

import gettext
from bisect import bisect_left
from functools import cached_property
from struct import unpack_from
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LITTLE_ENDIAN: Final = b"\xde\x12\x04\x95"
"""How a catalogue begins that was compiled on such a machine."""


class Catalogue(gettext.NullTranslations):
    """What `gettext.GNUTranslations` says of the same file; the messages have no contexts, and are in UTF-8.

    The format (GNU gettext, "The Format of GNU MO Files"): after the magic number and the revision, how many messages
    there are and where two lists begin, each with the length and the place of every text; first of the messages, in
    the order of their bytes, then of their translations. The forms of a message that has a plural end with a zero byte.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__()
        order = "<" if content.startswith(_LITTLE_ENDIAN) else ">"
        self._count, *places = unpack_from(f"{order}3I", content, 8)
        self._messages, self._translations = (unpack_from(f"{order}{2 * self._count}I", content, at) for at in places)
        self._content = content
        self._found: dict[str, list[str]] = {}

    def gettext(self, message: str) -> str:
        forms = self._forms(message)
        return forms[0] if forms else super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._forms(msgid1)
        return forms[self._form_of(n)] if len(forms) > 1 else super().ngettext(msgid1, msgid2, n)

    def _forms(self, message: str) -> list[str]:
        """The translations of a message; none, where it has none."""
        if message not in self._found:
            self._found[message] = self._look_up(message.encode())
        return self._found[message]

    def _look_up(self, message: bytes) -> list[str]:
        number = bisect_left(range(self._count), message, key=self._message)
        if number == self._count or self._message(number) != message:
            return []
        return self._text(self._translations, number).decode().split("\0")

    def _message(self, number: int) -> bytes:
        return self._text(self._messages, number).partition(b"\0")[0]

    def _text(self, texts: tuple[int, ...], number: int) -> bytes:
        length, place = texts[2 * number : 2 * number + 2]
        return self._content[place : place + length]

    @cached_property
    def _form_of(self) -> Callable[[int], int]:
        """Which form goes with a number, as the catalogue's header says it."""
        *_, rule = self._forms("")[0].partition("plural=")
        return gettext.c2py(rule.partition(";")[0])
