"""What came of a list: what was concluded about the file, and what taking it has changed, or why it was not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arena_cli.errors import DataProblem, Phrasing, Remark, translatable
from arena_cli.exchange.columns import Kind
from arena_cli.exchange.refusals import RowProblem


@dataclass(frozen=True, slots=True)
class Reading:
    """What was concluded about a file. `headers` are the columns understood, as written; `unknown` those left alone."""

    encoding: str
    delimiter: str
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
        return "\n".join([super().sentence(language), *(problem.sentence(language) for problem in self.problems)])
