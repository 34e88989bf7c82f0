"""The controls: identities that the figures of every report must meet, in every municipality and for every sex.

Where the two sides of an identity come from different queries, a fault in either shows here; so does a file that
something else than arena has written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from arena_cli.errors import DataProblem, translatable
from arena_cli.figures.staircase import COMPARISONS, IN, OUT
from arena_cli.figures.table import Scope, Table
from arena_cli.model import ALL

Tables = Mapping[str, Table]
Side = Callable[[str, str], int]
"""One side of an identity: its number for a municipality (or `all`) and a sex (or `all`)."""

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
    """One identity, with its numbers for the project and every place where it fails."""

    identity: str
    message: str
    facts: Mapping[str, int]
    checked: int
    failures: tuple[Failure, ...]

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
            for measure in table.measures
            for municipality in table.scope.rows
        ),
    )


def _municipalities(tables: Tables) -> Control:
    spell_tables = [table for name, table in tables.items() if name not in {"persons", "left", "left_by_destination"}]
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


def _column_is(step: str) -> Callable[[str, str], bool]:
    return lambda _, column: column == step


def _value_of(table: Table, measure: str) -> Side:
    return lambda m, s: table.value(measure, m, s)


def _sum_of(table: Table) -> Side:
    return lambda m, s: table.total(table.measures, m, s)


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
