"""Whether reports as delivered are still what was delivered: no journal entry holds them, but their manifests do."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

from arena_cli.deliveries import (
    MANIFEST,
    KeptFile,
    content,
    delivery_of,
    facts_of,
    files,
    listed,
    origin_of,
    restated,
    told_as_kept,
    told_of,
)
from arena_cli.errors import Remark, translatable
from arena_cli.model.delivery import Delivery
from arena_cli.store import Store


def faults(store: Store) -> Iterator[Remark]:
    """What is wrong with the files of each delivery, its figures, and what it says of itself."""
    for (number,) in store.rows("SELECT id FROM delivery ORDER BY id"):
        try:
            yield from _of(store, delivery_of(store, number))
        except (zlib.error, ValueError, TypeError, KeyError):
            yield Remark(translatable("report {number} as delivered cannot be read."), number=number)


def _of(store: Store, delivery: Delivery) -> Iterator[Remark]:
    manifest = b"{}"
    is_before_retention = delivery.journal_seq <= store.retained_until()
    delivered = files(store, delivery.id)
    for file in delivered:
        try:
            found = content(store, delivery.id, file.name)
        except zlib.error:
            found = b""
        if is_before_retention and not found:  # a code stood in it
            continue
        if KeptFile.of(file.name, file.form, found).file != file:
            yield Remark(
                translatable("{name} of report {number} is not as it was delivered."),
                name=file.name,
                number=delivery.id,
            )
        elif file.form == MANIFEST:
            manifest = found
    said, facts = json.loads(manifest), {**facts_of(delivery), **origin_of(delivery)}
    listing = [listed(file) for file in delivered if file.form != MANIFEST]
    (ends_at,) = store.rows("SELECT hash FROM journal WHERE seq = ?", (delivery.journal_seq,)) or [(None,)]
    is_anchored = is_before_retention or ends_at == (delivery.journal_hash,)  # retention has made another chain
    is_kept = said.get("kept", kept := told_as_kept(store, delivery)) == kept  # older manifests do not say
    if said | facts != said or said["files"] != listing or not is_anchored or not is_kept:
        yield Remark(translatable("report {number} is not what its manifest says."), number=delivery.id)
    told_of(store, delivery).values()
    restated(store, delivery.id)
