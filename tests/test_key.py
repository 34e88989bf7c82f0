"""The key as text: what is typed back is the key, and what is mistyped is told row by row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli.key import MARK_LENGTH, ROWS, Key, NotAKey, id_in, new_key, read_keys
from arena_cli.participant_code import ALPHABET

KEY = Key(bytes(range(32)))
SECRETS = st.binary(min_size=32, max_size=32)


def text_of(key: Key) -> str:
    return "\n".join(key.rows())


@given(SECRETS)
def test_what_is_written_is_read(secret: bytes) -> None:
    key = Key(secret)
    assert read_keys(text_of(key)) == [key]
    assert read_keys(f"# a note\n\n{text_of(key)}\n{text_of(KEY)}") == [key, KEY]
    assert id_in(key.mark()) == key.id
    assert len(key.mark()) == MARK_LENGTH


def test_a_key_is_written_like_this() -> None:
    """A sheet that was printed by an earlier version must be read by every later one."""
    assert list(KEY.rows()) == [
        "000G-40R4-0M30-EEVS",
        "104G-M2RC-1M70-YMFX",
        "208H-44RM-2MB1-FGYN",
        "30CH-M6RW-3MF1-ZJ8G",
    ]
    assert KEY.id == "9a657b20"


@pytest.mark.parametrize("written", [str.lower, lambda t: t.replace("-", ""), lambda t: t.replace("-", " ")])
def test_how_it_is_typed_does_not_matter(written: type[str]) -> None:
    assert read_keys(written(text_of(KEY))) == [KEY]
    numbered = "\n".join(f"  {number}.  {row}" for number, row in enumerate(KEY.rows(), 1))
    assert read_keys(numbered) == [KEY]
    assert read_keys(text_of(KEY).replace("0", "O").replace("1", "l")) == [KEY]


@settings(derandomize=True)
@given(SECRETS, st.integers(0, ROWS - 1), st.data())
def test_a_row_with_a_wrong_character_is_named(secret: bytes, row: int, data: st.DataObject) -> None:
    rows = list(Key(secret).rows())
    at = data.draw(st.sampled_from([at for at, c in enumerate(rows[row]) if c != "-"]))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != rows[row][at]]))
    rows[row] = rows[row][:at] + other + rows[row][at + 1 :]
    assert wrong_row(rows) == row + 1


def wrong_row(rows: list[str]) -> int | None:
    """The row that is told to be wrong. One in 65,536 would pass: the samples are the same each time."""
    with pytest.raises(NotAKey) as wrong:
        read_keys("\n".join(rows))
    return wrong.value.row


def test_rows_in_another_order_are_no_key() -> None:
    one, two, *others = KEY.rows()
    with pytest.raises(NotAKey) as wrong:
        read_keys("\n".join([two, one, *others]))
    assert wrong.value.row == 1


@pytest.mark.parametrize(
    "text", ["", "\n", "0000", text_of(KEY)[:-5], text_of(KEY) + "\n0000-0000-0000-0000", "å" * 70]
)
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NotAKey) as wrong:
        read_keys(text)
    assert str(wrong.value) == ""


def test_a_key_shows_itself_nowhere() -> None:
    key = new_key()
    shown = f"{key} {key!r} {[key]} {key.id}"
    assert key.secret.hex() not in shown
    assert all(row not in shown for row in key.rows())
    assert len({new_key() for _ in range(10)}) == 10


@pytest.mark.parametrize("start", [b"SQLite format 3\0", b"", b"arena\0", b"\0" * 16])
def test_a_file_that_arena_has_not_encrypted_needs_no_key(start: bytes) -> None:
    assert id_in(start) is None
