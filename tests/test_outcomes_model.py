"""Waiting, pauses, background and follow-up among the other verbs, in any order.

Every control holds after every step, a refusal leaves nothing behind, and the figures equal the independent count.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from arena_cli import casework, rules
from arena_cli.casework import Intake, background, follow_up, pausing
from arena_cli.casework.background import Livelihood
from arena_cli.due import due
from arena_cli.errors import NotFound, Refused
from arena_cli.figures.report import build
from arena_cli.journal import broken_at
from arena_cli.model import (
    Answer,
    Employment,
    ExitType,
    FollowUp,
    FollowUpKind,
    IncomeSource,
    Month,
    Pause,
    PauseReason,
    Sex,
)
from tests.outcomes import assert_equals_the_oracle
from tests.sample import PROJECT, TODAY, new_store, occasion

days = st.dates(date(2016, 1, 1), date(2016, 3, 31))
later_days = st.dates(date(2016, 1, 1), date(2016, 12, 31))
municipalities = st.sampled_from([m.code for m in PROJECT.municipalities[:2]])
answers = st.sampled_from(Answer)
MONTHS = ("2016-01", "2016-02", "2016-03", "2016-09")
Verb = Callable[[str], object]


class Outcomes(RuleBasedStateMachine):
    @initialize()
    def open_store(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = new_store(self.folder / "arena.db")
        self.codes: list[str] = []

    @rule(municipality=municipalities, day=days, sex=st.sampled_from([Sex.WOMAN, Sex.MAN]))
    def assign(self, municipality: str, day: date, sex: Sex) -> None:
        receipt = pausing.assign(self.store, occasion(), municipality, day, sex=sex)
        self.codes.append(receipt.participant.code)

    @rule(municipality=municipalities, day=days)
    def enrol(self, municipality: str, day: date) -> None:
        receipt = casework.enrol(self.store, occasion(), Intake(municipality, day, "a"), sex=Sex.WOMAN)
        self.codes.append(receipt.participant.code)

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days)
    def start(self, data: st.DataObject, day: date) -> None:
        self.attempt(data, lambda code: pausing.start(self.store, occasion(), code, day, "b"))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days)
    def withdraw(self, data: st.DataObject, day: date) -> None:
        self.attempt(data, lambda code: pausing.withdraw(self.store, occasion(), code, day))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days, until=st.none() | days, reason=st.sampled_from(PauseReason))
    def pause(self, data: st.DataObject, day: date, until: date | None, reason: PauseReason) -> None:
        self.attempt(data, lambda code: pausing.pause(self.store, occasion(), code, day, reason, until))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days)
    def resume(self, data: st.DataObject, day: date) -> None:
        self.attempt(data, lambda code: pausing.resume(self.store, occasion(), code, day))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=st.integers(1, 2), day=days, until=st.none() | days)
    def correct_pause(self, data: st.DataObject, number: int, day: date, until: date | None) -> None:
        self.attempt(
            data,
            lambda code: pausing.correct_pause(
                self.store, occasion(), code, number, lambda p: replace(p, paused_on=day, resumed_on=until)
            ),
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=st.integers(1, 2))
    def remove_pause(self, data: st.DataObject, number: int) -> None:
        self.attempt(data, lambda code: pausing.remove_pause(self.store, occasion(), code, number))

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        day=days,
        exit_type=st.sampled_from([ExitType.COMPLETED, ExitType.DISCONTINUED, ExitType.DECEASED]),
    )
    def leave(self, data: st.DataObject, day: date, exit_type: ExitType) -> None:
        self.attempt(data, lambda code: casework.leave(self.store, occasion(), code, day, exit_type, None))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), municipality=municipalities, day=days)
    def readmit(self, data: st.DataObject, municipality: str, day: date) -> None:
        intake = Intake(municipality, day)
        self.attempt(data, lambda code: casework.readmit(self.store, occasion(), code, intake))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), municipality=municipalities, day=days)
    def transfer(self, data: st.DataObject, municipality: str, day: date) -> None:
        self.attempt(data, lambda code: casework.transfer(self.store, occasion(), code, municipality, day))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days, of_exit=st.booleans(), number=st.integers(1, 2))
    def correct_day(self, data: st.DataObject, day: date, of_exit: bool, number: int) -> None:
        field = "exited_on" if of_exit else "entered_on"
        self.correct(data, number, **{field: day})

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        number=st.integers(1, 2),
        exit_type=st.sampled_from([ExitType.MISREGISTERED, ExitType.DECEASED, ExitType.COMPLETED]),
    )
    def correct_exit(self, data: st.DataObject, number: int, exit_type: ExitType) -> None:
        self.correct(data, number, exit_type=exit_type)

    def correct(self, data: st.DataObject, number: int, **values: Any) -> None:
        self.attempt(
            data,
            lambda code: casework.correct_spell(self.store, occasion(), code, number, lambda s: replace(s, **values)),
        )

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        kind=st.sampled_from(FollowUpKind),
        day=later_days,
        working=answers,
        studying=answers,
        reached=st.booleans(),
        source=st.none() | st.sampled_from(IncomeSource),
        why=st.sampled_from([None, "because"]),
    )
    def follow_up(
        self,
        data: st.DataObject,
        kind: FollowUpKind,
        day: date,
        working: Answer,
        studying: Answer,
        reached: bool,
        source: IncomeSource | None,
        why: str | None,
    ) -> None:
        def given(record: FollowUp) -> FollowUp:
            if not reached:
                return replace(record, reached=False, working=Answer.NOT_ASKED, studying=Answer.NOT_ASKED)
            return replace(record, reached=True, working=working, studying=studying, followed_up_on=day)

        income = None if source is None else Livelihood([source])
        about = replace(occasion(), why=why)
        self.attempt(
            data,
            lambda code: follow_up.record_follow_up(self.store, about, code, kind, day, given, income=income),
        )

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        employment=st.sampled_from(Employment),
        months=st.none() | st.integers(-1, 20),
        source=st.sampled_from(IncomeSource),
        why=st.sampled_from([None, "because"]),
    )
    def background(
        self, data: st.DataObject, employment: Employment, months: int | None, source: IncomeSource, why: str | None
    ) -> None:
        about = replace(occasion(), why=why)
        self.attempt(
            data,
            lambda code: background.record_background(
                self.store,
                about,
                code,
                lambda b: replace(b, employment=employment, months_without_work=months),
                Livelihood([source]),
            ),
        )

    @precondition(lambda self: self.codes)
    @rule()
    def undo(self) -> None:
        casework.undo(self.store, occasion("undo"), casework.last_change(self.store)[0].change)
        self.codes = [p.code for p in self.store.participants()]

    def attempt(self, data: st.DataObject, verb: Verb) -> None:
        before = len(self.store.entries())
        try:
            verb(data.draw(st.sampled_from(self.codes)))
        except (Refused, NotFound):
            assert len(self.store.entries()) == before

    @invariant()
    def every_control_holds(self) -> None:
        for month in MONTHS:
            report = build(self.store, Month.parse(month), TODAY)
            assert report.reconciles, [c.identity for c in report.controls if not c.holds]

    @invariant()
    def everything_hangs_inside_its_spell(self) -> None:
        for spell in self.store.spells():
            if spell.counts:
                rules.check_pauses(spell, self.store.records(Pause, "WHERE spell_id = ?", (spell.id,)))
                rules.check_follow_ups(spell, self.store.records(FollowUp, "WHERE spell_id = ?", (spell.id,)))

    @invariant()
    def nobody_is_listed_twice_for_the_same(self) -> None:
        items = due(self.store, TODAY)
        assert len(items) == len({(i.kind, i.participant, i.municipality, i.since, i.command) for i in items})

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        assert_equals_the_oracle(self.store, MONTHS)
        assert broken_at(self.store.links()) is None
        assert self.store.rows("PRAGMA foreign_key_check") == []
        self.store.close()
        shutil.rmtree(self.folder)


TestOutcomes = Outcomes.TestCase
TestOutcomes.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)
