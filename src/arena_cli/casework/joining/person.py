"""Who two participants are: what is registered about the person, the number, protection, and whom they are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from arena_cli.casework.joining.dossier import Joined
from arena_cli.casework.joining.fields import contradictions, filled, shown
from arena_cli.casework.joining.obstacles import DifferentNumbers, DifferentPersons, DifferentProtection
from arena_cli.identity_number import NumberKind, read_personal_number
from arena_cli.model import Distinction, IdentityNumber, Participant
from arena_cli.store import Store


def join_persons(joined: Joined) -> None:
    """What is registered about the person. The list's number stays with whom it is, unless only the other has one."""
    mine, theirs = joined.kept.participant, joined.other.participant
    differing = contradictions(mine, theirs, ("sex", "birth_year"))
    if differing:
        commands = (_edit_participant(*pair, differing) for pair in ((theirs, mine), (mine, theirs)))
        joined.refuse(DifferentPersons, *commands)
    together = filled(mine, theirs, "sex", "birth_year", "ref")
    if together.ref != mine.ref:
        joined.update(theirs, replace(theirs, ref=None))
    joined.update(mine, together)


def compare_identities(store: Store, joined: Joined, today: date) -> None:
    """Two who both have a number of the population register, and not the same, are hardly one person.

    A coordination number may become another number. Whose data are protected is said by hand, since what is then taken
    away cannot be given back.
    """
    kept, other = joined.kept.participant, joined.other.participant
    owners = "WHERE participant_id IN (?, ?)"
    numbers = {
        number.participant_id
        for number in store.records(IdentityNumber, owners, (kept.id, other.id))
        if read_personal_number(number.number, today).kind is NumberKind.PERSONNUMMER
    }
    if len(numbers) > 1:
        commands = (f"arena remove-identity {code} --why WHY" for code in (other.code, kept.code))
        joined.refuse(DifferentNumbers, *commands)
    if kept.is_protected != other.is_protected:
        protected, unprotected = (kept, other) if kept.is_protected else (other, kept)
        joined.refuse(
            DifferentProtection,
            f"arena set-protection {unprotected.code} {protected.protection.value} --why WHY",
            f"arena set-protection {protected.code} none --why WHY",
            protected=protected.code,
            open=unprotected.code,
        )


def _edit_participant(before: Participant, after: Participant, differing: Iterable[str]) -> str:
    options = " ".join(f"--{name.replace('_', '-')} {shown(getattr(after, name))}" for name in differing)
    return f"arena edit-participant {before.code} {options} --why WHY"


def join_distinctions(store: Store, joined: Joined) -> None:
    """Whoever is not the other is not the kept one either; that these two are not one has turned out to be wrong."""
    kept, other = joined.kept.participant.id, joined.other.participant.id
    involving = "WHERE ? IN (participant_id, other_id)"
    known = {_pair(one.participant_id, one.other_id) for one in store.records(Distinction, involving, (kept,))}
    for one in store.records(Distinction, f"{involving} ORDER BY id", (other,)):
        third = one.participant_id + one.other_id - other
        pair = _pair(kept, third)
        joined.were_distinguished |= third == kept
        if third == kept or pair in known:
            joined.removals.append(one)
        else:
            joined.update(one, replace(one, participant_id=pair[0], other_id=pair[1]))


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)
