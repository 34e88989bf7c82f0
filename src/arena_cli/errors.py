"""Every refusal: a sentence in the user's language that says what to do next, and an exit code.

A refusal carries facts, not prose. Its sentence is an English message in the catalogue, filled with the facts when
the command line knows the language. Facts never hold what a person typed about a participant: participants are
named by code, rows of a file by number. Exit codes: docs/exit-codes.md.
"""

from __future__ import annotations

from typing import ClassVar, Protocol


def translatable(message: str) -> str:
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


class Phrasing(Protocol):
    """What a refusal needs of a language: its catalogue, and how it writes a fact."""

    def text(self, message: str, /, **facts: object) -> str: ...


class ArenaError(Exception):
    """A refusal. Subclasses set `message` and, by their family, `exit_code`."""

    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    def sentence(self, language: Phrasing) -> str:
        """The refusal in words, one line a fact that is a list of sentences may make into several."""
        return language.text(self.message, **self.facts)


class UsageProblem(ArenaError):
    """The command was typed wrongly."""

    exit_code = 2


class DataProblem(ArenaError):
    """What was given or stored is faulty: a list, a project file, a report that does not reconcile."""

    exit_code = 3


class NotFound(ArenaError):
    """No such file, participant, step, municipality, destination or month."""

    exit_code = 4


class Refused(ArenaError):
    """It cannot have happened, or must not be done."""

    exit_code = 5


class Busy(ArenaError):
    """Another command holds the file; trying again later is right."""

    exit_code = 6
    message = translatable(
        "The database file is in use by another command. Nothing was changed: try again in a moment."
    )


class CannotWrite(ArenaError):
    """A disk, a folder or a permission stands in the way."""

    exit_code = 7


class Remark:
    """Something worth saying that stops nothing: a message for the catalogue and its facts."""

    def __init__(self, message: str, **facts: object) -> None:
        self.message = message
        self.facts = facts

    def sentence(self, language: Phrasing) -> str:
        """Say it in the user's language."""
        return language.text(self.message, **self.facts)
