"""An independent calculator of the funds' indicators, written from docs/indicators.md alone.

It shares nothing with the product: no import, no table, no SQL. Every indicator is written out by hand, one line each.
An answer is True, False, or None: not known.

    expected = figures("esf-2014", people, municipalities, sexes, project_start, date(2016, 10, 31))
    expected[("indicators", "CO01", "2380", "women")]
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

ALL = "all"
SEXES = {"woman": "women", "man": "men", "other": "other", "unknown": "unknown"}
HOUSEHOLDS_UNTIL = date(2018, 8, 2)
NOT_KNOWN = (None, "declined", "not_asked", "unknown")

Answer = bool | None
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class FollowUp:
    """A follow-up of one spell: `kind` immediate or six_months, with its answers by name."""

    kind: str
    made_on: date
    reached: bool
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Spell:
    """A stay; `ended` is its exit type."""

    municipality: str
    entered_on: date
    exited_on: date | None = None
    ended: str | None = None
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True)
class Person:
    """A participant with the spells in order; `background` is None where no form was filled in."""

    sex: str
    birth_year: int | None
    spells: tuple[Spell, ...]
    background: Mapping[str, str | int | None] | None = field(default_factory=dict)


# -- answers that may be missing --------------------------------------------------------------------------------------


def both(*answers: Answer) -> Answer:
    """No if one is no; else not known if one is not known."""
    if False in answers:
        return False
    return None if None in answers else True


def either(*answers: Answer) -> Answer:
    """Yes if one is yes; else not known if one is not known."""
    if True in answers:
        return True
    return None if None in answers else False


def among(value: str | int | None, *wanted: str) -> Answer:
    """Whether a fact is one of these."""
    return None if value in NOT_KNOWN else value in wanted


def within(number: int | None, least: int, most: int) -> Answer:
    """Whether a number lies between these, both included."""
    return None if number is None else least <= number <= most


# -- one participant at the end of a month ----------------------------------------------------------------------------


class Participation:
    """A person as of a day: what was so at the first entry, and what is known after the last exit."""

    def __init__(self, person: Person, last: date) -> None:
        self.person = person
        self.last = last
        self.spells = [s for s in person.spells if s.ended != "misregistered" and s.entered_on <= last]

    @property
    def first_entry(self) -> date:
        return self.spells[0].entered_on

    @property
    def age(self) -> int | None:
        """The year of the first entry less the birth year."""
        return None if self.person.birth_year is None else self.first_entry.year - self.person.birth_year

    @property
    def last_exit(self) -> date | None:
        """The day the latest spell ended, if it has by now and not by transfer."""
        latest = self.spells[-1]
        if latest.exited_on is None or latest.exited_on > self.last or latest.ended == "transferred":
            return None
        return latest.exited_on

    @property
    def is_deceased(self) -> bool:
        return self.last_exit is not None and self.spells[-1].ended == "deceased"

    def asked(self, question: str) -> str:
        """What was said at the first entry."""
        return str((self.person.background or {}).get(question, "not_asked"))

    @property
    def months_without_work(self) -> int | None:
        months = (self.person.background or {}).get("months_without_work")
        return months if isinstance(months, int) else None

    def yes(self, question: str) -> Answer:
        return among(self.asked(question), "yes")

    def household(self, *questions: str) -> Answer:
        """The household indicators: of those only who entered before 2 August 2018."""
        return both(self.first_entry < HOUSEHOLDS_UNTIL, *(self.yes(question) for question in questions))

    def follow_up(self, kind: str) -> FollowUp | None:
        """The follow-up of the last spell that was made in time and reached the person."""
        if self.last_exit is None:
            return None
        for found in self.spells[-1].follow_ups:
            if found.kind == kind and found.reached and found.made_on <= self.last:
                four_weeks = timedelta(days=28)
                if kind == "immediate" and self.last_exit <= found.made_on <= self.last_exit + four_weeks:
                    return found
                if kind == "six_months" and found.made_on >= six_months_after(self.last_exit):
                    return found
        return None

    def due(self, kind: str) -> bool:
        """A follow-up has been made in time, or could have been by now."""
        if self.last_exit is None:
            return False
        ends = self.last_exit + timedelta(days=28) if kind == "immediate" else six_months_after(self.last_exit)
        return self.follow_up(kind) is not None or (ends <= self.last and not self.is_deceased)

    def after(self, kind: str, question: str, wanted: str = "yes") -> Answer:
        """What a follow-up says."""
        found = self.follow_up(kind)
        return among(found.answers.get(question, "not_asked") if found else None, wanted)

    def result(self, kind: str, of_whom: Answer, achieved: Answer) -> Answer:
        return both(self.due(kind), of_whom, achieved)

    def lacks(self, fund: str) -> list[str]:
        """What a complete record must hold and this one does not."""
        facts: dict[str, object] = {"sex": self.person.sex, "birth_year": self.person.birth_year}
        facts |= {question: self.asked(question) for question in ("employment", "education")}
        if fund == "esf-2014" and self.first_entry < HOUSEHOLDS_UNTIL:
            facts |= {q: self.asked(q) for q in ("jobless_household", "dependent_children", "single_adult")}
        return [name for name, value in facts.items() if value in NOT_KNOWN]


def six_months_after(day: date) -> date:
    """The same day six calendar months later, or that month's last day if it is shorter."""
    year, month = (day.year, day.month + 6) if day.month <= 6 else (day.year + 1, day.month - 6)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


# -- the funds --------------------------------------------------------------------------------------------------------


def esf_2014(p: Participation) -> dict[str, Answer]:
    """Regulation (EU) No 1304/2013, Annex I, and what arena puts beside it."""
    employment, education, months = p.asked("employment"), p.asked("education"), p.months_without_work
    c: dict[str, Answer] = {}
    c["CO01"] = among(employment, "unemployed")
    young = both(within(p.age, 0, 24), within(months, 7, 10**6))
    older = both(within(p.age, 25, 200), within(months, 13, 10**6))
    c["CO02"] = both(c["CO01"], either(young, older))
    c["CO03"] = among(employment, "inactive", "inactive_in_education")
    c["CO04"] = among(employment, "inactive")
    c["CO05"] = among(employment, "employed")
    c["CO06"] = within(p.age, 0, 24)
    c["CO07"] = within(p.age, 55, 200)
    c["CO08"] = both(c["CO07"], either(c["CO01"], c["CO04"]))
    c["CO09"] = among(education, "isced_1", "isced_2")
    c["CO10"] = among(education, "isced_3", "isced_4")
    c["CO11"] = among(education, "isced_5", "isced_6", "isced_7", "isced_8")
    c["CO12"] = p.household("jobless_household")
    c["CO13"] = p.household("jobless_household", "dependent_children")
    c["CO14"] = p.household("single_adult", "dependent_children")
    c["CO15"] = either(p.yes("foreign_background"), p.yes("minority"))
    c["CO16"] = p.yes("disability")
    c["CO17"] = either(p.yes("other_disadvantage"), among(education, "isced_0"))
    c["CO18"] = p.yes("homeless")
    c["CO19"] = p.yes("rural")
    out_of_work = either(c["CO01"], c["CO03"])
    disadvantaged = either(*(c[f"CO{number}"] for number in range(12, 19)))
    not_in_education = among(employment, "unemployed", "inactive", "employed")
    c["CR01"] = p.result("immediate", c["CO03"], p.after("immediate", "job_searching"))
    c["CR02"] = p.result("immediate", not_in_education, p.after("immediate", "studying"))
    c["CR03"] = p.result("immediate", True, p.after("immediate", "qualification"))
    c["CR04"] = p.result("immediate", out_of_work, p.after("immediate", "working"))
    c["CR05"] = p.result("immediate", disadvantaged, either(c["CR01"], c["CR02"], c["CR03"], c["CR04"]))
    c["CR06"] = p.result("six_months", out_of_work, p.after("six_months", "working"))
    c["CR07"] = p.result("six_months", c["CO05"], p.after("six_months", "improved"))
    c["CR08"] = p.result("six_months", both(c["CO07"], out_of_work), p.after("six_months", "working"))
    c["CR09"] = p.result("six_months", both(disadvantaged, out_of_work), p.after("six_months", "working"))
    c["isced_0"] = among(education, "isced_0")
    c["unemployed_over_6_months"] = both(c["CO01"], within(months, 7, 10**6))
    c["employed_with_months"] = both(c["CO05"], within(months, 1, 10**6))
    return c


def esf_plus(p: Participation) -> dict[str, Answer]:
    """Regulation (EU) 2021/1057, Annex I, and what arena puts beside it."""
    employment, education, months = p.asked("employment"), p.asked("education"), p.months_without_work
    c: dict[str, Answer] = {}
    c["EECO01"] = True
    c["EECO02"] = among(employment, "unemployed")
    c["EECO03"] = both(c["EECO02"], within(months, 12, 10**6))
    c["EECO04"] = among(employment, "inactive", "inactive_in_education")
    c["EECO05"] = among(employment, "employed")
    c["EECO06"] = within(p.age, 0, 17)
    c["EECO07"] = within(p.age, 18, 29)
    c["EECO08"] = within(p.age, 55, 200)
    c["EECO09"] = among(education, "isced_0", "isced_1", "isced_2")
    c["EECO10"] = among(education, "isced_3", "isced_4")
    c["EECO11"] = among(education, "isced_5", "isced_6", "isced_7", "isced_8")
    c["EECO12"] = p.yes("disability")
    c["EECO13"] = p.yes("third_country_national")
    c["EECO14"] = p.yes("foreign_background")
    c["EECO15"] = p.yes("minority")
    c["EECO16"] = p.yes("homeless")
    c["EECO17"] = p.yes("rural")
    out_of_work = either(c["EECO02"], c["EECO04"])
    not_unemployed = either(c["EECO04"], c["EECO05"])
    not_in_education = among(employment, "unemployed", "inactive", "employed")
    c["EECR01"] = p.result("immediate", not_unemployed, p.after("immediate", "job_searching"))
    c["EECR02"] = p.result("immediate", not_in_education, p.after("immediate", "studying"))
    c["EECR03"] = p.result("immediate", True, p.after("immediate", "qualification"))
    c["EECR04"] = p.result("immediate", out_of_work, p.after("immediate", "working"))
    c["EECR05"] = p.result("six_months", out_of_work, p.after("six_months", "working"))
    c["EECR06"] = p.result("six_months", c["EECO05"], p.after("six_months", "improved"))
    c["unemployed_12_months"] = c["EECO03"]
    c["employed_with_months"] = both(c["EECO05"], within(months, 1, 10**6))
    return c


def results_at_exit(p: Participation) -> dict[str, Answer]:
    """Kolada's measure of the results of municipal labour-market activities."""
    left, due = p.last_exit is not None, p.due("immediate")

    def after(question: str, wanted: str = "yes") -> Answer:
        return p.after("immediate", question, wanted)

    work = both(due, after("working"), after("lasts_a_month"), after("municipal_job", "no"))
    studies = both(due, after("studying"), after("study_aid_eligible"))
    work_or_studies = both(due, either(work, studies))
    return {
        "left": left,
        "work_or_studies": work_or_studies,
        "work": work,
        "work_unsubsidised": both(work, after("subsidised", "no")),
        "work_subsidised": both(work, after("subsidised")),
        "studies": studies,
        "neither": due and work_or_studies is False,
        "unknown": due and work_or_studies is None,
        "not_due": left and not due and not p.is_deceased,
        "deceased": p.is_deceased,
    }


# -- counting ---------------------------------------------------------------------------------------------------------


def figures(
    fund: str,
    people: Sequence[Person],
    municipalities: Iterable[str],
    sexes: Iterable[str],
    starts_on: date,
    last: date,
) -> dict[Key, int]:
    """Every figure of the indicators at the end of a month, in the municipality of the first entry, and in all."""
    rows, columns = (*municipalities, ALL), (*sexes, ALL)
    counted: dict[Key, int] = {}
    for person in people:
        p = Participation(person, last)
        if not p.spells:
            continue
        for section, measure, counts in _judged(fund, p):
            if measure in {"CO12", "CO13", "CO14"} and starts_on >= HOUSEHOLDS_UNTIL:
                continue
            for row in rows:
                for column in columns:
                    here = row in {ALL, p.spells[0].municipality} and column in {ALL, SEXES[person.sex]}
                    key = section, measure, row, column
                    counted[key] = counted.get(key, 0) + (here and counts)
    return counted


def _judged(fund: str, p: Participation) -> Iterable[tuple[str, str, bool]]:
    indicators = esf_2014(p) if fund == "esf-2014" else esf_plus(p)
    complete = not p.lacks(fund)
    for measure, answer in {"participants": True, **indicators, "left": p.last_exit is not None}.items():
        yield "indicators", measure, answer is True
        yield "indicators_complete", measure, complete and answer is True
        if measure in indicators:
            yield "indicators_unknown", measure, answer is None
    for kind in ("immediate", "six_months"):
        yield "indicators", f"followed_up_{kind}", p.follow_up(kind) is not None
    for measure, answer in results_at_exit(p).items():
        yield "kolada", measure, answer is True
