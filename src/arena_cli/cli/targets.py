"""Setting and listing targets."""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from arena_cli.casework import targets
from arena_cli.casework.targets import TargetReceipt
from arena_cli.cli.asking import Question, need, wanted
from arena_cli.cli.index import Command
from arena_cli.cli.options import AsJson, MunicipalityName, date_of, read_text
from arena_cli.cli.output import answer_json, say, table
from arena_cli.cli.words import Wording
from arena_cli.cli.world import Session
from arena_cli.errors import UsageProblem, translatable
from arena_cli.figures.targets import in_force, planned
from arena_cli.lookup import find_municipality, find_target_measure, find_target_period
from arena_cli.model import ALL, Target, TargetMeasure, TargetPeriod

MeasureName = Annotated[
    str | None,
    typer.Option(
        "--measure",
        metavar="intake|moved_up|work_or_studies|placements",
        help=translatable("What is to be reached."),
    ),
]
Per = Annotated[
    str | None,
    typer.Option("--per", metavar="month|total", help=translatable("In a month, or in all since the start.")),
]
Value = Annotated[
    str | None,
    typer.Option("--value", metavar=translatable("NUMBER"), help=translatable("How many are to be reached.")),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar=translatable("DATE"),
        help=translatable("The day from which it holds, which may lie ahead. Otherwise today."),
    ),
]
WhyCorrected = Annotated[
    str | None,
    typer.Option(
        "--why",
        metavar=translatable("TEXT"),
        help=translatable("Why a target of the same day is corrected; kept in the journal."),
    ),
]


class NotATarget(UsageProblem):
    message = translatable("A target is a whole number from 0, without blanks.")


def set_target(
    context: typer.Context,
    *,
    value: Value = None,
    measure: MeasureName = None,
    per: Per = None,
    municipality: MunicipalityName = None,
    valid_from: From = None,
    why: WhyCorrected = None,
) -> None:
    """Set a target of the project or of a municipality."""
    session: Session = context.obj
    need(session, {"--measure": measure, "--per": per, "--value": value})
    with session.writing() as store:
        project = store.project()
        place = find_municipality(project, municipality) if municipality is not None else None
        day = max(session.today, project.starts_on)
        if valid_from is not None:
            day = date_of("--from", session.today)(valid_from)
        receipt = targets.set_target(
            store,
            session.occasion(read_text("--why", why) if why is not None else None),
            place,
            wanted(session, measure, _MEASURE),
            wanted(session, per, _PERIOD),
            wanted(session, value, _VALUE),
            day,
        )
        say(_receipt(receipt, Wording(project, session.language)))


def list_targets(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the targets with the day from which each holds."""
    session: Session = context.obj
    with session.reading() as store, store.snapshot():
        project = store.project()
        listed = [*targets.list_targets(store), *planned(project)]
    holding = in_force(listed, session.today)
    if as_json:
        answer_json(
            [
                {
                    "municipality": target.municipality or ALL,
                    "measure": target.measure.value,
                    "period": target.period.value,
                    "value": target.value,
                    "valid_from": target.valid_from.isoformat(),
                    "in_force": target in holding,
                    "planned_participants": target in planned(project),
                }
                for target in listed
            ]
        )
        return
    wording = Wording(project, session.language)
    columns = ("municipality", "measure", "period", "value", "valid_from")
    headings = [*map(wording.column, columns), session.language.text(translatable("Holds today"))]
    table(headings, [(*_row(target, wording), _holds(target, holding, wording)) for target in listed])


def _row(target: Target, wording: Wording) -> tuple[str, str, str, int, str]:
    return (
        _whose(target, wording),
        wording.value("measure", target.measure),
        wording.value("period", target.period),
        target.value,
        wording.value("valid_from", target.valid_from),
    )


def _whose(target: Target, wording: Wording) -> str:
    if target.municipality is None:
        return wording.language.text(translatable("The whole project"))
    return wording.value("municipality", target.municipality)


def _holds(target: Target, holding: list[Target], wording: Wording) -> str:
    return wording.language.text(translatable("yes") if target in holding else translatable("no"))


def _receipt(receipt: TargetReceipt, wording: Wording) -> str:
    after, before = receipt.after, receipt.before
    facts = {
        "whose": _whose(after, wording),
        "measure": after.measure,
        "period": after.period,
        "value": after.value,
        "day": after.valid_from,
    }
    if before is not None:
        message = translatable("{whose}, {measure}, {period}: {before} → {value}, from {day}.")
        return wording.language.text(message, before=before.value, **facts)
    if receipt.earlier is not None:
        message = translatable("{whose}, {measure}, {period}: {value} from {day}; until then {earlier}.")
        return wording.language.text(message, earlier=receipt.earlier.value, **facts)
    return wording.language.text(translatable("{whose}, {measure}, {period}: {value} from {day}."), **facts)


def _read_value(typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", typed.strip()):
        raise NotATarget
    return int(typed)


_MEASURE: Final = Question("--measure", translatable("Target for"), find_target_measure, tuple(TargetMeasure))
_PERIOD: Final = Question("--per", translatable("Per"), find_target_period, tuple(TargetPeriod))
_VALUE: Final = Question("--value", translatable("Target"), _read_value)

COMMANDS: Final = {
    "set-target": Command(
        set_target,
        "arena set-target --municipality Krokom --measure intake --per month --value 5 --from 2016-10-01",
        translatable(
            "Without --municipality it is the project's. It holds until the next one for the same; the earlier ones "
            "are kept."
        ),
    ),
    "list-targets": Command(
        list_targets,
        "arena list-targets",
        translatable("The planned participants count as the project's total intake until one is set."),
    ),
}
