"""Between which numbers a reader can place what is hidden: by hand, and against every way in which it can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random

from arena_cli.disclosure.bounds import Block, unknowns


def found(periods: Sequence[int], classes: Sequence[Sequence[Block]]) -> list[tuple[int, int]]:
    bounds = unknowns(periods, classes)
    assert bounds is not None
    return [(unknown.low, unknown.high) for unknown in bounds]


def open_block(last: int) -> list[Block]:
    return [Block(0, last, None)]


def test_of_one_period_everything_can_be_in_a_class_that_is_hidden() -> None:
    assert found([7], [open_block(0), open_block(0)]) == [(0, 7), (0, 7)]


def test_what_is_hidden_beside_what_is_shown_is_the_rest() -> None:
    assert found([7], [[Block(0, 0, 5)], open_block(0)]) == [(5, 5), (2, 2)]


def test_a_class_that_is_shown_later_says_something_about_the_months_before() -> None:
    """Of 10 and then 6, the first class had 12 in all: at least 6 of the first 10, and at least 2 of the 6."""
    first, second = [Block(0, 1, 12)], open_block(1)
    cells, sums = found([10, 6], [first, second])[:4], found([10, 6], [first, second])[4:]
    assert cells == [(6, 10), (2, 6), (0, 4), (0, 4)]
    assert sums == [(6, 10), (2, 6), (0, 4)]  # the first class up to the first month and after it; the second up to it


def test_what_can_be_told_beforehand_is_reckoned_with() -> None:
    one_at_least = [Block(0, 0, None, 1)]
    assert found([7], [one_at_least, one_at_least]) == [(1, 6), (1, 6)]
    assert unknowns([1], [one_at_least, one_at_least]) is None


def test_what_contradicts_itself_is_no_flow() -> None:
    assert unknowns([4], [[Block(0, 0, 5)], open_block(0)]) is None
    assert unknowns([4], [[Block(0, 0, 3)]]) is None


def test_nothing_is_known_of_nothing() -> None:
    assert found([], [[], []]) == []


def every_way(periods: Sequence[int], classes: Sequence[Sequence[Block]]) -> Iterator[list[list[int]]]:
    """Each table of classes and periods that is as the sums say."""
    rows = [
        [split for split in product(range(added + 1), repeat=len(classes)) if sum(split) == added] for added in periods
    ]
    for by_period in product(*rows):
        table = [list(column) for column in zip(*by_period, strict=True)]
        if all(
            block.total in (None, sum(row[block.first : block.last + 1]))
            for row, blocks in zip(table, classes, strict=True)
            for block in blocks
        ):
            yield table


def test_the_bounds_are_those_of_every_way_in_which_it_can_be() -> None:
    random = Random(1)
    for _ in range(60):
        periods = [random.randrange(5) for _ in range(random.randint(1, 3))]
        truth = [[0] * len(periods) for _ in range(random.randint(2, 3))]
        for number, added in enumerate(periods):
            for _ in range(added):
                random.choice(truth)[number] += 1
        classes = [list(blocks_of(row, random)) for row in truth]
        ways = list(every_way(periods, classes))
        expected = [
            (min(values), max(values))
            for place, blocks in enumerate(classes)
            for block in blocks
            for period in range(block.first, block.last + 1)
            for values in [[way[place][period] for way in ways]]
        ]
        assert found(periods, classes)[: len(expected)] == expected


def blocks_of(row: Sequence[int], random: Random) -> Iterator[Block]:
    first = 0
    for number in range(len(row)):
        is_last = number == len(row) - 1
        if random.random() < 0.5:
            yield Block(first, number, sum(row[first : number + 1]))
            first = number + 1
        elif is_last:
            yield Block(first, number, None)
