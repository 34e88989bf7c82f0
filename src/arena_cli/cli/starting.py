"""Starting: a project of one's own, one that comes with arena, or the demo."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from arena_cli.cli.asking import Question, given, need, wanted
from arena_cli.cli.corrections import WHY
from arena_cli.cli.index import Command
from arena_cli.cli.options import Unreadable, read_date, read_text
from arena_cli.cli.output import answer, say
from arena_cli.cli.recovery import InKeyring, SheetFile, kept_new_key
from arena_cli.cli.world import Session, quoted
from arena_cli.database import DatabaseExists
from arena_cli.errors import UsageProblem, translatable
from arena_cli.key import Key
from arena_cli.language import ENGLISH, LANGUAGES, load_language
from arena_cli.lookup import find_any_municipality
from arena_cli.model import ALL, IdentityKeeping, Project
from arena_cli.model.retention import RetentionRule
from arena_cli.project import (
    UnusableAnswers,
    builtin_projects,
    compose_project,
    read_project,
    read_retention,
    write_profile,
)
from arena_cli.store import Store
from arena_cli.toml_file import Fault

if TYPE_CHECKING:
    from arena_cli.figures.report import Report

ProjectName = Annotated[
    str | None,
    typer.Option(
        "--project",
        metavar=translatable("NAME|FILE.toml"),
        help=translatable("A project that comes with arena (integrationsprojekt, oppen-arena), or a project file."),
    ),
]
Name = Annotated[str | None, typer.Option("--name", metavar=translatable("TEXT"), help=translatable("Its name."))]
Owner = Annotated[str | None, typer.Option("--owner", metavar=translatable("TEXT"), help=translatable("Who runs it."))]
Starts = Annotated[
    str | None, typer.Option("--starts", metavar=translatable("DATE"), help=translatable("Its first day."))
]
Ends = Annotated[str | None, typer.Option("--ends", metavar=translatable("DATE"), help=translatable("Its last day."))]
Places = Annotated[
    list[str] | None,
    typer.Option(
        "--municipality",
        metavar=translatable("NAME"),
        help=translatable("One of its municipalities, by name or code. May be given several times."),
    ),
]
StepsFrom = Annotated[
    str | None,
    typer.Option(
        "--steps-from",
        metavar=translatable("NAME|FILE.toml"),
        help=translatable("The project whose staircase, destinations and referral sources to begin from."),
    ),
]
DemoName = Annotated[
    str,
    typer.Option(
        "--project",
        metavar=translatable("NAME"),
        help=translatable("The project to invent people for: integrationsprojekt or oppen-arena."),
    ),
]
DemoFolder = Annotated[
    str, typer.Option("--out", metavar=translatable("FOLDER"), help=translatable("The folder to put the demo in."))
]


Encrypted = Annotated[
    bool,
    typer.Option(
        "--encrypted",
        help=translatable("Encrypt the database file. One of a project that keeps identities is encrypted anyhow."),
    ),
]
Unencrypted = Annotated[
    bool, typer.Option("--unencrypted", help=translatable("Do not encrypt it, though the project keeps identities."))
]
UnencryptedWhy = Annotated[
    str | None,
    typer.Option(
        "--why", metavar=translatable("TEXT"), help=translatable("Why it is not encrypted; kept in the journal.")
    ),
]


NO_RULES: Final[Sequence[RetentionRule]] = ()


BETWEEN: Final = re.compile(r"[,;]|\s(?:och|samt|and|&)\s", re.IGNORECASE)
"""What stands between municipalities: no name in Sweden has any of it."""


class BothWays(UsageProblem):
    message = translatable("--encrypted and --unencrypted contradict each other. Nothing was made: leave out one.")


class ProjectAndAnswers(UsageProblem):
    message = translatable("--project says all about the project: leave the other options out, or leave it out.")


class Nameless(UsageProblem):
    message = translatable("Give at least one letter.")


class NoMunicipalities(UsageProblem):
    message = translatable("Give at least one municipality.")


class RepeatedMunicipality(Unreadable):
    message = translatable("{municipality} is given twice.")


class EndsBeforeStart(Unreadable):
    message = translatable("The last day, {ends_on}, lies before the first day, {starts_on}.")


def init(
    context: typer.Context,
    *,
    project: ProjectName = None,
    name: Name = None,
    owner: Owner = None,
    starts: Starts = None,
    ends: Ends = None,
    municipalities: Places = None,
    steps_from: StepsFrom = None,
    encrypted: Encrypted = False,
    unencrypted: Unencrypted = False,
    why: UnencryptedWhy = None,
    recovery_sheet: SheetFile = None,
    keyring: InKeyring = False,
) -> None:
    """Make a database file for a project; for one's own also the project file beside it."""
    session: Session = context.obj
    places = ",".join(municipalities) if municipalities else None
    own = {"--name": name, "--owner": owner, "--starts": starts, "--ends": ends, "--municipality": places}
    if session.database.exists():
        raise DatabaseExists(path=session.database)
    if project is None:
        need(session, own)
        begun = _compose(session, own, steps_from)
        profile, retention = session.database.with_suffix(".toml"), NO_RULES
    elif steps_from is None and not any(own.values()):
        profile, retention = None, read_retention(project)
        begun = read_project(project)
    else:
        raise ProjectAndAnswers
    if unencrypted:
        if encrypted:
            raise BothWays
        need(session, {"--why": why})
        _start(session, begun, profile, retention, why=wanted(session, why, WHY))
    elif encrypted or begun.identity is not IdentityKeeping.NONE:
        with kept_new_key(session, recovery_sheet, in_keyring=keyring) as key:
            _start(session, begun, profile, retention, key=key)
    else:
        _start(session, begun, profile, retention)
    language = session.language
    message = translatable("Started: {name}, {starts} to {ends}. Next: `arena add-participant`.")
    project_name = begun.name_en if language.code == ENGLISH else begun.name
    say(language.text(message, name=project_name, starts=begun.starts_on, ends=begun.ends_on))
    if begun.ends_on < session.today:
        say(language.text(translatable("Its period is over: register with a --date within it.")))
    answer("\n".join(str(path) for path in (session.database, profile) if path))


def demo(context: typer.Context, *, project: DemoName = "integrationsprojekt", out: DemoFolder = "arena-demo") -> None:
    """Make an invented project file and its report, in both languages."""
    from arena_cli.cli.delivering import deliver
    from arena_cli.cli.drafting import draft_of
    from arena_cli.cli.reporting import figures_as_of, journal_head, made_at
    from arena_cli.demo import make_demo, read_parameters
    from arena_cli.figures.report import build
    from arena_cli.render import Edition

    session: Session = context.obj
    folder = Path(out)
    database = session.db or folder / "demo.db"
    parameters = read_parameters(project)
    make_demo(database, parameters)
    paths: list[Path] = []
    with Store.open(database, writing=True) as store:
        edition = Edition(as_of=figures_as_of(store), made_at=made_at(session), journal_head=journal_head(store))
        built = build(store, parameters.month, session.today)
        built.require_reconciled()
        for code in LANGUAGES:
            draft = draft_of(store, built, load_language(code), edition, session.today)
            paths += deliver(session, store, draft, edition, ("md", "html"), folder, replaces_any=True)
    answer("\n".join(str(path) for path in (database, *paths)))
    say(_story(session, built))
    message = translatable("Look at {report} first; `{command}` shows who is behind it.")
    (first,) = (path for path in paths if path.name.endswith(f".{session.language.code}.html"))
    command = f"{session.program} list-participants --db {quoted(str(database))}"
    say(session.language.text(message, report=first, command=command))


def _story(session: Session, built: Report) -> str:
    """What the demo is about, in numbers."""
    persons, left = built.tables["persons"], built.tables["left"]
    message = translatable(
        "{persons} persons, {women} women and {men} men; of the {left} who have left, nobody knows about {unknown}."
    )
    facts = {sex: persons.value("participants", ALL, sex) for sex in ("women", "men")}
    facts |= {"persons": persons.value("participants"), "left": persons.value("left")}
    return session.language.text(message, **facts, unknown=left.value("unknown"))


def _start(
    session: Session,
    project: Project,
    profile: Path | None,
    retention: Sequence[RetentionRule],
    *,
    key: Key | None = None,
    why: str | None = None,
) -> None:
    """Write the database file, and the project file if there is to be one: both or neither."""
    is_new = profile is not None and write_profile(project, profile)
    try:
        Store.create(session.database, project, session.occasion(why), retention, key)
    except BaseException:
        if profile is not None and is_new:
            with suppress(OSError):  # if it stays, the next start takes it for what it is
                profile.unlink()
        raise


def _compose(session: Session, typed: Mapping[str, str | None], steps_from: str | None) -> Project:
    """The project that the options and the answers describe. Raises UnusableAnswers, which names the options."""
    day = partial(read_date, today=session.today)
    name = wanted(session, typed["--name"], _text("--name", translatable("The project's name")))
    owner = wanted(session, typed["--owner"], _text("--owner", translatable("Who runs it")))
    first_day = Question("--starts", translatable("First day, as in 2026-01-01"), day)
    starts_on = wanted(session, typed["--starts"], first_day)
    last_day = Question("--ends", translatable("Last day, as in 2028-12-31"), partial(_read_end, day, starts_on))
    ends_on = wanted(session, typed["--ends"], last_day)
    municipalities = wanted(session, typed["--municipality"], _MUNICIPALITIES)
    staircase = given(session, steps_from, _staircase()) or read_project(builtin_projects()[0])
    try:
        return compose_project(
            staircase, name=name, owner=owner, starts_on=starts_on, ends_on=ends_on, municipalities=municipalities
        )
    except UnusableAnswers as unusable:
        raise UnusableAnswers(faults=tuple(map(_at_option, unusable.faults))) from None


def _read_end(day: Callable[[str], date], starts_on: date, typed: str) -> date:
    ends_on = day(typed)
    if ends_on < starts_on:
        raise EndsBeforeStart(ends_on=ends_on, starts_on=starts_on)
    return ends_on


def _at_option(fault: Fault) -> Fault:
    """The fault at the option that gives what the project file has at this key."""
    at_option = copy(fault)
    at_option.key = _OPTION_OF_KEY.get(fault.key.partition("[")[0], fault.key)
    return at_option


def _text(option: str, question: str) -> Question[str]:
    def read(typed: str) -> str:
        text = read_text(option, typed)
        if text is None:
            raise Nameless
        return text

    return Question(option, question, read)


def _read_municipalities(typed: str) -> Sequence[str]:
    found = [find_any_municipality(part) for part in BETWEEN.split(typed) if part.strip()]
    if not found:
        raise NoMunicipalities
    repeated = next((municipality for municipality in found if found.count(municipality) > 1), None)
    if repeated is not None:
        raise RepeatedMunicipality(municipality=repeated)
    return [municipality.code for municipality in found]


_MUNICIPALITIES: Final = Question(
    "--municipality", translatable("Its municipalities, with commas between"), _read_municipalities
)
_OPTION_OF_KEY: Final = {
    "name": "--name",
    "owner": "--owner",
    "starts_on": "--starts",
    "ends_on": "--ends",
    "municipalities": "--municipality",
}


def _staircase() -> Question[Project]:
    """Any is a proposal, which the project then edits; the first unless another is chosen."""
    projects = builtin_projects()
    return Question(
        "--steps-from",
        translatable(
            "The staircase to begin from: its steps, and its lists of destinations and of who sends participants. "
            "You reword them in the project file"
        ),
        read_project,
        projects,
        blank=projects[0],
    )


COMMANDS: Final = {
    "init": Command(
        init,
        "arena init --project oppen-arena --db arena.db",
        translatable(
            "Without --project it asks about a project of your own, and leaves a commented project file beside the "
            "database file. A database file that exists is never changed."
        ),
    ),
    "demo": Command(
        demo,
        "arena demo --project oppen-arena --out arena-demo",
        translatable("Nobody in it exists. Prints the paths of the files."),
    ),
}
