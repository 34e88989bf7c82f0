"""The validation rules about single records, counted in the file: the verbs keep them, another program may not.

- V12: no spell lies outside the project; no move, pause, placement or hours lie outside their spell
- V14: a warning: nobody's age at the first entry is outside the project's target group, whatever the birthday
- V16: no two spells of one participant overlap

Of all spells entered by the end of the month, in their municipality. A misregistered spell may do all this.
"""

from __future__ import annotations

from typing import Final

from arena_cli.figures.spells import order_of, period
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import Month, Project
from arena_cli.store import Store

OUTSIDE_PROJECT: Final = "outside_project"
OUTSIDE_SPELL: Final = "outside_spell"
OUTSIDE_TARGET_GROUP: Final = "outside_target_group"
OVERLAPPING: Final = "overlapping"
MEASURES: Final = (OUTSIDE_PROJECT, OUTSIDE_SPELL, OUTSIDE_TARGET_GROUP, OVERLAPPING)

_FIRST_MONTH: Final = "substr(s.entered_on, 1, 7)"
_LAST_MONTH: Final = "substr(coalesce(s.exited_on, :ends_on), 1, 7)"

_OUTSIDE_SPELL: Final = (
    ("counted_spell s CROSS JOIN step_move h", "h.moved_on < s.entered_on"),
    ("counted_spell s CROSS JOIN step_move h", "h.moved_on > s.exited_on AND h.moved_on >= s.entered_on"),
    ("counted_spell s CROSS JOIN attendance h", f"h.month < {_FIRST_MONTH}"),
    ("counted_spell s CROSS JOIN attendance h", f"h.month > {_LAST_MONTH} AND h.month >= {_FIRST_MONTH}"),
    *(
        (
            f"{table} h CROSS JOIN counted_spell s",
            f"(h.{begun} < s.entered_on OR coalesce(h.{over}, h.{begun}) > s.exited_on)",
        )
        for table, begun, over in (("pause", "paused_on", "resumed_on"), ("placement", "placed_on", "ended_on"))
    ),
)
"""Which records lie outside. Of moves and hours there are many: those before and those after are looked for by
themselves, spell by spell, and where there are none the index says so without any being read."""


def _outside(records: str, condition: str) -> str:
    """CROSS JOIN has SQLite take them in this order, and look up only the participants of what is found."""
    return f"""
SELECT '{OUTSIDE_SPELL}', s.municipality, p.sex, count(*)
FROM {records} CROSS JOIN participant p
WHERE h.spell_id = s.id AND p.id = s.participant_id AND s.entered_on <= :last AND {condition}
GROUP BY 2, 3
UNION ALL"""


_BROKEN: Final = f"""
SELECT '{OUTSIDE_PROJECT}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last AND (s.entered_on < :starts_on OR s.entered_on > :ends_on OR s.exited_on > :ends_on
                                 OR s.exited_on < s.entered_on)
GROUP BY 2, 3
UNION ALL{"".join(_outside(*outside) for outside in _OUTSIDE_SPELL)}
SELECT '{OUTSIDE_TARGET_GROUP}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last
  AND (CAST(substr(s.entered_on, 1, 4) AS INTEGER) - p.birth_year < :age_from
       OR CAST(substr(s.entered_on, 1, 4) AS INTEGER) - p.birth_year - 1 > :age_to)
  AND NOT EXISTS (SELECT 1 FROM counted_spell b
                  WHERE b.participant_id = p.id AND ({order_of("b")}) < ({order_of("s")}))
GROUP BY 2, 3
UNION ALL
SELECT '{OVERLAPPING}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last
  AND EXISTS (SELECT 1 FROM counted_spell b
              WHERE b.participant_id = s.participant_id AND b.id <> s.id AND ({order_of("b")}) < ({order_of("s")})
                AND (coalesce(b.exited_on, '9999-12-31') > s.entered_on
                     OR (b.exited_on = s.entered_on AND b.exit_type <> 'transferred')))
GROUP BY 2, 3
"""


def broken(store: Store, month: Month, scope: Scope, project: Project) -> Table:
    """How many records break each rule: no section of the report, but what its controls hold against nothing."""
    parameters = {
        **period(month),
        "starts_on": project.starts_on.isoformat(),
        "ends_on": project.ends_on.isoformat(),
        "age_from": project.age_from,
        "age_to": project.age_to,
    }
    return tabulate("registered", MEASURES, scope, store.counts(_BROKEN, parameters))
