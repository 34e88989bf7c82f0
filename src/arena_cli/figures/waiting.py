"""Those who are not taking part: assigned and waiting to start, or paused.

`waiting`, in the municipality of the assignment and by sex; nobody who waits is in a figure of participants:
- `opening`, `closing`: assignments that wait at the end of the last day before the month, and of the month's last day
- `assigned`: assigned in the month
- `started`, `withdrawn`: waits that ended in the month, with a start or without one

An assignment waits at the end of a day if it was made by that day and the wait has not ended by that day.
`opening + assigned - started - withdrawn = closing`.

`paused`, in the municipality of the spell and by sex: the spells of `closing` (section `stock_flow`) that are paused at
the end of the month's last day, by the reason of the pause, and `not_paused`. They add up to `closing`: a pause is
neither an exit nor active. A spell is paused at the end of a day if a pause began by that day and the first day back
is later, or none is known. Pauses of misregistered spells are outside every figure.
"""

from __future__ import annotations

from typing import Final

from arena_cli.figures.spells import period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import Month, PauseReason
from arena_cli.store import Store

WAITING: Final = ("opening", "assigned", "started", "withdrawn", "closing")
NOT_PAUSED: Final = "not_paused"
PAUSED: Final = (*(reason.value for reason in PauseReason), NOT_PAUSED)

COUNT_WAITING = """
SELECT a.municipality, p.sex,
       count(*) FILTER (WHERE a.assigned_on < :first), count(*) FILTER (WHERE a.assigned_on >= :first),
       count(*) FILTER (WHERE a.ended_on <= :last AND a.outcome = 'started'),
       count(*) FILTER (WHERE a.ended_on <= :last AND a.outcome = 'withdrawn'),
       count(*) FILTER (WHERE a.ended_on IS NULL OR a.ended_on > :last)
FROM assignment a JOIN participant p ON p.id = a.participant_id
WHERE a.assigned_on <= :last AND (a.ended_on IS NULL OR a.ended_on >= :first)
GROUP BY 1, 2
"""

COUNT_PAUSED = f"""
SELECT coalesce(pause.reason, '{NOT_PAUSED}'), s.municipality, p.sex, count(*)
FROM counted_spell s
JOIN participant p ON p.id = s.participant_id
LEFT JOIN pause ON pause.spell_id = s.id AND pause.paused_on <= :last
                AND (pause.resumed_on IS NULL OR pause.resumed_on > :last)
WHERE s.entered_on <= :last AND (s.exited_on IS NULL OR s.exited_on > :last)
GROUP BY 1, 2, 3
"""


def build(store: Store, month: Month, scope: Scope) -> tuple[Table, ...]:
    """The sections `waiting` and `paused`."""
    return (
        waiting(store, month, scope),
        tabulate("paused", PAUSED, scope, store.counts(COUNT_PAUSED, period(month))),
    )


def waiting(store: Store, month: Month, scope: Scope) -> Table:
    """The section `waiting` alone."""
    counted = (
        (measure, municipality, sex, count)
        for municipality, sex, *counts in store.counts(COUNT_WAITING, period(month))
        for measure, count in zip(WAITING, counts, strict=True)
    )
    return tabulate("waiting", WAITING, scope, counted)
