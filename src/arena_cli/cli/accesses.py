"""Who saw what of persons, and what for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Final, NamedTuple

import typer

from arena_cli.casework.access import what_in_words
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, date_of
from arena_cli.cli.output import answer_json, say, table
from arena_cli.cli.purpose import STANDING_PURPOSES
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.model import Access, AccessAction
from arena_cli.participant_code import read_code
from arena_cli.records import TABLES
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden

Since = Annotated[
    str | None,
    typer.Option("--since", metavar=translatable("DATE"), help=translatable("Only looks on this day or later.")),
]
OfParticipant = Annotated[
    str | None,
    typer.Option(
        "--participant",
        metavar=translatable("CODE"),
        help=translatable("Only what was seen of this participant alone, or of lists of many."),
    ),
]

ACTION_NAMES: Final = {
    AccessAction.READ: translatable("read"),
    AccessAction.SEARCH: translatable("searched"),
    AccessAction.EXPORT: translatable("exported"),
    AccessAction.EXTRACT: translatable("register extract"),
}


class Seen(NamedTuple):
    """A look at persons, with its journal entry's time, actor and command."""

    access: Access
    at: str
    actor: str
    command: str

    @property
    def when(self) -> datetime:
        """The time in Sweden."""
        return in_sweden(datetime.fromisoformat(self.at))


def seen(store: Store) -> Iterator[Seen]:
    """Every look at persons, the oldest first."""
    told = store.rows("SELECT record, at, actor, command FROM journal WHERE subject = ?", (TABLES[Access],))
    entries = {record: occasion for record, *occasion in told}
    for access in store.records(Access, "ORDER BY id"):
        yield Seen(access, *entries[access.id])


def list_accesses(
    context: typer.Context, participant: OfParticipant = None, since: Since = None, as_json: AsJson = False
) -> None:
    """List who looked at what is kept of persons, which reports were delivered, and what for."""
    session: Session = context.obj
    from_day = date_of("--since", session.today)(since) if since is not None else date.min
    code = (read_code(participant) or participant) if participant is not None else None
    with session.reading() as store, store.snapshot():
        shown = [s for s in seen(store) if code is None or _concerns(s.access, code)]
    shown = [s for s in shown if s.when.date() >= from_day]
    if as_json:
        answer_json([_as_json(s) for s in shown])
        return
    language = session.language
    headings = (
        translatable("When"),
        translatable("Who"),
        translatable("Command"),
        translatable("What"),
        translatable("Participant"),
        translatable("Persons"),
        translatable("What for"),
    )
    table([language.text(h) for h in headings], [_row(s, session) for s in shown])
    say(language.plural("{count} look at persons", "{count} looks at persons", count=len(shown)))


def _concerns(access: Access, code: str) -> bool:
    """Whether a look may have been at a participant."""
    return access.code == code or (access.code is None and not access.is_of_report)


def _row(found: Seen, session: Session) -> tuple[object, ...]:
    access = found.access
    seen_as, purpose = _what(access, session), access.purpose
    if purpose in STANDING_PURPOSES:
        purpose = session.language.text(purpose)
    when = found.when.strftime("%Y-%m-%d %H:%M")
    return (when, found.actor, found.command, seen_as, access.code, access.persons, purpose)


def _what(access: Access, session: Session) -> str:
    what = what_in_words(access.what, session.language)
    if access.is_of_report:
        return what
    return ": ".join(dict.fromkeys((session.language.text(ACTION_NAMES[access.action]), what)))


def _as_json(found: Seen) -> dict[str, object]:
    access = found.access
    return {
        "at": found.at,
        "actor": found.actor,
        "command": found.command,
        "action": access.action.value,
        "what": access.what,
        "participant": access.code,
        "persons": access.persons,
        "purpose": access.purpose,
    }


COMMANDS: Final = {
    "list-accesses": Command(
        list_accesses,
        "arena list-accesses --participant K7QX-4M",
        translatable(
            "A look is written down before anything is shown. None can be changed or undone. A report tells of no "
            "single person; one that is only printed, without --out, is not written down."
        ),
    ),
}
