"""Find what looks like a Swedish personal identity number where none belongs, and refuse it.

Form: six or eight digits of a birth date (day + 60 in a coordination number, month and day possibly unknown), a
separator that may be missing, and four characters: digits of which the last is a Luhn check digit over the ten without
century, or a letter and digits in the numbers that stand in for one (Skatteverket, Rättslig vägledning). A number that
is mistyped is still about a person: only ten digits without a separator must have the right check digit.
"""

from __future__ import annotations

import re

from arena_cli.errors import Refused, translatable

_DATE = r"[0-9]{2}(?:0[0-9]|1[0-2])(?:[0-2][0-9]|3[01]|[6-8][0-9]|9[01])"
_CENTURY = "(?:1[89]|20)"
_END = "(?:[0-9]{4}|[A-Z][0-9]{3}|TF[0-9]{2})"
_PLAIN = re.compile(
    rf"(?<![0-9A-Z])(?:{_CENTURY}?{_DATE} ?[-+] ?{_END}|{_CENTURY}{_DATE} ?{_END})(?![0-9A-Z])",
    re.ASCII | re.IGNORECASE,
)
_TEN_DIGITS = re.compile(rf"(?<![0-9])({_DATE}) ?([0-9]{{4}})(?![0-9])", re.ASCII)

_ALONE = re.compile(rf"{_CENTURY}?({_DATE})[-+]?([0-9]{{4}})", re.ASCII)
_SHORTEST = len("6901010000")


class PersonalNumberGiven(Refused):
    message = translatable(
        "What was given looks like a personal identity number, and arena does not keep them there. "
        "Leave it out, or use the list's own number."
    )


def refuse_personal_number(text: str | None) -> None:
    """Raise PersonalNumberGiven if a text holds what could be somebody's number."""
    if text is not None and holds_personal_number(text):
        raise PersonalNumberGiven


def holds_personal_number(text: str) -> bool:
    """Whether the text holds what could be somebody's number."""
    if len(text) < _SHORTEST:
        return False
    return bool(_PLAIN.search(text)) or any(
        has_check_digit(match[1] + match[2]) for match in _TEN_DIGITS.finditer(text)
    )


def is_personal_number(text: str) -> bool:
    """Whether the text is nothing but somebody's number, with the right check digit."""
    match = _ALONE.fullmatch(text.strip())
    return match is not None and has_check_digit(match[1] + match[2])


def has_check_digit(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the others, by Luhn's rule."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
