"""Many processes that register participants in one file at the same time, and whether all of it is there afterwards.

python -m benchmarks.writers WRITERS RECORDS    each so many; ends with 1 where an error came or one is lost
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.faults.harness import enrol, run_child, write_at_once
from tests.sample import new_store

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="arena-bench-") as folder:
        path = Path(folder) / "arena.db"
        new_store(path).close()
        run_child(path, enrol)
        writers, records = map(int, sys.argv[1:])
        sys.exit("\n".join(write_at_once(path, writers, records)) or 0)
