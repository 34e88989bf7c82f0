"""An independent calculator of the figures, written from figures.md alone.

It shares nothing with the product: no import, no SQL, no helper. It is written to be obviously right, not
fast; each function quotes the rule it follows. Give it a project and its lists, and ask it for a month:

    expected = Oracle(project, spells, moves).figures("2016-10")
    expected[("stock_flow", "opening", "2380", "women")]
    expected[("movement", ("2", "3"), "all", "all")]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

ALL = "all"
NOT_PLACED = "not_placed"
UNKNOWN = "unknown"
TRANSFERRED = "transferred"
MISREGISTERED = "misregistered"
IN = "in"
OUT = "out"

SEXES = ("women", "men", "other", "unknown")
GROUPS = ("work", "studies", "other", "unknown")
STOCK_FLOW = ("opening", "entered", "re_entered", "transferred_in", "exited", "transferred_out", "closing")
PERSONS = ("participants", "spells", "re_entries", "transfer_continuations", "active", "left")
PROGRESSION = ("up", "down", "same", "not_placed", "moves_up", "moves_down")

Measure = str | tuple[str, str]
Key = tuple[str, Measure, str, str]
Figures = dict[Key, int]


@dataclass(frozen=True)
class SpellRow:
    """One row of a municipality's list: codes as in the project, `sex` as in the figures (one of SEXES)."""

    ref: str
    municipality: str
    sex: str
    birth_year: int | None
    entered_on: date
    entry_step: str | None = None
    referral: str | None = None
    exited_on: date | None = None
    exit_type: str | None = None
    destination: str | None = None


@dataclass(frozen=True)
class MoveRow:
    """One row of the list of step movements."""

    ref: str
    moved_on: date
    step: str


@dataclass(frozen=True)
class ProjectDescription:
    """What the figures need of a project: `steps` in order of position, `destinations` as code -> group."""

    municipalities: tuple[str, ...]
    steps: tuple[str, ...]
    destinations: Mapping[str, str]


@dataclass(frozen=True)
class Month:
    """One month M: "from its first day up to, not including, the first day of the next"."""

    first: date
    last: date

    @property
    def before(self) -> date:
        """The rule: "`before`" is "the last day before M"."""
        return self.first - timedelta(days=1)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read a month written as 2016-10."""
        first = date.fromisoformat(f"{text}-01")
        first_of_next = (first + timedelta(days=31)).replace(day=1)
        return cls(first, first_of_next - timedelta(days=1))

    def contains(self, day: date | None) -> bool:
        """Whether an event on this day, if there was one, happened in M."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True)
class Move:
    """A step recorded on a spell, the entry step included."""

    moved_on: date
    step: str


@dataclass
class Spell:
    """A counted spell (never a misregistered one) with what its person's other spells say about it."""

    municipality: str
    sex: str
    entered_on: date
    exited_on: date | None
    exit_type: str | None
    destination: str
    is_first: bool
    continues_transfer: bool
    moves: list[Move] = field(default_factory=list)

    def in_stock(self, day: date) -> bool:
        """Apply "`entered_on <= D` and (`exited_on` is empty or `exited_on > D`)"."""
        return self.entered_on <= day and (self.exited_on is None or self.exited_on > day)

    def covers(self, day: date) -> bool:
        """Apply "from `entered_on` to `exited_on`, both inclusive"."""
        return self.entered_on <= day and (self.exited_on is None or day <= self.exited_on)

    def step_at(self, day: date) -> str:
        """Apply "the step of the spell's last move with `moved_on <= D` ...; none = `not_placed`"."""
        steps = [move.step for move in self.moves if move.moved_on <= day]
        return steps[-1] if steps else NOT_PLACED


@dataclass
class Person:
    """A participant: the counted spells, in order."""

    sex: str
    spells: list[Spell]


class Oracle:
    """The figures of any month, from the rows of the lists."""

    def __init__(self, project: ProjectDescription, spells: Iterable[SpellRow], moves: Iterable[MoveRow] = ()) -> None:
        self._project = project
        self._persons = _persons(spells, moves)

    def figures(self, month: str) -> Figures:
        """Count every row of every section for the month, zeros included."""
        m = Month.parse(month)
        tally = _Tally(self._project, _sexes_that_occur(self._persons, m))
        for person in self._persons:
            for spell in person.spells:
                _count_stock_flow(tally, spell, m)
                _count_exits(tally, spell, m)
                _count_progression(tally, spell, m, self._project.steps)
                _count_steps(tally, spell, m)
                _count_movement(tally, spell, m)
            for scope in (ALL, *self._project.municipalities):
                _count_person(tally, person, scope, m)
        return tally.figures


class _Tally:
    """The figures under construction: every row exists from the start, at zero, and there are no others."""

    def __init__(self, project: ProjectDescription, sexes: Sequence[str]) -> None:
        self._destinations = project.destinations
        self.figures: Figures = {
            (section, measure, municipality, sex): 0
            for section, measures in _rows_of_sections(project).items()
            for municipality in (*project.municipalities, ALL)
            for measure in measures
            for sex in (*sexes, ALL)
        }

    def add_in_row(self, section: str, measure: Measure, municipality: str, sex: str) -> None:
        """Count one in a single municipality's row (or that of `all`): under the sex and under all sexes."""
        self.figures[(section, measure, municipality, sex)] += 1
        self.figures[(section, measure, municipality, ALL)] += 1

    def add(self, section: str, measure: Measure, spell: Spell) -> None:
        """Count a spell: in its municipality and in the project."""
        self.add_in_row(section, measure, spell.municipality, spell.sex)
        self.add_in_row(section, measure, ALL, spell.sex)

    def group(self, destination: str) -> str:
        """Find the group of a code; unknown "is a class of its own and is never folded into other"."""
        return UNKNOWN if destination == UNKNOWN else self._destinations[destination]


def _rows_of_sections(project: ProjectDescription) -> dict[str, list[Measure]]:
    """List the measures of each section, "zeros included"."""
    codes = _with(UNKNOWN, project.destinations)
    placements = (*project.steps, NOT_PLACED)
    return {
        "stock_flow": [*STOCK_FLOW],
        "persons": [*PERSONS],
        "exits": [*GROUPS],
        "exits_by_destination": [*codes],
        "left": [*GROUPS, TRANSFERRED],
        "left_by_destination": [*codes, TRANSFERRED],
        "progression": [*PROGRESSION],
        "steps": [*placements],
        "movement": [(start, end) for start in (IN, *placements) for end in (*placements, OUT)],
    }


def _with(code: str, codes: Iterable[str]) -> list[str]:
    """Put the code last, whether or not it is among the others."""
    return [*(other for other in codes if other != code), code]


def _sexes_that_occur(persons: Sequence[Person], m: Month) -> list[str]:
    """List the sexes of those who have "at least one spell with `entered_on <= last`"."""
    occurring = {person.sex for person in persons if any(s.entered_on <= m.last for s in person.spells)}
    return [sex for sex in SEXES if sex in occurring]


# --- from rows to persons -----------------------------------------------------------------------------------


def _persons(spell_rows: Iterable[SpellRow], move_rows: Iterable[MoveRow]) -> list[Person]:
    """Apply "same `ref` = same person"."""
    spells_of: dict[str, list[SpellRow]] = {}
    moves_of: dict[str, list[MoveRow]] = {}
    for spell_row in spell_rows:
        spells_of.setdefault(spell_row.ref, []).append(spell_row)
    for move_row in move_rows:
        moves_of.setdefault(move_row.ref, []).append(move_row)
    strangers = moves_of.keys() - spells_of.keys()
    if strangers:
        raise ValueError(f"moves of persons without a spell: {sorted(strangers)}")
    return [_person(rows, moves_of.get(ref, [])) for ref, rows in spells_of.items()]


def _person(rows: Sequence[SpellRow], move_rows: Sequence[MoveRow]) -> Person:
    """Make the person of these rows, which stand in the order of the list."""
    sexes = {row.sex for row in rows}
    if len(sexes) != 1 or not sexes <= set(SEXES):
        raise ValueError(f"{rows[0].ref}: one sex for a person, of {SEXES}, not {sorted(sexes)}")
    counted = sorted((row for row in rows if row.exit_type != MISREGISTERED), key=_place_in_life)
    spells = [_spell(row, previous) for previous, row in zip([None, *counted], counted, strict=False)]
    _hand_out_moves(spells, move_rows, [row for row in rows if row.exit_type == MISREGISTERED])
    return Person(rows[0].sex, spells)


def _place_in_life(row: SpellRow) -> tuple[date, date, bool]:
    """Order of a person's spells: by `entered_on`, then end (open last), then transfers before other ends.

    What still is equal keeps the order of the list, since Python's sort does.
    """
    return row.entered_on, row.exited_on or date.max, row.exit_type != TRANSFERRED


def _spell(row: SpellRow, previous: SpellRow | None) -> Spell:
    """Apply "A spell continues a transfer when the ... spell before it has exit_type `transferred`"."""
    if (row.exited_on is None) and (row.exit_type is not None):
        raise ValueError(f"{row.ref}: an exit type without an end date")
    spell = Spell(
        municipality=row.municipality,
        sex=row.sex,
        entered_on=row.entered_on,
        exited_on=row.exited_on,
        exit_type=row.exit_type,
        destination=row.destination or UNKNOWN,  # "No destination recorded = `unknown`"
        is_first=previous is None,
        continues_transfer=previous is not None and previous.exit_type == TRANSFERRED,
    )
    if row.entry_step is not None:
        spell.moves.append(Move(row.entered_on, row.entry_step))
    return spell


def _hand_out_moves(spells: Sequence[Spell], rows: Iterable[MoveRow], misregistered: Sequence[SpellRow]) -> None:
    """Apply "... the spell that covers its day (on a transfer's seam, to the later spell)".

    A move that only a misregistered spell covers is outside every figure with it. Of two moves on one day the
    later registered comes last: the rows stand in that order, the entry step before them, the sort keeps it.
    """
    for row in rows:
        covering = [spell for spell in spells if spell.covers(row.moved_on)]
        if covering:
            covering[-1].moves.append(Move(row.moved_on, row.step))
        elif not any(_row_covers(spell_row, row.moved_on) for spell_row in misregistered):
            raise ValueError(f"{row.ref}: no spell covers the move on {row.moved_on}")
    for spell in spells:
        spell.moves.sort(key=lambda move: move.moved_on)


def _row_covers(row: SpellRow, day: date) -> bool:
    return row.entered_on <= day and (row.exited_on is None or day <= row.exited_on)


# --- figures of spells --------------------------------------------------------------------------------------


def _count_stock_flow(tally: _Tally, spell: Spell, m: Month) -> None:
    """Apply the table; "A spell that starts and ends inside M counts once in and once out"."""
    if spell.in_stock(m.before):
        tally.add("stock_flow", "opening", spell)
    if m.contains(spell.entered_on):
        tally.add("stock_flow", _way_in(spell), spell)
    if m.contains(spell.exited_on):
        tally.add("stock_flow", "transferred_out" if spell.exit_type == TRANSFERRED else "exited", spell)
    if spell.in_stock(m.last):
        tally.add("stock_flow", "closing", spell)


def _way_in(spell: Spell) -> str:
    """First in the project: `entered`; continuing a transfer: `transferred_in`; neither: `re_entered`."""
    if spell.is_first:
        return "entered"
    return "transferred_in" if spell.continues_transfer else "re_entered"


def _count_exits(tally: _Tally, spell: Spell, m: Month) -> None:
    """Apply "the spells of `exited`, by destination group; ... the same by destination code"."""
    if m.contains(spell.exited_on) and spell.exit_type != TRANSFERRED:
        tally.add("exits", tally.group(spell.destination), spell)
        tally.add("exits_by_destination", spell.destination, spell)


def _count_progression(tally: _Tally, spell: Spell, m: Month, steps: Sequence[str]) -> None:
    """Progression of the spells served in M: "opening + everything entering"."""
    if spell.in_stock(m.before) or m.contains(spell.entered_on):
        tally.add("progression", _direction(_from(spell, m), _to(spell, m), steps), spell)
    for previous, move in zip(spell.moves, spell.moves[1:], strict=False):
        direction = _direction(previous.step, move.step, steps)
        if m.contains(move.moved_on) and direction != "same":
            tally.add("progression", f"moves_{direction}", spell)


def _from(spell: Spell, m: Month) -> str:
    """Apply "step_at(`before`) for a spell in `opening`, otherwise the first step recorded in M"."""
    if spell.in_stock(m.before):
        return spell.step_at(m.before)
    recorded = [move.step for move in spell.moves if m.contains(move.moved_on)]
    return recorded[0] if recorded else NOT_PLACED


def _to(spell: Spell, m: Month) -> str:
    """Apply "step_at(`last`, or `exited_on` if it ended in M)"."""
    if spell.exited_on is not None and m.contains(spell.exited_on):
        return spell.step_at(spell.exited_on)
    return spell.step_at(m.last)


def _direction(start: str, end: str, steps: Sequence[str]) -> str:
    """Apply "`to` above, below, equal to `from`" and "`not_placed`: no step to compare"."""
    if NOT_PLACED in (start, end):
        return "not_placed"
    difference = steps.index(end) - steps.index(start)
    if difference == 0:
        return "same"
    return "up" if difference > 0 else "down"


def _count_steps(tally: _Tally, spell: Spell, m: Month) -> None:
    """Apply "the distribution of `closing` over the steps and `not_placed`"."""
    if spell.in_stock(m.last):
        tally.add("steps", spell.step_at(m.last), spell)


def _count_movement(tally: _Tally, spell: Spell, m: Month) -> None:
    """Count each spell served in one cell.

    "rows `in` (entered in M, any way), each step and `not_placed` at the end of `before`; columns each step
    and `not_placed` at the end of `last`, and `out`"
    """
    if m.contains(spell.entered_on):
        row = IN
    elif spell.in_stock(m.before):
        row = spell.step_at(m.before)
    else:
        return
    column = spell.step_at(m.last) if spell.in_stock(m.last) else OUT
    tally.add("movement", (row, column), spell)


# --- figures of persons -------------------------------------------------------------------------------------


def _count_person(tally: _Tally, person: Person, scope: str, m: Month) -> None:
    """Count the person in the row of one municipality, or of `all`.

    "A municipality's row counts the persons with a spell there"; participants have "at least one spell with
    `entered_on <= last`", `active` ones "a spell in stock at the end of `last`"; the others have `left`.
    """
    spells = [s for s in person.spells if scope in (ALL, s.municipality) and s.entered_on <= m.last]
    if not spells:
        return
    is_active = any(spell.in_stock(m.last) for spell in spells)
    tally.add_in_row("persons", "participants", scope, person.sex)
    tally.add_in_row("persons", "active" if is_active else "left", scope, person.sex)
    _count_bridge(tally, spells, scope)
    if not is_active:
        _count_left(tally, spells[-1], scope)


def _count_bridge(tally: _Tally, spells: Sequence[Spell], scope: str) -> None:
    """Apply "spells - re-entries - transfer continuations = participants".

    Every spell but the person's first in the scope is one of the two; the spell before it in the whole
    project decides which.
    """
    for number, spell in enumerate(spells):
        tally.add_in_row("persons", "spells", scope, spell.sex)
        if number > 0:
            kind = "transfer_continuations" if spell.continues_transfer else "re_entries"
            tally.add_in_row("persons", kind, scope, spell.sex)


def _count_left(tally: _Tally, latest: Spell, scope: str) -> None:
    """Apply "by the destination group of their latest ended spell in the row's scope".

    "`transferred` where that spell ended by transfer"
    """
    if latest.exit_type == TRANSFERRED:
        group = code = TRANSFERRED
    else:
        group, code = tally.group(latest.destination), latest.destination
    tally.add_in_row("left", group, scope, latest.sex)
    tally.add_in_row("left_by_destination", code, scope, latest.sex)
