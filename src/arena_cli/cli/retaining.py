"""Retention (gallring): until when what is kept of persons is kept, what goes then, and its going."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from arena_cli.cli.asking import need, wanted
from arena_cli.cli.corrections import WHY
from arena_cli.cli.index import Command
from arena_cli.cli.options import NONE, Why, date_of, read_text
from arena_cli.cli.output import answer, say, table
from arena_cli.cli.world import Session
from arena_cli.errors import CannotWrite, DataProblem, Refused, UsageProblem, translatable

if TYPE_CHECKING:
    from arena_cli.model.retention import RetentionStage
    from arena_cli.privacy.retaining import Plan
    from arena_cli.store import Store

Event = Annotated[
    str | None,
    typer.Option(
        "--event",
        metavar=translatable("NAME"),
        help=translatable("What happened, as a rule names it: final_payment_decision."),
    ),
]
HappenedOn = Annotated[
    str | None,
    typer.Option("--date", metavar=translatable("DATE"), help=translatable("The day; `-` takes it back.")),
]
RulesFile = Annotated[
    str | None,
    typer.Option(
        "--rules",
        metavar=translatable("FILE"),
        help=translatable("A project file: all its rules of retention take the place of those that held."),
    ),
]
PlanFile = Annotated[
    str | None,
    typer.Option("--plan", metavar=translatable("FILE"), help=translatable("Write into a new file what would go.")),
]
ExecuteFile = Annotated[
    str | None,
    typer.Option(
        "--execute", metavar=translatable("FILE"), help=translatable("Carry out the plan in this file, for good.")
    ),
]
DecisionNumber = Annotated[
    str | None,
    typer.Option(
        "--decision",
        metavar=translatable("NUMBER"),
        help=translatable("The reference number of the decision to do so."),
    ),
]
Stage = Annotated[
    str | None,
    typer.Option(
        "--stage",
        metavar="identities|records",
        help=translatable("What the plan is for. Otherwise the identities, and when they are gone the records."),
    ),
]
Backups = Annotated[
    list[str] | None,
    typer.Option(
        "--backups",
        metavar=translatable("FOLDER"),
        help=translatable("Also list the backups in this folder. May be given several times."),
    ),
]

STAGES: Final = {
    "identities": translatable("who somebody is, and the numbers of the municipalities' lists"),
    "records": translatable("what leads from the records to a person"),
}
TABLES: Final = {
    "participant": translatable("participants: code, ref, birth year"),
    "participant.ref": translatable("numbers of the municipalities' lists"),
    "journal": translatable("journal entries: earlier values, reasons, minutes"),
    "access": translatable("looks: purpose, code"),
    "official_file": translatable("files for SCB: the hash of what they said"),
    "place": translatable("workplaces: name"),
    "note": translatable("notes: all texts"),
    "decision": translatable("decisions: all texts"),
    "identity": translatable("names and how to reach them"),
    "identity_number": translatable("personal identity numbers"),
}


class NoDayOrRules(UsageProblem):
    message = translatable("Say what to set: `--event NAME --date DATE`, or `--rules FILE`.")


class NotAnEvent(UsageProblem):
    message = translatable("--event must be a name that a rule counts from. The rules name: {events}.")


class KnownByItself(UsageProblem):
    message = translatable("The file knows {event} by itself: it cannot be entered.")


class OnePlanAtATime(UsageProblem):
    message = translatable("Either --plan or --execute: first the plan, then the decision, then the plan carried out.")


class NoDecision(UsageProblem):
    message = translatable("Say by which decision: `--decision NUMBER`. Without one nothing is erased.")


class NotAStage(UsageProblem):
    message = translatable("--stage must be identities or records.")


class PlanExists(Refused):
    message = translatable("{path} exists already; nothing was written there. Name another file.")


class PlanNotWritten(CannotWrite):
    message = translatable("{path} cannot be written: check the folder, its permissions and the room on the disk.")


class StillInFile(DataProblem):
    message = translatable(
        "Erased, but {hits} of the erased texts still stand in the bytes of {path}: another program may have put them "
        "there. Restore nothing, keep the file to yourself, and run `arena check --all`."
    )


def set_retention(
    context: typer.Context,
    *,
    event: Event = None,
    happened_on: HappenedOn = None,
    rules: RulesFile = None,
    why: Why = None,
) -> None:
    """Enter a day that rules of retention count from, or take the rules of a project file."""
    from arena_cli.model.retention import KNOWN_EVENTS
    from arena_cli.privacy.rules import rules as rules_of
    from arena_cli.project import read_retention

    session: Session = context.obj
    if (rules is None) == (event is None) or (event is None) != (happened_on is None):
        raise NoDayOrRules
    need(session, {"--why": why})
    new_rules = read_retention(rules) if rules is not None else ()
    day: date | None = None
    if happened_on is not None and happened_on.strip() != NONE:
        day = date_of("--date", session.today)(happened_on)
    with session.writing() as store:
        if event is not None:
            named = sorted({rule.after for rule in rules_of(store)} - {*KNOWN_EVENTS})
            if event in KNOWN_EVENTS:
                raise KnownByItself(event=event)
            if event not in named:
                raise NotAnEvent(events=tuple(named) or (NONE,))
        occasion = session.occasion(wanted(session, why, WHY))
        with store.change(occasion) as change:
            if event is not None:
                change.insert("retention_date", {"event": event, "happened_on": day.isoformat() if day else None})
            else:
                ((edition,),) = store.rows("SELECT coalesce(max(edition), 0) + 1 FROM retention_rule")
                change.set_retention_rules(new_rules, edition)
        for line in _terms(session, store):
            say(line)


def retain(
    context: typer.Context,
    *,
    plan: PlanFile = None,
    execute: ExecuteFile = None,
    decision: DecisionNumber = None,
    stage: Stage = None,
    backups: Backups = None,
) -> None:
    """Say until when what is kept of persons is kept; plan what goes; carry a plan out."""
    session: Session = context.obj
    if plan and execute:
        raise OnePlanAtATime
    if execute:
        _execute(session, Path(execute), decision, backups or ())
    elif plan:
        _plan(session, Path(plan), stage, backups or ())
    else:
        with session.reading() as store, store.snapshot():
            for line in _terms(session, store):
                answer(line)


def _terms(session: Session, store: Store) -> Iterator[str]:
    """Until when each stage is kept, by which rules, and what has been carried out."""
    from arena_cli.model.retention import RetentionStage
    from arena_cli.privacy.retaining import carried_out
    from arena_cli.privacy.rules import term

    language = session.language
    for done in carried_out(store):
        message = translatable("Erased on {day}, by decision {decision}: {what}.")
        yield language.text(message, day=done.erased_on, decision=done.decision, what=language.text(STAGES[done.stage]))
    stages = {done.stage for done in carried_out(store)}
    for stage in RetentionStage:
        if stages & {stage.value, RetentionStage.RECORDS.value}:
            continue
        limit = term(store, stage)
        message = translatable("To be kept until {until}: {what}.")
        if limit.until is None:
            message = translatable("To be kept until more is known: {what}.")
        yield language.text(message, until=limit.until, what=language.text(STAGES[stage.value]))
        yield from (f"  {sentence.sentence(language)}" for sentence in limit.sentences())


def _plan(session: Session, path: Path, stage: str | None, backups: Iterable[str]) -> None:
    from arena_cli.privacy.retaining import next_stage
    from arena_cli.privacy.retaining import plan as make_plan
    from arena_cli.whole_file import write_new

    language = session.language
    with session.reading() as store:
        planned = make_plan(store, _stage(stage) or next_stage(store))
        lines = [*_terms(session, store), *_elsewhere(session, store, backups)]
    content = (json.dumps(planned, ensure_ascii=False, indent=2) + "\n").encode()
    try:
        write_new(path, content)
    except FileExistsError:
        if path.is_symlink() or not path.is_file() or path.read_bytes() != content:
            raise PlanExists(path=path) from None
    except OSError:
        raise PlanNotWritten(path=path) from None
    answer(str(path))
    _tell(session, planned)
    for line in lines:
        say(line)
    message = translatable("Nothing has been erased. When it is decided: {command}")
    say(language.text(message, command=f"`{session.program} retain --execute {path} --decision DNR`"))


def _tell(session: Session, planned: Plan) -> None:
    """What would go, as a table, and what is left of it."""
    language = session.language
    headings = [language.text(m) for m in (translatable("What goes"), translatable("Rows"))]
    rows = [(language.text(TABLES[name]) if name in TABLES else name, count) for name, count in planned["rows"].items()]
    if planned["report_files"]:
        rows.append((language.text(translatable("files of reports in which a code stands")), planned["report_files"]))
    table(headings, rows)
    if planned["stage"] == "records":
        message = translatable(
            "The rows stay, without code, ref, text and times, so that every figure stays what it is. Alone with their "
            "municipality, month of entry, sex and class of age: {count}. Days stay, since figures count days: keep "
            "the file from others as before."
        )
        say(language.text(message, count=planned["alone"]))


def _execute(session: Session, path: Path, decision: str | None, backups: Iterable[str]) -> None:
    from arena_cli.privacy.erasing import still_in
    from arena_cli.privacy.retaining import NoPlan, NotAPlan, execute, read_plan
    from arena_cli.whole_file import sweep

    language = session.language
    number = read_text("--decision", decision) if decision is not None else None
    if number is None:
        raise NoDecision
    try:
        planned = read_plan(path.read_bytes())
    except FileNotFoundError:
        raise NoPlan(path=path) from None
    except OSError:
        raise NotAPlan(path=path) from None
    if planned is None:
        raise NotAPlan(path=path)
    sweep(path.parent)  # what a --plan that was killed has left beside its file
    with session.writing() as store:
        done = execute(store, planned, number, session.occasion())
        lines = list(_elsewhere(session, store, backups))
    if done is None:
        say(language.text(translatable("That plan has been carried out already; nothing was changed.")))
        return
    codes, texts = still_in(_content(session), done.erased)
    if codes or texts:
        raise StillInFile(hits=codes + len(texts), path=session.database)
    message = translatable(
        "Erased, by decision {decision}. {months} months counted before and after: all figures are what they were. "
        "Searched for in the bytes of the file: {codes} codes and {texts} texts; none is left."
    )
    facts = {"months": done.months, "codes": len(done.erased.codes), "texts": len(done.erased.texts)}
    say(language.text(message, decision=number, **facts))
    for line in lines:
        say(line)


def _content(session: Session) -> bytes:
    """The bytes of the file; of an encrypted one, in whose bytes anything may stand by chance, all that it holds."""
    with session.reading() as store:
        if store.key is not None:
            return store.held()
    return session.database.read_bytes()


def _stage(typed: str | None) -> RetentionStage | None:
    from arena_cli.model.retention import RetentionStage

    if typed is None:
        return None
    try:
        return RetentionStage(typed.strip())
    except ValueError:
        raise NotAStage from None


def _elsewhere(session: Session, store: Store, folders: Iterable[str]) -> Iterator[str]:
    """What else holds the persons: backups with their days, copies beside the file, extracts and exports."""
    from arena_cli.keeping.backups import backups_of, last_backup

    language = session.language
    remembered = last_backup(session.database)
    places = [Path(folder) for folder in folders] + ([remembered.path.parent] if remembered else [])
    found = [backup for place in dict.fromkeys(p.absolute() for p in places) for backup in backups_of(store, place)]
    beside = session.database.resolve()
    copies = re.compile(rf"{re.escape(beside.stem)}\.before-(schema|restore)-.*{re.escape(beside.suffix)}")
    kept = [path for path in sorted(beside.parent.iterdir()) if copies.fullmatch(path.name)]
    yield language.text(translatable("What else holds the persons, and goes by hand:"))
    for path, made_at in found:
        yield language.text(translatable("  backup of {day}: {path}"), day=made_at[:10], path=path)
    for path in kept:
        yield language.text(translatable("  copy beside the file: {path}"), path=path)
    taken = store.rows(
        "SELECT substr(at, 1, 10), command FROM access JOIN journal ON subject = 'access' AND record = access.id"
        " WHERE action IN ('export', 'extract') AND persons > 0 ORDER BY access.id"
    )
    for day, command in taken:
        yield language.text(translatable("  files that {command} wrote on {day}"), command=command, day=day)
    yield language.text(
        translatable("  reports on paper and in mail boxes, lists that were imported, and copies that others have made")
    )


COMMANDS: Final = {
    "set-retention": Command(
        set_retention,
        'arena set-retention --event final_payment_decision --date 2018-11-30 --why "beslut 2018/123"',
        translatable("Until every day that a rule counts from is known, everything is kept."),
    ),
    "retain": Command(
        retain,
        "arena retain --plan gallring.json",
        translatable(
            "Without options it says until when everything is kept, and why. A plan names nobody, and is carried out "
            "by --execute with the number of a decision: that very plan, on a register that has not changed. It cannot "
            "be undone."
        ),
    ),
}
