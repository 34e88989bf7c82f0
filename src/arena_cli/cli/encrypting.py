"""Encrypting the file, with another key as well, and taking the encryption off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.asking import need, wanted
from arena_cli.cli.corrections import WHY
from arena_cli.cli.index import Command
from arena_cli.cli.output import answer, say
from arena_cli.cli.recovery import InKeyring, SheetFile, kept_new_key
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.key import Key
from arena_cli.store import Store

DecryptWhy = Annotated[
    str | None,
    typer.Option("--why", metavar=translatable("TEXT"), help=translatable("Why; kept in the journal.")),
]


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
    "key rotate": Command(
        key_rotate,
        "arena key rotate --recovery-sheet nyckel.txt",
        translatable(
            "A whole new copy is encrypted, checked and put in the file's place in one step; the file as it was is "
            "kept beside it under the old key. Says which files need that."
        ),
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
