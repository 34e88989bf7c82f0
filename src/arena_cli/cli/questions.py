"""What is asked of whatever happened: where, when, to whom, and what then."""

from __future__ import annotations

from datetime import date
from typing import Final

from arena_cli.cli.asking import Question, given
from arena_cli.cli.options import read_date, read_year
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.lookup import find_destination, find_municipality, find_referral, find_sex, find_step
from arena_cli.model import Project, Sex
from arena_cli.rules import check_birth_year, check_day

SEX: Final = Question("--sex", translatable("Sex"), find_sex, tuple(Sex), blank=translatable("unknown"))


def birth_year_question(entered_on: date) -> Question[int | None]:
    """When somebody who enters that day was born."""

    def read(typed: str) -> int | None:
        born = read_year(typed)
        check_birth_year(born, entered_on)
        return born

    return Question("--birth-year", translatable("Birth year"), read, blank=translatable("not known"))


def municipality_question(project: Project, option: str) -> Question[str]:
    """Which municipality."""
    return Question(
        option,
        translatable("Municipality"),
        lambda typed: find_municipality(project, typed),
        project.municipalities,
    )


def step_question(project: Project, option: str, blank: str | None = None) -> Question[str]:
    """Which step; none if there is something to say of no answer."""
    return Question(option, translatable("Step"), lambda typed: find_step(project, typed), project.steps, blank)


def referral_question(project: Project) -> Question[str]:
    """Who sent the participant."""
    return Question(
        "--referral",
        translatable("Sent by"),
        lambda typed: find_referral(project, typed),
        project.referrals,
        blank=translatable("not known"),
    )


def destination_question(project: Project) -> Question[str]:
    """What somebody who leaves goes on to."""
    return Question(
        "--destination",
        translatable("Went on to"),
        lambda typed: find_destination(project, typed),
        project.destinations,
    )


def day_question(session: Session, project: Project) -> Question[date]:
    """When it happened, on a day of the project; today if nothing is said and the project goes on today."""

    def read(typed: str) -> date:
        day = read_date(typed, session.today)
        check_day(project, day, session.today)
        return day

    today = translatable("today") if project.starts_on <= session.today <= project.ends_on else None
    return Question("--date", translatable("Date"), read, blank=today)


def day_or_today(session: Session, project: Project, typed: str | None) -> date:
    """When it happened; today where nothing is said and nobody can be asked."""
    return given(session, typed, day_question(session, project)) or session.today
