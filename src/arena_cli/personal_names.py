"""Find what looks like a person's name in a text that should have none.

A name is known by its capital letter: a word that begins with one, is no abbreviation and does not begin a sentence.
So are places, companies and authorities, of which the project's own and those below are known; the writer is asked
about the rest. A first name that begins a sentence, or is written small, is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?:;\n•–—])[\s\"'”’(\[-]*$")

_NO_NAMES = """
arbetsförmedlingen arbetsförmedlingens försäkringskassan försäkringskassans kommunförbundet migrationsverket region
regionen samordningsförbundet skatteverket socialtjänsten sverige sveriges sweden swedish svenska europa eu esf
english arabic somali dari tigrinya ukrainian persian thai teams excel word outlook
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december christmas easter i i'm i've
"""
"""Words that begin with a capital letter in Swedish or English and are nobody's name, or hardly ever."""


def name_places(text: str, known: Iterable[str] = ()) -> tuple[int, ...]:
    """Which words, counted from 1, look like a person's name. `known` are names of other things, such as towns."""
    harmless = {*_NO_NAMES.split(), *(form for name in known for word in _words(name) for form in (word, f"{word}s"))}
    return tuple(
        number
        for number, word in enumerate(_WORD.finditer(text), 1)
        if _is_capitalised(word[0])
        and word[0].casefold() not in harmless
        and not _SENTENCE_BEGINS.search(text[: word.start()])
    )


def _is_capitalised(word: str) -> bool:
    return any(part[:1].isupper() and part[1:2].islower() for part in re.split("[-'’]", word))


def _words(name: str) -> Iterable[str]:
    return (word[0].casefold() for word in _WORD.finditer(name))
