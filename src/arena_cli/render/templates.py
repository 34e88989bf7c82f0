"""Lays a page out with templates: the built-in ones, and before them those in a folder of the user's own.

Whatever a template prints is escaped for its format, and a template has no means to say otherwise. Those of the user's
own are filled in elsewhere (confined.py), from plain data; the built-in ones by themselves need no sandbox, which takes
half the time, and are compiled when the package is built.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from hashlib import sha256
from operator import attrgetter, call, itemgetter
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
)
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from arena_cli.errors import DataProblem, NotFound, translatable
from arena_cli.render.page import Page
from arena_cli.render.text import css_string, escape_markdown

ESCAPES: Final[Mapping[str, Callable[[object], Markup]]] = {"md": escape_markdown, "html": escape}

UNESCAPING: Final = ("safe", "urlize", "xmlattr", "tojson", "escape", "e", "forceescape")
"""Jinja's filters whose result counts as escaped already. It would be so for HTML at best."""

NOT_FOR_A_REPORT: Final = ("attr", "random")
"""Jinja's filters that reach into objects, or give another report every time."""

COUNTERS: Final = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0", "previtem", "nextitem")
)
"""What a loop tells a template."""


PACKAGE: Final = Path(__file__).parents[1]

COMPILED: Final = PACKAGE / "compiled"
"""Where the build has put the built-in templates as Python. Without them a report takes a tenth of a second more."""


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


class TooLong(Exception):
    """A template is still at work when its time is up."""


class TooMuch(Exception):
    """A template writes more than it may."""


class ClosedEnvironment(ImmutableSandboxedEnvironment):
    """Templates that see data and nothing behind it: no attribute of any object, but for the counters of a loop."""

    def getitem(self, obj: object, argument: object) -> object:
        if not isinstance(obj, dict | list | str | Undefined):
            return self.unsafe_undefined(obj, str(argument))
        try:
            return obj[argument]  # type: ignore[index, call-overload]  # whatever does not fit raises
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=str(argument))

    def getattr(self, obj: object, attribute: str) -> object:
        if isinstance(obj, LoopContext) and attribute in COUNTERS:
            return getattr(obj, attribute)
        if isinstance(obj, dict | Undefined):
            return self.getitem(obj, attribute)
        return self.unsafe_undefined(obj, attribute)


def fill_in(form: str, page: Page, own_templates: Path | None) -> Iterator[bytes]:
    """The page as `report.FORM.j2` has it, in UTF-8, part by part: as one text it would be megabytes.

    Raises NoTemplateFolder, UnknownTemplate, TemplateFault and TemplatesTooHeavy.
    """
    if own_templates is None:
        loader = ChoiceLoader([ModuleLoader(compiled_folder(form)), _loader()])
        yield from (part.encode() for part in _written(form, page, Environment, loader))
        return
    if not own_templates.is_dir():
        raise NoTemplateFolder(folder=own_templates)
    _check_names(own_templates, page)
    from arena_cli.render.confined import fill_in_confined

    yield fill_in_confined(form, page, own_templates).encode()


def fill_in_own(form: str, page: Mapping[str, object], folder: Path, most: int) -> str:
    """The page, as plain data, as the templates in a folder have it; the built-in ones where it has none.

    Raises TemplateFault, also where the text would have more than `most` characters.
    """
    parts = _written(form, page, ClosedEnvironment, ChoiceLoader([OwnTemplates(folder), _loader()]))
    try:
        return _joined(parts, most)
    except TemplateFault:
        raise
    except TemplateSyntaxError as error:
        raise TemplateFault(file=error.filename or error.name, line=error.lineno, reason=error.message) from error
    except Exception as error:  # whatever it is, a template of the user's own has brought it about
        file, line = _place(error)
        raise TemplateFault(file=file, line=line, reason=_reason(error)) from error


def _joined(parts: Generator[str], most: int) -> str:
    written, size = [], 0
    for part in parts:
        size += len(part)
        if size > most:
            parts.throw(TooMuch())  # where the template is, so that the line can be told
        written.append(part)
    return "".join(written)


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"{error.name} is not there"
    if isinstance(error, TooLong | TooMuch | MemoryError):
        return type(error).__name__
    return str(error)


def compile_built_in(form: str) -> Path:
    """Write the built-in templates of a form as Python, all or none of them. Returns their folder."""
    folder = compiled_folder(form)
    unfinished = folder.with_suffix(".unfinished")
    environment = _environment(form, Environment, _loader())
    environment.compile_templates(unfinished, filter_func=partial(_is_for, form), zip=None, ignore_errors=False)
    return unfinished.rename(folder)


def compiled_folder(form: str) -> Path:
    """Where they are: named after all that they are made of, so that none is used which has changed since."""
    loader, environment = _loader(), Environment(autoescape=True)
    names = [name for name in loader.list_templates() if _is_for(form, name)]
    sources = [(name, loader.get_source(environment, name)[0]) for name in names]
    return COMPILED / f"{form}_{sha256(repr((jinja2.__version__, sources)).encode()).hexdigest()[:16]}"


def _is_for(form: str, name: str) -> bool:
    """Whether a template may be needed for a form: `report.css.j2` is for any."""
    return not any(f".{other}." in name for other in ESCAPES if other != form)


def _written(form: str, page: object, kind: type[Environment], loader: BaseLoader) -> Generator[str]:
    yield from _environment(form, kind, loader).get_template(f"report.{form}.j2").generate(page=page)


def _environment(form: str, kind: type[Environment], loader: BaseLoader) -> Environment:
    trusted = kind is Environment and form == "html"  # a template of the user's own could switch `autoescape` off
    environment = kind(
        loader=loader,
        autoescape=True,  # so that what a macro has made is not escaped again
        finalize=None if trusted else ESCAPES[form],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in (*UNESCAPING, *NOT_FOR_A_REPORT):
        del environment.filters[name]
    environment.filters["css_string"] = css_string
    if form == "html":
        written = {is_number: Cells(is_number=is_number) for is_number in (False, True)}
        environment.filters["in_rows"] = partial(_in_rows, attrgetter if trusted else itemgetter, written)
    environment.globals = {"range": environment.globals["range"], "zip": zip}
    return environment


def _in_rows(of: Any, written: Mapping[bool, Cells], blocks: Iterable[object], columns: Iterable[object]) -> Markup:
    """The blocks of a grid in HTML: nine tenths of a page, in which the same few cells come again and again.

    `of` makes what gets something out of a block, a row or a cell: `attrgetter`, or `itemgetter` where they are plain.
    `written` are the cells of columns that are numbers, and of others.
    """
    of_block, of_row, of_cell = of("rows", "is_total", "has_parts"), of("label", "cells", "is_part"), of("text", "kind")
    in_columns = [written[bool(is_number)].__getitem__ for is_number in map(of("is_number"), columns)]
    html: list[str] = []
    add = html.append
    for rows, is_total, has_parts in map(of_block, blocks):
        add('<tbody class="total">\n' if is_total else '<tbody class="whole">\n' if has_parts else "<tbody>\n")
        head = '<tr><th scope="rowgroup">' if has_parts else '<tr><th scope="row">'
        for label, cells, is_part in map(of_row, rows):
            add('<tr class="part"><th scope="row">' if is_part else head)
            add(_escaped(label))
            add("</th>")
            html += map(call, in_columns, map(of_cell, cells))
            add("</tr>\n")
        add("</tbody>\n")
    return Markup("".join(html))  # noqa: S704  # each part is escaped


class Cells(dict[tuple[str, str], str]):
    """The cells of columns of numbers, or of others, in HTML, by text and kind: each is written once."""

    def __init__(self, *, is_number: bool) -> None:
        super().__init__()
        self._is_number = is_number

    def __missing__(self, cell: tuple[str, str]) -> str:
        text, kind = map(_escaped, cell)
        classes = ("number" if self._is_number else "text") + f" {kind}" * bool(kind)
        self[cell] = f'<td class="{classes}">{text}</td>'
        return self[cell]


@lru_cache(maxsize=10_000)
def _escaped(text: str) -> str:
    """A text in HTML; also one that says it is escaped already, which equals the same text that is not."""
    return str(escape(str(text)))


def _loader() -> FileSystemLoader:
    """The templates in the installed package; in a checkout they lie at its top."""
    installed = PACKAGE / "templates"
    return FileSystemLoader(installed if installed.is_dir() else Path(__file__).parents[3] / "templates")


def _check_names(folder: Path, page: Page) -> None:
    """Refuse a file that is no template's name, hidden files apart: it would be left alone in silence."""
    of_sections = {f"sections/{section.code}.{form}.j2" for section in page.sections for form in ESCAPES}
    known = sorted(of_sections.union(_loader().list_templates()))
    folders = ("sections", "charts")
    for file in sorted((*folder.glob("[!.]*"), *(file for name in folders for file in folder.glob(f"{name}/[!.]*")))):
        if file.relative_to(folder).as_posix() not in {*known, *folders}:
            raise UnknownTemplate(file=file, known=tuple(known))


def _place(error: Exception) -> tuple[str, int]:
    """The template and line that the error came from: Jinja puts them on the stack."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    file, line = next(((f.filename, f.lineno) for f in reversed(frames) if f.filename.endswith(".j2")), ("", 0))
    return file, line or 0
