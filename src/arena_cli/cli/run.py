"""One command line, from its words to its exit code. The one place where a refusal becomes a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import zip_longest
from typing import Annotated

import typer

from arena_cli.cli.index import PANELS, Command, Panel, command_name
from arena_cli.cli.main import INTERRUPTED, version
from arena_cli.cli.output import say
from arena_cli.cli.parsing import ArenaCommand, ArenaGroup
from arena_cli.cli.world import Remembered, Session, World
from arena_cli.errors import ArenaError, CannotWrite, UsageProblem, translatable
from arena_cli.language import Language, UnknownLanguage, choose_language, load_language

WRONG_USAGE = 2
UNEXPECTED = 1

_VALUES_BEFORE_COMMAND = ("--db", "--lang")
_COMPLETE = "_ARENA_COMPLETE"
"""The variable through which a shell asks for completions."""

_WHAT_ARENA_DOES = translatable("Follows the participants of a project step by step, and writes its monthly report.")
_WHERE_TO_BEGIN = translatable("Begin with `arena init`, or look around with `arena demo`.")
_UNEXPECTED = translatable("Something unexpected happened: {kind} at {place}. Please report these words.")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(version())
        raise typer.Exit


class NowhereToPrint(CannotWrite):
    message = translatable("Nothing was done: there is nowhere to print the answer, since standard output is closed.")


class NumberInCommand(UsageProblem):
    message = translatable(
        "Nothing was done: the command has a personal identity number in it. Others on this computer can read what "
        "commands are running, and the shell remembers them: take the line out of its history. "
        "`arena find-participant` and `arena set-identity` ask for the number."
    )


class AnswerLost(CannotWrite):
    message = translatable(
        "The answer could not be printed in full: the disk is full or standard output is gone. "
        "The command changes nothing that is registered."
    )


class AnswerLostAfterChange(CannotWrite):
    message = translatable(
        "The answer could not be printed in full: the disk is full or standard output is gone. "
        "What was to be changed has been: `arena list-changes` shows it."
    )


def run(arguments: Sequence[str], world: World) -> int:
    """Run one command line in a world. Returns its exit code; every problem has been told on stderr."""
    try:
        option = _value_of("--lang", arguments)
        language = load_language(choose_language(option, world.environ, world.os_locale))
    except UnknownLanguage as refusal:
        say(refusal.sentence(load_language(_language_of_the_world(world))))
        return refusal.exit_code
    try:
        _refuse_numbers(arguments)
        return _run(list(arguments), world, language)
    except ArenaError as refusal:
        say(refusal.sentence(language))
        return refusal.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say("\n" + language.text(translatable("Interrupted.")))
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 # a traceback could show what is registered about people
        say(language.text(_UNEXPECTED, kind=type(error).__name__, place=_place(error)))
        return UNEXPECTED


def _refuse_numbers(arguments: Sequence[str]) -> None:
    """Refuse a command line with somebody's number in it, which has been shown to others by then. Raises."""
    for word in arguments:
        if sum(character in _DIGITS for character in word) in _NUMBER_LENGTHS:
            from arena_cli.personal_number import is_personal_number

            if is_personal_number(word.rpartition("=")[2]):
                raise NumberInCommand


_DIGITS = frozenset("0123456789")
_NUMBER_LENGTHS = (10, 12)


def _language_of_the_world(world: World) -> str:
    """The language in which to say that another one is not known."""
    try:
        return choose_language(None, world.environ, world.os_locale)
    except UnknownLanguage:
        locale_only = {name: value for name, value in world.environ.items() if name != "ARENA_LANG"}
        return choose_language(None, locale_only, world.os_locale)


def _run(arguments: list[str], world: World, language: Language) -> int:
    if sys.stdout is None:
        raise NowhereToPrint
    try:
        code = _dispatch(arguments, Session(world, language, Remembered()))
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return CannotWrite.exit_code
    except OSError as error:
        if error.filename is not None or error.errno is None:  # not of the stream that takes the answer
            raise
        _drop_output()
        raise (AnswerLostAfterChange if _changes_file(arguments) else AnswerLost) from None
    return code


def _dispatch(arguments: list[str], session: Session) -> int:
    name = _command_name(arguments)
    if _COMPLETE in session.world.environ:
        _app(*PANELS, language=session.language, completion=True)(arguments, prog_name="arena", obj=session)
    panels = [Panel(p.module, p.title, {name: p.commands[name]}) for p in PANELS if name and name in p.commands]
    group = typer.main.get_command(_app(*panels, language=session.language, completion=name is None))
    try:
        with group.make_context("arena", arguments, obj=session) as context:
            if name is None:
                say(context.get_help())
                say("\n" + session.language.text(_WHERE_TO_BEGIN))
                return WRONG_USAGE
            group.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def _app(*panels: Panel, language: Language, completion: bool) -> typer.Typer:
    """The command line with the commands of some panels. Making all takes time, and one run needs one of them."""
    app = typer.Typer(
        cls=ArenaGroup,
        add_completion=completion,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=language.text(_WHAT_ARENA_DOES),
    )
    app.callback()(_arena)
    for panel in panels:
        commands: Mapping[str, Command] = import_module(f"arena_cli.cli.{panel.module}").COMMANDS
        for name, summary in panel.commands.items():
            command = commands[name]
            paragraphs = filter(None, (summary, command.help))
            app.command(
                name,
                cls=ArenaCommand,
                help="\n\n".join(language.text(paragraph) for paragraph in paragraphs),
                epilog=command.example,
            )(command.function)
    return app


def _arena(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help=translatable("Show the versions and exit.")
        ),
    ] = False,
) -> None:
    """Take the options that stand before the command."""


def _command_name(arguments: Sequence[str]) -> str | None:
    """The first word that is neither an option nor the value of one, with the next where both are the name."""
    words = iter(arguments)
    for word in words:
        if word in _VALUES_BEFORE_COMMAND:
            next(words, None)
        elif not word.startswith("-"):
            return command_name(word, next(words, ""))
    return None


def _changes_file(arguments: Sequence[str]) -> bool:
    """Whether the command, when it could not print its answer, had changed the database file."""
    name = _command_name(arguments)
    only_looks = {"--help", "-h", "--version", "--dry-run"}.intersection(arguments)
    return not only_looks and any(name in panel.commands for panel in PANELS if panel.changes_file)


def _value_of(option: str, arguments: Sequence[str]) -> str | None:
    """The value of an option that must be known before the command line is read: what is said of it is translated."""
    for word, following in zip_longest(arguments, arguments[1:]):
        if word == option:
            return following
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


def _place(error: BaseException) -> str:
    """Module and line of our own that was at work."""
    from traceback import walk_tb

    places = [(f.f_globals.get("__name__", ""), line) for f, line in walk_tb(error.__traceback__)]
    own = [place for place in places if place[0].startswith("arena_cli")]
    module, line = (own or places)[-1]
    return f"{module}:{line}"


def _drop_output() -> None:
    """Stop Python from trying, at its end, to print what could not be printed."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)
