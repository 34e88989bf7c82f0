"""Who a participant is: told, corrected, taken away and searched for, where the project keeps it at all.

The journal has of each change whose it is, what was told and a seal, and no value: what is taken away here is gone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from arena_cli.casework.enrolment import find_participant
from arena_cli.errors import NotFound, Refused, Remark, UsageProblem, translatable
from arena_cli.identity_number import NumberKind, PersonalNumber, read_personal_number
from arena_cli.journal import Occasion
from arena_cli.lookup import folded
from arena_cli.model import Identity, IdentityKeeping, IdentityNumber, Participant, Project, Sex
from arena_cli.personal_number import refuse_personal_number
from arena_cli.store import Change, Store

CONTACTS: Final = ("phone", "email", "address")
"""What is not kept of somebody whose data are protected."""

NAMES: Final = ("given_name", "family_name")
TEXTS: Final = (*NAMES, *CONTACTS)


class NotAName(UsageProblem):
    message = translatable("A name has at least one letter: write the name, or leave it out.")


class NotAnAddress(UsageProblem):
    message = translatable("An e-mail address has an @ with something on both sides: mend it, or leave it out.")


class KeepsNoIdentities(Refused):
    message = translatable(
        "This project keeps neither names nor personal identity numbers. `arena keep-identities` changes that, "
        "when it has been decided."
    )


class KeepsNoNumbers(Refused):
    message = translatable(
        "This project keeps names, but no personal identity numbers: leave the number out. "
        "`arena keep-identities` changes that, when it has been decided."
    )


class IdentitiesLeft(Refused):
    message = translatable(
        "There are identities that the project would no longer keep: {codes}. `arena remove-identity` takes them away."
    )


class NumberTaken(Refused):
    message = translatable(
        "That number is participant {code}'s already, so the two are one person: `arena merge-participants` joins "
        "them. If they are not, one of the numbers is wrong."
    )


class NoIdentity(NotFound):
    message = translatable("Nothing is kept of who {code} is. `arena set-identity {code}` registers it.")


class IdentityWithoutReason(Refused):
    message = translatable("That is registered already. To correct it, say in a few words why, with --why.")


class ContactOfProtected(Refused):
    message = translatable("The data of {code} are protected: no phone number, e-mail or address is kept.")


_OTHER_SEX: Final = Remark(
    translatable("The number says another sex than what is registered. `arena edit-participant` corrects it.")
)
_OTHER_YEAR: Final = Remark(
    translatable("The number says another birth year than what is registered. `arena edit-participant` corrects it.")
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of who a participant is; of several numbers the last holds."""

    participant: Participant
    identity: Identity | None
    numbers: tuple[str, ...]

    @property
    def number(self) -> str | None:
        return self.numbers[-1] if self.numbers else None


@dataclass(frozen=True, slots=True)
class IdentityReceipt:
    """What was registered of whom: which fields, no values."""

    participant: Participant
    changed: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()


# -- reading ----------------------------------------------------------------------------------------------------------


def known_identity(store: Store, participant: Participant) -> Known:
    """All that is kept of who a participant is, also under a code that a merge has led here.

    `record_access` comes before it is shown.
    """
    own = (participant.id, participant.id)
    identities = store.records(Identity, f"{_OF_PERSON} ORDER BY id DESC", own)
    identity = next((i for i in identities if i.participant_id == participant.id), next(iter(identities), None))
    numbers = store.records(IdentityNumber, f"{_OF_PERSON} ORDER BY id", own)
    return Known(participant, identity, tuple(number.number for number in numbers))


_OF_PERSON: Final = "WHERE participant_id = ? OR participant_id IN (SELECT participant_id FROM merge WHERE into_id = ?)"
"""What was told under a participant's own code, or under one that a merge has led to it."""


def latest_numbers(store: Store) -> Mapping[int, IdentityNumber]:
    """The number that holds of everybody of whom one is kept, by participant; `record_access` comes before it is told.

    A number of somebody who was merged is that of the participant who has the records.
    """
    into: dict[int, int] = dict(store.rows("SELECT participant_id, into_id FROM merge"))
    numbers = store.records(IdentityNumber, "ORDER BY id")
    return {into.get(number.participant_id, number.participant_id): number for number in numbers}


def with_number(store: Store, number: PersonalNumber) -> Participant | None:
    """Whose number it is, or was."""
    condition = "WHERE id = (SELECT participant_id FROM identity_number WHERE number = ?)"
    found = next(iter(store.participants(condition, (number.digits,))), None)
    return store.merged_into(found) or found if found else None


def with_name(store: Store, typed: str) -> list[Participant]:
    """Those with every word that was typed in their names, or the beginning of it; by code."""
    wanted = folded(typed).split()
    into: dict[int, int] = dict(store.rows("SELECT participant_id, into_id FROM merge"))
    named = (i.participant_id for i in store.records(Identity) if wanted and _has(i, wanted))
    found = {into.get(number, number) for number in named}
    return sorted((p for p in store.participants() if p.id in found), key=lambda p: p.code)


def _has(identity: Identity, wanted: list[str]) -> bool:
    names = folded(f"{identity.given_name or ''} {identity.family_name or ''}").split()
    return all(any(name.startswith(word) for name in names) for word in wanted)


# -- recording --------------------------------------------------------------------------------------------------------


def set_identity(
    store: Store, occasion: Occasion, typed: str, told: Mapping[str, str | None], salt: Callable[[], str] | None = None
) -> IdentityReceipt:
    """Register or correct who a participant is: `told` has texts of TEXTS and `number`; None takes a text away.

    Another number than the one before is added to it: a samordningsnummer becomes a personnummer, and either finds the
    person. What was told before is corrected only with a reason. Raises NotAName, NotAnAddress, UnreadableNumber,
    NumberTaken, IdentityWithoutReason, ContactOfProtected, KeepsNoIdentities or KeepsNoNumbers.
    """
    salted = salt or new_salt
    with store.change(occasion) as change:
        participant = find_participant(store, typed)
        check_keeping(store.project(), told)
        known = known_identity(store, participant)
        before = known.identity or Identity(0, participant.id, salted())
        texts: dict[str, Any] = {key: value for key, value in told.items() if key in TEXTS}
        after = replace(before, **texts)
        for key, text in texts.items():
            check_text(key, text)
        _check_texts(participant, after)
        changed = tuple(key for key in TEXTS if getattr(before, key) != getattr(after, key))
        _require_reason(occasion, [getattr(before, key) for key in changed])
        if known.identity is None and changed:
            change.add(after)
        elif changed:
            change.update(before, replace(after, salt=salted()))
        remarks: tuple[Remark, ...] = ()
        if told.get("number"):
            number = read_personal_number(told["number"] or "", occasion.today)
            remarks = _contradicted(participant, number)
            if _add_number(store, change, occasion, known, number, salted()):
                changed = (*changed, "number")
    return IdentityReceipt(participant, changed, remarks)


def remove_identity(store: Store, occasion: Occasion, typed: str) -> Participant:
    """Take away all that is kept of who a participant is. Raises NoIdentity."""
    with store.change(occasion) as change:
        participant = find_participant(store, typed)
        own = (participant.id, participant.id)
        kept: list[Identity | IdentityNumber] = [
            *store.records(Identity, _OF_PERSON, own),
            *store.records(IdentityNumber, _OF_PERSON, own),
        ]
        if not kept:
            raise NoIdentity(code=participant.code)
        for record in kept:
            change.remove(record)
    return participant


def keep_identities(store: Store, occasion: Occasion, keeping: IdentityKeeping) -> IdentityKeeping:
    """Decide what the project keeps of who its participants are. Returns what it was. Raises IdentitiesLeft."""
    with store.change(occasion) as change:
        before = store.project().identity
        kinds = {IdentityKeeping.NONE: ("identity", "identity_number"), IdentityKeeping.NAMES: ("identity_number",)}
        left = {
            code
            for table in kinds.get(keeping, ())
            for (code,) in store.rows(f"SELECT code FROM participant WHERE id IN (SELECT participant_id FROM {table})")
        }
        if left:
            raise IdentitiesLeft(codes=tuple(sorted(left)))
        change.set_project("identity", before.value, keeping.value)
    return before


# -- shared -----------------------------------------------------------------------------------------------------------


def new_salt(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """What makes a seal impossible to guess from."""
    return random_bytes(16).hex()


def remove_contacts(store: Store, change: Change, participant: Participant) -> None:
    """Take away how a participant can be reached."""
    for identity in store.records(Identity, _OF_PERSON, (participant.id, participant.id)):
        if any(getattr(identity, key) for key in CONTACTS):
            change.update(identity, replace(identity, salt=new_salt(), phone=None, email=None, address=None))


def check_keeping(project: Project, told: Mapping[str, str | None]) -> None:
    """Refuse what the project has not decided to keep. Raises KeepsNoIdentities or KeepsNoNumbers."""
    keeping = project.identity
    if keeping is IdentityKeeping.NONE:
        raise KeepsNoIdentities
    if told.get("number") and keeping is not IdentityKeeping.PERSONNUMMER:
        raise KeepsNoNumbers


def check_text(key: str, text: str | None) -> None:
    """Refuse what can be none of what it is told as. Raises NotAName or NotAnAddress."""
    if text is None:
        return
    if key in NAMES and not any(map(str.isalpha, text)):
        raise NotAName
    if key == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+", text.strip()):
        raise NotAnAddress


def _check_texts(participant: Participant, identity: Identity) -> None:
    if participant.is_protected and any(getattr(identity, key) for key in CONTACTS):
        raise ContactOfProtected(code=participant.code)
    for key in TEXTS:
        refuse_personal_number(getattr(identity, key))


def _require_reason(occasion: Occasion, before: list[str | None]) -> None:
    if any(before) and occasion.why is None:
        raise IdentityWithoutReason


def _add_number(
    store: Store, change: Change, occasion: Occasion, known: Known, number: PersonalNumber, salt: str
) -> bool:
    """Add a number unless it is the one that holds. One that held before comes last again."""
    if known.number == number.digits:
        return False
    owner = with_number(store, number)
    if owner is not None and owner.id != known.participant.id:
        raise NumberTaken(code=owner.code)
    becomes = known.number is None or (
        number.kind is NumberKind.PERSONNUMMER and int(known.number[6:8]) > _LAST_DAY_OF_A_MONTH
    )
    if not becomes:
        _require_reason(occasion, [known.number])
    for former in store.records(IdentityNumber, "WHERE number = ?", (number.digits,)):
        change.remove(former)
    change.add(IdentityNumber(0, known.participant.id, salt, number.digits))
    return True


_LAST_DAY_OF_A_MONTH: Final = 31
"""A higher day is that of a samordningsnummer."""


def _contradicted(participant: Participant, number: PersonalNumber) -> tuple[Remark, ...]:
    """What the number says otherwise: the register is not corrected by it, since both may be right."""
    sex = participant.sex in {Sex.WOMAN, Sex.MAN} and participant.sex is not number.sex
    year = participant.birth_year is not None and participant.birth_year != number.birth_year
    return tuple(remark for remark, differs in ((_OTHER_SEX, sex), (_OTHER_YEAR, year)) if differs)
