"""Bad surroundings: files that are missing, foreign or damaged, output that nobody reads, and faults of our own."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from arena_cli import casework
from arena_cli.store import Store
from tests.conftest import Arena, Ran, run_process

ADD = ("add-participant", "--municipality", "Krokom", "--date", "2016-10-03", "--sex", "woman")


def missing(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE anything (x)")
    connection.close()


def no_database(path: Path) -> None:
    path.write_text("Dear diary, " * 500)


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(20_000)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("command", [ADD, ("list-participants",), ("report", "--month", "2016-09"), ("undo", "--yes")])
@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (missing, 4, "There is no database file arena.db."),
        (empty, 5, "arena.db is not an arena database file."),
        (foreign, 5, "arena.db is not an arena database file."),
        (no_database, 5, "arena.db is not an arena database file."),
        (a_folder, 5, "arena.db is not an arena database file."),
        (newer, 5, "arena.db was written by a newer version of arena"),
        (damaged, 3, "arena.db is damaged."),
    ],
)
def test_a_file_that_will_not_do_gets_a_sentence_and_is_left_alone(
    project: Arena, tmp_path: Path, command: tuple[str, ...], spoil: Callable[[Path], None], code: int, said: str
) -> None:
    file = tmp_path / "arena.db"
    spoil(file)
    before = file.read_bytes() if file.is_file() else None
    refused = project(*command)
    assert (refused.code, refused.out) == (code, ""), refused.err
    assert refused.err.startswith(said)
    assert refused.err.count("\n") == 1
    assert (file.read_bytes() if file.is_file() else None) == before


def test_a_mistyped_path_makes_no_file(arena: Arena, tmp_path: Path) -> None:
    for command in (ADD, ("list-steps",), ("report",)):
        assert arena(*command, "--db", "aren.db").code == 4
        assert arena(*command, "--db", "no/such/folder/arena.db").code == 4
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_write_permission_is_told(project: Arena, tmp_path: Path) -> None:
    if os.name == "posix" and os.getuid() == 0:
        pytest.skip("nothing is forbidden to root")
    (tmp_path / "arena.db").chmod(0o400)
    assert project(*ADD).code == 7


def test_a_busy_file_is_told_after_a_while(project: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena_cli.database._PRAGMAS", {"busy_timeout": 50})
    holder = sqlite3.connect(tmp_path / "arena.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        refused = project(*ADD)
    finally:
        holder.close()
    assert (refused.code, refused.out) == (6, "")
    assert "in use by another command" in refused.err


# -- output -----------------------------------------------------------------------------------------------------------


def shell(line: str, cwd: Path) -> Ran:
    """Run a line in which $ARENA is the command."""
    command = f'arena() {{ {shlex.quote(sys.executable)} -m arena_cli "$@"; }}; ARENA=arena; {line}'
    environ = {**os.environ, "ARENA_LANG": "en", "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        ["/bin/bash", "-c", command], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def number_of_participants(folder: Path) -> int:
    with Store.open(folder / "arena.db") as store:
        return len(store.participants())


def test_a_closed_stdout_is_told_before_anything_is_done(project: Arena, tmp_path: Path) -> None:
    said = shell(f"$ARENA {' '.join(ADD)} >&-", tmp_path)
    assert said.code == 7
    assert said.err.startswith("Nothing was done: there is nowhere to print the answer")
    assert number_of_participants(tmp_path) == 0
    assert shell("$ARENA --version >&-", tmp_path).code == 7


def test_a_reader_who_has_had_enough_is_left_in_peace(project: Arena, tmp_path: Path) -> None:
    for command in ("--help", "list-changes --json", "report --month 2016-09 --quiet", "list-steps"):
        said = shell(f"$ARENA {command} | true; exit ${{PIPESTATUS[0]}}", tmp_path)
        assert (said.code, said.err) in {(7, ""), (0, "")}


def test_a_receipt_that_nobody_reads_was_still_said_on_stderr(project: Arena, tmp_path: Path) -> None:
    said = shell(f"(sleep 0.5; $ARENA {' '.join(ADD)}; echo $? >&2) | true", tmp_path)
    receipt, ended = said.err.splitlines()
    assert "entered in Krokom on 2016-10-03" in receipt
    assert ended == "7"
    assert number_of_participants(tmp_path) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_under_stdout_is_told(project: Arena, tmp_path: Path) -> None:
    for command in ("list-changes", "list-changes --json", "report --month 2016-09 --quiet", "--help", "--version"):
        said = shell(f"$ARENA {command} >/dev/full", tmp_path)
        assert said.code == 7, command
        assert said.err.startswith("The answer could not be printed in full"), command
        assert said.err.endswith("The command changes nothing that is registered.\n"), command
        assert said.err.count("\n") == 1
    said = shell(f"$ARENA {' '.join(ADD)} >/dev/full", tmp_path)
    assert said.err.endswith("What was to be changed has been: `arena list-changes` shows it.\n")
    assert number_of_participants(tmp_path) == 1


def test_a_closed_stderr_does_not_matter(project: Arena, tmp_path: Path) -> None:
    assert shell("$ARENA list-steps 2>&-", tmp_path).code == 0
    assert shell("$ARENA list-step 2>&-", tmp_path).code == 2
    assert shell("$ARENA add-participant <&- 2>&-", tmp_path).code == 2
    assert shell("(sleep 0.5; $ARENA list-step 2>&1; echo $?) 3>&1 | true; exit ${PIPESTATUS[0]}", tmp_path).err == ""


# -- faults of our own ------------------------------------------------------------------------------------------------


def test_a_fault_is_told_by_its_kind_and_place_and_never_by_what_it_says(
    project: Arena, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError(f"secret {code}")

    monkeypatch.setattr(casework, "journey", fail)
    said = project("show-participant", code)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("Something unexpected happened: ZeroDivisionError at arena_cli.cli.timeline:")
    assert code not in said.err
    assert "secret" not in said.err
    assert said.err.count("\n") == 1


def test_an_installation_without_its_templates_is_not_taken_for_a_full_disk(
    project: Arena, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Jinja's TemplateNotFound is an OSError."""
    monkeypatch.setattr("arena_cli.render.templates._loader", lambda: FileSystemLoader(tmp_path / "none"))
    told = project("report", "--month", "2016-09")
    assert told.code == 1
    assert told.err.startswith("Something unexpected happened: TemplateNotFound")


def test_an_interruption_is_told(project: Arena, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(casework, "journey", interrupt)
    said = project("show-participant", code)
    assert (said.code, said.out, said.err) == (130, "", "\nInterrupted.\n")


def test_many_may_register_at_the_same_time(project: Arena, tmp_path: Path) -> None:
    ended: list[Ran] = []
    threads = [threading.Thread(target=lambda: ended.append(run_process(*ADD, cwd=tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ran.code for ran in ended] == [0] * 8
    assert len({ran.out for ran in ended}) == number_of_participants(tmp_path) == 8
