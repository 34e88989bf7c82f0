"""Until when what is kept of persons must be kept: the longest of the project's rules, and why.

What a rule counts from is known of itself (the project's last day, six months later, the last day of all that is
registered), or is entered when it is known. While one of them is not known, everything is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from arena_cli.errors import Remark, translatable
from arena_cli.model.retention import (
    FOLLOW_UP_END,
    LAST_EVENT,
    PROJECT_END,
    CountedFrom,
    RetentionRule,
    RetentionStage,
)
from arena_cli.privacy.persons import Schema
from arena_cli.rules import months_after
from arena_cli.store import Store

MONTHS_OF_FOLLOW_UP: Final = 6

NO_RULE: Final = translatable("no rule of the project says how long: it is kept")
NOT_KNOWN: Final = translatable(
    "rule {rule}: the day of {event} is not known: it is kept. Enter it with `arena set-retention --event {event}`"
)
UNTIL: Final = translatable("rule {rule}: {years} years after {event}, {day}: to be kept until {until}")


@dataclass(frozen=True, slots=True)
class _Event:
    """A day that the file itself knows, as it is called in each language."""

    name: str
    name_en: str


_EVENTS: Final[Mapping[str, _Event]] = {
    PROJECT_END: _Event("projektets sista dag", "the project's last day"),
    FOLLOW_UP_END: _Event("uppföljningens slut", "the end of the follow-up"),
    LAST_EVENT: _Event("den sista registrerade dagen", "the last day registered"),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule with the day it counts from and the last day on which it must be kept; None where it is not known."""

    rule: RetentionRule
    day: date | None

    @property
    def until(self) -> date | None:
        return self.rule.due(self.day) if self.day else None

    def sentence(self) -> Remark:
        """What it says, and from what."""
        if self.day is None or self.until is None:
            return Remark(NOT_KNOWN, rule=self.rule.code, event=self.rule.after)
        event = _EVENTS.get(self.rule.after, self.rule.after)
        return Remark(UNTIL, rule=self.rule.code, years=self.rule.years, event=event, day=self.day, until=self.until)


@dataclass(frozen=True, slots=True)
class Term:
    """What all rules say of a stage."""

    stage: RetentionStage
    applied: tuple[Applied, ...]

    @property
    def until(self) -> date | None:
        """The last day on which it must be kept: the latest of all rules; None where that is not known."""
        days = [applied.until for applied in self.applied]
        known = [day for day in days if day is not None]
        return max(known) if known and len(known) == len(days) else None

    def sentences(self) -> tuple[Remark, ...]:
        """What each rule says; the longest is what holds."""
        return tuple(applied.sentence() for applied in self.applied) or (Remark(NO_RULE),)


def rules(store: Store) -> tuple[RetentionRule, ...]:
    """The rules that hold: the last set that was entered."""
    found = store.rows(
        "SELECT code, stage, after, years, counted_from, name, name_en, source FROM retention_rule"
        " WHERE edition = (SELECT max(edition) FROM retention_rule) ORDER BY id"
    )
    return tuple(
        RetentionRule(code, RetentionStage(stage), after, years, CountedFrom(counted), *words)
        for code, stage, after, years, counted, *words in found
    )


def events(store: Store) -> Mapping[str, date | None]:
    """The days that rules can count from: those that were entered, the last entered of each, and those known anyway."""
    entered = store.rows("SELECT event, happened_on FROM retention_date ORDER BY id")
    days = {event: date.fromisoformat(day) if day else None for event, day in entered}
    project = store.project()
    last = max(filter(None, (project.ends_on, _last_event(store))))
    return {
        **days,
        PROJECT_END: project.ends_on,
        FOLLOW_UP_END: months_after(max(project.ends_on, _last_exit(store) or project.ends_on), MONTHS_OF_FOLLOW_UP),
        LAST_EVENT: last,
    }


def term(store: Store, stage: RetentionStage) -> Term:
    """Until when what belongs to a stage must be kept. Records are kept at least as long as identities."""
    days = events(store)
    stages = {stage, RetentionStage.IDENTITIES} if any(r.stage is stage for r in rules(store)) else {stage}
    return Term(stage, tuple(Applied(rule, days.get(rule.after)) for rule in rules(store) if rule.stage in stages))


def _last_exit(store: Store) -> date | None:
    ((day,),) = store.rows("SELECT max(exited_on) FROM counted_spell")
    return date.fromisoformat(day) if day else None


def _last_event(store: Store) -> date | None:
    """The last day that stands in any record of a person."""
    schema = Schema.of(store)
    days = [
        f"SELECT max({column}) FROM {table}"
        for table in schema.related()
        for column in schema.columns[table]
        if column.endswith("_on")
    ]
    found = [day for (day,) in store.rows(" UNION ALL ".join(days)) if day]
    return date.fromisoformat(max(found)) if found else None
