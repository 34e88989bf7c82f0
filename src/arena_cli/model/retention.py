"""How long what is kept of persons is kept: the project's rules, the days they count from, and what was carried out.

Retention is Swedish gallring: what is erased by a rule and a decision, never on a whim. Not among the names of
`arena_cli.model` itself: a command that registers something does without.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class RetentionStage(StrEnum):
    """What goes: who somebody is; then, all that leads from the records to a person."""

    IDENTITIES = "identities"
    RECORDS = "records"


class CountedFrom(StrEnum):
    """Whether a rule's years begin on the day itself, or on the last of its year."""

    DAY = "day"
    YEAR_END = "year_end"


PROJECT_END: Final = "project_end"
FOLLOW_UP_END: Final = "follow_up_end"
LAST_EVENT: Final = "last_event"
KNOWN_EVENTS: Final = (PROJECT_END, FOLLOW_UP_END, LAST_EVENT)
"""The days that the file itself knows: the project's last, six months later, and the last of all that is registered."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """For so many years after a day, what belongs to a stage must be kept.

    `after` is one of KNOWN_EVENTS, or the name of a day that is entered when it is known. `source` is where it is
    written, and what remains to be checked.
    """

    code: str
    stage: RetentionStage
    after: str
    years: int
    counted_from: CountedFrom
    name: str
    name_en: str
    source: str

    def due(self, day: date) -> date:
        """The last day on which it must be kept, if the day it counts from is this."""
        begins = date(day.year, 12, 31) if self.counted_from is CountedFrom.YEAR_END else day
        try:
            return begins.replace(year=begins.year + self.years)
        except ValueError:  # the 29th of February
            return date(begins.year + self.years, 3, 1)
