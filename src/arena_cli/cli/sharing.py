"""The project's settings that are not about its participants."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from arena_cli.cli.asking import need, wanted
from arena_cli.cli.corrections import WHY
from arena_cli.cli.index import Command
from arena_cli.cli.output import say
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.store import Store

ShareWhy = Annotated[
    str | None,
    typer.Option(
        "--why", metavar=translatable("TEXT"), help=translatable("Why it is allowed or not; kept in the journal.")
    ),
]
Revoke = Annotated[bool, typer.Option("--revoke", help=translatable("Allow it no longer."))]


def allow_network_share(context: typer.Context, *, revoke: Revoke = False, why: ShareWhy = None) -> None:
    """Let this file be written to where two computers can reach it at once."""
    session: Session = context.obj
    need(session, {"--why": why})
    reason = wanted(session, why, WHY)
    with Store.open(session.database, writing=True, on_share=True, keys=session.find_key) as store:
        if store.may_lie_on_share() is revoke:
            with store.change(session.occasion(reason)) as change:
                change.allow_network_share(allowed=not revoke)
            message = translatable("The file may no longer be written to on a network share.") if revoke else _ALLOWED
        else:
            message = translatable("Nothing was changed: it was so already.")
    say(session.language.text(message))


_ALLOWED: Final = translatable(
    "The file may be written to on a network share. Let one computer at a time do it, and make backups often."
)

COMMANDS: Final = {
    "allow-network-share": Command(
        allow_network_share,
        'arena allow-network-share --why "ingen annan disk"',
        translatable(
            "A share is known to mislead SQLite about locks and about what is written. The better way: the file on one "
            "computer's own disk, reports and backups on the share."
        ),
    ),
}
