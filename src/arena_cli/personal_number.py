"""Find what looks like a Swedish personal identity number where none belongs.

Form: six or eight digits of a birth date (day + 60 in a coordination number, month and day possibly unknown), a
separator that may be missing, and four digits of which the last is a Luhn check digit over the ten without century
(Skatteverket, Rättslig vägledning, personnummer och samordningsnummer).
"""

from __future__ import annotations

import re

_FORM = re.compile(
    r"(?<![0-9])(?:1[89]|20)?"
    r"([0-9]{2}(?:0[0-9]|1[0-2])(?:[0-2][0-9]|3[01]|[6-8][0-9]|9[01]))[-+ ]?([0-9]{4})"
    r"(?![0-9])",
    re.ASCII,
)


def holds_personal_number(text: str) -> bool:
    """Whether the text holds a number that could be somebody's."""
    return any(_luhn(match[1] + match[2]) for match in _FORM.finditer(text))


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
