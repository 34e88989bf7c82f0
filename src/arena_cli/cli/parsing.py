"""Typer's commands in the user's language: help, usage errors, and the options that every command has.

Typer 0.28 carries a Click of its own whose sentences are English and fixed; this is the one module that touches it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

from typer._click import Context, HelpFormatter, Parameter
from typer._click.core import Command
from typer._click.exceptions import BadOptionUsage, MissingParameter, NoSuchOption, UsageError
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from arena_cli.cli.index import PANELS, command_name, headings
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable

BARE: Final[Mapping[str, str]] = {"--month": "last"}
"""What an option means that is given without a value."""

_TYPERS_OWN: Final = (
    translatable("Show this message and exit."),
    translatable("Install completion for the current shell."),
    translatable("Show completion for the current shell, to copy it or customize the installation."),
)


class UnknownCommand(UsageProblem):
    message = translatable('There is no command "{command}". `arena --help` lists them.')


class UnknownCommandAlike(UsageProblem):
    message = translatable('There is no command "{command}". Did you mean {alike}? `arena --help` lists them all.')


class UnknownOption(UsageProblem):
    message = translatable("There is no option {option}. `{path} --help` lists them.")


class UnknownOptionAlike(UsageProblem):
    message = translatable("There is no option {option}. Did you mean {alike}? `{path} --help` lists them all.")


class OptionWithoutValue(UsageProblem):
    message = translatable("The option {option} needs a value. `{path} --help` shows how.")


class OptionWithValue(UsageProblem):
    message = translatable("The option {option} takes no value. `{path} --help` shows how.")


class MissingArgument(UsageProblem):
    message = translatable("{argument} is missing. `{path} --help` shows how the command is written.")


class TooManyArguments(UsageProblem):
    message = translatable(
        "That is one word too many. A value with blanks in it goes in quotation marks; "
        "`{path} --help` shows how the command is written."
    )


class _Spoken(Command):
    """What a command and the group of commands have in common: common options, and words in the user's language."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:  # completing a line that is not finished
            return super().parse_args(ctx, args)
        with _refusals(ctx):
            return super().parse_args(ctx, _with_values(args, self.get_params(ctx), ctx))

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        language = _session(ctx).language
        pieces = [language.text(translatable("[OPTIONS]"))]
        pieces += [language.text(p.make_metavar(ctx)) for p in self.params if isinstance(p, TyperArgument)]
        if isinstance(self, TyperGroup):
            pieces.append(language.text(translatable("COMMAND ...")))
        formatter.write_usage(ctx.command_path, " ".join(pieces), language.text(translatable("Usage:")) + " ")

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        language = _session(ctx).language
        for kind, heading in ((TyperArgument, translatable("Arguments")), (TyperOption, translatable("Options"))):
            rows = [_help_row(p, ctx) for p in self.get_params(ctx) if isinstance(p, kind)]
            if rows:
                with formatter.section(language.text(heading)):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Print the example as it is: a command line that is broken into several could not be copied."""
        if self.epilog:
            with formatter.section(_session(ctx).language.text(translatable("Example"))):
                formatter.write(f"  {self.epilog}\n")


class ArenaCommand(_Spoken, TyperCommand):
    """A command with the options that all have."""

    def __init__(self, name: str | None, *, params: list[Parameter] | None = None, **settings: Any) -> None:
        super().__init__(name, params=[*(params or ()), *_common_options()], **settings)

    def invoke(self, ctx: Context) -> object:
        """Run the command, which finds its session in the context."""
        ctx.obj = _session(ctx)._replace(command=self.name or "")
        return super().invoke(ctx)


class ArenaGroup(_Spoken, TyperGroup):
    """`arena` itself. Lists its commands from the index, since only the one that is called is loaded."""

    def __init__(self, *, params: list[Parameter] | None = None, **settings: Any) -> None:
        super().__init__(params=[*(params or ()), *_common_options()], **settings)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command. Raises UnknownCommand, or UnknownCommandAlike when one has nearly that name."""
        name = command_name(args[0], args[1] if len(args) > 1 else "")
        rest = args[1:] if name == args[0] else args[2:]
        if name not in self.commands and not ctx.resilient_parsing:
            _refuse_command(name)
        return super().resolve_command(ctx, [name, *rest])

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """List the commands by their panels, then the options."""
        language = _session(ctx).language
        for title, panels in headings():
            with formatter.section(language.text(title)):
                commands = [command for panel in panels for command in panel.commands.items()]
                formatter.write_dl([(name, language.text(summary)) for name, summary in commands])
        super().format_options(ctx, formatter)


def _session(ctx: Context) -> Session:
    session: Session = ctx.obj
    return session


def _common_options() -> list[Parameter]:
    def use_database(ctx: Context, _: Parameter, value: str | None) -> None:
        if value:
            ctx.obj = _session(ctx)._replace(db=Path(value))

    def never_ask(ctx: Context, _: Parameter, value: bool) -> None:
        if value:
            ctx.obj = _session(ctx)._replace(no_input=True)

    return [
        TyperOption(
            param_decls=["--db"],
            metavar=translatable("FILE"),
            expose_value=False,
            callback=use_database,
            help=translatable("The project's database file. Otherwise ARENA_DB, or arena.db in this folder."),
        ),
        TyperOption(
            param_decls=["--lang"],
            metavar="sv|en",
            expose_value=False,
            help=translatable("Swedish or English. Otherwise ARENA_LANG, or the computer's language."),
        ),
        TyperOption(
            param_decls=["--no-input"],
            is_flag=True,
            expose_value=False,
            callback=never_ask,
            help=translatable("Never ask; say what is missing."),
        ),
    ]


@contextmanager
def _refusals(ctx: Context) -> Iterator[None]:
    """Turn Click's usage errors into refusals. What was typed is not repeated: it may concern a participant."""
    path = ctx.command_path
    try:
        yield
    except NoSuchOption as error:
        if error.possibilities:
            alike = tuple(sorted(error.possibilities))
            raise UnknownOptionAlike(option=error.option_name, alike=alike, path=path) from None
        raise UnknownOption(option=error.option_name, path=path) from None
    except BadOptionUsage as error:
        raise OptionWithValue(option=error.option_name, path=path) from None
    except MissingParameter as error:
        metavar = error.param.make_metavar(ctx) if error.param else ""
        raise MissingArgument(argument=_session(ctx).language.text(metavar), path=path) from None
    except UsageError:
        raise TooManyArguments(path=path) from None


def _refuse_command(command: str) -> NoReturn:
    from difflib import get_close_matches

    known = [name for panel in PANELS for name in panel.commands]
    alike = tuple(name for name in known if name.startswith(f"{command} ")) or tuple(get_close_matches(command, known))
    if alike:
        raise UnknownCommandAlike(command=command, alike=alike)
    raise UnknownCommand(command=command)


def _with_values(args: Sequence[str], params: Sequence[Parameter], ctx: Context) -> list[str]:
    """Give an option without a value the one it then means. Raises OptionWithoutValue where there is none.

    Click would take the next option for the value.
    """
    options = [p for p in params if isinstance(p, TyperOption)]
    names = {name for option in options for name in option.opts}
    needs_value = {name for option in options if not option.is_flag for name in option.opts}
    complete: list[str] = []
    rest = list(args)
    while rest:
        arg = rest.pop(0)
        complete.append(arg)
        if arg == "--" or not (ctx.allow_interspersed_args or arg.startswith("-")):
            break
        if arg in needs_value:
            if rest and rest[0].partition("=")[0] not in names:
                complete.append(rest.pop(0))
            elif arg in BARE:
                complete.append(BARE[arg])
            else:
                raise OptionWithoutValue(option=arg, path=ctx.command_path)
    return complete + rest


def _help_row(param: TyperArgument | TyperOption, ctx: Context) -> tuple[str, str]:
    language = _session(ctx).language
    names = [] if isinstance(param, TyperArgument) else [", ".join(sorted(param.opts, key=len))]
    if not (isinstance(param, TyperOption) and param.is_flag):
        names.append(language.text(param.make_metavar(ctx)))
    return " ".join(names), language.text(param.help or "")
