"""What the sections about follow-up and income count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.follow_up import KINDS
from arena_cli.figures.income import SOURCES
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.monthly import HAS_ENTERED, LEAVERS_FOR_GOOD, Definitions
from arena_cli.figures.why.records import PersonCase, each_person
from arena_cli.model import ExitType, FollowUp, FollowUpKind, IncomeSource, Moment, Project, Spell
from arena_cli.rules import SIX_MONTHS, months_after


def of_project(_: Project) -> Definitions:
    """The definitions of the section `follow_up` and of those of income."""
    return {**_follow_up(), **_income()}


def _follow_up_of(question: Question, spell: Spell, kind: FollowUpKind) -> FollowUp | None:
    """The follow-up of a kind that has been made by the end of the month."""
    made = question.records.follow_ups.get(spell.id, ())
    return next((f for f in made if f.kind is kind and f.followed_up_on <= question.month.last), None)


def _outcomes(question: Question, case: PersonCase, kind: FollowUpKind) -> set[str]:
    """Every outcome of a kind of follow-up under which a leaver counts."""
    made = _follow_up_of(question, case.latest, kind)
    exited_on = case.latest.exited_on or date.max
    if kind is FollowUpKind.IMMEDIATE:
        has_passed = exited_on <= question.month.last - timedelta(weeks=4)
    else:
        has_passed = months_after(exited_on, SIX_MONTHS) <= question.month.last
    if made is None:
        return {"due", "missing"} if has_passed else {"not_yet_due"}
    found = {"due", "followed_up"}
    if not made.reached:
        return found | {"not_reached"}
    answers = (made.working.value, made.studying.value)
    found |= {name for name, answer in zip(("working", "studying"), answers, strict=True) if answer == "yes"}
    if answers == ("yes", "yes"):
        found.add("both")
    if "yes" not in answers:
        found.add("neither" if answers == ("no", "no") else "no_answer")
    return found


DIED: Final[Rule[PersonCase]] = (
    lambda _, c: c.latest.exit_type is ExitType.DECEASED,
    translatable("has not died"),
)
LIVES: Final[Rule[PersonCase]] = (
    lambda _, c: c.latest.exit_type is not ExitType.DECEASED,
    translatable("has died; nobody is followed up"),
)


def _follow_up() -> Definitions:
    said = {
        "due": translatable("Leavers whose follow-up ({kind}) has been made, or should have been."),
        "followed_up": translatable("Leavers whose follow-up ({kind}) has been made."),
        "working": translatable("Leavers who work, by the follow-up ({kind})."),
        "studying": translatable("Leavers who study, by the follow-up ({kind})."),
        "both": translatable("Leavers who both work and study, by the follow-up ({kind})."),
        "neither": translatable("Leavers who neither work nor study, by the follow-up ({kind})."),
        "no_answer": translatable("Leavers who were reached, but whose situation is not known ({kind})."),
        "not_reached": translatable("Leavers who were not reached ({kind})."),
        "missing": translatable("Leavers whose follow-up ({kind}) is due and has not been made."),
        "not_yet_due": translatable("Leavers whose follow-up ({kind}) has not been made and is not due yet."),
    }
    found: Definitions = {
        ("follow_up", "leavers"): Definition(
            translatable("Participants who have left, their latest spell not by transfer."),
            each_person,
            LEAVERS_FOR_GOOD,
        ),
        ("follow_up", "deceased"): Definition(
            translatable("Participants who have left because they died."), each_person, (*LEAVERS_FOR_GOOD, DIED)
        ),
    }
    for kind in KINDS:
        for outcome, meaning in said.items():
            found["follow_up", f"{kind}_{outcome}"] = Definition(
                meaning,
                each_person,
                (*LEAVERS_FOR_GOOD, LIVES, _outcome_is(outcome, FollowUpKind(kind))),
                {"kind": FollowUpKind(kind)},
            )
    return found


def _outcome_is(outcome: str, kind: FollowUpKind) -> Rule[PersonCase]:
    return lambda q, c: outcome in _outcomes(q, c, kind), translatable("the follow-up says otherwise, or is missing")


def _income() -> Definitions:
    was_reached: Rule[PersonCase] = (_was_reached, translatable("not reached six months after"))
    found: Definitions = {}
    for source in SOURCES:
        facts = {"source": IncomeSource(source)}
        found["income_at_entry", source] = Definition(
            translatable("Participants whose main source of income before the first entry was: {source}."),
            each_person,
            (HAS_ENTERED, _income_is(source, Moment.BEFORE)),
            facts,
        )
        for section, moment, said in (
            (
                "income_before",
                Moment.BEFORE,
                translatable("Leavers reached six months after, by the main income before the first entry: {source}."),
            ),
            (
                "income_after",
                Moment.SIX_MONTHS,
                translatable("Leavers reached six months after, by the main income then: {source}."),
            ),
        ):
            found[section, source] = Definition(
                said, each_person, (*LEAVERS_FOR_GOOD, LIVES, was_reached, _income_is(source, moment)), facts
            )
    return found


def _was_reached(question: Question, case: PersonCase) -> bool:
    made = _follow_up_of(question, case.latest, FollowUpKind.SIX_MONTHS)
    return made is not None and made.reached


def _income_is(source: str, moment: Moment) -> Rule[PersonCase]:
    def holds(question: Question, case: PersonCase) -> bool:
        spell = None if moment is Moment.BEFORE else case.latest.id
        incomes = question.records.main_incomes.get(case.journey.person.id, ())
        found = next((i.source.value for i in incomes if i.moment is moment and i.spell_id == spell), "unknown")
        return found == source

    return holds, translatable("another source of income")
