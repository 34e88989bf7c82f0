"""All verbs in any order: every control holds after every step, and the figures equal the independent counts.

A refusal leaves nothing behind, and undoing a change gives back the state before it, row by row.
"""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from arena_cli import casework
from arena_cli.casework import Intake, attendance, background, follow_up, formers, merging, pausing, placements
from arena_cli.casework.background import Livelihood
from arena_cli.casework.joining.obstacles import Obstacle
from arena_cli.cli.run import run
from arena_cli.errors import NotFound, Refused
from arena_cli.figures import kept
from arena_cli.figures.report import Report, build
from arena_cli.journal import Occasion, broken_at
from arena_cli.model import (
    Answer,
    Employment,
    ExitType,
    FollowUp,
    FollowUpKind,
    IncomeSource,
    Month,
    PauseReason,
    Place,
    Sector,
    Sex,
    Spell,
)
from arena_cli.records import TABLES
from arena_cli.store import Store
from tests.compared import Compared
from tests.conftest import NOON, make_world
from tests.oracle import Oracle
from tests.oracle_activity import ActivityOracle
from tests.oracle_durations import DurationOracle
from tests.oracle_outcomes import OutcomesOracle
from tests.sample import DESCRIPTION, DESTINATIONS, PROJECT, TODAY, lists_of, new_store, occasion

days = st.dates(date(2016, 1, 1), date(2016, 3, 31))
perhaps = st.none() | days
municipalities = st.sampled_from([m.code for m in PROJECT.municipalities[:3]])
steps = st.sampled_from([s.code for s in PROJECT.steps])
activities = st.sampled_from([a.code for a in PROJECT.activities])
numbers = st.integers(1, 3)
months = st.sampled_from([Month(2016, 1), Month(2016, 2), Month(2016, 3)])
answers = st.sampled_from(Answer)
somewhere = st.none() | st.sampled_from([d for d in DESTINATIONS if d != "unknown"])
whys = st.sampled_from([None, "because"])
MONTHS = ("2016-01", "2016-02", "2016-03")
MERGE = formers.MERGE
MOST_OBSTACLES = 50
BY_SPELL = {"stock_flow", "persons", "exits", "left"}


class Casework(RuleBasedStateMachine):
    """`befores` has every row there was before each change, by the number of the change."""

    @initialize()
    def open_store(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = new_store(self.folder / "arena.db")
        self.codes: list[str] = []
        self.places: list[str] = []
        self.befores: dict[int, object] = {}
        self.days = 0
        self.world = make_world(NOON.replace(TODAY.year, TODAY.month, TODAY.day))

    # -- entering and leaving -----------------------------------------------------------------------------------------

    @rule(municipality=municipalities, day=days, step=st.none() | steps, sex=st.sampled_from(Sex))
    def enrol(self, municipality: str, day: date, step: str | None, sex: Sex) -> None:
        self.do(lambda: casework.enrol(self.store, self.occasion(), Intake(municipality, day, step), sex=sex))

    @rule(municipality=municipalities, day=days, sex=st.sampled_from(Sex))
    def assign(self, municipality: str, day: date, sex: Sex) -> None:
        self.do(lambda: pausing.assign(self.store, self.occasion(), municipality, day, sex=sex))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days, step=st.none() | steps)
    def start(self, data: st.DataObject, day: date, step: str | None) -> None:
        self.attempt(data, lambda code: pausing.start(self.store, self.occasion(), code, day, step))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days)
    def withdraw(self, data: st.DataObject, day: date) -> None:
        self.attempt(data, lambda code: pausing.withdraw(self.store, self.occasion(), code, day))

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        day=days,
        exit_type=st.sampled_from([ExitType.COMPLETED, ExitType.DISCONTINUED, ExitType.DECEASED]),
        destination=somewhere,
    )
    def leave(self, data: st.DataObject, day: date, exit_type: ExitType, destination: str | None) -> None:
        self.attempt(data, lambda code: casework.leave(self.store, self.occasion(), code, day, exit_type, destination))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), municipality=municipalities, day=days, step=st.none() | steps)
    def readmit(self, data: st.DataObject, municipality: str, day: date, step: str | None) -> None:
        intake = Intake(municipality, day, step)
        self.attempt(data, lambda code: casework.readmit(self.store, self.occasion(), code, intake))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), municipality=municipalities, day=days, step=st.none() | steps)
    def transfer(self, data: st.DataObject, municipality: str, day: date, step: str | None) -> None:
        self.attempt(data, lambda code: casework.transfer(self.store, self.occasion(), code, municipality, day, step))

    # -- during a spell -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), step=steps, day=days)
    def move(self, data: st.DataObject, step: str, day: date) -> None:
        self.attempt(data, lambda code: casework.move(self.store, self.occasion(), code, step, day))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days, until=perhaps, reason=st.sampled_from(PauseReason))
    def pause(self, data: st.DataObject, day: date, until: date | None, reason: PauseReason) -> None:
        self.attempt(data, lambda code: pausing.pause(self.store, self.occasion(), code, day, reason, until))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), day=days)
    def resume(self, data: st.DataObject, day: date) -> None:
        self.attempt(data, lambda code: pausing.resume(self.store, self.occasion(), code, day))

    @rule(municipality=municipalities, day=days, capacity=st.integers(1, 2), sector=st.sampled_from(Sector))
    def add_place(self, municipality: str, day: date, capacity: int, sector: Sector) -> None:
        self.do(
            lambda: placements.add_place(
                self.store,
                self.occasion(),
                host="Sågen",
                sector=sector,
                municipality=municipality,
                capacity=capacity,
                opens_on=day,
            )
        )

    @precondition(lambda self: self.places)
    @rule(data=st.data(), day=days)
    def close_place(self, data: st.DataObject, day: date) -> None:
        place = data.draw(st.sampled_from(self.places))
        self.do(lambda: placements.close_place(self.store, self.occasion(), place, day))

    @precondition(lambda self: self.codes and self.places)
    @rule(data=st.data(), day=days, beyond=st.booleans())
    def place(self, data: st.DataObject, day: date, beyond: bool) -> None:
        place = data.draw(st.sampled_from(self.places))
        self.attempt(
            data,
            lambda code: placements.place_participant(
                self.store, self.occasion(), code, place, day, allow_beyond_capacity=beyond
            ),
        )

    @precondition(lambda self: self.codes and self.places)
    @rule(data=st.data(), day=days)
    def end_placement(self, data: st.DataObject, day: date) -> None:
        self.attempt(data, lambda code: placements.end_placement(self.store, self.occasion(), code, day))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), month=months, activity=activities, minutes=st.integers(0, 6000), certified=st.booleans())
    def add_hours(self, data: st.DataObject, month: Month, activity: str, minutes: int, certified: bool) -> None:
        self.attempt(
            data,
            lambda code: attendance.add_hours(
                self.store, self.occasion(), [code], month, activity, minutes, certified=certified
            ),
        )

    @rule(month=months)
    def certify_hours(self, month: Month) -> None:
        self.do(lambda: attendance.certify_hours(self.store, self.occasion(), month))

    # -- before and after ---------------------------------------------------------------------------------------------

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), employment=st.sampled_from(Employment), source=st.sampled_from(IncomeSource), why=whys)
    def background(self, data: st.DataObject, employment: Employment, source: IncomeSource, why: str | None) -> None:
        about = replace(self.occasion(), why=why)
        self.attempt(
            data,
            lambda code: background.record_background(
                self.store, about, code, lambda b: replace(b, employment=employment), Livelihood([source])
            ),
        )

    @precondition(lambda self: self.codes)
    @rule(
        data=st.data(),
        kind=st.sampled_from(FollowUpKind),
        day=st.dates(date(2016, 1, 1), date(2016, 12, 31)),
        working=answers,
        studying=answers,
        why=whys,
    )
    def follow_up(
        self,
        data: st.DataObject,
        kind: FollowUpKind,
        day: date,
        working: Answer,
        studying: Answer,
        why: str | None,
    ) -> None:
        about = replace(self.occasion(), why=why)

        def given(record: FollowUp) -> FollowUp:
            return replace(record, followed_up_on=day, working=working, studying=studying)

        self.attempt(data, lambda code: follow_up.record_follow_up(self.store, about, code, kind, day, given))

    # -- correcting ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=numbers, day=days)
    def correct_entry(self, data: st.DataObject, number: int, day: date) -> None:
        self.correct_spell(data, number, lambda spell: replace(spell, entered_on=day))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=numbers, day=days)
    def correct_exit(self, data: st.DataObject, number: int, day: date) -> None:
        self.correct_spell(data, number, lambda spell: replace(spell, exited_on=day) if spell.exited_on else spell)

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=numbers)
    def misregister(self, data: st.DataObject, number: int) -> None:
        self.correct_spell(data, number, lambda spell: replace(spell, exit_type=ExitType.MISREGISTERED))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=numbers, day=days)
    def correct_move(self, data: st.DataObject, number: int, day: date) -> None:
        self.attempt(
            data,
            lambda code: casework.correct_move(
                self.store, self.occasion(), code, number, lambda move: replace(move, moved_on=day)
            ),
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=numbers, day=days, until=perhaps)
    def correct_pause(self, data: st.DataObject, number: int, day: date, until: date | None) -> None:
        self.attempt(
            data,
            lambda code: pausing.correct_pause(
                self.store, self.occasion(), code, number, lambda pause: replace(pause, paused_on=day, resumed_on=until)
            ),
        )

    @precondition(lambda self: self.codes and self.places)
    @rule(data=st.data(), number=numbers, day=days, until=perhaps)
    def correct_placement(self, data: st.DataObject, number: int, day: date, until: date | None) -> None:
        self.attempt(
            data,
            lambda code: placements.correct_placement(
                self.store, self.occasion(), code, number, lambda p: replace(p, placed_on=day, ended_on=until)
            ),
        )

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), number=numbers, of=st.sampled_from(["pause", "placement"]))
    def remove(self, data: st.DataObject, number: int, of: str) -> None:
        removing: dict[str, Callable[..., object]] = {
            "pause": pausing.remove_pause,
            "placement": placements.remove_placement,
        }
        self.attempt(data, lambda code: removing[of](self.store, self.occasion(), code, number))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), sex=st.sampled_from(Sex))
    def correct_sex(self, data: st.DataObject, sex: Sex) -> None:
        self.attempt(
            data,
            lambda code: casework.correct_participant(self.store, self.occasion(), code, lambda p: replace(p, sex=sex)),
        )

    # -- one person or two --------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.codes) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Whatever stands in the way, the first command that goes through settles it, and then they are joined."""
        kept, other = (data.draw(st.sampled_from(self.codes)) for _ in range(2))
        for _ in range(MOST_OBSTACLES):
            self.look()
            try:
                foreseen = merging.foresee(self.store, kept, other, TODAY)
            except merging.CannotMerge as refusal:
                self.do(lambda: merging.merge(self.store, self.occasion(MERGE), kept, other))
                self.settle(refusal.obstacles[0])
            except merging.SamePerson:
                return
            else:
                self.do(lambda: merging.merge(self.store, self.occasion(MERGE), kept, other))
                assert casework.find_participant(self.store, other).code == foreseen.kept.code
                return
        raise AssertionError("the plan leads nowhere")

    def settle(self, obstacle: Obstacle) -> None:
        for command in obstacle.commands:
            entries = len(self.store.entries())
            self.do(partial(run, [*shlex.split(command)[1:], "--db", str(self.store.path)], self.world))
            if len(self.store.entries()) > entries:
                return
        raise AssertionError(f"no command settles {obstacle.message}: {obstacle.commands}")

    @precondition(lambda self: len(self.codes) > 1)
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        other = data.draw(st.sampled_from(self.codes))
        self.attempt(data, lambda code: merging.split(self.store, self.occasion("split"), code, other))
        last = self.store.entries()[-1]
        if last.undoes is not None and self.befores.pop(last.change, None):
            del self.befores[last.undoes]  # what was before the changes between them can no longer come back as a whole
            self.befores = {number: None if number > last.undoes else rows for number, rows in self.befores.items()}

    @precondition(lambda self: len(self.codes) > 1)
    @rule(data=st.data(), withdraw=st.booleans())
    def distinguish(self, data: st.DataObject, withdraw: bool) -> None:
        other = data.draw(st.sampled_from(self.codes))
        deed = merging.no_longer_distinguished if withdraw else merging.distinguish
        self.attempt(data, lambda code: deed(self.store, self.occasion(), code, other))

    @precondition(lambda self: self.befores)
    @rule()
    def undo(self) -> None:
        number = casework.last_change(self.store)[0].change
        casework.undo(self.store, self.occasion("undo"), number)
        before = self.befores.pop(number)
        assert before is None or self.rows() == before
        self.look()

    # -- what every step goes through ---------------------------------------------------------------------------------

    def occasion(self, command: str = "test") -> Occasion:
        """Each some days after the one before: how soon something was registered differs."""
        self.days += 3
        day = date(2016, 1, 1) + timedelta(days=self.days)
        return replace(occasion(command), at=f"{day}T08:00:00+00:00")

    def correct_spell(self, data: st.DataObject, number: int, correction: Callable[[Spell], Spell]) -> None:
        self.attempt(data, lambda code: casework.correct_spell(self.store, self.occasion(), code, number, correction))

    def attempt(self, data: st.DataObject, deed: Callable[[str], object]) -> None:
        code = data.draw(st.sampled_from(self.codes))
        self.do(lambda: deed(code))

    def do(self, deed: Callable[[], object]) -> None:
        before, entries = self.rows(), len(self.store.entries())
        try:
            deed()
        except (Refused, NotFound):
            assert self.rows() == before
            assert len(self.store.entries()) == entries
        if len(self.store.entries()) > entries:
            self.befores[self.store.entries()[-1].change] = before
        self.look()

    def look(self) -> None:
        self.codes = [participant.code for participant in self.store.participants()]
        self.places = [place.code for place in self.store.records(Place)]

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table but the journal."""
        return {table: self.store.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES.values()}

    @invariant()
    def every_control_holds(self) -> None:
        for month in MONTHS:
            report = build(self.store, Month.parse(month), TODAY)
            assert report.reconciles, [c.identity for c in report.controls if not c.holds]

    @rule(month=months)
    def report(self, month: Month) -> None:
        """Asked for now and then, so that many changes lie between what is kept and what there is."""
        self.kept_counts_give_the_full_count(month)

    def kept_counts_give_the_full_count(self, month: Month) -> None:
        build(Compared(self.store, month, takes_tables=False), month, TODAY)
        from_kept, anew = (count(self.store, month, TODAY) for count in (self.from_kept, build))
        assert from_kept.tables == anew.tables
        assert from_kept.previous == anew.previous

    def from_kept(self, store: Store, month: Month, today: date) -> Report:
        return kept.build(store, month, today, worth_keeping=0)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        for month in MONTHS:
            self.kept_counts_give_the_full_count(Month.parse(month))
        assert [*kept.differing(self.store, TODAY)] == []
        lists = lists_of(self.store)
        of_the_file = (OutcomesOracle, ActivityOracle, DurationOracle)
        for month in MONTHS:
            figures = build(self.store, Month.parse(month), TODAY).figures()
            ours: dict[tuple[str, Any, str, str], int] = {
                (f.section, f.measure, f.municipality, f.sex): f.value for f in figures
            }
            theirs: dict[tuple[str, Any, str, str], int] = {
                key: value
                for key, value in Oracle(DESCRIPTION, lists.spells, ()).figures(month).items()
                if key[0] in BY_SPELL
            }
            for oracle in of_the_file:
                theirs |= oracle.of_file(self.store.path).figures(month)
            assert {key: ours.get(key) for key in theirs} == theirs
        assert broken_at(self.store.links()) is None
        assert self.store.rows("PRAGMA foreign_key_check") == []
        self.store.close()
        shutil.rmtree(self.folder)


TestCasework = Casework.TestCase
TestCasework.settings = settings(max_examples=10, stateful_step_count=30, deadline=None)
