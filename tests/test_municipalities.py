"""The list of municipalities is complete, and the same as the one it was taken from."""

import csv
import unicodedata
from pathlib import Path

import pytest

import arena_cli

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT.parent / "shared" / "data" / "municipalities.csv"


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def municipalities() -> list[list[str]]:
    header, *rows = rows_of(Path(arena_cli.__file__).with_name("municipalities.csv"))
    assert header == ["code", "name", "short_name", "county_code"]
    return rows


def test_there_are_290_with_their_own_code_and_names(municipalities: list[list[str]]) -> None:
    codes, names, short_names, _ = zip(*municipalities, strict=True)
    assert [len(set(column)) for column in (codes, names, short_names)] == [290, 290, 290]
    assert list(codes) == sorted(codes)


def test_a_code_is_four_digits_that_begin_with_the_county(municipalities: list[list[str]]) -> None:
    for code, _, _, county_code in municipalities:
        assert len(code) == 4
        assert code.isascii()
        assert code.isdigit()
        assert county_code == code[:2]


def test_names_are_written_in_one_way(municipalities: list[list[str]]) -> None:
    for _, *names, _ in municipalities:
        for name in names:
            assert name == unicodedata.normalize("NFC", name).strip()
            assert name


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published list is not on this computer")
def test_the_list_is_the_published_one(municipalities: list[list[str]]) -> None:
    assert municipalities == rows_of(PUBLISHED)[1:]
