"""The work list: what is to be done about whom, since when and by when, and the command that settles it.

| kind | listed | since | due |
|---|---|---|---|
| `follow_up_immediate` | who has left for good and is not followed up | the exit | four weeks after the exit |
| `follow_up_six_months` | the same, six months after the exit or later | six months after | four weeks after that |
| `destination` | an exit without a destination; a death has none | the exit | the exit |
| `incomplete` | a record that lacks what the fund requires | the first entry | the first entry |
| `quiet` | an open spell, not paused, without an event for 60 days | the last event | 60 days after |
| `placement_end` | a placement that runs past its planned end | the planned end | the planned end |
| `certification` | hours of a past month that are not certified | the month's end | four weeks after |
| `waiting` | somebody assigned who has waited for more than 30 days | the assignment | 30 days after |
| `pause` | a pause of more than 90 days in an open spell | the first day of the pause | 90 days after |

An event is an entry, a move, a pause or a return from one, the first or last day of a placement, or hours (the last day
of their month). Who has come back has not left for good. What somebody has declined to answer can be asked no more: it
is not listed, though the record stays incomplete. Misregistered spells and what hangs on them are never listed.
Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from arena_cli.figures.spells import months_after, order_of
from arena_cli.indicators import NOT_KNOWN, Requirement, fund_table
from arena_cli.indicators.tables import OF_A_PARTICIPANT
from arena_cli.model import Project
from arena_cli.store import Row, Store

QUIET_DAYS: Final = 60
WAITING_DAYS: Final = 30
PAUSED_DAYS: Final = 90
FOUR_WEEKS: Final = 28


class Matter(StrEnum):
    FOLLOW_UP_IMMEDIATE = "follow_up_immediate"
    FOLLOW_UP_SIX_MONTHS = "follow_up_six_months"
    DESTINATION = "destination"
    INCOMPLETE = "incomplete"
    QUIET = "quiet"
    PLACEMENT_END = "placement_end"
    CERTIFICATION = "certification"
    WAITING = "waiting"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be done about a participant. It is overdue from the day after `due_on`.

    `about` says what exactly: the fields that lack an answer, the place, the month. In `command` words in capitals
    stand for what only the user knows.
    """

    kind: Matter
    participant: str
    municipality: str
    since: date
    due_on: date
    days_overdue: int
    command: str
    about: tuple[str, ...] = ()

    def shielded(self, word: str) -> Item:
        """The same without what tells where the participant is; `word` stands for it."""
        if self.kind is not Matter.PLACEMENT_END:
            return replace(self, municipality=word)
        command = self.command.replace(f"--place {self.about[0]}", "--place PLACE")
        return replace(self, municipality=word, about=(word,), command=command)


def due(store: Store, today: date, municipality: str | None = None, code: str | None = None) -> list[Item]:
    """What is to be done, of one municipality or participant or of all: what is overdue first, then by day and code."""
    with store.snapshot():
        project = store.project()
        items = [
            item
            for matter, rows in _rows(store, project, today, code)
            for item in (_item(matter, row, project, today) for row in rows)
            if municipality in {None, item.municipality}
        ]
    place = {matter: number for number, matter in enumerate(Matter)}
    return sorted(items, key=lambda item: (item.due_on, item.participant, place[item.kind], item.about))


def _rows(store: Store, project: Project, today: date, code: str | None) -> Iterator[tuple[Matter, list[Row]]]:
    """Of each kind the participant's code, the municipality, since, due, and what the command needs."""
    parameters = {"today": today.isoformat(), "code": code, "month": f"{today:%Y-%m}"}
    only = "" if code is None else "AND s.participant_id = (SELECT id FROM participant WHERE code = :code)"
    table = fund_table(project.fund_rules)
    queries = {**_QUERIES, Matter.INCOMPLETE: _incomplete(table.complete)} if table and table.complete else _QUERIES
    for matter in Matter:
        if matter in queries:
            yield matter, store.rows(queries[matter].replace(_ONLY, only), parameters)


# -- what is listed ---------------------------------------------------------------------------------------------------

_ONLY: Final = "/*only*/"
"""Where a query is narrowed to one participant's spells or assignments, `s`."""

_PAUSED: Final = """EXISTS (SELECT 1 FROM pause WHERE pause.spell_id = s.id AND pause.paused_on <= :today
                     AND (pause.resumed_on IS NULL OR pause.resumed_on > :today))"""


def _follow_up(kind: str, since: str) -> str:
    return f"""
SELECT p.code, s.municipality, {since} AS since, date({since}, '+{FOUR_WEEKS} days')
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.exit_type NOT IN ('transferred', 'deceased') AND since <= :today {_ONLY}
  AND NOT EXISTS (SELECT 1 FROM follow_up f WHERE f.spell_id = s.id AND f.kind = '{kind}')
  AND NOT EXISTS (SELECT 1 FROM counted_spell b
                  WHERE b.participant_id = s.participant_id AND ({order_of("b")}) > ({order_of("s")}))
"""


_QUERIES: Final = {
    Matter.FOLLOW_UP_IMMEDIATE: _follow_up("immediate", "s.exited_on"),
    Matter.FOLLOW_UP_SIX_MONTHS: _follow_up("six_months", months_after("s.exited_on", 6)),
    Matter.DESTINATION: f"""
SELECT p.code, s.municipality, s.exited_on, s.exited_on,
       1 + (SELECT count(*) FROM spell b
            WHERE b.participant_id = s.participant_id AND ({order_of("b")}) < ({order_of("s")}))
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.exited_on <= :today AND s.exit_type NOT IN ('transferred', 'deceased') AND s.destination IS NULL {_ONLY}
""",
    Matter.QUIET: f"""
SELECT code, municipality, since, date(since, '+{QUIET_DAYS} days') AS due_on, step
FROM (SELECT p.code, s.municipality,
             max(s.entered_on,
                 coalesce((SELECT max(moved_on) FROM step_move WHERE spell_id = s.id AND moved_on <= :today), ''),
                 coalesce((SELECT max(coalesce(resumed_on, paused_on)) FROM pause WHERE spell_id = s.id), ''),
                 coalesce((SELECT max(coalesce(ended_on, placed_on)) FROM placement WHERE spell_id = s.id), ''),
                 coalesce((SELECT min(date(max(month) || '-01', '+1 month', '-1 day'), :today)
                           FROM attendance WHERE spell_id = s.id HAVING max(month) IS NOT NULL), '')) AS since,
             (SELECT step FROM step_move WHERE spell_id = s.id ORDER BY moved_on DESC, id DESC LIMIT 1) AS step
      FROM counted_spell s JOIN participant p ON p.id = s.participant_id
      WHERE s.entered_on <= :today AND s.exited_on IS NULL AND NOT {_PAUSED} {_ONLY})
WHERE due_on <= :today
""",
    Matter.PLACEMENT_END: f"""
SELECT p.code, s.municipality, placement.planned_end_on, placement.planned_end_on, place.code
FROM placement
JOIN place ON place.id = placement.place_id
JOIN counted_spell s ON s.id = placement.spell_id
JOIN participant p ON p.id = s.participant_id
WHERE placement.planned_end_on < :today {_ONLY}
  AND coalesce(placement.ended_on, place.closes_on, '9999-12-31') > :today
""",
    Matter.CERTIFICATION: f"""
SELECT p.code, s.municipality, date(a.month || '-01', '+1 month', '-1 day') AS since,
       date(a.month || '-01', '+1 month', '-1 day', '+{FOUR_WEEKS} days'), a.month
FROM attendance a
JOIN counted_spell s ON s.id = a.spell_id
JOIN participant p ON p.id = s.participant_id
WHERE NOT a.certified AND a.month < :month {_ONLY}
GROUP BY p.code, s.municipality, a.month
""",
    Matter.WAITING: f"""
SELECT p.code, s.municipality, s.assigned_on, date(s.assigned_on, '+{WAITING_DAYS} days') AS due_on
FROM assignment s JOIN participant p ON p.id = s.participant_id
WHERE s.ended_on IS NULL AND due_on < :today {_ONLY}
""",
    Matter.PAUSE: f"""
SELECT p.code, s.municipality, pause.paused_on, date(pause.paused_on, '+{PAUSED_DAYS} days') AS due_on
FROM pause
JOIN counted_spell s ON s.id = pause.spell_id
JOIN participant p ON p.id = s.participant_id
WHERE pause.resumed_on IS NULL AND s.exited_on IS NULL AND due_on < :today {_ONLY}
""",
}


def _incomplete(requirements: tuple[Requirement, ...]) -> str:
    """Who lacks facts that a complete record holds, with the facts as a list with commas."""
    facts = {fact: requirement.entered_before for requirement in requirements for fact in requirement.facts}
    unasked = ", ".join(f"'{value}'" for value in NOT_KNOWN if value != "declined")
    lacking = []
    for fact, before in facts.items():
        table = "p" if fact in OF_A_PARTICIPANT else "b"
        lacks = f"coalesce({table}.{fact}, 'not_asked') IN ({unasked})"
        if before is not None:
            lacks += f" AND s.entered_on < '{before.isoformat()}'"
        lacking.append(f"CASE WHEN {lacks} THEN ',{fact}' ELSE '' END")
    return f"""
SELECT * FROM (
    SELECT p.code, s.municipality, s.entered_on, s.entered_on, {" || ".join(lacking)} AS lacking
    FROM counted_spell s
    JOIN participant p ON p.id = s.participant_id
    LEFT JOIN background b ON b.participant_id = p.id
    WHERE s.entered_on <= :today {_ONLY}
      AND NOT EXISTS (SELECT 1 FROM counted_spell e
                      WHERE e.participant_id = s.participant_id AND ({order_of("e")}) < ({order_of("s")})))
WHERE lacking <> ''
"""


# -- how it is settled ------------------------------------------------------------------------------------------------


def _item(matter: Matter, row: Row, project: Project, today: date) -> Item:
    code, municipality, since, due_on, *rest = row
    deadline = date.fromisoformat(due_on)
    about = tuple(str(rest[0]).strip(",").split(",")) if rest and matter in _SAYS_WHAT else ()
    return Item(
        matter,
        code,
        municipality,
        date.fromisoformat(since),
        deadline,
        max((today - deadline).days, 0),
        _command(matter, code, rest[0] if rest else None, deadline, project, today),
        about,
    )


_SAYS_WHAT: Final = frozenset({Matter.INCOMPLETE, Matter.PLACEMENT_END, Matter.CERTIFICATION})


_ENDS_SPELL: Final = "arena exit-participant {code} --date {ends_on} --destination DESTINATION"

_COMMANDS: Final = {
    Matter.FOLLOW_UP_IMMEDIATE: "arena add-follow-up {code} --kind immediate",
    Matter.FOLLOW_UP_SIX_MONTHS: "arena add-follow-up {code} --kind six-months",
    Matter.DESTINATION: "arena edit-spell {code} --number {detail} --destination DESTINATION --why WHY",
    Matter.QUIET: "arena move-participant {code} --to {detail}",
    Matter.PLACEMENT_END: "arena end-placement {code} --place {detail}",
    Matter.CERTIFICATION: "arena certify-hours {code} --month {detail}",
    Matter.WAITING: "arena start-participant {code}",
    Matter.PAUSE: "arena resume-participant {code}",
}

_AFTER_PROJECT: Final = {
    **_COMMANDS,
    Matter.QUIET: _ENDS_SPELL,
    Matter.WAITING: "arena withdraw-participant {code} --date {ends_on}",
    Matter.PAUSE: _ENDS_SPELL,
    Matter.PLACEMENT_END: "arena end-placement {code} --place {detail} --date {ends_on}",
}
"""When the project has ended, a spell, a placement or a wait can only be ended, on its last day at the latest."""


def _command(matter: Matter, code: str, detail: object, deadline: date, project: Project, today: date) -> str:
    if matter is Matter.INCOMPLETE:
        return _complete(code, str(detail).strip(",").split(","))
    template = (_COMMANDS if today <= project.ends_on else _AFTER_PROJECT)[matter]
    command = template.format(code=code, detail=detail or "STEP", ends_on=project.ends_on)
    if matter is Matter.FOLLOW_UP_IMMEDIATE and today > deadline:
        command += f" --date {deadline}"  # the last day whose situation still counts
    return command


def _complete(code: str, lacking: list[str]) -> str:
    """What was not asked is asked by `add-background`; what is wrong about the person is corrected first."""
    options = {"sex": "--sex SEX", "birth_year": "--birth-year YEAR"}
    of_person = [options[fact] for fact in lacking if fact in options]
    if of_person:
        return f"arena edit-participant {code} {' '.join(of_person)} --why WHY"
    return f"arena add-background {code}"
