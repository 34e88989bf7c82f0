"""Who saw what of persons: a look is written down before anything is shown, with what it was for."""

from __future__ import annotations

from arena_cli.journal import Occasion
from arena_cli.model import Access, AccessAction
from arena_cli.personal_number import refuse_personal_number
from arena_cli.store import Change, Store


def record_access(
    store: Store,
    occasion: Occasion,
    action: AccessAction,
    purpose: str,
    what: str,
    persons: int,
    code: str | None = None,
) -> Access:
    """Write down that what is kept of persons is looked at; call it before anything is shown or written.

    `what` names the kind of thing, as `identity` or `list of spells`, never a value. Raises PersonalNumberGiven.
    """
    with store.change(occasion) as change:
        return add_access(change, action, purpose, what, persons, code)


def add_access(
    change: Change, action: AccessAction, purpose: str, what: str, persons: int, code: str | None = None
) -> Access:
    """The same within a change that keeps more than the look."""
    refuse_personal_number(purpose)
    return change.add(Access(0, action, purpose, what, persons, code))
