"""Looking at what is registered. Tables for people, `--json` for programs; nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Final

import typer

from arena_cli import casework
from arena_cli.casework.protection import SHIELDED, protected_codes
from arena_cli.cli.asking import wanted
from arena_cli.cli.changes import Line, rows, with_participants
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, Code, Municipalities, StepName, date_of
from arena_cli.cli.output import answer, answer_json, is_narrow, say, table
from arena_cli.cli.purpose import Purpose
from arena_cli.cli.words import NOTHING, Wording
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.lookup import find_municipalities, find_step
from arena_cli.model import AccessAction, Participant, Spell
from arena_cli.records import LOOKS
from arena_cli.store import Store

if TYPE_CHECKING:
    from arena_cli.cli.timeline import Life

Active = Annotated[bool, typer.Option("--active", help=translatable("Only those who are in the project now."))]
Exited = Annotated[bool, typer.Option("--exited", help=translatable("Only those who have left."))]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar=translatable("DATE"), help=translatable("Only changes made on this day or later.")),
]
OfParticipant = Annotated[
    str | None,
    typer.Option("--participant", metavar=translatable("CODE"), help=translatable("Only this participant's changes.")),
]


@dataclass(frozen=True, slots=True)
class Standing:
    """A participant's latest spell and the step it stands on, or ended on."""

    participant: Participant
    spell: Spell
    step: str | None

    @property
    def active(self) -> bool:
        """Whether the participant is in the project."""
        return self.spell.exited_on is None

    def shielded(self) -> Standing:
        """The same without what tells where somebody is whose data are protected."""
        if not self.participant.is_protected:
            return self
        return replace(
            self,
            participant=replace(self.participant, ref=None),
            spell=replace(self.spell, municipality=SHIELDED, referral=None),
        )


def show_participant(context: typer.Context, code: Code, *, purpose: Purpose = None, as_json: AsJson = False) -> None:
    """Show everything that is registered about a participant, in the order of time."""
    from arena_cli.cli.timeline import Life, life_as_json, timeline

    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        life = Life.of(store, code)
        wording = Wording(store.project(), session.language)
    if life.known.participant.is_protected:
        life = _opened(session, life, purpose)
    if as_json:
        answer_json(life_as_json(life))
        return
    person = life.known.participant
    facts = [f"{wording.column(c)}: {wording.value(c, getattr(person, c))}" for c in ("sex", "birth_year", "ref")]
    answer(f"{person.code}  {', '.join(facts)}")
    for former in life.formers:
        message = translatable("{code} until {merged_on}, when the two were found to be one person")
        answer(session.language.text(message, code=former.participant.code, merged_on=former.merged_on))
    answer("")
    headings = (translatable("Date"), translatable("Number"), translatable("What"))
    told = [(event.when, event.number, event.what) for event in timeline(life, wording)]
    table([session.language.text(h) for h in headings], told)


def _opened(session: Session, life: Life, purpose: str | None) -> Life:
    """The life of somebody whose data are protected: without what tells where, unless it is written down what for."""
    code = life.known.participant.code
    if purpose is None:
        message = translatable("{code}: the data are protected. --purpose shows where, and is kept in the journal.")
        say(session.language.text(message, code=code))
        return life.shielded()
    from arena_cli.casework.access import record_access
    from arena_cli.cli.purpose import PURPOSE

    with session.writing() as store:
        reason = wanted(session, purpose, PURPOSE)
        record_access(store, session.occasion(), AccessAction.READ, reason, "show-participant", 1, code)
    return life


def list_participants(
    context: typer.Context,
    *,
    municipalities: Municipalities = None,
    step: StepName = None,
    active: Active = False,
    exited: Exited = False,
    as_json: AsJson = False,
) -> None:
    """List participants by municipality and day of entry, each with the latest spell."""
    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        project = store.project()
        places = find_municipalities(project, municipalities)
        on_step = find_step(project, step) if step is not None else None
        standings = [s.shielded() for s in _standings(store) if not (places and s.participant.is_protected)]
    wording = Wording(project, session.language)
    kinds = {True, False} if active == exited else {active}
    shown = [
        s
        for s in standings
        if (not places or s.spell.municipality in places)
        and (on_step is None or s.step == on_step)
        and s.active in kinds
    ]
    shown.sort(
        key=lambda s: (
            session.language.sort_key(wording.value("municipality", s.spell.municipality)),
            s.spell.entered_on,
            s.participant.code,
        )
    )
    if as_json:
        answer_json([_standing_as_json(s) for s in shown])
        return
    narrow = is_narrow()
    columns = ["municipality", "entered_on", "step", "exited_on", "destination", "sex"]
    if not narrow:
        columns += ["birth_year", "ref"]
    headings = [session.language.text(translatable("Code")), *map(wording.column, columns)]
    table(headings, [_standing_row(s, wording, columns, narrow=narrow) for s in shown])
    say(session.language.plural("{count} participant", "{count} participants", count=len(shown)))


def list_municipalities(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the project's municipalities in alphabetical order, each with its active participants."""
    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        municipalities = store.project().municipalities
        active = Counter(s.spell.municipality for s in _standings(store) if s.active)
    numbered = sorted(enumerate(municipalities, 1), key=lambda pair: session.language.sort_key(pair[1].short_name))
    if as_json:
        answer_json(
            [
                {
                    "code": m.code,
                    "position": position,
                    "name": m.name,
                    "short_name": m.short_name,
                    "active": active[m.code],
                }
                for position, m in numbered
            ]
        )
        return
    headings = (translatable("Number"), translatable("Code"), translatable("Municipality"), translatable("Active"))
    table(
        [session.language.text(h) for h in headings],
        [(position, m.code, m.name, active[m.code]) for position, m in numbered],
    )


def list_steps(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the steps from the lowest, each with the participants who stand on it."""
    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        steps = store.project().steps
        active = Counter(s.step for s in _standings(store) if s.active)
    if as_json:
        answer_json(
            [
                {
                    "code": s.code,
                    "position": s.position,
                    "name": s.name,
                    "name_en": s.name_en,
                    "description": s.description,
                    "description_en": s.description_en,
                    "active": active[s.code],
                }
                for s in steps
            ]
        )
        return
    in_english = session.language.code == "en"
    headings = (
        translatable("Number"),
        translatable("Code"),
        translatable("Step"),
        translatable("Active"),
        translatable("What it means"),
    )
    table(
        [session.language.text(h) for h in headings],
        [
            (
                s.position,
                s.code,
                s.name_en if in_english else s.name,
                active[s.code],
                s.description_en if in_english else s.description,
            )
            for s in steps
        ],
    )


def list_destinations(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the destinations with the group to which each is counted."""
    session: Session = context.obj
    with session.reading() as store:
        destinations = store.project().destinations
    if as_json:
        answer_json(
            [
                {"code": d.code, "position": n, "group": d.group.value, "name": d.name, "name_en": d.name_en}
                for n, d in enumerate(destinations, 1)
            ]
        )
        return
    language = session.language
    headings = (
        translatable("Number"),
        translatable("Code"),
        translatable("Destination"),
        translatable("Counted as"),
    )
    table(
        [language.text(h) for h in headings],
        [
            (n, d.code, language.text("{name}", name=d), language.text("{group}", group=d.group))
            for n, d in enumerate(destinations, 1)
        ],
    )


def list_referrals(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List who can have sent a participant."""
    session: Session = context.obj
    with session.reading() as store:
        referrals = store.project().referrals
    if as_json:
        answer_json(
            [{"code": r.code, "position": n, "name": r.name, "name_en": r.name_en} for n, r in enumerate(referrals, 1)]
        )
        return
    headings = (translatable("Number"), translatable("Code"), translatable("Sent by"))
    table(
        [session.language.text(h) for h in headings],
        [(n, r.code, session.language.text("{name}", name=r)) for n, r in enumerate(referrals, 1)],
    )


def list_changes(
    context: typer.Context, participant: OfParticipant = None, since: Since = None, as_json: AsJson = False
) -> None:
    """List the journal, the oldest change first."""
    session: Session = context.obj
    from_day = date_of("--since", session.today)(since) if since is not None else date.min
    with session.reading() as store, store.snapshot():
        wording = Wording(store.project(), session.language)
        codes = _codes_of(store, participant) if participant is not None else None
        lines = [
            line
            for line in with_participants(store.entries(), protected_codes(store))
            if (codes is None or line.participant in codes)
            and line.when.date() >= from_day
            and line.entry.subject not in LOOKS
        ]
    if as_json:
        answer_json([_line_as_json(line) for line in lines])
        return
    headings = [
        translatable("Change"),
        translatable("When"),
        translatable("Who"),
        translatable("Command"),
        translatable("Participant"),
        translatable("What"),
        translatable("Why"),
    ]
    told: list[tuple[object, ...]] = [*rows(lines, wording)]
    if is_narrow():
        headings = [h for h in headings if h not in {"Who", "Why"}]
        told = [
            (row.number, row.when[:10], row.command, row.participant, " – ".join(filter(None, (row.what, row.why))))
            for row in rows(lines, wording)
        ]
    table([session.language.text(h) for h in headings], told)


def _line_as_json(line: Line) -> dict[str, object]:
    entry = line.entry
    return {
        "seq": entry.seq,
        "change": entry.change,
        "at": entry.at,
        "actor": entry.actor,
        "command": entry.command,
        "why": entry.why,
        "undoes": entry.undoes,
        "participant": line.participant,
        "subject": entry.subject,
        "record": entry.record,
        "before": line.before or None,
        "after": line.after or None,
        "hash": entry.hash,
    }


def _codes_of(store: Store, typed: str) -> set[str]:
    """All codes that a participant has had."""
    from arena_cli.casework.formers import formers_of

    person = casework.find_participant(store, typed)
    return {person.code, *(former.participant.code for former in formers_of(store, person))}


# -- participants -----------------------------------------------------------------------------------------------------


def _standings(store: Store) -> Iterator[Standing]:
    """Where every participant stands, by the latest spell that counts."""
    people = {person.id: person for person in store.participants()}
    steps = {move.spell_id: move.step for move in store.moves()}
    counted = (spell for spell in store.spells() if spell.counts)
    for participant_id, spells in groupby(counted, key=lambda spell: spell.participant_id):
        *_, latest = spells
        yield Standing(people[participant_id], latest, steps.get(latest.id))


def _standing_row(standing: Standing, wording: Wording, columns: Iterable[str], *, narrow: bool) -> list[str]:
    """The participant's code and the columns; where it is narrow, of the step its code only."""
    cells = [standing.participant.code]
    for column in columns:
        if column == "step":
            cells.append((standing.step or NOTHING) if narrow else wording.value(column, standing.step))
        else:
            owner = standing.participant if column in {"sex", "birth_year", "ref"} else standing.spell
            cells.append(wording.value(column, getattr(owner, column)))
    return cells


def _standing_as_json(standing: Standing) -> dict[str, object]:
    return {**_person_as_json(standing.participant), **_spell_as_json(standing.spell), "step": standing.step}


def _person_as_json(person: Participant) -> dict[str, object]:
    return {"code": person.code, "ref": person.ref, "sex": person.sex.value, "birth_year": person.birth_year}


def _spell_as_json(spell: Spell) -> dict[str, object]:
    return {
        "municipality": spell.municipality,
        "entered_on": spell.entered_on.isoformat(),
        "exited_on": spell.exited_on.isoformat() if spell.exited_on else None,
        "exit_type": spell.exit_type.value if spell.exit_type else None,
        "destination": spell.destination,
        "referral": spell.referral,
    }


COMMANDS: Final = {
    "show-participant": Command(
        show_participant,
        "arena show-participant K7QX-4M",
        translatable(
            "Numbers the spells, moves, pauses and placements, for edit-spell, edit-move, edit-pause and "
            "edit-placement."
        ),
    ),
    "list-participants": Command(list_participants, "arena list-participants --municipality Krokom --active"),
    "list-municipalities": Command(list_municipalities, "arena list-municipalities"),
    "list-steps": Command(list_steps, "arena list-steps"),
    "list-destinations": Command(list_destinations, "arena list-destinations --lang en"),
    "list-referrals": Command(list_referrals, "arena list-referrals --json"),
    "list-changes": Command(list_changes, "arena list-changes --participant K7QX-4M --since 2016-10-01"),
}
