"""What a report calls things: its language's messages and formats, and the project's own names made safe to print."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.table import SEX_NAMES, Scope
from arena_cli.formats import Formats
from arena_cli.language import ENGLISH, Language
from arena_cli.model import ALL, Destination, Municipality, Project, Step
from arena_cli.model.noun import Noun, dataclass
from arena_cli.render.page import Cell
from arena_cli.render.text import visible

NOTHING: Final = "–"
"""Zero in a table, as Swedish statistics write it."""

NOT_TOLD: Final = ".."
"""What is not known or not told, as Swedish statistics write it."""

SMALLEST_WHOLE_FOR_PERCENT: Final = 20
"""Of fewer, one person more or less is more than five per cent: numbers say it better."""

MOST_MUNICIPALITIES_NAMED: Final = 25
"""In a sentence, and with a block each. A longer list is a number; the tables have the names."""

ALL_OF_THEM: Final = 100

OUTCOMES: Final[Mapping[str, str]] = {
    "work": translatable("Work"),
    "studies": translatable("Studies"),
    "other": translatable("Other"),
    "unknown": translatable("Unknown"),
    "transferred": translatable("Another municipality"),
}
"""Destination groups, and what the latest ended spell may say instead."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Words(Noun):
    """The words of one report. Every name comes out on one line with nothing hidden in it."""

    language: Language
    formats: Formats
    project: Project
    municipalities: Mapping[str, Municipality]
    destinations: Mapping[str, Destination]
    cells: dict[int, Cell]
    phrases: dict[tuple[str, str, int], str]
    """Those of the counts so far: the same numbers come again and again."""

    @classmethod
    def of(cls, language: Language, project: Project, scope: Scope) -> Words:
        return cls(
            language=language,
            formats=Formats(language.code),
            project=project,
            municipalities={municipality.code: municipality for municipality in scope.municipalities},
            destinations={destination.code: destination for destination in scope.destinations},
            cells={},
            phrases={},
        )

    # -- messages and numbers -----------------------------------------------------------------------------------------

    def text(self, message: str, /, **facts: str | Enum) -> str:
        return self.language.text(message, **facts)

    def plural(self, one: str, many: str, /, number: int) -> str:
        """A number with its noun: "1 spell", "268 spells"; the forms hold it as `{number}`."""
        phrase = one, many, number
        if phrase not in self.phrases:
            self.phrases[phrase] = self.language.plural(one, many, count=number, number=self.number(number))
        return self.phrases[phrase]

    def number(self, number: int) -> str:
        return self.formats.number(number)

    def cell(self, number: int) -> Cell:
        if number not in self.cells:
            self.cells[number] = Cell(self.number(number)) if number else Cell(NOTHING, "zero")
        return self.cells[number]

    def hours(self, minutes: int) -> Cell:
        """As in 1 234:30, hours and minutes."""
        return Cell(f"{self.number(minutes // 60)}:{minutes % 60:02}") if minutes else self.cell(0)

    def known(self, number: int | None) -> Cell:
        """What is no count: two dots where it is not known or not told."""
        return Cell(NOT_TOLD) if number is None else Cell(self.number(number))

    def share(self, part: int, whole: int, unknown: int, not_due: int = 0) -> str:
        """A rate with its denominator and its unknowns: "53 of 123 (43%); 42 unknown", and those not yet due if any."""
        if not whole and not unknown:
            return self.share_of_due(part, whole, not_due)
        unknowns = self.plural("{number} unknown", "{number} unknown", number=unknown)
        return "; ".join((self._part(part, whole), unknowns, *self._not_due(not_due)))

    def share_of_due(self, part: int, whole: int, not_due: int) -> str:
        """As in "3 of 5; 2 not yet due": what is too young to be asked about is in neither number."""
        share = (self._part(part, whole),) if whole or not not_due else ()
        return "; ".join((*share, *self._not_due(not_due)))

    def _part(self, part: int, whole: int) -> str:
        if not whole:
            return NOTHING
        numbers = {"part": self.number(part), "whole": self.number(whole)}
        if whole < SMALLEST_WHOLE_FOR_PERCENT:
            return self.text(translatable("{part} of {whole}"), **numbers)
        return self.text(translatable("{part} of {whole} ({percent})"), percent=self.percent(part, whole), **numbers)

    def _not_due(self, number: int) -> tuple[str, ...]:
        return (self.plural("{number} not yet due", "{number} not yet due", number=number),) if number else ()

    def percent(self, part: int, whole: int) -> str:
        """As in 43%, of a whole that is not zero."""
        hundredths = (200 * part + whole) // (2 * whole)  # half a per cent is rounded up
        if part and not hundredths:
            return self.text(translatable("under {percent}"), percent=self.formats.percent(1))
        if part < whole and hundredths == ALL_OF_THEM:
            return self.text(translatable("over {percent}"), percent=self.formats.percent(99))
        return self.formats.percent(hundredths)

    # -- names --------------------------------------------------------------------------------------------------------

    def name(self, name: str) -> str:
        return visible(name)

    def project_name(self) -> str:
        return self.in_language(self.project.name, self.project.name_en)

    def municipality(self, code: str) -> str:
        """As the row of a table is called."""
        if code == ALL:
            return self.text(translatable("The whole project"))
        return visible(self.municipalities[code].short_name)

    def place(self, code: str) -> str:
        """As within a sentence."""
        return self.text(translatable("the whole project")) if code == ALL else self.municipality(code)

    def some_municipalities(self, codes: Collection[str]) -> str:
        """Their names in a sentence, or how many they are."""
        if len(codes) > MOST_MUNICIPALITIES_NAMED:
            return self.plural("{number} municipality", "{number} municipalities", number=len(codes))
        return self.formats.series(self.municipality(code) for code in codes)

    def official_name(self, code: str) -> str:
        return visible(self.municipalities[code].name)

    def in_alphabet(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The codes in the order of the municipalities' names."""
        return tuple(sorted(codes, key=lambda code: self.language.sort_key(self.municipality(code))))

    def sex(self, sex: str) -> str:
        return self.text(SEX_NAMES[sex])

    def outcome(self, group: str) -> str:
        return self.text(OUTCOMES[group])

    def destination(self, code: str) -> str:
        destination = self.destinations[code]
        return self.in_language(destination.name, destination.name_en)

    def step(self, step: Step) -> str:
        """With its position: "2 Social training"."""
        return f"{step.position} {self.in_language(step.name, step.name_en)}"

    def step_number(self, step: Step) -> str:
        """Short enough for the heading of a narrow column."""
        return self.text(translatable("Step {position}"), position=str(step.position))

    def not_placed(self) -> str:
        return self.text(translatable("No step"))

    def value(self, value: Enum) -> str:
        """A value of one of the model's enumerations, as a row of a table is called."""
        text = self.text("{value}", value=value)
        return f"{text[:1].upper()}{text[1:]}"

    def in_language(self, name: str, name_en: str) -> str:
        """A name in the language of the report; the Swedish one where there is no English."""
        return visible(name_en if self.language.code == ENGLISH and name_en else name)


def subject(words: Words, selected: tuple[str, ...]) -> str:
    """What a report is about: the project, and of some municipalities their names."""
    if not selected or len(selected) > MOST_MUNICIPALITIES_NAMED:
        return words.project_name()
    names = words.formats.series(words.official_name(code) for code in selected)
    return words.text(translatable("{project}: {municipalities}"), project=words.project_name(), municipalities=names)
