"""How the rows of a list fared, row by row: as a table for somebody who looks, and as JSON for another program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from itertools import islice
from typing import Final, NamedTuple

from arena_cli.casework.duplicates import Likeness
from arena_cli.cli.duplicates import fields_in_words
from arena_cli.cli.output import say, table
from arena_cli.cli.words import NOTHING, Wording, hours_and_minutes
from arena_cli.errors import translatable
from arena_cli.exchange.columns import absent
from arena_cli.exchange.outcome import Outcome, Reading, Verdict, Verdicts
from arena_cli.exchange.plan import Difference
from arena_cli.exchange.refusals import RowProblem

MOST_SHOWN: Final = 20
"""So many rows of each verdict are shown."""

_NAMES: Final[Mapping[Verdict, str]] = {
    Verdict.NEW: translatable("new"),
    Verdict.CHANGED: translatable("changed"),
    Verdict.UNCHANGED: translatable("unchanged"),
    Verdict.REFUSED: translatable("refused"),
}
_ALIKE: Final = translatable("possible duplicate")
_ALL_UNDER: Final = translatable('all that stands under "{header}"')
_AS: Final[Mapping[str, str]] = {"entry_step": "step", "hours": "minutes"}
"""Columns of a list whose values are called as those of another column."""


class Told(NamedTuple):
    """A list of which it is told how its rows fared; without an outcome it was not taken."""

    reading: Reading
    verdicts: Verdicts
    rows: int
    outcome: Outcome | None = None


def show_verdicts(wording: Wording, told: Told) -> None:
    """Print a table of what is left out, and of those rows that bring something or are refused: the first of each."""
    language, verdicts = wording.language, told.verdicts
    problems = verdicts.problems_by_row()
    of_interest = {
        _NAMES[verdict]: rows for verdict, rows in verdicts.by_verdict.items() if verdict is not Verdict.UNCHANGED
    }
    of_interest[_NAMES[Verdict.NEW]] = [row for row in verdicts.new if row not in verdicts.alike]
    of_interest[_ALIKE] = list(verdicts.alike)
    shown = sorted((row, name) for name, rows in of_interest.items() for row in islice(rows, MOST_SHOWN))
    left_out = [
        (NOTHING, language.text(translatable("left out")), language.text(_ALL_UNDER, header=header))
        for header in told.reading.unexplained
    ]
    if not shown and not left_out:
        return
    headings = [translatable("Row"), translatable("Verdict"), translatable("What")]
    table(
        [language.text(heading) for heading in headings],
        [
            *left_out,
            *(
                (
                    row,
                    language.text(name),
                    _what(wording, told, row, problems.get(row)),
                )
                for row, name in shown
            ),
        ],
    )
    if left := sum(map(len, of_interest.values())) - len(shown):
        say(language.text(translatable("And {count} rows more. --json tells all of them."), count=left))


def _what(wording: Wording, told: Told, row: int, problems: list[RowProblem] | None) -> str:
    if problems:
        return " ".join(dict.fromkeys(problem.sentence(wording.language) for problem in problems))
    said = []
    if differing := told.verdicts.differing.get(row):
        differences = "; ".join(_in_words(wording, told.reading, each) for each in differing.differences)
        said.append(f"{differing.code}: {differences}")
    for likeness in told.verdicts.alike.get(row, ()):
        message = (
            translatable("perhaps {code}, alike in: {agree}") if likeness.agree else translatable("perhaps {code}")
        )
        agree = fields_in_words(wording.language, likeness.agree)
        said.append(wording.language.text(message, code=likeness.other, agree=agree))
    return "; ".join(said) or NOTHING


def _in_words(wording: Wording, reading: Reading, difference: Difference) -> str:
    column, before, after = difference
    values = (_value(wording, column, value) for value in (before, after))
    return f"{header_of(wording, reading, column)}: {' → '.join(values)}"


def header_of(wording: Wording, reading: Reading, column: str) -> str:
    """What a list calls a column, or would call it."""
    return reading.headers.get(column) or wording.language.text("{column}", column=absent(reading.kind, column))


def _value(wording: Wording, column: str, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(wording.value("source", source) for source in value) or NOTHING
    return wording.value(_AS.get(column, column), value)


# -- as JSON ----------------------------------------------------------------------------------------------------------


def told_as_json(wording: Wording, told: Told, *, taken: bool) -> dict[str, object]:
    """All that is known of a list that was taken, or not."""
    reading, verdicts, outcome = told.reading, told.verdicts, told.outcome
    return {
        "taken": taken,
        "kind": reading.kind.value,
        "columns": dict(reading.headers),
        "unused": list(reading.unknown),
        "rows": told.rows,
        **verdicts.counts,
        "new_participants": outcome.persons_new if outcome else 0,
        "remarks": [remark.sentence(wording.language) for remark in outcome.remarks] if outcome else [],
        "verdicts": list(_rows_as_json(wording, verdicts)),
    }


def _rows_as_json(wording: Wording, verdicts: Verdicts) -> Iterator[dict[str, object]]:
    problems = verdicts.problems_by_row()
    every = sorted((row, verdict) for verdict, rows in verdicts.by_verdict.items() for row in rows)
    for row, verdict in every:
        told: dict[str, object] = {"row": row, "verdict": verdict.value}
        if differing := verdicts.differing.get(row):
            told["participant"] = differing.code
            told["changes"] = [_difference_as_json(difference) for difference in differing.differences]
        if alike := verdicts.alike.get(row):
            told["possible_duplicates"] = [_likeness_as_json(likeness) for likeness in alike]
        if row in problems:
            told["problems"] = [_problem_as_json(wording, problem) for problem in problems[row]]
        yield told


def _difference_as_json(difference: Difference) -> dict[str, object]:
    before, after = (_plain(difference.column, value) for value in (difference.before, difference.after))
    return {"column": difference.column, "before": before, "after": after}


def _likeness_as_json(likeness: Likeness) -> dict[str, object]:
    return {
        "participant": likeness.other,
        "confidence": likeness.confidence.value,
        "agree": list(likeness.agree),
        "differ": list(likeness.differ),
    }


def _problem_as_json(wording: Wording, problem: RowProblem) -> dict[str, object]:
    return {"rows": list(problem.rows), "problem": problem.fault.sentence(wording.language)}


def _plain(column: str, value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(column, part) for part in value]
    if isinstance(value, Enum):
        return value.value
    if column == "hours" and isinstance(value, int):
        return hours_and_minutes(value)
    return value.isoformat() if isinstance(value, date) else value
