"""What the commands that correct something have in common: what is corrected, to what, why, and the receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from arena_cli.cli.asking import Question
from arena_cli.cli.options import NONE, read_number, read_text
from arena_cli.cli.output import answer, say
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.model import Project
from arena_cli.personal_number import refuse_personal_number
from arena_cli.records import Record

MoveNumber = Annotated[
    str,
    typer.Argument(
        metavar=translatable("NUMBER"), help=translatable("Which move, as `arena show-participant` numbers them.")
    ),
]


class NothingGiven(UsageProblem):
    message = translatable("Nothing to correct was given: `arena {command} --help` shows what can be.")


class NoReason(UsageProblem):
    message = translatable("Say in a few words why; it is kept in the journal.")


def numbered(session: Session, typed: str) -> int:
    """The number of what is corrected or taken away, as the lists have it. Raises NotANumber."""
    return read_number(session.language.text(translatable("NUMBER")), typed)


def read_corrections(session: Session, **given: tuple[str | None, Callable[[str], object]]) -> dict[str, Any]:
    """The values to be corrected, by field, of the options that were given. Raises NothingGiven."""
    corrected = {field: read(typed) for field, (typed, read) in given.items() if typed is not None}
    if not corrected:
        raise NothingGiven(command=session.command)
    return corrected


def or_none(read: Callable[[str], object]) -> Callable[[str], object]:
    """Read `-` as nothing, and all else as before."""
    return lambda typed: None if typed.strip() == NONE else read(typed)


def say_correction(session: Session, project: Project, code: str, before: Record, after: Record) -> None:
    """Print the code, and say in what the two versions differ."""
    difference = Wording(project, session.language).correction(before, after)
    message = translatable("{code}: {difference}.") if difference else translatable("{code}: nothing differs.")
    say(session.language.text(message, code=code, difference=difference))
    answer(code)


def _read_reason(typed: str) -> str:
    reason = read_text("--why", typed)
    if reason is None:
        raise NoReason
    refuse_personal_number(reason)
    return reason


WHY: Final = Question("--why", translatable("Why"), _read_reason)
"""Asked before every correction."""
