"""Reports as delivered: kept with their figures and the bytes of their files, and what readers have been told so far.

Whoever sends reports on asks `deliveries` which there are and `content` for their files.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from arena_cli.errors import Busy, NotFound, translatable
from arena_cli.figures.earlier import Cause, Changed, Earlier, Share, Told, Values, address_of
from arena_cli.figures.report import Report
from arena_cli.figures.table import Measure
from arena_cli.journal import Link, Occasion
from arena_cli.model import Access, AccessAction, Month
from arena_cli.model.access import OF_REPORT
from arena_cli.model.delivery import DeliveredFile, Delivery, Readers
from arena_cli.model.noun import Noun, dataclass
from arena_cli.records import TABLES
from arena_cli.store import Row, Store
from arena_cli.swedish_time import in_sweden

if TYPE_CHECKING:
    from arena_cli.disclosure.edition import PublicFigure, PublicReport, Published  # few reports need it

MANIFEST: Final = "manifest"
"""The format of the file that names the others, with their hashes."""

_COLUMNS: Final = (
    "id, month, audience, language, municipalities, revision, reason, preliminary, reconciles, fingerprint,"
    " journal_seq, journal_hash, as_of, made_at, version, delivered_at, actor"
)


class UnknownDelivery(NotFound):
    message = translatable("No report has been delivered under the number {number}. `arena list-reports` lists them.")


class NotPublic(NotFound):
    message = translatable(
        "No report of {month} has been delivered to the public, and what is public is what such a report has shown: "
        "`arena report --month {month} --audience public --out FOLDER`."
    )


class DeliveredMeanwhile(Busy):
    message = translatable(
        "Another command has delivered a report meanwhile. Nothing was written: run this one again in a moment."
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeptFile(Noun):
    """A delivered file with its bytes."""

    file: DeliveredFile
    content: bytes

    @classmethod
    def of(cls, name: str, form: str, content: bytes) -> KeptFile:
        return cls(DeliveredFile(name, form, sha256(content).hexdigest(), len(content)), content)


# -- reading ----------------------------------------------------------------------------------------------------------


def deliveries(store: Store, month: Month | None = None, readers: Readers | None = None) -> list[Delivery]:
    """What has been delivered, the oldest first: all of it, or of one month, or to the same readers."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM delivery WHERE :month IS NULL OR month = :month ORDER BY id",
        {"month": str(month) if month else None},
    )
    found = map(_delivery, rows)
    return [delivery for delivery in found if readers is None or delivery.readers == readers]


def delivery_of(store: Store, number: int) -> Delivery:
    """One delivery. Raises UnknownDelivery."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM delivery WHERE id = ?", (number,))
    if not rows:
        raise UnknownDelivery(number=number)
    return _delivery(rows[0])


def files(store: Store, number: int) -> list[DeliveredFile]:
    """The files of a delivery, in the order of the formats that were asked for; the manifest is the last."""
    rows = store.rows(
        "SELECT name, form, sha256, size FROM delivered_file WHERE delivery_id = ? ORDER BY rowid", (number,)
    )
    return [DeliveredFile(*row) for row in rows]


def content(store: Store, number: int, name: str) -> bytes:
    """The bytes of one file of a delivery."""
    ((packed,),) = store.rows("SELECT content FROM delivered_file WHERE delivery_id = ? AND name = ?", (number, name))
    return zlib.decompress(packed)


def kept_files(store: Store, number: int) -> list[KeptFile]:
    """The files of a delivery with their bytes."""
    return [KeptFile(file, content(store, number, file.name)) for file in files(store, number)]


def is_delivered(store: Store, name: str, content: bytes) -> bool:
    """Whether a file of this name was ever delivered with these bytes."""
    digest = sha256(content).hexdigest()
    return bool(store.rows("SELECT 1 FROM delivered_file WHERE name = ? AND sha256 = ?", (name, digest)))


def delivered_on(delivery: Delivery) -> datetime:
    """When it was delivered, by the clocks of Sweden."""
    return in_sweden(datetime.fromisoformat(delivery.delivered_at))


def told(store: Store, month: Month, readers: Readers) -> list[Told]:
    """What the readers have last been told of each month before one, by the reports of the months before it.

    A preliminary report tells nothing of its own month that anybody relies on.
    """
    base: dict[Month, Delivery] = {}
    basis: dict[Month, Delivery] = {}
    later: dict[Month, list[Values]] = {}
    for delivery in deliveries(store, readers=readers):
        if delivery.month >= month:
            continue
        for earlier in restated(store, delivery.id):
            later.setdefault(earlier.month, []).append(earlier.figures)
        basis |= {told_month: delivery for told_month in base if told_month < delivery.month}
        if not delivery.preliminary:
            base[delivery.month] = basis[delivery.month] = delivery
            later[delivery.month] = []
    return [_told(store, base[told_month], basis[told_month], later.get(told_month, [])) for told_month in sorted(base)]


def told_of(store: Store, delivery: Delivery) -> Told:
    """What a delivery has told of its own month."""
    return _told(store, delivery, delivery, [])


def restated(store: Store, number: int) -> list[Earlier]:
    """What a delivery has said of its own month and the earlier ones."""
    ((packed,),) = store.rows("SELECT restated FROM delivery WHERE id = ?", (number,))
    return [_earlier(value) for value in json.loads(zlib.decompress(packed))]


def published(store: Store) -> list[Published]:
    """What was shown to the public so far, the oldest first: in whatever language, of whichever municipalities."""
    from arena_cli.disclosure.edition import Published

    return [
        Published(
            delivery.month,
            {(section, _measure(measure), *cell): value
             for section, measure, *cell, value in _delivered_figures(store, delivery) if value is not None},
        )
        for delivery in deliveries(store)
        if delivery.audience == "public"
    ]  # fmt: skip


def shown_to_public(store: Store, month: Month) -> Iterator[PublicFigure]:
    """The figures of a month as the latest public report has them, hidden ones as None. Raises NotPublic."""
    from arena_cli.disclosure.edition import PublicFigure

    latest = next((d for d in reversed(deliveries(store, month)) if d.audience == "public"), None)
    if latest is None:
        raise NotPublic(month=month)
    for section, measure, municipality, sex, value in _delivered_figures(store, latest):
        yield PublicFigure(section, _measure(measure), municipality, sex, value)


def counted_until(store: Store) -> Link:
    """The journal's end as a report names it: the latest entry but for those that say that a report was delivered.

    With those, a report would be another one each time that it is asked for.
    """
    (end,) = store.links(_BUT_OF_REPORTS)
    return end


_BUT_OF_REPORTS: Final = f"""
WHERE subject <> '{TABLES[Access]}'
   OR NOT EXISTS (SELECT 1 FROM access WHERE access.id = record AND what GLOB '{OF_REPORT}*')
ORDER BY seq DESC LIMIT 1
"""


# -- as the manifest has them -----------------------------------------------------------------------------------------


def facts_of(delivery: Delivery) -> dict[str, object]:
    """What was delivered to whom, as the manifest and the list of reports have it."""
    return {
        "month": str(delivery.month),
        "audience": delivery.audience,
        "language": delivery.language,
        "municipalities": list(delivery.municipalities),
        "revision": delivery.revision,
        "reason": dict(delivery.reason),
        "preliminary": delivery.preliminary,
        "reconciles": delivery.reconciles,
        "fingerprint": delivery.fingerprint,
    }


def told_by(report: Report | PublicReport, delivery: Delivery) -> dict[str, str]:
    """The SHA-256 of what is kept of a report's own figures and of what it says of earlier months, for the manifest."""
    return {"figures": _digest(_figures(report, delivery)), "earlier": _digest(_restated(report.earlier))}


def told_as_kept(store: Store, delivery: Delivery) -> dict[str, str]:
    """The same, of what the file holds."""
    ((figures, earlier),) = store.rows(
        "SELECT figures, restated FROM delivery JOIN delivered_figures USING (fingerprint) WHERE id = ?", (delivery.id,)
    )
    return {"figures": _digest(zlib.decompress(figures)), "earlier": _digest(zlib.decompress(earlier))}


def origin_of(delivery: Delivery) -> dict[str, object]:
    """What it was counted from and when it was made, as the manifest has it."""
    return {
        "journal": {"entries": delivery.journal_seq, "hash": delivery.journal_hash},
        "last_registered": delivery.as_of.isoformat(),
        "made": delivery.made_at,
    }


def listed(file: DeliveredFile) -> dict[str, object]:
    """A file as the manifest lists it."""
    return {"name": file.name, "format": file.form, "bytes": file.size, "sha256": file.sha256}


# -- keeping ----------------------------------------------------------------------------------------------------------


def keep(
    store: Store,
    delivery: Delivery,
    report: Report | PublicReport,
    kept: Iterable[KeptFile],
    after: Delivery | None,
    occasion: Occasion,
    purpose: str,
) -> Delivery:
    """Keep a report as delivered; `after` is the last one to the same readers, as far as is known.

    That it was delivered, and what for, is in the journal with it, among the looks. Returns it with its id. Raises
    DeliveredMeanwhile when there is a later one than `after`.
    """
    with store.change(occasion) as change:
        last = deliveries(store, delivery.month, delivery.readers)[-1:]
        if [d.id for d in last] != ([after.id] if after else []):
            raise DeliveredMeanwhile
        figures = zlib.compress(_figures(report, delivery))
        change.add_beside("delivered_figures", {"fingerprint": delivery.fingerprint, "figures": figures})
        restated = zlib.compress(_restated(report.earlier))
        number = change.add_beside("delivery", {**_row(delivery), "restated": restated})
        for one in kept:
            facts = {"name": one.file.name, "form": one.file.form, "sha256": one.file.sha256, "size": one.file.size}
            packed = zlib.compress(one.content)
            change.add_beside("delivered_file", {"delivery_id": number, **facts, "content": packed})
        change.add(Access(0, AccessAction.EXPORT, purpose, f"{OF_REPORT}{delivery.month} {delivery.audience}", 0))
    return replace(delivery, id=number)


# -- as the file holds them -------------------------------------------------------------------------------------------


def _delivery(row: Row) -> Delivery:
    number, month, audience, language, municipalities, revision, reason, preliminary, reconciles, *rest = row
    seal, journal_seq, journal_hash, as_of, made_at, version, delivered_at, actor = rest
    return Delivery(
        id=number,
        month=Month.parse(month),
        audience=audience,
        language=language,
        municipalities=tuple(filter(None, municipalities.split(","))),
        revision=revision,
        reason=tuple(json.loads(reason).items()),
        preliminary=bool(preliminary),
        reconciles=bool(reconciles),
        fingerprint=seal,
        journal_seq=journal_seq,
        journal_hash=journal_hash,
        as_of=date.fromisoformat(as_of),
        made_at=made_at,
        version=version,
        delivered_at=delivered_at,
        actor=actor,
    )


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "month": str(delivery.month),
        "audience": delivery.audience,
        "language": delivery.language,
        "municipalities": ",".join(delivery.municipalities),
        "revision": delivery.revision,
        "reason": json.dumps(dict(delivery.reason)),
        "preliminary": int(delivery.preliminary),
        "reconciles": int(delivery.reconciles),
        "fingerprint": delivery.fingerprint,
        "journal_seq": delivery.journal_seq,
        "journal_hash": delivery.journal_hash,
        "as_of": delivery.as_of.isoformat(),
        "made_at": delivery.made_at,
        "version": delivery.version,
        "delivered_at": delivery.delivered_at,
        "actor": delivery.actor,
    }


def _figures(report: Report | PublicReport, delivery: Delivery) -> bytes:
    """Of a public report all: what is known of one municipality must go with what is known of the others."""
    municipalities = delivery.municipalities if isinstance(report, Report) else ()
    figures = [(f.section, f.measure, f.municipality, f.sex, f.value) for f in report.figures(municipalities)]
    return json.dumps(figures).encode()


def _delivered_figures(store: Store, delivery: Delivery) -> list[Any]:
    fingerprint = (delivery.fingerprint,)
    ((packed,),) = store.rows("SELECT figures FROM delivered_figures WHERE fingerprint = ?", fingerprint)
    found: list[Any] = json.loads(zlib.decompress(packed))
    return found


def _measure(written: str | list[str]) -> Measure:
    """As JSON has it, where the two steps of a move are a list."""
    return written if isinstance(written, str) else (written[0], written[1])


def _told(store: Store, base: Delivery, basis: Delivery, later: Sequence[Values]) -> Told:
    def values() -> Values:
        found = {address_of(*cell): value for *cell, value in _delivered_figures(store, base)}
        for restatement in later:
            found |= restatement
        return found

    return Told(base.month, delivered_on(base).date(), base.revision, basis.journal_seq, basis.version, values)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _restated(earlier: Iterable[Earlier]) -> bytes:
    return json.dumps(list(map(_written, earlier))).encode()


def _written(earlier: Earlier) -> dict[str, object]:
    return {
        "month": str(earlier.month),
        "told_on": earlier.told_on.isoformat(),
        "revision": earlier.revision,
        "causes": [(cause.value, number) for cause, number in earlier.causes],
        "figures": [(a.section, a.measure, a.municipality, a.sex, value) for a, value in earlier.figures.items()],
        "changes": [
            (
                (c.address.section, c.address.measure, c.address.municipality, c.address.sex),
                (c.told, c.now),
                [(s.cause.value, s.municipality, s.amount, [day.isoformat() for day in s.days]) for s in c.shares],
            )
            for c in earlier.changes
        ],
    }


def _earlier(value: Mapping[str, Any]) -> Earlier:
    return Earlier(
        month=Month.parse(value["month"]),
        told_on=date.fromisoformat(value["told_on"]),
        revision=value["revision"],
        figures={address_of(*cell): number for *cell, number in value["figures"]},
        causes=tuple((Cause(cause), number) for cause, number in value["causes"]),
        changes=tuple(_changes(value["changes"])),
    )


def _changes(values: Iterable[Any]) -> Iterator[Changed]:
    for cell, (before, now), shares in values:
        yield Changed(
            address_of(*cell),
            before,
            now,
            tuple(
                Share(Cause(cause), municipality, amount, tuple(map(date.fromisoformat, days)))
                for cause, municipality, amount, days in shares
            ),
        )
