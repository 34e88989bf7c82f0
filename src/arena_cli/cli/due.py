"""The work list: what is to be done about whom, and the command that settles it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import typer

from arena_cli import casework
from arena_cli.casework.protection import SHIELDED, protected_codes
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, MunicipalityName
from arena_cli.cli.output import answer_json, say, table
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session, quoted
from arena_cli.due import Item, Matter
from arena_cli.due import due as work_list
from arena_cli.errors import translatable
from arena_cli.lookup import find_municipality

SOMETHING_DUE: Final = 8
"""The exit code when something is to be done, so that cron can tell."""

OnlyOf = Annotated[
    str | None,
    typer.Argument(metavar=translatable("[CODE]"), help=translatable("Only this participant.")),
]
Quiet = Annotated[bool, typer.Option("--quiet", help=translatable("Print nothing where there is nothing to do."))]

_WHAT: Final[Mapping[Matter, str]] = {
    Matter.FOLLOW_UP_IMMEDIATE: translatable("follow up, within four weeks of leaving"),
    Matter.FOLLOW_UP_SIX_MONTHS: translatable("follow up, six months after leaving"),
    Matter.DESTINATION: translatable("record where the leaver went"),
    Matter.INCOMPLETE: translatable("the fund requires: {about}"),
    Matter.QUIET: translatable("60 days without a step or a contact"),
    Matter.PLACEMENT_END: translatable("placement on {about} past its planned end"),
    Matter.CERTIFICATION: translatable("certify the hours of {about}"),
    Matter.WAITING: translatable("has waited to start for more than 30 days"),
    Matter.PAUSE: translatable("paused for more than 90 days"),
}


def due(
    context: typer.Context,
    code: OnlyOf = None,
    *,
    municipality: MunicipalityName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List what is to be done, the most overdue first."""
    session: Session = context.obj
    with session.reading() as store:
        project = store.project()
        place = find_municipality(project, municipality) if municipality is not None else None
        participant = casework.find_participant(store, code).code if code is not None else None
        items = work_list(store, session.today, place, participant)
        protected = protected_codes(store)
    if place is not None:
        items = [item for item in items if item.participant not in protected]
    items = [item.shielded(SHIELDED) if item.participant in protected else item for item in items]
    if as_json:
        answer_json([_as_json(item, session) for item in items])
    elif items:
        wording = Wording(project, session.language)
        headings = (
            translatable("Code"),
            translatable("Municipality"),
            translatable("What"),
            translatable("Due"),
            translatable("Days late"),
            translatable("Command"),
        )
        table(
            [session.language.text(heading) for heading in headings], [_row(item, wording, session) for item in items]
        )
    if not quiet:
        _say_how_many(session, items)
    if items:
        raise typer.Exit(SOMETHING_DUE)


def _row(item: Item, wording: Wording, session: Session) -> tuple[object, ...]:
    about = ", ".join(wording.column(part) if item.kind is Matter.INCOMPLETE else part for part in item.about)
    return (
        item.participant,
        wording.value("municipality", item.municipality),
        wording.language.text(_WHAT[item.kind], about=about),
        item.due_on,
        item.days_overdue,
        to_paste(item.command, session),
    )


def to_paste(command: str, session: Session) -> str:
    """A proposed command as this user starts arena, on the file that was asked about."""
    as_started = session.program + command.removeprefix("arena")
    return as_started if session.db is None else f"{as_started} --db {quoted(str(session.db))}"


def _say_how_many(session: Session, items: list[Item]) -> None:
    language = session.language
    if not items:
        say(language.text(translatable("Nothing is due.")))
        return
    late = sum(item.days_overdue > 0 for item in items)
    say(language.plural("{count} thing to do, {late} overdue", "{count} things to do, {late} overdue",
                        count=len(items), late=late))  # fmt: skip


def _as_json(item: Item, session: Session) -> dict[str, object]:
    return {
        "kind": item.kind.value,
        "code": item.participant,
        "municipality": item.municipality,
        "since": item.since.isoformat(),
        "due_on": item.due_on.isoformat(),
        "days_overdue": item.days_overdue,
        "about": list(item.about),
        "command": to_paste(item.command, session),
    }


COMMANDS: Final = {
    "due": Command(
        due,
        "arena due --municipality Krokom",
        translatable(
            "Each line ends with the command that settles it; words in capitals stand for what only you know. "
            "Ends with code 8 if anything is due, 0 if nothing is, for cron."
        ),
    ),
}
