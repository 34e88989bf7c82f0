"""Who saw what of persons: a look is written down before anything is shown, with what it was for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arena_cli.errors import Phrasing, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Access, AccessAction
from arena_cli.model.access import OF_REPORT
from arena_cli.personal_number import refuse_personal_number
from arena_cli.store import Store

_NAMES: Final[Mapping[str, str]] = {
    "identity": translatable("who it is"),
    "show-participant": translatable("the way through the project"),
    "name": translatable("by name"),
    "number": translatable("by personal identity number"),
    "register extract": translatable("register extract"),
    "the whole file, decrypted": translatable("the whole file, decrypted"),
    "list of participants": translatable("list of participants"),
    "list of spells": translatable("list of spells"),
    "list of moves": translatable("list of moves"),
    "list of assignments": translatable("list of waits to start"),
    "list of pauses": translatable("list of pauses"),
    "list of backgrounds": translatable("list of backgrounds"),
    "list of incomes": translatable("list of sources of income"),
    "list of placements": translatable("list of placements"),
    "list of hours": translatable("list of hours"),
    "list of follow-ups": translatable("list of follow-ups"),
    "list of merges": translatable("list of who is one person"),
    "list of distinctions": translatable("list of who is not the same person"),
}
_OF_A_MONTH: Final[Mapping[str, str]] = {
    "list of sus ": translatable("list for SUS of {month}"),
    "SCB file ": translatable("file for SCB of {month}"),
}
_AUDIENCES: Final[Mapping[str, str]] = {"meeting": translatable("the meeting"), "public": translatable("the public")}


def what_in_words(what: str, language: Phrasing) -> str:
    """What was seen, as people call it; what nobody has a word for is told as it was written down."""
    if what.startswith(OF_REPORT):
        month, audience = what.removeprefix(OF_REPORT).split()
        audience = language.text(_AUDIENCES.get(audience, audience))
        return language.text(translatable("report of {month}, audience: {audience}"), month=month, audience=audience)
    for beginning, message in _OF_A_MONTH.items():
        if what.startswith(beginning):
            return language.text(message, month=what.removeprefix(beginning))
    return language.text(_NAMES.get(what, what))


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
