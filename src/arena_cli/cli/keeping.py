"""Keeping the file safe: backups, checks, and what a doctor would say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer

from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, Quiet, read_number
from arena_cli.cli.output import answer, answer_json, say
from arena_cli.cli.world import Session
from arena_cli.engine import operational_errors
from arena_cli.errors import DataProblem, UsageProblem, translatable
from arena_cli.store import Store

SOMETHING_TO_MEND: Final = 8
"""The exit code of `doctor` when something is to be put right."""

ToFolder = Annotated[
    str | None,
    typer.Option(
        "--to", metavar=translatable("FOLDER"), help=translatable("The folder, on another disk or a network share.")
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        "--keep",
        metavar=translatable("NUMBER"),
        help=translatable("Keep so many backups of this file there, and remove older ones. Otherwise all."),
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all", help=translatable("Every byte: also each record against the journal, and the figures of every month.")
    ),
]

OK: Final = "ok"
WRONG: Final = "!"


class NoFolder(UsageProblem):
    message = translatable("Say where: `--to FOLDER`, on another disk or a network share.")


def backup(context: typer.Context, *, to: ToFolder = None, keep: Keep = None, quiet: Quiet = False) -> None:
    """Put a checked copy of the file into a folder."""
    from arena_cli.keeping.backups import back_up
    from arena_cli.keeping.doctor import same_disk

    session: Session = context.obj
    if not to:
        raise NoFolder
    kept = read_number("--keep", keep) if keep is not None else None
    with session.reading() as store:
        made = back_up(store, Path(to), session.world.now, kept)
    if quiet:
        return
    answer(str(made.path))
    language, manifest = session.language, made.manifest
    message = translatable("Checked: {participants} participants, {entries} journal entries, {size} kB.")
    facts = {"participants": manifest.rows["participant"], "entries": manifest.entries}
    say(language.text(message, **facts, size=-(-manifest.size // 1000)))
    if made.removed:
        message = translatable("Backups kept: {kept}; older ones removed: {removed}.")
        say(language.text(message, kept=made.kept, removed=made.removed))
    if same_disk(made.path, session.database):
        say(language.text(translatable("It lies on the same disk as the file: both would be lost with it.")))


def check(context: typer.Context, *, everything: All = False, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Check the file, and change nothing."""
    from arena_cli.keeping.checking import examine, is_sound

    session: Session = context.obj
    language = session.language
    with session.reading() as store:
        verdicts = examine(store, session.today, whole=everything)
        erased = _erased(session, store)
    sound = is_sound(verdicts)
    if as_json:
        checks = [
            {
                "check": verdict.check.name,
                "made": verdict.findings is not None,
                "sound": verdict.sound,
                "findings": [finding.sentence(language) for finding in verdict.findings or ()],
            }
            for verdict in verdicts
        ]
        file = {"database": str(session.database), "all": everything, "sound": sound}
        answer_json({**file, "checks": checks, "retention": erased})
    elif not (quiet and sound):
        not_made = language.text(translatable("not counted: what is stored is not sound"))
        nothing = language.text(translatable("nothing found"))
        _print(
            (
                verdict.sound,
                language.text(verdict.check.title),
                not_made if verdict.findings is None else finding.sentence(language) if finding else nothing,
            )
            for verdict in verdicts
            for finding in verdict.findings or (None,)
        )
        for sentence in erased:
            say(sentence)
    if not sound:
        say(language.text(translatable("The file is damaged: copy its folder as it is, then take back a backup.")))
        raise typer.Exit(DataProblem.exit_code)


def _erased(session: Session, store: Store) -> list[str]:
    """What can no longer be proven of the journal, since retention has erased what it said."""
    from arena_cli.privacy.retaining import PROVABLE, carried_out

    try:
        done = carried_out(store)
    except DataProblem:
        return []
    except operational_errors():  # of a schema that damage has made into another: the check itself says so
        return []
    return [
        session.language.text(
            PROVABLE, erased_on=one.erased_on, decision=one.decision, seq=one.journal_seq, reports=one.reports
        )
        for one in done
    ]


def doctor(context: typer.Context, *, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Look at the file and its surroundings, and change nothing."""
    from arena_cli.cli.main import version
    from arena_cli.keeping.doctor import examinations

    session: Session = context.obj
    language = session.language
    looked = examinations(session.database, session.world.now, session.world.environ, session.find_key)
    ill = [(made, finding) for made, finding in looked if not finding.well]
    if as_json:
        findings = [
            {"name": made.name, "ok": finding.well, "finding": finding.remark.sentence(language)}
            for made, finding in looked
        ]
        answer_json({"version": version(), "ok": not ill, "examinations": findings})
    elif quiet:
        for made, finding in ill:
            say(f"{language.text(made.title)}: {finding.remark.sentence(language)}")
    else:
        _print([(True, language.text(translatable("Version")), version())])
        _print((finding.well, language.text(made.title), finding.remark.sentence(language)) for made, finding in looked)
    if ill:
        raise typer.Exit(DataProblem.exit_code if any(finding.damage for _, finding in ill) else SOMETHING_TO_MEND)


def _print(lines: Iterable[tuple[bool, str, str]]) -> None:
    """A line for each thing looked at, with a mark where it is not as it should be."""
    for well, title, finding in lines:
        answer(f"{OK if well else WRONG:2}  {title}: {finding}")


COMMANDS: Final = {
    "backup": Command(
        backup,
        "arena backup --to /mnt/kopior --keep 35",
        translatable(
            "The copy is read from the first byte to the last and compared with the file; a manifest is put beside "
            "it. Prints its path."
        ),
    ),
    "check": Command(
        check,
        "arena check --all",
        translatable("Nothing is mended: a backup is the mend. Ends with code 3 if anything is found."),
    ),
    "doctor": Command(
        doctor,
        "arena doctor",
        translatable(
            "Version, place, permissions, schema, soundness, last backup, last report and its sending, room on the "
            "disk, clock. Ends with code 8 if something is to be put right, 3 if the file is damaged."
        ),
    ),
}
