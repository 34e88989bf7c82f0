"""What a participant's record lacks to be complete, and so to be counted in the fund's own figures.

Which facts a record must hold is said by the fund's table. What the fund asked for on the day of the first entry
decides for good: a later change of the rules neither completes nor breaks a record made under the earlier ones.
"""

from __future__ import annotations

from datetime import date

from arena_cli.indicators.conditions import NOT_KNOWN
from arena_cli.indicators.tables import OF_A_PARTICIPANT, fund_table
from arena_cli.model import Background, Participant, Project


def missing_for_fund(
    project: Project, participant: Participant, background: Background | None, first_entry: date
) -> tuple[str, ...]:
    """The fields of the participant and of the background that a complete record lacks, in the table's order.

    Empty also where the project follows no fund's rules. Without a background nothing was asked.
    """
    table = fund_table(project.fund_rules)
    if table is None:
        return ()
    asked = background or Background(0, participant.id)
    return tuple(
        fact
        for requirement in table.complete
        if requirement.entered_before is None or first_entry < requirement.entered_before
        for fact in requirement.facts
        if getattr(participant if fact in OF_A_PARTICIPANT else asked, fact) in {None, *NOT_KNOWN}
    )
