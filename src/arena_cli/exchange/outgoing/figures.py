"""The report's figures as a list: one figure a row, with its address, what it counts, its unit and its value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from arena_cli.disclosure.edition import PublicFigure
from arena_cli.errors import translatable
from arena_cli.exchange.outgoing.tables import Column, Kind, Raw, Table
from arena_cli.figures.described import SECTIONS, Described, described
from arena_cli.figures.report import Report
from arena_cli.figures.table import SEX_NAMES, Figure, Measure
from arena_cli.figures.why import Address
from arena_cli.language import Language
from arena_cli.model import ALL, Month, Project

NAME: Final = "figures"

_PRELIMINARY: Final = "preliminary"
_NOT_REPORTED: Final = "not_reported"
_HIDDEN: Final = "hidden"
_REMARKS: Final[Mapping[str, str]] = {
    _PRELIMINARY: translatable("preliminary"),
    _NOT_REPORTED: translatable("not reported"),
    _HIDDEN: translatable("hidden"),
    f"{_PRELIMINARY}, {_NOT_REPORTED}": translatable("preliminary, not reported"),
}


class OfMonth(NamedTuple):
    """A month's figures; `silent` are the municipalities without any registration in it."""

    month: Month
    figures: Iterable[Figure | PublicFigure]
    preliminary: bool = False
    silent: Collection[str] = ()

    @classmethod
    def of(cls, report: Report, municipalities: Collection[str]) -> OfMonth:
        """The exact figures, of some municipalities and the project or of all."""
        silent = report.series.not_reported[report.month]
        return cls(report.month, report.figures(municipalities), report.preliminary, silent)

    @classmethod
    def for_public(cls, month: Month, shown: Iterable[PublicFigure], municipalities: Collection[str]) -> OfMonth:
        """The same as a public report has shown them."""
        wanted = {ALL, *municipalities}
        return cls(month, [one for one in shown if not municipalities or one.municipality in wanted])


def figures_table(project: Project, months: Sequence[OfMonth], language: Language) -> Table:
    """The figures of one or several months.

    A figure of a month that has not ended is marked as preliminary, one of a municipality without any registration in
    the month as not reported: its zero is not known. A hidden one has no value.
    """
    places = {municipality.code: municipality.short_name for municipality in project.municipalities}
    places[ALL] = language.text(translatable("The whole project"))
    rows = list(_rows(months, described(project), language))
    return Table(
        name=NAME,
        title=language.text(translatable("Figures")),
        project=project.code,
        columns=(
            Column("month", language.text(translatable("Month")), Kind.MONTH),
            _worded("section", translatable("Section"), SECTIONS, language),
            Column("municipality", language.text(translatable("Municipality")), shown=places.__getitem__),
            _worded("sex", translatable("Sex"), SEX_NAMES, language),
            Column("label", language.text(translatable("What it counts"))),
            Column("unit", language.text(translatable("Unit")), shown=language.text),
            Column("value", language.text(translatable("Value")), Kind.NUMBER),
            _worded("remark", translatable("Remark"), _REMARKS, language),
            Column("address", language.text(translatable("Address"))),
        ),
        count=len(rows),
        rows=rows,
    )


def _worded(name: str, heading: str, messages: Mapping[str, str], language: Language) -> Column:
    words = {code: language.text(message) for code, message in messages.items()}
    return Column(name, language.text(heading), shown=partial(_of, words))


def _of(words: Mapping[str, str], code: str) -> str:
    return words[code]


def _rows(
    months: Sequence[OfMonth],
    words: Mapping[tuple[str, Measure], Described],
    language: Language,
) -> Iterator[Sequence[Raw]]:
    labels = {key: said.label(language.text) for key, said in words.items()}
    for month in months:
        for figure in month.figures:
            key = (figure.section, figure.measure)
            remarks = (_PRELIMINARY,) if month.preliminary else ()
            if figure.municipality in month.silent:
                remarks = (*remarks, _NOT_REPORTED)
            if figure.value is None:
                remarks = (_HIDDEN,)
            address = Address(figure.section, figure.measure, figure.municipality, figure.sex)
            yield (
                str(month.month),
                figure.section,
                figure.municipality,
                figure.sex,
                labels[key],
                words[key].unit,
                figure.value,
                ", ".join(remarks) or None,
                str(address),
            )
