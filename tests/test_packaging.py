"""The wheel holds all that the program needs, and runs where there is neither a checkout nor a network.

At the end: dev.py makes the developers' environment, and repairs it after any interruption.
"""

import gettext
import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import arena_cli
import dev
import hatch_build

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "arena_cli"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
OFFLINE = ["--no-deps", "--no-index"]

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "Month"
msgstr "Månad"
"""


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Run a program that must succeed, and return what it printed."""
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def build_wheel(source: Path, folder: Path) -> Path:
    run(*PIP, "wheel", *OFFLINE, "--no-build-isolation", "--wheel-dir", folder, source, folder=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def files_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def files_to_ship() -> set[str]:
    """What the wheel must hold: the package, the templates, and a compiled catalogue for each translation."""
    package = {f"arena_cli/{file.relative_to(PACKAGE).as_posix()}" for file in PACKAGE.rglob("*") if file.is_file()}
    templates = {f"arena_cli/{file.relative_to(ROOT).as_posix()}" for file in (ROOT / "templates").rglob("*.j2")}
    catalogues = {name.removesuffix(".po") + ".mo" for name in package if name.endswith(".po")}
    return {name for name in package | templates | catalogues if "__pycache__" not in name}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment: the wheel is in it, the other packages are borrowed from ours."""
    home = tmp_path_factory.mktemp("användarens dator")
    venv.create(home, symlinks=os.name != "nt")
    places = sysconfig.get_paths("venv", vars={"base": str(home), "platbase": str(home)})
    run(*PIP, "--python", home, "install", *OFFLINE, wheel, folder=home)
    (Path(places["purelib"]) / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="locale")
    return Path(places["scripts"])


def test_wheel_holds_every_file_of_the_program(wheel: Path) -> None:
    assert files_to_ship() - files_in(wheel) == set()


@pytest.mark.parametrize(
    "kind",
    [
        r"templates/.*\.md\.j2",
        r"templates/.*\.html\.j2",
        r"projects/.*\.toml",
        r"locale/sv/.*\.mo",
        r"compiled/html_.*\.py",
    ],
)
def test_wheel_holds_each_kind_of_data(wheel: Path, kind: str) -> None:
    assert any(re.fullmatch(f"arena_cli/{kind}", name) for name in files_in(wheel))


def test_wheel_holds_nothing_but_the_program(wheel: Path) -> None:
    folders = {name.split("/")[0] for name in files_in(wheel)}
    assert folders == {"arena_cli", f"arena_cli-{arena_cli.__version__}.dist-info"}
    assert not any("__pycache__" in name for name in files_in(wheel))


def test_source_archive_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, folder=ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    assert files_in(build_wheel(archive, tmp_path)) == files_in(wheel)


def test_wheel_is_found_outside_the_checkout(scripts: Path, tmp_path: Path) -> None:
    question = "import arena_cli; print(arena_cli.__file__)"
    answer = run(scripts / "python", "-c", question, folder=tmp_path, PYTHONPATH="", PYTHONUTF8="1")
    assert Path(answer.strip()).is_relative_to(scripts.parent)


@pytest.mark.parametrize("command", [["arena"], ["python", "-m", "arena_cli"]], ids=["script", "module"])
def test_installed_program_makes_the_demo_report(command: list[str], scripts: Path, tmp_path: Path) -> None:
    program, *options = command
    out = tmp_path / "demo å"
    run(scripts / program, *options, "demo", "--out", out, folder=tmp_path, PYTHONPATH="", HOME=str(tmp_path))
    reports = [file for file in out.rglob("rapport-*") if file.stat().st_size]
    assert {file.suffix for file in reports} >= {".md", ".html"}


def test_catalogue_is_compiled_beside_its_source(tmp_path: Path) -> None:
    source = tmp_path / hatch_build.LOCALE_DIR / "sv" / "LC_MESSAGES" / "arena.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    (compiled,) = hatch_build.compile_catalogues(tmp_path)
    assert [file.name for file in sorted(source.parent.iterdir())] == ["arena.mo", "arena.po"]
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Month") == "Månad"


def test_faulty_catalogue_stops_the_build(tmp_path: Path) -> None:
    source = tmp_path / "arena.po"
    source.write_text(CATALOGUE + 'msgid "Year', encoding="utf-8")
    with pytest.raises(PoFileError):
        hatch_build.compile_catalogue(source)
    assert not source.with_suffix(".mo").exists()


def test_constraints_pin_every_package_that_is_installed_with_ours() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    pinned = {canonicalize_name(name) for name in pins}
    assert packages_needed() - pinned == {"pip"}


def packages_needed() -> set[str]:
    """The packages that ours and its developers need, with all that those need in turn."""
    asked_for = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = asked_for["project"]
    waiting = [
        *project["dependencies"],
        *project["optional-dependencies"]["dev"],
        *asked_for["build-system"]["requires"],
    ]
    needed: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name not in needed and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            needed.add(name)
            waiting += importlib.metadata.requires(name) or []
    return needed


# --- dev.py ---------------------------------------------------------------------------------------------------------

MAKE, TOOLS, PROJECT = "venv", "hatchling babel jinja2", ".[dev]"
EVERYTHING = [MAKE, TOOLS, PROJECT]


class FakeInstaller:
    """Stands in for venv and pip: notes what it is asked for, and can be interrupted."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.interrupt_at = ""

    def __call__(self, complaint: str, root: Path, *command: str) -> None:
        asked_for = next(step for step in EVERYTHING if " ".join(command).endswith(step))
        if asked_for == self.interrupt_at:
            raise KeyboardInterrupt
        if asked_for == MAKE:
            (root / ".venv").mkdir(exist_ok=True)
        self.done.append(asked_for)

    def steps_of(self, checkout: Path) -> list[str]:
        """The steps that dev.py takes in this checkout now."""
        self.done, self.interrupt_at = [], ""
        dev.prepare(checkout)
        return self.done


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> FakeInstaller:
    fake = FakeInstaller()
    monkeypatch.setattr(dev, "run_quietly", fake)
    monkeypatch.setattr(dev, "editable_is_safe", lambda root: True)
    return fake


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout that has no environment yet."""
    for name in [
        "pyproject.toml",
        "constraints.txt",
        "hatch_build.py",
        "src/arena_cli/__init__.py",
        "src/arena_cli/casework.py",
        "src/arena_cli/locale/sv/LC_MESSAGES/arena.po",
        "templates/report.md.j2",
    ]:
        file = tmp_path / "checkout" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("as it was", encoding="utf-8")
    return tmp_path / "checkout"


def test_environment_is_made_once(installer: FakeInstaller, checkout: Path) -> None:
    assert installer.steps_of(checkout) == EVERYTHING
    assert installer.steps_of(checkout) == []


@pytest.mark.parametrize(
    ("changed", "editable", "steps"),
    [
        ("pyproject.toml", True, EVERYTHING),
        ("constraints.txt", True, EVERYTHING),
        ("hatch_build.py", True, [PROJECT]),
        ("src/arena_cli/__init__.py", True, [PROJECT]),
        ("src/arena_cli/locale/sv/LC_MESSAGES/arena.po", True, [PROJECT]),
        ("src/arena_cli/casework.py", True, []),
        ("templates/report.md.j2", True, []),
        ("src/arena_cli/casework.py", False, [PROJECT]),
        ("templates/report.md.j2", False, [PROJECT]),
        ("templates/new.md.j2", False, [PROJECT]),
        ("src/arena_cli/locale/sv/LC_MESSAGES/arena.mo", False, []),
    ],
)
def test_a_change_leads_to_what_it_needs(
    changed: str,
    editable: bool,
    steps: list[str],
    installer: FakeInstaller,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev, "editable_is_safe", lambda root: editable)
    installer.steps_of(checkout)
    (checkout / changed).write_text("changed", encoding="utf-8")
    assert installer.steps_of(checkout) == steps


def test_another_python_gets_its_own_environment(
    installer: FakeInstaller, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer.steps_of(checkout)
    monkeypatch.setattr(sys, "version", "3.99")
    assert installer.steps_of(checkout) == EVERYTHING


def test_a_moved_checkout_gets_a_new_environment(installer: FakeInstaller, checkout: Path) -> None:
    installer.steps_of(checkout)
    assert installer.steps_of(checkout.rename(checkout.with_name("moved"))) == EVERYTHING


@pytest.mark.parametrize("step", EVERYTHING)
def test_interrupted_set_up_starts_again(step: str, installer: FakeInstaller, checkout: Path) -> None:
    installer.interrupt_at = step
    with pytest.raises(KeyboardInterrupt):
        dev.prepare(checkout)
    assert installer.steps_of(checkout) == EVERYTHING


def test_interrupted_reinstallation_starts_from_nothing(installer: FakeInstaller, checkout: Path) -> None:
    installer.steps_of(checkout)
    (checkout / "hatch_build.py").write_text("changed", encoding="utf-8")
    installer.interrupt_at = PROJECT
    with pytest.raises(KeyboardInterrupt):
        dev.prepare(checkout)
    assert installer.steps_of(checkout) == EVERYTHING


@pytest.mark.parametrize(
    ("system", "version", "path", "safe"),
    [
        ("posix", (3, 11, 2), "/home/asa/arena", True),
        ("posix", (3, 11, 2), "/home/åsa/arena", False),
        ("posix", (3, 12, 4), "/home/åsa/arena", True),
        ("nt", (3, 13, 0), "/home/asa/arena", False),
    ],
)
def test_sources_are_copied_where_python_might_not_find_them(
    system: str, version: tuple[int, ...], path: str, safe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(path)
    monkeypatch.setattr("dev.os.name", system)
    monkeypatch.setattr("dev.sys.version_info", version)
    found = dev.editable_is_safe(root)
    monkeypatch.undo()  # before pytest itself asks which system this is
    assert found is safe


def test_a_python_without_venv_is_told_what_to_install(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.importlib.util.find_spec", lambda name: None if name == "ensurepip" else name)
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        dev.make_environment(checkout)


def test_a_failure_is_shown_by_its_last_lines(tmp_path: Path) -> None:
    failing = "print(*range(100), sep='\\n'); raise SystemExit('no such package: åland')"
    with pytest.raises(SystemExit) as stopped:
        dev.run_quietly("pip cannot install", tmp_path, sys.executable, "-u", "-X", "utf8", "-c", failing)
    message = str(stopped.value)
    assert message.startswith("dev.py: pip cannot install:\n")
    assert "no such package: åland" in message
    assert len(message.splitlines()) == 16


def test_a_task_stops_at_its_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    def fail_at_mypy(command: list[str], cwd: Path | None) -> int:
        started.append([Path(command[0]).name, *command[1:]])
        return -9 if started[-1] == ["mypy"] else 0

    monkeypatch.setattr(dev, "call", fail_at_mypy)
    monkeypatch.setattr("dev.signal.signal", lambda *_: None)
    assert dev.run_task("check", ["-k", "month"]) == 137
    assert started == [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]]
    assert dev.run_task("test", ["-k", "month"]) == 0
    assert started[-1] == ["pytest", "--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder", "-k", "month"]


def test_an_unknown_task_is_answered_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["tset"]) == 2
    text = capsys.readouterr().out
    assert all(f"python3 dev.py {task}" in text for task in dev.TASKS)


@pytest.mark.skipif(os.name == "nt", reason="dev.py locks on POSIX systems only")
def test_a_pip_that_outlives_its_dev_py_keeps_the_next_one_waiting(tmp_path: Path) -> None:
    asks = f"import dev, pathlib; dev.lock(pathlib.Path({str(tmp_path)!r}))"

    def is_free() -> bool:
        next_one = subprocess.Popen([sys.executable, "-c", asks], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        assert next_one.stderr
        is_told_to_wait = "waiting" in next_one.stderr.readline()
        next_one.kill()
        next_one.communicate()
        return not is_told_to_wait

    with dev.lock(tmp_path):
        pip = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    assert not is_free()
    pip.kill()
    pip.wait()
    assert is_free()
