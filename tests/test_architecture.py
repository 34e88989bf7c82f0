"""The structure of the code: who may import whom, who may read the clock, and what start-up may load."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import arena_cli
from tests.conftest import run_process

PACKAGE = Path(arena_cli.__file__).parent

LAYERS = (
    {
        "catalogue",
        "errors",
        "inert",
        "model",
        "identity_number",
        "participant_code",
        "personal_names",
        "personal_number",
        "journal",
        "key",
        "seen",
        "swedish_time",
        "whole_file",
    },
    {"dictionary", "language", "rules", "lookup", "indicators", "migrations", "records", "volume", "engine", "cipher"},
    {"database", "project", "formats", "keys", "toml_file"},
    {"store"},
    {"casework", "figures", "due"},
    {"disclosure"},
    {"deliveries"},
    {"mailing"},
    {"render", "exchange", "demo", "keeping", "privacy"},
    {"cli"},
)
"""From the ground up: a module imports from lower layers, or within its own."""

STANDARD_LIBRARY_ONLY = {
    "catalogue",
    "errors",
    "inert",
    "model",
    "participant_code",
    "personal_names",
    "personal_number",
    "journal",
    "whole_file",
    "seen",
    "swedish_time",
    "rules",
    "lookup",
    "indicators",
    "language",
    "volume",
    "key",
    "keys",
    "engine",
}
STRANGERS = {
    ("figures", "casework"),
    ("figures", "render"),
    ("render", "casework"),
    ("render", "store"),
    ("language", "cli"),
    ("render", "deliveries"),
    ("figures", "deliveries"),
    ("disclosure", "store"),
    ("disclosure", "casework"),
    ("render", "mailing"),
}
"""Who must not know whom, though the layers would allow it."""

HEAVY = ("jinja2", "rich", "babel", "sqlite_utils", "pydantic", "xlsxwriter", "python_calamine")


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not {"locale", "compiled"}.intersection(path.parts)]


def unit(path: Path) -> str:
    """The module or subpackage that the layers name."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "arena_cli":
                yield from (f"arena_cli.{alias.name}" for alias in node.names)
            else:
                yield node.module


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def own_imports(path: Path) -> set[str]:
    found = (name.split(".") for name in imports(tree_of(path)) if name.startswith("arena_cli."))
    return {parts[1] for parts in found} - {"__version__"}


def test_every_module_has_its_layer() -> None:
    assert {unit(path) for path in modules()} - {"__init__", "__main__"} == set().union(*LAYERS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    if unit(path) in {"__init__", "__main__"}:
        return
    height = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    for imported in own_imports(path):
        assert height[imported] <= height[unit(path)], f"{unit(path)} imports {imported}"
        assert (unit(path), imported) not in STRANGERS


def test_migrations_are_frozen_and_know_nothing_of_the_rest() -> None:
    assert own_imports(PACKAGE / "migrations.py") == set()


@pytest.mark.parametrize("name", sorted(STANDARD_LIBRARY_ONLY))
def test_the_ground_needs_the_standard_library_only(name: str) -> None:
    trees = [tree_of(path) for path in modules() if unit(path) == name]
    assert trees
    for tree in trees:
        inside = {module for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for module in imports(node)}
        for module in set(imports(tree)) - inside:
            assert module.split(".")[0] in sys.stdlib_module_names | {"arena_cli"}, module


OUTSIDE = re.compile(
    r"(?<!\.)\bprint\(|\bsys\.(stdout|stderr|stdin|argv)\b|\bos\.(environ|getenv|getlogin|getuid)\b"
    r"|\b(datetime|date|time)\.(now|utcnow|today|time|localtime)\(|\bgetpass\b|\binput\("
)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_reads_the_clock_and_the_environment_or_prints(path: Path) -> None:
    if unit(path) in {"cli", "__main__"}:
        return
    code = ast.unparse(_without_docstrings(tree_of(path)))
    assert OUTSIDE.search(code) is None


MAKES_FILES = re.compile(r"\.write_text\(|\.write_bytes\(|\.touch\(|O_CREAT|\bopen\([^)]*['\"][wax]b?\+?['\"]")
FILLS = {"whole_file", "exporting", "marked", "files", "confined", "workbook_child"}
"""The first makes files; the second opens the one that it was given by it, the others write into a stream or a zip."""


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_one_function_makes_files(path: Path) -> None:
    if path.stem not in FILLS and "locale" not in path.parts:
        assert MAKES_FILES.search(ast.unparse(_without_docstrings(tree_of(path)))) is None


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_shell_is_started(path: Path) -> None:
    assert re.search(r"shell=True|os\.(system|popen)\(", ast.unparse(tree_of(path))) is None


def test_nothing_is_read_that_could_be_a_program() -> None:
    """A list, a project file or a template is data: nothing unpacks pickles of any kind, or evaluates text.

    What `model.noun` has Python run is made of the names that a class's fields have in the code.
    """
    for path in modules():
        tree = tree_of(path)
        imported = {name.partition(".")[0] for name in imports(tree)}
        assert not imported & {"pickle", "marshal", "shelve", "dill", "joblib", "yaml", "code", "codeop"}, path
        names = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        may_write_constructors = {"exec"} if path.stem == "noun" else set()
        assert not names & {"eval", "exec", "compile", "__import__"} - may_write_constructors, path


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return tree


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_keeps_state(path: Path) -> None:
    tree = tree_of(path)
    assert not any(isinstance(node, ast.Global) for node in ast.walk(tree))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) != "__all__":
            assert not _is_mutable(node.value), ast.unparse(node)
        if isinstance(node, ast.AnnAssign) and node.value and _is_mutable(node.value):
            assert re.match(r"(Final|Mapping|Sequence)", ast.unparse(node.annotation)), ast.unparse(node)


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in {"dict", "list", "set", "defaultdict", "Counter", "deque"}
    return isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp)


# -- start-up ---------------------------------------------------------------------------------------------------------

PROBE = """
import sys
from arena_cli.cli.run import run
from arena_cli.cli.world import this_world
code = run(sys.argv[1:], this_world())
print(code, *(name for name in {heavy} if name in sys.modules), file=sys.stderr)
"""


def loaded(*arguments: str, cwd: Path, language: str = "en") -> str:
    """The exit code and the heavy packages that a command has loaded."""
    probe = [sys.executable, "-c", PROBE.format(heavy=HEAVY), "--lang", language, *arguments]
    return subprocess.run(probe, cwd=cwd, capture_output=True, text=True, check=True).stderr.splitlines()[-1]


def test_help_and_the_commands_of_every_day_load_nothing_heavy(tmp_path: Path) -> None:
    assert run_process("init", "--project", "integrationsprojekt", cwd=tmp_path).code == 0
    words = ["add-participant", "--municipality", "2309", "--date", "2016-10-03", "--sex", "woman", "--step", "1"]
    code = run_process(*words, cwd=tmp_path).out.strip()
    for arguments in (
        ["--help"],
        ["report", "--help"],
        ["add-participant", "--help"],
        words,
        ["move-participant", code, "--to", "2", "--date", "2016-10-04"],
        ["transfer-participant", code, "--to", "Åre", "--date", "2016-10-05"],
        ["edit-participant", code, "--sex", "man", "--why", "wrong"],
        ["edit-move", code, "2", "--date", "2016-10-05", "--why", "wrong"],
        ["add-background", code, "--employment", "inactive", "--income", "sickness_benefit"],
        ["pause-participant", code, "--reason", "leave", "--date", "2016-10-05"],
        ["resume-participant", code, "--date", "2016-10-06"],
        ["edit-pause", code, "1", "--until", "-", "--why", "wrong"],
        ["remove-pause", code, "1", "--why", "wrong"],
        ["add-place", "--host", "Sågen", "--sector", "private", "--municipality", "Åre", "--from", "2016-10-03"],
        ["edit-place", "P-001", "--capacity", "2", "--why", "wrong"],
        ["place-participant", code, "--place", "P-001", "--date", "2016-10-05"],
        ["end-placement", code, "--date", "2016-10-06"],
        ["edit-placement", code, "1", "--ended", "2016-10-05", "--why", "wrong"],
        ["remove-placement", code, "1", "--why", "wrong"],
        ["add-hours", code, "--month", "2016-10", "--activity", "placement", "--hours", "6", "--spell", "2"],
        ["certify-hours", "--month", "2016-10", "--all"],
        ["set-target", "--value", "5", "--measure", "intake", "--per", "month", "--from", "2016-01-01"],
        ["exit-participant", code, "--destination", "work", "--date", "2016-10-06"],
        ["add-follow-up", code, "--kind", "immediate", "--working", "yes", "--date", "2016-10-20"],
        ["edit-spell", code, "--exited", "2016-10-07", "--why", "wrong"],
        ["readmit-participant", code, "--municipality", "2309", "--date", "2016-11-01"],
        ["undo", "--yes"],
        ["show-participant", code],
        ["assign-participant", "--municipality", "Åre", "--date", "2016-10-03"],
        ["list-waiting"],
        ["list-places"],
        ["list-hours", "--month", "2016-10"],
        ["list-activities"],
        ["list-targets"],
        ["list-participants"],
        ["list-municipalities"],
        ["list-steps"],
        ["list-destinations"],
        ["list-referrals"],
        ["list-changes"],
        ["allow-network-share", "--why", "no other disk"],
        ["list-reports"],
        ["schedule"],
    ):
        assert loaded(*arguments, cwd=tmp_path) == "0", arguments


def test_a_compiled_catalogue_is_read_without_babel(tmp_path: Path) -> None:
    if not list((PACKAGE / "locale").rglob("*.mo")):
        pytest.skip("this checkout has no compiled catalogue: dev.py makes it")
    assert loaded("--help", cwd=tmp_path, language="sv") == "0"


def test_the_version_loads_not_even_typer(tmp_path: Path) -> None:
    probe = "import sys; sys.argv = ['arena', '--version']\nfrom arena_cli.cli.main import main\nmain()\n"
    probe += "print('typer' in sys.modules, 'dataclasses' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "False False"


INTAKE_NEEDS = """
casework casework.attached casework.enrolment casework.protection catalogue cli cli.asking cli.index cli.main
cli.options cli.output cli.parsing cli.questions cli.registering cli.run cli.words cli.world database engine errors
journal key language lookup model model.access model.activity model.background model.core model.identity model.learning
model.noun model.official model.one_person model.outcome model.questions model.waiting participant_code personal_number
records rules store swedish_time volume whole_file
"""


def test_an_intake_loads_what_it_needs_and_no_more(tmp_path: Path) -> None:
    """Of arena itself, and of what other packages load along: a new module here is paid at every registration."""
    assert run_process("init", "--project", "integrationsprojekt", cwd=tmp_path).code == 0
    words = ["add-participant", "--municipality", "2309", "--date", "2016-10-03", "--sex", "woman", "--step", "1"]
    names, own = all_loaded(*words, cwd=tmp_path)
    assert own.difference(INTAKE_NEEDS.split()) == set()
    assert names.isdisjoint({"random", "secrets", "hmac", "asyncio", "http", "importlib.metadata", "tomllib", "csv"})


REPORT_NEEDS = """
asking drafting index main opening options output parsing purpose reporting run world
"""
"""Of `cli`. Below it, a report needs whole packages, and is kept from others."""


def test_a_printed_report_loads_what_it_needs_and_no_more(tmp_path: Path) -> None:
    assert run_process("init", "--project", "integrationsprojekt", cwd=tmp_path).code == 0
    names, own = all_loaded("report", "--month", "2016-10", "--format", "html", cwd=tmp_path)
    assert "render.templates" in own
    assert {name.removeprefix("cli.") for name in own if name.startswith("cli.")} == set(REPORT_NEEDS.split())
    needless = {"casework", "disclosure", "due", "exchange", "demo", "keeping", "privacy", "project", "migrations"}
    assert not needless & {name.partition(".")[0] for name in own}
    assert not {"figures.restated", "figures.why", "render.public", "render.confined", "render.terminal"} & own
    assert names.isdisjoint({"babel", "rich", "sqlite_utils", "importlib.resources", "zipfile", "decimal", "csv"})


def all_loaded(*arguments: str, cwd: Path) -> tuple[set[str], set[str]]:
    """The modules that a command has loaded, and those of arena by themselves."""
    probe = "import sys\nfrom arena_cli.cli.main import main\nmain()\nprint(*sys.modules, file=sys.stderr)\n"
    ended = subprocess.run(
        [sys.executable, "-c", probe, "--lang", "en", *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )
    names = set(ended.stderr.splitlines()[-1].split())
    return names, {name.removeprefix("arena_cli.") for name in names if name.startswith("arena_cli.")}
