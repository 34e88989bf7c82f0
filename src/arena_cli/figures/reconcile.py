"""The controls: identities that the figures of every report must meet, in every municipality and for every sex.

Where the two sides of an identity come from different queries, a fault in either shows here; so does a file that
something else than arena has written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import eq, le
from typing import NamedTuple

from arena_cli.errors import DataProblem, translatable
from arena_cli.figures.follow_up import KINDS
from arena_cli.figures.placements import AGES
from arena_cli.figures.returns import OUTCOMES, WITHIN
from arena_cli.figures.staircase import COMPARISONS, IN, OUT
from arena_cli.figures.table import Measure, Scope, Table, added, less
from arena_cli.model import ALL
from arena_cli.model.noun import Noun, dataclass

Tables = Mapping[str, Table]
Side = Sequence[int]
"""One side of an identity: its numbers in the order of the scope's cells."""

_INCOME = ("income_at_entry", "income_before", "income_after")
ENTERING = ("entered", "re_entered", "transferred_in")


class NotReconciling(DataProblem):
    """Some figures of a month contradict each other."""

    message = translatable(
        "The figures of {month} do not reconcile: {identities}. No report was written. "
        "`arena report --month {month} --force` prints it stamped as not reconciling; "
        "`arena list-changes` shows what has been changed."
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Failure(Noun):
    """Where an identity does not hold: its two sides for one municipality and sex."""

    municipality: str
    sex: str
    left: int
    right: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Control(Noun):
    """One identity, with its numbers (and what has a name) for the project and every place where it fails.

    `warning`: where it fails the figures may be right all the same; it stops no report.
    """

    identity: str
    message: str
    facts: Mapping[str, object]
    checked: int
    failures: tuple[Failure, ...]
    warning: bool = False

    @property
    def holds(self) -> bool:
        return not self.failures


class Compared(NamedTuple):
    """Two sides that should be equal (or the left one at most the right) in each of some cells."""

    cells: Sequence[tuple[str, str]]
    left: Side
    right: Side
    relation: str = "="

    def failures(self) -> list[Failure]:
        """Where they are not. Whole lists are compared first: they are nearly always right."""
        holds = eq if self.relation == "=" else le
        if self.left == self.right or all(map(holds, self.left, self.right)):
            return []
        sides = zip(self.cells, self.left, self.right, strict=True)
        return [Failure(*cell, left, right) for cell, left, right in sides if not holds(left, right)]


def reconcile(tables: Tables, previous: Tables | None) -> tuple[Control, ...]:
    """Check every identity. `previous` has the stock and flow of the month before, if the project had begun."""
    return (
        _stock_flow(tables["stock_flow"]),
        *([_carried_over(tables["stock_flow"], previous["stock_flow"])] if previous else []),
        _sexes(tables),
        _municipalities(tables),
        _persons_of_municipalities(tables["persons"]),
        _bridge(tables["persons"]),
        _one_spell_each(tables["persons"], tables["stock_flow"]),
        _exits(tables),
        _left(tables),
        _progression(tables),
        _steps(tables),
        _movement(tables),
        _placements(tables["placements"]),
        *([_placements_carried_over(tables["placements"], previous["placements"])] if previous else []),
        _places(tables["places"]),
        _capacity(tables["places"]),
        _occupied(tables["places"], tables["placements"]),
        _place_ages(tables["place_ages"]),
        _returns(tables["returns"]),
        _time_in_project(tables["time_in_project"], tables["stock_flow"]),
        _attendance(tables["attendance"]),
        _minutes(tables),
        _waiting(tables["waiting"]),
        *([_waiting_carried_over(tables["waiting"], previous["waiting"])] if previous else []),
        _paused(tables["paused"], tables["stock_flow"]),
        _leavers(tables["follow_up"], tables["left"]),
        _follow_ups_due(tables["follow_up"]),
        _followed_up(tables["follow_up"]),
        _income(tables),
    )


def _stock_flow(stock: Table) -> Control:
    expected = less(stock.counts("opening", *ENTERING), stock.counts("exited", "transferred_out"))
    return _control(
        "stock_flow",
        translatable(
            "at the start {opening} + new {entered} + re-entered {re_entered}"
            " + from another municipality {transferred_in} − exited {exited}"
            " − to another municipality {transferred_out} = at the end {closing}"
        ),
        {str(measure): stock.value(measure) for measure in stock.measures},
        _compare(stock.scope, expected, stock.counts("closing")),
    )


def _carried_over(stock: Table, stock_before: Table) -> Control:
    return _control(
        "carried_over",
        translatable("at the end of the month before {closing_before} = at the start {opening}"),
        {"closing_before": stock_before.value("closing"), "opening": stock.value("opening")},
        _compare(stock.scope, stock_before.counts("closing"), stock.counts("opening")),
    )


def _sexes(tables: Tables) -> Control:
    persons = tables["persons"]
    return _control(
        "sexes",
        translatable("women {women} + men {men} + other sex {other} + sex unknown {unknown} = all {all}"),
        {
            sex: persons.value("participants", ALL, sex) if sex in persons.scope.columns else 0
            for sex in ("women", "men", "other", "unknown", ALL)
        },
        *(
            added_sexes(table, measure, table.scope.sexes)
            for table in tables.values()
            if table.scope.sexes and table.is_count
            for measure in table.measures
        ),
    )


def _municipalities(tables: Tables) -> Control:
    persons = {"persons", "left", "left_by_destination", "attendance", "reached", "follow_up", *_INCOME}
    spell_tables = [table for name, table in tables.items() if table.is_count and name not in persons]
    stock = tables["stock_flow"]
    return _control(
        "municipalities",
        translatable("the municipalities at the end {municipalities} = the project at the end {closing}"),
        {"municipalities": stock.of_municipalities("closing")[-1], "closing": stock.value("closing")},
        *(
            _compare_project(table, table.of_municipalities(measure), table.counts(measure))
            for table in spell_tables
            for measure in table.measures
        ),
    )


def _persons_of_municipalities(persons: Table) -> Control:
    in_municipalities = persons.of_municipalities("participants")
    elsewhere = persons.counts("first_elsewhere")
    return _control(
        "persons_of_municipalities",
        translatable(
            "the municipalities' persons {municipalities} − counted in more than one {first_elsewhere}"
            " = the project's persons {participants}"
        ),
        {
            "municipalities": in_municipalities[-1],
            "first_elsewhere": persons.value("first_elsewhere"),
            "participants": persons.value("participants"),
        },
        _compare_project(
            persons, less(in_municipalities, elsewhere[-len(in_municipalities) :]), persons.counts("participants")
        ),
    )


def _bridge(persons: Table) -> Control:
    further = ("re_entries", "transfer_continuations")
    return _control(
        "bridge",
        translatable(
            "spells {spells} − re-entries {re_entries} − transfers {transfer_continuations} = persons {participants}"
        ),
        {measure: persons.value(measure) for measure in ("spells", *further, "participants")},
        _compare(
            persons.scope,
            less(persons.counts("spells"), persons.counts(*further)),
            persons.counts("participants"),
        ),
    )


def _one_spell_each(persons: Table, stock: Table) -> Control:
    return _control(
        "one_spell_each",
        translatable("persons in the project {active} = at the end {closing}: nobody is in two places at once"),
        {"active": persons.value("active"), "closing": stock.value("closing")},
        _compare(stock.scope, persons.counts("active"), stock.counts("closing")),
    )


def _exits(tables: Tables) -> Control:
    stock, exits, by_destination = tables["stock_flow"], tables["exits"], tables["exits_by_destination"]
    return _control(
        "exits",
        translatable("work {work} + studies {studies} + other {other} + unknown {unknown} = exited {exited}"),
        {**_totals(exits), "exited": stock.value("exited")},
        *(
            _compare(stock.scope, table.counts(*table.measures), stock.counts("exited"))
            for table in (exits, by_destination)
        ),
    )


def _left(tables: Tables) -> Control:
    persons, left, by_destination = tables["persons"], tables["left"], tables["left_by_destination"]
    return _control(
        "left",
        translatable(
            "work {work} + studies {studies} + other {other} + unknown {unknown}"
            " + another municipality {transferred} = have left {left}"
            " = persons {participants} − in the project {active}"
        ),
        {**_totals(left), **{measure: persons.value(measure) for measure in ("left", "participants", "active")}},
        *(
            _compare(persons.scope, table.counts(*table.measures), right)
            for right in (persons.counts("left"), less(persons.counts("participants"), persons.counts("active")))
            for table in (left, by_destination)
        ),
    )


def _progression(tables: Tables) -> Control:
    stock, progression = tables["stock_flow"], tables["progression"]
    return _control(
        "progression",
        translatable("up {up} + same step {same} + down {down} + no step {not_placed} = spells in all {served}"),
        {
            **{measure: progression.value(measure) for measure in COMPARISONS},
            "served": stock.total(("opening", *ENTERING)),
        },
        _compare(stock.scope, progression.counts(*COMPARISONS), stock.counts("opening", *ENTERING)),
    )


def _steps(tables: Tables) -> Control:
    stock, steps = tables["stock_flow"], tables["steps"]
    return _control(
        "steps",
        translatable("on the steps and no step {steps} = at the end {closing}"),
        {"steps": steps.total(steps.measures), "closing": stock.value("closing")},
        _compare(stock.scope, steps.counts(*steps.measures), stock.counts("closing")),
    )


def _movement(tables: Tables) -> Control:
    stock, steps, movement = tables["stock_flow"], tables["steps"], tables["movement"]
    cells = [measure for measure in movement.measures if isinstance(measure, tuple)]

    def margin(belongs: Callable[[str, str], bool]) -> Side:
        return movement.counts(*((row, column) for row, column in cells if belongs(row, column)))

    entering = margin(lambda row, _: row == IN)
    opening = margin(lambda row, _: row != IN)
    closing = margin(lambda _, column: column != OUT)
    leaving = margin(lambda _, column: column == OUT)
    margins: list[tuple[Side, Side]] = [
        (entering, stock.counts(*ENTERING)),
        (opening, stock.counts("opening")),
        (closing, stock.counts("closing")),
        (leaving, stock.counts("exited", "transferred_out")),
        *((margin(_column_is(str(step))), steps.counts(str(step))) for step in steps.measures),
    ]
    return _control(
        "movement",
        translatable(
            "in {entering} + at the start {opening} = at the end {closing} + out {leaving}"
            " (the margins of the movement matrix)"
        ),
        {
            "entering": entering[-1],
            "opening": opening[-1],
            "closing": closing[-1],
            "leaving": leaving[-1],
        },
        *(_compare(stock.scope, left, right) for left, right in margins),
    )


def _placements(placements: Table) -> Control:
    expected = less(placements.counts("opening", "begun"), placements.counts("ended"))
    return _control(
        "placements",
        translatable("placements: opening {opening} + begun {begun} − ended {ended} = running {running}"),
        _totals(placements),
        _compare(placements.scope, expected, placements.counts("running")),
    )


def _placements_carried_over(placements: Table, before: Table) -> Control:
    return _control(
        "placements_carried_over",
        translatable("placements: running in the month before {running_before} = opening {opening}"),
        {"running_before": before.value("running"), "opening": placements.value("opening")},
        _compare(placements.scope, before.counts("running"), placements.counts("opening")),
    )


def _places(places: Table) -> Control:
    expected = less(places.counts("opening", "opened"), places.counts("closed"))
    return _control(
        "places",
        translatable("places: opening {opening} + opened {opened} − closed {closed} = open {open}"),
        _totals(places),
        _compare(places.scope, expected, places.counts("open")),
    )


def _capacity(places: Table) -> Control:
    expected = less(places.counts("occupied", "free"), places.counts("beyond_capacity"))
    return _control(
        "capacity",
        translatable("occupied {occupied} + free {free} − beyond capacity {beyond_capacity} = capacity {capacity}"),
        _totals(places),
        _compare(places.scope, expected, places.counts("capacity")),
    )


def _occupied(places: Table, placements: Table) -> Control:
    occupied, running = places.value("occupied"), placements.value("running")
    return _control(
        "occupied",
        translatable("occupied on the places {occupied} = running placements {running}, in the project"),
        {"occupied": occupied, "running": running},
        Compared(((ALL, ALL),), [occupied], [running]),
    )


def _place_ages(ages: Table) -> Control:
    first = AGES[0]
    return _control(
        "place_ages",
        translatable(
            "after {months} months still there {still} + closed {closed} + not yet due {not_due} = places {places};"
            " likewise after longer"
        ),
        {
            "months": first,
            **{outcome: ages.value(f"{outcome}_{first}") for outcome in ("still", "closed", "not_due")},
            "places": ages.value("places"),
        },
        *(
            _compare(ages.scope, ages.counts(f"still_{age}", f"closed_{age}", f"not_due_{age}"), ages.counts("places"))
            for age in AGES
        ),
    )


def _returns(returns: Table) -> Control:
    first = WITHIN[0]
    return _control(
        "returns",
        translatable(
            "came back within {months} months {returned} + did not {stayed_away} + not yet due {not_due}"
            " = exits since the start {exits}; likewise after longer"
        ),
        {
            "months": first,
            **{outcome: returns.value(f"{outcome}_{first}") for outcome in OUTCOMES},
            "exits": returns.value("exits"),
        },
        *(
            _compare(
                returns.scope,
                returns.counts(*(f"{outcome}_{months}" for outcome in OUTCOMES)),
                returns.counts("exits"),
            )
            for months in WITHIN
        ),
    )


def _time_in_project(time: Table, stock: Table) -> Control:
    return _control(
        "time_in_project",
        translatable("active participants whose time is measured {active} = closing {closing}"),
        {"active": time.value("active"), "closing": stock.value("closing")},
        _compare(stock.scope, time.counts("active"), stock.counts("closing")),
    )


def _attendance(attendance: Table) -> Control:
    return _control(
        "attendance",
        translatable(
            "with hours {with_hours} + paused {paused} + without hours {without_hours} = participants {participants}"
        ),
        _totals(attendance),
        _compare(
            attendance.scope,
            attendance.counts("with_hours", "paused", "without_hours"),
            attendance.counts("participants"),
        ),
    )


def _minutes(tables: Tables) -> Control:
    attendance = tables["attendance"]
    pairs = {"minutes": tables["minutes_by_activity"], "certified_minutes": tables["certified_by_activity"]}
    return _control(
        "minutes",
        translatable("minutes {minutes}, of which certified {certified_minutes} = the sum of the activities"),
        {measure: attendance.value(measure) for measure in pairs},
        *(
            _compare(attendance.scope, by_activity.counts(*by_activity.measures), attendance.counts(measure))
            for measure, by_activity in pairs.items()
        ),
    )


def _waiting(waiting: Table) -> Control:
    expected = less(waiting.counts("opening", "assigned"), waiting.counts("started", "withdrawn"))
    return _control(
        "waiting",
        translatable(
            "waiting: opening {opening} + assigned {assigned} − started {started} − withdrawn {withdrawn}"
            " = closing {closing}"
        ),
        _totals(waiting),
        _compare(waiting.scope, expected, waiting.counts("closing")),
    )


def _waiting_carried_over(waiting: Table, before: Table) -> Control:
    return _control(
        "waiting_carried_over",
        translatable("waiting at the end of the month before {closing_before} = opening {opening}"),
        {"closing_before": before.value("closing"), "opening": waiting.value("opening")},
        _compare(waiting.scope, before.counts("closing"), waiting.counts("opening")),
    )


def _paused(paused: Table, stock: Table) -> Control:
    return _control(
        "paused",
        translatable("paused {paused} + not paused {not_paused} = closing {closing}"),
        {
            "paused": paused.total(paused.measures) - paused.value("not_paused"),
            "not_paused": paused.value("not_paused"),
            "closing": stock.value("closing"),
        },
        _compare(paused.scope, paused.counts(*paused.measures), stock.counts("closing")),
    )


def _leavers(follow_up: Table, left: Table) -> Control:
    expected = less(left.counts(*left.measures), left.counts("transferred"))
    return _control(
        "leavers",
        translatable("left {left} − transferred {transferred} = leavers to follow up {leavers}"),
        {
            "left": left.total(left.measures),
            "transferred": left.value("transferred"),
            "leavers": follow_up.value("leavers"),
        },
        _compare(follow_up.scope, expected, follow_up.counts("leavers")),
    )


def _follow_ups_due(follow_up: Table) -> Control:
    six_months = ("six_months_due", "six_months_not_yet_due")
    return _control(
        "follow_ups_due",
        translatable(
            "six months after: deceased {deceased} + due {six_months_due} + not yet due {six_months_not_yet_due}"
            " = leavers {leavers}; likewise within four weeks"
        ),
        {measure: follow_up.value(measure) for measure in ("deceased", *six_months, "leavers")},
        *(
            _compare(
                follow_up.scope,
                follow_up.counts("deceased", f"{kind}_due", f"{kind}_not_yet_due"),
                follow_up.counts("leavers"),
            )
            for kind in KINDS
        ),
    )


def _followed_up(follow_up: Table) -> Control:
    def due(kind: str) -> tuple[Side, Side]:
        return follow_up.counts(f"{kind}_followed_up", f"{kind}_missing"), follow_up.counts(f"{kind}_due")

    def made(kind: str) -> tuple[Side, Side]:
        outcomes = ("working", "studying", "neither", "no_answer", "not_reached")
        counted = follow_up.counts(*(f"{kind}_{outcome}" for outcome in outcomes))
        return less(counted, follow_up.counts(f"{kind}_both")), follow_up.counts(f"{kind}_followed_up")

    outcomes = ("working", "studying", "both", "neither", "no_answer", "not_reached", "followed_up", "missing", "due")
    return _control(
        "followed_up",
        translatable(
            "six months after: working {working} + studying {studying} − both {both} + neither {neither}"
            " + no answer {no_answer} + not reached {not_reached} = followed up {followed_up};"
            " + missing {missing} = due {due}; likewise within four weeks"
        ),
        {outcome: follow_up.value(f"six_months_{outcome}") for outcome in outcomes},
        *(_compare(follow_up.scope, *sides) for kind in KINDS for sides in (due(kind), made(kind))),
    )


def _income(tables: Tables) -> Control:
    persons, follow_up = tables["persons"], tables["follow_up"]
    at_entry, before, after = (tables[f"income_{moment}"] for moment in ("at_entry", "before", "after"))
    reached = less(follow_up.counts("six_months_followed_up"), follow_up.counts("six_months_not_reached"))
    return _control(
        "income",
        translatable(
            "main sources of income at entry {at_entry} = participants {participants};"
            " before {before} = six months after {after} = reached six months after {reached}"
        ),
        {
            "at_entry": at_entry.total(at_entry.measures),
            "participants": persons.value("participants"),
            "before": before.total(before.measures),
            "after": after.total(after.measures),
            "reached": reached[-1],
        },
        _compare(persons.scope, at_entry.counts(*at_entry.measures), persons.counts("participants")),
        _compare(persons.scope, before.counts(*before.measures), reached),
        _compare(persons.scope, after.counts(*after.measures), reached),
    )


def _column_is(step: str) -> Callable[[str, str], bool]:
    return lambda _, column: column == step


def _totals(table: Table) -> dict[str, int]:
    return {str(measure): table.value(measure) for measure in table.measures}


def added_sexes(table: Table, measure: Measure, sexes: Iterable[str]) -> Compared:
    """In every municipality, some sexes together, which should be all."""
    columns, counts = table.scope.columns, table.counts(measure)
    by_sex = [counts[columns.index(sex) :: len(columns)] for sex in sexes]
    everybody = counts[len(columns) - 1 :: len(columns)]
    return Compared(table.scope.whole_rows, added([0] * len(everybody), *by_sex), everybody)


def _compare_project(table: Table, left: Side, right: Side) -> Compared:
    """The left side holds the project's numbers only, the right side those of all cells."""
    width = len(table.scope.columns)
    return Compared(table.scope.cells[-width:], left, right[-width:])


def _compare(scope: Scope, left: Side, right: Side) -> Compared:
    return Compared(scope.cells, left, right)


def _control(identity: str, message: str, facts: Mapping[str, int], *compared: Compared) -> Control:
    return control(identity, message, facts, compared)


def control(
    identity: str, message: str, facts: Mapping[str, object], compared: Iterable[Compared], *, warning: bool = False
) -> Control:
    """Check what has been laid side by side."""
    checked, failures = 0, []
    for sides in compared:
        checked += len(sides.cells)
        failures += sides.failures()
    return Control(identity, message, facts, checked, tuple(failures), warning)
