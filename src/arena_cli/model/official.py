"""Files that were written for an authority: what was said when, without saying it again."""

from __future__ import annotations

from arena_cli.model.noun import Noun, dataclass


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OfficialFile(Noun):
    """A month's file for SCB, as it was written. Who wrote it, and when, stands in its journal entry.

    `digest` is the SHA-256 of what the file said, over codes: it has no personal identity number in it. `persons` is
    how many rows the file had. A draft has a code where a number was missing.
    """

    id: int
    month: str
    revision: int
    persons: int
    is_draft: bool
    digest: str
