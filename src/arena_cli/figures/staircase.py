"""Progression in a month, the distribution over the steps, and the movement matrix, counted in spells.

Spells served in the month are those in stock at its opening and those entered in it. The step of a spell on a day is
that of its last move by that day (of two on one day, the later registered); none is `not_placed`.

- `up`, `down`, `same`: the step at the end of the month, or at the exit, is above, below or equal to the step at the
  end of the day before the month (for a spell entered in the month: the first step recorded in it)
- `not_placed`: no step to compare
- `moves_up`, `moves_down`: moves (not spells) in the month onto a higher or lower step than the one before; the first
  step of a spell is no move
- `steps`: the spells of `closing` by step and `not_placed`
- `movement`: rows `in` (entered in the month, any way), each step and `not_placed` at the opening; columns each step
  and `not_placed` at the closing, and `out`

`up + down + same + not_placed` = spells served. The matrix's row sums are the opening distribution, its column sums the
closing one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from arena_cli.figures.spells import APART, period
from arena_cli.figures.table import Counted, Scope, Table, tabulate
from arena_cli.model import NOT_PLACED, Month
from arena_cli.store import Row, Store

IN, OUT = "in", "out"
COMPARISONS = ("up", "down", "same", NOT_PLACED)
MEASURES = (*COMPARISONS, "moves_up", "moves_down")

# Kept apart: SQLite would else look the steps up for each group again.
SPELLS_SERVED = f"""
SELECT municipality, sex, is_new, has_ended, step_from, step_to, count(*)
FROM (SELECT s.municipality, p.sex, s.entered_on >= :first AS is_new,
             s.exited_on IS NOT NULL AND s.exited_on <= :last AS has_ended,
             CASE WHEN s.entered_on < :first
                  THEN (SELECT m.step FROM step_move m WHERE m.spell_id = s.id AND m.moved_on < :first
                        ORDER BY m.moved_on DESC, m.id DESC LIMIT 1)
                  ELSE (SELECT m.step FROM step_move m WHERE m.spell_id = s.id AND m.moved_on <= :last
                        ORDER BY m.moved_on, m.id LIMIT 1)
             END AS step_from,
             (SELECT m.step FROM step_move m WHERE m.spell_id = s.id AND m.moved_on <= :last
              ORDER BY m.moved_on DESC, m.id DESC LIMIT 1) AS step_to
      FROM counted_spell s JOIN participant p ON p.id = s.participant_id
      WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
      {APART}) served
GROUP BY 1, 2, 3, 4, 5, 6
"""

MOVES = f"""
SELECT municipality, sex, step_before, step, count(*)
FROM (SELECT s.municipality, p.sex, m.step,
             (SELECT b.step FROM step_move b
              WHERE b.spell_id = m.spell_id AND (b.moved_on, b.id) < (m.moved_on, m.id)
              ORDER BY b.moved_on DESC, b.id DESC LIMIT 1) AS step_before
      FROM counted_spell s
      JOIN participant p ON p.id = s.participant_id
      JOIN step_move m ON m.spell_id = s.id AND m.moved_on >= :first AND m.moved_on <= :last
      WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on >= :first)
      {APART}) moves
WHERE step_before IS NOT NULL AND step_before <> step
GROUP BY 1, 2, 3, 4
"""


def build(store: Store, month: Month, scope: Scope) -> tuple[Table, ...]:
    """The sections `progression`, `steps` and `movement`."""
    served = store.counts(SPELLS_SERVED, period(month))
    moves = store.counts(MOVES, period(month))
    places = (*(step.code for step in scope.steps), NOT_PLACED)
    return (
        tabulate("progression", MEASURES, scope, chain(_comparisons(served, scope), _moves(moves, scope))),
        tabulate("steps", places, scope, _closing(served)),
        tabulate("movement", matrix(places), scope, _movement(served)),
    )


def matrix(places: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The cells of the movement matrix, row by row."""
    places = tuple(places)
    return tuple((row, column) for row in (IN, *places) for column in (*places, OUT))


def _comparisons(served: list[Row], scope: Scope) -> Counted:
    positions = _positions(scope)
    for municipality, sex, _, _, step_from, step_to, count in served:
        if step_from is None or step_to is None:
            yield NOT_PLACED, municipality, sex, count
        else:
            yield _comparison(positions[step_from], positions[step_to]), municipality, sex, count


def _moves(moves: list[Row], scope: Scope) -> Counted:
    positions = _positions(scope)
    for municipality, sex, step_before, step, count in moves:
        yield f"moves_{_comparison(positions[step_before], positions[step])}", municipality, sex, count


def _positions(scope: Scope) -> Mapping[str, int]:
    return {step.code: step.position for step in scope.steps}


def _comparison(position_from: int, position_to: int) -> str:
    return "up" if position_to > position_from else "down" if position_to < position_from else "same"


def _closing(served: list[Row]) -> Counted:
    for municipality, sex, _, has_ended, _, step_to, count in served:
        if not has_ended:
            yield step_to or NOT_PLACED, municipality, sex, count


def _movement(served: list[Row]) -> Iterator[tuple[tuple[str, str], str, str, int]]:
    for municipality, sex, is_new, has_ended, step_from, step_to, count in served:
        row = IN if is_new else step_from or NOT_PLACED
        column = OUT if has_ended else step_to or NOT_PLACED
        yield (row, column), municipality, sex, count
