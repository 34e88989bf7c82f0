"""Starting: a project of one's own, one that comes with arena, or the demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.asking import Question, need, wanted
from arena_cli.cli.index import Command
from arena_cli.cli.options import read_date, read_text
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session
from arena_cli.database import DatabaseExists
from arena_cli.errors import UsageProblem, translatable
from arena_cli.language import ENGLISH, LANGUAGES, load_language
from arena_cli.lookup import find_any_municipality
from arena_cli.model import Project
from arena_cli.project import builtin_projects, compose_project, read_project, write_profile
from arena_cli.store import Store

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


class ProjectAndAnswers(UsageProblem):
    message = translatable("--project says all about the project: leave the other options out, or leave it out.")


class Nameless(UsageProblem):
    message = translatable("Give at least one letter.")


class NoMunicipalities(UsageProblem):
    message = translatable("Give at least one municipality.")


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
        profile = session.database.with_suffix(".toml")
        _start_own(session, begun, profile)
    elif steps_from is None and not any(own.values()):
        profile = None
        begun = read_project(project)
        Store.create(session.database, begun, session.occasion())
    else:
        raise ProjectAndAnswers
    language = session.language
    message = translatable("Started: {name}, {starts} to {ends}. Next: `arena add-participant`.")
    project_name = begun.name_en if language.code == ENGLISH else begun.name
    say(language.text(message, name=project_name, starts=begun.starts_on, ends=begun.ends_on))
    if begun.ends_on < session.today:
        say(language.text(translatable("Its period is over: register with a --date within it.")))
    answer("\n".join(str(path) for path in (session.database, profile) if path))


def demo(context: typer.Context, *, project: DemoName = "integrationsprojekt", out: DemoFolder = "arena-demo") -> None:
    """Make an invented project file and its report, in both languages."""
    from arena_cli.cli.reporting import figures_as_of, made_at, write_reports
    from arena_cli.demo import make_demo, read_parameters
    from arena_cli.figures.report import build
    from arena_cli.render import Edition

    session: Session = context.obj
    folder = Path(out)
    database = session.db or folder / "demo.db"
    parameters = read_parameters(project)
    make_demo(database, parameters)
    with Store.open(database) as store:
        edition = Edition(as_of=figures_as_of(store), made_at=made_at(session))
        built = build(store, parameters.month, session.today)
    built.require_reconciled()
    languages = [load_language(code) for code in LANGUAGES]
    paths = write_reports(folder, built, ("md", "html"), languages, edition, session.world.umask)
    answer("\n".join(str(path) for path in (database, *paths)))
    message = translatable("Look at {report} first; `arena list-participants --db {database}` shows who is behind it.")
    (first,) = (path for path in paths if path.name.endswith(f".{session.language.code}.html"))
    say(session.language.text(message, report=first, database=database))


def _start_own(session: Session, project: Project, profile: Path) -> None:
    """Write the project file and the database file: both or neither."""
    write_profile(project, profile)
    try:
        Store.create(session.database, project, session.occasion())
    except BaseException:
        profile.unlink(missing_ok=True)
        raise


def _compose(session: Session, typed: Mapping[str, str | None], steps_from: str | None) -> Project:
    """The project that the options and the answers describe."""
    day = partial(read_date, today=session.today)
    staircase = wanted(session, steps_from or _without_asking(session), _STAIRCASE)
    return compose_project(
        staircase,
        name=wanted(session, typed["--name"], _text("--name", translatable("The project's name"))),
        owner=wanted(session, typed["--owner"], _text("--owner", translatable("Who runs it"))),
        starts_on=wanted(session, typed["--starts"], Question("--starts", translatable("First day"), day)),
        ends_on=wanted(session, typed["--ends"], Question("--ends", translatable("Last day"), day)),
        municipalities=wanted(session, typed["--municipality"], _MUNICIPALITIES),
    )


def _without_asking(session: Session) -> str | None:
    """The staircase to begin from where nobody can be asked: any is a proposal that the project edits."""
    return None if session.may_ask else builtin_projects()[0]


def _text(option: str, question: str) -> Question[str]:
    def read(typed: str) -> str:
        text = read_text(option, typed)
        if text is None:
            raise Nameless
        return text

    return Question(option, question, read)


def _read_municipalities(typed: str) -> Sequence[str]:
    codes = [find_any_municipality(part).code for part in typed.split(",") if part.strip()]
    if not codes:
        raise NoMunicipalities
    return codes


_MUNICIPALITIES: Final = Question(
    "--municipality", translatable("Its municipalities, with commas between"), _read_municipalities
)
_STAIRCASE: Final = Question(
    "--steps-from",
    translatable("The project whose staircase to begin from"),
    read_project,
    builtin_projects(),
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
