"""Everything that is registered about one participant: as events in the order of time, and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from arena_cli import casework
from arena_cli.casework import Journey
from arena_cli.casework.attendance import hours_of
from arena_cli.casework.background import background_of
from arena_cli.casework.formers import Former, formers_of
from arena_cli.casework.pausing import pauses_of
from arena_cli.casework.placements import last_day, placements_of
from arena_cli.casework.protection import SHIELDED
from arena_cli.cli.words import NOTHING, Wording, hours_and_minutes, named
from arena_cli.errors import translatable
from arena_cli.model import (
    Assignment,
    AssignmentOutcome,
    Attendance,
    Background,
    ExitType,
    FollowUp,
    Income,
    Moment,
    Month,
    Pause,
    Place,
    Placement,
    Spell,
)
from arena_cli.records import Record
from arena_cli.store import Store

_KEYS: Final = frozenset({"id", "participant_id", "spell_id", "place_id"})
"""Columns that mean nothing outside the file."""


class Event(NamedTuple):
    """Something that happened: the day (or month) as shown, what, and the number by which it is corrected."""

    when: object
    what: str
    number: str = ""


class _Dated(NamedTuple):
    """An event with its place: by day, on one day by spell, within a spell the entry first and the exit last."""

    day: date
    spell: int
    rank: int
    event: Event


@dataclass(frozen=True, slots=True)
class Life:
    """A participant's way through the project with all that hangs on it, each kind as it is numbered."""

    known: Journey
    assignments: tuple[Assignment, ...]
    background: Background | None
    pauses: tuple[Pause, ...]
    placements: tuple[Placement, ...]
    places: tuple[Place, ...]
    hours: tuple[Attendance, ...]
    follow_ups: tuple[FollowUp, ...]
    income: tuple[Income, ...]
    formers: tuple[Former, ...] = ()
    is_shielded: bool = False

    @classmethod
    def of(cls, store: Store, typed: str) -> Life:
        """All about the participant whose code was typed. Raises NotACode or UnknownParticipant."""
        known = casework.journey(store, typed)
        person = known.participant
        own = (person.id,)
        placements = placements_of(store, person)
        return cls(
            known=known,
            assignments=tuple(store.records(Assignment, "WHERE participant_id = ? ORDER BY assigned_on, id", own)),
            background=background_of(store, person),
            pauses=tuple(pauses_of(store, person)),
            placements=tuple(placements),
            places=tuple(store.records(Place)) if placements else (),
            hours=tuple(hours_of(store, person)),
            follow_ups=tuple(store.records(FollowUp, _OF_PARTICIPANT, own)),
            income=tuple(store.records(Income, "WHERE participant_id = ? ORDER BY id", own)),
            formers=tuple(formers_of(store, person)),
        )

    def registered_as(self, spell: Spell) -> str | None:
        """The code under which a spell was registered, where it is another than the present one."""
        return next((former.participant.code for former in self.formers if spell.id in former.spells), None)

    def shielded(self) -> Life:
        """The same without what tells where the participant is: municipality, workplace, ref and who sent them."""
        person = replace(self.known.participant, ref=None)
        spells = tuple(replace(s, municipality=SHIELDED, referral=None) for s in self.known.spells)
        return replace(
            self,
            known=replace(self.known, participant=person, spells=spells),
            assignments=tuple(replace(a, municipality=SHIELDED, referral=None) for a in self.assignments),
            places=tuple(replace(p, host=SHIELDED, municipality=SHIELDED) for p in self.places),
            formers=tuple(replace(f, participant=replace(f.participant, ref=None)) for f in self.formers),
            is_shielded=True,
        )

    def place_code(self, placement: Placement) -> str:
        """The code of the place, which tells where it is."""
        return SHIELDED if self.is_shielded else self.place(placement).code

    def place(self, placement: Placement) -> Place:
        """Where a placement is."""
        return next(place for place in self.places if place.id == placement.place_id)

    def income_at(self, moment: Moment, spell_id: int | None) -> tuple[Income, ...]:
        """The sources of income at a moment, the main one first."""
        found = (i for i in self.income if i.moment is moment and i.spell_id == spell_id)
        return tuple(sorted(found, key=lambda income: not income.is_main))


_OF_PARTICIPANT: Final = "WHERE spell_id IN (SELECT id FROM spell WHERE participant_id = ?) ORDER BY followed_up_on, id"


# -- for people -------------------------------------------------------------------------------------------------------


def timeline(life: Life, wording: Wording) -> list[Event]:
    """What happened, in the order of time."""
    parts = (_waits, _background, _spells, _moves, _pauses, _placements, _hours, _follow_ups)
    dated = [dated for part in parts for dated in part(life, wording)]
    return [dated.event for dated in sorted(dated, key=lambda d: d[:3])]


def _waits(life: Life, wording: Wording) -> Iterator[_Dated]:
    text = wording.language.text
    for wait in life.assignments:
        assigned = text(
            translatable("assigned to {municipality}, sent by: {referral}"),
            municipality=wording.value("municipality", wait.municipality),
            referral=wording.value("referral", wait.referral),
        )
        yield _Dated(wait.assigned_on, 0, 0, Event(wait.assigned_on, assigned))
        if wait.ended_on is not None and wait.outcome is AssignmentOutcome.WITHDRAWN:
            withdrawn = Event(wait.ended_on, text(translatable("the wait ended without a start")))
            yield _Dated(wait.ended_on, 0, 1, withdrawn)


def _background(life: Life, wording: Wording) -> Iterator[_Dated]:
    """What was so at the first entry: it has no day of its own."""
    if not life.known.spells:
        return
    text, first = wording.language.text, life.known.spells[0].entered_on
    answers = wording.difference({}, _answers(life.background)) if life.background else ""
    if answers:
        yield _Dated(first, 0, 2, Event(first, text(translatable("background: {answers}"), answers=answers)))
    for told in _lives_on(life, wording, Moment.BEFORE, None):
        yield _Dated(first, 0, 3, Event(first, told))


def _spells(life: Life, wording: Wording) -> Iterator[_Dated]:
    text = wording.language.text
    for place, spell in enumerate(life.known.spells, 1):
        number = text(translatable("spell {number}"), number=place)
        entered = text(
            translatable("entered in: {municipality}, sent by: {referral}")
            if spell.municipality == SHIELDED
            else translatable("entered in {municipality}, sent by: {referral}"),
            municipality=wording.value("municipality", spell.municipality),
            referral=wording.value("referral", spell.referral),
        )
        if code := life.registered_as(spell):
            entered = text(translatable("{entered} (registered as {code})"), entered=entered, code=code)
        yield _Dated(spell.entered_on, place, 0, Event(spell.entered_on, entered, number))
        if spell.exit_type is not None:
            message = translatable("{exit_type}; went on to: {destination}")
            if spell.destination is None and spell.exit_type is not ExitType.COMPLETED:
                message = "{exit_type}"
            left = text(
                message,
                exit_type=spell.exit_type,
                destination=wording.value("destination", spell.destination),
            )
            yield _Dated(spell.exited_on or spell.entered_on, place, 8, Event(spell.exited_on or NOTHING, left, number))


def _moves(life: Life, wording: Wording) -> Iterator[_Dated]:
    text = wording.language.text
    numbers = {move.id: number for number, move in enumerate(life.known.moves, 1)}
    for place, spell in enumerate(life.known.spells, 1):
        step = None
        for move in life.known.moves_of(spell):
            moved = f"{wording.value('step', step)} → {wording.value('step', move.step)}"
            number = text(translatable("move {number}"), number=numbers[move.id])
            event = Event(move.moved_on, text(translatable("step {moved}"), moved=moved), number)
            yield _Dated(move.moved_on, place, 1, event)
            step = move.step


def _pauses(life: Life, wording: Wording) -> Iterator[_Dated]:
    text = wording.language.text
    for place, pause in enumerate(life.pauses, 1):
        number = text(translatable("pause {number}"), number=place)
        spell = _number_of(life, pause.spell_id)
        paused = text(translatable("paused: {reason}"), reason=pause.reason)
        yield _Dated(pause.paused_on, spell, 3, Event(pause.paused_on, paused, number))
        if pause.resumed_on is not None:
            back = Event(pause.resumed_on, text(translatable("back after the pause")), number)
            yield _Dated(pause.resumed_on, spell, 2, back)


def _placements(life: Life, wording: Wording) -> Iterator[_Dated]:
    text = wording.language.text
    for place, placement in enumerate(life.placements, 1):
        number = text(translatable("placement {number}"), number=place)
        spell, where = _number_of(life, placement.spell_id), life.place(placement)
        facts = {
            "place": wording.value("place_code", life.place_code(placement)),
            "host": wording.value("host", where.host),
            "planned": placement.planned_end_on,
        }
        begun = translatable("placed on {place}, {host}")
        if placement.planned_end_on is not None:
            begun = translatable("placed on {place}, {host}, planned until {planned}")
        yield _Dated(placement.placed_on, spell, 4, Event(placement.placed_on, text(begun, **facts), number))
        if (last := last_day(placement, where)) is not None:
            ended = text(translatable("last day on {place}"), place=facts["place"])
            yield _Dated(last, spell, 5, Event(last, ended, number))


def _hours(life: Life, wording: Wording) -> Iterator[_Dated]:
    """The hours of a month and spell on one line."""
    text, activities = wording.language.text, wording.project.activities

    def spent(hours: Attendance) -> str:
        name = wording.value("activity", hours.activity) if named(activities, hours.activity) else hours.activity
        message = translatable("{activity} {hours} (certified)") if hours.certified else "{activity} {hours}"
        return text(message, activity=name, hours=hours_and_minutes(hours.minutes))

    for (month, spell_id), of_month in groupby(
        sorted(life.hours, key=lambda h: (h.month, h.spell_id)), key=lambda h: (h.month, h.spell_id)
    ):
        said = text(translatable("hours: {hours}"), hours=", ".join(map(spent, of_month)))
        yield _Dated(Month.parse(month).last, _number_of(life, spell_id), 6, Event(month, said))


def _follow_ups(life: Life, wording: Wording) -> Iterator[_Dated]:
    text = wording.language.text
    for made in life.follow_ups:
        spell = _number_of(life, made.spell_id)
        answers = wording.difference({}, _answers(made)) if made.reached else text(translatable("not reached"))
        said = (answers, *_lives_on(life, wording, Moment(made.kind), made.spell_id))
        message = translatable("followed up, {kind}: {answers}")
        event = Event(
            made.followed_up_on,
            text(message, kind=made.kind, answers="; ".join(filter(None, said)) or NOTHING),
            text(translatable("spell {number}"), number=spell),
        )
        yield _Dated(made.followed_up_on, spell, 9, event)


def _lives_on(life: Life, wording: Wording, moment: Moment, spell_id: int | None) -> Iterator[str]:
    income = life.income_at(moment, spell_id)
    if income:
        sources = tuple(one.source for one in income)
        yield wording.language.text(translatable("lives on: {sources}"), sources=sources)


def _number_of(life: Life, spell_id: int) -> int:
    return next(number for number, spell in enumerate(life.known.spells, 1) if spell.id == spell_id)


def _answers(record: Background | FollowUp) -> dict[str, object]:
    """What was answered, without when and about whom."""
    said_elsewhere = {*_KEYS, "kind", "followed_up_on", "reached"}
    return {f.name: getattr(record, f.name) for f in fields(record) if f.name not in said_elsewhere}


# -- for programs -----------------------------------------------------------------------------------------------------


def life_as_json(life: Life) -> dict[str, object]:
    """The same as data: what hangs on a spell with the spell, each with the number by which it is corrected."""
    known = life.known
    moves = {move.id: number for number, move in enumerate(known.moves, 1)}
    pauses = {pause.id: number for number, pause in enumerate(life.pauses, 1)}
    placements = {placement.id: number for number, placement in enumerate(life.placements, 1)}

    def of(spell: Spell) -> dict[str, object]:
        return {
            **_values(spell),
            "registered_as": life.registered_as(spell),
            "moves": [{"number": moves[m.id], **_values(m)} for m in known.moves_of(spell)],
            "pauses": [{"number": pauses[p.id], **_values(p)} for p in life.pauses if p.spell_id == spell.id],
            "placements": [
                {
                    "number": placements[p.id],
                    "place": life.place_code(p),
                    **_values(p),
                    "ended_on": _plain(last_day(p, life.place(p))),
                }
                for p in life.placements
                if p.spell_id == spell.id
            ],
            "hours": [_values(h) for h in life.hours if h.spell_id == spell.id],
            "follow_ups": [
                {**_values(f), "income": _sources(life.income_at(Moment(f.kind), spell.id))}
                for f in life.follow_ups
                if f.spell_id == spell.id
            ],
        }

    return {
        **_values(known.participant),
        "merged": [
            {"code": former.participant.code, "ref": former.participant.ref, "merged_on": former.merged_on.isoformat()}
            for former in life.formers
        ],
        "assignments": [_values(wait) for wait in life.assignments],
        "background": _values(life.background) if life.background else None,
        "income": _sources(life.income_at(Moment.BEFORE, None)),
        "spells": [{"number": number, **of(spell)} for number, spell in enumerate(known.spells, 1)],
    }


def _sources(income: Iterable[Income]) -> list[dict[str, object]]:
    return [{"source": one.source.value, "is_main": one.is_main} for one in income]


def _values(record: Record) -> dict[str, object]:
    """A record's columns, the keys of the file left out."""
    return {f.name: _plain(getattr(record, f.name)) for f in fields(record) if f.name not in _KEYS}


def _plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case _:
            return value
