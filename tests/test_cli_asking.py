"""Questions on a terminal: what they show, what they take for an answer, and how they are left."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena_cli.model import Background
from arena_cli.store import Store
from tests.conftest import Arena, Keyboard, make_world, run_process

DAY = ("--date", "2016-10-03")


def participants(folder: Path) -> int:
    with Store.open(folder / "arena.db") as store:
        return len(store.participants())


def test_add_participant_asks_for_what_is_missing(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("Krokom", "2016-10-03", "k", "1985", "2", "", "no")
    added = project("add-participant")
    assert added.code == 0, added.err
    assert "Municipality:\n  1 Ragunda\n" in added.err
    assert "Number or name: Date [Enter: today]: " in added.err
    assert "Sex:\n  1 woman\n  2 man\n  3 other\n  4 unknown\nNumber or name [Enter: unknown]: " in added.err
    assert "Step:\n  1 Basic needs" in added.err
    assert "entered in Krokom on 2016-10-03; step 2" in added.err
    assert '"birth_year": 1985' in project("list-participants", "--json").out


def test_what_is_given_is_not_asked_for(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("", "", "", "nej")
    added = project("add-participant", "--municipality", "Krokom", *DAY, "--sex", "man")
    assert added.code == 0, added.err
    assert "Municipality:" not in added.err
    assert "Sex:" not in added.err


def test_a_blank_answer_means_what_the_question_says(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("2309", "", "", "", "", "", "no")
    assert project("add-participant").code == 0
    shown = project("list-participants", "--json").out
    assert '"entered_on": "2016-10-20"' in shown
    assert '"sex": "unknown"' in shown
    assert '"step": null' in shown


def test_a_bad_answer_is_explained_and_asked_for_again(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types(
        *("Krokum", "Krokom", "30/2", "2016-02-30", "2016-10-21", "2015-08-31", "2016-10-03"),
        *("x", "9", "2", "85", "-", "99", "1", "nobody", "", "no"),
    )
    added = project("add-participant")
    assert added.code == 0, added.err
    for reason in (
        '"Krokum" is none of these. Did you mean Krokom?',
        "That is no date.",
        "2016-02 has 29 days",
        "2016-10-21 has not come yet.",
        "2015-08-31 lies before the project's start",
        '"x" is none of these.',
        '"9" is none of these.',
        "That is no year.",
        '"99" is none of these.',
        '"nobody" is none of these.',
    ):
        assert reason in added.err
    assert added.err.count("Åre") == 1
    assert '"sex": "man"' in project("list-participants", "--json").out


@pytest.mark.parametrize(
    ("command", "answers", "said"),
    [
        (["move-participant", "CODE"], ["2", "2016-10-04"], "on 2016-10-04."),
        (["move-participant", "CODE", "--to", "2"], ["2016-10-21", "yesterday"], "on 2016-10-19."),
        (["exit-participant", "CODE"], ["work", ""], "left Krokom on 2016-10-20, completed; went on to: work."),
        (["exit-participant", "CODE", "--destination", "work"], ["2016-10-05"], "on 2016-10-05, completed"),
        (["transfer-participant", "CODE", "--to", "Åre"], ["2016-10-06"], "transferred to Åre on 2016-10-06"),
    ],
)
def test_the_day_is_asked_for_where_it_is_not_given(
    project: Arena, code: str, keyboard: Keyboard, command: list[str], answers: list[str], said: str
) -> None:
    words = [word.replace("CODE", code) for word in command]
    keyboard.types(*answers)
    done = project(*words)
    assert done.code == 0, done.err
    assert "Date [Enter: today]: " in done.err
    assert said in done.err


def test_where_nobody_can_be_asked_the_day_is_today(project: Arena, code: str) -> None:
    assert "on 2016-10-20" in project("move-participant", code, "--to", "2", "--no-input").err


def test_a_project_that_is_over_has_no_today_to_offer(project: Arena, keyboard: Keyboard) -> None:
    afterwards = make_world(datetime(2018, 5, 1, 10, 0, tzinfo=UTC))
    keyboard.types("", "2016-10-03", *[""] * 4)
    late = project("add-participant", "--municipality", "Krokom", "--no-background", world=afterwards)
    assert late.code == 0, late.err
    assert "Date: That is no date." in late.err
    assert "entered in Krokom on 2016-10-03" in late.err


def test_a_birth_year_that_cannot_be_is_asked_for_again(project: Arena, keyboard: Keyboard) -> None:
    keyboard.types("2017", "1985", "", "", "no")
    added = project("add-participant", "--municipality", "Krokom", *DAY, "--sex", "man")
    assert added.code == 0, added.err
    assert "Nobody who enters on 2016-10-03 can have that birth year." in added.err
    assert '"birth_year": 1985' in project("list-participants", "--json").out


PERSON = ("--municipality", "Krokom", *DAY, "--sex", "man", "--birth-year", "1985", "--step", "1", "--referral", "1")


def test_add_participant_asks_the_background_in_the_same_flow(
    project: Arena, keyboard: Keyboard, tmp_path: Path
) -> None:
    keyboard.types("", "employed", "", *[""] * 9, "yes", "sickness_benefit")
    added = project("add-participant", *PERSON)
    assert added.code == 0, added.err
    assert "Answer what the fund asks at the entry now? (yes, no) [Enter: yes]: " in added.err
    assert "lives on: sickness benefit." in added.err
    assert len(added.out.splitlines()) == 1
    with Store.open(tmp_path / "arena.db") as store:
        assert [b.employment for b in store.records(Background)] == ["employed"]


def test_an_answer_that_cannot_be_is_asked_for_again_and_nothing_is_lost(project: Arena, keyboard: Keyboard) -> None:
    income = ("sickness_benefit, unknown", "sickness_benefit, other", "wage_unsubsidised", "other")
    keyboard.types("perhaps", "y", "unemployed", "999", "14", *[""] * 11, *income)
    added = project("add-participant", *PERSON)
    assert added.code == 0, added.err
    for reason in (
        "Answer yes or no.",
        "Nobody born in 1985 has been without work for 999 months.",
        "Either the sources of income are unknown, or they are these: not both.",
        "The main source of income is not among the sources given.",
    ):
        assert reason in added.err
    assert "without work" in added.err.splitlines()[-1]
    assert "lives on: other, sickness benefit." in added.err


def test_the_background_may_be_left_for_later(project: Arena, keyboard: Keyboard, tmp_path: Path) -> None:
    keyboard.types()
    assert project("add-participant", *PERSON, "--no-background").code == 0
    keyboard.types("inactive")
    left = project("add-participant", *PERSON, "--background")
    assert (left.code, left.out) == (2, "")
    assert left.err.endswith("No answer; nothing was changed. The option --no-background answers beforehand.\n")
    assert participants(tmp_path) == 1


def test_the_end_of_the_input_changes_nothing_and_names_the_option(
    project: Arena, keyboard: Keyboard, tmp_path: Path
) -> None:
    for lines in ((), ("Krokom",), ("Krokom", "2016-10-03", "man")):
        keyboard.types(*lines)
        left = project("add-participant")
        assert (left.code, left.out) == (2, "")
        assert "No answer; nothing was changed. The option --" in left.err
    assert participants(tmp_path) == 0


@pytest.mark.parametrize("no_terminal", [["--no-input"], []])
def test_where_nobody_can_answer_everything_missing_is_named(
    project: Arena, tmp_path: Path, no_terminal: list[str]
) -> None:
    said = run_process("add-participant", *no_terminal, cwd=tmp_path)
    assert (said.code, said.out) == (2, "")
    assert said.err == "Missing: --municipality. There is nobody to ask, so it has to be given.\n"
    assert participants(tmp_path) == 0


def test_no_input_asks_nothing_on_a_terminal(project: Arena, keyboard: Keyboard) -> None:
    assert project("add-participant", "--no-input").code == 2
    added = project("add-participant", "--no-input", "--municipality", "Krokom", *DAY)
    assert added.code == 0
    assert "Sex was not given and is registered as unknown" in added.err


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (["move-participant"], "--to"),
        (["exit-participant"], "--destination"),
        (["readmit-participant"], "--municipality"),
        (["transfer-participant"], "--to"),
        (["edit-participant", "--sex", "man"], "--why"),
        (["edit-spell", "--entered", "2016-10-04"], "--why"),
        (["edit-move", "1", "--to", "2"], "--why"),
    ],
)
def test_every_command_names_what_it_would_have_asked(
    project: Arena, code: str, command: list[str], missing: str
) -> None:
    name, *rest = command
    said = project(name, code, *rest, "--no-input")
    assert (said.code, said.err) == (2, f"Missing: {missing}. There is nobody to ask, so it has to be given.\n")


def test_undo_asks_before_it_undoes(project: Arena, code: str, keyboard: Keyboard) -> None:
    for answer, ended in (("n", 5), ("", 5), ("yes", 0)):
        keyboard.types(answer)
        asked = project("undo")
        assert asked.code == ended
        assert f"The last change: add-participant by anna, 2016-10-20 12:00. {code}: Sex: woman" in asked.err
        assert "Undo it? [yes/no] " in asked.err
    assert project("show-participant", code).code == 4
    assert project("undo", "--no-input").err.startswith("Missing: --yes.")


# -- a terminal of its own --------------------------------------------------------------------------------------------


class Terminal:
    """`arena add-participant` on a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self._terminal, own_side = pty.openpty()
        self._before = termios.tcgetattr(own_side)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "arena_cli", "add-participant"],
            cwd=folder,
            env={**os.environ, "ARENA_LANG": "en", "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=own_side,
            stdout=own_side,
            stderr=own_side,
            start_new_session=True,
            preexec_fn=lambda: _become_terminal_of(own_side),  # noqa: PLW1509 # Ctrl-C goes to whose terminal it is
        )
        self._own_side = own_side

    def wait_for(self, text: str) -> None:
        seen = ""
        deadline = time.monotonic() + 20
        while text not in seen:
            assert time.monotonic() < deadline, seen
            if select.select([self._terminal], [], [], 0.2)[0]:
                seen += os.read(self._terminal, 4096).decode()

    def press(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def end(self) -> int:
        code = self._process.wait(timeout=20)
        assert termios.tcgetattr(self._own_side)[3] == self._before[3]  # it still shows what is typed
        os.close(self._own_side)
        os.close(self._terminal)
        return code


def _become_terminal_of(own_side: int) -> None:
    import fcntl

    fcntl.ioctl(own_side, termios.TIOCSCTTY, 0)


@pytest.mark.parametrize(("keys", "code"), [(b"\x03", 130), (b"\x04", 2)])
@pytest.mark.parametrize("answered", [[], [b"Krokom\n"], [b"Krokom\n", b"2016-10-03\n", b"man\n"]])
def test_ctrl_c_and_ctrl_d_leave_the_file_as_it_was(
    project: Arena, tmp_path: Path, keys: bytes, code: int, answered: list[bytes]
) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    terminal = Terminal(tmp_path)
    for question, answer in zip(("Municipality", "Date", "Sex"), answered, strict=False):
        terminal.wait_for(question)
        terminal.press(answer)
    terminal.wait_for(("Municipality", "Date", "Sex", "Birth year")[len(answered)])
    terminal.press(keys)
    assert terminal.end() == code
    assert (tmp_path / "arena.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["arena.db"]
