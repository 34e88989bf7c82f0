"""What became of those who left, and what the project set out to reach."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from arena_cli.model.activity import Sector
from arena_cli.model.background import Answer
from arena_cli.model.noun import Noun, dataclass
from arena_cli.model.questions import Question


class FollowUpKind(StrEnum):
    """Within four weeks of leaving, or the situation six months after (1304/2013 Annex I)."""

    IMMEDIATE = "immediate"
    SIX_MONTHS = "six_months"


_WORKS: Final = ("working", Answer.YES)
_STUDIES: Final = ("studying", Answer.YES)
_ON_LEAVING: Final = ("kind", FollowUpKind.IMMEDIATE)
_SIX_MONTHS_LATER: Final = ("kind", FollowUpKind.SIX_MONTHS)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FollowUp(Noun):
    """A leaver's situation. Work and studies may hold at once; not reached is not the same as not working.

    Extents are per cent of full time (100 is 40 hours a week). Three answers are those that Kolada's yardstick asks
    for: whether the work lasts a month without a break, whether it is one of the municipality's own labour-market jobs,
    and whether the studies entitle to study aid.
    """

    id: int
    spell_id: int
    kind: FollowUpKind
    followed_up_on: date
    reached: bool = True
    working: Annotated[Answer, Question("Arbetar", "Is working")] = Answer.NOT_ASKED
    work_extent: Annotated[
        int | None,
        Question("Arbetets omfattning, procent av heltid", "Extent of the work, per cent", "extent", _WORKS),
    ] = None
    subsidised: Annotated[Answer, Question("Arbetet har stöd", "The work is subsidised", only_if=_WORKS)] = (
        Answer.NOT_ASKED
    )
    employer_sector: Annotated[
        Sector | None, Question("Arbetsgivarens sektor", "The employer's sector", "sector", _WORKS)
    ] = None
    studying: Annotated[Answer, Question("Studerar", "Is studying")] = Answer.NOT_ASKED
    study_extent: Annotated[
        int | None,
        Question("Studiernas omfattning, procent av heltid", "Extent of the studies, per cent", only_if=_STUDIES),
    ] = None
    job_searching: Annotated[Answer, Question("Söker arbete", "Looks for work", only_if=_ON_LEAVING)] = Answer.NOT_ASKED
    qualification: Annotated[
        Answer, Question("Har fått ett intyg eller betyg", "Has gained a qualification", only_if=_ON_LEAVING)
    ] = Answer.NOT_ASKED
    improved: Annotated[
        Answer,
        Question(
            "Läget på arbetsmarknaden är bättre än före projektet",
            "The situation on the labour market is better than before the project",
            only_if=_SIX_MONTHS_LATER,
        ),
    ] = Answer.NOT_ASKED
    lasts_a_month: Annotated[
        Answer,
        Question(
            "Arbetet varar minst en månad i sträck", "The work lasts at least a month without a break", only_if=_WORKS
        ),
    ] = Answer.NOT_ASKED
    municipal_job: Annotated[
        Answer,
        Question(
            "Arbetet är en av kommunens arbetsmarknadsanställningar",
            "The work is one of the municipality's labour-market jobs",
            only_if=_WORKS,
        ),
    ] = Answer.NOT_ASKED
    study_aid_eligible: Annotated[
        Answer,
        Question("Studierna ger rätt till studiemedel", "The studies entitle to study aid", only_if=_STUDIES),
    ] = Answer.NOT_ASKED


class TargetMeasure(StrEnum):
    """What a target counts: persons who entered, spells moved up, leavers to work or studies, placements begun."""

    INTAKE = "intake"
    MOVED_UP = "moved_up"
    WORK_OR_STUDIES = "work_or_studies"
    PLACEMENTS = "placements"


class TargetPeriod(StrEnum):
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Target(Noun):
    """What a municipality, or the project where it is None, should reach, from a day on until the next such target."""

    id: int
    municipality: str | None
    measure: TargetMeasure
    period: TargetPeriod
    value: int
    valid_from: date
