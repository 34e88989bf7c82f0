"""Random accounts of twenty-four months, what is shown of them, and somebody who works out the rest with equations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from scipy.optimize import linprog

from arena_cli.disclosure.hiding import Row, classes_to_show, is_large, may_follow

K = 5
MONTHS = 24

Choose = Callable[[Sequence[Row[int]], int, dict[int, int], bool], frozenset[int]]
"""Which classes are shown, from the rows so far, the total, the counts, and whether they tell something of a person."""


def hide_what_would_tell(rows: Sequence[Row[int]], total: int, counts: dict[int, int], tells: bool) -> frozenset[int]:
    """As arena does."""
    return classes_to_show(rows, total, counts, K, tells=tells)


def hide_what_is_small(_rows: Sequence[Row[int]], _total: int, counts: dict[int, int], _tells: bool) -> frozenset[int]:
    """As many do: nothing that gives it away is hidden with it, and no month is compared with another."""
    return frozenset(one for one, number in counts.items() if is_large(number, K))


@dataclass(frozen=True)
class Series:
    """What was shown month by month, and what was so: by class, what was added in each period."""

    rows: list[Row[int]]
    added: list[list[int]]
    tells: bool
    shown: int
    counted: int


def series(random: Random, choose: Choose) -> Series:
    """An account that grows now slowly and now fast, with classes of any size, some of them nobody's."""
    classes, months = random.randint(2, 8), random.randint(1, MONTHS)
    pace, tells = random.choice((0.3, 1, 3, 8)), random.random() < 0.5
    weights = [random.choice((0.0, random.random() ** 2, 1.0)) for _ in range(classes)]
    counts = dict.fromkeys(range(classes), 0)
    added: list[list[int]] = [[] for _ in range(classes)]
    rows: list[Row[int]] = []
    shown = 0
    before = dict(counts)
    for _ in range(months):
        for one, weight in enumerate(weights):
            counts[one] += sum(random.random() < weight * pace / 10 for _ in range(10))
        total = sum(counts.values())
        if may_follow(total, rows[-1].total if rows else 0, K):
            chosen = choose(rows, total, dict(counts), tells)
            rows.append(Row(total, {one: counts[one] for one in sorted(chosen)}))
            for one, number in counts.items():
                added[one].append(number - before[one])
            before = dict(counts)
            shown += len(chosen)
    return Series(rows, added, tells, shown, months * classes)


@dataclass(frozen=True)
class Placed:
    """Something that is not shown: what it is, what it can be, and whether that is all that came in a period."""

    true: int
    low: float
    high: float
    is_all: bool = False


def attack(found: Series, random: Random, most: int, *, knows_rules: bool = False) -> Iterator[Placed]:
    """The bounds of so many hidden numbers at most: what was added, and how many there are, by class and month."""
    classes, rows = range(len(found.added)), found.rows
    size = len(rows) * len(classes)
    if not rows:
        return
    matrix, known = _equations(rows, len(classes))
    limits = [
        (float(knows_rules and _is_no_zero(rows, one, number)), None) for number in range(len(rows)) for one in classes
    ]
    if any(found.added[one][number] < limits[number * len(classes) + one][0]
           for number in range(len(rows)) for one in classes):  # fmt: skip
        return  # the rules have hidden a zero, and whoever thinks that they do not is led astray
    totals = [row.total for row in rows]
    aims: list[tuple[int, np.ndarray[Any, Any], int]] = []
    for one in classes:
        for number, row in enumerate(rows):
            added = np.zeros(size)
            added[number * len(classes) + one] = 1
            whole = totals[number] - (totals[number - 1] if number else 0)
            aims.append((found.added[one][number], added, whole))
            if one not in row.classes:
                until = np.zeros(size)
                until[one : (number + 1) * len(classes) : len(classes)] = 1
                aims.append((sum(found.added[one][: number + 1]), until, 0))
    for true, aim, whole in random.sample(aims, min(most, len(aims))):
        low, high = (sign * round(_least(sign * aim, matrix, known, limits), 6) for sign in (1, -1))
        yield Placed(true, low, high, is_all=bool(whole) and low == high == whole)


def is_broken(placed: Placed, *, tells: bool) -> bool:
    """Whether too much is known: it is placed within K, unless it is known exactly and not small."""
    assert placed.low <= placed.true <= placed.high
    if placed.low == placed.high:
        return not is_large(placed.true, K) or (tells and placed.is_all)
    return placed.high - placed.low < K


def is_known_to_be_small(placed: Placed) -> bool:
    assert placed.low <= placed.true <= placed.high
    return placed.high < K and placed.true > 0


def _equations(rows: Sequence[Row[int]], classes: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    left, right, before = [], [], 0
    for number, row in enumerate(rows):
        total = np.zeros(len(rows) * classes)
        total[number * classes : (number + 1) * classes] = 1
        left.append(total)
        right.append(row.total - before)
        before = row.total
        for one, value in row.classes.items():
            until = np.zeros(len(rows) * classes)
            until[one : (number + 1) * classes : classes] = 1
            left.append(until)
            right.append(value)
    return np.array(left), np.array(right)


def _is_no_zero(rows: Sequence[Row[int]], one: int, number: int) -> bool:
    """Whether the rules give away that a class has grown in a period: its zero would be shown, as others are."""
    hidden_first = one not in rows[number].classes and (number == 0 or one in rows[number - 1].classes)
    before = rows[number - 1].classes[one] if hidden_first and number else 0
    later = next((row.classes[one] for row in rows[number:] if one in row.classes), None)
    return hidden_first and bool(rows[number].classes) and later != before


def _least(
    aim: np.ndarray[Any, Any],
    matrix: np.ndarray[Any, Any],
    known: np.ndarray[Any, Any],
    limits: Sequence[tuple[float, float | None]],
) -> float:
    found = linprog(aim, A_eq=matrix, b_eq=known, bounds=limits)
    assert found.status == 0, found.message
    return float(found.fun)
