"""`python -m arena_cli`, for computers where the `arena` script is not on the PATH."""

import sys

from arena_cli.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
