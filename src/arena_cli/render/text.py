"""What a name that a person typed may do to a report: nothing but be read."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup

UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Control, format (bidi, zero width), unassigned, private and surrogate characters; line and paragraph separators."""

ACTIVE_IN_MARKDOWN = re.compile(
    r"""
      [\\`*_{}\[\]<>&|~^$]          # has a meaning anywhere
    | :(?=/|[^\W\d])                # https://, mailto:, :smile:
    | \bwww\.                       # a bare address
    | ^[-+=#](?!\d)                 # a list, a heading or a rule, if it came first on a line
    | ^\d{1,9}[.)]                  # a numbered list, likewise
    """,
    re.VERBOSE | re.IGNORECASE,
)


@lru_cache(maxsize=1_000)  # a municipality's name heads a row of every table
def visible(name: str) -> str:
    """The name on one line, in one normal form, each character that would hide or steer replaced by U+FFFD."""
    one_line = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in UNSEEN else c for c in one_line)


def escape_markdown(value: object) -> Markup:
    """Whatever is put into a Markdown template, as text. What a macro of the template made is left as it is."""
    if isinstance(value, Markup):
        return value
    escaped = ACTIVE_IN_MARKDOWN.sub(lambda active: f"{active[0][:-1]}\\{active[0][-1]}", str(value))
    return Markup(escaped)  # noqa: S704  # nothing in it is active any more


def css_string(text: str) -> Markup:
    """A string for a style sheet. All but ASCII letters and digits is escaped, so it can end nothing it stands in."""
    characters = (c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text)
    return Markup('"{}"').format(Markup("").join(characters))
