"""What the fund asks at the first entry, and what people live on.

Every question has an answer, if only that it was not asked: an empty field would read as a no.
Source of the questions: Regulation (EU) 1304/2013 Annex I and (EU) 2021/1057 Annex I.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


class Employment(StrEnum):
    """Situation on the labour market. A full-time student is inactive, also when registered as unemployed."""

    UNEMPLOYED = "unemployed"
    INACTIVE = "inactive"
    INACTIVE_IN_EDUCATION = "inactive_in_education"
    EMPLOYED = "employed"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


class Education(StrEnum):
    """The highest level completed, by ISCED 2011."""

    ISCED_0 = "isced_0"
    ISCED_1 = "isced_1"
    ISCED_2 = "isced_2"
    ISCED_3 = "isced_3"
    ISCED_4 = "isced_4"
    ISCED_5 = "isced_5"
    ISCED_6 = "isced_6"
    ISCED_7 = "isced_7"
    ISCED_8 = "isced_8"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Background:
    """A participant's situation at the first entry; it does not change on re-entry.

    `months_without_work` is of those who are unemployed, None where it is not known.
    """

    id: int
    participant_id: int
    employment: Employment = Employment.NOT_ASKED
    months_without_work: int | None = None
    education: Education = Education.NOT_ASKED
    jobless_household: Answer = Answer.NOT_ASKED
    dependent_children: Answer = Answer.NOT_ASKED
    single_adult: Answer = Answer.NOT_ASKED
    foreign_background: Answer = Answer.NOT_ASKED
    third_country_national: Answer = Answer.NOT_ASKED
    minority: Answer = Answer.NOT_ASKED
    disability: Answer = Answer.NOT_ASKED
    other_disadvantage: Answer = Answer.NOT_ASKED
    homeless: Answer = Answer.NOT_ASKED
    rural: Answer = Answer.NOT_ASKED


class IncomeSource(StrEnum):
    """What somebody lives on (försörjning); several may hold at once."""

    WAGE_UNSUBSIDISED = "wage_unsubsidised"
    WAGE_SUBSIDISED = "wage_subsidised"
    SELF_EMPLOYED = "self_employed"
    UNEMPLOYMENT_INSURANCE = "unemployment_insurance"
    ACTIVITY_SUPPORT = "activity_support"
    DEVELOPMENT_ALLOWANCE = "development_allowance"
    ESTABLISHMENT_ALLOWANCE = "establishment_allowance"
    SOCIAL_ASSISTANCE = "social_assistance"
    SICKNESS_BENEFIT = "sickness_benefit"
    REHABILITATION_BENEFIT = "rehabilitation_benefit"
    ACTIVITY_COMPENSATION = "activity_compensation"
    SICKNESS_COMPENSATION = "sickness_compensation"
    PARENTAL_BENEFIT = "parental_benefit"
    STUDY_SUPPORT = "study_support"
    NONE_OR_FAMILY = "none_or_family"
    OTHER = "other"
    UNKNOWN = "unknown"


class Moment(StrEnum):
    """When something held: at the first entry, within four weeks of leaving, or six months after."""

    BEFORE = "before"
    IMMEDIATE = "immediate"
    SIX_MONTHS = "six_months"


@dataclass(frozen=True, slots=True)
class Income:
    """One of a participant's sources of income at a moment; `is_main` for one of them."""

    id: int
    participant_id: int
    moment: Moment
    source: IncomeSource
    is_main: bool = False
