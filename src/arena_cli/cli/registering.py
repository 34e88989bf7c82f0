"""Registering what happened: somebody enters, moves, leaves, comes back, changes municipality.

Each prints the participant's code, and says on stderr what was registered, when it is safely in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from arena_cli import casework
from arena_cli.casework import Intake, Receipt
from arena_cli.cli.asking import given, need, wanted, yes_unless_no
from arena_cli.cli.index import Command
from arena_cli.cli.options import (
    BirthYear,
    Code,
    Day,
    DestinationName,
    ExitTypeName,
    MunicipalityName,
    Ref,
    ReferralName,
    SexName,
    StepName,
    read_text,
)
from arena_cli.cli.output import answer, say
from arena_cli.cli.questions import (
    SEX,
    birth_year_question,
    day_or_today,
    destination_question,
    municipality_question,
    referral_question,
    step_question,
)
from arena_cli.cli.words import named
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.lookup import find_exit_type, find_step
from arena_cli.model import ExitType, Project, Sex
from arena_cli.store import Store

if TYPE_CHECKING:
    from arena_cli.cli.background import Told

ToStep = Annotated[
    str | None,
    typer.Option("--to", metavar=translatable("STEP"), help=translatable("The step, by code, name or position.")),
]
ToMunicipality = Annotated[
    str | None,
    typer.Option(
        "--to", metavar=translatable("NAME"), help=translatable("The municipality moved to, by name or code.")
    ),
]

AskBackground = Annotated[
    bool | None,
    typer.Option(
        "--background/--no-background",
        help=translatable("Ask what the fund asks at the entry, or leave it for `arena add-background`."),
        show_default=False,
    ),
]

New = Annotated[
    bool, typer.Option("--new", help=translatable("Somebody new: do not look for somebody alike who is registered."))
]

_NO_FUND: Final = "none"
"""The fund rules of a project whose fund asks nothing."""

_NO_SEX: Final = translatable("Sex was not given and is registered as unknown: `arena edit-participant` corrects it.")


def add_participant(
    context: typer.Context,
    *,
    municipality: MunicipalityName = None,
    day: Day = None,
    sex: SexName = None,
    birth_year: BirthYear = None,
    step: StepName = None,
    referral: ReferralName = None,
    ref: Ref = None,
    background: AskBackground = None,
    new: New = False,
) -> None:
    """Enrol a person who is new in the project."""
    session: Session = context.obj
    need(session, {"--municipality": municipality})
    with session.writing() as store:
        project = store.project()
        place = wanted(session, municipality, municipality_question(project, "--municipality"))
        entered_on = day_or_today(session, project, day)
        recorded_sex = given(session, sex, SEX)
        born = given(session, birth_year, birth_year_question(entered_on))
        placed_on = given(session, step, step_question(project, "--step", blank=translatable("not yet placed")))
        sent_by = given(session, referral, referral_question(project))
        called = read_text("--ref", ref or "")
        intake = Intake(place, entered_on, placed_on, sent_by)
        alike = () if new else pointed_out(session, store, intake, recorded_sex, born, called)
        told = _background(session, store, project, born, wanted_now=background)
        receipt = casework.enrol(
            store,
            session.occasion(),
            intake,
            sex=recorded_sex or Sex.UNKNOWN,
            birth_year=born,
            ref=called,
        )
        acknowledge(session, project, receipt, translatable("{code}: entered in {municipality} on {day}"))
        if recorded_sex is None:
            say(session.language.text(_NO_SEX))
        for remark in alike:
            say(remark)
        if told is not None:
            from arena_cli.cli.background import record_told

            record_told(session, store, receipt.participant.code, told)


def pointed_out(
    session: Session, store: Store, intake: Intake, sex: Sex | None, birth_year: int | None, ref: str | None
) -> tuple[str, ...]:
    """What there is to say of those registered who are alike; at the keyboard it is asked about.

    Somebody with neither birth year nor ref is compared with nobody: too many would be alike.
    """
    if birth_year is None and ref is None:
        return ()
    from arena_cli.casework.duplicates import Described
    from arena_cli.cli.duplicates import point_out

    entered = (intake.municipality, intake.entered_on, None, intake.referral)
    return point_out(session, store, Described(0, sex or Sex.UNKNOWN, birth_year, ref, *entered))


def _background(
    session: Session, store: Store, project: Project, birth_year: int | None, *, wanted_now: bool | None
) -> Told | None:
    """Ask at the keyboard what the project's fund asks at the entry, unless that is left for later."""
    if not session.may_ask or wanted_now is False or (wanted_now is None and project.fund_rules == _NO_FUND):
        return None
    from arena_cli.cli.background import ask_background

    now = translatable("Answer what the fund asks at the entry now? (yes, no)")
    if wanted_now is None and not yes_unless_no(session, "--no-background", now):
        return None
    return ask_background(session, store, birth_year=birth_year, option="--no-background")


def readmit_participant(
    context: typer.Context,
    code: Code,
    *,
    municipality: MunicipalityName = None,
    day: Day = None,
    step: StepName = None,
    referral: ReferralName = None,
) -> None:
    """Start a new spell of a person who had left."""
    session: Session = context.obj
    need(session, {"--municipality": municipality})
    with session.writing() as store:
        project = store.project()
        casework.find_participant(store, code)
        place = wanted(session, municipality, municipality_question(project, "--municipality"))
        entered_on = day_or_today(session, project, day)
        placed_on = given(session, step, step_question(project, "--step", blank=translatable("not yet placed")))
        sent_by = given(session, referral, referral_question(project))
        intake = Intake(place, entered_on, placed_on, sent_by)
        receipt = casework.readmit(store, session.occasion(), code, intake)
    acknowledge(session, project, receipt, translatable("{code}: back, in {municipality}, on {day}"))


def move_participant(context: typer.Context, code: Code, *, to: ToStep = None, day: Day = None) -> None:
    """Place a participant on a step."""
    session: Session = context.obj
    need(session, {"--to": to})
    with session.writing() as store:
        project = store.project()
        casework.find_participant(store, code)
        step = wanted(session, to, step_question(project, "--to"))
        moved_on = day_or_today(session, project, day)
        receipt = casework.move(store, session.occasion(), code, step, moved_on)
    before, after = (named(project.steps, s) for s in (receipt.step_before, receipt.step))
    message = translatable("{code}: step {before} → {after} on {day}.")
    if before is None:
        message = translatable("{code}: placed on step {after} on {day}.")
    facts = {"code": receipt.participant.code, "before": before, "after": after, "day": moved_on}
    _receipt(session, receipt, message, **facts)


def exit_participant(
    context: typer.Context,
    code: Code,
    *,
    destination: DestinationName = None,
    kind: ExitTypeName = None,
    day: Day = None,
) -> None:
    """End a participant's spell."""
    session: Session = context.obj
    exit_type = find_exit_type(kind) if kind else ExitType.COMPLETED
    leads_somewhere = exit_type not in {ExitType.DECEASED, ExitType.MISREGISTERED}
    if leads_somewhere:
        need(session, {"--destination": destination})
    with session.writing() as store:
        project = store.project()
        casework.find_participant(store, code)
        went_to = None
        if destination is not None or leads_somewhere:
            went_to = wanted(session, destination, destination_question(project))
        exited_on = day_or_today(session, project, day)
        receipt = casework.leave(store, session.occasion(), code, exited_on, exit_type, went_to)
    message = translatable("{code}: left {municipality} on {day}, {exit_type}; went on to: {destination}.")
    if went_to is None:
        message = translatable("{code}: left {municipality} on {day}, {exit_type}.")
    _receipt(
        session,
        receipt,
        message,
        code=receipt.participant.code,
        municipality=named(project.municipalities, receipt.spell.municipality),
        day=exited_on,
        exit_type=exit_type,
        destination=named(project.destinations, went_to),
    )


def transfer_participant(
    context: typer.Context, code: Code, *, to: ToMunicipality = None, day: Day = None, step: StepName = None
) -> None:
    """End the spell in one municipality and go on in another."""
    session: Session = context.obj
    need(session, {"--to": to})
    with session.writing() as store:
        project = store.project()
        casework.find_participant(store, code)
        municipality = wanted(session, to, municipality_question(project, "--to"))
        on = day_or_today(session, project, day)
        placed_on = find_step(project, step) if step is not None else None
        receipt = casework.transfer(store, session.occasion(), code, municipality, on, placed_on)
    acknowledge(
        session,
        project,
        receipt,
        translatable("{code}: transferred to {municipality} on {day}, which is no exit"),
    )


def acknowledge(session: Session, project: Project, receipt: Receipt, entered: str) -> None:
    """Say where and when a spell began, and on which step."""
    language = session.language
    beginning = language.text(
        entered,
        code=receipt.participant.code,
        municipality=named(project.municipalities, receipt.spell.municipality),
        day=receipt.spell.entered_on,
    )
    message = translatable("{beginning}; step {step}.")
    if receipt.step is None:
        message = translatable("{beginning}; not yet placed on a step.")
    _receipt(session, receipt, message, beginning=beginning, step=named(project.steps, receipt.step))


def _receipt(session: Session, receipt: Receipt, message: str, **facts: object) -> None:
    say(session.language.text(message, **facts))
    for remark in receipt.remarks:
        say(remark.sentence(session.language))
    answer(receipt.participant.code)


COMMANDS: Final = {
    "add-participant": Command(
        add_participant,
        "arena add-participant --municipality Krokom --date 2016-10-03 --sex woman --step 1",
        translatable(
            "Prints the new participant's code. On a terminal it asks for what is not given. "
            "Only the municipality has to be."
        ),
    ),
    "move-participant": Command(
        move_participant,
        "arena move-participant K7QX-4M --to 3 --date 2016-10-14",
        translatable("Up or down, or the first placing."),
    ),
    "exit-participant": Command(
        exit_participant,
        "arena exit-participant K7QX-4M --destination work --date 2016-10-31",
        translatable(
            "The exit is completed unless --type says otherwise. "
            "`arena list-destinations` shows what --destination can be."
        ),
    ),
    "readmit-participant": Command(
        readmit_participant,
        "arena readmit-participant K7QX-4M --municipality Krokom --date 2016-12-01",
        translatable("The same person under the same code: counted once, with a new spell."),
    ),
    "transfer-participant": Command(
        transfer_participant,
        "arena transfer-participant K7QX-4M --to Åre --date 2016-10-14",
        translatable("No exit: the spell goes on elsewhere, on the same step unless --step gives another."),
    ),
}
