"""Projects as data: reads and checks a project file (TOML), and writes one. docs/profile.md says every key.

A fault names its key, lists counted from 1 as people count: `steps[3].code` is the code of the third step. All faults of a
file are reported at once, without repeating what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final, Required, TypedDict, Unpack
from unicodedata import category, normalize

from arena_cli.errors import ArenaError, CannotWrite, DataProblem, NotFound, Phrasing, Refused, UsageProblem, translatable
from arena_cli.lookup import DID_YOU_MEAN, Names, folded, municipalities_of_sweden, municipality_names
from arena_cli.model import ALL, NOT_PLACED, Destination, Group, Municipality, Project, Referral, Step

FUND_RULES: Final = ("none", "esf-2014", "esf-plus")
"""The funds whose rules arena knows, and none."""

RESERVED_CODES: Final = frozenset({ALL, NOT_PLACED, "in", "out", "transferred"})
"""Words of the figures that no step, destination or referral may take for a code (docs/figures.md)."""

UNKNOWN: Final = Destination(Group.UNKNOWN.value, Group.UNKNOWN, "okänt", "unknown")
"""The destination that every project has."""

_YEARS: Final = range(1990, 2101)
_AGES: Final = range(121)
_PARTICIPANTS: Final = range(1, 1_000_001)
_LONGEST_CODE: Final = 40
_LONGEST_TEXT: Final = 500
_BUILTIN: Final = Path(__file__).with_name("projects")
...
