"""Who saw what: that somebody read, searched or took out what is kept of persons, and what for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from arena_cli.model.noun import Noun, dataclass

OF_REPORT: Final = "report "
"""What was seen, where it begins so, is a report that was delivered: its month and its audience follow."""


class AccessAction(StrEnum):
    """What was done with what is kept of persons."""

    READ = "read"
    SEARCH = "search"
    EXPORT = "export"
    EXTRACT = "extract"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Access(Noun):
    """One look at what is kept of persons. Who looked, and when, stands in its journal entry.

    `what` names the kind of thing that was seen (a list, fields), never a value; `persons` is how many persons it told
    of, and `code` is the participant's if it was one.
    """

    id: int
    action: AccessAction
    purpose: str
    what: str
    persons: int
    code: str | None = None

    @property
    def is_of_report(self) -> bool:
        """Whether it says that a report was delivered, which tells of no single person."""
        return self.what.startswith(OF_REPORT)
