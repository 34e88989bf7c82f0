"""A list of backgrounds against what is registered: a row is what one participant answered at the first entry.

The same rules as for `arena add-background`: what was answered before is corrected only with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final, NamedTuple

from arena_cli.casework.background import Livelihood, require_reason
from arena_cli.errors import ArenaError, Refused, translatable
from arena_cli.exchange.cells import RowReader, read_ref
from arena_cli.exchange.income import INCOME_RULES, income_change
from arena_cli.exchange.people import BREAKS_A_RULE, TWICE, Theirs, by_owner, people_of
from arena_cli.exchange.plan import Difference
from arena_cli.exchange.values import answer_readers, answers_of, income_readers, livelihood
from arena_cli.exchange.work import ListKind, Work
from arena_cli.model import Background, Income, Moment, questions
from arena_cli.rules import (
    ImpossibleMonthsWithoutWork,
    MonthsWithoutUnemployment,
    TooManyMonthsWithoutWork,
    check_background,
)

_RULES: Final[Mapping[type[ArenaError], str]] = {
    **INCOME_RULES,
    MonthsWithoutUnemployment: translatable(
        "{months_without_work} is of those who are unemployed, which {employment} does not say."
    ),
    TooManyMonthsWithoutWork: translatable("{months_without_work} is more than a lifetime."),
    ImpossibleMonthsWithoutWork: translatable("{months_without_work} is more than {code} can have, by the birth year."),
}


class BackgroundRow(NamedTuple):
    """A row of a list of backgrounds: the answers that it gives, and what the person lives on."""

    number: int
    ref: str
    answers: Mapping[str, Any]
    income: Livelihood | None


@dataclass(frozen=True, slots=True)
class _Planner:
    work: Work
    ids: Iterator[int]
    income_ids: Iterator[int]

    def take(self, person: Theirs[BackgroundRow], before: Background | None, incomes: Sequence[Income]) -> None:
        """Plan the row of one person; there can be only one."""
        first, *others = person.rows
        for row in others:
            self.work.refuse(row.number, TWICE, other=first.number)
        try:
            self._plan(person, first, before, incomes)
        except Refused as refusal:
            rule = _RULES.get(type(refusal), BREAKS_A_RULE)
            self.work.refuse(first.number, rule, code=person.participant.code)

    def _plan(
        self, person: Theirs[BackgroundRow], row: BackgroundRow, before: Background | None, incomes: Sequence[Income]
    ) -> None:
        work, participant = self.work, person.participant
        after = replace(before or Background(0, participant.id), **row.answers)
        if after != before:
            check_background(participant, after, work.occasion.today)
            require_reason(work.occasion, before, after)
        income = income_change(work, participant, Moment.BEFORE, None, row.income, incomes)
        if before is None:
            if not (row.answers or row.income):
                work.tally.count_row(row.number, participant.code, (), is_new=False)
                return
            work.plan.add(replace(after, id=next(self.ids)))
        elif after != before:
            work.plan.changed_others.append((before, after))
        income.plan(work, self.income_ids)
        differences = [*_differences(before, after), *income.differences] if before else ()
        work.tally.count_row(row.number, participant.code, differences, is_new=before is None)


def _differences(before: Background, after: Background) -> Iterator[Difference]:
    for field in questions(Background):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield Difference(field, old, new)


def _reader(work: Work) -> RowReader[BackgroundRow]:
    readers = {"ref": read_ref, **answer_readers(work.store, Background), **income_readers(work.store)}
    return RowReader(_row, work.columns, readers)


def _row(number: int, ref: str, *values: Any) -> BackgroundRow:
    *answers, sources, main = values
    return BackgroundRow(number, ref, answers_of(Background, answers), livelihood(sources, main))


def _take(work: Work, rows: Iterable[BackgroundRow]) -> None:
    people = people_of(work, rows)
    store = work.store
    known = {background.participant_id: background for background in store.records(Background)}
    incomes = by_owner(
        lambda income: income.participant_id, store.records(Income, "WHERE moment = ?", (Moment.BEFORE,))
    )
    planner = _Planner(work, count(store.next_id(Background)), count(store.next_id(Income)))
    for person in people:
        number = person.participant.id
        planner.take(person, known.get(number), incomes.get(number, ()))


KIND: Final = ListKind(_reader, _take, marked="ref")
