"""Who saw what of persons: a look is written down before anything is shown, with what it was for."""

from __future__ import annotations

from arena_cli.journal import Occasion
from arena_cli.model import Access, AccessAction
from arena_cli.personal_number import refuse_personal_number
from arena_cli.store import Store


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
    refuse_personal_number(purpose)
    access = Access(0, action, purpose, what, persons, code)
    with store.change(occasion) as change:
        return change.add(access)


def is_written_down(store: Store, occasion: Occasion, action: AccessAction, purpose: str, what: str) -> bool:
    """Whether the same look is there already, from a command that was cut off."""
    found = store.rows(
        "SELECT purpose FROM access JOIN journal ON subject = 'access' AND record = access.id"
        " WHERE action = ? AND what = ? AND at = ? AND actor = ?",
        (action.value, what, occasion.at, occasion.actor),
    )
    return (purpose,) in found
