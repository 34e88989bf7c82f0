"""One person of a list of spells: the rows, what is registered, and what would be if the rows were taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from arena_cli.exchange.cells import SpellRow
from arena_cli.exchange.consequences import Consequences, consequences_of
from arena_cli.exchange.homes import Homes, find_homes
from arena_cli.exchange.matching import matched, merged, spell_of
from arena_cli.exchange.plan import Ids
from arena_cli.exchange.registered import Registered
from arena_cli.model import Assignment, Participant, Sex, Spell


class Placed(NamedTuple):
    """A row with the spell that it is about: before (None if it is new) and after."""

    row: SpellRow
    before: Spell | None
    after: Spell

    @property
    def changes_spell(self) -> bool:
        return self.before is not self.after

    @property
    def begins_to_count(self) -> bool:
        """Whether the spell is new, or was registered by mistake and is no mistake any more."""
        return self.after.counts and not (self.before and self.before.counts)


@dataclass(frozen=True, slots=True)
class Person:
    """A person's rows, each with its spell; all spells, also those the list does not mention, and homeless moves.

    `consequences` is None where nothing hangs on the spells; `start` is the place whose spell ends, or should, a wait.
    """

    known: Registered | None
    after: Participant
    placed: Sequence[Placed]
    spells: Mapping[int, Spell]
    homes: Homes = field(default_factory=Homes)
    consequences: Consequences | None = None
    start: Placed | None = None

    @property
    def is_changed(self) -> bool:
        """Whether something else than the spells differs from what is registered."""
        return self.known is not None and self.known.participant is not self.after


def person_of(rows: Sequence[SpellRow], known: Registered | None, ids: Ids) -> Person:
    """The person that rows with one ref are about. Nothing is checked."""
    if known is None:
        after = newcomer(rows, ids)
        placed = [Placed(row, None, spell_of(row, next(ids.spell), after.id)) for row in rows]
        return Person(None, after, placed, {place.after.id: place.after for place in placed})
    after = _corrected(rows, known.participant)
    placed = [
        Placed(row, before, merged(row, before) if before else spell_of(row, next(ids.spell), after.id))
        for row, before in zip(rows, matched(rows, known.spells), strict=True)
    ]
    start = _start(placed, known.waiting) if known.waiting else None
    if start and known.waiting:
        placed, start = _with_referral(placed, start, known.waiting)
    spells = {spell.id: spell for spell in known.spells} | {place.after.id: place.after for place in placed}
    changed = any(place.changes_spell for place in placed)
    if not changed:
        return Person(known, after, placed, spells)
    follows = consequences_of(known.attached, known.spells, spells, ids) if known.attached else None
    return Person(known, after, placed, spells, find_homes(known, spells), follows, start)


def _start(placed: Iterable[Placed], waiting: Assignment) -> Placed | None:
    """The first row with a spell that is not over when the person is assigned: the start that was waited for."""
    starts = (
        place
        for place in placed
        if place.begins_to_count and not (place.after.exited_on and place.after.exited_on < waiting.assigned_on)
    )
    return min(starts, key=lambda place: place.after.order, default=None)


def _with_referral(placed: Iterable[Placed], start: Placed, waiting: Assignment) -> tuple[list[Placed], Placed]:
    """The rows with the start, whose referral is that of the assignment where the list has none."""
    if start.before or start.after.referral is not None:
        return [*placed], start
    referred = start._replace(after=replace(start.after, referral=waiting.referral))
    return [referred if place is start else place for place in placed], referred


def newcomer(rows: Sequence[SpellRow], ids: Ids) -> Participant:
    """The person of whom nothing is registered."""
    sex, birth_year = _told(rows, Sex.UNKNOWN, None)
    return Participant(next(ids.participant), next(ids.code), rows[0].ref, sex, birth_year)


def _corrected(rows: Sequence[SpellRow], participant: Participant) -> Participant:
    """The participant as the rows have it, the same object if nothing differs."""
    registered = (participant.sex, participant.birth_year)
    sex, birth_year = told = _told(rows, *registered)
    return participant if told == registered else replace(participant, sex=sex, birth_year=birth_year)


def _told(rows: Sequence[SpellRow], sex: Sex, birth_year: int | None) -> tuple[Sex, int | None]:
    """What the first rows that say it say of the person; what no row says stays as it is."""
    for row in reversed(rows):
        sex = sex if row.sex is None else row.sex
        birth_year = birth_year if row.birth_year is None else row.birth_year
    return sex, birth_year
