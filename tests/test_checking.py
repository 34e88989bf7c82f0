"""`check`: whatever is wrong with a file is found, and what is not found is shown to be harmless."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from arena_cli import casework
from arena_cli.engine import operational_errors
from arena_cli.errors import ArenaError, Remark
from arena_cli.figures import kept, packed
from arena_cli.keeping import checking
from arena_cli.keeping.checking import Check, examine, is_sound
from arena_cli.model import Month
from arena_cli.store import Store
from tests.conftest import Arena, make_world
from tests.engines import dump, only_plain
from tests.random_lists import random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, occasion, put

PAGE = 4096
PAGE_TYPES = {2: "index, inner", 5: "table, inner", 10: "index", 13: "table"}
FLIPS = 20
"""So many of each type of page."""


@pytest.fixture(scope="module")
def lists_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with pages of every type: its project's names need overflow pages, an undone list leaves free ones."""
    path = tmp_path_factory.mktemp("lists") / "arena.db"
    long = "ö" * 500
    project = replace(PROJECT, name=long, name_en=long, owner=long, funding=long, target_group=long)
    with new_store(path, project) as store:
        put(store, random_lists(DESCRIPTION, 40, PROJECT.starts_on, PROJECT.ends_on, seed=3))
    return path


@pytest.fixture
def path(tmp_path: Path, lists_file: Path) -> Path:
    copy = tmp_path / "arena.db"
    copy.write_bytes(lists_file.read_bytes())
    return copy


def found(path: Path, *, whole: bool = True, counting: bool = False) -> dict[str, list[str]]:
    """The messages of what is found, by check; a check that could not be made has None among them."""
    with Store.open(path) as store:
        verdicts = examine(store, TODAY, whole=whole, counting=counting)
    return {
        verdict.check.name: [f.message for f in verdict.findings] if verdict.findings is not None else ["not made"]
        for verdict in verdicts
        if not verdict.sound
    }


def change(path: Path, *statements: str) -> None:
    """Change a file as another program would: past the journal, its triggers and the foreign keys."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        kept = connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for (sql,) in kept:
            connection.execute(sql)


def test_a_sound_file_is_found_sound(path: Path) -> None:
    assert found(path) == found(path, whole=False) == {}


# -- what SQLite does not see -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "check", "message"),
    [
        ("UPDATE participant SET birth_year = birth_year + 1 WHERE id = 3", "records", "is not as the journal has it"),
        ("UPDATE step_move SET moved_on = '2016-01-02' WHERE id = 5", "records", "is not as the journal has it"),
        ("UPDATE step SET name = 'x' WHERE code = 'a'", "records", "list {table} is not as the journal has it"),
        ("UPDATE project SET owner = 'x'", "records", "is not as the journal has it"),
        ("DELETE FROM step_move WHERE id = 5", "records", "of the journal is missing"),
        (
            "INSERT INTO step_move (spell_id, moved_on, step, registered_at) VALUES (1, '2016-01-02', 'a', 'x')",
            "records",
            "is not in the journal",
        ),
        ("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'spell'", "records", "numbering"),
        ("DELETE FROM sqlite_sequence WHERE name = 'spell'", "records", "numbering"),
        ("UPDATE journal SET after = '{}' WHERE seq = 40", "journal", "chain"),
        ("UPDATE journal SET actor = 'x' WHERE seq = 1", "journal", "chain"),
        ("DELETE FROM journal WHERE seq = 40", "journal", "lacks"),
        ("DELETE FROM journal WHERE seq > 40", "records", "is not in the journal"),
        ("DELETE FROM journal", "journal", "empty"),
        ("UPDATE sex SET name = 'kvinno' WHERE code = 'woman'", "lists", "is not as arena made it"),
        ("DELETE FROM _sqlite_migrations", "lists", "is not as arena made it"),
        ("DELETE FROM step", "lists", "cannot be read"),
        ("UPDATE destination SET destination_group = 'work'", "records", "list {table} is not as"),
        ("DELETE FROM participant WHERE id = 3", "references", "is not there"),
        ("DROP TRIGGER journal_is_never_changed", "schema", "missing"),
        ("DROP VIEW counted_spell", "schema", "missing"),
        ("DROP INDEX spell_participant", "schema", "missing"),
        ("ALTER TABLE spell RENAME COLUMN referral TO referred", "schema", "not as arena made it"),
        ("DROP TABLE journal", "schema", "missing"),
    ],
)
def test_what_another_program_has_changed_is_found(path: Path, statement: str, check: str, message: str) -> None:
    if statement.startswith("DROP"):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP VIEW counted_placement")  # stands on the other view
            connection.execute(statement)
    else:
        change(path, statement)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert any(message in told for told in found(path)[check])


def test_an_index_of_somebody_elses_is_their_business(path: Path) -> None:
    change(path, "CREATE INDEX theirs ON spell (entered_on)", "ANALYZE")
    assert found(path) == {}


def test_after_undo_and_corrections_the_records_are_still_as_the_journal_has_them(path: Path) -> None:
    with Store.open(path, writing=True) as store:
        first, *_ = store.participants()
        casework.correct_participant(store, occasion("edit"), first.code, lambda p: replace(p, birth_year=1971))
        casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
        casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
        assert store.participants() == []
        with store.change(occasion()) as settings:
            settings.allow_network_share(allowed=True)
    assert found(path) == {}


def test_figures_that_do_not_reconcile_are_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure that is counted wrongly in one month, since a sound file has none."""
    from arena_cli.figures import stock_flow

    honest = stock_flow.build
    assert found(path, counting=True) == {}

    def wrong(store: Store, month: object, scope: object) -> object:
        table = honest(store, month, scope)  # type: ignore[arg-type]
        if str(month) == "2016-10":
            return replace(table, values={cell: value + 1 for cell, value in table.values.items()})
        return table

    monkeypatch.setattr(stock_flow, "build", wrong)
    assert "do not reconcile" in found(path, counting=True)["figures"][0]
    change(path, "UPDATE participant SET birth_year = 1901 WHERE id = 3")
    assert found(path, counting=True)["figures"] == ["not made"]


def one_more(kept: bytes) -> bytes:
    """Of everything that is counted one more than was counted."""
    if parts := packed.parted(kept):
        return packed.joined({key: one_more(part) for key, part in parts.items()})
    return packed.packed([(*row[:-1], row[-1] + 1) for row in packed.unpacked(kept)])


def test_kept_counts_that_are_not_those_of_a_full_count_are_found(path: Path) -> None:
    """In a month of the project and in one after its end; another program has written over what was kept."""
    within, after = Month(2016, 10), Month.of(PROJECT.ends_on).next()
    with Store.open(path) as store:
        for month in (within, after):
            kept.build(store, month, TODAY, worth_keeping=0)
        assert kept.months(store) == [within, after]
    assert found(path, counting=True) == {}
    for number, month in enumerate((within, after), 1):
        with closing(sqlite3.connect(path)) as stranger, stranger:
            ((counts,),) = stranger.execute("SELECT counts FROM kept_counts WHERE month = ?", (str(month),))
            stranger.execute("UPDATE kept_counts SET counts = ? WHERE month = ?", (one_more(counts), str(month)))
        assert found(path, counting=True)["figures"] == [checking.KEPT_DIFFERS] * number
    assert found(path) == {}, "counted only where all is counted"


DELIVERED_OTHERWISE = (
    "UPDATE delivered_file SET content = (SELECT content FROM delivered_file WHERE form = 'html') WHERE form = 'md'",
    "UPDATE delivered_file SET content = x'00' WHERE form = 'md'",
    "UPDATE delivered_file SET size = size + 1 WHERE form = 'html'",
    "UPDATE delivered_file SET sha256 = upper(sha256) WHERE form = 'manifest'",
    "UPDATE delivered_file SET (content, sha256, size) = (SELECT content, sha256, size FROM delivered_file LIMIT 1)",
    "UPDATE delivered_file SET name = 'other.md' WHERE form = 'md'",
    "DELETE FROM delivered_file WHERE form = 'md'",
    "DELETE FROM delivered_file WHERE form = 'manifest'",
    "DELETE FROM delivered_file",
    "UPDATE delivery SET month = '2016-11'",
    "UPDATE delivery SET revision = 2",
    "UPDATE delivery SET municipalities = '2309'",
    "UPDATE delivery SET reconciles = 0",
    "UPDATE delivery SET journal_seq = 1",
    "UPDATE delivery SET journal_hash = 'x'",
    "UPDATE delivery SET made_at = 'x'",
    "UPDATE delivery SET reason = '{'",
    "UPDATE delivery SET restated = x'00'",
    "UPDATE delivered_figures SET figures = x'00'",
    "INSERT INTO delivered_figures SELECT 'x', figures FROM delivered_figures; UPDATE delivery SET fingerprint = 'x'",
)


def test_a_report_that_is_not_as_it_was_delivered_is_found(project: Arena, code: str, tmp_path: Path) -> None:
    assert code
    project("report", "--month", "2016-10", "--format", "md,html", "--out", "out")
    path, changed = tmp_path / "arena.db", tmp_path / "changed.db"
    assert found(path) == {}
    for statements in DELIVERED_OTHERWISE:
        shutil.copy(path, changed)
        change(changed, *statements.split("; "))
        assert "deliveries" in found(changed), statements
        assert "deliveries" not in found(changed, whole=False), statements


def test_what_a_delivered_report_has_told_is_sealed(project: Arena, code: str, tmp_path: Path) -> None:
    """Another figure that can be read as well as the one that was told: only the manifest knows."""
    assert code
    project("report", "--month", "2016-10", "--format", "md", "--out", "out")
    path, changed = tmp_path / "arena.db", tmp_path / "changed.db"
    for table, column, told, otherwise in (
        ("delivered_figures", "figures", b", 1]", b", 2]"),
        ("delivery", "restated", b"]", b" ]"),
    ):
        with closing(sqlite3.connect(path)) as connection:
            ((packed,),) = connection.execute(f"SELECT {column} FROM {table}")
        text = zlib.decompress(packed)
        assert told in text
        shutil.copy(path, changed)
        change(changed, f"UPDATE {table} SET {column} = x'{zlib.compress(text.replace(told, otherwise, 1)).hex()}'")
        assert "deliveries" in found(changed)


def test_one_more_check_is_one_more_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_found(examined: checking.Examined) -> Iterator[Remark]:
        assert examined.store.rows("SELECT 1") == [(1,)]
        yield from ()

    more = Check("more", "More figures", nothing_found, ("journal",), only_whole=True, counts=True)
    monkeypatch.setattr(checking, "CHECKS", (*checking.CHECKS, more))
    with Store.open(path) as store:
        assert examine(store, TODAY, whole=True)[-1] == checking.Verdict(more, ())


def test_what_is_compared_is_of_one_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who registers in the middle would otherwise look like damage."""

    def somebody_registers(_: checking.Examined) -> Iterator[Remark]:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("INSERT INTO participant (code, sex, registered_at) VALUES ('AAAA-AA', 'man', 'x')")
            with pytest.raises(operational_errors(), match="locked"):
                other.execute("COMMIT")
            other.execute("ROLLBACK")
        yield from ()

    somebody = Check("somebody", "Somebody", somebody_registers)
    monkeypatch.setattr(checking, "CHECKS", (*checking.CHECKS[:-2], somebody, *checking.CHECKS[-2:]))
    assert found(path) == {}


# -- flipped bits -----------------------------------------------------------------------------------------------------


def pages_by_type(content: bytes) -> dict[str, list[int]]:
    pages: dict[str, list[int]] = {}
    for page in range(len(content) // PAGE):
        kind = content[page * PAGE + (100 if page == 0 else 0)]
        pages.setdefault(PAGE_TYPES.get(kind, "overflow or free"), []).append(page)
    return pages


def contents_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return dump(connection)


def verdict_on(path: Path) -> str:
    try:
        with Store.open(path) as store:
            return "sound" if is_sound(examine(store, TODAY, whole=True, counting=False)) else "found"
    except ArenaError:
        return "refused"


@only_plain("in an encrypted file every bit counts: tests/test_encryption.py")
def test_a_flipped_bit_in_any_type_of_page_is_found_or_harmless(tmp_path: Path, path: Path) -> None:
    """Harmless: all that the file holds is as it was, since the bit stands where nothing is kept."""
    with Store.open(path, writing=True) as store:
        lists = random_lists(DESCRIPTION, 10, PROJECT.starts_on, PROJECT.ends_on, seed=5)
        put(store, replace(lists, spells=[replace(s, ref=f"x{s.ref}") for s in lists.spells],
                           moves=[replace(m, ref=f"x{m.ref}") for m in lists.moves]))  # fmt: skip
        casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    content, before, random = path.read_bytes(), contents_of(path), Random(1)
    pages = pages_by_type(content)
    assert set(pages) >= {*PAGE_TYPES.values(), "overflow or free"}
    places = [random.choice(pages[kind]) * PAGE + random.randrange(PAGE) for kind in pages for _ in range(FLIPS)]
    flipped = tmp_path / "flipped.db"
    verdicts: Counter[str] = Counter()
    for at in (*range(100), *places):  # a hundred bytes of header
        wrong = bytes([content[at] ^ 1 << random.randrange(8)])
        flipped.write_bytes(content[:at] + wrong + content[at + 1 :])
        verdict = verdict_on(flipped)
        if verdict == "sound":
            assert contents_of(flipped) == before, f"byte {at} is changed, and nothing is found"
        verdicts[verdict] += 1
    assert min(verdicts.values()) > 10, verdicts


def test_without_the_journal_a_flipped_bit_is_not_found(path: Path) -> None:
    """What the comparison with the journal is for: a birth year that changes by itself is sound to SQLite."""
    change(path, "UPDATE participant SET birth_year = birth_year + 1 WHERE id = 3")
    assert found(path, whole=False) == {}


@pytest.mark.parametrize("make", [lambda b: b[: len(b) // 2], lambda b: b[:PAGE] + bytes(PAGE) + b[2 * PAGE :]])
def test_cut_and_emptied_files_are_found(path: Path, make: Callable[[bytes], bytes]) -> None:
    path.write_bytes(make(path.read_bytes()))
    assert verdict_on(path) in {"found", "refused"}


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_looked_at(project: Arena, code: str) -> None:
    quick = project("check")
    assert (quick.code, quick.err) == (0, "")
    assert quick.out.splitlines() == [
        f"ok  {title}: nothing found" for title in ("Pages", "Tables", "References", "Lists", "Journal")
    ]
    whole = project("check", "--all", world=make_world(ARENA_LANG="sv"))
    assert len(whole.out.splitlines()) == 8
    assert "inget fel funnet" in whole.out
    assert project("check", "--all", "--quiet") == type(quick)(0, "", "")


def test_the_command_tells_damage_without_mending_it(tmp_path: Path, project: Arena, code: str) -> None:
    change(tmp_path / "arena.db", "UPDATE participant SET birth_year = 1950", "UPDATE sex SET name_en = 'x'")
    content = (tmp_path / "arena.db").read_bytes()
    told = project("check", "--all")
    assert told.code == 3
    assert "!   Lists: the list sex is not as arena made it.\n" in told.out
    assert "!   Records, against the journal: participant 1 is not as the journal has it: birth_year.\n" in told.out
    assert "!   Figures of every month: not counted: what is stored is not sound\n" in told.out
    assert told.err == "The file is damaged: copy its folder as it is, then take back a backup.\n"
    assert "1985" not in told.out + told.err
    assert "1950" not in told.out + told.err
    as_json = json.loads(project("check", "--all", "--json").out)
    assert (as_json["sound"], as_json["all"]) == (False, True)
    assert {check["check"]: (check["made"], check["sound"]) for check in as_json["checks"]} == {
        "structure": (True, True),
        "schema": (True, True),
        "references": (True, True),
        "lists": (True, False),
        "journal": (True, True),
        "records": (True, False),
        "deliveries": (True, True),
        "figures": (False, False),
    }
    assert (tmp_path / "arena.db").read_bytes() == content


def test_many_findings_are_counted(path: Path) -> None:
    change(path, "UPDATE participant SET birth_year = 1950")
    told = found(path)["records"]
    assert len(told) == checking.MOST_TOLD + 1
    assert told[-1] == "and {count} more."
