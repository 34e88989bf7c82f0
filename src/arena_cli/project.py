"""Projects as data: reads and checks a project file (TOML), and writes one. docs/profile.md says every key.

All faults of a file are reported at once; `toml_file` says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Final, Required, TypedDict, TypeVar, Unpack
from unicodedata import combining, normalize

from arena_cli.errors import (
    CannotWrite,
    DataProblem,
    NotFound,
    Phrasing,
    Refused,
    UsageProblem,
    translatable,
)
from arena_cli.lookup import Names, folded, municipalities_of_sweden, municipality_names
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
from arena_cli.toml_file import (
    LONGEST_CODE,
    MISSING,
    NO_DAY,
    NOT_CODE,
    Fault,
    Table,
    nearest,
    parsed_toml,
    toml_string,
    with_suggestion,
)
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

_AGES: Final = range(121)
_NUMBERS_OF_PARTICIPANTS: Final = range(1, 1_000_001)
_SMALLEST_SHOWN: Final = range(3, 101)
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

_NAME_OF_GROUP: Final = translatable(
    'is the name of a group. Give the destination group = "{group}", or choose another code.'
)
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


class NoProject(NotFound):
    """There is neither a file nor a built-in project of that name."""

    message = translatable("There is no project file {path}. The built-in projects are: {builtin}.")

    def sentence(self, language: Phrasing) -> str:
        return with_suggestion(super().sentence(language), language, self.facts["suggestion"])


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
    return _read(source)[0]


def read_retention(source: str | Path) -> tuple[RetentionRule, ...]:
    """How long what is kept of persons is kept, by a built-in project or a project file; raises as `read_project`."""
    return _retention(_read(source)[1])


def _read(source: str | Path) -> tuple[Project, Table]:
    """A project without faults, with the table that it was read from."""
    path = Path(source)
    is_builtin = isinstance(source, str) and source in builtin_projects()
    content = _packaged(f"{source}.toml") if is_builtin else _content(path)
    faults: list[Fault] = []
    profile = Table(parsed_toml(content, path, FaultyProfile), "", faults)
    project = _project(profile)
    if faults:
        raise FaultyProfile(path=path, faults=tuple(faults))
    return project, profile


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
    return re.sub(r"[^a-z0-9]+", "-", bare)[:LONGEST_CODE].strip("-") or "project"


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
        age_from=profile.number("age_from", _AGES, _NUMBERS["age_from"]),
        age_to=profile.number("age_to", _AGES, _NUMBERS["age_to"]),
        planned_participants=profile.number(
            "planned_participants", _NUMBERS_OF_PARTICIPANTS, _NUMBERS["planned_participants"]
        ),
        hide_below=profile.number("hide_below", _SMALLEST_SHOWN, _NUMBERS["hide_below"]) or HIDE_BELOW,
    )
    _retention(profile)
    if NO_DAY < project.ends_on < project.starts_on:
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
            code=table.code(reserved=RESERVED_CODES),
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
            code=table.code(reserved=RESERVED_CODES),
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
            code=table.code(reserved=RESERVED_CODES),
            stage=RetentionStage(table.choice("stage", tuple(RetentionStage), required=True)),
            after=table.text("after", required=True, such_as=KNOWN_EVENTS[0]),
            years=_years(table),
            counted_from=CountedFrom(table.choice("counted_from", tuple(CountedFrom))),
            name=name,
            name_en=table.text("name_en") or name,
            source=table.text("source", required=True),
        )
        if rule.after and not re.fullmatch(f"[a-z0-9_-]{{1,{LONGEST_CODE}}}", rule.after):
            table.fault("after", NOT_CODE, most=LONGEST_CODE)
        table.finish()
        rules.append(rule)
        named.append((table, {"code": rule.code}))
    _tell_apart(named)
    return tuple(rules)


def _years(table: Table) -> int:
    years = table.number("years", _YEARS_KEPT)
    if years is None:
        table.fault("years", MISSING, example="years = 5")
    return years or 0


def _plain_list(profile: Table, key: str, kind: type[_Plain]) -> tuple[_Plain, ...]:
    """The tables of things that have nothing but a code and names."""
    named: list[_Named] = []
    entries = []
    for table in profile.tables(key, required=False):
        name = table.text("name", required=True)
        entry = kind(code=table.code(reserved=RESERVED_CODES), name=name, name_en=table.text("name_en") or name)
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


def _packaged(name: str) -> bytes:
    from importlib.resources import files

    return (files("arena_cli") / "projects" / name).read_bytes()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        builtin = builtin_projects()
        suggestion = nearest(code_from_name(path.name), builtin)
        raise NoProject(path=path, builtin=builtin, suggestion=suggestion) from None
    except OSError:
        raise UnreadableProfile(path=path) from None


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
