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

_HANGS_ON_SPELL: Final = """
    SELECT spell_id, moved_on AS first, moved_on AS last FROM step_move
    UNION ALL SELECT spell_id, paused_on, coalesce(resumed_on, paused_on) FROM pause
    UNION ALL SELECT spell_id, placed_on, coalesce(ended_on, placed_on) FROM placement
"""

_BROKEN: Final = f"""
SELECT '{OUTSIDE_PROJECT}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last AND (s.entered_on < :starts_on OR s.entered_on > :ends_on OR s.exited_on > :ends_on
                                 OR s.exited_on < s.entered_on)
GROUP BY 2, 3
UNION ALL
SELECT '{OUTSIDE_SPELL}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
JOIN ({_HANGS_ON_SPELL}) h ON h.spell_id = s.id
WHERE s.entered_on <= :last AND (h.first < s.entered_on OR h.last > coalesce(s.exited_on, h.last))
GROUP BY 2, 3
UNION ALL
SELECT '{OUTSIDE_SPELL}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
JOIN attendance a ON a.spell_id = s.id
WHERE s.entered_on <= :last
  AND a.month NOT BETWEEN substr(s.entered_on, 1, 7) AND substr(coalesce(s.exited_on, :ends_on), 1, 7)
GROUP BY 2, 3
UNION ALL
SELECT '{OUTSIDE_TARGET_GROUP}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last
  AND (CAST(substr(s.entered_on, 1, 4) AS INTEGER) - p.birth_year < :age_from
       OR CAST(substr(s.entered_on, 1, 4) AS INTEGER) - p.birth_year - 1 > :age_to)
  AND NOT EXISTS (SELECT 1 FROM counted_spell b
                  WHERE b.participant_id = s.participant_id AND ({order_of("b")}) < ({order_of("s")}))
GROUP BY 2, 3
UNION ALL
SELECT '{OVERLAPPING}', s.municipality, p.sex, count(*)
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last
  AND EXISTS (SELECT 1 FROM counted_spell b
              WHERE b.participant_id = s.participant_id AND ({order_of("b")}) < ({order_of("s")})
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
