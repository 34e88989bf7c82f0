"""What is worth saying of rows that break no rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from arena_cli.errors import translatable
from arena_cli.exchange.person import Person
from arena_cli.model import ExitType, Project, Spell
from arena_cli.rules import is_outside_target_group, is_unlikely_age

SHORT: Final = translatable(
    "The row has fewer cells than the header; the missing ones are taken as empty: {count} ({rows})."
)

_AGE: Final = translatable("Age at entry outside the project's target group: {count} ({rows}).")
_UNLIKELY_AGE: Final = translatable("Hardly anybody has that age at entry. Is the birth year right? {count} ({rows}).")
_TRANSFER_TO_SAME: Final = translatable("A transfer that goes on in the same municipality: {count} ({rows}).")
_AFTER_DEATH: Final = translatable("A spell after one that ended with the person's death: {count} ({rows}).")
_TRANSFER_WITH_DESTINATION: Final = translatable(
    "A transfer with a destination, which counts only for those who leave the project: {count} ({rows})."
)
_OTHER_MUNICIPALITY: Final = translatable(
    "The ref is known from another municipality, and no transfer lies between. Is it the same person? {count} ({rows})."
)
_PLACEMENTS_ENDED: Final = translatable("Placements ended with the spell: {count} ({rows}).")
_PAUSE_GOES_ON: Final = translatable("A pause goes on after the transfer: {count} ({rows}).")
_WAIT_ENDED: Final = translatable("The wait to start ended with the spell: {count} ({rows}).")
_MISTAKE: Final = translatable("The spell is registered as a mistake and stays one: {count} ({rows}).")


def remarks_on(person: Person, project: Project) -> Iterator[tuple[str, int]]:
    """Messages and the rows that they are about: only rows that bring something new, but for mistaken spells."""
    for place in person.placed:
        if place.row.exit_type is None and not place.after.counts:
            yield _MISTAKE, place.row.number
        if person.consequences and place.after.id in person.consequences.ending:
            yield _PLACEMENTS_ENDED, place.row.number
        if person.consequences and place.after.id in person.consequences.pausing:
            yield _PAUSE_GOES_ON, place.row.number
    if person.start:
        yield _WAIT_ENDED, person.start.row.number
    news = {place.after.id: place for place in person.placed if place.changes_spell or person.is_changed}
    for place in news.values():
        if place.after.counts:
            messages = on_spell(place.after, person.after.birth_year, project)
            yield from ((message, place.row.number) for message in messages)
    counted = sorted((spell for spell in person.spells.values() if spell.counts), key=lambda spell: spell.order)
    for earlier, later in pairwise(counted):
        if news_place := news.get(later.id) or news.get(earlier.id):
            yield from ((message, news_place.row.number) for message in _on_sequence(earlier, later))


def on_spell(spell: Spell, birth_year: int | None, project: Project) -> Sequence[str]:
    """What is odd about a spell that counts, alone."""
    age = _on_age(birth_year, spell.entered_on, project)
    if spell.exit_type is ExitType.TRANSFERRED and spell.destination is not None:
        return (*age, _TRANSFER_WITH_DESTINATION)
    return age


def _on_age(birth_year: int | None, entered_on: date, project: Project) -> Sequence[str]:
    if is_outside_target_group(project, birth_year, entered_on):
        return [_AGE]
    return [_UNLIKELY_AGE] if is_unlikely_age(birth_year, entered_on) else []


def _on_sequence(earlier: Spell, later: Spell) -> Sequence[str]:
    """What is odd about one spell after another."""
    if earlier.exit_type is ExitType.TRANSFERRED:
        return [_TRANSFER_TO_SAME] if earlier.municipality == later.municipality else []
    died = [_AFTER_DEATH] if earlier.exit_type is ExitType.DECEASED else []
    moved = [_OTHER_MUNICIPALITY] if earlier.municipality != later.municipality else []
    return died + moved
