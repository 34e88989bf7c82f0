"""Participants who may be one person: listed, and pointed out before somebody is registered once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from arena_cli.casework.duplicates import Confidence, Described, Likeness, duplicates, names, possible_duplicates
from arena_cli.cli.asking import is_yes
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson
from arena_cli.cli.output import answer_json, say, table
from arena_cli.cli.world import Session
from arena_cli.errors import Refused, UsageProblem, translatable
from arena_cli.language import LANGUAGES, Language, load_language
from arena_cli.lookup import folded
from arena_cli.store import Store

Least = Annotated[
    str,
    typer.Option("--confidence", metavar="high|medium|low", help=translatable("How sure it has to be, at least.")),
]
Everybody = Annotated[
    bool, typer.Option("--all", help=translatable("Also those of whom it was said that they are two persons."))
]

_FIELDS: Final = {
    "ref": translatable("Ref"),
    "birth_year": translatable("Birth year"),
    "entered_on": translatable("Day of entry"),
    "entered_within_a_week": translatable("Day of entry, within a week"),
    "began_as_the_other_ended": translatable("One began as the other ended"),
    "municipality": translatable("Municipality"),
    "at_the_same_time": translatable("There at the same time"),
    "sex": translatable("Sex"),
    "referral": translatable("Sent by"),
    "background": translatable("Background"),
    "name": translatable("Name"),
}
_CONFIDENCES: Final = {
    Confidence.HIGH: translatable("high"),
    Confidence.MEDIUM: translatable("medium"),
    Confidence.LOW: translatable("low"),
}
_ALIKE: Final = translatable(
    "{code} is alike in: {agree}. Confidence: {confidence}. `arena show-participant {code}` shows who it is."
)
_ALIKE_BUT_PROTECTED: Final = translatable(
    "{code} is alike. Confidence: {confidence}. `arena show-participant {code}` shows who it is."
)
_TO_DO: Final = translatable(
    "One person: `arena merge-participants CODE CODE`. Two persons: `arena distinguish-participants CODE CODE`."
)


class UnknownConfidence(UsageProblem):
    message = translatable("Confidence is one of: high, medium, low.")


class RegisteredAlready(Refused):
    message = translatable(
        "Nothing was registered. If {code} comes back: `arena readmit-participant {code}`; to another municipality: "
        "`arena transfer-participant {code}`; from waiting: `arena start-participant {code}`."
    )


def find_duplicates(
    context: typer.Context, *, confidence: Least = "medium", everybody: Everybody = False, as_json: AsJson = False
) -> None:
    """List who may be one person, the surest first."""
    session: Session = context.obj
    least = _read_confidence(confidence)
    with session.reading() as store, store.snapshot():
        named = names(store)
        pairs = [pair for pair in duplicates(store, least, named) if everybody or pair.distinguished_on is None]
    if named:
        _write_down(session, len(named))
    if as_json:
        answer_json([_as_json(pair) for pair in pairs])
        return
    language = session.language
    headings = [
        translatable("Confidence"),
        translatable("Points"),
        translatable("Code"),
        translatable("Code"),
        translatable("Agree"),
        translatable("Differ"),
    ]
    if everybody:
        headings.append(translatable("Two persons"))
    table(
        [language.text(heading) for heading in headings], [_row(pair, session, everybody=everybody) for pair in pairs]
    )
    say(language.plural("{count} pair", "{count} pairs", count=len(pairs)))
    if pairs:
        say(language.text(_TO_DO))


def _write_down(session: Session, persons: int) -> None:
    """That names were compared: whoever has the codes of two, and knows the one, knows the other's name."""
    from arena_cli.casework.access import record_access
    from arena_cli.cli.purpose import FINDING_DUPLICATES
    from arena_cli.model import AccessAction

    with session.writing() as store:
        record_access(store, session.occasion(), AccessAction.SEARCH, FINDING_DUPLICATES, "name", persons)


def _row(pair: Likeness, session: Session, *, everybody: bool) -> list[object]:
    row: list[object] = [
        session.language.text(_CONFIDENCES[pair.confidence]),
        pair.points,
        pair.code,
        pair.other,
        fields_in_words(session.language, pair.agree),
        fields_in_words(session.language, pair.differ),
    ]
    return [*row, pair.distinguished_on] if everybody else row


def _as_json(pair: Likeness) -> dict[str, object]:
    return {
        "confidence": pair.confidence.value,
        "points": pair.points,
        "codes": [pair.code, pair.other],
        "agree": list(pair.agree),
        "differ": list(pair.differ),
        "distinguished_on": pair.distinguished_on.isoformat() if pair.distinguished_on else None,
    }


def fields_in_words(language: Language, fields: Sequence[str]) -> str:
    """What the fields are called in which two are alike, or differ."""
    return ", ".join(language.text(_FIELDS[field]) for field in fields)


def _read_confidence(typed: str) -> Confidence:
    known = {
        folded(load_language(code).text(name)): confidence
        for confidence, name in _CONFIDENCES.items()
        for code in LANGUAGES
    }
    if folded(typed) not in known:
        raise UnknownConfidence
    return known[folded(typed)]


# -- before somebody is registered ------------------------------------------------------------------------------------


def point_out(session: Session, store: Store, described: Described) -> tuple[str, ...]:
    """Say who is alike to somebody who is about to be registered, and ask whether it is the same person.

    Where nobody can be asked, what there is to say is returned, to be said when the person is registered. Raises
    RegisteredAlready or NoAnswer.
    """
    language = session.language
    remarks = []
    for pair in possible_duplicates(store, [described]):
        facts = {
            "agree": fields_in_words(session.language, pair.agree),
            "confidence": language.text(_CONFIDENCES[pair.confidence]),
        }
        remark = language.text(_ALIKE if pair.agree else _ALIKE_BUT_PROTECTED, code=pair.other, **facts)
        if not session.may_ask:
            remarks.append(remark)
            continue
        say(remark)
        if is_yes(session, "--new", language.text(translatable("Is it the same person?"))):
            raise RegisteredAlready(code=pair.other)
    return tuple(remarks)


COMMANDS: Final = {
    "find-duplicates": Command(
        find_duplicates,
        "arena find-duplicates --confidence low",
        translatable(
            "Names codes and fields, never what is in them. docs/duplicates.md says how many points each field gives. "
            "Where the project keeps names they are compared, and that is written down: `arena list-accesses`."
        ),
    ),
}
