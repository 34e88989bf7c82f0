"""What was answered about one person under two codes: background, follow-ups, and what the person lived on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from arena_cli.casework.joining.dossier import Joined
from arena_cli.casework.joining.fields import contradictions, filled, is_blank, shown
from arena_cli.casework.joining.obstacles import (
    DifferentBackgrounds,
    DifferentFollowUps,
    DifferentIncome,
    ImpossibleBackground,
)
from arena_cli.errors import Refused
from arena_cli.model import Background, FollowUp, Income, Moment, Spell, questions
from arena_cli.rules import check_background

# -- before the first entry -------------------------------------------------------------------------------------------


def join_backgrounds(joined: Joined, today: date) -> None:
    """What was answered at the first entry. Where that contradicts, who came first knows it best."""
    mine, theirs = joined.kept.background, joined.other.background
    if theirs is None:
        return
    if mine is None:
        joined.update(theirs, replace(theirs, participant_id=joined.kept.participant.id))
        together = theirs
    else:
        asked = tuple(questions(Background))
        together = filled(mine, theirs, *asked)
        joined.update(mine, together)
        joined.removals.append(theirs)
        if differing := contradictions(mine, theirs, asked):
            commands = [
                _add_background(joined.other.code, theirs, mine, differing),
                _add_background(joined.kept.code, mine, theirs, differing),
            ]
            joined.refuse(DifferentBackgrounds, *_first_comer_first(joined, commands))
            return
    person = filled(joined.kept.participant, joined.other.participant, "birth_year")
    try:
        check_background(person, together, today)
    except Refused as reason:
        commands = [
            f"arena add-background {dossier.code} --months-without-work - --why WHY"
            for dossier in (joined.other, joined.kept)
            if dossier.background is not None and dossier.background.months_without_work is not None
        ]
        joined.refuse(ImpossibleBackground, *commands, reason=reason)


def _add_background(code: str, before: Background, after: Background, differing: Sequence[str]) -> str:
    options = {name: getattr(after, name) for name in differing}
    if "employment" in options and before.months_without_work is not None:
        options["months_without_work"] = after.months_without_work
    answers = " ".join(f"{_option(Background, name)} {shown(value)}" for name, value in options.items())
    return f"arena add-background {code} {answers} --why WHY"


def _first_comer_first(joined: Joined, commands: Sequence[str]) -> Sequence[str]:
    """The commands for the other and for the kept participant, with the one first that follows who entered first."""
    return commands if joined.kept.first_day <= joined.other.first_day else commands[::-1]


def join_income_before(joined: Joined) -> None:
    """What the person lived on before the first entry."""
    kept, other = joined.kept, joined.other
    known, told = (dossier.income_at(Moment.BEFORE, None) for dossier in (kept, other))
    if not known:
        for income in told:
            joined.update(income, replace(income, participant_id=kept.participant.id))
        return
    joined.removals += told
    if told and _sources(known) != _sources(told):
        commands = [
            f"arena add-background {other.code}{_income_options(known)}",
            f"arena add-background {kept.code}{_income_options(told)}",
        ]
        joined.refuse(DifferentIncome, *_first_comer_first(joined, commands))


# -- after a spell that both have -------------------------------------------------------------------------------------


def join_follow_ups(joined: Joined, mine: Spell, theirs: Spell) -> None:
    """The follow-ups of a spell that both have, one of each kind, and what the person lived on then."""
    kept, other = joined.kept, joined.other
    there = {made.kind: made for made in kept.attached.follow_ups if made.spell_id == mine.id}
    for made in other.attached.follow_ups:
        if made.spell_id != theirs.id:
            continue
        known = there.get(made.kind)
        if known is None:
            joined.update(made, replace(made, spell_id=mine.id))
        else:
            _join_answers(joined, mine, theirs, known, made)
    for moment in (Moment.IMMEDIATE, Moment.SIX_MONTHS):
        _join_income(joined, moment, mine, theirs)


def _join_answers(joined: Joined, mine: Spell, theirs: Spell, known: FollowUp, made: FollowUp) -> None:
    """Two follow-ups of one spell: who was reached has answered; what only one has answered is taken over."""
    kept, other = joined.kept, joined.other
    asked = tuple(questions(FollowUp))
    if known.reached != made.reached:
        if made.reached:
            answered = {name: getattr(made, name) for name in ("reached", "followed_up_on", *asked)}
            joined.update(known, replace(known, **answered))
        return
    differing = contradictions(known, made, asked)
    if known.reached and (differing or known.followed_up_on != made.followed_up_on):
        joined.refuse(
            DifferentFollowUps,
            _add_follow_up(other.code, other.number(theirs), made, known, differing),
            _add_follow_up(kept.code, kept.number(mine), known, made, differing),
            kind=made.kind,
        )
        return
    together = filled(known, made, *asked)
    joined.update(known, together)


def _add_follow_up(code: str, number: int, before: FollowUp, after: FollowUp, differing: Iterable[str]) -> str:
    """The command that has a follow-up answered as another is; what no longer applies is taken away."""
    asked = questions(FollowUp)
    options = {name: getattr(after, name) for name in differing}
    for name, question in asked.items():
        if question.only_if and question.only_if[0] in options and not is_blank(getattr(before, name)):
            options[name] = getattr(after, name)
    answers = "".join(f" {_option(FollowUp, name)} {shown(value)}" for name, value in options.items())
    kind = after.kind.value.replace("_", "-")
    return (
        f"arena add-follow-up {code} --kind {kind} --number {number} --date {after.followed_up_on}{answers} --why WHY"
    )


def _join_income(joined: Joined, moment: Moment, mine: Spell, theirs: Spell) -> None:
    """What the person lived on after a spell that both have."""
    kept, other = joined.kept, joined.other
    known, told = kept.income_at(moment, mine.id), other.income_at(moment, theirs.id)
    if not known:
        for income in told:
            joined.update(income, replace(income, participant_id=kept.participant.id, spell_id=mine.id))
        return
    for income in told:
        joined.update(income, replace(income, participant_id=kept.participant.id))
    if told and _sources(known) != _sources(told):
        kind = moment.value.replace("_", "-")
        joined.refuse(
            DifferentFollowUps,
            f"arena add-follow-up {other.code} --kind {kind} --number {other.number(theirs)}{_income_options(known)}",
            f"arena add-follow-up {kept.code} --kind {kind} --number {kept.number(mine)}{_income_options(told)}",
            kind=moment,
        )


# -- as options -------------------------------------------------------------------------------------------------------


def _sources(income: Iterable[Income]) -> set[tuple[str, bool]]:
    return {(one.source.value, one.is_main) for one in income}


def _income_options(income: Sequence[Income]) -> str:
    sources = ",".join(one.source.value for one in income)
    main = next((one.source.value for one in income if one.is_main), None)
    return f" --income {sources}{f' --main {main}' if main else ''} --why WHY"


def _option(kind: type[Background | FollowUp], name: str) -> str:
    return f"--{(questions(kind)[name].option or name).replace('_', '-')}"
