"""Only numbers of Skatteverket's published test list are written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from arena_cli.personal_number import holds_personal_number

OFFICIAL = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.parametrize(
    "text",
    [
        "198301012392",
        "19830101-2392",
        "830101-2392",
        "8301012392",
        "nr 830101+2392.",
        "830101 2392",
        "197001782395",
        "830101-TF12",
        "19830101-T123",
    ],
)
def test_a_number_is_found(text: str) -> None:
    assert holds_personal_number(text)


def test_a_mistyped_number_is_still_one() -> None:
    """Another last digit than the right one: nobody can have these."""
    assert holds_personal_number("198301012393")
    assert holds_personal_number("830101-2393")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17",
        "2016-10-01",
        "20161001",
        "8301012393",
        "1983010123921",
        "p-830101",
        "deltagare 8301012",
        "K7QX-4M",
        "2016-10-01 08:00:00Z",
    ],
)
def test_what_is_none_is_let_through(text: str) -> None:
    assert not holds_personal_number(text)


@pytest.mark.parametrize("name", ["test-personnummer.txt", "test-samordningsnummer.txt"])
def test_every_official_test_number_is_found(name: str) -> None:
    if not (OFFICIAL / name).exists():
        pytest.skip("the official list of test numbers is not here")
    numbers = (OFFICIAL / name).read_text().split()
    assert len(numbers) > 1000
    assert [n for n in numbers if not holds_personal_number(n)] == []
