"""Nothing is written where it was not asked for: not through names that climb out, not through links laid by others."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Arena

CLIMBING = (
    "..", "../x", "../../x", "..\\x", "..\\..\\x", "/x", "//x", "/etc/x", "\\x", "\\\\server\\share\\x", "C:\\x", "C:x",
    "x/../../y", "x/..", "./x", ".", "~", "~/x", "~root/x", "$HOME/x", "%2e%2e%2fx", "%2e%2e/x", "..%2fx", "..%5cx",
    "..%c0%afx", "%252e%252e%252fx", "....//x", "..././x", "..;/x", "x\x00y", "..\x00/x", "x\n../y", "file:///x",
    "\uff0e\uff0e/x", "..\u2215x", "..\u2044x", "..\u29f5x", "x/", "nul", "-rf", ".git/x", "x:stream",
)  # fmt: skip
MONTH = ("--month", "2016-09")


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.fixture
def outside(tmp_path: Path, arena: Arena, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the one in it where commands are run: what appears beside that was put where nobody asked."""
    inner = tmp_path / "deep" / "er" / "inner"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert arena("init", "--project", "integrationsprojekt").code == 0
    return tmp_path


def test_there_are_forty_names_that_climb() -> None:
    assert len(set(CLIMBING)) >= 40


@pytest.mark.parametrize("name", CLIMBING, ids=range(len(CLIMBING)))
def test_a_name_that_climbs_leads_nowhere(outside: Path, arena: Arena, name: str) -> None:
    inner = Path.cwd()
    before = everything(outside)
    attempts = [
        ("report", "--month", name, "--out", "out"),
        ("report", *MONTH, "--format", name, "--out", "out"),
        ("report", *MONTH, "--municipality", name, "--out", "out"),
        ("report", *MONTH, "--audience", name, "--out", "out"),
        ("--lang", name, "report", *MONTH, "--out", "out"),
        ("why", f"stock_flow/entered/{name}/all", *MONTH),
        ("show-participant", name),
    ]
    for arguments in attempts:
        if any("\x00" in word for word in arguments):
            continue  # no system passes it on to a command
        assert arena(*arguments).code not in {0, 1}, arguments
    assert everything(outside) - before <= everything(inner)
    for key in ("code", "name"):
        profile = Path("own.toml")
        profile.write_text(own_project(key, name), encoding="utf-8")
        started = arena("init", "--project", "own.toml", "--db", "own.db")
        assert started.code != 1
        if started.code == 0:
            assert arena("report", "--db", "own.db", *MONTH, "--format", "md,json", "--out", "own").code == 0
            assert {path.parent for path in everything(inner) if path.name.startswith("rapport")} == {inner / "own"}
        Path("own.db").unlink(missing_ok=True)
    assert {path for path in everything(outside) - before if inner not in path.parents} == set()


def own_project(key: str, value: str) -> str:
    import json

    named = {"code": "x", "name": "X", key: value}
    keys = "\n".join(f"{key} = {json.dumps(text)}" for key, text in named.items())
    return f"""{keys}
owner = "X"
starts_on = 2015-09-01
ends_on = 2018-03-31
municipalities = ["2309"]
[[steps]]
code = "a"
name = "A"
[[destinations]]
code = "job"
name = "Jobb"
group = "work"
"""


# -- links ------------------------------------------------------------------------------------------------------------

SECRET = b"not to be touched"


@pytest.fixture
def victim(outside: Path) -> Path:
    """A file that a link leads to."""
    file = outside / "victim"
    file.write_bytes(SECRET)
    return file


def test_a_link_in_a_reports_place_is_replaced_not_followed(victim: Path, arena: Arena) -> None:
    Path("out").mkdir()
    for name in ("rapport-2016-09.intern.en.md", "rapport-2016-09.intern.en.manifest.json"):
        (Path("out") / name).symlink_to(victim)
    arena("report", *MONTH, "--format", "md", "--out", "out")
    assert victim.read_bytes() == SECRET


def test_a_link_that_leads_nowhere_is_not_filled(outside: Path, arena: Arena) -> None:
    Path("out").mkdir()
    (Path("out") / "rapport-2016-09.intern.en.md").symlink_to(outside / "new")
    arena("report", *MONTH, "--format", "md", "--out", "out")
    assert not (outside / "new").exists()


def test_a_new_project_is_not_made_through_a_link(victim: Path, outside: Path, arena: Arena) -> None:
    for target in (victim, outside / "new"):
        Path("linked.db").symlink_to(target)
        assert arena("init", "--project", "integrationsprojekt", "--db", "linked.db").code not in {0, 1}
        Path("linked.db").unlink()
    assert victim.read_bytes() == SECRET
    assert not (outside / "new").exists()


def test_a_backup_is_not_written_through_a_link(victim: Path, arena: Arena) -> None:
    Path("backups").mkdir()
    assert arena("backup", "--to", "backups").code == 0
    (made,) = Path("backups").glob("*.db")
    made.unlink()
    made.symlink_to(victim)
    arena("backup", "--to", "backups")
    assert victim.read_bytes() == SECRET


def test_a_restore_does_not_write_through_a_link(victim: Path, arena: Arena) -> None:
    Path("backups").mkdir()
    assert arena("backup", "--to", "backups").code == 0
    (made,) = Path("backups").glob("*.db")
    Path("linked.db").symlink_to(victim)
    arena("restore", str(made), "--db", "linked.db", "--yes", "--why", "x")
    assert victim.read_bytes() == SECRET


def test_what_sqlite_keeps_beside_the_file_is_not_written_through_a_link(victim: Path, arena: Arena) -> None:
    Path("arena.db-journal").symlink_to(victim)
    arena("add-participant", "--municipality", "Krokom", "--date", "2016-10-03", "--sex", "woman")
    assert victim.read_bytes() == SECRET


def test_a_draft_of_a_letter_is_not_written_through_a_link(victim: Path, arena: Arena) -> None:
    arena("report", *MONTH, "--format", "html", "--out", "out")
    Path("letter.eml").symlink_to(victim)
    arena("send-report", *MONTH, "--draft", "letter.eml")
    assert victim.read_bytes() == SECRET


def test_what_holds_persons_is_readable_by_its_owner_only_and_counts_as_the_user_wishes(
    outside: Path, arena: Arena
) -> None:
    Path("backups").mkdir()
    arena("add-participant", "--municipality", "Krokom", "--date", "2016-10-03", "--sex", "woman")
    assert arena("report", *MONTH, "--format", "md,html,json,csv,xlsx", "--out", "out").code == 0
    assert arena("backup", "--to", "backups").code == 0
    made = [path for path in everything(outside) if path.is_file()]
    assert len(made) >= 8
    if os.name == "posix":
        for path in made:
            hidden = 0o022 if path.parent.name == "out" else 0o077
            assert stat.S_IMODE(path.stat().st_mode) & hidden == 0, path


@pytest.mark.skipif(sys.platform == "win32", reason="there are no core dumps")
def test_a_crash_leaves_no_core_dump(project: Arena, tmp_path: Path) -> None:
    """However large a one the shell allows: names and keys would be in it."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    if most == 0:
        pytest.skip("this system allows no core dumps anyway")
    allowed = "import resource, sys; allowed = lambda: print(resource.getrlimit(resource.RLIMIT_CORE), file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", f"{allowed}; allowed(); from arena_cli.cli.main import main; main(); allowed()"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)),
        capture_output=True,
        text=True,
        check=True,
    )
    before, *_, after = ended.stderr.splitlines()
    assert (before, after) == (f"({most}, {most})", "(0, 0)")
