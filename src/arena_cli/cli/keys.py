"""The keys of encrypted files: tried, listed, taken from a recovery sheet, removed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.asking import confirm
from arena_cli.cli.index import Command
from arena_cli.cli.options import Yes
from arena_cli.cli.output import answer, say, table
from arena_cli.cli.recovery import InKeyring, read_sheet
from arena_cli.cli.world import Session
from arena_cli.errors import Refused, UsageProblem, translatable

TestedFile = Annotated[
    str | None,
    typer.Argument(
        metavar=translatable("[FILE]"), help=translatable("A backup to try the key on. Otherwise the project's file.")
    ),
]
KeyId = Annotated[
    str, typer.Argument(metavar=translatable("KEY"), help=translatable("Its name, as `arena key list` has it."))
]
FromSheet = Annotated[
    bool,
    typer.Option(
        "--sheet",
        help=translatable("Not the key that is kept, but that of the recovery sheet: typed, or from standard input."),
    ),
]


class StillNeeded(Refused):
    message = translatable("The key {key} is still needed, and was not removed. Without it nobody can read: {files}")


class NoYesToForget(UsageProblem):
    message = translatable("There is nobody to ask: --yes removes the key file.")


def key_test(context: typer.Context, file: TestedFile = None, *, sheet: FromSheet = False) -> None:
    """Read a file with its key from the first byte to the last."""
    from arena_cli.database import check_is_file, key_needed
    from arena_cli.keeping.recrypting import NotEncrypted, try_key

    session: Session = context.obj
    path = Path(file) if file is not None else session.database
    check_is_file(path)
    needed = key_needed(path)
    if needed is None:
        raise NotEncrypted(path=path)
    key = read_sheet(session) if sheet else session.find_key(path, needed)
    contents = try_key(path, key)
    message = translatable("The key {key} opens {path}: {participants} participants, {entries} journal entries.")
    facts = {"participants": contents.rows["participant"], "entries": contents.entries}
    answer(session.language.text(message, key=key.id, path=path, **facts))


def key_list(context: typer.Context) -> None:
    """List the keys that are kept in files, and what needs each of them."""
    from arena_cli.keeping.recrypting import files_needing

    session: Session = context.obj
    language = session.language
    rows = [
        (key, session.key_ring.file_of(key), ", ".join(map(str, files_needing(session.database, key))) or None)
        for key in session.key_ring.ids()
    ]
    headings = (translatable("Key"), translatable("Kept in"), translatable("Needed by"))
    table([language.text(heading) for heading in headings], rows)


def key_restore(context: typer.Context, file: TestedFile = None, *, keyring: InKeyring = False) -> None:
    """Take the key from the recovery sheet and keep it again."""
    from arena_cli.keeping.recrypting import try_key

    session: Session = context.obj
    path = Path(file) if file is not None else session.database
    key = read_sheet(session)
    try_key(path, key)
    kept = session.key_ring.keep(key, path, in_keyring=keyring)
    message = translatable("The key {key} opens {path}, and is kept in {place}.")
    say(session.language.text(message, key=key.id, path=path, place=kept.place))
    answer(str(kept.place))


def key_forget(context: typer.Context, key: KeyId, *, yes: Yes = False) -> None:
    """Remove the file of a key that nothing needs any more."""
    from arena_cli.keeping.recrypting import files_needing

    session: Session = context.obj
    session.key_ring.require(key)
    needing = files_needing(session.database, key)
    if needing:
        raise StillNeeded(key=key, files=tuple(needing))
    if not yes:
        if not session.may_ask:
            raise NoYesToForget
        question = translatable("What is encrypted with the key {key} elsewhere can then be read by nobody. Remove it?")
        confirm(session, "--yes", session.language.text(question, key=key))
    session.key_ring.forget(key)
    say(session.language.text(translatable("The key {key} is removed."), key=key))


COMMANDS: Final = {
    "key test": Command(
        key_test,
        "arena key test /mnt/kopior/arena-2026-10-31T023000Z.db --sheet",
        translatable("A key, or a sheet, that has not been tried does not count."),
    ),
    "key list": Command(key_list, "arena key list"),
    "key restore": Command(
        key_restore,
        "arena key restore",
        translatable("The rows are typed without being shown, or come from standard input. They must fit the file."),
    ),
    "key forget": Command(
        key_forget,
        "arena key forget 3f9a12c4",
        translatable("Refused as long as the file or a known backup needs it. What it has encrypted is then lost."),
    ),
}
