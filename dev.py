"""Makes the project's environment in .venv when it is missing or outdated, and runs a task in it.

    python3 dev.py demo         make the demo project and its report
    python3 dev.py test         run the tests; what follows goes to pytest; --encrypted: on encrypted files
    python3 dev.py lint         check style and types
    python3 dev.py check        lint, then test
    python3 dev.py bench        measure; what follows goes to the benchmarks
    python3 dev.py soak         kill, starve and cut the power for long; --minutes 10, --kills 2000, --engine sqlcipher
    python3 dev.py attack       try for a long time to find out what public reports hide; --tables 20000
    python3 dev.py fuzz         throw bytes at the readers of lists; --minutes 10
    python3 dev.py docs         write the command reference, docs/commands*.md, anew from the help
    python3 dev.py pictures     make the README's pictures, docs/pictures/, anew from the demo; needs Chromium
    python3 dev.py arena ...    run arena itself

It needs Python 3.11 and nothing else. Interrupt it at will: the next run repairs what was left half-made.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import signal
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, call, run
from typing import IO

ROOT = Path(__file__).resolve().parent
PYTEST = "pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder"  # the faults, which take longest, first
LINT = ["ruff check", "ruff format --check", "mypy"]
TASKS = {"demo": ["arena demo"], "arena": ["arena"], "test": [PYTEST], "bench": ["python -m benchmarks"]}
TASKS |= {"docs": ["python docs/reference.py"], "pictures": ["python docs/pictures.py"]}
TASKS |= {"soak": ["python -m tests.faults.soak"], "fuzz": ["python -m tests.fuzz"]}
TASKS |= {"attack": ["python -m tests.disclosure.soak"]}
TASKS |= {"lint": LINT, "check": [*LINT, PYTEST]}


def main(arguments: list[str]) -> int:
    """Run one task in an environment that is up to date."""
    task, *rest = arguments or [""]
    if task not in TASKS:
        print(__doc__)
        return 0 if task in {"-h", "--help"} else 2
    with lock(ROOT):
        prepare(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every process that a test starts compiles arena anew
    python = "py" if os.name == "nt" else "python3"
    os.environ["ARENA_STARTED_BY"] = f"{python} {shlex.quote(sys.argv[0])} arena"  # for the commands that it proposes
    if task == "test" and "--encrypted" in rest:
        rest.remove("--encrypted")
        os.environ["ARENA_TEST_ENGINE"] = "sqlcipher"
    return run_task(task, rest)


def run_task(task: str, rest: list[str]) -> int:
    """Run the commands of a task until one fails; the rest of the command line goes to the last one."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the command too: let it end as it likes
    commands = [command.split() for command in TASKS[task]]
    commands[-1] += rest
    for program, *options in commands:
        place = None if program == "arena" else ROOT
        if code := call([script(ROOT, program), *options], cwd=place):
            return code if code > 0 else 128 - code
    return 0


def prepare(root: Path) -> None:
    """Bring .venv up to date: make all of it, install the project in it once more, or do nothing."""
    stamp = root / ".venv" / "dev-stamp"  # removed first, written last: half-made looks like missing
    found = stamp.read_text(encoding="ascii").split() if stamp.is_file() else []
    wanted = [environment_hash(root), project_hash(root)]
    if found != wanted:
        stamp.unlink(missing_ok=True)
        if found[:1] != wanted[:1]:
            print("dev.py: making the environment in .venv. This takes half a minute, once.", file=sys.stderr)
            make_environment(root)
        editable = ["--editable"] if editable_is_safe(root) else []
        pip_install(root, "--no-build-isolation", *editable, ".[dev]")
        stamp.write_text("\n".join(wanted), encoding="ascii")


def environment_hash(root: Path) -> str:
    """Identify what .venv is made of: the packages asked for, this Python, and this place."""
    files = [root / "pyproject.toml", root / "constraints.txt"]
    return hash_of(root, files, sys.version, sys.base_prefix, root)


def project_hash(root: Path) -> str:
    """Identify the installed project: an editable install follows the sources, any other is a copy."""
    source = root / "src"
    files = [root / "hatch_build.py", source / "arena_cli" / "__init__.py", *source.rglob("*.po")]
    if not editable_is_safe(root):
        everything = [*source.rglob("*"), *(root / "templates").rglob("*")]
        files += [file for file in everything if file.is_file() and not is_made(file)]
    return hash_of(root, files, editable_is_safe(root))


def is_made(file: Path) -> bool:
    """Say whether a file of the package is made by Python or a build, of those that are asked after."""
    return file.suffix in {".pyc", ".mo"} or "compiled" in file.parts


def hash_of(root: Path, files: Iterable[Path], *facts: object) -> str:
    """Hash the names and contents of the files, and the facts."""
    contents = sorted((str(file.relative_to(root)), sha256(file.read_bytes()).digest()) for file in files)
    return sha256(ascii((contents, facts)).encode()).hexdigest()


def editable_is_safe(root: Path) -> bool:
    """Say whether Python can read the path file of an editable install: before 3.12.4 only if it is ASCII."""
    return os.name == "posix" and (str(root).isascii() or sys.version_info >= (3, 12, 4))


def make_environment(root: Path) -> None:
    """Make .venv from nothing, with what builds the project."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit("dev.py: this Python lacks venv. On Debian and Ubuntu: sudo apt install python3-venv")
    run_quietly("cannot make .venv", root, sys.executable, "-m", "venv", "--clear", ".venv")
    pip_install(root, "hatchling", "babel", "jinja2")


def pip_install(root: Path, *what: str) -> None:
    """Run the environment's own pip."""
    pip = [str(script(root, "python")), "-m", "pip", "--no-input", "--disable-pip-version-check"]
    complaint = "pip cannot install the packages, for which it needs the network. It says"
    run_quietly(complaint, root, *pip, "install", "-c", "constraints.txt", *what)


def run_quietly(complaint: str, root: Path, *command: str) -> None:
    """Run a command in the root; if it fails, end with the complaint and the last lines of what it said."""
    env = {**os.environ, "PYTHONPATH": "", "PIP_USER": "0"}  # other settings are made for other Pythons
    done = run(command, cwd=root, env=env, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, close_fds=False, check=False)
    if done.returncode:
        last_lines = done.stdout.decode(errors="replace").strip().splitlines()[-15:]
        sys.exit("\n    ".join([f"dev.py: {complaint}:", *last_lines]))


def script(root: Path, name: str) -> Path:
    """Return the path of a program in the environment."""
    return root / ".venv" / ("Scripts" if os.name == "nt" else "bin") / name


def lock(root: Path) -> IO[str]:
    """Wait for any other dev.py here, and for a pip whose dev.py was killed: pip inherits the lock."""
    held = (root / ".venv.lock").open("w")
    if sys.platform != "win32":
        import fcntl

        os.set_inheritable(held.fileno(), True)  # noqa: FBT003  # Python's own signature
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("dev.py: waiting for another dev.py that is at work here.", file=sys.stderr)
            fcntl.flock(held, fcntl.LOCK_EX)
    return held


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  # an older Python shall get this sentence, not a traceback
        sys.exit("dev.py needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info))
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        sys.exit(f"dev.py: {error}")
    except KeyboardInterrupt:
        sys.exit("dev.py: interrupted. Run the same command again to go on.")
