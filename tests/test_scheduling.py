"""What makes the report come by itself: read by the real cron, by systemd, and by the rules of Windows."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from arena_cli.cli.scheduling import (
    SCHEDULERS,
    When,
    cron_line,
    systemd_service,
    systemd_timer,
    windows_command,
    windows_task,
)
from tests.conftest import Arena, run_process
from tests.engines import only_plain

_PLACES = f"{os.environ['PATH']}:/usr/sbin"
CRON, FAKETIME, UNSHARE, VERIFY = (
    shutil.which(name, path=_PLACES) for name in ("cron", "faketime", "unshare", "systemd-analyze")
)

MORNING = When((1, 10), 6, 5)

AWKWARD = "Åsas mapp 100% \"$HOME\" 'x' \\ ;"


@pytest.fixture
def installed(project: Arena, code: str, tmp_path: Path) -> Path:
    """A folder whose name tries every scheduler's quoting, with a project's file."""
    folder = tmp_path / AWKWARD
    folder.mkdir()
    (tmp_path / "arena.db").rename(folder / "arena.db")
    return folder


def scheduled(folder: Path, *arguments: str) -> str:
    said = run_process("schedule", *arguments, cwd=folder)
    assert said.code == 0, said.err
    return said.out


def test_all_four_are_printed(installed: Path) -> None:
    text = scheduled(installed)
    parts = text.split("\n\n# ")
    assert len(parts) == 4
    for name, part in zip(("cron", "service", "timer", "windows"), parts, strict=True):
        assert part.partition("\n")[2].strip() == scheduled(installed, "--for", name).strip()


def test_systemd_is_its_service_and_its_timer(installed: Path) -> None:
    service, timer = scheduled(installed, "--for", "systemd").split("\n\n# ")
    assert service.startswith("# systemd: ~/.config/systemd/user/arena-report.service\n[Unit]\n")
    assert timer.partition("\n")[2].strip() == scheduled(installed, "--for", "timer").strip()


def test_the_reports_for_the_meeting_and_for_the_public_are_two_units(installed: Path) -> None:
    public = scheduled(installed, "--for", "systemd", "--audience", "public").split("\n\n# ")
    assert [part.partition("\n")[0].rpartition("/")[2] for part in public] == [
        "arena-public-report.service",
        "arena-public-report.timer",
    ]


def test_the_command_has_every_path_in_full(installed: Path) -> None:
    words = shlex.split(scheduled(installed, "--for", "cron", "--out", "ut", "--format", "md,csv").replace(r"\%", "%"))
    assert words[:5] == ["15", "6", "1-10", "*", "*"]
    assert words[5:] == [
        *(sys.executable, "-P", "-m", "arena_cli", "report", "--month", "last"),
        *("--format", "md,csv", "--out", str(installed / "ut"), "--db", str(installed / "arena.db")),
        *("--lang", "en", "--if-changed", "--quiet"),
    ]
    assert scheduled(installed, "--for", "cron", "--at", "23:05").startswith("5 23 1-10 * * ")


def test_the_public_waits_for_what_is_registered_late(installed: Path) -> None:
    lines = {unit: scheduled(installed, "--for", unit, "--audience", "public") for unit in SCHEDULERS}
    assert lines["cron"].startswith("15 6 15-20 * * ")
    assert "OnCalendar=*-*-15..20 06:15:00\n" in lines["timer"]
    assert '/TN "arena public report" /SC MONTHLY /D 15 /ST 06:15 ' in lines["windows"]
    for unit in ("cron", "service", "windows"):
        assert " --audience public --db " in lines[unit]
    assert "--audience" not in scheduled(installed)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--audience", "nobody"], 2, "There is no such audience. Choose one of: meeting, public."),
        (["--at", "24:00"], 2, "--at: That is no time of the day. Write it as 06:15."),
        (["--at", "noon"], 2, "--at: That is no time of the day."),
        (["--for", "fcron"], 2, "There is no such scheduler. Choose one of: cron, service, timer, windows, systemd."),
        (["--format", "doc"], 2, "There is no such format."),
        (["--out", "a\nb"], 2, "A path with a line break in it fits no line of cron."),
        (["--db", "none.db"], 4, "There is no database file none.db."),
    ],
)
def test_what_is_refused(project: Arena, arguments: list[str], code: int, said: str) -> None:
    refused = project("schedule", *arguments)
    assert (refused.code, refused.out) == (code, "")
    assert refused.err.startswith(said)


# -- systemd ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not VERIFY and not os.environ.get("CI"), reason="needs systemd-analyze (apt install systemd); CI must have it"
)
def test_systemd_finds_nothing_to_complain_of(installed: Path, tmp_path: Path) -> None:
    for unit in ("service", "timer"):
        (tmp_path / f"arena-report.{unit}").write_text(scheduled(installed, "--for", unit), encoding="utf-8")
    said = verified(tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    (tmp_path / "arena-report.timer").write_text("[Timer]\nOnCalender=monthly\n")
    assert "OnCalender" in verified(tmp_path).stderr  # it does look
    when = [line.partition("=")[2] for line in scheduled(installed, "--for", "timer").splitlines() if "OnCal" in line]
    calendar = subprocess.run(
        [str(VERIFY), "calendar", "--base-time=2016-11-10 07:00", *when], capture_output=True, text=True, check=True
    )
    assert "2016-12-01 06:15:00" in calendar.stdout


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    units = [str(folder / f"arena-report.{unit}") for unit in ("service", "timer")]
    return subprocess.run([str(VERIFY), "verify", "--man=no", *units], capture_output=True, text=True, check=False)


def test_systemd_fills_nothing_in() -> None:
    service = systemd_service(["/usr/bin/python", "50 %h $HOME", 'a"b\\c', "plain"], MORNING)
    assert r'ExecStart=/usr/bin/python "50 %%h $$HOME" "a\"b\\c" plain' in service
    assert "OnCalendar=*-*-01..10 06:05:00\nPersistent=true\n" in systemd_timer([], MORNING)


# -- Windows ----------------------------------------------------------------------------------------------------------


def test_windows_quotes_twice() -> None:
    command = [r"C:\Program Files\Python\python.exe", "-m", "arena_cli", "--out", r"D:\rapporter"]
    assert windows_command(command) == r'"C:\Program Files\Python\python.exe" -m arena_cli --out D:\rapporter'
    assert windows_task(command, MORNING) == (
        'schtasks /Create /TN "arena report" /SC DAILY /ST 06:05 '
        r'/TR "\"C:\Program Files\Python\python.exe\" -m arena_cli --out D:\rapporter"'
    )


def test_what_is_too_long_for_windows_is_said(project: Arena) -> None:
    said = project("schedule", "--for", "windows", "--out", "x" * 250)
    assert said.code == 0
    assert said.err == "Windows takes 261 characters at most: put the command in a .cmd file, name that.\n"


# -- cron -------------------------------------------------------------------------------------------------------------


def test_cron_ends_no_line_at_a_per_cent_sign() -> None:
    assert cron_line(["a", "50 %"], MORNING) == r"5 6 1-10 * * a '50 \%'"


@only_plain("the environment that cron gives does not say where the tests have their key")
@pytest.mark.skipif(
    not (CRON and FAKETIME and UNSHARE and os.geteuid() == 0) and not os.environ.get("CI"),
    reason="needs root, cron, faketime and unshare (apt install cron faketime); CI must have them",
)
def test_debians_cron_runs_it_at_its_hour(arena: Arena, tmp_path: Path) -> None:
    """The real daemon, two seconds before the hour, among crontabs and a /run of its own; the job has no fake clock."""
    installed = tmp_path / AWKWARD
    installed.mkdir()
    a_long_project = ("--starts", "2016-01-01", "--ends", "2099-12-31", "--municipality", "Krokom", "--no-input")
    made = arena("init", "--name", "Prov", "--owner", "Provet", *a_long_project, "--db", str(installed / "arena.db"))
    assert made.code == 0, made.err
    apart = [str(UNSHARE), "--mount", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*apart, "mount", "-t", "tmpfs", "none", "/run"], capture_output=True, check=False).returncode:
        pytest.skip("needs leave to mount")
    line = scheduled(installed, "--for", "cron").strip()
    minute, hour, days, month, weekday, command = line.split(" ", 5)
    path = os.pathsep.join(sys.path)  # where a test finds what an installed arena has
    job = f"{minute} {hour} {days} {month} {weekday} root {command} >{shlex.quote(str(tmp_path / 'said'))} 2>&1"
    (tmp_path / "none").touch(0o644)
    (tmp_path / "crontab").write_text(f"PYTHONPATH={path}\nPATH=/usr/bin:/bin\n{job}; echo $? >>'{tmp_path}/code'\n")
    script = f"""
        mount -t tmpfs none /var/spool/cron && mkdir -p /var/spool/cron/crontabs
        mount -t tmpfs none /etc/cron.d
        mount -t tmpfs none /run
        mount -t tmpfs none /dev/shm
        cp '{tmp_path}/crontab' /etc/cron.d/arena
        mount --bind '{tmp_path}/none' /etc/crontab
        exec '{FAKETIME}' -f '@2026-11-02 06:14:57' '{CRON}' -f -L 4
    """
    log = (tmp_path / "log").open("wb")
    with (
        subprocess.Popen(
            [str(UNSHARE), "--mount", "--pid", "--fork", "--kill-child", "bash", "-ec", script], stdout=log, stderr=log
        ) as daemon,
        log,
    ):
        try:
            wait_for(tmp_path / "code", daemon)
        finally:
            daemon.kill()
    assert (tmp_path / "code").read_text() == "0\n", (tmp_path / "said").read_text()
    assert (tmp_path / "said").read_text() == ""
    assert any(path.name.endswith(".manifest.json") for path in (installed / "reports").iterdir())


def wait_for(file: Path, daemon: subprocess.Popen[bytes]) -> None:
    """At most as long as two minutes take."""
    for _ in range(1200):
        if file.exists() and file.read_text():
            return
        assert daemon.poll() is None, "cron has ended"
        time.sleep(0.1)
    pytest.fail("cron has not run the command")
