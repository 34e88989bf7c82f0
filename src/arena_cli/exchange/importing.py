"""`arena import`: takes a list whole or not at all, in one transaction with its journal entries.

The same list a second time changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from arena_cli.exchange.columns import Columns, count_known, recognise
from arena_cli.exchange.kinds import KINDS
from arena_cli.exchange.outcome import ImportRejected, Outcome, Reading
from arena_cli.exchange.plan import Plan, Tally
from arena_cli.exchange.reading import Sheet, read_list, read_sheet
from arena_cli.exchange.refusals import NoRows
from arena_cli.exchange.remarks import SHORT
from arena_cli.exchange.work import Work
from arena_cli.journal import Occasion
from arena_cli.store import Store


def import_list(
    store: Store, occasion: Occasion, path: Path, *, dry_run: bool = False, beyond_capacity: bool = False
) -> Outcome:
    """Take a list; in a dry run say what taking it would do, and write nothing.

    With `beyond_capacity`, more may be on a place than there is room for. Raises ImportRejected with every row that
    breaks a rule, or one of `refusals` for a file that is no such list.
    """
    sheet = read_sheet(read_list(path), count_known)
    columns = recognise(sheet.header)
    if dry_run:
        with store.snapshot():
            return _take(_work(store, occasion, columns, beyond_capacity, sheet), sheet, dry_run=True)
    with store.change(occasion) as change:
        work = replace(_work(store, occasion, columns, beyond_capacity, sheet), change=change)
        outcome = _take(work, sheet, dry_run=False)
        work.plan.write(change)
    return outcome


def _work(store: Store, occasion: Occasion, columns: Columns, beyond_capacity: bool, sheet: Sheet) -> Work:  # noqa: FBT001
    return Work(store, store.project(), occasion, columns, Plan(), Tally(), beyond_capacity, sheet.again)


def _take(work: Work, sheet: Sheet, *, dry_run: bool) -> Outcome:
    """Fill the plan with what taking the list would write. Raises ImportRejected or NoRows."""
    columns, tally = work.columns, work.tally
    kind = KINDS[columns.kind]
    reader = kind.reader(work)
    kind.take(work, reader.read(sheet.rows))
    if not reader.count:
        raise NoRows
    reading = Reading(sheet.encoding, sheet.delimiter, columns.kind, columns.headers, columns.unknown)
    if problems := reader.problems + tally.problems:
        raise ImportRejected(reading, reader.count, problems)
    for row in reader.short:
        tally.remark(SHORT, row)
    return Outcome(
        reading=reading,
        dry_run=dry_run,
        rows=reader.count,
        new=len(tally.new),
        changed=len(tally.changed),
        unchanged=len(tally.unchanged),
        persons_new=tally.persons_new,
        changes={name: tuple(rows) for name, rows in tally.changes().items()},
        remarks=tally.remarks(),
    )
