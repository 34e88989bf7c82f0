"""What the report says by rules: the situation in sentences, the key figures, and what the meeting has to take up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from arena_cli.figures.learning import Learning
from arena_cli.figures.report import Report
from arena_cli.figures.series import Series
from arena_cli.language import load_language
from arena_cli.model import ALL, KeyMeasure, Month, Municipality, Note
from arena_cli.render.compose import compose
from arena_cli.render.page import KeyFigure, Page, Section
from tests.reports import EDITION, OCTOBER, PROJECT, empty_report, small_report
from tests.test_render_restated import CHANGED, NEW_IN_ARE, UNCHANGED

ENGLISH, SWEDISH = load_language("en"), load_language("sv")
Numbers = Mapping[tuple[KeyMeasure, str], tuple[int | None, ...]]


def page(report: Report, language: str = "en", municipalities: tuple[str, ...] = ()) -> Page:
    return compose(report, load_language(language), replace(EDITION, municipalities=municipalities))


def section(code: str, report: Report, municipalities: tuple[str, ...] = ()) -> Section:
    return next(s for s in page(report, municipalities=municipalities).sections if s.code == code)


def situation(report: Report) -> tuple[str, ...]:
    return section("situation", report).points


def agenda(report: Report) -> tuple[str, ...]:
    return section("agenda", report).points


def with_months(values: Numbers, targets: Numbers | None = None, silent: frozenset[str] = frozenset()) -> Report:
    """The small report with other numbers in its series; what is not given stays as it is."""
    report = small_report()
    series = report.series
    not_reported = {**series.not_reported, OCTOBER: silent}
    changed = Series(series.months, {**series.values, **values}, dict(targets or {}), not_reported)
    return replace(report, series=changed, learning=Learning())


# -- the situation ----------------------------------------------------------------------------------------------------


def test_each_sentence_has_its_number_and_what_it_is_compared_with() -> None:
    assert situation(small_report()) == (
        (
            "1,207 participants were in the project at the end of the month: 8 fewer than in September;"
            " mean of 12 months: 1,205."
        ),
        "12 participants left: 12 more than in September; mean of 12 months: 1.8.",
        "To work or studies: 12 of 12; 0 unknown.",
        "3 new participants entered: 1 more than in September; mean of 12 months: 3.3 (in all 1,232 of 1,500).",
        "1,200 came up the staircase and 2 down; in September 0 and 0.",
        "27 participants were in placement at the end of the month: 27 more than in September; 3 placements began.",
    )


def test_one_is_told_as_one_and_the_same_as_the_same() -> None:
    report = with_months({(KeyMeasure.INTAKE, ALL): (None,) * 10 + (1, 1), (KeyMeasure.EXITS, ALL): (0,) * 12})
    said = situation(report)
    assert "1 new participant entered: as many as in September (in all 1,232 of 1,500)." in said
    assert "0 participants left: as many as in September; mean of 12 months: 0.0." in said
    assert not any(sentence.startswith("To work") for sentence in said)  # nobody left: there is no share


def test_nothing_is_said_of_a_number_that_is_not_known() -> None:
    report = with_months(
        {
            (KeyMeasure.INTAKE, ALL): (3,) * 11 + (None,),
            (KeyMeasure.MOVED_UP, ALL): (3,) * 11 + (None,),
            (KeyMeasure.IN_PROJECT, ALL): (5,) * 10 + (None, 4),
        }
    )
    said = situation(report)
    assert said[0] == "4 participants were in the project at the end of the month; mean of 11 months: 4.9."
    assert not any("entered" in sentence or "staircase" in sentence for sentence in said)


def test_the_first_month_is_compared_with_nothing() -> None:
    assert situation(empty_report()) == (
        "The month has not ended: it is compared, as far as it has come, with whole ones.",
        "No municipality has reported anything for September 2015.",
    )


def test_without_places_or_a_known_number_nothing_is_said_of_placements() -> None:
    report = small_report()
    ages = report.tables["place_ages"]
    none = replace(ages, values=dict.fromkeys(ages.values, 0))
    assert not any(
        "placement" in said for said in situation(replace(report, tables={**report.tables, ages.section: none}))
    )
    unknown = with_months({(KeyMeasure.PLACEMENTS, ALL): (3,) * 11 + (None,)})
    assert not any("placement" in said for said in situation(unknown))
    first = situation(replace(report, previous=None))
    assert "27 participants were in placement at the end of the month; 3 placements began." in first


def test_who_has_not_reported_comes_first_by_name() -> None:
    said = situation(with_months({}, silent=frozenset({"2321"})))
    assert said[0] == (
        "1 of 2 municipalities have not reported anything for October 2016: Åre. What they may have done is in no"
        " figure."
    )


def test_of_one_municipality_the_sentences_are_its_own_and_of_several_the_projects() -> None:
    numbers = {(KeyMeasure.IN_PROJECT, "2321"): (4,) * 11 + (7,), (KeyMeasure.EXITS, "2321"): (None,) * 12}
    of_one = section("situation", with_months(numbers), ("2321",))
    assert of_one.paragraphs == ("These sentences are about Åre.",)
    assert of_one.points[0] == (
        "7 participants were in the project at the end of the month: 3 more than in September; mean of 12 months: 4.3."
    )
    assert not any("participants left" in said for said in of_one.points)  # what is not known there is not said
    whole = section("situation", with_months(numbers))
    of_both = section("situation", with_months(numbers), ("2321", "2309"))
    assert (whole.paragraphs, of_both.paragraphs) == ((), ("These sentences are about the whole project.",))
    assert of_both.points == whole.points


def test_of_one_municipality_it_is_said_that_it_has_not_reported() -> None:
    silent = with_months({}, silent=frozenset({"2321"}))
    assert section("situation", silent, ("2321",)).points[0] == (
        "Åre has not reported anything for October 2016. What may have been done is in no figure."
    )
    assert not any("not reported" in said for said in section("situation", silent, ("2309",)).points)


def test_a_month_that_has_not_ended_is_in_no_mean() -> None:
    report = replace(small_report(), preliminary=True)
    assert section("summary", report).key_figures[0].figures[1].mean == "mean of 11 months: 3.3"
    report = replace(with_months({(KeyMeasure.INTAKE, ALL): (0,) * 11 + (99,)}), preliminary=True)
    assert section("summary", report).key_figures[0].figures[1].mean == "mean of 11 months: 0.0"


# -- key figures ------------------------------------------------------------------------------------------------------


def key_figure(measure: int, numbers: tuple[int | None, ...]) -> KeyFigure:
    report = with_months({(list(KeyMeasure)[measure], ALL): numbers})
    return section("summary", report).key_figures[0].figures[measure]


@pytest.mark.parametrize(
    ("numbers", "number", "change", "mean"),
    [
        ((None,) * 10 + (4, 6), "6", "+2 compared with September", ""),
        ((None,) * 10 + (None, 6), "6", "not comparable with September", ""),
        ((None,) * 9 + (1, 1, 2), "2", "+1 compared with September", "mean of 3 months: 1.3"),
        ((None,) * 8 + (1, 1, 1, None), "..", "not comparable with September", "mean of 3 months: 1.0"),
        ((1,) * 6 + (2,) * 6, "2", "unchanged compared with September", "mean of 12 months: 1.5"),
        ((99,) * 6 + (100,) * 6, "100", "unchanged compared with September", "mean of 12 months: 99.5"),
        ((1000,) * 12, "1,000", "unchanged compared with September", "mean of 12 months: 1,000"),
    ],
)
def test_change_and_mean(numbers: tuple[int | None, ...], number: str, change: str, mean: str) -> None:
    figure = key_figure(1, numbers)
    assert (figure.number, figure.change, figure.mean) == (number, change, mean)


def test_a_monthly_target_goes_before_one_in_all() -> None:
    _, chosen = section("summary", small_report(), ("2321",)).key_figures[::-1]
    assert chosen.title == "Åre"
    assert [figure.target for figure in chosen.figures] == ["", "target of the month: 2", "", "", "", ""]


# -- municipality by municipality -------------------------------------------------------------------------------------


def test_municipalities_come_in_the_alphabets_order_each_with_its_own_key_figures() -> None:
    swedish = next(s for s in page(small_report(), "sv").sections if s.code == "municipalities")
    english = section("municipalities", small_report())
    assert [group.title for group in swedish.groups] == ["Krokom", "Åre"]
    assert [group.title for group in english.groups] == ["Åre", "Krokom"]
    (grid,) = english.groups[0].grids
    rows = {row.label: [cell.text for cell in row.cells] for row in grid.blocks[0].rows}
    assert rows["New"] == ["0", "−2", "0.3", "2 a month"]
    assert rows["In the project at the end of the month"] == ["4", "+2", "1.5", ""]
    assert english.groups[1].paragraphs == ("Note: Gruppstart i stället för enskilda möten",)


def test_many_municipalities_are_one_table() -> None:
    report = small_report(replace(PROJECT, municipalities=many_municipalities()))
    codes = [municipality.code for municipality in report.scope.municipalities]
    unknown = {(measure, code): (None,) * 12 for measure in KeyMeasure for code in codes}
    series = replace(report.series, values={**unknown, **report.series.values})
    found = section("municipalities", replace(report, series=series))
    assert found.groups == ()
    (grid,) = found.grids
    assert [len(block.rows) for block in grid.blocks] == [len(codes), 1]
    assert [cell.text for cell in grid.blocks[0].rows[0].cells] == [".."] * 6


def many_municipalities() -> tuple[Municipality, ...]:
    invented = (Municipality(str(number), f"A{number} kommun", f"A{number}") for number in range(1000, 1026))
    return (*PROJECT.municipalities, *invented)


# -- the agenda -------------------------------------------------------------------------------------------------------


def far_below(numbers: tuple[int | None, ...], targets: tuple[int | None, ...]) -> list[str]:
    """What the agenda says of Krokom's intake, of the months up to October."""
    fill = 12 - len(numbers)
    report = with_months(
        {(KeyMeasure.INTAKE, "2309"): (0,) * fill + numbers},
        {(KeyMeasure.INTAKE, "2309"): (None,) * fill + targets},
    )
    return [point for point in agenda(report) if "target" in point]


def test_three_months_far_below_the_target_are_taken_up() -> None:
    assert far_below((2, 0, 3), (5, 5, 5)) == [
        "Krokom, New: below the target three months running, 2 of 5, 0 of 5 and 3 of 5"
    ]


@pytest.mark.parametrize(
    ("numbers", "targets"),
    [
        ((0, 0, 5), (5, 5, 5)),  # one month has reached it
        ((4, 4, 4), (5, 5, 5)),  # not far below
        ((0, 0), (5, 5)),  # too few months
        ((0, None, 0), (5, 5, 5)),  # one is not known
        ((0, 0, 0), (5, None, 5)),  # one had no target
    ],
)
def test_less_than_that_is_not(numbers: tuple[int | None, ...], targets: tuple[int | None, ...]) -> None:
    assert far_below(numbers, targets) == []


def test_a_month_that_has_not_ended_is_not_below_its_target() -> None:
    report = with_months(
        {(KeyMeasure.INTAKE, "2309"): (0,) * 8 + (5, 0, 0, 0)}, {(KeyMeasure.INTAKE, "2309"): (5,) * 12}
    )
    assert any("below the target" in point for point in agenda(report))
    assert not any("below the target" in point for point in agenda(replace(report, preliminary=True)))


def test_late_registrations_are_taken_up_from_five_and_a_quarter() -> None:
    report = small_report()
    table = report.tables["timeliness"]

    def late(number: int, soon: int) -> bool:
        values = {**table.values, ("days_11", "2321", ALL): number, ("days_0", "2321", ALL): soon}
        changed = {**report.tables, "timeliness": replace(table, values=values)}
        return any("more than ten days" in point for point in agenda(replace(report, tables=changed)))

    assert late(5, 14)  # and one after 7-10 days
    assert not late(5, 15)
    assert not late(4, 0)


def test_an_imported_list_is_blamed_for_nothing() -> None:
    report = small_report()
    table = report.tables["timeliness"]
    values = {**table.values, ("imported", "2321", ALL): 500, ("days_11", "2321", ALL): 5, ("days_0", "2321", ALL): 10}
    changed = {**report.tables, "timeliness": replace(table, values=values)}
    assert "Åre: 5 of 16 registered more than ten days after they happened" in agenda(replace(report, tables=changed))


def with_counts(report: Report, table: str, **counts: int) -> Report:
    """The report with other counts of the whole project in one of its tables."""
    values = dict(report.tables[table].values)
    for measure, number in counts.items():
        values[measure, ALL, ALL] = number
    changed = replace(report.tables[table], values=values)
    return replace(report, tables={**report.tables, table: changed})


def test_what_has_changed_in_earlier_months_is_taken_up_but_not_what_has_not_or_replaces_this_one() -> None:
    this_one = replace(CHANGED, month=OCTOBER)
    points = agenda(replace(small_report(), earlier=(UNCHANGED, CHANGED, this_one)))
    (told,) = (point for point in points if "has changed" in point)
    assert told == (
        "What was told of September 2016 on 1 October 2016 has changed:"
        " New 12 → 14; Hours 2:30 → 1:30; and 2 other figures"
    )
    of_one_municipality = replace(CHANGED, figures={NEW_IN_ARE: 4}, changes=CHANGED.changes[:1])
    points = agenda(replace(small_report(), earlier=(of_one_municipality,)))
    assert "What was told of September 2016 on 1 October 2016 has changed: 1 figure" in points


def test_missing_follow_ups_and_destinations_are_taken_up_by_their_number() -> None:
    report = with_counts(small_report(), "follow_up", immediate_missing=1, six_months_missing=1200)
    report = with_counts(report, "missing", quiet=1, destination=2)
    assert agenda(report)[-4:] == (
        "1 follow-up within four weeks of leaving is missing; arena due says whose",
        "1,200 follow-ups six months after leaving are missing; arena due says whose",
        "1 spell has had no event for 60 days; arena due says whose",
        "2 exits lack a destination; arena due says whose",
    )
    report = with_counts(report, "follow_up", immediate_missing=0, six_months_missing=0)
    assert not any("follow-up" in point for point in agenda(report))


def test_missing_hours_are_taken_up_by_municipality_where_hours_are_kept() -> None:
    report = small_report()
    assert "Participants without hours for October 2016: Åre (1) and Krokom (106)" in agenda(report)
    assert "Participants without hours for October 2016: Åre (1)" in section("agenda", report, ("2321",)).points
    no_hours = with_counts(report, "attendance", minutes=0)
    for quiet in (no_hours, replace(report, preliminary=True)):
        assert not any("without hours" in point for point in agenda(quiet))


def test_nothing_to_take_up_is_said() -> None:
    report = with_months({})
    tables = {
        name: replace(report.tables[name], values=dict.fromkeys(report.tables[name].values, 0))
        for name in ("missing", "follow_up", "attendance")
    }
    found = section("agenda", replace(report, tables={**report.tables, **tables}))
    assert (found.points, found.paragraphs) == ((), ("Nothing that the figures or the notes would bring up.",))


def test_a_report_of_one_municipality_tells_nothing_of_the_others() -> None:
    for language in ("sv", "en"):
        of_one = str(page(small_report(), language, ("2321",)))
        assert "Krokom" not in of_one
        assert "Gruppstart" not in of_one
        assert "Ring alla" in of_one
        assert "Gemensam mall" in of_one


# -- whether it shows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "numbers", "said"),
    [
        ("2016-09", (2, 5), "New: 2 in September 2016, 5 in October 2016 (+3)"),
        ("2016-09", (5, 2), "New: 5 in September 2016, 2 in October 2016 (−3)"),
        ("2016-09", (2, 2), "New: 2 in September 2016, 2 in October 2016 (unchanged)"),
        ("2016-09", (2, None), "New: not known for October 2016"),
        ("2016-09", (None, 2), "New: 2 in October 2016; not known for September 2016"),
        ("2015-01", (2, 5), "New: 5 in October 2016; not known for January 2015"),  # before the twelve months
    ],
)
def test_whether_a_step_shows_in_the_figures(month: str, numbers: tuple[int | None, ...], said: str) -> None:
    report = with_months({(KeyMeasure.INTAKE, "2309"): (0,) * 10 + numbers})
    step = Note(1, "2309", month, next_step="två till", shows_in=KeyMeasure.INTAKE)
    found = section("learning", replace(report, learning=Learning(steps=(step,))))
    (card,) = found.groups[1].cards
    assert {fact.term: fact.text for fact in card.facts}["In the figures"] == said


# -- the whole --------------------------------------------------------------------------------------------------------


def test_the_main_things_come_first_and_the_appendix_last() -> None:
    found = page(small_report()).sections
    codes = [s.code for s in found]
    assert codes[:3] == ["situation", "summary", "stock_flow"]
    assert codes[-2:] == ["controls", "definitions"]
    is_appendix = [s.is_appendix for s in found]
    assert is_appendix == sorted(is_appendix)
    assert codes.index("quality") == is_appendix.index(True) - 1


def test_the_footer_says_what_the_figures_come_from() -> None:
    facts = {fact.term: fact.text for fact in page(small_report(), municipalities=("2321",)).provenance}
    assert facts["Last registered"] == "3 November 2016"
    assert facts["Journal"] == "4711 0badcafe"
    assert facts["Command"] == "arena report --month 2016-10 --lang en --municipality 2321"
    assert facts["Fingerprint of the figures"] == small_report().fingerprint(("2321",))[:8]


def test_the_fingerprint_changes_with_any_figure_and_with_what_is_told() -> None:
    report = small_report()
    table = report.tables["exits"]
    other = replace(table, values={**table.values, ("work", "2321", "men"): 1})
    prints = {
        report.fingerprint(),
        replace(report, tables={**report.tables, "exits": other}).fingerprint(),
        replace(report, learning=Learning()).fingerprint(),
        replace(report, month=Month(2016, 11)).fingerprint(),
    }
    assert len(prints) == 4
    assert small_report().fingerprint() == report.fingerprint()
