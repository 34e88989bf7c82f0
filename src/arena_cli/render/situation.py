"""The month in a few sentences and six numbers. Every sentence has a number and what it is compared with.

The sentences are chosen by rules, most important first: what is missing, who is there, what became of those who left,
who came, who moved, who is in placement. One about a number that is not known is left out; none counts what the tables
do not show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from arena_cli.errors import translatable
from arena_cli.model import ALL, KeyMeasure, TargetMeasure
from arena_cli.render.draft import Draft
from arena_cli.render.page import KeyFigure, KeyFigures, Section
from arena_cli.render.words import NOT_TOLD

KEY_FIGURES: Final[Mapping[KeyMeasure, str]] = {
    KeyMeasure.IN_PROJECT: translatable("In the project at the end of the month"),
    KeyMeasure.INTAKE: translatable("New"),
    KeyMeasure.MOVED_UP: translatable("Up the staircase"),
    KeyMeasure.MOVED_DOWN: translatable("Down the staircase"),
    KeyMeasure.EXITS: translatable("Exits"),
    KeyMeasure.WORK_OR_STUDIES: translatable("of which to work or studies"),
}
"""The six that the report begins with, in its order."""

MEASURES: Final[Mapping[KeyMeasure, str]] = {
    **KEY_FIGURES,
    KeyMeasure.WORK: translatable("To work"),
    KeyMeasure.STUDIES: translatable("To studies"),
    KeyMeasure.WORK_OR_STUDIES: translatable("To work or studies"),
    KeyMeasure.PLACEMENTS: translatable("Placements begun"),
}
"""Every key figure, as it is called by itself."""

FEWEST_MONTHS_OF_A_MEAN: Final = 3


def situation(draft: Draft) -> Section:
    """The month in a few sentences: of the one municipality that was asked for, otherwise of the whole project."""
    title, chosen = draft.text(translatable("The situation in brief")), draft.places[:-1]
    if not chosen:
        return Section("situation", title, points=tuple(_sentences(draft, ALL)))
    place = chosen[0] if len(chosen) == 1 else ALL
    about = draft.text(translatable("These sentences are about {place}."), place=draft.words.place(place))
    return Section("situation", title, (about,), points=tuple(_sentences(draft, place)))


def summary(draft: Draft) -> Section:
    """The six key figures, each with its change, the mean of the months and the target."""
    return Section(
        "summary",
        draft.text(translatable("Key figures")),
        key_figures=tuple(
            KeyFigures(draft.words.municipality(place), key_figures(draft, place)) for place in draft.places
        ),
    )


def key_figures(draft: Draft, place: str) -> tuple[KeyFigure, ...]:
    """The six of a municipality or the project."""
    return tuple(
        KeyFigure(
            label=draft.text(label),
            number=number_of(draft, measure, place),
            change=change_of(draft, measure, place),
            mean=mean_of(draft, measure, place),
            target=target_of(draft, measure, place),
        )
        for measure, label in KEY_FIGURES.items()
    )


def number_of(draft: Draft, measure: KeyMeasure, place: str) -> str:
    """The number of the month; two dots where it is not known."""
    number = draft.told(measure, place)
    return NOT_TOLD if number is None else draft.words.number(number)


def change_of(draft: Draft, measure: KeyMeasure, place: str) -> str:
    """As in "+2 compared with September"."""
    if draft.report.previous is None:
        return draft.text(translatable("the first month"))
    now, before, previous = _beside_the_month_before(draft, measure, place)
    if now is None or before is None:
        return draft.text(translatable("not comparable with {previous}"), previous=previous)
    if now == before:
        return draft.text(translatable("unchanged compared with {previous}"), previous=previous)
    message = translatable("{change} compared with {previous}")
    return draft.text(message, change=draft.words.formats.signed(now - before), previous=previous)


def bare_change_of(draft: Draft, measure: KeyMeasure, place: str) -> str:
    """The same as a number by itself: "+2"; two dots where there is nothing to compare."""
    now, before, _ = _beside_the_month_before(draft, measure, place)
    if now is None or before is None:
        return NOT_TOLD
    return draft.words.formats.signed(now - before)


def mean_of(draft: Draft, measure: KeyMeasure, place: str) -> str:
    """As in "mean of 12 months: 4.5"; nothing of fewer than three. A month that has not ended is left out."""
    known = _whole_months(draft, measure, place)
    if len(known) < FEWEST_MONTHS_OF_A_MEAN:
        return ""
    mean = draft.words.formats.mean(sum(known), len(known))
    return draft.text(translatable("mean of {months} months: {mean}"), months=str(len(known)), mean=mean)


def bare_mean_of(draft: Draft, measure: KeyMeasure, place: str) -> str:
    """The same as a number by itself; two dots of fewer than three months."""
    known = _whole_months(draft, measure, place)
    return draft.words.formats.mean(sum(known), len(known)) if len(known) >= FEWEST_MONTHS_OF_A_MEAN else NOT_TOLD


def bare_target_of(draft: Draft, measure: KeyMeasure, place: str) -> str:
    """As in "5 a month" or "18 of 40 in all"; nothing where there is no target."""
    return _target(
        draft, measure, place, translatable("{target} a month"), translatable("{reached} of {target} in all")
    )


def target_of(draft: Draft, measure: KeyMeasure, place: str) -> str:
    """As in "target of the month: 20"; where there is only one in all, "in all 259 of 300"."""
    of_month, in_all = translatable("target of the month: {target}"), translatable("in all {reached} of {target}")
    return _target(draft, measure, place, of_month, in_all)


def _target(draft: Draft, measure: KeyMeasure, place: str, said_of_month: str, said_in_all: str) -> str:
    if measure.value not in {target.value for target in TargetMeasure}:
        return ""
    number = draft.words.number
    targets, reached = draft.table("targets"), draft.table("reached")
    of_month = targets.known(f"{measure}_month", place)
    if of_month is not None:
        return draft.text(said_of_month, target=number(of_month))
    in_all = targets.known(f"{measure}_total", place)
    if in_all is None:
        return ""
    since_start = number(reached.value(f"{measure}_total", place))
    return draft.text(said_in_all, reached=since_start, target=number(in_all))


# -- the sentences ----------------------------------------------------------------------------------------------------


def _sentences(draft: Draft, place: str) -> Iterator[str]:
    if draft.report.preliminary:
        yield draft.text(
            translatable("The month has not ended: it is compared, as far as it has come, with whole ones.")
        )
    yield from _not_reported(draft)
    yield from _in_project(draft, place)
    yield from _left(draft, place)
    yield from _new(draft, place)
    yield from _moved(draft, place)
    yield from _in_placement(draft, place)


def _not_reported(draft: Draft) -> Iterator[str]:
    words, silent, everywhere = draft.words, draft.not_reported, len(draft.rows) - 1
    if draft.has_not_reported(ALL):
        yield draft.text(translatable("No municipality has reported anything for {month}."))
    elif silent and everywhere == 1:
        message = translatable(
            "{place} has not reported anything for {month}. What may have been done is in no figure."
        )
        yield draft.text(message, place=words.place(silent[0]))
    elif silent:
        yield draft.text(
            translatable(
                "{number} of {everywhere} municipalities have not reported anything for {month}: {municipalities}."
                " What they may have done is in no figure."
            ),
            number=words.number(len(silent)),
            everywhere=words.number(everywhere),
            municipalities=words.some_municipalities(silent),
        )


def _in_project(draft: Draft, place: str) -> Iterator[str]:
    number = draft.told(KeyMeasure.IN_PROJECT, place)
    if number is None:
        return
    yield _compared(
        draft,
        KeyMeasure.IN_PROJECT,
        place,
        draft.words.plural(
            "{number} participant was in the project at the end of the month",
            "{number} participants were in the project at the end of the month",
            number=number,
        ),
    )


def _left(draft: Draft, place: str) -> Iterator[str]:
    number, to_work_or_studies = draft.told(KeyMeasure.EXITS, place), draft.told(KeyMeasure.WORK_OR_STUDIES, place)
    if number is None or to_work_or_studies is None:
        return
    said = draft.words.plural("{number} participant left", "{number} participants left", number=number)
    yield _compared(draft, KeyMeasure.EXITS, place, said)
    if number:
        unknown = draft.table("exits").value("unknown", place)
        share = draft.words.share(to_work_or_studies, number, unknown)
        before, left_before = (
            draft.told(measure, place, draft.report.month.previous())
            for measure in (KeyMeasure.WORK_OR_STUDIES, KeyMeasure.EXITS)
        )
        if before is None or not left_before:
            yield draft.text(translatable("To work or studies: {share}."), share=share)
        else:
            yield draft.text(
                translatable("To work or studies: {share}; in {previous} {before} of {exits} who left."),
                share=share,
                previous=_month_before(draft),
                before=draft.words.number(before),
                exits=draft.words.number(left_before),
            )


def _new(draft: Draft, place: str) -> Iterator[str]:
    number = draft.told(KeyMeasure.INTAKE, place)
    if number is None:
        return
    said = draft.words.plural("{number} new participant entered", "{number} new participants entered", number=number)
    sentence = _compared(draft, KeyMeasure.INTAKE, place, said)
    target = target_of(draft, KeyMeasure.INTAKE, place)
    yield f"{sentence[:-1]} ({target})." if target else sentence


def _moved(draft: Draft, place: str) -> Iterator[str]:
    up, down = draft.told(KeyMeasure.MOVED_UP, place), draft.told(KeyMeasure.MOVED_DOWN, place)
    if up is None or down is None:
        return
    said = draft.text(
        translatable("{up} came up the staircase and {down} down"),
        up=draft.words.number(up),
        down=draft.words.number(down),
    )
    before = draft.report.month.previous()
    up_before, down_before = (draft.told(m, place, before) for m in (KeyMeasure.MOVED_UP, KeyMeasure.MOVED_DOWN))
    if up_before is None or down_before is None:
        yield f"{said}."
        return
    yield draft.text(
        translatable("{said}; in {previous} {up} and {down}."),
        said=said,
        previous=_month_before(draft),
        up=draft.words.number(up_before),
        down=draft.words.number(down_before),
    )


def _in_placement(draft: Draft, place: str) -> Iterator[str]:
    """Nothing in a project that has no places."""
    begun = draft.told(KeyMeasure.PLACEMENTS, place)
    if begun is None or not draft.table("place_ages").value("places"):
        return
    now = draft.table("placements").value("participants", place)
    said = draft.words.plural(
        "{number} participant was in placement at the end of the month",
        "{number} participants were in placement at the end of the month",
        number=now,
    )
    previous = draft.report.previous
    if previous is not None and draft.told(KeyMeasure.PLACEMENTS, place, draft.report.month.previous()) is not None:
        before = previous["placements"].value("participants", place)
        said = f"{said}: {_beside(draft, now, before, _month_before(draft))}"
    began = draft.words.plural("{number} placement began", "{number} placements began", number=begun)
    yield f"{said}; {began}."


def _compared(draft: Draft, measure: KeyMeasure, place: str, said: str) -> str:
    """What is said of a number, beside the month before and the mean of the months."""
    now, before, previous = _beside_the_month_before(draft, measure, place)
    if now is not None and before is not None:
        said = f"{said}: {_beside(draft, now, before, previous)}"
    mean = mean_of(draft, measure, place)
    return f"{said}; {mean}." if mean else f"{said}."


def _beside(draft: Draft, now: int, before: int, previous: str) -> str:
    number = draft.words.number(abs(now - before))
    if now == before:
        return draft.text(translatable("as many as in {previous}"), previous=previous)
    if now > before:
        return draft.text(translatable("{number} more than in {previous}"), number=number, previous=previous)
    return draft.text(translatable("{number} fewer than in {previous}"), number=number, previous=previous)


def _beside_the_month_before(draft: Draft, measure: KeyMeasure, place: str) -> tuple[int | None, int | None, str]:
    """The number of the month, that of the month before, and what that month is called."""
    before = draft.report.month.previous()
    return draft.told(measure, place), draft.told(measure, place, before), _month_before(draft)


def _month_before(draft: Draft) -> str:
    return draft.words.formats.month_name(draft.report.month.previous())


def _whole_months(draft: Draft, measure: KeyMeasure, place: str) -> tuple[int, ...]:
    return draft.report.series.known(measure, place, but_last=draft.report.preliminary)
