"""What the sections about those who wait to start, and those who are paused, count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arena_cli.errors import translatable
from arena_cli.figures.waiting import NOT_PAUSED
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.monthly import CLOSING, Definitions, within
from arena_cli.figures.why.records import AssignmentCase, SpellCase, each_assignment, each_spell
from arena_cli.model import AssignmentOutcome, PauseReason, Project, Spell


def of_project(_: Project) -> Definitions:
    """The definitions of the sections `waiting` and `paused`."""
    return {**_waiting(), **_paused()}


def _waiting() -> Definitions:
    def ended_as(outcome: AssignmentOutcome) -> Rule[AssignmentCase]:
        return (
            lambda q, c: c.assignment.outcome is outcome and within(q.month, c.assignment.ended_on),
            translatable("the wait did not end so in the month"),
        )

    measures: Mapping[str, tuple[str, Rule[AssignmentCase]]] = {
        "opening": (
            translatable("Assignments that waited at the end of the day before the month."),
            (lambda q, c: _waits(q.month.before, c), translatable("did not wait then")),
        ),
        "assigned": (
            translatable("Assignments made in the month."),
            (lambda q, c: within(q.month, c.assignment.assigned_on), translatable("not assigned in the month")),
        ),
        "started": (
            translatable("Waits that ended in the month with a start."),
            ended_as(AssignmentOutcome.STARTED),
        ),
        "withdrawn": (
            translatable("Waits that ended in the month without a start."),
            ended_as(AssignmentOutcome.WITHDRAWN),
        ),
        "closing": (
            translatable("Assignments that wait at the end of the month."),
            (lambda q, c: _waits(q.month.last, c), translatable("does not wait then")),
        ),
    }
    return {
        ("waiting", measure): Definition(said, each_assignment, (rule,)) for measure, (said, rule) in measures.items()
    }


def _waits(day: date, case: AssignmentCase) -> bool:
    assignment = case.assignment
    return assignment.assigned_on <= day and (assignment.ended_on is None or assignment.ended_on > day)


def _paused() -> Definitions:
    def is_so(reason: str) -> Rule[SpellCase]:
        return lambda q, c: _reason_of_pause(q, c.spell) == reason, translatable("otherwise paused, or not")

    paused = translatable("Spells in stock at the end of the month that are paused then, for the reason: {reason}.")
    not_paused = translatable("Spells in stock at the end of the month that are not paused then.")
    found: Definitions = {("paused", NOT_PAUSED): Definition(not_paused, each_spell, (*CLOSING, is_so(NOT_PAUSED)))}
    for reason in PauseReason:
        rules = (*CLOSING, is_so(reason.value))
        found["paused", reason.value] = Definition(paused, each_spell, rules, {"reason": reason})
    return found


def _reason_of_pause(question: Question, spell: Spell) -> str:
    last = question.month.last
    for pause in question.records.pauses.get(spell.id, ()):
        if pause.paused_on <= last and (pause.resumed_on is None or pause.resumed_on > last):
            return pause.reason.value
    return NOT_PAUSED
