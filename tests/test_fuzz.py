"""The readers of lists read or refuse whatever they get: tests/fuzz/ in short, and all that ever broke."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import SEEDS, TARGETS, try_one

BROKE = sorted((Path(__file__).parent / "fuzz" / "broke").glob("*-*"))
QUICK = sorted(set(TARGETS) - {"workbook"})  # which tests/test_import_workbooks.py damages


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_are_read(target: str) -> None:
    for seed in SEEDS[target]:
        try_one(target, seed)


@pytest.mark.parametrize("case", BROKE, ids=lambda case: case.name)
def test_what_broke_once_breaks_no_more(case: Path) -> None:
    try_one(case.name.partition("-")[0], case.read_bytes())


PIECES = st.sampled_from(
    [
        *(
            b"[columns]\n",
            b"[values.sex]\n",
            b'"a"',
            b" = ",
            b'"ref"',
            b"'''",
            b"\\u0000",
            b'"\\ud800"',
            b"1e999",
            b"[[",
        ),
        *(b"l\xc3\xb6pnr;kommun;start\n", b'"', b";", b"\t", b"\r", b"\x00", b"\xff", b"\xe5\xe4\xf6", b"2016-04-03"),
        *(
            b'<row r="1" hidden="1">',
            b'<c r="A1" t="e"/>',
            b'<col min="1" max="99999" hidden="1"/>',
            b"<",
            b">",
            b"3/4 ",
        ),
        *(b'<table:table table:name="Lista 2016">', b'<table:table-row table:number-rows-repeated="9999999"', b"&amp;"),
        *(b' table:visibility="collapse"', b"\xc3\xa9", b"9" * 40, b"0", b"april", b". ", b"<workbook/>", b"PK"),
    ]
)


@settings(max_examples=60)
@given(st.sampled_from(QUICK), st.lists(st.one_of(PIECES, st.binary(max_size=5)), max_size=12).map(b"".join))
def test_whatever_is_thrown_at_the_readers_is_read_or_refused(target: str, data: bytes) -> None:
    try_one(target, data)
