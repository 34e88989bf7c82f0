"""What the model of a demo is told about its project: `demo.toml` has it for each of them."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any, Final

from arena_cli.demo.calendar import ARRIVALS, DEPARTURES, in_month
from arena_cli.demo.reading import read_decisions, read_notes
from arena_cli.errors import NotFound, translatable
from arena_cli.model import Decision, Group, Month, Note, Project, Sex, TargetMeasure, TargetPeriod
from arena_cli.project import read_project

FIRST_DEMO: Final = "integrationsprojekt"

Weights = Mapping[str, float]
"""How likely each of some values is, beside the others."""

_FIRST_MONTHS: Final = (0.3, 0.7)
"""How far a project has come with taking people in, before it has come all the way."""


class NoSuchDemo(NotFound):
    message = translatable("There is no demo of a project of that name. There are demos of: {demos}.")


@dataclass(frozen=True, slots=True)
class Totals:
    """What the figures since the start add up to at the end of the demo's month.

    In participants: `women` and `men` who have entered, and where those went who have left: to `work`, `studies`,
    `other`, `unknown`. In spells: `re_entries` and `transfers`. Beside the participants there are those who have been
    assigned and are `waiting`, or have `withdrawn`.
    """

    women: int
    men: int
    work: int
    studies: int
    other: int
    unknown: int
    re_entries: int
    transfers: int
    waiting: int
    withdrawn: int

    def sexes(self) -> list[Sex]:
        """One for each participant."""
        return [Sex.WOMAN] * self.women + [Sex.MAN] * self.men

    def outcomes(self) -> list[Group]:
        """One for each participant who has left."""
        return [group for group in Group for _ in range(getattr(self, group))]


@dataclass(frozen=True, slots=True)
class Staircase:
    """How people enter and move. Chances are those of a working day; `up` and `down` change on the way to the top.

    The larger `entry_slope`, the more enter on the lowest steps. The first leave after `settling` months.
    """

    not_placed: float
    entry_slope: float
    settling: int
    placed: float
    up: float
    up_less_at_top: float
    down: float
    down_more_at_top: float


@dataclass(frozen=True, slots=True)
class Pauses:
    """The chance that a working day begins a pause, how many days it lasts, and how often it ends a step lower."""

    chance: float
    days: tuple[int, int]
    falls_back: float
    reasons: Weights


@dataclass(frozen=True, slots=True)
class Places:
    """How many places there are and for how many at most, how likely one closes in a month, and by sector.

    `placing` is the chance of a working day that somebody at the top of the staircase begins a placement; those below
    the height `from_height` (0 to 1) never do. A placement is planned for so many `months`.
    """

    number: int
    capacity: int
    closing: float
    placing: float
    from_height: float
    months: tuple[int, int]
    sectors: Weights


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours a day when somebody takes part, what they are spent on, and what those of a placement are called."""

    a_day: tuple[int, int]
    placement: str
    activities: Weights


@dataclass(frozen=True, slots=True)
class Goal:
    """What the whole project should reach; the municipalities share it by their inhabitants."""

    measure: TargetMeasure
    period: TargetPeriod
    value: int


@dataclass(frozen=True, slots=True)
class Situations:
    """How people live when they enter, and how it goes when they have left.

    `choices` are weights by question, `yes` the share of those who say yes to each of the others; one in `only_if` is
    no unless the other one is yes. `income` is by the answer about employment. `months_without_work` are the fewest,
    the most and the commonest. Six months after leaving, `keeps` is the share who still work or study, and `finds` that
    of the others who do by then. `subsidised` is the share of the subsidised in work gone to, by destination, and
    `subsidised_otherwise` that in all other work.
    """

    months_without_work: tuple[int, int, int]
    keeps: float
    finds: float
    choices: Mapping[str, Weights]
    yes: Weights
    only_if: Mapping[str, str]
    income: Mapping[str, Weights]
    employers: Weights
    subsidised: Weights
    subsidised_otherwise: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """A demo. `month` is the last in which anything happens, and the one to report.

    `ages` are the youngest, the oldest and the commonest at entry. `destinations` are weights, 1 where nothing is said.
    Each of `notes` has the day on which it was told.
    """

    project: Project
    month: Month
    seed: int
    ages: tuple[int, int, int]
    inhabitants: Mapping[str, int]
    totals: Totals
    staircase: Staircase
    pauses: Pauses
    places: Places
    hours: Hours
    situations: Situations
    destinations: Weights
    goals: tuple[Goal, ...]
    notes: tuple[tuple[date, Note], ...]
    decisions: tuple[Decision, ...]


def read_parameters(name: str = FIRST_DEMO) -> Parameters:
    """The demo of a project that comes with arena. Raises NoSuchDemo."""
    tables = tomllib.loads((files("arena_cli") / "demo.toml").read_text("utf-8"))
    if name not in tables:
        raise NoSuchDemo(demos=tuple(tables))
    table: dict[str, Any] = tables[name]
    project = read_project(name)
    return Parameters(
        project=replace(project, name=f"{project.name} (DEMO)", name_en=f"{project.name_en} (DEMO)", demo=True),
        month=Month.parse(table["month"]),
        seed=table["seed"],
        ages=tuple(table["ages"]),
        inhabitants=table["inhabitants"],
        totals=Totals(**table["totals"]),
        staircase=Staircase(**table["staircase"]),
        pauses=Pauses(**table["pauses"]),
        places=Places(**table["places"]),
        hours=Hours(**table["hours"]),
        situations=Situations(**table["situations"]),
        destinations=table["destinations"],
        goals=tuple(Goal(TargetMeasure(g["measure"]), TargetPeriod(g["period"]), g["value"]) for g in table["goals"]),
        notes=read_notes(table),
        decisions=read_decisions(table),
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each kind happens in each month. `absences` are by the month they begin: the months they end."""

    arrivals: Mapping[Month, int]
    outcomes: Mapping[Month, Sequence[Group]]
    absences: Mapping[Month, Sequence[Month]]
    transfers: Mapping[Month, int]

    @classmethod
    def draw(cls, months: Sequence[Month], random: Random, totals: Totals, settling: int) -> Plan:
        """Spread the totals over the months: by the season, and by how many there are who can leave."""
        beginning = [*_FIRST_MONTHS, *[1.0] * (len(months) - len(_FIRST_MONTHS))]
        coming = [begun * in_month(ARRIVALS, m.first) for begun, m in zip(beginning, months, strict=True)]
        arrivals = apportion(len(totals.sexes()), [share * random.uniform(0.8, 1.2) for share in coming])
        settled = [*[0] * settling, *accumulate(arrivals)]
        going = [number * in_month(DEPARTURES, m.first) for number, m in zip(settled, months, strict=False)]
        outcomes = totals.outcomes()
        random.shuffle(outcomes)
        departures = apportion(len(outcomes), going)
        absences = defaultdict(list)
        for back in (len(months) - 1, *random.choices(range(6, len(months)), k=totals.re_entries - 1)):
            absences[months[back - random.randint(2, 4)]].append(months[back])
        return cls(
            arrivals=dict(zip(months, arrivals, strict=True)),
            outcomes={m: [outcomes.pop() for _ in range(n)] for m, n in zip(months, departures, strict=True)},
            absences=absences,
            transfers=Counter([months[-1], *random.choices(months[3:], k=totals.transfers - 1)]),
        )


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the shares that add up to the total: by largest remainder."""
    exact = [total * share / sum(shares) for share in shares]
    whole = [int(number) for number in exact]
    by_remainder = sorted(range(len(shares)), key=lambda place: whole[place] - exact[place])
    for place in by_remainder[: total - sum(whole)]:
        whole[place] += 1
    return whole
