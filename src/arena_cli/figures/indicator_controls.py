"""The validation rules of the funds' indicators, checked in every municipality and for every sex.

The rules about certain indicators, V1-V5, V8, V11 and V13, stand in the funds' tables, and those about Kolada's results
in its own. Here are those that hold whatever the indicators are:

- V6: no measure exceeds the participants, those of whom it is not known included; complete records are no more than all
- V7: the sexes add up; among complete records nobody's sex is unknown
- V9, V10: results are no more than the follow-ups made in time, and those no more than the participants who have left
- every participant counts once: with the persons of the municipality of the first entry
- who has left is the same as where those who left went, and as Kolada's

- V12, V14, V16: nothing lies outside the project, its spell or the target group, and no spells overlap: `registered`

V15 needs identity numbers, which this file does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import add
from types import MappingProxyType

from arena_cli.errors import translatable
from arena_cli.figures.destinations import GROUPS
from arena_cli.figures.indicators import ALL_RECORDS, COMPLETE_RECORDS, FOLLOWED_UP, KOLADA, UNKNOWN
from arena_cli.figures.persons import entered_here
from arena_cli.figures.reconcile import Compared, Control, added_sexes, control
from arena_cli.figures.registered import OUTSIDE_PROJECT, OUTSIDE_SPELL, OUTSIDE_TARGET_GROUP, OVERLAPPING
from arena_cli.figures.table import Table
from arena_cli.indicators import LEFT, PARTICIPANTS, FundTable, Measure, Rule, fund_table, kolada
from arena_cli.model import ALL, FollowUpKind, Project
from arena_cli.model.noun import Noun, dataclass

Tables = Mapping[str, Table]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Word(Noun):
    """A word in both languages."""

    name: str
    name_en: str


_HAVE_LEFT = _Word("har slutat", "have left")

SECTIONS: Mapping[str, str] = {"all": ALL_RECORDS, "complete": COMPLETE_RECORDS}

RESULTS_IN_TIME: Mapping[FollowUpKind, str] = {FollowUpKind.IMMEDIATE: "V9", FollowUpKind.SIX_MONTHS: "V10"}


def controls(tables: Tables, project: Project, broken: Table) -> tuple[Control, ...]:
    """Check every rule; none where the report has no indicators. `broken` has the records that break a rule."""
    fund = fund_table(project.fund_rules)
    if fund is None:
        return ()
    return (
        *_merged(
            _of_rules(
                fund.rules,
                {name: tables[section] for name, section in SECTIONS.items()},
                {m.code: m for m in fund.measures if not m.key.annex},
            )
        ),
        _no_more_than_all(tables),
        _sexes(tables),
        *_results_in_time(tables, fund),
        *_no_broken_records(broken),
        _counted_once(tables),
        _left(tables),
        *_merged(
            _of_rules(
                kolada().rules, {"all": tables[KOLADA]}, {LEFT: _HAVE_LEFT, **{m.code: m for m in kolada().measures}}
            )
        ),
    )


# -- the rules of a table ---------------------------------------------------------------------------------------------


def _of_rules(
    rules: Iterable[Rule], tables: Mapping[str, Table], named: Mapping[str, Measure | _Word] = MappingProxyType({})
) -> Iterator[Control]:
    """One control a rule, with the numbers of the first of the tables that it holds for.

    A rule about an indicator that the project has no use for is not checked. `named`: measures that are told by name,
    since their codes are not the fund's.
    """
    for number, rule in enumerate(rules):
        held_to = [table for name, table in tables.items() if name in rule.records]
        names = {code: f"{code}_{number}" for code in (*rule.left, *rule.right)}
        if names.keys() <= {*held_to[0].measures}:
            facts: dict[str, object] = {name: held_to[0].value(code) for code, name in names.items()}
            facts |= {f"{code}_name": named[code] for code in names.keys() & named.keys()}
            compared = [_sums(table, rule) for table in held_to]
            words = {code: f"{{{code}_name}}" for code in named}
            words[PARTICIPANTS] = "n" if held_to[0].section == COMPLETE_RECORDS else "N"
            formula = _formula(rule, names, words)
            yield control(rule.code, f"{rule.code}: {formula}", facts, compared, warning=rule.warning)


def _sums(table: Table, rule: Rule) -> Compared:
    return Compared(table.scope.cells, table.counts(*rule.left), table.counts(*rule.right), rule.relation)


def _formula(rule: Rule, names: Mapping[str, str], words: Mapping[str, str]) -> str:
    """As in `CO01 {CO01_0} + CO03 {CO03_0} = n {participants_0}`: codes and numbers, the same in every language.

    `N` are the participants, `n` those with complete records.
    """

    def term(code: str) -> str:
        return f"{words.get(code, code)} {{{names[code]}}}"

    left, right = (" + ".join(map(term, side)) or "0" for side in (rule.left, rule.right))
    return f"{left} {rule.relation} {right}"


def _merged(checked: Iterable[Control]) -> Iterator[Control]:
    """The rules that hold become one control for each code; each that does not stays a control of its own."""
    by_code = groupby(checked, key=lambda control: (control.identity, control.warning, control.holds))
    for (code, warning, holds), controls_of_code in by_code:
        together = list(controls_of_code)
        if not holds:
            yield from together
            continue
        facts = {name: number for control in together for name, number in control.facts.items()}
        formulas = "; ".join(control.message.removeprefix(f"{code}: ") for control in together)
        yield Control(code, f"{code}: {formulas}", facts, sum(control.checked for control in together), (), warning)


# -- the rules whatever the indicators --------------------------------------------------------------------------------


def _no_more_than_all(tables: Tables) -> Control:
    everybody, complete, unknown = tables[ALL_RECORDS], tables[COMPLETE_RECORDS], tables[UNKNOWN]

    def compared() -> Iterator[Compared]:
        cells, participants = complete.scope.cells, everybody.counts(PARTICIPANTS)
        for measure in complete.measures:
            both = everybody.counts(measure)
            yield Compared(cells, complete.counts(measure), both, "≤")
            if measure in unknown.measures:
                both = [*map(add, both, unknown.counts(measure))]
            yield Compared(cells, both, participants, "≤")

    return control(
        "V6",
        translatable(
            "V6: complete records {complete} ≤ participants {participants}; of no measure more of them than of all, or"
            " more counted and not known together than there are participants"
        ),
        {"complete": complete.value(PARTICIPANTS), "participants": everybody.value(PARTICIPANTS)},
        compared(),
    )


def _sexes(tables: Tables) -> Control:
    complete = tables[COMPLETE_RECORDS]

    def compared() -> Iterator[Compared]:
        for section in (ALL_RECORDS, COMPLETE_RECORDS, UNKNOWN, KOLADA):
            table = tables[section]
            sexes = [sex for sex in table.scope.sexes if section != COMPLETE_RECORDS or sex != "unknown"]
            yield from (added_sexes(table, measure, sexes) for measure in table.measures)

    known = {sex: complete.value(PARTICIPANTS, ALL, sex) for sex in complete.scope.sexes if sex != "unknown"}
    return control(
        "V7",
        translatable("V7: complete records: women {women} + men {men} + other {other} = {all}; likewise every measure"),
        {"women": 0, "men": 0, "other": 0, **known, ALL: complete.value(PARTICIPANTS)},
        compared(),
    )


def _results_in_time(tables: Tables, fund: FundTable) -> Iterator[Control]:
    everybody = tables[ALL_RECORDS]
    for kind in fund.windows:
        followed_up = FOLLOWED_UP[kind]
        results = [m.code for m in fund.measures if m.follow_up is kind and m.code in everybody.measures]
        most = max((everybody.value(code) for code in results), default=0)
        yield control(
            RESULTS_IN_TIME[kind],
            _RESULTS_IN_TIME[kind],
            {"most": most, "followed_up": everybody.value(followed_up), "left": everybody.value(LEFT)},
            [
                *_no_more(everybody, results, followed_up),
                *_no_more(everybody, [followed_up], LEFT),
            ],
        )


_RESULTS_IN_TIME: Mapping[FollowUpKind, str] = {
    FollowUpKind.IMMEDIATE: translatable(
        "V9: immediate results, at most {most}, ≤ followed up in time {followed_up} ≤ left {left}"
    ),
    FollowUpKind.SIX_MONTHS: translatable(
        "V10: results after six months, at most {most}, ≤ followed up in time {followed_up} ≤ left {left}"
    ),
}


def _no_broken_records(broken: Table) -> Iterator[Control]:
    for identity, measures in _RECORDS.items():
        counted = broken.counts(*measures)
        compared = [Compared(broken.scope.cells, counted, [0] * len(counted))]
        facts = {measure: broken.value(measure) for measure in measures}
        yield control(identity, _OF_RECORDS[identity], facts, compared, warning=identity == "V14")


_RECORDS: Mapping[str, tuple[str, ...]] = {
    "V12": (OUTSIDE_PROJECT, OUTSIDE_SPELL),
    "V14": (OUTSIDE_TARGET_GROUP,),
    "V16": (OVERLAPPING,),
}

_OF_RECORDS: Mapping[str, str] = {
    "V12": translatable(
        "V12: spells outside the project {outside_project} + moves, pauses, placements and hours outside their spell"
        " {outside_spell} = 0"
    ),
    "V14": translatable(
        "V14: participants whose age at the first entry is outside the target group {outside_target_group} = 0"
    ),
    "V16": translatable("V16: spells that overlap an earlier one of the same person {overlapping} = 0"),
}


def _counted_once(tables: Tables) -> Control:
    persons, everybody = tables["persons"], tables[ALL_RECORDS]

    return control(
        "indicators_participants",
        translatable(
            "the participants {participants}, each in the municipality of the first entry = counted by the indicators"
            " {counted}"
        ),
        {"participants": persons.value("participants"), "counted": everybody.value(PARTICIPANTS)},
        [Compared(everybody.scope.cells, entered_here(persons), everybody.counts(PARTICIPANTS))],
    )


def _left(tables: Tables) -> Control:
    left, everybody, yardstick = tables["left"], tables[ALL_RECORDS], tables[KOLADA]

    width, cells, counted = len(left.scope.columns), left.scope.cells, everybody.counts(LEFT)
    return control(
        "indicators_left",
        translatable(
            "left, not by transfer {left} = last exits by the indicators {counted} = of results at exit {yardstick}"
        ),
        {"left": left.total(GROUPS), "counted": everybody.value(LEFT), "yardstick": yardstick.value(LEFT)},
        [
            Compared(cells[-width:], left.counts(*GROUPS)[-width:], counted[-width:]),
            Compared(cells, counted, yardstick.counts(LEFT)),
        ],
    )


def _no_more(table: Table, measures: Iterable[str], limit: str) -> Iterator[Compared]:
    most = table.counts(limit)
    return (Compared(table.scope.cells, table.counts(measure), most, "≤") for measure in measures)
