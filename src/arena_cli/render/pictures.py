"""The report's charts: which figures each one draws, and what it says of them. Each belongs to the table after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.limits import RISKS, interpolated
from arena_cli.figures.table import Table
from arena_cli.model import ALL, KeyMeasure
from arena_cli.render.charts.bars import Bar, bars
from arena_cli.render.charts.curve import Estimate, Line, curves
from arena_cli.render.charts.diverging import Pair, diverging, extent
from arena_cli.render.charts.funnel import Dot, funnel
from arena_cli.render.charts.ranges import Range, ranges
from arena_cli.render.charts.scale import marks
from arena_cli.render.charts.series import Series, highest, series
from arena_cli.render.draft import Draft
from arena_cli.render.page import Chart, Picture, Strip
from arena_cli.render.words import SMALLEST_WHOLE_FOR_PERCENT

MOST_PANELS: Final = 30
"""Of more municipalities only the project is drawn over time: the table has the others."""

MOST_ROWS: Final = 30
"""Of one picture with a row for each municipality; there are several beside each other where there are more."""

IN_AND_OUT: Final = (translatable("In"), translatable("Out"))

MOST_RANGES: Final = 30
"""Of more municipalities a funnel is drawn."""


# -- over twelve months -----------------------------------------------------------------------------------------------


def over_months(draft: Draft, measure: KeyMeasure, title: str) -> Chart:
    """A panel for each municipality, all on one scale, and before them one for the project on its own."""
    shown = draft.rows[:-1] if len(draft.rows) <= MOST_PANELS + 1 else ()
    panels = [_panel(draft, measure, place) for place in shown]
    whole = _panel(draft, measure, ALL)
    top = highest(panels)
    has_targets = any(target is not None for panel in (whole, *panels) for target in panel.targets)
    return Chart(
        code="series",
        title=draft.text(title),
        note=_note_over_months(
            draft,
            has_targets=has_targets,
            has_panels=bool(panels),
            has_gaps=any(number is None for panel in panels for number in panel.numbers),
        ),
        pictures=(
            _series_picture(draft, whole, highest([whole])),
            *(_series_picture(draft, panel, top) for panel in panels),
        ),
        headings=(
            draft.words.formats.short_month(draft.report.month),
            *((draft.text(translatable("Target")),) if has_targets else ()),
        ),
        strips=tuple(
            _series_strip(draft, panel, scale, has_targets=has_targets)
            for panel, scale in ((whole, highest([whole])), *((panel, top) for panel in panels))
        ),
        strips_note=draft.text(translatable("A column for each month, the latest last.")),
    )


def _panel(draft: Draft, measure: KeyMeasure, place: str) -> Series:
    months = draft.report.series
    numbers = tuple(draft.told(measure, place, month) for month in months.months)
    return Series(
        label=draft.words.municipality(place),
        numbers=numbers,
        targets=tuple(target for _, target in months.target_points(measure, place)),
        latest_text=draft.words.known(numbers[-1]).text,
        is_preliminary=draft.report.preliminary,
    )


def _note_over_months(draft: Draft, *, has_targets: bool, has_panels: bool, has_gaps: bool) -> str:
    sentences = [
        *([translatable("The municipalities have one scale, the whole project its own.")] if has_panels else []),
        *([translatable("Dashed line: target.")] if has_targets else []),
        *([translatable("A gap: not reported.")] if has_gaps else []),
        *([translatable("Hollow dot: preliminary, the month has not ended.")] if draft.report.preliminary else []),
    ]
    return " ".join(map(draft.text, sentences))


def _series_picture(draft: Draft, panel: Series, top: int) -> Picture:
    words = draft.words
    months = [words.formats.short_month(month) for month in draft.report.series.months]
    numbers = ", ".join(f"{month}: {words.known(n).text}" for month, n in zip(months, panel.numbers, strict=True))
    target = panel.targets[-1]
    aim = () if target is None else (draft.text(translatable("Target: {target}."), target=words.number(target)),)
    drawn = series(panel, top, (months[0], months[-1]), [words.number(mark) for mark in marks(top, intervals=2)])
    return Picture(panel.label, " ".join((f"{numbers}.", *aim)), drawn)


def _series_strip(draft: Draft, panel: Series, top: int, *, has_targets: bool) -> Strip:
    target = panel.targets[-1]
    aim = ("" if target is None else draft.words.number(target),) if has_targets else ()
    return Strip(panel.label, "columns", tuple((n or 0) / top for n in panel.numbers), (panel.latest_text, *aim))


# -- on the staircase -------------------------------------------------------------------------------------------------


def on_steps(draft: Draft, rows: Sequence[Bar]) -> Chart:
    """How many stand on each step, the highest at the top, and how many came and went."""
    headings = tuple(map(draft.text, (translatable("Before"), *IN_AND_OUT, translatable("After"))))
    title = draft.text(translatable("In the project on {day} by step"))
    described = (
        draft.text(
            translatable("{label}: at the start {start}, in {came}, out {went}, at the end {end}"),
            label=row.label,
            **dict(zip(("start", "came", "went", "end"), row.beside, strict=True)),
        )
        for row in rows
    )
    longest = max((row.number for row in rows), default=0) or 1
    return Chart(
        code="bars",
        title=title,
        note=draft.text(translatable("Orange mark: at the start of the month.")),
        pictures=(Picture(title, f"{'; '.join(described)}.", bars(rows, headings)),),
        headings=headings,
        strips=tuple(Strip(row.label, "bar", (row.number / longest,), row.beside) for row in rows),
        strips_note="",
    )


def up_and_down(draft: Draft) -> Chart:
    """How many moved down and up in each municipality, and how many are where they were."""
    table, words = draft.table("progression"), draft.words
    headings = tuple(draft.text(h) for h in (translatable("Down"), translatable("Up"), translatable("Same step")))
    rows = [
        Pair(
            words.municipality(place),
            down := table.value("down", place),
            up := table.value("up", place),
            words.cell(down).text,
            words.cell(up).text,
            words.cell(table.value("same", place)).text,
        )
        for place in draft.rows[:-1]
    ]
    most = extent(rows)
    title = draft.text(translatable("Up and down the staircase in {month}"))
    parts = [rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)]
    together = sum(most) or 1
    return Chart(
        code="diverging",
        title=title,
        note=draft.text(translatable("Spells per municipality, in the alphabet's order.")),
        pictures=tuple(
            Picture(
                title if len(parts) == 1 else f"{part[0].label} – {part[-1].label}",
                f"{'; '.join(_described(headings, pair) for pair in part)}.",
                diverging(part, (headings[0], headings[1], headings[2]), most),
            )
            for part in parts
        ),
        headings=headings,
        strips=tuple(
            Strip(
                row.label,
                "both",
                (row.left / together, row.right / together, most[0] / together),
                (row.left_text, row.right_text, row.edge_text),
            )
            for row in rows
        ),
        strips_note="",
    )


def _described(headings: Sequence[str], pair: Pair) -> str:
    texts = (pair.left_text, pair.right_text, pair.edge_text)
    return f"{pair.label}: {', '.join(f'{h.lower()} {text}' for h, text in zip(headings, texts, strict=True))}"


# -- between municipalities -------------------------------------------------------------------------------------------


def compared(draft: Draft) -> Chart | None:
    """What was counted beside what chance explains: a row for each municipality, or of many a funnel."""
    table = draft.estimate("compared")
    places = [place for place in draft.rows[:-1] if table.value("whole", place)]
    title = draft.text(translatable("To work or studies, of all who have left"))
    if len(places) > MOST_RANGES:
        return _funnel(draft, [p for p in places if table.value("whole", p) >= SMALLEST_WHOLE_FOR_PERCENT], title)
    rows = [_range(draft, table, place) for place in places]
    widest = max((max(row.number, row.possible[1]) for row in rows), default=0) or 1
    return Chart(
        code="ranges",
        title=title,
        note=draft.text(
            translatable(
                "Dot: how many. Field: where it lies by chance 19 times in 20. Line: 998 times in 1,000."
                " Square: outside the line."
            )
        ),
        pictures=(Picture(title, f"{'; '.join(_described_range(draft, row) for row in rows)}.", ranges(rows)),),
        headings=(draft.text(translatable("Of all")), draft.text(translatable("Chance explains"))),
        strips=tuple(
            Strip(
                row.label,
                "range",
                (row.possible[0] / widest, row.possible[1] / widest, row.number / widest),
                (row.text, f"{row.possible[0]}–{row.possible[1]}"),
            )
            for row in rows
        ),
        strips_note=draft.text(translatable("In brackets is what chance explains 998 times in 1,000.")),
    )


def _range(draft: Draft, table: Table, place: str) -> Range:
    part, whole = (draft.words.number(table.value(measure, place)) for measure in ("part", "whole"))
    return Range(
        label=draft.words.municipality(place),
        number=table.value("part", place),
        likely=(table.value("low_95", place), table.value("high_95", place)),
        possible=(table.value("low_998", place), table.value("high_998", place)),
        text=draft.text(translatable("{part} of {whole}"), part=part, whole=whole),
    )


def _described_range(draft: Draft, row: Range) -> str:
    return draft.text(
        translatable("{label}: {text}, chance explains {low} to {high}"),
        label=row.label,
        text=row.text,
        low=draft.words.number(row.possible[0]),
        high=draft.words.number(row.possible[1]),
    )


def _funnel(draft: Draft, places: Sequence[str], title: str) -> Chart | None:
    """None where no municipality is large enough for a per cent."""
    table, words = draft.estimate("compared"), draft.words
    if not places:
        return None
    average = table.value("part") / table.value("whole")
    dots = [
        Dot(row.label, row.number, table.value("whole", place), row.is_outside)
        for place in places
        for row in [_range(draft, table, place)]
    ]
    outside = [
        draft.text(
            translatable("{label}: {part} of {whole}"),
            label=dot.label,
            part=words.number(dot.part),
            whole=words.number(dot.whole),
        )
        for dot in dots
        if dot.is_outside
    ]
    described = translatable("{number} municipalities. Outside the limits: {outside}.")
    nobody = draft.text(translatable("none"))
    return Chart(
        code="funnel",
        title=title,
        note=draft.text(
            translatable(
                "A dot for each municipality that at least {fewest} have left. Level line: the whole project. Between"
                " the dashed lines it lies by chance 19 times in 20, between the others 998 times in 1,000."
            ),
            fewest=words.number(SMALLEST_WHOLE_FOR_PERCENT),
        ),
        pictures=(
            Picture(
                title,
                draft.text(described, number=words.number(len(dots)), outside="; ".join(outside) or nobody),
                funnel(
                    dots,
                    average,
                    partial(interpolated, share=average, risk=RISKS["95"]),
                    partial(interpolated, share=average, risk=RISKS["998"]),
                    draft.text(translatable("How many have left")),
                    words.formats.percent,
                ),
            ),
        ),
        headings=(),
        strips=(),
        strips_note="",
    )


# -- over time --------------------------------------------------------------------------------------------------------


def to_work(draft: Draft, months: Sequence[int]) -> Chart:
    """The share that has gone to work, over the months since the first entry; `months` are those of the table."""
    table, words = draft.estimate("time_to_work"), draft.words
    sexes = [ALL, *(sex for sex in draft.report.scope.sexes if _estimates(table, sex))][:3]
    lines = [Line(words.sex(sex), "", tuple(_estimates(table, sex))) for sex in sexes]
    first = lines[0]
    last = first.estimates[-1]
    lines[0] = Line(first.label, words.formats.percent(round(last.share / 10)), first.estimates)
    title = draft.text(translatable("Share who have gone to work, by months since the first entry"))
    named = {
        translatable("Whole line: all; the field around it is where the share lies 95 times in 100."): True,
        translatable("Dashed line: {dashed}."): len(lines) > 1,
        translatable("Dotted line: {dotted}."): len(lines) > 2,  # noqa: PLR2004 # the third
    }
    facts = dict(zip(("dashed", "dotted"), (line.label.lower() for line in lines[1:]), strict=False))
    shares = (
        draft.text(
            translatable("after {months} months {share}"),
            months=words.number(estimate.months),
            share=words.formats.percent(round(estimate.share / 10)),
        )
        for estimate in first.estimates
        if estimate.months in months
    )
    return Chart(
        code="curve",
        title=title,
        note=" ".join(draft.text(message, **facts) for message, is_drawn in named.items() if is_drawn),
        pictures=(
            Picture(
                title,
                f"{first.label}: {', '.join(shares)}.",
                curves(lines, draft.text(translatable("Months since the first entry")), words.formats.percent),
            ),
        ),
        headings=(draft.text(translatable("Share")),),
        strips=tuple(
            Strip(
                words.plural("{number} month", "{number} months", number=estimate.months),
                "bar",
                (estimate.share / 1000,),
                (words.formats.percent(round(estimate.share / 10)),),
            )
            for estimate in first.estimates
            if estimate.months in months
        ),
        strips_note="",
    )


def _estimates(table: Table, sex: str) -> list[Estimate]:
    return list(_estimated(table, sex))


def _estimated(table: Table, sex: str) -> Iterator[Estimate]:
    for measure in table.measures:
        what, _, months = str(measure).rpartition("_")
        if what == "share" and (share := table.known(measure, ALL, sex)) is not None:
            low, high = (table.value(f"{limit}_{months}", ALL, sex) for limit in ("low", "high"))
            yield Estimate(int(months), share, low, high)
