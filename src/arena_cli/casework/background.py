"""Record what the fund asks at the first entry, and what somebody lives on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from arena_cli.casework.enrolment import find_participant
from arena_cli.errors import Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Background, Employment, Income, IncomeSource, Moment, Participant
from arena_cli.store import Store


class MonthsWithoutUnemployment(Refused):
    message = translatable(
        "Months without work are of those who are unemployed. Correct the employment status, or leave the months out."
    )


class MainSourceMissing(Refused):
    message = translatable("Of several sources of income one is the main one: say which.")


class MainSourceElsewhere(Refused):
    message = translatable("The main source of income is not among the sources given.")


@dataclass(frozen=True, slots=True)
class BackgroundReceipt:
    """A participant's background before (None if there was none) and after."""

    participant: Participant
    before: Background | None
    after: Background


def background_of(store: Store, participant: Participant) -> Background | None:
    """What was answered at the first entry; None if nothing has been recorded."""
    return next(iter(store.records(Background, "WHERE participant_id = ?", (participant.id,))), None)


def record_background(
    store: Store, occasion: Occasion, typed: str, answers: Callable[[Background], Background]
) -> BackgroundReceipt:
    """Record or correct the answers of a participant; those not given stay as they are, or not asked."""
    with store.change(occasion) as change:
        participant = find_participant(store, typed)
        before = background_of(store, participant)
        after = answers(before or Background(0, participant.id))
        if after.months_without_work is not None and after.employment is not Employment.UNEMPLOYED:
            raise MonthsWithoutUnemployment
        if before is None:
            after = change.add(after)
        else:
            change.update(before, after)
    return BackgroundReceipt(participant, before, after)


def record_income(
    store: Store,
    occasion: Occasion,
    typed: str,
    moment: Moment,
    sources: Collection[IncomeSource],
    main: IncomeSource | None = None,
) -> tuple[Participant, tuple[Income, ...]]:
    """Record what a participant lives on at a moment, in place of what was recorded for it.

    One source is the main one by itself; of several one must be named.
    """
    if main is None and len(sources) > 1:
        raise MainSourceMissing
    if main is not None and main not in sources:
        raise MainSourceElsewhere
    with store.change(occasion) as change:
        participant = find_participant(store, typed)
        condition = "WHERE participant_id = ? AND moment = ? ORDER BY id"
        known = {income.source: income for income in store.records(Income, condition, (participant.id, moment))}
        for source in known.keys() - set(sources):
            change.remove(known.pop(source))
        wanted = [
            Income(0, participant.id, moment, source, is_main=len(sources) == 1 or source is main)
            for source in IncomeSource
            if source in sources
        ]
        for income in sorted(wanted, key=lambda i: i.is_main):
            present = known.get(income.source)
            if present is None:
                known[income.source] = change.add(income)
            else:
                known[income.source] = replace(present, is_main=income.is_main)
                change.update(present, known[income.source])
    return participant, tuple(known[source] for source in IncomeSource if source in known)
