"""What the hand-made report says beside its own month: the months before, how good the data are, notes and decisions.

October is that of tests/reports.py. Åre has not reported in July and August 2016.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from arena_cli.figures.learning import Learning
from arena_cli.figures.quality import MISSING, TIMELINESS
from arena_cli.figures.series import Series
from arena_cli.figures.table import Scope, Table, tabulate
from arena_cli.model import ALL, Decision, DecisionOutcome, KeyMeasure, Month, Note

MONTHS: Final = tuple(Month(2015 + (10 + n) // 12, (10 + n) % 12 + 1) for n in range(12))
"""November 2015 to October 2016."""

_N: Final = None

_KROKOM: Final[Mapping[KeyMeasure, tuple[int | None, ...]]] = {
    KeyMeasure.IN_PROJECT: (1190, 1192, 1195, 1201, 1204, 1206, 1207, 1210, 1210, 1212, 1213, 1203),
    KeyMeasure.INTAKE: (4, 2, 5, 7, 4, 3, 2, 4, 0, 2, 0, 3),
    KeyMeasure.MOVED_UP: (10, 12, 8, 11, 14, 9, 13, 7, 2, 6, 0, 1200),
    KeyMeasure.MOVED_DOWN: (1, 0, 2, 1, 0, 0, 3, 1, 0, 0, 0, 0),
    KeyMeasure.EXITS: (2, 0, 2, 1, 1, 1, 1, 1, 0, 0, 0, 12),
    KeyMeasure.WORK: (1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 12),
    KeyMeasure.STUDIES: (1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
    KeyMeasure.WORK_OR_STUDIES: (2, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 12),
    KeyMeasure.PLACEMENTS: (3, 2, 4, 1, 2, 2, 3, 1, 0, 2, 0, 2),
}
_ARE: Final[Mapping[KeyMeasure, tuple[int | None, ...]]] = {
    KeyMeasure.IN_PROJECT: (1, 1, 1, 1, 1, 1, _N, _N, _N, _N, 2, 4),
    KeyMeasure.INTAKE: (1, 0, 0, 0, 0, 0, 0, 0, _N, _N, 2, 0),
    KeyMeasure.MOVED_UP: (0, 0, 0, 1, 0, 0, 0, 0, _N, _N, 0, 0),
    KeyMeasure.MOVED_DOWN: (0, 0, 0, 0, 0, 0, 0, 0, _N, _N, 0, 2),
    KeyMeasure.EXITS: (0, 0, 0, 0, 0, 0, 1, 0, _N, _N, 0, 0),
    KeyMeasure.WORK: (0, 0, 0, 0, 0, 0, 0, 0, _N, _N, 0, 0),
    KeyMeasure.STUDIES: (0, 0, 0, 0, 0, 0, 0, 0, _N, _N, 0, 0),
    KeyMeasure.WORK_OR_STUDIES: (0, 0, 0, 0, 0, 0, 0, 0, _N, _N, 0, 0),
    KeyMeasure.PLACEMENTS: (0, 0, 0, 0, 0, 1, 0, 0, _N, _N, 0, 1),
}


def small_series() -> Series:
    """The twelve months up to October 2016, with targets from January 2016."""
    values: dict[tuple[KeyMeasure, str], tuple[int | None, ...]] = {}
    for measure in KeyMeasure:
        values[measure, "2309"], values[measure, "2321"] = _KROKOM[measure], _ARE[measure]
        values[measure, ALL] = tuple(
            (one or 0) + (other or 0) for one, other in zip(_KROKOM[measure], _ARE[measure], strict=True)
        )
    from_january = (None, None, *(5 for _ in range(10)))
    return Series(
        MONTHS,
        values,
        {(KeyMeasure.INTAKE, "2309"): from_january, (KeyMeasure.INTAKE, "2321"): (*(None,) * 10, 2, 2)},
        {month: frozenset({"2321"} if month in {Month(2016, 7), Month(2016, 8)} else ()) for month in MONTHS},
    )


def empty_series(scope: Scope, month: Month) -> Series:
    """A first month in which nobody has reported anything."""
    codes = [municipality.code for municipality in scope.municipalities]
    values: dict[tuple[KeyMeasure, str], tuple[int | None, ...]] = {
        (measure, place): (None,) for measure in KeyMeasure for place in (*codes, ALL)
    }
    return Series((month,), values, {}, {month: frozenset(codes)})


# -- how good the data are --------------------------------------------------------------------------------------------

_TIMELINESS: Final = {
    "2309": {"days_0": 1190, "days_1_3": 14, "days_4_6": 5, "days_11": 3, "imported": 3},
    "2321": {"days_0": 1, "days_7_10": 1, "days_11": 3},
}
_MISSING: Final = {
    "2309": {"served": 1216, "birth_year": 2, "quiet": 1},
    "2321": {"served": 5, "birth_year": 1, "step": 1},
}


def quality_tables(places: Scope) -> Iterator[Table]:
    """Timeliness and what is missing."""
    for section, measures, counts in (("timeliness", TIMELINESS, _TIMELINESS), ("missing", MISSING, _MISSING)):
        counted = [(measure, place, ALL, n) for place, row in counts.items() for measure, n in row.items()]
        yield tabulate(section, measures, places, counted)


# -- notes and decisions ----------------------------------------------------------------------------------------------

LEARNING: Final = Learning(
    notes=(
        Note(
            4,
            "2309",
            "2016-10",
            tried="Gruppstart i stället för enskilda möten",
            happened="Tolv fick arbete samma vecka; *alla* var på samma företag",
            next_step="En gruppstart till i november",
            question="Hur gör ni med tolk i grupp?",
            contact="samordnaren",
            shows_in=KeyMeasure.WORK_OR_STUDIES,
        ),
    ),
    steps=(
        Note(2, "2321", "2016-08", next_step="Ring alla som står utan steg", shows_in=KeyMeasure.MOVED_UP),
        Note(
            3,
            "2309",
            "2016-09",
            tried="Studiebesök",
            next_step="Två studiebesök till",
            shows_in=KeyMeasure.INTAKE,
            settled_on=date(2016, 10, 20),
            result="ett blev av",
        ),
    ),
    decisions=(
        Decision(
            1,
            None,
            date(2016, 9, 12),
            "Gemensam mall för kartläggning",
            "projektledaren",
            date(2016, 10, 15),
            KeyMeasure.MOVED_UP,
        ),
        Decision(
            2,
            "2321",
            date(2016, 9, 12),
            "Bjud in <företagare> till frukost",
            "arbetsmarknadsenheten",
            date(2016, 11, 30),
        ),
        Decision(
            3,
            None,
            date(2016, 8, 15),
            "Byt lokal",
            "styrgruppen",
            date(2016, 12, 1),
            closed_on=date(2016, 10, 10),
            closed_as=DecisionOutcome.DROPPED,
            result="hyran var för hög",
        ),
    ),
)
