"""What people live on, as a list has it, against what is registered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from arena_cli.casework.background import (
    CorrectionWithoutReason,
    Livelihood,
    MainSourceElsewhere,
    MainSourceMissing,
    UnknownAmongSources,
    income_from,
    require_reason_for_income,
)
from arena_cli.errors import ArenaError, translatable
from arena_cli.exchange.plan import Difference
from arena_cli.exchange.work import Work
from arena_cli.model import Income, IncomeSource, Moment, Participant

INCOME_RULES: Final[Mapping[type[ArenaError], str]] = {
    CorrectionWithoutReason: translatable(
        "{code} has answered otherwise before. To correct what was answered, say in a few words why, with --why."
    ),
    MainSourceMissing: translatable("Of several sources of income one is the main one: say which in {main_income}."),
    MainSourceElsewhere: translatable("{main_income} is not among the sources in {income}."),
    UnknownAmongSources: translatable("Either the sources in {income} are unknown, or they are these: not both."),
}


@dataclass(frozen=True, slots=True)
class IncomeChange:
    """The sources of income of somebody at a moment: before, and as a row has them, without ids."""

    before: tuple[Income, ...]
    after: tuple[Income, ...]

    @property
    def differences(self) -> Iterator[Difference]:
        """What differs: the sources, and which of several is the main one."""
        told, tell = (_in_order(incomes) for incomes in (self.before, self.after))
        if told != tell:
            yield Difference("income", told, tell)

    def plan(self, work: Work, ids: Iterator[int]) -> None:
        """Plan it. There is one main source at a time: the one that is none any more goes first."""
        there = {income.source: income for income in self.before}
        wanted = {income.source: income for income in self.after}
        work.plan.removed.extend(income for source, income in there.items() if source not in wanted)
        kept = [(there[source], income) for source, income in wanted.items() if source in there]
        for before, after in sorted(kept, key=lambda pair: pair[1].is_main):
            if before.is_main != after.is_main:
                work.plan.changed_others.append((before, replace(before, is_main=after.is_main)))
        for source, income in wanted.items():
            if source not in there:
                work.plan.add(replace(income, id=next(ids)))


def income_change(
    work: Work,
    participant: Participant,
    moment: Moment,
    spell_id: int | None,
    told: Livelihood | None,
    registered: Iterable[Income],
) -> IncomeChange:
    """What a row changes of somebody's sources of income. Refuses what `arena add-background` refuses."""
    before = tuple(registered)
    if told is None:
        return IncomeChange(before, before)
    after = income_from(told, participant, moment, spell_id)
    require_reason_for_income(work.occasion, before, after)
    return IncomeChange(before, after)


def _in_order(incomes: Iterable[Income]) -> tuple[IncomeSource, ...]:
    """The sources, the main one first."""
    order = list(IncomeSource)
    return tuple(i.source for i in sorted(incomes, key=lambda i: (not i.is_main, order.index(i.source))))
