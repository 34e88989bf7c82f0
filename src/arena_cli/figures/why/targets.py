"""What is counted as reached of the targets."""

from __future__ import annotations

from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.monthly import (
    ENTERED,
    EXITED,
    HAS_ENTERED,
    LEAVERS_FOR_GOOD,
    SERVED,
    Definitions,
    comparison_is,
    group_of,
)
from arena_cli.figures.why.placements import BEGUN_BY_END, BEGUN_IN_MONTH
from arena_cli.figures.why.records import (
    PersonCase,
    each_person,
    each_person_where_first,
    each_person_where_latest,
    each_placement,
    each_spell,
)
from arena_cli.model import Project, StepMove

WORK_OR_STUDIES: Final = ("work", "studies")
NEITHER_WORK_NOR_STUDIES: Final = translatable("neither to work nor to studies")


def of_project(_: Project) -> Definitions:
    """The definitions of the section `reached`."""
    up: Rule[PersonCase] = (_has_moved_up, translatable("the last step so far is not above the first one"))
    return {
        ("reached", "intake_month"): Definition(
            translatable("Spells entered in the month, the participant's first in the project."), each_spell, ENTERED
        ),
        ("reached", "intake_total"): Definition(
            translatable("Participants who have entered, in the municipality of the first entry."),
            each_person_where_first,
            (HAS_ENTERED,),
        ),
        ("reached", "moved_up_month"): Definition(
            translatable("Spells served in the month whose step after is above the step before."),
            each_spell,
            (*SERVED, comparison_is("up")),
        ),
        ("reached", "moved_up_total"): Definition(
            translatable("Participants whose last step so far is above their first one in the project."),
            each_person_where_latest,
            (HAS_ENTERED, up),
        ),
        ("reached", "work_or_studies_month"): Definition(
            translatable("Spells that ended in the month, not by transfer, with work or studies."),
            each_spell,
            (*EXITED, (lambda q, c: group_of(q, c.spell) in WORK_OR_STUDIES, NEITHER_WORK_NOR_STUDIES)),
        ),
        ("reached", "work_or_studies_total"): Definition(
            translatable("Participants who have left, their latest spell in the row to work or studies."),
            each_person,
            (
                *LEAVERS_FOR_GOOD,
                (lambda q, c: group_of(q, c.latest) in WORK_OR_STUDIES, NEITHER_WORK_NOR_STUDIES),
            ),
        ),
        ("reached", "placements_month"): Definition(
            translatable("Placements begun in the month."), each_placement, (BEGUN_IN_MONTH,)
        ),
        ("reached", "placements_total"): Definition(
            translatable("Placements begun by the end of the month."), each_placement, (BEGUN_BY_END,)
        ),
    }


def _has_moved_up(question: Question, case: PersonCase) -> bool:
    moves: list[StepMove] = [
        move for spell in case.entered for move in case.journey.moves_of(spell) if move.moved_on <= question.month.last
    ]
    positions = {step.code: step.position for step in question.project.steps}
    return bool(moves) and positions[moves[-1].step] > positions[moves[0].step]
