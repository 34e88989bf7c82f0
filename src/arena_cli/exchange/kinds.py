"""The kinds of list there are. A new one is a module with a `KIND`, its columns in columns.py and its line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arena_cli.exchange import backgrounds, follow_ups, hours, moves, placements, spells
from arena_cli.exchange.columns import Kind
from arena_cli.exchange.work import ListKind

KINDS: Final[Mapping[Kind, ListKind]] = {
    Kind.SPELLS: spells.KIND,
    Kind.MOVES: moves.KIND,
    Kind.PLACEMENTS: placements.KIND,
    Kind.HOURS: hours.KIND,
    Kind.FOLLOW_UPS: follow_ups.KIND,
    Kind.BACKGROUNDS: backgrounds.KIND,
}
