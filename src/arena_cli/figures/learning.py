"""What was told and decided, as it stood at the end of a month.

- `notes`: the notes of the month
- `steps`: the notes of earlier months whose next step was still open when the month began
- `decisions`: those taken by the end of the month that were still open when it began

What was settled after the month was open then, and is told so: an old report says what it said.
"""

from __future__ import annotations

from dataclasses import replace

from arena_cli.model import Decision, Month, Note
from arena_cli.model.noun import Noun, dataclass
from arena_cli.store import Store


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Learning(Noun):
    """Each in the order of its day or month and its number."""

    notes: tuple[Note, ...] = ()
    steps: tuple[Note, ...] = ()
    decisions: tuple[Decision, ...] = ()


def build(store: Store, month: Month) -> Learning:
    """What was told and decided, as it stood at the end of a month."""
    told = store.records(Note, "WHERE month <= ? ORDER BY month, id", (str(month),))
    taken = store.records(Decision, "WHERE decided_on <= ? ORDER BY decided_on, id", (month.last.isoformat(),))
    notes = [_note_as_of(note, month) for note in told]
    decisions = [_decision_as_of(decision, month) for decision in taken]
    return Learning(
        notes=tuple(note for note in notes if note.month == str(month)),
        steps=tuple(
            note
            for note in notes
            if note.month < str(month)
            and note.next_step is not None
            and (note.settled_on is None or note.settled_on >= month.first)
        ),
        decisions=tuple(d for d in decisions if d.closed_on is None or d.closed_on >= month.first),
    )


def _note_as_of(note: Note, month: Month) -> Note:
    if note.settled_on is not None and note.settled_on > month.last:
        return replace(note, settled_on=None, result=None)
    return note


def _decision_as_of(decision: Decision, month: Month) -> Decision:
    if decision.closed_on is not None and decision.closed_on > month.last:
        return replace(decision, closed_on=None, closed_as=None, result=None)
    return decision
