"""What came of a list: what was concluded about the file, and what taking it has changed, or why it was not taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from arena_cli.casework.duplicates import Likeness
from arena_cli.errors import DataProblem, Phrasing, Remark, translatable
from arena_cli.exchange.columns import Kind
from arena_cli.exchange.plan import Differing, Tally
from arena_cli.exchange.refusals import RowProblem, rows_in_words, two_rows_in_words


@dataclass(frozen=True, slots=True)
class Reading:
    """What was concluded about a file. `headers` are the columns understood, as written; `unknown` those left alone.

    `unexplained` are those of the last of which nobody has said that they are not used.
    """

    source: Remark
    remarks: tuple[Remark, ...]
    kind: Kind
    headers: Mapping[str, str]
    unknown: tuple[str, ...]
    unexplained: tuple[str, ...]


class Verdict(StrEnum):
    """How a row fared."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How every row fared, by its number: each is in one of the four, and rows read are their sum.

    `differing` tells in what a row differs from what is registered, `alike` who of those registered the person of a new
    row may be; `problems` are in the order of the rows.
    """

    new: Sequence[int]
    changed: Sequence[int]
    unchanged: Sequence[int]
    refused: Sequence[int]
    differing: Mapping[int, Differing]
    problems: Sequence[RowProblem]
    alike: Mapping[int, Sequence[Likeness]]

    @classmethod
    def of(cls, tally: Tally, problems: Iterable[RowProblem], alike: Mapping[int, Sequence[Likeness]]) -> Verdicts:
        """What has been counted, but for the rows that have a problem."""
        ordered = tuple(sorted(problems, key=lambda problem: problem.rows))
        refused = {row for problem in ordered for row in problem.rows}
        fared = (tally.new, tally.changed, tally.unchanged)
        new, changed, unchanged = ([row for row in rows if row not in refused] if refused else rows for rows in fared)
        differing = {each.row: each for each in tally.differing if each.row not in refused}
        perhaps = {row: found for row, found in sorted(alike.items()) if row not in refused}
        return cls(new, changed, unchanged, sorted(refused), differing, ordered, perhaps)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows there are of each verdict."""
        return {verdict.value: len(rows) for verdict, rows in self.by_verdict.items()}

    @property
    def by_verdict(self) -> Mapping[Verdict, Sequence[int]]:
        """The rows of each verdict."""
        return dict(zip(Verdict, (self.new, self.changed, self.unchanged, self.refused), strict=True))

    def changes(self) -> Mapping[str, tuple[int, ...]]:
        """For each column that differs from what is registered, the rows in which it does."""
        found: dict[str, list[int]] = {}
        for row, each in self.differing.items():
            for difference in each.differences:
                found.setdefault(difference.column, []).append(row)
        return {column: tuple(rows) for column, rows in found.items()}

    def problems_by_row(self) -> Mapping[int, list[RowProblem]]:
        """The problems of each row; one that two rows have is told of both."""
        found: dict[int, list[RowProblem]] = {}
        for problem in self.problems:
            for row in problem.rows:
                found.setdefault(row, []).append(problem)
        return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """A list that was taken, or would have been."""

    reading: Reading
    dry_run: bool
    rows: int
    verdicts: Verdicts
    persons_new: int
    remarks: tuple[Remark, ...]

    @property
    def new(self) -> int:
        return len(self.verdicts.new)

    @property
    def changed(self) -> int:
        return len(self.verdicts.changed)

    @property
    def unchanged(self) -> int:
        return len(self.verdicts.unchanged)

    @property
    def changes(self) -> Mapping[str, tuple[int, ...]]:
        """For each column that differs from what is registered, the rows in which it does."""
        return self.verdicts.changes()


class ImportRejected(DataProblem):
    """A list that was not taken. `problems` are all, in the order of the rows, and the sentence tells every one."""

    message = translatable(
        "Nothing was imported. Rows read: {rows}; rows with a problem: {refused}; "
        "the others: {new} new, {changed} changed, {unchanged} unchanged. Mend the list and import it again."
    )

    def __init__(self, reading: Reading, rows: int, verdicts: Verdicts) -> None:
        self.reading = reading
        self.rows = rows
        self.verdicts = verdicts
        self.problems = verdicts.problems
        super().__init__(rows=rows, **verdicts.counts)

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
