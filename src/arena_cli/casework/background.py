"""Record what the fund asks at the first entry, and what somebody lives on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from arena_cli.casework.enrolment import find_participant
from arena_cli.errors import Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Answer, Background, FollowUp, Income, IncomeSource, Moment, Participant
from arena_cli.rules import check_background
from arena_cli.store import Change, Store

Answers = TypeVar("Answers", Background, FollowUp)


class CorrectionWithoutReason(Refused):
    message = translatable("That has been answered before. To correct it, say in a few words why, with --why.")


class MainSourceMissing(Refused):
    message = translatable("Of several sources of income one is the main one: say which with --main.")


class MainSourceElsewhere(Refused):
    message = translatable("The main source of income is not among the sources given.")


class UnknownAmongSources(Refused):
    message = translatable("Either the sources of income are unknown, or they are these: not both.")


@dataclass(frozen=True, slots=True)
class Livelihood:
    """What somebody lives on. One source is the main one by itself; of several one is named."""

    sources: Collection[IncomeSource]
    main: IncomeSource | None = None


@dataclass(frozen=True, slots=True)
class BackgroundReceipt:
    """A participant's background and income before the first entry: as they were (None, empty) and as they are."""

    participant: Participant
    before: Background | None
    after: Background
    income_before: tuple[Income, ...] = ()
    income: tuple[Income, ...] = ()


# -- reading ----------------------------------------------------------------------------------------------------------


def background_of(store: Store, participant: Participant) -> Background | None:
    """What was answered at the first entry; None if nothing has been recorded."""
    return next(iter(store.records(Background, "WHERE participant_id = ?", (participant.id,))), None)


def income_of(
    store: Store, participant: Participant, moment: Moment = Moment.BEFORE, spell_id: int | None = None
) -> tuple[Income, ...]:
    """What a participant lived on before the first entry, or after a spell; in the order of the sources."""
    condition = "WHERE participant_id = ? AND moment = ? AND spell_id IS ?"
    known = {income.source: income for income in store.records(Income, condition, (participant.id, moment, spell_id))}
    return tuple(known[source] for source in IncomeSource if source in known)


# -- recording --------------------------------------------------------------------------------------------------------


def record_background(
    store: Store,
    occasion: Occasion,
    typed: str,
    answers: Callable[[Background], Background],
    income: Livelihood | None = None,
) -> BackgroundReceipt:
    """Record or correct what a participant answered, and what they lived on; what is not given stays as it is.

    What was answered before is corrected only with a reason. Raises CorrectionWithoutReason.
    """
    with store.change(occasion) as change:
        participant = find_participant(store, typed)
        before = background_of(store, participant)
        after = answers(before or Background(0, participant.id))
        check_background(participant, after, occasion.today)
        require_reason(occasion, before, after)
        if before is None:
            after = change.add(after)
        else:
            change.update(before, after)
        had = income_of(store, participant)
        have = had
        if income is not None:
            have = replace_income(store, change, occasion, participant, Moment.BEFORE, None, income)
    return BackgroundReceipt(participant, before, after, had, have)


# -- shared -----------------------------------------------------------------------------------------------------------


def replace_income(
    store: Store,
    change: Change,
    occasion: Occasion,
    participant: Participant,
    moment: Moment,
    spell_id: int | None,
    livelihood: Livelihood,
) -> tuple[Income, ...]:
    """Put sources of income in the place of those there are. Other ones than before need a reason."""
    known = {income.source: income for income in income_of(store, participant, moment, spell_id)}
    wanted = income_from(livelihood, participant, moment, spell_id)
    require_reason_for_income(occasion, known.values(), wanted)
    for source in known.keys() - {income.source for income in wanted}:
        change.remove(known.pop(source))
    for income in sorted(wanted, key=lambda i: i.is_main):  # there is one main source at a time
        present = known.get(income.source)
        if present is None:
            known[income.source] = change.add(income)
        else:
            known[income.source] = replace(present, is_main=income.is_main)
            change.update(present, known[income.source])
    return tuple(known[source] for source in IncomeSource if source in known)


def income_from(
    livelihood: Livelihood, participant: Participant, moment: Moment, spell_id: int | None
) -> tuple[Income, ...]:
    """The sources of income that were told, without ids. Refuses several without one that is the main one.

    Raises MainSourceMissing, MainSourceElsewhere or UnknownAmongSources.
    """
    sources, main = set(livelihood.sources), livelihood.main
    if main is None and len(sources) > 1:
        raise MainSourceMissing
    if main is not None and main not in sources:
        raise MainSourceElsewhere
    if len(sources) > 1 and IncomeSource.UNKNOWN in sources:
        raise UnknownAmongSources
    return tuple(
        Income(0, participant.id, moment, source, len(sources) == 1 or source is main, spell_id)
        for source in IncomeSource
        if source in sources
    )


def require_reason_for_income(occasion: Occasion, before: Iterable[Income], after: Iterable[Income]) -> None:
    """Refuse other sources of income than before without a reason. Raises CorrectionWithoutReason."""
    had = {(income.source, income.is_main) for income in before}
    if had and occasion.why is None and had != {(income.source, income.is_main) for income in after}:
        raise CorrectionWithoutReason


def require_reason(occasion: Occasion, before: Answers | None, after: Answers) -> None:
    """Refuse to change an answer without a reason; what was not asked may be answered later without one.

    Raises CorrectionWithoutReason.
    """
    if before is None or occasion.why is not None:
        return
    for field in fields(before):
        old = getattr(before, field.name)
        if old not in {None, Answer.NOT_ASKED} and old != getattr(after, field.name):
            raise CorrectionWithoutReason
