"""Record how it went for somebody who has left: within four weeks, and six months after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from arena_cli.casework.background import Livelihood, income_of, replace_income, require_reason
from arena_cli.casework.enrolment import Journey, journey, numbered_spell
from arena_cli.errors import Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import ExitType, FollowUp, FollowUpKind, Income, Moment, Participant, Spell
from arena_cli.rules import NotReachedButAnswered, check_follow_up
from arena_cli.store import Store


class NotLeft(Refused):
    message = translatable("{code} has not left: there is nothing to follow up yet.")


class TransferIsNoExit(Refused):
    message = translatable(
        "That spell of {code} ended by transfer or was misregistered: there is nothing to follow up."
    )


class FutureFollowUp(Refused):
    message = translatable("{day} has not come yet. Register the follow-up when it has been made.")


@dataclass(frozen=True, slots=True)
class FollowUpReceipt:
    """A follow-up before (None if there was none) and after, with the sources of income at that moment."""

    participant: Participant
    spell: Spell
    before: FollowUp | None
    after: FollowUp
    income_before: tuple[Income, ...] = ()
    income: tuple[Income, ...] = ()


def spell_to_follow_up(known: Journey, number: int | None = None) -> Spell:
    """A spell that ended by exit: with a number, or the latest that counts. Raises NotLeft or TransferIsNoExit."""
    counted = [spell for spell in known.spells if spell.counts]
    spell = counted[-1] if counted and number is None else numbered_spell(known, number)
    if not spell.counts or spell.exit_type is ExitType.TRANSFERRED:
        raise TransferIsNoExit(code=known.participant.code)
    if spell.exited_on is None:
        raise NotLeft(code=known.participant.code)
    return spell


def follow_up_of(store: Store, spell: Spell, kind: FollowUpKind) -> FollowUp | None:
    """The follow-up of a spell; None if there is none."""
    return next(iter(store.records(FollowUp, "WHERE spell_id = ? AND kind = ?", (spell.id, kind))), None)


def record_follow_up(
    store: Store,
    occasion: Occasion,
    typed: str,
    kind: FollowUpKind,
    followed_up_on: date,
    answers: Callable[[FollowUp], FollowUp],
    number: int | None = None,
    income: Livelihood | None = None,
) -> FollowUpReceipt:
    """Record or correct a follow-up of a spell (the latest if no number is given), and what the person lives on.

    `followed_up_on` is the day of a new follow-up; the answers may correct that of one there is. What was answered
    before is corrected only with a reason. Raises CorrectionWithoutReason.
    """
    with store.change(occasion) as change:
        known = journey(store, typed)
        spell = spell_to_follow_up(known, number)
        before = follow_up_of(store, spell, kind)
        after = answers(before or FollowUp(0, spell.id, kind, followed_up_on))
        if after.followed_up_on > occasion.today:
            raise FutureFollowUp(day=after.followed_up_on)
        check_follow_up(spell, after)
        require_reason(occasion, before, after)
        if before is None:
            after = change.add(after)
        else:
            change.update(before, after)
        moment = Moment(kind)
        had = have = income_of(store, known.participant, moment, spell.id)
        if income is not None:
            have = replace_income(store, change, occasion, known.participant, moment, spell.id, income)
        if have and not after.reached:
            raise NotReachedButAnswered
    return FollowUpReceipt(known.participant, spell, before, after, had, have)
