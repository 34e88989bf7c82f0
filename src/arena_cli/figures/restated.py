"""What has changed in earlier months since their readers were told of them, and what has changed it.

The figures that readers were told are compared with today's count of the same month, every one of them. A change of a
headline figure is explained by the units that count now and did not then, or the other way round: each is put down to
the latest journal entry, since then, of the same participant that touches what the figure counts.

| cause | what was registered since |
|---|---|
| `late_entry` | what was not there before: a spell, an exit, a move ... of the month or before it |
| `correction` | what was there before, now otherwise; also that it is undone |
| `merge` | that two participants are one person |
| `definition` | nothing: another version of arena counts in another way |

What definitions have changed is the difference between what was told and what this arena counts in the file as it was
then; `Store.as_of` takes the later journal entries back, in memory.

A month is counted again only if something was registered since that is of its last day or earlier, or has no day and
concerns somebody who was there by then, or if another version of arena has counted it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from arena_cli.figures.earlier import Cause, Changed, Earlier, Share, Told, Values
from arena_cli.figures.later import MISREGISTERED, Event, events_after
from arena_cli.figures.report import Report, build
from arena_cli.model import ALL, Month
from arena_cli.model.noun import Noun, dataclass
from arena_cli.store import Store

if TYPE_CHECKING:
    from arena_cli.figures.why import Address, Trace  # which is slow to import, and few reports need it

Concern = Mapping[str, frozenset[str]]
"""The columns, by table, of which a figure is counted."""


def _columns(**tables: str) -> Concern:
    return {table: frozenset(columns.split()) for table, columns in tables.items()}


_ENTRY: Final = _columns(spell="entered_on municipality")
_EXIT: Final = _columns(spell="exited_on exit_type municipality")
_STOCK: Final = _columns(spell="entered_on exited_on municipality")
_DESTINATION: Final = _columns(spell="exited_on exit_type destination municipality")
_STEP: Final = _columns(spell="entered_on exited_on municipality", step_move="moved_on step spell_id")

HEADLINES: Final[Mapping[tuple[str, str], Concern]] = {
    ("stock_flow", "entered"): _ENTRY,
    ("stock_flow", "re_entered"): _ENTRY,
    ("stock_flow", "transferred_in"): _ENTRY,
    ("stock_flow", "exited"): _EXIT,
    ("stock_flow", "transferred_out"): _EXIT,
    ("stock_flow", "closing"): _STOCK,
    ("exits", "work"): _DESTINATION,
    ("exits", "studies"): _DESTINATION,
    ("exits", "other"): _DESTINATION,
    ("exits", "unknown"): _DESTINATION,
    ("progression", "up"): _STEP,
    ("progression", "down"): _STEP,
    ("placements", "begun"): _columns(placement="placed_on spell_id place_id", spell="municipality"),
    ("attendance", "minutes"): _columns(attendance="minutes month spell_id", spell="municipality"),
}
"""The figures whose changes are told one by one; what the municipalities have adds up to the project's."""


def restate(
    store: Store, told: Sequence[Told], version: str, today: date, municipalities: Collection[str] = ()
) -> tuple[Earlier, ...]:
    """Compare each month that was told with what is counted now. `municipalities` are those whose rows were shown."""
    if not told:
        return ()
    with store.snapshot():
        events = events_after(store, min(earlier.journal_seq for earlier in told))
        return tuple(_restated(store, earlier, events, version, today, municipalities) for earlier in told)


def differences(told: Values, now: Values) -> Values:
    """Every figure that is not what was told, with its value now. A figure that was not told was zero, and so on."""
    return {
        a: now.get(a) for a in (*now, *(a for a in told if a not in now)) if (told.get(a) or 0) != (now.get(a) or 0)
    }


def values_of(report: Report, municipalities: Collection[str] = ()) -> Values:
    """The figures of a report by their address."""
    from arena_cli.figures.why import Address

    return {Address(f.section, f.measure, f.municipality, f.sex): f.value for f in report.figures(municipalities)}


def _restated(
    store: Store, told: Told, events: Sequence[Event], version: str, today: date, municipalities: Collection[str]
) -> Earlier:
    unchanged = Earlier(told.month, told.told_on, told.revision, {})
    last = told.month.last.isoformat()
    since = [event for event in events if event.seq > told.journal_seq and event.since <= last]
    if not since and told.version == version:
        return unchanged
    told_values, report = told.values(), build(store, told.month, today)
    now = values_of(report, municipalities)
    changed = differences(told_values, now)
    if not changed:
        return unchanged
    if told.journal_seq < store.retained_until():  # what has changed them is erased
        without_causes = [Changed(a, told_values.get(a) or 0, now.get(a) or 0, ()) for a in _headlines(changed)]
        return replace(unchanged, figures=changed, changes=tuple(without_causes))
    with closing(store.as_of(told.journal_seq)) as before:
        then = values_of(build(before, told.month, today), municipalities)
        places = [municipality.code for municipality in report.scope.municipalities]
        accounts = _accounts(store, before, told.month, since, _headlines(changed), places)
    return Earlier(
        told.month,
        told.told_on,
        told.revision,
        figures=changed,
        causes=_causes(since, is_redefined=bool(differences(told_values, then))),
        changes=tuple(
            Changed(
                address,
                told_values.get(address) or 0,
                now.get(address) or 0,
                _shares(accounts, address, told_values, then),
            )
            for address in _headlines(changed)
        ),
    )


def _headlines(changed: Values) -> list[Address]:
    """The headline figures among those that have changed: of all, and of a sex only where that of all has not."""
    return [
        address
        for headline in HEADLINES
        for address in changed
        if (address.section, address.measure) == headline
        and (address.sex == ALL or replace(address, sex=ALL) not in changed)
    ]


def _causes(events: Sequence[Event], *, is_redefined: bool) -> tuple[tuple[Cause, int], ...]:
    """How many records, or participants with all that belongs to them, each kind of change has concerned.

    A merge is one, whatever it has changed.
    """
    concerned = {
        (e.cause, e.change, None if e.cause is Cause.MERGE else e.persons or (e.subject, e.record)) for e in events
    }
    numbers = Counter(cause for cause, *_ in concerned)
    if is_redefined:
        numbers[Cause.DEFINITION] = 1
    return tuple((cause, numbers[cause]) for cause in Cause if numbers[cause])


# -- the accounts of single figures -----------------------------------------------------------------------------------


class Part(NamedTuple):
    """By how much one participant has changed a figure of a municipality, and by what, registered when."""

    cause: Cause
    municipality: str
    amount: int
    day: date | None


def _accounts(
    now: Store,
    then: Store,
    month: Month,
    events: Sequence[Event],
    changed: Sequence[Address],
    places: Sequence[str],
) -> Mapping[Address, list[Part]]:
    """What has changed each figure that was counted then and is counted now; the project's by municipality."""
    from arena_cli.figures.why import traces

    wanted = dict.fromkeys(
        replace(address, municipality=place)
        for address in changed
        for place in ([address.municipality] if address.municipality != ALL else places)
    )
    before, after = (list(traces(store, month, wanted)) for store in (then, now))
    explained = _Explanation(now, then, events)
    accounts: dict[Address, list[Part]] = {}
    for address, old, new in zip(wanted, before, after, strict=True):
        concern = HEADLINES[address.section, str(address.measure)]
        amounts = _by_code(new)
        amounts.subtract(_by_code(old))
        different = [(code, amount) for code, amount in amounts.items() if amount]
        found = [(amount, *explained.why(code, concern)) for code, amount in different]
        accounts[address] = [Part(cause, address.municipality, amount, day) for amount, cause, day in found]
    return accounts


def _by_code(trace: Trace) -> Counter[str]:
    """What each participant adds to a figure."""
    found: Counter[str] = Counter()
    for unit, amount in zip(trace.included, trace.amounts or [1] * len(trace.included), strict=True):
        found[unit.code] += amount
    return found


def _shares(accounts: Mapping[Address, list[Part]], address: Address, told: Values, then: Values) -> tuple[Share, ...]:
    """The parts of a figure's change put together by cause and municipality, within each cause the largest first."""
    amounts: Counter[tuple[Cause, str]] = Counter()
    days: dict[tuple[Cause, str], set[date]] = defaultdict(set)
    for place, parts in accounts.items():
        if place == address or (address.municipality == ALL and _is_row_of(place, address)):
            for part in parts:
                amounts[part.cause, part.municipality] += part.amount
                days[part.cause, part.municipality] |= {part.day} if part.day else set()
    amounts[Cause.DEFINITION, ALL] += (then.get(address) or 0) - (told.get(address) or 0)
    order = list(Cause)
    found = sorted(amounts, key=lambda key: (order.index(key[0]), -abs(amounts[key]), key[1]))
    return tuple(Share(*key, amounts[key], tuple(sorted(days[key]))) for key in found if amounts[key])


def _is_row_of(place: Address, total: Address) -> bool:
    return (place.section, place.measure, place.sex) == (total.section, total.measure, total.sex)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Explanation(Noun):
    """Who a unit is, and what was last registered about them."""

    now: Store
    then: Store
    events: Sequence[Event]

    def why(self, code: str, concern: Concern) -> tuple[Cause, date | None]:
        """The cause that a participant counts otherwise, and the day on which it was registered."""
        persons = {number for store in (self.now, self.then) for number in _ids(store, code)}
        theirs = [event for event in self.events if event.persons & persons]
        touching = [event for event in theirs if _touches(event, concern)] or theirs
        return (touching[-1].cause, touching[-1].registered_on) if touching else (Cause.CORRECTION, None)


def _ids(store: Store, code: str) -> list[int]:
    return [number for (number,) in store.rows("SELECT id FROM participant WHERE code = ?", (code,))]


def _touches(event: Event, concern: Concern) -> bool:
    wanted = concern.get(event.subject, frozenset())
    whatever_is_counted = {MISREGISTERED, "participant_id"}  # a spell that ceases to count, or is another's
    return bool(event.columns & wanted) or (event.subject == "spell" and bool(event.columns & whatever_is_counted))
