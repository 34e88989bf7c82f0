"""What the sections about times in the project, days on a step, and returns count."""

from __future__ import annotations

from arena_cli.errors import translatable
from arena_cli.figures.durations import ACTIVE as ACTIVE_KIND
from arena_cli.figures.durations import LEAVERS, QUARTILES
from arena_cli.figures.returns import WITHIN
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.monthly import (
    ACTIVE,
    CLOSING,
    HAS_ENTERED,
    LEFT,
    NO_TRANSFER,
    NOT_BY_TRANSFER,
    Definitions,
    in_month,
    stands_on,
    step_after,
)
from arena_cli.figures.why.records import PersonCase, SpellCase, each_person_where_latest, each_spell
from arena_cli.model import NOT_PLACED, ExitType, Project
from arena_cli.rules import months_after


def of_project(project: Project) -> Definitions:
    """The definitions of the sections `time_in_project`, `days_in_project`, `days_on_step` and `returns`."""
    return {**_times(project), **_returns()}


def _times(project: Project) -> Definitions:
    ended: Rule[PersonCase] = (
        lambda q, c: in_month(q, c.latest),
        translatable("the latest spell did not end in the month"),
    )
    kinds = {
        LEAVERS: (
            translatable("Participants whose latest spell ended in the month, not by transfer."),
            (*LEFT, ended, NO_TRANSFER),
        ),
        ACTIVE_KIND: (
            translatable("Participants in the project at the end of the month."),
            (HAS_ENTERED, ACTIVE),
        ),
    }
    days_said = {
        LEAVERS: translatable(
            "Days in the project of the participants whose latest spell ended in the month, not by transfer: "
            "{quarters} of 4 have at most so many."
        ),
        ACTIVE_KIND: translatable(
            "Days in the project of the participants who are there at the end of the month: "
            "{quarters} of 4 have at most so many."
        ),
    }
    found: Definitions = {}
    for kind, (said, rules) in kinds.items():
        found["time_in_project", kind] = Definition(said, each_person_where_latest, rules)
        for quartile, quarters in QUARTILES.items():
            found["days_in_project", f"{kind}_{quartile}"] = Definition(
                days_said[kind],
                each_person_where_latest,
                rules,
                {"quarters": quarters},
                _days_in_project,
                quarters,
            )
    places: dict[str, object] = {**{step.code: step for step in project.steps}, NOT_PLACED: "–"}
    for place, step in places.items():
        found["days_on_step", place] = Definition(
            translatable("Days on the step {step} of the spells that stand there: half of them have at most so many."),
            each_spell,
            (*CLOSING, stands_on(place)),
            {"step": step},
            _days_on_step,
            QUARTILES["median"],
        )
    return found


def _days_in_project(question: Question, case: PersonCase) -> int:
    days: set[int] = set()
    for spell in case.entered:
        last = min(spell.exited_on or question.month.last, question.month.last)
        days.update(range(spell.entered_on.toordinal(), last.toordinal() + 1))
    return len(days)


def _days_on_step(question: Question, case: SpellCase) -> int:
    moves = [move for move in case.moves if move.moved_on <= question.month.last]
    step = step_after(question, case)
    since = case.spell.entered_on
    while moves and moves[-1].step == step:
        since = moves.pop().moved_on
    return (question.month.last - since).days + 1


def _returns() -> Definitions:
    has_ended: Rule[SpellCase] = (
        lambda q, c: c.spell.exited_on is not None and c.spell.exited_on <= q.month.last,
        translatable("has not ended"),
    )
    alive: Rule[SpellCase] = (
        lambda _, c: c.spell.exit_type is not ExitType.DECEASED,
        translatable("ended because the participant died"),
    )
    exits = (has_ended, NOT_BY_TRANSFER, alive)
    found: Definitions = {
        ("returns", "exits"): Definition(
            translatable("Spells that have ended, neither by transfer nor because the participant died."),
            each_spell,
            exits,
        )
    }
    said = {
        "returned": translatable("Exits at least {months} months ago after which the participant came back by then."),
        "stayed_away": translatable(
            "Exits at least {months} months ago after which the participant did not come back by then."
        ),
        "not_due": translatable("Exits less than {months} months ago."),
    }
    for months in WITHIN:
        for outcome, meaning in said.items():
            found["returns", f"{outcome}_{months}"] = Definition(
                meaning, each_spell, (*exits, _return_is(outcome, months)), {"months": months}
            )
    return found


def _return_is(outcome: str, months: int) -> Rule[SpellCase]:
    def holds(question: Question, case: SpellCase) -> bool:
        if case.spell.exited_on is None:
            return False
        day = months_after(case.spell.exited_on, months)
        came_back = case.after is not None and case.after.entered_on <= day
        return outcome == ("not_due" if day > question.month.last else "returned" if came_back else "stayed_away")

    said = {
        "returned": translatable("not due yet, or did not come back by then"),
        "stayed_away": translatable("not due yet, or came back by then"),
        "not_due": translatable("due by the end of the month"),
    }
    return holds, said[outcome]
