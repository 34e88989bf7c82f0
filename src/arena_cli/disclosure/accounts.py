"""The totals that a public report is about, how each is divided, and what follows from them.

What makes the report safe is as much what is not here. No relation of the figures ties two accounts to each other, but
for one that `edition` sees to (who is in the project = participants - left), so each can be made safe by itself:

- Persons are counted, not spells, re-entries, moves between municipalities or exits. The difference between persons and
  spells is the few who came back; beside a number of exits, the number of those who have left would give them away.
- A total is divided in several ways, but never in two at once: not women per municipality. Then nothing that is known
  of one division says more of another one than the total does.
- What happened in a month is counted only where no number since the start says the same, and each month is by itself.
- A municipality's row has those who entered the project there: they add up to the project, as those who were ever
  there do not, by the few who have been in several.

The steps, the exits of the month, hours, follow-ups, indicators, medians, estimates and the quality of the data are in
no public report, and what is not named here is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from arena_cli.figures.destinations import GROUPS, TRANSFERRED
from arena_cli.figures.table import SEX_CLASSES, Measure
from arena_cli.model import ALL, IncomeSource

Key = tuple[str, Measure, str, str]
"""A figure: section, measure, municipality and sex."""

SEXES: Final = tuple(SEX_CLASSES.values())
"""All of them, whether there is anybody or not: that there is somebody would be told."""


@dataclass(frozen=True, slots=True)
class Division:
    """A total by classes that add up to it. `tells`: a class says something about a person that is not seen."""

    name: str
    classes: tuple[Key, ...]
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A total that only grows, since the start of the project or (`of_month`) since the month began."""

    total: Key
    divisions: tuple[Division, ...]
    of_month: bool = False


PARTICIPANTS: Final[Key] = ("persons", "participants", ALL, ALL)
LEFT: Final[Key] = ("persons", "left", ALL, ALL)
ACTIVE: Final[Key] = ("persons", "active", ALL, ALL)
TARGETS: Final = "targets"
"""The section of what has been set, by the project itself. It counts nobody, but small it is hidden: it looks so."""

NOT_YET_PARTICIPANTS: Final = "waiting"
"""The section of those who are in no other one."""


def accounts(municipalities: tuple[str, ...]) -> tuple[Account, ...]:
    """The accounts of a project's public reports. `left` comes after `participants`, which it depends on."""
    return (
        Account(
            PARTICIPANTS,
            (
                Division("sex", tuple(("persons", "participants", ALL, sex) for sex in SEXES)),
                Division("municipality", tuple(("reached", "intake_total", code, ALL) for code in municipalities)),
                Division("income", tuple(("income_at_entry", s.value, ALL, ALL) for s in IncomeSource), tells=True),
            ),
        ),
        Account(
            LEFT,
            (Division("left", tuple(("left", group, ALL, ALL) for group in (*GROUPS, TRANSFERRED)), tells=True),),
        ),
        Account(
            ("reached", "placements_total", ALL, ALL),
            (_by_sex("reached", "placements_total"), _by_municipality("reached", "placements_total", municipalities)),
        ),
        *(
            Account(
                ("progression", measure, ALL, ALL),
                (_by_sex("progression", measure), _by_municipality("progression", measure, municipalities)),
                of_month=True,
            )
            for measure in ("up", "down")
        ),
    )


def _by_sex(section: str, measure: str) -> Division:
    return Division("sex", tuple((section, measure, ALL, sex) for sex in SEXES))


def _by_municipality(section: str, measure: str, municipalities: tuple[str, ...]) -> Division:
    return Division("municipality", tuple((section, measure, code, ALL) for code in municipalities))


SAME: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("persons", "participants"): (("reached", "intake_total"), ("indicators", "participants")),
    ("reached", "intake_total"): (("indicators", "participants"),),
    ("persons", "active"): (("stock_flow", "closing"), ("time_in_project", "active")),
    ("progression", "up"): (("reached", "moved_up_month"),),
}
"""Other figures that are the same number, by definition, in the same municipality and for the same sex.

A municipality's `participants` of `persons` are others, and are never shown.
"""

GROWTH: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("persons", "participants"): (("stock_flow", "entered"), ("reached", "intake_month")),
    ("reached", "intake_total"): (("stock_flow", "entered"), ("reached", "intake_month")),
    ("reached", "placements_total"): (("placements", "begun"), ("reached", "placements_month")),
}
"""The figures of the month by which a number since the start has grown, if nothing was registered too late."""

ADDED_UP: Final[tuple[tuple[Key, tuple[Key, ...]], ...]] = (
    (("reached", "work_or_studies_total", ALL, ALL), (("left", "work", ALL, ALL), ("left", "studies", ALL, ALL))),
)

LEAVERS: Final[tuple[Key, ...]] = (("follow_up", "leavers", ALL, ALL), ("indicators", "left", ALL, ALL))
"""Those who have left the project and not for another municipality."""


_BY_MUNICIPALITY: Final = frozenset({"stock_flow", "progression", "placements", "income_at_entry"})


def adds_up(section: str, measure: Measure) -> bool:
    """Whether who is in a municipality's row is in the project's as well, for those figures of which any is shown."""
    return section in _BY_MUNICIPALITY or (section == "reached" and measure != "work_or_studies_total")


def same_as(key: Key) -> Iterator[Key]:
    """The figures that are the same number as one that is shown."""
    section, measure, municipality, sex = key
    for other in SAME.get((section, str(measure)), ()):
        yield *other, municipality, sex


def growth_of(key: Key) -> Iterator[Key]:
    """The figures of the month that say by how much one has grown."""
    section, measure, municipality, sex = key
    for other in GROWTH.get((section, str(measure)), ()):
        yield *other, municipality, sex
