"""Reports as they were delivered: what readers have been told, and when.

Not among the names of `arena_cli.model` itself: a command that registers something does without.
"""

from __future__ import annotations

from datetime import date

from arena_cli.model.core import Month
from arena_cli.model.noun import Noun, dataclass


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Delivery(Noun):
    """One report that was written to files, as it was delivered. Never changed, and never taken back by `undo`.

    `language` is that of its prose; `municipalities` are the codes of those that were asked for, none means all.
    Reports of one month for the same readers (audience, language, municipalities) with the same figures are one
    revision. `fingerprint` is the SHA-256 of the figures. `reason` says of a revision after the first what has changed
    the figures: the kind of cause, and how many changes. `journal_seq` and `journal_hash` are the journal's end when it
    was counted. `made_at` is what its footer says, `delivered_at` the time in UTC.
    """

    id: int
    month: Month
    audience: str
    language: str
    municipalities: tuple[str, ...]
    revision: int
    reason: tuple[tuple[str, int], ...]
    preliminary: bool
    reconciles: bool
    fingerprint: str
    journal_seq: int
    journal_hash: str
    as_of: date
    made_at: str
    version: str
    delivered_at: str
    actor: str

    @property
    def readers(self) -> Readers:
        return Readers(self.audience, self.language, self.municipalities)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Readers(Noun):
    """For whom a report is: what has been told to others, these have not been told."""

    audience: str
    language: str
    municipalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DeliveredFile(Noun):
    """A file of a delivery. `form` is its format, `sha256` that of its bytes, of which there are `size`."""

    name: str
    form: str
    sha256: str
    size: int
