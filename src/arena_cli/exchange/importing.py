"""`arena import`: takes a list whole or not at all, in one transaction with its journal entries.

The same list a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from arena_cli.exchange.alike import likenesses
from arena_cli.exchange.columns import Columns
from arena_cli.exchange.kinds import KINDS
from arena_cli.exchange.opening import AS_IT_STANDS, HowToRead, open_list
from arena_cli.exchange.outcome import ImportRejected, Outcome, Reading, Verdicts
from arena_cli.exchange.plan import Plan, Tally
from arena_cli.exchange.reading import Sheet, SheetRow, in_blocks
from arena_cli.exchange.refusals import NoRows
from arena_cli.exchange.remarks import SHORT
from arena_cli.exchange.work import Work
from arena_cli.journal import Occasion
from arena_cli.store import Store


def _nobody_is_told(_count: int) -> None:
    """Leave it at that."""


def _watched(rows: Iterator[SheetRow], progress: Callable[[int], None]) -> Iterator[Sequence[SheetRow]]:
    count = 0
    for block in in_blocks(rows):
        yield block
        count += len(block)
        progress(count)


def import_list(
    store: Store,
    occasion: Occasion,
    path: Path,
    *,
    how: HowToRead = AS_IT_STANDS,
    dry_run: bool = False,
    beyond_capacity: bool = False,
    progress: Callable[[int], None] = _nobody_is_told,
) -> Outcome:
    """Take a list; in a dry run say what taking it would do, and write nothing.

    With `beyond_capacity`, more may be on a place than there is room for. `progress` is told, now and then, how many
    rows have been read. Raises ImportRejected with every row that
    breaks a rule, or one of `refusals` for a file that is no such list.
    """
    sheet, columns = open_list(path, how)
    sheet = replace(sheet, rows=chain.from_iterable(_watched(sheet.rows, progress)))
    if dry_run:
        with store.snapshot():
            return _take(_work(store, occasion, columns, beyond_capacity, sheet), sheet, dry_run=True)
    with store.change(occasion) as change:
        work = replace(_work(store, occasion, columns, beyond_capacity, sheet), change=change)
        outcome = _take(work, sheet, dry_run=False)
        work.plan.write(change)
    return outcome


def _work(store: Store, occasion: Occasion, columns: Columns, beyond_capacity: bool, sheet: Sheet) -> Work:  # noqa: FBT001
    ((has_people,),) = store.rows("SELECT EXISTS (SELECT 1 FROM participant)")
    return Work(
        store,
        store.project(),
        occasion,
        columns,
        Plan(),
        Tally(),
        beyond_capacity=beyond_capacity,
        has_people=bool(has_people),
        again=sheet.again,
    )


def _take(work: Work, sheet: Sheet, *, dry_run: bool) -> Outcome:
    """Fill the plan with what taking the list would write. Raises ImportRejected or NoRows."""
    columns, tally = work.columns, work.tally
    kind = KINDS[columns.kind]
    reader = kind.reader(work)
    kind.take(work, reader.read(sheet.rows))
    if not reader.count:
        raise NoRows
    reading = Reading(sheet.source, sheet.remarks, columns.kind, columns.headers, columns.unknown, columns.unexplained)
    verdicts = Verdicts.of(tally, reader.problems + tally.problems, likenesses(work.store, tally.newcomers))
    if verdicts.refused:
        raise ImportRejected(reading, reader.count, verdicts)
    for row in reader.short:
        tally.remark(SHORT, row)
    return Outcome(
        reading=reading,
        dry_run=dry_run,
        rows=reader.count,
        verdicts=verdicts,
        persons_new=tally.persons_new,
        remarks=tally.remarks(),
    )
