"""What the commands for notes and for decisions have in common: options, names in texts, how they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Final

import typer

from arena_cli.cli.asking import confirm, need
from arena_cli.cli.corrections import or_none
from arena_cli.cli.options import read_text
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.lookup import find_key_measure, find_municipality
from arena_cli.model import ALL, Decision, Note, Project
from arena_cli.personal_names import name_places

Whose = Annotated[
    str | None,
    typer.Option(
        "--municipality",
        metavar=translatable("NAME"),
        help=translatable("The municipality, by name or code. Otherwise the whole project."),
    ),
]
CorrectedWhose = Annotated[
    str | None,
    typer.Option(
        "--municipality",
        metavar=translatable("NAME"),
        help=translatable("The municipality, by name or code; `-` for the whole project."),
    ),
]
MeasureName = Annotated[
    str | None,
    typer.Option(
        "--measure",
        metavar="intake|moved_up|exits|...",
        help=translatable("The key figure in which it should show; the report then says how it has changed."),
    ),
]
Result = Annotated[
    str | None, typer.Option("--result", metavar=translatable("TEXT"), help=translatable("What came of it."))
]
SettledOn = Annotated[
    str | None,
    typer.Option(
        "--settled", metavar=translatable("DATE"), help=translatable("The day it was settled; `-` opens it again.")
    ),
]
NoNames = Annotated[
    bool,
    typer.Option("--yes", help=translatable("Do not ask about words that look like a person's name.")),
]

_LOOKS_LIKE_A_NAME: Final = translatable(
    '{option}: word {numbers} looks like a person\'s name. Write the function instead, as in "the study counsellor".'
)
_WITHOUT_NAMES: Final = translatable("--yes keeps it as it is, where no word is a person's name.")
_KEEP_IT: Final = translatable("Keep it as it is? It is no person's name.")

OPTIONS: Final[Mapping[str, str]] = {
    "tried": "--tried",
    "happened": "--happened",
    "next_step": "--next",
    "question": "--question",
    "contact": "--contact",
    "result": "--result",
    "what": "--what",
    "responsible": "--responsible",
}
"""The texts by the option that gives them."""


def texts_of(typed: Mapping[str, str | None]) -> dict[str, Any]:
    """The texts that were typed, by field; nothing for `-`. Raises NotAText."""
    return {field: read_text(OPTIONS[field], text) if text is not None else None for field, text in typed.items()}


def readers_of(
    project: Project, texts: Mapping[str, str | None], municipality: str | None, measure: str | None
) -> dict[str, tuple[str | None, Callable[[str], object]]]:
    """How corrections are read that notes and decisions share."""

    def reader(option: str) -> Callable[[str], object]:
        return lambda typed: read_text(option, typed)

    return {
        **{field: (typed, reader(OPTIONS[field])) for field, typed in texts.items()},
        "municipality": (municipality, or_none(lambda typed: find_municipality(project, typed))),
        "shows_in": (measure, or_none(find_key_measure)),
    }


def look_for_names(session: Session, project: Project, texts: Mapping[str, Any], *, yes: bool) -> None:
    """Ask about words that look like a person's name. The words are counted, not repeated."""
    if yes:
        return
    known = [project.name, project.name_en, project.owner, *_names(project)]
    found = {
        option: places
        for field, option in OPTIONS.items()
        if (text := texts.get(field)) and (places := name_places(text, known))
    }
    if not found:
        return
    for option, places in found.items():
        numbers = ", ".join(map(str, places))
        say(session.language.text(_LOOKS_LIKE_A_NAME, option=option, numbers=numbers))
    if not session.may_ask:
        say(session.language.text(_WITHOUT_NAMES))
    need(session, {"--yes": None})
    confirm(session, "--yes", session.language.text(_KEEP_IT))


def _names(project: Project) -> list[str]:
    """What the project calls its things."""
    lookups = (project.municipalities, project.steps, project.destinations, project.referrals, project.activities)
    return [
        value
        for lookup in lookups
        for thing in lookup
        for field in fields(thing)
        if field.name in {"name", "name_en", "short_name"} and (value := getattr(thing, field.name))
    ]


def whose_of(told: Note | Decision, wording: Wording) -> str:
    """The municipality that it is about, or the whole project."""
    if told.municipality is None:
        return wording.language.text(translatable("The whole project"))
    return wording.value("municipality", told.municipality)


def say_corrected(session: Session, project: Project, before: Note | Decision, after: Note | Decision) -> None:
    """Print the number, and say in what the two versions differ."""
    difference = Wording(project, session.language).correction(before, after)
    message = translatable("{number}: {difference}.") if difference else translatable("{number}: nothing differs.")
    say(session.language.text(message, number=after.id, difference=difference))
    answer(str(after.id))


def list_told(
    session: Session, project: Project, told: list[Note] | list[Decision], columns: tuple[str, ...], as_json: bool
) -> None:
    """Print notes or decisions as a table or as JSON."""
    if as_json:
        answer_json([_as_json(one) for one in told])
        return
    wording = Wording(project, session.language)

    def cell(one: Note | Decision, column: str) -> str:
        return whose_of(one, wording) if column == "municipality" else wording.value(column, getattr(one, column))

    headings = [session.language.text(translatable("Number")), *map(wording.column, columns)]
    table(headings, [(one.id, *(cell(one, column) for column in columns)) for one in told])


def _as_json(told: Note | Decision) -> dict[str, object]:
    values = {field.name: getattr(told, field.name) for field in fields(told)}
    whose = {"number": values.pop("id"), "municipality": values.pop("municipality") or ALL}
    return whose | {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
