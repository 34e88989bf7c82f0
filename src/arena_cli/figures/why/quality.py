"""What the quality of the data counts, one rule after another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.quality import IMPORTED, LATENESS, LATEST, QUIET_DAYS
from arena_cli.figures.why.asking import Case, Definition, Question, Rule
from arena_cli.figures.why.monthly import CLOSING, EXITED, SERVED, Definitions
from arena_cli.figures.why.records import SpellCase, each_move, each_spell
from arena_cli.indicators import fund_table
from arena_cli.journal import Entry
from arena_cli.model import ALL, ExitType, Project, Spell
from arena_cli.swedish_time import in_sweden

_IMPORT: Final = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class HappeningCase(Case):
    """An entry, an exit or a move: the day of it, and the journal's entry that first had it."""

    day: date
    entry: Entry | None

    @property
    def lateness(self) -> str | None:
        """The class it is counted in; None where the journal has nothing of it."""
        if self.entry is None:
            return None
        if self.entry.command == _IMPORT:
            return IMPORTED
        days = (in_sweden(datetime.fromisoformat(self.entry.at)).date() - self.day).days
        return next((lateness for lateness, most in LATENESS.items() if days <= most), LATEST)


def of_project(project: Project) -> Definitions:
    """The definitions of the sections `timeliness` and `missing`."""
    return {**_timeliness(), **_missing(project)}


# -- timeliness -------------------------------------------------------------------------------------------------------

_IN_MONTH: Final[Rule[HappeningCase]] = (
    lambda q, c: q.month.first <= c.day <= q.month.last,
    translatable("did not happen in the month"),
)


def each_happening(question: Question) -> Iterator[HappeningCase]:
    """Every entry and exit, which are written as their spell, and every move after the day of the entry."""
    journal = question.records.journal
    for case in each_spell(question):
        spell = case.spell
        entries = journal.get(("spell", spell.id), ())
        yield _happening(case, spell.entered_on, next(iter(entries), None))
        if spell.exited_on is not None and spell.exit_type is not ExitType.TRANSFERRED:
            yield _happening(case, spell.exited_on, _exit_among(entries))
    for case in each_move(question):
        move = case.moves[case.move]
        if move.moved_on > case.spell.entered_on:
            yield _happening(case, move.moved_on, next(iter(journal.get(("step_move", move.id), ())), None))


def _happening(case: SpellCase, day: date, entry: Entry | None) -> HappeningCase:
    return HappeningCase(
        unit=case.unit, municipality=case.municipality, sex=ALL, counts=case.counts, day=day, entry=entry
    )


def _exit_among(entries: Sequence[Entry]) -> Entry | None:
    """The entry that registered the exit that stands: the first with one since there last was none."""
    found: Entry | None = None
    for entry in entries:
        after: Mapping[str, object] = json.loads(entry.after) if entry.after else {}
        if "exited_on" in after:
            found = None if after["exited_on"] is None else found or entry
    return found


def _timeliness() -> Definitions:
    def registered(lateness: str) -> Rule[HappeningCase]:
        return lambda _, c: c.lateness == lateness, translatable("registered sooner, later or with a list")

    said = {
        "days_0": translatable("Entries, exits and moves in the month that were registered the same day."),
        "days_1_3": translatable("Entries, exits and moves in the month that were registered 1 to 3 days later."),
        "days_4_6": translatable("Entries, exits and moves in the month that were registered 4 to 6 days later."),
        "days_7_10": translatable("Entries, exits and moves in the month that were registered 7 to 10 days later."),
        LATEST: translatable("Entries, exits and moves in the month that were registered 11 days later or more."),
        IMPORTED: translatable("Entries, exits and moves in the month that came with an imported list."),
    }
    return {
        ("timeliness", measure): Definition(meaning, each_happening, (_IN_MONTH, registered(measure)), by_sex=False)
        for measure, meaning in said.items()
    }


# -- missing ----------------------------------------------------------------------------------------------------------


def _missing(project: Project) -> Definitions:
    said: Mapping[str, tuple[str, tuple[Rule[SpellCase], ...]]] = {
        "served": (translatable("Spells served in the month."), SERVED),
        "sex": (
            translatable("Spells served in the month of a participant whose sex is not known."),
            (*SERVED, (lambda _, c: c.sex == "unknown", translatable("is known"))),
        ),
        "birth_year": (
            translatable("Spells served in the month of a participant whose birth year is not known."),
            (*SERVED, (lambda q, c: _birth_year(q, c.spell) is None, translatable("is known"))),
        ),
        "referral": (
            translatable(
                "Spells served in the month without who sent the participant, where the project has referrals."
            ),
            (*SERVED, _is_asked(asked=bool(project.referrals)), (_has_no_referral, translatable("is known"))),
        ),
        "background": (
            translatable("Spells served in the month of a participant of whom nothing is recorded that the fund asks."),
            (
                *SERVED,
                _is_asked(asked=fund_table(project.fund_rules) is not None),
                (lambda q, c: c.spell.participant_id not in q.records.with_background, translatable("is known")),
            ),
        ),
        "step": (
            translatable("Spells in stock at the end of the month that were never placed on a step."),
            (
                *CLOSING,
                (
                    lambda q, c: not any(move.moved_on <= q.month.last for move in c.moves),
                    translatable("has been on a step"),
                ),
            ),
        ),
        "destination": (
            translatable("Exits in the month, not by transfer or death, without a destination."),
            (
                *EXITED,
                (lambda _, c: c.spell.exit_type is not ExitType.DECEASED, translatable("has died")),
                (lambda _, c: c.spell.destination is None, translatable("is known")),
            ),
        ),
        "quiet": (
            translatable("Spells in stock at the end of the month, not paused, without an event for 60 days."),
            (*CLOSING, (_is_quiet, translatable("has had an event"))),
        ),
    }
    return {
        ("missing", measure): Definition(meaning, each_spell, rules, by_sex=False)
        for measure, (meaning, rules) in said.items()
    }


def _is_asked(*, asked: bool) -> Rule[SpellCase]:
    return lambda _q, _c: asked, translatable("is not asked in this project")


def _has_no_referral(_: Question, case: SpellCase) -> bool:
    return case.spell.referral is None


def _birth_year(question: Question, spell: Spell) -> int | None:
    return question.records.birth_years[spell.participant_id]


def _is_quiet(question: Question, case: SpellCase) -> bool:
    """No event in the 60 days up to the end of the month."""
    spell, records, last = case.spell, question.records, question.month.last
    before = last - timedelta(days=QUIET_DAYS)

    def is_late(day: date | None) -> bool:
        return day is not None and before < day <= last

    placed = [placement for placement in records.placements if placement.placement.spell_id == spell.id]
    events: tuple[Callable[[], bool], ...] = (
        lambda: spell.entered_on > before,
        lambda: any(is_late(move.moved_on) for move in case.moves),
        lambda: any(
            pause.paused_on <= last and (pause.resumed_on is None or pause.resumed_on > before)
            for pause in records.pauses.get(spell.id, ())
        ),
        lambda: any(is_late(p.placement.placed_on) or is_late(p.ended_on) for p in placed),
        lambda: any(
            f"{before:%Y-%m}" <= hours.month <= str(question.month) for hours in records.hours.get(spell.id, ())
        ),
    )
    return not any(happened() for happened in events)
