"""Where a file lies: on this computer's own disk, on a network share, or in a folder that another program synchronises.

SQLite trusts the file system to lock and to write what it is told to. A share promises both and is known to keep
neither (https://www.sqlite.org/useovernet.html), and a program that synchronises a folder copies the file in the middle
of a change.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Final

MOUNTS: Final = Path("/proc/self/mountinfo")
"""Linux's list of what is mounted (man 5 proc_pid_mountinfo)."""

_NETWORKED: Final = frozenset(
    {"afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"}
    | {"orangefs", "panfs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "webdav", "fuse.davfs", "fuse.davfs2"}
    | {"fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs"}
    | {"fuse.vmhgfs-fuse"}
)
"""File systems whose files are on another computer."""

_LOCAL_ON_MACOS: Final = (Path("/"), Path("/System/Volumes/Data"))

_BY_FOLDER: Final[Mapping[str, str]] = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud": "iCloud",
    "icloud drive": "iCloud",
    "icloud~": "iCloud",
    "iclouddrive": "iCloud",
    "mobile documents": "iCloud",
    "box": "Box",
    "box sync": "Box",
    "mega": "MEGA",
    "pclouddrive": "pCloud",
    "seafile": "Seafile",
    "syncthing": "Syncthing",
    "synologydrive": "Synology Drive",
    "cloudstorage": "macOS",
}
"""The names, small letters, of the folders that these programs make."""

_BY_MARK: Final[Mapping[str, str]] = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".stfolder": "Syncthing",
    ".seafile-data": "Seafile",
}
"""What they leave in the topmost folder that they synchronise."""

_BY_VARIABLE: Final[Mapping[str, str]] = {
    "OneDrive": "OneDrive",
    "OneDriveCommercial": "OneDrive",
    "OneDriveConsumer": "OneDrive",
}
"""Variables of Windows with such a folder's path."""


def network_share(path: Path) -> str | None:
    """The kind of network share that a file, or the folder it is to be in, lies on; None on a disk of this computer.

    Where the system does not say, it is taken for a disk.
    """
    if sys.platform == "win32":
        return "UNC" if is_unc(os.path.realpath(path)) else None
    try:
        status = (path if path.exists() else path.absolute().parent).stat()
        if sys.platform == "darwin":
            if any(place.exists() and place.stat().st_dev == status.st_dev for place in _LOCAL_ON_MACOS):
                return None
            kind = _kind_by_mount_command(path)
        else:
            kind = _kind_by_mount_table(status.st_dev)
    except OSError:
        return None
    return kind if kind in _NETWORKED else None


def synchronised_by(path: Path, environ: Mapping[str, str]) -> str | None:
    """The program that synchronises a file's folder with other computers, by the signs that these programs leave."""
    folders = Path(os.path.realpath(path)).parents
    for variable, program in _BY_VARIABLE.items():
        place = environ.get(variable)
        if place and Path(place) in folders:
            return program
    for folder in folders:
        name = folder.name.casefold()
        known = _BY_FOLDER.get(name) or _BY_FOLDER.get(re.split(r" - |-|~| \(", name)[0])
        if known:
            return known
        for mark, program in _BY_MARK.items():
            if (folder / mark).exists():
                return program
    return None


def is_unc(path: str) -> bool:
    """Whether a resolved Windows path leads to another computer: two backslashes, its name and a share's."""
    drive = PureWindowsPath(path).drive
    return drive.startswith("\\\\") and not re.match(r"\\\\[?.]\\(?!UNC\\)", drive, re.IGNORECASE)


def _kind_by_mount_table(device: int) -> str | None:
    """The type of the file system with a device number. A later mount hides an earlier one."""
    text = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    wanted = f" {os.major(device)}:{os.minor(device)} "
    at = text.rfind(wanted)
    if at < 0:
        return None
    line = text[at : text.find("\n", at)]
    kind, source, options = line.partition(" - ")[2].split(" ", 2)
    if kind == "fuse" and "://" in source:
        return "davfs"
    return "nfs" if kind == "9p" and "trans=tcp" in options else kind


def _kind_by_mount_command(path: Path) -> str | None:
    """The type of the file system with the longest mount point above a path, as `mount` of macOS tells it."""
    import subprocess

    told = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
    place = os.path.realpath(path)
    above = [(len(point), kind) for point, kind in mounts_told(told) if place.startswith(point.rstrip("/") + "/")]
    return max(above)[1] if above else None


def mounts_told(text: str) -> Iterator[tuple[str, str]]:
    """Mount points and types of `mount`'s lines: `//anna@server/share on /Volumes/share (smbfs, nodev)`."""
    for found in re.finditer(r"^.*? on (?P<point>/.*) \((?P<kind>\w+)[,)]", text, re.MULTILINE):
        yield found["point"], found["kind"]
