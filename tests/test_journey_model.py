"""All verbs in any order: every control holds after every step, and the figures equal the independent count."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from arena_cli import casework
from arena_cli.casework import Intake
from arena_cli.errors import Refused
from arena_cli.figures.report import build
from arena_cli.journal import broken_at
from arena_cli.model import ExitType, Month, Sex
from tests.oracle import Oracle
from tests.sample import DESCRIPTION, DESTINATIONS, PROJECT, TODAY, lists_of, new_store, occasion

days = st.dates(date(2016, 1, 1), date(2016, 3, 31))
municipalities = st.sampled_from([m.code for m in PROJECT.municipalities])
steps = st.sampled_from([s.code for s in PROJECT.steps])
MONTHS = ("2016-01", "2016-02", "2016-03")


class Casework(RuleBasedStateMachine):
    @initialize()
    def open_store(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = new_store(self.folder / "arena.db")
        self.codes: list[str] = []

    def somebody(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.codes))

    @rule(
        municipality=municipalities,
        day=days,
        step=st.none() | steps,
        sex=st.sampled_from(Sex),
        birth_year=st.none() | st.integers(1950, 2000),
    )
    def enrol(self, municipality: str, day: date, step: str | None, sex: Sex, birth_year: int | None) -> None:
        receipt = casework.enrol(
            self.store, occasion("add"), Intake(municipality, day, step), sex=sex, birth_year=birth_year
        )
        self.codes.append(receipt.participant.code)

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), step=steps, day=days)
    def move(self, data: st.DataObject, step: str, day: date) -> None:
        self.attempt(lambda code: casework.move(self.store, occasion("move"), code, step, day), data)

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        day=days,
        exit_type=st.sampled_from([ExitType.COMPLETED, ExitType.DISCONTINUED, ExitType.DECEASED]),
        destination=st.none() | st.sampled_from([d for d in DESTINATIONS if d != "unknown"]),
    )
    def leave(self, data: st.DataObject, day: date, exit_type: ExitType, destination: str | None) -> None:
        self.attempt(lambda code: casework.leave(self.store, occasion("exit"), code, day, exit_type, destination), data)

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), municipality=municipalities, day=days, step=st.none() | steps)
    def readmit(self, data: st.DataObject, municipality: str, day: date, step: str | None) -> None:
        intake = Intake(municipality, day, step)
        self.attempt(lambda code: casework.readmit(self.store, occasion("readmit"), code, intake), data)

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), municipality=municipalities, day=days, step=st.none() | steps)
    def transfer(self, data: st.DataObject, municipality: str, day: date, step: str | None) -> None:
        self.attempt(
            lambda code: casework.transfer(self.store, occasion("transfer"), code, municipality, day, step), data
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days)
    def correct_entry(self, data: st.DataObject, day: date) -> None:
        self.attempt(
            lambda code: casework.correct_spell(
                self.store, occasion("edit"), code, None, lambda s: replace(s, entered_on=day)
            ),
            data,
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def misregister(self, data: st.DataObject) -> None:
        self.attempt(
            lambda code: casework.correct_spell(
                self.store, occasion("edit"), code, None, lambda s: replace(s, exit_type=ExitType.MISREGISTERED)
            ),
            data,
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), sex=st.sampled_from(Sex))
    def correct_sex(self, data: st.DataObject, sex: Sex) -> None:
        casework.correct_participant(self.store, occasion("edit"), self.somebody(data), lambda p: replace(p, sex=sex))

    @precondition(lambda self: self.codes)
    @rule()
    def undo(self) -> None:
        casework.undo(self.store, occasion("undo"), casework.last_change(self.store)[0].change)
        self.codes = [p.code for p in self.store.participants()]

    def attempt(self, deed: object, data: st.DataObject) -> None:
        before = len(self.store.entries())
        try:
            deed(self.somebody(data))  # type: ignore[operator]
        except Refused:
            assert len(self.store.entries()) == before

    @invariant()
    def every_control_holds(self) -> None:
        for month in MONTHS:
            report = build(self.store, Month.parse(month), TODAY)
            assert report.reconciles, [c.identity for c in report.controls if not c.holds]

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        lists = lists_of(self.store)
        oracle = Oracle(DESCRIPTION, lists.spells, ())
        for month in MONTHS:
            figures = build(self.store, Month.parse(month), TODAY).figures()
            ours = {(f.section, f.measure, f.municipality, f.sex): f.value for f in figures}
            theirs = oracle.figures(month)
            by_spell = {key for key in theirs if key[0] in {"stock_flow", "persons", "exits", "left"}}
            assert {key: ours[key] for key in by_spell} == {key: theirs[key] for key in by_spell}
        assert broken_at(self.store.entries()) is None
        assert self.store.rows("PRAGMA foreign_key_check") == []
        self.store.close()
        shutil.rmtree(self.folder)


TestCasework = Casework.TestCase
TestCasework.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
