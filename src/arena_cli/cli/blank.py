"""Empty lists, for those who have none or want a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.options import Unreadable, of_option
from arena_cli.cli.output import answer
from arena_cli.cli.world import Session
from arena_cli.errors import CannotWrite, Refused, UsageProblem, translatable
from arena_cli.exchange.columns import KIND_NAMES, Kind
from arena_cli.language import LANGUAGES, load_language
from arena_cli.lookup import folded

TemplateFile = Annotated[
    str,
    typer.Argument(
        metavar=translatable("FILE.xlsx"), help=translatable("The file to write, which must not be there yet.")
    ),
]
KindName = Annotated[
    str,
    typer.Option(
        "--kind", metavar=translatable("KIND"), help=translatable("What the list is to hold: spells, moves and so on.")
    ),
]


class NotXlsx(UsageProblem):
    message = translatable("The template is an Excel workbook: give the file a name that ends in .xlsx.")


class UnknownKind(Unreadable):
    message = translatable("There is no such kind of list. Choose one of: {choices}.")


class TemplateExists(Refused):
    message = translatable("There is a file {path} already. Nothing was written: give another name or remove it.")


class TemplateNotWritten(CannotWrite):
    message = translatable("{path} cannot be written: check that its folder exists and that you may write there.")


def write_template(context: typer.Context, file: TemplateFile, *, kind: KindName = Kind.SPELLS.value) -> None:
    """Write an empty list to be filled in."""
    from arena_cli.exchange.blank import blank_list
    from arena_cli.exchange.vocabulary import Vocabulary
    from arena_cli.whole_file import write_new

    session: Session = context.obj
    path = Path(file)
    if path.suffix.lower() != ".xlsx":
        raise NotXlsx
    wanted = of_option("--kind", read_kind)(kind)
    with session.reading() as store:
        content = blank_list(wanted, store.project(), Vocabulary(store), session.language)
    try:
        write_new(path, content, 0o666 & ~session.world.umask)
    except FileExistsError:
        raise TemplateExists(path=path) from None
    except (OSError, ValueError):
        raise TemplateNotWritten(path=path) from None
    answer(str(path))


def read_kind(typed: str) -> Kind:
    """A kind of list by its name in either language. Raises UnknownKind."""
    languages = [load_language(code) for code in LANGUAGES]
    for kind, name in KIND_NAMES.items():
        said = (language.text(name) for language in languages)
        if folded(typed) in {folded(form) for form in (kind, kind.replace("_", "-"), *said)}:
            return kind
    raise UnknownKind(choices=tuple(kind.value for kind in Kind))


COMMANDS: Final = {
    "write-template": Command(
        write_template,
        "arena write-template lista.xlsx --kind moves",
        translatable(
            "A workbook with drop-downs for what can be chosen, in the language that is spoken. Filled in, "
            "`arena import` reads it as it is. The row with the example is left out."
        ),
    ),
}
