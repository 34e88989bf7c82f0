"""The notes and decisions of a demo: written out in `demo.toml`, registered here with the verbs of casework."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from arena_cli.casework import learning
from arena_cli.demo.people import Event
from arena_cli.journal import Occasion
from arena_cli.model import Decision, Note
from arena_cli.store import Store


def told(notes: tuple[tuple[date, Note], ...], decisions: tuple[Decision, ...]) -> Iterator[Event]:
    """What is told, decided and settled; each on the day that it says."""
    for number, (day, note) in enumerate(notes, 1):
        about = (("note", number),)
        opened = replace(note, settled_on=None, result=None)
        yield Event(day, about, "demo", "add-note", partial(learning.add_note, note=opened))
        if note.settled_on is not None:
            settle = partial(learning.settle_note, number=number, day=note.settled_on, result=note.result)
            yield Event(note.settled_on, about, "demo", "settle-note", settle)
    for number, decision in enumerate(decisions, 1):
        about = (("decision", number),)
        opened_decision = replace(decision, closed_on=None, closed_as=None, result=None)
        add = partial(learning.add_decision, decision=opened_decision)
        yield Event(decision.decided_on, about, "demo", "add-decision", add)
        if decision.closed_on is not None:
            yield Event(decision.closed_on, about, "demo", "close-decision", partial(_close, number, decision))


def _close(number: int, decision: Decision, store: Store, occasion: Occasion) -> None:
    if decision.closed_on is not None and decision.closed_as is not None:
        learning.close_decision(store, occasion, number, decision.closed_on, decision.closed_as, decision.result)
