"""Help, versions, and what is said about a command line that is written wrongly."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from arena_cli import __version__, database, errors
from arena_cli.cli import main
from arena_cli.cli.due import SOMETHING_DUE
from arena_cli.cli.index import PANELS, Command, command_name
from tests.conftest import Arena, make_world, run_process

NAMES = [name for panel in PANELS for name in panel.commands]
DOCS = Path(__file__).parents[1] / "docs"


def command(name: str) -> Command:
    (panel,) = (panel for panel in PANELS if name in panel.commands)
    found: Command = import_module(f"arena_cli.cli.{panel.module}").COMMANDS[name]
    return found


def test_the_index_has_every_command_and_no_other() -> None:
    for panel in PANELS:
        assert set(import_module(f"arena_cli.cli.{panel.module}").COMMANDS) == set(panel.commands)


def test_the_version_names_program_schema_python_and_sqlite(tmp_path: Path) -> None:
    shown = run_process("--version", cwd=tmp_path).out
    assert shown == run_process("--lang", "sv", "--version", cwd=tmp_path).out
    versions = rf"schema {database.SCHEMA_VERSION}, Python 3\.\d+\.\d+, SQLite 3\.\d+\.\d+"
    assert re.fullmatch(rf"arena {re.escape(__version__)} \({versions}\)\n", shown)
    assert main.SCHEMA_VERSION == database.SCHEMA_VERSION


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_lists_every_command_in_the_users_language(arena: Arena, word: str) -> None:
    english, swedish = arena(word), arena(word, world=make_world(ARENA_LANG="sv"))
    assert english.code == swedish.code == 0
    assert english.err == swedish.err == ""
    for name in NAMES:
        assert name in english.out
        assert name in swedish.out
    titles = re.findall(r"^(\w.*):$", english.out, re.MULTILINE)
    assert len(titles) == len(set(titles)), "a heading stands twice: its panels do not follow on each other"
    assert "Keep safe" in titles
    assert english.out.startswith("Usage: arena [OPTIONS] COMMAND ...\n")
    assert swedish.out.startswith("Så här: arena [VÄLJARE] KOMMANDO ...\n")


TYPERS_ENGLISH = re.compile(r"Usage|Options|Commands|Arguments|Show this|\[required\]|\[default|exit\.|Error")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_its_help_with_an_example_in_both_languages(arena: Arena, name: str) -> None:
    english, swedish = arena(name, "--help"), arena("--lang", "sv", name, "-h")
    assert english.code == swedish.code == 0
    for heading, shown in (("Example:", english.out), ("Exempel:", swedish.out)):
        assert f"{heading}\n  {command(name).example}\n" in shown
        assert max(map(len, shown.splitlines())) <= max(80, len(command(name).example) + 2)
    assert not TYPERS_ENGLISH.search(swedish.out)
    assert swedish.out != english.out


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_written_as_the_command_wants_it(project: Arena, name: str) -> None:
    program, *words = re.sub(r'"[^"]*"', "x", command(name).example).split()
    assert program == "arena"
    assert command_name(*[*words, ""][:2]) == name
    said = project(*words, "--no-input")
    assert said.code != 1, said.err
    assert said.code != 2 or "--yes" in said.err, said.err


def test_bare_arena_shows_its_help_and_where_to_begin(arena: Arena) -> None:
    said = arena()
    assert (said.code, said.out) == (2, "")
    assert "add-participant" in said.err
    assert said.err.endswith("Begin with `arena init`, or look around with `arena demo`.\n")
    assert arena("--lang", "en").code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add-particpant"], 'There is no command "add-particpant". Did you mean add-participant'),
        (["frobnicate"], 'There is no command "frobnicate". `arena --help` lists them.'),
        (["--frobnicate"], "There is no option --frobnicate. `arena --help` lists them."),
        (["report", "--mont", "2016-10"], "There is no option --mont. Did you mean --month"),
        (["list-steps", "-x"], "There is no option -x."),
        (["report", "--format"], "The option --format needs a value. `arena report --help` shows how."),
        (["report", "--format", "--out", "x"], "The option --format needs a value."),
        (["--db"], "The option --db needs a value."),
        (["report", "--force=yes"], "The option --force takes no value."),
        (["show-participant"], "CODE is missing. `arena show-participant --help`"),
        (["show-participant", "K7QX-4M", "Anna"], "That is one word too many."),
        (["--lang", "fr", "list-steps"], "There is no such language as --lang names. Choose one of: sv, en."),
        (["list-steps", "--lang=xx"], "There is no such language as --lang names."),
    ],
)
def test_a_wrongly_written_command_line_gets_one_sentence(arena: Arena, arguments: list[str], said: str) -> None:
    answered = arena(*arguments)
    assert (answered.code, answered.out) == (2, "")
    assert answered.err.startswith(said)
    assert answered.err.count("\n") == 1
    assert "Anna" not in answered.err


def test_usage_errors_are_in_swedish_too(arena: Arena) -> None:
    assert arena("list-step", "--lang", "sv").err.startswith(
        'Det finns inget kommando "list-step". Menade du list-steps'
    )
    assert arena("report", "--moth", world=make_world(ARENA_LANG="")).err.startswith("Det finns ingen väljare --moth.")


def test_the_common_options_may_stand_before_or_after_the_command(project: Arena) -> None:
    assert project("list-steps", "--db", "arena.db").out == project("--db", "arena.db", "list-steps").out
    assert project("list-steps", world=make_world(ARENA_DB="arena.db")).code == 0
    assert project("list-steps", "--db", "arena.db", world=make_world(ARENA_DB="nowhere.db")).code == 0


def test_a_bad_arena_lang_is_told(tmp_path: Path) -> None:
    said = run_process("list-steps", cwd=tmp_path, ARENA_LANG="tlh")
    assert said.code == 2
    assert "ARENA_LANG" in said.err
    assert "sv, en" in said.err


def test_completion_can_be_shown_and_knows_the_commands_and_the_options(tmp_path: Path) -> None:
    script = run_process("--show-completion", "bash", cwd=tmp_path)
    completing = {"_ARENA_COMPLETE": "complete_bash", "COMP_WORDS": "arena move", "COMP_CWORD": "1"}
    commands = run_process(cwd=tmp_path, **completing)
    options = run_process(cwd=tmp_path, **{**completing, "COMP_WORDS": "arena report --mo", "COMP_CWORD": "2"})
    after_bare = run_process(cwd=tmp_path, **{**completing, "COMP_WORDS": "arena report --format ", "COMP_CWORD": "3"})
    assert script.code in {0, 2}  # 2 where the shell is detected and takes no value
    assert commands.out.split() == ["move-participant"]
    assert options.out.split() == ["--month"]
    assert after_bare.code == 0


def test_the_module_can_be_run_where_the_script_is_not_on_the_path(tmp_path: Path) -> None:
    assert run_process("--help", cwd=tmp_path).out.startswith("Usage: arena ")


def families(kind: type[errors.ArenaError]) -> list[type[errors.ArenaError]]:
    return [kind, *(deeper for sub in kind.__subclasses__() for deeper in families(sub))]


def test_every_exit_code_is_documented_with_what_to_do() -> None:
    for module in [path.stem for path in (Path(main.__file__).parent).glob("*.py") if path.stem != "__init__"]:
        import_module(f"arena_cli.cli.{module}")
    text = (DOCS / "exit-codes.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d+) \| (.+ \| .+) \|$", text, re.MULTILINE))
    used = {kind.exit_code for kind in families(errors.ArenaError)} | {0, 1, 2, SOMETHING_DUE, 130}
    assert {int(code) for code in rows} == used


def test_stdout_and_stderr_are_utf_8_or_at_least_never_fail(tmp_path: Path) -> None:
    """A Windows console of old has no letter for an arrow; the sentence must come out nonetheless."""
    old_console = {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0", "ARENA_LANG": "sv"}
    helped = run_process("--help", cwd=tmp_path, **old_console)
    assert helped.code == 0
    assert run_process("list-steps", cwd=tmp_path, **old_console).err.startswith("Det finns ingen databasfil")
    assert run_process("list-step", cwd=tmp_path, **old_console).err.startswith("Det finns inget kommando")
    assert run_process("init", "--project", "integrationsprojekt", cwd=tmp_path, **old_console).code == 0
    listed = run_process("list-municipalities", "--json", cwd=tmp_path, **old_console)
    assert "Åre" in [m["short_name"] for m in json.loads(listed.out)]
