"""The register extract: all that is stored on one person, nothing of anybody else, and no table forgotten."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from arena_cli.cli.run import run
from arena_cli.privacy.extract import NOT_ABOUT_A_PERSON, TABLE_NAMES, TOLD_APART
from arena_cli.privacy.persons import Schema, stands_in
from arena_cli.store import Store
from tests.conftest import Arena, Ran, make_world

PURPOSE = ("--purpose", "begäran om registerutdrag")
WHY = ("--why", "skrivfel")

SPELL_OF = {"step_move", "pause", "placement", "attendance", "follow_up"}
OWN = {"participant", "spell", "assignment", "background", "income"}


def done(ran: Ran) -> str:
    assert ran.code == 0, ran.err
    return ran.out.strip()


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file in which there is a row in every table of two people alike in everything, and the first one's code."""
    path = tmp_path_factory.mktemp("lives") / "arena.db"

    def arena(*arguments: str) -> str:
        out = StringIO()
        with redirect_stdout(out), redirect_stderr(StringIO()):
            assert run([*arguments, "--db", str(path)], make_world()) == 0, arguments
        return out.getvalue().strip()

    arena("init", "--project", "integrationsprojekt")
    first, _ = (_register(arena, ref) for ref in ("lista-1", "lista-2"))
    return path, first


@pytest.fixture
def life(arena: Arena, lives: tuple[Path, str]) -> str:
    """The code of somebody of whom there is a row in every table of the current folder's arena.db."""
    shutil.copy(lives[0], "arena.db")
    return lives[1]


def _register(arena: Callable[..., str], ref: str) -> str:
    woman = ("--sex", "woman", "--birth-year", "1985", "--ref", ref)
    code = arena("assign-participant", "--municipality", "Krokom", "--date", "2016-02-01", *woman)
    situation = ("--employment", "unemployed", "--months-without-work", "14", "--income", "social_assistance")
    arena("start-participant", code, "--date", "2016-02-15", "--step", "1")
    arena("add-background", code, *situation)
    arena("move-participant", code, "--to", "2", "--date", "2016-03-01")
    arena("pause-participant", code, "--reason", "sick_leave", "--date", "2016-04-04")
    arena("resume-participant", code, "--date", "2016-04-11")
    arena("pause-participant", code, "--reason", "leave", "--date", "2016-05-02")
    arena("remove-pause", code, "2", *WHY)
    arena("add-hours", code, "--month", "2016-03", "--activity", "placement", "--hours", "12:30")
    arena("edit-participant", code, "--birth-year", "1986", "--why", "enligt uppgift av deltagaren")
    private = ("--sector", "private", "--municipality", "Krokom", "--from", "2016-01-01")
    place = arena("add-place", "--host", f"Sågen nummer {ref[-1]}", *private)
    arena("place-participant", code, "--place", place, "--date", "2016-05-16")
    arena("exit-participant", code, "--destination", "work", "--date", "2016-08-31")
    arena("add-follow-up", code, "--kind", "immediate", "--working", "yes", "--date", "2016-09-12")
    return code


def extracted(arena: Arena, code: str, *options: str, folder: str = "utdrag") -> tuple[dict[str, Any], str]:
    """The extract as JSON and as a page."""
    Path(folder).mkdir(exist_ok=True)
    ran = arena("export-participant", code, "--out", folder, *PURPOSE, *options)
    page, data = map(Path, done(ran).splitlines())
    return json.loads(data.read_text("utf-8")), page.read_text("utf-8")


def rows(sql: str, *parameters: object) -> list[dict[str, Any]]:
    with closing(sqlite3.connect("arena.db")) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, parameters)]


class _Cells(HTMLParser):
    """The texts of a page, cell by cell, and every tag in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


# -- no table is forgotten --------------------------------------------------------------------------------------------


def test_every_table_of_the_schema_is_told_of_or_says_why_not(project: Arena) -> None:
    """A new table: give it a foreign key that leads to its participant, or name it with what is told of it."""
    with Store.open(Path("arena.db")) as store:
        schema = Schema.of(store)
    related, apart, left_out = set(schema.related()), set(TOLD_APART), set(NOT_ABOUT_A_PERSON)
    assert related | apart | left_out >= set(schema.columns)
    assert not related & apart
    assert not related & left_out
    assert not apart & left_out
    assert related >= OWN | SPELL_OF
    assert related <= set(TABLE_NAMES)


def test_what_is_left_out_holds_no_text_on_a_person(life: str) -> None:
    with closing(sqlite3.connect("arena.db")) as connection:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table in sorted(there & set(NOT_ABOUT_A_PERSON)):
            assert life not in repr(connection.execute(f"SELECT * FROM {table}").fetchall())


def test_a_table_that_is_added_is_in_the_extract_by_itself(arena: Arena, life: str) -> None:
    with closing(sqlite3.connect("arena.db", isolation_level=None)) as connection:
        connection.execute(
            "CREATE TABLE course (id INTEGER PRIMARY KEY, step_move_id INTEGER REFERENCES step_move (id), title TEXT)"
        )
        connection.execute(
            "INSERT INTO course SELECT NULL, step_move.id, 'kurs ' || spell.participant_id"
            " FROM step_move JOIN spell ON spell.id = spell_id"
        )
    data, page = extracted(arena, life)
    assert {row["title"] for row in data["records"]["course"]} == {"kurs 1"}
    assert "kurs 1" in page
    assert "kurs 2" not in page


# -- every value ------------------------------------------------------------------------------------------------------


def test_every_column_of_every_row_of_the_person_is_there_and_nothing_of_another(arena: Arena, life: str) -> None:
    data, _ = extracted(arena, life)
    mine = "(SELECT id FROM participant WHERE code = ?)"
    for table in sorted(OWN | SPELL_OF):
        column = "id" if table == "participant" else "participant_id"
        condition = f"spell_id IN (SELECT id FROM spell WHERE participant_id = {mine})"
        if table in OWN:
            condition = f"{column} = {mine}"
        stored = rows(f"SELECT * FROM {table} WHERE {condition} ORDER BY id", life)
        assert stored, table
        told = data["records"][table]
        assert [{key: row[key] for key in stored[0]} for row in told] == stored, table


def test_every_value_stands_on_the_page_with_what_it_is_called(arena: Arena, life: str) -> None:
    data, page = extracted(arena, life)
    texts = _Cells(page).texts
    for table, found in data["records"].items():
        for row in found:
            for column, value in row.items():
                if value is None or column.endswith("_name"):
                    continue
                shown = str(value)
                assert any(shown == text or text.endswith((f"({shown})", f", {shown})")) for text in texts), (
                    table,
                    column,
                )
    assert any("Sågen nummer 1" in text for text in texts)


def test_the_whole_journal_of_the_person_is_there_also_of_what_was_taken_away(arena: Arena, life: str) -> None:
    data, page = extracted(arena, life)
    changes = data["changes"]
    assert [c["entry"] for c in changes] == sorted({c["entry"] for c in changes})
    (corrected,) = [c for c in changes if c["command"] == "edit-participant"]
    assert (corrected["before"], corrected["after"]) == ({"birth_year": 1985}, {"birth_year": 1986})
    assert corrected["why"] == "enligt uppgift av deltagaren"
    assert corrected["why"] in page
    removed = [c for c in changes if c["after"] is None]
    assert [c["before"]["paused_on"] for c in removed] == ["2016-05-02"]
    first = [c for c in changes if c["record"] == removed[0]["record"]]
    assert [c["command"] for c in first] == ["pause-participant", "remove-pause"]
    theirs = {(row["subject"], row["record"]) for row in rows(
        "SELECT subject, record FROM journal WHERE after LIKE '%lista-2%' OR before LIKE '%lista-2%'")}  # fmt: skip
    assert not {tuple(c["record"].rsplit(" ", 1)) for c in changes} & {(s, str(r)) for s, r in theirs}


def test_nothing_of_another_participant_is_in_it(arena: Arena, life: str) -> None:
    (other,) = [row["code"] for row in rows("SELECT code FROM participant") if row["code"] != life]
    _, page = extracted(arena, life)
    data = json.loads(next(Path("utdrag").glob("*.json")).read_text("utf-8"))
    assert other not in page + json.dumps(data)
    assert "lista-2" not in page + json.dumps(data)


def test_a_text_that_mentions_the_person_is_there_without_the_rest(arena: Arena, life: str) -> None:
    (other,) = [row["code"] for row in rows("SELECT code FROM participant") if row["code"] != life]
    done(arena("edit-participant", other, "--sex", "man", "--why", f"förväxlad med {life}"))
    done(arena("add-note", "--municipality", "Krokom", "--month", "2016-09", "--tried", f"grupp med {life} i"))
    data, page = extracted(arena, life)
    assert {(m["table"], m["column"], m["text"]) for m in data["mentions"]} == {
        ("journal.participant", "why", f"förväxlad med {life}"),
        ("journal.note", "tried", f"grupp med {life} i"),
        ("note", "tried", f"grupp med {life} i"),
    }
    assert f"grupp med {life} i" in page
    assert other not in page


def test_reports_and_looks_are_told_of(arena: Arena, life: str) -> None:
    done(arena("report", "--month", "2016-01", "--format", "json", "--out", "ut"))
    done(arena("report", "--month", "2016-08", "--format", "json", "--out", "ut"))
    with closing(sqlite3.connect("arena.db", isolation_level=None)) as connection:
        connection.execute("INSERT INTO sent VALUES (NULL, 2, 'chef@example.se', 'accepted', '2016-10-20', 'anna')")
    first, _ = extracted(arena, life)
    assert [(r["month"], r["recipients"]) for r in first["reports"]] == [("2016-08", ["chef@example.se"])]
    assert [(look["what"], look["purpose"]) for look in first["looks"]] == [("register extract", PURPOSE[1])]
    assert first["about"]["retention"][0].startswith("rule follow-up: 0 years after the end of the follow-up")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_both_languages(arena: Arena, life: str, language: str) -> None:
    data, page = extracted(arena, life, "--lang", language)
    assert data["language"] == language
    assert f'<html lang="{language}">' in page
    word = {"sv": "Inskrivningsdag", "en": "Day of entry"}[language]
    assert data["called"]["entered_on"] in page
    assert data["called"]["entered_on"] == word or language == "sv"
    assert list(data["records"]) == list(extracted(arena, life, folder="annat")[0]["records"])


# -- how it is written ------------------------------------------------------------------------------------------------


def test_it_needs_a_purpose_and_a_folder_and_writes_down_that_it_was_made(arena: Arena, life: str) -> None:
    Path("utdrag").mkdir()
    assert arena("export-participant", life, "--out", "utdrag", "--no-input").code == 2
    assert arena("export-participant", life, *PURPOSE).code == 2
    assert arena("export-participant", life, "--out", "saknas", *PURPOSE).code == 4
    assert arena("export-participant", "0000-00", "--out", "utdrag", *PURPOSE).code == 4
    assert not list(Path("utdrag").iterdir())
    assert rows("SELECT * FROM access") == []
    ran = arena("export-participant", life, "--out", "utdrag", *PURPOSE)
    assert "may be protected" in ran.err
    (look,) = rows("SELECT action, purpose, persons, code FROM access")
    assert look == {"action": "extract", "purpose": PURPOSE[1], "persons": 1, "code": life}


def test_a_personal_number_in_the_purpose_is_refused(arena: Arena, life: str) -> None:
    Path("utdrag").mkdir()
    ran = arena("export-participant", life, "--out", "utdrag", "--purpose", "begäran av 19830101-2392")
    assert ran.code == 5
    assert "2392" not in ran.err
    assert not list(Path("utdrag").iterdir())


def test_the_files_are_the_owners_only_and_never_replace_or_follow_anything(arena: Arena, life: str) -> None:
    extracted(arena, life)
    files = sorted(Path("utdrag").iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    before = [file.read_bytes() for file in files]
    done(arena("export-participant", life, "--out", "utdrag", *PURPOSE))  # the same once more is the same
    assert [file.read_bytes() for file in files] == before
    assert len(rows("SELECT * FROM access")) == 1
    files[0].write_text("mine")
    assert arena("export-participant", life, "--out", "utdrag", *PURPOSE).code == 5
    assert files[0].read_text() == "mine"
    files[0].unlink()
    Path("target").write_bytes(before[0])
    files[0].symlink_to(Path("target").absolute())
    assert arena("export-participant", life, "--out", "utdrag", *PURPOSE).code == 5


def test_what_was_typed_is_text_on_the_page(arena: Arena, life: str) -> None:
    attack = "<script>alert(1)</script>{{ 7 * 7 }}"
    done(arena("edit-participant", life, "--sex", "man", "--why", attack))
    _, page = extracted(arena, life)
    cells = _Cells(page)
    assert attack in cells.texts
    assert not cells.tags & {"script", "a", "img", "link", "iframe"}


def test_a_word_stands_by_itself() -> None:
    assert stands_in("K7QX-4M", "med K7QX-4M, igen")
    assert not stands_in("lista-1", "lista-12 och xlista-1")
    assert stands_in("lista-1", "lista-12 och lista-1")


def test_two_registrations_that_are_one_person_are_in_one_extract(arena: Arena, life: str) -> None:
    (other,) = [row["code"] for row in rows("SELECT code FROM participant") if row["code"] != life]
    with closing(sqlite3.connect("arena.db", isolation_level=None)) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS merge (id INTEGER PRIMARY KEY,"
            " participant_id INTEGER NOT NULL REFERENCES participant (id),"
            " into_id INTEGER NOT NULL REFERENCES participant (id), registered_at TEXT NOT NULL)"
        )
        connection.execute("INSERT INTO merge VALUES (1, 2, 1, '2016-10-20T10:00:00Z')")
    for code in (life, other):
        data, _ = extracted(arena, code, folder=code)
        assert {row["code"] for row in data["records"]["participant"]} == {life, other}
        assert len(data["records"]["spell"]) == len(rows("SELECT * FROM spell"))
        assert data["records"]["merge"][0]["into_id"] == 1


def test_a_late_moment_is_another_look(arena: Arena, life: str) -> None:
    extracted(arena, life)
    later = make_world().now.replace(hour=11)
    world = make_world(now=later)
    Path("sedan").mkdir()
    assert arena("export-participant", life, "--out", "sedan", *PURPOSE, world=world).code == 0
    assert len(rows("SELECT * FROM access")) == 2
