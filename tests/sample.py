"""A small project, occasions to do things on, and a way to put lists into a store without the importer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from arena_cli.journal import Occasion
from arena_cli.model import (
    Activity,
    Destination,
    ExitType,
    Group,
    Municipality,
    Participant,
    Project,
    Referral,
    Sex,
    Spell,
    Step,
    StepMove,
)
from arena_cli.rules import spell_on
from arena_cli.store import Store
from tests.oracle import MoveRow, ProjectDescription, SpellRow
from tests.random_lists import Lists

TODAY = date(2018, 4, 15)

DESTINATIONS = {
    "job": "work",
    "own_firm": "work",
    "school": "studies",
    "sick": "other",
    "moved": "other",
    "no_contact": "unknown",
    "unknown": "unknown",
}

PROJECT = Project(
    code="provet",
    name="Provprojektet",
    name_en="The test project",
    owner="Provregionen",
    starts_on=date(2015, 9, 1),
    ends_on=date(2018, 3, 31),
    funding="",
    fund_rules="esf-2014",
    municipalities=tuple(
        Municipality(code, f"{name} kommun", name)
        for code, name in {"2303": "Ragunda", "2305": "Bräcke", "2321": "Åre", "2380": "Östersund"}.items()
    ),
    steps=tuple(Step(code, n, f"Steg {code}", f"Step {code}") for n, code in enumerate("abcd", 1)),
    destinations=tuple(Destination(c, Group(g), c.title(), c.title()) for c, g in DESTINATIONS.items()),
    referrals=(Referral("af", "Arbetsförmedlingen", "Public Employment Service"),),
    activities=tuple(
        Activity(code, name, name_en)
        for code, name, name_en in (
            ("placement", "praktik", "placement"),
            ("language", "språkträning", "language training"),
            ("talks", "samtal", "talks"),
        )
    ),
    age_from=15,
    age_to=64,
)

DESCRIPTION = ProjectDescription(
    municipalities=tuple(m.code for m in PROJECT.municipalities),
    steps=tuple(s.code for s in PROJECT.steps),
    destinations=DESTINATIONS,
)

_SEXES = {"women": Sex.WOMAN, "men": Sex.MAN, "other": Sex.OTHER, "unknown": Sex.UNKNOWN}
_CLASSES = {sex: name for name, sex in _SEXES.items()}


def occasion(command: str = "test", today: date = TODAY) -> Occasion:
    return Occasion(today=today, at=f"{today}T08:00:00+00:00", actor="tester", command=command)


def new_store(path: Path, project: Project = PROJECT) -> Store:
    Store.create(path, project, occasion("init"))
    return Store.open(path, writing=True)


def put(store: Store, lists: Lists) -> None:
    """Register lists as figures.md reads them: rows in order, moves with the counted spell of their day."""
    with store.change(occasion("put")) as change:
        people: dict[str, Participant] = {}
        spells: dict[str, list[Spell]] = {}
        for row in lists.spells:
            if row.ref not in people:
                people[row.ref] = change.add_participant(row.ref, _SEXES[row.sex], row.birth_year)
            spell = change.add_spell(_spell(row, people[row.ref]))
            spells.setdefault(row.ref, []).append(spell)
            if row.entry_step:
                change.add_move(spell.id, spell.entered_on, row.entry_step)
        for move in lists.moves:
            theirs = spells[move.ref]
            spell = spell_on(theirs, move.moved_on) or _misregistered_on(theirs, move.moved_on)
            change.add_move(spell.id, move.moved_on, move.step)


def lists_of(store: Store) -> Lists:
    """What a store holds, as lists whose every step is a move: for the oracle to count."""
    people = {p.id: p for p in store.participants()}
    spells = {s.id: s for s in store.spells()}
    return Lists(
        [_row(spell, people[spell.participant_id]) for spell in spells.values()],
        [_move(move, spells, people) for move in sorted(store.moves(), key=lambda m: m.id)],
    )


def _spell(row: SpellRow, participant: Participant) -> Spell:
    ended = ExitType(row.exit_type or "completed") if row.exited_on else None
    destination = None if row.destination == "unknown" else row.destination
    return Spell(0, participant.id, row.municipality, row.entered_on, row.exited_on, ended, destination, row.referral)


def _misregistered_on(spells: Iterable[Spell], day: date) -> Spell:
    return next(s for s in spells if s.entered_on <= day and (s.exited_on is None or day <= s.exited_on))


def _row(spell: Spell, participant: Participant) -> SpellRow:
    return SpellRow(
        participant.code,
        spell.municipality,
        _CLASSES[participant.sex],
        participant.birth_year,
        spell.entered_on,
        None,
        spell.referral,
        spell.exited_on,
        spell.exit_type,
        spell.destination,
    )


def _move(move: StepMove, spells: dict[int, Spell], people: dict[int, Participant]) -> MoveRow:
    return MoveRow(people[spells[move.spell_id].participant_id].code, move.moved_on, move.step)
