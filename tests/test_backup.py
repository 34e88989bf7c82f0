"""`backup` and `restore`: a backup is whole and provably the file, and taking it back loses nothing unsaid."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from arena_cli import database
from arena_cli.cli.world import World
from arena_cli.database import unfinished_name
from arena_cli.keeping import backups
from arena_cli.keeping.restoring import ChangedMeanwhile, rehearse
from arena_cli.store import Store
from tests.conftest import NOON, Arena, Keyboard, make_world, run_process
from tests.engines import dump, held_by_another
from tests.faults.cases import SCHEMAS

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions and links")

NAME = "arena-2016-10-20T100000Z.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "kopior"
    folder.mkdir()
    return folder


@pytest.fixture
def backup(project: Arena, code: str, folder: Path) -> Path:
    """A backup of the current folder's arena.db, in which one woman is registered."""
    assert project("backup", "--to", "kopior").code == 0
    return folder / NAME


def later(**time: float) -> World:
    return make_world(NOON + timedelta(**time))


def codes(path: Path) -> list[str]:
    with Store.open(path) as store:
        return [person.code for person in store.participants()]


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def add(arena: Arena) -> str:
    words = ("--municipality", "Åre", "--date", "2016-10-04", "--sex", "man", "--no-input")
    added = arena("add-participant", *words)
    assert added.code == 0
    return added.out.strip()


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


# -- backup -----------------------------------------------------------------------------------------------------------


def test_a_backup_is_the_file_as_it_is_with_a_manifest(tmp_path: Path, project: Arena, code: str, folder: Path) -> None:
    made = project("backup", "--to", "kopior")
    assert made.code == 0
    assert made.out == f"{Path('kopior', NAME)}\n"
    assert "Checked: 1 participants, " in made.err
    path = folder / NAME
    assert names(folder) == {NAME, f"{NAME}.manifest.json"}
    assert codes(path) == [code]
    with closing(sqlite3.connect(path)) as copy, closing(sqlite3.connect(tmp_path / "arena.db")) as original:
        assert dump(copy) == dump(original)
    manifest = json.loads((folder / f"{NAME}.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["of"], manifest["project"], manifest["made_at"]) == (
        "arena.db",
        "integrationsprojekt",
        "2016-10-20T10:00:00Z",
    )
    assert manifest["rows"]["participant"] == 1
    assert (manifest["size"], manifest["sha256"]) == backups.digest_of(path)
    with Store.open(tmp_path / "arena.db") as store:
        entries = list(store.links())
    assert (manifest["origin"], manifest["head"], manifest["entries"]) == (
        entries[0].hash,
        entries[-1].hash,
        len(entries),
    )


@posix
def test_only_the_owner_can_read_it(backup: Path) -> None:
    for path in (backup, Path(f"{backup}.manifest.json")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_so_many_of_this_file_are_kept_and_none_of_others(project: Arena, code: str, folder: Path) -> None:
    assert project("init", "--db", "other.db", "--project", "oppen-arena").code == 0
    assert project("--db", "other.db", "backup", "--to", "kopior").code == 0
    (folder / "mine.db").write_text("not a backup")
    (folder / "mine.db.manifest.json").write_text("not a manifest")
    made = [project("backup", "--to", "kopior", "--keep", "3", world=later(days=day)) for day in range(5)]
    assert {each.code for each in made} == {0}
    assert "Backups kept: 3; older ones removed: 1." in made[-1].err
    kept = {f"arena-2016-10-{day}T100000Z.db" for day in (22, 23, 24)} | {"other-2016-10-20T100000Z.db"}
    assert names(folder) == {
        *kept,
        *(f"{name}.manifest.json" for name in kept),
        "mine.db",
        "mine.db.manifest.json",
    }


def test_a_file_of_the_same_name_but_of_another_project_keeps_its_backups(
    tmp_path: Path, project: Arena, code: str, folder: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        assert project("init", "--db", f"{name}/arena.db", "--project", "oppen-arena", world=later(days=1)).code == 0
    first = project("--db", "a/arena.db", "backup", "--to", "kopior", "--keep", "1", world=later(days=2))
    second = project("--db", "arena.db", "backup", "--to", "kopior", "--keep", "1", world=later(days=3))
    assert (first.code, second.code) == (0, 0)
    assert len(names(folder)) == 4


def test_quiet_says_nothing_when_all_is_well(project: Arena, code: str, folder: Path) -> None:
    assert project("backup", "--to", "kopior", "--quiet") == type(project("list-steps"))(0, "", "")


def test_it_says_when_both_would_be_lost_with_one_disk(project: Arena, code: str, folder: Path) -> None:
    assert "It lies on the same disk as the file" in project("backup", "--to", "kopior").err


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, project: Arena) -> None:
    """It would be on the wrong disk, when the right one is not connected."""
    refused = project("backup", "--to", "kopior")
    assert (refused.code, refused.out) == (4, "")
    assert "There is no folder kopior" in refused.err
    assert project("backup").code == 2
    assert project("backup", "--to", "kopior", "--keep", "0").code == 2
    assert project("--db", "no.db", "backup", "--to", ".").code == 4
    assert names(tmp_path) == {"arena.db"}


def test_two_in_one_second_are_one(backup: Path, project: Arena, folder: Path) -> None:
    again = project("backup", "--to", "kopior")
    assert again.code == 5
    assert "exists already" in again.err
    assert names(folder) == {NAME, f"{NAME}.manifest.json"}


def test_a_copy_that_another_process_makes_is_left_to_it(backup: Path, project: Arena, folder: Path) -> None:
    (manifest,) = folder.glob("*.json")
    origin = json.loads(manifest.read_text(encoding="utf-8"))["origin"]
    theirs = folder / f".arena-{origin[:12]}.db.unfinished"
    with closing(sqlite3.connect(theirs)):
        pass
    with held_by_another(theirs, "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"):
        assert project("backup", "--to", "kopior", world=later(hours=1)).code == 6
        assert theirs.exists()
    assert project("backup", "--to", "kopior", world=later(hours=1)).code == 0
    assert not theirs.exists()


def test_what_backups_that_were_cut_off_have_left_is_cleared_away(backup: Path, project: Arena, folder: Path) -> None:
    manifest = json.loads((folder / f"{NAME}.manifest.json").read_text(encoding="utf-8"))
    (folder / f".arena-{manifest['origin'][:12]}.db.unfinished").write_bytes(backup.read_bytes()[:50_000])
    lonely = folder / "arena-2016-10-19T100000Z.db.manifest.json"
    lonely.write_text(json.dumps({**manifest, "file": "arena-2016-10-19T100000Z.db"}), encoding="utf-8")
    (folder / ".arena-2016-10-18T100000Z.db.manifest.json.unfinished").write_text("{")
    assert project("backup", "--to", "kopior", world=later(hours=1)).code == 0
    another = "arena-2016-10-20T110000Z.db"
    assert names(folder) == {NAME, f"{NAME}.manifest.json", another, f"{another}.manifest.json"}


def test_a_damaged_file_gives_no_backup_and_takes_none_away(
    tmp_path: Path, backup: Path, project: Arena, folder: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "arena.db")) as connection:
        connection.execute("UPDATE participant SET birth_year = 1950")
        connection.commit()
    before = names(folder)
    refused = project("backup", "--to", "kopior", "--keep", "1", world=later(days=1))
    assert (refused.code, refused.out) == (3, "")
    assert "is damaged, and was not kept" in refused.err
    assert names(folder) == before


def test_a_backup_changes_nothing_in_the_file(tmp_path: Path, project: Arena, code: str, folder: Path) -> None:
    content = (tmp_path / "arena.db").read_bytes()
    assert project("backup", "--to", "kopior").code == 0
    assert (tmp_path / "arena.db").read_bytes() == content


# -- restore ----------------------------------------------------------------------------------------------------------


def test_a_drill_says_what_would_be_lost_and_changes_nothing(
    tmp_path: Path, backup: Path, project: Arena, code: str, folder: Path
) -> None:
    another = add(project)
    project("move-participant", code, "--to", "2", "--date", "2016-10-05", world=later(hours=2))
    content = (tmp_path / "arena.db").read_bytes()
    before = names(tmp_path), names(folder)
    drill = project("restore", f"kopior/{NAME}", "--drill")
    assert drill.code == 0
    assert drill.out.splitlines() == [
        f"kopior/{NAME} is sound: 1 persons on record, also those who wait, 2 changes, ".replace("/", os.sep)
        + "the last of them 2016-10-20 12:00.",
        "2 changes would be lost, between 2016-10-20 12:00 and 2016-10-20 14:00; new participants in them: 1.",
    ]
    assert drill.err == "This was a drill: nothing was changed.\n"
    assert (tmp_path / "arena.db").read_bytes() == content
    assert (names(tmp_path), names(folder)) == before
    assert set(codes(tmp_path / "arena.db")) == {code, another}


def test_reports_that_were_delivered_since_are_told_and_one_meanwhile_stops_it(
    tmp_path: Path, backup: Path, project: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = ("report", "--month", "2016-10", "--out", "out")
    assert project(*deliver).code == 0
    _, lost, reports = project("restore", f"kopior/{NAME}", "--drill").out.splitlines()
    assert lost == "No change would be lost."
    assert reports == "1 report that was delivered since would no longer be kept."
    add(project)
    assert project(*deliver, world=later(hours=1)).code == 0
    _, lost, reports = project("restore", f"kopior/{NAME}", "--drill").out.splitlines()
    assert lost.startswith("1 change would be lost")
    assert reports == "2 reports that were delivered since would no longer be kept."
    with rehearse(backup, tmp_path / "arena.db", NOON.date()) as rehearsal:
        assert project("report", "--month", "2016-09", "--out", "out", world=later(hours=2)).code == 0
        with pytest.raises(ChangedMeanwhile):
            rehearsal.take_place("x")


def test_a_backup_is_taken_back_and_the_file_kept(
    tmp_path: Path, backup: Path, project: Arena, code: str, keyboard: Keyboard
) -> None:
    another = add(project)
    keyboard.types("yes")
    restored = project("restore", f"kopior/{NAME}")
    assert (restored.code, restored.out) == (0, "arena.db\n")
    assert "1 change would be lost" in restored.err
    kept = tmp_path / "arena.before-restore-2016-10-20T100000Z.db"
    assert str(kept) in restored.err
    assert codes(tmp_path / "arena.db") == [code]
    assert set(codes(kept)) == {code, another}
    assert names(tmp_path) == {"arena.db", kept.name, "kopior", ".arena.db.last-backup.json"}
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, tmp_path / "arena.db")} == {0o600}
    back = project("restore", kept.name, "--yes", world=later(hours=1))
    assert back.code == 0
    assert "It has no manifest" in back.err
    assert "Nothing that the present file has would be lost." in back.err
    assert set(codes(tmp_path / "arena.db")) == {code, another}
    assert project("check", "--all").code == 0


@pytest.mark.parametrize("answers", [["no"], []])
def test_without_a_yes_nothing_is_done(
    tmp_path: Path, backup: Path, project: Arena, keyboard: Keyboard, answers: list[str]
) -> None:
    add(project)
    content = (tmp_path / "arena.db").read_bytes()
    keyboard.types(*answers)
    assert project("restore", f"kopior/{NAME}").code == (5 if answers else 2)
    assert project("restore", f"kopior/{NAME}", "--no-input").code == 2
    assert (tmp_path / "arena.db").read_bytes() == content
    assert names(tmp_path) == {"arena.db", "kopior", ".arena.db.last-backup.json"}


def test_a_file_that_is_gone_is_put_back(tmp_path: Path, backup: Path, project: Arena, code: str) -> None:
    (tmp_path / "arena.db").unlink()
    restored = project("restore", f"kopior/{NAME}", "--yes")
    assert (restored.code, restored.out) == (0, "arena.db\n")
    assert "There is no file in its place" in restored.err
    assert codes(tmp_path / "arena.db") == [code]


@pytest.mark.parametrize(
    "ruin",
    [
        lambda content: b"",
        lambda content: b"\xff" * 16 + content[16:],
        lambda content: content[:4096] + bytes(len(content) - 4096),
        lambda content: content[: len(content) // 2],
    ],
)
def test_a_file_that_cannot_be_read_is_moved_away_with_its_journal(
    tmp_path: Path, backup: Path, project: Arena, code: str, ruin: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "arena.db"
    path.write_bytes(ruin(path.read_bytes()))
    ruined = path.read_bytes()
    (tmp_path / "arena.db-journal").write_bytes(bytes(1024))  # of a writer that was killed before it needed it
    restored = project("restore", f"kopior/{NAME}", "--yes")
    assert restored.code == 0
    assert "cannot be read: what it has beyond the backup is not known" in restored.err
    assert codes(path) == [code]
    kept = tmp_path / "arena.before-restore-2016-10-20T100000Z.db"
    assert kept.read_bytes() == ruined
    assert not (tmp_path / "arena.db-journal").exists()


def test_a_hot_journal_of_the_file_is_not_played_into_the_backup(
    tmp_path: Path, backup: Path, project: Arena, code: str
) -> None:
    """What a killed writer left belongs to the file that was there; it is rolled back before that is kept."""
    another = add(project)
    path = tmp_path / "arena.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE participant SET birth_year = 1900")
    writer.execute("CREATE TABLE filler AS SELECT randomblob(4000) FROM journal")
    crashed = {name: (tmp_path / name).read_bytes() for name in ("arena.db", "arena.db-journal")}
    writer.execute("ROLLBACK")
    writer.close()
    for name, content in crashed.items():
        (tmp_path / name).write_bytes(content)
    assert any(crashed["arena.db-journal"][:8])
    assert project("restore", f"kopior/{NAME}", "--yes").code == 0
    assert codes(path) == [code]
    kept = tmp_path / "arena.before-restore-2016-10-20T100000Z.db"
    assert set(codes(kept)) == {code, another}
    assert project("check", "--all").code == 0
    assert project("--db", kept.name, "check", "--all").code == 0


@pytest.mark.parametrize("with_manifest", [True, False])
def test_a_damaged_backup_is_refused(
    tmp_path: Path, backup: Path, project: Arena, code: str, with_manifest: bool
) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("UPDATE participant SET birth_year = 1950")
        connection.commit()
    if not with_manifest:
        Path(f"{backup}.manifest.json").unlink()
    content, ruined = (tmp_path / "arena.db").read_bytes(), backup.read_bytes()
    for option in ("--drill", "--yes"):
        refused = project("restore", f"kopior/{NAME}", option)
        assert (refused.code, refused.out) == (3, "")
        assert ("not as its manifest says" if with_manifest else "participant 1 is not as the journal") in refused.err
    assert (tmp_path / "arena.db").read_bytes() == content
    assert backup.read_bytes() == ruined
    assert names(tmp_path) == {"arena.db", "kopior", ".arena.db.last-backup.json"}


def test_every_byte_of_a_backup_counts(backup: Path, project: Arena) -> None:
    """Also where the file holds nothing: the manifest has the hash of all of it."""
    for at in range(0, backup.stat().st_size, 60_000):
        flip(backup, at)
        refused = project("restore", f"kopior/{NAME}", "--drill")
        assert refused.code in {3, 5}, at
        flip(backup, at)
    assert project("restore", f"kopior/{NAME}", "--drill").code == 0


def test_what_is_no_backup_of_this_file_is_refused(tmp_path: Path, project: Arena, code: str, folder: Path) -> None:
    assert project("init", "--db", "other.db", "--project", "oppen-arena").code == 0
    (tmp_path / "text.db").write_text("ref;kommun\n" * 500)
    content = (tmp_path / "arena.db").read_bytes()
    for file, exit_code, said in (
        ("nowhere.db", 4, "There is no database file nowhere.db"),
        ("text.db", 5, "is not an arena database file"),
        ("kopior", 5, "is not an arena database file"),
        ("arena.db", 2, "is the present file itself"),
        ("other.db", 5, "is of the project oppen-arena, and the present file of integrationsprojekt"),
    ):
        refused = project("restore", file, "--yes")
        assert (refused.code, refused.out) == (exit_code, "")
        assert said in refused.err
    assert (tmp_path / "arena.db").read_bytes() == content


def test_a_backup_that_went_its_own_way_says_so(tmp_path: Path, backup: Path, project: Arena, code: str) -> None:
    shutil.copy(backup, tmp_path / "own.db")
    assert project("--db", "own.db", "edit-participant", code, "--sex", "man", "--why", "fel").code == 0
    add(project)
    told = project("restore", "own.db", "--drill").out
    assert "1 change would be lost" in told
    assert "it is not an earlier state of it" in told


def test_what_is_registered_while_somebody_thinks_is_not_lost(
    tmp_path: Path, backup: Path, project: Arena, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[str] = []

    def type_after_another_has_registered() -> str:
        added.append(add(lambda *words: run_process(*words, cwd=tmp_path)))
        return "yes\n"

    monkeypatch.setattr(keyboard, "readline", type_after_another_has_registered)
    refused = project("restore", f"kopior/{NAME}")
    assert refused.code == 6
    assert "Something was registered meanwhile" in refused.err
    assert added[0] in codes(tmp_path / "arena.db")
    assert names(tmp_path) == {"arena.db", "kopior", ".arena.db.last-backup.json"}


def test_a_file_in_use_is_waited_for_and_then_left(
    tmp_path: Path, backup: Path, project: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database._PRAGMAS, "busy_timeout", 50)
    add(project)
    with closing(sqlite3.connect(tmp_path / "arena.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert project("restore", f"kopior/{NAME}", "--yes").code == 6
        writer.execute("ROLLBACK")
    assert len(codes(tmp_path / "arena.db")) == 2
    assert names(tmp_path) == {"arena.db", "kopior", ".arena.db.last-backup.json"}


def test_a_copy_that_a_killed_restore_left_is_gone_after_the_next_command(
    tmp_path: Path, backup: Path, project: Arena
) -> None:
    left = unfinished_name(tmp_path / "arena.db")
    left.write_bytes(backup.read_bytes()[:70_000])
    assert project("list-steps").code == 0
    assert not left.exists()


@posix
def test_a_copy_that_is_being_restored_is_left_alone_by_other_commands(
    tmp_path: Path, backup: Path, project: Arena
) -> None:
    from arena_cli.keeping.restoring import rehearse

    with rehearse(backup, tmp_path / "arena.db", NOON.date()) as rehearsal:
        assert run_process("list-steps", cwd=tmp_path).code == 0
        assert run_process("restore", f"kopior/{NAME}", "--yes", cwd=tmp_path).code == 6
        assert rehearsal.take_place("now") == tmp_path / "arena.before-restore-now.db"


@posix
def test_a_link_to_the_file_stays_a_link(tmp_path: Path, backup: Path, project: Arena, code: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "arena.db").rename(tmp_path / "data" / "real.db")
    (tmp_path / "arena.db").symlink_to("data/real.db")
    add(project)
    assert project("restore", f"kopior/{NAME}", "--yes").code == 0
    assert (tmp_path / "arena.db").is_symlink()
    assert codes(tmp_path / "data" / "real.db") == [code]
    assert names(tmp_path / "data") == {"real.db", "real.before-restore-2016-10-20T100000Z.db"}


def test_swedish(backup: Path, project: Arena) -> None:
    add(project)
    drill = project("restore", f"kopior/{NAME}", "--drill", world=make_world(ARENA_LANG="sv"))
    assert "1 ändring skulle gå förlorad" in drill.out
    assert "Detta var en övning" in drill.err


# -- older and newer --------------------------------------------------------------------------------------------------


def test_a_backup_of_an_older_version_is_brought_up_to_date_and_left_as_it_is(
    tmp_path: Path, arena: Arena, old_file: list[str]
) -> None:
    content = (tmp_path / "old.db").read_bytes()
    restored = arena("restore", "old.db", "--yes")
    assert restored.code == 0, restored.err
    assert codes(tmp_path / "arena.db") == old_file
    assert arena("check", "--all").code == 0
    assert (tmp_path / "old.db").read_bytes() == content


@pytest.fixture
def old_file(tmp_path: Path, arena: Arena) -> list[str]:
    """old.db, a file of the first schema. Returns the codes of its participants."""
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        connection.executescript((SCHEMAS / "schema-1.sql").read_text(encoding="utf-8"))
        return [code for (code,) in connection.execute("SELECT code FROM participant ORDER BY id")]


def test_an_older_file_is_migrated_by_the_next_command_with_a_copy_of_it_kept(
    tmp_path: Path, arena: Arena, old_file: list[str]
) -> None:
    kept = tmp_path / f"old.before-schema-{database.SCHEMA_VERSION}.db"
    first = arena("--db", "old.db", "list-steps")
    assert first.code == 0
    assert first.err.startswith(
        f"old.db has been brought to this version of arena. The file as it was is kept as {kept.name}:"
    )
    assert codes(tmp_path / "old.db") == old_file
    checked = arena("--db", "old.db", "check", "--all")
    assert (checked.code, checked.err) == (0, "")
    assert arena("--db", "old.db", "doctor").code == 8
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert names(tmp_path) == {"old.db", kept.name}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE spell SET participant_id = 99",
        "DELETE FROM journal WHERE seq = 3",
        "UPDATE journal SET actor = 'x' WHERE seq = 3",
    ],
)
def test_a_damaged_file_of_an_older_version_is_not_migrated(
    tmp_path: Path, arena: Arena, old_file: list[str], damage: str
) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("INSERT INTO spell SELECT NULL, 1, '2305', '2016-03-01', NULL, NULL, NULL, NULL, 'x'")
        connection.execute(damage)
    content = path.read_bytes()
    refused = arena("--db", "old.db", "list-participants")
    assert refused.code == 3
    assert "is damaged" in refused.err
    assert path.read_bytes() == content
    assert names(tmp_path) == {"old.db"}


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path, backup: Path, project: Arena) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute(f"PRAGMA user_version = {database.SCHEMA_VERSION + 1}")
    Path(f"{backup}.manifest.json").unlink()
    content = (tmp_path / "arena.db").read_bytes()
    refused = project("restore", f"kopior/{NAME}", "--yes")
    assert refused.code == 5
    assert "newer version" in refused.err
    assert (tmp_path / "arena.db").read_bytes() == content


def test_a_present_file_of_a_newer_version_is_not_replaced(tmp_path: Path, backup: Path, project: Arena) -> None:
    with closing(sqlite3.connect(tmp_path / "arena.db")) as connection:
        connection.execute(f"PRAGMA user_version = {database.SCHEMA_VERSION + 1}")
    content = (tmp_path / "arena.db").read_bytes()
    assert project("restore", f"kopior/{NAME}", "--yes").code == 5
    assert (tmp_path / "arena.db").read_bytes() == content


def test_the_last_backup_is_remembered(tmp_path: Path, backup: Path) -> None:
    remembered = backups.last_backup(tmp_path / "arena.db")
    assert remembered is not None
    assert remembered.path == backup
    assert remembered.made_at == datetime.fromisoformat("2016-10-20T10:00:00Z")
