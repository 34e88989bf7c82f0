"""What somebody looks at persons for: asked for or given beforehand, and kept."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from arena_cli.cli.asking import Question
from arena_cli.cli.options import read_text
from arena_cli.errors import UsageProblem, translatable
from arena_cli.personal_number import refuse_personal_number

Purpose = Annotated[
    str | None,
    typer.Option("--purpose", metavar=translatable("TEXT"), help=translatable("What it is for; kept in the journal.")),
]


class NoPurpose(UsageProblem):
    message = translatable("Say in a few words what it is for; it is kept in the journal.")


def read_purpose(typed: str) -> str:
    """What was given as a purpose. Raises NoPurpose or PersonalNumberGiven."""
    purpose = read_text("--purpose", typed)
    if purpose is None:
        raise NoPurpose
    refuse_personal_number(purpose)
    return purpose


STANDING_PURPOSE: Final = translatable("monthly follow-up")
"""What a report is for when nobody says otherwise; the journal has it in English."""
FINDING_DUPLICATES: Final = translatable("to find who is registered twice")
REGISTERING_IDENTITY: Final = translatable("to register who a participant is")
STANDING_PURPOSES: Final = frozenset({STANDING_PURPOSE, FINDING_DUPLICATES, REGISTERING_IDENTITY})
"""What a command itself says it is for, where nobody is asked."""

PURPOSE: Final = Question("--purpose", translatable("What is it for"), read_purpose)
"""Asked before persons are looked at. Ask with `need` and `wanted`, as for --why."""
