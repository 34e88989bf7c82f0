"""Taking a backup back into use."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from arena_cli.cli.asking import confirm
from arena_cli.cli.index import Command
from arena_cli.cli.options import Yes
from arena_cli.cli.output import answer, say
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.swedish_time import in_sweden

if TYPE_CHECKING:
    from arena_cli.keeping.restoring import Loss, Rehearsal

BackupFile = Annotated[
    str, typer.Argument(metavar=translatable("FILE"), help=translatable("The backup, as `arena backup` named it."))
]
Drill = Annotated[
    bool, typer.Option("--drill", help=translatable("Go through all of it but the last step, and change nothing."))
]


class NoYes(UsageProblem):
    message = translatable("There is nobody to ask: --yes takes the backup into use, --drill only tries it.")


def restore(context: typer.Context, file: BackupFile, *, drill: Drill = False, yes: Yes = False) -> None:
    """Take a backup back into use, after saying what would be lost; the present file is kept."""
    from arena_cli.keeping.restoring import rehearse

    session: Session = context.obj
    language = session.language
    if not (drill or yes or session.may_ask):
        raise NoYes
    with rehearse(Path(file), session.database, session.today, session.find_key) as rehearsal:
        tell = answer if drill else say
        for sentence in _sentences(session, Path(file), rehearsal):
            tell(sentence)
        if drill:
            say(language.text(translatable("This was a drill: nothing was changed.")))
            return
        if not yes:
            confirm(session, "--yes", language.text(translatable("Take the backup into use?")))
        kept = rehearsal.take_place(f"{session.world.now:%Y-%m-%dT%H%M%SZ}")
    say(language.text(translatable("{path} is now as it was in the backup."), path=session.database))
    if kept is not None:
        say(language.text(translatable("The file that was there is kept as {kept}."), kept=kept))
    answer(str(session.database))


def _sentences(session: Session, file: Path, rehearsal: Rehearsal) -> list[str]:
    """What the backup is, and what the present file has that it has not."""
    language, contents, present = session.language, rehearsal.contents, rehearsal.present
    message = translatable(
        "{path} is sound: {participants} persons on record, also those who wait, {changes} changes, "
        "the last of them {last}."
    )
    participants = contents.rows["participant"]
    last = _clock(rehearsal.last_at)
    sentences = [language.text(message, path=file, participants=participants, changes=rehearsal.changes, last=last)]
    if rehearsal.manifest is None:
        sentences.append(
            language.text(translatable("It has no manifest that would say what it held when it was made."))
        )
    if not present.exists:
        sentences.append(language.text(translatable("There is no file in its place: nothing would be lost.")))
    elif present.loss is None:
        message = translatable("The present file cannot be read: what it has beyond the backup is not known.")
        sentences.append(language.text(message))
    else:
        sentences.append(_loss(session, present.loss))
        if present.loss.reports:
            sentences.append(
                language.plural(
                    "{count} report that was delivered since would no longer be kept.",
                    "{count} reports that were delivered since would no longer be kept.",
                    count=present.loss.reports,
                )
            )
    return sentences


def _loss(session: Session, loss: Loss) -> str:
    language = session.language
    if not loss.changes or loss.first_at is None or loss.last_at is None:
        if loss.reports:
            return language.text(translatable("No change would be lost."))
        return language.text(translatable("Nothing that the present file has would be lost."))
    said = language.plural(
        "{count} change would be lost, between {first} and {last}; new participants in it: {participants}.",
        "{count} changes would be lost, between {first} and {last}; new participants in them: {participants}.",
        count=loss.changes,
        first=_clock(loss.first_at),
        last=_clock(loss.last_at),
        participants=loss.participants,
    )
    if loss.apart:
        message = translatable(
            "The backup has changes that the present file has not: it is not an earlier state of it."
        )
        said = f"{said} {language.text(message)}"
    return said


def _clock(at: str) -> str:
    """A time of the journal, by the clocks of Sweden."""
    moment = datetime.fromisoformat(at)
    return in_sweden(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).strftime("%Y-%m-%d %H:%M")


COMMANDS: Final = {
    "restore": Command(
        restore,
        "arena restore /mnt/kopior/arena-2026-10-31T023000Z.db --drill",
        translatable(
            "The backup is first copied, checked and counted as by `arena check --all`. Then it is said what would be "
            "lost, and asked. The file that was there is kept beside it."
        ),
    ),
}
