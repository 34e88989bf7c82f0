"""Every command by its panel, with the line that `arena --help` says of it, and the module that holds it.

Kept apart from the commands, so that `arena --help` loads none of them and a command loads no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from arena_cli.errors import translatable


class Command(NamedTuple):
    """What stands behind a command's name. `help` goes on where the index's line ends."""

    function: Callable[..., None]
    example: str
    help: str = ""


class Panel(NamedTuple):
    """A group of commands: a heading in the help, a module of this package, and whether they change the file.

    Those that follow on each other with the same heading stand under it together.
    """

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
        translatable("Register"),
        {
            "import": translatable("Take a municipality's list in."),
        },
    ),
    Panel(
        "blank",
        translatable("Register"),
        {
            "write-template": translatable("Write an empty list for a municipality to fill in."),
        },
        changes_file=False,
    ),
    Panel(
        "pausing",
        translatable("Wait and pause"),
        {
            "assign-participant": translatable("Register somebody who waits to start."),
            "start-participant": translatable("Register that the wait has ended with a start."),
            "withdraw-participant": translatable("Register that the wait has ended without one."),
            "list-waiting": translatable("List who waits to start."),
            "pause-participant": translatable("Register that somebody takes a break."),
            "resume-participant": translatable("Register the first day back."),
            "edit-pause": translatable("Correct a pause."),
            "remove-pause": translatable("Take away a pause that never was."),
        },
    ),
    Panel(
        "background",
        translatable("Before and after"),
        {
            "add-background": translatable("Record what the fund asks at the entry."),
        },
    ),
    Panel(
        "following_up",
        translatable("Before and after"),
        {
            "add-follow-up": translatable("Record how it went for somebody who left."),
        },
    ),
    Panel(
        "places",
        translatable("Places and placements"),
        {
            "add-place": translatable("Register a place at a workplace."),
            "edit-place": translatable("Correct a place."),
            "close-place": translatable("Register a place's last day."),
            "remove-place": translatable("Take away a place that never was."),
            "list-places": translatable("List the places and where there is room."),
        },
    ),
    Panel(
        "placements",
        translatable("Places and placements"),
        {
            "place-participant": translatable("Register that somebody begins on a place."),
            "end-placement": translatable("Register the last day on a place."),
            "edit-placement": translatable("Correct a placement."),
            "remove-placement": translatable("Take away a placement that never was."),
        },
    ),
    Panel(
        "attendance",
        translatable("Hours"),
        {
            "add-hours": translatable("Register hours of one or several participants."),
            "certify-hours": translatable("Certify the hours of a month."),
            "list-hours": translatable("List the hours of a month."),
            "list-activities": translatable("List what hours can be spent on."),
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
        "rectifying",
        translatable("Correct"),
        {
            "remove-move": translatable("Take away a move that never was."),
            "edit-assignment": translatable("Correct the wait of somebody who was assigned."),
            "remove-assignment": translatable("Take away a wait that never was."),
            "misregister-participant": translatable("Take somebody registered by mistake out of every count."),
        },
    ),
    Panel(
        "duplicates",
        translatable("One person or two"),
        {
            "find-duplicates": translatable("List who may be one person."),
        },
        changes_file=False,
    ),
    Panel(
        "merging",
        translatable("One person or two"),
        {
            "merge-participants": translatable("Join two participants who are one person."),
            "split-participants": translatable("Take such a joining back."),
            "distinguish-participants": translatable("Remember that two are two persons."),
        },
    ),
    Panel(
        "due",
        translatable("To do"),
        {
            "due": translatable("List what is to be done, and how."),
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
        "accesses",
        translatable("Look"),
        {
            "list-accesses": translatable("List who looked at what is kept of persons, and what for."),
        },
        changes_file=False,
    ),
    Panel(
        "identities",
        translatable("Who it is"),
        {
            "set-identity": translatable("Register or correct who a participant is."),
            "show-identity": translatable("Show who a participant is."),
            "find-participant": translatable("Find a participant's code by personal identity number or name."),
            "remove-identity": translatable("Take away all that is kept of who a participant is."),
            "set-protection": translatable("Say whether a participant's data are protected."),
            "keep-identities": translatable("Decide what the project keeps of who its participants are."),
        },
    ),
    Panel(
        "targets",
        translatable("Targets"),
        {
            "set-target": translatable("Set a target of the project or of a municipality."),
            "list-targets": translatable("List the targets."),
        },
    ),
    Panel(
        "notes",
        translatable("Learn and decide"),
        {
            "add-note": translatable("Tell what was tried and what comes next."),
            "settle-note": translatable("Say what came of a next step."),
            "edit-note": translatable("Correct a note."),
            "remove-note": translatable("Take away a note."),
            "list-notes": translatable("List the notes."),
        },
    ),
    Panel(
        "decisions",
        translatable("Learn and decide"),
        {
            "add-decision": translatable("Register what was decided."),
            "close-decision": translatable("Say that a decision is done or dropped."),
            "edit-decision": translatable("Correct a decision."),
            "remove-decision": translatable("Take away a decision."),
            "list-decisions": translatable("List the decisions that are open."),
        },
    ),
    Panel(
        "reporting",
        translatable("Report"),
        {
            "report": translatable("Write the monthly report."),
        },
        changes_file=False,
    ),
    Panel(
        "delivering",
        translatable("Report"),
        {
            "list-reports": translatable("List the reports that were delivered."),
        },
        changes_file=False,
    ),
    Panel(
        "sending",
        translatable("Report"),
        {
            "send-report": translatable("Mail a delivered report."),
        },
        changes_file=False,
    ),
    Panel(
        "scheduling",
        translatable("Report"),
        {
            "schedule": translatable("Print what makes the report come by itself."),
        },
        changes_file=False,
    ),
    Panel(
        "explaining",
        translatable("Report"),
        {
            "why": translatable("Show who is behind a figure of the report."),
        },
    ),
    Panel(
        "exporting",
        translatable("Lists and files for others"),
        {
            "export": translatable("Write figures or records as a list: CSV, Excel or JSON."),
        },
    ),
    Panel(
        "official",
        translatable("Lists and files for others"),
        {
            "write-scb-file": translatable("Write a month's file for SCB."),
            "list-scb-files": translatable("List the files for SCB, and which must be sent again."),
        },
    ),
    Panel(
        "extracting",
        translatable("Persons' rights and retention"),
        {
            "export-participant": translatable("Write all that is stored on a person into files."),
        },
    ),
    Panel(
        "retaining",
        translatable("Persons' rights and retention"),
        {
            "set-retention": translatable("Enter a day that retention counts from, or the rules anew."),
            "retain": translatable("Say until when persons' data is kept, plan what goes, and erase it."),
        },
    ),
    Panel(
        "keeping",
        translatable("Keep safe"),
        {
            "backup": translatable("Make a checked copy of the file elsewhere."),
            "check": translatable("Check that the file is sound."),
            "doctor": translatable("Look at the file, its place, its backups and reports, the disk and the clock."),
        },
        changes_file=False,
    ),
    Panel(
        "restoring",
        translatable("Keep safe"),
        {
            "restore": translatable("Take a backup back into use, or try whether one could be."),
        },
    ),
    Panel(
        "sharing",
        translatable("Keep safe"),
        {
            "allow-network-share": translatable("Let the file be written to on a network share."),
        },
    ),
    Panel(
        "encrypting",
        translatable("Encrypt"),
        {
            "encrypt-file": translatable("Encrypt the project's file."),
            "decrypt-file": translatable("Take the encryption off the project's file."),
            "key rotate": translatable("Encrypt the file with a new key."),
        },
    ),
    Panel(
        "keys",
        translatable("Encrypt"),
        {
            "key test": translatable("Try whether a key opens a file or a backup."),
            "key list": translatable("List the keys and what needs them."),
            "key restore": translatable("Take the key from the recovery sheet."),
            "key forget": translatable("Remove a key that nothing needs any more."),
        },
        changes_file=False,
    ),
)


def command_name(word: str, following: str) -> str:
    """The name of a command by its first word and the one after it: some names are of two words."""
    both = f"{word} {following}"
    return both if any(both in panel.commands for panel in PANELS) else word


def headings() -> Iterator[tuple[str, list[Panel]]]:
    """The panels under their headings."""
    for title, panels in groupby(PANELS, key=lambda panel: panel.title):
        yield title, list(panels)
