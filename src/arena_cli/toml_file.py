"""A TOML file that people write: its values, checked one by one, and everything that is wrong with it at once.

A fault names its key, with lists counted from 1 as people count: `steps[3].code` is the code of the third step. None
repeats what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final
from unicodedata import category, normalize

from arena_cli.errors import DataProblem, Phrasing, Remark, translatable
from arena_cli.lookup import DID_YOU_MEAN

_YEARS: Final = range(1990, 2101)
LONGEST_CODE: Final = 40
_LONGEST_TEXT: Final = 500
NO_DAY: Final = date.min
"""Of a day that is missing or faulty."""

_ESCAPED: Final[Mapping[str, str]] = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

MISSING: Final = translatable("is missing or empty. Write it, as in: {example}")
_UNKNOWN_KEY: Final = translatable("is not a key that arena knows. Remove it or correct it.")
_NOT_TEXT: Final = translatable("must be a text in quotes, as in: {example}")
_NOT_DATE: Final = translatable("must be a date without quotes, as in: {example}")
_NOT_NUMBER: Final = translatable("must be a whole number without quotes, as in: {example}")
_NOT_LIST: Final = translatable("must be a list with at least one entry, as in: {example}")
_NOT_TABLE: Final = translatable("must be a table of its own under a heading, as in: {example}")
_INVISIBLE: Final = translatable("holds an invisible character. Type the text anew.")
_TOO_LONG: Final = translatable("is longer than {most} characters. Shorten it.")
_OUTSIDE: Final = translatable("must lie between {least} and {most}.")
NOT_CODE: Final = translatable("may hold only the letters a-z, digits, - and _, and at most {most} of them.")
_RESERVED: Final = translatable("cannot be any of: {reserved}. The figures use these words: choose another code.")
_NOT_CHOICE: Final = translatable("must be one of: {choices}.")
_NOT_UTF8: Final = translatable("line {line} is not UTF-8. Save the file as UTF-8.")
_NOT_TOML: Final = translatable(
    "line {line} cannot be read as TOML. Texts stand in quotes, dates and numbers without them, lists in [ ]."
)
_TOO_MUCH: Final = translatable(
    "holds a number with thousands of digits, or lists inside lists without end. Correct it."
)
_TWICE: Final = translatable("line {line} gives a key or a heading that the file has already. Remove one of them.")
_NO_SUCH_DAY: Final = translatable("line {line} has a date that is not in the calendar. Correct it.")


class Fault(Remark):
    """One thing that is wrong: a reason for the catalogue, at a key (an empty one: with the file as a whole)."""

    def __init__(self, key: str, reason: str, suggestion: object = None, **facts: object) -> None:
        super().__init__(reason, **facts)
        self.key = key
        self._suggestion = suggestion

    def sentence(self, language: Phrasing) -> str:
        """Say it on an indented line, the key first."""
        reason = with_suggestion(super().sentence(language), language, self._suggestion)
        return f"  {self.key}: {reason}" if self.key else f"  {reason}"


class Table:
    """One table of a TOML file: gives its values, checked, and notes the faults. What nobody asks for is unknown."""

    def __init__(self, values: Mapping[str, object], place: str, faults: list[Fault]) -> None:
        self.place = place
        self._values = values
        self._faults = faults
        self._asked_for: list[str] = []

    def fault(self, key: str, reason: str, suggestion: object = None, **facts: object) -> None:
        """Note a fault at a key; of the whole table where the key is empty."""
        place = ".".join(filter(None, (self.place, key)))
        self._faults.append(Fault(place, reason, suggestion, **facts))

    def text(self, key: str, *, required: bool = False, such_as: str = "...") -> str:
        """A text, on one line; empty where it is missing or faulty."""
        example = f'{key} = "{such_as}"'
        value = self._value(key)
        text = "" if value is None else self.checked_text(key, value, example)
        if required and not text and isinstance(value, str | None):
            self.fault(key, MISSING, example=example)
        return text

    def checked_text(self, key: str, value: object, example: str) -> str:
        """A value as a text on one line, its letters composed; empty where it is faulty."""
        if not isinstance(value, str):
            self.fault(key, _NOT_TEXT, example=example)
            return ""
        text = " ".join(normalize("NFC", value).split())
        if any(category(character) in {"Cc", "Cs"} for character in text):
            self.fault(key, _INVISIBLE)
        if len(text) > _LONGEST_TEXT:
            self.fault(key, _TOO_LONG, most=_LONGEST_TEXT)
        return text

    def code(self, *, required: bool = True, reserved: Sequence[str] = ()) -> str:
        """The code, which is none of the reserved words; empty where it is missing."""
        code = self.text("code", required=required)
        if code and not re.fullmatch(f"[a-z0-9_-]{{1,{LONGEST_CODE}}}", code):
            self.fault("code", NOT_CODE, most=LONGEST_CODE)
        if code in reserved:
            self.fault("code", _RESERVED, reserved=reserved)
        return code

    def choice(self, key: str, choices: Sequence[str], *, required: bool = False) -> str:
        """One of the choices; the first where it is missing or faulty."""
        text = self.text(key, required=required, such_as=choices[0])
        if text and text not in choices:
            self.fault(key, _NOT_CHOICE, nearest(text, choices), choices=tuple(choices))
        return text if text in choices else choices[0]

    def day(self, key: str) -> date:
        """A date, which must be there; `NO_DAY` where it is missing or faulty."""
        example = f"{key} = 2017-04-01"
        value = self._value(key)
        if value is None:
            self.fault(key, MISSING, example=example)
        elif not isinstance(value, date) or isinstance(value, datetime):
            self.fault(key, _NOT_DATE, example=example)
        elif value.year not in _YEARS:
            self.fault(key, _OUTSIDE, least=date(_YEARS[0], 1, 1), most=date(_YEARS[-1], 12, 31))
        else:
            return value
        return NO_DAY

    def number(self, key: str, allowed: range, such_as: int | None = None) -> int | None:
        """A whole number; None where it is missing or faulty."""
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(key, _NOT_NUMBER, example=f"{key} = {allowed[0] if such_as is None else such_as}")
            return None
        if value not in allowed:
            self.fault(key, _OUTSIDE, least=allowed[0], most=allowed[-1])
            return None
        return value

    def entries(self, key: str, example: str, *, required: bool = True) -> list[tuple[str, object]]:
        """The entries of a list, each with its place: `steps[1]` and so on."""
        value = self._value(key)
        if value is None and not required:
            return []
        if value is None:
            self.fault(key, MISSING, example=example)
        elif not isinstance(value, list) or (required and not value):
            self.fault(key, _NOT_LIST, example=example)
        else:
            return [(f"{key}[{number}]", entry) for number, entry in enumerate(value, 1)]
        return []

    def tables(self, key: str, *, required: bool = True) -> list[Table]:
        """The tables under the headings `[[key]]`."""
        example = f"[[{key}]]"
        tables = []
        for place, entry in self.entries(key, example, required=required):
            if isinstance(entry, dict):
                tables.append(self.inner(entry, place))
            else:
                self.fault(place, _NOT_TABLE, example=example)
        return tables

    def table(self, key: str) -> Table:
        """The table under the heading `[key]`; an empty one where it is missing or faulty."""
        value = self._value(key)
        if value is not None and not isinstance(value, dict):
            self.fault(key, _NOT_TABLE, example=f"[{key}]")
        return self.inner(value if isinstance(value, dict) else {}, key)

    def inner(self, values: Mapping[str, object], place: str) -> Table:
        """A table within this one, whose faults are noted with this one's."""
        return Table(values, place, self._faults)

    def finish(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked_for:
                self.fault(key, _UNKNOWN_KEY, nearest(key, self._asked_for))

    def _value(self, key: str) -> object:
        self._asked_for.append(key)
        return self._values.get(key)


def parsed_toml(content: bytes, path: Path, refusal: type[DataProblem]) -> Mapping[str, object]:
    """The file's keys and values. Raises the refusal, which holds the fault, where it is no TOML."""
    import tomllib

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(path=path, faults=(Fault("", _NOT_UTF8, line=line),)) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line ([0-9]+),", str(error))
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        reason = _NOT_TOML
        if str(error).startswith(("Cannot ", "Duplicate ")):
            reason = _TWICE
        elif str(error).startswith("Invalid date"):
            reason = _NO_SUCH_DAY
        raise refusal(path=path, faults=(Fault("", reason, line=line),)) from None
    except (ValueError, RecursionError):  # Python's own limits, which tomllib lets through
        raise refusal(path=path, faults=(Fault("", _TOO_MUCH),)) from None


def toml_string(text: str) -> str:
    """The text as a TOML basic string: quotes, backslashes and control characters escaped, all else as it is."""
    escaped = re.sub(r'["\\\x00-\x1f\x7f]', lambda match: _ESCAPED.get(match[0]) or f"\\u{ord(match[0]):04x}", text)
    return f'"{escaped}"'


def nearest(text: str, choices: Iterable[str]) -> str | None:
    """The choice that is most like a text; None where none is."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(text, list(choices), n=1)), None)


def with_suggestion(said: str, language: Phrasing, suggestion: object) -> str:
    """A sentence with `Did you mean ...?` after it, where there is something to suggest."""
    return said if suggestion is None else f"{said} {language.text(DID_YOU_MEAN, suggestion=suggestion)}"
