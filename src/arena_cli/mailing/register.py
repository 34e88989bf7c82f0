"""Who has been sent which report. A row is added each time something happens, and never changed.

Reports of one month for the same readers with the same figures are one revision, and a recipient gets a revision once,
in whichever formats it was delivered. When figures change and change back, that is another revision: the recipient has
been told the other figures meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from arena_cli.model.delivery import Delivery
from arena_cli.store import Store


class Outcome(StrEnum):
    """What has happened. BEGUN is noted before the server gets the letter: alone, nobody knows whether it took it."""

    BEGUN = "begun"
    ACCEPTED = "accepted"
    FAILED = "failed"
    DRAFTED = "drafted"


class Standing(NamedTuple):
    """How far a revision has come: the last outcome by address in small letters, and for whom a draft was made."""

    mailed: dict[str, Outcome]
    drafted: frozenset[str]

    def is_settled(self, recipient: str) -> bool:
        """Whether a letter has gone to the recipient, as far as is known."""
        return self.mailed.get(recipient.casefold()) in {Outcome.ACCEPTED, Outcome.BEGUN}

    def has_draft(self, recipient: str) -> bool:
        return recipient.casefold() in self.drafted

    def is_unsure(self, recipient: str) -> bool:
        return self.mailed.get(recipient.casefold()) is Outcome.BEGUN


def note(store: Store, delivery: Delivery, recipients: Iterable[str], outcome: Outcome, *, at: str, actor: str) -> None:
    """Keep what has happened. It is on the disk when this returns."""
    with store.delivering() as add:
        for recipient in recipients:
            facts = {"recipient": recipient, "outcome": outcome.value, "at": at, "actor": actor}
            add("sent", {"delivery_id": delivery.id, **facts})


def standing(store: Store, delivery: Delivery) -> Standing:
    """What has become of the delivery's revision."""
    rows = store.rows(
        "SELECT recipient, outcome FROM sent JOIN delivery ON delivery.id = delivery_id"
        " WHERE month = ? AND audience = ? AND language = ? AND municipalities = ? AND revision = ? ORDER BY sent.id",
        (
            str(delivery.month),
            delivery.audience,
            delivery.language,
            ",".join(delivery.municipalities),
            delivery.revision,
        ),
    )
    noted = [(recipient.casefold(), Outcome(outcome)) for recipient, outcome in rows]
    return Standing(
        {recipient: outcome for recipient, outcome in noted if outcome is not Outcome.DRAFTED},
        frozenset(recipient for recipient, outcome in noted if outcome is Outcome.DRAFTED),
    )


def sent_deliveries(store: Store) -> set[int]:
    """The numbers of the deliveries of which any was sent, tried to be sent, or drafted."""
    return {number for (number,) in store.rows("SELECT DISTINCT delivery_id FROM sent")}


def last_sending(store: Store) -> tuple[int, datetime] | None:
    """The delivery that was last sent or drafted for anybody, and when."""
    sql = "SELECT delivery_id, at FROM sent WHERE outcome IN ('accepted', 'drafted') ORDER BY id DESC LIMIT 1"
    return next(((number, datetime.fromisoformat(at)) for number, at in store.rows(sql)), None)
