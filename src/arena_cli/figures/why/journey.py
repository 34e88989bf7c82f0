"""What the sections about waiting, pauses, placements, hours, times, returns, follow-up and income count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.durations import ACTIVE as ACTIVE_KIND
from arena_cli.figures.durations import LEAVERS, QUARTILES
from arena_cli.figures.follow_up import KINDS
from arena_cli.figures.income import SOURCES
from arena_cli.figures.indicators import ALL_RECORDS, COMPLETE_RECORDS, FOLLOWED_UP, KOLADA, UNKNOWN
from arena_cli.figures.placements import AGES
from arena_cli.figures.returns import WITHIN
from arena_cli.figures.waiting import NOT_PAUSED
from arena_cli.figures.why.asking import Definition, Question, Rule
from arena_cli.figures.why.monthly import (
    ACTIVE,
    CLOSING,
    ENTERED,
    EXITED,
    HAS_ENTERED,
    LEFT,
    NOT_BY_TRANSFER,
    SERVED,
    Definitions,
    comparison_is,
    group_of,
    in_month,
    stands_on,
    step_after,
)
from arena_cli.figures.why.records import (
    AssignmentCase,
    AttenderCase,
    PersonCase,
    PlaceCase,
    PlacementCase,
    SpellCase,
    each_assignment,
    each_attender,
    each_judged,
    each_person,
    each_person_placed,
    each_person_where_first,
    each_person_where_latest,
    each_place,
    each_placement,
    each_placement_where_place,
    each_spell,
    runs_at_end_of,
)
from arena_cli.indicators import LEFT as LEFT_MEASURE
from arena_cli.indicators import PARTICIPANTS, fund_table, kolada
from arena_cli.model import (
    NOT_PLACED,
    AssignmentOutcome,
    Attendance,
    ExitType,
    FollowUp,
    FollowUpKind,
    IncomeSource,
    Moment,
    Month,
    PauseReason,
    Project,
    Spell,
    StepMove,
)
from arena_cli.rules import SIX_MONTHS, months_after

WORK_OR_STUDIES: Final = ("work", "studies")


def of_project(project: Project) -> Definitions:
    """The definitions of the sections that came with the whole journey."""
    return {
        **_placements(),
        **_places(),
        **_place_ages(),
        **_attendance(project),
        **_times(project),
        **_returns(),
        **_waiting(),
        **_paused(),
        **_follow_up(),
        **_income(),
        **_reached(),
        **_indicators(project),
    }


# -- placements and places --------------------------------------------------------------------------------------------

BEGUN_BY_END: Final[Rule[PlacementCase]] = (
    lambda q, c: c.placement.placed_on <= q.month.last,
    translatable("begun after the month"),
)
BEGUN_IN_MONTH: Final[Rule[PlacementCase]] = (
    lambda q, c: _within(q.month, c.placement.placed_on),
    translatable("not begun in the month"),
)
RUNNING: Final[Rule[PlacementCase]] = (
    lambda q, c: runs_at_end_of(c, q.month.last),
    translatable("does not run at the end of the month"),
)


def _within(month: Month, day: date | None) -> bool:
    return day is not None and month.first <= day <= month.last


def _placements() -> Definitions:
    ran_before: Rule[PlacementCase] = (
        lambda q, c: c.placement.placed_on < q.month.first and (c.ended_on is None or c.ended_on >= q.month.first),
        translatable("did not run at the end of the day before the month"),
    )
    ended: Rule[PlacementCase] = (
        lambda q, c: _within(q.month, c.ended_on) and c.placement.placed_on <= q.month.last,
        translatable("did not end in the month"),
    )
    return {
        ("placements", "participants"): Definition(
            translatable("Participants in placement at the end of the month."), each_person_placed, (RUNNING,)
        ),
        ("placements", "opening"): Definition(
            translatable("Placements that ran at the end of the day before the month."), each_placement, (ran_before,)
        ),
        ("placements", "begun"): Definition(
            translatable("Placements begun in the month."), each_placement, (BEGUN_IN_MONTH,)
        ),
        ("placements", "ended"): Definition(
            translatable("Placements that ended in the month."), each_placement, (ended,)
        ),
        ("placements", "running"): Definition(
            translatable("Placements that run at the end of the month."), each_placement, (RUNNING,)
        ),
    }


def _is_open(day: date, closes_on: date | None) -> bool:
    """Whether a place that has been opened is open at the end of a day."""
    return closes_on is None or closes_on > day


def _places() -> Definitions:
    is_open: Rule[PlaceCase] = (
        lambda q, c: c.place.opens_on <= q.month.last and _is_open(q.month.last, c.place.closes_on),
        translatable("not open at the end of the month"),
    )
    flows: Mapping[str, tuple[str, Rule[PlaceCase]]] = {
        "opening": (
            translatable("Places open at the end of the day before the month."),
            (
                lambda q, c: c.place.opens_on < q.month.first and _is_open(q.month.before, c.place.closes_on),
                translatable("not open at the end of the day before the month"),
            ),
        ),
        "opened": (
            translatable("Places whose first day lies in the month."),
            (lambda q, c: _within(q.month, c.place.opens_on), translatable("not opened in the month")),
        ),
        "closed": (
            translatable("Places whose last day lies in the month."),
            (
                lambda q, c: _within(q.month, c.place.closes_on) and c.place.opens_on <= q.month.last,
                translatable("not closed in the month"),
            ),
        ),
        "open": (translatable("Places open at the end of the month."), is_open),
    }
    rooms: Mapping[str, tuple[str, Callable[[Question, PlaceCase], int]]] = {
        "capacity": (
            translatable("For how many there is room on each place that is open at the end of the month."),
            lambda _, c: c.place.capacity,
        ),
        "free": (
            translatable("For how many more there is room on each place that is open at the end of the month."),
            lambda _, c: max(0, c.place.capacity - c.occupied),
        ),
        "beyond_capacity": (
            translatable("How many too many are on each place that is open at the end of the month."),
            lambda _, c: max(0, c.occupied - c.place.capacity),
        ),
    }
    found: Definitions = {
        ("places", measure): Definition(said, each_place, (rule,), by_sex=False)
        for measure, (said, rule) in flows.items()
    }
    for measure, (said, amount) in rooms.items():
        found["places", measure] = Definition(said, each_place, (is_open,), amount=amount, by_sex=False)
    found["places", "occupied"] = Definition(
        translatable("Placements that run at the end of the month, where their places are."),
        each_placement_where_place,
        (RUNNING,),
        by_sex=False,
    )
    return found


def _place_ages() -> Definitions:
    opened: Rule[PlaceCase] = (lambda q, c: c.place.opens_on <= q.month.last, translatable("opened after the month"))
    found: Definitions = {
        ("place_ages", "places"): Definition(
            translatable("Places opened by the end of the month."), each_place, (opened,), by_sex=False
        )
    }
    said = {
        "still": translatable("Places that were open {months} months after their first day."),
        "closed": translatable("Places that were no longer open {months} months after their first day."),
        "not_due": translatable("Places opened less than {months} months before the end of the month."),
    }
    for age in AGES:
        for outcome, meaning in said.items():
            found["place_ages", f"{outcome}_{age}"] = Definition(
                meaning, each_place, (opened, _age_is(outcome, age)), {"months": age}, by_sex=False
            )
    return found


def _age_is(outcome: str, age: int) -> Rule[PlaceCase]:
    def holds(question: Question, case: PlaceCase) -> bool:
        day = months_after(case.place.opens_on, age)
        is_due = day <= question.month.last
        still = case.place.closes_on is None or case.place.closes_on >= day
        return outcome == ("not_due" if not is_due else "still" if still else "closed")

    said = {
        "still": translatable("no longer open then, or not yet so old"),
        "closed": translatable("still open then, or not yet so old"),
        "not_due": translatable("so old by the end of the month"),
    }
    return holds, said[outcome]


# -- hours ------------------------------------------------------------------------------------------------------------


def _minutes(question: Question, spell: Spell, *, activity: str | None = None, certified: bool = False) -> int:
    def counts(hours: Attendance) -> bool:
        return (
            hours.month == str(question.month)
            and activity in {None, hours.activity}
            and (hours.certified or not certified)
        )

    return sum(hours.minutes for hours in question.records.hours.get(spell.id, ()) if counts(hours))


def _was_paused(question: Question, case: AttenderCase) -> bool:
    """Whether every day of the month that the spells cover is a day of a pause."""
    return all(_days_paused(question, spell) == _days(question.month, spell) for spell in case.served)


def _days(month: Month, spell: Spell) -> int:
    last = min(spell.exited_on or month.last, month.last)
    return (last - max(spell.entered_on, month.first)).days + 1


def _days_paused(question: Question, spell: Spell) -> int:
    month = question.month
    first, last = max(spell.entered_on, month.first), min(spell.exited_on or month.last, month.last)
    days = 0
    for pause in question.records.pauses.get(spell.id, ()):
        until = last if pause.resumed_on is None else min(last, pause.resumed_on - timedelta(days=1))
        days += max(0, (until - max(first, pause.paused_on)).days + 1)
    return days


def _attendance(project: Project) -> Definitions:
    served: Rule[AttenderCase] = (lambda _, c: bool(c.served), translatable("no spell on any day of the month"))
    with_hours: Rule[AttenderCase] = (
        lambda q, c: any(_minutes(q, spell) for spell in c.served),
        translatable("no hours in the month"),
    )
    without_hours: Rule[AttenderCase] = (
        lambda q, c: not with_hours[0](q, c),
        translatable("has hours in the month"),
    )
    paused: Rule[AttenderCase] = (_was_paused, translatable("not paused the whole month"))
    not_paused: Rule[AttenderCase] = (
        lambda q, c: not _was_paused(q, c),
        translatable("paused the whole month"),
    )
    persons = {
        "participants": (translatable("Participants with a spell on some day of the month."), (served,)),
        "with_hours": (
            translatable("Participants with a spell on some day of the month and with hours registered for it."),
            (served, with_hours),
        ),
        "paused": (
            translatable("Participants without hours, paused on every day of the month that their spells have."),
            (served, without_hours, paused),
        ),
        "without_hours": (
            translatable("Participants with a spell on some day of the month, not paused all of it, without hours."),
            (served, without_hours, not_paused),
        ),
    }
    found: Definitions = {
        ("attendance", measure): Definition(said, each_attender, rules) for measure, (said, rules) in persons.items()
    }
    found["attendance", "minutes"] = _hours(translatable("Minutes registered for the month, spell by spell."))
    found["attendance", "certified_minutes"] = _hours(
        translatable("Certified minutes of the month, spell by spell."), certified=True
    )
    for activity in project.activities:
        facts = {"activity": activity}
        found["minutes_by_activity", activity.code] = _hours(
            translatable("Minutes registered for the month and the activity {activity}, spell by spell."),
            facts,
            activity=activity.code,
        )
        found["certified_by_activity", activity.code] = _hours(
            translatable("Certified minutes of the month and the activity {activity}, spell by spell."),
            facts,
            activity=activity.code,
            certified=True,
        )
    return found


def _hours(
    meaning: str, facts: Mapping[str, object] | None = None, *, activity: str | None = None, certified: bool = False
) -> Definition[SpellCase]:
    def amount(question: Question, case: SpellCase) -> int:
        return _minutes(question, case.spell, activity=activity, certified=certified)

    return Definition(
        meaning,
        each_spell,
        ((lambda q, c: amount(q, c) > 0, translatable("no such hours in the month")),),
        facts or {},
        amount,
    )


# -- times and returns ------------------------------------------------------------------------------------------------


def _times(project: Project) -> Definitions:
    ended: Rule[PersonCase] = (
        lambda q, c: in_month(q, c.latest),
        translatable("the latest spell did not end in the month"),
    )
    kinds = {
        LEAVERS: (
            translatable("Participants whose latest spell ended in the month, not by transfer."),
            (*LEFT, ended, NO_TRANSFER),
        ),
        ACTIVE_KIND: (
            translatable("Participants in the project at the end of the month."),
            (HAS_ENTERED, ACTIVE),
        ),
    }
    days_said = {
        LEAVERS: translatable(
            "Days in the project of the participants whose latest spell ended in the month, not by transfer: "
            "{quarters} of 4 have at most so many."
        ),
        ACTIVE_KIND: translatable(
            "Days in the project of the participants who are there at the end of the month: "
            "{quarters} of 4 have at most so many."
        ),
    }
    found: Definitions = {}
    for kind, (said, rules) in kinds.items():
        found["time_in_project", kind] = Definition(said, each_person_where_latest, rules)
        for quartile, quarters in QUARTILES.items():
            found["days_in_project", f"{kind}_{quartile}"] = Definition(
                days_said[kind],
                each_person_where_latest,
                rules,
                {"quarters": quarters},
                _days_in_project,
                quarters,
            )
    places: dict[str, object] = {**{step.code: step for step in project.steps}, NOT_PLACED: "–"}
    for place, step in places.items():
        found["days_on_step", place] = Definition(
            translatable("Days on the step {step} of the spells that stand there: half of them have at most so many."),
            each_spell,
            (*CLOSING, stands_on(place)),
            {"step": step},
            _days_on_step,
            QUARTILES["median"],
        )
    return found


NO_TRANSFER: Final[Rule[PersonCase]] = (
    lambda _, c: c.latest.exit_type is not ExitType.TRANSFERRED,
    NOT_BY_TRANSFER[1],
)


def _days_in_project(question: Question, case: PersonCase) -> int:
    days: set[int] = set()
    for spell in case.entered:
        last = min(spell.exited_on or question.month.last, question.month.last)
        days.update(range(spell.entered_on.toordinal(), last.toordinal() + 1))
    return len(days)


def _days_on_step(question: Question, case: SpellCase) -> int:
    moves = [move for move in case.moves if move.moved_on <= question.month.last]
    step = step_after(question, case)
    since = case.spell.entered_on
    while moves and moves[-1].step == step:
        since = moves.pop().moved_on
    return (question.month.last - since).days + 1


def _returns() -> Definitions:
    has_ended: Rule[SpellCase] = (
        lambda q, c: c.spell.exited_on is not None and c.spell.exited_on <= q.month.last,
        translatable("has not ended"),
    )
    alive: Rule[SpellCase] = (
        lambda _, c: c.spell.exit_type is not ExitType.DECEASED,
        translatable("ended because the participant died"),
    )
    exits = (has_ended, NOT_BY_TRANSFER, alive)
    found: Definitions = {
        ("returns", "exits"): Definition(
            translatable("Spells that have ended, neither by transfer nor because the participant died."),
            each_spell,
            exits,
        )
    }
    said = {
        "returned": translatable("Exits at least {months} months ago after which the participant came back by then."),
        "stayed_away": translatable(
            "Exits at least {months} months ago after which the participant did not come back by then."
        ),
        "not_due": translatable("Exits less than {months} months ago."),
    }
    for months in WITHIN:
        for outcome, meaning in said.items():
            found["returns", f"{outcome}_{months}"] = Definition(
                meaning, each_spell, (*exits, _return_is(outcome, months)), {"months": months}
            )
    return found


def _return_is(outcome: str, months: int) -> Rule[SpellCase]:
    def holds(question: Question, case: SpellCase) -> bool:
        if case.spell.exited_on is None:
            return False
        day = months_after(case.spell.exited_on, months)
        came_back = case.after is not None and case.after.entered_on <= day
        return outcome == ("not_due" if day > question.month.last else "returned" if came_back else "stayed_away")

    said = {
        "returned": translatable("not due yet, or did not come back by then"),
        "stayed_away": translatable("not due yet, or came back by then"),
        "not_due": translatable("due by the end of the month"),
    }
    return holds, said[outcome]


# -- waiting and pauses -----------------------------------------------------------------------------------------------


def _waiting() -> Definitions:
    def ended_as(outcome: AssignmentOutcome) -> Rule[AssignmentCase]:
        return (
            lambda q, c: c.assignment.outcome is outcome and _within(q.month, c.assignment.ended_on),
            translatable("the wait did not end so in the month"),
        )

    measures: Mapping[str, tuple[str, Rule[AssignmentCase]]] = {
        "opening": (
            translatable("Assignments that waited at the end of the day before the month."),
            (lambda q, c: _waits(q.month.before, c), translatable("did not wait then")),
        ),
        "assigned": (
            translatable("Assignments made in the month."),
            (lambda q, c: _within(q.month, c.assignment.assigned_on), translatable("not assigned in the month")),
        ),
        "started": (
            translatable("Waits that ended in the month with a start."),
            ended_as(AssignmentOutcome.STARTED),
        ),
        "withdrawn": (
            translatable("Waits that ended in the month without a start."),
            ended_as(AssignmentOutcome.WITHDRAWN),
        ),
        "closing": (
            translatable("Assignments that wait at the end of the month."),
            (lambda q, c: _waits(q.month.last, c), translatable("does not wait then")),
        ),
    }
    return {
        ("waiting", measure): Definition(said, each_assignment, (rule,)) for measure, (said, rule) in measures.items()
    }


def _waits(day: date, case: AssignmentCase) -> bool:
    assignment = case.assignment
    return assignment.assigned_on <= day and (assignment.ended_on is None or assignment.ended_on > day)


def _paused() -> Definitions:
    def is_so(reason: str) -> Rule[SpellCase]:
        return lambda q, c: _reason_of_pause(q, c.spell) == reason, translatable("otherwise paused, or not")

    paused = translatable("Spells in stock at the end of the month that are paused then, for the reason: {reason}.")
    not_paused = translatable("Spells in stock at the end of the month that are not paused then.")
    found: Definitions = {("paused", NOT_PAUSED): Definition(not_paused, each_spell, (*CLOSING, is_so(NOT_PAUSED)))}
    for reason in PauseReason:
        rules = (*CLOSING, is_so(reason.value))
        found["paused", reason.value] = Definition(paused, each_spell, rules, {"reason": reason})
    return found


def _reason_of_pause(question: Question, spell: Spell) -> str:
    last = question.month.last
    for pause in question.records.pauses.get(spell.id, ()):
        if pause.paused_on <= last and (pause.resumed_on is None or pause.resumed_on > last):
            return pause.reason.value
    return NOT_PAUSED


# -- follow-up and income ---------------------------------------------------------------------------------------------


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
LEAVERS_FOR_GOOD: Final = (*LEFT, NO_TRANSFER)


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


# -- targets ----------------------------------------------------------------------------------------------------------


def _reached() -> Definitions:
    up: Rule[PersonCase] = (_has_moved_up, translatable("the last step so far is not above the first one"))
    return {
        ("reached", "intake_month"): Definition(
            translatable("Spells entered in the month, the participant's first in the project."), each_spell, ENTERED
        ),
        ("reached", "intake_total"): Definition(
            translatable("Participants who have entered, in the municipality of the first entry."),
            each_person_where_first,
            (HAS_ENTERED,),
        ),
        ("reached", "moved_up_month"): Definition(
            translatable("Spells served in the month whose step after is above the step before."),
            each_spell,
            (*SERVED, comparison_is("up")),
        ),
        ("reached", "moved_up_total"): Definition(
            translatable("Participants whose last step so far is above their first one in the project."),
            each_person_where_latest,
            (HAS_ENTERED, up),
        ),
        ("reached", "work_or_studies_month"): Definition(
            translatable("Spells that ended in the month, not by transfer, with work or studies."),
            each_spell,
            (*EXITED, (lambda q, c: group_of(q, c.spell) in WORK_OR_STUDIES, NEITHER_WORK_NOR_STUDIES)),
        ),
        ("reached", "work_or_studies_total"): Definition(
            translatable("Participants who have left, their latest spell in the row to work or studies."),
            each_person,
            (
                *LEAVERS_FOR_GOOD,
                (lambda q, c: group_of(q, c.latest) in WORK_OR_STUDIES, NEITHER_WORK_NOR_STUDIES),
            ),
        ),
        ("reached", "placements_month"): Definition(
            translatable("Placements begun in the month."), each_placement, (BEGUN_IN_MONTH,)
        ),
        ("reached", "placements_total"): Definition(
            translatable("Placements begun by the end of the month."), each_placement, (BEGUN_BY_END,)
        ),
    }


NEITHER_WORK_NOR_STUDIES: Final = translatable("neither to work nor to studies")


def _has_moved_up(question: Question, case: PersonCase) -> bool:
    moves: list[StepMove] = [
        move for spell in case.entered for move in case.journey.moves_of(spell) if move.moved_on <= question.month.last
    ]
    positions = {step.code: step.position for step in question.project.steps}
    return bool(moves) and positions[moves[-1].step] > positions[moves[0].step]


# -- indicators -------------------------------------------------------------------------------------------------------


def _indicators(project: Project) -> Definitions:
    """The measures of the fund's table and of Kolada's, under the names that they have there."""
    fund = fund_table(project.fund_rules)
    if fund is None:
        return {}
    of_the_fund = fund.asked_from(project.starts_on)
    yardstick = kolada().measures
    found: Definitions = {}
    for section, measures in (
        (ALL_RECORDS, of_the_fund),
        (COMPLETE_RECORDS, of_the_fund),
        (UNKNOWN, of_the_fund),
        (KOLADA, yardstick),
    ):
        for measure in measures:
            found[section, measure.code] = Definition(
                NOT_KNOWN_WHETHER if section == UNKNOWN else INDICATOR,
                each_judged,
                facts={"measure": measure.code, "name": measure},
            )
        if section != UNKNOWN:
            found[section, LEFT_MEASURE] = Definition(
                translatable("Participants who have left, in the municipality of the first entry."), each_judged
            )
        if section in {ALL_RECORDS, COMPLETE_RECORDS}:
            found[section, PARTICIPANTS] = Definition(
                translatable("Participants who have entered, in the municipality of the first entry."), each_judged
            )
    for kind in fund.windows:
        found[ALL_RECORDS, FOLLOWED_UP[kind]] = Definition(
            translatable("Participants who have left and were reached in time ({kind})."),
            each_judged,
            facts={"kind": kind},
        )
    return found


INDICATOR: Final = translatable("Participants who count in {measure}: {name}.")
NOT_KNOWN_WHETHER: Final = translatable("Participants of whom it is not known whether they count in {measure}: {name}.")
