"""What the municipalities tell each other, what was decided, and what the meeting has to take up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from arena_cli.errors import translatable
from arena_cli.figures.quality import LATENESS, LATEST
from arena_cli.model import ALL, Decision, DecisionOutcome, FollowUpKind, KeyMeasure, Month, Note, TargetMeasure
from arena_cli.render.draft import Draft
from arena_cli.render.page import Card, Fact, Group, Section
from arena_cli.render.restated import changed_in_brief
from arena_cli.render.situation import MEASURES
from arena_cli.render.words import MOST_MUNICIPALITIES_NAMED

MONTHS_BELOW_TARGET: Final = 3
"""So many months running far below the target are taken up at the meeting; one or two may be chance."""

FEWEST_LATE: Final = 5
"""So many registrations more than ten days late, and at least a quarter of all, are taken up."""


def learning(draft: Draft) -> Section:
    """The notes of the month, the next steps that were open, and the decisions."""
    told = draft.report.learning
    month = draft.words.formats.month_name(draft.report.month)
    groups = (
        Group(
            draft.text(translatable("Told of {month}")),
            paragraphs=() if _in_order(draft, told.notes) else (draft.text(translatable("No note this month.")),),
            cards=tuple(_note(draft, note) for note in _in_order(draft, told.notes)),
        ),
        Group(
            draft.text(translatable("Next steps from earlier months")),
            cards=tuple(_step(draft, note) for note in _in_order(draft, told.steps)),
        ),
        Group(
            draft.text(translatable("Decisions that were open in {month_name}"), month_name=month),
            cards=tuple(_decision(draft, decision) for decision in _decisions(draft)),
        ),
    )
    return Section(
        "learning",
        draft.text(translatable("Learning between the municipalities")),
        groups=tuple(group for group in groups if group.cards or group.paragraphs),
    )


def told_of(draft: Draft, place: str) -> Iterator[str]:
    """The first thing that each of a municipality's notes of the month has to say."""
    for note in draft.report.learning.notes:
        if note.municipality == place:
            text = note.tried or note.happened or note.next_step or note.question or ""
            yield draft.text(translatable("Note: {text}"), text=draft.words.name(text))


def agenda(draft: Draft) -> Section:
    """What to take up at the meeting, by rules."""
    points = tuple(_points(draft))
    nothing = draft.text(translatable("Nothing that the figures or the notes would bring up."))
    return Section(
        "agenda",
        draft.text(translatable("To take up at the meeting")),
        paragraphs=() if points else (nothing,),
        points=points,
    )


# -- notes and decisions ----------------------------------------------------------------------------------------------


def _in_order(draft: Draft, notes: tuple[Note, ...]) -> list[Note]:
    """Those that concern the report, by municipality in the alphabet's order, the project's first."""
    order = {place: number for number, place in enumerate((ALL, *draft.rows[:-1]))}
    concerning = (note for note in notes if draft.concerns(note.municipality))
    return sorted(concerning, key=lambda note: (order[note.municipality or ALL], note.month, note.id))


def _decisions(draft: Draft) -> list[Decision]:
    return [decision for decision in draft.report.learning.decisions if draft.concerns(decision.municipality)]


def _note(draft: Draft, note: Note) -> Card:
    texts = (
        (translatable("We have tried"), note.tried),
        (translatable("What happened"), note.happened),
        (translatable("Next step"), note.next_step),
        (translatable("Question to the others"), note.question),
        (translatable("Contact"), note.contact),
    )
    return Card(
        "note",
        _whose(draft, note),
        (
            *(Fact(draft.text(term), draft.words.name(text)) for term, text in texts if text),
            *_shows(draft, note.shows_in, note.municipality, None),
        ),
    )


def _step(draft: Draft, note: Note) -> Card:
    words = draft.words
    facts = [Fact(draft.text(translatable("Next step")), words.name(note.next_step or ""))]
    if note.settled_on is not None:
        facts.append(
            Fact(draft.text(translatable("Settled")), _end(draft, words.formats.day(note.settled_on), note.result))
        )
    else:
        facts.append(Fact(draft.text(translatable("State")), draft.text(translatable("open"))))
    month = Month.parse(note.month)
    title = draft.text(
        translatable("{whose}, told of {then}"), whose=_whose(draft, note), then=words.formats.month(month)
    )
    return Card(
        "step settled" if note.settled_on else "step",
        title,
        (*facts, *_shows(draft, note.shows_in, note.municipality, month)),
    )


def _decision(draft: Draft, decision: Decision) -> Card:
    words, formats = draft.words, draft.words.formats
    state = draft.text(translatable("open"))
    if decision.closed_on is not None and decision.closed_as is not None:
        closed = {
            DecisionOutcome.DONE: translatable("done {day}"),
            DecisionOutcome.DROPPED: translatable("dropped {day}"),
        }
        state = _end(
            draft, draft.text(closed[decision.closed_as], day=formats.day(decision.closed_on)), decision.result
        )
    elif decision.due_on <= draft.report.month.last:
        state = draft.text(translatable("open, and the day has passed"))
    return Card(
        "decision settled" if decision.closed_on else "decision",
        draft.text(translatable("{number}. {what}"), number=str(decision.id), what=words.name(decision.what)),
        (
            Fact(draft.text(translatable("For")), _whose(draft, decision)),
            Fact(draft.text(translatable("Who")), words.name(decision.responsible)),
            Fact(draft.text(translatable("By")), formats.day(decision.due_on)),
            Fact(draft.text(translatable("State")), state),
            *_shows(draft, decision.shows_in, decision.municipality, Month.of(decision.decided_on).previous()),
        ),
    )


def _whose(draft: Draft, told: Note | Decision) -> str:
    return draft.words.municipality(told.municipality or ALL)


def _end(draft: Draft, when: str, result: str | None) -> str:
    if result is None:
        return when
    return draft.text(translatable("{when}: {result}"), when=when, result=draft.words.name(result))


def _shows(draft: Draft, measure: KeyMeasure | None, municipality: str | None, then: Month | None) -> Iterator[Fact]:
    """Whether it shows in the figures: the number of the month it was told of, if that is past, and this month's."""
    if measure is None:
        return
    words, place = draft.words, municipality or ALL
    term = draft.text(translatable("In the figures"))
    label = draft.text(MEASURES[measure])
    now = draft.told(measure, place)
    if now is None:
        yield Fact(term, draft.text(translatable("{measure}: not known for {month}"), measure=label))
        return
    facts = {"measure": label, "now": words.number(now)}
    if then is None:
        yield Fact(term, draft.text(translatable("{measure}: {now} in {month}"), **facts))
        return
    before = draft.told(measure, place, then)
    if before is None:
        message = translatable("{measure}: {now} in {month}; not known for {then}")
        yield Fact(term, draft.text(message, then=words.formats.month(then), **facts))
        return
    yield Fact(
        term,
        draft.text(
            translatable("{measure}: {before} in {then}, {now} in {month} ({change})"),
            before=words.number(before),
            then=words.formats.month(then),
            change=words.formats.signed(now - before) if now != before else draft.text(translatable("unchanged")),
            **facts,
        ),
    )


# -- the agenda -------------------------------------------------------------------------------------------------------


def _points(draft: Draft) -> Iterator[str]:
    yield from _questions(draft)
    yield from _overdue(draft)
    yield from _open_steps(draft)
    yield from changed_in_brief(draft)
    yield from _not_reported(draft)
    yield from _below_target(draft)
    yield from _late(draft)
    yield from _without_hours(draft)
    yield from _to_do(draft)


def _questions(draft: Draft) -> Iterator[str]:
    for note in _in_order(draft, draft.report.learning.notes):
        if note.question:
            message = translatable("{whose} asks: {question}")
            yield draft.text(message, whose=_whose(draft, note), question=draft.words.name(note.question))


def _overdue(draft: Draft) -> Iterator[str]:
    for decision in _decisions(draft):
        if decision.closed_on is None and decision.due_on <= draft.report.month.last:
            yield draft.text(
                translatable("Decision {number} was due on {due_on} and is open: {what} ({responsible})"),
                number=str(decision.id),
                due_on=draft.words.formats.day(decision.due_on),
                what=draft.words.name(decision.what),
                responsible=draft.words.name(decision.responsible),
            )


def _open_steps(draft: Draft) -> Iterator[str]:
    for note in _in_order(draft, draft.report.learning.steps):
        if note.settled_on is None:
            yield draft.text(
                translatable("What came of the next step of {whose} from {then}? {step}"),
                whose=draft.words.place(note.municipality or ALL),
                then=draft.words.formats.month(Month.parse(note.month)),
                step=draft.words.name(note.next_step or ""),
            )


def _not_reported(draft: Draft) -> Iterator[str]:
    if silent := draft.not_reported:
        yield draft.text(
            translatable(
                "Nothing is registered for {month}: {municipalities}. Did nothing happen, or is it on its way?"
            ),
            municipalities=draft.words.some_municipalities(silent),
        )


def _below_target(draft: Draft) -> Iterator[str]:
    """The monthly targets that were missed by far three whole months running."""
    for measure in TargetMeasure:
        key = KeyMeasure(measure)
        for place in draft.rows:
            months = _months_with_target(draft, key, place)[-MONTHS_BELOW_TARGET:]
            if len(months) == MONTHS_BELOW_TARGET and _is_far_below(months):
                yield draft.text(
                    translatable("{whose}, {measure}: below the target three months running, {numbers}"),
                    whose=draft.words.municipality(place),
                    measure=draft.text(MEASURES[key]),
                    numbers=draft.words.formats.series(
                        draft.text(
                            translatable("{number} of {target}"),
                            number=draft.words.number(number),
                            target=draft.words.number(target),
                        )
                        for number, target in months
                    ),
                )


def _is_far_below(months: list[tuple[int, int]]) -> bool:
    """Whether each month is below its target, and together they have reached two thirds of it at most."""
    reached, targets = (sum(numbers) for numbers in zip(*months, strict=True))
    return all(number < target for number, target in months) and reached * 3 <= targets * 2


def _months_with_target(draft: Draft, measure: KeyMeasure, place: str) -> list[tuple[int, int]]:
    """The latest whole months in a row that have both a known number and a target, the oldest first."""
    series = draft.report.series
    if (measure, place) not in series.targets:
        return []
    numbers = dict(series.points(measure, place))
    found: list[tuple[int, int]] = []
    for month, target in reversed(series.target_points(measure, place)):
        if draft.report.preliminary and month == draft.report.month:
            continue
        number = numbers[month]
        if number is None or target is None:
            break
        found.append((number, target))
    return found[::-1]


def _late(draft: Draft) -> Iterator[str]:
    table = draft.table("timeliness")
    for place in draft.rows[:-1]:
        late, all_of_them = table.value(LATEST, place), table.total((*LATENESS, LATEST), place)
        if late >= FEWEST_LATE and late * 4 >= all_of_them:
            yield draft.text(
                translatable("{whose}: {late} of {number} registered more than ten days after they happened"),
                whose=draft.words.municipality(place),
                late=draft.words.number(late),
                number=draft.words.number(all_of_them),
            )


def _without_hours(draft: Draft) -> Iterator[str]:
    """Where hours are missing, once the month has ended; nothing where no hours are kept at all."""
    table = draft.table("attendance")
    lacking = [place for place in draft.rows[:-1] if table.value("without_hours", place)]
    if draft.report.preliminary or not table.value("minutes") or not lacking:
        return
    if len(lacking) > MOST_MUNICIPALITIES_NAMED:
        said = draft.words.some_municipalities(lacking)
    else:
        numbers = {place: draft.words.number(table.value("without_hours", place)) for place in lacking}
        said = draft.words.formats.series(
            draft.text(
                translatable("{municipality} ({number})"), municipality=draft.words.municipality(place), number=number
            )
            for place, number in numbers.items()
        )
    yield draft.text(translatable("Participants without hours for {month}: {municipalities}"), municipalities=said)


def _to_do(draft: Draft) -> Iterator[str]:
    """What `arena due` lists one by one."""
    missing = {kind: draft.table("follow_up").value(f"{kind}_missing") for kind in FollowUpKind}
    if number := missing[FollowUpKind.IMMEDIATE]:
        yield draft.words.plural(
            "{number} follow-up within four weeks of leaving is missing; arena due says whose",
            "{number} follow-ups within four weeks of leaving are missing; arena due says whose",
            number=number,
        )
    if number := missing[FollowUpKind.SIX_MONTHS]:
        yield draft.words.plural(
            "{number} follow-up six months after leaving is missing; arena due says whose",
            "{number} follow-ups six months after leaving are missing; arena due says whose",
            number=number,
        )
    quiet = draft.table("missing").value("quiet")
    if quiet:
        yield draft.words.plural(
            "{number} spell has had no event for 60 days; arena due says whose",
            "{number} spells have had no event for 60 days; arena due says whose",
            number=quiet,
        )
    destination = draft.table("missing").value("destination")
    if destination:
        yield draft.words.plural(
            "{number} exit lacks a destination; arena due says whose",
            "{number} exits lack a destination; arena due says whose",
            number=destination,
        )
