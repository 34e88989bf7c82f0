"""Placements and the places they are on, at the end of a month and during it.

`placements`, in the municipality of the participant's spell and by sex:
- `participants`: persons in placement at the end of the month's last day
- `opening`, `running`: placements that run at the end of the last day before the month, and of the month's last day
- `begun`, `ended`: placements whose first, last day lies in the month

A placement runs at the end of a day if it has begun by that day and has not ended by that day. One without an end of
its own ends with its place, on the place's last day. `opening + begun - ended = running`.

`places`, in the municipality of the place; a place has no sex, so `all` is the only one:
- `opening`, `open`: places open at the end of the last day before the month, and of the month's last day; one whose
  last day it is, is no longer
- `opened`, `closed`: places whose first, last day lies in the month
- `capacity`: for how many there is room on the `open` places
- `occupied`: placements that run there at the end of the month's last day
- `free`: the room that is left; `beyond_capacity`: placements for which there is no room. Counted place by place: one
  that is overfull takes no room from another

`opening + opened - closed = open`; `occupied + free - beyond_capacity = capacity`. In the project `occupied` is the
`running` of `placements`; in a municipality it need not be, as a participant may be on a place in another one.

`place_ages`, of every place opened by the end of the month (`places`), for 6, 12 and 24 months after its first day (the
same day of the month, or the last one of a shorter month):
- `still_6`: the places that were open on that day; `closed_6`: those that were not; `not_due_6`: those for which that
  day comes after the month

`still + closed + not_due = places`. Placements of misregistered spells are outside every figure. No figure names a
host. The capacity registered now holds for every month.
"""

from __future__ import annotations

from typing import Final

from arena_cli.figures.spells import months_after, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import Month
from arena_cli.store import Row, Store

AGES: Final = (6, 12, 24)
"""Months after which a place is looked for."""

PLACEMENTS = ("participants", "opening", "begun", "ended", "running")
PLACES = ("opening", "opened", "closed", "open", "capacity", "occupied", "free", "beyond_capacity")
PLACE_AGES = ("places", *(f"{outcome}_{age}" for age in AGES for outcome in ("still", "closed", "not_due")))

COUNT_PLACEMENTS = """
SELECT c.municipality, p.sex,
       count(DISTINCT CASE WHEN c.ended_on IS NULL OR c.ended_on > :last THEN c.participant_id END) AS participants,
       count(*) FILTER (WHERE c.placed_on < :first) AS opening,
       count(*) FILTER (WHERE c.placed_on >= :first) AS begun,
       count(*) FILTER (WHERE c.ended_on IS NOT NULL AND c.ended_on <= :last) AS ended,
       count(*) FILTER (WHERE c.ended_on IS NULL OR c.ended_on > :last) AS running
FROM counted_placement c JOIN participant p ON p.id = c.participant_id
WHERE c.placed_on <= :last AND (c.ended_on IS NULL OR c.ended_on >= :first)
GROUP BY 1, 2
"""

COUNT_PLACES = """
SELECT municipality, 'all', count(*) FILTER (WHERE opens_on < :first), count(*) FILTER (WHERE opens_on >= :first),
       count(*) FILTER (WHERE NOT is_open), count(*) FILTER (WHERE is_open),
       coalesce(sum(capacity) FILTER (WHERE is_open), 0), coalesce(sum(occupied) FILTER (WHERE is_open), 0),
       coalesce(sum(capacity - occupied) FILTER (WHERE is_open AND capacity > occupied), 0),
       coalesce(sum(occupied - capacity) FILTER (WHERE is_open AND occupied > capacity), 0)
FROM (SELECT place.municipality, place.opens_on, place.capacity,
             place.closes_on IS NULL OR place.closes_on > :last AS is_open,
             (SELECT count(*) FROM counted_placement c
              WHERE c.place_id = place.id AND c.placed_on <= :last
                AND (c.ended_on IS NULL OR c.ended_on > :last)) AS occupied
      FROM place
      WHERE place.opens_on <= :last AND (place.closes_on IS NULL OR place.closes_on >= :first)) places
GROUP BY 1, 2
"""


def _age_columns(age: int) -> str:
    day = months_after("opens_on", age)
    is_open = f"(closes_on IS NULL OR closes_on >= {day})"
    outcomes = (f"{day} <= :last AND {is_open}", f"{day} <= :last AND NOT {is_open}", f"{day} > :last")
    return ", ".join(f"count(*) FILTER (WHERE {outcome})" for outcome in outcomes)


COUNT_PLACE_AGES = f"""
SELECT municipality, 'all', count(*), {", ".join(map(_age_columns, AGES))}
FROM place WHERE opens_on <= :last
GROUP BY 1, 2
"""


def build(store: Store, month: Month, scope: Scope) -> tuple[Table, ...]:
    """The sections `placements`, `places` and `place_ages`."""
    sexless = scope.without_sexes()
    return (
        placements(store, month, scope),
        _tabulated("places", PLACES, sexless, store.counts(COUNT_PLACES, period(month))),
        _tabulated("place_ages", PLACE_AGES, sexless, store.counts(COUNT_PLACE_AGES, period(month))),
    )


def placements(store: Store, month: Month, scope: Scope) -> Table:
    """The section `placements` alone."""
    return _tabulated("placements", PLACEMENTS, scope, store.counts(COUNT_PLACEMENTS, period(month)))


def _tabulated(section: str, measures: tuple[str, ...], scope: Scope, rows: list[Row]) -> Table:
    """Lay out rows that begin with municipality and sex and go on with one count a measure."""
    counted = (
        (measure, municipality, sex, count)
        for municipality, sex, *counts in rows
        for measure, count in zip(measures, counts, strict=True)
    )
    return tabulate(section, measures, scope, counted)
