"""The section on what has changed since earlier reports, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from arena_cli.figures.earlier import Cause, Changed, Earlier, Share
from arena_cli.figures.restated import HEADLINES
from arena_cli.figures.why import Address
from arena_cli.language import load_language
from arena_cli.model import ALL, Month
from arena_cli.render import Edition, render
from arena_cli.render.restated import LABELS
from tests.reports import EDITION, OCTOBER, small_report

SEPTEMBER = Month(2016, 9)
DAY, LATER = date(2016, 11, 7), date(2016, 11, 9)

NEW = Address("stock_flow", "entered", ALL, ALL)
NEW_IN_ARE = replace(NEW, municipality="2321")
HOURS = Address("attendance", "minutes", ALL, ALL)
TO_WORK_MEN = Address("exits", "work", ALL, "men")

LATE_IN_ARE = Share(Cause.LATE_ENTRY, "2321", 3, (DAY,))
CORRECTED_IN_KROKOM = Share(Cause.CORRECTION, "2309", -1, (DAY, LATER))

MERGED = Share(Cause.MERGE, "2309", -1, (date(2016, 11, 1), DAY, LATER, date(2016, 12, 1)))

CHANGED = Earlier(
    SEPTEMBER,
    told_on=date(2016, 10, 1),
    revision=1,
    causes=((Cause.LATE_ENTRY, 3), (Cause.CORRECTION, 1), (Cause.DEFINITION, 1)),
    figures={NEW: 14, NEW_IN_ARE: 4, HOURS: 90, TO_WORK_MEN: 0},
    changes=(
        Changed(NEW_IN_ARE, 1, 4, (LATE_IN_ARE,)),
        Changed(NEW, 12, 14, (LATE_IN_ARE, CORRECTED_IN_KROKOM)),
        Changed(TO_WORK_MEN, 1, 0, (MERGED,)),
        Changed(HOURS, 150, 90, (Share(Cause.DEFINITION, ALL, -60, ()),)),
    ),
)
UNCHANGED = Earlier(Month(2016, 3), told_on=date(2016, 4, 1), revision=2, figures={})


def section(*earlier: Earlier, language: str = "en", heading: str = "Changed since earlier reports") -> str:
    text = render(replace(small_report(), earlier=earlier), "md", load_language(language), EDITION)
    _, _, after = text.partition(f"## {heading}\n")
    return after.partition("\n## ")[0].replace("\N{NO-BREAK SPACE}", " ").replace("**", "")


def test_told_now_and_why() -> None:
    text = section(CHANGED, UNCHANGED)
    assert (
        "September 2016, reported on 1 October 2016: 4 figures have changed since. "
        "Because: 3 late entries, 1 correction and another way of counting." in text
    )
    for row in (
        "| New | 12 | 14 | +2 | +3 by late entry in Åre, registered 7 November 2016; −1 by correction in Krokom,",
        " in Krokom, registered 7 November 2016 and 9 November 2016 |\n| Åre | 1 | 4 | +3 | +3 by late entry, reg",
        "| Exited to work: Men | 1 | 0 | −1 | −1 by merge in Krokom, registered 1 November 2016 – 1 December 2016 |",
        "| Hours | 2:30 | 1:30 | −1:00 | −1:00 by another way of counting |",
    ):
        assert row in text, text


def test_in_swedish() -> None:
    text = section(CHANGED, language="sv", heading="Ändrat sedan tidigare rapporter")
    assert (
        "September 2016, rapporterad den 1 oktober 2016: 4 siffror har ändrats sedan dess. "
        "Orsak: 3 sena registreringar, 1 rättelse och annat sätt att räkna." in text
    )
    assert "| Åre | 1 | 4 | +3 | +3 genom sen registrering, registrerat 7 november 2016 |" in text


def test_months_too_young_for_an_outcome_are_not_yet_due() -> None:
    young, old, oldest = (replace(UNCHANGED, month=Month(2016, number)) for number in (9, 4, 3))
    text = section(young, old, oldest)
    assert "No figure of the months that were reported before has changed since." in text
    assert "| September 2016 | 1 April 2016 | – | due | not yet due |" in text
    assert "| April 2016 | 1 April 2016 | – | due | due |" in text
    assert text.index("September 2016") < text.index("April 2016 | 1") < text.index("March 2016")
    in_february = render(
        replace(small_report(), month=Month(2016, 2), earlier=(replace(UNCHANGED, month=Month(2016, 1)),)),
        "md",
        load_language("en"),
        EDITION,
    )
    assert "| January 2016 | 1 April 2016 | – | due | not yet due |" in in_february


def test_a_revision_says_what_it_replaces() -> None:
    own = replace(CHANGED, month=OCTOBER, figures={NEW: 14}, changes=(), causes=((Cause.MERGE, 1),))
    text = section(own)
    assert "Revision 2 replaces the report of 1 October 2016: 1 figure has changed. Because: 1 merge." in text
    assert "Reported" not in text
    assert "This report replaces an earlier one of October 2016, with the same figures." in section(
        replace(UNCHANGED, month=OCTOBER)
    )
    edition = replace(EDITION, revision=2)
    assert "REVISION 2" in render(small_report(), "html", load_language("sv"), edition)
    assert "REVISION" not in render(small_report(), "html", load_language("sv"), Edition(EDITION.as_of, ""))


def test_a_long_list_is_cut_to_a_year_but_no_change_is_left_out() -> None:
    months = [replace(UNCHANGED, month=Month(2014 + n // 12, n % 12 + 1)) for n in range(20)]
    months[0] = replace(months[0], figures={NEW: 1}, causes=((Cause.MERGE, 1),))
    text = section(*months)
    assert text.count("| due |") == 13
    assert "| January 2014 | " in text


def test_nothing_was_reported_before() -> None:
    assert section() == ""


def test_every_headline_has_its_label() -> None:
    assert set(LABELS) == set(HEADLINES)
