"""Personnummer and samordningsnummer: read, told apart, refused without being repeated."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.identity_number import (
    BornInTheFuture,
    CenturyMissing,
    NoSuchBirthDate,
    NumberKind,
    TemporaryNumber,
    UnreadableNumber,
    WrongCheckDigit,
    read_personal_number,
)
from arena_cli.language import load_language
from arena_cli.model import Sex

TODAY = date(2026, 11, 22)
OFFICIAL = ("196201082697", "196201122808", "198301012392", "198301012384", "199701012396", "199701012388")
"""Of Skatteverket's published test numbers: nobody has them, and nobody will."""
COORDINATION = "197001782395"
LISTS = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.parametrize("digits", OFFICIAL)
def test_a_test_number_is_read_with_and_without_hyphen(digits: str) -> None:
    number = read_personal_number(digits, TODAY)
    assert number == read_personal_number(f" {digits[:8]}-{digits[8:]} ", TODAY)
    assert (number.digits, number.kind) == (digits, NumberKind.PERSONNUMMER)
    assert number.birth_year == int(digits[:4])


def test_sex_is_told_by_the_digit_before_the_last() -> None:
    assert read_personal_number("198301012392", TODAY).sex is Sex.MAN
    assert read_personal_number("198301012384", TODAY).sex is Sex.WOMAN


def test_the_day_plus_sixty_makes_a_coordination_number() -> None:
    number = read_personal_number(COORDINATION, TODAY)
    assert (number.kind, number.sex, number.birth_year) == (NumberKind.SAMORDNINGSNUMMER, Sex.MAN, 1970)


@pytest.mark.parametrize("name", ["test-personnummer.txt", "test-samordningsnummer.txt"])
def test_all_of_the_published_test_numbers_are_accepted(name: str) -> None:
    path = LISTS / name
    if not path.is_file():
        pytest.skip("the published lists are not here")
    listed = re.findall(r"\b[0-9]{12}\b", path.read_text(encoding="utf-8"))
    assert len(listed) > 2000
    assert [read_personal_number(digits, TODAY).digits for digits in listed] == listed


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("8301012392", CenturyMissing),
        ("830101-2392", CenturyMissing),
        ("830101+2392", CenturyMissing),
        ("198301012393", WrongCheckDigit),
        ("198301032392", WrongCheckDigit),
        ("198302302392", NoSuchBirthDate),
        ("198313012392", NoSuchBirthDate),
        ("202612012392", BornInTheFuture),
        ("19830101-T239", TemporaryNumber),
        ("830101-TF29", TemporaryNumber),
        ("198301010002", UnreadableNumber),
        ("19830101-239", UnreadableNumber),
        ("19830101+2392", UnreadableNumber),
        ("198301012392\u0661", UnreadableNumber),
        ("\uff11\uff1983" + "01012392", UnreadableNumber),
        ("178301012392", UnreadableNumber),
        ("Anna", UnreadableNumber),
        ("", UnreadableNumber),
    ],
)
def test_what_is_no_number_is_refused_and_not_repeated(typed: str, refusal: type[UnreadableNumber]) -> None:
    with pytest.raises(UnreadableNumber) as caught:
        read_personal_number(typed, TODAY)
    assert type(caught.value) is refusal
    for language in ("sv", "en"):
        said = caught.value.sentence(load_language(language))
        assert not typed or typed not in said
        assert not re.search("[0-9]", said)


@given(st.sampled_from([*OFFICIAL, COORDINATION]), st.integers(2, 11), st.integers(1, 9))
def test_one_mistyped_digit_is_always_found(digits: str, place: int, more: int) -> None:
    mistyped = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    with pytest.raises(UnreadableNumber):
        read_personal_number(mistyped, TODAY)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(typed: str) -> None:
    with suppress(UnreadableNumber):
        assert len(read_personal_number(typed, TODAY).digits) == 12
