"""Every command by its panel, with the line that `arena --help` says of it, and the module that holds it.

Kept apart from the commands, so that `arena --help` loads none of them and a command loads no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from arena_cli.errors import translatable


class Command(NamedTuple):
    """What stands behind a command's name. `help` goes on where the index's line ends."""

    function: Callable[..., None]
    example: str
    help: str = ""


class Panel(NamedTuple):
    """A group of commands: a heading in the help, a module of this package, and whether they change the file."""

    module: str
    title: str
    commands: Mapping[str, str]
    changes_file: bool = True


PANELS: Final = (
    Panel(
        "starting",
        translatable("Start"),
        {
            "init": translatable("Start a project: make its database file."),
            "demo": translatable("Make an invented project and its report."),
        },
    ),
    Panel(
        "registering",
        translatable("Register"),
        {
            "add-participant": translatable("Register somebody who enters the project."),
            "move-participant": translatable("Register a move to another step."),
            "exit-participant": translatable("Register that somebody has left."),
            "readmit-participant": translatable("Register that somebody comes back."),
            "transfer-participant": translatable("Move somebody to another municipality."),
        },
    ),
    Panel(
        "importing",
        translatable("Import"),
        {
            "import": translatable("Take a municipality's list in."),
        },
    ),
    Panel(
        "correcting",
        translatable("Correct"),
        {
            "edit-participant": translatable("Correct sex, birth year or ref."),
            "edit-spell": translatable("Correct a spell: dates, municipality, exit."),
            "edit-move": translatable("Correct the day or the step of a move."),
            "undo": translatable("Undo the last change."),
        },
    ),
    Panel(
        "looking",
        translatable("Look"),
        {
            "show-participant": translatable("Show somebody's way through the project."),
            "list-participants": translatable("List participants."),
            "list-municipalities": translatable("List the project's municipalities."),
            "list-steps": translatable("List the steps of the staircase."),
            "list-destinations": translatable("List where leavers can have gone."),
            "list-referrals": translatable("List who can have sent a participant."),
            "list-changes": translatable("List what was changed, when and by whom."),
        },
        changes_file=False,
    ),
    Panel(
        "reporting",
        translatable("Report"),
        {
            "report": translatable("Write the monthly report."),
        },
        changes_file=False,
    ),
)
