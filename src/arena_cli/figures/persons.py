"""Persons since the start of the project, up to the end of the month, with the bridge from spells to persons.

- `participants`: participants with at least one spell entered by the month's last day
- `spells`: spells entered by the month's last day
- `re_entries`, `transfer_continuations`: of those, the spells that are not the participant's first in the row's scope
  (the municipality, or the project); a continuation follows a spell that ended by transfer
- `first_elsewhere`: participants of a municipality whose first spell in the project was in another one; in the row
  `all`, how many times over participants are counted when the municipalities are added up
- `active`: participants with a spell in stock at the end of the month's last day
- `left`: participants - active

`spells - re_entries - transfer_continuations = participants` in every row.
The municipalities' `participants` less their `first_elsewhere` add up to the project's `participants`.
"""

from __future__ import annotations

from arena_cli.figures.spells import order_of, period
from arena_cli.figures.table import Scope, Table, less, tabulate
from arena_cli.model import ALL, Month
from arena_cli.store import Row, Store

MEASURES = (
    "participants",
    "spells",
    "re_entries",
    "transfer_continuations",
    "first_elsewhere",
    "active",
    "left",
)

PERSONS = """
SELECT {municipality}, p.sex, count(*) AS spells, count(DISTINCT s.participant_id) AS participants,
       count(DISTINCT CASE WHEN s.exited_on IS NULL OR s.exited_on > :last THEN s.participant_id END) AS active
FROM counted_spell s JOIN participant p ON p.id = s.participant_id
WHERE s.entered_on <= :last
GROUP BY 1, 2
"""

FURTHER_SPELLS = f"""
WITH several AS (
    SELECT participant_id FROM counted_spell WHERE entered_on <= :last GROUP BY participant_id HAVING count(*) > 1
), ordered AS (
    SELECT s.participant_id, s.municipality,
           row_number() OVER person AS number,
           row_number() OVER (PARTITION BY s.participant_id, s.municipality ORDER BY {order_of("s")}) AS number_here,
           lag(s.exit_type) OVER person AS exit_type_before
    FROM counted_spell s JOIN several USING (participant_id)
    WHERE s.entered_on <= :last
    WINDOW person AS (PARTITION BY s.participant_id ORDER BY {order_of("s")})
)
SELECT ordered.municipality, p.sex,
       CASE WHEN exit_type_before = 'transferred' THEN 'transfer_continuations' ELSE 're_entries' END AS entry,
       count(*) AS in_project, count(*) FILTER (WHERE number_here > 1) AS here,
       count(*) FILTER (WHERE number_here = 1) AS first_elsewhere
FROM ordered JOIN participant p ON p.id = ordered.participant_id
WHERE number > 1
GROUP BY 1, 2, 3
"""


def build(store: Store, month: Month, scope: Scope) -> Table:
    """The section `persons`."""
    further = store.counts(FURTHER_SPELLS, period(month))
    counted = _persons(store.counts(PERSONS.format(municipality="s.municipality"), period(month)))
    counted += [(entry, municipality, sex, here) for municipality, sex, entry, _, here, _ in further]
    counted += [("first_elsewhere", municipality, sex, n) for municipality, sex, _, _, _, n in further]
    project = _persons(store.counts(PERSONS.format(municipality=f"'{ALL}'"), period(month)))
    project += [(entry, ALL, sex, in_project) for _, sex, entry, in_project, _, _ in further]
    project += [("first_elsewhere", ALL, sex, n) for _, sex, _, _, _, n in further]
    return tabulate("persons", MEASURES, scope, counted, project)


def _persons(rows: list[Row]) -> list[tuple[str, str, str, int]]:
    return [
        (measure, municipality, sex, count)
        for municipality, sex, spells, participants, active in rows
        for measure, count in (
            ("participants", participants),
            ("spells", spells),
            ("active", active),
            ("left", participants - active),
        )
    ]


def entered_here(persons: Table) -> list[int]:
    """The participants in the municipality of their first entry, in the order of the scope's cells."""
    width, elsewhere = len(persons.scope.columns), persons.counts("first_elsewhere")
    return less(persons.counts("participants"), [*elsewhere[:-width], *[0] * width])
