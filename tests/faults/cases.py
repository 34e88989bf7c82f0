"""What is tried: one case for every command that writes, and the one verdict on what a fault has left.

A case knows the folder before its command and after it. Whatever happens in between, each file is the one or the
other; it is the new one if that was acknowledged; and the next start tidies up. A new command is a new line in a
script.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from arena_cli.cli.index import command_name
from arena_cli.database import key_needed
from arena_cli.engine import database_errors
from arena_cli.journal import Link, broken_at
from arena_cli.project import profile_text
from arena_cli.records import TABLES
from tests.engines import connect, dump, new_file
from tests.faults.children import (
    Command,
    Plant,
    Ran,
    nothing_planted,
    run_and_list_modules,
    run_command,
    streams,
    warm_up,
)
from tests.random_lists import random_lists, write_lists
from tests.sample import DESCRIPTION, PROJECT, new_store

BEGUN: Final = datetime(2016, 10, 20, 10, 0, tzinfo=UTC)

SCHEMAS: Final = Path(__file__).parents[1] / "schemas"
"""A file of each released schema, as SQL."""

A_YEAR: Final = """
anna = add-participant --municipality 2305 --date 2016-03-10 --sex woman --birth-year 1985 --step a
bo = add-participant --municipality 2321 --date 2016-03-11 --sex man
import list.csv
move-participant {anna} --to b --date 2016-04-01
edit-move {anna} 2 --date 2016-04-02 --why misread
add-background {anna} --employment unemployed --education isced-2 --income social_assistance
pause-participant {anna} --reason sick_leave --date 2016-05-02
resume-participant {anna} --date 2016-05-20
edit-pause {anna} 1 --until 2016-05-21 --why misread
remove-pause {anna} 1 --why misread
mill = add-place --host Mill --sector private --municipality 2305 --capacity 2 --from 2016-03-01
yard = add-place --host Yard --sector public --municipality 2305 --from 2016-03-01
edit-place {mill} --capacity 3 --why misread
remove-place {yard} --why misread
place-participant {anna} --place {mill} --date 2016-06-01 --until 2016-09-01
edit-placement {anna} 1 --until 2016-09-15 --why misread
end-placement {anna} --date 2016-09-10
place-participant {anna} --place {mill} --date 2016-09-20
remove-placement {anna} 2 --why misread
close-place {mill} --date 2016-10-10
transfer-participant {bo} --to 2303 --date 2016-06-01
exit-participant {bo} --destination job --date 2016-08-31
edit-spell {bo} --destination school --why misread
add-follow-up {bo} --kind immediate --date 2016-09-12 --working yes --extent 75 --subsidised no
readmit-participant {bo} --municipality 2303 --date 2016-10-03 --step b
edit-participant {bo} --birth-year 1980 --why misread
add-hours {anna} --month 2016-09 --activity language --hours 12:30
certify-hours --month 2016-09 --all
cia = assign-participant --municipality 2305 --date 2016-10-03 --sex woman
start-participant {cia} --date 2016-10-10
dan = assign-participant --municipality 2305 --date 2016-10-03 --sex man
withdraw-participant {dan} --date 2016-10-17
eva = add-participant --municipality 2305 --date 2016-10-03 --sex woman --birth-year 1990 --new
eva2 = add-participant --municipality 2305 --date 2016-10-03 --sex woman --birth-year 1990 --new
distinguish-participants {eva} {eva2}
merge-participants {eva} {eva2} --why "it was her" --yes
split-participants {eva} {eva2} --why "it was not"
set-target --measure intake --per month --value 5 --from 2016-10-01
note = add-note --municipality 2305 --month 2016-09 --tried "started in groups" --next "two groups more"
edit-note {note} --next "one group more" --why misread
settle-note {note} --result "it was one"
other = add-note --month 2016-09 --question "who else"
remove-note {other} --why misread
decision = add-decision --what "start in groups" --responsible "local leader" --date 2016-10-03 --due 2016-12-01
edit-decision {decision} --due 2016-12-15 --why misread
close-decision {decision} --result done
other = add-decision --what "start alone" --responsible "local leader" --date 2016-10-03 --due 2016-12-01
remove-decision {other} --why misread
keep-identities names --why decided --unencrypted
set-identity {anna} --from who.toml
show-identity {anna} --purpose letter
find-participant --from sought.txt --purpose letter
set-protection {anna} marked --why told
remove-identity {anna} --why "no longer needed" --yes
set-protection {anna} none --why told
show-participant {anna} --purpose letter
allow-network-share --why "no other disk"
undo --yes
report --month 2016-09 --format md,json --out out --quiet
add-participant --municipality 2305 --date 2016-09-19 --sex woman
report --month 2016-09 --format md,json --out out --quiet
export figures figures.csv --month 2016-09 --replace
export spells list.xlsx --purpose "for the municipality" --replace
export moves list.xlsx --purpose "for the municipality" --replace
write-scb-file --month 2016-09 --out out --purpose "for SCB" --replace
edit-spell {anna} --entered 2016-03-09 --why misread
write-scb-file --again --out out --purpose "for SCB" --replace
"""
"""Every command that changes the project's file or writes another, each on what the ones before it have left."""

AN_ENCRYPTION: Final = """
encrypt-file --recovery-sheet sheet.txt
key rotate --recovery-sheet other.txt
decrypt-file --why "another computer"
"""
"""Commands that go on where a year has ended, with a plain file."""

AN_OPENING: Final = """
decrypt-file --why "another computer"
"""
"""What comes before those where the file is encrypted."""

AN_ENCRYPTED_START: Final = """
init --project integrationsprojekt --encrypted --recovery-sheet sheet.txt
"""

A_START: Final = """
init --name Prov --owner Provet --starts 2016-01-01 --ends 2018-12-31 --municipality Krokom --no-input
"""

AN_END: Final = """
set-retention --rules rules.toml --why planned
set-retention --event decided --date 2016-01-01 --why decided
anna = add-participant --municipality 2305 --date 2016-10-03 --sex woman --birth-year 1985 --step a --ref list-1
edit-participant {anna} --birth-year 1984 --why misread
move-participant {anna} --to b --date 2016-10-05
remove-move {anna} 2 --why misread
bo = assign-participant --municipality 2305 --date 2016-10-03 --sex man
edit-assignment {bo} --date 2016-10-04 --why misread
remove-assignment {bo} --why misread
cia = add-participant --municipality 2305 --date 2016-10-03 --sex woman
misregister-participant {cia} --yes --why misread
pause-participant {anna} --reason sick_leave --date 2016-10-10
remove-pause {anna} 1 --why misread
export-participant {anna} --out out --purpose asked
report --month 2016-09 --format html --out out --quiet
send-report --month 2016-09 --draft letters
retain --plan plan.json --stage records
retain --execute plan.json --decision 1
"""
"""A project whose records may be erased: the extract of a person, a letter, a plan, and the plan carried out."""

MAIL: Final = """
sender = "rapporter@example.se"
[recipients]
meeting = ["moten@example.se", "ledning@example.se"]
"""

RULES: Final = """
[[retention]]
code = "decided"
stage = "records"
after = "decided"
years = 0
name = "decided"
source = "invented"
"""

AN_UPGRADE: Final = """
list-participants
"""


class Case(NamedTuple):
    """A command, the folder that it finds and the one that it leaves, and how it ends when nothing happens."""

    command: Command
    before: Path
    after: Path
    usual: Ran

    @property
    def verb(self) -> str:
        return command_name(*[*self.command.arguments, ""][:2])


def case_of(verb: str, cases: list[Case]) -> Case:
    """The last case of a command: a report that is there already is the one that is written anew."""
    return next(case for case in reversed(cases) if case.verb == verb)


Contents = Mapping[str, str]
"""Of each file in a folder, by its path in there: a hash of what it holds."""


def prepare_year(folder: Path) -> list[Case]:
    """The cases of a year at work: a project's file and a list to take in."""
    begun = _begun(folder)
    new_store(begun / "arena.db").close()
    (begun / "who.toml").write_text('given_name = "Testa"', encoding="utf-8")
    (begun / "sought.txt").write_text("Testa", encoding="utf-8")
    lists = random_lists(DESCRIPTION, 15, PROJECT.starts_on, PROJECT.ends_on.replace(2016), seed=5)
    write_lists(folder, lists)[0].rename(begun / "list.csv")
    opening = AN_OPENING.lstrip() if key_needed(begun / "arena.db") else ""
    return play(folder, begun, A_YEAR + opening + AN_ENCRYPTION.lstrip())


def prepare_end(folder: Path) -> list[Case]:
    """The cases of the end of a short project."""
    begun = _begun(folder)
    new_store(begun / "arena.db", replace(PROJECT, starts_on=date(2016, 9, 1), ends_on=date(2016, 10, 31))).close()
    (begun / "rules.toml").write_text(profile_text(PROJECT).partition("\n# [[retention]]")[0] + RULES, encoding="utf-8")
    (begun / "arena.mail.toml").write_text(MAIL, encoding="utf-8")
    (begun / "out").mkdir()
    return play(folder, begun, AN_END)


def prepare_start(folder: Path, script: str = A_START) -> list[Case]:
    """The case of a command that begins in an empty folder."""
    return play(folder, _begun(folder), script)


def prepare_upgrade(folder: Path, schema: Path, script: str = AN_UPGRADE) -> list[Case]:
    """The case of the first command on a file of an older version."""
    begun = _begun(folder)
    with closing(new_file(begun / "arena.db")) as connection:
        connection.executescript(schema.read_text(encoding="utf-8"))
    (begun / "arena.db").chmod(0o600)
    return play(folder, begun, script)


def _begun(folder: Path) -> Path:
    begun = folder / "begun"
    begun.mkdir(parents=True)
    return begun


def play(folder: Path, begun: Path, script: str) -> list[Case]:
    """Run a script line by line, and keep the folder as each line leaves it.

    `name = command` names what the command prints, for the lines after it to say `{name}`.
    """
    cases: list[Case] = []
    names: dict[str, str] = {}
    before = begun
    for number, line in enumerate(script.strip().splitlines()):
        name, _, words = line.rpartition(" = ")
        arguments = tuple(shlex.split(words.format(**names)))
        command = Command(arguments, BEGUN + timedelta(minutes=number), seed=number)
        after = Path(shutil.copytree(before, folder / f"after {number}"))
        usual, loaded = run_and_list_modules(after, command)
        assert usual.code == 0, (line, usual.err)
        warm_up(loaded)
        names[name] = usual.out.strip()
        cases.append(Case(command, before, after, usual))
        before = after
    return cases


def fresh(original: Path, copy: Path) -> Path:
    """A copy of a folder, in place of what was there."""
    shutil.rmtree(copy, ignore_errors=True)
    for stream in streams(copy):
        stream.unlink(missing_ok=True)
    return Path(shutil.copytree(original, copy))


def fingerprint(folder: Path) -> bytes:
    """The same for folders of the same names, permissions and bytes, which the same command cannot tell apart."""
    mark = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        mark.update(f"\n{path.relative_to(folder)} {path.lstat().st_mode} {len(content)} ".encode() + content)
    return mark.digest()


# -- what is there ----------------------------------------------------------------------------------------------------


def contents(folder: Path) -> Contents:
    """What is in a folder. Rolls a database back that a killed command has left half written."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.endswith("-journal")]
    return {
        str(file.relative_to(folder)): examined(file).content if is_database(file) else _hash(file.read_bytes())
        for file in files
        if not is_unfinished(file)
    }


def is_database(file: Path) -> bool:
    return file.suffix == ".db"


def is_unfinished(file: Path) -> bool:
    """Whether it is the beginning of a file that has not got its name yet."""
    return file.name.startswith(".") and file.name.endswith(
        (".tmp", ".tmp-journal", ".unfinished", ".unfinished-journal")
    )


def is_hot_journal(file: Path) -> bool:
    """Whether a database must be rolled back. SQLite completes a journal's header when the file is to be written next.

    A journal that was not needed holds nothing that is missing, and is used up by the next change.
    """
    return file.name.endswith("-journal") and any(file.read_bytes()[:8])


def leftovers(folder: Path) -> list[str]:
    """What no command may leave, unless it was killed."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file.name for file in files if is_unfinished(file) or is_hot_journal(file)]


_IS_LOOK = re.compile("""INSERT INTO ("access" |"sqlite_sequence" VALUES[(]'access'|"journal" )""")
_APPLIED_AT = re.compile(r"(INSERT INTO \"?_sqlite_migrations\"? .*),'[^']*'\);$")


class Examined(NamedTuple):
    """A database: a hash of what it holds, what is wrong with it, and how many looks at persons it tells of."""

    content: str
    faults: tuple[str, ...]
    looks: int


DAMAGED: Final = Examined("damaged", ("the file is damaged",), 0)

_EXAMINED: Final[dict[bytes, Examined]] = {}
"""By the bytes of the file: most kills leave what was there before, or what is there after."""


def examined(file: Path) -> Examined:
    """What a database is found to be, rolled back if it had to be. The same bytes are examined once."""
    try:
        if file.with_name(f"{file.name}-journal").exists() or key_needed(file):  # whose key must lie there
            with closing(_opened(file)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        key = hashlib.sha256(file.read_bytes()).digest()
        if key not in _EXAMINED:
            with closing(_opened(file)) as connection:
                content = "\n".join([str(key_needed(file)), *_dump(connection)])
                _EXAMINED[key] = Examined(_hash(content.encode()), tuple(_unsound(connection)), _looks(connection))
        return _EXAMINED[key]
    except database_errors():
        return DAMAGED


def _opened(file: Path) -> sqlite3.Connection:
    return connect(f"{file.as_uri()}?mode=rw", uri=True)


def _dump(connection: sqlite3.Connection) -> Iterator[str]:
    """All that a database holds but for the hour of its migrations, and looks at persons: see `looks`."""
    version = connection.execute("PRAGMA user_version").fetchone()
    yield str(version)
    yield from (_APPLIED_AT.sub(r"\1", line) for line in dump(connection) if not _IS_LOOK.match(line))
    if version != (0,):
        yield from _journal_without_looks(connection)


def _journal_without_looks(connection: sqlite3.Connection) -> Iterator[str]:
    """The journal but for what looks would move in it: its numbers, and the chain, which `unsound` follows."""
    changes: dict[int, int] = {}
    entries = connection.execute("SELECT * FROM journal WHERE subject <> 'access' ORDER BY seq")
    columns = [column for column, *_ in entries.description]
    for entry in entries:
        row = dict(zip(columns, entry, strict=True))
        for name in ("seq", "previous_hash", "hash"):
            del row[name]
        for name in ("change", "undoes"):
            row[name] = row[name] and changes.setdefault(row[name], len(changes))
        yield str(row)


def looks(folder: Path) -> int:
    """How many looks at persons are written down: before anything is shown, so that a kill may leave one too many."""
    return sum(examined(file).looks for file in filter(is_database, folder.iterdir()))


def _looks(connection: sqlite3.Connection) -> int:
    (is_there,) = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'access'").fetchone()
    count: int = connection.execute("SELECT count(*) FROM access").fetchone()[0] if is_there else 0
    return count


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _unsound(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with a project's file, whatever it holds."""
    if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        yield "the file is damaged"
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        yield "a reference is broken"
    links = [Link(*row) for row in connection.execute("SELECT * FROM journal ORDER BY seq")]
    if broken_at(links) is not None:
        yield "the journal's chain is broken"
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    there = {
        (table, record)
        for table in tables.intersection(TABLES.values())
        for (record,) in connection.execute(f"SELECT id FROM {table}")
    }
    journalled: set[tuple[str, int]] = set()
    for entry in (entry for link in links for entry in link.entries()):
        if entry.subject in TABLES.values():
            (journalled.discard if entry.after is None else journalled.add)((entry.subject, entry.record))
    if there != journalled:
        yield "the journal and the records differ"


# -- the verdict ------------------------------------------------------------------------------------------------------


class Verdict(NamedTuple):
    """Whether the work was done, and what is wrong."""

    done: bool
    faults: list[str]


def judge(case: Case, folder: Path, ran: Ran, known: tuple[Contents, Contents] | None = None) -> Verdict:
    """What a command has left behind it that was killed, or had something happen to it, or ended as usual.

    `known` are the contents before and after, if the caller has them at hand.
    """
    old, new = known or (contents(case.before), contents(case.after))
    found = contents(folder)
    left = [] if ran.killed else leftovers(folder)
    faults = [f"left: {name}" for name in left]
    faults += [
        f"{name} is neither the old one nor the new one"
        for name in sorted({*old, *new, *found})
        if found.get(name) not in {old.get(name), new.get(name)} and (name in found or not is_manifest(name))
    ]
    for name in found:
        if is_database(Path(name)):
            faults += examined(folder / name).faults
        elif is_manifest(name):
            faults += _vouched_wrongly(folder / name)
    done = found == new
    if told(case, ran) and not done:
        faults.append("acknowledged, but not there")
    if not faults and (told(case, ran) or (done and old != new)) and looks(folder) < looks(case.after):
        faults.append("seen, and nowhere written down")
    faults += _said_badly(ran)
    return Verdict(done, faults)


def is_manifest(name: str) -> bool:
    """Whether it is the file that vouches for a report's others. It goes before them and comes after them."""
    return Path(name).name.startswith("rapport-") and name.endswith(".manifest.json")


def _vouched_wrongly(manifest: Path) -> Iterator[str]:
    try:
        files = json.loads(manifest.read_text())["files"]
    except ValueError:
        yield f"{manifest.name} cannot be read"
        return
    for file in files:
        there = manifest.with_name(file["name"])
        if not there.exists() or hashlib.sha256(there.read_bytes()).hexdigest() != file["sha256"]:
            yield f"{manifest.name} vouches for another {file['name']}"


def told(case: Case, ran: Ran) -> bool:
    """Whether the command has said that it is done: on stdout, by all of its words on stderr, or by its exit code."""
    return bool(ran.out) or ran.code == 0 or (bool(case.usual.err) and ran.err == case.usual.err)


def _said_badly(ran: Ran) -> Iterator[str]:
    """A command that was not killed is done, or cannot write, or finds the file damaged: and says so in a sentence."""
    if ran.killed or ran.code == 0:
        return
    if ran.code not in {3, 6, 7} or re.search("Error|SQL|Traceback", ran.err):
        yield f"exit code {ran.code}: {ran.err}"


def again(case: Case, folder: Path, plant: Plant = nothing_planted) -> Iterator[str]:
    """What is wrong after the next start: the same command, on what a fault has left."""
    ran = run_command(folder, case.command, plant)
    if ran.code:
        yield f"the next start fails with {ran.code}: {ran.err}"
    if contents(folder) != contents(case.after):
        yield "the next start does not do its work"
    for name in leftovers(folder):
        yield f"left after the next start: {name}"
