"""What the municipalities learn from each other: notes of a month, and decisions of the meeting.

Neither names a person: who is responsible or can be asked is said by function.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from arena_cli.model.noun import Noun, dataclass


class KeyMeasure(StrEnum):
    """What is followed from month to month; a note or a decision may name the one in which it should show."""

    IN_PROJECT = "in_project"
    INTAKE = "intake"
    MOVED_UP = "moved_up"
    MOVED_DOWN = "moved_down"
    EXITS = "exits"
    WORK = "work"
    STUDIES = "studies"
    WORK_OR_STUDIES = "work_or_studies"
    PLACEMENTS = "placements"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Note(Noun):
    """What a municipality, or the project where it is None, has to tell of a month (`2016-10`).

    `next_step` is open until `settled_on`; `result` is what came of it. `contact` is a function to ask. It should show
    in the key figure `shows_in`.
    """

    id: int
    municipality: str | None
    month: str
    tried: str | None = None
    happened: str | None = None
    next_step: str | None = None
    question: str | None = None
    contact: str | None = None
    shows_in: KeyMeasure | None = None
    settled_on: date | None = None
    result: str | None = None


class DecisionOutcome(StrEnum):
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Decision(Noun):
    """What was decided, about a municipality or (None) the project: who does it, a function, and by when.

    Open until `closed_on`; then it was done or dropped, and perhaps there is a result.
    """

    id: int
    municipality: str | None
    decided_on: date
    what: str
    responsible: str
    due_on: date
    shows_in: KeyMeasure | None = None
    closed_on: date | None = None
    closed_as: DecisionOutcome | None = None
    result: str | None = None
