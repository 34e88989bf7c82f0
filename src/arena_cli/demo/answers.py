"""What the demo's people say about themselves: at the first entry, when they have left, and six months after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from arena_cli.casework.background import Livelihood
from arena_cli.demo.parameters import Situations, Weights
from arena_cli.model import (
    Answer,
    Background,
    Education,
    Employment,
    FollowUpKind,
    Group,
    IncomeSource,
    Sector,
    questions,
)

_NEVER_ASKED: Final = 0.05
"""The share of the participants without any background."""

_HALF_ASKED, _ASKED_OF_THEM = 0.06, 0.6
"""The share of those who were asked some of the questions, and what share of the questions that is."""

_DECLINED: Final = 0.015
_SECOND_SOURCE: Final = 0.2
_BEGAN_WORKING: Final = 16
_MONTHS: Final = 12

_NOT_REACHED: Final = 0.08
_NOT_REACHED_IF_UNKNOWN: Final = 0.6
_WILL_NOT_SAY: Final = 0.04
_BOTH: Final = 0.07
_LOOKS_FOR_WORK: Final = 0.55
_QUALIFICATION: Final = 0.2
_LASTS: Final = 0.9
_MUNICIPAL_JOB: Final = 0.3
_STUDY_AID: Final = 0.6
_EXTENTS: Final = (25, 50, 50, 75, 75, 100, 100, 100, 100)

_CHOICES: Final[Mapping[str, type[StrEnum]]] = {"employment": Employment, "education": Education}
"""The questions with other answers than yes and no."""

_YES_OR_NO: Final = {True: Answer.YES, False: Answer.NO}

Answers = dict[str, object]
"""By the fields of a record."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody answered, and what they live on where that is known."""

    answers: Answers
    income: Livelihood | None = None


class Asking:
    """Draws answers."""

    def __init__(self, situations: Situations, random: Random) -> None:
        self._situations = situations
        self._random = random
        self._asked = tuple(field for field in questions(Background) if field != "months_without_work")

    def at_entry(self, age: int) -> Told | None:
        """A background with the income before; None where nobody has asked."""
        if self._chance(_NEVER_ASKED):
            return None
        answers: Answers = {}
        asked = _ASKED_OF_THEM if self._chance(_HALF_ASKED) else 1
        for field in self._asked:
            if self._chance(asked):
                answers[field] = Answer.DECLINED if self._chance(_DECLINED) else self._answer(field, answers)
        if answers.get("employment") is Employment.UNEMPLOYED:
            most = max(age - _BEGAN_WORKING, 1) * _MONTHS
            fewest, longest, common = self._situations.months_without_work
            answers["months_without_work"] = min(most, round(self._random.triangular(fewest, longest, common)))
        return Told(answers, self._income(answers.get("employment")))

    def follow_up(self, kind: FollowUpKind, group: Group, destination: str | None, before: Livelihood | None) -> Told:
        """A follow-up of somebody who left for a group and destination; without answers they were not reached."""
        if self._chance(_NOT_REACHED_IF_UNKNOWN if group is Group.UNKNOWN else _NOT_REACHED):
            return Told({"reached": False})
        at_exit = kind is FollowUpKind.IMMEDIATE
        works, studies = (
            self._still(at_exit=at_exit, was_so=group is wanted) for wanted in (Group.WORK, Group.STUDIES)
        )
        studies = studies or (works and self._chance(_BOTH))
        if not (works or studies) and self._chance(_WILL_NOT_SAY):
            return Told({"working": Answer.DECLINED, "studying": Answer.DECLINED})
        answers: Answers = {"working": _YES_OR_NO[works], "studying": _YES_OR_NO[studies]}
        if works:
            answers |= self._work(destination)
        if studies:
            answers |= {"study_extent": self._random.choice(_EXTENTS), "study_aid_eligible": self._yes(_STUDY_AID)}
        if at_exit:
            looks = Answer.NO if works or studies else self._yes(_LOOKS_FOR_WORK)
            answers |= {"job_searching": looks, "qualification": self._yes(_QUALIFICATION)}
        else:
            answers["improved"] = _YES_OR_NO[works]
        return Told(answers, _living_on(answers) or before)

    def _still(self, *, at_exit: bool, was_so: bool) -> bool:
        if at_exit:
            return was_so
        return self._chance(self._situations.keeps if was_so else self._situations.finds / 2)

    def _work(self, destination: str | None) -> Answers:
        subsidised = self._situations.subsidised.get(destination or "", self._situations.subsidised_otherwise)
        sector = Sector(draw(self._random, self._situations.employers))
        is_municipal = sector is Sector.PUBLIC and self._chance(_MUNICIPAL_JOB)
        return {
            "work_extent": self._random.choice(_EXTENTS),
            "subsidised": self._yes(subsidised),
            "employer_sector": sector,
            "lasts_a_month": self._yes(_LASTS),
            "municipal_job": _YES_OR_NO[is_municipal],
        }

    def _answer(self, field: str, answers: Answers) -> str:
        if field in _CHOICES:
            return _CHOICES[field](draw(self._random, self._situations.choices[field]))
        needed = self._situations.only_if.get(field)
        possible = needed is None or answers.get(needed) is Answer.YES
        return self._yes(self._situations.yes[field] if possible else 0)

    def _income(self, employment: object) -> Livelihood | None:
        weights = self._situations.income.get(str(employment))
        if weights is None:
            return None
        main, second = (IncomeSource(draw(self._random, weights)) for _ in range(2))
        return Livelihood({main, second} if self._chance(_SECOND_SOURCE) else {main}, main)

    def _yes(self, share: float) -> Answer:
        return _YES_OR_NO[self._chance(share)]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def draw(random: Random, weights: Weights) -> str:
    """One of the values."""
    (drawn,) = random.choices(list(weights), list(weights.values()))
    return drawn


def _living_on(answers: Answers) -> Livelihood | None:
    """The income of those who work or study, by their answers; None of the others."""
    if answers["working"] is Answer.YES:
        subsidised = answers["subsidised"] is Answer.YES
        return Livelihood({IncomeSource.WAGE_SUBSIDISED if subsidised else IncomeSource.WAGE_UNSUBSIDISED})
    return Livelihood({IncomeSource.STUDY_SUPPORT}) if answers["studying"] is Answer.YES else None
