"""What the indicators count: the measures of the fund's table and of Kolada's."""

from __future__ import annotations

from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.indicators import ALL_RECORDS, COMPLETE_RECORDS, FOLLOWED_UP, KOLADA, UNKNOWN
from arena_cli.figures.why.asking import Definition
from arena_cli.figures.why.monthly import Definitions
from arena_cli.figures.why.records import each_judged
from arena_cli.indicators import LEFT as LEFT_MEASURE
from arena_cli.indicators import PARTICIPANTS, fund_table, kolada
from arena_cli.model import Project

INDICATOR: Final = translatable("Participants who count in {measure}: {name}.")
NOT_KNOWN_WHETHER: Final = translatable("Participants of whom it is not known whether they count in {measure}: {name}.")


def of_project(project: Project) -> Definitions:
    """The measures of the fund's table and of Kolada's, under the names that they have there."""
    fund = fund_table(project.fund_rules)
    if fund is None:
        return {}
    of_the_fund = fund.asked_from(project.starts_on)
    yardstick = kolada().measures
    found: Definitions = {}
    for section, measures in (
        (ALL_RECORDS, of_the_fund),
        (COMPLETE_RECORDS, of_the_fund),
        (UNKNOWN, of_the_fund),
        (KOLADA, yardstick),
    ):
        for measure in measures:
            found[section, measure.code] = Definition(
                NOT_KNOWN_WHETHER if section == UNKNOWN else INDICATOR,
                each_judged,
                facts={"measure": measure.code, "name": measure},
            )
        if section != UNKNOWN:
            found[section, LEFT_MEASURE] = Definition(
                translatable("Participants who have left, in the municipality of the first entry."), each_judged
            )
        if section in {ALL_RECORDS, COMPLETE_RECORDS}:
            found[section, PARTICIPANTS] = Definition(
                translatable("Participants who have entered, in the municipality of the first entry."), each_judged
            )
    for kind in fund.windows:
        found[ALL_RECORDS, FOLLOWED_UP[kind]] = Definition(
            translatable("Participants who have left and were reached in time ({kind})."),
            each_judged,
            facts={"kind": kind},
        )
    return found
