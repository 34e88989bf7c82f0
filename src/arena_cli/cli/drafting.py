"""A report that is about to be printed or delivered, beside what its readers were told before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from arena_cli import __version__
from arena_cli.deliveries import counted_until, deliveries, published, restated, told, told_of
from arena_cli.errors import Refused, translatable
from arena_cli.figures.earlier import Earlier
from arena_cli.figures.report import Report
from arena_cli.language import Language
from arena_cli.model.delivery import Delivery, Readers
from arena_cli.model.noun import Noun, dataclass
from arena_cli.render import Edition
from arena_cli.store import Store

if TYPE_CHECKING:
    from arena_cli.disclosure.edition import PublicReport  # which a report for the meeting does not need


class MonthNotOver(Refused):
    message = translatable(
        "{month} has not ended, and what is public cannot be taken back: late registrations would hide in the final "
        "report what a preliminary one had shown. Wait until the month is over and registered; `arena report` without "
        "--out shows what it would be."
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Draft(Noun):
    """A report that is about to be delivered.

    `last` is what was last delivered of its month to the same readers. `journal_seq` and `journal_hash` are the
    journal's end when it was counted. `shows_less`: of what the public was shown of the month, some would be hidden.
    """

    report: Report | PublicReport
    readers: Readers
    fingerprint: str
    last: Delivery | None
    journal_seq: int
    journal_hash: str
    shows_less: bool = False

    @property
    def is_new(self) -> bool:
        """Whether its figures are not those that were last delivered."""
        return self.last is None or self.last.fingerprint != self.fingerprint

    @property
    def revision(self) -> int:
        return (self.last.revision if self.last else 0) + self.is_new

    @property
    def own(self) -> Earlier | None:
        """What has changed in the month itself since the revision before, unless that was preliminary."""
        return next((e for e in self.report.earlier if e.month == self.report.month), None)


def draft_of(store: Store, report: Report, language: Language, edition: Edition, today: date) -> Draft:
    """The report with what has changed in the earlier months, and in its own if it was delivered before."""
    month, readers = report.month, Readers(edition.audience.value, language.code, edition.municipalities)
    seal = report.fingerprint(edition.municipalities)
    last = next(reversed(deliveries(store, month, readers)), None)
    before = told(store, month, readers)
    if last and last.fingerprint != seal and not last.preliminary:
        before.append(replace(told_of(store, last), version=""))
    earlier: tuple[Earlier, ...] = ()
    if before:
        from arena_cli.figures.restated import restate

        earlier = restate(store, before, __version__, today, edition.municipalities)
    if last and last.fingerprint == seal:
        earlier += tuple(e for e in restated(store, last.id) if e.month == month)
    end = counted_until(store)
    return Draft(replace(report, earlier=earlier), readers, seal, last, end.seq, end.hash)


def public_draft_of(store: Store, report: Report, language: Language, edition: Edition, *, is_kept: bool) -> Draft:
    """The report for the public: what is safe beside all that was shown to it before. A preview is not kept.

    Raises NotForThePublic, LaterIsPublic or MonthNotOver.
    """
    from arena_cli.disclosure.edition import publish

    if is_kept and report.preliminary:
        raise MonthNotOver(month=report.month)
    before = published(store)
    shown = replace(publish(report, before), is_preview=not is_kept)
    of_month = [one.shown for one in before if one.month == report.month]
    shows_less = bool(of_month) and any(key in of_month[-1] and key not in shown.shown for key in shown.subjects)
    readers = Readers(edition.audience.value, language.code, edition.municipalities)
    last = next(reversed(deliveries(store, report.month, readers)), None)
    end = counted_until(store)
    return Draft(shown, readers, shown.fingerprint(), last, end.seq, end.hash, shows_less)
