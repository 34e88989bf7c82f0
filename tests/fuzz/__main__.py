"""Throw bytes at everything that reads lists, each target for its share of the time. Ends with 1 when something broke.

    python3 dev.py fuzz --minutes 10

Needs atheris, which is large and for Linux only, so that nobody gets it without asking: pip install atheris. It lets
itself be led by which lines of arena have been reached. What broke is put into tests/fuzz/broke/ under the target's
name, and stays there as a case of tests/test_fuzz.py.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import SEEDS, TARGETS

BROKE = Path(__file__).with_name("broke")
RUN_ONE = """
import sys
import atheris
with atheris.instrument_imports(include=["arena_cli"]):
    from tests.fuzz.targets import try_one
target = sys.argv.pop(1)
atheris.Setup(sys.argv, lambda data: try_one(target, data))
atheris.Fuzz()
"""


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--target", action="append", choices=list(TARGETS), help="may be given several times")
    options = arguments.parse_args()
    try:
        import atheris  # noqa: F401 # the processes below need it
    except ImportError:
        print("fuzz: needs atheris: pip install atheris in this environment", file=sys.stderr)
        return 2
    targets = options.target or list(TARGETS)
    seconds = max(1, int(options.minutes * 60 / len(targets)))
    return max(fuzz(target, seconds) for target in targets)


def fuzz(target: str, seconds: int) -> int:
    """Fuzz one target in a process of its own. Prints what libFuzzer says at the end."""
    BROKE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="arena-fuzz-") as folder:
        for number, seed in enumerate(SEEDS[target]):
            (Path(folder) / str(number)).write_bytes(seed)
        limits = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=60", "-rss_limit_mb=4000"]
        words = [sys.executable, "-c", RUN_ONE, target, folder, *limits, f"-artifact_prefix={BROKE / target}-"]
        ended = subprocess.run(words, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    lines = [line for line in ended.stderr.splitlines() if line.strip()]
    said = lines[-1:] if ended.returncode == 0 else lines[-25:]
    print(f"{target}: {'nothing broke' if ended.returncode == 0 else 'BROKE'}", *said, sep="\n  ", flush=True)
    return int(ended.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
