"""Between which numbers a reader can place a hidden count of an account: exactly, by the largest flow in a network.

An account is a total that only grows, divided into classes that only grow; a report shows the total and some of the
classes. From one report to the next so many are added to the total (a *period*), each of them in one class. Where a
class is shown twice, it is known how many were added to it between (a *block*: one period or several); where it is not
shown again, its block is open. So all that is known is sums: of each period over the classes, of each block over its
periods. What was added in each period to each class is a flow from the periods to the blocks, and the least and the
most that a single number can be follow from how much could flow round through the others. All of it is whole numbers,
so the bounds are reached by whole numbers: nobody can know more without other facts.

Ford and Fulkerson, Flows in Networks (1962); for tables with hidden cells: Gusfield, A graph theoretic approach to
statistical data security, SIAM J. Comput. 17 (1988).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

ANY: Final = 1 << 60
"""More than anybody counts."""


class Block(NamedTuple):
    """The periods from `first` to `last`, both included, in which a class has grown by a total: None if not shown.

    `least`: that it grew by at least so many in the first of them can be told from what else is shown.
    """

    first: int
    last: int
    total: int | None
    least: int = 0


@dataclass(slots=True)
class Network:
    """Arcs with what may still flow along them; each has its opposite beside it, which takes the flow back."""

    heads: list[int] = field(default_factory=list)
    room: list[int] = field(default_factory=list)
    leaving: dict[int, list[int]] = field(default_factory=dict)

    def arc(self, tail: int, head: int, capacity: int) -> int:
        number = len(self.heads)
        self.heads += (head, tail)
        self.room += (capacity, 0)
        self.leaving.setdefault(tail, []).append(number)
        self.leaving.setdefault(head, []).append(number + 1)
        return number

    def push(self, source: int, target: int, most: int) -> int:
        """Send as much as can flow from one node to another, at most so much, and say how much that is."""
        sent = 0
        while sent < most:
            path = self._path(source, target)
            if not path:
                break
            amount = min(most - sent, *(self.room[arc] for arc in path))
            for arc in path:
                self.room[arc] -= amount
                self.room[arc ^ 1] += amount
            sent += amount
        return sent

    def _path(self, source: int, target: int) -> list[int]:
        """The arcs of a shortest way with room; none where there is no way."""
        came_by: dict[int, int] = {source: -1}
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            for arc in self.leaving.get(node, ()):
                head = self.heads[arc]
                if self.room[arc] and head not in came_by:
                    came_by[head] = arc
                    if head == target:
                        return list(self._back(came_by, target))
                    waiting.append(head)
        return []

    def _back(self, came_by: dict[int, int], node: int) -> Iterator[int]:
        while (arc := came_by[node]) >= 0:
            yield arc
            node = self.heads[arc ^ 1]


class Unknown(NamedTuple):
    """A number that no report shows: what was added to a class in a period, or in a block up to the end of one.

    `low` and `high` are what it can be; `whole` is all that was added to the total in the period, for the first kind.
    """

    low: int
    high: int
    whole: int | None = None


def unknowns(periods: Sequence[int], classes: Sequence[Sequence[Block]], enough: int = ANY) -> Iterator[Unknown] | None:
    """The bounds of every number that is not shown; None where what is shown contradicts itself.

    `periods` says how many each period has added; each class has blocks that follow each other, the last maybe open.
    Bounds that lie `enough` apart need not be the outermost.
    """
    network, cells, sums = Network(), [], []
    source, sink, ground = 0, 1, 2
    periods = [added - _told(classes, number) for number, added in enumerate(periods)]
    if min(periods, default=0) < 0:
        return None
    inflow = [network.arc(source, 3 + number, added) for number, added in enumerate(periods)]
    closed, still_open, node = [], [], 3 + len(periods)
    for blocks in classes:
        for block in blocks:
            for number in range(block.first, block.last + 1):
                cells.append((network.arc(3 + number, node, ANY), number, block.least * (number == block.first)))
                if number < block.last:
                    sums.append((network.arc(node, node + 1, ANY), block))
                    node += 1
            if block.total is None:
                still_open.append(network.arc(node, ground, ANY))
            else:
                closed.append(network.arc(node, sink, block.total - block.least))
            node += 1
    known = sum(block.total - block.least for blocks in classes for block in blocks if block.total is not None)
    if network.push(source, sink, ANY) != known or network.push(source, ground, ANY) != sum(periods) - known:
        return None
    for arc in (*inflow, *closed):  # what is known cannot change
        network.room[arc] = network.room[arc ^ 1] = 0
    return _bounds(
        network, cells, sums, enough, [added + _told(classes, number) for number, added in enumerate(periods)]
    )


def _told(classes: Sequence[Sequence[Block]], period: int) -> int:
    """How many of a period it can be told where they went."""
    return sum(block.least for blocks in classes for block in blocks if block.first == period)


def _bounds(
    network: Network,
    cells: Sequence[tuple[int, int, int]],
    sums: Sequence[tuple[int, Block]],
    enough: int,
    periods: Sequence[int],
) -> Iterator[Unknown]:
    for arc, number, least in cells:
        low, high = _range(network, arc, enough)
        yield Unknown(low + least, high + least, periods[number])
    for arc, block in sums:
        low, high = (bound + block.least for bound in _range(network, arc, enough))
        yield Unknown(low, high)
        if block.total is not None:
            yield Unknown(block.total - high, block.total - low)


def _range(network: Network, arc: int, enough: int) -> tuple[int, int]:
    """The least and the most that can flow along an arc while all that is known stays as it is."""
    tail, head, flow = network.heads[arc ^ 1], network.heads[arc], network.room[arc ^ 1]
    before = list(network.room)
    network.room[arc] = network.room[arc ^ 1] = 0
    without = list(network.room)
    more = network.push(head, tail, enough)
    less = 0
    if more < enough:
        network.room = without
        less = network.push(tail, head, flow)
    network.room = before
    return flow - less, flow + more
