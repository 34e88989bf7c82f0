"""Nothing that is kept about people is anywhere it should not be: each field has a word of its own, that is looked for.

Every command is run, in its forms and along its ways to fail, and all that it prints and writes is searched. What may
show stands in canary.toml, command by command.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from arena_cli.cli.index import PANELS, command_name
from arena_cli.cli.run import run
from arena_cli.store import Store
from tests.conftest import Arena, Ran, make_world
from tests.engines import ENCRYPTED

ALLOWED: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("canary.toml").read_text(encoding="utf-8")
)
COMMANDS = sorted(name for panel in PANELS for name in panel.commands)
FOR_ALL = ("--no-input",)

WORDS = {
    "ref": "zqRef",
    "host": "zqHost",
    "given_name": "zqGiven",
    "family_name": "zqFamily",
    "phone": "zqPhone",
    "email": "zqEmail@example.se",
    "address": "zqAddress",
    "number": "198301012384",  # Skatteverket's test persons
    "why": "zqWhy",
    "purpose": "zqPurpose",
    "note.tried": "zqTried",
    "note.happened": "zqHappened",
    "note.next_step": "zqNext",
    "note.question": "zqQuestion",
    "note.contact": "zqContact",
    "note.result": "zqSettled",
    "decision.what": "zqWhat",
    "decision.responsible": "zqResponsible",
    "decision.result": "zqClosed",
    "spare.host": "zqSpareHost",
    "protected.ref": "zqProtectedRef",
    "protected.host": "zqProtectedHost",
    "protected.given_name": "zqProtectedGiven",
    "protected.family_name": "zqProtectedFamily",
    "protected.number": "197001782395",
    "protected.address": "zqProtectedAddress",
}
"""A word for each thing that is kept; it is nowhere else."""

SCRIPT = """
keep-identities personnummer --why {why} --unencrypted
normal = add-participant --municipality Krokom --date 2016-10-03 --sex woman --birth-year 1983 --step 1 --ref {ref}
protected = add-participant --municipality Krokom --date 2016-10-03 --sex man --step 1 --ref {protected.ref}
left = add-participant --municipality Krokom --date 2016-09-05 --sex woman
waiting = assign-participant --municipality Krokom --date 2016-10-03 --sex woman
merged = add-participant --municipality Krokom --date 2016-09-06 --sex man --new
other = add-participant --municipality Krokom --date 2016-10-06 --sex man --new
exit-participant {merged} --destination work --date 2016-09-20
merge-participants {merged} {other} --why {why} --yes
exit-participant {left} --destination work --date 2016-10-10
add-place --host {host} --sector private --municipality Krokom --from 2016-10-03
add-place --host {protected.host} --sector private --municipality Krokom --from 2016-10-03
add-place --host {spare.host} --sector private --municipality Krokom --from 2016-10-03
place-participant {normal} --place P-001 --date 2016-10-05
place-participant {protected} --place P-002 --date 2016-10-05
add-hours {normal} {protected} --month 2016-10 --activity language --hours 3
pause-participant {protected} --reason sick_leave --date 2016-10-11
set-identity {normal} --from normal.toml
set-identity {protected} --from protected.toml
set-protection {protected} marked --why {why}
show-identity {normal} --purpose {purpose}
add-note --municipality Krokom --month 2016-09 --tried {note.tried} --question {note.question} --contact {note.contact}
add-note --municipality Krokom --month 2016-09 --happened {note.happened} --next {note.next_step}
add-note --municipality Krokom --month 2016-09 --next {note.next_step}
settle-note 3 --result {note.result}
add-decision --what {decision.what} --responsible {decision.responsible} --date 2016-09-05 --due 2016-12-01
add-decision --what {decision.what} --responsible {decision.responsible} --date 2016-09-05 --due 2016-12-01
close-decision 2 --result {decision.result}
report --month 2016-09 --format md,json --out delivered
backup --to safe
edit-decision 1 --due 2016-11-30 --why {why}
"""
BEGUN = make_world(datetime(2016, 10, 20, 10, 0, tzinfo=UTC))
GIVEN = ("given_name", "family_name", "phone", "email", "address", "number")
LIST = "löpnr;kommun;inskriven;kön\nny-1;Krokom;2016-10-04;k\n"


@dataclass(frozen=True)
class Kept:
    """A folder in which every field of two people holds a word of its own; what the script has called things."""

    folder: Path
    names: Mapping[str, str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("canary")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for person, prefix in (("normal", ""), ("protected", "protected.")):
            told = (f'{key} = "{WORDS[prefix + key]}"' for key in GIVEN if prefix + key in WORDS)
            Path(f"{person}.toml").write_text("\n".join(told), encoding="utf-8")
        assert run(["init", "--project", "integrationsprojekt"], BEGUN) == 0
        Path("safe").mkdir()
        Path("backups").mkdir()
        names: dict[str, str] = {}
        for line in SCRIPT.strip().splitlines():
            name, _, command = line.rpartition(" = ")
            before = codes()
            arguments = filled(command, names)
            assert run([*arguments, *FOR_ALL], BEGUN) == 0, command
            if name:
                (names[name],) = codes() - before
        for person in ("normal", "protected"):
            Path(f"{person}.toml").unlink()
        Path("who.toml").write_text('phone = "1"', encoding="utf-8")
        Path("taken.toml").write_text(f'number = "{WORDS["protected.number"]}"', encoding="utf-8")
        Path("sought.txt").write_text(WORDS["given_name"], encoding="utf-8")
        Path("nobody.txt").write_text("zqProtectedGiven", encoding="utf-8")
        Path("list.csv").write_text(LIST, encoding="utf-8")
        Path("faulty.csv").write_text(LIST + f"{WORDS['ref']};Krokom;2016-13-01;x\n", encoding="utf-8")
        names["backup"] = next(str(path) for path in Path("safe").iterdir() if path.suffix == ".db")
    return Kept(folder, names)


def codes() -> set[str]:
    with Store.open(Path("arena.db")) as store:
        return {person.code for person in store.participants()}


def filled(command: str, names: Mapping[str, str]) -> list[str]:
    """The words of a line, with what stands in braces filled in."""
    known = {**WORDS, **names}
    return [re.sub(r"\{([\w.]+)\}", lambda match: known[match[1]], word) for word in shlex.split(command)]


@pytest.fixture
def folder(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    shutil.copytree(kept.folder, here)
    monkeypatch.chdir(here)
    return here


def shown(text: str) -> set[str]:
    """The fields whose words are in a text, also in other letters and with a hyphen in a number."""
    plain = text.casefold().replace("-", "")
    return {field for field, word in WORDS.items() if word.casefold() in plain}


def in_files(folder: Path, before: set[Path]) -> set[str]:
    """The fields whose words are in the files that were written, but for the database."""
    found: set[str] = set()
    for path in sorted(set(folder.rglob("*")) - before):
        found |= shown(path.name)
        if path.is_file() and path.suffix != ".db":
            content = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as book:
                    content = b"\n".join(book.read(name) for name in book.namelist())
            found |= shown(content.decode("utf-8", "replace")) | shown(content.decode("utf-16-le", "replace"))
    return found


def all_shown(ran: Ran, folder: Path, before: set[Path], rules: Mapping[str, Any]) -> set[str]:
    """The fields that a command has shown and may not."""
    written = set() if rules.get("files") == "database" else in_files(folder, before)
    return (shown(ran.out + ran.err) | written) - set(rules.get("allowed", ()))


def test_every_command_says_what_it_may_show() -> None:
    assert sorted(ALLOWED) == COMMANDS
    for name, rules in ALLOWED.items():
        assert all(command_name(*f"{line} -".split()[:2]) == name for line in rules["runs"]), name
        assert set(rules.get("allowed", ())) <= WORDS.keys(), name


@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_is_where_it_may_not_be(
    name: str, kept: Kept, folder: Path, arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chdir(folder)
    rules = ALLOWED[name]
    succeeded = False
    begins = [*rules.get("first", ()), *rules["runs"]]
    if ENCRYPTED and any(line.startswith("encrypt-file") for line in begins):
        pytest.skip("begins with a file that is not encrypted")
    for line in rules.get("first", ()):
        assert arena(*filled(line, kept.names), *FOR_ALL, world=BEGUN).code == 0
    for line in rules["runs"]:
        sheet = Path("sheet.txt").read_text(encoding="utf-8") if Path("sheet.txt").exists() else ""
        monkeypatch.setattr(sys, "stdin", StringIO(sheet))
        before = set(folder.rglob("*"))
        for language in ("sv", "en"):
            ran = arena(*filled(line, kept.names), *FOR_ALL, world=BEGUN._replace(environ={"ARENA_LANG": language}))
            succeeded = succeeded or ran.code in {0, 8}
            assert ran.code != 1, ran.err
            assert not all_shown(ran, folder, before, rules), line
    assert succeeded or name in {"send-report", "key forget"}, "none of the runs does its work"


FAILING = ("unknown code", "unknown option", "no file", "damaged file", "foreign file", "unexpected error")


@pytest.mark.parametrize("how", FAILING)
def test_no_word_is_in_an_error(
    how: str, kept: Kept, folder: Path, arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chdir(folder)
    file = Path("arena.db")
    monkeypatch.setattr(sys, "stdin", StringIO())
    if how == "unexpected error":
        monkeypatch.setattr(Store, "project", _fails)
    changed = _changed(file.read_bytes(), how)
    for name in COMMANDS:
        if name in {"init", "demo"}:
            continue
        file.unlink(missing_ok=True)
        if changed:
            file.write_bytes(changed)
        arguments = _wrong(filled(ALLOWED[name]["runs"][0], kept.names), how, kept)
        before = set(folder.rglob("*"))
        ran = arena(*arguments, *FOR_ALL, world=BEGUN)
        typed = shown(" ".join(arguments))
        assert not all_shown(ran, folder, before, ALLOWED[name]) - typed, (name, how)
        assert "Traceback" not in ran.err


def _changed(whole: bytes, how: str) -> bytes:
    """The database file as it is found."""
    if how == "damaged file":
        return whole[: len(whole) // 3]
    if how == "foreign file":
        return whole.replace(b"participant", b"participunt")
    return b"" if how == "no file" else whole


def _wrong(arguments: list[str], how: str, kept: Kept) -> list[str]:
    """The command as it is typed."""
    if how == "unknown code":
        return ["ZZZZ-ZZ" if word in kept.names.values() else word for word in arguments]
    return [*arguments, f"--{WORDS['ref']}=1"] if how == "unknown option" else arguments


def _fails(_store: Store) -> None:
    raise ValueError(*WORDS.values())
