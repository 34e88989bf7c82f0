"""What is fuzzed: everything that reads bytes that somebody else has written. A target raises nothing but refusals."""

from __future__ import annotations

import contextlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from arena_cli.errors import ArenaError
from arena_cli.exchange import workbook_child
from arena_cli.exchange.columns import fitness, recognise
from arena_cli.exchange.content import held
from arena_cli.exchange.dates import AmbiguousDate, NoSuchDay, NotADate, read_day
from arena_cli.exchange.mapping import ListMap, parsed_map, write_map
from arena_cli.exchange.reading import read_sheet
from arena_cli.exchange.vocabulary import Vocabulary
from arena_cli.exchange.workbook import is_workbook
from tests.sample import new_store
from tests.workbooks import LISTS, municipal_list

HEADER: Final = "löpnr;kommun;inskriven;kön\n"


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary(new_store(Path(tempfile.mkdtemp(prefix="arena-fuzz-")) / "arena.db"))


def read_text(data: bytes) -> None:
    """A list as text: its encoding, its delimiter, its header and rows, and what they are in the words of a map."""
    if is_workbook(data):
        return
    sheet = read_sheet(held(data), fitness())
    columns = recognise(sheet.header)
    list(ListMap(values={"sex": {"x": "woman"}}).translated(sheet.rows, columns))


def read_workbook(data: bytes) -> None:
    """A workbook, in the process that reads it."""
    list(read_sheet(held(data), fitness()).rows)


def read_xml(data: bytes) -> None:
    """What is noticed in the XML of a sheet or a table, and where the XML of a workbook says that a sheet lies."""
    with contextlib.suppress(*workbook_child._DAMAGED):
        workbook_child._noticed_in_sheet(io.BytesIO(data))
    with contextlib.suppress(*workbook_child._DAMAGED):
        workbook_child._noticed_in_table(io.BytesIO(data), "Lista 2016")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", data)
        archive.writestr("xl/_rels/workbook.xml.rels", data)
    with zipfile.ZipFile(file) as archive, contextlib.suppress(*workbook_child._DAMAGED):
        workbook_child._part_of(archive, "Lista 2016")


def read_map(data: bytes) -> None:
    """A file that explains a list: what is read and written again is the same."""
    path = Path(tempfile.gettempdir()) / "arena-fuzz.map.toml"
    found = parsed_map(data, path, vocabulary())
    write_map(path, found)
    assert parsed_map(path.read_bytes(), path, vocabulary()) == found


def read_date(data: bytes) -> None:
    with contextlib.suppress(NotADate, NoSuchDay, AmbiguousDate):
        read_day(data.decode(errors="replace"))


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "text": read_text,
    "map": read_map,
    "date": read_date,
    "xml": read_xml,
    "workbook": read_workbook,
}

SEEDS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "text": tuple(f"{HEADER}17;Åre;3/4 2016;k\n".encode(codec) for codec in ("utf-8-sig", "cp1252", "utf-16")),
    "map": (b'[columns]\n"Person" = "ref"\n[values.sex]\n"-" = ""\nX = "kvinna"\n',),
    "date": (b"3 april 2016", b"03/04/2016", b"2016-04-03T00:00:00.000"),
    "xml": (
        b'<worksheet><cols><col min="1" max="3" hidden="1"/></cols><row r="3" hidden="1"><c r="A3" t="e"/></row>',
        (
            b'<table:table table:name="Lista 2016"><table:table-row table:visibility="filter" '
            b'table:number-rows-repeated="9"><table:table-cell table:number-columns-spanned="2"/></table:table-row>'
        ),
        (
            b'<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            b'<sheets><sheet name="Lista 2016" r:id="rId2"/></sheets></workbook>'
        ),
    ),
    "workbook": (municipal_list(), (LISTS / "list.ods").read_bytes(), (LISTS / "list.xls").read_bytes()),
}


def try_one(target: str, data: bytes) -> None:
    """Let a target read something. Whatever it raises beside a refusal is a fault of arena."""
    with contextlib.suppress(ArenaError):
        TARGETS[target](data)
