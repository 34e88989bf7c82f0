"""Which encoding a list is in: UTF-8, or one of three that Swedish programs wrote before it.

Small files with a few å, ä and ö mislead the detectors that choose among ninety encodings. With candidates this few
it is enough to see which of them makes Swedish letters of the bytes that are not ASCII.
"""

from __future__ import annotations

import codecs
from itertools import chain
from typing import Final, NamedTuple

from arena_cli.exchange.content import Content, pieces
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

_NO_TEXT: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"SQLite format 3\x00", b"{\\rtf")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def find_encoding(content: Content) -> Encoding:
    """The encoding of a list. Raises one of the refusals imported here for what is no list in one of the four."""
    _check_kind(content)
    wrong = _not_utf_8(content)
    if wrong is None:
        return _UTF_8
    if _has_swedish_in_utf_8(content):
        raise MixedEncodings(row=_line(content, wrong))
    return _most_swedish(b"".join(piece.translate(None, _ASCII) for piece in pieces(content)))


def _not_utf_8(content: Content) -> int | None:
    """Where the first byte stands that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    begin = 0
    for piece in chain(pieces(content), [b""]):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return begin - held + error.start
        begin += len(piece)
    return None


def _has_swedish_in_utf_8(content: Content) -> bool:
    """Whether there is a Swedish letter in UTF-8, or the mark that it begins with. Two pieces may share a letter."""
    letters, last = [letter.encode() for letter in _SWEDISH], b""
    for piece in pieces(content):
        if (not last and piece.startswith(codecs.BOM_UTF8)) or any(letter in last + piece for letter in letters):
            return True
        last = piece[-1:]
    return False


def _check_kind(content: Content) -> None:
    begin = 0
    for piece in pieces(content):
        if begin == 0 and piece.startswith(_NO_TEXT):
            raise NotAList
        if begin == 0 and (piece.startswith(_UTF_16) or b"\x00\x00" in (piece[:4:2], piece[1:4:2])):
            raise ListIsUtf16
        if (nul := piece.find(b"\x00")) >= 0:
            raise NulInList(row=_line(content, begin + nul))
        begin += len(piece)


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


def _line(content: Content, position: int) -> int:
    """The line of the file on which a byte stands."""
    with content() as file:
        return file.read(position).count(b"\n") + 1
