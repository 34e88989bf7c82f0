"""Record how it went for somebody who has left: within four weeks, and six months after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from arena_cli.casework.enrolment import journey, numbered_spell
from arena_cli.errors import Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import ExitType, FollowUp, FollowUpKind, Participant, Spell
from arena_cli.rules import check_follow_up
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
    """A follow-up before (None if there was none) and after."""

    participant: Participant
    spell: Spell
    before: FollowUp | None
    after: FollowUp


def record_follow_up(
    store: Store,
    occasion: Occasion,
    typed: str,
    kind: FollowUpKind,
    followed_up_on: date,
    answers: Callable[[FollowUp], FollowUp],
    number: int | None = None,
) -> FollowUpReceipt:
    """Record or correct a follow-up of a spell (the latest if no number is given)."""
    with store.change(occasion) as change:
        known = journey(store, typed)
        spell = numbered_spell(known, number)
        if spell.exited_on is None:
            raise NotLeft(code=known.participant.code)
        if not spell.counts or spell.exit_type is ExitType.TRANSFERRED:
            raise TransferIsNoExit(code=known.participant.code)
        if followed_up_on > occasion.today:
            raise FutureFollowUp(day=followed_up_on)
        before = next(iter(store.records(FollowUp, "WHERE spell_id = ? AND kind = ?", (spell.id, kind))), None)
        after = answers(before or FollowUp(0, spell.id, kind, followed_up_on))
        check_follow_up(spell, after)
        if before is None:
            after = change.add(after)
        else:
            change.update(before, after)
    return FollowUpReceipt(known.participant, spell, before, after)
