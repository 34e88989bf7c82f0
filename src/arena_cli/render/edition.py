"""The forms a report comes in, what the one who asks for it decides, and what its file is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from arena_cli.model import Month
from arena_cli.model.noun import Noun, dataclass

MOST_CODES_IN_A_NAME: Final = 8

SHORT: Final = 8
"""So many characters of a fingerprint are shown: enough to tell two apart."""


class Audience(StrEnum):
    """Who reads: the project's own meeting, or anybody."""

    MEETING = "meeting"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Form(Noun):
    """A file format, which is also the file's suffix.

    `is_prose`: it is written in a language. `is_text`: it can be read as text, and printed.
    """

    code: str
    is_prose: bool
    is_text: bool = True


FORMS: Final[Mapping[str, Form]] = {
    form.code: form
    for form in (
        Form("md", is_prose=True),
        Form("html", is_prose=True),
        Form("pdf", is_prose=True, is_text=False),
        Form("xlsx", is_prose=True, is_text=False),
        Form("json", is_prose=False),
        Form("csv", is_prose=False),
    )
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Edition(Noun):
    """What is decided about a report beside its figures.

    `as_of` is the day up to which the figures were registered: the day of the latest change in the file, so that the
    same data give the same report. `made_at` is printed in the footer, as it is given, and nowhere else.
    `journal_head` is the last journal entry's number and the beginning of its hash.
    `municipalities` are the codes of those whose rows are shown beside the project's; none means all.
    `templates` is a folder whose files go before the built-in templates of the same name. `revision` counts the
    reports of this month to the same readers that had other figures. `fingerprint` is the report's where it is known
    already: to make it takes a while.
    """

    as_of: date
    made_at: str
    journal_head: str = ""
    audience: Audience = Audience.MEETING
    municipalities: tuple[str, ...] = ()
    templates: Path | None = None
    revision: int = 1
    fingerprint: str = ""


def file_name(month: Month, form: str, language: str, edition: Edition, *, reconciles: bool = True) -> str:
    """As in `rapport-2016-10.intern.sv.md`, `rapport-2016-10.2309-2321.intern.json`.

    A meeting's report carries `intern`, a report in prose its language, and one of some municipalities their codes
    (a mark made from them, if they are many), so that no report takes another one's place. One that does not
    reconcile says so: in a CSV there is nowhere else to say it.
    """
    parts = [
        f"rapport-{month}",
        _selection(edition.municipalities),
        "" if reconciles else "not-reconciling",
        "intern" if edition.audience is Audience.MEETING else "",
        language if FORMS[form].is_prose else "",
        form,
    ]
    return ".".join(filter(None, parts))


def _selection(municipalities: tuple[str, ...]) -> str:
    codes = "-".join(sorted(set(municipalities)))
    if len(set(municipalities)) <= MOST_CODES_IN_A_NAME:
        return codes
    return f"urval-{sha256(codes.encode()).hexdigest()[:8]}"
