"""`arena import`: takes a list whole or not at all, in one transaction with its journal entries.

The same list a second time changes nothing.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from arena_cli.exchange.cells import MoveRow, RowReader, SpellRow, move_reader, spell_reader
from arena_cli.exchange.columns import Columns, Kind
from arena_cli.exchange.moves import MovePlanner
from arena_cli.exchange.opening import AS_IT_STANDS, HowToRead, open_list
from arena_cli.exchange.outcome import ImportRejected, Outcome, Reading
from arena_cli.exchange.plan import Ids, Plan, Tally
from arena_cli.exchange.reading import Sheet
from arena_cli.exchange.refusals import NoRows
from arena_cli.exchange.registered import add_attached, registered_by_ref
from arena_cli.exchange.remarks import SHORT
from arena_cli.exchange.spells import SpellPlanner
from arena_cli.journal import Occasion
from arena_cli.store import Store


def import_list(
    store: Store, occasion: Occasion, path: Path, *, how: HowToRead = AS_IT_STANDS, dry_run: bool = False
) -> Outcome:
    """Take a list of spells or moves; in a dry run say what taking it would do, and write nothing.

    Raises ImportRejected with every row that breaks a rule, or one of `refusals` for a file that is no such list.
    """
    sheet, columns = open_list(path, how)
    if dry_run:
        with store.snapshot():
            return _take(store, occasion.today, sheet, columns, Plan(), dry_run=True)
    with store.change(occasion) as change:
        plan = Plan()
        outcome = _take(store, occasion.today, sheet, columns, plan, dry_run=False)
        plan.write(change)
    return outcome


def _take(store: Store, today: date, sheet: Sheet, columns: Columns, plan: Plan, *, dry_run: bool) -> Outcome:
    """Fill the plan with what taking the list would write. Raises ImportRejected or NoRows."""
    tally = Tally()
    reader = _plan_rows(store, today, sheet, columns, plan, tally)
    if not reader.count:
        raise NoRows
    reading = Reading(sheet.source, sheet.remarks, columns.kind, columns.headers, columns.unknown)
    if problems := reader.problems + tally.problems:
        raise ImportRejected(reading, reader.count, problems)
    for row in reader.short:
        tally.remark(SHORT, row)
    return Outcome(
        reading=reading,
        dry_run=dry_run,
        rows=reader.count,
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        persons_new=len(plan.participants),
        changes={name: tuple(rows) for name, rows in tally.changes.items()},
        remarks=tally.remarks(),
    )


def _plan_rows(
    store: Store, today: date, sheet: Sheet, columns: Columns, plan: Plan, tally: Tally
) -> RowReader[SpellRow] | RowReader[MoveRow]:
    project = store.project()
    if columns.kind is Kind.MOVES:
        moves = move_reader(columns, project, today)
        move_rows = list(moves.read(sheet.rows))
        registered = registered_by_ref(store, {row.ref for row in move_rows})
        MovePlanner(columns, Ids(store), plan, tally).take(move_rows, registered)
        return moves
    spells = spell_reader(columns, project, today)
    spell_rows = list(spells.read(sheet.rows))
    registered = registered_by_ref(store, {row.ref for row in spell_rows})
    add_attached(store, registered)
    SpellPlanner(project, today, columns, Ids(store), plan, tally).take(spell_rows, registered)
    return spells
