"""Which encoding a list is in: UTF-8, or one of three that Swedish programs wrote before it.

Small files with a few å, ä and ö mislead the detectors that choose among ninety encodings. With candidates this few
it is enough to see which of them makes Swedish letters of the bytes that are not ASCII.
"""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

from arena_cli.exchange.refusals import ListIsUtf16, MixedEncodings, NotAList, NulInList


class Encoding(NamedTuple):
    """How a person calls it, and how Python does."""

    name: str
    codec: str


_UTF_8: Final = Encoding("UTF-8", "utf-8-sig")
_CANDIDATES: Final = (
    Encoding("Windows-1252", "cp1252"),
    Encoding("Mac Roman", "mac_roman"),
    Encoding("DOS 850", "cp850"),
)
_SWEDISH: Final = "åäöÅÄÖéÉ"
_ASCII: Final = bytes(range(128))
_PIECE: Final = 1 << 20

_NO_TEXT: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"SQLite format 3\x00", b"{\\rtf")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def find_encoding(data: bytes) -> Encoding:
    """The encoding of a list. Raises one of the refusals imported here for what is no list in one of the four."""
    _check_kind(data)
    wrong = _not_utf_8(data)
    if wrong is None:
        return _UTF_8
    if data.startswith(codecs.BOM_UTF8) or any(letter.encode() in data for letter in _SWEDISH):
        raise MixedEncodings(row=_line(data, wrong))
    return _most_swedish(data.translate(None, _ASCII))


def _not_utf_8(data: bytes) -> int | None:
    """Where the first byte stands that is not UTF-8. Decoded in pieces: whole, the text takes as much memory again."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    pieces = memoryview(data)
    for begin in range(0, len(data), _PIECE):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(pieces[begin : begin + _PIECE], final=begin + _PIECE >= len(data))
        except UnicodeDecodeError as error:
            return begin - held + error.start
    return None


def _check_kind(data: bytes) -> None:
    if data.startswith(_NO_TEXT):
        raise NotAList
    if data.startswith(_UTF_16) or b"\x00\x00" in (data[:4:2], data[1:4:2]):
        raise ListIsUtf16
    if (nul := data.find(b"\x00")) >= 0:
        raise NulInList(row=_line(data, nul))


def _most_swedish(letters: bytes) -> Encoding:
    """The candidate in which most of the bytes above ASCII are Swedish letters; the first among equals."""
    candidates = [candidate for candidate in _CANDIDATES if _has_all(letters, candidate.codec)]
    return max(candidates, key=lambda candidate: _swedishness(letters, candidate.codec))


def _has_all(letters: bytes, codec: str) -> bool:
    """Whether every byte is a character of the encoding: five are not in Windows-1252."""
    try:
        letters.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _swedishness(letters: bytes, codec: str) -> int:
    return sum(letters.count(letter.encode(codec)) for letter in _SWEDISH)


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
