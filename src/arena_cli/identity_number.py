"""Read a personnummer or a samordningsnummer as it stands in the population register.

Source: Skatteverket, Rättslig vägledning (18 § folkbokföringslagen; lag 2022:1697 om samordningsnummer). Twelve digits
with the century: birth date, three digits of which the last is odd for a man and even for a woman, and a check digit
by Luhn's rule over the ten without century. A samordningsnummer has the day plus 60; where the day or the month of
birth is not known they stand as 60 and 00; among the published test numbers some have the 31st of a shorter month.
The date of a personnummer may be another than that of the birth.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from arena_cli.errors import UsageProblem, translatable
from arena_cli.model import Sex
from arena_cli.model.noun import Noun, dataclass
from arena_cli.personal_number import has_check_digit


class NumberKind(StrEnum):
    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"


class UnreadableNumber(UsageProblem):
    """What was typed is no number that can be kept. Never says what it was."""

    message = translatable("That is no personal identity number. Write all twelve digits: YYYYMMDD-NNNN.")


class CenturyMissing(UnreadableNumber):
    message = translatable("The century is missing. Write all twelve digits: YYYYMMDD-NNNN.")


class TemporaryNumber(UnreadableNumber):
    message = translatable(
        "Numbers with letters stand in for a real one and differ between authorities: they are not kept. "
        "Leave the number out until there is a personnummer or a samordningsnummer."
    )


class WrongCheckDigit(UnreadableNumber):
    message = translatable("The last digit does not fit the others: some digit is mistyped.")


class NoSuchBirthDate(UnreadableNumber):
    message = translatable("There is no such day in the calendar: some digit of the date is mistyped.")


class BornInTheFuture(UnreadableNumber):
    message = translatable("The date of birth has not come yet: some digit of the date is mistyped.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PersonalNumber(Noun):
    """`digits` are all twelve. `sex` is the legal one; what is registered of a person may be another."""

    digits: str
    kind: NumberKind

    @property
    def sex(self) -> Sex:
        return Sex.MAN if int(self.digits[10]) % 2 else Sex.WOMAN

    @property
    def birth_year(self) -> int:
        return int(self.digits[:4])


def read_personal_number(typed: str, today: date) -> PersonalNumber:
    """The number that was typed, with or without a hyphen. Raises UnreadableNumber, or what says more."""
    text = typed.strip()
    if re.fullmatch(r"(?:[0-9]{6}|[0-9]{8})-?(?:[A-Z][0-9]{3}|TF[0-9]{2})", text, re.ASCII | re.IGNORECASE):
        raise TemporaryNumber
    if re.fullmatch(r"[0-9]{6}[-+]?[0-9]{4}", text, re.ASCII):
        raise CenturyMissing
    match = re.fullmatch(r"((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})-?([0-9]{4})", text, re.ASCII)
    if match is None or match[4].startswith("000"):
        raise UnreadableNumber
    year, month, day, end = match.groups()
    kind = NumberKind.SAMORDNINGSNUMMER if int(day) >= _ADDED else NumberKind.PERSONNUMMER
    _check_date(int(year), int(month), int(day), kind, today)
    if not has_check_digit(f"{year[2:]}{month}{day}{end}"):
        raise WrongCheckDigit
    return PersonalNumber(f"{year}{month}{day}{end}", kind)


_ADDED: Final = 60
"""What the day of a samordningsnummer has in addition."""

_DAYS: Final = range(32)
_IN_EVERY_MONTH: Final = 28


def _check_date(year: int, month: int, day: int, kind: NumberKind, today: date) -> None:
    """Check the date. That of a samordningsnummer may lack a part, or name a day that its month does not have."""
    if kind is NumberKind.SAMORDNINGSNUMMER and day - _ADDED in _DAYS:
        month, day = month or 1, min(day - _ADDED or 1, _IN_EVERY_MONTH)
    try:
        born = date(year, month, day)
    except ValueError:
        raise NoSuchBirthDate from None
    if born > today:
        raise BornInTheFuture
