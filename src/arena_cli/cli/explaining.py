"""Why a figure is what it is: its definition, who is included, and who is not and for which reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Final

import typer

from arena_cli.casework.protection import protected_codes
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, MonthName, month_of
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.reporting import check_month
from arena_cli.cli.words import NOTHING, named
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.figures.described import SECTIONS
from arena_cli.figures.durations import FEWEST
from arena_cli.figures.table import SEX_CLASSES, SEX_NAMES
from arena_cli.figures.why import Address, Trace, Unit, trace
from arena_cli.language import LANGUAGES, Language, load_language
from arena_cli.lookup import find_municipality, find_sex, folded
from arena_cli.model import ALL, Month, Project

_TOTAL: Final = frozenset({ALL, "alla", "total", "totalt"})
"""What the total is called, in either language."""

_BY_OUTCOME: Final = frozenset({"exits", "left"})

FigureName = Annotated[
    str,
    typer.Argument(
        metavar=translatable("FIGURE"),
        help=translatable(
            "Its address: section/measure/municipality/sex, as in `arena report --format json`. "
            "The municipality may be a name; `all` is the total. Section, sex and the common measures may be the "
            "report's words."
        ),
    ),
]
All = Annotated[
    bool, typer.Option("--all", help=translatable("List everybody who is not included too, each with the reason."))
]


def why(
    context: typer.Context,
    figure: FigureName,
    *,
    month: MonthName = None,
    everybody: All = False,
    as_json: AsJson = False,
) -> None:
    """Show who is behind a figure."""
    session: Session = context.obj
    asked = Address.parse(figure)
    of_month = month_of(month, session.today)
    with session.reading() as store:
        project = store.project()
        check_month(of_month, project, session.today)
        found = trace(store, of_month, _in_codes(asked, project))
        if found.address.municipality != ALL:
            found = _shielded(found, protected_codes(store), session.language.text(translatable("protected")))
    if as_json:
        answer_json(
            {
                "included": [str(unit) for unit in found.included],
                "excluded": [{"code": str(u), "reason": session.language.text(r)} for u, r in found.excluded],
            }
        )
        return
    _tell(found, of_month, project, session.language, everybody=everybody)


def _shielded(found: Trace, protected: Container[str], word: str) -> Trace:
    """Of a municipality's figure it is not told which of those whose data are protected are in it."""

    def shielded(unit: Unit) -> Unit:
        return Unit(word) if unit.code in protected else unit

    return replace(
        found,
        included=tuple(shielded(unit) for unit in found.included),
        excluded=tuple((shielded(unit), reason) for unit, reason in found.excluded),
    )


def _in_codes(address: Address, project: Project) -> Address:
    """The address in the report's codes, where it has the words that the report or the list of figures has.

    Raises UnknownMunicipality or UnknownSex.
    """
    municipality, sex = (ALL if folded(part) in _TOTAL else part for part in (address.municipality, address.sex))
    if municipality != ALL:
        municipality = find_municipality(project, municipality)
    if sex not in {ALL, *SEX_CLASSES.values()}:
        sex = SEX_CLASSES[find_sex(sex)]
    section = _called(address.section, SECTIONS.items())
    measure = address.measure
    if isinstance(measure, str):
        measure = _called(measure, _labels(section))
    return Address(section, measure, municipality, sex)


def _called(typed: str, labels: Iterable[tuple[str, str]]) -> str:
    """The code of what is called so in either language; or else what was typed."""
    for code, label in labels:
        if folded(typed) in {folded(load_language(language).text(label)) for language in LANGUAGES}:
            return code
    return typed


def _labels(section: str) -> Iterator[tuple[str, str]]:
    from arena_cli.render.restated import LABELS
    from arena_cli.render.words import OUTCOMES

    yield from ((measure, label) for (of_section, measure), label in LABELS.items() if of_section == section)
    if section in _BY_OUTCOME:
        yield from OUTCOMES.items()


def _tell(found: Trace, month: Month, project: Project, language: Language, *, everybody: bool) -> None:
    number = NOTHING if found.value is None else str(found.value)
    answer(language.text(translatable("{figure}, {month}: {number}"), figure=found.address, month=month, number=number))
    answer(_in_words(found.address, project, language))
    answer(language.text(found.definition.meaning, **found.definition.facts))
    if found.value is None:
        say(language.text(translatable("Of fewer than {fewest} nothing is told."), fewest=FEWEST))
    if found.included:
        answer("")
        if found.amounts is None:
            table([language.text(translatable("Included"))], [(unit,) for unit in found.included])
        else:
            amount = language.text(translatable("Number"))
            table([language.text(translatable("Included")), amount], zip(found.included, found.amounts, strict=True))
    if found.excluded:
        answer("")
        reasons = Counter(reason for _, reason in found.excluded)
        heading = language.text(translatable("Not included"))
        because = language.text(translatable("Because"))
        if everybody:
            table([heading, because], [(unit, language.text(reason)) for unit, reason in found.excluded])
        else:
            table([heading, because], [(count, language.text(reason)) for reason, count in reasons.most_common()])


def _in_words(address: Address, project: Project, language: Language) -> str:
    """Where the figure stands, as the list of figures has it."""
    place = named(project.municipalities, address.municipality)
    return " · ".join(
        (
            language.text(SECTIONS.get(address.section, address.section)),
            language.text("{place}", place=place) if place else language.text(translatable("The whole project")),
            language.text(SEX_NAMES[address.sex]),
        )
    )


COMMANDS: Final = {
    "why": Command(
        why,
        "arena why stock_flow/exited/Krokom/women --month 2016-10",
        translatable(
            "Prints the definition, the number, the codes of all who are included, and how many are not, by reason. "
            "K7QX-4M/2 is the second spell of K7QX-4M, K7QX-4M/2/3 the participant's third move or placement, in that "
            "spell."
        ),
    ),
}
