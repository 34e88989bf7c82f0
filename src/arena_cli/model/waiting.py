"""Times when somebody is not taking part: assigned but not started, and paused."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from arena_cli.model.noun import Noun, dataclass


class AssignmentOutcome(StrEnum):
    """How the wait ended: with a spell, or without one."""

    STARTED = "started"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Assignment(Noun):
    """Assigned to a municipality's part of the project, waiting to start; in no participant figure until then.

    `ended_on` and `outcome` are None while the wait lasts.
    """

    id: int
    participant_id: int
    municipality: str
    assigned_on: date
    referral: str | None = None
    ended_on: date | None = None
    outcome: AssignmentOutcome | None = None


class PauseReason(StrEnum):
    SICK_LEAVE = "sick_leave"
    PARENTAL_LEAVE = "parental_leave"
    CARE_OF_RELATIVE = "care_of_relative"
    OTHER_INTERVENTION = "other_intervention"
    LEAVE = "leave"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pause(Noun):
    """A break within a spell, neither an exit nor active, from `paused_on` until the day before `resumed_on`."""

    id: int
    spell_id: int
    paused_on: date
    reason: PauseReason
    resumed_on: date | None = None
