"""Who a participant is, and whose data are protected. Names and numbers are asked for or read, never options."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli import casework
from arena_cli.casework import identities
from arena_cli.casework.access import record_access
from arena_cli.casework.identities import CONTACTS, TEXTS, Known, NoIdentity, NumberTaken, known_identity
from arena_cli.casework.protection import set_protection as protect
from arena_cli.cli.asking import Question, ask, ask_hidden, confirm, need, standard_input, wanted
from arena_cli.cli.corrections import WHY
from arena_cli.cli.index import Command
from arena_cli.cli.options import NONE, AsJson, Code, Why, Yes, read_text
from arena_cli.cli.output import answer, answer_json, say, table
from arena_cli.cli.purpose import PURPOSE, REGISTERING_IDENTITY, Purpose
from arena_cli.cli.world import Session
from arena_cli.errors import CannotWrite, DataProblem, NotFound, Refused, UsageProblem, translatable
from arena_cli.identity_number import UnreadableNumber, read_personal_number
from arena_cli.lookup import find_identity_keeping, find_protection
from arena_cli.model import AccessAction, IdentityKeeping, Participant, Project
from arena_cli.personal_number import refuse_personal_number
from arena_cli.store import Store

FromFile = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar=translatable("FILE"),
        help=translatable("Read it from a file instead of asking; `-` is standard input."),
    ),
]
Keeping = Annotated[str, typer.Argument(metavar="none|names|personnummer", help=translatable("What is to be kept."))]
ProtectionName = Annotated[
    str,
    typer.Argument(
        metavar=translatable("PROTECTION"),
        help=translatable(
            "none, marked (sekretessmarkering), registered (skyddad folkbokföring), assumed (fingerade "
            "personuppgifter) or unknown, which counts as protected."
        ),
    ),
]
ProtectedToo = Annotated[
    bool, typer.Option("--protected", help=translatable("Search among those whose data are protected too."))
]

_MOST_CHARACTERS: Final = 10_000


Unencrypted = Annotated[
    bool,
    typer.Option("--unencrypted", help=translatable("Keep them also in a file that is not encrypted; --why says why.")),
]


class PlainFile(Refused):
    message = translatable(
        "{path} is not encrypted, and is to keep who the participants are. Nothing was changed: `arena encrypt-file` "
        "encrypts it; with --unencrypted it stays as it is, and --why says why."
    )


class NothingToRead(CannotWrite):
    message = translatable("What --from names cannot be read. It is a text in UTF-8.")


class NoIdentityFile(DataProblem):
    message = translatable('That is not read. It has lines as `family_name = "..."`, each with one of: {keys}.')


class NothingTold(UsageProblem):
    message = translatable("Nothing was told; nothing was changed.")


class NobodyFound(NotFound):
    message = translatable("Nobody was found. Those whose data are protected are searched with --protected.")


LABELS: Final[Mapping[str, str]] = {
    "given_name": translatable("Given name"),
    "family_name": translatable("Family name"),
    "number": translatable("Personal identity number"),
    "phone": translatable("Phone"),
    "email": translatable("E-mail"),
    "address": translatable("Address"),
}


def set_identity(context: typer.Context, code: Code, *, from_file: FromFile = None, why: Why = None) -> None:
    """Register or correct who a participant is."""
    session: Session = context.obj
    need(session, {"--from": from_file})
    read = _told_in(from_file) if from_file is not None else None
    with session.writing() as store:
        participant = casework.find_participant(store, code)
        told = _asked(session, store.project(), known_identity(store, participant)) if read is None else read
        if not told:
            raise NothingTold
        try:
            receipt = identities.set_identity(store, session.occasion(_reason(why)), participant.code, told)
        except NumberTaken as taken:  # it tells whose the number is, as a search would
            purpose, owner = REGISTERING_IDENTITY, str(taken.facts["code"])
            record_access(store, session.occasion(), AccessAction.SEARCH, purpose, "number", 1, owner)
            raise
    text = session.language.text
    message = translatable("{code}: registered: {fields}.") if receipt.changed else _NOTHING_DIFFERS
    say(text(message, code=participant.code, fields=tuple(text(LABELS[key]) for key in receipt.changed)))
    for remark in receipt.remarks:
        say(remark.sentence(session.language))
    answer(participant.code)


def show_identity(context: typer.Context, code: Code, *, purpose: Purpose = None, as_json: AsJson = False) -> None:
    """Show who a participant is; that, and what for, is written down first."""
    session: Session = context.obj
    need(session, {"--purpose": purpose})
    with session.writing() as store:
        known = known_identity(store, casework.find_participant(store, code))
        if known.identity is None and known.number is None:
            raise NoIdentity(code=known.participant.code)
        reason = wanted(session, purpose, PURPOSE)
        record_access(store, session.occasion(), AccessAction.READ, reason, "identity", 1, known.participant.code)
    values = _values(known)
    if as_json:
        answer_json({"code": known.participant.code, **values, "former_numbers": list(known.numbers[:-1])})
        return
    answer(known.participant.code)
    if known.participant.is_protected:
        say(session.language.text(_PROTECTED, code=known.participant.code))
    table(
        [session.language.text(heading) for heading in (translatable("What"), translatable("Registered"))],
        [(session.language.text(LABELS[key]), value) for key, value in values.items() if value],
    )


def remove_identity(context: typer.Context, code: Code, *, why: Why = None, yes: Yes = False) -> None:
    """Take away all that is kept of who a participant is."""
    session: Session = context.obj
    need(session, {"--why": why, "--yes": yes or None})
    with session.writing() as store:
        participant = casework.find_participant(store, code)
        reason = wanted(session, why, WHY)
        if not yes:
            confirm(session, "--yes", session.language.text(translatable("It cannot be undone. Take it away?")))
        identities.remove_identity(store, session.occasion(reason), participant.code)
    say(session.language.text(translatable("{code}: nothing is kept of who it is."), code=participant.code))
    answer(participant.code)


def find_participant(
    context: typer.Context,
    *,
    from_file: FromFile = None,
    purpose: Purpose = None,
    protected: ProtectedToo = False,
    as_json: AsJson = False,
) -> None:
    """Find participants' codes by personal identity number or name; that, and what for, is written down first."""
    session: Session = context.obj
    need(session, {"--from": from_file, "--purpose": purpose})
    with session.writing() as store:
        reason = wanted(session, purpose, PURPOSE)
        sought = ask_hidden(session, "--from", _SOUGHT) if from_file is None else _content(from_file).strip()
        what, found = _found(store, sought, session)
        found = [person for person in found if protected or not person.is_protected]
        alone = found[0].code if len(found) == 1 else None
        record_access(store, session.occasion(), AccessAction.SEARCH, reason, what, len(found), alone)
    if not found:
        raise NobodyFound
    if as_json:
        answer_json([person.code for person in found])
        return
    for person in found:
        answer(person.code)


def set_protection(context: typer.Context, code: Code, protection: ProtectionName, *, why: Why = None) -> None:
    """Say whether a participant's data are protected in the population register."""
    session: Session = context.obj
    level = find_protection(protection)
    need(session, {"--why": why})
    with session.writing() as store:
        casework.find_participant(store, code)
        before, after = protect(store, session.occasion(wanted(session, why, WHY)), code, level)
    message = _PROTECTED if after.is_protected else translatable("{code}: the data are not protected.")
    say(session.language.text(message if before != after else _NOTHING_DIFFERS, code=after.code))
    answer(after.code)


def keep_identities(
    context: typer.Context, keeping: Keeping, *, why: Why = None, unencrypted: Unencrypted = False
) -> None:
    """Decide what the project keeps of who its participants are."""
    session: Session = context.obj
    level = find_identity_keeping(keeping)
    need(session, {"--why": why})
    with session.writing() as store:
        if level is not IdentityKeeping.NONE and store.key is None and not unencrypted:
            raise PlainFile(path=session.database)
        identities.keep_identities(store, session.occasion(wanted(session, why, WHY)), level)
    message = translatable("What the project keeps of who its participants are: {level}.")
    say(session.language.text(message, level=level))


# -- reading what was told --------------------------------------------------------------------------------------------


def _told_in(file: str) -> dict[str, str | None]:
    """What a file tells: TOML with the keys of LABELS; an empty text takes away."""
    try:
        told = tomllib.loads(_content(file))
    except tomllib.TOMLDecodeError:
        raise NoIdentityFile(keys=tuple(LABELS)) from None
    if not told.keys() <= LABELS.keys() or not all(isinstance(value, str) for value in told.values()):
        raise NoIdentityFile(keys=tuple(LABELS))
    return {key: read_text(key, value) for key, value in told.items()}


def _content(file: str) -> str:
    """A short text from a file or from standard input. Raises NothingToRead."""
    text: str | None
    try:
        if file == NONE:
            text = standard_input(_MOST_CHARACTERS + 1)
        else:
            with Path(file).open(encoding="utf-8") as opened:
                text = opened.read(_MOST_CHARACTERS + 1)
    except (OSError, ValueError):
        raise NothingToRead from None
    if text is None or len(text) > _MOST_CHARACTERS:
        raise NothingToRead
    return text


def _asked(session: Session, project: Project, known: Known) -> dict[str, str | None]:
    """Ask for each thing that may be kept. No answer leaves it as it is, `-` takes a text away."""
    identities.check_keeping(project, {})
    say(session.language.text(translatable("Enter leaves it as it is, - takes it away.")))
    keys = [key for key in TEXTS if not (known.participant.is_protected and key in CONTACTS)]
    told: dict[str, str | None] = {}
    for key in keys:
        typed = ask(session, Question(key, LABELS[key], partial(_read, key), blank=translatable("as it is")))
        if typed is not None:
            told[key] = None if typed == NONE else typed
    if project.identity.value == "personnummer":
        number = ask_hidden(
            session, "--from", LABELS["number"], lambda t: read_personal_number(t, session.today).digits
        )
        if number:
            told["number"] = number
    return told


def _read(key: str, typed: str) -> str:
    refuse_personal_number(typed)
    text = read_text(key, typed) or NONE
    if text != NONE:
        identities.check_text(key, text)
    return text


def _reason(why: str | None) -> str | None:
    return read_text("--why", why) if why is not None else None


def _found(store: Store, sought: str, session: Session) -> tuple[str, list[Participant]]:
    """By what was sought, and who was found."""
    try:
        number = read_personal_number(sought, session.today)
    except UnreadableNumber:
        if any(character.isdigit() for character in sought):
            raise
        return "name", identities.with_name(store, sought)
    owner = identities.with_number(store, number)
    return "number", [owner] if owner else []


def _values(known: Known) -> dict[str, str | None]:
    texts = {key: getattr(known.identity, key, None) for key in TEXTS}
    return {key: known.number if key == "number" else texts[key] for key in LABELS}


_NOTHING_DIFFERS: Final = translatable("{code}: nothing differs.")
_SOUGHT: Final = translatable("Personal identity number or name (it is not shown)")
_PROTECTED: Final = translatable(
    "{code}: the data are protected. Neither workplace nor municipality is shown in any list, and no way to reach the "
    "person is kept."
)

COMMANDS: Final = {
    "set-identity": Command(
        set_identity,
        "arena set-identity K7QX-4M --from vem.toml",
        translatable(
            "Without --from it asks at the keyboard, the number without showing it. A number is never written in a "
            "command, where others on the computer could read it. What is kept is in a table of its own that no list "
            "or report reaches."
        ),
    ),
    "show-identity": Command(show_identity, 'arena show-identity K7QX-4M --purpose "kallelse till möte"'),
    "remove-identity": Command(remove_identity, 'arena remove-identity K7QX-4M --why "avslutad, gallras"'),
    "find-participant": Command(
        find_participant,
        'arena find-participant --from sökt.txt --purpose "ringer om sin plats"',
        translatable(
            "Without --from it asks, and does not show what is typed. A former number finds the person too, and the "
            "beginning of a name is enough."
        ),
    ),
    "set-protection": Command(
        set_protection,
        'arena set-protection K7QX-4M marked --why "enligt folkbokföringen"',
        translatable("How to reach the person is taken away, and cannot be undone."),
    ),
    "keep-identities": Command(
        keep_identities,
        'arena keep-identities names --why "beslut av nämnden"',
        translatable("The project file decides it at the start: `identity`. The file had better be encrypted then."),
    ),
}
