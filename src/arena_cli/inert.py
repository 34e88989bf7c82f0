"""Text that a spreadsheet would take for a formula, and the apostrophe that keeps it text in a CSV.

Nothing else in a CSV says that a cell is text: what begins with a sign is counted, also behind blanks, and in the wide
forms of the signs. Reading takes the apostrophe away again, so that a list comes back as it went out.
"""

from __future__ import annotations

import re
from typing import Final

_TAKEN_FOR_A_FORMULA: Final = re.compile("'*(?:[\t\r\n\0]|\\s*[=+\\-@＝＋－＠])")  # noqa: RUF001  # the wide signs
"""A text with apostrophes before such a beginning gets one more, so that taking one away gives the text."""


def inert(text: str) -> str:
    """The text as a CSV has it: one that would be taken for a formula gets an apostrophe before it."""
    return f"'{text}" if _TAKEN_FOR_A_FORMULA.match(text) else text


def as_meant(text: str) -> str:
    """The text that `inert` was given."""
    return text[1:] if text.startswith("'") and _TAKEN_FOR_A_FORMULA.match(text[1:]) else text
