"""Two participants who are one person, or who are not: joined, split again, and told apart."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from arena_cli.casework import merging
from arena_cli.casework.joining.obstacles import Obstacle
from arena_cli.casework.merging import CannotMerge, Merging
from arena_cli.cli.asking import confirm, need, wanted
from arena_cli.cli.corrections import WHY
from arena_cli.cli.index import Command
from arena_cli.cli.options import Why, Yes, read_text
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session
from arena_cli.errors import translatable

Kept = Annotated[
    str, typer.Argument(metavar=translatable("CODE"), help=translatable("The participant whose code is kept."))
]
Other = Annotated[
    str, typer.Argument(metavar=translatable("CODE"), help=translatable("The participant who is the same person."))
]
First = Annotated[
    str, typer.Argument(metavar=translatable("CODE"), help=translatable("The one participant's code, as in K7QX-4M."))
]
Second = Annotated[
    str, typer.Argument(metavar=translatable("CODE"), help=translatable("The other participant's code."))
]
MergeWhy = Annotated[
    str | None,
    typer.Option("--why", metavar=translatable("TEXT"), help=translatable("How it is known; kept in the journal.")),
]
Withdraw = Annotated[bool, typer.Option("--withdraw", help=translatable("They may be one person after all."))]


def merge_participants(
    context: typer.Context, code: Kept, other: Other, *, why: MergeWhy = None, yes: Yes = False
) -> None:
    """Make two participants who are one person into one."""
    session: Session = context.obj
    need(session, {"--why": why, "--yes": yes or None})
    with session.writing() as store:
        try:
            foreseen = merging.foresee(store, code, other, session.today)
        except CannotMerge as refusal:
            raise _as_typed_here(refusal, session) from None
        occasion = session.occasion(wanted(session, why, WHY))
        for line in _what_happens(foreseen, session):
            say(line)
        if not yes:
            question = translatable("Make {other} and {kept} one participant, {kept}?")
            confirm(session, "--yes", session.language.text(question, **_codes(foreseen)))
        done = merging.merge(store, occasion, code, other)
    say(session.language.text(translatable("{other} is {kept} now."), **_codes(done)))
    answer(done.kept.code)


def _what_happens(foreseen: Merging, session: Session) -> list[str]:
    language, codes = session.language, _codes(foreseen)
    said = []
    if foreseen.moved:
        said.append(language.plural("{count} spell of {other} becomes a spell of {kept}.",
                                    "{count} spells of {other} become spells of {kept}.",
                                    count=len(foreseen.moved), **codes))  # fmt: skip
    for twice in foreseen.twice:
        message = translatable(
            "The spell from {entered_on} is registered with both: that of {other} becomes misregistered, and what "
            "hangs on it and is not with {kept} goes over."
        )
        said.append(language.text(message, entered_on=twice.entered_on, **codes))
    if foreseen.were_distinguished:
        said.append(language.text(translatable("They were said to be two persons; that is taken back.")))
    if foreseen.came_along:
        message = translatable("With {other} comes who was joined with {other} before: {codes}.")
        said.append(language.text(message, codes=foreseen.came_along, **codes))
    return said + [remark.sentence(language) for remark in foreseen.remarks]


def _codes(foreseen: Merging) -> dict[str, str]:
    return {"kept": foreseen.kept.code, "other": foreseen.other.code}


def _as_typed_here(refusal: CannotMerge, session: Session) -> CannotMerge:
    """The plan with its commands as this user starts arena, on the file in question."""
    from arena_cli.cli.due import to_paste

    obstacles: tuple[Obstacle, ...] = tuple(refusal.obstacles)
    for obstacle in obstacles:
        obstacle.commands = tuple(to_paste(command, session) for command in obstacle.commands)
    return refusal


def split_participants(context: typer.Context, code: Kept, other: Other, *, why: Why = None) -> None:
    """Take a merge back, also a while later."""
    session: Session = context.obj
    need(session, {"--why": why})
    with session.writing() as store:
        occasion = session.occasion(wanted(session, why, WHY))
        first, second = merging.split(store, occasion, code, other)
    message = translatable("{other} and {kept} are two participants again.")
    say(session.language.text(message, kept=first.code, other=second.code))
    answer(second.code)


def distinguish_participants(
    context: typer.Context, code: First, other: Second, *, withdraw: Withdraw = False, why: MergeWhy = None
) -> None:
    """Remember that two participants are two persons."""
    session: Session = context.obj
    occasion = session.occasion(read_text("--why", why) if why is not None else None)
    with session.writing() as store:
        deed = merging.no_longer_distinguished if withdraw else merging.distinguish
        first, second = deed(store, occasion, code, other)
    message = translatable("{kept} and {other} are two persons; `arena find-duplicates` leaves them out.")
    if withdraw:
        message = translatable("{kept} and {other} may be one person; `arena find-duplicates` looks at them again.")
    say(session.language.text(message, kept=first.code, other=second.code))


COMMANDS: Final = {
    "merge-participants": Command(
        merge_participants,
        'arena merge-participants K7QX-4M P2MM-8A --why "samma person, ringde"',
        translatable(
            "The second one's records become the first one's, and the second code leads to the first. What contradicts "
            "is refused with the commands that settle it. `arena undo` takes it back, later `arena split-participants`."
        ),
    ),
    "split-participants": Command(
        split_participants,
        'arena split-participants K7QX-4M P2MM-8A --why "två personer"',
        translatable("Each gets back what was theirs; what hangs on a spell goes with the spell."),
    ),
    "distinguish-participants": Command(
        distinguish_participants,
        "arena distinguish-participants K7QX-4M P2MM-8A",
        translatable("`arena find-duplicates` does not propose them any more."),
    ),
}
