"""The register extract: all that is stored on one person."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.asking import need, wanted
from arena_cli.cli.index import Command
from arena_cli.cli.options import Code
from arena_cli.cli.output import answer, say
from arena_cli.cli.purpose import PURPOSE, Purpose
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session
from arena_cli.errors import CannotWrite, NotFound, Refused, UsageProblem, translatable

ToFolder = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar=translatable("FOLDER"),
        help=translatable("The folder for the two files. Only you may read them."),
    ),
]


class NoFolder(UsageProblem):
    message = translatable("Say where: `--out FOLDER`, a folder that nobody else can read.")


class NoSuchFolder(NotFound):
    message = translatable("There is no folder {path}. Make it first, where nobody else can read it.")


class ExtractExists(Refused):
    message = translatable("{path} exists already; nothing was written there. Move it away, or name another folder.")


class ExtractNotWritten(CannotWrite):
    message = translatable("{path} cannot be written: check the folder, its permissions and the room on the disk.")


def export_participant(context: typer.Context, code: Code, *, out: ToFolder = None, purpose: Purpose = None) -> None:
    """Write all that is stored on a person into two files: a page to read, and JSON for another program."""
    from arena_cli.privacy.extract import as_json, extract
    from arena_cli.privacy.pages import as_html

    session: Session = context.obj
    language = session.language
    if not out:
        raise NoFolder
    folder = Path(out)
    if not folder.is_dir():
        raise NoSuchFolder(path=folder)
    need(session, {"--purpose": purpose})
    reason = wanted(session, purpose, PURPOSE)
    with session.writing() as store:
        found = extract(store, session.occasion(), code, reason)
    wording = Wording(found.project, language)

    def label(column: str) -> str | None:
        with suppress(KeyError):
            return wording.column(column)
        return None

    def words(column: str, value: object) -> str:
        with suppress(ValueError, KeyError):
            return wording.value(column, value)
        return str(value)

    name = f"registerutdrag-{found.participant.code}-{session.today}.{language.code}"
    page = as_html(found, language, label, words)
    data = json.dumps(as_json(found, language, label), ensure_ascii=False, indent=2) + "\n"
    for path, content in ((folder / f"{name}.html", page), (folder / f"{name}.json", data)):
        _write(path, content.encode())
        answer(str(path))
    say(language.text(_BEFORE_IT_IS_GIVEN))


_BEFORE_IT_IS_GIVEN: Final = translatable(
    "Make sure who it is that asks before you hand it out, and never send it to an address that stands in it: the "
    "person may be protected. Read it through for what concerns others. Remove the files when they have been handed "
    "over."
)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, for its owner only; the same file may be there already, after a run that was cut off."""
    from arena_cli.whole_file import write_new

    try:
        write_new(path, content)
    except FileExistsError:
        if path.is_symlink() or not path.is_file() or path.read_bytes() != content:
            raise ExtractExists(path=path) from None
    except OSError:
        raise ExtractNotWritten(path=path) from None


COMMANDS: Final = {
    "export-participant": Command(
        export_participant,
        'arena export-participant K7QX-4M --out utdrag --purpose "begäran om registerutdrag"',
        translatable(
            "Also the changes in the journal, the reports in which the person may be counted and who received them, "
            "and who has looked. That it was made is kept, with what it was for."
        ),
    ),
}
