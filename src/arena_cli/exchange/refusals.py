"""Why a list is not taken: what is wrong with the file, or every row that breaks a rule.

Nothing here repeats a cell of the list. Rows are named by number (the line of the file on which the row begins, the
header being line 1), columns by their header, registered participants by code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from arena_cli.errors import DataProblem, NotFound, Phrasing, Remark, UsageProblem, translatable
from arena_cli.lookup import DID_YOU_MEAN

_MOST_RANGES_NAMED: Final = 20

_ROW: Final = translatable("Row {row}: {problem}")
_TWO_ROWS: Final = translatable("Rows {row} and {other}: {problem}")
_ROWS: Final = translatable("Rows {rows} ({count} rows): {problem}")


# -- the file ---------------------------------------------------------------------------------------------------------


class NoSuchList(NotFound):
    message = translatable("There is no file {path}.")


class UnreadableList(DataProblem):
    message = translatable("{path} cannot be read: check that it is a file and that you may read it.")


class ListChanged(DataProblem):
    message = translatable("The list was changed while it was read. Nothing was imported: import it again.")


class EnormousList(DataProblem):
    message = translatable("{path} is larger than {megabytes} MB. Nothing was imported: divide the list.")


class EmptyList(DataProblem):
    message = translatable("The list is empty. Nothing was imported.")


class NoRows(DataProblem):
    message = translatable("The list has a header but no rows. Nothing was imported.")


class NoWorkbook(DataProblem):
    message = translatable(
        "The file is no workbook that arena reads, or it is damaged. Nothing was imported: open it in a spreadsheet "
        "program and save it as .xlsx, .ods or CSV UTF-8."
    )


class LockedWorkbook(DataProblem):
    message = translatable(
        "The workbook is locked with a password. Nothing was imported: open it and save it without one."
    )


class EnormousWorkbook(DataProblem):
    message = translatable(
        "The workbook is too large when it is unpacked: more than {megabytes} MB, or more than {times} times the file. "
        "Nothing was imported: copy the list into a new workbook."
    )


class UnreadableWorkbook(DataProblem):
    message = translatable(
        "The workbook cannot be read: it is damaged, or something stands far below or beside the list. Nothing was "
        "imported: copy the list into a new workbook."
    )


class NoSuchSheet(DataProblem):
    message = translatable("The workbook has no such sheet. Nothing was imported. Its sheets are: {sheets}.")


class NoSheetFits(DataProblem):
    message = translatable(
        "None of the sheets has a header that arena knows: {sheets}. Nothing was imported: "
        "say with --sheet which one is the list."
    )


class SeveralSheetsFit(DataProblem):
    message = translatable(
        "Several sheets could be the list: {sheets}. Nothing was imported: say with --sheet which one it is."
    )


class SheetOfText(UsageProblem):
    message = translatable("The file is no workbook, so it has no sheets. Leave --sheet out.")


class ListIsUtf16(DataProblem):
    message = translatable(
        'The file is text in UTF-16, which Excel calls "Unicode text". Save it as CSV UTF-8. Nothing was imported.'
    )


class NotAList(DataProblem):
    message = translatable(
        "The file is no list: it holds neither text nor a workbook. Nothing was imported. "
        "arena reads .xlsx, .xls, .ods and CSV."
    )


class NulInList(DataProblem):
    message = translatable("Line {row} holds a NUL character: the file is damaged. Nothing was imported.")


class MixedEncodings(DataProblem):
    message = translatable(
        "The file is in UTF-8, but line {row} is not: it was put together of two encodings. "
        "Save the list anew as CSV UTF-8. Nothing was imported."
    )


class BrokenQuotes(DataProblem):
    message = translatable(
        "The row that begins on line {row} has a quotation mark without its other half. Nothing was imported."
    )


class CellTooLong(DataProblem):
    message = translatable(
        "The row that begins on line {row} has a cell of more than {characters} characters. Nothing was imported: "
        "is there a quotation mark too many?"
    )


class NoHeader(DataProblem):
    message = translatable(
        "None of the columns in row {row} has a header that arena knows. Nothing was imported. "
        "A list of spells needs {spells}; a list of moves needs {moves}. The others are in docs/import.md; "
        "`arena write-template` writes an empty list that has them."
    )


class MissingColumns(DataProblem):
    message = translatable(
        "The list lacks a column: {missing}. Nothing was imported. Columns found: {found}. "
        "On a terminal arena asks which it is; --map says what other headers mean (docs/import.md)."
    )


class RepeatedColumn(DataProblem):
    message = translatable("Two columns mean the same: {headers}. Nothing was imported: remove or rename one of them.")


# -- the rows ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that is broken: a message for the catalogue, and its facts."""

    rule: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Phrasing) -> str:
        """The rule in words, with what was perhaps meant."""
        said = language.text(self.rule, **self.facts)
        if (suggestion := self.facts.get("suggestion")) is None:
            return said
        return f"{said} {language.text(DID_YOU_MEAN, suggestion=suggestion)}"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that cannot be taken, and the row that it contradicts, if it does."""

    row: int
    fault: Fault
    other: int | None = None

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows concerned, in order."""
        return (self.row,) if self.other is None else tuple(sorted((self.row, self.other)))

    def sentence(self, language: Phrasing) -> str:
        """What is wrong, and with which other row."""
        said = self.fault.sentence(language)
        return said if self.other is None else two_rows_in_words(self.rows, said, language)


def two_rows_in_words(rows: Sequence[int], problem: str, language: Phrasing) -> str:
    """What two rows contradict each other about."""
    first, second = rows
    return language.text(_TWO_ROWS, row=first, other=second, problem=problem)


def rows_in_words(rows: Sequence[int], problem: str, language: Phrasing) -> str:
    """What is wrong with some rows; neighbours are written as a range."""
    if len(rows) == 1:
        return language.text(_ROW, row=rows[0], problem=problem)
    return language.text(_ROWS, rows=tuple(_ranges(rows)), count=len(rows), problem=problem)


def first_rows(rows: Sequence[int]) -> Remark:
    """The rows that a remark is about, as in "row 2" or "rows 2–201, 205"; of many ranges the first."""
    ranges = tuple(_ranges(rows))
    if len(ranges) > _MOST_RANGES_NAMED:
        ranges = (*ranges[:_MOST_RANGES_NAMED], "…")
    return Remark(translatable("row {rows}") if len(rows) == 1 else translatable("rows {rows}"), rows=ranges)


def columns_in_letters(columns: Sequence[int]) -> tuple[str, ...]:
    """The first of some columns, as a spreadsheet has them."""
    return tuple(letters(column) for column in sorted(columns)[:_MOST_RANGES_NAMED])


def letters(column: int) -> str:
    """A column as a spreadsheet has it: A is 1, AA is 27."""
    head, last = divmod(column - 1, 26)
    return (letters(head) if head else "") + chr(ord("A") + last)


def _ranges(rows: Sequence[int]) -> Iterator[str]:
    """As in 2–201, 205."""
    for _, neighbours in groupby(enumerate(sorted(rows)), key=lambda pair: pair[1] - pair[0]):
        first, *others = (row for _, row in neighbours)
        yield f"{first}–{others[-1]}" if others else str(first)
