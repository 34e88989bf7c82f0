"""A small report made by hand: nothing of the store or the queries is behind it.

Its people are kinds of persons, each many times over so that the report has numbers of every length:

| kind | how many | in October 2016 |
|---|---|---|
| A | 1200 women, Krokom | from step 1 to step 2 |
| B | 12 women, Krokom | exit from step 2 to work (two of them to a firm of their own) |
| C | 3 men, Krokom | new, on step 1 |
| D | 2 men, Åre | from step 2 down to step 1 |
| E | 1 woman | transferred from Krokom to Åre, on step 1 |
| F | 1 man, Åre | back after an exit in May, without a step |
| G | 9 of unknown sex, Krokom | had left for studies |
| H | 4 men, Åre | had left for nobody knows where |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from arena_cli.figures import limits
from arena_cli.figures.learning import Learning
from arena_cli.figures.reconcile import reconcile
from arena_cli.figures.report import Report
from arena_cli.figures.table import Cell, Counted, Measure, Scope, Table, tabulate
from arena_cli.model import Activity, Destination, Group, KeyMeasure, Month, Municipality, Project, Step
from arena_cli.render import Edition
from tests.report_journey import journey_tables, journey_tables_before
from tests.report_months import LEARNING, empty_series, quality_tables, small_series

OCTOBER = Month(2016, 10)

EDITION = Edition(as_of=date(2016, 11, 3), made_at="2016-11-04 08:15", journal_head="4711 0badcafe")

PROJECT = Project(
    code="provet",
    name="Provprojektet",
    name_en="The test project",
    owner="Provregionen",
    starts_on=date(2015, 9, 1),
    ends_on=date(2018, 3, 31),
    funding="",
    fund_rules="none",
    municipalities=(
        Municipality("2309", "Krokoms kommun", "Krokom"),
        Municipality("2321", "Åre kommun", "Åre"),
    ),
    steps=(
        Step("1", 1, "Grund", "Foundation"),
        Step("2", 2, "Praktik", "Placement"),
    ),
    destinations=(
        Destination("job", Group.WORK, "anställning", "employment"),
        Destination("own_firm", Group.WORK, "eget företag", "a firm of their own"),
        Destination("school", Group.STUDIES, "skola", "school"),
        Destination("moved", Group.OTHER, "flyttat", "moved"),
        Destination("unknown", Group.UNKNOWN, "okänt", "unknown"),
    ),
    activities=(
        Activity("placement", "praktik", "placement"),
        Activity("talks", "samtal", "talks"),
    ),
)

TOLD = ("at_risk", "gone", "share", "low", "high")
TIME_TO_WORK = {3: (900, 4, 4, 1, 9), 6: (640, 9, 11, 6, 21), 9: (210, 12, 19, 10, 34)}
"""Months, and what is told of them."""

SEXES = ("women", "men", "unknown")
STOCK_FLOW = ("opening", "entered", "re_entered", "transferred_in", "exited", "transferred_out", "closing")
PERSONS = ("participants", "spells", "re_entries", "transfer_continuations", "first_elsewhere", "active", "left")
GROUPS = ("work", "studies", "other", "unknown")
CODES = ("job", "own_firm", "school", "moved", "unknown")
PROGRESSION = ("up", "down", "same", "not_placed", "moves_up", "moves_down")
PLACES = ("1", "2", "not_placed")
MATRIX: tuple[Measure, ...] = tuple((row, column) for row in ("in", *PLACES) for column in (*PLACES, "out"))


def small_report(project: Project = PROJECT) -> Report:
    """The report of October 2016; `project` may call its things otherwise."""
    scope = Scope.of(project, ("woman", "man", "unknown"))
    tables = _tables(scope)
    previous = _previous(scope)
    series = small_series()
    controls = reconcile(tables, previous)
    return Report(
        project,
        OCTOBER,
        scope,
        tables,
        previous,
        series,
        LEARNING,
        controls,
        preliminary=False,
        estimates=_estimates(tables, scope),
    )


def empty_report(project: Project = PROJECT) -> Report:
    """The report of a project's first month, in which nobody has entered."""
    scope = Scope.of(project, ())
    tables = _tables(scope, empty=True)
    first = Month(2015, 9)
    series = empty_series(scope, first)
    controls = reconcile(tables, None)
    return Report(
        project,
        first,
        scope,
        tables,
        None,
        series,
        Learning(),
        controls,
        preliminary=True,
        estimates=_estimates(tables, scope, empty=True),
    )


def wide_report() -> Report:
    """The report of a project with so many municipalities that its charts are others; one is outside all limits."""
    more = tuple(Municipality(str(3000 + n), f"Kommun {n:02}", f"Kommun {n:02}") for n in range(40))
    report = small_report(replace(PROJECT, municipalities=(*PROJECT.municipalities, *more)))
    left = [
        (outcome, municipality.code, "woman", people)
        for n, municipality in enumerate(more)
        for outcome, people in (("work", 41 if n == 7 else 10 + n % 5), ("unknown", 4 + n))
    ]
    table = tabulate("left", (*GROUPS, "transferred"), report.scope, left)
    values = {(measure, place.code): report.series.values[measure, "2321"] for measure in KeyMeasure for place in more}
    return replace(
        report,
        tables={**report.tables, "left": table},
        estimates={**report.estimates, "compared": limits.build(table, report.scope)},
        series=replace(report.series, values={**report.series.values, **values}),
    )


def failing_report() -> Report:
    """The report with one person too many in stock at the end of the month."""
    report = small_report()
    stock = report.tables["stock_flow"]
    values = {**stock.values, ("closing", "2321", "women"): 2}
    tables = {**report.tables, "stock_flow": replace(stock, values=values)}
    return replace(report, tables=tables, controls=reconcile(tables, report.previous))


def _tables(scope: Scope, *, empty: bool = False) -> Mapping[str, Table]:
    def table(section: str, measures: tuple[Measure, ...], counted: Counted, project: Counted | None = None) -> Table:
        return tabulate(section, measures, scope, () if empty else counted, None if empty else project)

    tables: tuple[Table, ...] = (
        table(
            "stock_flow",
            STOCK_FLOW,
            [
                ("opening", "2309", "woman", 1213),
                ("entered", "2309", "man", 3),
                ("exited", "2309", "woman", 12),
                ("transferred_out", "2309", "woman", 1),
                ("closing", "2309", "woman", 1200),
                ("closing", "2309", "man", 3),
                ("opening", "2321", "man", 2),
                ("re_entered", "2321", "man", 1),
                ("transferred_in", "2321", "woman", 1),
                ("closing", "2321", "woman", 1),
                ("closing", "2321", "man", 3),
            ],
        ),
        table(
            "persons",
            PERSONS,
            [
                *(("participants", "2309", *people) for people in (("woman", 1213), ("man", 3), ("unknown", 9))),
                *(("spells", "2309", *people) for people in (("woman", 1213), ("man", 3), ("unknown", 9))),
                *(("active", "2309", *people) for people in (("woman", 1200), ("man", 3))),
                *(("left", "2309", *people) for people in (("woman", 13), ("unknown", 9))),
                *(("participants", "2321", *people) for people in (("woman", 1), ("man", 7))),
                *(("spells", "2321", *people) for people in (("woman", 1), ("man", 8))),
                ("re_entries", "2321", "man", 1),
                ("first_elsewhere", "2321", "woman", 1),
                *(("active", "2321", *people) for people in (("woman", 1), ("man", 3))),
                ("left", "2321", "man", 4),
            ],
            [
                *(("participants", "all", *people) for people in (("woman", 1213), ("man", 10), ("unknown", 9))),
                *(("spells", "all", *people) for people in (("woman", 1214), ("man", 11), ("unknown", 9))),
                ("re_entries", "all", "man", 1),
                ("transfer_continuations", "all", "woman", 1),
                ("first_elsewhere", "all", "woman", 1),
                *(("active", "all", *people) for people in (("woman", 1201), ("man", 6))),
                *(("left", "all", *people) for people in (("woman", 12), ("man", 4), ("unknown", 9))),
            ],
        ),
        table("exits", GROUPS, [("work", "2309", "woman", 12)]),
        table(
            "exits_by_destination",
            CODES,
            [("job", "2309", "woman", 10), ("own_firm", "2309", "woman", 2)],
        ),
        table(
            "left",
            (*GROUPS, "transferred"),
            [
                ("work", "2309", "woman", 12),
                ("transferred", "2309", "woman", 1),
                ("studies", "2309", "unknown", 9),
                ("unknown", "2321", "man", 4),
            ],
            [("work", "all", "woman", 12), ("studies", "all", "unknown", 9), ("unknown", "all", "man", 4)],
        ),
        table(
            "left_by_destination",
            (*CODES, "transferred"),
            [
                ("job", "2309", "woman", 10),
                ("own_firm", "2309", "woman", 2),
                ("transferred", "2309", "woman", 1),
                ("school", "2309", "unknown", 9),
                ("unknown", "2321", "man", 4),
            ],
            [
                ("job", "all", "woman", 10),
                ("own_firm", "all", "woman", 2),
                ("school", "all", "unknown", 9),
                ("unknown", "all", "man", 4),
            ],
        ),
        table(
            "progression",
            PROGRESSION,
            [
                ("up", "2309", "woman", 1200),
                ("moves_up", "2309", "woman", 1200),
                ("same", "2309", "woman", 13),
                ("same", "2309", "man", 3),
                ("down", "2321", "man", 2),
                ("moves_down", "2321", "man", 2),
                ("same", "2321", "woman", 1),
                ("not_placed", "2321", "man", 1),
            ],
        ),
        table(
            "steps",
            PLACES,
            [
                ("2", "2309", "woman", 1200),
                ("1", "2309", "man", 3),
                ("1", "2321", "man", 2),
                ("1", "2321", "woman", 1),
                ("not_placed", "2321", "man", 1),
            ],
        ),
        table(
            "movement",
            MATRIX,
            [
                (("1", "2"), "2309", "woman", 1200),
                (("2", "out"), "2309", "woman", 12),
                (("1", "out"), "2309", "woman", 1),
                (("in", "1"), "2309", "man", 3),
                (("2", "1"), "2321", "man", 2),
                (("in", "1"), "2321", "woman", 1),
                (("in", "not_placed"), "2321", "man", 1),
            ],
        ),
    )
    journey = journey_tables(replace(scope, sexes=SEXES))
    made_by_hand = (*journey, *quality_tables(scope.without_sexes()))
    everything = (*tables, *(_emptied(made, scope) if empty else made for made in made_by_hand))
    return {made.section: made for made in everything}


def _estimates(tables: Mapping[str, Table], scope: Scope, *, empty: bool = False) -> Mapping[str, Table]:
    measures = tuple(f"{what}_{n}" for n in TIME_TO_WORK for what in TOLD)
    values = {} if empty else _time_to_work()
    return {
        "compared": limits.build(tables["left"], scope),
        "time_to_work": Table("time_to_work", measures, replace(scope, municipalities=()), values, is_count=False),
    }


def _time_to_work() -> dict[Cell, int]:
    return {
        (f"{what}_{months}", "all", sex): value
        for sex in ("all", "women")
        for months, told in TIME_TO_WORK.items()
        for what, value in zip(TOLD, told, strict=True)
    }


def _emptied(table: Table, scope: Scope) -> Table:
    if table.is_count:
        return tabulate(table.section, table.measures, scope, ())
    return replace(table, scope=scope, values={})


def _previous(scope: Scope) -> Mapping[str, Table]:
    stock = [
        ("opening", "2309", "woman", 1213),
        ("entered", "2321", "man", 2),
        ("closing", "2309", "woman", 1213),
        ("closing", "2321", "man", 2),
    ]
    return {
        "stock_flow": tabulate("stock_flow", STOCK_FLOW, scope, stock),
        **{made.section: made for made in journey_tables_before(scope)},
    }
