"""What has been found out about two participants: that they are one person, or that they are not."""

from __future__ import annotations

from arena_cli.model.noun import Noun, dataclass


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Merge(Noun):
    """A participant who is one person with another, `into_id`, to whom all the records belong since.

    The participant's row and code stay, so that the code still finds the person.
    """

    id: int
    participant_id: int
    into_id: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Distinction(Noun):
    """Two participants of whom somebody has said that they are two persons; the lower id first."""

    id: int
    participant_id: int
    other_id: int
