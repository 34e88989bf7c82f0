"""What came of a list: what was concluded about the file, and what taking it has changed, or why it was not taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from arena_cli.errors import DataProblem, Phrasing, Remark, translatable
from arena_cli.exchange.columns import Kind
from arena_cli.exchange.refusals import RowProblem, rows_in_words, two_rows_in_words


@dataclass(frozen=True, slots=True)
class Reading:
    """What was concluded about a file. `headers` are the columns understood, as written; `unknown` those left alone."""

    source: Remark
    remarks: tuple[Remark, ...]
    kind: Kind
    headers: Mapping[str, str]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A list that was taken, or would have been. `rows` = `new` + `changed` + `unchanged`.

    `changes` tells for each field that differed from what was registered the rows that changed it.
    """

    reading: Reading
    dry_run: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    persons_new: int
    changes: Mapping[str, tuple[int, ...]]
    remarks: tuple[Remark, ...]


class ImportRejected(DataProblem):
    """A list that was not taken. `problems` are all, in the order of the rows, and the sentence tells every one."""

    message = translatable(
        "Nothing was imported. Rows read: {rows}; rows with a problem: {refused}. Mend them and import the list again."
    )

    def __init__(self, reading: Reading, rows: int, problems: Sequence[RowProblem]) -> None:
        self.reading = reading
        self.rows = rows
        self.problems = tuple(sorted(problems, key=lambda problem: problem.rows))
        self.refused = len({row for problem in problems for row in problem.rows})
        super().__init__(rows=rows, refused=self.refused)

    def sentence(self, language: Phrasing) -> str:
        return "\n".join([super().sentence(language), *_grouped(self.problems, language)])


def _grouped(problems: Iterable[RowProblem], language: Phrasing) -> Iterator[str]:
    """A sentence for each fault with all rows that have it; where two rows contradict each other, for each pair."""
    rows_by_fault: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for problem in problems:
        pair = () if problem.other is None else problem.rows
        rows_by_fault.setdefault((problem.fault.sentence(language), pair), []).append(problem.row)
    for (fault, pair), rows in rows_by_fault.items():
        yield two_rows_in_words(pair, fault, language) if pair else rows_in_words(rows, fault, language)
