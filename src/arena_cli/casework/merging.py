"""Two participants who are one person, and two who are not: merge, split, tell apart.

A merge writes nothing that it cannot take back: what it removes the journal keeps whole, and the participant who is not
kept stays in the file, without records, so that the code still leads to the person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from arena_cli.casework.enrolment import NotACode, UnknownParticipant, find_participant
from arena_cli.casework.joining import check_joined, join
from arena_cli.casework.joining.dossier import Joined
from arena_cli.casework.joining.obstacles import Obstacle
from arena_cli.errors import NotFound, Refused, Remark, translatable
from arena_cli.journal import Entry, Occasion
from arena_cli.model import Distinction, ExitType, Income, Merge, Participant, Spell
from arena_cli.participant_code import read_code
from arena_cli.store import Change, Store


class SamePerson(Refused):
    message = translatable("Both codes are of {code}: there is nothing to join or to tell apart.")


class CannotMerge(Refused):
    """The obstacles say what contradicts and how that is settled."""

    message = translatable(
        "{kept} and {other} cannot be joined as they are; nothing was changed. Settle this first, each with one of its "
        "commands, and then join them again:\n{obstacles}"
    )

    def __init__(self, kept: str, other: str, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(kept=kept, other=other, obstacles=tuple(obstacles))
        self.obstacles = obstacles


class WouldBreakRule(Refused):
    message = translatable("{kept} and {other} cannot be joined as they are; nothing was changed. {reason}")


class NotMerged(NotFound):
    message = translatable("{other} has not been joined with {kept}. `arena show-participant {kept}` shows who has.")


class ChangedSince(Refused):
    message = translatable(
        "{kept} and {other} cannot be split any more: what belongs to them both has been changed since, in change "
        "{changes}. `arena list-changes --participant {kept}` shows it; nothing was changed."
    )


class ErasedSince(Refused):
    message = translatable(
        "{kept} and {other} cannot be split any more: retention has erased what was whose. Nothing was changed."
    )


class DistinguishedAlready(Refused):
    message = translatable("{kept} and {other} were said to be two persons before; nothing was changed.")


class NotDistinguished(NotFound):
    message = translatable("Nobody has said that {kept} and {other} are two persons.")


_DIED_BEFORE: Final = translatable("A spell ended by death before another began. Is it the same person?")


class Merging(NamedTuple):
    """What a merge does or has done.

    `moved` are the other's spells that became the kept one's, `twice` how many were registered with both, `waits` how
    many waits. `came_along` are the codes of those who had been merged into the other before.
    """

    kept: Participant
    other: Participant
    moved: tuple[Spell, ...]
    twice: tuple[Spell, ...]
    waits: int
    were_distinguished: bool
    came_along: tuple[str, ...]
    remarks: tuple[Remark, ...]


# -- merging ----------------------------------------------------------------------------------------------------------


def foresee(store: Store, typed: str, typed_other: str, today: date) -> Merging:
    """What merging two participants would do. Nothing is written. Raises SamePerson or CannotMerge."""
    return _merging(store, _joined(store, typed, typed_other, today))


def merge(store: Store, occasion: Occasion, typed: str, typed_other: str) -> Merging:
    """Make the second participant's records the first one's. Raises SamePerson, CannotMerge or WouldBreakRule."""
    with store.change(occasion) as change:
        joined = _joined(store, typed, typed_other, occasion.today)
        done = _merging(store, joined)
        for record in joined.removals:
            change.remove(record)
        for before, after in joined.updates:
            change.update(before, after)
        change.add(Merge(0, done.other.id, done.kept.id))
        _check(store, done.kept, done.other, done.kept, occasion.today)
    return done


def _joined(store: Store, typed: str, typed_other: str, today: date) -> Joined:
    kept, other = _two(store, typed, typed_other)
    joined = join(store, kept, other, today)
    if joined.obstacles:
        raise CannotMerge(kept=kept.code, other=other.code, obstacles=joined.obstacles)
    return joined


def _merging(store: Store, joined: Joined) -> Merging:
    kept, other = joined.kept.participant, joined.other.participant
    along = store.participants(
        "WHERE id IN (SELECT participant_id FROM merge WHERE into_id = ?) ORDER BY code", (other.id,)
    )
    spells = sorted((s for s in (*joined.kept.spells, *joined.moved) if s.counts), key=lambda s: s.order)
    died = any(spell.exit_type is ExitType.DECEASED for spell in spells[:-1])
    return Merging(
        kept,
        other,
        tuple(joined.moved),
        tuple(theirs for _, theirs in joined.twice),
        len(joined.other.waits),
        joined.were_distinguished,
        tuple(person.code for person in along),
        (Remark(_DIED_BEFORE),) if died else (),
    )


def _check(store: Store, kept: Participant, other: Participant, checked: Participant, today: date) -> None:
    try:
        check_joined(store, checked, today)
    except Refused as reason:
        raise WouldBreakRule(kept=kept.code, other=other.code, reason=reason) from None


# -- splitting --------------------------------------------------------------------------------------------------------


def split(store: Store, occasion: Occasion, typed: str, typed_other: str) -> tuple[Participant, Participant]:
    """Take a merge back also when other things have been changed since. Returns the kept one and the other.

    What hangs on a spell goes with the spell. It can be done as long as nothing that the merge has changed was changed
    again, and no spell or wait has been added that could be either's. Raises NotMerged, ChangedSince or ErasedSince.
    """
    with store.change(occasion, undoes=_change_of_merge(store, typed, typed_other).change) as change:
        kept, other, first = _change_of_merge(store, typed, typed_other)
        links = list(store.links("WHERE change = ? ORDER BY seq", (first,)))
        if links[0].seq <= store.retained_until():
            raise ErasedSince(kept=kept.code, other=other.code)
        entries = [entry for link in links for entry in link.entries()]
        if later := sorted({entry.change for entry in _in_the_way(store, kept, entries)}):
            raise ChangedSince(kept=kept.code, other=other.code, changes=tuple(later))
        for link in reversed(links):
            change.revert(link)
        _return_income(store, change, kept, other)
        for person in (kept, other):
            _check(store, kept, other, person, occasion.today)
    return kept, other


class _Merged(NamedTuple):
    kept: Participant
    other: Participant
    change: int


def _change_of_merge(store: Store, typed: str, typed_other: str) -> _Merged:
    """Which change has merged the second participant into the first."""
    kept, other = find_participant(store, typed), _by_own_code(store, typed_other)
    for merged in store.records(Merge, "WHERE participant_id = ? AND into_id = ?", (other.id, kept.id)):
        (first,) = store.entries("WHERE subject = 'merge' AND record = ? AND before IS NULL", (merged.id,))
        return _Merged(kept, other, first.change)
    raise NotMerged(kept=kept.code, other=other.code)


def _in_the_way(store: Store, kept: Participant, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The later entries that have changed what a change did, or added what could belong to either participant."""
    entries = list(entries)
    undone = {
        number
        for entry in store.entries("WHERE seq > ? AND undoes IS NOT NULL", (entries[-1].seq,))
        for number in (entry.change, entry.undoes)
    }
    for entry in entries:
        for later in store.entries_of(entry.subject, entry.record):
            is_since = later.seq > entries[-1].seq and later.change not in undone
            if is_since and (later.subject == "assignment" or _columns(entry) & _columns(later)):
                yield later
    added = "WHERE seq > ? AND subject IN ('spell', 'assignment', 'background') AND before IS NULL"
    for later in store.entries(added, (entries[-1].seq,)):
        if later.change not in undone and json.loads(later.after or "{}").get("participant_id") == kept.id:
            yield later


def _columns(entry: Entry) -> frozenset[str]:
    return frozenset(column for text in (entry.before, entry.after) if text for column in json.loads(text))


def _return_income(store: Store, change: Change, kept: Participant, other: Participant) -> None:
    """What was told after a spell is of whom the spell is."""
    condition = "WHERE participant_id = ? AND spell_id IN (SELECT id FROM spell WHERE participant_id = ?)"
    for income in store.records(Income, condition, (kept.id, other.id)):
        change.update(income, replace(income, participant_id=other.id))


# -- telling apart ----------------------------------------------------------------------------------------------------


def distinguish(store: Store, occasion: Occasion, typed: str, typed_other: str) -> tuple[Participant, Participant]:
    """Remember that two participants are two persons. Raises SamePerson or DistinguishedAlready."""
    with store.change(occasion) as change:
        kept, other = _two(store, typed, typed_other)
        if _distinctions(store, kept, other):
            raise DistinguishedAlready(kept=kept.code, other=other.code)
        first, second = sorted((kept.id, other.id))
        change.add(Distinction(0, first, second))
    return kept, other


def no_longer_distinguished(
    store: Store, occasion: Occasion, typed: str, typed_other: str
) -> tuple[Participant, Participant]:
    """Forget that two participants are two persons; the journal keeps it. Raises SamePerson or NotDistinguished."""
    with store.change(occasion) as change:
        kept, other = _two(store, typed, typed_other)
        known = _distinctions(store, kept, other)
        if not known:
            raise NotDistinguished(kept=kept.code, other=other.code)
        change.remove(known[0])
    return kept, other


def _distinctions(store: Store, one: Participant, other: Participant) -> list[Distinction]:
    return store.records(Distinction, "WHERE participant_id = ? AND other_id = ?", sorted((one.id, other.id)))


# -- shared -----------------------------------------------------------------------------------------------------------


def _two(store: Store, typed: str, typed_other: str) -> tuple[Participant, Participant]:
    kept, other = find_participant(store, typed), find_participant(store, typed_other)
    if kept.id == other.id:
        raise SamePerson(code=kept.code)
    return kept, other


def _by_own_code(store: Store, typed: str) -> Participant:
    """The participant whose own code was typed, also one who has been merged into another."""
    code = read_code(typed)
    if code is None:
        raise NotACode
    participant = store.participant(code)
    if participant is None:
        raise UnknownParticipant(code=code)
    return participant
