"""Where `arena` starts. Imports next to nothing, so that `arena --version` answers at once."""

import sys

SCHEMA_VERSION = 17
"""database.SCHEMA_VERSION once more: importing that module would cost more than all of `arena --version`."""

INTERRUPTED = 130

OBJECTS_BETWEEN_COLLECTIONS = 1_000_000
"""With Python's 700 it looks for garbage among the same modules and tables again and again; there is hardly any."""


def main() -> int:
    """Run the command line of this process. Returns its exit code (docs/exit-codes.md)."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        try:
            print(version(), flush=True)
        except OSError:
            pass  # told below, in the user's language
        else:
            return 0
    try:
        import gc

        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        from arena_cli.cli.run import run
        from arena_cli.cli.world import this_world

        code = run(sys.argv[1:], this_world())
    except KeyboardInterrupt:  # before anything was begun
        return INTERRUPTED
    gc.freeze()  # or Python would look through all objects once more before it ends
    return code


def version() -> str:
    """Name the program, its schema, Python and SQLite with their versions."""
    from _sqlite3 import sqlite_version

    from arena_cli import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    return f"arena {__version__} (schema {SCHEMA_VERSION}, Python {python}, SQLite {sqlite_version})"
