"""Encryption of the file at rest: its key, another key, the recovery sheet, and encrypting what was not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.asking import confirm, need, wanted
from arena_cli.cli.correcting import WHY
from arena_cli.cli.index import Command
from arena_cli.cli.options import Yes
from arena_cli.cli.output import answer, say, table
from arena_cli.cli.recovery import InKeyring, SheetFile, kept_new_key, read_sheet
from arena_cli.cli.world import Session
from arena_cli.errors import Refused, UsageProblem, translatable
from arena_cli.key import Key
from arena_cli.store import Store

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
DecryptWhy = Annotated[
    str | None,
    typer.Option("--why", metavar=translatable("TEXT"), help=translatable("Why; kept in the journal.")),
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


def key_rotate(context: typer.Context, *, recovery_sheet: SheetFile = None, keyring: InKeyring = False) -> None:
    """Encrypt the file with a new key; the old one is kept for the backups."""
    from arena_cli.keeping.recrypting import NotEncrypted, recrypt

    session: Session = context.obj
    old = _key_of_file(session)
    if old is None:
        raise NotEncrypted(path=session.database)
    kept = _kept_name(session, "before-key")
    with kept_new_key(session, recovery_sheet, in_keyring=keyring) as key:
        recrypt(session.database, key, session.today, session.find_key, kept)
        _say_rotated(session, old, key)
    _tell_of_need(session, old)


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


def encrypt_file(context: typer.Context, *, recovery_sheet: SheetFile = None, keyring: InKeyring = False) -> None:
    """Encrypt the project's file with a new key."""
    from arena_cli.keeping.recrypting import EncryptedAlready, plain_files, recrypt

    session: Session = context.obj
    language = session.language
    if _key_of_file(session) is not None:
        raise EncryptedAlready(path=session.database)
    with kept_new_key(session, recovery_sheet, in_keyring=keyring) as key:
        recrypt(session.database, key, session.today, session.find_key)
        say(language.text(translatable("{path} is now encrypted."), path=session.database))
    plain = plain_files(session.database)
    if plain:
        say(language.text(translatable("These copies are not encrypted; remove them when you have new ones:")))
        for file in plain:
            answer(f"  {file}")
    say(language.text(translatable("What the disk had of it before may still be found there: see docs/encryption.md.")))


def decrypt_file(context: typer.Context, *, why: DecryptWhy = None) -> None:
    """Take the encryption off the project's file."""
    from arena_cli.casework.access import record_access
    from arena_cli.keeping.recrypting import NotEncrypted, recrypt
    from arena_cli.model import AccessAction, Participant

    session: Session = context.obj
    old = _key_of_file(session)
    if old is None:
        raise NotEncrypted(path=session.database)
    need(session, {"--why": why})
    reason = wanted(session, why, WHY)
    kept = _kept_name(session, "before-decryption")
    occasion = session.occasion(reason)

    def tell(store: Store) -> None:
        persons = len(store.records(Participant))
        record_access(store, occasion, AccessAction.EXPORT, reason, "the whole file, decrypted", persons)

    recrypt(session.database, None, session.today, session.find_key, kept, tell)
    message = translatable("{path} is no longer encrypted: whoever gets hold of it can read it.")
    say(session.language.text(message, path=session.database))
    _tell_of_need(session, old)


def _key_of_file(session: Session) -> Key | None:
    """The key of the file as it is, which has been brought to this version's schema."""
    with session.reading() as store:
        return store.key


def _kept_name(session: Session, what: str) -> Path:
    path = session.database.resolve()
    return path.with_name(f"{path.stem}.{what}-{session.world.now:%Y-%m-%dT%H%M%SZ}{path.suffix}")


def _say_rotated(session: Session, old: Key, new: Key) -> None:
    message = translatable("{path} is now encrypted with the key {new}, and no longer with {old}.")
    say(session.language.text(message, path=session.database, new=new.id, old=old.id))


def _tell_of_need(session: Session, old: Key) -> None:
    """Say which files need the key that the project's file had."""
    from arena_cli.keeping.recrypting import files_needing

    language = session.language
    say(language.text(translatable("The key {key} is kept for what is still encrypted with it:"), key=old.id))
    for file in files_needing(session.database, old.id):
        answer(f"  {file}")
    message = translatable("`arena key forget {key}` removes it when those files are no longer needed.")
    say(language.text(message, key=old.id))


COMMANDS: Final = {
    "key test": Command(
        key_test,
        "arena key test /mnt/kopior/arena-2026-10-31T023000Z.db --sheet",
        translatable("A key, or a sheet, that has not been tried does not count."),
    ),
    "key list": Command(key_list, "arena key list"),
    "key rotate": Command(
        key_rotate,
        "arena key rotate --recovery-sheet nyckel.txt",
        translatable(
            "A whole new copy is encrypted, checked and put in the file's place in one step; the file as it was is "
            "kept beside it under the old key. Says which files need that."
        ),
    ),
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
    "encrypt-file": Command(
        encrypt_file,
        "arena encrypt-file --recovery-sheet nyckel.txt",
        translatable("Needs arena-cli[encryption]. Backups that are made from then on are encrypted too."),
    ),
    "decrypt-file": Command(
        decrypt_file,
        'arena decrypt-file --why "flyttas till en annan dator"',
        translatable("The file as it was is kept beside it. Who did it and why stands among `arena list-accesses`."),
    ),
}
