"""What a command gets from outside: the clock, the environment, who is at the keyboard, and where the file is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from arena_cli.errors import UsageProblem, translatable
from arena_cli.language import Language
from arena_cli.swedish_time import in_sweden

if TYPE_CHECKING:
    from arena_cli.journal import Occasion
    from arena_cli.key import Key
    from arena_cli.keys import KeyRing
    from arena_cli.store import Store

DEFAULT_DATABASE: Final = "arena.db"
"""In the current folder, when neither --db nor ARENA_DB names a file."""


class BadSourceDate(UsageProblem):
    message = translatable("SOURCE_DATE_EPOCH must be a whole number of seconds since 1970.")


class World(NamedTuple):
    """This process's surroundings. Tests make their own."""

    environ: Mapping[str, str]
    now: datetime
    actor: str
    umask: int
    """What the user wishes of new files that hold no participants' data; the process itself runs with 077."""
    os_locale: str | None = None


class Remembered:
    """What a command gets from outside but once."""

    key_ring: KeyRing | None = None


class Session(NamedTuple):
    """One command: its world, the language it speaks and the file it works on."""

    world: World
    language: Language
    remembered: Remembered
    command: str = ""
    db: Path | None = None
    no_input: bool = False

    @property
    def today(self) -> date:
        """The date in Sweden, which late in the evening is another one than in UTC."""
        return in_sweden(self.world.now).date()

    @property
    def made_at(self) -> datetime:
        """When a report is made, by its own account: SOURCE_DATE_EPOCH, or now. Raises BadSourceDate."""
        epoch = self.world.environ.get("SOURCE_DATE_EPOCH")
        if not epoch:
            return self.world.now
        if not (epoch.isascii() and epoch.isdigit()):
            raise BadSourceDate
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (OverflowError, OSError, ValueError):
            raise BadSourceDate from None

    @property
    def database(self) -> Path:
        """The file: --db, ARENA_DB, or arena.db in the current folder."""
        return self.db or Path(self.world.environ.get("ARENA_DB") or DEFAULT_DATABASE)

    @property
    def program(self) -> str:
        """What the user wrote for `arena`, so that a command that is proposed can be copied."""
        from shutil import which

        started_by = self.world.environ.get("ARENA_STARTED_BY")
        if started_by:
            return started_by
        path = Path(sys.argv[0])
        if path.parts[-2:] == ("arena_cli", "__main__.py"):
            return f"{quoted(sys.executable)} -m arena_cli"
        on_path = which("arena")
        if path.stem != "arena" or (on_path and Path(on_path) == path):
            return "arena"
        return quoted(sys.argv[0])

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody to answer."""
        return not self.no_input and None not in (sys.stdin, sys.stderr) and sys.stdin.isatty()

    def occasion(self, why: str | None = None) -> Occasion:
        """When, by whom and with which command something is done."""
        from arena_cli.journal import Occasion

        at = self.world.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Occasion(self.today, at, self.world.actor, self.command, why)

    @property
    def key_ring(self) -> KeyRing:
        """The keys of encrypted files, as far as this command can get at them."""
        from arena_cli.keys import KeyRing

        if self.remembered.key_ring is None:
            self.remembered.key_ring = KeyRing(self.world.environ)
        return self.remembered.key_ring

    def find_key(self, path: Path, key: str) -> Key:
        """The key with an id, which a file needs. Raises NoKey, or what is wrong with where it lies."""
        return self.key_ring.find(path, key, asking=self.may_ask)

    def reading(self) -> Store:
        """The file, for reading."""
        return self._opened(writing=False)

    def writing(self) -> Store:
        """The file, for changing it."""
        return self._opened(writing=True)

    def _opened(self, *, writing: bool) -> Store:
        from arena_cli.store import Store

        return Store.open(
            self.database,
            writing=writing,
            keys=self.find_key,
            on_merged=self._tell_merged(),
            on_migrated=self._tell_migrated,
        )

    def _tell_migrated(self, kept: Path) -> None:
        """Says once that the file is another one now, and where the one before lies."""
        from arena_cli.cli.output import say

        message = translatable(
            "{path} has been brought to this version of arena. The file as it was is kept as {kept}: it holds the same "
            "persons, so remove it when all is well."
        )
        say(self.language.text(message, path=self.database, kept=kept))

    def _tell_merged(self) -> Callable[[str, str], None]:
        """Says of each code, once, that the person has another one now."""
        told: set[str] = set()

        def tell(code: str, now: str) -> None:
            if code not in told:
                from arena_cli.cli.output import say

                told.add(code)
                say(
                    self.language.text(translatable("{code} is {now} now: the two are one person."), code=code, now=now)
                )

        return tell


def quoted(word: str) -> str:
    """The word as a shell takes it, also with blanks in it."""
    import shlex

    if sys.platform == "win32":
        return f'"{word}"' if " " in word else word
    return shlex.quote(word)


def this_world() -> World:
    """The world of this process, which from here on makes files that only their owner can read, and no core dump.

    A letter that the console does not have, or that nobody could have typed, is replaced: it stops no command.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    _refuse_core_dumps()
    return World(
        environ=os.environ,
        now=datetime.now(UTC),
        actor=_actor(os.environ),
        umask=os.umask(0o077),
        os_locale=_os_locale(),
    )


def _refuse_core_dumps() -> None:
    """Keep what a crash leaves, names and keys among it, off the disk; also of what this process starts."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _actor(environ: Mapping[str, str]) -> str:
    """The operating system's name of the user; behind sudo, also of who became root."""
    if sys.platform == "win32":
        return environ.get("USERNAME", "?")
    import pwd

    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = f"uid {os.getuid()}"
    before = environ.get("SUDO_USER")
    return f"{user} (sudo: {before})" if before and before != user else user


def _os_locale() -> str | None:
    """The user's locale where it is no environment variable."""
    if sys.platform == "win32":
        import locale

        return locale.getlocale()[0]
    return None
