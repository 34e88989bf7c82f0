"""What several sections say about spells, in SQL.

A participant's spells are ordered by entry; of two entered on one day the one that ended first comes first, and of two
that began and ended that day the one that ended by transfer. The same order as `model.Spell.order`.
"""

from __future__ import annotations

from typing import Final

from arena_cli.model import Month

APART: Final = "LIMIT 9223372036854775807"
"""No limit, but after an inner query it keeps the planner from merging that into the one around it: in SQLite as in
PostgreSQL, which refuses a limit of -1."""


def period(month: Month) -> dict[str, str]:
    """The parameters `:first` and `:last` of a month."""
    return {"first": month.first.isoformat(), "last": month.last.isoformat()}


def months_after(day: str, months: int) -> str:
    """The same day some months later, or the last of the month where it is shorter, as `rules.months_after`."""
    return f"min(date({day}, '+{months} months'), date({day}, 'start of month', '+{months + 1} months', '-1 day'))"


def days_after(day: str, days: int) -> str:
    """The day so many days later."""
    return f"date({day}, '+{days} days')"


def months_before(month: Month, months: int) -> str:
    """The last day from which so many months have passed by the end of a month.

    `months_after` of a day lies in the month so many after the day's own, and so by its end for all days up to here.
    """
    for _ in range(months):
        month = month.previous()
    return month.last.isoformat()


def order_of(spell: str, direction: str = "") -> str:
    """The terms that a participant's spells are ordered by; `direction` "DESC" has the latest first."""
    terms = (
        f"{spell}.entered_on",
        f"coalesce({spell}.exited_on, '9999-12-31')",
        f"CASE WHEN {spell}.exit_type = 'transferred' THEN 0 ELSE 1 END",
        f"{spell}.id",
    )
    return ", ".join(f"{term} {direction}".rstrip() for term in terms)


def entry_of(spell: str) -> str:
    """How a spell was entered: `entered` (the participant's first), `transferred_in` or `re_entered`."""
    earlier = (
        f"FROM counted_spell b WHERE b.participant_id = {spell}.participant_id"
        f" AND ({order_of('b')}) < ({order_of(spell)})"
    )
    return f"""CASE
        WHEN NOT EXISTS (SELECT 1 {earlier}) THEN 'entered'
        WHEN (SELECT b.exit_type {earlier} ORDER BY {order_of("b", "DESC")} LIMIT 1) = 'transferred'
        THEN 'transferred_in'
        ELSE 're_entered'
    END"""
