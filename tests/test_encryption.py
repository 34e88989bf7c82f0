"""A file that is encrypted: what opens it, what does not, and that nothing of it ever lies readable on the disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

import arena_cli
from arena_cli import database
from arena_cli.database import DamagedDatabase, key_needed
from arena_cli.errors import ArenaError, Busy
from arena_cli.keeping import recrypting
from arena_cli.keeping.checking import examine, is_sound
from arena_cli.keeping.recrypting import NotSound, recrypt
from arena_cli.key import Key, read_keys
from arena_cli.store import Store
from tests.conftest import NOON, Arena, Keyboard, Ran, make_world, run_process
from tests.engines import ENCRYPTED, held_by_another
from tests.random_lists import random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, occasion, put

pytestmark = pytest.mark.skipif(ENCRYPTED, reason="makes encrypted files by itself")
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions and processes")

CANARY = "kanariefågel"
KEY = Key(bytes(range(32, 64)), "a test")
OTHER = Key(bytes(range(64, 96)), "a test")


def found(_: Path, wanted: str) -> Key:
    return {key.id: key for key in (KEY, OTHER)}[wanted]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration folder, not where the file is."""
    place = tmp_path.with_name(f"{tmp_path.name}-home")
    place.mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place))
    return place


@pytest.fixture
def encrypted(arena: Arena, home: Path) -> Arena:
    """The command runner, with an encrypted file as the current folder's arena.db, and its sheet in sheet.txt."""

    def run(*arguments: str, **environ: str) -> Ran:
        return arena(*arguments, world=make_world(NOON, XDG_CONFIG_HOME=str(home), **environ))

    assert run("init", "--project", "integrationsprojekt", "--encrypted", "--recovery-sheet", "sheet.txt").code == 0
    return run


@pytest.fixture
def sheet(encrypted: Arena, tmp_path: Path) -> str:
    return (tmp_path / "sheet.txt").read_text(encoding="utf-8")


def add(arena: Arena, *more: str) -> Ran:
    words = ("add-participant", "--municipality", "Krokom", "--date", "2016-10-03", "--sex", "woman", *more)
    added = arena(*words)
    assert added.code == 0, added.err
    return added


def key_files(home: Path) -> list[Path]:
    return sorted((home / "arena" / "keys").glob("*.key"))


def databases(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*.db")


# -- one connection function ------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with some lists in it, encrypted with KEY."""
    path = tmp_path / "arena.db"
    Store.create(path, PROJECT, occasion("init"), key=KEY)
    with Store.open(path, writing=True, keys=found) as store:
        put(store, random_lists(DESCRIPTION, 10, PROJECT.starts_on, PROJECT.ends_on, seed=5))
    return path


def test_the_first_bytes_say_what_it_is_and_which_key_it_needs(path: Path) -> None:
    assert path.read_bytes().startswith(b"arena\0" + bytes.fromhex(KEY.id))
    assert key_needed(path) == KEY.id
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_setting_is_read_back_as_in_a_plain_file(path: Path) -> None:
    with Store.open(path, keys=found) as store:
        settings = {name: store.rows(f"PRAGMA {name}")[0][0] for name in (*database._PRAGMAS, "journal_mode")}
    assert settings == {**database._PRAGMAS, "journal_mode": "delete"}


def test_without_its_key_it_is_refused_and_left_alone(path: Path) -> None:
    content = path.read_bytes()
    with pytest.raises(database.NoKey):
        Store.open(path)
    assert path.read_bytes() == content


def test_another_key_is_taken_for_damage_only_if_it_says_that_it_is_the_right_one(path: Path) -> None:
    with pytest.raises(DamagedDatabase), database.sqlite_errors(path):
        database.connect(path, Liar(OTHER.secret, "a test"))
    with pytest.raises(Busy):  # the file has become another one, which needs another key, since the key was looked for
        database.connect(path, OTHER)


class Liar(Key):
    """A key that says that it is KEY."""

    @property
    def id(self) -> str:
        return KEY.id


def test_every_flipped_bit_is_found(path: Path) -> None:
    """Of a plain file most are not (tests/test_checking.py): no bit of an encrypted one is without meaning."""
    content, random = path.read_bytes(), Random(1)
    places = [*range(40), *(page + random.randrange(4096) for page in range(0, len(content), 4096))]
    for at in places:
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :])
        try:
            with Store.open(path, keys=found) as store:
                verdicts = examine(store, TODAY, whole=True, counting=False)
                assert not is_sound(verdicts), f"byte {at}"
        except (ArenaError, KeyError):  # the latter: it says that it needs another key
            pass


def test_what_is_copied_into_memory_is_the_same(path: Path) -> None:
    with Store.open(path, keys=found) as store:
        ((last,),) = store.rows("SELECT max(seq) FROM journal")
        now, then = store.as_of(last), store.as_of(1)
        assert now.rows("SELECT count(*) FROM spell") == store.rows("SELECT count(*) FROM spell") != [(0,)]
        assert then.rows("SELECT count(*) FROM spell") == [(0,)]


# -- keys -------------------------------------------------------------------------------------------------------------


def test_init_keeps_the_key_and_writes_its_sheet(encrypted: Arena, sheet: str, home: Path, tmp_path: Path) -> None:
    (file,) = key_files(home)
    (key,) = read_keys(file.read_text())
    assert key_needed(tmp_path / "arena.db") == key.id == file.stem
    assert all(row in sheet for row in key.rows())
    if os.name == "posix":
        assert {stat.S_IMODE(p.stat().st_mode) for p in (file, tmp_path / "sheet.txt")} == {0o600}
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    add(encrypted)
    assert encrypted("list-participants").code == encrypted("check", "--all").code == 0
    assert f"its key {key.id} is in {file}" in encrypted("doctor").out


def test_without_anybody_to_show_the_sheet_nothing_is_made(arena: Arena, home: Path, tmp_path: Path) -> None:
    world = make_world(XDG_CONFIG_HOME=str(home))
    refused = arena("init", "--project", "integrationsprojekt", "--encrypted", world=world)
    assert (refused.code, refused.out) == (2, "")
    assert "--recovery-sheet" in refused.err
    (tmp_path / "sheet.txt").write_text("mine")
    words = ("init", "--project", "integrationsprojekt", "--encrypted", "--recovery-sheet")
    assert arena(*words, "sheet.txt", world=world).code == 5
    assert arena(*words, "none/sheet.txt", world=world).code == 7
    assert (tmp_path / "sheet.txt").read_text() == "mine"
    assert not (tmp_path / "arena.db").exists()
    assert key_files(home) == []


def test_a_key_is_found_in_each_of_its_places(encrypted: Arena, home: Path, tmp_path: Path) -> None:
    (file,) = key_files(home)
    text = file.read_text()
    file.unlink()
    missing = encrypted("list-participants")
    assert (missing.code, missing.out) == (4, "")
    assert f"the key {file.stem}, which was not found" in missing.err
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    assert encrypted("list-participants", ARENA_KEY_FD=str(reader)).code == 0
    credentials = home / "credentials"
    credentials.mkdir()
    (credentials / "arena-key").write_text(text)
    (credentials / "arena-key").chmod(0o440)
    assert encrypted("list-participants", CREDENTIALS_DIRECTORY=str(credentials)).code == 0


@pytest.mark.parametrize(
    ("given", "code"), [("", 4), ("no number", 3), ("9999999", 3), ("nonsense", 3), ("mistyped", 3), ("other", 4)]
)
def test_a_key_that_is_none_or_another_is_refused_in_one_sentence(
    encrypted: Arena, home: Path, given: str, code: int
) -> None:
    (file,) = key_files(home)
    texts = {"nonsense": "hello", "mistyped": file.read_text().replace("-", "0", 1), "other": "\n".join(OTHER.rows())}
    if given in texts:
        reader, writer = os.pipe()
        os.write(writer, texts[given].encode())
        os.close(writer)
        given = str(reader)
    file.rename(home / "kept")
    refused = encrypted("list-participants", ARENA_KEY_FD=given)
    assert (refused.code, refused.out) == (code, "")
    assert len(refused.err.splitlines()) == 1
    assert not any(row in refused.err for row in (*OTHER.rows(), *(home / "kept").read_text().split()))


@posix
@pytest.mark.parametrize("how", ["others", "link", "beside", "folder", "other key"])
def test_a_key_file_that_is_not_safe_is_refused(encrypted: Arena, home: Path, tmp_path: Path, how: str) -> None:
    (file,) = key_files(home)
    if how == "others":
        file.chmod(0o640)
    elif how == "link":
        file.rename(home / "elsewhere")
        file.symlink_to(home / "elsewhere")
    elif how == "folder":
        file.unlink()
        file.mkdir()
    elif how == "other key":
        file.write_text("\n".join(OTHER.rows()))
    else:
        shutil.move(tmp_path / "arena.db", file.with_name("arena.db"))
    place = str(file.with_name("arena.db")) if how == "beside" else "arena.db"
    refused = encrypted("list-participants", "--db", place)
    assert refused.code == (3 if how == "other key" else 5), refused.err
    assert len(refused.err.splitlines()) == 1
    assert str(file) in refused.err


def test_the_keyring_is_asked_where_somebody_sits(
    arena: Arena, home: Path, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = pytest.importorskip("keyring")
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(keyring, "set_password", lambda service, name, text: kept.update({(service, name): text}))
    monkeypatch.setattr(keyring, "get_password", lambda service, name: kept.get((service, name)))
    world = make_world(XDG_CONFIG_HOME=str(home))
    words = ("init", "--project", "integrationsprojekt", "--encrypted", "--recovery-sheet", "sheet.txt", "--keyring")
    assert arena(*words, world=world).code == 0
    assert [service for service, _ in kept] == ["arena"]
    assert key_files(home) == []
    assert arena("list-participants", world=world).code == 0
    assert arena("list-participants", "--no-input", world=world).code == 4, "cron has no unlocked keyring"
    kept.clear()
    assert arena("list-participants", world=world).code == 4


def test_the_sheet_is_tried_and_taken_back(
    encrypted: Arena, sheet: str, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (file,) = key_files(home)
    assert f"The key {file.stem} opens arena.db: 0 participants" in encrypted("key", "test").out
    typed(monkeypatch, sheet)
    assert f"The key {file.stem} opens arena.db" in encrypted("key", "test", "--sheet").out
    before = file.read_text()
    file.unlink()
    assert encrypted("key", "test").code == 4
    first, *others = [line for line in sheet.splitlines() if line.strip()[:2] in {"1.", "2.", "3.", "4."}]
    for wrong, code in (("\n".join(OTHER.rows()), 5), ("\n".join([first.replace("-", "0", 1), *others]), 3), ("", 3)):
        typed(monkeypatch, wrong)
        refused = encrypted("key", "restore")
        assert (refused.code, refused.out) == (code, ""), refused.err
        assert not any(row in refused.err for row in (*OTHER.rows(), *wrong.split()[1:2]))
        assert key_files(home) == []
    typed(monkeypatch, "\n".join([first, *others]))
    assert encrypted("key", "restore").out == f"{file}\n"
    assert file.read_text() == before


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What comes from standard input, where nobody sits."""
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_sheet_is_typed_row_by_row_and_a_wrong_row_is_asked_for_again(
    arena: Arena, encrypted: Arena, sheet: str, home: Path, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [line.split()[1] for line in sheet.splitlines() if line.strip()[:2] in {"1.", "2.", "3.", "4."}]
    answers = iter([rows[0], rows[2], *rows[1:]])
    monkeypatch.setattr("getpass.getpass", lambda prompt, stream: next(answers))
    told = encrypted("key", "test", "--sheet")
    assert told.code == 0
    assert "Row 2 is not as it stands" in told.err
    assert not any(row in told.err + told.out for row in rows)


# -- another key, encrypting, decrypting ------------------------------------------------------------------------------


def test_a_new_key_opens_the_file_and_the_old_one_the_backups(encrypted: Arena, home: Path, tmp_path: Path) -> None:
    add(encrypted)
    (tmp_path / "copies").mkdir()
    backup = encrypted("backup", "--to", "copies").out.strip()
    (old,) = key_files(home)
    told = encrypted("key", "rotate", "--recovery-sheet", "new.txt")
    assert told.code == 0
    new = key_needed(tmp_path / "arena.db")
    assert sorted(file.stem for file in key_files(home)) == sorted([old.stem, str(new)])
    assert new != old.stem
    (kept,) = tmp_path.glob("arena.before-key-*.db")
    assert told.out.split() == sorted([str(kept), str(tmp_path / backup)])
    assert encrypted("list-participants").out == encrypted("list-participants", "--db", str(kept)).out
    assert encrypted("check", "--all").code == encrypted("key", "test", backup).code == 0
    refused = encrypted("key", "forget", old.stem, "--yes")
    assert refused.code == 5
    assert str(kept) in refused.err
    assert encrypted("restore", backup, "--yes").code == 0
    assert key_needed(tmp_path / "arena.db") == new, "a restore does not go back to a key that was given up"
    kept.unlink()
    shutil.rmtree(tmp_path / "copies")
    assert encrypted("key", "forget", str(new), "--yes").code == 5
    assert encrypted("key", "forget", old.stem).code == 2
    assert encrypted("key", "forget", old.stem, "--yes").code == 0
    assert encrypted("key", "forget", "../../arena", "--yes").code == 4
    assert [file.stem for file in key_files(home)] == [new]
    assert str(new) in encrypted("key", "list").out


def test_a_plain_file_is_encrypted_and_decrypted_again(arena: Arena, home: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> Ran:
        return arena(*arguments, world=make_world(XDG_CONFIG_HOME=str(home)))

    assert run("init", "--project", "integrationsprojekt").code == 0
    add(run)
    (tmp_path / "copies").mkdir()
    plain = run("backup", "--to", "copies").out.strip()
    listed = run("list-participants").out
    for refused in (("key", "rotate", "--recovery-sheet", "x"), ("key", "test"), ("decrypt-file", "--why", "x")):
        assert run(*refused).code == 5
    told = run("encrypt-file", "--recovery-sheet", "sheet.txt")
    assert told.code == 0
    assert told.out.split() == [str(tmp_path / plain)], "the copies that are not encrypted"
    assert key_needed(tmp_path / "arena.db") == key_files(home)[0].stem
    assert run("encrypt-file", "--recovery-sheet", "other.txt").code == 5
    assert run("list-participants").out == listed
    assert run("check", "--all").code == 0
    assert run("restore", plain, "--yes").code == 0
    assert key_needed(tmp_path / "arena.db") is not None, "a plain backup does not make it plain"
    assert run("decrypt-file").code == 2
    assert run("decrypt-file", "--why", "flytt").code == 0
    assert key_needed(tmp_path / "arena.db") is None
    assert run("list-participants").out == listed
    assert run("check", "--all").code == 0
    assert "flytt" in run("list-accesses").out


def test_an_encrypted_backup_makes_an_encrypted_file(encrypted: Arena, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    add(encrypted)
    backup = encrypted("backup", "--to", "copies").out.strip()
    assert key_needed(tmp_path / backup) == key_needed(tmp_path / "arena.db")
    (tmp_path / "arena.db").unlink()
    assert encrypted("restore", backup, "--drill").code == 0
    assert encrypted("restore", backup, "--yes").code == 0
    assert key_needed(tmp_path / backup) == key_needed(tmp_path / "arena.db")


def test_a_copy_that_is_not_sound_takes_no_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = path.read_bytes()
    monkeypatch.setattr(recrypting, "is_sound", lambda verdicts: False)
    with pytest.raises(NotSound):
        recrypt(path, OTHER, TODAY, found)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["arena.db"]


@posix
def test_nobody_writes_while_the_key_is_changed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database._PRAGMAS, "busy_timeout", 0)
    with held_by_another(path, "BEGIN IMMEDIATE", key=KEY), pytest.raises(Busy):
        recrypt(path, OTHER, TODAY, found)
    recrypt(path, OTHER, TODAY, found)
    assert key_needed(path) == OTHER.id


# -- nothing readable on the disk -------------------------------------------------------------------------------------


def readable(folder: Path) -> list[str]:
    """The files with the canary in them."""
    return [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]


COMMANDS = (
    ("list-participants",),
    ("show-participant", "{code}"),
    ("edit-participant", "{code}", "--birth-year", "1990", "--why", CANARY),
    ("undo", "--yes"),
    ("check", "--all"),
    ("doctor",),
    ("backup", "--to", "copies"),
    ("report", "--month", "2016-09", "--format", "md", "--no-input"),
    ("key", "test"),
    ("key", "rotate", "--recovery-sheet", "new.txt"),
    ("list-changes",),
)


def test_no_command_leaves_anything_readable(encrypted: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the file, its copies, kept counts and manifests, nor where SQLite would put what it sorts."""
    (tmp_path / "copies").mkdir()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    code = add(encrypted, "--ref", CANARY).out.strip()
    assert CANARY in encrypted("list-participants").out, "it must be there to be found"
    for words in COMMANDS:
        ran = encrypted(*(word.format(code=code) for word in words))
        assert ran.code in {0, 8}, (words, ran.err)
        assert readable(tmp_path) == [], words
    assert len(list(databases(tmp_path))) == 3


@posix
def test_what_a_killed_command_leaves_is_not_readable(path: Path) -> None:
    """The journal and an unfinished copy are there, since the process was killed in the middle of both."""
    import signal

    pid = os.fork()
    if not pid:
        with Store.open(path, writing=True, keys=found) as store, store.change(occasion("x", TODAY)) as change:
            change._connection.execute("UPDATE participant SET ref = ? || id", (CANARY,))
            change._connection.execute("PRAGMA cache_spill = 1")
            change._connection.execute("PRAGMA cache_size = 1")
            change._connection.execute("UPDATE participant SET ref = ref || ?", (CANARY * 20,))
            with Store.open(path, keys=found) as other, other.copied_to(path.with_name(".copy.unfinished")):
                os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert {p.name for p in path.parent.iterdir()} == {"arena.db", "arena.db-journal", ".copy.unfinished"}
    assert readable(path.parent) == []
    assert b"Ragunda" not in b"".join(p.read_bytes() for p in path.parent.iterdir())


def test_the_canary_is_found_where_it_can_be(arena: Arena, tmp_path: Path) -> None:
    """The test of the tests: in a plain file it is."""
    assert arena("init", "--project", "integrationsprojekt").code == 0
    add(arena, "--ref", CANARY)
    assert readable(tmp_path) == ["arena.db"]


# -- nothing of the key anywhere --------------------------------------------------------------------------------------


def test_the_key_is_in_its_file_and_on_its_sheet_and_nowhere_else(encrypted: Arena, home: Path, tmp_path: Path) -> None:
    (file,) = key_files(home)
    (key,) = read_keys(file.read_text())
    told = "".join(
        ran.out + ran.err
        for words in (("doctor",), ("key", "list"), ("key", "test"), ("list-changes",), ("check", "--all"))
        for ran in [encrypted(*words)]
    )
    with closing(database.connect(tmp_path / "arena.db", key)) as connection:
        held = "".join(str(row) for row in connection.execute("SELECT * FROM journal"))
    for text in (*key.rows(), key.secret.hex(), key.secret.hex().upper()):
        assert text not in told
        assert text not in held
    holding = [p for p in (*tmp_path.rglob("*"), *home.rglob("*")) if p.is_file() and key.secret in p.read_bytes()]
    assert holding == []


def test_what_goes_wrong_unexpectedly_does_not_tell_the_key(
    encrypted: Arena, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,) = read_keys(key_files(home)[0].read_text())

    def fail(*_: object) -> None:
        raise RuntimeError(key, key.secret, *key.rows())

    monkeypatch.setattr(database, "checked_version", fail)
    ran = encrypted("list-participants")
    assert ran.code == 1
    assert "RuntimeError" in ran.err
    assert not any(text in ran.err for text in (*key.rows(), key.secret.hex(), repr(key.secret)))


# -- what a plain file does not pay -----------------------------------------------------------------------------------


def test_a_plain_file_loads_nothing_of_it(tmp_path: Path) -> None:
    import subprocess
    import sys

    assert run_process("init", "--project", "integrationsprojekt", cwd=tmp_path).code == 0
    probe = (
        "import sys; from arena_cli.cli.run import run; from arena_cli.cli.world import this_world\n"
        "run(['list-participants'], this_world())\n"
        "print([m for m in sys.modules if 'sqlcipher' in m or m in {'arena_cli.cipher', 'arena_cli.keys'}])"
    )
    ended = subprocess.run([sys.executable, "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


def test_without_the_package_an_encrypted_file_says_what_to_install(
    encrypted: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("sqlcipher3") or name == "arena_cli.cipher"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    refused = encrypted("list-participants")
    assert refused.code == 7
    assert "arena-cli[encryption]" in refused.err


# -- a project that keeps identities ----------------------------------------------------------------------------------


def test_a_file_with_identities_is_encrypted_unless_somebody_says_why_not(
    arena: Arena, home: Path, tmp_path: Path
) -> None:
    profile = (Path(arena_cli.__file__).parent / "projects" / "integrationsprojekt.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(profile.replace('identity = "none"', 'identity = "names"'), encoding="utf-8")
    world = make_world(XDG_CONFIG_HOME=str(home))
    words = ("init", "--project", "own.toml", "--no-input")
    assert arena(*words, world=world).code == 2, "there is nobody to show the recovery sheet to"
    assert arena(*words, "--unencrypted", world=world).code == 2, "why?"
    assert arena(*words, "--unencrypted", "--encrypted", "--why", "x", world=world).code == 2
    assert not (tmp_path / "arena.db").exists()
    assert arena(*words, "--recovery-sheet", "sheet.txt", world=world).code == 0
    assert key_needed(tmp_path / "arena.db") is not None
    plain = (*words, "--db", "plain.db", "--unencrypted", "--why", "disken är krypterad")
    assert arena(*plain, world=world).code == 0
    assert key_needed(tmp_path / "plain.db") is None
    with closing(sqlite3.connect(tmp_path / "plain.db")) as connection:
        told = connection.execute("SELECT DISTINCT why FROM journal").fetchall()
    assert told == [("disken är krypterad",)]
