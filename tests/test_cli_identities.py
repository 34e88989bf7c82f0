"""Who a participant is: told without argv, kept apart, found again, corrected, taken away; and protected data."""

from __future__ import annotations

import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Arena, Keyboard, Ran

NUMBER, OTHER, COORDINATION = "198301012384", "199701012388", "197001782395"  # Skatteverket's test persons
PURPOSE = ("--purpose", "kallelse")
WHY = ("--why", "skrivfel")


@pytest.fixture
def keeping(project: Arena, code: str) -> str:
    """The code of somebody in a project that keeps everything of who the participants are."""
    assert project("keep-identities", "personnummer", "--why", "beslut", "--unencrypted").code == 0
    return code


def tell(project: Arena, code: str, text: str, *options: str) -> Ran:
    Path("who.toml").write_text(text, encoding="utf-8")
    return project("set-identity", code, "--from", "who.toml", *options)


def seen(project: Arena, code: str) -> dict[str, object]:
    shown: dict[str, object] = json.loads(project("show-identity", code, *PURPOSE, "--json").out)
    return shown


def find(project: Arena, sought: str, *options: str) -> Ran:
    Path("sought.txt").write_text(sought, encoding="utf-8")
    return project("find-participant", "--from", "sought.txt", *PURPOSE, *options)


def test_a_project_keeps_nothing_of_who_it_is_unless_it_has_decided_so(project: Arena, code: str) -> None:
    refused = tell(project, code, 'given_name = "Testa"')
    assert (refused.code, refused.out) == (5, "")
    assert "`arena keep-identities`" in refused.err
    assert project("keep-identities", "names", "--why", "beslut", "--unencrypted").code == 0
    assert tell(project, code, 'given_name = "Testa"').code == 0
    assert tell(project, code, f'number = "{NUMBER}"').code == 5


def test_an_identity_is_told_and_shown_for_a_purpose(project: Arena, keeping: str) -> None:
    told = tell(project, keeping, f'given_name = "Åsa"\nfamily_name = "Test"\nnumber = "{NUMBER[:8]}-{NUMBER[8:]}"')
    assert (told.code, told.out) == (0, f"{keeping}\n")
    assert told.err == f"{keeping}: registered: Given name, Family name, Personal identity number.\n"
    assert project("show-identity", keeping).code == 2
    shown = seen(project, keeping)
    assert (shown["given_name"], shown["family_name"], shown["number"]) == ("Åsa", "Test", NUMBER)
    (access,) = json.loads(project("list-accesses", "--json").out)
    assert (access["action"], access["participant"], access["purpose"]) == ("read", keeping, "kallelse")


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("given_name", "1983", "A name has at least one letter:"),
        ("family_name", "?", "A name has at least one letter:"),
        ("email", "x", "An e-mail address has an @ with something on both sides:"),
        ("email", "x@", "An e-mail address has an @ with something on both sides:"),
        ("email", "@example.se", "An e-mail address has an @ with something on both sides:"),
    ],
)
def test_what_is_no_name_or_no_address_is_refused(project: Arena, keeping: str, key: str, text: str, said: str) -> None:
    refused = tell(project, keeping, f'address = "Storgatan 1"\n{key} = "{text}"')
    assert (refused.code, refused.err.startswith(said)) == (2, True)
    assert project("show-identity", keeping, *PURPOSE).code == 4
    assert tell(project, keeping, 'given_name = "Åsa"\nemail = "x@y"').code == 0


def test_a_name_without_a_letter_is_asked_for_again(project: Arena, code: str, keyboard: Keyboard) -> None:
    assert project("keep-identities", "names", "--why", "beslut", "--unencrypted").code == 0
    keyboard.types("1983", "Åsa", "", "", "x", "x@y", "")
    told = project("set-identity", code)
    assert told.code == 0, told.err
    assert told.err.count("A name has at least one letter:") == 1
    assert told.err.count("An e-mail address has an @") == 1
    assert f"{code}: registered: Given name, E-mail.\n" in told.err


def test_nothing_of_it_is_anywhere_but_in_its_own_tables(project: Arena, keeping: str) -> None:
    words = ("Xantippa", "Yxskaft", "xy@example.se", "Storgatan 1")
    keys = ("given_name", "family_name", "email", "address")
    tell(project, keeping, "\n".join(f'{key} = "{word}"' for key, word in zip(keys, words, strict=True)))
    tell(project, keeping, f'number = "{NUMBER}"')
    for command in (
        ("show-participant", keeping),
        ("show-participant", keeping, "--json"),
        ("list-participants", "--json"),
        ("list-changes", "--json"),
        ("list-accesses", "--json"),
        ("report", "--month", "2016-09", "--format", "json"),
        ("due", "--json"),
    ):
        ran = project(*command)
        assert not [word for word in (*words, NUMBER) if word in ran.out + ran.err], command
    with closing(sqlite3.connect("arena.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        holding = {
            table for table in tables for row in connection.execute(f"SELECT * FROM {table}") if NUMBER in map(str, row)
        }
        assert holding == {"identity_number"}
        journal = str(connection.execute("SELECT * FROM journal").fetchall())
    assert not [word for word in (*words, NUMBER) if word in journal]


def test_a_coordination_number_becomes_a_personnummer_of_the_same_person(project: Arena, keeping: str) -> None:
    assert tell(project, keeping, f'number = "{COORDINATION}"').code == 0
    assert tell(project, keeping, f'number = "{NUMBER}"').code == 0
    shown = seen(project, keeping)
    assert (shown["number"], shown["former_numbers"]) == (NUMBER, [COORDINATION])
    assert find(project, COORDINATION).out == find(project, NUMBER).out == f"{keeping}\n"
    refused = tell(project, keeping, f'number = "{OTHER}"')
    assert (refused.code, "--why" in refused.err) == (5, True)
    assert tell(project, keeping, f'number = "{OTHER}"', *WHY).code == 0


def test_a_number_belongs_to_one_person(project: Arena, keeping: str) -> None:
    tell(project, keeping, f'number = "{NUMBER}"')
    added = project("add-participant", "--municipality", "Krokom", "--date", "2016-10-04", "--sex", "woman")
    refused = tell(project, added.out.strip(), f'number = "{NUMBER}"')
    assert refused.code == 5
    assert keeping in refused.err
    assert NUMBER not in refused.err


def test_what_the_number_says_otherwise_is_a_remark(project: Arena, keeping: str) -> None:
    project("edit-participant", keeping, "--birth-year", "1984", "--sex", "man", *WHY)
    told = tell(project, keeping, f'number = "{NUMBER}"')
    assert told.code == 0
    assert "another sex" in told.err
    assert "another birth year" in told.err


def test_what_was_told_is_corrected_with_a_reason_and_taken_away(project: Arena, keeping: str) -> None:
    tell(project, keeping, 'given_name = "Testa"\nphone = "0"')
    assert tell(project, keeping, 'given_name = "Tessa"').code == 5
    assert tell(project, keeping, 'given_name = "Tessa"\nphone = ""', *WHY).code == 0
    assert seen(project, keeping)["phone"] is None
    assert project("check", "--all").code == 0
    refused = project("keep-identities", "none", "--why", "beslut")
    assert (refused.code, keeping in refused.err) == (5, True)
    removed = project("remove-identity", keeping, "--why", "gallras", "--yes")
    assert (removed.code, removed.out) == (0, f"{keeping}\n")
    assert project("show-identity", keeping, *PURPOSE).code == 4
    assert b"Tessa" not in Path("arena.db").read_bytes()
    assert project("check", "--all").code == 0


def test_an_enrolment_with_an_identity_is_not_undone_over_it(project: Arena, keeping: str) -> None:
    tell(project, keeping, 'given_name = "Testa"')
    project("keep-identities", "names", "--why", "beslut", "--unencrypted")
    assert project("undo", "--yes").code == 0  # the decision to keep names only
    assert project("undo", "--yes").code == 0  # and the one before it
    refused = project("undo", "--yes")
    assert (refused.code, f"`arena remove-identity {keeping}`" in refused.err) == (5, True)


def test_a_changed_identity_is_found_by_check(project: Arena, keeping: str) -> None:
    tell(project, keeping, 'given_name = "Testa"')
    with closing(sqlite3.connect("arena.db")) as connection, connection:
        connection.execute("UPDATE identity SET given_name = 'Annan'")
    checked = project("check", "--all")
    assert checked.code != 0
    assert "identities" in checked.out + checked.err
    assert "Annan" not in checked.out + checked.err


def test_a_number_that_is_anothers_is_refused_and_that_it_was_told_is_written_down(
    project: Arena, keeping: str
) -> None:
    tell(project, keeping, f'number = "{NUMBER}"')
    other = project("add-participant", "--municipality", "Åre", "--date", "2016-10-04", "--step", "1", "--new").out
    refused = tell(project, other.strip(), f'number = "{NUMBER}"')
    assert (refused.code, refused.out) == (5, "")
    assert (keeping in refused.err, "`arena merge-participants`" in refused.err, NUMBER in refused.err) == (
        *(True, True, False),
    )
    (look,) = json.loads(project("list-accesses", "--json").out)
    assert (look["action"], look["what"], look["participant"]) == ("search", "number", keeping)
    assert look["purpose"] == "to register who a participant is"
    assert "för att registrera vem en deltagare är" in project("list-accesses", "--lang", "sv").out


def test_duplicates_are_found_by_name_without_telling_it_and_written_down(project: Arena, keeping: str) -> None:
    another = ("add-participant", "--municipality", "Åre", "--date", "2016-10-18", "--sex", "woman", "--step", "1")
    other = project(*another).out.strip()
    for code in (keeping, other):
        assert project("edit-participant", code, "--birth-year", "1985", "--why", "x").code == 0
    assert json.loads(project("find-duplicates", "--json").out) == []
    assert json.loads(project("list-accesses", "--json").out) == []  # no names to compare
    for code in (keeping, other):
        tell(project, code, 'given_name = "Unikanna"\nfamily_name = "Testberg"')
    found = project("find-duplicates")
    assert (keeping in found.out, other in found.out, "Name" in found.out) == (True, True, True)
    assert "nikanna" not in found.out + found.err
    (look,) = json.loads(project("list-accesses", "--json").out)
    assert (look["action"], look["what"], look["persons"]) == ("search", "name", 2)


def test_people_are_found_by_the_beginnings_of_their_names(project: Arena, keeping: str) -> None:
    tell(project, keeping, 'given_name = "Åsa Maria"\nfamily_name = "Test-Svensson"')
    for sought in ("åsa", "MARIA test", "Test-Svensson Åsa"):
        assert find(project, sought).out == f"{keeping}\n", sought
    nobody = find(project, "Åsa Annan")
    assert (nobody.code, nobody.out, "Åsa" in nobody.err) == (4, "", False)
    accesses = json.loads(project("list-accesses", "--json").out)
    assert [(a["action"], a["what"], a["persons"]) for a in accesses] == [("search", "name", 1)] * 3 + [
        ("search", "name", 0)
    ]


@pytest.mark.parametrize("text", ["given_name = ", "name = 'x'", "number = 1", "\x00", "given_name = ['x']"])
def test_a_file_that_is_none_is_refused_without_repeating_it(project: Arena, keeping: str, text: str) -> None:
    refused = tell(project, keeping, text)
    assert (refused.code, refused.out) == (3, "")
    assert "family_name" in refused.err


def test_a_mistyped_number_is_refused_without_repeating_it(project: Arena, keeping: str) -> None:
    refused = tell(project, keeping, 'number = "198301012385"')
    assert refused.code == 2
    assert not re.search("[0-9]{4}", refused.err)
    assert find(project, "8301012384").code == 2


@pytest.mark.parametrize("word", [NUMBER, f"{NUMBER[:8]}-{NUMBER[8:]}", NUMBER[2:], f"--ref={NUMBER}"])
def test_a_number_in_a_command_is_refused_with_the_reason(project: Arena, word: str) -> None:
    before = Path("arena.db").read_bytes()
    for command in (("show-participant", word), ("find-participant", word), (word,), ("report", "--month", word)):
        refused = project(*command)
        assert (refused.code, refused.out) == (2, "")
        assert "Others on this computer can read" in refused.err
        assert NUMBER[2:] not in refused.err
    assert Path("arena.db").read_bytes() == before


def test_a_time_in_a_file_name_is_no_number(project: Arena) -> None:
    for name in ("20161020-1530", "20161020-1531", "20161020-1532", "20161020-1533"):
        ran = project("report", "--month", "2016-09", "--out", f"rapporter {name}")
        assert ran.code == 0, ran.err


# -- at the keyboard --------------------------------------------------------------------------------------------------


def at_terminal(*arguments: str, types: list[str]) -> tuple[int, str]:
    """Run a command on a terminal of its own, type, and return how it ended and all that the screen showed."""
    child, terminal = pty.fork()
    if not child:
        os.environ.update(ARENA_LANG="en", TERM="dumb", COLUMNS="200")
        os.execv(sys.executable, [sys.executable, "-m", "arena_cli", *arguments])  # noqa: S606  # in the forked child
    screen, lines = b"", iter(types)
    while True:
        try:
            shown = os.read(terminal, 4096)
        except OSError:
            break
        if not shown:
            break
        screen += shown
        if screen.endswith(b": ") and (line := next(lines, None)) is not None:
            os.write(terminal, f"{line}\n".encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), screen.decode()


def test_the_number_is_asked_for_without_being_shown(
    project: Arena, keeping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    code, screen = at_terminal("set-identity", keeping, types=["Testa", "", "", "", "", "1983", NUMBER])
    assert code == 0, screen
    assert "Testa" in screen
    assert "1983" not in screen
    assert NUMBER not in screen
    assert seen(project, keeping)["number"] == NUMBER
    code, screen = at_terminal("find-participant", *PURPOSE, types=[NUMBER])
    assert (code, NUMBER in screen, keeping in screen) == (0, False, True)


def test_a_project_that_keeps_nobody_says_so_before_it_asks(project: Arena, code: str, keyboard: Keyboard) -> None:
    keyboard.types("Testa")
    ran = project("set-identity", code)
    assert (ran.code, ran.out) == (5, "")
    assert "keeps neither names nor personal identity numbers" in ran.err
    assert "Given name" not in ran.err


def test_a_number_in_the_wrong_place_is_refused_at_its_question(
    project: Arena, keeping: str, keyboard: Keyboard
) -> None:
    tell(project, keeping, 'given_name = "Testa"')
    keyboard.types(NUMBER)
    ran = project("show-identity", keeping)
    assert (ran.err.count("What is it for: "), ran.err.count(NUMBER)) == (2, 0)
    assert "looks like a personal identity number" in ran.err


def test_it_is_read_from_standard_input_too(project: Arena, keeping: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "arena_cli", "set-identity", keeping, "--from", "-"],
        env={**os.environ, "ARENA_LANG": "en", "PYTHONPATH": os.pathsep.join(sys.path)},
        input=f'number = "{NUMBER}"',
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert seen(project, keeping)["number"] == NUMBER


# -- protected --------------------------------------------------------------------------------------------------------


@pytest.fixture
def protected(project: Arena, code: str) -> str:
    """The code of somebody in Krokom with a placement, a ref and hours, whose data are protected."""
    for command in (
        ("edit-participant", code, "--ref", "Krokom-7", *WHY),
        ("add-place", "--host", "Sågen", "--sector", "private", "--municipality", "Krokom", "--from", "2016-10-03"),
        ("place-participant", code, "--place", "P-001", "--date", "2016-10-05", "--until", "2016-10-10"),
        ("add-hours", code, "--month", "2016-10", "--activity", "language", "--hours", "3"),
        ("set-protection", code, "sekretessmarkering", *WHY),
    ):
        assert project(*command).code == 0, command
    return code


HIDING = (
    ("show-participant", "{code}"),
    ("show-participant", "{code}", "--json"),
    ("list-participants",),
    ("list-participants", "--json"),
    ("list-changes", "--participant", "{code}"),
    ("list-changes", "--participant", "{code}", "--json"),
    ("list-hours", "--month", "2016-10"),
    ("list-hours", "--month", "2016-10", "--json"),
    ("due", "{code}"),
    ("due", "--json"),
)


@pytest.mark.parametrize("command", HIDING)
def test_where_somebody_is_whose_data_are_protected_is_in_no_list(
    project: Arena, protected: str, command: tuple[str, ...]
) -> None:
    ran = project(*(word.format(code=protected) for word in command))
    assert protected in ran.out
    assert not re.search("krokom|2309|sågen|P-001|place_id.: [0-9]", ran.out + ran.err, re.IGNORECASE), ran.out


def test_a_list_of_one_municipality_has_nobody_whose_data_are_protected(project: Arena, protected: str) -> None:
    for command in (
        ("list-participants", "--municipality", "Krokom"),
        ("list-hours", "--month", "2016-10", "--municipality", "Krokom"),
        ("due", "--municipality", "Krokom"),
    ):
        assert protected not in project(*command).out
    figure = project("why", "stock_flow/entered/Krokom/women", "--month", "2016-10")
    assert figure.code == 0
    assert protected not in figure.out
    assert "protected" in figure.out


def test_a_purpose_opens_it_and_is_kept(project: Arena, protected: str) -> None:
    shown = project("show-participant", protected, "--purpose", "planerar praktik")
    assert "Krokom" in shown.out
    assert "Sågen" in shown.out
    (access,) = json.loads(project("list-accesses", "--json").out)
    assert (access["participant"], access["purpose"]) == (protected, "planerar praktik")


def test_those_who_are_protected_count_as_all_others(project: Arena, code: str) -> None:
    before = project("report", "--month", "2016-10", "--format", "json").out
    project("set-protection", code, "unknown", *WHY)
    after = json.loads(project("report", "--month", "2016-10", "--format", "json").out)
    assert after["figures"] == json.loads(before)["figures"]


def test_no_way_to_reach_them_is_kept_and_no_search_finds_them(project: Arena, keeping: str) -> None:
    tell(project, keeping, 'given_name = "Testa"\nphone = "0"\naddress = "Storgatan 1"')
    assert project("set-protection", keeping, "marked", *WHY).code == 0
    assert b"Storgatan" not in Path("arena.db").read_bytes()
    assert seen(project, keeping)["phone"] is None
    assert tell(project, keeping, 'phone = "1"').code == 5
    assert find(project, "Testa").code == 4
    assert find(project, "Testa", "--protected").out == f"{keeping}\n"
    assert project("check", "--all").code == 0


def test_a_standard_input_that_is_not_there_is_nothing_to_read(
    keeping: str, arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    said = arena("set-identity", keeping, "--from", "-")
    assert (said.code, said.out) == (7, "")
    assert "unexpected" not in said.err
