"""How it went for those who left, since the start of the project: within four weeks, and six months after.

The persons are those of `left` (section `persons`) whose latest spell in the row's scope (the municipality, or the
project) did not end by transfer:
- `leavers`: all of them
- `deceased`: those who died; nobody is followed up

The rest, for each kind of follow-up, `immediate_...` and `six_months_...`, of that latest spell:
- `due`: it has been made by the month's last day, or should have been: four weeks have passed since the exit, or six
  calendar months (the same day of the month, or the last one of a shorter month)
- `not_yet_due`: it has not been made, and there is still time
- `followed_up`: it has been made by the month's last day; `missing`: it is due and has not been
- `working`, `studying`, `both`: of those followed up, those who work, who study, who do both; who does both is in all
- `neither`: those who neither work nor study
- `no_answer`: those who were reached, but of whom it is not known whether they work or study
- `not_reached`: those who were not reached, which is not the same as not working

`deceased + due + not_yet_due = leavers`; `followed_up + missing = due`;
`working + studying - both + neither + no_answer + not_reached = followed_up`. So x of n known: n is `due`, and known
are `followed_up - no_answer - not_reached`; unknown are `no_answer + not_reached + missing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from arena_cli.figures.spells import months_before, order_of, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import FollowUpKind, Month
from arena_cli.store import Row, Store

PERSONS: Final = ("leavers", "deceased")
OUTCOMES: Final = (
    "due",
    "followed_up",
    "working",
    "studying",
    "both",
    "neither",
    "no_answer",
    "not_reached",
    "missing",
    "not_yet_due",
)
KINDS: Final = tuple(kind.value for kind in FollowUpKind)
MEASURES: Final = (*PERSONS, *(f"{kind}_{outcome}" for kind in KINDS for outcome in OUTCOMES))

_NO_LATER = f"""NOT EXISTS (
        SELECT 1 FROM counted_spell later
        WHERE later.participant_id = s.participant_id AND later.id <> s.id AND later.entered_on <= :last
          AND ({order_of("later")}) > ({order_of("s")}){{in_scope}})"""

LEAVERS: Final = f"""
    SELECT s.id, s.participant_id, s.municipality, s.exited_on, s.exit_type,
           {_NO_LATER.format(in_scope="")} AS in_project
    FROM counted_spell s
    WHERE s.exited_on <= :last AND s.exit_type <> 'transferred'
      AND {_NO_LATER.format(in_scope=" AND later.municipality = s.municipality")}
"""
"""The latest spell in a municipality of each person who has left it; `in_project`: it is the latest of all, too."""


def _outcomes(kind: str) -> str:
    """Expressions in the order of OUTCOMES, where a follow-up that has not been made is NULL."""
    lives, made, passed = "NOT deceased", f"{kind}_reached IS NOT NULL", f"{kind}_passed"
    answered = {
        "working": "{k}_working = 'yes'",
        "studying": "{k}_studying = 'yes'",
        "both": "{k}_working = 'yes' AND {k}_studying = 'yes'",
        "neither": "{k}_working = 'no' AND {k}_studying = 'no'",
        "no_answer": "{k}_working <> 'yes' AND {k}_studying <> 'yes'"
        " AND NOT ({k}_working = 'no' AND {k}_studying = 'no')",
    }
    conditions = {
        "due": f"{lives} AND ({made} OR {passed})",
        "followed_up": f"{lives} AND {made}",
        **{outcome: f"{kind}_reached = 1 AND {answer.format(k=kind)}" for outcome, answer in answered.items()},
        "not_reached": f"{kind}_reached = 0",
        "missing": f"{lives} AND {passed} AND NOT {made}",
        "not_yet_due": f"{lives} AND NOT {passed} AND NOT {made}",
    }
    return ", ".join(f"coalesce(sum(persons) FILTER (WHERE {conditions[outcome]}), 0)" for outcome in OUTCOMES)


def _facts(kind: str) -> str:
    facts = (f"{kind}.{fact} AS {kind}_{fact}" for fact in ("reached", "working", "studying"))
    return f"leaver.exited_on <= :{kind}_before AS {kind}_passed, {', '.join(facts)}"


def _made(kind: str) -> str:
    return (
        f"LEFT JOIN follow_up {kind} ON {kind}.spell_id = leaver.id AND {kind}.kind = '{kind}'"
        f" AND {kind}.followed_up_on <= :last"
    )


COUNT: Final = f"""
WITH leaver AS ({LEAVERS}),
followed AS (
    SELECT leaver.municipality, p.sex, in_project, leaver.exit_type = 'deceased' AS deceased,
           {", ".join(map(_facts, KINDS))}
    FROM leaver JOIN participant p ON p.id = leaver.participant_id
    {" ".join(map(_made, KINDS))}
), alike AS (
    SELECT *, count(*) AS persons FROM followed GROUP BY {", ".join(str(n + 1) for n in range(4 + 4 * len(KINDS)))}
)
SELECT municipality, sex, in_project, sum(persons), coalesce(sum(persons) FILTER (WHERE deceased), 0),
       {", ".join(map(_outcomes, KINDS))}
FROM alike GROUP BY 1, 2, 3
"""
"""Evaluated for those who are alike: of them there are few."""


def build(store: Store, month: Month, scope: Scope) -> Table:
    """The section `follow_up`."""
    passed_by = {
        "immediate_before": (month.last - timedelta(weeks=4)).isoformat(),
        "six_months_before": months_before(month, 6),
    }
    rows = store.counts(COUNT, {**period(month), **passed_by})
    return tabulate("follow_up", MEASURES, scope, _counts(rows), _counts(row for row in rows if row[2]))


def _counts(rows: Iterable[Row]) -> Iterator[tuple[str, str, str, int]]:
    for municipality, sex, _, *counts in rows:
        for measure, count in zip(MEASURES, counts, strict=True):
            yield measure, municipality, sex, count
