"""Asking, before more are on a place than there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, TypeVar

import typer

from arena_cli.casework.placements import BeyondCapacity
from arena_cli.cli.asking import confirm
from arena_cli.cli.world import Session
from arena_cli.errors import translatable

AllowBeyondCapacity = Annotated[
    bool,
    typer.Option("--beyond-capacity", help=translatable("Do not ask where there are more than there is room for.")),
]

_BEYOND_CAPACITY: Final = translatable(
    "{place} has room for {capacity}, and on {day} there would be {there}. Is that right?"
)

T = TypeVar("T")


def asking_beyond_capacity(session: Session, allowed: bool, deed: Callable[[bool], T]) -> T:
    """Do it; where there would be more than there is room for, ask first, if there is somebody to ask."""
    try:
        return deed(allowed)
    except BeyondCapacity as refusal:
        if not session.may_ask:
            raise
        confirm(session, "--beyond-capacity", session.language.text(_BEYOND_CAPACITY, **refusal.facts))
    return deed(True)
