"""What stands in the way of two participants becoming one, each with the commands that settle it."""

from __future__ import annotations

from arena_cli.errors import Phrasing, Refused, translatable


class Obstacle(Refused):
    """Something that two participants cannot both have. `commands` settle it, each by itself."""

    def __init__(self, *commands: str, **facts: object) -> None:
        super().__init__(**facts)
        self.commands = commands

    def sentence(self, language: Phrasing) -> str:
        """What contradicts, and under it the commands that settle it."""
        first, *others = (f"`{command}`" for command in self.commands)
        either = (language.text(translatable("or {command}"), command=command) for command in others)
        return "\n    ".join((f"- {super().sentence(language)}", first, *either))


class DifferentPersons(Obstacle):
    message = translatable("{kept} and {other} do not agree in what is registered about the person.")


class DifferentNumbers(Obstacle):
    message = translatable("{kept} and {other} have different personal identity numbers.")


class DifferentProtection(Obstacle):
    message = translatable("The data of {protected} are protected, those of {open} are not.")


class DifferentBackgrounds(Obstacle):
    message = translatable("{kept} and {other} have answered otherwise about the time of the first entry.")


class ImpossibleBackground(Obstacle):
    message = translatable("What {kept} and {other} have answered cannot both be: {reason}")


class DifferentIncome(Obstacle):
    message = translatable("{kept} and {other} live on different things before the first entry.")


class TwoWaits(Obstacle):
    message = translatable("{kept} and {other} both wait to start.")


class WaitsAndTakesPart(Obstacle):
    message = translatable("{waiting} waits to start, and {enrolled} is in the project since {entered_on}.")


class SpellsOverlap(Obstacle):
    message = translatable(
        "Spell {number} of {kept}, from {entered_on}, and spell {other_number} of {other}, from {other_entered_on}, "
        "overlap, and are not the same."
    )


class DifferentSteps(Obstacle):
    message = translatable("On {day} {kept} and {other} moved to different steps in the same spell.")


class PausesOverlap(Obstacle):
    message = translatable(
        "The pauses of {kept} from {paused_on} and of {other} from {other_paused_on}, in the same spell, overlap, "
        "and are not the same."
    )


class PlacementsOverlap(Obstacle):
    message = translatable(
        "{kept} and {other} are on {place} at the same time in the same spell, from {placed_on} and from "
        "{other_placed_on}, and the days are not the same."
    )


class DifferentHours(Obstacle):
    message = translatable("{kept} and {other} have different hours of {activity} in {month}, in the same spell.")


class DifferentFollowUps(Obstacle):
    message = translatable("{kept} and {other} have answered otherwise in the follow-up of the same spell: {kind}.")
