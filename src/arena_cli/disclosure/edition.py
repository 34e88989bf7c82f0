"""The public report: every figure of the internal one, shown or hidden. It holds no number that is hidden."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate

from arena_cli.disclosure.accounts import (
    ACTIVE,
    ADDED_UP,
    LEAVERS,
    LEFT,
    NOT_YET_PARTICIPANTS,
    PARTICIPANTS,
    SEXES,
    TARGETS,
    Account,
    Key,
    accounts,
    adds_up,
    growth_of,
    same_as,
)
from arena_cli.disclosure.hiding import Row, classes_to_show, is_large, may_follow
from arena_cli.errors import Refused, translatable
from arena_cli.figures.destinations import TRANSFERRED
from arena_cli.figures.earlier import Earlier
from arena_cli.figures.report import Report
from arena_cli.figures.table import Measure, Table
from arena_cli.model import ALL, Month, Project

Values = Mapping[Key, int]


class LaterIsPublic(Refused):
    """A number of a month in between would be compared with the ones on both sides."""

    message = translatable(
        "There is a public report of {later} already, and none of {month}: one that is made now could give away what "
        "the later one hides. The report for the meeting can be made of any month."
    )


class NotForThePublic(Refused):
    """What is safe to show is worked out from how the figures hang together."""

    message = translatable(
        "The figures of {month} do not reconcile: such a report is not for the public. `arena check` says where."
    )


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """One figure of the report; None where it is hidden."""

    section: str
    measure: Measure
    municipality: str
    sex: str
    value: int | None

    @property
    def key(self) -> Key:
        return self.section, self.measure, self.municipality, self.sex


@dataclass(frozen=True, slots=True)
class Published:
    """What a public report has shown, when it was made."""

    month: Month
    shown: Values


@dataclass(frozen=True, slots=True)
class PublicReport:
    """A month's report for anybody. `subjects` are the figures that public reports are about: it may hide some.

    `smallest` is k: no count from 1 up to one less is shown, and none that would give one away.
    """

    project: Project
    month: Month
    preliminary: bool
    smallest: int
    subjects: tuple[Key, ...]
    rows: tuple[PublicFigure, ...]
    shown: Values = field(repr=False)
    is_preview: bool = False

    reconciles = True
    earlier: tuple[Earlier, ...] = ()
    """What has changed in months that were told before is not for the public: a change is mostly small."""

    def figures(self, municipalities: Collection[str] = ()) -> Iterator[PublicFigure]:
        """Tidy rows in the fixed order; of some municipalities and the project, or of all."""
        for figure in self.rows:
            if not municipalities or figure.municipality == ALL or figure.municipality in municipalities:
                yield figure

    def fingerprint(self, _municipalities: Collection[str] = ()) -> str:
        """The SHA-256 of what is shown to anybody. It says nothing of what is hidden: that is in it as hidden."""
        figures = [(*figure.key, figure.value) for figure in self.rows]
        return sha256(repr((str(self.month), self.preliminary, figures)).encode()).hexdigest()

    def value(self, section: str, measure: Measure, municipality: str = ALL, sex: str = ALL) -> int | None:
        """A figure; None where it is hidden."""
        return self.shown.get((section, measure, municipality, sex))

    @property
    def hidden_subjects(self) -> int:
        """How many of the figures that it is about are hidden."""
        return sum(key not in self.shown for key in self.subjects)


def publish(report: Report, published: Sequence[Published]) -> PublicReport:
    """What anybody may know of a month, after all that was published before: the oldest first.

    Of a month before the latest that is public, nothing is shown that was not. Raises LaterIsPublic where that would be
    nothing at all, and NotForThePublic.
    """
    if not report.reconciles:
        raise NotForThePublic(month=report.month)
    counted = {
        (table.section, *cell): value for table in report.tables.values() for cell, value in table.values.items()
    }
    codes = tuple(municipality.code for municipality in report.scope.municipalities)
    of_people = {name for name, table in report.tables.items() if table.is_count}
    has_sexes = {name for name, table in report.tables.items() if table.scope.sexes == report.scope.sexes}
    rows = tuple(
        key
        for name, table in report.tables.items()
        for key in _keys(table, (*codes, ALL), (*SEXES, ALL) if name in has_sexes else (ALL,))
    )
    latest = max((one.month for one in published), default=report.month)
    if latest > report.month:
        again = [one.shown for one in published if one.month == report.month]
        if not again:
            raise LaterIsPublic(month=report.month, later=latest)
        shown = {key: value for key, value in again[-1].items() if counted.get(key, 0) == value}
    else:
        shown = _shown(report.month, accounts(codes), counted, published, report.project.hide_below)
        targets = {key: counted[key] for key in rows if key[0] == TARGETS and key in counted}
        shown |= {key: target for key, target in targets.items() if is_large(target, report.project.hide_below)}
        shown |= dict.fromkeys(_nobody(rows, shown, of_people), 0)
    return PublicReport(
        project=report.project,
        month=report.month,
        preliminary=report.preliminary,
        smallest=report.project.hide_below,
        subjects=tuple(_subjects(accounts(codes))),
        rows=tuple(PublicFigure(*key, shown.get(key)) for key in rows),
        shown=shown,
    )


def _keys(table: Table, municipalities: Sequence[str], sexes: Sequence[str]) -> Iterator[Key]:
    """Every figure that a section could have, whatever it has: that there is none would tell something too."""
    for measure in table.measures:
        for municipality in municipalities:
            for sex in sexes:
                yield table.section, measure, municipality, sex


def _subjects(of: Sequence[Account]) -> Iterator[Key]:
    yield ACTIVE
    for account in of:
        yield account.total
        for division in account.divisions:
            yield from division.classes


def _shown(
    month: Month, of: Sequence[Account], counted: Values, published: Sequence[Published], k: int
) -> dict[Key, int]:
    shown: dict[Key, int] = {}
    for account in of:
        since = [one for one in published if one.month == month] if account.of_month else _forwards(published)
        shown |= _shown_of(account, counted, since, shown, k)
    return shown | dict(_following(month, shown, counted, published))


def _forwards(published: Sequence[Published]) -> list[Published]:
    """Those that were of a new month, or of the latest one: the others have shown nothing new."""
    latest = accumulate((one.month for one in published), max)
    return [one for one, month in zip(published, latest, strict=True) if one.month == month]


def _shown_of(
    account: Account, counted: Values, published: Sequence[Published], shown: Values, k: int
) -> Iterator[tuple[Key, int]]:
    earlier = [one.shown for one in published if account.total in one.shown]
    total, last = counted[account.total], earlier[-1][account.total] if earlier else 0
    if not may_follow(total, last, k):
        return
    if account.total == LEFT and not (PARTICIPANTS in shown and is_large(shown[PARTICIPANTS] - total, k)):
        return
    yield account.total, total
    for division in account.divisions:
        counts = {key: counted.get(key, 0) for key in division.classes}
        if sum(counts.values()) != total:
            continue
        rows = [Row(one[account.total], {key: one[key] for key in counts if key in one}) for one in earlier]
        for key in classes_to_show(rows, total, counts, k, tells=division.tells):
            yield key, counts[key]


def _following(
    month: Month, shown: Values, counted: Values, published: Sequence[Published]
) -> Iterator[tuple[Key, int]]:
    """What follows from what is shown, and is so: it tells nothing that could not be worked out."""
    direct = dict(shown)
    if PARTICIPANTS in shown and LEFT in shown:
        direct[ACTIVE] = shown[PARTICIPANTS] - shown[LEFT]
    direct |= {
        key: sum(shown[part] for part in parts) for key, parts in ADDED_UP if all(part in shown for part in parts)
    }
    moved = shown.get(("left", TRANSFERRED, ALL, ALL))
    if moved is not None:
        direct |= dict.fromkeys(LEAVERS, shown[LEFT] - moved)
    before = next((one.shown for one in reversed(published) if one.month == month.previous()), {})
    if ACTIVE in before:
        direct["stock_flow", "opening", ALL, ALL] = before[ACTIVE]
    for key, number in list(direct.items()):
        direct |= dict.fromkeys(same_as(key), number)
        if key in before:
            direct |= dict.fromkeys(growth_of(key), number - before[key])
    yield from (
        (key, number) for key, number in direct.items() if counted.get(key, 0 if _is_rare(key) else None) == number
    )


def _is_rare(key: Key) -> bool:
    """Whether there is a number of it only if there is somebody."""
    return key[3] in SEXES


def _nobody(rows: Sequence[Key], shown: Values, of_people: Collection[str]) -> Iterator[Key]:
    """The zeros that follow from a zero: all that is counted of a sex that no participant has, and parts of nobody."""
    absent = {sex for sex in SEXES if shown.get(("persons", "participants", ALL, sex)) == 0}
    for key in rows:
        section, measure, municipality, sex = key
        wholes: list[Key] = []
        if sex != ALL:
            wholes.append((section, measure, municipality, ALL))
        if municipality != ALL and adds_up(section, measure):
            wholes += [(section, measure, ALL, sex), (section, measure, ALL, ALL)]
        is_nobody = sex in absent and section in of_people and section != NOT_YET_PARTICIPANTS
        if is_nobody or any(shown.get(whole) == 0 for whole in wholes):
            yield key
