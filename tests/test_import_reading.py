"""From bytes to rows: encodings, delimiters, quotes, line numbers, and what is no list."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.errors import ArenaError, DataProblem, NotFound
from arena_cli.exchange import content, refusals
from arena_cli.exchange.columns import fitness
from arena_cli.exchange.content import held, read_list
from arena_cli.exchange.encoding import find_encoding
from arena_cli.exchange.reading import Sheet, read_sheet

HEADER = "löpnr;kommun;inskriven"


def sheet(data: bytes) -> Sheet:
    return read_sheet(held(data), fitness())


def rows(data: bytes) -> list[tuple[int, list[str]]]:
    return [tuple(row) for row in sheet(data).rows]  # type: ignore[misc]


# -- encodings --------------------------------------------------------------------------------------------------------

WORDS = ("Östersund", "Åre", "Härjedalen", "Krokom", "Bräcke", "Strömsund", "kön", "löpnr", "född", "André")


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("cp1252", "Windows-1252"),
        ("mac_roman", "Mac Roman"),
        ("cp850", "DOS 850"),
    ],
)
def test_each_encoding_is_found_by_a_single_swedish_word(codec: str, name: str) -> None:
    for word in WORDS:
        encoding = find_encoding(held(word.encode(codec)))
        assert word.encode(codec).decode(encoding.codec) == word
        if not word.isascii():
            assert encoding.name == name


@given(st.text(st.sampled_from("abc;åäöÅÄÖé\n"), min_size=1).filter(lambda text: not text.isascii()))
def test_swedish_text_is_read_back_in_windows_encoding(text: str) -> None:
    assert find_encoding(held(text.encode("cp1252"))).name == "Windows-1252"


def test_a_byte_order_mark_is_no_part_of_the_first_header() -> None:
    assert sheet(f"{HEADER}\n1;2380;2016-01-01\n".encode("utf-8-sig")).header.cells == HEADER.split(";")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_recognised_and_refused(codec: str) -> None:
    with pytest.raises(refusals.ListIsUtf16):
        sheet(f"{HEADER}\n1;2380;2016-01-01\n".encode(codec))


def test_a_file_of_two_encodings_is_refused_with_the_line_that_differs() -> None:
    data = f"{HEADER}\n1;Åre;2016-01-01\n".encode() + "2;Åre;2016-01-01\n".encode("cp1252")
    with pytest.raises(refusals.MixedEncodings) as caught:
        sheet(data)
    assert caught.value.facts == {"row": 3}


def test_a_broken_character_after_a_byte_order_mark_is_refused() -> None:
    with pytest.raises(refusals.MixedEncodings):
        sheet(b"\xef\xbb\xbfref;municipality\n1;\xc5re\n")


def test_a_nul_character_is_refused_with_its_line() -> None:
    with pytest.raises(refusals.NulInList) as caught:
        sheet(f"{HEADER}\n1;2380;2016-01-01\n2;23\x0080;\n".encode())
    assert caught.value.facts == {"row": 3}


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n" + bytes(99), b"\xff\xd8\xff\xe0" + bytes(99), b"%PDF-1.7\n%\xe2\xe3", b"SQLite format 3\0"],
)
def test_a_picture_or_a_document_is_no_list(data: bytes) -> None:
    with pytest.raises(refusals.NotAList):
        sheet(data)


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_missing_file_a_folder_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "blank.csv").write_bytes(b"\xef\xbb\xbf \r\n\r\n")
    for path, refusal in (
        (tmp_path / "none.csv", refusals.NoSuchList),
        (tmp_path / "folder" / "none.csv", refusals.NoSuchList),
        (tmp_path, refusals.UnreadableList),
        (Path(f"{tmp_path}/nul\0.csv"), refusals.UnreadableList),
        (Path(f"{tmp_path}/{'long' * 100}.csv"), refusals.UnreadableList),
        (tmp_path / "empty.csv", refusals.EmptyList),
        (tmp_path / "blank.csv", refusals.EmptyList),
    ):
        with pytest.raises(refusal):
            read_list(path)
    assert issubclass(refusals.NoSuchList, NotFound)
    assert issubclass(refusals.EmptyList, DataProblem)


def test_a_file_nobody_may_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_arguments: object, **_options: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(refusals.UnreadableList):
        read_list(tmp_path / "list.csv")


def test_an_enormous_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_BYTES", 20)
    path = tmp_path / "list.csv"
    path.write_bytes(b"x" * 21)
    with pytest.raises(refusals.EnormousList):
        read_list(path)


# -- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_by_the_line_on_which_they_begin(ending: str) -> None:
    lines = [HEADER, '1;"two', 'lines";2016', "", ";;", "2;3;4", " ; ;", '3;"a', "", 'b";5']
    assert rows(ending.join(lines).encode()) == [
        (2, ["1", f"two{ending}lines", "2016"]),
        (6, ["2", "3", "4"]),
        (8, ["3", f"a{ending}{ending}b", "5"]),
    ]


def test_the_header_may_follow_blank_lines() -> None:
    found = sheet(f"\n;;\n{HEADER}\n1;2;3\n".encode())
    assert found.header.number == 3
    assert [row.number for row in found.rows] == [4]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_the_one_that_makes_known_headers(delimiter: str) -> None:
    header = delimiter.join(["ref", "a comment, with; the others", "municipality", "entered_on"])
    quoted = delimiter.join(["ref", '"a comment, with; the\tothers"', "municipality", '"entered_on"'])
    assert sheet(f"{header}\n".encode()).source.facts["character"] == delimiter
    assert sheet(f"{quoted}\n".encode()).source.facts["character"] == delimiter


def test_a_quotation_mark_without_its_other_half_is_refused_with_its_row() -> None:
    for line in ('3;"2380;2016-01-01', '3;"23"80;2016-01-01'):
        found = sheet(f"{HEADER}\n1;2;3\n{line}\n4;5;6\n".encode())
        with pytest.raises(refusals.BrokenQuotes) as caught:
            list(found.rows)
        assert caught.value.facts == {"row": 3}


def test_a_quotation_mark_within_a_plain_cell_is_a_character() -> None:
    assert rows(f'{HEADER}\n1;a "b" c;3\n'.encode()) == [(2, ["1", 'a "b" c', "3"])]


def test_ten_megabytes_in_one_cell_are_refused_with_the_row() -> None:
    found = sheet(f"{HEADER}\n1;2;3\n2;{'x' * 10_000_000};3\n".encode())
    with pytest.raises(refusals.CellTooLong) as caught:
        list(found.rows)
    assert caught.value.facts["row"] == 3


def test_ten_megabytes_in_the_header_are_refused() -> None:
    with pytest.raises(refusals.CellTooLong):
        sheet(b"ref" * 4_000_000)


CELLS = st.lists(st.sampled_from([*'ab1åÖ;,\t"\n \u2028', "\r\n"]), max_size=6).map("".join)
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5))


@given(
    table=TABLES,
    delimiter=st.sampled_from(";,\t"),
    ending=st.sampled_from(["\n", "\r\n"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_was_written_is_read_back(
    table: Sequence[Sequence[str]], delimiter: str, ending: str, codec: str, quoting: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["ref", "municipality", "entered_on"])
    starts = []
    for row in table:
        starts.append(len(text.getvalue().replace("\r\n", "\n").replace("\r", "\n").split("\n")))
        writer.writerow(row)
    found = sheet(text.getvalue().encode(codec))
    assert found.source.facts["character"] == delimiter
    expected = [(start, row) for start, row in zip(starts, table, strict=True) if "".join(row).strip()]
    assert [tuple(row) for row in found.rows] == expected


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"ref;kommun\n{text}".encode())))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        list(sheet(data).rows)
    except ArenaError as refusal:
        assert isinstance(refusal, DataProblem)  # noqa: PT017 # whatever else is raised fails the test


def long_list(lines: int, *, last: bytes = b"") -> bytes:
    """A list of several pieces, as it is read from a disk."""
    return b"id;kommun;inskriven\n" + b"".join(b"%d;2380;2016-01-01\n" % number for number in range(lines)) + last


def test_what_is_wrong_far_down_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for piece in (7, 1 << 18):
        monkeypatch.setattr(content, "_PIECE", piece)
        with pytest.raises(refusals.NulInList) as nul:
            sheet(long_list(200, last=b"a\0"))
        with pytest.raises(refusals.MixedEncodings) as mixed:
            sheet(long_list(200, last="Åre\n".encode() + "Åre".encode("cp1252")))
        assert (nul.value.facts["row"], mixed.value.facts["row"]) == (202, 203)
        assert find_encoding(held(long_list(200, last="Åre".encode("cp1252")))).name == "Windows-1252"
        assert find_encoding(held(long_list(200, last="Åre".encode()))).name == "UTF-8"
        assert len(rows(long_list(200))) == 200


@pytest.mark.parametrize(
    "change", [lambda path: path.write_bytes(long_list(9)), lambda path: os.utime(path, ns=(0, 0))]
)
def test_a_list_that_is_changed_while_it_is_read_is_refused(tmp_path: Path, change: Callable[[Path], None]) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(long_list(50_000))
    found = read_sheet(read_list(path), fitness())
    assert len(list(found.rows)) == 50_000
    change(path)
    assert found.again is not None
    with pytest.raises(refusals.ListChanged):
        list(found.again())
    assert len(list(read_sheet(read_list(path), fitness()).rows)) in {9, 50_000}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_list_may_come_through_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = Thread(target=path.write_bytes, args=(long_list(50_000),))
    writer.start()
    found = read_sheet(read_list(path), fitness())
    writer.join()
    below, all_rows = list(found.rows), list(found.again() if found.again else ())
    assert (len(below), all_rows[1:]) == (50_000, [cells for _, cells in below])


def test_what_cannot_be_read_is_told_by_the_rows_and_ends_the_other_reading() -> None:
    found = sheet(long_list(3, last=b'"4;2380'))
    with pytest.raises(refusals.BrokenQuotes) as broken:
        list(found.rows)
    assert broken.value.facts["row"] == 5
    assert found.again is not None
    assert [cells[0] for cells in found.again()] == ["id", "0", "1", "2"]
