"""The month's file for SCB, the register of who has taken part, when, and for how many hours.

Source: SCB, Europeiska socialfonden (survey page): sent for each month within four weeks of its end, chronologically; a
start in the month of the start and an end in that of the end; where an earlier file is corrected, it and all later ones
are sent again. Which columns the template has is not confirmed: docs/scb.md says what is and what is not.

A row is a participant who was enrolled on some day of the month. The start is the first entry into the project, also
of somebody who has come back, and the end the last exit, if nobody has come back by the end of the month: (EU)
1304/2013, participation counted once. What happens in later months changes nothing in the file of an earlier one.

What is kept of a file is a hash over codes, days, hours, and the random salt of the number that was told, never the
number: so what was said can be compared with what would be said now, and stands in one place only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from arena_cli.casework.access import is_written_down, record_access
from arena_cli.casework.identities import latest_numbers
from arena_cli.errors import Refused, translatable
from arena_cli.exchange.outgoing.tables import Column, Kind, Table
from arena_cli.figures.spells import order_of, period
from arena_cli.identity_number import NumberKind, PersonalNumber
from arena_cli.journal import Occasion
from arena_cli.language import Language
from arena_cli.model import AccessAction, IdentityNumber, Month, OfficialFile, Protection, Sex
from arena_cli.store import Store


class MonthOpen(Refused):
    message = translatable("{month} has not ended. Its file is written when it has, and within four weeks.")


class NotInOrder(Refused):
    message = translatable(
        "The files are sent in the order of the months, and that of {month} comes before: it has not been written, or "
        "must be sent again. Write it first: `arena write-scb-file --month {month}`."
    )


class NoLongerKnown(Refused):
    message = translatable(
        "The file of {month} was written before retention, which has erased what it said: it can be neither compared "
        "nor written again."
    )


class State(StrEnum):
    """Whether a file holds. Those that do not are to be sent again."""

    HOLDS = "holds"
    CHANGED = "changed"
    FOLLOWS = "follows"
    """An earlier month's file was written again after it, or must be."""
    ERASED = "erased"
    """Retention has come after it: nobody can tell."""


STALE: Final = frozenset({State.CHANGED, State.FOLLOWS})


class Row(NamedTuple):
    """What the file says of a participant.

    `person` is the number, what SCB wants instead for somebody who is protected, or the code.
    """

    person: str
    started_on: str
    ended_on: str | None
    minutes: int
    certified_minutes: int


@dataclass(frozen=True, slots=True)
class Content:
    """What the file of a month says now; `digest` is a hash of it without any number. `protected` counts rows."""

    month: Month
    rows: Sequence[Row]
    digest: str
    is_draft: bool
    protected: int


class Written(NamedTuple):
    """The latest file of a month, with its journal entry's number, time and actor.

    `because` is the month whose change is why it must be sent again.
    """

    file: OfficialFile
    seq: int
    at: str
    actor: str
    state: State = State.HOLDS
    because: Month | None = None

    @property
    def month(self) -> Month:
        return Month.parse(self.file.month)


# -- reading ----------------------------------------------------------------------------------------------------------

_ROWS: Final = f"""
WITH person AS (
    SELECT participant_id, min(entered_on) AS started_on
    FROM counted_spell WHERE entered_on <= :last
    GROUP BY 1 HAVING max(exited_on IS NULL OR exited_on >= :first)
)
SELECT person.participant_id, p.code, p.protection, person.started_on,
       (SELECT CASE WHEN o.exited_on <= :last AND o.exit_type <> 'transferred' THEN o.exited_on END
        FROM counted_spell o WHERE o.participant_id = p.id AND o.entered_on <= :last
        ORDER BY {order_of("o", "DESC")} LIMIT 1),
       (SELECT coalesce(sum(a.minutes), 0) FROM counted_spell o JOIN attendance a ON a.spell_id = o.id
        WHERE o.participant_id = p.id AND a.month = :month),
       (SELECT coalesce(sum(a.minutes * a.certified), 0) FROM counted_spell o JOIN attendance a ON a.spell_id = o.id
        WHERE o.participant_id = p.id AND a.month = :month)
FROM person JOIN participant p ON p.id = person.participant_id
ORDER BY person.started_on, p.code
"""


def content(store: Store, month: Month) -> Content:
    """What the file of a month says, by all that is registered now."""
    numbers = latest_numbers(store)
    found = store.rows(_ROWS, {**period(month), "month": str(month)})
    told = [_told(numbers.get(owner), protection) for owner, _, protection, *_ in found]
    many = Counter(filter(None, told))
    rows, said, is_draft = [], [], store.project().demo
    for person, (owner, code, protection, *facts) in zip(told, found, strict=True):
        known = person is not None and many[person] == 1
        is_draft = is_draft or not known
        rows.append(Row(person if person is not None and known else code, *facts))
        salt = numbers[owner].salt if owner in numbers else None
        said.append((code, salt, protection != Protection.NONE.value, known, *facts))
    digest = sha256(json.dumps([store.project().code, str(month), said]).encode()).hexdigest()
    return Content(month, rows, digest, is_draft, sum(protected for _, _, protected, *_ in said))


def _told(number: IdentityNumber | None, protection: str) -> str | None:
    if number is None:
        return None
    return number.number if protection == Protection.NONE.value else stand_in(number.number)


def stand_in(digits: str) -> str:
    """What SCB wants instead of the number of somebody whose data are protected: the day of birth and a sex.

    `Tf29` for a woman is SCB's own example; `Tf19` for a man is derived from it, see docs/scb.md.
    """
    added = _DAYS_OF_A_SAMORDNINGSNUMMER if int(digits[6:8]) > _DAYS_OF_A_SAMORDNINGSNUMMER else 0
    kind = NumberKind.SAMORDNINGSNUMMER if added else NumberKind.PERSONNUMMER
    sign = "Tf29" if PersonalNumber(digits, kind).sex is Sex.WOMAN else "Tf19"
    return f"{digits[:6]}{int(digits[6:8]) - added:02}{sign}"


_DAYS_OF_A_SAMORDNINGSNUMMER: Final = 60


def written_files(store: Store) -> list[Written]:
    """The latest file of each month, the earliest month first, and whether it must be sent again."""
    latest: dict[str, Written] = {}
    entries = {
        record: occasion
        for record, *occasion in store.rows(
            "SELECT record, seq, at, actor FROM journal WHERE subject = 'official_file' ORDER BY seq"
        )
    }
    for file in store.records(OfficialFile, "ORDER BY id"):
        latest[file.month] = Written(file, *entries[file.id])
    return list(_judged(store, [latest[month] for month in sorted(latest)]))


def _judged(store: Store, files: Sequence[Written]) -> Iterator[Written]:
    """The files with what has become of each. A file follows one that has changed, or was written after it."""
    erased_until, because, newest = store.retained_until(), None, 0
    for one in files:
        newest_before, newest = newest, max(newest, one.file.id)
        if one.seq <= erased_until:
            yield one._replace(state=State.ERASED)
        elif content(store, one.month).digest != one.file.digest:
            because = because or one.month
            yield one._replace(state=State.CHANGED, because=one.month)
        elif because:
            yield one._replace(state=State.FOLLOWS, because=because)
        elif newest_before > one.file.id:
            before = max((o for o in files if o.month < one.month), key=lambda o: o.file.id)
            yield one._replace(state=State.FOLLOWS, because=before.month)
        else:
            yield one


# -- writing ----------------------------------------------------------------------------------------------------------


def next_revision(store: Store, month: Month, today: date) -> int:
    """The revision that a month's file gets now: that of the one that was written, where that holds.

    Raises MonthOpen, NotInOrder or NoLongerKnown.
    """
    if month.last >= today:
        raise MonthOpen(month=month)
    files = {one.month: one for one in written_files(store)}
    for earlier in sorted(files):
        if earlier < month and files[earlier].state in STALE:
            raise NotInOrder(month=earlier)
    if files and min(files) < month and month.previous() not in files:
        missing = min(files)
        while missing in files:
            missing = missing.next()
        raise NotInOrder(month=missing)
    if month not in files:
        return 1
    if files[month].state is State.ERASED:
        raise NoLongerKnown(month=month)
    return files[month].file.revision + (files[month].state in STALE)


def tell_journal(store: Store, occasion: Occasion, content: Content, purpose: str) -> None:
    """Write down that a month's file is made, and what for; before it gets its name. Raises PersonalNumberGiven."""
    what = f"SCB file {content.month}"
    if not is_written_down(store, occasion, AccessAction.EXPORT, purpose, what):
        record_access(store, occasion, AccessAction.EXPORT, purpose, what, len(content.rows))


def keep(store: Store, occasion: Occasion, content: Content, revision: int) -> None:
    """Write down what a month's file says, unless it is one written before; when it is there.

    If the command is cut off in between, the file is held for one that must be written still.
    """
    month = str(content.month)
    with store.change(occasion) as change:
        if not store.records(OfficialFile, "WHERE month = ? AND revision = ?", (month, revision)):
            change.add(OfficialFile(0, month, revision, len(content.rows), content.is_draft, content.digest))


def file_name(project: str, content: Content, revision: int, form: str, language: Language) -> str:
    """As `scb-integrationsprojekt-2016-10-r1.xlsx`; the name of a draft says that it is one."""
    draft = language.text(translatable("draft"))
    return f"scb-{project}-{content.month}-r{revision}{f'-{draft}' if content.is_draft else ''}.{form}"


def official_table(project: str, content: Content, language: Language) -> Table:
    """The file as a list. In a draft the very first cell says that it is one."""
    whose = translatable("Personal identity number")
    if content.is_draft:
        whose = translatable("DRAFT, not for SCB: the code where the personal identity number is missing")
    columns = (
        Column("person", language.text(whose)),
        Column("started_on", language.text(translatable("First day")), Kind.DAY),
        Column("ended_on", language.text(translatable("Last day")), Kind.DAY),
        Column("minutes", language.text(translatable("Hours")), Kind.DECIMAL, shown=_hours),
        Column("certified_minutes", language.text(translatable("Of which certified")), Kind.DECIMAL, shown=_hours),
    )
    title = language.text(translatable("DRAFT {month}") if content.is_draft else "SCB {month}", month=content.month)
    name = "scb_draft" if content.is_draft else "scb"
    return Table(name, title, project, columns, len(content.rows), content.rows)


def _hours(minutes: int) -> float:
    return round(minutes / 60, 2)
