"""Permissions missing, disks full, many writers at once, files damaged in any way."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from arena_cli import casework
from arena_cli.database import DiskFault
from arena_cli.errors import ArenaError, CannotWrite
from arena_cli.exchange.importing import import_list
from arena_cli.figures.report import build
from arena_cli.model import Month, Participant, Sex
from arena_cli.store import Store
from tests.faults import plants
from tests.faults.cases import Case, contents, fresh, leftovers
from tests.faults.children import Child
from tests.faults.harness import Tell, enrol, faults_of, run_child, unsound, write_at_once
from tests.random_lists import random_lists, write_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes and permissions")

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can reach, unlike pytest's own."""
    with TemporaryDirectory() as name:
        folder = Path(name, "data")
        folder.mkdir()
        Path(name).chmod(0o755)
        yield folder


@pytest.fixture
def path(folder: Path) -> Path:
    """A file with one participant."""
    new_store(folder / "arena.db").close()
    run_child(folder / "arena.db", enrol)
    return folder / "arena.db"


def codes(path: Path) -> frozenset[str]:
    with Store.open(path) as store:
        return frozenset(person.code for person in store.records(Participant))


# -- permissions ------------------------------------------------------------------------------------------------------


def as_nobody(deed: Callable[[Path, Tell], None]) -> Callable[[Path, Tell], None]:
    """The deed of somebody whom permissions concern: they do not concern root."""

    def done(path: Path, tell: Tell) -> None:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        deed(path, tell)

    return done


def look(path: Path, tell: Tell) -> None:
    for code in codes(path):
        tell(code)


def give_away(path: Path) -> None:
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)


@pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize(("mode", "may_read"), [(0o600, False), (0o644, True)])
def test_somebody_elses_file(folder: Path, path: Path, mode: int, may_read: bool) -> None:
    """Another user's file is read if that is allowed, and never changed; nothing is left in its folder."""
    before, content = codes(path), path.read_bytes()
    path.chmod(mode)
    folder.chmod(0o755)
    reader, writer = run_child(path, as_nobody(look)), run_child(path, as_nobody(enrol))
    assert (reader.code, reader.told) == ((0, before) if may_read else (CannotWrite.exit_code, frozenset()))
    assert (writer.code, writer.told) == (CannotWrite.exit_code, frozenset())
    assert path.read_bytes() == content
    assert [entry.name for entry in folder.iterdir()] == ["arena.db"]


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "may_read", "may_write"),
    [
        (0o700, 0o600, True, True),
        (0o500, 0o600, True, False),
        (0o700, 0o400, True, False),
        (0o500, 0o400, True, False),
        (0o700, 0o000, False, False),
        (0o000, 0o600, False, False),
    ],
)
def test_permissions(
    folder: Path, path: Path, folder_mode: int, file_mode: int, may_read: bool, may_write: bool
) -> None:
    before, content = codes(path), path.read_bytes()
    give_away(path)
    give_away(folder)
    path.chmod(file_mode)
    folder.chmod(folder_mode)
    reader, writer = run_child(path, as_nobody(look)), run_child(path, as_nobody(enrol))
    folder.chmod(0o700)
    path.chmod(0o600)
    assert (reader.code, reader.told) == ((0, before) if may_read else (CannotWrite.exit_code, frozenset()))
    assert (writer.code, bool(writer.told)) == ((0, True) if may_write else (CannotWrite.exit_code, False))
    assert (path.read_bytes() == content) is not may_write
    assert list(faults_of(path, before | writer.told)) == []
    assert [entry.name for entry in folder.iterdir()] == ["arena.db"]


def test_a_journal_has_the_permissions_of_its_file(path: Path) -> None:
    umask = os.umask(0)
    try:
        with Store.open(path, writing=True) as store, store.change(occasion()) as change:
            change.add_participant(None, Sex.MAN, None)
            assert stat.S_IMODE(Path(f"{path}-journal").stat().st_mode) == 0o600
    finally:
        os.umask(umask)


# -- a writer that was killed -----------------------------------------------------------------------------------------


def killed_while_writing(path: Path, tell: Tell) -> None:
    """Has written part of a change into the file itself when it is killed."""
    with Store.open(path, writing=True) as store, store.change(occasion()) as change:
        store.rows("PRAGMA cache_size = 2")  # pages that do not fit are written before the end
        for _ in range(200):
            tell(change.add_participant(None, Sex.MAN, None).code)
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_writer_left_is_rolled_back_by_a_reader(path: Path) -> None:
    before, content = codes(path), path.read_bytes()
    assert run_child(path, killed_while_writing).hot_journal
    assert path.read_bytes() != content
    assert codes(path) == before
    assert path.read_bytes() == content
    assert list(faults_of(path, before)) == []


@pytest.mark.parametrize("file_mode", [0o600, 0o400])
def test_a_reader_who_cannot_roll_back_reads_nothing(folder: Path, path: Path, file_mode: int) -> None:
    before = codes(path)
    assert run_child(path, killed_while_writing).hot_journal
    for entry in (path, Path(f"{path}-journal"), folder):
        give_away(entry)
    path.chmod(file_mode)
    folder.chmod(0o500)
    reader = run_child(path, as_nobody(look))
    folder.chmod(0o700)
    path.chmod(0o600)
    assert (reader.code, reader.told) == (CannotWrite.exit_code, frozenset())
    assert codes(path) == before
    assert list(faults_of(path, before)) == []


def test_a_change_that_never_reached_the_file_leaves_it_readable_in_a_folder_that_is_not_writable(
    folder: Path, path: Path
) -> None:
    def killed_before_writing(path: Path, tell: Tell) -> None:
        with Store.open(path, writing=True) as store, store.change(occasion()) as change:
            change.add_participant(None, Sex.MAN, None)
            os.kill(os.getpid(), signal.SIGKILL)

    before = codes(path)
    assert not run_child(path, killed_before_writing).hot_journal
    for entry in (path, Path(f"{path}-journal"), folder):
        give_away(entry)
    folder.chmod(0o500)
    reader = run_child(path, as_nobody(look))
    folder.chmod(0o700)
    assert (reader.code, reader.told) == (0, before)


# -- a full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def csv(folder: Path) -> Path:
    return write_lists(folder, random_lists(DESCRIPTION, 400, PROJECT.starts_on, PROJECT.ends_on, seed=5))[0]


def test_a_file_that_may_not_grow(path: Path, csv: Path) -> None:
    def take(path: Path, tell: Tell) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 8192,) * 2)
        with Store.open(path, writing=True) as store, pytest.raises(DiskFault):
            import_list(store, occasion("import"), csv)
        assert path.read_bytes() == content
        assert sorted(file.name for file in path.parent.glob("arena.db*")) == ["arena.db"]
        for code in codes(path):
            tell(code)

    before, content = codes(path), path.read_bytes()
    child = run_child(path, take)
    assert (child.code, child.told) == (0, before)
    assert path.read_bytes() == content
    with Store.open(path, writing=True) as store:
        assert import_list(store, occasion("import"), csv).persons_new == 400
        assert list(unsound(store)) == []


SMALL_DISK = """
mount -t tmpfs -o size=$(($(stat -c %s arena.db) / 1024 + 64))k none disk && cp arena.db disk/ || exit
"$@" import list.csv
echo $?
"$@" list-participants --json | grep -c '"code"'
"$@" add-participant --municipality 2305 --date 2016-03-10 --step a --sex man
echo $?
cp disk/arena.db .
"""


def test_a_small_disk(folder: Path, path: Path, csv: Path) -> None:
    """A list does not fit; what was there is still there, and one more participant fits."""
    (folder / "disk").mkdir()
    csv.rename(folder / "list.csv")
    unshare = ("unshare", "--user", "--map-root-user", "--mount")
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs unshare, and leave to mount")
    ran = subprocess.run(
        [*unshare, "sh", "-c", SMALL_DISK, "sh", sys.executable, "-m", "arena_cli", "--db", "disk/arena.db"],
        cwd=folder,
        env={**os.environ, "ARENA_LANG": "en", "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    imported, there, code, added = ran.stdout.split()
    assert (imported, there, added) == ("7", "1", "0"), ran.stderr
    assert "is full" in ran.stderr
    assert list(faults_of(path, [code])) == []


# -- many at once -----------------------------------------------------------------------------------------------------


def test_eight_writers_lose_nothing(path: Path) -> None:
    assert write_at_once(path, 8, 50) == []
    assert len(codes(path)) == 401


def test_writers_who_do_not_lock_are_found(path: Path) -> None:
    assert write_at_once(path, 4, 20, plants.no_transaction)


def test_two_reports_at_once(year: list[Case], tmp_path: Path) -> None:
    """Cron and a person, or two crons: whole files, and nothing left; one may be told that it is busy."""
    case = next(case for case in reversed(year) if case.verb == "report")
    folder = fresh(case.before, tmp_path / "arena")
    ended = [child.end() for child in [Child(folder, case.command) for _ in range(4)]]
    assert {ran.code for ran in ended} in ({0}, {0, 6})
    assert contents(folder) == contents(case.after)
    assert leftovers(folder) == []


# -- damage -----------------------------------------------------------------------------------------------------------


def damaged(content: bytes, random: Random) -> bytes:
    """The content with one thing wrong."""
    at = random.randrange(len(content))
    page = at // 4096 * 4096
    return random.choice(
        (
            content[:at],
            content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :],
            content[:at] + random.randbytes(200) + content[at + 200 :],
            content[:page] + bytes(4096) + content[page + 4096 :],
            content[:page] + random.randbytes(4096) + content[page + 4096 :],
        )
    )


def test_a_damaged_file_is_read_or_refused_but_never_changed(path: Path) -> None:
    with Store.open(path, writing=True) as store:
        put(store, random_lists(DESCRIPTION, 20, PROJECT.starts_on, PROJECT.ends_on, seed=3))
        code = store.records(Participant)[5].code
    content, random = path.read_bytes(), Random(1)
    refused = 0
    for _ in range(300):
        wrong = damaged(content, random)
        path.write_bytes(wrong)
        try:
            with Store.open(path) as store:
                store.project()
                casework.journey(store, code)
                store.entries()
                build(store, Month(2016, 10), TODAY).require_reconciled()
        except ArenaError:
            refused += 1
        assert path.read_bytes() == wrong
        assert [entry.name for entry in path.parent.iterdir()] == ["arena.db"]
    assert refused > 130
