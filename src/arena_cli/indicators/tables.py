"""The funds' indicators as data: one table a fund and annex, read from a TOML file beside this module.

An indicator's code means something only together with its fund and annex: Annex II of Regulation (EU) No 1304/2013
uses the codes of Annex I for other indicators. A table therefore holds one annex, and an indicator has a `Key`.

docs/indicators.md describes the format. The conditions become SQL here, when a table is read; see `conditions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from arena_cli.indicators.conditions import AT_ENTRY, FaultyTable, joined, sql_of
from arena_cli.model import FollowUpKind
from arena_cli.model.noun import Noun, dataclass

PARTICIPANTS: Final = "participants"
LEFT: Final = "left"
"""The numbers that every table has without saying so: all participants, and those who have left."""

OF_A_PARTICIPANT: Final = ("sex", "birth_year")
"""What a complete record holds that is not asked for as background."""

RECORDS: Final = ("all", "complete")


class Key(NamedTuple):
    """What an indicator is identified by."""

    fund: str
    annex: str
    code: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Measure(Noun):
    """A number of a table: an indicator of the fund, or one that arena puts beside them (`key.annex` is then empty).

    `sql` is 1, 0 or NULL (not known) for each participant; `population` says who can count at all. `follow_up` is the
    one that a result is read from. `entered_before`: counts only those whose first entry is before that day. `mark`
    is the annex's own asterisks: `*` personal data, `**` a special category. `verify`: not in a source that could be
    read; `unconfirmed` says what.
    """

    key: Key
    name: str
    name_en: str
    sql: str
    population: str
    follow_up: FollowUpKind | None
    entered_before: date | None
    mark: str
    verify: bool
    unconfirmed: str

    @property
    def code(self) -> str:
        return self.key.code


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rule(Noun):
    """A sum of measures equals another, or is no more than it; `warning`: may be right all the same."""

    code: str
    left: tuple[str, ...]
    relation: str
    right: tuple[str, ...]
    records: tuple[str, ...]
    warning: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Window(Noun):
    """When a follow-up must have been made, counted from the last exit, to count."""

    from_months: int
    until_days: int | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Requirement(Noun):
    """Facts that a complete record holds; `entered_before`: of those only whose first entry is before that day."""

    facts: tuple[str, ...]
    entered_before: date | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Remark(Noun):
    """A sentence to print with the figures."""

    name: str
    name_en: str
    verify: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FundTable(Noun):
    """One annex of one fund: its measures, the rules they meet, what a complete record holds, when results count."""

    fund: str
    annex: str
    name: str
    name_en: str
    measures: tuple[Measure, ...]
    rules: tuple[Rule, ...]
    complete: tuple[Requirement, ...]
    windows: Mapping[FollowUpKind, Window]
    remarks: tuple[Remark, ...]

    def measure(self, key: Key) -> Measure:
        """A measure by fund, annex and code. Raises KeyError, also for the same code of another annex."""
        found = next((measure for measure in self.measures if measure.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def asked_from(self, day: date) -> tuple[Measure, ...]:
        """The measures that somebody who enters on a day or later can count in."""
        return tuple(m for m in self.measures if m.entered_before is None or day < m.entered_before)


@cache
def fund_table(fund_rules: str) -> FundTable | None:
    """The table of the rules that a project follows; None where arena has none for them."""
    content = _packaged(f"{fund_rules}.toml") if fund_rules else None
    return None if content is None else read_table(content)


@cache
def kolada() -> FundTable:
    """Kolada's measure of results at exit, which is put beside a fund's indicators."""
    return read_table(_packaged("kolada.toml") or "")


def read_table(content: str) -> FundTable:
    """Read a table. Raises FaultyTable, or KeyError or TypeError where a key is missing or unknown."""
    import tomllib

    table = tomllib.loads(content)
    conditions = _Conditions(table)
    measures = tuple(
        _measure(table, entry, conditions, annex=table["annex"] if kind == "indicator" else "")
        for kind in ("indicator", "count")
        for entry in table.get(kind, [])
    )
    codes = {PARTICIPANTS, LEFT, *(measure.code for measure in measures)}
    return FundTable(
        fund=table["fund"],
        annex=table["annex"],
        name=table["name"],
        name_en=table["name_en"],
        measures=measures,
        rules=tuple(_rule(entry, codes) for entry in table.get("rule", [])),
        complete=tuple(_requirement(entry) for entry in table.get("complete", [])),
        windows={FollowUpKind(kind): _window(entry) for kind, entry in table.get("follow_up", {}).items()},
        remarks=tuple(Remark(**entry) for entry in table.get("remark", [])),
    )


class _Conditions:
    """The conditions, indicators and counts of a table as SQL, by their codes; each may build on others."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        entries = [entry for kind in ("condition", "indicator", "count") for entry in table.get(kind, [])]
        self._entries = {entry["code"]: entry for entry in entries}
        self._windows = table.get("follow_up", {})
        self._being_read: list[str] = []
        if len(self._entries) < len(entries) or {PARTICIPANTS, LEFT} & self._entries.keys():
            raise FaultyTable("a code is there twice")

    def sql(self, code: str) -> str:
        """Whether a participant is in the population, in time, and meets the condition."""
        if code not in self._entries or code in self._being_read:
            raise FaultyTable(f"{code} is not in this table, or is made of itself")
        self._being_read.append(code)
        entry = self._entries[code]
        follow_up = self.follow_up(entry)
        in_time = "1" if follow_up is None else f"({follow_up}_due = 'yes')"
        expression = joined("AND", self.population(entry), in_time, sql_of(entry["where"], self.sql, follow_up))
        self._being_read.pop()
        return expression

    def population(self, entry: Mapping[str, Any]) -> str:
        """Who can count, whatever has become of them."""
        before = entry.get("entered_before")
        asked = "1" if before is None else f"(first_entry < '{before.isoformat()}')"
        return joined("AND", asked, sql_of(entry.get("population", {}), self.sql, None))

    def follow_up(self, entry: Mapping[str, Any]) -> FollowUpKind | None:
        """The follow-up whose facts an entry asks for."""
        kind = entry.get("follow_up")
        if kind is not None and kind not in self._windows:
            raise FaultyTable(f"the table does not say when {kind} is")
        return None if kind is None else FollowUpKind(kind)


def _measure(table: Mapping[str, Any], entry: Mapping[str, Any], conditions: _Conditions, annex: str) -> Measure:
    _only(entry, _MEASURE_KEYS)
    verify, unconfirmed = entry.get("verify", False), entry.get("unconfirmed", "")
    if verify != bool(unconfirmed):
        raise FaultyTable(f"{entry['code']} says that something is unconfirmed but not what, or the other way round")
    return Measure(
        key=Key(table["fund"], annex, entry["code"]),
        name=entry["name"],
        name_en=entry["name_en"],
        sql=conditions.sql(entry["code"]),
        population=conditions.population(entry),
        follow_up=conditions.follow_up(entry),
        entered_before=entry.get("entered_before"),
        mark=entry.get("mark", ""),
        verify=verify,
        unconfirmed=unconfirmed,
    )


def _rule(entry: Mapping[str, Any], codes: set[str]) -> Rule:
    rule = Rule(
        code=entry["code"],
        left=tuple(entry["left"]),
        relation=entry["relation"],
        right=tuple(entry["right"]),
        records=tuple(entry.get("records", RECORDS)),
        warning=entry.get("warning", False),
    )
    if rule.relation not in {"=", "≤"} or not {*rule.left, *rule.right} <= codes or not {*rule.records} <= {*RECORDS}:
        raise FaultyTable(f"{rule.code} is no rule about this table")
    return rule


def _requirement(entry: Mapping[str, Any]) -> Requirement:
    _only(entry, ("facts", "entered_before"))
    if unknown := {*entry["facts"]} - {*OF_A_PARTICIPANT, *AT_ENTRY}:
        raise FaultyTable(f"{unknown} is not asked at the first entry")
    return Requirement(tuple(entry["facts"]), entry.get("entered_before"))


def _window(entry: Mapping[str, Any]) -> Window:
    _only(entry, ("from_months", "until_days"))
    return Window(entry.get("from_months", 0), entry.get("until_days"))


def _only(entry: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    if unknown := entry.keys() - {*keys}:
        raise FaultyTable(f"{unknown} says nothing here")


_MEASURE_KEYS: Final = (
    "code",
    "name",
    "name_en",
    "follow_up",
    "population",
    "where",
    "entered_before",
    "mark",
    "verify",
    "unconfirmed",
)


def _packaged(name: str) -> str | None:
    file = Path(__file__).with_name(name)
    return file.read_text("utf-8") if file.is_file() else None
