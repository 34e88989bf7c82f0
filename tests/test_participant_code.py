from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.participant_code import ALPHABET, make_codes, read_code

codes = st.binary(min_size=5, max_size=5).map(lambda random: make_codes(1, lambda _: random)[0])
places = st.integers(0, 5)


@given(codes)
def test_a_code_is_read_as_it_was_written(code: str) -> None:
    assert read_code(code) == code
    assert len(code) == 7
    assert code[4] == "-"


@given(codes)
def test_it_may_be_typed_as_it_is_heard(code: str) -> None:
    typed = f" {code.lower().replace('-', '').replace('0', 'o').replace('1', 'l')} "
    assert read_code(typed) == code


@given(codes, places, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_caught(code: str, place: int, wrong: str) -> None:
    characters = list(code.replace("-", ""))
    if characters[place] != wrong:
        characters[place] = wrong
        assert read_code("".join(characters)) is None


@given(codes, places, places)
def test_two_swapped_characters_are_caught(code: str, one: int, other: int) -> None:
    characters = list(code.replace("-", ""))
    if characters[one] != characters[other]:
        characters[one], characters[other] = characters[other], characters[one]
        assert read_code("".join(characters)) is None


@pytest.mark.parametrize("typed", ["", "K7QX", "K7QX-4MM", "K7Q!-4M", "ÅÄÖÅ-ÄÖ", "U7QX-4M"])
def test_what_is_no_code(typed: str) -> None:
    assert read_code(typed) is None


def test_codes_that_are_made_together_are_those_that_are_made_one_by_one() -> None:
    drawn = b"\x01\x62\x03\xa4\x15", b"\xff\x00\x13\x44\x95"
    assert make_codes(2, lambda _: b"".join(drawn)) == ["1234-N3", "Z0K4-NV"]
    assert [make_codes(1, {5: each}.__getitem__) for each in drawn] == [["1234-N3"], ["Z0K4-NV"]]


def test_codes_differ() -> None:
    assert len({make_codes(1)[0] for _ in range(1000)}) > 990
