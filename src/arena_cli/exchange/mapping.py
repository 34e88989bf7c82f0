"""What a list calls its columns and their values, where it has words of its own: a file of two parts.

    [columns]
    "Person-id" = "ref"
    "Anteckning" = ""            # not used

    [values.destination]
    "Jobb" = "work"
    "-" = ""                     # as if the cell were empty

A column may also be named by any header that arena would have understood. Case, surrounding blanks and the way å, ä and
ö are composed do not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from arena_cli.errors import CannotWrite, DataProblem, NotFound, translatable
from arena_cli.exchange.columns import COLUMNS, HEADERS, NOTHING_NAMED, Columns, header_name
from arena_cli.exchange.reading import SheetRow
from arena_cli.exchange.vocabulary import Vocabulary
from arena_cli.lookup import UnknownName, folded, is_harmless
from arena_cli.toml_file import Fault, Table, parsed_toml, toml_string
from arena_cli.whole_file import write_over

NO_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {}
"""What is known of texts where nobody has said anything."""

_MOST_BYTES: Final = 1_000_000
_CODES: Final = frozenset(column for columns in HEADERS.values() for column in columns)

_NO_SUCH_COLUMN: Final = translatable('must be a column that arena knows, or "". docs/import.md has them.')
_NO_VALUES: Final = translatable("is no column with a fixed set of values. Remove it: only such can be explained.")
_NO_SUCH_VALUE: Final = translatable('must be a value of the column, or "". They are: {choices}.')
_NOT_TEXT: Final = translatable("must be a text in quotes.")
_TWO_MEANINGS: Final = translatable("is explained twice, but for the way it is written. Remove one of them.")


class NoMap(NotFound):
    message = translatable("There is no file {path}, which --map names.")


class UnreadableMap(CannotWrite):
    message = translatable("{path} cannot be read: check that it is a file and that you may read it.")


class FaultyMap(DataProblem):
    message = translatable("Nothing was imported. The file that explains the list, {path}, has faults:\n{faults}")


class MapNotWritten(CannotWrite):
    message = translatable("The answers could not be saved as {path}. Nothing was imported: check its folder.")


class ListMap(NamedTuple):
    """What headers and texts mean. The keys are folded; `""` is a column not used, or a cell that says nothing."""

    columns: Mapping[str, str] = NOTHING_NAMED
    values: Mapping[str, Mapping[str, str]] = NO_TEXTS

    def __or__(self, other: ListMap) -> ListMap:
        """Both; where they contradict each other, the other."""
        values = {
            column: {**self.values.get(column, {}), **other.values.get(column, {})}
            for column in (*self.values, *other.values)
        }
        return ListMap({**self.columns, **other.columns}, values)

    def translated(self, rows: Iterator[SheetRow], columns: Columns) -> Iterator[SheetRow]:
        """The rows with the codes of what their cells say in the list's own words."""
        words = {columns.places[column]: texts for column, texts in self.values.items() if column in columns.places}
        return (_translated(row, words) for row in rows) if words else rows


def _translated(row: SheetRow, words: Mapping[int, Mapping[str, str]]) -> SheetRow:
    cells = row.cells
    for place, texts in words.items():
        if place < len(cells):
            cells[place] = texts.get(folded(cells[place]), cells[place])
    return row


def default_map(database: Path) -> Path:
    """Where answers are saved: beside `arena.db` it is `arena.map.toml`."""
    return database.with_name(f"{database.stem}.map.toml")


def read_map(path: Path, vocabulary: Vocabulary) -> ListMap:
    """Read the file. Raises NoMap, UnreadableMap, or FaultyMap with every fault."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise NoMap(path=path) from None
    except (OSError, ValueError):
        raise UnreadableMap(path=path) from None
    if len(content) > _MOST_BYTES:
        raise UnreadableMap(path=path)
    return parsed_map(content, path, vocabulary)


def parsed_map(content: bytes, path: Path, vocabulary: Vocabulary) -> ListMap:
    """What the bytes of the file say. Raises FaultyMap with every fault."""
    values = parsed_toml(content, path, FaultyMap)
    faults: list[Fault] = []
    found = _map(values, vocabulary, faults)
    if faults:
        raise FaultyMap(path=path, faults=tuple(faults))
    return found


def write_map(path: Path, found: ListMap) -> None:
    """Write the file anew, so that it reads back as the same. Raises MapNotWritten."""
    lines = ["[columns]", *_lines(found.columns)]
    for column, texts in found.values.items():
        lines += ["", f"[values.{column}]", *_lines(texts)]
    try:
        write_over(path, "".join(f"{line}\n" for line in lines).encode())
    except OSError:
        raise MapNotWritten(path=path) from None


def _lines(meanings: Mapping[str, str]) -> Iterator[str]:
    return (f"{toml_string(text)} = {toml_string(meaning)}" for text, meaning in meanings.items())


def _map(file: Mapping[str, object], vocabulary: Vocabulary, faults: list[Fault]) -> ListMap:
    parts = Table(file, "", faults)
    columns = _meanings(_part(parts, file, "columns"), "columns", header_name, _column, faults)
    sets = _part(parts, file, "values")
    inner = Table(sets, "values", faults)
    values = ListMap()
    for number, name in enumerate(sets, 1):
        called = (name,) if name in _CODES else COLUMNS.get(header_name(name), ())
        closed = [column for column in called if vocabulary.choices(column)]
        if not closed:
            faults.append(Fault(_shown("values", name, number), _NO_VALUES))
        for column in closed:
            read = partial(_value, vocabulary, column)
            values |= ListMap(
                values={column: _meanings(_part(inner, sets, name), f"values.{name}", folded, read, faults)}
            )
    parts.finish()
    return ListMap(columns, values.values)


def _part(around: Table, values: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The table under a heading; an empty one where it is missing, or none, which is a fault."""
    around.table(key)
    part = values.get(key)
    return part if isinstance(part, dict) else {}


def _meanings(
    entries: Mapping[str, object],
    place: str,
    fold: Callable[[str], str],
    read: Callable[[str], str],
    faults: list[Fault],
) -> Mapping[str, str]:
    """What each entry means, by its folded key. `read` raises _BadMeaning."""
    found: dict[str, str] = {}
    for number, (text, meaning) in enumerate(entries.items(), 1):
        key = _shown(place, text, number)
        try:
            read_meaning = read(meaning.strip()) if isinstance(meaning, str) else _refuse()
        except _BadMeaning as bad:
            faults.append(Fault(key, bad.reason, **bad.facts))
            continue
        if found.setdefault(fold(text), read_meaning) != read_meaning:
            faults.append(Fault(key, _TWO_MEANINGS))
    return found


class _BadMeaning(Exception):
    """What an entry is said to mean is nothing that it can mean."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


def _refuse() -> str:
    raise _BadMeaning(_NOT_TEXT)


def _column(meaning: str) -> str:
    if meaning and meaning not in _CODES and header_name(meaning) not in COLUMNS:
        raise _BadMeaning(_NO_SUCH_COLUMN)
    return meaning


def _value(vocabulary: Vocabulary, column: str, meaning: str) -> str:
    try:
        return vocabulary.find(column, meaning) if meaning else ""
    except UnknownName:
        raise _BadMeaning(_NO_SUCH_VALUE, choices=vocabulary.choices(column)) from None


def _shown(place: str, text: str, number: int) -> str:
    """Where in the file an entry stands; by its number where it could be about a person."""
    return f"{place}.{text.strip()}" if is_harmless(text) else f"{place}[{number}]"
