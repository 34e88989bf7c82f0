"""What the fund asks at the first entry, and what people live on.

Every question has an answer, if only that it was not asked: an empty field would read as a no. A field carries its
question: the command line makes its options from them, and asks them in the order of the fields. A field more needs
its line here and its column in a migration, and nothing else.
Source of the questions: Regulation (EU) 1304/2013 Annex I and (EU) 2021/1057 Annex I.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from arena_cli.model.noun import Noun, dataclass
from arena_cli.model.questions import Question


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Background(Noun):
    """A participant's situation at the first entry; it does not change on re-entry.

    `months_without_work` is of those who are unemployed, None where it is not known.
    """

    id: int
    participant_id: int
    employment: Annotated[
        Employment,
        Question(
            "Läge på arbetsmarknaden vid starten (heltidsstuderande är utanför arbetskraften)",
            "Situation on the labour market at the start (a full-time student is inactive)",
            short="Läge på arbetsmarknaden",
            short_en="Situation on the labour market",
        ),
    ] = Employment.NOT_ASKED
    months_without_work: Annotated[
        int | None,
        Question(
            "Månader i följd utan arbete vid starten",
            "Months in a row without work at the start",
            short="Månader utan arbete",
            short_en="Months without work",
            only_if=("employment", Employment.UNEMPLOYED),
        ),
    ] = None
    education: Annotated[
        Education,
        Question(
            "Högsta avslutade utbildning vid starten",
            "Highest education completed at the start",
            short="Utbildning",
            short_en="Education",
        ),
    ] = Education.NOT_ASKED
    jobless_household: Annotated[
        Answer,
        Question(
            "Bor i ett hushåll där ingen arbetar",
            "Lives in a household where nobody works",
            short="Hushåll där ingen arbetar",
            short_en="Jobless household",
        ),
    ] = Answer.NOT_ASKED
    dependent_children: Annotated[
        Answer,
        Question(
            "Har barn att försörja i hushållet",
            "Has dependent children in the household",
            short="Barn att försörja",
            short_en="Dependent children",
        ),
    ] = Answer.NOT_ASKED
    single_adult: Annotated[
        Answer,
        Question(
            "Är ensam vuxen i hushållet",
            "Is the only adult in the household",
            short="Ensam vuxen",
            short_en="Single adult",
        ),
    ] = Answer.NOT_ASKED
    foreign_background: Annotated[
        Answer,
        Question(
            "Har utländsk bakgrund (född utomlands, eller båda föräldrarna)",
            "Has a foreign background (born abroad, or both parents were)",
            short="Utländsk bakgrund",
            short_en="Foreign background",
        ),
    ] = Answer.NOT_ASKED
    third_country_national: Annotated[
        Answer,
        Question(
            "Är medborgare i ett land utanför EU",
            "Is a citizen of a country outside the EU",
            short="Medborgare utanför EU",
            short_en="Citizen outside the EU",
        ),
    ] = Answer.NOT_ASKED
    minority: Annotated[
        Answer, Question("Tillhör en minoritet", "Belongs to a minority", short="Minoritet", short_en="Minority")
    ] = Answer.NOT_ASKED
    disability: Annotated[
        Answer,
        Question(
            "Har en funktionsnedsättning", "Has a disability", short="Funktionsnedsättning", short_en="Disability"
        ),
    ] = Answer.NOT_ASKED
    other_disadvantage: Annotated[
        Answer,
        Question(
            "Är utsatt på annat sätt",
            "Is at a disadvantage in another way",
            short="Utsatt på annat sätt",
            short_en="Other disadvantage",
        ),
    ] = Answer.NOT_ASKED
    homeless: Annotated[
        Answer,
        Question(
            "Är hemlös eller utestängd från bostadsmarknaden",
            "Is homeless or affected by housing exclusion",
            short="Hemlös",
            short_en="Homeless",
        ),
    ] = Answer.NOT_ASKED
    rural: Annotated[
        Answer, Question("Bor på landsbygden", "Lives in a rural area", short="Landsbygd", short_en="Rural area")
    ] = Answer.NOT_ASKED


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Income(Noun):
    """One of a participant's sources of income at a moment; `is_main` for one of them.

    `spell_id` is the spell that was left, None before the first entry.
    """

    id: int
    participant_id: int
    moment: Moment
    source: IncomeSource
    is_main: bool = False
    spell_id: int | None = None
