"""Which language is spoken, and how it writes a message, a fact and an alphabetical list.

English messages stand in the code and are their own catalogue; Swedish is in locale/sv. A message holds facts as
`{name}`; a fact is written by its kind: a date as ISO, a step by its name in the language, a refusal as its sentence.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from arena_cli.catalogue import Catalogue
from arena_cli.errors import ArenaError, Remark, UsageProblem, translatable

SWEDISH: Final = "sv"
ENGLISH: Final = "en"
LANGUAGES: Final = (SWEDISH, ENGLISH)

_LOCALE_DIR: Final = Path(__file__).with_name("locale")

_INSTALLED_TOGETHER: Final = 2
"""Seconds. An installer writes the compiled catalogue and its source one after the other, in any order."""

_ENUMERATED: Final[Mapping[str, str]] = {
    "woman": translatable("woman"),
    "man": translatable("man"),
    "other": translatable("other"),
    "unknown": translatable("unknown"),
    "completed": translatable("completed"),
    "discontinued": translatable("discontinued"),
    "deceased": translatable("deceased"),
    "transferred": translatable("transferred"),
    "misregistered": translatable("misregistered"),
    "work": translatable("work"),
    "studies": translatable("studies"),
    "public": translatable("public"),
    "private": translatable("private"),
    "association": translatable("association"),
    "intake": translatable("intake"),
    "moved_up": translatable("moved up"),
    "work_or_studies": translatable("to work or studies"),
    "placements": translatable("placements begun"),
    "in_project": translatable("in the project"),
    "moved_down": translatable("moved down"),
    "exits": translatable("exits"),
    "done": translatable("done"),
    "dropped": translatable("dropped"),
    "yes": translatable("yes"),
    "no": translatable("no"),
    "declined": translatable("declined to answer"),
    "not_asked": translatable("not asked"),
    "unemployed": translatable("unemployed"),
    "inactive": translatable("inactive"),
    "inactive_in_education": translatable("inactive, in education"),
    "employed": translatable("employed"),
    "isced_0": translatable("less than primary education"),
    "isced_1": translatable("primary education"),
    "isced_2": translatable("lower secondary education"),
    "isced_3": translatable("upper secondary education"),
    "isced_4": translatable("post-secondary non-tertiary education"),
    "isced_5": translatable("short-cycle tertiary education"),
    "isced_6": translatable("bachelor or equivalent"),
    "isced_7": translatable("master or equivalent"),
    "isced_8": translatable("doctoral or equivalent"),
    "wage_unsubsidised": translatable("wage, unsubsidised"),
    "wage_subsidised": translatable("wage, subsidised"),
    "self_employed": translatable("self-employed"),
    "unemployment_insurance": translatable("unemployment insurance"),
    "activity_support": translatable("activity support"),
    "development_allowance": translatable("development allowance"),
    "establishment_allowance": translatable("establishment allowance"),
    "social_assistance": translatable("social assistance"),
    "sickness_benefit": translatable("sickness benefit"),
    "rehabilitation_benefit": translatable("rehabilitation benefit"),
    "activity_compensation": translatable("activity compensation"),
    "sickness_compensation": translatable("sickness compensation"),
    "parental_benefit": translatable("parental benefit"),
    "study_support": translatable("study support"),
    "none_or_family": translatable("none or family"),
    "sick_leave": translatable("sick leave"),
    "parental_leave": translatable("parental leave"),
    "care_of_relative": translatable("care of a relative"),
    "other_intervention": translatable("another intervention"),
    "leave": translatable("leave"),
    "started": translatable("started"),
    "withdrawn": translatable("withdrawn"),
    "before": translatable("before"),
    "immediate": translatable("within four weeks"),
    "six_months": translatable("six months after"),
    "none": translatable("nothing"),
    "names": translatable("names"),
    "personnummer": translatable("names and personal identity numbers"),
    "marked": translatable("confidentiality mark"),
    "registered": translatable("protected population registration"),
    "assumed": translatable("assumed identity"),
    "month": translatable("a month"),
    "total": translatable("in all"),
    "read": translatable("read"),
    "search": translatable("searched"),
    "export": translatable("exported"),
    "extract": translatable("register extract"),
}
"""The values of the model's enumerations, as messages."""

_LAST_LETTERS: Final[Mapping[str, str]] = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"}
"""Swedish letters by the character that stands where they do: å, ä and ö after z, ü with y."""


class UnknownLanguage(UsageProblem):
    message = translatable("There is no such language as {source} names. Choose one of: {known}.")


class Language(NamedTuple):
    """A language with its catalogue."""

    code: str
    catalogue: gettext.NullTranslations

    def text(self, message: str, /, **facts: object) -> str:
        """The message in this language, with its facts filled in."""
        return self._filled(self.catalogue.gettext(message) if message else "", facts)

    def plural(self, one: str, many: str, /, count: int, **facts: object) -> str:
        """The form of a message that goes with a count; the count itself is the fact `{count}`."""
        return self._filled(self.catalogue.ngettext(one, many, count), {"count": count, **facts})

    def sort_key(self, text: str) -> tuple[str, str]:
        """Where a text stands in an alphabetical list: Swedish has å, ä and ö after z, English among a and o."""
        import unicodedata

        own_letters = _LAST_LETTERS if self.code == SWEDISH else {}
        folded = unicodedata.normalize("NFC", text).casefold()
        letters = (own_letters.get(letter) or unicodedata.normalize("NFD", letter)[0] for letter in folded)
        return "".join(letters), folded

    def _filled(self, message: str, facts: Mapping[str, object]) -> str:
        if not facts:
            return message
        written = {name: fact if type(fact) is str else self._written(fact) for name, fact in facts.items()}
        return message.format_map(written)

    def _written(self, fact: object) -> str:
        match fact:
            case ArenaError() | Remark():
                written = fact.sentence(self)
            case tuple():
                parts = [self._written(part) for part in fact]
                between = "; " if any(", " in part for part in parts) else ", "
                written = ("\n" if fact and isinstance(fact[0], ArenaError | Remark) else between).join(parts)
            case Enum():
                written = self.text(_ENUMERATED.get(fact.value, fact.value))
            case object(position=int() as position, name=str() as name, name_en=str() as name_en):  # a step
                written = f"{position} {name_en if self.code == ENGLISH else name}"
            case object(name=str() as name, name_en=str() as name_en):
                written = name_en if self.code == ENGLISH else name
            case object(short_name=str() as name):  # a municipality
                written = name
            case _:
                written = str(fact)  # a date is ISO, a month as in 2016-10, a path as the system writes it
        return written


def choose_language(option: str | None, environ: Mapping[str, str], os_locale: str | None = None) -> str:
    """The code of the language to speak: the option, ARENA_LANG, the locale; Swedish when none of them says.

    `os_locale` is what the operating system says where it has no environment variables for it. A locale that is
    neither Swedish nor English says nothing. Raises UnknownLanguage for an option or ARENA_LANG that is neither.
    """
    asked_for = option or environ.get("ARENA_LANG")
    if asked_for:
        code = asked_for[:2].lower()
        if code not in LANGUAGES or asked_for[2:3].isalpha():
            raise UnknownLanguage(source="--lang" if option else "ARENA_LANG", known=LANGUAGES)
        return code
    variables = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, variables), os_locale) or ""
    return ENGLISH if locale.lower().startswith("en") else SWEDISH


def load_language(code: str, locale_dir: Path = _LOCALE_DIR) -> Language:
    """The language with its catalogue: the compiled one, or the source where that is newer or not compiled yet."""
    if code == ENGLISH:
        return Language(code, gettext.NullTranslations())
    source = locale_dir / code / "LC_MESSAGES" / "arena.po"
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or (
        source.exists() and source.stat().st_mtime > compiled.stat().st_mtime + _INSTALLED_TOGETHER
    ):
        catalogue = _compile(source)
    else:
        catalogue = Catalogue(compiled.read_bytes())
    catalogue.add_fallback(_Questions())
    return Language(code, catalogue)


class _Questions(gettext.NullTranslations):
    """The questions of the model's own fields, which stand there in Swedish too."""

    def gettext(self, message: str) -> str:
        return _swedish_questions().get(message, message)


@cache
def _swedish_questions() -> Mapping[str, str]:
    from arena_cli.model import Background, FollowUp, questions

    asked = [question for kind in (Background, FollowUp) for question in questions(kind).values()]
    return {question.label_en: question.label for question in asked} | {q.name_en: q.name for q in asked}


def _compile(source: Path) -> gettext.NullTranslations:
    """Read a catalogue from its source. Takes some 40 ms, which only somebody who edits it pays."""
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file))
    return Catalogue(compiled.getvalue())
