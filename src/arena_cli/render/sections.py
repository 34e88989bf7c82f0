"""The sections of the report: which figures each one shows, under which headings, and what it says about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.reconcile import Control
from arena_cli.figures.table import Table
from arena_cli.model import ALL, NOT_PLACED
from arena_cli.render import comparing, pictures
from arena_cli.render.draft import Draft
from arena_cli.render.grids import (
    by_destination,
    by_municipality,
    count_of,
    counts_of,
    matrix,
    outcomes_of,
    shares,
    sum_of,
)
from arena_cli.render.page import Block, Cell, Column, Fact, Grid, Row, Section
from arena_cli.render.stay import paused
from arena_cli.render.words import Words

MOST_FAILURES_LISTED: Final = 20

SERVED: Final = ("opening", "entered", "re_entered", "transferred_in")
"""What adds up to the spells served in a month."""


# -- the sections -----------------------------------------------------------------------------------------------------


def stock_flow(draft: Draft) -> Section:
    """Who was there, came and went, per municipality and sex."""
    columns = {
        "opening": translatable("At the start"),
        "entered": translatable("New"),
        "re_entered": translatable("Re-entered"),
        "transferred_in": translatable("From another municipality"),
        "exited": translatable("Exited"),
        "transferred_out": translatable("To another municipality"),
        "closing": translatable("At the end"),
    }
    caption = translatable("Spells at the start of {month}, in, out, and at its end, per municipality and sex")
    return Section(
        "stock_flow",
        draft.text(translatable("Entries and exits")),
        paragraphs=(
            draft.text(
                translatable(
                    "Counted in spells: a spell is one unbroken stay in one municipality. In the tables, – means zero"
                    " and .. that it is not reported or not known."
                )
            ),
            *_paused(draft),
        ),
        grids=(
            comparing.entered_by_month(draft),
            comparing.closing_by_month(draft),
            by_municipality(draft, caption, counts_of(draft, draft.table("stock_flow"), columns)),
        ),
    )


def exits(draft: Draft) -> Section:
    """Where those went who left in the month."""
    table = draft.table("exits")
    return Section(
        "exits",
        draft.text(translatable("Exits in {month}")),
        grids=(
            *shares(draft, table, translatable("Went on to work and studies, of the exits in {month} ({place})")),
            by_municipality(
                draft,
                translatable("Exits in {month} by where they went, per municipality and sex"),
                {draft.text(translatable("Exits")): sum_of(table)} | outcomes_of(draft, table),
            ),
            *by_destination(draft, table, translatable("Exits in {month} by where they went and sex ({place})")),
        ),
    )


def left(draft: Draft) -> Section:
    """Where everyone is who has left since the start."""
    table = draft.table("left")
    return Section(
        "left",
        draft.text(translatable("All who have left since the start")),
        paragraphs=(
            draft.text(
                translatable(
                    "Counted in persons, up to and including {day}. Someone who has come back has not left. A"
                    " municipality's row also has those who moved on to another municipality."
                )
            ),
        ),
        grids=(
            *shares(draft, table, translatable("Went on to work and studies, of all who have left ({place})")),
            by_municipality(
                draft,
                translatable("All who have left by where they went, per municipality and sex"),
                {draft.text(translatable("Have left")): sum_of(table)} | outcomes_of(draft, table),
            ),
            *by_destination(draft, table, translatable("All who have left by where they went and sex ({place})")),
        ),
    )


def progression(draft: Draft) -> Section:
    """Who moved up and down the staircase."""
    table, stock = draft.table("progression"), draft.table("stock_flow")
    directions = {
        "up": translatable("Up"),
        "same": translatable("Same step"),
        "down": translatable("Down"),
        NOT_PLACED: translatable("No step"),
    }
    moves = {"moves_up": translatable("Moves up"), "moves_down": translatable("Moves down")}
    return Section(
        "progression",
        draft.text(translatable("Up and down the staircase")),
        paragraphs=(
            draft.text(
                translatable(
                    "Each spell of the month is counted once, by its step at the end (or at the exit) compared with its"
                    " step at the start. Moves are counted each time: one person may make several."
                )
            ),
        ),
        grids=(
            by_municipality(
                draft,
                translatable("Spells in {month} by direction on the staircase, and moves, per municipality and sex"),
                counts_of(draft, table, directions)
                | {draft.text(translatable("Spells in all")): count_of(stock, *SERVED)}
                | counts_of(draft, table, moves),
                pictures.up_and_down(draft),
            ),
        ),
    )


def steps(draft: Draft) -> Section:
    """Who stands where at the end of the month."""
    table, words = draft.table("steps"), draft.words
    staircase = table.scope.steps
    narrow = {words.step_number(step): count_of(table, step.code) for step in staircase}
    return Section(
        "steps",
        draft.text(translatable("Where they stand on the staircase")),
        grids=(
            comparing.on_steps(draft),
            by_municipality(
                draft,
                translatable("In the project on {day} by step, per municipality and sex"),
                narrow
                | {words.not_placed(): count_of(table, NOT_PLACED), draft.text(translatable("Total")): sum_of(table)},
            ),
        ),
    )


def movement(draft: Draft) -> Section:
    """From which step to which, in one matrix for the project and one for each municipality that was asked for."""
    return Section(
        "movement",
        draft.text(translatable("From step to step")),
        paragraphs=(
            draft.text(
                translatable(
                    "A row is where the spells stood when the month began, a column where they stood when it ended."
                    " The row totals are the distribution at the start, the column totals that at the end."
                )
            ),
            draft.text(
                translatable(
                    "On the diagonal stand those who are on the same step, to the right of it those who moved up,"
                    " to the left those who moved down."
                )
            ),
        ),
        grids=tuple(matrix(draft, place) for place in draft.places),
    )


def persons(draft: Draft) -> Section:
    """The persons since the start, with the bridge from spells to persons."""
    columns = {
        "participants": translatable("Persons"),
        "spells": translatable("Spells"),
        "re_entries": translatable("Re-entries"),
        "transfer_continuations": translatable("Transfers"),
        "active": translatable("In the project"),
        "left": translatable("Have left"),
    }
    table = draft.table("persons")
    return Section(
        "persons",
        draft.text(translatable("Persons since the start")),
        paragraphs=(
            _bridge(draft.words, table),
            *_counted_in_several(draft),
            draft.text(
                translatable(
                    "Re-entries and transfers are the spells after a person's first one: in the project's row all of"
                    " them, in a municipality's only those after the first one there."
                )
            ),
        ),
        grids=(
            by_municipality(
                draft,
                translatable("Persons and spells up to and including {day}, per municipality and sex"),
                counts_of(draft, table, columns),
            ),
        ),
    )


def controls(draft: Draft) -> Section:
    """What was checked, with its numbers, and everything that does not hold."""
    checked = draft.report.controls
    failing = [control for control in checked if not control.holds and not control.warning]
    doubtful = [control for control in checked if not control.holds and control.warning]
    numbers = {
        "number": draft.words.number(len(checked) - len(doubtful)),
        "failing": draft.words.number(len(failing)),
        "comparisons": draft.words.number(sum(control.checked for control in checked)),
    }
    verdict = (
        translatable("{failing} of {number} controls DO NOT HOLD. The figures contradict each other.")
        if failing
        else translatable("All {number} controls hold, in {comparisons} comparisons.")
    )
    return Section(
        "controls",
        draft.text(translatable("Controls")),
        paragraphs=(
            draft.text(verdict, **numbers),
            *(sentence for control in failing for sentence in _failures(draft, control)),
            *(
                draft.text(
                    translatable("CHECK, it may be right all the same: {identity}."), identity=_identity(draft, control)
                )
                for control in doubtful
            ),
        ),
        grids=(
            Grid(
                caption=draft.text(
                    translatable("Identities checked in every municipality and for every sex; numbers of the project")
                ),
                stub=draft.text(translatable("Control")),
                columns=(
                    Column(draft.text(translatable("Comparisons"))),
                    Column(draft.text(translatable("Outcome")), is_number=False),
                ),
                blocks=(Block(tuple(_control(draft, control) for control in checked)),),
            ),
        ),
    )


def definitions(draft: Draft) -> Section:
    """What the words of the report mean."""
    terms = (
        (
            translatable("Person"),
            translatable("A participant, counted once in the project however often they come back."),
        ),
        (
            translatable("Spell"),
            translatable("One unbroken stay in one municipality, from entry to exit, both days included."),
        ),
        (
            translatable("New, re-entered"),
            translatable("Entered in the month: for the first time in the project, or after having left it."),
        ),
        (
            translatable("From and to another municipality"),
            translatable("Moved between municipalities of the project. That is neither an entry nor an exit."),
        ),
        (
            translatable("In the project"),
            translatable("In a spell at the end of the last day. Someone who exits that day is not."),
        ),
        (
            translatable("Unknown"),
            translatable("No record of where the person went. A class of its own, never part of Other."),
        ),
        (
            translatable("Up, same step, down"),
            translatable("The last step of the month, or at the exit, compared with the one when the month began, or"
                         " with the first one for those who entered in the month. No step: there is none to compare."),
        ),
        (
            translatable("Shares"),
            translatable("Are given with what they are shares of and how many are unknown; in per cent of 20 or more."),
        ),
        (
            translatable("Mean of the months"),
            translatable("Of up to twelve months that have ended, this one included, as far as they are known."),
        ),
        (
            translatable("Not reported, .."),
            translatable("Nothing is registered that happened in the municipality in the month: no entry, exit, move,"
                         " wait, pause, placement, place, hours, follow-up or note. Zero is then not known. A note of"
                         " the month makes it zero."),
        ),
        (
            translatable("The month"),
            translatable("The day something happened decides, not the day it was registered. Earlier months may"
                         " therefore change."),
        ),
    )  # fmt: skip
    return Section(
        "definitions",
        draft.text(translatable("What the words mean")),
        definitions=tuple(Fact(draft.text(term), draft.text(meaning)) for term, meaning in terms),
    )


def _paused(draft: Draft) -> Iterator[str]:
    number = paused(draft.table("paused")).in_all
    if number:
        yield draft.words.plural(
            "Of those in the project at the end, {number} is paused: neither gone nor taking part.",
            "Of those in the project at the end, {number} are paused: neither gone nor taking part.",
            number=number,
        )


# -- persons and controls ---------------------------------------------------------------------------------------------


def _bridge(words: Words, persons: Table) -> str:
    """As in "268 spells − 6 re-entries − 3 transfers = 259 persons"."""
    terms = (
        words.plural("{number} spell", "{number} spells", number=persons.value("spells")),
        words.plural(
            "{number} re-entry",
            "{number} re-entries",
            number=persons.value("re_entries"),
        ),
        words.plural(
            "{number} transfer",
            "{number} transfers",
            number=persons.value("transfer_continuations"),
        ),
    )
    result = words.plural("{number} person", "{number} persons", number=persons.value("participants"))
    return f"{' − '.join(terms)} = {result}."


def _counted_in_several(draft: Draft) -> Iterator[str]:
    """By how many the municipalities' rows add up to more than the project, and why."""
    persons = draft.table("persons")
    messages = {
        "participants": translatable(
            "The municipalities' persons add up to {sum}, {more} more than the project's {project}: someone who has"
            " been in several municipalities is counted in each of them, but once in the project."
        ),
        "left": translatable(
            "Those who have left add up to {sum}, {more} more than the project's {project}: someone who moved on to"
            " another municipality, or came back in one, has left the former but not the project."
        ),
    }
    for measure, message in messages.items():
        total = persons.of_municipalities(measure)[-1]
        more = total - persons.value(measure)
        if more and draft.places[0] == ALL:
            number = draft.words.number
            yield draft.text(message, sum=number(total), more=number(more), project=number(persons.value(measure)))


def _control(draft: Draft, control: Control) -> Row:
    if control.holds:
        outcome = Cell(draft.text(translatable("OK")))
    elif control.warning:
        outcome = Cell(draft.text(translatable("CHECK")), "alarm")
    else:
        outcome = Cell(draft.text(translatable("DOES NOT HOLD")), "alarm")
    return Row(_identity(draft, control), (draft.words.cell(control.checked), outcome))


def _identity(draft: Draft, control: Control) -> str:
    def written(fact: object) -> str:
        return draft.words.number(fact) if isinstance(fact, int) else draft.words.language.text("{fact}", fact=fact)

    return draft.text(control.message, **{name: written(fact) for name, fact in control.facts.items()})


def _failures(draft: Draft, control: Control) -> Iterator[str]:
    words = draft.words
    for failure in control.failures[:MOST_FAILURES_LISTED]:
        yield draft.text(
            translatable("DOES NOT HOLD ({identity}): {place}, {sex}: {left} against {right}."),
            identity=control.identity,
            place=words.place(failure.municipality),
            sex=words.sex(failure.sex),
            left=words.number(failure.left),
            right=words.number(failure.right),
        )
    unlisted = len(control.failures) - MOST_FAILURES_LISTED
    if unlisted > 0:
        yield draft.text(
            translatable("DOES NOT HOLD ({identity}): and in {number} more places."),
            identity=control.identity,
            number=words.number(unlisted),
        )
