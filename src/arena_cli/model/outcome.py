"""What became of those who left, and what the project set out to reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from arena_cli.model.activity import Sector
from arena_cli.model.background import Answer


class FollowUpKind(StrEnum):
    """Within four weeks of leaving, or the situation six months after (1304/2013 Annex I)."""

    IMMEDIATE = "immediate"
    SIX_MONTHS = "six_months"


@dataclass(frozen=True, slots=True)
class FollowUp:
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
    working: Answer = Answer.NOT_ASKED
    work_extent: int | None = None
    subsidised: Answer = Answer.NOT_ASKED
    employer_sector: Sector | None = None
    studying: Answer = Answer.NOT_ASKED
    study_extent: int | None = None
    job_searching: Answer = Answer.NOT_ASKED
    qualification: Answer = Answer.NOT_ASKED
    improved: Answer = Answer.NOT_ASKED
    lasts_a_month: Answer = Answer.NOT_ASKED
    municipal_job: Answer = Answer.NOT_ASKED
    study_aid_eligible: Answer = Answer.NOT_ASKED


class TargetMeasure(StrEnum):
    """What a target counts: persons who entered, spells moved up, leavers to work or studies, placements begun."""

    INTAKE = "intake"
    MOVED_UP = "moved_up"
    WORK_OR_STUDIES = "work_or_studies"
    PLACEMENTS = "placements"


class TargetPeriod(StrEnum):
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Target:
    """What a municipality, or the project where it is None, should reach, from a day on until the next such target."""

    id: int
    municipality: str | None
    measure: TargetMeasure
    period: TargetPeriod
    value: int
    valid_from: date
