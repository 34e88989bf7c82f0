"""`doctor`: each thing that can be wrong around a file is said, with a code that a script can tell apart."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from arena_cli import database
from arena_cli.keeping import doctor
from tests.conftest import NOON, Arena, make_world

SAME_DISK = doctor.same_disk


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def well(project: Arena, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Arena:
    """A file with a backup on what passes for another disk: all is well."""
    (tmp_path / "kopior").mkdir()
    assert project("backup", "--to", "kopior", "--quiet").code == 0
    monkeypatch.setattr(doctor, "same_disk", lambda one, other: False)
    tmp_path.chmod(0o700)
    return project


def findings(arena: Arena, **time: float) -> dict[str, tuple[bool, str]]:
    told = json.loads(arena("doctor", "--json", world=make_world(NOON + timedelta(**time))).out)
    return {each["name"]: (each["ok"], each["finding"]) for each in told["examinations"]}


def wrong(arena: Arena, **time: float) -> dict[str, str]:
    return {name: finding for name, (well, finding) in findings(arena, **time).items() if not well}


def test_when_all_is_well_it_says_so_and_quiet_says_nothing(well: Arena, tmp_path: Path) -> None:
    content = (tmp_path / "arena.db").read_bytes()
    told = well("doctor")
    assert (told.code, told.err) == (0, "")
    titles = [line.split(":")[0] for line in told.out.splitlines()]
    names = (
        "Version",
        "File",
        "Place",
        "Permissions",
        "Encryption",
        "Schema",
        "Soundness",
        "Last backup",
        "Last report",
        "Room on the disk",
        "Clock",
    )
    assert titles == [f"ok  {name}" for name in names]
    assert well("doctor", "--quiet") == type(told)(0, "", "")
    as_json = json.loads(well("doctor", "--json").out)
    assert as_json["ok"] is True
    assert as_json["version"].startswith("arena ")
    assert "bara du kan läsa" in well("doctor", world=make_world(ARENA_LANG="sv")).out
    assert (tmp_path / "arena.db").read_bytes() == content


def test_a_backup_that_is_old_or_gone_or_never_made(well: Arena, tmp_path: Path) -> None:
    assert wrong(well, days=8) == {}
    assert "8 days ago" in wrong(well, days=8, hours=1)["backup"]
    (backup,) = (tmp_path / "kopior").glob("*.db")
    backup.rename(tmp_path / "elsewhere.db")
    assert "is not there" in wrong(well)["backup"]
    (tmp_path / ".arena.db.last-backup.json").write_text("{")
    assert "none is known" in wrong(well)["backup"]
    quiet = well("doctor", "--quiet")
    assert (quiet.code, quiet.out) == (8, "")
    assert quiet.err == (
        "Last backup: none is known: `arena backup --to FOLDER` makes one, on another disk or a share\n"
    )


def test_a_backup_on_the_same_disk(well: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "same_disk", SAME_DISK)
    assert "on the same disk as the file" in wrong(well)["backup"]


def test_a_clock_that_was_set_back(well: Arena) -> None:
    assert wrong(well, minutes=-4) == {}
    assert "was the clock set back?" in wrong(well, hours=-2)["clock"]


def test_a_disk_that_is_nearly_full(well: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 20_000_000, 20_000_000))
    assert wrong(well) == {"space": "20 MB free: too little to go on for long"}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_a_file_that_others_can_read_or_exchange(well: Arena, tmp_path: Path) -> None:
    (tmp_path / "arena.db").chmod(0o640)
    assert "others can get at the file (mode 0640)" in wrong(well)["permissions"]
    (tmp_path / "arena.db").chmod(0o600)
    tmp_path.chmod(0o777)
    assert "anybody can exchange the file" in wrong(well)["permissions"]
    tmp_path.chmod(0o1777)
    assert wrong(well) == {}
    tmp_path.chmod(0o700)


def test_a_synchronised_folder(well: Arena, tmp_path: Path) -> None:
    told = well("doctor", world=make_world(OneDriveCommercial=str(tmp_path)))
    assert told.code == 8
    assert "!   Place: a folder that OneDrive synchronises" in told.out


def test_damage_has_a_code_of_its_own(well: Arena, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "arena.db")) as connection:
        connection.execute("UPDATE sex SET name = 'x'")
        connection.commit()
    told = well("doctor")
    assert told.code == 3
    assert "!   Soundness: the file is damaged: `arena check` says where" in told.out


@pytest.mark.parametrize(
    ("version", "exit_code", "said"),
    [(database.SCHEMA_VERSION + 1, 5, "newer version"), (1, 0, "brings it to")],
)
def test_a_file_of_another_version_is_looked_at_and_left_as_it_is(
    well: Arena, tmp_path: Path, version: int, exit_code: int, said: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "arena.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    content = (tmp_path / "arena.db").read_bytes()
    told = well("doctor")
    assert told.code == exit_code
    assert said in told.out + told.err
    assert (tmp_path / "arena.db").read_bytes() == content


def test_what_is_no_file_of_ours(arena: Arena, tmp_path: Path) -> None:
    assert arena("doctor").code == 4
    (tmp_path / "arena.db").write_text("x")
    assert arena("doctor").code == 5
