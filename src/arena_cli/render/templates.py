"""Lays a page out with templates: the built-in ones, and before them those in a folder of the user's own.

Whatever a template prints is escaped for its format, and a template has no means to say otherwise. Where some are the
user's own, all run in a sandbox; the built-in ones by themselves do not, which takes half the time.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from arena_cli.errors import DataProblem, NotFound, translatable
from arena_cli.render.page import Page
from arena_cli.render.text import css_string, escape_markdown

ESCAPES: Final[Mapping[str, Callable[[object], Markup]]] = {"md": escape_markdown, "html": escape}

UNESCAPING: Final = ("safe", "urlize", "xmlattr", "tojson", "escape", "e", "forceescape")
"""Jinja's filters whose result counts as escaped already. It would be so for HTML at best."""


class OwnTemplates(FileSystemLoader):
    """A folder of the user's own. Raises TemplateFault for a file that cannot be read as text."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            return super().get_source(environment, template)
        except TemplateNotFound:  # an OSError too, but here it means that the built-in one is used
            raise
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateFault(file=str(Path(self.searchpath[0], template)), line=1, reason=str(error)) from error


class NoTemplateFolder(NotFound):
    """The folder of the user's own templates is not there."""

    message = translatable("There is no folder {folder} to take templates from.")


class UnknownTemplate(NotFound):
    """A file among the user's own templates would never be used."""

    message = translatable("{file} is not the name of any template. The names are: {known}.")


class TemplateFault(DataProblem):
    """A template of the user's own cannot be used."""

    message = translatable(
        "The template {file} cannot be used, line {line}: {reason}. "
        "Put it right, or take it away: then the built-in one is used."
    )


def fill_in(form: str, page: Page, own_templates: Path | None) -> str:
    """The page as `report.FORM.j2` has it. Raises NoTemplateFolder, UnknownTemplate and TemplateFault."""
    if own_templates is None:
        return _fill_in(form, page, _loader(), Environment)
    if not own_templates.is_dir():
        raise NoTemplateFolder(folder=own_templates)
    _check_names(own_templates, page)
    try:
        loader = ChoiceLoader([OwnTemplates(own_templates), _loader()])
        return _fill_in(form, page, loader, ImmutableSandboxedEnvironment)
    except TemplateSyntaxError as error:
        raise TemplateFault(file=error.filename or error.name, line=error.lineno, reason=error.message) from error
    except TemplateNotFound as error:
        file, line = _place(error)
        raise TemplateFault(file=file, line=line, reason=f"{error.name} is not there") from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        file, line = _place(error)
        raise TemplateFault(file=file, line=line, reason=str(error)) from error


def _fill_in(form: str, page: Page, loader: BaseLoader, kind: type[Environment]) -> str:
    environment = kind(
        loader=loader,
        autoescape=True,  # so that what a macro has made is not escaped again
        finalize=ESCAPES[form],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in UNESCAPING:
        del environment.filters[name]
    environment.filters["css_string"] = css_string
    return environment.get_template(f"report.{form}.j2").render(page=page)


def _loader() -> FileSystemLoader:
    """The templates in the installed package; in a checkout they lie at its top."""
    installed = Path(str(files("arena_cli"))) / "templates"
    return FileSystemLoader(installed if installed.is_dir() else Path(__file__).parents[3] / "templates")


def _check_names(folder: Path, page: Page) -> None:
    """Refuse a file that is no template's name, hidden files apart: it would be left alone in silence."""
    of_sections = {f"sections/{section.code}.{form}.j2" for section in page.sections for form in ESCAPES}
    known = sorted(of_sections.union(_loader().list_templates()))
    for file in sorted((*folder.glob("[!.]*"), *folder.glob("sections/[!.]*"))):
        if file.relative_to(folder).as_posix() not in {*known, "sections"}:
            raise UnknownTemplate(file=file, known=tuple(known))


def _place(error: Exception) -> tuple[str, int]:
    """The template and line that the error came from: Jinja puts them on the stack."""
    frames = traceback.extract_tb(error.__traceback__)
    file, line = next(((f.filename, f.lineno) for f in reversed(frames) if f.filename.endswith(".j2")), ("", 0))
    return file, line or 0
