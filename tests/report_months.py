"""The months before the hand-made report's: what its key figures are compared with.

October is that of tests/reports.py. Åre has not reported in July and August 2016.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arena_cli.figures.series import Series
from arena_cli.figures.table import Scope
from arena_cli.model import ALL, KeyMeasure, Month

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
        {(KeyMeasure.INTAKE, ALL): from_january, (KeyMeasure.INTAKE, "2309"): (None, None, *(4 for _ in range(10)))},
        {month: frozenset({"2321"} if month in {Month(2016, 7), Month(2016, 8)} else ()) for month in MONTHS},
    )


def empty_series(scope: Scope, month: Month) -> Series:
    """A first month in which nobody has reported anything."""
    codes = [municipality.code for municipality in scope.municipalities]
    values: dict[tuple[KeyMeasure, str], tuple[int | None, ...]] = {
        (measure, place): (None,) for measure in KeyMeasure for place in (*codes, ALL)
    }
    return Series((month,), values, {}, {month: frozenset(codes)})
