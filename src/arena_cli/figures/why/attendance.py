"""What the sections about hours count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from arena_cli.errors import translatable
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.monthly import Definitions
from arena_cli.figures.why.records import AttenderCase, SpellCase, each_attender, each_spell
from arena_cli.model import Attendance, Month, Project, Spell


def of_project(project: Project) -> Definitions:
    """The definitions of the sections `attendance`, `minutes_by_activity` and `certified_by_activity`."""
    return _attendance(project)


def _minutes(question: Question, spell: Spell, *, activity: str | None = None, certified: bool = False) -> int:
    def counts(hours: Attendance) -> bool:
        return (
            hours.month == str(question.month)
            and activity in {None, hours.activity}
            and (hours.certified or not certified)
        )

    return sum(hours.minutes for hours in question.records.hours.get(spell.id, ()) if counts(hours))


def _was_paused(question: Question, case: AttenderCase) -> bool:
    """Whether every day of the month that the spells cover is a day of a pause."""
    return all(_days_paused(question, spell) == _days(question.month, spell) for spell in case.served)


def _days(month: Month, spell: Spell) -> int:
    last = min(spell.exited_on or month.last, month.last)
    return (last - max(spell.entered_on, month.first)).days + 1


def _days_paused(question: Question, spell: Spell) -> int:
    month = question.month
    first, last = max(spell.entered_on, month.first), min(spell.exited_on or month.last, month.last)
    days = 0
    for pause in question.records.pauses.get(spell.id, ()):
        until = last if pause.resumed_on is None else min(last, pause.resumed_on - timedelta(days=1))
        days += max(0, (until - max(first, pause.paused_on)).days + 1)
    return days


def _attendance(project: Project) -> Definitions:
    served: Rule[AttenderCase] = (lambda _, c: bool(c.served), translatable("no spell on any day of the month"))
    with_hours: Rule[AttenderCase] = (
        lambda q, c: any(_minutes(q, spell) for spell in c.served),
        translatable("no hours in the month"),
    )
    without_hours: Rule[AttenderCase] = (
        lambda q, c: not with_hours[0](q, c),
        translatable("has hours in the month"),
    )
    paused: Rule[AttenderCase] = (_was_paused, translatable("not paused the whole month"))
    not_paused: Rule[AttenderCase] = (
        lambda q, c: not _was_paused(q, c),
        translatable("paused the whole month"),
    )
    persons = {
        "participants": (translatable("Participants with a spell on some day of the month."), (served,)),
        "with_hours": (
            translatable("Participants with a spell on some day of the month and with hours registered for it."),
            (served, with_hours),
        ),
        "paused": (
            translatable("Participants without hours, paused on every day of the month that their spells have."),
            (served, without_hours, paused),
        ),
        "without_hours": (
            translatable("Participants with a spell on some day of the month, not paused all of it, without hours."),
            (served, without_hours, not_paused),
        ),
    }
    found: Definitions = {
        ("attendance", measure): Definition(said, each_attender, rules) for measure, (said, rules) in persons.items()
    }
    found["attendance", "minutes"] = _hours(translatable("Minutes registered for the month, spell by spell."))
    found["attendance", "certified_minutes"] = _hours(
        translatable("Certified minutes of the month, spell by spell."), certified=True
    )
    for activity in project.activities:
        facts = {"activity": activity}
        found["minutes_by_activity", activity.code] = _hours(
            translatable("Minutes registered for the month and the activity {activity}, spell by spell."),
            facts,
            activity=activity.code,
        )
        found["certified_by_activity", activity.code] = _hours(
            translatable("Certified minutes of the month and the activity {activity}, spell by spell."),
            facts,
            activity=activity.code,
            certified=True,
        )
    return found


def _hours(
    meaning: str, facts: Mapping[str, object] | None = None, *, activity: str | None = None, certified: bool = False
) -> Definition[SpellCase]:
    def amount(question: Question, case: SpellCase) -> int:
        return _minutes(question, case.spell, activity=activity, certified=certified)

    return Definition(
        meaning,
        each_spell,
        ((lambda q, c: amount(q, c) > 0, translatable("no such hours in the month")),),
        facts or {},
        amount,
    )
