"""The nouns: what a project, a participant, a spell, a move and a month are. Standard library only."""

from arena_cli.model.access import Access, AccessAction
from arena_cli.model.activity import Attendance, Place, Placement, Sector
from arena_cli.model.background import (
    Answer,
    Background,
    Education,
    Employment,
    Income,
    IncomeSource,
    Moment,
)
from arena_cli.model.core import (
    ALL,
    HIDE_BELOW,
    NOT_PLACED,
    Activity,
    Destination,
    ExitType,
    Group,
    Month,
    Municipality,
    Participant,
    Project,
    Referral,
    Sex,
    Spell,
    Step,
    StepMove,
)
from arena_cli.model.identity import Identity, IdentityKeeping, IdentityNumber, Protection
from arena_cli.model.learning import Decision, DecisionOutcome, KeyMeasure, Note
from arena_cli.model.official import OfficialFile
from arena_cli.model.one_person import Distinction, Merge
from arena_cli.model.outcome import FollowUp, FollowUpKind, Target, TargetMeasure, TargetPeriod
from arena_cli.model.questions import Question, questions
from arena_cli.model.waiting import Assignment, AssignmentOutcome, Pause, PauseReason

__all__ = [
    "ALL",
    "HIDE_BELOW",
    "NOT_PLACED",
    "Access",
    "AccessAction",
    "Activity",
    "Answer",
    "Assignment",
    "AssignmentOutcome",
    "Attendance",
    "Background",
    "Decision",
    "DecisionOutcome",
    "Destination",
    "Distinction",
    "Education",
    "Employment",
    "ExitType",
    "FollowUp",
    "FollowUpKind",
    "Group",
    "Identity",
    "IdentityKeeping",
    "IdentityNumber",
    "Income",
    "IncomeSource",
    "KeyMeasure",
    "Merge",
    "Moment",
    "Month",
    "Municipality",
    "Note",
    "OfficialFile",
    "Participant",
    "Pause",
    "PauseReason",
    "Place",
    "Placement",
    "Project",
    "Protection",
    "Question",
    "Referral",
    "Sector",
    "Sex",
    "Spell",
    "Step",
    "StepMove",
    "Target",
    "TargetMeasure",
    "TargetPeriod",
    "questions",
]
