"""Questions to the person at the keyboard. Each has an option that answers it beforehand.

Asked only on a terminal; elsewhere everything that is missing is named at once. Nothing is written while asking, so
that Ctrl-C and Ctrl-D leave everything as it was.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from arena_cli.cli.options import of_option
from arena_cli.cli.output import printable, say
from arena_cli.cli.world import Session
from arena_cli.errors import ArenaError, Refused, UsageProblem, translatable
from arena_cli.language import Language
from arena_cli.lookup import DID_YOU_MEAN, UnknownName
from arena_cli.model import Step

T = TypeVar("T")

_YES: Final = translatable("yes")
_NO: Final = translatable("no")
_SAID_YES: Final = frozenset({"yes", "y", "ja", "j"})
_SAID_NO: Final = frozenset({"no", "n", "nej"})
"""In either language, whichever the question is in."""


class Missing(UsageProblem):
    message = translatable("Missing: {options}. There is nobody to ask, so it has to be given.")


class NoAnswer(UsageProblem):
    message = translatable("No answer; nothing was changed. The option {option} answers beforehand.")


class NotConfirmed(Refused):
    message = translatable("Not confirmed; nothing was changed.")


class NeitherYesNorNo(UsageProblem):
    message = translatable("Answer yes or no.")


class Question(NamedTuple, Generic[T]):
    """What is asked, and how its answer is read. `blank` is what no answer means, if it may be left out.

    `choices` are shown with their numbers, by which they can be chosen too.
    """

    option: str
    text: str
    read: Callable[[str], T]
    choices: tuple[object, ...] = ()
    blank: str | None = None


def need(session: Session, given: Mapping[str, object]) -> None:
    """Refuse to go on without options that nobody can be asked for. Raises Missing, which names all of them."""
    missing = tuple(option for option, value in given.items() if value is None)
    if missing and not session.may_ask:
        raise Missing(options=missing)


def wanted(session: Session, typed: str | None, question: Question[T]) -> T:
    """What must be known: read from what was typed, or asked for. Raises Missing where there is nobody to ask."""
    need(session, {question.option: typed})
    answer = given(session, typed, question)
    if answer is None:
        raise NoAnswer(option=question.option)
    return answer


def given(session: Session, typed: str | None, question: Question[T]) -> T | None:
    """What may be known: read from what was typed, or asked for; None where there is nobody to ask."""
    if typed is not None:
        return of_option(question.option, question.read)(typed)
    return ask(session, question) if session.may_ask else None


def ask(session: Session, question: Question[T]) -> T | None:
    """Ask until the answer can be read; what is refused is explained. None for a blank answer that is no default.

    Raises NoAnswer at the end of the input.
    """
    language = session.language
    prompt = language.text(question.text)
    if question.choices:
        say(prompt if prompt.endswith("?") else f"{prompt}:")
        for line in _numbered(question.choices, language):
            say(line)
        prompt = language.text(translatable("Number or name"))
    if question.blank is not None:
        prompt = language.text(
            translatable("{question} [Enter: {blank}]"), question=prompt, blank=language.text(question.blank)
        )
    while True:
        answer = _answer_to(f"{prompt}: ", question.option)
        if not answer and question.blank is not None:
            return None
        try:
            return question.read(chosen(answer, question.choices))
        except UnknownName as refusal:
            say(_not_among_those_shown(refusal, language) if question.choices else refusal.sentence(language))
        except ArenaError as refusal:
            say(refusal.sentence(language))


def ask_hidden(session: Session, option: str, text: str, read: Callable[[str], str] = str) -> str:
    """Ask for what nobody may see over the shoulder, until it can be read; nothing for a blank answer.

    Raises NoAnswer at the end of the input.
    """
    prompt = f"{session.language.text(text)}: "
    while True:
        answer = _hidden_answer_to(prompt, option)
        if not answer:
            return ""
        try:
            return read(answer)
        except ArenaError as refusal:
            say(refusal.sentence(session.language))


def _hidden_answer_to(prompt: str, option: str) -> str:
    from getpass import getpass

    try:
        return getpass(printable(prompt), stream=sys.stderr).strip()
    except EOFError:
        raise NoAnswer(option=option) from None


def _numbered(choices: tuple[object, ...], language: Language) -> Iterator[str]:
    """The choices, one a line. A step is written with its number as it is."""
    width = len(str(len(choices)))
    for number, choice in enumerate(choices, 1):
        text = language.text("{choice}", choice=choice)
        yield f"  {text}" if isinstance(choice, Step) else f"  {number:>{width}} {text}"


def chosen(answer: str, choices: tuple[object, ...]) -> str:
    """The code of the choice with the number that was typed; or else what was typed."""
    if not re.fullmatch(r"[1-9][0-9]{0,2}", answer) or int(answer) > len(choices):
        return answer
    choice = choices[int(answer) - 1]
    return str(getattr(choice, "code", choice))


def _not_among_those_shown(refusal: UnknownName, language: Language) -> str:
    """What the refusal says, without the choices: they stand on the screen."""
    message = translatable("That is none of these.")
    if "typed" in refusal.facts:
        message = translatable('"{typed}" is none of these.')
    said = language.text(message, **refusal.facts)
    suggestion = refusal.facts["suggestion"]
    return said if suggestion is None else f"{said} {language.text(DID_YOU_MEAN, suggestion=suggestion)}"


def confirm(session: Session, option: str, question: str) -> None:
    """Go on only after a yes. Raises NotConfirmed, or NoAnswer at the end of the input."""
    if not is_yes(session, option, question):
        raise NotConfirmed


def is_yes(session: Session, option: str, question: str) -> bool:
    """Whether the answer is yes. Raises NoAnswer at the end of the input."""
    yes = session.language.text(_YES)
    no = session.language.text(_NO)
    answer = _answer_to(f"{question} [{yes}/{no}] ", option).casefold()
    return answer in _SAID_YES


def yes_unless_no(session: Session, option: str, text: str) -> bool:
    """Whether a question is answered with yes, as Enter does. Asked until the answer is yes or no.

    Raises NoAnswer at the end of the input.
    """

    def read(typed: str) -> bool:
        word = typed.casefold()
        if word not in _SAID_YES | _SAID_NO:
            raise NeitherYesNorNo
        return word in _SAID_YES

    return ask(session, Question(option, text, read, blank=_YES)) is not False


def standard_input(most: int) -> str | None:
    """What stands on standard input, so many characters at most; None where nothing can be read from it."""
    try:
        return None if sys.stdin is None else sys.stdin.read(most)
    except (OSError, ValueError):
        return None


def _answer_to(prompt: str, option: str) -> str:
    print(printable(prompt), end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        print(file=sys.stderr)
        raise NoAnswer(option=option)
    return line.strip()
