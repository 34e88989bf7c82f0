"""A list read piece by piece: what is put together is what stood there."""

from __future__ import annotations

from datetime import date
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli import seen
from arena_cli.exchange import content, encoding, persons, reading
from arena_cli.exchange.cells import SpellRow, spell_reader
from arena_cli.exchange.columns import recognise
from arena_cli.exchange.reading import SheetRow
from tests.sample import PROJECT

COLUMNS = recognise(SheetRow(1, ["kommun", "inskriven", "ref"]))
REFS = st.lists(st.sampled_from(["1", "2", " 2", "3", "-3", "'-3", "a\u030a", "å", "x7", "x8", "x9"]), max_size=30)


def row(number: int, ref: str) -> SpellRow:
    return SpellRow(number, ref, "2305", None, None, date(2016, 3, 1), None, None, None, None, None)


@given(refs=REFS, unread=st.sets(st.integers(0, 29)), slots=st.sampled_from([8, 64, 1 << 20]))
def test_all_rows_of_a_person_come_together_however_many_share_a_slot(
    refs: list[str], unread: set[int], slots: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "SLOTS", slots)
        for module in (persons, reading):
            patch.setattr(module, "AT_A_TIME", 3)
        times = persons.times_of_repeated((["", "", ref] for ref in refs), COLUMNS)
        names = [ref.strip().replace("a\u030a", "å").lstrip("'") for ref in refs]
        rows = [row(number, name) for number, name in enumerate(names) if number not in unread]
        found = list(persons.whole_persons(iter(rows), times))
    assert sorted(chain.from_iterable(found)) == rows
    for name in {each.ref for each in rows}:
        (together,) = [some for some in found if name in {each.ref for each in some}]
        assert [each for each in together if each.ref == name] == [each for each in rows if each.ref == name]
        assert names.count(name) == 1 or times[name] >= names.count(name)


READ: dict[str, str | None] = {
    **{ref: ref for ref in ("7", "x7", "Kerstin", "123456789", "1234567890", "9 9")},
    " 8": "8",
    "'-3": "-3",
    "\u212b1": "å1".upper(),
    **dict.fromkeys(["Kerstin Berg", "", "198301012392"]),
}
"""What each ref of a list is; None is a fault."""


@given(st.lists(st.sampled_from([*READ]), max_size=6))
def test_refs_are_read_together_as_each_is_alone(refs: list[str]) -> None:
    reader = spell_reader(COLUMNS, PROJECT, date(2017, 1, 1))
    found = reader.read(SheetRow(number, ["2305", "2016-03-01", ref]) for number, ref in enumerate(refs))
    read = [READ[ref] for ref in refs]
    assert [(row.number, row.ref) for row in found] == [(n, ref) for n, ref in enumerate(read) if ref is not None]
    assert [problem.row for problem in reader.problems] == [number for number, ref in enumerate(read) if ref is None]


@given(data=st.binary(max_size=12) | st.text(max_size=6).map(str.encode), piece=st.integers(1, 5))
def test_where_utf_8_ends_is_found_in_pieces_as_in_the_whole(data: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "_PIECE", piece)
        found = encoding._not_utf_8(content.held(data))
    assert found == first_wrong_byte(data)


def first_wrong_byte(data: bytes) -> int | None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None
