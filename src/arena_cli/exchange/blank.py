"""An empty list for a municipality to fill in: a workbook that `arena import` reads back without any explanation.

Its columns are those of the kind of list. What may stand in a cell is chosen from a list, which lies on a hidden sheet;
the first row is an example, which is about nobody and which the import leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from typing import Any, Final

from arena_cli.errors import translatable
from arena_cli.exchange.columns import HEADERS, KIND_NAMES, REQUIRED, Kind
from arena_cli.exchange.opening import EXAMPLE
from arena_cli.exchange.vocabulary import SEVERAL, Vocabulary
from arena_cli.language import LANGUAGES, SWEDISH, Language
from arena_cli.model import Background, FollowUp, Project, questions

_HEADER, _EXAMPLE, _FIRST_ROW, _LAST_ROW = 0, 1, 2, 5000
_NARROWEST: Final = 12
_MONTH: Final = timedelta(days=30)

_HINTS: Final[Mapping[str, str]] = {
    "ref": translatable(
        "The person's number in your own list, the same in every list. Never a personal identity number."
    ),
    "municipality": translatable("The municipality in which the person takes part."),
    "sex": translatable("The person's sex; empty if it is not known."),
    "birth_year": translatable("Four digits; empty if it is not known."),
    "entered_on": translatable("The first day in the project."),
    "entry_step": translatable("The step of the staircase on the first day; empty if not yet placed."),
    "referral": translatable("Who sent the person to the project."),
    "exited_on": translatable("The last day in the project; empty while the person is in it."),
    "exit_type": translatable("How it ended; empty means as planned."),
    "destination": translatable("What the person went on to; empty means that nobody knows."),
    "moved_on": translatable("The day of the move."),
    "step": translatable("The step that the person moved to."),
    "place": translatable("The code of the place, as in P-012, which `arena list-places` shows."),
    "placed_on": translatable("The first day on the place."),
    "planned_end_on": translatable("The last day that is planned."),
    "ended_on": translatable("The last day on the place; empty while it goes on."),
    "month": translatable("Year and month, as in 2016-10."),
    "activity": translatable("What the hours were spent on."),
    "hours": translatable("All hours in the month, as in 12 or 12:30."),
    "certified": translatable("Whether the hours are certified."),
    "kind": translatable("Whether it is the situation on leaving or six months later."),
    "followed_up_on": translatable("The day on which the person was asked."),
    "reached": translatable("Whether the person was reached."),
    "income": translatable("What the person lives on."),
    "main_income": translatable("Of several sources the main one."),
}
"""What is to be filled in. The questions of the model explain themselves."""

_REQUIRED: Final = translatable("Must be filled in.")
_SEVERAL: Final = translatable("Of several, write them with semicolons between.")
_IS_EXAMPLE: Final = translatable("This row is an example. The import leaves it out; remove it or leave it.")
_CHOOSE: Final = translatable("Choose one from the list.")
_NO_DATE: Final = translatable("Write a date, as in {example}, from the project's first day on.")
_NO_YEAR: Final = translatable("Write a year with four digits.")
_CHOICES: Final = translatable("Choices")


def blank_list(kind: Kind, project: Project, vocabulary: Vocabulary, language: Language) -> bytes:
    """The workbook as bytes, which say that it was made on the project's first day: they are always the same."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        title = _capitalised(language.text(KIND_NAMES[kind]))
        book.set_properties({"title": title, "created": datetime.combine(project.starts_on, time())})
        _Form(book, kind, project, vocabulary, language).fill(title)
    return file.getvalue()


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Form:
    """Writes on the sheets of one workbook."""

    def __init__(self, book: Any, kind: Kind, project: Project, vocabulary: Vocabulary, language: Language) -> None:
        self._book = book
        self._kind = kind
        self._project = project
        self._vocabulary = vocabulary
        self._language = language
        self._day: dict[str, object] = {"num_format": "yyyy-mm-dd", "align": "left"}

    def fill(self, title: str) -> None:
        """Write the header, the example and what may stand in each column."""
        sheet = self._book.add_worksheet(title)
        choices = self._book.add_worksheet(self._language.text(_CHOICES))
        choices.hide()
        sheet.freeze_panes(_EXAMPLE, 0)
        days = (self._project.starts_on + number * _MONTH for number in count(1))
        for place, column in enumerate(HEADERS[self._kind]):
            form = self._form_of(column)
            texts = [self._language.text("{choice}", choice=choice) for choice in self._vocabulary.choices(column)]
            header = self._header(column)
            width = max(_NARROWEST, len(header) + 4, *(len(text) + 3 for text in texts))
            sheet.set_column(place, place, width, self._book.add_format(form))
            is_required = column in REQUIRED[self._kind]
            bold = self._book.add_format(
                {"bold": True, "bottom": 1, "bg_color": "#DCE6F1" if is_required else "#F2F2F2"}
            )
            sheet.write_string(_HEADER, place, header, bold)
            sheet.write_comment(_HEADER, place, "\n".join(self._explained(column)), {"x_scale": 2})
            grey = self._book.add_format({**form, "italic": True, "font_color": "#7F7F7F"})
            self._write(sheet, place, self._example(column, texts, days), grey)
            for row, text in enumerate(texts):
                choices.write_string(row, place, text)
            if allowed := self._allowed(column, place, len(texts)):
                sheet.data_validation(_EXAMPLE, place, _LAST_ROW, place, allowed)
        sheet.write_comment(_EXAMPLE, 0, self._language.text(_IS_EXAMPLE), {"x_scale": 2})

    def _header(self, column: str) -> str:
        """One of the headers that the import knows."""
        is_swedish = self._language.code == SWEDISH
        return _capitalised(HEADERS[self._kind][column][0] if is_swedish else column.replace("_", " "))

    def _form_of(self, column: str) -> dict[str, object]:
        """How the cells are shown. Where a number may begin with a zero or look like a date, they are text."""
        if column.endswith("_on"):
            return self._day
        return {"num_format": "@"} if column in {"ref", "month"} else {}

    def _explained(self, column: str) -> Iterator[str]:
        asked = {**questions(Background), **questions(FollowUp)}.get(column)
        if hint := _HINTS.get(column):
            yield self._language.text(hint)
        elif asked:
            yield asked.name if self._language.code == SWEDISH else asked.name_en
        if column in SEVERAL:
            yield self._language.text(_SEVERAL)
        if column in REQUIRED[self._kind]:
            yield self._language.text(_REQUIRED)

    def _example(self, column: str, texts: list[str], days: Iterator[date]) -> object:
        if texts:
            return texts[0]
        starts_on = self._project.starts_on
        if column == "entered_on":  # before everything else, wherever the column stands
            return starts_on
        if column.endswith("_on"):
            return min(next(days), self._project.ends_on)
        examples = {
            "ref": dict(zip(LANGUAGES, EXAMPLE, strict=True))[self._language.code].upper(),
            "birth_year": starts_on.year - 30,
            "month": f"{starts_on:%Y-%m}",
            "hours": 12,
        }
        return examples.get(column)

    def _write(self, sheet: Any, place: int, value: object, style: object) -> None:
        match value:
            case None:
                sheet.write_blank(_EXAMPLE, place, None, style)
            case date():
                sheet.write_datetime(_EXAMPLE, place, datetime.combine(value, time()), style)
            case int():
                sheet.write_number(_EXAMPLE, place, value, style)
            case _:
                sheet.write_string(_EXAMPLE, place, str(value), style)

    def _allowed(self, column: str, place: int, choices: int) -> dict[str, object] | None:
        """What a spreadsheet program lets a person write."""
        text = self._language.text
        if choices:
            from xlsxwriter.utility import xl_range_abs

            where = f"='{text(_CHOICES)}'!{xl_range_abs(0, place, choices - 1, place)}"
            how = "warning" if column in SEVERAL else "stop"
            return {"validate": "list", "source": where, "error_type": how, "error_message": text(_CHOOSE)}
        if column.endswith("_on"):
            first = self._project.starts_on
            message = text(_NO_DATE, example=first)
            return {"validate": "date", "criteria": ">=", "value": first, "error_message": message}
        if column == "birth_year":
            years = {"minimum": 1900, "maximum": self._project.ends_on.year}
            return {"validate": "integer", "criteria": "between", **years, "error_message": text(_NO_YEAR)}
        return None
