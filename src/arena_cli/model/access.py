"""Who saw what: that somebody read, searched or took out what is kept of persons, and what for."""

from __future__ import annotations

from enum import StrEnum

from arena_cli.model.noun import Noun, dataclass


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
