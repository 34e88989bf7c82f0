"""The controls: identities that the figures of every report must meet, in every municipality and for every sex.

Where the two sides of an identity come from different queries, a fault in either shows here; so does a file that
something else than arena has written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from arena_cli.errors import DataProblem, translatable
from arena_cli.figures.follow_up import KINDS
from arena_cli.figures.placements import AGES
from arena_cli.figures.returns import OUTCOMES, WITHIN
from arena_cli.figures.staircase import COMPARISONS, IN, OUT
from arena_cli.figures.table import Scope, Table
from arena_cli.model import ALL

Tables = Mapping[str, Table]
Side = Callable[[str, str], int]
"""One side of an identity: its number for a municipality (or `all`) and a sex (or `all`)."""

_INCOME = ("income_at_entry", "income_before", "income_after")
ENTERING = ("entered", "re_entered", "transferred_in")


class NotReconciling(DataProblem):
    """Some figures of a month contradict each other."""

    message = translatable(
        "The figures of {month} do not reconcile: {identities}. No report was written. "
        "`arena report --month {month} --force` prints it stamped as not reconciling; "
        "`arena list-changes` shows what has been changed."
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """Where an identity does not hold: its two sides for one municipality and sex."""

    municipality: str
    sex: str
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Control:
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
    def expected(municipality: str, sex: str) -> int:
        added = stock.total(("opening", *ENTERING), municipality, sex)
        return added - stock.total(("exited", "transferred_out"), municipality, sex)

    return _control(
        "stock_flow",
        translatable(
            "at the start {opening} + new {entered} + re-entered {re_entered}"
            " + from another municipality {transferred_in} − exited {exited}"
            " − to another municipality {transferred_out} = at the end {closing}"
        ),
        {str(measure): stock.value(measure) for measure in stock.measures},
        _compare(stock.scope, expected, lambda m, s: stock.value("closing", m, s)),
    )


def _carried_over(stock: Table, stock_before: Table) -> Control:
    return _control(
        "carried_over",
        translatable("at the end of the month before {closing_before} = at the start {opening}"),
        {"closing_before": stock_before.value("closing"), "opening": stock.value("opening")},
        _compare(
            stock.scope,
            lambda m, s: stock_before.value("closing", m, s),
            lambda m, s: stock.value("opening", m, s),
        ),
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
        (
            (municipality, ALL, table.total_of_sexes(measure, municipality), table.value(measure, municipality))
            for table in tables.values()
            if table.scope.sexes and table.is_count
            for measure in table.measures
            for municipality in table.scope.rows
        ),
    )


def _municipalities(tables: Tables) -> Control:
    persons = {"persons", "left", "left_by_destination", "attendance", "reached", "follow_up", *_INCOME}
    spell_tables = [table for name, table in tables.items() if table.is_count and name not in persons]
    stock = tables["stock_flow"]
    return _control(
        "municipalities",
        translatable("the municipalities at the end {municipalities} = the project at the end {closing}"),
        {"municipalities": stock.total_of_municipalities("closing", ALL), "closing": stock.value("closing")},
        (
            (ALL, sex, table.total_of_municipalities(measure, sex), table.value(measure, ALL, sex))
            for table in spell_tables
            for measure in table.measures
            for sex in table.scope.columns
        ),
    )


def _persons_of_municipalities(persons: Table) -> Control:
    return _control(
        "persons_of_municipalities",
        translatable(
            "the municipalities' persons {municipalities} − counted in more than one {first_elsewhere}"
            " = the project's persons {participants}"
        ),
        {
            "municipalities": persons.total_of_municipalities("participants", ALL),
            "first_elsewhere": persons.value("first_elsewhere"),
            "participants": persons.value("participants"),
        },
        (
            (
                ALL,
                sex,
                persons.total_of_municipalities("participants", sex) - persons.value("first_elsewhere", ALL, sex),
                persons.value("participants", ALL, sex),
            )
            for sex in persons.scope.columns
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
            lambda m, s: persons.value("spells", m, s) - persons.total(further, m, s),
            lambda m, s: persons.value("participants", m, s),
        ),
    )


def _one_spell_each(persons: Table, stock: Table) -> Control:
    return _control(
        "one_spell_each",
        translatable("persons in the project {active} = at the end {closing}: nobody is in two places at once"),
        {"active": persons.value("active"), "closing": stock.value("closing")},
        _compare(stock.scope, lambda m, s: persons.value("active", m, s), lambda m, s: stock.value("closing", m, s)),
    )


def _exits(tables: Tables) -> Control:
    stock, exits, by_destination = tables["stock_flow"], tables["exits"], tables["exits_by_destination"]
    return _control(
        "exits",
        translatable("work {work} + studies {studies} + other {other} + unknown {unknown} = exited {exited}"),
        {**_totals(exits), "exited": stock.value("exited")},
        (
            comparison
            for table in (exits, by_destination)
            for comparison in _compare(stock.scope, _sum_of(table), lambda m, s: stock.value("exited", m, s))
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
        (
            comparison
            for right in (
                lambda m, s: persons.value("left", m, s),
                lambda m, s: persons.value("participants", m, s) - persons.value("active", m, s),
            )
            for table in (left, by_destination)
            for comparison in _compare(persons.scope, _sum_of(table), right)
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
        _compare(
            stock.scope,
            lambda m, s: progression.total(COMPARISONS, m, s),
            lambda m, s: stock.total(("opening", *ENTERING), m, s),
        ),
    )


def _steps(tables: Tables) -> Control:
    stock, steps = tables["stock_flow"], tables["steps"]
    return _control(
        "steps",
        translatable("on the steps and no step {steps} = at the end {closing}"),
        {"steps": steps.total(steps.measures), "closing": stock.value("closing")},
        _compare(stock.scope, _sum_of(steps), lambda m, s: stock.value("closing", m, s)),
    )


def _movement(tables: Tables) -> Control:
    stock, steps, movement = tables["stock_flow"], tables["steps"], tables["movement"]
    cells = [measure for measure in movement.measures if isinstance(measure, tuple)]

    def margin(belongs: Callable[[str, str], bool]) -> Side:
        chosen = [(row, column) for row, column in cells if belongs(row, column)]
        return lambda m, s: movement.total(chosen, m, s)

    entering = margin(lambda row, _: row == IN)
    opening = margin(lambda row, _: row != IN)
    closing = margin(lambda _, column: column != OUT)
    leaving = margin(lambda _, column: column == OUT)
    margins: list[tuple[Side, Side]] = [
        (entering, lambda m, s: stock.total(ENTERING, m, s)),
        (opening, lambda m, s: stock.value("opening", m, s)),
        (closing, lambda m, s: stock.value("closing", m, s)),
        (leaving, lambda m, s: stock.total(("exited", "transferred_out"), m, s)),
        *((margin(_column_is(str(step))), _value_of(steps, str(step))) for step in steps.measures),
    ]
    return _control(
        "movement",
        translatable(
            "in {entering} + at the start {opening} = at the end {closing} + out {leaving}"
            " (the margins of the movement matrix)"
        ),
        {
            "entering": entering(ALL, ALL),
            "opening": opening(ALL, ALL),
            "closing": closing(ALL, ALL),
            "leaving": leaving(ALL, ALL),
        },
        (comparison for left, right in margins for comparison in _compare(stock.scope, left, right)),
    )


def _placements(placements: Table) -> Control:
    def expected(municipality: str, sex: str) -> int:
        return placements.total(("opening", "begun"), municipality, sex) - placements.value("ended", municipality, sex)

    return _control(
        "placements",
        translatable("placements: opening {opening} + begun {begun} − ended {ended} = running {running}"),
        _totals(placements),
        _compare(placements.scope, expected, _value_of(placements, "running")),
    )


def _placements_carried_over(placements: Table, before: Table) -> Control:
    return _control(
        "placements_carried_over",
        translatable("placements: running in the month before {running_before} = opening {opening}"),
        {"running_before": before.value("running"), "opening": placements.value("opening")},
        _compare(placements.scope, _value_of(before, "running"), _value_of(placements, "opening")),
    )


def _places(places: Table) -> Control:
    def expected(municipality: str, sex: str) -> int:
        return places.total(("opening", "opened"), municipality, sex) - places.value("closed", municipality, sex)

    return _control(
        "places",
        translatable("places: opening {opening} + opened {opened} − closed {closed} = open {open}"),
        _totals(places),
        _compare(places.scope, expected, _value_of(places, "open")),
    )


def _capacity(places: Table) -> Control:
    def expected(municipality: str, sex: str) -> int:
        room = places.total(("occupied", "free"), municipality, sex)
        return room - places.value("beyond_capacity", municipality, sex)

    return _control(
        "capacity",
        translatable("occupied {occupied} + free {free} − beyond capacity {beyond_capacity} = capacity {capacity}"),
        _totals(places),
        _compare(places.scope, expected, _value_of(places, "capacity")),
    )


def _occupied(places: Table, placements: Table) -> Control:
    occupied, running = places.value("occupied"), placements.value("running")
    return _control(
        "occupied",
        translatable("occupied on the places {occupied} = running placements {running}, in the project"),
        {"occupied": occupied, "running": running},
        [(ALL, ALL, occupied, running)],
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
        (
            comparison
            for age in AGES
            for comparison in _compare(
                ages.scope, _sum_of(ages, f"still_{age}", f"closed_{age}", f"not_due_{age}"), _value_of(ages, "places")
            )
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
        (
            comparison
            for months in WITHIN
            for comparison in _compare(
                returns.scope,
                _sum_of(returns, *(f"{outcome}_{months}" for outcome in OUTCOMES)),
                _value_of(returns, "exits"),
            )
        ),
    )


def _time_in_project(time: Table, stock: Table) -> Control:
    return _control(
        "time_in_project",
        translatable("active participants whose time is measured {active} = closing {closing}"),
        {"active": time.value("active"), "closing": stock.value("closing")},
        _compare(stock.scope, _value_of(time, "active"), _value_of(stock, "closing")),
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
            _sum_of(attendance, "with_hours", "paused", "without_hours"),
            _value_of(attendance, "participants"),
        ),
    )


def _minutes(tables: Tables) -> Control:
    attendance = tables["attendance"]
    pairs = {"minutes": tables["minutes_by_activity"], "certified_minutes": tables["certified_by_activity"]}
    return _control(
        "minutes",
        translatable("minutes {minutes}, of which certified {certified_minutes} = the sum of the activities"),
        {measure: attendance.value(measure) for measure in pairs},
        (
            comparison
            for measure, by_activity in pairs.items()
            for comparison in _compare(attendance.scope, _sum_of(by_activity), _value_of(attendance, measure))
        ),
    )


def _waiting(waiting: Table) -> Control:
    def expected(municipality: str, sex: str) -> int:
        added = waiting.total(("opening", "assigned"), municipality, sex)
        return added - waiting.total(("started", "withdrawn"), municipality, sex)

    return _control(
        "waiting",
        translatable(
            "waiting: opening {opening} + assigned {assigned} − started {started} − withdrawn {withdrawn}"
            " = closing {closing}"
        ),
        _totals(waiting),
        _compare(waiting.scope, expected, _value_of(waiting, "closing")),
    )


def _waiting_carried_over(waiting: Table, before: Table) -> Control:
    return _control(
        "waiting_carried_over",
        translatable("waiting at the end of the month before {closing_before} = opening {opening}"),
        {"closing_before": before.value("closing"), "opening": waiting.value("opening")},
        _compare(waiting.scope, _value_of(before, "closing"), _value_of(waiting, "opening")),
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
        _compare(paused.scope, _sum_of(paused), _value_of(stock, "closing")),
    )


def _leavers(follow_up: Table, left: Table) -> Control:
    def expected(municipality: str, sex: str) -> int:
        return left.total(left.measures, municipality, sex) - left.value("transferred", municipality, sex)

    return _control(
        "leavers",
        translatable("left {left} − transferred {transferred} = leavers to follow up {leavers}"),
        {
            "left": left.total(left.measures),
            "transferred": left.value("transferred"),
            "leavers": follow_up.value("leavers"),
        },
        _compare(follow_up.scope, expected, _value_of(follow_up, "leavers")),
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
        (
            comparison
            for kind in KINDS
            for comparison in _compare(
                follow_up.scope,
                _sum_of(follow_up, "deceased", f"{kind}_due", f"{kind}_not_yet_due"),
                _value_of(follow_up, "leavers"),
            )
        ),
    )


def _followed_up(follow_up: Table) -> Control:
    def due(kind: str) -> tuple[Side, Side]:
        return _sum_of(follow_up, f"{kind}_followed_up", f"{kind}_missing"), _value_of(follow_up, f"{kind}_due")

    def made(kind: str) -> tuple[Side, Side]:
        outcomes = ("working", "studying", "neither", "no_answer", "not_reached")
        counted = _sum_of(follow_up, *(f"{kind}_{outcome}" for outcome in outcomes))
        both = _value_of(follow_up, f"{kind}_both")
        return lambda m, s: counted(m, s) - both(m, s), _value_of(follow_up, f"{kind}_followed_up")

    outcomes = ("working", "studying", "both", "neither", "no_answer", "not_reached", "followed_up", "missing", "due")
    return _control(
        "followed_up",
        translatable(
            "six months after: working {working} + studying {studying} − both {both} + neither {neither}"
            " + no answer {no_answer} + not reached {not_reached} = followed up {followed_up};"
            " + missing {missing} = due {due}; likewise within four weeks"
        ),
        {outcome: follow_up.value(f"six_months_{outcome}") for outcome in outcomes},
        (
            comparison
            for kind in KINDS
            for sides in (due(kind), made(kind))
            for comparison in _compare(follow_up.scope, *sides)
        ),
    )


def _income(tables: Tables) -> Control:
    persons, follow_up = tables["persons"], tables["follow_up"]
    at_entry, before, after = (tables[f"income_{moment}"] for moment in ("at_entry", "before", "after"))

    def reached(municipality: str, sex: str) -> int:
        made, missed = (
            follow_up.value(f"six_months_{outcome}", municipality, sex) for outcome in ("followed_up", "not_reached")
        )
        return made - missed

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
            "reached": reached(ALL, ALL),
        },
        (
            *_compare(persons.scope, _sum_of(at_entry), _value_of(persons, "participants")),
            *_compare(persons.scope, _sum_of(before), reached),
            *_compare(persons.scope, _sum_of(after), reached),
        ),
    )


def _column_is(step: str) -> Callable[[str, str], bool]:
    return lambda _, column: column == step


def _value_of(table: Table, measure: str) -> Side:
    return lambda m, s: table.value(measure, m, s)


def _sum_of(table: Table, *measures: str) -> Side:
    return lambda m, s: table.total(measures or table.measures, m, s)


def _totals(table: Table) -> dict[str, int]:
    return {str(measure): table.value(measure) for measure in table.measures}


Comparison = tuple[str, str, int, int]
"""Municipality, sex, and the two sides there."""


def _compare(scope: Scope, left: Side, right: Side) -> Iterator[Comparison]:
    for municipality in scope.rows:
        for sex in scope.columns:
            yield municipality, sex, left(municipality, sex), right(municipality, sex)


def _control(identity: str, message: str, facts: Mapping[str, int], comparisons: Iterable[Comparison]) -> Control:
    checked = 0
    failures = []
    for comparison in comparisons:
        checked += 1
        if comparison[2] != comparison[3]:
            failures.append(Failure(*comparison))
    return Control(identity, message, facts, checked, tuple(failures))
