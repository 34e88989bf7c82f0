"""A list of step moves against what is registered: a verdict on every row, and what taking the list would write.

Of the moves onto a day the list and the file are laid beside each other in order: as far as the list repeats what is
registered it is the same, and what follows is new and registered after it. So two moves onto one step with another
between them are both kept, and a list taken twice changes nothing. An entry step may be the list's first move of the
day: then they are one, which no figure can tell from two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from arena_cli.errors import translatable
from arena_cli.exchange.cells import MoveRow, RowReader, move_reader
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.plan import Ids, Plan, Tally
from arena_cli.exchange.refusals import Fault, RowProblem
from arena_cli.exchange.registered import Registered, registered_by_ref
from arena_cli.exchange.work import ListKind, Work
from arena_cli.model import Spell, StepMove
from arena_cli.rules import spell_on

_NOT_REGISTERED: Final = translatable("No participant has that {ref}. Import the list of spells first.")
_NO_SPELL: Final = translatable("{code} has no spell on that day. Compare with `arena show-participant {code}`.")


@dataclass(frozen=True, slots=True)
class MovePlanner:
    """Goes through a list of moves person by person and day by day."""

    columns: Columns
    ids: Ids
    plan: Plan
    tally: Tally

    def take(self, rows: Iterable[MoveRow], registered: Mapping[str, Registered]) -> None:
        """Plan all rows. New moves are registered in the order of the list."""
        new: list[tuple[MoveRow, Spell]] = []
        for (ref, day), theirs in _by_person_and_day(rows).items():
            new.extend(self._new_moves(theirs, day, registered.get(ref)))
        for row, spell in sorted(new, key=lambda move: move[0].number):
            self.plan.moves.append(StepMove(next(self.ids.move), spell.id, row.moved_on, row.step))
        self.tally.new.extend(row.number for row, _ in new)

    def _new_moves(
        self, rows: Sequence[MoveRow], day: date, known: Registered | None
    ) -> Iterator[tuple[MoveRow, Spell]]:
        """The rows of a person's day that are not registered, each with its spell."""
        if known is None:
            self._refuse(rows, Fault(_NOT_REGISTERED, {"ref": self.columns.header("ref")}))
            return
        spell = spell_on(known.spells, day) or _mistaken_spell_on(known.spells, day)
        if spell is None:
            self._refuse(rows, Fault(_NO_SPELL, {"code": known.participant.code}))
            return
        steps = [move.step for move in known.moves.get(spell.id, ()) if move.moved_on == day]
        count = _count_repeated([row.step for row in rows], steps, is_entry_day=day == spell.entered_on)
        self.tally.unchanged.extend(row.number for row in rows[:count])
        for row in rows[count:]:
            yield row, spell

    def _refuse(self, rows: Iterable[MoveRow], fault: Fault) -> None:
        self.tally.problems.extend(RowProblem(row.number, fault) for row in rows)


def _by_person_and_day(rows: Iterable[MoveRow]) -> Mapping[tuple[str, date], list[MoveRow]]:
    days: dict[tuple[str, date], list[MoveRow]] = {}
    for row in rows:
        days.setdefault((row.ref, row.moved_on), []).append(row)
    return days


def _mistaken_spell_on(spells: Iterable[Spell], day: date) -> Spell | None:
    """The first spell registered by mistake that covers a day."""
    return next((s for s in spells if s.entered_on <= day and (s.exited_on is None or day <= s.exited_on)), None)


def _count_repeated(listed: Sequence[str], registered: Sequence[str], *, is_entry_day: bool) -> int:
    """How many of the steps listed for a day, from the first on, repeat what is registered in the same order.

    All of them too when only their order differs, as in a list that was sorted anew; not on the day of entry, when
    the first registered step may be the entry step and going back to it a move of its own.
    """
    if not is_entry_day and not Counter(listed) - Counter(registered):
        return len(listed)
    remaining = iter(registered)
    return next((place for place, step in enumerate(listed) if step not in remaining), len(listed))


def _reader(work: Work) -> RowReader[MoveRow]:
    return move_reader(work.columns, work.project, work.occasion.today)


def _take(work: Work, rows: Iterable[MoveRow]) -> None:
    listed = list(rows)
    registered = registered_by_ref(work.store, {row.ref for row in listed})
    MovePlanner(work.columns, Ids(work.store), work.plan, work.tally).take(listed, registered)


KIND: Final = ListKind(_reader, _take, marked="moved_on")
