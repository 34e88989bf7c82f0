"""The fund's indicators, and Kolada's results at exit: participants, counted once each, up to the end of the month.

What each indicator counts is said by the fund's table (`arena_cli.indicators`); this module knows none by its code.

- A participant counts in the municipality and with the age of the first entry into the project: so say the funds' rules
  of those who come back, and so the municipalities' rows add up to the project's. Results count in the same row,
  wherever the participant was last.
- The age is the one reached in the year of the first entry: that year less the birth year.
- The last exit is that of the latest spell entered by the end of the month, if it has ended by then, and not by
  transfer. Somebody who has come back has none, and no results.
- A result is read from the follow-up of that spell, made by the end of the month, if the participant was reached and if
  it was made in time: the immediate one within four weeks of the last exit, the other from six months after it.
- Nobody follows the deceased up: they have left, without results, and nothing about that is unknown.
- Without a background row nothing was asked.

The sections:

- `indicators`: everybody ("the grand total"); `participants` is how many, `left` how many have left, and
  `followed_up_immediate` and `followed_up_six_months` how many of them have a follow-up in time
- `indicators_complete`: those with a complete record; only these enter the fund's own figures
- `indicators_unknown`: those of whom it is not known whether they count; a result is unknown when its follow-up is due
- `kolada`: of all who have left, how many began working or studying, by the immediate follow-up; counted in the same
  pass, since it takes the follow-ups that the funds take
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from arena_cli.errors import translatable
from arena_cli.figures.spells import APART, days_after, months_after, order_of, period
from arena_cli.figures.table import SEX_CLASSES, Scope, Table, tabulate
from arena_cli.indicators import (
    LEFT,
    NOT_KNOWN,
    PARTICIPANTS,
    FundTable,
    Requirement,
    Window,
    fund_table,
    kolada,
)
from arena_cli.indicators.conditions import AFTER_EXIT, AT_ENTRY, Fact, joined
from arena_cli.model import FollowUpKind, Month, Project
from arena_cli.model.noun import Noun, dataclass
from arena_cli.store import Store

ALL_RECORDS = "indicators"
COMPLETE_RECORDS = "indicators_complete"
UNKNOWN = "indicators_unknown"
KOLADA = "kolada"
FOLLOWED_UP: Mapping[FollowUpKind, str] = {kind: f"followed_up_{kind}" for kind in FollowUpKind}

HAS_LEFT = "(has_left = 'yes')"

_NOT_KNOWN = ", ".join(f"'{value}'" for value in NOT_KNOWN)

_FIRST = f"""NOT EXISTS (SELECT 1 FROM counted_spell b
    WHERE b.participant_id = f.participant_id AND b.id <> f.id AND b.entered_on <= :last
      AND ({order_of("b")}) < ({order_of("f")}))"""

_LAST = f"""NOT EXISTS (SELECT 1 FROM counted_spell b
    WHERE b.participant_id = l.participant_id AND b.id <> l.id AND b.entered_on <= :last
      AND ({order_of("b")}) > ({order_of("l")}))"""

# The inner queries are kept apart: SQLite would else work out every expression at every mention.
_PARTICIPANTS = f"""
WITH participation AS (
    SELECT f.participant_id, f.municipality, f.entered_on AS first_entry, l.id AS last_spell,
           CASE WHEN l.exited_on <= :last AND l.exit_type <> 'transferred' THEN l.exited_on END AS last_exit,
           CASE WHEN l.exited_on <= :last AND l.exit_type <> 'transferred' THEN l.exit_type END AS exit_type
    FROM counted_spell f JOIN counted_spell l ON l.participant_id = f.participant_id
    WHERE f.entered_on <= :last AND l.entered_on <= :last AND {_FIRST} AND {_LAST}
), person AS (
    SELECT p.code, participation.municipality, p.sex AS recorded_sex, first_entry,
           CASE WHEN p.sex NOT IN ({_NOT_KNOWN}) THEN p.sex END AS sex, p.birth_year,
           CAST(substr(first_entry, 1, 4) AS INTEGER) - p.birth_year AS age,
           CASE WHEN last_exit IS NULL THEN 'no' ELSE 'yes' END AS has_left, exit_type{{facts}}
    FROM participation
    JOIN participant p ON p.id = participation.participant_id
    LEFT JOIN background ON background.participant_id = p.id
    {{follow_ups}}
    {APART}
)
"""

_COUNTED = f""", judged AS (
    SELECT municipality, recorded_sex, {{complete}} AS is_complete, {{judgements}} FROM person {APART}
)
SELECT municipality, recorded_sex, is_complete, count(*), {{counts}} FROM judged GROUP BY 1, 2, 3
"""

_FOLLOW_UP = """LEFT JOIN follow_up {kind} ON {kind}.spell_id = last_spell AND {kind}.kind = '{kind}'
        AND {kind}.reached = 1 AND {kind}.followed_up_on <= :last AND {in_time}"""

_FOLLOWED_UP = f"""
SELECT f.municipality, p.sex, count(*)
FROM follow_up u
JOIN counted_spell l ON l.id = u.spell_id
JOIN counted_spell f ON f.participant_id = l.participant_id
JOIN participant p ON p.id = l.participant_id
WHERE u.kind = '{{kind}}' AND u.reached = 1 AND u.followed_up_on <= :last AND {{in_time}}
  AND l.exited_on <= :last AND l.exit_type <> 'transferred'
  AND f.entered_on <= :last AND l.entered_on <= :last AND {_FIRST} AND {_LAST}
GROUP BY 1, 2
"""

Counts = list[tuple[str, str, str, int]]
"""Measure, municipality code, sex as recorded, count."""


_JUDGED = """
SELECT code, municipality, recorded_sex, {complete}, {population}, has_left = 'yes', {due}, {judgement} FROM person
ORDER BY code
"""

INCOMPLETE = translatable("the record lacks what the fund requires")
NOT_ASKED_OF = translatable("not one of those whom the measure can count")
NOT_LEFT = translatable("has not left the project")
NOT_DUE = translatable("has left, but no follow-up is due: too early, or deceased")
NO_ANSWER = translatable("not known")
ANSWERED = translatable("known: counts, or does not")
NOT_SO = translatable("does not meet the condition")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Judgement(Noun):
    """A participant by code, the row and sex class, and why a measure does not count them: None where it does."""

    participant: str
    municipality: str
    sex: str
    reason: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Counted(Noun):
    """How many count, of all and of those with complete records, and of how many it is not known."""

    everybody: Counts
    complete: Counts
    unknown: Counts


def build(store: Store, month: Month, scope: Scope, project: Project) -> tuple[Table, ...]:
    """The sections of the indicators; none where the project follows no rules that arena has a table for."""
    fund = fund_table(project.fund_rules)
    if fund is None:
        return ()
    measures = fund.asked_from(project.starts_on)
    of_the_fund = {measure.code: measure.sql for measure in measures}
    at_exit = {f"{KOLADA}_{measure.code}": measure for measure in kolada().measures}
    results = {name: f"({HAS_LEFT} AND {measure.sql})" for name, measure in at_exit.items()}
    codes = (PARTICIPANTS, *of_the_fund, LEFT)
    counted = _count(store, month, fund, {LEFT: HAS_LEFT, **of_the_fund, **results})
    followed_up = tuple(_followed_up(store, month, fund))
    yardstick = {LEFT: LEFT, **{name: measure.code for name, measure in at_exit.items()}}
    return (
        tabulate(
            ALL_RECORDS,
            (*codes, *(FOLLOWED_UP[kind] for kind in fund.windows)),
            scope,
            [*_of(codes, counted.everybody), *followed_up],
        ),
        tabulate(COMPLETE_RECORDS, codes, scope, _of(codes, counted.complete)),
        tabulate(UNKNOWN, of_the_fund, scope, _of(of_the_fund, counted.unknown)),
        tabulate(
            KOLADA,
            yardstick.values(),
            scope,
            ((yardstick[code], place, sex, count) for code, place, sex, count in _of(yardstick, counted.everybody)),
        ),
    )


def _of(codes: Collection[str], counts: Counts) -> Iterator[tuple[str, str, str, int]]:
    return (count for count in counts if count[0] in codes)


def _count(store: Store, month: Month, table: FundTable, conditions: Mapping[str, str]) -> Counted:
    """Who meets each condition, in one pass: most of what it costs is to find everybody's first and last spell."""
    columns = [f"m{number}" for number in range(len(conditions))]
    query = _COUNTED.format(
        complete=_is_complete(table.complete),
        judgements=", ".join(f"{sql} AS {column}" for sql, column in zip(conditions.values(), columns, strict=True)),
        counts=", ".join(f"count(*) FILTER (WHERE {column}), count({column})" for column in columns),
    )
    counted = Counted([], [], [])
    for municipality, sex, is_complete, persons, *sums in store.counts(_with_persons(table, query), period(month)):
        counting, known = (persons, *sums[::2]), (persons, *sums[1::2])
        for code, yes, answered in zip((PARTICIPANTS, *conditions), counting, known, strict=True):
            if yes:  # as few are: most of a small municipality is zeros
                counted.everybody.append((code, municipality, sex, yes))
                if is_complete:
                    counted.complete.append((code, municipality, sex, yes))
            if answered < persons:
                counted.unknown.append((code, municipality, sex, persons - answered))
    return counted


def _followed_up(store: Store, month: Month, fund: FundTable) -> Iterator[tuple[str, str, str, int]]:
    """Counted from the follow-ups, not from the participants: the controls hold the results against it."""
    for kind, window in fund.windows.items():
        sql = _FOLLOWED_UP.format(kind=kind, in_time=_in_time("u.followed_up_on", "l.exited_on", window))
        for municipality, sex, count in store.counts(sql, period(month)):
            yield FOLLOWED_UP[kind], municipality, sex, count


def judge(store: Store, month: Month, project: Project, section: str, measure: str) -> Iterator[Judgement]:
    """Every participant so far, and whether a measure of one of the sections counts them.

    Of a project that follows no fund's rules there is nothing to judge. Raises KeyError for what is no measure.
    """
    table = kolada() if section == KOLADA else fund_table(project.fund_rules)
    if table is None:
        return
    found = {m.code: m for m in table.measures}.get(measure)
    judgements = {PARTICIPANTS: "1", LEFT: HAS_LEFT, **{FOLLOWED_UP[kind]: f"{kind}_made" for kind in table.windows}}
    query = _JUDGED.format(
        complete=_is_complete(table.complete),
        population=found.population if found else "1",
        due=f"{found.follow_up}_due = 'yes'" if found and found.follow_up else "1",
        judgement=found.sql if found else judgements[measure],
    )
    is_result = found is not None and found.follow_up is not None
    for code, municipality, sex, *facts in store.rows(_with_persons(table, query), period(month)):
        yield Judgement(code, municipality, SEX_CLASSES[sex], _reason(section, facts, is_result=is_result))


def _reason(section: str, facts: Sequence[int | None], *, is_result: bool) -> str | None:
    is_complete, can_count, has_left, is_due, counts = facts
    if section == UNKNOWN:
        return None if counts is None else ANSWERED
    if counts:
        return INCOMPLETE if section == COMPLETE_RECORDS and not is_complete else None
    obstacles = (
        (can_count == 0, NOT_ASKED_OF),
        (is_result and not has_left, NOT_LEFT),
        (is_result and not is_due, NOT_DUE),
        (counts is None, NO_ANSWER),
    )
    return next((reason for holds, reason in obstacles if holds), NOT_SO)


# -- the SQL of a participant -----------------------------------------------------------------------------------------


def _with_persons(table: FundTable, query: str) -> str:
    """A query over `person`: a row a participant, with the facts that the query asks for; not known is NULL."""
    facts = {name: _known(f"background.{name}", fact) for name, fact in AT_ENTRY.items()}
    follow_ups = []
    for kind, window in table.windows.items():
        facts |= {f"{kind}_{name}": _known(f"{kind}.{name}", fact) for name, fact in AFTER_EXIT.items()}
        facts |= {f"{kind}_due": _due(kind, window), f"{kind}_made": f"{kind}.id IS NOT NULL"}
        in_time = _in_time(f"{kind}.followed_up_on", "last_exit", window)
        follow_ups.append(_FOLLOW_UP.format(kind=kind, in_time=in_time))
    asked_for = set(re.findall(r"\w+", query))
    columns = "".join(f",\n           {sql} AS {name}" for name, sql in facts.items() if name in asked_for)
    return _PARTICIPANTS.format(facts=columns, follow_ups="\n    ".join(follow_ups)) + query


def _known(column: str, fact: Fact) -> str:
    """Compared one by one: SQLite would look a longer list up in a tree, for every fact of every participant."""
    if not fact.values:
        return column  # a number is not there when it is not known
    known = " AND ".join(f"{column} <> '{value}'" for value in NOT_KNOWN)
    return f"CASE WHEN {known} THEN {column} END"


def _is_complete(requirements: Sequence[Requirement]) -> str:
    """Whether a record has all that the fund requires: 1 or 0."""
    terms = []
    for requirement in requirements:
        known = " AND ".join(f"{fact} IS NOT NULL" for fact in requirement.facts)
        before = requirement.entered_before
        terms.append(f"({known})" if before is None else f"(first_entry >= '{before.isoformat()}' OR ({known}))")
    return joined("AND", *terms)


def _due(kind: FollowUpKind, window: Window) -> str:
    """Whether a follow-up has been made in time, or could have been by now: never of the deceased."""
    if window.until_days is None:
        day = months_after("last_exit", window.from_months)
    else:
        day = days_after("last_exit", window.until_days)
    return f"CASE WHEN {kind}.id IS NOT NULL OR ({day} <= :last AND exit_type <> 'deceased') THEN 'yes' ELSE 'no' END"


def _in_time(followed_up_on: str, exited_on: str, window: Window) -> str:
    earliest = f"{followed_up_on} >= {months_after(exited_on, window.from_months)}"
    if window.until_days is None:
        return earliest
    return f"{earliest} AND {followed_up_on} <= {days_after(exited_on, window.until_days)}"
