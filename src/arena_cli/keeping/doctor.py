"""What a doctor would look at: the file, the place where it lies, its last backup and report, the disk and the clock.

Looks and changes nothing: a file of an older version is not migrated. Each finding is a sentence, marked where
something is to be put right.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from arena_cli.database import (
    SCHEMA_VERSION,
    DamagedDatabase,
    Keys,
    check_is_file,
    checked_version,
    connect,
    key_for,
    may_lie_on_share,
    no_keys,
    sqlite_errors,
)
from arena_cli.deliveries import deliveries
from arena_cli.engine import key_of
from arena_cli.errors import Remark, translatable
from arena_cli.keeping.backups import last_backup
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.mailing.register import Outcome, last_sending, sent_deliveries, standing
from arena_cli.mailing.settings import usual_place
from arena_cli.model.delivery import Delivery
from arena_cli.model.retention import RetentionStage
from arena_cli.privacy.rules import term
from arena_cli.store import Store
from arena_cli.swedish_time import in_sweden
from arena_cli.volume import network_share, synchronised_by

BACKUP_IS_OLD: Final = timedelta(days=8)
"""A weekly backup has failed when it is older."""

REPORT_IS_LATE: Final = timedelta(days=40)
"""A monthly report has not come when the last one is older."""

TIME_TO_SEND: Final = timedelta(days=1)
"""What has been delivered shorter ago may be sent yet."""

ROOM: Final = 50_000_000
"""Bytes that must be free beyond twice the file's size: for a change, a migration's copy, a report."""

A_MOMENT: Final = timedelta(minutes=5)
"""So much the clocks of two computers may differ."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A file that is looked at. `version` is its schema, `store` open for reading where that is this version's."""

    path: Path
    version: int
    connection: sqlite3.Connection
    store: Store | None
    now: datetime
    environ: Mapping[str, str]


class Finding(NamedTuple):
    """What was found. `damage`: the file itself is ruined."""

    remark: Remark
    well: bool = True
    damage: bool = False


class Examination(NamedTuple):
    """One thing that is looked at; None where there is nothing to say of it."""

    name: str
    title: str
    look: Callable[[Patient], Finding | None]


def examinations(
    path: Path, now: datetime, environ: Mapping[str, str], keys: Keys = no_keys
) -> list[tuple[Examination, Finding]]:
    """Look at everything.

    Raises NoDatabase, NotArena, NoKey, NewerDatabase, DamagedDatabase, Busy or UnreadableDatabase.
    """
    check_is_file(path)
    key = key_for(path, keys)
    with sqlite_errors(path), closing(connect(path, key)) as connection:
        version = checked_version(connection, path)
        connection.execute("PRAGMA query_only = ON")
        store = Store(path, connection) if version == SCHEMA_VERSION else None
        patient = Patient(path, version, connection, store, now, environ)
        looked = ((examination, examination.look(patient)) for examination in EXAMINATIONS)
        return [(examination, finding) for examination, finding in looked if finding is not None]


def same_disk(one: Path, other: Path) -> bool:
    """Whether two files lie on the same disk, as far as the system says."""
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False


def _well(message: str, **facts: object) -> Finding:
    return Finding(Remark(message, **facts))


def _ill(message: str, **facts: object) -> Finding:
    return Finding(Remark(message, **facts), well=False)


def _file(patient: Patient) -> Finding:
    told = patient.path.stat()
    written = datetime.fromtimestamp(told.st_mtime, UTC)
    message = translatable("{path}, {size} kB, last written {written}")
    return _well(message, path=patient.path.absolute(), size=-(-told.st_size // 1000), written=_told(written))


def _place(patient: Patient) -> Finding:
    share = network_share(patient.path)
    if share is not None and may_lie_on_share(patient.connection):
        message = translatable("a network share ({kind}), which the project allows: let one computer at a time write")
        return _well(message, kind=share)
    if share is not None:
        message = translatable(
            "a network share ({kind}): two computers can write into the file at once and ruin it. Keep it on this "
            "computer's own disk, and reports and backups on the share"
        )
        return _ill(message, kind=share)
    program = synchronised_by(patient.path, patient.environ)
    if program is not None:
        message = translatable(
            "a folder that {program} synchronises: it copies the file in the middle of a change, and to other "
            "computers. Keep it in a folder that is not synchronised"
        )
        return _ill(message, program=program)
    return _well(translatable("a disk of this computer"))


def _permissions(patient: Patient) -> Finding | None:
    """Whether others than the owner can get at the file. Windows has no such marks: there the folder decides."""
    folder = patient.path.absolute().parent
    if not (os.access(patient.path, os.W_OK) and os.access(folder, os.W_OK)):
        return _ill(translatable("you may read the file, but not write to it or its folder"))
    if os.name != "posix":
        return None
    mode, folder_mode = (stat.S_IMODE(place.stat().st_mode) for place in (patient.path, folder))
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = translatable("others can get at the file (mode {mode}): `chmod 600` makes it yours alone")
        return _ill(message, mode=f"{mode:04o}")
    if folder_mode & stat.S_IWOTH and not folder_mode & stat.S_ISVTX:
        message = translatable("anybody can exchange the file, since all may write to its folder (mode {mode})")
        return _ill(message, mode=f"{folder_mode:04o}")
    return _well(translatable("only you can read and write the file"))


def _encryption(patient: Patient) -> Finding:
    """Whether the file is encrypted, and whether its key lies where nobody comes by who may not have it."""
    key = key_of(patient.connection)
    if key is None:
        return _well(translatable("not encrypted: who gets hold of the file can read it"))
    program = synchronised_by(key.place, patient.environ) if isinstance(key.place, Path) else None
    if program is not None:
        message = translatable("the key {key} lies in a folder that {program} synchronises: move it ({place})")
        return _ill(message, key=key.id, program=program, place=key.place)
    return _well(translatable("encrypted; its key {key} is in {place}"), key=key.id, place=key.place)


def _schema(patient: Patient) -> Finding:
    if patient.version == SCHEMA_VERSION:
        return _well(translatable("{found}, as this version of arena has it"), found=SCHEMA_VERSION)
    message = translatable("{found}; the next command keeps a copy of the file and brings it to {known}")
    return _well(message, found=patient.version, known=SCHEMA_VERSION)


def _soundness(patient: Patient) -> Finding | None:
    if patient.store is None:
        return None
    if is_sound(examine(patient.store, patient.now.date(), whole=False)):
        return _well(translatable("the quick checks find nothing; `arena check --all` reads every byte"))
    return _ill(translatable("the file is damaged: `arena check` says where"))._replace(damage=True)


def _backup(patient: Patient) -> Finding:
    last = last_backup(patient.path)
    if last is None:
        message = translatable("none is known: `arena backup --to FOLDER` makes one, on another disk or a share")
        return _ill(message)
    age = patient.now - last.made_at
    facts = {"path": last.path, "when": _told(last.made_at), "days": age.days}
    if not os.path.isfile(last.path):  # noqa: PTH113 # Path's own raises in a folder that may not be looked into
        return _ill(translatable("{when}, but {path} is not there: is its disk or share connected?"), **facts)
    if age > BACKUP_IS_OLD:
        return _ill(translatable("{when}, {days} days ago: {path}"), **facts)
    if same_disk(last.path, patient.path):
        message = translatable("{when}: {path}, on the same disk as the file, with which both would be lost")
        return _ill(message, **facts)
    return _well(translatable("{when}: {path}"), **facts)


def _report(patient: Patient) -> Finding | None:
    """Whether the reports have stopped coming. Silence is what a broken cron has in common with one that is well."""
    if patient.store is None:
        return None
    last = next(reversed(deliveries(patient.store)), None)
    (begun,) = patient.store.rows("SELECT min(at) FROM journal")
    when = _moment(patient, last.delivered_at if last else begun[0])
    age = patient.now - when
    is_over = patient.now.date() > patient.store.project().ends_on + REPORT_IS_LATE
    if age > REPORT_IS_LATE and not is_over:
        message = translatable("none for {days} days: is `arena report --out` still run? `arena schedule` says how")
        return _ill(message, days=age.days)
    if last is None:
        return _well(translatable("none has been delivered yet"))
    return _well(translatable("{when}: report {number}, {month}"), when=_told(when), number=last.id, month=last.month)


def _sending(patient: Patient) -> Finding | None:
    """Whether what has been delivered last has also been sent, where reports are sent."""
    if patient.store is None:
        return None
    sent = sent_deliveries(patient.store)
    if not sent and not usual_place(patient.path).exists():
        return None
    complete = [delivery for delivery in deliveries(patient.store) if not delivery.preliminary]
    sent_to = {delivery.readers for delivery in complete if delivery.id in sent}
    newest = {d.readers: d for d in complete if d.readers in sent_to or not sent}
    problems = (_unsent(patient, patient.store, delivery) for delivery in newest.values())
    problem = next(filter(None, problems), None)
    if problem is not None:
        return problem
    last = last_sending(patient.store)
    if last is None:
        return _well(translatable("nothing has been sent yet"))
    number, when = last
    return _well(translatable("{when}: report {number}"), when=_told(when), number=number)


def _unsent(patient: Patient, store: Store, delivery: Delivery) -> Finding | None:
    known = standing(store, delivery)
    facts = {"number": delivery.id, "month": delivery.month}
    missing = sum(outcome is not Outcome.ACCEPTED for outcome in known.mailed.values())
    if missing:
        message = translatable(
            "report {number} of {month} has not come to {missing} of its recipients: `arena send-report {number}`"
        )
        return _ill(message, **facts, missing=missing)
    age = patient.now - _moment(patient, delivery.delivered_at)
    if age > TIME_TO_SEND and not (known.mailed or known.drafted):
        return _ill(translatable("report {number} of {month} has not been sent: `arena send-report {number}`"), **facts)
    return None


def _retention(patient: Patient) -> Finding | None:
    """Whether the time is over for which persons' data had to be kept."""
    if patient.store is None:
        return None
    done = {stage for (stage,) in patient.store.rows("SELECT stage FROM retention")}
    for stage in RetentionStage:
        until = None if {stage.value, RetentionStage.RECORDS.value} & done else term(patient.store, stage).until
        if until is not None and in_sweden(patient.now).date() > until:
            message = translatable(
                "the time for which persons' data had to be kept was over on {until}: "
                "`arena retain --plan FILE --stage {stage}` says what would go"
            )
            return _ill(message, until=until, stage=stage.value)
    return None


def _space(patient: Patient) -> Finding:
    free = shutil.disk_usage(patient.path.absolute().parent).free
    megabytes = free // 1_000_000
    if free < 2 * patient.path.stat().st_size + ROOM:
        return _ill(translatable("{free} MB free: too little to go on for long"), free=megabytes)
    return _well(translatable("{free} MB free"), free=megabytes)


def _clock(patient: Patient) -> Finding:
    """Whether the clock has gone back: the journal's newest entry cannot be of a time that is yet to come."""
    (told,) = patient.connection.execute("SELECT max(at) FROM journal").fetchone()
    newest = _moment(patient, told)
    if newest > patient.now + A_MOMENT:
        message = translatable("it is {now}, but the latest change was made {newest}: was the clock set back?")
        return _ill(message, now=_told(patient.now), newest=_told(newest))
    return _well(translatable("{now}, after the latest change"), now=_told(patient.now))


def _moment(patient: Patient, written: object) -> datetime:
    """A moment that the file holds. Raises DamagedDatabase."""
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        raise DamagedDatabase(path=patient.path) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(moment: datetime) -> str:
    return f"{in_sweden(moment):%Y-%m-%d %H:%M}"


EXAMINATIONS: Final = (
    Examination("file", translatable("File"), _file),
    Examination("place", translatable("Place"), _place),
    Examination("permissions", translatable("Permissions"), _permissions),
    Examination("encryption", translatable("Encryption"), _encryption),
    Examination("schema", translatable("Schema"), _schema),
    Examination("soundness", translatable("Soundness"), _soundness),
    Examination("backup", translatable("Last backup"), _backup),
    Examination("report", translatable("Last report"), _report),
    Examination("sending", translatable("Last sending"), _sending),
    Examination("retention", translatable("Retention"), _retention),
    Examination("space", translatable("Room on the disk"), _space),
    Examination("clock", translatable("Clock"), _clock),
)
"""What is looked at, in this order."""
