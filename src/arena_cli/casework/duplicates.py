"""Who may be the same person as somebody else: what agrees, what speaks against it, and how sure that is.

docs/duplicates.md says in plain words what is compared and how many points it gives; EVIDENCE and BACKGROUND say it to
the program. What is not known gives no points: few shared fields mean low confidence. All is compared in SQL, a stay of
the one with a stay of the other, and the best pair of stays holds. A stay is a spell that counts, or a wait to start.

Looked at are only those who share something that few share: see `_BRANCHES`. Names are compared where the project keeps
them: see NAME. A personal identity number is never that of two: `set-identity` refuses the second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from arena_cli.lookup import folded
from arena_cli.model import Identity, Sex
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden


class Confidence(StrEnum):
    """How sure it is that two are one, from the surest."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


LEAST: Final = {Confidence.HIGH: 12, Confidence.MEDIUM: 10, Confidence.LOW: 8}
"""From so many points on."""


class Described(NamedTuple):
    """Somebody who is about to be registered, with a stay; `key` is the caller's own number for them."""

    key: int
    sex: Sex
    birth_year: int | None
    ref: str | None
    municipality: str
    entered_on: date
    exited_on: date | None = None
    referral: str | None = None


class Likeness(NamedTuple):
    """Two who may be one person, with the fields that agree and those that differ.

    `key` and `code` are those of the first: the key of somebody described, the code of somebody registered. `other` is
    the code of the second, who is registered, and `distinguished_on` when somebody said that they are two persons.
    """

    points: int
    confidence: Confidence
    key: int
    code: str | None
    other: str
    agree: tuple[str, ...]
    differ: tuple[str, ...]
    distinguished_on: date | None


class Evidence(NamedTuple):
    """A field, what it gives where two stays `g` and `k` agree in it, and what it takes where they differ."""

    field: str
    points: int
    agrees: str
    against: int = 0
    differs: str = "0"


_OVERLAP: Final = "(g.begins <= coalesce(k.ends, '9999-12-31') AND k.begins <= coalesce(g.ends, '9999-12-31'))"

_ANSWERS: Final = (
    "employment",
    "education",
    "jobless_household",
    "dependent_children",
    "single_adult",
    "foreign_background",
    "third_country_national",
    "minority",
    "disability",
    "other_disadvantage",
    "homeless",
    "rural",
)
_ANSWERED: Final = " + ".join(
    f"(mine.{answer} {{comparison}} theirs.{answer} AND mine.{answer} NOT IN ('not_asked', 'declined')"
    f" AND theirs.{answer} NOT IN ('not_asked', 'declined'))"
    for answer in _ANSWERS
)
_MOST_ANSWERS: Final = 3
_SAME_ANSWERS: Final = f"min({_MOST_ANSWERS}, coalesce({_ANSWERED.format(comparison='=')}, 0))"
_OTHER_ANSWERS: Final = f"min({_MOST_ANSWERS}, coalesce({_ANSWERED.format(comparison='<>')}, 0))"

EVIDENCE: Final = (
    Evidence("ref", 5, "g.ref = k.ref", 3, "g.ref <> k.ref AND g.municipality = k.municipality"),
    Evidence("birth_year", 4, "g.birth_year = k.birth_year", 4, "g.birth_year <> k.birth_year"),
    Evidence("entered_on", 5, "g.begins = k.begins"),
    Evidence("entered_within_a_week", 3, "g.begins <> k.begins AND abs(g.day - k.day) <= 7"),
    Evidence(
        "began_as_the_other_ended",
        3,
        "k.day - g.end_day BETWEEN 0 AND 7 OR g.day - k.end_day BETWEEN 0 AND 7"
        " OR (k.waits AND g.begins > k.begins OR g.waits AND k.begins > g.begins) AND g.municipality = k.municipality",
    ),
    Evidence("municipality", 2, "g.municipality = k.municipality"),
    Evidence(
        "at_the_same_time",
        1,
        f"g.municipality = k.municipality AND {_OVERLAP}",
        2,
        f"g.municipality <> k.municipality AND {_OVERLAP}",
    ),
    Evidence("sex", 1, "g.sex = k.sex", 4, "g.sex <> k.sex"),
    Evidence("referral", 1, "g.referral = k.referral"),
)
"""What may agree in two stays."""

BACKGROUND: Final = Evidence("background", 1, _SAME_ANSWERS, 1, _OTHER_ANSWERS)
"""Each answer that both gave, up to three; of two who are registered."""

NAME: Final = Evidence("name", 7, "g.name = k.name", 3, "g.name <> k.name")
"""Of two who are registered with given and family name, in whichever order; only where the project keeps names."""

_FIELDS: Final = (*EVIDENCE, BACKGROUND, NAME)
"""In the order of their bits in a score."""

RARE: Final = frozenset({"ref", "birth_year"})
"""Without one of these the confidence is low, whatever else agrees: a whole group starts on one day in one place."""


def _stays(condition: str = "", *, by_name: bool = False) -> str:
    """Every stay with its participant. A `week` has eight days: what is within seven days is in this or the next."""
    columns = (
        "p.id, p.code, CAST(ltrim(lower(p.ref), '0') AS TEXT) AS ref, nullif(p.sex, 'unknown') AS sex, p.birth_year"
    )
    if by_name:
        columns += ", (SELECT name FROM named WHERE named.id = p.id) AS name"
    return f"""
    SELECT {columns}, s.municipality, s.entered_on AS begins, s.exited_on AS ends, s.referral, 0 AS waits,
           {_DAYS.format(begins="s.entered_on", ends="s.exited_on")}
    FROM participant p CROSS JOIN spell s ON s.participant_id = p.id
    WHERE (s.exit_type IS NULL OR s.exit_type <> 'misregistered') {condition}
    UNION ALL
    SELECT {columns}, a.municipality, a.assigned_on, NULL, a.referral, 1,
           {_DAYS.format(begins="a.assigned_on", ends="NULL")}
    FROM participant p CROSS JOIN assignment a ON a.participant_id = p.id
    WHERE a.ended_on IS NULL {condition}
    """


_DAYS: Final = """unixepoch({begins}) / 86400 AS day, unixepoch({begins}) / 691200 AS week,
unixepoch({ends}) / 86400 AS end_day, unixepoch({ends}) / 691200 AS end_week"""

_GIVEN: Final = f"""
SELECT CAST(value ->> 0 AS INTEGER) AS id, NULL AS code, CAST(ltrim(lower(value ->> 1), '0') AS TEXT) AS ref,
       CAST(nullif(value ->> 2, 'unknown') AS TEXT) AS sex, CAST(value ->> 3 AS INTEGER) AS birth_year,
       CAST(value ->> 4 AS TEXT) AS municipality, CAST(value ->> 5 AS TEXT) AS begins,
       CAST(value ->> 6 AS TEXT) AS ends, CAST(value ->> 7 AS TEXT) AS referral, 0 AS waits,
       {_DAYS.format(begins="value ->> 5", ends="value ->> 6")}
FROM json_each(:given)
"""

_ALIKE_TO_ONE: Final = """
AND p.id IN (SELECT id FROM participant WHERE birth_year = :birth_year
             UNION SELECT id FROM participant WHERE ref IS NOT NULL AND ltrim(lower(ref), '0') = :ref)
"""
"""Narrows the stays to those that can be alike to one person with sufficient confidence: refs are looked up in their
index, birth years in all participants."""

_SAME_PLACE: Final = "g.birth_year = k.birth_year AND g.municipality = k.municipality"
_ELSEWHERE: Final = "g.birth_year = k.birth_year AND g.referral = k.referral AND g.municipality <> k.municipality"
_NEAR: Final = "abs(k.day - g.day) <= 7"
_AFTER: Final = "k.day - g.end_day BETWEEN 0 AND 7"
_BEFORE: Final = "g.day - k.end_day BETWEEN 0 AND 7"
_SEX: Final = "(k.sex = g.sex) IS NOT 0"

_BRANCHES: Final = (
    ("g.ref = k.ref", (0,)),
    (f"g.birth_year = k.birth_year AND g.begins = k.begins AND {_SEX}", (0,)),
    (f"{_SAME_PLACE} AND g.week = k.week + w.column1 AND {_NEAR} AND {_SEX}", (-1, 0, 1)),
    (f"{_SAME_PLACE} AND g.end_week = k.week + w.column1 AND {_AFTER} AND {_SEX}", (-1, 0)),
    (f"{_SAME_PLACE} AND g.week = k.end_week + w.column1 AND {_BEFORE} AND {_SEX}", (0, 1)),
    (f"{_ELSEWHERE} AND g.end_week = k.week + w.column1 AND {_AFTER} AND {_SEX}", (-1, 0)),
    (f"{_ELSEWHERE} AND g.week = k.end_week + w.column1 AND {_BEFORE} AND {_SEX}", (0, 1)),
    (f"{_SAME_PLACE} AND k.waits = 1 AND {_SEX}", (0,)),
    (f"{_SAME_PLACE} AND g.waits = 1 AND {_SEX}", (0,)),
)
"""Who is compared with whom at all. Each branch begins with what must be equal, by which it is looked up.

With it go the weeks to look into, counted from the stay's own.
"""

_OF_LOW_CONFIDENCE: Final = (
    (
        "g.municipality = k.municipality AND g.begins = k.begins AND (k.birth_year IS NULL OR g.birth_year IS NULL)",
        (0,),
    ),
)
"""Of those without a birth year; no agreement of these gives more than low confidence."""


_NAMED: Final = """named AS MATERIALIZED (
    SELECT CAST(key AS INTEGER) AS id, value AS name FROM json_each(:names))"""

_OF_ONE_NAME: Final = (("g.name = k.name AND g.birth_year = k.birth_year", (0,)),)
_OF_ONE_NAME_AT_LOW: Final = (("g.name = k.name AND (k.birth_year IS NULL OR g.birth_year IS NULL)", (0,)),)
"""A name without a birth year gives no more than low confidence."""


_WHOLE_NAMES: Final = """
WHERE given_name IS NOT NULL AND family_name IS NOT NULL
  AND participant_id NOT IN (SELECT id FROM participant WHERE protection <> 'none')
ORDER BY id
"""


def names(store: Store) -> Mapping[int, int]:
    """A number for the name of each participant of whom given and family name are kept: the same name, the same number.

    `record_access` comes before anything is told that was found by it. Who was merged bears the name of either code.
    The names of those whose data are protected are not compared.
    """
    into: dict[int, int] = dict(store.rows("SELECT participant_id, into_id FROM merge"))
    numbers: dict[str, int] = {}
    found: dict[int, int] = {}
    for identity in store.records(Identity, _WHOLE_NAMES):
        name = " ".join(sorted(folded(f"{identity.given_name} {identity.family_name}").split()))
        number = numbers.setdefault(name, len(numbers))
        if identity.participant_id in into:
            found.setdefault(into[identity.participant_id], number)
        else:
            found[identity.participant_id] = number
    return found


def possible_duplicates(
    store: Store, persons: Sequence[Described], least: Confidence = Confidence.MEDIUM
) -> list[Likeness]:
    """Who of those registered may be one of some persons who are not, with at least this confidence.

    All birth years are read once, and for one person only the stays of those who were born in the same year or have the
    ref; for many persons, all stays.
    """
    if not persons:
        return []
    given = [
        (
            person.key,
            person.ref,
            person.sex,
            person.birth_year,
            person.municipality,
            person.entered_on.isoformat(),
            person.exited_on.isoformat() if person.exited_on else None,
            person.referral,
        )
        for person in persons
    ]
    parameters: dict[str, object] = {"given": json.dumps(given)}
    condition = ""
    if len(persons) == 1 and least is not Confidence.LOW:
        condition = _ALIKE_TO_ONE
        ref = persons[0].ref
        parameters |= {"birth_year": persons[0].birth_year, "ref": ref.lower().lstrip("0") if ref else None}
    return _found(store, _GIVEN, _stays(condition), parameters, least)


def duplicates(
    store: Store, least: Confidence = Confidence.MEDIUM, named: Mapping[int, int] | None = None
) -> list[Likeness]:
    """Which participants may be one person, with at least this confidence; the first registered first in each pair.

    Those who were said to be two persons are among them, with the day on which that was said. `named` is what `names`
    gives, where it is to be compared too.
    """
    stays = _stays(by_name=bool(named))
    return _found(store, stays, stays, {}, least, are_registered=True, named=named)


def _found(
    store: Store,
    given: str,
    known: str,
    parameters: dict[str, object],
    least: Confidence,
    *,
    are_registered: bool = False,
    named: Mapping[int, int] | None = None,
) -> list[Likeness]:
    """The surest first, then by key or code. What is in each participant's background is looked up last."""
    branches: list[tuple[str, tuple[int, ...]]] = [*_BRANCHES, *(_OF_ONE_NAME if named else ())]
    if least is Confidence.LOW:
        branches += [*_OF_LOW_CONFIDENCE, *(_OF_ONE_NAME_AT_LOW if named else ())]
    scored = _scored(EVIDENCE if not named else (*EVIDENCE, NAME))
    pair = " AND g.id < k.id" if are_registered else ""
    compared = " UNION ALL ".join(
        f"SELECT {scored} FROM known k CROSS JOIN (VALUES {weeks}) w CROSS JOIN given g"
        f" WHERE {branch}{pair} AND points >= :enough"
        for branch, weeks in ((branch, ", ".join(f"({week})" for week in weeks)) for branch, weeks in branches)
    )
    sql = f"""
    WITH {f"{_NAMED}," if named else ""}
    given AS MATERIALIZED ({given}), known AS MATERIALIZED ({known}), compared AS ({compared})
    {_REGISTERED if are_registered else _DESCRIBED}
    """
    if named:
        parameters["names"] = json.dumps(named)
    most_of_background = _MOST_ANSWERS if are_registered else 0
    parameters |= {"least": LEAST[least], "enough": LEAST[least] - most_of_background}
    found = _shielded(store, [_likeness(*row) for row in store.rows(sql, parameters)])
    order = list(Confidence)
    sure = (one for one in found if order.index(one.confidence) <= order.index(least))
    return sorted(sure, key=lambda one: (order.index(one.confidence), -one.points, one.code or "", one.key, one.other))


def _shielded(store: Store, found: list[Likeness]) -> list[Likeness]:
    """Of those whose data are protected it is not told what they have in common with others: it says where they are."""
    codes = json.dumps([code for one in found for code in (one.code, one.other)])
    condition = "WHERE protection <> 'none' AND code IN (SELECT value FROM json_each(?))"
    protected = {person.code for person in store.participants(condition, (codes,))}
    return [one._replace(agree=(), differ=()) if {one.code, one.other} & protected else one for one in found]


def _sum(terms: Iterable[str]) -> str:
    return " + ".join(terms)


def _scored(compared: Sequence[Evidence]) -> str:
    """The points of two stays, and as bits the fields that agree and those that differ."""
    points = _sum(
        f"coalesce({e.points} * ({e.agrees}), 0) - coalesce({e.against} * ({e.differs}), 0)" for e in compared
    )
    bits = [(1 << _FIELDS.index(evidence), evidence) for evidence in compared]
    return f"""g.id, g.code, k.id AS other_id, k.code AS other, {points} AS points,
    {_sum(f"{bit} * coalesce({e.agrees}, 0)" for bit, e in bits)} AS agrees,
    {_sum(f"{bit} * coalesce({e.differs}, 0)" for bit, e in bits)} AS differs"""


_DESCRIBED: Final = """
SELECT id, NULL, other, max((points << 32) | (agrees << 16) | differs), NULL
FROM compared
WHERE points >= :least
GROUP BY id, other_id
"""

_REGISTERED: Final = f"""
, best AS MATERIALIZED (
    SELECT id, code, other_id, other, max((points << 32) | (agrees << 16) | differs) AS score
    FROM compared GROUP BY id, other_id),
answered AS (
    SELECT best.*, {BACKGROUND.agrees} AS same, {BACKGROUND.differs} AS others
    FROM best
    LEFT JOIN background mine ON mine.participant_id = best.id
    LEFT JOIN background theirs ON theirs.participant_id = best.other_id)
SELECT a.id, a.code, a.other,
       a.score + ((same - others) << 32) | ((same > 0) << {len(EVIDENCE) + 16}) | ((others > 0) << {len(EVIDENCE)}),
       d.registered_at
FROM answered a
LEFT JOIN distinction d ON d.participant_id = a.id AND d.other_id = a.other_id
WHERE (a.score >> 32) + same - others >= :least
"""


def _likeness(number: int, code: str | None, other: str, score: int, distinguished_at: str | None) -> Likeness:
    """`score` has the points and, as bits, the fields that agree and those that differ."""
    points = score >> 32
    agree, differ = (
        tuple(evidence.field for n, evidence in enumerate(_FIELDS) if score & 1 << (n + shift)) for shift in (16, 0)
    )
    sure = next(confidence for confidence, least in LEAST.items() if points >= least)
    confidence = sure if RARE.intersection(agree) else Confidence.LOW
    said_on = in_sweden(datetime.fromisoformat(distinguished_at)).date() if distinguished_at else None
    return Likeness(points, confidence, number, code, other, agree, differ, said_on)
