"""Retention in two steps: a plan of what would go, and the same plan carried out by a decision.

All of it happens in a copy of the file: there rows and journal are rewritten, every month is counted before and after,
the pages are laid anew and the bytes are searched for what was erased. Only a copy that has passed takes the file's
place, page by page in one transaction: whoever cuts that off finds the file as it was, or as it is to be.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any, Final

from arena_cli.database import sqlite_errors, unfinished_name
from arena_cli.errors import Busy, DataProblem, NotFound, Refused, translatable
from arena_cli.figures.learning import Learning
from arena_cli.figures.report import Report, build
from arena_cli.journal import Occasion, broken_at
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.model import Month
from arena_cli.model.retention import RetentionStage
from arena_cli.personal_number import refuse_personal_number
from arena_cli.privacy.bands import Bands
from arena_cli.privacy.erasing import IDENTIFYING, KEPT, RULES, TEXTS, Erased, Eraser, codes_in, still_in
from arena_cli.privacy.persons import PARTICIPANT, Schema
from arena_cli.privacy.rules import Term, term
from arena_cli.store import Store

FORMAT: Final = 1

Plan = Mapping[str, Any]
"""What would go, by which rules, of a register as it is; `hash` is the SHA-256 of all the rest. It names nobody."""


class NotAPlan(DataProblem):
    message = translatable(
        "{path} is not a plan that `arena retain --plan` has made, or it was changed. Make a new one."
    )


class NoPlan(NotFound):
    message = translatable("There is no plan {path}. Make one with `arena retain --plan FILE`.")


class RegisterChanged(Refused):
    message = translatable(
        "The register, its rules or its days have changed since the plan was made. Nothing was erased: make a new "
        "plan, and let it be decided on anew."
    )


class DayNotKnown(Refused):
    message = translatable("Nothing may be erased yet:\n{reasons}")


class TooEarly(Refused):
    message = translatable("Nothing may be erased yet: it is to be kept until {until}.\n{reasons}")


class NothingToErase(Refused):
    message = translatable("There is nothing to erase: it was done on {erased_on}, by decision {decision}.")


class NotSound(DataProblem):
    message = translatable("The file is not sound, and nothing was erased: `arena check --all` says more.")


class OtherFigures(DataProblem):
    message = translatable(
        "The figures of {month} would not be what they are. Nothing was erased: please report it as a fault of arena."
    )


class StillThere(DataProblem):
    message = translatable(
        "What was to be erased still stands in the copy that was made ({codes} codes, {texts} texts). The file is as "
        "it was: please report it as a fault of arena."
    )


@dataclass(frozen=True, slots=True)
class Done:
    """A retention that has been carried out; `erased` is what to look for in the bytes of the file afterwards."""

    erased: Erased
    months: int
    persons: int


# -- the plan ---------------------------------------------------------------------------------------------------------


def next_stage(store: Store) -> RetentionStage:
    """What comes next: the identities, then the records."""
    done = {stage for (stage,) in store.rows("SELECT stage FROM retention")}
    return RetentionStage.RECORDS if RetentionStage.IDENTITIES in done else RetentionStage.IDENTITIES


def plan(store: Store, stage: RetentionStage) -> Plan:
    """What would go of the register as it is now. Raises NothingToErase where it has gone."""
    with store.snapshot():
        _refuse_twice(store, stage)
        ((seq, head),) = store.rows("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        limit = term(store, stage)
        facts = {
            "plan": FORMAT,
            "project": store.project().code,
            "stage": stage.value,
            "kept_until": limit.until.isoformat() if limit.until else None,
            "rules": [
                {
                    "code": applied.rule.code,
                    "after": applied.rule.after,
                    "day": applied.day.isoformat() if applied.day else None,
                    "years": applied.rule.years,
                    "counted_from": applied.rule.counted_from.value,
                    "until": applied.until.isoformat() if applied.until else None,
                    "source": applied.rule.source,
                }
                for applied in limit.applied
            ],
            "journal": {"entries": seq, "hash": head},
            "rows": _rows(store, stage),
            "report_files": _files_with_codes(store) if stage is RetentionStage.RECORDS else 0,
            "alone": _alone(store) if stage is RetentionStage.RECORDS else 0,
        }
    return {**facts, "hash": _hash(facts)}


def read_plan(content: bytes) -> Plan | None:
    """The plan that a file holds; None where it is none, or not the one that was made."""
    try:
        found = json.loads(content)
        is_whole = found["plan"] == FORMAT and found["hash"] == _hash({k: v for k, v in found.items() if k != "hash"})
        RetentionStage(found["stage"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return dict(found) if is_whole else None


def _hash(facts: Mapping[str, Any]) -> str:
    return sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _rows(store: Store, stage: RetentionStage) -> dict[str, int]:
    """How many rows there are in each table that loses something, and how many participants have a ref."""
    schema = Schema.of(store)
    if stage is RetentionStage.IDENTITIES:
        ((refs,),) = store.rows("SELECT count(ref) FROM participant")
        tables: Sequence[str] = sorted(IDENTIFYING & schema.related().keys())
        return {"participant.ref": refs, **{table: _count(store, table) for table in tables}}
    tables = sorted({*schema.related(), *(TEXTS.keys() & schema.columns.keys()), "journal"})
    return {table: _count(store, table) for table in tables}


def _count(store: Store, table: str) -> int:
    return int(store.rows(f"SELECT count(*) FROM {table}")[0][0])


def _files_with_codes(store: Store) -> int:
    import zlib

    codes = {code for (code,) in store.rows("SELECT code FROM participant")}
    files = store.rows("SELECT content FROM delivered_file")
    return sum(any(code in codes for code in codes_in(zlib.decompress(packed))) for (packed,) in files)


def _alone(store: Store) -> int:
    """How many would be the only one with their municipality, month of entry, sex and age, as coarse as it gets."""
    bands = Bands.of(store.project())
    first = store.rows(
        "SELECT p.sex, p.birth_year, s.municipality, min(s.entered_on) FROM participant p"
        " JOIN counted_spell s ON s.participant_id = p.id GROUP BY p.id"
    )
    alike = Counter((sex, bands.birth_year(year, int(day[:4])), place, day[:7]) for sex, year, place, day in first)
    return sum(count == 1 for count in alike.values())


# -- carried out ------------------------------------------------------------------------------------------------------


def execute(store: Store, planned: Plan, decision: str, occasion: Occasion) -> Done | None:
    """Carry a plan out by a decision, whose number is kept. None where that very plan has been carried out already.

    Raises RegisterChanged, DayNotKnown, TooEarly, NotSound, OtherFigures, StillThere, PersonalNumberGiven, Busy or a
    CannotWrite; the file is then as it was.
    """
    refuse_personal_number(decision)
    if store.rows("SELECT 1 FROM retention WHERE plan = ?", (planned["hash"],)):
        return None
    stage, version = RetentionStage(planned["stage"]), store.version()
    if plan(store, stage) != planned:
        raise RegisterChanged
    limit = term(store, stage)
    _refuse_early(limit, occasion.today)
    with store.copied_to(unfinished_name(store.path.resolve())) as (copy, copied):
        months = _months(copied, occasion.today)
        erased, persons = _erase(copied, planned, decision, occasion, months, limit)
        with sqlite_errors(store.path):
            copy.connection.execute("VACUUM")
        if not is_sound(examine(copied, occasion.today, whole=True, counting=False)):
            raise NotSound
        codes, texts = still_in(copy.content(), erased)
        erased.texts -= {text for text in texts if _is_said_otherwise(copied, text)}
        texts = [text for text in texts if text in erased.texts]
        if codes or texts:
            raise StillThere(codes=codes, texts=len(texts))
        if not store.replace_with(copy.connection, version):
            raise Busy
    return Done(erased, len(months), persons)


def _refuse_twice(store: Store, stage: RetentionStage) -> None:
    done = store.rows(
        "SELECT erased_on, decision FROM retention WHERE stage IN (?, 'records') ORDER BY id DESC LIMIT 1",
        (stage.value,),
    )
    for erased_on, decision in done:
        raise NothingToErase(erased_on=erased_on, decision=decision)


def _refuse_early(limit: Term, today: date) -> None:
    if limit.until is None:
        raise DayNotKnown(reasons=limit.sentences())
    if today <= limit.until:
        raise TooEarly(until=limit.until, reasons=limit.sentences())


def _erase(
    store: Store, planned: Plan, decision: str, occasion: Occasion, months: Sequence[Month], limit: Term
) -> tuple[Erased, int]:
    """Erase in one transaction, at whose end every month is what it was. Raises NotSound or OtherFigures."""
    anchored = _anchored(store)
    before = {month: _figures(store, month, occasion.today) for month in months}
    stage = RetentionStage(planned["stage"])
    persons = _count(store, PARTICIPANT)
    with store.rewriting(occasion) as (connection, begin):
        erased = Eraser(store, stage, occasion.at).erase(connection.executemany)
        for month in months:
            if _figures(store, month, occasion.today) != before[month]:
                raise OtherFigures(month=month)
        ((head,),) = store.rows("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1")
        begin().insert(
            "retention",
            {
                "stage": stage.value,
                "rules": json.dumps([applied.rule.code for applied in limit.applied]),
                "due_on": planned["kept_until"],
                "decision": decision,
                "plan": planned["hash"],
                "persons": persons,
                "counts": json.dumps({table: count for table, count in erased.rows.items() if count}),
                "scrubbed": erased.entries,
                "journal_seq": planned["journal"]["entries"],
                "journal_hash": planned["journal"]["hash"],
                "reports": anchored,
                "new_hash": head,
                "erased_on": occasion.today.isoformat(),
            },
        )
    return erased, persons


def _anchored(store: Store) -> int:
    """How many reports say of the journal what it says itself, since the last retention. Raises NotSound for others."""
    if broken_at(store.links()) is not None:
        raise NotSound
    since = store.retained_until()
    heads = store.rows("SELECT journal_seq, journal_hash FROM delivery WHERE journal_seq > ?", (since,))
    for seq, head in heads:
        if store.rows("SELECT hash FROM journal WHERE seq = ?", (seq,)) != [(head,)]:
            raise NotSound
    return len(heads)


def _months(store: Store, today: date) -> list[Month]:
    """Every month of the project so far, and every one of which a report was delivered."""
    project = store.project()
    months = {Month.parse(month) for (month,) in store.rows("SELECT DISTINCT month FROM delivery")}
    month, last = Month.of(project.starts_on), Month.of(min(project.ends_on, today))
    while month <= last:
        months.add(month)
        month = month.next()
    return sorted(months)


def _figures(store: Store, month: Month, today: date) -> Report:
    """The figures and controls of a month, without the notes."""
    return replace(build(store, month, today), learning=Learning())


def _is_said_otherwise(store: Store, text: str) -> bool:
    """Whether a text stands where it stays: a reason can be the name of a step, or of a command."""
    schema = Schema.of(store)
    for table, columns in schema.columns.items():
        staying = [c for c in columns if table not in TEXTS or c not in TEXTS[table]]
        if table in KEPT:
            staying = [c for c in staying if c in KEPT[table]]
        if table == "journal":
            staying = [c for c in staying if c not in {"why", "before", "after"}]
        condition = " OR ".join(f"(typeof({c}) = 'text' AND instr({c}, :text))" for c in staying)
        if condition and store.rows(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1", {"text": text}):
            return True
    of_rules = store.entries("WHERE subject IN (SELECT value FROM json_each(?))", (json.dumps(sorted(RULES)),))
    in_schema = store.rows("SELECT 1 FROM sqlite_schema WHERE instr(sql, ?) LIMIT 1", (text,))
    return bool(in_schema) or any(text in (entry.why or "") for entry in of_rules)


# -- what can be proven afterwards ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """A retention of the past, as the file has it."""

    stage: str
    erased_on: date
    decision: str
    persons: int
    journal_seq: int
    journal_hash: str
    reports: int


def carried_out(store: Store) -> list[CarriedOut]:
    """The retentions of the file, the oldest first."""
    rows = store.rows(
        "SELECT stage, erased_on, decision, persons, journal_seq, journal_hash, reports FROM retention ORDER BY id"
    )
    return [CarriedOut(stage, date.fromisoformat(day), *rest) for stage, day, *rest in rows]


PROVABLE: Final = translatable(
    "Retention of {erased_on}, decision {decision}: what the journal's entries up to number {seq} said is erased. "
    "Proven is that nobody has changed, removed or added any of them since, and that the journal was whole when it was "
    "done, with the ends that {reports} reports name; not what they said."
)
