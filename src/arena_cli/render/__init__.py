"""One report in every form: Markdown, HTML, PDF, Excel, JSON, CSV, and drawn on a terminal. Costs nothing to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arena_cli.errors import Refused, translatable
from arena_cli.render.edition import FORMS, Audience, Edition, Form, file_name

if TYPE_CHECKING:
    from rich.console import Console

    from arena_cli.figures.report import Report
    from arena_cli.language import Language

__all__ = ["FORMS", "Audience", "Edition", "Form", "PublicNotReady", "as_file", "draw", "file_name", "render"]


class PublicNotReady(Refused):
    """A public report hides small counts, which cannot be done yet."""

    message = translatable(
        "A report for the public must hide small counts, and arena cannot do that yet. "
        "Leave out `--audience` for the meeting's report, which is marked as internal."
    )


def as_file(report: Report, form: str, language: Language, edition: Edition) -> bytes:
    """The report as the content of a file in any form. The same figures give the same bytes.

    Raises what `render` and `as_pdf` raise.
    """
    if FORMS[form].is_text:
        return render(report, form, language, edition).encode()
    if form == "pdf":
        from arena_cli.render.pdf import as_pdf

        return as_pdf(render(report, "html", language, edition))
    _check(edition)
    from arena_cli.render.compose import compose
    from arena_cli.render.workbook import as_workbook

    return as_workbook(compose(report, language, edition), language, edition.as_of)


def render(report: Report, form: str, language: Language, edition: Edition) -> str:
    """The report in a form that is text, to be written as UTF-8. The same figures give the same text.

    Raises PublicNotReady, and TemplateFault for a template of the user's own that cannot be used.
    """
    _check(edition)
    if form in {"json", "csv"}:
        from arena_cli.render import tidy

        write = tidy.as_json if form == "json" else tidy.as_csv
        return write(report, edition)
    from arena_cli.render.compose import compose
    from arena_cli.render.templates import fill_in

    return fill_in(form, compose(report, language, edition), edition.templates)


def draw(report: Report, language: Language, edition: Edition, console: Console) -> None:
    """The report on a terminal. Raises PublicNotReady."""
    _check(edition)
    from arena_cli.render import terminal
    from arena_cli.render.compose import compose

    terminal.draw(compose(report, language, edition), console)


def _check(edition: Edition) -> None:
    if edition.audience is Audience.PUBLIC:
        raise PublicNotReady
