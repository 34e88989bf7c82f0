"""How the records of two participants become those of one, and what stands in the way.

One of the two is kept and gets the other's records. A spell that both have (the same enrolment, registered twice) is
kept once: the other's becomes misregistered, and what hangs on it goes over to the one that is kept, unless that has it
already. What only one of the two knows is taken over. What contradicts is an obstacle: each says which commands settle
it, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from arena_cli.casework.attached import Attached, attached_to, broken_by
from arena_cli.errors import Phrasing, Refused, translatable
from arena_cli.identity_number import NumberKind, read_personal_number
from arena_cli.model import (
    Answer,
    Assignment,
    AssignmentOutcome,
    Attendance,
    Background,
    Distinction,
    ExitType,
    FollowUp,
    Identity,
    IdentityNumber,
    Income,
    Merge,
    Moment,
    Participant,
    Pause,
    Placement,
    Sex,
    Spell,
    StepMove,
    questions,
)
from arena_cli.records import Record
from arena_cli.rules import check_background, check_overlap, overlapping
from arena_cli.store import Store

BELONGING: Final[Mapping[type[Record], str]] = {
    Spell: "participant_id",
    Assignment: "participant_id",
    Background: "participant_id",
    Income: "participant_id",
    Merge: "into_id",
    Distinction: "participant_id",
    StepMove: "spell_id",
    Pause: "spell_id",
    Placement: "spell_id",
    Attendance: "spell_id",
    FollowUp: "spell_id",
}
"""Every kind of record that is a participant's, with the column that says whose: a merge must know all of them.

What is a spell's goes along with the spell. A kind more has its place here and in `join`.
"""

STAYING: Final[frozenset[type[Record]]] = frozenset({Identity, IdentityNumber})
"""What stays with the code under which it was told, since the journal could not give it back: it is found by either."""


# -- what stands in the way -------------------------------------------------------------------------------------------


class Obstacle(Refused):
    """Something that two participants cannot both have. `commands` settle it, each by itself."""

    def __init__(self, *commands: str, **facts: object) -> None:
        super().__init__(**facts)
        self.commands = commands

    def sentence(self, language: Phrasing) -> str:
        """What contradicts, and under it the commands that settle it."""
        first, *others = (f"`{command}`" for command in self.commands)
        either = (language.text(translatable("or {command}"), command=command) for command in others)
        return "\n    ".join((f"- {super().sentence(language)}", first, *either))


class DifferentPersons(Obstacle):
    message = translatable("{kept} and {other} do not agree in what is registered about the person.")


class DifferentNumbers(Obstacle):
    message = translatable("{kept} and {other} have different personal identity numbers.")


class DifferentProtection(Obstacle):
    message = translatable("The data of {protected} are protected, those of {open} are not.")


class DifferentBackgrounds(Obstacle):
    message = translatable("{kept} and {other} have answered otherwise about the time of the first entry.")


class ImpossibleBackground(Obstacle):
    message = translatable("What {kept} and {other} have answered cannot both be: {reason}")


class DifferentIncome(Obstacle):
    message = translatable("{kept} and {other} live on different things before the first entry.")


class TwoWaits(Obstacle):
    message = translatable("{kept} and {other} both wait to start.")


class WaitsAndTakesPart(Obstacle):
    message = translatable("{waiting} waits to start, and {enrolled} is in the project since {entered_on}.")


class SpellsOverlap(Obstacle):
    message = translatable(
        "Spell {number} of {kept}, from {entered_on}, and spell {other_number} of {other}, from {other_entered_on}, "
        "overlap, and are not the same."
    )


class DifferentSteps(Obstacle):
    message = translatable("On {day} {kept} and {other} moved to different steps in the same spell.")


class PausesOverlap(Obstacle):
    message = translatable(
        "The pauses of {kept} from {paused_on} and of {other} from {other_paused_on}, in the same spell, overlap, "
        "and are not the same."
    )


class PlacementsOverlap(Obstacle):
    message = translatable(
        "{kept} and {other} are on {place} at the same time in the same spell, from {placed_on} and from "
        "{other_placed_on}, and the days are not the same."
    )


class DifferentHours(Obstacle):
    message = translatable("{kept} and {other} have different hours of {activity} in {month}, in the same spell.")


class DifferentFollowUps(Obstacle):
    message = translatable("{kept} and {other} have answered otherwise in the follow-up of the same spell: {kind}.")


# -- what there is ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Dossier:
    """All that is registered about a participant, each kind in the order in which `show-participant` numbers it."""

    participant: Participant
    spells: list[Spell]
    moves: list[StepMove]
    attached: Attached
    income: list[Income]
    background: Background | None
    waits: list[Assignment]

    @property
    def code(self) -> str:
        return self.participant.code

    @property
    def first_day(self) -> date:
        """Of the first spell that counts."""
        return min((spell.entered_on for spell in self.spells if spell.counts), default=date.max)

    def income_at(self, moment: Moment, spell_id: int | None) -> list[Income]:
        return [income for income in self.income if (income.moment, income.spell_id) == (moment, spell_id)]

    def number(self, spell: Spell) -> int:
        return self.spells.index(spell) + 1


def dossier_of(store: Store, participant: Participant) -> Dossier:
    """Read all about a participant."""
    of_person, by_spell = (
        "WHERE participant_id = ?",
        "WHERE spell_id IN (SELECT id FROM spell WHERE participant_id = ?)",
    )
    own = (participant.id,)
    spells = store.spells(of_person, own)
    return Dossier(
        participant,
        spells,
        store.moves(by_spell, own),
        attached_to(store, spells).get(participant.id, Attached()),
        store.records(Income, f"{of_person} ORDER BY id", own),
        next(iter(store.records(Background, of_person, own)), None),
        store.records(Assignment, f"{of_person} ORDER BY assigned_on, id", own),
    )


# -- what becomes of it -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Joined:
    """What a merge writes, in this order; or what stands in its way.

    `twice` are the spells that both have, the kept one first; `moved` the other's own.
    """

    kept: Dossier
    other: Dossier
    removals: list[Record] = field(default_factory=list)
    updates: list[tuple[Record, Record]] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    twice: list[tuple[Spell, Spell]] = field(default_factory=list)
    moved: list[Spell] = field(default_factory=list)
    were_distinguished: bool = False

    def update(self, before: Record, after: Record) -> None:
        if before != after:
            self.updates.append((before, after))

    def refuse(self, obstacle: type[Obstacle], *commands: str, **facts: object) -> None:
        self.obstacles.append(obstacle(*commands, kept=self.kept.code, other=self.other.code, **facts))


def join(store: Store, kept: Participant, other: Participant, today: date) -> Joined:
    """What becomes of the records of two participants who are one person. Nothing is written."""
    joined = Joined(dossier_of(store, kept), dossier_of(store, other))
    _compare_identities(store, joined, today)
    _join_spells(joined)
    _join_waits(joined)
    _join_persons(joined)
    _join_backgrounds(joined, today)
    _join_income_before(joined)
    _join_distinctions(store, joined)
    for earlier in store.records(Merge, "WHERE into_id = ?", (other.id,)):
        joined.update(earlier, replace(earlier, into_id=kept.id))
    return joined


def check_joined(store: Store, participant: Participant, today: date) -> None:
    """Refuse a participant whose records together break a rule, as a net below the obstacles."""
    found = dossier_of(store, participant)
    check_overlap(found.spells)
    for spell in found.spells:
        for refusal in broken_by(spell, found.spells, found.attached, today):
            raise refusal


# -- spells -----------------------------------------------------------------------------------------------------------


def _join_spells(joined: Joined) -> None:
    kept, other = joined.kept, joined.other
    counted = [spell for spell in kept.spells if spell.counts]
    for theirs in other.spells:
        twin = next((mine for mine in counted if theirs.counts and _is_same_stay(mine, theirs)), None)
        if twin is None:
            joined.moved.append(theirs)
            for mine in counted if theirs.counts else ():
                if overlapping((mine, theirs)):
                    _refuse_overlap(joined, mine, theirs)
            joined.update(theirs, replace(theirs, participant_id=kept.participant.id))
        else:
            joined.twice.append((twin, theirs))
            joined.update(twin, _filled(twin, theirs, "destination", "referral"))
            misregistered = replace(theirs, participant_id=kept.participant.id, exit_type=ExitType.MISREGISTERED)
            joined.update(theirs, misregistered)
            for part in (_join_moves, _join_pauses, _join_placements, _join_hours, _join_follow_ups):
                part(joined, twin, theirs)
    twins = {theirs.id for _, theirs in joined.twice}
    for income in other.income:
        if income.spell_id is not None and income.spell_id not in twins:
            joined.update(income, replace(income, participant_id=kept.participant.id))


def _is_same_stay(mine: Spell, theirs: Spell) -> bool:
    """Whether two spells are one enrolment registered twice: the same place and days, and nothing that contradicts."""
    alike = ("municipality", "entered_on", "exited_on", "exit_type")
    return all(getattr(mine, name) == getattr(theirs, name) for name in alike) and not _contradictions(
        mine, theirs, ("destination", "referral")
    )


def _refuse_overlap(joined: Joined, mine: Spell, theirs: Spell) -> None:
    kept, other = joined.kept, joined.other
    number, other_number = kept.number(mine), other.number(theirs)
    commands = []
    if mine.municipality == theirs.municipality:
        exit_of = ("destination", "referral")
        commands.append(_edit_spell(other.code, other_number, theirs, _filled(mine, theirs, *exit_of)))
        commands.append(_edit_spell(kept.code, number, mine, _filled(theirs, mine, *exit_of)))
    elif mine.entered_on != theirs.entered_on:
        (code, place, earlier), later = (
            ((kept.code, number, mine), theirs)
            if mine.entered_on < theirs.entered_on
            else ((other.code, other_number, theirs), mine)
        )
        moved_on = replace(
            earlier,
            exited_on=later.entered_on,
            exit_type=ExitType.TRANSFERRED,
            destination=None,
            referral=earlier.referral,
        )
        commands.append(_edit_spell(code, place, earlier, moved_on))
    never = f"--type {ExitType.MISREGISTERED.value} --why WHY"
    commands.append(f"arena edit-spell {other.code} --number {other_number} {never}")
    commands.append(f"arena edit-spell {kept.code} --number {number} {never}")
    joined.refuse(
        SpellsOverlap,
        *commands,
        number=number,
        entered_on=mine.entered_on,
        other_number=other_number,
        other_entered_on=theirs.entered_on,
    )


_SPELL_OPTIONS: Final = {
    "entered_on": "--entered",
    "exited_on": "--exited",
    "exit_type": "--type",
    "destination": "--destination",
    "referral": "--referral",
}


def _edit_spell(code: str, number: int, before: Spell, after: Spell) -> str:
    """The command that makes a spell into another; without a day of exit nothing has to be said of the exit."""
    differing = [name for name in _SPELL_OPTIONS if getattr(before, name) != getattr(after, name)]
    if after.exited_on is None:
        differing = [name for name in differing if name not in {"exit_type", "destination"}]
    options = " ".join(f"{_SPELL_OPTIONS[name]} {_shown(getattr(after, name))}" for name in differing)
    return f"arena edit-spell {code} --number {number} {options} --why WHY"


# -- what hangs on a spell that both have -----------------------------------------------------------------------------


def _join_moves(joined: Joined, mine: Spell, theirs: Spell) -> None:
    kept, other = joined.kept, joined.other
    steps: dict[date, list[str]] = {}
    for move in kept.moves:
        if move.spell_id == mine.id:
            steps.setdefault(move.moved_on, []).append(move.step)
    for number, move in enumerate(other.moves, 1):
        if move.spell_id != theirs.id:
            continue
        there = steps.get(move.moved_on)
        if there is None:
            joined.update(move, replace(move, spell_id=mine.id))
        elif move.step not in there:
            mine_number = next(
                n for n, m in _last_first(kept.moves) if (m.spell_id, m.moved_on) == (mine.id, move.moved_on)
            )
            joined.refuse(
                DifferentSteps,
                f"arena edit-move {other.code} {number} --to {there[-1]} --why WHY",
                f"arena edit-move {kept.code} {mine_number} --to {move.step} --why WHY",
                day=move.moved_on,
            )


def _last_first(moves: Sequence[StepMove]) -> Iterator[tuple[int, StepMove]]:
    return reversed([*enumerate(moves, 1)])


def _join_pauses(joined: Joined, mine: Spell, theirs: Spell) -> None:
    kept, other = joined.kept, joined.other
    there = [pause for pause in kept.attached.pauses if pause.spell_id == mine.id]
    for number, pause in enumerate(other.attached.pauses, 1):
        if pause.spell_id != theirs.id or any(
            _agree(pause, mine_one, "paused_on", "resumed_on", "reason") for mine_one in there
        ):
            continue
        crossing = next((known for known in there if _cross(known, pause)), None)
        if crossing is None:
            joined.update(pause, replace(pause, spell_id=mine.id))
            continue
        joined.refuse(
            PausesOverlap,
            f"arena remove-pause {other.code} {number} --why WHY",
            f"arena remove-pause {kept.code} {kept.attached.pauses.index(crossing) + 1} --why WHY",
            paused_on=crossing.paused_on,
            other_paused_on=pause.paused_on,
        )


def _cross(one: Pause, other: Pause) -> bool:
    """Whether two pauses of one spell share a day, or both have no end."""
    first, second = sorted((one, other), key=lambda pause: pause.paused_on)
    return first.resumed_on is None or second.paused_on < first.resumed_on


def _join_placements(joined: Joined, mine: Spell, theirs: Spell) -> None:
    kept, other = joined.kept, joined.other
    there = [placement for placement in kept.attached.placements if placement.spell_id == mine.id]
    for number, placement in enumerate(other.attached.placements, 1):
        if placement.spell_id != theirs.id:
            continue
        twin = next((known for known in there if _agree(known, placement, "place_id", "placed_on", "ended_on")), None)
        if twin is not None:
            joined.update(twin, _filled(twin, placement, "planned_end_on"))
            continue
        crossing = next(
            (known for known in there if known.place_id == placement.place_id and _meet(known, placement)), None
        )
        if crossing is None:
            joined.update(placement, replace(placement, spell_id=mine.id))
            continue
        joined.refuse(
            PlacementsOverlap,
            f"arena remove-placement {other.code} {number} --why WHY",
            f"arena remove-placement {kept.code} {kept.attached.placements.index(crossing) + 1} --why WHY",
            place=other.attached.places[placement.place_id].code,
            placed_on=crossing.placed_on,
            other_placed_on=placement.placed_on,
        )


def _meet(one: Placement, other: Placement) -> bool:
    first, second = sorted((one, other), key=lambda placement: placement.placed_on)
    return first.ended_on is None or second.placed_on <= first.ended_on


def _join_hours(joined: Joined, mine: Spell, theirs: Spell) -> None:
    kept, other = joined.kept, joined.other
    there = {(h.month, h.activity): h for h in kept.attached.hours if h.spell_id == mine.id}
    for hours in other.attached.hours:
        if hours.spell_id != theirs.id:
            continue
        known = there.get((hours.month, hours.activity))
        if known is None:
            joined.update(hours, replace(hours, spell_id=mine.id))
        elif known.minutes == hours.minutes:
            joined.update(known, replace(known, certified=known.certified or hours.certified))
        else:
            joined.refuse(
                DifferentHours,
                _add_hours(other.code, other.number(theirs), known),
                _add_hours(kept.code, kept.number(mine), hours),
                activity=hours.activity,
                month=hours.month,
            )


def _add_hours(code: str, number: int, wanted: Attendance) -> str:
    hours = f"{wanted.minutes // 60}:{wanted.minutes % 60:02}"
    certified = " --certified" if wanted.certified else ""
    return (
        f"arena add-hours {code} --month {wanted.month} --activity {wanted.activity} --hours {hours}"
        f" --spell {number}{certified}"
    )


def _join_follow_ups(joined: Joined, mine: Spell, theirs: Spell) -> None:
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
    differing = _contradictions(known, made, asked)
    if known.reached and (differing or known.followed_up_on != made.followed_up_on):
        joined.refuse(
            DifferentFollowUps,
            _add_follow_up(other.code, other.number(theirs), made, known, differing),
            _add_follow_up(kept.code, kept.number(mine), known, made, differing),
            kind=made.kind,
        )
        return
    together = _filled(known, made, *asked)
    joined.update(known, together)


def _add_follow_up(code: str, number: int, before: FollowUp, after: FollowUp, differing: Iterable[str]) -> str:
    """The command that has a follow-up answered as another is; what no longer applies is taken away."""
    asked = questions(FollowUp)
    options = {name: getattr(after, name) for name in differing}
    for name, question in asked.items():
        if question.only_if and question.only_if[0] in options and not _is_blank(getattr(before, name)):
            options[name] = getattr(after, name)
    answers = "".join(f" {_option(FollowUp, name)} {_shown(value)}" for name, value in options.items())
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


# -- waits ------------------------------------------------------------------------------------------------------------


def _join_waits(joined: Joined) -> None:
    """A wait that both have is kept once: the same wait, or two that ended with the same spell."""
    kept, other = joined.kept, joined.other
    begun_twice = {mine.entered_on for mine, _ in joined.twice}
    started = {wait.ended_on for wait in kept.waits if wait.outcome is AssignmentOutcome.STARTED}
    waiting = next((wait for wait in kept.waits if wait.ended_on is None), None)
    for wait in other.waits:
        same = any(_agree(wait, known, "municipality", "assigned_on", "ended_on", "outcome") for known in kept.waits)
        has_started = wait.outcome is AssignmentOutcome.STARTED and wait.ended_on in begun_twice & started
        if same or has_started:
            joined.removals.append(wait)
            continue
        joined.update(wait, replace(wait, participant_id=kept.participant.id))
        if wait.ended_on is None and waiting is not None:
            commands = [_withdraw(code, one) for code, one in ((other.code, wait), (kept.code, waiting))]
            joined.refuse(TwoWaits, *commands, f"arena remove-assignment {other.code} --why WHY")
    _refuse_wait_beside_spell(joined, kept, other)
    _refuse_wait_beside_spell(joined, other, kept)


def _refuse_wait_beside_spell(joined: Joined, one: Dossier, another: Dossier) -> None:
    for wait in one.waits:
        for spell in another.spells:
            if wait.ended_on is None and spell.counts and spell.exited_on is None:
                commands = [_withdraw(one.code, wait)]
                if wait.municipality == spell.municipality and wait.assigned_on <= spell.entered_on:
                    commands.insert(0, f"arena start-participant {one.code} --date {spell.entered_on}")
                joined.refuse(
                    WaitsAndTakesPart, *commands, waiting=one.code, enrolled=another.code, entered_on=spell.entered_on
                )


def _withdraw(code: str, wait: Assignment) -> str:
    return f"arena withdraw-participant {code} --date {wait.assigned_on}"


# -- the person -------------------------------------------------------------------------------------------------------


def _join_persons(joined: Joined) -> None:
    """What is registered about the person. The list's number stays with whom it is, unless only the other has one."""
    mine, theirs = joined.kept.participant, joined.other.participant
    differing = _contradictions(mine, theirs, ("sex", "birth_year"))
    if differing:
        commands = (_edit_participant(*pair, differing) for pair in ((theirs, mine), (mine, theirs)))
        joined.refuse(DifferentPersons, *commands)
    together = _filled(mine, theirs, "sex", "birth_year", "ref")
    if together.ref != mine.ref:
        joined.update(theirs, replace(theirs, ref=None))
    joined.update(mine, together)


def _compare_identities(store: Store, joined: Joined, today: date) -> None:
    """Two who both have a number of the population register, and not the same, are hardly one person.

    A coordination number may become another number. Whose data are protected is said by hand, since what is then taken
    away cannot be given back.
    """
    kept, other = joined.kept.participant, joined.other.participant
    owners = "WHERE participant_id IN (?, ?)"
    numbers = {
        number.participant_id
        for number in store.records(IdentityNumber, owners, (kept.id, other.id))
        if read_personal_number(number.number, today).kind is NumberKind.PERSONNUMMER
    }
    if len(numbers) > 1:
        commands = (f"arena remove-identity {code} --why WHY" for code in (other.code, kept.code))
        joined.refuse(DifferentNumbers, *commands)
    if kept.is_protected != other.is_protected:
        protected, unprotected = (kept, other) if kept.is_protected else (other, kept)
        joined.refuse(
            DifferentProtection,
            f"arena set-protection {unprotected.code} {protected.protection.value} --why WHY",
            f"arena set-protection {protected.code} none --why WHY",
            protected=protected.code,
            open=unprotected.code,
        )


def _edit_participant(before: Participant, after: Participant, differing: Iterable[str]) -> str:
    options = " ".join(f"--{name.replace('_', '-')} {_shown(getattr(after, name))}" for name in differing)
    return f"arena edit-participant {before.code} {options} --why WHY"


def _join_backgrounds(joined: Joined, today: date) -> None:
    """What was answered at the first entry. Where that contradicts, who came first knows it best."""
    mine, theirs = joined.kept.background, joined.other.background
    if theirs is None:
        return
    if mine is None:
        joined.update(theirs, replace(theirs, participant_id=joined.kept.participant.id))
        together = theirs
    else:
        asked = tuple(questions(Background))
        together = _filled(mine, theirs, *asked)
        joined.update(mine, together)
        joined.removals.append(theirs)
        if differing := _contradictions(mine, theirs, asked):
            commands = [
                _add_background(joined.other.code, theirs, mine, differing),
                _add_background(joined.kept.code, mine, theirs, differing),
            ]
            joined.refuse(DifferentBackgrounds, *_first_comer_first(joined, commands))
            return
    person = _filled(joined.kept.participant, joined.other.participant, "birth_year")
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
    answers = " ".join(f"{_option(Background, name)} {_shown(value)}" for name, value in options.items())
    return f"arena add-background {code} {answers} --why WHY"


def _first_comer_first(joined: Joined, commands: Sequence[str]) -> Sequence[str]:
    """The commands for the other and for the kept participant, with the one first that follows who entered first."""
    return commands if joined.kept.first_day <= joined.other.first_day else commands[::-1]


def _join_income_before(joined: Joined) -> None:
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


def _sources(income: Iterable[Income]) -> set[tuple[str, bool]]:
    return {(one.source.value, one.is_main) for one in income}


def _income_options(income: Sequence[Income]) -> str:
    sources = ",".join(one.source.value for one in income)
    main = next((one.source.value for one in income if one.is_main), None)
    return f" --income {sources}{f' --main {main}' if main else ''} --why WHY"


def _join_distinctions(store: Store, joined: Joined) -> None:
    """Whoever is not the other is not the kept one either; that these two are not one has turned out to be wrong."""
    kept, other = joined.kept.participant.id, joined.other.participant.id
    involving = "WHERE ? IN (participant_id, other_id)"
    known = {_pair(one.participant_id, one.other_id) for one in store.records(Distinction, involving, (kept,))}
    for one in store.records(Distinction, f"{involving} ORDER BY id", (other,)):
        third = one.participant_id + one.other_id - other
        pair = _pair(kept, third)
        joined.were_distinguished |= third == kept
        if third == kept or pair in known:
            joined.removals.append(one)
        else:
            joined.update(one, replace(one, participant_id=pair[0], other_id=pair[1]))


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


# -- field by field ---------------------------------------------------------------------------------------------------

_R = TypeVar("_R", Participant, Spell, Placement, Background, FollowUp)

_BLANK: Final = frozenset({None, Answer.NOT_ASKED.value, Sex.UNKNOWN.value})
"""What says nothing, and gives way to what the other one says; also a destination that nobody knows."""


def _is_blank(value: object) -> bool:
    return value in _BLANK


def _contradictions(mine: _R, theirs: _R, names: Iterable[str]) -> list[str]:
    """The fields in which both say something, and not the same."""
    pairs = ((name, getattr(mine, name), getattr(theirs, name)) for name in names)
    return [name for name, a, b in pairs if a != b and not _is_blank(a) and not _is_blank(b)]


def _filled(mine: _R, theirs: _R, *names: str) -> _R:
    """The first with what, of these fields, only the second says."""
    said: dict[str, Any] = {name: getattr(theirs, name) for name in names if _is_blank(getattr(mine, name))}
    return replace(mine, **said)


def _agree(one: Record, other: Record, *names: str) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _option(kind: type[Background | FollowUp], name: str) -> str:
    return f"--{(questions(kind)[name].option or name).replace('_', '-')}"


def _shown(value: object) -> str:
    """A value as an option takes it; `-` for none."""
    return "-" if value is None or value == Answer.NOT_ASKED else str(getattr(value, "value", value))
