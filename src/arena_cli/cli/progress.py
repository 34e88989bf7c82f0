"""How far a long piece of work has come: on a terminal only, on stderr, and gone when it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from arena_cli.errors import translatable
from arena_cli.language import Language

FIRST_SHOWN: Final = 5000
"""Rows. A list that is shorter is read before anybody has seen that it is being read."""


@contextmanager
def rows_read(language: Language) -> Iterator[Callable[[int], None]]:
    """Somebody to be told, now and then, how many rows have been read."""
    with ExitStack() as stack:
        shown: list[Callable[[int], None]] = []

        def tell(count: int) -> None:
            if count >= FIRST_SHOWN and sys.stderr is not None and sys.stderr.isatty():
                if not shown:
                    shown.append(_show(stack, language))
                shown[0](count)

        yield tell


def _show(stack: ExitStack, language: Language) -> Callable[[int], None]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = progress.add_task("")
    message = translatable("{count} rows read")
    return lambda count: progress.update(task, description=language.text(message, count=count))
