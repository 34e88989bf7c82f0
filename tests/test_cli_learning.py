"""Notes and decisions from the command line: told, settled, corrected, listed, taken away, undone."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from tests.conftest import Arena, Keyboard, Ran, make_world

TEST_NUMBER = "198301012392"  # of Skatteverket's test persons
LATER = make_world(datetime(2016, 11, 20, 10, 0, tzinfo=UTC))
NOTE = ("add-note", "--municipality", "Krokom", "--month", "2016-09", "--tried", "gruppstart", "--next", "två till")
DECISION = ("add-decision", "--what", "gemensam mall", "--responsible", "projektledaren", "--due", "2016-11-15")


def notes(project: Arena, *options: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(project("list-notes", "--json", *options).out)
    return listed


def decisions(project: Arena, *options: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(project("list-decisions", "--json", *options).out)
    return listed


def section(ran: Ran, title: str) -> str:
    assert ran.code == 0, ran.err
    return ran.out.split(f"## {title}\n")[1].split("\n## ")[0]


# -- notes ------------------------------------------------------------------------------------------------------------


def test_a_note_is_kept_as_it_was_told(project: Arena) -> None:
    ran = project(*NOTE, "--question", "Hur gör ni?", "--contact", "samordnaren", "--measure", "moved up")
    assert (ran.code, ran.out) == (0, "1\n")
    assert ran.err == "Note 1: Krokom, 2016-09.\n"
    assert notes(project) == [
        {
            "number": 1,
            "municipality": "2309",
            "month": "2016-09",
            "tried": "gruppstart",
            "happened": None,
            "next_step": "två till",
            "question": "Hur gör ni?",
            "contact": "samordnaren",
            "shows_in": "moved_up",
            "settled_on": None,
            "result": None,
        }
    ]


def test_a_note_is_of_the_last_complete_month_and_of_the_project_unless_it_says_so(project: Arena) -> None:
    assert project("add-note", "--happened", "inget nytt").code == 0
    (note,) = notes(project)
    assert (note["month"], note["municipality"]) == ("2016-09", "all")


def test_notes_of_a_month_and_a_municipality_are_listed(project: Arena) -> None:
    for municipality, month in (("Krokom", "2016-09"), ("Åre", "2016-09"), ("Krokom", "2016-10")):
        assert project("add-note", "--municipality", municipality, "--month", month, "--tried", "x").code == 0
    assert [note["number"] for note in notes(project, "--municipality", "Krokom")] == [1, 3]
    assert [note["number"] for note in notes(project, "--month", "2016-09")] == [1, 2]
    table = project("list-notes", "--month", "2016-10").out
    assert re.search(r"^ *3 +2016-10 +Krokom +x", table, re.MULTILINE)


def test_a_note_is_asked_for_on_a_terminal(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("gruppstart", "", "två till", "", "samordnaren")
    assert project("add-note").code == 0
    (note,) = notes(project)
    assert [note[text] for text in ("tried", "happened", "next_step", "question", "contact")] == [
        *("gruppstart", None, "två till", None, "samordnaren")
    ]


def test_a_note_that_says_nothing_is_refused(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("", "", "", "", "samordnaren")
    ran = project("add-note")
    assert ran.code == 5
    assert "A note says at least one of" in ran.err
    without = project("add-note", "--no-input")
    assert (without.code, without.err) == (
        2,
        "Give at least one of --tried, --happened, --next and --question: there is nobody to ask.\n",
    )
    after = project("add-note", "--month", "2018-04", "--tried", "x")
    assert (after.code, after.err) == (
        5,
        "2018-04 lies after the project's end, 2018-03-31. Give the month it is about with --month.\n",
    )
    assert project("add-note", "--tried", "-", "--contact", "samordnaren").code == 5
    assert notes(project) == []


@pytest.mark.parametrize("option", ["--tried", "--happened", "--next", "--question", "--contact"])
def test_a_personal_number_is_refused_in_every_text(project: Arena, option: str) -> None:
    ran = project(*NOTE, option, f"gick bra för {TEST_NUMBER}", "--yes")
    assert ran.code == 5
    assert "personal identity number" in ran.err
    assert TEST_NUMBER not in ran.err
    assert notes(project) == []


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--month", "2016-11"), 5, "2016-11 has not come yet"),
        (("--month", "2015-08"), 5, "before the project"),
        (("--municipality", "Falun"), 4, "no municipality"),
        (("--measure", "luck"), 4, "no key figure"),
        (("--tried", "a\x1b[31mb"), 2, "--tried cannot be kept"),
    ],
)
def test_what_cannot_be_is_refused(project: Arena, options: tuple[str, ...], code: int, said: str) -> None:
    ran = project(*NOTE, *options)
    assert ran.code == code
    assert said.casefold() in ran.err.casefold()
    assert notes(project) == []


def test_what_looks_like_a_name_is_asked_about_first(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("no")
    ran = project(*NOTE, "--happened", "det gick bra för Fatima")
    assert ran.code == 5
    assert "--happened: word 5 looks like a person's name" in ran.err
    assert "Fatima" not in ran.err
    assert notes(project) == []
    keyboard.types("yes")
    assert project(*NOTE, "--happened", "det gick bra på Coop").code == 0
    assert project(*NOTE, "--happened", "det gick bra på Coop", "--yes").code == 0
    assert len(notes(project)) == 2


def test_what_looks_like_a_name_is_not_kept_where_there_is_nobody_to_ask(project: Arena) -> None:
    ran = project(*NOTE, "--contact", "fråga Fatima", "--no-input")
    assert ran.code == 2
    assert "--yes keeps it as it is" in ran.err
    assert notes(project) == []
    assert project(*NOTE, "--contact", "Kommunens samordnare i Krokom", "--no-input").code == 0


def test_a_next_step_is_settled_once(project: Arena) -> None:
    project(*NOTE)
    ran = project("settle-note", "1", "--date", "2016-10-10", "--result", "två har börjat")
    assert (ran.code, ran.err) == (0, "Note 1: the next step is settled, 2016-10-10.\n")
    (note,) = notes(project)
    assert (note["settled_on"], note["result"]) == ("2016-10-10", "två har börjat")
    again = project("settle-note", "1")
    assert again.code == 5
    assert "settled on 2016-10-10 already" in again.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("settle-note", "1", "--date", "2016-08-31"), 5, "the first day on which it can have been settled"),
        (("settle-note", "1", "--date", "2016-10-21"), 5, "has not come yet"),
        (("settle-note", "2"), 5, "no next step"),
        (("settle-note", "3"), 4, "no note 3"),
        (("settle-note", "x"), 2, "whole number"),
        (("edit-note", "1", "--result", "bra", "--why", "x"), 5, "give the day as well"),
        (("edit-note", "1", "--tried", "-", "--next", "-", "--why", "x"), 5, "at least one of"),
        (("edit-note", "1", "--why", "x"), 2, "Nothing to correct"),
        (("edit-note", "1", "--tried", "y", "--no-input"), 2, "--why"),
        (("remove-note", "3", "--why", "x"), 4, "no note 3"),
    ],
)
def test_settling_and_correcting_what_cannot_be(
    project: Arena, arguments: tuple[str, ...], code: int, said: str
) -> None:
    project(*NOTE)
    project("add-note", "--tried", "inget mer")
    before = notes(project)
    ran = project(*arguments)
    assert ran.code == code
    assert said in ran.err
    assert notes(project) == before


def test_a_note_is_corrected_with_its_reason_and_the_correction_undone(project: Arena) -> None:
    project(*NOTE)
    told = notes(project)
    ran = project("edit-note", "1", "--municipality", "-", "--next", "tre till", "--why", "skrivfel")
    assert ran.code == 0
    assert "Next step: två till → tre till" in ran.err
    assert (notes(project)[0]["municipality"], notes(project)[0]["next_step"]) == ("all", "tre till")
    assert "skrivfel" in project("list-changes").out
    assert project("undo", "--yes").code == 0
    assert notes(project) == told


def test_a_settled_step_is_opened_again(project: Arena) -> None:
    project(*NOTE)
    project("settle-note", "1", "--result", "klart")
    assert project("edit-note", "1", "--settled", "-", "--why", "inte klart").code == 0
    (note,) = notes(project)
    assert (note["settled_on"], note["result"]) == (None, None)


def test_a_note_is_taken_away_brought_back_and_its_number_never_used_again(project: Arena) -> None:
    project(*NOTE)
    told = notes(project)
    assert project("remove-note", "1", "--why", "fel projekt").code == 0
    assert notes(project) == []
    assert project("undo", "--yes").code == 0
    assert notes(project) == told
    project("remove-note", "1", "--why", "fel projekt")
    assert project(*NOTE).out == "2\n"


# -- decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_is_kept_until_it_is_closed(project: Arena) -> None:
    ran = project(*DECISION, "--municipality", "Åre", "--measure", "nya")
    assert (ran.code, ran.out, ran.err) == (0, "1\n", "Decision 1: Åre, by 2016-11-15.\n")
    (decision,) = decisions(project)
    assert decision == {
        "number": 1,
        "municipality": "2321",
        "decided_on": "2016-10-20",
        "what": "gemensam mall",
        "responsible": "projektledaren",
        "due_on": "2016-11-15",
        "shows_in": "intake",
        "closed_on": None,
        "closed_as": None,
        "result": None,
    }
    assert "gemensam mall" in project("list-decisions").out
    closed = project("close-decision", "1", "--dropped", "--result", "för dyrt")
    assert closed.err == "Decision 1: dropped, 2016-10-20.\n"
    assert decisions(project) == []
    (decision,) = decisions(project, "--all")
    assert (decision["closed_as"], decision["closed_on"], decision["result"]) == ("dropped", "2016-10-20", "för dyrt")
    assert project("close-decision", "1").code == 5
    assert project("undo", "--yes").code == 0
    assert [decision["number"] for decision in decisions(project)] == [1]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--due", "2016-10-19"), 5, "before it was decided"),
        (("--date", "2016-10-21"), 5, "has not come yet"),
        (("--responsible", f"hon med {TEST_NUMBER}", "--yes"), 5, "personal identity number"),
        (("--responsible", "chefen Fatima", "--no-input"), 2, "--responsible: word 2"),
        (("--what", " "), 2, "in a few words"),
    ],
)
def test_decisions_that_cannot_be(project: Arena, options: tuple[str, ...], code: int, said: str) -> None:
    ran = project(*DECISION, *options)
    assert ran.code == code
    assert said in ran.err
    assert decisions(project) == []


def test_everything_that_a_decision_lacks_is_named_at_once(project: Arena) -> None:
    ran = project("add-decision", "--no-input")
    assert ran.code == 2
    assert "--what, --responsible, --due" in ran.err


def test_a_decision_is_corrected_closed_and_taken_away(project: Arena) -> None:
    project(*DECISION)
    assert project("edit-decision", "1", "--due", "2016-12-01", "--why", "nästa möte").code == 0
    assert decisions(project)[0]["due_on"] == "2016-12-01"
    assert project("edit-decision", "1", "--settled", "2016-10-20", "--why", "var klart").code == 0
    assert decisions(project, "--all")[0]["closed_as"] == "done"
    assert project("edit-decision", "1", "--settled", "-", "--why", "inte klart").code == 0
    assert decisions(project)[0]["closed_as"] is None
    assert project("edit-decision", "1", "--what", "-", "--why", "x").code == 2
    assert project("remove-decision", "1", "--why", "dubblett").code == 0
    assert decisions(project, "--all") == []
    assert project("remove-decision", "1", "--why", "dubblett").code == 4


# -- in the report ----------------------------------------------------------------------------------------------------


def report(project: Arena, month: str) -> Ran:
    return project("report", "--month", month, "--format", "md", world=LATER)


def test_the_next_report_carries_next_steps_forward_until_they_are_settled(project: Arena) -> None:
    project(*NOTE, "--measure", "intake")
    project("add-participant", "--municipality", "Krokom", "--date", "2016-10-03", "--sex", "woman", "--step", "1")
    told = section(report(project, "2016-09"), "Learning between the municipalities")
    assert "### Told of September 2016\n\n**Krokom**\n\n- We have tried: gruppstart\n- Next step: två till" in told
    assert "earlier months" not in told

    carried = section(report(project, "2016-10"), "Learning between the municipalities")
    assert "No note this month." in carried
    assert "**Krokom, told of September 2016**\n\n- Next step: två till\n- State: open" in carried
    assert "- In the figures: New: 0 in September 2016, 1 in October 2016 (+1)" in carried
    assert "What came of the next step of Krokom" in section(report(project, "2016-10"), "To take up at the meeting")

    project("settle-note", "1", "--date", "2016-11-03", "--result", "två har börjat", world=LATER)
    assert section(report(project, "2016-10"), "Learning between the municipalities") == carried
    settled = section(report(project, "2016-11"), "Learning between the municipalities")
    assert "- Settled: 3 November 2016: två har börjat" in settled
    assert "What came of" not in section(report(project, "2016-11"), "To take up at the meeting")


def test_a_decision_is_carried_until_it_is_closed_and_called_overdue(project: Arena) -> None:
    project(*DECISION)
    october = section(report(project, "2016-10"), "Learning between the municipalities")
    assert "**1\\. gemensam mall**" in october
    assert "- By: 15 November 2016\n- State: open\n" in october
    november = report(project, "2016-11")
    assert "- State: open, and the day has passed" in section(november, "Learning between the municipalities")
    assert "Decision 1 was due on 15 November 2016" in section(november, "To take up at the meeting")
    project("close-decision", "1", "--date", "2016-11-16", world=LATER)
    closed = section(report(project, "2016-11"), "Learning between the municipalities")
    assert "- State: done 16 November 2016" in closed


def test_a_note_is_a_report_and_makes_zero_known(project: Arena) -> None:
    project("add-participant", "--municipality", "Åre", "--date", "2016-10-03", "--sex", "man")
    silent = report(project, "2016-10").out
    assert "7 of 8 municipalities have not reported anything for October 2016" in silent
    assert "| **Krokom** | .. | .. | .. |" in silent
    project("add-note", "--municipality", "Krokom", "--month", "2016-10", "--happened", "inget nytt")
    told = report(project, "2016-10").out
    assert "6 of 8 municipalities have not reported anything for October 2016" in told
    assert "| **Krokom** | – | – | – |" in told
    data = json.loads(project("report", "--month", "2016-10", "--format", "json", world=LATER).out)
    assert data["not_reported"] == ["2303", "2305", "2313", "2326", "2361", "2380"]
