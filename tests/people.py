"""People for the indicators: put into a store, and made at random on the edges of every rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from types import MappingProxyType

from hypothesis import strategies as st

from arena_cli.indicators.conditions import AFTER_EXIT, AT_ENTRY
from arena_cli.model import Answer, Background, ExitType, FollowUp, FollowUpKind, Sex
from arena_cli.model import Spell as StoredSpell
from arena_cli.records import values_of
from arena_cli.store import Store
from tests import oracle_indicators as oracle
from tests.sample import PROJECT, occasion

YES, NO = Answer.YES.value, Answer.NO.value
MUNICIPALITIES = tuple(m.code for m in PROJECT.municipalities)
ENTRY = date(2016, 5, 2)
EXIT = date(2016, 8, 31)
NOTHING: Mapping[str, str] = MappingProxyType({})


def person(
    background: Mapping[str, str | int] = NOTHING,
    *,
    sex: str = "woman",
    birth_year: int | None = 1980,
    entered_on: date = ENTRY,
    exited_on: date | None = None,
    follow_ups: Iterable[oracle.FollowUp] = (),
) -> oracle.Person:
    """Somebody with one spell; what is not said about the background was not asked."""
    ended = None if exited_on is None else "completed"
    spell = oracle.Spell("2380", entered_on, exited_on, ended, tuple(follow_ups))
    return oracle.Person(sex, birth_year, (spell,), background)


def immediate(answers: Mapping[str, str] = NOTHING, made_on: date = EXIT, *, reached: bool = True) -> oracle.FollowUp:
    return oracle.FollowUp("immediate", made_on, reached, answers)


def six_months(answers: Mapping[str, str] = NOTHING, made_on: date = date(2017, 2, 28)) -> oracle.FollowUp:
    return oracle.FollowUp("six_months", made_on, reached=True, answers=answers)


def put_people(store: Store, people: Iterable[oracle.Person]) -> list[str]:
    """Register people. Returns their codes."""
    codes = []
    with store.change(occasion("put")) as change:
        for one in people:
            participant = change.add_participant(None, Sex(one.sex), one.birth_year)
            codes.append(participant.code)
            if one.background is not None:
                background = {**values_of(Background(0, participant.id)), **one.background}
                change.insert("background", background)
            for stay in one.spells:
                ended = ExitType(stay.ended) if stay.ended else None
                spell = StoredSpell(0, participant.id, stay.municipality, stay.entered_on, stay.exited_on, ended)
                spell = change.add_spell(spell)
                for made in stay.follow_ups:
                    blank = FollowUp(0, spell.id, FollowUpKind(made.kind), made.made_on, made.reached)
                    change.insert("follow_up", {**values_of(blank), **made.answers})
    return codes


# -- at random --------------------------------------------------------------------------------------------------------

_ENTRIES = st.sampled_from([date(2016, 12, 31), date(2017, 1, 1), date(2018, 8, 1), date(2018, 8, 2)])
_AGES = st.sampled_from([15, 17, 18, 24, 25, 29, 30, 54, 55, 64])


@st.composite
def backgrounds(draw: st.DrawFn) -> dict[str, str | int | None]:
    """Every question with any of its answers, the edges of the long-term unemployed among them."""
    hints = {field.name: field.default for field in fields(Background)}
    answers: dict[str, str | int | None] = {}
    for question, fact in AT_ENTRY.items():
        if question == "months_without_work":
            answers[question] = draw(st.sampled_from([None, 0, 1, 5, 6, 7, 11, 12, 13]))
        else:
            answers[question] = draw(st.sampled_from([*fact.values, *fact.values, "declined", str(hints[question])]))
    return answers


@st.composite
def follow_ups(draw: st.DrawFn, kind: str, exited_on: date) -> oracle.FollowUp:
    """A follow-up about when it must be made, early and late ones too."""
    due = exited_on if kind == "immediate" else oracle.six_months_after(exited_on)
    made_on = due + timedelta(draw(st.sampled_from([-1, 0, 1, 27, 28, 29, 60])))
    asked = [question for question, fact in AFTER_EXIT.items() if set(fact.values) == {YES, NO}]
    answers = {question: draw(st.sampled_from([YES, YES, NO, "declined", "not_asked"])) for question in asked}
    return oracle.FollowUp(kind, max(made_on, exited_on - timedelta(1)), draw(st.integers(0, 5)) > 0, answers)


@st.composite
def people(draw: st.DrawFn) -> oracle.Person:
    """Somebody with one to three spells, some of them ended by transfer or misregistered."""
    entered_on = draw(_ENTRIES)
    birth_year = entered_on.year - draw(_AGES) if draw(st.booleans()) else draw(st.none() | st.just(1980))
    spells = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        municipality = draw(st.sampled_from(MUNICIPALITIES))
        if draw(st.integers(0, 3)) == 0:
            spells.append(oracle.Spell(municipality, entered_on))
            break
        exited_on = entered_on + timedelta(draw(st.sampled_from([0, 1, 20, 30, 31, 90])))
        ended = draw(
            st.sampled_from(["completed", "completed", "discontinued", "deceased", "transferred", "misregistered"])
        )
        kinds = () if ended == "deceased" else ("immediate", "six_months")
        made = [draw(follow_ups(kind, exited_on)) for kind in kinds if draw(st.booleans())]
        spells.append(oracle.Spell(municipality, entered_on, exited_on, ended, tuple(made)))
        gap = draw(st.sampled_from([0, 1, 40])) if ended == "transferred" else draw(st.sampled_from([1, 2, 200]))
        entered_on = exited_on + timedelta(gap)
    return oracle.Person(
        draw(st.sampled_from(["woman", "man", "other", "unknown"])),
        birth_year,
        tuple(spells),
        draw(st.none() | backgrounds()),
    )
