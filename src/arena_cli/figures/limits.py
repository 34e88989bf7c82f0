"""What chance alone explains: the numbers between which a municipality lies if it differs from the project in nothing.

Of n who have left a municipality, the number who went to work or studies would be binomial if each of them had the
project's share as odds. The limits are exact: below the lower one it lies with at most half the given risk, and above
the upper one with at most half of it. Numbers on the limits are within. For a funnel, where the limits are drawn over
all n, they are interpolated so that they do not jump from one n to the next: Spiegelhalter, Funnel plots for comparing
institutional performance, Statistics in Medicine 24 (2005), appendix A.1.1; the upper one as the lower one of the
others, so that a number within the limits is never drawn outside the line.

Of several municipalities, some lie outside by chance: with eight, one outside its 95 per cent limits happens about one
time in three. So what is called more than chance is outside the 99.8 per cent limits.

`compared` has, per municipality and sex: `part` (left for work or studies), `whole` (all who have left, not by moving
to another municipality), and where there is anybody to compare `low_95`, `high_95`, `low_998`, `high_998`, the whole
numbers that the limits are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import exp, floor, lgamma, log, log1p, sqrt
from operator import itemgetter
from typing import Final

from arena_cli.figures.destinations import GROUPS
from arena_cli.figures.table import Cell, Scope, Table
from arena_cli.model import ALL
from arena_cli.model.noun import Noun, dataclass

SECTION: Final = "compared"
RISKS: Final[Mapping[str, float]] = {"95": 0.05, "998": 0.002}
"""How often a number lies outside the limits by chance, by how they are called."""

MEASURES: Final = ("part", "whole", *(f"{side}_{name}" for name in RISKS for side in ("low", "high")))
COMPARED: Final = ("work", "studies")

_LOST: Final = 1e-250
"""So small a probability has few digits left, or is 0."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binomial(Noun):
    """How many of a whole, where each has the same odds, `share`, which are neither 0 nor 1."""

    whole: int
    share: float

    def probabilities(self) -> Iterator[tuple[int, float]]:
        """The numbers, upwards, with theirs: by logarithms, so that those of a large whole are not lost.

        From one that is not lost follow those after it. Of a large whole the least numbers are left out: by Bernstein's
        inequality all of them together have less than 1e-20.
        """
        mean, deviation = self.whole * self.share, sqrt(self.whole * self.share * (1 - self.share))
        odds, own = self.share / (1 - self.share), 0.0
        for number in range(max(0, floor(mean - 12 * deviation - 36)), self.whole + 1):
            own = own * odds * (self.whole - number + 1) / number if own > _LOST else self._probability(number)
            yield number, own

    def _probability(self, number: int) -> float:
        others = self.whole - number
        ways = lgamma(self.whole + 1) - lgamma(number + 1) - lgamma(others + 1)
        return exp(ways + number * log(self.share) + others * log1p(-self.share))

    def quantiles(self, *probabilities: float) -> list[tuple[int, float]]:
        """For each, upwards, the smallest number of which the probability of it or fewer is more than the given one.

        Beside it by how much, as a part of the number's own: what the interpolation needs, more than 0 and at most 1.
        """
        below = 0.0
        found: list[tuple[int, float]] = []
        for number, own in self.probabilities():
            while below + own > probabilities[len(found)]:
                found.append((number, (below + own - probabilities[len(found)]) / own))
                if len(found) == len(probabilities):
                    return found
            below += own
        return found + [(self.whole, 0.0)] * (len(probabilities) - len(found))


def limits(whole: int, share: float, *risks: float) -> list[tuple[int, int]]:
    """For each risk, upwards, the smallest and the largest number that chance explains.

    Each side is passed with at most half the risk.
    """
    if share in {0.0, 1.0}:
        return [(round(share * whole),) * 2 for _ in risks]
    halves = [risk / 2 for risk in risks]
    sides = (Binomial(whole, odds).quantiles(*halves) for odds in (share, 1 - share))
    return [(low, whole - high) for (low, _), (high, _) in zip(*sides, strict=True)]


def interpolated(whole: int, share: float, risk: float) -> tuple[float, float]:
    """The limits as shares of the whole, for the line of a funnel; within 0 and 1."""
    if share in {0.0, 1.0}:
        return share, share
    ((low, below),) = Binomial(whole, share).quantiles(risk / 2)
    ((high, above),) = Binomial(whole, 1 - share).quantiles(risk / 2)
    return max(0.0, (low - below) / whole), min(1.0, 1 - (high - above) / whole)


def build(left: Table, scope: Scope) -> Table:
    """The section `compared`, from the section `left`. The share is that of the project, for each sex its own."""
    values: dict[Cell, int] = {}
    names, risks = zip(*sorted(RISKS.items(), key=itemgetter(1)), strict=True)
    for sex in scope.columns:
        everywhere = left.total(GROUPS, ALL, sex)
        for municipality in scope.rows:
            part, whole = left.total(COMPARED, municipality, sex), left.total(GROUPS, municipality, sex)
            values["part", municipality, sex] = part
            values["whole", municipality, sex] = whole
            if whole and municipality != ALL:
                share = left.total(COMPARED, ALL, sex) / everywhere if everywhere else 0.0
                for name, (low, high) in zip(names, limits(whole, share, *risks), strict=True):
                    values[f"low_{name}", municipality, sex] = low
                    values[f"high_{name}", municipality, sex] = high
    return Table(SECTION, MEASURES, scope, values, is_count=False)
