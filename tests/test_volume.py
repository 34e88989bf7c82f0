"""Where a file lies: shares and synchronised folders are known, and a share is not written to unless allowed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from arena_cli import volume
from arena_cli.volume import is_unc, mounts_told, network_share, synchronised_by
from tests.conftest import Arena, make_world

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells in /proc what is mounted")


def mounted(path: Path, told: str) -> str:
    """The line that Linux has for the file system of a path, with another type."""
    device = path.stat().st_dev
    return f"36 25 {os.major(device)}:{os.minor(device)} / {path} rw,relatime shared:1 - {told} rw,vers=3.0\n"


@pytest.fixture
def share(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of mounts by which everything in the current folder lies on a share; remove it to come home."""
    mounts = tmp_path_factory.mktemp("proc") / "mountinfo"
    monkeypatch.setattr(volume, "MOUNTS", mounts)
    mounts.write_text("22 27 0:21 / /proc rw - proc proc rw\n" + mounted(tmp_path, "cifs //server/gemensam"))
    return mounts


@linux
@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("cifs //server/gemensam", "cifs"),
        ("nfs4 server:/export", "nfs4"),
        ("fuse.sshfs anna@server:", "fuse.sshfs"),
        ("fuse https://moln.example.se/dav", "davfs"),
        ("ext4 /dev/sda1", None),
        ("btrfs /dev/sda1", None),
        ("tmpfs tmpfs", None),
        ("fuseblk /dev/sdb1", None),
    ],
)
def test_linux_tells_the_type_of_a_file_system(tmp_path: Path, share: Path, told: str, kind: str | None) -> None:
    share.write_text(mounted(tmp_path, told))
    (tmp_path / "there.db").write_text("")
    assert network_share(tmp_path / "there.db") == network_share(tmp_path / "not there.db") == kind


@linux
def test_a_later_mount_hides_an_earlier_one(tmp_path: Path, share: Path) -> None:
    share.write_text(mounted(tmp_path, "nfs server:/x") + mounted(tmp_path, "ext4 /dev/sda1"))
    assert network_share(tmp_path) is None


@linux
def test_where_the_system_does_not_say_it_is_a_disk(tmp_path: Path, share: Path) -> None:
    share.write_text("")
    assert network_share(tmp_path) is None
    share.unlink()
    assert network_share(tmp_path) is None
    assert network_share(tmp_path / "no" / "folder" / "x.db") is None


@linux
def test_this_computers_own_disks_are_disks(tmp_path: Path) -> None:
    assert network_share(tmp_path / "arena.db") is None
    assert network_share(Path("/proc/self/mountinfo")) is None


@pytest.mark.parametrize(
    ("path", "on_share"),
    [
        (r"\\server\gemensam\projekt\arena.db", True),
        (r"\\?\UNC\server\gemensam\arena.db", True),
        ("//server/gemensam/arena.db", True),
        (r"C:\Users\anna\arena.db", False),
        (r"\\?\C:\Users\anna\arena.db", False),
        (r"arena.db", False),
    ],
)
def test_windows_tells_by_the_path(path: str, on_share: bool) -> None:
    assert is_unc(path) is on_share


def test_macos_tells_in_a_list() -> None:
    told = (
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        "//anna@server/gemensam on /Volumes/Vår gemensamma (smbfs, nodev, nosuid, mounted by anna)\n"
        "server:/export on /Volumes/on air (nfs)\n"
    )
    assert list(mounts_told(told)) == [
        ("/", "apfs"),
        ("/Volumes/Vår gemensamma", "smbfs"),
        ("/Volumes/on air", "nfs"),
    ]


@pytest.mark.parametrize(
    ("folder", "program"),
    [
        ("OneDrive", "OneDrive"),
        ("OneDrive - Krokoms kommun/projekt", "OneDrive"),
        ("Dropbox/a/b", "Dropbox"),
        ("Nextcloud", "Nextcloud"),
        ("Google Drive/My Drive", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("projekt", None),
        ("boxar", None),
        ("onedrivers", None),
    ],
)
def test_folders_of_programs_that_synchronise_are_known(tmp_path: Path, folder: str, program: str | None) -> None:
    (tmp_path / folder).mkdir(parents=True)
    assert synchronised_by(tmp_path / folder / "arena.db", {}) == program


def test_they_are_known_by_their_marks_and_variables_too(tmp_path: Path) -> None:
    folder = tmp_path / "moln" / "projekt"
    folder.mkdir(parents=True)
    assert synchronised_by(folder / "arena.db", {"OneDrive": ""}) is None
    assert synchronised_by(folder / "arena.db", {"OneDrive": str(tmp_path / "moln")}) == "OneDrive"
    (tmp_path / "moln" / ".stfolder").mkdir()
    assert synchronised_by(folder / "arena.db", {}) == "Syncthing"


# -- writing ----------------------------------------------------------------------------------------------------------

ADD = ("add-participant", "--municipality", "Åre", "--date", "2016-10-04", "--sex", "man")


@linux
def test_a_share_is_read_but_not_written_to(tmp_path: Path, project: Arena, code: str, share: Path) -> None:
    content = (tmp_path / "arena.db").read_bytes()
    refused = project(*ADD)
    assert (refused.code, refused.out) == (5, "")
    assert "arena.db lies on a network share (cifs)" in refused.err
    assert "keep the file on this computer's own disk" in refused.err
    assert "nätverksdisk" in project(*ADD, world=make_world(ARENA_LANG="sv")).err
    for looking in (["list-participants"], ["show-participant", code], ["report"], ["check"], ["doctor"]):
        assert project(*looking).code in {0, 8}, looking
    for changing in (["undo", "--yes"], ["exit-participant", code, "--destination", "work", "--date", "2016-10-20"]):
        assert project(*changing).code == 5, changing
    assert (tmp_path / "arena.db").read_bytes() == content


@linux
def test_no_file_is_begun_on_a_share(tmp_path: Path, arena: Arena, share: Path) -> None:
    for words in (["init", "--project", "oppen-arena"], ["demo"]):
        refused = arena(*words)
        assert refused.code == 5, refused.err
        assert "would lie on a network share (cifs)" in refused.err
    assert not list(tmp_path.rglob("*.db"))


@linux
def test_the_project_can_allow_it_and_take_that_back(tmp_path: Path, project: Arena, code: str, share: Path) -> None:
    assert project("allow-network-share").code == 2
    allowed = project("allow-network-share", "--why", "ingen annan disk")
    assert allowed.code == 0
    assert "may be written to" in allowed.err
    assert project(*ADD).code == 0
    assert "so already" in project("allow-network-share", "--why", "igen").err
    changes = project("list-changes").out.splitlines()
    assert "allow-network-share" in changes[-2]
    assert "ingen annan disk" in changes[-2]
    assert project("check", "--all").code == 0
    assert project("allow-network-share", "--revoke", "--why", "flyttad").code == 0
    assert project(*ADD).code == 5
    share.unlink()
    assert project(*ADD).code == 0


@linux
def test_undoing_the_leave_takes_it_back(project: Arena, code: str, share: Path) -> None:
    assert project("allow-network-share", "--why", "ingen annan disk").code == 0
    undone = project("undo", "--yes")
    assert undone.code == 0
    assert "On a network share: no → yes" in undone.err
    assert project(*ADD).code == 5


@linux
def test_backups_may_lie_on_a_share(tmp_path: Path, project: Arena, code: str, share: Path) -> None:
    (tmp_path / "kopior").mkdir()
    made = project("backup", "--to", "kopior")
    assert made.code == 0
    backup = made.out.strip()
    assert project("restore", backup, "--drill").code == 5
    share.unlink()
    assert project("restore", backup, "--drill").code == 0


@linux
def test_doctor_says_so(project: Arena, code: str, share: Path) -> None:
    told = project("doctor")
    assert told.code == 8
    assert "!   Place: a network share (cifs): two computers can write into the file at once" in told.out
    project("allow-network-share", "--why", "ingen annan disk")
    assert "ok  Place: a network share (cifs), which the project allows" in project("doctor").out
