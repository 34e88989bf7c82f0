"""The chain: what it detects, and what it cannot."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.journal import FIRST_HASH, Link, Occasion, Values, What, as_batch, as_json, broken_at, make_link

OCCASION = Occasion(date(2016, 10, 3), "2016-10-03T08:00:00Z", "åsa", "move-participant", why="Fel dag")
FIELDS = Link._fields


def chain(*records: Values) -> list[Link]:
    links: list[Link] = []
    for number, after in enumerate(records, 1):
        previous = links[-1] if links else None
        links.append(make_link(previous, OCCASION, number, None, What("spell", 7, None, as_json(after))))
    return links


def flipped(value: object) -> object:
    """Almost the same value."""
    if isinstance(value, int):
        return value + 1
    return f"{value}x" if value else "x"


def altered(entry: Link, field: str, value: object) -> Link:
    return Link(**{**entry._asdict(), field: value})


FIVE = chain(*({"id": 7, "municipality": str(2303 + number), "exited_on": None} for number in range(5)))


def test_an_honest_chain_is_whole() -> None:
    assert broken_at(FIVE) is None
    assert broken_at([]) is None
    assert FIVE[0].previous_hash == FIRST_HASH
    assert [entry.seq for entry in FIVE] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("place", range(5))
def test_a_changed_field_is_found_where_it_is(place: int, field: str) -> None:
    entry = FIVE[place]
    changed = altered(entry, field, flipped(getattr(entry, field)))
    found = broken_at([*FIVE[:place], changed, *FIVE[place + 1 :]])
    assert found == changed.seq


@pytest.mark.parametrize("field", ["why", "undoes", "before", "after"])
def test_nothing_and_an_empty_text_are_two_things(field: str) -> None:
    emptied = altered(FIVE[2], field, "" if getattr(FIVE[2], field) is None else None)
    assert broken_at([*FIVE[:2], emptied, *FIVE[3:]]) == 3


def test_text_moved_from_one_field_to_the_next_is_found() -> None:
    entry = FIVE[2]
    moved = entry._replace(actor=entry.actor + entry.command[:1], command=entry.command[1:])
    assert broken_at([*FIVE[:2], moved, *FIVE[3:]]) == 3


@pytest.mark.parametrize("place", range(4))
def test_an_entry_taken_out_is_found(place: int) -> None:
    assert broken_at([*FIVE[:place], *FIVE[place + 1 :]]) == FIVE[place + 1].seq


@pytest.mark.parametrize("place", range(5))
def test_an_entry_put_in_is_found(place: int) -> None:
    what = What("spell", 7, None, "{}")
    forged = make_link(FIVE[place - 1] if place else None, replace(OCCASION, actor="x"), 9, None, what)
    assert broken_at([*FIVE[:place], forged, *FIVE[place:]]) == FIVE[place].seq


@pytest.mark.parametrize("place", range(4))
def test_two_entries_swapped_are_found(place: int) -> None:
    swapped = [*FIVE[:place], FIVE[place + 1], FIVE[place], *FIVE[place + 2 :]]
    assert broken_at(swapped) == FIVE[place + 1].seq


def test_a_text_that_damage_has_made_into_bytes_breaks_the_chain() -> None:
    assert broken_at([*FIVE[:2], FIVE[2]._replace(actor=b"anna"), *FIVE[3:]]) == 3  # type: ignore[arg-type]


def test_a_rewritten_entry_with_a_hash_of_its_own_is_found_at_the_next() -> None:
    rewritten = make_link(FIVE[1], replace(OCCASION, actor="someone else"), 3, None, What("spell", 7, None, '{"id":7}'))
    assert broken_at([*FIVE[:2], rewritten, *FIVE[3:]]) == 4


def test_what_the_chain_cannot_prove_without_a_noted_head() -> None:
    assert broken_at(FIVE[:3]) is None


@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8)),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_any_records_chain_and_no_field_of_them_can_change(records: list[Values], data: st.DataObject) -> None:
    entries = chain(*records)
    assert broken_at(entries) is None
    place = data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from(FIELDS))
    changed = altered(entries[place], field, flipped(getattr(entries[place], field)))
    assert broken_at([*entries[:place], changed, *entries[place + 1 :]]) == changed.seq


def test_a_record_has_one_text() -> None:
    assert as_json({"b": "å", "a": None}) == as_json({"a": None, "b": "å"}) == '{"a":null,"b":"å"}'


def test_the_hash_of_a_single_entry_is_what_it_was_before_there_were_batches() -> None:
    occasion = Occasion(date(2016, 10, 3), "2016-10-03T08:00:00Z", "anna", "add-participant")
    link = make_link(None, occasion, 1, None, What("participant", 1, None, as_json({"ref": None, "code": "å"})))
    assert link.after == '{"code":"å","ref":null}'
    assert link.hash == "e42e4f5aa5d888eb85dffb0f475caa61058b1fc693a7e36afe732a43b9352dd3"


ROWS = [("2305", None), ("2321", "2016-10-03"), ("2305", 7)]


cells = st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["\n", '"', "\\", "1", "å\u2028", "null"])


@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=9))
def test_the_text_of_a_batch_is_that_of_its_rows(rows: list[tuple[str | int | None, ...]]) -> None:
    columns = dict(zip(("ref", "code"), zip(*rows, strict=True), strict=True))
    content = {"columns": ["ref", "code"], "rows": rows, "same": {"sex": "man"}}
    assert as_batch(columns, {"sex": "man"}) == json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def batch(*, added: bool) -> Link:
    columns = dict(zip(("municipality", "exited_on"), zip(*ROWS, strict=True), strict=True))
    text = as_batch(columns, {"registered_at": "then"})
    before, after = (None, text) if added else (text, None)
    return make_link(FIVE[-1], OCCASION, 6, None, What("spell", 40, before, after, len(ROWS)))


@pytest.mark.parametrize("added", [True, False])
def test_a_batch_is_one_link_and_an_entry_for_each_record(added: bool) -> None:
    link = batch(added=added)
    assert broken_at([*FIVE, link]) is None
    found = list(link.entries())
    assert [entry.record for entry in found] == [40, 41, 42]
    assert {(entry.seq, entry.change, entry.hash) for entry in found} == {(6, 6, link.hash)}
    for entry, (municipality, exited_on) in zip(found, ROWS, strict=True):
        values = as_json({"municipality": municipality, "exited_on": exited_on, "registered_at": "then"})
        assert (entry.before, entry.after) == ((None, values) if added else (values, None))


def test_an_entry_alone_is_its_link() -> None:
    (entry,) = FIVE[2].entries()
    assert entry == (*FIVE[2][: FIELDS.index("previous_hash")], FIVE[2].hash)


@pytest.mark.parametrize("records", [1, 2, 4])
def test_the_number_of_records_of_a_batch_cannot_change(records: int) -> None:
    assert broken_at([*FIVE, batch(added=True)._replace(records=records)]) == 6
