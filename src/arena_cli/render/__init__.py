"""One report in every form: Markdown, HTML, PDF, Excel, JSON, CSV, and drawn on a terminal. Costs nothing to import.

A report for the public is another kind of report, made by `arena_cli.disclosure`: it has no exact figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from arena_cli.render.edition import FORMS, Audience, Edition, Form, file_name

if TYPE_CHECKING:
    from rich.console import Console

    from arena_cli.disclosure.edition import PublicReport
    from arena_cli.figures.report import Report
    from arena_cli.language import Language
    from arena_cli.render.page import Page

    AnyReport = Report | PublicReport

__all__ = ["FORMS", "Audience", "Edition", "Form", "as_file", "draw", "file_name", "in_parts", "render"]


def as_file(report: AnyReport, form: str, language: Language, edition: Edition) -> bytes:
    """The report as the content of a file in any form. The same figures give the same bytes.

    Raises what `render` and `as_pdf` raise.
    """
    if FORMS[form].is_text:
        return b"".join(in_parts(report, form, language, edition))
    if form == "pdf":
        from arena_cli.render.pdf import as_pdf

        return as_pdf(render(report, "html", language, edition))
    from arena_cli.render.workbook import as_workbook

    _check(report, edition)
    return as_workbook(_page(report, language, edition), language, edition.as_of)


def render(report: AnyReport, form: str, language: Language, edition: Edition) -> str:
    """The report in a form that is text, to be written as UTF-8. The same figures give the same text.

    Raises TemplateFault for a template of the user's own that cannot be used.
    """
    return as_file(report, form, language, edition).decode()


def in_parts(report: AnyReport, form: str, language: Language, edition: Edition) -> Iterator[bytes]:
    """The report as the content of a file in a form that is text, as it is being written. Raises what `render` does."""
    _check(report, edition)
    if form in {"json", "csv"}:
        from arena_cli.render import tidy

        write = tidy.as_json if form == "json" else tidy.as_csv
        yield write(report, edition).encode()
        return
    from arena_cli.render.templates import fill_in

    yield from fill_in(form, _page(report, language, edition), edition.templates)


def _check(report: AnyReport, edition: Edition) -> None:
    """Exact figures never go out under the public's name: a fault of the program, whoever asked for it."""
    from arena_cli.figures.report import Report

    if isinstance(report, Report) is (edition.audience is Audience.PUBLIC):
        raise TypeError("not the report of this audience")


def draw(report: AnyReport, language: Language, edition: Edition, console: Console) -> None:
    """The report on a terminal."""
    _check(report, edition)
    from arena_cli.render import terminal

    terminal.draw(_page(report, language, edition), console)


def _page(report: AnyReport, language: Language, edition: Edition) -> Page:
    """The report in words."""
    from arena_cli.figures.report import Report

    if isinstance(report, Report):
        from arena_cli.render.compose import compose

        return compose(report, language, edition)
    from arena_cli.render.public import compose_public

    return compose_public(report, language, edition)
