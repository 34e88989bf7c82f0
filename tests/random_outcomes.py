"""Random background, income, follow-ups, pauses and assignments for the persons of a file, the same for the same seed.

Every record is one that the verbs could have made, and mean: days crowd on the first and last of months and on the
edges of the four weeks and the six months.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from arena_cli.model import (
    Answer,
    Assignment,
    AssignmentOutcome,
    Background,
    Education,
    Employment,
    ExitType,
    FollowUp,
    FollowUpKind,
    Income,
    IncomeSource,
    Moment,
    Month,
    Participant,
    Pause,
    PauseReason,
    Sex,
    Spell,
)
from arena_cli.rules import IMMEDIATE_DAYS, SIX_MONTHS, months_after
from arena_cli.store import Change, Store
from tests.sample import PROJECT, TODAY, occasion

DAY = timedelta(days=1)


def put_outcomes(store: Store, *, waiting: int, seed: int) -> None:
    """Add so many who were assigned, and what can hang on every participant and spell there is."""
    random = Random(seed)
    spells = store.spells()
    with store.change(occasion("put")) as change:
        for participant in store.participants():
            _background(change, random, participant)
        for spell in spells:
            _follow_ups(change, random, spell)
            _pauses(change, random, spell)
        for _ in range(waiting):
            _assignment(change, random)


def _background(change: Change, random: Random, participant: Participant) -> None:
    if random.random() < 0.7:
        employment = random.choice(list(Employment))
        change.add(
            Background(
                0,
                participant.id,
                employment,
                random.choice([None, 6, 12, 24]) if employment is Employment.UNEMPLOYED else None,
                random.choice(list(Education)),
                *(random.choice(list(Answer)) for _ in range(10)),
            )
        )
    _income(change, random, participant.id, Moment.BEFORE, None)


def _income(change: Change, random: Random, participant: int, moment: Moment, spell: int | None) -> None:
    sources = random.sample(list(IncomeSource), random.choice([0, 1, 1, 2, 3]))
    for number, source in enumerate(sources):
        change.add(Income(0, participant, moment, source, number == 0, spell))


def _follow_ups(change: Change, random: Random, spell: Spell) -> None:
    if spell.exited_on is None or spell.exit_type in {ExitType.TRANSFERRED, ExitType.DECEASED}:
        return
    four_weeks = spell.exited_on + timedelta(days=IMMEDIATE_DAYS)
    six_months = months_after(spell.exited_on, SIX_MONTHS)
    windows = (
        (FollowUpKind.IMMEDIATE, Moment.IMMEDIATE, spell.exited_on, four_weeks),
        (FollowUpKind.SIX_MONTHS, Moment.SIX_MONTHS, six_months, six_months + timedelta(days=60)),
    )
    for kind, moment, first, last in windows:
        if first > TODAY or random.random() < 0.3:
            continue
        day = some_day(random, first, min(last, TODAY))
        if random.random() < 0.2:
            change.add(FollowUp(0, spell.id, kind, day, reached=False))
            continue
        working, studying = (random.choice(list(Answer)) for _ in range(2))
        change.add(
            FollowUp(0, spell.id, kind, day, working=working, studying=studying, job_searching=random.choice([*Answer]))
        )
        _income(change, random, spell.participant_id, moment, spell.id)


def _pauses(change: Change, random: Random, spell: Spell) -> None:
    last = spell.exited_on or PROJECT.ends_on
    day = spell.entered_on
    while random.random() < 0.4 and day < last:
        paused_on = some_day(random, day, last)
        resumed_on = some_day(random, paused_on, last)
        reason = random.choice(list(PauseReason))
        if resumed_on == paused_on:
            change.add(Pause(0, spell.id, paused_on, reason, None))
            return
        change.add(Pause(0, spell.id, paused_on, reason, resumed_on))
        day = resumed_on


def _assignment(change: Change, random: Random) -> None:
    participant = change.add_participant(None, random.choice(list(Sex)), None)
    municipality = random.choice(PROJECT.municipalities).code
    assigned_on = some_day(random, PROJECT.starts_on, PROJECT.ends_on)
    outcome = random.choice([None, *AssignmentOutcome])
    ended_on = some_day(random, assigned_on, PROJECT.ends_on) if outcome else None
    change.add(Assignment(0, participant.id, municipality, assigned_on, "af", ended_on, outcome))
    if outcome is AssignmentOutcome.STARTED and ended_on is not None:
        change.add_spell(Spell(0, participant.id, municipality, ended_on))


def some_day(random: Random, first: date, last: date) -> date:
    """A day of the period, often its first or last one, or the first or last one of a month."""
    day = first + random.randint(0, (last - first).days) * DAY
    edge = random.choice([day, day, first, last, Month.of(day).first, Month.of(day).last])
    return min(max(edge, first), last)
