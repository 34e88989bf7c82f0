"""Whose data are protected in the population register, and what is therefore not shown of them.

Source: OSL 22 kap. 1 §; folkbokföringslagen 16 §; lag (1991:483) om fingerade personuppgifter. Each authority decides
how it goes about it: here neither name, workplace nor municipality is in any list, and opening them takes a purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from arena_cli.casework.enrolment import find_participant
from arena_cli.journal import Occasion
from arena_cli.model import Participant, Protection
from arena_cli.store import Store

SHIELDED: Final = "protected"
"""What stands for the municipality, the workplace and the ref of somebody whose data are protected."""

SHIELDED_COLUMNS: Final = frozenset({"municipality", "place_id", "host", "ref"})
"""The columns that could tell where a person is."""


def set_protection(
    store: Store, occasion: Occasion, typed: str, protection: Protection
) -> tuple[Participant, Participant]:
    """Say whether a participant's data are protected, and take away how to reach somebody who is."""
    with store.change(occasion) as change:
        before = find_participant(store, typed)
        after = replace(before, protection=protection)
        change.update(before, after)
        if after.is_protected:
            from arena_cli.casework.identities import remove_contacts

            remove_contacts(store, change, after)
    return before, after


def protected_codes(store: Store) -> frozenset[str]:
    """The codes of those whose data are protected."""
    return frozenset(code for (code,) in store.rows("SELECT code FROM participant WHERE protection <> 'none'"))


def shielded(values: Mapping[str, object]) -> dict[str, object]:
    """Values of columns, without what could tell where a person is."""
    return {c: SHIELDED if c in SHIELDED_COLUMNS and value is not None else value for c, value in values.items()}
