"""Lists of placements, hours, follow-ups and backgrounds: those that a store's records make, and random ones.

The random ones are half wrong: days outside spells, places that are full, answers that contradict each other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from arena_cli.exchange.columns import HEADERS, Kind
from arena_cli.model import (
    Answer,
    Attendance,
    Background,
    Education,
    Employment,
    FollowUp,
    FollowUpKind,
    Income,
    IncomeSource,
    Moment,
    Participant,
    Place,
    Placement,
    Sector,
    Spell,
    questions,
)
from arena_cli.records import Record
from arena_cli.rules import spell_on
from arena_cli.store import Store
from tests.sample import PROJECT, TODAY

DAY = timedelta(days=1)
Row = Mapping[str, str]


def write_rows(path: Path, kind: Kind, rows: Iterable[Row]) -> Path:
    """Write a list with all columns of its kind."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*HEADERS[kind]], restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


# -- of a store -------------------------------------------------------------------------------------------------------


def rows_of(store: Store) -> dict[Kind, list[dict[str, str]]]:
    """The rows that a store's records make. Those of spells that were registered by mistake are left out."""
    people = {person.id: person for person in store.participants()}
    spells = {spell.id: spell for spell in store.spells() if spell.counts}
    places = {place.id: place for place in store.records(Place)}

    def ref(spell_id: int) -> str:
        return str(people[spells[spell_id].participant_id].ref)

    def of_spell(spell_id: int) -> dict[str, str]:
        spell = spells[spell_id]
        return {"municipality": spell.municipality, "entered_on": str(spell.entered_on)}

    return {
        Kind.PLACEMENTS: [
            {"ref": ref(p.spell_id), "place": places[p.place_id].code, "placed_on": str(p.placed_on)}
            | {"planned_end_on": _cell(p.planned_end_on), "ended_on": _cell(p.ended_on)}
            for p in store.records(Placement)
            if p.spell_id in spells
        ],
        Kind.HOURS: [
            {"ref": ref(h.spell_id), "month": h.month, "activity": h.activity}
            | {"hours": f"{h.minutes // 60}:{h.minutes % 60:02}", "certified": "ja" if h.certified else "nej"}
            | of_spell(h.spell_id)
            for h in store.records(Attendance)
            if h.spell_id in spells
        ],
        Kind.FOLLOW_UPS: [
            {"ref": ref(f.spell_id), "kind": f.kind.value, "followed_up_on": str(f.followed_up_on)}
            | {"reached": "ja" if f.reached else "nej"}
            | {field: _cell(getattr(f, field)) for field in questions(FollowUp)}
            | _income(store, Moment(f.kind), f.spell_id)
            | of_spell(f.spell_id)
            for f in store.records(FollowUp)
            if f.spell_id in spells
        ],
        Kind.BACKGROUNDS: [
            {"ref": str(people[b.participant_id].ref)}
            | {field: _cell(getattr(b, field)) for field in questions(Background)}
            | _income(store, Moment.BEFORE, None, b.participant_id)
            for b in store.records(Background)
        ],
    }


def _income(store: Store, moment: Moment, spell_id: int | None, participant_id: int | None = None) -> dict[str, str]:
    condition = "WHERE moment = ? AND spell_id IS ? AND (? IS NULL OR participant_id = ?)"
    incomes = store.records(Income, condition, (moment.value, spell_id, participant_id, participant_id))
    main = next((income.source.value for income in incomes if income.is_main), "")
    return {"income": " + ".join(income.source.value for income in incomes), "main_income": main}


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def recorded(store: Store) -> Mapping[Kind, Sequence[str]]:
    """What a store holds of each kind, without ids, in an order of its own."""
    people = {person.id: person for person in store.participants()}
    spells = {spell.id: spell for spell in store.spells()}

    def said(record: Record) -> str:
        values = {name: getattr(record, name) for name in record.__slots__ if name not in {"id", "spell_id"}}
        spell_id = getattr(record, "spell_id", None)
        spell = spells.get(spell_id) if spell_id else None
        owner = people[spell.participant_id if spell else values["participant_id"]]
        values.pop("participant_id", None)
        return f"{owner.ref} {spell and (spell.municipality, spell.entered_on)} {values}"

    return {
        kind: sorted(said(record) for record_kind in kinds for record in store.records(record_kind))
        for kind, kinds in (
            (Kind.PLACEMENTS, (Placement,)),
            (Kind.HOURS, (Attendance,)),
            (Kind.FOLLOW_UPS, (FollowUp,)),
            (Kind.BACKGROUNDS, (Background, Income)),
        )
    }


# -- random -----------------------------------------------------------------------------------------------------------


def random_rows(random: Random, store: Store, kind: Kind, count: int) -> list[dict[str, str]]:
    """So many rows about the people of a store, of which some break a rule."""
    people = [person for person in store.participants() if person.ref is not None]
    spells: dict[int, list[Spell]] = {}
    for spell in store.spells():
        spells.setdefault(spell.participant_id, []).append(spell)
    make = {
        Kind.PLACEMENTS: _random_placement,
        Kind.HOURS: _random_hours,
        Kind.FOLLOW_UPS: _random_follow_up,
        Kind.BACKGROUNDS: _random_background,
    }[kind]
    rows = []
    for _ in range(count):
        person = random.choice(people)
        row = make(random, store, random.choice(spells[person.id]))
        rows.append({"ref": _ref(random, person)} | {column: _cell(value) for column, value in row.items()})
    return rows


def _ref(random: Random, person: Participant) -> str:
    return person.code if random.random() < 0.2 else str(person.ref)


def _near(random: Random, spell: Spell) -> date:
    """A day in or near a spell, often one of its edges."""
    last = min(spell.exited_on or TODAY, PROJECT.ends_on)
    day = spell.entered_on + random.randint(-5, max(5, (last - spell.entered_on).days + 5)) * DAY
    return random.choice([day, day, spell.entered_on, last])


def _random_placement(random: Random, store: Store, spell: Spell) -> dict[str, object]:
    placed_on = _near(random, spell)
    ended_on = random.choice([None, _near(random, spell)])
    planned = random.choice([None, None, placed_on + random.randint(-1, 90) * DAY])
    place = random.choice(store.records(Place))
    return {"place": place.code, "placed_on": placed_on, "planned_end_on": planned, "ended_on": ended_on}


def _random_hours(random: Random, store: Store, spell: Spell) -> dict[str, object]:
    day = _near(random, spell)
    hours = random.choice(["0", "1", "12:30", "7,5", "20", "400", "744"])
    row = {"month": f"{day:%Y-%m}", "activity": random.choice(PROJECT.activities).code, "hours": hours}
    named = {"municipality": spell.municipality, "entered_on": spell.entered_on} if random.random() < 0.5 else {}
    return {**row, "certified": random.choice(["", "ja", "nej"]), **named}


def _random_follow_up(random: Random, store: Store, spell: Spell) -> dict[str, object]:
    kind = random.choice(list(FollowUpKind))
    last = min(spell.exited_on or TODAY, TODAY)
    day = min(TODAY, last + random.choice([-1, 0, 5, 28, 29, 180, 184, 300]) * DAY)
    row: dict[str, object] = {"kind": kind, "followed_up_on": day, "reached": random.choice(["", "", "ja", "nej"])}
    for field in ("working", "studying", "job_searching", "subsidised"):
        row[field] = random.choice(["", *Answer])
    row["work_extent"] = random.choice([None, None, 50, 0, 101])
    row["employer_sector"] = random.choice(["", "", *Sector])
    named = {"municipality": spell.municipality, "entered_on": spell.entered_on}
    return {**row, **_random_income(random), **named}


def _random_background(random: Random, store: Store, spell: Spell) -> dict[str, object]:
    row: dict[str, object] = {
        "employment": random.choice(["", *Employment]),
        "education": random.choice(["", *Education]),
        "months_without_work": random.choice([None, None, 0, 12, 300, 1300]),
        "homeless": random.choice(["", *Answer]),
    }
    return {**row, **_random_income(random)}


def _random_income(random: Random) -> dict[str, object]:
    sources = random.sample([*IncomeSource], random.choice([0, 0, 1, 2, 3]))
    main = random.choice([*sources, random.choice([*IncomeSource])]) if random.random() < 0.5 else ""
    return {"income": "; ".join(sources), "main_income": main}


def stays_with_its_spell(store: Store, placement: Placement) -> bool:
    """Whether a placement belongs to the spell that its first day belongs to, as the verbs would have it."""
    (spell,) = store.spells("WHERE id = ?", (placement.spell_id,))
    return spell_on(store.spells("WHERE participant_id = ?", (spell.participant_id,)), placement.placed_on) == spell
