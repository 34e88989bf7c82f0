"""Projects as data: reads and checks a project file (TOML), and writes one. docs/profile.md says every key.

A fault names its key, with lists counted from 1 as people count: `steps[3].code` is the code of the third step. All
faults of a file are reported at once, and none repeats what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Final, Required, TypedDict, TypeVar, Unpack
from unicodedata import category, combining, normalize

from arena_cli.errors import (
    CannotWrite,
    DataProblem,
    NotFound,
    Phrasing,
    Refused,
    Remark,
    UsageProblem,
    translatable,
)
from arena_cli.lookup import DID_YOU_MEAN, Names, folded, municipalities_of_sweden, municipality_names
from arena_cli.model import (
    ALL,
    HIDE_BELOW,
    NOT_PLACED,
    Activity,
    Destination,
    Group,
    IdentityKeeping,
    Municipality,
    Project,
    Referral,
    Step,
)
from arena_cli.model.retention import FOLLOW_UP_END, KNOWN_EVENTS, CountedFrom, RetentionRule, RetentionStage
from arena_cli.whole_file import write_new

FUND_RULES: Final = ("none", "esf-2014", "esf-plus")
"""The funds whose rules a project can follow: none, the Social Fund's of 2014-20, of 2021-27."""

RESERVED_CODES: Final = (ALL, NOT_PLACED, "in", "out", "transferred")
"""Words of the figures, which no step, destination, referral or activity can have for a code."""

UNKNOWN: Final = Destination(Group.UNKNOWN.value, Group.UNKNOWN, "okänt", "unknown")
"""The destination that every project has."""

DEFAULT_ACTIVITIES: Final = (
    Activity("talks", "vägledande samtal", "guidance talks"),
    Activity("group", "gruppaktivitet", "group activity"),
    Activity("work_training", "arbetsträning", "work training"),
    Activity("placement", "praktik", "placement"),
    Activity("language", "språkträning", "language training"),
    Activity("education", "utbildning", "education"),
    Activity("job_search", "jobbsökande", "job search"),
    Activity("other", "annat", "other"),
)
"""What hours are spent on where the project file does not say."""

_YEARS: Final = range(1990, 2101)
_AGES: Final = range(121)
_NUMBERS_OF_PARTICIPANTS: Final = range(1, 1_000_001)
_SMALLEST_SHOWN: Final = range(3, 101)
_LONGEST_CODE: Final = 40
_LONGEST_TEXT: Final = 500
_YEARS_KEPT: Final = range(101)
EXAMPLE: Final = RetentionRule(
    code="follow-up",
    stage=RetentionStage.IDENTITIES,
    after=FOLLOW_UP_END,
    years=0,
    counted_from=CountedFrom.DAY,
    name="uppföljningens slut",
    name_en="end of follow-up",
    source="Dataskyddsförordningen art. 5.1 c och e: namn behövs tills sexmånadersuppföljningen är gjord",
)
"""A rule of retention, for a project file without any."""

_NO_DAY: Final = date.min
_FOUR_DIGITS: Final = re.compile(r"[0-9]{4}")
_OWN_AREA: Final = '{ code = "9901", name = "...", short_name = "..." }'
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "steps": ("code", "name", "name_en", "description", "description_en"),
    "destinations": ("code", "group", "name", "name_en"),
    "referrals": ("code", "name", "name_en"),
    "activities": ("code", "name", "name_en"),
}
_Plain = TypeVar("_Plain", Referral, Activity)
_NUMBERS: Final[Mapping[str, int]] = {"age_from": 16, "age_to": 65, "planned_participants": 100, "hide_below": 5}
"""The keys that are numbers, each with an example."""

_LETTERS_WITHOUT_ACCENT: Final = str.maketrans({"æ": "ae", "ø": "o"})
_ESCAPED: Final[Mapping[str, str]] = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

_MISSING: Final = translatable("is missing or empty. Write it, as in: {example}")
_UNKNOWN_KEY: Final = translatable("is not a key that arena knows. Remove it or correct it.")
_NOT_TEXT: Final = translatable("must be a text in quotes, as in: {example}")
_NOT_DATE: Final = translatable("must be a date without quotes, as in: {example}")
_NOT_NUMBER: Final = translatable("must be a whole number without quotes, as in: {example}")
_NOT_LIST: Final = translatable("must be a list with at least one entry, as in: {example}")
_NOT_TABLE: Final = translatable("must be a table of its own under a heading, as in: {example}")
_INVISIBLE: Final = translatable("holds an invisible character. Type the text anew.")
_TOO_LONG: Final = translatable("is longer than {most} characters. Shorten it.")
_OUTSIDE: Final = translatable("must lie between {least} and {most}.")
_NOT_CODE: Final = translatable("may hold only the letters a-z, digits, - and _, and at most {most} of them.")
_RESERVED: Final = translatable("cannot be any of: {reserved}. The figures use these words: choose another code.")
_NAME_OF_GROUP: Final = translatable(
    'is the name of a group. Give the destination group = "{group}", or choose another code.'
)
_NOT_CHOICE: Final = translatable("must be one of: {choices}.")
_TAKEN: Final = translatable("is already the code, the name or the position of {other}. Give each its own.")
_UNKNOWN_IS_TAKEN: Final = translatable(
    'belongs to the destination "unknown", which every project has. Give this one that code, or another name.'
)
_ENDS_FIRST: Final = translatable("lies before starts_on. Correct one of the dates.")
_AGES_REVERSED: Final = translatable("is lower than age_from. Correct one of the ages.")
_NOT_FOUR_DIGITS: Final = translatable("must have four digits where it is a code, as in: {example}")
_NOT_IN_SWEDEN: Final = translatable(
    "is not one of Sweden's municipalities. Correct it, or write an area of your own as in: {example}"
)
_ANOTHER_MUNICIPALITY: Final = translatable(
    "does not belong to the municipality with this code. Correct the name or the code."
)
_NOT_UTF8: Final = translatable("line {line} is not UTF-8. Save the file as UTF-8.")
_NOT_TOML: Final = translatable(
    "line {line} cannot be read as TOML. Texts stand in quotes, dates and numbers without them, lists in [ ]."
)
_TOO_MUCH: Final = translatable(
    "holds a number with thousands of digits, or lists inside lists without end. Correct it."
)
_TWICE: Final = translatable("line {line} gives a key or a heading that the file has already. Remove one of them.")
_NO_SUCH_DAY: Final = translatable("line {line} has a date that is not in the calendar. Correct it.")


class NoProject(NotFound):
    """There is neither a file nor a built-in project of that name."""

    message = translatable("There is no project file {path}. The built-in projects are: {builtin}.")

    def sentence(self, language: Phrasing) -> str:
        return _with_suggestion(super().sentence(language), language, self.facts["suggestion"])


class UnreadableProfile(CannotWrite):
    message = translatable("{path} cannot be read: check that it is a file and that you may read it.")


class FaultyProfile(DataProblem):
    message = translatable("{path} cannot be used as a project file. Nothing was changed. Correct this:\n{faults}")


class UnusableAnswers(UsageProblem):
    message = translatable("No project can be made of this:\n{faults}")

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults=faults)
        self.faults = faults


class ProfileExists(Refused):
    message = translatable("{path} exists already; nothing was changed.")


class ProfileNotWritten(CannotWrite):
    message = translatable("{path} cannot be written: check the folder, its permissions and the room on the disk.")


class Fault(Remark):
    """One thing that is wrong: a reason for the catalogue, at a key (an empty one: with the file as a whole)."""

    def __init__(self, key: str, reason: str, suggestion: object = None, **facts: object) -> None:
        super().__init__(reason, **facts)
        self.key = key
        self._suggestion = suggestion

    def sentence(self, language: Phrasing) -> str:
        """Say it on an indented line, the key first."""
        reason = _with_suggestion(super().sentence(language), language, self._suggestion)
        return f"  {self.key}: {reason}" if self.key else f"  {reason}"


class Answers(TypedDict, total=False):
    """What a project of one's own is composed of beside a staircase: keys of the project file."""

    code: str
    name: Required[str]
    name_en: str
    owner: Required[str]
    starts_on: Required[date]
    ends_on: Required[date]
    municipalities: Required[Sequence[str]]
    funding: str
    fund_rules: str
    identity: str
    target_group: str
    age_from: int | None
    age_to: int | None
    planned_participants: int | None
    hide_below: int


def builtin_projects() -> tuple[str, ...]:
    """The codes of the projects that come with arena, in alphabetical order."""
    from importlib.resources import files

    profiles = (entry.name for entry in (files("arena_cli") / "projects").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in profiles if name.endswith(".toml")))


def read_project(source: str | Path) -> Project:
    """Read a built-in project, by its code, or a project file.

    Raises NoProject, UnreadableProfile or FaultyProfile, which holds every fault of the file.
    """
    path = Path(source)
    is_builtin = isinstance(source, str) and source in builtin_projects()
    content = _packaged(f"{source}.toml") if is_builtin else _content(path)
    faults: list[Fault] = []
    project = _project(Table(parsed_toml(content, path), "", faults))
    if faults:
        raise FaultyProfile(path=path, faults=tuple(faults))
    return project


def read_retention(source: str | Path) -> tuple[RetentionRule, ...]:
    """How long what is kept of persons is kept, by a built-in project or a project file; raises as `read_project`."""
    path = Path(source)
    is_builtin = isinstance(source, str) and source in builtin_projects()
    content = _packaged(f"{source}.toml") if is_builtin else _content(path)
    faults: list[Fault] = []
    profile = Table(parsed_toml(content, path), "", faults)
    _project(profile)
    if faults:
        raise FaultyProfile(path=path, faults=tuple(faults))
    return _retention(profile)


def compose_project(staircase: Project, **answers: Unpack[Answers]) -> Project:
    """Make a project of one's own, with the steps, destinations, referrals and activities of another to begin from.

    The code is made from the name where none is given. Raises UnusableAnswers, which holds every fault.
    """
    values: dict[str, object] = {**answers, "municipalities": list(answers["municipalities"])}
    for key, columns in _TABLES.items():
        values[key] = [{c: getattr(entry, c) for c in columns} for entry in getattr(staircase, key)]
    faults: list[Fault] = []
    project = _project(Table(values, "", faults))
    if faults:
        raise UnusableAnswers(faults=tuple(faults))
    return project


def profile_text(project: Project, retention: Sequence[RetentionRule] = ()) -> str:
    """The project as a commented project file, which reads back as the same project (but for the mark `demo`)."""
    from string import Template

    sweden = set(municipalities_of_sweden())
    values: dict[str, str] = {
        "starts_on": project.starts_on.isoformat(),
        "ends_on": project.ends_on.isoformat(),
        "municipalities": "\n".join(_municipality_line(m, official=m in sweden) for m in project.municipalities),
    }
    for key in ("code", "name", "name_en", "owner", "funding", "fund_rules", "identity", "target_group"):
        values[key] = toml_string(getattr(project, key))
    for key, example in _NUMBERS.items():
        number = getattr(project, key)
        values[key] = f"# {key} = {example}" if number is None else f"{key} = {number}"
    for key, columns in _TABLES.items():
        values[key] = "\n\n".join(_table_lines(key, columns, entry) for entry in getattr(project, key))
    rules = [_rule_lines(rule) for rule in retention]
    values["retention"] = "\n\n".join(rules) or re.sub("^", "# ", _rule_lines(EXAMPLE), flags=re.MULTILINE)
    return Template(_packaged("new.toml.template").decode()).substitute(values)


def write_profile(project: Project, path: Path) -> bool:
    """Write the project as a new project file, whole or not at all. Says whether it was not there already.

    One with the same content is what a start has left that was cut off. Raises ProfileExists or ProfileNotWritten.
    """
    content = profile_text(project).encode()
    try:
        write_new(path, content, mode=0o600)
    except FileExistsError:
        if _content_of(path) == content:
            return False
        raise ProfileExists(path=path) from None
    except OSError:
        raise ProfileNotWritten(path=path) from None
    return True


def _content_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def code_from_name(name: str) -> str:
    """A code that looks like a name: `Nya vägar` becomes `nya-vagar`."""
    letters = normalize("NFD", name.casefold().translate(_LETTERS_WITHOUT_ACCENT))
    bare = "".join(letter for letter in letters if not combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", bare)[:_LONGEST_CODE].strip("-") or "project"


def toml_string(text: str) -> str:
    """The text as a TOML basic string: quotes, backslashes and control characters escaped, all else as it is."""
    escaped = re.sub(r'["\\\x00-\x1f\x7f]', lambda match: _ESCAPED.get(match[0]) or f"\\u{ord(match[0]):04x}", text)
    return f'"{escaped}"'


class Table:
    """One table of a TOML file: gives its values, checked, and notes the faults. What nobody asks for is unknown."""

    def __init__(self, values: Mapping[str, object], place: str, faults: list[Fault]) -> None:
        self.place = place
        self._values = values
        self._faults = faults
        self._asked_for: list[str] = []

    def fault(self, key: str, reason: str, suggestion: object = None, **facts: object) -> None:
        """Note a fault at a key; of the whole table where the key is empty."""
        place = ".".join(filter(None, (self.place, key)))
        self._faults.append(Fault(place, reason, suggestion, **facts))

    def text(self, key: str, *, required: bool = False, such_as: str = "...") -> str:
        """A text, on one line; empty where it is missing or faulty."""
        example = f'{key} = "{such_as}"'
        value = self._value(key)
        text = "" if value is None else self.checked_text(key, value, example)
        if required and not text and isinstance(value, str | None):
            self.fault(key, _MISSING, example=example)
        return text

    def checked_text(self, key: str, value: object, example: str) -> str:
        """A value as a text on one line, its letters composed; empty where it is faulty."""
        if not isinstance(value, str):
            self.fault(key, _NOT_TEXT, example=example)
            return ""
        text = " ".join(normalize("NFC", value).split())
        if any(category(character) in {"Cc", "Cs"} for character in text):
            self.fault(key, _INVISIBLE)
        if len(text) > _LONGEST_TEXT:
            self.fault(key, _TOO_LONG, most=_LONGEST_TEXT)
        return text

    def code(self, *, required: bool = True) -> str:
        """The code; empty where it is missing."""
        code = self.text("code", required=required)
        if code and not re.fullmatch(f"[a-z0-9_-]{{1,{_LONGEST_CODE}}}", code):
            self.fault("code", _NOT_CODE, most=_LONGEST_CODE)
        if self.place and code in RESERVED_CODES:
            self.fault("code", _RESERVED, reserved=RESERVED_CODES)
        return code

    def choice(self, key: str, choices: Sequence[str], *, required: bool = False) -> str:
        """One of the choices; the first where it is missing or faulty."""
        text = self.text(key, required=required, such_as=choices[0])
        if text and text not in choices:
            self.fault(key, _NOT_CHOICE, _nearest(text, choices), choices=tuple(choices))
        return text if text in choices else choices[0]

    def day(self, key: str) -> date:
        """A date, which must be there; `_NO_DAY` where it is missing or faulty."""
        example = f"{key} = 2017-04-01"
        value = self._value(key)
        if value is None:
            self.fault(key, _MISSING, example=example)
        elif not isinstance(value, date) or isinstance(value, datetime):
            self.fault(key, _NOT_DATE, example=example)
        elif value.year not in _YEARS:
            self.fault(key, _OUTSIDE, least=date(_YEARS[0], 1, 1), most=date(_YEARS[-1], 12, 31))
        else:
            return value
        return _NO_DAY

    def number(self, key: str, allowed: range) -> int | None:
        """A whole number; None where it is missing or faulty."""
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(key, _NOT_NUMBER, example=f"{key} = {_NUMBERS.get(key, allowed[0])}")
            return None
        if value not in allowed:
            self.fault(key, _OUTSIDE, least=allowed[0], most=allowed[-1])
            return None
        return value

    def entries(self, key: str, example: str, *, required: bool = True) -> list[tuple[str, object]]:
        """The entries of a list, each with its place: `steps[1]` and so on."""
        value = self._value(key)
        if value is None and not required:
            return []
        if value is None:
            self.fault(key, _MISSING, example=example)
        elif not isinstance(value, list) or (required and not value):
            self.fault(key, _NOT_LIST, example=example)
        else:
            return [(f"{key}[{number}]", entry) for number, entry in enumerate(value, 1)]
        return []

    def tables(self, key: str, *, required: bool = True) -> list[Table]:
        """The tables under the headings `[[key]]`."""
        example = f"[[{key}]]"
        tables = []
        for place, entry in self.entries(key, example, required=required):
            if isinstance(entry, dict):
                tables.append(self.inner(entry, place))
            else:
                self.fault(place, _NOT_TABLE, example=example)
        return tables

    def table(self, key: str) -> Table:
        """The table under the heading `[key]`; an empty one where it is missing or faulty."""
        value = self._value(key)
        if value is not None and not isinstance(value, dict):
            self.fault(key, _NOT_TABLE, example=f"[{key}]")
        return self.inner(value if isinstance(value, dict) else {}, key)

    def inner(self, values: Mapping[str, object], place: str) -> Table:
        """A table within this one, whose faults are noted with this one's."""
        return Table(values, place, self._faults)

    def finish(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked_for:
                self.fault(key, _UNKNOWN_KEY, _nearest(key, self._asked_for))

    def _value(self, key: str) -> object:
        self._asked_for.append(key)
        return self._values.get(key)


_Named = tuple[Table, Mapping[str, str]]
"""An entry of a list with what it is told apart by."""


def _project(profile: Table) -> Project:
    """Read a project; where faults were noted it is not to be used."""
    name = profile.text("name", required=True)
    project = Project(
        code=profile.code(required=False) or code_from_name(name),
        name=name,
        name_en=profile.text("name_en") or name,
        owner=profile.text("owner", required=True),
        starts_on=profile.day("starts_on"),
        ends_on=profile.day("ends_on"),
        funding=profile.text("funding"),
        fund_rules=profile.choice("fund_rules", FUND_RULES),
        identity=IdentityKeeping(profile.choice("identity", tuple(IdentityKeeping))),
        municipalities=_municipalities(profile),
        steps=_steps(profile),
        destinations=_destinations(profile),
        referrals=_referrals(profile),
        activities=_activities(profile),
        target_group=profile.text("target_group"),
        age_from=profile.number("age_from", _AGES),
        age_to=profile.number("age_to", _AGES),
        planned_participants=profile.number("planned_participants", _NUMBERS_OF_PARTICIPANTS),
        hide_below=profile.number("hide_below", _SMALLEST_SHOWN) or HIDE_BELOW,
    )
    _retention(profile)
    if _NO_DAY < project.ends_on < project.starts_on:
        profile.fault("ends_on", _ENDS_FIRST)
    if project.age_from is not None and project.age_to is not None and project.age_to < project.age_from:
        profile.fault("age_to", _AGES_REVERSED)
    profile.finish()
    return project


def _municipalities(profile: Table) -> tuple[Municipality, ...]:
    """The municipalities by code, with the names of Sweden's table where they are in it."""
    sweden = municipality_names(municipalities_of_sweden())
    found: dict[str, Municipality] = {}
    named: list[_Named] = []
    for place, entry in profile.entries("municipalities", 'municipalities = ["...", "..."]'):
        if isinstance(entry, dict):
            table = profile.inner(entry, place)
            municipality = _spelt_out_municipality(table, sweden)
        else:
            table = profile.inner({}, place)
            municipality = _municipality_of_sweden(table, entry, sweden)
        if municipality:
            found[municipality.code] = municipality
            named.append((table, _names(municipality) if isinstance(entry, dict) else {"": municipality.code}))
    _tell_apart(named)
    return tuple(found[code] for code in sorted(found))


def _municipality_of_sweden(place: Table, entry: object, sweden: Names[Municipality]) -> Municipality | None:
    text = place.checked_text("", entry, '"0581"')
    if not isinstance(entry, str):
        return None
    if text.isdecimal() and not _FOUR_DIGITS.fullmatch(text):
        place.fault("", _NOT_FOUR_DIGITS, example='"0581"')
        return None
    municipality = sweden.find(text)
    if municipality is None:
        place.fault("", _NOT_IN_SWEDEN, sweden.suggestion(text), example=_OWN_AREA)
    return municipality


def _spelt_out_municipality(table: Table, sweden: Names[Municipality]) -> Municipality | None:
    """A municipality given as a table: one of Sweden's, or an area of the project's own, which needs all three keys."""
    code = table.text("code", required=True)
    if not _FOUR_DIGITS.fullmatch(code):
        if code:
            table.fault("code", _NOT_FOUR_DIGITS, example='code = "0581"')
        return None
    official = sweden.find(code)
    names = {key: table.text(key, required=official is None) for key in ("name", "short_name")}
    table.finish()
    for key, name in names.items():
        if name and sweden.find(name) is not official:
            table.fault(key, _ANOTHER_MUNICIPALITY)
    return official or Municipality(code, **names)


def _steps(profile: Table) -> tuple[Step, ...]:
    """The steps in the order of the file, which is their order on the staircase."""
    tables = profile.tables("steps")
    steps = []
    for position, table in enumerate(tables, 1):
        name = table.text("name", required=True)
        step = Step(
            code=table.code(),
            position=position,
            name=name,
            name_en=table.text("name_en") or name,
            description=table.text("description"),
            description_en=table.text("description_en"),
        )
        table.finish()
        steps.append(step)
    positions = {str(position): table.place for position, table in enumerate(tables, 1)}
    _tell_apart([(table, _names(step)) for table, step in zip(tables, steps, strict=True)], positions)
    return tuple(steps)


def _destinations(profile: Table) -> tuple[Destination, ...]:
    """The destinations in the order of the file; `unknown` last where the file has none."""
    groups = tuple(group.value for group in Group)
    named: list[_Named] = []
    destinations = []
    for table in profile.tables("destinations"):
        name = table.text("name", required=True)
        destination = Destination(
            code=table.code(),
            group=Group(table.choice("group", groups, required=True)),
            name=name,
            name_en=table.text("name_en") or name,
        )
        if destination.code in groups and destination.code != destination.group:
            table.fault("code", _NAME_OF_GROUP, group=destination.code)
        table.finish()
        destinations.append(destination)
        named.append((table, _names(destination)))
    if any(destination.code == UNKNOWN.code for destination in destinations):
        _tell_apart(named)
    else:
        destinations.append(UNKNOWN)
        _tell_apart(named, {folded(name): UNKNOWN.code for name in _names(UNKNOWN).values()})
    return tuple(destinations)


def _referrals(profile: Table) -> tuple[Referral, ...]:
    return _plain_list(profile, "referrals", Referral)


def _activities(profile: Table) -> tuple[Activity, ...]:
    """The activities in the order of the file; the usual ones where the file has none."""
    return _plain_list(profile, "activities", Activity) or DEFAULT_ACTIVITIES


def _retention(profile: Table) -> tuple[RetentionRule, ...]:
    """The rules of retention in the order of the file. They are no part of the project: the law changes by itself."""
    named: list[_Named] = []
    rules = []
    for table in profile.tables("retention", required=False):
        name = table.text("name", required=True)
        rule = RetentionRule(
            code=table.code(),
            stage=RetentionStage(table.choice("stage", tuple(RetentionStage), required=True)),
            after=table.text("after", required=True, such_as=KNOWN_EVENTS[0]),
            years=_years(table),
            counted_from=CountedFrom(table.choice("counted_from", tuple(CountedFrom))),
            name=name,
            name_en=table.text("name_en") or name,
            source=table.text("source", required=True),
        )
        if rule.after and not re.fullmatch(f"[a-z0-9_-]{{1,{_LONGEST_CODE}}}", rule.after):
            table.fault("after", _NOT_CODE, most=_LONGEST_CODE)
        table.finish()
        rules.append(rule)
        named.append((table, {"code": rule.code}))
    _tell_apart(named)
    return tuple(rules)


def _years(table: Table) -> int:
    years = table.number("years", _YEARS_KEPT)
    if years is None:
        table.fault("years", _MISSING, example="years = 5")
    return years or 0


def _plain_list(profile: Table, key: str, kind: type[_Plain]) -> tuple[_Plain, ...]:
    """The tables of things that have nothing but a code and names."""
    named: list[_Named] = []
    entries = []
    for table in profile.tables(key, required=False):
        name = table.text("name", required=True)
        entry = kind(code=table.code(), name=name, name_en=table.text("name_en") or name)
        table.finish()
        entries.append(entry)
        named.append((table, _names(entry)))
    _tell_apart(named)
    return tuple(entries)


def _names(entry: Municipality | Step | Destination | Referral | Activity) -> dict[str, str]:
    """What an entry is told apart by, each text once."""
    keys = ("code", "name", "short_name") if isinstance(entry, Municipality) else ("code", "name", "name_en")
    first_key: dict[str, str] = {}
    for key in keys:
        first_key.setdefault(getattr(entry, key), key)
    return {key: text for text, key in first_key.items() if text}


def _tell_apart(entries: Iterable[_Named], taken: Mapping[str, str] | None = None) -> None:
    """Note every code and name by which somebody could mean an earlier entry, or what has `taken` it already."""
    owners = dict(taken or {})
    for table, names in entries:
        for key, text in names.items():
            owner = owners.setdefault(folded(text), table.place)
            if owner != table.place:
                reason = _UNKNOWN_IS_TAKEN if owner == UNKNOWN.code else _TAKEN
                table.fault(key, reason, other=owner)


def _nearest(text: str, choices: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(text, list(choices), n=1)), None)


def _with_suggestion(said: str, language: Phrasing, suggestion: object) -> str:
    return said if suggestion is None else f"{said} {language.text(DID_YOU_MEAN, suggestion=suggestion)}"


def _packaged(name: str) -> bytes:
    from importlib.resources import files

    return (files("arena_cli") / "projects" / name).read_bytes()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        builtin = builtin_projects()
        suggestion = _nearest(code_from_name(path.name), builtin)
        raise NoProject(path=path, builtin=builtin, suggestion=suggestion) from None
    except OSError:
        raise UnreadableProfile(path=path) from None


def parsed_toml(content: bytes, path: Path) -> Mapping[str, object]:
    """The file's keys and values. Raises FaultyProfile where it is no TOML."""
    import tomllib

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FaultyProfile(path=path, faults=(Fault("", _NOT_UTF8, line=line),)) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line ([0-9]+),", str(error))
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        reason = _NOT_TOML
        if str(error).startswith(("Cannot ", "Duplicate ")):
            reason = _TWICE
        elif str(error).startswith("Invalid date"):
            reason = _NO_SUCH_DAY
        raise FaultyProfile(path=path, faults=(Fault("", reason, line=line),)) from None
    except (ValueError, RecursionError):  # Python's own limits, which tomllib lets through
        raise FaultyProfile(path=path, faults=(Fault("", _TOO_MUCH),)) from None


def _municipality_line(municipality: Municipality, *, official: bool) -> str:
    m = municipality
    if official:
        return f"    {toml_string(m.code)}, # {m.name}"
    values = {"code": m.code, "name": m.name, "short_name": m.short_name}
    return f"    {{ {', '.join(f'{key} = {toml_string(text)}' for key, text in values.items())} }},"


def _rule_lines(rule: RetentionRule) -> str:
    lines = (
        f"{key} = {value if isinstance(value, int) else toml_string(value)}" for key, value in asdict(rule).items()
    )
    return "\n".join(["[[retention]]", *lines])


def _table_lines(key: str, columns: Iterable[str], entry: object) -> str:
    return "\n".join([f"[[{key}]]", *(f"{c} = {toml_string(getattr(entry, c))}" for c in columns)])
