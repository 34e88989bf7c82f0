"""What a month brings to register in SUS: who has come in and who has left, one registration each, and what it asks.

SUS, the follow-up system of the coordination associations, is a register on the web without a file format: a case
worker types what stands here. Source: Försäkringskassan's descriptions of SUS and forms 9443 and 9449: every spell is
registered anew, in and out, with income before and after, education, work and studies, and why it ended. Which of it is
not confirmed, docs/sus.md says.

Whose data are protected is an anonymous participant there: of them it is told that there is something to register, and
nothing else, not even the day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Final

from arena_cli.errors import translatable
from arena_cli.exchange.outgoing.tables import Column, Kind, Raw, Table
from arena_cli.figures.spells import period
from arena_cli.language import Language
from arena_cli.model import Answer, Education, ExitType, IncomeSource, Month, Protection, Sex
from arena_cli.store import Store

NAME: Final = "sus"


class Registration(StrEnum):
    """In or out of what SUS calls an insats."""

    IN = "in"
    OUT = "out"


_WHO: Final = "p.id AS person, p.code, p.protection, s.municipality, p.sex, p.birth_year"
_SOURCES: Final = "SELECT source FROM income i WHERE i.participant_id = p.id AND {when} ORDER BY is_main DESC, id"
_ROWS: Final = f"""
SELECT '{Registration.IN}' AS registration, s.entered_on AS day, {_WHO},
       nullif(b.education, 'not_asked') AS education,
       (SELECT group_concat(source) FROM ({_SOURCES.format(when="moment = 'before' AND is_first")})) AS income,
       CASE WHEN NOT is_first THEN NULL WHEN b.employment = 'employed' THEN 'yes'
            WHEN b.employment IN ('unemployed', 'inactive', 'inactive_in_education') THEN 'no' END AS working,
       NULL AS work_extent, NULL AS subsidised,
       CASE WHEN is_first AND b.employment = 'inactive_in_education' THEN 'yes' END AS studying,
       NULL AS study_extent, NULL AS exit_type
FROM (SELECT *, NOT EXISTS (SELECT 1 FROM counted_spell o WHERE o.participant_id = c.participant_id
                            AND (o.entered_on, o.id) < (c.entered_on, c.id)) AS is_first
      FROM counted_spell c WHERE c.entered_on BETWEEN :first AND :last) s
JOIN participant p ON p.id = s.participant_id
LEFT JOIN background b ON b.participant_id = p.id
UNION ALL
SELECT '{Registration.OUT}', s.exited_on, {_WHO}, NULL,
       (SELECT group_concat(source) FROM ({_SOURCES.format(when="moment = 'immediate' AND i.spell_id = s.id")})),
       nullif(f.working, 'not_asked'), f.work_extent, nullif(f.subsidised, 'not_asked'),
       nullif(f.studying, 'not_asked'), f.study_extent, s.exit_type
FROM spell s
JOIN participant p ON p.id = s.participant_id
LEFT JOIN follow_up f ON f.spell_id = s.id AND f.kind = 'immediate' AND f.reached
WHERE s.exited_on BETWEEN :first AND :last
"""
"""What is known of the first entry says nothing of a later one, but for the education."""

_OF_SOME: Final = "WHERE municipality IN (SELECT value FROM json_each(:municipalities)) AND protection = 'none'"
"""Whoever's data are protected is in no list of a municipality: it would tell where the person is."""

_ORDER: Final = f"ORDER BY registration, protection <> '{Protection.NONE}', day, code, municipality"
"""Those who are protected come last: between others' days, their place would tell theirs."""


def sus_table(store: Store, month: Month, municipalities: Sequence[str], language: Language) -> tuple[Table, int]:
    """The month's registrations, and of how many persons they tell."""
    condition = _OF_SOME if municipalities else ""
    parameters = {**period(month), "municipalities": json.dumps([*municipalities])}
    found = store.rows(f"SELECT * FROM ({_ROWS}) {condition} {_ORDER}", parameters)
    rows = list(_told(found))
    table = Table(
        name=NAME,
        title=language.text("SUS {month}", month=month),
        project=store.project().code,
        columns=list(_columns(store, language)),
        count=len(rows),
        rows=rows,
    )
    return table, len({person for _, _, person, *_ in found})


def _told(found: Sequence[Sequence[Raw]]) -> Iterator[Sequence[Raw]]:
    """Of somebody who is protected no more than whether it is in or out."""
    for registration, day, _person, code, protection, *facts in found:
        if protection == Protection.NONE.value:
            yield registration, code, day, *facts
        else:
            yield registration, ANONYMOUS, None, *(None for _ in facts)


ANONYMOUS: Final = "anonymous"


def _columns(store: Store, language: Language) -> Iterator[Column]:
    text = language.text
    places: dict[str, str] = dict(store.rows("SELECT code, short_name FROM municipality"))
    anonymous = {ANONYMOUS: text(translatable("anonymous participant"))}
    directions = {
        Registration.IN.value: text(translatable("registration in")),
        Registration.OUT.value: text(translatable("registration out")),
    }
    kinds: tuple[type[StrEnum], ...] = (Sex, Education, IncomeSource, Answer, ExitType)
    words = {value.value: text("{value}", value=value) for kind in kinds for value in kind}
    word = words.__getitem__
    yield Column("registration", text(translatable("Registration")), shown=directions.__getitem__)
    yield Column("code", text(translatable("Participant")), shown=lambda code: anonymous.get(code, code))
    yield Column("day", text(translatable("Day")), Kind.DAY)
    yield Column("municipality", text(translatable("Municipality")), shown=places.__getitem__)
    yield Column("sex", text(translatable("Sex")), shown=word)
    yield Column("birth_year", text(translatable("Birth year")), Kind.NUMBER)
    yield Column("education", text(translatable("Education")), shown=word)
    sources = text(translatable("Sources of income"))
    yield Column("income", sources, shown=partial(_listed, words), told=lambda codes: codes.split(","))
    yield Column("working", text(translatable("Works")), shown=word)
    yield Column("work_extent", text(translatable("Work, per cent")), Kind.NUMBER)
    yield Column("subsidised", text(translatable("Subsidised")), shown=word)
    yield Column("studying", text(translatable("Studies")), shown=word)
    yield Column("study_extent", text(translatable("Studies, per cent")), Kind.NUMBER)
    yield Column("exit_type", text(translatable("Why it ended")), shown=word)


def _listed(words: Mapping[str, str], codes: str) -> str:
    return ", ".join(words[code] for code in codes.split(","))
