"""Who a participant is: kept apart from all else, and only where the project says so."""

from __future__ import annotations

from enum import StrEnum

from arena_cli.model.noun import Noun, dataclass


class IdentityKeeping(StrEnum):
    """What a project keeps of who its participants are."""

    NONE = "none"
    NAMES = "names"
    PERSONNUMMER = "personnummer"


class Protection(StrEnum):
    """Protection of personal data in the population register; whatever is not `none` counts as protected.

    Source: sekretessmarkering (OSL 22 kap. 1 §), skyddad folkbokföring (16 § folkbokföringslagen), fingerade
    personuppgifter (lag 1991:483).
    """

    NONE = "none"
    MARKED = "marked"
    REGISTERED = "registered"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Identity(Noun):
    """A participant's name and how to reach them. `salt` makes the journal's seal of it impossible to guess from."""

    id: int
    participant_id: int
    salt: str
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IdentityNumber(Noun):
    """A participant's number in the population register, twelve digits; of several the latest (highest id) holds."""

    id: int
    participant_id: int
    salt: str
    number: str
