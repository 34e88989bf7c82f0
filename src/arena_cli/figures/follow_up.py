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

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from arena_cli.figures.spells import months_after, order_of, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import ALL, FollowUpKind, Month
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

LEAVERS = f"""
    SELECT s.id, s.participant_id, {{municipality}} AS municipality, s.exited_on, s.exit_type
    FROM counted_spell s
    WHERE s.exited_on <= :last AND s.exit_type <> 'transferred'
      AND NOT EXISTS (SELECT 1 FROM counted_spell later
                      WHERE later.participant_id = s.participant_id AND {{same_scope}} AND later.entered_on <= :last
                        AND ({order_of("later")}) > ({order_of("s")}))
"""
"""The latest spell in the scope of each person who has left it."""

LEAVERS_OF_MUNICIPALITY = LEAVERS.format(
    municipality="s.municipality", same_scope="later.municipality = s.municipality"
)
LEAVERS_OF_PROJECT = LEAVERS.format(municipality=f"'{ALL}'", same_scope="TRUE")

COUNT = f"""
WITH leaver AS ({{leavers}}),
followed AS (
    SELECT leaver.municipality, leaver.participant_id, kind.value AS kind, leaver.exit_type = 'deceased' AS deceased,
           CASE kind.value WHEN 'immediate' THEN leaver.exited_on <= :four_weeks_before
                           ELSE {months_after("leaver.exited_on", 6)} <= :last END AS passed,
           f.id IS NOT NULL AS made, f.reached, f.working, f.studying
    FROM leaver CROSS JOIN json_each('["{'", "'.join(KINDS)}"]') kind
    LEFT JOIN follow_up f ON f.spell_id = leaver.id AND f.kind = kind.value AND f.followed_up_on <= :last
)
SELECT followed.municipality, p.sex, kind, count(*), sum(deceased),
       sum(NOT deceased AND (made OR passed)),
       sum(NOT deceased AND made),
       sum(made AND reached AND working = 'yes'),
       sum(made AND reached AND studying = 'yes'),
       sum(made AND reached AND working = 'yes' AND studying = 'yes'),
       sum(made AND reached AND working = 'no' AND studying = 'no'),
       sum(made AND reached AND working <> 'yes' AND studying <> 'yes' AND NOT (working = 'no' AND studying = 'no')),
       sum(made AND NOT reached),
       sum(NOT deceased AND passed AND NOT made),
       sum(NOT deceased AND NOT passed AND NOT made)
FROM followed JOIN participant p ON p.id = followed.participant_id
GROUP BY 1, 2, 3
"""


def build(store: Store, month: Month, scope: Scope) -> Table:
    """The section `follow_up`."""
    four_weeks_before = (month.last - timedelta(weeks=4)).isoformat()
    parameters = {**period(month), "four_weeks_before": four_weeks_before}
    here = store.rows(COUNT.format(leavers=LEAVERS_OF_MUNICIPALITY), parameters)
    in_project = store.rows(COUNT.format(leavers=LEAVERS_OF_PROJECT), parameters)
    return tabulate("follow_up", MEASURES, scope, _counts(here), _counts(in_project))


def _counts(rows: list[Row]) -> Iterator[tuple[str, str, str, int]]:
    for municipality, sex, kind, leavers, deceased, *outcomes in rows:
        if kind == KINDS[0]:
            yield "leavers", municipality, sex, leavers
            yield "deceased", municipality, sex, deceased
        for outcome, count in zip(OUTCOMES, outcomes, strict=True):
            yield f"{kind}_{outcome}", municipality, sex, count
