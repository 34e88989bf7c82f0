"""Targets: what a municipality, or the whole project, should reach in a month or in all.

A target is dated and holds until the next one of the same kind; a new one leaves the earlier as it was. Only what was
set for one and the same day is corrected, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from arena_cli.errors import Refused, translatable
from arena_cli.journal import Occasion
from arena_cli.model import Project, Target, TargetMeasure, TargetPeriod
from arena_cli.rules import AfterProject, BeforeProject
from arena_cli.store import Store

HIGHEST: Final = 1_000_000


class NoSuchTarget(Refused):
    message = translatable("A target is a whole number from 0 to {highest}.")


class TargetSetAlready(Refused):
    message = translatable(
        "There is a target from {valid_from} already: {value}. A new one gets a day of its own with --from; "
        "if that one was wrong, say why with --why."
    )


@dataclass(frozen=True, slots=True)
class TargetReceipt:
    """A target before (None if there was none for that day) and after, and the earlier one that it takes over from."""

    before: Target | None
    after: Target
    earlier: Target | None


def set_target(
    store: Store,
    occasion: Occasion,
    municipality: str | None,
    measure: TargetMeasure,
    period: TargetPeriod,
    value: int,
    valid_from: date,
) -> TargetReceipt:
    """Set a target from a day on, for a municipality or (None) the project; the day may lie ahead.

    One that is set for that very day is corrected if the occasion says why. Raises TargetSetAlready if it does not.
    """
    if not 0 <= value <= HIGHEST:
        raise NoSuchTarget(highest=HIGHEST)
    with store.change(occasion) as change:
        project = store.project()
        _check_day(project, valid_from)
        others = [
            t
            for t in store.records(Target, "WHERE measure = ? AND period = ?", (measure, period))
            if t.municipality == municipality
        ]
        earlier = max((t for t in others if t.valid_from < valid_from), key=lambda t: t.valid_from, default=None)
        before = next((t for t in others if t.valid_from == valid_from), None)
        if before is None:
            after = change.add(Target(0, municipality, measure, period, value, valid_from))
            return TargetReceipt(None, after, earlier)
        if before.value != value and occasion.why is None:
            raise TargetSetAlready(valid_from=valid_from, value=before.value)
        after = replace(before, value=value)
        change.update(before, after)
    return TargetReceipt(before, after, earlier)


def list_targets(store: Store) -> Sequence[Target]:
    """Every target that has been set: by municipality and then the project's, by measure, period and day."""
    measures, periods = list(TargetMeasure), list(TargetPeriod)

    def order(target: Target) -> tuple[bool, str, int, int, date]:
        place = (measures.index(target.measure), periods.index(target.period))
        return (target.municipality is None, target.municipality or "", *place, target.valid_from)

    return sorted(store.records(Target), key=order)


def _check_day(project: Project, day: date) -> None:
    """Refuse a day outside the project."""
    if day < project.starts_on:
        raise BeforeProject(day=day, starts_on=project.starts_on)
    if day > project.ends_on:
        raise AfterProject(day=day, ends_on=project.ends_on)
